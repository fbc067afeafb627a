#include "store/store.h"

#include "store/db_fault.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MODE_COUNT = 2 };
_Static_assert(WORK_READ == 0 && WORK_WRITE == 1, "modes index the pools");

struct pool { /* connections of one mode */
    struct db *idle[STORE_CONNECTIONS_MAX];
    int32_t idle_count;
    int32_t open_count; /* idle or out */
    int32_t open_count_max;
    pthread_t last_taker; /* of the only connection of a pool that has one */
};

struct store {
    char *location;
    struct store_options options;
    enum db_durability durability;
    pthread_mutex_t mutex; /* guards pools */
    pthread_cond_t given_back;
    struct pool pools[MODE_COUNT];
};

const char *store_engine_name(const struct store *store)
{
    return db_engine_of(store->location)->name;
}

static struct store_options filled(const struct store_options *options)
{
    struct store_options own = options ? *options : (struct store_options){0};
    if (own.connection_count_max == 0)
        own.connection_count_max = STORE_CONNECTIONS_DEFAULT;
    if (own.connection_count_max < STORE_CONNECTIONS_MIN)
        own.connection_count_max = STORE_CONNECTIONS_MIN;
    if (own.connection_count_max > STORE_CONNECTIONS_MAX)
        own.connection_count_max = STORE_CONNECTIONS_MAX;
    if (own.busy_ms_max == 0)
        own.busy_ms_max = STORE_BUSY_MS_DEFAULT;
    return own;
}

enum err store_open(const char *location, const struct store_options *options,
                    struct store **ret_store, struct fault *fault)
{
    struct store *store = calloc(1, sizeof *store);
    char *copy = strdup(location);
    if (!store || !copy) {
        free(store);
        free(copy);
        return fault_set(fault, ERR_MEMORY, "out of memory while opening the database");
    }
    store->location = copy;
    store->options = filled(options);
    check(pthread_mutex_init(&store->mutex, NULL) == 0);
    check(pthread_cond_init(&store->given_back, NULL) == 0);
    bool one_writer = db_engine_of(location) == &db_sqlite_engine;
    store->pools[WORK_READ].open_count_max = store->options.connection_count_max;
    store->pools[WORK_WRITE].open_count_max =
        one_writer ? 1 : store->options.connection_count_max;

    struct db *db;
    enum err err = store_take(store, WORK_WRITE, &db, fault);
    if (err != ERR_OK) {
        store_close(store);
        return err;
    }
    store_give(store, db);
    *ret_store = store;
    return ERR_OK;
}

static void close_idle(struct pool *pool)
{
    while (pool->idle_count > 0) {
        db_close(pool->idle[--pool->idle_count]);
        pool->open_count--;
    }
}

void store_close(struct store *store)
{
    if (!store)
        return;
    /* Readers first: the last connection of a SQLite file folds the log into it. */
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        close_idle(&store->pools[mode]);
        check(store->pools[mode].open_count == 0);
    }
    pthread_cond_destroy(&store->given_back);
    pthread_mutex_destroy(&store->mutex);
    free(store->location);
    free(store);
}

/* ---- the mark of a file that is being filled ---- */

/* While a SQLite file is being filled its pages are not safe from a crash, the mark inside it
 * neither (load.h). So an empty file stands beside it meanwhile, and without it the mark inside
 * can be read. */
static bool marks_loading(const struct store *store)
{
    return db_engine_of(store->location) == &db_sqlite_engine;
}

enum { MARK_PATH_SIZE = 4096 };

static enum err mark_path(const struct store *store, char path[MARK_PATH_SIZE],
                          struct fault *fault)
{
    int size = snprintf(path, MARK_PATH_SIZE, "%s-loading", store->location);
    if (size < 0 || size >= MARK_PATH_SIZE)
        return fault_set(fault, ERR_LIMIT, "the path of the database is too long");
    return ERR_OK;
}

static enum err refuse_marked(const struct store *store, struct fault *fault)
{
    char path[MARK_PATH_SIZE];
    if (!marks_loading(store) || store->durability == DB_LOADING)
        return ERR_OK;
    TRY(mark_path(store, path, fault));
    if (access(path, F_OK) != 0)
        return ERR_OK;
    fault_set(fault, ERR_SCHEMA, "the first filling of this database was interrupted");
    return fault_hint(fault, "Delete the database and %s and make it again; if baigong demo still "
                      "runs, wait for it.", path);
}

static enum err open_connection(struct store *store, enum work_mode mode, struct db **ret_db,
                                struct fault *fault)
{
    struct db_options options = {
        .mode = mode,
        .durability = store->durability,
        .busy_ms_max = store->options.busy_ms_max,
    };
    struct db *db;
    TRY(refuse_marked(store, fault));
    TRY(db_open(store->location, &options, &db, fault));
    if (store->options.fault_plan) {
        struct db *inner = db;
        enum err err = db_fault_wrap(inner, store->options.fault_plan, &db, fault);
        if (err != ERR_OK) {
            db_close(inner);
            return err;
        }
    }
    *ret_db = db;
    return ERR_OK;
}

