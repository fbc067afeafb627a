/* case_gate.h — cases before the fraud gate: looked at when they are passed and again before
 * finance; what is held goes to a desk and stays there until a supervisor decided.
 *
 * Memory   results live in w->arena
 * Errors   those of gate.h
 */
#ifndef BAIGONG_CASE_GATE_H
#define BAIGONG_CASE_GATE_H

#include "domain/incentive/case.h"

/* Looks at the orders whose outcome is ERR_OK; those with findings become holds (CASE_DO_HOLD, to
 * be made by the program), with the number of findings in the case. */
enum err case_gate_check(struct work *w, const struct policy *policy, struct case_order *orders,
                         int32_t order_count, int32_t *ret_held_count);

/* Brings the number of findings of a case up to date. */
enum err case_gate_follow(struct work *w, const struct case_practice *practice, int64_t case_id,
                          int32_t *ret_moved_count);

#endif
