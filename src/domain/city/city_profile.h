/* city_profile.h — what a made city is drawn from: shares, counts and lists of one city as data.
 *
 * A profile is catalogue/city/common.csv with catalogue/city/CITY.csv over it; each row names its
 * source document or says "assumed". The keys are those of city_profile.def: a NUMBER of the city's
 * file replaces the common one; a LIST key with a row in the city's file replaces the whole common
 * list.
 *
 *   key,item,year,value,scale,source
 *
 * scale says how a count follows the number of people made: "city" in proportion to people_base,
 * "fixed" in full from full_size_from people on and in proportion below; empty as it stands.
 *
 * Memory   everything lives in the caller's arena
 * Errors   ERR_CATALOGUE with file and line: unknown or missing key, item that no catalogue holds,
 *          value out of range; ERR_NOT_FOUND: no such city; ERR_IO, ERR_MEMORY
 * Limits   CITY_ITEMS_MAX rows, CITY_NAMES_MAX names
 */
#ifndef BAIGONG_CITY_PROFILE_H
#define BAIGONG_CITY_PROFILE_H

#include "base/err.h"
#include "policy/vocab.h"

enum {
    CITY_ITEMS_MAX = 4096,      /* a city has some four hundred rows */
    CITY_NAMES_MAX = 4096,      /* names.csv has some hundreds */
    CITY_WORD_SIZE_MAX = 48,    /* sixteen characters: names are put together from a few */
    CITY_VALUE_MAX = 200000000, /* two million yuan in fen, twice a megacity's people in tens */
};

enum city_scale { CITY_AS_IT_STANDS, CITY_WITH_PEOPLE, CITY_FIXED };

struct city_item {
    struct str text;  /* as written */
    int64_t code;     /* of the enumeration or catalogue; first year of a span; leading digits */
    int64_t code_to;  /* of a span: last year of age; of a tiered item: the tier */
    int32_t year;     /* 0 when the row names none */
    int64_t value;
    enum city_scale scale;
};

struct city_list {
    struct city_item *items; /* in the order of the file */
    int32_t count;
};

struct city_profile {
    struct str name; /* of the file: "jining" */
#define NUMBER(key) int64_t key;
#define LIST(key, kind, target) struct city_list key;
#include "domain/city/city_profile.def"
#undef NUMBER
#undef LIST
};

/* Words that names are put together from. */
enum city_word {
    CITY_SURNAME,
    CITY_GIVEN_MALE,
    CITY_GIVEN_FEMALE,
    CITY_GIVEN_EITHER,
    CITY_BRAND,
    CITY_TRADE,
    CITY_SUBJECT,
    CITY_WORD_COUNT
};

struct city_words {
    struct city_list kinds[CITY_WORD_COUNT]; /* text and value (weight) of an item */
};

/* folder is the catalogue folder ("catalogue"); city is the file's name without ".csv". */
enum err city_profile_load(const char *folder, const char *city, const struct vocab *vocab,
                           struct arena *arena, struct fault *fault,
                           const struct city_profile **ret_profile);

enum err city_words_load(const char *folder, struct arena *arena, struct fault *fault,
                         const struct city_words **ret_words);

/* Sum of the values of a list. */
int64_t city_list_sum(const struct city_list *list);
/* Value of the item with this code, or absent_value. */
int64_t city_list_value(const struct city_list *list, int64_t code, int64_t absent_value);

#endif
