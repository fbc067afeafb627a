/* PostgreSQL behind the port. Writing transactions are SERIALIZABLE, as SQLite's single writer is;
 * a conflict comes back as ERR_STORE_CONFLICT and the unit of work runs again. Parameters and
 * results travel in binary. Rows stream one by one until another statement needs the connection
 * (settle). Rows of bulks are gathered in COPY's binary form and sent a megabyte at a time. */
#include "store/db.h"

#include <arpa/inet.h>
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

enum {
    BULK_SEND_SIZE = 1024 * 1024, /* measured: larger pieces are not faster */
    PIPELINE_ROWS = 256, /* their answers fit the socket's buffer: neither side waits to send */
    CACHE_WAYS = 4,
    NAME_SIZE = 16,
    COPY_HEADER_SIZE = 19,
};

/* Numbers of PostgreSQL's built-in types (pg_type.dat); they never change. */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_VARCHAR = 1043,
};

static const Oid parameter_oids[] = {
    [STMT_INT64] = OID_INT8,
    [STMT_INT32] = OID_INT4,
    [STMT_TEXT] = OID_TEXT,
    [STMT_BLOB] = OID_BYTEA,
};

struct cache_entry {
    const struct stmt *stmt; /* NULL: free */
    char *text;              /* of the prepared statement, to see that stmt is still the same */
};

struct pg_db {
    struct db db;
    PGconn *conn;
    struct db_rows *streaming; /* rows whose results the connection still holds; NULL */
    struct cache_entry cache[DB_STATEMENTS_MAX];
};

struct db_rows {
    struct db_rows *next;
    struct pg_db *owner;
    const struct stmt *stmt;
    PGresult *page; /* one row of a stream, or a whole short result */
    int row_index;
    bool checked; /* the columns' types */
    PGresult **spool; /* pages taken off the connection before they were asked for */
    size_t spool_count;
    size_t spool_capacity;
    size_t spool_taken_count;
    size_t spool_size;
};

struct db_bulk {
    struct db_bulk *next; /* in the order of opening */
    const struct stmt *stmt;
    char *bytes;
    size_t size;
    size_t capacity;
};

static struct pg_db *pg_of(struct db *db)
{
    return (struct pg_db *)db;
}

/* ---- errors ---- */

static const struct {
    const char *state; /* SQLSTATE, or its first letters */
    enum err err;
} states[] = {
    {"40001", ERR_STORE_CONFLICT}, /* serialization failure */
    {"40P01", ERR_STORE_CONFLICT}, /* deadlock */
    {"23505", ERR_STORE_UNIQUE},
    {"23", ERR_STORE_RULE},
    {"53100", ERR_STORE_FULL},
    {"53200", ERR_MEMORY},
    {"53300", ERR_STORE_BUSY}, /* too many connections */
    {"55P03", ERR_STORE_BUSY}, /* lock not available */
    {"57P03", ERR_STORE_BUSY}, /* starting up */
    {"22003", ERR_OVERFLOW},
    {"22021", ERR_INPUT}, /* not UTF-8 */
    {"54", ERR_LIMIT},
};

static enum err err_of_state(const char *state)
{
    for (size_t i = 0; state && i < sizeof states / sizeof states[0]; i++) {
        if (strncmp(state, states[i].state, strlen(states[i].state)) == 0)
            return states[i].err;
    }
    return ERR_STORE;
}

/* Message of libpq without the line breaks at its end. */
static struct str tidy_message(const char *message)
{
    return str_trim(str_from(message));
}

static enum err refused(struct pg_db *own, const PGresult *result, const char *what,
                        struct fault *fault)
{
    bool lost = PQstatus(own->conn) != CONNECTION_OK;
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    struct str message = tidy_message(primary ? primary : PQerrorMessage(own->conn));
    enum err err = lost ? ERR_STORE : err_of_state(state);
    fault_set(fault, err, "%s: %.*s", what, STR_ARG(message));
    if (lost) {
        own->db.broken = true;
        if (fault)
            fault_hint(fault, "The connection to the database was lost; nothing of this step was "
                              "written.");
    } else if (err == ERR_STORE_FULL && fault) {
        fault_hint(fault, "Free space on the disk of the database server; nothing of this step was "
                          "written.");
    }
    return err;
}

