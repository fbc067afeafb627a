/* typing_name.c — what a name means where it stands: a field of the row or its owners, a define, a
 * parameter, a code of the type that is expected. Innermost row first. */
#include "policy/policy_limits.h"
#include "policy/reading.h"

/* Where a row was found, seen from the innermost scope. */
struct reach {
    int32_t scope, up, table;
};

static const struct field_desc *field_of(const struct vocab *vocab, int32_t table, int32_t field)
{
    return &vocab->records[table].fields[field];
}

bool typing_is(struct type a, struct type b)
{
    if (a.kind != b.kind)
        return false;
    bool targeted = a.kind == TYPE_ENUM || a.kind == TYPE_CODE || a.kind == TYPE_REF ||
                    a.kind == TYPE_CLASS;
    return !targeted || a.target == b.target;
}

const char *type_words(struct reading *reading, struct type type)
{
    static const char *const words[] = {
        [TYPE_NONE] = "nothing",    [TYPE_BOOL] = "yes or no",  [TYPE_COUNT] = "a count",
        [TYPE_MONEY] = "money",     [TYPE_RATE] = "a rate",     [TYPE_DAY] = "a date",
        [TYPE_MONTH] = "a calendar month", [TYPE_MONTHS] = "a span of months",
        [TYPE_DAYS] = "a span of days", [TYPE_WORKING_DAYS] = "a span of working days",
    };
    const struct vocab *vocab = reading->vocab;
    switch (type.kind) {
    case TYPE_ENUM:
        return sentence(reading, "a code of %s", vocab->enums[type.target].label_zh);
    case TYPE_CODE:
        return sentence(reading, "a code of %s", vocab->catalogues[type.target].label_zh);
    case TYPE_REF:
        return sentence(reading, "a row of %s", vocab->records[type.target].label_zh);
    case TYPE_CLASS:
        return sentence(reading, "a class of %.*s",
                       STR_ARG(reading->policy->statements[type.target].name));
    default:
        return said(reading, words[type.kind]);
    }
}

struct type type_of_field(const struct vocab *vocab, const struct field_desc *field)
{
    struct str target = str_from(field->target);
    switch (field->type) {
    case FIELD_REF:
        return (struct type){TYPE_REF, vocab_table(vocab, target)};
    case FIELD_DAY:
        return (struct type){TYPE_DAY, -1};
    case FIELD_MONTH:
        return (struct type){TYPE_MONTH, -1};
    case FIELD_COUNT:
        return (struct type){TYPE_COUNT, -1};
    case FIELD_MONEY:
        return (struct type){TYPE_MONEY, -1};
    case FIELD_BOOL:
        return (struct type){TYPE_BOOL, -1};
    case FIELD_ENUM:
        return (struct type){TYPE_ENUM, vocab_enum(vocab, target)};
    case FIELD_CODE:
        return (struct type){TYPE_CODE, vocab_catalogue(vocab, target)};
    default:
        return (struct type){TYPE_NONE, -1};
    }
}

bool type_has_order(const struct vocab *vocab, struct type type)
{
    switch (type.kind) {
    case TYPE_NONE:
    case TYPE_BOOL:
    case TYPE_CODE:
    case TYPE_REF:
        return false;
    case TYPE_ENUM:
        return vocab->enums[type.target].ordered;
    default:
        return true;
    }
}

static bool class_code(struct reading *reading, struct type type, struct str name,
                       int64_t *ret_value)
{
    const struct define *define = reading->policy->statements[type.target].as.define;
    for (int32_t i = 0; define && i < define->class_count; i++)
        if (str_equal(define->classes[i].name, name)) {
            *ret_value = define->class_count - i;
            return true;
        }
    return false;
}

static const char *nearest_code(struct reading *reading, struct type type, struct str name)
{
    if (type.kind != TYPE_ENUM)
        return NULL;
    const struct enum_desc *desc = &reading->vocab->enums[type.target];
    const char **candidates = TAKE(reading, const char *, 2 * desc->code_count);
    for (int32_t i = 0; i < desc->code_count; i++) {
        candidates[2 * i] = desc->codes[i].label_zh;
        candidates[2 * i + 1] = desc->codes[i].name;
    }
    return nearest_word(name, candidates, 2 * desc->code_count);
}

