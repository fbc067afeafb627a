#include "policy/vector.h"

#include "policy/large.h"
#include "policy/operate.h"
#include "policy/scalar.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

struct scratch_chunk {
    struct scratch_chunk *next;
    size_t size, used_size;
    alignas(64) unsigned char bytes[];
};

enum { SCRATCH_CHUNK_SIZE = (2 << 20) - sizeof(struct scratch_chunk) }; /* a large page */

void scratch_stack_done(struct scratch_stack *stack)
{
    while (stack->first_chunk) {
        struct scratch_chunk *next = stack->first_chunk->next;
        large_free(stack->first_chunk, sizeof *next + stack->first_chunk->size);
        stack->first_chunk = next;
    }
    stack->chunk = NULL;
}

void worker_done(struct worker *w)
{
    scratch_stack_done(&w->stack);
    scratch_stack_done(&w->kept);
    free(w->memos);
    w->memos = NULL;
}

static struct scratch_chunk *next_chunk(struct worker *w, struct scratch_stack *stack,
                                        size_t size)
{
    struct scratch_chunk *chunk = stack->chunk ? stack->chunk->next : stack->first_chunk;
    if (chunk && chunk->size >= size)
        return chunk;
    size_t chunk_size = size > SCRATCH_CHUNK_SIZE ? size : SCRATCH_CHUNK_SIZE;
    struct scratch_chunk *made = large_alloc(sizeof *made + chunk_size);
    if (!made)
        longjmp(w->out_of_memory, 1);
    made->size = chunk_size;
    made->next = chunk;
    if (stack->chunk)
        stack->chunk->next = made;
    else
        stack->first_chunk = made;
    return made;
}

static void *take(struct worker *w, struct scratch_stack *stack, size_t size)
{
    size_t wanted = (size + 63) & ~(size_t)63; /* whole cache lines */
    if (!stack->chunk || stack->chunk->size - stack->chunk->used_size < wanted) {
        stack->chunk = next_chunk(w, stack, wanted);
        stack->chunk->used_size = 0;
    }
    void *taken = stack->chunk->bytes + stack->chunk->used_size;
    stack->chunk->used_size += wanted;
    return taken;
}

void *scratch(struct worker *w, size_t count, size_t size)
{
    return take(w, &w->stack, count * size);
}

void *scratch_found(struct worker *w, size_t count, size_t size)
{
    return take(w, w->found, count * size);
}

void scratch_found_trim(struct worker *w, const void *taken, size_t size)
{
    struct scratch_chunk *chunk = w->found->chunk;
    size_t begin = (size_t)((const unsigned char *)taken - chunk->bytes);
    chunk->used_size = begin + ((size + 63) & ~(size_t)63);
}

void *scratch_kept(struct worker *w, size_t count, size_t size)
{
    return take(w, &w->kept, count * size);
}

struct scratch_mark scratch_mark(const struct worker *w)
{
    return (struct scratch_mark){w->stack.chunk, w->stack.chunk ? w->stack.chunk->used_size : 0};
}

void scratch_rewind(struct worker *w, struct scratch_mark mark)
{
    w->stack.chunk = mark.chunk;
    if (mark.chunk)
        mark.chunk->used_size = mark.used_size;
}

void worker_begin_block(struct worker *w, int32_t table, int32_t base, int32_t count)
{
    if (!w->memos)
        w->memos = calloc((size_t)w->program->op_count + 1, sizeof *w->memos);
    if (!w->memos)
        longjmp(w->out_of_memory, 1);
    w->block++;
    w->block_table = table;
    w->block_base = base;
    w->block_count = count;
    w->kept.chunk = NULL;
}

bool worker_block_rows(const struct worker *w, int32_t table, struct rows *ret_rows)
{
    if (table == w->block_table) {
        *ret_rows = (struct rows){.table = table, .base = w->block_base,
                                  .count = w->block_count, .in_block = true};
        return true;
    }
    int32_t owner = w->program->owners[table];
    struct rows owners;
    if (owner < 0 || !worker_block_rows(w, owner, &owners))
        return false;
    const int32_t *first_row = w->world->tables[table].first_row;
    int32_t first = first_row[owners.base];
    *ret_rows = (struct rows){.table = table, .base = first,
                              .count = first_row[owners.base + owners.count] - first,
                              .in_block = true};
    return true;
}

