#include "domain/incentive/incentive_align.h"

#include "domain/incentive/incentive_place.h"
#include "incentive_sql.h"
#include "policy/budget.h"
#include "policy/locality.h"
#include "policy/roster.h"
#include "policy/settle.h"
#include "policy/walk.h"

#include <stdlib.h>
#include <string.h>

enum {
    SCOPE_DOCUMENTS_MAX = 128, /* rules of documents beyond are walked wherever they are */
    TOGETHER_MAX = 32,         /* persons whose rows are loaded together */
};

/* ---- the plan ---- */

static int32_t root_of(int32_t table)
{
    for (int32_t owner = registry_owner(table); owner >= 0; owner = registry_owner(table))
        table = owner;
    return table;
}

static bool quota_is_hard(const struct quota *quota)
{
    return quota->limit && !quota->about;
}

/* The quota of a rule, its own or a settlement's; *ret_count: how many it has. */
static const struct quota *quota_of(const struct policy *policy, int32_t statement,
                                    int32_t *ret_count)
{
    const struct quota *own = &policy->statements[statement].as.rule->quota;
    const struct quota *found = own->present && quota_is_hard(own) ? own : NULL;
    *ret_count = found != NULL;
    for (int32_t s = 0; s < policy->statement_count; s++) {
        if (policy->statements[s].kind != STATEMENT_SETTLEMENT)
            continue;
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count; c++) {
            const struct settlement_clause *clause = &settlement->clauses[c];
            if (clause->kind != SETTLEMENT_QUOTA || clause->rules[0] != statement ||
                !clause->quota.present || !quota_is_hard(&clause->quota))
                continue;
            found = &clause->quota;
            ++*ret_count;
        }
    }
    return found;
}

/* What such a rule pays depends on who else is paid: no place in a quota says it. */
static bool settles_over_subjects(const struct policy *policy, int32_t statement)
{
    bool found = rule_has_budget(policy, statement);
    for (int32_t s = 0; s < policy->statement_count && !found; s++) {
        if (policy->statements[s].kind != STATEMENT_SETTLEMENT)
            continue;
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count; c++)
            for (int32_t r = 0; r < settlement->clauses[c].rule_count; r++)
                found |= settlement->clauses[c].spans_subjects &&
                         settlement->clauses[c].rules[r] == statement;
    }
    return found;
}

static void plan_rule(struct holder_plan *plan, int32_t statement, bool is_shared)
{
    const struct policy *policy = plan->policy->policy;
    int32_t quota_count;
    const struct quota *quota = quota_of(policy, statement, &quota_count);
    plan->is_chained |= quota_count > 1 || (quota && quota->order_count > PLACE_KEYS_MAX) ||
                        settles_over_subjects(policy, statement);
    plan->rules[plan->rule_count++] = (struct holder_rule){
        .statement = statement,
        .root = root_of(policy->statements[statement].as.rule->subject),
        .keeps = rule_keeps_roster(policy, statement),
        .is_shared = is_shared,
        .quota = quota,
    };
}

static enum err make_nobody(struct holder_plan *plan, struct fault *fault)
{
    TRY(world_new(plan->vocab, &plan->nobody, fault));
    return world_seal(plan->nobody, fault);
}

void holder_plan_done(struct holder_plan *plan)
{
    world_free(plan->nobody);
    plan->nobody = NULL;
}

