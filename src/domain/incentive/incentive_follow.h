/* incentive_follow.h — keeping entitlements current: every new fact and every day that passes is
 * followed up for those it touches, without looking at the city.
 *
 *   event log ──► whose rules read it ──► their rows ──► rules, settlement ──► stored versions
 *   due days  ──►       holders      ──►                                   └─► next due day
 *
 * What a round leaves stored is what a sweep of the same day would leave. A sweep is run instead
 * when the policy changed, a document begins or ends, or so much came in at once that looking at
 * everybody is faster. A batch, its decisions, next days and the place in the log are one
 * transaction; when a batch touches many, they are due at once instead, and done in turns. Several
 * processes may follow at once: they take turns at the place in the log.
 *
 * Memory   a follower owns its arena and what it points at but the environment, words and policy
 * Errors   ERR_SWEEP_EARLIER for a day before one that was already followed or swept; store errors
 * Limits   FOLLOW_EVENTS_MAX events a batch; FOLLOW_SWEEP_MIN events, or holders touched or due,
 *          make a sweep
 */
#ifndef BAIGONG_INCENTIVE_FOLLOW_H
#define BAIGONG_INCENTIVE_FOLLOW_H

#include "domain/incentive/incentive.h"

enum {
    FOLLOW_EVENTS_MAX = 256,  /* of one transaction: some 100 ms of work */
    FOLLOW_SWEEP_MIN = 20000, /* from here on a sweep of a million people is faster */
};

struct follower;

struct follow_report {
    int64_t event_count;  /* facts read from the log */
    int64_t holder_count; /* people and organisations looked at because a fact touched them */
    int64_t due_count;    /* because their day had come */
    int64_t new_count, changed_count, ended_count;
    struct str swept_because; /* empty: no sweep was needed */
    bool is_others_turn;      /* another process was at it all the time: what is left is its */
};

enum err follower_new(struct work_env *env, const struct vocab *vocab,
                      const struct incentive_policy *policy, struct follower **ret_follower,
                      struct fault *fault);
void follower_free(struct follower *follower); /* accepts NULL */

/* Works off everything that has come in and everything due by as_of_day, unless another process
 * does. sweep_min 0: FOLLOW_SWEEP_MIN. */
enum err follower_round(struct follower *follower, int32_t as_of_day, int32_t sweep_min,
                        struct follow_report *ret_report, struct fault *fault);

/* Whether the log holds facts, or the day holders, that a round would look at. */
enum err follower_has_work(struct follower *follower, int32_t as_of_day, bool *ret_has_work,
                           struct fault *fault);

#endif
