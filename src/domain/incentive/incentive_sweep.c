#include "domain/incentive/incentive.h"

#include "base/clock.h"
#include "base/day.h"
#include "base/id.h"
#include "domain/incentive/incentive_claim.h"
#include "domain/incentive/incentive_digest.h"
#include "domain/registry/registry.h"
#include "domain/registry/registry_facts.h"
#include "incentive_sql.h"
#include "policy/locality.h"
#include "policy/roster.h"
#include "store/event.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Invariants of the comparison:
 * 1. `found` and `stored` hold one entry for each key (rule, subject, basis, period).
 * 2. Only keys whose period the sweep evaluated are compared: what earlier periods were granted is
 *    not in question. */

struct sweep {
    const struct vocab *vocab;
    const struct incentive_policy *policy;
    const struct sweep_request *request;
    const struct world *world;
    const struct eval_result *result;
    struct arena *arena; /* of the comparison; emptied when a conflict runs the step again */
    struct sweep_report *report;
    int64_t edition_id;
    int64_t next_decision;  /* first of result->decisions that is not yet compared */
    int32_t latest_day;     /* of the sweeps stored before, ABSENT_I32 when there is none */
    struct bulk *inserts;
};

static bool writes(const struct sweep *sweep)
{
    return sweep->request->mode == SWEEP_STORE;
}

void incentive_period_scope(const struct policy *policy, const struct statement *statement,
                            int32_t as_of_day, int32_t *ret_period_min, int32_t *ret_period_max)
{
    const struct rule *rule = statement->as.rule;
    int32_t year = day_year(as_of_day);
    if (rule->reaches_back && rule->period != PERIOD_ONCE) {
        int32_t in_force_day = policy->documents[statement->document].in_force_day;
        bool monthly = rule->period == PERIOD_MONTH;
        *ret_period_min = monthly ? day_month(in_force_day) : day_year(in_force_day);
        *ret_period_max = monthly ? day_month(as_of_day) : year;
        return;
    }
    switch (rule->period) {
    case PERIOD_ONCE:
    case PERIOD_WEEK: /* of a duty, which gives nothing */
        *ret_period_min = *ret_period_max = 0;
        return;
    case PERIOD_MONTH:
        *ret_period_min = day_month(year_first_day(year));
        *ret_period_max = day_month(as_of_day);
        return;
    case PERIOD_YEAR:
        *ret_period_min = *ret_period_max = year;
        return;
    case PERIOD_YEARS: {
        int32_t first_year = day_year(policy->documents[statement->document].in_force_day);
        int32_t step_years = rule->period_years > 0 ? rule->period_years : 1;
        int32_t elapsed_years = year > first_year ? year - first_year : 0;
        *ret_period_min = first_year + elapsed_years / step_years * step_years;
        *ret_period_max = *ret_period_min;
        return;
    }
    }
    check(false);
}

/* the two sides */

/* The decisions of one statement, in no order. They stand together in the result, statements in the
 * order of the totals, so that one pass over the rules takes them in turn. */
static enum err found_claims(struct work *w, struct sweep *sweep, int32_t statement,
                             struct claim **ret_claims, int64_t *ret_count)
{
    const struct eval_result *result = sweep->result;
    const struct rule *rule = sweep->policy->policy->statements[statement].as.rule;
    int64_t first = sweep->next_decision;
    int64_t end = first;
    while (end < result->decision_count && result->decisions[end].statement == statement)
        end++;
    sweep->next_decision = end;
    struct claim *claims = ARENA_NEW_ARRAY(sweep->arena, struct claim, (size_t)(end - first));
    if (!claims)
        return fail(w, ERR_MEMORY, "no memory to compare %" PRId64 " decisions", end - first);
    for (int64_t i = first; i < end; i++)
        claims[i - first] = claim_of_decision(sweep->world, rule, &result->decisions[i]);
    *ret_claims = claims;
    *ret_count = end - first;
    return ERR_OK;
}

static enum err grow_claims(struct work *w, struct arena *arena, struct claim **claims,
                            int64_t count, int64_t *capacity)
{
    if (count < *capacity)
        return ERR_OK;
    int64_t grown_capacity = *capacity ? *capacity * 2 : 256;
    struct claim *grown = ARENA_NEW_ARRAY(arena, struct claim, (size_t)grown_capacity);
    if (!grown)
        return fail(w, ERR_MEMORY, "no memory for %" PRId64 " stored entitlements", count);
    if (count)
        memcpy(grown, *claims, (size_t)count * sizeof *grown);
    *claims = grown;
    *capacity = grown_capacity;
    return ERR_OK;
}

