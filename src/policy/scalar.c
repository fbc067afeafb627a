#include "policy/scalar.h"

#include "base/day.h"

#include <stdlib.h>

__extension__ typedef __int128 wide; /* holds every product of two values */

static int64_t clamp(int64_t value, int64_t min, int64_t max)
{
    return value < min ? min : value > max ? max : value;
}

static int32_t calendar_day(int64_t day)
{
    return (int32_t)clamp(day, DAY_MIN, DAY_MAX);
}

int64_t scalar_month(int64_t day)
{
    return day_month(calendar_day(day));
}

int64_t scalar_add_months(int64_t day, int64_t months)
{
    const int64_t months_max = (int64_t)(DAY_MAX - DAY_MIN) / 28;
    if (day == DAY_NEVER)
        return DAY_NEVER;
    return day_add_months(calendar_day(day), (int32_t)clamp(months, -months_max, months_max));
}

int64_t scalar_compare(enum expr_op op, int64_t a, int64_t b)
{
    if (a == ABSENT_I64 || b == ABSENT_I64)
        return ABSENT_I64;
    switch (op) {
    case OP_EQUAL:
        return a == b;
    case OP_NOT_EQUAL:
        return a != b;
    case OP_LESS:
        return a < b;
    case OP_LESS_EQUAL:
        return a <= b;
    case OP_GREATER:
        return a > b;
    case OP_GREATER_EQUAL:
        return a >= b;
    default:
        check(!"a comparison");
    }
    return ABSENT_I64;
}

/* A rate counts in millionths: how often the product of the operands has to be divided by that. */
static bool product_is_scaled(const struct expr *expr)
{
    bool left = expr->children[0]->type.kind == TYPE_RATE;
    bool right = expr->children[1]->type.kind == TYPE_RATE;
    return (left && right) || ((left || right) && expr->type.kind != TYPE_RATE);
}

static int64_t narrow(wide value, bool *overflowed)
{
    if (value > INT64_MIN && value <= INT64_MAX)
        return (int64_t)value;
    *overflowed = true;
    return ABSENT_I64;
}

int64_t scalar_arithmetic(const struct expr *expr, int64_t a, int64_t b, bool *overflowed)
{
    if (a == ABSENT_I64 || b == ABSENT_I64)
        return ABSENT_I64;
    switch (expr->op) {
    case OP_ADD:
        return narrow((wide)a + b, overflowed);
    case OP_SUBTRACT:
        return narrow((wide)a - b, overflowed);
    case OP_MULTIPLY: {
        wide product = (wide)a * b;
        return narrow(product_is_scaled(expr) ? product / RATE_ONE : product, overflowed);
    }
    case OP_DIVIDE: {
        bool to_rate = expr->type.kind == TYPE_RATE && expr->children[0]->type.kind != TYPE_RATE;
        bool by_rate = expr->children[1]->type.kind == TYPE_RATE;
        return b == 0 ? ABSENT_I64
                      : narrow((wide)a * (to_rate || by_rate ? RATE_ONE : 1) / b, overflowed);
    }
    default:
        check(!"an arithmetic operation");
    }
    return ABSENT_I64;
}

static int64_t covered_months(const int64_t *args)
{
    int64_t from = args[0] > args[2] ? args[0] : args[2];
    int64_t to = args[1] < args[3] ? args[1] : args[3];
    return to >= from ? to - from + 1 : 0;
}

static int64_t add_working_days(const struct calendar *calendar, int64_t day, int64_t count)
{
    const int64_t count_max = (int64_t)DAY_MAX - DAY_MIN;
    if (day == DAY_NEVER)
        return DAY_NEVER;
    return calendar_add_working_days(calendar, calendar_day(day),
                                     (int32_t)clamp(count, -count_max, count_max), NULL);
}

int64_t scalar_function(const struct calendar *calendar, enum expr_function function,
                        const int64_t *args, int32_t arg_count, bool *overflowed)
{
    static const struct calendar weekdays;
    calendar = calendar ? calendar : &weekdays;
    for (int32_t i = 0; i < arg_count; i++)
        if (args[i] == ABSENT_I64)
            return ABSENT_I64;
    int64_t best = args[0];
    switch (function) {
    case FUNCTION_YEARS_BETWEEN:
        return day_years_between(calendar_day(args[0]), calendar_day(args[1]));
    case FUNCTION_MONTHS_BETWEEN:
        return day_months_between(calendar_day(args[0]), calendar_day(args[1]));
    case FUNCTION_DAYS_BETWEEN:
        return args[1] - args[0];
    case FUNCTION_ADD_MONTHS:
        return scalar_add_months(args[0], args[1]);
    case FUNCTION_ADD_DAYS:
        return args[0] == DAY_NEVER ? DAY_NEVER : narrow((wide)args[0] + args[1], overflowed);
    case FUNCTION_WORKING_DAYS_BETWEEN:
        return calendar_working_days_between(calendar, calendar_day(args[0]),
                                             calendar_day(args[1]), NULL);
    case FUNCTION_ADD_WORKING_DAYS:
        return add_working_days(calendar, args[0], args[1]);
    case FUNCTION_YEAR_OF:
        return scalar_month(args[0]) / 12;
    case FUNCTION_MONTH_OF:
        return scalar_month(args[0]);
    case FUNCTION_COVERED_MONTHS:
        return covered_months(args);
    case FUNCTION_LEAST:
        for (int32_t i = 1; i < arg_count; i++)
            best = args[i] < best ? args[i] : best;
        return best;
    case FUNCTION_GREATEST:
        for (int32_t i = 1; i < arg_count; i++)
            best = args[i] > best ? args[i] : best;
        return best;
    case FUNCTION_IN_PERIOD:
    case FUNCTION_IN_WINDOW:
    case FUNCTION_HOLDS_ON:
        break;
    }
    check(!"a function of values");
    return ABSENT_I64;
}

