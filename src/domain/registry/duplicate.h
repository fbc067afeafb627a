/* duplicate.h — persons that stand in the registry twice: found, joined, and parted again.
 *
 * Two current persons are suspected when they share the birth day, and the same or nearly the same
 * name, and something more: phone, bank account, or a second kind of identity paper.
 * Joining moves every record of the second person to the first and withdraws the second; parting
 * gives back what came from there and restores the person. Both write events, nothing is lost.
 *
 * Memory   results live in w->arena
 * Errors   ERR_NOT_FOUND, ERR_INPUT; ERR_FACT_HELD when a person cannot be restored
 * Limits   DUPLICATE_PAIRS_MAX pairs at once
 */
#ifndef BAIGONG_DUPLICATE_H
#define BAIGONG_DUPLICATE_H

#include "store/work.h"

enum { DUPLICATE_PAIRS_MAX = 10000 };

struct duplicate_pair {
    int64_t first_id; /* the one known longer */
    int64_t second_id;
    struct str first_name, second_name;
    int32_t birth_day;
    bool same_phone, same_bank_account, other_paper;
};

/* Streams over all current persons, day of birth by day of birth. */
enum err person_duplicates(struct work *w, struct duplicate_pair **ret_pairs,
                           int32_t *ret_pair_count);

/* Joins dropped into kept; *ret_join_id is what person_part takes. */
enum err person_join(struct work *w, int64_t kept_id, int64_t dropped_id, struct str reason,
                     int64_t *ret_join_id);
enum err person_part(struct work *w, int64_t join_id);
/* Who was kept in a join, parted or not; ERR_NOT_FOUND. */
enum err person_of_join(struct work *w, int64_t join_id, int64_t *ret_kept_id);

/* Whether two names may be one person's: equal without spaces and dots, or one character of at
 * least three differs. */
bool duplicate_names_near(struct str a, struct str b);

#endif
