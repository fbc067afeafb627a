#include "policy/override.h"

#include "policy/policy_limits.h"
#include "policy/reading.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Reading one text: the words, the policy they speak of, and what is wrong with them. */
struct override_reading {
    struct arena *arena;
    struct policy *policy;
    struct reading *reading;
    struct cursor *cursor;
    struct override_error *error;
    bool failed;
};

/* ---- what is wrong ---- */

static void __attribute__((format(printf, 4, 5)))
say(struct override_reading *o, enum policy_spelling spelling, bool is_hint, const char *format,
    ...)
{
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    struct str *place = is_hint ? &o->error->hint[spelling] : &o->error->message[spelling];
    *place = str_copy(o->arena, str_from(text));
    o->failed = true;
}

/* The same names in both languages. */
#define SAY(o, hint, zh, en, ...)                                                                 \
    do {                                                                                          \
        say(o, SPELLING_ZH, hint, zh, __VA_ARGS__);                                               \
        say(o, SPELLING_EN, hint, en, __VA_ARGS__);                                               \
    } while (0)

static void tell(struct override_reading *o, bool is_hint, const char *zh, const char *en)
{
    say(o, SPELLING_ZH, is_hint, "%s", zh);
    say(o, SPELLING_EN, is_hint, "%s", en);
}

static const struct type_words {
    enum type_kind kind;
    const char *zh, *en, *example;
} type_table[] = {
    {TYPE_MONEY, "金额", "an amount of money", "8万元"},
    {TYPE_COUNT, "个数", "a count", "30"},
    {TYPE_RATE, "比率", "a rate", "60%"},
    {TYPE_MONTHS, "月数", "a number of months", "12个月"},
    {TYPE_DAYS, "天数", "a number of days", "30天"},
    {TYPE_WORKING_DAYS, "工作日数", "a number of working days", "5个工作日"},
    {TYPE_DAY, "日期", "a date", "2024-01-01"},
    {TYPE_BOOL, "是否", "yes or no", "是"},
    {TYPE_ENUM, "代码", "a code", ""},
    {TYPE_CODE, "代码", "a code", ""},
};

static const struct type_words *words_of(struct type type)
{
    for (size_t i = 0; i < sizeof type_table / sizeof *type_table; i++)
        if (type_table[i].kind == type.kind)
            return &type_table[i];
    return &type_table[1];
}

/* The names of a kind of statement; *ret_names is zero-terminated copies. */
static int32_t names_of(struct override_reading *o, enum statement_kind kind,
                        const char ***ret_names)
{
    const struct policy *policy = o->policy;
    const char **names = TAKE(o->reading, const char *, policy->statement_count + 1);
    int32_t count = 0;
    for (int32_t i = 0; i < policy->statement_count; i++)
        if (policy->statements[i].kind == kind && policy->statements[i].as.parameter)
            names[count++] = str_z(o->arena, policy->statements[i].name);
    *ret_names = names;
    return count;
}

/* A name that differs in few letters, or one that the typed name is a part of. */
static const char *name_near(struct str typed, const char *const *names, int32_t count)
{
    const char *near = nearest_word(typed, names, count);
    for (int32_t i = 0; i < count && !near; i++)
        if (typed.size > 0 && str_find(str_from(names[i]), typed) != SIZE_MAX)
            near = names[i];
    return near;
}

static void say_unknown_name(struct override_reading *o, enum statement_kind kind,
                             struct str typed)
{
    const char **names;
    int32_t count = names_of(o, kind, &names);
    bool is_fund = kind == STATEMENT_FUND;
    say(o, SPELLING_ZH, false, "没有叫“%.*s”的%s", STR_ARG(typed), is_fund ? "资金" : "参数");
    say(o, SPELLING_EN, false, "there is no %s called '%.*s'", is_fund ? "fund" : "parameter",
        STR_ARG(typed));
    const char *near = name_near(typed, names, count);
    if (near) {
        SAY(o, true, "是不是“%s”？", "Did you mean '%s'?", near);
        return;
    }
    struct text_buf list;
    text_init(&list, o->arena);
    for (int32_t i = 0; i < count && i < 6; i++)
        text_format(&list, "%s%s", i ? "、" : "", names[i]);
    if (count > 0)
        SAY(o, true, "可用的有 %d 个：%.*s%s", "There are %d: %.*s%s", count,
            STR_ARG(text_str(&list)), count > 6 ? " …" : "");
    else
        tell(o, true, "文件里一个也没有，请改用 --draft 给出草案。",
             "The documents have none: give a draft with --draft.");
}

