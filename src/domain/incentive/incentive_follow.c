#include "domain/incentive/incentive_follow.h"

#include "base/clock.h"
#include "base/day.h"
#include "base/json.h"
#include "domain/incentive/incentive_forecast.h"
#include "incentive_sql.h"
#include "store/outbox.h"
#include "store/stmt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FOLLOWER_NAME STR("entitlement")

enum {
    FOLLOW_DUE_MAX = 200,       /* holders of one transaction */
    FOLLOW_AT_ONCE_PART = 40,   /* of what makes a sweep: more that are touched take turns */
    FOLLOW_LEFT_MAX = 100,      /* own decisions that the next round may find in the log */
    FOLLOW_PARTS_MAX = 64,      /* sets of rules: with each, those of one kind of fact */
    FOLLOW_ARENA_SIZE_MAX = 1 << 30,
};

struct follow_part { /* rules that read what some kind of fact tells */
    uint64_t *rules;
    struct holder_plan plan;
};

struct follower {
    const struct work_env *base_env;
    struct work_env env; /* the same with room for a batch */
    struct arena arena;
    struct holder_plan plan;
    int32_t rule_words;
    struct follow_part parts[FOLLOW_PARTS_MAX];
    int32_t part_count;
    int64_t edition_id;
    bool has_rules; /* of the plan, with their numbers in the store */
    int32_t as_of_day;
    int32_t sweep_min;            /* holders to look at from which on a sweep is faster */
    struct follow_report *report; /* of the round that runs */
    bool has_made_due;            /* it left holders to be looked at in turns */
    struct str wants_sweep;       /* why a batch gave up */
};

enum err follower_new(struct work_env *env, const struct vocab *vocab,
                      const struct incentive_policy *policy, struct follower **ret_follower,
                      struct fault *fault)
{
    struct follower *follower = calloc(1, sizeof *follower);
    if (!follower)
        return fault_set(fault, ERR_MEMORY, "no memory for a follower");
    follower->base_env = env;
    follower->rule_words = program_rule_words(policy->program);
    arena_init(&follower->arena, FOLLOW_ARENA_SIZE_MAX);
    enum err err =
        holder_plan_make(&follower->arena, vocab, policy, &follower->plan, fault);
    if (err != ERR_OK) {
        follower_free(follower);
        return err;
    }
    *ret_follower = follower;
    return ERR_OK;
}

void follower_free(struct follower *follower)
{
    if (!follower)
        return;
    holder_plan_done(&follower->plan);
    arena_done(&follower->arena);
    free(follower);
}

static void take_env(struct follower *follower)
{
    follower->env = *follower->base_env;
    follower->env.arena_limit_size = FOLLOW_ARENA_SIZE_MAX;
}

/* ---- where the follower stands ---- */

struct standing {
    struct follower *follower;
    int32_t as_of_day; /* asked for */
    int32_t followed_day, latest_day;
    bool has_edition;
    int64_t event_count, due_count;
    int64_t count_max;
};

/* Rules get their numbers once: they are read until all are there. */
static enum err read_rules(struct work *w, struct follower *follower)
{
    struct holder_plan *plan = &follower->plan;
    const struct policy *policy = plan->policy->policy;
    bool has_all = true;
    for (int32_t i = 0; i < plan->rule_count && !follower->has_rules; i++) {
        const struct statement *statement = &policy->statements[plan->rules[i].statement];
        struct rule_by_name_in in = {
            .document_number = policy->documents[statement->document].number,
            .name = statement->name};
        struct rule_by_name_out row = {.id = 0};
        enum err err = rule_by_name(w, &in, &row);
        if (err != ERR_OK && err != ERR_NOT_FOUND)
            return err;
        plan->rules[i].rule_id = row.id;
        has_all &= row.id != 0;
    }
    fault_clear(&w->fault);
    follower->has_rules = has_all;
    return ERR_OK;
}

