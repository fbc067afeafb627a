/* interact.c — statements that meet: two payments to one subject from one fund, facts that a route
 * must not ask, names of documents that are not in force together. */
#include "policy/box.h"

#include "policy/policy_limits.h"

#include "base/day.h"

static struct span statement_head(const struct statement *statement)
{
    return token_span(statement->document, &statement->tokens[0],
                      &statement->tokens[statement->head_count - 1]);
}

/* ---- two payments to one subject from one fund ---- */

/* Settlement clauses that name a rule: `count` indexes of all clauses of the policy. */
struct clause_list {
    int32_t *clauses;
    int32_t count, capacity;
};

static struct clause_list *settled_rules(struct reading *reading)
{
    const struct policy *policy = reading->policy;
    struct clause_list *lists = TAKE(reading, struct clause_list, policy->statement_count);
    int32_t number = 0;
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct settlement *settlement = policy->statements[i].as.settlement;
        if (policy->statements[i].kind != STATEMENT_SETTLEMENT || !settlement)
            continue;
        for (int32_t k = 0; k < settlement->clause_count; k++, number++)
            for (int32_t r = 0; settlement->clauses[k].kind != SETTLEMENT_CLAW_BACK &&
                                r < settlement->clauses[k].rule_count;
                 r++) {
                struct clause_list *list = &lists[settlement->clauses[k].rules[r]];
                GROW(reading, list->clauses, list->count, &list->capacity);
                list->clauses[list->count++] = number;
            }
    }
    return lists;
}

static bool share_clause(const struct clause_list *a, const struct clause_list *b)
{
    for (int32_t i = 0, k = 0; i < a->count && k < b->count;) { /* both ascend */
        if (a->clauses[i] == b->clauses[k])
            return true;
        if (a->clauses[i] < b->clauses[k])
            i++;
        else
            k++;
    }
    return false;
}

static bool in_force_together(const struct policy *policy, const struct statement *a,
                              const struct statement *b)
{
    return policy->documents[a->document].in_force_day <= statement_ends_day(policy, b) &&
           policy->documents[b->document].in_force_day <= statement_ends_day(policy, a);
}

static bool may_both_pay(struct reading *reading, const struct statement *a,
                         const struct statement *b, struct text_buf *person)
{
    const struct policy *policy = reading->policy;
    const struct rule *x = a->as.rule, *y = b->as.rule;
    if (x->subject != y->subject || x->fund != y->fund ||
        !in_force_together(policy, a, b))
        return false;
    const struct box_question question = {
        .reading = reading, .conditions = {x->where, y->where}, .ret_person = person};
    return box_can_hold(&question);
}

static void check_payments(struct reading *reading)
{
    const struct policy *policy = reading->policy;
    struct clause_list *lists = settled_rules(reading);
    int32_t *grants = TAKE(reading, int32_t, policy->statement_count);
    int32_t grant_count = 0;
    for (int32_t i = 0; i < policy->statement_count; i++)
        if (policy->statements[i].kind == STATEMENT_GRANT && policy->statements[i].as.rule &&
            policy->statements[i].as.rule->fund >= 0)
            grants[grant_count++] = i;
    for (int32_t i = 1; i < grant_count; i++) {
        const struct statement *later = &policy->statements[grants[i]];
        for (int32_t k = 0; k < i; k++) {
            const struct statement *first = &policy->statements[grants[k]];
            struct text_buf person;
            text_init(&person, reading->arena);
            if (later->as.rule->fund != first->as.rule->fund ||
                share_clause(&lists[grants[i]], &lists[grants[k]]) ||
                !may_both_pay(reading, later, first, &person))
                continue;
            finding_add(reading, FINDING_WARNING, "interaction", statement_head(later),
                        "Name both in a 结算 (settlement): 从高 (higher-of), 封顶 (cap) or "
                        "并享 (stack).",
                        "'%.*s' and '%.*s' may pay one %s from '%.*s', and nothing settles it: "
                        "%.*s",
                        STR_ARG(first->name), STR_ARG(later->name),
                        reading->vocab->records[later->as.rule->subject].label_zh,
                        STR_ARG(policy->statements[later->as.rule->fund].name),
                        STR_ARG(text_str(&person)));
            break; /* one is enough to make somebody look */
        }
    }
}

