/* next_change.c — how long values stay while the day moves on.
 *
 * Invariants:
 * 1. Between as_of_day and the day found, every comparison that the evaluation met stays as it is,
 *    or cannot alter the outcome: one false part keeps a conjunction false, one row that counts
 *    keeps "has" true.
 * 2. Of a rule's periods only the newest moves: the moments of those before are over, but for what
 *    may be taken back, which is judged on the day itself for every period. Moments move
 *    forward only: the first and last day of the newest period, and as_of, never step back.
 * 3. So a value made of these by functions that go one way goes one way, and the day on which a
 *    comparison of such values flips is found by halving. What goes both ways counts as changed
 *    when one of its parts changes. */
#include "policy/next_change.h"

#include "base/day.h"
#include "policy/budget.h"
#include "policy/scalar.h"
#include "policy/settle.h"
#include "policy/walk.h"

#define NEVER NEXT_CHANGE_NEVER

/* ---- which expressions move with the day ---- */

struct next_change {
    const struct policy *policy;
    const struct expr **slots; /* open hash of the expressions that move; NULL: empty */
    int32_t slot_count;        /* a power of two, 0 while counting */
    int32_t moving_count;
    int8_t *define_moves; /* by statement: -1 not looked at yet */
};

static int32_t slot_of(const struct next_change *plan, const struct expr *expr)
{
    uint64_t hash = (uint64_t)(uintptr_t)expr * UINT64_C(0x9E3779B97F4A7C15);
    return (int32_t)(hash >> 40) & (plan->slot_count - 1);
}

static void remember(struct next_change *plan, const struct expr *expr)
{
    plan->moving_count++;
    if (plan->slot_count == 0)
        return;
    int32_t slot = slot_of(plan, expr);
    while (plan->slots[slot] && plan->slots[slot] != expr)
        slot = (slot + 1) & (plan->slot_count - 1);
    plan->slots[slot] = expr;
}

static bool moves(const struct next_change *plan, const struct expr *expr)
{
    int32_t slot = slot_of(plan, expr);
    while (plan->slots[slot] && plan->slots[slot] != expr)
        slot = (slot + 1) & (plan->slot_count - 1);
    return plan->slots[slot] == expr;
}

static bool note_expr(struct next_change *plan, const struct expr *expr);

static bool note_define(struct next_change *plan, int32_t statement)
{
    if (plan->define_moves[statement] >= 0)
        return plan->define_moves[statement] > 0;
    const struct define *define = plan->policy->statements[statement].as.define;
    bool any = note_expr(plan, define->value);
    for (int32_t i = 0; i < define->class_count; i++)
        any |= note_expr(plan, define->classes[i].when);
    plan->define_moves[statement] = any;
    return any;
}

/* Remembers the expressions of a tree that move; parameters and registers may, by their anchor. */
static bool note_expr(struct next_change *plan, const struct expr *expr)
{
    if (!expr)
        return false;
    bool any = note_expr(plan, expr->where);
    any |= note_expr(plan, expr->aggregated);
    for (int32_t i = 0; i < expr->child_count; i++)
        any |= note_expr(plan, expr->children[i]);
    any |= expr->kind == EXPR_CONTEXT && expr->context != CONTEXT_IN_FORCE;
    any |= expr->kind == EXPR_PARAMETER;
    any |= expr->kind == EXPR_REGISTER && expr->child_count < 2;
    any |= expr->kind == EXPR_CALL && expr->function == FUNCTION_IN_PERIOD;
    any |= expr->kind == EXPR_DEFINE && note_define(plan, expr->statement);
    if (any)
        remember(plan, expr);
    return any;
}

static void note_order(struct next_change *plan, const struct order_key *order, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        note_expr(plan, order[i].key);
}

static void note_rule(struct next_change *plan, const struct rule *rule)
{
    note_expr(plan, rule->where);
    note_expr(plan, rule->each_where);
    note_expr(plan, rule->amount);
    note_expr(plan, rule->payee);
    note_expr(plan, rule->anchor);
    for (int32_t i = 0; i < rule->distinct_count; i++)
        note_expr(plan, rule->distinct[i]);
    note_order(plan, rule->best_order, rule->best_order_count);
    note_order(plan, rule->quota.order, rule->quota.order_count);
    note_order(plan, rule->pay_order, rule->pay_order_count);
    note_expr(plan, rule->quota.limit);
}

static void note_all(struct next_change *plan)
{
    plan->moving_count = 0;
    for (int32_t i = 0; i < plan->policy->statement_count; i++)
        plan->define_moves[i] = -1;
    for (int32_t i = 0; i < plan->policy->statement_count; i++) {
        const struct statement *statement = &plan->policy->statements[i];
        bool overrides = statement->kind == STATEMENT_EXCEPTION ||
                         statement->kind == STATEMENT_NOT_APPLICABLE;
        if (statement_decides(statement) || overrides)
            note_rule(plan, statement->as.rule);
        if (statement->kind != STATEMENT_SETTLEMENT)
            continue;
        const struct settlement *settlement = statement->as.settlement;
        for (int32_t c = 0; c < settlement->clause_count; c++) {
            struct expr *const *keys = settlement->clauses[c].keys;
            note_expr(plan, settlement->clauses[c].amount);
            for (int32_t k = 0; keys && k < settlement->clauses[c].rule_count; k++)
                note_expr(plan, keys[k]);
            note_expr(plan, settlement->clauses[c].quota.limit);
            note_order(plan, settlement->clauses[c].quota.order,
                       settlement->clauses[c].quota.order_count);
        }
    }
}

enum err next_change_plan(struct arena *arena, const struct policy *policy,
                          struct next_change **ret_plan, struct fault *fault)
{
    struct next_change *plan = ARENA_NEW(arena, struct next_change);
    if (!plan)
        return fault_set(fault, ERR_MEMORY, "no memory for the plan of next changes");
    *plan = (struct next_change){.policy = policy};
    plan->define_moves = ARENA_NEW_ARRAY(arena, int8_t, (size_t)policy->statement_count + 1);
    if (!plan->define_moves)
        return fault_set(fault, ERR_MEMORY, "no memory for the plan of next changes");
    note_all(plan);
    int32_t slot_count = 16;
    while (slot_count < 2 * plan->moving_count)
        slot_count *= 2;
    plan->slots = ARENA_NEW_ARRAY(arena, const struct expr *, (size_t)slot_count);
    if (!plan->slots)
        return fault_set(fault, ERR_MEMORY, "no memory for the plan of next changes");
    plan->slot_count = slot_count;
    note_all(plan);
    *ret_plan = plan;
    return ERR_OK;
}

