/* commands.h — declares what commands.def lists: for each row a function and its option table. */
#ifndef BAIGONG_COMMANDS_H
#define BAIGONG_COMMANDS_H

#include "cli/cli.h"

#define COMMAND(name, sub, function, summary_zh, summary_en, examples)                            \
    enum err function(struct cli *cli);                                                           \
    extern const struct cli_option function##_options[];
#include "cli/commands.def"
#undef COMMAND

#endif
