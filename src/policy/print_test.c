/* print_test.c — what is printed in either spelling reads as the same program, and comes back to
 * the very bytes. */
#include "policy/policy.h"
#include "policy/reading.h"

#include "policy_words.h"
#include "unit.h"

static struct arena arena;

static void start(void)
{
    arena_done(&arena);
    arena_init(&arena, 512 << 20);
}

static const struct policy *read_text(struct str text)
{
    struct policy_source source = {STR("t.md"), text};
    struct policy *policy = NULL;
    struct findings findings;
    struct fault fault = {0};
    enum err err = policy_read(&arena, &policy_words, &source, 1, &policy, &findings, &fault);
    for (int32_t i = 0; err != ERR_OK && i < findings.row_count; i++) {
        const struct finding *row = &findings.rows[i];
        if (row->severity == FINDING_ERROR)
            fail_msg("line %d, %.*s: %.*s\n%.*s", row->span.line, STR_ARG(row->span.text),
                     STR_ARG(row->message), (int)(text.size > 6000 ? 0 : text.size), text.ptr);
    }
    EXPECT_OK(err);
    return policy;
}

static struct str printed(const struct policy *policy, enum policy_spelling spelling)
{
    struct text_buf buf;
    text_init(&buf, &arena);
    policy_print_document(&buf, policy, 0, spelling);
    EXPECT(!buf.failed);
    return text_str(&buf);
}

/* ---- the same program ---- */

static bool same_expr(const struct expr *a, const struct expr *b)
{
    if (!a || !b)
        return a == b;
    bool same = a->kind == b->kind && a->type.kind == b->type.kind &&
                a->type.target == b->type.target && a->value == b->value && a->scope == b->scope &&
                a->up == b->up && a->through == b->through && a->inverse == b->inverse &&
                a->table == b->table && a->field == b->field && a->statement == b->statement &&
                a->outside_register == b->outside_register && a->op == b->op &&
                a->context == b->context && a->function == b->function &&
                a->aggregate == b->aggregate && a->child_count == b->child_count &&
                same_expr(a->where, b->where) && same_expr(a->aggregated, b->aggregated);
    for (int32_t i = 0; same && i < a->child_count; i++)
        same = same_expr(a->children[i], b->children[i]);
    return same;
}

static bool same_quota(const struct quota *a, const struct quota *b)
{
    bool same = a->present == b->present && a->about == b->about &&
                a->period_years == b->period_years && a->order_count == b->order_count &&
                same_expr(a->limit, b->limit);
    for (int32_t i = 0; same && i < a->order_count; i++)
        same = a->order[i].descending == b->order[i].descending &&
               same_expr(a->order[i].key, b->order[i].key);
    return same;
}

static bool same_rule(const struct rule *a, const struct rule *b)
{
    bool same = a->subject == b->subject && a->each == b->each && a->period == b->period &&
                a->period_years == b->period_years && a->amount_kind == b->amount_kind &&
                a->fund == b->fund && a->base == b->base && a->best_count == b->best_count &&
                a->distinct_count == b->distinct_count &&
                a->must_not_ask_count == b->must_not_ask_count &&
                str_equal(a->amount_owner, b->amount_owner) && str_equal(a->right, b->right) &&
                str_equal(a->roster, b->roster) && same_expr(a->where, b->where) &&
                same_expr(a->each_where, b->each_where) && same_expr(a->best, b->best) &&
                same_expr(a->amount, b->amount) && same_expr(a->payee, b->payee) &&
                same_expr(a->anchor, b->anchor) && same_expr(a->confers, b->confers) &&
                same_expr(a->term, b->term) && same_quota(&a->quota, &b->quota);
    for (int32_t i = 0; same && i < a->distinct_count; i++)
        same = same_expr(a->distinct[i], b->distinct[i]);
    for (int32_t i = 0; same && i < a->must_not_ask_count; i++)
        same = a->must_not_ask[i].table == b->must_not_ask[i].table &&
               a->must_not_ask[i].field == b->must_not_ask[i].field;
    return same;
}

static bool same_parameter(const struct parameter *a, const struct parameter *b)
{
    bool same = a->type.kind == b->type.kind && a->type.target == b->type.target &&
                a->key_enum == b->key_enum && a->row_count == b->row_count;
    for (int32_t i = 0; same && i < a->row_count; i++) {
        const struct parameter_row *x = &a->rows[i], *y = &b->rows[i];
        same = x->from_day == y->from_day && x->value_count == y->value_count &&
               x->assumed == y->assumed;
        for (int32_t k = 0; same && k < x->value_count; k++)
            same = x->values[k] == y->values[k] && (!x->keys || x->keys[k] == y->keys[k]);
    }
    return same;
}

