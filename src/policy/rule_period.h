/* rule_period.h — the periods a rule is evaluated in (internal), and the windows that quotas and
 * settlement clauses count in.
 *
 * Units    days as civil day numbers; keys as in decision.period
 */
#ifndef BAIGONG_RULE_PERIOD_H
#define BAIGONG_RULE_PERIOD_H

#include "policy/reference.h"

struct rule_period {
    int32_t key; /* decision.period */
    struct reference_moment moment;
};

int32_t rule_period_count(const struct policy *policy, int32_t statement,
                          const struct eval_request *request);
struct rule_period rule_period_at(const struct policy *policy, int32_t statement,
                                  const struct eval_request *request, int32_t index);
/* The period of a decision that has the key. */
struct rule_period rule_period_of(const struct policy *policy, int32_t statement, int32_t key,
                                  int32_t as_of_day);
/* Calendar period of a kind that a day lies in; years count in windows from year base_year. */
struct rule_period calendar_period(enum period_kind kind, int32_t period_years, int32_t base_year,
                                   int32_t day);

#endif
