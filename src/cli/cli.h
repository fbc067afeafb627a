/* cli.h — the command line as a face: finds the command, reads its options, runs it, reports.
 *
 *   baigong COMMAND [SUBCOMMAND] [OPTION…] [WORD…]
 *
 * A command is one row of commands.def, one function cmd_X and one table cmd_X_options in its
 * cmd_AREA.c: parse (done here), act (a domain call), present. It returns its error with
 * cli->fault filled in; main turns that into an exit status:
 *
 *   0  done
 *   1  refused, or the input has findings: the caller's data or the city's rules say no
 *   2  the command line or the settings file is wrong
 *   3  the world is broken: disk, database, memory
 *
 * Memory   everything lives in cli->arena until the process (or the test) ends
 * Errors   ERR_USAGE here; commands return their own
 * Limits   CLI_VALUES_MAX options and words on one command line
 */
#ifndef BAIGONG_CLI_H
#define BAIGONG_CLI_H

#include "base/err.h"
#include "base/text.h"

#include <stdio.h>

enum { CLI_VALUES_MAX = 1000 }; /* a shell's * over a folder fits; a mistake does not */

enum cli_exit { CLI_EXIT_OK, CLI_EXIT_REFUSED, CLI_EXIT_USAGE, CLI_EXIT_BROKEN };
enum cli_lang { CLI_LANG_ZH, CLI_LANG_EN };

enum cli_kind {
    CLI_FLAG,   /* takes no value */
    CLI_TEXT,   /* any text but an empty one */
    CLI_DAY,    /* 2026-03-01 */
    CLI_COUNT,  /* whole number from 0 */
    CLI_ONE_OF, /* one of value_name, separated by '|' */
};

enum cli_need {
    CLI_OPTIONAL, /* at most once */
    CLI_REQUIRED, /* exactly once */
    CLI_MANY,     /* any number of times */
    CLI_SOME,     /* at least once */
};

/* One option or word; a table ends with an empty row. A name in capitals ("FILE") is a word in
 * its place on the command line, any other ("as-of") an option (--as-of). */
struct cli_option {
    const char *name;
    enum cli_kind kind;
    enum cli_need need;
    const char *value_name; /* "DATE", "zh|en"; "" for a flag or a free word */
    const char *help_zh;
    const char *help_en;
};

struct cli_value {
    const struct cli_option *option;
    const char *text; /* as given; "" for a flag */
    int64_t number;   /* day number, count, or index of the choice */
};

struct cli;

struct cli_command {
    const char *name;
    const char *sub; /* "" when there is none */
    enum err (*run)(struct cli *cli);
    const struct cli_option *options;
    const char *summary_zh;
    const char *summary_en;
    const char *examples; /* command lines, one a line; "" for none */
};

/* The world around a run; tests bring their own. */
struct cli_world {
    FILE *out;
    FILE *err;
    bool err_is_terminal;
    const char *(*variable)(const char *name); /* environment variable, NULL when not set */
};

struct cli_settings; /* cli_settings.h */
struct catalogues;
struct cli_work;     /* cli_work.h */

struct cli {
    struct arena *arena;
    struct cli_world world;
    enum cli_lang lang;
    bool json; /* --json: results on standard output as one JSON text */
    const struct cli_command *command;
    struct cli_value values[CLI_VALUES_MAX];
    int32_t value_count;
    const struct cli_settings *settings;
    struct catalogues *catalogues; /* cli_registry.h; NULL until a command asks for them */
    struct cli_work *work; /* what the command opened; closed when the run ends */
    int64_t progress_next;
    bool progress_shown;
    struct fault fault;
};

extern const struct cli_command cli_commands[];
extern const int32_t cli_command_count;
extern const struct cli_option cli_common_options[]; /* every command takes these */

/* Runs one command line and returns the exit status. argv[0] is skipped. */
enum cli_exit cli_run(int argc, const char *const *argv, struct cli_world world);

/* ---- what commands ask for: name is one of the command's own table, of a fitting kind ---- */

bool cli_given(const struct cli *cli, const char *name);
bool cli_flag(const struct cli *cli, const char *name);
const char *cli_text(const struct cli *cli, const char *name, const char *default_text);
int64_t cli_count(const struct cli *cli, const char *name, int64_t default_count);
int32_t cli_day(const struct cli *cli, const char *name, int32_t default_day);
/* Index of the chosen word in value_name, from 0. */
int32_t cli_choice(const struct cli *cli, const char *name, int32_t default_index);
/* The n-th text given under name, from 0; NULL behind the last: for CLI_MANY and CLI_SOME. */
const char *cli_text_at(const struct cli *cli, const char *name, int32_t index);

/* ---- what commands say ---- */

/* The text of the language in use. */
const char *cli_say(const struct cli *cli, const char *zh, const char *en);
/* To standard output; a failed write is found at the end of the run. */
void cli_print(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A finished JSON text (base/json.h) and a newline, to standard output; ERR_MEMORY if it failed. */
enum err cli_print_json(struct cli *cli, const struct text_buf *json_text);
/* A note beside the result, on a line of its own, to standard error; not shown with --json. */
void cli_note(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Refuse with a message in both languages: the arguments come in the same order in both. */
enum err cli_fail(struct cli *cli, enum err code, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));
enum err cli_fail_hint(struct cli *cli, const char *zh, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/* Shows how far a long step is, on a terminal only, redrawing one line; total 0 is unknown.
 * Cheap to call for every row. The line goes away with cli_progress_end or the next message. */
void cli_progress(struct cli *cli, const char *label, int64_t done, int64_t total);
void cli_progress_end(struct cli *cli);

/* ---- help, also used by the command of this name ---- */

void cli_help_general(struct cli *cli, FILE *file);
void cli_help_command(struct cli *cli, const struct cli_command *command, FILE *file);
/* The commands under one name ("policy"). */
void cli_help_group(struct cli *cli, const char *name, FILE *file);

/* NULL when there is none; sub may be NULL for a command without one. */
const struct cli_command *cli_find(const char *name, const char *sub);
bool cli_is_group(const char *name); /* has subcommands */

/* Reads argv[first..] by the command's table and the common one into cli->values. */
enum err cli_read_options(struct cli *cli, int argc, const char *const *argv, int first);

/* The candidate nearest to what was typed, NULL when none is near. */
const char *cli_nearest(const char *typed, const char *const *candidates, int32_t candidate_count);

enum cli_exit cli_exit_of(enum err code);

#endif
