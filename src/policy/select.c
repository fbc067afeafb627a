#include "policy/vector.h"

#include <string.h>

/* Narrowing rows by a condition, conjunct after conjunct: for dense rows of a block first what is
 * known as masks, then the others on what is left. */

/* When so small a share is left, looking at the rows left costs less than another mask. */
#define FEW_LEFT 0.05F
/* Codes are looked up one by one: only on what is left, unless that is nearly everything. */
#define MANY_LEFT 0.6F

void selection_take(struct worker *w, struct selection *selection, const int32_t *places,
                    int32_t count, const uint8_t *unknown)
{
    struct rows *rows = &selection->rows;
    bool has_marks = selection->unknown || unknown;
    if (count == rows->count && !has_marks)
        return;
    int32_t *at = scratch(w, (size_t)count + 8, sizeof *at);
    int32_t *outer_at = rows->outer_at ? scratch(w, (size_t)count + 8, sizeof *outer_at) : NULL;
    uint8_t *marks = has_marks ? scratch(w, (size_t)count, 1) : NULL;
    if (rows->at)
        for (int32_t k = 0; k < count; k++)
            at[k] = rows->at[places[k]];
    else
        for (int32_t k = 0; k < count; k++)
            at[k] = rows->base + places[k];
    for (int32_t k = 0; outer_at && k < count; k++)
        outer_at[k] = rows->outer_at[places[k]];
    for (int32_t k = 0; marks && k < count; k++)
        marks[k] = (uint8_t)((selection->unknown && selection->unknown[places[k]]) |
                             (unknown && unknown[places[k]]));
    rows->at = at;
    rows->outer_at = outer_at;
    rows->count = count;
    selection->unknown = marks;
}

bool vector_test(struct worker *w, int32_t op, const struct rows *rows, uint8_t *keep,
                 uint8_t **unknown)
{
    const struct bound *bound = &w->binding->bounds[op];
    if (bound->kind != BOUND_TEST && bound->kind != BOUND_MEMBER)
        return false;
    const struct op *cell = &w->program->ops[bound->cell];
    const struct column *column = &w->world->tables[cell->table].columns[cell->field];
    const struct op *reach = bound->reach >= 0 ? &w->program->ops[bound->reach] : NULL;
    bool may_be_absent = column->has_absent || column->width == COLUMN_NONE ||
                         (reach && reach->through >= 0);
    if (may_be_absent && !*unknown) {
        *unknown = scratch(w, (size_t)rows->count, 1);
        memset(*unknown, 0, (size_t)rows->count);
    }
    int32_t table;
    const int32_t *at = reach ? reached_rows(w, rows, reach, &table) : rows->at;
    if (bound->kind == BOUND_MEMBER)
        kernel_member(column, bound->set, rows->base, at, rows->count, keep,
                      may_be_absent ? *unknown : NULL);
    else
        kernel_test(column, &bound->test, rows->base, at, rows->count, keep,
                    may_be_absent ? *unknown : NULL);
    return true;
}

static void test_value(struct worker *w, int32_t op, const struct rows *rows, uint8_t *keep,
                       uint8_t **unknown)
{
    int64_t *truth = scratch(w, (size_t)rows->count, sizeof *truth);
    vector_value(w, op, rows, truth);
    bool any = false;
    for (int32_t i = 0; i < rows->count; i++) {
        keep[i] &= truth[i] != 0;
        any |= truth[i] == ABSENT_I64;
    }
    if (!any)
        return;
    if (!*unknown) {
        *unknown = scratch(w, (size_t)rows->count, 1);
        memset(*unknown, 0, (size_t)rows->count);
    }
    for (int32_t i = 0; i < rows->count; i++)
        (*unknown)[i] |= truth[i] == ABSENT_I64;
}

static void select_by_one(struct worker *w, int32_t op, struct selection *selection)
{
    const struct rows *rows = &selection->rows;
    uint8_t *keep = scratch(w, (size_t)rows->count, 1);
    uint8_t *unknown = NULL;
    memset(keep, 1, (size_t)rows->count);
    if (!vector_test(w, op, rows, keep, &unknown))
        test_value(w, op, rows, keep, &unknown);
    int32_t *places = scratch(w, (size_t)rows->count + PLACES_SPARE, sizeof *places);
    int32_t found = kernel_places(keep, rows->count, places);
    selection_take(w, selection, places, found, unknown);
}

