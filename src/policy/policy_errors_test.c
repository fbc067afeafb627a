/* policy_errors_test.c — every kind of finding, with its exact message: the list of
 * doc/policy-language.md. Each case is the body of a document under one article whose prose is
 * the case's first text. */
#include "policy/policy.h"

#include "policy_words.h"
#include "unit.h"

#define HEAD   \
    "---\n文号: T1\n地区: 370800\n印发: 2022-01-01\n施行: 2022-01-01\n" \
    "---\n\n## 第一条 {#a1}\n\n"
#define BLOCK(info, body) "```" info "\n" body "\n```\n\n"
#define USE_FUND BLOCK("资金 F", "来源 市财政")

struct error_case {
    const char *rule;
    const char *message; /* "" when only the rule is checked */
    const char *text;    /* behind HEAD; a text that begins with --- is a whole document */
};

static const struct error_case cases[] = {
    {"unknown-keyword", "'补贴金' is no kind of statement", BLOCK("补贴金 A", "对象 人员")},
    {"unclosed", "the block is not closed", "```定义 A\n对象 人员\n取值 性别 = 男\n"},
    {"inner-block", "a statement stands inside a list or a quotation",
     "- 一\n\n  ```定义 A\n  取值 1\n  ```\n"},
    {"no-heading", "the statement stands under no heading",
     "---\n文号: T1\n施行: 2022-01-01\n---\n" BLOCK("定义 A", "取值 1")},
    {"head", "the document does not say its number", "---\n施行: 2022-01-01\n---\n"},
    {"head", "the document does not say from when it is in force", "---\n文号: T1\n---\n"},
    {"head", "'作者' is no key of the head", "---\n文号: T1\n施行: 2022-01-01\n作者: 某\n---\n"},
    {"head", "'昨天' is not a date", "---\n文号: T1\n施行: 2022-01-01\n印发: 昨天\n---\n"},
    {"head", "the document ends before it is in force",
     "---\n文号: T1\n施行: 2022-01-01\n失效: 2021-01-01\n---\n"},
    {"import", "the imported document T9 is not there",
     "---\n文号: T1\n施行: 2022-01-01\n引用: T9\n---\n"},
    {"empty", "the block is empty", BLOCK("定义 A", "# 空")},
    {"indent", "the first clause is indented", BLOCK("定义 A", "  取值 1")},
    {"unknown-clause", "'取直' is no clause of 定义", BLOCK("定义 A", "取值 1\n取直 2")},
    {"doubled-clause", "the clause 取值 stands twice", BLOCK("定义 A", "取值 1\n取值 2")},
    {"missing-clause", "the clause 给予 (amount) is missing", BLOCK("补贴 A", "对象 人员")},
    {"doubled-name", "the name 'A' stands already at t.md:10",
     BLOCK("定义 A", "取值 1") BLOCK("定义 A", "取值 2")},
    {"doubled-name", "the article id 'a1' stands twice", "## 第二条 {#a1}\n"},
    {"syntax", "'男' is not expected here", BLOCK("定义 A", "对象 人员\n取值 性别 = 男 男")},
    {"syntax", "the clause ends where a value should follow", BLOCK("定义 A", "取值 1 +")},
    {"syntax", "')' stands where a value should follow", BLOCK("定义 A", "取值 (1 + )")},
    {"number", "a count is a whole number", BLOCK("定义 A", "取值 1.5")},
    {"number", "'0.001' is not a whole value in '元'", BLOCK("定义 A", "取值 0.001元")},
    {"arguments", "周岁 (years-between) takes 2 values, not 1",
     BLOCK("定义 A", "对象 人员\n取值 周岁(出生日期)")},
    {"unknown-name", "nothing here is called '出生'",
     BLOCK("定义 A", "对象 人员\n取值 周岁(出生, 截至日)")},
    {"unknown-name", "there is no record called '人'", BLOCK("定义 A", "对象 人\n取值 1")},
    {"unknown-name", "there is no fund called 'F'",
     BLOCK("补贴 A", "对象 人员\n给予 1元\n资金 F")},
    {"unknown-name", "there is no register called '紧缺'",
     BLOCK("定义 A", "对象 证书\n取值 职业 在目录 紧缺")},
    {"unknown-code", "'高级' is not a code of 学历",
     BLOCK("定义 A", "对象 人员\n取值 学历 = 高级")},
    {"unknown-code", "'999999' is not a code of 区划",
     BLOCK("定义 A", "对象 人员\n取值 居住地区划 位于 999999")},
    {"unknown-unit", "'磅' is no unit", BLOCK("参数 A 磅", "2022-01-01 1")},
    {"text-field", "'姓名' is a text; a rule cannot depend on it",
     BLOCK("定义 A", "对象 人员\n取值 姓名 = 学历")},
    {"unit", "a code of 技能等级 is compared with a count",
     BLOCK("定义 A", "对象 证书\n取值 等级 ≥ 3")},
    {"unit", "money cannot be added to a span of months", BLOCK("定义 A", "取值 1元 + 1个月")},
    {"unit", "a count where money is needed", BLOCK("补贴 A", "对象 人员\n给予 1000")},
    {"unit", "每人 (each-person) in a rule about 单位",
     BLOCK("补贴 A", "对象 单位\n给予 1元 每人每月")},
    {"unit", "a code of 职业 is compared with a code of 区划",
     BLOCK("定义 A", "对象 证书\n取值 职业 = 人员.居住地区划")},
    {"unit", "a count where yes or no is needed",
     BLOCK("补贴 A", "对象 人员\n条件 3\n给予 1元")},
    {"order", "a code of 性别 has no order", BLOCK("定义 A", "对象 人员\n取值 性别 < 男")},
    {"divide", "only an indicator divides; elsewhere a rounding would have to be said",
     BLOCK("定义 A", "对象 单位\n取值 编制数 / 2")},
    {"constant", "the condition is the same for everyone",
     BLOCK("补贴 A", "对象 人员\n条件 性别 = 男 且 1 = 1\n给予 1元")},
    {"constant", "the condition is the same for everyone",
     BLOCK("补贴 A", "对象 人员\n条件 学历 = 学历\n给予 1元")},
    {"nested", "one collection stands within another; only 有 and 没有 may",
     BLOCK("定义 A", "对象 人员\n取值 计数 证书 满足 (计数 荣誉称号 > 1)")},
    {"unreachable", "单位备案 belongs to 单位, which is not in reach",
     BLOCK("定义 A", "对象 人员\n取值 有 单位备案")},
    {"unreachable", "'A' is defined on 单位, which is not in reach",
     BLOCK("定义 A", "对象 单位\n取值 规模以上") BLOCK("定义 B", "对象 人员\n取值 A")},
    {"path", "'学历' does not lead to another record",
     BLOCK("定义 A", "对象 人员\n取值 学历.性别")},
    {"literal", "the list may hold values only, no names",
     BLOCK("定义 A", "对象 证书\n取值 等级 属于 (等级)")},
    {"cycle", "'A' depends on itself", BLOCK("定义 A", "取值 B") BLOCK("定义 B", "取值 A")},
    {"unreadable", "'B' could not be read", BLOCK("定义 A", "取值 B") BLOCK("定义 B", "取值 不知")},
    {"wrong-kind", "'F' is a 资金 (fund) and has no value", USE_FUND BLOCK("定义 A", "取值 F")},
    {"indicator", "an indicator is a figure of the whole city; a rule cannot read it",
     BLOCK("指标 I", "单位 人\n取值 计数 人员") BLOCK("定义 A", "取值 I")},
    {"period", "the amount and 周期 (per) name different periods",
     BLOCK("补贴 A", "对象 人员\n给予 1元 每月\n周期 每年")},
    {"period", "'P' changes on 2023-06-15, inside a period, and no anchor is named",
     BLOCK("参数 P 元", "2022-01-01 1元\n2023-06-15 2元") BLOCK("补贴 A",
                                                              "对象 人员\n给予 P 每人每月")},
    {"period", "a quota counts by years",
     BLOCK("补贴 A", "对象 人员\n给予 1元\n名额 每月 至多 3名 按 学历")},
    {"edition", "the edition of 2022-01-01 overlaps the one above it",
     BLOCK("参数 P 元", "2022-01-01 1元\n2022-01-01 2元")},
    {"edition", "'P' has no value before 2022-02-01", BLOCK("参数 P 元", "2022-02-01 1元")},
    {"edition", "the key stands twice on this day",
     BLOCK("参数 P 元 按 技能等级", "2022-01-01 高级工 1元、高级工 2元")},
    {"edition", "the budget of 2022 stands twice",
     BLOCK("资金 F", "预算 2022年 1元\n预算 2022年 2元")},
    {"edition", "code 6180101 is in the register twice at the same time",
     BLOCK("目录 R", "目录于 职业\n6-18-01-01 2022-01-01\n6-18-01-01 2023-01-01")},
    {"expired", "the document has ended before the edition of 2024-01-01",
     "---\n文号: T1\n施行: 2022-01-01\n失效: 2023-12-31\n---\n## 一\n" BLOCK(
         "参数 P 元", "2022-01-01 1元\n2024-01-01 2元")},
    {"table", "the row never counts: line 13 covers it",
     BLOCK("表 T", "输入 名次: 个\n结果 元\n1..5 | 9元\n2 | 1元")},
    {"table", "the row overlaps line 14 of a table that is 唯一 (unique)",
     BLOCK("表 T", "输入 名次: 个\n结果 元\n唯一\n1..5 | 9元\n5..9 | 1元")},
    {"table", "the range is empty", BLOCK("表 T", "输入 名次: 个\n结果 元\n5..1 | 9元")},
    {"cite-missing", "'第一条' does not contain the phrase",
     "甲。\n\n" BLOCK("定义 A", "依据 「乙」\n取值 1")},
    {"number-unused", "no statement of '第一条' carries '三十名'",
     "不超过三十名。\n\n" BLOCK("定义 A", "取值 20名")},
    {"number-unused", "no statement of '第一条' carries '二十万元'", "奖励二十万元。\n"},
    {"obligation", "'第一条' obliges, but no statement carries it out", "单位应当公示。\n"},
    {"missing-clause", "the narrative does not say why no statement carries the phrase",
     "甲。\n\n" BLOCK("叙述 N", "依据 「甲」")},
    {"example", "the example expects nothing", BLOCK("案例 E", "人员 甲: 性别 男")},
    {"example", "a row of 人员 must stand above it",
     BLOCK("案例 E", "证书: 等级 高级工\n2022-01-01 A = 无")},
    {"depth", "the expression nests deeper than 64",
     BLOCK("定义 A", "取值 ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1")},
    {"unused", "nothing uses 'A'", BLOCK("定义 A", "取值 1")},
    {"quota-order", "the quota does not say who comes first; the older record does",
     BLOCK("补贴 A", "对象 人员\n给予 1元\n名额 每年 至多 3名")},
};

