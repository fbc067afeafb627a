#include "store_fixture.h"

#include "base/id.h"
#include "base/record.h"
#include "store/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <libpq-fe.h>

static struct id_source ids;
static char folder[128];        /* of the SQLite file */
static char database_name[64];  /* on the PostgreSQL server */
static int database_count;

static void must(enum err err, const struct fault *fault)
{
    if (err == ERR_OK)
        return;
    print_error("%s: %s\n", err_name(err), fault->message);
    _fail(__FILE__, __LINE__);
}

static void server_command(const char *command)
{
    PGconn *server = PQconnectdb(getenv("BAIGONG_TEST_PG"));
    if (PQstatus(server) != CONNECTION_OK)
        print_error("%s", PQerrorMessage(server));
    assert_int_equal(CONNECTION_OK, PQstatus(server));
    PGresult *result = PQexec(server, command);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        print_error("%s: %s", command, PQerrorMessage(server));
    assert_int_equal(PGRES_COMMAND_OK, PQresultStatus(result));
    PQclear(result);
    PQfinish(server);
}

/* postgresql://user@host/OTHER?rest → the same with the name of our database. */
static void url_with_database(const char *server_url, char *url, size_t url_size)
{
    struct str rest = str_from(server_url);
    struct str parameters = {"", 0};
    size_t question = str_find(rest, STR("?"));
    if (question != SIZE_MAX) {
        parameters = str_sub(rest, question, rest.size);
        rest.size = question;
    }
    size_t authority = str_find(rest, STR("://")) + 3;
    size_t slash = str_find(str_sub(rest, authority, rest.size), STR("/"));
    if (slash != SIZE_MAX)
        rest.size = authority + slash;
    snprintf(url, url_size, "%.*s/%s%.*s", STR_ARG(rest), database_name, STR_ARG(parameters));
}

static void make_location(struct store_fixture *t, const char *engine)
{
    char command[128];
    if (strcmp(engine, "sqlite") == 0) {
        snprintf(folder, sizeof folder, "/tmp/baigong_test_XXXXXX");
        assert_non_null(mkdtemp(folder));
        snprintf(t->location, sizeof t->location, "%s/city.db", folder);
        return;
    }
    snprintf(database_name, sizeof database_name, "test_%d_%d", (int)getpid(), ++database_count);
    snprintf(command, sizeof command, "CREATE DATABASE %s", database_name);
    server_command(command);
    url_with_database(getenv("BAIGONG_TEST_PG"), t->location, sizeof t->location);
}

static void remove_location(struct store_fixture *t)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal", "-loading"};
    char text[700];
    if (db_engine_of(t->location) != &db_sqlite_engine) {
        snprintf(text, sizeof text, "DROP DATABASE %s WITH (FORCE)", database_name);
        server_command(text);
        return;
    }
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        snprintf(text, sizeof text, "%s%s", t->location, suffixes[i]);
        unlink(text);
    }
    rmdir(folder);
}

void store_fixture_init(struct store_fixture *t, const char *engine, enum fixture_schema schema)
{
    *t = (struct store_fixture){0};
    make_location(t, engine);
    id_source_init_fixed(&ids, 1, FIXTURE_NOW_MS);
    t->env = (struct work_env){
        .ids = &ids,
        .actor = {.name = STR("test")},
        .fixed_today_day = FIXTURE_TODAY_DAY,
        .fixed_now_ms = FIXTURE_NOW_MS,
    };
    must(store_open(t->location, NULL, &t->env.store, &t->fault), &t->fault);
    if (schema == FIXTURE_SCHEMA_ALL)
        must(migrate_run(&t->env, NULL, &t->fault), &t->fault);
}

void store_fixture_done(struct store_fixture *t)
{
    store_close(t->env.store);
    remove_location(t);
}

void store_fixture_reopen(struct store_fixture *t, const struct store_options *options)
{
    store_close(t->env.store);
    t->env.store = NULL;
    must(store_open(t->location, options, &t->env.store, &t->fault), &t->fault);
}

void store_fixture_each(void (*body)(struct store_fixture *t), enum fixture_schema schema)
{
    struct store_fixture t;
    store_fixture_init(&t, "sqlite", schema);
    body(&t);
    store_fixture_done(&t);
    if (!getenv("BAIGONG_TEST_PG"))
        return;
    store_fixture_init(&t, "postgresql", schema);
    body(&t);
    store_fixture_done(&t);
}

static enum err run_script(struct work *w, void *context)
{
    return db_script(w->db, context, &w->fault);
}

void store_fixture_script(struct store_fixture *t, const char *sql)
{
    char *copy = strdup(sql);
    must(work_run(&t->env, WORK_WRITE, run_script, copy, &t->fault), &t->fault);
    free(copy);
}

struct number_query {
    const char *sql;
    int64_t number;
};

static enum err read_number(struct work *w, void *context)
{
    struct number_query *query = context;
    const struct stmt_slot out = {.name = "number", .type = STMT_INT64};
    const struct stmt stmt = {.name = "fixture_number", .sqlite_text = query->sql,
                              .postgres_text = query->sql, .mode = STMT_ONE, .out = &out,
                              .out_count = 1};
    struct stmt_value value;
    TRY(stmt_one(w, &stmt, NULL, &value));
    query->number = value.number;
    return ERR_OK;
}

int64_t store_fixture_number(struct store_fixture *t, const char *sql)
{
    struct number_query query = {.sql = sql};
    must(work_run(&t->env, WORK_READ, read_number, &query, &t->fault), &t->fault);
    return query.number;
}
