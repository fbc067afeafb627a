/* policy_errors_test.c — every kind of finding, with its exact message. Each case is the body of a
 * document under one article whose prose is the case's first text.
 *
 * What checking proves (doc/policy-language.md), and the findings that say so:
 *   1 units and periods       unit, order, divide, number, period, quota-order
 *   2 the text holds the rule cite-missing, number-unused, obligation
 *   3 documents               head, import, replaced, expired, encoding (also cmd_policy_test.c)
 *   4 boxes                   constant, never, always, never-applies, table, table-gap,
 *                             not-analysed, overlap
 *   5 editions                edition, and period for one that changes inside a period
 *   6 statements that meet    interaction, cycle, quota-order, doubled-name, unused
 *   7 facts                   text-field, must-not-ask, unknown-name, unreachable, path, indicator
 *   8 examples                example, example-fails, example-reason, example-missing,
 *                             example-border, example-limit, example-row, example-idle,
 *                             example-proposed
 *   limits                    steps, depth, and the last test of this file
 *   words and blocks          all others of finding.def
 */
#include "policy/example.h"

#include "policy_words.h"
#include "unit.h"

#include <stdlib.h>

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
    {"period", "the amount is for a part, and nothing says of how many",
     BLOCK("补贴 A", "对象 人员\n给予 50元 每人每天")},
    {"unit", "每人每天 by a count", BLOCK("补贴 A", "对象 人员\n给予 50元 每人每天 按 3")},
    {"unit", "a span of working days is compared with a span of days",
     BLOCK("定义 A", "对象 人员\n取值 工作日数(出生日期, 截至日) > 3天")},
    {"period", "only a duty counts by weeks", BLOCK("补贴 A", "对象 人员\n给予 1元 每周")},
    {"unit", "money where a count is needed",
     BLOCK("参数 P 元", "2022-01-01 1元")
         BLOCK("补贴 A", "对象 人员\n逐项 证书 满足 (等级 = 高级工)\n至多取 P\n给予 1元")},
    {"period", "a quota counts by years",
     BLOCK("补贴 A", "对象 人员\n给予 1元\n名额 每月 至多 3名 按 学历")},
    {"edition", "the edition of 2022-01-01 overlaps the one above it",
     BLOCK("参数 P 元", "2022-01-01 1元\n2022-01-01 2元")},
    {"edition", "'P' has no value before 2022-02-01", BLOCK("参数 P 元", "2022-02-01 1元")},
    {"edition", "'P' may be read before 2022-01-01, its first edition; until then 'A' is refused",
     BLOCK("参数 P 元", "2022-01-01 1元")
         BLOCK("补贴 A", "对象 人员\n逐项 证书 满足 (等级 = 高级工)\n给予 P\n取数日 发证日期")},
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
    {"constant", "the condition is the same for everyone",
     BLOCK("准入 A", "对象 人员\n条件 出生日期 = birth_day\n准予 报名")},
    {"constant", "the condition is the same for everyone",
     BLOCK("准入 A", "对象 人员\n条件 1 > 2 且 性别 = 男\n准予 报名")},
    /* boxes */
    {"never", "nobody meets this together with '等级 < 高级工'",
     BLOCK("定义 A", "对象 证书\n取值 等级 < 高级工 且 等级 > 高级工")},
    {"never", "nobody meets this together with '等级 属于 (初级工, 中级工)'",
     BLOCK("定义 A", "对象 证书\n取值 等级 属于 (初级工, 中级工) 且 等级 ≥ 高级工")},
    {"never", "nobody meets this together with '性别 = 男'",
     BLOCK("定义 A", "对象 人员\n取值 性别 = 男 且 性别 = 女")},
    {"never", "nobody meets this together with '发证日期 ≤ 2020-12-31'",
     BLOCK("准入 A", "对象 人员\n条件 有 证书 满足 (发证日期 ≤ 2020-12-31 且\n"
                     "  发证日期 ≥ 2021-01-01)\n准予 报名")},
    {"never", "nobody meets this together with '发证日期 ≤ 2021-12-31'",
     BLOCK("准入 A", "对象 人员\n逐项 证书 满足 (发证日期 ≤ 2021-12-31 且 在期内(发证日期))\n"
                     "准予 报名")},
    {"never", "nobody meets this together with '有效于(发证日期, 有效期至, 截至日)'",
     BLOCK("定义 A", "对象 证书\n取值 有效于(发证日期, 有效期至, 截至日) 且 有效期至 < 截至日")},
    {"never", "nobody meets this together with '有 证书'",
     BLOCK("定义 A", "对象 人员\n取值 有 证书 且 没有 证书")},
    {"never", "nobody meets this together with '居住地区划 位于 370811'",
     BLOCK("定义 A", "对象 人员\n取值 居住地区划 位于 370811 且 居住地区划 = 370800")},
    {"never", "nobody meets this together with 'A'",
     BLOCK("定义 A", "对象 证书\n取值 等级 ≥ 技师")
         BLOCK("定义 B", "对象 证书\n取值 A 且 等级 = 中级工")},
    {"never", "nobody can meet the condition",
     BLOCK("定义 A", "对象 人员\n取值 学历 = 本科 或 计数 证书 < 0")},
    {"always", "everybody whose facts are known meets the condition",
     BLOCK("定义 A", "对象 证书\n取值 等级 ≥ 高级工 或 等级 < 高级工")},
    {"always", "everybody whose facts are known meets the condition",
     BLOCK("定义 A", "对象 证书\n取值 证书状态 = 有效 且 等级 ≥ 学徒工")},
    {"never-applies", "'B' never applies: whoever meets it is outside 'A' already",
     BLOCK("准入 A", "对象 人员\n条件 性别 = 女\n准予 报名")
         BLOCK("不适用 B", "基于 A\n条件 性别 = 男")},
    {"not-analysed", "compared as a whole, not as ranges, in 'A': 1",
     BLOCK("定义 A", "对象 人员\n取值 有 证书 且 性别 = 男")},
    {"table", "the row never counts: line 13 covers it",
     BLOCK("表 T", "输入 技能等级\n结果 元\n(初级工, 中级工) | 9元\n(中级工, 初级工) | 1元")},
    {"table", "the row never counts: the rows above it cover all of it",
     BLOCK("表 T", "输入 名次: 个\n结果 元\n1..2 | 9元\n3..5 | 8元\n(2, 4) | 1元")},
    {"table-gap", "no row holds for 技能等级 = 高级技师",
     BLOCK("表 T", "输入 技能等级\n结果 元\n≤ 技师 | 9元\n≥ 特级技师 | 1元")},
    {"table-gap", "no row holds for 性别 = 男, 名次 = 6",
     BLOCK("表 T", "输入 性别, 名次: 个\n结果 元\n任意 | ≤ 5 | 9元\n女 | 任意 | 1元")},
    {"not-analysed", "the table is too large to look for gaps and hidden rows",
     BLOCK("表 T", "输入 a: 个, b: 个, c: 个, d: 个, e: 个, f: 个, g: 个\n结果 元\n"
                   "1..2 | 1..2 | 1..2 | 1..2 | 1..2 | 1..2 | 1..2 | 1元\n"
                   "4..5 | 4..5 | 4..5 | 4..5 | 4..5 | 4..5 | 4..5 | 1元\n"
                   "7..8 | 7..8 | 7..8 | 7..8 | 7..8 | 7..8 | 7..8 | 1元")},
    /* editions */
    {"edition", "'高级技师' has no value from 2023-01-01 on",
     BLOCK("参数 P 元 按 技能等级", "2022-01-01 技师 1元、高级技师 2元\n2023-01-01 技师 3元")},
    {"edition", "the edition of 2023-01-01 repeats the one above it",
     BLOCK("参数 P 元", "2022-01-01 1元\n2023-01-01 1元")},
    {"edition", "the code leaves the register before it enters",
     BLOCK("目录 R", "目录于 职业\n6-18-01-01 2023-01-01 至 2022-12-31")},
    /* examples */
    {"example-fails", "the example does not come true: A comes to yes",
     BLOCK("准入 A", "对象 人员\n条件 性别 = 男\n准予 报名")
         BLOCK("案例 E", "人员 甲: 性别 男、居住地区划 370811\n2022-12-31 A = 无")},
    {"example-reason", "the outcome is right, but the reason is not '学历'",
     BLOCK("准入 A", "对象 人员\n条件 性别 = 男\n准予 报名")
         BLOCK("案例 E", "人员 甲: 性别 女\n2022-12-31 A = 无 因 学历")},
    {"example-missing", "A has no example that refuses",
     BLOCK("准入 A", "对象 人员\n条件 性别 = 男\n准予 报名")
         BLOCK("案例 E", "人员 甲: 性别 男\n2022-12-31 A = 是")},
    {"example-missing", "A has no example that grants and none that refuses",
     BLOCK("义务 A", "主体 单位\n计量 编制数\n应达 ≥ 1\n周期 每年")},
    {"example-border", "no example of A lies on two days that part the outcome",
     BLOCK("准入 A", "对象 人员\n条件 性别 = 男\n准予 报名")
         BLOCK("案例 E", "人员 甲: 性别 男、居住地区划 370811\n人员 乙: 性别 女\n"
                        "2022-12-31 A 甲 = 是\n2022-12-31 A 乙 = 无")},
    {"example-idle", "the line tests nothing: A is not in force on that day",
     BLOCK("准入 A", "对象 人员\n条件 性别 = 男\n准予 报名")
         BLOCK("案例 E", "人员 甲: 性别 男、居住地区划 370811\n2021-12-31 A = 无")},
    {"example-proposed",
     "cases on the borders of A: education college / bachelor; issued_day 365 / 366 / 367 days "
     "before, 29 February",
     BLOCK("补贴 A", "对象 人员\n条件 学历 ≥ 本科\n"
                     "逐项 证书 满足 (在前(发证日期, 截至日, 12个月))\n给予 1元")},
    {"example-limit", "no example of A gives the last place of its quota and refuses the next",
     BLOCK("荣誉 A", "对象 人员\n条件 性别 = 男\n称号 a_honour\n名额 每年 至多 2名 按 学历 降序")
         BLOCK("案例 E", "人员 众 2名: 性别 男、居住地区划 370811\n人员 乙: 性别 女\n"
                        "2021-12-31 A 众 = 无\n2022-01-01 A 众 = 是\n2022-12-31 A 乙 = 无")},
    {"example-row", "no example comes to this row of T",
     BLOCK("表 T", "输入 性别\n结果 元\n男 | 1元\n女 | 2元\n其他 | 0元")
         BLOCK("补贴 A", "对象 人员\n给予 T(性别)")
             BLOCK("案例 E", "人员 甲: 性别 男\n2022-12-31 A = 1元")},
    /* statements that meet */
    {"interaction", "'A' and 'B' may pay one 人员 from 'F', and nothing settles it: sex female",
     USE_FUND BLOCK("补贴 A", "对象 人员\n条件 性别 = 女\n给予 1元\n资金 F")
         BLOCK("补贴 B", "对象 人员\n给予 2元\n资金 F")},
    {"overlap",
     "'X' and 'Y' may both hold, and only their order says which counts: sex female, "
     "education bachelor",
     BLOCK("补贴 A", "对象 人员\n给予 1元")
         BLOCK("例外 X", "基于 A\n条件 性别 = 女\n给予 2元")
             BLOCK("不适用 Y", "基于 A\n条件 学历 ≥ 本科")},
    {"must-not-ask", "'A' reads 学历, which 'A' must not ask",
     BLOCK("准入 A", "对象 人员\n条件 学历 ≥ 本科\n不问 学历\n准予 报名")},
    {"must-not-ask", "'B' reads 就业经历.入职日期, which 'A' must not ask",
     BLOCK("定义 D", "对象 人员\n取值 有 就业经历 满足 (入职日期 < 2020-01-01)")
         BLOCK("准入 A", "对象 人员\n不问 学历, 就业经历.入职日期\n准予 报名")
             BLOCK("准入 B", "对象 人员\n条件 D\n准予 报名")},
    {"must-not-ask", "'A' reads 职称, which 'A' must not ask",
     BLOCK("准入 A", "对象 人员\n条件 有 职称\n不问 职称\n准予 报名")},
    {"unknown-name", "职称 has no field '年限'",
     BLOCK("准入 A", "对象 人员\n不问 职称.年限\n准予 报名")},
    {"expired", "the document ends on 2023-12-31, before the target's deadline",
     "---\n文号: T1\n施行: 2022-01-01\n失效: 2023-12-31\n---\n## 一\n" BLOCK(
         "指标 I", "单位 人\n取值 计数 人员")
         BLOCK("目标 O", "指标 I\n要求 至少 5人\n期限 2025-12-31")},
    {"expired", "the document ended on 2023-12-31, before the example's day",
     "---\n文号: T1\n施行: 2022-01-01\n失效: 2023-12-31\n---\n## 一\n" BLOCK(
         "准入 A", "对象 人员\n条件 性别 = 男\n准予 报名")
         BLOCK("案例 E", "人员 甲: 性别 男\n2024-01-01 A = 是")},
    {"unit", "the key of 'B' is a row of 人员",
     BLOCK("补贴 A", "对象 人员\n逐项 培训记录\n给予 1元\n周期 每年\n付给 委托单位")
         BLOCK("补贴 B", "对象 人员\n给予 2元\n周期 每年")
             BLOCK("结算 S", "互斥 A, B 每年 按 付给")},
    {"unit", "'A' pays nothing that could be taken back",
     BLOCK("准入 A", "对象 人员\n条件 性别 = 男\n准予 报名")
         BLOCK("结算 S", "追回 A 当 性别 = 女")},
    {"unit", "what is taken back is money or a rate",
     BLOCK("补贴 A", "对象 人员\n给予 2元\n周期 每年")
         BLOCK("结算 S", "追回 3次 于 A 当 性别 = 女")},
    {"never-applies", "whoever meets this has no 'A' that could be taken back",
     BLOCK("补贴 A", "对象 人员\n条件 性别 = 男\n给予 2元\n周期 每年")
         BLOCK("结算 S", "追回 50% 于 A 当 性别 = 女")},
    {"order", "who is paid in proportion has no order",
     BLOCK("资金 F", "来源 市财政\n不足时 按比例 按 编号")},
    {"import", "there is no document T9 here", BLOCK("废止", "文件 T9\n条款 a1\n自 2023-01-01")},
    {"unknown-name", "T1 has no article '第九条'", BLOCK("废止", "条款 第九条\n自 2023-01-01")},
    {"unknown-name", "T1 has no statement 'B'", BLOCK("废止", "语句 B\n自 2023-01-01")},
    {"missing-clause", "the clause 条款 (articles) or 语句 (statements) is missing",
     BLOCK("废止", "自 2023-01-01")},
    {"expired", "what is repealed has not been in force before 2022-01-01",
     BLOCK("废止", "条款 a1")},
    {"expired", "the document is in force from 2022-01-01 only",
     BLOCK("废止", "条款 a1\n自 2021-01-01")},
    {"expired", "'D' is repealed from 2023-01-01; 'A' goes on using it",
     BLOCK("定义 D", "对象 人员\n取值 性别 = 男")
         BLOCK("补贴 A", "对象 人员\n条件 D\n给予 2元\n周期 每年")
             BLOCK("废止", "语句 D\n自 2023-01-01")},
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

