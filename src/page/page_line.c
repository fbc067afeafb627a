#include "page/page_line.h"

#include "base/day.h"
#include "domain/registry/field_text.h"
#include "domain/registry/registry_name.h"

#include <inttypes.h>

enum { DIVISIONS_SHOWN_MAX = 60 }; /* a city has about a dozen; more is no choice */

struct str page_code_words(struct page *page, int32_t table, int32_t field, int64_t number)
{
    const struct field_desc *desc = &registry_records[table].fields[field];
    const struct vocab *vocab = page_options_of(page)->vocab;
    if (number == ABSENT_I64 || number == ABSENT_I32)
        return STR("");
    const struct catalogue *catalogue =
        desc->type == FIELD_CODE ? field_catalogue(vocab, desc) : NULL;
    const struct catalogue_entry *entry = catalogue ? catalogue_by_code(catalogue, number) : NULL;
    if (entry)
        return entry->name;
    char buffer[FIELD_PRINT_SIZE];
    struct str words = field_print(vocab, desc, number, buffer);
    return words.ptr == buffer ? str_copy(page->w->arena, words) : words;
}

/* 任城区 of 山东省济宁市任城区: whoever works in the city knows where it lies. */
struct str page_place_words(struct page *page, int32_t division)
{
    const struct field_desc *field =
        &registry_records[REGISTRY_person].fields[FIELD_person_division];
    const struct catalogue *catalogue = field_catalogue(page_options_of(page)->vocab, field);
    const struct catalogue_entry *entry =
        catalogue && division != ABSENT_I32 ? catalogue_by_code(catalogue, division) : NULL;
    const struct catalogue_entry *city =
        entry && division % 100 != 0 ? catalogue_by_code(catalogue, division / 100 * 100) : NULL;
    if (!entry)
        return STR("");
    bool has_prefix = city && entry->name.size > city->name.size &&
                      str_starts(entry->name, city->name);
    return has_prefix ? str_sub(entry->name, city->name.size, entry->name.size) : entry->name;
}

enum err page_add_person_line(struct page *page, struct doc *list, int64_t id)
{
    struct person_line line;
    TRY(person_line_read(page->w, id, &line));
    struct doc *row = doc_add_object(list, NULL);
    doc_add_id(row, "id", id);
    doc_add_text(row, "name", registry_mask_name(page->w->arena, line.name));
    doc_add_day(row, "birth_day", line.birth_day);
    if (line.birth_day != ABSENT_I32) {
        int32_t year, month, day;
        day_to_civil(line.birth_day, &year, &month, &day);
        doc_page_text(row, "birth_year", doc_format(row, "%d", (int)year));
    }
    doc_add_code(row, "sex", line.sex,
                 page_code_words(page, REGISTRY_person, FIELD_person_sex, line.sex));
    doc_add_code(row, "division", line.division, page_place_words(page, line.division));
    doc_add_code(row, "level", line.level,
                 page_code_words(page, REGISTRY_certificate, FIELD_certificate_level,
                                 line.level));
    doc_add_code(row, "occupation", line.occupation,
                 page_code_words(page, REGISTRY_certificate, FIELD_certificate_occupation,
                                 line.occupation));
    if (line.employer_id != ABSENT_I64) {
        doc_add_id(row, "employer_id", line.employer_id);
        doc_add_text(row, "employer", line.employer_name);
        doc_page_bool(row, "opens_employer",
                      page_may(page, PERM_ORGANISATION_READ) &&
                          guard_sees_division(&page->session.scope, line.employer_division));
    }
    doc_page_bool(row, "has_level", line.level != ABSENT_I32);
    return ERR_OK;
}

enum err page_add_organisation_line(struct page *page, struct doc *list, int64_t id)
{
    struct organisation_line line;
    TRY(organisation_line_read(page->w, id, &line));
    struct doc *row = doc_add_object(list, NULL);
    doc_add_id(row, "id", id);
    doc_add_text(row, "name", line.name);
    doc_add_text(row, "credit_code", line.credit_code);
    doc_add_code(row, "kind", line.kind,
                 page_code_words(page, REGISTRY_organisation, FIELD_organisation_kind,
                                 line.kind));
    doc_add_code(row, "division", line.division, page_place_words(page, line.division));
    doc_add_code(row, "industry", line.industry,
                 page_code_words(page, REGISTRY_organisation, FIELD_organisation_industry,
                                 line.industry));
    return ERR_OK;
}

