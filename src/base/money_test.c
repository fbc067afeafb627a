#include "unit.h"

#include "base/money.h"

static const char *text_of(int64_t amount_fen)
{
    static char buffer[MONEY_TEXT_SIZE];
    return money_text(amount_fen, buffer);
}

static const char *short_text_of(int64_t amount_fen)
{
    static char buffer[MONEY_TEXT_SIZE];
    return money_text_short(amount_fen, buffer);
}

TEST(money_text__groups_yuan_and_shows_fen_only_when_there_are_some)
{
    assert_string_equal("0元", text_of(0));
    assert_string_equal("999元", text_of(99900));
    assert_string_equal("1,000元", text_of(100000));
    assert_string_equal("1,000.50元", text_of(100050));
    assert_string_equal("-1,234,567.05元", text_of(-123456705));
    assert_string_equal("-92,233,720,368,547,758.08元", text_of(INT64_MIN));
}

TEST(money_text_short__says_wan_and_yi_without_hiding_anything)
{
    assert_string_equal("9,999元", short_text_of(999900));
    assert_string_equal("1万元", short_text_of(1000000));
    assert_string_equal("1.25万元", short_text_of(1250000));
    assert_string_equal("1.5万元", short_text_of(1500000));
    assert_string_equal("12,345元", short_text_of(1234500));
    assert_string_equal("7,500万元", short_text_of(7500000000));
    assert_string_equal("2.5亿元", short_text_of(25000000000));
    assert_string_equal("12,345万元", short_text_of(12345000000));
}

TEST(money_parse__reads_what_offices_write)
{
    static const struct { const char *text; int64_t amount_fen; } cases[] = {
        {"1000", 100000}, {"1,000.50", 100050}, {"1000元", 100000}, {"5万元", 5000000},
        {"2.5亿元", 25000000000}, {"１，０００．５０", 100050}, {"５万元", 5000000}, {"0", 0},
        {"￥1,000", 100000}, {"¥8.5", 850}, {"1.2345万", 1234500}, {"-3元", -300}, {"0.01", 1},
        {"1.500", 150}, {" 75,000,000元 ", 7500000000}, {"92233720368547758.07", INT64_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t amount_fen = -1;
        if (!money_parse(str_from(cases[i].text), &amount_fen))
            fail_msg("refused %s", cases[i].text);
        EXPECT_INT(cases[i].amount_fen, amount_fen);
    }
}

TEST(money_parse__refuses_everything_else)
{
    static const char *const texts[] = {
        "", "元", "1,00", "1,0000", "10,00.0", ",100", "1.", ".5", "0.001", "1.23456789万", "1e3",
        "1元元", "1万亿", "--1", "1 000", "92233720368547758.08", "99999999999999999999", "1,000,",
        "1234,567", "壹元", "$5", "5w", "5Y",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t amount_fen = -7;
        if (money_parse(str_from(texts[i]), &amount_fen))
            fail_msg("accepted %s", texts[i]);
        EXPECT_INT(-7, amount_fen);
    }
}

static int64_t rate(int64_t amount_fen, int64_t rate_ppm, enum rounding rounding)
{
    int64_t result = INT64_MIN;
    EXPECT(money_rate(amount_fen, rate_ppm, rounding, &result));
    return result;
}

TEST(money_rate__rounds_as_named)
{
    EXPECT_INT(30000, rate(100000, 300000, ROUND_DOWN));
    EXPECT_INT(0, rate(1, 999999, ROUND_DOWN));
    EXPECT_INT(1, rate(1, 1, ROUND_UP));
    EXPECT_INT(-1, rate(-1, 1, ROUND_UP));
    EXPECT_INT(0, rate(-1, 999999, ROUND_DOWN));
    EXPECT_INT(1, rate(1, 500000, ROUND_HALF_UP));
    EXPECT_INT(0, rate(1, 499999, ROUND_HALF_UP));
    EXPECT_INT(0, rate(1, 500000, ROUND_HALF_EVEN));
    EXPECT_INT(2, rate(3, 500000, ROUND_HALF_EVEN));
    EXPECT_INT(-2, rate(-3, 500000, ROUND_HALF_UP));
}

TEST(money_rate__refuses_overflow)
{
    int64_t result = 7;
    EXPECT(money_rate(INT64_MAX, 1000000, ROUND_DOWN, &result));
    EXPECT_INT(INT64_MAX, result);
    result = 7;
    EXPECT(!money_rate(INT64_MAX, 1000001, ROUND_DOWN, &result));
    EXPECT_INT(7, result);
}

TEST(money_share__adds_up_to_the_fen)
{
    int64_t weights[7], shares_fen[7];
    for (int64_t amount_fen = -1000; amount_fen <= 1000; amount_fen += 7) {
        int64_t total = 0, sum_fen = 0;
        for (int32_t i = 0; i < 7; i++)
            total += weights[i] = (amount_fen + 1000 + i * i) % 11;
        if (total == 0)
            continue;
        EXPECT(money_share(amount_fen, weights, 7, shares_fen));
        for (int32_t i = 0; i < 7; i++) {
            sum_fen += shares_fen[i];
            int64_t error = shares_fen[i] * total - amount_fen * weights[i];
            EXPECT(error < total && error > -total);
        }
        EXPECT_INT(amount_fen, sum_fen);
    }
    EXPECT(!money_share(100, (int64_t[]){0, 0}, 2, shares_fen));
    EXPECT(!money_share(100, (int64_t[]){1, -1, 5}, 3, shares_fen));
}

TEST(money_capital__says_every_digit_and_each_zero_once)
{
    static const struct {
        int64_t fen;
        const char *words;
    } rows[] = {
        {0, "零元整"},
        {5, "伍分"},
        {100, "壹元整"},
        {105, "壹元零伍分"},
        {150, "壹元伍角"},
        {1000000, "壹万元整"},
        {1230000, "壹万贰仟叁佰元整"},
        {10000100, "壹拾万零壹元整"},
        {100010000, "壹佰万零壹佰元整"},
        {INT64_C(20000000500), "贰亿零伍元整"},
        {INT64_C(123456789012), "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"},
        {-1, ""},
    };
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        EXPECT_STR(rows[i].words, str_from(money_capital_in(&arena, rows[i].fen)));
    arena_done(&arena);
}