static void say_wrong_value(struct override_reading *o, struct str typed, struct type type)
{
    const struct type_words *words = words_of(type);
    say(o, SPELLING_ZH, false, "“%.*s”不是%s", STR_ARG(typed), words->zh);
    say(o, SPELLING_EN, false, "'%.*s' is not %s", STR_ARG(typed), words->en);
    if (words->example[0])
        SAY(o, true, "请写成 %s 这样。", "Write it like %s.", words->example);
}

static void say_form(struct override_reading *o, const char *zh, const char *en, const char *form)
{
    if (o->cursor->end == 0)
        tell(o, false, "设定是空的", "the setting is empty");
    else
        tell(o, false, zh, en);
    SAY(o, true, "请写成 %s。", "Write %s.", form);
}

/* ---- reading ---- */

static struct str rest_of(const struct override_reading *o, int32_t from, int32_t end)
{
    if (from >= end)
        return STR("");
    const struct token *first = &o->cursor->tokens[from], *last = &o->cursor->tokens[end - 1];
    return (struct str){first->text.ptr,
                        (size_t)(last->text.ptr + last->text.size - first->text.ptr)};
}

/* A bare number in the parameter's own unit; false when it is none, or no whole one. */
static bool bare_number(struct override_reading *o, struct type type, int64_t *ret_value)
{
    enum { NUMBER_ONE = 1000000 };
    const struct token *token = cursor_peek(o->cursor), *next = cursor_peek_at(o->cursor, 1);
    bool stands_alone = next->kind == TOKEN_END ||
                        (next->kind == TOKEN_SYMBOL && (next->value == 'r' || next->value == '/'));
    bool fits = type.kind == TYPE_MONEY || type.kind == TYPE_COUNT || type.kind == TYPE_MONTHS ||
                type.kind == TYPE_DAYS || type.kind == TYPE_WORKING_DAYS;
    if (token->kind != TOKEN_NUMBER || !stands_alone || !fits)
        return false;
    int64_t parts = type.kind == TYPE_MONEY ? 100 : 1; /* fen of a yuan */
    int64_t scaled;
    if (__builtin_mul_overflow(token->value, parts, &scaled) || scaled % NUMBER_ONE != 0)
        return false;
    *ret_value = scaled / NUMBER_ONE;
    (void)cursor_take(o->cursor);
    return true;
}

static bool read_value(struct override_reading *o, struct type type, int64_t *ret_value)
{
    int32_t from = o->cursor->next;
    if (bare_number(o, type, ret_value))
        return true;
    if (cursor_done(o->cursor) || !parse_value(o->cursor, type, ret_value)) {
        say_wrong_value(o, rest_of(o, from, o->cursor->end), type);
        return false;
    }
    return true;
}

static int32_t read_name(struct override_reading *o, enum statement_kind kind)
{
    struct token *token = cursor_peek(o->cursor);
    bool is_name = token->kind == TOKEN_WORD || token->kind == TOKEN_QUOTED;
    struct str name = token->kind == TOKEN_QUOTED ? token->inner : token->text;
    if (!is_name) {
        say_form(o, "设定要以名称开头", "a setting begins with a name", "名称=值（NAME=VALUE）");
        return -1;
    }
    (void)cursor_take(o->cursor);
    for (int32_t i = 0; i < o->policy->statement_count; i++) {
        const struct statement *statement = &o->policy->statements[i];
        if (statement->kind == kind && statement->as.parameter && str_equal(statement->name, name))
            return i;
    }
    say_unknown_name(o, kind, name);
    return -1;
}