enum err holder_plan_make(struct arena *arena, const struct vocab *vocab,
                          const struct incentive_policy *policy, struct holder_plan *ret_plan,
                          struct fault *fault)
{
    const struct policy *p = policy->policy;
    struct holder_plan plan = {.vocab = vocab, .policy = policy};
    TRY(reach_statements_make(arena, &plan.statements, fault));
    TRY(reach_make(arena, p, NULL, plan.statements, &plan.reach, fault));
    TRY(next_change_plan(arena, p, &plan.next, fault));
    plan.rules = ARENA_NEW_ARRAY(arena, struct holder_rule, (size_t)p->statement_count + 1);
    uint64_t *shared =
        ARENA_NEW_ARRAY(arena, uint64_t, (size_t)program_rule_words(policy->program) + 1);
    if (!plan.rules || !shared)
        return fault_set(fault, ERR_MEMORY, "no memory for the rules to follow");
    int32_t quota_count;
    for (int32_t s = 0; s < p->statement_count; s++)
        if (statement_decides(&p->statements[s]) && quota_of(p, s, &quota_count))
            rule_set_add(shared, s);
    program_rules_settled_with(policy->program, shared);
    for (int32_t s = 0; s < p->statement_count; s++)
        if (statement_decides(&p->statements[s]))
            plan_rule(&plan, s, rule_set_has(shared, s));
    enum err err = make_nobody(&plan, fault);
    if (err != ERR_OK) {
        holder_plan_done(&plan);
        return err;
    }
    *ret_plan = plan;
    return ERR_OK;
}

enum err holder_plan_part(struct arena *arena, const struct holder_plan *whole,
                          const uint64_t *rules, struct holder_plan *ret_part,
                          struct fault *fault)
{
    struct holder_plan part = *whole;
    part.is_part = true;
    part.rule_count = 0;
    part.rules = ARENA_NEW_ARRAY(arena, struct holder_rule, (size_t)whole->rule_count + 1);
    if (!part.rules)
        return fault_set(fault, ERR_MEMORY, "no memory for the rules to follow");
    for (int32_t i = 0; i < whole->rule_count; i++)
        if (rule_set_has(rules, whole->rules[i].statement))
            part.rules[part.rule_count++] = whole->rules[i];
    TRY(reach_make(arena, whole->policy->policy, rules, whole->statements, &part.reach, fault));
    *ret_part = part;
    return ERR_OK;
}

/* ---- what stands without the others ---- */

void holder_rows(const struct world *world, int32_t table, int32_t root_row, int32_t *ret_first,
                 int32_t *ret_end)
{
    int32_t owner = vocab_owner(world->vocab, table);
    if (owner < 0) {
        *ret_first = root_row;
        *ret_end = root_row + 1;
        return;
    }
    int32_t first, end;
    holder_rows(world, owner, root_row, &first, &end);
    *ret_first = world->tables[table].first_row[first];
    *ret_end = world->tables[table].first_row[end];
}

/* Documents of other places have nothing to say to a holder: most rules of a province with many
 * cities are passed over by this. */
struct scope {
    bool is_elsewhere[SCOPE_DOCUMENTS_MAX];
};

static void scope_make(const struct holder_plan *plan, const struct world *world, int32_t root,
                       int32_t root_row, struct scope *scope)
{
    const struct policy *policy = plan->policy->policy;
    int32_t count = policy->document_count < SCOPE_DOCUMENTS_MAX ? policy->document_count
                                                                 : SCOPE_DOCUMENTS_MAX;
    *scope = (struct scope){0};
    for (int32_t i = 0; i < count; i++)
        scope->is_elsewhere[i] = locality_excludes(policy, i, world, root, root_row);
}

static bool is_elsewhere(const struct holder_plan *plan, const struct scope *scope,
                         const struct holder_rule *rule)
{
    int32_t document = plan->policy->policy->statements[rule->statement].document;
    return document < SCOPE_DOCUMENTS_MAX && scope->is_elsewhere[document];
}

int32_t holder_next_day(const struct holder_plan *plan, const struct world *world, int32_t root,
                        int32_t root_row, int32_t as_of_day)
{
    const struct policy *policy = plan->policy->policy;
    int32_t next = NEXT_CHANGE_NEVER;
    struct scope scope;
    scope_make(plan, world, root, root_row, &scope);
    for (int32_t i = 0; i < plan->rule_count; i++) {
        const struct holder_rule *rule = &plan->rules[i];
        if (rule->root != root || !rule->keeps || is_elsewhere(plan, &scope, rule))
            continue;
        int32_t first, end;
        holder_rows(world, policy->statements[rule->statement].as.rule->subject, root_row, &first,
                    &end);
        for (int32_t row = first; row < end; row++) {
            int32_t day = next_change_day(plan->next, world, rule->statement, row, as_of_day);
            next = day < next ? day : next;
        }
    }
    return next;
}