static enum err read_standing(struct work *w, void *context)
{
    struct standing *standing = context;
    struct follower *follower = standing->follower;
    const struct policy *policy = follower->plan.policy->policy;
    struct edition_by_hash_in hash = {{(const char *)policy->hash, sizeof policy->hash}};
    struct edition_by_hash_out edition = {.id = 0};
    struct follower_state_in name = {FOLLOWER_NAME};
    struct follower_state_out state = {.as_of_day = ABSENT_I32};
    enum err err = edition_by_hash(w, &hash, &edition);
    if (err == ERR_OK || err == ERR_NOT_FOUND)
        err = follower_state(w, &name, &state);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    standing->followed_day = state.as_of_day;
    standing->has_edition = edition.id != 0 && state.edition_id == edition.id;
    follower->edition_id = edition.id;
    TRY(read_rules(w, follower));
    struct sweep_latest_day_out latest;
    TRY(sweep_latest_day(w, &latest));
    standing->latest_day = latest.as_of_day;
    int64_t position;
    TRY(outbox_position(w, FOLLOWER_NAME, &position));
    struct fact_event_count_in facts = {position, (int32_t)standing->count_max};
    struct fact_event_count_out fact_count;
    TRY(fact_event_count(w, &facts, &fact_count));
    struct due_count_in due = {standing->as_of_day, (int32_t)standing->count_max};
    struct due_count_out counted;
    TRY(due_count(w, &due, &counted));
    standing->event_count = fact_count.row_count;
    standing->due_count = counted.row_count;
    return ERR_OK;
}

static enum err refuse_earlier(const struct standing *standing, struct fault *fault)
{
    if (standing->latest_day == ABSENT_I32 || standing->latest_day <= standing->as_of_day)
        return ERR_OK;
    char asked_text[DAY_TEXT_SIZE], latest_text[DAY_TEXT_SIZE];
    day_text(standing->as_of_day, asked_text);
    day_text(standing->latest_day, latest_text);
    return fault_set(fault, ERR_SWEEP_EARLIER, "全市已经核对到 %s，%s 更早", latest_text,
                     asked_text);
}

/* Why everybody is to be looked at; empty when it is enough to look at some. */
static struct str sweep_reason(const struct standing *standing)
{
    const struct follower *follower = standing->follower;
    if (standing->followed_day == ABSENT_I32)
        return STR("first");
    if (!standing->has_edition || !follower->has_rules)
        return STR("policy");
    if (next_change_of_documents(follower->plan.policy->policy, standing->followed_day) <=
        standing->as_of_day)
        return STR("document");
    if (standing->event_count >= standing->count_max)
        return STR("events");
    if (standing->due_count >= standing->count_max)
        return STR("due");
    bool has_moved = standing->due_count > 0 || standing->followed_day < standing->as_of_day;
    if (has_moved && follower->plan.has_swept)
        return STR("whole tables");
    return STR("");
}

/* ---- a sweep, and from it the next days ---- */

struct taking_stock {
    struct follower *follower;
    struct forecast *forecast;
    int64_t event_id;
    int32_t as_of_day;
};

static enum err store_due_days(struct work *w, const struct forecast *forecast)
{
    struct bulk *bulk;
    TRY(due_clear(w, NULL));
    TRY(stmt_bulk_begin(w, &due_insert_stmt, &bulk));
    enum err err = ERR_OK;
    for (int32_t kind = 0; kind < 2; kind++) {
        for (int32_t row = 0; row < forecast->counts[kind] && err == ERR_OK; row++) {
            if (forecast->due_days[kind][row] == NEXT_CHANGE_NEVER)
                continue;
            struct due_insert_in in = {forecast->holder_ids[kind][row], forecast_root(kind),
                                       forecast->due_days[kind][row]};
            err = stmt_struct_bulk_row(bulk, &in);
        }
    }
    enum err ended = stmt_bulk_end(bulk, NULL);
    return err == ERR_OK ? ended : err;
}

