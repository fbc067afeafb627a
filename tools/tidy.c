/* tidy — holds a source tree against the rules that a compiler does not know. A test runs it.
 *
 *   tidy ROOT      prints FILE:LINE: RULE: what is wrong, and ends with 1 when there is anything
 *
 * It reads the tree's own meson.build files, layers.txt and tools/tidy_exceptions.txt. An exception
 * that nothing needs any more is itself a finding: the list can only shrink. */
#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    FILES_MAX = 4000,
    STATEMENTS_MAX = 4000,
    EXCEPTIONS_MAX = 200,
    LAYERS_MAX = 64,
    FUNCTION_LINES_MAX = 70,
    LINE_WIDTH_MAX = 100,
    TABLE_WIDTH_MAX = 160, /* a row of a .def and a list of columns may be one line */
    BANNER_RUN = 10,       /* so many equal signs in a comment are decoration */
    ARENA_SIZE_MAX = 512 * 1024 * 1024,
};

struct source {
    const char *path; /* from the root: "src/base/arena.c" */
    const char *name; /* "arena.c" */
    struct str text;
    /* Views of the same size as text in which all else is a space: */
    char *code;     /* without comments and the insides of literals */
    char *comments; /* only comments */
    char *literals; /* only the insides of string literals */
};

struct exception {
    struct str rule;
    struct str path;
    int line;
    bool used;
};

struct layer {
    struct str room;
    struct str below; /* rooms it may include, separated by spaces */
};

struct tidy {
    struct arena arena;
    const char *root;
    struct source sources[FILES_MAX];
    int source_count;
    struct exception exceptions[EXCEPTIONS_MAX];
    int exception_count;
    struct layer layers[LAYERS_MAX];
    int layer_count;
    int finding_count;
};

/* ---- what is forbidden ---- */

struct banned {
    const char *function;
    const char *rule;
    const char *remedy;
};

static const struct banned banned_functions[] = {
    {"strcpy", "banned", "use a struct text_buf"},
    {"strcat", "banned", "use a struct text_buf"},
    {"strncpy", "banned", "use str_copy or memcpy"},
    {"sprintf", "banned", "use snprintf or text_format"},
    {"vsprintf", "banned", "use vsnprintf"},
    {"gets", "banned", "use fgets or getline"},
    {"atoi", "banned", "use str_to_i64"},
    {"atol", "banned", "use str_to_i64"},
    {"atof", "banned", "amounts and rates are whole numbers"},
    {"strtok", "banned", "use str_split"},
    {"rand", "banned", "use base/rand.h with a seed"},
    {"srand", "banned", "use base/rand.h with a seed"},
    {"random", "banned", "use base/rand.h with a seed"},
    {"alloca", "banned", "use an arena"},
    {"system", "banned", "call the library instead of a shell"},
    {"time", "clock", "only base/clock reads the time"},
    {"gettimeofday", "clock", "only base/clock reads the time"},
    {"clock_gettime", "clock", "only base/clock reads the time"},
    {"localtime", "clock", "the city's day follows from base/clock"},
    {"localtime_r", "clock", "the city's day follows from base/clock"},
    {"malloc", "memory", "use an arena, or add a reasoned exception"},
    {"calloc", "memory", "use an arena, or add a reasoned exception"},
    {"realloc", "memory", "use an arena, or add a reasoned exception"},
    {"strdup", "memory", "use str_copy"},
    {"free", "memory", "use an arena, or add a reasoned exception"},
    {"fopen", "file", "domain rooms get rows and bytes, they open no files"},
};

static const char *const sql_starts[] = {
    "SELECT ",      "INSERT INTO ", "UPDATE ",     "DELETE FROM ",   "CREATE TABLE",
    "CREATE INDEX", "ALTER TABLE",  "DROP TABLE ", "WITH RECURSIVE",
};

static const char *const comment_words[] = {"TODO", "FIXME", "XXX", "HACK"};

/* ---- small helpers ---- */

static bool is_name_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

static bool has_suffix(const char *text, const char *suffix)
{
    return str_ends(str_from(text), str_from(suffix));
}

static bool has_prefix(const char *text, const char *prefix)
{
    return str_starts(str_from(text), str_from(prefix));
}

