/* whatif_quota.c — the quotas of rules beside each other: how many places, how many taken. */
#include "domain/insight/whatif_compare.h"

#include "base/day.h"
#include "policy/reference.h"
#include "policy/settle.h"

static const struct quota *hard_quota(const struct policy *policy, int32_t statement)
{
    if (statement < 0)
        return NULL;
    const struct quota *own = &policy->statements[statement].as.rule->quota;
    if (own->present && !own->about && own->limit)
        return own;
    for (int32_t s = 0; s < policy->statement_count; s++) {
        if (policy->statements[s].kind != STATEMENT_SETTLEMENT)
            continue;
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t i = 0; i < settlement->clause_count; i++) {
            const struct settlement_clause *clause = &settlement->clauses[i];
            if (clause->kind == SETTLEMENT_QUOTA && clause->rules[0] == statement &&
                clause->quota.limit && !clause->quota.about)
                return &clause->quota;
        }
    }
    return NULL;
}

static struct rule_period window_on(const struct policy *policy, int32_t statement,
                                    const struct quota *quota, int32_t day)
{
    const struct document *document =
        &policy->documents[policy->statements[statement].document];
    return calendar_period(quota->period_years > 0 ? PERIOD_YEARS : PERIOD_ONCE,
                           quota->period_years, day_year(document->in_force_day), day);
}

/* The day that places a decision in a window, as settlement places it. */
static int32_t day_of(const struct comparison *c, const struct policy *policy,
                      const struct decision *decision)
{
    const struct rule *rule = policy->statements[decision->statement].as.rule;
    struct rule_period period = rule_period_of(policy, decision->statement, decision->period,
                                               c->request->as_of_day);
    int32_t table = rule->each >= 0 ? rule->each : rule->subject;
    int64_t anchor = rule->anchor ? reference_value(policy, c->world, rule->anchor, table,
                                                    decision->basis_row, &period.moment)
                                  : ABSENT_I64;
    if (anchor != ABSENT_I64)
        return (int32_t)anchor;
    return rule->period == PERIOD_ONCE ? period.moment.as_of_day
                                       : period.moment.period_start_day;
}

static void fill(const struct comparison *c, const struct side *side, const struct quota *quota,
                 struct whatif_quota *row, int64_t *ret_limit, int64_t *ret_granted)
{
    const struct policy *policy = side->policy->policy;
    int32_t statement = side->statement;
    struct rule_period window = window_on(policy, statement, quota, c->request->as_of_day);
    row->window_years = quota->period_years;
    row->window_year = quota->period_years > 0 ? window.key : 0;
    *ret_limit =
        reference_value(policy, c->world, quota->limit, -1, -1, &window.moment);
    int64_t first, end;
    whatif_range(side->result, statement, &first, &end);
    for (int64_t i = first; i < end; i++) {
        const struct decision *decision = &side->result->decisions[i];
        *ret_granted += decision->lane == LANE_GRANTED &&
                        window_on(policy, statement, quota, day_of(c, policy, decision)).key ==
                            window.key;
    }
}

static void add_quota(struct comparison *c, int32_t base_statement, int32_t draft_statement)
{
    const struct policy *base = c->base.policy->policy, *draft = c->draft.policy->policy;
    const struct quota *base_quota = hard_quota(base, base_statement);
    const struct quota *draft_quota = hard_quota(draft, draft_statement);
    if (!base_quota && !draft_quota)
        return;
    struct whatif_quota *row = &c->report->quotas[c->report->quota_count++];
    *row = (struct whatif_quota){
        .rule = base_statement >= 0 ? base->statements[base_statement].name
                                    : draft->statements[draft_statement].name,
        .base_limit = ABSENT_I64, .draft_limit = ABSENT_I64};
    c->base.statement = base_statement;
    c->draft.statement = draft_statement;
    if (base_quota)
        fill(c, &c->base, base_quota, row, &row->base_limit, &row->base_granted);
    if (draft_quota)
        fill(c, &c->draft, draft_quota, row, &row->draft_limit, &row->draft_granted);
}

enum err whatif_quotas(struct comparison *c, struct fault *fault)
{
    const struct policy *base = c->base.policy->policy, *draft = c->draft.policy->policy;
    size_t count = (size_t)base->statement_count + (size_t)draft->statement_count;
    c->report->quotas = ARENA_NEW_ARRAY(c->arena, struct whatif_quota, count);
    if (!c->report->quotas)
        return fault_set(fault, ERR_MEMORY, "no memory for the quotas");
    for (int32_t s = 0; s < base->statement_count; s++)
        if (statement_decides(&base->statements[s]))
            add_quota(c, s, whatif_counterpart(base, s, draft));
    for (int32_t s = 0; s < draft->statement_count; s++)
        if (statement_decides(&draft->statements[s]) && whatif_counterpart(draft, s, base) < 0)
            add_quota(c, -1, s);
    return ERR_OK;
}