static enum err store_places(struct work *w, const struct taking_stock *stock)
{
    const struct forecast *forecast = stock->forecast;
    const struct holder_plan *plan = &stock->follower->plan;
    struct place_list windows = {.arena = w->arena};
    TRY(read_rules(w, stock->follower));
    TRY(place_clear(w, NULL));
    for (int32_t i = 0; i < forecast->contender_count; i++) {
        struct place *place = &forecast->contenders[i].place;
        place->rule_id = holder_rule_of(plan, place->statement)->rule_id;
        const struct place_list none = {0}, one = {.rows = place, .count = 1};
        TRY(place_store(w, forecast->contenders[i].holder, &none, &one, &windows));
    }
    for (int32_t i = 0; i < windows.count; i++)
        TRY(place_give(w, plan, &windows.rows[i], stock->as_of_day, NULL));
    return ERR_OK;
}

static enum err store_stock(struct work *w, void *context)
{
    const struct taking_stock *stock = context;
    TRY(store_due_days(w, stock->forecast));
    TRY(claim_edition(w, stock->follower->plan.policy, &stock->follower->edition_id));
    TRY(store_places(w, stock));
    struct follower_state_put_in state = {FOLLOWER_NAME, stock->as_of_day,
                                          stock->follower->edition_id, w->now_ms};
    TRY(follower_state_put(w, &state, NULL));
    struct follower_place_in place = {FOLLOWER_NAME, stock->event_id, w->now_ms};
    return follower_place(w, &place, NULL);
}

struct log_end {
    int64_t event_id;
    int64_t now_ms;
};

static enum err read_log_end(struct work *w, void *context)
{
    struct log_end *end = context;
    struct log_newest_out newest;
    TRY(log_newest(w, &newest));
    end->event_id = newest.id == ABSENT_I64 ? 0 : newest.id;
    end->now_ms = w->now_ms;
    return ERR_OK;
}

/* The place in the log is taken before the facts are read: what comes in between is looked at
 * twice, nothing is overlooked. On PostgreSQL the place stays behind running writers. */
static enum err sweep_instead(struct follower *follower, int32_t as_of_day, struct str why,
                              struct fault *fault)
{
    struct log_end end;
    TRY(work_run(&follower->env, WORK_READ, read_log_end, &end, fault));
    struct forecast forecast = {.plan = &follower->plan, .as_of_day = as_of_day};
    struct sweep_request request = {.as_of_day = as_of_day, .known_at_ms = end.now_ms,
                                    .mode = SWEEP_STORE, .on_world = forecast_all,
                                    .on_world_context = &forecast};
    struct arena arena;
    arena_init(&arena, FOLLOW_ARENA_SIZE_MAX);
    struct sweep_report *report;
    enum err err = incentive_sweep(&follower->env, follower->plan.vocab, follower->plan.policy,
                                   &request, &arena, &report, NULL, NULL, fault);
    if (err == ERR_OK) {
        follower->report->new_count += report->new_count;
        follower->report->changed_count += report->changed_count;
        follower->report->ended_count += report->ended_count;
        follower->report->swept_because = why;
        struct taking_stock stock = {follower, &forecast, end.event_id, as_of_day};
        err = work_run(&follower->env, WORK_WRITE, store_stock, &stock, fault);
    }
    forecast_done(&forecast);
    arena_done(&arena);
    return err;
}

/* ---- facts ---- */

struct batch {
    struct follower *follower;
    struct claim_counts counts;
    int64_t event_count, holder_count;
    bool made_due; /* those touched were many: they wait for their turns */
    bool is_first; /* of those that are due */
    uint64_t *rules;   /* that read what its facts tell; a set */
    bool concerns_all; /* every rule may find something else */
};

/* "certificate.corrected" of a person; -1 for what tells of no record. */
static int32_t table_of_event(const struct event *event)
{
    struct str rest = event->kind;
    struct str record;
    if (!str_split(&rest, '.', &record))
        return -1;
    return registry_table_by_name(record);
}