bool typing_code(struct cursor *cursor, struct token *token, struct type type, bool loud,
                 int64_t *ret_value)
{
    struct reading *reading = cursor->reading;
    struct str name = token->inner;
    bool found = false;
    if (type.kind == TYPE_ENUM) {
        const struct enum_desc *desc = &reading->vocab->enums[type.target];
        int32_t code = vocab_enum_code(desc, name);
        const struct code_desc *row = code == ABSENT_I32 ? NULL : vocab_enum_row(desc, code);
        if (row) {
            token_spell(token, row->label_zh, row->name);
            *ret_value = code;
        }
        found = row != NULL;
    } else if (type.kind == TYPE_CODE) {
        const struct catalogue *catalogue = &reading->vocab->catalogues[type.target];
        const struct catalogue_entry *entry =
            token->kind == TOKEN_NUMBER
                ? catalogue_by_code(catalogue, token->value / 1000000)
                : catalogue_by_name(catalogue, name, ABSENT_I32);
        if (entry)
            *ret_value = entry->code;
        found = entry != NULL;
    } else if (type.kind == TYPE_CLASS) {
        found = class_code(reading, type, name, ret_value);
    }
    if (!found && loud) {
        const char *near = nearest_code(reading, type, name);
        finding_add(reading, FINDING_ERROR, "unknown-code",
                    token_span(cursor->document, token, token),
                    near ? sentence(reading, "Did you mean '%s'?", near) : "",
                    "'%.*s' is not %s", STR_ARG(name), type_words(reading, type));
        cursor->failed = true;
    }
    return found;
}

static struct span expr_name_span(struct cursor *cursor, const struct expr *expr)
{
    return token_span(cursor->document, expr->tokens, &expr->tokens[expr->token_count - 1]);
}

static struct expr *name_failed(struct cursor *cursor, const struct expr *expr, const char *rule,
                                const char *hint, const char *message)
{
    if (!cursor->failed)
        finding_add(cursor->reading, FINDING_ERROR, rule, expr_name_span(cursor, expr), hint, "%s",
                    said(cursor->reading, message));
    cursor->failed = true;
    return NULL;
}

/* The nearest name on the rows in reach, for the hint. */
static const char *nearest_name(struct cursor *cursor, const struct scope *scope, struct str name)
{
    const struct vocab *vocab = cursor->reading->vocab;
    const char *best = NULL;
    for (; scope && !best; scope = scope->outer)
        for (int32_t table = scope->table; table >= 0 && !best; table = vocab_owner(vocab, table)) {
            const struct record_desc *record = &vocab->records[table];
            const char **candidates = TAKE(cursor->reading, const char *, 2 * record->field_count);
            for (int32_t i = 0; i < record->field_count; i++) {
                candidates[2 * i] = record->fields[i].label_zh;
                candidates[2 * i + 1] = record->fields[i].name;
            }
            best = nearest_word(name, candidates, 2 * record->field_count);
        }
    return best;
}

static bool find_field(struct cursor *cursor, const struct scope *scope, struct str name,
                       struct reach *ret_reach, int32_t *ret_field)
{
    const struct vocab *vocab = cursor->reading->vocab;
    struct reach reach = {0};
    for (; scope; scope = scope->outer, reach.scope++) {
        reach.up = 0;
        for (reach.table = scope->table; reach.table >= 0;
             reach.table = vocab_owner(vocab, reach.table), reach.up++) {
            int32_t field = vocab_field(vocab, reach.table, name);
            if (field >= 0) {
                *ret_reach = reach;
                *ret_field = field;
                return true;
            }
        }
    }
    return false;
}

static bool find_table(struct cursor *cursor, const struct scope *scope, int32_t table,
                       struct reach *ret_reach)
{
    const struct vocab *vocab = cursor->reading->vocab;
    struct reach reach = {0};
    for (; scope; scope = scope->outer, reach.scope++) {
        reach.up = 0;
        for (reach.table = scope->table; reach.table >= 0;
             reach.table = vocab_owner(vocab, reach.table), reach.up++)
            if (reach.table == table) {
                *ret_reach = reach;
                return true;
            }
    }
    return false;
}

