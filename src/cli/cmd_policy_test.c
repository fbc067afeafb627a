#include "cli/cli.h"

#include "unit.h"

#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *variable(const char *name)
{
    if (strcmp(name, "BAIGONG_HOME") == 0)
        return getenv("BAIGONG_SOURCE_ROOT");
    return strcmp(name, "BAIGONG_LANG") == 0 ? "zh" : NULL;
}

struct answer {
    enum cli_exit exit_status;
    char *out, *err;
    size_t out_size, err_size;
};

/* Runs "policy VERB PATH" and up to two more words. */
static struct answer run_policy(const char *verb, const char *path, const char *option,
                                const char *value)
{
    const char *argv[] = {"baigong", "policy", verb, path, option, value};
    struct answer answer;
    FILE *out = open_memstream(&answer.out, &answer.out_size);
    FILE *err = open_memstream(&answer.err, &answer.err_size);
    answer.exit_status =
        cli_run(value    ? 6
                : option ? 5
                         : 4,
                argv, (struct cli_world){.out = out, .err = err, .variable = variable});
    fclose(out);
    fclose(err);
    return answer;
}

static void answer_done(struct answer *answer)
{
    free(answer->out);
    free(answer->err);
}

/* The exit status, and a part of what is said on either stream. */
static void expect_answer(const char *path, const char *option, enum cli_exit exit_status,
                          const char *part)
{
    struct answer answer = run_policy("check", path, option, NULL);
    if (answer.exit_status != exit_status ||
        (!strstr(answer.out, part) && !strstr(answer.err, part)))
        fail_msg("%s: exit %d\n%s%s", path, (int)answer.exit_status, answer.out, answer.err);
    answer_done(&answer);
}

static char folder[64];

static void open_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/policy_test_XXXXXX");
    check(mkdtemp(folder) != NULL);
}

static const char *write_file(const char *name, const char *text, size_t size)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    check(file != NULL);
    check(fwrite(text, 1, size, file) == size);
    fclose(file);
    return path;
}

static void remove_file(const char *path)
{
    check(unlink(path) == 0);
}

#define SMALL(newline)                                                                             \
    "---" newline "文号: T1" newline "施行: 2022-01-01" newline "---" newline "## 第一条" newline  \
    "```定义 A" newline "对象 人员" newline "取值 性别 = 男" newline "```" newline                 \
    "```准入 B" newline "对象 人员" newline "条件 A" newline "准予 报名" newline "```" newline     \
    "```案例 C" newline "人员 甲: 性别 男" newline "人员 乙: 性别 女" newline                      \
    "2021-12-31 B 甲 = 无" newline "2022-01-01 B 甲 = 是" newline "2022-01-01 B 乙 = 无" newline   \
    "```" newline

static void expect_text(const char *text, enum cli_exit exit_status, const char *part)
{
    const char *path = write_file("t.md", text, strlen(text));
    expect_answer(path, NULL, exit_status, part);
    remove_file(path);
}

TEST(policy_check__reads_a_document_with_any_line_ends)
{
    open_folder();
    expect_text(SMALL("\n"), CLI_EXIT_OK, "1 个文件，1 条，3 个语句，3 个案例结果相符，0 个不符");
    expect_text(SMALL("\r\n"), CLI_EXIT_OK, "3 个案例结果相符，0 个不符");
    expect_text("\xef\xbb\xbf" SMALL("\r\n"), CLI_EXIT_OK, "3 个案例结果相符，0 个不符");
    expect_text("\xef\xbb\xbf" SMALL("\r\n") "```定义 D\r\n取值 1元 + 1个月\r\n```\r\n",
                CLI_EXIT_REFUSED, "t.md:23:4: ");
    check(rmdir(folder) == 0);
}

TEST(policy_check__counts_what_ran_and_ends_with_1_on_errors)
{
    open_folder();
    expect_text(SMALL("\n") "```案例 E\n人员 甲: 性别 男\n2022-01-01 B 甲 = 无\n```\n",
                CLI_EXIT_REFUSED, "3 个案例结果相符，1 个不符：1 个错误");
    expect_text("\xff\xfe## a\n", CLI_EXIT_REFUSED, "1 个错误");
    const char *path = write_file("t.md", SMALL("\n"), strlen(SMALL("\n")));
    expect_answer(path, "--json", CLI_EXIT_OK,
                  "\"documents\":1,\"articles\":1,\"statements\":3,\"errors\":0,\"warnings\":0,"
                  "\"expectations_passed\":3,\"expectations_failed\":0,\"findings\":[");
    remove_file(path);
    check(rmdir(folder) == 0);
}

