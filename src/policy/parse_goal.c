/* parse_goal.c — what must be reached: duties, indicators, targets; and how payments settle. */
#include "policy/reading.h"

static const struct type type_none = {TYPE_NONE, -1};
static const struct type type_bool = {TYPE_BOOL, -1};
static const struct type type_money = {TYPE_MONEY, -1};

static void parse_span(struct block *block, enum period_kind *ret_period, int32_t *ret_years)
{
    struct clause *clause = block_clause(block, CLAUSE_PER);
    enum keyword head;
    *ret_period = PERIOD_YEAR;
    *ret_years = 1;
    if (clause && !parse_period(&clause->cursor, ret_period, ret_years, &head))
        cursor_fail(&clause->cursor, "period", "Write 一次, 每周, 每月, 每年 or 每 2年.",
                    "that is no period");
}

static struct str optional_text(struct block *block, enum keyword keyword)
{
    struct clause *clause = block_clause(block, keyword);
    return clause ? cursor_text(&clause->cursor) : (struct str){"", 0};
}

void parse_duty(struct block *block, struct duty *duty)
{
    static const struct {
        enum keyword word;
        char symbol;
        enum expr_op op;
    } operators[] = {{KEY_AT_LEAST, 'g', OP_GREATER_EQUAL}, {KEY_AT_MOST, 'l', OP_LESS_EQUAL},
                     {KEY_UP_TO, 'l', OP_LESS_EQUAL},       {KEY_EXACTLY, '=', OP_EQUAL}};
    struct clause *clause = block_need(block, CLAUSE_HOLDER);
    if (!clause || (duty->subject = parse_table_name(&clause->cursor, "a record")) < 0)
        return;
    struct scope scope = {.table = duty->subject};
    clause = block_clause(block, CLAUSE_WHERE);
    if (clause)
        duty->where = clause_expr(clause, &scope, type_bool);
    clause = block_need(block, CLAUSE_MEASURE);
    if (clause)
        duty->measure = clause_expr(clause, &scope, type_none);
    struct clause *owed = block_need(block, CLAUSE_OWED);
    duty->op = OP_GREATER_EQUAL;
    for (size_t i = 0; owed && i < sizeof operators / sizeof operators[0]; i++)
        if (cursor_accept(&owed->cursor, operators[i].word) ||
            cursor_accept_symbol(&owed->cursor, operators[i].symbol)) {
            duty->op = operators[i].op;
            break;
        }
    if (owed && duty->measure)
        duty->owed = clause_expr(owed, &scope, duty->measure->type);
    else if (owed)
        owed->cursor.next = owed->cursor.end;
    parse_span(block, &duty->period, &duty->period_years);
    duty->evidence = optional_text(block, CLAUSE_EVIDENCE);
    duty->warning = optional_text(block, CLAUSE_WARNING);
    duty->consequence = optional_text(block, CLAUSE_CONSEQUENCE);
}

static const struct {
    const char *zh, *en;
    enum indicator_unit unit;
    enum type_kind type;
} indicator_units[] = {
    {"人", "persons", UNIT_PERSONS, TYPE_COUNT},
    {"名", "people", UNIT_PERSONS, TYPE_COUNT},
    {"人次", "person-times", UNIT_PERSON_TIMES, TYPE_COUNT},
    {"家", "bodies", UNIT_BODIES, TYPE_COUNT},
    {"所", "schools", UNIT_BODIES, TYPE_COUNT},
    {"个", "items", UNIT_ITEMS, TYPE_COUNT},
    {"项", "projects", UNIT_ITEMS, TYPE_COUNT},
    {"元", "yuan", UNIT_YUAN, TYPE_MONEY},
    {"人日", "person-days", UNIT_PERSON_DAYS, TYPE_DAYS},
    {"人天", "person-day", UNIT_PERSON_DAYS, TYPE_DAYS},
    {"人月", "person-months", UNIT_PERSON_MONTHS, TYPE_MONTHS},
    {"比率", "rate", UNIT_RATE, TYPE_RATE},
    {"%", "%", UNIT_RATE, TYPE_RATE},
};

void parse_indicator(struct block *block, struct indicator *indicator)
{
    struct clause *clause = block_need(block, CLAUSE_UNIT);
    struct type type = type_none;
    if (clause) {
        struct token *token = cursor_take(&clause->cursor);
        for (size_t i = 0; i < sizeof indicator_units / sizeof indicator_units[0]; i++)
            if (str_equal_text(token->text, indicator_units[i].zh) ||
                str_equal_text(token->text, indicator_units[i].en)) {
                token_spell(token, indicator_units[i].zh, indicator_units[i].en);
                indicator->unit = indicator_units[i].unit;
                type = (struct type){indicator_units[i].type, -1};
            }
        if (type.kind == TYPE_NONE) {
            clause->cursor.next--;
            cursor_fail(&clause->cursor, "unknown-unit", "Write 人, 人次, 家, 个, 元 or %.",
                        "'%.*s' is no unit of an indicator", STR_ARG(token->text));
        }
    }
    struct scope whole = {.table = -1};
    clause = block_need(block, CLAUSE_VALUE);
    if (clause)
        indicator->value = clause_expr(clause, &whole, type);
}