static void spell_field(struct token *token, const struct field_desc *field)
{
    token_spell(token, field->label_zh, field->name);
}

static void spell_table(struct token *token, const struct record_desc *record)
{
    token_spell(token, record->label_zh, record->name);
}

static struct expr *make_field(struct cursor *cursor, struct expr *expr, struct reach reach,
                               int32_t through, int32_t field, struct token *token)
{
    const struct vocab *vocab = cursor->reading->vocab;
    int32_t table = reach.table;
    if (through >= 0)
        table = type_of_field(vocab, field_of(vocab, table, through)).target;
    const struct field_desc *desc = field_of(vocab, table, field);
    spell_field(token, desc);
    if (desc->type == FIELD_TEXT || desc->type == FIELD_SECRET)
        return name_failed(cursor, expr, "text-field", "",
                           sentence(cursor->reading,
                                   "'%s' is a text; a rule cannot depend on it", desc->label_zh));
    expr->kind = EXPR_FIELD;
    expr->scope = reach.scope;
    expr->up = reach.up;
    expr->through = through;
    expr->table = table;
    expr->field = field;
    expr->type = type_of_field(vocab, desc);
    return expr;
}

/* A field may be told apart by its name in one language alone: 单位类型 of the owner is kind, and
 * so is 办学项目类型 of the row itself. In the other it then needs its record before it. */
static const char *clear_name(struct cursor *cursor, const struct scope *scope,
                              const struct reach *meant, int32_t field, const char *record,
                              const char *word)
{
    struct reach reach;
    int32_t found;
    bool same = find_field(cursor, scope, str_from(word), &reach, &found) && found == field &&
                reach.scope == meant->scope && reach.up == meant->up;
    return same ? word : text_in(cursor->reading->arena, "%s.%s", record, word);
}

static void spell_clear(struct cursor *cursor, const struct scope *scope, struct reach reach,
                        int32_t field, struct token *token)
{
    const struct record_desc *record = &cursor->reading->vocab->records[reach.table];
    const struct field_desc *desc = &record->fields[field];
    token_spell(token,
                clear_name(cursor, scope, &reach, field, record->label_zh, desc->label_zh),
                clear_name(cursor, scope, &reach, field, record->name, desc->name));
}

static struct expr *own_field(struct cursor *cursor, struct expr *expr, const struct scope *scope,
                              struct reach reach, int32_t field, struct token *token)
{
    struct expr *made = make_field(cursor, expr, reach, -1, field, token);
    if (made)
        spell_clear(cursor, scope, reach, field, token);
    return made;
}

/* A define by name that can stand on the row, or -1. */
static int32_t find_define(struct cursor *cursor, const struct token *token)
{
    const struct policy *policy = cursor->reading->policy;
    int32_t statement =
        statement_seen(cursor, token->inner, token_span(cursor->document, token, token));
    if (statement < 0 || policy->statements[statement].kind != STATEMENT_DEFINE)
        return -1;
    return statement;
}

static struct expr *make_define(struct cursor *cursor, struct expr *expr, struct reach reach,
                                int32_t through, int32_t statement)
{
    struct reading *reading = cursor->reading;
    struct statement *target = &reading->policy->statements[statement];
    target->used = true;
    expr->kind = EXPR_DEFINE;
    expr->statement = statement;
    expr->scope = reach.scope;
    expr->up = reach.up;
    expr->through = through;
    expr->table = target->as.define->subject;
    expr->type = target->as.define->type;
    return expr->type.kind == TYPE_NONE
               ? name_failed(cursor, expr, "unreadable", "Correct it first.",
                             sentence(reading, "'%.*s' could not be read",
                                     STR_ARG(target->name)))
               : expr;
}

