/* registry_facts.c — from the store into columns. */
#include "domain/registry/registry_facts.h"

#include "domain/registry/fact.h"
#include "domain/registry/registry.h"
#include "domain/registry/snapshot.h"
#include "registry_owner_sql.h"
#include "registry_sql.h"
#include "store/stmt.h"

#include <inttypes.h>
#include <string.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

void registry_vocab(const struct catalogue *catalogues, int32_t catalogue_count,
                    const struct catalogue_register *registers, int32_t register_count,
                    struct vocab *ret_vocab)
{
    *ret_vocab = (struct vocab){
        .records = registry_records,
        .record_count = REGISTRY_WORD_COUNT,
        .enums = registry_enums,
        .enum_count = REGISTRY_ENUM_COUNT,
        .catalogues = catalogues,
        .catalogue_count = catalogue_count,
        .registers = registers,
        .register_count = register_count,
    };
}

/* ---- the whole city ---- */

/* Where the columns of X_facts_at go: field by field, texts and secrets left out. */
struct row_layout {
    int32_t id_place;
    int32_t owner_place;                            /* -1 for a root */
    int32_t field_places[REGISTRY_FIELD_COUNT_MAX]; /* -1: not loaded */
};

static struct row_layout layout_of(int32_t table)
{
    const struct record_desc *desc = &registry_records[table];
    bool owned = registry_owner(table) >= 0;
    struct row_layout layout = {.id_place = owned, .owner_place = owned ? 0 : -1};
    int32_t place = layout.id_place + 1;
    for (int32_t i = 0; i < desc->field_count; i++)
        layout.field_places[i] = registry_is_text(&desc->fields[i]) ? -1 : place++;
    return layout;
}

/* Whether the owner of a row was loaded. Rows of a root come in its order, so the search goes on
 * from the row found last. A person may be withdrawn while rows of his stand: those are not
 * seen. */
static bool owner_is_loaded(const struct world *world, int32_t owner_table, int64_t owner_id,
                            int32_t *owner_row)
{
    const struct table_columns *owner = &world->tables[owner_table];
    if (owner->owner_rows)
        return true; /* its rows are not in the order of their ids: owned_by_owned sees to it */
    while (*owner_row < owner->row_count && owner->row_ids[*owner_row] < owner_id)
        ++*owner_row;
    return *owner_row < owner->row_count && owner->row_ids[*owner_row] == owner_id;
}

static int compare_id(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Ids of an owned table in ascending order, for rows that are owned by owned rows; NULL if the
 * owner is a root. */
static enum err sorted_owner_ids(struct work *w, const struct world *world, int32_t owner_table,
                                 int64_t **ret_ids)
{
    const struct table_columns *owner = &world->tables[owner_table];
    *ret_ids = NULL;
    if (!owner->owner_rows)
        return ERR_OK;
    int64_t *ids = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)owner->row_count + 1);
    if (!ids)
        return fail(w, ERR_MEMORY, "no memory for %d owners", owner->row_count);
    if (owner->row_count > 0)
        memcpy(ids, owner->row_ids, (size_t)owner->row_count * sizeof *ids);
    qsort(ids, (size_t)owner->row_count, sizeof *ids, compare_id);
    *ret_ids = ids;
    return ERR_OK;
}

static enum err append_rows(struct work *w, struct world *world, int32_t table,
                            struct cursor *cursor, const int64_t *owner_ids)
{
    struct row_layout layout = layout_of(table);
    int32_t field_count = registry_records[table].field_count;
    int32_t owner_table = registry_owner(table);
    int32_t owner_row = 0;
    struct stmt_value out[FACT_VALUE_COUNT_MAX];
    int64_t values[REGISTRY_FIELD_COUNT_MAX];
    for (;;) {
        bool more;
        TRY(cursor_next(cursor, out, &more));
        if (!more)
            return ERR_OK;
        int64_t owner_id = layout.owner_place < 0 ? 0 : out[layout.owner_place].number;
        if (owner_ids &&
            !bsearch(&owner_id, owner_ids, (size_t)world->tables[owner_table].row_count,
                     sizeof owner_id, compare_id))
            continue;
        if (owner_table >= 0 && !owner_is_loaded(world, owner_table, owner_id, &owner_row))
            continue;
        for (int32_t i = 0; i < field_count; i++) {
            int32_t place = layout.field_places[i];
            bool absent = place < 0 || out[place].absent;
            values[i] = absent ? ABSENT_I64 : out[place].number;
        }
        TRY(world_append(world, table, out[layout.id_place].number, owner_id, values, &w->fault));
    }
}

