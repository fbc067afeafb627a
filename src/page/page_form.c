#include "page/page_form.h"

#include "page/app.h"
#include "page/page_fact.h"
#include "page/page_line.h"

#include <inttypes.h>
#include <string.h>

enum { CHOICES_MAX = 64 }; /* longer catalogues are typed */

void page_read_form(struct page *page, struct fact_form *form)
{
    const struct record_desc *desc = &registry_records[form->table];
    for (int32_t i = 0; i < desc->field_count; i++) {
        struct str text = page_field(page, desc->fields[i].name);
        form->texts[i] = text.ptr ? text : STR("");
    }
}

void page_tell_problems(struct page *page, int32_t table, const struct fact_problems *problems)
{
    const struct record_desc *desc = &registry_records[table];
    for (int32_t i = 0; i < problems->count; i++) {
        const struct field_problem *problem = &problems->rows[i];
        const char *words = text_in(page->w->arena, "%s。%s", problem->reason, problem->remedy);
        page_field_error(page, problem->field >= 0 ? desc->fields[problem->field].name : "record",
                         words);
    }
}

static void add_choice(struct page *page, struct doc *list, const char *value, struct str label,
                       struct str chosen)
{
    struct doc *row = doc_add_object(list, NULL);
    doc_page_z(row, "value", value);
    doc_page_text(row, "label", label);
    doc_page_bool(row, "is_chosen", str_equal_text(chosen, value));
}

static void add_enum_choices(struct page *page, struct doc *list, const struct field_desc *field,
                             struct str chosen)
{
    const struct enum_desc *desc = registry_enum_by_name(field->target);
    for (int32_t i = 0; i < desc->code_count; i++)
        add_choice(page, list, desc->codes[i].label_zh, page_say(page, desc->codes[i].label_zh),
                   chosen);
}

/* The newest edition of each code that holds today, when there are few enough; divisions are those
 * that the reader works for. */
static bool add_code_choices(struct page *page, struct doc *list, const struct field_desc *field,
                             struct str chosen)
{
    const struct catalogue *catalogue = field_catalogue(page_options_of(page)->vocab, field);
    bool is_division = strcmp(field->target, "division") == 0;
    const struct scope *scope = &page->session.scope;
    int32_t city_min, city_max, count = 0;
    guard_divisions_below(page_options_of(page)->city_division, &city_min, &city_max);
    for (int pass = 0; pass < 2; pass++) { /* counts, then adds */
        for (int32_t i = 0; catalogue && i < catalogue->entry_count; i++) {
            const struct catalogue_entry *entry = &catalogue->entries[i];
            bool is_newest = i + 1 == catalogue->entry_count ||
                             catalogue->entries[i + 1].code != entry->code;
            bool is_mine = entry->code >= scope->division_min &&
                           entry->code <= scope->division_max && entry->code >= city_min &&
                           entry->code <= city_max && entry->code % 100 != 0;
            if (!is_newest || (is_division && !is_mine) || entry->to_day < page->w->today_day)
                continue;
            count += pass == 0;
            if (pass == 1)
                add_choice(page, list, text_in(page->w->arena, "%" PRId64, entry->code),
                           is_division ? page_place_words(page, (int32_t)entry->code)
                                       : entry->name,
                           chosen);
        }
        if (count == 0 || count > CHOICES_MAX)
            return false;
    }
    return true;
}

/* A value that is not among the choices stays one. */
static void keep_other(struct page *page, struct doc *list, struct str chosen)
{
    for (const struct doc *row = list ? list->first : NULL; row; row = row->next) {
        const struct doc *is_chosen = doc_member(row, STR("is_chosen"));
        if (is_chosen && is_chosen->number)
            return;
    }
    if (chosen.size > 0)
        add_choice(page, list, str_z(page->w->arena, chosen), chosen, chosen);
}

static void add_input(struct page *page, struct doc *row, const struct field_desc *field,
                      struct str text)
{
    struct doc *choices = doc_page_list(row, "choices");
    bool is_select = field->type == FIELD_ENUM || field->type == FIELD_BOOL;
    if (field->type == FIELD_ENUM)
        add_enum_choices(page, choices, field, text);
    if (field->type == FIELD_BOOL) {
        add_choice(page, choices, "是", page_say(page, "是"), text);
        add_choice(page, choices, "否", page_say(page, "否"), text);
    }
    if (field->type == FIELD_CODE)
        is_select = add_code_choices(page, choices, field, text);
    if (is_select)
        keep_other(page, choices, text);
    doc_page_bool(row, "is_select", is_select);
    doc_page_bool(row, "is_day", field->type == FIELD_DAY);
    bool is_number = field->type == FIELD_COUNT || field->type == FIELD_MONEY;
    doc_page_z(row, "mode", is_number ? "decimal" : "text");
}

/* What stands there now, for values that are not shown. */
static enum err add_hint(struct page *page, struct doc *row, const struct page_record_form *given,
                         int32_t i)
{
    const struct field_desc *field = &registry_records[given->form->table].fields[i];
    if (field->note_zh[0])
        doc_page_text(row, "note", page_say(page, field->note_zh));
    if (!given->current || !fact_form_is_kept(field))
        return ERR_OK;
    struct str words;
    TRY(page_field_words(page, given->current, i, &words));
    doc_page_bool(row, "is_kept", words.size > 0);
    doc_page_text(row, "kept", words);
    return ERR_OK;
}

enum err page_add_form_field(struct page *page, struct doc *list,
                             const struct page_record_form *given, int32_t i)
{
    const struct field_desc *field = &registry_records[given->form->table].fields[i];
    struct doc *row = doc_add_object(list, NULL);
    doc_page_z(row, "name", field->name);
    doc_page_text(row, "label", page_say(page, field->label_zh));
    doc_page_text(row, "value", given->form->texts[i]);
    bool is_required = field->need == NEED_REQUIRED &&
                       !(given->current && fact_form_is_kept(field));
    bool is_asked = given->asked && strcmp(given->asked, field->name) == 0;
    doc_page_bool(row, "is_optional", field->need != NEED_REQUIRED && !is_asked);
    doc_page_bool(row, "is_required", is_required || is_asked);
    for (int32_t e = 0; e < page->error_count; e++)
        if (strcmp(page->errors[e].field, field->name) == 0)
            doc_page_text(row, "problem", page->errors[e].message);
    if (given->is_theirs && given->is_theirs[i]) {
        doc_page_bool(row, "is_theirs", true);
        doc_page_text(row, "theirs", given->theirs->texts[i]);
    }
    add_input(page, row, field, given->form->texts[i]);
    return add_hint(page, row, given, i);
}
