#include "policy_probe.h"

#include "base/day.h"
#include "bench.h"
#include "policy/example.h"
#include "policy/explain.h"
#include "policy_copies.h"
#include "process.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MEGABYTE 1e6
enum { FINDINGS_TOLD_MAX = 12 };

/* ---- the score ---- */

void score_add(struct score *score, enum score_bar kind, double figure, double bar,
               const char *unit, const char *format, ...)
{
    check(score->line_count < SCORE_LINES_MAX);
    struct score_line *line = &score->lines[score->line_count++];
    va_list args;
    va_start(args, format);
    vsnprintf(line->name, sizeof line->name, format, args);
    va_end(args);
    snprintf(line->unit, sizeof line->unit, "%s", unit);
    line->figure = figure;
    line->bar = bar;
    line->kind = kind;
}

static bool is_met(const struct score_line *line)
{
    return line->kind == SCORE_AT_MOST ? line->figure <= line->bar : line->figure >= line->bar;
}

static const char *verdict(const struct score_line *line)
{
    return line->kind == SCORE_NO_BAR ? "" : is_met(line) ? "met" : "MISSED";
}

void score_print(const struct score *score)
{
    int32_t missed_count = 0;
    printf("\n  %-58s %12s %-8s %12s  %s\n", "", "figure", "", "bar", "");
    for (int32_t i = 0; i < score->line_count; i++) {
        const struct score_line *line = &score->lines[i];
        char bar[32] = "";
        if (line->kind != SCORE_NO_BAR)
            snprintf(bar, sizeof bar, "%s %.6g", line->kind == SCORE_AT_MOST ? "<=" : ">=",
                     line->bar);
        printf("  %-58s %12.6g %-8s %12s  %s\n", line->name, line->figure, line->unit, bar,
               verdict(line));
        missed_count += line->kind != SCORE_NO_BAR && !is_met(line);
    }
    printf("  %d figures miss their bar\n", missed_count);
}

void score_print_json(const struct score *score)
{
    printf("[");
    for (int32_t i = 0; i < score->line_count; i++) {
        const struct score_line *line = &score->lines[i];
        printf("%s\n  {\"name\": \"%s\", \"figure\": %.6g, \"unit\": \"%s\"", i > 0 ? "," : "",
               line->name, line->figure, line->unit);
        if (line->kind != SCORE_NO_BAR)
            printf(", \"%s\": %.6g, \"met\": %s",
                   line->kind == SCORE_AT_MOST ? "at_most" : "at_least", line->bar,
                   is_met(line) ? "true" : "false");
        printf("}");
    }
    printf("\n]\n");
}

/* ---- one evaluation, timed ---- */

struct evaluation {
    const struct program *program;
    const struct world *world;
    struct eval_request request;
    struct fault *fault;
    int64_t decision_count, ask_count;
};

static enum err evaluate_once(void *context)
{
    struct evaluation *e = context;
    struct eval_result *result;
    TRY(eval_run(e->program, e->world, &e->request, &result, e->fault));
    e->decision_count = result->decision_count;
    e->ask_count = 0;
    for (int32_t i = 0; i < result->total_count; i++)
        e->ask_count += result->totals[i].ask_count;
    eval_result_free(result);
    return ERR_OK;
}

static struct evaluation evaluation_of(const struct probe *probe, int32_t thread_count)
{
    return (struct evaluation){
        .program = probe->engine->program, .world = probe->world, .fault = probe->fault,
        .request = {.as_of_day = probe->as_of_day, .since_day = ABSENT_I32,
                    .thread_count = thread_count}};
}

int32_t probe_run_count(const struct probe *probe)
{
    return probe->quick ? 3 : probe->world->tables[TOWN_person].row_count <= 1000000 ? 15 : 5;
}

/* Processor time of the run that took least: what else the machine does can only add to it. */
static enum err time_evaluation(const struct probe *probe, struct evaluation *evaluation,
                                double *ret_ms)
{
    struct bench_times times = {0};
    TRY(bench_run(&times, probe_run_count(probe), evaluate_once, evaluation));
    *ret_ms = (double)times.cpu_least_ns / 1e6;
    return ERR_OK;
}

/* ---- threads ---- */

static uint64_t hash_add(uint64_t hash, int64_t value)
{
    hash ^= (uint64_t)value;
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t hash_decisions(const struct eval_result *result)
{
    uint64_t hash = (uint64_t)result->decision_count;
    for (int64_t i = 0; i < result->decision_count; i++) {
        const struct decision *d = &result->decisions[i];
        const int64_t fields[] = {d->statement, d->subject_row, d->basis_row, d->period,
                                  d->amount_fen, d->gross_fen, d->payee_row, d->exception,
                                  d->cut_by, d->lane, d->day};
        for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++)
            hash = hash_add(hash, fields[f]);
    }
    return hash;
}

