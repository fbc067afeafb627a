#include "policy/reference.h"

#include "policy/scalar.h"
#include "policy/settle.h"
#include "policy/walk.h"

#include <stdlib.h>

enum { CALL_ARGUMENTS_MAX = 16 };

static int64_t read_cell(struct walk *walk, int32_t table, int32_t row, int32_t field)
{
    int64_t value = column_value(&walk->world->tables[table].columns[field], row);
    if (walk->on_read)
        walk->on_read(walk->context, table, row, field, value);
    return value;
}

int32_t walk_reach(struct walk *walk, const struct frame *frame, int32_t scope, int32_t up,
                   int32_t through, int32_t *ret_table)
{
    for (int32_t i = 0; i < scope; i++)
        frame = frame->outer;
    int32_t table = frame->table;
    int32_t row = frame->row;
    for (int32_t i = 0; i < up; i++) {
        row = walk->world->tables[table].owner_rows[row];
        table = vocab_owner(walk->world->vocab, table);
    }
    if (through >= 0) {
        const char *target = walk->world->vocab->records[table].fields[through].target;
        int64_t reached = read_cell(walk, table, row, through);
        row = reached == ABSENT_I64 ? -1 : (int32_t)reached;
        table = vocab_table(walk->world->vocab, str_from(target));
    }
    *ret_table = table;
    return row;
}

bool walk_range(struct walk *walk, const struct frame *frame, const struct expr *expr,
                struct walk_rows *ret_rows)
{
    const struct table_columns *ranged = &walk->world->tables[expr->table];
    *ret_rows = (struct walk_rows){NULL, 0, ranged->row_count};
    if (!frame)
        return true;
    int32_t table;
    int32_t row = walk_reach(walk, frame, expr->scope, expr->up, expr->through, &table);
    if (row < 0)
        return false;
    if (expr->inverse < 0) {
        *ret_rows = (struct walk_rows){NULL, ranged->first_row[row], ranged->first_row[row + 1]};
        return true;
    }
    const struct column_index *index =
        world_reference_index(walk->world, expr->table, expr->inverse);
    if (index)
        *ret_rows = (struct walk_rows){index->rows, index->first[row], index->first[row + 1]};
    return index != NULL;
}

static struct frame frame_at(const struct expr *expr, const struct walk_rows *range, int32_t i,
                             const struct frame *outer)
{
    return (struct frame){expr->table, range->rows ? range->rows[i] : i, outer};
}

/* What the rows of an aggregate said so far. "maybe" rows are those whose where is unknown. */
struct tally {
    int64_t yes_count, maybe_count;
    int64_t sum, best;
    bool best_known;
    bool value_unknown; /* of a row that counts */
    bool maybe_changes; /* a maybe row could change sum or best */
};

static bool is_better(enum expr_aggregate aggregate, int64_t value, int64_t best)
{
    return aggregate == AGGREGATE_HIGHEST ? value > best : value < best;
}

static void tally_value(struct walk *walk, const struct expr *expr, struct tally *tally,
                        int64_t value)
{
    if (value == ABSENT_I64) {
        tally->value_unknown = true;
        return;
    }
    if (__builtin_add_overflow(tally->sum, value, &tally->sum))
        walk->overflowed |= expr->aggregate == AGGREGATE_SUM;
    if (!tally->best_known || is_better(expr->aggregate, value, tally->best))
        tally->best = value;
    tally->best_known = true;
}

/* Outside any row (an indicator) only what is certain counts: a city has unknown facts always. */
static int64_t row_where(struct walk *walk, const struct frame *frame, const struct expr *expr)
{
    int64_t where = expr->where ? walk_value(walk, frame, expr->where) : 1;
    return where == ABSENT_I64 && !frame->outer ? 0 : where;
}

static int64_t distinct_count(struct walk *walk, const struct frame *outer,
                              const struct expr *expr, const struct walk_rows *range)
{
    size_t row_count = (size_t)(range->end - range->first);
    int64_t *values = malloc(row_count * sizeof *values + 1);
    int64_t yes_count = 0;
    int64_t maybe_count = 0;
    bool known = values != NULL;
    for (int pass = 0; pass < 2 && known; pass++) {
        for (int32_t i = range->first; i < range->end && known; i++) {
            struct frame frame = frame_at(expr, range, i, outer);
            int64_t where = row_where(walk, &frame, expr);
            if (where != (pass == 0 ? 1 : ABSENT_I64))
                continue;
            int64_t value = walk_value(walk, &frame, expr->aggregated);
            known = value != ABSENT_I64 || !outer;
            if (value != ABSENT_I64)
                values[yes_count + maybe_count] = value;
            yes_count += pass == 0 && value != ABSENT_I64;
            maybe_count += pass == 1;
        }
    }
    int64_t count = known ? count_different(values, yes_count, maybe_count) : ABSENT_I64;
    free(values);
    return count;
}