TEST(policy_check__says_what_stands_at_a_path_it_cannot_read)
{
    open_folder();
    expect_answer("/no/such/folder", NULL, CLI_EXIT_REFUSED, "/no/such/folder");
    expect_answer(folder, NULL, CLI_EXIT_REFUSED, "there is no policy document (.md) in");
    expect_answer("/dev/null", NULL, CLI_EXIT_BROKEN, "/dev/null is no file");
    const char *path = write_file("huge.md", "", 0);
    check(truncate(path, 17 << 20) == 0);
    expect_answer(path, NULL, CLI_EXIT_REFUSED, "has 17825792 bytes; a document has at most");
    remove_file(path);
    check(rmdir(folder) == 0);
}

/* All documents of the tree hold together. */
TEST(policy_check__finds_nothing_in_the_documents_of_the_tree)
{
    char path[600];
    snprintf(path, sizeof path, "%s/policy", getenv("BAIGONG_SOURCE_ROOT"));
    expect_answer(path, NULL, CLI_EXIT_OK, "0 个不符：0 个错误，0 个警告");
}

TEST(policy_check__reads_drafts_only_when_they_are_named)
{
    open_folder();
    char drafts[128];
    snprintf(drafts, sizeof drafts, "%s/draft", folder);
    check(mkdir(drafts, 0700) == 0);
    char ready[128];
    snprintf(ready, sizeof ready, "%s", write_file("ready.md", SMALL("\n"), strlen(SMALL("\n"))));
    const char *draft = write_file("draft/broken.md", "```\n", 4);
    expect_answer(folder, "--json", CLI_EXIT_OK, "\"documents\":1,");
    expect_answer(drafts, "--json", CLI_EXIT_REFUSED, "\"documents\":1,");
    remove_file(draft);
    remove_file(ready);
    check(rmdir(drafts) == 0);
    check(rmdir(folder) == 0);
}

#define LENDER                                                                                     \
    "---\n文号: T2\n施行: 2022-01-01\n---\n## 第一条\n```定义 成年\n对象 人员\n"    \
    "取值 周岁(出生日期, 截至日) ≥ 18\n```\n```定义 没人用\n取值 1\n```\n"
#define BORROWER \
    "---\n文号: T1\n施行: 2022-01-01\n引用: T2\n---\n## 第一条\n```准入 B\n对象 人员\n" \
    "条件 成年\n准予 报名\n```\n```案例 C\n人员 甲: 出生日期 2000-01-01\n"            \
    "人员 乙: 出生日期 2020-01-01\n2022-01-01 B 甲 = 是\n2022-01-01 B 乙 = 无\n```\n"

TEST(policy_check__finds_an_imported_document_beside_the_one_that_is_named)
{
    open_folder();
    char lender[128];
    snprintf(lender, sizeof lender, "%s", write_file("2.md", LENDER, strlen(LENDER)));
    char borrower[128];
    snprintf(borrower, sizeof borrower, "%s", write_file("1.md", BORROWER, strlen(BORROWER)));
    expect_answer(borrower, NULL, CLI_EXIT_OK,
                  "2 个文件，2 条，4 个语句，2 个案例结果相符，0 个不符");
    struct answer alone = run_policy("check", borrower, NULL, NULL);
    EXPECT(strstr(alone.out, "没人用") == NULL);
    answer_done(&alone);
    struct answer both = run_policy("check", borrower, lender, NULL);
    EXPECT_INT(CLI_EXIT_OK, both.exit_status);
    EXPECT(strstr(both.out, "没有语句用到“没人用”") != NULL);
    EXPECT(strstr(both.out, "2 个文件，2 条") != NULL);
    answer_done(&both);
    struct answer twice = run_policy("check", borrower, borrower, folder);
    EXPECT(strstr(twice.out, "2 个文件，2 条") != NULL);
    answer_done(&twice);
    remove_file(lender);
    expect_answer(borrower, NULL, CLI_EXIT_REFUSED, "引用的文件 T2 不在");
    remove_file(borrower);
    check(rmdir(folder) == 0);
}