enum err probe_threads(struct probe *probe)
{
    static const int32_t counts[] = {1, 2, 4};
    uint64_t hashes[3];
    for (int32_t i = 0; i < 3; i++) {
        struct eval_result *result;
        TRY(engine_decide(probe->engine, probe->world, probe->as_of_day, counts[i], &result,
                          probe->fault));
        hashes[i] = hash_decisions(result);
        eval_result_free(result);
    }
    bool same = hashes[0] == hashes[1] && hashes[1] == hashes[2];
    printf("\n  decisions of 1, 2 and 4 threads: hashes %016" PRIx64 " %016" PRIx64 " %016" PRIx64
           ": %s\n", hashes[0], hashes[1], hashes[2], same ? "the same" : "DIFFERENT");
    score_add(probe->score, SCORE_AT_LEAST, same, 1, "", "the same decisions for 1, 2, 4 threads");
    return same ? ERR_OK
                : fault_set(probe->fault, ERR_INPUT, "threads change what is decided");
}

/* ---- memory ---- */

static double world_size(const struct world *world)
{
    double size = 0;
    for (int32_t t = 0; t < world->vocab->record_count; t++) {
        const struct table_columns *table = &world->tables[t];
        size_t row_size = sizeof table->row_ids[0];
        row_size += table->owner_rows ? sizeof(int32_t) : 0;
        for (int32_t f = 0; f < world->vocab->records[t].field_count; f++)
            row_size += column_width_size(table->columns[f].width);
        size += (double)row_size * table->row_count;
        if (table->first_row)
            size += 4.0 * world->tables[TOWN_person].row_count;
    }
    return size;
}

enum err probe_memory(struct probe *probe)
{
    struct evaluation one = evaluation_of(probe, probe->thread_count);
    malloc_trim(0); /* what other parts of the bench have given back */
    process_peak_reset();
    TRY(evaluate_once(&one));
    double people = probe->world->tables[TOWN_person].row_count;
    double peak_size = (double)process_peak_size();
    score_add(probe->score, SCORE_NO_BAR, world_size(probe->world) / MEGABYTE, 0, "MB",
              "columns of the town");
    score_add(probe->score, SCORE_NO_BAR, world_size(probe->world) / people, 0, "B/person",
              "columns of the town");
    score_add(probe->score, people >= 5000000 ? SCORE_AT_MOST : SCORE_NO_BAR,
              peak_size / MEGABYTE, 600, "MB", "peak memory of an evaluation");
    return ERR_OK;
}

/* ---- evidence ---- */

struct pair {
    struct evaluation without, with;
};

static enum err without_once(void *context)
{
    return evaluate_once(&((struct pair *)context)->without);
}

static enum err with_once(void *context)
{
    return evaluate_once(&((struct pair *)context)->with);
}

enum err probe_evidence(struct probe *probe)
{
    for (int32_t threads = 1; threads <= probe->thread_count; threads++) {
        struct bench_times without_times = {0}, with_times = {0};
        struct pair pair = {evaluation_of(probe, threads), evaluation_of(probe, threads)};
        pair.with.request.keep_evidence = true;
        TRY(bench_run_in_turns(&without_times, &with_times, probe_run_count(probe), without_once,
                               with_once, &pair));
        score_add(probe->score, SCORE_AT_MOST,
                  (double)with_times.cpu_least_ns / (double)without_times.cpu_least_ns, 1.3, "x",
                  "processor time with evidence of each grant, %d thread(s)", threads);
    }
    struct evaluation without = evaluation_of(probe, probe->thread_count);
    struct evaluation with = without;
    with.request.keep_evidence = true;
    process_peak_reset();
    TRY(evaluate_once(&without));
    double without_size = (double)process_peak_size();
    process_peak_reset();
    TRY(evaluate_once(&with));
    score_add(probe->score, SCORE_AT_MOST, (double)process_peak_size() / without_size, 1.4, "x",
              "peak memory with evidence of each grant");
    return ERR_OK;
}

/* ---- lanes ---- */

static enum err time_lane(struct probe *probe, int32_t absent_bp, double base_ms)
{
    struct town town = *probe->town;
    struct world *world;
    town.absent_bp = absent_bp;
    TRY(town_world(&town, probe->engine->vocab, &world, probe->fault));
    struct evaluation one = evaluation_of(probe, 1);
    one.world = world;
    double ms = 0;
    enum err err = time_evaluation(probe, &one, &ms);
    if (err == ERR_OK)
        score_add(probe->score, SCORE_NO_BAR, ms / base_ms, 0, "x",
                  "three lanes: time when %g %% of the children's facts are missing (%" PRId64
                  " asked)", absent_bp / 100.0, one.ask_count);
    world_free(world);
    return err;
}

