/* From one fact to its stored decision: a follower over a big city in SQLite, one fact a round.
 *
 * usage: bench_follow --db PATH [--facts N] [--seed S] [--as-of DAY] [--only KIND]
 *
 *   --db PATH    a city that may be changed: a copy (its key is PATH.key)
 *   --facts N    of each kind, 200 unless told
 *   --as-of DAY  2023-12-31 unless told
 *   --only KIND  facts of one kind, by its name in the table
 *
 * A fact is corrected and committed; then one round of the follower is timed, from reading the log
 * to the commit of decisions, next days and its place. Nothing of the city is held in memory: facts
 * come from another connection, as from another process, which costs the follower its pages. The
 * slowest of the 99 % fastest is held against LIMIT_MS. Run from the root of the source tree. */
#include "bench.h"
#include "follow_sql.h"
#include "process.h"

#include "base/day.h"
#include "base/id.h"
#include "base/rand.h"
#include "base/secret.h"
#include "domain/incentive/incentive_follow.h"
#include "domain/occupation/catalogues.h"
#include "domain/registry/fact.h"
#include "domain/registry/registry_facts.h"
#include "store/migrate.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define ARENA_LIMIT_SIZE ((size_t)1 << 32)

enum { FACTS_MAX = 10000, LIMIT_MS = 10 };

typedef enum err draw(struct work *w, int64_t after_id, int64_t *ret_key_id, int64_t *ret_id);

#define DRAW(name)                                                                                \
    static enum err draw_##name(struct work *w, int64_t after_id, int64_t *ret_key_id,            \
                                int64_t *ret_id)                                                  \
    {                                                                                             \
        struct follow_##name##_in in = {after_id};                                                \
        struct follow_##name##_out out;                                                           \
        TRY(follow_##name(w, &in, &out));                                                         \
        *ret_key_id = out.owner_id;                                                               \
        *ret_id = out.id;                                                                         \
        return ERR_OK;                                                                            \
    }
DRAW(certificate)
DRAW(employment)
DRAW(insured_span)
DRAW(award)
DRAW(organisation)

/* The fact of each kind: one field goes to and fro between two values. */
static const struct fact_kind {
    const char *name;
    draw *draw;
    int32_t table, field;
    int64_t values[2];
} fact_kinds[] = {
    {"certificate", draw_certificate, REGISTRY_certificate, FIELD_certificate_state, {1, 2}},
    {"employment", draw_employment, REGISTRY_employment, FIELD_employment_full_time, {0, 1}},
    {"insurance", draw_insured_span, REGISTRY_insured_span, FIELD_insured_span_from_month,
     {24200, 24240}},
    {"award", draw_award, REGISTRY_award, FIELD_award_place, {1, 9}},
    {"unread field", draw_organisation, REGISTRY_organisation, FIELD_organisation_above_scale,
     {0, 1}},
    {"organisation", draw_organisation, REGISTRY_organisation, FIELD_organisation_kind,
     {organisation_kind_enterprise, organisation_kind_public_institution}},
};

enum { KIND_COUNT = sizeof fact_kinds / sizeof fact_kinds[0] };

struct bench {
    const char *db, *only;
    int64_t fact_count, seed;
    int32_t as_of_day;
    struct arena arena;
    struct fault fault;
    struct catalogues *catalogues;
    struct vocab vocab;
    struct incentive_policy policy;
    struct work_env env;
    struct work_env other; /* whoever changes facts: another process, to the follower */
    struct follower *follower;
    struct rand rand;
    const struct fact_kind *kind; /* of the fact being made */
    int64_t wall_ns[FACTS_MAX], cpu_ns[FACTS_MAX], holder_counts[FACTS_MAX];
    int64_t holder_count, changed_count, swept_count;
    bool missed;
};

static int64_t cpu_ns(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000000) +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * INT64_C(1000);
}