/* The fields that a correction tells of in its detail, as bits; all of them when it does not. */
static uint32_t fields_of_event(struct work *w, int32_t table, const struct event *event)
{
    const struct json_value *detail = NULL;
    if (json_parse(w->arena, event->detail, event->detail.size, &detail, NULL) != ERR_OK)
        return UINT32_MAX;
    const struct json_value *changed = json_member(detail, "changed");
    if (!changed || changed->kind != JSON_KIND_ARRAY)
        return UINT32_MAX;
    uint32_t fields = 0;
    for (const struct json_value *name = changed->first; name; name = name->next) {
        int32_t field = registry_field_by_name(&registry_records[table], name->text);
        if (field < 0)
            return UINT32_MAX;
        fields |= 1u << field;
    }
    return fields;
}

static bool owns_rows(int32_t table)
{
    for (int32_t t = 0; t < REGISTRY_RECORD_COUNT; t++)
        if (registry_owner(t) == table)
            return true;
    return false;
}

/* Rules that read what changed; with a row that comes or goes, what belongs to it does. */
static void add_rules_reading(struct batch *batch, const struct reach_change *change)
{
    const struct program *program = batch->follower->plan.policy->program;
    batch->concerns_all |= change->kind != REACH_CORRECTED && owns_rows(change->table);
    if (change->kind != REACH_CORRECTED)
        program_rules_reading(program, change->table, -1, batch->rules);
    for (int32_t f = 0; f < registry_records[change->table].field_count; f++)
        if (change->kind != REACH_CORRECTED || change->fields >> f & 1)
            program_rules_reading(program, change->table, f, batch->rules);
}

/* Whether rules are among those concerned that only a sweep keeps current. */
static bool concerns_swept(struct batch *batch)
{
    const struct follower *follower = batch->follower;
    if (!follower->plan.has_swept || batch->concerns_all)
        return follower->plan.has_swept;
    program_rules_settled_with(follower->plan.policy->program, batch->rules);
    for (int32_t i = 0; i < follower->rule_words; i++)
        if (batch->rules[i] & follower->plan.swept[i])
            return true;
    return false;
}

static enum err want_sweep(struct work *w, struct follower *follower, struct str why)
{
    follower->wants_sweep = why;
    return fail(w, ERR_LIMIT, "a fact touches more than can be looked at alone");
}

static enum err touch(struct work *w, struct batch *batch, const struct event *event,
                      struct holder_set *touched)
{
    const struct follower *follower = batch->follower;
    struct reach_change change = {REACH_OTHER, table_of_event(event), event->person_id, 0};
    if (change.table < 0)
        return ERR_OK;
    if (str_ends(event->kind, STR(".added")))
        change.kind = REACH_NEW;
    if (str_ends(event->kind, STR(".corrected"))) {
        change.kind = REACH_CORRECTED;
        change.fields = fields_of_event(w, change.table, event);
    }
    if (change.root_id == 0) {
        enum err err = reach_root_of_row(w, follower->plan.reach, change.table,
                                         event->subject_id, &change.root_id);
        if (err == ERR_NOT_FOUND) {
            fault_clear(&w->fault);
            return ERR_OK;
        }
        TRY(err);
    }
    add_rules_reading(batch, &change);
    if (concerns_swept(batch))
        return want_sweep(w, batch->follower, STR("whole tables"));
    return reach_touched(w, follower->plan.reach, &change, follower->sweep_min, touched);
}

static enum err bring_all_in_line(struct work *w, struct follower *follower,
                                  const struct holder_plan *plan,
                                  const struct holder_set *holders, bool are_due,
                                  struct claim_counts *ret_counts)
{
    struct arena set_arena, window_arena;
    arena_init(&set_arena, FOLLOW_ARENA_SIZE_MAX);
    arena_init(&window_arena, FOLLOW_ARENA_SIZE_MAX);
    struct holder_set standing;
    holder_set_init(&standing, &set_arena);
    struct place_list windows = {.arena = &window_arena};
    struct holder_run run = {.plan = plan, .edition_id = follower->edition_id,
                             .as_of_day = follower->as_of_day, .standing = &standing,
                             .windows = &windows};
    enum err err = holder_bring_in_line(w, &run, holders->rows, holders->count, are_due);
    if (err == ERR_OK)
        err = holder_contest(w, &run);
    arena_done(&set_arena);
    arena_done(&window_arena);
    if (err == ERR_OK)
        *ret_counts = run.counts;
    return err;
}

