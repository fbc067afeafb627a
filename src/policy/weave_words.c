/* weave_words.c — typed expressions as sentences of an office, in Chinese or English.
 *
 * A condition is read aloud: 等级 ≥ 高级工 is 等级不低于高级工; rows are "有一项证书，该项…". Names
 * of statements link to where they stand, parameters carry their value of the day. */
#include "policy/weaving.h"

#include "base/day.h"
#include "policy/scalar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { INLINE_PARTS_MAX = 3 }; /* more conditions than that are a list */

bool weave_is_zh(const struct weaving *w)
{
    return w->options->spelling == SPELLING_ZH;
}

const char *weave_either(const struct weaving *w, const char *zh, const char *en)
{
    return weave_is_zh(w) ? zh : en;
}

void weave_say(struct weaving *w, const char *zh, const char *en)
{
    html_text_z(w->html, weave_either(w, zh, en));
}

void weave_scope_push(struct weaving *w, int32_t table)
{
    if (w->scope_count < WEAVE_SCOPES_MAX)
        w->scopes[w->scope_count] = table;
    w->scope_count++;
}

void weave_scope_pop(struct weaving *w)
{
    w->scope_count--;
}

/* ---- values and names ---- */

static void add_grouped(struct text_buf *out, int64_t value)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%" PRIu64, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    if (value < 0)
        text_add_z(out, "−");
    size_t size = strlen(digits);
    for (size_t i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0)
            text_add_byte(out, ',');
        text_add_byte(out, digits[i]);
    }
}

static void number_with_unit(struct weaving *w, int64_t value, const char *unit)
{
    struct text_buf text;
    text_init(&text, w->arena);
    add_grouped(&text, value);
    if (*unit) {
        text_add_byte(&text, ' ');
        text_add_z(&text, unit);
    }
    html_element(w->html, "span", "n", text_str(&text));
}

void weave_day(struct weaving *w, int32_t day)
{
    char text[DAY_TEXT_SIZE];
    html_open(w->html, "time", "datetime", day_text(day, text));
    html_text_z(w->html, text);
    html_close(w->html);
}

/* Column names that are no nouns: "between from day and to day" would stumble. */
static const struct {
    const char *column, *words;
} nouns[] = {
    {"from_day", "first day"},     {"to_day", "last day"},       {"from_month", "first month"},
    {"to_month", "last month"},    {"issued_day", "day of issue"}, {"died_day", "day of death"},
    {"amount_fen", "amount"},
};

/* An English column name reads as words: full_time is full time. */
void weave_name(struct weaving *w, const char *zh, const char *en)
{
    if (weave_is_zh(w)) {
        html_text_z(w->html, zh ? zh : "");
        return;
    }
    for (size_t i = 0; en && i < sizeof nouns / sizeof nouns[0]; i++) {
        if (strcmp(en, nouns[i].column) == 0)
            en = nouns[i].words;
    }
    char *words = arena_copy(w->arena, en ? en : "", en ? strlen(en) : 0);
    for (char *c = words; c && *c; c++)
        *c = *c == '_' ? ' ' : *c;
    html_text_z(w->html, words ? words : "");
}

void weave_value(struct weaving *w, struct type type, int64_t value)
{
    if (type.kind == TYPE_DAY && value >= DAY_MIN && value <= DAY_MAX) {
        weave_day(w, (int32_t)value);
    } else if (type.kind == TYPE_COUNT && value != ABSENT_I64) {
        number_with_unit(w, value, "");
    } else if (type.kind == TYPE_MONEY && value != ABSENT_I64 && value % 100 == 0) {
        number_with_unit(w, value / 100, weave_either(w, "元", "yuan"));
    } else if (type.kind == TYPE_MONTHS && value != ABSENT_I64) {
        bool years = value > 0 && value % 12 == 0;
        number_with_unit(w, years ? value / 12 : value,
                         years ? weave_either(w, "年", value == 12 ? "year" : "years")
                               : weave_either(w, "个月", "months"));
    } else if (type.kind == TYPE_DAYS && value != ABSENT_I64) {
        number_with_unit(w, value, weave_either(w, "天", "days"));
    } else if (type.kind == TYPE_WORKING_DAYS && value != ABSENT_I64) {
        number_with_unit(w, value, weave_either(w, "个工作日", "working days"));
    } else {
        struct text_buf text;
        text_init(&text, w->arena);
        policy_print_value(&text, w->policy, type, value, w->options->spelling);
        if (type.kind == TYPE_ENUM)
            weave_name(w, str_z(w->arena, text_str(&text)), str_z(w->arena, text_str(&text)));
        else
            html_text(w->html, text_str(&text));
    }
}