static bool has_finding(const struct findings *findings, const struct error_case *wanted)
{
    for (int32_t i = 0; i < findings->row_count; i++)
        if (strcmp(findings->rows[i].rule, wanted->rule) == 0 &&
            str_equal_text(findings->rows[i].message, wanted->message))
            return true;
    return false;
}

static void read_case(struct arena *arena, const struct error_case *wanted,
                      struct policy_source *source, struct findings *findings)
{
    bool whole = strncmp(wanted->text, "---", 3) == 0;
    const char *text = text_in(arena, "%s%s", whole ? "" : HEAD, wanted->text);
    *source = (struct policy_source){STR("t.md"), str_from(text)};
    struct policy *policy;
    struct fault fault = {0};
    enum err err = policy_read(arena, &policy_words, source, 1, &policy, findings, &fault);
    EXPECT(err == ERR_OK || err == ERR_POLICY);
}

TEST(policy_read__reports_each_kind_of_error_with_its_message)
{
    int32_t missed = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena;
        arena_init(&arena, 64 << 20);
        struct findings findings;
        struct policy_source source;
        read_case(&arena, &cases[i], &source, &findings);
        if (!has_finding(&findings, &cases[i])) {
            missed++;
            print_message("case %zu: wanted [%s] %s\n", i, cases[i].rule, cases[i].message);
            for (int32_t k = 0; k < findings.row_count; k++)
                print_message("    got [%s] %.*s\n", findings.rows[k].rule,
                              STR_ARG(findings.rows[k].message));
        }
        arena_done(&arena);
    }
    EXPECT_INT(0, missed);
}

