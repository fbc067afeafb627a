/* event.h — the event log: what happened, written in the same transaction as the fact (law 1).
 *
 * Followers (re-evaluation, search, notices) read events in id order; ids come from the application
 * and ascend in time on one node. On SQLite there is one writer, so order of id is order of commit.
 *
 * Memory   nothing kept
 * Errors   store errors
 */
#ifndef BAIGONG_EVENT_H
#define BAIGONG_EVENT_H

#include "store/work.h"

struct event {
    int64_t id;         /* set by event_append */
    int64_t at_ms;      /* set by event_append: w->now_ms */
    struct str kind;    /* "person.registered", "certificate.corrected", ... */
    int64_t person_id;  /* the person it touches, 0 when none */
    int64_t subject_id; /* row it tells of */
    struct str detail;  /* small JSON object without personal data; may be empty */
};

enum err event_append(struct work *w, const struct event *event);

/* The same for many, which are sent together. */
enum err event_append_all(struct work *w, const struct event *events, int32_t event_count);

/* Events after after_id, oldest first, at most event_count_max; in w->arena. */
enum err event_read(struct work *w, int64_t after_id, int32_t event_count_max,
                    struct event **ret_events, int32_t *ret_event_count);

/* Who made the change that a row's version tells of (its known_ms): looks at no more than
 * EVENT_NEAR_MAX events, so one of a larger batch may not be found: ERR_NOT_FOUND. */
enum { EVENT_NEAR_MAX = 2500 };
enum err event_actor(struct work *w, int64_t subject_id, int64_t known_ms,
                     struct actor *ret_actor);

#endif
