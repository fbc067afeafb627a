#include "page/page_figure.h"

#include "base/day.h"
#include "base/record.h"
#include "domain/insight/pace.h"
#include "domain/registry/registry.h"
#include "page/app.h"
#include "page/page_chart.h"
#include "page/page_export.h"
#include "page/page_line.h"
#include "page/page_rule.h"
#include "page/page_subject.h"

#include <inttypes.h>
#include <stdlib.h>

/* One figure: what it counts, what the document wants, where it comes from, who is behind it. */

enum { NAMES_PER_PAGE = 50 };

/* ---- what figures share */

struct book_scope page_book_scope(const struct page *page)
{
    const struct scope *scope = &page->session.scope;
    int32_t city_min, city_max;
    guard_divisions_below(page_options_of(page)->city_division, &city_min, &city_max);
    return (struct book_scope){
        .is_city = scope->division_min <= city_min && scope->division_max >= city_max,
        .division_min = scope->division_min,
        .division_max = scope->division_max,
    };
}

enum err page_book(struct page *page, struct book_head *ret_head)
{
    int64_t id = page_number(page, "book", 1, INT64_MAX, 0);
    return insight_book_read(page->w, id, ret_head);
}

struct str page_figure_words(struct page *page, enum indicator_unit unit, struct figure figure)
{
    struct text_buf *words = text_new(page->request->arena);
    if (!words || figure.numerator == ABSENT_I64)
        return STR("—");
    insight_print_figure(words, unit, figure);
    return text_str(words);
}

struct str page_share(struct doc *row, int64_t part, int64_t whole)
{
    int32_t bps = pace_share_bps(part, whole);
    return doc_format(row, "%d.%02d%%", (int)(bps / 100), (int)(bps % 100));
}

void page_add_book(struct page *page, struct doc *parent, const struct book_head *head)
{
    struct doc *book = doc_add_object(parent, "book");
    doc_add_id(book, "id", head->id);
    doc_add_day(book, "as_of", head->as_of_day);
    doc_add_instant(book, "counted", head->counted_ms);
    doc_add_instant(book, "known_at", head->known_at_ms);
    doc_add_number(book, "person_count", head->person_count);
    doc_page_bool(book, "is_report", head->frozen_ms != 0);
    if (head->frozen_ms == 0)
        return;
    doc_add_text(book, "title", head->title);
    doc_add_text(book, "frozen_by", head->frozen_name);
    doc_add_instant(book, "frozen", head->frozen_ms);
    doc_add_text(book, "seal", head->seal);
    doc_page_bool(book, "is_public", head->published_ms != 0);
    if (head->published_ms != 0)
        doc_add_instant(book, "published", head->published_ms);
}

/* ---- a line against its plan */

static struct figure planned_figure(enum indicator_unit unit, int64_t planned)
{
    return (struct figure){planned, unit == UNIT_RATE ? PACE_ONE : 1};
}

static void add_plan(struct page *page, struct doc *row, const struct book_head *head,
                     const struct book_line *line)
{
    static const char *const signs[] = {"≥", "≤", "≈", "=", "="};
    bool is_flow = pace_is_flow(line);
    bool is_own = !page_book_scope(page).is_city; /* the plan is the city's: no verdict */
    bool on_pace = !line->is_met && pace_keeps(line, head->as_of_day);
    doc_add_text_z(row, "operator", book_operator_code(line->op));
    doc_page_z(row, "sign", signs[line->op]);
    doc_add_text(row, "planned",
                 page_figure_words(page, line->unit, planned_figure(line->unit, line->planned)));
    struct figure missing = planned_figure(line->unit, pace_missing(line));
    doc_add_text(row, "missing", page_figure_words(page, line->unit, missing));
    doc_add_bool(row, "is_met", line->is_met && !is_own);
    doc_add_bool(row, "is_on_pace", on_pace && !is_own);
    doc_page_bool(row, "is_behind", !line->is_met && !on_pace && !is_own);
    doc_page_bool(row, "is_own", is_own);
    doc_page_text(row, "share", page_share(row, pace_actual(line), line->planned));
    doc_page_z(row, "css", line->is_met         ? "run is-pine"
                           : on_pace || is_own ? "run"
                                               : "run is-cinnabar");
    doc_page_bool(row, "is_flow", is_flow);
    if (is_flow)
        doc_page_text(row, "elapsed",
                      page_share(row, (int64_t)head->as_of_day - line->period_start_day + 1,
                                 (int64_t)line->period_end_day - line->period_start_day + 1));
}

