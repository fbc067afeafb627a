/* gensql.c — makes typed C functions of named SQL statements, and a table of the schema's steps.
 *
 *   gensql ROOM.sql ROOM_sql.c ROOM_sql.h      statements; the format is described in store/stmt.h
 *   gensql --schema OUT.c SCHEMA.sql...        the texts of the steps, in order of their numbers
 *
 * Part of the build: runs natively, reads only its arguments, and refuses a file with one line
 * "FILE:LINE: what is wrong". Checked here, so that it does not have to be found at run time:
 * every :parameter is declared and used, columns are counted, * is refused, one statement a name.
 *
 * Limits   SLOTS_MAX parameters or columns, STATEMENTS_MAX statements a file, ARENA_SIZE_MAX
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS_MAX = 64, /* STMT_SLOTS_MAX of store/stmt.h */
    STATEMENTS_MAX = 400,
    SCHEMA_STEPS_MAX = 999,
    ARENA_SIZE_MAX = 64 * 1024 * 1024,
    FILE_SIZE_MAX = 4 * 1024 * 1024
};

enum engine { SQLITE, POSTGRES, ENGINE_COUNT };
enum mode { MODE_EXEC, MODE_ONE, MODE_MANY, MODE_BULK, MODE_COUNT };
enum type { TYPE_INT64, TYPE_INT32, TYPE_TEXT, TYPE_BLOB, TYPE_COUNT };

static const char *const mode_names[MODE_COUNT] = {"exec", "one", "many", "bulk"};
static const char *const mode_constants[MODE_COUNT] = {"STMT_EXEC", "STMT_ONE", "STMT_MANY",
                                                       "STMT_BULK"};
static const struct {
    const char *name, *constant, *c_type;
} types[TYPE_COUNT] = {
    {"int64", "STMT_INT64", "int64_t "},
    {"int32", "STMT_INT32", "int32_t "},
    {"text", "STMT_TEXT", "struct str "},
    {"blob", "STMT_BLOB", "struct str "},
};

struct slot {
    struct str name;
    enum type type;
    bool optional;
};

struct slots {
    struct slot rows[SLOTS_MAX];
    int count;
};

struct statement {
    struct str name;
    enum mode mode;
    int line;
    struct slots in, out;
    struct text_buf text[ENGINE_COUNT]; /* as written */
    int text_line[ENGINE_COUNT];
    struct str sql[ENGINE_COUNT]; /* rewritten for the engine */
    struct str copy;
};

struct parser {
    struct statement *current;
    struct slots *list; /* a list that goes on in the next comment line; else NULL */
    enum engine engine; /* whose text is being read */
};

static struct arena arena;
static const char *path; /* of the file being read, for messages */
static struct statement *statements[STATEMENTS_MAX];
static int statement_count;

_Noreturn __attribute__((format(printf, 2, 3))) static void refuse(int line, const char *format,
                                                                   ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s:%d: ", path, line);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

/* ---- tokens of SQL ---- */

enum token_kind { TOKEN_END, TOKEN_SPACE, TOKEN_WORD, TOKEN_PARAMETER, TOKEN_QUOTED, TOKEN_MARK };

struct token {
    enum token_kind kind;
    struct str text; /* a parameter without its colon */
    int line;
};

struct lexer {
    struct str rest;
    int line;
};

static bool is_word_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || (unsigned char)byte >= 0x80;
}

static size_t word_size(struct str s)
{
    size_t size = 0;
    while (size < s.size && is_word_byte(s.ptr[size]))
        size++;
    return size;
}

/* Size of a quoted text with doubled quotes inside. */
static size_t quoted_size(struct str s, int line)
{
    char quote = s.ptr[0];
    for (size_t i = 1; i < s.size; i++) {
        if (s.ptr[i] != quote)
            continue;
        if (i + 1 < s.size && s.ptr[i + 1] == quote)
            i++;
        else
            return i + 1;
    }
    refuse(line, "a text that begins with %c is not closed", quote);
}

