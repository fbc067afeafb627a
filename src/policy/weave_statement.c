/* weave_statement.c — one statement as a card: kind, name, and each clause as a sentence.
 *
 * 1. Every clause of the source has its word as a label in the card. What no function here tells,
 *    rest_of_clauses tells in the clause's own words, so that no clause can be lost.
 * 2. The source follows, to be opened, with its words coloured by kind. */
#include "policy/weaving.h"

#include <inttypes.h>

/* ---- anchors and links ---- */

static bool same_anchor(const struct policy *policy, int32_t a, int32_t b)
{
    const struct statement *x = &policy->statements[a], *y = &policy->statements[b];
    bool unnamed = !x->name.size && x->article != y->article;
    return x->document == y->document && x->kind == y->kind && !unnamed &&
           str_equal(x->name, y->name);
}

static void add_token(struct text_buf *out, struct str text)
{
    for (struct str rest = text; rest.size;) {
        uint32_t character = str_next_character(&rest);
        bool space = character <= ' ' || character == 0x3000 || character == '#' ||
                     character == '%' || character == '"';
        if (space)
            text_add_byte(out, '-');
        else
            text_add_character(out, character);
    }
}

void weave_statement_id(struct text_buf *out, const struct policy *policy, int32_t index)
{
    const struct statement *statement = &policy->statements[index];
    text_add_z(out, statement_kind_word(statement->kind, SPELLING_EN));
    text_add_byte(out, '-');
    if (statement->name.size)
        add_token(out, statement->name);
    else
        add_token(out, policy->articles[statement->article].heading);
    int32_t earlier = 0;
    for (int32_t i = 0; i < index; i++)
        earlier += same_anchor(policy, i, index);
    if (earlier > 0)
        text_format(out, "-%d", earlier + 1);
}

void weave_statement_link(struct weaving *w, int32_t index)
{
    const struct statement *statement = &w->policy->statements[index];
    bool here = statement->document == w->document;
    if (!here && !w->options->page_names) {
        html_text(w->html, statement->name);
        return;
    }
    struct text_buf href;
    text_init(&href, w->arena);
    if (!here)
        text_add(&href, w->options->page_names[statement->document]);
    text_add_byte(&href, '#');
    weave_statement_id(&href, w->policy, index);
    html_open(w->html, "a");
    html_attribute(w->html, "href", text_str(&href));
    html_text(w->html, statement->name);
    html_close(w->html);
}

/* ---- clauses ---- */

void weave_clause_begin(struct weaving *w, enum keyword clause)
{
    w->told[clause] = true;
    if (!w->has_list) {
        html_open(w->html, "dl");
        html_newline(w->html);
        w->has_list = true;
    }
    html_element_z(w->html, "dt", NULL, weave_either(w, keyword_zh(clause), keyword_en(clause)));
    html_open(w->html, "dd");
}

void weave_clause_end(struct weaving *w)
{
    html_close(w->html);
    html_newline(w->html);
}

static void text_clause(struct weaving *w, enum keyword clause, struct str text)
{
    if (!text.size)
        return;
    weave_clause_begin(w, clause);
    html_text(w->html, text);
    weave_clause_end(w);
}

static void cites(struct weaving *w, const struct statement *statement)
{
    if (statement->cite_count == 0)
        return;
    weave_clause_begin(w, CLAUSE_CITES);
    for (int32_t i = 0; i < statement->cite_count; i++) {
        if (i > 0)
            html_text_z(w->html, " ");
        html_open(w->html, "mark");
        weave_say(w, "「", "“");
        html_text(w->html, statement->cites[i].text);
        weave_say(w, "」", "”");
        html_close(w->html);
    }
    weave_clause_end(w);
}

static void subject_clause(struct weaving *w, enum keyword clause, int32_t table)
{
    if (table < 0)
        return;
    weave_clause_begin(w, clause);
    weave_table_name(w, table);
    weave_clause_end(w);
}

static void condition_clause(struct weaving *w, enum keyword clause, int32_t table,
                             const struct expr *condition)
{
    if (!condition)
        return;
    weave_clause_begin(w, clause);
    weave_scope_push(w, table);
    weave_condition(w, condition);
    weave_scope_pop(w);
    weave_clause_end(w);
}

