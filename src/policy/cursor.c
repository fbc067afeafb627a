#include "policy/reading.h"

#include "base/day.h"

#include <stdarg.h>
#include <stdio.h>

static struct token end_token = {.kind = TOKEN_END};

void *reading_take(struct reading *reading, size_t count, size_t size)
{
    void *memory = arena_alloc_array(reading->arena, count ? count : 1, size);
    if (!memory)
        reading_give_up(reading, ERR_MEMORY);
    return memory;
}

void reading_give_up(struct reading *reading, enum err code)
{
    longjmp(reading->give_up, (int)code);
}

void reading_exceeds(struct reading *reading, const char *words)
{
    reading->exceeded = words;
    reading_give_up(reading, ERR_POLICY_LIMIT);
}

void *reading_grow(struct reading *reading, void *rows, int32_t count, int32_t *capacity,
                   size_t size)
{
    if (count < *capacity)
        return rows;
    int32_t wanted = *capacity ? *capacity * 2 : 8;
    void *grown = reading_take(reading, (size_t)wanted, size);
    if (count)
        memcpy(grown, rows, (size_t)count * size);
    *capacity = wanted;
    return grown;
}

void token_spell(struct token *token, const char *zh, const char *en)
{
    token->zh = zh;
    token->en = en;
}

struct span token_span(int32_t document, const struct token *first, const struct token *last)
{
    struct span span = {.document = document, .line = first->line, .column = first->column};
    if (!first->text.ptr || !last->text.ptr) /* behind the last word */
        return span;
    span.text.ptr = first->text.ptr;
    span.text.size = (size_t)(last->text.ptr + last->text.size - first->text.ptr);
    return span;
}

struct token *cursor_peek_at(struct cursor *cursor, int32_t ahead)
{
    if (cursor->failed || cursor->next + ahead >= cursor->end)
        return &end_token;
    return &cursor->tokens[cursor->next + ahead];
}

struct token *cursor_peek(struct cursor *cursor)
{
    return cursor_peek_at(cursor, 0);
}

struct token *cursor_take(struct cursor *cursor)
{
    struct token *token = cursor_peek(cursor);
    if (token->kind != TOKEN_END)
        cursor->next++;
    return token;
}

bool cursor_done(struct cursor *cursor)
{
    return cursor_peek(cursor)->kind == TOKEN_END;
}

bool cursor_is(struct cursor *cursor, enum keyword keyword)
{
    struct token *token = cursor_peek(cursor);
    return (token->kind == TOKEN_WORD || token->kind == TOKEN_SYMBOL) &&
           keyword_is(keyword, token->text);
}

bool cursor_accept(struct cursor *cursor, enum keyword keyword)
{
    if (!cursor_is(cursor, keyword))
        return false;
    keyword_spell(keyword, cursor_take(cursor));
    return true;
}

bool cursor_symbol_is(struct cursor *cursor, char symbol)
{
    struct token *token = cursor_peek(cursor);
    return token->kind == TOKEN_SYMBOL && token->value == symbol;
}

bool cursor_accept_symbol(struct cursor *cursor, char symbol)
{
    if (!cursor_symbol_is(cursor, symbol))
        return false;
    cursor_take(cursor);
    return true;
}

/* The next word, or what stands last when all words are used up. */
static struct span cursor_span(struct cursor *cursor)
{
    int32_t at = cursor->next < cursor->end ? cursor->next : cursor->next - 1;
    if (at < 0)
        return (struct span){.document = -1};
    return token_span(cursor->document, &cursor->tokens[at], &cursor->tokens[at]);
}

void cursor_fail(struct cursor *cursor, const char *rule, const char *hint, const char *format, ...)
{
    if (cursor->failed)
        return;
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, said(cursor->reading, format), arguments);
    va_end(arguments);
    finding_add(cursor->reading, FINDING_ERROR, rule, cursor_span(cursor), hint, "%s", message);
    cursor->failed = true;
}

