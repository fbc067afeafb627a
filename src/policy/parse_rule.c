/* parse_rule.c — who gets what, how often and how many: grants, titles, levels, rights, and what
 * overrides them. */
#include "policy/policy_limits.h"
#include "policy/reading.h"

static const struct type type_none = {TYPE_NONE, -1};
static const struct type type_bool = {TYPE_BOOL, -1};
static const struct type type_money = {TYPE_MONEY, -1};
static const struct type type_count = {TYPE_COUNT, -1};
static const struct type type_months = {TYPE_MONTHS, -1};
static const struct type type_day = {TYPE_DAY, -1};

int32_t parse_table_name(struct cursor *cursor, const char *what)
{
    const struct vocab *vocab = cursor->reading->vocab;
    struct str name = cursor_name(cursor, what);
    if (!name.ptr)
        return -1;
    int32_t table = vocab_table(vocab, name);
    if (table < 0) {
        const char **candidates = TAKE(cursor->reading, const char *, 2 * vocab->record_count);
        for (int32_t i = 0; i < vocab->record_count; i++) {
            candidates[2 * i] = vocab->records[i].label_zh;
            candidates[2 * i + 1] = vocab->records[i].name;
        }
        const char *near = nearest_word(name, candidates, 2 * vocab->record_count);
        cursor->next--;
        cursor_fail(cursor, "unknown-name",
                    near ? sentence(cursor->reading, "Did you mean '%s'?", near) : "",
                    "there is no record called '%.*s'", STR_ARG(name));
        return -1;
    }
    token_spell(&cursor->tokens[cursor->next - 1], vocab->records[table].label_zh,
                vocab->records[table].name);
    return table;
}

/* 每人每月 and its like in one word. */
static bool parse_joined_period(struct cursor *cursor, enum period_kind *ret_period,
                                enum keyword *ret_head)
{
    static const struct {
        enum keyword word, head;
        enum period_kind period;
    } joined[] = {
        {KEY_EACH_PERSON_MONTH, KEY_EACH_PERSON, PERIOD_MONTH},
        {KEY_EACH_PERSON_YEAR, KEY_EACH_PERSON, PERIOD_YEAR},
        {KEY_EACH_PERSON_ONCE, KEY_EACH_PERSON, PERIOD_ONCE},
        {KEY_EACH_BODY_YEAR, KEY_EACH_BODY, PERIOD_YEAR},
        {KEY_EACH_BODY_ONCE, KEY_EACH_BODY, PERIOD_ONCE},
        {KEY_EACH_ITEM_YEAR, KEY_NONE, PERIOD_YEAR},
        {KEY_EACH_ITEM_ONCE, KEY_NONE, PERIOD_ONCE},
    };
    for (size_t i = 0; i < sizeof joined / sizeof joined[0]; i++)
        if (cursor_accept(cursor, joined[i].word)) {
            *ret_period = joined[i].period;
            *ret_head = joined[i].head;
            return true;
        }
    return false;
}

bool parse_period(struct cursor *cursor, enum period_kind *ret_period, int32_t *ret_years,
                  enum keyword *ret_head)
{
    *ret_head = KEY_NONE;
    *ret_years = 1;
    if (parse_joined_period(cursor, ret_period, ret_head))
        return true;
    if (cursor_accept(cursor, KEY_EACH_PERSON))
        *ret_head = KEY_EACH_PERSON;
    else if (cursor_accept(cursor, KEY_EACH_BODY))
        *ret_head = KEY_EACH_BODY;
    else
        cursor_accept(cursor, KEY_EACH_ITEM);
    if (cursor_accept(cursor, KEY_ONCE))
        *ret_period = PERIOD_ONCE;
    else if (cursor_accept(cursor, KEY_WEEKLY))
        *ret_period = PERIOD_WEEK;
    else if (cursor_accept(cursor, KEY_MONTHLY))
        *ret_period = PERIOD_MONTH;
    else if (cursor_accept(cursor, KEY_YEARLY))
        *ret_period = PERIOD_YEAR;
    else if (cursor_accept(cursor, KEY_EVERY) || cursor_peek(cursor)->kind == TOKEN_NUMBER) {
        int64_t months;
        if (!parse_value(cursor, type_months, &months))
            return false;
        if (months % 12 != 0 || months == 0 || months > 1200) {
            cursor->next -= 2;
            cursor_fail(cursor, "period", "", "the period is not a number of whole years");
            return false;
        }
        *ret_years = (int32_t)(months / 12);
        *ret_period = *ret_years == 1 ? PERIOD_YEAR : PERIOD_YEARS;
    } else {
        return false;
    }
    return true;
}

