#include "policy/vector.h"

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

static void look_on(struct worker *w, int32_t op, const struct rows *rows,
                    struct evidence *found, const uint8_t *wanted)
{
    if (!w->program->ops[op].ranges)
        return;
    struct evidence_rows open = open_rows(w, rows, found, wanted);
    struct evidence *inner = scratch(w, (size_t)open.rows.count, sizeof *inner);
    if (open.rows.count == 0)
        return;
    for (int32_t i = 0; i < open.rows.count; i++)
        inner[i] = found[open.places[i]];
    vector_evidence(w, op, &open.rows, inner);
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
    int64_t *truth = scratch(w, (size_t)rows->count, sizeof *truth);
    for (int32_t i = 0; i < rows->count; i++)
        undecided[i] = 1;
    int32_t c = 0;
    for (; c + 1 < op->list_count; c += 2) {
        vector_value(w, list[c], rows, truth);
        for (int32_t i = 0; i < rows->count; i++) {
            taken[i] = undecided[i] && truth[i] == 1;
            undecided[i] &= truth[i] == 0;
        }
        look_on(w, list[c + 1], rows, found, taken);
        look_on(w, list[c], rows, found, taken);
    }
    if (c < op->list_count)
        look_on(w, list[c], rows, found, undecided);
}

void vector_evidence(struct worker *w, int32_t index, const struct rows *rows,
                     struct evidence *found)
{
    if (index < 0 || !w->program->ops[index].ranges || rows->count == 0)
        return;
    const struct op *op = &w->program->ops[index];
    struct scratch_mark mark = scratch_mark(w);
    switch (op->code) {
    case OP_CODE_AGGREGATE: {
        struct evidence_rows open = open_rows(w, rows, found, NULL);
        int32_t *chosen = scratch(w, (size_t)open.rows.count, sizeof *chosen);
        vector_chosen_rows(w, index, &open.rows, chosen);
        for (int32_t i = 0; i < open.rows.count; i++)
            if (chosen[i] >= 0)
                found[open.places[i]] = (struct evidence){op->table, chosen[i]};
        break;
    }
    case OP_CODE_CHOOSE:
        look_into_choice(w, op, rows, found);
        break;
    case OP_CODE_NOT: /* what is not there is no evidence */
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