/* ---- the course of a value ---- */

struct course {
    struct walk walk; /* at as_of_day */
    const struct next_change *plan;
    int32_t statement;
    int32_t as_of_day;
    /* The period whose moment counts, on days behind its end too; NULL: the newest of a day. */
    const struct rule_period *held;
    bool anchor_is_as_of; /* else the anchor's value stays until anchor_next_day */
    int32_t anchor_next_day;
};

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t greatest(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* The newest period of the rule on a day on which its document is in force; afterwards the last. */
static struct rule_period newest_period(const struct policy *policy, int32_t statement, int32_t day)
{
    int32_t ends_day = statement_ends_day(policy, &policy->statements[statement]);
    struct eval_request request = {.as_of_day = least(day, ends_day),
                                   .since_day = ABSENT_I32};
    int32_t count = rule_period_count(policy, statement, &request);
    check(count > 0);
    return rule_period_at(policy, statement, &request, count - 1);
}

static struct reference_moment moment_on(const struct course *course, int32_t day)
{
    if (!course->held)
        return newest_period(course->plan->policy, course->statement, day).moment;
    struct reference_moment moment = course->held->moment;
    moment.as_of_day = day;
    return moment;
}

/* A value on a later day, as long as parameters and the like stay. */
static int64_t value_on(struct course *course, const struct frame *frame, const struct expr *expr,
                        int32_t day)
{
    struct reference_moment now = course->walk.moment;
    course->walk.moment = moment_on(course, day);
    int64_t value = walk_value(&course->walk, frame, expr);
    course->walk.moment = now;
    return value;
}

/* What is asked of a day while the search halves: a value, a sign, the truth of a bound. */
typedef int64_t outcome_on(struct course *course, const void *question, int32_t day);

/* First day after as_of_day and before horizon_day on which an outcome that goes one way is
 * another; horizon_day when there is none. */
static int32_t flip_day(struct course *course, int32_t horizon_day, outcome_on *outcome,
                        const void *question)
{
    int64_t now = outcome(course, question, course->as_of_day);
    int32_t low = course->as_of_day; /* the same here */
    int32_t high = least(horizon_day, DAY_MAX) - 1;
    if (high <= low || outcome(course, question, high) == now)
        return horizon_day;
    while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;
        if (outcome(course, question, middle) == now)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* ---- which way a value goes ---- */

enum direction { GOES_NOWHERE = 0, GOES_UP = 1, GOES_DOWN = 2, GOES_BOTH_WAYS = 3 };

static enum direction turned(enum direction direction)
{
    return (enum direction)((direction & 1) << 1 | (direction & 2) >> 1);
}

static enum direction direction_of(const struct course *course, const struct expr *expr);

static enum direction call_direction(const struct course *course, const struct expr *expr)
{
    enum direction direction = GOES_NOWHERE;
    for (int32_t i = 0; i < expr->child_count; i++) {
        enum direction child = direction_of(course, expr->children[i]);
        switch (expr->function) {
        case FUNCTION_YEARS_BETWEEN:
        case FUNCTION_MONTHS_BETWEEN:
        case FUNCTION_DAYS_BETWEEN:
        case FUNCTION_WORKING_DAYS_BETWEEN:
        case FUNCTION_COVERED_MONTHS:
            direction |= i % 2 == 0 ? turned(child) : child;
            break;
        case FUNCTION_ADD_MONTHS:
        case FUNCTION_ADD_DAYS:
        case FUNCTION_ADD_WORKING_DAYS:
        case FUNCTION_YEAR_OF:
        case FUNCTION_MONTH_OF:
        case FUNCTION_LEAST:
        case FUNCTION_GREATEST:
            direction |= child;
            break;
        case FUNCTION_IN_PERIOD:
        case FUNCTION_IN_WINDOW:
        case FUNCTION_HOLDS_ON:
            return GOES_BOTH_WAYS;
        }
    }
    return direction;
}

static enum direction arithmetic_direction(const struct course *course, const struct expr *expr)
{
    enum direction left = direction_of(course, expr->children[0]);
    enum direction right = direction_of(course, expr->children[1]);
    switch (expr->op) {
    case OP_ADD:
        return left | right;
    case OP_SUBTRACT:
        return left | turned(right);
    default:
        return left == GOES_NOWHERE && right == GOES_NOWHERE ? GOES_NOWHERE : GOES_BOTH_WAYS;
    }
}

/* Steps (parameters, conditions, rows that count) are not looked into: they stay until
 * steps_next_day. */
static bool is_smooth(const struct expr *expr)
{
    return expr->kind == EXPR_CONTEXT || expr->kind == EXPR_NEGATE ||
           (expr->kind == EXPR_ARITHMETIC && expr->op != OP_DIVIDE) ||
           (expr->kind == EXPR_CALL && expr->function != FUNCTION_IN_PERIOD &&
            expr->function != FUNCTION_IN_WINDOW && expr->function != FUNCTION_HOLDS_ON);
}

static enum direction direction_of(const struct course *course, const struct expr *expr)
{
    if (!moves(course->plan, expr) || !is_smooth(expr))
        return GOES_NOWHERE;
    switch (expr->kind) {
    case EXPR_CONTEXT:
        return GOES_UP;
    case EXPR_NEGATE:
        return turned(direction_of(course, expr->children[0]));
    case EXPR_ARITHMETIC:
        return arithmetic_direction(course, expr);
    default:
        return call_direction(course, expr);
    }
}

/* ---- when a value changes ---- */

static int32_t value_next_day(struct course *course, const struct frame *frame,
                              const struct expr *expr);

static int32_t steps_next_day(struct course *course, const struct frame *frame,
                              const struct expr *expr)
{
    if (!moves(course->plan, expr) || expr->kind == EXPR_CONTEXT)
        return NEVER;
    if (!is_smooth(expr))
        return value_next_day(course, frame, expr);
    int32_t next = NEVER;
    for (int32_t i = 0; i < expr->child_count; i++)
        next = least(next, steps_next_day(course, frame, expr->children[i]));
    return next;
}

static int32_t children_next_day(struct course *course, const struct frame *frame,
                                 const struct expr *expr)
{
    int32_t next = NEVER;
    for (int32_t i = 0; i < expr->child_count; i++)
        next = least(next, value_next_day(course, frame, expr->children[i]));
    return next;
}

struct value_question {
    const struct frame *frame;
    const struct expr *expr;
};

static int64_t value_outcome(struct course *course, const void *question, int32_t day)
{
    const struct value_question *q = question;
    return value_on(course, q->frame, q->expr, day);
}

static int32_t smooth_next_day(struct course *course, const struct frame *frame,
                               const struct expr *expr)
{
    if (direction_of(course, expr) == GOES_BOTH_WAYS)
        return children_next_day(course, frame, expr);
    struct value_question question = {frame, expr};
    return flip_day(course, steps_next_day(course, frame, expr), value_outcome, &question);
}

struct compare_question {
    const struct frame *frame;
    enum expr_op op;
    const struct expr *left, *right;
};

/* Two sides that go one way against each other cross once, or meet for a while and part: equality
 * is asked by which side is larger. */
static int64_t compare_outcome(struct course *course, const void *question, int32_t day)
{
    const struct compare_question *q = question;
    int64_t left = value_on(course, q->frame, q->left, day);
    int64_t right = value_on(course, q->frame, q->right, day);
    bool by_sign = q->op == OP_EQUAL || q->op == OP_NOT_EQUAL;
    if (by_sign && left != ABSENT_I64 && right != ABSENT_I64)
        return (left > right) - (left < right);
    return scalar_compare(q->op, left, right);
}

static int32_t compare_next_day(struct course *course, const struct frame *frame, enum expr_op op,
                                const struct expr *left, const struct expr *right)
{
    enum direction direction = direction_of(course, left) | turned(direction_of(course, right));
    int32_t horizon_day =
        least(steps_next_day(course, frame, left), steps_next_day(course, frame, right));
    if (direction == GOES_NOWHERE)
        return horizon_day;
    if (direction == GOES_BOTH_WAYS)
        return least(value_next_day(course, frame, left), value_next_day(course, frame, right));
    struct compare_question question = {frame, op, left, right};
    return flip_day(course, horizon_day, compare_outcome, &question);
}

/* A conjunction that is false stays so as long as one of its false parts does; one that is not
 * changes with the first part. The other way about for a disjunction. */
struct parts {
    int64_t deciding; /* truth of a part that decides alone: 0 in a conjunction */
    bool is_decided;
    int32_t decided_until_day, first_day;
};

static void parts_add(struct parts *parts, int64_t truth, int32_t next_day)
{
    parts->first_day = least(parts->first_day, next_day);
    if (truth != parts->deciding)
        return;
    parts->decided_until_day =
        parts->is_decided ? greatest(parts->decided_until_day, next_day) : next_day;
    parts->is_decided = true;
}

static int32_t parts_next_day(const struct parts *parts)
{
    return parts->is_decided ? parts->decided_until_day : parts->first_day;
}

/* A part that no day moves and that decides alone: what a document says of its division stands
 * last and decides for most people. */
static bool is_decided_for_good(struct course *course, const struct frame *frame,
                                const struct expr *expr, int64_t deciding)
{
    for (int32_t i = expr->child_count - 1; i >= 0; i--)
        if (!moves(course->plan, expr->children[i]) &&
            walk_value(&course->walk, frame, expr->children[i]) == deciding)
            return true;
    return false;
}

static int32_t logic_next_day(struct course *course, const struct frame *frame,
                              const struct expr *expr)
{
    struct parts parts = {.deciding = expr->kind == EXPR_OR, .first_day = NEVER};
    if (is_decided_for_good(course, frame, expr, parts.deciding))
        return NEVER;
    bool is_decided = walk_value(&course->walk, frame, expr) == parts.deciding;
    for (int32_t i = 0; i < expr->child_count; i++) {
        const struct expr *child = expr->children[i];
        if (!moves(course->plan, child))
            continue;
        int64_t truth = walk_value(&course->walk, frame, child);
        if (is_decided && truth != parts.deciding)
            continue;
        parts_add(&parts, truth, value_next_day(course, frame, child));
        if (parts.is_decided && parts.decided_until_day == NEVER)
            break;
    }
    return parts_next_day(&parts);
}

static int64_t compared(struct course *course, const struct frame *frame, enum expr_op op,
                        const struct expr *left, const struct expr *right)
{
    return scalar_compare(op, walk_value(&course->walk, frame, left),
                          walk_value(&course->walk, frame, right));
}

/* Whether the newest period of a day begins after the day asked about. */
static int64_t begins_after_outcome(struct course *course, const void *question, int32_t day)
{
    const int64_t *asked = question;
    return moment_on(course, day).period_start_day > *asked;
}

/* period start <= day and day <= as_of. */
static int32_t in_period_next_day(struct course *course, const struct frame *frame,
                                  const struct expr *day)
{
    int32_t horizon_day = value_next_day(course, frame, day);
    int64_t value = walk_value(&course->walk, frame, day);
    if (value == ABSENT_I64)
        return horizon_day;
    const struct reference_moment *now = &course->walk.moment;
    struct parts parts = {.deciding = 0, .first_day = NEVER};
    parts_add(&parts, now->period_start_day <= value,
              flip_day(course, NEVER, begins_after_outcome, &value));
    bool come = value <= now->as_of_day;
    parts_add(&parts, come, come || value >= DAY_MAX ? NEVER : (int32_t)value);
    return least(horizon_day, parts_next_day(&parts));
}

struct window_question {
    const struct frame *frame;
    const struct expr *end;
    int64_t day, months;
    bool is_start; /* end - months < day, else day <= end */
};

static int64_t window_outcome(struct course *course, const void *question, int32_t day)
{
    const struct window_question *q = question;
    int64_t end = value_on(course, q->frame, q->end, day);
    if (end == ABSENT_I64)
        return ABSENT_I64;
    return q->is_start ? scalar_add_months(end, -q->months) < q->day : q->day <= end;
}

/* end - months < day and day <= end. */
static int32_t in_window_next_day(struct course *course, const struct frame *frame,
                                  const struct expr *expr)
{
    const struct expr *end = expr->children[1];
    int32_t horizon_day = least(value_next_day(course, frame, expr->children[0]),
                                value_next_day(course, frame, expr->children[2]));
    horizon_day = least(horizon_day, steps_next_day(course, frame, end));
    if (direction_of(course, end) == GOES_BOTH_WAYS)
        horizon_day = least(horizon_day, value_next_day(course, frame, end));
    struct window_question question = {
        .frame = frame,
        .end = end,
        .day = walk_value(&course->walk, frame, expr->children[0]),
        .months = walk_value(&course->walk, frame, expr->children[2]),
    };
    if (question.day == ABSENT_I64 || question.months == ABSENT_I64)
        return horizon_day;
    struct parts parts = {.deciding = 0, .first_day = NEVER};
    for (int32_t part = 0; part < 2; part++) {
        question.is_start = part == 0;
        int64_t truth = window_outcome(course, &question, course->as_of_day);
        parts_add(&parts, truth, flip_day(course, horizon_day, window_outcome, &question));
    }
    return least(horizon_day, parts_next_day(&parts));
}

static int32_t holds_on_next_day(struct course *course, const struct frame *frame,
                                 const struct expr *expr)
{
    struct parts parts = {.deciding = 0, .first_day = NEVER};
    struct expr *const *child = expr->children;
    parts_add(&parts, compared(course, frame, OP_LESS_EQUAL, child[0], child[2]),
              compare_next_day(course, frame, OP_LESS_EQUAL, child[0], child[2]));
    parts_add(&parts, compared(course, frame, OP_LESS_EQUAL, child[2], child[1]),
              compare_next_day(course, frame, OP_LESS_EQUAL, child[2], child[1]));
    return parts_next_day(&parts);
}

static int32_t call_next_day(struct course *course, const struct frame *frame,
                             const struct expr *expr)
{
    switch (expr->function) {
    case FUNCTION_IN_PERIOD:
        return in_period_next_day(course, frame, expr->children[0]);
    case FUNCTION_IN_WINDOW:
        return in_window_next_day(course, frame, expr);
    case FUNCTION_HOLDS_ON:
        return holds_on_next_day(course, frame, expr);
    default:
        return smooth_next_day(course, frame, expr);
    }
}

/* ---- parameters and registers ---- */

static int32_t parameter_next_day(struct course *course, const struct frame *frame,
                                  const struct expr *expr)
{
    int32_t next = children_next_day(course, frame, expr);
    const struct parameter *parameter =
        course->plan->policy->statements[expr->statement].as.parameter;
    if (!course->anchor_is_as_of)
        return least(next, course->anchor_next_day);
    for (int32_t i = 0; i < parameter->row_count; i++)
        if (parameter->rows[i].from_day > course->as_of_day)
            next = least(next, parameter->rows[i].from_day);
    return next;
}

static int32_t boundary_after(int32_t day, int32_t from_day, int32_t to_day)
{
    if (from_day > day)
        return from_day;
    return to_day >= day && to_day < INT32_MAX ? to_day + 1 : NEVER;
}

static int32_t register_boundary(const struct course *course, const struct expr *expr, int64_t code)
{
    const struct policy *policy = course->plan->policy;
    int32_t next = NEVER;
    int32_t outside = expr->outside_register;
    if (outside < 0) {
        const struct register_statement *reg = policy->statements[expr->statement].as.reg;
        for (int32_t i = 0; i < reg->row_count; i++)
            if (reg->rows[i].code == code)
                next = least(next, boundary_after(course->as_of_day, reg->rows[i].from_day,
                                                  reg->rows[i].to_day));
        outside = reg->outside;
    }
    if (outside < 0)
        return next;
    const struct catalogue_register *listed = &policy->vocab->registers[outside];
    for (int32_t i = 0; i < listed->row_count; i++)
        if (listed->rows[i].code == code)
            next = least(next, boundary_after(course->as_of_day, listed->rows[i].from_day,
                                              listed->rows[i].to_day));
    return next;
}

static int32_t register_next_day(struct course *course, const struct frame *frame,
                                 const struct expr *expr)
{
    int64_t code = walk_value(&course->walk, frame, expr->children[0]);
    int32_t next = value_next_day(course, frame, expr->children[0]);
    const struct expr *day = expr->child_count > 1 ? expr->children[1] : NULL;
    bool is_as_of = day ? day->kind == EXPR_CONTEXT && day->context == CONTEXT_AS_OF
                        : course->anchor_is_as_of;
    if (is_as_of)
        return least(next, register_boundary(course, expr, code));
    return least(next, day ? value_next_day(course, frame, day) : course->anchor_next_day);
}

/* ---- rows ---- */

static int32_t row_next_day(struct course *course, const struct frame *row, const struct expr *expr,
                            int64_t *ret_where)
{
    int64_t where = expr->where ? walk_value(&course->walk, row, expr->where) : 1;
    int32_t next = expr->where ? value_next_day(course, row, expr->where) : NEVER;
    if (where != 0 && expr->aggregated)
        next = least(next, value_next_day(course, row, expr->aggregated));
    *ret_where = where;
    return next;
}

static int32_t aggregate_next_day(struct course *course, const struct frame *frame,
                                  const struct expr *expr)
{
    if (!frame) /* over a whole table */
        return course->as_of_day + 1;
    struct walk_rows range;
    if (!walk_range(&course->walk, frame, expr, &range))
        return NEVER;
    bool asks = expr->aggregate == AGGREGATE_HAS || expr->aggregate == AGGREGATE_HAS_NO;
    struct parts parts = {.deciding = asks ? 1 : 2, .first_day = NEVER};
    for (int32_t i = range.first; i < range.end; i++) {
        struct frame row = {expr->table, range.rows ? range.rows[i] : i, frame};
        int64_t where;
        int32_t next = row_next_day(course, &row, expr, &where);
        parts_add(&parts, where, next);
    }
    return parts_next_day(&parts);
}

static int32_t classes_next_day(struct course *course, const struct frame *frame,
                                const struct define *define)
{
    int32_t next = NEVER;
    for (int32_t i = 0; i < define->class_count; i++) {
        const struct expr *when = define->classes[i].when;
        next = least(next, value_next_day(course, frame, when));
        if (walk_value(&course->walk, frame, when) != 0)
            break;
    }
    return next;
}

static int32_t define_next_day(struct course *course, const struct frame *frame,
                               const struct expr *expr)
{
    const struct define *define = course->plan->policy->statements[expr->statement].as.define;
    struct frame reached = {0};
    if (define->subject >= 0) {
        reached.row = walk_reach(&course->walk, frame, expr->scope, expr->up, expr->through,
                                 &reached.table);
        if (reached.row < 0)
            return NEVER;
    }
    const struct frame *on = define->subject >= 0 ? &reached : NULL;
    return define->value ? value_next_day(course, on, define->value)
                         : classes_next_day(course, on, define);
}

static int32_t choose_next_day(struct course *course, const struct frame *frame,
                               const struct expr *expr)
{
    int32_t next = NEVER;
    int32_t i = 0;
    for (; i + 1 < expr->child_count; i += 2) {
        next = least(next, value_next_day(course, frame, expr->children[i]));
        int64_t when = walk_value(&course->walk, frame, expr->children[i]);
        if (when == 1)
            return least(next, value_next_day(course, frame, expr->children[i + 1]));
        if (when != 0)
            return next;
    }
    return i < expr->child_count ? least(next, value_next_day(course, frame, expr->children[i]))
                                 : next;
}

static int32_t value_next_day(struct course *course, const struct frame *frame,
                              const struct expr *expr)
{
    if (!moves(course->plan, expr))
        return NEVER;
    switch (expr->kind) {
    case EXPR_COMPARE:
        return compare_next_day(course, frame, expr->op, expr->children[0], expr->children[1]);
    case EXPR_AND:
    case EXPR_OR:
        return logic_next_day(course, frame, expr);
    case EXPR_CALL:
        return call_next_day(course, frame, expr);
    case EXPR_CONTEXT:
    case EXPR_NEGATE:
    case EXPR_ARITHMETIC:
        return smooth_next_day(course, frame, expr);
    case EXPR_PARAMETER:
        return parameter_next_day(course, frame, expr);
    case EXPR_REGISTER:
        return register_next_day(course, frame, expr);
    case EXPR_AGGREGATE:
        return aggregate_next_day(course, frame, expr);
    case EXPR_DEFINE:
        return define_next_day(course, frame, expr);
    case EXPR_CHOOSE:
        return choose_next_day(course, frame, expr);
    default:
        return children_next_day(course, frame, expr);
    }
}

/* ---- what is over for good ---- */

/* Whether nothing in a value jumps: it goes one way or the other with the day alone. */
static bool is_smooth_throughout(const struct course *course, const struct expr *expr)
{
    if (!moves(course->plan, expr) || expr->kind == EXPR_CONTEXT)
        return true;
    bool smooth = is_smooth(expr);
    for (int32_t i = 0; i < expr->child_count && smooth; i++)
        smooth = is_smooth_throughout(course, expr->children[i]);
    return smooth;
}

/* False, and the sides move apart (invariant 3). */
static bool compare_is_over(struct course *course, const struct frame *frame, enum expr_op op,
                            const struct expr *left, const struct expr *right)
{
    enum direction direction = direction_of(course, left) | turned(direction_of(course, right));
    if (direction == GOES_BOTH_WAYS || !is_smooth_throughout(course, left) ||
        !is_smooth_throughout(course, right))
        return false;
    int64_t a = walk_value(&course->walk, frame, left);
    int64_t b = walk_value(&course->walk, frame, right);
    if (a == ABSENT_I64 || b == ABSENT_I64 || scalar_compare(op, a, b) != 0)
        return false;
    switch (op) {
    case OP_LESS:
    case OP_LESS_EQUAL:
        return direction == GOES_UP;
    case OP_GREATER:
    case OP_GREATER_EQUAL:
        return direction == GOES_DOWN;
    case OP_EQUAL:
        return direction == (a > b ? GOES_UP : GOES_DOWN);
    default:
        return false;
    }
}

/* Windows and periods move forward only: a day behind their start stays behind. */
static bool call_is_over(struct course *course, const struct frame *frame, const struct expr *expr)
{
    struct expr *const *child = expr->children;
    switch (expr->function) {
    case FUNCTION_IN_PERIOD: {
        int64_t day = moves(course->plan, child[0]) ? ABSENT_I64
                                                    : walk_value(&course->walk, frame, child[0]);
        return day != ABSENT_I64 && day < course->walk.moment.period_start_day;
    }
    case FUNCTION_IN_WINDOW: {
        if (moves(course->plan, child[0]) || moves(course->plan, child[2]) ||
            !is_smooth_throughout(course, child[1]) ||
            (direction_of(course, child[1]) & GOES_DOWN))
            return false;
        int64_t day = walk_value(&course->walk, frame, child[0]);
        int64_t end = walk_value(&course->walk, frame, child[1]);
        int64_t months = walk_value(&course->walk, frame, child[2]);
        return day != ABSENT_I64 && end != ABSENT_I64 && months != ABSENT_I64 &&
               scalar_add_months(end, -months) >= day;
    }
    case FUNCTION_HOLDS_ON:
        return compare_is_over(course, frame, OP_LESS_EQUAL, child[0], child[2]) ||
               compare_is_over(course, frame, OP_LESS_EQUAL, child[2], child[1]);
    default:
        return false;
    }
}

static bool is_over(struct course *course, const struct frame *frame, const struct expr *expr);

static bool has_is_over(struct course *course, const struct frame *frame, const struct expr *expr)
{
    struct walk_rows range;
    if (expr->aggregate != AGGREGATE_HAS || !frame ||
        !walk_range(&course->walk, frame, expr, &range))
        return false;
    bool over = true;
    for (int32_t i = range.first; i < range.end && over; i++) {
        struct frame row = {expr->table, range.rows ? range.rows[i] : i, frame};
        over = expr->where && is_over(course, &row, expr->where);
    }
    return over;
}

static bool define_is_over(struct course *course, const struct frame *frame,
                           const struct expr *expr)
{
    const struct define *define = course->plan->policy->statements[expr->statement].as.define;
    struct frame reached = {0};
    if (!define->value)
        return false;
    if (define->subject >= 0) {
        reached.row = walk_reach(&course->walk, frame, expr->scope, expr->up, expr->through,
                                 &reached.table);
        if (reached.row < 0)
            return false;
    }
    return is_over(course, define->subject >= 0 ? &reached : NULL, define->value);
}

/* Days are compared first: that costs little and ends most rows. */
static bool and_is_over(struct course *course, const struct frame *frame, const struct expr *expr)
{
    bool over = false;
    for (int32_t pass = 0; pass < 2 && !over; pass++) {
        for (int32_t i = 0; i < expr->child_count && !over; i++) {
            const struct expr *child = expr->children[i];
            bool is_cheap = child->kind == EXPR_CALL || child->kind == EXPR_COMPARE;
            over = is_cheap == (pass == 0) && moves(course->plan, child) &&
                   is_over(course, frame, child);
        }
        if (pass == 0 && !over)
            over = is_decided_for_good(course, frame, expr, 0);
    }
    return over;
}

static bool or_is_over(struct course *course, const struct frame *frame, const struct expr *expr)
{
    bool over = true;
    for (int32_t i = 0; i < expr->child_count && over; i++)
        over = is_over(course, frame, expr->children[i]);
    return over;
}

/* Whether a condition is false on the day and on every later one, as far as that is seen without
 * asking when: most people have nothing that a rule looks for, or had it long ago. */
static bool is_over(struct course *course, const struct frame *frame, const struct expr *expr)
{
    if (!moves(course->plan, expr))
        return walk_value(&course->walk, frame, expr) == 0;
    switch (expr->kind) {
    case EXPR_AND:
        return and_is_over(course, frame, expr);
    case EXPR_OR:
        return or_is_over(course, frame, expr);
    case EXPR_COMPARE:
        return compare_is_over(course, frame, expr->op, expr->children[0], expr->children[1]);
    case EXPR_CALL:
        return call_is_over(course, frame, expr);
    case EXPR_AGGREGATE:
        return has_is_over(course, frame, expr);
    case EXPR_DEFINE:
        return define_is_over(course, frame, expr);
    default:
        return false;
    }
}

/* ---- a rule ---- */

struct subject_course {
    struct course course;
    const struct rule *rule;
    int32_t subject_row;
    int32_t basis_table;
    bool on_basis;  /* the condition on the subject is read on each basis row's own day */
    bool day_moves; /* the day that places a decision in the windows of clauses */
};

static int32_t on_row(struct course *course, int32_t table, int32_t row, const struct expr *expr)
{
    struct frame frame = {table, row, NULL};
    return expr ? value_next_day(course, &frame, expr) : NEVER;
}

static int64_t holds_on_row(struct course *course, int32_t table, int32_t row,
                            const struct expr *expr)
{
    struct frame frame = {table, row, NULL};
    return expr ? walk_value(&course->walk, &frame, expr) : 1;
}

static void take_anchor(struct course *course, const struct expr *anchor, int32_t table,
                        int32_t row)
{
    course->walk.anchor_day = course->walk.moment.as_of_day;
    course->anchor_is_as_of =
        !anchor || (anchor->kind == EXPR_CONTEXT && anchor->context == CONTEXT_AS_OF);
    course->anchor_next_day = NEVER;
    if (course->anchor_is_as_of)
        return;
    struct frame frame = {table, row, NULL};
    course->walk.anchor_day = walk_value(&course->walk, &frame, anchor);
    course->anchor_next_day = value_next_day(course, &frame, anchor);
}

static bool in_force_on(const struct policy *policy, int32_t statement, int32_t day)
{
    return statement_holds_on(policy, &policy->statements[statement], day);
}

/* What overrides the rule on a basis row: how long that stays, and whose amount counts. */
static int32_t override_next_day(struct subject_course *subject, int32_t basis_row,
                                 const struct rule **ret_amounts)
{
    struct course *course = &subject->course;
    const struct policy *policy = course->plan->policy;
    int32_t next = NEVER;
    *ret_amounts = subject->rule;
    FOR_GROUP(policy, GROUP_OVERRIDES, s) {
        const struct statement *statement = &policy->statements[s];
        if (statement->as.rule->base != course->statement ||
            !in_force_on(policy, s, course->walk.moment.as_of_day))
            continue;
        const struct rule *other = statement->as.rule;
        struct parts parts = {.deciding = 0, .first_day = NEVER};
        int64_t who = holds_on_row(course, subject->rule->subject, subject->subject_row,
                                   other->where);
        int64_t which = holds_on_row(course, subject->basis_table, basis_row, other->each_where);
        parts_add(&parts, who,
                  on_row(course, subject->rule->subject, subject->subject_row, other->where));
        parts_add(&parts, which,
                  on_row(course, subject->basis_table, basis_row, other->each_where));
        next = least(next, parts_next_day(&parts));
        if (truth_and(who, which) != 1)
            continue;
        *ret_amounts = statement->kind == STATEMENT_EXCEPTION ? other : NULL;
        break;
    }
    return next;
}

static int32_t order_next_day(struct subject_course *subject, int32_t basis_row,
                              const struct order_key *order, int32_t order_count)
{
    int32_t next = NEVER;
    for (int32_t i = 0; i < order_count; i++)
        next = least(next,
                     on_row(&subject->course, subject->basis_table, basis_row, order[i].key));
    return next;
}

/* One basis row that the conditions do not refuse. */
static int32_t basis_next_day(struct subject_course *subject, int32_t basis_row)
{
    struct course *course = &subject->course;
    const struct rule *rule = subject->rule;
    const struct rule *amounts;
    int32_t next = override_next_day(subject, basis_row, &amounts);
    next = least(next, course->anchor_next_day);
    if (amounts)
        next = least(next, on_row(course, subject->basis_table, basis_row, amounts->amount));
    next = least(next, on_row(course, subject->basis_table, basis_row, rule->payee));
    next = least(next, order_next_day(subject, basis_row, rule->best_order,
                                      rule->best_order_count));
    for (int32_t i = 0; i < rule->distinct_count; i++)
        next = least(next, on_row(course, subject->basis_table, basis_row, rule->distinct[i]));
    return next;
}

static bool clause_has(const struct settlement_clause *clause, int32_t statement)
{
    for (int32_t i = 0; i < clause->rule_count; i++)
        if (clause->rules[i] == statement)
            return true;
    return false;
}

/* The day after the calendar period that as_of lies in: where a decision without an anchor of its
 * own goes over into the next window of a clause. */
static int32_t next_window_day(const struct course *course, enum period_kind kind,
                               int32_t period_years)
{
    if (kind == PERIOD_ONCE)
        return NEVER;
    enum period_kind by = kind == PERIOD_MONTH || period_years == 0 ? kind : PERIOD_YEAR;
    return calendar_period(by == PERIOD_MONTH ? PERIOD_MONTH : PERIOD_YEAR, 0, 0,
                           course->as_of_day)
               .moment.period_end_day + 1;
}

static int32_t clause_next_day(struct subject_course *subject,
                               const struct settlement_clause *clause)
{
    struct course *course = &subject->course;
    bool is_quota = clause->kind == SETTLEMENT_QUOTA;
    int32_t next = NEVER;
    if (subject->day_moves && is_quota && clause->quota.period_years > 0)
        next = next_window_day(course, PERIOD_YEARS, clause->quota.period_years);
    else if (subject->day_moves && !is_quota)
        next = next_window_day(course, clause->period, clause->period_years);
    if (clause->amount)
        next = least(next, on_row(course, subject->rule->subject, subject->subject_row,
                                  clause->amount));
    return next;
}

static int32_t settlement_next_day(struct subject_course *subject)
{
    struct course *course = &subject->course;
    const struct policy *policy = course->plan->policy;
    int32_t next = NEVER;
    if (subject->day_moves && subject->rule->quota.present && subject->rule->quota.period_years > 0)
        next = next_window_day(course, PERIOD_YEARS, subject->rule->quota.period_years);
    if (subject->day_moves && rule_has_budget(policy, course->statement))
        next = least(next, next_window_day(course, PERIOD_YEAR, 0));
    FOR_GROUP(policy, GROUP_SETTLES, s) {
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count; c++)
            if (clause_has(&settlement->clauses[c], course->statement))
                next = least(next, clause_next_day(subject, &settlement->clauses[c]));
    }
    return next;
}

static int32_t quota_next_day(struct subject_course *subject, int32_t basis_row,
                              const struct quota *quota)
{
    if (!quota->present && !quota->limit)
        return NEVER;
    int32_t next = order_next_day(subject, basis_row, quota->order, quota->order_count);
    return quota->limit ? least(next, value_next_day(&subject->course, NULL, quota->limit)) : next;
}

/* Places in quotas: keys and limits, read on the day itself whatever the rule's anchor. */
static int32_t quotas_next_day(struct subject_course *subject, int32_t basis_row)
{
    const struct policy *policy = subject->course.plan->policy;
    take_anchor(&subject->course, NULL, subject->basis_table, basis_row);
    int32_t next = quota_next_day(subject, basis_row, &subject->rule->quota);
    next = least(next, order_next_day(subject, basis_row, subject->rule->pay_order,
                                      subject->rule->pay_order_count));
    FOR_GROUP(policy, GROUP_SETTLES, s) {
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count; c++) {
            const struct settlement_clause *clause = &settlement->clauses[c];
            if (clause->kind == SETTLEMENT_QUOTA &&
                clause->rules[0] == subject->course.statement)
                next = least(next, quota_next_day(subject, basis_row, &clause->quota));
            for (int32_t k = 0; clause->keys && k < clause->rule_count; k++)
                if (clause->rules[k] == subject->course.statement)
                    next = least(next, on_row(&subject->course, subject->basis_table, basis_row,
                                              clause->keys[k]));
        }
    }
    return next;
}