static void read_case_in(struct arena *arena, const struct vocab *vocab,
                         const struct error_case *wanted, struct policy_source *source,
                         struct findings *findings)
{
    bool whole = strncmp(wanted->text, "---", 3) == 0;
    const char *text = text_in(arena, "%s%s", whole ? "" : HEAD, wanted->text);
    *source = (struct policy_source){STR("t.md"), str_from(text)};
    struct policy *policy;
    struct fault fault = {0};
    enum err err = policy_read(arena, vocab, source, 1, &policy, findings, &fault);
    EXPECT(err == ERR_OK || err == ERR_POLICY);
    int32_t passed, failed;
    if (err == ERR_OK)
        EXPECT_OK(examples_run(arena, policy, findings, &passed, &failed, &fault));
}

static void read_case(struct arena *arena, const struct error_case *wanted,
                      struct policy_source *source, struct findings *findings)
{
    read_case_in(arena, &policy_words, wanted, source, findings);
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

/* What stands for the values of a format: its conversions, by the place of the value. */
static void conversions(const char *format, char ret_kinds[16])
{
    int32_t next = 0;
    memset(ret_kinds, 0, 16);
    for (const char *at = strchr(format, '%'); at; at = strchr(at + 1, '%')) {
        at++;
        if (strncmp(at, ".*", 2) != 0 && (!*at || !strchr("123456789sld", *at)))
            continue; /* a % sign of a sentence without values */
        int32_t place = (int32_t)strtol(at, (char **)&at, 10);
        check(place < 16);
        bool numbered = *at == '$';
        at += numbered;
        if (strncmp(at, ".*", 2) == 0) {
            int32_t size = numbered ? (int32_t)strtol(at + 2, (char **)&at, 10) : ++next;
            at += numbered ? 1 : 2;
            ret_kinds[size] = '*';
        }
        at += strspn(at, "l");
        ret_kinds[numbered ? place : ++next] = *at;
    }
}

TEST(finding_text_def__has_the_same_values_in_both_languages)
{
    static const char *const texts[][2] = {
#define TEXT(en, zh) {en, zh},
#include "policy/finding_text.def"
#undef TEXT
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char en[16], zh[16];
        conversions(texts[i][0], en);
        conversions(texts[i][1], zh);
        if (memcmp(en, zh, sizeof en) != 0)
            fail_msg("the values differ: %s", texts[i][0]);
        for (size_t k = 0; k < i; k++)
            if (strcmp(texts[i][0], texts[k][0]) == 0)
                fail_msg("stands twice: %s", texts[i][0]);
    }
}

static bool has_chinese(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.ptr[i] >= 0xE3)
            return true;
    return false;
}

