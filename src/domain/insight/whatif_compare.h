/* whatif_compare.h — two evaluated policies side by side (internal to the files of whatif).
 *
 * Memory   reports and words in `arena`; what is only needed while comparing in `scratch`
 */
#ifndef BAIGONG_WHATIF_COMPARE_H
#define BAIGONG_WHATIF_COMPARE_H

#include "domain/insight/whatif.h"

enum { GROUP_SLOTS = 4096, GROUPS_MAX = 2048 }; /* months of ten years, divisions of a province */

struct side { /* one policy and what it says of the rule at hand */
    const struct incentive_policy *policy;
    const struct eval_result *result;
    int64_t next, end; /* decisions of the rule at hand */
    int32_t statement; /* of the rule at hand, or -1 */
};

struct subject_sum { /* how one subject's decisions differ */
    int64_t difference_fen;
    bool touched, won, lost;
};

struct comparison {
    const struct vocab *vocab;
    const struct world *world;
    const struct whatif_request *request;
    struct arena *arena, *scratch;
    struct whatif_report *report;
    int32_t *group_slots[WHATIF_BY_COUNT]; /* open hash by key: index + 1 */
    int32_t group_capacity[WHATIF_BY_COUNT];
    struct side base, draft;
    struct subject_sum *rule_sums;  /* of the rule at hand, by subject row; zero between rules */
    struct subject_sum **all_sums;  /* of all rules, by table and subject row; NULL: none yet */
    int32_t *touched_rows;          /* subject rows of rule_sums that are not zero */
    int32_t touched_count;
    struct whatif_candidate { /* parallel to report->cases */
        int32_t base_statement, draft_statement, subject_row;
    } candidates[WHATIF_CASES_MAX];
    bool failed; /* out of memory, or too many groups */
};

bool whatif_is_granted(const struct decision *decision); /* NULL: no */
int64_t whatif_known_fen(const struct decision *decision);
bool whatif_differs(const struct decision *base, const struct decision *draft);

/* The decisions of a rule in a result: [*ret_first, *ret_end). */
void whatif_range(const struct eval_result *result, int32_t statement, int64_t *ret_first,
                  int64_t *ret_end);
const struct rule_total *whatif_total(const struct eval_result *result, int32_t statement);
/* The rule of the same name in the document of the same number, or -1. */
int32_t whatif_counterpart(const struct policy *from, int32_t statement, const struct policy *to);

/* Compares two results; words of the cases are added by whatif_explain_cases. */
enum err whatif_compare(struct comparison *c, struct fault *fault);

/* Division of a row: its own or that of an owner above it; ABSENT_I64 when unknown. */
int64_t whatif_division(const struct comparison *c, int32_t table, int32_t row);
/* Division without the names of the divisions around it: 任城区. */
struct str whatif_division_name(const struct vocab *vocab, struct arena *arena, int64_t code,
                                enum policy_spelling spelling);

/* whatif_quota.c */
enum err whatif_quotas(struct comparison *c, struct fault *fault);

/* whatif_case.c: names, amounts and reasons of the cases kept. */
enum err whatif_explain_cases(struct comparison *c, struct work *w, struct fault *fault);

/* whatif_forward.c: what each fund pays by month. */
struct forward_run {
    const struct incentive_policy *policy;
    int64_t *month_fen; /* month_count rows of statement_count sums: what the month adds */
};
enum err forward_evaluate(const struct world *world, const struct whatif_request *request,
                          struct forward_run *run, struct arena *scratch, struct fault *fault);
int32_t forward_first_month(const struct whatif_request *request);
int32_t forward_month_count(const struct whatif_request *request);
enum err forward_report(const struct forward_run *base, const struct forward_run *draft,
                        const struct whatif_request *request, struct arena *arena,
                        struct whatif_report *report, struct fault *fault);

/* The request for eval_run: since when its periods count. */
struct eval_request whatif_eval_request(const struct whatif_request *request);

#endif
