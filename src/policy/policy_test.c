#include "policy/policy.h"

#include "policy/prose.h"
#include "policy_words.h"
#include "unit.h"

static struct arena arena;

static struct policy *read_text(struct str text)
{
    arena_done(&arena);
    arena_init(&arena, 256 << 20);
    struct policy_source source = {STR("t.md"), text};
    struct policy *policy = NULL;
    struct findings findings;
    struct fault fault = {0};
    enum err err = policy_read(&arena, &policy_words, &source, 1, &policy, &findings, &fault);
    for (int32_t i = 0; err != ERR_OK && i < findings.row_count; i++)
        print_message("line %d: %.*s\n", findings.rows[i].span.line,
                      STR_ARG(findings.rows[i].message));
    EXPECT_OK(err);
    return policy;
}

static const char document_text[] =
    "---\n文号: T1\n地区: 370800\n印发: 2022-08-22\n施行: 2022-08-22\n---\n"
    "## 第一条 津贴 {#a1}\n\n"
    "不超过三十名，管理期内每人每月一千元；二〇二五年不计。\n\n"
    "```资金 专项\n来源  市财政\n预算  2023年 5万元\n不足时  排队\n```\n"
    "```参数 标准 元 按 技能等级\n2022-08-22 起  技师 1000元、高级技师 2000元  # 两档\n```\n"
    "```定义 有效证书\n对象  证书\n取值  证书状态 = 有效 且 有效期至 ≥ 截至日\n```\n"
    "```补贴 津贴\n依据  「每人每月一千元」\n对象  人员\n"
    "条件  周岁(出生日期, 期末) ≥ 18 且\n      没有 就业经历 满足 (岗位类别 = 公务员 且 全职)\n"
    "逐项  证书 满足 (有效证书 且 等级 属于 (技师, 高级技师) 且\n"
    "      没有 证书 满足 (职业 = 外层.职业 且 等级 > 外层.等级))\n"
    "每组  职业\n至多取  1个 按 等级 降序\n给予  标准(等级) 每人每月\n资金  专项\n"
    "取数日  期末\n名额  每 2年 至多 30名 按 发证日期 升序, 编号\n```\n"
    "```例外 公务员\n基于  津贴\n条件  有 就业经历 满足 (岗位类别 = 公务员)\n给予  0元\n```\n"
    "```表 奖金\n输入  竞赛级别, 名次: 名\n结果  元\n世界技能大赛 | 1..3 | 30万元\n"
    "≥ 国家级二类竞赛 | ≤ 5 | 1.5万元\n其他 | 0元\n```\n"
    "```补贴 获奖\n对象  人员\n逐项  竞赛成绩\n给予  奖金(竞赛级别, 名次) 每人\n周期  一次\n```\n"
    "```定义 等次\n对象  人员\n分类  A 当 有 荣誉称号 满足 (称号 = a_honour)\n"
    "分类  B 当 有 荣誉称号\n```\n"
    "```荣誉 首席\n对象  人员\n条件  等次 ≥ B 且 居住地区划 位于 370800\n称号  b_honour\n"
    "任期  4年\n```\n"
    "```结算 合计\n封顶  1万元 每年 于 津贴, 获奖\n从高  津贴, 获奖\n```\n"
    "```指标 人数\n单位  人\n取值  计数 人员 满足 (有 证书 满足 (有效证书))\n```\n"
    "```指标 比率\n单位  %\n取值  人数 / 计数 人员\n```\n"
    "```目标 人数目标\n指标  人数\n要求  至少 1.5万人\n期限  2025年 自 2022-08-22\n"
    "责任  市局\n```\n"
    "```义务 活动\n主体  载体\n计量  计数 载体活动 满足 (在期内(活动日期))\n应达  ≥ 4\n"
    "周期  每年\n```\n"
    "```叙述 范围\n「二〇二五年」 因 举例\n```\n"
    "```案例 一档\n单位 厂: 单位类型 企业、所在区划 370811\n人员 甲: 出生日期 1990-01-01\n"
    "就业经历 用人单位 厂、入职日期 2020-01-01\n证书 等级 技师、职业 6-18-01-01\n"
    "2022-12  津贴 甲 = 1000元 因 第一条\n2022-12-31  首席(甲) = 无\n2023-01-01  获奖 = 待补 名次\n"
    "2023-12-31  比率 = 100%\n```\n";

static struct str printed(const struct policy *policy, enum policy_spelling spelling,
                          struct arena *out)
{
    struct text_buf buf;
    text_init(&buf, out);
    policy_print_document(&buf, policy, 0, spelling);
    return text_str(&buf);
}

