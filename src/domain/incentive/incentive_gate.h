/* incentive_gate.h — an entitlement as a claim that the gate can look at.
 *
 * Memory   texts of the entitlement and the policy are pointed at
 * Errors   ERR_SCHEMA: it names a record that this program lacks
 */
#ifndef BAIGONG_INCENTIVE_GATE_H
#define BAIGONG_INCENTIVE_GATE_H

#include "domain/gate/gate.h"
#include "domain/incentive/incentive.h"

/* The claim of an entitlement on a day. Who handles it, who handed it in and the evidence are the
 * caller's to add; body_id is set when an organisation is paid. The amount counts as filled in when
 * the rule leaves it open. */
enum err incentive_gate_claim(struct work *w, const struct policy *policy,
                              const struct entitlement *entitlement, int64_t claim_id,
                              int32_t claimed_day, struct gate_claim *ret_claim);

#endif
