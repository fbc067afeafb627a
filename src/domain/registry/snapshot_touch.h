/* snapshot_touch.h — which people and bodies the event log says have changed, and their rows
 * (internal to the snapshot).
 *
 * Memory   touched roots grow outside of the arena and are freed with touch_done
 * Errors   store errors, ERR_MEMORY
 */
#ifndef BAIGONG_SNAPSHOT_TOUCH_H
#define BAIGONG_SNAPSHOT_TOUCH_H

#include "policy/column_splice.h"
#include "store/work.h"

struct touch {
    struct world_root *roots; /* by table and id, each once */
    int32_t root_count, root_capacity;
    int32_t root_count_max;
    bool looks_back;
    bool is_too_much; /* more than root_count_max, or an event that does not say whom it touches */
};

/* Whether the rows are wanted as they are after the events, or as they were before some of them. */
enum touch_look { TOUCH_FORWARD, TOUCH_BACK };

/* Reads the events after a position. */
enum err touch_read(struct work *w, int64_t after_event_id, enum touch_look look,
                    int32_t root_count_max, struct touch *ret_touch);
void touch_done(struct touch *touch);

/* The rows of the roots as known at the instant, for world_splice. *ret_has_later: some of what the
 * events told came later than the instant. */
enum err touch_rows(struct work *w, const struct vocab *vocab, const struct touch *touch,
                    int64_t known_at_ms, struct world **ret_changes, bool *ret_has_later);

#endif
