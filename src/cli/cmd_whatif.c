#include "base/clock.h"
#include "base/day.h"
#include "cli/cli_whatif.h"
#include "cli/cli_snapshot.h"
#include "cli/commands.h"
#include "policy/difference.h"
#include "policy/override.h"
#include "policy/policy_files.h"
#include "policy/scalar.h"

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

enum { EDITS_MAX = 400 }; /* clauses listed as changed: beyond, it is another document */

/* ---- settings ---- */

static enum err refuse_setting(struct cli *cli, enum err code, const char *text,
                               const struct override_error *error)
{
    if (code != ERR_POLICY)
        return code;
    (void)cli_fail(cli, ERR_POLICY, "%s：%s", "%s: %s", text,
                   str_z(cli->arena, error->message[cli->lang == CLI_LANG_ZH ? 0 : 1]));
    const char *hint = str_z(cli->arena, error->hint[cli->lang == CLI_LANG_ZH ? 0 : 1]);
    return cli_fail_hint(cli, "%s", "%s", hint);
}

static struct str value_on(struct cli *cli, const struct policy *policy,
                           const struct policy_setting *setting, int32_t day)
{
    const struct parameter *parameter = policy->statements[setting->statement].as.parameter;
    const struct parameter_row *row = parameter_row_on(parameter, day);
    struct text_buf buf;
    text_init(&buf, cli->arena);
    enum policy_spelling spelling = cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN;
    for (int32_t i = 0; row && i < row->value_count; i++) {
        bool is_meant = !setting->has_key || (row->keys && row->keys[i] == setting->key);
        if (!is_meant)
            continue;
        text_add_z(&buf, buf.size > 0 ? cli_say(cli, "、", ", ") : "");
        if (row->keys) {
            policy_print_value(&buf, policy, (struct type){TYPE_ENUM, parameter->key_enum},
                               row->keys[i], spelling);
            text_add_byte(&buf, ' ');
        }
        policy_print_value(&buf, policy, parameter->type, row->values[i], spelling);
    }
    return text_str(&buf);
}

static struct str place_of(struct cli *cli, const struct policy *policy,
                           const struct statement *named)
{
    return str_from(text_in(cli->arena, "%.*s　%.*s",
                            STR_ARG(policy->articles[named->article].heading),
                            STR_ARG(named->name)));
}

static enum err apply_settings(struct cli *cli, struct whatif_draft *draft, int32_t day)
{
    const char *text;
    for (int32_t i = 0; (text = cli_text_at(cli, "set", i)) != NULL; i++) {
        struct policy *policy = draft->policy.policy;
        struct policy_setting setting;
        struct override_error error;
        enum err err = policy_read_setting(cli->arena, policy, str_from(text), &setting, &error,
                                           &cli->fault);
        if (err != ERR_OK)
            return refuse_setting(cli, err, text, &error);
        struct whatif_edit *edit = &draft->edits[draft->edit_count++];
        edit->place = place_of(cli, policy, &policy->statements[setting.statement]);
        edit->before = value_on(cli, policy, &setting, day);
        if (!policy_apply_setting(cli->arena, policy, &setting))
            return fault_set(&cli->fault, ERR_MEMORY, "no memory for a setting");
        edit->after = value_on(cli, policy, &setting, day);
    }
    return ERR_OK;
}

/* A budget supposed holds for the policy in force and for the draft alike. */
static enum err apply_budgets(struct cli *cli, struct policy *policy)
{
    const char *text;
    for (int32_t i = 0; (text = cli_text_at(cli, "budget", i)) != NULL; i++) {
        struct policy_setting setting;
        struct override_error error;
        enum err err = policy_read_budget(cli->arena, policy, str_from(text), &setting, &error,
                                          &cli->fault);
        if (err != ERR_OK)
            return refuse_setting(cli, err, text, &error);
        if (!policy_apply_setting(cli->arena, policy, &setting))
            return fault_set(&cli->fault, ERR_MEMORY, "no memory for a budget");
    }
    return ERR_OK;
}

/* ---- drafts ---- */

