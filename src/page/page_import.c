#include "page/page_import.h"

#include "domain/registry/export_template.h"
#include "page/app.h"
#include "page/page_export.h"
#include "page/page_line.h"
#include "page/page_list.h"

#include <inttypes.h>
#include <string.h>

/* Import in the browser: send a file, look at what would come of it, confirm. */

enum { IMPORTS_A_PAGE = 20 };

static const struct {
    const char *name, *words, *state;
} states[UPLOAD_STATE_COUNT] = {
    [UPLOAD_CHECKING] = {"checking", "正在核对", "wait"},
    [UPLOAD_CHECKED] = {"checked", "等您确认", "ask"},
    [UPLOAD_IMPORTING] = {"importing", "正在导入", "wait"},
    [UPLOAD_DONE] = {"done", "已导入", "done"},
    [UPLOAD_BROKEN] = {"broken", "读不出来", "unmet"},
};

/* ---- the form and what was sent before */

static void add_kinds(struct page *page)
{
    struct doc *list = doc_page_list(page->doc, "kinds");
    struct str chosen = page_field(page, "kind");
    for (int32_t i = 0; i < REGISTRY_RECORD_COUNT; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_page_z(row, "name", registry_records[i].name);
        doc_page_text(row, "label", page_say(page, registry_records[i].label_zh));
        doc_page_bool(row, "is_chosen", str_equal_text(chosen, registry_records[i].name));
        doc_page_bool(row, "is_filter",
                      str_equal_text(page_field(page, "of"), registry_records[i].name));
    }
    doc_page_text(page->doc, "mib_max", doc_format(page->doc, "%d", (int)UPLOAD_MIB_MAX));
    page_title(page, page_say(page, "导入记录"));
}

static void add_counts(struct doc *row, const struct import_counts *counts)
{
    doc_add_number(row, "row_count", counts->row_count);
    doc_add_number(row, "added_count", counts->added_count);
    doc_add_number(row, "corrected_count", counts->corrected_count);
    doc_add_number(row, "same_count", counts->same_count);
    doc_add_number(row, "refused_count", counts->refused_count);
    doc_add_number(row, "good_count", counts->row_count - counts->refused_count);
}

static void add_upload(struct page *page, struct doc *row, const struct upload *upload)
{
    doc_add_id(row, "id", upload->id);
    doc_add_text_z(row, "record", registry_records[upload->table].name);
    doc_page_text(row, "label", page_say(page, registry_records[upload->table].label_zh));
    doc_add_text(row, "file_name", upload->file_name);
    doc_add_instant(row, "created", upload->created_ms);
    doc_add_text_z(row, "state", states[upload->state].name);
    doc_page_text(row, "state_words", page_say(page, states[upload->state].words));
    doc_page_z(row, "state_css", states[upload->state].state);
    add_counts(row, &upload->counts);
}

enum { FILE_NAME, RECORD, STATE, ROWS, REFUSED, SENT, COLUMN_COUNT };

static const struct page_column list_columns[COLUMN_COUNT] = {
    [FILE_NAME] = {"file_name", "文件", COLUMN_WIDE, false, ORDER_NONE},
    [RECORD] = {"record", "记录种类", COLUMN_PLAIN, false, ORDER_NONE},
    [STATE] = {"state", "状态", COLUMN_PLAIN, false, ORDER_NONE},
    [ROWS] = {"row_count", "行", COLUMN_NUMBER, false, ORDER_NONE},
    [REFUSED] = {"refused_count", "不合格", COLUMN_NUMBER, false, ORDER_NONE},
    [SENT] = {"created", "上传", COLUMN_PLAIN, false, ORDER_TURNS},
};

static enum err add_upload_row(struct page *page, struct page_list *list,
                               const struct upload *upload)
{
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[FILE_NAME] = (struct page_cell){
        upload->file_name, doc_format(page->doc, "/imports/%" PRId64, upload->id), NULL};
    cells[RECORD].words = page_say(page, registry_records[upload->table].label_zh);
    cells[STATE] = (struct page_cell){.words = page_say(page, states[upload->state].words),
                                      .state = states[upload->state].state};
    cells[ROWS].words = doc_format(page->doc, "%" PRId64, upload->counts.row_count);
    cells[REFUSED].words = doc_format(page->doc, "%" PRId64, upload->counts.refused_count);
    cells[SENT].words = page_list_instant(list, upload->created_ms);
    return page_list_row(list, cells);
}

