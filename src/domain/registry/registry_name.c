#include "domain/registry/registry_name.h"

#include "domain/registry/fact.h"
#include "domain/registry/field_text.h"

struct str registry_mask_name(struct arena *arena, struct str name)
{
    struct text_buf masked;
    text_init(&masked, arena);
    size_t count = str_character_count(name);
    for (size_t i = 0; i < count; i++) {
        size_t before = name.size;
        struct str character = name;
        (void)str_next_character(&name);
        character.size = before - name.size;
        bool is_shown = i == 0 || (count > 2 && i + 1 == count);
        text_add(&masked, is_shown ? character : STR("*"));
    }
    return text_str(&masked);
}

/* Field of the table that names a record: personal ones are masked. */
static int32_t name_field(int32_t table)
{
    switch (table) {
    case REGISTRY_person:
        return FIELD_person_name;
    case REGISTRY_organisation:
        return FIELD_organisation_name;
    case REGISTRY_carrier:
        return FIELD_carrier_name;
    default:
        return -1;
    }
}

/* The last version of a record, gone or not; *ret_record is NULL when there is none. */
static enum err last_version(struct work *w, int32_t table, int64_t owner_id, int64_t id,
                             const void **ret_record)
{
    struct fact *versions;
    int32_t version_count;
    TRY(fact_read_versions(w, table, owner_id, &versions, &version_count));
    *ret_record = NULL;
    for (int32_t i = 0; i < version_count; i++) /* oldest first: the last one stays */
        if (((const struct record_head *)versions[i].record)->id == id)
            *ret_record = versions[i].record;
    return ERR_OK;
}

static struct str name_of(struct arena *arena, int32_t table, const void *record)
{
    const struct field_desc *field = &registry_records[table].fields[name_field(table)];
    struct str name = registry_text(field, record);
    return field->privacy == PRIVACY_OPEN ? name : registry_mask_name(arena, name);
}

enum err registry_name(struct work *w, int32_t table, int64_t owner_id, int64_t id,
                       struct str *ret_name)
{
    const void *record = NULL;
    if (name_field(table) >= 0)
        TRY(last_version(w, table, owner_id, id, &record));
    *ret_name = record ? name_of(w->arena, table, record) : STR("");
    return ERR_OK;
}

/* A field that every row has, and that tells what the row is about. */
static bool is_main(const struct field_desc *field)
{
    return field->need == NEED_REQUIRED && !registry_is_text(field) && field->type != FIELD_REF;
}

enum err registry_label(struct work *w, const struct vocab *vocab, int32_t table,
                        int64_t owner_id, int64_t id, struct str *ret_label)
{
    const void *record;
    TRY(last_version(w, table, owner_id, id, &record));
    struct text_buf label;
    text_init(&label, w->arena);
    if (record && name_field(table) >= 0)
        text_add(&label, name_of(w->arena, table, record));
    else if (record) {
        const struct record_desc *desc = &registry_records[table];
        for (int32_t i = 0; i < desc->field_count; i++) {
            if (!is_main(&desc->fields[i]))
                continue;
            char buffer[FIELD_PRINT_SIZE];
            int64_t value = registry_number(&desc->fields[i], record);
            text_add_z(&label, label.size > 0 ? " " : "");
            text_add(&label, field_print(vocab, &desc->fields[i], value, buffer));
        }
    }
    *ret_label = text_str(&label);
    return ERR_OK;
}