void page_add_line(struct page *page, struct doc *row, const struct book_head *head,
                   const struct book_line *line)
{
    static const char *const kinds[] = {"", "target", "duty", "indicator", "year", "month"};
    static const char *const units[] = {
        [UNIT_PERSONS] = "人",       [UNIT_PERSON_TIMES] = "人次",  [UNIT_BODIES] = "家",
        [UNIT_ITEMS] = "项",         [UNIT_PERSON_DAYS] = "人日",   [UNIT_PERSON_MONTHS] = "人月",
        [UNIT_YUAN] = "",            [UNIT_RATE] = "",
    };
    doc_add_text_z(row, "kind", kinds[line->kind]);
    doc_add_number(row, "line", line->line);
    doc_add_text(row, "name", line->name);
    doc_add_text(row, "measure", line->measure);
    doc_add_text(row, "document", line->document_number);
    doc_add_text(row, "article", line->article);
    doc_add_text_z(row, "unit_code", book_unit_code(line->unit));
    doc_page_text(row, "unit", units[line->unit][0] ? page_say(page, units[line->unit]) : STR(""));
    doc_add_text(row, "actual",
                 line->kind == BOOK_DUTY
                     ? page_figure_words(page, UNIT_ITEMS, line->figure)
                     : page_figure_words(page, line->unit, line->figure));
    doc_add_day(row, "period_start", line->period_start_day);
    doc_add_day(row, "period_end", line->period_end_day);
    doc_page_text(row, "href",
                  doc_format(row, "/insight/figures/%d?book=%" PRId64, (int)line->line, head->id));
    if (line->kind == BOOK_DUTY) {
        doc_add_number(row, "holder_count", line->figure.denominator);
        doc_add_number(row, "met_count", line->figure.numerator);
        doc_page_text(row, "share",
                      page_share(row, line->figure.numerator, line->figure.denominator));
        doc_page_bool(row, "is_met", line->is_met);
    } else if (line->kind == BOOK_TARGET && line->planned != ABSENT_I64) {
        add_plan(page, row, head, line);
    }
}

/* ---- series */

static struct str point_label(struct doc *row, const struct book_line *line, bool is_first)
{
    int32_t year, month, day;
    day_to_civil(line->period_end_day, &year, &month, &day);
    if (line->kind == BOOK_MONTH)
        return doc_format(row, "%d", (int)month);
    return is_first ? doc_format(row, "%d", (int)year) : doc_format(row, "%02d", (int)(year % 100));
}

static int64_t value_at(const struct book_line *lines, int32_t line_count, struct str measure,
                        const struct book_line *at)
{
    for (int32_t i = 0; i < line_count; i++)
        if (lines[i].kind == at->kind && lines[i].period_end_day == at->period_end_day &&
            str_equal(lines[i].measure, measure))
            return lines[i].figure.numerator;
    return ABSENT_I64;
}

struct doc *page_add_series(struct page *page, struct doc *list, const struct book_line *lines,
                            int32_t line_count, struct str measure, enum book_kind kind,
                            struct str second_measure)
{
    struct chart_point points[CHART_POINTS_MAX];
    int32_t point_count = 0;
    struct doc *series = doc_add_object(list, NULL);
    struct doc *rows = doc_add_list(series, "points");
    for (int32_t i = 0; i < line_count && point_count < CHART_POINTS_MAX; i++) {
        const struct book_line *line = &lines[i];
        if (line->kind != kind || !str_equal(line->measure, measure) ||
            line->figure.numerator == ABSENT_I64)
            continue;
        struct doc *row = doc_add_object(rows, NULL);
        struct chart_point *point = &points[point_count++];
        *point = (struct chart_point){point_label(row, line, point_count == 1),
                                      line->figure.numerator, ABSENT_I64};
        doc_add_day(row, "period_end", line->period_end_day);
        doc_add_number(row, "value", point->value);
        if (second_measure.size == 0)
            continue;
        point->second = value_at(lines, line_count, second_measure, line);
        if (point->second != ABSENT_I64)
            doc_add_number(row, "second", point->second);
    }
    doc_add_text(series, "measure", measure);
    doc_page_bool(series, "has_second", second_measure.size > 0);
    if (second_measure.size > 0)
        doc_add_text(series, "second_measure", second_measure);
    doc_page_text(series, "alt", doc_format(series, "%.*s", STR_ARG(measure)));
    if (point_count > 0) {
        doc_add_number(series, "first", points[0].value);
        doc_add_number(series, "last", points[point_count - 1].value);
    }
    if (kind == BOOK_YEAR)
        page_chart_line(page, series, "chart", points, point_count);
    else
        page_chart_bars(page, series, "chart", points, point_count);
    return series;
}

