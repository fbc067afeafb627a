/* explain.h — why this subject gets it, why that one not: each condition with the facts behind it.
 *
 * An explanation is a replay of one rule for one subject (and period): for every condition its
 * words as the document has them, its outcome, the facts and values read, the parameter values with
 * their dates, the article and the quoted phrases. For a refusal the condition that failed; for a
 * question the fewest facts that would settle it, by name.
 *
 * Memory   in the arena given
 * Errors   ERR_MEMORY, ERR_OVERFLOW
 * Limits   512 conditions of a rule, 24 facts of a condition, 64 missing facts
 */
#ifndef BAIGONG_EXPLAIN_H
#define BAIGONG_EXPLAIN_H

#include "policy/policy.h"
#include "policy/reference.h"

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN };

struct explain_fact {
    int32_t table, row, field; /* where the value was read */
    int64_t value;             /* ABSENT_I64: missing */
};

struct explain_step {
    const struct expr *condition; /* one conjunct of the rule */
    enum truth outcome;
    const struct explain_fact *facts;
    int32_t fact_count;
    int32_t row_in_count, row_out_count; /* rows before and after it; -1: not about rows */
    bool in_selection;                   /* one conjunct of the selection above it */
    int32_t depth;                       /* nesting, for printing */
    int32_t statement; /* whose condition it is: the rule, or what overrides it */
};

struct explanation {
    int32_t statement;
    int32_t table, subject_row, basis_row; /* basis_row -1 when no basis was found */
    struct reference_moment moment;
    int64_t anchor_day; /* day at which parameters and registers were read; ABSENT_I64: unknown */
    enum lane lane;
    int64_t amount_fen, gross_fen;
    int32_t payee_row;  /* organisation row, or -1: the subject itself */
    int32_t exception;  /* statement of the exception whose amount counts, or -1 */
    int16_t cut_by;     /* settlement clause that cut it (statement order), or -1 */
    bool quota_is_full; /* REFUSED although every condition holds: others stand before it */
    const struct explain_step *steps;
    int32_t step_count;
    /* ASK: the fewest facts that, when favourable, would have it granted */
    const struct explain_fact *missing;
    int32_t missing_count;
};

enum err explain_rule(struct arena *arena, const struct policy *policy, const struct world *world,
                      int32_t statement, int32_t subject_row, int32_t basis_row, int32_t period,
                      int32_t as_of_day, struct explanation **ret_explanation,
                      struct fault *fault);

/* The condition that a refusal comes down to; NULL when none failed (a quota, an amount of 0). */
const struct explain_step *explain_deciding_step(const struct policy *policy,
                                                 const struct explanation *explanation);

/* The same in pieces, for a page. Texts of several lines have a line feed behind each. */
struct explain_told {
    struct str condition, facts, parameters; /* a parameter is told where it is met first */
};
typedef struct str explain_name(void *context, int32_t table, int32_t row);
/* One for each step; NULL when memory is out. */
const struct explain_told *explain_tell(struct arena *arena, const struct policy *policy,
                                        const struct world *world,
                                        const struct explanation *explanation,
                                        enum policy_spelling spelling, explain_name *name_of,
                                        void *context);
/* Where the amount comes from: the amount, its parameters, what a settlement cut, who is paid. */
void explain_tell_amount(struct text_buf *buf, const struct policy *policy,
                         const struct world *world, const struct explanation *explanation,
                         enum policy_spelling spelling, explain_name *name_of, void *context);
/* The facts that would settle a question, a record's on one line. */
void explain_tell_missing(struct text_buf *buf, const struct policy *policy,
                          const struct world *world, const struct explanation *explanation,
                          enum policy_spelling spelling, explain_name *name_of, void *context);

/* Words. name_of gives the text of a row (a person's masked name, a body's name); may be NULL. */
void explain_print(struct text_buf *buf, const struct policy *policy, const struct world *world,
                   const struct explanation *explanation, enum policy_spelling spelling,
                   explain_name *name_of, void *context);
/* Why it is refused, in one sentence without its full stop. */
void explain_print_reason(struct text_buf *buf, const struct policy *policy,
                          const struct world *world, const struct explanation *explanation,
                          enum policy_spelling spelling, explain_name *name_of, void *context);

#endif