static int32_t rows_next_day(struct subject_course *subject, bool *ret_has_any)
{
    struct course *course = &subject->course;
    const struct rule *rule = subject->rule;
    const struct table_columns *basis = &course->walk.world->tables[subject->basis_table];
    bool each = rule->each >= 0;
    int32_t first = each ? basis->first_row[subject->subject_row] : subject->subject_row;
    int32_t end = each ? basis->first_row[subject->subject_row + 1] : first + 1;
    int32_t next = NEVER;
    for (int32_t row = first; row < end; row++) {
        take_anchor(course, rule->anchor, subject->basis_table, row);
        if (subject->on_basis) {
            next = least(next, on_row(course, rule->subject, subject->subject_row, rule->where));
            if (holds_on_row(course, rule->subject, subject->subject_row, rule->where) == 0)
                continue;
        }
        next = least(next, on_row(course, subject->basis_table, row, rule->each_where));
        if (holds_on_row(course, subject->basis_table, row, rule->each_where) == 0)
            continue;
        next = least(next, basis_next_day(subject, row));
        next = least(next, quotas_next_day(subject, row));
        *ret_has_any = true;
    }
    return next;
}

/* The conditions of clauses that take back, on one row. */
static int32_t claws_next_day(struct subject_course *subject, int32_t basis_row)
{
    const struct policy *policy = subject->course.plan->policy;
    int32_t next = NEVER;
    FOR_GROUP(policy, GROUP_SETTLES, s) {
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count; c++) {
            const struct settlement_clause *clause = &settlement->clauses[c];
            for (int32_t k = 0; clause->kind == SETTLEMENT_CLAW_BACK && k < clause->rule_count;
                 k++)
                if (clause->rules[k] == subject->course.statement)
                    next = least(next, on_row(&subject->course, subject->basis_table, basis_row,
                                              clause->keys[k]));
        }
    }
    return next;
}

