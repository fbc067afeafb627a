/* Every kind of statement in words of both languages; pages that are well-formed, lose no clause
 * and pass no markup on. The documents of the tree are woven by cmd_policy_weave_test.c. */
#include "policy/weaving.h"

#include "policy_words.h"
#include "unit.h"

#include "base/day.h"

#include <expat.h>

static struct arena arena;

static struct policy *read_text(const char *text)
{
    arena_done(&arena);
    arena_init(&arena, 256 << 20);
    struct policy_source source = {STR("t.md"), str_from(text)};
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

static struct str woven(const struct policy *policy, enum policy_spelling spelling)
{
    struct weave_options options = {.spelling = spelling};
    check(day_parse(STR("2023-06-30"), &options.as_of_day));
    struct text_buf page;
    text_init(&page, &arena);
    weave_document(&page, policy, 0, &options);
    EXPECT(!page.failed);
    return text_str(&page);
}

/* A page without its tags, spaces between words kept: what a reader reads. */
static struct str read_aloud(struct str page)
{
    struct text_buf text;
    text_init(&text, &arena);
    size_t body = str_find(page, STR("<main"));
    check(body != SIZE_MAX);
    bool in_tag = false;
    for (size_t i = body; i < page.size; i++) {
        if (page.ptr[i] == '<')
            in_tag = true;
        else if (page.ptr[i] == '>')
            in_tag = false;
        else if (!in_tag)
            text_add_byte(&text, page.ptr[i]);
    }
    return text_str(&text);
}

static void expect_said(struct str words, const char *part)
{
    if (str_find(words, str_from(part)) == SIZE_MAX)
        fail_msg("the page does not say: %s\n%.*s", part, STR_ARG(words));
}

/* Names all that is missing. */
static void expect_all(struct str words, const char *const *parts, size_t count)
{
    size_t missing_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (str_find(words, str_from(parts[i])) != SIZE_MAX)
            continue;
        print_error("the page does not say: %s\n", parts[i]);
        missing_count++;
    }
    EXPECT_INT(0, missing_count);
}

static void expect_well_formed(struct str page)
{
    XML_Parser parser = XML_ParserCreate("UTF-8");
    if (XML_Parse(parser, page.ptr, (int)page.size, 1) != XML_STATUS_OK)
        fail_msg("line %lu: %s", XML_GetCurrentLineNumber(parser),
                 XML_ErrorString(XML_GetErrorCode(parser)));
    XML_ParserFree(parser);
}

#define HEAD                                                                                      \
    "---\n文号: T1\n标题: 示例 <办法>\n地区: 370800\n印发: 2022-08-22\n施行: 2022-08-22\n---\n"
#define ARTICLE "## 第一条 津贴 {#a1}\n\n"

static const char all_kinds[] =
    HEAD ARTICLE
    "不超过三十名，管理期内每人**每月**一千元；二〇二五年不计。\n\n"
    "```资金 专项\n来源  市财政\n预算  2023年 5万元\n不足时  排队\n```\n"
    "```参数 标准 元 按 技能等级\n2022-08-22 起  技师 1000元、高级技师 2000元\n```\n"
    "```参数 上限 元\n2022-08-22 起  3000元  假定 「文件没有写」\n2023-01-01 起  5000元\n```\n"
    "```定义 有效证书\n对象  证书\n取值  证书状态 = 有效 且 有效期至 ≥ 截至日\n```\n"
    "```补贴 津贴\n依据  「每人每月一千元」\n对象  人员\n"
    "条件  周岁(出生日期, 期末) ≥ 18 且\n      没有 就业经历 满足 (岗位类别 = 公务员 且 全职)\n"
    "逐项  证书 满足 (有效证书 且 等级 属于 (技师, 高级技师) 且\n"
    "      没有 证书 满足 (职业 = 外层.职业 且 等级 > 外层.等级))\n"
    "每组  职业\n至多取  1个 按 等级 降序\n给予  标准(等级) 每人每月\n资金  专项\n"
    "取数日  期末\n名额  每 2年 至多 30名 按 发证日期 升序, 编号\n```\n"
    "```例外 公务员\n基于  津贴\n条件  有 就业经历 满足 (岗位类别 = 公务员)\n给予  0元\n```\n"
    "```不适用 离世\n基于  津贴\n条件  死亡日期 ≤ 截至日\n```\n"
    "```表 奖金\n输入  竞赛级别, 名次: 名\n结果  元\n世界技能大赛 | 1..3 | 30万元\n"
    "≥ 国家级二类竞赛 | ≤ 5 | 1.5万元\n其他 | 0元\n```\n"
    "```补贴 获奖\n对象  人员\n逐项  竞赛成绩\n给予  较小(奖金(竞赛级别, 名次), 上限) 每人\n"
    "周期  一次\n取数日  期末\n```\n"
    "```定义 等次\n对象  人员\n分类  A 当 有 荣誉称号 满足 (称号 = a_honour)\n"
    "分类  B 当 有 荣誉称号\n```\n"
    "```荣誉 首席\n对象  人员\n条件  等次 ≥ B 且 居住地区划 位于 370800\n称号  b_honour\n"
    "任期  4年\n```\n"
    "```晋升 特级\n对象  人员\n逐项  证书 满足 (等级 = 高级技师)\n等级  特级技师\n```\n"
    "```准入 参赛\n对象  人员\n条件  有 证书\n准予  报名参加选拔\n不问  学历\n```\n"
    "```结算 合计\n封顶  1万元 每年 于 津贴, 获奖\n从高  津贴, 获奖\n```\n"
    "```指标 人数\n单位  人\n取值  计数 人员 满足 (有 证书 满足 (有效证书))\n```\n"
    "```指标 比率\n单位  %\n取值  人数 / 计数 人员\n```\n"
    "```目标 人数目标\n指标  人数\n要求  至少 1.5万人\n期限  2025年 自 2022-08-22\n"
    "责任  市局\n```\n"
    "```义务 活动\n主体  载体\n计量  计数 载体活动 满足 (在期内(活动日期))\n应达  ≥ 4\n"
    "周期  每年\n证据  活动记录\n```\n"
    "```叙述 范围\n「二〇二五年」 因 举例\n```\n"
    "```案例 一档\n单位 厂: 单位类型 企业、所在区划 370811\n人员 甲: 出生日期 1990-01-01\n"
    "就业经历 用人单位 厂、入职日期 2020-01-01\n证书 等级 技师、职业 6-18-01-01\n"
    "2022-12  津贴 甲 = 1000元 因 第一条\n2022-12-31  首席(甲) = 无\n"
    "2023-01-01  获奖 = 待补 名次\n2023-12-31  比率 = 100%\n```\n";