static void measure_clause(struct weaving *w, enum keyword clause, int32_t table,
                           const struct expr *value)
{
    if (!value)
        return;
    weave_clause_begin(w, clause);
    if (table >= 0)
        weave_scope_push(w, table);
    weave_measure(w, value);
    if (table >= 0)
        weave_scope_pop(w);
    weave_clause_end(w);
}

static void period(struct weaving *w, enum period_kind kind, int32_t years)
{
    switch (kind) {
    case PERIOD_ONCE: weave_say(w, "一次", "once"); break;
    case PERIOD_WEEK: weave_say(w, "每周", "each week"); break;
    case PERIOD_MONTH: weave_say(w, "每月", "each month"); break;
    case PERIOD_YEAR: weave_say(w, "每年", "each year"); break;
    case PERIOD_YEARS:
        html_format(w->html, weave_either(w, "每 %d 年", "every %d years"), years);
        break;
    }
}

void weave_order(struct weaving *w, const struct order_key *keys, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        if (i > 0)
            weave_say(w, "，再按", ", then ");
        weave_expr(w, keys[i].key);
        weave_say(w, keys[i].descending ? "从高到低" : "从低到高",
                  keys[i].descending ? " from high to low" : " from low to high");
    }
}

static void quota(struct weaving *w, const struct quota *quota)
{
    if (quota->period_years > 1)
        html_format(w->html, weave_either(w, "每 %d 年", "every %d years "), quota->period_years);
    else if (quota->period_years == 1)
        weave_say(w, "每年", "each year ");
    weave_say(w, quota->about ? "约 " : "至多 ", quota->about ? "about " : "at most ");
    weave_expr(w, quota->limit);
    if (quota->order_count > 0) {
        weave_say(w, "，按", ", by ");
        weave_order(w, quota->order, quota->order_count);
        weave_say(w, "排先后", "");
    }
}

/* ---- rules ---- */

static void each_clause(struct weaving *w, const struct rule *rule)
{
    if (rule->each < 0)
        return;
    weave_clause_begin(w, CLAUSE_EACH);
    weave_say(w, "每一项", "for each ");
    weave_table_name(w, rule->each);
    weave_say(w, "计一次", "");
    if (rule->each_where) {
        weave_scope_push(w, rule->each);
        weave_say(w, "，该项须", ", where ");
        weave_condition(w, rule->each_where);
        weave_scope_pop(w);
    }
    weave_clause_end(w);
}

static void distinct_clause(struct weaving *w, const struct rule *rule)
{
    if (rule->distinct_count == 0)
        return;
    weave_clause_begin(w, CLAUSE_DISTINCT);
    weave_say(w, "同一", "one for each ");
    for (int32_t i = 0; i < rule->distinct_count; i++) {
        html_text_z(w->html, i > 0 ? weave_either(w, "、", ", ") : "");
        weave_expr(w, rule->distinct[i]);
    }
    weave_say(w, "只计一次", "");
    weave_clause_end(w);
}

static void best_clause(struct weaving *w, const struct rule *rule)
{
    if (rule->best_count <= 0)
        return;
    weave_clause_begin(w, CLAUSE_BEST);
    if (rule->best) {
        weave_say(w, "至多取 ", "at most ");
        weave_expr(w, rule->best);
        weave_say(w, "，", ", ");
    } else {
        html_format(w->html, weave_either(w, "至多取 %d 项，", "at most %d, "),
                    rule->best_count);
    }
    if (rule->best_order_count > 0) {
        weave_say(w, "按", "by ");
        weave_order(w, rule->best_order, rule->best_order_count);
    } else {
        weave_say(w, "金额高的优先", "the larger amounts first");
    }
    weave_clause_end(w);
}

static void amount_open(struct weaving *w, const struct rule *rule)
{
    if (rule->amount_kind == AMOUNT_ON_TOP) {
        weave_say(w, "在上级补助基础上另给，数额待定", "open, on top of the grant from above");
        if (rule->amount_owner.size > 0) {
            html_text_z(w->html, weave_either(w, "（", " ("));
            html_text(w->html, rule->amount_owner);
            html_text_z(w->html, weave_either(w, "）", ")"));
        }
    } else if (rule->amount_owner.size > 0) {
        weave_say(w, "文件没有写明金额，由", "the document leaves it open; to be set by ");
        html_text(w->html, rule->amount_owner);
        weave_say(w, "核定", "");
    } else {
        weave_say(w, "待核定", "to be set");
    }
}

