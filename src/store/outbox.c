#include "store/outbox.h"

#include "base/id.h"
#include "base/record.h"
#include "store_sql.h"

struct batch { /* context of the units of work below */
    struct str follower;
    int32_t event_count_max;
    outbox_step *step;
    void *context;
    int64_t before_ms; /* events made from here on may not be complete */
    int32_t event_count;
};

enum err outbox_position(struct work *w, struct str follower, int64_t *ret_event_id)
{
    struct event_follower_position_out row = {.event_id = 0};
    enum err err =
        event_follower_position(w, &(struct event_follower_position_in){follower}, &row);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    *ret_event_id = row.event_id;
    return ERR_OK;
}

/* Read in a transaction of its own: what it tells must be older than the snapshot of the events, or
 * a writer that commits between the two would be overlooked. */
static enum err read_horizon(struct work *w, void *context)
{
    struct batch *batch = context;
    struct event_oldest_writer_out row;
    TRY(event_oldest_writer(w, &row));
    bool alone = row.started_ms == ABSENT_I64; /* one writer: the log is always complete */
    batch->before_ms = alone ? INT64_MAX : row.started_ms - OUTBOX_SKEW_MS;
    return ERR_OK;
}

static enum err hand_on(struct work *w, void *context)
{
    struct batch *batch = context;
    struct event *events;
    int64_t position;
    int32_t event_count;
    TRY(outbox_position(w, batch->follower, &position));
    TRY(event_read(w, position, batch->event_count_max, &events, &event_count));
    while (event_count > 0 && id_ms(events[event_count - 1].id) >= batch->before_ms)
        event_count--;
    batch->event_count = event_count;
    if (event_count == 0)
        return ERR_OK;
    TRY(batch->step(w, events, event_count, batch->context));
    struct event_follower_move_in move = {
        .name = batch->follower,
        .event_id = events[event_count - 1].id,
        .changed_ms = w->now_ms,
    };
    return event_follower_move(w, &move, NULL);
}

enum err outbox_run(struct work_env *env, struct str follower, int32_t event_count_max,
                    outbox_step *step, void *context, int32_t *ret_event_count,
                    struct fault *fault)
{
    check(event_count_max > 0 && event_count_max <= OUTBOX_EVENTS_MAX);
    struct batch batch = {
        .follower = follower,
        .event_count_max = event_count_max,
        .step = step,
        .context = context,
    };
    TRY(work_run(env, WORK_READ, read_horizon, &batch, fault));
    TRY(work_run(env, WORK_WRITE, hand_on, &batch, fault));
    if (ret_event_count)
        *ret_event_count = batch.event_count;
    return ERR_OK;
}