/* ---- facts that a route must not ask ---- */

struct forbidden_check {
    struct reading *reading;
    const struct statement *statement; /* the rule that may not read it */
    const struct statement *declares;
    const struct forbidden_field *field;
    uint8_t *seen;                     /* definitions already looked into */
    bool told;
};

static bool reads_field(struct forbidden_check *check, const struct expr *expr);

static bool reads_through(struct forbidden_check *check, const struct expr *expr)
{
    if (expr->kind != EXPR_DEFINE || check->seen[expr->statement])
        return false;
    const struct define *define =
        check->reading->policy->statements[expr->statement].as.define;
    check->seen[expr->statement] = 1;
    bool found = define && define->value && reads_field(check, define->value);
    for (int32_t i = 0; define && i < define->class_count && !found; i++)
        found = define->classes[i].when && reads_field(check, define->classes[i].when);
    return found;
}

static bool reads_field(struct forbidden_check *check, const struct expr *expr)
{
    int32_t field = check->field->field, table = check->field->table;
    if (expr->kind == EXPR_FIELD && expr->table == table && (field < 0 || expr->field == field))
        return true;
    if (expr->kind == EXPR_AGGREGATE && expr->table == table && field < 0)
        return true;
    if (reads_through(check, expr))
        return true;
    bool found = (expr->where && reads_field(check, expr->where)) ||
                 (expr->aggregated && reads_field(check, expr->aggregated));
    for (int32_t i = 0; i < expr->child_count && !found; i++)
        found = reads_field(check, expr->children[i]);
    return found;
}

/* The innermost part that reads it: what to underline. */
static const struct expr *reading_part(struct forbidden_check *check, const struct expr *expr)
{
    const struct expr *inner[2] = {expr->where, expr->aggregated};
    for (int32_t i = 0; i < 2 + expr->child_count; i++) {
        const struct expr *part = i < 2 ? inner[i] : expr->children[i - 2];
        memset(check->seen, 0, (size_t)check->reading->policy->statement_count);
        if (part && reads_field(check, part))
            return reading_part(check, part);
    }
    return expr;
}

static void forbid_in(struct forbidden_check *check, const struct expr *expr)
{
    if (!expr || check->told)
        return;
    memset(check->seen, 0, (size_t)check->reading->policy->statement_count);
    if (!reads_field(check, expr))
        return;
    check->told = true;
    finding_add(check->reading, FINDING_ERROR, "must-not-ask", reading_part(check, expr)->span,
                "Judge by ability, results and contribution, or take the field out of 不问 "
                "(must-not-ask).",
                "'%.*s' reads %.*s, which '%.*s' must not ask", STR_ARG(check->statement->name),
                STR_ARG(check->field->span.text), STR_ARG(check->declares->name));
}

static void forbid_orders(struct forbidden_check *check, const struct order_key *keys,
                          int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        forbid_in(check, keys[i].key);
}

static void forbid_in_rule(struct forbidden_check *check)
{
    const struct rule *rule = check->statement->as.rule;
    forbid_in(check, rule->where);
    forbid_in(check, rule->each_where);
    for (int32_t i = 0; i < rule->distinct_count; i++)
        forbid_in(check, rule->distinct[i]);
    forbid_orders(check, rule->best_order, rule->best_order_count);
    forbid_in(check, rule->amount);
    forbid_in(check, rule->confers);
    forbid_in(check, rule->term);
    forbid_orders(check, rule->quota.order, rule->quota.order_count);
    forbid_orders(check, rule->pay_order, rule->pay_order_count);
}

