#include "policy/scalar.h"
#include "policy/vector.h"

#include <string.h>

/* Conditions for whole blocks of rows as bits: wide comparisons of columns, and marks that children
 * leave on their owners. What one rule has worked out for a block the next one finds. */

static uint64_t *room_for_bits(struct worker *w, int32_t count)
{
    return scratch_kept(w, (size_t)bit_word_count(count) + 1, sizeof(uint64_t));
}

static uint64_t *no_bits(struct worker *w, int32_t count)
{
    uint64_t *made = room_for_bits(w, count);
    memset(made, 0, (size_t)bit_word_count(count) * sizeof *made);
    return made;
}

static uint64_t *all_bits(struct worker *w, int32_t count)
{
    uint64_t *made = room_for_bits(w, count);
    memset(made, 0xff, (size_t)bit_word_count(count) * sizeof *made);
    if (count % 64 != 0)
        made[count / 64] = (UINT64_C(1) << (count % 64)) - 1;
    return made;
}

static uint64_t *copied_bits(struct worker *w, const uint64_t *bits, int32_t count)
{
    uint64_t *made = room_for_bits(w, count);
    memcpy(made, bits, (size_t)bit_word_count(count) * sizeof *made);
    return made;
}

/* ---- logic ---- */

static void keep_unknown_only_where_kept(int32_t count, struct mask *mask)
{
    for (int32_t i = 0; mask->unknown && i < bit_word_count(count); i++)
        mask->unknown[i] &= mask->keep[i];
}

static void own(struct worker *w, int32_t count, struct mask *mask, bool *is_own)
{
    if (*is_own)
        return;
    const struct mask from = *mask;
    *mask = (struct mask){.keep = copied_bits(w, from.keep, count)};
    if (from.unknown)
        mask->unknown = copied_bits(w, from.unknown, count);
    *is_own = true;
}

void mask_join(struct worker *w, int32_t count, struct mask *mask, const struct mask *next,
               bool *is_own)
{
    own(w, count, mask, is_own);
    bits_and(mask->keep, next->keep, count);
    if (next->unknown && !mask->unknown)
        mask->unknown = copied_bits(w, next->unknown, count);
    else
        for (int32_t i = 0; next->unknown && i < bit_word_count(count); i++)
            mask->unknown[i] |= next->unknown[i];
    keep_unknown_only_where_kept(count, mask);
}

/* Unknown where some say unknown and none says yes. */
static void widen(struct worker *w, int32_t count, struct mask *mask, const struct mask *next)
{
    if (!mask->unknown && next->unknown)
        mask->unknown = no_bits(w, count);
    for (int32_t i = 0; mask->unknown && i < bit_word_count(count); i++) {
        uint64_t next_unknown = next->unknown ? next->unknown[i] : 0;
        uint64_t yes = (mask->keep[i] & ~mask->unknown[i]) | (next->keep[i] & ~next_unknown);
        mask->unknown[i] = (mask->keep[i] | next->keep[i]) & ~yes;
    }
    for (int32_t i = 0; i < bit_word_count(count); i++)
        mask->keep[i] |= next->keep[i];
}

/* Narrows by a test of one cell of the row itself. */
static void narrow_by_test(struct worker *w, const struct bound *bound, const struct rows *rows,
                           struct mask *mask)
{
    const struct op *cell = &w->program->ops[bound->cell];
    const struct column *column = &w->world->tables[cell->table].columns[cell->field];
    if (column->width == COLUMN_NONE) {
        mask->unknown = copied_bits(w, mask->keep, rows->count);
        return;
    }
    if (column->has_absent && !mask->unknown)
        mask->unknown = no_bits(w, rows->count);
    if (bound->kind == BOUND_MEMBER)
        kernel_member_bits(column, bound->set, rows->base, rows->count, mask->keep,
                           column->has_absent ? mask->unknown : NULL);
    else
        kernel_test_bits(column, &bound->test, rows->base, rows->count, mask->keep,
                         column->has_absent ? mask->unknown : NULL);
    keep_unknown_only_where_kept(rows->count, mask);
}

void mask_narrow(struct worker *w, int32_t op, const struct rows *rows, struct mask *mask,
                 bool *is_own)
{
    const struct bound *bound = &w->binding->bounds[op];
    /* A look-up goes through what is left; a test of all rows costs little, and others want it. */
    bool is_shared = bound->kind == BOUND_TEST && bound->wanted_count > 1;
    bool is_test = bound->kind == BOUND_TEST || bound->kind == BOUND_MEMBER;
    if (!is_test || is_shared || mask_is_there(w, op, rows)) {
        mask_join(w, rows->count, mask, mask_of(w, op, rows), is_own);
        return;
    }
    own(w, rows->count, mask, is_own);
    narrow_by_test(w, bound, rows, mask);
}

static void mask_logic(struct worker *w, const struct op *op, const struct rows *rows,
                       struct mask *mask)
{
    const int32_t *list = w->program->list + op->list;
    bool is_own = false;
    if (op->code == OP_CODE_OR)
        *mask = (struct mask){.keep = no_bits(w, rows->count)};
    for (int32_t i = 0; i < op->list_count; i++) {
        if (op->code == OP_CODE_OR)
            widen(w, rows->count, mask, mask_of(w, list[i], rows));
        else if (i == 0)
            *mask = *mask_of(w, list[i], rows);
        else
            mask_narrow(w, list[i], rows, mask, &is_own);
    }
    if (op->code == OP_CODE_AND && op->list_count == 0)
        mask->keep = all_bits(w, rows->count);
}

static void invert(struct worker *w, int32_t count, const struct mask *of, struct mask *mask)
{
    mask->keep = all_bits(w, count);
    mask->unknown = of->unknown;
    mask->places = NULL;
    for (int32_t i = 0; i < bit_word_count(count); i++)
        mask->keep[i] &= ~of->keep[i] | (of->unknown ? of->unknown[i] : 0);
}

