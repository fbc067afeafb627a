/* Who was found: the stored entitlements of a rule, page by page. */
#include "base/day.h"
#include "base/json.h"
#include "base/money.h"
#include "cli/cli_city.h"
#include "cli/cli_difference.h"
#include "cli/cli_table.h"
#include "cli/commands.h"
#include "domain/registry/registry.h"
#include "domain/registry/registry_name.h"
#include "policy/roster.h"

#include <inttypes.h>

enum { PAGE_ROWS_DEFAULT = 20, PAGE_ROWS_MAX = 10000 }; /* a terminal's page; a script's list */

const struct cli_option cmd_found_options[] = {
    {"rule", CLI_TEXT, CLI_REQUIRED, "NAME", "项目名称", "name of the rule"},
    {"lane", CLI_ONE_OF, CLI_OPTIONAL, "granted|ask", "可享受（默认）或待补事实",
     "granted (default) or waiting for a fact"},
    {"after", CLI_COUNT, CLI_OPTIONAL, "ID", "从这个编号之后列起", "list those after this number"},
    {"limit", CLI_COUNT, CLI_OPTIONAL, "N", "最多列几条（默认 20）",
     "at most so many (default 20)"},
    {"differences", CLI_FLAG, CLI_OPTIONAL, "", "已定又变的：应补发、应追回多少，为什么",
     "what was decided and changed: to pay on top or to recover, and why"},
    {"known-at", CLI_DAY, CLI_OPTIONAL, "DATE",
     "与 --differences 同用：以那天已知的为原定，每笔只列轧差",
     "with --differences: what stood with what was known then against now, netted"},
    {"csv", CLI_FLAG, CLI_OPTIONAL, "", "输出 CSV（与 --differences 同用）",
     "print CSV (with --differences)"},
    {"ids", CLI_FLAG, CLI_OPTIONAL, "", "只列编号，一行一个", "numbers only, one a line"},
    CLI_POLICY_OPTION,
    {0},
};

struct found_request {
    struct cli *cli;
    struct cli_city *city;
    const struct statement *statement;
    struct str document_number;
};

struct found_line {
    const struct entitlement_line *stored;
    struct str subject, basis; /* in words */
    const char *period, *amount;
};

/* ---- in words ---- */

static const char *period_text(struct cli *cli, const struct rule *rule, int32_t period)
{
    char month[DAY_TEXT_SIZE];
    int32_t years = rule->period_years > 0 ? rule->period_years : 1;
    switch (rule->period) {
    case PERIOD_ONCE:
    case PERIOD_WEEK: /* of a duty, which gives nothing */
        break;
    case PERIOD_MONTH:
        return text_in(cli->arena, "%s", month_text(period, month));
    case PERIOD_YEAR:
        return text_in(cli->arena, "%d", period);
    case PERIOD_YEARS:
        return text_in(cli->arena, cli_say(cli, "%d至%d", "%d to %d"), period, period + years - 1);
    }
    return "—";
}

static const char *amount_text(struct cli *cli, const struct rule *rule, int64_t amount_fen)
{
    if (amount_fen != ABSENT_I64)
        return money_text_in(cli->arena, amount_fen);
    return rule->amount_owner.size > 0
               ? text_in(cli->arena, cli_say(cli, "待%.*s核定", "open: %.*s"),
                         STR_ARG(rule->amount_owner))
               : cli_say(cli, "待核定", "open");
}

static enum err words_of(struct work *w, const struct found_request *request,
                         const struct entitlement_line *stored, struct found_line *ret_line)
{
    const struct vocab *vocab = &request->city->vocab;
    const struct rule *rule = request->statement->as.rule;
    int32_t subject = vocab_table(vocab, stored->subject_record);
    int32_t basis = vocab_table(vocab, stored->basis_record);
    struct found_line line = {.stored = stored,
                              .basis = STR(""),
                              .period = period_text(request->cli, rule, stored->period),
                              .amount = amount_text(request->cli, rule, stored->amount_fen)};
    if (subject < 0 || basis < 0)
        return fail(w, ERR_SCHEMA, "entitlement %" PRId64 " names a record this program lacks",
                    stored->id);
    TRY(registry_label(w, vocab, subject, stored->holder_id, stored->subject_id, &line.subject));
    bool is_own = basis == subject && stored->basis_id == stored->subject_id;
    int64_t owner_id =
        registry_owner(basis) == subject ? stored->subject_id : stored->holder_id;
    if (!is_own)
        TRY(registry_label(w, vocab, basis, owner_id, stored->basis_id, &line.basis));
    *ret_line = line;
    return ERR_OK;
}