/* When something paid in any period may be taken back, or no longer. */
static int32_t claw_back_next_day(struct subject_course subject)
{
    struct course *course = &subject.course;
    const struct eval_request request = {.as_of_day = course->as_of_day, .since_day = ABSENT_I32};
    const struct table_columns *basis = &course->walk.world->tables[subject.basis_table];
    bool each = subject.rule->each >= 0;
    int32_t first = each ? basis->first_row[subject.subject_row] : subject.subject_row;
    int32_t end = each ? basis->first_row[subject.subject_row + 1] : first + 1;
    int32_t period_count = rule_period_count(course->plan->policy, course->statement, &request);
    int32_t next = NEVER;
    for (int32_t p = 0; p < period_count; p++) {
        struct rule_period period =
            rule_period_at(course->plan->policy, course->statement, &request, p);
        course->held = &period;
        course->walk.moment = moment_on(course, course->as_of_day);
        for (int32_t row = first; row < end; row++) {
            take_anchor(course, NULL, subject.basis_table, row);
            next = least(next, claws_next_day(&subject, row));
        }
    }
    return next;
}

/* Whether no row that the rule pays for counts any more, or none is there. */
static bool rows_are_over(struct subject_course *subject)
{
    const struct rule *rule = subject->rule;
    const struct table_columns *basis =
        &subject->course.walk.world->tables[subject->basis_table];
    if (rule->each < 0)
        return false;
    bool over = true;
    for (int32_t row = basis->first_row[subject->subject_row];
         row < basis->first_row[subject->subject_row + 1] && over; row++) {
        struct frame frame = {subject->basis_table, row, NULL};
        over = rule->each_where && is_over(&subject->course, &frame, rule->each_where);
    }
    return over;
}