static struct tally tally_rows(struct walk *walk, const struct frame *outer,
                               const struct expr *expr, const struct walk_rows *range)
{
    struct tally tally = {0};
    for (int32_t i = range->first; i < range->end; i++) {
        struct frame frame = frame_at(expr, range, i, outer);
        int64_t where = row_where(walk, &frame, expr);
        tally.yes_count += where == 1;
        tally.maybe_count += where == ABSENT_I64;
        if (where == 1 && expr->aggregated)
            tally_value(walk, expr, &tally, walk_value(walk, &frame, expr->aggregated));
    }
    tally.value_unknown = tally.value_unknown && outer;
    for (int32_t i = range->first; i < range->end && tally.maybe_count > 0 && expr->aggregated;
         i++) {
        struct frame frame = frame_at(expr, range, i, outer);
        if (row_where(walk, &frame, expr) != ABSENT_I64)
            continue;
        int64_t value = walk_value(walk, &frame, expr->aggregated);
        if (expr->aggregate == AGGREGATE_SUM)
            tally.maybe_changes |= value != 0;
        else
            tally.maybe_changes |= value == ABSENT_I64 || !tally.best_known ||
                                   is_better(expr->aggregate, value, tally.best);
    }
    return tally;
}

static int64_t aggregate_value(struct walk *walk, const struct frame *outer,
                               const struct expr *expr)
{
    struct walk_rows range;
    if (!walk_range(walk, outer, expr, &range))
        return ABSENT_I64;
    if (expr->aggregate == AGGREGATE_COUNT && !expr->where)
        return range.end - range.first;
    if (expr->aggregate == AGGREGATE_DISTINCT)
        return distinct_count(walk, outer, expr, &range);
    struct tally tally = tally_rows(walk, outer, expr, &range);
    int64_t has = tally.yes_count > 0 ? 1 : tally.maybe_count > 0 ? ABSENT_I64 : 0;
    bool unknown = tally.value_unknown || tally.maybe_changes;
    switch (expr->aggregate) {
    case AGGREGATE_HAS:
        return has;
    case AGGREGATE_HAS_NO:
        return truth_not(has);
    case AGGREGATE_COUNT:
        return tally.maybe_count > 0 ? ABSENT_I64 : tally.yes_count;
    case AGGREGATE_SUM:
        return unknown ? ABSENT_I64 : tally.sum;
    case AGGREGATE_HIGHEST:
    case AGGREGATE_LOWEST:
        return unknown || !tally.best_known ? ABSENT_I64 : tally.best;
    case AGGREGATE_DISTINCT:
        break;
    }
    return ABSENT_I64;
}

/* A classification gives the rank of its class: the first is the highest, 0 is none of them. */
static int64_t class_value(struct walk *walk, const struct frame *frame,
                           const struct define *define)
{
    for (int32_t i = 0; i < define->class_count; i++) {
        int64_t when = walk_value(walk, frame, define->classes[i].when);
        if (when != 0)
            return when == 1 ? define->class_count - i : ABSENT_I64;
    }
    return 0;
}

static int64_t define_value(struct walk *walk, const struct frame *frame, const struct expr *expr)
{
    const struct define *define = walk->policy->statements[expr->statement].as.define;
    struct frame reached = {0};
    if (define->subject >= 0) {
        reached.row = walk_reach(walk, frame, expr->scope, expr->up, expr->through,
                                 &reached.table);
        if (reached.row < 0)
            return ABSENT_I64;
    }
    const struct frame *on = define->subject >= 0 ? &reached : NULL;
    return define->value ? walk_value(walk, on, define->value) : class_value(walk, on, define);
}

