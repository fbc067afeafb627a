#include "base/day.h"
#include "base/json.h"
#include "base/money.h"
#include "cli/cli_city.h"
#include "cli/cli_snapshot.h"
#include "cli/cli_table.h"
#include "cli/commands.h"
#include "domain/incentive/incentive_found.h"

#include <inttypes.h>

const struct cli_option cmd_sweep_options[] = {
    CLI_AS_OF_OPTION,
    CLI_KNOWN_AT_OPTION,
    CLI_NO_SNAPSHOT_OPTION,
    CLI_POLICY_OPTION,
    {"dry-run", CLI_FLAG, CLI_OPTIONAL, "", "只看结果，不写入", "look only, store nothing"},
    {"threads", CLI_COUNT, CLI_OPTIONAL, "N", "线程数（默认每核一个）",
     "threads (default: one for each core)"},
    {0},
};

enum { THREADS_MAX = 256 }; /* more than any machine that runs a city has cores */

static void show_step(void *context, const char *step)
{
    struct cli *cli = context;
    bool loads = step[0] == 'l', evaluates = step[0] == 'e';
    cli_progress(cli,
                 loads       ? cli_say(cli, "读取事实", "reading facts")
                 : evaluates ? cli_say(cli, "逐人核对", "evaluating")
                             : cli_say(cli, "写入变化", "storing changes"),
                 loads ? 0 : evaluates ? 1 : 2, 3);
}

/* 第四条 of 第四条 紧缺高技能人才培养: the rule's name says the rest. */
static struct str article_number(const struct policy *policy, int32_t statement)
{
    int32_t article = policy->statements[statement].article;
    struct str rest = article >= 0 ? policy->articles[article].heading : STR("");
    struct str number = rest;
    (void)str_split(&rest, ' ', &number);
    return number;
}

/* A rule that pays nothing has no amount; one whose amounts are all open has none yet. */
static const char *amount_text(struct cli *cli, const struct policy *policy,
                               const struct rule_total *found)
{
    if (policy->statements[found->statement].kind != STATEMENT_GRANT)
        return "—";
    if (found->open_count > 0 && found->open_count == found->granted_count)
        return cli_say(cli, "待定", "open");
    return money_text_in(cli->arena, found->amount_fen);
}

/* Columns that would hold nothing but zeros are left out; so are the changes when all is new. */
struct shape {
    bool has_open, has_ask, has_new, has_changed, has_ended;
};

enum { SWEEP_COLUMNS_MAX = 10 };

static struct shape shape_of(const struct sweep_report *report)
{
    int64_t stored = report->changed_count + report->ended_count + report->unchanged_count;
    return (struct shape){
        .has_open = report->open_count > 0,
        .has_ask = report->ask_count > 0,
        .has_new = report->new_count > 0 && stored > 0,
        .has_changed = report->changed_count > 0,
        .has_ended = report->ended_count > 0,
    };
}

static int32_t columns_of(const struct cli *cli, const struct shape *shape,
                          struct cli_column columns[SWEEP_COLUMNS_MAX])
{
    const struct {
        bool shown;
        const char *zh, *en;
        enum cli_align align;
    } all[SWEEP_COLUMNS_MAX] = {
        {true, "条款", "article", CLI_LEFT},
        {true, "项目", "rule", CLI_LEFT},
        {true, "主体", "subjects", CLI_RIGHT},
        {true, "笔数", "grants", CLI_RIGHT},
        {true, "金额", "amount", CLI_RIGHT},
        {shape->has_open, "待定", "open", CLI_RIGHT},
        {shape->has_ask, "待补", "to ask", CLI_RIGHT},
        {shape->has_new, "新增", "new", CLI_RIGHT},
        {shape->has_changed, "变更", "changed", CLI_RIGHT},
        {shape->has_ended, "结束", "ended", CLI_RIGHT},
    };
    int32_t count = 0;
    for (int32_t i = 0; i < SWEEP_COLUMNS_MAX; i++)
        if (all[i].shown)
            columns[count++] = (struct cli_column){cli_say(cli, all[i].zh, all[i].en),
                                                   all[i].align};
    return count;
}

/* What another city's document says nothing of here is not shown. */
static bool is_silent(const struct sweep_rule *rule)
{
    return rule->elsewhere && rule->ended_count == 0 && rule->found.granted_count == 0 &&
           rule->found.ask_count == 0;
}

