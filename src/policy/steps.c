/* steps.c — how long a statement is with the definitions it reads written out: each reading of a
 * definition is a reading of all that it reads, so a few dozen may double past any machine. */
#include "policy/policy_limits.h"
#include "policy/reading.h"

struct counting {
    const struct policy *policy;
    int32_t *steps; /* of each definition, and 0 before it is counted; at most one too many */
};

static int32_t expr_steps(struct counting *c, const struct expr *expr);

static int32_t capped(int64_t steps)
{
    return steps > POLICY_STEPS_MAX ? POLICY_STEPS_MAX + 1 : (int32_t)steps;
}

static int32_t define_steps(struct counting *c, int32_t statement)
{
    const struct define *define = c->policy->statements[statement].as.define;
    if (c->steps[statement] || !define)
        return c->steps[statement];
    int64_t steps = 1 + expr_steps(c, define->value);
    for (int32_t i = 0; i < define->class_count; i++)
        steps = capped(steps + expr_steps(c, define->classes[i].when));
    return c->steps[statement] = capped(steps);
}

static int32_t expr_steps(struct counting *c, const struct expr *expr)
{
    if (!expr)
        return 0;
    int64_t steps = 1 + (int64_t)expr_steps(c, expr->where) + expr_steps(c, expr->aggregated);
    if (expr->kind == EXPR_DEFINE && expr->statement >= 0)
        steps += define_steps(c, expr->statement);
    for (int32_t i = 0; i < expr->child_count; i++)
        steps = capped(steps + expr_steps(c, expr->children[i]));
    return capped(steps);
}

static int32_t rule_steps(struct counting *c, const struct rule *rule)
{
    const struct expr *parts[] = {rule->where,  rule->each_where, rule->amount, rule->best,
                                  rule->payee,  rule->anchor,     rule->confers, rule->term,
                                  rule->quota.limit};
    int64_t steps = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        steps += expr_steps(c, parts[i]);
    for (int32_t i = 0; i < rule->distinct_count; i++)
        steps = capped(steps + expr_steps(c, rule->distinct[i]));
    for (int32_t i = 0; i < rule->best_order_count; i++)
        steps = capped(steps + expr_steps(c, rule->best_order[i].key));
    for (int32_t i = 0; i < rule->pay_order_count; i++)
        steps = capped(steps + expr_steps(c, rule->pay_order[i].key));
    for (int32_t i = 0; i < rule->quota.order_count; i++)
        steps = capped(steps + expr_steps(c, rule->quota.order[i].key));
    return capped(steps);
}

static int32_t statement_steps(struct counting *c, int32_t index)
{
    const struct statement *statement = &c->policy->statements[index];
    if (!statement->as.rule) /* could not be read */
        return 0;
    if (kind_is_rule(statement->kind))
        return rule_steps(c, statement->as.rule);
    if (statement->kind == STATEMENT_DEFINE)
        return define_steps(c, index);
    if (statement->kind == STATEMENT_INDICATOR)
        return expr_steps(c, statement->as.indicator->value);
    if (statement->kind == STATEMENT_DUTY)
        return capped((int64_t)expr_steps(c, statement->as.duty->where) +
                      expr_steps(c, statement->as.duty->measure) +
                      expr_steps(c, statement->as.duty->owed));
    return 0;
}

bool steps_check(struct reading *reading)
{
    const struct policy *policy = reading->policy;
    struct counting c = {policy, TAKE(reading, int32_t, policy->statement_count)};
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (statement_steps(&c, i) <= POLICY_STEPS_MAX)
            continue;
        finding_add(reading, FINDING_ERROR, "steps",
                    token_span(statement->document, &statement->tokens[0],
                               &statement->tokens[statement->head_count - 1]),
                    "Read a definition once, or divide the statement.",
                    "'%.*s' comes to more than %d steps with its definitions written out",
                    STR_ARG(statement->name), (int)POLICY_STEPS_MAX);
        return false; /* one is enough: those that read it are as long */
    }
    return true;
}
