/* import_errors.h — the file of refused rows: each as it was given, with cell, reason and remedy.
 *
 * Rows go into a CSV file that may be taken back to a position, so that it can follow the
 * transactions of an import. When its name ends in .xlsx that CSV is made beside it (NAME.csv) and
 * becomes a workbook when the import has come to its end.
 *
 * Memory   flat; texts of one row in the given arena
 * Errors   ERR_IO, ERR_STORE_FULL, ERR_MEMORY; those of tabular.h
 */
#ifndef BAIGONG_IMPORT_ERRORS_H
#define BAIGONG_IMPORT_ERRORS_H

#include "domain/registry/import_row.h"

#include <stdio.h>

struct import_errors {
    const char *path;     /* NULL: nobody wants the rows */
    const char *csv_path; /* path itself unless that is to be a workbook */
    FILE *file;
    int64_t size; /* bytes that count */
};

/* Goes on at size of a file that a broken-off import left; errors->size is 0 when the file is
 * another one. The path must stay. */
enum err import_errors_open(struct import_errors *errors, struct arena *arena, const char *path,
                            int64_t size, struct fault *fault);

/* What was written behind size is forgotten. */
enum err import_errors_go_back(struct import_errors *errors, int64_t size, struct fault *fault);

/* Adds a row that has problems. */
enum err import_errors_row(struct import_errors *errors, struct arena *arena,
                           const struct import_header *header, const struct import_row *row,
                           struct fault *fault);

/* Everything added is on the disk. */
enum err import_errors_sync(struct import_errors *errors, struct fault *fault);

/* Ends the file; is_complete: the import came to its end, so a workbook is made. A file without
 * rows is removed. */
enum err import_errors_close(struct import_errors *errors, bool is_complete, struct fault *fault);

/* Name of the cell of a problem ("C5"), or the number of the row. */
void import_problem_cell(const struct import_header *header, const struct import_row *row,
                         const struct field_problem *problem, char buffer[CELL_NAME_SIZE]);

#endif
