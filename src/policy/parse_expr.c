/* parse_expr.c — the grammar of expressions; names stay EXPR_NAME until typing.
 *
 *   or := and (或 and)*            and := not (且 not)*          not := 非 not | compare
 *   compare := sum [OP sum | 属于 (sum, …) | 位于 sum | 在目录 NAME [于 sum]]
 *   sum := product (+|- product)*  product := unary (*|/ unary)*  unary := - unary | primary
 */
#include "policy/policy_limits.h"
#include "policy/reading.h"

static struct expr *parse_or(struct cursor *cursor);
static struct expr *parse_sum(struct cursor *cursor);
static struct expr *parse_unary(struct cursor *cursor);

static const struct {
    enum expr_function function;
    const char *zh, *en;
    int32_t least, most;
} functions[] = {
#define FUNCTION_WORD(function, zh, en, least, most) {FUNCTION_##function, zh, en, least, most},
#include "policy/keyword.def"
};
enum { FUNCTION_COUNT = sizeof functions / sizeof functions[0] };

static const struct {
    enum expr_context context;
    const char *zh, *en;
} contexts[] = {
#define CONTEXT_WORD(context, zh, en) {CONTEXT_##context, zh, en},
#include "policy/keyword.def"
};
enum { CONTEXT_COUNT = sizeof contexts / sizeof contexts[0] };

struct expr *expr_new(struct cursor *cursor, enum expr_kind kind, int32_t first_token)
{
    struct expr *expr = TAKE(cursor->reading, struct expr, 1);
    expr->kind = kind;
    expr->through = expr->inverse = expr->table = expr->field = expr->statement =
        expr->outside_register = -1;
    expr->tokens = &cursor->tokens[first_token];
    expr->token_count = cursor->next - first_token;
    if (expr->token_count > 0)
        expr->span = token_span(cursor->document, expr->tokens,
                                &cursor->tokens[cursor->next - 1]);
    return expr;
}

static void add_child(struct cursor *cursor, struct expr *expr, struct expr *child,
                      int32_t *capacity)
{
    GROW(cursor->reading, expr->children, expr->child_count, capacity);
    expr->children[expr->child_count++] = child;
}

static struct expr *with_children(struct cursor *cursor, enum expr_kind kind, int32_t first,
                                  struct expr *left, struct expr *right)
{
    struct expr *expr = expr_new(cursor, kind, first);
    int32_t capacity = 0;
    add_child(cursor, expr, left, &capacity);
    if (right)
        add_child(cursor, expr, right, &capacity);
    return expr;
}

static void finish(struct cursor *cursor, struct expr *expr)
{
    int32_t first = (int32_t)(expr->tokens - cursor->tokens);
    expr->token_count = cursor->next - first;
    expr->span = token_span(cursor->document, expr->tokens, &cursor->tokens[cursor->next - 1]);
}

static bool deeper(struct cursor *cursor)
{
    if (cursor->reading->depth >= POLICY_DEPTH_MAX) {
        cursor_fail(cursor, "depth", "Give a part of it a name with 定义 (define).",
                    "the expression nests deeper than %d", (int)POLICY_DEPTH_MAX);
        return false;
    }
    cursor->reading->depth++;
    return true;
}

static struct expr *literal(struct cursor *cursor, int32_t first, enum type_kind type,
                            int64_t value)
{
    struct expr *expr = expr_new(cursor, EXPR_LITERAL, first);
    expr->type = (struct type){type, -1};
    expr->value = value;
    return expr;
}

