/* print_letter.h — an official letter on A4, as GB/T 9704-2012 lays out letters (信函格式), as PDF.
 *
 *   30 mm   issuer in red, a red double line 4 mm below it
 *           the letter's number (文号) at the right; two lines of room; title; addressee
 *           paragraphs of 28 characters and 22 lines a page, quotations, tables with their heads
 *           again on each page
 *           issuer and date at the right, with room for the seal over both
 *   277 mm  a red double line on the first page; page numbers from the second page on
 *
 * The same letter gives the same bytes on the same machine: no clock and no chance come in, and the
 * file bears the letter's own date. Other fonts or another cairo give other bytes: whoever promises
 * the bytes keeps them.
 *
 * Memory   the file lives in the arena given; Pango and cairo keep fonts for each thread
 * Errors   ERR_INPUT for text that is not UTF-8; ERR_LIMIT; ERR_MEMORY; ERR_IO when the fonts are
 *          missing
 * Units    lengths in points, 1/72 inch
 * Limits   PRINT_SIZE_MAX, PRINT_COLUMNS_MAX, PRINT_PAGES_MAX
 */
#ifndef BAIGONG_PRINT_LETTER_H
#define BAIGONG_PRINT_LETTER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

#include <stdint.h>

enum {
    PRINT_SIZE_MAX = 64 * 1024 * 1024,
    PRINT_COLUMNS_MAX = 12,
    PRINT_PAGES_MAX = 2000,
};

enum print_block_kind {
    PRINT_PARAGRAPH, /* two characters in */
    PRINT_FLUSH,     /* at the edge: an addressee */
    PRINT_HEADING,   /* two characters in, bold */
    PRINT_QUOTE,     /* two characters in on every line */
    PRINT_TABLE,
};

struct print_table {
    const struct str *heads;
    const int32_t *widths; /* shares; NULL: all alike */
    int32_t column_count, row_count;
    const struct str *cells; /* row by row */
};

struct print_block {
    enum print_block_kind kind;
    struct str text;
    struct print_table table; /* PRINT_TABLE */
};

struct print_letter {
    struct str issuer, mark, title;
    const struct print_block *blocks;
    int32_t block_count;
    struct str signer; /* the issuer again, or who signs for it */
    int32_t day;
    struct str foot; /* contact, small, under the signature; may be empty */
};

enum err print_letter_pdf(struct arena *arena, const struct print_letter *letter,
                          struct str *ret_pdf, struct fault *fault);

#endif
