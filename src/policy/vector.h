/* vector.h — running operations over rows (internal): scratch memory, values, selections.
 *
 * Memory   a worker's scratch is a stack of chunks that grows to the largest block and is then
 *          reused: nothing is allocated while blocks pass. When memory is out, the worker unwinds
 *          by longjmp to `out_of_memory`; scratch is the only thing it owns then.
 */
#ifndef BAIGONG_VECTOR_H
#define BAIGONG_VECTOR_H

#include "policy/kernel.h"
#include "policy/program.h"
#include "policy/reference.h"

#include <setjmp.h>

/* What an operation is at one moment, when dates and parameters have become numbers. */
enum bound_kind {
    BOUND_NONE,
    BOUND_VALUE, /* one value for all rows */
    BOUND_TEST,  /* a test of one cell, of the row itself or of a row reached */
};

struct bound {
    enum bound_kind kind;
    int64_t value;
    struct cell_test test;
    int32_t cell;  /* the FIELD tested */
    int32_t reach; /* the REACH it stands in, or -1 */
    float cost;    /* of one row, in cells read */
    float rank;    /* cost for each row it removes: conjuncts run in this order */
};

struct binding {
    struct reference_moment moment;
    struct bound *bounds; /* one for each operation */
};

struct rows {
    int32_t table;
    int32_t count;
    int32_t base;             /* at is NULL: rows base .. base + count - 1 */
    const int32_t *at;
    const struct rows *outer; /* rows around these, or NULL */
    /* Place in outer of each row's outer row. NULL: outer is dense and owns the rows. */
    const int32_t *outer_at;
};

struct selection { /* rows for which a condition is not false */
    struct rows rows;
    uint8_t *unknown; /* 1: it is unknown; NULL: true for all */
};

struct scratch_chunk;

struct worker {
    const struct program *program;
    const struct world *world;
    const struct binding *binding;
    struct scratch_chunk *chunk, *first_chunk;
    bool overflowed;
    jmp_buf out_of_memory;
};

struct scratch_mark {
    struct scratch_chunk *chunk;
    size_t used_size;
};

void worker_done(struct worker *w);
void *scratch(struct worker *w, size_t count, size_t size);
struct scratch_mark scratch_mark(const struct worker *w);
void scratch_rewind(struct worker *w, struct scratch_mark mark);

static inline int32_t rows_row(const struct rows *rows, int32_t i)
{
    return rows->at ? rows->at[i] : rows->base + i;
}

/* One value for each row. */
void vector_value(struct worker *w, int32_t op, const struct rows *rows, int64_t *ret_values);

/* Narrows a selection by a condition; op -1 leaves it as it is. The arrays of the new selection are
 * scratch. */
void vector_select(struct worker *w, int32_t op, struct selection *selection);

/* The children of the rows of a selection in a table, with the unknown marks of their owners.
 * *ret_rows.outer points at selection->rows. */
void vector_children(struct worker *w, const struct selection *selection, int32_t table,
                     struct selection *ret_children);

/* The row that made the value of an aggregate for each row: the first with the best value, else the
 * first that counts; -1: none. */
void vector_chosen_rows(struct worker *w, int32_t op, const struct rows *rows, int32_t *ret_rows);

/* Fills the evidence (row -1: none yet) of a value or condition that holds, for rows without outer
 * ones: see struct evidence. */
void vector_evidence(struct worker *w, int32_t op, const struct rows *rows,
                     struct evidence *found);

/* Place in rows->outer of row i's outer row. */
int32_t rows_outer_place(const struct worker *w, const struct rows *rows, int32_t i);

#endif
