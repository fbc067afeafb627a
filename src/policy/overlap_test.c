/* overlap_test.c — how many subjects two rules pay, and what settles them. */
#include "policy/overlap.h"

#include "policy/reference.h"

#include "policy_case.h"
#include "policy_words.h"
#include "unit.h"

static const char text[] =
    "---\n文号: T1\n施行: 2022-01-01\n---\n## 第一条 {#a1}\n\n"
    "```资金 F\n来源 市财政\n```\n\n"
    "```补贴 甲\n对象 人员\n条件 性别 = 女\n给予 1元 每年\n资金 F\n```\n\n"
    "```补贴 乙\n对象 人员\n给予 2元 每年\n资金 F\n```\n\n"
    "```补贴 丙\n对象 人员\n条件 性别 = 男\n给予 3元 每年\n资金 F\n```\n\n"
    "```准入 丁\n对象 人员\n条件 性别 = 女\n准予 报名\n```\n\n"
    "```结算 S\n从高 甲, 乙 每年\n```\n";

static struct str name_of(const struct policy_case *t, int32_t statement)
{
    return t->policy->statements[statement].name;
}

TEST(overlaps_of__counts_subjects_of_two_payments_and_tells_what_settles_them)
{
    struct policy_case t;
    policy_case_init(&t, text);
    int32_t sex = vocab_enum(&policy_words, STR("sex"));
    int32_t woman = vocab_enum_code(&policy_words.enums[sex], STR("女"));
    int32_t man = vocab_enum_code(&policy_words.enums[sex], STR("男"));
    for (int64_t id = 1; id <= 100; id++)
        PUT(&t, "person", id, 0, {"sex", id <= 70 ? woman : man});
    EXPECT_OK(world_seal(t.world, NULL));
    struct eval_request request = {.as_of_day = policy_case_day("2022-06-30"),
                                   .since_day = ABSENT_I32};
    struct eval_result *result;
    EXPECT_OK(reference_run(t.policy, t.world, &request, &result, NULL));
    struct overlap *overlaps;
    int32_t count;
    EXPECT_OK(overlaps_of(&t.arena, t.policy, t.world, result, &overlaps, &count, NULL));
    EXPECT_INT(2, count); /* a right pays nothing, and nobody is of both sexes */
    EXPECT(str_equal_text(name_of(&t, overlaps[0].first), "乙")); /* what is open comes first */
    EXPECT(str_equal_text(name_of(&t, overlaps[0].second), "丙"));
    EXPECT_INT(30, overlaps[0].subject_count);
    EXPECT_INT(-1, overlaps[0].settled_by);
    EXPECT(overlaps[0].one_fund);
    EXPECT_INT(70, overlaps[1].subject_count);
    EXPECT(overlaps[1].settled_by >= 0 && overlaps[1].how == SETTLEMENT_HIGHER_OF);
    eval_result_free(result);
    policy_case_done(&t);
}
