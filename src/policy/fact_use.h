/* fact_use.h — which facts the rules read, and whether a population has them: a fact that no record
 * ever delivers leaves its rules undecided for everybody.
 *
 * Memory   rows live in the arena given
 * Errors   ERR_MEMORY
 */
#ifndef BAIGONG_FACT_USE_H
#define BAIGONG_FACT_USE_H

#include "policy/eval.h"

struct fact_use {
    int32_t table, field;  /* field -1: whether there are rows at all */
    int32_t rule_count;    /* that read it, of documents that concern the population */
    int32_t statement;     /* the first of them */
    int64_t row_count;     /* of the table */
    int64_t filled_count;  /* rows that tell the field; of field -1: all */
};

/* By table and field; of a record that rules look for and nobody has, only that. Days that are open
 * while they have not come count as told. */
enum err fact_uses(struct arena *arena, const struct program *program, const struct world *world,
                   struct fact_use **ret_uses, int32_t *ret_use_count, struct fault *fault);

/* Nothing delivers it: no rows, or none that tells the field. */
bool fact_use_is_missing(const struct fact_use *use);

#endif
