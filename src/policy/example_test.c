#include "policy/example.h"

#include "policy_case.h"

/* One document with one example; each test writes the expectation. */
#define DOCUMENT(expectation)                                                                     \
    "---\n文号: T1\n地区: 370800\n印发: 2022-08-22\n施行: 2022-08-22\n---\n"                \
    "## 第一条 津贴 {#a1}\n\n每人一千元。\n\n"                                                \
    "```补贴 津贴\n依据  「每人一千元」\n对象  人员\n条件  学历 ≥ 大专\n"                     \
    "给予  1000元 每人\n周期  一次\n```\n"                                                     \
    "```补贴 奖励\n对象  人员\n条件  性别 = 女\n"                                              \
    "给予  待定 由 市财政局\n周期  一次\n```\n"                                                \
    "```指标 人数\n单位  人\n取值  计数 人员\n```\n"                                          \
    "```指标 比率\n单位  %\n取值  计数 人员 满足 (学历 ≥ 大专) / 计数 人员\n```\n"            \
    "```案例 一档\n人员 甲: 居住地区划 370811、学历 大专、性别 女\n"                            \
    "人员 乙: 居住地区划 370811、学历 初中\n人员 丙: 居住地区划 370811\n" expectation           \
    "\n```\n"

/* The first error, "" when every expectation came true. */
static void expect_outcome(const char *text, const char *message, int32_t passed, int32_t failed)
{
    struct policy_case t;
    struct findings findings = {0};
    struct fault fault = {0};
    int32_t passed_count = -1;
    int32_t failed_count = -1;
    policy_case_init(&t, text);
    struct vocab chinese = *t.policy->vocab;
    chinese.findings_in = SPELLING_ZH;
    t.policy->vocab = &chinese;
    findings.arena = &t.arena;
    EXPECT_OK(examples_run(&t.arena, t.policy, &findings, &passed_count, &failed_count, &fault));
    struct str first = STR("");
    for (int32_t i = findings.row_count - 1; i >= 0; i--)
        if (findings.rows[i].severity == FINDING_ERROR)
            first = findings.rows[i].message;
    EXPECT_STR(message, first);
    EXPECT_INT(passed, passed_count);
    EXPECT_INT(failed, failed_count);
    policy_case_done(&t);
}

TEST(examples_run__passes_what_comes_true)
{
    expect_outcome(DOCUMENT("2023-12-31  津贴 甲 = 1000元\n2023-12-31  津贴 乙 = 无 因 学历\n"
                            "2023-12-31  津贴 丙 = 待补 学历\n2023-12-31  人数 = 3"),
                   "", 4, 0);
}

TEST(examples_run__tells_another_amount)
{
    expect_outcome(DOCUMENT("2023-12-31  津贴 甲 = 2000元"), "案例不成立：津贴 的结果是 1,000元", 0,
                   1);
}

TEST(examples_run__tells_a_refusal_where_an_amount_was_expected)
{
    expect_outcome(DOCUMENT("2023-12-31  津贴 乙 = 1000元"), "案例不成立：津贴 的结果是 无", 0, 1);
}

TEST(examples_run__tells_a_grant_where_a_refusal_was_expected)
{
    expect_outcome(DOCUMENT("2023-12-31  津贴 甲 = 无"), "案例不成立：津贴 的结果是 是", 0, 1);
}

TEST(examples_run__tells_a_question_where_an_answer_was_expected)
{
    expect_outcome(DOCUMENT("2023-12-31  津贴 丙 = 无"), "案例不成立：津贴 的结果是 待补", 0, 1);
}

TEST(examples_run__tells_an_open_amount)
{
    expect_outcome(DOCUMENT("2023-12-31  奖励 甲 = 1000元"), "案例不成立：奖励 的结果是 待定", 0,
                   1);
}

#define CEILING(outcomes) \
    "---\n文号: T1\n地区: 370800\n施行: 2022-01-01\n---\n## 第一条 {#a1}\n" \
    "```补贴 培训\n对象 人员\n逐项 培训记录 满足 (考核合格 且 在期内(结业日期))\n" \
    "给予 不超过 8000元 每年 由 市财政局\n```\n```案例 一\n人员 甲: 居住地区划 370811\n" \
    "培训记录 结业日期 2022-05-31、考核合格 是\n" \
    "培训记录 结业日期 2022-06-30、考核合格 是\n" outcomes \
    "\n```\n"

