/* studio.h — studios, stations and bases (records of carrier): the list, and one by its own id.
 *
 * Memory   results live in w->arena
 * Errors   ERR_NOT_FOUND; store errors
 * Limits   STUDIO_LOOK_MAX are looked at for a page
 */
#ifndef BAIGONG_STUDIO_H
#define BAIGONG_STUDIO_H

#include "domain/registry/fact.h"

enum {
    STUDIO_ROWS_MAX = 200,
    STUDIO_LOOK_MAX = 5000, /* the largest city has some thousand */
};

struct studio_key {
    int64_t organisation_id, id;
};

/* Those of organisations in the divisions, of a kind (0: any), after a key. ret_next: where the
 * next page goes on; id 0 when this was the last. */
enum err studio_list(struct work *w, int32_t division_min, int32_t division_max, int32_t kind,
                     struct studio_key after, int32_t row_count_max, struct studio_key *ret_keys,
                     int32_t *ret_count, struct studio_key *ret_next);

/* The current version by its own id. */
enum err studio_read(struct work *w, int64_t id, struct fact *ret_fact);

#endif
