/* cmd_policy.c — policy check and policy fmt: read the city's documents, say what is wrong with
 * them, write them in the other spelling. */
#include "base/json.h"
#include "cli/cli_city.h"
#include "cli/cli_documents.h"
#include "cli/cli_file.h"
#include "cli/cli_policy_live.h"
#include "cli/cli_registry.h"
#include "cli/cli_settings.h"
#include "cli/commands.h"
#include "policy/example.h"

const struct cli_option cmd_policy_check_options[] = {
    {"PATH", CLI_TEXT, CLI_MANY, "", "政策文件或文件夹，可写多个（默认随程序的 policy/）",
     "policy documents or folders (default: the program's policy/)"},
    {"notes", CLI_FLAG, CLI_OPTIONAL, "", "也列出没有逐值分析的条件",
     "list the conditions that were not analysed too"},
    CLI_AS_OF_OPTION,
    {0},
};

const struct cli_option cmd_policy_fmt_options[] = {
    {"PATH", CLI_TEXT, CLI_REQUIRED, "", "政策文件", "policy document"},
    {"lang", CLI_ONE_OF, CLI_OPTIONAL, "zh|en", "写成中文或英文（默认 zh）",
     "write it in Chinese or English (default: zh)"},
    {"write", CLI_FLAG, CLI_OPTIONAL, "", "改写文件本身，不打印",
     "rewrite the file, print nothing"},
    {0},
};

struct policy_reading {
    struct catalogues *catalogues;
    struct vocab vocab;
    struct cli_documents documents;
    int32_t passed_count, failed_count; /* expectations of the examples */
    const struct policy_live *live;     /* on the city of --db; NULL: none was named */
};

/* What a document says wrong that was only imported is its own affair, unless it is an error. */
static bool concerns(const struct policy_reading *reading, const struct finding *finding)
{
    return finding->severity == FINDING_ERROR ||
           finding->span.document < reading->documents.named_count;
}

static void leave_out_imported(struct policy_reading *reading)
{
    struct findings *findings = &reading->documents.findings;
    int32_t kept = 0;
    findings->warning_count = 0;
    for (int32_t i = 0; i < findings->row_count; i++)
        if (concerns(reading, &findings->rows[i])) {
            findings->warning_count += findings->rows[i].severity == FINDING_WARNING;
            findings->rows[kept++] = findings->rows[i];
        }
    findings->row_count = kept;
}

static enum err read_policy(struct cli *cli, const char *const *paths, int32_t path_count,
                            struct policy_reading *reading)
{
    TRY(cli_registry_vocab(cli, &reading->catalogues, &reading->vocab));
    return cli_documents_read(cli, &reading->vocab, paths, path_count, &reading->documents);
}

static const char *severity_name(enum finding_severity severity)
{
    static const char *const names[] = {
        [FINDING_ERROR] = "error", [FINDING_WARNING] = "warning", [FINDING_NOTE] = "note"};
    return names[severity];
}

static void json_finding(struct json *json, const struct policy_reading *reading,
                         const struct finding *finding)
{
    json_object_begin(json);
    json_add_text(json, "path", reading->documents.sources[finding->span.document].path);
    json_add_number(json, "line", finding->span.line);
    json_add_number(json, "column", finding->span.column);
    json_add_text_z(json, "severity", severity_name(finding->severity));
    json_add_text_z(json, "rule", finding->rule);
    json_add_text(json, "message", finding->message);
    json_add_text(json, "hint", finding->hint);
    json_object_end(json);
}

