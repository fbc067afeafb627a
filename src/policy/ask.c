#include "policy/policy.h"

#include "policy/eval.h"
#include "base/day.h"
#include "policy/walk.h"

#include <stdlib.h>

/* Rows are put into groups by a hash of their dimensions; each group sums up at most two aggregates
 * (numerator and denominator). Only certain rows count, as in an indicator. */

enum { PARTS_MAX = 2, SLOTS_MIN = 256 };

struct part { /* one aggregate within one group */
    int64_t value;
    bool known;
};

struct pair { /* DISTINCT: values of a group, counted at the end */
    int32_t group;
    int32_t part;
    int64_t value;
};

struct asking {
    struct walk walk;
    const struct ask_query *query;
    const struct expr *parts[PARTS_MAX];
    int32_t part_count;
    int64_t *keys;       /* dimension_count for each group */
    struct part *values; /* part_count for each group */
    int32_t group_count, group_capacity;
    int32_t *slots;      /* group index + 1; 0 is free */
    int32_t slot_count;  /* a power of two */
    struct pair *pairs;
    int64_t pair_count, pair_capacity;
};

static uint64_t hash_keys(const int64_t *keys, int32_t count)
{
    uint64_t hash = 0x9E3779B97F4A7C15u;
    for (int32_t i = 0; i < count; i++) {
        hash ^= (uint64_t)keys[i];
        hash *= 0xBF58476D1CE4E5B9u;
        hash ^= hash >> 29;
    }
    return hash;
}