/* What stands behind 文号 in the head of a document. */
static struct str number_of(struct str text)
{
    struct str line;
    for (int32_t i = 0; i < 20 && str_split(&text, '\n', &line); i++) {
        static const struct str keys[] = {{"文号:", 7}, {"number:", 7}};
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            if (str_starts(line, keys[k]))
                return str_trim(str_sub(line, keys[k].size, line.size - keys[k].size));
    }
    return (struct str){"", 0};
}

/* The documents in force with those of the draft in the place of their numbers. */
static enum err lay_over(struct cli *cli, const struct incentive_policy *base, const char *path,
                         struct incentive_policy *ret_sources)
{
    struct policy_source *own;
    int32_t own_count;
    TRY(policy_sources_read(cli->arena, path, &own, &own_count, &cli->fault));
    size_t count_max = (size_t)own_count + (size_t)base->source_count;
    struct policy_source *all = ARENA_NEW_ARRAY(cli->arena, struct policy_source, count_max);
    if (!all)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the draft");
    int32_t count = 0;
    for (int32_t i = 0; i < base->source_count; i++) {
        struct str number = base->policy->documents[i].number;
        bool replaced = false;
        for (int32_t k = 0; k < own_count && !replaced; k++)
            replaced = str_equal(number, number_of(own[k].text));
        if (!replaced)
            all[count++] = base->sources[i];
    }
    memcpy(all + count, own, (size_t)own_count * sizeof *own);
    ret_sources->sources = all;
    ret_sources->source_count = count + own_count;
    return ERR_OK;
}

static enum err read_draft(struct cli *cli, const struct vocab *vocab,
                           const struct incentive_policy *base, const char *path,
                           struct incentive_policy *ret_draft)
{
    *ret_draft = (struct incentive_policy){.sources = base->sources,
                                           .source_count = base->source_count};
    if (path)
        TRY(lay_over(cli, base, path, ret_draft));
    struct findings findings = {.arena = cli->arena};
    enum err err = policy_read(cli->arena, vocab, ret_draft->sources, ret_draft->source_count,
                               &ret_draft->policy, &findings, &cli->fault);
    if (err == ERR_POLICY)
        cli_print_findings(cli, ret_draft->sources, &findings);
    return err;
}

/* The statements of documents whose text the other edition does not have. */
static enum err changed_part(struct cli *cli, const struct policy *policy,
                             const struct policy *other, struct policy *ret_part)
{
    *ret_part = *policy;
    ret_part->statement_count = 0;
    ret_part->statements =
        ARENA_NEW_ARRAY(cli->arena, struct statement, (size_t)policy->statement_count);
    if (!ret_part->statements)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the changes");
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct document *document = &policy->documents[policy->statements[i].document];
        enum statement_kind kind = policy->statements[i].kind;
        bool same = kind == STATEMENT_EXAMPLE || kind == STATEMENT_NARRATIVE;
        for (int32_t d = 0; d < other->document_count && !same; d++)
            same = memcmp(document->hash, other->documents[d].hash, sizeof document->hash) == 0;
        if (!same)
            ret_part->statements[ret_part->statement_count++] = policy->statements[i];
    }
    return ERR_OK;
}

static bool is_cite(struct str clause)
{
    return str_starts(clause, STR("依据")) || str_starts(clause, STR("cites"));
}

static void add_edits(struct cli *cli, const struct policy *of, const struct difference *row,
                      struct whatif_draft *draft)
{
    struct str place = place_of(cli, of, row->after ? row->after : row->before);
    int32_t clauses = row->kind == DIFFERENCE_CHANGED ? row->clause_count : 1;
    for (int32_t k = 0; k < clauses && draft->edit_count < EDITS_MAX; k++) {
        struct whatif_edit *edit = &draft->edits[draft->edit_count++];
        *edit = (struct whatif_edit){place, STR(""), STR("")};
        if (row->kind == DIFFERENCE_ADDED)
            edit->after = str_from(cli_say(cli, "新增", "added"));
        else if (row->kind == DIFFERENCE_REMOVED)
            edit->after = str_from(cli_say(cli, "删去", "removed"));
        else
            *edit = (struct whatif_edit){place, row->clauses[k].before, row->clauses[k].after};
        bool is_quotation = is_cite(edit->before) && is_cite(edit->after);
        draft->edit_count -= is_quotation; /* what it quotes decides nothing */
    }
}

