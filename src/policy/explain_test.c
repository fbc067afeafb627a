#include "policy/explain.h"

#include "policy_case.h"

#include <stdio.h>

static const char document_text[] =
    "---\n文号: T1\n地区: 370800\n印发: 2022-08-22\n施行: 2022-08-22\n---\n"
    "## 第一条 津贴 {#a1}\n\n"
    "管理期内每人每月一千元。引进的奖励由市财政局定。企业用工每人每年奖一万元。\n\n"
    "```参数 标准 元\n2022-08-22 起  1000元  依据 「每人每月一千元」\n```\n"
    "```定义 在世\n对象  人员\n取值  死亡日期 > 截至日\n```\n"
    "```补贴 津贴\n依据  「每人每月一千元」\n对象  人员\n条件  在世\n"
    "逐项  荣誉称号 满足 (称号 = a_honour 且 授予日期 ≤ 截至日)\n给予  标准 每人每月\n```\n"
    "```补贴 引进奖励\n对象  人员\n条件  在世 且 有 证书 满足 (等级 ≥ 高级工 且 证书状态 = 有效)\n"
    "给予  待定 由 市财政局\n周期  一次\n```\n"
    "```荣誉 首席\n对象  人员\n条件  学历 ≥ 大专 且 性别 = 男\n称号  b_honour\n任期  4年\n```\n"
    "```不适用 已退出\n基于  首席\n条件  户籍性质 = 农业户籍\n```\n"
    "```补贴 用工奖励\n对象  人员\n条件  性别 = 男\n逐项  就业经历 满足 (全职)\n"
    "给予  1万元 每人\n周期  每年\n付给  用人单位\n```\n"
    "```结算 上限\n封顶  600元 每月 于 津贴\n```\n";

static struct explanation *explain(struct policy_case *t, const char *rule, const char *as_of,
                                   int32_t period)
{
    struct explanation *explanation = NULL;
    struct fault fault = {0};
    int32_t statement = policy_statement(t->policy, str_from(rule));
    check(statement >= 0);
    EXPECT_OK(explain_rule(&t->arena, t->policy, t->world, statement, 0, -1, period,
                           policy_case_day(as_of), &explanation, &fault));
    return explanation;
}

static struct str name_of(void *context, int32_t table, int32_t row)
{
    (void)context;
    (void)row;
    return table == vocab_table(&policy_words, STR("person"))         ? STR("王*明（1）")
           : table == vocab_table(&policy_words, STR("organisation")) ? STR("甲公司")
                                                                      : (struct str){NULL, 0};
}

static void expect_words(struct policy_case *t, const struct explanation *explanation,
                         enum policy_spelling spelling, const char *expected)
{
    struct text_buf buf;
    text_init(&buf, &t->arena);
    explain_print(&buf, t->policy, t->world, explanation, spelling, name_of, NULL);
    EXPECT_STR(expected, text_str(&buf));
}

TEST(explain_print__tells_a_grant_with_amount_settlement_source_and_facts)
{
    struct policy_case t;
    policy_case_init(&t, document_text);
    PUT(&t, "person", 1, 0, {"division", 370811});
    PUT(&t, "honour", 11, 1, {"title", 1}, {"granted_day", policy_case_day("2022-09-01")});
    EXPECT_OK(world_seal(t.world, NULL));
    const struct explanation *e =
        explain(&t, "津贴", "2023-03-31", day_month(policy_case_day("2023-03-01")));
    expect_words(&t, e, SPELLING_ZH,
                 "津贴：王*明（1）：符合\n"
                 "  金额 600元\n"
                 "    参数 标准 = 1,000元（2022-08-22起；原文「每人每月一千元」）\n"
                 "  结算 合并前 1,000元，按“上限”减至 600元\n"
                 "  依据 第一条 津贴 · T1\n"
                 "  原文 「每人每月一千元」\n"
                 "  期间 2023-03，截至 2023-03-31\n"
                 "  [是] 在世\n"
                 "    [是] 死亡日期 > 截至日\n"
                 "        死亡日期 无\n"
                 "  [是] 人员.居住地区划 位于 e_city\n"
                 "      居住地区划 f_county\n"
                 "  [是] 称号 = a_honour\n"
                 "      荣誉称号（a_honour，授予日期 2022-09-01）：称号 a_honour\n"
                 "  [是] 授予日期 ≤ 截至日\n"
                 "      荣誉称号：授予日期 2022-09-01\n");
    expect_words(&t, e, SPELLING_EN,
                 "津贴: 王*明（1）: granted\n"
                 "  amount 600 yuan\n"
                 "    parameter 标准 = 1,000 yuan (from 2022-08-22; text 「每人每月一千元」)\n"
                 "  settlement: 1,000 yuan before, cut by \"上限\" to 600 yuan\n"
                 "  article 第一条 津贴 · T1\n"
                 "  text 「每人每月一千元」\n"
                 "  period 2023-03, as of 2023-03-31\n"
                 "  [yes] 在世\n"
                 "    [yes] died_day > as-of\n"
                 "        died_day none\n"
                 "  [yes] person.division within e_city\n"
                 "      division f_county\n"
                 "  [yes] title = a_honour\n"
                 "      honour (a_honour, granted_day 2022-09-01): title a_honour\n"
                 "  [yes] granted_day ≤ as-of\n"
                 "      honour: granted_day 2022-09-01\n");
    policy_case_done(&t);
}

