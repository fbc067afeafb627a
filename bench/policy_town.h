/* policy_town.h — the made population of the policy bench: vocabulary, draws and columns.
 *
 * A value depends on (seed, table, person, draw) alone, so any slice can be made alone and every
 * rival sees the same people. Person row p has id p; the children of a person are adjacent and
 * numbered from 0.
 *
 * Memory   the vocabulary lives in the arena given; the world is freed by world_free
 * Errors   ERR_MEMORY
 * Units    days as civil day numbers; absent_bp in 1/10 000 of the cells of children
 * Limits   TOWN_PEOPLE_MAX
 */
#ifndef BAIGONG_BENCH_POLICY_TOWN_H
#define BAIGONG_BENCH_POLICY_TOWN_H

#include "base/arena.h"
#include "policy/column.h"

enum { TOWN_PEOPLE_MAX = 100000000, TOWN_OCCUPATIONS = 412, TOWN_REGIONS = 40 };

#define ENUM_BEGIN(name, label, order) enum town_##name {
#define CODE(enumeration, number, name, label) TOWN_##enumeration##_##name = number,
#define ENUM_END(name) };
#define RECORD_BEGIN(name, label, owner)
#define FIELD(record, name, type, target, need, label)
#define RECORD_END(name)
#include "policy_town.def"
#undef ENUM_BEGIN
#undef CODE
#undef ENUM_END
#undef RECORD_BEGIN
#undef RECORD_END
#undef FIELD

/* Tables: TOWN_person ... */
enum town_table {
#define ENUM_BEGIN(name, label, order)
#define CODE(enumeration, number, name, label)
#define ENUM_END(name)
#define RECORD_BEGIN(name, label, owner) TOWN_##name,
#define FIELD(record, name, type, target, need, label)
#define RECORD_END(name)
#include "policy_town.def"
#undef RECORD_BEGIN
#undef RECORD_END
#undef FIELD
    TOWN_TABLE_COUNT
};

/* Fields of a table: TOWN_person_birth_day ..., closed by TOWN_person_FIELDS. */
#define RECORD_BEGIN(name, label, owner) enum town_##name##_field {
#define FIELD(record, name, type, target, need, label) TOWN_##record##_##name,
#define RECORD_END(name) TOWN_##name##_FIELDS };
#include "policy_town.def"
#undef ENUM_BEGIN
#undef CODE
#undef ENUM_END
#undef RECORD_BEGIN
#undef RECORD_END
#undef FIELD

struct town {
    int64_t people;
    uint64_t seed;
    int32_t absent_bp; /* cells of children that are not known */
};

/* The words of the workload: records, enumerations, catalogues and the outside registers, whose
 * occupations follow from the seed. */
enum err town_vocab(struct arena *arena, uint64_t seed, struct vocab *ret_vocab,
                    struct fault *fault);

/* The town as sealed columns. */
enum err town_world(const struct town *town, const struct vocab *vocab, struct world **ret_world,
                    struct fault *fault);

#endif
