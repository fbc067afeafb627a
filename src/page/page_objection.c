#include "base/day.h"
#include "domain/registry/registry_name.h"
#include "page/app.h"
#include "page/page_line.h"
#include "page/page_list.h"
#include "page/page_notice.h"
#include "page/page_submission.h"
#include "page/promise.h"

#include <inttypes.h>

/* Objections: the form for anyone, the answer by receipt code; and the desk that decides. */

enum {
    TEXT_CHARACTERS_MIN = 10,
    TEXT_CHARACTERS_MAX = 3000,
    NAME_CHARACTERS_MAX = 50,
    CONTACT_CHARACTERS_MAX = 100,
    ANSWER_CHARACTERS_MIN = 10,
    ANSWER_CHARACTERS_MAX = 2000,
    ROWS_A_PAGE = 50,
};

static const char *const state_marks[OBJECTION_STATE_COUNT] = {
    [OBJECTION_OPEN] = "wait", [OBJECTION_UPHELD] = "met", [OBJECTION_REJECTED] = "unmet"};

static struct str or_nothing(struct str text)
{
    return text.size > 0 ? text : (struct str){0};
}

void page_add_objection(struct page *page, struct doc *row, const struct objection *objection)
{
    doc_add_id(row, "id", objection->id);
    doc_add_id(row, "notice_id", objection->notice_id);
    doc_add_number(row, "position", objection->position);
    doc_page_bool(row, "has_position", objection->position > 0);
    doc_add_text_z(row, "state", news_objection_state_name(objection->state));
    doc_page_text(row, "state_words",
                  page_say(page, news_objection_state_words(objection->state)));
    doc_page_z(row, "state_css", state_marks[objection->state]);
    doc_page_bool(row, "is_open", objection->state == OBJECTION_OPEN);
    doc_add_instant(row, "received", objection->received_ms);
    if (objection->decided_ms > 0)
        doc_add_instant(row, "decided", objection->decided_ms);
    doc_add_text(row, "answer", or_nothing(objection->answer));
    if (objection->state == OBJECTION_OPEN)
        page_add_clock(page, row, objection->due_day);
}

/* ---- the form */

static enum err read_notice(struct page *page, struct notice *ret_notice)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(news_notice_read(page->w, id, ret_notice));
    if (ret_notice->published_day == ABSENT_I32)
        return fail(page->w, ERR_NOT_FOUND, "没有这份公示");
    return ERR_OK;
}

static enum err add_form(struct page *page, const struct notice *notice)
{
    int32_t position = (int32_t)page_number(page, "line", 1, NOTICE_LINES_MAX, 0);
    struct doc *row = doc_add_object(page->doc, "notice");
    page_add_notice(page, row, notice);
    doc_add_bool(page->doc, "takes_objections", page_notice_is_open(page, notice));
    if (position > 0) {
        struct notice_line line;
        TRY(news_notice_line(page->w, notice->id, position, &line));
        struct doc *chosen = doc_page_object(page->doc, "line");
        doc_page_text(chosen, "position", doc_format(page->doc, "%" PRId32, position));
        doc_page_text(chosen, "name", line.name);
        doc_page_text(chosen, "item", line.item);
    }
    page_title(page, page_say(page, "对公示提出异议"));
    return ERR_OK;
}

enum err page_objection_form(struct page *page)
{
    struct notice notice;
    TRY(read_notice(page, &notice));
    return add_form(page, &notice);
}

static struct str read_text(struct page *page, const char *name, int32_t min, int32_t max,
                            const char *message)
{
    struct str text = str_trim(page_field(page, name));
    size_t count = text.ptr ? str_character_count(text) : 0;
    if (count < (size_t)min || count > (size_t)max)
        page_field_error(page, name, message);
    return text;
}

static void keep_typed(struct page *page, const struct objection *objection)
{
    doc_page_text(page->doc, "typed_name", objection->name);
    doc_page_text(page->doc, "typed_contact", objection->contact);
    doc_page_text(page->doc, "typed_text", objection->text);
}

