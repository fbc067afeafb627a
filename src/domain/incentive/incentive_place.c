#include "domain/incentive/incentive_place.h"

#include "base/day.h"
#include "incentive_sql.h"
#include "policy/rule_period.h"

#include <string.h>

bool place_list_add(struct place_list *list, const struct place *place)
{
    if (list->count == list->capacity) {
        int32_t capacity = list->capacity ? list->capacity * 2 : 8;
        struct place *rows = ARENA_NEW_ARRAY(list->arena, struct place, (size_t)capacity);
        if (!rows)
            return false;
        if (list->count > 0)
            memcpy(rows, list->rows, (size_t)list->count * sizeof *rows);
        list->rows = rows;
        list->capacity = capacity;
    }
    list->rows[list->count++] = *place;
    return true;
}

static bool same_window(const struct place *a, const struct place *b)
{
    return a->rule_id == b->rule_id && a->window_key == b->window_key;
}

const struct place *place_find(const struct place_list *list, const struct place *place)
{
    for (int32_t i = 0; i < list->count; i++) {
        const struct place *row = &list->rows[i];
        if (same_window(row, place) && row->rank_size == place->rank_size &&
            memcmp(row->rank, place->rank, (size_t)place->rank_size) == 0)
            return row;
    }
    return NULL;
}

/* ---- ranks ---- */

static void add_number(struct place *place, uint64_t value)
{
    check(place->rank_size + 8 <= PLACE_RANK_SIZE);
    for (int32_t shift = 56; shift >= 0; shift -= 8)
        place->rank[place->rank_size++] = (char)(value >> shift & 0xFF);
}

/* Least first, or greatest when it falls; absence last either way. */
static void add_key(struct place *place, int64_t value, bool descending)
{
    bool absent = value == ABSENT_I64;
    uint64_t ordered = (uint64_t)value ^ (UINT64_C(1) << 63);
    place->rank[place->rank_size++] = absent ? 1 : 0;
    add_number(place, absent ? 0 : descending ? ~ordered : ordered);
}

/* Rows stand in a world by the ids of their owners, from the root down. */
static void add_path(struct place *place, const struct world *world, int32_t table, int32_t row)
{
    int32_t owner = vocab_owner(world->vocab, table);
    if (owner >= 0)
        add_path(place, world, owner, world->tables[table].owner_rows[row]);
    add_number(place, (uint64_t)world->tables[table].row_ids[row]);
}

struct place place_of_decision(const struct holder_plan *plan, const struct world *world,
                               const struct holder_rule *rule, const struct decision *decision,
                               int32_t as_of_day)
{
    const struct policy *policy = plan->policy->policy;
    const struct statement *statement = &policy->statements[rule->statement];
    const struct quota *quota = rule->quota;
    int32_t basis_table =
        statement->as.rule->each >= 0 ? statement->as.rule->each : statement->as.rule->subject;
    int32_t base_year = day_year(policy->documents[statement->document].in_force_day);
    enum period_kind kind = quota->period_years > 0 ? PERIOD_YEARS : PERIOD_ONCE;
    struct rule_period period =
        rule_period_of(policy, rule->statement, decision->period, as_of_day);
    struct place place = {
        .rule_id = rule->rule_id,
        .statement = rule->statement,
        .period = decision->period,
        .window_key =
            calendar_period(kind, quota->period_years, base_year, decision->day).key};
    for (int32_t i = 0; i < quota->order_count; i++)
        add_key(&place,
                reference_value(policy, world, quota->order[i].key, basis_table,
                                decision->basis_row, &period.moment),
                quota->order[i].descending);
    add_number(&place, (uint64_t)((int64_t)decision->period - INT32_MIN));
    add_path(&place, world, statement->as.rule->subject, decision->subject_row);
    if (statement->as.rule->each >= 0)
        add_path(&place, world, basis_table, decision->basis_row);
    return place;
}

/* ---- stored ones ---- */

static enum err no_memory(struct work *w)
{
    return fail(w, ERR_MEMORY, "no memory for the places of quotas");
}