/* White space and comments together. */
static size_t space_size(struct str s, int line)
{
    size_t size = 0;
    while (size < s.size) {
        struct str rest = str_sub(s, size, s.size);
        if (isspace((unsigned char)rest.ptr[0])) {
            size++;
        } else if (str_starts(rest, STR("--"))) {
            size_t end = str_find(rest, STR("\n"));
            size += end == SIZE_MAX ? rest.size : end;
        } else if (str_starts(rest, STR("/*"))) {
            size_t end = str_find(rest, STR("*/"));
            if (end == SIZE_MAX)
                refuse(line, "a comment is not closed");
            size += end + 2;
        } else {
            break;
        }
    }
    return size;
}

static struct token next_token(struct lexer *lexer)
{
    struct str rest = lexer->rest;
    struct token token = {.kind = TOKEN_END, .line = lexer->line};
    if (rest.size == 0)
        return token;
    size_t size = space_size(rest, lexer->line);
    size_t skip = 0;
    if (size > 0) {
        token.kind = TOKEN_SPACE;
    } else if (rest.ptr[0] == '\'' || rest.ptr[0] == '"') {
        token.kind = TOKEN_QUOTED;
        size = quoted_size(rest, lexer->line);
    } else if (is_word_byte(rest.ptr[0])) {
        token.kind = TOKEN_WORD;
        size = word_size(rest);
    } else if (str_starts(rest, STR("::"))) {
        token.kind = TOKEN_MARK;
        size = 2;
    } else if (rest.ptr[0] == ':' && word_size(str_sub(rest, 1, rest.size)) > 0) {
        token.kind = TOKEN_PARAMETER;
        size = 1 + word_size(str_sub(rest, 1, rest.size));
        skip = 1;
    } else {
        token.kind = TOKEN_MARK;
        size = 1;
    }
    token.text = str_sub(rest, skip, size - skip);
    for (size_t i = 0; i < size; i++)
        lexer->line += rest.ptr[i] == '\n';
    lexer->rest = str_sub(rest, size, rest.size);
    return token;
}

static struct token next_solid_token(struct lexer *lexer)
{
    struct token token = next_token(lexer);
    while (token.kind == TOKEN_SPACE)
        token = next_token(lexer);
    return token;
}

static bool is_word(struct token token, const char *upper_case_word)
{
    return token.kind == TOKEN_WORD && strlen(upper_case_word) == token.text.size &&
           strncasecmp(token.text.ptr, upper_case_word, token.text.size) == 0;
}

static bool is_mark(struct token token, char mark)
{
    return token.kind == TOKEN_MARK && token.text.size == 1 && token.text.ptr[0] == mark;
}

static struct lexer lex(const struct statement *s, enum engine engine)
{
    return (struct lexer){text_str(&s->text[engine]), s->text_line[engine]};
}

/* ---- reading the file ---- */

static bool is_name(struct str s)
{
    for (size_t i = 0; i < s.size; i++) {
        if (!islower((unsigned char)s.ptr[i]) && s.ptr[i] != '_' &&
            !(i > 0 && isdigit((unsigned char)s.ptr[i])))
            return false;
    }
    return s.size > 0;
}

static int find_slot(const struct slots *slots, struct str name)
{
    for (int i = 0; i < slots->count; i++) {
        if (str_equal(slots->rows[i].name, name))
            return i;
    }
    return -1;
}

static struct slot parse_slot(struct str item, int line)
{
    struct slot slot = {0};
    if (!str_split(&item, ' ', &slot.name) || !is_name(slot.name))
        refuse(line, "expected NAME TYPE, found \"%.*s\"", STR_ARG(slot.name));
    struct str type = str_trim(item);
    slot.optional = str_ends(type, STR("?"));
    if (slot.optional)
        type.size--;
    for (int i = 0; i < TYPE_COUNT; i++) {
        if (str_equal_text(type, types[i].name)) {
            slot.type = (enum type)i;
            return slot;
        }
    }
    refuse(line, "\"%.*s\" has type \"%.*s\"; the types are int64, int32, text and blob, with ? "
                 "when absence is allowed", STR_ARG(slot.name), STR_ARG(type));
}

