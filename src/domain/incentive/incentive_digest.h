/* incentive_digest.h — a rule's current entitlements as one number, so that a sweep that finds them
 * unchanged does not read them (internal to the room).
 *
 * The digest of a set of claims is the sum of theirs: it does not depend on their order. It is kept
 * for the periods that the last sweep compared, written in the transaction that brought the rule in
 * line, and taken away in any transaction that changes an entitlement of the rule otherwise
 * (claim_merge_sides does). On PostgreSQL writers are serializable: of a sweep that relies on a
 * digest and a writer that takes it away one is run again.
 *
 * Memory   nothing kept
 * Errors   store errors
 */
#ifndef BAIGONG_INCENTIVE_DIGEST_H
#define BAIGONG_INCENTIVE_DIGEST_H

#include "domain/incentive/incentive_claim.h"

struct claim_digest {
    int64_t rule_id;
    int32_t period_min, period_max;
    int64_t claim_count;
    int64_t sum;
};

/* Digest of claims in any order; what claim_merge_sides compares is in it. */
struct claim_digest digest_of(int64_t rule_id, int32_t period_min, int32_t period_max,
                              const struct claim *claims, int64_t claim_count);

/* Whether the stored entitlements are known to have this digest. */
enum err digest_holds(struct work *w, const struct claim_digest *digest, bool *ret_holds);
enum err digest_keep(struct work *w, const struct claim_digest *digest);
enum err digest_forget(struct work *w, int64_t rule_id);

#endif