static int64_t *value_array(struct worker *w, int32_t count)
{
    return scratch(w, (size_t)count, sizeof(int64_t));
}

static int32_t *row_array(struct worker *w, int32_t count)
{
    return scratch(w, (size_t)count + 8, sizeof(int32_t));
}

/* ---- reaching other rows ---- */

int32_t rows_outer_place(const struct worker *w, const struct rows *rows, int32_t i)
{
    if (rows->outer_at)
        return rows->outer_at[i];
    return w->world->tables[rows->table].owner_rows[rows_row(rows, i)] - rows->outer->base;
}

/* Places of the rows `scope` rows outward, and those rows. */
static const struct rows *outward(struct worker *w, const struct rows *rows, int32_t scope,
                                  int32_t **ret_places)
{
    int32_t count = rows->count;
    int32_t *places = row_array(w, count);
    for (int32_t i = 0; i < count; i++)
        places[i] = i;
    for (; scope > 0; scope--, rows = rows->outer)
        for (int32_t i = 0; i < count; i++)
            places[i] = rows_outer_place(w, rows, places[i]);
    *ret_places = places;
    return rows;
}

/* Row reached from each row; -1 behind an absent reference. */
int32_t *reached_rows(struct worker *w, const struct rows *rows, const struct op *op,
                      int32_t *ret_table)
{
    int32_t *reached;
    const struct rows *start = rows;
    if (op->scope > 0) {
        start = outward(w, rows, op->scope, &reached);
        for (int32_t i = 0; i < rows->count; i++)
            reached[i] = rows_row(start, reached[i]);
    } else {
        reached = row_array(w, rows->count);
        for (int32_t i = 0; i < rows->count; i++)
            reached[i] = rows_row(rows, i);
    }
    int32_t table = start->table;
    for (int32_t up = 0; up < op->up; up++) {
        const int32_t *owners = w->world->tables[table].owner_rows;
        for (int32_t i = 0; i < rows->count; i++)
            reached[i] = owners[reached[i]];
        table = w->program->owners[table];
    }
    if (op->through >= 0) {
        const int32_t *targets = w->world->tables[table].columns[op->through].cells;
        for (int32_t i = 0; i < rows->count; i++)
            reached[i] = targets[reached[i]] == ABSENT_I32 ? -1 : targets[reached[i]];
        const char *target = w->world->vocab->records[table].fields[op->through].target;
        table = vocab_table(w->world->vocab, str_from(target));
    }
    *ret_table = table;
    return reached;
}

/* ---- values ---- */

static void run_reach(struct worker *w, const struct op *op, const struct rows *rows,
                      int64_t *values)
{
    int32_t table;
    int32_t *reached = reached_rows(w, rows, op, &table);
    const struct op *target = &w->program->ops[op->a];
    if (target->code == OP_CODE_FIELD && target->field >= 0) {
        kernel_read(&w->world->tables[table].columns[target->field], 0, reached, rows->count,
                    values);
        return;
    }
    int32_t *places = row_array(w, rows->count);
    int32_t count = 0;
    for (int32_t i = 0; i < rows->count; i++) {
        places[count] = i;
        reached[count] = reached[i];
        count += reached[i] >= 0;
    }
    struct rows inner = {.table = table, .count = count, .at = reached, .outer = rows,
                         .outer_at = places, .in_block = rows->in_block && op->through < 0};
    if (count == rows->count) {
        vector_value(w, op->a, &inner, values);
        return;
    }
    int64_t *found = value_array(w, count);
    vector_value(w, op->a, &inner, found);
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = ABSENT_I64;
    for (int32_t i = 0; i < count; i++)
        values[places[i]] = found[i];
}

static void run_outer(struct worker *w, const struct op *op, const struct rows *rows,
                      int64_t *values)
{
    int32_t *places;
    const struct rows *outer = outward(w, rows, op->detail, &places);
    int64_t *found = value_array(w, outer->count);
    vector_value(w, op->a, outer, found);
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = found[places[i]];
}

static void run_field(struct worker *w, const struct op *op, const struct rows *rows,
                      int64_t *values)
{
    if (op->field < 0) { /* the row itself, as a reference to it */
        for (int32_t i = 0; i < rows->count; i++)
            values[i] = rows_row(rows, i);
        return;
    }
    kernel_read(&w->world->tables[op->table].columns[op->field], rows->base, rows->at,
                rows->count, values);
}

