/* tabular.h — outside tables, whatever the file: one reader and one writer for CSV and XLSX.
 *
 * The format is recognised by content, never by the file's name: an .xls that is really a CSV or
 * an HTML page, an encrypted workbook, a PDF are told apart, and what cannot be read is refused
 * with the way out.
 * CSV cells as spreadsheets and office systems export them are undone: ="00123" and '=x give their
 * text; 1.10105E+17 is CELL_DIGITS_LOST.
 *
 * Memory   readers are malloc'd and flat as the file grows; a row lives until the next call
 * Errors   those of csv.h and sheet.h; ERR_IO when the file cannot be opened, ERR_SHEET for a
 *          format that is not read; messages are Chinese
 * Units    rows and columns count from 1
 * Limits   those of csv.h and sheet.h
 */
#ifndef BAIGONG_TABULAR_H
#define BAIGONG_TABULAR_H

#include "base/csv.h"
#include "base/sheet.h"
#include "base/table_row.h"

enum table_format { TABLE_CSV, TABLE_XLSX };

struct table_options {
    const char *sheet_name; /* NULL: the first visible sheet; ignored for CSV */
    int64_t row_count_max;  /* 0: the format's limit */
};

struct table_reader;

/* options may be NULL; the bytes must outlive the reader. */
enum err table_reader_open(const char *path, const struct table_options *options,
                           struct fault *fault, struct table_reader **ret_reader);
enum err table_reader_open_memory(struct str bytes, const struct table_options *options,
                                  struct fault *fault, struct table_reader **ret_reader);
void table_reader_free(struct table_reader *reader); /* accepts NULL */

/* The next row with any value, NULL after the last one. */
enum err table_reader_next(struct table_reader *reader, struct fault *fault,
                           const struct table_row **ret_row);

enum table_format table_reader_format(const struct table_reader *reader);
/* How much of the file has been read, in thousandths. */
int32_t table_reader_progress(const struct table_reader *reader);

/* ---- writing ---- */

enum table_column_kind {
    TABLE_TEXT,   /* identity numbers, phones, codes: stays text in Excel */
    TABLE_NUMBER, /* written as a number where the text is one */
    TABLE_DAY,    /* written as a day where the text is one (2026-03-02) */
};

struct table_column {
    const char *title;
    enum table_column_kind kind;
    int32_t width;              /* in characters of Excel; 0: from the title */
    bool required;              /* the title stands out */
    const char *note;           /* comment at the title; NULL or "" for none */
    const char *const *choices; /* drop-down list below the title */
    int32_t choice_count;       /* 0: free text */
};

enum {
    TABLE_TEMPLATE_ROWS = 10000,   /* rows below the title that have formats and lists */
    TABLE_XLSX_ROWS_MAX = 1048575, /* Excel's rows without the title */
    TABLE_XLSX_CELL_MAX = 32767,   /* Excel's characters in a cell */
};

struct table_writer;

/* Writes the titles. The file appears under its name only when table_writer_close succeeds: until
 * then it is path with ".part" and a number behind it. Columns must stay until the writer ends. */
enum err table_writer_open(const char *path, enum table_format format,
                           const struct table_column *columns, int32_t column_count,
                           struct fault *fault, struct table_writer **ret_writer);

/* One cell for each column. Absent (NULL) and empty cells are left empty. */
enum err table_writer_row(struct table_writer *writer, const struct str *cells,
                          struct fault *fault);

/* Completes the file and ends the writer, also on failure; then nothing is left behind. */
enum err table_writer_close(struct table_writer *writer, struct fault *fault);

/* Ends the writer without a file. Accepts NULL. */
void table_writer_cancel(struct table_writer *writer);

/* .xlsx gives TABLE_XLSX, any other name TABLE_CSV: for choosing what to write. */
enum table_format table_format_of_name(const char *path);

#endif