/* ---- opening ---- */

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

static void pg_close(struct db *db)
{
    struct pg_db *own = pg_of(db);
    for (size_t i = 0; i < DB_STATEMENTS_MAX; i++)
        free(own->cache[i].text);
    PQfinish(own->conn);
    free(own);
}

static enum err check_connection(struct pg_db *own, const char *location, struct fault *fault)
{
    char shown[256];
    db_location_text(location, shown, sizeof shown);
    if (PQstatus(own->conn) != CONNECTION_OK) {
        struct str message = tidy_message(PQerrorMessage(own->conn));
        fault_set(fault, ERR_STORE, "%s: %.*s", shown, STR_ARG(message));
        if (fault)
            fault_hint(fault, "Check that the database server runs and that the URL given by --db "
                              "names it.");
        return ERR_STORE;
    }
    const char *encoding = PQparameterStatus(own->conn, "server_encoding");
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return fault_set(fault, ERR_STORE, "%s: the database has encoding %s and must have UTF8",
                         shown, encoding ? encoding : "?");
    return ERR_OK;
}

static enum err run(struct pg_db *own, const char *sql, struct fault *fault);

static const char *const loading_settings =
    "SET synchronous_commit = off; SET maintenance_work_mem = '256MB'";

static enum err pg_open(const char *location, const struct db_options *options,
                        struct db **ret_db, struct fault *fault)
{
    struct pg_db *own = calloc(1, sizeof *own);
    if (!own)
        return fault_set(fault, ERR_MEMORY, "out of memory while opening the database");
    own->db.engine = &db_pg_engine;
    const char *const keywords[] = {"dbname", "client_encoding", "application_name", NULL};
    const char *const values[] = {location, "UTF8", "baigong", NULL};
    own->conn = PQconnectdbParams(keywords, values, 1);
    enum err err = check_connection(own, location, fault);
    if (err == ERR_OK) {
        PQsetNoticeReceiver(own->conn, ignore_notice, NULL);
        if (options->durability == DB_LOADING)
            err = run(own, loading_settings, fault);
        if (options->durability == DB_DERIVED)
            err = run(own, "SET synchronous_commit = off", fault);
    }
    if (err != ERR_OK) {
        pg_close(&own->db);
        return err;
    }
    *ret_db = &own->db;
    return ERR_OK;
}

/* ---- the connection does one thing at a time ---- */

/* Takes what the connection still holds, so that the next command may be sent. */
static void drain(struct pg_db *own)
{
    PGresult *result;
    while ((result = PQgetResult(own->conn)) != NULL) {
        ExecStatusType status = PQresultStatus(result);
        PQclear(result);
        if (status == PGRES_COPY_IN)
            PQputCopyEnd(own->conn, "abandoned");
        if (PQstatus(own->conn) != CONNECTION_OK)
            return;
    }
}

static enum err spool_page(struct db_rows *rows, PGresult *page, struct fault *fault)
{
    rows->spool_size += PQresultMemorySize(page);
    if (rows->spool_size > STORE_SPOOL_SIZE_MAX)
        return fault_set(fault, ERR_LIMIT,
                         "%s: more than %d bytes of rows are left while another statement runs",
                         rows->stmt->name, STORE_SPOOL_SIZE_MAX);
    if (rows->spool_count == rows->spool_capacity) {
        size_t capacity = rows->spool_capacity ? rows->spool_capacity * 2 : 64;
        PGresult **grown = realloc(rows->spool, capacity * sizeof *grown);
        if (!grown)
            return fault_set(fault, ERR_MEMORY, "%s: out of memory", rows->stmt->name);
        rows->spool = grown;
        rows->spool_capacity = capacity;
    }
    rows->spool[rows->spool_count++] = page;
    return ERR_OK;
}

