/* csv_file.h — a CSV file on disk, opened and closed as one thing; rows are read with csv.h.
 *
 * Errors   ERR_IO with the path; errors of csv_reader_new. On an error nothing stays open.
 */
#ifndef BAIGONG_CSV_FILE_H
#define BAIGONG_CSV_FILE_H

#include "base/csv.h"

struct csv_file {
    FILE *file;
    struct csv_reader *reader;
};

/* ---- small tables that the program comes with */

struct csv_table {
    const char *path;
    const char *heads; /* the first line, as it has to be: "day,kind,name" */
    /* Told of each row behind it; every row has as many cells as the heading. */
    enum err (*on_row)(void *context, const struct csv_row *row, struct fault *fault);
    void *context;
    int32_t row_count_max;
};

/* ERR_CATALOGUE with file and line for another heading or number of cells, ERR_LIMIT. */
enum err csv_table_read(const struct csv_table *table, struct fault *fault);
/* ERR_CATALOGUE with the table's path, the row's line and what is wrong. */
enum err csv_table_refuse(const struct csv_table *table, const struct csv_row *row,
                          struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- any file */

enum err csv_file_open(const char *path, struct fault *fault, struct csv_file *ret_file);
void csv_file_close(struct csv_file *file); /* may be called twice */

#endif
