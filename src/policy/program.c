#include "policy/program.h"

#include "policy/settle.h"

#include <inttypes.h>
#include <string.h>

enum {
    OPS_MAX = 1 << 22,       /* beyond any document the parser accepts */
    DEFINE_DEPTH_MAX = 64,   /* typing refuses circles; this bounds the stack */
    LIST_MAX = 256,
    CLASSES_MAX = 64,        /* of one choice: more are choices inside choices */
};

struct compiling {
    struct arena *arena;
    const struct policy *policy;
    struct program *program;
    int32_t op_capacity, list_capacity, override_capacity;
    int32_t *overriding; /* exceptions of the rules that are compiled */
    int32_t overriding_count;
    int32_t *slots; /* hash of the operations: index + 1 */
    int32_t slot_count;
    int32_t define_depth;
    enum err err;
    struct fault *fault;
};

/* Where an expression stands: the day parameters are read on, and how many rows outward the row is
 * on which that day was written. */
struct standing {
    int32_t anchor;
    int32_t depth;
};

static int32_t compile(struct compiling *c, const struct expr *expr, struct standing at);

static bool grow_array(struct compiling *c, void **array, int32_t count, int32_t *capacity,
                       size_t size)
{
    if (count < *capacity)
        return true;
    int32_t wanted = *capacity ? *capacity * 2 : 256;
    void *grown = wanted <= OPS_MAX ? arena_alloc_array(c->arena, (size_t)wanted, size) : NULL;
    if (!grown) {
        if (c->err == ERR_OK)
            c->err = fault_set(c->fault, ERR_LIMIT, "the policy is too large to be compiled");
        return false;
    }
    if (count > 0)
        memcpy(grown, *array, (size_t)count * size);
    *array = grown;
    *capacity = wanted;
    return true;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash ^= value;
    hash *= 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 32);
}

static uint64_t op_hash(const struct program *program, const struct op *op)
{
    uint64_t hash = mix(0, (uint64_t)op->code);
    hash = mix(hash, ((uint64_t)(uint32_t)op->a << 32) | (uint32_t)op->b);
    hash = mix(hash, ((uint64_t)(uint32_t)op->table << 32) | (uint32_t)op->field);
    hash = mix(hash, ((uint64_t)(uint32_t)op->detail << 32) | (uint32_t)op->through);
    hash = mix(hash, (uint64_t)op->value);
    for (int32_t i = 0; i < op->list_count; i++)
        hash = mix(hash, (uint64_t)program->list[op->list + i]);
    return hash;
}

static bool same_expr(const struct expr *x, const struct expr *y)
{
    if (x == y || !x || !y)
        return x == y;
    bool same = x->kind == y->kind && x->op == y->op && x->statement == y->statement &&
                x->outside_register == y->outside_register && x->type.kind == y->type.kind &&
                x->child_count == y->child_count && x->kind != EXPR_DEFINE;
    for (int32_t i = 0; same && i < x->child_count; i++)
        same = x->children[i]->type.kind == y->children[i]->type.kind &&
               x->children[i]->type.target == y->children[i]->type.target;
    return same;
}

static bool same_op(const struct program *program, const struct op *x, const struct op *y)
{
    bool same = x->code == y->code && x->a == y->a && x->b == y->b && x->detail == y->detail &&
                x->table == y->table && x->field == y->field && x->scope == y->scope &&
                x->up == y->up && x->through == y->through && x->inverse == y->inverse &&
                x->statement == y->statement && x->value == y->value &&
                x->list_count == y->list_count && same_expr(x->expr, y->expr);
    for (int32_t i = 0; same && i < x->list_count; i++)
        same = program->list[x->list + i] == program->list[y->list + i];
    return same;
}

static int32_t *slot_for(struct compiling *c, const struct op *op)
{
    uint64_t mask = (uint64_t)c->slot_count - 1;
    uint64_t at = op_hash(c->program, op) & mask;
    while (c->slots[at] && !same_op(c->program, &c->program->ops[c->slots[at] - 1], op))
        at = (at + 1) & mask;
    return &c->slots[at];
}