/* ---- places */

static int compare_places(const void *left, const void *right)
{
    const struct book_place *a = left;
    const struct book_place *b = right;
    if (a->figure.numerator != b->figure.numerator)
        return a->figure.numerator > b->figure.numerator ? -1 : 1;
    return (a->division > b->division) - (a->division < b->division);
}

static const struct insight_tile *tile_of(const struct insight_board *board, int32_t division)
{
    for (int32_t i = 0; board && i < board->tile_count; i++)
        if (board->tiles[i].division == division)
            return &board->tiles[i];
    return NULL;
}

enum { TILE_WIDTH = 96, TILE_HEIGHT = 60, TILE_GAP = 4 };

static void add_tile(struct doc *map, struct doc *list, const struct insight_tile *tile,
                     struct str value, int32_t level)
{
    struct doc *row = doc_add_object(list, NULL);
    int32_t x = (tile->column - 1) * (TILE_WIDTH + TILE_GAP);
    int32_t y = (tile->row - 1) * (TILE_HEIGHT + TILE_GAP);
    doc_page_text(row, "x", doc_format(map, "%d", (int)x));
    doc_page_text(row, "y", doc_format(map, "%d", (int)y));
    doc_page_text(row, "text_x", doc_format(map, "%d", (int)(x + 8)));
    doc_page_text(row, "label_y", doc_format(map, "%d", (int)(y + 24)));
    doc_page_text(row, "value_y", doc_format(map, "%d", (int)(y + 46)));
    doc_page_text(row, "label", tile->label);
    doc_page_text(row, "value", value);
    doc_page_text(row, "css", doc_format(map, "tile t%d", (int)level));
    doc_page_bool(row, "is_strong", level == CHART_LEVELS - 1);
}

/* Tiles for every county of the map, also for those where nobody counts. */
static void add_map(struct page *page, struct doc *parent, const struct book_line *line,
                    const struct book_place *places, int32_t place_count, int64_t largest)
{
    const struct insight_board *board = page_options_of(page)->board;
    int32_t city_min, city_max, rows = 0, columns = 0;
    guard_divisions_below(page_options_of(page)->city_division, &city_min, &city_max);
    struct doc *map = doc_page_object(parent, "map");
    struct doc *tiles = doc_page_list(map, "tiles");
    for (int32_t i = 0; board && i < board->tile_count; i++) {
        const struct insight_tile *tile = &board->tiles[i];
        if (tile->division < city_min || tile->division > city_max)
            continue;
        struct figure figure = {0, line->unit == UNIT_RATE ? 0 : 1};
        for (int32_t p = 0; p < place_count; p++)
            if (places[p].division == tile->division)
                figure = places[p].figure;
        rows = tile->row > rows ? tile->row : rows;
        columns = tile->column > columns ? tile->column : columns;
        add_tile(map, tiles, tile, page_figure_words(page, line->unit, figure),
                 page_chart_level(figure.numerator, largest));
    }
    doc_page_bool(map, "has_tiles", rows > 0);
    doc_page_text(map, "view_box", doc_format(map, "0 0 %d %d",
                                              (int)(columns * (TILE_WIDTH + TILE_GAP) - TILE_GAP),
                                              (int)(rows * (TILE_HEIGHT + TILE_GAP) - TILE_GAP)));
}

