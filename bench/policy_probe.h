/* policy_probe.h — what the policy bench measures of the engine besides the race: evidence, lanes,
 * what-if, one person, explanations, checking, threads and curves.
 *
 * Each probe adds its lines to the score: a figure, and where one was promised, the bar it is held
 * against. A figure that misses its bar is told as MISSED; it is no failure of the bench.
 *
 * Memory   the score is a plain value; what a probe makes, it frees
 * Errors   those of the engine
 */
#ifndef BAIGONG_BENCH_POLICY_PROBE_H
#define BAIGONG_BENCH_POLICY_PROBE_H

#include "policy_engine.h"

enum { SCORE_LINES_MAX = 128 };

enum score_bar { SCORE_NO_BAR, SCORE_AT_MOST, SCORE_AT_LEAST };

struct score {
    struct score_line {
        char name[96];
        char unit[16];
        double figure, bar;
        enum score_bar kind;
    } lines[SCORE_LINES_MAX];
    int32_t line_count;
};

void score_add(struct score *score, enum score_bar kind, double figure, double bar,
               const char *unit, const char *format, ...) __attribute__((format(printf, 6, 7)));
void score_print(const struct score *score);
void score_print_json(const struct score *score);

struct probe {
    struct arena *arena;
    struct fault *fault;
    struct score *score;
    struct engine *engine;
    struct str document; /* the text of the workload */
    const struct world *world;
    const struct town *town;
    int32_t as_of_day, thread_count;
    bool quick;
};

int32_t probe_run_count(const struct probe *probe); /* how often something is timed */

enum err probe_threads(struct probe *probe);  /* the same decisions for 1, 2 and 4 threads */
enum err probe_memory(struct probe *probe);   /* columns, and the peak of an evaluation */
enum err probe_evidence(struct probe *probe); /* the record behind each decision is kept */
enum err probe_lanes(struct probe *probe);    /* facts are missing: cases are asked */
enum err probe_whatif(struct probe *probe);   /* two editions and their difference */
enum err probe_person(struct probe *probe);   /* one person again, and explained */
enum err probe_checking(struct probe *probe); /* 200 rules; 10,000 statements */
enum err probe_curves(struct probe *probe);   /* over people and over rules */

#endif