enum err probe_lanes(struct probe *probe)
{
    static const int32_t shares_bp[] = {1, 100, 500};
    struct evaluation base = evaluation_of(probe, 1);
    double base_ms = 0;
    TRY(time_evaluation(probe, &base, &base_ms));
    for (size_t i = 0; i < sizeof shares_bp / sizeof shares_bp[0]; i++)
        TRY(time_lane(probe, shares_bp[i], base_ms));
    return ERR_OK;
}

/* ---- one person ---- */

struct one_person {
    struct probe *probe;
    struct eval_session *session;
    struct decision_list list;
    int32_t person_count, call_count;
    int64_t decision_count;
    size_t text_size;
};

/* People far from each other, the same ones in each run. */
static int32_t person_at(const struct one_person *one, int32_t call)
{
    return (int32_t)((uint64_t)call * UINT64_C(2654435761) % (uint64_t)one->person_count);
}

static enum err persons_once(void *context)
{
    struct one_person *one = context;
    one->decision_count = 0;
    for (int32_t call = 0; call < one->call_count; call++) {
        one->list.row_count = 0;
        TRY(eval_subject(one->session, TOWN_person, person_at(one, call), NULL, &one->list,
                         one->probe->fault));
        one->decision_count += one->list.row_count;
    }
    return ERR_OK;
}

/* All eight rules of a person, granted or refused, in words. */
static enum err explain_once(void *context)
{
    struct one_person *one = context;
    const struct engine *engine = one->probe->engine;
    one->text_size = 0;
    for (int32_t call = 0; call < one->call_count; call++) {
        struct arena_mark mark = arena_mark(one->probe->arena);
        struct text_buf *buf = text_new(one->probe->arena);
        for (int32_t s = 0; s < engine->policy->statement_count; s++) {
            struct explanation *explanation;
            if (engine->rule_of[s] < 0)
                continue;
            TRY(explain_rule(one->probe->arena, engine->policy, one->probe->world, s,
                             person_at(one, call), -1, day_year(one->probe->as_of_day),
                             one->probe->as_of_day, &explanation, one->probe->fault));
            explain_print(buf, engine->policy, one->probe->world, explanation, SPELLING_ZH, NULL,
                          NULL);
        }
        one->text_size += text_str(buf).size;
        arena_rewind(one->probe->arena, mark);
    }
    return ERR_OK;
}

enum err probe_person(struct probe *probe)
{
    struct one_person one = {.probe = probe, .call_count = 20000,
                             .person_count = probe->world->tables[TOWN_person].row_count};
    struct eval_request request = {.as_of_day = probe->as_of_day, .since_day = ABSENT_I32,
                                   .thread_count = 1};
    struct bench_times times = {0};
    TRY(eval_session_new(probe->engine->program, probe->world, &request, &one.session,
                         probe->fault));
    enum err err = bench_run(&times, 5, persons_once, &one);
    if (err == ERR_OK)
        score_add(probe->score, SCORE_AT_MOST, (double)times.cpu_least_ns / one.call_count / 1e3, 5,
                  "us", "one person, all eight rules again, processor time");
    eval_session_free(one.session);
    free(one.list.rows);
    free(one.list.evidence);
    TRY(err);
    one.call_count = 200;
    TRY(bench_run(&times, 3, explain_once, &one));
    double per_person_ms = (double)times.cpu_least_ns / one.call_count / 1e6;
    score_add(probe->score, SCORE_AT_MOST, per_person_ms / RULE_COUNT, 1, "ms",
              "one rule for one person explained as text");
    score_add(probe->score, SCORE_NO_BAR, per_person_ms, 0, "ms",
              "all eight rules for one person explained as text");
    return ERR_OK;
}

/* ---- checking ---- */

struct checking {
    struct probe *probe;
    struct str text;
    int32_t statement_count, rule_count;
    bool runs_examples;
    double read_s, examples_s, compile_s;
};

/* Processor time: it is one thread, and other work on the machine is no part of it. */
static double seconds_from(int64_t start_ns)
{
    return (double)(bench_cpu_ns() - start_ns) / 1e9;
}

static enum err check_once(struct checking *checking)
{
    struct arena arena;
    struct policy *policy;
    struct program *program;
    struct findings findings = {0};
    struct policy_source source = {STR("copies"), checking->text};
    int32_t passed_count, failed_count;
    arena_init(&arena, (size_t)1 << 33);
    int64_t start_ns = bench_cpu_ns();
    enum err err = policy_read(&arena, checking->probe->engine->vocab, &source, 1, &policy,
                               &findings, checking->probe->fault);
    checking->read_s = seconds_from(start_ns);
    if (err == ERR_POLICY)
        engine_print_findings(&arena, &source, &findings, FINDINGS_TOLD_MAX);
    start_ns = bench_cpu_ns();
    if (err == ERR_OK)
        err = examples_run(&arena, policy, &findings, &passed_count, &failed_count,
                           checking->probe->fault);
    checking->examples_s = seconds_from(start_ns);
    start_ns = bench_cpu_ns();
    if (err == ERR_OK)
        err = program_compile(&arena, policy, &program, checking->probe->fault);
    checking->compile_s = seconds_from(start_ns);
    if (err == ERR_OK) {
        checking->statement_count = policy->statement_count;
        checking->rule_count = 0;
        for (int32_t i = 0; i < policy->statement_count; i++)
            checking->rule_count += policy->statements[i].kind == STATEMENT_GRANT;
    }
    arena_done(&arena);
    return err;
}

