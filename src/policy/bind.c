#include "policy/bind.h"

#include "policy/scalar.h"

/* A sample this large tells 1 % from 2 %, which is all that ordering needs. */
enum { SAMPLE_ROWS = 512 };

#define VALUE_MIN (INT64_MIN + 1)

static const struct op *op_at(const struct worker *w, int32_t op)
{
    return &w->program->ops[op];
}

static const struct column *cell_column(const struct worker *w, const struct bound *bound)
{
    const struct op *cell = op_at(w, bound->cell);
    return &w->world->tables[cell->table].columns[cell->field];
}

static const struct field_desc *cell_field(const struct worker *w, const struct bound *bound)
{
    const struct op *cell = op_at(w, bound->cell);
    return &w->world->vocab->records[cell->table].fields[cell->field];
}

/* Whether an operation reads one cell, of the row or of a row reached. */
static bool find_cell(const struct worker *w, int32_t op, struct bound *bound)
{
    const struct op *row = op_at(w, op);
    bound->reach = -1;
    if (row->code == OP_CODE_REACH) {
        bound->reach = op;
        op = row->a;
        row = op_at(w, op);
    }
    bound->cell = op;
    return row->code == OP_CODE_FIELD && row->field >= 0;
}

static struct cell_test range(int64_t low, int64_t high)
{
    return (struct cell_test){.low = low, .high = high};
}

/* x OP value as a range of x; at_least(value) is where x >= value begins. */
static struct cell_test compare_range(enum expr_op compare, int64_t value, int64_t next)
{
    switch (compare) {
    case OP_LESS:
        return range(VALUE_MIN, value - 1);
    case OP_LESS_EQUAL:
        return range(VALUE_MIN, next - 1);
    case OP_GREATER:
        return range(next, INT64_MAX);
    case OP_GREATER_EQUAL:
        return range(value, INT64_MAX);
    case OP_NOT_EQUAL: {
        struct cell_test test = range(value, next - 1);
        test.outside = true;
        return test;
    }
    default:
        return range(value, next - 1);
    }
}

static enum expr_op mirrored(enum expr_op compare)
{
    switch (compare) {
    case OP_LESS:
        return OP_GREATER;
    case OP_LESS_EQUAL:
        return OP_GREATER_EQUAL;
    case OP_GREATER:
        return OP_LESS;
    case OP_GREATER_EQUAL:
        return OP_LESS_EQUAL;
    default:
        return compare;
    }
}

/* A calendar function of one cell, everything else being constant: it only rises or only falls with
 * the cell, so that a comparison of its result is a range of the cell. */
struct monotone {
    enum expr_function function;
    int64_t args[2];
    int32_t arg_count;
    int32_t varying; /* which argument is the cell */
    bool falls;
};

static int64_t monotone_value(const struct monotone *m, int64_t cell)
{
    bool overflowed = false;
    int64_t args[2] = {m->args[0], m->args[1]};
    args[m->varying] = cell;
    int64_t value = scalar_function(m->function, args, m->arg_count, &overflowed);
    return m->falls ? -value : value;
}

static bool find_monotone(const struct worker *w, const struct op *call,
                          const struct bound *bounds, struct monotone *m, struct bound *bound)
{
    m->function = (enum expr_function)call->detail;
    m->arg_count = call->list_count;
    bool unary = m->function == FUNCTION_YEAR_OF || m->function == FUNCTION_MONTH_OF;
    bool between = m->function == FUNCTION_YEARS_BETWEEN ||
                   m->function == FUNCTION_MONTHS_BETWEEN || m->function == FUNCTION_DAYS_BETWEEN;
    bool adds = m->function == FUNCTION_ADD_MONTHS || m->function == FUNCTION_ADD_DAYS;
    if (!unary && !between && !adds)
        return false;
    const int32_t *list = w->program->list + call->list;
    m->varying = !unary && between && bounds[list[0]].kind == BOUND_VALUE;
    m->falls = between && m->varying == 0;
    for (int32_t i = 0; i < m->arg_count; i++) {
        if (i == m->varying)
            continue;
        if (bounds[list[i]].kind != BOUND_VALUE || bounds[list[i]].value == ABSENT_I64)
            return false;
        m->args[i] = bounds[list[i]].value;
    }
    return find_cell(w, list[m->varying], bound) && cell_field(w, bound)->type == FIELD_DAY;
}

/* Smallest day whose (rising) value is at least wanted; beyond the last when there is
 * none. */
