#include "policy/eval.h"

#include "policy_case.h"

static const char document_text[] =
    "---\n文号: T1\n地区: 370800\n印发: 2022-08-22\n施行: 2022-08-22\n---\n"
    "## 第一条 {#a1}\n\n"
    "```定义 档次\n对象  人员\n分类  高 当 学历 ≥ 大专\n分类  低 当 学历 ≥ 初中\n```\n"
    "```指标 人数\n单位  人\n取值  计数 人员\n```\n"
    "```指标 男性占比\n单位  %\n取值  计数 人员 满足 (性别 = 男) / 计数 人员\n```\n";

/* Five people: education 5 and 2 are two classes, one is unknown. */
static void given_people(struct policy_case *t)
{
    policy_case_init(t, document_text);
    PUT(t, "person", 1, 0, {"division", 370811}, {"education", 5}, {"sex", 1});
    PUT(t, "person", 2, 0, {"division", 370811}, {"education", 2}, {"sex", 2});
    PUT(t, "person", 3, 0, {"division", 370811}, {"education", 2}, {"sex", 1});
    PUT(t, "person", 4, 0, {"division", 370800}, {"sex", 1});
    PUT(t, "person", 5, 0, {"division", 370800}, {"education", 6});
    PUT(t, "award", 11, 1, {"contest_tier", 4}, {"place", 3}, {"award_day", 19000});
    PUT(t, "award", 12, 1, {"contest_tier", 4}, {"place", 5}, {"award_day", 19000});
    PUT(t, "award", 13, 2, {"contest_tier", 7}, {"award_day", 19000});
    EXPECT_OK(world_seal(t->world, NULL));
}

/* Rows as text: "370811/2=1/2 ..." */
static struct str answer(struct policy_case *t, const char *question)
{
    struct ask_query query;
    struct findings findings = {.arena = &t->arena};
    struct fault fault = {0};
    struct ask_row *rows = NULL;
    int32_t row_count = 0;
    struct text_buf buf;
    text_init(&buf, &t->arena);
    EXPECT_OK(
        policy_parse_ask(&t->arena, t->policy, str_from(question), &query, &findings, &fault));
    EXPECT_OK(eval_ask(&t->arena, t->policy, t->world, &query, policy_case_day("2023-12-31"), &rows,
                       &row_count, &fault));
    for (int32_t r = 0; r < row_count; r++) {
        for (int32_t d = 0; d < query.dimension_count; d++) {
            text_add_z(&buf, d > 0 ? "/" : "");
            policy_print_value(&buf, t->policy, query.dimensions[d]->type, rows[r].keys[d],
                               SPELLING_ZH);
        }
        text_format(&buf, "=%d", (int)rows[r].figure.numerator);
        if (rows[r].figure.denominator != 1)
            text_format(&buf, ":%d", (int)rows[r].figure.denominator);
        text_add_z(&buf, r + 1 < row_count ? " " : "");
    }
    return text_str(&buf);
}

TEST(eval_ask__counts_by_dimension_in_the_order_of_the_values)
{
    struct policy_case t;
    given_people(&t);
    EXPECT_STR("e_city=2 f_county=3", answer(&t, "人数 按 居住地区划"));
    EXPECT_STR("=5", answer(&t, "人数"));
    policy_case_done(&t);
}

TEST(eval_ask__keeps_the_unknown_as_a_row_of_its_own)
{
    struct policy_case t;
    given_people(&t);
    EXPECT_STR("未知=1 初中=2 大专=1 本科=1", answer(&t, "计数 人员 按 学历"));
    policy_case_done(&t);
}

TEST(eval_ask__names_classes_and_takes_several_dimensions)
{
    struct policy_case t;
    given_people(&t);
    EXPECT_STR("未知/e_city=1 低/f_county=2 高/e_city=1 高/f_county=1",
               answer(&t, "计数 人员 按 档次、居住地区划"));
    policy_case_done(&t);
}

TEST(eval_ask__splits_a_share_into_both_its_parts)
{
    struct policy_case t;
    given_people(&t);
    EXPECT_STR("e_city=1:2 f_county=2:3", answer(&t, "男性占比 按 居住地区划"));
    policy_case_done(&t);
}

TEST(eval_ask__groups_rows_that_people_own_and_leaves_out_absent_values)
{
    struct policy_case t;
    given_people(&t);
    EXPECT_STR("市级一类竞赛=8 省级一类竞赛=0", answer(&t, "合计 名次 的 竞赛成绩 按 竞赛级别"));
    EXPECT_STR("", answer(&t, "计数 竞赛成绩 按 竞赛级别 满足 (名次 > 10)"));
    policy_case_done(&t);
}

TEST(eval_ask__knows_no_highest_of_no_value)
{
    struct policy_case t;
    given_people(&t);
    struct ask_query query;
    struct findings findings = {.arena = &t.arena};
    struct fault fault = {0};
    struct ask_row *rows = NULL;
    int32_t row_count = 0;
    EXPECT_OK(policy_parse_ask(&t.arena, t.policy, STR("最高 名次 的 竞赛成绩 按 竞赛级别"), &query,
                               &findings, &fault));
    EXPECT_OK(eval_ask(&t.arena, t.policy, t.world, &query, policy_case_day("2023-12-31"), &rows,
                       &row_count, &fault));
    EXPECT_INT(2, row_count);
    EXPECT_INT(5, rows[0].figure.numerator);
    EXPECT(rows[1].figure.numerator == ABSENT_I64);
    policy_case_done(&t);
}

static void expect_finding(struct policy_case *t, const char *question, const char *message,
                           const char *underlined)
{
    struct ask_query query;
    struct findings findings = {.arena = &t->arena};
    struct fault fault = {0};
    EXPECT_ERR(ERR_POLICY, policy_parse_ask(&t->arena, t->policy, str_from(question), &query,
                                            &findings, &fault));
    EXPECT(findings.row_count > 0);
    EXPECT_STR(message, findings.rows[0].message);
    EXPECT_STR(underlined, findings.rows[0].span.text);
}

TEST(policy_parse_ask__underlines_what_it_cannot_read)
{
    struct policy_case t;
    given_people(&t);
    expect_finding(&t, "人数 按 学力", "nothing here is called '学力'", "学力");
    expect_finding(&t, "计数 人头", "there is no record called '人头'", "人头");
    policy_case_done(&t);
}
