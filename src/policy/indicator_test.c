#include "policy/eval.h"

#include "policy_case.h"

/* Awards stand for what is counted: one on each of the days given. */
#define TARGET(name, indicator, wanted, term)                                                      \
    "```目标 " name "\n指标  " indicator "\n要求  " wanted "\n期限  " term "\n```\n"

static const char document_text[] =
    "---\n文号: T1\n地区: 370800\n印发: 2022-08-22\n施行: 2022-08-22\n---\n"
    "## 第一条 {#a1}\n\n"
    "```指标 次数\n单位  人次\n取值  计数 竞赛成绩 满足 (在期内(获奖日期))\n```\n"
    "```指标 比率\n单位  %\n取值  计数 人员 满足 (性别 = 男) / 计数 人员\n```\n" TARGET(
        "至少二", "次数", "至少 2人次", "每年") TARGET("至多二", "次数", "至多 2人次", "每年")
        TARGET("等于二", "次数", "等于 2人次", "每年") TARGET("约二", "次数", "约 2人次", "每年")
            TARGET("到期", "次数", "至少 4人次", "2025-12-31 自 2022-08-22")
                TARGET("占比", "比率", "至少 60%",
                       "2025-12-31") "```义务 参赛\n主体  人员\n条件  性别 = 男\n"
                                     "计量  计数 竞赛成绩 满足 (在期内(获奖日期))\n应达  ≥ 2\n周期 "
                                     " 每年\n```\n";

static void given_awards(struct policy_case *t)
{
    policy_case_init(t, document_text);
    PUT(t, "person", 1, 0, {"division", 370811}, {"sex", 1});
    PUT(t, "person", 2, 0, {"division", 370811}, {"sex", 2});
    PUT(t, "person", 3, 0, {"division", 370811}, {"sex", 1});
    static const char *const days[] = {"2022-08-22", "2022-12-31", "2023-01-01", "2023-06-30",
                                       "2023-12-31"};
    for (int32_t i = 0; i < 5; i++)
        PUT(t, "award", 11 + i, 1, {"contest_tier", 4}, {"award_day", policy_case_day(days[i])});
    EXPECT_OK(world_seal(t->world, NULL));
}

static struct target_state state_of(struct policy_case *t, const char *name, const char *as_of)
{
    struct target_state *states = NULL;
    int32_t count = 0;
    struct fault fault = {0};
    EXPECT_OK(eval_targets(&t->arena, t->policy, t->world, policy_case_day(as_of), &states, &count,
                           &fault));
    for (int32_t i = 0; i < count; i++)
        if (states[i].statement == policy_statement(t->policy, str_from(name)))
            return states[i];
    check_failed("the target is there", __FILE__, __LINE__);
}

static void expect_state(struct policy_case *t, const char *name, const char *as_of, int64_t actual,
                         bool met, int64_t missing)
{
    struct target_state found = state_of(t, name, as_of);
    EXPECT_INT(actual, found.actual.numerator);
    EXPECT_INT(met, found.met);
    EXPECT_INT(missing, found.missing);
}

TEST(eval_targets__counts_from_the_first_day_of_the_year_to_the_day_asked)
{
    struct policy_case t;
    given_awards(&t);
    expect_state(&t, "至少二", "2022-12-30", 1, false, 1);
    expect_state(&t, "至少二", "2022-12-31", 2, true, 0);
    expect_state(&t, "至少二", "2023-01-01", 1, false, 1);
    policy_case_done(&t);
}

TEST(eval_targets__holds_each_operator_on_both_sides_of_the_plan)
{
    struct policy_case t;
    given_awards(&t);
    expect_state(&t, "至少二", "2023-12-31", 3, true, 0);
    expect_state(&t, "至多二", "2023-06-30", 2, true, 0);
    expect_state(&t, "至多二", "2023-12-31", 3, false, -1);
    expect_state(&t, "等于二", "2023-06-30", 2, true, 0);
    expect_state(&t, "等于二", "2023-12-31", 3, false, -1);
    expect_state(&t, "约二", "2023-01-01", 1, false, 1);
    expect_state(&t, "约二", "2023-12-31", 3, true, 0);
    policy_case_done(&t);
}

TEST(eval_targets__counts_a_plan_with_a_term_from_its_first_day)
{
    struct policy_case t;
    given_awards(&t);
    expect_state(&t, "到期", "2023-01-01", 3, false, 1);
    expect_state(&t, "到期", "2023-06-30", 4, true, 0);
    expect_state(&t, "到期", "2030-01-01", 5, true, 0);
    policy_case_done(&t);
}

TEST(eval_targets__compares_a_rate_in_millionths)
{
    struct policy_case t;
    given_awards(&t);
    struct target_state share = state_of(&t, "占比", "2023-12-31");
    EXPECT_INT(2, share.actual.numerator);
    EXPECT_INT(3, share.actual.denominator);
    EXPECT_INT(600000, share.planned);
    EXPECT(share.met);
    policy_case_done(&t);
}

TEST(eval_duties__lists_each_holder_with_what_was_done_in_the_year)
{
    struct policy_case t;
    given_awards(&t);
    struct duty_state *states = NULL;
    int32_t count = 0;
    struct fault fault = {0};
    EXPECT_OK(eval_duties(&t.arena, t.policy, t.world, policy_case_day("2023-06-30"), &states,
                          &count, &fault));
    EXPECT_INT(2, count); /* the woman owes nothing */
    EXPECT_INT(0, states[0].subject_row);
    EXPECT_INT(2, states[0].done);
    EXPECT_INT(2, states[0].owed);
    EXPECT(states[0].met);
    EXPECT_INT(2, states[1].subject_row);
    EXPECT_INT(0, states[1].done);
    EXPECT(!states[1].met);
    EXPECT_OK(eval_duties(&t.arena, t.policy, t.world, policy_case_day("2022-08-21"), &states,
                          &count, &fault));
    EXPECT_INT(0, count); /* the document is not in force */
    policy_case_done(&t);
}