static enum err take_stored(struct work *w, const struct sweep *sweep,
                            const struct entitlement_of_rule_out *row, struct claim **claims,
                            int64_t *count, int64_t *capacity)
{
    TRY(grow_claims(w, sweep->arena, claims, *count, capacity));
    (*claims)[(*count)++] = (struct claim){
        .subject_id = row->subject_id, .basis_id = row->basis_id, .period = row->period,
        .lane = row->lane, .amount_fen = row->amount_fen, .gross_fen = row->gross_fen,
        .payee_id = row->payee_id, .holder_id = row->holder_id, .id = row->id,
        .known_ms = row->known_ms,
    };
    return ERR_OK;
}

/* A look compares with what stood at the instant asked about; storing, with what stands. */
static enum err stored_claims(struct work *w, const struct sweep *sweep, int64_t rule_id,
                              int32_t period_min, int32_t period_max, struct claim **ret_claims,
                              int64_t *ret_count)
{
    int64_t stood_at_ms = writes(sweep) ? INT64_MAX : sweep->request->known_at_ms;
    struct entitlement_of_rule_in now = {
        .rule_id = rule_id, .period_min = period_min, .period_max = period_max,
        .known_at_ms = stood_at_ms};
    struct claim *claims = NULL;
    int64_t count = 0, capacity = 0;
    struct cursor cursor;
    struct entitlement_of_rule_out row;
    bool more;
    TRY(entitlement_of_rule(w, &now, &cursor));
    for (;;) {
        TRY(entitlement_of_rule_next(&cursor, &row, &more));
        if (!more)
            break;
        TRY(take_stored(w, sweep, &row, &claims, &count, &capacity));
    }
    cursor_close(&cursor);
    struct entitlement_closed_of_rule_in then = {
        .rule_id = rule_id, .period_min = period_min, .period_max = period_max,
        .known_at_ms = stood_at_ms};
    if (!writes(sweep))
        TRY(entitlement_closed_of_rule(w, &then, &cursor));
    for (more = !writes(sweep); more;) {
        struct entitlement_closed_of_rule_out closed;
        TRY(entitlement_closed_of_rule_next(&cursor, &closed, &more));
        if (!more)
            break;
        _Static_assert(sizeof closed == sizeof row, "both list the same columns");
        memcpy(&row, &closed, sizeof row);
        TRY(take_stored(w, sweep, &row, &claims, &count, &capacity));
    }
    if (!writes(sweep)) {
        cursor_close(&cursor);
        if (count > 0)
            qsort(claims, (size_t)count, sizeof *claims, claim_key_compare);
    }
    *ret_claims = claims;
    *ret_count = count;
    return ERR_OK;
}

/* In a look only, a rule that was never stored has no id: nothing is stored for it. */
static enum err stored_rule_id(struct work *w, struct sweep *sweep,
                               const struct statement *statement, int64_t *ret_rule_id)
{
    const struct policy *policy = sweep->policy->policy;
    struct str number = policy->documents[statement->document].number;
    if (writes(sweep))
        return claim_rule_id(w, policy, statement, ret_rule_id);
    struct rule_by_name_out row = {.id = 0};
    struct rule_by_name_in in = {.document_number = number, .name = statement->name};
    enum err err = rule_by_name(w, &in, &row);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    *ret_rule_id = err == ERR_OK ? row.id : 0;
    return ERR_OK;
}

static enum err merge_rule(struct work *w, struct sweep *sweep, struct sweep_rule *figures)
{
    const struct policy *policy = sweep->policy->policy;
    const struct statement *statement = &policy->statements[figures->found.statement];
    const struct rule *rule = statement->as.rule;
    struct claim_merge merge = {
        .vocab = sweep->vocab,
        .rule = rule,
        .edition_id = sweep->edition_id,
        .as_of_day = sweep->request->as_of_day,
        .known_at_ms = sweep->request->known_at_ms,
        .writes = writes(sweep),
        .inserts = sweep->inserts,
    };
    TRY(stored_rule_id(w, sweep, statement, &merge.rule_id));
    int32_t period_min, period_max;
    incentive_period_scope(policy, statement, sweep->request->as_of_day, &period_min, &period_max);
    struct claim *found = NULL, *stored = NULL;
    int64_t found_count = 0, stored_count = 0;
    TRY(found_claims(w, sweep, figures->found.statement, &found, &found_count));
    if (figures->on_demand) /* what an earlier edition kept is closed */
        found_count = 0;
    struct claim_digest digest =
        digest_of(merge.rule_id, period_min, period_max, found, found_count);
    if (merge.writes) {
        bool holds;
        TRY(digest_holds(w, &digest, &holds));
        figures->unchanged_count = holds ? found_count : 0;
        if (holds)
            return ERR_OK;
    }
    qsort(found, (size_t)found_count, sizeof *found, claim_key_compare);
    TRY(stored_claims(w, sweep, merge.rule_id, period_min, period_max, &stored, &stored_count));
    TRY(claim_merge_sides(w, &merge, found, found_count, stored, stored_count));
    if (merge.writes)
        TRY(digest_keep(w, &digest));
    figures->new_count = merge.counts.new_count;
    figures->changed_count = merge.counts.changed_count;
    figures->ended_count = merge.counts.ended_count;
    figures->unchanged_count = merge.counts.unchanged_count;
    return ERR_OK;
}

