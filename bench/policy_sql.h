/* policy_sql.h — the workload as SQL (policy_rules.sql) on SQLite, PostgreSQL and DuckDB.
 *
 * The town's columns are loaded into tables, the tables are analysed, and the statement that makes
 * eight amounts a person and the two that add them up are timed. Loading, analysing and the
 * checksum are outside the timing, as for everyone.
 *
 * Memory   nothing kept; files in the folder given
 * Errors   ERR_NOT_FOUND: the engine is not on this machine (the message says what is missing);
 *          ERR_STORE: it refused a statement; ERR_IO
 * Units    *_ns in nanoseconds, *_s in seconds
 */
#ifndef BAIGONG_BENCH_POLICY_SQL_H
#define BAIGONG_BENCH_POLICY_SQL_H

#include "base/arena.h"
#include "bench.h"
#include "policy_tariff.h"

enum sql_engine { SQL_DUCKDB, SQL_POSTGRES, SQL_SQLITE, SQL_ENGINE_COUNT };

/* Eight amounts for each person, or only for those who get something. */
enum sql_form { SQL_EVERYONE, SQL_GRANTED, SQL_FORM_COUNT };

extern const char *const sql_engine_names[SQL_ENGINE_COUNT];

struct sql_request {
    enum sql_engine engine;
    enum sql_form form;
    const struct world *world;
    const struct tariff *tariff;
    const char *folder; /* for its files: empty, ours */
    const char *url;    /* SQL_POSTGRES */
    int32_t thread_count, run_count;
};

struct sql_result {
    double load_s;
    struct bench_times times;
    struct outcome outcome;
};

enum err sql_run(struct arena *arena, const struct sql_request *request,
                 struct sql_result *ret_result, struct fault *fault);

/* ---- for policy_sql_*.c ---- */

/* A block of policy_rules.sql with the document's numbers in the place of :names. */
enum err sql_block(struct arena *arena, const struct tariff *tariff, const char *name,
                   const char **ret_sql, struct fault *fault);

/* The statement that makes the amounts. */
enum err sql_make(struct arena *arena, const struct sql_request *request, const char **ret_sql,
                  struct fault *fault);

struct sql_column {
    const char *name;
    const struct column *column; /* NULL: the row's own number, or its owner's */
};
struct sql_table {
    const char *name;
    const char *key; /* columns of the primary key */
    struct sql_column columns[10];
    int32_t column_count;
    const struct table_columns *rows;
    bool is_person;
};
enum { SQL_TABLES = TOWN_TABLE_COUNT };

/* The tables of the town: persons by id, children by person_id and number. */
void sql_tables(const struct world *world, struct sql_table *ret_tables);
/* Value of a cell; number counts the children of a person. */
int64_t sql_cell(const struct sql_table *table, int32_t column, int32_t row);

/* CREATE TABLE for a table, and one text that makes and fills the tables of the document. */
const char *sql_create(struct arena *arena, const struct sql_table *table, const char *suffix);
const char *sql_document_tables(struct arena *arena, const struct tariff *tariff);

/* A database through which statements run; rows of integers come back. */
struct sql_session {
    void *handle;
    enum err (*run)(struct sql_session *session, const char *sql, int64_t *ret_values,
                    int32_t value_capacity, int32_t *ret_value_count, struct fault *fault);
};
enum err sql_time(struct arena *arena, struct sql_session *session,
                  const struct sql_request *request, struct sql_result *result,
                  struct fault *fault);

enum err sql_run_sqlite(struct arena *arena, const struct sql_request *request,
                        struct sql_result *result, struct fault *fault);
enum err sql_run_postgres(struct arena *arena, const struct sql_request *request,
                          struct sql_result *result, struct fault *fault);
enum err sql_run_duckdb(struct arena *arena, const struct sql_request *request,
                        struct sql_result *result, struct fault *fault);

/* What the two statements of totals came to. */
void sql_read_rules(const int64_t *values, struct outcome *outcome);
void sql_read_regions(const int64_t *values, int32_t value_count, struct outcome *outcome);

#endif