int32_t parse_order(struct cursor *cursor, const struct scope *scope, struct order_key **ret_keys)
{
    struct order_key *keys = NULL;
    int32_t count = 0, capacity = 0;
    do {
        if (cursor_accept(cursor, KEY_ID)) { /* the row's id is the last key of every order */
            cursor_accept(cursor, KEY_ASCENDING);
            continue;
        }
        struct expr *key = parse_literal(cursor);
        key = key ? typing_expr(cursor, key, scope, type_none) : NULL;
        if (!key)
            return 0;
        if (!type_has_order(cursor->reading->vocab, key->type) && key->type.kind != TYPE_BOOL) {
            finding_add(cursor->reading, FINDING_ERROR, "order", key->span, "", "%s has no order",
                        type_words(cursor->reading, key->type));
            cursor->failed = true;
            return 0;
        }
        GROW(cursor->reading, keys, count, &capacity);
        keys[count].key = key;
        keys[count].descending = cursor_accept(cursor, KEY_DESCENDING);
        if (!keys[count++].descending)
            cursor_accept(cursor, KEY_ASCENDING);
    } while (cursor_accept_symbol(cursor, ','));
    *ret_keys = keys;
    return count;
}

void parse_quota(struct cursor *cursor, const struct scope *scope, struct quota *quota)
{
    enum period_kind period = PERIOD_YEAR;
    enum keyword head;
    quota->present = true;
    quota->period_years = 1;
    bool timed = parse_period(cursor, &period, &quota->period_years, &head);
    if (timed && period != PERIOD_YEAR && period != PERIOD_YEARS) {
        cursor_fail(cursor, "period", "Write 每年 or 每 2年.", "a quota counts by years");
        return;
    }
    quota->about = cursor_accept(cursor, KEY_ABOUT);
    if (!quota->about && !cursor_accept(cursor, KEY_UP_TO) && !cursor_expect(cursor, KEY_AT_MOST))
        return;
    struct scope nothing = {.table = -1};
    struct expr *limit = parse_literal(cursor);
    limit = limit ? typing_expr(cursor, limit, &nothing, type_count) : NULL;
    if (limit && limit->type.kind != TYPE_COUNT) {
        finding_add(cursor->reading, FINDING_ERROR, "unit", limit->span, "",
                    "%s where a count is needed", type_words(cursor->reading, limit->type));
        cursor->failed = true;
        return;
    }
    quota->limit = limit;
    struct order_key *keys = NULL;
    if (cursor_accept(cursor, KEY_BY))
        quota->order_count = parse_order(cursor, scope, &keys);
    quota->order = keys;
    if (!quota->about && !cursor->failed && quota->order_count == 0)
        finding_add(cursor->reading, FINDING_WARNING, "quota-order",
                    token_span(cursor->document, &cursor->tokens[cursor->next - 1],
                               &cursor->tokens[cursor->next - 1]),
                    "Add 按 … 降序 (by … descending).",
                    "the quota does not say who comes first; the older record does");
}

static void check_head(struct cursor *cursor, enum keyword head, const struct rule *rule)
{
    const struct vocab *vocab = cursor->reading->vocab;
    struct str wanted = head == KEY_EACH_PERSON ? STR("person") : STR("organisation");
    int32_t table = head == KEY_NONE ? -1 : vocab_table(vocab, wanted);
    if (table < 0 || rule->subject < 0 || table == rule->subject)
        return;
    finding_add(cursor->reading, FINDING_ERROR, "unit", rule->period_unit,
                "Say what one payment is for: 每人, 每家 or 每个.",
                "%s (%s) in a rule about %s", keyword_zh(head), keyword_en(head),
                vocab->records[rule->subject].label_zh);
}