static void run_not(struct worker *w, const struct op *op, const struct rows *rows,
                    int64_t *values)
{
    vector_value(w, op->a, rows, values);
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = values[i] == ABSENT_I64 ? ABSENT_I64 : !values[i];
}

static void run_negate(struct worker *w, const struct op *op, const struct rows *rows,
                       int64_t *values)
{
    vector_value(w, op->a, rows, values);
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = values[i] == ABSENT_I64 ? ABSENT_I64 : -values[i];
}

static void run_logic(struct worker *w, const struct op *op, const struct rows *rows,
                      int64_t *values)
{
    int64_t *next = value_array(w, rows->count);
    bool is_and = op->code == OP_CODE_AND;
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = is_and;
    for (int32_t c = 0; c < op->list_count; c++) {
        vector_value(w, w->program->list[op->list + c], rows, next);
        for (int32_t i = 0; i < rows->count; i++)
            values[i] = is_and ? truth_and(values[i], next[i]) : truth_or(values[i], next[i]);
    }
}

#define COMPARE_LOOP(sign)                                                                        \
    for (int32_t i = 0; i < rows->count; i++)                                                     \
        values[i] = values[i] == ABSENT_I64 || right[i] == ABSENT_I64 ? ABSENT_I64                \
                                                                      : values[i] sign right[i]

#define COMPARE_VALUE(sign)                                                                       \
    for (int32_t i = 0; i < rows->count; i++)                                                     \
        values[i] = values[i] == ABSENT_I64 ? ABSENT_I64 : values[i] sign value

#define COMPARE(sign)                                                                             \
    if (right)                                                                                    \
        COMPARE_LOOP(sign);                                                                       \
    else                                                                                          \
        COMPARE_VALUE(sign)

static void run_compare(struct worker *w, const struct op *op, const struct rows *rows,
                        int64_t *values)
{
    const struct bound *bound = &w->binding->bounds[op->b];
    int64_t value = bound->value;
    bool is_value = bound->kind == BOUND_VALUE && value != ABSENT_I64;
    int64_t *right = is_value ? NULL : value_array(w, rows->count);
    vector_value(w, op->a, rows, values);
    if (right)
        vector_value(w, op->b, rows, right);
    switch ((enum expr_op)op->detail) {
    case OP_EQUAL:
        COMPARE(==);
        break;
    case OP_NOT_EQUAL:
        COMPARE(!=);
        break;
    case OP_LESS:
        COMPARE(<);
        break;
    case OP_LESS_EQUAL:
        COMPARE(<=);
        break;
    case OP_GREATER:
        COMPARE(>);
        break;
    case OP_GREATER_EQUAL:
        COMPARE(>=);
        break;
    default:
        check(!"a comparison");
    }
}

static void run_known(struct worker *w, const struct op *op, const struct rows *rows,
                      int64_t *values)
{
    vector_value(w, op->a, rows, values);
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = values[i] != ABSENT_I64;
}

/* ---- aggregates ---- */

struct expansion {
    struct selection inner;
    uint8_t *absent; /* outer rows whose way leads over an absent reference; NULL: none */
};

/* Children of dense rows are dense themselves. */
static bool expand_dense(struct worker *w, const struct op *op, const struct rows *rows,
                         struct expansion *ret)
{
    bool own_children = op->scope == 0 && op->up == 0 && op->through < 0 && op->inverse < 0;
    if (!own_children || rows->at)
        return false;
    const int32_t *first_row = w->world->tables[op->table].first_row;
    int32_t first = first_row[rows->base];
    ret->absent = NULL;
    ret->inner = (struct selection){
        .rows = {.table = op->table, .base = first,
                 .count = first_row[rows->base + rows->count] - first, .outer = rows,
                 .in_block = rows->in_block}};
    return true;
}

