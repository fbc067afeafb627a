/* parse_statement.c — a block into clauses, and the clauses to the file that knows the
 * statement. */
#include "policy/box.h"

#include "policy/policy_limits.h"
#include "policy/reading.h"

static uint32_t name_hash(struct str name)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < name.size; i++)
        hash = (hash ^ (uint8_t)name.ptr[i]) * 16777619u;
    return hash;
}

static bool is_named(const struct statement *statement)
{
    return statement->name.size > 0 && statement->kind != STATEMENT_EXAMPLE &&
           statement->kind != STATEMENT_NARRATIVE && statement->kind != STATEMENT_SETTLEMENT &&
           statement->kind != STATEMENT_REPEAL;
}

/* What other documents may give a name of their own to: a document sees its own first. */
static bool is_material(enum statement_kind kind)
{
    return kind == STATEMENT_FUND || kind == STATEMENT_REGISTER || kind == STATEMENT_PARAMETER ||
           kind == STATEMENT_TABLE || kind == STATEMENT_DEFINE;
}

bool document_imports(const struct policy *policy, int32_t document, int32_t other)
{
    const struct document *self = &policy->documents[document];
    for (int32_t i = 0; i < self->import_count; i++)
        if (str_equal(self->imports[i], policy->documents[other].number))
            return true;
    return false;
}

/* How well a document sees a statement: its own, an imported one, one that is merely there. */
enum sight { SIGHT_NONE, SIGHT_THERE, SIGHT_IMPORTED, SIGHT_OWN };

static enum sight sight_of(const struct policy *policy, int32_t document, int32_t statement)
{
    int32_t home = policy->statements[statement].document;
    if (document < 0 || home == document)
        return SIGHT_OWN;
    return document_imports(policy, document, home) ? SIGHT_IMPORTED : SIGHT_THERE;
}

/* The best seen statement of the name; ret_second is another one seen as well, or -1. */
static int32_t best_seen(const struct policy *policy, int32_t document, struct str name,
                         enum sight *ret_sight, int32_t *ret_second)
{
    int32_t best = -1;
    *ret_sight = SIGHT_NONE;
    *ret_second = -1;
    if (policy->name_slot_count == 0)
        return -1;
    uint32_t mask = (uint32_t)policy->name_slot_count - 1;
    for (uint32_t slot = name_hash(name) & mask; policy->name_slots[slot] >= 0;
         slot = (slot + 1) & mask) {
        int32_t statement = policy->name_slots[slot];
        if (!str_equal(policy->statements[statement].name, name))
            continue;
        enum sight sight = sight_of(policy, document, statement);
        if (sight == *ret_sight)
            *ret_second = statement;
        if (sight <= *ret_sight)
            continue;
        best = statement;
        *ret_sight = sight;
        *ret_second = -1;
    }
    return best;
}

int32_t statement_find(const struct policy *policy, int32_t document, struct str name)
{
    enum sight sight;
    int32_t second;
    return best_seen(policy, document, name, &sight, &second);
}

int32_t policy_statement(const struct policy *policy, struct str name)
{
    return statement_find(policy, -1, name);
}

int32_t statement_seen(struct cursor *cursor, struct str name, struct span span)
{
    const struct policy *policy = cursor->reading->policy;
    enum sight sight;
    int32_t second;
    int32_t statement = best_seen(policy, cursor->document, name, &sight, &second);
    if (statement < 0 || cursor->failed)
        return statement;
    struct str home = policy->documents[policy->statements[statement].document].number;
    if (sight == SIGHT_THERE)
        finding_add(cursor->reading, FINDING_ERROR, "import", span,
                    sentence(cursor->reading, "Add 引用: %.*s to the head.", STR_ARG(home)),
                    "'%.*s' stands in %.*s, which this document does not import", STR_ARG(name),
                    STR_ARG(home));
    else if (sight == SIGHT_IMPORTED && second >= 0)
        finding_add(cursor->reading, FINDING_ERROR, "import", span,
                    "Import one of them, or give the name a statement of this document.",
                    "'%.*s' stands in %.*s and in %.*s, and both are imported", STR_ARG(name),
                    STR_ARG(home),
                    STR_ARG(policy->documents[policy->statements[second].document].number));
    else
        return statement;
    cursor->failed = true;
    return -1;
}

