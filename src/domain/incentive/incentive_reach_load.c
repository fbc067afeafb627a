/* incentive_reach_load.c — forward: the rows that rules about some holders can reach.
 *
 * The tree is gone down node by node, for all holders at once: a table of a node is read by one
 * statement for all families that reached it, so that a body with two hundred people costs a dozen
 * statements and not two thousand. What rules of other places would read is left out. */
#include "domain/incentive/incentive_reach_node.h"
#include "policy/locality.h"
#include "store/stmt.h"

#include <stdlib.h>
#include <string.h>

struct row {
    int64_t id, owner_id;
    int64_t *values;
};

struct rows {
    struct row *rows;
    int32_t count, capacity;
};

struct family {
    int32_t root;
    bool is_there;   /* its root row holds */
    uint32_t tables; /* loaded whole */
    uint64_t seen;   /* nodes it was reached at */
    int32_t first[REGISTRY_RECORD_COUNT], end[REGISTRY_RECORD_COUNT];
};

struct ids {
    int64_t *ids;
    int32_t count, capacity;
};

struct loading {
    struct work *w;
    const struct reach *reach;
    struct holder_set ids; /* of the families, in their order */
    struct family *families;
    int32_t family_capacity;
    struct ids at[REACH_NODES_MAX]; /* families that reached a node */
    struct ids keys;                /* of the statement being run */
    struct rows tables[REGISTRY_RECORD_COUNT];
    int64_t row_count;
    int64_t known_ms;
};

static enum err no_memory(struct work *w)
{
    return fail(w, ERR_MEMORY, "no memory for the rows around a holder");
}

static enum err ids_add(struct work *w, struct ids *ids, int64_t id)
{
    if (ids->count == ids->capacity) {
        int32_t capacity = ids->capacity ? ids->capacity * 2 : 32;
        int64_t *moved = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)capacity);
        if (!moved)
            return no_memory(w);
        if (ids->count > 0)
            memcpy(moved, ids->ids, (size_t)ids->count * sizeof *moved);
        ids->ids = moved;
        ids->capacity = capacity;
    }
    ids->ids[ids->count++] = id;
    return ERR_OK;
}

/* Identifiers are the program's own and no two records share one. */
static enum err family_of(struct loading *load, int32_t root, int64_t id, int32_t *ret_family)
{
    int32_t count = load->ids.count;
    if (!holder_set_add(&load->ids, (struct holder){root, id}))
        return no_memory(load->w);
    *ret_family = load->ids.slots[holder_slot(&load->ids, id)] - 1;
    if (load->ids.count == count)
        return ERR_OK;
    if (count == load->family_capacity) {
        int32_t capacity = count ? count * 2 : 16;
        struct family *families = ARENA_NEW_ARRAY(load->w->arena, struct family, (size_t)capacity);
        if (!families)
            return no_memory(load->w);
        if (count > 0)
            memcpy(families, load->families, (size_t)count * sizeof *families);
        load->families = families;
        load->family_capacity = capacity;
    }
    load->families[count] = (struct family){.root = root};
    return ERR_OK;
}

static enum err reach_node(struct loading *load, int32_t at, int64_t id)
{
    int32_t family;
    TRY(family_of(load, load->reach->nodes[at].root, id, &family));
    if (load->families[family].seen >> at & 1)
        return ERR_OK;
    load->families[family].seen |= UINT64_C(1) << at;
    return ids_add(load->w, &load->at[at], family);
}

/* ---- rows ---- */

