#include "unit.h"

#include "base/csv.h"
#include "base/day.h"
#include "base/identity.h"

#include <stdio.h>

static const int32_t TODAY = 20000; /* 2024-10-04 */

/* Calls row_seen for every row of a corpus file but the head. */
static int for_each_sample(const char *path, void (*row_seen)(const struct csv_row *row))
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is missing", path);
    struct csv_reader *reader;
    const struct csv_row *row;
    int count = 0;
    EXPECT_OK(csv_reader_new(byte_source_file(file), NULL, NULL, &reader));
    EXPECT_OK(csv_reader_next(reader, NULL, &row));
    for (;; count++) {
        EXPECT_OK(csv_reader_next(reader, NULL, &row));
        if (!row)
            break;
        row_seen(row);
    }
    csv_reader_free(reader);
    fclose(file);
    return count;
}

static void check_resident_sample(const struct csv_row *row)
{
    struct resident_id id = {0};
    struct fault fault = {0};
    enum err err = identity_read_resident(row->cells[0], NULL, TODAY, &id, &fault);
    bool expected = str_equal_text(row->cells[2], "1") || row->cells[0].size == 15;
    if ((err == ERR_OK) != expected)
        fail_msg("%.*s: %s", STR_ARG(row->cells[0]), fault.message);
    if (err != ERR_OK)
        EXPECT(fault.message[0] &&
               str_find(str_from(fault.message), row->cells[0]) == SIZE_MAX);
}

TEST(identity_read_resident__agrees_with_the_samples)
{
    EXPECT_INT(33, for_each_sample("test/corpus/identity/resident_id_samples.csv",
                                   check_resident_sample));
}

static void check_credit_sample(const struct csv_row *row)
{
    struct credit_code code = {0};
    struct fault fault = {0};
    enum err err = identity_read_credit_code(row->cells[0], &code, &fault);
    if ((err == ERR_OK) != str_equal_text(row->cells[1], "1"))
        fail_msg("%.*s: %s", STR_ARG(row->cells[0]), fault.message);
    if (err == ERR_OK)
        EXPECT_INT(str_equal_text(row->cells[2], "0"), code.inner_warning);
}

TEST(identity_read_credit_code__agrees_with_the_samples)
{
    EXPECT_INT(10, for_each_sample("test/corpus/identity/uscc_samples.csv", check_credit_sample));
}

TEST(identity_read_resident__tells_birth_sex_and_division)
{
    struct resident_id id;
    EXPECT_OK(identity_read_resident(STR("　３７１００１ 19801008 2394 "), NULL, TODAY, &id, NULL));
    assert_string_equal("371001198010082394", id.number);
    char buffer[DAY_TEXT_SIZE];
    assert_string_equal("1980-10-08", day_text(id.birth_day, buffer));
    EXPECT_INT(371001, id.division);
    EXPECT_INT(1, id.sex);
    EXPECT(!id.was_15 && !id.residence_permit);
    EXPECT_OK(identity_read_resident(STR("36060119980521413x"), NULL, TODAY, &id, NULL));
    assert_string_equal("36060119980521413X", id.number);
    EXPECT_OK(identity_read_resident(STR("830000198802110027"), NULL, TODAY, &id, NULL));
    EXPECT(id.residence_permit);
    EXPECT_INT(2, id.sex);
}

TEST(identity_read_resident__completes_old_numbers)
{
    struct resident_id id;
    EXPECT_OK(identity_read_resident(STR("110105491231002"), NULL, TODAY, &id, NULL));
    assert_string_equal("11010519491231002X", id.number);
    EXPECT(id.was_15);
    EXPECT_INT(2, id.sex);
}

static void expect_refusal(const char *text, const char *message, const char *hint)
{
    static const int32_t codes[] = {110105, 371001};
    struct identity_divisions divisions = {codes, 2};
    struct resident_id id;
    struct fault fault = {0};
    EXPECT_ERR(ERR_INPUT, identity_read_resident(str_from(text), &divisions, TODAY, &id, &fault));
    if (!strstr(fault.message, message) || !strstr(fault.hint, hint))
        fail_msg("%s: %s (%s)", text, fault.message, fault.hint);
}

TEST(identity_read_resident__says_what_is_wrong_and_where)
{
    expect_refusal("37100119801008239", "有17位", "文本格式");
    expect_refusal("37100119801008239A", "第18位应为数字或X", "第18位");
    expect_refusal("3710O1198010082394", "第5位应为数字", "第5位");
    expect_refusal("371001198010082395", "校验位（第18位）应为4，实为5", "逐位");
    expect_refusal("371001198013082394", "出生日期1980-13-08不存在", "第7至14位");
    expect_refusal("371001202410050000", "在今天之后", "");
    expect_refusal("371002198010082394", "第1至6位“371002”", "前6位");
    expect_refusal("990000198010082394", "第1至6位", "");
    expect_refusal("", "是空的", "");
    expect_refusal("三七一〇〇一", "有6位", "");
    expect_refusal("110105490231002", "1949-02-31", "第7至12位");
}

TEST(identity_read_resident__takes_a_birth_today_and_refuses_tomorrow)
{
    struct resident_id id;
    char number[19] = "37100120241004001";
    number[17] = identity_check_character(number);
    EXPECT_OK(identity_read_resident(str_from(number), NULL, TODAY, &id, NULL));
    EXPECT_ERR(ERR_INPUT, identity_read_resident(str_from(number), NULL, TODAY - 1, &id, NULL));
}

