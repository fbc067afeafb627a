#include "policy/explain.h"

#include "base/day.h"
#include "policy/scalar.h"
#include "policy/settle.h"
#include "policy/walk.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    STEPS_MAX = 512,  /* conditions of one rule with the definitions they stand on */
    FACTS_MAX = 24,   /* values named for one condition */
    DEPTH_MAX = 12,
    MISSING_MAX = 64, /* facts asked for at most */
};

struct fact_list {
    struct explain_fact rows[MISSING_MAX];
    int32_t row_count;
};

struct telling {
    struct arena *arena;
    struct walk walk;
    struct explain_step *steps;
    int32_t step_count;
};

static void note_fact(void *context, int32_t table, int32_t row, int32_t field, int64_t value)
{
    struct fact_list *list = context;
    for (int32_t i = 0; i < list->row_count; i++)
        if (list->rows[i].table == table && list->rows[i].row == row &&
            list->rows[i].field == field)
            return;
    if (list->row_count < MISSING_MAX)
        list->rows[list->row_count++] = (struct explain_fact){table, row, field, value};
}

static int64_t value_and_facts(struct telling *t, const struct frame *frame,
                               const struct expr *expr, struct fact_list *facts)
{
    t->walk.on_read = note_fact;
    t->walk.context = facts;
    int64_t value = walk_value(&t->walk, frame, expr);
    t->walk.on_read = NULL;
    return value;
}

static enum truth truth_of(int64_t value)
{
    return value == ABSENT_I64 ? TRUTH_UNKNOWN : value ? TRUTH_YES : TRUTH_NO;
}

static struct explain_step *add_step(struct telling *t, const struct expr *condition,
                                     int32_t depth)
{
    if (t->step_count == STEPS_MAX)
        return NULL;
    struct explain_step *step = &t->steps[t->step_count++];
    *step = (struct explain_step){.condition = condition, .depth = depth,
                                  .row_in_count = -1, .row_out_count = -1};
    return step;
}

static void set_facts(struct telling *t, struct explain_step *step, const struct fact_list *facts)
{
    int32_t count = facts->row_count < FACTS_MAX ? facts->row_count : FACTS_MAX;
    struct explain_fact *rows = ARENA_NEW_ARRAY(t->arena, struct explain_fact, (size_t)count);
    for (int32_t i = 0; rows && i < count; i++)
        rows[i] = facts->rows[i];
    step->facts = rows;
    step->fact_count = rows ? count : 0;
}

static void tell(struct telling *t, const struct frame *frame, const struct expr *expr,
                 int32_t depth);

/* The conjuncts of a condition, one after the other. */
static int32_t conjunct_count(const struct expr *expr)
{
    return !expr ? 0 : expr->kind == EXPR_AND ? expr->child_count : 1;
}

static const struct expr *conjunct(const struct expr *expr, int32_t i)
{
    return expr->kind == EXPR_AND ? expr->children[i] : expr;
}

/* Rows of a selection that a conjunct leaves: alive[i] stays when it is not false. */
static void tell_selection(struct telling *t, const struct frame *outer, const struct expr *expr,
                           int32_t depth)
{
    struct walk_rows range;
    if (depth >= DEPTH_MAX || !walk_range(&t->walk, outer, expr, &range))
        return;
    int32_t count = range.end - range.first;
    bool *alive = ARENA_NEW_ARRAY(t->arena, bool, (size_t)count);
    int32_t alive_count = count;
    for (int32_t i = 0; alive && i < count; i++)
        alive[i] = true;
    for (int32_t c = 0; alive && c < conjunct_count(expr->where); c++) {
        struct explain_step *step = add_step(t, conjunct(expr->where, c), depth);
        if (!step)
            return;
        struct fact_list facts = {.row_count = 0};
        step->row_in_count = alive_count;
        int64_t any = 0;
        for (int32_t i = 0; i < count; i++) {
            if (!alive[i])
                continue;
            int32_t row = range.rows ? range.rows[range.first + i] : range.first + i;
            struct frame frame = {expr->table, row, outer};
            int64_t value = value_and_facts(t, &frame, step->condition, &facts);
            alive[i] = value != 0;
            alive_count -= value == 0;
            any = truth_or(any, value);
        }
        step->row_out_count = alive_count;
        step->outcome = truth_of(any);
        set_facts(t, step, &facts);
    }
}

