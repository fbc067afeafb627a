#include "base/clock.h"
#include "page/app.h"
#include "page/page_export.h"
#include "page/page_figure.h"

#include <inttypes.h>

/* Any figure by any dimension, of the rows that the reader may see. Counted from the facts when
 * asked for, on a worker thread. */

enum { ASK_ROWS_SHOWN_MAX = 200, DIMENSIONS_MAX = TABLE_FILE_COLUMNS_MAX - 1 };

static struct insight_request request_of(struct page *page)
{
    const struct work_env *env = &page_options_of(page)->env;
    int64_t now_ms = clock_now_ms();
    int32_t today_day =
        env->fixed_today_day != ABSENT_I32 ? env->fixed_today_day : clock_city_day(now_ms);
    struct book_scope scope = page_book_scope(page);
    return (struct insight_request){
        .as_of_day = page_day(page, "as_of", today_day),
        .known_at_ms = now_ms,
        .spelling = page->lang == PAGE_EN ? SPELLING_EN : SPELLING_ZH,
        .within_divisions = !scope.is_city,
        .division_min = scope.division_min,
        .division_max = scope.division_max,
    };
}

static const char *const questions[] = {
    "计数 人员 按 居住地区划",
    "计数 证书 按 等级",
    "计数 证书 按 职业、等级",
    "计数 培训记录 按 培训内容",
    "计数 单位 按 行业",
};

static enum indicator_unit unit_of(const struct insight_table *table)
{
    return table->figure_type.kind == TYPE_RATE    ? UNIT_RATE
           : table->figure_type.kind == TYPE_MONEY ? UNIT_YUAN
                                                   : UNIT_ITEMS;
}

static void add_findings(struct page *page, const struct findings *findings)
{
    for (int32_t i = 0; i < findings->row_count && i < 3; i++)
        page_field_error(page, "q", text_in(page->request->arena, "%.*s",
                                            STR_ARG(findings->rows[i].message)));
    if (page->error_count == 0)
        page_field_error(page, "q", "这个问题读不懂，请照下面的例子写");
}

static int64_t largest_of(const struct insight_table *table)
{
    int64_t largest = 0;
    for (int32_t r = 0; r < table->row_count; r++)
        if (table->rows[r].figure.numerator > largest)
            largest = table->rows[r].figure.numerator;
    return largest;
}

static void add_table(struct page *page, const struct insight_table *table)
{
    enum indicator_unit unit = unit_of(table);
    int64_t largest = largest_of(table);
    struct doc *labels = doc_add_list(page->doc, "dimensions");
    for (int32_t d = 0; d < table->dimension_count; d++) {
        struct doc *label = doc_add_object(labels, NULL);
        doc_add_text(label, "label", table->dimension_labels[d]);
    }
    struct doc *list = doc_add_list(page->doc, "rows");
    for (int32_t r = 0; r < table->row_count; r++) {
        if (!page->is_api && r == ASK_ROWS_SHOWN_MAX)
            break;
        const struct figure *figure = &table->rows[r].figure;
        struct doc *row = doc_add_object(list, NULL);
        struct doc *keys = doc_add_list(row, "keys");
        for (int32_t d = 0; d < table->dimension_count; d++)
            doc_add_text(doc_add_object(keys, NULL), "key", table->rows[r].keys[d]);
        doc_add_text(row, "value", page_figure_words(page, unit, *figure));
        doc_page_text(row, "share",
                      unit == UNIT_RATE ? page_share(row, figure->numerator, figure->denominator)
                                        : page_share(row, figure->numerator, largest));
    }
    doc_add_number(page->doc, "row_count", table->row_count);
    doc_page_bool(page->doc, "is_cut", table->row_count > ASK_ROWS_SHOWN_MAX);
    doc_page_bool(page->doc, "has_rows", table->row_count > 0);
    doc_page_bool(page->doc, "is_empty", table->row_count == 0);
    if (table->has_total)
        doc_add_text(page->doc, "total", page_figure_words(page, unit, table->total));
}

static enum err send_table(struct page *page, const struct insight_table *table)
{
    struct arena *arena = page->request->arena;
    struct table_file_column columns[TABLE_FILE_COLUMNS_MAX];
    struct str cells[TABLE_FILE_COLUMNS_MAX];
    int32_t dimension_count = table->dimension_count;
    if (dimension_count > DIMENSIONS_MAX)
        return fault_set(page->own_fault, ERR_LIMIT, "维度多于 %d 个", (int)DIMENSIONS_MAX);
    for (int32_t d = 0; d < dimension_count; d++)
        columns[d] = (struct table_file_column){str_z(arena, table->dimension_labels[d]),
                                                TABLE_FILE_TEXT};
    columns[dimension_count] = (struct table_file_column){"数值", TABLE_FILE_TEXT};
    struct table_file *file;
    TRY(page_export_open(page, columns, dimension_count + 1, &file));
    for (int32_t r = 0; r < table->row_count; r++) {
        for (int32_t d = 0; d < dimension_count; d++)
            cells[d] = table->rows[r].keys[d];
        cells[dimension_count] = page_figure_words(page, unit_of(table), table->rows[r].figure);
        enum err err = table_file_row(file, cells, page->own_fault);
        if (err != ERR_OK) {
            table_file_cancel(file);
            return err;
        }
    }
    page_file_rows(page, table->row_count);
    return page_export_send(page, file, "自助统计");
}

static void add_questions(struct page *page)
{
    struct doc *list = doc_page_list(page->doc, "questions");
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        struct doc *row = doc_add_object(list, NULL);
        struct text_buf *href = text_new(page->request->arena);
        doc_page_z(row, "question", questions[i]);
        if (!href)
            return;
        text_add(href, STR("/insight/ask?q="));
        http_encode(href, str_from(questions[i]));
        doc_page_text(row, "href", text_str(href));
    }
}

enum err page_insight_ask(struct page *page)
{
    struct work_env env = page_env(page);
    const struct page_options *options = page_options_of(page);
    struct insight_request request = request_of(page);
    struct str question = page_field(page, "q");
    page_title(page, page_say(page, "自助统计"));
    add_questions(page);
    doc_add_day(page->doc, "as_of", request.as_of_day);
    doc_add_instant(page->doc, "known_at", request.known_at_ms);
    doc_add_text(page->doc, "question", question.ptr ? question : STR(""));
    if (question.size == 0)
        return ERR_OK;
    struct insight_table table;
    struct findings findings = {.arena = page->request->arena};
    enum err err = insight_ask(&env, options->vocab, options->policy, question, &request,
                               page->request->arena, &table, &findings, page->own_fault);
    if (err == ERR_POLICY) {
        add_findings(page, &findings);
        return page_refuse_form(page);
    }
    TRY(err);
    if (page_field(page, "format").size > 0)
        return send_table(page, &table);
    add_table(page, &table);
    doc_page_text(page->doc, "csv_href", page_query_with(page, "format", STR("csv")));
    doc_page_text(page->doc, "xlsx_href", page_query_with(page, "format", STR("xlsx")));
    return ERR_OK;
}
