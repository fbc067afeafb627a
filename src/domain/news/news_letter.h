/* news_letter.h — official letters: composed from a template of the office, numbered without gaps,
 * kept as they were sent.
 *
 *     struct letter_request request = {.key = STR("g912…"), .kind = LETTER_GRANT, …};
 *     TRY(news_letter_make(w, book, &request, &letter_id));      fast; in the deciding transaction
 *     TRY(news_letter_file(env, arena, letter_id, &pdf, fault)); printed when first asked for
 *
 * The same key gives the same letter again. The number is given inside the transaction that keeps
 * the letter, so that none is lost, also with many processes. What is printed is kept sealed, with
 * its digest: a second print gives the same bytes for ever, whatever fonts the machine has then.
 *
 * Memory   results live in w->arena, or in the arena given
 * Errors   ERR_NOT_FOUND; ERR_CATALOGUE when the book has no template or office; ERR_LIMIT;
 *          ERR_SECRET; store errors
 * Limits   LETTER_ROWS_MAX rows of a table
 */
#ifndef BAIGONG_NEWS_LETTER_H
#define BAIGONG_NEWS_LETTER_H

#include "domain/news/news_book.h"
#include "store/work.h"

enum {
    LETTER_ROWS_MAX = 10000,
    LETTER_PAGE_MAX = 100, /* of a list of letters */
};

enum letter_kind {
    LETTER_GRANT = 1, /* 发放通知书 */
    LETTER_QUESTION,  /* 补正告知书 */
    LETTER_REFUSAL,   /* 不予发放决定书 */
    LETTER_RECOVERY,  /* 追回通知书 */
    LETTER_LIST,      /* 公示名单 */
    LETTER_KIND_COUNT
};

/* An article quoted: 《…实施意见》第九条 and its words. */
struct letter_article {
    struct str name, text;
};

struct letter_table {
    const struct str *heads;
    const int32_t *widths; /* share of each column; NULL: all alike */
    int32_t column_count, row_count;
    const struct str *cells; /* row by row */
};

struct letter_request {
    struct str key;
    enum letter_kind kind;
    int32_t division;
    int32_t made_day;
    int64_t person_id, organisation_id, case_id; /* 0: none */
    struct str to;                               /* 尊称或单位全称: 张三同志 */
    const struct news_value *values;             /* what the template asks for */
    int32_t value_count;
    const struct letter_article *articles;
    int32_t article_count;
    struct letter_table table; /* column_count 0: none */
};

struct letter {
    int64_t id;
    struct str key;
    enum letter_kind kind;
    int32_t division, number, year;
    struct str mark, title;
    int64_t person_id, organisation_id, case_id;
    int32_t made_day;
    int64_t made_ms;
    struct str actor;
    struct str content;     /* JSON, opened; only by news_letter_read */
    struct str file_digest; /* SM3, hexadecimal; empty until printed */
};

enum err news_letter_make(struct work *w, const struct news_book *book,
                          const struct letter_request *request, int64_t *ret_id);
/* With its content. Reading a clear content is the caller's to record. */
enum err news_letter_read(struct work *w, int64_t id, struct letter *ret_letter);

/* The printed file; prints and keeps it when it is asked for the first time. Runs its own units of
 * work. */
enum err news_letter_file(struct work_env *env, struct arena *arena, int64_t id,
                          struct str *ret_pdf, struct fault *fault);
/* Prints some that were never printed; *ret_count 0: none is left. For the background. */
enum err news_letter_print_some(struct work_env *env, int32_t count_max, int32_t *ret_count,
                                struct fault *fault);

/* Newest first, before a key. */
enum err news_letter_list(struct work *w, int32_t division_min, int32_t division_max,
                          int64_t before_id, int32_t row_count_max, struct letter **ret_letters,
                          int32_t *ret_count);
/* Of a person or an organisation (the other is 0), or of a case. */
enum err news_letter_of(struct work *w, int64_t person_id, int64_t organisation_id,
                        struct letter **ret_letters, int32_t *ret_count);
enum err news_letter_of_case(struct work *w, int64_t case_id, struct letter **ret_letters,
                             int32_t *ret_count);

const char *news_letter_kind_name(enum letter_kind kind);  /* "grant" */
const char *news_letter_kind_words(enum letter_kind kind); /* 发放通知书 */

#endif
