#include "base/record.h"
#include "page/app.h"
#include "page/page_export.h"
#include "page/page_fact.h"
#include "page/page_holder.h"
#include "page/page_line.h"
#include "page/page_list.h"

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

enum { NAME, CREDIT_CODE, KIND, INDUSTRY, DIVISION, STAFF, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [NAME] = {"name", "单位名称", COLUMN_WIDE, false, false},
    [CREDIT_CODE] = {"credit_code", "统一社会信用代码", COLUMN_CODE, false, false},
    [KIND] = {"kind", "单位类型", COLUMN_PLAIN, false, false},
    [INDUSTRY] = {"industry", "行业", COLUMN_PLAIN, false, false},
    [DIVISION] = {"division", "所在区划", COLUMN_END, false, false},
    [STAFF] = {"staff", "在职人数", COLUMN_NUMBER, true, false},
};

static enum err add_row(struct page *page, struct page_list *list, int64_t id)
{
    struct organisation_line line;
    int64_t staff_count = 0;
    TRY(organisation_line_read(page->w, id, &line));
    if (page_list_shows(list, STAFF))
        TRY(roll_staff_count(page->w, id, &staff_count));
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[NAME] = (struct page_cell){
        line.name, doc_format(page->doc, "/organisations/%" PRId64, id), NULL};
    cells[CREDIT_CODE].words = line.credit_code;
    cells[KIND].words =
        page_code_words(page, REGISTRY_organisation, FIELD_organisation_kind, line.kind);
    cells[INDUSTRY].words = page_code_words(page, REGISTRY_organisation,
                                            FIELD_organisation_industry, line.industry);
    cells[DIVISION].words = page_place_words(page, line.division);
    cells[STAFF].words = doc_format(page->doc, "%" PRId64, staff_count);
    return page_list_row(list, cells);
}

static enum err add_page(struct page *page, struct page_list *list, struct bodies *bodies)
{
    TRY(step(page, ROWS_A_PAGE, bodies));
    struct doc *rows = page->is_api ? doc_add_list(page->doc, "organisations") : NULL;
    for (int32_t i = 0; i < bodies->count; i++) {
        if (page->is_api)
            TRY(page_add_organisation_line(page, rows, bodies->keys[i].id));
        else
            TRY(add_row(page, list, bodies->keys[i].id));
    }
    return ERR_OK;
}

enum err page_organisations(struct page *page)
{
    struct bodies bodies = {0};
    struct page_list *list;
    read_filter(page, &bodies);
    TRY(page_list_open(page, columns, COLUMN_COUNT, &list));
    page_list_export_at(list, "/organisations/export");
    TRY(add_page(page, list, &bodies));
    page_add_division_filter(page, bodies.division);
    doc_page_text(page->doc, "name", bodies.name);
    doc_page_bool(page->doc, "has_organisations", bodies.count > 0);
    doc_page_bool(page->doc, "may_edit", page_may(page, PERM_ORGANISATION_EDIT));
    doc_page_bool(page->doc, "is_cut",
                  bodies.name.size > 0 && bodies.count == SEARCH_ROWS_MAX);
    struct str next = {0};
    if (bodies.has_more) {
        struct roll_key last = bodies.keys[bodies.count - 1];
        next = doc_format(page->doc, "%d-%" PRId64, (int)last.division, last.id);
    }
    page_pager(page, bodies.count, -1, next);
    page_registry_views(page, "organisations");
    page_title(page, page_say(page, "单位"));
    return page_list_close(list, "单位名单");
}

static enum err export_rows(struct page *page, struct page_list *list, struct bodies *bodies)
{
    for (int32_t row_count = 0; row_count < EXPORT_ROWS_MAX;) {
        TRY(step(page, ROLL_ROWS_MAX, bodies));
        for (int32_t i = 0; i < bodies->count && row_count < EXPORT_ROWS_MAX; i++, row_count++)
            TRY(add_row(page, list, bodies->keys[i].id));
        if (!bodies->has_more)
            break;
        bodies->after = bodies->keys[bodies->count - 1];
    }
    return ERR_OK;
}

enum err page_organisations_export(struct page *page)
{
    struct bodies *bodies = ARENA_NEW(page->w->arena, struct bodies);
    struct page_list *list;
    if (!bodies)
        return fail(page->w, ERR_MEMORY, "no memory for the list");
    read_filter(page, bodies);
    TRY(page_list_open_file(page, columns, COLUMN_COUNT, &list));
    enum err err = export_rows(page, list, bodies);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    return page_list_close(list, "单位名单");
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