static void add_up(struct sweep_report *report)
{
    report->new_count = report->changed_count = report->ended_count = report->unchanged_count = 0;
    report->amount_fen = report->open_count = report->ask_count = 0;
    for (int32_t i = 0; i < report->rule_count; i++) {
        const struct sweep_rule *rule = &report->rules[i];
        report->new_count += rule->new_count;
        report->changed_count += rule->changed_count;
        report->ended_count += rule->ended_count;
        report->unchanged_count += rule->unchanged_count;
        if (rule->on_demand)
            continue;
        report->amount_fen += rule->found.amount_fen;
        report->open_count += rule->found.open_count;
        report->ask_count += rule->found.ask_count;
    }
}

static enum err refuse_earlier_day(struct work *w, struct sweep *sweep)
{
    struct sweep_latest_day_out latest;
    TRY(sweep_latest_day(w, &latest));
    sweep->latest_day = latest.as_of_day;
    if (latest.as_of_day == ABSENT_I32 || latest.as_of_day <= sweep->request->as_of_day)
        return ERR_OK;
    char asked_text[DAY_TEXT_SIZE], latest_text[DAY_TEXT_SIZE];
    day_text(sweep->request->as_of_day, asked_text);
    day_text(latest.as_of_day, latest_text);
    fail(w, ERR_SWEEP_EARLIER, "全市已经核对到 %s，%s 更早", latest_text,
         asked_text);
    return fault_hint(&w->fault, "只想回看、不写入，请加 --dry-run。");
}

static enum err store_sweep_row(struct work *w, const struct sweep *sweep)
{
    const struct sweep_report *report = sweep->report;
    struct sweep_insert_in row = {
        .id = id_next(w->ids), .as_of_day = report->as_of_day,
        .known_at_ms = report->known_at_ms, .edition_id = sweep->edition_id,
        .finished_ms = w->now_ms, .new_count = report->new_count,
        .changed_count = report->changed_count, .ended_count = report->ended_count,
        .unchanged_count = report->unchanged_count,
    };
    return sweep_insert(w, &row, NULL);
}

static enum err merge_all(struct work *w, struct sweep *sweep)
{
    struct sweep_report *report = sweep->report;
    sweep->next_decision = 0;
    for (int32_t i = 0; i < report->rule_count; i++) {
        struct sweep_rule *rule = &report->rules[i];
        rule->new_count = rule->changed_count = rule->ended_count = rule->unchanged_count = 0;
        struct arena_mark mark = arena_mark(sweep->arena);
        TRY(merge_rule(w, sweep, rule));
        arena_rewind(sweep->arena, mark);
    }
    add_up(report);
    return ERR_OK;
}

static enum err store_step(struct work *w, void *context)
{
    struct sweep *sweep = context;
    arena_done(sweep->arena); /* a conflict runs this step again */
    if (!writes(sweep))
        return merge_all(w, sweep);
    TRY(refuse_earlier_day(w, sweep));
    TRY(claim_edition(w, sweep->policy, &sweep->edition_id));
    TRY(stmt_bulk_begin(w, &entitlement_insert_stmt, &sweep->inserts));
    TRY(merge_all(w, sweep)); /* a stream left open ends with the unit of work */
    TRY(stmt_bulk_end(sweep->inserts, NULL));
    /* Running a sweep twice is the same as running it once, to the last row. */
    const struct sweep_report *report = sweep->report;
    bool changed = report->new_count + report->changed_count + report->ended_count > 0;
    if (!changed && sweep->latest_day == report->as_of_day)
        return ERR_OK;
    return store_sweep_row(w, sweep);
}

/* the sweep */

/* Two tables at a time: on more, SQLite's readers wait for each other's pages. */
enum { SWEEP_LOAD_THREADS = 2 };

static int32_t document_of(const struct policy *policy, const struct eval_result *result,
                           int32_t total)
{
    return policy->statements[result->totals[total].statement].document;
}

