/* repeal_test.c — what a later document ends: the day before its repeal is the last. */
#include "policy/policy.h"

#include "policy_case.h"
#include "policy_words.h"
#include "unit.h"

#define RULE(name) "```准入 " name "\n对象  人员\n条件  性别 = 男\n准予  报名\n```\n\n"

static const char old_text[] = "---\n文号: T1\n施行: 2020-01-01\n---\n"
                               "## 第一条 报名 {#a1}\n\n" RULE("甲报名") RULE("乙报名")
                               "## 第二条 住宿 {#a2}\n\n" RULE("丙报名");
static const char new_text[] = "---\n文号: T2\n施行: 2022-08-22\n---\n"
                               "## 第九条 废止 {#a9}\n\n"
                               "```废止\n文件  T1\n条款  第一条\n```\n\n"
                               "```废止\n文件  T1\n语句  甲报名\n自    2023-01-01\n```\n\n"
                               "```废止\n文件  T1\n语句  丙报名\n自    2024-01-01\n```\n";

TEST(repeal__ends_articles_and_statements_of_an_older_document_the_day_before)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    const struct policy_source sources[] = {{STR("old.md"), str_from(old_text)},
                                            {STR("new.md"), str_from(new_text)}};
    struct policy *policy;
    struct findings findings;
    struct fault fault = {0};
    EXPECT_OK(policy_read(&arena, &policy_words, sources, 2, &policy, &findings, &fault));
    static const struct {
        const char *name, *last_day;
    } ends[] = {{"甲报名", "2022-08-21"}, {"乙报名", "2022-08-21"}, {"丙报名", "2023-12-31"}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        int32_t at = policy_statement(policy, str_from(ends[i].name));
        const struct statement *statement = &policy->statements[at];
        int32_t last_day = policy_case_day(ends[i].last_day);
        EXPECT_INT(last_day, statement_ends_day(policy, statement));
        EXPECT(statement_holds_on(policy, statement, last_day));
        EXPECT(!statement_holds_on(policy, statement, last_day + 1));
    }
    arena_done(&arena);
}
