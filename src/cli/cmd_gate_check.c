/* Claims through the fraud gate: those of stored entitlements, or all without keeping any. */
#include "base/clock.h"
#include "base/json.h"
#include "cli/cli_city.h"
#include "cli/cli_table.h"
#include "cli/commands.h"
#include "domain/incentive/incentive_gate.h"
#include "domain/registry/registry.h"

#include <inttypes.h>

const struct cli_option cmd_gate_check_options[] = {
    {"ENTITLEMENT", CLI_COUNT, CLI_SOME, "", "权益编号，也作案件编号",
     "entitlements, whose numbers the claims take"},
    {"body", CLI_COUNT, CLI_OPTIONAL, "ID", "替人申领的单位", "organisation that hands it in"},
    {"handler", CLI_COUNT, CLI_OPTIONAL, "ID", "经办人的人员编号", "the officer, as a person"},
    {"proof", CLI_TEXT, CLI_OPTIONAL, "DIGEST", "佐证的摘要", "digest of the evidence handed in"},
    CLI_AS_OF_OPTION,
    CLI_POLICY_OPTION,
    {0},
};
const struct cli_option cmd_gate_rehearse_options[] = {
    {"limit", CLI_COUNT, CLI_OPTIONAL, "N", "最多看几件（默认全部）",
     "at most so many claims (default: all)"},
    {"list", CLI_FLAG, CLI_OPTIONAL, "", "列出停下来的案件", "list the claims that are held"},
    CLI_AS_OF_OPTION,
    CLI_POLICY_OPTION,
    {0},
};

enum { REHEARSED_AT_ONCE = 500 };

struct checked {
    struct cli *cli;
    const struct policy *policy;
    struct gate_rules rules;
    int64_t claim_count, held_count, paid_count;
    int64_t officers[GATE_ROWS_MAX];
    int32_t officer_count;
    int64_t by_rule[GATE_RULES_MAX];
    int64_t spent_us;
};

static enum err open_rules(struct cli *cli, struct cli_city *city, struct checked *ret_checked)
{
    struct incentive_policy policy;
    TRY(cli_city_open(cli, city));
    TRY(cli_policy_in_force(cli, city, &policy));
    city->env.fixed_today_day = cli_as_of_day(cli);
    *ret_checked = (struct checked){.cli = cli, .policy = policy.policy};
    return gate_rules_of(policy.policy, &ret_checked->rules, &cli->fault);
}

/* ---- one */

static enum err check_step(struct work *w, void *context)
{
    struct checked *checked = context;
    struct cli *cli = checked->cli;
    for (int32_t i = 0; cli_text_at(cli, "ENTITLEMENT", i); i++) {
        struct entitlement entitlement;
        struct gate_claim claim;
        struct gate_finding *findings;
        int32_t count;
        int64_t id = 0;
        str_to_i64(str_from(cli_text_at(cli, "ENTITLEMENT", i)), &id);
        TRY(incentive_read(w, id, &entitlement));
        TRY(incentive_gate_claim(w, checked->policy, &entitlement, id, w->today_day, &claim));
        claim.handler_person_id = cli_count(cli, "handler", 0);
        if (cli_given(cli, "body"))
            claim.body_id = cli_count(cli, "body", 0);
        if (cli_given(cli, "proof"))
            claim.proof = str_from(cli_text(cli, "proof", ""));
        claim.entitlement_missing =
            entitlement.gone_ms <= w->now_ms || entitlement.lane != LANE_GRANTED;
        TRY(gate_check(w, &checked->rules, &claim, 1, &findings, &count));
        checked->claim_count++;
        checked->held_count += count > 0;
        for (int32_t f = 0; f < count; f++)
            cli_print(cli, "%" PRId64 " %" PRId64 " %.*s：%.*s\n", id, findings[f].id,
                      STR_ARG(findings[f].said), STR_ARG(findings[f].measure));
    }
    return ERR_OK;
}

enum err cmd_gate_check(struct cli *cli)
{
    struct cli_city city;
    struct checked checked;
    TRY(open_rules(cli, &city, &checked));
    TRY(work_run(&city.env, WORK_WRITE, check_step, &checked, &cli->fault));
    cli_note(cli,
             cli_say(cli, "%" PRId64 " 件案件，停下来 %" PRId64 " 件",
                     "%" PRId64 " claims, %" PRId64 " held"),
             checked.claim_count, checked.held_count);
    return ERR_OK;
}

/* ---- all, without keeping any */

/* Whether a finding is nothing but money that the registry shows as paid for the same skill: the
 * claim is not held by mistake, it was paid before. */
static enum err is_paid_before(struct work *w, const struct gate_finding *finding,
                               bool *ret_is_paid)
{
    struct gate_evidence *rows;
    int32_t count;
    TRY(gate_evidence(w, finding->id, &rows, &count));
    bool is_paid = count > 0;
    for (int32_t i = 0; i < count; i++)
        is_paid &= rows[i].link == GATE_LINK_paid_before;
    *ret_is_paid = is_paid;
    return ERR_OK;
}

