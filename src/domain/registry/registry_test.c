#include "unit.h"

#include "domain/registry/registry.h"

TEST(registry__describes_every_field_inside_its_struct)
{
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        const struct record_desc *record = &registry_records[table];
        EXPECT_INT(table, registry_table_by_name(str_from(record->name)));
        EXPECT_INT(table, registry_table_by_name(str_from(record->label_zh)));
        for (int32_t i = 0; i < record->field_count; i++) {
            const struct field_desc *field = &record->fields[i];
            EXPECT(field->offset >= sizeof(struct record_head));
            EXPECT(field->offset < record->struct_size);
            EXPECT_INT(i, registry_field_by_name(record, str_from(field->name)));
            EXPECT_INT(i, registry_field_by_name(record, str_from(field->label_zh)));
            if (field->type == FIELD_ENUM)
                EXPECT(registry_enum_by_name(field->target) != NULL);
            if (field->type == FIELD_REF)
                EXPECT(registry_ref_table(field) >= 0);
            EXPECT((field->type == FIELD_SECRET) == (field->privacy == PRIVACY_SECRET));
        }
    }
}

TEST(registry__lists_an_owner_before_what_it_owns)
{
    EXPECT_INT(REGISTRY_person, registry_owner(REGISTRY_certificate));
    EXPECT_INT(REGISTRY_carrier, registry_owner(REGISTRY_carrier_activity));
    EXPECT_INT(-1, registry_owner(REGISTRY_organisation));
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++)
        EXPECT(registry_owner(table) < table);
}

TEST(registry_enum_code__accepts_name_label_and_printed_number)
{
    const struct enum_desc *level = registry_enum_by_name("skill_level");
    EXPECT_INT(skill_level_senior_worker, registry_enum_code(level, STR("高级工")));
    EXPECT_INT(skill_level_senior_worker, registry_enum_code(level, STR("三级")));
    EXPECT_INT(skill_level_senior_worker, registry_enum_code(level, STR("senior_worker")));
    EXPECT_INT(ABSENT_I32, registry_enum_code(level, STR("六级")));
    EXPECT_INT(ABSENT_I32, registry_enum_code(level, STR("")));
}

TEST(registry_enum_code__gives_every_spelling_to_one_code)
{
    for (int32_t i = 0; i < REGISTRY_ENUM_COUNT; i++)
        for (int32_t c = 0; c < registry_enums[i].code_count; c++) {
            const struct code_desc *row = &registry_enums[i].codes[c];
            EXPECT_INT(row->code, registry_enum_code(&registry_enums[i], str_from(row->label_zh)));
            struct str rest = str_from(row->alias);
            struct str part;
            while (str_split(&rest, '|', &part))
                if (part.size > 0)
                    EXPECT_INT(row->code, registry_enum_code(&registry_enums[i], part));
        }
}

TEST(registry_number__reads_back_what_was_set)
{
    struct certificate certificate;
    const struct record_desc *desc = &registry_records[REGISTRY_certificate];
    registry_clear(desc, &certificate);
    EXPECT_INT(ABSENT_I32, certificate.level);
    EXPECT_INT(ABSENT_I64, certificate.issuer);
    EXPECT(certificate.head.gone_ms == REGISTRY_NEVER_MS);
    const struct field_desc *level = &desc->fields[registry_field_by_name(desc, STR("等级"))];
    EXPECT_INT(ABSENT_I64, registry_number(level, &certificate));
    registry_set_number(level, &certificate, skill_level_technician);
    EXPECT_INT(skill_level_technician, certificate.level);
    EXPECT_INT(skill_level_technician, registry_number(level, &certificate));
}