static void expand(struct worker *w, const struct op *op, const struct rows *rows,
                   struct expansion *ret)
{
    if (expand_dense(w, op, rows, ret))
        return;
    int32_t table;
    int32_t *reached = reached_rows(w, rows, op, &table);
    const int32_t *first_row = w->world->tables[op->table].first_row;
    const int32_t *index_rows = NULL;
    if (op->inverse >= 0) {
        const struct column_index *index =
            world_reference_index(w->world, op->table, op->inverse);
        if (!index)
            longjmp(w->out_of_memory, 1);
        first_row = index->first;
        index_rows = index->rows;
    }
    int64_t total = 0;
    for (int32_t i = 0; i < rows->count; i++)
        total += reached[i] < 0 ? 0 : first_row[reached[i] + 1] - first_row[reached[i]];
    if (total > INT32_MAX - 16)
        longjmp(w->out_of_memory, 1);
    int32_t *at = row_array(w, (int32_t)total);
    int32_t *outer_at = row_array(w, (int32_t)total);
    uint8_t *absent = scratch(w, (size_t)rows->count, 1);
    int32_t count = 0;
    for (int32_t i = 0; i < rows->count; i++) {
        absent[i] = reached[i] < 0;
        for (int32_t r = absent[i] ? 0 : first_row[reached[i]],
                     end = absent[i] ? 0 : first_row[reached[i] + 1]; r < end; r++) {
            at[count] = index_rows ? index_rows[r] : r;
            outer_at[count++] = i;
        }
    }
    ret->absent = absent;
    bool in_block = rows->in_block && op->through < 0 && op->inverse < 0;
    ret->inner =
        (struct selection){.rows = {.table = op->table, .count = count, .at = at, .outer = rows,
                                    .outer_at = outer_at, .in_block = in_block}};
}

/* Rows whose condition is true or unknown; their owners stand in ascending order. */
static void reduce_has(const struct worker *w, const struct selection *inner, int32_t count,
                       int64_t *values)
{
    memset(values, 0, (size_t)count * sizeof *values);
    for (int32_t k = 0; k < inner->rows.count; k++) {
        int64_t *value = &values[rows_outer_place(w, &inner->rows, k)];
        bool is_unknown = inner->unknown && inner->unknown[k];
        *value = !is_unknown || *value == 1 ? 1 : ABSENT_I64;
    }
}

static void reduce_count(const struct worker *w, const struct selection *inner, int32_t count,
                         int64_t *values)
{
    memset(values, 0, (size_t)count * sizeof *values);
    for (int32_t k = 0; k < inner->rows.count; k++) {
        int64_t *value = &values[rows_outer_place(w, &inner->rows, k)];
        if (inner->unknown && inner->unknown[k])
            *value = ABSENT_I64;
        else if (*value != ABSENT_I64)
            (*value)++;
    }
}

static int64_t sum_segment(struct worker *w, const int64_t *values, const uint8_t *unknown,
                           int32_t count)
{
    int64_t sum = 0;
    bool known = true;
    for (int32_t k = 0; k < count; k++) {
        bool is_unknown = unknown && unknown[k];
        if (values[k] == ABSENT_I64 || (is_unknown && values[k] != 0))
            known = false;
        else if (!is_unknown && __builtin_add_overflow(sum, values[k], &sum))
            w->overflowed = true;
    }
    return known ? sum : ABSENT_I64;
}

static int64_t best_segment(bool highest, const int64_t *values, const uint8_t *unknown,
                            int32_t count)
{
    int64_t best = ABSENT_I64;
    for (int32_t k = 0; k < count; k++) {
        if (values[k] == ABSENT_I64)
            return ABSENT_I64;
        if (unknown && unknown[k])
            continue;
        bool better = best == ABSENT_I64 || (highest ? values[k] > best : values[k] < best);
        best = better ? values[k] : best;
    }
    for (int32_t k = 0; unknown && k < count; k++)
        if (unknown[k] && (best == ABSENT_I64 || (highest ? values[k] > best : values[k] < best)))
            return ABSENT_I64;
    return best;
}

static int64_t distinct_segment(struct worker *w, const int64_t *values, const uint8_t *unknown,
                                int32_t count)
{
    int64_t *sorted = value_array(w, count);
    int32_t yes_count = 0;
    int32_t maybe_count = 0;
    for (int32_t k = 0; k < count; k++) {
        if (values[k] == ABSENT_I64)
            return ABSENT_I64;
        if (unknown && unknown[k])
            sorted[count - ++maybe_count] = values[k];
        else
            sorted[yes_count++] = values[k];
    }
    return count_different(sorted, yes_count, maybe_count);
}

