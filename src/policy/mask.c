#include "policy/scalar.h"
#include "policy/vector.h"

#include <string.h>

/* Conditions for whole blocks of rows as bytes: wide comparisons of columns, and marks that
 * children leave on their owners. What one rule has worked out for a block the next one finds. */

static uint8_t *bytes(struct worker *w, int32_t count, int value)
{
    uint8_t *made = scratch_kept(w, (size_t)count + 8, 1);
    memset(made, value, (size_t)count);
    return made;
}

/* ---- logic ---- */

static void keep_unknown_only_where_kept(int32_t count, struct mask *mask)
{
    if (mask->unknown)
        bytes_and(mask->unknown, mask->unknown, mask->keep, count);
}

void mask_join(struct worker *w, int32_t count, struct mask *mask, const struct mask *next,
               bool *is_own)
{
    if (!*is_own) {
        uint8_t *keep = scratch_kept(w, (size_t)count + 8, 1);
        bytes_and(keep, mask->keep, next->keep, count);
        uint8_t *unknown = NULL;
        if (mask->unknown) {
            unknown = scratch_kept(w, (size_t)count, 1);
            memcpy(unknown, mask->unknown, (size_t)count);
        }
        *mask = (struct mask){.keep = keep, .unknown = unknown};
        *is_own = true;
    } else {
        bytes_and(mask->keep, mask->keep, next->keep, count);
    }
    if (next->unknown && !mask->unknown) {
        mask->unknown = scratch_kept(w, (size_t)count, 1);
        memcpy(mask->unknown, next->unknown, (size_t)count);
    } else if (next->unknown) {
        bytes_or(mask->unknown, mask->unknown, next->unknown, count);
    }
    keep_unknown_only_where_kept(count, mask);
}

/* Unknown where some say unknown and none says yes. */
static void widen(struct worker *w, int32_t count, struct mask *mask, const struct mask *next)
{
    if (!mask->unknown && !next->unknown) {
        bytes_or(mask->keep, mask->keep, next->keep, count);
        return;
    }
    if (!mask->unknown)
        mask->unknown = bytes(w, count, 0);
    for (int32_t i = 0; i < count; i++) {
        uint8_t next_unknown = next->unknown ? next->unknown[i] : 0;
        uint8_t yes = (uint8_t)((mask->keep[i] & ~mask->unknown[i]) |
                                (next->keep[i] & ~next_unknown));
        mask->keep[i] |= next->keep[i];
        mask->unknown[i] = (uint8_t)(mask->keep[i] & ~yes & 1);
    }
}

static void own(struct worker *w, int32_t count, struct mask *mask, bool *is_own)
{
    if (*is_own)
        return;
    const struct mask from = *mask;
    *mask = (struct mask){.keep = scratch_kept(w, (size_t)count + 8, 1)};
    memcpy(mask->keep, from.keep, (size_t)count);
    if (from.unknown) {
        mask->unknown = scratch_kept(w, (size_t)count, 1);
        memcpy(mask->unknown, from.unknown, (size_t)count);
    }
    *is_own = true;
}

void mask_narrow(struct worker *w, int32_t op, const struct rows *rows, struct mask *mask,
                 bool *is_own)
{
    const struct bound *bound = &w->binding->bounds[op];
    bool is_test = bound->kind == BOUND_TEST || bound->kind == BOUND_MEMBER;
    if (!is_test || bound->wanted_count > 1 || mask_is_there(w, op, rows)) {
        mask_join(w, rows->count, mask, mask_of(w, op, rows), is_own);
        return;
    }
    own(w, rows->count, mask, is_own);
    const struct op *cell = &w->program->ops[bound->cell];
    const struct column *column = &w->world->tables[cell->table].columns[cell->field];
    if ((column->has_absent || column->width == COLUMN_NONE) && !mask->unknown)
        mask->unknown = bytes(w, rows->count, 0);
    vector_test(w, op, rows, mask->keep, &mask->unknown);
    keep_unknown_only_where_kept(rows->count, mask);
}

