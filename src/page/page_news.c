#include "base/day.h"
#include "base/record.h"
#include "domain/news/news_book.h"
#include "page/app.h"
#include "page/page_line.h"
#include "page/page_list.h"
#include "page/page_notice.h"
#include "page/page_submission.h"

#include <inttypes.h>

/* The desk of notices: drafting, looking for personal values, publishing, withdrawing. */

enum {
    ROWS_A_PAGE = 50,
    TITLE_CHARACTERS_MAX = 120,
    BODY_CHARACTERS_MAX = 20000,
    REASON_CHARACTERS_MIN = 4,
    REASON_CHARACTERS_MAX = 300,
    WORKING_DAYS_MAX = 60,
};

static struct str or_nothing(struct str text)
{
    return text.size > 0 ? text : (struct str){0};
}

/* ---- the list */

enum { TITLE, PLACE, LINES, MAKER, DAY, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [TITLE] = {"title", "公示", COLUMN_WIDE, false, ORDER_NONE},
    [PLACE] = {"place", "区划", COLUMN_PLAIN, false, ORDER_NONE},
    [LINES] = {"lines", "行数", COLUMN_NUMBER, false, ORDER_NONE},
    [MAKER] = {"maker", "起草人", COLUMN_PLAIN, false, ORDER_NONE},
    [DAY] = {"day", "公示至", COLUMN_END, false, ORDER_NONE},
};

static enum notice_state chosen_state(const struct page *page)
{
    struct str state = page_field(page, "state");
    for (int s = NOTICE_DRAFT; s < NOTICE_STATE_COUNT; s++)
        if (str_equal_text(state, news_notice_state_name((enum notice_state)s)))
            return (enum notice_state)s;
    return NOTICE_OFFERED;
}

static void add_views(struct page *page, enum notice_state here)
{
    struct doc *list = doc_page_list(page->doc, "views");
    for (int s = NOTICE_DRAFT; s < NOTICE_STATE_COUNT; s++) {
        struct doc *row = doc_add_object(list, NULL);
        enum notice_state state = (enum notice_state)s;
        doc_page_text(row, "label", page_say(page, news_notice_state_words(state)));
        doc_page_text(row, "href",
                      doc_format(row, "/news/notices?state=%s", news_notice_state_name(state)));
        doc_page_bool(row, "is_here", state == here);
    }
}

static enum err add_row(struct page *page, struct page_list *list, struct doc *json,
                        const struct notice *notice)
{
    char day[DAY_TEXT_SIZE];
    if (json) {
        page_add_notice(page, doc_add_object(json, NULL), notice);
        return ERR_OK;
    }
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[TITLE] = (struct page_cell){
        notice->title, doc_format(page->doc, "/news/notices/%" PRId64, notice->id), NULL};
    cells[PLACE].words = page_place_words(page, notice->division);
    cells[LINES].words = doc_format(page->doc, "%" PRId32, notice->line_count);
    cells[MAKER].words = notice->maker;
    if (notice->last_day != ABSENT_I32)
        cells[DAY].words = doc_format(page->doc, "%s", day_text(notice->last_day, day));
    return page_list_row(list, cells);
}

static enum err add_rows(struct page *page, struct page_list *list, enum notice_state state,
                         int32_t division_min, int32_t division_max, int32_t *ret_count,
                         struct str *ret_next)
{
    struct notice *notices;
    int32_t count, total = 0;
    int64_t before_id = page_number(page, "after", 1, INT64_MAX, INT64_MAX);
    struct doc *json = page->is_api ? doc_add_list(page->doc, "notices") : NULL;
    do {
        TRY(news_notice_list(page->w, state, division_min, division_max, before_id, ROWS_A_PAGE,
                             &notices, &count));
        for (int32_t i = 0; i < count; i++, total++)
            TRY(add_row(page, list, json, &notices[i]));
        if (count > 0)
            before_id = notices[count - 1].id;
    } while (page_list_is_file(list) && count == ROWS_A_PAGE);
    *ret_count = total;
    *ret_next = (struct str){0};
    if (count == ROWS_A_PAGE)
        *ret_next = doc_format(page->doc, "%" PRId64, before_id);
    return ERR_OK;
}

