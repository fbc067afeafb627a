/* parse_example.c — worked examples: made-up records, then what must follow on which day; and the
 * words of the prose that no statement carries. */
#include "policy/reading.h"

#include "policy/policy_limits.h"

#include "base/day.h"

struct example_build {
    struct block *block;
    struct example_row *rows;
    struct cursor *cursors; /* of each row, behind its colon */
    int32_t row_count, row_capacity, cursor_capacity;
};

static bool is_expectation(const struct clause *clause)
{
    return clause->word->kind == TOKEN_DAY || clause->word->kind == TOKEN_MONTH;
}

static int32_t nearest_owner(const struct example_build *build, int32_t owner_table)
{
    for (int32_t i = build->row_count - 1; i >= 0; i--)
        if (build->rows[i].table == owner_table)
            return i;
    return -1;
}

static bool symbol_at(struct cursor *cursor, int32_t ahead, char symbol)
{
    const struct token *token = cursor_peek_at(cursor, ahead);
    return token->kind == TOKEN_SYMBOL && token->value == symbol;
}

/* 众 29名: — so many rows alike, of a record that nothing owns. */
static void read_copies(struct cursor *cursor, struct example_row *row)
{
    enum { COPIES_MAX = 10000 };
    int64_t copies;
    struct token *first = cursor_peek(cursor);
    if (!parse_value(cursor, (struct type){TYPE_COUNT, -1}, &copies))
        return;
    const struct vocab *vocab = cursor->reading->vocab;
    int32_t owner = vocab_owner(vocab, row->table);
    if (owner < 0 && copies >= 1 && copies <= COPIES_MAX) {
        row->copies = (int32_t)copies;
        return;
    }
    while (cursor_peek(cursor) != first)
        cursor->next--;
    if (owner >= 0)
        cursor_fail(cursor, "example", "", "what %s owns is copied with it",
                    vocab->records[owner].label_zh);
    else
        cursor_fail(cursor, "example", "", "an example has 1 to 10,000 %s alike",
                    vocab->records[row->table].label_zh);
}

/* TABLE [[LABEL [COUNT]]:] FIELD VALUE, … */
static void start_row(struct example_build *build, struct clause *clause)
{
    struct reading *reading = build->block->reading;
    struct cursor cursor = clause->cursor;
    int32_t table = parse_table_name(&cursor, "a record");
    if (table < 0)
        return;
    struct example_row row = {.table = table, .owner_row = -1, .copies = 1, .label = {"", 0}};
    row.span = token_span(cursor.document, clause->word, &cursor.tokens[cursor.end - 1]);
    bool is_many = cursor_peek_at(&cursor, 1)->kind == TOKEN_NUMBER &&
                   (symbol_at(&cursor, 2, ':') || symbol_at(&cursor, 3, ':'));
    if (is_many || symbol_at(&cursor, 1, ':'))
        row.label = cursor_name(&cursor, "a label");
    if (is_many)
        read_copies(&cursor, &row);
    cursor_accept_symbol(&cursor, ':');
    int32_t owner_table = vocab_owner(reading->vocab, table);
    if (owner_table >= 0) {
        row.owner_row = nearest_owner(build, owner_table);
        if (row.owner_row < 0) {
            cursor.next = (int32_t)(clause->word - cursor.tokens);
            cursor_fail(&cursor, "example", "", "a row of %s must stand above it",
                        reading->vocab->records[owner_table].label_zh);
        }
    }
    for (int32_t i = 0; row.label.size && i < build->row_count; i++)
        if (str_equal(build->rows[i].label, row.label) && build->rows[i].table == table)
            cursor_fail(&cursor, "doubled-name", "", "the label '%.*s' stands twice",
                        STR_ARG(row.label));
    GROW(reading, build->rows, build->row_count, &build->row_capacity);
    GROW(reading, build->cursors, build->row_count, &build->cursor_capacity);
    build->cursors[build->row_count] = cursor;
    build->rows[build->row_count++] = row;
}

static int32_t labelled_row(const struct example_build *build, int32_t table, struct str label)
{
    for (int32_t i = 0; i < build->row_count; i++)
        if (build->rows[i].table == table && str_equal(build->rows[i].label, label))
            return i;
    return -1;
}

static bool read_value(struct example_build *build, struct cursor *cursor,
                       const struct field_desc *field, struct example_value *value)
{
    const struct vocab *vocab = cursor->reading->vocab;
    value->ref_row = -1;
    value->value = ABSENT_I64;
    if (field->type == FIELD_TEXT || field->type == FIELD_SECRET) {
        cursor_take(cursor);
        return true;
    }
    struct type type = type_of_field(vocab, field);
    if (type.kind != TYPE_REF)
        return parse_value(cursor, type, &value->value);
    struct str label = cursor_name(cursor, "a row's label");
    value->ref_row = label.ptr ? labelled_row(build, type.target, label) : -1;
    if (label.ptr && value->ref_row < 0) {
        cursor->next--;
        cursor_fail(cursor, "unknown-name", "", "no row of %s is labelled '%.*s'",
                    vocab->records[type.target].label_zh, STR_ARG(label));
    }
    return value->ref_row >= 0;
}