static enum err rows_add(struct loading *load, int32_t table, const struct stmt_value *out)
{
    const struct record_desc *desc = &registry_records[table];
    struct rows *rows = &load->tables[table];
    if (++load->row_count > REACH_ROWS_MAX)
        return fail(load->w, ERR_LIMIT, "more than %d records around one holder", REACH_ROWS_MAX);
    if (rows->count == rows->capacity) {
        int32_t capacity = rows->capacity ? rows->capacity * 2 : 32;
        struct row *moved = ARENA_NEW_ARRAY(load->w->arena, struct row, (size_t)capacity);
        if (!moved)
            return no_memory(load->w);
        if (rows->count > 0)
            memcpy(moved, rows->rows, (size_t)rows->count * sizeof *moved);
        rows->rows = moved;
        rows->capacity = capacity;
    }
    int64_t *values = ARENA_NEW_ARRAY(load->w->arena, int64_t, (size_t)desc->field_count);
    if (!values)
        return no_memory(load->w);
    int32_t place = 3;
    for (int32_t i = 0; i < desc->field_count; i++) {
        values[i] = ABSENT_I64;
        if (registry_is_text(&desc->fields[i]))
            continue;
        if (out && !out[place].absent)
            values[i] = out[place].number;
        place++;
    }
    rows->rows[rows->count++] = (struct row){out[1].number, out[0].number, values};
    if (out[2].number > load->known_ms)
        load->known_ms = out[2].number;
    return ERR_OK;
}

/* Rows of load->keys. They come in the order of their owners, so those of one stand together. */
static enum err read_rows(struct loading *load, int32_t table, const struct stmt *of_one,
                          const struct stmt *of_many)
{
    const struct ids *keys = &load->keys;
    if (keys->count == 0)
        return ERR_OK;
    struct stmt_value in[1], out[STMT_SLOTS_MAX];
    TRY(reach_key(load->w, keys->ids, keys->count, &in[0]));
    struct cursor cursor;
    TRY(stmt_open(load->w, keys->count == 1 ? of_one : of_many, in, &cursor));
    for (bool more = true; more;) {
        TRY(cursor_next(&cursor, out, &more));
        if (more)
            TRY(rows_add(load, table, out));
    }
    cursor_close(&cursor);
    return ERR_OK;
}

static enum err read_rows_of_owners(struct loading *load, int32_t table)
{
    return read_rows(load, table, load->reach->statements->rows_of_owner[table],
                     load->reach->statements->rows_of_owners[table]);
}

/* ---- tables of families ---- */

/* A root's row, or the rows that belong to it: one statement for all families. */
static enum err load_below_root(struct loading *load, const struct ids *families, int32_t table)
{
    struct rows *rows = &load->tables[table];
    load->keys.count = 0;
    for (int32_t i = 0; i < families->count; i++) {
        struct family *family = &load->families[families->ids[i]];
        bool wants = !(family->tables >> table & 1) && (table == family->root || family->is_there);
        if (!wants)
            continue;
        family->tables |= 1u << table;
        TRY(ids_add(load->w, &load->keys, load->ids.rows[families->ids[i]].id));
    }
    int32_t first = rows->count;
    TRY(read_rows_of_owners(load, table));
    struct family *family = NULL;
    for (int32_t i = first; i < rows->count; i++) {
        if (i == first || rows->rows[i].owner_id != rows->rows[i - 1].owner_id) {
            int32_t slot = holder_slot(&load->ids, rows->rows[i].owner_id);
            family = &load->families[load->ids.slots[slot] - 1];
            family->first[table] = i;
            family->is_there |= table == family->root;
        }
        family->end[table] = i + 1;
    }
    return ERR_OK;
}

/* Rows that belong to rows of a family. */
static enum err load_below_row(struct loading *load, const struct ids *families, int32_t table)
{
    int32_t owner = registry_owner(table);
    struct rows *rows = &load->tables[table];
    for (int32_t i = 0; i < families->count; i++) {
        struct family *family = &load->families[families->ids[i]];
        if ((family->tables >> table & 1) || !family->is_there)
            continue;
        family->tables |= 1u << table;
        family->first[table] = rows->count;
        load->keys.count = 0;
        for (int32_t r = family->first[owner]; r < family->end[owner]; r++)
            TRY(ids_add(load->w, &load->keys, load->tables[owner].rows[r].id));
        TRY(read_rows_of_owners(load, table));
        family->end[table] = rows->count;
    }
    return ERR_OK;
}

/* ---- steps ---- */

