/* locality.h — which documents have anything to say about a population. */
#ifndef BAIGONG_LOCALITY_H
#define BAIGONG_LOCALITY_H

#include "policy/ast.h"
#include "policy/column.h"

/* Whether a document speaks of a division in which somebody of this population is: what other
 * cities issued need not be shown in this one. A document without a division concerns everyone. */
bool locality_concerns(const struct policy *policy, int32_t document, const struct world *world);

/* Whether a row of a person or body is known to be outside the division of a document: no rule of
 * the document holds there, whatever else is known. */
bool locality_excludes(const struct policy *policy, int32_t document, const struct world *world,
                       int32_t table, int32_t row);

#endif
