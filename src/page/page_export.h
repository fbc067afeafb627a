/* page_export.h — a list as a file to keep: a table_file in the format that the query asks for.
 *
 * The format is ?format=xlsx, else CSV. Export rows on a WORKER route.
 *
 * Memory   the file lives in the request's arena
 * Limits   EXPORT_ROWS_MAX rows; who needs more exports on the command line
 */
#ifndef BAIGONG_PAGE_EXPORT_H
#define BAIGONG_PAGE_EXPORT_H

#include "base/table_file.h"
#include "page/page.h"

enum { EXPORT_ROWS_MAX = 20000 };

enum err page_export_open(struct page *page, const struct table_file_column *columns,
                          int32_t column_count, struct table_file **ret_file);
/* Completes the file and makes it the reply; its name gets the ending. */
enum err page_export_send(struct page *page, struct table_file *file, const char *name);

#endif