/* Reads the statement that a name stands for. False after a finding. */
static bool read_named(struct cursor *cursor, struct expr *expr, int32_t statement)
{
    struct reading *reading = cursor->reading;
    struct statement *target = &reading->policy->statements[statement];
    target->used = true;
    if (reading->states[statement] == STATE_BUSY) {
        name_failed(cursor, expr, "cycle", "Take one of them out of the circle.",
                    sentence(reading, "'%.*s' depends on itself", STR_ARG(target->name)));
        return false;
    }
    statement_read(reading, statement);
    if (!target->as.rule) {
        name_failed(cursor, expr, "unreadable", "Correct it first.",
                    sentence(reading, "'%.*s' could not be read", STR_ARG(target->name)));
        return false;
    }
    return true;
}

static struct expr *name_define(struct cursor *cursor, struct expr *expr, int32_t statement,
                                const struct scope *scope)
{
    if (!read_named(cursor, expr, statement))
        return NULL;
    const struct reading *reading = cursor->reading;
    const struct define *define = reading->policy->statements[statement].as.define;
    struct reach reach = {.table = -1};
    if (define->subject >= 0 && !find_table(cursor, scope, define->subject, &reach))
        return name_failed(cursor, expr, "unreachable",
                           "Reach it through a reference field: 用人单位.NAME.",
                           sentence(reading, "'%.*s' is defined on %s, which is not in reach",
                                   STR_ARG(expr->name),
                                   reading->vocab->records[define->subject].label_zh));
    return make_define(cursor, expr, reach, -1, statement);
}

static struct expr *name_parameter(struct cursor *cursor, struct expr *expr, int32_t statement,
                                   const struct scope *scope)
{
    if (!read_named(cursor, expr, statement))
        return NULL;
    const struct reading *reading = cursor->reading;
    const struct parameter *parameter = reading->policy->statements[statement].as.parameter;
    if (expr->child_count != (parameter->key_enum >= 0))
        return name_failed(cursor, expr, "arguments", "",
                           sentence(reading,
                                   parameter->key_enum >= 0 ? "'%.*s' needs one key in parentheses"
                                                            : "'%.*s' takes no key",
                                   STR_ARG(expr->name)));
    if (expr->child_count) {
        struct type key = {TYPE_ENUM, parameter->key_enum};
        struct expr *child = typing_expr(cursor, expr->children[0], scope, key);
        if (!child)
            return NULL;
        if (!typing_is(child->type, key))
            return name_failed(cursor, child, "unit", "",
                               sentence(reading, "%s where %s is needed",
                                       type_words(cursor->reading, child->type),
                                       type_words(cursor->reading, key)));
        expr->children[0] = child;
    }
    expr->kind = EXPR_PARAMETER;
    expr->statement = statement;
    expr->type = parameter->type;
    return expr;
}

static struct expr *name_table(struct cursor *cursor, struct expr *expr, int32_t statement,
                               const struct scope *scope)
{
    if (!read_named(cursor, expr, statement))
        return NULL;
    struct reading *reading = cursor->reading;
    const struct table_statement *table = reading->policy->statements[statement].as.table;
    if (expr->child_count != table->input_count)
        return name_failed(cursor, expr, "arguments", "",
                           sentence(reading, "'%.*s' has %d inputs, not %d",
                                   STR_ARG(expr->name), table->input_count, expr->child_count));
    for (int32_t i = 0; i < expr->child_count; i++) {
        struct expr *child = typing_expr(cursor, expr->children[i], scope, table->inputs[i]);
        if (!child)
            return NULL;
        if (!typing_is(child->type, table->inputs[i]))
            return name_failed(cursor, child, "unit", "",
                               sentence(reading, "%s where %s is needed",
                                       type_words(reading, child->type),
                                       type_words(reading, table->inputs[i])));
        expr->children[i] = child;
    }
    expr->kind = EXPR_TABLE;
    expr->statement = statement;
    expr->type = table->output;
    return expr;
}