static enum err print_table(struct cli *cli, const struct rule *rule,
                            const struct found_line *lines, int32_t line_count)
{
    bool has_basis = rule->each >= 0;
    bool has_period = rule->period != PERIOD_ONCE;
    struct cli_column columns[5];
    int32_t count = 0;
    columns[count++] = (struct cli_column){cli_say(cli, "编号", "number"), CLI_LEFT};
    columns[count++] = (struct cli_column){cli_say(cli, registry_records[rule->subject].label_zh,
                                                   registry_records[rule->subject].name),
                                           CLI_LEFT};
    if (has_basis)
        columns[count++] =
            (struct cli_column){cli_say(cli, registry_records[rule->each].label_zh,
                                        registry_records[rule->each].name), CLI_LEFT};
    if (has_period)
        columns[count++] = (struct cli_column){cli_say(cli, "期间", "period"), CLI_LEFT};
    bool has_amount = rule->amount_kind != AMOUNT_NONE && cli_choice(cli, "lane", 0) == 0;
    if (has_amount)
        columns[count++] = (struct cli_column){cli_say(cli, "金额", "amount"), CLI_RIGHT};
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, count);
    for (int32_t i = 0; i < line_count; i++) {
        cli_table_format(&table, "%" PRId64, lines[i].stored->id);
        cli_table_add_str(&table, lines[i].subject);
        if (has_basis)
            cli_table_add_str(&table, lines[i].basis);
        if (has_period)
            cli_table_add(&table, lines[i].period);
        if (has_amount)
            cli_table_add(&table, lines[i].amount);
    }
    return cli_table_print(&table, cli->world.out);
}

static enum err print_json(struct cli *cli, const struct rule *rule,
                           const struct found_line *lines, int32_t line_count)
{
    bool has_amount = rule->amount_kind != AMOUNT_NONE && cli_choice(cli, "lane", 0) == 0;
    struct text_buf buf;
    struct json json;
    text_init(&buf, cli->arena);
    json_init(&json, &buf);
    json_array_begin(&json);
    for (int32_t i = 0; i < line_count; i++) {
        const struct entitlement_line *stored = lines[i].stored;
        json_object_begin(&json);
        json_add_id(&json, "id", stored->id);
        json_add_text(&json, "record", stored->subject_record);
        json_add_id(&json, "subject_id", stored->subject_id);
        json_add_text(&json, "subject", lines[i].subject);
        json_add_text(&json, "basis_record", stored->basis_record);
        json_add_id(&json, "basis_id", stored->basis_id);
        json_add_text(&json, "basis", lines[i].basis);
        json_add_text_z(&json, "period", lines[i].period);
        if (has_amount && stored->amount_fen != ABSENT_I64)
            json_add_money(&json, "amount_yuan", stored->amount_fen);
        json_object_end(&json);
    }
    json_array_end(&json);
    return cli_print_buf(cli, &buf);
}

/* ---- the command ---- */

static enum err show_lines(struct work *w, const struct found_request *request,
                           const struct entitlement_line *stored, int32_t count)
{
    struct found_line *lines = ARENA_NEW_ARRAY(w->arena, struct found_line, (size_t)count);
    if (!lines)
        return fail(w, ERR_MEMORY, "no memory for a list of %d entitlements", count);
    for (int32_t i = 0; i < count; i++)
        TRY(words_of(w, request, &stored[i], &lines[i]));
    const struct rule *rule = request->statement->as.rule;
    return request->cli->json ? print_json(request->cli, rule, lines, count)
                              : print_table(request->cli, rule, lines, count);
}

static enum err list_step(struct work *w, void *context)
{
    const struct found_request *request = context;
    struct cli *cli = request->cli;
    struct entitlement_line *lines;
    int32_t count;
    int32_t limit = (int32_t)cli_count(cli, "limit", PAGE_ROWS_DEFAULT);
    TRY(incentive_list(w, request->document_number, request->statement->name,
                       cli_choice(cli, "lane", 0) == 0 ? LANE_GRANTED : LANE_ASK,
                       cli_count(cli, "after", 0), limit, &lines, &count));
    bool is_bare = cli_flag(cli, "ids") && !cli->json;
    for (int32_t i = 0; is_bare && i < count; i++)
        cli_print(cli, "%" PRId64 "\n", lines[i].id);
    if (!is_bare && (count > 0 || cli->json))
        TRY(show_lines(w, request, lines, count));
    if (count == 0)
        cli_note(cli, "%s", cli_say(cli, "没有；全市核对用 baigong sweep",
                                    "none; baigong sweep evaluates the city"));
    if (!is_bare && count > 0 && count == limit)
        cli_note(cli, cli_say(cli, "下一页：--after %" PRId64, "next page: --after %" PRId64),
                 lines[count - 1].id);
    return ERR_OK;
}

