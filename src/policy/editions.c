/* editions.c — a parameter has no value before its first edition.
 *
 * A rule that reads it on an earlier day is not in force yet: nobody can be asked for a fact that
 * would help. Where a rule's day can lie before the first edition, a finding says so, and the rule
 * gets one more condition, "DAY ≥ first day", in words that an explanation shows. */
#include "policy/box.h"

#include "policy/policy_limits.h"

#include "base/day.h"

/* The parameter that is read whatever the facts are and begins last; NULL when there is none. */
static const struct statement *latest_parameter(const struct policy *policy,
                                                const struct expr *expr,
                                                const struct statement *latest, int32_t depth)
{
    if (!expr || depth > POLICY_DEPTH_MAX)
        return latest;
    if (expr->kind == EXPR_PARAMETER) {
        const struct statement *here = &policy->statements[expr->statement];
        bool later = !latest || here->as.parameter->rows[0].from_day >
                                    latest->as.parameter->rows[0].from_day;
        return later ? here : latest;
    }
    if (expr->kind == EXPR_DEFINE)
        return latest_parameter(policy, policy->statements[expr->statement].as.define->value,
                                latest, depth + 1);
    bool always = expr->kind == EXPR_AND || expr->kind == EXPR_ARITHMETIC ||
                  expr->kind == EXPR_NEGATE || expr->kind == EXPR_COMPARE ||
                  expr->kind == EXPR_NOT || expr->kind == EXPR_CALL;
    for (int32_t i = 0; always && i < expr->child_count; i++)
        latest = latest_parameter(policy, expr->children[i], latest, depth + 1);
    return latest;
}

static const struct statement *first_needed(const struct policy *policy, const struct rule *rule)
{
    const struct statement *latest = latest_parameter(policy, rule->where, NULL, 0);
    latest = latest_parameter(policy, rule->each_where, latest, 0);
    return latest_parameter(policy, rule->amount, latest, 0);
}

static bool is_base(const struct statement *statement)
{
    return kind_is_rule(statement->kind) && statement->kind != STATEMENT_EXCEPTION &&
           statement->kind != STATEMENT_NOT_APPLICABLE;
}

/* Whether the day on which the rule reads its parameters can lie before one. */
static bool reads_before(struct reading *reading, const struct statement *statement, int32_t day)
{
    const struct document *document = &reading->policy->documents[statement->document];
    const struct rule *rule = statement->as.rule;
    if (!rule->anchor || rule->anchor->kind == EXPR_CONTEXT) /* no earlier than the document */
        return day > document->in_force_day;
    struct expr *limit = TAKE(reading, struct expr, 1);
    *limit = (struct expr){.kind = EXPR_LITERAL, .type = {TYPE_DAY, -1}, .value = day};
    struct expr *before = TAKE(reading, struct expr, 1);
    *before = (struct expr){.kind = EXPR_COMPARE, .type = {TYPE_BOOL, -1}, .op = OP_LESS};
    before->children = TAKE(reading, struct expr *, 2);
    before->children[0] = rule->anchor;
    before->children[1] = limit;
    before->child_count = 2;
    const struct box_question question = {.reading = reading, .document = document,
                                          .conditions = {rule->each_where, before,
                                                         rule->each < 0 ? rule->where : NULL}};
    return box_can_hold(&question);
}

void editions_check(struct reading *reading)
{
    const struct policy *policy = reading->policy;
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (!is_base(statement) || !statement->as.rule)
            continue;
        const struct statement *needed = first_needed(policy, statement->as.rule);
        if (!needed || !reads_before(reading, statement, needed->as.parameter->rows[0].from_day))
            continue;
        char day[DAY_TEXT_SIZE];
        const struct expr *anchor = statement->as.rule->anchor;
        struct span head = token_span(statement->document, &statement->tokens[0],
                                      &statement->tokens[statement->head_count - 1]);
        finding_add(reading, FINDING_WARNING, "edition", anchor ? anchor->span : head,
                    "Add an earlier edition, or say from which day on the rule counts.",
                    "'%.*s' may be read before %s, its first edition; until then '%.*s' is refused",
                    STR_ARG(needed->name),
                    day_text(needed->as.parameter->rows[0].from_day, day),
                    STR_ARG(statement->name));
    }
}

void editions_join(struct reading *reading)
{
    const struct policy *policy = reading->policy;
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (!is_base(statement))
            continue;
        struct rule *rule = statement->as.rule;
        const struct statement *needed = first_needed(policy, rule);
        int32_t first_day = needed ? needed->as.parameter->rows[0].from_day : 0;
        if (!needed || !reads_before(reading, statement, first_day))
            continue;
        char day[DAY_TEXT_SIZE];
        struct str words = rule->anchor ? rule->anchor->span.text : STR("截至日");
        const char *text = text_in(reading->arena, "%.*s ≥ %s", STR_ARG(words),
                                   day_text(first_day, day));
        int32_t table = rule->each >= 0 ? rule->each : rule->subject;
        struct expr *in_force = condition_read(reading, statement->document, table, text);
        if (in_force)
            condition_join(reading, rule->each >= 0 ? &rule->each_where : &rule->where, in_force);
    }
}