enum which_rules { RULES_ALL, RULES_SHARED, RULES_WITH_QUOTA };

static bool is_wanted(const struct holder_rule *rule, enum which_rules which)
{
    return which == RULES_ALL ? rule->keeps
           : which == RULES_SHARED ? rule->is_shared && rule->keeps
                                   : rule->quota && rule->keeps;
}

/* Adds the candidates of one rule for a root row, in the order of a result. */
static bool add_candidates(const struct holder_plan *plan, const struct world *world,
                           const struct holder_rule *rule, int32_t root_row, int32_t as_of_day,
                           struct decision_list *list)
{
    const struct policy *policy = plan->policy->policy;
    int32_t subject = policy->statements[rule->statement].as.rule->subject;
    struct eval_request request = {.as_of_day = as_of_day, .since_day = ABSENT_I32};
    struct walk walk = {.policy = policy, .world = world};
    int32_t period_count = rule_period_count(policy, rule->statement, &request);
    for (int32_t p = 0; p < period_count; p++) {
        struct rule_period period = rule_period_at(policy, rule->statement, &request, p);
        int32_t first, end;
        holder_rows(world, subject, root_row, &first, &end);
        for (int32_t row = first; row < end; row++)
            if (!walk_subject(&walk, rule->statement, &period, row, list))
                return false;
    }
    return true;
}

static bool list_candidates(const struct holder_plan *plan, const struct world *world,
                            int32_t root, int32_t root_row, int32_t as_of_day,
                            enum which_rules which, struct decision_list *list)
{
    struct scope scope;
    scope_make(plan, world, root, root_row, &scope);
    for (int32_t i = 0; i < plan->rule_count; i++) {
        const struct holder_rule *rule = &plan->rules[i];
        if (rule->root == root && is_wanted(rule, which) && !is_elsewhere(plan, &scope, rule) &&
            !add_candidates(plan, world, rule, root_row, as_of_day, list))
            return false;
    }
    return true;
}

/* ---- who stands for a place ---- */

const struct holder_rule *holder_rule_of(const struct holder_plan *plan, int32_t statement)
{
    int32_t i = 0;
    while (plan->rules[i].statement != statement)
        i++;
    return &plan->rules[i];
}

bool holder_places(const struct holder_plan *plan, const struct world *world, int32_t root,
                   int32_t root_row, int32_t as_of_day, struct place_list *places)
{
    struct decision_list list = {0};
    bool done = list_candidates(plan, world, root, root_row, as_of_day, RULES_WITH_QUOTA,
                                &list);
    for (int64_t i = 0; i < list.row_count && done; i++) {
        if (list.rows[i].lane != LANE_GRANTED)
            continue;
        struct place place =
            place_of_decision(plan, world, holder_rule_of(plan, list.rows[i].statement),
                              &list.rows[i], as_of_day);
        done = place_list_add(places, &place);
    }
    decision_list_done(&list);
    return done;
}

/* ---- stored against found ---- */

struct stored {
    int64_t rule_id;
    struct claim claim;
};

