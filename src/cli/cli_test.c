#include "cli/cli.h"

#include "unit.h"

#include <stdlib.h>

struct run {
    enum cli_exit exit_status;
    char *out;
    char *err;
};

static const char *variable_zh(const char *name)
{
    return strcmp(name, "BAIGONG_LANG") == 0 ? "zh" : NULL;
}

static const char *variable_en(const char *name)
{
    return strcmp(name, "BAIGONG_LANG") == 0 ? "en" : NULL;
}

/* Runs a line split at spaces, in English unless lang is zh. */
static struct run run_line(const char *line, enum cli_lang lang)
{
    char words[512] = "";
    check(strlen(line) < sizeof words);
    memcpy(words, line, strlen(line));
    const char *argv[32] = {"baigong"};
    int argc = 1;
    char *rest = NULL;
    for (char *w = strtok_r(words, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
        argv[argc++] = w;
    struct run run = {0};
    size_t out_size, err_size;
    FILE *out = open_memstream(&run.out, &out_size), *err = open_memstream(&run.err, &err_size);
    run.exit_status = cli_run(
        argc, argv,
        (struct cli_world){
            .out = out, .err = err, .variable = lang == CLI_LANG_ZH ? variable_zh : variable_en});
    fclose(out);
    fclose(err);
    return run;
}

static void expect_run(const char *line, enum cli_exit exit_status, const char *out_part,
                       const char *err_part)
{
    struct run run = run_line(line, CLI_LANG_EN);
    if (run.exit_status != exit_status || !strstr(run.out, out_part) || !strstr(run.err, err_part))
        print_error("%s\n  exit %d\n  out: %s\n  err: %s\n", line, (int)run.exit_status, run.out,
                    run.err);
    EXPECT_INT(exit_status, run.exit_status);
    EXPECT(strstr(run.out, out_part));
    EXPECT(strstr(run.err, err_part));
    free(run.out);
    free(run.err);
}

TEST(cli_run__prints_the_version_in_each_form)
{
    expect_run("version", CLI_EXIT_OK, "baigong 0.", "");
    expect_run("--version", CLI_EXIT_OK, "baigong 0.", "");
    expect_run("version --json", CLI_EXIT_OK, "\"version\":\"0.", "");
    expect_run("--json version", CLI_EXIT_OK, "\"version\":\"0.", "");
    expect_run("--db x.db --json version", CLI_EXIT_OK, "\"version\":\"0.", "");
}

TEST(cli_run__helps_in_general_and_for_a_command)
{
    expect_run("--help", CLI_EXIT_OK, "exit status: 0 done", "");
    expect_run("help", CLI_EXIT_OK, "show the version", "");
    expect_run("help version", CLI_EXIT_OK, "usage: baigong version", "");
    expect_run("version --help", CLI_EXIT_OK, "usage: baigong version", "");
    expect_run("version -h", CLI_EXIT_OK, "usage: baigong version", "");
    expect_run("", CLI_EXIT_USAGE, "", "no command given");
}

TEST(cli_run__names_the_nearest_command_or_option)
{
    expect_run("versoin", CLI_EXIT_USAGE, "", "did you mean baigong version?");
    expect_run("vers", CLI_EXIT_USAGE, "", "did you mean baigong version?");
    expect_run("zzzzzz", CLI_EXIT_USAGE, "", "baigong help");
    expect_run("version --jsno", CLI_EXIT_USAGE, "", "did you mean --json?");
    expect_run("version --zzzzzz", CLI_EXIT_USAGE, "", "there is no option \"--zzzzzz\"");
    expect_run("version -j", CLI_EXIT_USAGE, "", "there is no option \"-j\"");
}

TEST(cli_run__refuses_missing_doubled_and_surplus_values)
{
    expect_run("version --db", CLI_EXIT_USAGE, "", "--db needs a value");
    expect_run("version --db --json", CLI_EXIT_USAGE, "", "--db needs a value");
    expect_run("version --db=", CLI_EXIT_USAGE, "", "--db cannot be \"\"");
    expect_run("version --json=yes", CLI_EXIT_USAGE, "", "--json takes no value");
    expect_run("version --json --json", CLI_EXIT_USAGE, "", "--json is given twice");
    expect_run("version --lang fr", CLI_EXIT_USAGE, "", "Choose one of zh|en");
    expect_run("version extra", CLI_EXIT_USAGE, "", "unexpected argument \"extra\"");
    expect_run("version -- --json", CLI_EXIT_USAGE, "", "unexpected argument \"--json\"");
}

TEST(cli_run__speaks_the_language_asked_for)
{
    struct run zh = run_line("versoin", CLI_LANG_ZH);
    EXPECT(strstr(zh.err, "没有命令“versoin”"));
    EXPECT(strstr(zh.err, "办法：是不是 baigong version？"));
    struct run en = run_line("versoin --lang en", CLI_LANG_ZH);
    EXPECT(strstr(en.err, "there is no command"));
    free(zh.out), free(zh.err), free(en.out), free(en.err);
}

TEST(cli_run__reports_errors_as_json_only_once_options_are_read)
{
    expect_run(
        "help nothing --json", CLI_EXIT_USAGE, "",
        "{\"error\":\"USAGE\",\"message\":\"there is no command \\\"nothing\\\"\",\"hint\":");
}

TEST(cli_exit_of__follows_the_kind_of_error)
{
    EXPECT_INT(0, cli_exit_of(ERR_OK));
    EXPECT_INT(1, cli_exit_of(ERR_NOT_FOUND));
    EXPECT_INT(1, cli_exit_of(ERR_POLICY));
    EXPECT_INT(2, cli_exit_of(ERR_USAGE));
    EXPECT_INT(3, cli_exit_of(ERR_STORE));
    EXPECT_INT(3, cli_exit_of(ERR_IO));
}

/* ---- option tables ---- */

static const struct cli_option sample_options[] = {
    {"KIND", CLI_ONE_OF, CLI_REQUIRED, "person|award", "", "kind of record"},
    {"FILE", CLI_TEXT, CLI_MANY, "", "", "files"},
    {"as-of", CLI_DAY, CLI_REQUIRED, "DATE", "", "day"},
    {"people", CLI_COUNT, CLI_OPTIONAL, "N", "", "people"},
    {0},
};
static const struct cli_command sample = {.name = "sample", .sub = "", .options = sample_options};

static struct cli *sample_cli(struct arena *arena)
{
    arena_init(arena, 1 << 20);
    struct cli *cli = ARENA_NEW(arena, struct cli);
    check(cli);
    cli->arena = arena;
    cli->lang = CLI_LANG_EN;
    cli->command = &sample;
    return cli;
}

#define READ(cli, ...)                                                                             \
    cli_read_options(cli, (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)),           \
                     (const char *[]){__VA_ARGS__}, 0)

TEST(cli_read_options__fills_values_of_every_kind)
{
    struct arena arena;
    struct cli *cli = sample_cli(&arena);
    EXPECT_OK(READ(cli, "--as-of=1970-01-02", "award", "a.csv", "--people", "5032000", "b.csv"));
    EXPECT_INT(1, cli_choice(cli, "KIND", 0));
    EXPECT_INT(1, cli_day(cli, "as-of", 0));
    EXPECT_INT(5032000, cli_count(cli, "people", 0));
    assert_string_equal("a.csv", cli_text_at(cli, "FILE", 0));
    assert_string_equal("b.csv", cli_text_at(cli, "FILE", 1));
    EXPECT(cli_text_at(cli, "FILE", 2) == NULL);
    EXPECT(!cli_given(cli, "db"));
    arena_done(&arena);
}

static void expect_refused(const char *message, const char *const *argv, int argc)
{
    struct arena arena;
    struct cli *cli = sample_cli(&arena);
    EXPECT_ERR(ERR_USAGE, cli_read_options(cli, argc, argv, 0));
    assert_string_equal(message, cli->fault.message);
    arena_done(&arena);
}

TEST(cli_read_options__refuses_ill_typed_values)
{
    expect_refused("--as-of cannot be \"2023-02-29\"", (const char *[]){"--as-of", "2023-02-29"},
                   2);
    expect_refused("--people cannot be \"-1\"", (const char *[]){"--people", "-1"}, 2);
    expect_refused("--people cannot be \"9223372036854775808\"",
                   (const char *[]){"--people", "9223372036854775808"}, 2);
    expect_refused("KIND cannot be \"persons\"", (const char *[]){"persons"}, 1);
    expect_refused("--as-of is missing", (const char *[]){"person"}, 1);
    expect_refused("KIND is missing", (const char *[]){"--as-of", "2023-01-01"}, 2);
    expect_refused("--as-of is given twice",
                   (const char *[]){"--as-of", "2023-01-01", "--as-of", "2023-01-02"}, 4);
    expect_refused("FILE cannot be \"\xff\"", (const char *[]){"person", "\xff"}, 2);
}

TEST(cli_progress__draws_on_a_terminal_only_and_clears_its_line)
{
    struct arena arena;
    struct cli *cli = sample_cli(&arena);
    char *text = NULL;
    size_t size;
    cli->world.err = open_memstream(&text, &size);
    cli_progress(cli, "people", 1, 10);
    fflush(cli->world.err);
    EXPECT_INT(0, size);
    cli->world.err_is_terminal = true;
    cli_progress(cli, "people", 5, 10);
    cli_progress_end(cli);
    fclose(cli->world.err);
    assert_string_equal("\r\033[Kpeople 5 / 10 (50%)\r\033[K", text);
    free(text);
    arena_done(&arena);
}
