#include "page/page_fact.h"

#include "base/day.h"
#include "base/record.h"
#include "domain/registry/field_text.h"
#include "domain/registry/registry_name.h"

#include <inttypes.h>
#include <string.h>

static const struct record_head *head_of(const struct fact *fact)
{
    return fact->record;
}

static enum err reference_words(struct page *page, const struct field_desc *field, int64_t id,
                                struct str *ret_words)
{
    int32_t table = registry_ref_table(field);
    *ret_words = STR("");
    if (id == ABSENT_I64 || registry_owner(table) >= 0)
        return ERR_OK;
    return registry_name(page->w, table, id, id, ret_words);
}

enum err page_field_words(struct page *page, const struct fact *fact, int32_t field,
                          struct str *ret_words)
{
    const struct field_desc *desc = &registry_records[fact->table].fields[field];
    const struct vocab *vocab = page_options_of(page)->vocab;
    *ret_words = STR("");
    if (desc->type == FIELD_SECRET) {
        int32_t position = fact_secret_position(fact->table, field);
        if (fact->secrets[position].sealed.ptr)
            *ret_words = STR("********");
        return ERR_OK;
    }
    if (registry_is_text(desc)) {
        struct str text = registry_text(desc, fact->record);
        bool is_name = desc->privacy == PRIVACY_NAME && text.ptr;
        *ret_words = is_name ? registry_mask_name(page->w->arena, text) : text;
        return ERR_OK;
    }
    int64_t number = registry_number(desc, fact->record);
    if (desc->type == FIELD_REF)
        return reference_words(page, desc, number, ret_words);
    const struct catalogue *catalogue =
        desc->type == FIELD_CODE ? field_catalogue(vocab, desc) : NULL;
    const struct catalogue_entry *entry =
        catalogue && number != ABSENT_I64 ? catalogue_by_code(catalogue, number) : NULL;
    if (entry) {
        *ret_words = entry->name;
        return ERR_OK;
    }
    char buffer[FIELD_PRINT_SIZE];
    struct str words = field_print(vocab, desc, number, buffer);
    *ret_words = words.ptr == buffer ? str_copy(page->w->arena, words) : words;
    return ERR_OK;
}

/* The JSON face of one value, under its name. */
static void add_value(struct doc *values, const struct field_desc *desc, const struct fact *fact,
                      struct str words)
{
    if (registry_is_text(desc)) {
        doc_add_text(values, desc->name, words.size > 0 ? words : (struct str){0});
        return;
    }
    int64_t number = registry_number(desc, fact->record);
    switch (desc->type) {
    case FIELD_DAY:
        doc_add_day(values, desc->name, number == ABSENT_I64 ? ABSENT_I32 : (int32_t)number);
        return;
    case FIELD_MONEY:
        doc_add_money(values, desc->name, number);
        return;
    case FIELD_REF:
        if (number != ABSENT_I64)
            doc_add_id(values, desc->name, number);
        return;
    case FIELD_BOOL:
        if (number != ABSENT_I32 && number != ABSENT_I64)
            doc_add_bool(values, desc->name, number != 0);
        return;
    default:
        doc_add_code(values, desc->name, number, words);
    }
}

bool page_opens_organisation(struct page *page, int64_t id)
{
    struct fact fact;
    if (fact_read(page->w, REGISTRY_organisation, id, id, &fact) != ERR_OK) {
        fault_clear(&page->w->fault); /* it is gone: nothing to open */
        return false;
    }
    const struct organisation *organisation = fact.record;
    return page_may(page, PERM_ORGANISATION_READ) &&
           guard_sees_division(&page->session.scope, organisation->division);
}

/* A record that a reader can open. */
static void add_href(struct page *page, struct doc *row, const struct field_desc *desc,
                     const struct fact *fact)
{
    int64_t id = desc->type == FIELD_REF ? registry_number(desc, fact->record) : ABSENT_I64;
    if (id == ABSENT_I64)
        return;
    if (registry_ref_table(desc) == REGISTRY_organisation && page_opens_organisation(page, id))
        doc_page_text(row, "href", doc_format(row, "/organisations/%" PRId64, id));
    if (registry_ref_table(desc) == REGISTRY_person)
        doc_page_text(row, "href", doc_format(row, "/persons/%" PRId64, id));
}