static enum err print_differences(struct work *w, const struct found_request *request,
                                  const struct entitlement_difference *rows, int32_t count,
                                  int64_t next_after)
{
    struct cli *cli = request->cli;
    if (count > 0 || cli->json || cli_flag(cli, "csv"))
        TRY(cli_differences_print(cli, w, &request->city->vocab, rows, count,
                                  cli_flag(cli, "csv")));
    else
        cli_note(cli, "%s", cli_say(cli, "没有已定又变的", "nothing that was decided has changed"));
    if (next_after != ABSENT_I64 && !cli->json)
        cli_note(cli, cli_say(cli, "下一页：--after %" PRId64, "next page: --after %" PRId64),
                 next_after);
    return ERR_OK;
}

static enum err net_step(struct work *w, const struct found_request *request, int32_t limit)
{
    struct cli *cli = request->cli;
    struct entitlement_difference *rows = NULL;
    int32_t count = 0;
    int64_t next_after = ABSENT_I64;
    enum err err = incentive_net_differences(
        w, &request->city->vocab, request->document_number, request->statement->name,
        cli_known_at_ms(cli), cli_count(cli, "after", 0), limit, &rows, &count, &next_after);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    return print_differences(w, request, rows, count, next_after);
}

static enum err differences_step(struct work *w, void *context)
{
    const struct found_request *request = context;
    struct cli *cli = request->cli;
    struct entitlement_difference *rows = NULL;
    int32_t count = 0;
    int32_t limit = (int32_t)cli_count(cli, "limit", PAGE_ROWS_DEFAULT);
    limit = limit < DIFFERENCE_ROWS_MAX ? limit : DIFFERENCE_ROWS_MAX;
    if (cli_given(cli, "known-at"))
        return net_step(w, request, limit);
    enum err err = incentive_differences(w, &request->city->vocab, request->document_number,
                                         request->statement->name, cli_count(cli, "after", 0),
                                         limit, &rows, &count);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    return print_differences(w, request, rows, count,
                             count == limit ? rows[count - 1].entitlement_id : ABSENT_I64);
}

static enum err find_rule(struct cli *cli, const struct policy *policy, int32_t *ret_statement)
{
    const char *name = cli_text(cli, "rule", "");
    int32_t statement = policy_statement(policy, str_from(name));
    bool is_rule = statement >= 0 && policy->statements[statement].kind >= STATEMENT_GRANT &&
                   policy->statements[statement].kind <= STATEMENT_ADMIT;
    if (!is_rule)
        return cli_fail(cli, ERR_NOT_FOUND, "政策里没有“%s”这个项目",
                        "the policy has no rule \"%s\"", name);
    *ret_statement = statement;
    return ERR_OK;
}

enum err cmd_found(struct cli *cli)
{
    if (cli_count(cli, "limit", PAGE_ROWS_DEFAULT) > PAGE_ROWS_MAX)
        return cli_fail(cli, ERR_LIMIT, "一次最多列 %d 条；用 --after 接着列",
                        "at most %d rows at once; use --after for the next ones", PAGE_ROWS_MAX);
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    struct incentive_policy policy;
    TRY(cli_policy_in_force(cli, &city, &policy));
    int32_t index = -1;
    TRY(find_rule(cli, policy.policy, &index));
    const struct statement *statement = &policy.policy->statements[index];
    if (!rule_keeps_roster(policy.policy, index))
        cli_note(cli, "%s",
                 cli_say(cli, "这项权利只计数、不存名单；某人有没有，用 explain --rule",
                         "this right is counted and kept on no list; explain --rule tells of one"));
    struct found_request request = {
        .cli = cli, .city = &city, .statement = statement,
        .document_number = policy.policy->documents[statement->document].number};
    work_step *step = cli_flag(cli, "differences") ? differences_step : list_step;
    return work_run(&city.env, WORK_READ, step, &request, &cli->fault);
}