/* 50 元每人每天 × 天数 */
static void amount_by_rate(struct weaving *w, const struct rule *rule)
{
    static const struct {
        const char *zh, *en;
    } words[] = {
        [AMOUNT_WHOLE] = {"", ""},
        [AMOUNT_PERSON_DAY] = {"每人每天", " per person and day"},
        [AMOUNT_DAY] = {"每天", " a day"},
        [AMOUNT_PERSON_MONTH] = {"每人每月", " per person and month"},
        [AMOUNT_MONTH] = {"每月", " a month"},
        [AMOUNT_CLASS_HOUR] = {"每课时", " a class hour"},
    };
    weave_expr(w, rule->amount->children[0]);
    weave_say(w, words[rule->amount_rate].zh, words[rule->amount_rate].en);
    weave_say(w, "，按", ", for ");
    weave_expr(w, rule->amount->children[1]);
}

static void amount_clause(struct weaving *w, const struct rule *rule)
{
    if (rule->amount_kind == AMOUNT_NONE)
        return;
    weave_clause_begin(w, CLAUSE_AMOUNT);
    if (rule->amount_kind == AMOUNT_UP_TO)
        weave_say(w, "据实给予，不超过 ", "actual cost, at most ");
    if (rule->amount) {
        html_open(w->html, "span", "class", "amount");
        if (rule->amount_rate != AMOUNT_WHOLE)
            amount_by_rate(w, rule);
        else
            weave_measure(w, rule->amount);
        html_close(w->html);
    } else {
        amount_open(w, rule);
    }
    html_text_z(w->html, weave_either(w, "，", ", "));
    period(w, rule->period, rule->period_years);
    weave_clause_end(w);
    w->told[CLAUSE_PER] = true;
}

static void per_clause(struct weaving *w, const struct rule *rule)
{
    if (rule->amount_kind != AMOUNT_NONE)
        return; /* said with the amount */
    weave_clause_begin(w, CLAUSE_PER);
    period(w, rule->period, rule->period_years);
    weave_clause_end(w);
}

static void forbidden_clause(struct weaving *w, const struct rule *rule)
{
    if (rule->must_not_ask_count == 0)
        return;
    weave_clause_begin(w, CLAUSE_MUST_NOT_ASK);
    weave_say(w, "不看", "no regard to ");
    for (int32_t i = 0; i < rule->must_not_ask_count; i++) {
        html_text_z(w->html, i > 0 ? weave_either(w, "、", ", ") : "");
        weave_field_name(w, rule->must_not_ask[i].table, rule->must_not_ask[i].field);
    }
    weave_clause_end(w);
}

static void base_clause(struct weaving *w, const struct statement *statement)
{
    const struct rule *rule = statement->as.rule;
    bool overrides = statement->kind == STATEMENT_EXCEPTION ||
                     statement->kind == STATEMENT_NOT_APPLICABLE;
    if (!overrides || rule->base < 0)
        return;
    weave_clause_begin(w, CLAUSE_BASE);
    weave_statement_link(w, rule->base);
    if (statement->kind == STATEMENT_EXCEPTION)
        weave_say(w, "，下列情形改按本条", "; in this case what follows counts instead");
    else
        weave_say(w, "，下列情形不适用", "; it does not apply in this case");
    weave_clause_end(w);
}

static void fund_clause(struct weaving *w, int32_t fund)
{
    if (fund < 0)
        return;
    weave_clause_begin(w, CLAUSE_FUND);
    weave_statement_link(w, fund);
    weave_clause_end(w);
}

static void anchor_clause(struct weaving *w, const struct expr *anchor)
{
    if (!anchor)
        return;
    weave_clause_begin(w, CLAUSE_ANCHOR);
    weave_say(w, "标准和目录看", "parameters and registers as on ");
    weave_expr(w, anchor);
    weave_say(w, "当天的", "");
    weave_clause_end(w);
}