enum err page_news_notices(struct page *page)
{
    int32_t count, chosen, division_min, division_max;
    enum notice_state state = chosen_state(page);
    struct page_list *list;
    struct str next;
    page_division_range(page, &chosen, &division_min, &division_max);
    TRY(page_list_open(page, columns, COLUMN_COUNT, &list));
    enum err err = add_rows(page, list, state, division_min, division_max, &count, &next);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    add_views(page, state);
    page_add_division_filter(page, chosen);
    doc_add_text_z(page->doc, "state", news_notice_state_name(state));
    page_pager(page, count, -1, next);
    doc_page_bool(page->doc, "has_notices", count > 0);
    page_title(page, page_say(page, "公示的起草和审核"));
    return page_list_close(list, "公示");
}

/* ---- drafting */

static struct str read_text(struct page *page, const char *name, int32_t min, int32_t max,
                            const char *message)
{
    struct str text = str_trim(page_field(page, name));
    size_t count = text.ptr ? str_character_count(text) : 0;
    if (count < (size_t)min || count > (size_t)max)
        page_field_error(page, name, message);
    return text.ptr ? text : STR("");
}

static void keep_typed(struct page *page, struct str title, struct str body)
{
    doc_page_text(page->doc, "typed_title", title);
    doc_page_text(page->doc, "typed_body", body);
    doc_page_text(page->doc, "typed_days", page_field(page, "working_days"));
    doc_page_text(page->doc, "typed_article", page_field(page, "article"));
}

enum err page_news_notice_form(struct page *page)
{
    page_title(page, page_say(page, "起草公示"));
    return ERR_OK;
}

/* The division whose notice an officer writes: a county's own, the city's for the city. */
static int32_t own_division(const struct page *page)
{
    int32_t division = page->session.account.division;
    return division != 0 ? division : page_options_of(page)->city_division;
}

static struct notice described(const struct page *page, struct str title, struct str body)
{
    const struct page_options *options = page_options_of(page);
    int32_t division = own_division(page);
    const struct news_office *office = news_office_of(options->news, division);
    return (struct notice){
        .state = NOTICE_DRAFT,
        .division = division,
        .title = title,
        .body = body,
        .article = str_trim(page_field(page, "article")),
        .issuer = office ? office->name : str_from(options->city_name),
        .issuer_code = office ? office->credit_code : STR(""),
        .subject = STR("劳动、人事、监察"),
        .openness = STR("主动公开"),
        .contact = office ? office->section : STR(""),
        .phone = office ? office->phone : STR(""),
        .made_day = page->w->today_day,
        .working_days = (int32_t)page_number(page, "working_days", 1, WORKING_DAYS_MAX, 0),
    };
}

enum err page_news_notice_add(struct page *page)
{
    int64_t id;
    struct str title = read_text(page, "title", 1, TITLE_CHARACTERS_MAX, "请写标题，120 个字以内");
    struct str body = read_text(page, "body", 1, BODY_CHARACTERS_MAX, "请写正文，20000 个字以内");
    struct notice notice = described(page, title, body);
    if (notice.working_days == 0)
        page_field_error(page, "working_days", "请按文件写公示几个工作日，1 至 60");
    if (page->error_count > 0) {
        enum err err = page_refuse_form(page);
        keep_typed(page, title, body);
        TRY(page_news_notice_form(page));
        return err;
    }
    TRY(news_notice_open(page->w, &notice, NULL, 0, &id));
    TRY(page_audit(page, "notice.made", "notice", id, title));
    return page_see(page, doc_format(page->doc, "/news/notices/%" PRId64 "?done=saved", id));
}

/* ---- one */

