#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

enum { OUTPUT_SIZE_MAX = 64 * 1024 };

/* Runs tidy over test/corpus/tidy/TREE; its output is that tree's expected.txt. */
static void expect_findings(const char *tree, int exit_status)
{
    static char output[OUTPUT_SIZE_MAX], expected[OUTPUT_SIZE_MAX];
    char line[1024];
    snprintf(line, sizeof line, "'%s' test/corpus/tidy/%s", getenv("BAIGONG_TIDY"), tree);
    FILE *pipe = popen(line, "r");
    check(pipe);
    output[fread(output, 1, sizeof output - 1, pipe)] = '\0';
    EXPECT_INT(exit_status << 8, pclose(pipe));
    snprintf(line, sizeof line, "test/corpus/tidy/%s/expected.txt", tree);
    FILE *file = fopen(line, "r");
    check(file);
    expected[fread(expected, 1, sizeof expected - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(expected, output);
}

TEST(tidy__accepts_a_clean_tree)
{
    expect_findings("clean", 0);
}

TEST(tidy__finds_an_arrow_that_layers_do_not_allow)
{
    expect_findings("layers", 1);
}

TEST(tidy__finds_banned_calls_but_not_members_comments_or_text)
{
    expect_findings("banned", 1);
}

TEST(tidy__accepts_a_function_of_70_lines_and_refuses_71)
{
    expect_findings("length", 1);
}

TEST(tidy__finds_wide_lines_tabs_stray_space_and_comments_that_do_not_belong)
{
    expect_findings("text", 1);
}

TEST(tidy__finds_orphans_doubled_names_and_headers_without_guard)
{
    expect_findings("whole", 1);
}

TEST(tidy__finds_sql_outside_sql_files)
{
    expect_findings("sql", 1);
}

TEST(tidy__refuses_exceptions_without_need_or_reason)
{
    expect_findings("exceptions", 1);
}