static void rule_clauses(struct weaving *w, const struct statement *statement)
{
    const struct rule *rule = statement->as.rule;
    bool overrides = statement->kind == STATEMENT_EXCEPTION ||
                     statement->kind == STATEMENT_NOT_APPLICABLE;
    int32_t basis = rule->each >= 0 ? rule->each : rule->subject;
    base_clause(w, statement);
    if (!overrides)
        subject_clause(w, CLAUSE_TO, rule->subject);
    condition_clause(w, CLAUSE_WHERE, rule->subject, rule->where);
    if (overrides && rule->each_where)
        condition_clause(w, CLAUSE_WHERE, basis, rule->each_where);
    else
        each_clause(w, rule);
    weave_scope_push(w, basis);
    distinct_clause(w, rule);
    enum keyword what = statement->kind == STATEMENT_CONFER ? CLAUSE_TITLE : CLAUSE_LEVEL;
    measure_clause(w, what, -1, rule->confers);
    measure_clause(w, CLAUSE_TERM, -1, rule->term);
    text_clause(w, CLAUSE_RIGHT, rule->right);
    text_clause(w, CLAUSE_ROSTER, rule->roster);
    amount_clause(w, rule);
    if (!overrides)
        per_clause(w, rule);
    best_clause(w, rule);
    if (rule->quota.present) {
        weave_clause_begin(w, CLAUSE_QUOTA);
        quota(w, &rule->quota);
        weave_clause_end(w);
    }
    fund_clause(w, rule->fund);
    measure_clause(w, CLAUSE_PAYEE, -1, rule->payee);
    anchor_clause(w, rule->anchor);
    weave_scope_pop(w);
    forbidden_clause(w, rule);
}

/* ---- definitions, goals, settlements ---- */

static void define_clauses(struct weaving *w, const struct define *define)
{
    subject_clause(w, CLAUSE_TO, define->subject);
    if (define->value && define->value->type.kind == TYPE_BOOL)
        condition_clause(w, CLAUSE_VALUE, define->subject, define->value);
    else
        measure_clause(w, CLAUSE_VALUE, define->subject, define->value);
    for (int32_t i = 0; i < define->class_count; i++) {
        weave_clause_begin(w, CLAUSE_CLASS);
        html_element(w->html, "b", NULL, define->classes[i].name);
        html_text_z(w->html, weave_either(w, "：", ": "));
        weave_scope_push(w, define->subject);
        weave_condition(w, define->classes[i].when);
        weave_scope_pop(w);
        weave_clause_end(w);
    }
}

static void duty_clauses(struct weaving *w, const struct duty *duty)
{
    static const char *const zh[] = {"等于 ", "不等于 ", "少于 ", "至多 ", "多于 ", "至少 "};
    static const char *const en[] = {"exactly ",  "other than ", "less than ",
                                     "at most ", "more than ",  "at least "};
    subject_clause(w, CLAUSE_HOLDER, duty->subject);
    condition_clause(w, CLAUSE_WHERE, duty->subject, duty->where);
    measure_clause(w, CLAUSE_MEASURE, duty->subject, duty->measure);
    weave_clause_begin(w, CLAUSE_OWED);
    weave_say(w, zh[duty->op - OP_EQUAL], en[duty->op - OP_EQUAL]);
    weave_scope_push(w, duty->subject);
    weave_expr(w, duty->owed);
    weave_scope_pop(w);
    weave_clause_end(w);
    weave_clause_begin(w, CLAUSE_PER);
    period(w, duty->period, duty->period_years);
    weave_clause_end(w);
    text_clause(w, CLAUSE_EVIDENCE, duty->evidence);
    text_clause(w, CLAUSE_WARNING, duty->warning);
    text_clause(w, CLAUSE_CONSEQUENCE, duty->consequence);
}

static void indicator_clauses(struct weaving *w, const struct indicator *indicator)
{
    static const char *const zh[] = {"人", "人次", "家", "个", "人日", "人月", "元", "比率"};
    static const char *const en[] = {"persons",     "person-times",  "bodies", "items",
                                     "person-days", "person-months", "yuan",   "rate"};
    weave_clause_begin(w, CLAUSE_UNIT);
    weave_say(w, zh[indicator->unit], en[indicator->unit]);
    weave_clause_end(w);
    measure_clause(w, CLAUSE_VALUE, -1, indicator->value);
}

