/* settle.h — from candidates to decisions (internal): quotas, settlement, totals.
 *
 * A candidate is a decision before quotas and settlement. Both evaluators bring candidates as runs,
 * one for each rule and period, each ordered by subject and basis; what follows looks at candidates
 * only, never at the population. A run may stand in parts, each of them the candidates of a range
 * of subjects: clauses then work on one range at a time, on any thread.
 *
 * Memory   the caller owns runs and lists; a settler its tables (settler_done); a result its rows
 * Errors   ERR_MEMORY, ERR_OVERFLOW
 */
#ifndef BAIGONG_SETTLE_H
#define BAIGONG_SETTLE_H

#include "policy/rule_period.h"

bool statement_decides(const struct statement *statement); /* GRANT, CONFER, PROMOTE, ADMIT */

/* evidence may be NULL when the list keeps none. False when memory is out. */
bool decision_list_add(struct decision_list *list, const struct decision *decision,
                       const struct evidence *evidence);
void decision_list_done(struct decision_list *list);

/* Amount that best-of and higher-of compare by: an open one by its ceiling. */
static inline int64_t decision_rank_fen(const struct decision *decision)
{
    return decision->amount_fen == AMOUNT_IS_OPEN ? decision->gross_fen : decision->amount_fen;
}

struct rule_count { /* candidates counted instead of listed, in the order of their subjects */
    int64_t granted_count, ask_count, subject_count;
    int32_t subject_end; /* behind the last subject counted */
};

struct rule_run { /* one rule in one period, in the order of the result */
    int32_t statement;
    struct rule_period period;
    struct decision_list *parts;
    struct rule_count *counted; /* one for each part when nothing is listed, else NULL */
    int32_t part_count; /* the same ranges for all rules on one subject table */
};

/* Values of an order key of a rule's own quota on basis rows of a run; false: the reference is to
 * be asked. */
typedef bool quota_key_values(void *context, const struct rule_run *run, int32_t key,
                              const int32_t *basis_rows, int32_t count, int64_t *ret_values);

/* Whether a granted decision of a rule with a quota has a place: known by whoever keeps them. */
typedef bool quota_place(void *context, const struct decision *decision);

struct shortage_list {
    struct fund_shortage *rows;
    int32_t row_count, row_capacity;
};

struct settler {
    const struct policy *policy;
    const struct world *world;
    const struct rule_run *runs;
    int32_t run_count;
    struct settler_clause *clauses;
    int32_t clause_count;
    struct shortage_list *shortages; /* of budgets_apply */
    /* Set by the caller behind settler_make: */
    bool without_budgets;
    int32_t as_of_day;     /* the day asked for: what is taken back is judged on it */
    const uint64_t *rules; /* of the request: those that totals are made for; NULL: all */
    quota_key_values *key_values;
    quota_place *is_placed; /* NULL: places are given to the first of those who are there */
    void *context;
};

/* Room for the members of one group, reused from group to group. */
struct settle_scratch {
    struct settle_member *members;
    int64_t capacity;
    bool out_of_memory, overflowed;
};

/* Reads the statements; the parts of the runs are read by the calls below only. */
enum err settler_make(struct settler *settler, const struct policy *policy,
                      const struct world *world, const struct rule_run *runs, int32_t run_count,
                      struct fault *fault);
void settler_done(struct settler *settler);

/* First the clauses that no quota can reach, range by range (one part of the runs of the rules on a
 * subject table); then, once all ranges are there, the quotas and the clauses they reach. */
enum settle_which {
    SETTLE_CERTAIN, /* clauses that no quota can reach */
    SETTLE_GROUPS,  /* all clauses but quotas */
};
void settle_part(const struct settler *settler, enum settle_which which, int32_t table,
                 int32_t part, struct settle_scratch *scratch);
bool settler_has_quotas(const struct settler *settler);
void settle_quotas(const struct settler *settler, struct settle_scratch *scratch);
void settle_scratch_done(struct settle_scratch *scratch);

/* Whether a quota can reach a rule, directly or through clauses. */
bool settler_has_quota(const struct settler *settler, int32_t statement); /* of its own */
bool settler_waits_for_quota(const struct settler *settler, int32_t statement);

/* All of it for lists that stand whole, and the result. The list is ordered as a result; it stays
 * the caller's. */
enum err settle_candidates(const struct policy *policy, const struct world *world,
                           const struct eval_request *request, struct decision_list *list,
                           struct eval_result **ret_result, struct fault *fault);

/* The same for some of those who stand for a place, when it is known who has one. */
enum err settle_placed(const struct policy *policy, const struct world *world,
                       const struct eval_request *request, struct decision_list *list,
                       quota_place *is_placed, void *context, struct eval_result **ret_result,
                       struct fault *fault);

struct wide_total; /* sums beyond 64 bits, so that their order does not matter */

/* What is not refused moves from the runs into one array, range by range, and is added up. */
struct result_maker {
    const struct settler *settler;
    struct eval_result *result;
    int64_t *part_first; /* place in the result of each part of each run */
    int32_t *run_part;   /* where the parts of a run begin in part_first */
    int32_t *run_total;  /* index in result->totals of each run */
    struct wide_total *totals;
};

/* One for each thread. */
struct total_sums {
    struct wide_total *rows;
    uint64_t *seen; /* bits of the subjects of a part, for rules of several periods */
    int64_t seen_word_count;
};

enum err result_maker_make(struct result_maker *maker, const struct settler *settler,
                           bool keep_evidence, struct fault *fault);
void result_maker_done(struct result_maker *maker);
bool total_sums_make(struct total_sums *sums, const struct result_maker *maker);
void total_sums_done(struct total_sums *sums);
/* Moves one part of the rules on a table: subjects first_row .. first_row + row_count - 1. */
bool result_fill_part(const struct result_maker *maker, int32_t table, int32_t part,
                      int32_t first_row, int32_t row_count, struct total_sums *sums);
/* Adds one thread's sums. */
void result_add_sums(struct result_maker *maker, const struct total_sums *sums);
/* Hands the result over. */
enum err result_maker_finish(struct result_maker *maker, struct eval_result **ret_result,
                             struct fault *fault);

#endif
