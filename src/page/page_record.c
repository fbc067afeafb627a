#include "page/app.h"
#include "page/page_fact.h"

#include <inttypes.h>
#include <string.h>

/* A protected value of a person read in clear, for a reason that is kept; one record by itself. */

enum { REASON_CHARACTERS_MIN = 4, REASON_CHARACTERS_MAX = 200 };

/* A reason is asked for wherever the audit needs one. */
static struct str reason_of(struct page *page)
{
    struct str reason = page_field(page, "reason");
    size_t count = str_character_count(reason);
    if (count < REASON_CHARACTERS_MIN)
        page_field_error(page, "reason", "请写明理由，至少 4 个字");
    else if (count > REASON_CHARACTERS_MAX)
        page_field_error(page, "reason", "理由不超过 200 个字");
    return reason;
}

/* ---- a protected value in clear */

/* Position of the secret field that the form names; -1 when it names none. */
static int32_t secret_field(const struct page *page)
{
    const struct record_desc *record = &registry_records[REGISTRY_person];
    struct str name = page_field(page, "field");
    for (int32_t i = 0; i < record->field_count; i++)
        if (record->fields[i].type == FIELD_SECRET && str_equal_text(name, record->fields[i].name))
            return i;
    return -1;
}

static enum err begin_clear(struct page *page, struct fact *person, int64_t *ret_id,
                            int32_t *ret_field)
{
    TRY(page_id(page, "id", ret_id));
    TRY(page_person_in_scope(page, *ret_id, person));
    *ret_field = secret_field(page);
    if (*ret_field < 0)
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    const struct field_desc *field = &registry_records[REGISTRY_person].fields[*ret_field];
    struct str name;
    TRY(page_field_words(page, person, FIELD_person_name, &name));
    doc_add_id(page->doc, "id", *ret_id);
    doc_add_text_z(page->doc, "field", field->name);
    doc_page_text(page->doc, "label", page_say(page, field->label_zh));
    doc_page_text(page->doc, "name", name);
    page_title(page, page_say(page, "看全号"));
    return ERR_OK;
}

enum err page_person_clear_form(struct page *page)
{
    struct fact person;
    int64_t id;
    int32_t field;
    return begin_clear(page, &person, &id, &field);
}

enum err page_person_clear(struct page *page)
{
    struct fact person;
    int64_t id;
    int32_t field;
    TRY(begin_clear(page, &person, &id, &field));
    struct str reason = reason_of(page), clear;
    doc_page_text(page->doc, "reason", reason);
    if (page->error_count > 0)
        return page_refuse_form(page);
    TRY(fact_open_secret(page->w->arena, page->w->secrets, &person, field, &clear,
                         &page->w->fault));
    struct str detail = doc_format(page->doc, "%s: %.*s",
                                   registry_records[REGISTRY_person].fields[field].name,
                                   STR_ARG(reason));
    TRY(page_audit(page, "person.clear_read", "person", id, detail));
    doc_add_text(page->doc, "value", clear);
    doc_page_bool(page->doc, "is_absent", !clear.ptr);
    doc_page_bool(page->doc, "is_shown", true);
    return ERR_OK;
}

/* ---- one record */

/* A record of a person, as it stands: what a program follows when an event names it. */
enum err page_record_show(struct page *page)
{
    int64_t person_id, id;
    struct fact fact;
    struct doc *record;
    TRY(page_id(page, "id", &person_id));
    TRY(page_id(page, "record_id", &id));
    int32_t table = registry_table_by_name(page_parameter(page, "record"));
    if (table < 0 || registry_owner(table) != REGISTRY_person)
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    TRY(page_see_person(page, person_id));
    TRY(fact_read(page->w, table, person_id, id, &fact));
    TRY(page_add_fact(page, page->doc, "fact", &fact, &record));
    doc_add_id(page->doc, "person_id", person_id);
    doc_page_bool(page->doc, "may_edit", page_may(page, PERM_PERSON_EDIT));
    page_title(page, page_say(page, registry_records[table].label_zh));
    return ERR_OK;
}
