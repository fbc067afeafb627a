/* city_plan.h — everything about a made city that does not depend on one person or body: how many
 * of what, who stands in which place, which occupations and districts are drawn from.
 *
 * People are numbered 0 .. people - 1. Two shuffles give a number its places:
 *   birth place   position in the order of birth days, oldest first. It fixes birth day and the
 *                 sequence in the identity number, so that no two numbers are equal
 *   layer place   position among the slots of a layer (honours and masters, awards, projects), so
 *                 that a city has exactly as many of each as its profile says, at people who are
 *                 old enough. Places behind the last slot have none.
 * Bodies are numbered by kind; what stands at a number follows from the number alone.
 *
 * Memory   a plan lives in the caller's arena and is read-only once made: threads may share it
 * Errors   ERR_LIMIT: too few or too many people; ERR_CATALOGUE: the profile does not fit together
 * Limits   CITY_PEOPLE_MIN, CITY_PEOPLE_MAX
 */
#ifndef BAIGONG_CITY_PLAN_H
#define BAIGONG_CITY_PLAN_H

#include "domain/city/city_draw.h"
#include "domain/city/city_profile.h"
#include "domain/occupation/catalogues.h"
#include "domain/registry/registry.h"

enum {
    CITY_PEOPLE_MIN = 500,     /* fewer have no room for one of each kind */
    CITY_PEOPLE_MAX = 8000000, /* about 499 a birth day: the sequence has three digits */
    CITY_STEP_COUNT = 9,       /* steps 1 to 8 of skill_level; 0 is none */
    CITY_KIND_COUNT = 13,      /* kinds 1 to 12 of organisation_kind */
    CITY_ROLE_COUNT = 8,       /* roles 1 to 7 of organisation_role_kind */
    CITY_ROWS_EACH_MAX = 64,   /* rows of one table that one owner may have */
};

enum city_layer { CITY_HONOURS, CITY_AWARDS, CITY_PROJECTS, CITY_LAYER_COUNT };

/* A run of like things: honours of one title and year, contests of one tier and year, ... */
struct city_group {
    int64_t first; /* number of its first member */
    int64_t count;
    int64_t code;   /* honour, tier, kind, project, ... */
    int64_t tier;   /* of carriers and programmes */
    int32_t year;
    int64_t each;   /* awards: results a contest */
    int64_t master; /* honours layer: number of the first carrier that the people lead; -1: none */
};

struct city_groups {
    struct city_group *groups; /* in ascending order of first */
    int32_t group_count;
    int64_t total;
};

struct city_age_band {
    int64_t first_place;
    int64_t count;
    int32_t first_day;
    int32_t day_count;
};

struct city_pool {
    const int64_t *codes;
    int32_t count;
};

struct city_given {
    const struct city_profile *profile;
    const struct city_words *words;
    const struct vocab *vocab;
    const struct catalogues *catalogues; /* for the levels that standards offer */
    int64_t people;
    uint64_t seed;
    int32_t today_day;
};

struct city_plan {
    struct city_given given;
    const struct city_profile *profile; /* given.profile */
    struct str city_name;               /* 济宁 */
    struct city_age_band *bands;        /* oldest first */
    int32_t band_count;
    struct city_groups layers[CITY_LAYER_COUNT];
    int64_t eligible[CITY_LAYER_COUNT]; /* birth places old enough for a layer */
    struct city_group organisations[CITY_KIND_COUNT];
    int64_t organisation_count;
    int64_t role_counts[CITY_ROLE_COUNT];
    struct city_groups carriers;
    struct city_groups contests;
    struct city_groups programmes;
    struct city_pool occupations[CITY_STEP_COUNT][8]; /* by step and item of profile->occupation */
    struct city_list districts;                        /* code and weight */
    struct city_pool industries;
    int64_t high_share_bp; /* of the skilled who are old enough and hold no honour */
};

enum err city_plan_new(const struct city_given *given, struct arena *arena, struct fault *fault,
                       const struct city_plan **ret_plan);

/* Identifiers of made records: in the first minutes of the range of base/id.h, before any that a
 * running program makes. */
int64_t city_id(enum registry_table table, int64_t number);

int64_t city_birth_place(const struct city_plan *plan, int64_t person);
int32_t city_birth_day(const struct city_plan *plan, int64_t birth_place, int64_t *ret_of_day);
/* The slot of a layer at this birth place, and the number of the member; NULL when it has none. */
const struct city_group *city_slot(const struct city_plan *plan, enum city_layer layer,
                                   int64_t birth_place, int64_t *ret_member);
/* Who stands in the slot: the person's number. */
int64_t city_slot_person(const struct city_plan *plan, enum city_layer layer, int64_t member);
const struct city_group *city_group_of(const struct city_groups *groups, int64_t member);

/* One item of a list, as likely as its value says. */
const struct city_item *city_pick(const struct city_list *list, struct city_draw *draw);
/* An occupation whose standard offers the step. */
int64_t city_pick_occupation(const struct city_plan *plan, int32_t step, struct city_draw *draw);

#endif
