/* store.h — a database and its connections, for one process.
 *
 * Made once at start and put into struct work_env. SQLite: one writing connection, so writers of
 * this process queue here and not in the file's lock, and up to connection_count_max readers.
 * PostgreSQL: up to connection_count_max connections each for reading and for writing. Connections
 * are opened when first needed and kept; one that broke is closed and replaced.
 *
 * Every commit is durable, except while a fresh database is being filled (load.h) and in a
 * process that writes only what can be made again from durable facts (DB_DERIVED): its commits are
 * not waited for, but none is lost that a durable commit of anybody stands behind.
 *
 * Memory   store_open allocates, store_close frees; no connection may be out then
 * Errors   those of store/db.h
 * Threads  all functions but open, close and set_durability may be called from several threads
 * Limits   STORE_CONNECTIONS_MAX
 */
#ifndef BAIGONG_STORE_H
#define BAIGONG_STORE_H

#include "store/db.h"

enum {
    STORE_CONNECTIONS_MAX = 64, /* of each kind; more only queue inside the database */
    STORE_CONNECTIONS_MIN = 2, /* one may hold a lock while another works */
    STORE_CONNECTIONS_DEFAULT = 8,
    STORE_BUSY_MS_DEFAULT = 5000, /* longer than any ordinary commit of another process */
};

struct db_fault_plan; /* store/db_fault.h */

struct store_options {
    int32_t connection_count_max;     /* 0: STORE_CONNECTIONS_DEFAULT */
    int32_t busy_ms_max;              /* 0: STORE_BUSY_MS_DEFAULT; SQLite */
    struct db_fault_plan *fault_plan; /* tests: every call goes through db_fault; else NULL */
};

/* Opens the database at a path (SQLite, made when it does not exist) or a postgresql:// URL, and
 * one connection to see that it answers. options may be NULL. */
enum err store_open(const char *location, const struct store_options *options,
                    struct store **ret_store, struct fault *fault);
void store_close(struct store *store); /* accepts NULL */

const char *store_engine_name(const struct store *store); /* "sqlite", "postgresql" */

/* A connection for one unit of work; waits until one is free. Each goes back with store_give. */
enum err store_take(struct store *store, enum work_mode mode, struct db **ret_db,
                    struct fault *fault);
void store_give(struct store *store, struct db *db);

/* Folds the log of a SQLite file into it when it has become long (db_fold). Waits for the writing
 * connection. */
enum err store_fold(struct store *store, struct fault *fault);

/* Changes how connections are opened from now on; no connection may be out. When it becomes durable
 * again after loading, everything written before is on the disk. Called by load.h, and by who only
 * derives. */
enum err store_set_durability(struct store *store, enum db_durability durability,
                              struct fault *fault);

/* A lock over all processes of a PostgreSQL database, for long work of one kind (migration); waits.
 * Taken before any transaction, because a transaction that waited would see the past. A connection
 * holds it meanwhile. SQLite: *ret_keeper is NULL, its transactions already queue. */
enum err store_take_lock(struct store *store, int64_t number, struct db **ret_keeper,
                         struct fault *fault);
void store_give_lock(struct store *store, int64_t number, struct db *keeper);

#endif
