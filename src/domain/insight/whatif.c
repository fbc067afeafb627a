#include "domain/insight/whatif_compare.h"

#include "domain/registry/registry_facts.h"

enum {
    LOAD_THREADS = 2, /* see domain/incentive/incentive_sweep.c */
};
#define SCRATCH_SIZE_MAX ((size_t)2 << 30) /* sums of 30 million subjects */

struct whatif_run {
    const struct vocab *vocab;
    const struct incentive_policy *base, *drafts;
    int32_t draft_count;
    const struct whatif_request *request;
    struct world *world;
    struct arena *arena, scratch;
    struct whatif_report *reports;
    struct forward_run forwards[WHATIF_DRAFTS_MAX + 1]; /* [0]: the base */
    struct comparison comparison;                       /* at hand, for the cases' words */
    struct eval_result *base_result, *draft_result;
};

/* A step of a read transaction: names stand in the store, not in the columns. */
static enum err explain_step(struct work *w, void *context)
{
    struct whatif_run *run = context;
    return whatif_explain_cases(&run->comparison, w, &w->fault);
}

static enum err compare_draft(struct work_env *env, struct whatif_run *run, int32_t index,
                              struct fault *fault)
{
    struct whatif_report *report = &run->reports[index];
    struct arena_mark mark = arena_mark(&run->scratch);
    *report = (struct whatif_report){.from_day = run->request->from_day,
                                     .as_of_day = run->request->as_of_day};
    run->comparison = (struct comparison){
        .vocab = run->vocab, .world = run->world, .request = run->request, .arena = run->arena,
        .scratch = &run->scratch, .report = report,
        .base = {.policy = run->base, .result = run->base_result},
        .draft = {.policy = &run->drafts[index], .result = run->draft_result}};
    TRY(whatif_compare(&run->comparison, fault));
    TRY(whatif_quotas(&run->comparison, fault));
    TRY(work_run(env, WORK_READ, explain_step, run, fault));
    if (run->request->by_month)
        TRY(forward_report(&run->forwards[0], &run->forwards[index + 1], run->request, run->arena,
                           report, fault));
    arena_rewind(&run->scratch, mark);
    return ERR_OK;
}

static enum err run_forward(struct whatif_run *run, struct fault *fault)
{
    for (int32_t i = 0; i <= run->draft_count; i++) {
        run->forwards[i].policy = i == 0 ? run->base : &run->drafts[i - 1];
        TRY(forward_evaluate(run->world, run->request, &run->forwards[i], &run->scratch, fault));
    }
    return ERR_OK;
}

static enum err run_drafts(struct work_env *env, struct whatif_run *run, struct fault *fault)
{
    struct eval_request request = whatif_eval_request(run->request);
    TRY(eval_run(run->base->program, run->world, &request, &run->base_result, fault));
    if (run->request->by_month)
        TRY(run_forward(run, fault));
    for (int32_t i = 0; i < run->draft_count; i++) {
        TRY(eval_run(run->drafts[i].program, run->world, &request, &run->draft_result, fault));
        enum err err = compare_draft(env, run, i, fault);
        eval_result_free(run->draft_result);
        TRY(err);
    }
    return ERR_OK;
}

static enum err check_request(const struct whatif_request *request, int32_t draft_count,
                              struct fault *fault)
{
    if (draft_count > WHATIF_DRAFTS_MAX)
        return fault_set(fault, ERR_LIMIT, "at most %d drafts at a time", WHATIF_DRAFTS_MAX);
    if (request->from_day != ABSENT_I32 && request->from_day > request->as_of_day)
        return fault_set(fault, ERR_LIMIT, "the run ends before it begins");
    if (forward_month_count(request) > WHATIF_MONTHS_MAX)
        return fault_set(fault, ERR_LIMIT, "at most %d months at a time", WHATIF_MONTHS_MAX);
    return ERR_OK;
}

enum err insight_whatif(struct work_env *env, const struct vocab *vocab,
                        const struct incentive_policy *base, const struct incentive_policy *drafts,
                        int32_t draft_count, const struct whatif_request *request,
                        struct arena *arena, struct whatif_report *ret_reports,
                        struct fault *fault)
{
    TRY(check_request(request, draft_count, fault));
    struct whatif_run *run = ARENA_NEW(arena, struct whatif_run);
    if (!run)
        return fault_set(fault, ERR_MEMORY, "no memory for the comparison");
    *run = (struct whatif_run){.vocab = vocab, .base = base, .drafts = drafts,
                               .draft_count = draft_count, .request = request, .arena = arena};
    run->reports = ARENA_NEW_ARRAY(arena, struct whatif_report, (size_t)draft_count);
    if (!run->reports)
        return fault_set(fault, ERR_MEMORY, "no memory for the comparison");
    arena_init(&run->scratch, SCRATCH_SIZE_MAX);
    TRY(registry_load_world_fast(env, vocab, request->known_at_ms, LOAD_THREADS, &run->world,
                                 fault));
    enum err err = run_drafts(env, run, fault);
    eval_result_free(run->base_result);
    world_free(run->world);
    arena_done(&run->scratch);
    for (int32_t i = 0; err == ERR_OK && i < draft_count; i++)
        ret_reports[i] = run->reports[i];
    return err;
}