static struct upload_filter read_filter(struct page *page)
{
    bool is_oldest_first = page_field(page, "sort").size > 0;
    return (struct upload_filter){
        .account_id = page->session.account.id,
        .table = registry_table_by_name(page_field(page, "of")),
        .is_oldest_first = is_oldest_first,
        .after_id = page_number(page, "after", 1, INT64_MAX, is_oldest_first ? 0 : INT64_MAX),
        .row_count_max = IMPORTS_A_PAGE,
    };
}

/* One page of them, or all of them for a file. */
static enum err add_uploads(struct page *page, struct page_list *list, int32_t *ret_count,
                            struct str *ret_next)
{
    struct upload_filter filter = read_filter(page);
    struct doc *json = page->is_api ? doc_add_list(page->doc, "imports") : NULL;
    struct upload *uploads;
    int32_t count, total = 0;
    do {
        TRY(upload_list(page->w, &filter, &uploads, &count));
        for (int32_t i = 0; i < count; i++) {
            filter.after_id = uploads[i].id;
            if (uploads[i].table < 0)
                continue;
            if (json)
                add_upload(page, doc_add_object(json, NULL), &uploads[i]);
            else
                TRY(add_upload_row(page, list, &uploads[i]));
            total++;
        }
    } while (page_list_is_file(list) && count == IMPORTS_A_PAGE && total < EXPORT_ROWS_MAX);
    *ret_count = total;
    *ret_next = (struct str){0};
    if (count == IMPORTS_A_PAGE)
        *ret_next = doc_format(page->doc, "%" PRId64, filter.after_id);
    return ERR_OK;
}

enum err page_imports(struct page *page)
{
    page_registry_views(page, "imports");
    struct page_list *list;
    int32_t count;
    struct str next;
    add_kinds(page);
    TRY(page_list_open(page, list_columns, COLUMN_COUNT, &list));
    enum err err = add_uploads(page, list, &count, &next);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    page_pager(page, count, -1, next);
    doc_page_bool(page->doc, "has_imports", count > 0 || page_field(page, "of").size > 0);
    return page_list_close(list, "导入记录");
}

enum err page_import_template(struct page *page)
{
    struct arena *arena = page->request->arena;
    struct fault *fault = &page->w->fault;
    int32_t table = registry_table_by_name(page_field(page, "kind"));
    if (table < 0)
        return fail(page->w, ERR_NOT_FOUND, "没有这种记录");
    struct upload empty = {.file_name = STR("template.csv")};
    struct upload_folder folder;
    struct str bytes;
    TRY(upload_folder_open(arena, &empty, STR("PK."), &folder, fault));
    enum err err = export_template(arena, page_options_of(page)->vocab, table, folder.error_path,
                                   fault);
    if (err == ERR_OK)
        err = upload_folder_errors(arena, &folder, &bytes, fault);
    upload_folder_remove(&folder);
    TRY(err);
    page_send_file(page, bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                   doc_format(page->doc, "%s.xlsx", registry_records[table].label_zh));
    return ERR_OK;
}

/* ---- sending a file */

struct sending {
    struct page *page;
    struct upload upload;
    struct str content;
};

static enum err add_step(struct work *w, void *context)
{
    struct sending *sending = context;
    TRY(upload_add(w, &sending->upload, sending->content));
    struct audit audit = {.action = STR("import.sent"),
                          .record = str_from(registry_records[sending->upload.table].name),
                          .subject_id = sending->upload.id,
                          .client = sending->page->request->client_address,
                          .detail = sending->upload.file_name};
    return guard_audit(w, &audit);
}

