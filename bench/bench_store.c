/* Rows and units of work a second through the store, as rooms use it.
 *
 * usage: bench_store [ROWS [postgresql://...]]    SQLite in a temporary folder; PostgreSQL too when
 *                                                 the URL of an empty database is given */
#include "bench.h"

#include "base/id.h"
#include "base/record.h"
#include "store/event.h"
#include "store/load.h"
#include "store/migrate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { UNIT_ROW_COUNT = 50000, FACTS_PER_PERSON = 5, READ_COUNT = 100000, COMMIT_COUNT = 2000 };

static const char bench_step[] =
    "CREATE TABLE soul (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, born_day INT NOT NULL,"
    " secret BLOB NOT NULL, secret_index BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX soul_secret ON soul (secret_index);"
    "CREATE INDEX soul_born ON soul (born_day);"
    "CREATE TABLE deed (soul_id INTEGER NOT NULL REFERENCES soul (id), id INTEGER NOT NULL,"
    " kind INT NOT NULL, from_day INT NOT NULL, to_day INT, amount_fen INTEGER NOT NULL,"
    " known_ms INTEGER NOT NULL, source TEXT NOT NULL, PRIMARY KEY (soul_id, id))"
    " STRICT, WITHOUT ROWID;";

static const struct stmt_slot soul_slots[] = {
    {"id", STMT_INT64, false, 0},    {"name", STMT_TEXT, false, 0},
    {"born_day", STMT_INT32, false, 0}, {"secret", STMT_BLOB, false, 0},
    {"secret_index", STMT_BLOB, false, 0},
};

static const struct stmt soul_insert = {
    .name = "soul_insert",
    .sqlite_text = "INSERT INTO soul VALUES (?1, ?2, ?3, ?4, ?5)",
    .copy_text = "COPY soul FROM STDIN (FORMAT binary)",
    .mode = STMT_BULK,
    .in = soul_slots,
    .in_count = 5,
};

static const struct stmt soul_get = {
    .name = "soul_get",
    .sqlite_text = "SELECT id, name, born_day, secret, secret_index FROM soul WHERE id = ?1",
    .postgres_text = "SELECT id, name, born_day, secret, secret_index FROM soul WHERE id = $1",
    .mode = STMT_ONE,
    .in = soul_slots,
    .in_count = 1,
    .out = soul_slots,
    .out_count = 5,
};

static const struct stmt_slot deed_slots[] = {
    {"soul_id", STMT_INT64, false, 0},    {"id", STMT_INT64, false, 0},
    {"kind", STMT_INT32, false, 0},       {"from_day", STMT_INT32, false, 0},
    {"to_day", STMT_INT32, true, 0},      {"amount_fen", STMT_INT64, false, 0},
    {"known_ms", STMT_INT64, false, 0},   {"source", STMT_TEXT, false, 0},
};

static const struct stmt deed_insert = {
    .name = "deed_insert",
    .sqlite_text = "INSERT INTO deed VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    .copy_text = "COPY deed FROM STDIN (FORMAT binary)",
    .mode = STMT_BULK,
    .in = deed_slots,
    .in_count = 8,
};

static const struct stmt deed_list = {
    .name = "deed_list",
    .sqlite_text = "SELECT soul_id, id, kind, from_day, to_day, amount_fen, known_ms, source "
                   "FROM deed ORDER BY soul_id, id",
    .postgres_text = "SELECT soul_id, id, kind, from_day, to_day, amount_fen, known_ms, source "
                     "FROM deed ORDER BY soul_id, id",
    .mode = STMT_MANY,
    .out = deed_slots,
    .out_count = 8,
};

struct progress {
    int64_t next_soul;
    int64_t soul_count;
    int64_t row_count; /* of a list */
};

static struct stmt_value number(enum stmt_type type, int64_t value)
{
    return (struct stmt_value){.type = type, .number = value};
}

static struct stmt_value bytes(enum stmt_type type, struct str value)
{
    return (struct stmt_value){.type = type, .text = value};
}

static enum err put_soul(struct bulk *souls, struct bulk *deeds, int64_t id)
{
    uint64_t secret[8];
    for (int i = 0; i < 8; i++)
        secret[i] = (uint64_t)(id + i) * UINT64_C(0x9E3779B97F4A7C15) ^ (uint64_t)id << 40;
    struct str sealed = {(const char *)secret, 46};
    struct stmt_value soul[] = {
        number(STMT_INT64, id), bytes(STMT_TEXT, STR("欧阳建国")),
        number(STMT_INT32, (int32_t)(id % 20000)), bytes(STMT_BLOB, sealed),
        bytes(STMT_BLOB, str_sub(sealed, 0, 32)),
    };
    TRY(stmt_bulk_row(souls, soul));
    for (int i = 0; i < FACTS_PER_PERSON; i++) {
        struct stmt_value deed[] = {
            number(STMT_INT64, id), number(STMT_INT64, id * 8 + i), number(STMT_INT32, i),
            number(STMT_INT32, 19000 + i), {.type = STMT_INT32, .absent = true},
            number(STMT_INT64, 150000), number(STMT_INT64, INT64_C(1772416800000)),
            bytes(STMT_TEXT, STR("demo")),
        };
        TRY(stmt_bulk_row(deeds, deed));
    }
    return ERR_OK;
}

