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

#endif
