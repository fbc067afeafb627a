/* cmd_export.c — records of the registry as tables, and doubles of persons. */
#include "cli/cli_registry.h"
#include "cli/cli_table.h"
#include "cli/cli_work.h"
#include "cli/commands.h"
#include "base/day.h"
#include "domain/registry/duplicate.h"
#include "domain/registry/export.h"
#include "domain/registry/fact.h"

#include <inttypes.h>
#include <stdlib.h>

const struct cli_option cmd_export_options[] = {
    {"KIND", CLI_TEXT, CLI_REQUIRED, "", "记录种类：person、certificate……（也可用中文名）",
     "kind of record: person, certificate, ..."},
    {"FILE", CLI_TEXT, CLI_REQUIRED, "", "要写的文件", "the file to write"},
    {"format", CLI_ONE_OF, CLI_OPTIONAL, "csv|xlsx", "格式；默认按文件名",
     "format; by the file's name unless given"},
    {"clear", CLI_TEXT, CLI_OPTIONAL, "REASON", "显示完整的证件号码等，须写明原因，记入日志",
     "show identity numbers in full, for a reason that is logged"},
    {0},
};

static void show_rows(void *context, int64_t row_count)
{
    cli_progress(context, cli_say(context, "导出", "export"), row_count, 0);
}

static enum err export_one(struct cli *cli, const struct vocab *vocab, int32_t table)
{
    static const enum table_format formats[] = {TABLE_CSV, TABLE_XLSX};
    const char *path = cli_text(cli, "FILE", "");
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    struct export_options options = {
        .table = table,
        .path = path,
        .format = cli_given(cli, "format") ? formats[cli_choice(cli, "format", 0)]
                                           : table_format_of_name(path),
        .clear_reason = cli_text(cli, "clear", NULL),
        .known_at_ms = ABSENT_I64,
        .progress = show_rows,
        .progress_context = cli,
    };
    int64_t row_count;
    TRY(export_file(&env, cli->arena, vocab, &options, &row_count, &cli->fault));
    cli_progress_end(cli);
    if (cli->json)
        cli_print(cli, "{\"rows\":%" PRId64 "}\n", row_count);
    else
        cli_print(cli, cli_say(cli, "写出%" PRId64 "行\n", "%" PRId64 " rows written\n"),
                  row_count);
    return ERR_OK;
}

enum err cmd_export(struct cli *cli)
{
    int32_t table;
    struct vocab vocab;
    struct catalogues *catalogues;
    TRY(cli_registry_table(cli, &table));
    TRY(cli_registry_vocab(cli, &catalogues, &vocab));
    enum err err = export_one(cli, &vocab, table);
    return err;
}

/* ---- doubles ---- */

const struct cli_option cmd_duplicates_options[] = {
    {"ID", CLI_TEXT, CLI_MANY, "", "人员编号：合并时先写保留的，再写并入的",
     "persons: the one to keep, then the one to join into it"},
    {"join", CLI_FLAG, CLI_OPTIONAL, "", "合并两个人员", "join two persons"},
    {"part", CLI_TEXT, CLI_OPTIONAL, "ID", "撤销编号为 ID 的合并", "undo the joining ID"},
    {"reason", CLI_TEXT, CLI_OPTIONAL, "TEXT", "合并的理由", "why the two are one"},
    {0},
};

struct joining {
    int64_t kept_id, dropped_id, join_id;
    struct str reason;
};

static enum err join_step(struct work *w, void *context)
{
    struct joining *joining = context;
    return person_join(w, joining->kept_id, joining->dropped_id, joining->reason,
                       &joining->join_id);
}

static enum err part_step(struct work *w, void *context)
{
    struct joining *joining = context;
    return person_part(w, joining->join_id);
}

static enum err read_id(struct cli *cli, const char *text, int64_t *ret_id)
{
    if (text && str_to_i64(str_from(text), ret_id) && *ret_id > 0)
        return ERR_OK;
    return cli_fail(cli, ERR_USAGE, "“%s”不是编号", "\"%s\" is not an id", text ? text : "");
}

static enum err join(struct cli *cli, struct work_env *env)
{
    struct joining joining = {.reason = str_from(cli_text(cli, "reason", ""))};
    TRY(read_id(cli, cli_text_at(cli, "ID", 0), &joining.kept_id));
    TRY(read_id(cli, cli_text_at(cli, "ID", 1), &joining.dropped_id));
    TRY(work_run(env, WORK_WRITE, join_step, &joining, &cli->fault));
    if (cli->json)
        cli_print(cli, "{\"join\":\"%" PRId64 "\"}\n", joining.join_id);
    else
        cli_print(cli,
                  cli_say(cli, "已合并；撤销：baigong duplicates --part %" PRId64 "\n",
                          "joined; to undo: baigong duplicates --part %" PRId64 "\n"),
                  joining.join_id);
    return ERR_OK;
}

static enum err part(struct cli *cli, struct work_env *env)
{
    struct joining joining = {0};
    TRY(read_id(cli, cli_text(cli, "part", NULL), &joining.join_id));
    TRY(work_run(env, WORK_WRITE, part_step, &joining, &cli->fault));
    if (!cli->json)
        cli_print(cli, "%s", cli_say(cli, "已撤销合并\n", "parted\n"));
    return ERR_OK;
}

static void print_pair(struct cli *cli, const struct duplicate_pair *pair)
{
    char day[DAY_TEXT_SIZE];
    day_text(pair->birth_day, day);
    if (cli->json) {
        cli_print(cli,
                  "{\"first\":\"%" PRId64 "\",\"second\":\"%" PRId64
                  "\",\"same_phone\":%s,\"same_bank_account\":%s,\"other_paper\":%s}\n",
                  pair->first_id, pair->second_id, pair->same_phone ? "true" : "false",
                  pair->same_bank_account ? "true" : "false", pair->other_paper ? "true" : "false");
        return;
    }
    cli_print(cli, "%" PRId64 "  %" PRId64 "  %s  %.*s  %.*s%s%s%s\n", pair->first_id,
              pair->second_id, day, STR_ARG(pair->first_name), STR_ARG(pair->second_name),
              pair->same_phone ? cli_say(cli, "  手机相同", "  same phone") : "",
              pair->same_bank_account ? cli_say(cli, "  账号相同", "  same account") : "",
              pair->other_paper ? cli_say(cli, "  证件类型不同", "  other paper") : "");
}

static enum err list_step(struct work *w, void *context)
{
    struct cli *cli = context;
    struct duplicate_pair *pairs;
    int32_t count;
    TRY(person_duplicates(w, &pairs, &count));
    for (int32_t i = 0; i < count; i++)
        print_pair(cli, &pairs[i]);
    if (!cli->json)
        cli_print(cli, cli_say(cli, "疑似重复%d对\n", "%d pairs suspected\n"), count);
    return ERR_OK;
}

enum err cmd_duplicates(struct cli *cli)
{
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    if (cli_flag(cli, "join"))
        return join(cli, &env);
    if (cli_given(cli, "part"))
        return part(cli, &env);
    return work_run(&env, WORK_READ, list_step, cli, &cli->fault);
}
