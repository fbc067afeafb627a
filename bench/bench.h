/* bench.h — timing: medians of several runs, and ratios next to a rival.
 *
 *   struct bench_times ours, theirs;
 *   bench_run(&ours, 5, sweep_once, &city);
 *   bench_run(&theirs, 5, loop_once, &city);
 *   printf("%.2f of the loop\n", bench_ratio(&ours, &theirs));
 *
 * A run that must not be counted (warming caches) is made first. The median is told with the
 * fastest and the slowest, so that a noisy machine shows.
 *
 * Memory   plain values
 * Units    nanoseconds
 * Limits   BENCH_RUNS_MAX
 */
#ifndef BAIGONG_BENCH_H
#define BAIGONG_BENCH_H

#include "base/clock.h"
#include "base/err.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { BENCH_RUNS_MAX = 101 };

struct bench_times {
    int64_t median_ns;
    int64_t least_ns;
    int64_t most_ns;
    int32_t run_count;
    int64_t cpu_median_ns, cpu_least_ns; /* of all threads */
};

/* Processor time of this process: what else the machine does hardly changes it. */
static inline int64_t bench_cpu_ns(void)
{
    struct rusage used;
    check(getrusage(RUSAGE_SELF, &used) == 0);
    int64_t seconds = (int64_t)used.ru_utime.tv_sec + used.ru_stime.tv_sec;
    return seconds * 1000000000 +
           ((int64_t)used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000;
}

static inline int bench_compare_ns(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

/* Calls step once uncounted, then run_count times; stops at the first error. */
static inline enum err bench_run(struct bench_times *ret_times, int32_t run_count,
                                 enum err (*step)(void *context), void *context)
{
    int64_t runs_ns[BENCH_RUNS_MAX], cpu_ns[BENCH_RUNS_MAX];
    check(run_count > 0 && run_count <= BENCH_RUNS_MAX);
    TRY(step(context));
    for (int32_t i = 0; i < run_count; i++) {
        int64_t start_ns = clock_monotonic_ns();
        int64_t start_cpu_ns = bench_cpu_ns();
        TRY(step(context));
        cpu_ns[i] = bench_cpu_ns() - start_cpu_ns;
        runs_ns[i] = clock_monotonic_ns() - start_ns;
    }
    qsort(runs_ns, (size_t)run_count, sizeof runs_ns[0], bench_compare_ns);
    qsort(cpu_ns, (size_t)run_count, sizeof cpu_ns[0], bench_compare_ns);
    *ret_times = (struct bench_times){
        .median_ns = runs_ns[run_count / 2],
        .least_ns = runs_ns[0],
        .most_ns = runs_ns[run_count - 1],
        .run_count = run_count,
        .cpu_median_ns = cpu_ns[run_count / 2],
        .cpu_least_ns = cpu_ns[0],
    };
    return ERR_OK;
}

/* Two steps in turns, each once uncounted first: what else the machine does meets both alike. */
static inline enum err bench_run_in_turns(struct bench_times *ret_a, struct bench_times *ret_b,
                                          int32_t run_count, enum err (*a)(void *context),
                                          enum err (*b)(void *context), void *context)
{
    int64_t runs_ns[2][BENCH_RUNS_MAX], cpu_ns[2][BENCH_RUNS_MAX];
    enum err (*const steps[2])(void *) = {a, b};
    struct bench_times *const times[2] = {ret_a, ret_b};
    check(run_count > 0 && run_count <= BENCH_RUNS_MAX);
    for (int32_t i = -1; i < run_count; i++)
        for (int32_t s = 0; s < 2; s++) {
            int64_t start_ns = clock_monotonic_ns();
            int64_t start_cpu_ns = bench_cpu_ns();
            TRY(steps[s](context));
            if (i < 0)
                continue;
            cpu_ns[s][i] = bench_cpu_ns() - start_cpu_ns;
            runs_ns[s][i] = clock_monotonic_ns() - start_ns;
        }
    for (int32_t s = 0; s < 2; s++) {
        qsort(runs_ns[s], (size_t)run_count, sizeof(int64_t), bench_compare_ns);
        qsort(cpu_ns[s], (size_t)run_count, sizeof(int64_t), bench_compare_ns);
        *times[s] = (struct bench_times){runs_ns[s][run_count / 2], runs_ns[s][0],
                                         runs_ns[s][run_count - 1], run_count,
                                         cpu_ns[s][run_count / 2], cpu_ns[s][0]};
    }
    return ERR_OK;
}

/* How many times longer ours takes than theirs, by medians. */
static inline double bench_ratio(const struct bench_times *ours, const struct bench_times *theirs)
{
    return (double)ours->median_ns / (double)theirs->median_ns;
}

static inline double bench_per_second(const struct bench_times *times, int64_t count)
{
    return (double)count * 1e9 / (double)times->median_ns;
}

#endif
