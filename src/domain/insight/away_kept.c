#include "domain/insight/away_kept.h"

#include "away_kept_sql.h"
#include "base/id.h"
#include "domain/registry/fact.h"
#include "domain/registry/registry.h"

enum { CONDITIONS_MAX = AWAY_CONDITIONS_MAX };

enum err away_kept_add(struct work *w, struct away_kept *kept)
{
    struct away_run_insert_in in = {.id = id_next(w->ids),
                                    .document_number = kept->document_number,
                                    .rule_name = kept->rule_name,
                                    .as_of_day = kept->as_of_day,
                                    .account_id = w->actor.account_id,
                                    .asked_ms = w->now_ms};
    TRY(away_run_insert(w, &in, NULL));
    kept->id = in.id;
    kept->asked_ms = in.asked_ms;
    return ERR_OK;
}

enum err away_kept_set_job(struct work *w, int64_t id, int64_t job_id)
{
    return away_run_started(w, &(struct away_run_started_in){.id = id, .job_id = job_id}, NULL);
}

/* Where a subject lives or sits; 0 when nobody knows. Only roots have a division of their own. */
static enum err division_of(struct work *w, int32_t table, int64_t id, int32_t *ret_division)
{
    *ret_division = 0;
    if (table != REGISTRY_person && table != REGISTRY_organisation)
        return ERR_OK;
    struct fact fact;
    enum err err = fact_read(w, table, id, id, &fact);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    *ret_division = fact_division(&fact);
    return ERR_OK;
}

static enum err keep_condition(struct work *w, int64_t id, int32_t table, int32_t position,
                               const struct away_condition *condition)
{
    struct away_condition_insert_in in = {
        .run_id = id, .position = position, .kind = (int32_t)condition->kind,
        .words = condition->words,
        .within = condition->within.ptr ? condition->within : STR(""),
        .unknown_count = condition->unknown_count, .open_count = condition->open_count};
    TRY(away_condition_insert(w, &in, NULL));
    for (int32_t i = 0; i < condition->share_count; i++) {
        const struct away_share *share = &condition->shares[i];
        struct away_share_insert_in row = {
            .run_id = id, .position = position,
            .division = share->code == ABSENT_I64 ? 0 : (int32_t)share->code,
            .subject_count = share->subject_count, .amount_fen = share->amount_fen};
        TRY(away_share_insert(w, &row, NULL));
    }
    for (int64_t i = 0; i < condition->subject_count && i < AWAY_LISTED_MAX; i++) {
        struct arena_mark mark = arena_mark(w->arena);
        struct away_subject_insert_in row = {.run_id = id, .position = position,
                                             .subject_id = condition->subject_ids[i]};
        TRY(division_of(w, table, row.subject_id, &row.division));
        TRY(away_subject_insert(w, &row, NULL));
        arena_rewind(w->arena, mark);
    }
    return ERR_OK;
}

enum err away_kept_finish(struct work *w, const struct vocab *vocab, int64_t id,
                          const struct away_report *report)
{
    for (int32_t i = 0; i < report->condition_count; i++)
        TRY(keep_condition(w, id, report->table, i + 1, &report->conditions[i]));
    struct away_run_done_in in = {
        .id = id, .done_ms = w->now_ms,
        .subject_record = str_from(vocab->records[report->table].name),
        .granted_count = report->granted_count, .has_quota = report->has_quota,
        .looked_at_count = report->looked_at_count};
    return away_run_done(w, &in, NULL);
}

enum err away_kept_read(struct work *w, int64_t id, struct away_kept *ret_kept)
{
    struct away_run_by_id_out row;
    TRY(away_run_by_id(w, &(struct away_run_by_id_in){.id = id}, &row));
    *ret_kept = (struct away_kept){
        .id = id, .document_number = row.document_number, .rule_name = row.rule_name,
        .as_of_day = row.as_of_day, .asked_ms = row.asked_ms, .done_ms = row.done_ms,
        .job_id = row.job_id, .subject_record = row.subject_record,
        .granted_count = row.granted_count, .has_quota = row.has_quota != 0,
        .looked_at_count = row.looked_at_count};
    return ERR_OK;
}

enum err away_kept_latest(struct work *w, struct str document_number, struct str rule_name,
                          struct away_kept *ret_kept)
{
    struct away_run_latest_in in = {rule_name, document_number};
    struct away_run_latest_out out;
    TRY(away_run_latest(w, &in, &out));
    if (out.id == ABSENT_I64)
        return fail(w, ERR_NOT_FOUND, "这个项目还没有数过");
    return away_kept_read(w, out.id, ret_kept);
}

enum err away_kept_conditions(struct work *w, int64_t id, int32_t division_min,
                              int32_t division_max, struct away_kept_condition **ret_rows,
                              int32_t *ret_row_count)
{
    struct away_kept_condition *rows =
        ARENA_NEW_ARRAY(w->arena, struct away_kept_condition, CONDITIONS_MAX);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for the conditions");
    struct away_conditions_in in = {id, division_min, division_max};
    struct cursor cursor;
    int32_t count = 0;
    TRY(away_conditions(w, &in, &cursor));
    for (;;) {
        struct away_conditions_out row;
        bool more;
        TRY(away_conditions_next(&cursor, &row, &more));
        if (!more)
            break;
        check(count < CONDITIONS_MAX);
        rows[count++] = (struct away_kept_condition){
            .position = row.position, .kind = (enum away_kind)row.kind,
            .words = str_copy(w->arena, row.words), .within = str_copy(w->arena, row.within),
            .unknown_count = row.unknown_count, .open_count = row.open_count,
            .all_count = row.all_count, .subject_count = row.subject_count,
            .amount_fen = row.amount_fen};
    }
    *ret_rows = rows;
    *ret_row_count = count;
    return ERR_OK;
}

enum err away_kept_subjects(struct work *w, int64_t id, int32_t position, int32_t division_min,
                            int32_t division_max, int64_t after_id, int32_t row_count_max,
                            int64_t *ids, int32_t *ret_count)
{
    struct away_subjects_in in = {id, position, after_id, division_min, division_max,
                                  row_count_max};
    struct cursor cursor;
    int32_t count = 0;
    TRY(away_subjects(w, &in, &cursor));
    for (;;) {
        struct away_subjects_out row;
        bool more;
        TRY(away_subjects_next(&cursor, &row, &more));
        if (!more)
            break;
        ids[count++] = row.subject_id;
    }
    *ret_count = count;
    return ERR_OK;
}