static int64_t context_value(const struct walk *walk, const struct expr *expr)
{
    switch (expr->context) {
    case CONTEXT_PERIOD_START:
        return walk->moment.period_start_day;
    case CONTEXT_PERIOD_END:
        return walk->moment.period_end_day;
    case CONTEXT_AS_OF:
        return walk->moment.as_of_day;
    case CONTEXT_IN_FORCE:
        return walk->policy->documents[expr->span.document].in_force_day;
    }
    return ABSENT_I64;
}

static int64_t call_value(struct walk *walk, const struct frame *frame, const struct expr *expr)
{
    int64_t args[CALL_ARGUMENTS_MAX];
    check(expr->child_count <= CALL_ARGUMENTS_MAX);
    for (int32_t i = 0; i < expr->child_count; i++)
        args[i] = walk_value(walk, frame, expr->children[i]);
    const struct reference_moment *moment = &walk->moment;
    switch (expr->function) {
    case FUNCTION_IN_PERIOD:
        return truth_and(scalar_compare(OP_LESS_EQUAL, moment->period_start_day, args[0]),
                         scalar_compare(OP_LESS_EQUAL, args[0], moment->as_of_day));
    case FUNCTION_IN_WINDOW: {
        int64_t start = args[1] == ABSENT_I64 || args[2] == ABSENT_I64
                            ? ABSENT_I64
                            : scalar_add_months(args[1], -args[2]);
        return truth_and(scalar_compare(OP_LESS, start, args[0]),
                         scalar_compare(OP_LESS_EQUAL, args[0], args[1]));
    }
    case FUNCTION_HOLDS_ON:
        return truth_and(scalar_compare(OP_LESS_EQUAL, args[0], args[2]),
                         scalar_compare(OP_LESS_EQUAL, args[2], args[1]));
    default:
        return scalar_function(walk->policy->vocab->calendar, expr->function, args,
                               expr->child_count, &walk->overflowed);
    }
}

static int64_t choose_value(struct walk *walk, const struct frame *frame, const struct expr *expr)
{
    int32_t i = 0;
    for (; i + 1 < expr->child_count; i += 2) {
        int64_t when = walk_value(walk, frame, expr->children[i]);
        if (when != 0)
            return when == 1 ? walk_value(walk, frame, expr->children[i + 1]) : ABSENT_I64;
    }
    return i < expr->child_count ? walk_value(walk, frame, expr->children[i]) : ABSENT_I64;
}

static int64_t in_value(struct walk *walk, const struct frame *frame, const struct expr *expr)
{
    int64_t value = walk_value(walk, frame, expr->children[0]);
    int64_t found = 0;
    for (int32_t i = 1; i < expr->child_count; i++)
        found = truth_or(found, scalar_compare(OP_EQUAL, value,
                                               walk_value(walk, frame, expr->children[i])));
    return found;
}

static int64_t within_value(struct walk *walk, const struct frame *frame, const struct expr *expr)
{
    int64_t inner = walk_value(walk, frame, expr->children[0]);
    int64_t outer = walk_value(walk, frame, expr->children[1]);
    if (inner == ABSENT_I64 || outer == ABSENT_I64)
        return ABSENT_I64;
    const struct catalogue *catalogue =
        &walk->world->vocab->catalogues[expr->children[0]->type.target];
    return catalogue_contains(catalogue, outer, inner);
}

static int64_t table_lookup(struct walk *walk, const struct frame *frame, const struct expr *expr)
{
    int64_t args[CALL_ARGUMENTS_MAX];
    check(expr->child_count <= CALL_ARGUMENTS_MAX);
    for (int32_t i = 0; i < expr->child_count; i++)
        args[i] = walk_value(walk, frame, expr->children[i]);
    return table_value(walk->policy->statements[expr->statement].as.table, args);
}

static int64_t field_value(struct walk *walk, const struct frame *frame, const struct expr *expr)
{
    int32_t table;
    int32_t row = walk_reach(walk, frame, expr->scope, expr->up, expr->through, &table);
    if (row < 0)
        return ABSENT_I64;
    return expr->field < 0 ? row : read_cell(walk, table, row, expr->field);
}

static int64_t parameter_read(struct walk *walk, const struct frame *frame,
                              const struct expr *expr)
{
    int64_t key = expr->child_count > 0 ? walk_value(walk, frame, expr->children[0]) : 0;
    const struct parameter *parameter = walk->policy->statements[expr->statement].as.parameter;
    return key == ABSENT_I64 ? ABSENT_I64 : parameter_value(parameter, key, walk->anchor_day);
}

