/* export_template.h — the empty table of a record, to be filled in and imported.
 *
 * Memory   flat
 * Errors   ERR_IO, ERR_STORE_FULL for the file
 */
#ifndef BAIGONG_EXPORT_TEMPLATE_H
#define BAIGONG_EXPORT_TEMPLATE_H

#include "policy/vocab.h"

/* An XLSX file with the titles, notes and drop-down lists of a record. */
enum err export_template(struct arena *arena, const struct vocab *vocab, int32_t table,
                         const char *path, struct fault *fault);

#endif
