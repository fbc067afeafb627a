#include "base/day.h"
#include "domain/registry/fact_form.h"
#include "page/app.h"
#include "page/page_event.h"
#include "page/page_fact.h"
#include "page/page_line.h"

#include <inttypes.h>
#include <string.h>

/* A record edited by hand: a person, an organisation, and what they own. GET shows the form, POST
 * saves it. The form carries the version it was made from (known_ms): when another person saved
 * meanwhile, it comes back (409) with the fields that only they changed taken over, and both values
 * at those that both changed. */

enum {
    REASON_CHARACTERS_MIN = 4,
    REASON_CHARACTERS_MAX = 200,
    CHOICES_MAX = 64, /* longer catalogues are typed */
};

#define SOURCE_BY_HAND STR("手工登记")

struct edit {
    int32_t root_table;
    int64_t root_id; /* 0: the root itself is new */
    struct fact root;
    int32_t table;
    int64_t id; /* 0: a new record */
    struct fact current;
    struct fact_form form;   /* what the page shows */
    struct fact_form theirs; /* the current version, when it is another than the form's */
    bool is_theirs[REGISTRY_FIELD_COUNT_MAX]; /* both changed it */
    int64_t known_ms;
    struct str reason;
};

static const struct record_head *head_of(const struct fact *fact)
{
    return fact->record;
}

static bool is_post(const struct page *page)
{
    return page->request->method == HTTP_POST;
}

static const char *root_path(int32_t table)
{
    return table == REGISTRY_person ? "/persons" : "/organisations";
}

/* ---- which record */

static enum err read_root(struct page *page, struct edit *edit)
{
    TRY(page_id(page, "id", &edit->root_id));
    if (edit->root_table == REGISTRY_person)
        return page_person_in_scope(page, edit->root_id, &edit->root);
    return page_organisation_in_scope(page, edit->root_id, &edit->root);
}

static enum err read_kind(struct page *page, struct edit *edit)
{
    edit->table = registry_table_by_name(page_parameter(page, "record"));
    if (edit->table < 0 || registry_owner(edit->table) != edit->root_table)
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    edit->form = (struct fact_form){.table = edit->table, .owner_id = edit->root_id};
    return ERR_OK;
}

static int64_t key_id(const struct edit *edit)
{
    return edit->table == edit->root_table ? edit->id : edit->root_id;
}

static enum err read_current(struct page *page, struct edit *edit)
{
    TRY(fact_read(page->w, edit->table, key_id(edit), edit->id, &edit->current));
    TRY(fact_form_write(page->w, page_options_of(page)->vocab, &edit->current, &edit->form));
    edit->known_ms = head_of(&edit->current)->known_ms;
    return ERR_OK;
}

/* ---- the form as it was sent */

static void read_texts(struct page *page, struct fact_form *form)
{
    const struct record_desc *desc = &registry_records[form->table];
    for (int32_t i = 0; i < desc->field_count; i++) {
        struct str text = page_field(page, desc->fields[i].name);
        form->texts[i] = text.ptr ? text : STR("");
    }
}

static bool same_text(struct str a, struct str b)
{
    return str_equal(str_trim(a), str_trim(b));
}

/* Three versions: what the form was made from, what they made of it, what was sent. */
static void merge(struct edit *edit, const struct fact_form *base, const struct fact_form *theirs,
                  const struct fact_form *mine)
{
    for (int32_t i = 0; i < registry_records[edit->table].field_count; i++) {
        bool they_changed = !same_text(base->texts[i], theirs->texts[i]);
        bool i_changed = !same_text(base->texts[i], mine->texts[i]);
        edit->form.texts[i] = they_changed && !i_changed ? theirs->texts[i] : mine->texts[i];
        edit->is_theirs[i] =
            they_changed && i_changed && !same_text(theirs->texts[i], mine->texts[i]);
    }
    edit->theirs = *theirs;
}

