/* incentive_together.c — holders brought in line together: those whom one fact touches share their
 * statements, their world and one settlement, so that each costs little more than its own rows. */
#include "domain/incentive/incentive_align.h"
#include "domain/incentive/incentive_place.h"
#include "incentive_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct stored {
    int64_t rule_id;
    struct claim claim;
};

struct member { /* a holder; in the order of the ids */
    struct holder holder;
    int32_t root_row;          /* -1: it holds no more */
    int32_t due_day, next_day; /* as stored, as found */
    bool stands;               /* for a place of a quota */
};

/* Holders of one root with the rows around them and what is stored of them. */
struct together {
    int32_t root;
    struct member *members;
    int32_t member_count;
    struct world *world;
    int64_t known_at_ms;
    struct stored *stored; /* by rule, then in the order of claims */
    int32_t stored_count;
    struct place_list places;
};

static enum err no_memory(struct work *w)
{
    return fail(w, ERR_MEMORY, "no memory for the entitlements of holders");
}

/* ---- who ---- */

static int compare_members(const void *left, const void *right)
{
    const struct member *a = left, *b = right;
    return (a->holder.id > b->holder.id) - (a->holder.id < b->holder.id);
}

static struct member *member_of(const struct together *together, int64_t holder_id)
{
    struct member wanted = {.holder.id = holder_id};
    return bsearch(&wanted, together->members, (size_t)together->member_count, sizeof wanted,
                   compare_members);
}

static enum err list_members(struct work *w, const struct holder *holders, int32_t holder_count,
                             struct together *together, struct str *ret_ids)
{
    struct text_buf text;
    text_init(&text, w->arena);
    together->root = holders[0].root;
    together->members = ARENA_NEW_ARRAY(w->arena, struct member, (size_t)holder_count);
    if (!together->members)
        return no_memory(w);
    for (int32_t i = 0; i < holder_count; i++) {
        text_format(&text, i > 0 ? ",%" PRId64 : "%" PRId64, holders[i].id);
        together->members[i] = (struct member){.holder = holders[i],
                                               .root_row = -1,
                                               .due_day = NEXT_CHANGE_NEVER,
                                               .next_day = NEXT_CHANGE_NEVER};
    }
    together->member_count = holder_count;
    qsort(together->members, (size_t)holder_count, sizeof *together->members, compare_members);
    *ret_ids = text_str(&text);
    return text.failed ? no_memory(w) : ERR_OK;
}

/* ---- what is stored ---- */

static int compare_stored(const void *left, const void *right)
{
    const struct stored *a = left, *b = right;
    if (a->rule_id != b->rule_id)
        return a->rule_id < b->rule_id ? -1 : 1;
    return claim_key_compare(&a->claim, &b->claim);
}

static enum err read_stored(struct work *w, struct str holder_ids, struct together *together)
{
    struct entitlement_held_in in = {holder_ids};
    int32_t capacity = 0;
    struct cursor cursor;
    TRY(entitlement_held(w, &in, &cursor));
    for (;;) {
        struct entitlement_held_out row;
        bool more;
        TRY(entitlement_held_next(&cursor, &row, &more));
        if (!more)
            break;
        if (together->stored_count == capacity) {
            capacity = capacity ? capacity * 2 : 32;
            struct stored *grown = ARENA_NEW_ARRAY(w->arena, struct stored, (size_t)capacity);
            if (!grown)
                return no_memory(w);
            if (together->stored_count > 0)
                memcpy(grown, together->stored, (size_t)together->stored_count * sizeof *grown);
            together->stored = grown;
        }
        together->stored[together->stored_count++] = (struct stored){row.rule_id,
                                                                     {.subject_id = row.subject_id,
                                                                      .basis_id = row.basis_id,
                                                                      .period = row.period,
                                                                      .lane = row.lane,
                                                                      .amount_fen = row.amount_fen,
                                                                      .gross_fen = row.gross_fen,
                                                                      .payee_id = row.payee_id,
                                                                      .holder_id = row.holder_id,
                                                                      .id = row.id,
                                                                      .known_ms = row.known_ms}};
    }
    cursor_close(&cursor);
    if (together->stored_count > 1)
        qsort(together->stored, (size_t)together->stored_count, sizeof *together->stored,
              compare_stored);
    return ERR_OK;
}

