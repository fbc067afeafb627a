/* policy_tariff.h — the numbers of policy_workload.md, read from it for the hand-written rivals.
 *
 * The rivals know the shape of the eight rules and of the settlement; every amount, limit, share
 * and table comes from the document that the engine reads, so that a number changed in its text
 * changes all of them alike.
 *
 * Memory   plain values
 * Errors   ERR_NOT_FOUND: the document has no statement of that name or no value on the day
 * Units    money in fen, days as civil day numbers; births are the bounds that ages come to
 */
#ifndef BAIGONG_BENCH_POLICY_TARIFF_H
#define BAIGONG_BENCH_POLICY_TARIFF_H

#include "policy/policy.h"
#include "policy_town.h"

enum tariff_fund { FUND_TALENT, FUND_INSURANCE, FUND_EMPLOYMENT, FUND_CONTEST, FUND_COUNT };

/* RULE(name, statement of the document, fund) in the order of the workload. */
#define TARIFF_RULES(RULE)                                                                         \
    RULE(technician, "技师津贴", TALENT)                                                           \
    RULE(upgrade, "技能提升补贴", INSURANCE)                                                       \
    RULE(apprentice, "学徒补贴", EMPLOYMENT)                                                       \
    RULE(prize, "竞赛奖励", CONTEST)                                                               \
    RULE(title, "以赛授称号", TALENT)                                                              \
    RULE(promotion, "以赛晋级", EMPLOYMENT)                                                        \
    RULE(talent, "人才津贴", TALENT)                                                               \
    RULE(training, "培训补贴", EMPLOYMENT)

enum tariff_rule {
#define RULE(name, statement, fund) RULE_##name,
    TARIFF_RULES(RULE)
#undef RULE
    RULE_COUNT
};

extern const char *const tariff_rule_labels[RULE_COUNT];
extern const enum tariff_fund tariff_rule_funds[RULE_COUNT];
extern const char *const tariff_fund_labels[FUND_COUNT];

enum { LEVELS = 9, TIERS = 8, PLACES = 32, CLASSES = 6, BEST_MAX = 8 };

struct tariff {
    int32_t as_of_day, year_start_day;
    int32_t birth_last_adult;  /* old enough: born on or before it */
    int32_t birth_last_old;    /* too old: born on or before it */
    int32_t birth_last_senior; /* no longer young: born on or before it */
    int32_t insured_least, insured_long;
    int32_t apprentice_hours_least, training_hours_least;
    int32_t upgrade_best, training_best; /* so many a year */
    int32_t technician_fen[LEVELS], upgrade_fen[LEVELS], apprentice_fen[LEVELS];
    int32_t promotion_fen[LEVELS];
    int32_t prize_fen[TIERS][PLACES]; /* by tier and place; the last place stands for all behind */
    int8_t promoted_level[TIERS];
    int32_t class_fen[CLASSES]; /* 5 is class A, 1 class E, 0 none */
    int32_t title_fen, hour_fen[3], training_fen_max, together_fen_max;
    int64_t title_quota;
    uint8_t is_short[TOWN_OCCUPATIONS + 1], price_tier[TOWN_OCCUPATIONS + 1];
};

enum err tariff_read(const struct policy *policy, const struct vocab *vocab, int64_t people,
                     int32_t as_of_day, struct tariff *ret_tariff, struct fault *fault);

/* What a run comes to: persons with money from each rule and the money, and the money by region
 * and fund. The checksum is over person and rule: it can be said in SQL. */
struct outcome {
    int64_t person_count[RULE_COUNT];
    int64_t amount_fen[RULE_COUNT];
    int64_t region_fund_fen[TOWN_REGIONS + 1][FUND_COUNT];
    int64_t checksum;
};

struct cell { /* what one person gets from one rule: more than 0 */
    int32_t person_row, rule, amount_fen;
};

static inline int64_t outcome_checksum(int64_t person_row, int64_t rule, int64_t amount_fen)
{
    return amount_fen * ((person_row * RULE_COUNT + rule) * 7919 % 1000003);
}

static inline void outcome_add(struct outcome *outcome, const struct cell *cell, int32_t region)
{
    outcome->person_count[cell->rule]++;
    outcome->amount_fen[cell->rule] += cell->amount_fen;
    outcome->region_fund_fen[region][tariff_rule_funds[cell->rule]] += cell->amount_fen;
}

/* Says every difference but no more than a few; true when there is none. */
void outcome_join(struct outcome *sum, const struct outcome *part);
bool outcome_equal(const char *ours_name, const struct outcome *ours, const char *theirs_name,
                   const struct outcome *theirs);

/* The columns that the rules read, as typed pointers: what all rivals in C run over. They are the
 * world's own cells; a column that came out narrower in a small town is copied into its width. */
struct town_cells {
    int32_t person_count;
    const int32_t *employer;
    const int16_t *birth_day, *insured_months;
    const int8_t *region, *job, *titled;
    const int32_t *cert_first, *cert_owner;
    const int16_t *cert_issued, *cert_occupation;
    const int8_t *cert_level, *cert_kind;
    const int32_t *train_first, *train_owner;
    const int16_t *train_end, *train_hours, *train_occupation;
    const int8_t *train_form, *train_target, *train_passed;
    const int32_t *award_first, *award_owner;
    const int16_t *award_day, *award_occupation;
    const int8_t *award_tier, *award_place;
    const int32_t *paid_first;
    const int16_t *paid_occupation;
    const int8_t *paid_level;
    void *copies[32];
    int32_t copy_count;
};

void town_cells_of(const struct world *world, struct town_cells *ret_cells);
void town_cells_done(struct town_cells *cells);

#endif
