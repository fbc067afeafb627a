/* locale.h — the words of a language: a .po catalogue, read once at start.
 *
 * The texts of the program and of its templates are Chinese; a catalogue gives the words of another
 * language for each. What it does not give stays Chinese.
 *
 * Memory   the catalogue lives in the arena given and points into the text
 * Errors   ERR_VIEW with the line
 */
#ifndef BAIGONG_LOCALE_H
#define BAIGONG_LOCALE_H

#include "base/err.h"
#include "base/text.h"

struct locale;

/* msgid/msgstr pairs, comments, continued strings, \n \t \" \\; other keywords are refused. */
enum err locale_new(struct arena *arena, struct str po, struct locale **ret_locale,
                    struct fault *fault);

/* The words for a text; the text itself when there are none. locale NULL: Chinese. */
struct str locale_say(const struct locale *locale, struct str text);

int32_t locale_count(const struct locale *locale);

#endif