static struct expr *parse_number(struct cursor *cursor)
{
    int32_t first = cursor->next;
    int64_t micros = cursor_take(cursor)->value, value = micros / 1000000;
    struct token *next = cursor_peek(cursor);
    if (next->kind == TOKEN_SYMBOL && cursor_accept(cursor, KEY_UNIT_RATE)) {
        if (micros % 100 != 0) {
            cursor_fail(cursor, "number", "", "a rate has at most four digits behind the point");
            return NULL;
        }
        return literal(cursor, first, TYPE_RATE, micros / 100);
    }
    const struct unit_word *unit = next->kind == TOKEN_WORD ? unit_of(next->text) : NULL;
    if (unit) {
        token_spell(cursor_take(cursor), unit->zh, unit->en);
        if (!unit_value(unit, micros, &value)) {
            cursor->next = first;
            cursor_fail(cursor, "number", "", "'%.*s' is not a whole value in '%.*s'",
                        STR_ARG(cursor_peek(cursor)->text), STR_ARG(next->text));
            return NULL;
        }
        return literal(cursor, first, unit->type, value);
    }
    if (micros % 1000000 != 0) {
        cursor->next = first;
        cursor_fail(cursor, "number", "Write the unit behind it: 元, %, 个月.",
                    "a count is a whole number");
        return NULL;
    }
    return literal(cursor, first, TYPE_COUNT, value);
}

static bool parse_arguments(struct cursor *cursor, struct expr *expr)
{
    int32_t capacity = 0;
    do {
        struct expr *argument = parse_or(cursor);
        if (!argument)
            return false;
        add_child(cursor, expr, argument, &capacity);
    } while (cursor_accept_symbol(cursor, ','));
    return cursor_expect_symbol(cursor, ')');
}

static struct expr *parse_call(struct cursor *cursor, int32_t function)
{
    struct expr *expr = expr_new(cursor, EXPR_CALL, cursor->next);
    expr->function = functions[function].function;
    token_spell(cursor_take(cursor), functions[function].zh, functions[function].en);
    if (!cursor_expect_symbol(cursor, '(') || !parse_arguments(cursor, expr))
        return NULL;
    finish(cursor, expr);
    if (expr->child_count < functions[function].least ||
        expr->child_count > functions[function].most) {
        cursor->next = (int32_t)(expr->tokens - cursor->tokens);
        cursor_fail(cursor, "arguments", "", "%s (%s) takes %d values, not %d",
                    functions[function].zh, functions[function].en, functions[function].least,
                    expr->child_count);
        return NULL;
    }
    return expr;
}

/* NAME, NAME.NAME, NAME(argument, …) */
static struct expr *parse_name(struct cursor *cursor)
{
    int32_t first = cursor->next;
    struct str name = cursor_name(cursor, "a value");
    if (!name.ptr)
        return NULL;
    while (cursor_symbol_is(cursor, '.')) {
        cursor_take(cursor);
        if (!cursor_name(cursor, "a field").ptr)
            return NULL;
    }
    struct expr *expr = expr_new(cursor, EXPR_NAME, first);
    expr->name = name;
    if (cursor_accept_symbol(cursor, '(')) {
        if (!parse_arguments(cursor, expr))
            return NULL;
        finish(cursor, expr);
    }
    return expr;
}

static struct expr *parse_path(struct cursor *cursor)
{
    int32_t first = cursor->next;
    struct str name = cursor_name(cursor, "a record");
    while (name.ptr && cursor_accept_symbol(cursor, '.'))
        if (!cursor_name(cursor, "a record").ptr)
            return NULL;
    if (!name.ptr)
        return NULL;
    struct expr *expr = expr_new(cursor, EXPR_NAME, first);
    expr->name = name;
    return expr;
}

/* 有 TABLE 满足 (…); 合计 VALUE 的 TABLE 按 REFERENCE 满足 (…). children hold the path and the
 * reference until typing. */
static struct expr *parse_collection(struct cursor *cursor, enum expr_aggregate aggregate,
                                     bool has_value)
{
    struct expr *expr = expr_new(cursor, EXPR_AGGREGATE, cursor->next - 1);
    expr->aggregate = aggregate;
    if (has_value) {
        expr->aggregated = parse_unary(cursor);
        if (!expr->aggregated || !cursor_expect(cursor, KEY_OF))
            return NULL;
    }
    struct expr *path = parse_path(cursor);
    if (!path)
        return NULL;
    int32_t capacity = 0;
    add_child(cursor, expr, path, &capacity);
    if (cursor->statement >= 0 && cursor_accept(cursor, KEY_BY)) {
        struct expr *inverse = parse_path(cursor);
        if (!inverse)
            return NULL;
        add_child(cursor, expr, inverse, &capacity);
    }
    if (cursor_accept(cursor, KEY_SATISFYING)) {
        if (!cursor_expect_symbol(cursor, '('))
            return NULL;
        expr->where = parse_or(cursor);
        if (!expr->where || !cursor_expect_symbol(cursor, ')'))
            return NULL;
    }
    finish(cursor, expr);
    return expr;
}

