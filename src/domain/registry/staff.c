#include "domain/registry/staff.h"

#include "staff_sql.h"

#include "base/record.h"

enum err registry_staff(struct work *w, int64_t organisation_id, struct str piece,
                        int64_t after_id, int32_t row_count_max, struct staff_row **ret_rows,
                        int32_t *ret_row_count)
{
    check(row_count_max > 0 && row_count_max <= STAFF_ROWS_MAX);
    struct staff_row *rows =
        ARENA_NEW_ARRAY(w->arena, struct staff_row, (size_t)row_count_max);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for the people of an employer");
    struct staff_with_level_in in = {organisation_id, after_id, piece.ptr ? piece : STR(""),
                                     w->today_day, row_count_max};
    struct cursor cursor;
    TRY(staff_with_level(w, &in, &cursor));
    int32_t count = 0;
    for (;;) {
        struct staff_with_level_out row;
        bool more;
        TRY(staff_with_level_next(&cursor, &row, &more));
        if (!more)
            break;
        rows[count++] = (struct staff_row){row.person_id, str_copy(w->arena, row.name),
                                           row.from_day, row.level};
    }
    *ret_rows = rows;
    *ret_row_count = count;
    return ERR_OK;
}

enum err registry_staff_count(struct work *w, int64_t organisation_id, int64_t *ret_count)
{
    struct staff_total_out row;
    TRY(staff_total(w, &(struct staff_total_in){organisation_id, w->today_day, STAFF_COUNT_MAX},
                    &row));
    *ret_count = row.row_count;
    return ERR_OK;
}
