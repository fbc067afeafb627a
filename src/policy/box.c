#include "policy/box.h"

enum {
    BOX_STEPS_MAX = 20000, /* conditions met and values compared in one question */
    BOX_DEPTH_MAX = 2000,
    ATOM_EDGE_COUNT = 3,
};

/* Ways two values may lie: a bit each. */
enum { LIES_BELOW = 1, LIES_EQUAL = 2, LIES_ABOVE = 4 };

/* What must be true of one value. right NULL: compared with `value`, or, with `set`, a member of
 * the list (EXPR_IN) or within the code (EXPR_WITHIN_CODE). */
struct atom {
    const struct expr *left, *right, *set;
    uint8_t lies; /* allowed ways of left to right or value; with set: LIES_EQUAL in, 0 out */
    int64_t value;
};

struct search {
    const struct box_question *question;
    struct atom *atoms;
    int32_t atom_count, atom_capacity;
    int32_t steps, depth;
};

struct pending { /* conditions still to be met: children of expr from `child` on, then next */
    const struct expr *expr;
    bool negated;
    int32_t child;
    const struct pending *next;
};

/* ---- the same value ---- */

static bool same_children(const struct expr *a, const struct expr *b)
{
    if (a->child_count != b->child_count)
        return false;
    for (int32_t i = 0; i < a->child_count; i++)
        if (!expr_same(a->children[i], b->children[i]))
            return false;
    return true;
}

static bool same_optional(const struct expr *a, const struct expr *b)
{
    return !a || !b ? a == b : expr_same(a, b);
}

/* On one row the owner's fields are told apart by their table, however the row was reached. */
static bool same_place(const struct expr *a, const struct expr *b)
{
    if (a->scope != b->scope || a->through != b->through || a->table != b->table)
        return false;
    if (a->scope == 0 && a->through < 0)
        return true;
    return a->up == b->up && str_equal(a->span.text, b->span.text);
}

static bool same_rows(const struct expr *a, const struct expr *b)
{
    return a->table == b->table && a->scope == b->scope && a->up == b->up &&
           a->through == b->through && a->inverse == b->inverse &&
           same_optional(a->where, b->where) && same_optional(a->aggregated, b->aggregated);
}

bool expr_same(const struct expr *a, const struct expr *b)
{
    if (a == b)
        return true;
    if (a->kind != b->kind || !typing_is(a->type, b->type) || !same_children(a, b))
        return false;
    switch (a->kind) {
    case EXPR_LITERAL:
        return a->value == b->value;
    case EXPR_FIELD:
        return a->field == b->field && same_place(a, b);
    case EXPR_DEFINE:
        return a->statement == b->statement && same_place(a, b);
    case EXPR_CONTEXT:
        return a->context == b->context;
    case EXPR_COMPARE:
    case EXPR_ARITHMETIC:
        return a->op == b->op;
    case EXPR_CALL:
        return a->function == b->function;
    case EXPR_REGISTER:
        return a->statement == b->statement && a->outside_register == b->outside_register;
    case EXPR_PARAMETER:
    case EXPR_TABLE:
        return a->statement == b->statement;
    case EXPR_AGGREGATE:
        return a->aggregate == b->aggregate && same_rows(a, b);
    default:
        return true;
    }
}

static bool is_has(const struct expr *expr)
{
    return expr->kind == EXPR_AGGREGATE &&
           (expr->aggregate == AGGREGATE_HAS || expr->aggregate == AGGREGATE_HAS_NO);
}

/* 有 X and 没有 X are one atom, true or not. */
static bool same_left(const struct expr *a, const struct expr *b)
{
    return is_has(a) && is_has(b) ? same_rows(a, b) : expr_same(a, b);
}

/* ---- atoms ---- */

static uint8_t lies_of(enum expr_op op)
{
    static const uint8_t ways[] = {
        [OP_EQUAL] = LIES_EQUAL,
        [OP_NOT_EQUAL] = LIES_BELOW | LIES_ABOVE,
        [OP_LESS] = LIES_BELOW,
        [OP_LESS_EQUAL] = LIES_BELOW | LIES_EQUAL,
        [OP_GREATER] = LIES_ABOVE,
        [OP_GREATER_EQUAL] = LIES_ABOVE | LIES_EQUAL,
    };
    return ways[op];
}

static uint8_t turned(uint8_t lies)
{
    return (uint8_t)((lies & LIES_EQUAL) | (lies & LIES_BELOW ? LIES_ABOVE : 0) |
                     (lies & LIES_ABOVE ? LIES_BELOW : 0));
}

