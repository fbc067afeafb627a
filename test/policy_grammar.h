/* policy_grammar.h — policy documents out of bytes: well formed for the most part, and now and then
 * with a word in the wrong place. For the fuzz target program_fuzz.c and its seeded test.
 *
 * A choice takes one byte; when the bytes are used up every choice is the first, which ends. The
 * vocabulary is that of policy_words.h.
 *
 * Memory   the text and the world's rows live in the arena given; the world is the caller's
 */
#ifndef BAIGONG_POLICY_GRAMMAR_H
#define BAIGONG_POLICY_GRAMMAR_H

#include "policy/column.h"
#include "policy/eval.h"
#include "policy/policy.h"
#include "policy/reference.h"
#include "policy_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GRAMMAR_DEPTH_MAX = 4, GRAMMAR_PERSONS = 12, GRAMMAR_ROWS_MAX = 4, GRAMMAR_BODIES = 4 };

struct grammar {
    const uint8_t *bytes;
    size_t size, at;
    struct text_buf *text;
    int32_t depth, collections; /* open */
    int32_t define_count, grant_count;
};

static uint32_t choose(struct grammar *g, uint32_t count)
{
    return g->at < g->size ? g->bytes[g->at++] % count : 0;
}

static void say(struct grammar *g, const char *words)
{
    static const char *const strays[] = {"且", "的", ")", "元", "按", "不存在", "(", "至少", "12"};
    if (choose(g, 251) == 250)
        words = strays[choose(g, sizeof strays / sizeof strays[0])];
    text_add_z(g->text, words);
    text_add_byte(g->text, ' ');
}

static int32_t record_named(const char *name)
{
    return vocab_table(&policy_words, str_from(name));
}

/* A field of the type on the table or its owner, in either spelling; NULL when there is none. */
static const char *field_of_type(struct grammar *g, int32_t table, enum field_type type,
                                 const struct field_desc **ret_field)
{
    uint32_t skip = choose(g, 4);
    const struct field_desc *found = NULL;
    for (int32_t at = table; at >= 0; at = vocab_owner(&policy_words, at))
        for (int32_t i = 0; i < policy_words.records[at].field_count; i++) {
            const struct field_desc *field = &policy_words.records[at].fields[i];
            if (field->type != type)
                continue;
            found = field;
            if (skip-- == 0)
                goto done;
        }
done:
    if (ret_field)
        *ret_field = found;
    return found ? (choose(g, 2) ? found->name : found->label_zh) : NULL;
}

static void say_bool(struct grammar *g, int32_t table);
static void say_money(struct grammar *g, int32_t table);
static void say_day(struct grammar *g, int32_t table);

static bool enough(const struct grammar *g)
{
    return g->depth >= GRAMMAR_DEPTH_MAX || g->at >= g->size;
}

static void say_literal_day(struct grammar *g)
{
    char text[16];
    snprintf(text, sizeof text, "%d-%02d-%02d", 2019 + (int)choose(g, 6), 1 + (int)choose(g, 12),
             1 + (int)choose(g, 28));
    say(g, text);
}

static void say_number(struct grammar *g, uint32_t most, const char *unit)
{
    char text[48];
    snprintf(text, sizeof text, "%u%s", 1 + choose(g, most), unit);
    say(g, text);
}

static void say_call(struct grammar *g, const char *name, int32_t table, int32_t day_count,
                     const char *last_unit)
{
    say(g, name);
    say(g, "(");
    for (int32_t i = 0; i < day_count; i++) {
        if (i)
            say(g, ",");
        say_day(g, table);
    }
    if (last_unit) {
        say(g, ",");
        say_number(g, 36, last_unit);
    }
    say(g, ")");
}

static void say_day(struct grammar *g, int32_t table)
{
    static const char *const contexts[] = {"截至日", "期末", "period-start", "施行日"};
    uint32_t kind = enough(g) ? choose(g, 3) : choose(g, 6);
    const char *field = kind == 1 || kind == 2 ? field_of_type(g, table, FIELD_DAY, NULL) : NULL;
    g->depth++;
    if (field)
        say(g, field);
    else if (kind == 3)
        say_call(g, choose(g, 2) ? "加月" : "add-months", table, 1, "个月");
    else if (kind == 4)
        say_call(g, "加日", table, 1, "天");
    else if (kind == 5)
        say_call(g, choose(g, 2) ? "加工作日" : "add-working-days", table, 1, "个工作日");
    else if (kind == 0)
        say(g, contexts[choose(g, 4)]);
    else
        say_literal_day(g);
    g->depth--;
}

