/* parse_data.c — what rules are made of: funds, registers, dated values, tables, definitions. */
#include "policy/policy_limits.h"
#include "policy/reading.h"

#include "base/day.h"

#include <stdlib.h>

static const struct type type_none = {TYPE_NONE, -1};
static const struct type type_bool = {TYPE_BOOL, -1};
static const struct type type_money = {TYPE_MONEY, -1};

bool parse_value(struct cursor *cursor, struct type type, int64_t *ret_value)
{
    struct scope nothing = {.table = -1};
    struct expr *expr = parse_literal(cursor);
    if (!expr || !(expr = typing_expr(cursor, expr, &nothing, type)))
        return false;
    if (expr->kind != EXPR_LITERAL || !typing_is(expr->type, type)) {
        finding_add(cursor->reading, FINDING_ERROR, "unit", expr->span, "", "%s where %s is needed",
                    expr->kind == EXPR_LITERAL ? type_words(cursor->reading, expr->type) : "a name",
                    type_words(cursor->reading, type));
        cursor->failed = true;
        return false;
    }
    *ret_value = expr->value;
    return true;
}

bool parse_type_name(struct cursor *cursor, struct type *ret_type)
{
    const struct vocab *vocab = cursor->reading->vocab;
    if (cursor_accept(cursor, KEY_UNIT_RATE)) {
        *ret_type = (struct type){TYPE_RATE, -1};
        return true;
    }
    if (cursor_accept(cursor, KEY_TYPE_DAY) || cursor_accept(cursor, KEY_TYPE_BOOL)) {
        bool day = keyword_is(KEY_TYPE_DAY, cursor->tokens[cursor->next - 1].text);
        *ret_type = (struct type){day ? TYPE_DAY : TYPE_BOOL, -1};
        return true;
    }
    struct str name = cursor_name(cursor, "a unit");
    if (!name.ptr)
        return false;
    struct token *token = &cursor->tokens[cursor->next - 1];
    const struct unit_word *unit = unit_of(name);
    if (unit) {
        token_spell(token, unit->zh, unit->en);
        *ret_type = (struct type){unit->type, -1};
        return true;
    }
    int32_t target = vocab_enum(vocab, name);
    if (target >= 0) {
        token_spell(token, vocab->enums[target].label_zh, vocab->enums[target].name);
        *ret_type = (struct type){TYPE_ENUM, target};
        return true;
    }
    target = vocab_catalogue(vocab, name);
    if (target >= 0) {
        token_spell(token, vocab->catalogues[target].label_zh, vocab->catalogues[target].name);
        *ret_type = (struct type){TYPE_CODE, target};
        return true;
    }
    cursor->next--;
    cursor_fail(cursor, "unknown-unit", "Write 元, %, 个月, 天, 人, 日期, 是否 or a code's name.",
                "'%.*s' is no unit", STR_ARG(name));
    return false;
}

void parse_fund(struct block *block, struct fund *fund)
{
    struct clause *clause = block_clause(block, CLAUSE_SOURCE);
    fund->source = clause ? cursor_text(&clause->cursor) : (struct str){"", 0};
    struct fund_budget *budgets = NULL;
    int32_t capacity = 0;
    while ((clause = block_clause(block, CLAUSE_BUDGET)) != NULL) {
        struct cursor *cursor = &clause->cursor;
        int32_t day;
        int64_t amount_fen;
        if (!cursor_whole_day(cursor, false, &day) ||
            !parse_value(cursor, type_money, &amount_fen))
            continue;
        GROW(block->reading, budgets, fund->budget_count, &capacity);
        for (int32_t i = 0; i < fund->budget_count; i++)
            if (budgets[i].year == day_year(day))
                finding_add(block->reading, FINDING_ERROR, "edition", block_head(block), "",
                            "the budget of %d stands twice", day_year(day));
        budgets[fund->budget_count++] = (struct fund_budget){day_year(day), amount_fen};
    }
    fund->budgets = budgets;
    clause = block_clause(block, CLAUSE_WHEN_SHORT);
    if (!clause)
        return;
    if (cursor_accept(&clause->cursor, KEY_QUEUE))
        fund->when_short = FUND_SHORT_QUEUE;
    else if (cursor_accept(&clause->cursor, KEY_PRO_RATA))
        fund->when_short = FUND_SHORT_PRO_RATA;
    else if (!cursor_expect(&clause->cursor, KEY_STOP))
        return;
    if (!cursor_accept(&clause->cursor, KEY_BY))
        return;
    struct cursor *cursor = &clause->cursor;
    if (fund->when_short == FUND_SHORT_PRO_RATA)
        cursor_fail(cursor, "order", "Leave the order out.",
                    "who is paid in proportion has no order");
    fund->order_tokens = &cursor->tokens[cursor->next];
    fund->order_token_count = cursor->end - cursor->next;
    fund->order_document = cursor->document;
    cursor->next = cursor->end;
}