static void target_deadline(struct weaving *w, const struct target *target)
{
    weave_clause_begin(w, CLAUSE_BY);
    switch (target->period) {
    case TARGET_BY:
        if (target->from_day != ABSENT_I32) {
            weave_say(w, "自", "from ");
            weave_day(w, target->from_day);
            weave_say(w, "累计，", " on, ");
        }
        weave_say(w, "到", "by ");
        weave_day(w, target->to_day);
        break;
    case TARGET_PER_YEAR: weave_say(w, "每年", "each year"); break;
    case TARGET_PER_YEARS:
        html_format(w->html, weave_either(w, "每 %d 年", "every %d years"), target->period_years);
        break;
    case TARGET_CUMULATIVE:
        if (target->period_years > 0)
            html_format(w->html, weave_either(w, "每 %d 年累计", "cumulative over %d years"),
                        target->period_years);
        else
            weave_say(w, "累计", "cumulative");
        break;
    }
    weave_clause_end(w);
}

static void target_clauses(struct weaving *w, const struct target *target)
{
    static const char *const zh[] = {"至少 ", "至多 ", "约 ", "等于 ", "全覆盖"};
    static const char *const en[] = {"at least ", "at most ", "about ", "exactly ",
                                     "full coverage"};
    weave_clause_begin(w, CLAUSE_INDICATOR);
    weave_statement_link(w, target->indicator);
    weave_clause_end(w);
    weave_clause_begin(w, CLAUSE_REQUIRE);
    weave_say(w, zh[target->op], en[target->op]);
    if (target->op != TARGET_FULL && target->value) {
        html_open(w->html, "span", "class", "amount");
        weave_expr(w, target->value);
        html_close(w->html);
    }
    weave_clause_end(w);
    target_deadline(w, target);
    text_clause(w, CLAUSE_OWNER, target->owner);
}

/* In the words of the first rule: those of the others are the same or mean the same. */
static void group_key(struct weaving *w, const struct settlement_clause *clause)
{
    if (!clause->keys)
        return;
    const struct rule *rule = w->policy->statements[clause->rules[0]].as.rule;
    weave_say(w, clause->spans_subjects ? "，同一" : "，同一对象的同一",
              clause->spans_subjects ? ", for one " : ", for one subject and one ");
    weave_scope_push(w, rule->each >= 0 ? rule->each : rule->subject);
    weave_expr(w, clause->keys[0]);
    weave_scope_pop(w);
    weave_say(w, "合并计算", " together");
}

static void claw_back(struct weaving *w, const struct settlement_clause *clause)
{
    const struct rule *rule = w->policy->statements[clause->rules[0]].as.rule;
    if (clause->amount) {
        weave_say(w, "：追回 ", ": ");
        weave_expr(w, clause->amount);
        weave_say(w, "，凡", " is taken back where ");
    } else {
        weave_say(w, "：全部追回，凡", ": all of it is taken back where ");
    }
    weave_scope_push(w, rule->each >= 0 ? rule->each : rule->subject);
    weave_condition(w, clause->keys[0]);
    weave_scope_pop(w);
}

static void settlement_sentence(struct weaving *w, const struct settlement_clause *clause)
{
    for (int32_t i = 0; i < clause->rule_count; i++) {
        html_text_z(w->html, i > 0 ? weave_either(w, "、", ", ") : "");
        weave_statement_link(w, clause->rules[i]);
    }
    switch (clause->kind) {
    case SETTLEMENT_HIGHER_OF:
        weave_say(w, "：同一对象只享受最高的一项", ": one subject keeps the highest");
        break;
    case SETTLEMENT_CAP:
        weave_say(w, "：合计不超过 ", ": together at most ");
        weave_expr(w, clause->amount);
        html_text_z(w->html, weave_either(w, "，", ", "));
        period(w, clause->period, clause->period_years);
        break;
    case SETTLEMENT_EXCLUSIVE:
        weave_say(w, "：按此顺序只享受其中一项", ": the first in this order, and no other");
        break;
    case SETTLEMENT_DIFFERENCE:
        weave_say(w, "：第一项只付超出其余各项的部分",
                  ": the first pays what it is above the others");
        break;
    case SETTLEMENT_CLAW_BACK:
        claw_back(w, clause);
        return;
    case SETTLEMENT_STACK:
        weave_say(w, "：可以同时享受", ": both may be had");
        break;
    case SETTLEMENT_QUOTA:
        weave_say(w, "：", ": ");
        quota(w, &clause->quota);
        break;
    }
    group_key(w, clause);
}

