/* The sweep of policy/jining/2022-skilled-jining.md over a made city: the engine next to the same
 * rules as a C loop over the same columns, as SQL in SQLite and as SQL in PostgreSQL.
 *
 * usage: bench_sweep [--people N] [--seed S] [--no-sql] [--pg URL]
 *
 *   --people N   100,000 unless told
 *   --no-sql     the engine and the loop only
 *   --pg URL     an empty database; without it PostgreSQL is left out
 *
 * All of them must come to the same grants and the same money, rule by rule: a difference is told
 * and the bench fails. Up to REFERENCE_PEOPLE_MAX people the one-person reference evaluator is held
 * against them too. Run from the root of the source tree. */
#include "bench.h"
#include "process.h"
#include "sweep_loop.h"
#include "sweep_sql.h"

#include "base/day.h"
#include "base/id.h"
#include "base/secret.h"
#include "domain/city/city.h"
#include "domain/registry/registry_facts.h"
#include "policy/policy_files.h"
#include "policy/reference.h"
#include "store/migrate.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    AS_OF_YEAR = 2023, /* to its last day */
    REFERENCE_PEOPLE_MAX = 100000,
    SHORT_PEOPLE_MAX = 1000000, /* up to here runs are short enough to be repeated often */
    THREADS_MAX = 2,
    LOCATION_SIZE = 128,
};
#define ARENA_LIMIT_SIZE ((size_t)1 << 32)
#define POLICY_PATH "policy/jining/2022-skilled-jining.md"

enum contestant { ENGINE, LOOP, REFERENCE, SQLITE, POSTGRES, CONTESTANT_COUNT };
static const char *const contestant_names[] = {"engine", "C loop", "reference", "SQLite",
                                               "PostgreSQL"};

struct options {
    int64_t people;
    int64_t seed;
    bool sql;
    const char *pg;
};

struct bench {
    struct options options;
    struct arena arena;
    struct fault fault;
    struct catalogues *catalogues;
    struct vocab vocab;
    struct policy *policy;
    struct program *program;
    uint64_t *rules; /* those of sweep.def */
    struct sweep_words words;
    struct sweep_days days;
    const struct city_plan *plan;
    struct sweep_figure figures[CONTESTANT_COUNT][SWEEP_RULE_COUNT];
    bool ran[CONTESTANT_COUNT];
    struct sweep_sql_times sql_times[CONTESTANT_COUNT];
    double engine_ms[THREADS_MAX + 1]; /* median, by threads */
    int32_t difference_count;
};

/* ---- what is told ---- */

static double seconds_since(int64_t start_ns)
{
    return (double)(clock_monotonic_ns() - start_ns) / 1e9;
}

static void tell_time(const char *what, double seconds)
{
    printf("  %-44s %9.2f s\n", what, seconds);
    fflush(stdout);
}

static void tell_peak(const char *what)
{
    printf("  %-44s %9.0f MB\n", what, (double)process_peak_size() / 1e6);
    fflush(stdout);
}

static void tell_rate(const struct bench *bench, enum contestant contestant, const char *threads,
                      double ms, double least_ms, double most_ms, double engine_ms)
{
    double per_second = (double)bench->options.people * SWEEP_RULE_COUNT / ms * 1e3;
    printf("  %-10s %8s %11.1f %11.1f %11.1f %16.3e %9.2f\n", contestant_names[contestant],
           threads, ms, least_ms, most_ms, per_second, ms / engine_ms);
    fflush(stdout);
}

/* ---- the engine and the reference ---- */

struct engine_step {
    struct bench *bench;
    const struct world *world;
    int32_t thread_count;
    struct sweep_figure *figures;
};

static int32_t rule_by_label(struct str label)
{
    for (int32_t rule = 0; rule < SWEEP_RULE_COUNT; rule++)
        if (str_equal(label, str_from(sweep_rule_labels[rule])))
            return rule;
    return -1;
}

/* Rules without rivals are told of and left out; every rival has its rule. */
static enum err choose_rules(struct bench *bench)
{
    size_t word_count = (size_t)program_rule_words(bench->program);
    bench->rules = ARENA_NEW_ARRAY(&bench->arena, uint64_t, word_count);
    if (!bench->rules)
        return fault_set(&bench->fault, ERR_MEMORY, "no memory for the rules");
    int32_t found_count = 0;
    for (int32_t i = 0; i < bench->policy->statement_count; i++) {
        const struct statement *statement = &bench->policy->statements[i];
        bool decides = statement->kind == STATEMENT_GRANT || statement->kind == STATEMENT_CONFER ||
                       statement->kind == STATEMENT_PROMOTE || statement->kind == STATEMENT_ADMIT;
        if (!decides)
            continue;
        if (rule_by_label(statement->name) >= 0) {
            rule_set_add(bench->rules, i);
            found_count++;
        } else {
            printf("  left out, for it has no rivals: %.*s\n", STR_ARG(statement->name));
        }
    }
    if (found_count != SWEEP_RULE_COUNT)
        return fault_set(&bench->fault, ERR_NOT_FOUND, "%d of the %d rules are in the document",
                         found_count, SWEEP_RULE_COUNT);
    return ERR_OK;
}