/* 若 当 CONDITION 则 VALUE; … 否则 VALUE */
static struct expr *parse_choose(struct cursor *cursor)
{
    struct expr *expr = expr_new(cursor, EXPR_CHOOSE, cursor->next - 1);
    int32_t capacity = 0;
    do {
        if (!cursor_expect(cursor, KEY_WHEN))
            return NULL;
        struct expr *condition = parse_or(cursor);
        if (!condition || !cursor_expect(cursor, KEY_THEN))
            return NULL;
        struct expr *value = parse_sum(cursor);
        if (!value)
            return NULL;
        add_child(cursor, expr, condition, &capacity);
        add_child(cursor, expr, value, &capacity);
        cursor_accept_symbol(cursor, ';');
    } while (!cursor_is(cursor, KEY_OTHERWISE) && !cursor_done(cursor));
    if (!cursor_expect(cursor, KEY_OTHERWISE))
        return NULL;
    struct expr *otherwise = parse_sum(cursor);
    if (!otherwise)
        return NULL;
    add_child(cursor, expr, otherwise, &capacity);
    finish(cursor, expr);
    return expr;
}

static const struct {
    enum keyword keyword;
    enum expr_aggregate aggregate;
    bool has_value;
} collections[] = {
    {KEY_HAS, AGGREGATE_HAS, false},        {KEY_HAS_NO, AGGREGATE_HAS_NO, false},
    {KEY_COUNT, AGGREGATE_COUNT, false},    {KEY_SUM, AGGREGATE_SUM, true},
    {KEY_HIGHEST, AGGREGATE_HIGHEST, true}, {KEY_LOWEST, AGGREGATE_LOWEST, true},
    {KEY_DISTINCT, AGGREGATE_DISTINCT, true},
};

static struct expr *parse_prefix_word(struct cursor *cursor, bool *ret_known)
{
    int32_t first = cursor->next;
    *ret_known = true;
    struct token *next = cursor_peek_at(cursor, 1);
    bool call = next->kind == TOKEN_SYMBOL && next->value == '(';
    for (size_t i = 0; i < sizeof collections / sizeof collections[0]; i++)
        if (!(next->kind == TOKEN_SYMBOL && next->value == '.') &&
            cursor_accept(cursor, collections[i].keyword))
            return parse_collection(cursor, collections[i].aggregate, collections[i].has_value);
    if (cursor_accept(cursor, KEY_CHOOSE))
        return parse_choose(cursor);
    if (call && cursor_accept(cursor, KEY_KNOWN)) {
        cursor_accept_symbol(cursor, '(');
        struct expr *child = parse_or(cursor);
        if (!child || !cursor_expect_symbol(cursor, ')'))
            return NULL;
        return with_children(cursor, EXPR_KNOWN, first, child, NULL);
    }
    for (int32_t i = 0; call && i < FUNCTION_COUNT; i++)
        if (str_equal_text(cursor_peek(cursor)->text, functions[i].zh) ||
            str_equal_text(cursor_peek(cursor)->text, functions[i].en))
            return parse_call(cursor, i);
    for (int32_t i = 0; i < CONTEXT_COUNT; i++)
        if (str_equal_text(cursor_peek(cursor)->text, contexts[i].zh) ||
            str_equal_text(cursor_peek(cursor)->text, contexts[i].en)) {
            token_spell(cursor_take(cursor), contexts[i].zh, contexts[i].en);
            struct expr *expr = expr_new(cursor, EXPR_CONTEXT, first);
            expr->context = contexts[i].context;
            expr->type = (struct type){TYPE_DAY, -1};
            return expr;
        }
    if (cursor_accept(cursor, KEY_YES))
        return literal(cursor, first, TYPE_BOOL, 1);
    if (cursor_accept(cursor, KEY_NO))
        return literal(cursor, first, TYPE_BOOL, 0);
    *ret_known = false;
    return NULL;
}