/* Those of a big body are done in turns of FOLLOW_DUE_MAX, behind the log. */
static enum err make_due(struct work *w, const struct holder_set *holders, int32_t as_of_day)
{
    struct arena_mark mark = arena_mark(w->arena);
    struct stmt_value *values =
        ARENA_NEW_ARRAY(w->arena, struct stmt_value, (size_t)holders->count * 3);
    int64_t *changed_counts = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)holders->count);
    if (!values || !changed_counts)
        return fail(w, ERR_MEMORY, "no memory for %d that a fact touches", holders->count);
    for (int32_t i = 0; i < holders->count; i++) {
        const struct holder *holder = &holders->rows[i];
        values[i * 3] = (struct stmt_value){.type = STMT_INT64, .number = holder->id};
        values[i * 3 + 1] = (struct stmt_value){.type = STMT_INT32, .number = holder->root};
        values[i * 3 + 2] = (struct stmt_value){.type = STMT_INT32, .number = as_of_day};
    }
    TRY(stmt_exec_each(w, &due_put_stmt, values, holders->count, changed_counts));
    arena_rewind(w->arena, mark);
    return ERR_OK;
}

/* Behind another that is already at a later day nothing may be decided. */
static enum err take_turn(struct work *w, const struct follower *follower)
{
    struct follower_take_turn_in turn = {FOLLOWER_NAME, w->now_ms};
    struct follower_state_in name = {FOLLOWER_NAME};
    struct follower_state_out state;
    TRY(follower_take_turn(w, &turn, NULL));
    TRY(follower_state(w, &name, &state));
    if (state.as_of_day > follower->as_of_day)
        return fail(w, ERR_SWEEP_EARLIER, "另一进程已经核对到更晚的一天");
    return ERR_OK;
}

/* The plan of the rules a batch concerns. What kinds of facts there are is soon known: their plans
 * are kept; many kinds at once mean all rules. */
static enum err plan_of_batch(struct work *w, struct batch *batch,
                              const struct holder_plan **ret_plan)
{
    struct follower *follower = batch->follower;
    size_t size = (size_t)follower->rule_words * sizeof *batch->rules;
    program_rules_settled_with(follower->plan.policy->program, batch->rules);
    *ret_plan = &follower->plan;
    for (int32_t i = 0; i < follower->part_count && !batch->concerns_all; i++) {
        if (memcmp(follower->parts[i].rules, batch->rules, size) != 0)
            continue;
        *ret_plan = &follower->parts[i].plan;
        return ERR_OK;
    }
    bool is_full = follower->part_count == FOLLOW_PARTS_MAX;
    if (is_full && follower->plan.has_swept)
        return want_sweep(w, follower, STR("whole tables"));
    if (batch->concerns_all || is_full)
        return ERR_OK;
    struct follow_part *part = &follower->parts[follower->part_count];
    part->rules = ARENA_NEW_ARRAY(&follower->arena, uint64_t, (size_t)follower->rule_words);
    if (!part->rules)
        return fail(w, ERR_MEMORY, "no memory for the rules that facts touch");
    memcpy(part->rules, batch->rules, size);
    TRY(holder_plan_part(&follower->arena, &follower->plan, part->rules, &part->plan, &w->fault));
    follower->part_count++;
    *ret_plan = &part->plan;
    return ERR_OK;
}

