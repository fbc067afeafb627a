#include "policy/lex.h"

#include "base/day.h"
#include "policy/policy_limits.h"

#include <string.h>

static const struct unit_word unit_words[] = {
#define UNIT_WORD(type, factor, zh, en) {type, factor, zh, en},
#include "policy/keyword.def"
};
enum { UNIT_WORD_COUNT = sizeof unit_words / sizeof unit_words[0] };

/* Where the reading stands. */
struct lexer {
    struct str rest;
    int32_t line, column;
};

static const struct {
    uint32_t character;
    char symbol;
} wide_symbols[] = {
    {0x3001, ','}, {0x00D7, '*'}, {0x00F7, '/'}, {0x2212, '-'}, {0x2264, 'l'}, {0x2265, 'g'},
    {0x2260, 'n'}, {0x2266, 'l'}, {0x2267, 'g'},
};

static const struct {
    uint32_t open, close;
} quotes[] = {{'"', '"'}, {0x300C, 0x300D}, {0x201C, 0x201D}, {0xFF02, 0xFF02}};

/* The ASCII form of a full-width character. */
static uint32_t narrow(uint32_t character)
{
    if (character >= 0xFF01 && character <= 0xFF5E)
        return character - 0xFF01 + '!';
    return character;
}

static uint32_t peek(const struct lexer *lexer)
{
    struct str rest = lexer->rest;
    return rest.size ? str_next_character(&rest) : 0;
}

static uint32_t peek_second(const struct lexer *lexer)
{
    struct str rest = lexer->rest;
    if (rest.size)
        str_next_character(&rest);
    return rest.size ? str_next_character(&rest) : 0;
}

static void step(struct lexer *lexer)
{
    uint32_t character = str_next_character(&lexer->rest);
    if (character == '\n') {
        lexer->line++;
        lexer->column = 1;
    } else {
        lexer->column++;
    }
}

static bool is_space(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0x3000 || c == 0xA0 ||
           c == 0xFEFF;
}

static bool is_digit(uint32_t c)
{
    c = narrow(c);
    return c >= '0' && c <= '9';
}

static bool is_ascii_letter(uint32_t c)
{
    c = narrow(c);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters of every script; not the punctuation blocks and not what counts as a symbol. */
static bool is_word_character(uint32_t c)
{
    c = narrow(c);
    if (c < 0x80)
        return is_digit(c) || is_ascii_letter(c) || c == '_';
    if (c == 0xFFFFFFFFu || c == 0xA0 || c == 0xD7 || c == 0xF7)
        return false;
    if (c == 0x3005 || c == 0x3007) /* 々 〇 */
        return true;
    return !(c >= 0x80 && c <= 0xB6) && !(c >= 0x2000 && c <= 0x2BFF) &&
           !(c >= 0x3000 && c <= 0x303F) && !(c >= 0xFE00 && c <= 0xFFFF);
}

static char symbol_of(uint32_t character)
{
    for (size_t i = 0; i < sizeof wide_symbols / sizeof wide_symbols[0]; i++)
        if (wide_symbols[i].character == character)
            return wide_symbols[i].symbol;
    character = narrow(character);
    if (character < 0x80 && character && strchr("()=<>+-*/,;:|.%!", (int)character))
        return (char)character;
    return 0;
}

static void lex_symbol(struct lexer *lexer, struct token *token)
{
    char first = symbol_of(peek(lexer));
    step(lexer);
    char second = lexer->rest.size ? symbol_of(peek(lexer)) : 0;
    static const struct {
        char first, second, symbol;
    } pairs[] = {{'<', '=', 'l'}, {'>', '=', 'g'}, {'!', '=', 'n'}, {'<', '>', 'n'},
                 {'=', '=', '='}, {'.', '.', 'r'}};
    token->kind = TOKEN_SYMBOL;
    token->value = first;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (pairs[i].first == first && pairs[i].second == second) {
            step(lexer);
            token->value = pairs[i].symbol;
            break;
        }
    if (token->value == '!')
        token->kind = TOKEN_BAD;
}

/* A text in quotes ends on its line: an opening quote left alone is a bad character. */
static bool lex_quoted(struct lexer *lexer, struct token *token)
{
    uint32_t open = peek(lexer), close = 0;
    for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++)
        if (quotes[i].open == open)
            close = quotes[i].close;
    if (!close)
        return false;
    struct lexer ahead = *lexer;
    step(&ahead);
    const char *start = ahead.rest.ptr;
    int32_t depth = 1;
    while (ahead.rest.size && peek(&ahead) != '\n') {
        const char *here = ahead.rest.ptr;
        uint32_t c = peek(&ahead);
        step(&ahead);
        if (c == open && open != close)
            depth++;
        if (c == close && --depth == 0) {
            token->kind = TOKEN_QUOTED;
            token->inner = (struct str){start, (size_t)(here - start)};
            *lexer = ahead;
            return true;
        }
    }
    return false;
}

