/* sheet_writer.h — writing one XLSX sheet row by row, for tabular.c; others use tabular.h.
 *
 * The sheet 数据 has styled, frozen titles with notes, text columns stay text, drop-down lists
 * stand below the title (long ones on a hidden sheet 选项). The finished file is inflated again and
 * its rows counted, because the library does not report a disk that was full for a while.
 *
 * Memory   malloc'd, flat as the rows grow (rows wait in an unnamed file beside the target)
 * Errors   ERR_STORE_FULL, ERR_IO, ERR_MEMORY; ERR_LIMIT and ERR_ENCODING name the cell
 */
#ifndef BAIGONG_SHEET_WRITER_H
#define BAIGONG_SHEET_WRITER_H

#include "base/tabular.h"

struct sheet_writer;

enum err sheet_writer_open(const char *path, const struct table_column *columns,
                           int32_t column_count, struct fault *fault,
                           struct sheet_writer **ret_writer);
enum err sheet_writer_row(struct sheet_writer *writer, const struct str *cells,
                          struct fault *fault);
/* Both end the writer; the file may be left incomplete: the caller removes it. */
enum err sheet_writer_close(struct sheet_writer *writer, struct fault *fault);
void sheet_writer_cancel(struct sheet_writer *writer); /* accepts NULL */

#endif
