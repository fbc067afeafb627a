/* settle.h — from candidates to decisions (internal): periods of a rule, quotas, settlement,
 * totals.
 *
 * Both evaluators bring candidates ordered by rule, period, subject and basis; what follows looks
 * at candidates only, never at the population.
 *
 * Memory   a list owns its rows; a result takes them over
 * Errors   ERR_MEMORY, ERR_OVERFLOW
 */
#ifndef BAIGONG_SETTLE_H
#define BAIGONG_SETTLE_H

#include "policy/reference.h"

struct rule_period {
    int32_t key; /* decision.period */
    struct reference_moment moment;
};

bool statement_decides(const struct statement *statement); /* GRANT, CONFER, PROMOTE, ADMIT */
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

struct candidate {
    struct decision decision;
    int32_t day; /* places it in the windows of quotas and settlement clauses */
};

struct candidate_list {
    struct candidate *rows;
    int64_t row_count, row_capacity;
    /* Counted instead of listed: EVAL_RIGHTS_COUNTED. Subjects come in the order of their rows. */
    int64_t granted_count, ask_count, subject_count;
    int32_t subject_end; /* behind the last subject counted */
};

bool candidate_add(struct candidate_list *list, const struct candidate *candidate);

/* Amount that best-of and higher-of compare by: an open one by its ceiling. */
int64_t candidate_rank_fen(const struct candidate *candidate);

/* Applies quotas and settlement and makes the result; empties the list. */
enum err settle_candidates(const struct policy *policy, const struct world *world,
                           const struct eval_request *request, struct candidate_list *list,
                           struct eval_result **ret_result, struct fault *fault);

#endif