static void parse_rule_period(struct cursor *cursor, struct rule *rule, bool *said)
{
    struct token *first = cursor_peek(cursor);
    enum period_kind period;
    int32_t years;
    enum keyword head;
    if (cursor_done(cursor))
        return;
    bool timed = parse_period(cursor, &period, &years, &head);
    if (cursor_peek(cursor) == first)
        return;
    struct span span = token_span(cursor->document, first, &cursor->tokens[cursor->next - 1]);
    if (timed && period == PERIOD_WEEK) {
        finding_add(cursor->reading, FINDING_ERROR, "period", span,
                    "Write 每月, 每年 or 每 2年.", "only a duty counts by weeks");
        return;
    }
    if (!timed) { /* 每人 alone: what one payment is for */
        rule->period_unit = span;
        check_head(cursor, head, rule);
        return;
    }
    if (*said && (period != rule->period || years != rule->period_years)) {
        finding_add(cursor->reading, FINDING_ERROR, "period", span, "Say it once.",
                    "the amount and 周期 (per) name different periods");
        return;
    }
    rule->period = period;
    rule->period_years = years;
    rule->period_unit = span;
    *said = true;
    check_head(cursor, head, rule);
}

static struct expr *amount_expr(struct cursor *cursor, const struct scope *scope)
{
    struct expr *amount = parse_expr(cursor);
    amount = amount ? typing_expr(cursor, amount, scope, type_money) : NULL;
    if (!amount || amount->type.kind == TYPE_MONEY)
        return amount;
    finding_add(cursor->reading, FINDING_ERROR, "unit", amount->span, "",
                "%s where money is needed", type_words(cursor->reading, amount->type));
    cursor->failed = true;
    return NULL;
}

/* 每人每天 and its like, when it says what one payment is multiplied by: 按 how many follows. */
static enum amount_rate parse_rate_word(struct cursor *cursor)
{
    static const struct {
        enum keyword word;
        enum amount_rate rate;
        bool is_period; /* without 按 */
    } words[] = {
        {KEY_EACH_PERSON_DAY, AMOUNT_PERSON_DAY, false},
        {KEY_DAILY, AMOUNT_DAY, false},
        {KEY_EACH_CLASS_HOUR, AMOUNT_CLASS_HOUR, false},
        {KEY_EACH_PERSON_MONTH, AMOUNT_PERSON_MONTH, true},
        {KEY_MONTHLY, AMOUNT_MONTH, true},
    };
    int32_t first = cursor->next;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!cursor_accept(cursor, words[i].word))
            continue;
        if (cursor_accept(cursor, KEY_BY))
            return words[i].rate;
        cursor->next = first;
        if (!words[i].is_period)
            cursor_fail(cursor, "period", "Say how many: 每人每天 按 天数(…).",
                        "the amount is for a part, and nothing says of how many");
        return AMOUNT_WHOLE;
    }
    return AMOUNT_WHOLE;
}

static bool rate_counts(enum amount_rate rate, enum type_kind kind)
{
    switch (rate) {
    case AMOUNT_PERSON_DAY:
    case AMOUNT_DAY:
        return kind == TYPE_DAYS || kind == TYPE_WORKING_DAYS;
    case AMOUNT_PERSON_MONTH:
    case AMOUNT_MONTH:
        return kind == TYPE_MONTHS;
    case AMOUNT_CLASS_HOUR:
        return kind == TYPE_COUNT;
    case AMOUNT_WHOLE:
        break;
    }
    return false;
}

/* 50元 每人每天 按 天数(…): the amount becomes the product. The persons may be others than the
 * subject: a base is paid for its pupils. */
static void parse_rate(struct cursor *cursor, const struct scope *scope, struct rule *rule)
{
    struct token *first = cursor_peek(cursor);
    enum amount_rate rate = parse_rate_word(cursor);
    if (rate == AMOUNT_WHOLE || !rule->amount)
        return;
    rule->period_unit =
        token_span(cursor->document, first, &cursor->tokens[cursor->next - 2]);
    struct expr *many = parse_expr(cursor);
    many = many ? typing_expr(cursor, many, scope, type_none) : NULL;
    if (!many)
        return;
    if (!rate_counts(rate, many->type.kind)) {
        finding_add(cursor->reading, FINDING_ERROR, "unit", many->span,
                    "每人每天 takes 天 or 个工作日, 每人每月 个月, 每课时 a count.",
                    "%.*s by %s", STR_ARG(rule->period_unit.text),
                    type_words(cursor->reading, many->type));
        cursor->failed = true;
        return;
    }
    struct expr *product = TAKE(cursor->reading, struct expr, 1);
    *product = *rule->amount; /* keeps the words and the place */
    product->kind = EXPR_ARITHMETIC;
    product->op = OP_MULTIPLY;
    product->type = type_money;
    product->children = TAKE(cursor->reading, struct expr *, 2);
    product->children[0] = rule->amount;
    product->children[1] = many;
    product->child_count = 2;
    rule->amount = product;
    rule->amount_rate = rate;
}