static void settlement_clauses(struct weaving *w, const struct settlement *settlement)
{
    static const enum keyword words[] = {CLAUSE_HIGHER_OF,  CLAUSE_CAP, CLAUSE_STACK, CLAUSE_QUOTA,
                                         CLAUSE_EXCLUSIVE, CLAUSE_DIFFERENCE, CLAUSE_CLAW_BACK};
    for (int32_t i = 0; i < settlement->clause_count; i++) {
        const struct settlement_clause *clause = &settlement->clauses[i];
        weave_clause_begin(w, words[clause->kind]);
        int32_t table = w->policy->statements[clause->rules[0]].as.rule->subject;
        weave_scope_push(w, table);
        settlement_sentence(w, clause);
        weave_scope_pop(w);
        weave_clause_end(w);
    }
}

static void repeal_clauses(struct weaving *w, const struct statement *statement)
{
    const struct repeal *repeal = statement->as.repeal;
    if (repeal->document != statement->document)
        text_clause(w, CLAUSE_DOCUMENT, w->policy->documents[repeal->document].number);
    else
        w->told[CLAUSE_DOCUMENT] = true;
    for (int32_t i = 0; i < repeal->article_count; i++)
        text_clause(w, CLAUSE_ARTICLES, w->policy->articles[repeal->articles[i]].heading);
    if (repeal->statement_count > 0) {
        weave_clause_begin(w, CLAUSE_STATEMENTS);
        for (int32_t i = 0; i < repeal->statement_count; i++) {
            html_text_z(w->html, i > 0 ? weave_either(w, "、", ", ") : "");
            weave_statement_link(w, repeal->statements[i]);
        }
        weave_clause_end(w);
    }
    weave_clause_begin(w, CLAUSE_SINCE_DAY);
    weave_day(w, repeal->day);
    weave_clause_end(w);
}

/* What another statement ends: the day, and by which document. */
static void repealed_line(struct weaving *w, const struct statement *statement)
{
    const struct statement *by = &w->policy->statements[statement->repealed_by - 1];
    bool ended = w->options->as_of_day >= statement->repeal_day;
    html_open(w->html, "p", "class", "statement-note");
    html_open(w->html, "span", "class", "state", "data-state", ended ? "late" : "soon");
    html_glyph(w->html, ended ? "no" : "clock");
    weave_say(w, ended ? "已废止" : "将废止", ended ? "repealed" : "to be repealed");
    html_close(w->html);
    html_text_z(w->html, weave_either(w, "　自 ", " · from "));
    weave_day(w, statement->repeal_day);
    if (by->document != statement->document) {
        html_text_z(w->html, weave_either(w, "，依据 ", ", by "));
        html_text(w->html, w->policy->documents[by->document].number);
    }
    html_close(w->html);
    html_newline(w->html);
}

/* ---- what has no sentence of its own ---- */

/* Their lines are rows and may begin with any word. */
static bool has_rows_only(enum statement_kind kind)
{
    return kind == STATEMENT_EXAMPLE || kind == STATEMENT_NARRATIVE;
}

static int32_t clause_end(const struct statement *statement, int32_t first)
{
    int32_t end = first + 1;
    const struct token *tokens = statement->tokens;
    while (end < statement->token_count &&
           (tokens[end].column > 1 || tokens[end].line == tokens[first].line))
        end++;
    return end;
}

static void rest_of_clauses(struct weaving *w, const struct statement *statement)
{
    bool told[KEYWORD_COUNT];
    memcpy(told, w->told, sizeof told);
    for (int32_t first = statement->head_count; first < statement->token_count;) {
        int32_t end = clause_end(statement, first);
        enum keyword keyword = keyword_clause(statement->tokens[first].text);
        if (keyword != KEY_NONE && !told[keyword] && end > first + 1) {
            struct expr words = {.tokens = &statement->tokens[first + 1],
                                 .token_count = end - first - 1};
            struct text_buf text;
            text_init(&text, w->arena);
            policy_print_expr(&text, w->policy, &words, w->options->spelling);
            weave_clause_begin(w, keyword);
            html_text(w->html, text_str(&text));
            weave_clause_end(w);
        }
        first = end;
    }
}