/* An indicator in a question or in another indicator stands for its formula. */
static struct expr *name_indicator(struct cursor *cursor, struct expr *expr, int32_t statement)
{
    const struct policy *policy = cursor->reading->policy;
    if (cursor->statement >= 0 &&
        policy->statements[cursor->statement].kind != STATEMENT_INDICATOR)
        return name_failed(cursor, expr, "indicator", "Give the formula a name with 定义 (define).",
                           "an indicator is a figure of the whole city; a rule cannot read it");
    if (!read_named(cursor, expr, statement))
        return NULL;
    return policy->statements[statement].as.indicator->value;
}

static struct expr *name_statement(struct cursor *cursor, struct expr *expr, int32_t statement,
                                   const struct scope *scope)
{
    const struct statement *target = &cursor->reading->policy->statements[statement];
    switch (target->kind) {
    case STATEMENT_DEFINE:
        return name_define(cursor, expr, statement, scope);
    case STATEMENT_PARAMETER:
        return name_parameter(cursor, expr, statement, scope);
    case STATEMENT_TABLE:
        return name_table(cursor, expr, statement, scope);
    case STATEMENT_INDICATOR:
        return name_indicator(cursor, expr, statement);
    default:
        return name_failed(
            cursor, expr, "wrong-kind", "",
            sentence(cursor->reading, "'%.*s' is a %s (%s) and has no value",
                    STR_ARG(expr->name), statement_kind_word(target->kind, SPELLING_ZH),
                    statement_kind_word(target->kind, SPELLING_EN)));
    }
}

static struct expr *unknown_name(struct cursor *cursor, struct expr *expr,
                                 const struct scope *scope, struct str name)
{
    const char *near = nearest_name(cursor, scope, name);
    return name_failed(cursor, expr, "unknown-name",
                       near ? sentence(cursor->reading, "Did you mean '%s'?", near) : "",
                       sentence(cursor->reading, "nothing here is called '%.*s'", STR_ARG(name)));
}

static struct expr *single_name(struct cursor *cursor, struct expr *expr,
                                const struct scope *scope, struct type expected)
{
    struct token *token = expr->tokens;
    while (token->kind == TOKEN_SYMBOL)
        token++; /* the parenthesis around it */
    int64_t value;
    bool coded = expected.kind == TYPE_ENUM || expected.kind == TYPE_CODE ||
                 expected.kind == TYPE_CLASS;
    if (coded && typing_code(cursor, token, expected, false, &value)) {
        expr->kind = EXPR_LITERAL;
        expr->type = expected;
        expr->value = value;
        return expr;
    }
    struct reach reach;
    int32_t field;
    if (find_field(cursor, scope, expr->name, &reach, &field))
        return own_field(cursor, expr, scope, reach, field, token);
    int32_t statement = statement_seen(cursor, expr->name, expr_name_span(cursor, expr));
    if (cursor->failed)
        return NULL;
    if (statement >= 0)
        return name_statement(cursor, expr, statement, scope);
    int32_t table = vocab_table(cursor->reading->vocab, expr->name);
    if (table >= 0 && find_table(cursor, scope, table, &reach)) {
        spell_table(token, &cursor->reading->vocab->records[table]);
        expr->kind = EXPR_FIELD;
        expr->scope = reach.scope;
        expr->up = reach.up;
        expr->table = table;
        expr->type = (struct type){TYPE_REF, table};
        return expr; /* field -1: the row itself */
    }
    if (coded) {
        typing_code(cursor, token, expected, true, &value);
        return NULL;
    }
    return unknown_name(cursor, expr, scope, expr->name);
}

/* REF.NAME, TABLE.NAME, TABLE.REF.NAME; 外层.… leaves the innermost aggregate. */
struct path {
    struct token *parts[4];
    int32_t count;
};

static bool read_path(struct expr *expr, struct path *path)
{
    struct token *token = expr->tokens;
    while (token->kind == TOKEN_SYMBOL && token->value == '(')
        token++;
    path->count = 0;
    for (;; token += 2) {
        if (path->count == 4)
            return false;
        path->parts[path->count++] = token;
        if (token + 1 >= expr->tokens + expr->token_count || token[1].kind != TOKEN_SYMBOL ||
            token[1].value != '.')
            return true;
    }
}

