/* evidence_bits.h — which row made a value, for many rows of a block at once (internal).
 *
 * What evidence.c looks up row by row is here a few operations on 64 rows each, as long as all the
 * conditions met on the way have masks.
 *
 * Memory   scratch of the worker
 */
#ifndef BAIGONG_EVIDENCE_BITS_H
#define BAIGONG_EVIDENCE_BITS_H

#include "policy/vector.h"

/* As vector_evidence; false when something on the way has no mask, or the rows are too few for it:
 * nothing is filled in then. */
bool evidence_by_bits(struct worker *w, int32_t op, const struct rows *rows,
                      struct evidence *found);

#endif