static void parse_amount(struct clause *clause, const struct scope *basis, struct rule *rule,
                         bool *period_said)
{
    struct cursor *cursor = &clause->cursor;
    rule->amount_owner = (struct str){"", 0};
    if (cursor_accept(cursor, KEY_OPEN))
        rule->amount_kind = AMOUNT_OPEN;
    else if (cursor_accept(cursor, KEY_ON_TOP))
        rule->amount_kind = AMOUNT_ON_TOP;
    else if (cursor_accept(cursor, KEY_UP_TO) || cursor_accept(cursor, KEY_AT_MOST))
        rule->amount_kind = AMOUNT_UP_TO;
    else
        rule->amount_kind = AMOUNT_EXACT;
    if (rule->amount_kind == AMOUNT_EXACT || rule->amount_kind == AMOUNT_UP_TO)
        rule->amount = amount_expr(cursor, basis);
    parse_rate(cursor, basis, rule);
    if (rule->amount_rate == AMOUNT_WHOLE)
        parse_rule_period(cursor, rule, period_said);
    if (rule->amount_kind != AMOUNT_EXACT && cursor_accept(cursor, KEY_OWNED_BY))
        rule->amount_owner = cursor_text(cursor);
    else if (rule->amount_kind == AMOUNT_OPEN || rule->amount_kind == AMOUNT_ON_TOP)
        cursor_expect(cursor, KEY_OWNED_BY);
}

/* The child table whose rows the rule counts one by one. */
static bool parse_each(struct block *block, struct rule *rule)
{
    struct clause *clause = block_clause(block, CLAUSE_EACH);
    if (!clause)
        return true;
    const struct vocab *vocab = block->reading->vocab;
    struct cursor *cursor = &clause->cursor;
    rule->each = parse_table_name(cursor, "a record");
    if (rule->each < 0)
        return false;
    if (vocab_owner(vocab, rule->each) != rule->subject) {
        cursor->next--;
        cursor_fail(cursor, "unreachable", "", "%s does not belong to %s",
                    vocab->records[rule->each].label_zh, vocab->records[rule->subject].label_zh);
        return false;
    }
    if (!cursor_accept(cursor, KEY_SATISFYING))
        return true;
    struct scope scope = {.table = rule->each};
    rule->each_where = clause_expr(clause, &scope, type_bool);
    return rule->each_where != NULL;
}

/* 3次, or a parameter of the document: how many of the bases count. */
static bool parse_best_count(struct cursor *cursor, struct rule *rule)
{
    const struct scope nothing = {.table = -1};
    int32_t first = cursor->next;
    struct expr *best = parse_literal(cursor);
    best = best ? typing_expr(cursor, best, &nothing, type_count) : NULL;
    if (!best)
        return false;
    if (best->type.kind != TYPE_COUNT) {
        finding_add(cursor->reading, FINDING_ERROR, "unit", best->span, "",
                    "%s where a count is needed", type_words(cursor->reading, best->type));
        cursor->failed = true;
        return false;
    }
    rule->best_count = INT32_MAX;
    if (best->kind != EXPR_LITERAL) {
        rule->best = best;
    } else if (best->value < 1 || best->value > INT32_MAX) {
        cursor->next = first;
        cursor_fail(cursor, "number", "", "at least one must be taken");
    } else {
        rule->best_count = (int32_t)best->value;
    }
    return !cursor->failed;
}

static void parse_basis(struct block *block, struct rule *rule, const struct scope *basis)
{
    struct reading *reading = block->reading;
    struct clause *clause = block_clause(block, CLAUSE_DISTINCT);
    int32_t capacity = 0;
    while (clause) {
        struct expr *key = parse_literal(&clause->cursor);
        key = key ? typing_expr(&clause->cursor, key, basis, type_none) : NULL;
        if (!key)
            break;
        GROW(reading, rule->distinct, rule->distinct_count, &capacity);
        rule->distinct[rule->distinct_count++] = key;
        if (!cursor_accept_symbol(&clause->cursor, ','))
            break;
    }
    clause = block_clause(block, CLAUSE_BEST);
    if (!clause || !parse_best_count(&clause->cursor, rule))
        return;
    struct order_key *keys = NULL;
    if (cursor_accept(&clause->cursor, KEY_BY))
        rule->best_order_count = parse_order(&clause->cursor, basis, &keys);
    rule->best_order = keys;
}

