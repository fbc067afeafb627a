/* SQLite behind the port. WAL, so that readers and the writer do not wait for each other; every
 * commit synced; every writing transaction begins IMMEDIATE, so that it cannot meet a conflict
 * halfway. Whether a kept snapshot is the newest is told by the head of the log's index, which each
 * commit of any process changes (sqlite.org/walformat.html, "The WAL-Index Header"). Prepared
 * statements are kept by the address of their description, and their text is compared, because
 * descriptions made at run time may be placed where an older one stood. */
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>
#include <unicode/ucol.h>

enum {
    SQLITE_MMAP_SIZE = 1024 * 1024 * 1024, /* reads without copying; address space only */
    SQLITE_CACHE_KIB = 64 * 1024,
    SQLITE_LOADING_CACHE_KIB = 512 * 1024, /* index pages of a whole city stay in memory */
    SQLITE_CHECKPOINT_PAGES = 16000,       /* 64 MB of log before it is folded into the file: an
                                              import writes the same index pages many times */
    SQLITE_FOLD_PAGES = 1000, /* from 4 MB on when nobody waits: a short log is quick to search */
    CACHE_WAYS = 4,
    LOG_HEAD_WORDS = 12, /* the head's first copy: 48 bytes, a counter of commits among them */
    LOG_INDEX_REGION_SIZE = 32 * 1024,
};

struct cache_entry {
    const struct stmt *stmt;
    sqlite3_stmt *prepared; /* NULL: free */
    bool used;              /* a cursor or a bulk runs on it */
};

/* What begins and ends a transaction: run with each, so kept prepared. */
enum transaction_end { BEGIN_READ, BEGIN_WRITE, COMMIT, TRANSACTION_ENDS };

struct sqlite_db {
    struct db db;
    sqlite3 *handle;
    UCollator *pinyin; /* opened when first needed */
    sqlite3_stmt *ends[TRANSACTION_ENDS]; /* prepared when first needed */
    const volatile uint32_t *log_head; /* mapped by SQLite; NULL until it was first read */
    uint32_t began_head[LOG_HEAD_WORDS]; /* when the transaction began */
    bool knows_began_head;
    bool is_durable; /* has a log */
    int log_pages; /* after the last commit */
    struct cache_entry cache[DB_STATEMENTS_MAX];
};

struct db_rows { /* also holds a prepared statement that a bulk uses */
    struct db_rows *next;
    struct sqlite_db *owner;
    const struct stmt *stmt;
    sqlite3_stmt *prepared;
    struct cache_entry *entry; /* NULL: not from the cache, to be finalised */
};

struct db_bulk {
    struct db_bulk *next;
    struct db_rows *rows;
};

static struct sqlite_db *sqlite_of(struct db *db)
{
    return (struct sqlite_db *)db;
}

/* ---- errors ---- */

static enum err err_of_code(int code)
{
    switch (code) {
    case SQLITE_BUSY_SNAPSHOT:
        return ERR_STORE_CONFLICT;
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return ERR_STORE_UNIQUE;
    }
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_STORE_BUSY;
    case SQLITE_CONSTRAINT:
        return ERR_STORE_RULE;
    case SQLITE_FULL:
        return ERR_STORE_FULL;
    case SQLITE_NOMEM:
        return ERR_MEMORY;
    case SQLITE_TOOBIG:
        return ERR_LIMIT;
    default:
        return ERR_STORE;
    }
}

/* Without space (disk, quota, size limit of a file) only a full disk has a code of its own. */
static bool is_out_of_space(struct sqlite_db *own, int code)
{
    if ((code & 0xFF) == SQLITE_FULL)
        return true;
    if ((code & 0xFF) != SQLITE_IOERR)
        return false;
    /* SQLite keeps the reason of a failed statement, not of a failed commit: errno still has it. */
    int reason = sqlite3_system_errno(own->handle);
    if (reason == 0)
        reason = errno;
    return reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
}

