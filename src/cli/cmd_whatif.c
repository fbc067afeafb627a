#include "base/day.h"
#include "cli/cli_whatif.h"
#include "cli/cli_snapshot.h"
#include "cli/commands.h"
#include "policy/override.h"
#include "policy/policy_files.h"

#include <errno.h>
#include <string.h>

const struct cli_option cmd_whatif_options[] = {
    {"draft", CLI_TEXT, CLI_MANY, "PATH",
     "草案：文件或文件夹；同文号的取代现行，其余照旧；可给多个并排比较",
     "a draft: document or folder; it replaces the documents of its numbers; several compare"},
    {"set", CLI_TEXT, CLI_MANY, "NAME=VALUE", "拟改的参数，如 载体建设补助=8万元",
     "a parameter of the draft, such as 载体建设补助=8万元"},
    {"sweep", CLI_TEXT, CLI_OPTIONAL, "NAME=A..B/STEP",
     "一个参数逐步取值各花多少，如 载体建设补助=3万元..10万元/1万元",
     "a parameter through a row of values: what each would cost"},
    {"budget", CLI_TEXT, CLI_MANY, "FUND=VALUE", "假设某项资金的年度预算，如 资金名(2024)=500万元",
     "suppose the budget of a fund, such as FUND(2024)=500万元"},
    {"from", CLI_DAY, CLI_OPTIONAL, "DATE", "往后试算：从这一天所在年的一月起",
     "run forward from January of this day's year"},
    {"to", CLI_DAY, CLI_OPTIONAL, "DATE", "往后试算到这一天（可以在将来）",
     "run forward to this day, which may lie ahead"},
    {"months", CLI_FLAG, CLI_OPTIONAL, "", "逐月列出各项资金", "each fund month by month"},
    CLI_AS_OF_OPTION,
    CLI_KNOWN_AT_OPTION,
    CLI_NO_SNAPSHOT_OPTION,
    CLI_POLICY_OPTION,
    {"html", CLI_TEXT, CLI_OPTIONAL, "FILE", "把报告写成一个网页文件，含图",
     "write the report with its charts as one page"},
    {"csv", CLI_FLAG, CLI_OPTIONAL, "", "各分组的表输出为 CSV", "print the table of groups as CSV"},
    {0},
};

/* ---- drafts ---- */

/* The values of an option that may be given several times. */
static int32_t texts_of(const struct cli *cli, const char *name, struct str texts[CLI_VALUES_MAX])
{
    int32_t count = 0;
    const char *text;
    while (count < CLI_VALUES_MAX && (text = cli_text_at(cli, name, count)) != NULL)
        texts[count++] = str_from(text);
    return count;
}

static enum err add_draft(struct cli *cli, struct whatif_show *show, const char *path)
{
    struct str settings[CLI_VALUES_MAX], budgets[CLI_VALUES_MAX];
    struct whatif_given given = {
        .from = path ? str_from(path) : STR(""),
        .settings = settings, .setting_count = texts_of(cli, "set", settings),
        .budgets = budgets, .budget_count = texts_of(cli, "budget", budgets)};
    struct policy_source *own = NULL;
    if (path)
        TRY(policy_sources_read(cli->arena, path, &own, &given.own_count, &cli->fault));
    given.own = own;
    struct findings findings;
    enum err err = whatif_add_draft(show, &given, &findings, &cli->fault);
    if (err == ERR_POLICY && findings.error_count > 0)
        cli_print_findings(cli, show->drafts[show->draft_count - 1].policy.sources, &findings);
    return err;
}

/* `--policy DRAFT` alone names the draft: beside what, if not beside the policy in force? */
static bool policy_is_draft(const struct cli *cli)
{
    return cli_given(cli, "policy") && !cli_given(cli, "draft") && !cli_given(cli, "set") &&
           !cli_given(cli, "sweep") && !cli_given(cli, "budget");
}

static enum err read_base(struct cli *cli, struct cli_city *city, struct whatif_show *show,
                          struct incentive_policy *ret_base)
{
    bool is_home = policy_is_draft(cli) || !cli_given(cli, "policy");
    int64_t version;
    if (is_home)
        TRY(cli_policy_in_force_at(cli, city, cli_home_policy_path(cli), cli_as_of_day(cli),
                                   ret_base, &version));
    else
        TRY(cli_policy(cli, &city->vocab, ret_base));
    struct str budgets[CLI_VALUES_MAX];
    int32_t budget_count = texts_of(cli, "budget", budgets);
    return whatif_suppose_budgets(show, ret_base->policy, budgets, budget_count, &cli->fault);
}

static enum err read_drafts(struct cli *cli, struct whatif_show *show)
{
    bool is_budget_alone = cli_given(cli, "budget") || cli_given(cli, "months");
    if (policy_is_draft(cli)) {
        TRY(add_draft(cli, show, cli_text(cli, "policy", NULL)));
    } else if (cli_given(cli, "set") && !cli_given(cli, "draft")) {
        TRY(add_draft(cli, show, NULL));
    } else if (!cli_given(cli, "draft") && !is_budget_alone) {
        (void)cli_fail(cli, ERR_USAGE, "没有拟改的内容", "there is nothing to compare with");
        return cli_fail_hint(cli, "用 --draft 给出拟改的文件，或用 --set 改一个参数。",
                             "Give a draft with --draft, or change a parameter with --set.");
    } else if (!cli_given(cli, "draft")) {
        TRY(add_draft(cli, show, NULL));
    }
    const char *path;
    for (int32_t i = 0; (path = cli_text_at(cli, "draft", i)) != NULL; i++)
        TRY(add_draft(cli, show, path));
    return ERR_OK;
}

