#include "base/encoding.h"

#include "unit.h"

static struct arena arena;

static struct str converted(struct str bytes)
{
    struct str text = {0};
    struct fault fault = {0};
    enum err err = encoding_to_utf8(&arena, bytes, &fault, &text);
    if (err != ERR_OK)
        print_error("%s\n", fault.message);
    EXPECT_OK(err);
    return text;
}

static void expect_fault(struct str bytes, const char *message)
{
    struct str text = {0};
    struct fault fault = {0};
    EXPECT_ERR(ERR_ENCODING, encoding_to_utf8(&arena, bytes, &fault, &text));
    EXPECT_STR(message, str_from(fault.message));
    EXPECT(fault.hint[0] != '\0');
}

TEST(encoding__reads_utf8_with_and_without_mark)
{
    arena_init(&arena, 1 << 20);
    EXPECT_STR("张三 😀", converted(STR("张三 😀")));
    EXPECT_STR("张三", converted(STR("\xEF\xBB\xBF张三")));
    EXPECT_STR("", converted(STR("")));
    EXPECT_STR("", converted(STR("\xEF\xBB\xBF")));
    EXPECT_STR("25 °C", converted(STR("25 °C")));
    arena_done(&arena);
}

TEST(encoding__reads_gb18030_with_four_byte_characters)
{
    arena_init(&arena, 1 << 20);
    EXPECT_STR("姓名,张三\n", converted(STR("\xD0\xD5\xC3\xFB,\xD5\xC5\xC8\xFD\n")));
    EXPECT_STR("张㐂😀", converted(STR("\xD5\xC5\x81\x39\xEF\x31\x94\x39\xFC\x36")));
    arena_done(&arena);
}

TEST(encoding__takes_runs_of_two_byte_pairs_for_gb18030)
{
    arena_init(&arena, 1 << 20);
    /* 通路 in GB 2312 is also well-formed UTF-8 for two letters nobody writes. */
    EXPECT_STR("通路", converted(STR("\xCD\xA8\xC2\xB7")));
    arena_done(&arena);
}

TEST(encoding__reads_utf16_with_mark)
{
    arena_init(&arena, 1 << 20);
    EXPECT_STR("张a😀", converted(STR("\xFF\xFE\x20\x5F\x61\x00\x3D\xD8\x00\xDE")));
    EXPECT_STR("张a", converted(STR("\xFE\xFF\x5F\x20\x00\x61")));
    arena_done(&arena);
}

TEST(encoding__names_the_malformed_byte)
{
    arena_init(&arena, 1 << 20);
    expect_fault(STR("张三\n李\xE4\xBA,x\n王"),
                 "第 2 行（第 10 字节，值 0xE4）：文字编码损坏，既不是 UTF-8 也不是 GB18030");
    expect_fault(STR("\xEF\xBB\xBF张\n\xC0\x80"),
                 "第 2 行（第 7 字节，值 0xC0）：不是合法的 UTF-8 字符");
    expect_fault(STR("\xEF\xBB\xBF\xE5\xBC"),
                 "第 1 行（第 3 字节，值 0xE5）：文件在一个字符中间断开");
    expect_fault(STR("\xFF\xFE\x61\x00\x00\xDC"),
                 "第 1 行（第 4 字节，值 0x00）：不是合法的 UTF-16 字符");
    expect_fault(STR("\xFF\xFE\x61\x00\x61"),
                 "第 1 行（第 4 字节，值 0x61）：文件在一个字符中间断开");
    expect_fault(STR("a\0b"), "第 1 行（第 1 字节，值 0x00）：这不是文本文件（出现了零字节）");
    arena_done(&arena);
}

TEST(encoding__names_a_bad_byte_far_behind_the_window)
{
    arena_init(&arena, 4 << 20);
    struct text_buf text;
    text_init(&text, &arena);
    for (int i = 0; i < 30000; i++)
        text_add_z(&text, "张三\n");
    text_add_z(&text, "\xFF");
    expect_fault(text_str(&text), "第 30001 行（第 210000 字节，值 0xFF）：不是合法的 UTF-8 字符");
    arena_done(&arena);
}

TEST(encoding__decides_at_the_first_chinese_character_however_late)
{
    arena_init(&arena, 4 << 20);
    struct text_buf text;
    text_init(&text, &arena);
    text_add_repeat(&text, 'a', 3 * ENCODING_WINDOW_SIZE - 1);
    text_add_z(&text, "\xD0\xD5\xC3\xFB");
    struct str utf8 = converted(text_str(&text));
    EXPECT(str_ends(utf8, STR("a姓名")));
    EXPECT_INT(3 * ENCODING_WINDOW_SIZE - 1 + 6, utf8.size);
    arena_done(&arena);
}

TEST(encoding__writes_gb18030_that_reads_back)
{
    arena_init(&arena, 1 << 20);
    struct str bytes = {0};
    EXPECT_OK(encoding_to_gb18030(&arena, STR("姓名,张㐂😀"), NULL, &bytes));
    EXPECT_STR("姓名,张㐂😀", converted(bytes));
    EXPECT_ERR(ERR_ENCODING, encoding_to_gb18030(&arena, STR("\xFF"), NULL, &bytes));
    arena_done(&arena);
}