/* The text of a file, with a zero behind it; to be freed. */
static char *read_file(const char *relative)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", getenv("BAIGONG_SOURCE_ROOT"), relative);
    FILE *file = fopen(path, "rb");
    check(file != NULL);
    check(fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    check(size >= 0);
    rewind(file);
    char *text = calloc(1, (size_t)size + 1);
    check(text != NULL);
    check(fread(text, 1, (size_t)size, file) == (size_t)size);
    fclose(file);
    return text;
}

/* Runs "policy fmt" on a text and expects what it prints. */
static void expect_fmt(struct str text, const char *spelling, struct answer *ret_answer)
{
    const char *path = write_file("t.md", text.ptr, text.size);
    *ret_answer = run_policy("fmt", path, "--lang", spelling);
    remove_file(path);
    EXPECT_INT(CLI_EXIT_OK, ret_answer->exit_status);
}

static bool same_text(const struct answer *a, const struct answer *b)
{
    return a->out_size == b->out_size && memcmp(a->out, b->out, a->out_size) == 0;
}

/* The documents of the tree; to be freed with globfree. */
static void find_documents(glob_t *ret_found)
{
    char pattern[512];
    snprintf(pattern, sizeof pattern, "%s/policy/*/*.md", getenv("BAIGONG_SOURCE_ROOT"));
    check(glob(pattern, 0, NULL, ret_found) == 0);
    EXPECT(ret_found->gl_pathc >= 9);
}

/* The last line of an answer: what was counted. */
static const char *summary_of(const struct answer *answer)
{
    const char *at = strstr(answer->out, "个文件，");
    return at ? at : answer->out;
}

/* A reason keeps its meaning when the document is written in the other spelling, and so do names of
 * other documents. */
TEST(policy_check__finds_the_same_in_english_as_in_chinese)
{
    open_folder();
    glob_t found;
    find_documents(&found);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct answer english = run_policy("fmt", found.gl_pathv[i], "--lang", "en");
        EXPECT_INT(CLI_EXIT_OK, english.exit_status);
        char name[32];
        snprintf(name, sizeof name, "%zu.md", i);
        write_file(name, english.out, english.out_size);
        answer_done(&english);
    }
    char tree[512];
    snprintf(tree, sizeof tree, "%s/policy", getenv("BAIGONG_SOURCE_ROOT"));
    struct answer zh = run_policy("check", tree, NULL, NULL);
    struct answer en = run_policy("check", folder, NULL, NULL);
    EXPECT_INT(CLI_EXIT_OK, en.exit_status);
    EXPECT(strstr(en.out, "0 个不符：0 个错误，0 个警告") != NULL);
    EXPECT_STR(summary_of(&zh), str_from(summary_of(&en)));
    answer_done(&zh);
    answer_done(&en);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%zu.md", folder, i);
        remove_file(path);
    }
    globfree(&found);
    check(rmdir(folder) == 0);
}

TEST(policy_fmt__gives_every_document_back_through_english)
{
    open_folder();
    glob_t found;
    find_documents(&found);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct answer once = run_policy("fmt", found.gl_pathv[i], "--lang", "zh");
        struct answer english, again, english_again;
        expect_fmt((struct str){once.out, once.out_size}, "en", &english);
        expect_fmt((struct str){english.out, english.out_size}, "zh", &again);
        expect_fmt((struct str){english.out, english.out_size}, "en", &english_again);
        char *text = read_file(found.gl_pathv[i] + strlen(getenv("BAIGONG_SOURCE_ROOT")) + 1);
        if (strcmp(text, once.out) != 0 || !same_text(&once, &again) ||
            !same_text(&english, &english_again) || same_text(&once, &english))
            fail_msg("%s does not come back", found.gl_pathv[i]);
        free(text);
        answer_done(&once);
        answer_done(&english);
        answer_done(&again);
        answer_done(&english_again);
    }
    globfree(&found);
    check(rmdir(folder) == 0);
}

#define EXAMPLE_FENCE "\n````markdown\n"
#define EXAMPLE_END "\n````\n"

/* The next example of the reference: a whole document. NULL when there is none. */
static char *next_example(char **at, size_t *ret_size)
{
    char *start = strstr(*at, EXAMPLE_FENCE);
    if (!start)
        return NULL;
    start += strlen(EXAMPLE_FENCE);
    char *end = strstr(start, EXAMPLE_END);
    check(end != NULL);
    *at = end;
    *ret_size = (size_t)(end + 1 - start);
    return start;
}

