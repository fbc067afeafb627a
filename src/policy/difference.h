/* difference.h — two editions of a policy, statement by statement: what came, went and changed.
 *
 * Statements are the same when their kind and name are; they are compared by their words in one
 * spelling, so layout, notes and the other spelling make no difference. What an edition does to the
 * city's money is whatif's answer (domain/insight).
 *
 * Memory   rows live in the arena given
 * Errors   ERR_MEMORY
 */
#ifndef BAIGONG_DIFFERENCE_H
#define BAIGONG_DIFFERENCE_H

#include "policy/policy.h"

enum difference_kind { DIFFERENCE_ADDED, DIFFERENCE_REMOVED, DIFFERENCE_CHANGED };

struct difference {
    enum difference_kind kind;
    const struct statement *before, *after; /* NULL: not in that edition */
    /* CHANGED: the clauses that differ, in the order of the new edition; "" on the side that lacks
     * the clause. */
    const struct difference_clause {
        struct str before, after;
    } *clauses;
    int32_t clause_count;
};

enum err policy_difference(struct arena *arena, const struct policy *before,
                           const struct policy *after, enum policy_spelling spelling,
                           struct difference **ret_rows, int32_t *ret_row_count,
                           struct fault *fault);

#endif