TEST(weave_document__says_every_kind_of_statement_in_chinese)
{
    struct str words = read_aloud(woven(read_text(all_kinds), SPELLING_ZH));
    static const char *const parts[] = {
        "2023 年 50,000 元", "排队，有钱再发", "现行", "假定：文件没有写", "证书状态是有效",
        "有效期至不早于截至日（没有的也算）", "从出生日期到本期最后一天的周岁数不小于18",
        "没有就业经历，其岗位类别是公务员", "每一项证书计一次", "等级是技师或高级技师",
        "同一职业只计一次", "至多取 1 项，按等级从高到低", "标准（按等级），每月",
        "每 2 年至多 30 名，按发证日期从低到高", "本期最后一天当天的",
        "下列情形改按本条", "下列情形不适用", "世界技能大赛1 至 3300,000 元", "其他0 元",
        "从上往下看", "中较小的", "A：有荣誉称号", "等次不低于B",
        "之内", "4 年", "特级技师", "报名参加选拔", "不看学历",
        "合计不超过 10,000 元，每年", "同一对象只享受最高的一项", "人员数，只数",
        "分子：人员数", "分母：人员数", "至少 15,000 人", "自2022-08-22累计，到2025-12-31",
        "至少 4", "活动记录", "「二〇二五年」 举例", "厂（单位）：单位类型 企业",
        "用人单位 厂", "1,000 元", "不符合", "待补事实，因名次", "100%",
    };
    expect_all(words, parts, sizeof parts / sizeof parts[0]);
}

TEST(weave_document__says_every_kind_of_statement_in_english)
{
    struct str words = read_aloud(woven(read_text(all_kinds), SPELLING_EN));
    static const char *const parts[] = {
        "2023: 50,000 yuan", "cases wait in a queue", "in force", "assumed: 文件没有写",
        "(or there is none)", "years of age from", "is at least 18", "has no employment",
        "for each certificate", "is technician or senior technician", "one for each occupation",
        "at most 1, by level from high to low", "each month",
        "every 2 years at most 30 people", "parameters and registers as on",
        "in this case what follows counts instead", "it does not apply in this case",
        "The first row that fits counts.", "the lesser of", "4 years", "no regard to education",
        "together at most 10,000 yuan, each year", "one subject keeps the highest",
        "the number of persons", "numerator: the number of persons", "has an honour",
        "at least 15,000 persons", "by 2025-12-31",
        "at least 4", "a fact is missing",
    };
    expect_all(words, parts, sizeof parts / sizeof parts[0]);
}

/* Weave notes: what has no sentence is told in its own words, so each clause word is there. */
TEST(weave_document__has_a_card_for_each_statement_and_a_label_for_each_clause)
{
    struct policy *policy = read_text(all_kinds);
    struct str page = woven(policy, SPELLING_ZH);
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        struct text_buf id;
        text_init(&id, &arena);
        text_add_z(&id, " id=\"");
        weave_statement_id(&id, policy, i);
        text_add_z(&id, "\"");
        size_t at = str_find(page, text_str(&id));
        EXPECT(at != SIZE_MAX);
        struct str card = str_sub(page, at, SIZE_MAX);
        card = str_sub(card, 0, str_find(card, STR("class=\"source\"")));
        bool is_rows = statement->kind == STATEMENT_EXAMPLE || statement->kind == STATEMENT_TABLE ||
                       statement->kind == STATEMENT_NARRATIVE ||
                       statement->kind == STATEMENT_PARAMETER;
        for (int32_t k = statement->head_count; k < statement->token_count && !is_rows; k++) {
            enum keyword keyword = keyword_clause(statement->tokens[k].text);
            bool is_clause = statement->tokens[k].column == 1 && keyword != KEY_NONE;
            bool with_amount = keyword == CLAUSE_PER; /* said in one sentence with it */
            if (is_clause && !with_amount)
                expect_said(card, text_in(&arena, "<dt>%s</dt>", keyword_zh(keyword)));
        }
    }
}

