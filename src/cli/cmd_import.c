/* cmd_import.c — outside tables into the registry, and templates for them. */
#include "cli/cli_registry.h"
#include "cli/cli_work.h"
#include "cli/commands.h"
#include "domain/registry/export.h"
#include "domain/registry/import.h"

#include <inttypes.h>

const struct cli_option cmd_import_options[] = {
    {"KIND", CLI_TEXT, CLI_REQUIRED, "", "记录种类：person、certificate……（也可用中文名）",
     "kind of record: person, certificate, ..."},
    {"FILE", CLI_TEXT, CLI_REQUIRED, "", "CSV 或 XLSX 文件", "a CSV or XLSX file"},
    {"dry-run", CLI_FLAG, CLI_OPTIONAL, "", "只检查，不导入", "check only, change nothing"},
    {"keep-good", CLI_FLAG, CLI_OPTIONAL, "", "导入合格的行；默认有一行不合格就全部不导入",
     "take the good rows; otherwise one bad row refuses the file"},
    {"errors", CLI_TEXT, CLI_OPTIONAL, "FILE", "把不合格的行写到这个文件（CSV，或以 .xlsx 结尾）",
     "write the refused rows to this file (CSV, or ending in .xlsx)"},
    {"template", CLI_FLAG, CLI_OPTIONAL, "", "不导入，而是把空白模板写到 FILE（XLSX）",
     "write an empty template to FILE (XLSX) instead"},
    {0},
};

static void show_progress(void *context, const struct import_counts *counts, int32_t permille)
{
    struct cli *cli = context;
    cli_progress(cli, cli_say(cli, "导入", "import"), permille, 1000);
    (void)counts;
}

static void print_json(struct cli *cli, const struct import_result *result)
{
    const struct import_counts *c = &result->counts;
    cli_print(cli,
              "{\"rows\":%" PRId64 ",\"added\":%" PRId64 ",\"corrected\":%" PRId64
              ",\"same\":%" PRId64 ",\"refused\":%" PRId64 ",\"resumed_rows\":%" PRId64 "}\n",
              c->row_count, c->added_count, c->corrected_count, c->same_count, c->refused_count,
              result->resumed_row_count);
}

static void print_result(struct cli *cli, const struct import_result *result)
{
    const struct import_counts *c = &result->counts;
    if (cli->json) {
        print_json(cli, result);
        return;
    }
    if (result->resumed_row_count > 0)
        cli_note(cli,
                 cli_say(cli, "接着上次中断的导入：前%" PRId64 "行已处理\n",
                         "going on after a broken-off run: %" PRId64 " rows were done\n"),
                 result->resumed_row_count);
    if (result->unknown_titles.size > 0)
        cli_note(cli, cli_say(cli, "没有用到的列：%.*s\n", "columns not used: %.*s\n"),
                 STR_ARG(result->unknown_titles));
    for (int32_t i = 0; i < result->problem_count; i++)
        cli_note(cli, cli_say(cli, "%s：%s。%s\n", "%s: %s. %s\n"), result->problems[i].cell,
                 result->problems[i].reason, result->problems[i].remedy);
    cli_print(cli,
              cli_say(cli,
                      "共%" PRId64 "行：新增%" PRId64 "，更正%" PRId64 "，已有%" PRId64
                      "，不合格%" PRId64 "\n",
                      "%" PRId64 " rows: %" PRId64 " added, %" PRId64 " corrected, %" PRId64
                      " known already, %" PRId64 " refused\n"),
              c->row_count, c->added_count, c->corrected_count, c->same_count, c->refused_count);
}

static enum err import_one(struct cli *cli, const struct vocab *vocab,
                           const struct catalogues *catalogues, int32_t table)
{
    struct work_env env;
    TRY(cli_open_work_env(cli, &env));
    env.actor.name = STR("import");
    struct import_options options = {
        .table = table,
        .divisions = &catalogues->identity_divisions,
        .path = cli_text(cli, "FILE", ""),
        .error_path = cli_text(cli, "errors", NULL),
        .mode = cli_flag(cli, "keep-good") ? IMPORT_KEEP_GOOD : IMPORT_ALL_OR_NOTHING,
        .dry_run = cli_flag(cli, "dry-run"),
        .progress = show_progress,
        .progress_context = cli,
    };
    struct import_result result = {.counts.row_count = -1};
    enum err err = import_file(&env, cli->arena, vocab, &options, &result, &cli->fault);
    cli_progress_end(cli);
    if (result.counts.row_count > 0)
        print_result(cli, &result);
    if (err == ERR_OK && result.counts.refused_count > 0 && options.dry_run)
        return cli_fail(cli, ERR_IMPORT, "试运行发现%" PRId64 "行不合格",
                        "the dry run found %" PRId64 " refused rows", result.counts.refused_count);
    return err;
}

enum err cmd_import(struct cli *cli)
{
    int32_t table;
    struct vocab vocab;
    struct catalogues *catalogues;
    TRY(cli_registry_table(cli, &table));
    TRY(cli_registry_vocab(cli, &catalogues, &vocab));
    enum err err;
    if (cli_flag(cli, "template"))
        err = export_template(cli->arena, &vocab, table, cli_text(cli, "FILE", ""), &cli->fault);
    else
        err = import_one(cli, &vocab, catalogues, table);
    return err;
}
