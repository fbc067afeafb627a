/* typing_expr.c — types of expressions: units and periods are part of them. */
#include "policy/policy_limits.h"
#include "policy/reading.h"

static const struct type type_none = {TYPE_NONE, -1};
static const struct type type_bool = {TYPE_BOOL, -1};
static const struct type type_count = {TYPE_COUNT, -1};

static struct expr *refuse(struct cursor *cursor, const struct expr *expr, const char *rule,
                           const char *hint, const char *message)
{
    if (!cursor->failed)
        finding_add(cursor->reading, FINDING_ERROR, rule, expr->span, hint, "%s",
                    said(cursor->reading, message));
    cursor->failed = true;
    return NULL;
}

static struct expr *refuse_type(struct cursor *cursor, const struct expr *expr, struct type wanted)
{
    struct reading *reading = cursor->reading;
    return refuse(cursor, expr, "unit", "",
                  sentence(reading, "%s where %s is needed", type_words(reading, expr->type),
                          type_words(reading, wanted)));
}

static struct expr *typed_as(struct cursor *cursor, struct expr *expr, const struct scope *scope,
                             struct type wanted)
{
    struct expr *typed = typing_expr(cursor, expr, scope, wanted);
    if (!typed || typing_is(typed->type, wanted))
        return typed;
    return refuse_type(cursor, typed, wanted);
}

static struct expr *type_literal(struct cursor *cursor, struct expr *expr, struct type expected)
{
    if (expected.kind != TYPE_CODE || expr->type.kind != TYPE_COUNT)
        return expr;
    const struct catalogue *catalogue = &cursor->reading->vocab->catalogues[expected.target];
    if (!catalogue_by_code(catalogue, expr->value))
        return refuse(cursor, expr, "unknown-code", "",
                      sentence(cursor->reading, "'%.*s' is not a code of %s",
                              STR_ARG(expr->span.text), catalogue->label_zh));
    expr->type = expected;
    return expr;
}

static bool is_span(enum type_kind kind)
{
    return kind == TYPE_COUNT || kind == TYPE_MONEY || kind == TYPE_RATE || kind == TYPE_MONTHS ||
           kind == TYPE_DAYS || kind == TYPE_WORKING_DAYS;
}

static struct expr *type_children_bool(struct cursor *cursor, struct expr *expr,
                                       const struct scope *scope)
{
    for (int32_t i = 0; i < expr->child_count; i++) {
        expr->children[i] = typed_as(cursor, expr->children[i], scope, type_bool);
        if (!expr->children[i])
            return NULL;
    }
    expr->type = type_bool;
    return expr;
}

/* A bare word on the left that is no name of a row is a code of what stands on the right. */
static bool is_bare_code(struct cursor *cursor, const struct expr *expr, const struct scope *scope)
{
    if (expr->kind != EXPR_NAME || expr->child_count || expr->token_count != 1)
        return expr->kind == EXPR_LITERAL && expr->type.kind == TYPE_COUNT;
    for (const struct scope *row = scope; row; row = row->outer)
        for (int32_t table = row->table; table >= 0;
             table = vocab_owner(cursor->reading->vocab, table))
            if (vocab_field(cursor->reading->vocab, table, expr->name) >= 0)
                return false;
    return statement_find(cursor->reading->policy, cursor->document, expr->name) < 0;
}

static bool type_pair(struct cursor *cursor, struct expr **left, struct expr **right,
                      const struct scope *scope)
{
    bool right_first = is_bare_code(cursor, *left, scope) && !is_bare_code(cursor, *right, scope);
    struct expr **first = right_first ? right : left, **second = right_first ? left : right;
    *first = typing_expr(cursor, *first, scope, type_none);
    if (!*first)
        return false;
    *second = typing_expr(cursor, *second, scope, (*first)->type);
    return *second != NULL;
}

static struct expr *type_compare(struct cursor *cursor, struct expr *expr,
                                 const struct scope *scope)
{
    struct reading *reading = cursor->reading;
    if (!type_pair(cursor, &expr->children[0], &expr->children[1], scope))
        return NULL;
    struct type left = expr->children[0]->type, right = expr->children[1]->type;
    if (!typing_is(left, right))
        return refuse(cursor, expr, "unit", "Compare values of the same unit.",
                      sentence(reading, "%s is compared with %s", type_words(reading, left),
                              type_words(reading, right)));
    if (expr->op != OP_EQUAL && expr->op != OP_NOT_EQUAL && !type_has_order(reading->vocab, left))
        return refuse(cursor, expr, "order", "Compare with = or with 属于 (in).",
                      sentence(reading, "%s has no order", type_words(reading, left)));
    expr->type = type_bool;
    return expr;
}

