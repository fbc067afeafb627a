/* The code tables from the command line: look a code up, list them, copy them into the database. */
#include "base/clock.h"
#include "base/day.h"
#include "base/json.h"
#include "cli/cli_settings.h"
#include "cli/cli_table.h"
#include "cli/cli_work.h"
#include "cli/commands.h"
#include "domain/occupation/catalogue_store.h"

#include <inttypes.h>

#define CATALOGUE_KINDS "occupation|division|industry|honour|project|group"

static enum err load(struct cli *cli, enum catalogues_extent extent,
                     struct catalogues **ret_catalogues)
{
    const char *home = cli->settings->values[SETTING_HOME];
    return catalogues_load(text_in(cli->arena, "%s/catalogue", home), extent, ret_catalogues,
                           &cli->fault);
}

static enum err print_json(struct cli *cli, const struct text_buf *buf)
{
    if (buf->failed)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the output");
    cli_print(cli, "%.*s\n", STR_ARG(text_str(buf)));
    return ERR_OK;
}

const struct cli_option cmd_catalogue_list_options[] = {{0}};

static int32_t shown_count(const struct catalogue *catalogue)
{
    int32_t count = 0;
    for (int32_t i = 0; i < catalogue->entry_count; i++)
        count += catalogue_entry_is_shown(catalogue, i);
    return count;
}

static enum err list_json(struct cli *cli, const struct catalogues *catalogues)
{
    struct text_buf buf;
    struct json json;
    text_init(&buf, cli->arena);
    json_init(&json, &buf);
    json_array_begin(&json);
    for (int32_t i = 0; i < CATALOGUE_KIND_COUNT; i++) {
        const struct catalogue *catalogue = &catalogues->list[i];
        int32_t shown = shown_count(catalogue);
        json_object_begin(&json);
        json_add_text_z(&json, "name", catalogue->name);
        json_add_text_z(&json, "label", catalogue->label_zh);
        json_add_number(&json, "codes", shown);
        json_add_number(&json, "further_names", catalogue->entry_count - shown);
        json_object_end(&json);
    }
    for (int32_t i = 0; i < catalogues->register_count; i++) {
        json_object_begin(&json);
        json_add_text(&json, "name", catalogues->registers[i].name);
        json_add_text_z(&json, "catalogue", catalogues->registers[i].catalogue);
        json_add_number(&json, "codes", catalogues->registers[i].row_count);
        json_object_end(&json);
    }
    json_array_end(&json);
    return print_json(cli, &buf);
}