/* A record that a row of the table owns. */
static int32_t child_of(struct grammar *g, int32_t table)
{
    int32_t children[32];
    uint32_t count = 0;
    for (int32_t i = 0; i < policy_words.record_count && count < 32; i++)
        if (vocab_owner(&policy_words, i) == table)
            children[count++] = i;
    return count ? children[choose(g, count)] : -1;
}

static void say_rows(struct grammar *g, int32_t table)
{
    const struct record_desc *record = &policy_words.records[table];
    say(g, choose(g, 2) ? record->name : record->label_zh);
    if (enough(g) || choose(g, 4) == 0)
        return;
    say(g, choose(g, 2) ? "满足" : "where");
    say(g, "(");
    g->collections++;
    say_bool(g, table);
    g->collections--;
    say(g, ")");
}

static void say_count(struct grammar *g, int32_t table)
{
    uint32_t kind = enough(g) ? choose(g, 2) : choose(g, 6);
    const char *field = kind == 1 ? field_of_type(g, table, FIELD_COUNT, NULL) : NULL;
    int32_t child = kind == 2 && g->collections == 0 ? child_of(g, table) : -1;
    g->depth++;
    if (field) {
        say(g, field);
    } else if (child >= 0) {
        say(g, "计数");
        say_rows(g, child);
    } else if (kind == 3) {
        say_call(g, "周岁", table, 2, NULL);
    } else if (kind == 4) {
        say(g, "(");
        say_count(g, table);
        say(g, choose(g, 2) ? "+" : "-");
        say_count(g, table);
        say(g, ")");
    } else {
        say_number(g, 60, "");
    }
    g->depth--;
}

static void say_choice(struct grammar *g, int32_t table)
{
    say(g, "若 当");
    say_bool(g, table);
    say(g, "则");
    say_money(g, table);
    say(g, "否则");
    say_money(g, table);
}

static void say_money(struct grammar *g, int32_t table)
{
    uint32_t kind = enough(g) ? choose(g, 2) : choose(g, 7);
    const struct field_desc *level = NULL;
    g->depth++;
    if (kind == 1) {
        say(g, "P");
    } else if (kind == 2) {
        say_number(g, 50, "0元");
        say(g, "*");
        say_count(g, table);
    } else if (kind == 3) {
        say(g, "(");
        say_money(g, table);
        say(g, choose(g, 2) ? "+" : "-");
        say_money(g, table);
        say(g, ")");
    } else if (kind == 4) {
        say_choice(g, table);
    } else if (kind == 5 && field_of_type(g, table, FIELD_ENUM, &level) &&
               strcmp(level->target, "skill_level") == 0) {
        say(g, "K (");
        say(g, level->name);
        say(g, ")");
    } else if (kind == 6) {
        say(g, choose(g, 2) ? "较小 (" : "较大 (");
        say_money(g, table);
        say(g, ",");
        say_money(g, table);
        say(g, ")");
    } else {
        say_number(g, 200, "00元");
    }
    g->depth--;
}

static void say_operator(struct grammar *g)
{
    static const char *const operators[] = {"=", "≥", "<", "≠", "≤", ">", "at-least", "低于"};
    say(g, operators[choose(g, sizeof operators / sizeof operators[0])]);
}

/* FIELD = CODE, FIELD 属于 (CODE, CODE) */
static void say_code_test(struct grammar *g, int32_t table)
{
    const struct field_desc *field;
    if (!field_of_type(g, table, FIELD_ENUM, &field)) {
        say(g, "在期内 ( 截至日 )");
        return;
    }
    const struct enum_desc *desc =
        &policy_words.enums[vocab_enum(&policy_words, str_from(field->target))];
    say(g, choose(g, 2) ? field->name : field->label_zh);
    bool set = choose(g, 3) == 1;
    if (set)
        say(g, "属于 (");
    else if (desc->ordered)
        say_operator(g);
    else
        say(g, choose(g, 2) ? "=" : "不是");
    for (uint32_t i = set ? 1 + choose(g, 3) : 1; i > 0; i--) {
        const struct code_desc *code = &desc->codes[choose(g, (uint32_t)desc->code_count)];
        say(g, choose(g, 2) ? code->name : code->label_zh);
        if (set)
            say(g, i > 1 ? "," : ")");
    }
}