/* Checks an example that must be without errors and warnings, and says it in the other spelling. */
static void run_example(const char *text, size_t size, const char *other, struct answer *ret_check,
                        struct answer *ret_other)
{
    const char *path = write_file("t.md", text, size);
    *ret_check = run_policy("check", path, NULL, NULL);
    *ret_other = run_policy("fmt", path, "--lang", other);
    remove_file(path);
    if (ret_check->exit_status != CLI_EXIT_OK || !strstr(ret_check->out, "：0 个错误，0 个警告"))
        fail_msg("%.*s%s%s", (int)size, text, ret_check->out, ret_check->err);
}

/* Every example of the reference stands in Chinese and, behind it, in English: each is what the
 * other one is in its spelling, and what is counted and expected is the same. */
TEST(policy_language__has_examples_that_run_in_both_spellings)
{
    open_folder();
    char *page = read_file("doc/policy-language.md");
    int32_t count = 0;
    size_t zh_size, en_size;
    char *zh, *en;
    for (char *at = page; (zh = next_example(&at, &zh_size)) != NULL; count++) {
        en = next_example(&at, &en_size);
        check(en != NULL);
        struct answer zh_check, to_en, en_check, to_zh;
        run_example(zh, zh_size, "en", &zh_check, &to_en);
        if (to_en.out_size != en_size || memcmp(to_en.out, en, en_size) != 0)
            fail_msg("in English the example is:\n%s", to_en.out);
        run_example(en, en_size, "zh", &en_check, &to_zh);
        if (to_zh.out_size != zh_size || memcmp(to_zh.out, zh, zh_size) != 0)
            fail_msg("in Chinese the example is:\n%s", to_zh.out);
        EXPECT_STR(zh_check.out, str_from(en_check.out));
        answer_done(&zh_check);
        answer_done(&to_en);
        answer_done(&en_check);
        answer_done(&to_zh);
    }
    EXPECT(count >= 20);
    free(page);
    check(rmdir(folder) == 0);
}

/* The part of the page below a heading, up to the next one of its depth (articles of examples have
 * two marks, statements three); to be freed. */
static char *section_of(const char *page, const char *heading)
{
    const char *at = strstr(page, heading);
    if (!at)
        fail_msg("doc/policy-language.md has no heading %s", heading);
    at += strlen(heading);
    bool is_statement = strncmp(heading, "\n### ", 5) == 0;
    const char *end = strstr(at, is_statement ? "\n### " : "\n## ");
    return end ? strndup(at, (size_t)(end - at)) : strdup(at);
}

/* Each kind of statement has its heading, what it says, an example or the place of one, and what
 * checks say of it; the grammar has it too. */
TEST(policy_language__has_a_heading_for_each_kind_of_statement)
{
    static const char *const kinds[][2] = {
#define STATEMENT_WORD(token, kind, zh, en) {zh, en},
#include "policy/keyword.def"
    };
    char *page = read_file("doc/policy-language.md");
    char *grammar = section_of(page, "\n## Grammar · 语法\n");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "\n### %s %s\n", kinds[i][0], kinds[i][1]);
        char *section = section_of(page, text);
        snprintf(text, sizeof text, "\n```%s", kinds[i][0]);
        bool has_example = strstr(section, text) || strstr(section, "example");
        if (!has_example || !strstr(section, "Checks: ") || !strstr(page, text))
            fail_msg("doc/policy-language.md does not explain %s", kinds[i][0]);
        snprintf(text, sizeof text, "[%s %s](#%s-%s)", kinds[i][0], kinds[i][1], kinds[i][0],
                 kinds[i][1]);
        EXPECT(strstr(page, text) != NULL);
        snprintf(text, sizeof text, "= ( \"%s\" | \"%s\" )", kinds[i][0], kinds[i][1]);
        EXPECT(strstr(grammar, text) != NULL);
        free(section);
    }
    free(grammar);
    free(page);
}

/* Words of clauses and expressions stand in the grammar between quotes. */
TEST(policy_language__has_every_word_in_its_grammar)
{
    static const char *const words[] = {
#define CLAUSE_WORD(token, zh, en) "\"" zh "\" | \"" en "\"",
#define WORD(token, zh, en) "\"" zh "\" | \"" en "\"",
#define SPELLING(token, zh, en) "\"" zh "\"", "\"" en "\"",
#include "policy/keyword.def"
    };
    char *page = read_file("doc/policy-language.md");
    char *grammar = section_of(page, "\n## Grammar · 语法\n");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (!strstr(grammar, words[i]))
            fail_msg("the grammar does not have %s", words[i]);
    free(grammar);
    free(page);
}