static bool grow_slots(struct compiling *c)
{
    if (c->program->op_count * 2 < c->slot_count)
        return true;
    c->slot_count = c->slot_count ? c->slot_count * 2 : 1024;
    c->slots = ARENA_NEW_ARRAY(c->arena, int32_t, (size_t)c->slot_count);
    for (int32_t i = 0; c->slots && i < c->program->op_count; i++)
        *slot_for(c, &c->program->ops[i]) = i + 1;
    if (!c->slots)
        c->err = fault_set(c->fault, ERR_MEMORY, "no memory to compile the policy");
    return c->slots != NULL;
}

/* The operation itself, or the equal one that exists already. */
static int32_t emit(struct compiling *c, struct op op)
{
    struct program *program = c->program;
    if (c->err != ERR_OK || !grow_slots(c) ||
        !grow_array(c, (void **)&program->ops, program->op_count, &c->op_capacity, sizeof op))
        return 0;
    int32_t *slot = slot_for(c, &op);
    if (*slot == 0) {
        program->ops[program->op_count] = op;
        *slot = ++program->op_count;
    }
    return *slot - 1;
}

static struct op op_of(enum op_code code, int32_t a, int32_t b)
{
    return (struct op){.code = code, .a = a, .b = b, .through = -1, .inverse = -1,
                       .statement = -1};
}

static bool is_constant(const struct compiling *c, int32_t op)
{
    return op < 0 || (op < c->program->op_count && c->program->ops[op].is_constant);
}

static int32_t emit_of(struct compiling *c, struct op op)
{
    op.is_constant = is_constant(c, op.a) && is_constant(c, op.b);
    for (int32_t i = 0; i < op.list_count; i++)
        op.is_constant = op.is_constant && is_constant(c, c->program->list[op.list + i]);
    return emit(c, op);
}

static int32_t emit_constant(struct compiling *c, int64_t value)
{
    struct op op = op_of(OP_CODE_CONST, -1, -1);
    op.value = value;
    op.is_constant = true;
    return emit(c, op);
}

static int32_t emit_context(struct compiling *c, enum expr_context context)
{
    struct op op = op_of(OP_CODE_CONTEXT, -1, -1);
    op.detail = (int32_t)context;
    op.is_constant = true;
    return emit(c, op);
}

static int32_t add_list(struct compiling *c, const int32_t *ops, int32_t count)
{
    struct program *program = c->program;
    int32_t first = program->list_count;
    for (int32_t i = 0; i < count; i++) {
        if (!grow_array(c, (void **)&program->list, program->list_count, &c->list_capacity,
                        sizeof *program->list))
            return 0;
        program->list[program->list_count++] = ops[i];
    }
    return first;
}

static int32_t emit_list(struct compiling *c, struct op op, const int32_t *ops, int32_t count)
{
    op.list = add_list(c, ops, count);
    op.list_count = count;
    return emit_of(c, op);
}

static int32_t emit_pair(struct compiling *c, enum op_code code, int32_t a, int32_t b)
{
    return emit_list(c, op_of(code, -1, -1), (int32_t[]){a, b}, 2);
}

static int32_t emit_compare(struct compiling *c, enum expr_op compare, int32_t a, int32_t b)
{
    struct op op = op_of(OP_CODE_COMPARE, a, b);
    op.detail = (int32_t)compare;
    return emit_of(c, op);
}

static int32_t emit_children(struct compiling *c, struct op op, const struct expr *expr,
                             struct standing at)
{
    int32_t ops[LIST_MAX];
    if (expr->child_count > LIST_MAX) {
        c->err = fault_set(c->fault, ERR_LIMIT, "a list has more than %d members", LIST_MAX);
        return 0;
    }
    for (int32_t i = 0; i < expr->child_count; i++)
        ops[i] = compile(c, expr->children[i], at);
    return emit_list(c, op, ops, expr->child_count);
}

static bool stays_on_row(const struct expr *expr)
{
    return expr->scope == 0 && expr->up == 0 && expr->through < 0;
}

/* a on the row that expr reaches. */
static int32_t emit_reach(struct compiling *c, const struct expr *expr, int32_t a)
{
    struct op op = op_of(OP_CODE_REACH, a, -1);
    op.scope = expr->scope;
    op.up = expr->up;
    op.through = expr->through;
    return emit(c, op);
}