/* Days, working days or months: one unit on either side. */
static void say_span(struct grammar *g, int32_t table, uint32_t unit)
{
    static const char *const functions[] = {"天数", "工作日数", "months-between"};
    static const char *const units[] = {"人日", "个工作日", "个月"};
    if (choose(g, 2))
        say_call(g, functions[unit], table, 2, NULL);
    else
        say_number(g, 40, units[unit]);
}

static void say_comparison(struct grammar *g, int32_t table)
{
    uint32_t kind = choose(g, 4);
    void (*const sides[])(struct grammar *, int32_t) = {say_day, say_count, say_money};
    if (kind == 3) {
        uint32_t unit = choose(g, 3);
        say_span(g, table, unit);
        say_operator(g);
        say_span(g, table, unit);
        return;
    }
    sides[kind](g, table);
    say_operator(g);
    sides[kind](g, table);
}

static void say_junction(struct grammar *g, int32_t table)
{
    const char *word = choose(g, 2) ? "且" : "or";
    say(g, "(");
    say_bool(g, table);
    for (uint32_t i = 1 + choose(g, 2); i > 0; i--) {
        say(g, word);
        say_bool(g, table);
    }
    say(g, ")");
}

static void say_bool(struct grammar *g, int32_t table)
{
    uint32_t kind = enough(g) ? choose(g, 4) : choose(g, 10);
    const char *flag = kind == 3 ? field_of_type(g, table, FIELD_BOOL, NULL) : NULL;
    int32_t child = kind == 6 || kind == 7 ? child_of(g, table) : -1;
    g->depth++;
    if (flag) {
        say(g, flag);
    } else if (kind == 1) {
        say_call(g, "在期内", table, 1, NULL);
    } else if (kind == 2) {
        say_call(g, choose(g, 2) ? "在前" : "in-window", table, 2, "个月");
    } else if (kind == 4) {
        say_comparison(g, table);
    } else if (kind == 5) {
        say_junction(g, table);
    } else if (child >= 0) {
        say(g, kind == 6 ? "有" : "has-no");
        say_rows(g, child);
    } else if (kind == 8) {
        say(g, "非 (");
        say_bool(g, table);
        say(g, ")");
    } else if (kind == 9 && g->define_count > 0 && table == record_named("person")) {
        char name[16];
        snprintf(name, sizeof name, "D%u", choose(g, (uint32_t)g->define_count));
        say(g, name);
    } else if (kind == 7) {
        say_call(g, "有效于", table, 3, NULL);
    } else {
        say_code_test(g, table);
    }
    g->depth--;
}

static void begin(struct grammar *g, const char *kind, const char *prefix, int32_t number)
{
    text_format(g->text, "```%s %s%d\n", kind, prefix, number);
}

static void end(struct grammar *g)
{
    text_add_z(g->text, "\n```\n\n");
}

static void say_clause(struct grammar *g, const char *word)
{
    text_add_byte(g->text, '\n');
    say(g, word);
}

static void say_period(struct grammar *g)
{
    static const char *const periods[] = {"每年", "month", "一次", "每 2年", "yearly"};
    say(g, periods[choose(g, sizeof periods / sizeof periods[0])]);
}

static void say_define(struct grammar *g)
{
    begin(g, "定义", "D", g->define_count);
    say(g, "对象 人员");
    say_clause(g, choose(g, 2) ? "取值" : "value");
    say_bool(g, record_named("person"));
    end(g);
    g->define_count++;
}

static void say_best(struct grammar *g, int32_t basis)
{
    if (choose(g, 2)) {
        say_clause(g, "每组");
        const struct field_desc *field;
        say(g, field_of_type(g, basis, FIELD_ENUM, &field) ? field->name : "出生日期");
    }
    if (choose(g, 2)) {
        say_clause(g, "至多取");
        say(g, choose(g, 2) ? "N" : "2次");
        if (choose(g, 2)) {
            say(g, "按");
            say(g, field_of_type(g, basis, FIELD_DAY, NULL));
            say(g, choose(g, 2) ? "降序" : "升序");
        }
    }
}