static enum err load_table(struct work *w, struct world *world, int32_t table, int64_t known_at_ms)
{
    int64_t *owner_ids = NULL;
    if (registry_owner(table) >= 0)
        TRY(sorted_owner_ids(w, world, registry_owner(table), &owner_ids));
    struct stmt_value in[] = {{.type = STMT_INT64, .number = known_at_ms}};
    struct cursor cursor;
    TRY(stmt_open(w, fact_statements[table].facts_at, in, &cursor));
    enum err err = append_rows(w, world, table, &cursor, owner_ids);
    cursor_close(&cursor);
    return err;
}

enum err registry_load_world(struct work *w, const struct vocab *vocab, int64_t known_at_ms,
                             struct world **ret_world)
{
    check(vocab->records == registry_records);
    struct world *world;
    TRY(world_new(vocab, &world, &w->fault));
    enum err err = ERR_OK;
    for (int32_t table = 0; err == ERR_OK && table < REGISTRY_RECORD_COUNT; table++)
        err = load_table(w, world, table, known_at_ms);
    if (err == ERR_OK)
        err = world_seal(world, &w->fault);
    if (err != ERR_OK) {
        world_free(world);
        return err;
    }
    *ret_world = world;
    return ERR_OK;
}

/* ---- the whole city, several tables at once ---- */

/* Owners are loaded before what they own: tables of one depth run side by side. */
struct fast_load {
    struct work_env *env;
    struct world *world;
    int64_t known_at_ms;
    int32_t depth;
    _Atomic int32_t next_table;
    _Atomic int32_t failed; /* enum err of the first failure */
    pthread_mutex_t fault_lock;
    struct fault fault;
};

static int32_t depth_of(int32_t table)
{
    int32_t owner = registry_owner(table);
    return owner < 0 ? 0 : 1 + depth_of(owner);
}

struct load_one {
    struct fast_load *load;
    int32_t table;
};

static enum err load_one_step(struct work *w, void *context)
{
    struct load_one *one = context;
    one->load->world->tables[one->table].row_count = 0; /* the step may be run again */
    return load_table(w, one->load->world, one->table, one->load->known_at_ms);
}

static void *load_thread(void *context)
{
    struct fast_load *load = context;
    for (;;) {
        int32_t table = atomic_fetch_add(&load->next_table, 1);
        if (table >= REGISTRY_RECORD_COUNT || atomic_load(&load->failed) != ERR_OK)
            return NULL;
        if (depth_of(table) != load->depth)
            continue;
        struct load_one one = {load, table};
        struct fault fault = {0};
        enum err err = work_run(load->env, WORK_READ, load_one_step, &one, &fault);
        if (err == ERR_OK)
            continue;
        pthread_mutex_lock(&load->fault_lock);
        if (load->failed == ERR_OK)
            load->fault = fault;
        load->failed = (int32_t)err;
        pthread_mutex_unlock(&load->fault_lock);
        return NULL;
    }
}

static void load_depth(struct fast_load *load, int32_t depth, int32_t thread_count)
{
    pthread_t threads[REGISTRY_LOAD_THREADS_MAX];
    int32_t started_count = 0;
    load->depth = depth;
    load->next_table = 0;
    while (started_count < thread_count - 1 &&
           pthread_create(&threads[started_count], NULL, load_thread, load) == 0)
        started_count++;
    load_thread(load);
    for (int32_t i = 0; i < started_count; i++)
        pthread_join(threads[i], NULL);
}