/* Whether the rule finds nothing on the day and on any later one. What may be taken back was paid
 * in periods before. */
static bool subject_is_over(struct subject_course *subject)
{
    const struct rule *rule = subject->rule;
    struct frame frame = {rule->subject, subject->subject_row, NULL};
    if (rule->reaches_back)
        return false;
    take_anchor(&subject->course, NULL, rule->subject, subject->subject_row);
    return rows_are_over(subject) ||
           (rule->where && is_over(&subject->course, &frame, rule->where));
}

static bool has_no_rows(const struct world *world, const struct rule *rule, int32_t subject_row)
{
    if (rule->each < 0)
        return false;
    const int32_t *first_row = world->tables[rule->each].first_row;
    return first_row[subject_row] == first_row[subject_row + 1];
}

/* Whether the condition on the subject is false on any day. The parts asked read no day but that
 * on which the document comes into force, which is in every moment (least of all first periods). */
static bool never_holds(const struct next_change *plan, const struct world *world,
                        const struct document *document, const struct rule *rule,
                        int32_t subject_row)
{
    if (!rule->where || rule->where->kind != EXPR_AND)
        return false;
    struct course course = {
        .walk = {.policy = plan->policy, .world = world,
                 .moment = {document->in_force_day, document->ends_day, document->in_force_day}},
        .plan = plan};
    struct frame frame = {rule->subject, subject_row, NULL};
    return is_decided_for_good(&course, &frame, rule->where, 0);
}

