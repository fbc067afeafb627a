#include "base/day.h"
#include "page/app.h"
#include "page/page_event.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Records of a person under the hand of the office: a protected value read in clear, the history of
 * versions, a record withdrawn and restored. */

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

/* ---- history */

struct change {
    int64_t at_ms;
    const struct fact *before, *after; /* before NULL: added; after NULL: withdrawn */
    bool is_last;                      /* of its record: can be undone */
};

struct history {
    struct change *rows;
    int32_t count, capacity;
};

static const struct record_head *head_of(const struct fact *fact)
{
    return fact->record;
}

static enum err note(struct page *page, struct history *history, struct change change)
{
    if (history->count == history->capacity) {
        int32_t capacity = history->capacity ? history->capacity * 2 : 64;
        struct change *rows = ARENA_NEW_ARRAY(page->w->arena, struct change, (size_t)capacity);
        if (!rows)
            return fail(page->w, ERR_MEMORY, "no memory for the history of a person");
        if (history->count > 0)
            memcpy(rows, history->rows, (size_t)history->count * sizeof *rows);
        history->rows = rows;
        history->capacity = capacity;
    }
    history->rows[history->count++] = change;
    return ERR_OK;
}

/* Versions stand in the order of id and time. */
static enum err note_versions(struct page *page, const struct fact *versions, int32_t count,
                              struct history *history)
{
    for (int32_t i = 0; i < count; i++) {
        const struct record_head *head = head_of(&versions[i]);
        bool has_earlier = i > 0 && head_of(&versions[i - 1])->id == head->id;
        bool has_later = i + 1 < count && head_of(&versions[i + 1])->id == head->id;
        bool is_gone = head->gone_ms != REGISTRY_NEVER_MS;
        bool goes_on = has_later && head_of(&versions[i + 1])->known_ms == head->gone_ms;
        bool follows = has_earlier && head_of(&versions[i - 1])->gone_ms == head->known_ms;
        struct change change = {head->known_ms, follows ? &versions[i - 1] : NULL, &versions[i],
                                !has_later && !is_gone};
        TRY(note(page, history, change));
        if (is_gone && !goes_on)
            TRY(note(page, history,
                     (struct change){head->gone_ms, &versions[i], NULL, !has_later}));
    }
    return ERR_OK;
}

static int compare_changes(const void *a, const void *b)
{
    const struct change *left = a;
    const struct change *right = b;
    return left->at_ms == right->at_ms ? 0 : left->at_ms > right->at_ms ? -1 : 1;
}

/* The fields that a correction changed, before and after; secrets tell only that they changed. */
static enum err add_fields(struct page *page, struct doc *list, const struct change *change)
{
    const struct record_desc *record = &registry_records[change->after->table];
    for (int32_t i = 0; i < record->field_count; i++) {
        struct str before, after;
        const struct field_desc *field = &record->fields[i];
        TRY(page_field_words(page, change->before, i, &before));
        TRY(page_field_words(page, change->after, i, &after));
        bool is_same = str_equal(before, after);
        if (field->type == FIELD_SECRET) {
            int32_t position = fact_secret_position(change->after->table, i);
            is_same = str_equal(change->before->secrets[position].index,
                                change->after->secrets[position].index);
        }
        if (is_same)
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text_z(row, "field", field->name);
        doc_page_text(row, "label", page_say(page, field->label_zh));
        doc_add_text(row, "before", before);
        doc_add_text(row, "after", after);
    }
    return ERR_OK;
}