/* An id between the first and the last of the owners. */
static enum err draw_place(struct work *w, struct bench *bench, int64_t *ret_id)
{
    int64_t first_id, last_id;
    if (bench->kind->table == REGISTRY_organisation) {
        struct follow_organisation_ends_out ends;
        TRY(follow_organisation_ends(w, &ends));
        first_id = ends.first_id;
        last_id = ends.last_id;
    } else {
        struct follow_person_ends_out ends;
        TRY(follow_person_ends(w, &ends));
        first_id = ends.first_id;
        last_id = ends.last_id;
    }
    uint64_t span = (uint64_t)(last_id - first_id);
    *ret_id = first_id + (int64_t)(rand_next(&bench->rand) % (span - span / 100 + 1));
    return ERR_OK;
}

static enum err change_fact(struct work *w, void *context)
{
    struct bench *bench = context;
    const struct fact_kind *kind = bench->kind;
    int64_t after_id, key_id, id;
    TRY(draw_place(w, bench, &after_id));
    TRY(kind->draw(w, after_id, &key_id, &id));
    struct fact fact;
    TRY(fact_read(w, kind->table, key_id, id, &fact));
    const struct field_desc *field = &registry_records[kind->table].fields[kind->field];
    bool is_first = registry_number(field, fact.record) == kind->values[0];
    registry_set_number(field, fact.record, kind->values[is_first]);
    fact.given = FACT_GIVEN_ALL;
    enum fact_outcome outcome;
    return fact_correct(w, &fact, &outcome);
}

static enum err time_kind(struct bench *bench)
{
    bench->holder_count = bench->changed_count = bench->swept_count = 0;
    for (int64_t i = 0; i < bench->fact_count; i++) {
        struct follow_report report;
        TRY(work_run(&bench->other, WORK_WRITE, change_fact, bench, &bench->fault));
        int64_t start_ns = clock_monotonic_ns();
        int64_t start_cpu_ns = cpu_ns();
        TRY(follower_round(bench->follower, bench->as_of_day, 0, &report, &bench->fault));
        bench->cpu_ns[i] = cpu_ns() - start_cpu_ns;
        bench->wall_ns[i] = clock_monotonic_ns() - start_ns;
        TRY(store_fold(bench->env.store, &bench->fault)); /* as baigong follow does at leisure */
        bench->holder_counts[i] = report.holder_count;
        bench->holder_count += report.holder_count;
        bench->changed_count += report.new_count + report.changed_count + report.ended_count;
        bench->swept_count += report.swept_because.size > 0;
    }
    return ERR_OK;
}

static void tell_row(struct bench *bench, const char *what, int64_t *times_ns, bool has_limit)
{
    int64_t count = bench->fact_count;
    qsort(times_ns, (size_t)count, sizeof *times_ns, bench_compare_ns);
    double p99_ms = (double)times_ns[(count * 99 - 1) / 100] / 1e6;
    printf("  %-13s %-5s %10.2f %10.2f %10.2f", bench->kind->name, what,
           (double)times_ns[count / 2] / 1e6, p99_ms, (double)times_ns[count - 1] / 1e6);
    if (has_limit)
        printf("   %s", p99_ms < LIMIT_MS ? "met" : "MISSED");
    printf("\n");
    bench->missed |= has_limit && p99_ms >= LIMIT_MS;
}

static void tell_holders(struct bench *bench)
{
    int64_t *counts = bench->holder_counts;
    int64_t count = bench->fact_count;
    qsort(counts, (size_t)count, sizeof *counts, bench_compare_ns);
    printf("  %-13s %-5s %10" PRId64 " %10" PRId64 " %10" PRId64 "\n", bench->kind->name, "who",
           counts[count / 2], counts[(count * 99 - 1) / 100], counts[count - 1]);
}

static enum err run_kinds(struct bench *bench)
{
    printf("\n  %-13s %-5s %10s %10s %10s   99 %% under %d ms\n", "one fact", "", "p50 ms", "p99",
           "most", LIMIT_MS);
    for (int32_t k = 0; k < KIND_COUNT; k++) {
        bench->kind = &fact_kinds[k];
        if (bench->only && strcmp(bench->only, bench->kind->name) != 0)
            continue;
        TRY(time_kind(bench));
        tell_row(bench, "wall", bench->wall_ns, true);
        tell_row(bench, "cpu", bench->cpu_ns, false);
        tell_holders(bench);
        printf("  %-13s %" PRId64 " facts, %" PRId64 " holders, %" PRId64 " decisions changed, %"
               PRId64 " sweeps\n", "", bench->fact_count, bench->holder_count,
               bench->changed_count, bench->swept_count);
        fflush(stdout);
    }
    printf("  peak memory %.0f MB\n", (double)process_peak_size() / 1e6);
    return ERR_OK;
}