static int64_t register_read(struct walk *walk, const struct frame *frame,
                             const struct expr *expr)
{
    int64_t code = walk_value(walk, frame, expr->children[0]);
    int64_t day = expr->child_count > 1 ? walk_value(walk, frame, expr->children[1])
                                        : walk->anchor_day;
    return register_holds(walk->policy, expr, code, day);
}

static int64_t logic_value(struct walk *walk, const struct frame *frame, const struct expr *expr)
{
    bool is_and = expr->kind == EXPR_AND;
    int64_t truth = is_and;
    for (int32_t i = 0; i < expr->child_count && truth != !is_and; i++) {
        int64_t next = walk_value(walk, frame, expr->children[i]);
        truth = is_and ? truth_and(truth, next) : truth_or(truth, next);
    }
    return truth;
}

static int64_t negate_value(int64_t value)
{
    /* The smallest value means absence, so negation itself cannot overflow. */
    return value == ABSENT_I64 ? ABSENT_I64 : -value;
}

int64_t walk_value(struct walk *walk, const struct frame *frame, const struct expr *expr)
{
    struct expr **child = expr->children;
    switch (expr->kind) {
    case EXPR_LITERAL:
        return expr->value;
    case EXPR_FIELD:
        return field_value(walk, frame, expr);
    case EXPR_DEFINE:
        return define_value(walk, frame, expr);
    case EXPR_PARAMETER:
        return parameter_read(walk, frame, expr);
    case EXPR_CONTEXT:
        return context_value(walk, expr);
    case EXPR_NOT:
        return truth_not(walk_value(walk, frame, child[0]));
    case EXPR_NEGATE:
        return negate_value(walk_value(walk, frame, child[0]));
    case EXPR_AND:
    case EXPR_OR:
        return logic_value(walk, frame, expr);
    case EXPR_COMPARE: {
        int64_t left = walk_value(walk, frame, child[0]);
        return scalar_compare(expr->op, left, walk_value(walk, frame, child[1]));
    }
    case EXPR_ARITHMETIC: {
        int64_t left = walk_value(walk, frame, child[0]);
        return scalar_arithmetic(expr, left, walk_value(walk, frame, child[1]),
                                 &walk->overflowed);
    }
    case EXPR_IN:
        return in_value(walk, frame, expr);
    case EXPR_WITHIN_CODE:
        return within_value(walk, frame, expr);
    case EXPR_REGISTER:
        return register_read(walk, frame, expr);
    case EXPR_AGGREGATE:
        return aggregate_value(walk, frame, expr);
    case EXPR_TABLE:
        return table_lookup(walk, frame, expr);
    case EXPR_CALL:
        return call_value(walk, frame, expr);
    case EXPR_CHOOSE:
        return choose_value(walk, frame, expr);
    case EXPR_KNOWN:
        return walk_value(walk, frame, child[0]) != ABSENT_I64;
    case EXPR_NAME:
        break; /* none is left behind typing */
    }
    return ABSENT_I64;
}

int64_t reference_value(const struct policy *policy, const struct world *world,
                        const struct expr *expr, int32_t table, int32_t row,
                        const struct reference_moment *moment)
{
    struct walk walk = {.policy = policy, .world = world, .moment = *moment,
                        .anchor_day = moment->as_of_day};
    struct frame frame = {table, row, NULL};
    return walk_value(&walk, table < 0 ? NULL : &frame, expr);
}

/* One rule for one subject in one period. */
struct subject_run {
    struct walk *walk;
    int32_t statement;
    struct rule_period period;
    int32_t subject_row;
    struct decision_list *list;
};

static const struct rule *rule_of(const struct subject_run *run)
{
    return run->walk->policy->statements[run->statement].as.rule;
}

static int64_t condition(struct walk *walk, int32_t table, int32_t row, const struct expr *expr)
{
    struct frame frame = {table, row, NULL};
    return expr ? walk_value(walk, &frame, expr) : 1;
}

static void set_anchor(struct walk *walk, const struct expr *anchor, int32_t table, int32_t row)
{
    struct frame frame = {table, row, NULL};
    walk->anchor_day = walk->moment.as_of_day;
    if (anchor)
        walk->anchor_day = walk_value(walk, &frame, anchor);
}