static void reduce_values(struct worker *w, const struct op *op, const struct selection *inner,
                          int32_t count, int64_t *values)
{
    enum expr_aggregate aggregate = (enum expr_aggregate)op->detail;
    bool is_best = aggregate == AGGREGATE_HIGHEST || aggregate == AGGREGATE_LOWEST;
    int64_t *found = value_array(w, inner->rows.count);
    vector_value(w, op->b, &inner->rows, found);
    for (int32_t i = 0; i < count; i++)
        values[i] = is_best ? ABSENT_I64 : 0;
    for (int32_t k = 0, end; k < inner->rows.count; k = end) {
        int32_t place = rows_outer_place(w, &inner->rows, k);
        for (end = k + 1; end < inner->rows.count; end++)
            if (rows_outer_place(w, &inner->rows, end) != place)
                break;
        const uint8_t *unknown = inner->unknown ? inner->unknown + k : NULL;
        if (aggregate == AGGREGATE_SUM)
            values[place] = sum_segment(w, found + k, unknown, end - k);
        else if (is_best)
            values[place] =
                best_segment(aggregate == AGGREGATE_HIGHEST, found + k, unknown, end - k);
        else
            values[place] = distinct_segment(w, found + k, unknown, end - k);
    }
}

static void run_aggregate(struct worker *w, const struct op *op, const struct rows *rows,
                          int64_t *values)
{
    struct expansion expansion;
    expand(w, op, rows, &expansion);
    vector_select(w, op->a, &expansion.inner);
    enum expr_aggregate aggregate = (enum expr_aggregate)op->detail;
    if (aggregate == AGGREGATE_HAS || aggregate == AGGREGATE_HAS_NO)
        reduce_has(w, &expansion.inner, rows->count, values);
    else if (aggregate == AGGREGATE_COUNT)
        reduce_count(w, &expansion.inner, rows->count, values);
    else
        reduce_values(w, op, &expansion.inner, rows->count, values);
    if (aggregate == AGGREGATE_HAS_NO)
        for (int32_t i = 0; i < rows->count; i++)
            values[i] = values[i] == ABSENT_I64 ? ABSENT_I64 : !values[i];
    for (int32_t i = 0; expansion.absent && i < rows->count; i++)
        values[i] = expansion.absent[i] ? ABSENT_I64 : values[i];
}

void vector_chosen_rows(struct worker *w, int32_t index, const struct rows *rows,
                        int32_t *ret_rows)
{
    const struct op *op = &w->program->ops[index];
    enum expr_aggregate aggregate = (enum expr_aggregate)op->detail;
    bool is_best = aggregate == AGGREGATE_HIGHEST || aggregate == AGGREGATE_LOWEST;
    struct expansion expansion;
    expand(w, op, rows, &expansion);
    vector_select(w, op->a, &expansion.inner);
    const struct selection *inner = &expansion.inner;
    int64_t *values = value_array(w, inner->rows.count);
    if (is_best)
        vector_value(w, op->b, &inner->rows, values);
    int64_t best = 0;
    for (int32_t i = 0; i < rows->count; i++)
        ret_rows[i] = -1;
    for (int32_t k = 0; k < inner->rows.count && aggregate != AGGREGATE_HAS_NO; k++) {
        int32_t *chosen = &ret_rows[rows_outer_place(w, &inner->rows, k)];
        bool counts = !inner->unknown || !inner->unknown[k];
        bool better = *chosen < 0;
        if (is_best && counts && *chosen >= 0)
            better = aggregate == AGGREGATE_HIGHEST ? values[k] > best : values[k] < best;
        if (!counts || !better || (is_best && values[k] == ABSENT_I64))
            continue;
        *chosen = rows_row(&inner->rows, k);
        best = values[k];
    }
}

static void run_constant(struct worker *w, const struct op *op, const struct rows *rows,
                         int64_t *values)
{
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = op->value;
}

static void run_context(struct worker *w, const struct op *op, const struct rows *rows,
                        int64_t *values)
{
    const struct reference_moment *moment = &w->binding->moment;
    int64_t day = op->detail == CONTEXT_PERIOD_START ? moment->period_start_day
                  : op->detail == CONTEXT_PERIOD_END ? moment->period_end_day
                                                     : moment->as_of_day;
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = day;
}

static void run_oracle(struct worker *w, const struct op *op, const struct rows *rows,
                       int64_t *values)
{
    int64_t value = reference_value(w->program->policy, w->world, op->expr, -1, -1,
                                    &w->binding->moment);
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = value;
}

