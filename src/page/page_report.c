#include "base/clock.h"
#include "base/day.h"
#include "page/app.h"
#include "page/page_figure.h"
#include "page/page_job.h"
#include "page/page_list.h"

#include <inttypes.h>

/* Figures counted anew, frozen into a report, opened to the public. */

/* ---- counting */

static enum err count_book(struct page_job *job, struct str *ret_message, struct fault *fault)
{
    const struct page_options *options = &job->options;
    int32_t fixed_day = job->env.fixed_today_day;
    int64_t book_id;
    page_job_step(job, "正在汇总");
    TRY(insight_book_count(&job->env, options->vocab, options->policy, options->board,
                           fixed_day != ABSENT_I32 ? fixed_day : clock_city_day(clock_now_ms()),
                           &book_id, fault));
    *ret_message = job->lang == PAGE_EN ? STR("the figures are counted")
                                        : STR("数字已重新统计");
    return ERR_OK;
}

/* Whoever asks while a count runs is shown that one. */
enum err page_insight_count(struct page *page)
{
    return page_job_go(page, "count", count_book);
}

/* ---- reports */

enum err page_insight_freeze(struct page *page)
{
    struct str title = str_trim(page_field(page, "title"));
    int64_t id = page_number(page, "book", 1, INT64_MAX, 0);
    if (title.size == 0)
        page_field_error(page, "title", "写上报告的标题，例如 2023 年年报");
    else if (title.size > BOOK_TITLE_SIZE_MAX)
        page_field_error(page, "title", "标题不超过 100 字");
    if (id == 0)
        page_field_error(page, "book", "先看数字，再固定");
    if (page->error_count > 0) {
        page_title(page, page_say(page, "报告没有固定"));
        return page_refuse_form(page);
    }
    TRY(insight_book_freeze(page->w, id, title));
    TRY(page_audit(page, "report.frozen", "insight_book", id, title));
    doc_add_id(page->doc, "id", id);
    return page_see(page, doc_format(page->doc, "/insight?book=%" PRId64, id));
}

enum err page_insight_publish(struct page *page)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(insight_book_publish(page->w, id));
    TRY(page_audit(page, "report.published", "insight_book", id, STR("")));
    return page_see(page, doc_format(page->doc, "/insight?book=%" PRId64, id));
}

enum { TITLE, AS_OF, FROZEN, FROZEN_BY, PUBLIC, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [TITLE] = {"title", "标题", COLUMN_WIDE, false, ORDER_NONE},
    [AS_OF] = {"as_of", "截至", COLUMN_PLAIN, false, ORDER_NONE},
    [FROZEN] = {"frozen", "固定", COLUMN_PLAIN, false, ORDER_OWN_DOWN},
    [FROZEN_BY] = {"frozen_by", "谁固定", COLUMN_END, false, ORDER_NONE},
    [PUBLIC] = {"is_public", "公开", COLUMN_PLAIN, false, ORDER_NONE},
};

static void add_report_json(struct doc *list, const struct book_head *head)
{
    struct doc *row = doc_add_object(list, NULL);
    doc_add_id(row, "id", head->id);
    doc_add_text(row, "title", head->title);
    doc_add_day(row, "as_of", head->as_of_day);
    doc_add_instant(row, "frozen", head->frozen_ms);
    doc_add_text(row, "frozen_by", head->frozen_name);
    doc_add_bool(row, "is_public", head->published_ms != 0);
}

static enum err add_report(struct page *page, struct page_list *list,
                           const struct book_head *head)
{
    char day[DAY_TEXT_SIZE];
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[TITLE] = (struct page_cell){
        head->title, doc_format(page->doc, "/insight?book=%" PRId64, head->id), NULL};
    cells[AS_OF].words = doc_format(page->doc, "%s", day_text(head->as_of_day, day));
    cells[FROZEN].words = page_list_instant(list, head->frozen_ms);
    cells[FROZEN_BY].words = head->frozen_name;
    cells[PUBLIC].words = page_say(page, head->published_ms != 0 ? "已公开" : "未公开");
    cells[PUBLIC].state = head->published_ms != 0 ? "done" : "wait";
    return page_list_row(list, cells);
}

enum err page_insight_reports(struct page *page)
{
    struct book_head *heads;
    struct page_list *list;
    int32_t head_count;
    TRY(insight_book_reports(page->w, INT64_MAX, PAGE_LIST_WHOLE_MAX, &heads, &head_count));
    TRY(page_list_open_whole(page, columns, COLUMN_COUNT, &list));
    struct doc *json = page->is_api ? doc_add_list(page->doc, "reports") : NULL;
    for (int32_t i = 0; i < head_count; i++) {
        if (json)
            add_report_json(json, &heads[i]);
        else
            TRY(add_report(page, list, &heads[i]));
    }
    doc_page_bool(page->doc, "has_reports", head_count > 0);
    page_title(page, page_say(page, "固定的报告"));
    return page_list_close(list, "固定的报告");
}