/* True when the list goes on in the next line: it ended with a comma. */
static bool parse_slots(struct slots *slots, struct str list, int line)
{
    bool goes_on = str_ends(str_trim(list), STR(","));
    struct str item;
    while (str_split(&list, ',', &item)) {
        item = str_trim(item);
        if (item.size == 0)
            continue;
        struct slot slot = parse_slot(item, line);
        if (find_slot(slots, slot.name) >= 0)
            refuse(line, "\"%.*s\" is declared twice", STR_ARG(slot.name));
        if (slots->count == SLOTS_MAX)
            refuse(line, "more than %d parameters or columns", SLOTS_MAX);
        slots->rows[slots->count++] = slot;
    }
    return goes_on;
}

static enum mode parse_mode(struct str text, int line)
{
    for (int i = 0; i < MODE_COUNT; i++) {
        if (text.size > 0 && text.ptr[0] == ':' &&
            str_equal_text(str_sub(text, 1, text.size), mode_names[i]))
            return (enum mode)i;
    }
    refuse(line, "expected -- name: NAME :exec, :one, :many or :bulk");
}

static void begin_statement(struct parser *parser, struct str rest, int line)
{
    struct str name;
    if (!str_split(&rest, ' ', &name) || !is_name(name))
        refuse(line, "expected a name of small letters, digits and _ after name:");
    for (int i = 0; i < statement_count; i++) {
        if (str_equal(statements[i]->name, name))
            refuse(line, "\"%.*s\" exists already in line %d", STR_ARG(name), statements[i]->line);
    }
    if (statement_count == STATEMENTS_MAX)
        refuse(line, "more than %d statements in a file", STATEMENTS_MAX);
    struct statement *s = ARENA_NEW(&arena, struct statement);
    check(s);
    s->name = name;
    s->mode = parse_mode(str_trim(rest), line);
    s->line = line;
    for (int i = 0; i < ENGINE_COUNT; i++)
        text_init(&s->text[i], &arena);
    statements[statement_count++] = s;
    *parser = (struct parser){.current = s};
}

static bool take_prefix(struct str *s, struct str prefix)
{
    if (!str_starts(*s, prefix))
        return false;
    *s = str_trim(str_sub(*s, prefix.size, s->size));
    return true;
}

static void parse_comment(struct parser *parser, struct str comment, int line)
{
    struct statement *s = parser->current;
    struct slots *list = parser->list;
    parser->list = NULL;
    if (take_prefix(&comment, STR("name:"))) {
        begin_statement(parser, comment, line);
        return;
    }
    bool in = take_prefix(&comment, STR("in:"));
    bool out = !in && take_prefix(&comment, STR("out:"));
    bool postgres = !in && !out && take_prefix(&comment, STR("postgres:"));
    if ((in || out || postgres) && !s)
        refuse(line, "a statement begins with -- name:");
    if ((in || out) && s->text[SQLITE].size > 0)
        refuse(line, "in: and out: stand before the text of the statement");
    if (in || out)
        list = in ? &s->in : &s->out;
    if (postgres)
        parser->engine = POSTGRES;
    else if (list && parse_slots(list, comment, line))
        parser->list = list;
}

static void parse_text(struct parser *parser, struct str line_text, int line)
{
    struct statement *s = parser->current;
    if (!s)
        refuse(line, "text before the first -- name:");
    struct text_buf *text = &s->text[parser->engine];
    if (text->size == 0)
        s->text_line[parser->engine] = line;
    text_add(text, line_text);
    text_add_byte(text, '\n');
}

