#include "policy/eval.h"

#include "base/day.h"
#include "policy/scalar.h"
#include "policy/settle.h"
#include "policy/walk.h"

static struct walk walk_over(const struct policy *policy, const struct world *world,
                             const struct reference_moment *moment)
{
    return (struct walk){.policy = policy, .world = world, .moment = *moment,
                         .anchor_day = moment->as_of_day};
}

static enum err overflow(const struct walk *walk, int32_t statement, struct fault *fault)
{
    if (!walk->overflowed)
        return ERR_OK;
    struct str name = walk->policy->statements[statement].name;
    return fault_set(fault, ERR_OVERFLOW, "%.*s: a number is out of range", STR_ARG(name));
}

/* A quotient keeps both parts: it stays exact until it is printed. */
static struct figure figure_of(struct walk *walk, const struct expr *value)
{
    bool is_quotient = value->kind == EXPR_ARITHMETIC && value->op == OP_DIVIDE;
    if (!is_quotient)
        return (struct figure){walk_value(walk, NULL, value), 1};
    int64_t numerator = walk_value(walk, NULL, value->children[0]);
    return (struct figure){numerator, walk_value(walk, NULL, value->children[1])};
}

enum err eval_indicator(const struct policy *policy, const struct world *world, int32_t statement,
                        int32_t period_start_day, int32_t as_of_day, struct figure *ret_figure,
                        struct fault *fault)
{
    struct reference_moment moment = {period_start_day, as_of_day, as_of_day};
    struct walk walk = walk_over(policy, world, &moment);
    struct figure figure = figure_of(&walk, policy->statements[statement].as.indicator->value);
    TRY(overflow(&walk, statement, fault));
    *ret_figure = figure;
    return ERR_OK;
}

/* ---- the rows behind a figure */

static bool has_rows(const struct expr *part)
{
    return part->kind == EXPR_AGGREGATE && part->up < 0 &&
           (part->aggregate == AGGREGATE_COUNT || part->aggregate == AGGREGATE_SUM);
}

struct telling {
    struct walk walk;
    eval_on_counted *on_counted;
    void *context;
};

static enum err tell_rows(struct telling *telling, const struct expr *part, int32_t index,
                          struct fault *fault)
{
    struct walk *walk = &telling->walk;
    int32_t row_count = walk->world->tables[part->table].row_count;
    for (int32_t row = 0; row < row_count; row++) {
        struct frame frame = {part->table, row, NULL};
        if (part->where && walk_value(walk, &frame, part->where) != 1)
            continue;
        int64_t value = part->aggregated ? walk_value(walk, &frame, part->aggregated) : 1;
        if (value == ABSENT_I64)
            continue;
        struct counted_row counted = {index, part->table, row, value};
        TRY(telling->on_counted(telling->context, &counted, fault));
    }
    return ERR_OK;
}

enum err eval_indicator_rows(const struct policy *policy, const struct world *world,
                             int32_t statement, const struct figure_period *period,
                             eval_on_counted *on_counted, void *context, bool *ret_has_rows,
                             struct fault *fault)
{
    const struct expr *value = policy->statements[statement].as.indicator->value;
    bool is_quotient = value->kind == EXPR_ARITHMETIC && value->op == OP_DIVIDE;
    const struct expr *parts[2] = {is_quotient ? value->children[0] : value,
                                   is_quotient ? value->children[1] : NULL};
    *ret_has_rows = has_rows(parts[0]) && (!parts[1] || has_rows(parts[1]));
    if (!*ret_has_rows)
        return ERR_OK;
    struct reference_moment moment = {period->start_day, period->end_day, period->as_of_day};
    struct telling telling = {.walk = walk_over(policy, world, &moment),
                              .on_counted = on_counted,
                              .context = context};
    for (int32_t p = 0; p < 2 && parts[p]; p++)
        TRY(tell_rows(&telling, parts[p], p, fault));
    return overflow(&telling.walk, statement, fault);
}

