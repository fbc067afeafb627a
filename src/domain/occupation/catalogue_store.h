/* catalogue_store.h — copies the loaded code tables into the database, for those who read it
 * without this program and must join codes to names.
 *
 * A catalogue whose entries have the digest of the copy is left alone, so that loading twice does
 * nothing; a changed one is replaced whole and told of by the event catalogue.loaded.
 *
 * Memory   nothing kept
 * Errors   store errors; runs inside a WORK_WRITE
 */
#ifndef BAIGONG_CATALOGUE_STORE_H
#define BAIGONG_CATALOGUE_STORE_H

#include "domain/occupation/catalogues.h"
#include "store/work.h"

struct catalogue_store_report {
    int32_t changed_count; /* catalogues and registers replaced */
    int32_t kept_count;    /* that were the same */
    int32_t row_count;     /* rows written */
};

enum err catalogues_store(struct work *w, const struct catalogues *catalogues,
                          struct catalogue_store_report *ret_report);

#endif