/* A whole amount, or 每人每天 按 DAYS; a period either way. */
static void say_amount(struct grammar *g, int32_t row)
{
    static const char *const rates[] = {"每人每天 按", "daily by", "每人月 按"};
    if (choose(g, 8) == 7)
        say(g, "不超过");
    say_money(g, row);
    uint32_t rate = choose(g, 9);
    if (rate >= 3) {
        say_period(g);
        return;
    }
    say(g, rates[rate]);
    say_span(g, row, rate == 2 ? 2 : choose(g, 2));
    say_clause(g, "周期");
    say_period(g);
}

static void say_grant(struct grammar *g)
{
    int32_t subject = record_named(choose(g, 4) == 1 ? "organisation" : "person");
    int32_t basis = choose(g, 3) ? child_of(g, subject) : -1;
    begin(g, choose(g, 2) ? "补贴" : "grant", "G", g->grant_count);
    say(g, "对象");
    say(g, policy_words.records[subject].name);
    if (choose(g, 4)) {
        say_clause(g, "条件");
        say_bool(g, subject);
    }
    if (basis >= 0) {
        say_clause(g, "逐项");
        g->collections = 0;
        say_rows(g, basis);
        say_best(g, basis);
    }
    int32_t row = basis >= 0 ? basis : subject;
    say_clause(g, "给予");
    say_amount(g, row);
    const char *day = choose(g, 3) == 1 ? field_of_type(g, row, FIELD_DAY, NULL) : NULL;
    if (day) {
        say_clause(g, "取数日");
        say(g, day);
    } else {
        say_clause(g, "取数日 期末");
    }
    if (choose(g, 5) == 4)
        say_clause(g, "名额 每年 至多 3名 按 编号");
    const char *payee = choose(g, 3) == 2 ? field_of_type(g, row, FIELD_REF, NULL) : NULL;
    if (payee) {
        say_clause(g, "付给");
        say(g, payee);
    }
    if (choose(g, 3))
        say_clause(g, choose(g, 2) ? "资金 F" : "from F");
    end(g);
    g->grant_count++;
}

static void say_override(struct grammar *g, int32_t number)
{
    bool refuses = choose(g, 2);
    begin(g, refuses ? "不适用" : "exception", "X", number);
    text_format(g->text, "基于 G%u", choose(g, (uint32_t)g->grant_count));
    say_clause(g, "条件");
    say_bool(g, record_named("person"));
    if (!refuses) {
        say_clause(g, "给予");
        say_money(g, record_named("person"));
    }
    end(g);
}

static void say_rule_names(struct grammar *g)
{
    for (uint32_t i = 1 + choose(g, 2); i > 0; i--)
        text_format(g->text, i > 1 ? "G%u, " : "G%u ", choose(g, (uint32_t)g->grant_count));
}

static void say_key(struct grammar *g)
{
    static const char *const keys[] = {"按 付给", "by payee", "按 居住地区划", "按 性别"};
    if (choose(g, 3) == 1)
        say(g, keys[choose(g, sizeof keys / sizeof keys[0])]);
}

static void say_settlement_clause(struct grammar *g)
{
    static const char *const groups[] = {"从高", "互斥", "difference", "higher-of", "并享"};
    static const char *const periods[] = {"每年", "每人每年", "once", "每月", ""};
    uint32_t kind = choose(g, 8);
    if (kind == 7) {
        say_clause(g, choose(g, 2) ? "追回" : "claw-back 50% over");
        say_rule_names(g);
        say(g, "当");
        say_bool(g, record_named("person"));
        return;
    }
    if (kind == 0) {
        say_clause(g, "封顶 30000元");
        say(g, periods[choose(g, 4)]);
        say(g, "于");
        say_rule_names(g);
    } else if (kind == 6) {
        say_clause(g, "名额");
        text_format(g->text, "G%u ", choose(g, (uint32_t)g->grant_count));
        say(g, "每年 至多 2名 按 编号");
        return;
    } else {
        say_clause(g, groups[kind - 1]);
        say_rule_names(g);
        say(g, periods[choose(g, 5)]);
        if (kind == 5) /* nothing is grouped */
            return;
    }
    say_key(g);
}

static void say_settlement(struct grammar *g)
{
    begin(g, "结算", "S", 0);
    for (uint32_t i = 1 + choose(g, 3); i > 0; i--)
        say_settlement_clause(g);
    end(g);
}