static int32_t compile_field(struct compiling *c, const struct expr *expr)
{
    struct op op = op_of(OP_CODE_FIELD, -1, -1);
    op.table = expr->table;
    op.field = expr->field;
    int32_t field = emit(c, op);
    return stays_on_row(expr) ? field : emit_reach(c, expr, field);
}

static int32_t compile_classes(struct compiling *c, const struct define *define,
                               struct standing at)
{
    int32_t value = emit_constant(c, 0);
    int32_t end = define->class_count;
    while (end > 0 && c->err == ERR_OK) {
        int32_t first = end > CLASSES_MAX ? end - CLASSES_MAX : 0;
        int32_t ops[CLASSES_MAX * 2 + 1];
        int32_t count = 0;
        for (int32_t i = first; i < end; i++) {
            ops[count++] = compile(c, define->classes[i].when, at);
            ops[count++] = emit_constant(c, define->class_count - i);
        }
        ops[count++] = value;
        value = emit_list(c, op_of(OP_CODE_CHOOSE, -1, -1), ops, count);
        end = first;
    }
    return value;
}

static bool ranges_over_tables(const struct policy *policy, const struct expr *expr, int32_t depth)
{
    if (expr->kind == EXPR_AGGREGATE || depth > DEFINE_DEPTH_MAX)
        return true;
    bool ranges = false;
    if (expr->kind == EXPR_DEFINE) {
        const struct define *define = policy->statements[expr->statement].as.define;
        ranges = define->value && ranges_over_tables(policy, define->value, depth + 1);
        for (int32_t i = 0; i < define->class_count && !ranges; i++)
            ranges = ranges_over_tables(policy, define->classes[i].when, depth + 1);
    }
    for (int32_t i = 0; i < expr->child_count && !ranges; i++)
        ranges = ranges_over_tables(policy, expr->children[i], depth + 1);
    return ranges;
}

static int32_t compile_define(struct compiling *c, const struct expr *expr, struct standing at)
{
    const struct define *define = c->policy->statements[expr->statement].as.define;
    if (++c->define_depth > DEFINE_DEPTH_MAX) {
        c->err = fault_set(c->fault, ERR_LIMIT, "definitions are nested deeper than %d",
                           DEFINE_DEPTH_MAX);
        return 0;
    }
    bool inlined = stays_on_row(expr) || define->subject < 0;
    int32_t value;
    if (define->subject < 0 && ranges_over_tables(c->policy, expr, 0)) {
        struct op op = op_of(OP_CODE_ORACLE, -1, -1);
        op.expr = expr;
        op.statement = expr->statement;
        op.is_constant = true;
        value = emit(c, op);
    } else {
        struct standing on = {at.anchor, at.depth + !inlined};
        value = define->value ? compile(c, define->value, on) : compile_classes(c, define, on);
        value = inlined ? value : emit_reach(c, expr, value);
    }
    c->define_depth--;
    return value;
}

static int32_t anchor_here(struct compiling *c, struct standing at)
{
    if (at.depth == 0 || is_constant(c, at.anchor))
        return at.anchor;
    struct op op = op_of(OP_CODE_OUTER, at.anchor, -1);
    op.detail = at.depth;
    return emit(c, op);
}

static int32_t compile_parameter(struct compiling *c, const struct expr *expr, struct standing at)
{
    int32_t key = expr->child_count > 0 ? compile(c, expr->children[0], at) : -1;
    struct op op = op_of(OP_CODE_PARAMETER, key, anchor_here(c, at));
    op.statement = expr->statement;
    return emit_of(c, op);
}

static int32_t compile_register(struct compiling *c, const struct expr *expr, struct standing at)
{
    int32_t code = compile(c, expr->children[0], at);
    int32_t day =
        expr->child_count > 1 ? compile(c, expr->children[1], at) : anchor_here(c, at);
    struct op op = op_of(OP_CODE_REGISTER, code, day);
    op.expr = expr;
    return emit_of(c, op);
}

