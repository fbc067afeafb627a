/* city_fill.c — a made city into a fresh database.
 *
 * Two threads share a ring of batches: the maker draws and seals, the writer (the caller) stores.
 *
 *   FREE -make, seal-> READY -write-> FREE
 *
 * 1. Batches are written in the order of their numbers, each in one unit of work.
 * 2. A batch belongs to the maker while it is FREE and to the writer while it is READY; the mutex
 *    covers the states, not the contents.
 * 3. Whoever fails sets stopped and the other ends with its next step.
 */
#include "domain/city/city.h"

#include "base/id.h"
#include "domain/city/city_batch.h"
#include "domain/city/city_make.h"
#include "domain/gate/gate.h"
#include "domain/registry/fact.h"
#include "domain/registry/search.h"
#include "store/load.h"
#include "store/stmt.h"
#include "store_sql.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

enum {
    RING_SIZE = 3,
    FILL_PEOPLE = 8192, /* tens of thousands of rows a unit of work (store/load.h) */
    SEALED_SIZE_MAX = 64 * 1024 * 1024,
    DETAIL_SIZE = 64,
};

struct sealed_batch {
    struct city_batch rows;
    struct arena sealed;
    struct fact_secret (*secrets)[FACT_SECRET_COUNT_MAX]; /* of each person row */
    bool ready;
};

struct fill {
    const struct city_plan *plan;
    const struct secrets *protector;
    struct sealed_batch ring[RING_SIZE];
    int64_t made_count; /* the maker's own */
    bool ended;         /* the maker came to the end */
    bool stopped;
    enum err maker_err;
    struct fault maker_fault;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

/* ---- the maker ---- */

static enum err batch_seal(const struct fill *fill, struct sealed_batch *batch,
                           struct fault *fault)
{
    const struct city_rows *people = &batch->rows.tables[REGISTRY_person];
    arena_rewind(&batch->sealed, (struct arena_mark){0});
    batch->secrets = arena_alloc_array(&batch->sealed, (size_t)people->row_count,
                                       sizeof batch->secrets[0]);
    if (batch->rows.failed || batch->secrets == NULL)
        return fault_set(fault, ERR_MEMORY, "a batch of made rows does not fit the memory");
    for (int64_t row = 0; row < people->row_count; row++) {
        struct fact fact = {
            .table = REGISTRY_person,
            .record = people->rows + (size_t)row * sizeof(struct person),
            .given = FACT_GIVEN_ALL,
        };
        TRY(fact_seal(&batch->sealed, fill->protector, NULL, &fact, fault));
        for (int32_t i = 0; i < FACT_SECRET_COUNT_MAX; i++)
            batch->secrets[row][i] = fact.secrets[i];
    }
    return ERR_OK;
}

/* Waits for a free place in the ring; NULL when the writer stopped. */
static struct sealed_batch *maker_take(struct fill *fill)
{
    struct sealed_batch *batch = &fill->ring[fill->made_count % RING_SIZE];
    pthread_mutex_lock(&fill->lock);
    while (batch->ready && !fill->stopped)
        pthread_cond_wait(&fill->changed, &fill->lock);
    bool stopped = fill->stopped;
    pthread_mutex_unlock(&fill->lock);
    return stopped ? NULL : batch;
}

static void maker_give(struct fill *fill, struct sealed_batch *batch, enum err err)
{
    pthread_mutex_lock(&fill->lock);
    if (err == ERR_OK) {
        batch->ready = true;
        fill->made_count++;
    } else {
        fill->maker_err = err;
        fill->stopped = true;
    }
    pthread_cond_broadcast(&fill->changed);
    pthread_mutex_unlock(&fill->lock);
}

static void *maker_run(void *context)
{
    struct fill *fill = context;
    struct sealed_batch *batch;
    while ((batch = maker_take(fill)) != NULL) {
        if (!city_batch_make(fill->plan, fill->made_count, FILL_PEOPLE, &batch->rows))
            break;
        maker_give(fill, batch, batch_seal(fill, batch, &fill->maker_fault));
    }
    pthread_mutex_lock(&fill->lock);
    fill->ended = true;
    pthread_cond_broadcast(&fill->changed);
    pthread_mutex_unlock(&fill->lock);
    return NULL;
}

/* ---- the writer ---- */

static enum err table_rows_write(struct bulk *bulk, const struct sealed_batch *batch,
                                 int32_t table)
{
    const struct city_rows *rows = &batch->rows.tables[table];
    for (int64_t row = 0; row < rows->row_count; row++) {
        struct fact fact = {
            .table = table,
            .record = rows->rows + (size_t)row * registry_records[table].struct_size,
        };
        struct stmt_value values[FACT_VALUE_COUNT_MAX];
        if (table == REGISTRY_person)
            for (int32_t i = 0; i < FACT_SECRET_COUNT_MAX; i++)
                fact.secrets[i] = batch->secrets[row][i];
        fact_to_values(&fact, values);
        TRY(stmt_bulk_row(bulk, values));
    }
    return ERR_OK;
}

static enum err table_write(struct work *w, const struct sealed_batch *batch, int32_t table)
{
    struct bulk *bulk;
    if (batch->rows.tables[table].row_count == 0)
        return ERR_OK;
    TRY(stmt_bulk_begin(w, fact_statements[table].insert, &bulk));
    enum err err = table_rows_write(bulk, batch, table);
    enum err end_err = stmt_bulk_end(bulk, NULL);
    return err != ERR_OK ? err : end_err;
}

/* Rows that came with a root row, itself included; at[] moves on behind them. */
static int64_t rows_of_owner(const struct city_batch *batch, int32_t root, int64_t owner_id,
                             int64_t at[REGISTRY_RECORD_COUNT])
{
    int64_t count = 1;
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        if (registry_owner(table) != root)
            continue;
        for (; at[table] < batch->tables[table].row_count; at[table]++, count++) {
            const struct record_head *head =
                city_batch_at(batch, (enum registry_table)table, at[table]);
            if (head->owner_id != owner_id)
                break;
        }
    }
    return count;
}

