/* policy_engine.h — the workload read, checked and run by the engine, for the policy bench.
 *
 * Memory   documents and programs live in the arena given; a run's amounts until engine_done
 * Errors   ERR_POLICY when the document has an error, or an example that fails; its findings are
 *          printed to stderr
 */
#ifndef BAIGONG_BENCH_POLICY_ENGINE_H
#define BAIGONG_BENCH_POLICY_ENGINE_H

#include "policy/eval.h"
#include "policy/policy.h"
#include "policy_tariff.h"

struct engine {
    const struct vocab *vocab;
    struct policy *policy;
    struct program *program;
    int32_t copy_count;                 /* how often the eight rules stand in the document */
    int8_t *rule_of;                    /* enum tariff_rule of each statement, or -1 */
    struct cell *cells;                 /* sparse amounts of the last run, by rule and person */
    int64_t cell_capacity;
    struct tally *tallies;              /* one for each thread: where its cells stand */
    int32_t tally_count;
    int64_t decision_count, ask_count;  /* of the last run */
};

/* Reads one document; settings ("NAME=1500元") change parameters before it is compiled. */
enum err engine_read(struct arena *arena, const struct vocab *vocab, struct str path,
                     struct str text, const char *const *settings, int32_t setting_count,
                     struct engine *ret_engine, struct fault *fault);
void engine_done(struct engine *engine);

/* To stderr; notes are passed over. */
void engine_print_findings(struct arena *arena, const struct policy_source *source,
                           const struct findings *findings, int32_t count_max);

/* Grants, totals and the sparse amounts of the document's first eight rules. */
enum err engine_run(struct engine *engine, const struct world *world, int32_t as_of_day,
                    int32_t thread_count, struct outcome *ret_outcome, struct fault *fault);
/* Of the last run's amounts; outside the timing. */
int64_t engine_checksum(const struct engine *engine);

/* The same, but the decisions themselves: for comparing them byte by byte. */
enum err engine_decide(const struct engine *engine, const struct world *world, int32_t as_of_day,
                       int32_t thread_count, struct eval_result **ret_result,
                       struct fault *fault);

#endif