static void parse_requirement(struct cursor *cursor, struct target *target, struct type type)
{
    static const struct {
        enum keyword word;
        char symbol;
        enum target_op op;
    } operators[] = {{KEY_AT_LEAST, 'g', TARGET_AT_LEAST}, {KEY_AT_MOST, 'l', TARGET_AT_MOST},
                     {KEY_UP_TO, 'l', TARGET_AT_MOST},     {KEY_ABOUT, '~', TARGET_ABOUT},
                     {KEY_EXACTLY, '=', TARGET_EQUAL}};
    if (cursor_accept(cursor, KEY_FULL)) {
        target->op = TARGET_FULL;
        return;
    }
    bool found = false;
    for (size_t i = 0; !found && i < sizeof operators / sizeof operators[0]; i++)
        if (cursor_accept(cursor, operators[i].word) ||
            cursor_accept_symbol(cursor, operators[i].symbol)) {
            target->op = operators[i].op;
            found = true;
        }
    if (!found) {
        cursor_expect(cursor, KEY_AT_LEAST);
        return;
    }
    struct scope nothing = {.table = -1};
    struct expr *value = parse_literal(cursor);
    value = value ? typing_expr(cursor, value, &nothing, type) : NULL;
    if (value && !typing_is(value->type, type)) {
        finding_add(cursor->reading, FINDING_ERROR, "unit", value->span, "",
                    "%s where %s is needed", type_words(cursor->reading, value->type),
                    type_words(cursor->reading, type));
        cursor->failed = true;
    }
    target->value = value;
}

static int32_t parse_year_count(struct cursor *cursor)
{
    int64_t months;
    struct type type = {TYPE_MONTHS, -1};
    if (!parse_value(cursor, type, &months))
        return 1;
    if (months < 12 || months % 12 != 0 || months > 1200) {
        cursor->next -= 2;
        cursor_fail(cursor, "period", "", "the period is not a number of whole years");
        return 1;
    }
    return (int32_t)(months / 12);
}

static void parse_deadline(struct cursor *cursor, struct target *target)
{
    target->period_years = 1;
    target->from_day = target->to_day = ABSENT_I32;
    if (cursor_accept(cursor, KEY_YEARLY)) {
        target->period = TARGET_PER_YEAR;
    } else if (cursor_accept(cursor, KEY_EVERY)) {
        target->period_years = parse_year_count(cursor);
        target->period = target->period_years == 1 ? TARGET_PER_YEAR : TARGET_PER_YEARS;
    } else if (cursor_accept(cursor, KEY_CUMULATIVE)) {
        target->period = TARGET_CUMULATIVE;
        target->period_years = parse_year_count(cursor);
    } else {
        target->period = TARGET_BY;
        if (cursor_whole_day(cursor, true, &target->to_day) && cursor_accept(cursor, KEY_SINCE))
            cursor_whole_day(cursor, false, &target->from_day);
    }
}

void parse_target(struct block *block, struct target *target)
{
    static const enum statement_kind kinds[] = {STATEMENT_INDICATOR};
    target->indicator = -1;
    struct clause *clause = block_need(block, CLAUSE_INDICATOR);
    if (clause)
        target->indicator = statement_named(&clause->cursor, kinds, 1, "indicator");
    clause = block_need(block, CLAUSE_REQUIRE);
    if (clause && target->indicator >= 0) {
        const struct statement *indicator =
            &block->reading->policy->statements[target->indicator];
        parse_requirement(&clause->cursor, target, indicator->as.indicator->value->type);
    } else if (clause) {
        clause->cursor.next = clause->cursor.end;
    }
    clause = block_need(block, CLAUSE_BY);
    if (clause)
        parse_deadline(&clause->cursor, target);
    target->owner = optional_text(block, CLAUSE_OWNER);
}

static bool settles_groups(enum settlement_kind kind)
{
    return kind != SETTLEMENT_STACK && kind != SETTLEMENT_QUOTA;
}

static bool parse_rule_list(struct cursor *cursor, struct settlement_clause *clause)
{
    static const enum statement_kind kinds[] = {STATEMENT_GRANT, STATEMENT_CONFER,
                                                STATEMENT_PROMOTE, STATEMENT_ADMIT};
    int32_t *rules = NULL;
    int32_t capacity = 0;
    do {
        GROW(cursor->reading, rules, clause->rule_count, &capacity);
        rules[clause->rule_count] = statement_named(cursor, kinds, 4, "rule");
        if (rules[clause->rule_count++] < 0)
            return false;
    } while (clause->kind != SETTLEMENT_QUOTA && cursor_accept_symbol(cursor, ','));
    clause->rules = rules;
    return true;
}

