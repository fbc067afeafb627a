/* missing.h — the fewest facts that would let an unknown case be granted (internal to explain.c).
 *
 * A goal is an expression on a row with what it should become. Each goal gives a family of sets of
 * absent facts: any one of the sets, given favourable values, reaches the goal. Families of several
 * goals are crossed, so a fact that serves two conditions is counted once. Values are not searched:
 * a fact asked for by two conditions that contradict each other is taken as able to meet both.
 *
 * Memory   working space and the result live in the arena given
 * Errors   none: without memory, or when no set would do, every absent fact met is named
 * Limits   MISSING_FACTS_MAX facts; FAMILY_SETS_MAX sets are kept for each expression, the smallest
 */
#ifndef BAIGONG_MISSING_H
#define BAIGONG_MISSING_H

#include "policy/explain.h"
#include "policy/walk.h"

enum { MISSING_FACTS_MAX = 64 }; /* bits of a set; nobody answers more questions than that */

enum missing_target { MISSING_NO, MISSING_YES, MISSING_KNOWN };

struct missing_goal {
    const struct expr *expr; /* NULL: nothing to reach */
    const struct expr *and_expr; /* NULL, or a second one: both stand for one condition */
    struct frame frame, and_frame;
    int64_t anchor_day;
    enum missing_target target;
};

/* Facts, in the order in which the conditions read them. */
int32_t missing_facts(struct arena *arena, const struct walk *walk,
                      const struct missing_goal *goals, int32_t goal_count,
                      const struct explain_fact **ret_facts);

#endif