static int compare_register_rows(const void *a, const void *b)
{
    const struct register_row *x = a, *y = b;
    if (x->code != y->code)
        return x->code < y->code ? -1 : 1;
    return (x->from_day > y->from_day) - (x->from_day < y->from_day);
}

static void parse_register_row(struct cursor *cursor, struct type type, int32_t in_force_day,
                               struct register_row *row)
{
    struct token *token = cursor_take(cursor);
    row->from_day = in_force_day;
    row->to_day = INT32_MAX;
    if (!typing_code(cursor, token, type, true, &row->code))
        return;
    cursor_accept(cursor, KEY_SINCE);
    if (!cursor_done(cursor) && !cursor_is(cursor, KEY_UNTIL))
        cursor_whole_day(cursor, false, &row->from_day);
    if (cursor_accept(cursor, KEY_UNTIL))
        cursor_whole_day(cursor, true, &row->to_day);
    if (row->to_day < row->from_day)
        cursor_fail(cursor, "edition", "Write the first day before the last.",
                    "the code leaves the register before it enters");
    cursor_end(cursor);
}

void parse_register(struct block *block, struct register_statement *reg)
{
    const struct vocab *vocab = block->reading->vocab;
    reg->outside = reg->catalogue = -1;
    struct clause *clause = block_clause(block, CLAUSE_OUTSIDE);
    if (!clause && (clause = block_clause(block, CLAUSE_SOURCE)) != NULL)
        cursor_expect(&clause->cursor, KEY_OUTSIDE_WORD);
    if (clause) {
        struct str name = cursor_text(&clause->cursor);
        reg->outside = vocab_register(vocab, name);
        if (reg->outside < 0) {
            clause->cursor.next--;
            cursor_fail(&clause->cursor, "unknown-name", "", "there is no register called '%.*s'",
                        STR_ARG(name));
            return;
        }
        reg->catalogue =
            vocab_catalogue(vocab, str_from(vocab->registers[reg->outside].catalogue));
        return;
    }
    clause = block_need(block, CLAUSE_CODES);
    struct type type;
    if (!clause || !parse_type_name(&clause->cursor, &type))
        return;
    if (type.kind != TYPE_CODE) {
        clause->cursor.next--;
        cursor_fail(&clause->cursor, "unknown-name", "", "that is no catalogue");
        return;
    }
    reg->catalogue = type.target;
    struct register_row *rows = NULL;
    int32_t capacity = 0;
    int32_t in_force_day =
        block->reading->policy->documents[block_statement(block)->document].in_force_day;
    while ((clause = block_row(block)) != NULL) {
        GROW(block->reading, rows, reg->row_count, &capacity);
        parse_register_row(&clause->cursor, type, in_force_day, &rows[reg->row_count++]);
    }
    if (reg->row_count)
        qsort(rows, (size_t)reg->row_count, sizeof *rows, compare_register_rows);
    for (int32_t i = 1; i < reg->row_count; i++)
        if (rows[i].code == rows[i - 1].code && rows[i].from_day <= rows[i - 1].to_day)
            finding_add(block->reading, FINDING_ERROR, "edition", block_head(block),
                        "End the first one before the second begins.",
                        "code %lld is in the register twice at the same time",
                        (long long)rows[i].code);
    reg->rows = rows;
}

static void parse_parameter_values(struct cursor *cursor, const struct parameter *parameter,
                                   struct parameter_row *row)
{
    int64_t *keys = NULL, *values = NULL;
    int32_t key_capacity = 0, value_capacity = 0;
    struct type key_type = {TYPE_ENUM, parameter->key_enum};
    do {
        GROW(cursor->reading, keys, row->value_count, &key_capacity);
        GROW(cursor->reading, values, row->value_count, &value_capacity);
        if (parameter->key_enum >= 0 &&
            !parse_value(cursor, key_type, &keys[row->value_count]))
            return;
        if (!parse_value(cursor, parameter->type, &values[row->value_count]))
            return;
        for (int32_t i = 0; parameter->key_enum >= 0 && i < row->value_count; i++)
            if (keys[i] == keys[row->value_count]) {
                cursor->next--;
                cursor_fail(cursor, "edition", "", "the key stands twice on this day");
                return;
            }
        row->value_count++;
    } while (parameter->key_enum >= 0 && cursor_accept_symbol(cursor, ','));
    row->keys = parameter->key_enum >= 0 ? keys : NULL;
    row->values = values;
}