static enum err stored_of(struct work *w, int64_t holder_id, struct stored **ret_rows,
                          int32_t *ret_count)
{
    struct entitlement_held_in in = {.holder_id = holder_id};
    struct stored *rows = NULL;
    int32_t count = 0, capacity = 0;
    struct cursor cursor;
    TRY(entitlement_held(w, &in, &cursor));
    for (;;) {
        struct entitlement_held_out row;
        bool more;
        TRY(entitlement_held_next(&cursor, &row, &more));
        if (!more)
            break;
        if (count == capacity) {
            capacity = capacity ? capacity * 2 : 32;
            struct stored *grown = ARENA_NEW_ARRAY(w->arena, struct stored, (size_t)capacity);
            if (!grown)
                return fail(w, ERR_MEMORY, "no memory for the entitlements of a holder");
            if (count > 0)
                memcpy(grown, rows, (size_t)count * sizeof *grown);
            rows = grown;
        }
        rows[count++] = (struct stored){
            row.rule_id,
            {.subject_id = row.subject_id, .basis_id = row.basis_id, .period = row.period,
             .lane = row.lane, .amount_fen = row.amount_fen, .gross_fen = row.gross_fen,
             .payee_id = row.payee_id, .holder_id = holder_id, .id = row.id,
             .known_ms = row.known_ms}};
    }
    cursor_close(&cursor);
    *ret_rows = rows;
    *ret_count = count;
    return ERR_OK;
}

struct sides { /* of one holder and rule */
    struct claim *found, *stored;
    int64_t found_count, stored_count;
};

static void add_up(struct claim_counts *sum, const struct claim_counts *one)
{
    sum->new_count += one->new_count;
    sum->changed_count += one->changed_count;
    sum->ended_count += one->ended_count;
    sum->unchanged_count += one->unchanged_count;
}

static enum err merge_rule(struct work *w, struct holder_run *run, const struct holder_rule *rule,
                           struct sides *sides, int64_t known_at_ms)
{
    const struct policy *policy = run->plan->policy->policy;
    struct claim_merge merge = {
        .vocab = run->plan->vocab,
        .rule = policy->statements[rule->statement].as.rule,
        .rule_id = rule->rule_id,
        .edition_id = run->edition_id,
        .as_of_day = run->as_of_day,
        .known_at_ms = known_at_ms,
        .writes = true,
    };
    if (sides->found_count > 1)
        qsort(sides->found, (size_t)sides->found_count, sizeof *sides->found, claim_key_compare);
    TRY(claim_merge_sides(w, &merge, sides->found, sides->found_count, sides->stored,
                          sides->stored_count));
    add_up(&run->counts, &merge.counts);
    return ERR_OK;
}

/* Merges the wanted rules of one holder. The decisions may be those of others too. */
static enum err merge_holder(struct work *w, struct holder_run *run, const struct world *world,
                             struct holder holder, const struct eval_result *result,
                             bool wants_certain, bool wants_shared, int64_t known_at_ms)
{
    const struct policy *policy = run->plan->policy->policy;
    struct stored *stored = NULL;
    int32_t stored_count = 0;
    TRY(stored_of(w, holder.id, &stored, &stored_count));
    struct sides room = {
        .found = ARENA_NEW_ARRAY(w->arena, struct claim, (size_t)result->decision_count + 1),
        .stored = ARENA_NEW_ARRAY(w->arena, struct claim, (size_t)stored_count + 1),
    };
    if (!room.found || !room.stored)
        return fail(w, ERR_MEMORY, "no memory for the entitlements of a holder");
    int64_t d = 0;
    for (int32_t i = 0; i < run->plan->rule_count; i++) {
        const struct holder_rule *rule = &run->plan->rules[i];
        const struct statement *statement = &policy->statements[rule->statement];
        room.found_count = room.stored_count = 0;
        for (; d < result->decision_count && result->decisions[d].statement == rule->statement;
             d++) {
            struct claim claim =
                claim_of_decision(world, statement->as.rule, &result->decisions[d]);
            if (claim.holder_id == holder.id)
                room.found[room.found_count++] = claim;
        }
        if (rule->root != holder.root || !(rule->is_shared ? wants_shared : wants_certain))
            continue;
        int32_t period_min, period_max;
        incentive_period_scope(policy, statement, run->as_of_day, &period_min, &period_max);
        for (int32_t s = 0; s < stored_count; s++)
            if (stored[s].rule_id == rule->rule_id && stored[s].claim.period >= period_min &&
                stored[s].claim.period <= period_max)
                room.stored[room.stored_count++] = stored[s].claim;
        if (room.found_count + room.stored_count > 0)
            TRY(merge_rule(w, run, rule, &room, known_at_ms));
    }
    return ERR_OK;
}

