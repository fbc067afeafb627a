/* whatif.h — a draft beside the policy in force, on the live city: what it costs, who wins.
 *
 * Both policies are evaluated over the same columns and compared decision by decision; a rule is
 * the same when the number of its document and its name are. Nothing is stored.
 *
 * Memory   the report lives in the arena given
 * Errors   those of eval.h and of loading the city
 * Units    money in fen; differences are draft minus base
 * Limits   WHATIF_CASES_MAX cases are kept, those that change most
 */
#ifndef BAIGONG_WHATIF_H
#define BAIGONG_WHATIF_H

#include "domain/insight/insight.h"

enum { WHATIF_CASES_MAX = 20 };

/* How the decisions of one group differ. */
struct whatif_change {
    int64_t base_fen, draft_fen;   /* sums of the known amounts */
    int64_t base_open, draft_open; /* granted with an open amount */
    int64_t won_count;             /* granted by the draft only */
    int64_t lost_count;            /* granted by the base only */
    int64_t more_count;            /* granted by both, more by the draft */
    int64_t less_count;
};

enum whatif_by { WHATIF_BY_RULE, WHATIF_BY_FUND, WHATIF_BY_PERIOD, WHATIF_BY_DIVISION,
                 WHATIF_BY_LEVEL, WHATIF_BY_COUNT };

struct whatif_group {
    int64_t key;     /* code of the division or level, period number; unused for rules and funds */
    struct str name; /* in words */
    struct str article; /* of a rule */
    struct whatif_change change;
};

struct whatif_case { /* one subject under one rule, all its decisions together */
    struct str rule;
    int32_t table;
    int64_t subject_id;
    int64_t base_fen, draft_fen;
    bool base_granted, draft_granted;
};

struct whatif_report {
    int32_t as_of_day;
    struct whatif_change total;
    struct whatif_group *groups[WHATIF_BY_COUNT]; /* only groups that differ, but all rules */
    int32_t group_counts[WHATIF_BY_COUNT];
    struct whatif_case cases[WHATIF_CASES_MAX];
    int32_t case_count;
};

enum err insight_whatif(struct work_env *env, const struct vocab *vocab,
                        const struct incentive_policy *base, const struct incentive_policy *draft,
                        const struct insight_request *request, struct arena *arena,
                        struct whatif_report **ret_report, struct fault *fault);

#endif
