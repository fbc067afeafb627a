/* eval.h — running a policy over the population: program, sweep, decisions, indicators.
 *
 * program_compile turns a checked policy into a flat, read-only table of vector operations over
 * columns; eval_run works it over blocks of about 2,048 subjects on several threads, with the same
 * result for any thread count. reference.h does the same for one subject in the most obvious way;
 * tests hold the two against each other.
 *
 * Decisions. A key is (rule, subject row, basis row, period). Only lanes GRANTED and ASK are
 * listed: a subject that is not listed is refused, and explain.h tells why. ASK means that a
 * condition is unknown and every other one holds or is unknown: the missing facts are named by
 * explain.h.
 *
 * Memory   a program lives in the arena given; a result owns its rows (eval_result_free)
 * Errors   ERR_MEMORY, ERR_LIMIT, ERR_OVERFLOW (an amount beyond int64)
 * Units    money in fen, days as civil day numbers
 */
#ifndef BAIGONG_EVAL_H
#define BAIGONG_EVAL_H

#include "policy/ast.h"
#include "policy/column.h"

struct program;

enum lane { LANE_REFUSED, LANE_ASK, LANE_GRANTED };

#define AMOUNT_IS_OPEN INT64_MIN /* granted, but the amount waits for its owner */

struct decision {
    int32_t statement;   /* rule */
    int32_t subject_row;
    int32_t basis_row;   /* row of the rule's each table; the subject's row when there is none */
    int32_t period;      /* PERIOD_MONTH: month number; YEAR, YEARS: first year; ONCE: 0 */
    int64_t amount_fen;  /* after settlement; AMOUNT_IS_OPEN; 0 for titles, levels and rights */
    int64_t gross_fen;   /* before settlement */
    int32_t payee_row;   /* organisation row, or -1: the subject itself */
    int32_t exception;   /* statement of the exception that changed it, or -1 */
    int16_t cut_by;      /* settlement clause that cut it (statement order), or -1 */
    uint8_t lane;
};

struct rule_total {
    int32_t statement;
    int64_t granted_count, ask_count; /* decisions */
    int64_t subject_count;            /* distinct subjects granted */
    int64_t amount_fen;               /* sum of the known amounts */
    int64_t open_count;               /* granted with an open amount */
    int64_t cut_fen;                  /* gross minus net */
};

/* Rights that are kept on no list (roster.h) are only counted when the caller wants no names. */
enum eval_rights { EVAL_RIGHTS_LISTED, EVAL_RIGHTS_COUNTED };

struct eval_request {
    int32_t as_of_day;
    /* Periods evaluated: those that begin on or after this day and on or before as_of_day (and the
     * document is in force in). ABSENT_I32: the first day of as_of_day's calendar year for YEAR and
     * MONTH rules, the current window for YEARS, everything since in force for ONCE. */
    int32_t since_day;
    int32_t thread_count; /* 0: one for each core */
    enum eval_rights rights;
};

struct eval_result {
    struct decision *decisions; /* ordered by rule statement, period, subject row, basis row */
    int64_t decision_count;
    struct rule_total *totals;  /* one for each rule statement in document order */
    int32_t total_count;
};

enum err program_compile(struct arena *arena, const struct policy *policy,
                         struct program **ret_program, struct fault *fault);
void program_print(struct text_buf *buf, const struct program *program); /* for people and diffs */

enum err eval_run(const struct program *program, const struct world *world,
                  const struct eval_request *request, struct eval_result **ret_result,
                  struct fault *fault);
void eval_result_free(struct eval_result *result);

/* Indicators and targets. A rate keeps numerator and denominator; denominator 1 otherwise. */
struct figure {
    int64_t numerator, denominator;
};
struct target_state {
    int32_t statement;        /* target */
    struct figure actual;
    int64_t planned;          /* in the indicator's unit; 1/1 000 000 for rates */
    int32_t period_start_day, period_end_day;
    bool met;                 /* so far */
    int64_t missing;          /* planned - actual, 0 when met */
};
enum err eval_indicator(const struct policy *policy, const struct world *world, int32_t statement,
                        int32_t period_start_day, int32_t as_of_day, struct figure *ret_figure,
                        struct fault *fault);
enum err eval_targets(struct arena *arena, const struct policy *policy, const struct world *world,
                      int32_t as_of_day, struct target_state **ret_states,
                      int32_t *ret_state_count, struct fault *fault);

/* Duties: one state for each holder that owes it, in the period that as_of_day lies in. */
struct duty_state {
    int32_t statement, subject_row;
    int64_t done, owed;
    bool met;
};
enum err eval_duties(struct arena *arena, const struct policy *policy, const struct world *world,
                     int32_t as_of_day, struct duty_state **ret_states, int32_t *ret_state_count,
                     struct fault *fault);

/* ask: one row for each combination of the dimensions that occurs, ordered by their values. */
struct ask_query; /* policy.h */
struct ask_row {
    const int64_t *keys; /* ABSENT_I64: unknown */
    struct figure figure;
};
enum err eval_ask(struct arena *arena, const struct policy *policy, const struct world *world,
                  const struct ask_query *query, int32_t as_of_day, struct ask_row **ret_rows,
                  int32_t *ret_row_count, struct fault *fault);

#endif
