#include "cli/cli.h"

#include "cli/cli_table.h"

#include <string.h>

static bool is_word(const struct cli_option *option)
{
    return option->name[0] >= 'A' && option->name[0] <= 'Z';
}

/* --as-of DATE, [--json], FILE..., [PATH] */
static void print_usage_part(const struct cli_option *option, FILE *file)
{
    bool optional = option->need == CLI_OPTIONAL || option->need == CLI_MANY;
    bool repeats = option->need == CLI_MANY || option->need == CLI_SOME;
    fputs(optional ? " [" : " ", file);
    if (is_word(option))
        fputs(option->name, file);
    else if (option->kind == CLI_FLAG)
        fprintf(file, "--%s", option->name);
    else
        fprintf(file, "--%s %s", option->name, option->value_name);
    fputs(repeats ? "..." : "", file);
    fputs(optional ? "]" : "", file);
}

static void print_usage_line(struct cli *cli, const struct cli_command *command, FILE *file)
{
    fprintf(file, "%sbaigong %s%s%s", cli_say(cli, "用法：", "usage: "), command->name,
            command->sub[0] ? " " : "", command->sub);
    for (const struct cli_option *o = command->options; o->name; o++)
        print_usage_part(o, file);
    fprintf(file, " [%s]\n", cli_say(cli, "通用选项", "common options"));
}

static const struct cli_column two_columns[] = {{"", CLI_LEFT}, {"", CLI_LEFT}};

static void print_options(struct cli *cli, const struct cli_option *options, FILE *file)
{
    struct cli_table table;
    cli_table_init(&table, cli->arena, two_columns, 2);
    table.indent = "  ";
    for (const struct cli_option *o = options; o->name; o++) {
        if (is_word(o) && o->value_name[0])
            cli_table_format(&table, "%s (%s)", o->name, o->value_name);
        else if (is_word(o))
            cli_table_add(&table, o->name);
        else
            cli_table_format(&table, "--%s%s%s", o->name, o->value_name[0] ? " " : "",
                             o->value_name);
        cli_table_add(&table, cli_say(cli, o->help_zh, o->help_en));
    }
    cli_table_print(&table, file);
}

/* group NULL lists all commands. */
static void print_commands(struct cli *cli, const char *group, FILE *file)
{
    struct cli_table table;
    cli_table_init(&table, cli->arena, two_columns, 2);
    table.indent = "  ";
    for (int32_t i = 0; i < cli_command_count; i++) {
        const struct cli_command *command = &cli_commands[i];
        if (group && strcmp(command->name, group) != 0)
            continue;
        cli_table_format(&table, "%s%s%s", command->name, command->sub[0] ? " " : "", command->sub);
        cli_table_add(&table, cli_say(cli, command->summary_zh, command->summary_en));
    }
    cli_table_print(&table, file);
}

void cli_help_general(struct cli *cli, FILE *file)
{
    fprintf(file, "%s\n\n",
            cli_say(cli, "百工：技能人才政策的数据、资格和待遇",
                    "Baigong runs a city's skilled-talent programme: facts in, decisions out."));
    fprintf(file, "%s\n\n",
            cli_say(cli, "用法：baigong 命令 [子命令] [选项] [参数]",
                    "usage: baigong COMMAND [SUBCOMMAND] [OPTIONS] [WORDS]"));
    fprintf(file, "%s\n", cli_say(cli, "命令：", "commands:"));
    print_commands(cli, NULL, file);
    fprintf(file, "\n%s\n", cli_say(cli, "通用选项：", "common options:"));
    print_options(cli, cli_common_options, file);
    fprintf(
        file, "\n%s\n",
        cli_say(cli,
                "退出状态：0 完成；1 被拒绝或输入有问题；2 命令行或设置有误；3 磁盘、数据库等故障",
                "exit status: 0 done; 1 refused or findings; 2 usage or settings; "
                "3 disk, database or memory failed"));
}

void cli_help_group(struct cli *cli, const char *name, FILE *file)
{
    fprintf(file, "%sbaigong %s %s\n\n", cli_say(cli, "用法：", "usage: "), name,
            cli_say(cli, "子命令 …", "SUBCOMMAND ..."));
    print_commands(cli, name, file);
}

void cli_help_command(struct cli *cli, const struct cli_command *command, FILE *file)
{
    print_usage_line(cli, command, file);
    fprintf(file, "\n%s\n", cli_say(cli, command->summary_zh, command->summary_en));
    if (command->options->name) {
        fprintf(file, "\n%s\n", cli_say(cli, "选项和参数：", "options and words:"));
        print_options(cli, command->options, file);
    }
    fprintf(file, "\n%s\n", cli_say(cli, "通用选项：", "common options:"));
    print_options(cli, cli_common_options, file);
    if (!command->examples[0])
        return;
    fprintf(file, "\n%s\n", cli_say(cli, "例：", "examples:"));
    struct str rest = str_from(command->examples), line;
    while (str_split(&rest, '\n', &line))
        fprintf(file, "  %.*s\n", STR_ARG(line));
}
