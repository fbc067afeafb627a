/* What it takes to have the city as columns: from the store, from the mapped file, and brought up
 * to date, next to a plain SELECT of the same columns with nothing done to the values. Times are
 * those of the processor (all threads) and of the clock: on a busy machine the former compare. */
#include "base/clock.h"
#include "base/id.h"
#include "base/secret.h"
#include "domain/city/city.h"
#include "domain/occupation/catalogues.h"
#include "domain/registry/fact.h"
#include "domain/registry/registry_facts.h"
#include "domain/registry/snapshot.h"
#include "process.h"
#include "store/migrate.h"
#include "store/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { THREADS = 2, PATH_SIZE = 256, ARENA_SIZE_MAX = 256 << 20, TODAY_DAY = 19722 };

struct bench {
    int64_t people, seed;
    struct arena arena;
    struct catalogues *catalogues;
    struct vocab vocab;
    struct work_env env;
    struct id_source ids;
    char folder[PATH_SIZE], database[PATH_SIZE + 16], columns[PATH_SIZE + 32];
    struct snapshot_use use;
    struct snapshot_report last;
    double plain_cpu_s;
    struct fault fault;
};

struct cost {
    double cpu_s, wall_s;
};

static struct cost cost_now(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (struct cost){
        .cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
        .wall_s = (double)clock_monotonic_ns() / 1e9,
    };
}

/* One row: the best of a few runs, since other processes only ever add. */
static enum err tell(struct bench *bench, const char *what, int32_t run_count,
                     enum err (*step)(struct bench *bench))
{
    struct cost least = {1e9, 1e9};
    process_peak_reset();
    for (int32_t i = 0; i < run_count; i++) {
        struct cost start = cost_now();
        TRY(step(bench));
        struct cost end = cost_now();
        double cpu_s = end.cpu_s - start.cpu_s, wall_s = end.wall_s - start.wall_s;
        least.cpu_s = cpu_s < least.cpu_s ? cpu_s : least.cpu_s;
        least.wall_s = wall_s < least.wall_s ? wall_s : least.wall_s;
    }
    if (bench->plain_cpu_s == 0)
        bench->plain_cpu_s = least.cpu_s;
    printf("%-46s %8.3f %8.3f %8.2f %8.0f\n", what, least.cpu_s, least.wall_s,
           least.cpu_s / bench->plain_cpu_s, (double)process_peak_size() / 1e6);
    fflush(stdout);
    return ERR_OK;
}

/* ---- steps ---- */

