#include "page/page_submission.h"

#include "base/calendar.h"
#include "base/day.h"
#include "base/identity.h"
#include "domain/registry/registry_name.h"
#include "page/app.h"
#include "page/page_fact.h"
#include "page/page_form.h"
#include "page/page_line.h"
#include "page/page_list.h"

#include <inttypes.h>

/* The officer's side of submission.h: what waits, one with what is known beside it, confirmed or
 * declined. */

enum { ROWS_A_PAGE = 50, REASON_CHARACTERS_MIN = 4, REASON_CHARACTERS_MAX = 200, SOON_DAYS = 1 };

static const struct {
    const char *name, *words, *css;
} states[SUBMISSION_STATE_COUNT] = {
    [SUBMISSION_WAITING] = {"waiting", "等核实", "wait"},
    [SUBMISSION_CONFIRMED] = {"confirmed", "已登记", "done"},
    [SUBMISSION_DECLINED] = {"declined", "未采纳", "unmet"},
    [SUBMISSION_TAKEN_BACK] = {"taken_back", "已撤回", "wait"},
};

void page_add_clock(struct page *page, struct doc *row, int32_t due_day)
{
    const struct calendar *calendar = page_options_of(page)->calendar;
    if (!calendar || due_day == DAY_MAX || due_day == ABSENT_I32)
        return;
    int32_t left = calendar_working_days_between(calendar, page->w->today_day, due_day, NULL);
    bool is_late = due_day < page->w->today_day;
    doc_add_day(row, "due", due_day);
    doc_add_number(row, "working_days_left", left);
    doc_page_text(row, "days_late", doc_format(row, "%d", (int)-left));
    doc_page_bool(row, "has_clock", true);
    doc_page_bool(row, "is_late", is_late);
    doc_page_bool(row, "is_today", !is_late && left == 0);
    doc_page_bool(row, "is_soon", left > 0 && left <= SOON_DAYS);
    doc_page_bool(row, "is_wait", left > SOON_DAYS);
}

/* ---- one, in words */

static struct str given_words(struct page *page, const struct submission *submission, int32_t i)
{
    const struct field_desc *field = &registry_records[submission->form.table].fields[i];
    struct str text = submission->form.texts[i];
    if (field->privacy == PRIVACY_NAME)
        return registry_mask_name(page->w->arena, text);
    if (fact_form_is_kept(field)) {
        char *buffer = arena_alloc(page->w->arena, text.size + 1);
        return buffer ? str_from(identity_mask(text, 3, 4, buffer)) : STR("***");
    }
    struct field_value value;
    struct field_problem problem;
    bool is_code = field->type == FIELD_CODE &&
                   field_parse(page_options_of(page)->vocab, field, str_trim(text), ABSENT_I32,
                               &value, &problem);
    return is_code ? page_code_words(page, submission->form.table, i, value.number) : text;
}

enum err page_add_submission(struct page *page, struct doc *row,
                             const struct submission *submission)
{
    const struct record_desc *desc = &registry_records[submission->form.table];
    doc_add_id(row, "id", submission->id);
    doc_add_text_z(row, "record", desc->name);
    doc_page_text(row, "label", page_say(page, desc->label_zh));
    doc_add_text_z(row, "state", states[submission->state].name);
    doc_page_text(row, "state_words", page_say(page, states[submission->state].words));
    doc_page_z(row, "state_css", states[submission->state].css);
    doc_page_bool(row, "is_waiting", submission->state == SUBMISSION_WAITING);
    doc_add_instant(row, "created", submission->created_ms);
    if (submission->decided_ms > 0)
        doc_add_instant(row, "decided", submission->decided_ms);
    doc_add_text(row, "decided_by", submission->decided_by.size > 0 ? submission->decided_by
                                                                    : (struct str){0});
    doc_add_text(row, "reason",
                 submission->reason.size > 0 ? submission->reason : (struct str){0});
    doc_add_text(row, "note", submission->note.size > 0 ? submission->note : (struct str){0});
    struct doc *fields = doc_add_list(row, "fields");
    for (int32_t i = 0; i < desc->field_count; i++) {
        if (submission->form.texts[i].size == 0)
            continue;
        struct doc *field = doc_add_object(fields, NULL);
        doc_add_text_z(field, "field", desc->fields[i].name);
        doc_page_text(field, "label", page_say(page, desc->fields[i].label_zh));
        doc_add_text(field, "value", given_words(page, submission, i));
    }
    if (submission->state == SUBMISSION_WAITING)
        page_add_clock(page, row, submission->due_day);
    return ERR_OK;
}

/* Whose it is: a link to the record. */
static enum err add_giver(struct page *page, struct doc *row, const struct submission *submission)
{
    int32_t table = submission->person_id ? REGISTRY_person : REGISTRY_organisation;
    int64_t id = submission->person_id ? submission->person_id : submission->organisation_id;
    struct str name;
    TRY(registry_name(page->w, table, id, id, &name));
    doc_page_bool(row, "is_person", submission->person_id != 0);
    doc_add_text(row, "giver", name);
    doc_page_text(row, "giver_path",
                  doc_format(row, "%s/%" PRId64,
                             submission->person_id ? "/persons" : "/organisations", id));
    return ERR_OK;
}