static bool is_leaf(const struct reach *reach, int32_t at)
{
    if (reach->nodes[at].tables != 1u << reach->nodes[at].table)
        return false;
    for (int32_t i = 0; i < reach->node_count; i++)
        if (reach->nodes[i].parent == at)
            return false;
    return true;
}

/* Where nothing else of these persons is read, their rows that name the family's root come in one
 * go and their owners stand for themselves. */
static enum err step_to_leaf(struct loading *load, int32_t at)
{
    const struct reach_node *node = &load->reach->nodes[at];
    const struct stmt *stmt = load->reach->statements->rows_of_reference[node->table][node->field];
    struct rows *rows = &load->tables[node->table];
    int32_t first = rows->count;
    TRY(read_rows(load, node->table, stmt, stmt));
    for (int32_t i = first; i < rows->count; i++) {
        int32_t family;
        TRY(family_of(load, node->root, rows->rows[i].owner_id, &family));
        load->families[family].is_there = true;
    }
    return ERR_OK;
}

/* Rows of persons anywhere that name the family's root. */
static enum err step_back(struct loading *load, int32_t at, int64_t id)
{
    const struct reach_node *node = &load->reach->nodes[at];
    load->keys.count = 0;
    TRY(ids_add(load->w, &load->keys, id));
    if (is_leaf(load->reach, at))
        return step_to_leaf(load, at);
    struct ids owners = {0};
    struct stmt_value in[1], out[1];
    struct cursor cursor;
    TRY(reach_key(load->w, load->keys.ids, 1, &in[0]));
    TRY(stmt_open(load->w, load->reach->statements->owners_of_reference[node->table][node->field],
                  in, &cursor));
    for (bool more = true; more;) {
        TRY(cursor_next(&cursor, out, &more));
        if (more)
            TRY(ids_add(load->w, &owners, out[0].number));
    }
    cursor_close(&cursor);
    for (int32_t i = 0; i < owners.count; i++)
        TRY(reach_node(load, at, owners.ids[i]));
    return ERR_OK;
}

static enum err step_forward(struct loading *load, int32_t at, int32_t family)
{
    const struct reach_node *node = &load->reach->nodes[at];
    int32_t end = load->families[family].end[node->table];
    for (int32_t i = load->families[family].first[node->table]; i < end; i++) {
        int64_t id = load->tables[node->table].rows[i].values[node->field];
        if (id != ABSENT_I64)
            TRY(reach_node(load, at, id));
    }
    return ERR_OK;
}

static enum err load_node(struct loading *load, int32_t at)
{
    const struct reach_node *node = &load->reach->nodes[at];
    const struct ids *families = &load->at[at];
    TRY(load_below_root(load, families, node->root));
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) { /* owners come first */
        if (!(node->tables >> table & 1) || table == node->root)
            continue;
        if (registry_owner(table) == node->root)
            TRY(load_below_root(load, families, table));
        else
            TRY(load_below_row(load, families, table));
    }
    for (int32_t child = at + 1; child < load->reach->node_count; child++) {
        if (load->reach->nodes[child].parent != at)
            continue;
        for (int32_t i = 0; i < families->count; i++) {
            int32_t family = (int32_t)families->ids[i];
            if (!load->families[family].is_there)
                continue;
            if (load->reach->nodes[child].way == WAY_FORWARD)
                TRY(step_forward(load, child, family));
            else
                TRY(step_back(load, child, load->ids.rows[family].id));
        }
    }
    return ERR_OK;
}

/* ---- documents of other places ---- */

/* What has nothing to say to any of the holders; their own rows are loaded. */
static struct reach_elsewhere elsewhere_of_all(const struct loading *load)
{
    const struct policy *policy = load->reach->policy;
    int32_t count =
        policy->document_count < REACH_DOCUMENTS_MAX ? policy->document_count : REACH_DOCUMENTS_MAX;
    struct reach_elsewhere elsewhere = {{0}};
    for (int32_t d = 0; d < count; d++) {
        bool excluded = true;
        for (int32_t i = 0; i < load->ids.count && excluded; i++) {
            const struct family *family = &load->families[i];
            int32_t field = locality_field(load->reach->vocab, family->root);
            const struct rows *rows = &load->tables[family->root];
            excluded = !family->is_there ||
                       (field >= 0 &&
                        locality_excludes_division(
                            policy, d, rows->rows[family->first[family->root]].values[field]));
        }
        if (excluded)
            elsewhere.words[d / 64] |= UINT64_C(1) << d % 64;
    }
    return elsewhere;
}