enum { DEFINE_DEPTH_MAX = 64 };

static bool reads_anchor(const struct policy *policy, const struct expr *expr, int32_t depth)
{
    if (!expr || depth > DEFINE_DEPTH_MAX)
        return false;
    if (expr->kind == EXPR_PARAMETER || (expr->kind == EXPR_REGISTER && expr->child_count < 2))
        return true;
    bool reads = reads_anchor(policy, expr->where, depth) ||
                 reads_anchor(policy, expr->aggregated, depth);
    if (expr->kind == EXPR_DEFINE) {
        const struct define *define = policy->statements[expr->statement].as.define;
        reads = reads || reads_anchor(policy, define->value, depth + 1);
        for (int32_t i = 0; i < define->class_count && !reads; i++)
            reads = reads_anchor(policy, define->classes[i].when, depth + 1);
    }
    for (int32_t i = 0; i < expr->child_count && !reads; i++)
        reads = reads_anchor(policy, expr->children[i], depth);
    return reads;
}

bool rule_reads_on_basis(const struct policy *policy, const struct rule *rule)
{
    return rule->each >= 0 && rule->anchor && reads_anchor(policy, rule->where, 0);
}

int64_t rule_best_count(const struct policy *policy, const struct world *world,
                        const struct rule *rule, const struct reference_moment *moment)
{
    if (!rule->best)
        return rule->best_count > 0 ? rule->best_count : INT64_MAX;
    struct reference_moment first = *moment;
    first.as_of_day = moment->period_start_day; /* the same number all through the period */
    int64_t count = reference_value(policy, world, rule->best, -1, -1, &first);
    return count == ABSENT_I64 ? INT64_MAX : count;
}

static bool document_holds(const struct policy *policy, int32_t statement, int32_t day)
{
    return statement_holds_on(policy, &policy->statements[statement], day);
}

/* What overrides a rule on one basis row. */
struct override {
    int64_t holds;             /* truth of the rule after the exceptions */
    const struct rule *amounts; /* whose amount counts */
    int32_t exception;
};

static struct override find_override(struct subject_run *run, int32_t basis_table,
                                     int32_t basis_row, int64_t holds)
{
    const struct policy *policy = run->walk->policy;
    const struct rule *rule = rule_of(run);
    struct override found = {holds, rule, -1};
    FOR_GROUP(policy, GROUP_OVERRIDES, s) {
        const struct statement *statement = &policy->statements[s];
        if (statement->as.rule->base != run->statement ||
            !document_holds(policy, s, run->period.moment.as_of_day))
            continue;
        const struct rule *other = statement->as.rule;
        int64_t when =
            truth_and(condition(run->walk, rule->subject, run->subject_row, other->where),
                      condition(run->walk, basis_table, basis_row, other->each_where));
        if (when == 0)
            continue;
        if (when == ABSENT_I64) {
            found.holds = ABSENT_I64;
            continue;
        }
        if (statement->kind == STATEMENT_NOT_APPLICABLE || other->amount_kind == AMOUNT_NONE)
            return (struct override){0, rule, s};
        found.amounts = other;
        found.exception = s;
        break;
    }
    return found;
}

/* Amount and gross of a granted decision; false when the amount is unknown. */
static bool amount_of(struct walk *walk, const struct rule *amounts, const struct frame *basis,
                      struct decision *decision)
{
    int64_t value = 0;
    switch (amounts->amount_kind) {
    case AMOUNT_NONE:
        return true;
    case AMOUNT_EXACT:
        value = walk_value(walk, basis, amounts->amount);
        decision->amount_fen = decision->gross_fen = value;
        return value != ABSENT_I64;
    case AMOUNT_UP_TO:
        value = walk_value(walk, basis, amounts->amount);
        decision->amount_fen = AMOUNT_IS_OPEN;
        decision->gross_fen = value;
        return value != ABSENT_I64;
    case AMOUNT_OPEN:
    case AMOUNT_ON_TOP:
        decision->amount_fen = decision->gross_fen = AMOUNT_IS_OPEN;
        return true;
    }
    return true;
}