static bool is_page(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK;
}

/* Moves the rest of a running stream into memory. */
static enum err spool_stream(struct pg_db *own, struct fault *fault)
{
    struct db_rows *rows = own->streaming;
    enum err err = ERR_OK;
    PGresult *result;
    while (rows && err == ERR_OK && (result = PQgetResult(own->conn)) != NULL) {
        err = is_page(result) ? spool_page(rows, result, fault)
                              : refused(own, result, rows->stmt->name, fault);
        if (err != ERR_OK)
            PQclear(result);
    }
    if (err != ERR_OK)
        drain(own);
    own->streaming = NULL;
    return err;
}

/* ---- bulk ---- */

static enum err reserve(struct db_bulk *bulk, size_t size, struct fault *fault)
{
    if (size <= bulk->capacity - bulk->size)
        return ERR_OK;
    size_t capacity = bulk->capacity ? bulk->capacity : BULK_SEND_SIZE + BULK_SEND_SIZE / 4;
    while (capacity - bulk->size < size)
        capacity *= 2;
    char *grown = realloc(bulk->bytes, capacity);
    if (!grown)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", bulk->stmt->name);
    bulk->bytes = grown;
    bulk->capacity = capacity;
    return ERR_OK;
}

static void put_bytes(struct db_bulk *bulk, const void *bytes, size_t size)
{
    if (size > 0)
        memcpy(bulk->bytes + bulk->size, bytes, size);
    bulk->size += size;
}

static void put_16(struct db_bulk *bulk, int16_t number)
{
    uint16_t network = htons((uint16_t)number);
    put_bytes(bulk, &network, sizeof network);
}

static void put_32(struct db_bulk *bulk, int32_t number)
{
    uint32_t network = htonl((uint32_t)number);
    put_bytes(bulk, &network, sizeof network);
}

static void put_64(struct db_bulk *bulk, int64_t number)
{
    uint64_t network = htobe64((uint64_t)number);
    put_bytes(bulk, &network, sizeof network);
}

static void put_value(struct db_bulk *bulk, const struct stmt_value *value)
{
    if (value->absent) {
        put_32(bulk, -1);
        return;
    }
    switch (value->type) {
    case STMT_INT64:
        put_32(bulk, 8);
        put_64(bulk, value->number);
        return;
    case STMT_INT32:
        put_32(bulk, 4);
        put_32(bulk, (int32_t)value->number);
        return;
    case STMT_TEXT:
    case STMT_BLOB:
        put_32(bulk, (int32_t)value->text.size);
        put_bytes(bulk, value->text.ptr, value->text.size);
        return;
    }
}

static enum err end_copy(struct pg_db *own, struct db_bulk *bulk, struct fault *fault)
{
    enum err err = ERR_OK;
    PGresult *result;
    while ((result = PQgetResult(own->conn)) != NULL) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK && err == ERR_OK)
            err = refused(own, result, bulk->stmt->name, fault);
        PQclear(result);
        if (PQstatus(own->conn) != CONNECTION_OK)
            break;
    }
    return err;
}