void weave_table_name(struct weaving *w, int32_t table)
{
    const struct record_desc *record = &w->policy->vocab->records[table];
    weave_name(w, record->label_zh, record->name);
}

/* Regular English plurals: the names of records are plain nouns. */
void weave_table_names(struct weaving *w, int32_t table)
{
    const struct record_desc *record = &w->policy->vocab->records[table];
    size_t size = strlen(record->name);
    char last = size > 1 ? record->name[size - 1] : 's';
    bool ends_in_y = last == 'y' && !strchr("aeiou", record->name[size - 2]);
    if (weave_is_zh(w)) {
        html_text_z(w->html, record->label_zh);
        return;
    }
    const char *ending = ends_in_y ? "ies" : strchr("sxz", last) ? "es" : "s";
    int stem_size = (int)(ends_in_y ? size - 1 : size);
    weave_name(w, NULL, text_in(w->arena, "%.*s%s", stem_size, record->name, ending));
}

/* An honour, an award, a unit: by sound, as far as the first letters tell it. */
static const char *article_of(const struct weaving *w, int32_t table)
{
    const char *name = w->policy->vocab->records[table].name;
    bool silent_h = strncmp(name, "hono", 4) == 0;
    bool like_you = strncmp(name, "uni", 3) == 0;
    return (strchr("aeiou", name[0]) && !like_you) || silent_h ? "an " : "a ";
}

void weave_field_name(struct weaving *w, int32_t table, int32_t field)
{
    if (field < 0) {
        weave_table_name(w, table);
        return;
    }
    const struct field_desc *desc = &w->policy->vocab->records[table].fields[field];
    weave_name(w, desc->label_zh, desc->name);
}

/* The unit that was written behind a count: 28万人 is told in 人. */
static const char *unit_written(const struct weaving *w, const struct expr *literal)
{
    if (literal->token_count < 2)
        return "";
    const struct token *last = &literal->tokens[literal->token_count - 1];
    const char *unit = weave_is_zh(w) ? last->zh : last->en;
    if (last->kind != TOKEN_WORD || !unit || !unit_of(str_from(unit)))
        return "";
    if (strncmp(unit, "万", strlen("万")) == 0)
        unit += strlen("万");
    if (strncmp(unit, "wan-", strlen("wan-")) == 0)
        unit += strlen("wan-");
    return strcmp(unit, "wan") == 0 ? "" : unit;
}

static void literal(struct weaving *w, const struct expr *expr)
{
    if (expr->type.kind == TYPE_COUNT)
        number_with_unit(w, expr->value, unit_written(w, expr));
    else
        weave_value(w, expr->type, expr->value);
}

/* ---- where a name is read ---- */

static int32_t scope_table(const struct weaving *w, int32_t scope)
{
    int32_t at = w->scope_count - 1 - scope;
    return at >= 0 && at < WEAVE_SCOPES_MAX ? w->scopes[at] : -1;
}

/* The row that a name is read on, when it is not the one at hand: 人员的, 用人单位的. */
static bool say_place(struct weaving *w, const struct expr *expr)
{
    int32_t table = scope_table(w, expr->scope);
    for (int32_t i = 0; i < expr->up && table >= 0; i++)
        table = vocab_owner(w->policy->vocab, table);
    bool elsewhere = expr->scope > 0 || expr->up > 0;
    bool named = false;
    if (elsewhere && table >= 0 && expr->kind != EXPR_AGGREGATE) {
        weave_say(w, expr->scope > 0 ? "该" : "", "the ");
        weave_table_name(w, table);
        named = true;
    }
    if (expr->through >= 0 && table >= 0) {
        if (named)
            weave_say(w, "的", "'s ");
        weave_field_name(w, table, expr->through);
        named = true;
    }
    return named;
}

static void field(struct weaving *w, const struct expr *expr)
{
    bool placed = say_place(w, expr);
    if (placed && expr->field >= 0)
        weave_say(w, "的", "'s ");
    if (expr->field >= 0 || !placed)
        weave_field_name(w, expr->table, expr->field);
}