static enum err find_version(struct page *page, const struct edit *edit, int64_t known_ms,
                             struct fact *ret_version)
{
    struct fact *versions;
    int32_t count;
    TRY(fact_read_versions(page->w, edit->table, key_id(edit), &versions, &count));
    for (int32_t i = 0; i < count; i++)
        if (head_of(&versions[i])->id == edit->id && head_of(&versions[i])->known_ms == known_ms) {
            *ret_version = versions[i];
            return ERR_OK;
        }
    return fail(page->w, ERR_NOT_FOUND, "没有这个版本");
}

/* Who saved in between, in words. */
static void tell_who(struct page *page, const struct edit *edit)
{
    struct actor actor;
    if (page_change_actor(page, edit->id, head_of(&edit->current)->known_ms, &actor, NULL, NULL))
        doc_page_text(page->doc, "other", actor.name);
    doc_add_instant(page->doc, "other_at", head_of(&edit->current)->known_ms);
}

/* The form was made from an older version: everything is shown again, nothing is saved. */
static enum err refuse_stale(struct page *page, struct edit *edit, int64_t known_ms)
{
    const struct vocab *vocab = page_options_of(page)->vocab;
    struct fact version;
    struct fact_form base = edit->form, mine = edit->form, theirs = edit->form;
    read_texts(page, &mine);
    enum err err = find_version(page, edit, known_ms, &version);
    if (err == ERR_OK)
        err = fact_form_write(page->w, vocab, &version, &base);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    fault_clear(&page->w->fault);
    merge(edit, &base, &theirs, &mine);
    tell_who(page, edit);
    doc_page_bool(page->doc, "is_stale", true);
    page_field_error(page, "stale", "这条记录刚被他人修改，请看过再保存");
    enum err refused = page_refuse_form(page);
    page->status = 409;
    return refused;
}

/* ---- the page */

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
static enum err add_hint(struct page *page, struct doc *row, const struct edit *edit, int32_t i)
{
    const struct field_desc *field = &registry_records[edit->table].fields[i];
    if (field->note_zh[0])
        doc_page_text(row, "note", page_say(page, field->note_zh));
    if (edit->id == 0 || !fact_form_is_kept(field))
        return ERR_OK;
    struct str words;
    TRY(page_field_words(page, &edit->current, i, &words));
    doc_page_bool(row, "is_kept", words.size > 0);
    doc_page_text(row, "kept", words);
    return ERR_OK;
}

static enum err add_field(struct page *page, struct doc *list, const struct edit *edit, int32_t i)
{
    const struct field_desc *field = &registry_records[edit->table].fields[i];
    struct doc *row = doc_add_object(list, NULL);
    doc_page_z(row, "name", field->name);
    doc_page_text(row, "label", page_say(page, field->label_zh));
    doc_page_text(row, "value", edit->form.texts[i]);
    bool is_required = field->need == NEED_REQUIRED &&
                       !(edit->id != 0 && fact_form_is_kept(field));
    doc_page_bool(row, "is_optional", field->need != NEED_REQUIRED);
    doc_page_bool(row, "is_required", is_required);
    for (int32_t e = 0; e < page->error_count; e++)
        if (strcmp(page->errors[e].field, field->name) == 0)
            doc_page_text(row, "problem", page->errors[e].message);
    if (edit->is_theirs[i]) {
        doc_page_bool(row, "is_theirs", true);
        doc_page_text(row, "theirs", edit->theirs.texts[i]);
    }
    add_input(page, row, field, edit->form.texts[i]);
    return add_hint(page, row, edit, i);
}

static enum err add_names(struct page *page, const struct edit *edit)
{
    const char *path = root_path(edit->root_table);
    doc_page_z(page->doc, "list_path", path);
    doc_page_bool(page->doc, "is_person", edit->root_table == REGISTRY_person);
    if (edit->root_id == 0)
        return ERR_OK;
    struct str name;
    TRY(page_field_words(page, &edit->root,
                         edit->root_table == REGISTRY_person ? (int32_t)FIELD_person_name
                                                             : (int32_t)FIELD_organisation_name,
                         &name));
    doc_page_text(page->doc, "root_path", doc_format(page->doc, "%s/%" PRId64, path,
                                                     edit->root_id));
    doc_page_text(page->doc, "root_name", name);
    return ERR_OK;
}