static enum err begin_job_step(struct work *w, void *context)
{
    const struct sending *sending = context;
    return upload_begin_job(w, sending->upload.id, sending->upload.job_id);
}

static enum err start_job(struct sending *sending, const char *kind, page_job_work *work)
{
    struct page *page = sending->page;
    struct work_env env = page_env(page);
    TRY(page_job_start_on(page, kind, sending->upload.id, work, &sending->upload.job_id));
    return work_run(&env, WORK_WRITE, begin_job_step, sending, page->own_fault);
}

static void read_sending(struct page *page, struct sending *sending)
{
    int32_t at = 0;
    const struct form_field *file = form_next(&page->form, "file", &at);
    sending->page = page;
    sending->upload.account_id = page->session.account.id;
    sending->upload.division = page->session.account.division;
    sending->upload.table = registry_table_by_name(page_field(page, "kind"));
    if (sending->upload.table < 0)
        page_field_error(page, "kind", "请选择这份文件是哪种记录");
    if (!file || (file->file_name.size == 0 && file->value.size == 0)) {
        page_field_error(page, "file", "请选择一个文件");
        return;
    }
    sending->upload.file_name = file->file_name.size > 0 ? file->file_name : STR("file.csv");
    sending->content = file->value;
    if (file->value.size == 0)
        page_field_error(page, "file", "这个文件是空的，请核对后再传");
    if (file->value.size > UPLOAD_SIZE_MAX)
        page_field_error(page, "file", "文件太大，请分成几份再传");
}

/* Only what one who sent it can mend is told at the field. */
static bool is_of_the_file(enum err err)
{
    return err == ERR_IMPORT || err == ERR_SHEET || err == ERR_ENCODING || err == ERR_LIMIT ||
           err == ERR_INPUT;
}

enum err page_import_add(struct page *page)
{
    struct sending sending = {0};
    struct work_env env = page_env(page);
    struct arena *arena = page->request->arena;
    page_registry_views(page, "imports");
    add_kinds(page);
    read_sending(page, &sending);
    if (page->error_count > 0)
        return page_refuse_form(page);
    struct fault fault = {0};
    enum err err = page_import_preview(&env, page_options_of(page), arena, &sending.upload,
                                       sending.content, &sending.upload.report, &fault);
    if (is_of_the_file(err)) {
        const char *words = text_in(arena, "%s。%s", fault.message, fault.hint);
        page_field_error(page, "file", words);
        return page_refuse_form(page);
    }
    if (err != ERR_OK) {
        *page->own_fault = fault;
        return err;
    }
    TRY(page_job_room(page, PAGE_FILE_JOBS_MAX));
    TRY(work_run(&env, WORK_WRITE, add_step, &sending, page->own_fault));
    TRY(start_job(&sending, "import_check", page_import_check_job));
    page->doc = doc_new(arena);
    doc_add_id(page->doc, "id", sending.upload.id);
    return page_see(page, doc_format(page->doc, "/imports/%" PRId64, sending.upload.id));
}

/* ---- one import */

static enum err read_own(struct work *w, const struct page *page, int64_t id,
                         struct upload *ret_upload)
{
    TRY(upload_read(w, id, ret_upload));
    return ret_upload->account_id == page->session.account.id
               ? ERR_OK
               : fail(w, ERR_NOT_FOUND, "没有这一页");
}