static void parse_file(struct str rest)
{
    struct parser parser = {0};
    struct str line_text;
    for (int line = 1; str_split(&rest, '\n', &line_text); line++) {
        struct str trimmed = str_trim(line_text);
        bool inside = parser.current && parser.current->text[parser.engine].size > 0;
        if (str_starts(trimmed, STR("--")))
            parse_comment(&parser, str_trim(str_sub(trimmed, 2, trimmed.size)), line);
        else if (trimmed.size > 0)
            parse_text(&parser, line_text, line);
        if (inside && parser.current->text[parser.engine].size > 0 &&
            (trimmed.size == 0 || str_starts(trimmed, STR("--"))))
            text_add_byte(&parser.current->text[parser.engine], '\n'); /* keeps lines countable */
    }
}

/* ---- checking and rewriting ---- */

static void add_parameter(struct text_buf *out, const struct statement *s, enum engine engine,
                          struct token token, bool *used)
{
    int index = find_slot(&s->in, token.text);
    if (index < 0)
        refuse(token.line, ":%.*s is not declared in the in: list of %.*s", STR_ARG(token.text),
               STR_ARG(s->name));
    used[index] = true;
    text_format(out, "%c%d", engine == SQLITE ? '?' : '$', index + 1);
}

/* One line of SQL with numbered parameters, without comments and the closing semicolon. */
static struct str rewrite(const struct statement *s, enum engine written, enum engine engine)
{
    struct text_buf out;
    text_init(&out, &arena);
    bool used[SLOTS_MAX] = {false};
    bool space = false, ended = false, collate = false;
    struct lexer lexer = lex(s, written);
    for (struct token t = next_token(&lexer); t.kind != TOKEN_END; t = next_token(&lexer)) {
        if (t.kind == TOKEN_SPACE) {
            space = true;
            continue;
        }
        if (ended)
            refuse(t.line, "text after the semicolon: one statement a name");
        ended = is_mark(t, ';');
        if (ended)
            continue;
        if (space && out.size > 0)
            text_add_byte(&out, ' ');
        space = false;
        if (t.kind == TOKEN_PARAMETER)
            add_parameter(&out, s, engine, t, used);
        else if (collate && engine == POSTGRES && is_word(t, "PINYIN"))
            text_add_z(&out, "\"zh-Hans-x-icu\"");
        else if (collate && engine == POSTGRES && is_word(t, "BINARY"))
            text_add_z(&out, "\"C\"");
        else
            text_add(&out, t.text);
        collate = is_word(t, "COLLATE");
    }
    if (out.size == 0)
        refuse(s->line, "%.*s has no text", STR_ARG(s->name));
    for (int i = 0; i < s->in.count; i++) {
        if (!used[i])
            refuse(s->line, "%.*s declares :%.*s and does not use it", STR_ARG(s->name),
                   STR_ARG(s->in.rows[i].name));
    }
    return text_str(&out);
}

static bool ends_column_list(struct token token)
{
    static const char *const words[] = {"FROM",   "WHERE", "GROUP", "ORDER",     "LIMIT",
                                        "HAVING", "UNION", "EXCEPT", "INTERSECT"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (is_word(token, words[i]))
            return true;
    }
    return false;
}

/* Columns of the outer SELECT, or of RETURNING; 0 when there is neither (VALUES). */
static int count_columns(const struct statement *s, enum engine engine)
{
    int depth = 0, count = 0;
    bool counting = false;
    struct token before = {.kind = TOKEN_END};
    struct lexer lexer = lex(s, engine);
    for (struct token t = next_solid_token(&lexer); t.kind != TOKEN_END;
         t = next_solid_token(&lexer)) {
        depth += is_mark(t, '(') - is_mark(t, ')');
        if (depth < 0)
            refuse(t.line, "a ) has no (");
        bool first = is_word(before, "SELECT") || is_word(before, "RETURNING") ||
                     is_word(before, "DISTINCT") || is_mark(before, ',') || is_mark(before, '.');
        if (is_mark(t, '*') && first)
            refuse(t.line, "name the columns instead of *");
        bool outer = depth == 0;
        if (outer && ((is_word(t, "SELECT") && count == 0) || is_word(t, "RETURNING"))) {
            counting = true;
            count = 1;
        } else if (outer && counting && ends_column_list(t)) {
            counting = false;
        } else if (outer && counting && is_mark(t, ',')) {
            count++;
        }
        before = t;
    }
    if (depth != 0)
        refuse(s->line, "%.*s has a ( that is not closed", STR_ARG(s->name));
    return count;
}

