/* news_letter_content.h — the kept content of a letter, as the printer and the page want it.
 *
 * Memory   in the arena given; texts are views into the parsed content
 * Errors   ERR_JSON when the content is none of ours; ERR_MEMORY
 */
#ifndef BAIGONG_NEWS_LETTER_CONTENT_H
#define BAIGONG_NEWS_LETTER_CONTENT_H

#include "base/secret.h"
#include "print/print_letter.h"

/* content: struct letter's, as news_letter_read gives it. */
enum err news_letter_content(struct arena *arena, struct str content,
                             struct print_letter *ret_letter, struct fault *fault);

/* Where the content is sealed. */
struct secret_place news_letter_place(int64_t id);

#endif