static const struct scope *leave_outer(struct path *path, const struct scope *scope,
                                       int32_t *ret_left)
{
    *ret_left = 0;
    while (path->count > 1 && scope->outer && keyword_is(KEY_OUTER, path->parts[0]->inner)) {
        token_spell(path->parts[0], keyword_zh(KEY_OUTER), keyword_en(KEY_OUTER));
        scope = scope->outer;
        ++*ret_left;
        memmove(path->parts, path->parts + 1, (size_t)--path->count * sizeof path->parts[0]);
    }
    return scope;
}

/* Resolves all parts but the last to a row; through is a REF field of it or -1. */
static bool path_row(struct cursor *cursor, struct expr *expr, const struct path *path,
                     const struct scope *scope, struct reach *ret_reach, int32_t *ret_through)
{
    const struct vocab *vocab = cursor->reading->vocab;
    int32_t at = 0, field = -1;
    int32_t table = vocab_table(vocab, path->parts[0]->inner);
    if (path->count > 1 && table >= 0 && find_table(cursor, scope, table, ret_reach)) {
        spell_table(path->parts[0], &vocab->records[table]);
        at = 1;
        field = path->count > 2 ? vocab_field(vocab, table, path->parts[1]->inner) : -1;
        if (path->count == 2) {
            *ret_through = -1;
            return true;
        }
    } else if (path->count > 1) {
        find_field(cursor, scope, path->parts[0]->inner, ret_reach, &field);
    }
    if (field < 0) {
        unknown_name(cursor, expr, scope, path->parts[at]->inner);
        return false;
    }
    const struct field_desc *desc = field_of(vocab, ret_reach->table, field);
    if (desc->type != FIELD_REF || path->count != at + 2) {
        name_failed(cursor, expr, "path", "Write FIELD, RECORD.FIELD or REFERENCE.FIELD.",
                    sentence(cursor->reading, "'%s' does not lead to another record",
                            desc->label_zh));
        return false;
    }
    spell_field(path->parts[at], desc);
    if (at == 0)
        spell_clear(cursor, scope, *ret_reach, field, path->parts[at]);
    *ret_through = field;
    return true;
}

static struct expr *path_name(struct cursor *cursor, struct expr *expr, struct path *path,
                              const struct scope *scope)
{
    const struct vocab *vocab = cursor->reading->vocab;
    int32_t left, through;
    struct reach reach = {0};
    const struct scope *start = leave_outer(path, scope, &left);
    struct token *last = path->parts[path->count - 1];
    if (path->count == 1) {
        expr->name = last->inner;
        int32_t field;
        if (!find_field(cursor, start, expr->name, &reach, &field))
            return unknown_name(cursor, expr, start, expr->name);
        struct reach row = reach;
        row.scope += left;
        struct expr *made = make_field(cursor, expr, row, -1, field, last);
        if (made)
            spell_clear(cursor, start, reach, field, last);
        return made;
    }
    if (!path_row(cursor, expr, path, start, &reach, &through))
        return NULL;
    reach.scope += left;
    int32_t table = through < 0
                        ? reach.table
                        : type_of_field(vocab, field_of(vocab, reach.table, through)).target;
    int32_t field = vocab_field(vocab, table, last->inner);
    if (field >= 0)
        return make_field(cursor, expr, reach, through, field, last);
    int32_t define = find_define(cursor, last);
    if (define >= 0 && read_named(cursor, expr, define) &&
        cursor->reading->policy->statements[define].as.define->subject == table)
        return make_define(cursor, expr, reach, through, define);
    struct scope target = {.table = table};
    return unknown_name(cursor, expr, &target, last->inner);
}

struct expr *typing_name(struct cursor *cursor, struct expr *expr, const struct scope *scope,
                         struct type expected)
{
    struct path path;
    if (!read_path(expr, &path))
        return name_failed(cursor, expr, "path", "Write FIELD, RECORD.FIELD or REFERENCE.FIELD.",
                           "the path is too long");
    if (expr->child_count > 0) {
        int32_t statement = statement_seen(cursor, expr->name, expr_name_span(cursor, expr));
        return path.count > 1 || statement < 0 ? unknown_name(cursor, expr, scope, expr->name)
                                               : name_statement(cursor, expr, statement, scope);
    }
    return path.count > 1 ? path_name(cursor, expr, &path, scope)
                          : single_name(cursor, expr, scope, expected);
}

