/* incentive_place.h — who stands for the places of quotas, in their order (internal to the room).
 *
 * A granted candidate of a rule with a quota stands in incentive_place: its window, and its rank as
 * bytes that compare as the keys of the quota do, then the keys of a result. The first rows of a
 * window, as many as the limit says, have its places. So a change looks at the first rows of the
 * windows it meets and at those who had a place there; whoever else stands is not read.
 *
 * Memory   lists live in the arena given
 * Errors   store errors, ERR_MEMORY, ERR_OVERFLOW
 * Limits   PLACE_KEYS_MAX keys of an order: a policy with more is swept (holder_plan)
 */
#ifndef BAIGONG_INCENTIVE_PLACE_H
#define BAIGONG_INCENTIVE_PLACE_H

#include "domain/incentive/incentive_align.h"

enum {
    PLACE_KEYS_MAX = 5,
    /* keys with a byte for absence, period, and the ids from root to subject and to basis */
    PLACE_RANK_SIZE = 9 * PLACE_KEYS_MAX + 8 + 2 * 8 * 4,
};

struct place {
    int64_t holder_id; /* only in those read */
    int64_t rule_id;
    int32_t statement; /* of the rule; only in those found */
    int32_t window_key, period;
    int32_t rank_size;
    char rank[PLACE_RANK_SIZE];
    bool is_taken;
};

struct place_list {
    struct arena *arena;
    struct place *rows;
    int32_t count, capacity;
};
bool place_list_add(struct place_list *list, const struct place *place);
const struct place *place_find(const struct place_list *list, const struct place *place);

/* Adds the place as one of its window, unless the list has one. */
bool place_add_window(struct place_list *windows, const struct place *place);

/* Where a granted decision of a rule with a quota stands; rule_id is that of the plan. */
struct place place_of_decision(const struct holder_plan *plan, const struct world *world,
                               const struct holder_rule *rule, const struct decision *decision,
                               int32_t as_of_day);

/* The places that holders are stored to stand for; holder_ids as "id,id,...". */
enum err place_read(struct work *w, struct str holder_ids, struct place_list *ret_places);

/* Those of one holder among them. */
enum err place_of_one(struct work *w, const struct place_list *places, int64_t holder_id,
                      struct place_list *ret_places);

/* Stores the difference between two lists of one holder; the windows it meets go to windows. */
enum err place_store(struct work *w, struct holder holder, const struct place_list *stored,
                     const struct place_list *found, struct place_list *windows);

/* Gives the places of a window to its first rows. Whose place came or went is added to changed. */
enum err place_give(struct work *w, const struct holder_plan *plan, const struct place *window,
                    int32_t as_of_day, struct holder_set *changed);

/* A quota_place over a held list of a holder. */
struct place_oracle {
    const struct holder_plan *plan;
    const struct world *world;
    const struct place_list *places;
    int32_t as_of_day;
};
bool place_is_taken(void *context, const struct decision *decision);

#endif
