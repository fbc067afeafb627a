#include "policy_town.h"

#include <stdio.h>
#include <string.h>

enum { ORDER_PLAIN = false, ORDER_ORDERED = true };

#define ENUM_BEGIN(name, label, order) static const struct code_desc name##_codes[] = {
#define CODE(enumeration, number, name, label) {number, #name, label, ""},
#define ENUM_END(name) };
#define RECORD_BEGIN(name, label, owner)
#define FIELD(record, name, type, target, need, label)
#define RECORD_END(name)
#include "policy_town.def"
#undef ENUM_BEGIN
#undef CODE
#undef ENUM_END
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END

static const struct enum_desc enums[] = {
#define ENUM_BEGIN(name, label, order)                                                             \
    {#name, label, ORDER_##order, name##_codes, sizeof name##_codes / sizeof name##_codes[0]},
#define CODE(enumeration, number, name, label)
#define ENUM_END(name)
#define RECORD_BEGIN(name, label, owner)
#define FIELD(record, name, type, target, need, label)
#define RECORD_END(name)
#include "policy_town.def"
#undef ENUM_BEGIN
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END
};

#define ENUM_BEGIN(name, label, order)
#define RECORD_BEGIN(name, label, owner) static const struct field_desc name##_fields[] = {
#define FIELD(record, name, type, target, need, label)                                             \
    {#name, label, FIELD_##type, target, NEED_##need, PRIVACY_OPEN, "", 0},
#define RECORD_END(name) };
#include "policy_town.def"
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END

static const struct record_desc records[TOWN_TABLE_COUNT] = {
#define RECORD_BEGIN(name, label, owner)                                                           \
    {#name, label, owner, 0, name##_fields, sizeof name##_fields / sizeof name##_fields[0]},
#define FIELD(record, name, type, target, need, label)
#define RECORD_END(name)
#include "policy_town.def"
#undef ENUM_BEGIN
#undef CODE
#undef ENUM_END
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END
};

/* ---- draws ---- */

enum { TABLE_OCCUPATION = 100 }; /* draws that belong to no record */

static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

struct draws { /* of one person in one table */
    uint64_t key;
};

static struct draws draws_of(uint64_t seed, int32_t table, int64_t person)
{
    return (struct draws){
        mix(mix(seed + 1) ^ mix((uint64_t)person * 256 + (uint64_t)table + 1))};
}

/* A whole number below the limit. */
static int32_t draw(struct draws draws, int32_t index, int32_t limit)
{
    uint64_t bits = mix(draws.key + (uint64_t)(index + 1) * UINT64_C(0x9e3779b97f4a7c15));
    return (int32_t)((bits >> 32) * (uint64_t)limit >> 32);
}

/* The place of a draw among weights that add up to 1,000. */
static int32_t draw_weighted(struct draws draws, int32_t index, const int16_t *weights)
{
    int32_t left = draw(draws, index, 1000);
    int32_t place = 0;
    while (left >= weights[place])
        left -= weights[place++];
    return place;
}

/* ---- words ---- */

static enum err make_catalogue(struct arena *arena, const char *name, const char *label,
                               const char *format, int32_t count, struct catalogue *ret,
                               struct fault *fault)
{
    struct catalogue_entry *entries = ARENA_NEW_ARRAY(arena, struct catalogue_entry, (size_t)count);
    int32_t *by_name = ARENA_NEW_ARRAY(arena, int32_t, (size_t)count);
    if (!entries || !by_name)
        return fault_set(fault, ERR_MEMORY, "no memory for the words of the bench");
    for (int32_t i = 0; i < count; i++) {
        char text[32];
        int size = snprintf(text, sizeof text, "%s%03d", format, i + 1);
        char *kept = arena_copy(arena, text, (size_t)size);
        if (!kept)
            return fault_set(fault, ERR_MEMORY, "no memory for the words of the bench");
        entries[i] = (struct catalogue_entry){i + 1, str_from(kept), {0}, INT32_MIN, INT32_MAX};
        by_name[i] = i; /* names ascend with the codes */
    }
    *ret = (struct catalogue){name, label, entries, count, by_name};
    return ERR_OK;
}

enum { SHORTAGE, TIER_2, TIER_3, REGISTER_COUNT };
enum { EDITION_DAY = 19358, EDITION_2021_DAY = 18628 }; /* 2023-01-01 and 2021-01-01 */

/* About a quarter of the occupations are short in each of two editions; occupation 1 in both, 2 in
 * none, and 4 has the lowest price: the document's examples stand on that. */
static int32_t add_rows(uint64_t seed, int32_t which, int32_t code,
                        struct catalogue_register_row *rows)
{
    struct draws draws = draws_of(seed, TABLE_OCCUPATION, code);
    int32_t price = code == 4 ? 0 : draw(draws, 0, 3);
    bool short_now = code == 1 || (code != 2 && draw(draws, 1, 4) == 0);
    bool short_before = code == 1 || (code != 2 && draw(draws, 2, 4) == 0);
    int32_t count = 0;
    if (which == SHORTAGE && short_before)
        rows[count++] =
            (struct catalogue_register_row){code, EDITION_2021_DAY, EDITION_DAY - 1};
    if ((which == SHORTAGE && short_now) || (which == TIER_2 && price == 1) ||
        (which == TIER_3 && price == 2))
        rows[count++] = (struct catalogue_register_row){
            code, which == SHORTAGE ? EDITION_DAY : EDITION_2021_DAY, INT32_MAX};
    return count;
}

static enum err make_registers(struct arena *arena, uint64_t seed,
                               struct catalogue_register *registers, struct fault *fault)
{
    static const char *const names[REGISTER_COUNT] = {"紧缺职业目录", "二档培训职业目录",
                                                      "三档培训职业目录"};
    for (int32_t r = 0; r < REGISTER_COUNT; r++) {
        struct catalogue_register_row *rows =
            ARENA_NEW_ARRAY(arena, struct catalogue_register_row, TOWN_OCCUPATIONS * 2);
        if (!rows)
            return fault_set(fault, ERR_MEMORY, "no memory for the registers of the bench");
        int32_t count = 0;
        for (int32_t code = 1; code <= TOWN_OCCUPATIONS; code++)
            count += add_rows(seed, r, code, rows + count);
        registers[r] =
            (struct catalogue_register){str_from(names[r]), "occupation", rows, count};
    }
    return ERR_OK;
}

enum err town_vocab(struct arena *arena, uint64_t seed, struct vocab *ret_vocab,
                    struct fault *fault)
{
    struct catalogue *catalogues = ARENA_NEW_ARRAY(arena, struct catalogue, 2);
    struct catalogue_register *registers =
        ARENA_NEW_ARRAY(arena, struct catalogue_register, REGISTER_COUNT);
    if (!catalogues || !registers)
        return fault_set(fault, ERR_MEMORY, "no memory for the words of the bench");
    TRY(make_catalogue(arena, "occupation", "职业", "职业", TOWN_OCCUPATIONS, &catalogues[0],
                       fault));
    TRY(make_catalogue(arena, "region", "片区", "片区", TOWN_REGIONS, &catalogues[1], fault));
    TRY(make_registers(arena, seed, registers, fault));
    *ret_vocab = (struct vocab){
        .records = records, .record_count = TOWN_TABLE_COUNT,
        .enums = enums, .enum_count = sizeof enums / sizeof enums[0],
        .catalogues = catalogues, .catalogue_count = 2,
        .registers = registers, .register_count = REGISTER_COUNT,
    };
    return ERR_OK;
}

/* ---- people ---- */

/* How many children a person has, in thousandths; the means are 1.94, 0.93, 0.04 and 0.35. */
static const int16_t child_weights[TOWN_TABLE_COUNT][8] = {
    [TOWN_cert] = {150, 300, 250, 150, 80, 50, 20},
    [TOWN_train] = {450, 300, 150, 70, 30},
    [TOWN_award] = {962, 36, 2},
    [TOWN_paid] = {719, 220, 51, 10},
};
static const int16_t level_weights[] = {0, 200, 250, 250, 170, 80, 40, 8, 2};
static const int16_t tier_weights[] = {0, 420, 300, 150, 80, 30, 15, 5};
static const int16_t kind_weights[] = {0, 400, 450, 150};
static const int16_t form_weights[] = {0, 700, 300};

enum { /* days */
    BIRTH_FIRST = -10957,  /* 1940-01-01 */
    BIRTH_DAYS = 25932,    /* to 2010-12-31 */
    ISSUED_FIRST = 15340,  /* 2012-01-01 */
    ISSUED_DAYS = 4565,    /* to 2024-06-30 */
    TRAINED_FIRST = 18628, /* 2021-01-01 */
    TRAINED_DAYS = 1277,   /* to 2024-06-30 */
    AWARDED_FIRST = 17897, /* 2019-01-01 */
    AWARDED_DAYS = 2008,   /* to 2024-06-30 */
    PAID_FIRST = 17532,    /* 2018-01-01 */
    PAID_DAYS = 1826,      /* to 2022-12-31 */
    CHILD_DRAWS = 16,      /* draws of one child; draw 0 is the number of children */
    ABSENT_DRAW = 8,       /* from here on: whether a cell is known */
};

static void draw_person(struct draws d, int64_t *values)
{
    values[TOWN_person_birth_day] = BIRTH_FIRST + draw(d, 0, BIRTH_DAYS);
    values[TOWN_person_region] = 1 + draw(d, 1, TOWN_REGIONS);
    values[TOWN_person_job] = 1 + draw(d, 2, 8);
    values[TOWN_person_employer] = draw(d, 3, 4) == 0 ? 0 : 1 + draw(d, 4, 50000);
    values[TOWN_person_insured_months] = draw(d, 5, 241);
    values[TOWN_person_titled] = draw(d, 6, 10) == 0;
}

static void draw_cert(struct draws d, int32_t at, int64_t *values)
{
    values[TOWN_cert_occupation] = 1 + draw(d, at, TOWN_OCCUPATIONS);
    values[TOWN_cert_level] = draw_weighted(d, at + 1, level_weights);
    values[TOWN_cert_issued_day] = ISSUED_FIRST + draw(d, at + 2, ISSUED_DAYS);
    values[TOWN_cert_kind] = draw_weighted(d, at + 3, kind_weights);
}

static void draw_train(struct draws d, int32_t at, int64_t *values)
{
    values[TOWN_train_occupation] = 1 + draw(d, at, TOWN_OCCUPATIONS);
    values[TOWN_train_end_day] = TRAINED_FIRST + draw(d, at + 1, TRAINED_DAYS);
    values[TOWN_train_hours] = 8 + draw(d, at + 2, 393);
    values[TOWN_train_form] = draw_weighted(d, at + 3, form_weights);
    values[TOWN_train_target] = TOWN_level_middle + draw(d, at + 4, 2);
    values[TOWN_train_passed] = draw(d, at + 5, 10) < 8;
}

static void draw_award(struct draws d, int32_t at, int64_t *values)
{
    values[TOWN_award_occupation] = 1 + draw(d, at, TOWN_OCCUPATIONS);
    values[TOWN_award_tier] = draw_weighted(d, at + 1, tier_weights);
    values[TOWN_award_place] = 1 + draw(d, at + 2, 20);
    values[TOWN_award_award_day] = AWARDED_FIRST + draw(d, at + 3, AWARDED_DAYS);
}

static void draw_paid(struct draws d, int32_t at, int64_t *values)
{
    values[TOWN_paid_occupation] = 1 + draw(d, at, TOWN_OCCUPATIONS);
    values[TOWN_paid_level] = TOWN_level_junior + draw(d, at + 1, 3);
    values[TOWN_paid_paid_day] = PAID_FIRST + draw(d, at + 2, PAID_DAYS);
}

static void draw_child(int32_t table, struct draws d, int32_t at, int64_t *values)
{
    static void (*const makers[TOWN_TABLE_COUNT])(struct draws, int32_t, int64_t *) = {
        [TOWN_cert] = draw_cert, [TOWN_train] = draw_train,
        [TOWN_award] = draw_award, [TOWN_paid] = draw_paid,
    };
    makers[table](d, at, values);
}

static enum err append_children(const struct town *town, struct world *world, int32_t table,
                                int64_t person, int64_t *next_id, struct fault *fault)
{
    struct draws d = draws_of(town->seed, table, person);
    int32_t count = draw_weighted(d, 0, child_weights[table]);
    for (int32_t child = 0; child < count; child++) {
        int64_t values[8];
        int32_t at = 1 + child * CHILD_DRAWS;
        draw_child(table, d, at, values);
        for (int32_t f = 0; town->absent_bp > 0 && f < records[table].field_count; f++)
            if (draw(d, at + ABSENT_DRAW + f, 10000) < town->absent_bp)
                values[f] = ABSENT_I64;
        TRY(world_append(world, table, (*next_id)++, person, values, fault));
    }
    return ERR_OK;
}

enum err town_world(const struct town *town, const struct vocab *vocab, struct world **ret_world,
                    struct fault *fault)
{
    struct world *world;
    int64_t next_ids[TOWN_TABLE_COUNT] = {0};
    TRY(world_new(vocab, &world, fault));
    enum err err = ERR_OK;
    for (int64_t person = 0; person < town->people && err == ERR_OK; person++) {
        int64_t values[TOWN_person_FIELDS];
        draw_person(draws_of(town->seed, TOWN_person, person), values);
        err = world_append(world, TOWN_person, person, 0, values, fault);
        for (int32_t t = TOWN_person + 1; t < TOWN_TABLE_COUNT && err == ERR_OK; t++)
            err = append_children(town, world, t, person, &next_ids[t], fault);
    }
    if (err == ERR_OK)
        err = world_seal(world, fault);
    if (err == ERR_OK)
        *ret_world = world;
    else
        world_free(world);
    return err;
}