static void mask_logic(struct worker *w, const struct op *op, const struct rows *rows,
                       struct mask *mask)
{
    const int32_t *list = w->program->list + op->list;
    bool is_own = false;
    if (op->code == OP_CODE_OR)
        *mask = (struct mask){.keep = bytes(w, rows->count, 0)};
    for (int32_t i = 0; i < op->list_count; i++) {
        if (op->code == OP_CODE_OR)
            widen(w, rows->count, mask, mask_of(w, list[i], rows));
        else if (i == 0)
            *mask = *mask_of(w, list[i], rows);
        else
            mask_narrow(w, list[i], rows, mask, &is_own);
    }
    if (op->code == OP_CODE_AND && op->list_count == 0)
        mask->keep = bytes(w, rows->count, 1);
}

static void invert(struct worker *w, int32_t count, const struct mask *of, struct mask *mask)
{
    mask->keep = scratch_kept(w, (size_t)count + 8, 1);
    mask->unknown = of->unknown;
    mask->places = NULL;
    bytes_not(mask->keep, of->keep, count);
    if (of->unknown)
        bytes_or(mask->keep, mask->keep, of->unknown, count);
}

static void mask_value(struct worker *w, const struct bound *bound, const struct rows *rows,
                       struct mask *mask)
{
    mask->keep = bytes(w, rows->count, bound->value != 0);
    if (bound->value == ABSENT_I64)
        mask->unknown = bytes(w, rows->count, 1);
}

static void mask_test(struct worker *w, int32_t index, const struct rows *rows, struct mask *mask)
{
    mask->keep = bytes(w, rows->count, 1);
    uint8_t *unknown = NULL;
    vector_test(w, index, rows, mask->keep, &unknown);
    const struct op *cell = &w->program->ops[w->binding->bounds[index].cell];
    const struct column *column = &w->world->tables[cell->table].columns[cell->field];
    if (!unknown || (!column->has_absent && column->width != COLUMN_NONE))
        return;
    mask->unknown = scratch_kept(w, (size_t)rows->count, 1);
    memcpy(mask->unknown, unknown, (size_t)rows->count);
}

/* ---- a choice between numbers, compared with a number ---- */

static bool passes(const struct op *op, int64_t left, int64_t right)
{
    return scalar_compare((enum expr_op)op->detail, left, right) == 1;
}

/* The first condition that is not false decides; where it is unknown, so is the comparison. */
static void mask_choice(struct worker *w, const struct op *op, const struct rows *rows,
                        struct mask *mask)
{
    const struct bound *bounds = w->binding->bounds;
    const struct op *choose = &w->program->ops[op->a];
    const int32_t *list = w->program->list + choose->list;
    int64_t right = bounds[op->b].value;
    int32_t count = rows->count;
    uint8_t *open = bytes(w, count, 1);
    uint8_t *unknown = NULL;
    mask->keep = bytes(w, count, 0);
    int32_t c = 0;
    for (; c + 1 < choose->list_count; c += 2) {
        const struct mask *when = mask_of(w, list[c], rows);
        bool yes = passes(op, bounds[list[c + 1]].value, right);
        if (when->unknown && !unknown)
            unknown = bytes(w, count, 0);
        for (int32_t i = 0; when->unknown && i < count; i++) {
            uint8_t unsure = open[i] & when->unknown[i];
            unknown[i] |= unsure;
            mask->keep[i] |= unsure;
            open[i] &= unsure ^ 1;
        }
        if (yes)
            bytes_or_both(mask->keep, open, when->keep, count);
        bytes_and_not(open, open, when->keep, count);
    }
    if (c < choose->list_count && passes(op, bounds[list[c]].value, right))
        bytes_or(mask->keep, mask->keep, open, count);
    mask->unknown = unknown;
}

/* ---- children ---- */

/* Children stand in the order of their owners: an owner's mark is set by its first. */
static void mark_few(struct worker *w, const struct selection *inner, const int32_t *owners,
                     int32_t base, struct mask *mask)
{
    int32_t *places = scratch_kept(w, (size_t)inner->rows.count + 8, sizeof *places);
    int32_t last = -1;
    int32_t count = 0;
    for (int32_t k = 0; k < inner->rows.count; k++) {
        int32_t place = owners[rows_row(&inner->rows, k)] - base;
        places[count] = place;
        count += place != last;
        last = place;
        mask->keep[place] = 1;
    }
    mask->places = places;
    mask->place_count = count;
}

