/* registry.c — the tables of registry.def and the few ways to walk them. */
#include "domain/registry/registry.h"

#include "base/err.h"

#include <string.h>

enum { ORDER_PLAIN = false, ORDER_ORDERED = true };

#define ENUM_BEGIN(name, label, order) static const struct code_desc name##_codes[] = {
#define CODE(enumeration, number, name, label, alias) {number, #name, label, alias},
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

const struct enum_desc registry_enums[REGISTRY_ENUM_COUNT] = {
#define ENUM_BEGIN(name, label, order)                                                             \
    {#name, label, ORDER_##order, name##_codes, sizeof name##_codes / sizeof name##_codes[0]},
#define CODE(enumeration, number, name, label, alias)
#define ENUM_END(name)
#define RECORD_BEGIN(name, label, owner)
#define FIELD(record, name, type, target, need, privacy, label, note)
#define RECORD_END(name)
#include "domain/registry/registry.def"
#undef ENUM_BEGIN
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END
};

#define ENUM_BEGIN(name, label, order)
#define RECORD_BEGIN(name, label, owner) static const struct field_desc name##_fields[] = {
#define FIELD(record, name, type, target, need, privacy, label, note)                              \
    {#name,        label,                                                                          \
     FIELD_##type, target,                                                                         \
     NEED_##need,  PRIVACY_##privacy,                                                              \
     note,         offsetof(struct record, name)},
#define RECORD_END(name)                                                                           \
    }                                                                                              \
    ;                                                                                              \
    _Static_assert(sizeof name##_fields / sizeof name##_fields[0] <= REGISTRY_FIELD_COUNT_MAX,     \
                   "REGISTRY_FIELD_COUNT_MAX is too small");
#include "domain/registry/registry.def"
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END

#define RECORD_BEGIN(name, label, owner) static const struct field_desc name##_fields[] = {
#define FIELD(record, name, type, target, need, privacy, label, note)                              \
    {#name,        label,                                                                          \
     FIELD_##type, target,                                                                         \
     NEED_##need,  PRIVACY_##privacy,                                                              \
     note,         offsetof(struct record, name)},
#define RECORD_END(name)                                                                           \
    }                                                                                              \
    ;
#include "domain/registry/payment_claim.def"
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END

const struct record_desc registry_records[REGISTRY_WORD_COUNT] = {
#define RECORD_BEGIN(name, label, owner)                                                           \
    {#name,         label,                                                                         \
     owner,         sizeof(struct name),                                                           \
     name##_fields, sizeof name##_fields / sizeof name##_fields[0]},
#define FIELD(record, name, type, target, need, privacy, label, note)
#define RECORD_END(name)
#include "domain/registry/registry.def"
#include "domain/registry/payment_claim.def"
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END
};

int32_t registry_table_by_name(struct str name)
{
    for (int32_t i = 0; i < REGISTRY_RECORD_COUNT; i++)
        if (str_equal_text(name, registry_records[i].name) ||
            str_equal_text(name, registry_records[i].label_zh))
            return i;
    return -1;
}

int32_t registry_field_by_name(const struct record_desc *record, struct str name)
{
    for (int32_t i = 0; i < record->field_count; i++)
        if (str_equal_text(name, record->fields[i].name) ||
            str_equal_text(name, record->fields[i].label_zh))
            return i;
    return -1;
}

int32_t registry_owner(int32_t table)
{
    const char *owner = registry_records[table].owner;
    return owner[0] ? registry_table_by_name(str_from(owner)) : -1;
}

int32_t registry_ref_table(const struct field_desc *field)
{
    check(field->type == FIELD_REF);
    int32_t table = registry_table_by_name(str_from(field->target));
    check(table >= 0);
    return table;
}

const struct enum_desc *registry_enum_by_name(const char *name)
{
    for (int32_t i = 0; i < REGISTRY_ENUM_COUNT; i++)
        if (strcmp(registry_enums[i].name, name) == 0)
            return &registry_enums[i];
    check_failed("every enumeration named by a field is listed", __FILE__, __LINE__);
}

static bool alias_listed(const char *aliases, struct str name)
{
    struct str rest = str_from(aliases);
    struct str part;
    while (str_split(&rest, '|', &part))
        if (part.size > 0 && str_equal(part, name))
            return true;
    return false;
}

int32_t registry_enum_code(const struct enum_desc *desc, struct str name)
{
    for (int32_t i = 0; i < desc->code_count; i++)
        if (str_equal_text(name, desc->codes[i].label_zh) ||
            str_equal_text(name, desc->codes[i].name))
            return desc->codes[i].code;
    for (int32_t i = 0; i < desc->code_count; i++)
        if (alias_listed(desc->codes[i].alias, name))
            return desc->codes[i].code;
    return ABSENT_I32;
}

const struct code_desc *registry_enum_row(const struct enum_desc *desc, int32_t code)
{
    for (int32_t i = 0; i < desc->code_count; i++)
        if (desc->codes[i].code == code)
            return &desc->codes[i];
    return NULL;
}

bool registry_is_text(const struct field_desc *field)
{
    return field->type == FIELD_TEXT || field->type == FIELD_SECRET;
}

bool registry_is_wide(const struct field_desc *field)
{
    return field->type == FIELD_ID || field->type == FIELD_REF || field->type == FIELD_MONEY;
}

int64_t registry_number(const struct field_desc *field, const void *record)
{
    check(!registry_is_text(field));
    const char *member = (const char *)record + field->offset;
    if (registry_is_wide(field)) {
        int64_t value;
        memcpy(&value, member, sizeof value);
        return value;
    }
    int32_t value;
    memcpy(&value, member, sizeof value);
    return value == ABSENT_I32 ? ABSENT_I64 : value;
}

void registry_set_number(const struct field_desc *field, void *record, int64_t value)
{
    check(!registry_is_text(field));
    char *member = (char *)record + field->offset;
    if (registry_is_wide(field)) {
        memcpy(member, &value, sizeof value);
        return;
    }
    check(value == ABSENT_I64 || (value > INT32_MIN && value <= INT32_MAX));
    int32_t narrow = value == ABSENT_I64 ? ABSENT_I32 : (int32_t)value;
    memcpy(member, &narrow, sizeof narrow);
}

struct str registry_text(const struct field_desc *field, const void *record)
{
    check(registry_is_text(field));
    struct str value;
    memcpy(&value, (const char *)record + field->offset, sizeof value);
    return value;
}

void registry_set_text(const struct field_desc *field, void *record, struct str value)
{
    check(registry_is_text(field));
    memcpy((char *)record + field->offset, &value, sizeof value);
}

void registry_clear(const struct record_desc *desc, void *record)
{
    memset(record, 0, desc->struct_size);
    ((struct record_head *)record)->gone_ms = REGISTRY_NEVER_MS;
    for (int32_t i = 0; i < desc->field_count; i++)
        if (!registry_is_text(&desc->fields[i]))
            registry_set_number(&desc->fields[i], record, ABSENT_I64);
}