static int32_t compile_aggregate(struct compiling *c, const struct expr *expr, struct standing at)
{
    struct standing inside = {at.anchor, at.depth + 1};
    int32_t where = expr->where ? compile(c, expr->where, inside) : -1;
    int32_t value = expr->aggregated ? compile(c, expr->aggregated, inside) : -1;
    struct op op = op_of(OP_CODE_AGGREGATE, where, value);
    op.detail = (int32_t)expr->aggregate;
    op.table = expr->table;
    op.scope = expr->scope;
    op.up = expr->up;
    op.through = expr->through;
    op.inverse = expr->inverse;
    return emit(c, op);
}

static int32_t compile_call(struct compiling *c, const struct expr *expr, struct standing at)
{
    struct expr **child = expr->children;
    if (expr->function == FUNCTION_IN_PERIOD) {
        int32_t day = compile(c, child[0], at);
        int32_t start = emit_context(c, CONTEXT_PERIOD_START);
        int32_t end = emit_context(c, CONTEXT_AS_OF);
        return emit_pair(c, OP_CODE_AND, emit_compare(c, OP_GREATER_EQUAL, day, start),
                         emit_compare(c, OP_LESS_EQUAL, day, end));
    }
    if (expr->function == FUNCTION_HOLDS_ON) {
        int32_t from = compile(c, child[0], at);
        int32_t to = compile(c, child[1], at);
        int32_t day = compile(c, child[2], at);
        return emit_pair(c, OP_CODE_AND, emit_compare(c, OP_LESS_EQUAL, from, day),
                         emit_compare(c, OP_GREATER_EQUAL, to, day));
    }
    if (expr->function == FUNCTION_IN_WINDOW) {
        int32_t day = compile(c, child[0], at);
        int32_t end = compile(c, child[1], at);
        int32_t back = emit_of(c, op_of(OP_CODE_NEGATE, compile(c, child[2], at), -1));
        struct op add = op_of(OP_CODE_CALL, -1, -1);
        add.detail = FUNCTION_ADD_MONTHS;
        int32_t start = emit_list(c, add, (int32_t[]){end, back}, 2);
        return emit_pair(c, OP_CODE_AND, emit_compare(c, OP_GREATER, day, start),
                         emit_compare(c, OP_LESS_EQUAL, day, end));
    }
    struct op op = op_of(OP_CODE_CALL, -1, -1);
    op.detail = (int32_t)expr->function;
    return emit_children(c, op, expr, at);
}

static int32_t compile_operands(struct compiling *c, enum op_code code, const struct expr *expr,
                                struct standing at)
{
    int32_t a = compile(c, expr->children[0], at);
    int32_t b = expr->child_count > 1 ? compile(c, expr->children[1], at) : -1;
    struct op op = op_of(code, a, b);
    op.detail = (int32_t)expr->op;
    bool needs_types = code == OP_CODE_ARITHMETIC || code == OP_CODE_WITHIN;
    op.expr = needs_types ? expr : NULL;
    return emit_of(c, op);
}

static int32_t compile_table(struct compiling *c, const struct expr *expr, struct standing at)
{
    struct op op = op_of(OP_CODE_TABLE, -1, -1);
    op.statement = expr->statement;
    return emit_children(c, op, expr, at);
}

