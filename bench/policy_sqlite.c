#include "policy_sql.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

static enum err refused(sqlite3 *db, struct fault *fault)
{
    return fault_set(fault, ERR_STORE, "SQLite: %s", sqlite3_errmsg(db));
}

static enum err execute(sqlite3 *db, const char *sql, struct fault *fault)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? ERR_OK : refused(db, fault);
}

static enum err run(struct sql_session *session, const char *sql, int64_t *ret_values,
                    int32_t value_capacity, int32_t *ret_value_count, struct fault *fault)
{
    sqlite3 *db = session->handle;
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        return refused(db, fault);
    int32_t count = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        for (int c = 0; c < sqlite3_column_count(statement) && count < value_capacity; c++)
            ret_values[count++] = sqlite3_column_int64(statement, c);
    sqlite3_finalize(statement);
    *ret_value_count = count;
    return code == SQLITE_DONE ? ERR_OK : refused(db, fault);
}

static enum err fill(sqlite3 *db, const struct sql_table *table, struct fault *fault)
{
    char sql[256];
    int size = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?", table->name);
    for (int32_t c = 1; c < table->column_count; c++)
        size += snprintf(sql + size, sizeof sql - (size_t)size, ", ?");
    snprintf(sql + size, sizeof sql - (size_t)size, ")");
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        return refused(db, fault);
    bool done = true;
    for (int32_t row = 0; row < table->rows->row_count && done; row++) {
        for (int32_t c = 0; c < table->column_count; c++)
            sqlite3_bind_int64(statement, c + 1, sql_cell(table, c, row));
        done = sqlite3_step(statement) == SQLITE_DONE;
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return done ? ERR_OK : refused(db, fault);
}

static enum err load(struct arena *arena, sqlite3 *db, const struct sql_request *request,
                     struct fault *fault)
{
    struct sql_table tables[SQL_TABLES];
    sql_tables(request->world, tables);
    /* Nothing need survive; the whole database fits into the cache. */
    TRY(execute(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; "
                    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -1000000; "
                    "PRAGMA mmap_size = 8000000000; BEGIN", fault));
    TRY(execute(db, sql_document_tables(arena, request->tariff), fault));
    for (int32_t t = 0; t < SQL_TABLES; t++) {
        char suffix[96];
        snprintf(suffix, sizeof suffix, ", PRIMARY KEY (%s)) WITHOUT ROWID", tables[t].key);
        TRY(execute(db, sql_create(arena, &tables[t], suffix), fault));
        TRY(fill(db, &tables[t], fault));
    }
    return execute(db, "COMMIT; ANALYZE", fault);
}

enum err sql_run_sqlite(struct arena *arena, const struct sql_request *request,
                        struct sql_result *result, struct fault *fault)
{
    char path[512];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/town.db", request->folder);
    if (sqlite3_open(path, &db) != SQLITE_OK)
        return refused(db, fault);
    struct sql_session session = {db, run};
    int64_t start_ns = clock_monotonic_ns();
    enum err err = load(arena, db, request, fault);
    result->load_s = (double)(clock_monotonic_ns() - start_ns) / 1e9;
    if (err == ERR_OK)
        err = sql_time(arena, &session, request, result, fault);
    sqlite3_close(db);
    unlink(path);
    return err;
}