static enum err fill_unit(struct work *w, void *context)
{
    struct progress *progress = context;
    struct bulk *souls, *deeds;
    TRY(stmt_bulk_begin(w, &soul_insert, &souls));
    TRY(stmt_bulk_begin(w, &deed_insert, &deeds));
    int64_t end = progress->next_soul + UNIT_ROW_COUNT / (FACTS_PER_PERSON + 1);
    for (int64_t id = progress->next_soul; id < end; id++)
        TRY(put_soul(souls, deeds, id));
    TRY(stmt_bulk_end(souls, NULL));
    TRY(stmt_bulk_end(deeds, NULL));
    return ERR_OK;
}

static enum err fill(struct work_env *env, struct progress *progress, struct fault *fault)
{
    while (progress->next_soul < progress->soul_count) {
        TRY(work_run(env, WORK_WRITE, fill_unit, progress, fault));
        progress->next_soul += UNIT_ROW_COUNT / (FACTS_PER_PERSON + 1);
    }
    return ERR_OK;
}

static enum err list_deeds(struct work *w, void *context)
{
    struct progress *progress = context;
    struct cursor cursor;
    struct stmt_value row[8];
    bool more;
    TRY(stmt_open(w, &deed_list, NULL, &cursor));
    for (progress->row_count = 0;; progress->row_count++) {
        TRY(cursor_next(&cursor, row, &more));
        if (!more)
            return ERR_OK;
    }
}

static enum err get_souls(struct work *w, void *context)
{
    struct progress *progress = context;
    for (int64_t i = 0; i < READ_COUNT; i++) {
        struct stmt_value id = number(STMT_INT64, i * 7919 % progress->next_soul), row[5];
        struct arena_mark mark = arena_mark(w->arena);
        TRY(stmt_one(w, &soul_get, &id, row));
        arena_rewind(w->arena, mark);
    }
    return ERR_OK;
}

static enum err append_event(struct work *w, void *context)
{
    return event_append(w, &(struct event){.kind = STR("bench.commit")});
}

static void say(const char *what, int64_t count, int64_t start_ns)
{
    double seconds = (double)(clock_monotonic_ns() - start_ns) / 1e9;
    printf("  %-34s %10" PRId64 " in %7.2f s  %10.0f /s\n", what, count, seconds,
           (double)count / seconds);
}

static enum err measure(struct work_env *env, int64_t row_count, bool loading, struct fault *fault)
{
    struct progress progress = {.soul_count = row_count / (FACTS_PER_PERSON + 1)};
    const struct schema_step steps[] = {schema_steps[0], {2, "0002_bench_tables", bench_step}};
    TRY(migrate_run_steps(env, steps, 2, NULL, fault));
    int64_t start_ns = clock_monotonic_ns();
    if (loading)
        TRY(load_begin(env, fault));
    TRY(fill(env, &progress, fault));
    if (loading)
        TRY(load_end(env, fault));
    int64_t written_count = progress.next_soul * (FACTS_PER_PERSON + 1);
    say(loading ? "rows, fresh database" : "rows, durable", written_count, start_ns);

    start_ns = clock_monotonic_ns();
    TRY(work_run(env, WORK_READ, list_deeds, &progress, fault));
    say("rows listed", progress.row_count, start_ns);
    start_ns = clock_monotonic_ns();
    TRY(work_run(env, WORK_READ, get_souls, &progress, fault));
    say("rows by key", READ_COUNT, start_ns);
    start_ns = clock_monotonic_ns();
    for (int i = 0; i < COMMIT_COUNT; i++)
        TRY(work_run(env, WORK_WRITE, append_event, NULL, fault));
    say("durable units of work, one writer", COMMIT_COUNT, start_ns);
    return ERR_OK;
}

static int run(const char *location, int64_t row_count, bool loading)
{
    struct id_source ids;
    id_source_init(&ids, 1);
    struct work_env env = {
        .ids = &ids,
        .actor = {.name = STR("bench")},
        .fixed_today_day = ABSENT_I32,
        .fixed_now_ms = ABSENT_I64,
    };
    struct fault fault = {0};
    enum err err = store_open(location, NULL, &env.store, &fault);
    if (err == ERR_OK) {
        printf("%s\n", store_engine_name(env.store));
        err = measure(&env, row_count, loading, &fault);
        store_close(env.store);
    }
    if (err != ERR_OK)
        fprintf(stderr, "%s\n", fault.message);
    return err == ERR_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    int64_t row_count = 1000000;
    if (argc > 1 && !str_to_i64(str_from(argv[1]), &row_count))
        return 2;
    int status = 0;
    for (int loading = 0; loading < 2 && status == 0; loading++) {
        char folder[] = "/tmp/bench_store_XXXXXX", path[64];
        if (!mkdtemp(folder))
            return 1;
        snprintf(path, sizeof path, "%s/city.db", folder);
        status = run(path, row_count, loading == 1);
        unlink(path);
        rmdir(folder);
    }
    if (argc > 2 && status == 0)
        status = run(argv[2], row_count, true);
    return status;
}
