/* walk.h — walking a typed expression on one row (internal): the core of reference.c and explain.c.
 *
 * Memory   a walk is a plain value; frames live on the stack of the walker
 * Errors   overflow is noted in the walk and gives ABSENT_I64
 */
#ifndef BAIGONG_WALK_H
#define BAIGONG_WALK_H

#include "policy/reference.h"

struct walk {
    const struct policy *policy;
    const struct world *world;
    struct reference_moment moment;
    int64_t anchor_day; /* day at which parameters and registers are read */
    bool overflowed;
    bool keep_evidence; /* of candidates: the basis row, not what made the amount */
    /* Told of every cell read; may be NULL. */
    void (*on_read)(void *context, int32_t table, int32_t row, int32_t field, int64_t value);
    void *context;
};

struct frame { /* the row an expression stands on, and the rows around it */
    int32_t table, row;
    const struct frame *outer;
};

/* frame is NULL outside any row. */
int64_t walk_value(struct walk *walk, const struct frame *frame, const struct expr *expr);

/* Row reached from a frame; -1 when the way leads over an absent reference. */
int32_t walk_reach(struct walk *walk, const struct frame *frame, int32_t scope, int32_t up,
                   int32_t through, int32_t *ret_table);

/* Rows an aggregate ranges over: rows[first..end), or first..end themselves when rows is NULL. */
struct walk_rows {
    const int32_t *rows;
    int32_t first, end;
};

/* False when the reached row is unknown (or memory is out, which counts as unknown). */
bool walk_range(struct walk *walk, const struct frame *frame, const struct expr *expr,
                struct walk_rows *ret_rows);

struct rule_period;

/* Adds the candidates of one rule for one subject in one period; false when memory is out. */
bool walk_subject(struct walk *walk, int32_t statement, const struct rule_period *period,
                  int32_t subject_row, struct decision_list *list);

#endif