static operate_op *const runs[OP_CODE_COUNT] = {
    [OP_CODE_CONST] = run_constant,     [OP_CODE_CONTEXT] = run_context,
    [OP_CODE_ORACLE] = run_oracle,      [OP_CODE_FIELD] = run_field,
    [OP_CODE_REACH] = run_reach,        [OP_CODE_OUTER] = run_outer,
    [OP_CODE_NOT] = run_not,            [OP_CODE_NEGATE] = run_negate,
    [OP_CODE_AND] = run_logic,          [OP_CODE_OR] = run_logic,
    [OP_CODE_COMPARE] = run_compare,    [OP_CODE_ARITHMETIC] = operate_arithmetic,
    [OP_CODE_IN] = operate_in,              [OP_CODE_WITHIN] = operate_within,
    [OP_CODE_REGISTER] = operate_register,  [OP_CODE_PARAMETER] = operate_parameter,
    [OP_CODE_TABLE] = operate_table,        [OP_CODE_CALL] = operate_call,
    [OP_CODE_CHOOSE] = operate_choose,      [OP_CODE_KNOWN] = run_known,
    [OP_CODE_AGGREGATE] = run_aggregate,
};

/* A test of a cell as a truth value. */
static void run_test(struct worker *w, int32_t op, const struct rows *rows, int64_t *values)
{
    uint8_t *keep = scratch(w, (size_t)rows->count, 1);
    uint8_t *unknown = NULL;
    memset(keep, 1, (size_t)rows->count);
    vector_test(w, op, rows, keep, &unknown);
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = keep[i];
    for (int32_t i = 0; unknown && i < rows->count; i++)
        values[i] = unknown[i] ? ABSENT_I64 : values[i];
}

/* What the children of whole blocks say is worked out once for all rules. */
static bool read_mask(struct worker *w, int32_t op, const struct rows *rows, int64_t *values)
{
    int32_t base;
    const struct mask *mask = mask_for_rows(w, op, rows, &base);
    if (!mask)
        return false;
    for (int32_t i = 0; i < rows->count; i++)
        values[i] = bit_at(mask->keep, rows_row(rows, i) - base);
    for (int32_t i = 0; mask->unknown && i < rows->count; i++)
        values[i] = bit_at(mask->unknown, rows_row(rows, i) - base) ? ABSENT_I64 : values[i];
    return true;
}

static void run_operation(struct worker *w, int32_t index, const struct rows *rows,
                          int64_t *values)
{
    const struct op *op = &w->program->ops[index];
    const struct bound *bound = &w->binding->bounds[index];
    if ((bound->kind == BOUND_TEST || bound->kind == BOUND_MEMBER) && op->code != OP_CODE_FIELD &&
        op->code != OP_CODE_REACH)
        run_test(w, index, rows, values);
    else if (bound->kind != BOUND_NONE || !bound->maskable || !rows->in_block ||
             !read_mask(w, index, rows, values))
        runs[op->code](w, op, rows, values);
}

void vector_value(struct worker *w, int32_t op, const struct rows *rows, int64_t *ret_values)
{
    const struct bound *bound = &w->binding->bounds[op];
    if (bound->kind == BOUND_VALUE) {
        for (int32_t i = 0; i < rows->count; i++)
            ret_values[i] = bound->value;
        return;
    }
    size_t size = (size_t)rows->count * sizeof *ret_values;
    struct memo *memo =
        rows->id != 0 && w->program->ops[op].is_shared && bound->kind == BOUND_NONE
            ? &w->memos[op]
            : NULL;
    if (memo && memo->values_block == w->block && memo->rows_id == rows->id) {
        memcpy(ret_values, memo->values, size);
        return;
    }
    struct scratch_mark mark = scratch_mark(w);
    run_operation(w, op, rows, ret_values);
    scratch_rewind(w, mark);
    if (!memo)
        return;
    memo->values = scratch_kept(w, size, 1);
    memo->values_block = w->block;
    memo->rows_id = rows->id;
    memcpy(memo->values, ret_values, size);
}

void vector_children(struct worker *w, const struct selection *selection, int32_t table,
                     struct selection *ret_children)
{
    struct op own = {.table = table, .through = -1, .inverse = -1};
    struct expansion expansion;
    expand(w, &own, &selection->rows, &expansion);
    *ret_children = expansion.inner;
    if (!selection->unknown)
        return;
    uint8_t *unknown = scratch(w, (size_t)ret_children->rows.count, 1);
    for (int32_t k = 0; k < ret_children->rows.count; k++)
        unknown[k] = selection->unknown[rows_outer_place(w, &ret_children->rows, k)];
    ret_children->unknown = unknown;
}