static void read_totals(const struct bench *bench, const struct eval_result *result,
                        struct sweep_figure *figures)
{
    for (int32_t i = 0; i < result->total_count; i++) {
        const struct rule_total *total = &result->totals[i];
        struct str label = bench->policy->statements[total->statement].name;
        int32_t rule = rule_by_label(label);
        if (rule >= 0)
            figures[rule] = (struct sweep_figure){total->granted_count, total->amount_fen};
    }
}

static enum err engine_once(void *context)
{
    const struct engine_step *step = context;
    struct eval_request request = {.as_of_day = step->bench->days.as_of, .since_day = ABSENT_I32,
                                   .thread_count = step->thread_count,
                                   .rules = step->bench->rules};
    struct eval_result *result;
    TRY(eval_run(step->bench->program, step->world, &request, &result, &step->bench->fault));
    read_totals(step->bench, result, step->figures);
    eval_result_free(result);
    return ERR_OK;
}

static enum err reference_once(struct bench *bench, const struct world *world)
{
    struct eval_request request = {
        .as_of_day = bench->days.as_of, .since_day = ABSENT_I32, .rules = bench->rules};
    struct eval_result *result;
    int64_t start_ns = clock_monotonic_ns();
    TRY(reference_run(bench->policy, world, &request, &result, &bench->fault));
    double ms = seconds_since(start_ns) * 1e3;
    read_totals(bench, result, bench->figures[REFERENCE]);
    eval_result_free(result);
    bench->ran[REFERENCE] = true;
    tell_rate(bench, REFERENCE, "1", ms, ms, ms, bench->engine_ms[1]);
    return ERR_OK;
}

/* ---- the loop ---- */

struct loop_step {
    struct loop *loop;
    int32_t thread_count;
    struct sweep_figure *figures;
};

static enum err loop_once(void *context)
{
    const struct loop_step *step = context;
    loop_run(step->loop, step->thread_count, step->figures);
    return ERR_OK;
}

/* ---- comparison ---- */

/* Tells every rule on which a contestant differs from the engine. */
static void compare(struct bench *bench, enum contestant contestant)
{
    for (int32_t rule = 0; rule < SWEEP_RULE_COUNT; rule++) {
        const struct sweep_figure *ours = &bench->figures[ENGINE][rule];
        const struct sweep_figure *theirs = &bench->figures[contestant][rule];
        if (ours->granted_count == theirs->granted_count && ours->amount_fen == theirs->amount_fen)
            continue;
        bench->difference_count++;
        fprintf(stderr,
                "DIFFERENT  %s: %s comes to %" PRId64 " grants and %" PRId64
                " fen, the engine to %" PRId64 " and %" PRId64 "\n",
                sweep_rule_labels[rule], contestant_names[contestant], theirs->granted_count,
                theirs->amount_fen, ours->granted_count, ours->amount_fen);
    }
    bench->ran[contestant] = true;
}

static void tell_rules(const struct bench *bench)
{
    int64_t granted_count = 0, amount_fen = 0;
    printf("\n  %9s %13s %10s %13s  %s\n", "grants", "yuan", "SQLite ms", "PostgreSQL ms", "rule");
    for (int32_t rule = 0; rule < SWEEP_RULE_COUNT; rule++) {
        const struct sweep_figure *figure = &bench->figures[ENGINE][rule];
        printf("  %9" PRId64 " %13" PRId64, figure->granted_count, figure->amount_fen / 100);
        if (bench->ran[SQLITE])
            printf(" %10.1f", bench->sql_times[SQLITE].rule_ms[rule]);
        else
            printf(" %10s", "-");
        if (bench->ran[POSTGRES])
            printf(" %13.1f", bench->sql_times[POSTGRES].rule_ms[rule]);
        else
            printf(" %13s", "-");
        printf("  %s\n", sweep_rule_labels[rule]);
        granted_count += figure->granted_count;
        amount_fen += figure->amount_fen;
    }
    printf("  %9" PRId64 " %13" PRId64 "  all %d rules, in the engine", granted_count,
           amount_fen / 100, SWEEP_RULE_COUNT);
    for (int32_t i = LOOP; i < CONTESTANT_COUNT; i++)
        if (bench->ran[i])
            printf(", %s", contestant_names[i]);
    printf(": %s\n", bench->difference_count == 0 ? "equal rule by rule" : "DIFFERENT");
}

/* ---- columns in memory ---- */

