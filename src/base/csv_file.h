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

enum err csv_file_open(const char *path, struct fault *fault, struct csv_file *ret_file);
void csv_file_close(struct csv_file *file); /* may be called twice */

#endif