static enum err follow_events(struct work *w, const struct event *events, int32_t event_count,
                              void *context)
{
    struct batch *batch = context;
    struct follower *follower = batch->follower;
    struct holder_set touched;
    holder_set_init(&touched, w->arena);
    batch->event_count = 0;
    batch->concerns_all = false;
    batch->rules = ARENA_NEW_ARRAY(w->arena, uint64_t, (size_t)follower->rule_words);
    if (!batch->rules)
        return fail(w, ERR_MEMORY, "no memory for the rules that facts touch");
    TRY(take_turn(w, follower));
    for (int32_t i = 0; i < event_count && touched.count <= follower->sweep_min; i++) {
        if (str_starts(events[i].kind, STR("entitlement.")) ||
            str_starts(events[i].kind, STR("case.")))
            continue;
        batch->event_count++;
        TRY(touch(w, batch, &events[i], &touched));
    }
    batch->made_due = touched.count > follower->sweep_min / FOLLOW_AT_ONCE_PART;
    /* Nothing is kept: a sweep comes instead. In turns all rules are run. */
    if (touched.count > follower->sweep_min || (batch->made_due && follower->plan.has_swept))
        return want_sweep(w, follower, STR("touches many"));
    batch->holder_count = touched.count;
    batch->counts = (struct claim_counts){0};
    if (batch->made_due)
        return make_due(w, &touched, follower->as_of_day);
    const struct holder_plan *plan;
    TRY(plan_of_batch(w, batch, &plan));
    return bring_all_in_line(w, follower, plan, &touched, false, &batch->counts);
}

static void add_counts(struct follow_report *report, const struct claim_counts *counts)
{
    report->new_count += counts->new_count;
    report->changed_count += counts->changed_count;
    report->ended_count += counts->ended_count;
}

/* What a sweep or many holders decided stands in the log too: it is passed over in large steps. */
static enum err follow_log(struct follower *follower, int32_t event_count_max,
                           struct fault *fault)
{
    for (;;) {
        struct batch batch = {.follower = follower};
        int32_t event_count;
        TRY(outbox_run(&follower->env, FOLLOWER_NAME, event_count_max, follow_events, &batch,
                       &event_count, fault));
        follower->report->event_count += batch.event_count;
        follower->report->holder_count += batch.holder_count;
        follower->has_made_due |= batch.made_due;
        add_counts(follower->report, &batch.counts);
        if (event_count < event_count_max)
            return ERR_OK;
    }
}

/* ---- days ---- */

static enum err due_holders(struct work *w, int32_t as_of_day, struct holder_set *due)
{
    struct due_page_in in = {as_of_day, FOLLOW_DUE_MAX};
    struct cursor cursor;
    TRY(due_page(w, &in, &cursor));
    for (;;) {
        struct due_page_out row;
        bool more;
        TRY(due_page_next(&cursor, &row, &more));
        if (!more)
            break;
        if (!holder_set_add(due, (struct holder){row.record, row.holder_id}))
            return fail(w, ERR_MEMORY, "no memory for those who are due");
    }
    cursor_close(&cursor);
    return ERR_OK;
}

/* Those who stand for places move in one transaction: no place changes hands in between. */
static enum err due_standing_holders(struct work *w, int32_t as_of_day, struct holder_set *due)
{
    struct due_standing_in in = {as_of_day};
    struct cursor cursor;
    TRY(due_standing(w, &in, &cursor));
    for (;;) {
        struct due_standing_out row;
        bool more;
        TRY(due_standing_next(&cursor, &row, &more));
        if (!more)
            break;
        if (!holder_set_add(due, (struct holder){row.record, row.holder_id}))
            return fail(w, ERR_MEMORY, "no memory for those who are due");
    }
    cursor_close(&cursor);
    return ERR_OK;
}

static enum err follow_due(struct work *w, void *context)
{
    struct batch *batch = context;
    struct follower *follower = batch->follower;
    struct holder_set due;
    holder_set_init(&due, w->arena);
    TRY(take_turn(w, follower));
    if (batch->is_first)
        TRY(due_standing_holders(w, follower->as_of_day, &due));
    if (due.count == 0)
        TRY(due_holders(w, follower->as_of_day, &due));
    batch->holder_count = due.count;
    batch->counts = (struct claim_counts){0};
    return bring_all_in_line(w, follower, &follower->plan, &due, true, &batch->counts);
}