/* The row whose children of `table` are meant. */
static bool owner_row(struct cursor *cursor, struct expr *expr, int32_t table,
                      const struct scope *scope)
{
    const struct vocab *vocab = cursor->reading->vocab;
    int32_t owner = vocab_owner(vocab, table);
    struct reach reach;
    if (owner >= 0 && find_table(cursor, scope, owner, &reach)) {
        expr->scope = reach.scope;
        expr->up = reach.up;
        return true;
    }
    if (scope->table < 0 && !scope->outer) {
        expr->up = -1;
        return true;
    }
    name_failed(cursor, expr, "unreachable", "",
                sentence(cursor->reading,
                        owner >= 0 ? "%s belongs to %s, which is not in reach"
                                   : "%s belongs to no row in reach%s",
                        vocab->records[table].label_zh,
                        owner >= 0 ? vocab->records[owner].label_zh : ""));
    return false;
}

/* 计数 培训记录 按 委托单位: the rows anywhere whose reference names a row in reach. */
static bool inverse_row(struct cursor *cursor, struct expr *expr, int32_t table,
                        const struct scope *scope)
{
    const struct vocab *vocab = cursor->reading->vocab;
    struct expr *name = expr->children[1];
    int32_t field = vocab_field(vocab, table, name->name);
    if (field < 0 || field_of(vocab, table, field)->type != FIELD_REF) {
        name_failed(cursor, name, "unknown-name", "",
                    sentence(cursor->reading, "%s has no reference called '%.*s'",
                            vocab->records[table].label_zh, STR_ARG(name->name)));
        return false;
    }
    spell_field(name->tokens, field_of(vocab, table, field));
    int32_t target = type_of_field(vocab, field_of(vocab, table, field)).target;
    struct reach reach;
    if (!find_table(cursor, scope, target, &reach)) {
        name_failed(cursor, name, "unreachable", "",
                    sentence(cursor->reading, "no row of %s is in reach",
                            vocab->records[target].label_zh));
        return false;
    }
    expr->inverse = field;
    expr->scope = reach.scope;
    expr->up = reach.up;
    return true;
}

bool typing_collection(struct cursor *cursor, struct expr *expr, const struct scope *scope)
{
    const struct vocab *vocab = cursor->reading->vocab;
    struct expr *name = expr->children[0];
    struct path path;
    if (!read_path(name, &path)) {
        name_failed(cursor, name, "path", "", "the path is too long");
        return false;
    }
    int32_t left;
    const struct scope *start = leave_outer(&path, scope, &left);
    struct token *last = path.parts[path.count - 1];
    int32_t table = vocab_table(vocab, last->inner);
    if (table < 0) {
        name_failed(cursor, name, "unknown-name", "",
                    sentence(cursor->reading, "there is no record called '%.*s'",
                            STR_ARG(last->inner)));
        return false;
    }
    spell_table(last, &vocab->records[table]);
    expr->table = table;
    if (expr->child_count > 1) {
        if (!inverse_row(cursor, expr, table, start))
            return false;
    } else if (path.count == 1) {
        if (!owner_row(cursor, expr, table, start))
            return false;
    } else {
        struct reach reach = {0};
        if (!path_row(cursor, name, &path, start, &reach, &expr->through))
            return false;
        expr->scope = reach.scope;
        expr->up = reach.up;
        int32_t from =
            expr->through < 0
                ? reach.table
                : type_of_field(vocab, field_of(vocab, reach.table, expr->through)).target;
        if (from != vocab_owner(vocab, table)) {
            name_failed(cursor, name, "unreachable", "",
                        sentence(cursor->reading, "%s does not belong to %s",
                                vocab->records[table].label_zh, vocab->records[from].label_zh));
            return false;
        }
    }
    expr->scope += expr->up >= 0 ? left : 0;
    expr->children = NULL;
    expr->child_count = 0;
    return true;
}
