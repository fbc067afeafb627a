#include "base/text.h"

#include "unit.h"

#include <inttypes.h>
#include <stdio.h>

TEST(str_trim__takes_ascii_and_ideographic_space_and_the_mark_at_the_start)
{
    EXPECT_STR("张三", str_trim(STR("\xEF\xBB\xBF\xE3\x80\x80 张三 \xE3\x80\x80\r\n")));
    EXPECT_STR("", str_trim(STR(" \t\n")));
}

TEST(str_to_i64__reads_full_width_digits_and_refuses_overflow)
{
    int64_t value = 0;
    EXPECT(str_to_i64(STR("１２３４"), &value));
    EXPECT_INT(1234, value);
    EXPECT(str_to_i64(STR("-9223372036854775808"), &value));
    EXPECT_INT(INT64_MIN, value);
    EXPECT(!str_to_i64(STR("9223372036854775808"), &value));
    EXPECT(!str_to_i64(STR("12a"), &value));
    EXPECT(!str_to_i64(STR(""), &value));
}

TEST(str_is_utf8__refuses_overlong_forms_surrogates_and_cut_characters)
{
    EXPECT(str_is_utf8(STR("济宁 𠮷")));
    EXPECT(!str_is_utf8(STR("\xC0\x80")));
    EXPECT(!str_is_utf8(STR("\xED\xA0\x80")));
    EXPECT(!str_is_utf8(STR("\xE6\xB5")));
    EXPECT(!str_is_utf8(STR("\xF5\x80\x80\x80")));
}

TEST(str_split__yields_every_part_also_empty_ones)
{
    struct str rest = STR("a,,b"), part;
    EXPECT(str_split(&rest, ',', &part));
    EXPECT_STR("a", part);
    EXPECT(str_split(&rest, ',', &part));
    EXPECT_STR("", part);
    EXPECT(str_split(&rest, ',', &part));
    EXPECT_STR("b", part);
    EXPECT(!str_split(&rest, ',', &part));
}

TEST(str_display_width__counts_chinese_characters_twice)
{
    EXPECT_INT(7, str_display_width(STR("技师abc")));
}

TEST(text_buf__keeps_all_pieces_and_fails_once_when_the_arena_is_full)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct text_buf buf;
    text_init(&buf, &arena);
    text_format(&buf, "%d%s", 1000, "元");
    text_add_character(&buf, 0x6BCF);
    EXPECT_STR("1000元每", text_str(&buf));
    for (int i = 0; i < 40; i++)
        text_add_repeat(&buf, 'x', 50000);
    EXPECT(buf.failed);
    arena_done(&arena);
}

TEST(fault_set__cuts_long_messages_at_a_whole_character)
{
    struct fault fault;
    char name[1000] = "";
    for (int i = 0; i < 300; i++)
        memcpy(name + 3 * i, "济", 3);
    fault_set(&fault, ERR_INPUT, "x%s", name);
    EXPECT(str_is_utf8(str_from(fault.message)));
    EXPECT(strlen(fault.message) > FAULT_MESSAGE_SIZE - 5);
}

TEST(str_of_i64__writes_the_ends_of_the_range)
{
    static const int64_t values[] = {0, 7, -7, 10, 1234567890, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char buffer[I64_TEXT_SIZE], expected[32];
        snprintf(expected, sizeof expected, "%" PRId64, values[i]);
        EXPECT_STR(expected, str_of_i64(values[i], buffer));
    }
}
