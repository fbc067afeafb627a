#include "domain/insight/rehearsal.h"

#include "base/id.h"
#include "rehearsal_sql.h"

enum err rehearsal_add(struct work *w, struct rehearsal *rehearsal)
{
    struct rehearsal_insert_in in = {
        .id = id_next(w->ids),
        .draft_id = rehearsal->draft_id,
        .draft_version = rehearsal->draft_version,
        .other_id = rehearsal->other_id,
        .other_version = rehearsal->other_version,
        .settings = rehearsal->settings,
        .budgets = rehearsal->budgets,
        .as_of_day = rehearsal->as_of_day,
        .from_day = rehearsal->from_day,
        .account_id = w->actor.account_id,
        .account_name = w->actor.name,
        .asked_ms = w->now_ms,
    };
    TRY(rehearsal_insert(w, &in, NULL));
    rehearsal->id = in.id;
    rehearsal->asked_ms = in.asked_ms;
    return ERR_OK;
}

enum err rehearsal_set_job(struct work *w, int64_t id, int64_t job_id)
{
    return rehearsal_started(w, &(struct rehearsal_started_in){.id = id, .job_id = job_id}, NULL);
}

enum err rehearsal_finish(struct work *w, const struct rehearsal *rehearsal)
{
    struct rehearsal_done_in in = {.id = rehearsal->id,
                                   .done_ms = w->now_ms,
                                   .finding = rehearsal->finding,
                                   .page = rehearsal->page,
                                   .json = rehearsal->json,
                                   .csv = rehearsal->csv};
    return rehearsal_done(w, &in, NULL);
}

enum err rehearsal_read(struct work *w, int64_t id, struct rehearsal *ret_rehearsal)
{
    struct rehearsal_by_id_out row;
    TRY(rehearsal_by_id(w, &(struct rehearsal_by_id_in){.id = id}, &row));
    *ret_rehearsal = (struct rehearsal){
        .id = id,
        .draft_id = row.draft_id,
        .draft_version = row.draft_version,
        .other_id = row.other_id,
        .other_version = row.other_version,
        .settings = row.settings,
        .budgets = row.budgets,
        .as_of_day = row.as_of_day,
        .from_day = row.from_day,
        .account_id = row.account_id,
        .account_name = row.account_name,
        .asked_ms = row.asked_ms,
        .done_ms = row.done_ms,
        .job_id = row.job_id,
        .finding = row.finding,
        .page = row.page,
        .json = row.json,
        .csv = row.csv,
    };
    return ERR_OK;
}

static enum err list_of_draft(struct work *w, int64_t draft_id, struct rehearsal *rows,
                              int32_t *ret_row_count)
{
    struct rehearsal_of_draft_in in = {draft_id, REHEARSAL_ROWS_MAX};
    struct cursor cursor;
    int32_t count = 0;
    TRY(rehearsal_of_draft(w, &in, &cursor));
    for (;;) {
        struct rehearsal_of_draft_out row;
        bool more;
        TRY(rehearsal_of_draft_next(&cursor, &row, &more));
        if (!more)
            break;
        rows[count++] = (struct rehearsal){
            .id = row.id, .draft_id = draft_id, .draft_version = row.draft_version,
            .settings = str_copy(w->arena, row.settings),
            .account_name = str_copy(w->arena, row.account_name), .done_ms = row.done_ms,
            .finding = str_copy(w->arena, row.finding)};
    }
    *ret_row_count = count;
    return ERR_OK;
}

static enum err list_of_actor(struct work *w, struct rehearsal *rows, int32_t *ret_row_count)
{
    struct rehearsal_of_account_in in = {w->actor.account_id, REHEARSAL_ROWS_MAX};
    struct cursor cursor;
    int32_t count = 0;
    TRY(rehearsal_of_account(w, &in, &cursor));
    for (;;) {
        struct rehearsal_of_account_out row;
        bool more;
        TRY(rehearsal_of_account_next(&cursor, &row, &more));
        if (!more)
            break;
        rows[count++] = (struct rehearsal){
            .id = row.id, .draft_id = row.draft_id,
            .settings = str_copy(w->arena, row.settings), .done_ms = row.asked_ms,
            .finding = str_copy(w->arena, row.finding)};
    }
    *ret_row_count = count;
    return ERR_OK;
}

enum err rehearsal_list(struct work *w, int64_t draft_id, struct rehearsal **ret_rows,
                        int32_t *ret_row_count)
{
    struct rehearsal *rows = ARENA_NEW_ARRAY(w->arena, struct rehearsal, REHEARSAL_ROWS_MAX);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for a list of reports");
    *ret_rows = rows;
    return draft_id != 0 ? list_of_draft(w, draft_id, rows, ret_row_count)
                         : list_of_actor(w, rows, ret_row_count);
}
