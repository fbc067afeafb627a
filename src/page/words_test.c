/* Every text of the pages has its English: those of templates between {{#t}} and {{/t}}, those of C
 * in page_say and page_field_error. */
#include "page/app.h"

#include "page/web_texts.h"
#include "page/web_views.h"
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_SIZE_MAX = 16 << 20, SOURCE_SIZE_MAX = 1 << 20 };

static struct locale *english(struct arena *arena)
{
    struct locale *locale = NULL;
    struct fault fault = {0};
    for (int32_t i = 0; i < web_texts_count; i++)
        if (strcmp(web_texts[i].name, "locale/en") == 0)
            EXPECT_OK(locale_new(arena, web_texts[i].text, &locale, &fault));
    EXPECT(locale != NULL);
    return locale;
}

/* A text that stays as it is has no words; one without Chinese needs none. */
static int32_t expect_words(const struct locale *locale, const char *where, struct str text)
{
    bool is_chinese = false;
    for (size_t i = 0; i < text.size; i++)
        is_chinese = is_chinese || (unsigned char)text.ptr[i] >= 0xE3;
    if (!is_chinese || !str_equal(locale_say(locale, text), text))
        return 0;
    print_error("%s: no English for \"%.*s\"\n", where, STR_ARG(text));
    return 1;
}

TEST(words__of_templates_have_their_english)
{
    struct arena arena;
    arena_init(&arena, ARENA_SIZE_MAX);
    struct locale *locale = english(&arena);
    int32_t missing = 0;
    for (int32_t i = 0; i < web_views_count; i++) {
        struct str rest = web_views[i].text;
        for (size_t begin = str_find(rest, STR("{{#t}}")); begin != SIZE_MAX;
             begin = str_find(rest, STR("{{#t}}"))) {
            rest = str_sub(rest, begin + 6, rest.size);
            size_t end = str_find(rest, STR("{{/t}}"));
            EXPECT(end != SIZE_MAX);
            missing += expect_words(locale, web_views[i].name, str_sub(rest, 0, end));
            rest = str_sub(rest, end + 6, rest.size);
        }
    }
    EXPECT_INT(0, missing);
    arena_done(&arena);
}

/* The literals of a call; its last argument may choose between several. */
static int32_t expect_call(const struct locale *locale, const char *file, struct str rest)
{
    int32_t missing = 0, depth = 1;
    for (size_t i = 0; i < rest.size && depth > 0; i++) {
        depth += rest.ptr[i] == '(' ? 1 : rest.ptr[i] == ')' ? -1 : 0;
        if (rest.ptr[i] != '"')
            continue;
        size_t size = str_find(str_sub(rest, i + 1, rest.size), STR("\""));
        EXPECT(size != SIZE_MAX);
        missing += expect_words(locale, file, str_sub(rest, i + 1, size));
        i += size + 1;
    }
    return missing;
}

static int32_t expect_source(struct arena *arena, const struct locale *locale, const char *path)
{
    static const char *const calls[] = {"page_say(", "page_field_error("};
    struct arena_mark mark = arena_mark(arena);
    FILE *file = fopen(path, "rb");
    EXPECT(file != NULL);
    char *bytes = arena_alloc(arena, SOURCE_SIZE_MAX);
    EXPECT(bytes != NULL);
    struct str source = {bytes, fread(bytes, 1, SOURCE_SIZE_MAX, file)};
    fclose(file);
    int32_t missing = 0;
    for (size_t c = 0; c < sizeof calls / sizeof calls[0]; c++) {
        struct str call = str_from(calls[c]);
        struct str rest = source;
        for (size_t at = str_find(rest, call); at != SIZE_MAX; at = str_find(rest, call)) {
            rest = str_sub(rest, at + call.size, rest.size);
            missing += expect_call(locale, path, rest);
        }
    }
    arena_rewind(arena, mark);
    return missing;
}

TEST(words__of_handlers_have_their_english)
{
    struct arena arena;
    arena_init(&arena, ARENA_SIZE_MAX * 4);
    struct locale *locale = english(&arena);
    const char *folder = text_in(&arena, "%s/src/page", getenv("BAIGONG_SOURCE_ROOT"));
    DIR *files = opendir(folder);
    EXPECT(files != NULL);
    int32_t missing = 0;
    for (struct dirent *entry = readdir(files); entry; entry = readdir(files)) {
        struct str name = str_from(entry->d_name);
        struct arena_mark mark = arena_mark(&arena);
        if (str_ends(name, STR(".c")) && !str_ends(name, STR("_test.c")))
            missing += expect_source(&arena, locale,
                                     text_in(&arena, "%s/%s", folder, entry->d_name));
        arena_rewind(&arena, mark);
    }
    closedir(files);
    EXPECT_INT(0, missing);
    arena_done(&arena);
}