static int32_t read_digits(struct lexer *lexer, int64_t *ret_number)
{
    int32_t count = 0;
    int64_t number = 0;
    while (lexer->rest.size && is_digit(peek(lexer))) {
        if (count < 17)
            number = number * 10 + (int64_t)(narrow(peek(lexer)) - '0');
        count++;
        step(lexer);
    }
    *ret_number = number;
    return count;
}

/* 2022-08-22, 2022-08 and 6-18-01-01: digits joined by hyphens. */
static bool lex_dashed(struct lexer *lexer, struct token *token)
{
    struct lexer ahead = *lexer;
    int64_t number;
    int32_t parts = 0, year_digits = 0;
    for (;;) {
        int32_t digits = read_digits(&ahead, &number);
        if (parts++ == 0)
            year_digits = digits;
        if (narrow(peek(&ahead)) != '-' || !is_digit(peek_second(&ahead)))
            break;
        step(&ahead);
    }
    if (parts == 1)
        return false;
    struct str text = {lexer->rest.ptr, (size_t)(ahead.rest.ptr - lexer->rest.ptr)};
    int32_t value;
    token->kind = TOKEN_CODE;
    if (year_digits == 4 && parts == 3 && day_parse(text, &value))
        token->kind = TOKEN_DAY, token->value = value;
    else if (year_digits == 4 && parts == 2 && month_parse(text, &value))
        token->kind = TOKEN_MONTH, token->value = value;
    *lexer = ahead;
    return true;
}

/* 2022年8月22日 and 2022年8月. */
static bool lex_chinese_day(struct lexer *lexer, struct token *token)
{
    struct lexer ahead = *lexer;
    int64_t number;
    if (read_digits(&ahead, &number) != 4 || peek(&ahead) != 0x5E74)
        return false;
    step(&ahead);
    if (read_digits(&ahead, &number) == 0 || peek(&ahead) != 0x6708)
        return false;
    step(&ahead);
    token->kind = TOKEN_MONTH;
    struct lexer longer = ahead;
    if (read_digits(&longer, &number) > 0 && peek(&longer) == 0x65E5) {
        step(&longer);
        ahead = longer;
        token->kind = TOKEN_DAY;
    }
    struct str text = {lexer->rest.ptr, (size_t)(ahead.rest.ptr - lexer->rest.ptr)};
    int32_t value = 0;
    bool read = token->kind == TOKEN_DAY ? day_parse(text, &value) : month_parse(text, &value);
    if (!read)
        token->kind = TOKEN_BAD;
    token->value = value;
    *lexer = ahead;
    return true;
}

static void lex_word(struct lexer *lexer, struct token *token)
{
    token->kind = TOKEN_WORD;
    bool latin = is_ascii_letter(peek(lexer));
    while (lexer->rest.size) {
        uint32_t c = peek(lexer);
        if (latin && narrow(c) == '-' && is_ascii_letter(peek_second(lexer))) {
            step(lexer);
            continue;
        }
        if (!is_word_character(c))
            break;
        step(lexer);
    }
}

static bool is_money_behind(struct lexer ahead)
{
    int64_t fraction;
    size_t size;
    struct token word;
    if (peek(&ahead) == '.') {
        step(&ahead);
        read_digits(&ahead, &fraction);
    }
    while (ahead.rest.size && peek(&ahead) == ' ')
        step(&ahead);
    const struct unit_word *unit = unit_prefix(ahead.rest, &size);
    if (!unit) {
        const char *start = ahead.rest.ptr;
        lex_word(&ahead, &word);
        unit = unit_of((struct str){start, (size_t)(ahead.rest.ptr - start)});
    }
    return unit && unit->type == TYPE_MONEY;
}

/* 75,000,000元: commas between groups of three belong to an amount of money; elsewhere they part
 * values. */
static void read_groups(struct lexer *lexer, int64_t *number, int32_t *digits)
{
    struct lexer ahead = *lexer;
    int64_t whole = *number, group;
    int32_t count = *digits;
    while (*digits <= 3 && count <= POLICY_NUMBER_DIGITS_MAX && peek(&ahead) == ',' &&
           is_digit(peek_second(&ahead))) {
        step(&ahead);
        if (read_digits(&ahead, &group) != 3)
            return;
        whole = whole * 1000 + group;
        count += 3;
    }
    if (count == *digits || !is_money_behind(ahead))
        return;
    *lexer = ahead;
    *number = whole;
    *digits = count;
}