static enum err add_change(struct page *page, struct doc *list, const struct change *change,
                           int64_t person_id)
{
    const struct fact *fact = change->after ? change->after : change->before;
    const struct record_desc *record = &registry_records[fact->table];
    const char *kind = !change->after ? "withdrawn" : change->before ? "corrected" : "added";
    const char *words = !change->after ? "撤回" : change->before ? "更正" : "登记";
    struct str title;
    TRY(page_event_title(page, fact, &title));
    struct doc *row = doc_add_object(list, NULL);
    doc_add_id(row, "id", head_of(fact)->id);
    doc_add_text_z(row, "record", record->name);
    doc_add_text_z(row, "kind", kind);
    doc_add_instant(row, "at", change->at_ms);
    doc_add_text(row, "source", head_of(fact)->source);
    doc_page_text(row, "words", page_say(page, words));
    doc_page_text(row, "label", page_say(page, record->label_zh));
    doc_page_text(row, "title", title);
    struct doc *fields = doc_add_list(row, "changes");
    if (change->before && change->after)
        TRY(add_fields(page, fields, change));
    bool may_undo = page_may(page, PERM_PERSON_EDIT) && fact->table != REGISTRY_person;
    doc_page_bool(row, "may_withdraw", may_undo && change->is_last && change->after);
    doc_page_bool(row, "may_restore", may_undo && change->is_last && !change->after);
    doc_page_text(row, "path",
                  doc_format(row, "/persons/%" PRId64 "/%s/%" PRId64, person_id, record->name,
                             head_of(fact)->id));
    doc_page_text(row, "known_ms", doc_format(row, "%" PRId64, head_of(fact)->known_ms));
    return ERR_OK;
}

enum err page_person_history(struct page *page)
{
    int64_t id;
    struct fact person;
    struct history history = {0};
    struct str name;
    TRY(page_id(page, "id", &id));
    TRY(page_person_in_scope(page, id, &person));
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        if (table != REGISTRY_person && registry_owner(table) != REGISTRY_person)
            continue;
        struct fact *versions;
        int32_t count;
        TRY(fact_read_versions(page->w, table, id, &versions, &count));
        TRY(note_versions(page, versions, count, &history));
    }
    if (history.count > 0)
        qsort(history.rows, (size_t)history.count, sizeof *history.rows, compare_changes);
    struct doc *list = doc_add_list(page->doc, "history");
    for (int32_t i = 0; i < history.count; i++)
        TRY(add_change(page, list, &history.rows[i], id));
    TRY(page_field_words(page, &person, FIELD_person_name, &name));
    doc_add_id(page->doc, "id", id);
    doc_page_text(page->doc, "name", name);
    page_title(page, page_say(page, "变更"));
    return ERR_OK;
}

/* ---- undo */

struct record_target {
    int64_t person_id, id;
    int32_t table;
};

/* A record that belongs to a person whom the reader sees. */
static enum err read_target(struct page *page, struct record_target *ret_target)
{
    struct fact person;
    struct record_target target = {0};
    TRY(page_id(page, "id", &target.person_id));
    TRY(page_id(page, "record_id", &target.id));
    TRY(page_person_in_scope(page, target.person_id, &person));
    target.table = registry_table_by_name(page_parameter(page, "record"));
    if (target.table < 0 || registry_owner(target.table) != REGISTRY_person)
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    *ret_target = target;
    return ERR_OK;
}

static enum err finish(struct page *page, const struct record_target *target, const char *action)
{
    TRY(page_audit(page, action, registry_records[target->table].name, target->id,
                   page_field(page, "reason")));
    doc_add_id(page->doc, "id", target->id);
    return page_see(page, doc_format(page->doc, "/persons/%" PRId64 "/history?done=undone",
                                     target->person_id));
}

enum err page_record_withdraw(struct page *page)
{
    struct record_target target = {0};
    struct fact fact;
    TRY(read_target(page, &target));
    TRY(fact_read(page->w, target.table, target.person_id, target.id, &fact));
    int64_t known_ms = page_number(page, "known_ms", 0, INT64_MAX, 0);
    if (known_ms != head_of(&fact)->known_ms) {
        fail(page->w, ERR_STORE_CONFLICT, "这条记录刚被他人修改");
        return fault_hint(&page->w->fault, "请回到变更页，看过新的内容再决定。");
    }
    TRY(fact_withdraw(page->w, target.table, target.person_id, target.id));
    return finish(page, &target, "record.withdrawn");
}

enum err page_record_restore(struct page *page)
{
    struct record_target target = {0};
    TRY(read_target(page, &target));
    TRY(fact_restore(page->w, target.table, target.person_id, target.id));
    return finish(page, &target, "record.restored");
}