static enum err time_checking(struct probe *probe, int32_t copy_count, struct checking *checking)
{
    *checking = (struct checking){.probe = probe};
    TRY(copies_make(probe->arena, probe->document, copy_count, &checking->text, probe->fault));
    TRY(check_once(checking));
    printf("  %6d rules, %6d statements, %8zu bytes: read and checked %.3f s, examples %.3f s, "
           "compiled %.3f s\n", checking->rule_count, checking->statement_count,
           checking->text.size, checking->read_s, checking->examples_s, checking->compile_s);
    return ERR_OK;
}

enum err probe_checking(struct probe *probe)
{
    struct checking checking;
    enum { RULES = 200, STATEMENTS = 10000 };
    printf("\n");
    TRY(time_checking(probe, 1, &checking));
    int32_t each_count = checking.statement_count;
    TRY(time_checking(probe, RULES / RULE_COUNT, &checking));
    score_add(probe->score, SCORE_AT_MOST,
              checking.read_s + checking.examples_s + checking.compile_s, 1, "s",
              "%d rules read, checked, their examples run, compiled", checking.rule_count);
    TRY(time_checking(probe, (STATEMENTS + each_count - 1) / each_count, &checking));
    score_add(probe->score, SCORE_AT_MOST, checking.read_s, 2, "s",
              "a document of %d statements read and checked", checking.statement_count);
    score_add(probe->score, SCORE_AT_MOST, checking.read_s + checking.examples_s, 2, "s",
              "the same with its examples run");
    return ERR_OK;
}

/* ---- curves ---- */

static enum err people_curve(struct probe *probe)
{
    static const int64_t counts[] = {100000, 250000, 500000, 1000000, 2000000, 5032000};
    printf("\n  %10s %12s %14s\n", "people", "cpu ms", "ns a person");
    double first_ns = 0;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct town town = *probe->town;
        struct world *world;
        if (probe->quick && counts[i] > 500000)
            break;
        town.people = counts[i];
        TRY(town_world(&town, probe->engine->vocab, &world, probe->fault));
        struct evaluation one = evaluation_of(probe, 1);
        one.world = world;
        double ms = 0;
        enum err err = time_evaluation(probe, &one, &ms);
        world_free(world);
        TRY(err);
        double each_ns = ms * 1e6 / (double)counts[i];
        first_ns = i == 0 ? each_ns : first_ns;
        printf("  %10" PRId64 " %12.2f %14.2f\n", counts[i], ms, each_ns);
        fflush(stdout);
        score_add(probe->score, SCORE_NO_BAR, each_ns / first_ns, 0, "x",
                  "time a person at %" PRId64 ", next to 100,000", counts[i]);
    }
    return ERR_OK;
}

static enum err rules_curve(struct probe *probe)
{
    printf("\n  %10s %12s %14s\n", "rules", "cpu ms", "ms a rule");
    double first_ms = 0;
    for (int32_t copies = 1; copies <= (probe->quick ? 4 : 16); copies *= 2) {
        struct arena_mark mark = arena_mark(probe->arena);
        struct engine many;
        struct str text;
        double ms = 0;
        TRY(copies_make(probe->arena, probe->document, copies, &text, probe->fault));
        TRY(engine_read(probe->arena, probe->engine->vocab, STR("copies"), text, NULL, 0, &many,
                        probe->fault));
        struct evaluation one = evaluation_of(probe, 1);
        one.program = many.program;
        TRY(time_evaluation(probe, &one, &ms));
        arena_rewind(probe->arena, mark);
        double each_ms = ms / (copies * RULE_COUNT);
        first_ms = copies == 1 ? each_ms : first_ms;
        printf("  %10d %12.2f %14.3f\n", copies * RULE_COUNT, ms, each_ms);
        fflush(stdout);
        score_add(probe->score, SCORE_NO_BAR, each_ms / first_ms, 0, "x",
                  "time a rule with %d rules, next to 8", copies * RULE_COUNT);
    }
    return ERR_OK;
}

enum err probe_curves(struct probe *probe)
{
    TRY(people_curve(probe));
    return rules_curve(probe);
}