static void add_counts(struct cli_table *table, const struct shape *shape,
                       const struct sweep_rule *rule)
{
    if (shape->has_open)
        cli_table_number(table, rule->found.open_count);
    if (shape->has_ask)
        cli_table_number(table, rule->found.ask_count);
    if (shape->has_new)
        cli_table_number(table, rule->new_count);
    if (shape->has_changed)
        cli_table_number(table, rule->changed_count);
    if (shape->has_ended)
        cli_table_number(table, rule->ended_count);
}

static bool is_of(const struct policy *policy, const struct sweep_rule *rule, int32_t document)
{
    return policy->statements[rule->found.statement].document == document && !is_silent(rule);
}

/* A person who has two things is one person: subjects are not added up. */
static void add_totals(struct cli *cli, struct cli_table *table, const struct shape *shape,
                       const struct sweep_rule *total)
{
    cli_table_add(table, cli_say(cli, "合计", "total"));
    cli_table_add(table, "");
    cli_table_add(table, "");
    cli_table_number(table, total->found.granted_count);
    cli_table_add(table, money_text_in(cli->arena, total->found.amount_fen));
    add_counts(table, shape, total);
}

static void sum_rule(struct sweep_rule *total, const struct sweep_rule *rule)
{
    total->found.granted_count += rule->found.granted_count;
    total->found.amount_fen += rule->found.amount_fen;
    total->found.open_count += rule->found.open_count;
    total->found.ask_count += rule->found.ask_count;
    total->new_count += rule->new_count;
    total->changed_count += rule->changed_count;
    total->ended_count += rule->ended_count;
}

/* What a document gives: money, titles, levels and lists. */
static enum err print_rules(struct cli *cli, const struct policy *policy,
                            const struct sweep_report *report, int32_t document)
{
    struct cli_column columns[SWEEP_COLUMNS_MAX];
    struct shape shape = shape_of(report);
    int32_t column_count = columns_of(cli, &shape, columns);
    struct sweep_rule total = {0};
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, column_count);
    int32_t count = 0;
    for (int32_t i = 0; i < report->rule_count; i++) {
        const struct sweep_rule *rule = &report->rules[i];
        if (rule->on_demand || !is_of(policy, rule, document))
            continue;
        cli_table_add_str(&table, article_number(policy, rule->found.statement));
        cli_table_add_str(&table, policy->statements[rule->found.statement].name);
        cli_table_number(&table, rule->found.subject_count);
        cli_table_number(&table, rule->found.granted_count);
        cli_table_add(&table, amount_text(cli, policy, &rule->found));
        add_counts(&table, &shape, rule);
        sum_rule(&total, rule);
        count++;
    }
    if (count == 0)
        return ERR_OK;
    add_totals(cli, &table, &shape, &total);
    return cli_table_print(&table, cli->world.out);
}