static void list(struct weaving *w, struct expr *const *items, int32_t count, const char *zh_last,
                 const char *en_last)
{
    for (int32_t i = 0; i < count; i++) {
        if (i > 0)
            html_text_z(w->html, i + 1 < count ? weave_either(w, "、", ", ")
                                               : weave_either(w, zh_last, en_last));
        weave_expr(w, items[i]);
    }
}

/* ---- comparisons ---- */

static const char *operator_words(const struct weaving *w, enum expr_op op, enum type_kind kind)
{
    static const char *const zh_size[] = {"等于", "不等于", "小于", "不大于", "大于", "不小于"};
    static const char *const zh_step[] = {"是", "不是", "低于", "不高于", "高于", "不低于"};
    static const char *const zh_truth[] = {"为", "不为"}; /* 是否 would be a question */
    static const char *const zh_day[] = {"是", "不是", "早于", "不晚于", "晚于", "不早于"};
    static const char *const zh_money[] = {"等于", "不等于", "少于", "不超过", "超过", "不少于"};
    static const char *const en_size[] = {" is ", " is not ", " is less than ", " is at most ",
                                          " is more than ", " is at least "};
    static const char *const en_day[] = {" is ", " is not ", " is before ", " is not after ",
                                         " is after ", " is not before "};
    int32_t i = (int32_t)op - OP_EQUAL;
    bool is_day = kind == TYPE_DAY || kind == TYPE_MONTH;
    bool is_step = kind == TYPE_ENUM || kind == TYPE_CLASS || kind == TYPE_CODE ||
                   kind == TYPE_REF || kind == TYPE_BOOL;
    bool is_money = kind == TYPE_MONEY || kind == TYPE_MONTHS || kind == TYPE_DAYS ||
                    kind == TYPE_WORKING_DAYS;
    if (!weave_is_zh(w))
        return (is_day ? en_day : en_size)[i];
    if (kind == TYPE_BOOL && i < 2)
        return zh_truth[i];
    return (is_day ? zh_day : is_step ? zh_step : is_money ? zh_money : zh_size)[i];
}

/* A day that has not come counts as later than every day: say so where it decides. */
static void say_open_end(struct weaving *w, const struct expr *expr)
{
    const struct expr *side = expr->children[0];
    bool later = expr->op == OP_GREATER || expr->op == OP_GREATER_EQUAL;
    if (!later || side->kind != EXPR_FIELD || side->field < 0)
        return;
    const struct field_desc *desc = &w->policy->vocab->records[side->table].fields[side->field];
    if (desc->need == NEED_OPEN_END)
        weave_say(w, "（没有的也算）", " (or there is none)");
}

static void compare(struct weaving *w, const struct expr *expr)
{
    weave_expr(w, expr->children[0]);
    html_text_z(w->html, operator_words(w, expr->op, expr->children[0]->type.kind));
    weave_expr(w, expr->children[1]);
    say_open_end(w, expr);
}

static void arithmetic(struct weaving *w, const struct expr *expr)
{
    static const char *const signs[] = {" + ", " − ", " × ", " ÷ "};
    for (int32_t i = 0; i < 2; i++) {
        const struct expr *side = expr->children[i];
        bool bracket = side->kind == EXPR_ARITHMETIC && expr->op >= OP_MULTIPLY &&
                       side->op < OP_MULTIPLY;
        if (i > 0)
            html_text_z(w->html, signs[expr->op - OP_ADD]);
        if (bracket)
            weave_say(w, "（", "(");
        weave_expr(w, side);
        if (bracket)
            weave_say(w, "）", ")");
    }
}

/* ---- names of statements ---- */

/* "the person meets": a condition without its subject is no sentence in English. */
static void at_hand_meets(struct weaving *w)
{
    int32_t table = scope_table(w, 0);
    if (!weave_is_zh(w) && table >= 0) {
        html_text_z(w->html, "the ");
        weave_table_name(w, table);
        html_text_z(w->html, " ");
    }
    weave_say(w, "符合", "meets ");
}