enum err page_objection_add(struct page *page)
{
    const struct page_options *options = page_options_of(page);
    struct notice notice;
    char code[OBJECTION_CODE_SIZE];
    TRY(page_limit_public_form(page, &page->w->fault));
    TRY(read_notice(page, &notice));
    struct objection objection = {
        .notice_id = notice.id,
        .position = (int32_t)page_number(page, "line", 1, NOTICE_LINES_MAX, 0),
        .text = read_text(page, "text", TEXT_CHARACTERS_MIN, TEXT_CHARACTERS_MAX,
                          "请写明哪里不对、依据什么，10 至 3000 个字"),
        .name = read_text(page, "name", 0, NAME_CHARACTERS_MAX, "姓名最多 50 个字"),
        .contact = read_text(page, "contact", 0, CONTACT_CHARACTERS_MAX, "联系方式最多 100 个字"),
        .due_day = promise_due_day(options->promises, options->calendar, "objection",
                                   page->w->today_day),
    };
    if (page->error_count > 0) {
        enum err err = page_refuse_form(page);
        keep_typed(page, &objection);
        TRY(add_form(page, &notice));
        return err;
    }
    TRY(news_objection_add(page->w, &objection, code, &objection.id));
    page_tasks_changed(page);
    struct doc *row = doc_add_object(page->doc, "notice");
    page_add_notice(page, row, &notice);
    doc_add_text(page->doc, "code", doc_format(page->doc, "%s", code));
    doc_add_day(page->doc, "due", objection.due_day);
    page->view = "page/objection_taken";
    page_title(page, page_say(page, "异议已收到"));
    return ERR_OK;
}

/* ---- by code */

enum err page_objection_track_form(struct page *page)
{
    page_title(page, page_say(page, "查异议的处理"));
    return ERR_OK;
}

enum err page_objection_track(struct page *page)
{
    struct objection objection;
    struct notice notice;
    struct str code = page_field(page, "code");
    page_title(page, page_say(page, "查异议的处理"));
    TRY(page_limit_public_form(page, &page->w->fault));
    enum err err = news_objection_by_code(page->w, code, &objection);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&page->w->fault);
        doc_page_text(page->doc, "typed_code", code);
        page_field_error(page, "code", "没有这个回执号，请核对后再查");
        return page_refuse_form(page);
    }
    TRY(err);
    TRY(news_notice_read(page->w, objection.notice_id, &notice));
    struct doc *row = doc_add_object(page->doc, "objection");
    page_add_objection(page, row, &objection);
    doc_add_text(row, "notice_title", notice.title);
    return ERR_OK;
}

/* ---- the desk: what waits */

enum { NOTICE, LINE, RECEIVED, DUE, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [NOTICE] = {"notice", "公示", COLUMN_WIDE, false, ORDER_NONE},
    [LINE] = {"line", "对哪一行", COLUMN_PLAIN, false, ORDER_NONE},
    [RECEIVED] = {"received", "收到", COLUMN_PLAIN, false, ORDER_NONE},
    [DUE] = {"due", "期限", COLUMN_END, false, ORDER_OWN_UP},
};

static enum err add_row(struct page *page, struct page_list *list, struct doc *json,
                        const struct objection *objection)
{
    struct notice notice;
    char day[DAY_TEXT_SIZE];
    TRY(news_notice_read(page->w, objection->notice_id, &notice));
    if (json) {
        struct doc *row = doc_add_object(json, NULL);
        page_add_objection(page, row, objection);
        doc_add_text(row, "notice_title", notice.title);
        return ERR_OK;
    }
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[NOTICE] = (struct page_cell){
        notice.title, doc_format(page->doc, "/news/objections/%" PRId64, objection->id), NULL};
    cells[LINE].words = objection->position > 0
                            ? doc_format(page->doc, "%" PRId32, objection->position)
                            : page_say(page, "整份公示");
    cells[RECEIVED].words = page_list_instant(list, objection->received_ms);
    cells[DUE].words = objection->due_day == DAY_MAX
                           ? page_say(page, "未定")
                           : doc_format(page->doc, "%s", day_text(objection->due_day, day));
    return page_list_row(list, cells);
}

static void read_after(struct page *page, int32_t *ret_due_day, int64_t *ret_id)
{
    struct str rest = page_field(page, "after"), first, second;
    int64_t due_day, id;
    *ret_due_day = 0;
    *ret_id = 0;
    if (rest.ptr && str_split(&rest, '_', &first) && str_split(&rest, '_', &second) &&
        str_to_i64(first, &due_day) && due_day > 0 && due_day <= DAY_MAX &&
        str_to_i64(second, &id)) {
        *ret_due_day = (int32_t)due_day;
        *ret_id = id;
    }
}

