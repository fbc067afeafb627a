/* next_change.h — until when an answer stays: the first day on which a rule can find something else
 * for a subject although no fact changes. Windows end, birthdays come, terms run out, parameters
 * and registers begin, months and years begin: each of these is found from the comparisons of days
 * that the rule's evaluation meets, so that a nightly run looks only at the subjects that are due.
 *
 * The day is a lower bound: never later than the true next change, at times earlier (a condition
 * may flip without the outcome changing). Documents that come into force or end change the answers
 * of everybody at once; next_change_of_documents tells these days apart.
 *
 * Memory   a plan lives in the arena given, beside the policy it points at
 * Errors   ERR_MEMORY
 * Units    civil day numbers
 */
#ifndef BAIGONG_NEXT_CHANGE_H
#define BAIGONG_NEXT_CHANGE_H

#include "policy/eval.h"

#define NEXT_CHANGE_NEVER INT32_MAX

struct next_change;

enum err next_change_plan(struct arena *arena, const struct policy *policy,
                          struct next_change **ret_plan, struct fault *fault);

/* For one rule and one subject row of a world: the first day after as_of_day on which an evaluation
 * as of that day may find what one as of as_of_day does not, or no longer finds what it found.
 * NEXT_CHANGE_NEVER while the rule's document is not in force yet. Rules that are settled together
 * may change with the first of them. */
int32_t next_change_day(const struct next_change *plan, const struct world *world,
                        int32_t statement, int32_t subject_row, int32_t as_of_day);

/* The day on which a decision of a rule is no longer looked at, because its year is over: what was
 * settled against it may change then. NEVER for rules that grant once. */
int32_t next_change_of_decision(const struct policy *policy, int32_t statement, int32_t as_of_day);

/* The first day after a day on which a document comes into force, or is no longer. */
int32_t next_change_of_documents(const struct policy *policy, int32_t day);

#endif