/* No English sentence is left in a finding that is said in Chinese: the longest run of Latin words
 * is a name or a keyword. */
static bool is_english(struct str text)
{
    int32_t words = 0;
    for (size_t i = 1; i < text.size; i++) {
        char before = text.ptr[i - 1], here = text.ptr[i];
        if ((unsigned char)here >= 0x80)
            words = 0;
        words += here == ' ' && before >= 'a' && before <= 'z';
        if (words >= 2)
            return true;
    }
    return false;
}

TEST(policy_read__says_every_finding_in_chinese_too)
{
    struct vocab chinese = policy_words;
    chinese.findings_in = SPELLING_ZH;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena;
        arena_init(&arena, 64 << 20);
        struct findings findings;
        struct policy_source source;
        read_case_in(&arena, &chinese, &cases[i], &source, &findings);
        for (int32_t k = 0; k < findings.row_count; k++) {
            const struct finding *finding = &findings.rows[k];
            if (!has_chinese(finding->message) || is_english(finding->message) ||
                is_english(finding->hint))
                fail_msg("not Chinese: [%s] %.*s | %.*s", finding->rule,
                         STR_ARG(finding->message), STR_ARG(finding->hint));
        }
        arena_done(&arena);
    }
}

/* finding.def and the cases name the same kinds; these are shown by a test of their own. */
static const char *const kinds_elsewhere[] = {"encoding", "replaced", "ask", "set",
                                               "steps"};

