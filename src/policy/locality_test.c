#include "policy/locality.h"

#include "policy/example.h"

#include "policy_words.h"
#include "unit.h"

#include <stdio.h>

/* Reads one document and runs its examples; returns how many expectations came true. */
static int32_t passed_examples(const char *division, const char *rest)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct text_buf text;
    text_init(&text, &arena);
    text_format(&text, "---\n文号: T1\n%s施行: 2022-08-22\n---\n## 第一条 {#a1}\n\n津贴。\n\n%s",
                division, rest);
    struct policy_source source = {STR("t.md"), text_str(&text)};
    struct policy *policy = NULL;
    struct findings findings;
    struct fault fault = {0};
    EXPECT_OK(policy_read(&arena, &policy_words, &source, 1, &policy, &findings, &fault));
    int32_t passed_count = 0, failed_count = 0;
    EXPECT_OK(examples_run(&arena, policy, &findings, &passed_count, &failed_count, &fault));
    for (int32_t i = 0; failed_count > 0 && i < findings.row_count; i++)
        print_message("%.*s\n", STR_ARG(findings.rows[i].message));
    EXPECT_INT(0, failed_count);
    arena_done(&arena);
    return passed_count;
}

static const char rules[] = "```准入 帮扶\n对象  人员\n准予  服务\n```\n"
                            "```指标 人数\n单位  人\n取值  计数 人员\n```\n"
                            "```义务 培训\n主体  单位\n计量  编制数\n应达  ≥ 1\n周期  每年\n```\n";

TEST(locality__leaves_people_of_other_divisions_alone)
{
    char text[2000];
    snprintf(text, sizeof text,
             "%s```案例 一\n人员 甲: 居住地区划 370811\n人员 乙: 居住地区划 370000\n"
             "2023-12-31  帮扶 甲 = 是\n2023-12-31  帮扶 乙 = 无\n2023-12-31  人数 = 1\n```\n",
             rules);
    EXPECT_INT(3, passed_examples("地区: 370800\n", text));
}

TEST(locality__takes_everyone_when_the_document_names_no_division)
{
    char text[2000];
    snprintf(text, sizeof text,
             "%s```案例 一\n人员 甲: 居住地区划 370811\n人员 乙: 居住地区划 370000\n"
             "2023-12-31  帮扶 甲 = 是\n2023-12-31  帮扶 乙 = 是\n2023-12-31  人数 = 2\n```\n",
             rules);
    EXPECT_INT(3, passed_examples("", text));
}

TEST(locality__asks_where_somebody_lives_when_that_is_not_known)
{
    char text[2000];
    snprintf(text, sizeof text,
             "%s```案例 一\n人员 甲: 学历 本科\n2023-12-31  帮扶 甲 = 待补 居住地区划\n```\n",
             rules);
    EXPECT_INT(1, passed_examples("地区: 370800\n", text));
}

TEST(locality_concerns__tells_whether_anybody_is_in_the_document_s_division)
{
    struct world *world = NULL;
    EXPECT_OK(world_new(&policy_words, &world, NULL));
    int32_t person = vocab_table(&policy_words, STR("person"));
    int32_t field = vocab_field(&policy_words, person, STR("division"));
    int64_t values[64];
    for (int32_t i = 0; i < 64; i++)
        values[i] = ABSENT_I64;
    values[field] = 370811;
    EXPECT_OK(world_append(world, person, 1, 0, values, NULL));
    EXPECT_OK(world_seal(world, NULL));
    struct document documents[] = {{.division = 370800}, {.division = 500000}, {.division = 0}};
    struct policy policy = {.documents = documents, .document_count = 3};
    EXPECT(locality_concerns(&policy, 0, world));
    EXPECT(!locality_concerns(&policy, 1, world));
    EXPECT(locality_concerns(&policy, 2, world));
    world_free(world);
}