static enum err list_edits(struct cli *cli, const struct incentive_policy *base,
                           struct whatif_draft *draft)
{
    enum policy_spelling spelling = cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN;
    struct policy before, after;
    TRY(changed_part(cli, base->policy, draft->policy.policy, &before));
    TRY(changed_part(cli, draft->policy.policy, base->policy, &after));
    struct difference *rows;
    int32_t row_count;
    TRY(policy_difference(cli->arena, &before, &after, spelling, &rows, &row_count, &cli->fault));
    draft->edits =
        ARENA_NEW_ARRAY(cli->arena, struct whatif_edit, EDITS_MAX + CLI_VALUES_MAX);
    if (!draft->edits)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the changes");
    for (int32_t i = 0; i < row_count; i++)
        add_edits(cli, rows[i].after ? &after : &before, &rows[i], draft);
    return ERR_OK;
}

static struct str settings_text(struct cli *cli)
{
    struct text_buf buf;
    text_init(&buf, cli->arena);
    const char *text;
    for (int32_t i = 0; (text = cli_text_at(cli, "set", i)) != NULL; i++)
        text_format(&buf, "%s%s", i ? "，" : "", text);
    return text_str(&buf);
}

static enum err add_draft(struct whatif_show *show, const char *path)
{
    static const char *const zh[WHATIF_DRAFTS_MAX] = {"草案一", "草案二", "草案三", "草案四"};
    static const char *const en[WHATIF_DRAFTS_MAX] = {"draft 1", "draft 2", "draft 3", "draft 4"};
    struct cli *cli = show->cli;
    if (show->draft_count == WHATIF_DRAFTS_MAX)
        return cli_fail(cli, ERR_USAGE, "一次最多比较 %d 份草案", "at most %d drafts at a time",
                        WHATIF_DRAFTS_MAX);
    struct whatif_draft *draft = &show->drafts[show->draft_count];
    draft->name = str_from(cli_say(cli, zh[show->draft_count], en[show->draft_count]));
    draft->from = path ? str_from(path) : settings_text(cli);
    show->draft_count++;
    TRY(read_draft(cli, show->vocab, show->base, path, &draft->policy));
    TRY(list_edits(cli, show->base, draft));
    TRY(apply_settings(cli, draft, show->as_of_day));
    TRY(apply_budgets(cli, draft->policy.policy));
    return program_compile(cli->arena, draft->policy.policy, &draft->policy.program, &cli->fault);
}

/* `--policy DRAFT` alone names the draft: beside what, if not beside the policy in force? */
static bool policy_is_draft(const struct cli *cli)
{
    return cli_given(cli, "policy") && !cli_given(cli, "draft") && !cli_given(cli, "set") &&
           !cli_given(cli, "sweep") && !cli_given(cli, "budget");
}

static enum err read_base(struct cli *cli, struct cli_city *city,
                          struct incentive_policy *ret_base)
{
    bool is_home = policy_is_draft(cli) || !cli_given(cli, "policy");
    int64_t version;
    if (is_home)
        TRY(cli_policy_in_force_at(cli, city, cli_home_policy_path(cli), cli_as_of_day(cli),
                                   ret_base, &version));
    else
        TRY(cli_policy(cli, &city->vocab, ret_base));
    return apply_budgets(cli, ret_base->policy);
}