TEST(examples_run__asserts_the_ceiling_of_an_open_amount)
{
    expect_outcome(CEILING("2022-05-31  培训 甲 = 不超过 8000元\n"
                           "2022-06-30  培训 甲 = up-to 16000 yuan"),
                   "", 2, 0);
    expect_outcome(CEILING("2022-12-31  培训 甲 = 不超过 8000元"),
                   "案例不成立：培训 的结果是 不超过16,000元", 0, 1);
    expect_outcome(CEILING("2022-12-31  培训 甲 = 16000元"),
                   "案例不成立：培训 的结果是 不超过16,000元", 0, 1);
}

TEST(examples_run__takes_a_reason_in_either_spelling)
{
    expect_outcome(DOCUMENT("2023-12-31  津贴 乙 = 无 因 education"), "", 1, 0);
}

/* 条件 on the subject is read on each row's day too. */
TEST(examples_run__reads_parameters_on_the_anchor_of_the_row)
{
    expect_outcome(
        "---\n文号: T1\n地区: 370800\n施行: 2022-01-01\n---\n## 第一条 {#a1}\n"
        "```参数 年龄上限 岁\n2022-01-01 40岁\n2023-07-01 50岁\n```\n"
        "```补贴 提升\n对象 人员\n条件 周岁(出生日期, 2023-01-01) ≤ 年龄上限\n"
        "逐项 证书 满足 (等级 = 高级工 且 在期内(发证日期))\n给予 1000元 每年\n"
        "取数日 发证日期\n```\n"
        "```案例 一\n人员 甲: 居住地区划 370811、出生日期 1978-01-01\n"
        "证书 等级 高级工、发证日期 2023-06-30\n"
        "人员 乙: 居住地区划 370811、出生日期 1978-01-01\n证书 等级 高级工、发证日期 2023-07-01\n"
        "2023-12-31  提升 甲 = 无 因 年龄上限\n2023-12-31  提升 乙 = 1000元\n```\n",
        "", 2, 0);
}

/* Before the first edition the rule is not in force: no fact is asked for. */
TEST(examples_run__refuses_before_the_first_edition_of_a_parameter)
{
    expect_outcome("---\n文号: T1\n地区: 370800\n施行: 2022-01-01\n---\n## 第一条 {#a1}\n"
                   "```参数 标准 元\n2022-01-01 1000元\n```\n"
                   "```补贴 提升\n对象 人员\n逐项 证书 满足 (等级 = 高级工)\n给予 标准\n"
                   "取数日 发证日期\n```\n```案例 一\n人员 甲: 居住地区划 370811\n"
                   "证书 等级 高级工、发证日期 2021-12-31\n人员 乙: 居住地区划 370811\n"
                   "证书 等级 高级工、发证日期 2022-01-01\n"
                   "2022-12-31  提升 甲 = 无 因 2022-01-01\n2022-12-31  提升 乙 = 1000元\n```\n",
                   "", 2, 0);
}

TEST(examples_run__tells_another_figure_in_its_unit)
{
    expect_outcome(DOCUMENT("2023-12-31  人数 = 4"), "案例不成立：人数 的结果是 3", 0, 1);
    expect_outcome(DOCUMENT("2023-12-31  比率 = 50%"), "案例不成立：比率 的结果是 33.3333%", 0, 1);
}

TEST(examples_run__tells_a_reason_that_does_not_decide)
{
    expect_outcome(DOCUMENT("2023-12-31  津贴 乙 = 无 因 性别"), "结果成立，但原因不是“性别”", 0,
                   1);
}

TEST(examples_run__grants_nothing_before_the_document_is_in_force)
{
    expect_outcome(DOCUMENT("2022-08-22  津贴 甲 = 1000元\n2022-08-21  津贴 甲 = 无"), "", 2, 0);
}

TEST(examples_run__expects_of_each_copy_what_is_expected_of_the_row)
{
    expect_outcome(DOCUMENT("人员 众 3名: 居住地区划 370811、学历 大专\n"
                            "2023-12-31  津贴 众 = 1000元\n2023-12-31  人数 = 6"),
                   "", 2, 0);
    expect_outcome(DOCUMENT("人员 众 2名: 居住地区划 370811、学历 初中\n"
                            "2023-12-31  津贴 众 = 1000元"),
                   "案例不成立：津贴 的结果是 无", 0, 1);
}
