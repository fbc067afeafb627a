#include "domain/registry/studio.h"

#include "studio_sql.h"

enum err studio_list(struct work *w, int32_t division_min, int32_t division_max, int32_t kind,
                     struct studio_key after, int32_t row_count_max, struct studio_key *ret_keys,
                     int32_t *ret_count, struct studio_key *ret_next)
{
    struct studio_page_in in = {after.organisation_id, after.id, division_min, division_max,
                                STUDIO_LOOK_MAX};
    struct cursor cursor;
    struct studio_page_out row = {0};
    bool more = true;
    int32_t count = 0, look_count = 0;
    check(row_count_max <= STUDIO_ROWS_MAX);
    TRY(studio_page(w, &in, &cursor));
    while (count < row_count_max) {
        TRY(studio_page_next(&cursor, &row, &more));
        if (!more)
            break;
        look_count++;
        if (row.is_inside && (kind == 0 || row.kind == kind))
            ret_keys[count++] = (struct studio_key){row.organisation_id, row.id};
    }
    cursor_close(&cursor);
    *ret_count = count;
    *ret_next = more || look_count == STUDIO_LOOK_MAX
                    ? (struct studio_key){row.organisation_id, row.id}
                    : (struct studio_key){0};
    return ERR_OK;
}

enum err studio_read(struct work *w, int64_t id, struct fact *ret_fact)
{
    struct studio_organisation_in in = {id};
    struct studio_organisation_out out;
    TRY(studio_organisation(w, &in, &out));
    return fact_read(w, REGISTRY_carrier, out.organisation_id, id, ret_fact);
}