/* The narrower of the reader's scope and of the city. */
static void choice_range(struct page *page, int32_t *ret_min, int32_t *ret_max)
{
    const struct scope *scope = &page->session.scope;
    int32_t min, max;
    guard_divisions_below(page_options_of(page)->city_division, &min, &max);
    *ret_min = scope->division_min > min ? scope->division_min : min;
    *ret_max = scope->division_max < max ? scope->division_max : max;
}

/* The next district or county of today: neither the city itself nor what was renamed or merged
 * away, and each once, whatever other names it has. Begins at -1; NULL behind the last. */
static const struct catalogue_entry *next_choice(struct page *page,
                                                 const struct catalogue *catalogue,
                                                 int32_t *inout_index)
{
    int32_t min, max, today = page->w->today_day;
    int64_t last = *inout_index < 0 ? 0 : catalogue->entries[*inout_index].code;
    choice_range(page, &min, &max);
    while (++*inout_index < catalogue->entry_count) {
        const struct catalogue_entry *entry = &catalogue->entries[*inout_index];
        if (entry->code >= min && entry->code <= max && entry->code % 100 != 0 &&
            entry->code != last && entry->from_day <= today && today <= entry->to_day)
            return entry;
    }
    return NULL;
}

void page_add_division_filter(struct page *page, int32_t chosen)
{
    const struct field_desc *field =
        &registry_records[REGISTRY_person].fields[FIELD_person_division];
    const struct catalogue *catalogue =
        field_catalogue(page_options_of(page)->vocab, field);
    const struct catalogue_entry *entry;
    int32_t count = 0;
    for (int32_t i = -1; catalogue && next_choice(page, catalogue, &i);)
        count++;
    struct doc *list = doc_page_list(page->doc, "filter_divisions");
    doc_page_bool(page->doc, "has_filter_divisions", count > 1 && count <= DIVISIONS_SHOWN_MAX);
    if (count > DIVISIONS_SHOWN_MAX)
        return;
    for (int32_t i = -1; catalogue && (entry = next_choice(page, catalogue, &i));) {
        struct doc *row = doc_add_object(list, NULL);
        doc_page_text(row, "code", doc_format(row, "%" PRId64, entry->code));
        doc_page_text(row, "label", page_place_words(page, (int32_t)entry->code));
        doc_page_bool(row, "is_chosen", entry->code == chosen);
    }
}

void page_division_range(struct page *page, int32_t *ret_chosen, int32_t *ret_min,
                         int32_t *ret_max)
{
    const struct scope *scope = &page->session.scope;
    int32_t division = (int32_t)page_number(page, "division", 100000, 999999, 0);
    int32_t min = scope->division_min, max = scope->division_max;
    if (division != 0) {
        int32_t below_min, below_max;
        guard_divisions_below(division, &below_min, &below_max);
        min = below_min > min ? below_min : min;
        max = below_max < max ? below_max : max;
    }
    *ret_chosen = division;
    *ret_min = min;
    *ret_max = max;
}

void page_add_enum_filter(struct page *page, const char *name, int32_t enumeration,
                          int64_t chosen)
{
    const struct enum_desc *desc = &registry_enums[enumeration];
    struct doc *list = doc_page_list(page->doc, name);
    for (int32_t i = 0; i < desc->code_count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_page_text(row, "code", doc_format(row, "%d", (int)desc->codes[i].code));
        doc_page_text(row, "label", page_say(page, desc->codes[i].label_zh));
        doc_page_bool(row, "is_chosen", desc->codes[i].code == chosen);
    }
}

void page_registry_views(struct page *page, const char *here)
{
    struct doc *views = doc_page_object(page->doc, "registry");
    doc_page_bool(views, "may_join", page_may(page, PERM_DUPLICATES));
    doc_page_bool(views, "may_import", page_may(page, PERM_IMPORT));
    doc_page_bool(views, here, true);
}