/* ---- the list */

static void read_after(struct page *page, int32_t *ret_due_day, int64_t *ret_id)
{
    struct str rest = page_field(page, "after"), first, second;
    int64_t due_day, id;
    *ret_due_day = 0;
    *ret_id = 0;
    if (rest.ptr && str_split(&rest, '_', &first) && str_split(&rest, '_', &second) &&
        str_to_i64(first, &due_day) && due_day > 0 && due_day <= INT32_MAX &&
        str_to_i64(second, &id)) {
        *ret_due_day = (int32_t)due_day;
        *ret_id = id;
    }
}

enum { WHO, WHAT, GIVEN, RECEIVED, DUE, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [WHO] = {"giver", "谁", COLUMN_WIDE, false, ORDER_NONE},
    [WHAT] = {"record", "补报", COLUMN_PLAIN, false, ORDER_NONE},
    [GIVEN] = {"given", "内容", COLUMN_WIDE, false, ORDER_NONE},
    [RECEIVED] = {"created", "收到", COLUMN_PLAIN, false, ORDER_NONE},
    [DUE] = {"due", "期限", COLUMN_END, false, ORDER_NONE},
};

static struct str all_words(struct page *page, const struct submission *submission)
{
    const struct record_desc *desc = &registry_records[submission->form.table];
    struct text_buf words;
    text_init(&words, page->w->arena);
    for (int32_t i = 0; i < desc->field_count; i++) {
        if (submission->form.texts[i].size == 0)
            continue;
        text_add_z(&words, words.size > 0 ? "　" : "");
        text_add(&words, page_say(page, desc->fields[i].label_zh));
        text_add_byte(&words, ' ');
        text_add(&words, given_words(page, submission, i));
    }
    return text_str(&words);
}

static struct str clock_words(struct page *page, int32_t due_day, const char **ret_state)
{
    const struct calendar *calendar = page_options_of(page)->calendar;
    *ret_state = NULL;
    if (!calendar || due_day == DAY_MAX)
        return STR("");
    int32_t left = calendar_working_days_between(calendar, page->w->today_day, due_day, NULL);
    bool is_late = due_day < page->w->today_day;
    *ret_state = is_late ? "late" : left <= SOON_DAYS ? "soon" : "wait";
    if (page->lang == PAGE_EN)
        return doc_format(page->doc, is_late ? "%d working days late" : "%d working days left",
                          (int)(is_late ? -left : left));
    return doc_format(page->doc, is_late ? "超期 %d 个工作日" : "剩 %d 个工作日",
                      (int)(is_late ? -left : left));
}

static enum err add_row(struct page *page, struct page_list *list, struct doc *json,
                        const struct submission *submission)
{
    if (json) {
        struct doc *row = doc_add_object(json, NULL);
        TRY(page_add_submission(page, row, submission));
        return add_giver(page, row, submission);
    }
    int32_t table = submission->person_id ? REGISTRY_person : REGISTRY_organisation;
    int64_t id = submission->person_id ? submission->person_id : submission->organisation_id;
    struct str name;
    TRY(registry_name(page->w, table, id, id, &name));
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[WHO] = (struct page_cell){
        name,
        doc_format(page->doc, "/submissions/%" PRId64, submission->id), NULL};
    cells[WHAT].words = page_say(page, registry_records[submission->form.table].label_zh);
    cells[GIVEN].words = all_words(page, submission);
    cells[RECEIVED].words = page_list_instant(list, submission->created_ms);
    cells[DUE].words = clock_words(page, submission->due_day, &cells[DUE].state);
    return page_list_row(list, cells);
}

/* One page of those that wait, or all of them for a file. */
static enum err add_rows(struct page *page, struct page_list *list, int32_t division_min,
                         int32_t division_max, int32_t *ret_count, struct str *ret_next)
{
    struct submission *rows;
    int32_t count, total = 0, due_day;
    int64_t id;
    struct doc *json = page->is_api ? doc_add_list(page->doc, "submissions") : NULL;
    read_after(page, &due_day, &id);
    do {
        TRY(submission_waiting(page->w, division_min, division_max, due_day, id, ROWS_A_PAGE,
                               &rows, &count));
        for (int32_t i = 0; i < count; i++, total++)
            TRY(add_row(page, list, json, &rows[i]));
        if (count > 0) {
            due_day = rows[count - 1].due_day;
            id = rows[count - 1].id;
        }
    } while (page_list_is_file(list) && count == ROWS_A_PAGE && total < SUBMISSION_COUNTED_MAX);
    *ret_count = total;
    *ret_next = (struct str){0};
    if (count == ROWS_A_PAGE)
        *ret_next = doc_format(page->doc, "%d_%" PRId64, (int)due_day, id);
    return ERR_OK;
}