static void cursor_fail_expected(struct cursor *cursor, const char *what)
{
    const char *wanted = said(cursor->reading, what);
    struct token *token = cursor_peek(cursor);
    if (token->kind == TOKEN_END)
        cursor_fail(cursor, "syntax", "", "the clause ends where %s should follow", wanted);
    else
        cursor_fail(cursor, "syntax", "", "'%.*s' stands where %s should follow",
                    STR_ARG(token->text), wanted);
}

bool cursor_expect(struct cursor *cursor, enum keyword keyword)
{
    if (cursor->failed)
        return false;
    if (cursor_accept(cursor, keyword))
        return true;
    char wanted[128];
    snprintf(wanted, sizeof wanted, "%s (%s)", keyword_zh(keyword), keyword_en(keyword));
    cursor_fail_expected(cursor, wanted);
    return false;
}

bool cursor_expect_symbol(struct cursor *cursor, char symbol)
{
    if (cursor->failed)
        return false;
    if (cursor_accept_symbol(cursor, symbol))
        return true;
    char wanted[4] = {'\'', symbol, '\'', 0};
    cursor_fail_expected(cursor, wanted);
    return false;
}

struct str cursor_name(struct cursor *cursor, const char *what)
{
    struct token *token = cursor_peek(cursor);
    if (token->kind == TOKEN_WORD || (token->kind == TOKEN_QUOTED && token->inner.size))
        return cursor_take(cursor)->inner;
    cursor_fail_expected(cursor, what);
    return (struct str){0};
}

struct str cursor_text(struct cursor *cursor)
{
    if (cursor_done(cursor)) {
        cursor_fail_expected(cursor, "a text");
        return (struct str){"", 0};
    }
    struct token *first = cursor_peek(cursor);
    struct token *last = &cursor->tokens[cursor->end - 1];
    cursor->next = cursor->end;
    if (first == last)
        return first->inner;
    return token_span(0, first, last).text;
}

bool cursor_cites(struct cursor *cursor, struct span **ret_cites, int32_t *ret_count)
{
    struct span *cites = NULL;
    int32_t count = 0, capacity = 0;
    while (cursor_peek(cursor)->kind == TOKEN_QUOTED) {
        struct token *token = cursor_take(cursor);
        GROW(cursor->reading, cites, count, &capacity);
        cites[count] = token_span(cursor->document, token, token);
        cites[count].text = token->inner;
        cites[count++].column++;
    }
    if (count == 0)
        cursor_fail_expected(cursor, "a quoted phrase");
    *ret_cites = cites;
    *ret_count = count;
    return count > 0;
}

bool cursor_whole_day(struct cursor *cursor, bool last, int32_t *ret_day)
{
    struct token *token = cursor_peek(cursor);
    if (token->kind == TOKEN_DAY) {
        *ret_day = (int32_t)cursor_take(cursor)->value;
        return true;
    }
    if (token->kind == TOKEN_MONTH) {
        int32_t month = (int32_t)cursor_take(cursor)->value;
        *ret_day = last ? month_last_day(month) : month_first_day(month);
        return true;
    }
    int64_t year = token->value / 1000000;
    if (token->kind == TOKEN_NUMBER && token->value % 1000000 == 0 && year >= DAY_PARSE_YEAR_MIN &&
        year <= DAY_PARSE_YEAR_MAX) {
        cursor_take(cursor);
        struct token *unit = cursor_peek(cursor);
        if (unit->kind == TOKEN_WORD && keyword_is(KEY_CALENDAR_YEAR, unit->text))
            keyword_spell(KEY_CALENDAR_YEAR, cursor_take(cursor));
        *ret_day = last ? year_last_day((int32_t)year) : year_first_day((int32_t)year);
        return true;
    }
    cursor_fail_expected(cursor, "a date");
    return false;
}

void cursor_end(struct cursor *cursor)
{
    struct token *token = cursor_peek(cursor);
    if (token->kind != TOKEN_END)
        cursor_fail(cursor, "syntax", "", "'%.*s' is not expected here", STR_ARG(token->text));
}
