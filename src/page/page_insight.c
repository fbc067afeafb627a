#include "base/day.h"
#include "domain/incentive/incentive_found.h"
#include "domain/insight/pace.h"
#include "page/app.h"
#include "page/page_figure.h"
#include "page/page_rule.h"

#include <inttypes.h>

/* The director's page: three sentences, targets with their pace, duties, series, districts. All of
 * it stands in the newest book, so it costs a few hundred rows whatever the size of the city. */

/* ---- three sentences */

/* The target that is furthest behind, as the first thing to look at. */
static const struct book_line *furthest_behind(const struct book_line *lines, int32_t line_count)
{
    const struct book_line *worst = NULL;
    for (int32_t i = 0; i < line_count; i++) {
        const struct book_line *line = &lines[i];
        if (line->kind != BOOK_TARGET || line->is_met || line->planned == ABSENT_I64)
            continue;
        if (!worst || pace_reached_ppm(line) < pace_reached_ppm(worst))
            worst = line;
    }
    return worst;
}

static enum err add_brief(struct page *page, const struct book_head *head,
                          const struct book_line *lines, int32_t line_count)
{
    const struct scope *scope = &page->session.scope;
    struct doc *brief = doc_add_object(page->doc, "brief");
    const struct book_line *worst =
        page_book_scope(page).is_city ? furthest_behind(lines, line_count) : NULL;
    if (worst)
        page_add_line(page, doc_add_object(brief, "behind"), head, worst);
    if (!page_may(page, PERM_FOUND_READ))
        return ERR_OK;
    struct found_figures figures;
    TRY(incentive_found_figures(page->w, scope->division_min, scope->division_max, &figures));
    struct found_totals totals = found_figures_total(&figures);
    struct doc *found = doc_add_object(brief, "found");
    doc_add_number(found, "granted", totals.granted_count);
    doc_add_number(found, "open", totals.open_count);
    doc_add_number(found, "ask", totals.ask_count);
    page_add_sum(page, found, "amount", totals.amount_fen);
    return ERR_OK;
}

/* ---- tables and drawings */

struct tally {
    int64_t targets, met;
};

static struct tally add_tables(struct page *page, const struct book_head *head,
                               const struct book_line *lines, int32_t line_count)
{
    struct doc *targets = doc_add_list(page->doc, "targets");
    struct doc *duties = doc_add_list(page->doc, "duties");
    struct doc *indicators = doc_add_list(page->doc, "indicators");
    struct tally tally = {0, 0};
    int64_t duty_count = 0;
    for (int32_t i = 0; i < line_count; i++) {
        if (lines[i].kind == BOOK_TARGET) {
            page_add_line(page, doc_add_object(targets, NULL), head, &lines[i]);
            tally.targets++;
            tally.met += lines[i].is_met;
        } else if (lines[i].kind == BOOK_DUTY) {
            page_add_line(page, doc_add_object(duties, NULL), head, &lines[i]);
            duty_count++;
        } else if (lines[i].kind == BOOK_INDICATOR) {
            page_add_line(page, doc_add_object(indicators, NULL), head, &lines[i]);
        }
    }
    doc_add_number(page->doc, "target_count", tally.targets);
    doc_add_number(page->doc, "met_count", tally.met);
    doc_page_bool(page->doc, "has_targets", tally.targets > 0);
    doc_page_bool(page->doc, "has_duties", duty_count > 0);
    return tally;
}

/* Each series of years alone; the first two of months together, the second within the first. */
static void add_drawings(struct page *page, const struct book_line *lines, int32_t line_count)
{
    const struct insight_board *board = page_options_of(page)->board;
    struct doc *years = doc_add_list(page->doc, "years");
    struct str month_measures[2] = {{0}, {0}};
    int32_t month_count = 0;
    for (int32_t i = 0; board && i < board->row_count; i++) {
        bool is_there = false;
        for (int32_t k = 0; k < line_count && !is_there; k++)
            is_there = lines[k].kind == board->rows[i].kind &&
                       str_equal(lines[k].measure, board->rows[i].indicator);
        if (!is_there)
            continue;
        if (board->rows[i].kind == BOOK_YEAR)
            page_add_series(page, years, lines, line_count, board->rows[i].indicator, BOOK_YEAR,
                            STR(""));
        else if (month_count < 2)
            month_measures[month_count++] = board->rows[i].indicator;
    }
    doc_page_bool(page->doc, "has_charts", true);
    struct doc *months = doc_add_list(page->doc, "months");
    if (month_count > 0)
        page_add_series(page, months, lines, line_count, month_measures[0], BOOK_MONTH,
                        month_count > 1 ? month_measures[1] : STR(""));
}

