/* away_variant.h — a policy with one condition of one rule left out (internal to away).
 *
 * Conditions are numbered as they are met: those of the subject, those of the basis record, then
 * exclusions. The conditions inside a record asked for come before the record itself.
 *
 * Memory   copies live in the arena; what is not changed is shared with the policy given
 */
#ifndef BAIGONG_AWAY_VARIANT_H
#define BAIGONG_AWAY_VARIANT_H

#include "domain/insight/away.h"

struct away_leaf {
    enum away_kind kind;
    const struct expr *condition; /* NULL: an exclusion */
    const struct expr *within;    /* AWAY_IN_RECORD: the aggregate around it */
    int32_t exclusion;            /* statement, or -1 */
    bool is_whole;                /* of a collection whose own conditions stand before it */
};

/* The conditions of a rule; at most AWAY_CONDITIONS_MAX, false beyond. */
bool away_leaves(const struct policy *policy, int32_t statement, int32_t as_of_day,
                 struct away_leaf *ret_leaves, int32_t *ret_leaf_count);

/* The policy with only this rule and those settled together with it, without its quota, and without
 * leaf `left_out` (-1: all conditions stay). NULL without memory. */
struct policy *away_variant(struct arena *arena, const struct policy *policy, int32_t statement,
                            int32_t as_of_day, int32_t left_out);

bool away_has_quota(const struct policy *policy, int32_t statement);

#endif