static enum err run_open(struct bench *bench)
{
    struct follow_report report;
    int64_t start_ns = clock_monotonic_ns();
    int64_t start_cpu_ns = cpu_ns();
    TRY(migrate_run(&bench->env, NULL, &bench->fault));
    TRY(store_set_durability(bench->env.store, DB_DERIVED, &bench->fault));
    TRY(follower_new(&bench->env, &bench->vocab, &bench->policy, &bench->follower,
                     &bench->fault));
    TRY(follower_round(bench->follower, bench->as_of_day, 0, &report, &bench->fault));
    printf("first round: %.1f s, %.1f s of processor time (%.*s)\n",
           (double)(clock_monotonic_ns() - start_ns) / 1e9, (double)(cpu_ns() - start_cpu_ns) / 1e9,
           STR_ARG(report.swept_because));
    process_peak_reset();
    return run_kinds(bench);
}

static enum err run(struct bench *bench)
{
    struct findings findings = {.arena = &bench->arena};
    TRY(catalogues_load("catalogue", CATALOGUES_USUAL, &bench->catalogues, &bench->fault));
    registry_vocab(NULL, 0, NULL, 0, &bench->vocab);
    catalogues_into_vocab(bench->catalogues, &bench->vocab);
    TRY(incentive_policy_read(&bench->arena, &bench->vocab, "policy", &bench->policy, &findings,
                              &bench->fault));
    const char *key_path = text_in(&bench->arena, "%s.key", bench->db);
    struct id_source ids;
    id_source_init(&ids, 1);
    struct secrets *secrets;
    TRY(secrets_load_or_create(key_path, &secrets, &bench->fault));
    bench->env = (struct work_env){
        .secrets = secrets, .ids = &ids, .actor = {.name = STR("bench")},
        .fixed_today_day = ABSENT_I32, .fixed_now_ms = ABSENT_I64,
    };
    rand_init(&bench->rand, (uint64_t)bench->seed);
    bench->other = bench->env;
    enum err err = store_open(bench->db, NULL, &bench->env.store, &bench->fault);
    if (err == ERR_OK)
        err = store_open(bench->db, NULL, &bench->other.store, &bench->fault);
    if (err == ERR_OK)
        err = run_open(bench);
    follower_free(bench->follower);
    store_close(bench->other.store);
    store_close(bench->env.store);
    secrets_free(secrets);
    return err;
}

static bool read_options(int argc, char **argv, struct bench *bench)
{
    bench->fact_count = 200;
    bench->seed = 1;
    check(day_from_civil(2023, 12, 31, &bench->as_of_day));
    for (int i = 1; i + 1 < argc; i += 2) {
        struct str value = str_from(argv[i + 1]);
        bool known = false;
        if (strcmp(argv[i], "--db") == 0)
            known = (bench->db = argv[i + 1]) != NULL;
        else if (strcmp(argv[i], "--only") == 0)
            known = (bench->only = argv[i + 1]) != NULL;
        else if (strcmp(argv[i], "--facts") == 0)
            known = str_to_i64(value, &bench->fact_count);
        else if (strcmp(argv[i], "--seed") == 0)
            known = str_to_i64(value, &bench->seed);
        else if (strcmp(argv[i], "--as-of") == 0)
            known = day_parse(value, &bench->as_of_day);
        if (!known)
            return false;
    }
    return argc % 2 == 1 && bench->db && bench->fact_count > 0 && bench->fact_count <= FACTS_MAX;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    if (!read_options(argc, argv, &bench)) {
        fputs("usage: bench_follow --db PATH [--facts N] [--seed S] [--as-of DAY] [--only KIND]\n",
              stderr);
        return 2;
    }
    arena_init(&bench.arena, ARENA_LIMIT_SIZE);
    enum err err = run(&bench);
    if (err != ERR_OK)
        fprintf(stderr, "bench_follow: %s\n", bench.fault.message);
    catalogues_free(bench.catalogues);
    arena_done(&bench.arena);
    return err == ERR_OK ? 0 : 1;
}
