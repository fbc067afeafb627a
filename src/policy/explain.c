#include "policy/explain.h"

#include "base/day.h"
#include "policy/missing.h"
#include "policy/scalar.h"
#include "policy/settle.h"
#include "policy/walk.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    STEPS_MAX = 512,  /* conditions of one rule with the definitions they stand on */
    FACTS_MAX = 24,   /* values named for one condition */
    DEPTH_MAX = 12,
};

struct fact_list {
    struct explain_fact rows[FACTS_MAX];
    int32_t row_count;
};

struct telling {
    struct arena *arena;
    struct walk walk;
    struct explain_step *steps;
    int32_t step_count;
    int32_t statement; /* whose conditions are told */
    const struct expr *row_anchor; /* of the next selection: each row's own day, or NULL */
};

static void note_fact(void *context, int32_t table, int32_t row, int32_t field, int64_t value)
{
    struct fact_list *list = context;
    for (int32_t i = 0; i < list->row_count; i++)
        if (list->rows[i].table == table && list->rows[i].row == row &&
            list->rows[i].field == field)
            return;
    if (list->row_count < FACTS_MAX)
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
                                  .statement = t->statement,
                                  .row_in_count = -1, .row_out_count = -1};
    return step;
}

static void set_facts(struct telling *t, struct explain_step *step, const struct fact_list *facts)
{
    int32_t count = facts->row_count;
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
    if (count == 0) /* that there is no row says it all */
        return;
    const struct expr *anchor = t->row_anchor;
    t->row_anchor = NULL;
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
        step->in_selection = true;
        int64_t any = 0;
        for (int32_t i = 0; i < count; i++) {
            if (!alive[i])
                continue;
            int32_t row = range.rows ? range.rows[range.first + i] : range.first + i;
            struct frame frame = {expr->table, row, outer};
            if (anchor)
                t->walk.anchor_day = walk_value(&t->walk, &frame, anchor);
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
    if (rule->each_where) {
        each->span = rule->each_where->span;
        each->tokens = rule->each_where->tokens;
        each->token_count = rule->each_where->token_count;
    }
    int32_t first = t->step_count;
    t->row_anchor = rule->anchor;
    tell(t, subject, each, 0);
    t->row_anchor = NULL;
    if (rule->anchor && t->step_count > first + 1) /* each row was read on its own day */
        t->steps[first].outcome = t->steps[t->step_count - 1].row_out_count > 0 ? TRUTH_UNKNOWN
                                                                                : TRUTH_NO;
    t->walk.anchor_day = t->walk.moment.as_of_day;
}

/* What overrides a rule, with its own conditions after the rule's. */
static bool overrides_rule(const struct policy *policy, int32_t s, int32_t rule_statement,
                           int32_t as_of_day)
{
    const struct statement *statement = &policy->statements[s];
    return (statement->kind == STATEMENT_EXCEPTION ||
            statement->kind == STATEMENT_NOT_APPLICABLE) &&
           statement->as.rule->base == rule_statement &&
           statement_holds_on(policy, statement, as_of_day);
}

static void tell_conjuncts(struct telling *t, const struct frame *on, const struct expr *expr)
{
    for (int32_t i = 0; i < conjunct_count(expr); i++)
        tell(t, on, conjunct(expr, i), 0);
}

static void tell_overrides(struct telling *t, const struct explanation *explanation,
                           const struct frame *subject, const struct frame *basis)
{
    const struct policy *policy = t->walk.policy;
    FOR_GROUP(policy, GROUP_OVERRIDES, s) {
        if (!overrides_rule(policy, s, explanation->statement, t->walk.moment.as_of_day))
            continue;
        const struct rule *other = policy->statements[s].as.rule;
        t->statement = s;
        tell_conjuncts(t, subject, other->where);
        tell_conjuncts(t, basis, other->each_where);
    }
    t->statement = explanation->statement;
}

/* The goals that make the case a granted one: the rule holds, nothing takes it away, and amount and
 * payee are known. */
static void find_missing(struct telling *t, const struct rule *rule,
                         struct explanation *explanation, const struct frame *subject,
                         const struct frame *basis)
{
    const struct policy *policy = t->walk.policy;
    int32_t goal_max = policy->statement_count + 5;
    struct missing_goal *goals =
        ARENA_NEW_ARRAY(t->arena, struct missing_goal, (size_t)goal_max);
    if (!goals)
        return;
    int32_t count = 0;
    int64_t as_of = t->walk.moment.as_of_day;
    int64_t anchor = t->walk.anchor_day;
    bool each = rule->each >= 0;
    goals[count++] = (struct missing_goal){
        .expr = rule->where, .frame = *subject, .target = MISSING_YES,
        .anchor_day = each && !rule_reads_on_basis(policy, rule) ? as_of : anchor};
    if (each)
        goals[count++] = (struct missing_goal){
            .expr = rule->each_where, .frame = *basis, .anchor_day = anchor,
            .target = MISSING_YES};
    FOR_GROUP(policy, GROUP_OVERRIDES, s) {
        if (!overrides_rule(policy, s, explanation->statement, t->walk.moment.as_of_day))
            continue;
        const struct rule *other = policy->statements[s].as.rule;
        bool takes_away = policy->statements[s].kind == STATEMENT_NOT_APPLICABLE ||
                          other->amount_kind == AMOUNT_NONE;
        goals[count++] = (struct missing_goal){
            .expr = other->where, .and_expr = other->each_where, .frame = *subject,
            .and_frame = *basis, .anchor_day = anchor,
            .target = takes_away ? MISSING_NO : MISSING_KNOWN};
    }
    const struct expr *known[] = {rule->anchor, rule->amount, rule->payee};
    for (int32_t i = 0; i < 3; i++)
        goals[count++] = (struct missing_goal){
            .expr = known[i], .frame = *basis, .anchor_day = anchor, .target = MISSING_KNOWN};
    explanation->missing_count =
        missing_facts(t->arena, &t->walk, goals, count, &explanation->missing);
}

/* The row on whose day the condition on the subject is told: the one that counts, else the first
 * that meets what is asked of rows; -1 when the day asked for counts. */
static int32_t anchor_row(struct telling *t, const struct rule *rule,
                          const struct explanation *explanation)
{
    if (!rule_reads_on_basis(t->walk.policy, rule))
        return -1;
    if (explanation->basis_row >= 0)
        return explanation->basis_row;
    const int32_t *first_row = t->walk.world->tables[rule->each].first_row;
    int32_t end = first_row[explanation->subject_row + 1];
    for (int32_t row = first_row[explanation->subject_row]; row < end; row++) {
        struct frame frame = {rule->each, row, NULL};
        set_anchor(t, rule->anchor, &frame);
        if (!rule->each_where || walk_value(&t->walk, &frame, rule->each_where) != 0)
            return row;
    }
    return -1;
}

static void tell_rule(struct telling *t, const struct rule *rule, struct explanation *explanation)
{
    struct frame subject = {rule->subject, explanation->subject_row, NULL};
    struct frame basis = {rule->each, explanation->basis_row, NULL};
    bool each = rule->each >= 0;
    struct frame dated = {rule->each, anchor_row(t, rule, explanation), NULL};
    bool on_row = each && dated.row >= 0;
    set_anchor(t, each && !on_row ? NULL : rule->anchor, on_row ? &dated : &subject);
    tell_conjuncts(t, &subject, rule->where);
    if (each && explanation->basis_row < 0) {
        tell_bases(t, rule, &subject);
        return;
    }
    const struct frame *on = each ? &basis : &subject;
    if (each) {
        set_anchor(t, rule->anchor, on);
        tell_conjuncts(t, on, rule->each_where);
    }
    explanation->anchor_day = t->walk.anchor_day;
    tell_overrides(t, explanation, &subject, on);
    if (explanation->lane == LANE_ASK)
        find_missing(t, rule, explanation, &subject, on);
}

/* Amounts after settlement: of all rules, for this subject alone. Quotas need the whole city and
 * are told by the decision itself. */
static enum err settle_subject(struct telling *t, int32_t key, int32_t as_of_day,
                               struct explanation *explanation, struct fault *fault)
{
    const struct policy *policy = t->walk.policy;
    const struct rule *rule = policy->statements[explanation->statement].as.rule;
    int32_t year = day_year(t->walk.moment.period_start_day);
    bool is_past = (rule->period == PERIOD_MONTH || rule->period == PERIOD_YEAR) &&
                   year != day_year(as_of_day);
    struct eval_request request = {as_of_day, is_past ? year_first_day(year) : ABSENT_I32, 1};
    struct decision_list list = {0};
    bool done = true;
    FOR_GROUP(policy, GROUP_DECIDES, s) {
        if (policy->statements[s].as.rule->subject != explanation->table)
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
        if (decision->statement == explanation->statement && decision->period == key &&
            decision->basis_row == explanation->basis_row) {
            explanation->amount_fen = decision->amount_fen;
            explanation->gross_fen = decision->gross_fen;
            explanation->cut_by = decision->cut_by;
        }
    }
    eval_result_free(result);
    return err;
}

/* Lane of the subject: of the basis row named, or the best of its bases. */
static enum err find_lane(struct telling *t, const struct rule_period *period,
                          struct explanation *explanation, struct fault *fault)
{
    struct decision_list list = {0};
    bool done = walk_subject(&t->walk, explanation->statement, period, explanation->subject_row,
                             &list);
    int32_t wanted = explanation->basis_row;
    for (int64_t i = 0; i < list.row_count; i++) {
        const struct decision *decision = &list.rows[i];
        if ((wanted >= 0 && decision->basis_row != wanted) || decision->lane <= explanation->lane)
            continue;
        explanation->lane = decision->lane;
        explanation->basis_row = decision->basis_row;
        explanation->amount_fen = decision->amount_fen;
        explanation->gross_fen = decision->gross_fen;
        explanation->payee_row = decision->payee_row;
        explanation->exception = decision->exception;
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
    struct telling t = {.arena = arena, .statement = statement,
                        .walk = {.policy = policy, .world = world, .moment = place.moment}};
    struct explanation *explanation = ARENA_NEW(arena, struct explanation);
    t.steps = ARENA_NEW_ARRAY(arena, struct explain_step, STEPS_MAX);
    if (!explanation || !t.steps)
        return fault_set(fault, ERR_MEMORY, "no memory for the explanation");
    *explanation = (struct explanation){.statement = statement, .table = rule->subject,
                                        .subject_row = subject_row,
                                        .basis_row = rule->each >= 0 ? basis_row : subject_row,
                                        .payee_row = -1, .exception = -1, .cut_by = -1,
                                        .anchor_day = place.moment.as_of_day,
                                        .moment = place.moment, .steps = t.steps};
    if (as_of_day >= policy->documents[policy->statements[statement].document].in_force_day) {
        TRY(find_lane(&t, &place, explanation, fault));
        if (explanation->lane == LANE_GRANTED)
            TRY(settle_subject(&t, place.key, as_of_day, explanation, fault));
    }
    tell_rule(&t, rule, explanation);
    explanation->step_count = t.step_count;
    *ret_explanation = explanation;
    return ERR_OK;
}

/* Steps below a failed one that fail too say more than it does, but for a choice of several. */
static bool has_telling_parts(const struct explain_step *step)
{
    const struct expr *condition = step->condition;
    return condition->kind == EXPR_AND || condition->kind == EXPR_DEFINE ||
           (condition->kind == EXPR_AGGREGATE && condition->aggregate == AGGREGATE_HAS);
}

const struct explain_step *explain_deciding_step(const struct policy *policy,
                                                 const struct explanation *explanation)
{
    const struct explain_step *found = NULL;
    for (int32_t i = 0; i < explanation->step_count; i++) {
        const struct explain_step *step = &explanation->steps[i];
        bool is_below = found && step->depth > found->depth;
        if (found && !is_below)
            break;
        /* A condition of an exception that does not hold refuses nothing. */
        bool is_own = statement_decides(&policy->statements[step->statement]);
        bool fails = step->outcome == TRUTH_NO && is_own;
        if (fails && (!found || (step->depth == found->depth + 1 && has_telling_parts(found))))
            found = step;
    }
    return found;
}