static bool take_rank(struct place *place, struct str rank)
{
    if (rank.size > PLACE_RANK_SIZE)
        return false;
    memcpy(place->rank, rank.ptr, rank.size);
    place->rank_size = (int32_t)rank.size;
    return true;
}

static struct str rank_of(const struct place *place)
{
    return (struct str){place->rank, (size_t)place->rank_size};
}

enum err place_read(struct work *w, struct str holder_ids, struct place_list *ret_places)
{
    struct place_list list = {.arena = w->arena};
    struct place_of_holders_in in = {holder_ids};
    struct cursor cursor;
    TRY(place_of_holders(w, &in, &cursor));
    for (;;) {
        struct place_of_holders_out row;
        bool more;
        TRY(place_of_holders_next(&cursor, &row, &more));
        if (!more)
            break;
        struct place place = {.holder_id = row.holder_id, .rule_id = row.rule_id,
                              .window_key = row.window_key, .period = row.period,
                              .is_taken = row.is_taken != 0};
        if (!take_rank(&place, row.place_rank) || !place_list_add(&list, &place))
            return no_memory(w);
    }
    cursor_close(&cursor);
    *ret_places = list;
    return ERR_OK;
}

enum err place_of_one(struct work *w, const struct place_list *places, int64_t holder_id,
                      struct place_list *ret_places)
{
    struct place_list list = {.arena = w->arena};
    for (int32_t i = 0; i < places->count; i++)
        if (places->rows[i].holder_id == holder_id && !place_list_add(&list, &places->rows[i]))
            return no_memory(w);
    *ret_places = list;
    return ERR_OK;
}

bool place_add_window(struct place_list *windows, const struct place *place)
{
    for (int32_t i = 0; i < windows->count; i++)
        if (same_window(&windows->rows[i], place))
            return true;
    return place_list_add(windows, place);
}

enum err place_store(struct work *w, struct holder holder, const struct place_list *stored,
                     const struct place_list *found, struct place_list *windows)
{
    for (int32_t i = 0; i < stored->count; i++) {
        const struct place *place = &stored->rows[i];
        if (place_find(found, place))
            continue;
        struct place_remove_in row = {place->rule_id, place->window_key, rank_of(place)};
        TRY(place_remove(w, &row, NULL));
        if (!place_add_window(windows, place))
            return no_memory(w);
    }
    for (int32_t i = 0; i < found->count; i++) {
        const struct place *place = &found->rows[i];
        if (place_find(stored, place))
            continue;
        struct place_put_in row = {place->rule_id, place->window_key, rank_of(place), holder.id,
                                   holder.root, place->period, 0};
        TRY(place_put(w, &row, NULL));
        if (!place_add_window(windows, place))
            return no_memory(w);
    }
    return ERR_OK;
}

/* ---- who has a place ---- */

static const struct holder_rule *rule_of_window(const struct holder_plan *plan,
                                                const struct place *window)
{
    for (int32_t i = 0; i < plan->rule_count; i++)
        if (plan->rules[i].rule_id == window->rule_id && plan->rules[i].quota)
            return &plan->rules[i];
    return NULL;
}

/* The limit is that of the period of who stands first. */
static enum err limit_of(struct work *w, const struct holder_plan *plan,
                         const struct place *window, int32_t as_of_day, int32_t *ret_limit)
{
    const struct holder_rule *rule = rule_of_window(plan, window);
    struct place_best_in in = {window->rule_id, window->window_key};
    struct place_best_out first;
    enum err err = place_best(w, &in, &first);
    *ret_limit = 0;
    if (err == ERR_NOT_FOUND || !rule) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    const struct policy *policy = plan->policy->policy;
    struct rule_period period =
        rule_period_of(policy, rule->statement, first.period, as_of_day);
    int64_t limit = reference_value(policy, plan->nobody, rule->quota->limit, -1, -1,
                                    &period.moment);
    *ret_limit = limit == ABSENT_I64 || limit > INT32_MAX ? INT32_MAX
                 : limit < 0                              ? 0
                                                          : (int32_t)limit;
    return ERR_OK;
}