enum err cmd_catalogue_list(struct cli *cli)
{
    struct catalogues *catalogues;
    TRY(load(cli, CATALOGUES_USUAL, &catalogues));
    if (cli->json) {
        enum err err = list_json(cli, catalogues);
        catalogues_free(catalogues);
        return err;
    }
    const struct cli_column columns[] = {
        {cli_say(cli, "目录", "catalogue"), CLI_LEFT},
        {cli_say(cli, "名称", "name"), CLI_LEFT},
        {cli_say(cli, "代码数", "codes"), CLI_RIGHT},
        {cli_say(cli, "别名数", "further names"), CLI_RIGHT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, 4);
    for (int32_t i = 0; i < CATALOGUE_KIND_COUNT; i++) {
        const struct catalogue *catalogue = &catalogues->list[i];
        int32_t shown = shown_count(catalogue);
        cli_table_add(&table, catalogue->name);
        cli_table_add(&table, catalogue->label_zh);
        cli_table_number(&table, shown);
        cli_table_number(&table, catalogue->entry_count - shown);
    }
    for (int32_t i = 0; i < catalogues->register_count; i++) {
        cli_table_add(&table, catalogues->registers[i].catalogue);
        cli_table_add_str(&table, catalogues->registers[i].name);
        cli_table_number(&table, catalogues->registers[i].row_count);
        cli_table_add(&table, "");
    }
    catalogues_free(catalogues);
    return cli_table_print(&table, cli->world.out);
}

const struct cli_option cmd_catalogue_find_options[] = {
    {"CATALOGUE", CLI_ONE_OF, CLI_REQUIRED, CATALOGUE_KINDS, "哪一种目录", "which catalogue"},
    {"TEXT", CLI_TEXT, CLI_REQUIRED, "", "代码或名称", "a code or a name"},
    {"in", CLI_COUNT, CLI_OPTIONAL, "CODE", "只在这一区划内找", "only within this division"},
    {"as-of", CLI_DAY, CLI_OPTIONAL, "DATE", "按哪一天（默认今天）", "on which day (today)"},
    {0},
};

static const struct catalogue_entry *find(const struct cli *cli,
                                          const struct catalogues *catalogues, int32_t kind)
{
    struct str text = str_from(cli_text(cli, "TEXT", ""));
    int32_t day = cli_day(cli, "as-of", clock_city_day(clock_now_ms()));
    if (kind == CATALOGUE_OCCUPATION)
        return occupation_find(catalogues, text, day);
    if (kind == CATALOGUE_DIVISION)
        return division_find(catalogues, text, cli_count(cli, "in", 0), day);
    int64_t code;
    if (str_to_i64(text, &code))
        return catalogue_by_code(&catalogues->list[kind], code);
    const struct catalogue_entry *found = catalogue_by_name(&catalogues->list[kind], text, day);
    return found ? catalogue_by_code(&catalogues->list[kind], found->code) : NULL;
}

static enum err present_entry(struct cli *cli, const struct catalogue_entry *entry)
{
    if (cli->json) {
        struct text_buf buf;
        struct json json;
        text_init(&buf, cli->arena);
        json_init(&json, &buf);
        json_object_begin(&json);
        json_add_number(&json, "code", entry->code);
        json_add_text(&json, "label", entry->label.size ? entry->label : (struct str){NULL, 0});
        json_add_text(&json, "name", entry->name);
        json_add_day(&json, "from", entry->from_day);
        json_add_day(&json, "to", entry->to_day);
        json_object_end(&json);
        return print_json(cli, &buf);
    }
    if (entry->label.size > 0)
        cli_print(cli, "%.*s  %.*s", STR_ARG(entry->label), STR_ARG(entry->name));
    else
        cli_print(cli, "%" PRId64 "  %.*s", entry->code, STR_ARG(entry->name));
    if (entry->from_day != INT32_MIN)
        cli_print(cli, cli_say(cli, "  自%s", "  from %s"),
                  day_text_in(cli->arena, entry->from_day));
    if (entry->to_day != INT32_MAX)
        cli_print(cli, cli_say(cli, "  至%s", "  to %s"), day_text_in(cli->arena, entry->to_day));
    cli_print(cli, "\n");
    return ERR_OK;
}

enum err cmd_catalogue_find(struct cli *cli)
{
    struct catalogues *catalogues;
    TRY(load(cli, CATALOGUES_WITH_TOWNS, &catalogues));
    int32_t kind = cli_choice(cli, "CATALOGUE", 0);
    const struct catalogue_entry *entry = find(cli, catalogues, kind);
    enum err err;
    if (entry) {
        err = present_entry(cli, entry);
    } else {
        const char *text = cli_text(cli, "TEXT", "");
        cli_fail(cli, ERR_NOT_FOUND, "没有找到“%s”，或有多个同名",
                 "no \"%s\", or several of that name", text);
        err = cli_fail_hint(cli, "区划可写全称，或用 --in 指出上级区划代码。",
                            "Write a division's full name, or name the one above it with --in.");
    }
    catalogues_free(catalogues);
    return err;
}

const struct cli_option cmd_catalogue_load_options[] = {{0}};

struct storing {
    const struct catalogues *catalogues;
    struct catalogue_store_report report;
};

static enum err store_step(struct work *w, void *context)
{
    struct storing *storing = context;
    return catalogues_store(w, storing->catalogues, &storing->report);
}

enum err cmd_catalogue_load(struct cli *cli)
{
    struct work_env env;
    struct catalogues *catalogues;
    TRY(cli_open_work_env(cli, &env));
    TRY(load(cli, CATALOGUES_USUAL, &catalogues));
    struct storing storing = {.catalogues = catalogues};
    enum err err = work_run(&env, WORK_WRITE, store_step, &storing, &cli->fault);
    catalogues_free(catalogues);
    TRY(err);
    if (cli->json)
        cli_print(cli, "{\"changed\":%d,\"kept\":%d,\"rows\":%d}\n", storing.report.changed_count,
                  storing.report.kept_count, storing.report.row_count);
    else
        cli_print(cli,
                  cli_say(cli, "更新目录%d个，未变%d个，写入%d行\n",
                          "%d catalogues replaced, %d unchanged, %d rows written\n"),
                  storing.report.changed_count, storing.report.kept_count,
                  storing.report.row_count);
    return ERR_OK;
}