static enum err read_dues(struct work *w, struct str holder_ids, struct together *together)
{
    struct due_of_holders_in in = {holder_ids};
    struct cursor cursor;
    TRY(due_of_holders(w, &in, &cursor));
    for (;;) {
        struct due_of_holders_out row;
        bool more;
        TRY(due_of_holders_next(&cursor, &row, &more));
        if (!more)
            break;
        member_of(together, row.holder_id)->due_day = row.due_day;
    }
    cursor_close(&cursor);
    return ERR_OK;
}

/* The world is the caller's to free. */
static enum err together_read(struct work *w, const struct holder_plan *plan,
                              const struct holder *holders, int32_t holder_count,
                              struct together *ret_together)
{
    struct together together = {.places.arena = w->arena};
    struct str holder_ids;
    int64_t known_ms;
    TRY(list_members(w, holders, holder_count, &together, &holder_ids));
    TRY(read_stored(w, holder_ids, &together));
    TRY(read_dues(w, holder_ids, &together));
    if (plan->has_quotas)
        TRY(place_read(w, holder_ids, &together.places));
    TRY(reach_world(w, plan->vocab, plan->reach, holders, holder_count, &together.world,
                    &known_ms));
    together.known_at_ms = w->now_ms > known_ms ? w->now_ms : known_ms;
    for (int32_t i = 0; i < holder_count; i++)
        together.members[i].root_row =
            world_row(together.world, together.root, together.members[i].holder.id);
    *ret_together = together;
    return ERR_OK;
}

/* ---- stored against found ---- */

static void add_up(struct claim_counts *sum, const struct claim_counts *one)
{
    sum->new_count += one->new_count;
    sum->changed_count += one->changed_count;
    sum->ended_count += one->ended_count;
    sum->unchanged_count += one->unchanged_count;
}

struct sides { /* of one rule */
    struct claim *found, *stored;
    int64_t found_count, stored_count;
};

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

/* Of those who stand for a place, rules that a quota reaches wait until places are given. */
enum pass { PASS_FIRST, PASS_PLACED };

static bool is_merged(const struct together *together, const struct holder_rule *rule,
                      enum pass pass, int64_t holder_id)
{
    const struct member *member = member_of(together, holder_id);
    if (!member)
        return false; /* a row of somebody else that the rules reach */
    return pass == PASS_PLACED ? rule->is_shared : !rule->is_shared || !member->stands;
}

static void take_stored(const struct holder_run *run, const struct together *together,
                        const struct holder_rule *rule, enum pass pass, struct sides *sides)
{
    const struct policy *policy = run->plan->policy->policy;
    struct stored least = {.rule_id = rule->rule_id,
                           .claim = {.subject_id = INT64_MIN, .basis_id = INT64_MIN}};
    int32_t period_min, period_max, low = 0, high = together->stored_count;
    incentive_period_scope(policy, &policy->statements[rule->statement], run->as_of_day,
                           &period_min, &period_max);
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (compare_stored(&together->stored[middle], &least) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < together->stored_count && together->stored[low].rule_id == rule->rule_id; low++) {
        const struct claim *claim = &together->stored[low].claim;
        if (claim->period >= period_min && claim->period <= period_max &&
            is_merged(together, rule, pass, claim->holder_id))
            sides->stored[sides->stored_count++] = *claim;
    }
}

