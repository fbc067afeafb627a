#include "policy/difference.h"

#include "policy_words.h"
#include "unit.h"

static struct arena arena;

static struct policy *read_text(const char *statements)
{
    struct text_buf text;
    text_init(&text, &arena);
    text_format(&text, "---\n文号: T1\n施行: 2022-08-22\n---\n## 第一条 {#a1}\n\n津贴。\n\n%s",
                statements);
    struct policy_source source = {STR("t.md"), text_str(&text)};
    struct policy *policy = NULL;
    struct findings findings;
    EXPECT_OK(policy_read(&arena, &policy_words, &source, 1, &policy, &findings, NULL));
    return policy;
}

static int32_t compare(const char *before, const char *after, struct difference **ret_rows)
{
    arena_done(&arena);
    arena_init(&arena, 64 << 20);
    int32_t count = -1;
    EXPECT_OK(policy_difference(&arena, read_text(before), read_text(after), SPELLING_ZH, ret_rows,
                                &count, NULL));
    return count;
}

#define GRANT(amount)                                                                             \
    "```补贴 津贴\n对象  人员\n条件  学历 ≥ 本科\n给予  " amount " 每人\n周期  一次\n```\n"

TEST(policy_difference__finds_none_between_layouts_notes_and_spellings)
{
    struct difference *rows;
    EXPECT_INT(0, compare(GRANT("1000元"), GRANT("1000元"), &rows));
    EXPECT_INT(0, compare(GRANT("1000元"),
                          "```grant 津贴\nto  person   # a note\nwhere  education ≥\n"
                          "       bachelor\nper  once\namount  1000元 每人\n```\n",
                          &rows));
}

TEST(policy_difference__shows_the_clause_that_changed_before_and_after)
{
    struct difference *rows;
    EXPECT_INT(1, compare(GRANT("1000元"), GRANT("1500元"), &rows));
    EXPECT_INT(DIFFERENCE_CHANGED, rows[0].kind);
    EXPECT_INT(1, rows[0].clause_count);
    EXPECT_STR("给予 1000元 每人", rows[0].clauses[0].before);
    EXPECT_STR("给予 1500元 每人", rows[0].clauses[0].after);
}

TEST(policy_difference__names_statements_that_came_and_went)
{
    struct difference *rows;
    EXPECT_INT(2, compare(GRANT("1000元"),
                          "```准入 帮扶\n对象  人员\n准予  服务\n```\n", &rows));
    EXPECT_INT(DIFFERENCE_ADDED, rows[0].kind);
    EXPECT_STR("帮扶", rows[0].after->name);
    EXPECT_INT(DIFFERENCE_REMOVED, rows[1].kind);
    EXPECT_STR("津贴", rows[1].before->name);
}