static void say_keys(struct override_reading *o, const struct parameter *parameter)
{
    struct text_buf list;
    text_init(&list, o->arena);
    const struct parameter_row *row = &parameter->rows[0];
    for (int32_t i = 0; row->keys && i < row->value_count; i++) {
        text_add_z(&list, i ? "、" : "");
        policy_print_value(&list, o->policy, (struct type){TYPE_ENUM, parameter->key_enum},
                           row->keys[i], SPELLING_ZH);
    }
    SAY(o, true, "圆括号里写其中一个：%.*s", "In the parentheses stands one of: %.*s",
        STR_ARG(text_str(&list)));
}

/* (技师): one key of a parameter that has keys. */
static bool read_key(struct override_reading *o, const struct parameter *parameter,
                     struct policy_setting *setting)
{
    if (!cursor_accept_symbol(o->cursor, '('))
        return true;
    if (parameter->key_enum < 0) {
        tell(o, false, "这个参数不分档", "the parameter has no keys");
        tell(o, true, "去掉圆括号。", "Leave the parentheses out.");
        return false;
    }
    int32_t from = o->cursor->next;
    struct type key_type = {TYPE_ENUM, parameter->key_enum};
    setting->has_key = parse_value(o->cursor, key_type, &setting->key) &&
                       cursor_accept_symbol(o->cursor, ')');
    bool known = false;
    const struct parameter_row *row = &parameter->rows[0];
    for (int32_t i = 0; setting->has_key && row->keys && i < row->value_count; i++)
        known |= row->keys[i] == setting->key;
    if (!known) {
        SAY(o, false, "参数没有“%.*s”这一档", "the parameter has no key '%.*s'",
            STR_ARG(rest_of(o, from, from + 1)));
        say_keys(o, parameter);
    }
    return known;
}

static bool expect_equal_sign(struct override_reading *o, const char *form)
{
    if (cursor_accept_symbol(o->cursor, '='))
        return true;
    say_form(o, "名称后面要有 = 和值", "a name is followed by = and a value", form);
    return false;
}

static bool expect_end(struct override_reading *o)
{
    if (cursor_done(o->cursor))
        return true;
    SAY(o, false, "值后面多出“%.*s”", "'%.*s' is left over behind the value",
        STR_ARG(rest_of(o, o->cursor->next, o->cursor->end)));
    tell(o, true, "一次设定一个值。", "One setting holds one value.");
    return false;
}

static bool read_parameter(struct override_reading *o, const char *form,
                           struct policy_setting *setting)
{
    setting->statement = read_name(o, STATEMENT_PARAMETER);
    if (setting->statement < 0)
        return false;
    const struct parameter *parameter = o->policy->statements[setting->statement].as.parameter;
    return read_key(o, parameter, setting) && expect_equal_sign(o, form) &&
           read_value(o, parameter->type, &setting->value);
}

/* Runs one reader over a text: lexes, catches what gives up, hands back what is wrong. */
typedef bool override_reader(struct override_reading *o, void *ret);