static enum err merge(struct work *w, struct holder_run *run, const struct together *together,
                      const struct eval_result *result, enum pass pass)
{
    const struct policy *policy = run->plan->policy->policy;
    struct sides sides = {
        .found = ARENA_NEW_ARRAY(w->arena, struct claim, (size_t)result->decision_count + 1),
        .stored = ARENA_NEW_ARRAY(w->arena, struct claim, (size_t)together->stored_count + 1),
    };
    if (!sides.found || !sides.stored)
        return no_memory(w);
    int64_t d = 0;
    for (int32_t i = 0; i < run->plan->rule_count; i++) {
        const struct holder_rule *rule = &run->plan->rules[i];
        const struct statement *statement = &policy->statements[rule->statement];
        sides.found_count = sides.stored_count = 0;
        for (; d < result->decision_count && result->decisions[d].statement == rule->statement;
             d++) {
            struct claim claim =
                claim_of_decision(together->world, statement->as.rule, &result->decisions[d]);
            if (is_merged(together, rule, pass, claim.holder_id))
                sides.found[sides.found_count++] = claim;
        }
        if (rule->root != together->root || (pass == PASS_PLACED && !rule->is_shared))
            continue;
        take_stored(run, together, rule, pass, &sides);
        if (sides.found_count + sides.stored_count > 0)
            TRY(merge_rule(w, run, rule, &sides, together->known_at_ms));
    }
    return ERR_OK;
}

/* ---- next days ---- */

static void find_next_days(const struct holder_run *run, struct together *together,
                           const struct decision_list *list)
{
    const struct policy *policy = run->plan->policy->policy;
    for (int32_t i = 0; i < together->member_count; i++) {
        struct member *member = &together->members[i];
        if (member->root_row >= 0)
            member->next_day = holder_next_day(run->plan, together->world, together->root,
                                               member->root_row, run->as_of_day);
    }
    for (int64_t i = 0; i < list->row_count; i++) {
        const struct decision *decision = &list->rows[i];
        int32_t day = next_change_of_decision(policy, decision->statement, run->as_of_day);
        struct member *member = member_of(
            together,
            claim_holder(together->world, policy->statements[decision->statement].as.rule->subject,
                         decision->subject_row));
        if (day < member->next_day)
            member->next_day = day;
    }
}

/* After a part of the rules the others may still change first. */
static enum err put_due(struct work *w, const struct member *member, bool is_part)
{
    if (member->due_day == member->next_day || (is_part && member->due_day < member->next_day))
        return ERR_OK;
    if (member->next_day == NEXT_CHANGE_NEVER)
        return due_remove(w, &(struct due_remove_in){.holder_id = member->holder.id}, NULL);
    struct due_put_in row = {
        .holder_id = member->holder.id, .record = member->holder.root, .due_day = member->next_day};
    return due_put(w, &row, NULL);
}

/* ---- all of it ---- */

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
static enum err note_places(struct work *w, struct holder_run *run, const struct together *together,
                            struct member *member, bool is_due)
{
    struct place_list stored, found = {.arena = w->arena};
    TRY(place_of_one(w, &together->places, member->holder.id, &stored));
    keep_places_of_plan(run->plan, &stored);
    bool done = member->root_row < 0 || holder_places(run->plan, together->world, together->root,
                                                      member->root_row, run->as_of_day, &found);
    for (int32_t i = 0; i < found.count && done && is_due; i++)
        done = place_add_window(run->windows, &found.rows[i]);
    done = done && (found.count == 0 || holder_set_add(run->standing, member->holder));
    if (!done)
        return fail(w, ERR_MEMORY, "no memory for the places of a holder");
    member->stands = found.count > 0;
    return place_store(w, member->holder, &stored, &found, run->windows);
}

static bool list_candidates(const struct holder_run *run, const struct together *together,
                            enum holder_rules which, struct decision_list *list)
{
    int32_t root_rows[HOLDERS_TOGETHER_MAX];
    int32_t count = 0;
    for (int32_t i = 0; i < together->member_count; i++)
        if (together->members[i].root_row >= 0)
            root_rows[count++] = together->members[i].root_row;
    return holder_candidates(run->plan, together->world, together->root, root_rows, count,
                             run->as_of_day, which, list);
}

