#include "policy/evidence_bits.h"
#include "policy/operate.h"

#include <string.h>

/* Which row made a value, for rows of which it is not known yet. */

struct evidence_rows { /* the rows still without evidence, and where they stand */
    struct rows rows;
    int32_t *places;
};

static struct evidence_rows open_rows(struct worker *w, const struct rows *rows,
                                      const struct evidence *found, const uint8_t *wanted)
{
    int32_t *at = scratch(w, (size_t)rows->count + 1, sizeof *at);
    int32_t *places = scratch(w, (size_t)rows->count + 1, sizeof *places);
    int32_t count = 0;
    for (int32_t i = 0; i < rows->count; i++) {
        at[count] = rows_row(rows, i);
        places[count] = i;
        count += found[i].row < 0 && (!wanted || wanted[i]);
    }
    return (struct evidence_rows){
        {.table = rows->table, .count = count, .at = at, .in_block = rows->in_block}, places};
}

/* Rows of which the block already knows that an aggregate is false have no row that made it. */
static void leave_out_false(struct worker *w, int32_t op, struct evidence_rows *open)
{
    const struct bound *bound = &w->binding->bounds[op];
    int32_t base;
    if (bound->kind != BOUND_NONE || !bound->maskable || !open->rows.in_block)
        return;
    const struct mask *mask = mask_for_rows(w, op, &open->rows, &base);
    if (!mask)
        return;
    int32_t *at = scratch(w, (size_t)open->rows.count + 1, sizeof *at);
    int32_t count = 0;
    for (int32_t i = 0; i < open->rows.count; i++) {
        int32_t row = open->rows.at[i];
        at[count] = row;
        open->places[count] = open->places[i];
        count += bit_at(mask->keep, row - base);
    }
    open->rows.at = at;
    open->rows.count = count;
}

static void look_into(struct worker *w, int32_t index, const struct rows *rows,
                      struct evidence *found);

static void look_on(struct worker *w, int32_t op, const struct rows *rows,
                    struct evidence *found, const uint8_t *wanted)
{
    if (!w->program->ops[op].ranges || (wanted && !memchr(wanted, 1, (size_t)rows->count)))
        return;
    struct evidence_rows open = open_rows(w, rows, found, wanted);
    if (open.rows.count == 0)
        return;
    struct evidence *inner = scratch(w, (size_t)open.rows.count, sizeof *inner);
    for (int32_t i = 0; i < open.rows.count; i++)
        inner[i] = found[open.places[i]];
    look_into(w, op, &open.rows, inner);
    for (int32_t i = 0; i < open.rows.count; i++)
        found[open.places[i]] = inner[i];
}

/* The value of the branch taken, then its condition. */
static void look_into_choice(struct worker *w, const struct op *op, const struct rows *rows,
                             struct evidence *found)
{
    const int32_t *list = w->program->list + op->list;
    uint8_t *undecided = scratch(w, (size_t)rows->count, 1);
    uint8_t *taken = scratch(w, (size_t)rows->count, 1);
    memset(undecided, 1, (size_t)rows->count);
    int32_t c = 0;
    for (; c + 1 < op->list_count; c += 2) {
        operate_condition(w, list[c], rows, undecided, taken);
        look_on(w, list[c + 1], rows, found, taken);
        look_on(w, list[c], rows, found, taken);
    }
    if (c < op->list_count)
        look_on(w, list[c], rows, found, undecided);
}

static void look_into_aggregate(struct worker *w, int32_t index, const struct rows *rows,
                                struct evidence *found)
{
    const struct op *op = &w->program->ops[index];
    if (op->detail == AGGREGATE_HAS_NO) /* what is not there is no evidence */
        return;
    struct evidence_rows open = open_rows(w, rows, found, NULL);
    if (open.rows.count > 0)
        leave_out_false(w, index, &open);
    if (open.rows.count == 0)
        return;
    int32_t *chosen = scratch(w, (size_t)open.rows.count, sizeof *chosen);
    vector_chosen_rows(w, index, &open.rows, chosen);
    for (int32_t i = 0; i < open.rows.count; i++)
        if (chosen[i] >= 0)
            found[open.places[i]] = (struct evidence){op->table, chosen[i]};
}

static void look_into(struct worker *w, int32_t index, const struct rows *rows,
                      struct evidence *found)
{
    const struct op *op = &w->program->ops[index];
    struct scratch_mark mark = scratch_mark(w);
    switch (op->code) {
    case OP_CODE_AGGREGATE:
        look_into_aggregate(w, index, rows, found);
        break;
    case OP_CODE_CHOOSE:
        look_into_choice(w, op, rows, found);
        break;
    case OP_CODE_NOT:
    case OP_CODE_REACH:
    case OP_CODE_OUTER:
        break;
    default:
        if (op->a >= 0)
            look_on(w, op->a, rows, found, NULL);
        if (op->b >= 0)
            look_on(w, op->b, rows, found, NULL);
        for (int32_t i = 0; i < op->list_count; i++)
            look_on(w, w->program->list[op->list + i], rows, found, NULL);
        break;
    }
    scratch_rewind(w, mark);
}

void vector_evidence(struct worker *w, int32_t op, const struct rows *rows,
                     struct evidence *found)
{
    if (op < 0 || !w->program->ops[op].ranges || rows->count == 0)
        return;
    if (!evidence_by_bits(w, op, rows, found))
        look_into(w, op, rows, found);
}
