#include "policy/operate.h"

#include "policy/scalar.h"

#include <string.h>

/* Few rows are looked up one by one; many keys too. */
enum { ARGUMENTS_MAX = 256, KEYS_TRIED_MAX = 32, FEW_ROWS = 8 };

static int64_t *value_array(struct worker *w, int32_t count)
{
    return scratch(w, (size_t)count, sizeof(int64_t));
}

/* Sums, differences and products of plain numbers; false when a rate takes part. */
static bool combine(struct worker *w, const struct expr *expr, int32_t count, const int64_t *right,
                    int64_t *values)
{
    bool has_rate = expr->children[0]->type.kind == TYPE_RATE ||
                    expr->children[1]->type.kind == TYPE_RATE;
    if (expr->op == OP_DIVIDE || (expr->op == OP_MULTIPLY && has_rate))
        return false;
    bool overflowed = false;
    for (int32_t i = 0; i < count; i++) {
        int64_t made;
        bool beyond = expr->op == OP_ADD ? __builtin_add_overflow(values[i], right[i], &made)
                      : expr->op == OP_SUBTRACT
                          ? __builtin_sub_overflow(values[i], right[i], &made)
                          : __builtin_mul_overflow(values[i], right[i], &made);
        beyond |= made == INT64_MIN;
        bool known = values[i] != ABSENT_I64 && right[i] != ABSENT_I64;
        overflowed |= known && beyond;
        values[i] = known && !beyond ? made : ABSENT_I64;
    }
    w->overflowed |= overflowed;
    return true;
}

void operate_arithmetic(struct worker *w, const struct op *op, const struct rows *rows,
                        int64_t *values)
{
    int64_t *right = value_array(w, rows->count);
    vector_value(w, op->a, rows, values);
    vector_value(w, op->b, rows, right);
    if (combine(w, op->expr, rows->count, right, values))
        return;
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = scalar_arithmetic(op->expr, values[i], right[i], &w->overflowed);
}

void operate_in(struct worker *w, const struct op *op, const struct rows *rows, int64_t *values)
{
    const int32_t *list = w->program->list + op->list;
    int64_t *value = value_array(w, rows->count);
    int64_t *member = value_array(w, rows->count);
    vector_value(w, list[0], rows, value);
    memset(values, 0, (size_t)rows->count * sizeof *values);
    for (int32_t m = 1; m < op->list_count; m++) {
        vector_value(w, list[m], rows, member);
        for (int32_t i = 0; i < rows->count; i++)
            values[i] = truth_or(values[i], scalar_compare(OP_EQUAL, value[i], member[i]));
    }
}

void operate_within(struct worker *w, const struct op *op, const struct rows *rows, int64_t *values)
{
    int64_t *outer = value_array(w, rows->count);
    vector_value(w, op->a, rows, values);
    vector_value(w, op->b, rows, outer);
    const struct catalogue *catalogue =
        &w->world->vocab->catalogues[op->expr->children[0]->type.target];
    for (int32_t i = 0; i < rows->count; i++)
        if (values[i] != ABSENT_I64)
            values[i] = outer[i] == ABSENT_I64
                            ? ABSENT_I64
                            : catalogue_contains(catalogue, outer[i], values[i]);
}

void operate_register(struct worker *w, const struct op *op, const struct rows *rows,
                      int64_t *values)
{
    int64_t *day = value_array(w, rows->count);
    vector_value(w, op->a, rows, values);
    vector_value(w, op->b, rows, day);
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = register_holds(w->program->policy, op->expr, values[i], day[i]);
}

/* The row of one day for all keys: key after key, the first of equal ones last. */
static void look_up_keys(struct worker *w, const struct parameter_row *row, int32_t count,
                         int64_t *values)
{
    int64_t *keys = value_array(w, count);
    memcpy(keys, values, (size_t)count * sizeof *keys);
    values_fill(values, count, ABSENT_I64);
    for (int32_t k = row->value_count - 1; k >= 0; k--)
        values_replace(keys, row->keys[k], row->values[k], count, values);
}