static void parse_confers(struct block *block, struct rule *rule, const struct scope *basis)
{
    const struct vocab *vocab = block->reading->vocab;
    enum statement_kind kind = block_statement(block)->kind;
    struct clause *clause;
    rule->right = rule->roster = (struct str){"", 0};
    if (kind == STATEMENT_CONFER && (clause = block_need(block, CLAUSE_TITLE)) != NULL) {
        struct type type = {TYPE_CODE, vocab_catalogue(vocab, STR("honour"))};
        rule->confers = clause_expr(clause, basis, type.target < 0 ? type_none : type);
    }
    if (kind == STATEMENT_CONFER && (clause = block_clause(block, CLAUSE_TERM)) != NULL)
        rule->term = clause_expr(clause, basis, type_months);
    if (kind == STATEMENT_PROMOTE && (clause = block_need(block, CLAUSE_LEVEL)) != NULL) {
        struct type type = {TYPE_ENUM, vocab_enum(vocab, STR("skill_level"))};
        rule->confers = clause_expr(clause, basis, type.target < 0 ? type_none : type);
    }
    if (kind == STATEMENT_ADMIT && (clause = block_need(block, CLAUSE_RIGHT)) != NULL)
        rule->right = cursor_text(&clause->cursor);
    if (kind == STATEMENT_ADMIT && (clause = block_clause(block, CLAUSE_ROSTER)) != NULL)
        rule->roster = cursor_text(&clause->cursor);
}

static void parse_money(struct block *block, struct rule *rule, const struct scope *basis,
                        bool *period_said)
{
    static const enum statement_kind fund_kind[] = {STATEMENT_FUND};
    bool grant = block_statement(block)->kind == STATEMENT_GRANT;
    struct clause *clause =
        grant ? block_need(block, CLAUSE_AMOUNT) : block_clause(block, CLAUSE_AMOUNT);
    if (clause)
        parse_amount(clause, basis, rule, period_said);
    clause = block_clause(block, CLAUSE_FUND);
    if (clause)
        rule->fund = statement_named(&clause->cursor, fund_kind, 1, "fund");
    clause = block_clause(block, CLAUSE_PAYEE);
    if (!clause)
        return;
    struct type body = {TYPE_REF, vocab_table(block->reading->vocab, STR("organisation"))};
    rule->payee = clause_expr(clause, basis, body.target < 0 ? type_none : body);
}

static void parse_rule_tail(struct block *block, struct rule *rule, const struct scope *basis)
{
    bool period_said = false;
    parse_money(block, rule, basis, &period_said);
    struct clause *clause = block_clause(block, CLAUSE_PER);
    if (clause)
        parse_rule_period(&clause->cursor, rule, &period_said);
    if (!period_said)
        rule->period = PERIOD_ONCE;
    clause = block_clause(block, CLAUSE_ANCHOR);
    if (clause)
        rule->anchor = clause_expr(clause, basis, type_day);
    clause = block_clause(block, CLAUSE_QUOTA);
    if (clause)
        parse_quota(&clause->cursor, basis, &rule->quota);
}

/* FIELD of the subject, RECORD.FIELD, or a whole RECORD. */
static bool parse_forbidden_field(struct cursor *cursor, const struct rule *rule,
                                  struct forbidden_field *forbidden)
{
    const struct vocab *vocab = cursor->reading->vocab;
    struct token *first = cursor_peek(cursor);
    struct str name = cursor_name(cursor, "a field");
    if (!name.ptr)
        return false;
    forbidden->table = rule->subject;
    forbidden->field = vocab_field(vocab, rule->subject, name);
    if (forbidden->field < 0) {
        cursor->next--;
        forbidden->table = parse_table_name(cursor, "a field or record");
        if (forbidden->table < 0)
            return false;
        if (!cursor_accept_symbol(cursor, '.')) {
            forbidden->span = token_span(cursor->document, first, first);
            return true;
        }
        name = cursor_name(cursor, "a field");
        forbidden->field = name.ptr ? vocab_field(vocab, forbidden->table, name) : -1;
    }
    if (forbidden->field < 0) {
        cursor->next--;
        cursor_fail(cursor, "unknown-name", "", "%s has no field '%.*s'",
                    vocab->records[forbidden->table].label_zh, STR_ARG(name));
        return false;
    }
    struct token *last = &cursor->tokens[cursor->next - 1];
    const struct field_desc *field = &vocab->records[forbidden->table].fields[forbidden->field];
    token_spell(last, field->label_zh, field->name);
    forbidden->span = token_span(cursor->document, first, last);
    return true;
}

