#include "policy/vocab.h"

#include "unit.h"

static const struct code_desc level_codes[] = {
    {2, "junior_worker", "初级工", "五级|初级"},
    {4, "senior_worker", "高级工", ""},
};
static const struct enum_desc enums[] = {{"skill_level", "技能等级", true, level_codes, 2}};
static const struct field_desc person_fields[] = {
    {"birth_day", "出生日期", FIELD_DAY, "", NEED_OPTIONAL, PRIVACY_OPEN, "", 0},
};
static const struct record_desc records[] = {
    {"person", "人员", "", 0, person_fields, 1},
    {"certificate", "证书", "person", 0, NULL, 0},
};
static const struct catalogue_entry occupation_entries[] = {
    {6180101, {"车工", 6}, {"6-18-01-01", 10}, INT32_MIN, INT32_MAX},
    {6180102, {"铣工", 6}, {"6-18-01-02", 10}, INT32_MIN, 18000},
    {6310102, {"铣工", 6}, {"6-31-01-02", 10}, 18001, INT32_MAX},
};
static const int32_t occupation_by_name[] = {0, 1, 2};
static const struct catalogue occupation = {"occupation", "职业", occupation_entries, 3,
                                            occupation_by_name};
static const struct catalogue division = {"division", "区划", NULL, 0, NULL};
static const struct vocab vocab = {records, 2, enums, 1, &occupation, 1, NULL, 0};

TEST(vocab_names__match_in_either_spelling)
{
    EXPECT_INT(1, vocab_table(&vocab, STR("certificate")));
    EXPECT_INT(1, vocab_table(&vocab, STR("证书")));
    EXPECT_INT(-1, vocab_table(&vocab, STR("")));
    EXPECT_INT(0, vocab_field(&vocab, 0, STR("出生日期")));
    EXPECT_INT(-1, vocab_field(&vocab, 1, STR("出生日期")));
    EXPECT_INT(0, vocab_enum(&vocab, STR("技能等级")));
    EXPECT_INT(0, vocab_owner(&vocab, 1));
    EXPECT_INT(-1, vocab_owner(&vocab, 0));
}

TEST(vocab_enum_code__accepts_name_label_and_alias)
{
    EXPECT_INT(4, vocab_enum_code(&enums[0], STR("senior_worker")));
    EXPECT_INT(2, vocab_enum_code(&enums[0], STR("初级工")));
    EXPECT_INT(2, vocab_enum_code(&enums[0], STR("初级")));
    EXPECT_INT(ABSENT_I32, vocab_enum_code(&enums[0], STR("级")));
    EXPECT(vocab_enum_row(&enums[0], 3) == NULL);
}

TEST(catalogue_by_name__chooses_the_edition_of_the_day)
{
    EXPECT_INT(6310102, catalogue_by_name(&occupation, STR("铣工"), ABSENT_I32)->code);
    EXPECT_INT(6180102, catalogue_by_name(&occupation, STR("铣工"), 18000)->code);
    EXPECT_INT(6310102, catalogue_by_name(&occupation, STR("铣工"), 18001)->code);
    EXPECT_INT(6180101, catalogue_by_name(&occupation, STR("6-18-01-01"), ABSENT_I32)->code);
    EXPECT(catalogue_by_name(&occupation, STR("钳工"), ABSENT_I32) == NULL);
    EXPECT(catalogue_by_code(&occupation, 6180103) == NULL);
}

TEST(catalogue_contains__follows_the_makeup_of_the_code)
{
    EXPECT(catalogue_contains(&division, 370800, 370811));
    EXPECT(catalogue_contains(&division, 370000, 370811));
    EXPECT(catalogue_contains(&division, 370811, 370811001));
    EXPECT(!catalogue_contains(&division, 370800, 370900));
    EXPECT(!catalogue_contains(&division, 370811, 370800));
    EXPECT(catalogue_contains(&occupation, 618, 6180101));
    EXPECT(!catalogue_contains(&occupation, 631, 6180101));
    EXPECT(!catalogue_contains(&occupation, 6180101, 618));
}