static enum err count_findings(struct work *w, struct checked *checked,
                               const struct gate_finding *findings, int32_t count)
{
    int64_t last_held = 0;
    for (int32_t i = 0; i < count; i++) {
        bool is_paid;
        TRY(is_paid_before(w, &findings[i], &is_paid));
        checked->paid_count += is_paid;
        if (is_paid)
            continue;
        checked->held_count += findings[i].claim_id != last_held;
        last_held = findings[i].claim_id;
        for (int32_t r = 0; r < checked->rules.duty_count; r++)
            checked->by_rule[r] += str_equal(
                findings[i].rule, checked->policy->statements[checked->rules.duties[r]].name);
        if (cli_flag(checked->cli, "list"))
            cli_print(checked->cli, "%" PRId64 " %.*s：%.*s\n", findings[i].claim_id,
                      STR_ARG(findings[i].said), STR_ARG(findings[i].measure));
    }
    return ERR_OK;
}

/* A page of a rule's entitlements; *after_id becomes the last one's, 0 at the end. */
static enum err rehearse_page(struct work *w, struct checked *checked, const struct statement *rule,
                              int64_t *after_id)
{
    struct str number = checked->policy->documents[rule->document].number;
    struct entitlement_line *lines;
    struct gate_finding *findings;
    int32_t line_count, count, claim_count = 0;
    int64_t room = cli_count(checked->cli, "limit", INT64_MAX) - checked->claim_count;
    int32_t wanted = room < REHEARSED_AT_ONCE ? (int32_t)room : REHEARSED_AT_ONCE;
    struct gate_claim *claims = ARENA_NEW_ARRAY(w->arena, struct gate_claim, REHEARSED_AT_ONCE);
    if (!claims)
        return fail(w, ERR_MEMORY, "no memory for the claims of a rehearsal");
    TRY(incentive_list(w, number, rule->name, LANE_GRANTED, *after_id, wanted, &lines,
                       &line_count));
    for (int32_t i = 0; i < line_count; i++) {
        struct entitlement entitlement;
        TRY(incentive_read(w, lines[i].id, &entitlement));
        TRY(incentive_gate_claim(w, checked->policy, &entitlement, lines[i].id, w->today_day,
                                 &claims[claim_count]));
        if (checked->officer_count > 0)
            claims[claim_count].handler_person_id =
                checked->officers[(checked->claim_count + i) % checked->officer_count];
        claim_count++;
    }
    int64_t start_ns = clock_monotonic_ns();
    TRY(gate_check(w, &checked->rules, claims, claim_count, &findings, &count));
    checked->spent_us += (clock_monotonic_ns() - start_ns) / 1000;
    checked->claim_count += claim_count;
    TRY(count_findings(w, checked, findings, count));
    *after_id = line_count == wanted && wanted > 0 ? lines[line_count - 1].id : 0;
    return ERR_OK;
}

/* Ends with an error, so that nothing stays in the database. */
static enum err rehearse_step(struct work *w, void *context)
{
    struct checked *checked = context;
    const struct policy *policy = checked->policy;
    checked->claim_count = checked->held_count = checked->paid_count = checked->spent_us = 0;
    TRY(gate_kin_staff(w, 0, checked->officers, &checked->officer_count));
    for (int32_t s = 0; s < policy->statement_count; s++) {
        const struct statement *rule = &policy->statements[s];
        if (rule->kind != STATEMENT_GRANT || !rule->as.rule)
            continue;
        int64_t after_id = 0;
        do {
            struct arena_mark mark = arena_mark(w->arena);
            TRY(rehearse_page(w, checked, rule, &after_id));
            arena_rewind(w->arena, mark);
        } while (after_id != 0);
    }
    return fail(w, ERR_GATE_REHEARSED, "%s", "nothing is kept");
}

static enum err print_rehearsed(struct checked *checked)
{
    struct cli *cli = checked->cli;
    struct text_buf text;
    struct json json;
    int64_t per_10000 =
        checked->claim_count > 0 ? checked->held_count * 10000 / checked->claim_count : 0;
    for (int32_t r = 0; r < checked->rules.duty_count && !cli->json; r++)
        if (checked->by_rule[r] > 0)
            cli_print(cli, "%.*s %" PRId64 "\n",
                      STR_ARG(checked->policy->statements[checked->rules.duties[r]].name),
                      checked->by_rule[r]);
    if (!cli->json) {
        cli_print(cli,
                  cli_say(cli,
                          "%" PRId64 " 件案件，停下来 %" PRId64 " 件（%" PRId64 ".%02" PRId64
                          "%%），已发过 %" PRId64 " 件，每件 %" PRId64 " 微秒\n",
                          "%" PRId64 " claims, %" PRId64 " held (%" PRId64 ".%02" PRId64
                          "%%), %" PRId64 " paid before, %" PRId64 " microseconds each\n"),
                  checked->claim_count, checked->held_count, per_10000 / 100, per_10000 % 100,
                  checked->paid_count,
                  checked->claim_count > 0 ? checked->spent_us / checked->claim_count : 0);
        return ERR_OK;
    }
    text_init(&text, cli->arena);
    json_init(&json, &text);
    json_object_begin(&json);
    json_add_number(&json, "claim_count", checked->claim_count);
    json_add_number(&json, "held_count", checked->held_count);
    json_add_number(&json, "paid_before_count", checked->paid_count);
    json_add_number(&json, "held_per_10000", per_10000);
    json_object_end(&json);
    return cli_print_json(cli, &text);
}

enum err cmd_gate_rehearse(struct cli *cli)
{
    struct cli_city city;
    struct checked checked;
    TRY(open_rules(cli, &city, &checked));
    city.env.arena_limit_size = (size_t)1 << 30;
    enum err err = work_run(&city.env, WORK_WRITE, rehearse_step, &checked, &cli->fault);
    if (err != ERR_GATE_REHEARSED)
        return err;
    fault_clear(&cli->fault);
    return print_rehearsed(&checked);
}