static bool has_case(const char *rule)
{
    for (size_t i = 0; i < sizeof kinds_elsewhere / sizeof kinds_elsewhere[0]; i++)
        if (strcmp(kinds_elsewhere[i], rule) == 0)
            return true;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(cases[i].rule, rule) == 0)
            return true;
    return false;
}

TEST(finding_def__has_every_kind_and_each_kind_has_a_case)
{
    static const char *const rules[] = {
#define FINDING(rule, zh, way_out_zh, en) rule,
#include "policy/finding.def"
#undef FINDING
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (!has_case(rules[i]))
            fail_msg("no case of [%s]", rules[i]);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof rules / sizeof rules[0]; k++)
            found = found || strcmp(rules[k], cases[i].rule) == 0;
        if (!found)
            fail_msg("[%s] is not in finding.def", cases[i].rule);
    }
}

TEST(finding_print__says_kind_and_way_out_in_chinese)
{
    struct policy_source source = {STR("t.md"), STR("取值 1元 + 1个月\n")};
    const struct finding finding = {.severity = FINDING_ERROR,
                                    .rule = "unit",
                                    .span = {0, 1, 4, STR("1元 + 1个月")},
                                    .message = STR("money cannot be added to a span of months")};
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct text_buf buf;
    text_init(&buf, &arena);
    finding_print(&buf, &source, &finding, SPELLING_ZH);
    EXPECT_STR("t.md:1:4: 错误 [unit]: money cannot be added to a span of months\n"
               "     1 | 取值 1元 + 1个月\n"
               "       |      ^~~~~~~~~~~\n"
               "         两边写成同一种单位。\n",
               text_str(&buf));
    arena_done(&arena);
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
    finding_print(&buf, &source, &findings.rows[findings.row_count - 1], SPELLING_EN);
    EXPECT_STR("t.md:12:7: error [unknown-name]: nothing here is called '出生曰期'\n"
               "    12 | 取值 周岁(出生曰期, 截至日)\n"
               "       |           ^~~~~~~~\n"
               "         Did you mean '出生日期'?\n",
               text_str(&buf));
    arena_done(&arena);
}

