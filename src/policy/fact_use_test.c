#include "policy/fact_use.h"

#include "policy_case.h"

static const char rules[] =
    "---\n文号: T1\n施行: 2022-08-22\n---\n## 第一条 {#a1}\n\n补贴。\n\n"
    "```补贴 甲类\n对象  人员\n条件  学历 ≥ 大专 且 死亡日期 > 截至日\n"
    "给予  100元 每人一次性\n```\n"
    "```补贴 乙类\n对象  人员\n条件  学历 ≥ 本科 且 有 证书 满足 (等级 ≥ 技师)\n"
    "给予  100元 每人一次性\n```\n";

static const struct fact_use *use_of(const struct fact_use *uses, int32_t count,
                                     const char *table, const char *field)
{
    int32_t t = vocab_table(&policy_words, str_from(table));
    int32_t f = field ? vocab_field(&policy_words, t, str_from(field)) : -1;
    for (int32_t i = 0; i < count; i++)
        if (uses[i].table == t && uses[i].field == f)
            return &uses[i];
    return NULL;
}

TEST(fact_uses__tells_what_rules_read_and_nobody_delivers)
{
    struct policy_case t;
    struct program *program;
    struct fact_use *uses;
    int32_t count;
    policy_case_init(&t, rules);
    EXPECT_OK(program_compile(&t.arena, t.policy, &program, NULL));
    PUT(&t, "person", 1, 0, {"birth_day", 7000});
    PUT(&t, "person", 2, 0, {"birth_day", 8000});
    EXPECT_OK(world_seal(t.world, NULL));
    EXPECT_OK(fact_uses(&t.arena, program, t.world, &uses, &count, NULL));
    const struct fact_use *education = use_of(uses, count, "person", "education");
    EXPECT(education && fact_use_is_missing(education));
    EXPECT_INT(2, education->rule_count);
    EXPECT_INT(2, education->row_count);
    EXPECT_STR("甲类", t.policy->statements[education->statement].name);
    /* A day that has not come is told by its absence; what no rule reads is not listed. */
    const struct fact_use *died = use_of(uses, count, "person", "died_day");
    EXPECT(died && !fact_use_is_missing(died));
    EXPECT(!use_of(uses, count, "person", "birth_day"));
    const struct fact_use *certificates = use_of(uses, count, "certificate", NULL);
    EXPECT(certificates && fact_use_is_missing(certificates));
    EXPECT_INT(0, certificates->row_count);
    EXPECT_INT(1, certificates->rule_count);
    EXPECT(!use_of(uses, count, "certificate", "level"));
    policy_case_done(&t);
}

TEST(fact_uses__counts_those_who_tell_a_fact)
{
    struct policy_case t;
    struct program *program;
    struct fact_use *uses;
    int32_t count;
    policy_case_init(&t, rules);
    EXPECT_OK(program_compile(&t.arena, t.policy, &program, NULL));
    PUT(&t, "person", 1, 0, {"education", 5});
    PUT(&t, "person", 2, 0, {"birth_day", 8000});
    EXPECT_OK(world_seal(t.world, NULL));
    EXPECT_OK(fact_uses(&t.arena, program, t.world, &uses, &count, NULL));
    EXPECT_INT(1, use_of(uses, count, "person", "education")->filled_count);
    policy_case_done(&t);
}