static bool same_example(const struct example *a, const struct example *b)
{
    bool same = a->row_count == b->row_count && a->expectation_count == b->expectation_count;
    for (int32_t i = 0; same && i < a->row_count; i++) {
        const struct example_row *x = &a->rows[i], *y = &b->rows[i];
        same = x->table == y->table && x->copies == y->copies && x->owner_row == y->owner_row &&
               x->value_count == y->value_count;
        for (int32_t k = 0; same && k < x->value_count; k++)
            same = x->values[k].field == y->values[k].field &&
                   x->values[k].value == y->values[k].value &&
                   x->values[k].ref_row == y->values[k].ref_row;
    }
    for (int32_t i = 0; same && i < a->expectation_count; i++) {
        const struct example_expectation *x = &a->expectations[i], *y = &b->expectations[i];
        same = x->as_of_day == y->as_of_day && x->statement == y->statement &&
               x->subject_row == y->subject_row && x->lane == y->lane && x->value == y->value;
    }
    return same;
}

static bool same_define(const struct define *a, const struct define *b)
{
    bool same = a->subject == b->subject && a->class_count == b->class_count &&
                same_expr(a->value, b->value);
    for (int32_t i = 0; same && i < a->class_count; i++)
        same = same_expr(a->classes[i].when, b->classes[i].when);
    return same;
}

static bool same_duty(const struct duty *a, const struct duty *b)
{
    return a->subject == b->subject && a->op == b->op && a->period == b->period &&
           a->period_years == b->period_years && same_expr(a->where, b->where) &&
           same_expr(a->measure, b->measure) && same_expr(a->owed, b->owed);
}

static bool same_target(const struct target *a, const struct target *b)
{
    return a->indicator == b->indicator && a->op == b->op && a->period == b->period &&
           a->period_years == b->period_years && a->from_day == b->from_day &&
           a->to_day == b->to_day && same_expr(a->value, b->value);
}

static bool same_settlement(const struct settlement *a, const struct settlement *b)
{
    bool same = a->clause_count == b->clause_count;
    for (int32_t i = 0; same && i < a->clause_count; i++) {
        const struct settlement_clause *x = &a->clauses[i], *y = &b->clauses[i];
        same = x->kind == y->kind && x->rule_count == y->rule_count && x->period == y->period &&
               x->period_years == y->period_years && same_expr(x->amount, y->amount) &&
               same_quota(&x->quota, &y->quota);
        same = same && !x->keys == !y->keys && x->spans_subjects == y->spans_subjects;
        for (int32_t k = 0; same && k < x->rule_count; k++)
            same = x->rules[k] == y->rules[k] &&
                   (!x->keys || same_expr(x->keys[k], y->keys[k]));
    }
    return same;
}

static bool same_cell(const struct table_cell *a, const struct table_cell *b)
{
    bool same = a->low == b->low && a->high == b->high && a->member_count == b->member_count;
    for (int32_t i = 0; same && i < a->member_count; i++)
        same = a->members[i] == b->members[i];
    return same;
}

static bool same_table(const struct table_statement *a, const struct table_statement *b)
{
    bool same = a->row_count == b->row_count && a->input_count == b->input_count &&
                typing_is(a->output, b->output) && a->unique == b->unique &&
                a->has_otherwise == b->has_otherwise && a->otherwise == b->otherwise;
    for (int32_t i = 0; same && i < a->input_count; i++)
        same = typing_is(a->inputs[i], b->inputs[i]);
    for (int32_t i = 0; same && i < a->row_count * a->input_count; i++)
        same = same_cell(&a->cells[i], &b->cells[i]);
    for (int32_t i = 0; same && i < a->row_count; i++)
        same = a->outputs[i] == b->outputs[i];
    return same;
}