/* The newest point of the board's first series, by district. */
static enum err add_districts(struct page *page, const struct book_head *head,
                              const struct book_line *lines, int32_t line_count)
{
    const struct book_line *headline = NULL;
    for (int32_t i = 0; i < line_count; i++) {
        bool is_first = !headline || str_equal(headline->measure, lines[i].measure);
        if (lines[i].kind == BOOK_YEAR && is_first)
            headline = &lines[i];
    }
    if (!headline)
        return ERR_OK;
    struct doc *districts = doc_add_object(page->doc, "districts");
    page_add_line(page, districts, head, headline);
    return page_add_places(page, districts, head, headline);
}

static enum err show_book(struct page *page, const struct book_head *head)
{
    struct book_line *lines;
    int32_t line_count;
    struct book_scope scope = page_book_scope(page);
    bool is_report = head->frozen_ms != 0, is_whole = true;
    TRY(insight_book_lines(page->w, head->id, &scope, &lines, &line_count));
    if (is_report)
        TRY(insight_book_check(page->w, head->id, &is_whole));
    page_add_book(page, page->doc, head);
    doc_add_bool(page->doc, "is_whole", is_whole);
    doc_page_bool(page->doc, "is_city", scope.is_city);
    doc_page_bool(page->doc, "is_linked", true);
    doc_page_bool(page->doc, "is_newest", !is_report);
    doc_page_bool(page->doc, "may_freeze", page_may(page, PERM_REPORT) && !is_report);
    doc_page_bool(page->doc, "may_publish",
                  page_may(page, PERM_REPORT) && is_report && head->published_ms == 0 &&
                      head->frozen_by != page->session.account.id);
    struct tally tally = add_tables(page, head, lines, line_count);
    if (!is_report)
        TRY(add_brief(page, head, lines, line_count));
    add_drawings(page, lines, line_count);
    TRY(add_districts(page, head, lines, line_count));
    const char *format = page->lang == PAGE_EN ? "%" PRId64 " targets, %" PRId64 " reached"
                                               : "%" PRId64 " 项目标，%" PRId64 " 项已达到";
    page_title(page, is_report       ? head->title
                     : scope.is_city ? doc_format(page->doc, format, tally.targets, tally.met)
                                     : page_say(page, "本辖区的数字"));
    return ERR_OK;
}

enum err page_insight(struct page *page)
{
    struct book_head head;
    enum err err = page_book(page, &head);
    if (err == ERR_OK)
        return show_book(page, &head);
    if (err != ERR_NOT_FOUND || page_field(page, "book").size > 0)
        return err;
    fault_clear(&page->w->fault);
    page_title(page, page_say(page, "还没有统计"));
    return ERR_OK;
}

/* What the bureau has published, for everybody. */
enum err page_figures(struct page *page)
{
    struct book_head head;
    struct book_line *lines;
    int32_t line_count;
    const struct book_scope city = {.is_city = true};
    page_title(page, page_say(page, "公开的数字"));
    enum err err = insight_book_public(page->w, &head);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&page->w->fault);
        return ERR_OK;
    }
    TRY(err);
    TRY(insight_book_lines(page->w, head.id, &city, &lines, &line_count));
    page_add_book(page, page->doc, &head);
    doc_page_bool(page->doc, "is_city", true);
    add_tables(page, &head, lines, line_count);
    add_drawings(page, lines, line_count);
    page_title(page, head.title);
    return ERR_OK;
}
