#include "policy/session.h"

struct contest {
    const struct rule *rule;
    int64_t best_count;
    struct decision *rows; /* candidates of the block */
    const int32_t *places;  /* basis row of each candidate */
    int64_t **order;        /* values of the order keys, by basis row */
    int64_t **distinct;
};

static bool is_before(const struct contest *c, int32_t a, int32_t b)
{
    for (int32_t k = 0; k < c->rule->best_order_count; k++) {
        int64_t left = c->order[k][c->places[a]];
        int64_t right = c->order[k][c->places[b]];
        if (left == right)
            continue;
        if (left == ABSENT_I64 || right == ABSENT_I64)
            return right == ABSENT_I64;
        return c->rule->best_order[k].descending ? left > right : left < right;
    }
    int64_t left = decision_rank_fen(&c->rows[a]);
    int64_t right = decision_rank_fen(&c->rows[b]);
    if (c->rule->best_order_count == 0 && left != right)
        return left > right;
    return a < b;
}

static bool is_taken(const struct contest *c, const int32_t *kept, int32_t kept_count, int32_t at)
{
    for (int32_t k = 0; k < kept_count && c->rule->distinct_count > 0; k++) {
        bool same = true;
        for (int32_t d = 0; d < c->rule->distinct_count && same; d++)
            same = c->distinct[d][c->places[kept[k]]] == c->distinct[d][c->places[at]];
        if (same)
            return true;
    }
    return false;
}

/* From the best candidate of a subject to the worst: kept unless an equal one is, or enough are. */
static void keep_best(struct worker *w, const struct contest *c, int32_t first, int32_t end,
                      uint8_t *dropped)
{
    int32_t *ranked = scratch(w, (size_t)(end - first), sizeof *ranked);
    int32_t *kept = scratch(w, (size_t)(end - first), sizeof *kept);
    int32_t ranked_count = 0;
    int32_t kept_count = 0;
    for (int32_t i = first; i < end; i++) {
        dropped[i] = 0;
        if (c->rows[i].lane != LANE_GRANTED)
            continue;
        int32_t at = ranked_count++;
        for (; at > 0 && is_before(c, i, ranked[at - 1]); at--)
            ranked[at] = ranked[at - 1];
        ranked[at] = i;
    }
    for (int32_t i = 0; i < ranked_count; i++) {
        bool full = kept_count >= c->best_count;
        dropped[ranked[i]] = full || is_taken(c, kept, kept_count, ranked[i]);
        if (!dropped[ranked[i]])
            kept[kept_count++] = ranked[i];
    }
}

static int64_t **key_values(struct worker *w, int32_t list, int32_t count,
                            const struct rows *rows)
{
    int64_t **values = scratch(w, (size_t)count, sizeof *values);
    for (int32_t k = 0; k < count; k++) {
        values[k] = scratch(w, (size_t)rows->count, sizeof **values);
        vector_value(w, w->program->list[list + k], rows, values[k]);
    }
    return values;
}

int32_t keep_best_bases(struct worker *w, const struct plan *plan, const struct rows *basis,
                        struct decision *candidates, int32_t *places, int32_t count)
{
    const struct rule *rule = w->program->policy->statements[plan->statement].as.rule;
    struct contest contest = {
        .rule = rule,
        .best_count = rule_best_count(w->program->policy, w->world, rule, &w->binding->moment),
        .rows = candidates,
        .places = places,
        .order = key_values(w, plan->order, plan->order_count, basis),
        .distinct = key_values(w, plan->distinct, plan->distinct_count, basis)};
    uint8_t *dropped = scratch(w, (size_t)count, 1);
    for (int32_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count; end++)
            if (candidates[end].subject_row != candidates[first].subject_row)
                break;
        dropped[first] = 0;
        if (end - first == 1)
            continue;
        struct scratch_mark mark = scratch_mark(w);
        keep_best(w, &contest, first, end, dropped);
        scratch_rewind(w, mark);
    }
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        if (dropped[i])
            continue;
        if (kept < i) {
            places[kept] = places[i];
            candidates[kept] = candidates[i];
        }
        kept++;
    }
    return kept;
}