/* Reads two documents; the first finding must be this one, or none when rule is NULL. */
static void expect_pair(const char *first, const char *second, const char *rule,
                        const char *message)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct policy_source sources[] = {{STR("1.md"), str_from(first)},
                                      {STR("2.md"), str_from(second)}};
    struct policy *policy;
    struct findings findings;
    struct fault fault = {0};
    enum err err = policy_read(&arena, &policy_words, sources, 2, &policy, &findings, &fault);
    EXPECT(err == ERR_OK || err == ERR_POLICY);
    bool found = !rule && findings.error_count == 0 && findings.warning_count == 0;
    for (int32_t i = 0; i < findings.row_count; i++) {
        found = found || (rule && strcmp(findings.rows[i].rule, rule) == 0 &&
                          str_equal_text(findings.rows[i].message, message));
        if (!found)
            print_message("[%s] %.*s\n", findings.rows[i].rule, STR_ARG(findings.rows[i].message));
    }
    EXPECT(found);
    arena_done(&arena);
}

#define DOCUMENT(number, more) "---\n文号: " number "\n施行: 2022-01-01\n" more "---\n## 一\n"
#define USES_P BLOCK("补贴 A", "对象 人员\n给予 P")

TEST(policy_read__finds_a_name_only_in_documents_that_are_imported)
{
    static const char lender[] = DOCUMENT("T2", "") BLOCK("参数 P 元", "2022-01-01 1元");
    expect_pair(DOCUMENT("T1", "引用: T2\n") USES_P, lender, NULL, NULL);
    expect_pair(DOCUMENT("T1", "") USES_P, lender, "import",
                "'P' stands in T2, which this document does not import");
    expect_pair(DOCUMENT("T1", "") BLOCK("定义 A", "取值 「P」"), lender, "import",
                "'P' stands in T2, which this document does not import");
    expect_pair(DOCUMENT("T1", "") BLOCK("例外 B", "基于 A\n条件 性别 = 男"),
                DOCUMENT("T2", "") BLOCK("补贴 A", "对象 人员\n给予 1元"), "import",
                "'A' stands in T2, which this document does not import");
}