/* What is shared as a mask is looked up there, else its parts one by one. */
static void select_by(struct worker *w, int32_t op, struct selection *selection)
{
    const struct op *row = &w->program->ops[op];
    struct rows block;
    bool has_parts = row->code == OP_CODE_AND && w->binding->bounds[op].kind == BOUND_NONE;
    if (has_parts && selection->rows.in_block &&
        worker_block_rows(w, selection->rows.table, &block) && mask_is_there(w, op, &block))
        has_parts = false;
    if (!has_parts) {
        select_by_one(w, op, selection);
        return;
    }
    for (int32_t i = 0; i < row->list_count && selection->rows.count > 0; i++)
        select_by(w, w->program->list[row->list + i], selection);
}

/* Masks one after the other while many rows are left; returns how many conjuncts were done. */
static int32_t join_masks(struct worker *w, const int32_t *conjuncts, int32_t count,
                          const struct rows *rows, struct mask *ret_mask)
{
    float left = 1;
    bool is_own = false;
    for (int32_t c = 0; c < count; c++) {
        bool is_look_up = w->binding->bounds[conjuncts[c]].kind == BOUND_MEMBER;
        if (is_look_up && left < MANY_LEFT && !mask_is_there(w, conjuncts[c], rows))
            return c;
        if (c == 0)
            *ret_mask = *mask_of(w, conjuncts[c], rows);
        else
            mask_narrow(w, conjuncts[c], rows, ret_mask, &is_own);
        left *= w->binding->bounds[conjuncts[c]].pass;
        bool is_list = ret_mask->places && ret_mask->place_count < rows->count / 8;
        if (is_list || left < FEW_LEFT)
            return c + 1;
    }
    return count;
}

bool mask_of_conjuncts(struct worker *w, int32_t op, const struct rows *rows,
                       struct mask *ret_mask)
{
    const struct bound *bound = op >= 0 ? &w->binding->bounds[op] : NULL;
    if (!bound || bound->masked_count == 0)
        return false;
    bool is_own = false;
    for (int32_t c = 0; c < bound->masked_count; c++) {
        int32_t conjunct = w->binding->conjuncts[bound->conjunct + c];
        if (c == 0)
            *ret_mask = *mask_of(w, conjunct, rows);
        else
            mask_narrow(w, conjunct, rows, ret_mask, &is_own);
    }
    return true;
}

static int32_t select_by_masks(struct worker *w, const int32_t *conjuncts, int32_t count,
                               struct selection *selection)
{
    struct mask mask;
    int32_t done = join_masks(w, conjuncts, count, &selection->rows, &mask);
    int32_t row_count = selection->rows.count;
    int32_t *places = mask.places;
    int32_t found = mask.place_count;
    if (!places) {
        places = scratch(w, (size_t)row_count + PLACES_SPARE, sizeof *places);
        found = kernel_bit_places(mask.keep, row_count, places);
    }
    uint8_t *unknown = NULL;
    if (mask.unknown) {
        unknown = scratch(w, (size_t)row_count, 1);
        for (int32_t k = 0; k < found; k++)
            unknown[places[k]] = bit_at(mask.unknown, places[k]);
    }
    selection_take(w, selection, places, found, unknown);
    return done;
}

void vector_select_part(struct worker *w, int32_t op, enum select_part part,
                        struct selection *selection)
{
    if (op < 0)
        return;
    const struct bound *bound = &w->binding->bounds[op];
    const int32_t *conjuncts = w->binding->conjuncts + bound->conjunct;
    int32_t end = part & SELECT_OTHERS ? bound->conjunct_count : bound->masked_count;
    int32_t c = part & SELECT_MASKED ? 0 : bound->masked_count;
    bool is_dense = selection->rows.in_block && !selection->rows.at;
    if (is_dense && c < bound->masked_count && selection->rows.count > 0)
        c = select_by_masks(w, conjuncts, bound->masked_count, selection);
    for (; c < end && selection->rows.count > 0; c++)
        select_by(w, conjuncts[c], selection);
}

void vector_select(struct worker *w, int32_t op, struct selection *selection)
{
    vector_select_part(w, op, SELECT_ALL, selection);
}
