#include "domain/news/news_redact.h"

#include "unit.h"

static struct redact_list list_of(struct arena *arena, const char *text)
{
    struct redact_list list;
    EXPECT_OK(redact_list_new(arena, &list));
    EXPECT_OK(redact_numbers(arena, str_from(text), &list));
    return list;
}

static void expect_one(const char *text, enum redact_kind kind, const char *value,
                       const char *masked)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct redact_list list = list_of(&arena, text);
    EXPECT_INT(1, list.count);
    EXPECT_INT(kind, list.rows[0].kind);
    EXPECT_STR(value, list.rows[0].text);
    EXPECT_STR(masked, list.rows[0].masked);
    arena_done(&arena);
}

static void expect_none(const char *text)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    EXPECT_INT(0, list_of(&arena, text).count);
    arena_done(&arena);
}

TEST(redact_numbers__finds_identity_numbers_in_every_dress)
{
    expect_one("张某，身份证37081119900102123X。", REDACT_IDENTITY, "37081119900102123X",
               "3708**************");
    expect_one("证号 370811 19900102 1234，", REDACT_IDENTITY, "370811 19900102 1234",
               "3708**************");
    expect_one("３７０８１１１９９００１０２１２３４", REDACT_IDENTITY,
               "３７０８１１１９９００１０２１２３４", "3708**************");
    expect_one("老证370811900102123号", REDACT_IDENTITY, "370811900102123", "3708***********");
}

TEST(redact_numbers__tells_telephones_and_accounts_apart)
{
    expect_one("电话13812345678", REDACT_PHONE, "13812345678", "138********");
    expect_one("电话138-1234-5678", REDACT_PHONE, "138-1234-5678", "138********");
    expect_one("电话0537-2967000。", REDACT_PHONE, "0537-2967000", "053********");
    expect_one("账号6222021608001234567", REDACT_BANK, "6222021608001234567",
               "*******************");
    expect_one("账号6222 0216 0800 1234", REDACT_BANK, "6222 0216 0800 1234",
               "****************");
}

TEST(redact_numbers__takes_two_numbers_side_by_side_for_two)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct redact_list list = list_of(&arena, "13812345678 13987654321、13812345678");
    EXPECT_INT(2, list.count);
    EXPECT_STR("13812345678", list.rows[0].text);
    EXPECT_STR("13987654321", list.rows[1].text);
    EXPECT_STR("、1381234", list.rows[1].after);
    arena_done(&arena);
}

TEST(redact_numbers__lets_days_amounts_and_certificates_stand)
{
    expect_none("2026年3月2日至2026-03-06，共1,234,567元，2022—2025年");
    expect_none("证书Y000123456789012345678，文号济人社字〔2026〕12号");
    expect_none("统一社会信用代码91370800MA3C0XXX1K");
    expect_none("");
}

TEST(redact_replace__leaves_no_occurrence)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    EXPECT_STR("A**A**", redact_replace(&arena, STR("A13A13"), STR("13"), STR("**")));
    EXPECT_STR("A13", redact_replace(&arena, STR("A13"), STR(""), STR("**")));
    arena_done(&arena);
}