/* ---- the source ---- */

static const char *token_class(const struct token *token)
{
    enum statement_kind kind;
    switch (token->kind) {
    case TOKEN_WORD:
        return keyword_clause(token->text) != KEY_NONE ||
                       keyword_statement(token->text, &kind) != KEY_NONE
                   ? "t-key"
                   : NULL;
    case TOKEN_QUOTED: return "t-text";
    case TOKEN_NUMBER: case TOKEN_DAY: case TOKEN_MONTH: case TOKEN_CODE: return "t-number";
    case TOKEN_NOTE: return "t-note";
    default: return NULL;
    }
}

static void source(struct weaving *w, const struct statement *statement)
{
    struct text_buf text;
    text_init(&text, w->arena);
    policy_print_statement(&text, w->policy, statement, w->options->spelling);
    struct str rest = text_str(&text);
    struct token *tokens = NULL;
    int32_t count = 0;
    if (lex_text(w->arena, rest, 1, 1, &tokens, &count) != ERR_OK)
        count = 0;
    html_open(w->html, "details", "class", "source");
    html_element_z(w->html, "summary", NULL, weave_either(w, "看语句", "Statement"));
    html_open(w->html, "pre", "tabindex", "0");
    html_open(w->html, "code");
    const char *at = rest.ptr, *end = rest.ptr + rest.size;
    for (int32_t i = 0; i < count && tokens[i].text.ptr >= at; i++) {
        const char *css_class = token_class(&tokens[i]);
        if (!css_class)
            continue;
        html_text(w->html, (struct str){at, (size_t)(tokens[i].text.ptr - at)});
        html_element(w->html, "span", css_class, tokens[i].text);
        at = tokens[i].text.ptr + tokens[i].text.size;
    }
    html_text(w->html, (struct str){at, (size_t)(end - at)});
    html_close(w->html);
    html_close(w->html);
    html_close(w->html);
    html_newline(w->html);
}

/* ---- figures of the city ---- */

static void live_figures(struct weaving *w, const struct statement *statement,
                         const struct weave_live *live)
{
    int32_t subject = statement->as.rule->subject;
    html_open(w->html, "p", "class", "live-line");
    html_glyph(w->html, "card");
    if (live->granted_count == 0) {
        weave_say(w, " 目前没有符合的", " nobody meets it so far");
    } else {
        html_format(w->html, weave_either(w, " 现有 %" PRId64 " 个", " %" PRId64 " "),
                    live->person_count);
        if (live->person_count == 1)
            weave_table_name(w, subject);
        else
            weave_table_names(w, subject);
        html_format(w->html, weave_either(w, "享受，共 %" PRId64 " 笔", ", %" PRId64 " in all"),
                    live->granted_count);
    }
    if (live->amount_fen != 0) {
        html_text_z(w->html, weave_either(w, "，", ", "));
        weave_value(w, (struct type){TYPE_MONEY, -1}, live->amount_fen);
    }
    if (live->open_count > 0)
        html_format(w->html, weave_either(w, "，其中 %" PRId64 " 笔金额待核定",
                                          ", %" PRId64 " of them open"),
                    live->open_count);
    if (live->ask_count > 0)
        html_format(w->html, weave_either(w, "；另有 %" PRId64 " 件缺事实待补",
                                          "; %" PRId64 " wait for a fact"),
                    live->ask_count);
    html_close(w->html);
    html_newline(w->html);
}

/* Holders are not summed: one person may hold several rules. */
void weave_article_figures(struct weaving *w, int32_t article)
{
    if (!w->options->live)
        return;
    int64_t granted_count = 0, amount_fen = 0;
    int32_t rule_count = 0;
    for (int32_t i = 0; i < w->policy->statement_count; i++) {
        const struct weave_live *live = &w->options->live[i];
        if (w->policy->statements[i].article != article || !live->known)
            continue;
        rule_count++;
        granted_count += live->granted_count;
        amount_fen += live->amount_fen;
    }
    if (rule_count == 0)
        return;
    html_open(w->html, "p", "class", "article-figures");
    html_glyph(w->html, "card");
    if (granted_count == 0)
        weave_say(w, " 本条目前没有符合的", " nobody meets this article so far");
    else
        html_format(w->html,
                    weave_either(w, " 本条共 %" PRId64 " 笔",
                                 granted_count == 1 ? " %" PRId64 " entitlement"
                                                    : " %" PRId64 " entitlements"),
                    granted_count);
    if (amount_fen != 0) {
        html_text_z(w->html, weave_either(w, "，", ", "));
        weave_value(w, (struct type){TYPE_MONEY, -1}, amount_fen);
    }
    html_close(w->html);
    html_newline(w->html);
}