static void parse_parameter_row(struct cursor *cursor, const struct parameter *parameter,
                                struct parameter_row *row)
{
    row->reason = (struct str){"", 0};
    if (!cursor_whole_day(cursor, false, &row->from_day))
        return;
    cursor_accept(cursor, KEY_FROM_DAY);
    parse_parameter_values(cursor, parameter, row);
    if (cursor_accept(cursor, KEY_CITED)) {
        struct token *token = cursor_peek(cursor);
        if (token->kind == TOKEN_QUOTED) {
            row->cites = token_span(cursor->document, token, token);
            row->cites.text = token->inner;
            row->cites.column++;
            cursor_take(cursor);
        } else {
            cursor_name(cursor, "a quoted phrase");
        }
    }
    if (cursor_accept(cursor, KEY_ASSUMED)) {
        row->assumed = true;
        row->reason = cursor_text(cursor);
    }
    cursor_end(cursor);
}

static int32_t key_index(const struct parameter_row *row, int64_t key)
{
    for (int32_t i = 0; i < row->value_count; i++)
        if (row->keys[i] == key)
            return i;
    return -1;
}

/* An edition says every key again: what it leaves out has no value from that day on. */
static void check_edition_keys(struct block *block, const struct parameter *parameter, int32_t row)
{
    const struct parameter_row *before = &parameter->rows[row - 1], *now = &parameter->rows[row];
    const struct enum_desc *desc = &block->reading->vocab->enums[parameter->key_enum];
    char day[DAY_TEXT_SIZE];
    for (int32_t i = 0; now->keys && before->keys && i < before->value_count; i++) {
        const struct code_desc *code = vocab_enum_row(desc, (int32_t)before->keys[i]);
        if (key_index(now, before->keys[i]) < 0)
            finding_add(block->reading, FINDING_ERROR, "edition", block_head(block),
                        "Repeat its value in the new edition, or write 0 when nothing is due.",
                        "'%s' has no value from %s on", code ? code->label_zh : "?",
                        day_text(now->from_day, day));
    }
}

static bool same_edition(const struct parameter_row *a, const struct parameter_row *b)
{
    if (a->value_count != b->value_count)
        return false;
    for (int32_t i = 0; i < a->value_count; i++) {
        int32_t k = a->keys && b->keys ? key_index(b, a->keys[i]) : i;
        if (k < 0 || a->values[i] != b->values[k])
            return false;
    }
    return true;
}

static void check_editions(struct block *block, const struct parameter *parameter)
{
    struct statement *statement = block_statement(block);
    const struct document *document =
        &block->reading->policy->documents[statement->document];
    char day[DAY_TEXT_SIZE];
    for (int32_t i = 1; i < parameter->row_count; i++)
        if (parameter->rows[i].from_day <= parameter->rows[i - 1].from_day)
            finding_add(block->reading, FINDING_ERROR, "edition", block_head(block),
                        "Write one row a day, the oldest first.",
                        "the edition of %s overlaps the one above it",
                        day_text(parameter->rows[i].from_day, day));
    for (int32_t i = 1; i < parameter->row_count; i++) {
        if (parameter->key_enum >= 0)
            check_edition_keys(block, parameter, i);
        if (same_edition(&parameter->rows[i - 1], &parameter->rows[i]))
            finding_add(block->reading, FINDING_WARNING, "edition", block_head(block),
                        "Take it out, or correct the value.",
                        "the edition of %s repeats the one above it",
                        day_text(parameter->rows[i].from_day, day));
    }
    if (parameter->row_count && parameter->rows[0].from_day > document->in_force_day)
        finding_add(block->reading, FINDING_ERROR, "edition", block_head(block),
                    "Begin the first edition on the day the document is in force.",
                    "'%.*s' has no value before %s", STR_ARG(statement->name),
                    day_text(parameter->rows[0].from_day, day));
    for (int32_t i = 0; i < parameter->row_count; i++)
        if (parameter->rows[i].from_day > document->ends_day)
            finding_add(block->reading, FINDING_ERROR, "expired", block_head(block), "",
                        "the document has ended before the edition of %s",
                        day_text(parameter->rows[i].from_day, day));
}

