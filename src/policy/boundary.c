#include "policy/boundary.h"

#include "policy/ast.h"

enum { BOUNDARY_DEPTH_MAX = 16, YEAR_MONTHS = 12, FEN_OF_A_YUAN = 100 };

struct proposing {
    struct text_buf *buf;
    const struct policy *policy;
    enum policy_spelling spelling;
    int32_t count, depth;
};

static bool begin(struct proposing *p, const struct expr *subject)
{
    if (p->count == BOUNDARY_COUNT_MAX || !subject->token_count)
        return false;
    if (p->count++ > 0)
        text_add_z(p->buf, p->spelling == SPELLING_ZH ? "；" : "; ");
    policy_print_expr(p->buf, p->policy, subject, p->spelling);
    text_add_byte(p->buf, ' ');
    return true;
}

/* The code before or behind one in an ordered enumeration; the code itself at its end. */
static int64_t next_code(const struct enum_desc *desc, int64_t code, int32_t step)
{
    int32_t at = 0;
    while (at < desc->code_count && desc->codes[at].code != code)
        at++;
    int32_t next = at + step;
    return at < desc->code_count && next >= 0 && next < desc->code_count ? desc->codes[next].code
                                                                         : code;
}

static int64_t neighbour(const struct proposing *p, struct type type, int64_t value, int32_t step)
{
    if (type.kind == TYPE_ENUM)
        return next_code(&p->policy->vocab->enums[type.target], value, step);
    return value + (type.kind == TYPE_MONEY ? step * FEN_OF_A_YUAN : step);
}

/* Level ± 1, month 11 and 12, rank N and N + 1. */
static void propose_compare(struct proposing *p, const struct expr *expr)
{
    const struct expr *left = expr->children[0], *right = expr->children[1];
    bool ordered = left->type.kind == TYPE_ENUM || left->type.kind == TYPE_COUNT ||
                   left->type.kind == TYPE_MONEY || left->type.kind == TYPE_MONTHS ||
                   left->type.kind == TYPE_DAYS || left->type.kind == TYPE_DAY ||
                   left->type.kind == TYPE_WORKING_DAYS;
    if (right->kind != EXPR_LITERAL || left->kind == EXPR_LITERAL || !ordered)
        return;
    bool below = expr->op == OP_GREATER_EQUAL || expr->op == OP_LESS || expr->op == OP_EQUAL;
    bool above = expr->op == OP_LESS_EQUAL || expr->op == OP_GREATER || expr->op == OP_EQUAL;
    if ((!below && !above) || !begin(p, left))
        return;
    for (int32_t step = below ? -1 : 0; step <= (above ? 1 : 0); step++) {
        int64_t value = neighbour(p, left->type, right->value, step);
        bool is_twice = step != 0 && value == right->value;
        if (is_twice)
            continue;
        if (step > (below ? -1 : 0))
            text_add_z(p->buf, " / ");
        policy_print_value(p->buf, p->policy, left->type, value, p->spelling);
    }
}

/* A window of months: the days about its first, and the end of February. */
static void propose_window(struct proposing *p, const struct expr *call)
{
    const struct expr *months = call->children[2];
    if (months->kind != EXPR_LITERAL || !begin(p, call->children[0]))
        return;
    bool zh = p->spelling == SPELLING_ZH;
    if (months->value == YEAR_MONTHS)
        text_add_z(p->buf, zh ? "此前第365 / 366 / 367天，2月29日"
                              : "365 / 366 / 367 days before, 29 February");
    else
        text_format(p->buf, zh ? "此前整%d个月的那天 / 后一天，2月29日"
                               : "%d months before to the day / the day after, 29 February",
                    (int)months->value);
}

static void propose_in(struct proposing *p, const struct expr *expr)
{
    if (!expr || p->depth >= BOUNDARY_DEPTH_MAX)
        return;
    p->depth++;
    if (expr->kind == EXPR_COMPARE)
        propose_compare(p, expr);
    if (expr->kind == EXPR_CALL && expr->function == FUNCTION_IN_WINDOW)
        propose_window(p, expr);
    if (expr->kind == EXPR_DEFINE)
        propose_in(p, p->policy->statements[expr->statement].as.define->value);
    propose_in(p, expr->where);
    for (int32_t i = 0; i < expr->child_count; i++)
        propose_in(p, expr->children[i]);
    p->depth--;
}

int32_t boundary_propose(struct text_buf *buf, const struct policy *policy, int32_t statement)
{
    struct proposing p = {.buf = buf, .policy = policy, .spelling = policy->vocab->findings_in};
    const struct statement *s = &policy->statements[statement];
    if (s->kind == STATEMENT_DUTY) {
        propose_in(&p, s->as.duty->where);
    } else {
        propose_in(&p, s->as.rule->where);
        propose_in(&p, s->as.rule->each_where);
        propose_in(&p, s->as.rule->amount);
    }
    return p.count;
}