/* A statement of the same name that stands in the way, or -1. */
static int32_t name_taken(const struct policy *policy, const struct statement *statement)
{
    int32_t other = statement_find(policy, statement->document, statement->name);
    if (other < 0 || policy->statements[other].document == statement->document)
        return other;
    bool both = is_material(statement->kind) && is_material(policy->statements[other].kind);
    return both ? -1 : other;
}

void statement_index(struct reading *reading)
{
    struct policy *policy = reading->policy;
    int32_t slots = 16;
    while (slots < policy->statement_count * 2)
        slots *= 2;
    policy->name_slots = TAKE(reading, int32_t, slots);
    policy->name_slot_count = slots;
    for (int32_t i = 0; i < slots; i++)
        policy->name_slots[i] = -1;
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (!is_named(statement))
            continue;
        int32_t other = name_taken(policy, statement);
        if (other >= 0) {
            const struct statement *first = &policy->statements[other];
            finding_add(reading, FINDING_ERROR, "doubled-name", statement->span,
                        "Give one of them another name.",
                        "the name '%.*s' stands already at %.*s:%d", STR_ARG(statement->name),
                        STR_ARG(policy->documents[first->document].path), first->span.line);
            continue;
        }
        uint32_t mask = (uint32_t)slots - 1, slot = name_hash(statement->name) & mask;
        while (policy->name_slots[slot] >= 0)
            slot = (slot + 1) & mask;
        policy->name_slots[slot] = i;
    }
}

bool kind_is_rule(enum statement_kind kind)
{
    return kind == STATEMENT_GRANT || kind == STATEMENT_CONFER || kind == STATEMENT_PROMOTE ||
           kind == STATEMENT_ADMIT || kind == STATEMENT_EXCEPTION ||
           kind == STATEMENT_NOT_APPLICABLE;
}

struct statement *block_statement(const struct block *block)
{
    return &block->reading->policy->statements[block->statement];
}

struct span block_head(const struct block *block)
{
    const struct statement *statement = block_statement(block);
    return token_span(statement->document, &statement->tokens[0],
                      &statement->tokens[statement->head_count - 1]);
}

struct clause *block_clause(struct block *block, enum keyword keyword)
{
    for (int32_t i = 0; i < block->clause_count; i++)
        if (!block->clauses[i].read && block->clauses[i].keyword == keyword) {
            struct clause *clause = &block->clauses[i];
            clause->read = true;
            token_spell(clause->word, keyword_zh(keyword), keyword_en(keyword));
            return clause;
        }
    return NULL;
}

struct clause *block_need(struct block *block, enum keyword keyword)
{
    struct clause *clause = block_clause(block, keyword);
    if (!clause)
        finding_add(block->reading, FINDING_ERROR, "missing-clause", block_head(block), "",
                    "the clause %s (%s) is missing", keyword_zh(keyword), keyword_en(keyword));
    return clause;
}

struct clause *block_row(struct block *block)
{
    for (int32_t i = 0; i < block->clause_count; i++)
        if (!block->clauses[i].read && block->clauses[i].keyword == KEY_NONE) {
            block->clauses[i].read = true;
            return &block->clauses[i];
        }
    return NULL;
}

static bool has_rows_only(enum statement_kind kind)
{
    return kind == STATEMENT_EXAMPLE || kind == STATEMENT_NARRATIVE;
}

static void split_clauses(struct block *block)
{
    struct statement *statement = block_statement(block);
    int32_t capacity = 0;
    for (int32_t i = statement->head_count; i < statement->token_count; i++) {
        struct token *token = &statement->tokens[i];
        bool first_on_line = i == 0 || token->line != statement->tokens[i - 1].line;
        if (i == statement->head_count && token->column != 1)
            finding_add(block->reading, FINDING_ERROR, "indent",
                        token_span(statement->document, token, token),
                        "Begin the clause at the start of the line; go on with an indent.",
                        "the first clause is indented");
        if ((first_on_line && token->column == 1) || block->clause_count == 0) {
            GROW(block->reading, block->clauses, block->clause_count, &capacity);
            struct clause *clause = &block->clauses[block->clause_count++];
            bool row = has_rows_only(statement->kind) || token->kind != TOKEN_WORD;
            clause->keyword = row ? KEY_NONE : keyword_clause(token->text);
            clause->word = token;
            clause->cursor = (struct cursor){.reading = block->reading,
                                             .tokens = statement->tokens,
                                             .next = clause->keyword == KEY_NONE ? i : i + 1,
                                             .document = statement->document,
                                             .statement = block->statement};
        }
        block->clauses[block->clause_count - 1].cursor.end = i + 1;
    }
}