static void tell_define(struct telling *t, const struct frame *frame, const struct expr *expr,
                        int32_t depth)
{
    const struct define *define = t->walk.policy->statements[expr->statement].as.define;
    struct frame reached = {0};
    if (define->subject >= 0) {
        reached.row = walk_reach(&t->walk, frame, expr->scope, expr->up, expr->through,
                                 &reached.table);
        if (reached.row < 0)
            return;
    }
    const struct frame *on = define->subject >= 0 ? &reached : NULL;
    for (int32_t i = 0; define->value && i < conjunct_count(define->value); i++)
        tell(t, on, conjunct(define->value, i), depth);
    for (int32_t i = 0; i < define->class_count; i++)
        tell(t, on, define->classes[i].when, depth);
}

static void tell_parts(struct telling *t, const struct frame *frame, const struct expr *expr,
                       int32_t depth)
{
    if (depth >= DEPTH_MAX)
        return;
    if (expr->kind == EXPR_AGGREGATE) {
        tell_selection(t, frame, expr, depth);
    } else if (expr->kind == EXPR_DEFINE) {
        tell_define(t, frame, expr, depth);
    } else if (expr->kind == EXPR_AND || expr->kind == EXPR_OR || expr->kind == EXPR_NOT) {
        for (int32_t i = 0; i < expr->child_count; i++)
            tell(t, frame, expr->children[i], depth);
    } else {
        for (int32_t i = 0; i < expr->child_count; i++)
            tell_parts(t, frame, expr->children[i], depth);
    }
}

static void tell(struct telling *t, const struct frame *frame, const struct expr *expr,
                 int32_t depth)
{
    struct explain_step *step = add_step(t, expr, depth);
    if (!step)
        return;
    struct fact_list facts = {.row_count = 0};
    int64_t value = value_and_facts(t, frame, expr, &facts);
    step->outcome = truth_of(value);
    if (expr->type.kind != TYPE_BOOL) /* a value inside a condition: known or not */
        step->outcome = value == ABSENT_I64 ? TRUTH_UNKNOWN : TRUTH_YES;
    struct walk_rows range;
    if (expr->kind == EXPR_AGGREGATE && walk_range(&t->walk, frame, expr, &range))
        step->row_in_count = range.end - range.first;
    int32_t before = t->step_count;
    tell_parts(t, frame, expr, depth + 1);
    if (step->row_in_count >= 0)
        step->row_out_count =
            t->step_count > before ? t->steps[t->step_count - 1].row_out_count
                                   : step->row_in_count;
    if (t->step_count == before)
        set_facts(t, step, &facts);
}

/* ---- the fewest facts that would settle a question ---- */

static void add_missing(struct telling *t, const struct frame *frame, const struct expr *expr,
                        struct fact_list *missing);

static void merge(struct fact_list *into, const struct fact_list *from)
{
    for (int32_t i = 0; i < from->row_count; i++)
        note_fact(into, from->rows[i].table, from->rows[i].row, from->rows[i].field,
                  from->rows[i].value);
}

static void keep_fewer(struct fact_list *best, const struct fact_list *other)
{
    bool is_better = other->row_count > 0 &&
                     (best->row_count == 0 || other->row_count < best->row_count);
    if (is_better)
        *best = *other;
}

/* One unknown branch is enough for a disjunction: the cheapest. */
static void missing_in_or(struct telling *t, const struct frame *frame, const struct expr *expr,
                          struct fact_list *missing)
{
    struct fact_list best = {.row_count = 0};
    for (int32_t i = 0; i < expr->child_count; i++) {
        struct fact_list branch = {.row_count = 0};
        if (walk_value(&t->walk, frame, expr->children[i]) == ABSENT_I64)
            add_missing(t, frame, expr->children[i], &branch);
        keep_fewer(&best, &branch);
    }
    merge(missing, &best);
}

/* One row is enough for "has"; a count or sum needs every row that is unknown. */
static void missing_in_rows(struct telling *t, const struct frame *outer, const struct expr *expr,
                            struct fact_list *missing)
{
    struct walk_rows range;
    if (!walk_range(&t->walk, outer, expr, &range)) {
        int32_t table;
        t->walk.on_read = note_fact;
        t->walk.context = missing;
        walk_reach(&t->walk, outer, expr->scope, expr->up, expr->through, &table);
        t->walk.on_read = NULL;
        return;
    }
    bool one_is_enough =
        expr->aggregate == AGGREGATE_HAS || expr->aggregate == AGGREGATE_HAS_NO;
    struct fact_list best = {.row_count = 0};
    for (int32_t i = range.first; i < range.end; i++) {
        struct frame frame = {expr->table, range.rows ? range.rows[i] : i, outer};
        struct fact_list row = {.row_count = 0};
        int64_t where = expr->where ? walk_value(&t->walk, &frame, expr->where) : 1;
        if (where == ABSENT_I64)
            add_missing(t, &frame, expr->where, &row);
        if (where != 0 && expr->aggregated)
            add_missing(t, &frame, expr->aggregated, &row);
        if (one_is_enough)
            keep_fewer(&best, &row);
        else
            merge(missing, &row);
    }
    merge(missing, &best);
}