static enum err read_in_scope(struct page *page, struct notice *ret_notice)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(news_notice_read(page->w, id, ret_notice));
    return page_see_division(page, ret_notice->division);
}

static enum err add_findings(struct page *page, const struct notice *notice)
{
    struct redact_finding *findings;
    int32_t count, open_count = 0;
    TRY(news_notice_findings(page->w, notice, &findings, &count));
    struct doc *list = doc_add_list(page->doc, "findings");
    for (int32_t i = 0; i < count; i++) {
        const struct redact_finding *finding = &findings[i];
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "found", finding->found);
        doc_page_text(row, "kind", page_say(page, redact_kind_words(finding->kind)));
        doc_page_text(row, "text", finding->text);
        doc_add_text(row, "masked", finding->masked);
        doc_page_text(row, "before", finding->before);
        doc_page_text(row, "after", finding->after);
        doc_add_bool(row, "is_kept", finding->is_kept);
        doc_page_text(row, "kept_by", finding->kept_by);
        doc_add_text(row, "kept_reason", or_nothing(finding->kept_reason));
        open_count += !finding->is_kept;
    }
    doc_page_bool(page->doc, "has_findings", count > 0);
    doc_add_number(page->doc, "open_findings", open_count);
    doc_page_bool(page->doc, "is_clean", open_count == 0);
    return ERR_OK;
}

static enum err add_history(struct page *page, int64_t id)
{
    static const struct {
        const char *move, *words;
    } names[] = {
        {"made", "起草"},         {"changed", "修改"}, {"offered", "送审"},
        {"returned", "退回修改"}, {"masked", "遮盖"},  {"kept", "保留"},
        {"published", "发布"},    {"ended", "公示结束"}, {"withdrawn", "撤回"},
    };
    struct notice_move *moves;
    int32_t count;
    TRY(news_notice_history(page->w, id, &moves, &count));
    struct doc *list = doc_add_list(page->doc, "history");
    for (int32_t i = 0; i < count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_instant(row, "at", moves[i].at_ms);
        doc_add_text(row, "move", moves[i].move);
        for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
            if (str_equal_text(moves[i].move, names[n].move))
                doc_page_text(row, "move_words", page_say(page, names[n].words));
        doc_add_text(row, "actor", moves[i].actor);
        doc_add_text(row, "reason", or_nothing(moves[i].reason));
    }
    return ERR_OK;
}

static enum err add_objections(struct page *page, int64_t id)
{
    struct objection *objections;
    int32_t count;
    TRY(news_objection_of_notice(page->w, id, 0, OBJECTION_ROWS_MAX, &objections, &count));
    struct doc *list = doc_add_list(page->doc, "objections");
    for (int32_t i = 0; i < count; i++)
        page_add_objection(page, doc_add_object(list, NULL), &objections[i]);
    doc_page_bool(page->doc, "has_objections", count > 0);
    return ERR_OK;
}

static enum err show(struct page *page, const struct notice *notice)
{
    bool is_own = notice->maker_id == page->session.account.id;
    bool is_checked = notice->state == NOTICE_OFFERED;
    page_add_notice(page, page->doc, notice);
    TRY(page_add_notice_text(page, notice));
    doc_add_text(page->doc, "maker", notice->maker);
    doc_add_text(page->doc, "checker", or_nothing(notice->checker));
    doc_page_text(page->doc, "returned", or_nothing(notice->reason));
    doc_add_id(page->doc, "version", notice->changed_ms);
    doc_page_bool(page->doc, "is_draft", notice->state == NOTICE_DRAFT);
    doc_page_bool(page->doc, "may_check", is_checked && !is_own);
    doc_page_bool(page->doc, "is_own_offer", is_checked && is_own);
    doc_page_bool(page->doc, "is_published", notice->state == NOTICE_PUBLISHED);
    doc_page_bool(page->doc, "has_page", notice->published_day != ABSENT_I32);
    if (notice->published_day == ABSENT_I32)
        TRY(add_findings(page, notice));
    TRY(add_objections(page, notice->id));
    TRY(add_history(page, notice->id));
    page_title(page, notice->title);
    return ERR_OK;
}