static enum err read_text(struct arena *arena, struct policy *policy, struct str text,
                          override_reader *reader, void *ret, struct override_error *ret_error,
                          struct fault *fault)
{
    *ret_error = (struct override_error){.message = {STR(""), STR("")},
                                         .hint = {STR(""), STR("")}};
    struct reading *reading = ARENA_NEW(arena, struct reading);
    struct cursor *cursor = ARENA_NEW(arena, struct cursor);
    struct findings *findings = ARENA_NEW(arena, struct findings);
    struct str copy = str_copy(arena, text);
    if (!reading || !cursor || !findings || !copy.ptr)
        return fault_set(fault, ERR_MEMORY, "no memory to read a setting");
    findings->arena = arena;
    *reading = (struct reading){
        .arena = arena, .vocab = policy->vocab, .policy = policy, .findings = findings};
    enum err code = (enum err)setjmp(reading->give_up);
    if (code != ERR_OK)
        return fault_set(fault, code, "the setting could not be read: %s", err_text(code));
    reading->states = TAKE(reading, uint8_t, policy->statement_count);
    memset(reading->states, STATE_READ, (size_t)policy->statement_count);
    *cursor = (struct cursor){.reading = reading, .document = -1, .statement = -1};
    code = lex_text(arena, copy, 1, 1, &cursor->tokens, &cursor->end);
    if (code != ERR_OK)
        return fault_set(fault, code, "the setting could not be read: %s", err_text(code));
    struct override_reading o = {.arena = arena, .policy = policy, .reading = reading,
                                 .cursor = cursor, .error = ret_error};
    if (reader(&o, ret) && expect_end(&o))
        return ERR_OK;
    fault_set(fault, ERR_POLICY, "%.*s", STR_ARG(ret_error->message[SPELLING_EN]));
    return fault_hint(fault, "%.*s", STR_ARG(ret_error->hint[SPELLING_EN]));
}

static bool setting_reader(struct override_reading *o, void *ret)
{
    struct policy_setting setting = {0};
    bool done = read_parameter(o, "名称=值（NAME=VALUE）", &setting);
    *(struct policy_setting *)ret = setting;
    return done;
}

enum err policy_read_setting(struct arena *arena, struct policy *policy, struct str text,
                             struct policy_setting *ret_setting, struct override_error *ret_error,
                             struct fault *fault)
{
    struct policy_setting setting;
    TRY(read_text(arena, policy, text, setting_reader, &setting, ret_error, fault));
    *ret_setting = setting;
    return ERR_OK;
}

static bool budget_reader(struct override_reading *o, void *ret)
{
    static const char form[] = "资金名=500万元，或 资金名(2024)=500万元";
    struct policy_setting setting = {.statement = read_name(o, STATEMENT_FUND)};
    if (setting.statement < 0)
        return false;
    if (cursor_accept_symbol(o->cursor, '(')) {
        struct type year = {TYPE_COUNT, -1};
        setting.has_key = true;
        if (!parse_value(o->cursor, year, &setting.key) ||
            !cursor_accept_symbol(o->cursor, ')')) {
            say_form(o, "圆括号里要写年份", "the parentheses hold a year", form);
            return false;
        }
    }
    struct type money = {TYPE_MONEY, -1};
    bool done = expect_equal_sign(o, form) && read_value(o, money, &setting.value);
    *(struct policy_setting *)ret = setting;
    return done;
}

enum err policy_read_budget(struct arena *arena, struct policy *policy, struct str text,
                            struct policy_setting *ret_setting, struct override_error *ret_error,
                            struct fault *fault)
{
    struct policy_setting setting;
    TRY(read_text(arena, policy, text, budget_reader, &setting, ret_error, fault));
    *ret_setting = setting;
    return ERR_OK;
}

int32_t policy_series_count(const struct policy_series *series)
{
    return (int32_t)((series->last - series->setting.value) / series->step) + 1;
}

