/* registry.h — the records of the city: structs, enumerations and descriptions, all from
 * registry.def.
 *
 * A record has a struct of its name (struct person, struct certificate, ...) whose first member is
 * its head, so that generic code (record.h, import.h, export.h) walks any record by its
 * description. Every enumeration has a C enum of its name: enum skill_level {
 * skill_level_junior_worker = 2, ... }.
 *
 * Memory   descriptions are constant data of the process; the texts of a record belong to whoever
 *          filled it
 * Errors   none
 * Units    as in base/record.h; known_ms and gone_ms are UTC milliseconds
 */
#ifndef BAIGONG_REGISTRY_H
#define BAIGONG_REGISTRY_H

#include "base/record.h"

/* gone_ms of a row that still holds. */
#define REGISTRY_NEVER_MS INT64_MAX

/* What every record has besides its own fields. */
struct record_head {
    int64_t id;
    int64_t owner_id;  /* id of the owning record; 0 for a root */
    int64_t known_ms;  /* when the office learned it */
    int64_t gone_ms;   /* when a correction replaced it; REGISTRY_NEVER_MS while it holds */
    struct str source; /* file or room it came from */
};

#define ENUM_BEGIN(name, label, order) enum name {
#define CODE(enumeration, number, name, label, alias) enumeration##_##name = number,
#define ENUM_END(name)                                                                             \
    }                                                                                              \
    ;
#define RECORD_BEGIN(name, label, owner)
#define FIELD(record, name, type, target, need, privacy, label, note)
#define RECORD_END(name)
#include "domain/registry/registry.def"
#undef ENUM_BEGIN
#undef CODE
#undef ENUM_END
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END

#define REGISTRY_TYPE_REF int64_t
#define REGISTRY_TYPE_MONEY int64_t
#define REGISTRY_TYPE_TEXT struct str
#define REGISTRY_TYPE_SECRET struct str
#define REGISTRY_TYPE_DAY int32_t
#define REGISTRY_TYPE_MONTH int32_t
#define REGISTRY_TYPE_COUNT int32_t
#define REGISTRY_TYPE_BOOL int32_t
#define REGISTRY_TYPE_ENUM int32_t
#define REGISTRY_TYPE_CODE int32_t

#define ENUM_BEGIN(name, label, order)
#define CODE(enumeration, number, name, label, alias)
#define ENUM_END(name)
#define RECORD_BEGIN(name, label, owner)                                                           \
    struct name {                                                                                  \
        struct record_head head;
#define FIELD(record, name, type, target, need, privacy, label, note) REGISTRY_TYPE_##type name;
#define RECORD_END(name)                                                                           \
    }                                                                                              \
    ;
#include "domain/registry/registry.def"
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END

/* Index of a record in registry_records, and so its table in the policy engine:
 * REGISTRY_person, REGISTRY_certificate, ... */
enum registry_table {
#define RECORD_BEGIN(name, label, owner) REGISTRY_##name,
#define FIELD(record, name, type, target, need, privacy, label, note)
#define RECORD_END(name)
#include "domain/registry/registry.def"
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END
    REGISTRY_RECORD_COUNT
};

/* Index of a field in its record's description: FIELD_person_identity, FIELD_certificate_number. */
#define RECORD_BEGIN(name, label, owner)                                                           \
    enum name##_field                                                                              \
    {
#define FIELD(record, name, type, target, need, privacy, label, note) FIELD_##record##_##name,
#define RECORD_END(name)                                                                           \
    }                                                                                              \
    ;
#include "domain/registry/registry.def"
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END

/* Words of policy that are no records of the registry stand behind its own: payment_claim.def. */
enum { REGISTRY_payment_claim = REGISTRY_RECORD_COUNT, REGISTRY_WORD_COUNT };
#define RECORD_BEGIN(name, label, owner)                                                           \
    struct name {                                                                                  \
        struct record_head head;
#define FIELD(record, name, type, target, need, privacy, label, note) REGISTRY_TYPE_##type name;
#define RECORD_END(name)                                                                           \
    }                                                                                              \
    ;
#include "domain/registry/payment_claim.def"
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END
#define RECORD_BEGIN(name, label, owner)                                                           \
    enum name##_field                                                                              \
    {
#define FIELD(record, name, type, target, need, privacy, label, note) FIELD_##record##_##name,
#define RECORD_END(name)                                                                           \
    FIELD_##name##_count                                                                           \
    }                                                                                              \
    ;
#include "domain/registry/payment_claim.def"
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END

enum registry_enum {
#undef ENUM_BEGIN
#define ENUM_BEGIN(name, label, order) REGISTRY_ENUM_##name,
#define RECORD_BEGIN(name, label, owner)
#define FIELD(record, name, type, target, need, privacy, label, note)
#define RECORD_END(name)
#include "domain/registry/registry.def"
#undef ENUM_BEGIN
#undef CODE
#undef ENUM_END
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END
    REGISTRY_ENUM_COUNT
};

/* The most fields a record of the registry has: size of scratch space. */
enum { REGISTRY_FIELD_COUNT_MAX = 16 };

extern const struct record_desc registry_records[REGISTRY_WORD_COUNT];
extern const struct enum_desc registry_enums[REGISTRY_ENUM_COUNT];

/* Description by name or Chinese label, -1 when there is none: "person" and 人员. */
int32_t registry_table_by_name(struct str name);
/* Field of a record by name or Chinese label, -1 when there is none. */
int32_t registry_field_by_name(const struct record_desc *record, struct str name);
/* Table of the owning record, -1 for a root. */
int32_t registry_owner(int32_t table);
/* Table that a REF field points at. */
int32_t registry_ref_table(const struct field_desc *field);
const struct enum_desc *registry_enum_by_name(const char *name);

/* Code of an enumeration by name, label or alias ("高级工", "三级", "senior_worker"), ABSENT_I32
 * when there is none; and the row of a code, NULL when there is none. */
int32_t registry_enum_code(const struct enum_desc *desc, struct str name);
const struct code_desc *registry_enum_row(const struct enum_desc *desc, int32_t code);

/* One field of any record, widened; absence is ABSENT_I64. Not for TEXT and SECRET. */
int64_t registry_number(const struct field_desc *field, const void *record);
void registry_set_number(const struct field_desc *field, void *record, int64_t value);
struct str registry_text(const struct field_desc *field, const void *record);
void registry_set_text(const struct field_desc *field, void *record, struct str value);

/* A record with every field absent: a NEED_OPEN_END day that is absent has not come. */
void registry_clear(const struct record_desc *desc, void *record);

/* TEXT and SECRET are held as struct str, ID, REF and MONEY as int64_t, the rest as int32_t. */
bool registry_is_text(const struct field_desc *field);
bool registry_is_wide(const struct field_desc *field);

#endif