static bool same_statement(const struct statement *a, const struct statement *b)
{
    if (a->kind != b->kind || a->cite_count != b->cite_count)
        return false;
    switch (a->kind) {
    case STATEMENT_GRANT:
    case STATEMENT_CONFER:
    case STATEMENT_PROMOTE:
    case STATEMENT_ADMIT:
    case STATEMENT_EXCEPTION:
    case STATEMENT_NOT_APPLICABLE:
        return same_rule(a->as.rule, b->as.rule);
    case STATEMENT_PARAMETER:
        return same_parameter(a->as.parameter, b->as.parameter);
    case STATEMENT_DEFINE:
        return same_define(a->as.define, b->as.define);
    case STATEMENT_DUTY:
        return same_duty(a->as.duty, b->as.duty);
    case STATEMENT_INDICATOR:
        return same_expr(a->as.indicator->value, b->as.indicator->value);
    case STATEMENT_TARGET:
        return same_target(a->as.target, b->as.target);
    case STATEMENT_SETTLEMENT:
        return same_settlement(a->as.settlement, b->as.settlement);
    case STATEMENT_EXAMPLE:
        return same_example(a->as.example, b->as.example);
    case STATEMENT_TABLE:
        return same_table(a->as.table, b->as.table);
    case STATEMENT_REGISTER:
        return a->as.reg->row_count == b->as.reg->row_count;
    case STATEMENT_FUND:
        return a->as.fund->when_short == b->as.fund->when_short;
    case STATEMENT_REPEAL:
        return a->as.repeal->day == b->as.repeal->day &&
               a->as.repeal->article_count == b->as.repeal->article_count &&
               a->as.repeal->statement_count == b->as.repeal->statement_count;
    case STATEMENT_NARRATIVE:
        return a->as.narrative->row_count == b->as.narrative->row_count;
    case STATEMENT_KIND_COUNT:
        break;
    }
    return false;
}

static void expect_same(const struct policy *a, const struct policy *b)
{
    EXPECT_INT(a->statement_count, b->statement_count);
    for (int32_t i = 0; i < a->statement_count; i++) {
        if (same_statement(&a->statements[i], &b->statements[i]))
            continue;
        struct text_buf buf;
        text_init(&buf, &arena);
        policy_print_statement(&buf, a, &a->statements[i], SPELLING_ZH);
        text_add_z(&buf, "\n");
        policy_print_statement(&buf, b, &b->statements[i], SPELLING_EN);
        fail_msg("not the same:\n%s", str_z(&arena, text_str(&buf)));
    }
}

/* The text through the other spelling: the same program both ways, and the same bytes when it comes
 * back. */
static void expect_round_trip(struct str text, enum policy_spelling spelling)
{
    enum policy_spelling other = spelling == SPELLING_ZH ? SPELLING_EN : SPELLING_ZH;
    const struct policy *once = read_text(text);
    struct str there = printed(once, other);
    const struct policy *twice = read_text(there);
    expect_same(once, twice);
    struct str back = printed(twice, spelling);
    expect_same(once, read_text(back));
    EXPECT_STR(str_z(&arena, printed(once, spelling)), back);
    EXPECT_STR(str_z(&arena, there), printed(twice, other));
}

/* The same program both ways; a name that needs its record in the other spelling keeps it, so the
 * bytes are the same from the second time on. */
static void expect_settles(struct str text, enum policy_spelling spelling)
{
    enum policy_spelling other = spelling == SPELLING_ZH ? SPELLING_EN : SPELLING_ZH;
    const struct policy *once = read_text(text);
    const struct policy *twice = read_text(printed(once, other));
    expect_same(once, twice);
    struct str back = printed(twice, spelling);
    expect_same(once, read_text(back));
    expect_round_trip(back, spelling);
}

#define HEAD_ZH "---\n文号: T1\n施行: 2022-01-01\n---\n## 第一条\n"
#define HEAD_EN "---\nnumber: T1\nin-force: 2022-01-01\n---\n## Article 1\n"

/* ---- every word ---- */

TEST(policy_print__keeps_the_space_before_a_unit)
{
    start();
    expect_round_trip(STR(HEAD_ZH "```参数 甲 人\n2022-01-01 起 28万人\n2023-01-01 28 万人\n"
                                  "2024-01-01起 28  万人\n2025-01-01 3名  # 3 名\n```\n"
                                  "```定义 乙\n对象 人员\n取值 月份(出生日期) = 2022-03\n```\n"),
                      SPELLING_ZH);
    expect_round_trip(STR(HEAD_EN "```parameter a persons\n2022-01-01 on 28 wan-persons\n"
                                  "2023-01-01 28  wan-persons\n```\n"),
                      SPELLING_EN);
    struct str text = STR(HEAD_ZH "```参数 甲 人\n2022-01-01 起 28 万人\n```\n");
    EXPECT(str_find(printed(read_text(text), SPELLING_EN), STR("on 28  wan-persons\n")) !=
           SIZE_MAX);
}

