/* sheet_style.h — what an Excel number format makes of a number: plain, padded, day or time.
 *
 * Memory   none kept; texts are written into the caller's buffer
 * Errors   none: a value that is no day is a problem of its cell
 * Units    Excel's serial days, from 1900 or from 1904
 */
#ifndef BAIGONG_SHEET_STYLE_H
#define BAIGONG_SHEET_STYLE_H

#include "base/table_row.h"

enum style_kind {
    STYLE_NUMBER,
    STYLE_DAY,  /* shows year, month or day */
    STYLE_TIME, /* shows hours, minutes or seconds too, or only */
};

struct sheet_style {
    enum style_kind kind;
    int8_t zero_count; /* a format of zeros only pads the number to so many digits: 000123 */
};

struct sheet_style sheet_style_builtin(int32_t format_id);
struct sheet_style sheet_style_custom(const char *format_code);

enum { STYLE_TEXT_SIZE = 64 };

/* Sets type, problem and text (in buffer) of a cell from its number. */
struct table_cell sheet_style_cell(struct sheet_style style, double value, bool from_1904,
                                   char buffer[static STYLE_TEXT_SIZE]);

#endif