static void mark_many(const struct selection *inner, const int32_t *owners, int32_t base,
                      uint8_t *keep)
{
    if (!inner->rows.at) {
        for (int32_t k = 0; k < inner->rows.count; k++)
            keep[owners[inner->rows.base + k] - base] = 1;
        return;
    }
    for (int32_t k = 0; k < inner->rows.count; k++)
        keep[owners[inner->rows.at[k]] - base] = 1;
}

/* An owner is unsure when none of its children is sure. */
static void mark_unsure(struct worker *w, const struct selection *inner, const int32_t *owners,
                        const struct rows *rows, struct mask *mask)
{
    uint8_t *yes = bytes(w, rows->count, 0);
    for (int32_t k = 0; k < inner->rows.count; k++)
        yes[owners[rows_row(&inner->rows, k)] - rows->base] |= inner->unknown[k] ^ 1;
    bytes_and_not(yes, mask->keep, yes, rows->count);
    mask->unknown = yes;
}

/* Marks the owners of the children for which the condition holds. */
static void mask_owners(struct worker *w, const struct op *op, const struct rows *rows,
                        struct mask *mask)
{
    const struct table_columns *table = &w->world->tables[op->table];
    int32_t first = table->first_row[rows->base];
    struct selection inner = {
        .rows = {.table = op->table, .base = first,
                 .count = table->first_row[rows->base + rows->count] - first, .outer = rows,
                 .in_block = true}};
    vector_select(w, op->a, &inner);
    mask->keep = bytes(w, rows->count, 0);
    if (inner.rows.count * 8 < rows->count && !inner.unknown)
        mark_few(w, &inner, table->owner_rows, rows->base, mask);
    else
        mark_many(&inner, table->owner_rows, rows->base, mask->keep);
    if (inner.unknown)
        mark_unsure(w, &inner, table->owner_rows, rows, mask);
}

static void mask_aggregate(struct worker *w, const struct op *op, const struct rows *rows,
                           struct mask *mask)
{
    mask_owners(w, op, rows, mask);
    if (op->detail != AGGREGATE_HAS_NO)
        return;
    struct mask has = *mask;
    *mask = (struct mask){0};
    invert(w, rows->count, &has, mask);
}

/* ---- one operation ---- */

static void make(struct worker *w, int32_t index, const struct rows *rows, struct mask *mask)
{
    const struct op *op = &w->program->ops[index];
    const struct bound *bound = &w->binding->bounds[index];
    if (bound->kind == BOUND_VALUE)
        mask_value(w, bound, rows, mask);
    else if (bound->kind != BOUND_NONE)
        mask_test(w, index, rows, mask);
    else if (op->code == OP_CODE_AGGREGATE)
        mask_aggregate(w, op, rows, mask);
    else if (op->code == OP_CODE_COMPARE)
        mask_choice(w, op, rows, mask);
    else if (op->code == OP_CODE_NOT)
        invert(w, rows->count, mask_of(w, op->a, rows), mask);
    else
        mask_logic(w, op, rows, mask);
}

bool mask_is_there(const struct worker *w, int32_t op, const struct rows *rows)
{
    const struct memo *memo = &w->memos[op];
    return memo->mask_block == w->block && memo->base == rows->base &&
           memo->count == rows->count &&
           memo->stand_in == w->binding->stand_in[w->program->ops[op].context];
}

const struct mask *mask_of(struct worker *w, int32_t op, const struct rows *rows)
{
    struct memo *memo = &w->memos[op];
    if (mask_is_there(w, op, rows))
        return &memo->mask;
    struct mask made = {0};
    struct scratch_mark mark = scratch_mark(w);
    make(w, op, rows, &made);
    scratch_rewind(w, mark);
    memo->mask = made;
    memo->mask_block = w->block;
    memo->base = rows->base;
    memo->count = rows->count;
    memo->stand_in = w->binding->stand_in[w->program->ops[op].context];
    return &memo->mask;
}

const struct mask *mask_for_rows(struct worker *w, int32_t op, const struct rows *rows,
                                 int32_t *ret_base)
{
    struct rows block;
    if (!worker_block_rows(w, rows->table, &block))
        return NULL;
    bool is_worth_it = w->program->ops[op].code == OP_CODE_AGGREGATE &&
                       rows->count >= block.count / 8;
    if (!mask_is_there(w, op, &block) && !is_worth_it)
        return NULL;
    *ret_base = block.base;
    return mask_of(w, op, &block);
}