enum err page_news_notice(struct page *page)
{
    struct notice notice;
    TRY(read_in_scope(page, &notice));
    return show(page, &notice);
}

/* ---- moves */

static enum err finish(struct page *page, int64_t id, const char *action, struct str reason,
                       const char *done)
{
    TRY(page_audit(page, action, "notice", id, reason));
    page_tasks_changed(page);
    return page_see(page, doc_format(page->doc, "/news/notices/%" PRId64 "?done=%s", id, done));
}

static enum err refuse(struct page *page, const struct notice *notice)
{
    enum err err = page_refuse_form(page);
    TRY(show(page, notice));
    return err;
}

static struct str read_reason(struct page *page)
{
    return read_text(page, "reason", REASON_CHARACTERS_MIN, REASON_CHARACTERS_MAX,
                     "请写明理由，4 至 300 个字");
}

enum err page_news_notice_edit(struct page *page)
{
    struct notice notice;
    TRY(read_in_scope(page, &notice));
    struct str title = read_text(page, "title", 1, TITLE_CHARACTERS_MAX, "请写标题，120 个字以内");
    struct str body = read_text(page, "body", 1, BODY_CHARACTERS_MAX, "请写正文，20000 个字以内");
    if (page->error_count > 0)
        return refuse(page, &notice);
    TRY(news_notice_edit(page->w, notice.id, page_number(page, "version", 0, INT64_MAX, 0), title,
                         body));
    return finish(page, notice.id, "notice.changed", STR(""), "saved");
}

enum err page_news_notice_offer(struct page *page)
{
    struct notice notice;
    TRY(read_in_scope(page, &notice));
    TRY(news_notice_offer(page->w, notice.id));
    return finish(page, notice.id, "notice.offered", STR(""), "saved");
}

enum err page_news_notice_return(struct page *page)
{
    struct notice notice;
    TRY(read_in_scope(page, &notice));
    struct str reason = read_reason(page);
    if (page->error_count > 0)
        return refuse(page, &notice);
    TRY(news_notice_return(page->w, notice.id, reason));
    return finish(page, notice.id, "notice.returned", reason, "saved");
}

enum err page_news_notice_mask(struct page *page)
{
    struct notice notice;
    TRY(read_in_scope(page, &notice));
    TRY(news_notice_mask(page->w, notice.id, page_field(page, "found")));
    return finish(page, notice.id, "notice.masked", STR(""), "saved");
}

enum err page_news_notice_keep(struct page *page)
{
    struct notice notice;
    TRY(read_in_scope(page, &notice));
    struct str reason = read_reason(page);
    if (page->error_count > 0)
        return refuse(page, &notice);
    TRY(news_notice_keep(page->w, notice.id, page_field(page, "found"), reason));
    return finish(page, notice.id, "notice.kept", reason, "saved");
}

enum err page_news_notice_publish(struct page *page)
{
    struct notice notice;
    const struct calendar *calendar = page_options_of(page)->calendar;
    TRY(read_in_scope(page, &notice));
    if (!calendar)
        return fail(page->w, ERR_CATALOGUE, "没有工作日表，不能算公示期");
    TRY(news_notice_publish(
        page->w, calendar, news_office_of(page_options_of(page)->news, notice.division),
        notice.id));
    return finish(page, notice.id, "notice.published", STR(""), "saved");
}

enum err page_news_notice_withdraw(struct page *page)
{
    struct notice notice;
    TRY(read_in_scope(page, &notice));
    struct str reason = read_reason(page);
    if (page->error_count > 0)
        return refuse(page, &notice);
    TRY(news_notice_withdraw(page->w, notice.id, reason));
    return finish(page, notice.id, "notice.withdrawn", reason, "saved");
}
