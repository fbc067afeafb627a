#include "cli/cli_documents.h"

#include "cli/cli_city.h"
#include "cli/cli_settings.h"
#include "policy/policy_files.h"

const char *cli_documents_library(struct cli *cli)
{
    return text_in(cli->arena, "%s/policy", cli->settings->values[SETTING_HOME]);
}

enum err cli_documents_read(struct cli *cli, const struct vocab *vocab, const char *const *paths,
                            int32_t path_count, struct cli_documents *ret_documents)
{
    *ret_documents = (struct cli_documents){.findings = {.arena = cli->arena}};
    TRY(policy_sources_read_named(cli->arena, paths, path_count, cli_documents_library(cli),
                                  &ret_documents->sources, &ret_documents->source_count,
                                  &ret_documents->named_count, &cli->fault));
    return policy_read(cli->arena, vocab, ret_documents->sources, ret_documents->source_count,
                       &ret_documents->policy, &ret_documents->findings, &cli->fault);
}

enum err cli_documents_read_sound(struct cli *cli, const struct vocab *vocab, const char *path,
                                  struct cli_documents *ret_documents)
{
    enum err err = cli_documents_read(cli, vocab, &path, 1, ret_documents);
    if (err == ERR_POLICY)
        cli_print_findings(cli, ret_documents->sources, &ret_documents->findings);
    return err;
}
