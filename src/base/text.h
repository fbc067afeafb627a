/* text.h — UTF-8 text: a view (struct str) and a growing buffer in an arena (struct text_buf).
 *
 * Memory   a view owns nothing; a buffer's bytes live in its arena
 * Errors   a buffer that cannot grow becomes failed and stays so: test once at the end
 * Units    sizes in bytes; positions of people (columns) count Unicode characters
 */
#ifndef BAIGONG_TEXT_H
#define BAIGONG_TEXT_H

#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *ptr; /* not zero-terminated; NULL means "absent" where absence has a meaning */
    size_t size;
};

#define STR(literal) ((struct str){("" literal), sizeof(literal) - 1})
#define STR_ARG(s) (int)(s).size, (s).ptr ? (s).ptr : "" /* for "%.*s" */

struct str str_from(const char *zero_terminated); /* NULL gives an absent str */
bool str_equal(struct str a, struct str b);
bool str_equal_text(struct str a, const char *zero_terminated);
int str_compare(struct str a, struct str b); /* by bytes: the order of code points */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Byte offset of the first occurrence, or SIZE_MAX. */
size_t str_find(struct str s, struct str part);
struct str str_sub(struct str s, size_t offset, size_t size); /* clipped to s */
struct str str_trim(struct str s); /* ASCII white space, U+3000 and a leading BOM */
/* Takes the part before the first separator from *rest; false when *rest was used up. */
bool str_split(struct str *rest, char separator, struct str *ret_part);
struct str str_copy(struct arena *arena, struct str s); /* zero-terminated; ptr NULL on failure */
const char *str_z(struct arena *arena, struct str s);   /* zero-terminated copy, NULL on failure */

/* Whole decimal number in ASCII or full-width digits, with optional sign; false when malformed. */
bool str_to_i64(struct str s, int64_t *ret_value);

/* The number in decimal, in the caller's buffer. */
enum { I64_TEXT_SIZE = 20 }; /* -9223372036854775808; no zero behind it */
struct str str_of_i64(int64_t value, char buffer[I64_TEXT_SIZE]);

/* Decodes one character and advances; returns 0xFFFFFFFF for a malformed byte (one byte read). */
uint32_t str_next_character(struct str *rest);
bool str_is_utf8(struct str s);
size_t str_character_count(struct str s);
/* Columns on a terminal: East Asian wide characters count two. */
size_t str_display_width(struct str s);

struct text_buf {
    struct arena *arena;
    char *ptr;
    size_t size;
    size_t capacity;
    bool failed;
};

struct text_buf *text_new(struct arena *arena); /* NULL when out of memory */
void text_init(struct text_buf *buf, struct arena *arena);
void text_add(struct text_buf *buf, struct str s);
void text_add_z(struct text_buf *buf, const char *zero_terminated);
void text_add_byte(struct text_buf *buf, char byte);
void text_add_character(struct text_buf *buf, uint32_t character);
void text_add_repeat(struct text_buf *buf, char byte, size_t count);
void text_format(struct text_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_format_list(struct text_buf *buf, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
/* Pads with spaces to width terminal columns after s. */
void text_add_padded(struct text_buf *buf, struct str s, size_t width);
struct str text_str(const struct text_buf *buf); /* valid until the next addition */

/* Formats into the arena; never NULL: "" when out of memory. */
const char *text_in(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