TEST(weave_document__sums_what_is_stored_of_an_article_beside_its_heading)
{
    struct policy *policy = read_text(all_kinds);
    struct weave_live live[64] = {0};
    check(policy->statement_count <= 64);
    int32_t count = 0;
    for (int32_t i = 0; i < policy->statement_count; i++)
        if (policy->statements[i].kind == STATEMENT_GRANT &&
            policy->statements[i].article == policy->statements[0].article)
            live[i] = (struct weave_live){.known = true, .granted_count = 1000, .person_count = 900,
                                          .amount_fen = 12345600 + 100 * count++};
    check(count >= 2);
    struct weave_options options = {.spelling = SPELLING_ZH, .live = live, .live_day = 19500};
    options.as_of_day = 19500;
    struct text_buf page;
    text_init(&page, &arena);
    weave_document(&page, policy, 0, &options);
    int64_t yuan = 123456 * count + count * (count - 1) / 2;
    struct str words = read_aloud(text_str(&page));
    expect_said(words, text_in(&arena, "本条共 %d 笔，%d,%03d 元", 1000 * count,
                               (int)(yuan / 1000), (int)(yuan % 1000)));
    expect_well_formed(text_str(&page));
}

TEST(weave_document__is_well_formed_and_the_same_each_time)
{
    struct policy *policy = read_text(all_kinds);
    struct str zh = woven(policy, SPELLING_ZH), again = woven(policy, SPELLING_ZH);
    expect_well_formed(zh);
    expect_well_formed(woven(policy, SPELLING_EN));
    EXPECT(str_equal(zh, again));
    expect_said(zh, "<h1>示例 &lt;办法&gt;</h1>");
}

TEST(weave_prose__marks_a_quoted_phrase_across_emphasis)
{
    struct str page = woven(read_text(all_kinds), SPELLING_ZH);
    expect_said(page, "<mark>每人</mark><strong><mark>每月</mark></strong><mark>一千元</mark>；");
}

TEST(weave_prose__passes_no_markup_of_the_document_on)
{
    static const char text[] = HEAD ARTICLE
        "正文 <script>alert(1)</script> & <b onclick=\"x()\">粗</b>\n\n"
        "<div style=\"x\"><iframe src=\"https://x.example/\"></iframe></div>\n\n"
        "[坏](javascript:alert(1)) "
        "[好](https://example.org/?a=1&b=2) ![图](https://x.example/p.png)\n\n"
        "- 一\n- 二\n\n> 引\n\n"
        "```文本\n1 < 2 & 3\n```\n";
    struct str page = woven(read_text(text), SPELLING_ZH);
    expect_well_formed(page);
    struct str main = str_sub(page, str_find(page, STR("<main")), SIZE_MAX);
    static const char *const markup[] = {"<script", "<iframe", "<b onclick", "<div style",
                                         "javascript:", "<img", "p.png"};
    for (size_t i = 0; i < sizeof markup / sizeof markup[0]; i++)
        if (str_find(main, str_from(markup[i])) != SIZE_MAX)
            fail_msg("the page holds %s", markup[i]);
    expect_said(main, "&lt;script&gt;alert(1)&lt;/script&gt; &amp;");
    expect_said(main, "<a href=\"https://example.org/?a=1&amp;b=2\">好</a>");
    expect_said(main, "1 &lt; 2 &amp; 3");
    expect_said(main, "<li>一</li>");
}

TEST(weave_statement_id__tells_statements_of_one_name_apart)
{
    struct policy *policy = read_text(HEAD ARTICLE
        "二〇二五年，二〇二六年。\n\n```叙述\n「二〇二五年」 因 甲\n```\n"
        "```叙述\n「二〇二六年」 因 乙\n```\n");
    struct text_buf ids;
    text_init(&ids, &arena);
    for (int32_t i = 0; i < policy->statement_count; i++) {
        weave_statement_id(&ids, policy, i);
        text_add_byte(&ids, ' ');
    }
    EXPECT_STR("narrative-第一条-津贴 narrative-第一条-津贴-2 ", text_str(&ids));
}

TEST(weave_index__links_every_document)
{
    struct policy *policy = read_text(all_kinds);
    const struct str names[] = {STR("one.html")};
    struct weave_options options = {.spelling = SPELLING_ZH, .page_names = names};
    struct text_buf page;
    text_init(&page, &arena);
    weave_index(&page, policy, &options);
    expect_well_formed(text_str(&page));
    expect_said(text_str(&page), "<a href=\"one.html\">");
}
