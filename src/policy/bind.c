#include "policy/bind.h"

#include "policy/scalar.h"

#include <stdlib.h>
#include <string.h>

/* A sample this large tells 1 % from 2 %, which is all that ordering needs. */
enum { SAMPLE_ROWS = 512, SAMPLE_RUN_ROWS = 64 };

#define VALUE_MIN (INT64_MIN + 1)

static const struct op *op_at(const struct worker *w, int32_t op)
{
    return &w->program->ops[op];
}

static const struct column *cell_column(const struct worker *w, const struct bound *bound)
{
    const struct op *cell = op_at(w, bound->cell);
    return &w->world->tables[cell->table].columns[cell->field];
}

static const struct field_desc *cell_field(const struct worker *w, const struct bound *bound)
{
    const struct op *cell = op_at(w, bound->cell);
    return &w->world->vocab->records[cell->table].fields[cell->field];
}

/* Whether an operation reads one cell, of the row or of a row reached. */
static bool find_cell(const struct worker *w, int32_t op, struct bound *bound)
{
    const struct op *row = op_at(w, op);
    bound->reach = -1;
    if (row->code == OP_CODE_REACH) {
        bound->reach = op;
        op = row->a;
        row = op_at(w, op);
    }
    bound->cell = op;
    return row->code == OP_CODE_FIELD && row->field >= 0;
}

static struct cell_test range(int64_t low, int64_t high)
{
    return (struct cell_test){.low = low, .high = high};
}

/* x OP value as a range of x; at_least(value) is where x >= value begins. */
static struct cell_test compare_range(enum expr_op compare, int64_t value, int64_t next)
{
    switch (compare) {
    case OP_LESS:
        return range(VALUE_MIN, value - 1);
    case OP_LESS_EQUAL:
        return range(VALUE_MIN, next - 1);
    case OP_GREATER:
        return range(next, INT64_MAX);
    case OP_GREATER_EQUAL:
        return range(value, INT64_MAX);
    case OP_NOT_EQUAL: {
        struct cell_test test = range(value, next - 1);
        test.outside = true;
        return test;
    }
    default:
        return range(value, next - 1);
    }
}

static enum expr_op mirrored(enum expr_op compare)
{
    switch (compare) {
    case OP_LESS:
        return OP_GREATER;
    case OP_LESS_EQUAL:
        return OP_GREATER_EQUAL;
    case OP_GREATER:
        return OP_LESS;
    case OP_GREATER_EQUAL:
        return OP_LESS_EQUAL;
    default:
        return compare;
    }
}

/* A calendar function of one cell, everything else being constant: it only rises or only falls with
 * the cell, so that a comparison of its result is a range of the cell. */
struct monotone {
    enum expr_function function;
    const struct calendar *calendar;
    int64_t args[2];
    int32_t arg_count;
    int32_t varying; /* which argument is the cell */
    bool falls;
};

static int64_t monotone_value(const struct monotone *m, int64_t cell)
{
    bool overflowed = false;
    int64_t args[2] = {m->args[0], m->args[1]};
    args[m->varying] = cell;
    int64_t value = scalar_function(m->calendar, m->function, args, m->arg_count, &overflowed);
    return m->falls ? -value : value;
}

static bool find_monotone(const struct worker *w, const struct op *call,
                          const struct bound *bounds, struct monotone *m, struct bound *bound)
{
    m->function = (enum expr_function)call->detail;
    m->calendar = w->program->policy->vocab->calendar;
    m->arg_count = call->list_count;
    bool unary = m->function == FUNCTION_YEAR_OF || m->function == FUNCTION_MONTH_OF;
    bool between = m->function == FUNCTION_YEARS_BETWEEN ||
                   m->function == FUNCTION_MONTHS_BETWEEN ||
                   m->function == FUNCTION_DAYS_BETWEEN ||
                   m->function == FUNCTION_WORKING_DAYS_BETWEEN;
    bool adds = m->function == FUNCTION_ADD_MONTHS || m->function == FUNCTION_ADD_DAYS ||
                m->function == FUNCTION_ADD_WORKING_DAYS;
    if (!unary && !between && !adds)
        return false;
    const int32_t *list = w->program->list + call->list;
    m->varying = !unary && between && bounds[list[0]].kind == BOUND_VALUE;
    m->falls = between && m->varying == 0;
    for (int32_t i = 0; i < m->arg_count; i++) {
        if (i == m->varying)
            continue;
        if (bounds[list[i]].kind != BOUND_VALUE || bounds[list[i]].value == ABSENT_I64)
            return false;
        m->args[i] = bounds[list[i]].value;
    }
    return find_cell(w, list[m->varying], bound) && cell_field(w, bound)->type == FIELD_DAY;
}