TEST(policy_read__types_a_whole_document)
{
    struct policy *policy = read_text(str_from(document_text));
    const struct statement *grant = &policy->statements[policy_statement(policy, STR("津贴"))];
    EXPECT_INT(STATEMENT_GRANT, grant->kind);
    const struct rule *rule = grant->as.rule;
    EXPECT_INT(PERIOD_MONTH, rule->period);
    EXPECT_INT(1, rule->best_count);
    EXPECT_INT(2, rule->quota.period_years);
    EXPECT_INT(30, rule->quota.limit->value);
    EXPECT_INT(EXPR_PARAMETER, rule->amount->kind);
    EXPECT_INT(TYPE_MONEY, rule->amount->type.kind);
    const struct expr *inner = rule->each_where->children[2];
    EXPECT_INT(EXPR_AGGREGATE, inner->kind);
    EXPECT_INT(1, inner->up); /* siblings: up to the person, down to the certificates */
    EXPECT_INT(0, inner->where->children[0]->children[0]->scope);
    EXPECT_INT(1, inner->where->children[0]->children[1]->scope);
}

TEST(policy_read__gives_classes_their_rank_and_targets_their_days)
{
    struct policy *policy = read_text(str_from(document_text));
    const struct rule *confer =
        policy->statements[policy_statement(policy, STR("首席"))].as.rule;
    const struct expr *compare = confer->where->children[0];
    EXPECT_INT(TYPE_CLASS, compare->children[1]->type.kind);
    EXPECT_INT(1, compare->children[1]->value); /* A is 2, B is 1, none is 0 */
    EXPECT_INT(48, confer->term->value);
    const struct target *target =
        policy->statements[policy_statement(policy, STR("人数目标"))].as.target;
    EXPECT_INT(15000, target->value->value);
    EXPECT_INT(TARGET_BY, target->period);
    EXPECT_INT(20453, target->to_day); /* 2025-12-31 */
}

TEST(policy_read__reads_tables_with_ranges_and_otherwise)
{
    struct policy *policy = read_text(str_from(document_text));
    const struct table_statement *table =
        policy->statements[policy_statement(policy, STR("奖金"))].as.table;
    EXPECT_INT(2, table->row_count);
    EXPECT_INT(3, table->cells[1].high);
    EXPECT_INT(9, table->cells[2].low);
    EXPECT_INT(INT64_MAX, table->cells[2].high);
    EXPECT_INT(1500000, table->outputs[1]);
    EXPECT(table->has_otherwise);
}

TEST(policy_read__joins_example_rows_to_owners_and_labels)
{
    struct policy *policy = read_text(str_from(document_text));
    const struct example *example =
        policy->statements[policy->statement_count - 1].as.example;
    EXPECT_INT(4, example->row_count);
    EXPECT_INT(1, example->rows[2].owner_row);
    EXPECT_INT(0, example->rows[2].values[0].ref_row);
    EXPECT_INT(4, example->expectation_count);
    EXPECT_INT(19357, example->expectations[0].as_of_day); /* 2022-12-31 */
    EXPECT_INT(100000, example->expectations[0].value);
    EXPECT_INT(EXAMPLE_NO, example->expectations[1].lane);
    EXPECT_STR("名次", example->expectations[2].reason);
    EXPECT_INT(1000000, example->expectations[3].value);
}

TEST(policy_print__goes_to_the_other_spelling_and_back_without_loss)
{
    struct arena out;
    arena_init(&out, 64 << 20);
    struct str zh = printed(read_text(str_from(document_text)), SPELLING_ZH, &out);
    EXPECT_STR(document_text, zh);
    struct str en = printed(read_text(zh), SPELLING_EN, &out);
    EXPECT(str_find(en, STR("amount  标准(level) each-person-month")) != SIZE_MAX);
    EXPECT(str_find(en, STR("# 两档")) != SIZE_MAX);
    struct policy *policy = read_text(en);
    struct str back = printed(policy, SPELLING_ZH, &out);
    struct str again = printed(read_text(back), SPELLING_EN, &out);
    EXPECT(str_equal(en, again));
    arena_done(&out);
}

/* Commas belong to an amount of money, in groups of three; elsewhere they part values. */
TEST(policy_read__takes_commas_inside_amounts_only)
{
    static const char text[] =
        "---\n文号: T1\n施行: 2023-01-01\n---\n## 第一条 甲 {#a1}\n\n办法。\n\n"
        "```补贴 奖励\n对象  人员\n条件  周岁(出生日期, 截至日) 属于 (18,200)\n"
        "给予  至多 1,234.56元\n周期  每人年\n```\n\n"
        "```补贴 大奖\n对象  人员\n条件  性别 = 女\n给予  75,000,000元\n```\n";
    struct arena out;
    arena_init(&out, 64 << 20);
    struct policy *policy = read_text(str_from(text));
    const struct rule *ceiling = policy->statements[0].as.rule;
    EXPECT_INT(AMOUNT_UP_TO, ceiling->amount_kind);
    EXPECT_INT(123456, ceiling->amount->value);
    EXPECT_INT(PERIOD_YEAR, ceiling->period);
    EXPECT_INT(3, ceiling->where->child_count);
    EXPECT_INT(7500000000, policy->statements[1].as.rule->amount->value);
    struct str zh = printed(policy, SPELLING_ZH, &out);
    struct str en = printed(read_text(zh), SPELLING_EN, &out);
    EXPECT(str_find(en, STR("at-most 1,234.56 yuan")) != SIZE_MAX);
    EXPECT(str_find(en, STR("75,000,000 yuan")) != SIZE_MAX);
    EXPECT_STR(text, printed(read_text(en), SPELLING_ZH, &out));
    arena_done(&out);
}