TEST(identity_read_credit_code__says_what_is_wrong)
{
    struct credit_code code;
    struct fault fault;
    EXPECT_ERR(ERR_INPUT, identity_read_credit_code(STR("9137080000450302"), &code, &fault));
    EXPECT(strstr(fault.message, "有16位"));
    EXPECT_ERR(ERR_INPUT, identity_read_credit_code(STR("1137000O0045030270"), &code, &fault));
    EXPECT(strstr(fault.message, "第8位"));
    EXPECT_ERR(ERR_INPUT, identity_read_credit_code(STR("113700000045030271"), &code, &fault));
    EXPECT(strstr(fault.message, "应为0，实为1"));
    EXPECT_OK(identity_read_credit_code(STR("91350100m000100y43"), &code, &fault));
    EXPECT_INT(350100, code.division);
}

TEST(identity_read_phone__takes_mobiles_and_landlines)
{
    struct phone phone;
    EXPECT_OK(identity_read_phone(STR("+86 138-0013-8000"), &phone, NULL));
    assert_string_equal("13800138000", phone.number);
    EXPECT(phone.mobile);
    EXPECT_OK(identity_read_phone(STR("（0537）2967000"), &phone, NULL));
    assert_string_equal("05372967000", phone.number);
    EXPECT(!phone.mobile);
    struct fault fault;
    EXPECT_ERR(ERR_INPUT, identity_read_phone(STR("1380013800"), &phone, &fault));
    EXPECT(strstr(fault.message, "有10位"));
    EXPECT_ERR(ERR_INPUT, identity_read_phone(STR("12800138000"), &phone, &fault));
    EXPECT_ERR(ERR_INPUT, identity_read_phone(STR("2967000"), &phone, &fault));
    EXPECT_ERR(ERR_INPUT, identity_read_phone(STR("1380013800x"), &phone, &fault));
}

TEST(identity_read_bank_card__warns_about_the_check_digit_only)
{
    struct bank_card card;
    EXPECT_OK(identity_read_bank_card(STR("6222 0000 0000 0002"), &card, NULL));
    bool first_warning = card.check_warning;
    EXPECT_OK(identity_read_bank_card(STR("6222 0000 0000 0003"), &card, NULL));
    EXPECT(first_warning || card.check_warning);
    EXPECT_OK(identity_read_bank_card(STR("4111111111111111"), &card, NULL));
    EXPECT(!card.check_warning);
    struct fault fault;
    EXPECT_ERR(ERR_INPUT, identity_read_bank_card(STR("62220000"), &card, &fault));
    EXPECT_ERR(ERR_INPUT, identity_read_bank_card(STR("6222000000000000X"), &card, &fault));
    EXPECT(strstr(fault.message, "第17位"));
}

static enum err read_certificate(const char *text, struct certificate_number *number,
                                 struct fault *fault)
{
    return identity_read_certificate(str_from(text), certificate_layouts,
                                     certificate_layout_count, number, fault);
}

TEST(identity_read_certificate__tells_layout_level_and_year)
{
    struct certificate_number number;
    struct fault fault = {0};
    EXPECT_OK(read_certificate("Y000137123456195000001", &number, &fault));
    assert_string_equal("skill_level", number.layout->name);
    EXPECT_INT(2019, number.year);
    EXPECT_INT('5', number.level);
    EXPECT_STR("37", certificate_number_part(&number, CERTIFICATE_PART_PROVINCE));
    EXPECT_STR("000001", certificate_number_part(&number, CERTIFICATE_PART_SERIAL));
    EXPECT_OK(read_certificate("y00013712345623T000001", &number, &fault));
    assert_string_equal("advanced_post", number.layout->name);
    EXPECT_INT('T', number.level);
    EXPECT_OK(read_certificate("1510000000301234", &number, &fault));
    EXPECT_INT(2015, number.year);
    EXPECT_INT('3', number.level);
    EXPECT_OK(read_certificate("9810000140123", &number, &fault));
    EXPECT_INT(1998, number.year);
    EXPECT_INT('4', number.level);
    EXPECT_OK(read_certificate("Y000137123456195000000", &number, &fault));
    EXPECT(number.serial_warning);
}

TEST(identity_read_certificate__says_what_is_wrong)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"Y00013712345619500000", "有21位"},
        {"Y000137123456196000001", "第16位应为等级1至5"},
        {"Y0001371234561950O0001", "第18位应为数字"},
        {"1000137123456195000001", "第1位应为大写字母"},
        {"Y000199123456195000001", "第6至7位“99”"},
        {"Y000137123456155000001", "年份“15”"},
        {"1510000000601234", "第11位应为等级1至5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct certificate_number number;
        struct fault fault = {0};
        EXPECT_ERR(ERR_INPUT, read_certificate(cases[i].text, &number, &fault));
        if (!strstr(fault.message, cases[i].message))
            fail_msg("%s: %s", cases[i].text, fault.message);
    }
}

TEST(identity_mask__keeps_only_the_ends)
{
    char buffer[32];
    assert_string_equal("3710**********2394",
                        identity_mask(STR("371001198010082394"), 4, 4, buffer));
    assert_string_equal("*****", identity_mask(STR("12345"), 3, 2, buffer));
}
