/* locality.h — which documents have anything to say about a population. */
#ifndef BAIGONG_LOCALITY_H
#define BAIGONG_LOCALITY_H

#include "policy/ast.h"
#include "policy/column.h"

/* Whether a document speaks of a division in which somebody of this population is: what other
 * cities issued need not be shown in this one. A document without a division concerns everyone. */
bool locality_concerns(const struct policy *policy, int32_t document, const struct world *world);

#endif