static void parse_must_not_ask(struct block *block, struct rule *rule)
{
    struct clause *clause = block_clause(block, CLAUSE_MUST_NOT_ASK);
    if (!clause)
        return;
    struct forbidden_field *fields = NULL;
    int32_t capacity = 0;
    do {
        GROW(block->reading, fields, rule->must_not_ask_count, &capacity);
        if (!parse_forbidden_field(&clause->cursor, rule, &fields[rule->must_not_ask_count]))
            return;
        rule->must_not_ask_count++;
    } while (cursor_accept_symbol(&clause->cursor, ','));
    rule->must_not_ask = fields;
}

static void rule_start(struct rule *rule)
{
    rule->subject = rule->each = rule->fund = rule->base = -1;
    rule->period_years = 1;
    rule->amount_owner = rule->right = rule->roster = (struct str){"", 0};
}

void parse_rule(struct block *block, struct rule *rule)
{
    rule_start(rule);
    struct clause *clause = block_need(block, CLAUSE_TO);
    if (!clause || (rule->subject = parse_table_name(&clause->cursor, "a record")) < 0)
        return;
    struct scope subject = {.table = rule->subject};
    clause = block_clause(block, CLAUSE_WHERE);
    if (clause)
        rule->where = clause_expr(clause, &subject, type_bool);
    if (!parse_each(block, rule))
        return;
    struct scope basis = {.table = rule->each >= 0 ? rule->each : rule->subject};
    parse_basis(block, rule, &basis);
    parse_confers(block, rule, &basis);
    parse_rule_tail(block, rule, &basis);
    parse_must_not_ask(block, rule);
}

void parse_override(struct block *block, struct rule *rule)
{
    static const enum statement_kind rule_kinds[] = {STATEMENT_GRANT, STATEMENT_CONFER,
                                                     STATEMENT_PROMOTE, STATEMENT_ADMIT};
    rule_start(rule);
    struct clause *clause = block_need(block, CLAUSE_BASE);
    if (!clause)
        return;
    rule->base = statement_named(&clause->cursor, rule_kinds, 4, "rule");
    if (rule->base < 0)
        return;
    const struct rule *base = block->reading->policy->statements[rule->base].as.rule;
    rule->subject = base->subject;
    rule->each = base->each;
    rule->period = base->period;
    rule->period_years = base->period_years;
    rule->fund = base->fund;
    rule->anchor = base->anchor;
    struct scope subject = {.table = rule->subject};
    struct scope basis = {.table = rule->each >= 0 ? rule->each : rule->subject};
    clause = block_clause(block, CLAUSE_WHERE);
    if (clause)
        rule->where = clause_expr(clause, &subject, type_bool);
    clause = block_clause(block, CLAUSE_EACH);
    if (clause && parse_table_name(&clause->cursor, "a record") != rule->each) {
        clause->cursor.next--;
        cursor_fail(&clause->cursor, "unreachable", "Name the record of the base rule.",
                    "the base rule does not count these records");
    } else if (clause && cursor_accept(&clause->cursor, KEY_SATISFYING)) {
        rule->each_where = clause_expr(clause, &basis, type_bool);
    }
    if (!rule->where && !rule->each_where)
        finding_add(block->reading, FINDING_ERROR, "missing-clause", block_head(block), "",
                    "the clause 条件 (where) is missing");
    if (block_statement(block)->kind != STATEMENT_EXCEPTION)
        return;
    bool period_said = false;
    clause = block_clause(block, CLAUSE_AMOUNT);
    if (clause)
        parse_amount(clause, &basis, rule, &period_said);
    if (period_said && (rule->period != base->period || rule->period_years != base->period_years))
        finding_add(block->reading, FINDING_ERROR, "period", rule->period_unit, "",
                    "the exception names another period than its base");
}
