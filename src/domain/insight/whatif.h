/* whatif.h — drafts beside the policy in force, on the live city: what they cost, who wins, why.
 *
 * All policies are evaluated over the same columns and compared decision by decision; a rule is
 * the same when the number of its document and its name are. Nothing is stored.
 *
 *   columns ─┬─ policy in force ─┬─ compared ─► report of draft A
 *            ├─ draft A ─────────┤
 *            └─ draft B ─────────┴─ compared ─► report of draft B
 *
 * Forward. With from_day the run covers every period from the first day of from_day's year up to
 * as_of_day, which may lie ahead: facts that end on a known day (a certificate, a term, an
 * employment) end there, and nothing new is invented. A period of several years that began before
 * is not counted. by_month also evaluates the end of every month; a month's cost is what it adds
 * to the sum, so that a later correction stands in the month in which it comes.
 *
 * Memory   reports live in the arena given; the columns are freed before it returns
 * Errors   ERR_LIMIT beyond WHATIF_MONTHS_MAX; those of eval.h and of loading the city
 * Units    money in fen; differences are draft minus base
 * Limits   WHATIF_CASES_MAX cases are kept, those that change most
 */
#ifndef BAIGONG_WHATIF_H
#define BAIGONG_WHATIF_H

#include "domain/insight/insight.h"
#include "policy/override.h"

enum {
    WHATIF_CASES_MAX = 20,
    WHATIF_REASONS_MAX = 6,  /* conditions shown of a case */
    WHATIF_DRAFTS_MAX = 4,   /* columns that a reader can still compare */
    WHATIF_MONTHS_MAX = 120, /* ten years: longer, and nobody believes it */
    WHATIF_BANDS_MAX = 11,
};

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
    int64_t key;     /* code of the division or level, period number, index of rule or fund */
    struct str name; /* in words */
    struct str article; /* of a rule */
    struct whatif_change change;
};

/* Distinct subjects of one table whose decisions differ in any rule. */
struct whatif_subjects {
    int32_t table;
    int64_t changed_count;
    int64_t won_count, lost_count;  /* gain or lose at least one entitlement; may be both */
    int64_t more_count, less_count; /* all rules together: a higher or a lower sum */
    int64_t more_fen, less_fen;     /* by how much, all of them together; neither is negative */
    struct whatif_band {            /* by the difference of the sum; low <= difference < high */
        int64_t low_fen, high_fen;  /* INT64_MIN, INT64_MAX: open; low = high = 0: no difference */
        int64_t count;
    } bands[WHATIF_BANDS_MAX];
    int32_t band_count;
};

struct whatif_reason { /* one condition that stands otherwise, in words */
    struct str condition;
    struct str base, draft; /* 是, 否, 不明; "" when that side does not have the condition */
};

struct whatif_case { /* one subject under one rule, all its decisions together */
    struct str rule;
    int32_t table;
    int64_t subject_id;
    struct str name; /* masked for people; may be "" */
    struct str division;
    int64_t base_fen, draft_fen;
    int32_t base_count, draft_count; /* decisions granted: months, certificates */
    bool base_granted, draft_granted;
    struct str why; /* one sentence without its full stop */
    struct whatif_reason reasons[WHATIF_REASONS_MAX];
    int32_t reason_count;
};

/* A quota that a rule has in either policy, in the window that as_of_day lies in. */
struct whatif_quota {
    struct str rule;
    int32_t window_year, window_years;  /* 0 years: one window for all time */
    int64_t base_limit, draft_limit;    /* ABSENT_I64: none */
    int64_t base_granted, draft_granted;
};

/* One fund, run forward. Index 0 of a pair is the base, 1 the draft. */
struct whatif_fund_year {
    int32_t year;
    int64_t budget_fen[2];  /* ABSENT_I64: the document gives none */
    int64_t carried_fen[2]; /* waits from the year before (queue) */
    int64_t need_fen[2];    /* falls due in the year, without what is carried */
    int64_t short_fen[2];   /* carried + need - budget when above 0 */
    int32_t dry_month[2];   /* month number in which the budget is used up; ABSENT_I32: not */
};
struct whatif_fund {
    struct str name, source;
    enum fund_short when_short[2];
    int64_t *month_fen[2]; /* month_count of the report */
    struct whatif_fund_year *years;
    int32_t year_count;
};

struct whatif_report {
    int32_t from_day, as_of_day; /* from_day ABSENT_I32: the scope of a sweep */
    struct whatif_change total;
    struct whatif_group *groups[WHATIF_BY_COUNT];
    int32_t group_counts[WHATIF_BY_COUNT];
    struct whatif_subjects *subjects; /* tables with a difference, people first */
    int32_t subjects_count;
    struct whatif_quota *quotas;
    int32_t quota_count;
    struct whatif_case cases[WHATIF_CASES_MAX];
    int32_t case_count;
    int32_t first_month, month_count; /* by_month: months of the funds' rows; 0 otherwise */
    struct whatif_fund *funds;        /* that pay or have a budget */
    int32_t fund_count;
};

struct whatif_request {
    int32_t as_of_day;
    int32_t from_day; /* ABSENT_I32: none */
    int64_t known_at_ms;
    bool by_month;
    enum policy_spelling spelling;
};

/* reports gets draft_count reports, each of a draft beside the base. */
enum err insight_whatif(struct work_env *env, const struct vocab *vocab,
                        const struct incentive_policy *base, const struct incentive_policy *drafts,
                        int32_t draft_count, const struct whatif_request *request,
                        struct arena *arena, struct whatif_report *ret_reports,
                        struct fault *fault);

bool whatif_changes(const struct whatif_change *change);

/* A parameter run through a row of values, each beside the base: what the draft would cost.
 *
 * When the parameter stands only in amounts, as a factor or a summand, two evaluations tell every
 * value (SWEEP_LINEAR): each decision's amount is a line through its two ends. Otherwise one
 * program is run for each value over the same columns. Both give what independent runs give. */
enum whatif_sweep_way { SWEEP_LINEAR, SWEEP_PROGRAMS };
struct whatif_sweep {
    enum whatif_sweep_way way;
    struct str parameter;
    struct whatif_sweep_row {
        int64_t value; /* in the parameter's unit */
        struct whatif_change change;
    } *rows;
    int32_t row_count;
};
enum err insight_whatif_sweep(struct work_env *env, const struct vocab *vocab,
                              const struct incentive_policy *base, struct policy *draft,
                              const struct policy_series *series,
                              const struct whatif_request *request, struct arena *arena,
                              struct whatif_sweep *ret_sweep, struct fault *fault);

#endif