static enum err read_drafts(struct whatif_show *show)
{
    struct cli *cli = show->cli;
    bool is_budget_alone = cli_given(cli, "budget") || cli_given(cli, "months");
    if (policy_is_draft(cli)) {
        TRY(add_draft(show, cli_text(cli, "policy", NULL)));
    } else if (cli_given(cli, "set") && !cli_given(cli, "draft")) {
        TRY(add_draft(show, NULL));
    } else if (!cli_given(cli, "draft") && !is_budget_alone) {
        (void)cli_fail(cli, ERR_USAGE, "没有拟改的内容", "there is nothing to compare with");
        return cli_fail_hint(cli, "用 --draft 给出拟改的文件，或用 --set 改一个参数。",
                             "Give a draft with --draft, or change a parameter with --set.");
    } else if (!cli_given(cli, "draft")) {
        TRY(add_draft(show, NULL));
    }
    const char *path;
    for (int32_t i = 0; (path = cli_text_at(cli, "draft", i)) != NULL; i++)
        TRY(add_draft(show, path));
    if (show->draft_count == 1)
        show->drafts[0].name = str_from(cli_say(cli, "草案", "draft"));
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

static enum err run_sweep(struct cli *cli, struct cli_city *city,
                          const struct incentive_policy *base,
                          const struct whatif_request *request)
{
    if (cli_given(cli, "html") || cli_text_at(cli, "draft", 1))
        return cli_fail(cli, ERR_USAGE, "--sweep 只输出表，且只用一份草案",
                        "--sweep prints a table, of one draft");
    struct whatif_show show = {.cli = cli, .vocab = &city->vocab, .base = base,
                               .as_of_day = request->as_of_day};
    TRY(add_draft(&show, cli_text_at(cli, "draft", 0)));
    struct policy *draft = show.drafts[0].policy.policy;
    const char *text = cli_text(cli, "sweep", "");
    struct policy_series series;
    struct override_error error;
    enum err err = policy_read_series(cli->arena, draft, str_from(text), &series, &error,
                                      &cli->fault);
    if (err != ERR_OK)
        return refuse_setting(cli, err, text, &error);
    struct whatif_sweep sweep;
    TRY(insight_whatif_sweep(&city->env, &city->vocab, base, draft, &series, request, cli->arena,
                             &sweep, &cli->fault));
    return cli->json ? cli_sweep_json(cli, draft, series.setting.statement, &sweep)
                     : cli_sweep_text(cli, draft, series.setting.statement, &sweep);
}

static enum err run_drafts(struct whatif_show *show, struct cli_city *city,
                           const struct whatif_request *request)
{
    struct cli *cli = show->cli;
    TRY(read_drafts(show));
    struct incentive_policy policies[WHATIF_DRAFTS_MAX];
    struct whatif_report *reports =
        ARENA_NEW_ARRAY(cli->arena, struct whatif_report, WHATIF_DRAFTS_MAX);
    if (!reports)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the reports");
    for (int32_t i = 0; i < show->draft_count; i++)
        policies[i] = show->drafts[i].policy;
    int64_t begun_ms = clock_now_ms();
    TRY(insight_whatif(&city->env, &city->vocab, show->base, policies, show->draft_count, request,
                       cli->arena, reports, &cli->fault));
    show->took_ms = clock_now_ms() - begun_ms;
    for (int32_t i = 0; i < show->draft_count; i++)
        show->drafts[i].report = &reports[i];
    if (cli_given(cli, "html")) {
        TRY(cli_whatif_page(show, cli_text(cli, "html", "")));
        if (!cli->json && !cli_flag(cli, "csv"))
            return ERR_OK;
    }
    if (cli->json)
        return cli_whatif_json(show);
    return cli_flag(cli, "csv") ? cli_whatif_csv(show) : cli_whatif_text(show);
}

enum err cmd_whatif(struct cli *cli)
{
    struct whatif_request request;
    TRY(read_request(cli, &request));
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    struct incentive_policy base;
    TRY(read_base(cli, &city, &base));
    if (cli_given(cli, "sweep"))
        return run_sweep(cli, &city, &base, &request);
    struct whatif_show *show = ARENA_NEW(cli->arena, struct whatif_show);
    if (!show)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the command");
    *show = (struct whatif_show){.cli = cli, .vocab = &city.vocab, .base = &base,
                                 .as_of_day = request.as_of_day,
                                 .known_at_ms = request.known_at_ms};
    return run_drafts(show, &city, &request);
}