static struct expr *parse_primary(struct cursor *cursor)
{
    struct token *token = cursor_peek(cursor);
    int32_t first = cursor->next;
    if (token->kind == TOKEN_NUMBER)
        return parse_number(cursor);
    if (token->kind == TOKEN_DAY || token->kind == TOKEN_MONTH) {
        cursor_take(cursor);
        return literal(cursor, first, token->kind == TOKEN_DAY ? TYPE_DAY : TYPE_MONTH,
                       token->value);
    }
    if (token->kind == TOKEN_CODE) {
        cursor_take(cursor);
        struct expr *expr = expr_new(cursor, EXPR_NAME, first);
        expr->name = token->text;
        return expr;
    }
    if (cursor_accept_symbol(cursor, '(')) {
        struct expr *inner = parse_or(cursor);
        if (!inner || !cursor_expect_symbol(cursor, ')'))
            return NULL;
        inner->tokens = &cursor->tokens[first];
        finish(cursor, inner);
        return inner;
    }
    if (token->kind == TOKEN_WORD) {
        bool known;
        struct expr *expr = parse_prefix_word(cursor, &known);
        if (known)
            return expr;
    }
    return parse_name(cursor);
}

static struct expr *parse_unary(struct cursor *cursor)
{
    if (!deeper(cursor))
        return NULL;
    int32_t first = cursor->next;
    struct expr *expr;
    if (cursor_accept_symbol(cursor, '-')) {
        struct expr *child = parse_unary(cursor);
        expr = child ? with_children(cursor, EXPR_NEGATE, first, child, NULL) : NULL;
    } else {
        expr = parse_primary(cursor);
    }
    cursor->reading->depth--;
    return expr;
}

struct infix {
    char symbol;
    enum expr_op op;
};

static struct expr *parse_chain(struct cursor *cursor, struct expr *(*parse)(struct cursor *),
                                const struct infix infixes[2])
{
    int32_t first = cursor->next;
    struct expr *left = parse(cursor);
    for (int32_t length = 0; left; length++) {
        enum expr_op op = OP_NONE;
        for (int32_t i = 0; i < 2 && op == OP_NONE; i++)
            if (cursor_accept_symbol(cursor, infixes[i].symbol))
                op = infixes[i].op;
        if (op == OP_NONE)
            break;
        if (length >= POLICY_DEPTH_MAX) {
            cursor_fail(cursor, "depth", "Give a part of it a name with 定义 (define).",
                        "the calculation has more than %d parts", (int)POLICY_DEPTH_MAX);
            return NULL;
        }
        struct expr *right = parse(cursor);
        if (!right)
            return NULL;
        left = with_children(cursor, EXPR_ARITHMETIC, first, left, right);
        left->op = op;
    }
    return left;
}

static struct expr *parse_product(struct cursor *cursor)
{
    static const struct infix infixes[2] = {{'*', OP_MULTIPLY}, {'/', OP_DIVIDE}};
    return parse_chain(cursor, parse_unary, infixes);
}

static struct expr *parse_sum(struct cursor *cursor)
{
    static const struct infix infixes[2] = {{'+', OP_ADD}, {'-', OP_SUBTRACT}};
    return parse_chain(cursor, parse_product, infixes);
}

static enum expr_op parse_operator(struct cursor *cursor)
{
    static const struct {
        char symbol;
        enum keyword keyword;
        enum expr_op op;
    } operators[] = {
        {'=', KEY_IS, OP_EQUAL},           {'n', KEY_IS_NOT, OP_NOT_EQUAL},
        {'l', KEY_AT_MOST, OP_LESS_EQUAL}, {'l', KEY_UP_TO, OP_LESS_EQUAL},
        {'g', KEY_AT_LEAST, OP_GREATER_EQUAL}, {'<', KEY_BELOW, OP_LESS},
        {'>', KEY_ABOVE, OP_GREATER},
    };
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (cursor_accept_symbol(cursor, operators[i].symbol) ||
            cursor_accept(cursor, operators[i].keyword))
            return operators[i].op;
    return OP_NONE;
}