/* Every limit with its value, as it stands in policy_limits.h. */
TEST(policy_language__says_every_limit)
{
    char *page = read_file("doc/policy-language.md"),
         *header = read_file("src/policy/policy_limits.h");
    char *limits = section_of(page, "\n## Limits · 上限\n");
    int32_t count = 0;
    for (char *at = header; (at = strstr(at, "    POLICY_")) != NULL; count++) {
        at += strlen("    ");
        char name[64], row[128], digits[16], grouped[24];
        long value = 0;
        int shift = 0;
        check(sscanf(at, "%63[A-Z_] = %ld << %d", name, &value, &shift) >= 2);
        snprintf(digits, sizeof digits, "%ld", value);
        size_t size = strlen(digits), k = 0;
        for (size_t i = 0; i < size; i++) {
            if (i > 0 && (size - i) % 3 == 0)
                grouped[k++] = ',';
            grouped[k++] = digits[i];
        }
        grouped[k] = 0;
        snprintf(row, sizeof row, "| `%s` | %s%s |", name, grouped, shift == 20 ? " MB" : "");
        if (!strstr(limits, row))
            fail_msg("doc/policy-language.md does not say: %s", row);
    }
    EXPECT(count >= 9);
    free(limits);
    free(header);
    free(page);
}

TEST(policy_language__says_every_word_and_every_finding)
{
    static const char *const words[] = {
#define STATEMENT_WORD(token, kind, zh, en) zh, en,
#define CLAUSE_WORD(token, zh, en) zh, en,
#define WORD(token, zh, en) zh, en,
#define SPELLING(token, zh, en) zh, en,
#define CONTEXT_WORD(context, zh, en) zh, en,
#define FUNCTION_WORD(function, zh, en, least, most) zh, en,
#define UNIT_WORD(type, factor, zh, en) zh, en,
#include "policy/keyword.def"
#define FINDING(rule, zh, way_out_zh, en) "| `" rule "` | " en " | " zh " | " way_out_zh " |",
#include "policy/finding.def"
#undef FINDING
    };
    char *text = read_file("doc/policy-language.md");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (!strstr(text, words[i]))
            fail_msg("doc/policy-language.md does not say: %s", words[i]);
    free(text);
}

/* The page is what the command prints: every row has statements and examples that stand, or a
 * reason. */
TEST(policy_coverage__is_what_the_documents_and_the_lists_say)
{
    char path[512];
    snprintf(path, sizeof path, "%s/policy", getenv("BAIGONG_SOURCE_ROOT"));
    struct answer answer = run_policy("coverage", "--policy", path, NULL);
    char *page = read_file("doc/policy-coverage.md");
    if (answer.exit_status != CLI_EXIT_OK || strcmp(page, answer.out) != 0)
        fail_msg("run: baigong policy coverage > doc/policy-coverage.md\n%s", answer.err);
    free(page);
    answer_done(&answer);
}

TEST(policy_coverage__names_a_row_that_nobody_carries_and_a_name_that_does_not_stand)
{
    open_folder();
    const char *text = SMALL("\n");
    char document[128], asked[128], carried[128];
    snprintf(document, sizeof document, "%s", write_file("t.md", text, strlen(text)));
    text = "row,title,sources\nA1,a,t\nA2,b,t\nA3,c,t\n";
    snprintf(asked, sizeof asked, "%s", write_file("checklist.csv", text, strlen(text)));
    text =
        "row,document,statements,examples,reason\nA1,t.md,B,,\nA2,t.md,NOTHING,C,\nA9,t.md,B,C,\n";
    snprintf(carried, sizeof carried, "%s", write_file("coverage.csv", text, strlen(text)));
    struct answer answer = run_policy("coverage", "--policy", folder, NULL);
    EXPECT_INT(CLI_EXIT_REFUSED, answer.exit_status);
    EXPECT(strstr(answer.err, "A1: no example of the row expects B"));
    EXPECT(strstr(answer.err, "A2: the document has no NOTHING"));
    EXPECT(strstr(answer.err, "A3: coverage.csv says nothing for t"));
    EXPECT(strstr(answer.err, "A9: checklist.csv has no such row"));
    answer_done(&answer);
    remove_file(document);
    remove_file(asked);
    remove_file(carried);
    check(rmdir(folder) == 0);
}