TEST(policy_print_expr__puts_a_condition_on_one_line)
{
    struct policy *policy = read_text(str_from(document_text));
    const struct rule *rule = policy->statements[policy_statement(policy, STR("津贴"))].as.rule;
    struct text_buf buf;
    text_init(&buf, &arena);
    policy_print_expr(&buf, policy, rule->where->children[1], SPELLING_EN);
    EXPECT_STR("has-no employment where (post = civil_servant and full_time)", text_str(&buf));
}

TEST(policy_print_value__writes_units)
{
    struct policy *policy = read_text(str_from(document_text));
    static const struct {
        struct type type;
        int64_t value;
        const char *zh, *en;
    } rows[] = {
        {{TYPE_MONEY, -1}, 123456789, "1,234,567.89元", "1,234,567.89 yuan"},
        {{TYPE_MONEY, -1}, -100, "-1元", "-1 yuan"},
        {{TYPE_RATE, -1}, 314000, "31.4%", "31.4%"},
        {{TYPE_DAY, -1}, 0, "1970-01-01", "1970-01-01"},
        {{TYPE_MONTHS, -1}, 12, "12个月", "12 months"},
        {{TYPE_BOOL, -1}, 1, "是", "yes"},
        {{TYPE_COUNT, -1}, ABSENT_I64, "未知", "unknown"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int32_t en = 0; en < 2; en++) {
            struct text_buf buf;
            text_init(&buf, &arena);
            policy_print_value(&buf, policy, rows[i].type, rows[i].value,
                               en ? SPELLING_EN : SPELLING_ZH);
            EXPECT_STR(en ? rows[i].en : rows[i].zh, text_str(&buf));
        }
}

TEST(policy_parse_ask__groups_by_what_a_row_reaches)
{
    struct policy *policy = read_text(str_from(document_text));
    struct ask_query query;
    struct findings findings;
    struct fault fault = {0};
    EXPECT_OK(policy_parse_ask(&arena, policy,
                               STR("计数 证书 按 等级, 人员.居住地区划 满足 (有效证书)"),
                               &query, &findings, &fault));
    EXPECT_INT(2, query.dimension_count);
    EXPECT_INT(1, query.dimensions[1]->up);
    EXPECT(query.where != NULL);
    EXPECT_OK(policy_parse_ask(&arena, policy, STR("比率 by sex"), &query, &findings, &fault));
    EXPECT_INT(EXPR_ARITHMETIC, query.measure->kind);
    EXPECT_ERR(ERR_POLICY,
               policy_parse_ask(&arena, policy, STR("5"), &query, &findings, &fault));
}

TEST(prose_next_number__reads_what_officials_write)
{
    static const struct {
        const char *text;
        enum type_kind type;
        int64_t value;
    } rows[] = {
        {"不超过三十名", TYPE_COUNT, 30},        {"二十万元", TYPE_MONEY, 20000000},
        {"一千元", TYPE_MONEY, 100000},          {"每两年", TYPE_MONTHS, 24},
        {"28万人以上", TYPE_COUNT, 280000},      {"75,000,000 yuan", TYPE_MONEY, 7500000000},
        {"20%的编制", TYPE_RATE, 200000},        {"百分之三十", TYPE_RATE, 300000},
        {"到2025年，", TYPE_MONTH, 2025 * 12},   {"第一名", TYPE_COUNT, 1},
        {"2022年8月22日公布", TYPE_DAY, 19226},  {"12 months", TYPE_MONTHS, 12},
        {"10万人次", TYPE_COUNT, 100000},        {"二百五十个", TYPE_COUNT, 250},
        {"二〇二五年", TYPE_MONTH, 2025 * 12},
        {"5天内", TYPE_DAYS, 5},
        {"一亿二千万元", TYPE_MONEY, 12000000000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct str rest = str_from(rows[i].text);
        struct prose_number number;
        EXPECT(prose_next_number(&rest, &number));
        EXPECT_INT(rows[i].type, number.type);
        EXPECT_INT(rows[i].value, number.value);
        EXPECT(!prose_next_number(&rest, &number));
    }
}

TEST(prose_next_number__passes_over_names_and_ordinals)
{
    static const char *const texts[] = {"第三方机构", "一次性", "一个",    "十大产业", "一线岗位",
                                        "第十七条",   "6-18-01", "66号",   "统一",
                                        "十四五时期"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct str rest = str_from(texts[i]);
        struct prose_number number;
        EXPECT(!prose_next_number(&rest, &number));
    }
}