static void missing_in_define(struct telling *t, const struct frame *frame,
                              const struct expr *expr, struct fact_list *missing)
{
    const struct define *define = t->walk.policy->statements[expr->statement].as.define;
    struct frame reached = {0};
    if (define->subject >= 0) {
        t->walk.on_read = note_fact;
        t->walk.context = missing;
        reached.row = walk_reach(&t->walk, frame, expr->scope, expr->up, expr->through,
                                 &reached.table);
        t->walk.on_read = NULL;
        if (reached.row < 0)
            return;
    }
    const struct frame *on = define->subject >= 0 ? &reached : NULL;
    if (define->value)
        add_missing(t, on, define->value, missing);
    for (int32_t i = 0; i < define->class_count; i++)
        add_missing(t, on, define->classes[i].when, missing);
}

static void add_missing(struct telling *t, const struct frame *frame, const struct expr *expr,
                        struct fact_list *missing)
{
    if (walk_value(&t->walk, frame, expr) != ABSENT_I64)
        return;
    switch (expr->kind) {
    case EXPR_FIELD:
        (void)value_and_facts(t, frame, expr, missing);
        break;
    case EXPR_OR:
        missing_in_or(t, frame, expr, missing);
        break;
    case EXPR_AGGREGATE:
        missing_in_rows(t, frame, expr, missing);
        break;
    case EXPR_DEFINE:
        missing_in_define(t, frame, expr, missing);
        break;
    default:
        for (int32_t i = 0; i < expr->child_count; i++)
            add_missing(t, frame, expr->children[i], missing);
    }
}

static void missing_of(struct telling *t, const struct frame *frame, const struct expr *expr,
                       struct fact_list *missing)
{
    if (expr)
        add_missing(t, frame, expr, missing);
}

/* Only what is absent is missing; present values that were read on the way are not. */
static void set_missing(struct telling *t, struct explanation *explanation,
                        const struct fact_list *list)
{
    struct explain_fact *rows =
        ARENA_NEW_ARRAY(t->arena, struct explain_fact, (size_t)list->row_count);
    int32_t count = 0;
    for (int32_t i = 0; rows && i < list->row_count; i++)
        if (list->rows[i].value == ABSENT_I64)
            rows[count++] = list->rows[i];
    explanation->missing = rows;
    explanation->missing_count = count;
}

/* ---- one rule ---- */

static void set_anchor(struct telling *t, const struct expr *anchor, const struct frame *frame)
{
    t->walk.anchor_day = t->walk.moment.as_of_day;
    if (anchor)
        t->walk.anchor_day = walk_value(&t->walk, frame, anchor);
}

/* The rows the rule looked through when none was given. */
static void tell_bases(struct telling *t, const struct rule *rule, const struct frame *subject)
{
    struct expr *each = ARENA_NEW(t->arena, struct expr);
    if (!each)
        return;
    *each = (struct expr){.kind = EXPR_AGGREGATE, .aggregate = AGGREGATE_HAS,
                          .type = {TYPE_BOOL, -1}, .table = rule->each, .through = -1,
                          .inverse = -1, .where = rule->each_where};
    if (rule->each_where)
        each->span = rule->each_where->span;
    tell(t, subject, each, 0);
}

static void tell_rule(struct telling *t, const struct rule *rule, struct explanation *explanation)
{
    struct frame subject = {rule->subject, explanation->subject_row, NULL};
    struct frame basis = {rule->each, explanation->basis_row, NULL};
    bool each = rule->each >= 0;
    struct fact_list missing = {.row_count = 0};
    set_anchor(t, each ? NULL : rule->anchor, &subject);
    for (int32_t i = 0; i < conjunct_count(rule->where); i++)
        tell(t, &subject, conjunct(rule->where, i), 0);
    missing_of(t, &subject, rule->where, &missing);
    if (each && explanation->basis_row < 0) {
        tell_bases(t, rule, &subject);
        return;
    }
    const struct frame *on = each ? &basis : &subject;
    if (each) {
        set_anchor(t, rule->anchor, on);
        for (int32_t i = 0; i < conjunct_count(rule->each_where); i++)
            tell(t, on, conjunct(rule->each_where, i), 0);
        missing_of(t, on, rule->each_where, &missing);
    }
    for (int32_t s = 0; s < t->walk.policy->statement_count; s++) {
        const struct statement *statement = &t->walk.policy->statements[s];
        bool overrides = statement->kind == STATEMENT_EXCEPTION ||
                         statement->kind == STATEMENT_NOT_APPLICABLE;
        if (!overrides || statement->as.rule->base != explanation->statement)
            continue;
        const struct rule *other = statement->as.rule;
        for (int32_t i = 0; i < conjunct_count(other->where); i++)
            tell(t, &subject, conjunct(other->where, i), 0);
        missing_of(t, &subject, other->where, &missing);
        if (each)
            missing_of(t, on, other->each_where, &missing);
    }
    missing_of(t, on, rule->amount, &missing);
    missing_of(t, on, rule->payee, &missing);
    set_missing(t, explanation, &missing);
}

