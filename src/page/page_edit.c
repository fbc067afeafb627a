#include "base/day.h"
#include "domain/registry/fact_form.h"
#include "page/app.h"
#include "page/page_event.h"
#include "page/page_fact.h"
#include "page/page_form.h"

#include <inttypes.h>
#include <string.h>

/* A record edited by hand: a person, an organisation, and what they own. GET shows the form, POST
 * saves it. The form carries the version it was made from (known_ms): when another person saved
 * meanwhile, it comes back (409) with the fields that only they changed taken over, and both values
 * at those that both changed. */

enum {
    REASON_CHARACTERS_MIN = 4,
    REASON_CHARACTERS_MAX = 200,
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
    return table == REGISTRY_person         ? "/persons"
           : table == REGISTRY_organisation ? "/organisations"
                                            : "/studios";
}

/* ---- which record */

static enum err read_root(struct page *page, struct edit *edit)
{
    TRY(page_id(page, "id", &edit->root_id));
    if (edit->root_table == REGISTRY_person)
        return page_person_in_scope(page, edit->root_id, &edit->root);
    if (edit->root_table == REGISTRY_carrier)
        return page_studio_in_scope(page, edit->root_id, &edit->root);
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

/* ---- two at once */

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
    page_read_form(page, &mine);
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

static enum err add_names(struct page *page, const struct edit *edit)
{
    const char *path = root_path(edit->root_table);
    doc_page_z(page->doc, "list_path", path);
    doc_page_bool(page->doc, "is_person", edit->root_table == REGISTRY_person);
    if (edit->root_id == 0)
        return ERR_OK;
    struct str name;
    int32_t field = registry_field_by_name(&registry_records[edit->root_table], STR("name"));
    TRY(page_field_words(page, &edit->root, field, &name));
    doc_page_text(page->doc, "root_path", doc_format(page->doc, "%s/%" PRId64, path,
                                                     edit->root_id));
    doc_page_text(page->doc, "root_name", name);
    return ERR_OK;
}

static enum err show(struct page *page, const struct edit *edit)
{
    const struct record_desc *desc = &registry_records[edit->table];
    struct page_record_form form = {.form = &edit->form,
                                    .current = edit->id != 0 ? &edit->current : NULL,
                                    .theirs = &edit->theirs,
                                    .is_theirs = edit->is_theirs};
    struct doc *list = doc_page_list(page->doc, "fields");
    for (int32_t i = 0; i < desc->field_count; i++)
        TRY(page_add_form_field(page, list, &form, i));
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

/* Whoever works for one division cannot give a record away. */
static void check_division(struct page *page, const struct edit *edit, const struct fact *fact)
{
    bool has_division = edit->table == REGISTRY_person || edit->table == REGISTRY_organisation;
    if (!has_division || page->error_count > 0)
        return;
    if (!guard_sees_division(&page->session.scope, fact_division(fact)))
        page_field_error(page, "division", "不在您负责的区划内，请交给所在区县登记");
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
    page_read_form(page, &edit->form);
    TRY(fact_form_read(page->w, &checker, &edit->form, current, &fact, &problems));
    page_tell_problems(page, edit->table, &problems);
    check_division(page, edit, &fact);
    if (page->error_count == 0) {
        TRY(fact_form_check_key(page->w, &fact, edit->id, &problems));
        page_tell_problems(page, edit->table, &problems);
    }
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
        page_read_form(page, &edit.form); /* a link may tell some */
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

enum err page_studio_fact_new(struct page *page)
{
    return new_record(page, REGISTRY_carrier);
}

enum err page_studio_fact_edit(struct page *page)
{
    return edit_record(page, REGISTRY_carrier);
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
