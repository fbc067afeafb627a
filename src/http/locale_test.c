#include "http/locale.h"

#include "unit.h"

TEST(locale__says_what_it_knows_and_leaves_the_rest)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct locale *locale;
    EXPECT_OK(locale_new(&arena, STR("# head\nmsgid \"\"\nmsgstr \"\"\n\"Language: en\\n\"\n\n"
                                     "msgid \"登录\"\nmsgstr \"Sign in\"\n\n"
                                     "msgid \"\"\n\"长\"\n\"文\"\nmsgstr \"long \\\"text\\\"\"\n"
                                     "msgid \"待译\"\nmsgstr \"\"\n"),
                         &locale, NULL));
    EXPECT_STR("Sign in", locale_say(locale, STR("登录")));
    EXPECT_STR("long \"text\"", locale_say(locale, STR("长文")));
    EXPECT_STR("待译", locale_say(locale, STR("待译")));
    EXPECT_STR("别的", locale_say(locale, STR("别的")));
    EXPECT_STR("登录", locale_say(NULL, STR("登录")));
    EXPECT_INT(2, locale_count(locale));
    arena_done(&arena);
}

TEST(locale__refuses_a_broken_catalogue_with_its_line)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct locale *locale;
    struct fault fault = {0};
    EXPECT_ERR(ERR_VIEW, locale_new(&arena, STR("msgid \"a\"\nmsgstr \"b"), &locale, &fault));
    EXPECT_STR("catalogue line 2: a quoted text is wanted", str_from(fault.message));
    EXPECT_ERR(ERR_VIEW, locale_new(&arena, STR("hello"), &locale, &fault));
    EXPECT_ERR(ERR_VIEW, locale_new(&arena, STR("msgstr \"b\""), &locale, &fault));
    EXPECT_ERR(ERR_VIEW, locale_new(&arena, STR("msgid \"a\"\nmsgstr \"b\"\nmsgid \"a\"\n"
                                                "msgstr \"c\""), &locale, &fault));
    EXPECT_STR("catalogue line 4: a stands twice", str_from(fault.message));
    arena_done(&arena);
}