TEST(explain_print__says_who_sets_an_open_amount)
{
    struct policy_case t;
    policy_case_init(&t, document_text);
    PUT(&t, "person", 1, 0, {"division", 370811});
    PUT(&t, "certificate", 11, 1, {"kind", 2}, {"occupation", 6180101}, {"level", 4},
        {"issued_day", policy_case_day("2022-09-01")}, {"state", 1});
    EXPECT_OK(world_seal(t.world, NULL));
    const struct explanation *e = explain(&t, "引进奖励", "2023-03-31", 0);
    expect_words(&t, e, SPELLING_ZH,
                 "引进奖励：王*明（1）：符合\n"
                 "  金额 待市财政局核定\n"
                 "  依据 第一条 津贴 · T1\n"
                 "  截至 2023-03-31\n"
                 "  [是] 在世\n"
                 "    [是] 死亡日期 > 截至日\n"
                 "        死亡日期 无\n"
                 "  [是] 有 证书 满足（1 条中 1 条）\n"
                 "    [是] 等级 ≥ 高级工（1 条中 1 条）\n"
                 "        证书（g_turner 高级工，发证日期 2022-09-01）：等级 高级工\n"
                 "    [是] 证书状态 = 有效（1 条中 1 条）\n"
                 "        证书：证书状态 有效\n"
                 "  [是] 人员.居住地区划 位于 e_city\n"
                 "      居住地区划 f_county\n");
    policy_case_done(&t);
}

TEST(explain_print__begins_a_question_with_the_fewest_missing_facts)
{
    struct policy_case t;
    policy_case_init(&t, document_text);
    PUT(&t, "person", 1, 0, {"division", 370811});
    PUT(&t, "certificate", 11, 1, {"kind", 2}, {"occupation", 6180101},
        {"issued_day", policy_case_day("2022-09-01")});
    PUT(&t, "certificate", 12, 1, {"kind", 2}, {"occupation", 6180101}, {"state", 1},
        {"issued_day", policy_case_day("2022-10-01")});
    EXPECT_OK(world_seal(t.world, NULL));
    const struct explanation *e = explain(&t, "引进奖励", "2023-03-31", 0);
    expect_words(&t, e, SPELLING_ZH,
                 "引进奖励：王*明（1）：待补充\n"
                 "  补齐下列 1 项事实即可判定：\n"
                 "    证书 1（g_turner，发证日期 2022-10-01）：等级 未填\n"
                 "  依据 第一条 津贴 · T1\n"
                 "  截至 2023-03-31\n"
                 "  [是] 在世\n"
                 "    [是] 死亡日期 > 截至日\n"
                 "        死亡日期 无\n"
                 "  [不明] 有 证书 满足（2 条中 2 条）\n"
                 "    [不明] 等级 ≥ 高级工（2 条中 2 条）\n"
                 "        证书 2（g_turner，发证日期 2022-09-01）：等级 未填\n"
                 "        证书 1：等级 未填\n"
                 "    [是] 证书状态 = 有效（2 条中 2 条）\n"
                 "        证书 2：证书状态 未填\n"
                 "        证书 1：证书状态 有效\n"
                 "  [是] 人员.居住地区划 位于 e_city\n"
                 "      居住地区划 f_county\n");
    expect_words(&t, e, SPELLING_EN,
                 "引进奖励: 王*明（1）: facts missing\n"
                 "  what would settle it (1):\n"
                 "    certificate 1 (g_turner, issued_day 2022-10-01): level not given\n"
                 "  article 第一条 津贴 · T1\n"
                 "  as of 2023-03-31\n"
                 "  [yes] 在世\n"
                 "    [yes] died_day > as-of\n"
                 "        died_day none\n"
                 "  [unknown] has certificate where (of 2 records 2)\n"
                 "    [unknown] level ≥ senior_worker (of 2 records 2)\n"
                 "        certificate 2 (g_turner, issued_day 2022-09-01): level not given\n"
                 "        certificate 1: level not given\n"
                 "    [yes] state = in_force (of 2 records 2)\n"
                 "        certificate 2: state not given\n"
                 "        certificate 1: state in_force\n"
                 "  [yes] person.division within e_city\n"
                 "      division f_county\n");
    policy_case_done(&t);
}