static void define(struct weaving *w, const struct expr *expr)
{
    bool is_condition = expr->type.kind == TYPE_BOOL;
    bool placed = say_place(w, expr);
    if (placed)
        html_text_z(w->html, is_condition ? weave_either(w, "符合", " meets ")
                                          : weave_either(w, "的", "'s "));
    else if (is_condition)
        at_hand_meets(w);
    weave_statement_link(w, expr->statement);
}

static void parameter(struct weaving *w, const struct expr *expr)
{
    const struct parameter *values = w->policy->statements[expr->statement].as.parameter;
    weave_statement_link(w, expr->statement);
    if (expr->child_count > 0) {
        weave_say(w, "（按", " (by ");
        weave_expr(w, expr->children[0]);
        weave_say(w, "）", ")");
        return;
    }
    const struct parameter_row *row =
        values ? parameter_row_on(values, w->options->as_of_day) : NULL;
    if (row && row->value_count == 1) {
        weave_say(w, "（", " (");
        weave_value(w, values->type, row->values[0]);
        weave_say(w, "）", ")");
    }
}

static void in_register(struct weaving *w, const struct expr *expr)
{
    weave_expr(w, expr->children[0]);
    weave_say(w, "在", " stands in ");
    if (expr->statement >= 0)
        weave_statement_link(w, expr->statement);
    else
        html_text(w->html, w->policy->vocab->registers[expr->outside_register].name);
    weave_say(w, "之内", "");
    if (expr->child_count > 1) {
        weave_say(w, "（看", " (on ");
        weave_expr(w, expr->children[1]);
        weave_say(w, "当天）", ")");
    }
}

static void table_lookup(struct weaving *w, const struct expr *expr)
{
    weave_say(w, "按", "what ");
    weave_statement_link(w, expr->statement);
    weave_say(w, "查得的值（", " says for (");
    list(w, expr->children, expr->child_count, "、", ", ");
    weave_say(w, "）", ")");
}

/* ---- functions ---- */

/* Words with the arguments in their places: $1 ... $4. */
static void fill(struct weaving *w, const char *words, const struct expr *expr)
{
    for (const char *at = words; *at;) {
        size_t plain = strcspn(at, "$");
        html_text(w->html, (struct str){at, plain});
        at += plain;
        if (!*at)
            break;
        weave_expr(w, expr->children[at[1] - '1']);
        at += 2;
    }
}

static void call(struct weaving *w, const struct expr *expr)
{
    static const struct {
        const char *zh, *en;
    } words[] = {
        [FUNCTION_YEARS_BETWEEN] = {"从$1到$2的周岁数", "years of age from $1 to $2"},
        [FUNCTION_MONTHS_BETWEEN] = {"从$1到$2的整月数", "whole months from $1 to $2"},
        [FUNCTION_DAYS_BETWEEN] = {"从$1到$2的天数", "days from $1 to $2"},
        [FUNCTION_ADD_MONTHS] = {"$1之后 $2", "$2 after $1"},
        [FUNCTION_ADD_DAYS] = {"$1之后 $2", "$2 after $1"},
        [FUNCTION_WORKING_DAYS_BETWEEN] = {"从$1到$2的工作日数", "working days from $1 to $2"},
        [FUNCTION_ADD_WORKING_DAYS] = {"$1之后 $2", "$2 after $1"},
        [FUNCTION_YEAR_OF] = {"$1所在的年份", "the year of $1"},
        [FUNCTION_MONTH_OF] = {"$1所在的月份", "the month of $1"},
        [FUNCTION_COVERED_MONTHS] = {"$1至$2与$3至$4重叠的月数",
                                     "the months that $1 to $2 and $3 to $4 share"},
        [FUNCTION_IN_PERIOD] = {"$1在本期之内", "$1 lies in the period"},
        [FUNCTION_IN_WINDOW] = {"$1在$2之前的 $3之内", "$1 lies in the $3 up to $2"},
        [FUNCTION_HOLDS_ON] = {"$3在$1至$2期间", "$3 lies between $1 and $2"},
    };
    if (expr->function == FUNCTION_LEAST || expr->function == FUNCTION_GREATEST) {
        bool least = expr->function == FUNCTION_LEAST;
        weave_say(w, "", least ? "the lesser of " : "the greater of ");
        list(w, expr->children, expr->child_count, "与", " and ");
        weave_say(w, least ? "中较小的" : "中较大的", "");
        return;
    }
    if ((size_t)expr->function < sizeof words / sizeof words[0] && words[expr->function].zh) {
        fill(w, weave_either(w, words[expr->function].zh, words[expr->function].en), expr);
        return;
    }
    struct text_buf text; /* a function younger than this page: its own words */
    text_init(&text, w->arena);
    policy_print_expr(&text, w->policy, expr, w->options->spelling);
    html_text(w->html, text_str(&text));
}

