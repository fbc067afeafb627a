/* cli_documents.h — the policy documents that a command names, read with those they import.
 *
 * Memory   everything lives in the command's arena
 * Errors   ERR_POLICY when a document has errors: findings says which; those of policy_files.h
 */
#ifndef BAIGONG_CLI_DOCUMENTS_H
#define BAIGONG_CLI_DOCUMENTS_H

#include "cli/cli.h"
#include "policy/policy.h"

struct cli_documents {
    struct policy_source *sources;
    int32_t source_count;
    int32_t named_count; /* of them, before those that were only imported */
    struct policy *policy;
    struct findings findings;
};

/* Where imported documents are looked for: the program's policy/. */
const char *cli_documents_library(struct cli *cli);

enum err cli_documents_read(struct cli *cli, const struct vocab *vocab, const char *const *paths,
                            int32_t path_count, struct cli_documents *ret_documents);

/* The same; findings are printed when there are errors. */
enum err cli_documents_read_sound(struct cli *cli, const struct vocab *vocab, const char *path,
                                  struct cli_documents *ret_documents);

#endif