static struct expr *parse_membership(struct cursor *cursor, struct expr *left, int32_t first)
{
    struct expr *expr = with_children(cursor, EXPR_IN, first, left, NULL);
    int32_t capacity = expr->child_count;
    if (!cursor_expect_symbol(cursor, '('))
        return NULL;
    do {
        struct expr *member = parse_sum(cursor);
        if (!member)
            return NULL;
        add_child(cursor, expr, member, &capacity);
    } while (cursor_accept_symbol(cursor, ','));
    if (!cursor_expect_symbol(cursor, ')'))
        return NULL;
    finish(cursor, expr);
    return expr;
}

static struct expr *parse_register_test(struct cursor *cursor, struct expr *left, int32_t first)
{
    struct str name = cursor_name(cursor, "a register");
    if (!name.ptr)
        return NULL;
    struct token *name_token = &cursor->tokens[cursor->next - 1];
    struct expr *expr = with_children(cursor, EXPR_REGISTER, first, left, NULL);
    expr->name = name_token->inner;
    if (cursor_accept(cursor, KEY_ON)) {
        struct expr *day = parse_sum(cursor);
        if (!day)
            return NULL;
        int32_t capacity = expr->child_count;
        add_child(cursor, expr, day, &capacity);
    }
    finish(cursor, expr);
    return expr;
}

static struct expr *parse_compare(struct cursor *cursor)
{
    int32_t first = cursor->next;
    struct expr *left = parse_sum(cursor);
    if (!left)
        return NULL;
    if (cursor_accept(cursor, KEY_IN))
        return parse_membership(cursor, left, first);
    if (cursor_accept(cursor, KEY_IN_REGISTER))
        return parse_register_test(cursor, left, first);
    enum expr_op op = OP_NONE;
    bool within = cursor_accept(cursor, KEY_WITHIN);
    if (!within)
        op = parse_operator(cursor);
    if (!within && op == OP_NONE)
        return left;
    struct expr *right = parse_sum(cursor);
    if (!right)
        return NULL;
    struct expr *expr =
        with_children(cursor, within ? EXPR_WITHIN_CODE : EXPR_COMPARE, first, left, right);
    expr->op = op;
    return expr;
}

static struct expr *parse_not(struct cursor *cursor)
{
    int32_t first = cursor->next;
    if (!cursor_accept(cursor, KEY_NOT))
        return parse_compare(cursor);
    if (!deeper(cursor))
        return NULL;
    struct expr *child = parse_not(cursor);
    cursor->reading->depth--;
    return child ? with_children(cursor, EXPR_NOT, first, child, NULL) : NULL;
}

static struct expr *parse_junction(struct cursor *cursor, struct expr *(*parse)(struct cursor *),
                                   enum keyword keyword, enum expr_kind kind)
{
    int32_t first = cursor->next;
    struct expr *left = parse(cursor);
    if (!left || !cursor_is(cursor, keyword))
        return left;
    struct expr *expr = with_children(cursor, kind, first, left, NULL);
    int32_t capacity = expr->child_count;
    while (cursor_accept(cursor, keyword)) {
        struct expr *right = parse(cursor);
        if (!right)
            return NULL;
        add_child(cursor, expr, right, &capacity);
    }
    finish(cursor, expr);
    return expr;
}

static struct expr *parse_and(struct cursor *cursor)
{
    return parse_junction(cursor, parse_not, KEY_AND, EXPR_AND);
}

static struct expr *parse_or(struct cursor *cursor)
{
    if (!deeper(cursor))
        return NULL;
    struct expr *expr = parse_junction(cursor, parse_and, KEY_OR, EXPR_OR);
    cursor->reading->depth--;
    return expr;
}

struct expr *parse_expr(struct cursor *cursor)
{
    int32_t depth = cursor->reading->depth;
    struct expr *expr = parse_or(cursor);
    cursor->reading->depth = depth;
    return cursor->failed ? NULL : expr;
}

struct expr *parse_literal(struct cursor *cursor)
{
    int32_t depth = cursor->reading->depth;
    struct expr *expr = parse_unary(cursor);
    cursor->reading->depth = depth;
    return cursor->failed ? NULL : expr;
}