static bool same_keys(const int64_t *a, const int64_t *b, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

static int32_t *slot_of(const struct asking *ask, const int64_t *keys)
{
    int32_t count = ask->query->dimension_count;
    uint64_t mask = (uint64_t)ask->slot_count - 1;
    uint64_t at = hash_keys(keys, count) & mask;
    while (ask->slots[at] &&
           !same_keys(&ask->keys[(int64_t)(ask->slots[at] - 1) * count], keys, count))
        at = (at + 1) & mask;
    return &ask->slots[at];
}

static bool grow(struct asking *ask)
{
    int32_t capacity = ask->group_capacity ? ask->group_capacity * 2 : SLOTS_MIN / 2;
    size_t dimensions = (size_t)ask->query->dimension_count;
    int64_t *keys = realloc(ask->keys, ((size_t)capacity * dimensions + 1) * sizeof *keys);
    if (keys)
        ask->keys = keys;
    struct part *values =
        realloc(ask->values, (size_t)capacity * PARTS_MAX * sizeof *values);
    if (values)
        ask->values = values;
    int32_t *slots = calloc((size_t)capacity * 2, sizeof *slots);
    if (!keys || !values || !slots) {
        free(slots);
        return false;
    }
    free(ask->slots);
    ask->slots = slots;
    ask->slot_count = capacity * 2;
    ask->group_capacity = capacity;
    for (int32_t g = 0; g < ask->group_count; g++)
        *slot_of(ask, &ask->keys[(int64_t)g * ask->query->dimension_count]) = g + 1;
    return true;
}

static int32_t group_of(struct asking *ask, const int64_t *keys)
{
    if (ask->group_count == ask->group_capacity && !grow(ask))
        return -1;
    int32_t *slot = slot_of(ask, keys);
    if (*slot)
        return *slot - 1;
    int32_t group = ask->group_count++;
    *slot = group + 1;
    for (int32_t i = 0; i < ask->query->dimension_count; i++)
        ask->keys[(int64_t)group * ask->query->dimension_count + i] = keys[i];
    for (int32_t p = 0; p < PARTS_MAX; p++)
        ask->values[group * PARTS_MAX + p] = (struct part){0, false};
    return group;
}

static bool add_pair(struct asking *ask, struct pair pair)
{
    if (ask->pair_count == ask->pair_capacity) {
        int64_t capacity = ask->pair_capacity ? ask->pair_capacity * 2 : SLOTS_MIN;
        struct pair *pairs = realloc(ask->pairs, (size_t)capacity * sizeof *pairs);
        if (!pairs)
            return false;
        ask->pairs = pairs;
        ask->pair_capacity = capacity;
    }
    ask->pairs[ask->pair_count++] = pair;
    return true;
}

static bool add_to_part(struct asking *ask, int32_t group, int32_t p, const struct frame *frame)
{
    const struct expr *aggregate = ask->parts[p];
    struct part *part = &ask->values[group * PARTS_MAX + p];
    if (aggregate->where && walk_value(&ask->walk, frame, aggregate->where) != 1)
        return true;
    int64_t value =
        aggregate->aggregated ? walk_value(&ask->walk, frame, aggregate->aggregated) : 1;
    if (value == ABSENT_I64)
        return true;
    switch (aggregate->aggregate) {
    case AGGREGATE_HAS:
    case AGGREGATE_HAS_NO:
    case AGGREGATE_COUNT:
    case AGGREGATE_SUM:
        ask->walk.overflowed |= __builtin_add_overflow(part->value, value, &part->value);
        break;
    case AGGREGATE_HIGHEST:
        part->value = part->known && part->value > value ? part->value : value;
        break;
    case AGGREGATE_LOWEST:
        part->value = part->known && part->value < value ? part->value : value;
        break;
    case AGGREGATE_DISTINCT:
        return add_pair(ask, (struct pair){group, p, value});
    }
    part->known = true;
    return true;
}

static bool add_row(struct asking *ask, int32_t row, int64_t *keys)
{
    const struct ask_query *query = ask->query;
    struct frame frame = {query->table, row, NULL};
    if (query->keeps_row && !query->keeps_row(query->keeps_context, row))
        return true;
    if (query->where && walk_value(&ask->walk, &frame, query->where) != 1)
        return true;
    for (int32_t i = 0; i < query->dimension_count; i++)
        keys[i] = walk_value(&ask->walk, &frame, query->dimensions[i]);
    int32_t group = group_of(ask, keys);
    bool done = group >= 0;
    for (int32_t p = 0; p < ask->part_count && done; p++)
        done = add_to_part(ask, group, p, &frame);
    return done;
}

static int compare_pairs(const void *left, const void *right)
{
    const struct pair *a = left;
    const struct pair *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

static void count_pairs(struct asking *ask)
{
    if (ask->pair_count == 0)
        return;
    qsort(ask->pairs, (size_t)ask->pair_count, sizeof *ask->pairs, compare_pairs);
    for (int64_t i = 0; i < ask->pair_count; i++)
        if (i == 0 || compare_pairs(&ask->pairs[i - 1], &ask->pairs[i]) != 0)
            ask->values[ask->pairs[i].group * PARTS_MAX + ask->pairs[i].part].value++;
}

static int compare_groups(const void *left, const void *right, void *context)
{
    const struct asking *ask = context;
    int32_t count = ask->query->dimension_count;
    const int64_t *a = &ask->keys[(int64_t)*(const int32_t *)left * count];
    const int64_t *b = &ask->keys[(int64_t)*(const int32_t *)right * count];
    for (int32_t i = 0; i < count; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static bool split_measure(struct asking *ask, const struct expr *measure)
{
    bool is_quotient = measure->kind == EXPR_ARITHMETIC && measure->op == OP_DIVIDE;
    ask->part_count = is_quotient ? 2 : 1;
    for (int32_t p = 0; p < ask->part_count; p++) {
        ask->parts[p] = is_quotient ? measure->children[p] : measure;
        if (ask->parts[p]->kind != EXPR_AGGREGATE || ask->parts[p]->table != ask->query->table)
            return false;
    }
    return true;
}

/* Of no value there is neither a highest nor a lowest. */
static int64_t part_value(const struct asking *ask, const struct part *values, int32_t p)
{
    bool is_extreme = ask->parts[p]->aggregate == AGGREGATE_HIGHEST ||
                      ask->parts[p]->aggregate == AGGREGATE_LOWEST;
    return is_extreme && !values[p].known ? ABSENT_I64 : values[p].value;
}

static struct ask_row *make_rows(struct arena *arena, struct asking *ask)
{
    int32_t dimensions = ask->query->dimension_count;
    int32_t *order = ARENA_NEW_ARRAY(arena, int32_t, (size_t)ask->group_count);
    int64_t *keys =
        ARENA_NEW_ARRAY(arena, int64_t, (size_t)ask->group_count * (size_t)dimensions);
    struct ask_row *rows = ARENA_NEW_ARRAY(arena, struct ask_row, (size_t)ask->group_count);
    if (!order || !keys || !rows)
        return NULL;
    for (int32_t g = 0; g < ask->group_count; g++)
        order[g] = g;
    qsort_r(order, (size_t)ask->group_count, sizeof *order, compare_groups, ask);
    for (int32_t g = 0; g < ask->group_count; g++) {
        int64_t *row_keys = &keys[(int64_t)g * dimensions];
        for (int32_t i = 0; i < dimensions; i++)
            row_keys[i] = ask->keys[(int64_t)order[g] * dimensions + i];
        const struct part *values = &ask->values[order[g] * PARTS_MAX];
        rows[g] = (struct ask_row){
            row_keys, {part_value(ask, values, 0),
                       ask->part_count > 1 ? part_value(ask, values, 1) : 1}};
    }
    return rows;
}

static bool add_rows(struct asking *ask, int64_t *keys)
{
    int32_t row_count = ask->walk.world->tables[ask->query->table].row_count;
    bool done = true;
    for (int32_t row = 0; row < row_count && done; row++)
        done = add_row(ask, row, keys);
    return done;
}

enum err eval_ask(struct arena *arena, const struct policy *policy, const struct world *world,
                  const struct ask_query *query, int32_t as_of_day, struct ask_row **ret_rows,
                  int32_t *ret_row_count, struct fault *fault)
{
    int32_t year = day_year(as_of_day);
    struct asking ask = {
        .walk = {.policy = policy, .world = world, .anchor_day = as_of_day,
                 .moment = {year_first_day(year), year_last_day(year), as_of_day}},
        .query = query};
    if (!split_measure(&ask, query->measure))
        return fault_set(fault, ERR_POLICY,
                         "only a count, a sum or a quotient of two over the grouped records can "
                         "be split by dimensions");
    int64_t *keys = ARENA_NEW_ARRAY(arena, int64_t, (size_t)query->dimension_count + 1);
    bool done = keys && add_rows(&ask, keys);
    struct ask_row *rows = NULL;
    if (done) {
        count_pairs(&ask);
        rows = make_rows(arena, &ask);
    }
    free(ask.keys);
    free(ask.values);
    free(ask.slots);
    free(ask.pairs);
    if (!rows)
        return fault_set(fault, ERR_MEMORY, "no memory for the groups");
    if (ask.walk.overflowed)
        return fault_set(fault, ERR_OVERFLOW, "a number is out of range");
    *ret_rows = rows;
    *ret_row_count = ask.group_count;
    return ERR_OK;
}