TEST(policy_print__spells_the_head)
{
    start();
    struct str zh = STR("---\n文号：T1\n标题: 文号\n施行 : 2022-01-01\n---\n## 第一条\n");
    EXPECT_STR("---\nnumber：T1\ntitle: 文号\nin-force : 2022-01-01\n---\n## 第一条\n",
               printed(read_text(zh), SPELLING_EN));
    expect_round_trip(zh, SPELLING_ZH);
}

/* Codes of enumerations and catalogues, sets and ranges of them, as inputs and as results. */
TEST(policy_print__keeps_decision_tables_of_codes)
{
    start();
    expect_round_trip(
        STR(HEAD_ZH "```表 奖金\n输入  竞赛级别, 职业, 名次: 名\n结果  元\n"
                    "世界技能大赛 | 任意 | 1..3 | 30万元\n"
                    "(国家级一类竞赛, 国家级二类竞赛) | 6-18-01-01 | ≤ 5 | 1.5万元\n"
                    "≥ 省级一类竞赛 | (6-18-01-01, 6-31-01-03) | 任意 | 500元\n其他 | 0元\n```\n"
                    "```表 晋升\n输入  技能等级, 合格: 是否, 公示: 工作日\n结果  技能等级\n唯一\n"
                    "中级工 | 是 | ≥ 5工作日 | 高级工\n高级工..技师 | 是 | 5个工作日 | 高级技师\n"
                    "其他 | 初级工\n```\n"),
        SPELLING_ZH);
    expect_round_trip(
        STR(HEAD_EN "```table prize\ninput  contest_tier, division\nresult  occupation\n"
                    "world | 370811 | 6-18-01-01\n"
                    "(national_class_1, national_class_2) | any | 6-31-01-03\n```\n"),
        SPELLING_EN);
}