static void read_cites(struct block *block)
{
    struct statement *statement = block_statement(block);
    if (has_rows_only(statement->kind))
        return;
    struct span *all = NULL;
    int32_t count = 0, capacity = 0;
    struct clause *clause;
    while ((clause = block_clause(block, CLAUSE_CITES)) != NULL) {
        struct span *cites;
        int32_t more;
        if (!cursor_cites(&clause->cursor, &cites, &more))
            continue;
        for (int32_t i = 0; i < more; i++) {
            GROW(block->reading, all, count, &capacity);
            all[count++] = cites[i];
        }
    }
    statement->cites = all;
    statement->cite_count = count;
}

static void read_note(struct block *block)
{
    struct statement *statement = block_statement(block);
    struct clause *clause =
        has_rows_only(statement->kind) ? NULL : block_clause(block, CLAUSE_NOTE);
    if (clause)
        statement->note = cursor_text(&clause->cursor);
}

/* After an error the parser may have stopped early: clauses it did not come to are no news. */
static void refuse_leftovers(struct block *block, bool failed)
{
    struct statement *statement = block_statement(block);
    const char *kind = statement_kind_word(statement->kind, SPELLING_ZH);
    for (int32_t i = 0; i < block->clause_count; i++) {
        struct clause *clause = &block->clauses[i];
        if (clause->read) {
            cursor_end(&clause->cursor);
            continue;
        }
        struct span span = token_span(statement->document, clause->word, clause->word);
        bool doubled = false;
        for (int32_t k = 0; k < i; k++)
            doubled |= clause->keyword != KEY_NONE && block->clauses[k].keyword == clause->keyword;
        if (failed && !doubled && clause->keyword != KEY_NONE)
            continue;
        const char *near = nearest_clause_word(clause->word->text);
        if (doubled)
            finding_add(block->reading, FINDING_ERROR, "doubled-clause", span, "",
                        "the clause %.*s stands twice", STR_ARG(clause->word->text));
        else
            finding_add(block->reading, FINDING_ERROR, "unknown-clause", span,
                        clause->keyword == KEY_NONE && near
                            ? sentence(block->reading, "Did you mean '%s'?", near)
                            : "",
                        "'%.*s' is no clause of %s", STR_ARG(clause->word->text), kind);
    }
}

/* What was read stays out of the statement until it is known to be without errors. */
#define READ_AS(member, type, parse)                                                              \
    do {                                                                                          \
        made.as.member = TAKE(block->reading, struct type, 1);                                    \
        parse(block, made.as.member);                                                             \
    } while (0)

static void read_body(struct block *block)
{
    struct statement *statement = block_statement(block);
    int32_t errors = block->reading->findings->error_count;
    struct statement made = {0};
    switch (statement->kind) {
    case STATEMENT_FUND:
        READ_AS(fund, fund, parse_fund);
        break;
    case STATEMENT_REGISTER:
        READ_AS(reg, register_statement, parse_register);
        break;
    case STATEMENT_PARAMETER:
        READ_AS(parameter, parameter, parse_parameter);
        break;
    case STATEMENT_TABLE:
        READ_AS(table, table_statement, parse_table);
        break;
    case STATEMENT_DEFINE:
        READ_AS(define, define, parse_define);
        break;
    case STATEMENT_GRANT:
    case STATEMENT_CONFER:
    case STATEMENT_PROMOTE:
    case STATEMENT_ADMIT:
        READ_AS(rule, rule, parse_rule);
        break;
    case STATEMENT_EXCEPTION:
    case STATEMENT_NOT_APPLICABLE:
        READ_AS(rule, rule, parse_override);
        break;
    case STATEMENT_SETTLEMENT:
        READ_AS(settlement, settlement, parse_settlement);
        break;
    case STATEMENT_REPEAL:
        READ_AS(repeal, repeal, parse_repeal);
        break;
    case STATEMENT_DUTY:
        READ_AS(duty, duty, parse_duty);
        break;
    case STATEMENT_INDICATOR:
        READ_AS(indicator, indicator, parse_indicator);
        break;
    case STATEMENT_TARGET:
        READ_AS(target, target, parse_target);
        break;
    case STATEMENT_EXAMPLE:
        READ_AS(example, example, parse_example);
        break;
    case STATEMENT_NARRATIVE:
        READ_AS(narrative, narrative, parse_narrative);
        break;
    case STATEMENT_KIND_COUNT:
        break;
    }
    refuse_leftovers(block, block->reading->findings->error_count != errors);
    if (block->reading->findings->error_count == errors)
        memcpy(&statement->as, &made.as, sizeof made.as);
}
#undef READ_AS