static enum err show(struct page *page, const struct edit *edit)
{
    const struct record_desc *desc = &registry_records[edit->table];
    struct doc *list = doc_page_list(page->doc, "fields");
    for (int32_t i = 0; i < desc->field_count; i++)
        TRY(add_field(page, list, edit, i));
    TRY(add_names(page, edit));
    doc_add_text_z(page->doc, "record", desc->name);
    doc_page_bool(page->doc, "is_new", edit->id == 0);
    doc_page_text(page->doc, "known_ms", doc_format(page->doc, "%" PRId64, edit->known_ms));
    doc_page_text(page->doc, "reason", edit->reason);
    doc_page_text(page->doc, "path", page->request->path);
    bool english = page->lang == PAGE_EN;
    page_title(page, doc_format(page->doc,
                                edit->id == 0 ? (english ? "Add: %.*s" : "登记%.*s")
                                              : (english ? "Correct: %.*s" : "更正%.*s"),
                                STR_ARG(page_say(page, desc->label_zh))));
    return ERR_OK;
}

/* A form that is refused is shown again with everything that was typed. */
static enum err refuse(struct page *page, const struct edit *edit)
{
    enum err err = page_refuse_form(page);
    int status = page->status;
    TRY(show(page, edit));
    page->status = status;
    return err;
}

/* ---- saving */

static void tell_problems(struct page *page, const struct edit *edit,
                          const struct fact_problems *problems)
{
    const struct record_desc *desc = &registry_records[edit->table];
    for (int32_t i = 0; i < problems->count; i++) {
        const struct field_problem *problem = &problems->rows[i];
        const char *words = text_in(page->w->arena, "%s。%s", problem->reason, problem->remedy);
        page_field_error(page, problem->field >= 0 ? desc->fields[problem->field].name : "record",
                         words);
    }
}

/* Whoever works for one division cannot give a record away. */
static void check_division(struct page *page, const struct edit *edit, const struct fact *fact)
{
    int32_t field = edit->table == REGISTRY_person         ? (int32_t)FIELD_person_division
                    : edit->table == REGISTRY_organisation ? (int32_t)FIELD_organisation_division
                                                           : -1;
    if (field < 0 || page->error_count > 0)
        return;
    const struct field_desc *desc = &registry_records[edit->table].fields[field];
    int64_t division = registry_number(desc, fact->record);
    if (!guard_sees_division(&page->session.scope, (int32_t)division))
        page_field_error(page, desc->name, "不在您负责的区划内，请交给所在区县登记");
}

/* Another record with the same key. */
static enum err check_key(struct page *page, const struct edit *edit, struct fact *fact)
{
    const struct record_desc *desc = &registry_records[edit->table];
    struct fact other;
    bool is_found;
    TRY(fact_seal(page->w->arena, page->w->secrets, page->w->ids, fact, &page->w->fault));
    TRY(fact_find(page->w, fact, &other, &is_found));
    if (!is_found || head_of(&other)->id == edit->id)
        return ERR_OK;
    uint32_t key = fact_key_fields(edit->table);
    for (int32_t i = 0; i < desc->field_count; i++)
        if ((key >> i) & 1) {
            page_field_error(page, desc->fields[i].name, "已有这样一条记录，请去更正它");
            return ERR_OK;
        }
    page_field_error(page, "record", "已有这样一条记录，请去更正它");
    return ERR_OK;
}

static void read_reason(struct page *page, struct edit *edit)
{
    edit->reason = page_field(page, "reason");
    size_t count = edit->reason.ptr ? str_character_count(edit->reason) : 0;
    if (edit->id != 0 && count < REASON_CHARACTERS_MIN)
        page_field_error(page, "reason", "请写明理由，至少 4 个字");
    else if (count > REASON_CHARACTERS_MAX)
        page_field_error(page, "reason", "理由不超过 200 个字");
}

