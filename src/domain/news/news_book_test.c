#include "domain/news/news_book.h"

#include "base/identity.h"
#include "domain/news/news_letter.h"
#include "unit.h"

#include <stdlib.h>

static enum err fill(struct arena *arena, const char *text, struct str *ret_filled)
{
    const struct news_value values[] = {
        {"name", STR("张三")}, {"amount", STR("1000")}, {"empty", STR("")}};
    struct fault fault;
    return news_fill(arena, str_from(text), values, 3, ret_filled, &fault);
}

static void expect_filled(const char *expected, const char *text)
{
    struct arena arena;
    struct str filled;
    arena_init(&arena, 1 << 20);
    EXPECT_OK(fill(&arena, text, &filled));
    EXPECT_STR(expected, filled);
    arena_done(&arena);
}

static void expect_refused(const char *text)
{
    struct arena arena;
    struct str filled;
    arena_init(&arena, 1 << 20);
    EXPECT_ERR(ERR_CATALOGUE, fill(&arena, text, &filled));
    arena_done(&arena);
}

TEST(news_fill__puts_values_and_leaves_out_what_is_not_given)
{
    expect_filled("张三得1000元", "{{name}}得{{amount}}元");
    expect_filled("张三", "{{name}}{{#account}}，账户{{account}}{{/account}}");
    expect_filled("张三", "{{name}}{{#empty}}，{{empty}}{{/empty}}");
    expect_filled("无账户", "{{^account}}无账户{{/account}}{{^name}}无名{{/name}}");
    expect_filled("", "");
}

TEST(news_fill__refuses_a_hole_or_a_broken_text)
{
    expect_refused("{{account}}");
    expect_refused("{{name");
    expect_refused("{{}}");
    expect_refused("{{#name}}没有结束");
    expect_refused("没有开始{{/name}}");
    expect_refused("{{#name}}{{#amount}}两层{{/amount}}{{/name}}");
}

TEST(news_book__has_a_text_for_every_letter_and_an_office_for_every_city)
{
    struct arena arena;
    struct news_book book;
    struct fault fault;
    struct credit_code code;
    arena_init(&arena, 4 << 20);
    const char *folder = text_in(&arena, "%s/catalogue", getenv("BAIGONG_SOURCE_ROOT"));
    EXPECT_OK(news_book_load(&arena, folder, &book, &fault));
    for (int kind = LETTER_GRANT; kind < LETTER_KIND_COUNT; kind++) {
        int title_count = 0;
        for (int32_t i = 0; i < book.paragraph_count; i++)
            title_count += str_equal_text(book.paragraphs[i].kind,
                                          news_letter_kind_name((enum letter_kind)kind)) &&
                           str_equal(book.paragraphs[i].part, STR("title"));
        EXPECT_INT(1, title_count);
    }
    for (int32_t i = 0; i < book.office_count; i++)
        EXPECT_OK(identity_read_credit_code(book.offices[i].credit_code, &code, &fault));
    EXPECT(news_office_of(&book, 370811) == news_office_of(&book, 370800));
    EXPECT(news_office_of(&book, 370811) != NULL);
    EXPECT(news_office_of(&book, 110101) == NULL);
    EXPECT(news_message_text_of(&book, "case.paid") != NULL);
    EXPECT(news_message_text_of(&book, "no.such") == NULL);
    arena_done(&arena);
}