struct standing_rows {
    struct place_list places;
    struct holder *holders;
    int32_t capacity;
};

static bool standing_add(struct standing_rows *rows, const struct place *place,
                         struct holder holder)
{
    if (rows->places.count == rows->capacity) {
        int32_t capacity = rows->capacity ? rows->capacity * 2 : 64;
        struct holder *holders =
            ARENA_NEW_ARRAY(rows->places.arena, struct holder, (size_t)capacity);
        if (!holders)
            return false;
        if (rows->capacity > 0)
            memcpy(holders, rows->holders, (size_t)rows->capacity * sizeof *holders);
        rows->holders = holders;
        rows->capacity = capacity;
    }
    rows->holders[rows->places.count] = holder;
    return place_list_add(&rows->places, place);
}

static enum err read_first(struct work *w, const struct place *window, int32_t limit,
                           struct standing_rows *rows)
{
    struct place_first_in in = {window->rule_id, window->window_key, limit};
    struct cursor cursor;
    TRY(place_first(w, &in, &cursor));
    for (;;) {
        struct place_first_out row;
        bool more;
        TRY(place_first_next(&cursor, &row, &more));
        if (!more)
            break;
        struct place place = *window;
        place.is_taken = row.is_taken != 0;
        struct holder holder = {row.record, row.holder_id};
        if (!take_rank(&place, row.place_rank) || !standing_add(rows, &place, holder))
            return no_memory(w);
    }
    cursor_close(&cursor);
    return ERR_OK;
}

static enum err read_taken(struct work *w, const struct place *window, struct standing_rows *rows)
{
    struct place_taken_in in = {window->rule_id, window->window_key};
    struct cursor cursor;
    TRY(place_taken(w, &in, &cursor));
    for (;;) {
        struct place_taken_out row;
        bool more;
        TRY(place_taken_next(&cursor, &row, &more));
        if (!more)
            break;
        struct place place = *window;
        place.is_taken = true;
        struct holder holder = {row.record, row.holder_id};
        if (!take_rank(&place, row.place_rank) || !standing_add(rows, &place, holder))
            return no_memory(w);
    }
    cursor_close(&cursor);
    return ERR_OK;
}

/* Both lists stand in the order of their ranks: those of one that the other lacks change. */
static enum err change_missing(struct work *w, const struct standing_rows *these,
                               const struct standing_rows *those, int32_t taken,
                               struct holder_set *changed)
{
    int32_t other = 0;
    for (int32_t i = 0; i < these->places.count; i++) {
        const struct place *place = &these->places.rows[i];
        while (other < those->places.count &&
               str_compare(rank_of(&those->places.rows[other]), rank_of(place)) < 0)
            other++;
        if (other < those->places.count &&
            str_equal(rank_of(&those->places.rows[other]), rank_of(place)))
            continue;
        struct place_take_in row = {place->rule_id, place->window_key, rank_of(place), taken};
        TRY(place_take(w, &row, NULL));
        if (changed && !holder_set_add(changed, these->holders[i]))
            return no_memory(w);
    }
    return ERR_OK;
}

enum err place_give(struct work *w, const struct holder_plan *plan, const struct place *window,
                    int32_t as_of_day, struct holder_set *changed)
{
    int32_t limit;
    struct standing_rows first = {.places.arena = w->arena};
    struct standing_rows taken = {.places.arena = w->arena};
    TRY(limit_of(w, plan, window, as_of_day, &limit));
    TRY(read_first(w, window, limit, &first));
    TRY(read_taken(w, window, &taken));
    TRY(change_missing(w, &taken, &first, 0, changed));
    return change_missing(w, &first, &taken, 1, changed);
}

bool place_is_taken(void *context, const struct decision *decision)
{
    const struct place_oracle *oracle = context;
    const struct holder_rule *rule = holder_rule_of(oracle->plan, decision->statement);
    check(rule->quota != NULL);
    struct place place =
        place_of_decision(oracle->plan, oracle->world, rule, decision, oracle->as_of_day);
    const struct place *stored = place_find(oracle->places, &place);
    return stored && stored->is_taken;
}
