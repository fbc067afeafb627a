/* conditions.c — conditions as boxes: those that nobody or everybody meets, exceptions that never
 * apply, and what could only be compared as a whole. */
#include "policy/box.h"

#include "policy/policy_limits.h"

struct condition_check {
    struct reading *reading;
    const struct document *document; /* NULL: days need not lie in force */
    int32_t whole_count;             /* parts that are no boxes */
    const struct expr *whole_first;
    int32_t depth;
};

static bool can_hold(const struct condition_check *check, const struct expr *a,
                     const struct expr *b, bool negated)
{
    const struct box_question question = {.reading = check->reading, .document = check->document,
                                          .conditions = {a, b}, .negated = negated};
    return box_can_hold(&question);
}

/* Two parts of one condition that exclude each other are easier to see than the whole. */
static void tell_never(const struct condition_check *check, const struct expr *expr)
{
    static const char hint[] = "Correct one of the bounds, or join them with 或 (or).";
    for (int32_t i = 1; expr->kind == EXPR_AND && i < expr->child_count; i++)
        for (int32_t k = 0; k < i; k++) {
            const struct expr *first = expr->children[k], *second = expr->children[i];
            if (can_hold(check, first, second, false))
                continue;
            finding_add(check->reading, FINDING_ERROR, "never", second->span, hint,
                        "nobody meets this together with '%.*s'", STR_ARG(first->span.text));
            return;
        }
    finding_add(check->reading, FINDING_ERROR, "never", expr->span, hint,
                "nobody can meet the condition");
}

static void check_condition(struct condition_check *check, const struct expr *expr);

/* Collections inside have conditions of their own. */
static void check_inside(struct condition_check *check, const struct expr *expr)
{
    if (check->depth >= POLICY_DEPTH_MAX)
        return;
    check->depth++;
    if (expr->where)
        check_condition(check, expr->where);
    if (expr->aggregated)
        check_inside(check, expr->aggregated);
    for (int32_t i = 0; i < expr->child_count; i++)
        check_inside(check, expr->children[i]);
    check->depth--;
}

static bool is_alternative(const struct expr *expr)
{
    return expr->kind == EXPR_OR || expr->kind == EXPR_COMPARE;
}

static void check_parts(struct condition_check *check, const struct expr *expr)
{
    if (is_alternative(expr) && !can_hold(check, expr, NULL, true))
        finding_add(check->reading, FINDING_WARNING, "always", expr->span,
                    "Take it out, or correct the bound.",
                    "everybody whose facts are known meets the condition");
    if (expr->kind != EXPR_AND && expr->kind != EXPR_OR)
        return;
    for (int32_t i = 0; i < expr->child_count; i++) {
        const struct expr *part = expr->children[i];
        if (!can_hold(check, part, NULL, false))
            tell_never(check, part);
        else
            check_parts(check, part);
    }
}

static void check_condition(struct condition_check *check, const struct expr *expr)
{
    if (!can_hold(check, expr, NULL, false))
        tell_never(check, expr);
    else
        check_parts(check, expr);
    check->whole_count += box_whole_count(expr, &check->whole_first);
    check_inside(check, expr);
}

static void check_optional(struct condition_check *check, const struct expr *expr)
{
    if (expr && expr->type.kind == TYPE_BOOL)
        check_condition(check, expr);
    else if (expr)
        check_inside(check, expr);
}

static void check_override(struct condition_check *check, const struct statement *statement)
{
    const struct rule *rule = statement->as.rule;
    const struct statement *base = &check->reading->policy->statements[rule->base];
    const struct box_question question = {
        .reading = check->reading,
        .document = check->document,
        .conditions = {rule->where, rule->each_where, base->as.rule->where,
                       base->as.rule->each_where}};
    const struct box_question alone = {.reading = check->reading, .document = check->document,
                                       .conditions = {rule->where, rule->each_where}};
    if (box_can_hold(&question) || !box_can_hold(&alone))
        return;
    const struct expr *condition = rule->where ? rule->where : rule->each_where;
    finding_add(check->reading, FINDING_ERROR, "never-applies", condition->span,
                "Correct the condition, or take the statement out.",
                "'%.*s' never applies: whoever meets it is outside '%.*s' already",
                STR_ARG(statement->name), STR_ARG(base->name));
}

/* ---- exceptions that meet ---- */

static bool switches_off(const struct statement *statement)
{
    return statement->kind == STATEMENT_NOT_APPLICABLE ||
           statement->as.rule->amount_kind == AMOUNT_NONE;
}

/* Whether it does not matter which of the two counts. */
static bool same_effect(const struct statement *a, const struct statement *b)
{
    if (switches_off(a) || switches_off(b))
        return switches_off(a) && switches_off(b);
    const struct rule *x = a->as.rule, *y = b->as.rule;
    return x->amount_kind == y->amount_kind && x->amount && y->amount &&
           expr_same(x->amount, y->amount);
}

