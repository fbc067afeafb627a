/* All documents of the tree as pages: well-formed, complete, the same on every run. */
#include "cli/cli.h"

#include "unit.h"

#include <dirent.h>
#include <expat.h>
#include <stdlib.h>
#include <unistd.h>

static const char *variable(const char *name)
{
    if (strcmp(name, "BAIGONG_HOME") == 0)
        return getenv("BAIGONG_SOURCE_ROOT");
    return strcmp(name, "BAIGONG_LANG") == 0 ? "zh" : NULL;
}

static enum cli_exit run(const char *out, const char *lang, const char *path)
{
    const char *argv[] = {"baigong", "policy",     "weave", "--out", out, "--lang", lang,
                          "--as-of", "2026-11-20", path};
    char *said, *err;
    size_t said_size, err_size;
    FILE *said_file = open_memstream(&said, &said_size);
    FILE *err_file = open_memstream(&err, &err_size);
    enum cli_exit status =
        cli_run(path ? 10 : 9, argv,
                (struct cli_world){.out = said_file, .err = err_file, .variable = variable});
    fclose(said_file);
    fclose(err_file);
    if (status != CLI_EXIT_OK && status != CLI_EXIT_USAGE)
        print_error("%s", err);
    free(said);
    free(err);
    return status;
}

static char *read_file(const char *path, size_t *ret_size)
{
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
    *ret_size = (size_t)size;
    return text;
}

static int32_t count_of(const char *text, const char *part)
{
    int32_t count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        count++;
    return count;
}

/* Every link within a page leads somewhere. */
static void expect_anchors(const char *path, const char *text)
{
    static const char link[] = "href=\"#";
    for (const char *at = text; (at = strstr(at, link)) != NULL;) {
        at += strlen(link);
        char anchor[400];
        snprintf(anchor, sizeof anchor, " id=\"%.*s\"", (int)strcspn(at, "\""), at);
        if (!strstr(text, anchor))
            fail_msg("%s has no%s", path, anchor);
    }
}

static void expect_page(const char *path, const char *text, size_t size)
{
    XML_Parser parser = XML_ParserCreate("UTF-8");
    if (XML_Parse(parser, text, (int)size, 1) != XML_STATUS_OK)
        fail_msg("%s:%lu: %s", path, XML_GetCurrentLineNumber(parser),
                 XML_ErrorString(XML_GetErrorCode(parser)));
    XML_ParserFree(parser);
    EXPECT(strstr(text, "src=") == NULL);
    EXPECT(strstr(text, "<script") == NULL);
    EXPECT(strstr(text, "url(") == NULL);
    expect_anchors(path, text);
}

/* Looks at the pages of both folders and removes them; the number of statements on them. */
static int32_t expect_same_pages(const char *folder, const char *again)
{
    int32_t statement_count = 0;
    DIR *entries = opendir(folder);
    check(entries != NULL);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        char path[600], other_path[600];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        snprintf(other_path, sizeof other_path, "%s/%s", again, entry->d_name);
        size_t size, other_size;
        char *text = read_file(path, &size), *other = read_file(other_path, &other_size);
        EXPECT(size == other_size && memcmp(text, other, size) == 0);
        expect_page(path, text, size);
        statement_count += count_of(text, "<article class=\"statement\"");
        EXPECT_INT(count_of(text, "<article class=\"statement\""),
                   count_of(text, "<details class=\"source\""));
        free(text);
        free(other);
        check(unlink(path) == 0);
        check(unlink(other_path) == 0);
    }
    closedir(entries);
    check(rmdir(folder) == 0);
    check(rmdir(again) == 0);
    return statement_count;
}

static int32_t statements_of_the_tree(void)
{
    const char *argv[] = {"baigong", "policy", "check", "--json"};
    char *out;
    size_t out_size;
    FILE *file = open_memstream(&out, &out_size);
    FILE *nowhere = fopen("/dev/null", "w");
    EXPECT_INT(CLI_EXIT_OK, cli_run(4, argv, (struct cli_world){.out = file, .err = nowhere,
                                                                .variable = variable}));
    fclose(file);
    fclose(nowhere);
    const char *at = strstr(out, "\"statements\":");
    check(at != NULL);
    int64_t count = 0;
    at += strlen("\"statements\":");
    check(str_to_i64((struct str){at, strcspn(at, ",")}, &count));
    free(out);
    return (int32_t)count;
}

static void expect_tree(const char *lang)
{
    char root[] = "/tmp/weave_test_XXXXXX", once[64], again[64];
    check(mkdtemp(root) != NULL);
    snprintf(once, sizeof once, "%s/a/b", root);
    snprintf(again, sizeof again, "%s/c", root);
    EXPECT_INT(CLI_EXIT_OK, run(once, lang, NULL));
    EXPECT_INT(CLI_EXIT_OK, run(again, lang, NULL));
    EXPECT_INT(statements_of_the_tree(), expect_same_pages(once, again));
    snprintf(once, sizeof once, "%s/a", root);
    check(rmdir(once) == 0);
    check(rmdir(root) == 0);
}

TEST(policy_weave__makes_whole_pages_of_the_tree_in_chinese)
{
    expect_tree("zh");
}

TEST(policy_weave__makes_whole_pages_of_the_tree_in_english)
{
    expect_tree("en");
}

TEST(policy_weave__writes_one_page_of_one_document_only)
{
    char folder[512], document[600];
    snprintf(folder, sizeof folder, "%s/policy", getenv("BAIGONG_SOURCE_ROOT"));
    snprintf(document, sizeof document, "%s/jining/2022-skilled-jining.md", folder);
    char page[] = "/tmp/weave_test_XXXXXX.html";
    int file = mkstemps(page, 5);
    check(file >= 0);
    close(file);
    EXPECT_INT(CLI_EXIT_USAGE, run(page, "zh", folder));
    EXPECT_INT(CLI_EXIT_OK, run(page, "zh", document));
    size_t size;
    char *text = read_file(page, &size);
    expect_page(page, text, size);
    EXPECT(strstr(text, "index.html") == NULL);
    free(text);
    check(unlink(page) == 0);
}

TEST(policy_weave__weaves_what_a_city_s_folder_imports_behind_it)
{
    char folder[512], root[] = "/tmp/weave_test_XXXXXX";
    snprintf(folder, sizeof folder, "%s/policy/chongqing", getenv("BAIGONG_SOURCE_ROOT"));
    check(mkdtemp(root) != NULL);
    EXPECT_INT(CLI_EXIT_OK, run(root, "zh", folder));
    static const char *const names[] = {"2023-reply-0501.html", "national-skill-ladder.html",
                                        "index.html"};
    for (size_t i = 0; i < 3; i++) {
        char path[100];
        snprintf(path, sizeof path, "%s/%s", root, names[i]);
        size_t size;
        char *text = read_file(path, &size);
        expect_page(path, text, size);
        free(text);
        check(unlink(path) == 0);
    }
    check(rmdir(root) == 0);
}