int32_t next_change_day(const struct next_change *plan, const struct world *world,
                        int32_t statement, int32_t subject_row, int32_t as_of_day)
{
    const struct policy *policy = plan->policy;
    const struct document *document =
        &policy->documents[policy->statements[statement].document];
    if (as_of_day < document->in_force_day)
        return NEVER;
    const struct rule *rule = policy->statements[statement].as.rule;
    if (has_no_rows(world, rule, subject_row) ||
        (rule->reaches_back && never_holds(plan, world, document, rule, subject_row)))
        return NEVER;
    struct rule_period period = newest_period(policy, statement, as_of_day);
    struct subject_course subject = {
        .course = {.walk = {.policy = policy, .world = world, .moment = period.moment},
                   .plan = plan, .statement = statement, .as_of_day = as_of_day},
        .rule = rule,
        .subject_row = subject_row,
        .basis_table = rule->each >= 0 ? rule->each : rule->subject,
        .day_moves = rule->period == PERIOD_ONCE || (rule->anchor && moves(plan, rule->anchor)),
    };
    if (subject_is_over(&subject))
        return NEVER;
    subject.on_basis = rule_reads_on_basis(policy, rule);
    int32_t next = rule->reaches_back ? claw_back_next_day(subject) : NEVER;
    take_anchor(&subject.course, rule->each >= 0 ? NULL : rule->anchor, rule->subject, subject_row);
    if (!subject.on_basis)
        next = least(next, on_row(&subject.course, rule->subject, subject_row, rule->where));
    if (!subject.course.anchor_is_as_of)
        next = least(next, subject.course.anchor_next_day);
    if (!subject.on_basis &&
        holds_on_row(&subject.course, rule->subject, subject_row, rule->where) == 0)
        return next;
    bool has_any = false;
    next = least(next, rows_next_day(&subject, &has_any));
    if (!has_any)
        return next;
    bool goes_on = rule->period != PERIOD_ONCE &&
                   period.moment.period_end_day <
                       statement_ends_day(policy, &policy->statements[statement]);
    if (goes_on)
        next = least(next, period.moment.period_end_day + 1);
    take_anchor(&subject.course, NULL, rule->subject, subject_row); /* as clauses read it */
    return least(next, settlement_next_day(&subject));
}

int32_t next_change_of_decision(const struct policy *policy, int32_t statement, int32_t as_of_day)
{
    const struct rule *rule = policy->statements[statement].as.rule;
    if (rule->period == PERIOD_ONCE || rule->reaches_back)
        return NEVER;
    return year_first_day(day_year(as_of_day) + 1);
}

int32_t next_change_of_documents(const struct policy *policy, int32_t day)
{
    int32_t next = NEVER;
    for (int32_t i = 0; i < policy->document_count; i++) {
        const struct document *document = &policy->documents[i];
        next = least(next, boundary_after(day, document->in_force_day, document->ends_day));
    }
    for (int32_t s = 0; s < policy->statement_count; s++)
        if (policy->statements[s].repealed_by != 0 && policy->statements[s].repeal_day > day)
            next = least(next, policy->statements[s].repeal_day);
    return next;
}
