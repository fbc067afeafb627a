/* policy_files.h — policy documents from disk.
 *
 * Memory   paths and texts live in the arena
 * Errors   ERR_IO, ERR_NOT_FOUND (nothing there, or no .md in the folder), ERR_MEMORY,
 *          ERR_POLICY_LIMIT
 * Limits   POLICY_DOCUMENTS_MAX files, POLICY_DOCUMENT_SIZE_MAX bytes each
 */
#ifndef BAIGONG_POLICY_FILES_H
#define BAIGONG_POLICY_FILES_H

#include "policy/policy.h"

/* A document, or every .md file below a folder in the order of their paths. README.md is prose,
 * and a folder called draft below the path is passed over: drafts are read when they are named. */
enum err policy_sources_read(struct arena *arena, const char *path,
                             struct policy_source **ret_sources, int32_t *ret_source_count,
                             struct fault *fault);

/* Several documents and folders together, each file once. A document that one of them imports
 * (引用) and that is not among them is looked for by its number beside them and below library
 * (NULL: only beside them) and comes behind the first ret_named_count, which were asked for. */
enum err policy_sources_read_named(struct arena *arena, const char *const *paths,
                                   int32_t path_count, const char *library,
                                   struct policy_source **ret_sources, int32_t *ret_source_count,
                                   int32_t *ret_named_count, struct fault *fault);

#endif