static bool add_basis(struct subject_run *run, int32_t table, int32_t row, int64_t holds)
{
    struct walk *walk = run->walk;
    const struct rule *rule = rule_of(run);
    struct override override = find_override(run, table, row, holds);
    if (override.holds == 0)
        return true;
    struct decision decision = {.statement = run->statement, .subject_row = run->subject_row,
                                .basis_row = row, .period = run->period.key, .payee_row = -1,
                                .exception = override.exception, .cut_by = -1};
    struct frame frame = {table, row, NULL};
    bool known = amount_of(walk, override.amounts, &frame, &decision);
    bool is_nothing = known && override.amounts->amount_kind == AMOUNT_EXACT &&
                      decision.amount_fen == 0;
    if (is_nothing)
        return true;
    if (rule->payee) {
        int64_t payee = walk_value(walk, &frame, rule->payee);
        decision.payee_row = payee == ABSENT_I64 ? -1 : (int32_t)payee;
        known = known && payee != ABSENT_I64;
    }
    bool granted = known && override.holds == 1;
    decision.lane = granted ? LANE_GRANTED : LANE_ASK;
    if (!granted)
        decision.amount_fen = decision.gross_fen = 0;
    bool has_day = rule->anchor && walk->anchor_day != ABSENT_I64;
    bool is_once = rule->period == PERIOD_ONCE;
    decision.day = has_day ? (int32_t)walk->anchor_day
                   : is_once ? run->period.moment.as_of_day
                             : run->period.moment.period_start_day;
    struct evidence evidence = {table, row};
    return decision_list_add(run->list, &decision, walk->keep_evidence ? &evidence : NULL);
}

static int64_t order_value(struct subject_run *run, const struct expr *key, int32_t basis_row)
{
    const struct rule *rule = rule_of(run);
    int32_t table = rule->each >= 0 ? rule->each : rule->subject;
    set_anchor(run->walk, rule->anchor, table, basis_row);
    struct frame frame = {table, basis_row, NULL};
    return walk_value(run->walk, &frame, key);
}

/* Whether a comes before b in the order of the best; absent keys come last, ties by row. */
static bool is_before(struct subject_run *run, const struct decision *a,
                      const struct decision *b)
{
    const struct rule *rule = rule_of(run);
    for (int32_t i = 0; i < rule->best_order_count; i++) {
        const struct order_key *key = &rule->best_order[i];
        int64_t left = order_value(run, key->key, a->basis_row);
        int64_t right = order_value(run, key->key, b->basis_row);
        if (left == right)
            continue;
        if (left == ABSENT_I64 || right == ABSENT_I64)
            return right == ABSENT_I64;
        return key->descending ? left > right : left < right;
    }
    int64_t left = decision_rank_fen(a);
    int64_t right = decision_rank_fen(b);
    if (rule->best_order_count == 0 && left != right)
        return left > right;
    return a->basis_row < b->basis_row;
}

static bool is_same_basis(struct subject_run *run, const struct decision *a,
                          const struct decision *b)
{
    const struct rule *rule = rule_of(run);
    for (int32_t i = 0; i < rule->distinct_count; i++)
        if (order_value(run, rule->distinct[i], a->basis_row) !=
            order_value(run, rule->distinct[i], b->basis_row))
            return false;
    return rule->distinct_count > 0;
}

/* A granted basis stays when no better one has the same distinct values and fewer than best_count
 * stay before it. Questions stay: what they would displace is not known yet. */
static bool stays(struct subject_run *run, const struct decision *rows, int64_t count, int64_t at,
                  const bool *dropped)
{
    int32_t better_count = 0;
    for (int64_t i = 0; i < count; i++) {
        if (i == at || rows[i].lane != LANE_GRANTED || dropped[i] ||
            !is_before(run, &rows[i], &rows[at]))
            continue;
        better_count++;
        if (is_same_basis(run, &rows[i], &rows[at]))
            return false;
    }
    return better_count < rule_best_count(run->walk->policy, run->walk->world, rule_of(run),
                                          &run->period.moment);
}