TEST(finding_print__underlines_wide_characters_by_their_width)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct findings findings;
    struct policy_source source;
    const struct error_case wanted = {"unknown-name", "",
                                      BLOCK("定义 A", "对象 人员\n取值 周岁(出生曰期, 截至日)")};
    read_case(&arena, &wanted, &source, &findings);
    struct text_buf buf;
    text_init(&buf, &arena);
    finding_print(&buf, &source, &findings.rows[findings.row_count - 1]);
    EXPECT_STR("t.md:12:7: error [unknown-name]: nothing here is called '出生曰期'\n"
               "    12 | 取值 周岁(出生曰期, 截至日)\n"
               "       |           ^~~~~~~~\n"
               "         Did you mean '出生日期'?\n",
               text_str(&buf));
    arena_done(&arena);
}

TEST(policy_read__refuses_a_replaced_document_that_does_not_end)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct policy_source sources[] = {
        {STR("old.md"), STR("---\n文号: T1\n施行: 2016-01-01\n---\n")},
        {STR("new.md"), STR("---\n文号: T2\n施行: 2022-08-22\n替代: T1\n---\n")},
    };
    struct policy *policy;
    struct findings findings;
    struct fault fault = {0};
    EXPECT_ERR(ERR_POLICY,
               policy_read(&arena, &policy_words, sources, 2, &policy, &findings, &fault));
    EXPECT_STR("T2 replaces this document from 2022-08-22, but it does not end",
               findings.rows[0].message);
    arena_done(&arena);
}
