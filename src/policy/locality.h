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

/* The field of a person or body that tells its division; -1 for what has none. With what stands
 * there, whether a document is known to speak of another place. */
int32_t locality_field(const struct vocab *vocab, int32_t table);
bool locality_excludes_division(const struct policy *policy, int32_t document, int64_t division);

/* Where the rows of a table are: the division of the person or body that each belongs to. */
enum { LOCALITY_OWNERS_MAX = 4 };
struct locality {
    int32_t root;                /* the table of the owners */
    const struct column *column; /* of the root; NULL: the rows are nowhere */
    const int32_t *owner_rows[LOCALITY_OWNERS_MAX]; /* from the table up to the root */
    int32_t owner_count;
};
struct locality locality_of_table(const struct world *world, int32_t table);
int32_t locality_root_row(const struct locality *locality, int32_t row);
int64_t locality_division(const struct locality *locality, int32_t row); /* ABSENT_I64: unknown */

#endif
