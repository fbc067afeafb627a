#include "base/day.h"
#include "page/app.h"
#include "page/page_event.h"
#include "store/event.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What happened to the records of a person, an organisation or a studio: every version
 * with who wrote it and from where; withdrawn, restored, set back to an earlier version. */

enum {
    REASON_CHARACTERS_MIN = 4,
    REASON_CHARACTERS_MAX = 200,
    ACTORS_SHOWN_MAX = 40, /* who made a change is looked up for so many, newest first */
    AUDIT_ROWS_MAX = 20,
};

/* Whose records they are. A studio's own record is its organisation's. */
static const struct root_kind {
    int32_t table;
    const char *path;
    enum permission edits;
    int32_t name_field;
} kinds[] = {
    {REGISTRY_person, "/persons", PERM_PERSON_EDIT, FIELD_person_name},
    {REGISTRY_organisation, "/organisations", PERM_ORGANISATION_EDIT, FIELD_organisation_name},
    {REGISTRY_carrier, "/studios", PERM_ORGANISATION_EDIT, FIELD_carrier_name},
};

static const struct root_kind *kind_of(int32_t table)
{
    size_t at = 0;
    while (at + 1 < sizeof kinds / sizeof kinds[0] && kinds[at].table != table)
        at++;
    return &kinds[at];
}

static enum err see_root(struct page *page, int32_t table, int64_t id, struct fact *ret_root)
{
    if (table == REGISTRY_person)
        return page_person_in_scope(page, id, ret_root);
    if (table == REGISTRY_organisation)
        return page_organisation_in_scope(page, id, ret_root);
    return page_studio_in_scope(page, id, ret_root);
}

/* ---- who */

static bool audited_change(struct page *page, int64_t id, int64_t known_ms,
                           struct str *ret_client, struct str *ret_reason)
{
    struct audit_filter filter = {.subject_id = id, .from_day = ABSENT_I32, .to_day = ABSENT_I32,
                                  .row_count_max = AUDIT_ROWS_MAX};
    struct audit *rows;
    int32_t count;
    if (guard_audit_read(page->w, &filter, &rows, &count) != ERR_OK)
        return false;
    for (int32_t i = 0; i < count; i++) {
        /* two versions of one millisecond are told apart by moving the later one on */
        if (rows[i].at_ms > known_ms || rows[i].at_ms < known_ms - 5)
            continue;
        *ret_client = rows[i].client;
        *ret_reason = rows[i].detail;
        return true;
    }
    return false;
}

bool page_change_actor(struct page *page, int64_t id, int64_t known_ms, struct actor *ret_actor,
                       struct str *ret_client, struct str *ret_reason)
{
    struct str client = {0}, reason = {0};
    if (event_actor(page->w, id, known_ms, ret_actor) != ERR_OK) {
        fault_clear(&page->w->fault);
        return false;
    }
    if (ret_actor->account_id != 0 && ret_client)
        (void)audited_change(page, id, known_ms, &client, &reason);
    fault_clear(&page->w->fault);
    if (ret_client)
        *ret_client = client;
    if (ret_reason)
        *ret_reason = reason;
    return true;
}

/* ---- history */

struct change {
    int64_t at_ms;
    const struct fact *before, *after; /* before NULL: added; after NULL: withdrawn */
    bool is_last;                      /* of its record: can be undone */
    bool is_past;                      /* of its record: a later version holds */
};

struct history {
    int32_t root_table;
    int64_t root_id;
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
                                !has_later && !is_gone, has_later};
        TRY(note(page, history, change));
        if (is_gone && !goes_on)
            TRY(note(page, history,
                     (struct change){head->gone_ms, &versions[i], NULL, !has_later, false}));
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

static void add_actor(struct page *page, struct doc *row, int64_t id, int64_t at_ms)
{
    struct actor actor;
    struct str client, reason;
    if (!page_change_actor(page, id, at_ms, &actor, &client, &reason))
        return;
    doc_add_text(row, "actor", actor.name);
    doc_add_text(row, "client", client.size > 0 ? client : (struct str){0});
    doc_add_text(row, "reason", reason.size > 0 ? reason : (struct str){0});
}