/* Kind of left op right; TYPE_NONE when the units do not fit. */
static enum type_kind arithmetic_kind(enum expr_op op, enum type_kind left, enum type_kind right)
{
    static const struct {
        enum type_kind left, right, product;
    } products[] = {
        {TYPE_COUNT, TYPE_COUNT, TYPE_COUNT},   {TYPE_MONEY, TYPE_COUNT, TYPE_MONEY},
        {TYPE_MONEY, TYPE_RATE, TYPE_MONEY},    {TYPE_MONEY, TYPE_MONTHS, TYPE_MONEY},
        {TYPE_MONEY, TYPE_DAYS, TYPE_MONEY},    {TYPE_COUNT, TYPE_RATE, TYPE_COUNT},
        {TYPE_MONTHS, TYPE_COUNT, TYPE_MONTHS}, {TYPE_DAYS, TYPE_COUNT, TYPE_DAYS},
        {TYPE_MONEY, TYPE_WORKING_DAYS, TYPE_MONEY},
        {TYPE_WORKING_DAYS, TYPE_COUNT, TYPE_WORKING_DAYS},
    };
    if (op == OP_ADD || op == OP_SUBTRACT)
        return left == right && is_span(left) ? left : TYPE_NONE;
    if (op == OP_DIVIDE)
        return left == right && is_span(left) && left != TYPE_RATE ? TYPE_RATE : TYPE_NONE;
    for (size_t i = 0; i < sizeof products / sizeof products[0]; i++)
        if ((products[i].left == left && products[i].right == right) ||
            (products[i].left == right && products[i].right == left))
            return products[i].product;
    return TYPE_NONE;
}

static struct expr *type_arithmetic(struct cursor *cursor, struct expr *expr,
                                    const struct scope *scope)
{
    struct reading *reading = cursor->reading;
    for (int32_t i = 0; i < 2; i++) {
        expr->children[i] = typing_expr(cursor, expr->children[i], scope, type_none);
        if (!expr->children[i])
            return NULL;
    }
    struct type left = expr->children[0]->type, right = expr->children[1]->type;
    static const char *const words[] = {[OP_ADD] = "added to", [OP_SUBTRACT] = "subtracted with",
                                        [OP_MULTIPLY] = "multiplied with",
                                        [OP_DIVIDE] = "divided by"};
    enum type_kind kind = arithmetic_kind(expr->op, left.kind, right.kind);
    if (kind == TYPE_NONE)
        return refuse(cursor, expr, "unit",
                      left.kind == TYPE_DAY ? "Use 加月 (add-months) or 加日 (add-days)." : "",
                      sentence(reading, "%s cannot be %s %s", type_words(reading, left),
                              said(reading, words[expr->op]), type_words(reading, right)));
    bool whole = cursor->statement < 0 ||
                 reading->policy->statements[cursor->statement].kind == STATEMENT_INDICATOR;
    if (expr->op == OP_DIVIDE && (!whole || scope->table >= 0))
        return refuse(cursor, expr, "divide", "Compare a with b * 20%.",
                      "only an indicator divides; elsewhere a rounding would have to be said");
    expr->type = (struct type){kind, -1};
    return expr;
}

static struct expr *type_membership(struct cursor *cursor, struct expr *expr,
                                    const struct scope *scope)
{
    struct reading *reading = cursor->reading;
    for (int32_t i = 0; i < expr->child_count; i++) {
        struct type expected = i ? expr->children[0]->type : type_none;
        struct expr *child = typing_expr(cursor, expr->children[i], scope, expected);
        if (!child)
            return NULL;
        if (i && !typing_is(child->type, expected))
            return refuse_type(cursor, child, expected);
        if (i && child->kind != EXPR_LITERAL)
            return refuse(cursor, child, "literal", "", "the list may hold values only, no names");
        expr->children[i] = child;
    }
    (void)reading;
    expr->type = type_bool;
    return expr;
}

static struct expr *type_within(struct cursor *cursor, struct expr *expr,
                                const struct scope *scope)
{
    struct expr *inner = typing_expr(cursor, expr->children[0], scope, type_none);
    if (!inner)
        return NULL;
    if (inner->type.kind != TYPE_CODE)
        return refuse(cursor, inner, "unit", "",
                      sentence(cursor->reading, "%s lies within nothing: only codes do",
                              type_words(cursor->reading, inner->type)));
    struct expr *outer = typed_as(cursor, expr->children[1], scope, inner->type);
    if (!outer)
        return NULL;
    expr->children[0] = inner;
    expr->children[1] = outer;
    expr->type = type_bool;
    return expr;
}

