/* search.h — people and bodies found: by a piece of a name or by a whole number; and their lists.
 *
 * One text finds all: an identity number (through its blind index), a credit code, a certificate
 * number, or a piece of a name, from one character on. Found is what stands in the divisions given.
 * Of people SEARCH_NAMES_MAX different names are gone through; of bodies SEARCH_CANDIDATES_MAX that
 * have the piece and, where more have it, SEARCH_BODIES_MAX of the divisions.
 *
 * Memory   results live in w->arena
 * Errors   store errors; nothing found is no error
 * Limits   SEARCH_ROWS_MAX of each kind; of a person's name the pieces that begin with its first,
 *          second or (in names of four and more) third character
 */
#ifndef BAIGONG_SEARCH_H
#define BAIGONG_SEARCH_H

#include "domain/registry/registry.h"
#include "store/work.h"

enum {
    SEARCH_ROWS_MAX = 20,         /* of each kind; who needs more types more */
    SEARCH_CANDIDATES_MAX = 1000, /* some 4 ms of looking */
    SEARCH_NAMES_MAX = 5000,      /* different names: some 10 ms */
    SEARCH_BODIES_MAX = 20000,    /* a county of the largest city has half of it */
    ROLL_ROWS_MAX = 1000,         /* a page of a list, or a step of an export */
};

struct search_request {
    struct str text;
    int32_t division_min, division_max;
    int32_t row_count_max; /* of each kind, at most SEARCH_ROWS_MAX */
};

struct search_result {
    int64_t person_ids[SEARCH_ROWS_MAX];
    int32_t person_count;
    int64_t organisation_ids[SEARCH_ROWS_MAX];
    int32_t organisation_count;
    struct {
        int64_t organisation_id, id;
    } carriers[SEARCH_ROWS_MAX];
    int32_t carrier_count;
    struct str certificate_number; /* the text, when a person was found by it; else absent */
};

enum err registry_search(struct work *w, const struct search_request *request,
                         struct search_result *ret_result);

/* Makes the ends of the names of bodies anew from the registry: after a load in bulk. */
enum err search_rebuild(struct work *w);

/* Brings the ends of one body's name up to date. fact.c calls it with each change; table may be
 * any, others than organisations and carriers are passed over. */
enum err search_note(struct work *w, int32_t table, int64_t owner_id, int64_t id);

/* ---- lists, by key */

/* People or bodies of the divisions, after a key, in the order of division and id. */
struct roll_key {
    int32_t division;
    int64_t id;
};
enum err roll_persons(struct work *w, int32_t division_min, int32_t division_max,
                      struct roll_key after, int32_t row_count_max, struct roll_key *ret_keys,
                      int32_t *ret_count);
enum err roll_organisations(struct work *w, int32_t division_min, int32_t division_max,
                            struct roll_key after, int32_t row_count_max,
                            struct roll_key *ret_keys, int32_t *ret_count);

/* The same in the order of their names, after one (0: from the first). Looks at ROLL_LOOK_MAX of
 * them at most: *ret_last_id is the last one looked at, 0 when that was the end. */
enum err roll_persons_by_name(struct work *w, int32_t division_min, int32_t division_max,
                              int64_t after_id, int32_t row_count_max, int64_t *ret_ids,
                              int32_t *ret_count, int64_t *ret_last_id);

enum err roll_organisations_by_name(struct work *w, int32_t division_min, int32_t division_max,
                                    int64_t after_id, int32_t row_count_max, int64_t *ret_ids,
                                    int32_t *ret_count, int64_t *ret_last_id);

/* People with a certificate of a level, in the order of their ids. Looks at ROLL_LOOK_MAX people at
 * most: *ret_last_id is the last one looked at, 0 when that was the end. */
enum { ROLL_LOOK_MAX = 5000 };
enum err roll_persons_of_level(struct work *w, int32_t level, int32_t division_min,
                               int32_t division_max, int64_t after_id, int32_t row_count_max,
                               int64_t *ret_ids, int32_t *ret_count, int64_t *ret_last_id);

/* Who works there on w->today_day. */
enum err roll_staff(struct work *w, int64_t organisation_id, int64_t after_id,
                    int32_t row_count_max, int64_t *ret_ids, int32_t *ret_count);
enum err roll_staff_count(struct work *w, int64_t organisation_id, int64_t *ret_count);

/* ---- one line about somebody; ERR_NOT_FOUND */

struct person_line {
    int64_t id;
    struct str name; /* clear */
    int32_t birth_day, sex, division;
    int32_t level, occupation; /* of the highest certificate in force; ABSENT_I32 */
    int64_t employer_id;       /* where the person works; ABSENT_I64 */
    struct str employer_name;
    int32_t employer_division;
};
enum err person_line_read(struct work *w, int64_t id, struct person_line *ret_line);

struct organisation_line {
    int64_t id;
    struct str name, credit_code;
    int32_t kind, division, industry;
};
enum err organisation_line_read(struct work *w, int64_t id, struct organisation_line *ret_line);

#endif