static void lex_number(struct lexer *lexer, struct token *token)
{
    if (lex_dashed(lexer, token) || lex_chinese_day(lexer, token))
        return;
    int64_t whole;
    int32_t digits = read_digits(lexer, &whole);
    read_groups(lexer, &whole, &digits);
    int64_t fraction = 0, scale = 1000000;
    if (narrow(peek(lexer)) == '.' && is_digit(peek_second(lexer))) {
        step(lexer);
        while (lexer->rest.size && is_digit(peek(lexer))) {
            int64_t digit = (int64_t)(narrow(peek(lexer)) - '0');
            if (scale == 1 && digit != 0)
                digits = POLICY_NUMBER_DIGITS_MAX + 1;
            scale = scale > 1 ? scale / 10 : 1;
            fraction += scale == 1 && fraction % 10 ? 0 : digit * scale;
            step(lexer);
        }
    }
    token->kind = digits > POLICY_NUMBER_DIGITS_MAX ? TOKEN_BAD : TOKEN_NUMBER;
    token->value = token->kind == TOKEN_NUMBER ? whole * 1000000 + fraction : 0;
}

/* 30名左右: the unit ends where the longest unit word ends. Returns false when there is none. */
static bool lex_unit(struct lexer *lexer, struct token *token)
{
    size_t size;
    if (!unit_prefix(lexer->rest, &size))
        return false;
    const char *end = lexer->rest.ptr + size;
    while (lexer->rest.ptr < end)
        step(lexer);
    token->kind = TOKEN_WORD;
    return true;
}

static void lex_one(struct lexer *lexer, struct token *token, bool after_number)
{
    uint32_t c = peek(lexer);
    const char *start = lexer->rest.ptr;
    token->line = lexer->line;
    token->column = lexer->column;
    if (after_number && lex_unit(lexer, token))
        ;
    else if (narrow(c) == '#') {
        token->kind = TOKEN_NOTE;
        while (lexer->rest.size && peek(lexer) != '\n')
            step(lexer);
    } else if (lex_quoted(lexer, token))
        ;
    else if (is_digit(c))
        lex_number(lexer, token);
    else if (is_word_character(c))
        lex_word(lexer, token);
    else if (symbol_of(c))
        lex_symbol(lexer, token);
    else {
        token->kind = TOKEN_BAD;
        step(lexer);
    }
    token->text = (struct str){start, (size_t)(lexer->rest.ptr - start)};
    if (token->kind != TOKEN_QUOTED)
        token->inner = token->text;
}

static int32_t lex_pass(struct str text, int32_t line, int32_t column, struct token *tokens)
{
    struct lexer lexer = {.rest = text, .line = line, .column = column};
    int32_t count = 0;
    bool after_number = false;
    while (lexer.rest.size) {
        if (is_space(peek(&lexer))) {
            after_number = false;
            step(&lexer);
            continue;
        }
        struct token token = {0};
        lex_one(&lexer, &token, after_number);
        after_number = token.kind == TOKEN_NUMBER;
        if (tokens)
            tokens[count] = token;
        if (++count > POLICY_BLOCK_TOKENS_MAX)
            break;
    }
    return count;
}

enum err lex_text(struct arena *arena, struct str text, int32_t line, int32_t column,
                  struct token **ret_tokens, int32_t *ret_token_count)
{
    int32_t count = lex_pass(text, line, column, NULL);
    if (count > POLICY_BLOCK_TOKENS_MAX)
        return ERR_LIMIT;
    struct token *tokens = ARENA_NEW_ARRAY(arena, struct token, (size_t)count + 1);
    if (!tokens)
        return ERR_MEMORY;
    lex_pass(text, line, column, tokens);
    *ret_tokens = tokens;
    *ret_token_count = count;
    return ERR_OK;
}

bool lex_is_word(struct str text)
{
    struct lexer lexer = {.rest = text, .line = 1, .column = 1};
    if (text.size == 0 || is_digit(peek(&lexer)) || !is_word_character(peek(&lexer)))
        return false;
    struct token token;
    lex_word(&lexer, &token);
    return lexer.rest.size == 0;
}

const struct unit_word *unit_prefix(struct str text, size_t *ret_size)
{
    const struct unit_word *best = NULL;
    size_t best_size = 0;
    for (int32_t i = 0; i < UNIT_WORD_COUNT; i++) {
        struct str zh = str_from(unit_words[i].zh);
        if (zh.size > best_size && str_starts(text, zh)) {
            best = &unit_words[i];
            best_size = zh.size;
        }
    }
    if (best)
        *ret_size = best_size;
    return best;
}

const struct unit_word *unit_of(struct str word)
{
    for (int32_t i = 0; i < UNIT_WORD_COUNT; i++)
        if (str_equal_text(word, unit_words[i].zh) || str_equal_text(word, unit_words[i].en))
            return &unit_words[i];
    return NULL;
}

bool unit_value(const struct unit_word *unit, int64_t micros, int64_t *ret_value)
{
    int64_t product;
    if (__builtin_mul_overflow(micros / 1000000, unit->factor, &product))
        return false;
    int64_t rest;
    if (__builtin_mul_overflow(micros % 1000000, unit->factor, &rest) || rest % 1000000 != 0)
        return false;
    return !__builtin_add_overflow(product, rest / 1000000, ret_value);
}
