#include "page/page_notice.h"

#include "base/clock.h"
#include "base/day.h"
#include "base/html.h"
#include "base/record.h"
#include "domain/registry/registry_name.h"
#include "page/app.h"
#include "page/page_line.h"
#include "page/page_submission.h"

#include <inttypes.h>

/* What the public sees of notices: the list, one with its lines, the feed. */

enum { ROWS_A_PAGE = 30, FEED_ROWS = 50 };

static const char *const state_marks[NOTICE_STATE_COUNT] = {
    [NOTICE_DRAFT] = "wait",     [NOTICE_OFFERED] = "ask",     [NOTICE_PUBLISHED] = "soon",
    [NOTICE_ENDED] = "done",     [NOTICE_WITHDRAWN] = "unmet",
};

bool page_notice_is_open(const struct page *page, const struct notice *notice)
{
    return notice->state == NOTICE_PUBLISHED && page->w->today_day <= notice->last_day;
}

static struct str or_nothing(struct str text)
{
    return text.size > 0 ? text : (struct str){0};
}

void page_add_notice(struct page *page, struct doc *row, const struct notice *notice)
{
    doc_add_id(row, "id", notice->id);
    doc_add_text(row, "title", notice->title);
    doc_add_text_z(row, "state", news_notice_state_name(notice->state));
    doc_page_text(row, "state_words", page_say(page, news_notice_state_words(notice->state)));
    doc_page_z(row, "state_css", state_marks[notice->state]);
    doc_add_text(row, "index_number", or_nothing(notice->index_number));
    doc_add_text(row, "issuer", or_nothing(notice->issuer));
    doc_add_text(row, "subject", or_nothing(notice->subject));
    doc_add_text(row, "openness", or_nothing(notice->openness));
    doc_add_text(row, "contact", or_nothing(notice->contact));
    doc_add_text(row, "phone", or_nothing(notice->phone));
    doc_add_text(row, "article", or_nothing(notice->article));
    doc_add_number(row, "division", notice->division);
    doc_page_text(row, "place", page_place_words(page, notice->division));
    doc_add_day(row, "made", notice->made_day);
    doc_add_number(row, "working_days", notice->working_days);
    doc_add_day(row, "published", notice->published_day);
    doc_add_day(row, "last_day", notice->last_day);
    doc_add_day(row, "ended", notice->ended_day);
    doc_add_number(row, "line_count", notice->line_count);
    doc_add_money(row, "total", notice->total_fen);
    doc_page_bool(row, "has_total", notice->total_fen > 0);
    if (notice->state == NOTICE_WITHDRAWN)
        doc_add_text(row, "reason", or_nothing(notice->reason));
    if (page_notice_is_open(page, notice))
        page_add_clock(page, row, notice->last_day);
}

static void add_paragraphs(struct page *page, struct str body)
{
    struct doc *list = doc_page_list(page->doc, "paragraphs");
    struct str paragraph;
    doc_add_text(page->doc, "body", body);
    while (body.size > 0 && str_split(&body, '\n', &paragraph))
        if (str_trim(paragraph).size > 0)
            doc_page_text(doc_add_object(list, NULL), "text", str_trim(paragraph));
}

static enum err add_line(struct page *page, struct doc *list, const struct notice_line *line)
{
    struct str name = line->name;
    struct doc *row = doc_add_object(list, NULL);
    if (name.size == 0)
        TRY(registry_name(page->w, line->record, line->owner_id, line->holder_id, &name));
    doc_add_number(row, "position", line->position);
    doc_add_text(row, "name", name);
    doc_add_text(row, "unit", or_nothing(line->unit));
    doc_add_text(row, "item", line->item);
    doc_add_money(row, "amount", line->amount_fen);
    doc_page_bool(row, "has_amount", line->amount_fen > 0);
    return ERR_OK;
}

enum err page_add_notice_text(struct page *page, const struct notice *notice)
{
    struct notice_line *lines;
    int32_t count;
    int32_t after = (int32_t)page_number(page, "after", 1, NOTICE_LINES_MAX, 0);
    add_paragraphs(page, notice->body);
    TRY(news_notice_lines(page->w, notice->id, after, NOTICE_LINES_A_PAGE, &lines, &count));
    struct doc *list = doc_add_list(page->doc, "lines");
    for (int32_t i = 0; i < count; i++)
        TRY(add_line(page, list, &lines[i]));
    doc_page_bool(page->doc, "has_lines", count > 0);
    struct str next = {0};
    if (count == NOTICE_LINES_A_PAGE && lines[count - 1].position < notice->line_count)
        next = doc_format(page->doc, "%" PRId32, lines[count - 1].position);
    if (count > 0)
        page_pager(page, count, notice->line_count, next);
    return ERR_OK;
}

/* ---- the list */

