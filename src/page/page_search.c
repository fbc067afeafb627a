#include "domain/registry/registry_name.h"
#include "page/app.h"
#include "page/page_line.h"

#include <inttypes.h>

/* One box finds people, bodies and studios; what was found is grouped by kind. */

static enum err add_carrier(struct page *page, struct doc *list, int64_t organisation_id,
                            int64_t id)
{
    struct str name, owner;
    TRY(registry_name(page->w, REGISTRY_carrier, organisation_id, id, &name));
    TRY(registry_name(page->w, REGISTRY_organisation, organisation_id, organisation_id, &owner));
    struct doc *row = doc_add_object(list, NULL);
    doc_add_id(row, "id", id);
    doc_add_text(row, "name", name);
    doc_add_id(row, "organisation_id", organisation_id);
    doc_add_text(row, "organisation", owner);
    return ERR_OK;
}

static enum err add_results(struct page *page, const struct search_result *result)
{
    struct doc *persons = doc_add_list(page->doc, "persons");
    for (int32_t i = 0; i < result->person_count; i++)
        TRY(page_add_person_line(page, persons, result->person_ids[i]));
    struct doc *organisations = doc_add_list(page->doc, "organisations");
    for (int32_t i = 0; i < result->organisation_count; i++)
        TRY(page_add_organisation_line(page, organisations, result->organisation_ids[i]));
    struct doc *carriers = doc_add_list(page->doc, "carriers");
    for (int32_t i = 0; i < result->carrier_count; i++)
        TRY(add_carrier(page, carriers, result->carriers[i].organisation_id,
                        result->carriers[i].id));
    if (result->certificate_number.ptr)
        doc_add_text(page->doc, "certificate_number", result->certificate_number);
    doc_page_bool(page->doc, "has_persons", result->person_count > 0);
    doc_page_bool(page->doc, "has_organisations", result->organisation_count > 0);
    doc_page_bool(page->doc, "has_carriers", result->carrier_count > 0);
    bool is_cut = result->person_count == SEARCH_ROWS_MAX ||
                  result->organisation_count == SEARCH_ROWS_MAX ||
                  result->carrier_count == SEARCH_ROWS_MAX;
    doc_add_bool(page->doc, "is_cut", is_cut);
    return ERR_OK;
}

enum err page_search(struct page *page)
{
    struct search_request request = {
        .text = page_field(page, "q"),
        .division_min = page->session.scope.division_min,
        .division_max = page->session.scope.division_max,
        .row_count_max = SEARCH_ROWS_MAX,
    };
    struct search_result result = {0};
    if (request.text.size > 0)
        TRY(registry_search(page->w, &request, &result));
    TRY(add_results(page, &result));
    int32_t count = result.person_count + result.organisation_count + result.carrier_count;
    doc_page_text(page->doc, "query", request.text);
    doc_page_bool(page->doc, "is_empty", request.text.size > 0 && count == 0);
    page_title(page, request.text.size == 0 ? page_say(page, "查找")
                     : count == 0           ? page_say(page, "没有找到")
                                            : doc_format(page->doc, "%.*s",
                                                         STR_ARG(request.text)));
    return ERR_OK;
}
