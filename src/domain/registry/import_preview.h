/* import_preview.h — the first rows of a file as an import would understand them, before anything
 * is put: nothing of the store is asked, so it takes milliseconds whatever the file's size.
 *
 * Personal values are masked.
 *
 * Memory   results live in the given arena
 * Errors   those of import_pipe.h: ERR_IMPORT for titles that do not fit, ERR_SHEET, ERR_ENCODING
 * Limits   IMPORT_PREVIEW_ROWS rows
 */
#ifndef BAIGONG_IMPORT_PREVIEW_H
#define BAIGONG_IMPORT_PREVIEW_H

#include "domain/registry/import.h"

enum { IMPORT_PREVIEW_ROWS = 8 };

struct import_preview_column {
    struct str title;  /* as in the file */
    const char *label; /* of the field it fills; NULL: the column is not used */
};

struct import_preview_row {
    int64_t row_number;
    const struct str *cells; /* one a column, in words */
    const char *problem;     /* the first one; NULL when the row may be put as far as is known */
};

struct import_preview {
    const struct import_preview_column *columns;
    int32_t column_count;
    struct import_preview_row rows[IMPORT_PREVIEW_ROWS];
    int32_t row_count;
};

/* Of options only table, divisions and path count. */
enum err import_preview(struct work_env *env, struct arena *arena, const struct vocab *vocab,
                        const struct import_options *options, struct import_preview *ret_preview,
                        struct fault *fault);

/* A record whose titles the file has, when it lacks those of the one it was said to be; -1 when
 * there is none or it cannot be read. */
int32_t import_guess(struct arena *arena, const char *path);

#endif