static enum err add_rows(struct page *page, struct page_list *list, int32_t division_min,
                         int32_t division_max, int32_t *ret_count, struct str *ret_next)
{
    struct objection *rows;
    int32_t count, total = 0, due_day;
    int64_t id;
    struct doc *json = page->is_api ? doc_add_list(page->doc, "objections") : NULL;
    read_after(page, &due_day, &id);
    do {
        TRY(news_objection_waiting(page->w, division_min, division_max, due_day, id, ROWS_A_PAGE,
                                   &rows, &count));
        for (int32_t i = 0; i < count; i++, total++)
            TRY(add_row(page, list, json, &rows[i]));
        if (count > 0) {
            due_day = rows[count - 1].due_day;
            id = rows[count - 1].id;
        }
    } while (page_list_is_file(list) && count == ROWS_A_PAGE);
    *ret_count = total;
    *ret_next = (struct str){0};
    if (count == ROWS_A_PAGE)
        *ret_next = doc_format(page->doc, "%" PRId32 "_%" PRId64, due_day, id);
    return ERR_OK;
}

enum err page_objections(struct page *page)
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
    TRY(news_objection_waiting_count(page->w, division_min, division_max, &total, &due_day));
    page_add_division_filter(page, chosen);
    page_pager(page, count, total, next);
    doc_page_bool(page->doc, "has_objections", count > 0);
    doc_add_number(page->doc, "waiting_count", total);
    page_title(page, page_say(page, "等处理的异议"));
    return page_list_close(list, "等处理的异议");
}

/* ---- the desk: one */

static enum err read_in_scope(struct page *page, struct objection *ret_objection)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(news_objection_read(page->w, id, ret_objection));
    return page_see_division(page, ret_objection->division);
}

static enum err show(struct page *page, const struct objection *objection)
{
    struct notice notice;
    TRY(news_notice_read(page->w, objection->notice_id, &notice));
    page_add_objection(page, page->doc, objection);
    doc_add_text(page->doc, "name", or_nothing(objection->name));
    doc_add_text(page->doc, "contact", or_nothing(objection->contact));
    doc_add_text(page->doc, "text", objection->text);
    doc_add_text(page->doc, "decided_by", or_nothing(objection->decided_by));
    struct doc *row = doc_add_object(page->doc, "notice");
    page_add_notice(page, row, &notice);
    if (objection->position > 0) {
        struct notice_line line;
        TRY(news_notice_line(page->w, notice.id, objection->position, &line));
        struct doc *told = doc_add_object(page->doc, "line");
        doc_add_number(told, "position", line.position);
        doc_add_text(told, "name", line.name);
        doc_add_text(told, "unit", or_nothing(line.unit));
        doc_add_text(told, "item", line.item);
        doc_add_money(told, "amount", line.amount_fen);
        if (line.case_id != 0)
            doc_page_text(told, "case_path",
                          doc_format(page->doc, "/cases/%" PRId64, line.case_id));
    }
    doc_page_bool(page->doc, "is_own", notice.maker_id == page->session.account.id);
    page_title(page, page_say(page, "一件异议"));
    return ERR_OK;
}

enum err page_objection_show(struct page *page)
{
    struct objection objection;
    TRY(read_in_scope(page, &objection));
    return show(page, &objection);
}

enum err page_objection_decide(struct page *page)
{
    struct objection objection;
    TRY(read_in_scope(page, &objection));
    bool is_upheld = str_equal(page_field(page, "decision"), STR("uphold"));
    struct str answer = read_text(page, "answer", ANSWER_CHARACTERS_MIN, ANSWER_CHARACTERS_MAX,
                                  "请写明查了什么、结论和依据，10 至 2000 个字");
    if (!is_upheld && !str_equal(page_field(page, "decision"), STR("reject")))
        page_field_error(page, "decision", "请选异议成立或不成立");
    if (page->error_count > 0) {
        enum err err = page_refuse_form(page);
        doc_page_text(page->doc, "typed_answer", answer);
        TRY(show(page, &objection));
        return err;
    }
    TRY(news_objection_decide(page->w, objection.id,
                              is_upheld ? OBJECTION_UPHELD : OBJECTION_REJECTED, answer));
    TRY(page_audit(page, is_upheld ? "objection.upheld" : "objection.rejected", "objection",
                   objection.id, answer));
    page_tasks_changed(page);
    return page_see(page, doc_format(page->doc, "/news/objections/%" PRId64 "?done=saved",
                                     objection.id));
}
