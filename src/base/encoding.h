/* encoding.h — text of outside files as UTF-8: recognised, converted, never guessed at byte level.
 *
 * Accepted: UTF-8 with or without BOM, GB18030 (and so GBK and GB 2312), UTF-16 with BOM. The
 * encoding is decided at the first byte that is not ASCII, over a window of
 * ENCODING_WINDOW_SIZE bytes: a text that is valid UTF-8 is UTF-8, else GB18030. One exception:
 * Chinese in UTF-8 takes three bytes a character, so a window whose only characters are two-byte
 * pairs in runs of two and more (通, CD A8, is such a pair) is GB18030.
 * A malformed byte ends the reading with its place; nothing is replaced or dropped.
 *
 * Memory   a reader is one block of fixed size from malloc; pieces live until the next call
 * Errors   ERR_ENCODING with byte offset and line; errors of the source pass through; ERR_MEMORY
 * Units    offsets in bytes from 0, lines from 1
 * Limits   any length of text; ENCODING_WINDOW_SIZE bytes are held at once
 */
#ifndef BAIGONG_ENCODING_H
#define BAIGONG_ENCODING_H

#include "base/byte_source.h"

enum encoding {
    ENCODING_ASCII, /* nothing but ASCII so far: reads the same in UTF-8 and GB18030 */
    ENCODING_UTF8,
    ENCODING_UTF8_BOM,
    ENCODING_GB18030,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_COUNT
};

/* 64 KiB: some hundred rows of evidence, and a piece that stays in the processor's cache. */
enum { ENCODING_WINDOW_SIZE = 64 * 1024 };

const char *encoding_name(enum encoding encoding);

struct encoding_reader;

enum err encoding_reader_new(struct byte_source source, struct fault *fault,
                             struct encoding_reader **ret_reader);
void encoding_reader_free(struct encoding_reader *reader); /* accepts NULL */

/* The next piece of the text in UTF-8, without BOM, whole characters only; size 0 at the end.
 * The first piece is at least half a window unless the text is shorter. */
enum err encoding_reader_next(struct encoding_reader *reader, struct fault *fault,
                              struct str *ret_piece);

/* What has been recognised so far; final when the end is reached. */
enum encoding encoding_reader_encoding(const struct encoding_reader *reader);

/* The whole text at once, into the arena. */
enum err encoding_to_utf8(struct arena *arena, struct str bytes, struct fault *fault,
                          struct str *ret_text);

/* Text in UTF-8 as GB18030, for systems that take nothing else. */
enum err encoding_to_gb18030(struct arena *arena, struct str text, struct fault *fault,
                             struct str *ret_bytes);

#endif
