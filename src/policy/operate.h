/* operate.h — operations that combine values or look them up (internal): what vector.c runs for
 * arithmetic, lists, registers, parameters, tables, functions and choices.
 *
 * Memory   scratch of the worker; vector_value rewinds it
 */
#ifndef BAIGONG_OPERATE_H
#define BAIGONG_OPERATE_H

#include "policy/vector.h"

/* One value for each row. */
typedef void operate_op(struct worker *w, const struct op *op, const struct rows *rows,
                        int64_t *values);

operate_op operate_arithmetic, operate_in, operate_within, operate_register, operate_parameter,
    operate_table, operate_call, operate_choose;

/* taken: where a condition is true of what is open (bytes, one for each row); open stays where it
 * is false. */
void operate_condition(struct worker *w, int32_t op, const struct rows *rows, uint8_t *open,
                       uint8_t *taken);

#endif