enum err page_add_fact(struct page *page, struct doc *parent, const char *name,
                       const struct fact *fact, struct doc **ret_object)
{
    const struct record_desc *record = &registry_records[fact->table];
    const struct record_head *head = head_of(fact);
    struct doc *object = doc_add_object(parent, name);
    doc_add_id(object, "id", head->id);
    doc_add_text_z(object, "record", record->name);
    doc_page_text(object, "label", page_say(page, record->label_zh));
    doc_add_text(object, "source", head->source);
    doc_add_instant(object, "known", head->known_ms);
    struct doc *values = doc_add_object(object, "values");
    struct doc *fields = doc_page_list(object, "fields");
    for (int32_t i = 0; i < record->field_count; i++) {
        const struct field_desc *desc = &record->fields[i];
        struct str words;
        /* A program reads codes as numbers: their words need not be looked up. */
        bool says_words = !page->is_api || registry_is_text(desc);
        words = STR("");
        if (says_words)
            TRY(page_field_words(page, fact, i, &words));
        add_value(values, desc, fact, words);
        if (words.size == 0 || page->is_api)
            continue;
        struct doc *row = doc_add_object(fields, NULL);
        doc_page_text(row, "label", page_say(page, desc->label_zh));
        doc_page_text(row, "words", words);
        doc_page_z(row, "field", desc->name);
        doc_page_bool(row, "is_secret", desc->type == FIELD_SECRET);
        add_href(page, row, desc, fact);
    }
    if (ret_object)
        *ret_object = object;
    return ERR_OK;
}

void page_add_record_kinds(struct page *page, int32_t root_table)
{
    struct doc *list = doc_page_list(page->doc, "kinds");
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        if (registry_owner(table) != root_table)
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_page_z(row, "name", registry_records[table].name);
        doc_page_text(row, "label", page_say(page, registry_records[table].label_zh));
    }
}

int32_t page_fact_day(const struct fact *fact)
{
    const struct record_desc *record = &registry_records[fact->table];
    for (int32_t i = 0; i < record->field_count; i++) {
        int64_t number = record->fields[i].type == FIELD_DAY
                             ? registry_number(&record->fields[i], fact->record)
                             : ABSENT_I64;
        if (number >= DAY_MIN && number <= DAY_MAX)
            return (int32_t)number;
        int64_t month = record->fields[i].type == FIELD_MONTH
                            ? registry_number(&record->fields[i], fact->record)
                            : ABSENT_I64;
        if (month != ABSENT_I64)
            return month_first_day((int32_t)month);
    }
    return ABSENT_I32;
}

static enum err root_in_scope(struct page *page, int32_t table, int64_t id, struct fact *ret_fact)
{
    TRY(fact_read(page->w, table, id, id, ret_fact));
    return page_see_division(page, fact_division(ret_fact));
}

enum err page_person_in_scope(struct page *page, int64_t id, struct fact *ret_fact)
{
    if (page->session.scope.person_id == id)
        return fact_read(page->w, REGISTRY_person, id, id, ret_fact);
    return root_in_scope(page, REGISTRY_person, id, ret_fact);
}

enum err page_see_person(struct page *page, int64_t id)
{
    int32_t division;
    enum err err = fact_person_division(page->w, id, &division);
    if (err == ERR_NOT_FOUND)
        return fail(page->w, err, "没有这个人：%" PRId64, id);
    if (err != ERR_OK || page->session.scope.person_id == id)
        return err;
    return page_see_division(page, division);
}

enum err page_organisation_in_scope(struct page *page, int64_t id, struct fact *ret_fact)
{
    if (page->session.scope.organisation_id == id)
        return fact_read(page->w, REGISTRY_organisation, id, id, ret_fact);
    return root_in_scope(page, REGISTRY_organisation, id, ret_fact);
}