static void read_before(struct page *page, int32_t *ret_day, int64_t *ret_id)
{
    struct str rest = page_field(page, "after"), first, second;
    int64_t day, id;
    *ret_day = DAY_MAX;
    *ret_id = INT64_MAX;
    if (rest.ptr && str_split(&rest, '_', &first) && str_split(&rest, '_', &second) &&
        str_to_i64(first, &day) && day > DAY_MIN && day <= DAY_MAX && str_to_i64(second, &id)) {
        *ret_day = (int32_t)day;
        *ret_id = id;
    }
}

enum err page_notices(struct page *page)
{
    struct notice *notices;
    int32_t count, before_day;
    int64_t before_id;
    read_before(page, &before_day, &before_id);
    TRY(news_notice_public(page->w, before_day, before_id, ROWS_A_PAGE, &notices, &count));
    struct doc *list = doc_add_list(page->doc, "notices");
    for (int32_t i = 0; i < count; i++)
        page_add_notice(page, doc_add_object(list, NULL), &notices[i]);
    doc_page_bool(page->doc, "has_notices", count > 0);
    struct str next = {0};
    if (count == ROWS_A_PAGE)
        next = doc_format(page->doc, "%" PRId32 "_%" PRId64, notices[count - 1].published_day,
                          notices[count - 1].id);
    page_pager(page, count, -1, next);
    page_title(page, page_say(page, "公示"));
    return ERR_OK;
}

/* ---- one */

static enum err read_public(struct page *page, struct notice *ret_notice)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(news_notice_read(page->w, id, ret_notice));
    if (ret_notice->published_day == ABSENT_I32) /* nobody learns of drafts */
        return fail(page->w, ERR_NOT_FOUND, "没有这份公示");
    return ERR_OK;
}

enum err page_notice_show(struct page *page)
{
    struct notice notice;
    int64_t open_count;
    TRY(read_public(page, &notice));
    TRY(news_objection_open_count(page->w, notice.id, &open_count));
    page_add_notice(page, page->doc, &notice);
    TRY(page_add_notice_text(page, &notice));
    doc_add_bool(page->doc, "takes_objections", page_notice_is_open(page, &notice));
    doc_page_bool(page->doc, "is_withdrawn", notice.state == NOTICE_WITHDRAWN);
    doc_page_bool(page->doc, "waits_for_objections",
                  notice.state == NOTICE_PUBLISHED && page->w->today_day > notice.last_day &&
                      open_count > 0);
    page_title(page, notice.title);
    return ERR_OK;
}

/* ---- the feed (RFC 4287) */

static struct str instant_of(struct arena *arena, int32_t day)
{
    char text[DAY_TEXT_SIZE];
    return str_from(text_in(arena, "%sT00:00:00+08:00", day_text(day, text)));
}

static void add_entry(struct html *feed, struct arena *arena, const struct notice *notice)
{
    int32_t day = notice->ended_day == ABSENT_I32 ? notice->published_day : notice->ended_day;
    html_open(feed, "entry");
    html_element(feed, "title", NULL, notice->title);
    html_open(feed, "link", "href", text_in(arena, "/notices/%" PRId64, notice->id));
    html_close(feed);
    html_element_z(feed, "id", NULL, text_in(arena, "urn:baigong:notice:%" PRId64, notice->id));
    html_element(feed, "published", NULL, instant_of(arena, notice->published_day));
    html_element(feed, "updated", NULL, instant_of(arena, day));
    html_open(feed, "author");
    html_element(feed, "name", NULL, notice->issuer);
    html_close(feed);
    html_open(feed, "category", "term", news_notice_state_name(notice->state), "label",
              news_notice_state_words(notice->state));
    html_close(feed);
    html_element(feed, "summary", NULL, notice->body);
    html_close(feed);
    html_newline(feed);
}

enum err page_notices_feed(struct page *page)
{
    struct notice *notices;
    int32_t count;
    struct text_buf out;
    struct html feed;
    struct arena *arena = page->request->arena;
    TRY(news_notice_public(page->w, DAY_MAX, INT64_MAX, FEED_ROWS, &notices, &count));
    text_init(&out, arena);
    html_init(&feed, &out);
    text_add_z(&out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    html_open(&feed, "feed", "xmlns", "http://www.w3.org/2005/Atom", "xml:lang", "zh-CN");
    html_element_z(&feed, "title", NULL,
                   text_in(arena, "%s 公示", page_options_of(page)->city_name));
    html_element_z(&feed, "id", NULL, "urn:baigong:notices");
    html_open(&feed, "link", "rel", "self", "href", "/notices/feed");
    html_close(&feed);
    html_element(&feed, "updated", NULL,
                 instant_of(arena, count > 0 ? notices[0].published_day : page->w->today_day));
    html_newline(&feed);
    for (int32_t i = 0; i < count; i++)
        add_entry(&feed, arena, &notices[i]);
    html_close(&feed);
    if (out.failed)
        return fail(page->w, ERR_MEMORY, "no memory for the feed");
    page->reply->body = text_str(&out);
    page->reply->content_type = STR("application/atom+xml; charset=utf-8");
    page->is_sent = true;
    return ERR_OK;
}
