/* embed.c — puts files into the program as texts.
 *
 *   embed OUT.c OUT.h NAME=FILE...    declares and defines `const struct str NAME` for each file
 *   embed OUT.c OUT.h --list NAME ROOT FILE...
 *                                     `const struct embedded_file NAME[]` with NAME_count members,
 *                                     each named by its path below ROOT without the ending
 *
 * Part of the build: runs natively. Comments and indentation of a style sheet (.css) are left out,
 * since each page carries its sheets. A sheet with & or < is refused: it could not stand in XML.
 *
 * Limits   FILE_SIZE_MAX bytes a file
 */
#include "base/arena.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_SIZE_MAX = 1024 * 1024, ARENA_SIZE_MAX = 16 * 1024 * 1024, BYTES_A_LINE = 20 };

static struct str file_read(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    static char bytes[FILE_SIZE_MAX];
    size_t size = fread(bytes, 1, FILE_SIZE_MAX, file);
    fclose(file);
    if (size >= FILE_SIZE_MAX) {
        fprintf(stderr, "%s: larger than embed allows\n", path);
        exit(1);
    }
    struct str copy = str_copy(arena, (struct str){bytes, size});
    if (!copy.ptr) {
        fprintf(stderr, "%s: no memory left for it\n", path);
        exit(1);
    }
    return copy;
}

static struct str without_comments(struct arena *arena, struct str css)
{
    struct text_buf out;
    text_init(&out, arena);
    for (size_t at; (at = str_find(css, STR("/*"))) != SIZE_MAX;) {
        text_add(&out, str_sub(css, 0, at));
        css = str_sub(css, at, SIZE_MAX);
        size_t end = str_find(css, STR("*/"));
        css = end == SIZE_MAX ? STR("") : str_sub(css, end + 2, SIZE_MAX);
    }
    text_add(&out, css);
    return text_str(&out);
}

/* One rule a line, without blank lines and indentation. */
static struct str sheet_shortened(struct arena *arena, const char *path, struct str css)
{
    if (memchr(css.ptr, '&', css.size) || memchr(css.ptr, '<', css.size)) {
        fprintf(stderr, "%s: & and < may not stand in a style sheet\n", path);
        exit(1);
    }
    struct str rest = without_comments(arena, css), line;
    struct text_buf out;
    text_init(&out, arena);
    while (str_split(&rest, '\n', &line)) {
        line = str_trim(line);
        if (!line.size)
            continue;
        text_add(&out, line);
        text_add_byte(&out, '\n');
    }
    return text_str(&out);
}

static void embed(FILE *code, FILE *header, struct str name, struct str bytes)
{
    fprintf(header, "extern const struct str %.*s;\n", STR_ARG(name));
    fprintf(code, "static const char %.*s_bytes[] = {", STR_ARG(name));
    for (size_t i = 0; i < bytes.size; i++)
        fprintf(code, "%s%d,", i % BYTES_A_LINE ? "" : "\n    ", (signed char)bytes.ptr[i]);
    fprintf(code, "\n    0};\n\nconst struct str %.*s = {%.*s_bytes, sizeof %.*s_bytes - 1};\n\n",
            STR_ARG(name), STR_ARG(name), STR_ARG(name));
}

/* The guard of PATH/html_style.h is HTML_STYLE_H. */
static void header_begin(FILE *header, struct str file_name)
{
    char guard[80] = "";
    for (size_t i = 0; i < file_name.size && i < sizeof guard - 1; i++) {
        unsigned char c = (unsigned char)file_name.ptr[i];
        guard[i] = isalnum(c) ? (char)toupper(c) : '_';
    }
    fprintf(header,
            "/* Made by tools/embed: change the files of web/. */\n#ifndef %s\n#define %s\n\n"
            "#include \"base/text.h\"\n\n",
            guard, guard);
}

static int embed_each(FILE *code, FILE *header, struct arena *arena, int argc, char **argv)
{
    for (int i = 3; i < argc; i++) {
        struct str path = str_from(argv[i]), name;
        if (!str_split(&path, '=', &name)) {
            fprintf(stderr, "%s: NAME=FILE is wanted\n", argv[i]);
            return 2;
        }
        struct str bytes = file_read(arena, path.ptr);
        if (str_ends(path, STR(".css")))
            bytes = sheet_shortened(arena, path.ptr, bytes);
        embed(code, header, name, bytes);
    }
    return 0;
}

/* page/home of ../web/page/home.mustache with the root web/; a file elsewhere, as the build makes
 * them, has its own name. */
static struct str name_below(const char *root, const char *path)
{
    struct str name = str_from(path);
    size_t at = str_find(name, str_from(root));
    const char *slash = strrchr(path, '/');
    if (at != SIZE_MAX)
        name = str_sub(name, at + strlen(root), SIZE_MAX);
    else if (slash)
        name = str_from(slash + 1);
    for (size_t i = name.size; i > 0 && name.ptr[i - 1] != '/'; i--)
        if (name.ptr[i - 1] == '.')
            return str_sub(name, 0, i - 1);
    return name;
}

static int embed_list(FILE *code, FILE *header, struct arena *arena, int argc, char **argv)
{
    const char *list = argv[4], *root = argv[5];
    fprintf(header, "#include \"base/embedded.h\"\n\nextern const struct embedded_file %s[];\n"
            "extern const int32_t %s_count;\n", list, list);
    for (int i = 6; i < argc; i++) {
        struct str bytes = file_read(arena, argv[i]);
        fprintf(code, "static const char bytes_%d[] = {", i);
        for (size_t at = 0; at < bytes.size; at++)
            fprintf(code, "%s%d,", at % BYTES_A_LINE ? "" : "\n    ", (signed char)bytes.ptr[at]);
        fputs("\n    0};\n\n", code);
    }
    fprintf(code, "const struct embedded_file %s[] = {\n", list);
    for (int i = 6; i < argc; i++)
        fprintf(code, "    {\"%.*s\", {bytes_%d, sizeof bytes_%d - 1}},\n",
                STR_ARG(name_below(root, argv[i])), i, i);
    fprintf(code, "};\n\nconst int32_t %s_count = %d;\n", list, argc - 6);
    return 0;
}

int main(int argc, char **argv)
{
    bool is_list = argc > 6 && strcmp(argv[3], "--list") == 0;
    if (argc < 4 || (!is_list && argv[3][0] == '-')) {
        fputs("usage: embed OUT.c OUT.h NAME=FILE...\n"
              "       embed OUT.c OUT.h --list NAME ROOT FILE...\n", stderr);
        return 2;
    }
    FILE *code = fopen(argv[1], "w"), *header = fopen(argv[2], "w");
    if (!code || !header) {
        perror(argv[code ? 2 : 1]);
        return 1;
    }
    const char *slash = strrchr(argv[2], '/');
    struct str file_name = str_from(slash ? slash + 1 : argv[2]);
    header_begin(header, file_name);
    fprintf(code, "/* Made by tools/embed: change the files of web/. */\n#include \"%.*s\"\n\n",
            STR_ARG(file_name));
    struct arena arena;
    arena_init(&arena, ARENA_SIZE_MAX);
    int status = is_list ? embed_list(code, header, &arena, argc, argv)
                         : embed_each(code, header, &arena, argc, argv);
    fputs("\n#endif\n", header);
    arena_done(&arena);
    return fclose(code) | fclose(header) ? 1 : status;
}