/* ---- rows ---- */

static void aggregate_tail(struct weaving *w, enum expr_aggregate aggregate)
{
    static const char *const zh[] = {
        [AGGREGATE_HAS] = "",           [AGGREGATE_HAS_NO] = "",
        [AGGREGATE_COUNT] = "的个数",   [AGGREGATE_SUM] = "的合计",
        [AGGREGATE_HIGHEST] = "的最高值", [AGGREGATE_LOWEST] = "的最低值",
        [AGGREGATE_DISTINCT] = "的不同个数",
    };
    html_text_z(w->html, zh[aggregate]);
}

static void aggregated_value(struct weaving *w, const struct expr *expr)
{
    weave_scope_push(w, expr->table);
    weave_expr(w, expr->aggregated);
    weave_scope_pop(w);
}

/* 人员的证书, and for rows found by a reference: 以其为委托单位的培训记录. */
static void aggregate_words_zh(struct weaving *w, const struct expr *expr)
{
    bool counts_people = expr->aggregate == AGGREGATE_COUNT &&
                         strcmp(w->policy->vocab->records[expr->table].name, "person") == 0;
    if (expr->aggregate == AGGREGATE_HAS || expr->aggregate == AGGREGATE_HAS_NO)
        html_text_z(w->html, expr->aggregate == AGGREGATE_HAS ? "有" : "没有");
    if (expr->up >= 0 && say_place(w, expr))
        html_text_z(w->html, "的");
    if (expr->inverse >= 0) {
        html_text_z(w->html, "以其为");
        weave_field_name(w, expr->table, expr->inverse);
        html_text_z(w->html, "的");
    }
    weave_table_name(w, expr->table);
    if (expr->aggregated) {
        html_text_z(w->html, "的");
        aggregated_value(w, expr);
    }
    if (counts_people)
        html_text_z(w->html, "数");
    else
        aggregate_tail(w, expr->aggregate);
}

/* has a certificate; the employer has an organisation role; the number of the employer's trainings;
 * the highest level among certificates. */
static void aggregate_words_en(struct weaving *w, const struct expr *expr)
{
    static const char *const heads[] = {
        [AGGREGATE_HAS] = "has ",
        [AGGREGATE_HAS_NO] = "has no ",
        [AGGREGATE_COUNT] = "the number of ",
        [AGGREGATE_SUM] = "the sum of ",
        [AGGREGATE_HIGHEST] = "the highest ",
        [AGGREGATE_LOWEST] = "the lowest ",
        [AGGREGATE_DISTINCT] = "the number of different values of ",
    };
    bool has = expr->aggregate == AGGREGATE_HAS || expr->aggregate == AGGREGATE_HAS_NO;
    if (has && expr->up >= 0 && expr->through >= 0) {
        html_text_z(w->html, "the ");
        say_place(w, expr);
        html_text_z(w->html, " ");
    }
    html_text_z(w->html, heads[expr->aggregate]);
    if (expr->aggregate == AGGREGATE_HAS)
        html_text_z(w->html, article_of(w, expr->table));
    if (expr->aggregated) {
        aggregated_value(w, expr);
        html_text_z(w->html, expr->aggregate == AGGREGATE_SUM ? " over " : " among ");
    }
    if (!has && expr->up >= 0 && expr->through >= 0) {
        html_text_z(w->html, "the ");
        say_place(w, expr);
        html_text_z(w->html, "'s ");
    }
    if (has)
        weave_table_name(w, expr->table);
    else
        weave_table_names(w, expr->table);
    if (expr->inverse >= 0) {
        html_text_z(w->html, " whose ");
        weave_field_name(w, expr->table, expr->inverse);
        html_text_z(w->html, " it is");
    }
}

/* Without the conditions. */
static void aggregate_words(struct weaving *w, const struct expr *expr)
{
    if (weave_is_zh(w))
        aggregate_words_zh(w, expr);
    else
        aggregate_words_en(w, expr);
}