/* The statements that loading runs, through SQLite alone. */
static enum err select_plainly(struct bench *bench)
{
    sqlite3 *handle;
    int64_t sum = 0;
    if (sqlite3_open_v2(bench->database, &handle, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        return fault_set(&bench->fault, ERR_STORE, "%s", sqlite3_errmsg(handle));
    sqlite3_exec(handle, "PRAGMA mmap_size = 1073741824", NULL, NULL, NULL);
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        sqlite3_stmt *prepared;
        const char *text = fact_statements[table].facts_at->sqlite_text;
        if (sqlite3_prepare_v2(handle, text, -1, &prepared, NULL) != SQLITE_OK)
            return fault_set(&bench->fault, ERR_STORE, "%s", sqlite3_errmsg(handle));
        sqlite3_bind_int64(prepared, 1, INT64_MAX - 1);
        int column_count = sqlite3_column_count(prepared);
        while (sqlite3_step(prepared) == SQLITE_ROW)
            for (int i = 0; i < column_count; i++)
                sum += sqlite3_column_int64(prepared, i);
        sqlite3_finalize(prepared);
    }
    sqlite3_close(handle);
    return sum != 0 ? ERR_OK : fault_set(&bench->fault, ERR_STORE, "the city is empty");
}

static enum err load(struct bench *bench, int32_t thread_count)
{
    struct world *world;
    TRY(registry_load_world_store(&bench->env, &bench->vocab, clock_now_ms(), thread_count,
                                  &world, &bench->fault));
    world_free(world);
    return ERR_OK;
}

static enum err load_alone(struct bench *bench)
{
    return load(bench, 1);
}

static enum err load_together(struct bench *bench)
{
    return load(bench, THREADS);
}

static enum err take(struct bench *bench)
{
    struct world *world;
    TRY(snapshot_world(&bench->env, &bench->vocab, clock_now_ms(), THREADS, &world,
                       &bench->fault));
    world_free(world);
    return ERR_OK;
}

static enum err load_and_write(struct bench *bench)
{
    unlink(bench->columns);
    return take(bench);
}

static void remember(void *context, const struct snapshot_report *report)
{
    ((struct bench *)context)->last = *report;
}

/* ---- changes ---- */

struct change {
    const struct world *world;
    int32_t every;
};

static enum err change_people(struct work *w, void *context)
{
    const struct change *change = context;
    const struct table_columns *people = &change->world->tables[REGISTRY_person];
    for (int32_t row = 0; row < people->row_count; row += change->every) {
        struct professional_title title;
        struct fact fact = {.table = REGISTRY_professional_title, .record = &title,
                            .given = FACT_GIVEN_ALL};
        enum fact_outcome outcome;
        registry_clear(&registry_records[REGISTRY_professional_title], &title);
        title.head.owner_id = people->row_ids[row];
        title.level = title_level_junior_title;
        title.granted_day = TODAY_DAY - change->every % 1000;
        struct arena_mark mark = arena_mark(w->arena);
        TRY(fact_put(w, &fact, &outcome));
        arena_rewind(w->arena, mark);
    }
    return ERR_OK;
}

/* The changes are told once and brought in anew in every run: the file is not written back. */
static enum err tell_changes(struct bench *bench, int32_t count)
{
    char what[64];
    struct world *world;
    TRY(snapshot_world(&bench->env, &bench->vocab, clock_now_ms(), THREADS, &world,
                       &bench->fault));
    struct change change = {world, world->tables[REGISTRY_person].row_count / count};
    enum err err = work_run(&bench->env, WORK_WRITE, change_people, &change, &bench->fault);
    world_free(world);
    TRY(err);
    snprintf(what, sizeof what, "mapped, %d people read anew", count);
    return tell(bench, what, 3, take);
}

static enum err run_rows(struct bench *bench)
{
    struct stat info;
    printf("%-46s %8s %8s %8s %8s\n", "", "cpu s", "wall s", "ratio", "peak MB");
    TRY(tell(bench, "plain SELECT of the same columns", 3, select_plainly));
    TRY(tell(bench, "columns from the store, one thread", 2, load_alone));
    TRY(tell(bench, "columns from the store, two threads", 2, load_together));
    TRY(tell(bench, "the same, written to the file and mapped", 2, load_and_write));
    TRY(tell(bench, "mapped, nothing changed", 5, take));
    TRY(tell_changes(bench, 1));
    TRY(tell_changes(bench, 500));
    if (stat(bench->columns, &info) == 0)
        printf("file %.1f MB, %.1f bytes a person\n", (double)info.st_size / 1e6,
               (double)info.st_size / (double)bench->people);
    return ERR_OK;
}

static enum err fill_and_run(struct bench *bench)
{
    const struct city_plan *plan;
    struct city_request request = {
        .folder = "catalogue", .city = "jining", .vocab = &bench->vocab,
        .catalogues = bench->catalogues, .people = bench->people,
        .seed = (uint64_t)bench->seed, .today_day = TODAY_DAY,
    };
    TRY(city_plan_read(&request, &bench->arena, &bench->fault, &plan));
    TRY(migrate_run(&bench->env, NULL, &bench->fault));
    TRY(city_fill(&bench->env, plan, (struct city_progress){0}, &bench->fault));
    sleep(3); /* longer than the margin in which events are read again */
    bench->env.snapshot = &bench->use;
    return run_rows(bench);
}

static enum err run(struct bench *bench)
{
    char key_path[PATH_SIZE + 16];
    struct secrets *secrets;
    TRY(catalogues_load("catalogue", CATALOGUES_USUAL, &bench->catalogues, &bench->fault));
    registry_vocab(NULL, 0, NULL, 0, &bench->vocab);
    catalogues_into_vocab(bench->catalogues, &bench->vocab);
    snprintf(key_path, sizeof key_path, "%s/key", bench->folder);
    snprintf(bench->database, sizeof bench->database, "%s/city.db", bench->folder);
    snprintf(bench->columns, sizeof bench->columns, "%s.columns", bench->database);
    bench->use = (struct snapshot_use){bench->columns, remember, bench};
    id_source_init(&bench->ids, 1);
    TRY(secrets_load_or_create(key_path, &secrets, &bench->fault));
    bench->env = (struct work_env){
        .secrets = secrets, .ids = &bench->ids, .actor = {.name = STR("bench")},
        .fixed_today_day = ABSENT_I32, .fixed_now_ms = ABSENT_I64,
    };
    enum err err = store_open(bench->database, NULL, &bench->env.store, &bench->fault);
    if (err == ERR_OK)
        err = fill_and_run(bench);
    store_close(bench->env.store);
    secrets_free(secrets);
    return err;
}

int main(int argc, char **argv)
{
    static struct bench bench = {.people = 100000, .seed = 1};
    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        bool fine = (strcmp(argv[i], "--people") == 0 &&
                     str_to_i64(str_from(value), &bench.people)) ||
                    (strcmp(argv[i], "--seed") == 0 && str_to_i64(str_from(value), &bench.seed));
        if (!fine) {
            fputs("usage: bench_snapshot [--people N] [--seed S]\n", stderr);
            return 2;
        }
    }
    char folder[] = "/tmp/bench_snapshot_XXXXXX";
    if (!mkdtemp(folder))
        return 1;
    snprintf(bench.folder, sizeof bench.folder, "%s", folder);
    arena_init(&bench.arena, ARENA_SIZE_MAX);
    printf("%" PRId64 " people of a made city, SQLite\n", bench.people);
    enum err err = run(&bench);
    if (err != ERR_OK)
        fprintf(stderr, "bench_snapshot: %s\n", bench.fault.message);
    catalogues_free(bench.catalogues);
    arena_done(&bench.arena);
    char path[PATH_SIZE + 32];
    static const char *const names[] = {"key", "city.db", "city.db.columns", "city.db.columns.lock",
                                        "city.db-wal", "city.db-shm"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    return err == ERR_OK ? 0 : 1;
}