enum err page_add_places(struct page *page, struct doc *parent, const struct book_head *head,
                         const struct book_line *line)
{
    struct book_place *places;
    int32_t place_count;
    struct book_scope scope = page_book_scope(page);
    TRY(insight_book_places(page->w, head->id, line->line, &places, &place_count));
    if (place_count > 0)
        qsort(places, (size_t)place_count, sizeof *places, compare_places);
    int64_t largest = place_count > 0 ? places[0].figure.numerator : 0;
    struct doc *list = doc_add_list(parent, "places");
    int32_t shown = 0;
    for (int32_t i = 0; i < place_count; i++) {
        int32_t division = places[i].division;
        if (!scope.is_city && (division < scope.division_min || division > scope.division_max))
            continue;
        struct doc *row = doc_add_object(list, NULL);
        struct str label = division != 0 ? page_place_words(page, division) : STR("");
        doc_add_code(row, "division", division,
                     label.size > 0 ? label : page_say(page, "区划不明"));
        doc_add_text(row, "value", page_figure_words(page, line->unit, places[i].figure));
        doc_page_text(row, "share", page_share(row, places[i].figure.numerator, largest));
        shown++;
    }
    doc_page_bool(parent, "has_places", shown > 0);
    if (scope.is_city && tile_of(page_options_of(page)->board,
                                 place_count > 0 ? places[0].division : 0))
        add_map(page, parent, line, places, place_count, largest);
    return ERR_OK;
}

/* ---- the page of a figure */

static enum err find_line(struct page *page, const struct book_head *head, struct book_line *lines,
                          int32_t line_count, struct book_line *ret_line)
{
    int64_t number;
    TRY(page_id(page, "line", &number));
    for (int32_t i = 0; i < line_count; i++) {
        if (lines[i].line == number) {
            *ret_line = lines[i];
            return ERR_OK;
        }
    }
    return fail(page->w, ERR_NOT_FOUND, "没有这个数字");
}

/* The statement that made it, as long as it is in force. */
static void add_statement(struct page *page, const struct book_line *line)
{
    const struct policy *policy = page_policy_of(page);
    int32_t statement = policy_statement(policy, line->name);
    if (statement < 0)
        return;
    struct str slug = page_document_slug(page, policy->statements[statement].document);
    int32_t article = policy->statements[statement].article;
    doc_page_text(page->doc, "policy_href",
                  article >= 0 ? doc_format(page->doc, "/policy/%.*s#%.*s", STR_ARG(slug),
                                            STR_ARG(policy->articles[article].id))
                               : doc_format(page->doc, "/policy/%.*s", STR_ARG(slug)));
}

enum err page_insight_figure(struct page *page)
{
    struct book_head head;
    struct book_line *lines, line;
    int32_t line_count;
    struct book_scope scope = page_book_scope(page);
    TRY(page_book(page, &head));
    TRY(insight_book_lines(page->w, head.id, &scope, &lines, &line_count));
    TRY(find_line(page, &head, lines, line_count, &line));
    page_add_book(page, page->doc, &head);
    struct doc *figure = doc_add_object(page->doc, "figure");
    page_add_line(page, figure, &head, &line);
    doc_page_bool(figure, "has_plan", line.kind == BOOK_TARGET && line.planned != ABSENT_I64);
    doc_page_bool(figure, "is_duty", line.kind == BOOK_DUTY);
    doc_page_bool(figure, "is_city", scope.is_city);
    add_statement(page, &line);
    TRY(page_add_places(page, page->doc, &head, &line));
    bool has_series = false;
    for (int32_t i = 0; i < line_count && !has_series; i++)
        has_series = (lines[i].kind == BOOK_YEAR) && str_equal(lines[i].measure, line.measure);
    doc_page_bool(page->doc, "has_charts", has_series);
    if (has_series)
        page_add_series(page, doc_add_list(page->doc, "series"), lines, line_count, line.measure,
                        BOOK_YEAR, STR(""));
    doc_page_text(page->doc, "names_href",
                  doc_format(page->doc, "/insight/figures/%d/names?book=%" PRId64,
                             (int)line.line, head.id));
    struct str actual = page_figure_words(
        page, line.kind == BOOK_DUTY ? UNIT_ITEMS : line.unit, line.figure);
    page_title(page, doc_format(page->doc, "%.*s %.*s", STR_ARG(line.name), STR_ARG(actual)));
    return ERR_OK;
}

