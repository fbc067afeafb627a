#include "base/record.h"
#include "domain/registry/staff.h"
#include "page/app.h"
#include "page/page_export.h"
#include "page/page_fact.h"
#include "page/page_holder.h"
#include "page/page_line.h"
#include "page/page_subject.h"

#include <inttypes.h>

/* Organisations: the list, and one with its filings, people, studios and what was found for it. */

enum { ROWS_A_PAGE = 50, STAFF_A_PAGE = 20 };

struct bodies {
    int32_t division, division_min, division_max;
    struct str name;
    struct roll_key after;
    int64_t ids[ROLL_ROWS_MAX];
    int32_t count;
    struct roll_key next; /* id 0: the end */
    bool by_name;         /* in the order of names */
};

/* after is "370811-123". */
static void read_filter(struct page *page, struct bodies *bodies)
{
    struct str rest = page_field(page, "after");
    struct str first, second;
    int64_t division, id;
    page_division_range(page, &bodies->division, &bodies->division_min, &bodies->division_max);
    bodies->name = page_field(page, "name");
    bodies->by_name = str_equal_text(page_field(page, "sort"), "name");
    if (rest.ptr && str_split(&rest, '-', &first) && str_split(&rest, '-', &second) &&
        str_to_i64(first, &division) && division >= 0 && division <= 999999 &&
        str_to_i64(second, &id) && id >= 0)
        bodies->after = (struct roll_key){(int32_t)division, id};
}

static enum err step_found(struct page *page, struct bodies *bodies)
{
    struct search_request request = {bodies->name, bodies->division_min, bodies->division_max,
                                     SEARCH_ROWS_MAX};
    struct search_result found;
    TRY(registry_search(page->w, &request, &found));
    bodies->count = found.organisation_count;
    for (int32_t i = 0; i < found.organisation_count; i++)
        bodies->ids[i] = found.organisation_ids[i];
    return ERR_OK;
}

/* The next ids, at most row_count_max of them. */
static enum err step(struct page *page, int32_t row_count_max, struct bodies *bodies)
{
    struct roll_key keys[ROLL_ROWS_MAX];
    bodies->count = 0;
    bodies->next = (struct roll_key){0};
    if (bodies->name.size > 0)
        return step_found(page, bodies);
    if (bodies->by_name)
        return roll_organisations_by_name(page->w, bodies->division_min, bodies->division_max,
                                          bodies->after.id, row_count_max, bodies->ids,
                                          &bodies->count, &bodies->next.id);
    TRY(roll_organisations(page->w, bodies->division_min, bodies->division_max, bodies->after,
                           row_count_max, keys, &bodies->count));
    for (int32_t i = 0; i < bodies->count; i++)
        bodies->ids[i] = keys[i].id;
    if (bodies->count == row_count_max)
        bodies->next = keys[bodies->count - 1];
    return ERR_OK;
}

static struct str next_text(struct page *page, const struct bodies *bodies)
{
    if (bodies->next.id == 0)
        return (struct str){0};
    return doc_format(page->doc, "%d-%" PRId64, (int)bodies->next.division, bodies->next.id);
}

static enum err open_list(struct page *page, const struct bodies *bodies, bool is_file,
                          struct page_subjects *ret_subjects)
{
    TRY(is_file ? page_subjects_open_file(page, REGISTRY_organisation, ret_subjects)
                : page_subjects_open(page, REGISTRY_organisation, ret_subjects));
    return bodies->name.size == 0 ? ERR_OK : page_list_no_order(ret_subjects->list);
}

static enum err add_rows(struct page_subjects *subjects, struct bodies *bodies,
                         int32_t row_count_max)
{
    TRY(step(subjects->page, row_count_max, bodies));
    for (int32_t i = 0; i < bodies->count; i++)
        TRY(page_subjects_add(subjects, bodies->ids[i]));
    return ERR_OK;
}