static enum err settle(struct work *w, struct holder_run *run, struct together *together,
                       enum pass pass, struct eval_result **ret_result)
{
    struct decision_list list = {0};
    struct eval_request request = {
        .as_of_day = run->as_of_day, .since_day = ABSENT_I32, .thread_count = 1};
    struct place_oracle oracle = {run->plan, together->world, &together->places, run->as_of_day};
    const struct policy *policy = run->plan->policy->policy;
    enum err err;
    if (!list_candidates(run, together,
                         pass == PASS_PLACED ? HOLDER_RULES_SHARED : HOLDER_RULES_ALL, &list)) {
        err = fail(w, ERR_MEMORY, "no memory for the candidates of a holder");
    } else if (pass == PASS_PLACED) {
        err = settle_placed(policy, together->world, &request, &list, place_is_taken, &oracle,
                            ret_result, &w->fault);
    } else {
        find_next_days(run, together, &list);
        err = settle_candidates(policy, together->world, &request, &list, ret_result, &w->fault);
    }
    decision_list_done(&list);
    return err;
}

static enum err bring_in_line(struct work *w, struct holder_run *run, struct together *together,
                              bool is_due)
{
    for (int32_t i = 0; i < together->member_count && run->plan->has_quotas; i++)
        TRY(note_places(w, run, together, &together->members[i], is_due));
    struct eval_result *result = NULL;
    TRY(settle(w, run, together, PASS_FIRST, &result));
    enum err err = merge(w, run, together, result, PASS_FIRST);
    eval_result_free(result);
    TRY(err);
    for (int32_t i = 0; i < together->member_count; i++)
        TRY(put_due(w, &together->members[i], run->plan->is_part));
    return ERR_OK;
}

static enum err place_in_line(struct work *w, struct holder_run *run, struct together *together)
{
    struct eval_result *result = NULL;
    TRY(settle(w, run, together, PASS_PLACED, &result));
    enum err err = merge(w, run, together, result, PASS_PLACED);
    eval_result_free(result);
    return err;
}

/* Persons share a world, and so the rows of the bodies they have in common; a body has its own. */
static int32_t count_together(const struct holder *holders, int32_t holder_count)
{
    int32_t count = 0;
    while (count < holder_count && count < HOLDERS_TOGETHER_MAX &&
           holders[count].root == REGISTRY_person)
        count++;
    return count > 0 ? count : 1;
}

enum err holder_bring_in_line(struct work *w, struct holder_run *run, const struct holder *holders,
                              int32_t holder_count, bool is_due)
{
    for (int32_t first = 0, count; first < holder_count; first += count) {
        struct arena_mark mark = arena_mark(w->arena);
        struct together together;
        count = count_together(holders + first, holder_count - first);
        TRY(together_read(w, run->plan, holders + first, count, &together));
        enum err err = bring_in_line(w, run, &together, is_due);
        world_free(together.world);
        TRY(err);
        arena_rewind(w->arena, mark);
    }
    return ERR_OK;
}

enum err holder_contest(struct work *w, struct holder_run *run)
{
    const struct holder_set *standing = run->standing;
    for (int32_t i = 0; i < run->windows->count; i++)
        TRY(place_give(w, run->plan, &run->windows->rows[i], run->as_of_day, run->standing));
    for (int32_t first = 0, count; first < standing->count; first += count) {
        struct arena_mark mark = arena_mark(w->arena);
        struct together together;
        count = count_together(standing->rows + first, standing->count - first);
        TRY(together_read(w, run->plan, standing->rows + first, count, &together));
        enum err err = place_in_line(w, run, &together);
        world_free(together.world);
        TRY(err);
        arena_rewind(w->arena, mark);
    }
    return ERR_OK;
}