static int32_t compile(struct compiling *c, const struct expr *expr, struct standing at)
{
    if (c->err != ERR_OK)
        return 0;
    switch (expr->kind) {
    case EXPR_LITERAL:
        return emit_constant(c, expr->value);
    case EXPR_FIELD:
        return compile_field(c, expr);
    case EXPR_DEFINE:
        return compile_define(c, expr, at);
    case EXPR_PARAMETER:
        return compile_parameter(c, expr, at);
    case EXPR_CONTEXT:
        if (expr->context == CONTEXT_IN_FORCE)
            return emit_constant(c, c->policy->documents[expr->span.document].in_force_day);
        return emit_context(c, expr->context);
    case EXPR_NOT:
        return compile_operands(c, OP_CODE_NOT, expr, at);
    case EXPR_NEGATE:
        return compile_operands(c, OP_CODE_NEGATE, expr, at);
    case EXPR_AND:
        return emit_children(c, op_of(OP_CODE_AND, -1, -1), expr, at);
    case EXPR_OR:
        return emit_children(c, op_of(OP_CODE_OR, -1, -1), expr, at);
    case EXPR_COMPARE:
        return compile_operands(c, OP_CODE_COMPARE, expr, at);
    case EXPR_ARITHMETIC:
        return compile_operands(c, OP_CODE_ARITHMETIC, expr, at);
    case EXPR_IN:
        return emit_children(c, op_of(OP_CODE_IN, -1, -1), expr, at);
    case EXPR_WITHIN_CODE:
        return compile_operands(c, OP_CODE_WITHIN, expr, at);
    case EXPR_REGISTER:
        return compile_register(c, expr, at);
    case EXPR_AGGREGATE:
        return compile_aggregate(c, expr, at);
    case EXPR_TABLE:
        return compile_table(c, expr, at);
    case EXPR_CALL:
        return compile_call(c, expr, at);
    case EXPR_CHOOSE:
        return emit_children(c, op_of(OP_CODE_CHOOSE, -1, -1), expr, at);
    case EXPR_KNOWN:
        return compile_operands(c, OP_CODE_KNOWN, expr, at);
    case EXPR_NAME:
        check(!"a name behind typing");
    }
    return 0;
}

static int32_t compile_or_none(struct compiling *c, const struct expr *expr, struct standing at)
{
    return expr ? compile(c, expr, at) : -1;
}

/* A condition on the subject, seen from a row that it owns. */
static int32_t compile_on_owner(struct compiling *c, const struct expr *expr, struct standing at)
{
    struct op up =
        op_of(OP_CODE_REACH, compile(c, expr, (struct standing){at.anchor, at.depth + 1}), -1);
    up.up = 1;
    return emit(c, up);
}

/* When an exception holds, seen from the basis row. */
static int32_t compile_when(struct compiling *c, const struct rule *base, const struct rule *other,
                            struct standing at)
{
    int32_t on_basis = compile_or_none(c, other->each_where, at);
    if (!other->where)
        return on_basis;
    if (base->each < 0) {
        int32_t on_subject = compile(c, other->where, at);
        return on_basis < 0 ? on_subject : emit_pair(c, OP_CODE_AND, on_subject, on_basis);
    }
    int32_t on_subject = compile_on_owner(c, other->where, at);
    return on_basis < 0 ? on_subject : emit_pair(c, OP_CODE_AND, on_subject, on_basis);
}

static void compile_overrides(struct compiling *c, struct plan *plan, struct standing at)
{
    struct program *program = c->program;
    const struct rule *base = c->policy->statements[plan->statement].as.rule;
    plan->override = program->override_count;
    for (int32_t i = 0; i < c->overriding_count; i++) {
        int32_t s = c->overriding[i];
        const struct statement *statement = &c->policy->statements[s];
        const struct rule *other = statement->as.rule;
        if (other->base != plan->statement)
            continue;
        struct plan_override override = {
            .statement = s,
            .refuses = statement->kind == STATEMENT_NOT_APPLICABLE ||
                       other->amount_kind == AMOUNT_NONE,
            .when = compile_when(c, base, other, at),
            .amount = compile_or_none(c, other->amount, at),
            .amount_kind = other->amount_kind};
        if (!grow_array(c, (void **)&program->overrides, program->override_count,
                        &c->override_capacity, sizeof override))
            return;
        program->overrides[program->override_count++] = override;
        plan->override_count++;
    }
}

