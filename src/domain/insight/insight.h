/* insight.h — figures of the city: any indicator by any dimension, targets, duties.
 *
 * Each figure is computed from the facts as known at an instant; nothing is typed in by hand.
 *
 * Memory   results live in the arena given
 * Errors   ERR_POLICY with findings for a question that cannot be read; store errors
 * Units    figures in the indicator's own unit; a rate keeps numerator and denominator
 */
#ifndef BAIGONG_INSIGHT_H
#define BAIGONG_INSIGHT_H

#include "domain/incentive/incentive.h"

struct insight_request {
    int32_t as_of_day;
    int64_t known_at_ms;
    enum policy_spelling spelling; /* of the words of ask's answer */
    /* ask: only rows of persons and bodies in these divisions, inclusive. */
    bool within_divisions;
    int32_t division_min, division_max;
};

/* A table of words, ready to be shown: what `ask` answers. */
struct insight_table {
    const struct str *dimension_labels;
    int32_t dimension_count;
    struct insight_row {
        const struct str *keys; /* dimension_count words; "" printed for unknown is 未填 */
        struct figure figure;
    } *rows;
    int32_t row_count;
    struct type figure_type; /* TYPE_RATE: a quotient */
    /* Of all rows together, for counts and sums and their quotients; absent for the others. */
    bool has_total;
    struct figure total;
};

/* Answers "MEASURE by DIMENSION, ... where (CONDITION)" over the city. */
enum err insight_ask(struct work_env *env, const struct vocab *vocab,
                     const struct incentive_policy *policy, struct str question,
                     const struct insight_request *request, struct arena *arena,
                     struct insight_table *ret_table, struct findings *ret_findings,
                     struct fault *fault);

enum err insight_targets(struct work_env *env, const struct vocab *vocab,
                         const struct incentive_policy *policy,
                         const struct insight_request *request, struct arena *arena,
                         struct target_state **ret_states, int32_t *ret_state_count,
                         struct fault *fault);

/* Whether a statement is a duty that somebody of the registry owes. Those laid on claims of money
 * are the gate's: nobody owes them. */
bool insight_is_duty(const struct statement *statement);

/* How many holders owe each duty and how many meet it so far. */
struct insight_duty {
    int32_t statement;
    int64_t holder_count, met_count;
};
enum err insight_duties(struct work_env *env, const struct vocab *vocab,
                        const struct incentive_policy *policy,
                        const struct insight_request *request, struct arena *arena,
                        struct insight_duty **ret_duties, int32_t *ret_duty_count,
                        struct fault *fault);

/* A figure in words: 1,234 · 46.86% · 1,000元. */
void insight_print_figure(struct text_buf *buf, enum indicator_unit unit, struct figure figure);

#endif