/* Sends what one bulk has gathered. */
static enum err send_bulk(struct pg_db *own, struct db_bulk *bulk, struct fault *fault)
{
    if (bulk->size == COPY_HEADER_SIZE)
        return ERR_OK;
    TRY(reserve(bulk, sizeof(int16_t), fault));
    put_16(bulk, -1); /* the end */
    PGresult *result = PQexec(own->conn, bulk->stmt->copy_text);
    if (PQresultStatus(result) != PGRES_COPY_IN) {
        enum err err = refused(own, result, bulk->stmt->name, fault);
        PQclear(result);
        return err;
    }
    PQclear(result);
    bool sent = true;
    for (size_t at = 0; at < bulk->size && sent; at += BULK_SEND_SIZE) {
        size_t rest_size = bulk->size - at;
        int size = (int)(rest_size < BULK_SEND_SIZE ? rest_size : BULK_SEND_SIZE);
        sent = PQputCopyData(own->conn, bulk->bytes + at, size) == 1;
    }
    sent = sent && PQputCopyEnd(own->conn, NULL) == 1;
    bulk->size = COPY_HEADER_SIZE;
    if (!sent)
        return refused(own, NULL, bulk->stmt->name, fault);
    return end_copy(own, bulk, fault);
}

/* Makes the connection free and everything written so far visible. */
static enum err settle(struct pg_db *own, struct fault *fault)
{
    if (own->streaming)
        TRY(spool_stream(own, fault));
    for (struct db_bulk *bulk = own->db.open_bulks; bulk; bulk = bulk->next)
        TRY(send_bulk(own, bulk, fault));
    return ERR_OK;
}

static enum err pg_bulk_begin(struct db *db, const struct stmt *stmt, struct db_bulk **ret_bulk,
                              struct fault *fault)
{
    static const char header[COPY_HEADER_SIZE] = "PGCOPY\n\377\r\n"; /* flags, extension: zero */
    check(stmt->copy_text);
    struct db_bulk *bulk = calloc(1, sizeof *bulk);
    if (!bulk)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", stmt->name);
    bulk->stmt = stmt;
    enum err err = reserve(bulk, sizeof header, fault);
    if (err != ERR_OK) {
        free(bulk);
        return err;
    }
    put_bytes(bulk, header, sizeof header);
    struct db_bulk **link = &db->open_bulks;
    while (*link)
        link = &(*link)->next;
    *link = bulk;
    *ret_bulk = bulk;
    return ERR_OK;
}

static enum err pg_bulk_row(struct db *db, struct db_bulk *bulk, const struct stmt_value *in,
                            struct fault *fault)
{
    const struct stmt *stmt = bulk->stmt;
    size_t size = sizeof(int16_t);
    for (int32_t i = 0; i < stmt->in_count; i++)
        size += sizeof(int32_t) + sizeof(int64_t) + in[i].text.size;
    TRY(reserve(bulk, size, fault));
    put_16(bulk, (int16_t)stmt->in_count);
    for (int32_t i = 0; i < stmt->in_count; i++)
        put_value(bulk, &in[i]);
    return bulk->size < BULK_SEND_SIZE ? ERR_OK : settle(pg_of(db), fault);
}

static void bulk_free(struct db *db, struct db_bulk *bulk)
{
    struct db_bulk **link = &db->open_bulks;
    while (*link != bulk) {
        check(*link);
        link = &(*link)->next;
    }
    *link = bulk->next;
    free(bulk->bytes);
    free(bulk);
}

static enum err pg_bulk_end(struct db *db, struct db_bulk *bulk, struct fault *fault)
{
    enum err err = db->state == DB_OPEN ? settle(pg_of(db), fault)
                                        : fault_set(fault, ERR_STORE, "the transaction was lost");
    bulk_free(db, bulk);
    return err;
}

/* ---- transactions ---- */

static enum err run(struct pg_db *own, const char *sql, struct fault *fault)
{
    PGresult *result = PQexec(own->conn, sql);
    ExecStatusType status = PQresultStatus(result);
    enum err err = ERR_OK;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        err = refused(own, result, "the database refuses", fault);
    PQclear(result);
    return err;
}

static enum err pg_begin(struct db *db, enum work_mode mode, struct fault *fault)
{
    return run(pg_of(db), mode == WORK_WRITE ? "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
                                             : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
               fault);
}

static void pg_rows_close(struct db *db, struct db_rows *rows);