static bool atom_admits(const struct search *search, const struct atom *atom, int64_t value)
{
    if (!atom->set)
        return atom->lies & (value < atom->value    ? LIES_BELOW
                             : value > atom->value ? LIES_ABOVE
                                                   : LIES_EQUAL);
    bool in = false;
    if (atom->set->kind == EXPR_WITHIN_CODE)
        in = catalogue_contains(
            &search->question->reading->vocab->catalogues[atom->left->type.target],
            atom->set->children[1]->value, value);
    for (int32_t i = 1; atom->set->kind == EXPR_IN && i < atom->set->child_count; i++)
        in = in || atom->set->children[i]->value == value;
    return in == (atom->lies == LIES_EQUAL);
}

static bool all_admit(const struct search *search, const struct expr *left, int64_t value)
{
    bool never_below_zero = left->type.kind == TYPE_COUNT && left->kind != EXPR_ARITHMETIC;
    if (never_below_zero && value < 0)
        return false;
    for (int32_t i = 0; i < search->atom_count; i++) {
        const struct atom *atom = &search->atoms[i];
        if (!atom->right && same_left(atom->left, left) && !atom_admits(search, atom, value))
            return false;
    }
    return true;
}

/* The values at which an atom's answer can change stand for all values. */
static bool edges_admit(const struct search *search, const struct atom *atom, int64_t *ret_value)
{
    int32_t first = 0, end = 0;
    if (atom->set) {
        first = 1;
        end = atom->set->child_count - 1;
    }
    for (int32_t i = first; i <= end; i++) {
        int64_t value = atom->set ? atom->set->children[i]->value : atom->value;
        for (int32_t edge = 0; edge < ATOM_EDGE_COUNT; edge++)
            if (all_admit(search, atom->left, value + edge - 1)) {
                *ret_value = value + edge - 1;
                return true;
            }
    }
    return false;
}

static bool value_exists(const struct search *search, const struct expr *left, int64_t *ret_value)
{
    if (left->type.kind == TYPE_BOOL) {
        *ret_value = all_admit(search, left, 1);
        return *ret_value || all_admit(search, left, 0);
    }
    if (left->type.kind == TYPE_ENUM) {
        const struct enum_desc *desc =
            &search->question->reading->vocab->enums[left->type.target];
        for (int32_t i = 0; i < desc->code_count; i++)
            if (all_admit(search, left, desc->codes[i].code)) {
                *ret_value = desc->codes[i].code;
                return true;
            }
        return false;
    }
    for (int32_t i = 0; i < search->atom_count; i++)
        if (!search->atoms[i].right && same_left(search->atoms[i].left, left) &&
            edges_admit(search, &search->atoms[i], ret_value))
            return true;
    return false;
}

static bool order_exists(const struct search *search, const struct atom *last)
{
    uint8_t lies = last->lies;
    for (int32_t i = 0; i < search->atom_count; i++) {
        const struct atom *atom = &search->atoms[i];
        if (!atom->right)
            continue;
        if (expr_same(atom->left, last->left) && expr_same(atom->right, last->right))
            lies &= atom->lies;
        else if (expr_same(atom->left, last->right) && expr_same(atom->right, last->left))
            lies &= turned(atom->lies);
    }
    return lies != 0;
}

/* Adds what must be true; false when it contradicts what is there. */
static bool require(struct search *search, struct atom atom)
{
    GROW(search->question->reading, search->atoms, search->atom_count, &search->atom_capacity);
    search->atoms[search->atom_count++] = atom;
    search->steps += search->atom_count; /* each is compared with all before it */
    int64_t value;
    return atom.right ? order_exists(search, &atom) : value_exists(search, atom.left, &value);
}

static bool require_order(struct search *search, const struct expr *left, uint8_t lies,
                          const struct expr *right)
{
    if (expr_same(left, right))
        return lies & LIES_EQUAL;
    const struct document *document = search->question->document;
    if (document && right->kind == EXPR_CONTEXT && right->context == CONTEXT_IN_FORCE)
        return require(search, (struct atom){.left = left, .lies = lies,
                                             .value = document->in_force_day});
    if (left->kind == EXPR_LITERAL && right->kind == EXPR_LITERAL)
        return lies & (left->value < right->value   ? LIES_BELOW
                       : left->value > right->value ? LIES_ABOVE
                                                    : LIES_EQUAL);
    if (left->kind == EXPR_LITERAL)
        return require_order(search, right, turned(lies), left);
    if (right->kind == EXPR_LITERAL)
        return require(search, (struct atom){.left = left, .lies = lies, .value = right->value});
    return require(search, (struct atom){.left = left, .right = right, .lies = lies});
}