static void read_values(struct example_build *build, int32_t row_index)
{
    struct cursor *cursor = &build->cursors[row_index];
    struct example_row *row = &build->rows[row_index];
    const struct record_desc *record = &cursor->reading->vocab->records[row->table];
    struct example_value *values = NULL;
    int32_t capacity = 0;
    while (!cursor_done(cursor)) {
        struct token *token = cursor_peek(cursor);
        struct str name = cursor_name(cursor, "a field");
        int32_t field = name.ptr ? vocab_field(cursor->reading->vocab, row->table, name) : -1;
        if (!name.ptr)
            break;
        if (field < 0) {
            cursor->next--;
            cursor_fail(cursor, "unknown-name", "", "%s has no field '%.*s'", record->label_zh,
                        STR_ARG(name));
            break;
        }
        token_spell(token, record->fields[field].label_zh, record->fields[field].name);
        GROW(cursor->reading, values, row->value_count, &capacity);
        values[row->value_count].field = field;
        if (!read_value(build, cursor, &record->fields[field], &values[row->value_count]))
            break;
        values[row->value_count++].span =
            token_span(cursor->document, token, &cursor->tokens[cursor->next - 1]);
        if (!cursor_done(cursor) && !cursor_expect_symbol(cursor, ','))
            break;
    }
    row->values = values;
}

static int32_t subject_table(const struct statement *statement)
{
    if (kind_is_rule(statement->kind))
        return statement->as.rule->subject;
    if (statement->kind == STATEMENT_DEFINE)
        return statement->as.define->subject;
    if (statement->kind == STATEMENT_DUTY)
        return statement->as.duty->subject;
    return -1;
}

static void read_subject(struct example_build *build, struct cursor *cursor,
                         const struct statement *statement,
                         struct example_expectation *expectation)
{
    const struct vocab *vocab = cursor->reading->vocab;
    int32_t table = subject_table(statement);
    expectation->subject_row = -1;
    if (table < 0)
        return;
    bool closed = cursor_accept_symbol(cursor, '(');
    if (closed || !cursor_symbol_is(cursor, '=')) {
        struct str label = cursor_name(cursor, "a row's label");
        if (!label.ptr)
            return;
        expectation->subject_row = labelled_row(build, table, label);
        if (closed)
            cursor_expect_symbol(cursor, ')');
    } else {
        for (int32_t i = 0; i < build->row_count && expectation->subject_row < 0; i++)
            if (build->rows[i].table == table)
                expectation->subject_row = i;
    }
    if (expectation->subject_row < 0 && !cursor->failed)
        cursor_fail(cursor, "example", "Add one above.", "the example has no such row of %s",
                    vocab->records[table].label_zh);
}

static struct type value_type(const struct policy *policy, const struct statement *statement)
{
    if (statement->kind == STATEMENT_DEFINE)
        return statement->as.define->type;
    if (statement->kind == STATEMENT_INDICATOR)
        return statement->as.indicator->value->type;
    (void)policy;
    return (struct type){TYPE_MONEY, -1};
}

static void read_outcome(struct cursor *cursor, const struct statement *statement,
                         struct example_expectation *expectation)
{
    bool valued = statement->kind == STATEMENT_DEFINE || statement->kind == STATEMENT_INDICATOR;
    if (cursor_accept(cursor, KEY_ASK)) {
        expectation->lane = EXAMPLE_ASK;
        if (!cursor_done(cursor) && !cursor_is(cursor, KEY_BECAUSE))
            expectation->reason = cursor_name(cursor, "a field");
        return;
    }
    if (cursor_accept(cursor, KEY_NOTHING) || (!valued && cursor_accept(cursor, KEY_NO))) {
        expectation->lane = EXAMPLE_NO;
        return;
    }
    if (!valued && (cursor_accept(cursor, KEY_YES) || cursor_accept(cursor, KEY_OPEN))) {
        expectation->lane = EXAMPLE_YES;
        return;
    }
    expectation->lane = valued                               ? EXAMPLE_VALUE
                        : cursor_accept(cursor, KEY_UP_TO) ? EXAMPLE_CEILING
                                                           : EXAMPLE_AMOUNT;
    parse_value(cursor, value_type(cursor->reading->policy, statement), &expectation->value);
}