static enum err report_new(struct arena *arena, const struct sweep_request *request,
                           const struct policy *policy, const struct world *world,
                           const struct eval_result *result,
                           struct sweep_report **ret_report, struct fault *fault)
{
    struct sweep_report *report = ARENA_NEW(arena, struct sweep_report);
    struct sweep_rule *rules =
        ARENA_NEW_ARRAY(arena, struct sweep_rule, (size_t)result->total_count);
    bool *concerns = ARENA_NEW_ARRAY(arena, bool, (size_t)policy->document_count);
    if (!report || !rules || !concerns)
        return fault_set(fault, ERR_MEMORY, "no memory for the report of a sweep");
    for (int32_t i = 0; i < policy->document_count; i++)
        concerns[i] = locality_concerns(policy, i, world);
    for (int32_t i = 0; i < result->total_count; i++)
        rules[i] = (struct sweep_rule){
            .found = result->totals[i],
            .elsewhere = !concerns[document_of(policy, result, i)],
            .on_demand = !rule_keeps_roster(policy, result->totals[i].statement),
        };
    *report = (struct sweep_report){
        .as_of_day = request->as_of_day,
        .known_at_ms = request->known_at_ms,
        .person_count = world->tables[REGISTRY_person].row_count,
        .rules = rules,
        .rule_count = result->total_count,
    };
    if (result->shortage_count > 0) {
        size_t count = (size_t)result->shortage_count;
        struct fund_shortage *shortages = ARENA_NEW_ARRAY(arena, struct fund_shortage, count);
        if (!shortages)
            return fault_set(fault, ERR_MEMORY, "no memory for the funds that are short");
        memcpy(shortages, result->shortages, count * sizeof *shortages);
        report->shortages = shortages;
        report->shortage_count = result->shortage_count;
    }
    *ret_report = report;
    return ERR_OK;
}

static int64_t elapsed_ms(int64_t since_ns)
{
    return (clock_monotonic_ns() - since_ns) / 1000000;
}

static void say(sweep_progress *progress, void *context, const char *step)
{
    if (progress)
        progress(context, step);
}

static enum err evaluate_and_store(struct work_env *env, struct sweep *sweep, int64_t load_ms,
                                   struct arena *arena, sweep_progress *progress, void *context,
                                   struct fault *fault)
{
    say(progress, context, "evaluate");
    struct eval_request request = {
        .as_of_day = sweep->request->as_of_day,
        .since_day = ABSENT_I32,
        .thread_count = sweep->request->thread_count,
        .rights = EVAL_RIGHTS_COUNTED,
    };
    struct eval_result *result = NULL;
    int64_t start_ns = clock_monotonic_ns();
    TRY(eval_run(sweep->policy->program, sweep->world, &request, &result, fault));
    int64_t evaluate_ms = elapsed_ms(start_ns);
    sweep->result = result;
    struct arena comparison;
    arena_init(&comparison, SWEEP_ARENA_SIZE_MAX);
    sweep->arena = &comparison;
    enum err err =
        report_new(arena, sweep->request, sweep->policy->policy, sweep->world, result,
                   &sweep->report, fault);
    if (err == ERR_OK && sweep->request->on_world)
        err = sweep->request->on_world(sweep->request->on_world_context, sweep->world, result,
                                       fault);
    if (err == ERR_OK) {
        say(progress, context, "store");
        start_ns = clock_monotonic_ns();
        err = work_run(env, writes(sweep) ? WORK_WRITE : WORK_READ, store_step, sweep, fault);
        sweep->report->load_ms = load_ms;
        sweep->report->evaluate_ms = evaluate_ms;
        sweep->report->store_ms = elapsed_ms(start_ns);
    }
    arena_done(&comparison);
    eval_result_free(result);
    return err;
}

enum err incentive_sweep(struct work_env *env, const struct vocab *vocab,
                         const struct incentive_policy *policy, const struct sweep_request *request,
                         struct arena *arena, struct sweep_report **ret_report,
                         sweep_progress *progress, void *context, struct fault *fault)
{
    say(progress, context, "load");
    int64_t start_ns = clock_monotonic_ns();
    struct world *world = NULL;
    TRY(registry_load_world_fast(env, vocab, request->known_at_ms, SWEEP_LOAD_THREADS, &world,
                                 fault));
    struct sweep sweep = {.vocab = vocab, .policy = policy, .request = request, .world = world};
    enum err err = evaluate_and_store(env, &sweep, elapsed_ms(start_ns), arena, progress, context,
                                      fault);
    world_free(world);
    if (err == ERR_OK)
        *ret_report = sweep.report;
    return err;
}
