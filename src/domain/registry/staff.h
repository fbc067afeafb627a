/* staff.h — the people of one employer, page by page, each with the highest level in force.
 *
 * Memory   results live in w->arena
 * Errors   store errors
 * Limits   STAFF_ROWS_MAX a page
 */
#ifndef BAIGONG_STAFF_H
#define BAIGONG_STAFF_H

#include "store/work.h"

enum { STAFF_ROWS_MAX = 200, STAFF_COUNT_MAX = 10000 };

struct staff_row {
    int64_t person_id;
    struct str name;   /* as registered: mask it */
    int32_t from_day;  /* of the earliest employment there that holds */
    int32_t level;     /* code of skill_level; ABSENT_I32: no certificate in force */
};

/* People employed there on w->today_day after a person's id, in the order of their ids; with a
 * piece of a name those who bear it. */
enum err registry_staff(struct work *w, int64_t organisation_id, struct str piece,
                        int64_t after_id, int32_t row_count_max, struct staff_row **ret_rows,
                        int32_t *ret_row_count);

/* How many there are; STAFF_COUNT_MAX when there are as many or more. */
enum err registry_staff_count(struct work *w, int64_t organisation_id, int64_t *ret_count);

#endif