static void close_all(struct db *db)
{
    while (db->open_rows)
        pg_rows_close(db, db->open_rows);
    while (db->open_bulks)
        bulk_free(db, db->open_bulks);
}

static enum err pg_commit(struct db *db, struct fault *fault)
{
    enum err err = settle(pg_of(db), fault);
    close_all(db);
    TRY(err);
    return run(pg_of(db), "COMMIT", fault);
}

static void pg_rollback(struct db *db)
{
    struct pg_db *own = pg_of(db);
    close_all(db);
    if (PQtransactionStatus(own->conn) != PQTRANS_IDLE)
        run(own, "ROLLBACK", NULL);
    if (PQtransactionStatus(own->conn) != PQTRANS_IDLE)
        db->broken = true;
}

/* Locks of the session, taken before any transaction: one that waited would see the past. */
static void pg_fold(struct db *db)
{
}

static enum err pg_lock(struct db *db, int64_t number, struct fault *fault)
{
    char command[64];
    snprintf(command, sizeof command, "SELECT pg_advisory_lock(%" PRId64 ")", number);
    return run(pg_of(db), command, fault);
}

static void pg_unlock(struct db *db, int64_t number)
{
    char command[64];
    snprintf(command, sizeof command, "SELECT pg_advisory_unlock(%" PRId64 ")", number);
    if (run(pg_of(db), command, NULL) != ERR_OK)
        db->broken = true; /* closing the connection gives the lock back */
}

static enum err pg_script(struct db *db, const char *sql, struct fault *fault)
{
    TRY(settle(pg_of(db), fault));
    return run(pg_of(db), sql, fault);
}

/* ---- prepared statements ---- */

/* Parses the text under a name; the empty name is overwritten by the next. */
static enum err prepare(struct pg_db *own, const char *name, const struct stmt *stmt,
                        struct fault *fault)
{
    Oid oids[STMT_SLOTS_MAX];
    for (int32_t i = 0; i < stmt->in_count; i++)
        oids[i] = parameter_oids[stmt->in[i].type];
    PGresult *result = PQprepare(own->conn, name, stmt->postgres_text, stmt->in_count, oids);
    enum err err = ERR_OK;
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        err = refused(own, result, stmt->name, fault);
    PQclear(result);
    return err;
}

static void entry_name(const struct pg_db *own, const struct cache_entry *entry,
                       char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "b%d", (int)(entry - own->cache));
}

static enum err fill_entry(struct pg_db *own, struct cache_entry *entry, const struct stmt *stmt,
                           const char *name, struct fault *fault)
{
    if (entry->text) {
        char command[NAME_SIZE + 16];
        snprintf(command, sizeof command, "DEALLOCATE %s", name);
        TRY(run(own, command, fault));
        free(entry->text);
        *entry = (struct cache_entry){0};
    }
    char *text = strdup(stmt->postgres_text);
    if (!text)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", stmt->name);
    enum err err = prepare(own, name, stmt, fault);
    if (err != ERR_OK) {
        free(text);
        return err;
    }
    *entry = (struct cache_entry){.stmt = stmt, .text = text};
    return ERR_OK;
}