static void expect_reason(struct policy_case *t, const struct explanation *explanation,
                          const char *zh, const char *en)
{
    struct text_buf buf;
    EXPECT_INT(LANE_REFUSED, explanation->lane);
    text_init(&buf, &t->arena);
    explain_print_reason(&buf, t->policy, t->world, explanation, SPELLING_ZH, name_of, NULL);
    EXPECT_STR(zh, text_str(&buf));
    text_init(&buf, &t->arena);
    explain_print_reason(&buf, t->policy, t->world, explanation, SPELLING_EN, name_of, NULL);
    EXPECT_STR(en, text_str(&buf));
}

TEST(explain_print_reason__names_the_condition_that_failed)
{
    struct policy_case t;
    policy_case_init(&t, document_text);
    PUT(&t, "person", 1, 0, {"division", 370811}, {"education", 4}, {"sex", 1});
    PUT(&t, "honour", 11, 1, {"title", 2}, {"granted_day", policy_case_day("2022-09-01")});
    EXPECT_OK(world_seal(t.world, NULL));
    int32_t month = day_month(policy_case_day("2023-03-01"));
    expect_reason(&t, explain(&t, "首席", "2023-03-31", 0), "不满足“学历 ≥ 大专”：学历 中专中技",
                  "this does not hold: \"education ≥ college\": education secondary_vocational");
    expect_reason(&t, explain(&t, "津贴", "2023-03-31", month),
                  "唯一一条荣誉称号不满足“称号 = a_honour”：荣誉称号（b_honour，授予日期 "
                  "2022-09-01）：称号 b_honour",
                  "the only honour does not meet \"title = a_honour\": honour (b_honour, "
                  "granted_day 2022-09-01): title b_honour");
    expect_reason(&t, explain(&t, "引进奖励", "2023-03-31", 0), "没有证书",
                  "there is no certificate");
    expect_reason(&t, explain(&t, "首席", "2022-08-21", 0), "文件要到 2022-08-22 才施行",
                  "the document is in force only from 2022-08-22");
    policy_case_done(&t);
}

TEST(explain_print_reason__names_the_exclusion_and_the_full_quota)
{
    struct policy_case t;
    policy_case_init(&t, document_text);
    PUT(&t, "person", 1, 0, {"division", 370811}, {"education", 5}, {"sex", 1}, {"household", 1});
    EXPECT_OK(world_seal(t.world, NULL));
    struct explanation *e = explain(&t, "首席", "2023-03-31", 0);
    expect_reason(&t, e, "属于“已退出”的情形", "the case of \"已退出\" applies");
    e->quota_is_full = true;
    expect_reason(&t, e, "条件都满足，但名额已由排在前面的占满",
                  "every condition holds, but the quota is taken by those who stand before");
    policy_case_done(&t);
}