/* Two words for one thing stay two. */
TEST(policy_print__keeps_further_spellings_apart)
{
    static const char *const pairs[][2] = {
#define SPELLING(token, zh, en) {zh, en},
#include "policy/keyword.def"
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        for (size_t k = 0; k < i; k++) {
            EXPECT(strcmp(pairs[i][0], pairs[k][0]) != 0);
            EXPECT(strcmp(pairs[i][1], pairs[k][1]) != 0);
        }
    start();
    expect_round_trip(
        STR(HEAD_ZH
            "```补贴 甲\n对象 人员\n逐项 证书 满足 (等级 不低于 高级工 且 发证日期 不高于 截至日 "
            "且\n"
            " 发证日期 至少 期初 且 发证日期 不少于 期初 且 发证日期 不多于 期末)\n"
            "给予 100元 每人一次性\n```\n"
            "```补贴 乙\n对象 单位\n给予 100元 每单位 按年\n```\n"
            "```补贴 丙\n对象 载体\n给予 100元 每所 按月\n```\n"
            "```补贴 丁\n对象 载体\n给予 100元 每项 一次性\n```\n"
            "```义务 戊\n主体 载体\n计量 计数 载体活动\n应达 至少 1次\n周期 按周\n```\n"
            "```义务 己\n主体 载体\n计量 计数 载体活动\n应达 不超过 1次\n周期 逐 2年\n```\n"),
        SPELLING_ZH);
}

/* A field of the row's owner may be called in English like a field of the row itself. */
static void add_field_defines(struct text_buf *buf, enum policy_spelling spelling, int32_t table)
{
    bool zh = spelling == SPELLING_ZH;
    int32_t count = 0;
    const struct vocab *vocab = &policy_words;
    for (int32_t of = table; of >= 0; of = vocab_owner(vocab, of))
        for (int32_t i = 0; i < vocab->records[of].field_count; i++) {
            const struct field_desc *field = &vocab->records[of].fields[i];
            if (field->type == FIELD_TEXT || field->type == FIELD_SECRET)
                continue;
            const char *record = zh ? vocab->records[table].label_zh : vocab->records[table].name;
            text_format(buf,
                        zh ? "```定义 「%s·%d」\n对象 %s\n取值 已知(%s)\n```\n"
                           : "```define \"%s·%d\"\nto %s\nvalue known(%s)\n```\n",
                        record, count++, record, zh ? field->label_zh : field->name);
        }
}

TEST(policy_print__finds_every_field_again_in_the_other_spelling)
{
    for (int32_t spelling = 0; spelling < 2; spelling++) {
        start();
        struct text_buf buf;
        text_init(&buf, &arena);
        text_add_z(&buf, spelling == SPELLING_ZH ? HEAD_ZH : HEAD_EN);
        for (int32_t i = 0; i < policy_words.record_count; i++)
            add_field_defines(&buf, (enum policy_spelling)spelling, i);
        EXPECT(!buf.failed);
        expect_settles(text_str(&buf), (enum policy_spelling)spelling);
    }
}

/* Rows below a row: names of the outer row, of its owners, and of what a reference leads to. */
static void add_inner_defines(struct text_buf *buf, enum policy_spelling spelling, int32_t table,
                              int32_t inner)
{
    bool zh = spelling == SPELLING_ZH;
    const struct vocab *vocab = &policy_words;
    const struct record_desc *record = &vocab->records[table], *below = &vocab->records[inner];
    for (int32_t i = 0; i < record->field_count; i++) {
        const struct field_desc *field = &record->fields[i];
        if (field->type == FIELD_TEXT || field->type == FIELD_SECRET)
            continue;
        const char *name = zh ? field->label_zh : field->name;
        text_format(
            buf,
            zh ? "```定义 「%s·%s·%d」\n对象 %s\n取值 有 %s 满足 (已知(%s) 或 已知(外层.%s))\n```\n"
               : "```define 「%s·%s·%d」\nto %s\nvalue has %s where (known(%s) or "
                 "known(outer.%s))\n```\n",
            zh ? record->label_zh : record->name, zh ? below->label_zh : below->name, i,
            zh ? record->label_zh : record->name, zh ? below->label_zh : below->name, name, name);
    }
}

TEST(policy_print__finds_outer_fields_again_in_the_other_spelling)
{
    for (int32_t spelling = 0; spelling < 2; spelling++) {
        start();
        struct text_buf buf;
        text_init(&buf, &arena);
        text_add_z(&buf, spelling == SPELLING_ZH ? HEAD_ZH : HEAD_EN);
        for (int32_t i = 0; i < policy_words.record_count; i++)
            for (int32_t k = 0; k < policy_words.record_count; k++)
                if (vocab_owner(&policy_words, k) == i)
                    add_inner_defines(&buf, (enum policy_spelling)spelling, i, k);
        EXPECT(!buf.failed);
        expect_settles(text_str(&buf), (enum policy_spelling)spelling);
    }
}

static void add_code_defines(struct text_buf *buf, enum policy_spelling spelling)
{
    bool zh = spelling == SPELLING_ZH;
    const struct vocab *vocab = &policy_words;
    for (int32_t i = 0; i < vocab->enum_count; i++) {
        const struct enum_desc *desc = &vocab->enums[i];
        const char *name = zh ? desc->label_zh : desc->name;
        text_format(buf,
                    zh ? "```参数 「%s」 元 按 %s\n2022-01-01 起 "
                       : "```parameter 「%s」 yuan by %s\n2022-01-01 on ",
                    name, name);
        for (int32_t k = 0; k < desc->code_count; k++) {
            const char *code = zh ? desc->codes[k].label_zh : desc->codes[k].name;
            bool bare = strpbrk(code, "（）、-") == NULL && !strstr(code, "（");
            text_format(buf, bare ? "%s%s %d" : "%s「%s」 %d", k ? "、" : "", code, k + 1);
            text_add_z(buf, zh ? "元" : " yuan");
        }
        text_add_z(buf, "\n```\n");
        text_format(buf,
                    zh ? "```表 「%s表」\n输入 %s\n结果 次\n"
                       : "```table 「%s表」\ninput %s\nresult times\n",
                    name, name);
        for (int32_t k = 0; k < desc->code_count; k++)
            text_format(buf, "「%s」 | %d\n", zh ? desc->codes[k].label_zh : desc->codes[k].name,
                        k);
        text_add_z(buf, "```\n");
    }
}

TEST(policy_print__finds_every_code_again_in_the_other_spelling)
{
    for (int32_t spelling = 0; spelling < 2; spelling++) {
        start();
        struct text_buf buf;
        text_init(&buf, &arena);
        text_add_z(&buf, spelling == SPELLING_ZH ? HEAD_ZH : HEAD_EN);
        add_code_defines(&buf, (enum policy_spelling)spelling);
        EXPECT(!buf.failed);
        expect_settles(text_str(&buf), (enum policy_spelling)spelling);
    }
}
