/* registry_name.h — what a record is called where people read: a person's masked name, the name of
 * an organisation or a carrier, the main fields of others.
 *
 * Memory   results live in w->arena
 * Errors   store errors; a record that is gone has the name it had last
 */
#ifndef BAIGONG_REGISTRY_NAME_H
#define BAIGONG_REGISTRY_NAME_H

#include "policy/vocab.h"
#include "store/work.h"

/* 王*, 王*明, 欧***娜: the first and the last character of three or more stay. */
struct str registry_mask_name(struct arena *arena, struct str name);

/* owner_id is the record's own id for a root. "" for records without a name of their own. */
enum err registry_name(struct work *w, int32_t table, int64_t owner_id, int64_t id,
                       struct str *ret_name);

/* A record in a list: its name, or its main fields (济宁首席技师 2019-10-03). */
enum err registry_label(struct work *w, const struct vocab *vocab, int32_t table,
                        int64_t owner_id, int64_t id, struct str *ret_label);

#endif