/* One of the rules ends on a day of its own. */
static void say_repeal(struct grammar *g)
{
    text_format(g->text,
                choose(g, 2) ? "```废止\n语句 G%u\n自 " : "```repeal\nstatements G%u\nsince ",
                choose(g, (uint32_t)g->grant_count));
    say_literal_day(g);
    end(g);
}

static void say_fund(struct grammar *g)
{
    static const char *const shorts[] = {"停发", "queue", "按比例"};
    text_add_z(g->text, "```资金 F\n来源 市财政");
    for (int year = 2020; year < 2023; year++)
        if (choose(g, 2))
            text_format(g->text, "\n预算 %d年 %u00元", year, 1 + choose(g, 200));
    say_clause(g, "不足时");
    uint32_t when_short = choose(g, 3);
    say(g, shorts[when_short]);
    if (when_short < 2 && choose(g, 3) == 1)
        say(g, choose(g, 2) ? "按 出生日期 降序" : "by sex, 编号");
    end(g);
}

static struct str grammar_document(struct arena *arena, const uint8_t *bytes, size_t size)
{
    struct text_buf text;
    text_init(&text, arena);
    struct grammar g = {.bytes = bytes, .size = size, .text = &text};
    text_add_z(&text, "---\n文号: F1\n地区: 370800\n施行: 2020-01-01\n---\n## 第一条 {#a1}\n\n"
                      "```参数 P 元\n2020-01-01 1000元\n2022-01-01 1500元\n```\n\n"
                      "```参数 N 次\n2020-01-01 1次\n2022-01-01 3次\n```\n\n"
                      "```表 K\n输入 技能等级\n结果 元\n初级工 | 500元\n≥ 高级工 | 900元\n"
                      "其他 | 0元\n```\n\n");
    say_fund(&g);
    for (uint32_t i = choose(&g, 4); i > 0; i--)
        say_define(&g);
    for (uint32_t i = 1 + choose(&g, 3); i > 0; i--)
        say_grant(&g);
    for (uint32_t i = choose(&g, 3); i > 0; i--)
        say_override(&g, (int32_t)i);
    if (choose(&g, 2))
        say_settlement(&g);
    if (choose(&g, 4) == 1)
        say_repeal(&g);
    return text_str(&text);
}

/* ---- a small city for it ---- */

static uint32_t next_random(uint64_t *state, uint32_t count)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % count;
}

static int64_t random_cell(uint64_t *state, const struct field_desc *field)
{
    if (next_random(state, 5) == 0)
        return ABSENT_I64;
    struct str target = str_from(field->target);
    const struct enum_desc *desc;
    const struct catalogue *catalogue;
    switch (field->type) {
    case FIELD_REF:
        return 1 + next_random(state, GRAMMAR_BODIES);
    case FIELD_DAY:
        return 17900 + next_random(state, 2000);
    case FIELD_MONTH:
        return 2019 * 12 + next_random(state, 60);
    case FIELD_COUNT:
        return next_random(state, 60);
    case FIELD_MONEY:
        return 100 * (int64_t)next_random(state, 5000);
    case FIELD_BOOL:
        return next_random(state, 2);
    case FIELD_ENUM:
        desc = &policy_words.enums[vocab_enum(&policy_words, target)];
        return desc->codes[next_random(state, (uint32_t)desc->code_count)].code;
    case FIELD_CODE:
        catalogue = &policy_words.catalogues[vocab_catalogue(&policy_words, target)];
        return catalogue->entries[next_random(state, (uint32_t)catalogue->entry_count)].code;
    default:
        return ABSENT_I64;
    }
}

static void add_random_row(struct world *world, uint64_t *state, int32_t table, int64_t id,
                           int64_t owner_id)
{
    enum { FIELDS_MAX = 64 };
    int64_t values[FIELDS_MAX];
    struct fault fault = {0};
    const struct record_desc *record = &policy_words.records[table];
    check(record->field_count <= FIELDS_MAX);
    for (int32_t f = 0; f < record->field_count; f++)
        values[f] = random_cell(state, &record->fields[f]);
    check(world_append(world, table, id, owner_id, values, &fault) == ERR_OK);
}