static void check_columns(const struct statement *s, enum engine engine)
{
    bool gives_rows = s->mode == MODE_ONE || s->mode == MODE_MANY;
    if (gives_rows && s->out.count == 0)
        refuse(s->line, "%.*s is :%s and has no out: list", STR_ARG(s->name), mode_names[s->mode]);
    if (!gives_rows && s->out.count > 0)
        refuse(s->line, "%.*s is :%s and gives no rows, yet has an out: list", STR_ARG(s->name),
               mode_names[s->mode]);
    int count = count_columns(s, engine);
    if (gives_rows && count > 0 && count != s->out.count)
        refuse(s->line, "%.*s gives %d columns and its out: list has %d", STR_ARG(s->name), count,
               s->out.count);
}

static struct token expect_mark(struct lexer *lexer, char mark, const struct statement *s)
{
    struct token token = next_solid_token(lexer);
    if (!is_mark(token, mark))
        refuse(token.line, "%.*s is :bulk, which needs INSERT INTO table (columns) VALUES "
                           "(:parameters): expected %c", STR_ARG(s->name), mark);
    return token;
}

/* Reads "( item , item )" into items; returns the number. */
static int read_list(struct lexer *lexer, enum token_kind kind, struct str items[SLOTS_MAX],
                     const struct statement *s)
{
    int count = 0;
    expect_mark(lexer, '(', s);
    for (;;) {
        struct token item = next_solid_token(lexer);
        if (item.kind != kind || count == SLOTS_MAX)
            refuse(item.line, "%.*s is :bulk: only columns and plain parameters may stand in its "
                              "lists", STR_ARG(s->name));
        items[count++] = item.text;
        struct token mark = next_solid_token(lexer);
        if (is_mark(mark, ')'))
            return count;
        if (!is_mark(mark, ','))
            refuse(mark.line, "%.*s is :bulk: expected , or )", STR_ARG(s->name));
    }
}

/* COPY with the columns in the order of the in: list. */
static struct str make_copy(const struct statement *s)
{
    struct lexer lexer = lex(s, SQLITE);
    struct token insert = next_solid_token(&lexer), into = next_solid_token(&lexer);
    struct token table = next_solid_token(&lexer);
    if (!is_word(insert, "INSERT") || !is_word(into, "INTO") || table.kind != TOKEN_WORD)
        refuse(insert.line, "%.*s is :bulk, which begins with INSERT INTO table", STR_ARG(s->name));
    struct str columns[SLOTS_MAX], values[SLOTS_MAX];
    int column_count = read_list(&lexer, TOKEN_WORD, columns, s);
    struct token word = next_solid_token(&lexer);
    if (!is_word(word, "VALUES"))
        refuse(word.line, "%.*s is :bulk: expected VALUES", STR_ARG(s->name));
    int value_count = read_list(&lexer, TOKEN_PARAMETER, values, s);
    struct token end = next_solid_token(&lexer);
    if (end.kind != TOKEN_END && !is_mark(end, ';'))
        refuse(end.line, "%.*s is :bulk: nothing may follow VALUES (...)", STR_ARG(s->name));
    if (column_count != value_count || value_count != s->in.count)
        refuse(s->line, "%.*s has %d columns, %d values and %d parameters", STR_ARG(s->name),
               column_count, value_count, s->in.count);
    struct text_buf copy;
    text_init(&copy, &arena);
    text_format(&copy, "COPY %.*s (", STR_ARG(table.text));
    for (int i = 0; i < s->in.count; i++) {
        int at = 0;
        while (at < value_count && !str_equal(values[at], s->in.rows[i].name))
            at++;
        check(at < value_count); /* rewrite has seen each parameter used */
        text_format(&copy, "%s%.*s", i ? ", " : "", STR_ARG(columns[at]));
    }
    text_add_z(&copy, ") FROM STDIN (FORMAT binary)");
    return text_str(&copy);
}

