/* cmd_search.c — the index of names, made again. */
#include "cli/cli_work.h"
#include "cli/commands.h"
#include "domain/registry/search.h"

const struct cli_option cmd_search_rebuild_options[] = {{0}};

static enum err rebuild(struct work *w, void *context)
{
    return search_rebuild(w);
}

enum err cmd_search_rebuild(struct cli *cli)
{
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    TRY(work_run(&env, WORK_WRITE, rebuild, NULL, &cli->fault));
    cli_note(cli, "%s", cli_say(cli, "单位和载体名称的索引已重建\n",
                                "the index of names of bodies was made again\n"));
    return ERR_OK;
}
