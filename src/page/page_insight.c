#include "base/clock.h"
#include "base/day.h"
#include "domain/insight/insight.h"
#include "page/app.h"
#include "page/page_export.h"

#include <inttypes.h>

/* Figures of the city: targets with their pace, duties, and any figure by any dimension. Counted
 * from the facts when asked for, on a worker thread. */

enum { ASK_ROWS_SHOWN_MAX = 200, DIMENSIONS_MAX = TABLE_FILE_COLUMNS_MAX - 1 };

static struct insight_request request_of(struct page *page)
{
    const struct work_env *env = &page_options_of(page)->env;
    int64_t now_ms = clock_now_ms();
    int32_t today_day =
        env->fixed_today_day != ABSENT_I32 ? env->fixed_today_day : clock_city_day(now_ms);
    return (struct insight_request){
        .as_of_day = page_day(page, "as_of", today_day),
        .known_at_ms = now_ms,
        .spelling = page->lang == PAGE_EN ? SPELLING_EN : SPELLING_ZH,
    };
}

static struct str figure_words(struct page *page, enum indicator_unit unit, struct figure figure)
{
    struct text_buf *words = text_new(page->request->arena);
    if (!words || figure.numerator == ABSENT_I64)
        return STR("—");
    insight_print_figure(words, unit, figure);
    return text_str(words);
}

static struct str percent(struct doc *row, int64_t part, int64_t whole)
{
    if (part < 0 || whole <= 0)
        part = 0;
    else
        while (part > INT64_MAX / 10000) {
            part /= 10;
            whole = whole > 10 ? whole / 10 : 1;
        }
    int64_t hundredths = whole > 0 ? part * 10000 / whole : 0;
    hundredths = hundredths > 10000 ? 10000 : hundredths;
    return doc_format(row, "%" PRId64 ".%02d%%", hundredths / 100, (int)(hundredths % 100));
}

/* ---- targets */

static int64_t in_unit(enum indicator_unit unit, struct figure actual)
{
    if (actual.numerator == ABSENT_I64 || unit != UNIT_RATE)
        return actual.numerator == ABSENT_I64 ? 0 : actual.numerator;
    int64_t ppm;
    if (actual.denominator <= 0 || __builtin_mul_overflow(actual.numerator, 1000000, &ppm))
        return 0;
    return ppm / actual.denominator;
}

static struct figure planned_figure(enum indicator_unit unit, int64_t planned)
{
    return (struct figure){planned, unit == UNIT_RATE ? 1000000 : 1};
}

/* A flow is counted from a first day; at the same pace it ends at actual * whole / elapsed. */
static bool keeps_pace(const struct target_state *state, int64_t actual, int32_t as_of_day)
{
    int64_t whole = (int64_t)state->period_end_day - state->period_start_day + 1;
    int64_t elapsed = (int64_t)as_of_day - state->period_start_day + 1;
    int64_t left, right;
    if (elapsed <= 0 || whole <= 0 || __builtin_mul_overflow(actual, whole, &left) ||
        __builtin_mul_overflow(state->planned, elapsed, &right))
        return false;
    return left >= right;
}

static void add_target(struct page *page, struct doc *list, const struct target_state *state,
                       int32_t as_of_day)
{
    static const char *const operators[] = {"at_least", "at_most", "about", "equal", "full"};
    static const char *const signs[] = {"≥", "≤", "≈", "=", "="};
    const struct policy *policy = page_options_of(page)->policy->policy;
    const struct statement *statement = &policy->statements[state->statement];
    const struct target *target = statement->as.target;
    enum indicator_unit unit = policy->statements[target->indicator].as.indicator->unit;
    int64_t actual = in_unit(unit, state->actual);
    bool is_flow = state->period_start_day > DAY_MIN && unit != UNIT_RATE;
    bool on_pace = !state->met && is_flow && keeps_pace(state, actual, as_of_day);
    struct doc *row = doc_add_object(list, NULL);
    doc_add_text(row, "target", statement->name);
    doc_add_text(row, "document", policy->documents[statement->document].number);
    doc_add_text(row, "article", policy->articles[statement->article].heading);
    doc_add_text_z(row, "operator", operators[target->op]);
    doc_page_z(row, "sign", signs[target->op]);
    doc_add_text(row, "planned", figure_words(page, unit, planned_figure(unit, state->planned)));
    doc_add_text(row, "actual", figure_words(page, unit, state->actual));
    doc_add_text(row, "missing", figure_words(page, unit, planned_figure(unit, state->missing)));
    doc_add_day(row, "period_end", state->period_end_day);
    doc_add_bool(row, "is_met", state->met);
    doc_add_bool(row, "is_on_pace", on_pace);
    doc_page_bool(row, "is_behind", !state->met && !on_pace);
    doc_page_text(row, "share", percent(row, actual, state->planned));
    doc_page_z(row, "css", state->met ? "run is-pine" : on_pace ? "run" : "run is-cinnabar");
    doc_page_bool(row, "is_flow", is_flow);
    doc_page_text(row, "elapsed",
                  percent(row, (int64_t)as_of_day - state->period_start_day + 1,
                          (int64_t)state->period_end_day - state->period_start_day + 1));
}