static void hint_of_code(int code, struct fault *fault)
{
    if (!fault)
        return;
    if ((code & 0xFF) == SQLITE_FULL)
        fault_hint(fault, "Free space on the disk; nothing of this step was written.");
    else if ((code & 0xFF) == SQLITE_NOTADB)
        fault_hint(fault, "The file is not a database: check the path given by --db.");
    else if ((code & 0xFF) == SQLITE_CORRUPT)
        fault_hint(fault, "The database file is damaged: restore the last backup.");
    else if ((code & 0xFF) == SQLITE_CANTOPEN)
        fault_hint(fault, "Check that the folder of the database exists and may be written.");
}

static enum err refused(struct sqlite_db *own, const char *what, struct fault *fault)
{
    int code = sqlite3_extended_errcode(own->handle);
    const char *reason = sqlite3_errmsg(own->handle);
    if (is_out_of_space(own, code)) {
        code = SQLITE_FULL;
        reason = sqlite3_errstr(code);
    }
    fault_set(fault, err_of_code(code), "%s: %s", what, reason);
    hint_of_code(code, fault);
    return err_of_code(code);
}

/* ---- the pinyin collation ---- */

static int compare_pinyin(void *context, int a_size, const void *a, int b_size, const void *b)
{
    UErrorCode status = U_ZERO_ERROR;
    UCollationResult order = ucol_strcollUTF8(context, a, a_size, b, b_size, &status);
    if (order != UCOL_EQUAL)
        return (int)order;
    /* Equal to the collation, yet different bytes: keep the order total, as PostgreSQL does. */
    return str_compare((struct str){a, (size_t)a_size}, (struct str){b, (size_t)b_size});
}

/* SQLite asks for a collation when it first meets it: opening ICU's takes a millisecond. */
static void provide_collation(void *context, sqlite3 *handle, int encoding, const char *name)
{
    struct sqlite_db *own = context;
    if (strcmp(name, "pinyin") != 0)
        return;
    UErrorCode status = U_ZERO_ERROR;
    if (!own->pinyin)
        own->pinyin = ucol_open("zh@collation=pinyin", &status);
    if (U_SUCCESS(status))
        sqlite3_create_collation_v2(handle, "pinyin", SQLITE_UTF8, own->pinyin, compare_pinyin,
                                    NULL);
}

/* ---- opening ---- */

/* The file holds personal data: made readable by its owner only. SQLite gives its log files the
 * same mode. A file that exists is not opened: closing it would drop the locks that another
 * connection of this process holds on it. */
static enum err create_private_file(const char *path, struct fault *fault)
{
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST)
        return ERR_OK;
    if (file < 0) {
        enum err err = errno == ENOSPC ? ERR_STORE_FULL : ERR_STORE;
        fault_set(fault, err, "%s: %s", path, strerror(errno));
        hint_of_code(SQLITE_CANTOPEN, fault);
        return err;
    }
    close(file);
    return ERR_OK;
}

#define DURABLE_PRAGMAS "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"

/* The log is synced before it is folded, and whole with each durable commit of whichever
 * connection: a crash of the machine can only take the last commits away, and none with a durable
 * one behind it. One of the process takes nothing.
 * No mapping: with the first read after another's commit SQLite unmaps the file, and pages that are
 * mapped anew one fault at a time cost a follower three times what copying them does. */
#define DERIVED_PRAGMAS "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"

/* No log and no syncs: new pages go once, straight into the file; what a rollback needs of old ones
 * is kept in memory. Sorting for indexes uses both cores. */
#define LOADING_PRAGMAS                                                                      \
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; "   \
    "PRAGMA threads = 2;"

/* After each commit, with the length of the log: a long one is folded into the file. */
static int note_log(void *context, sqlite3 *handle, const char *name, int log_pages)
{
    struct sqlite_db *own = context;
    own->log_pages = log_pages;
    if (log_pages >= SQLITE_CHECKPOINT_PAGES)
        sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK;
}