/* The holders' own rows, then whatever the rules of their places read. */
static enum err load_all(struct loading *load, struct reach *reach, const struct holder *holders,
                         int32_t holder_count)
{
    struct ids families[REGISTRY_RECORD_COUNT] = {{0}};
    for (int32_t i = 0; i < holder_count; i++) {
        int32_t family;
        if (reach->self_nodes[holders[i].root] < 0)
            continue;
        TRY(family_of(load, holders[i].root, holders[i].id, &family));
        TRY(ids_add(load->w, &families[holders[i].root], family));
    }
    for (int32_t root = 0; root < REGISTRY_RECORD_COUNT; root++)
        if (families[root].count > 0)
            TRY(load_below_root(load, &families[root], root));
    struct reach_elsewhere elsewhere = elsewhere_of_all(load);
    struct reach *narrow;
    TRY(reach_narrow(reach, &elsewhere, &narrow, &load->w->fault));
    load->reach = narrow;
    for (int32_t i = 0, count = load->ids.count; i < count; i++) {
        const struct holder *holder = &load->ids.rows[i];
        if (narrow->self_nodes[holder->root] >= 0)
            TRY(reach_node(load, narrow->self_nodes[holder->root], holder->id));
    }
    for (int32_t i = 0; i < narrow->node_count; i++)
        TRY(load_node(load, i));
    return ERR_OK;
}

/* ---- the world ---- */

static int compare_rows(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->owner_id != b->owner_id)
        return a->owner_id < b->owner_id ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* Owners of which nothing is read have a row without values. */
static enum err add_bare_roots(struct loading *load)
{
    for (int32_t i = 0; i < load->ids.count; i++) {
        const struct family *family = &load->families[i];
        if (!family->is_there || (family->tables >> family->root & 1))
            continue;
        struct stmt_value out[STMT_SLOTS_MAX];
        for (int32_t s = 0; s < STMT_SLOTS_MAX; s++)
            out[s] = (struct stmt_value){.type = STMT_INT64, .absent = true};
        out[0].number = out[1].number = load->ids.rows[i].id;
        out[2].number = 0;
        TRY(rows_add(load, family->root, out));
    }
    return ERR_OK;
}

static enum err fill_world(struct loading *load, struct world *world)
{
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        struct rows *rows = &load->tables[table];
        if (rows->count > 1)
            qsort(rows->rows, (size_t)rows->count, sizeof *rows->rows, compare_rows);
        for (int32_t i = 0; i < rows->count; i++) {
            const struct row *row = &rows->rows[i];
            if (i > 0 && row->id == rows->rows[i - 1].id)
                continue; /* loaded whole and by its reference */
            int64_t owner_id = registry_owner(table) >= 0 ? row->owner_id : 0;
            TRY(world_append(world, table, row->id, owner_id, row->values, &load->w->fault));
        }
    }
    return world_seal(world, &load->w->fault);
}

enum err reach_world(struct work *w, const struct vocab *vocab, struct reach *reach,
                     const struct holder *holders, int32_t holder_count, struct world **ret_world,
                     int64_t *ret_known_ms)
{
    struct loading load = {.w = w, .reach = reach};
    holder_set_init(&load.ids, w->arena);
    TRY(load_all(&load, reach, holders, holder_count));
    TRY(add_bare_roots(&load));
    struct world *world;
    TRY(world_new(vocab, &world, &w->fault));
    enum err err = fill_world(&load, world);
    if (err != ERR_OK) {
        world_free(world);
        return err;
    }
    *ret_world = world;
    *ret_known_ms = load.known_ms;
    return ERR_OK;
}