static void add_rows(struct page *page, const struct json_value *report)
{
    const struct json_value *rows = json_member(report, "rows");
    const struct json_value *columns = json_member(report, "columns");
    struct doc *titles = doc_add_list(page->doc, "columns");
    for (const struct json_value *c = columns ? columns->first : NULL; c; c = c->next) {
        struct doc *title = doc_add_object(titles, NULL);
        struct str label = json_member_text(c, "label");
        doc_add_text(title, "title", json_member_text(c, "title"));
        doc_page_bool(title, "is_unused", label.size == 0);
    }
    doc_page_text(page->doc, "column_count",
                  doc_format(page->doc, "%d", columns ? (int)columns->count : 1));
    struct doc *list = doc_add_list(page->doc, "rows");
    for (const struct json_value *r = rows ? rows->first : NULL; r; r = r->next) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_number(row, "number", json_member_number(r, "number", 0));
        struct str problem = json_member_text(r, "problem");
        doc_add_text(row, "problem", problem);
        doc_page_bool(row, "is_refused", problem.size > 0);
        struct doc *cells = doc_add_list(row, "cells");
        const struct json_value *values = json_member(r, "cells");
        const struct json_value *c = columns ? columns->first : NULL;
        for (const struct json_value *v = values ? values->first : NULL; v; v = v->next) {
            struct doc *cell = doc_add_object(cells, NULL);
            doc_add_text(cell, "text", v->text);
            if (c)
                doc_page_text(cell, "title", json_member_text(c, "title"));
            c = c ? c->next : NULL;
        }
    }
    doc_page_bool(page->doc, "has_rows", rows && rows->first);
}

static enum err add_report(struct page *page, const struct upload *upload)
{
    const struct json_value *report;
    if (upload->report.size == 0)
        return ERR_OK;
    TRY(json_parse(page->w->arena, upload->report, (size_t)1 << 20, &report, &page->w->fault));
    add_rows(page, report);
    const struct json_value *problems = json_member(report, "problems");
    struct doc *list = doc_add_list(page->doc, "problems");
    for (const struct json_value *p = problems ? problems->first : NULL; p; p = p->next) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "cell", json_member_text(p, "cell"));
        doc_add_text(row, "reason", json_member_text(p, "reason"));
        doc_add_text(row, "remedy", json_member_text(p, "remedy"));
    }
    doc_page_bool(page->doc, "has_problems", problems && problems->first);
    doc_page_text(page->doc, "unknown", json_member_text(report, "unknown"));
    return ERR_OK;
}

/* The heading says what is to be done or was done. */
static struct str finding(struct page *page, const struct upload *upload)
{
    const struct import_counts *counts = &upload->counts;
    int64_t good = counts->row_count - counts->refused_count;
    bool english = page->lang == PAGE_EN;
    switch (upload->state) {
    case UPLOAD_CHECKED:
        if (counts->refused_count == 0)
            return doc_format(page->doc,
                              english ? "%" PRId64 " rows can be imported" : "%" PRId64
                                        " 行都可以导入", good);
        return doc_format(page->doc,
                          english ? "%" PRId64 " rows can be imported, %" PRId64 " cannot"
                                  : "%" PRId64 " 行可以导入，%" PRId64 " 行要改", good,
                          counts->refused_count);
    case UPLOAD_DONE:
        return doc_format(page->doc,
                          english ? "Imported: %" PRId64 " new, %" PRId64 " corrected"
                                  : "已导入：新增 %" PRId64 "，更正 %" PRId64,
                          counts->added_count, counts->corrected_count);
    default:
        return page_say(page, states[upload->state].words);
    }
}

/* Nobody works on it any more, though it is neither done nor given up. */
static enum err is_broken_off(struct page *page, struct work *w, const struct upload *upload,
                              bool *ret_is)
{
    struct page_job_now now = {0};
    bool is_at_work = upload->state == UPLOAD_CHECKING || upload->state == UPLOAD_IMPORTING;
    /* Its job begins in a transaction of its own a moment later. */
    bool is_silent = w->now_ms - upload->changed_ms > JOB_SILENCE_MS;
    if (is_at_work && is_silent && upload->job_id != 0)
        TRY(page_job_look(page->app, w, upload->job_id, &now));
    *ret_is = is_at_work && is_silent && !now.is_running;
    return ERR_OK;
}

