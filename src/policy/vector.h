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
    BOUND_MEMBER, /* whether the code in one such cell stands in a set */
};

struct bound {
    enum bound_kind kind;
    bool maskable; /* a condition that can be worked out for a whole block of rows: mask.h */
    int64_t value;
    struct cell_test test;
    const struct member_set *set;
    int32_t cell;  /* the FIELD tested */
    int32_t reach; /* the REACH it stands in, or -1 */
    float cost;    /* of one row, in cells read */
    float pass;    /* share of the rows that pass */
    float rank;    /* cost for each row it removes: conjuncts run in this order */
    /* Conjuncts of a condition, in binding->conjuncts: those with masks first, each by rank. */
    int32_t conjunct, conjunct_count, masked_count;
    int32_t wanted_count; /* conditions it is a conjunct of */
};

struct binding {
    struct reference_moment moment;
    struct bound *bounds; /* one for each operation */
    int32_t *conjuncts;
    struct bound_set *sets; /* owned */
    /* The first binding that agrees on the days that an operation depends on, by op.context. */
    int32_t stand_in[CONTEXT_ALL + 1];
};

struct rows {
    int32_t table;
    int32_t count;
    int32_t base;             /* at is NULL: rows base .. base + count - 1 */
    bool in_block;            /* all of them belong to the worker's block */
    uint32_t id;              /* not 0: values of shared operations are kept for these rows */
    const int32_t *at;
    const struct rows *outer; /* rows around these, or NULL */
    /* Place in outer of each row's outer row. NULL: outer is dense and owns the rows. */
    const int32_t *outer_at;
};

struct selection { /* rows for which a condition is not false */
    struct rows rows;
    uint8_t *unknown; /* 1: it is unknown; NULL: true for all */
};

/* Where a condition holds in a block of rows, as bits: place by place from the first (kernel.h). */
struct mask {
    uint64_t *keep;    /* 1: it is not false */
    uint64_t *unknown; /* 1: it is unknown (keep is 1 too); NULL: nowhere */
    int32_t *places;   /* the places kept, when they are few and were found as a list; else NULL */
    int32_t place_count;
    /* Of an aggregate, when evidence is kept: children that its condition certainly holds for. */
    int32_t *children;
    int32_t child_count;
};

struct memo { /* what is known of an operation in the worker's block */
    uint64_t mask_block, values_block; /* the block it belongs to */
    int32_t stand_in, base, count;     /* of the mask */
    struct mask mask;
    uint32_t rows_id; /* of the values */
    int64_t *values;
};

struct scratch_chunk;

struct scratch_stack {
    struct scratch_chunk *chunk, *first_chunk;
};

struct worker {
    const struct program *program;
    const struct world *world;
    const struct binding *binding;
    struct scratch_stack stack; /* what functions need while they run */
    struct scratch_stack kept;  /* what is kept until the block ends */
    /* Decisions found, when a run owns them: its caller takes the chunks over. NULL: the parts' own
     * lists. */
    struct scratch_stack *found;
    struct memo *memos;         /* one for each operation */
    uint64_t block;             /* number of the block, from 1 */
    int32_t block_table, block_base, block_count; /* its subjects */
    uint32_t last_rows_id;
    bool keeps_evidence;
    bool overflowed;
    jmp_buf out_of_memory;
};

struct scratch_mark {
    struct scratch_chunk *chunk;
    size_t used_size;
};

void worker_done(struct worker *w);
void scratch_stack_done(struct scratch_stack *stack);
void *scratch(struct worker *w, size_t count, size_t size);
void *scratch_found(struct worker *w, size_t count, size_t size); /* in w->found */
/* Gives the end of what was taken last in w->found back: size bytes stay. */
void scratch_found_trim(struct worker *w, const void *taken, size_t size);
void *scratch_kept(struct worker *w, size_t count, size_t size); /* until the next block */
struct scratch_mark scratch_mark(const struct worker *w);
void scratch_rewind(struct worker *w, struct scratch_mark mark);

/* Begins a block of subjects: what was kept for the last one is forgotten. */
void worker_begin_block(struct worker *w, int32_t table, int32_t base, int32_t count);
/* The rows of a table that belong to the block; false when it owns none of that table. */
bool worker_block_rows(const struct worker *w, int32_t table, struct rows *ret_rows);

static inline int32_t rows_row(const struct rows *rows, int32_t i)
{
    return rows->at ? rows->at[i] : rows->base + i;
}

/* One value for each row. */
void vector_value(struct worker *w, int32_t op, const struct rows *rows, int64_t *ret_values);

/* Adds a test of a cell to keep and unknown (NULL until a cell is absent); false when the condition
 * is none. */
bool vector_test(struct worker *w, int32_t op, const struct rows *rows, uint8_t *keep,
                 uint8_t **unknown);
int32_t *reached_rows(struct worker *w, const struct rows *rows, const struct op *op,
                      int32_t *ret_table);

/* Narrows a selection by a condition; op -1 leaves it as it is. The arrays of the new selection are
 * scratch. */
void vector_select(struct worker *w, int32_t op, struct selection *selection);

/* The same with the conjuncts that have masks only, or with the others only. */
enum select_part { SELECT_MASKED = 1, SELECT_OTHERS = 2, SELECT_ALL = 3 };
void vector_select_part(struct worker *w, int32_t op, enum select_part part,
                        struct selection *selection);
/* Keeps the places given; marks of theirs (may be NULL) join those of the selection. */
void selection_take(struct worker *w, struct selection *selection, const int32_t *places,
                    int32_t count, const uint8_t *unknown);

/* The children of the rows of a selection in a table, with the unknown marks of their owners.
 * *ret_rows.outer points at selection->rows. */
void vector_children(struct worker *w, const struct selection *selection, int32_t table,
                     struct selection *ret_children);

/* Where a maskable condition holds in a dense range of the block. */
const struct mask *mask_of(struct worker *w, int32_t op, const struct rows *rows);
/* Narrows a mask to where another holds too; it becomes the caller's own. */
void mask_join(struct worker *w, int32_t count, struct mask *mask, const struct mask *next,
               bool *is_own);
/* The same by an operation; a test that nobody else wants is made where the result stands. */
void mask_narrow(struct worker *w, int32_t op, const struct rows *rows, struct mask *mask,
                 bool *is_own);
bool mask_is_there(const struct worker *w, int32_t op, const struct rows *rows);
/* Where all conjuncts with masks hold; false when there is none. The mask is kept or scratch. */
bool mask_of_conjuncts(struct worker *w, int32_t op, const struct rows *rows,
                       struct mask *ret_mask);
/* The mask of an operation for rows of the block that are not dense, when it is there or worth
 * making; *ret_base is the row of its first place. */
const struct mask *mask_for_rows(struct worker *w, int32_t op, const struct rows *rows,
                                 int32_t *ret_base);

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
