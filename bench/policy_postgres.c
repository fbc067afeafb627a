#include "policy_sql.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

static enum err refused(PGconn *connection, struct fault *fault)
{
    return fault_set(fault, ERR_STORE, "PostgreSQL: %s", PQerrorMessage(connection));
}

static enum err run(struct sql_session *session, const char *sql, int64_t *ret_values,
                    int32_t value_capacity, int32_t *ret_value_count, struct fault *fault)
{
    PGresult *answer = PQexec(session->handle, sql);
    ExecStatusType status = PQresultStatus(answer);
    int32_t count = 0;
    for (int row = 0; row < PQntuples(answer); row++)
        for (int c = 0; c < PQnfields(answer) && count < value_capacity; c++)
            ret_values[count++] = strtoll(PQgetvalue(answer, row, c), NULL, 10);
    PQclear(answer);
    *ret_value_count = count;
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
               ? ERR_OK
               : refused(session->handle, fault);
}

static enum err execute(struct sql_session *session, const char *sql, struct fault *fault)
{
    int32_t count;
    return run(session, sql, NULL, 0, &count, fault);
}

static bool put_row(PGconn *connection, const struct sql_table *table, int32_t row)
{
    char line[256];
    int size = 0;
    for (int32_t c = 0; c < table->column_count; c++)
        size += snprintf(line + size, sizeof line - (size_t)size, "%" PRId64 "%c",
                         sql_cell(table, c, row), c + 1 < table->column_count ? '\t' : '\n');
    return PQputCopyData(connection, line, size) == 1;
}

static enum err fill(struct sql_session *session, const struct sql_table *table,
                     struct fault *fault)
{
    char sql[96];
    snprintf(sql, sizeof sql, "COPY %s FROM STDIN", table->name);
    PGresult *answer = PQexec(session->handle, sql);
    bool done = PQresultStatus(answer) == PGRES_COPY_IN;
    PQclear(answer);
    for (int32_t row = 0; row < table->rows->row_count && done; row++)
        done = put_row(session->handle, table, row);
    done = done && PQputCopyEnd(session->handle, NULL) == 1;
    answer = PQgetResult(session->handle);
    done = done && PQresultStatus(answer) == PGRES_COMMAND_OK;
    PQclear(answer);
    return done ? ERR_OK : refused(session->handle, fault);
}

static enum err load(struct arena *arena, struct sql_session *session,
                     const struct sql_request *request, struct fault *fault)
{
    struct sql_table tables[SQL_TABLES];
    char sql[256];
    sql_tables(request->world, tables);
    TRY(execute(session, "SET client_min_messages = error; SET work_mem = '512MB'; "
                         "SET hash_mem_multiplier = 2; SET effective_cache_size = '8GB'; "
                         "SET maintenance_work_mem = '512MB'; SET jit = off; "
                         "SET max_parallel_maintenance_workers = 0", fault));
    snprintf(sql, sizeof sql, "SET max_parallel_workers_per_gather = %d",
             request->thread_count - 1);
    TRY(execute(session, sql, fault));
    TRY(execute(session, "DROP SCHEMA IF EXISTS bench_policy CASCADE; CREATE SCHEMA bench_policy; "
                         "SET search_path = bench_policy", fault));
    TRY(execute(session, sql_document_tables(arena, request->tariff), fault));
    for (int32_t t = 0; t < SQL_TABLES; t++) {
        TRY(execute(session, sql_create(arena, &tables[t], ")"), fault));
        TRY(fill(session, &tables[t], fault));
        snprintf(sql, sizeof sql, "ALTER TABLE %s ADD PRIMARY KEY (%s)", tables[t].name,
                 tables[t].key);
        TRY(execute(session, sql, fault));
    }
    return execute(session, "VACUUM ANALYZE person, cert, train, award, paid", fault);
}

enum err sql_run_postgres(struct arena *arena, const struct sql_request *request,
                          struct sql_result *result, struct fault *fault)
{
    if (!request->url)
        return fault_set(fault, ERR_NOT_FOUND, "no PostgreSQL was given (--pg URL)");
    PGconn *connection = PQconnectdb(request->url);
    struct sql_session session = {connection, run};
    int64_t start_ns = clock_monotonic_ns();
    enum err err = PQstatus(connection) == CONNECTION_OK
                       ? load(arena, &session, request, fault)
                       : refused(connection, fault);
    result->load_s = (double)(clock_monotonic_ns() - start_ns) / 1e9;
    if (err == ERR_OK)
        err = sql_time(arena, &session, request, result, fault);
    if (err == ERR_OK)
        err = execute(&session, "DROP SCHEMA bench_policy CASCADE", fault);
    PQfinish(connection);
    return err;
}
