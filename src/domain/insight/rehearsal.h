/* rehearsal.h — what a draft or a change of parameters was found to cost, kept as it was found.
 *
 *   asked -job runs-> done (finding, page, JSON, CSV)
 *
 * A rehearsal names the drafts and their versions, the settings and the budgets: whoever decides on
 * the draft reads the same report as its author.
 *
 * Memory   results live in w->arena
 * Errors   ERR_NOT_FOUND; store errors pass through
 */
#ifndef BAIGONG_REHEARSAL_H
#define BAIGONG_REHEARSAL_H

#include "store/work.h"

enum { REHEARSAL_ROWS_MAX = 50 };

struct rehearsal {
    int64_t id;
    int64_t draft_id; /* 0: parameters alone */
    int32_t draft_version;
    int64_t other_id; /* a second draft beside it; 0: none */
    int32_t other_version;
    struct str settings, budgets; /* NAME=VALUE, one a line */
    int32_t as_of_day;
    int32_t from_day; /* run forward from January of this day's year; ABSENT_I32: not */
    int64_t account_id;
    struct str account_name;
    int64_t asked_ms, done_ms; /* done_ms 0: not yet */
    int64_t job_id;
    struct str finding, page, json, csv; /* when done */
};

/* The actor asks; id and asked_ms are set here. */
enum err rehearsal_add(struct work *w, struct rehearsal *rehearsal);
enum err rehearsal_set_job(struct work *w, int64_t id, int64_t job_id);
enum err rehearsal_finish(struct work *w, const struct rehearsal *rehearsal);
enum err rehearsal_read(struct work *w, int64_t id, struct rehearsal *ret_rehearsal);

/* Those that are done, newest first, without their reports: of a draft, or (0) of the actor. */
enum err rehearsal_list(struct work *w, int64_t draft_id, struct rehearsal **ret_rows,
                        int32_t *ret_row_count);

#endif