/* DATE STATEMENT [(LABEL)] = OUTCOME [因 REASON] */
static void read_expectation(struct example_build *build, struct cursor *cursor,
                             struct example_expectation *expectation)
{
    static const enum statement_kind kinds[] = {
        STATEMENT_GRANT, STATEMENT_CONFER,    STATEMENT_PROMOTE, STATEMENT_ADMIT,
        STATEMENT_DUTY,  STATEMENT_INDICATOR, STATEMENT_TARGET,  STATEMENT_DEFINE};
    int32_t first = cursor->next;
    expectation->reason = (struct str){"", 0};
    if (!cursor_whole_day(cursor, true, &expectation->as_of_day))
        return;
    expectation->statement =
        statement_named(cursor, kinds, sizeof kinds / sizeof kinds[0], "statement");
    if (expectation->statement < 0)
        return;
    struct statement *statement =
        &cursor->reading->policy->statements[expectation->statement];
    read_subject(build, cursor, statement, expectation);
    if (!cursor_expect_symbol(cursor, '='))
        return;
    read_outcome(cursor, statement, expectation);
    if (cursor_accept(cursor, KEY_BECAUSE)) {
        struct str reason = cursor_text(cursor);
        if (!expectation->reason.size)
            expectation->reason = reason;
    }
    cursor_end(cursor);
    expectation->span = token_span(cursor->document, &cursor->tokens[first],
                                   &cursor->tokens[cursor->end - 1]);
}

/* Records of an example: what a row owns is copied with it. */
static int64_t record_count(const struct example_build *build)
{
    int64_t count = 0;
    for (int32_t i = 0; i < build->row_count; i++) {
        int32_t root = i;
        while (build->rows[root].owner_row >= 0)
            root = build->rows[root].owner_row;
        count += build->rows[root].copies;
    }
    return count;
}

static void refuse_large(struct example_build *build, const struct example *example)
{
    static const char hint[] = "Write several examples.";
    if (record_count(build) > POLICY_EXAMPLE_ROWS_MAX)
        finding_add(build->block->reading, FINDING_ERROR, "example", block_head(build->block), hint,
                    "the example has more than %d records", (int)POLICY_EXAMPLE_ROWS_MAX);
    if (example->expectation_count > POLICY_EXPECTATIONS_MAX)
        finding_add(build->block->reading, FINDING_ERROR, "example", block_head(build->block), hint,
                    "the example expects more than %d things", (int)POLICY_EXPECTATIONS_MAX);
}

void parse_example(struct block *block, struct example *example)
{
    struct example_build build = {.block = block};
    struct example_expectation *expectations = NULL;
    int32_t capacity = 0;
    for (int32_t i = 0; i < block->clause_count; i++)
        if (!is_expectation(&block->clauses[i]))
            start_row(&build, &block->clauses[i]);
    for (int32_t i = 0; i < build.row_count; i++)
        if (!build.cursors[i].failed)
            read_values(&build, i);
    for (int32_t i = 0; i < block->clause_count; i++) {
        struct clause *clause = &block->clauses[i];
        clause->read = true;
        if (!is_expectation(clause))
            clause->cursor.next = clause->cursor.end;
        else {
            GROW(block->reading, expectations, example->expectation_count, &capacity);
            read_expectation(&build, &clause->cursor, &expectations[example->expectation_count++]);
        }
    }
    refuse_large(&build, example);
    example->rows = build.rows;
    example->row_count = build.row_count;
    example->expectations = expectations;
    if (example->expectation_count == 0)
        finding_add(block->reading, FINDING_ERROR, "example", block_head(block),
                    "Write a line such as: 2023-12-31  NAME = 1000元",
                    "the example expects nothing");
}

/* 「phrase」 因 reason on one line, or 依据 「phrase」 and 因 reason on lines of their own. */
void parse_narrative(struct block *block, struct narrative *narrative)
{
    struct narrative_row *rows = NULL;
    int32_t capacity = 0;
    struct str common = {"", 0};
    for (int32_t i = 0; i < block->clause_count; i++) {
        struct cursor *cursor = &block->clauses[i].cursor;
        block->clauses[i].read = true;
        if (cursor_accept(cursor, KEY_BECAUSE)) {
            common = cursor_text(cursor);
            continue;
        }
        struct span *phrases;
        int32_t count;
        cursor_accept(cursor, KEY_CITED);
        if (!cursor_cites(cursor, &phrases, &count))
            continue;
        struct str reason = {"", 0};
        if (cursor_accept(cursor, KEY_BECAUSE))
            reason = cursor_text(cursor);
        for (int32_t k = 0; k < count; k++) {
            GROW(block->reading, rows, narrative->row_count, &capacity);
            rows[narrative->row_count++] = (struct narrative_row){phrases[k], reason};
        }
    }
    for (int32_t i = 0; i < narrative->row_count; i++) {
        if (!rows[i].reason.size)
            rows[i].reason = common;
        if (!rows[i].reason.size)
            finding_add(block->reading, FINDING_ERROR, "missing-clause", rows[i].phrase,
                        "Add 因 (because) and the reason.",
                        "the narrative does not say why no statement carries the phrase");
    }
    narrative->rows = rows;
}