enum err registry_load_world_fast(struct work_env *env, const struct vocab *vocab,
                                  int64_t known_at_ms, int32_t thread_count,
                                  struct world **ret_world, struct fault *fault)
{
    if (env->snapshot)
        return snapshot_world(env, vocab, known_at_ms, thread_count, ret_world, fault);
    return registry_load_world_store(env, vocab, known_at_ms, thread_count, ret_world, fault);
}

enum err registry_load_world_store(struct work_env *env, const struct vocab *vocab,
                                   int64_t known_at_ms, int32_t thread_count,
                                   struct world **ret_world, struct fault *fault)
{
    check(vocab->records == registry_records);
    check(thread_count >= 1);
    check(thread_count <= REGISTRY_LOAD_THREADS_MAX);
    struct fast_load load = {.env = env, .known_at_ms = known_at_ms};
    TRY(world_new(vocab, &load.world, fault));
    pthread_mutex_init(&load.fault_lock, NULL);
    int32_t depth_max = 0;
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++)
        depth_max = depth_of(table) > depth_max ? depth_of(table) : depth_max;
    for (int32_t depth = 0; depth <= depth_max && load.failed == ERR_OK; depth++)
        load_depth(&load, depth, thread_count);
    pthread_mutex_destroy(&load.fault_lock);
    enum err err = (enum err)load.failed;
    if (err != ERR_OK && fault)
        *fault = load.fault;
    if (err == ERR_OK)
        err = world_seal(load.world, fault);
    if (err != ERR_OK) {
        world_free(load.world);
        return err;
    }
    *ret_world = load.world;
    return ERR_OK;
}

/* ---- one subject ---- */

/* Roots around the subject, in the order found. What a root's rows name is followed until
 * SUBJECT_DEPTH_MAX: a person's employer with its roles, an organisation's carriers with their
 * masters and these persons' employers. */
enum { SUBJECT_DEPTH_MAX = 2, SUBJECT_ROOTS_MAX = 20 * 1000 };

struct subject_root {
    int32_t table;
    int32_t depth;
    int64_t id;
};

struct subject_load {
    struct work *w;
    int64_t known_at_ms;
    struct subject_root *roots;
    int32_t root_count;
    int32_t root_capacity;
    struct fact *facts[REGISTRY_RECORD_COUNT];
    int32_t fact_count[REGISTRY_RECORD_COUNT];
    int32_t fact_capacity[REGISTRY_RECORD_COUNT];
};

static const struct record_head *head_of(const struct fact *fact)
{
    return fact->record;
}

/* Doubles the room of an array in the arena when it is full. */
static enum err room_for_one(struct work *w, void **rows, int32_t count, int32_t *capacity,
                             size_t size)
{
    if (count < *capacity)
        return ERR_OK;
    int32_t larger = *capacity ? *capacity * 2 : 16;
    void *moved = arena_alloc_array(w->arena, (size_t)larger, size);
    if (!moved)
        return fail(w, ERR_MEMORY, "no memory for %d rows around the subject", larger);
    if (count > 0)
        memcpy(moved, *rows, (size_t)count * size);
    *rows = moved;
    *capacity = larger;
    return ERR_OK;
}

static enum err want_root(struct subject_load *load, int32_t table, int64_t id, int32_t depth)
{
    for (int32_t i = 0; i < load->root_count; i++)
        if (load->roots[i].id == id && load->roots[i].table == table)
            return ERR_OK;
    if (load->root_count == SUBJECT_ROOTS_MAX)
        return fail(load->w, ERR_LIMIT, "more than %d records around the subject",
                    SUBJECT_ROOTS_MAX);
    TRY(room_for_one(load->w, (void **)&load->roots, load->root_count, &load->root_capacity,
                     sizeof *load->roots));
    load->roots[load->root_count++] = (struct subject_root){table, depth, id};
    return ERR_OK;
}