static enum err event_rows_write(struct work *w, struct bulk *bulk, const struct city_batch *batch,
                                 int32_t root, const char *kind)
{
    int64_t at[REGISTRY_RECORD_COUNT] = {0};
    for (int64_t row = 0; row < batch->tables[root].row_count; row++) {
        const struct record_head *head = city_batch_at(batch, (enum registry_table)root, row);
        char detail[DETAIL_SIZE];
        int size = snprintf(detail, sizeof detail, "{\"made\":true,\"rows\":%" PRId64 "}",
                            rows_of_owner(batch, root, head->id, at));
        struct event_insert_in in = {
            .id = id_next(w->ids),
            .at_ms = w->now_ms,
            .kind = str_from(kind),
            .person_id = root == REGISTRY_person ? head->id : 0,
            .subject_id = head->id,
            .account_id = w->actor.account_id,
            .actor = w->actor.name.ptr != NULL ? w->actor.name : STR("demo"),
            .detail = {detail, (size_t)size},
        };
        TRY(stmt_struct_bulk_row(bulk, &in));
    }
    return ERR_OK;
}

/* One event for each person or body with the number of its rows: enough for a made city, whose
 * followers begin with everything anyway. */
static enum err events_write(struct work *w, const struct city_batch *batch, int32_t root,
                             const char *kind)
{
    struct bulk *bulk;
    if (batch->tables[root].row_count == 0)
        return ERR_OK;
    TRY(stmt_bulk_begin(w, &event_insert_stmt, &bulk));
    enum err err = event_rows_write(w, bulk, batch, root, kind);
    enum err end_err = stmt_bulk_end(bulk, NULL);
    return err != ERR_OK ? err : end_err;
}

static enum err batch_write(struct work *w, void *context)
{
    const struct sealed_batch *batch = context;
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++)
        TRY(table_write(w, batch, table));
    TRY(events_write(w, &batch->rows, REGISTRY_organisation, "organisation.added"));
    return events_write(w, &batch->rows, REGISTRY_person, "person.added");
}