/* UNIT [按 ENUMERATION], behind the name or as the clause 单位. */
static bool parse_parameter_unit(struct block *block, struct parameter *parameter)
{
    struct statement *statement = block_statement(block);
    struct cursor head = {.reading = block->reading, .tokens = statement->tokens, .next = 2,
                          .end = statement->head_count, .document = statement->document,
                          .statement = block->statement};
    struct cursor *cursor = &head;
    if (statement->head_count == 2) {
        struct clause *clause = block_need(block, CLAUSE_UNIT);
        if (!clause)
            return false;
        cursor = &clause->cursor;
    }
    if (!parse_type_name(cursor, &parameter->type))
        return false;
    if (cursor_accept(cursor, KEY_BY)) {
        struct type key;
        if (!parse_type_name(cursor, &key))
            return false;
        if (key.kind != TYPE_ENUM) {
            cursor->next--;
            cursor_fail(cursor, "unknown-name", "", "a key is one of the enumerations");
            return false;
        }
        parameter->key_enum = key.target;
    }
    cursor_end(cursor);
    return !cursor->failed;
}

void parse_parameter(struct block *block, struct parameter *parameter)
{
    parameter->key_enum = -1;
    if (!parse_parameter_unit(block, parameter))
        return;
    struct clause *clause;
    struct parameter_row *rows = NULL;
    int32_t capacity = 0;
    while ((clause = block_row(block)) != NULL) {
        GROW(block->reading, rows, parameter->row_count, &capacity);
        parse_parameter_row(&clause->cursor, parameter, &rows[parameter->row_count++]);
    }
    parameter->rows = rows;
    if (parameter->row_count == 0)
        finding_add(block->reading, FINDING_ERROR, "missing-clause", block_head(block),
                    "Write a line such as: 2022-08-22  1000元", "the parameter has no value");
    else
        check_editions(block, parameter);
}

/* 输入 名称 [: UNIT], … */
static bool parse_inputs(struct cursor *cursor, struct table_statement *table)
{
    int32_t type_capacity = 0, name_capacity = 0;
    do {
        GROW(cursor->reading, table->inputs, table->input_count, &type_capacity);
        GROW(cursor->reading, table->input_names, table->input_count, &name_capacity);
        struct token *next = cursor_peek_at(cursor, 1);
        bool typed = next->kind == TOKEN_SYMBOL && next->value == ':';
        if (typed) {
            table->input_names[table->input_count] = cursor_name(cursor, "an input");
            cursor_take(cursor);
        } else {
            table->input_names[table->input_count] = cursor_peek(cursor)->inner;
        }
        if (!parse_type_name(cursor, &table->inputs[table->input_count]))
            return false;
        table->input_count++;
    } while (cursor_accept_symbol(cursor, ','));
    return true;
}

static void parse_set(struct cursor *cursor, struct type type, struct table_cell *cell)
{
    int64_t *members = NULL;
    int32_t capacity = 0;
    do {
        GROW(cursor->reading, members, cell->member_count, &capacity);
        if (!parse_value(cursor, type, &members[cell->member_count]))
            return;
        cell->member_count++;
    } while (cursor_accept_symbol(cursor, ','));
    cursor_expect_symbol(cursor, ')');
    cell->members = members;
}

static void parse_cell(struct cursor *cursor, struct type type, struct table_cell *cell)
{
    cell->low = INT64_MIN + 1;
    cell->high = INT64_MAX;
    int64_t value;
    if (cursor_accept(cursor, KEY_ANY))
        return;
    if (cursor_accept_symbol(cursor, '(')) {
        parse_set(cursor, type, cell);
        return;
    }
    char symbol = cursor_peek(cursor)->kind == TOKEN_SYMBOL ? (char)cursor_peek(cursor)->value : 0;
    bool compared = symbol && strchr("lg<>", symbol);
    struct span span = token_span(cursor->document, cursor_peek(cursor), cursor_peek(cursor));
    if (compared)
        cursor_take(cursor);
    if (!parse_value(cursor, type, &value))
        return;
    bool ranged = !compared && cursor_accept_symbol(cursor, 'r');
    if ((compared || ranged) && !type_has_order(cursor->reading->vocab, type)) {
        finding_add(cursor->reading, FINDING_ERROR, "order", span, "Write a set: (A, B).",
                    "%s has no order", type_words(cursor->reading, type));
        cursor->failed = true;
        return;
    }
    if (symbol == 'l' || symbol == '<')
        cell->high = value - (symbol == '<');
    else if (symbol == 'g' || symbol == '>')
        cell->low = value + (symbol == '>');
    else
        cell->low = cell->high = value;
    if (ranged && parse_value(cursor, type, &cell->high) && cell->high < cell->low)
        cursor_fail(cursor, "table", "", "the range is empty");
}