static enum err configure(struct sqlite_db *own, const struct db_options *options,
                          struct fault *fault)
{
    static const char *const pragmas[] = {[DB_DURABLE] = DURABLE_PRAGMAS,
                                          [DB_DERIVED] = DERIVED_PRAGMAS,
                                          [DB_LOADING] = LOADING_PRAGMAS};
    bool loading = options->durability == DB_LOADING;
    sqlite3_extended_result_codes(own->handle, 1);
    sqlite3_busy_timeout(own->handle, options->busy_ms_max);
    sqlite3_collation_needed(own->handle, own, provide_collation);
    sqlite3_wal_hook(own->handle, note_log, own);
    sqlite3_db_config(own->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(own->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    /* Double-quoted text is a name, never a value, as on PostgreSQL. */
    sqlite3_db_config(own->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(own->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    char *sql = sqlite3_mprintf(
        "%s PRAGMA foreign_keys = ON; PRAGMA cache_size = -%d; PRAGMA mmap_size = %d; "
        "PRAGMA query_only = %s;",
        pragmas[options->durability], loading ? SQLITE_LOADING_CACHE_KIB : SQLITE_CACHE_KIB,
        options->durability == DB_DURABLE ? SQLITE_MMAP_SIZE : 0,
        options->mode == WORK_READ ? "ON" : "OFF");
    if (!sql)
        return fault_set(fault, ERR_MEMORY, "out of memory while opening the database");
    errno = 0;
    int code = sqlite3_exec(own->handle, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
    return code == SQLITE_OK ? ERR_OK : refused(own, "opening the database", fault);
}

static void sqlite_close(struct db *db)
{
    struct sqlite_db *own = sqlite_of(db);
    for (size_t i = 0; i < DB_STATEMENTS_MAX; i++)
        sqlite3_finalize(own->cache[i].prepared);
    for (int i = 0; i < TRANSACTION_ENDS; i++)
        sqlite3_finalize(own->ends[i]);
    sqlite3_close(own->handle);
    if (own->pinyin)
        ucol_close(own->pinyin);
    free(own);
}

/* Nobody asks how much memory SQLite holds, and counting it takes a lock at each allocation. It can
 * only be said before SQLite is first used. */
static void set_up_library(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum err sqlite_open(const char *location, const struct db_options *options,
                            struct db **ret_db, struct fault *fault)
{
    static pthread_once_t set_up_once = PTHREAD_ONCE_INIT;
    pthread_once(&set_up_once, set_up_library);
    TRY(create_private_file(location, fault));
    struct sqlite_db *own = calloc(1, sizeof *own);
    if (!own)
        return fault_set(fault, ERR_MEMORY, "out of memory while opening the database");
    own->db.engine = &db_sqlite_engine;
    own->is_durable = options->durability == DB_DURABLE;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(location, &own->handle, flags, NULL);
    enum err err = code == SQLITE_OK ? ERR_OK : refused(own, location, fault);
    if (err == ERR_OK)
        err = configure(own, options, fault);
    if (err != ERR_OK) {
        sqlite_close(&own->db);
        return err;
    }
    *ret_db = &own->db;
    return ERR_OK;
}

/* ---- transactions ---- */

static enum err run(struct sqlite_db *own, enum transaction_end end, struct fault *fault)
{
    static const char *const texts[TRANSACTION_ENDS] = {"BEGIN", "BEGIN IMMEDIATE", "COMMIT"};
    errno = 0;
    sqlite3_stmt **prepared = &own->ends[end];
    if (!*prepared && sqlite3_prepare_v3(own->handle, texts[end], -1, SQLITE_PREPARE_PERSISTENT,
                                         prepared, NULL) != SQLITE_OK)
        return refused(own, "the database refuses", fault);
    if (sqlite3_step(*prepared) == SQLITE_DONE) {
        sqlite3_reset(*prepared);
        return ERR_OK;
    }
    enum err err = refused(own, "the database refuses", fault);
    sqlite3_reset(*prepared);
    return err;
}

static void read_log_head(const struct sqlite_db *own, uint32_t head[LOG_HEAD_WORDS])
{
    for (int i = 0; i < LOG_HEAD_WORDS; i++)
        head[i] = own->log_head[i];
    atomic_thread_fence(memory_order_acquire);
}

static enum err sqlite_begin(struct db *db, enum work_mode mode, struct fault *fault)
{
    struct sqlite_db *own = sqlite_of(db);
    own->knows_began_head = own->log_head != NULL;
    if (own->log_head)
        read_log_head(own, own->began_head);
    return run(sqlite_of(db), mode == WORK_WRITE ? BEGIN_WRITE : BEGIN_READ, fault);
}

static void sqlite_rows_close(struct db *db, struct db_rows *rows);

static void close_all(struct db *db)
{
    while (db->open_bulks) {
        struct db_bulk *bulk = db->open_bulks;
        db->open_bulks = bulk->next;
        free(bulk);
    }
    while (db->open_rows)
        sqlite_rows_close(db, db->open_rows);
}

static enum err sqlite_commit(struct db *db, struct fault *fault)
{
    close_all(db);
    return run(sqlite_of(db), COMMIT, fault);
}

static void sqlite_rollback(struct db *db)
{
    close_all(db);
    struct sqlite_db *own = sqlite_of(db);
    /* After some errors (disk full) SQLite has rolled back by itself. */
    if (!sqlite3_get_autocommit(own->handle))
        sqlite3_exec(own->handle, "ROLLBACK", NULL, NULL, NULL);
}

/* SQLite maps the log's index with its first read and keeps that mapping until it is closed. */
static void find_log_head(struct sqlite_db *own)
{
    sqlite3_file *file = NULL;
    void volatile *region = NULL;
    if (sqlite3_file_control(own->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
        file->pMethods && file->pMethods->iVersion >= 2 && file->pMethods->xShmMap &&
        file->pMethods->xShmMap(file, 0, LOG_INDEX_REGION_SIZE, 0, &region) == SQLITE_OK)
        own->log_head = region;
}

static bool sqlite_is_newest(struct db *db)
{
    struct sqlite_db *own = sqlite_of(db);
    uint32_t head[LOG_HEAD_WORDS];
    read_log_head(own, head);
    return memcmp(head, own->began_head, sizeof head) == 0;
}

/* The snapshot was taken with the first read after the beginning. When the head was the same before
 * and is now, it was the same then, because its counter of commits only rises. */
static bool sqlite_keep(struct db *db)
{
    struct sqlite_db *own = sqlite_of(db);
    close_all(db);
    if (!own->is_durable || sqlite3_txn_state(own->handle, "main") != SQLITE_TXN_READ)
        return false;
    if (!own->log_head)
        find_log_head(own);
    return own->knows_began_head && sqlite_is_newest(db);
}

/* Readers are not waited for: what one of them still needs stays in the log. */
static void sqlite_fold(struct db *db)
{
    struct sqlite_db *own = sqlite_of(db);
    if (own->log_pages < SQLITE_FOLD_PAGES)
        return;
    own->log_pages = 0;
    sqlite3_wal_checkpoint_v2(own->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* Writers queue in the file's own lock already. */
static enum err sqlite_lock(struct db *db, int64_t number, struct fault *fault)
{
    return ERR_OK;
}

static void sqlite_unlock(struct db *db, int64_t number)
{
}

static enum err sqlite_script(struct db *db, const char *sql, struct fault *fault)
{
    struct sqlite_db *own = sqlite_of(db);
    errno = 0;
    if (sqlite3_exec(own->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
        return ERR_OK;
    return refused(own, "the database refuses", fault);
}

/* ---- prepared statements ---- */

static enum err prepare(struct sqlite_db *own, const struct stmt *stmt, unsigned flags,
                        sqlite3_stmt **ret_prepared, struct fault *fault)
{
    const char *tail = NULL;
    int code = sqlite3_prepare_v3(own->handle, stmt->sqlite_text, -1, flags, ret_prepared, &tail);
    if (code != SQLITE_OK)
        return refused(own, stmt->name, fault);
    check(*ret_prepared && tail && *tail == '\0');
    return ERR_OK;
}

static bool holds(const struct cache_entry *entry, const struct stmt *stmt)
{
    return entry->prepared && entry->stmt == stmt &&
           strcmp(sqlite3_sql(entry->prepared), stmt->sqlite_text) == 0;
}

/* A place of the cache that holds stmt, or one that may be overwritten, or NULL. */
static struct cache_entry *find_entry(struct sqlite_db *own, const struct stmt *stmt)
{
    size_t hash = (size_t)(((uintptr_t)stmt >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 40);
    struct cache_entry *ways = &own->cache[hash % (DB_STATEMENTS_MAX / CACHE_WAYS) * CACHE_WAYS];
    struct cache_entry *idle = NULL;
    for (int i = 0; i < CACHE_WAYS; i++) {
        if (holds(&ways[i], stmt))
            return &ways[i];
        bool better = !idle || (idle->prepared && !ways[i].prepared);
        if (!ways[i].used && better)
            idle = &ways[i];
    }
    return idle;
}

/* *ret_entry is NULL when the statement is not from the cache and must be finalised after use. */
static enum err take(struct sqlite_db *own, const struct stmt *stmt, sqlite3_stmt **ret_prepared,
                     struct cache_entry **ret_entry, struct fault *fault)
{
    struct cache_entry *entry = find_entry(own, stmt);
    if (!entry || (holds(entry, stmt) && entry->used)) {
        TRY(prepare(own, stmt, 0, ret_prepared, fault));
        *ret_entry = NULL;
        return ERR_OK;
    }
    if (!holds(entry, stmt)) {
        sqlite3_stmt *prepared;
        TRY(prepare(own, stmt, SQLITE_PREPARE_PERSISTENT, &prepared, fault));
        sqlite3_finalize(entry->prepared);
        *entry = (struct cache_entry){.stmt = stmt, .prepared = prepared};
    }
    entry->used = true;
    *ret_prepared = entry->prepared;
    *ret_entry = entry;
    return ERR_OK;
}

static void give_back(sqlite3_stmt *prepared, struct cache_entry *entry)
{
    if (!entry) {
        sqlite3_finalize(prepared);
        return;
    }
    sqlite3_reset(prepared);
    entry->used = false;
}

static int bind_value(sqlite3_stmt *prepared, int place, const struct stmt_value *value,
                      sqlite3_destructor_type lifetime)
{
    if (value->absent)
        return sqlite3_bind_null(prepared, place);
    switch (value->type) {
    case STMT_INT64:
    case STMT_INT32:
        return sqlite3_bind_int64(prepared, place, value->number);
    case STMT_TEXT:
        return sqlite3_bind_text64(prepared, place, value->text.ptr ? value->text.ptr : "",
                                   value->text.size, lifetime, SQLITE_UTF8);
    case STMT_BLOB:
        return sqlite3_bind_blob64(prepared, place, value->text.ptr ? value->text.ptr : "",
                                   value->text.size, lifetime);
    }
    return SQLITE_MISUSE;
}

static enum err bind(struct sqlite_db *own, const struct stmt *stmt, sqlite3_stmt *prepared,
                     const struct stmt_value *in, sqlite3_destructor_type lifetime,
                     struct fault *fault)
{
    for (int32_t i = 0; i < stmt->in_count; i++) {
        if (bind_value(prepared, i + 1, &in[i], lifetime) != SQLITE_OK)
            return refused(own, stmt->name, fault);
    }
    return ERR_OK;
}

static enum err sqlite_verify(struct db *db, const struct stmt *stmt, struct fault *fault)
{
    sqlite3_stmt *prepared;
    TRY(prepare(sqlite_of(db), stmt, 0, &prepared, fault));
    int column_count = sqlite3_column_count(prepared);
    int parameter_count = sqlite3_bind_parameter_count(prepared);
    sqlite3_finalize(prepared);
    if (column_count != stmt->out_count || parameter_count != stmt->in_count)
        return fault_set(fault, ERR_STORE,
                         "%s has %d parameters and %d columns and declares %d and %d", stmt->name,
                         parameter_count, column_count, stmt->in_count, stmt->out_count);
    return ERR_OK;
}

/* ---- running ---- */

/* Binds and runs a statement that gives no rows. */
static enum err run_once(struct sqlite_db *own, const struct stmt *stmt, sqlite3_stmt *prepared,
                         const struct stmt_value *in, struct fault *fault)
{
    TRY(bind(own, stmt, prepared, in, SQLITE_STATIC, fault));
    int code = sqlite3_step(prepared);
    enum err err = ERR_OK;
    if (code == SQLITE_ROW)
        err = fault_set(fault, ERR_STORE, "%s gives rows and is not declared so", stmt->name);
    else if (code != SQLITE_DONE)
        err = refused(own, stmt->name, fault);
    sqlite3_reset(prepared);
    return err;
}

static enum err sqlite_exec(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                            int64_t *ret_changed_count, struct fault *fault)
{
    struct sqlite_db *own = sqlite_of(db);
    sqlite3_stmt *prepared;
    struct cache_entry *entry;
    TRY(take(own, stmt, &prepared, &entry, fault));
    enum err err = run_once(own, stmt, prepared, in, fault);
    if (err == ERR_OK)
        *ret_changed_count = sqlite3_changes64(own->handle);
    give_back(prepared, entry);
    return err;
}

static enum err sqlite_exec_each(struct db *db, const struct stmt *stmt,
                                 const struct stmt_value *in, int32_t row_count,
                                 int64_t *ret_changed_counts, struct fault *fault)
{
    struct sqlite_db *own = sqlite_of(db);
    sqlite3_stmt *prepared;
    struct cache_entry *entry;
    TRY(take(own, stmt, &prepared, &entry, fault));
    enum err err = ERR_OK;
    for (int32_t i = 0; i < row_count && err == ERR_OK; i++) {
        err = run_once(own, stmt, prepared, in + (size_t)i * (size_t)stmt->in_count, fault);
        ret_changed_counts[i] = err == ERR_OK ? sqlite3_changes64(own->handle) : 0;
    }
    give_back(prepared, entry);
    return err;
}

static enum err rows_new(struct sqlite_db *own, const struct stmt *stmt, struct db_rows **ret_rows,
                         struct fault *fault)
{
    struct db_rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", stmt->name);
    enum err err = take(own, stmt, &rows->prepared, &rows->entry, fault);
    if (err != ERR_OK) {
        free(rows);
        return err;
    }
    rows->owner = own;
    rows->stmt = stmt;
    rows->next = own->db.open_rows;
    own->db.open_rows = rows;
    *ret_rows = rows;
    return ERR_OK;
}

static void sqlite_rows_close(struct db *db, struct db_rows *rows)
{
    struct db_rows **link = &db->open_rows;
    while (*link != rows) {
        check(*link);
        link = &(*link)->next;
    }
    *link = rows->next;
    give_back(rows->prepared, rows->entry);
    free(rows);
}

static enum err sqlite_rows_open(struct db *db, const struct stmt *stmt,
                                 const struct stmt_value *in, struct db_rows **ret_rows,
                                 struct fault *fault)
{
    struct sqlite_db *own = sqlite_of(db);
    struct db_rows *rows = NULL;
    TRY(rows_new(own, stmt, &rows, fault));
    enum err err = bind(own, stmt, rows->prepared, in, SQLITE_TRANSIENT, fault);
    if (err == ERR_OK && sqlite3_column_count(rows->prepared) != stmt->out_count)
        err = fault_set(fault, ERR_STORE, "%s gives %d columns and declares %d", stmt->name,
                        sqlite3_column_count(rows->prepared), stmt->out_count);
    if (err != ERR_OK) {
        sqlite_rows_close(db, rows);
        return err;
    }
    *ret_rows = rows;
    return ERR_OK;
}

static enum err read_column(sqlite3_stmt *prepared, const struct stmt *stmt, int place,
                            struct stmt_value *out, struct fault *fault)
{
    static const int expected[] = {
        [STMT_INT64] = SQLITE_INTEGER,
        [STMT_INT32] = SQLITE_INTEGER,
        [STMT_TEXT] = SQLITE_TEXT,
        [STMT_BLOB] = SQLITE_BLOB,
    };
    const struct stmt_slot *slot = &stmt->out[place];
    int type = sqlite3_column_type(prepared, place);
    *out = (struct stmt_value){.type = slot->type, .absent = type == SQLITE_NULL};
    if (out->absent)
        return ERR_OK;
    if (type != expected[slot->type])
        return fault_set(fault, ERR_STORE, "%s: column %s has another type than declared",
                         stmt->name, slot->name);
    if (type == SQLITE_INTEGER) {
        out->number = sqlite3_column_int64(prepared, place);
        return ERR_OK;
    }
    const char *bytes = sqlite3_column_blob(prepared, place);
    out->text = (struct str){bytes ? bytes : "", (size_t)sqlite3_column_bytes(prepared, place)};
    return ERR_OK;
}

static enum err sqlite_rows_next(struct db *db, struct db_rows *rows, struct stmt_value *out,
                                 bool *ret_more, struct fault *fault)
{
    int code = sqlite3_step(rows->prepared);
    if (code == SQLITE_DONE) {
        *ret_more = false;
        return ERR_OK;
    }
    if (code != SQLITE_ROW)
        return refused(rows->owner, rows->stmt->name, fault);
    for (int32_t i = 0; i < rows->stmt->out_count; i++)
        TRY(read_column(rows->prepared, rows->stmt, i, &out[i], fault));
    *ret_more = true;
    return ERR_OK;
}

/* ---- bulk: the same insert again and again, 1 µs a row ----
 * One INSERT with many rows of VALUES was measured: it takes 1.7 times as long. */

static enum err sqlite_bulk_begin(struct db *db, const struct stmt *stmt, struct db_bulk **ret_bulk,
                                  struct fault *fault)
{
    struct db_bulk *bulk = calloc(1, sizeof *bulk);
    if (!bulk)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", stmt->name);
    enum err err = rows_new(sqlite_of(db), stmt, &bulk->rows, fault);
    if (err != ERR_OK) {
        free(bulk);
        return err;
    }
    bulk->next = db->open_bulks;
    db->open_bulks = bulk;
    *ret_bulk = bulk;
    return ERR_OK;
}

static enum err sqlite_bulk_row(struct db *db, struct db_bulk *bulk, const struct stmt_value *in,
                                struct fault *fault)
{
    return run_once(sqlite_of(db), bulk->rows->stmt, bulk->rows->prepared, in, fault);
}

static enum err sqlite_bulk_end(struct db *db, struct db_bulk *bulk, struct fault *fault)
{
    struct db_bulk **link = &db->open_bulks;
    while (*link != bulk) {
        check(*link);
        link = &(*link)->next;
    }
    *link = bulk->next;
    sqlite_rows_close(db, bulk->rows);
    free(bulk);
    return ERR_OK;
}

const struct db_engine db_sqlite_engine = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .keep = sqlite_keep,
    .is_newest = sqlite_is_newest,
    .fold = sqlite_fold,
    .lock = sqlite_lock,
    .unlock = sqlite_unlock,
    .script = sqlite_script,
    .verify = sqlite_verify,
    .exec = sqlite_exec,
    .exec_each = sqlite_exec_each,
    .rows_open = sqlite_rows_open,
    .rows_next = sqlite_rows_next,
    .rows_close = sqlite_rows_close,
    .bulk_begin = sqlite_bulk_begin,
    .bulk_row = sqlite_bulk_row,
    .bulk_end = sqlite_bulk_end,
};