static bool require_day(struct search *search, const struct expr *day, uint8_t lies, int32_t value)
{
    return require(search, (struct atom){.left = day, .lies = lies, .value = value});
}

/* Period ends as expressions of their own, so that a comparison with 期初 meets them. */
static const struct expr context_period_start = {.kind = EXPR_CONTEXT, .type = {TYPE_DAY, -1},
                                                 .context = CONTEXT_PERIOD_START};
static const struct expr context_as_of = {.kind = EXPR_CONTEXT, .type = {TYPE_DAY, -1},
                                          .context = CONTEXT_AS_OF};

static bool require_call(struct search *search, const struct expr *call)
{
    const struct document *document = search->question->document;
    const struct expr *day = call->children[0];
    if (call->function == FUNCTION_IN_PERIOD) {
        bool met = require_order(search, day, LIES_EQUAL | LIES_ABOVE, &context_period_start) &&
                   require_order(search, day, LIES_BELOW | LIES_EQUAL, &context_as_of);
        if (!met || !document || day->kind == EXPR_LITERAL)
            return met;
        return require_day(search, day, LIES_EQUAL | LIES_ABOVE, document->in_force_day) &&
               (document->ends_day == INT32_MAX ||
                require_day(search, day, LIES_BELOW | LIES_EQUAL, document->ends_day));
    }
    if (call->function == FUNCTION_IN_WINDOW)
        return require_order(search, day, LIES_BELOW | LIES_EQUAL, call->children[1]);
    if (call->function == FUNCTION_HOLDS_ON)
        return require_order(search, day, LIES_BELOW | LIES_EQUAL, call->children[2]) &&
               require_order(search, call->children[1], LIES_EQUAL | LIES_ABOVE,
                             call->children[2]);
    return true;
}

static bool require_truth(struct search *search, const struct expr *expr, bool negated)
{
    enum { EVERY_WAY = LIES_BELOW | LIES_EQUAL | LIES_ABOVE };
    if (expr->kind == EXPR_COMPARE) {
        uint8_t lies = lies_of(expr->op);
        return require_order(search, expr->children[0],
                             negated ? (uint8_t)(EVERY_WAY & ~lies) : lies, expr->children[1]);
    }
    if (expr->kind == EXPR_IN || expr->kind == EXPR_WITHIN_CODE)
        return require(search, (struct atom){.left = expr->children[0], .set = expr,
                                             .lies = negated ? 0 : LIES_EQUAL});
    if (expr->kind == EXPR_LITERAL)
        return (expr->value != 0) != negated;
    if (expr->kind == EXPR_CALL && !negated && !require_call(search, expr))
        return false;
    bool has_no = expr->kind == EXPR_AGGREGATE && expr->aggregate == AGGREGATE_HAS_NO;
    return require(search,
                   (struct atom){.left = expr, .lies = LIES_EQUAL, .value = negated == has_no});
}

/* ---- the search ---- */

/* The condition that a definition of the same row stands for; NULL when it is not one. */
static const struct expr *define_condition(const struct search *search, const struct expr *expr)
{
    if (expr->kind != EXPR_DEFINE || expr->up != 0 || expr->scope != 0 || expr->through >= 0)
        return NULL;
    const struct define *define =
        search->question->reading->policy->statements[expr->statement].as.define;
    return define && define->value && define->value->type.kind == TYPE_BOOL ? define->value : NULL;
}

static bool can_meet(struct search *search, const struct pending *todo);

static bool any_can_meet(struct search *search, const struct pending *todo)
{
    for (int32_t i = 0; i < todo->expr->child_count; i++) {
        struct pending first = {todo->expr->children[i], todo->negated, 0, todo->next};
        if (can_meet(search, &first))
            return true;
    }
    return false;
}

static bool all_can_meet(struct search *search, const struct pending *todo)
{
    if (todo->child == todo->expr->child_count)
        return can_meet(search, todo->next);
    struct pending rest = {todo->expr, todo->negated, todo->child + 1, todo->next};
    struct pending first = {todo->expr->children[todo->child], todo->negated, 0, &rest};
    return can_meet(search, &first);
}