/* A file that is being loaded is locked by its one connection: readers use it too. */
static enum work_mode pool_mode_of(const struct store *store, enum work_mode mode)
{
    bool single = store->durability == DB_LOADING &&
                  db_engine_of(store->location) == &db_sqlite_engine;
    return single ? WORK_WRITE : mode;
}

/* The one connection is out, and this thread has it: it would wait for ever. */
static bool would_wait_for_itself(const struct pool *pool)
{
    bool out = pool->open_count_max == 1 && pool->open_count == 1 && pool->idle_count == 0;
    return out && pthread_equal(pool->last_taker, pthread_self());
}

enum err store_take(struct store *store, enum work_mode unit_mode, struct db **ret_db,
                    struct fault *fault)
{
    enum work_mode mode = pool_mode_of(store, unit_mode);
    struct pool *pool = &store->pools[mode];
    struct db *db = NULL;
    pthread_mutex_lock(&store->mutex);
    if (would_wait_for_itself(pool)) {
        pthread_mutex_unlock(&store->mutex);
        return fault_set(fault, ERR_STORE, "a unit of work was begun inside another");
    }
    while (pool->idle_count == 0 && pool->open_count == pool->open_count_max)
        pthread_cond_wait(&store->given_back, &store->mutex);
    if (pool->idle_count > 0)
        db = pool->idle[--pool->idle_count];
    else
        pool->open_count++;
    pool->last_taker = pthread_self();
    pthread_mutex_unlock(&store->mutex);

    enum err err = db ? ERR_OK : open_connection(store, mode, &db, fault);
    if (err != ERR_OK) {
        pthread_mutex_lock(&store->mutex);
        pool->open_count--;
        pthread_cond_broadcast(&store->given_back);
        pthread_mutex_unlock(&store->mutex);
        return err;
    }
    db->pool_mode = mode;
    *ret_db = db;
    return ERR_OK;
}

void store_give(struct store *store, struct db *db)
{
    check(db->state == DB_IDLE);
    struct pool *pool = &store->pools[db->pool_mode];
    struct db *broken = db->broken ? db : NULL;
    pthread_mutex_lock(&store->mutex);
    if (broken)
        pool->open_count--;
    else
        pool->idle[pool->idle_count++] = db;
    pthread_cond_broadcast(&store->given_back);
    pthread_mutex_unlock(&store->mutex);
    db_close(broken);
}

static enum err sync_path(const char *path, struct fault *fault)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool synced = file >= 0 && fsync(file) == 0;
    int reason = errno;
    if (file >= 0)
        close(file);
    if (synced)
        return ERR_OK;
    return fault_set(fault, ERR_STORE, "%s: %s", path, strerror(reason));
}

/* The folder is synced too: the mark must be there before the first unsafe page is written. */
static enum err put_mark(const struct store *store, struct fault *fault)
{
    char path[MARK_PATH_SIZE];
    TRY(mark_path(store, path, fault));
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return fault_set(fault, errno == ENOSPC ? ERR_STORE_FULL : ERR_STORE, "%s: %s", path,
                         strerror(errno));
    close(file);
    char *slash = strrchr(path, '/');
    if (slash)
        slash[1] = '\0';
    return sync_path(slash ? path : ".", fault);
}

static enum err take_mark_away(const struct store *store, struct fault *fault)
{
    char path[MARK_PATH_SIZE];
    TRY(sync_path(store->location, fault));
    TRY(mark_path(store, path, fault));
    if (unlink(path) == 0 || errno == ENOENT)
        return ERR_OK;
    return fault_set(fault, ERR_STORE, "%s: %s", path, strerror(errno));
}

enum err store_fold(struct store *store, struct fault *fault)
{
    struct db *db;
    TRY(store_take(store, WORK_WRITE, &db, fault));
    db_fold(db);
    store_give(store, db);
    return ERR_OK;
}

enum err store_set_durability(struct store *store, enum db_durability durability,
                              struct fault *fault)
{
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        close_idle(&store->pools[mode]);
        check(store->pools[mode].open_count == 0);
    }
    bool was_loading = store->durability == DB_LOADING;
    if (marks_loading(store) && durability == DB_LOADING)
        TRY(put_mark(store, fault));
    store->durability = durability;
    if (marks_loading(store) && was_loading && durability != DB_LOADING)
        return take_mark_away(store, fault);
    return ERR_OK; /* PostgreSQL: the next durable commit brings all earlier ones to the disk */
}

enum err store_take_lock(struct store *store, int64_t number, struct db **ret_keeper,
                         struct fault *fault)
{
    struct db *keeper = NULL;
    if (db_engine_of(store->location) == &db_pg_engine) {
        TRY(store_take(store, WORK_WRITE, &keeper, fault));
        enum err err = db_lock(keeper, number, fault);
        if (err != ERR_OK) {
            store_give(store, keeper);
            return err;
        }
    }
    *ret_keeper = keeper;
    return ERR_OK;
}

void store_give_lock(struct store *store, int64_t number, struct db *keeper)
{
    if (!keeper)
        return;
    db_unlock(keeper, number);
    store_give(store, keeper);
}