/* Rights that are on no list: how many have them; explain tells who and why. */
static enum err print_rights(struct cli *cli, const struct policy *policy,
                             const struct sweep_report *report, int32_t document)
{
    const struct cli_column columns[] = {
        {cli_say(cli, "条款", "article"), CLI_LEFT},
        {cli_say(cli, "权利（只计数，不存名单）", "right (counted, on no list)"), CLI_LEFT},
        {cli_say(cli, "主体", "subjects"), CLI_RIGHT},
        {cli_say(cli, "待补", "to ask"), CLI_RIGHT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, 4);
    int32_t count = 0;
    for (int32_t i = 0; i < report->rule_count; i++) {
        const struct sweep_rule *rule = &report->rules[i];
        if (!rule->on_demand || !is_of(policy, rule, document))
            continue;
        cli_table_add_str(&table, article_number(policy, rule->found.statement));
        cli_table_add_str(&table, policy->statements[rule->found.statement].name);
        cli_table_number(&table, rule->found.subject_count);
        cli_table_number(&table, rule->found.ask_count);
        count++;
    }
    return count == 0 ? ERR_OK : cli_table_print(&table, cli->world.out);
}

static enum err print_documents(struct cli *cli, const struct policy *policy,
                                const struct sweep_report *report)
{
    bool first = true;
    for (int32_t d = 0; d < policy->document_count; d++) {
        int32_t count = 0;
        for (int32_t i = 0; i < report->rule_count; i++)
            count += is_of(policy, &report->rules[i], d);
        if (count == 0)
            continue;
        const struct document *document = &policy->documents[d];
        struct str title = document->title.size ? document->title : document->number;
        cli_print(cli, "%s%.*s\n", first ? "" : "\n", STR_ARG(title));
        first = false;
        TRY(print_rules(cli, policy, report, d));
        TRY(print_rights(cli, policy, report, d));
    }
    return ERR_OK;
}

static void print_changes(struct cli *cli, const struct sweep_report *report)
{
    int64_t moved = report->new_count + report->changed_count + report->ended_count;
    if (moved == 0)
        cli_print(cli, "%s",
                  cli_say(cli, "与已存的一致，没有变化", "As stored: nothing has changed"));
    else
        cli_print(cli,
                  cli_say(cli,
                          "新增 %" PRId64 "，变更 %" PRId64 "，结束 %" PRId64 "，不变 %" PRId64,
                          "%" PRId64 " new, %" PRId64 " changed, %" PRId64 " ended, %" PRId64
                          " unchanged"),
                  report->new_count, report->changed_count, report->ended_count,
                  report->unchanged_count);
}

/* A note for each budget that did not suffice. */
static void print_shortages(struct cli *cli, const struct policy *policy,
                            const struct sweep_report *report)
{
    static const char *const zh[] = {"停发", "排队", "按比例减发"};
    static const char *const en[] = {"stop", "wait in the queue", "are paid in proportion"};
    for (int32_t i = 0; i < report->shortage_count; i++) {
        const struct fund_shortage *shortage = &report->shortages[i];
        const struct statement *fund = &policy->statements[shortage->statement];
        enum fund_short when_short = fund->as.fund->when_short;
        cli_print(cli,
                  cli_say(cli,
                          "资金“%.*s”%d年不足：预算 %s，应付 %s，实付 %s，%" PRId64 " 笔%s。\n",
                          "Fund \"%.*s\" is short in %d: budget %s, due %s, paid %s; %" PRId64
                          " payments %s.\n"),
                  STR_ARG(fund->name), shortage->year,
                  money_text_in(cli->arena, shortage->budget_fen),
                  money_text_in(cli->arena, shortage->due_fen),
                  money_text_in(cli->arena, shortage->paid_fen), shortage->cut_count,
                  cli_say(cli, zh[when_short], en[when_short]));
    }
}

static enum err print_report(struct cli *cli, const struct policy *policy,
                             const struct sweep_report *report)
{
    TRY(print_documents(cli, policy, report));
    cli_print(cli,
              cli_say(cli,
                      "\n截至 %s，核对 %" PRId64 " 人：合计 %s；金额待定 %" PRId64
                      " 笔，待补事实 %" PRId64 " 笔。\n",
                      "\nAs of %s, %" PRId64 " people: %s in all; %" PRId64
                      " amounts open, %" PRId64 " questions.\n"),
              day_text_in(cli->arena, report->as_of_day), report->person_count,
              money_text_in(cli->arena, report->amount_fen), report->open_count,
              report->ask_count);
    print_shortages(cli, policy, report);
    print_changes(cli, report);
    cli_print(cli,
              cli_say(cli,
                      "（读取 %" PRId64 " 毫秒，核对 %" PRId64 " 毫秒，写入 %" PRId64 " 毫秒）。\n",
                      " (read %" PRId64 " ms, evaluated %" PRId64 " ms, stored %" PRId64
                      " ms).\n"),
              report->load_ms, report->evaluate_ms, report->store_ms);
    return ERR_OK;
}

static void json_rule(struct json *json, const struct policy *policy, const struct sweep_rule *rule)
{
    const struct statement *statement = &policy->statements[rule->found.statement];
    json_object_begin(json);
    json_add_text(json, "article", policy->articles[statement->article].id);
    json_add_text(json, "rule", statement->name);
    json_add_text(json, "document", policy->documents[statement->document].number);
    json_add_number(json, "subject_count", rule->found.subject_count);
    json_add_number(json, "granted_count", rule->found.granted_count);
    json_add_money(json, "amount_yuan", rule->found.amount_fen);
    json_add_money(json, "cut_yuan", rule->found.cut_fen);
    json_add_number(json, "open_count", rule->found.open_count);
    json_add_number(json, "ask_count", rule->found.ask_count);
    json_add_number(json, "new_count", rule->new_count);
    json_add_number(json, "changed_count", rule->changed_count);
    json_add_number(json, "ended_count", rule->ended_count);
    json_add_number(json, "unchanged_count", rule->unchanged_count);
    json_add_bool(json, "kept", !rule->on_demand);
    json_object_end(json);
}

static void json_shortages(struct json *json, const struct policy *policy,
                           const struct sweep_report *report)
{
    json_key(json, "funds_short");
    json_array_begin(json);
    for (int32_t i = 0; i < report->shortage_count; i++) {
        const struct fund_shortage *shortage = &report->shortages[i];
        json_object_begin(json);
        json_add_text(json, "fund", policy->statements[shortage->statement].name);
        json_add_number(json, "year", shortage->year);
        json_add_money(json, "budget_yuan", shortage->budget_fen);
        json_add_money(json, "due_yuan", shortage->due_fen);
        json_add_money(json, "paid_yuan", shortage->paid_fen);
        json_add_number(json, "cut_count", shortage->cut_count);
        json_object_end(json);
    }
    json_array_end(json);
}

static enum err print_json(struct cli *cli, const struct policy *policy,
                           const struct sweep_report *report)
{
    struct text_buf buf;
    text_init(&buf, cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_object_begin(&json);
    json_add_day(&json, "as_of", report->as_of_day);
    json_add_number(&json, "person_count", report->person_count);
    json_add_money(&json, "amount_yuan", report->amount_fen);
    json_add_number(&json, "open_count", report->open_count);
    json_add_number(&json, "ask_count", report->ask_count);
    json_add_number(&json, "new_count", report->new_count);
    json_add_number(&json, "changed_count", report->changed_count);
    json_add_number(&json, "ended_count", report->ended_count);
    json_add_number(&json, "unchanged_count", report->unchanged_count);
    json_key(&json, "rules");
    json_array_begin(&json);
    for (int32_t i = 0; i < report->rule_count; i++) {
        if (!is_silent(&report->rules[i]))
            json_rule(&json, policy, &report->rules[i]);
    }
    json_array_end(&json);
    json_shortages(&json, policy, report);
    json_object_end(&json);
    return cli_print_buf(cli, &buf);
}

/* A look back without --policy uses the documents of that time, which the store has kept. */
static enum err take_edition_then(struct cli *cli, struct cli_city *city,
                                  struct incentive_policy *policy)
{
    bool looks_back = cli_given(cli, "known-at") && cli_flag(cli, "dry-run");
    if (!looks_back || cli_given(cli, "policy"))
        return ERR_OK;
    bool is_another;
    TRY(incentive_policy_at(&city->env, cli->arena, &city->vocab, cli_known_at_ms(cli), policy,
                            &is_another, &cli->fault));
    if (is_another)
        cli_note(cli, "%s", cli_say(cli, "按当时的政策文件核对",
                                    "by the policy documents of that time"));
    return ERR_OK;
}

static enum err sweep_and_print(struct cli *cli, struct cli_city *city)
{
    struct incentive_policy policy;
    TRY(cli_policy_in_force(cli, city, &policy));
    TRY(take_edition_then(cli, city, &policy));
    struct sweep_request request = {
        .as_of_day = cli_as_of_day(cli),
        .known_at_ms = cli_known_at_ms(cli),
        .thread_count = (int32_t)cli_count(cli, "threads", 0),
        .mode = cli_flag(cli, "dry-run") ? SWEEP_LOOK : SWEEP_STORE,
    };
    if (cli_count(cli, "threads", 0) > THREADS_MAX)
        return cli_fail(cli, ERR_USAGE, "--threads 至多 %d", "--threads is at most %d",
                        THREADS_MAX);
    struct sweep_report *report;
    TRY(incentive_sweep(&city->env, &city->vocab, &policy, &request, cli->arena, &report,
                        show_step, cli, &cli->fault));
    cli_progress_end(cli);
    bool is_news = report->new_count + report->changed_count + report->ended_count > 0;
    if (request.mode == SWEEP_STORE && is_news) /* what the front page shows */
        TRY(incentive_found_count(&city->env, &cli->fault));
    return cli->json ? print_json(cli, policy.policy, report)
                     : print_report(cli, policy.policy, report);
}

enum err cmd_sweep(struct cli *cli)
{
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    return sweep_and_print(cli, &city);
}