void statement_read(struct reading *reading, int32_t statement)
{
    if (reading->states[statement] != STATE_NEW)
        return;
    if (reading->depth >= POLICY_DEPTH_MAX * 2)
        reading_exceeds(
            reading, sentence(reading, "'%.*s': definitions within definitions go deeper than %d",
                              STR_ARG(reading->policy->statements[statement].name),
                              POLICY_DEPTH_MAX * 2));
    int32_t depth = reading->depth++;
    reading->states[statement] = STATE_BUSY;
    struct block block = {.reading = reading, .statement = statement};
    struct statement *self = &reading->policy->statements[statement];
    split_clauses(&block);
    read_cites(&block);
    read_note(&block);
    if (block.clause_count == 0)
        finding_add(reading, FINDING_ERROR, "empty", self->span, "", "the block is empty");
    else
        read_body(&block);
    reading->states[statement] = STATE_READ;
    reading->depth = depth;
}

int32_t statement_named(struct cursor *cursor, const enum statement_kind *kinds, int32_t kind_count,
                        const char *what)
{
    struct reading *reading = cursor->reading;
    struct str name = cursor_name(cursor, what);
    if (!name.ptr)
        return -1;
    struct token *word = &cursor->tokens[cursor->next - 1];
    int32_t statement = statement_seen(cursor, name, token_span(cursor->document, word, word));
    bool fits = false;
    for (int32_t i = 0; statement >= 0 && i < kind_count; i++)
        fits |= reading->policy->statements[statement].kind == kinds[i];
    if (!fits) {
        cursor->next--;
        cursor_fail(cursor, "unknown-name", "", "there is no %s called '%.*s'",
                    said(cursor->reading, what),
                    STR_ARG(name));
        return -1;
    }
    if (reading->states[statement] == STATE_BUSY) {
        cursor->next--;
        cursor_fail(cursor, "cycle", "", "'%.*s' depends on itself", STR_ARG(name));
        return -1;
    }
    statement_read(reading, statement);
    reading->policy->statements[statement].used = true;
    if (!reading->policy->statements[statement].as.rule) {
        cursor->next--;
        cursor_fail(cursor, "unreadable", "Correct it first.", "'%.*s' could not be read",
                    STR_ARG(name));
        return -1;
    }
    return statement;
}

static bool holds_constant(const struct expr *expr)
{
    if (!expr_reads_row(expr))
        return true;
    return expr->kind == EXPR_COMPARE && expr_same(expr->children[0], expr->children[1]);
}

/* A condition that is the same for everyone is a slip. */
static void refuse_constant(struct cursor *cursor, const struct expr *expr)
{
    if (expr->kind == EXPR_AND || expr->kind == EXPR_OR) {
        for (int32_t i = 0; i < expr->child_count; i++)
            refuse_constant(cursor, expr->children[i]);
        return;
    }
    if (holds_constant(expr))
        finding_add(cursor->reading, FINDING_ERROR, "constant", expr->span,
                    "Take it out, or write what it should depend on.",
                    "the condition is the same for everyone");
}

struct expr *clause_expr(struct clause *clause, const struct scope *scope, struct type expected)
{
    struct cursor *cursor = &clause->cursor;
    struct reading *reading = cursor->reading;
    struct expr *expr = parse_expr(cursor);
    if (!expr)
        return NULL;
    expr = typing_expr(cursor, expr, scope, expected);
    if (!expr)
        return NULL;
    if (expected.kind != TYPE_NONE && !typing_is(expr->type, expected)) {
        finding_add(reading, FINDING_ERROR, "unit", expr->span, "", "%s where %s is needed",
                    type_words(reading, expr->type), type_words(reading, expected));
        cursor->failed = true;
        return NULL;
    }
    if (expected.kind == TYPE_BOOL)
        refuse_constant(cursor, expr);
    return expr;
}