/* Amounts after settlement: of all rules, for this subject alone. Quotas need the whole city and
 * are told by the decision itself. */
static enum err settle_subject(struct telling *t, int32_t as_of_day,
                               struct explanation *explanation, struct fault *fault)
{
    const struct policy *policy = t->walk.policy;
    struct eval_request request = {as_of_day, t->walk.moment.period_start_day, 1};
    struct candidate_list list = {0};
    bool done = true;
    for (int32_t s = 0; s < policy->statement_count && done; s++) {
        const struct statement *statement = &policy->statements[s];
        if (!statement_decides(statement) || statement->as.rule->subject != explanation->table)
            continue;
        int32_t count = rule_period_count(policy, s, &request);
        for (int32_t i = 0; i < count && done; i++) {
            struct walk walk = t->walk;
            struct rule_period period = rule_period_at(policy, s, &request, i);
            done = walk_subject(&walk, s, &period, explanation->subject_row, &list);
        }
    }
    struct eval_result *result = NULL;
    enum err err = done ? settle_candidates(policy, t->walk.world, &request, &list, &result, fault)
                        : fault_set(fault, ERR_MEMORY, "no memory for the explanation");
    free(list.rows);
    for (int64_t i = 0; err == ERR_OK && i < result->decision_count; i++) {
        const struct decision *decision = &result->decisions[i];
        if (decision->statement == explanation->statement &&
            decision->basis_row == explanation->basis_row) {
            explanation->amount_fen = decision->amount_fen;
            explanation->gross_fen = decision->gross_fen;
        }
    }
    eval_result_free(result);
    return err;
}

/* Lane of the subject: of the basis row named, or the best of its bases. */
static enum err find_lane(struct telling *t, const struct rule_period *period,
                          struct explanation *explanation, struct fault *fault)
{
    struct candidate_list list = {0};
    bool done = walk_subject(&t->walk, explanation->statement, period, explanation->subject_row,
                             &list);
    int32_t wanted = explanation->basis_row;
    for (int64_t i = 0; i < list.row_count; i++) {
        const struct decision *decision = &list.rows[i].decision;
        if ((wanted >= 0 && decision->basis_row != wanted) || decision->lane <= explanation->lane)
            continue;
        explanation->lane = decision->lane;
        explanation->basis_row = decision->basis_row;
        explanation->amount_fen = decision->amount_fen;
        explanation->gross_fen = decision->gross_fen;
    }
    free(list.rows);
    return done ? ERR_OK : fault_set(fault, ERR_MEMORY, "no memory for the explanation");
}

enum err explain_rule(struct arena *arena, const struct policy *policy, const struct world *world,
                      int32_t statement, int32_t subject_row, int32_t basis_row, int32_t period,
                      int32_t as_of_day, struct explanation **ret_explanation,
                      struct fault *fault)
{
    const struct rule *rule = policy->statements[statement].as.rule;
    struct rule_period place = rule_period_of(policy, statement, period, as_of_day);
    struct telling t = {.arena = arena,
                        .walk = {.policy = policy, .world = world, .moment = place.moment}};
    struct explanation *explanation = ARENA_NEW(arena, struct explanation);
    t.steps = ARENA_NEW_ARRAY(arena, struct explain_step, STEPS_MAX);
    if (!explanation || !t.steps)
        return fault_set(fault, ERR_MEMORY, "no memory for the explanation");
    *explanation = (struct explanation){.statement = statement, .table = rule->subject,
                                        .subject_row = subject_row,
                                        .basis_row = rule->each >= 0 ? basis_row : subject_row,
                                        .moment = place.moment, .steps = t.steps};
    if (as_of_day >= policy->documents[policy->statements[statement].document].in_force_day) {
        TRY(find_lane(&t, &place, explanation, fault));
        if (explanation->lane == LANE_GRANTED)
            TRY(settle_subject(&t, as_of_day, explanation, fault));
    }
    tell_rule(&t, rule, explanation);
    explanation->step_count = t.step_count;
    *ret_explanation = explanation;
    return ERR_OK;
}