static enum err want_references(struct subject_load *load, const struct fact *fact, int32_t depth)
{
    const struct record_desc *desc = &registry_records[fact->table];
    for (int32_t i = 0; i < desc->field_count; i++) {
        const struct field_desc *field = &desc->fields[i];
        if (field->type != FIELD_REF)
            continue;
        int64_t id = registry_number(field, fact->record);
        if (id != ABSENT_I64)
            TRY(want_root(load, registry_ref_table(field), id, depth));
    }
    return ERR_OK;
}

static enum err load_owned(struct subject_load *load, int32_t owner_table, int64_t owner_id,
                           int32_t depth);

/* Rows of one owner (or one root) as known at the instant. */
static enum err load_rows(struct subject_load *load, int32_t table, int64_t key_id, int32_t depth)
{
    struct fact *versions;
    int32_t version_count;
    TRY(fact_read_versions(load->w, table, key_id, &versions, &version_count));
    for (int32_t i = 0; i < version_count; i++) {
        const struct record_head *head = head_of(&versions[i]);
        if (head->known_ms > load->known_at_ms || head->gone_ms <= load->known_at_ms)
            continue;
        TRY(room_for_one(load->w, (void **)&load->facts[table], load->fact_count[table],
                         &load->fact_capacity[table], sizeof *load->facts[table]));
        load->facts[table][load->fact_count[table]++] = versions[i];
        if (depth < SUBJECT_DEPTH_MAX)
            TRY(want_references(load, &versions[i], depth + 1));
        TRY(load_owned(load, table, head->id, depth));
    }
    return ERR_OK;
}

static enum err load_owned(struct subject_load *load, int32_t owner_table, int64_t owner_id,
                           int32_t depth)
{
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++)
        if (registry_owner(table) == owner_table)
            TRY(load_rows(load, table, owner_id, depth));
    return ERR_OK;
}

/* Owners of the current rows that name a record in a reference field. */
static enum err want_owners(struct subject_load *load, const struct stmt *stmt, int64_t id,
                            int32_t owner_table, int32_t depth)
{
    struct stmt_value in[] = {{.type = STMT_INT64, .number = id}};
    struct stmt_value out[STMT_SLOTS_MAX];
    struct cursor cursor;
    TRY(stmt_open(load->w, stmt, in, &cursor));
    bool more = true;
    enum err err = ERR_OK;
    while (err == ERR_OK && more) {
        err = cursor_next(&cursor, out, &more);
        if (err == ERR_OK && more)
            err = want_root(load, owner_table, out[0].number, depth);
    }
    cursor_close(&cursor);
    return err;
}

static enum err want_who_name_it(struct subject_load *load, int32_t table, int64_t id)
{
    if (table == REGISTRY_person)
        return want_owners(load, &carrier_of_master_stmt, id, REGISTRY_organisation, 1);
    if (table != REGISTRY_organisation)
        return ERR_OK;
    TRY(want_owners(load, &training_of_sponsor_stmt, id, REGISTRY_person, 1));
    TRY(want_owners(load, &training_of_provider_stmt, id, REGISTRY_person, 1));
    return want_owners(load, &employment_of_employer_stmt, id, REGISTRY_person, 1);
}

