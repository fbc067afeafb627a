/* reference.h — one subject at a time, in the most obvious way: the oracle for eval, and the engine
 * behind explanations and examples.
 *
 * It walks the typed expressions directly; three-valued (Kleene) for conditions.
 */
#ifndef BAIGONG_REFERENCE_H
#define BAIGONG_REFERENCE_H

#include "policy/eval.h"

struct reference_moment {
    int32_t period_start_day, period_end_day, as_of_day;
};

/* A rule with rows of its own and an anchor whose condition on the subject reads a parameter
 * or a register: it is read on each row's day, so the condition is met row by row. */
bool rule_reads_on_basis(const struct policy *policy, const struct rule *rule);

/* How many bases of a subject count in a period; INT64_MAX: all. */
int64_t rule_best_count(const struct policy *policy, const struct world *world,
                        const struct rule *rule, const struct reference_moment *moment);

/* Value of an expression on a row; ABSENT_I64 when unknown. */
int64_t reference_value(const struct policy *policy, const struct world *world,
                        const struct expr *expr, int32_t table, int32_t row,
                        const struct reference_moment *moment);

struct rule_run;

/* Candidates of a rule in a period for one subject; false when memory is out. */
bool reference_subject(const struct policy *policy, const struct world *world,
                       const struct rule_run *run, int32_t subject_row,
                       struct decision_list *list, bool *overflowed);

/* The whole run, decision for decision what eval_run must return. */
enum err reference_run(const struct policy *policy, const struct world *world,
                       const struct eval_request *request, struct eval_result **ret_result,
                       struct fault *fault);

#endif