/* Smallest day whose (rising) value is at least wanted; beyond the last when there is
 * none. */
static int64_t first_at_least(const struct monotone *m, int64_t wanted)
{
    int64_t low = (int64_t)INT32_MIN + 1;
    int64_t high = (int64_t)INT32_MAX + 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (monotone_value(m, middle) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool bind_monotone(const struct worker *w, const struct op *op, struct bound *bounds,
                          struct bound *bound)
{
    struct monotone m = {.args = {0, 0}};
    const struct op *call = op_at(w, op->a);
    int64_t value = bounds[op->b].value;
    bool fits = bounds[op->b].kind == BOUND_VALUE && value > -(INT64_C(1) << 60) &&
                value < INT64_C(1) << 60;
    if (!fits || call->code != OP_CODE_CALL || !find_monotone(w, call, bounds, &m, bound))
        return false;
    enum expr_op compare = (enum expr_op)op->detail;
    if (m.falls) {
        compare = mirrored(compare);
        value = -value;
    }
    bound->test =
        compare_range(compare, first_at_least(&m, value), first_at_least(&m, value + 1));
    return true;
}

static bool bind_compare(const struct worker *w, const struct op *op, struct bound *bounds,
                         struct bound *bound)
{
    const struct bound *left = &bounds[op->a];
    const struct bound *right = &bounds[op->b];
    bool from_left = left->kind == BOUND_VALUE;
    int64_t value = from_left ? left->value : right->value;
    if (!from_left && right->kind != BOUND_VALUE)
        return false;
    if (value == ABSENT_I64 || value == INT64_MAX)
        return false;
    if (!find_cell(w, from_left ? op->b : op->a, bound))
        return !from_left && bind_monotone(w, op, bounds, bound);
    enum expr_op compare = (enum expr_op)op->detail;
    bound->test = compare_range(from_left ? mirrored(compare) : compare, value, value + 1);
    return true;
}

static bool bind_in(const struct worker *w, const struct op *op, struct bound *bounds,
                    struct bound *bound)
{
    const int32_t *list = w->program->list + op->list;
    struct cell_test test = {.is_set = true};
    for (int32_t i = 1; i < op->list_count; i++) {
        const struct bound *member = &bounds[list[i]];
        if (member->kind != BOUND_VALUE || member->value < 0 || member->value > 63)
            return false;
        test.set |= UINT64_C(1) << member->value;
    }
    bound->test = test;
    return find_cell(w, list[0], bound);
}

static bool bind_within(const struct worker *w, const struct op *op, const struct bound *bounds,
                        struct bound *bound)
{
    const struct bound *outer = &bounds[op->b];
    const struct catalogue *catalogue =
        &w->world->vocab->catalogues[op->expr->children[0]->type.target];
    int64_t low, high;
    if (outer->kind != BOUND_VALUE ||
        !catalogue_range(catalogue, outer->value, &low, &high))
        return false;
    bound->test = range(low, high);
    return find_cell(w, op->a, bound);
}

static bool bind_not(const struct op *op, const struct bound *bounds, struct bound *bound)
{
    if (bounds[op->a].kind != BOUND_TEST || bounds[op->a].test.is_set)
        return false;
    *bound = bounds[op->a];
    bound->test.outside = !bound->test.outside;
    return true;
}

/* Ranges of one cell that must all hold are one range. */
static bool bind_and(const struct worker *w, const struct op *op, const struct bound *bounds,
                     struct bound *bound)
{
    const int32_t *list = w->program->list + op->list;
    for (int32_t i = 0; i < op->list_count; i++) {
        const struct bound *part = &bounds[list[i]];
        if (part->kind != BOUND_TEST || part->test.is_set || part->test.outside)
            return false;
        if (i == 0) {
            bound->cell = part->cell;
            bound->reach = part->reach;
            bound->test = part->test;
            continue;
        }
        if (part->cell != bound->cell || part->reach != bound->reach)
            return false;
        bound->test.low = part->test.low > bound->test.low ? part->test.low : bound->test.low;
        bound->test.high =
            part->test.high < bound->test.high ? part->test.high : bound->test.high;
    }
    return op->list_count > 0;
}

static bool bind_test(const struct worker *w, int32_t index, struct bound *bounds)
{
    const struct op *op = op_at(w, index);
    struct bound *bound = &bounds[index];
    switch (op->code) {
    case OP_CODE_FIELD:
    case OP_CODE_REACH: /* a yes/no cell stands for itself */
        bound->test = range(1, 1);
        return find_cell(w, index, bound);
    case OP_CODE_COMPARE:
        return bind_compare(w, op, bounds, bound);
    case OP_CODE_IN:
        return bind_in(w, op, bounds, bound);
    case OP_CODE_WITHIN:
        return bind_within(w, op, bounds, bound);
    case OP_CODE_NOT:
        return bind_not(op, bounds, bound);
    case OP_CODE_AND:
        return bind_and(w, op, bounds, bound);
    default:
        return false;
    }
}

/* Rows sampled lie in runs: neighbours share cache lines, and no column repeats in step. */
static float pass_rate(const struct worker *w, const struct bound *bound)
{
    const struct op *cell = op_at(w, bound->cell);
    int32_t row_count = w->world->tables[cell->table].row_count;
    int32_t run_rows = row_count < SAMPLE_ROWS ? row_count : SAMPLE_RUN_ROWS;
    int32_t run_count = row_count < SAMPLE_ROWS ? 1 : SAMPLE_ROWS / SAMPLE_RUN_ROWS;
    int32_t passed = 0;
    if (row_count == 0)
        return 1.0F;
    for (int32_t r = 0; r < run_count; r++) {
        uint8_t keep[SAMPLE_ROWS];
        uint8_t unknown[SAMPLE_ROWS] = {0};
        int32_t first = (int32_t)((int64_t)(row_count - run_rows) * r / run_count);
        memset(keep, 1, sizeof keep);
        if (bound->kind == BOUND_MEMBER)
            kernel_member(cell_column(w, bound), bound->set, first, NULL, run_rows, keep,
                          unknown);
        else
            kernel_test(cell_column(w, bound), &bound->test, first, NULL, run_rows, keep, unknown);
        for (int32_t i = 0; i < run_rows; i++)
            passed += keep[i];
    }
    return (float)passed / (float)(run_rows * run_count);
}

/* ---- registers ---- */

enum { SET_BITS_MAX = 1 << 16 };

struct bound_set {
    struct bound_set *next;
    struct member_set set;
};

struct code_list {
    int64_t *codes;
    int64_t count;
};

static void list_code(struct code_list *list, int64_t code, int32_t from_day, int32_t to_day,
                      int64_t day)
{
    if (from_day > day || day > to_day)
        return;
    if (list->codes)
        list->codes[list->count] = code;
    list->count++;
}

/* Codes of a register on a day; only counted while there is no room. */
static void list_codes(const struct policy *policy, const struct expr *expr, int64_t day,
                       struct code_list *list)
{
    int32_t outside = expr->outside_register;
    list->count = 0;
    if (outside < 0) {
        const struct register_statement *reg = policy->statements[expr->statement].as.reg;
        for (int32_t i = 0; i < reg->row_count; i++)
            list_code(list, reg->rows[i].code, reg->rows[i].from_day, reg->rows[i].to_day, day);
        outside = reg->outside;
    }
    if (outside < 0)
        return;
    const struct catalogue_register *names = &policy->vocab->registers[outside];
    for (int32_t i = 0; i < names->row_count; i++)
        list_code(list, names->rows[i].code, names->rows[i].from_day, names->rows[i].to_day, day);
}

static bool fill_set(struct member_set *set, const struct code_list *list)
{
    set->low = 0;
    set->high = -1;
    for (int64_t i = 0; i < list->count; i++) {
        set->low = i == 0 || list->codes[i] < set->low ? list->codes[i] : set->low;
        set->high = i == 0 || list->codes[i] > set->high ? list->codes[i] : set->high;
    }
    uint64_t span = list->count > 0 ? (uint64_t)set->high - (uint64_t)set->low : 0;
    if (span < SET_BITS_MAX) {
        set->bits = calloc(span / 64 + 1, sizeof *set->bits);
        for (int64_t i = 0; set->bits && i < list->count; i++) {
            uint64_t at = (uint64_t)list->codes[i] - (uint64_t)set->low;
            set->bits[at / 64] |= UINT64_C(1) << (at % 64);
        }
        return set->bits != NULL;
    }
    set->slot_count = 4;
    while (set->slot_count < list->count * 2)
        set->slot_count *= 2;
    set->slots = malloc((size_t)set->slot_count * sizeof *set->slots);
    for (int64_t i = 0; set->slots && i < set->slot_count; i++)
        set->slots[i] = ABSENT_I64;
    for (int64_t i = 0; set->slots && i < list->count; i++)
        *member_set_slot(set, list->codes[i]) = list->codes[i];
    return set->slots != NULL;
}

static bool bind_register(struct worker *w, const struct op *op, struct binding *binding,
                          struct bound *bound)
{
    const struct bound *day = &binding->bounds[op->b];
    if (day->kind != BOUND_VALUE || day->value == ABSENT_I64 || !find_cell(w, op->a, bound))
        return false;
    struct bound_set *made = calloc(1, sizeof *made);
    struct code_list list = {0};
    bool done = made != NULL;
    if (done) {
        made->next = binding->sets;
        binding->sets = made;
        list_codes(w->program->policy, op->expr, day->value, &list);
        list.codes = malloc((size_t)list.count * sizeof *list.codes + 1);
        done = list.codes != NULL;
    }
    if (done) {
        list_codes(w->program->policy, op->expr, day->value, &list);
        done = fill_set(&made->set, &list);
    }
    free(list.codes);
    if (!done)
        longjmp(w->out_of_memory, 1);
    bound->set = &made->set;
    return true;
}

void binding_done(struct binding *binding)
{
    while (binding->sets) {
        struct bound_set *next = binding->sets->next;
        free(binding->sets->set.bits);
        free(binding->sets->set.slots);
        free(binding->sets);
        binding->sets = next;
    }
    free(binding->bounds);
    free(binding->conjuncts);
}

/* ---- what can be a mask ---- */

static bool are_maskable(const struct worker *w, const struct op *op, const struct bound *bounds)
{
    bool are = op->list_count > 0;
    for (int32_t i = 0; i < op->list_count && are; i++)
        are = bounds[w->program->list[op->list + i]].maskable;
    return are;
}

/* choose between constants = constant */
static bool is_maskable_choice(const struct worker *w, const struct op *op,
                               const struct bound *bounds)
{
    const struct op *choose = op_at(w, op->a);
    if (choose->code != OP_CODE_CHOOSE || bounds[op->b].kind != BOUND_VALUE)
        return false;
    const int32_t *list = w->program->list + choose->list;
    bool is = bounds[op->b].value != ABSENT_I64;
    for (int32_t c = 0; c < choose->list_count && is; c++) {
        bool is_when = c % 2 == 0 && c + 1 < choose->list_count;
        const struct bound *bound = &bounds[list[c]];
        is = is_when ? bound->maskable
                     : bound->kind == BOUND_VALUE && bound->value != ABSENT_I64;
    }
    return is;
}

static bool is_maskable(const struct worker *w, const struct op *op, const struct bound *bounds,
                        const struct bound *bound)
{
    if (op->outward > 0)
        return false;
    if (bound->kind == BOUND_VALUE)
        return true;
    if (bound->kind != BOUND_NONE)
        return bound->reach < 0;
    switch (op->code) {
    case OP_CODE_AND:
    case OP_CODE_OR:
        return are_maskable(w, op, bounds);
    case OP_CODE_NOT:
        return bounds[op->a].maskable;
    case OP_CODE_COMPARE:
        return is_maskable_choice(w, op, bounds);
    case OP_CODE_AGGREGATE:
        return (op->detail == AGGREGATE_HAS || op->detail == AGGREGATE_HAS_NO) &&
               op->scope == 0 && op->up == 0 && op->through < 0 && op->inverse < 0;
    default:
        return false;
    }
}

/* ---- order of conjuncts ---- */

static float children_per_owner(const struct worker *w, int32_t table)
{
    int32_t owner = w->program->owners[table];
    float owners = owner < 0 ? 1 : (float)w->world->tables[owner].row_count;
    return (float)w->world->tables[table].row_count / (owners + 1);
}

/* Cells read for one row, roughly: an aggregate reads its condition on every child. A mask reads a
 * cell at a small part of what picking one costs. */
static float own_cost(const struct worker *w, const struct op *op, bool maskable)
{
    switch (op->code) {
    case OP_CODE_FIELD:
        return 1;
    case OP_CODE_REACH:
        return 4;
    case OP_CODE_REGISTER:
    case OP_CODE_TABLE:
    case OP_CODE_CALL:
        return 12;
    case OP_CODE_AGGREGATE:
        return maskable ? 0.2F : 8 + 2 * children_per_owner(w, op->table);
    default:
        return maskable ? 0.1F : 2;
    }
}

static float operand_cost(const struct worker *w, const struct op *op, const struct bound *bounds)
{
    float cost = 0;
    cost += op->a >= 0 ? bounds[op->a].cost : 0;
    cost += op->b >= 0 ? bounds[op->b].cost : 0;
    for (int32_t i = 0; i < op->list_count; i++)
        cost += bounds[w->program->list[op->list + i]].cost;
    return op->code == OP_CODE_AGGREGATE ? cost * children_per_owner(w, op->table) : cost;
}

/* Share of the rows that pass, as if conditions had nothing to do with each other. */
static float passing(const struct worker *w, const struct op *op, const struct bound *bounds)
{
    const int32_t *list = w->program->list + op->list;
    float pass = 0.5F;
    if (op->code == OP_CODE_AND || op->code == OP_CODE_OR) {
        float fails = 1;
        pass = 1;
        for (int32_t i = 0; i < op->list_count; i++) {
            pass *= bounds[list[i]].pass;
            fails *= 1 - bounds[list[i]].pass;
        }
        pass = op->code == OP_CODE_AND ? pass : 1 - fails;
    } else if (op->code == OP_CODE_NOT) {
        pass = 1 - bounds[op->a].pass;
    } else if (op->code == OP_CODE_AGGREGATE &&
               (op->detail == AGGREGATE_HAS || op->detail == AGGREGATE_HAS_NO)) {
        float has = children_per_owner(w, op->table) * (op->a >= 0 ? bounds[op->a].pass : 1);
        has = has > 1 ? 1 : has;
        pass = op->detail == AGGREGATE_HAS ? has : 1 - has;
    }
    return pass;
}

static void set_rank(const struct worker *w, int32_t index, struct bound *bounds)
{
    const struct op *op = op_at(w, index);
    struct bound *bound = &bounds[index];
    if (bound->kind == BOUND_VALUE) {
        bound->cost = 0;
        bound->pass = bound->value != 0;
    } else if (bound->kind == BOUND_TEST || bound->kind == BOUND_MEMBER) {
        float dense = bound->kind == BOUND_TEST ? 0.1F : 2;
        bound->cost = bound->reach >= 0 ? 4 : dense;
        bound->pass = pass_rate(w, bound);
    } else {
        bound->cost = own_cost(w, op, bound->maskable) + operand_cost(w, op, bounds);
        bound->pass = passing(w, op, bounds);
    }
    bound->rank = bound->cost / (1.001F - bound->pass);
}

static bool comes_before(const struct bound *bounds, int32_t a, int32_t b)
{
    if (bounds[a].maskable != bounds[b].maskable)
        return bounds[a].maskable;
    return bounds[a].rank < bounds[b].rank;
}

/* As program_conjuncts; what is one test stays one, and so does what several conditions share when
 * it has a mask. */
static int32_t bound_conjuncts(const struct worker *w, int32_t op, const struct bound *bounds,
                               bool is_whole, int32_t *conjuncts)
{
    const struct op *row = op_at(w, op);
    bool is_one = row->code != OP_CODE_AND || bounds[op].kind != BOUND_NONE ||
                  (!is_whole && row->is_shared && bounds[op].maskable);
    if (is_one) {
        conjuncts[0] = op;
        return 1;
    }
    int32_t count = 0;
    for (int32_t i = 0; i < row->list_count; i++)
        count += bound_conjuncts(w, w->program->list[row->list + i], bounds, false,
                                 conjuncts + count);
    return count;
}

/* Dissolves a condition once for the whole run. */
static int32_t note_conjuncts(const struct worker *w, int32_t op, struct binding *binding,
                              int32_t at)
{
    struct bound *bounds = binding->bounds;
    if (op < 0 || bounds[op].conjunct_count > 0)
        return at;
    int32_t *conjuncts = binding->conjuncts + at;
    int32_t count = bound_conjuncts(w, op, bounds, true, conjuncts);
    for (int32_t i = 1; i < count; i++) {
        int32_t moved = conjuncts[i];
        int32_t k = i;
        for (; k > 0 && comes_before(bounds, moved, conjuncts[k - 1]); k--)
            conjuncts[k] = conjuncts[k - 1];
        conjuncts[k] = moved;
    }
    bounds[op].conjunct = at;
    bounds[op].conjunct_count = count;
    for (int32_t i = 0; i < count; i++)
        bounds[op].masked_count += bounds[conjuncts[i]].maskable;
    for (int32_t i = 0; i < count; i++)
        bounds[conjuncts[i]].wanted_count++;
    return at + count;
}

/* The conditions that rows are selected by. */
static void note_all_conjuncts(struct worker *w, struct binding *binding)
{
    const struct program *program = w->program;
    int64_t room = 1;
    for (int32_t i = 0; i < program->op_count; i++)
        if (program->ops[i].code == OP_CODE_AGGREGATE && program->ops[i].a >= 0)
            room += program_conjuncts(program, program->ops[i].a, NULL);
    for (int32_t p = 0; p < program->plan_count; p++)
        room += program_conjuncts(program, program->plans[p].where, NULL) +
                program_conjuncts(program, program->plans[p].each_where, NULL);
    binding->conjuncts = malloc((size_t)room * sizeof *binding->conjuncts);
    if (!binding->conjuncts)
        longjmp(w->out_of_memory, 1);
    int32_t at = 0;
    for (int32_t i = 0; i < program->op_count; i++)
        if (program->ops[i].code == OP_CODE_AGGREGATE)
            at = note_conjuncts(w, program->ops[i].a, binding, at);
    for (int32_t p = 0; p < program->plan_count; p++) {
        at = note_conjuncts(w, program->plans[p].where, binding, at);
        at = note_conjuncts(w, program->plans[p].each_where, binding, at);
    }
}

static void find_stand_ins(struct binding *bindings, int32_t index)
{
    const struct reference_moment *moment = &bindings[index].moment;
    for (int32_t context = 0; context <= CONTEXT_ALL; context++) {
        int32_t found = 0;
        for (; found < index; found++) {
            const struct reference_moment *known = &bindings[found].moment;
            bool start = !(context & 1 << CONTEXT_PERIOD_START) ||
                         known->period_start_day == moment->period_start_day;
            bool end = !(context & 1 << CONTEXT_PERIOD_END) ||
                       known->period_end_day == moment->period_end_day;
            bool as_of =
                !(context & 1 << CONTEXT_AS_OF) || known->as_of_day == moment->as_of_day;
            if (start && end && as_of)
                break;
        }
        bindings[index].stand_in[context] = found;
    }
}

void binding_make(struct worker *w, struct binding *bindings, int32_t index)
{
    const struct rows one = {.table = -1, .count = 1};
    struct binding *binding = &bindings[index];
    w->binding = binding;
    find_stand_ins(bindings, index);
    for (int32_t i = 0; i < w->program->op_count; i++) {
        const struct op *op = op_at(w, i);
        struct bound *bound = &binding->bounds[i];
        *bound = (struct bound){.kind = BOUND_NONE, .cell = -1, .reach = -1};
        if (op->is_constant) {
            int64_t value;
            vector_value(w, i, &one, &value);
            bound->kind = BOUND_VALUE;
            bound->value = value;
        } else if (bind_test(w, i, binding->bounds)) {
            bound->kind = BOUND_TEST;
        } else if (op->code == OP_CODE_REGISTER && bind_register(w, op, binding, bound)) {
            bound->kind = BOUND_MEMBER;
        }
        bound->maskable = is_maskable(w, op, binding->bounds, bound);
        set_rank(w, i, binding->bounds);
    }
    note_all_conjuncts(w, binding);
}
