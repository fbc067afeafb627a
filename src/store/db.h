/* db.h — the port: one connection to a database, whichever engine stands behind it.
 *
 * Rooms do not call this: they use work.h and stmt.h. An engine is a table of functions
 * (db_sqlite.c, db_pg.c; db_fault.c wraps either and fails the n-th call). The functions db_* check
 * the order of calls and remember a lost transaction, so that both engines behave alike:
 *
 *   IDLE -begin-> OPEN -commit|rollback-> IDLE;   OPEN -error-> LOST -rollback-> IDLE
 *   OPEN -keep-> KEPT -resume, nothing was committed since-> OPEN;   KEPT -rest-> IDLE
 *
 * A transaction that only read may be kept: the next one goes on in its snapshot if that is still
 * the newest state of the database, which any commit of any process ends.
 *
 * Memory   db_open allocates, db_close frees; a connection serves one thread at a time
 * Errors   ERR_STORE (also: connection lost), ERR_STORE_BUSY, ERR_STORE_CONFLICT, ERR_STORE_UNIQUE,
 *          ERR_STORE_RULE, ERR_STORE_FULL, ERR_MEMORY, ERR_INPUT, ERR_LIMIT, each with a fault
 * Limits   DB_STATEMENTS_MAX prepared statements a connection, STORE_SPOOL_SIZE_MAX
 */
#ifndef BAIGONG_DB_H
#define BAIGONG_DB_H

#include "store/stmt.h"
#include "store/work.h"

enum {
    DB_STATEMENTS_MAX = 512, /* the program has about this many; more are prepared each time */
    STORE_SPOOL_SIZE_MAX = 256 * 1024 * 1024, /* rows of an interrupted stream held in memory */
};

enum db_durability {
    DB_DURABLE, /* a commit is on the disk when it returns */
    DB_DERIVED, /* it is there at the latest with the next durable commit of any process */
    DB_LOADING, /* a fresh database being filled: nothing survives a crash, see store.h */
};

struct db_options {
    enum work_mode mode; /* WORK_READ: the connection can never write */
    enum db_durability durability;
    int32_t busy_ms_max; /* how long to wait for another writer */
};

struct db;
struct db_rows; /* a running query of an engine */
struct db_bulk; /* a running stream of an engine */

struct db_engine {
    const char *name;
    enum err (*open)(const char *location, const struct db_options *options, struct db **ret_db,
                     struct fault *fault);
    void (*close)(struct db *db);
    enum err (*begin)(struct db *db, enum work_mode mode, struct fault *fault);
    enum err (*commit)(struct db *db, struct fault *fault);
    void (*rollback)(struct db *db); /* also ends rows and bulks that are still open */
    /* Both NULL: the engine keeps no snapshots. keep is false when it cannot tell whether the
     * snapshot is the newest: then the transaction stays open. */
    bool (*keep)(struct db *db);
    bool (*is_newest)(struct db *db);
    void (*fold)(struct db *db);
    enum err (*lock)(struct db *db, int64_t number, struct fault *fault);
    void (*unlock)(struct db *db, int64_t number);
    enum err (*script)(struct db *db, const char *sql, struct fault *fault);
    enum err (*verify)(struct db *db, const struct stmt *stmt, struct fault *fault);
    enum err (*exec)(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                     int64_t *ret_changed_count, struct fault *fault);
    enum err (*exec_each)(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                          int32_t row_count, int64_t *ret_changed_counts, struct fault *fault);
    enum err (*rows_open)(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                          struct db_rows **ret_rows, struct fault *fault);
    enum err (*rows_next)(struct db *db, struct db_rows *rows, struct stmt_value *out,
                          bool *ret_more, struct fault *fault);
    void (*rows_close)(struct db *db, struct db_rows *rows);
    enum err (*bulk_begin)(struct db *db, const struct stmt *stmt, struct db_bulk **ret_bulk,
                           struct fault *fault);
    enum err (*bulk_row)(struct db *db, struct db_bulk *bulk, const struct stmt_value *in,
                         struct fault *fault);
    enum err (*bulk_end)(struct db *db, struct db_bulk *bulk,
                         struct fault *fault); /* frees it, also on error */
};

enum db_state { DB_IDLE, DB_OPEN, DB_LOST, DB_KEPT };

/* First member of every engine's connection. */
struct db {
    const struct db_engine *engine;
    enum db_state state;
    enum work_mode pool_mode; /* of the store that keeps it */
    bool broken; /* the connection is gone: close it, do not keep it */
    struct db_rows *open_rows;
    struct db_bulk *open_bulks;
};

extern const struct db_engine db_sqlite_engine;
extern const struct db_engine db_pg_engine;

/* postgresql:// or postgres:// is PostgreSQL, anything else the path of a SQLite file. */
const struct db_engine *db_engine_of(const char *location);
/* The location without a password, for messages. */
const char *db_location_text(const char *location, char *buffer, size_t buffer_size);

enum err db_open(const char *location, const struct db_options *options, struct db **ret_db,
                 struct fault *fault);
void db_close(struct db *db); /* accepts NULL */

enum err db_begin(struct db *db, enum work_mode mode, struct fault *fault);
enum err db_commit(struct db *db, struct fault *fault); /* rolls back when it fails */
void db_rollback(struct db *db);
/* Keeps the snapshot of an open WORK_READ; false: it could not be kept and is still open. */
bool db_keep(struct db *db);
/* Goes on in what is kept; false: it is not the newest any more and was ended, or nothing is. */
bool db_resume(struct db *db);
void db_rest(struct db *db); /* ends what is kept, if anything is */

/* Folds a log that has become long into the file: what a commit would otherwise do now and then,
 * and wait for. For a moment in which nobody waits. Only SQLite has one. */
void db_fold(struct db *db);

/* A lock over all processes that use the database, held outside of transactions; waits for it. It
 * is given back when the connection is lost. SQLite needs none: its writers queue. */
enum err db_lock(struct db *db, int64_t number, struct fault *fault);
void db_unlock(struct db *db, int64_t number);

/* Runs several statements without parameters: schema steps, index and maintenance commands. */
enum err db_script(struct db *db, const char *sql, struct fault *fault);

enum err db_verify(struct db *db, const struct stmt *stmt, struct fault *fault);
enum err db_exec(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                 int64_t *ret_changed_count, struct fault *fault);
enum err db_exec_each(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                      int32_t row_count, int64_t *ret_changed_counts, struct fault *fault);
enum err db_rows_open(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                      struct db_rows **ret_rows, struct fault *fault);
enum err db_rows_next(struct db *db, struct db_rows *rows, struct stmt_value *out, bool *ret_more,
                      struct fault *fault);
void db_rows_close(struct db *db, struct db_rows *rows);
enum err db_bulk_begin(struct db *db, const struct stmt *stmt, struct db_bulk **ret_bulk,
                       struct fault *fault);
enum err db_bulk_row(struct db *db, struct db_bulk *bulk, const struct stmt_value *in,
                     struct fault *fault);
enum err db_bulk_end(struct db *db, struct db_bulk *bulk, struct fault *fault);

#endif
