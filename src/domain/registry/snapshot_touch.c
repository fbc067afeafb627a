#include "domain/registry/snapshot_touch.h"

#include "domain/registry/fact.h"
#include "domain/registry/registry.h"
#include "registry_owner_sql.h"
#include "registry_sql.h"
#include "store/stmt.h"
#include "store_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int compare_roots(const void *a, const void *b)
{
    const struct world_root *left = a, *right = b;
    if (left->table != right->table)
        return left->table < right->table ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

static void sort_once_each(struct touch *touch)
{
    if (touch->root_count == 0)
        return;
    qsort(touch->roots, (size_t)touch->root_count, sizeof *touch->roots, compare_roots);
    int32_t kept = 1;
    for (int32_t i = 1; i < touch->root_count; i++)
        if (compare_roots(&touch->roots[i], &touch->roots[kept - 1]) != 0)
            touch->roots[kept++] = touch->roots[i];
    touch->root_count = kept;
}

/* Many events tell of the same root: before the array grows they are taken together. */
static enum err make_room(struct work *w, struct touch *touch)
{
    sort_once_each(touch);
    if (touch->root_count > touch->root_count_max)
        touch->is_too_much = true;
    if (touch->root_count < touch->root_capacity / 2)
        return ERR_OK;
    int32_t capacity = touch->root_capacity ? touch->root_capacity * 2 : 1024;
    struct world_root *grown = realloc(touch->roots, (size_t)capacity * sizeof *grown);
    if (!grown)
        return fail(w, ERR_MEMORY, "no memory for %d changed records", capacity);
    touch->roots = grown;
    touch->root_capacity = capacity;
    return ERR_OK;
}

static enum err add_root(struct work *w, struct touch *touch, int32_t table, int64_t id)
{
    if (touch->root_count == touch->root_capacity)
        TRY(make_room(w, touch));
    touch->roots[touch->root_count++] = (struct world_root){table, id};
    return ERR_OK;
}

/* {"owner":123} or {"changed":[...],"owner":123}: see fact.c. */
static bool owner_in(struct str detail, int64_t *ret_owner_id)
{
    struct str word = STR("\"owner\":");
    size_t place = str_find(detail, word);
    if (place >= detail.size)
        return false;
    struct str number = str_sub(detail, place + word.size, detail.size);
    size_t size = 0;
    while (size < number.size && number.ptr[size] >= '0' && number.ptr[size] <= '9')
        size++;
    return str_to_i64(str_sub(number, 0, size), ret_owner_id);
}

/* Rows anywhere may name a person or body that comes back (or was there at the earlier instant),
 * and their reference is empty now: it is rare, and everything is read again. */
static bool comes_back(const struct touch *touch, struct str action)
{
    return str_equal_text(action, "restored") ||
           (touch->looks_back && str_equal_text(action, "withdrawn"));
}

static enum err add_event(struct work *w, struct touch *touch,
                          const struct event_facts_after_out *event)
{
    struct str action = event->kind, record;
    str_split(&action, '.', &record);
    int32_t table = -1;
    for (int32_t t = 0; t < REGISTRY_RECORD_COUNT && table < 0; t++)
        if (str_equal_text(record, registry_records[t].name))
            table = t;
    if (table < 0)
        return ERR_OK; /* not a fact: a catalogue, an export, an entitlement */
    int32_t owner = registry_owner(table);
    touch->is_too_much |= owner < 0 && comes_back(touch, action);
    if (event->person_id != 0)
        return add_root(w, touch, REGISTRY_person, event->person_id);
    if (owner < 0)
        return add_root(w, touch, table, event->subject_id);
    int64_t owner_id;
    if (owner_in(event->detail, &owner_id))
        return add_root(w, touch, owner, owner_id);
    touch->is_too_much = true; /* written before events told the owner */
    return ERR_OK;
}

/* What a carrier owns is told of with the carrier: it stands for its body. */
static enum err resolve(struct work *w, struct touch *touch)
{
    for (int32_t i = 0; i < touch->root_count; i++) {
        struct world_root *root = &touch->roots[i];
        if (root->table != REGISTRY_carrier)
            continue;
        struct carrier_owner_out out;
        TRY(carrier_owner(w, &(struct carrier_owner_in){.id = root->id}, &out));
        *root = (struct world_root){REGISTRY_organisation, out.owner_id};
    }
    sort_once_each(touch);
    touch->is_too_much |= touch->root_count > touch->root_count_max;
    return ERR_OK;
}

static enum err read_events(struct work *w, int64_t after_event_id, struct touch *touch)
{
    struct cursor cursor;
    TRY(event_facts_after(w, &(struct event_facts_after_in){.after_id = after_event_id}, &cursor));
    enum err err = ERR_OK;
    bool more = true;
    while (err == ERR_OK && more && !touch->is_too_much) {
        struct event_facts_after_out row;
        err = event_facts_after_next(&cursor, &row, &more);
        if (err == ERR_OK && more)
            err = add_event(w, touch, &row);
    }
    cursor_close(&cursor);
    return err;
}

enum err touch_read(struct work *w, int64_t after_event_id, enum touch_look look,
                    int32_t root_count_max, struct touch *ret_touch)
{
    struct touch touch = {.root_count_max = root_count_max, .looks_back = look == TOUCH_BACK};
    enum err err = read_events(w, after_event_id, &touch);
    if (err == ERR_OK && !touch.is_too_much)
        err = resolve(w, &touch);
    if (err != ERR_OK) {
        touch_done(&touch);
        return err;
    }
    *ret_touch = touch;
    return ERR_OK;
}

void touch_done(struct touch *touch)
{
    free(touch->roots);
    *touch = (struct touch){0};
}

/* ---- their rows ---- */

struct reading {
    struct work *w;
    struct world *changes;
    int64_t known_at_ms;
    bool has_later;
};

static enum err append(struct reading *reading, const struct fact *fact)
{
    const struct record_desc *desc = &registry_records[fact->table];
    const struct record_head *head = fact->record;
    int64_t values[REGISTRY_FIELD_COUNT_MAX];
    bool gone_later = head->gone_ms != REGISTRY_NEVER_MS && head->gone_ms > reading->known_at_ms;
    reading->has_later |= gone_later || head->known_ms > reading->known_at_ms;
    if (head->known_ms > reading->known_at_ms || head->gone_ms <= reading->known_at_ms)
        return ERR_OK;
    for (int32_t i = 0; i < desc->field_count; i++)
        values[i] = registry_is_text(&desc->fields[i])
                        ? ABSENT_I64
                        : registry_number(&desc->fields[i], fact->record);
    return world_append(reading->changes, fact->table, head->id, head->owner_id, values,
                        &reading->w->fault);
}

/* All rows of one owner, or of one root. */
static enum err append_of(struct reading *reading, int32_t table, int64_t key_id)
{
    struct arena_mark mark = arena_mark(reading->w->arena);
    struct fact *versions;
    int32_t count;
    TRY(fact_read_versions(reading->w, table, key_id, &versions, &count));
    for (int32_t i = 0; i < count; i++)
        TRY(append(reading, &versions[i]));
    arena_rewind(reading->w->arena, mark);
    return ERR_OK;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Rows of an owned table for the owners that are there, in the order of their ids. */
static enum err append_owned(struct reading *reading, int32_t table)
{
    const struct table_columns *owner = &reading->changes->tables[registry_owner(table)];
    size_t size = (size_t)owner->row_count * sizeof(int64_t);
    int64_t *ids = malloc(size + 1);
    if (!ids)
        return fail(reading->w, ERR_MEMORY, "no memory for %d owners", owner->row_count);
    if (size > 0)
        memcpy(ids, owner->row_ids, size);
    qsort(ids, (size_t)owner->row_count, sizeof *ids, compare_ids);
    enum err err = ERR_OK;
    for (int32_t i = 0; i < owner->row_count && err == ERR_OK; i++)
        err = append_of(reading, table, ids[i]);
    free(ids);
    return err;
}

static int32_t depth_of(int32_t table)
{
    int32_t owner = registry_owner(table);
    return owner < 0 ? 0 : 1 + depth_of(owner);
}

static enum err append_all(struct reading *reading, const struct touch *touch)
{
    for (int32_t i = 0; i < touch->root_count; i++)
        TRY(append_of(reading, touch->roots[i].table, touch->roots[i].id));
    for (int32_t depth = 1, found = 1; found; depth++) {
        found = 0;
        for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
            if (depth_of(table) != depth)
                continue;
            found = 1;
            TRY(append_owned(reading, table));
        }
    }
    return world_seal_owners(reading->changes, &reading->w->fault);
}

enum err touch_rows(struct work *w, const struct vocab *vocab, const struct touch *touch,
                    int64_t known_at_ms, struct world **ret_changes, bool *ret_has_later)
{
    struct reading reading = {.w = w, .known_at_ms = known_at_ms};
    TRY(world_new(vocab, &reading.changes, &w->fault));
    enum err err = append_all(&reading, touch);
    if (err != ERR_OK) {
        world_free(reading.changes);
        return err;
    }
    *ret_changes = reading.changes;
    *ret_has_later = reading.has_later;
    return ERR_OK;
}
