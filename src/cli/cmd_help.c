#include "cli/cli_config.h"
#include "cli/commands.h"

#include <string.h>

const struct cli_option cmd_version_options[] = {{0}};

enum err cmd_version(struct cli *cli)
{
    if (cli->json)
        cli_print(cli, "{\"name\":\"baigong\",\"version\":\"%s\"}\n", CLI_VERSION);
    else
        cli_print(cli, "baigong %s\n", CLI_VERSION);
    return ERR_OK;
}

const struct cli_option cmd_help_options[] = {
    {"COMMAND", CLI_TEXT, CLI_OPTIONAL, "", "命令", "the command"},
    {"SUBCOMMAND", CLI_TEXT, CLI_OPTIONAL, "", "子命令", "its subcommand"},
    {"names", CLI_FLAG, CLI_OPTIONAL, "", "只列出命令名，每行一个（供脚本用）",
     "list only the names, one a line, for scripts"},
    {0},
};

static void print_names(struct cli *cli)
{
    for (int32_t i = 0; i < cli_command_count; i++)
        cli_print(cli, "%s%s%s\n", cli_commands[i].name, cli_commands[i].sub[0] ? " " : "",
                  cli_commands[i].sub);
}

enum err cmd_help(struct cli *cli)
{
    const char *name = cli_text(cli, "COMMAND", NULL);
    const char *sub = cli_text(cli, "SUBCOMMAND", NULL);
    if (cli_flag(cli, "names")) {
        print_names(cli);
        return ERR_OK;
    }
    if (!name) {
        cli_help_general(cli, cli->world.out);
        return ERR_OK;
    }
    const struct cli_command *command = cli_find(name, sub);
    if (command) {
        cli_help_command(cli, command, cli->world.out);
        return ERR_OK;
    }
    if (!sub && cli_is_group(name)) {
        cli_help_group(cli, name, cli->world.out);
        return ERR_OK;
    }
    return cli_fail(cli, ERR_USAGE, "没有命令“%s%s%s”", "there is no command \"%s%s%s\"", name,
                    sub ? " " : "", sub ? sub : "");
}