/* Waits for batch number; NULL behind the last one or when the maker stopped. */
static struct sealed_batch *writer_take(struct fill *fill, int64_t number)
{
    struct sealed_batch *batch = &fill->ring[number % RING_SIZE];
    pthread_mutex_lock(&fill->lock);
    while (!batch->ready && !fill->stopped && !fill->ended)
        pthread_cond_wait(&fill->changed, &fill->lock);
    bool ready = batch->ready && !fill->stopped;
    pthread_mutex_unlock(&fill->lock);
    return ready ? batch : NULL;
}

static void writer_give(struct fill *fill, struct sealed_batch *batch, enum err err)
{
    pthread_mutex_lock(&fill->lock);
    batch->ready = false;
    if (err != ERR_OK)
        fill->stopped = true;
    pthread_cond_broadcast(&fill->changed);
    pthread_mutex_unlock(&fill->lock);
}

static enum err batches_write(struct fill *fill, struct work_env *env,
                              struct city_progress progress, struct fault *fault)
{
    int64_t people_done = 0;
    struct sealed_batch *batch;
    for (int64_t number = 0; (batch = writer_take(fill, number)) != NULL; number++) {
        int64_t people = batch->rows.tables[REGISTRY_person].row_count;
        enum err err = work_run(env, WORK_WRITE, batch_write, batch, fault);
        writer_give(fill, batch, err);
        TRY(err);
        people_done += people;
        if (progress.tell != NULL)
            progress.tell(progress.context, people_done, fill->plan->given.people);
    }
    return ERR_OK;
}

/* Officers declare their families, so that nobody handles the claim of a relative. */
static enum err officers_step(struct work *w, void *context)
{
    static const char *const relations[CITY_FAMILY_SIZE] = {"", "配偶", "子女", "父母"};
    const struct city_plan *plan = context;
    int64_t each = plan->profile->officer_people;
    for (int64_t staff = 0; staff + CITY_FAMILY_SIZE <= plan->given.people; staff += each) {
        int64_t first = city_family(staff);
        for (int32_t i = 1; i < CITY_FAMILY_SIZE; i++) {
            struct gate_kin kin = {city_id(REGISTRY_person, first),
                                   city_id(REGISTRY_person, first + i), str_from(relations[i])};
            TRY(gate_kin_put(w, &kin));
        }
    }
    return ERR_OK;
}

static enum err search_step(struct work *w, void *context)
{
    return search_rebuild(w);
}

static enum err fill_threads(struct fill *fill, struct work_env *env,
                             struct city_progress progress, struct fault *fault)
{
    pthread_t maker;
    if (pthread_create(&maker, NULL, maker_run, fill) != 0)
        return fault_set(fault, ERR_MEMORY, "a thread could not be started");
    enum err err = batches_write(fill, env, progress, fault);
    pthread_join(maker, NULL);
    if (err == ERR_OK && fill->maker_err != ERR_OK) {
        if (fault != NULL)
            *fault = fill->maker_fault;
        return fill->maker_err;
    }
    return err;
}

enum err city_fill(struct work_env *env, const struct city_plan *plan,
                   struct city_progress progress, struct fault *fault)
{
    struct fill fill = {.plan = plan, .protector = env->secrets};
    pthread_mutex_init(&fill.lock, NULL);
    pthread_cond_init(&fill.changed, NULL);
    for (int32_t i = 0; i < RING_SIZE; i++) {
        city_batch_init(&fill.ring[i].rows);
        arena_init(&fill.ring[i].sealed, SEALED_SIZE_MAX);
    }
    enum err err = load_begin(env, fault);
    if (err == ERR_OK)
        err = fill_threads(&fill, env, progress, fault);
    if (err == ERR_OK)
        err = work_run(env, WORK_WRITE, search_step, NULL, fault);
    if (err == ERR_OK) {
        struct city_plan kept = *plan;
        err = work_run(env, WORK_WRITE, officers_step, &kept, fault);
    }
    if (err == ERR_OK)
        err = load_end(env, fault);
    for (int32_t i = 0; i < RING_SIZE; i++) {
        city_batch_done(&fill.ring[i].rows);
        arena_done(&fill.ring[i].sealed);
    }
    pthread_cond_destroy(&fill.changed);
    pthread_mutex_destroy(&fill.lock);
    return err;
}