/* ---- next days ---- */

/* After a part of the rules the others may still change first. */
static enum err put_due(struct work *w, struct holder holder, int32_t due_day, bool is_part)
{
    struct due_of_holder_out now = {.due_day = NEXT_CHANGE_NEVER};
    struct due_of_holder_in in = {.holder_id = holder.id};
    enum err err = due_of_holder(w, &in, &now);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    if (now.due_day == due_day || (is_part && now.due_day < due_day))
        return ERR_OK;
    if (due_day == NEXT_CHANGE_NEVER)
        return due_remove(w, &(struct due_remove_in){.holder_id = holder.id}, NULL);
    struct due_put_in row = {
        .holder_id = holder.id, .record = holder.root, .due_day = due_day};
    return due_put(w, &row, NULL);
}

static int32_t next_day_with_decisions(const struct holder_run *run, const struct world *world,
                                       struct holder holder, int32_t root_row,
                                       const struct decision_list *list)
{
    int32_t next = holder_next_day(run->plan, world, holder.root, root_row, run->as_of_day);
    for (int64_t i = 0; i < list->row_count; i++) {
        int32_t day = next_change_of_decision(run->plan->policy->policy, list->rows[i].statement,
                                              run->as_of_day);
        next = day < next ? day : next;
    }
    return next;
}

/* ---- one holder ---- */

static void keep_places_of_plan(const struct holder_plan *plan, struct place_list *places)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < places->count; i++) {
        int32_t r = 0;
        while (r < plan->rule_count && plan->rules[r].rule_id != places->rows[i].rule_id)
            r++;
        if (!plan->is_part || r < plan->rule_count)
            places->rows[kept++] = places->rows[i];
    }
    places->count = kept;
}

/* Notes the places the holder stands for. On its day the limit itself may be another. */
static enum err note_places(struct work *w, struct holder_run *run, const struct world *world,
                            struct holder holder, int32_t root_row, bool is_due,
                            bool *ret_stands)
{
    struct place_list stored, found = {.arena = w->arena};
    TRY(place_read(w, holder.id, &stored));
    keep_places_of_plan(run->plan, &stored);
    bool done = root_row < 0 || holder_places(run->plan, world, holder.root, root_row,
                                              run->as_of_day, &found);
    for (int32_t i = 0; i < found.count && done && is_due; i++)
        done = place_add_window(run->windows, &found.rows[i]);
    done = done && (found.count == 0 || holder_set_add(run->standing, holder));
    if (!done)
        return fail(w, ERR_MEMORY, "no memory for the places of a holder");
    *ret_stands = found.count > 0;
    return place_store(w, holder, &stored, &found, run->windows);
}

