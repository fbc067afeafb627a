/* lex.h — a block's text into words: names, quoted text, numbers, days, symbols, notes.
 *
 * Full-width digits, letters and punctuation mean their ASCII forms. A unit written directly behind
 * a number is a word of its own (1000元 is 1000 and 元).
 *
 * Memory   tokens point into the text; the array lives in the arena
 * Errors   none of its own: what has no meaning becomes TOKEN_BAD, for the parser to refuse;
 *          ERR_LIMIT when there are more than POLICY_BLOCK_TOKENS_MAX words
 */
#ifndef BAIGONG_LEX_H
#define BAIGONG_LEX_H

#include "policy/ast.h"

/* Words of a text that begins at a line and column. Notes are tokens; line ends are not. */
enum err lex_text(struct arena *arena, struct str text, int32_t line, int32_t column,
                  struct token **ret_tokens, int32_t *ret_token_count);

/* True when text is one word of the language, so that it can be printed without quotes. */
bool lex_is_word(struct str text);

struct unit_word {
    enum type_kind type;
    int64_t factor; /* runtime value of one: fen, months, days, pieces */
    const char *zh, *en;
};

/* The longest unit that text begins with in its Chinese spelling, or the English one that it is;
 * NULL when there is none. */
const struct unit_word *unit_prefix(struct str text, size_t *ret_size);
const struct unit_word *unit_of(struct str word);
/* A number of 1/1 000 000 in a unit as a runtime value; false when it is not whole or too large. */
bool unit_value(const struct unit_word *unit, int64_t micros, int64_t *ret_value);

#endif