static void add_moves(struct page *page, struct doc *row, const struct history *history,
                      const struct change *change, const struct fact *fact)
{
    bool is_root = fact->table == history->root_table;
    bool may = page_may(page, kind_of(history->root_table)->edits);
    const char *root = kind_of(history->root_table)->path;
    doc_page_bool(row, "may_edit", may && change->is_last && change->after);
    doc_page_bool(row, "may_withdraw", may && !is_root && change->is_last && change->after);
    doc_page_bool(row, "may_restore", may && !is_root && change->is_last && !change->after);
    doc_page_bool(row, "may_revert", may && change->is_past && change->after);
    doc_page_text(row, "path",
                  is_root ? doc_format(row, "%s/%" PRId64, root, history->root_id)
                          : doc_format(row, "%s/%" PRId64 "/%s/%" PRId64, root, history->root_id,
                                       registry_records[fact->table].name, head_of(fact)->id));
    doc_page_text(row, "known_ms", doc_format(row, "%" PRId64, head_of(fact)->known_ms));
}

static enum err add_change(struct page *page, struct doc *list, const struct history *history,
                           int32_t index)
{
    const struct change *change = &history->rows[index];
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
    if (index < ACTORS_SHOWN_MAX)
        add_actor(page, row, head_of(fact)->id, change->at_ms);
    add_moves(page, row, history, change, fact);
    return ERR_OK;
}

static enum err show_history(struct page *page, int32_t root_table)
{
    struct history history = {.root_table = root_table};
    struct fact root;
    struct str name;
    TRY(page_id(page, "id", &history.root_id));
    TRY(see_root(page, root_table, history.root_id, &root));
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        bool is_own = table == root_table && root_table != REGISTRY_carrier;
        if (!is_own && registry_owner(table) != root_table)
            continue;
        struct fact *versions;
        int32_t count;
        TRY(fact_read_versions(page->w, table, history.root_id, &versions, &count));
        TRY(note_versions(page, versions, count, &history));
    }
    if (history.count > 0)
        qsort(history.rows, (size_t)history.count, sizeof *history.rows, compare_changes);
    struct doc *list = doc_add_list(page->doc, "history");
    for (int32_t i = 0; i < history.count; i++)
        TRY(add_change(page, list, &history, i));
    TRY(page_field_words(page, &root, kind_of(root_table)->name_field, &name));
    doc_add_id(page->doc, "id", history.root_id);
    if (root_table == REGISTRY_carrier)
        doc_page_text(page->doc, "owner_href",
                      doc_format(page->doc, "/organisations/%" PRId64 "/history",
                                 head_of(&root)->owner_id));
    doc_page_bool(page->doc, "has_history", history.count > 0);
    doc_page_z(page->doc, "list_path", kind_of(root_table)->path);
    doc_page_text(page->doc, "name", name);
    page_title(page, page_say(page, "变更"));
    return ERR_OK;
}

enum err page_person_history(struct page *page)
{
    return show_history(page, REGISTRY_person);
}

enum err page_body_history(struct page *page)
{
    return show_history(page, REGISTRY_organisation);
}

enum err page_studio_history(struct page *page)
{
    return show_history(page, REGISTRY_carrier);
}

/* ---- undo */

struct record_target {
    int32_t root_table;
    int64_t root_id, id;
    int32_t table;
};

static enum err read_root_of(struct page *page, struct record_target *target)
{
    struct fact root;
    TRY(page_id(page, "id", &target->root_id));
    return see_root(page, target->root_table, target->root_id, &root);
}

/* A record that belongs to somebody whom the reader sees. */
static enum err read_target(struct page *page, struct record_target *target)
{
    TRY(read_root_of(page, target));
    TRY(page_id(page, "record_id", &target->id));
    target->table = registry_table_by_name(page_parameter(page, "record"));
    if (target->table < 0 || registry_owner(target->table) != target->root_table)
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    return ERR_OK;
}

static enum err read_reason(struct page *page, struct str *ret_reason)
{
    struct str reason = page_field(page, "reason");
    size_t count = reason.ptr ? str_character_count(reason) : 0;
    if (count < REASON_CHARACTERS_MIN || count > REASON_CHARACTERS_MAX) {
        fail(page->w, ERR_INPUT, "请写明理由，4 至 200 个字");
        return fault_hint(&page->w->fault, "请回到变更页，写明为什么要改。");
    }
    *ret_reason = reason;
    return ERR_OK;
}

static enum err finish(struct page *page, const struct record_target *target, const char *action,
                       struct str reason)
{
    TRY(page_audit(page, action, registry_records[target->table].name, target->id,
                   reason.ptr ? reason : STR("")));
    doc_add_id(page->doc, "id", target->id);
    return page_see(page, doc_format(page->doc, "%s/%" PRId64 "/history?done=undone",
                                     kind_of(target->root_table)->path, target->root_id));
}