static bool series_reader(struct override_reading *o, void *ret)
{
    static const char form[] = "名称=3000元..10000元/500元（NAME=FIRST..LAST/STEP）";
    struct policy_series series = {.step = 0};
    if (!read_parameter(o, form, &series.setting))
        return false;
    struct type type = o->policy->statements[series.setting.statement].as.parameter->type;
    bool can_step = type.kind == TYPE_MONEY || type.kind == TYPE_COUNT ||
                    type.kind == TYPE_RATE || type.kind == TYPE_MONTHS || type.kind == TYPE_DAYS ||
                    type.kind == TYPE_WORKING_DAYS;
    if (!can_step || !cursor_accept_symbol(o->cursor, 'r')) {
        say_form(o, can_step ? "值后面要有 .. 和末值" : "这个参数不是数，不能逐步变化",
                 can_step ? "the first value is followed by .. and the last"
                          : "the parameter is no number to step through",
                 form);
        return false;
    }
    if (!read_value(o, type, &series.last))
        return false;
    if (!cursor_accept_symbol(o->cursor, '/')) {
        say_form(o, "末值后面要有 / 和步长", "the last value is followed by / and the step", form);
        return false;
    }
    if (!read_value(o, type, &series.step))
        return false;
    bool in_order = series.step > 0 && series.last >= series.setting.value;
    int64_t distance = 0;
    if (!in_order || __builtin_sub_overflow(series.last, series.setting.value, &distance) ||
        distance / series.step >= POLICY_SERIES_MAX) {
        if (in_order)
            SAY(o, false, "一次最多 %d 个值", "at most %d values at a time", POLICY_SERIES_MAX);
        else
            tell(o, false, "末值不能小于初值，步长要大于零",
                 "the last value lies below the first, or the step is not above 0");
        SAY(o, true, "请写成 %s。", "Write %s.", form);
        return false;
    }
    *(struct policy_series *)ret = series;
    return true;
}

enum err policy_read_series(struct arena *arena, struct policy *policy, struct str text,
                            struct policy_series *ret_series, struct override_error *ret_error,
                            struct fault *fault)
{
    struct policy_series series;
    TRY(read_text(arena, policy, text, series_reader, &series, ret_error, fault));
    *ret_series = series;
    return ERR_OK;
}

/* ---- setting ---- */

static bool apply_parameter(struct arena *arena, struct parameter *parameter,
                            const struct policy_setting *setting)
{
    struct parameter_row *rows =
        ARENA_NEW_ARRAY(arena, struct parameter_row, (size_t)parameter->row_count);
    for (int32_t r = 0; rows && r < parameter->row_count; r++) {
        rows[r] = parameter->rows[r];
        int64_t *values = ARENA_NEW_ARRAY(arena, int64_t, (size_t)rows[r].value_count);
        if (!values)
            return false;
        for (int32_t v = 0; v < rows[r].value_count; v++) {
            bool is_meant =
                !setting->has_key || (rows[r].keys && rows[r].keys[v] == setting->key);
            values[v] = is_meant ? setting->value : parameter->rows[r].values[v];
        }
        rows[r].values = values;
    }
    if (rows)
        parameter->rows = rows;
    return rows != NULL;
}

/* A budget without a year holds in every year: it stands under year 0 (whatif_forward). */
static bool apply_budget(struct arena *arena, struct fund *fund,
                         const struct policy_setting *setting)
{
    struct fund_budget *budgets =
        ARENA_NEW_ARRAY(arena, struct fund_budget, (size_t)fund->budget_count + 1);
    if (!budgets)
        return false;
    int32_t count = 0;
    for (int32_t i = 0; i < fund->budget_count; i++)
        if (setting->has_key && fund->budgets[i].year != setting->key)
            budgets[count++] = fund->budgets[i];
    budgets[count++] = (struct fund_budget){setting->has_key ? (int32_t)setting->key : 0,
                                            setting->value};
    fund->budgets = budgets;
    fund->budget_count = count;
    return true;
}

bool policy_apply_setting(struct arena *arena, struct policy *policy,
                          const struct policy_setting *setting)
{
    struct statement *statement = &policy->statements[setting->statement];
    return statement->kind == STATEMENT_FUND
               ? apply_budget(arena, statement->as.fund, setting)
               : apply_parameter(arena, statement->as.parameter, setting);
}

enum err policy_set_parameter(struct arena *arena, struct policy *policy, struct str setting,
                              struct findings *findings, struct fault *fault)
{
    *findings = (struct findings){.arena = arena};
    struct policy_setting read;
    struct override_error error;
    TRY(policy_read_setting(arena, policy, setting, &read, &error, fault));
    return policy_apply_setting(arena, policy, &read)
               ? ERR_OK
               : fault_set(fault, ERR_MEMORY, "no memory to set a parameter");
}