/* What one group is for (每人, 每家), or KEY_NONE. */
static enum keyword settlement_period(struct cursor *cursor, struct settlement_clause *clause)
{
    enum keyword head;
    int32_t first = cursor->next;
    bool timed = parse_period(cursor, &clause->period, &clause->period_years, &head);
    if (timed && clause->period == PERIOD_WEEK) {
        cursor->next = first;
        cursor_fail(cursor, "period", "Write 每月, 每年 or 每 2年.", "only a duty counts by weeks");
    }
    if (!timed) {
        clause->period = PERIOD_YEAR;
        clause->period_years = 1;
    }
    return head;
}

/* 付给: the body that is paid, or the subject when the rule names none. */
static struct expr *payee_key(struct cursor *cursor, const struct rule *rule, struct span span)
{
    if (rule->payee)
        return rule->payee;
    struct expr *subject = TAKE(cursor->reading, struct expr, 1);
    *subject = (struct expr){.kind = EXPR_FIELD, .type = {TYPE_REF, rule->subject}, .span = span,
                             .up = rule->each >= 0, .through = -1, .inverse = -1,
                             .table = rule->subject, .field = -1, .statement = -1,
                             .outside_register = -1};
    return subject;
}

static struct expr *group_key(struct cursor *cursor, const struct rule *rule)
{
    struct token *token = cursor_peek(cursor);
    if (token->kind == TOKEN_WORD && keyword_clause(token->text) == CLAUSE_PAYEE) {
        token_spell(token, keyword_zh(CLAUSE_PAYEE), keyword_en(CLAUSE_PAYEE));
        cursor_take(cursor);
        return payee_key(cursor, rule, token_span(cursor->document, token, token));
    }
    struct scope basis = {.table = rule->each >= 0 ? rule->each : rule->subject};
    struct expr *key = parse_literal(cursor);
    return key ? typing_expr(cursor, key, &basis, type_none) : NULL;
}

/* 按 KEY: read once for each rule, on the records that the rule counts. */
static void parse_group_keys(struct cursor *cursor, struct settlement_clause *clause)
{
    struct reading *reading = cursor->reading;
    struct expr **keys = TAKE(reading, struct expr *, clause->rule_count);
    int32_t first = cursor->next;
    for (int32_t i = 0; i < clause->rule_count; i++) {
        cursor->next = first;
        keys[i] = group_key(cursor, reading->policy->statements[clause->rules[i]].as.rule);
        if (!keys[i])
            return;
        struct type type = keys[i]->type;
        if (type.kind == keys[0]->type.kind && type.target == keys[0]->type.target)
            continue;
        struct str name = reading->policy->statements[clause->rules[i]].name;
        finding_add(reading, FINDING_ERROR, "unit", clause->span,
                    "Group by what both rules have: 职业, 付给 (payee).",
                    "the key of '%.*s' is %s", STR_ARG(name), type_words(reading, type));
        cursor->failed = true;
        return;
    }
    clause->keys = keys;
}

/* 50% 于 (of what was paid), or an amount; nothing: all of it. */
static bool parse_claw_amount(struct cursor *cursor, struct settlement_clause *clause)
{
    struct token *next = cursor_peek_at(cursor, 1);
    bool is_value = cursor_peek(cursor)->kind == TOKEN_NUMBER ||
                    (next->kind == TOKEN_WORD && keyword_is(KEY_OVER, next->text));
    if (!is_value)
        return true;
    struct scope nothing = {.table = -1};
    struct expr *amount = parse_literal(cursor);
    clause->amount = amount ? typing_expr(cursor, amount, &nothing, type_none) : NULL;
    if (clause->amount && clause->amount->type.kind != TYPE_MONEY &&
        clause->amount->type.kind != TYPE_RATE)
        cursor_fail(cursor, "unit", "Write 50% 于 or 1000元 于, or nothing for all of it.",
                    "what is taken back is money or a rate");
    return clause->amount && cursor_expect(cursor, KEY_OVER);
}