static void finish_statement(struct statement *s)
{
    enum engine postgres = s->text[POSTGRES].size > 0 ? POSTGRES : SQLITE;
    s->sql[SQLITE] = rewrite(s, SQLITE, SQLITE);
    s->sql[POSTGRES] = rewrite(s, postgres, POSTGRES);
    check_columns(s, SQLITE);
    check_columns(s, postgres);
    if (s->mode == MODE_BULK)
        s->copy = make_copy(s);
}

/* ---- writing C ---- */

static void write_string(FILE *file, struct str s)
{
    if (!s.ptr) {
        fputs("NULL", file);
        return;
    }
    fputc('"', file);
    for (size_t i = 0; i < s.size; i++) {
        char byte = s.ptr[i];
        if (byte == '"' || byte == '\\')
            fputc('\\', file);
        if (byte == '\n')
            fputs(i + 1 < s.size ? "\\n\"\n    \"" : "\\n", file);
        else if (byte != '\r')
            fputc(byte, file);
    }
    fputc('"', file);
}

static void write_struct(FILE *header, const struct statement *s, const char *suffix,
                         const struct slots *slots)
{
    if (slots->count == 0)
        return;
    fprintf(header, "struct %.*s_%s {\n", STR_ARG(s->name), suffix);
    for (int i = 0; i < slots->count; i++) {
        const struct slot *slot = &slots->rows[i];
        fprintf(header, "    %s%.*s;%s\n", types[slot->type].c_type, STR_ARG(slot->name),
                slot->optional ? " /* may be absent */" : "");
    }
    fputs("};\n", header);
}

static void write_signature(FILE *file, const struct statement *s, const char *end)
{
    fprintf(file, "enum err %.*s(struct work *w", STR_ARG(s->name));
    if (s->in.count > 0)
        fprintf(file, ", const struct %.*s_in *in", STR_ARG(s->name));
    if (s->mode == MODE_ONE)
        fprintf(file, ", struct %.*s_out *ret_row", STR_ARG(s->name));
    else if (s->mode == MODE_MANY)
        fputs(", struct cursor *ret_cursor", file);
    else
        fputs(", int64_t *ret_changed_count", file);
    fprintf(file, ")%s\n", end);
    if (s->mode != MODE_MANY || end[0] != ';')
        return;
    fprintf(file, "enum err %.*s_next(struct cursor *cursor, struct %.*s_out *ret_row, "
                  "bool *ret_more);\n", STR_ARG(s->name), STR_ARG(s->name));
}

static void write_slots(FILE *file, const struct statement *s, const char *suffix,
                        const struct slots *slots)
{
    if (slots->count == 0)
        return;
    fprintf(file, "static const struct stmt_slot %.*s_%s_slots[] = {\n", STR_ARG(s->name), suffix);
    for (int i = 0; i < slots->count; i++) {
        const struct slot *slot = &slots->rows[i];
        fprintf(file, "    {\"%.*s\", %s, %s, offsetof(struct %.*s_%s, %.*s)},\n",
                STR_ARG(slot->name), types[slot->type].constant,
                slot->optional ? "true" : "false", STR_ARG(s->name), suffix, STR_ARG(slot->name));
    }
    fputs("};\n", file);
}

