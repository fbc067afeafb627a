#include "unit.h"

#include "domain/registry/field_text.h"
#include "domain/registry/registry.h"

#include <stdio.h>

static const struct catalogue_entry occupations[] = {
    {6180101, {"车工", 6}, {"6-18-01-01", 10}, INT32_MIN, INT32_MAX},
    {6180201, {"焊工", 6}, {"6-18-02-01", 10}, INT32_MIN, INT32_MAX},
};
static const int32_t occupations_by_name[] = {1, 0};
static const struct catalogue_entry honours[] = {
    {7, {"城市工匠", 12}, {"", 0}, INT32_MIN, INT32_MAX},
};
static const int32_t honours_by_name[] = {0};
static const struct catalogue catalogues[] = {
    {"occupation", "职业", occupations, 2, occupations_by_name},
    {"honour", "称号", honours, 1, honours_by_name},
};
static const struct vocab vocab = {.catalogues = catalogues, .catalogue_count = 2};

static const struct field_desc *field_of(int32_t table, int32_t field)
{
    return &registry_records[table].fields[field];
}

/* The parsed number, ABSENT_I64 when refused. */
static int64_t parsed(const struct field_desc *field, const char *text)
{
    struct field_value value = {.number = ABSENT_I64};
    struct field_problem problem = {0};
    bool done = field_parse(&vocab, field, str_from(text), ABSENT_I32, &value, &problem);
    EXPECT(done == (problem.reason[0] == '\0'));
    EXPECT(done == (problem.remedy[0] == '\0'));
    return done ? value.number : ABSENT_I64;
}

TEST(field_parse__reads_what_offices_write)
{
    const struct field_desc *issued = field_of(REGISTRY_certificate, FIELD_certificate_issued_day);
    EXPECT_INT(19226, parsed(issued, "2022-08-22"));
    EXPECT_INT(19226, parsed(issued, "2022年8月22日"));
    EXPECT_INT(ABSENT_I64, parsed(issued, "2022-02-30"));
    const struct field_desc *level = field_of(REGISTRY_certificate, FIELD_certificate_level);
    EXPECT_INT(skill_level_technician, parsed(level, "二级/技师"));
    EXPECT_INT(ABSENT_I64, parsed(level, "八级工"));
    const struct field_desc *passed = field_of(REGISTRY_training, FIELD_training_passed);
    EXPECT_INT(1, parsed(passed, "是"));
    EXPECT_INT(0, parsed(passed, "不合格"));
    EXPECT_INT(ABSENT_I64, parsed(passed, "也许"));
    const struct field_desc *hours = field_of(REGISTRY_training, FIELD_training_class_hours);
    EXPECT_INT(120, parsed(hours, "120"));
    EXPECT_INT(ABSENT_I64, parsed(hours, "-1"));
    EXPECT_INT(ABSENT_I64, parsed(hours, "2147483648"));
    const struct field_desc *month = field_of(REGISTRY_insured_span, FIELD_insured_span_from_month);
    EXPECT_INT(2022 * 12 + 7, parsed(month, "2022-08"));
    EXPECT_INT(2022 * 12 + 7, parsed(month, "2022-08-01"));
}

TEST(field_parse__finds_a_code_by_number_printed_code_and_name)
{
    const struct field_desc *occupation =
        field_of(REGISTRY_certificate, FIELD_certificate_occupation);
    EXPECT_INT(6180201, parsed(occupation, "6-18-02-01"));
    EXPECT_INT(6180201, parsed(occupation, "6180201"));
    EXPECT_INT(6180201, parsed(occupation, "焊工"));
    EXPECT_INT(ABSENT_I64, parsed(occupation, "炼丹工"));
    EXPECT_INT(ABSENT_I64, parsed(field_of(REGISTRY_training, FIELD_training_project), "1"));
}

TEST(field_parse__refuses_text_that_cannot_be_shown)
{
    const struct field_desc *name = field_of(REGISTRY_person, FIELD_person_name);
    struct field_value value;
    struct field_problem problem = {0};
    EXPECT(field_parse(&vocab, name, STR("张三"), ABSENT_I32, &value, &problem));
    EXPECT_STR("张三", value.text);
    EXPECT(!field_parse(&vocab, name, STR("张\n三"), ABSENT_I32, &value, &problem));
    EXPECT(!field_parse(&vocab, name, STR("\xff"), ABSENT_I32, &value, &problem));
}

TEST(field_print__writes_what_field_parse_reads)
{
    static const struct {
        int32_t table, field;
        int64_t number;
    } cases[] = {
        {REGISTRY_certificate, FIELD_certificate_issued_day, 19226},
        {REGISTRY_certificate, FIELD_certificate_level, skill_level_junior_worker},
        {REGISTRY_certificate, FIELD_certificate_occupation, 6180101},
        {REGISTRY_honour, FIELD_honour_title, 7},
        {REGISTRY_training, FIELD_training_passed, 0},
        {REGISTRY_insured_span, FIELD_insured_span_to_month, 2026 * 12 + 11},
        {REGISTRY_organisation, FIELD_organisation_education_fund_due_fen, 123456789},
        {REGISTRY_organisation, FIELD_organisation_post_count, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct field_desc *field = field_of(cases[i].table, cases[i].field);
        char buffer[FIELD_PRINT_SIZE];
        struct str text = field_print(&vocab, field, cases[i].number, buffer);
        char copy[FIELD_PRINT_SIZE];
        snprintf(copy, sizeof copy, "%.*s", STR_ARG(text));
        EXPECT_INT(cases[i].number, parsed(field, copy));
    }
    char buffer[FIELD_PRINT_SIZE];
    EXPECT_STR("", field_print(&vocab, field_of(REGISTRY_certificate, FIELD_certificate_level),
                               ABSENT_I64, buffer));
}