static void aggregate(struct weaving *w, const struct expr *expr)
{
    aggregate_words(w, expr);
    if (!expr->where)
        return;
    weave_say(w, "（", " (where ");
    weave_scope_push(w, expr->table);
    weave_expr(w, expr->where);
    weave_scope_pop(w);
    weave_say(w, "）", ")");
}

/* ---- conditions joined ---- */

static void joined(struct weaving *w, const struct expr *expr)
{
    bool all = expr->kind == EXPR_AND;
    for (int32_t i = 0; i < expr->child_count; i++) {
        const struct expr *child = expr->children[i];
        bool bracket = child->kind == EXPR_AND || child->kind == EXPR_OR;
        if (i > 0)
            html_text_z(w->html, all ? weave_either(w, "，且", " and ")
                                     : weave_either(w, "，或", " or "));
        if (bracket)
            weave_say(w, "（", "(");
        weave_expr(w, child);
        if (bracket)
            weave_say(w, "）", ")");
    }
}

static void choose(struct weaving *w, const struct expr *expr)
{
    int32_t i = 0;
    for (; i + 1 < expr->child_count; i += 2) {
        weave_expr(w, expr->children[i]);
        weave_say(w, "的，", ": ");
        weave_expr(w, expr->children[i + 1]);
        weave_say(w, "；", "; ");
    }
    weave_say(w, "其他，", "otherwise ");
    if (i < expr->child_count)
        weave_expr(w, expr->children[i]);
}

static void context(struct weaving *w, enum expr_context which)
{
    switch (which) {
    case CONTEXT_PERIOD_START: weave_say(w, "本期第一天", "the period's first day"); break;
    case CONTEXT_PERIOD_END: weave_say(w, "本期最后一天", "the period's last day"); break;
    case CONTEXT_AS_OF: weave_say(w, "截至日", "the day asked for"); break;
    case CONTEXT_IN_FORCE: weave_say(w, "施行日", "the day the document comes into force"); break;
    }
}

static void negated(struct weaving *w, const struct expr *inner)
{
    bool short_one = inner->kind == EXPR_FIELD || inner->kind == EXPR_DEFINE;
    weave_say(w, short_one ? "不" : "不属于下列情形：", short_one ? "not " : "not: ");
    if (inner->kind == EXPR_FIELD)
        weave_say(w, "是", "");
    weave_expr(w, inner);
}

void weave_expr(struct weaving *w, const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_LITERAL: literal(w, expr); break;
    case EXPR_FIELD: field(w, expr); break;
    case EXPR_DEFINE: define(w, expr); break;
    case EXPR_PARAMETER: parameter(w, expr); break;
    case EXPR_CONTEXT: context(w, expr->context); break;
    case EXPR_NOT: negated(w, expr->children[0]); break;
    case EXPR_NEGATE:
        html_text_z(w->html, "−");
        weave_expr(w, expr->children[0]);
        break;
    case EXPR_AND:
    case EXPR_OR: joined(w, expr); break;
    case EXPR_COMPARE: compare(w, expr); break;
    case EXPR_ARITHMETIC: arithmetic(w, expr); break;
    case EXPR_IN:
        weave_expr(w, expr->children[0]);
        weave_say(w, "是", " is ");
        list(w, expr->children + 1, expr->child_count - 1, "或", " or ");
        break;
    case EXPR_WITHIN_CODE:
        weave_expr(w, expr->children[0]);
        weave_say(w, "在", " lies in ");
        weave_expr(w, expr->children[1]);
        weave_say(w, "之内", "");
        break;
    case EXPR_REGISTER: in_register(w, expr); break;
    case EXPR_AGGREGATE: aggregate(w, expr); break;
    case EXPR_TABLE: table_lookup(w, expr); break;
    case EXPR_CALL: call(w, expr); break;
    case EXPR_CHOOSE: choose(w, expr); break;
    case EXPR_KNOWN:
        weave_expr(w, expr->children[0]);
        weave_say(w, "已有记录", " is known");
        break;
    case EXPR_NAME: html_text(w->html, expr->name); break;
    }
}

/* ---- as lists ---- */