static enum err refuse_stale(struct page *page, const struct fact *current)
{
    if (page_number(page, "known_ms", 0, INT64_MAX, 0) == head_of(current)->known_ms)
        return ERR_OK;
    fail(page->w, ERR_STORE_CONFLICT, "这条记录刚被他人修改");
    return fault_hint(&page->w->fault, "请回到变更页，看过新的内容再决定。");
}

static enum err withdraw(struct page *page, int32_t root_table)
{
    struct record_target target = {.root_table = root_table};
    struct fact fact;
    struct str reason;
    TRY(read_target(page, &target));
    TRY(read_reason(page, &reason));
    TRY(fact_read(page->w, target.table, target.root_id, target.id, &fact));
    TRY(refuse_stale(page, &fact));
    TRY(fact_withdraw(page->w, target.table, target.root_id, target.id));
    return finish(page, &target, "record.withdrawn", reason);
}

static enum err restore(struct page *page, int32_t root_table)
{
    struct record_target target = {.root_table = root_table};
    TRY(read_target(page, &target));
    TRY(fact_restore(page->w, target.table, target.root_id, target.id));
    return finish(page, &target, "record.restored", page_field(page, "reason"));
}

/* Writes an earlier version again, as a new one: nothing is lost. */
static enum err revert_to(struct page *page, const struct record_target *target)
{
    int64_t version_ms = page_number(page, "version_ms", 0, INT64_MAX, 0);
    int64_t key_id = target->table == target->root_table ? target->id : target->root_id;
    struct fact current, *versions, other;
    struct str reason;
    int32_t count;
    bool is_found;
    enum fact_outcome outcome;
    TRY(read_reason(page, &reason));
    TRY(fact_read(page->w, target->table, key_id, target->id, &current));
    TRY(fact_read_versions(page->w, target->table, key_id, &versions, &count));
    for (int32_t i = 0; i < count; i++) {
        struct fact *version = &versions[i];
        if (head_of(version)->id != target->id || head_of(version)->known_ms != version_ms)
            continue;
        version->given = FACT_GIVEN_ALL;
        TRY(fact_find(page->w, version, &other, &is_found));
        if (is_found && head_of(&other)->id != target->id)
            return fail(page->w, ERR_FACT_HELD, "另一条记录现在用着同样的号码");
        /* whoever works for one division cannot give a record away */
        if (target->table == target->root_table &&
            !guard_sees_division(&page->session.scope, fact_division(version)))
            return fail(page->w, ERR_FORBIDDEN, "那一版在别的区划，请交给所在区县改回");
        TRY(fact_correct(page->w, version, &outcome));
        return finish(page, target, "record.reverted", reason);
    }
    return fail(page->w, ERR_NOT_FOUND, "没有这个版本");
}

static enum err revert(struct page *page, int32_t root_table, bool is_root)
{
    struct record_target target = {.root_table = root_table, .table = root_table};
    TRY(is_root ? read_root_of(page, &target) : read_target(page, &target));
    if (is_root)
        target.id = target.root_id;
    return revert_to(page, &target);
}

enum err page_record_withdraw(struct page *page)
{
    return withdraw(page, REGISTRY_person);
}

enum err page_record_restore(struct page *page)
{
    return restore(page, REGISTRY_person);
}

enum err page_record_revert(struct page *page)
{
    return revert(page, REGISTRY_person, false);
}

enum err page_person_revert(struct page *page)
{
    return revert(page, REGISTRY_person, true);
}

enum err page_body_record_withdraw(struct page *page)
{
    return withdraw(page, REGISTRY_organisation);
}

enum err page_body_record_restore(struct page *page)
{
    return restore(page, REGISTRY_organisation);
}

enum err page_body_record_revert(struct page *page)
{
    return revert(page, REGISTRY_organisation, false);
}

enum err page_organisation_revert(struct page *page)
{
    return revert(page, REGISTRY_organisation, true);
}

enum err page_studio_record_withdraw(struct page *page)
{
    return withdraw(page, REGISTRY_carrier);
}

enum err page_studio_record_restore(struct page *page)
{
    return restore(page, REGISTRY_carrier);
}

enum err page_studio_record_revert(struct page *page)
{
    return revert(page, REGISTRY_carrier, false);
}