static struct world *grammar_world(uint64_t seed)
{
    struct world *world;
    struct fault fault = {0};
    check(world_new(&policy_words, &world, &fault) == ERR_OK);
    int64_t last_ids[64] = {0};
    check(policy_words.record_count <= 64);
    for (int32_t table = 0; table < policy_words.record_count; table++) {
        int32_t owner = vocab_owner(&policy_words, table);
        int64_t owners = owner < 0 ? 1 : last_ids[owner];
        for (int64_t o = 1; o <= owners; o++) {
            uint32_t count = owner >= 0 ? next_random(&seed, GRAMMAR_ROWS_MAX)
                             : strcmp(policy_words.records[table].name, "person") == 0
                                 ? GRAMMAR_PERSONS
                                 : GRAMMAR_BODIES;
            for (; count > 0; count--)
                add_random_row(world, &seed, table, ++last_ids[table], owner < 0 ? 0 : o);
        }
    }
    check(world_seal(world, &fault) == ERR_OK);
    return world;
}

/* ---- what must hold of every document ---- */

static struct policy *grammar_read(struct arena *arena, struct str text)
{
    struct policy_source source = {STR("fuzz.md"), text};
    struct policy *policy = NULL;
    struct findings findings;
    struct fault fault = {0};
    enum err err = policy_read(arena, &policy_words, &source, 1, &policy, &findings, &fault);
    check(err == ERR_OK || err == ERR_POLICY || err == ERR_POLICY_LIMIT);
    return err == ERR_OK ? policy : NULL;
}

static struct str grammar_print(struct arena *arena, const struct policy *policy,
                                enum policy_spelling spelling)
{
    struct text_buf text;
    text_init(&text, arena);
    policy_print_document(&text, policy, 0, spelling);
    return text_str(&text);
}

/* What a document says reads the same in either spelling. */
static void grammar_check_spellings(struct arena *arena, const struct policy *policy)
{
    struct str en = grammar_print(arena, policy, SPELLING_EN);
    const struct policy *english = grammar_read(arena, en);
    check(english != NULL);
    struct str zh = grammar_print(arena, english, SPELLING_ZH);
    const struct policy *chinese = grammar_read(arena, zh);
    check(chinese != NULL);
    check(str_equal(en, grammar_print(arena, chinese, SPELLING_EN)));
    check(str_equal(zh, grammar_print(arena, chinese, SPELLING_ZH)));
}

static bool same_decisions(const struct eval_result *a, const struct eval_result *b)
{
    bool same = a->decision_count == b->decision_count;
    for (int64_t i = 0; same && i < a->decision_count; i++) {
        const struct decision *x = &a->decisions[i], *y = &b->decisions[i];
        same = x->statement == y->statement && x->subject_row == y->subject_row &&
               x->basis_row == y->basis_row && x->period == y->period &&
               x->amount_fen == y->amount_fen && x->gross_fen == y->gross_fen &&
               x->exception == y->exception && x->cut_by == y->cut_by && x->lane == y->lane;
    }
    return same;
}

/* Both evaluators decide the same on any number of threads. Returns the number of decisions. */
static int64_t grammar_check_evaluators(struct arena *arena, const struct policy *policy,
                                        const struct world *world)
{
    struct program *program;
    struct fault fault = {0};
    check(program_compile(arena, policy, &program, &fault) == ERR_OK);
    struct eval_request request = {.as_of_day = 19500, .since_day = ABSENT_I32};
    struct eval_result *reference = NULL;
    enum err expected = reference_run(policy, world, &request, &reference, &fault);
    for (int32_t threads = 1; threads <= 2; threads++) {
        struct eval_result *vector = NULL;
        request.thread_count = threads;
        enum err err = eval_run(program, world, &request, &vector, &fault);
        check(err == expected);
        check(err != ERR_OK || same_decisions(reference, vector));
        eval_result_free(vector);
    }
    int64_t count = reference ? reference->decision_count : 0;
    eval_result_free(reference);
    return count;
}

/* Returns -1 when the document was refused, else the number of decisions. */
static int64_t grammar_check(const uint8_t *bytes, size_t size)
{
    struct arena arena;
    arena_init(&arena, 256 << 20);
    struct str text = grammar_document(&arena, bytes, size);
    const struct policy *policy = grammar_read(&arena, text);
    int64_t decisions = -1;
    if (policy) {
        uint64_t seed = size;
        for (size_t i = 0; i < size; i++)
            seed = seed * 31 + bytes[i];
        struct world *world = grammar_world(seed);
        grammar_check_spellings(&arena, policy);
        decisions = grammar_check_evaluators(&arena, policy, world);
        world_free(world);
    }
    arena_done(&arena);
    return decisions;
}

#endif
