/* table_file.h — a table as the bytes of a file, for a reply: CSV or XLSX, row by row.
 *
 * Memory   the bytes live in the arena given; on their way they pass through a file of the folder
 *          of temporary files that only this user can read
 * Errors   ERR_IO, ERR_STORE_FULL, ERR_MEMORY; after an error of table_file_row the caller cancels
 * Limits   those of tabular.h
 */
#ifndef BAIGONG_TABLE_FILE_H
#define BAIGONG_TABLE_FILE_H

#include "base/err.h"
#include "base/text.h"

enum table_file_format { TABLE_FILE_CSV, TABLE_FILE_XLSX };
enum table_file_kind { TABLE_FILE_TEXT, TABLE_FILE_NUMBER, TABLE_FILE_DAY };

struct table_file_column {
    const char *title;
    enum table_file_kind kind;
};

enum { TABLE_FILE_COLUMNS_MAX = 40 };

struct table_file;

enum err table_file_open(struct arena *arena, enum table_file_format format,
                         const struct table_file_column *columns, int32_t column_count,
                         struct fault *fault, struct table_file **ret_file);
/* One cell for each column. */
enum err table_file_row(struct table_file *file, const struct str *cells, struct fault *fault);
/* Completes the file and ends it, also on failure. */
enum err table_file_close(struct table_file *file, struct fault *fault, struct str *ret_bytes);
void table_file_cancel(struct table_file *file); /* accepts NULL */

#endif
