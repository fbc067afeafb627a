#include "domain/registry/submission.h"

#include "base/id.h"
#include "base/json.h"
#include "base/secret.h"
#include "submission_sql.h"

static struct record_head *head_of(const struct fact *fact)
{
    return fact->record;
}

static struct secret_place place_of(int64_t id)
{
    return (struct secret_place){"submission", "given", id};
}

/* ---- what was given, sealed */

static enum err seal_form(struct work *w, const struct submission *submission,
                          struct str *ret_given)
{
    const struct record_desc *desc = &registry_records[submission->form.table];
    struct text_buf text;
    struct json json;
    text_init(&text, w->arena);
    json_init(&json, &text);
    json_object_begin(&json);
    for (int32_t i = 0; i < desc->field_count; i++)
        if (submission->form.texts[i].size > 0)
            json_add_text(&json, desc->fields[i].name, submission->form.texts[i]);
    json_object_end(&json);
    if (text.failed)
        return fail(w, ERR_MEMORY, "no memory for a submission");
    enum err err = secret_seal(w->secrets, w->arena, place_of(submission->id), text_str(&text),
                               ret_given);
    return err == ERR_OK ? ERR_OK : fail(w, err, "补报的内容加密失败");
}

static enum err open_form(struct work *w, struct str given, struct submission *submission)
{
    const struct record_desc *desc = &registry_records[submission->form.table];
    const struct json_value *object;
    struct str clear;
    enum err err = secret_open(w->secrets, w->arena, place_of(submission->id), given, &clear);
    if (err != ERR_OK)
        return fail(w, err, "补报的内容解密失败");
    TRY(json_parse(w->arena, clear, SECRET_CLEAR_SIZE_MAX, &object, &w->fault));
    for (int32_t i = 0; i < desc->field_count; i++) {
        struct str text = json_member_text(object, desc->fields[i].name);
        submission->form.texts[i] = text.ptr ? text : STR("");
    }
    return ERR_OK;
}

/* ---- rows */

enum err submission_add(struct work *w, struct submission *submission)
{
    struct submission *others;
    int32_t other_count, waiting_count = 0;
    TRY(submission_of(w, submission->person_id, submission->organisation_id, &others,
                      &other_count));
    for (int32_t i = 0; i < other_count; i++)
        waiting_count += others[i].state == SUBMISSION_WAITING;
    if (waiting_count >= SUBMISSION_WAITING_MAX)
        return fail(w, ERR_LIMIT, "已有 %d 件补报在等核实，核实后再报", (int)waiting_count);
    submission->id = id_next(w->ids);
    submission->created_ms = w->now_ms;
    struct submission_insert_in in = {
        .id = submission->id,
        .person_id = submission->person_id,
        .organisation_id = submission->organisation_id,
        .division = submission->division,
        .record = str_from(registry_records[submission->form.table].name),
        .record_id = submission->record_id,
        .entitlement_id = submission->entitlement_id,
        .note = submission->note.ptr ? submission->note : STR(""),
        .account_id = w->actor.account_id,
        .created_ms = w->now_ms,
        .due_day = submission->due_day,
    };
    TRY(seal_form(w, submission, &in.given));
    return submission_insert(w, &in, NULL);
}

enum err submission_read(struct work *w, int64_t id, struct submission *ret_submission)
{
    struct submission_by_id_in in = {id};
    struct submission_by_id_out row;
    TRY(submission_by_id(w, &in, &row));
    int32_t table = registry_table_by_name(row.record);
    if (table < 0)
        return fail(w, ERR_NOT_FOUND, "没有这种记录");
    int64_t owner_id = row.person_id ? row.person_id : row.organisation_id;
    struct submission submission = {
        .id = id,
        .person_id = row.person_id,
        .organisation_id = row.organisation_id,
        .division = row.division,
        .record_id = row.record_id,
        .entitlement_id = row.entitlement_id,
        .form = {.table = table, .owner_id = registry_owner(table) >= 0 ? owner_id : 0},
        .note = row.note,
        .account_id = row.account_id,
        .created_ms = row.created_ms,
        .due_day = row.due_day,
        .state = (enum submission_state)row.state,
        .decided_ms = row.decided_ms,
        .decided_by = row.decided_by,
        .reason = row.reason,
    };
    TRY(open_form(w, row.given, &submission));
    *ret_submission = submission;
    return ERR_OK;
}

static enum err read_all(struct work *w, const int64_t *ids, int32_t id_count,
                         struct submission **ret_submissions, int32_t *ret_count)
{
    struct submission *rows = ARENA_NEW_ARRAY(w->arena, struct submission, (size_t)id_count + 1);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for the submissions");
    for (int32_t i = 0; i < id_count; i++)
        TRY(submission_read(w, ids[i], &rows[i]));
    *ret_submissions = rows;
    *ret_count = id_count;
    return ERR_OK;
}

