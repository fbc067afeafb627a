/* outbox.h — followers of the event log: each hands every event on once, in order.
 *
 * A follower (re-evaluation, search, notices) has a name and a position in the log. outbox_run
 * gives its step the next events and moves the position in the same transaction: when the step
 * refuses or the process dies, the same events come again; once committed, they never do. Two
 * processes that run one follower at once meet in its position: one runs again with what is left.
 *
 * Identifiers are made before the commit, so with several writers an event may become visible after
 * one with a larger identifier. On PostgreSQL the follower therefore stays behind the oldest
 * running transaction, and OUTBOX_SKEW_MS more for clocks that differ. SQLite has one writer.
 *
 * Memory   events live in w->arena of the step
 * Errors   whatever the step returns; store errors
 * Limits   OUTBOX_EVENTS_MAX a batch
 */
#ifndef BAIGONG_OUTBOX_H
#define BAIGONG_OUTBOX_H

#include "store/event.h"

enum {
    OUTBOX_EVENTS_MAX = 10000, /* a batch is one transaction; it should end within a second */
    OUTBOX_SKEW_MS = 2000,     /* servers of one city keep their clocks by NTP */
};

typedef enum err outbox_step(struct work *w, const struct event *events, int32_t event_count,
                             void *context);

/* One batch. The step is not called when there is nothing new; *ret_event_count is then 0. */
enum err outbox_run(struct work_env *env, struct str follower, int32_t event_count_max,
                    outbox_step *step, void *context, int32_t *ret_event_count,
                    struct fault *fault);

/* The last event that the follower has dealt with; 0 before its first. */
enum err outbox_position(struct work *w, struct str follower, int64_t *ret_event_id);

#endif