static int32_t run_count(const struct bench *bench)
{
    return bench->options.people <= SHORT_PEOPLE_MAX ? 15 : 5;
}

static void tell_times(struct bench *bench, enum contestant contestant, int32_t thread_count,
                       const struct bench_times *times)
{
    char threads[16];
    snprintf(threads, sizeof threads, "%d", thread_count);
    double ms = (double)times->median_ns / 1e6;
    if (contestant == ENGINE)
        bench->engine_ms[thread_count] = ms;
    tell_rate(bench, contestant, threads, ms, (double)times->least_ns / 1e6,
              (double)times->most_ns / 1e6, bench->engine_ms[thread_count]);
}

static enum err time_columns(struct bench *bench, const struct world *world)
{
    struct bench_times times;
    printf("\n  %-10s %8s %11s %11s %11s %16s %9s\n", "", "threads", "median ms", "least", "most",
           "rows x rules /s", "x engine");
    for (int32_t threads = 1; threads <= THREADS_MAX; threads++) {
        struct engine_step step = {bench, world, threads, bench->figures[ENGINE]};
        TRY(bench_run(&times, run_count(bench), engine_once, &step));
        tell_times(bench, ENGINE, threads, &times);
    }
    bench->ran[ENGINE] = true;
    struct loop *loop = loop_new(world, &bench->words, &bench->days);
    for (int32_t threads = 1; threads <= THREADS_MAX; threads++) {
        struct loop_step step = {loop, threads, bench->figures[LOOP]};
        TRY(bench_run(&times, run_count(bench), loop_once, &step));
        tell_times(bench, LOOP, threads, &times);
        compare(bench, LOOP);
    }
    loop_free(loop);
    if (bench->options.people <= REFERENCE_PEOPLE_MAX) {
        TRY(reference_once(bench, world));
        compare(bench, REFERENCE);
    }
    return ERR_OK;
}

static enum err run_columns(struct bench *bench)
{
    struct world *world;
    process_peak_reset();
    int64_t start_ns = clock_monotonic_ns();
    TRY(city_world(bench->plan, &world, &bench->fault));
    tell_time("city made as columns", seconds_since(start_ns));
    tell_peak("peak memory: the columns");
    process_peak_reset();
    enum err err = time_columns(bench, world);
    tell_peak("peak memory: columns and sweeps");
    world_free(world);
    return err;
}

/* ---- databases ---- */

/* The city comes back from the database as it went in: the engine finds the same in it. */
static enum err load_and_sweep(struct bench *bench, struct work_env *env)
{
    struct sweep_figure figures[SWEEP_RULE_COUNT] = {{0}};
    struct world *world;
    process_peak_reset();
    int64_t start_ns = clock_monotonic_ns();
    TRY(registry_load_world_fast(env, &bench->vocab, INT64_MAX - 1, THREADS_MAX, &world,
                                 &bench->fault));
    tell_time("  loaded as columns", seconds_since(start_ns));
    tell_peak("  peak memory of loading");
    struct engine_step step = {bench, world, THREADS_MAX, figures};
    enum err err = engine_once(&step);
    world_free(world);
    for (int32_t rule = 0; rule < SWEEP_RULE_COUNT && err == ERR_OK; rule++)
        if (memcmp(&figures[rule], &bench->figures[ENGINE][rule], sizeof figures[rule]) != 0)
            err = fault_set(&bench->fault, ERR_STORE, "%s: the city loaded differs from the made",
                            sweep_rule_labels[rule]);
    return err;
}

static enum err run_rules(struct bench *bench, struct work_env *env, enum contestant contestant)
{
    TRY(sweep_sql_prepare(env, &bench->words, &bench->fault));
    struct sweep_sql_times *times = &bench->sql_times[contestant];
    int32_t runs = bench->options.people <= SHORT_PEOPLE_MAX ? 2 : 1; /* the last one counts */
    for (int32_t run = 0; run < runs; run++)
        TRY(sweep_sql_run(env, &bench->days, bench->figures[contestant], times, &bench->fault));
    tell_time("  all rules as SQL", times->total_ms / 1e3);
    compare(bench, contestant);
    return ERR_OK;
}

static enum err run_database(struct bench *bench, const char *location, struct work_env *env,
                             enum contestant contestant)
{
    TRY(store_open(location, NULL, &env->store, &bench->fault));
    printf("\n  %s\n", contestant_names[contestant]);
    int64_t start_ns = clock_monotonic_ns();
    enum err err = migrate_run(env, NULL, &bench->fault);
    if (err == ERR_OK)
        err = city_fill(env, bench->plan, (struct city_progress){0}, &bench->fault);
    if (err == ERR_OK) {
        tell_time("  filled", seconds_since(start_ns));
        err = load_and_sweep(bench, env);
    }
    if (err == ERR_OK)
        err = run_rules(bench, env, contestant);
    store_close(env->store);
    return err;
}