static enum err settle_and_merge(struct work *w, struct holder_run *run, const struct world *world,
                                 struct holder holder, int32_t root_row, bool stands,
                                 int64_t known_at_ms)
{
    struct decision_list list = {0};
    struct eval_request request = {
        .as_of_day = run->as_of_day, .since_day = ABSENT_I32, .thread_count = 1};
    struct eval_result *result = NULL;
    bool done = root_row < 0 || list_candidates(run->plan, world, holder.root, root_row,
                                                run->as_of_day, RULES_ALL, &list);
    int32_t due_day = NEXT_CHANGE_NEVER;
    if (done && root_row >= 0)
        due_day = next_day_with_decisions(run, world, holder, root_row, &list);
    enum err err = done ? settle_candidates(run->plan->policy->policy, world, &request, &list,
                                            &result, &w->fault)
                        : fail(w, ERR_MEMORY, "no memory for the candidates of a holder");
    decision_list_done(&list);
    if (err == ERR_OK)
        err = merge_holder(w, run, world, holder, result, true, !stands, known_at_ms);
    eval_result_free(result);
    return err == ERR_OK ? put_due(w, holder, due_day, run->plan->is_part) : err;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static enum err bring_in_line(struct work *w, struct holder_run *run, const struct world *world,
                              struct holder holder, bool is_due, int64_t known_ms)
{
    int32_t root_row = world_row(world, holder.root, holder.id);
    bool stands = false;
    TRY(note_places(w, run, world, holder, root_row, is_due, &stands));
    return settle_and_merge(w, run, world, holder, root_row, stands, later(w->now_ms, known_ms));
}

/* Persons share a world, and so the rows of the bodies they have in common; a body has its own. */
static int32_t count_together(const struct holder *holders, int32_t holder_count)
{
    int32_t count = 0;
    while (count < holder_count && count < TOGETHER_MAX && holders[count].root == REGISTRY_person)
        count++;
    return count > 0 ? count : 1;
}

enum err holder_bring_in_line(struct work *w, struct holder_run *run, const struct holder *holders,
                              int32_t holder_count, bool is_due)
{
    for (int32_t first = 0, count; first < holder_count; first += count) {
        struct arena_mark mark = arena_mark(w->arena);
        struct world *world;
        int64_t known_ms;
        count = count_together(holders + first, holder_count - first);
        TRY(reach_world(w, run->plan->vocab, run->plan->reach, holders + first, count, &world,
                        &known_ms));
        enum err err = ERR_OK;
        for (int32_t i = 0; i < count && err == ERR_OK; i++)
            err = bring_in_line(w, run, world, holders[first + i], is_due, known_ms);
        world_free(world);
        TRY(err);
        arena_rewind(w->arena, mark);
    }
    return ERR_OK;
}

/* ---- places of quotas ---- */

static enum err settle_in_places(struct work *w, struct holder_run *run,
                                 const struct world *world, struct holder holder,
                                 int64_t known_at_ms)
{
    int32_t root_row = world_row(world, holder.root, holder.id);
    struct place_list places;
    TRY(place_read(w, holder.id, &places));
    struct decision_list list = {0};
    struct eval_request request = {
        .as_of_day = run->as_of_day, .since_day = ABSENT_I32, .thread_count = 1};
    struct eval_result *result = NULL;
    struct place_oracle oracle = {run->plan, world, &places, run->as_of_day};
    bool done = root_row < 0 || list_candidates(run->plan, world, holder.root, root_row,
                                                run->as_of_day, RULES_SHARED, &list);
    enum err err = done ? settle_placed(run->plan->policy->policy, world, &request, &list,
                                        place_is_taken, &oracle, &result, &w->fault)
                        : fail(w, ERR_MEMORY, "no memory for the candidates of a holder");
    decision_list_done(&list);
    if (err == ERR_OK)
        err = merge_holder(w, run, world, holder, result, false, true, known_at_ms);
    eval_result_free(result);
    return err;
}

enum err holder_contest(struct work *w, struct holder_run *run)
{
    for (int32_t i = 0; i < run->windows->count; i++)
        TRY(place_give(w, run->plan, &run->windows->rows[i], run->as_of_day, run->standing));
    for (int32_t i = 0; i < run->standing->count; i++) {
        struct arena_mark mark = arena_mark(w->arena);
        struct world *world;
        int64_t known_ms;
        TRY(reach_world(w, run->plan->vocab, run->plan->reach, &run->standing->rows[i], 1, &world,
                        &known_ms));
        enum err err = settle_in_places(w, run, world, run->standing->rows[i],
                                        later(w->now_ms, known_ms));
        world_free(world);
        TRY(err);
        arena_rewind(w->arena, mark);
    }
    return ERR_OK;
}