TEST(explain_print__names_the_payee)
{
    struct policy_case t;
    policy_case_init(&t, document_text);
    PUT(&t, "person", 1, 0, {"division", 370811}, {"sex", 1});
    PUT(&t, "organisation", 5, 0, {"kind", 1}, {"division", 370811});
    PUT(&t, "employment", 11, 1, {"employer", 5}, {"full_time", 1},
        {"from_day", policy_case_day("2022-09-01")});
    EXPECT_OK(world_seal(t.world, NULL));
    expect_words(&t, explain(&t, "用工奖励", "2023-03-31", 2023), SPELLING_ZH,
                 "用工奖励：王*明（1）：符合\n"
                 "  金额 10,000元\n"
                 "  收款 甲公司\n"
                 "  依据 第一条 津贴 · T1\n"
                 "  期间 2023年，截至 2023-03-31\n"
                 "  [是] 性别 = 男\n"
                 "      性别 男\n"
                 "  [是] 人员.居住地区划 位于 e_city\n"
                 "      居住地区划 f_county\n"
                 "  [是] 全职\n"
                 "      就业经历（甲公司，入职日期 2022-09-01）：全职 是\n");
    policy_case_done(&t);
}

/* ---- the fewest missing facts, against a search through every set and value ---- */

enum { PROPERTY_FIELDS = 8, PROPERTY_RULES = 40, PROPERTY_PEOPLE = 3 };

/* Conditions over yes/no fields of one person and of what he has; each fact is always asked the
 * same way, so that no two conditions contradict each other. */
static const char *const atoms[PROPERTY_FIELDS] = {
    "学历 ≥ 大专",
    "户籍性质 = 农业户籍",
    "非 性别 = 男",
    "授权日期 ≤ 截至日",
    "有 竞赛成绩 满足 (名次 ≤ 3 且 奖项 = 金奖)",
    "有 竞赛成绩 满足 (奖项 = 金奖)",
    "没有 荣誉称号 满足 (评分 ≥ 60)",
    "计数 竞赛成绩 满足 (名次 ≤ 3) ≥ 1",
};

static uint32_t roll(uint64_t *dice, uint32_t sides)
{
    *dice = *dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*dice >> 33) % sides;
}

static void add_condition(struct text_buf *buf, uint64_t *dice, int32_t depth)
{
    if (depth == 0 || roll(dice, 3) == 0) {
        text_add_z(buf, atoms[roll(dice, PROPERTY_FIELDS)]);
        return;
    }
    const char *word = roll(dice, 2) ? " 且 " : " 或 ";
    uint32_t count = 2 + roll(dice, 2);
    text_add_z(buf, "(");
    for (uint32_t i = 0; i < count; i++) {
        text_add_z(buf, i > 0 ? word : "");
        add_condition(buf, dice, depth - 1);
    }
    text_add_z(buf, ")");
}

/* The facts that may be absent, with a value that a condition likes and one that it does not. */
struct property_fact {
    const char *table, *field;
    int32_t row;
    int64_t likes, dislikes;
};
static const struct property_fact property_facts[] = {
    {"person", "education", 0, 5, 1}, {"person", "household", 0, 1, 2},
    {"person", "sex", 0, 2, 1},       {"person", "consent_day", 0, 18000, 30000},
    {"award", "place", 0, 1, 9},      {"award", "prize", 0, 1, 5},
    {"award", "place", 1, 1, 9},      {"award", "prize", 1, 1, 5},
    {"honour", "score", 0, 10, 90},
};
enum { FACT_COUNT = sizeof property_facts / sizeof property_facts[0] };