static enum err write(struct page *page, struct edit *edit, struct fact *fact)
{
    enum fact_outcome outcome;
    ((struct record_head *)fact->record)->source = SOURCE_BY_HAND;
    if (edit->id == 0)
        TRY(fact_put(page->w, fact, &outcome));
    else
        TRY(fact_correct(page->w, fact, &outcome));
    int64_t id = head_of(fact)->id;
    if (outcome != FACT_SAME)
        TRY(page_audit(page, edit->id == 0 ? "record.added" : "record.corrected",
                       registry_records[edit->table].name, id, edit->reason));
    int64_t root_id = edit->root_id ? edit->root_id : id;
    doc_add_id(page->doc, "id", id);
    return page_see(page, doc_format(page->doc, "%s/%" PRId64 "?done=%s",
                                     root_path(edit->root_table), root_id,
                                     edit->id == 0 ? "added" : "saved"));
}

static enum err save(struct page *page, struct edit *edit)
{
    struct fact_checker checker = {page_options_of(page)->vocab, page_options_of(page)->divisions,
                                   page->w->today_day};
    struct fact fact;
    struct fact_problems problems;
    const struct fact *current = edit->id != 0 ? &edit->current : NULL;
    int64_t known_ms = page_number(page, "known_ms", 0, INT64_MAX, 0);
    read_reason(page, edit);
    if (edit->id != 0 && known_ms != edit->known_ms) {
        enum err err = refuse_stale(page, edit, known_ms);
        if (page->error_count == 0)
            return err;
        TRY(show(page, edit));
        return err;
    }
    read_texts(page, &edit->form);
    TRY(fact_form_read(page->w, &checker, &edit->form, current, &fact, &problems));
    tell_problems(page, edit, &problems);
    check_division(page, edit, &fact);
    if (page->error_count == 0)
        TRY(check_key(page, edit, &fact));
    if (page->error_count > 0)
        return refuse(page, edit);
    return write(page, edit, &fact);
}

static enum err show_or_save(struct page *page, struct edit *edit)
{
    return is_post(page) ? save(page, edit) : show(page, edit);
}

/* ---- the handlers */

static enum err new_root(struct page *page, int32_t table)
{
    struct edit edit = {.root_table = table, .table = table, .form = {.table = table}};
    return show_or_save(page, &edit);
}

static enum err edit_root(struct page *page, int32_t table)
{
    struct edit edit = {.root_table = table, .table = table};
    TRY(read_root(page, &edit));
    edit.id = edit.root_id;
    TRY(read_current(page, &edit));
    return show_or_save(page, &edit);
}

static enum err new_record(struct page *page, int32_t root_table)
{
    struct edit edit = {.root_table = root_table};
    TRY(read_root(page, &edit));
    TRY(read_kind(page, &edit));
    if (!is_post(page))
        read_texts(page, &edit.form); /* a link may tell some */
    return show_or_save(page, &edit);
}

static enum err edit_record(struct page *page, int32_t root_table)
{
    struct edit edit = {.root_table = root_table};
    TRY(read_root(page, &edit));
    TRY(read_kind(page, &edit));
    TRY(page_id(page, "record_id", &edit.id));
    TRY(read_current(page, &edit));
    return show_or_save(page, &edit);
}

enum err page_person_new(struct page *page)
{
    return new_root(page, REGISTRY_person);
}

enum err page_person_edit(struct page *page)
{
    return edit_root(page, REGISTRY_person);
}

enum err page_person_record_new(struct page *page)
{
    return new_record(page, REGISTRY_person);
}

enum err page_person_record_edit(struct page *page)
{
    return edit_record(page, REGISTRY_person);
}

enum err page_organisation_new(struct page *page)
{
    return new_root(page, REGISTRY_organisation);
}

enum err page_organisation_edit(struct page *page)
{
    return edit_root(page, REGISTRY_organisation);
}

enum err page_body_fact_new(struct page *page)
{
    return new_record(page, REGISTRY_organisation);
}

enum err page_body_fact_edit(struct page *page)
{
    return edit_record(page, REGISTRY_organisation);
}