static enum err add_targets(struct page *page, struct work_env *env,
                            const struct insight_request *request)
{
    struct target_state *states;
    int32_t state_count;
    const struct page_options *options = page_options_of(page);
    TRY(insight_targets(env, options->vocab, options->policy, request, page->request->arena,
                        &states, &state_count, page->own_fault));
    int64_t met_count = 0;
    struct doc *list = doc_add_list(page->doc, "targets");
    for (int32_t i = 0; i < state_count; i++) {
        add_target(page, list, &states[i], request->as_of_day);
        met_count += states[i].met;
    }
    doc_add_number(page->doc, "target_count", state_count);
    doc_add_number(page->doc, "met_count", met_count);
    doc_page_bool(page->doc, "has_targets", state_count > 0);
    return ERR_OK;
}

static enum err add_city_duties(struct page *page, struct work_env *env,
                                const struct insight_request *request)
{
    struct insight_duty *duties;
    int32_t duty_count;
    const struct page_options *options = page_options_of(page);
    const struct policy *policy = options->policy->policy;
    TRY(insight_duties(env, options->vocab, options->policy, request, page->request->arena,
                       &duties, &duty_count, page->own_fault));
    struct doc *list = doc_add_list(page->doc, "duties");
    for (int32_t i = 0; i < duty_count; i++) {
        const struct statement *statement = &policy->statements[duties[i].statement];
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "duty", statement->name);
        doc_add_text(row, "document", policy->documents[statement->document].number);
        doc_add_text(row, "article", policy->articles[statement->article].heading);
        doc_add_number(row, "holder_count", duties[i].holder_count);
        doc_add_number(row, "met_count", duties[i].met_count);
        doc_page_text(row, "share", percent(row, duties[i].met_count, duties[i].holder_count));
        doc_page_bool(row, "is_met", duties[i].met_count == duties[i].holder_count);
    }
    doc_page_bool(page->doc, "has_duties", duty_count > 0);
    return ERR_OK;
}

enum err page_insight(struct page *page)
{
    struct work_env env = page_env(page);
    struct insight_request request = request_of(page);
    doc_add_day(page->doc, "as_of", request.as_of_day);
    TRY(add_targets(page, &env, &request));
    TRY(add_city_duties(page, &env, &request));
    page_title(page, page_say(page, "目标和义务"));
    return ERR_OK;
}

/* ---- any figure by any dimension */

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
        doc_add_text(row, "value", figure_words(page, unit, *figure));
        doc_page_text(row, "share",
                      unit == UNIT_RATE ? percent(row, figure->numerator, figure->denominator)
                                        : percent(row, figure->numerator, largest));
    }
    doc_add_number(page->doc, "row_count", table->row_count);
    doc_page_bool(page->doc, "is_cut", table->row_count > ASK_ROWS_SHOWN_MAX);
    doc_page_bool(page->doc, "has_rows", table->row_count > 0);
    doc_page_bool(page->doc, "is_empty", table->row_count == 0);
    if (table->has_total)
        doc_add_text(page->doc, "total", figure_words(page, unit, table->total));
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
        cells[dimension_count] = figure_words(page, unit_of(table), table->rows[r].figure);
        enum err err = table_file_row(file, cells, page->own_fault);
        if (err != ERR_OK) {
            table_file_cancel(file);
            return err;
        }
    }
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