static void compile_rule(struct compiling *c, int32_t statement, struct plan *plan)
{
    const struct rule *rule = c->policy->statements[statement].as.rule;
    int32_t as_of = emit_context(c, CONTEXT_AS_OF);
    int32_t ops[LIST_MAX];
    *plan = (struct plan){.statement = statement, .subject = rule->subject, .each = rule->each,
                          .anchor = as_of};
    struct standing plain = {as_of, 0};
    if (rule->anchor)
        plan->anchor = compile(c, rule->anchor, plain);
    struct standing at = {plan->anchor, 0};
    plan->each_where = rule->each >= 0 ? compile_or_none(c, rule->each_where, at) : -1;
    if (rule_reads_on_basis(c->policy, rule)) {
        int32_t on_owner = compile_on_owner(c, rule->where, at);
        plan->where = -1;
        plan->each_where = plan->each_where < 0
                               ? on_owner
                               : emit_pair(c, OP_CODE_AND, on_owner, plan->each_where);
    } else {
        plan->where = compile_or_none(c, rule->where, rule->each >= 0 ? plain : at);
    }
    plan->amount = compile_or_none(c, rule->amount, at);
    plan->payee = compile_or_none(c, rule->payee, at);
    if (rule->distinct_count > LIST_MAX || rule->best_order_count > LIST_MAX ||
        rule->quota.order_count > LIST_MAX) {
        c->err = fault_set(c->fault, ERR_LIMIT, "a rule has more than %d keys", LIST_MAX);
        return;
    }
    for (int32_t i = 0; i < rule->distinct_count; i++)
        ops[i] = compile(c, rule->distinct[i], at);
    plan->distinct = add_list(c, ops, rule->distinct_count);
    plan->distinct_count = rule->distinct_count;
    for (int32_t i = 0; i < rule->best_order_count; i++)
        ops[i] = compile(c, rule->best_order[i].key, at);
    plan->order = add_list(c, ops, rule->best_order_count);
    plan->order_count = rule->best_order_count;
    for (int32_t i = 0; i < rule->quota.order_count; i++)
        ops[i] = compile(c, rule->quota.order[i].key, plain);
    plan->quota_order = add_list(c, ops, rule->quota.order_count);
    compile_overrides(c, plan, at);
}

