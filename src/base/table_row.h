/* table_row.h — one row of outside tabular data, the same from CSV and from XLSX.
 *
 * A cell carries its text as a person would read it (a date as 2026-03-02, a number without float
 * noise) and, where the file has lost or hidden the value, the problem with it. A problem is not an
 * error of the file: the caller refuses the row, or ignores a column it does not need.
 *
 * Memory   rows and texts live until the next call on their reader
 * Errors   none
 * Units    rows and columns count from 1
 */
#ifndef BAIGONG_TABLE_ROW_H
#define BAIGONG_TABLE_ROW_H

#include "base/text.h"

enum cell_type {
    CELL_EMPTY,
    CELL_TEXT,
    CELL_NUMBER, /* text is decimal: 12, -0.5 */
    CELL_DAY,    /* text is 2026-03-02 */
    CELL_TIME,   /* text is 2026-03-02 08:30:00, or 08:30:00 without a day */
    CELL_BOOL,   /* text is TRUE or FALSE */
};

enum cell_problem {
    CELL_FINE,
    CELL_DIGITS_LOST,  /* a long number kept as a number: only 15 digits survive */
    CELL_NO_RESULT,    /* a formula without a stored result */
    CELL_ERROR_RESULT, /* #N/A, #REF!, …; text is that word */
    CELL_COVERED,      /* inside a merged area, whose value stands in its first cell */
    CELL_BAD_DAY,      /* a day before 1900-01-01 or after 9999-12-31; text is the number */
    CELL_PROBLEM_COUNT
};

struct table_cell {
    struct str text; /* never a NULL pointer */
    enum cell_type type;
    enum cell_problem problem;
};

struct table_row {
    const struct table_cell *cells;
    int32_t cell_count; /* trailing empty cells are not counted */
    int64_t row_number; /* XLSX: the row in Excel; CSV: the line where the row begins */
};

/* The cell of a column, an empty one when the row is shorter. column counts from 1. */
struct table_cell table_row_cell(const struct table_row *row, int32_t column);

/* What is wrong, and the way out, in words for the person who sent the file; "" for CELL_FINE. */
const char *cell_problem_text(enum cell_problem problem);
const char *cell_problem_hint(enum cell_problem problem);

/* "A" for column 1, "Z" 26, "AA" 27, with the row behind it: the name people see in Excel. */
enum { CELL_NAME_SIZE = 32 };
const char *cell_name(int32_t column, int64_t row, char buffer[static CELL_NAME_SIZE]);

#endif