void operate_parameter(struct worker *w, const struct op *op, const struct rows *rows,
                       int64_t *values)
{
    const struct parameter *parameter =
        w->program->policy->statements[op->statement].as.parameter;
    const struct bound *on = &w->binding->bounds[op->b];
    if (op->a >= 0)
        vector_value(w, op->a, rows, values);
    else
        memset(values, 0, (size_t)rows->count * sizeof *values);
    if (on->kind == BOUND_VALUE && on->value != ABSENT_I64) {
        const struct parameter_row *row = parameter_row_on(parameter, on->value);
        if (row && row->keys && row->value_count <= KEYS_TRIED_MAX) {
            look_up_keys(w, row, rows->count, values);
            return;
        }
    }
    int64_t *day = value_array(w, rows->count);
    vector_value(w, op->b, rows, day);
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = values[i] == ABSENT_I64 ? ABSENT_I64
                                            : parameter_value(parameter, values[i], day[i]);
}

/* Values of the operands, operand after operand. */
static int64_t *operands(struct worker *w, const struct op *op, const struct rows *rows)
{
    check(op->list_count <= ARGUMENTS_MAX);
    int64_t *values = value_array(w, rows->count * (op->list_count + 1));
    for (int32_t c = 0; c < op->list_count; c++)
        vector_value(w, w->program->list[op->list + c], rows,
                     values + (int64_t)c * rows->count);
    return values;
}

static void take_argument_row(const int64_t *arguments, int32_t argument_count, int32_t count,
                              int32_t i, int64_t *row)
{
    for (int32_t c = 0; c < argument_count; c++)
        row[c] = arguments[(int64_t)c * count + i];
}

/* Keeps the rows whose argument a cell of a table takes. */
static void keep_taken(const struct table_cell *cell, const int64_t *argument, int32_t count,
                       uint8_t *keep)
{
    if (!cell->members) {
        values_within(argument, cell->low, cell->high, count, keep);
        return;
    }
    for (int32_t i = 0; i < count; i++)
        keep[i] &= table_cell_holds(cell, argument[i]) == 1;
}

/* Rows without an absent argument, by one row of the table after the other; open ends as those
 * that have one. */
static void look_up_table(struct worker *w, const struct table_statement *table,
                          const int64_t *arguments, int32_t count, uint8_t *open, int64_t *values)
{
    uint8_t *here = scratch(w, (size_t)count, 1);
    int32_t input_count = table->input_count;
    for (int32_t r = 0; r < table->row_count; r++) {
        memcpy(here, open, (size_t)count);
        for (int32_t c = 0; c < input_count; c++)
            if (!table_cell_is_any(&table->cells[r * input_count + c]))
                keep_taken(&table->cells[r * input_count + c], arguments + (int64_t)c * count,
                           count, here);
        values_choose(here, table->outputs[r], count, values);
        bytes_and_not(open, open, here, count);
    }
}

void operate_table(struct worker *w, const struct op *op, const struct rows *rows, int64_t *values)
{
    const struct table_statement *table = w->program->policy->statements[op->statement].as.table;
    int32_t count = rows->count;
    int64_t *arguments = operands(w, op, rows);
    uint8_t *known = scratch(w, (size_t)count, 1);
    uint8_t *open = scratch(w, (size_t)count, 1);
    memset(known, count >= FEW_ROWS, (size_t)count);
    for (int32_t c = 0; c < op->list_count; c++)
        values_known(arguments + (int64_t)c * count, count, known);
    if (count >= FEW_ROWS) {
        memcpy(open, known, (size_t)count);
        values_fill(values, count, table->has_otherwise ? table->otherwise : ABSENT_I64);
        look_up_table(w, table, arguments, count, open, values);
    }
    int64_t row[ARGUMENTS_MAX];
    for (int32_t i = 0; i < count; i++) {
        if (known[i])
            continue;
        take_argument_row(arguments, op->list_count, count, i, row);
        values[i] = table_value(table, row);
    }
}

/* The least or greatest of the operands, which is absent when one of them is. */
static void choose_extreme(bool greatest, const int64_t *arguments, int32_t argument_count,
                           int32_t count, int64_t *values)
{
    memcpy(values, arguments, (size_t)count * sizeof *values);
    for (int32_t c = 1; c < argument_count; c++) {
        const int64_t *next = arguments + (int64_t)c * count;
        for (int32_t i = 0; i < count; i++) {
            bool better = greatest ? next[i] > values[i] : next[i] < values[i];
            bool absent = next[i] == ABSENT_I64 || values[i] == ABSENT_I64;
            values[i] = absent ? ABSENT_I64 : better ? next[i] : values[i];
        }
    }
}