const struct parameter_row *parameter_row_on(const struct parameter *parameter, int64_t day)
{
    const struct parameter_row *found = NULL;
    for (int32_t i = 0; i < parameter->row_count && parameter->rows[i].from_day <= day; i++)
        found = &parameter->rows[i];
    return found;
}

int64_t parameter_value(const struct parameter *parameter, int64_t key, int64_t day)
{
    const struct parameter_row *row =
        day == ABSENT_I64 ? NULL : parameter_row_on(parameter, day);
    if (!row)
        return ABSENT_I64;
    if (!row->keys)
        return row->value_count > 0 ? row->values[0] : ABSENT_I64;
    for (int32_t i = 0; i < row->value_count; i++)
        if (row->keys[i] == key)
            return row->values[i];
    return ABSENT_I64;
}

static bool outside_holds(const struct catalogue_register *reg, int64_t code, int64_t day)
{
    int32_t low = 0;
    int32_t high = reg->row_count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (reg->rows[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < reg->row_count && reg->rows[low].code == code; low++)
        if (reg->rows[low].from_day <= day && day <= reg->rows[low].to_day)
            return true;
    return false;
}

int64_t register_holds(const struct policy *policy, const struct expr *expr, int64_t code,
                       int64_t day)
{
    if (code == ABSENT_I64 || day == ABSENT_I64)
        return ABSENT_I64;
    int32_t outside = expr->outside_register;
    if (outside < 0) {
        const struct register_statement *reg = policy->statements[expr->statement].as.reg;
        for (int32_t i = 0; i < reg->row_count; i++)
            if (reg->rows[i].code == code && reg->rows[i].from_day <= day &&
                day <= reg->rows[i].to_day)
                return 1;
        outside = reg->outside;
    }
    return outside >= 0 && outside_holds(&policy->vocab->registers[outside], code, day);
}

bool table_cell_is_any(const struct table_cell *cell)
{
    return !cell->members && cell->low == INT64_MIN + 1 && cell->high == INT64_MAX;
}

static int64_t cell_holds(const struct table_cell *cell, int64_t value)
{
    if (table_cell_is_any(cell))
        return 1;
    if (value == ABSENT_I64)
        return ABSENT_I64;
    if (!cell->members)
        return cell->low <= value && value <= cell->high;
    for (int32_t i = 0; i < cell->member_count; i++)
        if (cell->members[i] == value)
            return 1;
    return 0;
}

int64_t table_cell_holds(const struct table_cell *cell, int64_t value)
{
    return cell_holds(cell, value);
}

int32_t table_row(const struct table_statement *table, const int64_t *args)
{
    for (int32_t row = 0; row < table->row_count; row++) {
        int64_t holds = 1;
        for (int32_t i = 0; i < table->input_count; i++)
            holds = truth_and(holds, cell_holds(&table->cells[row * table->input_count + i],
                                                args[i]));
        if (holds != 0)
            return holds == 1 ? row : TABLE_ROW_UNKNOWN;
    }
    return TABLE_ROW_NONE;
}

int64_t table_value(const struct table_statement *table, const int64_t *args)
{
    int32_t row = table_row(table, args);
    if (row >= 0)
        return table->outputs[row];
    return row == TABLE_ROW_NONE && table->has_otherwise ? table->otherwise : ABSENT_I64;
}

static int compare_values(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

int64_t count_different(int64_t *values, int64_t yes_count, int64_t maybe_count)
{
    qsort(values, (size_t)yes_count, sizeof *values, compare_values);
    for (int64_t i = 0; i < maybe_count; i++)
        if (!bsearch(&values[yes_count + i], values, (size_t)yes_count, sizeof *values,
                     compare_values))
            return ABSENT_I64;
    int64_t count = 0;
    for (int64_t i = 0; i < yes_count; i++)
        count += i == 0 || values[i] != values[i - 1];
    return count;
}