static struct expr *type_register(struct cursor *cursor, struct expr *expr,
                                  const struct scope *scope)
{
    struct reading *reading = cursor->reading;
    struct expr *code = typing_expr(cursor, expr->children[0], scope, type_none);
    if (!code)
        return NULL;
    int32_t catalogue = -1;
    int32_t statement = statement_seen(cursor, expr->name, expr->span);
    if (statement >= 0 && reading->policy->statements[statement].kind == STATEMENT_REGISTER) {
        statement_read(reading, statement);
        reading->policy->statements[statement].used = true;
        const struct register_statement *reg = reading->policy->statements[statement].as.reg;
        catalogue = reg ? reg->catalogue : -1;
        expr->statement = statement;
    } else {
        expr->outside_register = vocab_register(reading->vocab, expr->name);
        if (expr->outside_register >= 0)
            catalogue = vocab_catalogue(
                reading->vocab,
                str_from(reading->vocab->registers[expr->outside_register].catalogue));
    }
    if (catalogue < 0)
        return refuse(cursor, expr, "unknown-name", "Write it as a 目录 (register).",
                      sentence(reading, "there is no register called '%.*s'",
                              STR_ARG(expr->name)));
    struct type wanted = {TYPE_CODE, catalogue};
    if (!typing_is(code->type, wanted))
        return refuse_type(cursor, code, wanted);
    expr->children[0] = code;
    if (expr->child_count > 1) {
        expr->children[1] =
            typed_as(cursor, expr->children[1], scope, (struct type){TYPE_DAY, -1});
        if (!expr->children[1])
            return NULL;
    }
    expr->type = type_bool;
    return expr;
}

/* Aggregates open around a scope; those over a whole table do not count. */
static int32_t open_collections(const struct scope *scope)
{
    int32_t count = 0;
    for (; scope->outer; scope = scope->outer)
        count += scope->outer->table >= 0;
    return count;
}

static struct expr *type_collection_value(struct cursor *cursor, struct expr *expr,
                                          const struct scope *inner)
{
    if (expr->aggregate == AGGREGATE_HAS || expr->aggregate == AGGREGATE_HAS_NO) {
        expr->type = type_bool;
        return expr;
    }
    expr->type = type_count;
    if (expr->aggregate == AGGREGATE_COUNT)
        return expr;
    expr->aggregated = typing_expr(cursor, expr->aggregated, inner, type_none);
    if (!expr->aggregated)
        return NULL;
    struct type type = expr->aggregated->type;
    if (expr->aggregate == AGGREGATE_DISTINCT)
        return expr;
    bool fits = expr->aggregate == AGGREGATE_SUM
                    ? is_span(type.kind)
                    : type_has_order(cursor->reading->vocab, type);
    if (!fits)
        return refuse(cursor, expr->aggregated, "unit", "",
                      sentence(cursor->reading,
                              expr->aggregate == AGGREGATE_SUM ? "%s cannot be summed"
                                                               : "%s has no order",
                              type_words(cursor->reading, type)));
    expr->type = type;
    return expr;
}

static struct expr *type_aggregate(struct cursor *cursor, struct expr *expr,
                                   const struct scope *scope)
{
    int32_t open = open_collections(scope);
    bool has = expr->aggregate == AGGREGATE_HAS || expr->aggregate == AGGREGATE_HAS_NO;
    if ((open > 0 && !has) || open >= POLICY_COLLECTION_DEPTH_MAX)
        return refuse(cursor, expr, "nested", "Give the inner one a name with 定义 (define).",
                      "one collection stands within another; only 有 and 没有 may");
    if (!typing_collection(cursor, expr, scope))
        return NULL;
    struct scope inner = {.table = expr->table, .outer = scope};
    if (expr->where) {
        expr->where = typed_as(cursor, expr->where, &inner, type_bool);
        if (!expr->where)
            return NULL;
    }
    return type_collection_value(cursor, expr, &inner);
}

static const struct {
    enum type_kind result;
    enum type_kind arguments[4];
} function_types[] = {
    [FUNCTION_YEARS_BETWEEN] = {TYPE_COUNT, {TYPE_DAY, TYPE_DAY}},
    [FUNCTION_MONTHS_BETWEEN] = {TYPE_MONTHS, {TYPE_DAY, TYPE_DAY}},
    [FUNCTION_DAYS_BETWEEN] = {TYPE_DAYS, {TYPE_DAY, TYPE_DAY}},
    [FUNCTION_ADD_MONTHS] = {TYPE_DAY, {TYPE_DAY, TYPE_MONTHS}},
    [FUNCTION_ADD_DAYS] = {TYPE_DAY, {TYPE_DAY, TYPE_DAYS}},
    [FUNCTION_WORKING_DAYS_BETWEEN] = {TYPE_WORKING_DAYS, {TYPE_DAY, TYPE_DAY}},
    [FUNCTION_ADD_WORKING_DAYS] = {TYPE_DAY, {TYPE_DAY, TYPE_WORKING_DAYS}},
    [FUNCTION_YEAR_OF] = {TYPE_COUNT, {TYPE_DAY}},
    [FUNCTION_MONTH_OF] = {TYPE_MONTH, {TYPE_DAY}},
    [FUNCTION_COVERED_MONTHS] = {TYPE_MONTHS, {TYPE_MONTH, TYPE_MONTH, TYPE_MONTH, TYPE_MONTH}},
    [FUNCTION_IN_PERIOD] = {TYPE_BOOL, {TYPE_DAY}},
    [FUNCTION_IN_WINDOW] = {TYPE_BOOL, {TYPE_DAY, TYPE_DAY, TYPE_MONTHS}},
    [FUNCTION_HOLDS_ON] = {TYPE_BOOL, {TYPE_DAY, TYPE_DAY, TYPE_DAY}},
};