static bool can_meet_first(struct search *search, const struct pending *todo)
{
    const struct expr *expr = todo->expr, *meaning = define_condition(search, expr);
    if (meaning || expr->kind == EXPR_NOT) {
        struct pending inner = {meaning ? meaning : expr->children[0],
                                meaning ? todo->negated : !todo->negated, 0, todo->next};
        return can_meet(search, &inner);
    }
    if (expr->kind == EXPR_AND || expr->kind == EXPR_OR)
        return (expr->kind == EXPR_AND) != todo->negated ? all_can_meet(search, todo)
                                                         : any_can_meet(search, todo);
    int32_t atom_count = search->atom_count;
    bool met = require_truth(search, expr, todo->negated) && can_meet(search, todo->next);
    search->atom_count = atom_count;
    return met;
}

static bool is_first_of(const struct search *search, int32_t at)
{
    for (int32_t i = 0; i < at; i++)
        if (!search->atoms[i].right && same_left(search->atoms[i].left, search->atoms[at].left))
            return false;
    return !search->atoms[at].right && search->atoms[at].left->span.text.size > 0;
}

/* One who meets all that is required: a value for each field, and what is true of the rest. */
static void describe_person(const struct search *search)
{
    const struct reading *reading = search->question->reading;
    struct text_buf *buf = search->question->ret_person;
    enum policy_spelling spelling = reading->vocab->findings_in;
    bool any = false;
    for (int32_t i = 0; i < search->atom_count; i++) {
        const struct expr *left = search->atoms[i].left;
        int64_t value;
        if (!is_first_of(search, i) || left->kind == EXPR_CONTEXT || left->kind == EXPR_LITERAL ||
            !value_exists(search, left, &value) || value == ABSENT_I64)
            continue;
        text_add_z(buf, !any ? "" : spelling == SPELLING_ZH ? "，" : ", ");
        policy_print_expr(buf, reading->policy, left, spelling);
        any = true;
        bool is_whole = left->type.kind == TYPE_BOOL && left->kind != EXPR_FIELD;
        if (is_whole && value)
            continue;
        text_add_z(buf, is_whole && spelling == SPELLING_ZH ? "：" : is_whole ? ": " : " ");
        policy_print_value(buf, reading->policy, left->type, value, spelling);
    }
}

static bool can_meet(struct search *search, const struct pending *todo)
{
    if (!todo && search->question->ret_person)
        describe_person(search);
    if (!todo)
        return true;
    if (!todo->expr)
        return can_meet(search, todo->next);
    if (search->steps >= BOX_STEPS_MAX || search->depth >= BOX_DEPTH_MAX)
        return true; /* too large to say no */
    search->steps++;
    search->depth++;
    bool met = can_meet_first(search, todo);
    search->depth--;
    return met;
}

bool box_can_hold(const struct box_question *question)
{
    struct arena_mark mark = arena_mark(question->reading->arena); /* no finding in between */
    bool keeps = question->ret_person != NULL;
    struct search search = {.question = question};
    struct pending todo[BOX_CONDITIONS_MAX];
    for (int32_t i = BOX_CONDITIONS_MAX - 1; i >= 0; i--)
        todo[i] = (struct pending){question->conditions[i], i == 0 && question->negated, 0,
                                   i + 1 < BOX_CONDITIONS_MAX ? &todo[i + 1] : NULL};
    bool can_hold = can_meet(&search, &todo[0]);
    if (!keeps)
        arena_rewind(question->reading->arena, mark);
    return can_hold;
}

static bool is_range_of(const struct expr *expr)
{
    return expr->kind == EXPR_FIELD || expr->kind == EXPR_DEFINE || expr->kind == EXPR_LITERAL ||
           expr->kind == EXPR_CONTEXT || expr->kind == EXPR_PARAMETER;
}

int32_t box_whole_count(const struct expr *condition, const struct expr **ret_first)
{
    int32_t count = 0;
    bool whole;
    switch (condition->kind) {
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_NOT:
        for (int32_t i = 0; i < condition->child_count; i++)
            count += box_whole_count(condition->children[i], ret_first);
        return count;
    case EXPR_COMPARE:
        whole = !is_range_of(condition->children[0]) || !is_range_of(condition->children[1]);
        break;
    case EXPR_IN:
    case EXPR_WITHIN_CODE:
        whole = !is_range_of(condition->children[0]);
        break;
    case EXPR_CALL:
        whole = condition->function != FUNCTION_IN_PERIOD &&
                condition->function != FUNCTION_HOLDS_ON;
        break;
    default:
        whole = !is_range_of(condition);
        break;
    }
    if (whole && !*ret_first)
        *ret_first = condition;
    return whole;
}
