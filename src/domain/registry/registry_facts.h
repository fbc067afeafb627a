/* registry_facts.h — what the registry offers to policy: its words, and the population as columns.
 *
 * A world is loaded as known at an instant (law 4): what was entered or corrected later is not in
 * it. The whole city streams from the store, several tables at once when the environment has more
 * connections; a subject's world holds only what rules about that subject can reach.
 *
 * Memory   the caller frees a world with world_free; loading needs the columns and little more
 * Errors   store errors, ERR_MEMORY, ERR_OVERFLOW (a code wider than its catalogue)
 * Units    known_at_ms is UTC milliseconds
 */
#ifndef BAIGONG_REGISTRY_FACTS_H
#define BAIGONG_REGISTRY_FACTS_H

#include "policy/column.h"
#include "store/work.h"

/* The words of the registry, and of claims (payment_claim.def), with the given catalogues and
 * registers; points at both. */
void registry_vocab(const struct catalogue *catalogues, int32_t catalogue_count,
                    const struct catalogue_register *registers, int32_t register_count,
                    struct vocab *ret_vocab);

/* Loads every record as known at known_at_ms, inside one unit of work. */
enum err registry_load_world(struct work *w, const struct vocab *vocab, int64_t known_at_ms,
                             struct world **ret_world);

/* The same over thread_count units of work at once (1 to REGISTRY_LOAD_THREADS_MAX), or from the
 * column snapshot when env->snapshot says where it is (snapshot.h). What commits while it runs with
 * known_ms <= known_at_ms may be seen in part: take an instant that is past. */
enum { REGISTRY_LOAD_THREADS_MAX = 8 };
enum err registry_load_world_fast(struct work_env *env, const struct vocab *vocab,
                                  int64_t known_at_ms, int32_t thread_count,
                                  struct world **ret_world, struct fault *fault);

/* Always from the store. */
enum err registry_load_world_store(struct work_env *env, const struct vocab *vocab,
                                   int64_t known_at_ms, int32_t thread_count,
                                   struct world **ret_world, struct fault *fault);

/* A small world around one subject, a current row of a root or of an organisation's carrier: the
 * subject, its own rows, its owner, the rows its references name with their own rows, and for an
 * organisation the rows of persons that name it, with their persons. ERR_NOT_FOUND. */
enum err registry_load_subject_world(struct work *w, const struct vocab *vocab, int32_t table,
                                     int64_t subject_id, int64_t known_at_ms,
                                     struct world **ret_world);

#endif