/* ---- who is behind it */

struct naming {
    struct page *page;
    struct book_scope scope;
    struct book_head head;
    struct book_line line;
    struct book_names names;
    int64_t after_id;
    int32_t division; /* chosen; 0: all that the reader sees */
};

/* What is read outlives this unit of work: its texts are copied. */
static enum err read_step(struct work *w, void *context)
{
    struct naming *naming = context;
    struct page *page = naming->page;
    struct arena *arena = page->request->arena;
    struct book_line *lines;
    int32_t line_count;
    page->w = w;
    enum err err = page_book(page, &naming->head);
    if (err == ERR_OK)
        err = insight_book_lines(w, naming->head.id, &naming->scope, &lines, &line_count);
    if (err == ERR_OK)
        err = find_line(page, &naming->head, lines, line_count, &naming->line);
    page->w = NULL;
    TRY(err);
    struct str *const kept[] = {&naming->head.frozen_name, &naming->head.title,
                                &naming->head.seal,        &naming->line.document_number,
                                &naming->line.article,     &naming->line.name,
                                &naming->line.measure};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        *kept[i] = str_copy(arena, *kept[i]);
        if (!kept[i]->ptr)
            return fail(w, ERR_MEMORY, "no memory for the names behind a figure");
    }
    return ERR_OK;
}

static enum err add_names(struct page *page, const struct naming *naming)
{
    bool is_person = naming->names.table == REGISTRY_person;
    bool is_known = is_person || naming->names.table == REGISTRY_organisation;
    int32_t count = is_known ? naming->names.id_count : 0;
    struct page_subjects subjects;
    TRY(page_subjects_open(page, is_person ? REGISTRY_person : REGISTRY_organisation, &subjects));
    enum err err = page_list_no_order(subjects.list);
    for (int32_t i = 0; i < count && err == ERR_OK; i++)
        err = page_subjects_add(&subjects, naming->names.ids[i]);
    doc_page_bool(page->doc, "is_empty", count == 0);
    struct str after = {0};
    if (naming->names.has_more && count > 0)
        after = doc_format(page->doc, "%" PRId64, naming->names.ids[count - 1]);
    page_pager(page, count, -1, after);
    page_add_division_filter(page, naming->division);
    return page_subjects_close(&subjects, err, "名单");
}

static enum err show_names(struct page *page, void *context)
{
    const struct naming *naming = context;
    page_add_book(page, page->doc, &naming->head);
    struct doc *figure = doc_add_object(page->doc, "figure");
    page_add_line(page, figure, &naming->head, &naming->line);
    page_title(page, doc_format(page->doc, "%.*s%.*s", STR_ARG(naming->line.name),
                                STR_ARG(page_say(page, naming->line.kind == BOOK_DUTY
                                                           ? "：还没有做到的"
                                                           : "：这个数里的人和单位"))));
    return add_names(page, naming);
}

/* To the division that the query names. */
static void narrow(struct naming *naming)
{
    struct book_scope *scope = &naming->scope;
    page_division_range(naming->page, &naming->division, &scope->division_min,
                        &scope->division_max);
    scope->is_city = scope->is_city && naming->division == 0;
}

enum err page_insight_names(struct page *page)
{
    struct work_env env = page_env(page);
    const struct page_options *options = page_options_of(page);
    struct naming naming = {
        .page = page,
        .scope = page_book_scope(page),
        .after_id = page_number(page, "after", 1, INT64_MAX, 0),
    };
    bool is_file = page_field(page, "format").size > 0 && !page->is_api;
    narrow(&naming);
    TRY(work_run(&env, WORK_READ, read_step, &naming, page->own_fault));
    TRY(insight_book_names(&env, options->vocab, options->policy, &naming.head, &naming.line,
                           &naming.scope, naming.after_id,
                           is_file ? EXPORT_ROWS_MAX : NAMES_PER_PAGE, page->request->arena,
                           &naming.names, page->own_fault));
    return page_show_with(page, show_names, &naming);
}