static void mask_value(struct worker *w, const struct bound *bound, const struct rows *rows,
                       struct mask *mask)
{
    mask->keep = bound->value != 0 ? all_bits(w, rows->count) : no_bits(w, rows->count);
    if (bound->value == ABSENT_I64)
        mask->unknown = all_bits(w, rows->count);
}

static void mask_test(struct worker *w, int32_t index, const struct rows *rows, struct mask *mask)
{
    mask->keep = all_bits(w, rows->count);
    narrow_by_test(w, &w->binding->bounds[index], rows, mask);
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
    int32_t word_count = bit_word_count(count);
    uint64_t *open = all_bits(w, count);
    uint64_t *unknown = NULL;
    mask->keep = no_bits(w, count);
    int32_t c = 0;
    for (; c + 1 < choose->list_count; c += 2) {
        const struct mask *when = mask_of(w, list[c], rows);
        bool yes = passes(op, bounds[list[c + 1]].value, right);
        if (when->unknown && !unknown)
            unknown = no_bits(w, count);
        for (int32_t i = 0; when->unknown && i < word_count; i++) {
            uint64_t unsure = open[i] & when->unknown[i];
            unknown[i] |= unsure;
            mask->keep[i] |= unsure;
            open[i] &= ~unsure;
        }
        if (yes)
            bits_or_both(mask->keep, open, when->keep, count);
        bits_and_not(open, when->keep, count);
    }
    bool rest = c < choose->list_count && passes(op, bounds[list[c]].value, right);
    for (int32_t i = 0; rest && i < word_count; i++)
        mask->keep[i] |= open[i];
    mask->unknown = unknown;
}

/* ---- children ---- */

static void set_bit(uint64_t *bits, int32_t place)
{
    bits[place / 64] |= UINT64_C(1) << (place % 64);
}

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
        set_bit(mask->keep, place);
    }
    mask->places = places;
    mask->place_count = count;
}

static void mark_many(const struct selection *inner, const int32_t *owners, int32_t base,
                      uint64_t *keep)
{
    if (!inner->rows.at) {
        for (int32_t k = 0; k < inner->rows.count; k++)
            set_bit(keep, owners[inner->rows.base + k] - base);
        return;
    }
    for (int32_t k = 0; k < inner->rows.count; k++)
        set_bit(keep, owners[inner->rows.at[k]] - base);
}

/* An owner is unsure when none of its children is sure. */
static void mark_unsure(struct worker *w, const struct selection *inner, const int32_t *owners,
                        const struct rows *rows, struct mask *mask)
{
    uint64_t *unsure = copied_bits(w, mask->keep, rows->count);
    for (int32_t k = 0; k < inner->rows.count; k++) {
        int32_t place = owners[rows_row(&inner->rows, k)] - rows->base;
        uint64_t yes = (uint64_t)(inner->unknown[k] ^ 1) << (place % 64);
        unsure[place / 64] &= ~yes;
    }
    mask->unknown = unsure;
}

static void note_children(struct worker *w, const struct selection *inner, struct mask *mask)
{
    int32_t *children = scratch_kept(w, (size_t)inner->rows.count + 1, sizeof *children);
    int32_t count = 0;
    for (int32_t k = 0; k < inner->rows.count; k++) {
        children[count] = rows_row(&inner->rows, k);
        count += !inner->unknown || !inner->unknown[k];
    }
    mask->children = children;
    mask->child_count = count;
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
    mask->keep = no_bits(w, rows->count);
    if (inner.rows.count * 8 < rows->count && !inner.unknown)
        mark_few(w, &inner, table->owner_rows, rows->base, mask);
    else
        mark_many(&inner, table->owner_rows, rows->base, mask->keep);
    if (inner.unknown)
        mark_unsure(w, &inner, table->owner_rows, rows, mask);
    if (w->keeps_evidence)
        note_children(w, &inner, mask);
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

/* Whether a mask is made of tests and of masks that are there: a few operations on 64 rows each. */
static bool is_at_hand(const struct worker *w, int32_t op, const struct rows *block)
{
    const struct op *row = &w->program->ops[op];
    if (w->binding->bounds[op].kind != BOUND_NONE || mask_is_there(w, op, block))
        return true;
    if (row->code == OP_CODE_NOT)
        return is_at_hand(w, row->a, block);
    if (row->code == OP_CODE_COMPARE)
        row = &w->program->ops[row->a]; /* a choice between constants */
    else if (row->code != OP_CODE_AND && row->code != OP_CODE_OR)
        return false;
    bool is = true;
    for (int32_t i = 0; i < row->list_count && is; i++)
        is = is_at_hand(w, w->program->list[row->list + i], block);
    return is;
}

/* Rows for which making a mask of a whole block costs less than looking at them. */
enum { MASK_ROWS_SHARE = 8, MASK_AT_HAND_SHARE = 64 };

const struct mask *mask_for_rows(struct worker *w, int32_t op, const struct rows *rows,
                                 int32_t *ret_base)
{
    struct rows block;
    if (!worker_block_rows(w, rows->table, &block))
        return NULL;
    if (!mask_is_there(w, op, &block)) {
        bool is_aggregate = w->program->ops[op].code == OP_CODE_AGGREGATE;
        bool is_worth_it =
            rows->count >= block.count / MASK_AT_HAND_SHARE && is_at_hand(w, op, &block);
        if (!is_worth_it && !(is_aggregate && rows->count >= block.count / MASK_ROWS_SHARE))
            return NULL;
    }
    *ret_base = block.base;
    return mask_of(w, op, &block);
}
