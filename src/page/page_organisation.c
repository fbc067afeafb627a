#include "base/record.h"
#include "page/app.h"
#include "page/page_export.h"
#include "page/page_fact.h"
#include "page/page_holder.h"
#include "page/page_line.h"

#include <inttypes.h>

/* Organisations: the list, and one with its filings, people, studios and what was found for it. */

enum { ROWS_A_PAGE = 50, STAFF_A_PAGE = 20 };

struct bodies {
    int32_t division, division_min, division_max;
    struct str name;
    struct roll_key after;
    struct roll_key keys[ROLL_ROWS_MAX];
    int32_t count;
    bool has_more;
};

/* after is "370811-123". */
static void read_filter(struct page *page, struct bodies *bodies)
{
    struct str rest = page_field(page, "after");
    struct str first, second;
    int64_t division, id;
    page_division_range(page, &bodies->division, &bodies->division_min, &bodies->division_max);
    bodies->name = page_field(page, "name");
    if (rest.ptr && str_split(&rest, '-', &first) && str_split(&rest, '-', &second) &&
        str_to_i64(first, &division) && division >= 0 && division <= 999999 &&
        str_to_i64(second, &id) && id >= 0)
        bodies->after = (struct roll_key){(int32_t)division, id};
}

static enum err step(struct page *page, int32_t row_count_max, struct bodies *bodies)
{
    bodies->has_more = false;
    if (bodies->name.size == 0) {
        TRY(roll_organisations(page->w, bodies->division_min, bodies->division_max, bodies->after,
                               row_count_max, bodies->keys, &bodies->count));
        bodies->has_more = bodies->count == row_count_max;
        return ERR_OK;
    }
    struct search_request request = {bodies->name, bodies->division_min, bodies->division_max,
                                     SEARCH_ROWS_MAX};
    struct search_result found;
    TRY(registry_search(page->w, &request, &found));
    bodies->count = found.organisation_count;
    for (int32_t i = 0; i < found.organisation_count; i++)
        bodies->keys[i] = (struct roll_key){0, found.organisation_ids[i]};
    return ERR_OK;
}

enum err page_organisations(struct page *page)
{
    struct bodies bodies = {0};
    read_filter(page, &bodies);
    TRY(step(page, ROWS_A_PAGE, &bodies));
    struct doc *list = doc_add_list(page->doc, "organisations");
    for (int32_t i = 0; i < bodies.count; i++)
        TRY(page_add_organisation_line(page, list, bodies.keys[i].id));
    page_add_division_filter(page, bodies.division);
    doc_page_text(page->doc, "name", bodies.name);
    doc_page_bool(page->doc, "has_organisations", bodies.count > 0);
    doc_page_bool(page->doc, "may_export", page_may(page, PERM_EXPORT));
    doc_page_bool(page->doc, "may_edit", page_may(page, PERM_ORGANISATION_EDIT));
    doc_page_bool(page->doc, "is_cut",
                  bodies.name.size > 0 && bodies.count == SEARCH_ROWS_MAX);
    doc_page_text(page->doc, "xlsx_query", page_query_with(page, "format", STR("xlsx")));
    doc_page_text(page->doc, "csv_query", page_query_with(page, "format", STR("csv")));
    struct str next = {0};
    if (bodies.has_more) {
        struct roll_key last = bodies.keys[bodies.count - 1];
        next = doc_format(page->doc, "%d-%" PRId64, (int)last.division, last.id);
    }
    page_pager(page, bodies.count, -1, next);
    page_registry_views(page, "organisations");
    page_title(page, page_say(page, "单位"));
    return ERR_OK;
}

/* ---- export */

static const struct table_file_column columns[] = {
    {"单位名称", TABLE_FILE_TEXT},
    {"统一社会信用代码", TABLE_FILE_TEXT},
    {"单位类型", TABLE_FILE_TEXT},
    {"所在区划", TABLE_FILE_TEXT},
    {"行业", TABLE_FILE_TEXT},
    {"在职人数", TABLE_FILE_NUMBER},
};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

static enum err export_line(struct page *page, struct table_file *file, int64_t id)
{
    struct organisation_line line;
    int64_t staff_count;
    TRY(organisation_line_read(page->w, id, &line));
    TRY(roll_staff_count(page->w, id, &staff_count));
    struct str cells[COLUMN_COUNT] = {
        line.name,
        line.credit_code,
        page_code_words(page, REGISTRY_organisation, FIELD_organisation_kind, line.kind),
        page_code_words(page, REGISTRY_organisation, FIELD_organisation_division, line.division),
        page_code_words(page, REGISTRY_organisation, FIELD_organisation_industry, line.industry),
        str_from(text_in(page->w->arena, "%" PRId64, staff_count)),
    };
    return table_file_row(file, cells, &page->w->fault);
}