static void parse_table_rows(struct block *block, struct table_statement *table)
{
    struct reading *reading = block->reading;
    struct table_cell *cells = NULL;
    int64_t *outputs = NULL;
    struct span *spans = NULL;
    int32_t cell_count = 0, cell_capacity = 0, output_capacity = 0, span_capacity = 0;
    struct clause *clause;
    while ((clause = block_row(block)) != NULL) {
        struct cursor *cursor = &clause->cursor;
        GROW(reading, outputs, table->row_count, &output_capacity);
        GROW(reading, spans, table->row_count, &span_capacity);
        spans[table->row_count] = token_span(cursor->document, clause->word,
                                             &cursor->tokens[cursor->end - 1]);
        for (int32_t i = 0; i < table->input_count; i++) {
            GROW(reading, cells, cell_count, &cell_capacity);
            cells[cell_count] = (struct table_cell){0};
            parse_cell(cursor, table->inputs[i], &cells[cell_count++]);
            cursor_expect_symbol(cursor, '|');
        }
        if (!cursor->failed)
            parse_value(cursor, table->output, &outputs[table->row_count]);
        table->row_count++;
    }
    table->cells = cells;
    table->outputs = outputs;
    table->row_spans = spans;
}

void parse_table(struct block *block, struct table_statement *table)
{
    struct clause *input = block_need(block, CLAUSE_INPUT);
    struct clause *result = block_need(block, CLAUSE_RESULT);
    if (!input || !result || !parse_inputs(&input->cursor, table) ||
        !parse_type_name(&result->cursor, &table->output))
        return;
    table->unique = block_clause(block, CLAUSE_UNIQUE) != NULL;
    struct clause *otherwise = block_clause(block, CLAUSE_OTHERWISE);
    if (otherwise) {
        cursor_accept_symbol(&otherwise->cursor, '|');
        table->has_otherwise = parse_value(&otherwise->cursor, table->output, &table->otherwise);
    }
    int32_t errors = block->reading->findings->error_count;
    parse_table_rows(block, table);
    if (table->row_count == 0)
        finding_add(block->reading, FINDING_ERROR, "missing-clause", block_head(block),
                    "Write lines such as: A | 1..3 | 1000元", "the table has no row");
    if (block->reading->findings->error_count == errors)
        table_check(block, table);
}

static void parse_classes(struct block *block, struct define *define, const struct scope *scope)
{
    struct class_row *rows = NULL;
    int32_t capacity = 0;
    struct clause *clause;
    while ((clause = block_clause(block, CLAUSE_CLASS)) != NULL) {
        GROW(block->reading, rows, define->class_count, &capacity);
        struct class_row *row = &rows[define->class_count++];
        row->name = cursor_name(&clause->cursor, "the class's name");
        if (row->name.ptr && cursor_expect(&clause->cursor, KEY_WHEN))
            row->when = clause_expr(clause, scope, type_bool);
    }
    define->classes = rows;
    define->type = (struct type){TYPE_CLASS, block->statement};
}

void parse_define(struct block *block, struct define *define)
{
    define->subject = -1;
    struct clause *clause = block_clause(block, CLAUSE_TO);
    if (clause && (define->subject = parse_table_name(&clause->cursor, "a record")) < 0)
        return;
    struct scope scope = {.table = define->subject};
    clause = block_clause(block, CLAUSE_VALUE);
    if (!clause) {
        parse_classes(block, define, &scope);
        if (define->class_count == 0)
            finding_add(block->reading, FINDING_ERROR, "missing-clause", block_head(block), "",
                        "the clause 取值 (value) or 分类 (class) is missing");
        return;
    }
    define->value = clause_expr(clause, &scope, type_none);
    if (define->value)
        define->type = define->value->type;
}