static void write_stmt(FILE *file, const struct statement *s)
{
    write_slots(file, s, "in", &s->in);
    write_slots(file, s, "out", &s->out);
    fprintf(file, "const struct stmt %.*s_stmt = {\n    .name = \"%.*s\",\n    .sqlite_text = ",
            STR_ARG(s->name), STR_ARG(s->name));
    write_string(file, s->sql[SQLITE]);
    fputs(",\n    .postgres_text = ", file);
    write_string(file, s->sql[POSTGRES]);
    fputs(",\n    .copy_text = ", file);
    write_string(file, s->copy);
    fprintf(file, ",\n    .mode = %s,\n", mode_constants[s->mode]);
    if (s->in.count > 0)
        fprintf(file, "    .in = %.*s_in_slots,\n    .in_count = %d,\n", STR_ARG(s->name),
                s->in.count);
    if (s->out.count > 0)
        fprintf(file, "    .out = %.*s_out_slots,\n    .out_count = %d,\n", STR_ARG(s->name),
                s->out.count);
    fputs("};\n\n", file);
}

static void write_functions(FILE *file, const struct statement *s)
{
    const char *in = s->in.count > 0 ? "in" : "NULL";
    write_signature(file, s, "");
    if (s->mode == MODE_ONE)
        fprintf(file, "{\n    return stmt_struct_one(w, &%.*s_stmt, %s, ret_row);\n}\n\n",
                STR_ARG(s->name), in);
    else if (s->mode == MODE_MANY)
        fprintf(file, "{\n    return stmt_struct_open(w, &%.*s_stmt, %s, ret_cursor);\n}\n\n"
                      "enum err %.*s_next(struct cursor *cursor, struct %.*s_out *ret_row, "
                      "bool *ret_more)\n{\n    check(cursor->stmt == &%.*s_stmt);\n"
                      "    return cursor_struct_next(cursor, ret_row, ret_more);\n}\n\n",
                STR_ARG(s->name), in, STR_ARG(s->name), STR_ARG(s->name), STR_ARG(s->name));
    else
        fprintf(file, "{\n    return stmt_struct_exec(w, &%.*s_stmt, %s, ret_changed_count);\n"
                      "}\n\n", STR_ARG(s->name), in);
}

static FILE *create(const char *out_path)
{
    FILE *file = fopen(out_path, "w");
    if (!file) {
        perror(out_path);
        exit(1);
    }
    return file;
}

static void finish(FILE *file, const char *out_path)
{
    bool bad = ferror(file) != 0;
    if (fclose(file) != 0 || bad) {
        perror(out_path);
        exit(1);
    }
}

/* File name without folders and extension. */
static struct str stem_of(const char *file_path)
{
    const char *slash = strrchr(file_path, '/');
    struct str stem = str_from(slash ? slash + 1 : file_path);
    size_t dot = str_find(stem, STR("."));
    return str_sub(stem, 0, dot);
}

static void write_header(const char *out_path, struct str stem)
{
    FILE *header = create(out_path);
    fprintf(header, "/* Made by tools/gensql from %.*s.sql: change that file. */\n"
                    "#ifndef BAIGONG_%.*s_SQL_H\n#define BAIGONG_%.*s_SQL_H\n\n"
                    "#include \"store/stmt.h\"\n\n", STR_ARG(stem), STR_ARG(stem), STR_ARG(stem));
    for (int i = 0; i < statement_count; i++) {
        const struct statement *s = statements[i];
        write_struct(header, s, "in", &s->in);
        write_struct(header, s, "out", &s->out);
        fprintf(header, "extern const struct stmt %.*s_stmt;\n", STR_ARG(s->name));
        write_signature(header, s, ";");
        fputc('\n', header);
    }
    fprintf(header, "/* Every statement of the file, for tests. */\n"
                    "enum { %.*s_sql_stmt_count = %d };\n"
                    "extern const struct stmt *const %.*s_sql_stmts[];\n\n#endif\n",
            STR_ARG(stem), statement_count, STR_ARG(stem));
    finish(header, out_path);
}

