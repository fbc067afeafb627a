/* sheet.h — reading one sheet of an XLSX workbook, row by row.
 *
 * Understood: shared, inline and formula strings (with phonetic runs left out), numbers, booleans,
 * errors, dates by built-in and custom formats in both epochs, gaps between cells and rows, merged
 * areas, stored formula results. A value that the file has lost is a problem of its cell
 * (table_row.h), not an error of the file.
 *
 * Memory   malloc'd: the shared strings (capped), one row, fixed buffers: flat as the rows grow
 * Errors   ERR_SHEET malformed or hostile, ERR_LIMIT, ERR_NOT_FOUND no such sheet, ERR_IO,
 *          ERR_MEMORY; messages are Chinese and name sheet and cell
 * Units    rows and columns count from 1
 * Limits   the constants below and those of sheet_package.h
 */
#ifndef BAIGONG_SHEET_H
#define BAIGONG_SHEET_H

#include "base/err.h"
#include "base/table_row.h"

enum {
    SHEET_ROWS_MAX = 1048576,             /* Excel's own */
    SHEET_COLUMNS_MAX = 1024,             /* as csv.h; empty cells further right are ignored */
    SHEET_CELLS_MAX = 100 * 1000 * 1000,  /* a full sheet of a hundred columns */
    SHEET_CELL_SIZE_MAX = 128 * 1024,     /* Excel's 32,767 characters at four bytes each */
    SHEET_ROW_SIZE_MAX = 4 * 1024 * 1024, /* as csv.h */
    SHEET_STRINGS_MAX = 8 * 1000 * 1000,  /* a name, an address each for some million people */
    SHEET_STRINGS_SIZE_MAX = 256 << 20,   /* bounds the memory of a reader */
    SHEET_STYLES_MAX = 65536,             /* Excel's own */
    SHEET_MERGES_MAX = 100 * 1000,        /* more is not a list of records */
    SHEET_COUNT_MAX = 1024,               /* sheets of a workbook */
};

struct sheet_options {
    const char *sheet_name; /* NULL: the first visible sheet */
    int64_t row_count_max;  /* 0: SHEET_ROWS_MAX */
};

struct sheet_reader;

/* options may be NULL; the bytes must outlive the reader. */
enum err sheet_reader_open(const char *path, const struct sheet_options *options,
                           struct fault *fault, struct sheet_reader **ret_reader);
enum err sheet_reader_open_memory(struct str bytes, const struct sheet_options *options,
                                  struct fault *fault, struct sheet_reader **ret_reader);
void sheet_reader_free(struct sheet_reader *reader); /* accepts NULL */

/* The next row that has any cell with a value or problem, NULL after the last one. After an error
 * the reader gives the same error again. */
enum err sheet_reader_next(struct sheet_reader *reader, struct fault *fault,
                           const struct table_row **ret_row);

/* The workbook's sheets in order, and which one is read. */
int32_t sheet_reader_sheet_count(const struct sheet_reader *reader);
struct str sheet_reader_sheet_name(const struct sheet_reader *reader, int32_t sheet_index);
bool sheet_reader_sheet_hidden(const struct sheet_reader *reader, int32_t sheet_index);
int32_t sheet_reader_current(const struct sheet_reader *reader);

/* How much of the sheet has been read, in thousandths. */
int32_t sheet_reader_progress(const struct sheet_reader *reader);

#endif