static int64_t first_at_least(const struct monotone *m, int64_t wanted)
{
    int64_t low = (int64_t)INT32_MIN + 1;
    int64_t high = (int64_t)INT32_MAX + 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (monotone_value(m, middle) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool bind_monotone(const struct worker *w, const struct op *op, struct bound *bounds,
                          struct bound *bound)
{
    struct monotone m = {.args = {0, 0}};
    const struct op *call = op_at(w, op->a);
    int64_t value = bounds[op->b].value;
    bool fits = bounds[op->b].kind == BOUND_VALUE && value > -(INT64_C(1) << 60) &&
                value < INT64_C(1) << 60;
    if (!fits || call->code != OP_CODE_CALL || !find_monotone(w, call, bounds, &m, bound))
        return false;
    enum expr_op compare = (enum expr_op)op->detail;
    if (m.falls) {
        compare = mirrored(compare);
        value = -value;
    }
    bound->test =
        compare_range(compare, first_at_least(&m, value), first_at_least(&m, value + 1));
    return true;
}

static bool bind_compare(const struct worker *w, const struct op *op, struct bound *bounds,
                         struct bound *bound)
{
    const struct bound *left = &bounds[op->a];
    const struct bound *right = &bounds[op->b];
    bool from_left = left->kind == BOUND_VALUE;
    int64_t value = from_left ? left->value : right->value;
    if (!from_left && right->kind != BOUND_VALUE)
        return false;
    if (value == ABSENT_I64 || value == INT64_MAX)
        return false;
    if (!find_cell(w, from_left ? op->b : op->a, bound))
        return !from_left && bind_monotone(w, op, bounds, bound);
    enum expr_op compare = (enum expr_op)op->detail;
    bound->test = compare_range(from_left ? mirrored(compare) : compare, value, value + 1);
    return true;
}

static bool bind_in(const struct worker *w, const struct op *op, struct bound *bounds,
                    struct bound *bound)
{
    const int32_t *list = w->program->list + op->list;
    struct cell_test test = {.is_set = true};
    for (int32_t i = 1; i < op->list_count; i++) {
        const struct bound *member = &bounds[list[i]];
        if (member->kind != BOUND_VALUE || member->value < 0 || member->value > 63)
            return false;
        test.set |= UINT64_C(1) << member->value;
    }
    bound->test = test;
    return find_cell(w, list[0], bound);
}

static bool bind_within(const struct worker *w, const struct op *op, const struct bound *bounds,
                        struct bound *bound)
{
    const struct bound *outer = &bounds[op->b];
    const struct catalogue *catalogue =
        &w->world->vocab->catalogues[op->expr->children[0]->type.target];
    int64_t low, high;
    if (outer->kind != BOUND_VALUE ||
        !catalogue_range(catalogue, outer->value, &low, &high))
        return false;
    bound->test = range(low, high);
    return find_cell(w, op->a, bound);
}

static bool bind_not(const struct op *op, const struct bound *bounds, struct bound *bound)
{
    if (bounds[op->a].kind != BOUND_TEST || bounds[op->a].test.is_set)
        return false;
    *bound = bounds[op->a];
    bound->test.outside = !bound->test.outside;
    return true;
}

static bool bind_test(const struct worker *w, int32_t index, struct bound *bounds)
{
    const struct op *op = op_at(w, index);
    struct bound *bound = &bounds[index];
    switch (op->code) {
    case OP_CODE_FIELD:
    case OP_CODE_REACH: /* a yes/no cell stands for itself */
        bound->test = range(1, 1);
        return find_cell(w, index, bound);
    case OP_CODE_COMPARE:
        return bind_compare(w, op, bounds, bound);
    case OP_CODE_IN:
        return bind_in(w, op, bounds, bound);
    case OP_CODE_WITHIN:
        return bind_within(w, op, bounds, bound);
    case OP_CODE_NOT:
        return bind_not(op, bounds, bound);
    default:
        return false;
    }
}

static float pass_rate(const struct worker *w, const struct bound *bound)
{
    const struct op *cell = op_at(w, bound->cell);
    int32_t row_count = w->world->tables[cell->table].row_count;
    int32_t sample_count = row_count < SAMPLE_ROWS ? row_count : SAMPLE_ROWS;
    int32_t at[SAMPLE_ROWS] = {0};
    uint8_t keep[SAMPLE_ROWS] = {0};
    uint8_t unknown[SAMPLE_ROWS] = {0};
    int32_t passed = 0;
    if (row_count == 0)
        return 1.0F;
    for (int32_t i = 0; i < sample_count; i++) {
        at[i] = (int32_t)((int64_t)row_count * i / sample_count);
        keep[i] = 1;
    }
    kernel_test(cell_column(w, bound), &bound->test, 0, at, sample_count, keep, unknown);
    for (int32_t i = 0; i < sample_count; i++)
        passed += keep[i];
    return (float)passed / (float)sample_count;
}

/* Cells read for one row, roughly: an aggregate reads its condition on every child. */
static float own_cost(const struct worker *w, const struct op *op)
{
    switch (op->code) {
    case OP_CODE_FIELD:
        return 1;
    case OP_CODE_REACH:
        return 4;
    case OP_CODE_REGISTER:
    case OP_CODE_TABLE:
    case OP_CODE_CALL:
        return 12;
    case OP_CODE_AGGREGATE:
        return 8 + 2 * (float)w->world->tables[op->table].row_count /
                       (1 + (float)w->world->tables[0].row_count);
    default:
        return 2;
    }
}

static void set_rank(const struct worker *w, int32_t index, struct bound *bounds)
{
    const struct op *op = op_at(w, index);
    struct bound *bound = &bounds[index];
    float pass = 0.5F;
    bound->cost = own_cost(w, op);
    if (bound->kind == BOUND_VALUE) {
        bound->cost = 0;
    } else if (bound->kind == BOUND_TEST) {
        bound->cost = bound->reach >= 0 ? 4 : 1;
        pass = pass_rate(w, bound);
    } else {
        bound->cost += op->a >= 0 ? bounds[op->a].cost : 0;
        bound->cost += op->b >= 0 ? bounds[op->b].cost : 0;
        for (int32_t i = 0; i < op->list_count; i++)
            bound->cost += bounds[w->program->list[op->list + i]].cost;
    }
    bound->rank = bound->cost / (1.001F - pass);
}

void binding_make(struct worker *w, struct binding *binding)
{
    const struct rows one = {.table = -1, .count = 1};
    w->binding = binding;
    for (int32_t i = 0; i < w->program->op_count; i++) {
        struct bound *bound = &binding->bounds[i];
        *bound = (struct bound){.kind = BOUND_NONE, .cell = -1, .reach = -1};
        if (w->program->ops[i].is_constant) {
            int64_t value;
            vector_value(w, i, &one, &value);
            bound->kind = BOUND_VALUE;
            bound->value = value;
        } else if (bind_test(w, i, binding->bounds)) {
            bound->kind = BOUND_TEST;
        }
        set_rank(w, i, binding->bounds);
    }
}
