#include "store/event.h"

#include "base/id.h"
#include "store/stmt.h"
#include "store_sql.h"

static struct event_insert_in row_of(struct work *w, const struct event *event)
{
    return (struct event_insert_in){
        .id = id_next(w->ids),
        .at_ms = w->now_ms,
        .kind = event->kind,
        .person_id = event->person_id,
        .subject_id = event->subject_id,
        .account_id = w->actor.account_id,
        .actor = w->actor.name.ptr ? w->actor.name : STR(""),
        .detail = event->detail.size > 0 ? event->detail : (struct str){0},
    };
}

enum err event_append(struct work *w, const struct event *event)
{
    struct event_insert_in row = row_of(w, event);
    return event_insert(w, &row, NULL);
}

enum err event_append_all(struct work *w, const struct event *events, int32_t event_count)
{
    struct bulk *bulk;
    TRY(stmt_bulk_begin(w, &event_insert_stmt, &bulk));
    enum err err = ERR_OK;
    for (int32_t i = 0; i < event_count && err == ERR_OK; i++) {
        struct event_insert_in row = row_of(w, &events[i]);
        err = stmt_struct_bulk_row(bulk, &row);
    }
    enum err ended = stmt_bulk_end(bulk, NULL);
    return err == ERR_OK ? ended : err;
}

static enum err copy_event(struct work *w, const struct event_list_after_out *row,
                           struct event *event)
{
    *event = (struct event){
        .id = row->id,
        .at_ms = row->at_ms,
        .kind = str_copy(w->arena, row->kind),
        .person_id = row->person_id,
        .subject_id = row->subject_id,
        .detail = row->detail.ptr ? str_copy(w->arena, row->detail) : STR(""),
    };
    if (!event->kind.ptr || !event->detail.ptr)
        return fail(w, ERR_LIMIT, "the events do not fit the memory of this request");
    return ERR_OK;
}

enum err event_read(struct work *w, int64_t after_id, int32_t event_count_max,
                    struct event **ret_events, int32_t *ret_event_count)
{
    check(event_count_max > 0);
    struct event *events = ARENA_NEW_ARRAY(w->arena, struct event, (size_t)event_count_max);
    if (!events)
        return fail(w, ERR_LIMIT, "%d events do not fit the memory of this request",
                    event_count_max);
    struct event_list_after_in in = {.after_id = after_id, .event_count_max = event_count_max};
    struct cursor cursor;
    TRY(event_list_after(w, &in, &cursor));
    for (int32_t count = 0;;) {
        struct event_list_after_out row;
        bool more;
        TRY(event_list_after_next(&cursor, &row, &more));
        if (!more) {
            *ret_events = events;
            *ret_event_count = count;
            return ERR_OK;
        }
        TRY(copy_event(w, &row, &events[count++]));
    }
}

/* Two versions of one millisecond are told apart by moving the later one on (fact.c). */
enum { MOVED_ON_MS_MAX = 5 };

enum err event_actor(struct work *w, int64_t subject_id, int64_t known_ms,
                     struct actor *ret_actor)
{
    struct event_near_in in = {.first_id = id_first_of(known_ms - MOVED_ON_MS_MAX),
                               .subject_id = subject_id,
                               .at_ms_min = known_ms - MOVED_ON_MS_MAX,
                               .at_ms_max = known_ms,
                               .event_count_max = EVENT_NEAR_MAX};
    struct event_near_out out;
    TRY(event_near(w, &in, &out));
    *ret_actor = (struct actor){out.account_id, out.actor};
    return ERR_OK;
}