/* Prepares the statement unless it is; name receives what to call it. */
static enum err take(struct pg_db *own, const struct stmt *stmt, char name[NAME_SIZE],
                     struct fault *fault)
{
    size_t hash = (size_t)(((uintptr_t)stmt >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 40);
    struct cache_entry *ways = &own->cache[hash % (DB_STATEMENTS_MAX / CACHE_WAYS) * CACHE_WAYS];
    struct cache_entry *entry = &ways[hash / DB_STATEMENTS_MAX % CACHE_WAYS];
    for (int i = CACHE_WAYS - 1; i >= 0; i--) {
        if (ways[i].stmt == stmt && strcmp(ways[i].text, stmt->postgres_text) == 0) {
            entry_name(own, &ways[i], name);
            return ERR_OK;
        }
        if (!ways[i].text)
            entry = &ways[i];
    }
    entry_name(own, entry, name);
    return fill_entry(own, entry, stmt, name, fault);
}

struct parameters { /* as libpq takes them */
    const char *values[STMT_SLOTS_MAX];
    int sizes[STMT_SLOTS_MAX];
    int formats[STMT_SLOTS_MAX];
    uint64_t wide[STMT_SLOTS_MAX];
    uint32_t narrow[STMT_SLOTS_MAX];
};

static void fill_parameter(struct parameters *p, int32_t i, const struct stmt_value *value)
{
    p->formats[i] = 1;
    p->values[i] = NULL;
    p->sizes[i] = 0;
    if (value->absent)
        return;
    switch (value->type) {
    case STMT_INT64:
        p->wide[i] = htobe64((uint64_t)value->number);
        p->values[i] = (const char *)&p->wide[i];
        p->sizes[i] = sizeof p->wide[i];
        return;
    case STMT_INT32:
        p->narrow[i] = htonl((uint32_t)value->number);
        p->values[i] = (const char *)&p->narrow[i];
        p->sizes[i] = sizeof p->narrow[i];
        return;
    case STMT_TEXT:
    case STMT_BLOB:
        p->values[i] = value->text.ptr ? value->text.ptr : "";
        p->sizes[i] = (int)value->text.size;
        return;
    }
}

static void fill_parameters(struct parameters *p, const struct stmt *stmt,
                            const struct stmt_value *in)
{
    for (int32_t i = 0; i < stmt->in_count; i++)
        fill_parameter(p, i, &in[i]);
}

/* ---- types of columns ---- */

static bool fits(Oid oid, enum stmt_type type)
{
    switch (type) {
    case STMT_INT64:
    case STMT_INT32:
        return oid == OID_INT8 || oid == OID_INT4 || oid == OID_INT2 || oid == OID_BOOL;
    case STMT_TEXT:
        return oid == OID_TEXT || oid == OID_VARCHAR;
    case STMT_BLOB:
        return oid == OID_BYTEA;
    }
    return false;
}

static enum err check_columns(const struct stmt *stmt, const PGresult *result, struct fault *fault)
{
    if (PQnfields(result) != stmt->out_count)
        return fault_set(fault, ERR_STORE, "%s gives %d columns and declares %d", stmt->name,
                         PQnfields(result), stmt->out_count);
    for (int32_t i = 0; i < stmt->out_count; i++) {
        if (!fits(PQftype(result, i), stmt->out[i].type))
            return fault_set(fault, ERR_STORE,
                             "%s: column %s has another type (%u) than declared; sums need "
                             "CAST(SUM(x) AS bigint)", stmt->name, stmt->out[i].name,
                             PQftype(result, i));
    }
    return ERR_OK;
}

static enum err pg_verify(struct db *db, const struct stmt *stmt, struct fault *fault)
{
    struct pg_db *own = pg_of(db);
    TRY(settle(own, fault));
    TRY(prepare(own, "", stmt, fault));
    PGresult *result = PQdescribePrepared(own->conn, "");
    enum err err = ERR_OK;
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        err = refused(own, result, stmt->name, fault);
    else if (PQnparams(result) != stmt->in_count)
        err = fault_set(fault, ERR_STORE, "%s has %d parameters and declares %d", stmt->name,
                        PQnparams(result), stmt->in_count);
    else
        err = check_columns(stmt, result, fault);
    PQclear(result);
    return err;
}

/* ---- running ---- */

static enum err pg_exec(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                        int64_t *ret_changed_count, struct fault *fault)
{
    struct pg_db *own = pg_of(db);
    char name[NAME_SIZE];
    struct parameters p;
    TRY(settle(own, fault));
    TRY(take(own, stmt, name, fault));
    fill_parameters(&p, stmt, in);
    PGresult *result =
        PQexecPrepared(own->conn, name, stmt->in_count, p.values, p.sizes, p.formats, 1);
    enum err err = ERR_OK;
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        err = fault_set(fault, ERR_STORE, "%s gives rows and is not declared so", stmt->name);
    else if (PQresultStatus(result) != PGRES_COMMAND_OK)
        err = refused(own, result, stmt->name, fault);
    else
        *ret_changed_count = strtoll(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return err;
}

/* Takes the answers to a run of statements up to its sync point; the first error counts, the
 * statements behind it were not run. */
static enum err take_answers(struct pg_db *own, const struct stmt *stmt, int32_t row_count,
                             int64_t *ret_changed_counts, struct fault *fault)
{
    enum err err = ERR_OK;
    int32_t answer_count = 0;
    bool at_sync = false;
    while (!at_sync && PQstatus(own->conn) == CONNECTION_OK) {
        PGresult *result = PQgetResult(own->conn);
        if (!result)
            continue; /* parts one statement's results from the next one's */
        ExecStatusType status = PQresultStatus(result);
        at_sync = status == PGRES_PIPELINE_SYNC;
        if (status == PGRES_COMMAND_OK && answer_count < row_count)
            ret_changed_counts[answer_count++] = strtoll(PQcmdTuples(result), NULL, 10);
        else if (!at_sync && err == ERR_OK)
            err = refused(own, result, stmt->name, fault);
        PQclear(result);
    }
    if (err == ERR_OK && answer_count < row_count)
        err = refused(own, NULL, stmt->name, fault);
    return err;
}

static enum err exec_run(struct pg_db *own, const struct stmt *stmt, const char *name,
                         const struct stmt_value *in, int32_t row_count,
                         int64_t *ret_changed_counts, struct fault *fault)
{
    struct parameters p;
    bool sent = PQenterPipelineMode(own->conn) == 1;
    for (int32_t i = 0; i < row_count && sent; i++) {
        fill_parameters(&p, stmt, in + (size_t)i * (size_t)stmt->in_count);
        sent = PQsendQueryPrepared(own->conn, name, stmt->in_count, p.values, p.sizes, p.formats,
                                   1) == 1;
    }
    sent = sent && PQpipelineSync(own->conn) == 1;
    if (!sent) {
        own->db.broken = true; /* what was sent cannot be taken back */
        return refused(own, NULL, stmt->name, fault);
    }
    enum err err = take_answers(own, stmt, row_count, ret_changed_counts, fault);
    if (PQexitPipelineMode(own->conn) != 1)
        own->db.broken = true;
    return err;
}

static enum err pg_exec_each(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                             int32_t row_count, int64_t *ret_changed_counts, struct fault *fault)
{
    struct pg_db *own = pg_of(db);
    char name[NAME_SIZE];
    TRY(settle(own, fault));
    TRY(take(own, stmt, name, fault));
    for (int32_t at = 0; at < row_count; at += PIPELINE_ROWS) {
        int32_t rest = row_count - at;
        TRY(exec_run(own, stmt, name, in + (size_t)at * (size_t)stmt->in_count,
                     rest < PIPELINE_ROWS ? rest : PIPELINE_ROWS, ret_changed_counts + at, fault));
    }
    return ERR_OK;
}

static enum err pg_rows_open(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                             struct db_rows **ret_rows, struct fault *fault)
{
    struct pg_db *own = pg_of(db);
    char name[NAME_SIZE];
    struct parameters p;
    TRY(settle(own, fault));
    TRY(take(own, stmt, name, fault));
    struct db_rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", stmt->name);
    fill_parameters(&p, stmt, in);
    if (!PQsendQueryPrepared(own->conn, name, stmt->in_count, p.values, p.sizes, p.formats, 1)) {
        free(rows);
        return refused(own, NULL, stmt->name, fault);
    }
    if (stmt->mode == STMT_MANY)
        PQsetSingleRowMode(own->conn);
    *rows = (struct db_rows){.next = db->open_rows, .owner = own, .stmt = stmt};
    db->open_rows = rows;
    own->streaming = rows;
    *ret_rows = rows;
    return ERR_OK;
}

static void pg_rows_close(struct db *db, struct db_rows *rows)
{
    struct pg_db *own = pg_of(db);
    struct db_rows **link = &db->open_rows;
    while (*link != rows) {
        check(*link);
        link = &(*link)->next;
    }
    *link = rows->next;
    if (own->streaming == rows) {
        drain(own);
        own->streaming = NULL;
    }
    PQclear(rows->page);
    while (rows->spool_taken_count < rows->spool_count)
        PQclear(rows->spool[rows->spool_taken_count++]);
    free(rows->spool);
    free(rows);
}

/* Next page into rows->page; NULL after the last. */
static enum err load_page(struct db_rows *rows, struct fault *fault)
{
    struct pg_db *own = rows->owner;
    PQclear(rows->page);
    rows->page = NULL;
    rows->row_index = 0;
    if (rows->spool_taken_count < rows->spool_count) {
        rows->page = rows->spool[rows->spool_taken_count++];
    } else if (own->streaming == rows) {
        rows->page = PQgetResult(own->conn);
        if (!rows->page)
            own->streaming = NULL;
    }
    if (!rows->page)
        return ERR_OK;
    if (!is_page(rows->page))
        return refused(own, rows->page, rows->stmt->name, fault);
    if (!rows->checked)
        TRY(check_columns(rows->stmt, rows->page, fault));
    rows->checked = true;
    return ERR_OK;
}

static int64_t number_of_bytes(const char *bytes, int size)
{
    uint64_t wide;
    uint32_t narrow;
    uint16_t small;
    switch (size) {
    case 8:
        memcpy(&wide, bytes, sizeof wide);
        return (int64_t)be64toh(wide);
    case 4:
        memcpy(&narrow, bytes, sizeof narrow);
        return (int32_t)ntohl(narrow);
    case 2:
        memcpy(&small, bytes, sizeof small);
        return (int16_t)ntohs(small);
    default:
        return bytes[0] != 0;
    }
}

static void read_column(const PGresult *page, int row, int column, const struct stmt_slot *slot,
                        struct stmt_value *out)
{
    *out = (struct stmt_value){.type = slot->type, .absent = PQgetisnull(page, row, column)};
    if (out->absent)
        return;
    const char *bytes = PQgetvalue(page, row, column);
    int size = PQgetlength(page, row, column);
    if (slot->type == STMT_INT64 || slot->type == STMT_INT32)
        out->number = number_of_bytes(bytes, size);
    else
        out->text = (struct str){bytes, (size_t)size};
}

static enum err pg_rows_next(struct db *db, struct db_rows *rows, struct stmt_value *out,
                             bool *ret_more, struct fault *fault)
{
    if (rows->page)
        rows->row_index++;
    while (!rows->page || rows->row_index >= PQntuples(rows->page)) {
        TRY(load_page(rows, fault));
        if (!rows->page) {
            *ret_more = false;
            return ERR_OK;
        }
    }
    for (int32_t i = 0; i < rows->stmt->out_count; i++)
        read_column(rows->page, rows->row_index, i, &rows->stmt->out[i], &out[i]);
    *ret_more = true;
    return ERR_OK;
}

const struct db_engine db_pg_engine = {
    .name = "postgresql",
    .open = pg_open,
    .close = pg_close,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .fold = pg_fold,
    .lock = pg_lock,
    .unlock = pg_unlock,
    .script = pg_script,
    .verify = pg_verify,
    .exec = pg_exec,
    .exec_each = pg_exec_each,
    .rows_open = pg_rows_open,
    .rows_next = pg_rows_next,
    .rows_close = pg_rows_close,
    .bulk_begin = pg_bulk_begin,
    .bulk_row = pg_bulk_row,
    .bulk_end = pg_bulk_end,
};