static struct reference_moment target_moment(const struct document *document,
                                             const struct target *target, int32_t as_of_day)
{
    struct reference_moment moment = {DAY_MIN, DAY_MAX, as_of_day};
    int32_t in_force_year = day_year(document->in_force_day);
    switch (target->period) {
    case TARGET_BY:
        if (target->from_day != ABSENT_I32)
            moment.period_start_day = target->from_day;
        moment.period_end_day = target->to_day;
        break;
    case TARGET_PER_YEAR:
        moment = calendar_period(PERIOD_YEAR, 1, in_force_year, as_of_day).moment;
        break;
    case TARGET_PER_YEARS:
        moment =
            calendar_period(PERIOD_YEARS, target->period_years, in_force_year, as_of_day).moment;
        break;
    case TARGET_CUMULATIVE: {
        /* Spans of so many years, one after the other, from the day the document is in force. */
        int32_t from = target->from_day != ABSENT_I32 ? target->from_day : document->in_force_day;
        int32_t months = 12 * (target->period_years > 0 ? target->period_years : 1);
        int32_t past = as_of_day > from ? day_months_between(from, as_of_day) / months : 0;
        moment.period_start_day = day_add_months(from, past * months);
        moment.period_end_day = day_add_months(from, (past + 1) * months) - 1;
        break;
    }
    }
    moment.as_of_day = as_of_day < moment.period_end_day ? as_of_day : moment.period_end_day;
    return moment;
}

/* Actual value in the unit of the plan: a rate in millionths. */
static int64_t comparable(const struct figure *figure, bool is_rate)
{
    bool unknown = figure->numerator == ABSENT_I64 || figure->denominator == ABSENT_I64 ||
                   figure->denominator == 0;
    if (unknown)
        return 0;
    if (!is_rate)
        return figure->numerator / figure->denominator;
    __extension__ typedef __int128 wide;
    return (int64_t)((wide)figure->numerator * RATE_ONE / figure->denominator);
}

static bool target_met(enum target_op op, int64_t actual, int64_t planned)
{
    switch (op) {
    case TARGET_AT_LEAST:
    case TARGET_ABOUT: /* a plan figure: nobody is blamed for more */
    case TARGET_FULL:
        return actual >= planned;
    case TARGET_AT_MOST:
        return actual <= planned;
    case TARGET_EQUAL:
        return actual == planned;
    }
    return false;
}

void target_judge(const struct policy *policy, struct figure actual, struct target_state *state)
{
    const struct target *target = policy->statements[state->statement].as.target;
    const struct indicator *indicator = policy->statements[target->indicator].as.indicator;
    bool is_rate = indicator->unit == UNIT_RATE || actual.denominator != 1;
    int64_t reached = comparable(&actual, is_rate);
    state->actual = actual;
    state->met = state->planned != ABSENT_I64 && target_met(target->op, reached, state->planned);
    state->missing = state->met || state->planned == ABSENT_I64 ? 0 : state->planned - reached;
}

static enum err target_state_of(const struct policy *policy, const struct world *world,
                                int32_t statement, int32_t as_of_day, bool with_figure,
                                struct target_state *ret_state, struct fault *fault)
{
    const struct target *target = policy->statements[statement].as.target;
    const struct indicator *indicator = policy->statements[target->indicator].as.indicator;
    const struct document *document =
        &policy->documents[policy->statements[statement].document];
    struct reference_moment moment = target_moment(document, target, as_of_day);
    struct walk walk = walk_over(policy, world, &moment);
    struct target_state state = {.statement = statement,
                                 .actual = {ABSENT_I64, 1},
                                 .planned = RATE_ONE,
                                 .period_start_day = moment.period_start_day,
                                 .period_end_day = moment.period_end_day};
    if (target->value)
        state.planned = walk_value(&walk, NULL, target->value);
    if (with_figure)
        target_judge(policy, figure_of(&walk, indicator->value), &state);
    TRY(overflow(&walk, statement, fault));
    *ret_state = state;
    return ERR_OK;
}

/* A target outlives its document: it says what came of it. One that another document took away does
 * not. */