/* Decides from the best basis to the worst, so that what is dropped displaces nothing. */
static bool keep_best(struct subject_run *run, int64_t first)
{
    int64_t count = run->list->row_count - first;
    const struct rule *rule = rule_of(run);
    if (count == 0 || (rule->distinct_count == 0 && rule->best_count == 0))
        return true;
    struct decision *rows = run->list->rows + first;
    bool *dropped = calloc((size_t)count, sizeof *dropped);
    bool *decided = calloc((size_t)count, sizeof *decided);
    for (int64_t turn = 0; dropped && decided && turn < count; turn++) {
        int64_t best = -1;
        for (int64_t i = 0; i < count; i++)
            if (!decided[i] && rows[i].lane == LANE_GRANTED &&
                (best < 0 || is_before(run, &rows[i], &rows[best])))
                best = i;
        if (best < 0)
            break;
        decided[best] = true;
        dropped[best] = !stays(run, rows, count, best, dropped);
    }
    int64_t kept = 0;
    struct evidence *evidence = run->list->evidence ? run->list->evidence + first : NULL;
    for (int64_t i = 0; dropped && decided && i < count; i++) {
        if (dropped[i])
            continue;
        if (evidence)
            evidence[kept] = evidence[i];
        rows[kept++] = rows[i];
    }
    bool done = dropped && decided;
    if (done)
        run->list->row_count = first + kept;
    free(dropped);
    free(decided);
    return done;
}

static bool add_subject(struct subject_run *run)
{
    struct walk *walk = run->walk;
    const struct rule *rule = rule_of(run);
    bool each = rule->each >= 0;
    set_anchor(walk, each ? NULL : rule->anchor, rule->subject, run->subject_row);
    bool on_basis = rule_reads_on_basis(walk->policy, rule);
    int64_t subject_holds =
        on_basis ? 1 : condition(walk, rule->subject, run->subject_row, rule->where);
    if (subject_holds == 0)
        return true;
    if (!each)
        return add_basis(run, rule->subject, run->subject_row, subject_holds);
    int64_t first = run->list->row_count;
    const int32_t *first_row = walk->world->tables[rule->each].first_row;
    for (int32_t row = first_row[run->subject_row]; row < first_row[run->subject_row + 1]; row++) {
        set_anchor(walk, rule->anchor, rule->each, row);
        if (on_basis)
            subject_holds = condition(walk, rule->subject, run->subject_row, rule->where);
        int64_t holds = truth_and(subject_holds,
                                  condition(walk, rule->each, row, rule->each_where));
        if (holds != 0 && !add_basis(run, rule->each, row, holds))
            return false;
    }
    return keep_best(run, first);
}

bool walk_subject(struct walk *walk, int32_t statement, const struct rule_period *period,
                  int32_t subject_row, struct decision_list *list)
{
    struct subject_run run = {walk, statement, *period, subject_row, list};
    walk->moment = period->moment;
    return add_subject(&run);
}

bool reference_subject(const struct policy *policy, const struct world *world,
                       const struct rule_run *run, int32_t subject_row,
                       struct decision_list *list, bool *overflowed)
{
    struct walk walk = {.policy = policy, .world = world,
                        .keep_evidence = list->evidence != NULL};
    bool done = walk_subject(&walk, run->statement, &run->period, subject_row, list);
    *overflowed |= walk.overflowed;
    return done;
}

static enum err add_rule(struct walk *walk, int32_t statement, const struct eval_request *request,
                         struct decision_list *list, struct fault *fault)
{
    int32_t subject = walk->policy->statements[statement].as.rule->subject;
    int32_t period_count = rule_period_count(walk->policy, statement, request);
    for (int32_t i = 0; i < period_count; i++) {
        struct rule_period period = rule_period_at(walk->policy, statement, request, i);
        for (int32_t row = 0; row < walk->world->tables[subject].row_count; row++)
            if (!walk_subject(walk, statement, &period, row, list))
                return fault_set(fault, ERR_MEMORY, "no memory for the decisions");
    }
    return ERR_OK;
}

enum err reference_run(const struct policy *policy, const struct world *world,
                       const struct eval_request *request, struct eval_result **ret_result,
                       struct fault *fault)
{
    struct walk walk = {.policy = policy, .world = world,
                        .keep_evidence = request->keep_evidence};
    struct decision_list list = {0};
    enum err err = ERR_OK;
    FOR_GROUP(policy, GROUP_DECIDES, s)
        if (err == ERR_OK && (!request->rules || rule_set_has(request->rules, s)))
            err = add_rule(&walk, s, request, &list, fault);
    if (err == ERR_OK && walk.overflowed)
        err = fault_set(fault, ERR_OVERFLOW, "an amount or count is out of range");
    if (err == ERR_OK)
        err = settle_candidates(policy, world, request, &list, ret_result, fault);
    decision_list_done(&list);
    return err;
}
