#include "domain/incentive/incentive.h"

#include "base/clock.h"
#include "base/day.h"
#include "base/id.h"
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

/* An entitlement as it was found or as it is stored. */
struct claim {
    int64_t subject_id, basis_id;
    int32_t period;
    int32_t lane;
    int64_t amount_fen, gross_fen; /* ABSENT_I64 while open */
    int64_t payee_id;              /* ABSENT_I64: the subject */
    int64_t holder_id;
    int64_t id, known_ms; /* stored ones */
};

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

/* editions and rules */

static enum err edition_store(struct work *w, struct sweep *sweep)
{
    const struct policy *policy = sweep->policy->policy;
    struct str hash = {(const char *)policy->hash, sizeof policy->hash};
    struct edition_by_hash_out row;
    enum err err = edition_by_hash(w, &(struct edition_by_hash_in){.hash = hash}, &row);
    if (err == ERR_OK) {
        sweep->edition_id = row.id;
        return ERR_OK;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    sweep->edition_id = id_next(w->ids);
    int64_t added_count;
    TRY(edition_insert(w,
                       &(struct edition_insert_in){
                           .id = sweep->edition_id, .hash = hash, .loaded_ms = w->now_ms},
                       &added_count));
    if (added_count == 0) /* another process was first */
        return fail(w, ERR_STORE_CONFLICT, "the policy edition was stored by another process");
    for (int32_t i = 0; i < sweep->policy->source_count; i++) {
        const struct policy_source *source = &sweep->policy->sources[i];
        TRY(edition_document_insert(w,
                                    &(struct edition_document_insert_in){
                                        .edition_id = sweep->edition_id,
                                        .path = source->path,
                                        .body = source->text},
                                    NULL));
    }
    return ERR_OK;
}

static enum err rule_id_of(struct work *w, struct str document_number, struct str name,
                           int64_t *ret_id)
{
    struct rule_by_name_in in = {.document_number = document_number, .name = name};
    struct rule_by_name_out row;
    enum err err = rule_by_name(w, &in, &row);
    if (err == ERR_NOT_FOUND) {
        struct rule_insert_in added = {
            .id = id_next(w->ids), .document_number = document_number, .name = name};
        TRY(rule_insert(w, &added, NULL));
        err = rule_by_name(w, &in, &row);
    }
    if (err == ERR_OK)
        *ret_id = row.id;
    return err;
}

void incentive_period_scope(const struct policy *policy, const struct statement *statement,
                            int32_t as_of_day, int32_t *ret_period_min, int32_t *ret_period_max)
{
    const struct rule *rule = statement->as.rule;
    int32_t year = day_year(as_of_day);
    switch (rule->period) {
    case PERIOD_ONCE:
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

static int compare_i64(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int claim_key_compare(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;
    int order = compare_i64(a->subject_id, b->subject_id);
    if (order == 0)
        order = compare_i64(a->basis_id, b->basis_id);
    if (order == 0)
        order = compare_i64(a->period, b->period);
    return order;
}

static bool claim_same(const struct claim *a, const struct claim *b)
{
    return a->lane == b->lane && a->amount_fen == b->amount_fen && a->gross_fen == b->gross_fen &&
           a->payee_id == b->payee_id;
}

/* The person or organisation that a row belongs to: its topmost owner. */
static int64_t holder_of(const struct sweep *sweep, int32_t table, int32_t row)
{
    int32_t owner;
    while ((owner = vocab_owner(sweep->vocab, table)) >= 0) {
        row = sweep->world->tables[table].owner_rows[row];
        table = owner;
    }
    return sweep->world->tables[table].row_ids[row];
}

static int64_t known_amount(int64_t amount_fen)
{
    return amount_fen == AMOUNT_IS_OPEN ? ABSENT_I64 : amount_fen;
}

static struct claim claim_of_decision(const struct sweep *sweep, const struct rule *rule,
                                      const struct decision *decision)
{
    const struct table_columns *tables = sweep->world->tables;
    int32_t basis_table = rule->each >= 0 ? rule->each : rule->subject;
    return (struct claim){
        .subject_id = tables[rule->subject].row_ids[decision->subject_row],
        .basis_id = tables[basis_table].row_ids[decision->basis_row],
        .period = decision->period,
        .lane = decision->lane,
        .amount_fen = known_amount(decision->amount_fen),
        .gross_fen = known_amount(decision->gross_fen),
        .payee_id = decision->payee_row >= 0
                        ? tables[REGISTRY_organisation].row_ids[decision->payee_row]
                        : ABSENT_I64,
        .holder_id = holder_of(sweep, rule->subject, decision->subject_row),
    };
}

/* The decisions of one statement, ordered by key. They stand together in the result, statements in
 * the order of the totals, so that one pass over the rules takes them in turn. */
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
        claims[i - first] = claim_of_decision(sweep, rule, &result->decisions[i]);
    qsort(claims, (size_t)(end - first), sizeof *claims, claim_key_compare);
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

static enum err stored_claims(struct work *w, const struct sweep *sweep, int64_t rule_id,
                              int32_t period_min, int32_t period_max, struct claim **ret_claims,
                              int64_t *ret_count)
{
    struct entitlement_of_rule_in in = {
        .rule_id = rule_id, .period_min = period_min, .period_max = period_max};
    struct claim *claims = NULL;
    int64_t count = 0, capacity = 0;
    struct cursor cursor;
    TRY(entitlement_of_rule(w, &in, &cursor));
    for (;;) {
        struct entitlement_of_rule_out row;
        bool more;
        TRY(entitlement_of_rule_next(&cursor, &row, &more));
        if (!more)
            break;
        TRY(grow_claims(w, sweep->arena, &claims, count, &capacity));
        claims[count++] = (struct claim){
            .subject_id = row.subject_id, .basis_id = row.basis_id, .period = row.period,
            .lane = row.lane, .amount_fen = row.amount_fen, .gross_fen = row.gross_fen,
            .payee_id = row.payee_id, .holder_id = row.holder_id, .id = row.id,
            .known_ms = row.known_ms,
        };
    }
    cursor_close(&cursor);
    *ret_claims = claims;
    *ret_count = count;
    return ERR_OK;
}

/* bringing them in line */

struct rule_merge {
    struct sweep *sweep;
    struct sweep_rule *figures;
    const char *subject_record, *basis_record;
    int64_t rule_id;
    bool subject_is_person;
};

static bool writes(const struct sweep *sweep)
{
    return sweep->request->mode == SWEEP_STORE;
}

static enum err tell(struct work *w, const struct rule_merge *merge, const char *kind,
                     const struct claim *claim)
{
    struct event event = {
        .kind = str_from(kind),
        .person_id = merge->subject_is_person ? claim->holder_id : 0,
        .subject_id = claim->id,
        .detail = STR(""),
    };
    return event_append(w, &event);
}

static enum err insert_version(struct work *w, const struct rule_merge *merge,
                               const struct claim *claim)
{
    struct entitlement_insert_in row = {
        .holder_id = claim->holder_id, .id = claim->id, .known_ms = claim->known_ms,
        .gone_ms = REGISTRY_NEVER_MS, .rule_id = merge->rule_id,
        .subject_record = str_from(merge->subject_record), .subject_id = claim->subject_id,
        .basis_record = str_from(merge->basis_record), .basis_id = claim->basis_id,
        .period = claim->period, .lane = claim->lane, .amount_fen = claim->amount_fen,
        .gross_fen = claim->gross_fen, .payee_id = claim->payee_id,
        .edition_id = merge->sweep->edition_id, .as_of_day = merge->sweep->request->as_of_day,
    };
    return stmt_struct_bulk_row(merge->sweep->inserts, &row);
}

static enum err close_version(struct work *w, const struct claim *stored, int64_t gone_ms)
{
    struct entitlement_close_in in = {.holder_id = stored->holder_id, .id = stored->id,
                                      .known_ms = stored->known_ms, .gone_ms = gone_ms};
    int64_t closed_count;
    TRY(entitlement_close(w, &in, &closed_count));
    if (closed_count != 1)
        return fail(w, ERR_STORE_CONFLICT, "entitlement %" PRId64 " was changed meanwhile",
                    stored->id);
    return ERR_OK;
}

/* A version holds from the instant whose knowledge it rests on. Two versions of one entitlement
 * never share an instant, even within one millisecond. */
static int64_t change_ms_of(const struct rule_merge *merge, const struct claim *stored)
{
    int64_t known_at_ms = merge->sweep->request->known_at_ms;
    return known_at_ms > stored->known_ms ? known_at_ms : stored->known_ms + 1;
}

static enum err add_claim(struct work *w, struct rule_merge *merge, struct claim *found)
{
    merge->figures->new_count++;
    if (!writes(merge->sweep))
        return ERR_OK;
    found->id = id_next(w->ids);
    found->known_ms = merge->sweep->request->known_at_ms;
    TRY(insert_version(w, merge, found));
    return tell(w, merge, "entitlement.found", found);
}

static enum err end_claim(struct work *w, struct rule_merge *merge, const struct claim *stored)
{
    merge->figures->ended_count++;
    if (!writes(merge->sweep))
        return ERR_OK;
    TRY(close_version(w, stored, change_ms_of(merge, stored)));
    return tell(w, merge, "entitlement.ended", stored);
}

static enum err change_claim(struct work *w, struct rule_merge *merge, const struct claim *stored,
                             struct claim *found)
{
    merge->figures->changed_count++;
    if (!writes(merge->sweep))
        return ERR_OK;
    int64_t change_ms = change_ms_of(merge, stored);
    TRY(close_version(w, stored, change_ms));
    found->id = stored->id;
    found->known_ms = change_ms;
    TRY(insert_version(w, merge, found));
    return tell(w, merge, "entitlement.changed", found);
}

static enum err merge_claims(struct work *w, struct rule_merge *merge, struct claim *found,
                             int64_t found_count, struct claim *stored, int64_t stored_count)
{
    int64_t f = 0, s = 0;
    while (f < found_count || s < stored_count) {
        int order = f == found_count    ? 1
                    : s == stored_count ? -1
                                        : claim_key_compare(&found[f], &stored[s]);
        if (order < 0) {
            TRY(add_claim(w, merge, &found[f++]));
        } else if (order > 0) {
            TRY(end_claim(w, merge, &stored[s++]));
        } else {
            if (claim_same(&found[f], &stored[s]))
                merge->figures->unchanged_count++;
            else
                TRY(change_claim(w, merge, &stored[s], &found[f]));
            f++;
            s++;
        }
    }
    return ERR_OK;
}

/* In a look only, a rule that was never stored has no id: nothing is stored for it. */
static enum err stored_rule_id(struct work *w, struct sweep *sweep,
                               const struct statement *statement, int64_t *ret_rule_id)
{
    const struct policy *policy = sweep->policy->policy;
    struct str number = policy->documents[statement->document].number;
    if (writes(sweep))
        return rule_id_of(w, number, statement->name, ret_rule_id);
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
    int32_t basis_table = rule->each >= 0 ? rule->each : rule->subject;
    struct rule_merge merge = {
        .sweep = sweep,
        .figures = figures,
        .subject_record = sweep->vocab->records[rule->subject].name,
        .basis_record = sweep->vocab->records[basis_table].name,
        .subject_is_person = rule->subject == REGISTRY_person,
    };
    TRY(stored_rule_id(w, sweep, statement, &merge.rule_id));
    int32_t period_min, period_max;
    incentive_period_scope(policy, statement, sweep->request->as_of_day, &period_min, &period_max);
    struct claim *found = NULL, *stored = NULL;
    int64_t found_count = 0, stored_count = 0;
    TRY(found_claims(w, sweep, figures->found.statement, &found, &found_count));
    if (figures->on_demand) /* what an earlier edition kept is closed */
        found_count = 0;
    TRY(stored_claims(w, sweep, merge.rule_id, period_min, period_max, &stored, &stored_count));
    return merge_claims(w, &merge, found, found_count, stored, stored_count);
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
    TRY(edition_store(w, sweep));
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