enum err page_organisations(struct page *page)
{
    struct bodies bodies = {0};
    struct page_subjects subjects;
    read_filter(page, &bodies);
    TRY(open_list(page, &bodies, false, &subjects));
    page_list_export_at(subjects.list, "/organisations/export");
    TRY(add_rows(&subjects, &bodies, ROWS_A_PAGE));
    page_add_division_filter(page, bodies.division);
    doc_page_text(page->doc, "name", bodies.name);
    doc_page_bool(page->doc, "has_organisations", bodies.count > 0);
    doc_page_bool(page->doc, "may_edit", page_may(page, PERM_ORGANISATION_EDIT));
    doc_page_bool(page->doc, "is_cut",
                  bodies.name.size > 0 && bodies.count == SEARCH_ROWS_MAX);
    page_pager(page, bodies.count, -1, next_text(page, &bodies));
    page_registry_views(page, "organisations");
    page_title(page, page_say(page, "单位"));
    return page_list_close(subjects.list, "单位名单");
}

static enum err export_rows(struct page_subjects *subjects, struct bodies *bodies)
{
    while (subjects->count < EXPORT_ROWS_MAX) {
        TRY(add_rows(subjects, bodies, ROLL_ROWS_MAX));
        if (bodies->next.id == 0)
            break;
        bodies->after = bodies->next;
    }
    return ERR_OK;
}

enum err page_organisations_export(struct page *page)
{
    struct bodies *bodies = ARENA_NEW(page->w->arena, struct bodies);
    struct page_subjects subjects;
    if (!bodies)
        return fail(page->w, ERR_MEMORY, "no memory for the list");
    read_filter(page, bodies);
    TRY(open_list(page, bodies, true, &subjects));
    return page_subjects_close(&subjects, export_rows(&subjects, bodies), "单位名单");
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
    int64_t ids[STAFF_A_PAGE], staff_count;
    int32_t count;
    TRY(roll_staff_count(page->w, id, &staff_count));
    TRY(roll_staff(page->w, id, 0, STAFF_A_PAGE, ids, &count));
    struct doc *list = doc_add_list(page->doc, "staff");
    for (int32_t i = 0; i < count; i++)
        TRY(page_add_person_line(page, list, ids[i]));
    doc_add_number(page->doc, "staff_count", staff_count);
    doc_page_bool(page->doc, "has_staff", count > 0);
    doc_page_bool(page->doc, "has_more_staff", staff_count > count);
    return ERR_OK;
}

/* All of them, as a list of its own. */
static enum err add_staff_rows(struct page_subjects *subjects, int64_t organisation_id,
                               int64_t *ret_last_id)
{
    struct page *page = subjects->page;
    struct str piece = page_field(page, "name");
    int64_t after_id = page_number(page, "after", 0, INT64_MAX, 0);
    struct staff_row *rows;
    int32_t row_count;
    TRY(page_list_no_order(subjects->list));
    do {
        TRY(registry_staff(page->w, organisation_id, piece, after_id, ROWS_A_PAGE, &rows,
                           &row_count));
        for (int32_t i = 0; i < row_count; i++)
            TRY(page_subjects_add(subjects, rows[i].person_id));
        after_id = row_count > 0 ? rows[row_count - 1].person_id : after_id;
    } while (page_list_is_file(subjects->list) && row_count == ROWS_A_PAGE &&
             subjects->count < EXPORT_ROWS_MAX);
    *ret_last_id = row_count == ROWS_A_PAGE ? after_id : 0;
    return ERR_OK;
}

enum err page_organisation_staff(struct page *page)
{
    int64_t id, last_id = 0, total;
    struct fact organisation;
    struct page_subjects subjects;
    TRY(page_id(page, "id", &id));
    TRY(page_organisation_in_scope(page, id, &organisation));
    TRY(registry_staff_count(page->w, id, &total));
    TRY(page_subjects_open(page, REGISTRY_person, &subjects));
    enum err err = add_staff_rows(&subjects, id, &last_id);
    struct str piece = page_field(page, "name"), next = {0};
    if (last_id != 0)
        next = doc_format(page->doc, "%" PRId64, last_id);
    page_pager(page, subjects.count, piece.size > 0 ? -1 : total, next);
    doc_add_number(page->doc, "staff_count", total);
    doc_add_id(page->doc, "organisation_id", id);
    doc_page_text(page->doc, "organisation",
                  ((const struct organisation *)organisation.record)->name);
    doc_page_text(page->doc, "name", piece);
    doc_page_bool(page->doc, "has_rows", subjects.count > 0);
    page_title(page, page_say(page, "在职人员"));
    return page_subjects_close(&subjects, err, "在职人员");
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
