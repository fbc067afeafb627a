#include "cli/cli.h"

#include "unit.h"

#include <stdlib.h>

/* The catalogues of the source tree, whatever the machine has installed. */
static const char *variable(const char *name)
{
    if (strcmp(name, "BAIGONG_HOME") == 0)
        return getenv("BAIGONG_SOURCE_ROOT");
    return strcmp(name, "BAIGONG_LANG") == 0 ? "zh" : NULL;
}

/* Runs "catalogue find KIND TEXT" and more words, ended by NULL. */
static void expect_find(enum cli_exit exit_status, const char *out_part, const char *kind,
                        const char *text, const char *option, const char *value)
{
    const char *argv[] = {"baigong", "catalogue", "find", kind, text, option, value};
    char *out_text, *err_text;
    size_t out_size, err_size;
    FILE *out = open_memstream(&out_text, &out_size), *err = open_memstream(&err_text, &err_size);
    enum cli_exit actual =
        cli_run(option ? 7 : 5, argv,
                (struct cli_world){.out = out, .err = err, .variable = variable});
    fclose(out);
    fclose(err);
    if (actual != exit_status || !strstr(out_text, out_part))
        fail_msg("%s: exit %d, %s%s", text, (int)actual, out_text, err_text);
    free(out_text);
    free(err_text);
}

TEST(catalogue_find__names_a_code_and_finds_a_name)
{
    expect_find(CLI_EXIT_OK, "6-18-01-01  车工", "occupation", "数控车工", NULL, NULL);
    expect_find(CLI_EXIT_OK, "370811  山东省济宁市任城区", "division", "任城区", NULL, NULL);
    expect_find(CLI_EXIT_OK, "302  济宁首席技师", "honour", "302", NULL, NULL);
    expect_find(CLI_EXIT_OK, "370811", "division", "古槐街道", "--in", "370811");
    expect_find(CLI_EXIT_REFUSED, "", "division", "鼓楼区", NULL, NULL);
    expect_find(CLI_EXIT_OK, "320106", "division", "鼓楼区", "--in", "320100");
    expect_find(CLI_EXIT_USAGE, "", "planet", "火星", NULL, NULL);
}
