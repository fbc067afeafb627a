/* incentive_claim.h — what was found against what is stored (internal to the room): one entitlement
 * on either side is a claim, and merging brings the stored side in line.
 *
 * A changed or ended claim leaves its former version as it was and a difference beside it: what is
 * to be paid on top or given back.
 *
 * Memory   claims live in the caller's arena
 * Errors   ERR_STORE_CONFLICT when a version was changed meanwhile; store errors
 * Units    money in fen, *_ms in UTC milliseconds
 */
#ifndef BAIGONG_INCENTIVE_CLAIM_H
#define BAIGONG_INCENTIVE_CLAIM_H

#include "domain/incentive/incentive.h"

struct bulk;

/* An entitlement as it was found or as it is stored. */
struct claim {
    int64_t subject_id, basis_id;
    int32_t period;
    int32_t lane;
    int64_t amount_fen, gross_fen; /* ABSENT_I64 while open */
    int64_t payee_id;              /* ABSENT_I64: the subject */
    int64_t holder_id;
    int64_t id, known_ms; /* stored ones */
};

/* By subject, basis and period: the key inside one rule. */
int claim_key_compare(const void *left, const void *right);

/* The person or organisation that a row belongs to: its topmost owner. */
int64_t claim_holder(const struct world *world, int32_t table, int32_t row);
struct claim claim_of_decision(const struct world *world, const struct rule *rule,
                               const struct decision *decision);

/* The edition of a policy, stored with its documents when it is new. */
enum err claim_edition(struct work *w, const struct incentive_policy *policy,
                       int64_t *ret_edition_id);
/* A rule's id, given when it has none. */
enum err claim_rule_id(struct work *w, const struct policy *policy,
                       const struct statement *statement, int64_t *ret_rule_id);

struct claim_counts {
    int64_t new_count, changed_count, ended_count, unchanged_count;
};

/* One rule's two sides. */
struct claim_merge {
    const struct vocab *vocab;
    const struct rule *rule;
    int64_t rule_id, edition_id;
    int32_t as_of_day;
    int64_t known_at_ms;
    bool writes;          /* else it only counts */
    struct bulk *inserts; /* of entitlement_insert; NULL: row by row */
    struct claim_counts counts;
};

/* Both sides hold one claim for each key and are ordered by it. */
enum err claim_merge_sides(struct work *w, struct claim_merge *merge, struct claim *found,
                           int64_t found_count, struct claim *stored, int64_t stored_count);

#endif