static bool is_c(const struct source *source)
{
    return has_suffix(source->name, ".c") || has_suffix(source->name, ".h");
}

/* Tests and programs of the build may take memory and name any room. */
static bool is_test(const struct source *source)
{
    return has_suffix(source->name, "_test.c") || has_suffix(source->name, "_fuzz.c") ||
           has_suffix(source->name, "_fixture.h") || has_suffix(source->name, "_fixture.c") ||
           !has_prefix(source->path, "src/");
}

static int line_at(const struct source *source, size_t offset)
{
    int line = 1;
    for (size_t i = 0; i < offset; i++)
        line += source->text.ptr[i] == '\n';
    return line;
}

static bool is_excepted(struct tidy *tidy, const char *path, const char *rule)
{
    for (int i = 0; i < tidy->exception_count; i++) {
        struct exception *exception = &tidy->exceptions[i];
        if (str_equal_text(exception->rule, rule) && str_equal_text(exception->path, path)) {
            exception->used = true;
            return true;
        }
    }
    return false;
}

static void find(struct tidy *tidy, const char *path, int line, const char *rule,
                 const char *message)
{
    if (is_excepted(tidy, path, rule))
        return;
    printf("%s:%d: %s: %s\n", path, line, rule, message);
    tidy->finding_count++;
}

static const char *form(struct tidy *tidy, const char *format, struct str a, const char *b)
{
    return text_in(&tidy->arena, format, STR_ARG(a), b);
}

/* ---- reading the tree ---- */

static bool read_file(struct tidy *tidy, const char *path, struct str *ret_text)
{
    FILE *file = fopen(text_in(&tidy->arena, "%s/%s", tidy->root, path), "re");
    if (!file)
        return false;
    char *bytes = NULL;
    size_t capacity = 0;
    ssize_t size = getdelim(&bytes, &capacity, EOF, file); /* no file here holds a byte 0xFF */
    fclose(file);
    *ret_text = str_copy(&tidy->arena, (struct str){bytes, size > 0 ? (size_t)size : 0});
    free(bytes);
    check(ret_text->ptr);
    return true;
}

static bool is_wanted(const char *name)
{
    static const char *const suffixes[] = {".c", ".h", ".def", ".sql"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        if (has_suffix(name, suffixes[i]))
            return true;
    }
    return false;
}

static void collect(struct tidy *tidy, const char *folder)
{
    DIR *dir = opendir(text_in(&tidy->arena, "%s/%s", tidy->root, folder));
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        const char *path = text_in(&tidy->arena, "%s/%s", folder, entry->d_name);
        struct stat status;
        if (stat(text_in(&tidy->arena, "%s/%s", tidy->root, path), &status) != 0)
            continue;
        if (S_ISDIR(status.st_mode)) {
            if (strcmp(path, "test/corpus") != 0)
                collect(tidy, path);
        } else if (is_wanted(entry->d_name)) {
            check(tidy->source_count < FILES_MAX);
            tidy->sources[tidy->source_count++] = (struct source){.path = path};
        }
    }
    closedir(dir);
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct source *)a)->path, ((const struct source *)b)->path);
}

enum scan_state { IN_CODE, IN_LINE_COMMENT, IN_COMMENT, IN_STRING, IN_CHARACTER };

/* Where byte i leads from state; *skip is 1 when the next byte belongs to this one. */
static enum scan_state scan(enum scan_state state, const char *at, size_t left, int *skip)
{
    char next = left > 1 ? at[1] : '\0';
    *skip = 0;
    switch (state) {
    case IN_CODE:
        if (*at == '/' && (next == '/' || next == '*')) {
            *skip = 1;
            return next == '/' ? IN_LINE_COMMENT : IN_COMMENT;
        }
        return *at == '"' ? IN_STRING : *at == '\'' ? IN_CHARACTER : IN_CODE;
    case IN_LINE_COMMENT:
        return *at == '\n' ? IN_CODE : state;
    case IN_COMMENT:
        *skip = *at == '*' && next == '/';
        return *skip ? IN_CODE : state;
    case IN_STRING:
    case IN_CHARACTER:
        *skip = *at == '\\';
        return *at == (state == IN_STRING ? '"' : '\'') || *at == '\n' ? IN_CODE : state;
    }
    return state;
}