/* ---- the card ---- */

static void clauses(struct weaving *w, const struct statement *statement)
{
    switch (statement->kind) {
    case STATEMENT_GRANT:
    case STATEMENT_CONFER:
    case STATEMENT_PROMOTE:
    case STATEMENT_ADMIT:
    case STATEMENT_EXCEPTION:
    case STATEMENT_NOT_APPLICABLE: rule_clauses(w, statement); break;
    case STATEMENT_DEFINE: define_clauses(w, statement->as.define); break;
    case STATEMENT_DUTY: duty_clauses(w, statement->as.duty); break;
    case STATEMENT_INDICATOR: indicator_clauses(w, statement->as.indicator); break;
    case STATEMENT_TARGET: target_clauses(w, statement->as.target); break;
    case STATEMENT_SETTLEMENT: settlement_clauses(w, statement->as.settlement); break;
    case STATEMENT_REPEAL: repeal_clauses(w, statement); break;
    case STATEMENT_FUND: weave_fund(w, statement->as.fund); break;
    case STATEMENT_REGISTER: weave_register(w, statement->as.reg); break;
    case STATEMENT_TABLE: /* its clauses are the head of the table */
        w->told[CLAUSE_INPUT] = w->told[CLAUSE_RESULT] = w->told[CLAUSE_UNIQUE] = true;
        w->told[CLAUSE_OTHERWISE] = true;
        break;
    case STATEMENT_PARAMETER:
    case STATEMENT_EXAMPLE:
    case STATEMENT_NARRATIVE:
    case STATEMENT_KIND_COUNT: break; /* below the clauses */
    }
}

static void tables(struct weaving *w, const struct statement *statement)
{
    switch (statement->kind) {
    case STATEMENT_PARAMETER: weave_parameter(w, statement->as.parameter); break;
    case STATEMENT_TABLE: weave_decision_table(w, statement->as.table); break;
    case STATEMENT_EXAMPLE: weave_example(w, statement->as.example); break;
    case STATEMENT_NARRATIVE: weave_narrative(w, statement->as.narrative); break;
    default: break;
    }
}

static void title(struct weaving *w, const struct statement *statement)
{
    const char *kind = statement_kind_word(statement->kind, w->options->spelling);
    html_open(w->html, "h3");
    if (statement->name.size)
        html_element(w->html, "span", NULL, statement->name);
    else
        html_element_z(w->html, "span", NULL, kind);
    html_element_z(w->html, "small", NULL, kind);
    html_close(w->html);
    html_newline(w->html);
}

void weave_statement(struct weaving *w, int32_t index)
{
    const struct statement *statement = &w->policy->statements[index];
    struct text_buf id;
    text_init(&id, w->arena);
    weave_statement_id(&id, w->policy, index);
    memset(w->told, 0, sizeof w->told);
    w->has_list = false;
    html_open(w->html, "article", "class", "statement");
    html_attribute(w->html, "id", text_str(&id));
    html_attribute(w->html, "data-kind",
                   str_from(statement_kind_word(statement->kind, SPELLING_EN)));
    html_newline(w->html);
    title(w, statement);
    if (statement->repealed_by != 0)
        repealed_line(w, statement);
    if (statement->as.rule) {
        cites(w, statement);
        clauses(w, statement);
        if (!has_rows_only(statement->kind))
            rest_of_clauses(w, statement);
        text_clause(w, CLAUSE_NOTE, w->told[CLAUSE_NOTE] ? STR("") : statement->note);
        if (w->has_list) {
            html_close(w->html);
            html_newline(w->html);
        }
        tables(w, statement);
    }
    if (w->options->live && w->options->live[index].known)
        live_figures(w, statement, &w->options->live[index]);
    source(w, statement);
    html_close(w->html);
    html_newline(w->html);
}
