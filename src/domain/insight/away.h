/* away.h — one fact away: who lacks exactly one condition of a rule, which one, what it would cost.
 *
 * Each condition of the rule is left out once and the city is evaluated with the rest, by the same
 * program as a sweep: whoever is then granted, and was not before, lacks this condition alone. That
 * is one evaluation of one rule for each condition, whatever the number of people.
 *
 *   conditions are   those joined by AND, of the subject and of the record that is the basis, with
 *                    definitions of the same row taken apart; and each exclusion (不适用)
 *   of a record      "has certificate where A and B": who has one that lacks B alone is
 *                    counted under B, whoever has none that close under the whole
 *
 * A condition lacks when it is false or when a fact is missing (unknown_count). Quotas are left
 * aside: they say how many may have it, not who could. Amounts are after caps and exclusions, of
 * the periods that a sweep of the day evaluates, and of one condition met, not of all together.
 *
 * Memory   the report lives in the arena given
 * Errors   ERR_NOT_FOUND (no rule of that name), ERR_LIMIT, those of eval.h and of loading the city
 * Units    money in fen
 * Limits   AWAY_CONDITIONS_MAX conditions, AWAY_IDS_MAX subject numbers
 */
#ifndef BAIGONG_AWAY_H
#define BAIGONG_AWAY_H

#include "domain/insight/insight.h"

enum {
    AWAY_CONDITIONS_MAX = 96,   /* evaluations of one rule; the longest rule there is has 20 */
    AWAY_IDS_MAX = 4000000,     /* numbers kept for --ids: 32 MB */
};

enum away_kind {
    AWAY_CONDITION, /* of the subject, or of its basis record */
    AWAY_IN_RECORD, /* one condition of a record that the rule asks for */
    AWAY_EXCLUSION, /* the subject is excluded by a statement of its own */
};

struct away_share { /* of one division */
    int64_t code;   /* ABSENT_I64: not given */
    struct str name;
    int64_t subject_count, amount_fen;
};

struct away_condition {
    enum away_kind kind;
    struct str words;
    struct str within; /* AWAY_IN_RECORD: the collection the record is looked for in */
    int64_t subject_count, unknown_count;
    int64_t amount_fen, open_count; /* open_count: decisions whose amount is open */
    struct away_share *shares;      /* by code */
    int32_t share_count;
    int64_t *subject_ids; /* subject_count of them, when asked for */
};

struct away_report {
    int32_t statement;
    struct str rule, article;
    int32_t table; /* of the subjects */
    int32_t as_of_day;
    int64_t granted_count;  /* subjects that have it now, quotas aside */
    int64_t subject_count;  /* distinct subjects that are one fact away */
    bool has_quota;
    struct away_condition *conditions; /* those that somebody lacks alone, most people first */
    int32_t condition_count;
    int32_t looked_at_count; /* all conditions of the rule */
};

struct away_request {
    int32_t as_of_day;
    int64_t known_at_ms;
    enum policy_spelling spelling;
    bool with_ids;
};

enum err insight_away(struct work_env *env, const struct vocab *vocab,
                      const struct incentive_policy *policy, struct str rule_name,
                      const struct away_request *request, struct arena *arena,
                      struct away_report **ret_report, struct fault *fault);

/* The same over columns that are loaded already. */
enum err insight_away_in(const struct world *world, const struct policy *policy,
                         int32_t statement, const struct away_request *request,
                         struct arena *arena, struct away_report **ret_report,
                         struct fault *fault);

#endif