TEST(policy_read__takes_its_own_name_before_an_imported_one)
{
    static const char lender[] = DOCUMENT("T2", "") BLOCK("参数 P 元", "2022-01-01 1元")
        BLOCK("补贴 C", "对象 单位\n给予 P");
    expect_pair(DOCUMENT("T1", "引用: T2\n") BLOCK("参数 P 元", "2022-01-01 2元") USES_P, lender,
                NULL, NULL);
    expect_pair(DOCUMENT("T1", "") BLOCK("补贴 C", "对象 人员\n给予 1元"), lender, "doubled-name",
                "the name 'C' stands already at 1.md:6");
}

TEST(policy_read__refuses_to_stand_on_a_document_that_ends_first)
{
    expect_pair(DOCUMENT("T1", "引用: T2\n") USES_P,
                DOCUMENT("T2", "失效: 2023-12-31\n") BLOCK("参数 P 元", "2022-01-01 1元"),
                "expired", "'P' ends with T2 on 2023-12-31; this document goes on");
}

TEST(policy_read__lets_payments_be_that_cannot_meet)
{
    expect_pair(DOCUMENT("T1", "") USE_FUND
                    BLOCK("补贴 A", "对象 人员\n条件 性别 = 女\n给予 1元\n资金 F")
                    BLOCK("补贴 B", "对象 人员\n条件 性别 = 男\n给予 2元\n资金 F")
                        BLOCK("补贴 C", "对象 单位\n给予 2元\n资金 F"),
                DOCUMENT("T2", ""), NULL, NULL);
    expect_pair(DOCUMENT("T1", "") USE_FUND BLOCK("补贴 A", "对象 人员\n给予 1元\n资金 F")
                    BLOCK("补贴 B", "对象 人员\n给予 2元\n资金 F")
                        BLOCK("结算 S", "从高 A, B 每年"),
                DOCUMENT("T2", ""), NULL, NULL);
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

/* ---- limits ---- */

/* HEAD, `before`, `repeated` so many times with its number in it, `after`. */
static struct str repeated_text(struct arena *arena, const char *before, const char *repeated,
                                int32_t count, const char *after)
{
    struct text_buf buf;
    text_init(&buf, arena);
    text_add_z(&buf, HEAD);
    text_add_z(&buf, before);
    for (int32_t i = 0; i < count; i++)
        for (const char *at = repeated; *at; at++) {
            if (*at == '#') /* this one's number; @ the number before it */
                text_format(&buf, "%d", i + 1);
            else if (*at == '@')
                text_format(&buf, "%d", i);
            else
                text_add_byte(&buf, *at);
        }
    text_add_z(&buf, after);
    return text_str(&buf);
}

static const struct {
    const char *before, *repeated, *after;
    int32_t count;
    const char *said[2]; /* by spelling */
} limits[] = {
    {"", "一二三四五六七八九十\n", "", (16 << 20) / 31 + 1,
     {"t.md 超过 16 MB", "t.md has more than 16 MB"}},
    {"```定义 A\n取值 1", " + 1", "\n```\n", 100001,
     {"t.md:10：语句超过 200000 个词", "t.md:10: the block has more than 200000 words"}},
    {"", "> ", "一\n", 70,
     {"t.md：列表和引文套得超过 64 层", "t.md: lists and quotations nest deeper than 64"}},
    {"", "```定义 D@\n取值 D#\n```\n", "```定义 D200\n取值 1\n```\n", 200,
     {"括号和定义套得超过 64 层", "the expression nests deeper than 64"}},
    {"```定义 D0\n对象 人员\n取值 性别 = 男\n```\n",
     "```定义 D#\n对象 人员\n取值 (D@ 且 学历 = 本科) 或 (D@ 且 性别 = 女)\n```\n", "", 40,
     {"“D13”连同定义展开后超过 100000 步",
      "'D13' comes to more than 100000 steps with its definitions written out"}},
    {"```准入 A\n对象 人员\n条件 性别 = 男\n准予 报名\n```\n```案例 E\n",
     "人员 众# 10000名: 性别 男\n", "2022-12-31 A 众1 = 是\n```\n", 6,
     {"案例的记录超过 50000 条", "the example has more than 50000 records"}},
    {"```准入 A\n对象 人员\n条件 性别 = 男\n准予 报名\n```\n```案例 E\n人员 甲: 性别 男\n",
     "2022-12-31 A 甲 = 是\n", "```\n", 1001,
     {"案例的结果超过 1000 行", "the example expects more than 1000 things"}},
    {"```定义 A\n取值 1", " + 1", "\n```\n", 70,
     {"算式超过 64 项", "the calculation has more than 64 parts"}},
    {"```定义 A\n取值 ", "(", "1\n```\n", 70,
     {"括号和定义套得超过 64 层", "the expression nests deeper than 64"}},
};

static bool says(const struct findings *findings, const struct fault *fault, const char *message)
{
    bool found = strcmp(fault->message, message) == 0;
    for (int32_t i = 0; i < findings->row_count && !found; i++)
        found = str_equal_text(findings->rows[i].message, message);
    return found;
}

TEST(policy_read__names_the_limit_that_is_exceeded_in_both_languages)
{
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        for (int32_t spelling = 0; spelling < 2; spelling++) {
            struct vocab vocab = policy_words;
            vocab.findings_in = (enum policy_spelling)spelling;
            struct arena arena;
            arena_init(&arena, 512 << 20);
            struct str text = repeated_text(&arena, limits[i].before, limits[i].repeated,
                                            limits[i].count, limits[i].after);
            struct policy_source source = {STR("t.md"), text};
            struct policy *policy;
            struct findings findings;
            struct fault fault = {0};
            enum err err = policy_read(&arena, &vocab, &source, 1, &policy, &findings, &fault);
            EXPECT(err == ERR_POLICY_LIMIT || err == ERR_POLICY);
            const char *wanted = limits[i].said[spelling];
            if (!says(&findings, &fault, wanted))
                fail_msg("wanted: %s\n   got: %s %s", wanted, fault.message,
                         findings.row_count ? findings.rows[0].message.ptr : "");
            arena_done(&arena);
        }
}