enum err page_submissions(struct page *page)
{
    int32_t count, chosen, division_min, division_max, due_day;
    int64_t total;
    struct page_list *list;
    struct str next;
    page_division_range(page, &chosen, &division_min, &division_max);
    TRY(page_list_open(page, columns, COLUMN_COUNT, &list));
    enum err err = add_rows(page, list, division_min, division_max, &count, &next);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    TRY(submission_waiting_count(page->w, division_min, division_max, &total, &due_day));
    page_add_division_filter(page, chosen);
    page_pager(page, count, total, next);
    doc_page_bool(page->doc, "has_submissions", count > 0);
    doc_add_number(page->doc, "waiting_count", total);
    page_title(page, page_say(page, "等核实的补报"));
    return page_list_close(list, "等核实的补报");
}

/* ---- one */

static enum err read_in_scope(struct page *page, struct submission *ret_submission)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(submission_read(page->w, id, ret_submission));
    return page_see_division(page, ret_submission->division);
}

static enum err add_known(struct page *page, const struct submission *submission)
{
    struct fact known;
    if (submission->record_id == 0)
        return ERR_OK;
    int32_t table = submission->form.table;
    int64_t key = registry_owner(table) < 0 ? submission->record_id : submission->form.owner_id;
    enum err err = fact_read(page->w, table, key, submission->record_id, &known);
    if (err == ERR_NOT_FOUND) { /* withdrawn since */
        fault_clear(&page->w->fault);
        return ERR_OK;
    }
    TRY(err);
    doc_page_bool(page->doc, "has_known", true);
    return page_add_fact(page, page->doc, "known", &known, NULL);
}

/* One field of a record that is known, or the record. */
static const char *what_of(const struct submission *submission)
{
    const struct record_desc *desc = &registry_records[submission->form.table];
    for (int32_t i = 0; submission->record_id != 0 && i < desc->field_count; i++)
        if (submission->form.texts[i].size > 0)
            return desc->fields[i].label_zh;
    return desc->label_zh;
}

static enum err show(struct page *page, const struct submission *submission)
{
    TRY(page_add_submission(page, page->doc, submission));
    TRY(add_giver(page, page->doc, submission));
    TRY(add_known(page, submission));
    if (submission->entitlement_id != 0)
        doc_add_id(page->doc, "entitlement_id", submission->entitlement_id);
    doc_page_text(page->doc, "typed_reason", page_field(page, "reason"));
    bool english = page->lang == PAGE_EN;
    page_title(page, doc_format(page->doc, english ? "To confirm: %.*s" : "核实补报的%.*s",
                                STR_ARG(page_say(page, what_of(submission)))));
    return ERR_OK;
}

enum err page_submission_show(struct page *page)
{
    struct submission submission;
    TRY(read_in_scope(page, &submission));
    return show(page, &submission);
}

static struct str read_reason(struct page *page)
{
    struct str reason = page_field(page, "reason");
    size_t count = reason.ptr ? str_character_count(reason) : 0;
    if (count < REASON_CHARACTERS_MIN || count > REASON_CHARACTERS_MAX)
        page_field_error(page, "reason", "请写明怎样核实的，4 至 200 个字");
    return reason;
}

static enum err refuse(struct page *page, const struct submission *submission)
{
    enum err err = page_refuse_form(page);
    TRY(show(page, submission));
    return err;
}

static enum err finish(struct page *page, const struct submission *submission, const char *action,
                       int64_t subject_id, struct str reason, const char *done)
{
    TRY(page_audit(page, action, registry_records[submission->form.table].name, subject_id,
                   reason));
    page_tasks_changed(page);
    doc_add_id(page->doc, "id", submission->id);
    return page_see(page, doc_format(page->doc, "/submissions?done=%s", done));
}

enum err page_submission_confirm(struct page *page)
{
    struct fact_checker checker = {page_options_of(page)->vocab, page_options_of(page)->divisions,
                                   page->w->today_day};
    struct submission submission;
    struct fact_problems problems;
    int64_t record_id = 0;
    TRY(read_in_scope(page, &submission));
    struct str reason = read_reason(page);
    if (page->error_count > 0)
        return refuse(page, &submission);
    TRY(submission_confirm(page->w, &checker, submission.id, reason, &problems, &record_id));
    page_tell_problems(page, submission.form.table, &problems);
    if (page->error_count > 0)
        return refuse(page, &submission);
    /* The subject is the record, so that its page of changes finds who confirmed it. */
    return finish(page, &submission, "submission.confirmed", record_id, reason, "confirmed");
}

enum err page_submission_decline(struct page *page)
{
    struct submission submission;
    TRY(read_in_scope(page, &submission));
    struct str reason = read_reason(page);
    if (page->error_count > 0)
        return refuse(page, &submission);
    TRY(submission_close(page->w, submission.id, SUBMISSION_DECLINED, reason));
    return finish(page, &submission, "submission.declined", submission.id, reason, "declined");
}
