/* news_redact.h — personal values in a text that is to be published: where they stand, and the text
 * without them.
 *
 * Found are identity numbers (also the old ones of 15 digits) whose check holds or whose form could
 * be one, mobile and other telephone numbers, bank accounts, and full names: runs of two to four
 * characters that begin with a surname and are a person of the registry. What is found is shown to
 * a person who decides; nothing is masked by itself. Digits are found also in full width and with
 * spaces or hyphens between them.
 *
 * Memory   results live in the arena given
 * Errors   ERR_MEMORY; ERR_LIMIT when more than REDACT_FINDINGS_MAX are found; store errors
 * Units    offsets and sizes in bytes
 */
#ifndef BAIGONG_NEWS_REDACT_H
#define BAIGONG_NEWS_REDACT_H

#include "store/work.h"

enum { REDACT_FINDINGS_MAX = 200 }; /* a person decides each */

enum redact_kind { REDACT_IDENTITY, REDACT_PHONE, REDACT_BANK, REDACT_NAME, REDACT_KIND_COUNT };

struct redact_finding {
    enum redact_kind kind;
    struct str text;   /* as it stands there */
    struct str masked; /* what would stand there instead */
    struct str found;  /* key of the value, without telling it: hexadecimal */
    struct str before, after; /* some characters around it */
    bool is_kept;
    struct str kept_by, kept_reason;
};

struct redact_list {
    struct redact_finding *rows; /* REDACT_FINDINGS_MAX */
    int32_t count;
};

enum err redact_list_new(struct arena *arena, struct redact_list *ret_list);

/* Numbers: needs no registry. Each different value is listed once. */
enum err redact_numbers(struct arena *arena, struct str text, struct redact_list *list);
/* Full names of people of the registry. */
enum err redact_names(struct work *w, struct str text, struct redact_list *list);

/* The text with every occurrence of a value replaced. */
struct str redact_replace(struct arena *arena, struct str text, struct str value,
                          struct str masked);

const char *redact_kind_words(enum redact_kind kind); /* 身份证号 */

#endif
