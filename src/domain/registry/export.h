/* export.h — records of the registry as a table for people: CSV or XLSX, in the columns that import
 * takes. Its empty form is export_template.h.
 *
 * Personal values are masked unless a reason is given; the reason is written as an event
 * (registry.exported_clear) in a transaction of its own before the first row is read.
 *
 * Memory   flat as the rows grow
 * Errors   ERR_IO, ERR_STORE_FULL for the file; ERR_SECRET; store errors
 * Limits   TABLE_XLSX_ROWS_MAX rows in XLSX
 */
#ifndef BAIGONG_EXPORT_H
#define BAIGONG_EXPORT_H

#include "base/tabular.h"
#include "domain/registry/export_template.h"
#include "policy/vocab.h"
#include "store/work.h"

struct export_options {
    int32_t table;
    const char *path;
    enum table_format format;
    const char *clear_reason; /* why personal values are shown in full; NULL: masked */
    int64_t known_at_ms;      /* as known at; ABSENT_I64: now */
    void (*progress)(void *context, int64_t row_count); /* may be NULL */
    void *progress_context;
};

/* Writes the file; it appears under its name only when complete. */
enum err export_file(struct work_env *env, struct arena *arena, const struct vocab *vocab,
                     const struct export_options *options, int64_t *ret_row_count,
                     struct fault *fault);

#endif