/* A world of one person in which some of the facts are known. */
static enum lane lane_with(struct policy_case *t, const char *rule, const int64_t *known,
                           struct explanation **ret_explanation)
{
    struct arena_mark mark = arena_mark(&t->arena);
    world_free(t->world);
    EXPECT_OK(world_new(&policy_words, &t->world, NULL));
    struct policy_given given[FACT_COUNT + 1];
    static const struct {
        const char *table;
        int32_t row;
        int64_t id;
    } rows[] = {{"person", 0, 1}, {"award", 0, 11}, {"award", 1, 12}, {"honour", 0, 21}};
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        int32_t count = 0;
        for (int32_t i = 0; i < FACT_COUNT; i++)
            if (strcmp(property_facts[i].table, rows[r].table) == 0 &&
                property_facts[i].row == rows[r].row)
                given[count++] = (struct policy_given){property_facts[i].field, known[i]};
        if (rows[r].id == 1)
            given[count++] = (struct policy_given){"division", 370811};
        given[count] = (struct policy_given){NULL, 0};
        policy_case_put(t, rows[r].table, rows[r].id, rows[r].id == 1 ? 0 : 1, given);
    }
    EXPECT_OK(world_seal(t->world, NULL));
    struct explanation *explanation = explain(t, rule, "2023-03-31", 0);
    if (ret_explanation)
        *ret_explanation = explanation;
    enum lane lane = explanation->lane;
    if (!ret_explanation)
        arena_rewind(&t->arena, mark);
    return lane;
}

static uint32_t named_facts(const struct explanation *e)
{
    uint32_t set = 0;
    for (int32_t m = 0; m < e->missing_count; m++)
        for (int32_t i = 0; i < FACT_COUNT; i++) {
            const struct property_fact *fact = &property_facts[i];
            int32_t table = vocab_table(&policy_words, str_from(fact->table));
            if (table == e->missing[m].table && fact->row == e->missing[m].row &&
                vocab_field(&policy_words, table, str_from(fact->field)) == e->missing[m].field)
                set |= 1u << i;
        }
    EXPECT_INT(e->missing_count, __builtin_popcount(set));
    return set;
}

static bool is_granted_with(struct policy_case *t, const char *rule, const int64_t *known,
                            uint32_t set)
{
    int64_t more[FACT_COUNT];
    for (int32_t i = 0; i < FACT_COUNT; i++)
        more[i] = set >> i & 1 ? property_facts[i].likes : known[i];
    return lane_with(t, rule, more, NULL) == LANE_GRANTED;
}

static void check_fewest(struct policy_case *t, const char *rule, const int64_t *known)
{
    struct explanation *e;
    if (lane_with(t, rule, known, &e) != LANE_ASK)
        return;
    uint32_t absent = 0;
    for (int32_t i = 0; i < FACT_COUNT; i++)
        absent |= known[i] == ABSENT_I64 ? 1u << i : 0;
    uint32_t named = named_facts(e);
    EXPECT(named != 0 && (named & ~absent) == 0);
    EXPECT(is_granted_with(t, rule, known, named));
    for (uint32_t set = 1; set < 1u << FACT_COUNT; set++) {
        bool is_smaller =
            (set & ~absent) == 0 && __builtin_popcount(set) < __builtin_popcount(named);
        if (is_smaller)
            EXPECT(!is_granted_with(t, rule, known, set));
    }
}

TEST(explain_rule__names_the_fewest_facts_that_would_grant)
{
    struct policy_case t;
    struct arena arena;
    struct text_buf text;
    uint64_t dice = 20231231;
    arena_init(&arena, 1 << 20);
    text_init(&text, &arena);
    text_add_z(&text, "---\n文号: T1\n地区: 370800\n印发: 2022-08-22\n施行: 2022-08-22\n---\n"
                      "## 第一条 {#a1}\n\n");
    for (int32_t i = 0; i < PROPERTY_RULES; i++) {
        text_format(&text, "```准入 r%d\n对象  人员\n条件  ", i);
        add_condition(&text, &dice, 3);
        text_add_z(&text, "\n准予  x\n```\n");
    }
    policy_case_init(&t, str_z(&arena, text_str(&text)));
    for (int32_t i = 0; i < PROPERTY_RULES * PROPERTY_PEOPLE; i++) {
        int64_t known[FACT_COUNT];
        char rule[16];
        snprintf(rule, sizeof rule, "r%d", i / PROPERTY_PEOPLE);
        for (int32_t f = 0; f < FACT_COUNT; f++)
            known[f] = roll(&dice, 3) < 2 ? ABSENT_I64
                       : roll(&dice, 2)   ? property_facts[f].likes
                                          : property_facts[f].dislikes;
        check_fewest(&t, rule, known);
    }
    policy_case_done(&t);
    arena_done(&arena);
}
