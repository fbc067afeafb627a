#include "cli/cli_difference.h"

#include "base/clock.h"
#include "base/day.h"
#include "base/money.h"
#include "cli/cli_city.h"
#include "cli/cli_table.h"
#include "domain/registry/registry_name.h"

#include <inttypes.h>

static const struct {
    const char *code, *zh, *en;
} kinds[] = {
    [CORRECTION_TOP_UP] = {"top_up", "补发", "top up"},
    [CORRECTION_RECOVERY] = {"recovery", "追回", "recover"},
    [CORRECTION_NO_MONEY] = {"no_money", "不涉金额", "no money"},
};

static const struct {
    const char *code, *zh, *en;
} causes[] = {
    [CAUSE_FACT] = {"fact", "事实", "fact"},
    [CAUSE_DAY] = {"day", "日期", "day"},
    [CAUSE_POLICY] = {"policy", "政策", "policy"},
    [CAUSE_OTHERS] = {"others", "其他各笔", "other grants"},
};

static const char *instant_day(struct cli *cli, int64_t ms)
{
    return day_text_in(cli->arena, clock_city_day(ms));
}

static void json_row(struct cli *cli, struct json *json, const struct entitlement_difference *row)
{
    json_object_begin(json);
    json_add_id(json, "entitlement_id", row->entitlement_id);
    json_add_text(json, "record", row->subject_record);
    json_add_id(json, "subject_id", row->subject_id);
    json_add_text(json, "rule", row->rule_name);
    json_add_text(json, "basis_record", row->basis_record);
    json_add_id(json, "basis_id", row->basis_id);
    json_add_number(json, "period", row->period);
    json_add_text_z(json, "kind", kinds[row->kind].code);
    json_add_bool(json, "is_asked", row->is_asked);
    json_add_money(json, "difference_yuan", row->difference_fen);
    json_add_text(json, "article", row->article);
    json_add_text_z(json, "from_decided", instant_day(cli, row->from_ms));
    json_add_text_z(json, "to_decided", instant_day(cli, row->to_ms));
    json_add_day(json, "from_as_of", row->from_day);
    json_add_day(json, "to_as_of", row->to_day);
    json_add_text_z(json, "after", row->has_ended ? "ended" : "changed");
    json_add_text_z(json, "cause", causes[row->cause].code);
    json_add_text(json, "reason", row->reason);
    json_object_end(json);
}

void cli_differences_json(struct cli *cli, struct json *json, const char *key,
                          const struct entitlement_difference *rows, int32_t row_count)
{
    if (key)
        json_key(json, key);
    json_array_begin(json);
    for (int32_t i = 0; i < row_count; i++)
        json_row(cli, json, &rows[i]);
    json_array_end(json);
}

static enum err print_table(struct cli *cli, struct work *w, const struct vocab *vocab,
                            const struct entitlement_difference *rows, int32_t row_count,
                            bool as_csv)
{
    const struct cli_column columns[] = {
        {cli_say(cli, "编号", "number"), CLI_LEFT},
        {cli_say(cli, "对象", "subject"), CLI_LEFT},
        {cli_say(cli, "处理", "to do"), CLI_LEFT},
        {cli_say(cli, "差额", "difference"), CLI_RIGHT},
        {cli_say(cli, "原定", "decided"), CLI_LEFT},
        {cli_say(cli, "改定", "changed"), CLI_LEFT},
        {cli_say(cli, "起因", "cause"), CLI_LEFT},
        {cli_say(cli, "依据", "reason"), CLI_LEFT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, sizeof columns / sizeof columns[0]);
    for (int32_t i = 0; i < row_count; i++) {
        const struct entitlement_difference *row = &rows[i];
        struct str subject = STR("");
        int32_t record = vocab_table(vocab, row->subject_record);
        if (record >= 0)
            TRY(registry_label(w, vocab, record, row->holder_id, row->subject_id, &subject));
        cli_table_format(&table, "%" PRId64, row->entitlement_id);
        cli_table_add_str(&table, subject);
        cli_table_add(&table, row->is_asked
                                  ? cli_say(cli, "待补事实", "ask")
                                  : cli_say(cli, kinds[row->kind].zh, kinds[row->kind].en));
        cli_table_add(&table, money_text_in(cli->arena, row->difference_fen));
        cli_table_add(&table, instant_day(cli, row->from_ms));
        cli_table_add(&table, instant_day(cli, row->to_ms));
        cli_table_add(&table, cli_say(cli, causes[row->cause].zh, causes[row->cause].en));
        cli_table_add_str(&table, row->reason);
    }
    return as_csv ? cli_table_print_csv(&table, cli->world.out)
                  : cli_table_print(&table, cli->world.out);
}

enum err cli_differences_print(struct cli *cli, struct work *w, const struct vocab *vocab,
                               const struct entitlement_difference *rows, int32_t row_count,
                               bool as_csv)
{
    if (!cli->json)
        return print_table(cli, w, vocab, rows, row_count, as_csv);
    struct text_buf buf;
    struct json json;
    text_init(&buf, cli->arena);
    json_init(&json, &buf);
    cli_differences_json(cli, &json, NULL, rows, row_count);
    return cli_print_buf(cli, &buf);
}
