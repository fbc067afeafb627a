/* incentive_holder.h — all that one person or organisation was found entitled to.
 *
 * Memory   results live in w->arena
 * Errors   store errors
 * Limits   HOLDER_ENTITLEMENTS_MAX, the newest first
 */
#ifndef BAIGONG_INCENTIVE_HOLDER_H
#define BAIGONG_INCENTIVE_HOLDER_H

#include "domain/incentive/incentive.h"

enum { HOLDER_ENTITLEMENTS_MAX = 500 };

/* Current entitlements of a holder, newest period first. */
enum err incentive_of_holder(struct work *w, int64_t holder_id,
                             struct entitlement **ret_entitlements,
                             int32_t *ret_entitlement_count);

/* A person to look around with: one of the first who were found money, with a question open besides
 * where there is one; the same for the same database. ERR_NOT_FOUND when nobody was. */
enum err incentive_sample_person(struct work *w, int64_t *ret_person_id);

#endif