static enum err export_rows(struct page *page, struct table_file *file, struct bodies *bodies)
{
    for (int32_t row_count = 0; row_count < EXPORT_ROWS_MAX;) {
        TRY(step(page, ROLL_ROWS_MAX, bodies));
        for (int32_t i = 0; i < bodies->count && row_count < EXPORT_ROWS_MAX; i++, row_count++) {
            struct arena_mark mark = arena_mark(page->w->arena);
            TRY(export_line(page, file, bodies->keys[i].id));
            arena_rewind(page->w->arena, mark);
        }
        if (!bodies->has_more)
            break;
        bodies->after = bodies->keys[bodies->count - 1];
    }
    return ERR_OK;
}

enum err page_organisations_export(struct page *page)
{
    struct bodies *bodies = ARENA_NEW(page->w->arena, struct bodies);
    if (!bodies)
        return fail(page->w, ERR_MEMORY, "no memory for the list");
    read_filter(page, bodies);
    struct table_file *file;
    TRY(page_export_open(page, columns, COLUMN_COUNT, &file));
    enum err err = export_rows(page, file, bodies);
    if (err != ERR_OK) {
        table_file_cancel(file);
        return err;
    }
    return page_export_send(page, file, "单位名单");
}

/* ---- one */

static const struct {
    int32_t table;
    const char *list, *has;
} own_lists[] = {
    {REGISTRY_organisation_role, "roles", "has_roles"},
    {REGISTRY_carrier, "carriers", "has_carriers"},
    {REGISTRY_filing_scope, "filings", "has_filings"},
    {REGISTRY_contest, "contests", "has_contests"},
    {REGISTRY_programme, "programmes", "has_programmes"},
};

static enum err add_own_lists(struct page *page, int64_t id)
{
    for (size_t list = 0; list < sizeof own_lists / sizeof own_lists[0]; list++) {
        struct fact *facts;
        int32_t fact_count;
        TRY(fact_read_current(page->w, own_lists[list].table, id, &facts, &fact_count));
        struct doc *rows = doc_add_list(page->doc, own_lists[list].list);
        for (int32_t i = 0; i < fact_count; i++)
            TRY(page_add_fact(page, rows, NULL, &facts[i], NULL));
        doc_page_bool(page->doc, own_lists[list].has, fact_count > 0);
    }
    return ERR_OK;
}

static enum err add_staff(struct page *page, int64_t id)
{
    int64_t after_id = page_number(page, "after", 0, INT64_MAX, 0);
    int64_t ids[STAFF_A_PAGE], staff_count;
    int32_t count;
    TRY(roll_staff_count(page->w, id, &staff_count));
    TRY(roll_staff(page->w, id, after_id, STAFF_A_PAGE, ids, &count));
    struct doc *list = doc_add_list(page->doc, "staff");
    for (int32_t i = 0; i < count; i++)
        TRY(page_add_person_line(page, list, ids[i]));
    doc_add_number(page->doc, "staff_count", staff_count);
    doc_page_bool(page->doc, "has_staff", count > 0);
    struct str next = {0};
    if (count == STAFF_A_PAGE)
        next = doc_format(page->doc, "%" PRId64, ids[count - 1]);
    page_pager(page, count, staff_count, next);
    return ERR_OK;
}

enum err page_organisation_show(struct page *page)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    struct fact organisation;
    TRY(page_organisation_in_scope(page, id, &organisation));
    TRY(page_add_fact(page, page->doc, "organisation", &organisation, NULL));
    TRY(add_own_lists(page, id));
    TRY(add_staff(page, id));
    TRY(page_add_entitlements(page, id));
    const struct organisation *record = organisation.record;
    doc_page_text(page->doc, "kind",
                  page_code_words(page, REGISTRY_organisation, FIELD_organisation_kind,
                                  record->kind));
    doc_page_text(page->doc, "division", page_place_words(page, record->division));
    doc_page_text(page->doc, "industry",
                  page_code_words(page, REGISTRY_organisation, FIELD_organisation_industry,
                                  record->industry));
    doc_page_bool(page->doc, "may_edit", page_may(page, PERM_ORGANISATION_EDIT));
    page_add_record_kinds(page, REGISTRY_organisation);
    page_title(page, record->name);
    return ERR_OK;
}
