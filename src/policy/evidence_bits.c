#include "policy/evidence_bits.h"

#include <string.h>

/* Rows for which working on the whole block costs less than looking at them. */
enum { BITS_SHARE = 64, ROWS_MIN = 8 };

struct bit_search {
    struct worker *w;
    struct rows block;
    uint64_t *open;          /* rows without evidence */
    struct evidence *found;  /* by place in the block, where open is no longer set */
};

static uint64_t *words(const struct bit_search *s)
{
    return scratch(s->w, (size_t)bit_word_count(s->block.count) + 1, sizeof(uint64_t));
}

/* The rows wanted that are still open; NULL: none. */
static uint64_t *still_open(const struct bit_search *s, const uint64_t *wanted)
{
    uint64_t *live = words(s);
    return bits_both(live, wanted, s->open, s->block.count) ? live : NULL;
}

/* Rows of live where a mask holds for certain. */
static void take_certain(const struct bit_search *s, const uint64_t *live, const struct mask *mask,
                         uint64_t *ret_taken)
{
    int32_t count = s->block.count;
    memcpy(ret_taken, live, (size_t)bit_word_count(count) * sizeof *live);
    bits_and(ret_taken, mask->keep, count);
    if (mask->unknown)
        bits_and_not(ret_taken, mask->unknown, count);
}

/* The first child of each row for which the condition certainly holds: they are known since the
 * mask was made. */
static bool search_aggregate(struct bit_search *s, int32_t index, const uint64_t *live)
{
    const struct op *op = &s->w->program->ops[index];
    if (op->detail == AGGREGATE_HAS_NO) /* what is not there is no evidence */
        return true;
    if (op->detail != AGGREGATE_HAS || !s->w->binding->bounds[index].maskable)
        return false;
    const struct mask *mask = mask_of(s->w, index, &s->block);
    if (!mask->children)
        return false;
    const int32_t *owners = s->w->world->tables[op->table].owner_rows;
    for (int32_t i = 0; i < mask->child_count; i++) {
        int32_t place = owners[mask->children[i]] - s->block.base;
        uint64_t bit = UINT64_C(1) << (place % 64);
        if (!(live[place / 64] & s->open[place / 64] & bit))
            continue;
        s->found[place] = (struct evidence){op->table, mask->children[i]};
        s->open[place / 64] &= ~bit;
    }
    return true;
}

static bool search(struct bit_search *s, int32_t index, const uint64_t *wanted);

/* The value of the branch taken, then its condition. */
static bool search_choice(struct bit_search *s, const struct op *op, uint64_t *live)
{
    const int32_t *list = s->w->program->list + op->list;
    uint64_t *taken = words(s);
    bool done = true;
    int32_t c = 0;
    for (; c + 1 < op->list_count && done; c += 2) {
        if (!s->w->binding->bounds[list[c]].maskable)
            return false;
        const struct mask *when = mask_of(s->w, list[c], &s->block);
        take_certain(s, live, when, taken);
        bits_and_not(live, when->keep, s->block.count);
        done = search(s, list[c + 1], taken) && search(s, list[c], taken);
    }
    return done && (c >= op->list_count || search(s, list[c], live));
}

static bool search(struct bit_search *s, int32_t index, const uint64_t *wanted)
{
    const struct op *op = &s->w->program->ops[index];
    if (!op->ranges)
        return true;
    struct scratch_mark mark = scratch_mark(s->w);
    uint64_t *live = still_open(s, wanted);
    bool done = true;
    if (live && op->code == OP_CODE_AGGREGATE) {
        done = search_aggregate(s, index, live);
    } else if (live && op->code == OP_CODE_CHOOSE) {
        done = search_choice(s, op, live);
    } else if (live && op->code != OP_CODE_NOT && op->code != OP_CODE_REACH &&
               op->code != OP_CODE_OUTER) {
        done = (op->a < 0 || search(s, op->a, live)) && (op->b < 0 || search(s, op->b, live));
        for (int32_t i = 0; i < op->list_count && done; i++)
            done = search(s, s->w->program->list[op->list + i], live);
    }
    scratch_rewind(s->w, mark);
    return done;
}

bool evidence_by_bits(struct worker *w, int32_t op, const struct rows *rows,
                      struct evidence *found)
{
    struct bit_search s = {.w = w};
    if (!rows->in_block || !worker_block_rows(w, rows->table, &s.block) ||
        rows->count < s.block.count / BITS_SHARE || rows->count < ROWS_MIN)
        return false;
    s.open = words(&s);
    s.found = scratch(w, (size_t)s.block.count, sizeof *s.found);
    uint64_t *wanted = words(&s);
    memset(wanted, 0, (size_t)bit_word_count(s.block.count) * sizeof *wanted);
    for (int32_t i = 0; i < rows->count; i++) {
        int32_t place = rows_row(rows, i) - s.block.base;
        wanted[place / 64] |= (uint64_t)(found[i].row < 0) << (place % 64);
    }
    memcpy(s.open, wanted, (size_t)bit_word_count(s.block.count) * sizeof *wanted);
    if (!search(&s, op, wanted))
        return false;
    for (int32_t i = 0; i < rows->count; i++) {
        int32_t place = rows_row(rows, i) - s.block.base;
        if (bit_at(wanted, place) && !bit_at(s.open, place))
            found[i] = s.found[place];
    }
    return true;
}
