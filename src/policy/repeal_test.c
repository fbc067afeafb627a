/* repeal_test.c — what a later document ends: the day before its repeal is the last. */
#include "policy/eval.h"
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

static const char aims_text[] = "---\n文号: T1\n施行: 2020-01-01\n---\n"
                                "## 第一条 目标 {#a1}\n\n"
                                "```指标 男子人数\n单位  人\n"
                                "取值  计数 人员 满足 (性别 = 男)\n```\n\n"
                                "```目标 甲目标\n指标  男子人数\n"
                                "要求  至少 2人\n期限  2025-12-31\n```\n\n"
                                "```目标 乙目标\n指标  男子人数\n"
                                "要求  至少 3人\n期限  2025-12-31\n```\n";
static const char less_text[] = "---\n文号: T2\n施行: 2022-08-22\n---\n"
                                "## 第九条 废止 {#a9}\n\n"
                                "```废止\n文件  T1\n语句  甲目标\n自    2023-01-01\n```\n";

static int32_t target_count_on(struct arena *arena, const struct policy *policy,
                               const struct world *world, const char *day)
{
    struct target_state *states;
    int32_t count = 0;
    struct fault fault = {0};
    EXPECT_OK(eval_targets(arena, policy, world, policy_case_day(day), &states, &count, &fault));
    return count;
}

TEST(repeal__takes_a_target_away_from_its_day_on)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    const struct policy_source sources[] = {{STR("old.md"), str_from(aims_text)},
                                            {STR("new.md"), str_from(less_text)}};
    struct policy *policy;
    struct world *world;
    struct findings findings;
    struct fault fault = {0};
    EXPECT_OK(policy_read(&arena, &policy_words, sources, 2, &policy, &findings, &fault));
    EXPECT_OK(world_new(&policy_words, &world, &fault));
    EXPECT_OK(world_seal(world, &fault));
    EXPECT_INT(2, target_count_on(&arena, policy, world, "2022-12-31"));
    EXPECT_INT(1, target_count_on(&arena, policy, world, "2023-01-01"));
    world_free(world);
    arena_done(&arena);
}