static void split_views(struct tidy *tidy, struct source *source)
{
    size_t size = source->text.size;
    char **views[] = {&source->code, &source->comments, &source->literals};
    for (size_t v = 0; v < 3; v++) {
        *views[v] = arena_alloc(&tidy->arena, size + 1);
        check(*views[v]);
        for (size_t i = 0; i < size; i++)
            (*views[v])[i] = source->text.ptr[i] == '\n' ? '\n' : ' ';
    }
    enum scan_state state = IN_CODE;
    for (size_t i = 0; i < size; i++) {
        int skip;
        enum scan_state next = scan(state, source->text.ptr + i, size - i, &skip);
        char *view = state == IN_STRING && next == IN_STRING           ? source->literals
                     : state == IN_COMMENT || state == IN_LINE_COMMENT ? source->comments
                     : state == IN_CODE || next == IN_CODE             ? source->code
                                                                       : NULL;
        if (view && state == IN_CODE && (next == IN_COMMENT || next == IN_LINE_COMMENT))
            view = source->comments;
        for (int s = 0; view && s <= skip && i + (size_t)s < size; s++)
            view[i + (size_t)s] = source->text.ptr[i + (size_t)s];
        i += (size_t)skip;
        state = next;
    }
}

static void read_tree(struct tidy *tidy)
{
    static const char *const folders[] = {"src", "tools", "test", "bench"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        collect(tidy, folders[i]);
    qsort(tidy->sources, (size_t)tidy->source_count, sizeof tidy->sources[0], compare_paths);
    for (int i = 0; i < tidy->source_count; i++) {
        struct source *source = &tidy->sources[i];
        source->name = strrchr(source->path, '/') + 1;
        check(read_file(tidy, source->path, &source->text));
        split_views(tidy, source);
    }
}

static void read_layers(struct tidy *tidy)
{
    struct str rest, line, room;
    if (!read_file(tidy, "layers.txt", &rest))
        return;
    while (str_split(&rest, '\n', &line)) {
        struct str below = str_trim(line);
        if (below.size == 0 || below.ptr[0] == '#')
            continue;
        check(tidy->layer_count < LAYERS_MAX);
        str_split(&below, ':', &room);
        tidy->layers[tidy->layer_count++] = (struct layer){str_trim(room), str_trim(below)};
    }
}

static void read_exceptions(struct tidy *tidy)
{
    static const char *const path = "tools/tidy_exceptions.txt";
    struct str rest, line, rule, file;
    if (!read_file(tidy, path, &rest))
        return;
    for (int number = 1; str_split(&rest, '\n', &line); number++) {
        struct str reason = str_trim(line);
        if (reason.size == 0 || reason.ptr[0] == '#')
            continue;
        str_split(&reason, ' ', &rule);
        str_split(&reason, ' ', &file);
        if (str_trim(reason).size == 0)
            find(tidy, path, number, "exception", "write: RULE PATH REASON");
        check(tidy->exception_count < EXCEPTIONS_MAX);
        tidy->exceptions[tidy->exception_count++] = (struct exception){rule, file, number, false};
    }
}

/* ---- rules about text ---- */

static void check_lines(struct tidy *tidy, const struct source *source)
{
    bool table = has_suffix(source->name, ".def") || has_suffix(source->name, ".sql");
    const size_t width_max = table ? TABLE_WIDTH_MAX : LINE_WIDTH_MAX;
    struct str rest = source->text, line;
    for (int number = 1; str_split(&rest, '\n', &line); number++) {
        if (str_find(line, STR("\t")) != SIZE_MAX)
            find(tidy, source->path, number, "tab", "indent with spaces");
        if (str_ends(line, STR(" ")) || str_ends(line, STR("\r")))
            find(tidy, source->path, number, "space", "white space at the end of the line");
        size_t width = str_display_width(line);
        if (width > width_max)
            find(tidy, source->path, number, "width",
                 text_in(&tidy->arena, "%zu columns, at most %zu", width, width_max));
    }
    if (source->text.size && !str_ends(source->text, STR("\n")))
        find(tidy, source->path, line_at(source, source->text.size), "space",
             "no newline at the end of the file");
}

static bool has_banner(struct str line)
{
    size_t run = 0;
    for (size_t i = 0; i < line.size; i++) {
        bool decoration = strchr("*=-#~", line.ptr[i]) != NULL;
        run = !decoration ? 0 : i > 0 && line.ptr[i] == line.ptr[i - 1] ? run + 1 : 1;
        if (run >= BANNER_RUN)
            return true;
    }
    return false;
}

static void check_comments(struct tidy *tidy, const struct source *source)
{
    struct str rest = {source->comments, source->text.size}, line;
    for (int number = 1; str_split(&rest, '\n', &line); number++) {
        for (size_t i = 0; i < sizeof comment_words / sizeof comment_words[0]; i++) {
            size_t at = str_find(line, str_from(comment_words[i]));
            size_t end = at + strlen(comment_words[i]);
            bool word = at != SIZE_MAX && (at == 0 || !is_name_byte(line.ptr[at - 1])) &&
                        (end >= line.size || !is_name_byte(line.ptr[end]));
            if (word)
                find(tidy, source->path, number, "comment",
                     text_in(&tidy->arena, "%s belongs into an issue", comment_words[i]));
        }
        if (has_banner(line))
            find(tidy, source->path, number, "comment", "no banners");
    }
}

static void check_sql_text(struct tidy *tidy, const struct source *source)
{
    struct str rest = {source->literals, source->text.size}, line;
    for (int number = 1; str_split(&rest, '\n', &line); number++) {
        struct str literal = str_trim(line);
        for (size_t i = 0; i < sizeof sql_starts / sizeof sql_starts[0]; i++) {
            if (str_starts(literal, str_from(sql_starts[i])))
                find(tidy, source->path, number, "sql", "SQL stands in .sql files");
        }
    }
}

/* ---- rules about code ---- */

static bool is_banned_here(const struct source *source, const struct banned *banned)
{
    bool production = !is_test(source);
    if (strcmp(banned->rule, "memory") == 0)
        return production;
    if (strcmp(banned->rule, "clock") == 0)
        return strcmp(source->path, "src/base/clock.c") != 0;
    if (strcmp(banned->rule, "file") == 0)
        return production && has_prefix(source->path, "src/domain/");
    return strcmp(banned->function, "system") != 0 || production;
}

/* A call: the name as a whole word, then '('; not a member and not a longer name. */
static bool is_call(const char *code, size_t size, size_t at, size_t name_size)
{
    size_t after = at + name_size;
    while (after < size && code[after] == ' ')
        after++;
    if (after >= size || code[after] != '(')
        return false;
    if (at == 0)
        return true;
    char before = code[at - 1];
    bool member = before == '.' || (before == '>' && at > 1 && code[at - 2] == '-');
    return !is_name_byte(before) && !member;
}

static void check_banned(struct tidy *tidy, const struct source *source)
{
    struct str code = {source->code, source->text.size};
    for (size_t i = 0; i < sizeof banned_functions / sizeof banned_functions[0]; i++) {
        const struct banned *banned = &banned_functions[i];
        struct str name = str_from(banned->function);
        if (!is_banned_here(source, banned))
            continue;
        for (size_t from = 0, at;; from = at + name.size) {
            size_t step = str_find(str_sub(code, from, SIZE_MAX), name);
            if (step == SIZE_MAX)
                break;
            at = from + step;
            if (is_call(code.ptr, code.size, at, name.size))
                find(tidy, source->path, line_at(source, at), banned->rule,
                     form(tidy, "%.*s: %s", name, banned->remedy));
        }
    }
}

/* Blanks preprocessor lines with their continuations: their braces need not match. */
static char *without_preprocessor(struct tidy *tidy, const struct source *source)
{
    char *code = arena_copy(&tidy->arena, source->code, source->text.size);
    check(code);
    bool directive = false, line_start = true;
    for (size_t i = 0; i < source->text.size; i++) {
        if (code[i] == '\n') {
            directive = directive && i > 0 && source->text.ptr[i - 1] == '\\';
            line_start = true;
            continue;
        }
        if (line_start && code[i] != ' ') {
            directive |= code[i] == '#';
            line_start = false;
        }
        if (directive)
            code[i] = ' ';
    }
    return code;
}

/* A brace at file scope behind ')' opens a function; behind '=' or a name, data or a type. */
static void check_function_lengths(struct tidy *tidy, const struct source *source)
{
    const char *code = without_preprocessor(tidy, source);
    int depth = 0, line = 1, open_line = 0;
    bool in_function = false;
    char before = '\0';
    for (size_t i = 0; i < source->text.size; i++) {
        line += code[i] == '\n';
        if (code[i] == '{' && depth++ == 0) {
            in_function = before == ')';
            open_line = line;
        } else if (code[i] == '}' && depth > 0 && --depth == 0 && in_function) {
            int line_count = line - open_line - 1;
            if (line_count > FUNCTION_LINES_MAX)
                find(tidy, source->path, open_line, "length",
                     text_in(&tidy->arena, "a function of %d lines, at most %d", line_count,
                             FUNCTION_LINES_MAX));
        }
        if (!isspace((unsigned char)code[i]))
            before = code[i];
    }
}

static void check_guard(struct tidy *tidy, const struct source *source)
{
    struct str code = {source->code, source->text.size};
    size_t at = str_find(code, STR("#ifndef BAIGONG_"));
    struct str rest = str_sub(code, at == SIZE_MAX ? code.size : at + 8, SIZE_MAX), name, next;
    str_split(&rest, '\n', &name);
    str_split(&rest, '\n', &next);
    struct str define = str_from(form(tidy, "#define %.*s%s", str_trim(name), ""));
    bool guarded =
        at != SIZE_MAX && str_equal(str_trim(next), define) && str_ends(str_trim(name), STR("_H"));
    if (!guarded)
        find(tidy, source->path, 1, "guard", "no guard BAIGONG_..._H");
}

/* ---- layers ---- */

/* "src/domain/registry/x.c" and "domain/registry/x.h" give "domain/registry", src/main.c "main". */
static struct str room_of(struct str path)
{
    if (str_starts(path, STR("src/")))
        path = str_sub(path, 4, SIZE_MAX);
    if (str_equal(path, STR("main.c")))
        return STR("main");
    struct str rest = path, first, second;
    str_split(&rest, '/', &first);
    if (!str_equal(first, STR("domain")))
        return rest.size ? first : STR("");
    str_split(&rest, '/', &second);
    return str_sub(path, 0, first.size + 1 + second.size);
}

static bool has_word(struct str words, struct str word)
{
    struct str part;
    while (str_split(&words, ' ', &part)) {
        if (str_equal(part, word))
            return true;
    }
    return false;
}

static void check_include(struct tidy *tidy, const struct source *source, int line, struct str room,
                          struct str included)
{
    struct str target = room_of(included);
    if (str_ends(included, STR("_sql.h"))) /* gensql makes it of a .sql file */
        return;
    if (target.size == 0) {
        find(tidy, source->path, line, "layer",
             form(tidy, "%.*s: write room/file.h%s", included, ""));
        return;
    }
    if (str_equal(room, target))
        return;
    for (int i = 0; i < tidy->layer_count; i++) {
        if (str_equal(tidy->layers[i].room, room) && has_word(tidy->layers[i].below, target))
            return;
    }
    const char *room_text = str_z(&tidy->arena, room);
    check(room_text);
    find(tidy, source->path, line, "layer",
         form(tidy, "%.*s is not below %s in layers.txt", target, room_text));
}

static void check_layers(struct tidy *tidy, const struct source *source)
{
    struct str room = room_of(str_from(source->path));
    struct str rest = source->text, line, before, included;
    for (int number = 1; str_split(&rest, '\n', &line); number++) {
        if (!str_starts(line, STR("#include \"")))
            continue;
        str_split(&line, '"', &before);
        str_split(&line, '"', &included);
        check_include(tidy, source, number, room, included);
    }
}

/* ---- the tree as a whole ---- */

static void check_names(struct tidy *tidy)
{
    for (int i = 0; i < tidy->source_count; i++) {
        for (int other = 0; other < i; other++) {
            if (strcmp(tidy->sources[i].name, tidy->sources[other].name) == 0)
                find(tidy, tidy->sources[i].path, 1, "name",
                     text_in(&tidy->arena, "same name as %s", tidy->sources[other].path));
        }
    }
}

/* ---- statements: their functions are linked out of an archive, where a second of the same name
 * silently takes the place of the first ---- */

struct statement_name {
    struct str name;
    const struct source *source;
};

static void check_statement(struct tidy *tidy, const struct statement_name *statement, int line,
                            const struct statement_name *earlier, int earlier_count)
{
    for (int i = 0; i < earlier_count; i++)
        if (str_equal(earlier[i].name, statement->name))
            find(tidy, statement->source->path, line, "statement",
                 form(tidy, "%.*s stands in %s, too", statement->name, earlier[i].source->path));
}

static void check_statements(struct tidy *tidy)
{
    static struct statement_name statements[STATEMENTS_MAX];
    int count = 0;
    for (int i = 0; i < tidy->source_count; i++) {
        const struct source *source = &tidy->sources[i];
        if (!has_suffix(source->name, ".sql") || !has_prefix(source->path, "src/"))
            continue;
        struct str rest = source->text, line;
        for (int number = 1; str_split(&rest, '\n', &line); number++) {
            if (!str_starts(line, STR("-- name: ")))
                continue;
            check(count < STATEMENTS_MAX);
            struct str words = str_sub(line, STR("-- name: ").size, SIZE_MAX), name;
            str_split(&words, ' ', &name);
            statements[count] = (struct statement_name){name, source};
            check_statement(tidy, &statements[count], number, statements, count);
            count++;
        }
    }
}

/* Listed as 'x.c' in the folder's meson.build, or as 'folder/x.c' in one above. */
static bool is_listed(struct tidy *tidy, const char *path)
{
    const char *from = path;
    for (size_t cut = strlen(path); cut != SIZE_MAX; cut--) {
        if (cut > 0 && path[cut] != '/')
            continue;
        from = cut ? path + cut + 1 : path;
        const char *build =
            cut ? text_in(&tidy->arena, "%.*s/meson.build", (int)cut, path) : "meson.build";
        struct str text;
        bool found = read_file(tidy, build, &text) &&
                     str_find(text, str_from(text_in(&tidy->arena, "'%s'", from))) != SIZE_MAX;
        if (found)
            return true;
    }
    return false;
}

static void check_orphan(struct tidy *tidy, const struct source *source)
{
    bool built = has_suffix(source->name, ".c") || has_suffix(source->name, ".sql");
    if (built && !is_listed(tidy, source->path))
        find(tidy, source->path, 1, "orphan", "no meson.build names this file");
}

static void check_exceptions(struct tidy *tidy)
{
    for (int i = 0; i < tidy->exception_count; i++) {
        struct exception *exception = &tidy->exceptions[i];
        const char *path = str_z(&tidy->arena, exception->path);
        if (!exception->used && path)
            find(tidy, "tools/tidy_exceptions.txt", exception->line, "exception",
                 form(tidy, "%.*s is not needed for %s: remove it", exception->rule, path));
    }
}

static void check_source(struct tidy *tidy, const struct source *source)
{
    check_lines(tidy, source);
    check_orphan(tidy, source);
    if (has_suffix(source->name, ".sql"))
        return;
    check_comments(tidy, source);
    if (!is_c(source))
        return;
    check_banned(tidy, source);
    check_function_lengths(tidy, source);
    if (has_suffix(source->name, ".h"))
        check_guard(tidy, source);
    if (is_test(source))
        return;
    check_layers(tidy, source);
    check_sql_text(tidy, source);
}

int main(int argc, char **argv)
{
    static struct tidy tidy;
    if (argc != 2) {
        fprintf(stderr, "usage: tidy ROOT\n");
        return 2;
    }
    tidy.root = argv[1];
    arena_init(&tidy.arena, ARENA_SIZE_MAX);
    read_exceptions(&tidy);
    read_layers(&tidy);
    read_tree(&tidy);
    for (int i = 0; i < tidy.source_count; i++)
        check_source(&tidy, &tidy.sources[i]);
    check_names(&tidy);
    check_statements(&tidy);
    check_exceptions(&tidy);
    printf("%d files, %d findings\n", tidy.source_count, tidy.finding_count);
    arena_done(&tidy.arena);
    return tidy.finding_count ? 1 : 0;
}
