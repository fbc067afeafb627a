/* overlap.h — what rules do to each other on a population: how many subjects two of them pay.
 *
 * Checking tells that two payments may meet and whether a settlement names both; the population
 * tells how often they do.
 *
 * Memory   pairs live in the arena given; sets of subjects only while the call runs
 * Errors   ERR_MEMORY
 */
#ifndef BAIGONG_OVERLAP_H
#define BAIGONG_OVERLAP_H

#include "policy/eval.h"

struct overlap {
    int32_t first, second;    /* rules that pay the same kind of subject, in document order */
    int64_t subject_count;    /* that both are granted to */
    int32_t settled_by;       /* settlement statement that names both, or -1 */
    enum settlement_kind how; /* its clause */
    bool one_fund;            /* both are paid from */
};

/* Pairs that meet at all: those from one fund that nothing settles first, then by subjects. */
enum err overlaps_of(struct arena *arena, const struct policy *policy, const struct world *world,
                     const struct eval_result *result, struct overlap **ret_overlaps,
                     int32_t *ret_count, struct fault *fault);

#endif