static struct expr *type_call(struct cursor *cursor, struct expr *expr, const struct scope *scope)
{
    bool picks = expr->function == FUNCTION_LEAST || expr->function == FUNCTION_GREATEST;
    for (int32_t i = 0; i < expr->child_count; i++) {
        struct type wanted = type_none;
        if (!picks)
            wanted = (struct type){function_types[expr->function].arguments[i], -1};
        else if (i)
            wanted = expr->children[0]->type;
        struct expr *child = i || !picks ? typed_as(cursor, expr->children[i], scope, wanted)
                                         : typing_expr(cursor, expr->children[i], scope, wanted);
        if (!child)
            return NULL;
        if (picks && !type_has_order(cursor->reading->vocab, child->type))
            return refuse(cursor, child, "order", "",
                          sentence(cursor->reading, "%s has no order",
                                  type_words(cursor->reading, child->type)));
        expr->children[i] = child;
    }
    expr->type = picks ? expr->children[0]->type
                       : (struct type){function_types[expr->function].result, -1};
    return expr;
}

static struct expr *type_choose(struct cursor *cursor, struct expr *expr,
                                const struct scope *scope, struct type expected)
{
    struct type type = expected;
    for (int32_t i = 0; i < expr->child_count; i++) {
        bool condition = i % 2 == 0 && i + 1 < expr->child_count;
        struct expr *child = condition
                                 ? typed_as(cursor, expr->children[i], scope, type_bool)
                                 : typing_expr(cursor, expr->children[i], scope, type);
        if (!child)
            return NULL;
        expr->children[i] = child;
        if (condition)
            continue;
        if (i == 1)
            type = child->type;
        else if (!typing_is(child->type, type))
            return refuse_type(cursor, child, type);
    }
    expr->type = type;
    return expr;
}

static struct expr *type_negate(struct cursor *cursor, struct expr *expr,
                                const struct scope *scope)
{
    struct expr *child = typing_expr(cursor, expr->children[0], scope, type_none);
    if (!child)
        return NULL;
    if (!is_span(child->type.kind))
        return refuse(cursor, child, "unit", "",
                      sentence(cursor->reading, "%s has no negative",
                              type_words(cursor->reading, child->type)));
    expr->children[0] = child;
    expr->type = child->type;
    return expr;
}

struct expr *typing_expr(struct cursor *cursor, struct expr *expr, const struct scope *scope,
                         struct type expected)
{
    switch (expr->kind) {
    case EXPR_LITERAL:
        return type_literal(cursor, expr, expected);
    case EXPR_NAME:
        return typing_name(cursor, expr, scope, expected);
    case EXPR_NOT:
    case EXPR_AND:
    case EXPR_OR:
        return type_children_bool(cursor, expr, scope);
    case EXPR_NEGATE:
        return type_negate(cursor, expr, scope);
    case EXPR_COMPARE:
        return type_compare(cursor, expr, scope);
    case EXPR_ARITHMETIC:
        return type_arithmetic(cursor, expr, scope);
    case EXPR_IN:
        return type_membership(cursor, expr, scope);
    case EXPR_WITHIN_CODE:
        return type_within(cursor, expr, scope);
    case EXPR_REGISTER:
        return type_register(cursor, expr, scope);
    case EXPR_AGGREGATE:
        return type_aggregate(cursor, expr, scope);
    case EXPR_CALL:
        return type_call(cursor, expr, scope);
    case EXPR_CHOOSE:
        return type_choose(cursor, expr, scope, expected);
    case EXPR_KNOWN:
        expr->children[0] = typing_expr(cursor, expr->children[0], scope, type_none);
        expr->type = type_bool;
        return expr->children[0] ? expr : NULL;
    default:
        return expr; /* typed already */
    }
}

bool expr_reads_row(const struct expr *expr)
{
    if (expr->kind == EXPR_FIELD || expr->kind == EXPR_DEFINE || expr->kind == EXPR_AGGREGATE ||
        expr->kind == EXPR_CONTEXT || expr->kind == EXPR_PARAMETER)
        return true;
    for (int32_t i = 0; i < expr->child_count; i++)
        if (expr_reads_row(expr->children[i]))
            return true;
    return false;
}
