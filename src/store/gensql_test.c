/* What tools/gensql refuses, with its exact words, and what it writes. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char output[4096];

/* Runs gensql on a file of this text; output holds what it said, with the file named t.sql. */
static int run_gensql(const char *sql)
{
    char folder[] = "/tmp/gensql_test_XXXXXX", path[64], command[1024];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/t.sql", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(sql, file);
    fclose(file);
    snprintf(command, sizeof command,
             "cd %s && %s t.sql t.c t.h 2>&1; s=$?; cat t.c 2>/dev/null; rm -rf %s; exit $s",
             folder, getenv("BAIGONG_GENSQL"), folder);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t size = fread(output, 1, sizeof output - 1, pipe);
    output[size] = '\0';
    return pclose(pipe) == 0 ? 0 : 1;
}

static void expect_refusal(const char *sql, const char *message)
{
    EXPECT_INT(1, run_gensql(sql));
    EXPECT_STR(message, str_trim(str_from(output)));
}

TEST(gensql__refuses_a_parameter_that_is_not_declared)
{
    expect_refusal("-- name: a :exec\n-- in: x int64\nDELETE FROM t\n WHERE x = :x AND y = :y;\n",
                   "t.sql:4: :y is not declared in the in: list of a");
}

TEST(gensql__refuses_a_parameter_that_is_not_used)
{
    expect_refusal("-- name: a :exec\n-- in: x int64, y text?\nDELETE FROM t WHERE x = :x;\n",
                   "t.sql:1: a declares :y and does not use it");
}

TEST(gensql__counts_columns)
{
    expect_refusal("-- name: a :many\n-- out: x int64, y text\n"
                   "SELECT x, (SELECT 1, 2), coalesce(y, 'a,b') FROM t;\n",
                   "t.sql:1: a gives 3 columns and its out: list has 2");
    expect_refusal("-- name: a :one\n-- out: x int64\nINSERT INTO t (a, b) VALUES (1, 2) "
                   "RETURNING a, b;\n",
                   "t.sql:1: a gives 2 columns and its out: list has 1");
    expect_refusal("-- name: a :one\n-- out: x int64\nSELECT * FROM t;\n",
                   "t.sql:3: name the columns instead of *");
}

TEST(gensql__refuses_two_statements_under_one_name)
{
    expect_refusal("-- name: a :exec\nDELETE FROM t;\n\nDELETE FROM u;\n",
                   "t.sql:4: text after the semicolon: one statement a name");
    expect_refusal("-- name: a :exec\nDELETE FROM t;\n-- name: a :exec\nDELETE FROM u;\n",
                   "t.sql:3: \"a\" exists already in line 1");
}

TEST(gensql__refuses_unknown_types_and_modes)
{
    expect_refusal("-- name: a :exec\n-- in: x number\nDELETE FROM t WHERE x = :x;\n",
                   "t.sql:2: \"x\" has type \"number\"; the types are int64, int32, text and blob, "
                   "with ? when absence is allowed");
    expect_refusal("-- name: a :all\nDELETE FROM t;\n",
                   "t.sql:1: expected -- name: NAME :exec, :one, :many or :bulk");
    expect_refusal("SELECT 1;\n", "t.sql:1: text before the first -- name:");
}

TEST(gensql__leaves_texts_casts_and_comments_alone)
{
    EXPECT_INT(0, run_gensql("-- name: a :many\n-- in: x int64,\n--     y text\n-- out: n text\n"
                             "SELECT ':x' || n::text -- not :this\n FROM t\n\n"
                             " WHERE x = :x /* nor :that */ AND n < :y AND m = :x\n"
                             " ORDER BY n COLLATE pinyin;\n"));
    EXPECT(strstr(output, "\"SELECT ':x' || n::text FROM t WHERE x = ?1 AND n < ?2 AND m = ?1 "
                          "ORDER BY n COLLATE pinyin\""));
    EXPECT(strstr(output, "\"SELECT ':x' || n::text FROM t WHERE x = $1 AND n < $2 AND m = $1 "
                          "ORDER BY n COLLATE \\\"zh-Hans-x-icu\\\"\""));
}

TEST(gensql__makes_copy_in_the_order_of_parameters)
{
    EXPECT_INT(0, run_gensql("-- name: a :bulk\n-- in: x int64, y text\n"
                             "INSERT INTO t (b, a) VALUES (:y, :x);\n"));
    EXPECT(strstr(output, "COPY t (a, b) FROM STDIN (FORMAT binary)"));
    expect_refusal("-- name: a :bulk\n-- in: x int64\nINSERT INTO t (b, a) VALUES (1, :x);\n",
                   "t.sql:3: a is :bulk: only columns and plain parameters may stand in its lists");
}

TEST(gensql__takes_a_second_text_for_postgresql)
{
    EXPECT_INT(0, run_gensql("-- name: a :exec\n-- in: x int64\nDELETE FROM t WHERE x = :x;\n"
                             "-- postgres: measured\nDELETE FROM ONLY t WHERE x = :x;\n"));
    EXPECT(strstr(output, "\"DELETE FROM t WHERE x = ?1\""));
    EXPECT(strstr(output, "\"DELETE FROM ONLY t WHERE x = $1\""));
}
