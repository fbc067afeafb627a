#include "policy/reading.h"

#include <stdlib.h>

static const struct {
    const char *zh, *en;
} words[KEYWORD_COUNT] = {
#define STATEMENT_WORD(token, kind, zh, en) [KEY_STATEMENT_##token] = {zh, en},
#define CLAUSE_WORD(token, zh, en) [CLAUSE_##token] = {zh, en},
#define WORD(token, zh, en) [KEY_##token] = {zh, en},
#include "policy/keyword.def"
};

static const struct {
    enum keyword keyword;
    const char *zh, *en;
} spellings[] = {
#define SPELLING(token, zh, en) {KEY_##token, zh, en},
#include "policy/keyword.def"
};

static const struct {
    enum keyword keyword;
    enum statement_kind kind;
} statement_words[] = {
#define STATEMENT_WORD(token, kind, zh, en) {KEY_STATEMENT_##token, kind},
#include "policy/keyword.def"
};
_Static_assert(sizeof statement_words / sizeof statement_words[0] == STATEMENT_KIND_COUNT,
               "every kind of statement has its word");

static const enum keyword clause_words[] = {
#define CLAUSE_WORD(token, zh, en) CLAUSE_##token,
#include "policy/keyword.def"
};
enum { CLAUSE_WORD_COUNT = sizeof clause_words / sizeof clause_words[0] };

const char *keyword_zh(enum keyword keyword)
{
    return words[keyword].zh;
}

const char *keyword_en(enum keyword keyword)
{
    return words[keyword].en;
}

bool keyword_is(enum keyword keyword, struct str word)
{
    if (str_equal_text(word, words[keyword].zh) || str_equal_text(word, words[keyword].en))
        return true;
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++)
        if (spellings[i].keyword == keyword && (str_equal_text(word, spellings[i].zh) ||
                                                str_equal_text(word, spellings[i].en)))
            return true;
    return false;
}

void keyword_spell(enum keyword keyword, struct token *token)
{
    token_spell(token, words[keyword].zh, words[keyword].en);
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++)
        if (spellings[i].keyword == keyword && (str_equal_text(token->text, spellings[i].zh) ||
                                                str_equal_text(token->text, spellings[i].en)))
            token_spell(token, spellings[i].zh, spellings[i].en);
}

enum keyword keyword_clause(struct str word)
{
    for (int32_t i = 0; i < CLAUSE_WORD_COUNT; i++)
        if (str_equal_text(word, words[clause_words[i]].zh) ||
            str_equal_text(word, words[clause_words[i]].en))
            return clause_words[i];
    return KEY_NONE;
}

enum keyword keyword_statement(struct str word, enum statement_kind *ret_kind)
{
    for (int32_t i = 0; i < STATEMENT_KIND_COUNT; i++)
        if (keyword_is(statement_words[i].keyword, word)) {
            *ret_kind = statement_words[i].kind;
            return statement_words[i].keyword;
        }
    return KEY_NONE;
}

const char *statement_kind_word(enum statement_kind kind, enum policy_spelling spelling)
{
    for (int32_t i = 0; i < STATEMENT_KIND_COUNT; i++)
        if (statement_words[i].kind == kind)
            return spelling == SPELLING_ZH ? words[statement_words[i].keyword].zh
                                           : words[statement_words[i].keyword].en;
    return "";
}

enum { NEAREST_LETTERS_MAX = 48 };

static int32_t decode(struct str text, uint32_t letters[NEAREST_LETTERS_MAX])
{
    int32_t count = 0;
    while (text.size && count < NEAREST_LETTERS_MAX)
        letters[count++] = str_next_character(&text);
    return count;
}

/* Letters to change, add or take away: Levenshtein's distance. */
static int32_t distance(const uint32_t *a, int32_t a_count, const uint32_t *b, int32_t b_count)
{
    int32_t row[NEAREST_LETTERS_MAX + 1];
    for (int32_t i = 0; i <= b_count; i++)
        row[i] = i;
    for (int32_t i = 1; i <= a_count; i++) {
        int32_t diagonal = row[0];
        row[0] = i;
        for (int32_t k = 1; k <= b_count; k++) {
            int32_t best = diagonal + (a[i - 1] != b[k - 1]);
            diagonal = row[k];
            if (row[k] + 1 < best)
                best = row[k] + 1;
            if (row[k - 1] + 1 < best)
                best = row[k - 1] + 1;
            row[k] = best;
        }
    }
    return row[b_count];
}

const char *nearest_word(struct str word, const char *const *candidates, int32_t count)
{
    uint32_t letters[NEAREST_LETTERS_MAX], other[NEAREST_LETTERS_MAX];
    int32_t letter_count = decode(word, letters);
    const char *best = NULL;
    int32_t best_distance = letter_count <= 3 ? 2 : letter_count / 2 + 1;
    for (int32_t i = 0; i < count; i++) {
        int32_t other_count = decode(str_from(candidates[i]), other);
        int32_t d = distance(letters, letter_count, other, other_count);
        if (d < best_distance && d < other_count && d < letter_count) {
            best = candidates[i];
            best_distance = d;
        }
    }
    return best;
}

const char *nearest_statement_word(struct str word)
{
    const char *candidates[2 * STATEMENT_KIND_COUNT];
    for (int32_t i = 0; i < STATEMENT_KIND_COUNT; i++) {
        candidates[2 * i] = words[statement_words[i].keyword].zh;
        candidates[2 * i + 1] = words[statement_words[i].keyword].en;
    }
    return nearest_word(word, candidates, 2 * STATEMENT_KIND_COUNT);
}

const char *nearest_clause_word(struct str word)
{
    const char *candidates[2 * CLAUSE_WORD_COUNT];
    for (int32_t i = 0; i < CLAUSE_WORD_COUNT; i++) {
        candidates[2 * i] = words[clause_words[i]].zh;
        candidates[2 * i + 1] = words[clause_words[i]].en;
    }
    return nearest_word(word, candidates, 2 * CLAUSE_WORD_COUNT);
}
