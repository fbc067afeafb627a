/* news_book.h — what the office writes: its names and marks by division (catalogue/office.csv), the
 * texts of its letters (catalogue/letter.csv) and of its messages (catalogue/message.csv).
 *
 * In a text {{name}} stands for a value; {{#name}}…{{/name}} is left out when the value is missing
 * or empty. A text that asks for a value nobody gives is refused when the letter is made, not sent
 * with a hole.
 *
 * Memory   in the arena given; read-only once loaded
 * Errors   ERR_CATALOGUE with file and line; ERR_IO; ERR_LIMIT
 * Limits   NEWS_BOOK_ROWS_MAX rows of each table
 */
#ifndef BAIGONG_NEWS_BOOK_H
#define BAIGONG_NEWS_BOOK_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

#include <stdint.h>

enum { NEWS_BOOK_ROWS_MAX = 400 };

struct news_office {
    int32_t division; /* holds for it and what lies below */
    struct str name, credit_code;
    struct str mark; /* 济人社: first part of a 文号 */
    struct str section, phone, address;
};

/* One paragraph of a kind of letter; part: mark, title, body, articles, table, closing. */
struct news_paragraph {
    struct str kind, part, text;
};

enum message_channel { MESSAGE_SMS = 1, MESSAGE_EMAIL };

struct news_message_text {
    struct str kind;
    enum message_channel channel;
    bool is_urgent; /* also in quiet hours */
    struct str subject, text;
};

struct news_book {
    const struct news_office *offices;
    int32_t office_count;
    const struct news_paragraph *paragraphs;
    int32_t paragraph_count;
    const struct news_message_text *messages;
    int32_t message_count;
};

struct news_value {
    const char *name;
    struct str text;
};

/* folder: the catalogue's. */
enum err news_book_load(struct arena *arena, const char *folder, struct news_book *ret_book,
                        struct fault *fault);

/* The office of a division, or of the city or province above it; NULL when there is none. */
const struct news_office *news_office_of(const struct news_book *book, int32_t division);
const struct news_message_text *news_message_text_of(const struct news_book *book,
                                                     const char *kind);

/* Fills a text. ERR_CATALOGUE when it names a value that is not given or is not well-formed. */
enum err news_fill(struct arena *arena, struct str text, const struct news_value *values,
                   int32_t value_count, struct str *ret_text, struct fault *fault);

#endif