static void check_forbidden(struct reading *reading)
{
    const struct policy *policy = reading->policy;
    uint8_t *seen = TAKE(reading, uint8_t, policy->statement_count);
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *declares = &policy->statements[i];
        if (!kind_is_rule(declares->kind) || !declares->as.rule)
            continue;
        for (int32_t f = 0; f < declares->as.rule->must_not_ask_count; f++)
            for (int32_t k = 0; k < policy->statement_count; k++) {
                const struct statement *statement = &policy->statements[k];
                if (statement->article != declares->article || !kind_is_rule(statement->kind) ||
                    !statement->as.rule)
                    continue;
                struct forbidden_check check = {
                    .reading = reading, .statement = statement, .declares = declares,
                    .field = &declares->as.rule->must_not_ask[f], .seen = seen};
                forbid_in_rule(&check);
            }
    }
}

/* ---- statements that last longer than what they stand on ---- */

static void check_lasting(struct reading *reading, const struct statement *statement,
                          const struct expr *expr)
{
    const struct policy *policy = reading->policy;
    const struct document *document = &policy->documents[statement->document];
    bool named = expr->kind == EXPR_DEFINE || expr->kind == EXPR_PARAMETER ||
                 expr->kind == EXPR_TABLE || expr->kind == EXPR_REGISTER;
    if (named && expr->statement >= 0) {
        const struct statement *used = &policy->statements[expr->statement];
        const struct document *home = &policy->documents[used->document];
        char day[DAY_TEXT_SIZE];
        if (home->ends_day < document->ends_day)
            finding_add(reading, FINDING_ERROR, "expired", expr->span,
                        "Name what replaces it, or let this document end on that day too.",
                        "'%.*s' ends with %.*s on %s; this document goes on",
                        STR_ARG(used->name), STR_ARG(home->number),
                        day_text(home->ends_day, day));
        else if (used->repealed_by != 0 &&
                 statement_ends_day(policy, used) < statement_ends_day(policy, statement))
            finding_add(reading, FINDING_ERROR, "expired", expr->span,
                        "Repeal both, or name what replaces it.",
                        "'%.*s' is repealed from %s; '%.*s' goes on using it",
                        STR_ARG(used->name), day_text(used->repeal_day, day),
                        STR_ARG(statement->name));
    }
    if (expr->where)
        check_lasting(reading, statement, expr->where);
    if (expr->aggregated)
        check_lasting(reading, statement, expr->aggregated);
    for (int32_t i = 0; i < expr->child_count; i++)
        check_lasting(reading, statement, expr->children[i]);
}

static void check_expired(struct reading *reading, const struct statement *statement)
{
    const struct document *document = &reading->policy->documents[statement->document];
    char day[DAY_TEXT_SIZE];
    if (statement->kind == STATEMENT_TARGET &&
        statement->as.target->period == TARGET_BY &&
        statement->as.target->to_day > document->ends_day)
        finding_add(reading, FINDING_ERROR, "expired", statement_head(statement),
                    "Bring the deadline forward, or put the target in the document that follows.",
                    "the document ends on %s, before the target's deadline",
                    day_text(document->ends_day, day));
    for (int32_t i = 0; statement->kind == STATEMENT_EXAMPLE &&
                        i < statement->as.example->expectation_count;
         i++) {
        const struct example_expectation *expected = &statement->as.example->expectations[i];
        bool grants = expected->lane == EXAMPLE_YES || expected->lane == EXAMPLE_AMOUNT ||
                      expected->lane == EXAMPLE_CEILING;
        if (grants && expected->as_of_day > document->ends_day)
            finding_add(reading, FINDING_WARNING, "expired", expected->span,
                        "Choose a day on which the document is in force.",
                        "the document ended on %s, before the example's day",
                        day_text(document->ends_day, day));
    }
    const struct rule *rule = kind_is_rule(statement->kind) ? statement->as.rule : NULL;
    const struct expr *parts[] = {rule ? rule->where : NULL, rule ? rule->each_where : NULL,
                                  rule ? rule->amount : NULL};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i])
            check_lasting(reading, statement, parts[i]);
}

void interact_check(struct reading *reading)
{
    check_payments(reading);
    check_forbidden(reading);
    for (int32_t i = 0; i < reading->policy->statement_count; i++)
        if (reading->policy->statements[i].as.rule)
            check_expired(reading, &reading->policy->statements[i]);
}