/* ---- the command ---- */

static enum err read_request(struct cli *cli, struct whatif_request *ret_request)
{
    if (cli_given(cli, "to") && cli_given(cli, "as-of"))
        return cli_fail(cli, ERR_USAGE, "--to 与 --as-of 只给一个", "give --to or --as-of");
    int32_t to_day = cli_day(cli, "to", cli_as_of_day(cli));
    struct whatif_request request = {
        .as_of_day = to_day,
        .from_day = cli_day(cli, "from", ABSENT_I32),
        .known_at_ms = cli_known_at_ms(cli),
        .by_month = cli_given(cli, "from") || cli_given(cli, "to") || cli_flag(cli, "months") ||
                    cli_given(cli, "html") || cli_given(cli, "budget"),
        .spelling = cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN};
    if (request.from_day != ABSENT_I32 && request.from_day > to_day) {
        (void)cli_fail(cli, ERR_USAGE, "--from %s 在 --to %s 之后", "--from %s lies behind --to %s",
                       day_text_in(cli->arena, request.from_day), day_text_in(cli->arena, to_day));
        return cli_fail_hint(cli, "把两个日期对调。", "Swap the two days.");
    }
    *ret_request = request;
    return ERR_OK;
}

static enum err refuse_series(struct cli *cli, enum err code, const char *text,
                              const struct override_error *error)
{
    if (code != ERR_POLICY)
        return code;
    int side = cli->lang == CLI_LANG_ZH ? 0 : 1;
    (void)cli_fail(cli, ERR_POLICY, "%s：%s", "%s: %s", text,
                   str_z(cli->arena, error->message[side]));
    const char *hint = str_z(cli->arena, error->hint[side]);
    return cli_fail_hint(cli, "%s", "%s", hint);
}

static enum err run_sweep(struct cli *cli, struct whatif_show *show, struct cli_city *city,
                          const struct whatif_request *request)
{
    if (cli_given(cli, "html") || cli_text_at(cli, "draft", 1))
        return cli_fail(cli, ERR_USAGE, "--sweep 只输出表，且只用一份草案",
                        "--sweep prints a table, of one draft");
    TRY(add_draft(cli, show, cli_text_at(cli, "draft", 0)));
    struct policy *draft = show->drafts[0].policy.policy;
    const char *text = cli_text(cli, "sweep", "");
    struct policy_series series;
    struct override_error error;
    enum err err = policy_read_series(cli->arena, draft, str_from(text), &series, &error,
                                      &cli->fault);
    if (err != ERR_OK)
        return refuse_series(cli, err, text, &error);
    struct whatif_sweep sweep;
    TRY(insight_whatif_sweep(&city->env, &city->vocab, show->base, draft, &series, request,
                             cli->arena, &sweep, &cli->fault));
    return cli->json ? cli_sweep_json(cli, draft, series.setting.statement, &sweep)
                     : cli_sweep_text(cli, draft, series.setting.statement, &sweep);
}

static enum err save(struct cli *cli, const char *path, struct str text)
{
    FILE *file = fopen(path, "wb");
    bool done = file && fwrite(text.ptr, 1, text.size, file) == text.size;
    if (file && fclose(file) != 0)
        done = false;
    if (!done)
        return cli_fail(cli, ERR_IO, "不能写入 %s：%s", "cannot write %s: %s", path,
                        strerror(errno));
    cli_note(cli, cli_say(cli, "报告已写入 %s\n", "the report is in %s\n"), path);
    return ERR_OK;
}

static enum err save_page(struct cli *cli, const struct whatif_show *show, const char *path)
{
    struct text_buf buf;
    text_init(&buf, cli->arena);
    whatif_print_page(show, &buf);
    if (buf.failed)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the page");
    return save(cli, path, text_str(&buf));
}

static enum err run_drafts(struct cli *cli, struct whatif_show *show, struct cli_city *city,
                           const struct whatif_request *request)
{
    TRY(read_drafts(cli, show));
    TRY(whatif_run(show, &city->env, request, &cli->fault));
    bool is_csv = cli_flag(cli, "csv");
    if (cli_given(cli, "html")) {
        TRY(save_page(cli, show, cli_text(cli, "html", "")));
        if (!cli->json && !is_csv)
            return ERR_OK;
    }
    if (!cli->json && !is_csv)
        return cli_whatif_text(cli, show);
    struct text_buf buf;
    text_init(&buf, cli->arena);
    if (cli->json)
        whatif_print_json(show, &buf);
    else
        whatif_print_csv(show, &buf);
    return cli_print_buf(cli, &buf);
}

enum err cmd_whatif(struct cli *cli)
{
    struct whatif_request request;
    TRY(read_request(cli, &request));
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    struct whatif_show *show = ARENA_NEW(cli->arena, struct whatif_show);
    if (!show)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the command");
    struct incentive_policy base;
    *show = (struct whatif_show){.arena = cli->arena, .is_zh = cli->lang == CLI_LANG_ZH,
                                 .vocab = &city.vocab, .base = &base,
                                 .as_of_day = request.as_of_day,
                                 .known_at_ms = request.known_at_ms};
    TRY(read_base(cli, &city, show, &base));
    return cli_given(cli, "sweep") ? run_sweep(cli, show, &city, &request)
                                   : run_drafts(cli, show, &city, &request);
}
