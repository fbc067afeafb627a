/* incentive_enact.h — documents laid over the base set (internal to the room).
 *
 * Memory   in the arena given
 * Errors   ERR_POLICY_LIMIT beyond POLICY_DOCUMENTS_MAX documents
 */
#ifndef BAIGONG_INCENTIVE_ENACT_H
#define BAIGONG_INCENTIVE_ENACT_H

#include "policy/policy.h"

/* own takes the place, and the path, of the document of its number, or comes behind the others. */
enum err enact_lay_over(struct arena *arena, const struct policy_source *base, int32_t base_count,
                        const struct policy_source *own, struct policy_source **ret_sources,
                        int32_t *ret_source_count, int32_t *ret_index, struct fault *fault);

#endif
