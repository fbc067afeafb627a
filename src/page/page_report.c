#include "base/clock.h"
#include "base/day.h"
#include "page/app.h"
#include "page/page_figure.h"
#include "page/page_job.h"

#include <inttypes.h>

/* Figures counted anew, frozen into a report, opened to the public. */

enum { REPORTS_PER_PAGE = 50 };

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

enum err page_insight_reports(struct page *page)
{
    struct book_head *heads;
    int32_t head_count;
    int64_t before_ms = page_number(page, "after", 1, INT64_MAX, INT64_MAX);
    TRY(insight_book_reports(page->w, before_ms, REPORTS_PER_PAGE + 1, &heads, &head_count));
    int32_t shown = head_count > REPORTS_PER_PAGE ? REPORTS_PER_PAGE : head_count;
    struct doc *list = doc_add_list(page->doc, "reports");
    for (int32_t i = 0; i < shown; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_id(row, "id", heads[i].id);
        doc_add_text(row, "title", heads[i].title);
        doc_add_day(row, "as_of", heads[i].as_of_day);
        doc_add_instant(row, "frozen", heads[i].frozen_ms);
        doc_add_text(row, "frozen_by", heads[i].frozen_name);
        doc_add_bool(row, "is_public", heads[i].published_ms != 0);
        doc_page_text(row, "href", doc_format(row, "/insight?book=%" PRId64, heads[i].id));
    }
    doc_page_bool(page->doc, "has_reports", shown > 0);
    struct str after = {0};
    if (shown < head_count)
        after = doc_format(page->doc, "%" PRId64, heads[shown - 1].frozen_ms);
    page_pager(page, shown, -1, after);
    page_title(page, page_say(page, "固定的报告"));
    return ERR_OK;
}