void operate_call(struct worker *w, const struct op *op, const struct rows *rows, int64_t *values)
{
    const struct calendar *calendar = w->program->policy->vocab->calendar;
    enum expr_function function = (enum expr_function)op->detail;
    int64_t *arguments = operands(w, op, rows);
    if (function == FUNCTION_LEAST || function == FUNCTION_GREATEST) {
        choose_extreme(function == FUNCTION_GREATEST, arguments, op->list_count, rows->count,
                       values);
        return;
    }
    int64_t row[ARGUMENTS_MAX];
    for (int32_t i = 0; i < rows->count; i++) {
        take_argument_row(arguments, op->list_count, rows->count, i, row);
        values[i] = scalar_function(calendar, function, row, op->list_count, &w->overflowed);
    }
}

/* The value of one branch where it is taken. */
static void take_branch(struct worker *w, int32_t op, const struct rows *rows,
                        const uint8_t *taken, int64_t *values)
{
    const struct bound *bound = &w->binding->bounds[op];
    if (bound->kind == BOUND_VALUE) {
        values_choose(taken, bound->value, rows->count, values);
        return;
    }
    int64_t *branch = value_array(w, rows->count);
    vector_value(w, op, rows, branch);
    for (int32_t i = 0; i < rows->count; i++)
        values[i] ^= (values[i] ^ branch[i]) & -(int64_t)taken[i]; /* no branch on a mark */
}

/* What is known of a whole block is read from its bits. */
static bool take_masked(struct worker *w, int32_t op, const struct rows *rows, uint8_t *open,
                        uint8_t *taken)
{
    const struct bound *bound = &w->binding->bounds[op];
    int32_t base;
    if (bound->kind != BOUND_NONE || !bound->maskable || !rows->in_block)
        return false;
    const struct mask *mask = mask_for_rows(w, op, rows, &base);
    if (!mask)
        return false;
    for (int32_t i = 0; i < rows->count; i++) {
        uint8_t kept = bit_at(mask->keep, rows_row(rows, i) - base);
        taken[i] = kept & open[i];
        open[i] &= kept ^ 1;
    }
    for (int32_t i = 0; mask->unknown && i < rows->count; i++)
        taken[i] &= bit_at(mask->unknown, rows_row(rows, i) - base) ^ 1;
    return true;
}

void operate_condition(struct worker *w, int32_t op, const struct rows *rows, uint8_t *open,
                       uint8_t *taken)
{
    uint8_t *unknown = NULL;
    memset(taken, 1, (size_t)rows->count);
    if (vector_test(w, op, rows, taken, &unknown)) {
        bytes_and(taken, taken, open, rows->count);
        bytes_and_not(open, open, taken, rows->count);
        if (unknown)
            bytes_and_not(taken, taken, unknown, rows->count);
        return;
    }
    if (take_masked(w, op, rows, open, taken))
        return;
    int64_t *truth = value_array(w, rows->count);
    vector_value(w, op, rows, truth);
    for (int32_t i = 0; i < rows->count; i++) {
        taken[i] = open[i] & (truth[i] == 1);
        open[i] &= truth[i] == 0;
    }
}

/* The first condition that is not false decides; where it is unknown, so is the value. */
void operate_choose(struct worker *w, const struct op *op, const struct rows *rows,
                    int64_t *values)
{
    const int32_t *list = w->program->list + op->list;
    uint8_t *open = scratch(w, (size_t)rows->count, 1);
    uint8_t *taken = scratch(w, (size_t)rows->count, 1);
    memset(open, 1, (size_t)rows->count);
    values_fill(values, rows->count, ABSENT_I64);
    int32_t c = 0;
    for (; c + 1 < op->list_count; c += 2) {
        operate_condition(w, list[c], rows, open, taken);
        take_branch(w, list[c + 1], rows, taken, values);
    }
    if (c < op->list_count)
        take_branch(w, list[c], rows, open, values);
}