static enum err run_databases(struct bench *bench, const char *folder)
{
    char key_path[LOCATION_SIZE], database_path[LOCATION_SIZE];
    snprintf(key_path, sizeof key_path, "%s/key", folder);
    snprintf(database_path, sizeof database_path, "%s/city.db", folder);
    struct secrets *secrets;
    struct id_source ids;
    id_source_init(&ids, 1);
    TRY(secrets_load_or_create(key_path, &secrets, &bench->fault));
    struct work_env env = {
        .secrets = secrets, .ids = &ids, .actor = {.name = STR("bench")},
        .fixed_today_day = ABSENT_I32, .fixed_now_ms = ABSENT_I64,
    };
    enum err err = run_database(bench, database_path, &env, SQLITE);
    unlink(database_path);
    if (err == ERR_OK && bench->options.pg)
        err = run_database(bench, bench->options.pg, &env, POSTGRES);
    secrets_free(secrets);
    unlink(key_path);
    return err;
}

static enum err run_sql(struct bench *bench)
{
    char folder[] = "/tmp/bench_sweep_XXXXXX";
    if (!mkdtemp(folder))
        return fault_set(&bench->fault, ERR_IO, "no folder can be made in /tmp");
    enum err err = run_databases(bench, folder);
    rmdir(folder);
    TRY(err);
    printf("\n");
    for (int32_t i = SQLITE; i <= POSTGRES; i++) {
        double ms = bench->sql_times[i].total_ms;
        bool single = i == SQLITE;
        if (bench->ran[i])
            tell_rate(bench, i, single ? "1" : "its own", ms, ms, ms,
                      bench->engine_ms[single ? 1 : THREADS_MAX]);
    }
    return ERR_OK;
}

/* ---- the whole ---- */

static enum err read_policy(struct bench *bench)
{
    struct policy_source *sources;
    struct findings findings = {0};
    int32_t source_count;
    TRY(policy_sources_read(&bench->arena, POLICY_PATH, &sources, &source_count, &bench->fault));
    TRY(policy_read(&bench->arena, &bench->vocab, sources, source_count, &bench->policy, &findings,
                    &bench->fault));
    TRY(program_compile(&bench->arena, bench->policy, &bench->program, &bench->fault));
    return choose_rules(bench);
}

static enum err run(struct bench *bench)
{
    TRY(catalogues_load("catalogue", CATALOGUES_USUAL, &bench->catalogues, &bench->fault));
    registry_vocab(NULL, 0, NULL, 0, &bench->vocab);
    catalogues_into_vocab(bench->catalogues, &bench->vocab);
    TRY(sweep_words_find(&bench->arena, &bench->vocab, &bench->words, &bench->fault));
    int64_t start_ns = clock_monotonic_ns();
    TRY(read_policy(bench));
    printf("%" PRId64 " people, %d rules of %s\n", bench->options.people, SWEEP_RULE_COUNT,
           POLICY_PATH);
    tell_time("document read, checked and compiled", seconds_since(start_ns));
    bench->days = sweep_days_of(year_last_day(AS_OF_YEAR));
    struct city_request request = {
        .folder = "catalogue", .city = "jining", .vocab = &bench->vocab,
        .catalogues = bench->catalogues, .people = bench->options.people,
        .seed = (uint64_t)bench->options.seed, .today_day = bench->days.as_of,
    };
    TRY(city_plan_read(&request, &bench->arena, &bench->fault, &bench->plan));
    TRY(run_columns(bench));
    if (bench->options.sql)
        TRY(run_sql(bench));
    tell_rules(bench);
    return ERR_OK;
}

static bool read_options(int argc, char **argv, struct options *options)
{
    *options = (struct options){.people = 100000, .seed = 1, .sql = true};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--no-sql") == 0) {
            options->sql = false;
            continue;
        }
        if (strcmp(argv[i], "--people") == 0 && str_to_i64(str_from(value), &options->people))
            i++;
        else if (strcmp(argv[i], "--seed") == 0 && str_to_i64(str_from(value), &options->seed))
            i++;
        else if (strcmp(argv[i], "--pg") == 0 && *value)
            options->pg = argv[++i];
        else
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    if (!read_options(argc, argv, &bench.options)) {
        fputs("usage: bench_sweep [--people N] [--seed S] [--no-sql] [--pg URL]\n", stderr);
        return 2;
    }
    arena_init(&bench.arena, ARENA_LIMIT_SIZE);
    enum err err = run(&bench);
    if (err != ERR_OK)
        fprintf(stderr, "bench_sweep: %s\n", bench.fault.message);
    catalogues_free(bench.catalogues);
    arena_done(&bench.arena);
    return err == ERR_OK && bench.difference_count == 0 ? 0 : 1;
}
