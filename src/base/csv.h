/* csv.h — CSV as Chinese offices send it (RFC 4180 and its dialects), row by row, and written so
 * that their Excel opens it well.
 *
 * Reading: any encoding of encoding.h; delimiter ',' tab ';' '；' or '，' found in the first line
 * (or named by a first line "sep=;"); lines end in CRLF, LF or CR; quoted fields may hold
 * delimiters, doubled quotes and line ends. A quote inside an unquoted field is an ordinary
 * character (5"), after white space only it is an error, because Excel and RFC 4180 disagree
 * there. Lines without any character are skipped.
 * Writing: quotes only where needed; what is written reads back as the same rows.
 *
 * Memory   a reader is malloc'd and holds one row and one piece of text: flat as the file grows.
 *          A row lives until the next call on its reader
 * Errors   ERR_SHEET malformed, ERR_LIMIT, ERR_ENCODING, ERR_MEMORY, errors of the source or sink;
 *          messages are Chinese and name line, column and cell
 * Units    lines, rows and columns count from 1
 * Limits   the constants below
 */
#ifndef BAIGONG_CSV_H
#define BAIGONG_CSV_H

#include "base/byte_source.h"
#include "base/encoding.h"

enum {
    CSV_FIELD_SIZE_MAX = 128 * 1024,    /* Excel's 32,767 characters at four bytes each */
    CSV_COLUMNS_MAX = 1024,             /* the widest record has some tens of fields */
    CSV_ROW_SIZE_MAX = 4 * 1024 * 1024, /* bounds the memory of a reader */
    CSV_ROWS_MAX = 50 * 1000 * 1000,    /* ten rows for each resident of a large city */
};

struct csv_row {
    const struct str *cells; /* never NULL pointers; "" for an empty cell */
    int32_t cell_count;      /* at least 1 */
    int64_t row_number;      /* of rows given so far, this one included */
    int64_t line_number;     /* of the file, where the row begins */
};

struct csv_options {
    int64_t row_count_max; /* 0: CSV_ROWS_MAX */
    char delimiter;        /* 0: found in the first line */
};

struct csv_reader;

/* The source must outlive the reader. options may be NULL. */
enum err csv_reader_new(struct byte_source source, const struct csv_options *options,
                        struct fault *fault, struct csv_reader **ret_reader);
void csv_reader_free(struct csv_reader *reader); /* accepts NULL */

/* The next row, NULL after the last one. After an error the reader gives the same error again. */
enum err csv_reader_next(struct csv_reader *reader, struct fault *fault,
                         const struct csv_row **ret_row);

/* The delimiter found ("," before the first row) and the encoding so far. */
struct str csv_reader_delimiter(const struct csv_reader *reader);
enum encoding csv_reader_encoding(const struct csv_reader *reader);

enum csv_write_flags {
    CSV_PLAIN = 0,
    CSV_BOM = 1 << 0,   /* Excel in China reads UTF-8 only with it */
    CSV_CRLF = 1 << 1,  /* line ends of RFC 4180; LF without */
    CSV_GUARD = 1 << 2, /* an apostrophe before text that a spreadsheet would run as a formula:
                         * beginning with = + - @ tab or CR and not a plain number. Such cells do
                         * not read back the same: for files that people open, not for exchange */
    CSV_FOR_EXCEL = CSV_BOM | CSV_CRLF | CSV_GUARD,
};

struct csv_writer {
    struct byte_sink sink;
    unsigned flags; /* of csv_write_flags */
    char delimiter; /* 0 is ',' */
    bool started;   /* private: the first row is written */
};

/* Writes one row of count >= 1 cells. */
enum err csv_write_row(struct csv_writer *writer, const struct str *cells, int32_t count,
                       struct fault *fault);

#endif
