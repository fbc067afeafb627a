/* scalar.h — what one operation of the policy language means on single values (internal).
 *
 * The reference evaluator and the vector kernels both use these definitions of calendar arithmetic,
 * rates and look-ups, so that they can only differ in how they walk records and conditions.
 *
 * Memory   nothing is owned
 * Errors   arithmetic that leaves int64 sets *overflowed and gives ABSENT_I64
 * Units    as in ast.h; truth values are 0, 1 or ABSENT_I64
 */
#ifndef BAIGONG_SCALAR_H
#define BAIGONG_SCALAR_H

#include "policy/ast.h"
#include "policy/column.h"

#define RATE_ONE 1000000 /* a rate of 100 % */

int64_t scalar_month(int64_t day); /* calendar month number; days are clamped to the calendar's */
int64_t scalar_add_months(int64_t day, int64_t months); /* clamped to month end; DAY_NEVER stays */

static inline int64_t truth_and(int64_t a, int64_t b)
{
    if (a == 0 || b == 0)
        return 0;
    return a == ABSENT_I64 || b == ABSENT_I64 ? ABSENT_I64 : 1;
}

static inline int64_t truth_or(int64_t a, int64_t b)
{
    if (a == 1 || b == 1)
        return 1;
    return a == ABSENT_I64 || b == ABSENT_I64 ? ABSENT_I64 : 0;
}

static inline int64_t truth_not(int64_t a)
{
    return a == ABSENT_I64 ? ABSENT_I64 : !a;
}

int64_t scalar_compare(enum expr_op op, int64_t a, int64_t b);
int64_t scalar_arithmetic(const struct expr *expr, int64_t a, int64_t b, bool *overflowed);
/* args may hold absence. Functions of the period are composed of comparisons by the callers.
 * calendar NULL: Monday to Friday. */
int64_t scalar_function(const struct calendar *calendar, enum expr_function function,
                        const int64_t *args, int32_t arg_count, bool *overflowed);

/* Value of a parameter on a day; ABSENT_I64 before its first row or without the key. */
int64_t parameter_value(const struct parameter *parameter, int64_t key, int64_t day);
const struct parameter_row *parameter_row_on(const struct parameter *parameter, int64_t day);
/* Whether code stands in a register on a day: 0, 1, or absent when an argument is. */
int64_t register_holds(const struct policy *policy, const struct expr *expr, int64_t code,
                       int64_t day);
enum { TABLE_ROW_NONE = -1, TABLE_ROW_UNKNOWN = -2 };
/* The first row that holds. A row before it that might hold leaves the answer unknown. */
int32_t table_row(const struct table_statement *table, const int64_t *args);
int64_t table_value(const struct table_statement *table, const int64_t *args);
bool table_cell_is_any(const struct table_cell *cell);
int64_t table_cell_holds(const struct table_cell *cell, int64_t value); /* 1, 0 or ABSENT_I64 */

/* Number of different values among the first yes_count; absent when one of the maybe_count values
 * behind them is none of those. Orders the values. */
int64_t count_different(int64_t *values, int64_t yes_count, int64_t maybe_count);

#endif