enum err submission_waiting(struct work *w, int32_t division_min, int32_t division_max,
                            int32_t after_due_day, int64_t after_id, int32_t row_count_max,
                            struct submission **ret_submissions, int32_t *ret_count)
{
    int64_t ids[SUBMISSION_ROWS_MAX];
    int32_t count = 0;
    check(row_count_max <= SUBMISSION_ROWS_MAX);
    struct submission_ids_waiting_in in = {division_min, division_max, after_due_day, after_id,
                                           row_count_max};
    struct cursor cursor;
    TRY(submission_ids_waiting(w, &in, &cursor));
    for (;;) {
        struct submission_ids_waiting_out row;
        bool more;
        TRY(submission_ids_waiting_next(&cursor, &row, &more));
        if (!more)
            break;
        ids[count++] = row.id;
    }
    return read_all(w, ids, count, ret_submissions, ret_count);
}

enum err submission_waiting_count(struct work *w, int32_t division_min, int32_t division_max,
                                  int64_t *ret_count, int32_t *ret_due_day)
{
    struct submission_count_in in = {division_min, division_max, SUBMISSION_COUNTED_MAX};
    struct submission_count_out out;
    TRY(submission_count(w, &in, &out));
    *ret_count = out.waiting_count;
    *ret_due_day = out.due_day;
    return ERR_OK;
}

enum err submission_of(struct work *w, int64_t person_id, int64_t organisation_id,
                       struct submission **ret_submissions, int32_t *ret_count)
{
    int64_t ids[SUBMISSION_ROWS_MAX];
    int32_t count = 0;
    bool more = true;
    struct cursor cursor;
    struct submission_ids_of_person_in of_person = {person_id, SUBMISSION_ROWS_MAX};
    struct submission_ids_of_organisation_in of_body = {organisation_id, SUBMISSION_ROWS_MAX};
    TRY(person_id != 0 ? submission_ids_of_person(w, &of_person, &cursor)
                       : submission_ids_of_organisation(w, &of_body, &cursor));
    for (;;) {
        struct submission_ids_of_person_out person_row = {0};
        struct submission_ids_of_organisation_out body_row = {0};
        TRY(person_id != 0 ? submission_ids_of_person_next(&cursor, &person_row, &more)
                           : submission_ids_of_organisation_next(&cursor, &body_row, &more));
        if (!more)
            break;
        ids[count++] = person_id != 0 ? person_row.id : body_row.id;
    }
    return read_all(w, ids, count, ret_submissions, ret_count);
}

/* ---- deciding */

enum err submission_close(struct work *w, int64_t id, enum submission_state state,
                            struct str reason)
{
    struct submission_decide_in in = {
        .id = id,
        .state = (int32_t)state,
        .decided_ms = w->now_ms,
        .decided_by = w->actor.name.ptr ? w->actor.name : STR(""),
        .reason = reason.ptr ? reason : STR(""),
    };
    int64_t changed_count;
    TRY(submission_decide(w, &in, &changed_count));
    if (changed_count == 1)
        return ERR_OK;
    fail(w, ERR_STORE_CONFLICT, "这件补报已经处理");
    return fault_hint(&w->fault, "请回到列表看它现在的状态。");
}

static int64_t key_of(const struct submission *submission)
{
    return registry_owner(submission->form.table) < 0 ? submission->record_id
                                                      : submission->form.owner_id;
}

/* The fields that were given, over those that are known. */
static enum err complete(struct work *w, const struct vocab *vocab, struct submission *submission,
                         struct fact *current)
{
    struct fact_form known;
    TRY(fact_read(w, submission->form.table, key_of(submission), submission->record_id, current));
    TRY(fact_form_write(w, vocab, current, &known));
    for (int32_t i = 0; i < registry_records[submission->form.table].field_count; i++)
        if (submission->form.texts[i].size == 0)
            submission->form.texts[i] = known.texts[i];
    return ERR_OK;
}

enum err submission_confirm(struct work *w, const struct fact_checker *checker, int64_t id,
                            struct str reason, struct fact_problems *ret_problems,
                            int64_t *ret_record_id)
{
    struct submission submission;
    struct fact current, fact;
    enum fact_outcome outcome;
    TRY(submission_read(w, id, &submission));
    bool is_new = submission.record_id == 0;
    if (!is_new)
        TRY(complete(w, checker->vocab, &submission, &current));
    TRY(fact_form_read(w, checker, &submission.form, is_new ? NULL : &current, &fact,
                       ret_problems));
    if (ret_problems->count == 0)
        TRY(fact_form_check_key(w, &fact, submission.record_id, ret_problems));
    if (ret_problems->count > 0)
        return ERR_OK;
    head_of(&fact)->source = submission.person_id ? STR("本人补报") : STR("单位补报");
    TRY(is_new ? fact_put(w, &fact, &outcome) : fact_correct(w, &fact, &outcome));
    *ret_record_id = head_of(&fact)->id;
    return submission_close(w, id, SUBMISSION_CONFIRMED, reason);
}
