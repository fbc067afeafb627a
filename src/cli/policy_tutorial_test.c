/* doc/policy-tutorial.md, step by step: what a reader would type, in a folder of its own. */
#include "cli/cli.h"

#include "unit.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

enum { WORDS_MAX = 20, STEP_COUNT = 10 };

static const char *variable(const char *name)
{
    if (strcmp(name, "BAIGONG_HOME") == 0)
        return getenv("BAIGONG_SOURCE_ROOT");
    return strcmp(name, "BAIGONG_LANG") == 0 ? "zh" : NULL;
}

struct tutorial {
    struct arena arena;
    struct text_buf document; /* what the steps have added so far */
    struct text_buf answer;   /* of the commands of the step */
    int32_t step_count, command_count, expectation_count;
};

static struct str tutorial_text(struct arena *arena)
{
    const char *path = text_in(arena, "%s/doc/policy-tutorial.md", getenv("BAIGONG_SOURCE_ROOT"));
    enum { SIZE_MAX_BYTES = 256 * 1024 };
    char *bytes = arena_alloc(arena, SIZE_MAX_BYTES);
    FILE *file = fopen(path, "rb");
    check(bytes != NULL);
    check(file != NULL);
    size_t size = fread(bytes, 1, SIZE_MAX_BYTES, file);
    check(size < SIZE_MAX_BYTES);
    fclose(file);
    return (struct str){bytes, size};
}

static void save_document(struct tutorial *t, struct str added)
{
    text_add(&t->document, added);
    FILE *file = fopen("津贴.md", "wb");
    check(file != NULL);
    struct str text = text_str(&t->document);
    check(fwrite(text.ptr, 1, text.size, file) == text.size);
    check(fclose(file) == 0);
}

static void run_command(struct tutorial *t, struct str line)
{
    const char *words[WORDS_MAX];
    int count = 0;
    struct str word;
    while (str_split(&line, ' ', &word) && count < WORDS_MAX)
        words[count++] = str_z(&t->arena, word);
    EXPECT_STR("baigong", str_from(words[0]));
    char *said;
    size_t said_size;
    FILE *file = open_memstream(&said, &said_size);
    enum cli_exit status =
        cli_run(count, words, (struct cli_world){.out = file, .err = file, .variable = variable});
    fclose(file);
    if (status == CLI_EXIT_USAGE || status == CLI_EXIT_BROKEN)
        fail_msg("%s %s: %s", words[1], words[2], said);
    text_add_z(&t->answer, said);
    free(said);
    t->command_count++;
}

static bool line_holds(struct str line, struct str wanted)
{
    for (struct str ellipsis = STR("…"); wanted.size;) {
        size_t end = str_find(wanted, ellipsis);
        struct str part = str_trim(str_sub(wanted, 0, end == SIZE_MAX ? wanted.size : end));
        size_t at = str_find(line, part);
        if (at == SIZE_MAX)
            return false;
        line = str_sub(line, at + part.size, SIZE_MAX);
        wanted = end == SIZE_MAX ? STR("") : str_sub(wanted, end + ellipsis.size, SIZE_MAX);
    }
    return true;
}

static void expect_line(struct tutorial *t, struct str wanted)
{
    struct str rest = text_str(&t->answer), line;
    t->expectation_count++;
    while (str_split(&rest, '\n', &line)) {
        if (line_holds(line, wanted))
            return;
    }
    fail_msg("step %d does not answer: %.*s\n%.*s", t->step_count, STR_ARG(wanted),
             STR_ARG(text_str(&t->answer)));
}

/* One fenced block, by what stands behind its fence. */
static void read_block(struct tutorial *t, struct str info, struct str body)
{
    struct str line;
    if (str_equal_text(info, "markdown")) {
        save_document(t, body);
    } else if (str_equal_text(info, "sh")) {
        text_init(&t->answer, &t->arena);
        while (str_split(&body, '\n', &line) && line.size)
            run_command(t, line);
    } else if (t->step_count > 0) { /* the picture at the top is no answer */
        while (str_split(&body, '\n', &line) && line.size)
            expect_line(t, line);
    }
}

static void read_tutorial(struct tutorial *t)
{
    struct str rest = tutorial_text(&t->arena), line;
    while (str_split(&rest, '\n', &line)) {
        if (str_starts(line, STR("## ")))
            t->step_count++;
        size_t ticks = 0;
        while (ticks < line.size && line.ptr[ticks] == '`')
            ticks++;
        if (ticks < 3)
            continue;
        struct str fence = STR("\n````\n");
        if (ticks == 3)
            fence = STR("\n```\n");
        size_t end = str_find(rest, fence);
        check(end != SIZE_MAX);
        read_block(t, str_sub(line, ticks, SIZE_MAX), str_sub(rest, 0, end + 1));
        rest = str_sub(rest, end + fence.size, SIZE_MAX);
    }
}

/* Whatever the commands left in the folder. */
static void remove_files(void)
{
    DIR *entries = opendir(".");
    check(entries != NULL);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            check(unlink(entry->d_name) == 0);
    }
    closedir(entries);
}

TEST(policy_tutorial__runs_step_by_step)
{
    char folder[] = "/tmp/tutorial_test_XXXXXX", before[4096];
    check(mkdtemp(folder) != NULL);
    check(getcwd(before, sizeof before) != NULL);
    check(chdir(folder) == 0);
    struct tutorial t = {0};
    arena_init(&t.arena, 64 << 20);
    text_init(&t.document, &t.arena);
    text_init(&t.answer, &t.arena);
    read_tutorial(&t);
    EXPECT_INT(STEP_COUNT, t.step_count);
    EXPECT(t.command_count >= STEP_COUNT);
    EXPECT(t.expectation_count >= STEP_COUNT);
    arena_done(&t.arena);
    remove_files();
    check(chdir(before) == 0);
    check(rmdir(folder) == 0);
}
