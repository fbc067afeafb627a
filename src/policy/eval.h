/* eval.h — running a policy over the population: program, sweep, decisions, indicators.
 *
 * program_compile turns a checked policy into a flat, read-only table of vector operations over
 * columns; eval_run works it over blocks of up to 16,384 subjects on several threads, with the same
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
    /* Settlement clause that cut it (statement order), then funds that were spent; -1: none. */
    int16_t cut_by;
    uint8_t lane;
    bool quota_open;     /* eval_subject only: whether a quota reaches it is not decided */
    int32_t day;         /* places it in the windows of quotas and settlement clauses: its anchor's
                            day, or its period's first day (as_of for ONCE) */
};

/* The record that made a decision: the one the amount's aggregate chose (the highest, the first of
 * those that count), else the one the condition found, else the basis row. row -1: none. */
struct evidence {
    int32_t table, row;
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
     * MONTH rules, the current window for YEARS, everything since in force for ONCE and for rules
     * whose money may be taken back. */
    int32_t since_day;
    int32_t thread_count; /* 0: one for each core */
    enum eval_rights rights;
    const uint64_t *rules; /* rule set (below) to be evaluated; NULL: all */
    bool keep_evidence;    /* fill eval_result.evidence */
    bool without_budgets;  /* what is due, whether or not the funds can pay it */
};

/* A fund that could not pay all of a year. */
struct fund_shortage {
    int32_t statement; /* fund */
    int32_t year;
    int64_t budget_fen, due_fen, paid_fen;
    int64_t cut_count; /* decisions that are paid less or later than is due */
};

struct eval_result {
    struct decision *decisions; /* ordered by rule statement, period, subject row, basis row */
    int64_t decision_count;
    struct evidence *evidence;  /* one for each decision when asked for, else NULL */
    /* One for each rule statement (of request->rules, when given) in document order. */
    struct rule_total *totals;
    int32_t total_count;
    struct fund_shortage *shortages; /* in document order, then by year */
    int32_t shortage_count;
};

enum err program_compile(struct arena *arena, const struct policy *policy,
                         struct program **ret_program, struct fault *fault);
void program_print(struct text_buf *buf, const struct program *program); /* for people and diffs */

enum err eval_run(const struct program *program, const struct world *world,
                  const struct eval_request *request, struct eval_result **ret_result,
                  struct fault *fault);
void eval_result_free(struct eval_result *result);

/* Sets of rules: bit s % 64 of word s / 64 stands for statement s. The functions add to a set of
 * program_rule_words words. */
int32_t program_rule_words(const struct program *program);
static inline bool rule_set_has(const uint64_t *rules, int32_t statement)
{
    return (rules[statement / 64] >> (statement % 64) & 1) != 0;
}
static inline void rule_set_add(uint64_t *rules, int32_t statement)
{
    rules[statement / 64] |= UINT64_C(1) << (statement % 64);
}
/* Rules that read a field anywhere: in conditions, amounts, payees, orders, exceptions, quotas and
 * the settlement. field -1: rules that depend on which rows of the table there are. */
void program_rules_reading(const struct program *program, int32_t table, int32_t field,
                           uint64_t *rules);
/* Rules that stand in a settlement clause with a rule of the set, and those with these. */
void program_rules_settled_with(const struct program *program, uint64_t *rules);
/* Rules whose decision on one subject depends on other subjects: those with a quota, those settled
 * with them, and those that read a value over whole tables. */
void program_rules_shared(const struct program *program, uint64_t *rules);

/* One subject at a time, for whoever follows single facts. A session binds a program to a request
 * once; a call then costs microseconds. It serves one thread at a time.
 *
 * The world may change its cells between calls, or be another one (eval_session_world) of the same
 * vocabulary, as long as the values over whole tables (program_rules_shared) stay.
 *
 * Decisions of the subject are appended to the list in the order of eval_result, settled among
 * themselves. Quotas are not applied: a decision that one could reach, directly or through a
 * settlement clause, has quota_open set, and the caller runs these rules again with
 * eval_request.rules = program_rules_settled_with(these). rules NULL: those of the request; a set
 * is to be closed under program_rules_settled_with. Rights that the request wants counted only are
 * left out. */
struct eval_session;
struct decision_list {
    struct decision *rows;     /* free() these two when done */
    struct evidence *evidence; /* one for each row, when the request keeps it */
    int64_t row_count, row_capacity;
};
enum err eval_session_new(const struct program *program, const struct world *world,
                          const struct eval_request *request, struct eval_session **ret_session,
                          struct fault *fault);
void eval_session_free(struct eval_session *session); /* accepts NULL */
void eval_session_world(struct eval_session *session, const struct world *world);
enum err eval_subject(struct eval_session *session, int32_t table, int32_t subject_row,
                      const uint64_t *rules, struct decision_list *list, struct fault *fault);

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

/* The same without the figures: what is planned and for when. Whoever has the figure of a target
 * from elsewhere judges it with target_judge. */
enum err eval_target_plans(struct arena *arena, const struct policy *policy,
                           const struct world *world, int32_t as_of_day,
                           struct target_state **ret_states, int32_t *ret_state_count,
                           struct fault *fault);
void target_judge(const struct policy *policy, struct figure actual, struct target_state *state);

/* The rows behind a figure, in row order: each row that counts is told with what it adds. A
 * quotient has two parts, its rows and those of its denominator. Only counts and sums have rows of
 * their own: for any other figure nothing is told and *ret_has_rows is false. Divisions, lists of
 * names and series are made of this, so that they always come to the figure itself. */
struct figure_period {
    int32_t start_day, end_day, as_of_day; /* start_day DAY_MIN: a stock */
};
struct counted_row {
    int32_t part; /* 0: numerator, 1: denominator */
    int32_t table, row;
    int64_t value; /* 1, or the summand */
};
typedef enum err eval_on_counted(void *context, const struct counted_row *counted,
                                 struct fault *fault);
enum err eval_indicator_rows(const struct policy *policy, const struct world *world,
                             int32_t statement, const struct figure_period *period,
                             eval_on_counted *on_counted, void *context, bool *ret_has_rows,
                             struct fault *fault);

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