static enum err store_day(struct work *w, void *context)
{
    struct follower *follower = context;
    struct follower_state_put_in state = {FOLLOWER_NAME, follower->as_of_day,
                                          follower->edition_id, w->now_ms};
    return follower_state_put(w, &state, NULL);
}

static enum err follow_days(struct follower *follower, struct fault *fault)
{
    for (bool is_first = true;; is_first = false) {
        struct batch batch = {.follower = follower, .is_first = is_first};
        TRY(work_run(&follower->env, WORK_WRITE, follow_due, &batch, fault));
        follower->report->due_count += batch.holder_count;
        add_counts(follower->report, &batch.counts);
        if (batch.holder_count == 0)
            return ERR_OK;
    }
}

/* ---- a round ---- */

static enum err follow_news(struct follower *follower, const struct standing *standing,
                            struct fault *fault)
{
    const struct follow_report *report = follower->report;
    if (standing->event_count > 0)
        TRY(follow_log(follower, FOLLOW_EVENTS_MAX, fault));
    if (standing->due_count > 0 || follower->has_made_due)
        TRY(follow_days(follower, fault));
    if (report->new_count + report->changed_count + report->ended_count > FOLLOW_LEFT_MAX)
        TRY(follow_log(follower, OUTBOX_EVENTS_MAX, fault));
    if (standing->followed_day == follower->as_of_day)
        return ERR_OK;
    return work_run(&follower->env, WORK_WRITE, store_day, follower, fault);
}

static enum err run_round(struct follower *follower, struct fault *fault)
{
    struct standing standing = {.follower = follower, .as_of_day = follower->as_of_day,
                                .count_max = follower->sweep_min};
    TRY(work_run(&follower->env, WORK_READ, read_standing, &standing, fault));
    TRY(refuse_earlier(&standing, fault));
    struct str why = sweep_reason(&standing);
    if (why.size > 0) {
        TRY(sweep_instead(follower, follower->as_of_day, why, fault));
        TRY(work_run(&follower->env, WORK_READ, read_standing, &standing, fault));
    }
    enum err err = follow_news(follower, &standing, fault);
    if (err == ERR_OK || follower->wants_sweep.size == 0)
        return err;
    if (fault)
        fault_clear(fault);
    return sweep_instead(follower, follower->as_of_day, follower->wants_sweep, fault);
}

enum err follower_round(struct follower *follower, int32_t as_of_day, int32_t sweep_min,
                        struct follow_report *ret_report, struct fault *fault)
{
    struct follow_report report = {0};
    take_env(follower);
    follower->report = &report;
    follower->as_of_day = as_of_day;
    follower->sweep_min = sweep_min > 0 ? sweep_min : FOLLOW_SWEEP_MIN;
    follower->has_made_due = false;
    follower->wants_sweep = STR("");
    enum err err = run_round(follower, fault);
    report.is_others_turn = err == ERR_STORE_CONFLICT || err == ERR_STORE_BUSY;
    if (err != ERR_OK && !report.is_others_turn)
        return err;
    if (report.is_others_turn && fault)
        fault_clear(fault);
    *ret_report = report;
    return ERR_OK;
}

enum err follower_has_work(struct follower *follower, int32_t as_of_day, bool *ret_has_work,
                           struct fault *fault)
{
    struct standing standing = {
        .follower = follower, .as_of_day = as_of_day, .count_max = 1};
    take_env(follower);
    TRY(work_run(&follower->env, WORK_READ, read_standing, &standing, fault));
    *ret_has_work = standing.event_count + standing.due_count > 0 ||
                    standing.followed_day != as_of_day || !standing.has_edition;
    return ERR_OK;
}