/* 追回 [VALUE 于] RULE, … 当 CONDITION: read once for each rule, on the records that it counts. */
static void parse_claw_back(struct cursor *cursor, struct settlement_clause *clause)
{
    struct reading *reading = cursor->reading;
    clause->period = PERIOD_ONCE;
    if (!parse_claw_amount(cursor, clause) || !parse_rule_list(cursor, clause) ||
        !cursor_expect(cursor, KEY_WHEN))
        return;
    struct expr **conditions = TAKE(reading, struct expr *, clause->rule_count);
    int32_t first = cursor->next;
    for (int32_t i = 0; i < clause->rule_count; i++) {
        const struct statement *paid = &reading->policy->statements[clause->rules[i]];
        struct rule *rule = paid->as.rule;
        rule->reaches_back = true;
        if (rule->amount_kind == AMOUNT_NONE) {
            finding_add(reading, FINDING_ERROR, "unit", clause->span, "",
                        "'%.*s' pays nothing that could be taken back", STR_ARG(paid->name));
            cursor->failed = true;
            return;
        }
        struct scope basis = {.table = rule->each >= 0 ? rule->each : rule->subject};
        cursor->next = first;
        struct expr *condition = parse_expr(cursor);
        condition = condition ? typing_expr(cursor, condition, &basis, type_bool) : NULL;
        if (condition && condition->type.kind != TYPE_BOOL)
            cursor_fail(cursor, "unit", "", "a condition is yes or no");
        if (!condition || cursor->failed)
            return;
        conditions[i] = condition;
    }
    clause->keys = conditions;
}

static void parse_settlement_clause(struct block *block, struct clause *words,
                                    struct settlement_clause *clause)
{
    struct cursor *cursor = &words->cursor;
    enum keyword head = KEY_NONE;
    clause->span = token_span(cursor->document, words->word, &cursor->tokens[cursor->end - 1]);
    clause->period = PERIOD_YEAR;
    clause->period_years = 1;
    if (clause->kind == SETTLEMENT_CLAW_BACK) {
        parse_claw_back(cursor, clause);
        return;
    }
    if (clause->kind == SETTLEMENT_CAP) {
        struct scope nothing = {.table = -1};
        struct expr *amount = parse_literal(cursor);
        clause->amount = amount ? typing_expr(cursor, amount, &nothing, type_money) : NULL;
        if (clause->amount && clause->amount->type.kind != TYPE_MONEY)
            cursor_fail(cursor, "unit", "", "a cap is an amount of money");
        head = settlement_period(cursor, clause);
        if (!cursor_expect(cursor, KEY_OVER))
            return;
    }
    if (!parse_rule_list(cursor, clause))
        return;
    const struct rule *first = block->reading->policy->statements[clause->rules[0]].as.rule;
    if (clause->kind == SETTLEMENT_QUOTA) {
        struct scope basis = {.table = first->each >= 0 ? first->each : first->subject};
        parse_quota(cursor, &basis, &clause->quota);
    } else if (clause->kind != SETTLEMENT_CAP && !cursor_done(cursor)) {
        head = settlement_period(cursor, clause);
    }
    if (settles_groups(clause->kind) && cursor_accept(cursor, KEY_BY)) {
        parse_group_keys(cursor, clause);
        clause->spans_subjects = head == KEY_NONE;
    }
    if (clause->kind == SETTLEMENT_STACK || clause->spans_subjects)
        return;
    for (int32_t i = 1; i < clause->rule_count; i++)
        if (block->reading->policy->statements[clause->rules[i]].as.rule->subject !=
            first->subject)
            finding_add(block->reading, FINDING_ERROR, "unit", clause->span, "",
                        "the rules do not pay the same kind of subject");
}

void parse_settlement(struct block *block, struct settlement *settlement)
{
    static const struct {
        enum keyword word;
        enum settlement_kind kind;
    } kinds[] = {{CLAUSE_HIGHER_OF, SETTLEMENT_HIGHER_OF},
                 {CLAUSE_CAP, SETTLEMENT_CAP},
                 {CLAUSE_STACK, SETTLEMENT_STACK},
                 {CLAUSE_EXCLUSIVE, SETTLEMENT_EXCLUSIVE},
                 {CLAUSE_DIFFERENCE, SETTLEMENT_DIFFERENCE},
                 {CLAUSE_CLAW_BACK, SETTLEMENT_CLAW_BACK},
                 {CLAUSE_QUOTA, SETTLEMENT_QUOTA}};
    struct settlement_clause *clauses = NULL;
    int32_t capacity = 0;
    for (int32_t i = 0; i < block->clause_count; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            if (block->clauses[i].read || block->clauses[i].keyword != kinds[k].word)
                continue;
            block_clause(block, kinds[k].word);
            GROW(block->reading, clauses, settlement->clause_count, &capacity);
            struct settlement_clause *clause = &clauses[settlement->clause_count++];
            clause->kind = kinds[k].kind;
            parse_settlement_clause(block, &block->clauses[i], clause);
        }
    settlement->clauses = clauses;
    if (settlement->clause_count == 0)
        finding_add(block->reading, FINDING_ERROR, "missing-clause", block_head(block),
                    "Write 从高, 封顶, 互斥, 补差, 追回, 并享 or 名额.",
                    "the settlement settles nothing");
}