static bool is_leaf(const struct expr *expr)
{
    bool has_list = expr->kind == EXPR_AGGREGATE && expr->where;
    for (int32_t i = 0; i < expr->child_count && !has_list; i++)
        has_list = !is_leaf(expr->children[i]);
    return expr->kind != EXPR_AND && expr->kind != EXPR_OR && expr->kind != EXPR_CHOOSE &&
           !has_list;
}

static bool is_short(const struct expr *expr)
{
    if (expr->kind != EXPR_AND && expr->kind != EXPR_OR)
        return is_leaf(expr);
    for (int32_t i = 0; i < expr->child_count; i++) {
        if (!is_leaf(expr->children[i]))
            return false;
    }
    return expr->child_count <= INLINE_PARTS_MAX;
}

static void parts_list(struct weaving *w, const struct expr *expr)
{
    html_open(w->html, "ul", "class", "parts");
    for (int32_t i = 0; i < expr->child_count; i++) {
        html_open(w->html, "li");
        weave_condition(w, expr->children[i]);
        html_close(w->html);
    }
    html_close(w->html);
}

static void selection_list(struct weaving *w, const struct expr *expr)
{
    const struct expr *where = expr->where;
    weave_scope_push(w, expr->table);
    if (is_short(where)) {
        bool has = expr->aggregate == AGGREGATE_HAS || expr->aggregate == AGGREGATE_HAS_NO;
        weave_say(w, has ? "，其" : "，只数", has ? " where " : ", only where ");
        weave_expr(w, where);
    } else {
        bool all = where->kind == EXPR_AND, any = where->kind == EXPR_OR;
        bool has = expr->aggregate == AGGREGATE_HAS || expr->aggregate == AGGREGATE_HAS_NO;
        html_text_z(w->html, !weave_is_zh(w) ? "" : has ? "，且该项" : "，只数");
        weave_say(w, all ? "同时符合：" : any ? "符合下列之一：" : "",
                  all   ? ", where all of these hold:"
                  : any ? ", where one of these holds:"
                        : ", where ");
        if (all || any)
            parts_list(w, where);
        else
            weave_condition(w, where);
    }
    weave_scope_pop(w);
}

void weave_condition(struct weaving *w, const struct expr *condition)
{
    if (is_short(condition)) {
        weave_expr(w, condition);
    } else if (condition->kind == EXPR_AND) {
        weave_say(w, "同时符合：", "all of these:");
        parts_list(w, condition);
    } else if (condition->kind == EXPR_OR) {
        weave_say(w, "符合下列之一：", "one of these:");
        parts_list(w, condition);
    } else if (condition->kind == EXPR_NOT) {
        weave_say(w, "不属于下列情形：", "this does not hold: ");
        weave_condition(w, condition->children[0]);
    } else {
        weave_measure(w, condition);
    }
}

static void choose_list(struct weaving *w, const struct expr *expr)
{
    html_open(w->html, "ul", "class", "parts");
    int32_t i = 0;
    for (; i + 1 < expr->child_count; i += 2) {
        html_open(w->html, "li");
        weave_condition(w, expr->children[i]);
        weave_say(w, "：", ": ");
        weave_measure(w, expr->children[i + 1]);
        html_close(w->html);
    }
    if (i < expr->child_count) {
        html_open(w->html, "li");
        weave_say(w, "其他：", "otherwise: ");
        weave_measure(w, expr->children[i]);
        html_close(w->html);
    }
    html_close(w->html);
}

void weave_measure(struct weaving *w, const struct expr *expr)
{
    bool is_quotient = expr->kind == EXPR_ARITHMETIC && expr->op == OP_DIVIDE;
    if (expr->kind == EXPR_AGGREGATE && expr->where) {
        aggregate_words(w, expr);
        selection_list(w, expr);
    } else if (expr->kind == EXPR_CHOOSE) {
        choose_list(w, expr);
    } else if (is_quotient) {
        html_open(w->html, "ul", "class", "parts");
        for (int32_t i = 0; i < 2; i++) {
            html_open(w->html, "li");
            weave_say(w, i == 0 ? "分子：" : "分母：", i == 0 ? "numerator: " : "denominator: ");
            weave_measure(w, expr->children[i]);
            html_close(w->html);
        }
        html_close(w->html);
    } else if (expr->type.kind == TYPE_BOOL && (expr->kind == EXPR_AND || expr->kind == EXPR_OR)) {
        weave_condition(w, expr);
    } else {
        weave_expr(w, expr);
    }
}