static void write_source(const char *out_path, struct str stem)
{
    FILE *file = create(out_path);
    fprintf(file, "/* Made by tools/gensql from %.*s.sql: change that file. */\n"
                  "#include \"%.*s_sql.h\"\n\n#include <stddef.h>\n\n"
                  "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n",
            STR_ARG(stem), STR_ARG(stem));
    for (int i = 0; i < statement_count; i++) {
        write_stmt(file, statements[i]);
        write_functions(file, statements[i]);
    }
    fprintf(file, "const struct stmt *const %.*s_sql_stmts[] = {\n", STR_ARG(stem));
    for (int i = 0; i < statement_count; i++)
        fprintf(file, "    &%.*s_stmt,\n", STR_ARG(statements[i]->name));
    fputs("};\n", file);
    finish(file, out_path);
}

/* ---- main ---- */

static struct str read_file(const char *file_path)
{
    FILE *file = fopen(file_path, "rb");
    char *bytes = malloc(FILE_SIZE_MAX);
    if (!file || !bytes) {
        perror(file_path);
        exit(1);
    }
    path = file_path;
    size_t size = fread(bytes, 1, FILE_SIZE_MAX, file);
    if (ferror(file) || size == FILE_SIZE_MAX)
        refuse(1, "the file cannot be read or is larger than %d bytes", FILE_SIZE_MAX);
    fclose(file);
    struct str text = str_copy(&arena, (struct str){bytes, size});
    free(bytes);
    check(text.ptr);
    if (!str_is_utf8(text) || memchr(text.ptr, '\0', text.size))
        refuse(1, "the file is not UTF-8 text");
    return text;
}

static int compare_stems(const void *a, const void *b)
{
    return str_compare(stem_of(*(char *const *)a), stem_of(*(char *const *)b));
}

/* Steps are numbered 0001, 0002, ... without gaps. */
static void check_step_name(struct str stem, int number)
{
    char prefix[16];
    snprintf(prefix, sizeof prefix, "%04d_", number);
    if (!str_starts(stem, str_from(prefix)) || stem.size < 6)
        refuse(1, "expected a step named %smodule_what.sql", prefix);
}

static int make_schema(const char *out_path, char **paths, int count)
{
    check(count <= SCHEMA_STEPS_MAX);
    qsort(paths, (size_t)count, sizeof *paths, compare_stems);
    FILE *file = create(out_path);
    fputs("/* Made by tools/gensql from the files of schema/. */\n#include \"store/migrate.h\"\n\n"
          "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n"
          "const struct schema_step schema_steps[] = {\n", file);
    for (int i = 0; i < count; i++) {
        struct str text = read_file(paths[i]);
        struct str stem = stem_of(paths[i]);
        check_step_name(stem, i + 1);
        fprintf(file, "    {%d, \"%.*s\",\n    ", i + 1, STR_ARG(stem));
        write_string(file, text);
        fputs("},\n", file);
    }
    fprintf(file, "};\n\nconst int32_t schema_step_count = %d;\n", count);
    finish(file, out_path);
    return 0;
}

static int make_statements(const char *sql_path, const char *source_path, const char *header_path)
{
    parse_file(read_file(sql_path));
    if (statement_count == 0)
        refuse(1, "the file has no statement (-- name: ...)");
    for (int i = 0; i < statement_count; i++)
        finish_statement(statements[i]);
    write_header(header_path, stem_of(sql_path));
    write_source(source_path, stem_of(sql_path));
    return 0;
}

int main(int argc, char **argv)
{
    arena_init(&arena, ARENA_SIZE_MAX);
    int status = 2;
    if (argc >= 4 && strcmp(argv[1], "--schema") == 0)
        status = make_schema(argv[2], argv + 3, argc - 3);
    else if (argc == 4)
        status = make_statements(argv[1], argv[2], argv[3]);
    else
        fputs("usage: gensql ROOM.sql ROOM_sql.c ROOM_sql.h | gensql --schema OUT.c FILE...\n",
              stderr);
    arena_done(&arena);
    return status;
}