static int32_t greater(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* What one more use of an operand means for the operation that uses it. inward is how many rows
 * further in the operand stands. */
static void note_operand(struct program *program, struct op *op, int32_t operand, int32_t inward)
{
    if (operand < 0)
        return;
    struct op *used = &program->ops[operand];
    used->is_shared = used->use_count++ > 0;
    op->context |= used->context;
    op->ranges |= used->ranges && op->code != OP_CODE_REACH && op->code != OP_CODE_OUTER;
    op->outward = greater(op->outward, used->outward - inward);
}

/* Operands stand before the operations that use them. */
static void note_operations(struct program *program)
{
    for (int32_t i = 0; i < program->op_count; i++) {
        struct op *op = &program->ops[i];
        bool enters = op->code == OP_CODE_REACH || op->code == OP_CODE_AGGREGATE;
        op->outward = enters ? op->scope : 0;
        op->ranges = op->code == OP_CODE_AGGREGATE;
        if (op->code == OP_CODE_CONTEXT)
            op->context = (uint8_t)(1 << op->detail);
        if (op->code == OP_CODE_ORACLE)
            op->context = CONTEXT_ALL;
        note_operand(program, op, op->a, enters);
        note_operand(program, op, op->b, enters);
        for (int32_t k = 0; k < op->list_count; k++)
            note_operand(program, op, program->list[op->list + k], 0);
        if (op->code == OP_CODE_OUTER)
            op->outward += op->detail;
    }
}

static bool is_compiled(const struct policy *policy, const uint64_t *rules, int32_t statement)
{
    return (!rules || rule_set_has(rules, statement)) &&
           statement_decides(&policy->statements[statement]);
}

/* What overrides the rules that are compiled: found once, not for each of them. */
static bool find_overriding(struct compiling *c, const uint64_t *rules)
{
    const struct policy *policy = c->policy;
    int32_t capacity = 0;
    FOR_GROUP(policy, GROUP_OVERRIDES, s) {
        if (!is_compiled(policy, rules, policy->statements[s].as.rule->base))
            continue;
        if (!grow_array(c, (void **)&c->overriding, c->overriding_count, &capacity,
                        sizeof *c->overriding))
            return false;
        c->overriding[c->overriding_count++] = s;
    }
    return true;
}

static int32_t compiled_count(const struct policy *policy, const uint64_t *rules)
{
    int32_t count = 0;
    FOR_GROUP(policy, GROUP_DECIDES, s)
        count += is_compiled(policy, rules, s);
    return count;
}

enum err program_compile_rules(struct arena *arena, const struct policy *policy,
                               const uint64_t *rules, struct program **ret_program,
                               struct fault *fault)
{
    struct program *program = ARENA_NEW(arena, struct program);
    if (!program)
        return fault_set(fault, ERR_MEMORY, "no memory to compile the policy");
    struct compiling c = {.arena = arena, .policy = policy, .program = program, .fault = fault};
    program->policy = policy;
    program->plans =
        ARENA_NEW_ARRAY(arena, struct plan, (size_t)compiled_count(policy, rules));
    if (!program->plans)
        return fault_set(fault, ERR_MEMORY, "no memory to compile the policy");
    /* the list is never NULL */
    if (!find_overriding(&c, rules) || !grow_array(&c, (void **)&program->list, 0,
                                                   &c.list_capacity, sizeof *program->list))
        return c.err;
    for (int32_t s = 0; s < policy->statement_count && c.err == ERR_OK; s++)
        if (is_compiled(policy, rules, s))
            compile_rule(&c, s, &program->plans[program->plan_count++]);
    if (c.err != ERR_OK)
        return c.err;
    note_operations(program);
    TRY(program_note_owners(arena, program, fault));
    *ret_program = program;
    return ERR_OK;
}

enum err program_compile(struct arena *arena, const struct policy *policy,
                         struct program **ret_program, struct fault *fault)
{
    struct program *program;
    TRY(program_compile_rules(arena, policy, NULL, &program, fault));
    TRY(program_note_reading(arena, program, fault));
    *ret_program = program;
    return ERR_OK;
}

int32_t program_conjuncts(const struct program *program, int32_t op, int32_t *conjuncts)
{
    if (op < 0)
        return 0;
    const struct op *row = &program->ops[op];
    if (row->code != OP_CODE_AND) {
        if (conjuncts)
            conjuncts[0] = op;
        return 1;
    }
    int32_t count = 0;
    for (int32_t i = 0; i < row->list_count; i++)
        count += program_conjuncts(program, program->list[row->list + i],
                                   conjuncts ? conjuncts + count : NULL);
    return count;
}

static const char *const op_names[] = {
#define OP(code, name) [OP_CODE_##code] = name,
#include "policy/op.def"
#undef OP
};
_Static_assert(sizeof op_names / sizeof *op_names == OP_CODE_COUNT, "every operation has a name");

static void print_op(struct text_buf *buf, const struct program *program, int32_t index)
{
    const struct op *op = &program->ops[index];
    const struct vocab *vocab = program->policy->vocab;
    text_format(buf, "%5d  %-10s", index, op_names[op->code]);
    if (op->code == OP_CODE_FIELD)
        text_format(buf, " %s.%s", vocab->records[op->table].name,
                    op->field < 0 ? "row" : vocab->records[op->table].fields[op->field].name);
    if (op->code == OP_CODE_AGGREGATE)
        text_format(buf, " %s", vocab->records[op->table].name);
    if (op->code == OP_CODE_CONST)
        text_format(buf, " %" PRId64, op->value);
    if (op->statement >= 0)
        text_format(buf, " %.*s", STR_ARG(program->policy->statements[op->statement].name));
    if (op->code == OP_CODE_REACH || op->code == OP_CODE_AGGREGATE)
        text_format(buf, " scope %d up %d through %d inverse %d", op->scope, op->up, op->through,
                    op->inverse);
    if (op->detail != 0)
        text_format(buf, " #%d", op->detail);
    if (op->a >= 0)
        text_format(buf, " %d", op->a);
    if (op->b >= 0)
        text_format(buf, " %d", op->b);
    for (int32_t i = 0; i < op->list_count; i++)
        text_format(buf, " %d", program->list[op->list + i]);
    text_add_z(buf, op->is_constant ? " constant\n" : "\n");
}

void program_print(struct text_buf *buf, const struct program *program)
{
    for (int32_t i = 0; i < program->op_count; i++)
        print_op(buf, program, i);
    for (int32_t i = 0; i < program->plan_count; i++) {
        const struct plan *plan = &program->plans[i];
        text_format(buf, "%.*s: where %d each %d amount %d payee %d anchor %d\n",
                    STR_ARG(program->policy->statements[plan->statement].name), plan->where,
                    plan->each_where, plan->amount, plan->payee, plan->anchor);
    }
}
