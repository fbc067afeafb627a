#include "cli/cli.h"

#include "base/json.h"
#include "cli/cli_settings.h"
#include "cli/cli_registry.h"
#include "cli/cli_work.h"
#include "cli/commands.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { CLI_ARENA_SIZE_MAX = 256 * 1024 * 1024 }; /* tables and texts of one command's output */

const struct cli_command cli_commands[] = {
#define COMMAND(name, sub, function, summary_zh, summary_en, examples)                             \
    {name, sub, function, function##_options, summary_zh, summary_en, examples},
#include "cli/commands.def"
#undef COMMAND
};

const int32_t cli_command_count = (int32_t)(sizeof cli_commands / sizeof cli_commands[0]);

const struct cli_option cli_common_options[] = {
    {"db", CLI_TEXT, CLI_OPTIONAL, "DB", "数据库：SQLite 文件路径或 postgresql:// 地址",
     "database: path of a SQLite file, or a postgresql:// address"},
    {"home", CLI_TEXT, CLI_OPTIONAL, "DIR", "政策与目录所在文件夹（含 policy/ 和 catalogue/）",
     "folder that holds policy/ and catalogue/"},
    {"lang", CLI_ONE_OF, CLI_OPTIONAL, "zh|en", "界面语言", "language of messages"},
    {"settings", CLI_TEXT, CLI_OPTIONAL, "FILE", "设置文件", "settings file"},
    {"json", CLI_FLAG, CLI_OPTIONAL, "", "结果输出为 JSON", "print the result as JSON"},
    {"help", CLI_FLAG, CLI_OPTIONAL, "", "显示用法", "show how the command is used"},
    {0},
};

/* ---- saying things ---- */

const char *cli_say(const struct cli *cli, const char *zh, const char *en)
{
    return cli->lang == CLI_LANG_ZH ? zh : en;
}

void cli_print(struct cli *cli, const char *format, ...)
{
    cli_progress_end(cli);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(cli->world.out, format, arguments);
    va_end(arguments);
}

enum err cli_print_json(struct cli *cli, const struct text_buf *json_text)
{
    if (json_text->failed)
        return fault_set(&cli->fault, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    cli_progress_end(cli);
    fwrite(json_text->ptr, 1, json_text->size, cli->world.out);
    fputc('\n', cli->world.out);
    return ERR_OK;
}

void cli_note(struct cli *cli, const char *format, ...)
{
    if (cli->json)
        return;
    cli_progress_end(cli);
    struct text_buf note;
    text_init(&note, cli->arena);
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&note, format, arguments);
    va_end(arguments);
    bool is_ended = str_ends(text_str(&note), STR("\n"));
    fprintf(cli->world.err, "%.*s%s", STR_ARG(text_str(&note)), is_ended ? "" : "\n");
}

enum err cli_fail(struct cli *cli, enum err code, const char *zh, const char *en, ...)
{
    char message[FAULT_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, en);
    vsnprintf(message, sizeof message, cli_say(cli, zh, en), arguments);
    va_end(arguments);
    return fault_set(&cli->fault, code, "%s", message);
}

enum err cli_fail_hint(struct cli *cli, const char *zh, const char *en, ...)
{
    char hint[FAULT_HINT_SIZE];
    va_list arguments;
    va_start(arguments, en);
    vsnprintf(hint, sizeof hint, cli_say(cli, zh, en), arguments);
    va_end(arguments);
    return fault_hint(&cli->fault, "%s", hint);
}

void cli_progress(struct cli *cli, const char *label, int64_t done, int64_t total)
{
    if (!cli->world.err_is_terminal || cli->json || done < cli->progress_next)
        return;
    int64_t step = total > 0 ? total / 200 : done / 50; /* some 200 redraws, no clock needed */
    cli->progress_next = done + (step > 0 ? step : 1);
    cli->progress_shown = true;
    if (total > 0)
        fprintf(cli->world.err, "\r\033[K%s %lld / %lld (%d%%)", label, (long long)done,
                (long long)total, (int)((double)done * 100 / (double)total));
    else
        fprintf(cli->world.err, "\r\033[K%s %lld", label, (long long)done);
    fflush(cli->world.err);
}

void cli_progress_end(struct cli *cli)
{
    if (cli->progress_shown)
        fputs("\r\033[K", cli->world.err);
    cli->progress_shown = false;
    cli->progress_next = 0;
}

/* ---- the end of a run ---- */

enum cli_exit cli_exit_of(enum err code)
{
    if (code == ERR_OK)
        return CLI_EXIT_OK;
    if (code == ERR_USAGE)
        return CLI_EXIT_USAGE;
    return err_kind(code) == ERR_KIND_BROKEN ? CLI_EXIT_BROKEN : CLI_EXIT_REFUSED;
}

static void report_json(const struct cli *cli, enum err code, const char *message)
{
    struct text_buf text;
    struct json json;
    text_init(&text, cli->arena);
    json_init(&json, &text);
    json_object_begin(&json);
    json_add_text_z(&json, "error", err_name(code));
    json_add_text_z(&json, "message", message);
    json_add_text_z(&json, "hint", cli->fault.hint);
    json_object_end(&json);
    fprintf(cli->world.err, "%.*s\n", STR_ARG(text_str(&text)));
}

/* A command that returns a code without a fault of its own still says what the code means. */
static void report(struct cli *cli, enum err code)
{
    cli_progress_end(cli);
    const char *message = cli->fault.message[0] ? cli->fault.message : err_text(code);
    if (cli->json) {
        report_json(cli, code, message);
        return;
    }
    fprintf(cli->world.err, "baigong: %s\n", message);
    if (cli->fault.hint[0])
        fprintf(cli->world.err, "  %s%s\n", cli_say(cli, "办法：", "hint: "), cli->fault.hint);
    if (code == ERR_USAGE && cli->command) {
        fprintf(cli->world.err, "  %sbaigong %s%s%s --help\n", cli_say(cli, "用法：", "usage: "),
                cli->command->name, cli->command->sub[0] ? " " : "", cli->command->sub);
    }
}

/* ---- finding the command ---- */

/* The language for messages about the command line itself, before any settings are read. */
static enum cli_lang early_lang(int argc, const char *const *argv, settings_variable *variable)
{
    for (int i = 1; i < argc; i++) {
        const char *text = "";
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            text = argv[i + 1];
        else if (strncmp(argv[i], "--lang=", 7) == 0)
            text = argv[i] + 7;
        if (strcmp(text, "zh") == 0 || strcmp(text, "en") == 0)
            return text[0] == 'e' ? CLI_LANG_EN : CLI_LANG_ZH;
    }
    const char *text = variable("BAIGONG_LANG");
    return strcmp(text ? text : settings_locale_lang(variable), "en") == 0 ? CLI_LANG_EN
                                                                           : CLI_LANG_ZH;
}

bool cli_is_group(const char *name)
{
    for (int32_t i = 0; i < cli_command_count; i++) {
        if (strcmp(cli_commands[i].name, name) == 0 && cli_commands[i].sub[0])
            return true;
    }
    return false;
}

const struct cli_command *cli_find(const char *name, const char *sub)
{
    for (int32_t i = 0; i < cli_command_count; i++) {
        if (strcmp(cli_commands[i].name, name) == 0 &&
            strcmp(cli_commands[i].sub, sub ? sub : "") == 0)
            return &cli_commands[i];
    }
    return NULL;
}

static enum err fail_unknown(struct cli *cli, const char *group, const char *typed)
{
    const char *names[256];
    int32_t name_count = 0;
    for (int32_t i = 0; i < cli_command_count && name_count < 256; i++) {
        if (!group)
            names[name_count++] = cli_commands[i].name;
        else if (strcmp(cli_commands[i].name, group) == 0)
            names[name_count++] = cli_commands[i].sub;
    }
    cli_fail(cli, ERR_USAGE, "没有命令“%s%s%s”", "there is no command \"%s%s%s\"",
             group ? group : "", group ? " " : "", typed);
    const char *nearest = cli_nearest(typed, names, name_count);
    const char *prefix = group ? group : "", *space = group ? " " : "";
    if (nearest)
        return cli_fail_hint(cli, "是不是 baigong %s%s%s？", "did you mean baigong %s%s%s?", prefix,
                             space, nearest);
    return cli_fail_hint(cli, "baigong help %s 列出可用的命令。",
                         "baigong help %s lists the commands.", prefix);
}

/* Words before the first option are COMMAND [SUBCOMMAND]; common options may stand before them.
 * *ret_first is the index of what follows. Leaves command NULL when only help was asked for. */
static enum err find_command(struct cli *cli, int argc, const char *const *argv, int *ret_first)
{
    const char *name = argv[1];
    const char *sub = NULL;
    int first = 2;
    if (cli_is_group(name)) {
        if (argc < 3 || argv[2][0] == '-') {
            cli_fail(cli, ERR_USAGE, "“%s”后面要写子命令", "\"%s\" needs a subcommand", name);
            return cli_fail_hint(cli, "baigong help %s 列出子命令。", "baigong help %s lists them.",
                                 name);
        }
        sub = argv[2];
        first = 3;
    }
    cli->command = cli_find(name, sub);
    if (!cli->command)
        return fail_unknown(cli, sub ? name : NULL, sub ? sub : name);
    *ret_first = first;
    return ERR_OK;
}

static bool asks_for_help(int argc, const char *const *argv, int first)
{
    for (int i = first; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    }
    return false;
}

/* `baigong`, `baigong --help`, `baigong policy --help`, `baigong --version`: true when done. */
static bool help_without_command(struct cli *cli, int argc, const char *const *argv,
                                 enum err *ret_err)
{
    *ret_err = ERR_OK;
    if (argc < 2) {
        cli_help_general(cli, cli->world.err);
        *ret_err = cli_fail(cli, ERR_USAGE, "没有写命令", "no command given");
        return true;
    }
    if (strcmp(argv[1], "--version") == 0) {
        *ret_err = cmd_version(cli);
        return true;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        cli_help_general(cli, cli->world.out);
        return true;
    }
    bool group_help =
        cli_is_group(argv[1]) && argc > 2 && argv[2][0] == '-' && asks_for_help(argc, argv, 2);
    if (group_help)
        cli_help_group(cli, argv[1], cli->world.out);
    return group_help;
}

static enum err load_settings(struct cli *cli)
{
    struct cli_settings *settings = ARENA_NEW(cli->arena, struct cli_settings);
    if (!settings)
        return fault_set(&cli->fault, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    const char *given[SETTING_COUNT] = {
        [SETTING_DB] = cli_text(cli, "db", NULL),
        [SETTING_HOME] = cli_text(cli, "home", NULL),
        [SETTING_LANG] = cli_text(cli, "lang", NULL),
    };
    TRY(settings_load(cli->arena, given, cli_text(cli, "settings", NULL), cli->world.variable,
                      settings, &cli->fault));
    cli->settings = settings;
    cli->lang = strcmp(settings->values[SETTING_LANG], "en") == 0 ? CLI_LANG_EN : CLI_LANG_ZH;
    return ERR_OK;
}

static enum err run(struct cli *cli, int argc, const char *const *argv)
{
    enum err err;
    if (help_without_command(cli, argc, argv, &err))
        return err;
    int first = 0;
    TRY(find_command(cli, argc, argv, &first));
    if (asks_for_help(argc, argv, first)) {
        cli_help_command(cli, cli->command, cli->world.out);
        return ERR_OK;
    }
    TRY(cli_read_options(cli, argc, argv, first));
    cli->json = cli_flag(cli, "json");
    TRY(load_settings(cli));
    return cli->command->run(cli);
}

/* Moves common options that stand before the command behind it: one order for all that follows. */
static int rotate_leading_options(int argc, const char *const *argv)
{
    int count = 0;
    while (1 + count < argc && argv[1 + count][0] == '-') {
        const char *text = argv[1 + count];
        bool takes_value = strcmp(text, "--db") == 0 || strcmp(text, "--home") == 0 ||
                           strcmp(text, "--lang") == 0 || strcmp(text, "--settings") == 0;
        if (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0 ||
            strcmp(text, "--version") == 0)
            return 0;
        count += takes_value ? 2 : 1;
    }
    return 1 + count < argc ? count : 0;
}

static const char *const *reordered(struct arena *arena, int argc, const char *const *argv)
{
    const char **copy = ARENA_NEW_ARRAY(arena, const char *, (size_t)argc + 1);
    if (!copy)
        return argv;
    int leading = rotate_leading_options(argc, argv);
    int words = 0;
    copy[0] = argv[0];
    while (1 + leading + words < argc && words < 2 && argv[1 + leading + words][0] != '-')
        words++;
    bool group = words == 2 && cli_is_group(argv[1 + leading]);
    words = words == 0 ? 0 : group ? 2 : 1;
    int place = 1;
    for (int i = 0; i < words; i++)
        copy[place++] = argv[1 + leading + i];
    for (int i = 0; i < leading; i++)
        copy[place++] = argv[1 + i];
    for (int i = 1 + leading + words; i < argc; i++)
        copy[place++] = argv[i];
    return copy;
}

enum cli_exit cli_run(int argc, const char *const *argv, struct cli_world world)
{
    struct arena arena;
    arena_init(&arena, CLI_ARENA_SIZE_MAX);
    struct cli *cli = ARENA_NEW(&arena, struct cli);
    check(cli);
    cli->arena = &arena;
    cli->world = world;
    cli->lang = early_lang(argc, argv, world.variable);
    const char *const *ordered = argc > 1 ? reordered(&arena, argc, argv) : argv;
    enum err err = run(cli, argc, ordered);
    cli_close_work(cli);
    cli_close_registry(cli);
    cli_progress_end(cli);
    if (err != ERR_OK)
        report(cli, err);
    enum cli_exit exit_status = cli_exit_of(err);
    if (fflush(world.out) != 0 || ferror(world.out)) {
        cli_fail(cli, ERR_IO, "结果没有写全：磁盘已满或管道已关闭",
                 "the output could not be written in full: full disk or closed pipe");
        report(cli, ERR_IO);
        exit_status = CLI_EXIT_BROKEN;
    }
    arena_done(&arena);
    return exit_status;
}