static int compare_facts(const void *a, const void *b)
{
    const struct record_head *left = head_of(a);
    const struct record_head *right = head_of(b);
    if (left->owner_id != right->owner_id)
        return left->owner_id < right->owner_id ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

static enum err append_facts(struct subject_load *load, struct world *world, int32_t table)
{
    const struct record_desc *desc = &registry_records[table];
    int64_t values[REGISTRY_FIELD_COUNT_MAX];
    if (load->fact_count[table] > 0)
        qsort(load->facts[table], (size_t)load->fact_count[table], sizeof(struct fact),
              compare_facts);
    for (int32_t row = 0; row < load->fact_count[table]; row++) {
        const struct fact *fact = &load->facts[table][row];
        for (int32_t i = 0; i < desc->field_count; i++)
            values[i] = registry_is_text(&desc->fields[i])
                            ? ABSENT_I64
                            : registry_number(&desc->fields[i], fact->record);
        TRY(world_append(world, table, head_of(fact)->id, head_of(fact)->owner_id, values,
                         &load->w->fault));
    }
    return ERR_OK;
}

static const struct stmt *const owner_statements[REGISTRY_RECORD_COUNT] = {
    [REGISTRY_person_group] = &person_group_owner_stmt,
    [REGISTRY_organisation_role] = &organisation_role_owner_stmt,
    [REGISTRY_employment] = &employment_owner_stmt,
    [REGISTRY_insured_span] = &insured_span_owner_stmt,
    [REGISTRY_certificate] = &certificate_owner_stmt,
    [REGISTRY_training] = &training_owner_stmt,
    [REGISTRY_award] = &award_owner_stmt,
    [REGISTRY_honour] = &honour_owner_stmt,
    [REGISTRY_professional_title] = &professional_title_owner_stmt,
    [REGISTRY_carrier] = &carrier_owner_stmt,
    [REGISTRY_carrier_activity] = &carrier_activity_owner_stmt,
    [REGISTRY_contest] = &contest_owner_stmt,
    [REGISTRY_programme] = &programme_owner_stmt,
    [REGISTRY_assessment] = &assessment_owner_stmt,
    [REGISTRY_payment] = &payment_owner_stmt,
    [REGISTRY_apprentice_agreement] = &apprentice_agreement_owner_stmt,
    [REGISTRY_enrolment] = &enrolment_owner_stmt,
    [REGISTRY_filing_scope] = &filing_scope_owner_stmt,
    [REGISTRY_carrier_member] = &carrier_member_owner_stmt,
};

/* The person or body above a record. */
static enum err subject_root(struct work *w, int32_t table, int64_t subject_id,
                             struct subject_root *ret_root)
{
    for (; registry_owner(table) >= 0; table = registry_owner(table)) {
        check(owner_statements[table] != NULL);
        struct stmt_value in[] = {{.type = STMT_INT64, .number = subject_id}};
        struct stmt_value out[1];
        TRY(stmt_one(w, owner_statements[table], in, out));
        subject_id = out[0].number;
    }
    *ret_root = (struct subject_root){.table = table, .id = subject_id};
    return ERR_OK;
}

static enum err gather(struct subject_load *load, int32_t table, int64_t subject_id)
{
    struct subject_root root;
    TRY(subject_root(load->w, table, subject_id, &root));
    TRY(want_root(load, root.table, root.id, 0));
    TRY(want_who_name_it(load, table, subject_id));
    for (int32_t i = 0; i < load->root_count; i++) {
        root = load->roots[i]; /* the array moves while it grows */
        TRY(load_rows(load, root.table, root.id, root.depth));
    }
    for (int32_t i = 0; i < load->fact_count[table]; i++)
        if (head_of(&load->facts[table][i])->id == subject_id)
            return ERR_OK;
    return fail(load->w, ERR_NOT_FOUND, "没有这个%s：%" PRId64, registry_records[table].label_zh,
                subject_id);
}

enum err registry_load_subject_world(struct work *w, const struct vocab *vocab, int32_t table,
                                     int64_t subject_id, int64_t known_at_ms,
                                     struct world **ret_world)
{
    check(vocab->records == registry_records);
    struct subject_load load = {.w = w, .known_at_ms = known_at_ms};
    TRY(gather(&load, table, subject_id));
    struct world *world;
    TRY(world_new(vocab, &world, &w->fault));
    enum err err = ERR_OK;
    for (int32_t t = 0; err == ERR_OK && t < REGISTRY_RECORD_COUNT; t++)
        err = append_facts(&load, world, t);
    if (err == ERR_OK)
        err = world_seal(world, &w->fault);
    if (err != ERR_OK) {
        world_free(world);
        return err;
    }
    *ret_world = world;
    return ERR_OK;
}