static bool is_target_on(const struct policy *policy, int32_t statement, int32_t as_of_day)
{
    const struct statement *target = &policy->statements[statement];
    return target->kind == STATEMENT_TARGET &&
           (target->repealed_by == 0 || as_of_day < target->repeal_day);
}

static enum err target_states(struct arena *arena, const struct policy *policy,
                              const struct world *world, int32_t as_of_day, bool with_figures,
                              struct target_state **ret_states, int32_t *ret_state_count,
                              struct fault *fault)
{
    int32_t count = 0;
    for (int32_t i = 0; i < policy->statement_count; i++)
        count += is_target_on(policy, i, as_of_day);
    struct target_state *states = ARENA_NEW_ARRAY(arena, struct target_state, (size_t)count);
    if (!states)
        return fault_set(fault, ERR_MEMORY, "no memory for the targets");
    count = 0;
    for (int32_t i = 0; i < policy->statement_count; i++)
        if (is_target_on(policy, i, as_of_day))
            TRY(target_state_of(policy, world, i, as_of_day, with_figures, &states[count++],
                                fault));
    *ret_states = states;
    *ret_state_count = count;
    return ERR_OK;
}

enum err eval_targets(struct arena *arena, const struct policy *policy, const struct world *world,
                      int32_t as_of_day, struct target_state **ret_states,
                      int32_t *ret_state_count, struct fault *fault)
{
    return target_states(arena, policy, world, as_of_day, true, ret_states, ret_state_count,
                         fault);
}

enum err eval_target_plans(struct arena *arena, const struct policy *policy,
                           const struct world *world, int32_t as_of_day,
                           struct target_state **ret_states, int32_t *ret_state_count,
                           struct fault *fault)
{
    return target_states(arena, policy, world, as_of_day, false, ret_states, ret_state_count,
                         fault);
}

struct duty_list {
    struct arena *arena;
    struct duty_state *rows;
    int32_t row_count, row_capacity;
};

static bool duty_add(struct duty_list *list, struct duty_state state)
{
    if (list->row_count == list->row_capacity) {
        int32_t capacity = list->row_capacity ? list->row_capacity * 2 : 64;
        struct duty_state *rows =
            ARENA_NEW_ARRAY(list->arena, struct duty_state, (size_t)capacity);
        if (!rows)
            return false;
        for (int32_t i = 0; i < list->row_count; i++)
            rows[i] = list->rows[i];
        list->rows = rows;
        list->row_capacity = capacity;
    }
    list->rows[list->row_count++] = state;
    return true;
}

static bool add_duty(struct walk *walk, int32_t statement, struct duty_list *list)
{
    const struct duty *duty = walk->policy->statements[statement].as.duty;
    for (int32_t row = 0; row < walk->world->tables[duty->subject].row_count; row++) {
        struct frame frame = {duty->subject, row, NULL};
        if (duty->where && walk_value(walk, &frame, duty->where) != 1)
            continue;
        struct duty_state state = {statement, row, walk_value(walk, &frame, duty->measure),
                                   walk_value(walk, &frame, duty->owed), false};
        state.met = scalar_compare(duty->op, state.done, state.owed) == 1;
        if (!duty_add(list, state))
            return false;
    }
    return true;
}

enum err eval_duties(struct arena *arena, const struct policy *policy, const struct world *world,
                     int32_t as_of_day, struct duty_state **ret_states, int32_t *ret_state_count,
                     struct fault *fault)
{
    struct duty_list list = {.arena = arena};
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        const struct document *document = &policy->documents[statement->document];
        if (statement->kind != STATEMENT_DUTY ||
            !statement_holds_on(policy, statement, as_of_day))
            continue;
        const struct duty *duty = statement->as.duty;
        struct reference_moment moment =
            calendar_period(duty->period, duty->period_years, day_year(document->in_force_day),
                            as_of_day).moment;
        struct walk walk = walk_over(policy, world, &moment);
        if (!add_duty(&walk, i, &list))
            return fault_set(fault, ERR_MEMORY, "no memory for the duties");
        TRY(overflow(&walk, i, fault));
    }
    *ret_states = list.rows;
    *ret_state_count = list.row_count;
    return ERR_OK;
}