static enum err print_check_json(struct cli *cli, const struct policy_reading *reading)
{
    struct text_buf buf;
    text_init(&buf, cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_object_begin(&json);
    json_add_number(&json, "documents", reading->documents.policy->document_count);
    json_add_number(&json, "articles", reading->documents.policy->article_count);
    json_add_number(&json, "statements", reading->documents.policy->statement_count);
    json_add_number(&json, "errors", reading->documents.findings.error_count);
    json_add_number(&json, "warnings", reading->documents.findings.warning_count);
    json_add_number(&json, "expectations_passed", reading->passed_count);
    json_add_number(&json, "expectations_failed", reading->failed_count);
    json_key(&json, "findings");
    json_array_begin(&json);
    for (int32_t i = 0; i < reading->documents.findings.row_count; i++)
        json_finding(&json, reading, &reading->documents.findings.rows[i]);
    json_array_end(&json);
    if (reading->live)
        cli_policy_live_json(&json, reading->documents.policy, reading->live);
    json_object_end(&json);
    return cli_print_json(cli, &buf);
}

static enum err print_check(struct cli *cli, const struct policy_reading *reading, bool notes)
{
    const struct policy *policy = reading->documents.policy;
    const struct findings *findings = &reading->documents.findings;
    struct text_buf buf;
    text_init(&buf, cli->arena);
    int32_t note_count = 0;
    for (int32_t i = 0; i < findings->row_count; i++) {
        bool note = findings->rows[i].severity == FINDING_NOTE;
        note_count += note;
        if (!note || notes)
            finding_print(&buf, reading->documents.sources, &findings->rows[i],
                          cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN);
    }
    if (buf.failed)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the findings");
    cli_print(cli, "%.*s", STR_ARG(text_str(&buf)));
    cli_print(cli,
              cli_say(cli,
                      "%d 个文件，%d 条，%d 个语句，%d 个案例结果相符，%d 个不符："
                      "%d 个错误，%d 个警告，%d 个说明\n",
                      "%d documents, %d articles, %d statements, %d expectations hold, %d do not: "
                      "%d errors, %d warnings, %d notes\n"),
              policy->document_count, policy->article_count, policy->statement_count,
              reading->passed_count, reading->failed_count, findings->error_count,
              findings->warning_count, note_count);
    return reading->live ? cli_policy_live_print(cli, policy, reading->live) : ERR_OK;
}

static enum err run_examples(struct cli *cli, struct policy_reading *reading)
{
    TRY(examples_run(cli->arena, reading->documents.policy, &reading->documents.findings,
                     &reading->passed_count, &reading->failed_count, &cli->fault));
    if (reading->documents.findings.error_count == 0)
        return ERR_OK;
    return cli_fail(cli, ERR_POLICY, "政策文件有 %d 个错误", "%d errors in the policy documents",
                    reading->documents.findings.error_count);
}

static enum err check_paths(struct cli *cli, const char *const *paths, int32_t path_count)
{
    struct policy_reading reading = {0};
    enum err err = read_policy(cli, paths, path_count, &reading);
    if (err == ERR_OK)
        err = run_examples(cli, &reading);
    if (err != ERR_OK && err != ERR_POLICY)
        return err;
    struct policy_live live = {0};
    if (err == ERR_OK && cli_given(cli, "db")) {
        TRY(cli_policy_live(cli, reading.documents.policy, &live));
        reading.live = &live;
    }
    leave_out_imported(&reading);
    enum err printed = cli->json ? print_check_json(cli, &reading)
                                 : print_check(cli, &reading, cli_flag(cli, "notes"));
    return printed == ERR_OK ? err : printed;
}

enum err cmd_policy_check(struct cli *cli)
{
    const char *paths[CLI_VALUES_MAX];
    int32_t count = 0;
    const char *path;
    while (count < CLI_VALUES_MAX && (path = cli_text_at(cli, "PATH", count)) != NULL)
        paths[count++] = path;
    if (count == 0)
        paths[count++] = text_in(cli->arena, "%s/policy", cli->settings->values[SETTING_HOME]);
    return check_paths(cli, paths, count);
}

enum err cmd_policy_fmt(struct cli *cli)
{
    const char *path = cli_text(cli, "PATH", "");
    struct policy_reading reading = {0};
    enum err err = read_policy(cli, &path, 1, &reading);
    if (err == ERR_OK && reading.documents.named_count != 1)
        err = cli_fail(cli, ERR_USAGE, "%s 有 %d 个文件；一次只改写一个",
                       "%s has %d documents; one is written at a time", path,
                       reading.documents.named_count);
    if (err == ERR_OK) {
        struct text_buf buf;
        text_init(&buf, cli->arena);
        policy_print_document(&buf, reading.documents.policy, 0,
                              cli_choice(cli, "lang", 0) == 0 ? SPELLING_ZH : SPELLING_EN);
        if (buf.failed)
            err = fault_set(&cli->fault, ERR_MEMORY, "no memory for the document");
        else if (cli_flag(cli, "write"))
            err = cli_file_replace(cli, path, text_str(&buf));
        else
            cli_print(cli, "%.*s", STR_ARG(text_str(&buf)));
    } else if (err == ERR_POLICY) {
        print_check(cli, &reading, false);
    }
    return err;
}