enum err page_import_show(struct page *page)
{
    int64_t id;
    struct upload upload;
    TRY(page_id(page, "id", &id));
    TRY(read_own(page->w, page, id, &upload));
    add_upload(page, page->doc, &upload);
    TRY(add_report(page, &upload));
    bool is_running = upload.state == UPLOAD_CHECKING || upload.state == UPLOAD_IMPORTING;
    bool is_lost;
    TRY(is_broken_off(page, page->w, &upload, &is_lost));
    doc_add_text(page->doc, "message", upload.message);
    doc_page_bool(page->doc, "has_message", upload.message.size > 0);
    doc_page_text(page->doc, "job_id", doc_format(page->doc, "%" PRId64, upload.job_id));
    doc_page_bool(page->doc, "is_running", is_running && !is_lost);
    doc_page_bool(page->doc, "is_lost", is_lost);
    doc_page_bool(page->doc, "is_checked", upload.state == UPLOAD_CHECKED);
    doc_page_bool(page->doc, "is_done", upload.state == UPLOAD_DONE);
    doc_page_bool(page->doc, "is_broken", upload.state == UPLOAD_BROKEN);
    int64_t good = upload.counts.row_count - upload.counts.refused_count;
    doc_page_bool(page->doc, "has_refused", upload.counts.refused_count > 0);
    doc_page_bool(page->doc, "may_run", upload.state == UPLOAD_CHECKED && good > 0);
    page_title(page, finding(page, &upload));
    return ERR_OK;
}

static enum err confirm_step(struct work *w, void *context)
{
    struct sending *sending = context;
    struct upload *upload = &sending->upload;
    bool is_again;
    TRY(read_own(w, sending->page, upload->id, upload));
    TRY(is_broken_off(sending->page, w, upload, &is_again));
    if (is_again)
        return upload_move(w, upload->id, upload->state, upload->state);
    TRY(upload_move(w, upload->id, UPLOAD_CHECKED, UPLOAD_IMPORTING));
    upload->state = UPLOAD_IMPORTING;
    return ERR_OK;
}

/* What is imported already is known and stays as it is: an import may be run again. */

enum err page_import_run(struct page *page)
{
    struct sending sending = {.page = page};
    struct work_env env = page_env(page);
    if (!str_to_i64(page_parameter(page, "id"), &sending.upload.id))
        return fault_set(page->own_fault, ERR_NOT_FOUND, "没有这一页");
    TRY(page_job_room(page, PAGE_FILE_JOBS_MAX));
    TRY(work_run(&env, WORK_WRITE, confirm_step, &sending, page->own_fault));
    TRY(sending.upload.state == UPLOAD_CHECKING
            ? start_job(&sending, "import_check", page_import_check_job)
            : start_job(&sending, "import", page_import_run_job));
    doc_add_id(page->doc, "id", sending.upload.id);
    return page_see(page, doc_format(page->doc, "/imports/%" PRId64, sending.upload.id));
}

/* Given up: the file goes. One that is being worked on stays until that is done. */
enum err page_import_discard(struct page *page)
{
    int64_t id;
    struct upload upload;
    TRY(page_id(page, "id", &id));
    TRY(read_own(page->w, page, id, &upload));
    bool is_running = upload.state == UPLOAD_CHECKING || upload.state == UPLOAD_IMPORTING;
    bool is_lost;
    TRY(is_broken_off(page, page->w, &upload, &is_lost));
    if (is_running && !is_lost)
        return fail(page->w, ERR_BUSY, "这份文件正在处理，完成后再清除");
    TRY(upload_remove(page->w, id));
    TRY(page_audit(page, "import.discarded", registry_records[upload.table].name, id,
                   upload.file_name));
    doc_add_id(page->doc, "id", id);
    return page_see(page, STR("/imports?done=discarded"));
}

enum err page_import_errors(struct page *page)
{
    int64_t id;
    struct upload upload;
    struct str content;
    TRY(page_id(page, "id", &id));
    TRY(read_own(page->w, page, id, &upload));
    TRY(upload_get(page->w, page->request->arena, id, UPLOAD_REFUSED, &content));
    bool is_xlsx = content.size > 2 && memcmp(content.ptr, "PK", 2) == 0;
    page_file_rows(page, upload.counts.refused_count);
    page_send_file(page, content,
                   is_xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                           : "text/csv; charset=utf-8",
                   doc_format(page->doc, "不合格的行 %.*s%s", STR_ARG(upload.file_name),
                              is_xlsx ? ".xlsx" : ".csv"));
    return ERR_OK;
}