static bool in_force_together(const struct policy *policy, const struct statement *a,
                              const struct statement *b)
{
    return policy->documents[a->document].in_force_day <= statement_ends_day(policy, b) &&
           policy->documents[b->document].in_force_day <= statement_ends_day(policy, a);
}

/* Of two exceptions that hold for one subject the first counts: a result by the order of the text
 * is told, unless both come to the same. */
static void check_order(struct reading *reading, int32_t later)
{
    const struct policy *policy = reading->policy;
    const struct statement *second = &policy->statements[later];
    for (int32_t i = 0; i < later; i++) {
        const struct statement *first = &policy->statements[i];
        bool meets = (first->kind == STATEMENT_EXCEPTION ||
                      first->kind == STATEMENT_NOT_APPLICABLE) &&
                     first->as.rule && first->as.rule->base == second->as.rule->base &&
                     in_force_together(policy, first, second) && !same_effect(first, second);
        if (!meets)
            continue;
        struct text_buf person;
        text_init(&person, reading->arena);
        const struct box_question question = {
            .reading = reading,
            .conditions = {first->as.rule->where, first->as.rule->each_where,
                           second->as.rule->where, second->as.rule->each_where},
            .ret_person = &person};
        if (!box_can_hold(&question))
            continue;
        struct str who = text_str(&person);
        finding_add(reading, FINDING_WARNING, "overlap",
                    token_span(second->document, &second->tokens[0],
                               &second->tokens[second->head_count - 1]),
                    "Leave out of one of them who is in the other: 且 非 (…) (and not (…)).",
                    "'%.*s' and '%.*s' may both hold, and only their order says which counts: %.*s",
                    STR_ARG(first->name), STR_ARG(second->name), STR_ARG(who));
        return;
    }
}

/* What is taken back must be paid until then: a condition that ends the payment itself never comes
 * to it. */
static void check_claw_backs(struct condition_check *check, const struct settlement *settlement)
{
    const struct policy *policy = check->reading->policy;
    for (int32_t i = 0; i < settlement->clause_count; i++) {
        const struct settlement_clause *clause = &settlement->clauses[i];
        for (int32_t r = 0; clause->kind == SETTLEMENT_CLAW_BACK && r < clause->rule_count; r++) {
            const struct statement *paid = &policy->statements[clause->rules[r]];
            const struct box_question question = {
                .reading = check->reading,
                .conditions = {clause->keys[r], paid->as.rule->each_where,
                               paid->as.rule->each < 0 ? paid->as.rule->where : NULL}};
            if (r == 0) /* the same words for every rule */
                check_condition(check, clause->keys[r]);
            if (!can_hold(check, clause->keys[r], NULL, false) || box_can_hold(&question))
                continue;
            finding_add(check->reading, FINDING_ERROR, "never-applies", clause->keys[r]->span,
                        "Correct the condition, or take the clause out.",
                        "whoever meets this has no '%.*s' that could be taken back",
                        STR_ARG(paid->name));
        }
    }
}

static void check_statement(struct condition_check *check, const struct statement *statement)
{
    if (kind_is_rule(statement->kind)) {
        check->document = &check->reading->policy->documents[statement->document];
        check_optional(check, statement->as.rule->where);
        check_optional(check, statement->as.rule->each_where);
        if (statement->as.rule->base >= 0)
            check_override(check, statement);
    } else if (statement->kind == STATEMENT_DEFINE) {
        check_optional(check, statement->as.define->value);
        for (int32_t i = 0; i < statement->as.define->class_count; i++)
            check_optional(check, statement->as.define->classes[i].when);
    } else if (statement->kind == STATEMENT_DUTY) {
        check_optional(check, statement->as.duty->where);
        check_optional(check, statement->as.duty->measure);
    } else if (statement->kind == STATEMENT_INDICATOR) {
        check_optional(check, statement->as.indicator->value);
    } else if (statement->kind == STATEMENT_SETTLEMENT) {
        check_claw_backs(check, statement->as.settlement);
    }
}

void conditions_check(struct reading *reading)
{
    for (int32_t i = 0; i < reading->policy->statement_count; i++) {
        const struct statement *statement = &reading->policy->statements[i];
        if (!statement->as.rule) /* could not be read */
            continue;
        struct condition_check check = {.reading = reading};
        check_statement(&check, statement);
        if (kind_is_rule(statement->kind) && statement->as.rule->base >= 0)
            check_order(reading, i);
        if (check.whole_count)
            finding_add(reading, FINDING_NOTE, "not-analysed", check.whole_first->span,
                        "Write an example on either side of their border.",
                        "compared as a whole, not as ranges, in '%.*s': %d",
                        STR_ARG(statement->name), check.whole_count);
    }
}
