#include "bench.h"
#include "policy_probe.h"
#include "policy_rival.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* Two editions over everybody and what differs between their decisions: won, lost, more, less, and
 * the yuan by rule, region and fund. Each thread compares a range of the decisions. */

struct change {
    int64_t won_count, lost_count, more_count, less_count;
    int64_t difference_fen[RULE_COUNT];
    int64_t region_fund_fen[TOWN_REGIONS + 1][FUND_COUNT];
};

struct comparison { /* of one thread */
    const struct probe *probe;
    const struct decision *base, *base_end, *draft, *draft_end;
    struct change change;
};

struct whatif {
    struct probe *probe;
    struct engine draft;
    struct change change;
};

static void add_change(struct comparison *c, const struct decision *base,
                       const struct decision *draft)
{
    const struct decision *either = base ? base : draft;
    int32_t rule = c->probe->engine->rule_of[either->statement];
    if (rule < 0)
        return;
    const struct world *world = c->probe->world;
    const int8_t *regions = world->tables[TOWN_person].columns[TOWN_person_region].cells;
    int64_t base_fen = base ? base->amount_fen : 0;
    int64_t draft_fen = draft ? draft->amount_fen : 0;
    c->change.won_count += !base;
    c->change.lost_count += !draft;
    c->change.more_count += base && draft && draft_fen > base_fen;
    c->change.less_count += base && draft && draft_fen < base_fen;
    c->change.difference_fen[rule] += draft_fen - base_fen;
    c->change.region_fund_fen[regions[either->subject_row]][tariff_rule_funds[rule]] +=
        draft_fen - base_fen;
}

static int compare_keys(const struct decision *a, const struct decision *b)
{
    if (a->statement != b->statement)
        return a->statement < b->statement ? -1 : 1;
    if (a->period != b->period)
        return a->period < b->period ? -1 : 1;
    if (a->subject_row != b->subject_row)
        return a->subject_row < b->subject_row ? -1 : 1;
    return (a->basis_row > b->basis_row) - (a->basis_row < b->basis_row);
}

static void *compare_range(void *context)
{
    struct comparison *c = context;
    const struct decision *base = c->base, *draft = c->draft;
    while (base < c->base_end || draft < c->draft_end) {
        int order = base == c->base_end     ? 1
                    : draft == c->draft_end ? -1
                                            : compare_keys(base, draft);
        if (order != 0 || base->amount_fen != draft->amount_fen)
            add_change(c, order <= 0 ? base : NULL, order >= 0 ? draft : NULL);
        base += order <= 0;
        draft += order >= 0;
    }
    return NULL;
}

/* The first decision that does not come before another. */
static int64_t first_from(const struct eval_result *result, const struct decision *key)
{
    int64_t low = 0, high = result->decision_count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (compare_keys(&result->decisions[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void join(struct change *sum, const struct change *part)
{
    sum->won_count += part->won_count;
    sum->lost_count += part->lost_count;
    sum->more_count += part->more_count;
    sum->less_count += part->less_count;
    for (int32_t rule = 0; rule < RULE_COUNT; rule++)
        sum->difference_fen[rule] += part->difference_fen[rule];
    for (int32_t region = 0; region <= TOWN_REGIONS; region++)
        for (int32_t fund = 0; fund < FUND_COUNT; fund++)
            sum->region_fund_fen[region][fund] += part->region_fund_fen[region][fund];
}

static void compare_editions(struct whatif *whatif, const struct eval_result *base,
                             const struct eval_result *draft)
{
    struct comparison parts[RIVAL_THREADS_MAX] = {0};
    pthread_t threads[RIVAL_THREADS_MAX];
    int32_t count = whatif->probe->thread_count;
    check(count >= 1 && count <= RIVAL_THREADS_MAX);
    int64_t base_at = 0, draft_at = 0;
    for (int32_t i = 0; i < count; i++) {
        int64_t base_end = base->decision_count * (i + 1) / count;
        int64_t draft_end = base_end < base->decision_count
                                ? first_from(draft, &base->decisions[base_end])
                                : draft->decision_count;
        parts[i] = (struct comparison){.probe = whatif->probe,
                                       .base = base->decisions + base_at,
                                       .base_end = base->decisions + base_end,
                                       .draft = draft->decisions + draft_at,
                                       .draft_end = draft->decisions + draft_end};
        base_at = base_end;
        draft_at = draft_end;
        if (i > 0)
            check(pthread_create(&threads[i], NULL, compare_range, &parts[i]) == 0);
    }
    compare_range(&parts[0]);
    whatif->change = parts[0].change;
    for (int32_t i = 1; i < count; i++) {
        pthread_join(threads[i], NULL);
        join(&whatif->change, &parts[i].change);
    }
}

static enum err whatif_once(void *context)
{
    struct whatif *whatif = context;
    struct probe *probe = whatif->probe;
    struct eval_result *base, *draft;
    TRY(engine_decide(probe->engine, probe->world, probe->as_of_day, probe->thread_count, &base,
                      probe->fault));
    enum err err = engine_decide(&whatif->draft, probe->world, probe->as_of_day,
                                 probe->thread_count, &draft, probe->fault);
    if (err == ERR_OK) {
        compare_editions(whatif, base, draft);
        eval_result_free(draft);
    }
    eval_result_free(base);
    return err;
}

static enum err base_once(void *context)
{
    const struct whatif *whatif = context;
    const struct probe *probe = whatif->probe;
    struct eval_result *base;
    TRY(engine_decide(probe->engine, probe->world, probe->as_of_day, probe->thread_count, &base,
                      probe->fault));
    eval_result_free(base);
    return ERR_OK;
}

static void tell_change(const struct change *change)
{
    printf("\n  what if two amounts rise: %" PRId64 " grants more, %" PRId64 " less, %" PRId64
           " won, %" PRId64 " lost\n", change->more_count, change->less_count,
           change->won_count, change->lost_count);
    for (int32_t rule = 0; rule < RULE_COUNT; rule++)
        if (change->difference_fen[rule] != 0)
            printf("  %+14" PRId64 " yuan  %s\n", change->difference_fen[rule] / 100,
                   tariff_rule_labels[rule]);
}

enum err probe_whatif(struct probe *probe)
{
    static const char *const settings[] = {"技师津贴标准(技师)=7000元",
                                           "提升补贴标准(高级工)=2500元"};
    struct whatif whatif = {.probe = probe};
    TRY(engine_read(probe->arena, probe->engine->vocab, STR("draft"), probe->document, settings, 2,
                    &whatif.draft, probe->fault));
    struct bench_times one = {0}, both = {0};
    TRY(bench_run_in_turns(&one, &both, probe_run_count(probe), base_once, whatif_once, &whatif));
    tell_change(&whatif.change);
    score_add(probe->score, SCORE_NO_BAR, (double)both.least_ns / 1e6, 0, "ms",
              "two editions and their difference");
    score_add(probe->score, SCORE_AT_MOST, (double)both.cpu_least_ns / (double)one.cpu_least_ns,
              2.5, "x", "two editions and their difference, processor time of one evaluation's");
    engine_done(&whatif.draft);
    return ERR_OK;
}
