#include "policy/missing.h"

#include "policy/scalar.h"

enum {
    FAMILY_SETS_MAX = 96,
    DEPTH_MAX = 48,
    ROWS_COMPARED_MAX = 256, /* of a body with more, a row's value is asked for as well */
};

/* Sets of facts, as bits; none holds another. No set: out of reach. The empty set: reached. */
struct family {
    uint64_t sets[FAMILY_SETS_MAX];
    int32_t count;
};

struct search {
    struct arena *arena;
    struct walk walk;
    struct explain_fact facts[MISSING_FACTS_MAX];
    int32_t fact_count;
    uint64_t read; /* absent facts met by the last reading */
    int32_t depth;
};

static void note_absent(void *context, int32_t table, int32_t row, int32_t field, int64_t value)
{
    struct search *s = context;
    if (value != ABSENT_I64)
        return;
    int32_t i = 0;
    while (i < s->fact_count && (s->facts[i].table != table || s->facts[i].row != row ||
                                 s->facts[i].field != field))
        i++;
    if (i == MISSING_FACTS_MAX)
        return;
    if (i == s->fact_count)
        s->facts[s->fact_count++] = (struct explain_fact){table, row, field, value};
    s->read |= (uint64_t)1 << i;
}

static void family_add(struct family *family, uint64_t set)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < family->count; i++)
        if ((family->sets[i] & set) == family->sets[i])
            return;
    for (int32_t i = 0; i < family->count; i++)
        if ((family->sets[i] & set) != set)
            family->sets[kept++] = family->sets[i];
    family->count = kept;
    if (family->count < FAMILY_SETS_MAX) {
        family->sets[family->count++] = set;
        return;
    }
    int32_t largest = 0;
    for (int32_t i = 1; i < family->count; i++)
        if (__builtin_popcountll(family->sets[i]) > __builtin_popcountll(family->sets[largest]))
            largest = i;
    if (__builtin_popcountll(set) < __builtin_popcountll(family->sets[largest]))
        family->sets[largest] = set;
}

static void family_join(struct family *family, const struct family *other)
{
    for (int32_t i = 0; i < other->count; i++)
        family_add(family, other->sets[i]);
}

static void family_cross(struct family *family, const struct family *other)
{
    struct family both = {.count = 0};
    for (int32_t i = 0; i < family->count; i++)
        for (int32_t k = 0; k < other->count; k++)
            family_add(&both, family->sets[i] | other->sets[k]);
    *family = both;
}

static const struct family out_of_reach = {.count = 0};
static const struct family already = {.sets = {0}, .count = 1};

static struct family wanted(struct search *s, const struct frame *frame, const struct expr *expr,
                            enum missing_target target);

static enum missing_target opposite(enum missing_target target)
{
    return target == MISSING_KNOWN ? MISSING_KNOWN
           : target == MISSING_YES ? MISSING_NO
                                   : MISSING_YES;
}

/* Every absent fact that a reading of the expression itself comes upon. */
static struct family facts_of(struct search *s, const struct frame *frame, const struct expr *expr)
{
    s->read = 0;
    s->walk.on_read = note_absent;
    s->walk.context = s;
    (void)walk_value(&s->walk, frame, expr);
    s->walk.on_read = NULL;
    struct family family = out_of_reach;
    if (s->read)
        family_add(&family, s->read);
    return family;
}

/* The reference that leads to the row of a define or an aggregate is itself absent. */
static struct family reference_of(struct search *s, const struct frame *frame,
                                  const struct expr *expr)
{
    int32_t table;
    s->read = 0;
    s->walk.on_read = note_absent;
    s->walk.context = s;
    (void)walk_reach(&s->walk, frame, expr->scope, expr->up, expr->through, &table);
    s->walk.on_read = NULL;
    struct family family = out_of_reach;
    if (s->read)
        family_add(&family, s->read);
    return family;
}

/* All children reach the target, or one of them does. */
static struct family of_all(struct search *s, const struct frame *frame, const struct expr *expr,
                            enum missing_target target)
{
    struct family family = already;
    for (int32_t i = 0; i < expr->child_count; i++) {
        struct family child = wanted(s, frame, expr->children[i], target);
        family_cross(&family, &child);
    }
    return family;
}

static struct family of_one(struct search *s, const struct frame *frame, const struct expr *expr,
                            enum missing_target target)
{
    struct family family = out_of_reach;
    for (int32_t i = 0; i < expr->child_count; i++) {
        struct family child = wanted(s, frame, expr->children[i], target);
        family_join(&family, &child);
    }
    return family;
}

static struct family of_logic(struct search *s, const struct frame *frame,
                              const struct expr *expr, enum missing_target target)
{
    enum missing_target all = expr->kind == EXPR_AND ? MISSING_YES : MISSING_NO;
    struct family family = out_of_reach;
    if (target != opposite(all))
        family = of_all(s, frame, expr, all);
    if (target != all) {
        struct family one = of_one(s, frame, expr, opposite(all));
        family_join(&family, &one);
    }
    return family;
}

static struct frame row_frame(const struct expr *expr, const struct walk_rows *range, int32_t i,
                              const struct frame *outer)
{
    return (struct frame){expr->table, range->rows ? range->rows[i] : i, outer};
}

/* "has": one row meets the condition, or every row fails it. */
static struct family of_has(struct search *s, const struct frame *outer, const struct expr *expr,
                            const struct walk_rows *range, enum missing_target target)
{
    struct family all = already;
    struct family one = out_of_reach;
    for (int32_t i = range->first; i < range->end && expr->where; i++) {
        struct frame frame = row_frame(expr, range, i, outer);
        if (target != MISSING_NO) {
            struct family row = wanted(s, &frame, expr->where, MISSING_YES);
            family_join(&one, &row);
        }
        if (target != MISSING_YES) {
            struct family row = wanted(s, &frame, expr->where, MISSING_NO);
            family_cross(&all, &row);
        }
    }
    if (target != MISSING_YES)
        family_join(&one, &all);
    return one;
}

/* What the rows that count for certain come to, as far as it is known. */
static int64_t counted_value(struct search *s, const struct frame *frame, const struct expr *expr)
{
    if (expr->where && walk_value(&s->walk, frame, expr->where) != 1)
        return ABSENT_I64;
    return walk_value(&s->walk, frame, expr->aggregated);
}

/* Whether a row with this value would leave the aggregate as the rows that count make it. */
static bool changes_nothing(struct search *s, const struct frame *outer, const struct expr *expr,
                            const struct walk_rows *range, int64_t value)
{
    bool found = expr->aggregate == AGGREGATE_SUM && value == 0;
    if (range->end - range->first > ROWS_COMPARED_MAX)
        return found;
    for (int32_t i = range->first; i < range->end && !found; i++) {
        struct frame frame = row_frame(expr, range, i, outer);
        int64_t counted = counted_value(s, &frame, expr);
        if (counted == ABSENT_I64)
            continue;
        found = (expr->aggregate == AGGREGATE_HIGHEST && value <= counted) ||
                (expr->aggregate == AGGREGATE_LOWEST && value >= counted) ||
                (expr->aggregate == AGGREGATE_DISTINCT && value == counted);
    }
    return found;
}

/* Ways for one row of a count or sum to be settled. */
struct row_ways {
    struct family counts, left_out; /* as a row with its value; by its condition, which fails */
    struct family unmoved;          /* by its value, which changes nothing */
};

static struct row_ways ways_of_row(struct search *s, const struct frame *outer,
                                   const struct expr *expr, const struct walk_rows *range,
                                   int32_t i)
{
    struct frame frame = row_frame(expr, range, i, outer);
    struct row_ways ways = {already, out_of_reach, out_of_reach};
    if (expr->where) {
        ways.counts = wanted(s, &frame, expr->where, MISSING_YES);
        ways.left_out = wanted(s, &frame, expr->where, MISSING_NO);
    }
    if (!expr->aggregated)
        return ways;
    struct family value = wanted(s, &frame, expr->aggregated, MISSING_KNOWN);
    family_cross(&ways.counts, &value);
    int64_t now = walk_value(&s->walk, &frame, expr->aggregated);
    if (now == ABSENT_I64)
        ways.unmoved = value;
    else if (changes_nothing(s, outer, expr, range, now))
        ways.unmoved = already;
    return ways;
}

/* A count or sum is known when it is known of each row whether it counts, and with what value. A
 * highest or lowest one needs a row that counts. */
static struct family of_rows(struct search *s, const struct frame *outer, const struct expr *expr,
                             const struct walk_rows *range)
{
    bool is_extreme =
        expr->aggregate == AGGREGATE_HIGHEST || expr->aggregate == AGGREGATE_LOWEST;
    struct family none = already; /* no row counts so far */
    struct family some = is_extreme ? out_of_reach : already;
    for (int32_t i = range->first; i < range->end; i++) {
        struct row_ways ways = ways_of_row(s, outer, expr, range, i);
        struct family first = none;
        family_cross(&first, &ways.counts);
        family_join(&ways.left_out, &ways.unmoved);
        family_cross(&none, &ways.left_out);
        family_join(&ways.counts, &ways.left_out);
        family_cross(&some, &ways.counts);
        if (is_extreme)
            family_join(&some, &first);
    }
    return some;
}

static struct family of_aggregate(struct search *s, const struct frame *frame,
                                  const struct expr *expr, enum missing_target target)
{
    struct walk_rows range;
    if (!walk_range(&s->walk, frame, expr, &range))
        return reference_of(s, frame, expr);
    switch (expr->aggregate) {
    case AGGREGATE_HAS:
        return of_has(s, frame, expr, &range, target);
    case AGGREGATE_HAS_NO:
        return of_has(s, frame, expr, &range, opposite(target));
    default:
        return of_rows(s, frame, expr, &range);
    }
}

/* From the first condition of a choice on: it holds and its value is known, or the rest decides. */
static struct family of_choice(struct search *s, const struct frame *frame,
                               const struct expr *expr)
{
    struct family family = out_of_reach;
    struct family before = already; /* the conditions so far fail */
    int32_t i = 0;
    for (; i + 1 < expr->child_count && before.count > 0; i += 2) {
        struct family here = wanted(s, frame, expr->children[i], MISSING_YES);
        struct family value = wanted(s, frame, expr->children[i + 1], MISSING_KNOWN);
        family_cross(&here, &value);
        family_cross(&here, &before);
        family_join(&family, &here);
        struct family fails = wanted(s, frame, expr->children[i], MISSING_NO);
        family_cross(&before, &fails);
    }
    if (i < expr->child_count && before.count > 0) {
        struct family value = wanted(s, frame, expr->children[i], MISSING_KNOWN);
        family_cross(&before, &value);
        family_join(&family, &before);
    }
    return family;
}

static struct family of_classes(struct search *s, const struct frame *frame,
                                const struct define *define)
{
    struct family family = out_of_reach;
    struct family before = already;
    for (int32_t i = 0; i < define->class_count && before.count > 0; i++) {
        struct family here = wanted(s, frame, define->classes[i].when, MISSING_YES);
        family_cross(&here, &before);
        family_join(&family, &here);
        struct family fails = wanted(s, frame, define->classes[i].when, MISSING_NO);
        family_cross(&before, &fails);
    }
    family_join(&family, &before);
    return family;
}

static struct family of_define(struct search *s, const struct frame *frame,
                               const struct expr *expr, enum missing_target target)
{
    const struct define *define = s->walk.policy->statements[expr->statement].as.define;
    struct frame reached = {0};
    if (define->subject >= 0) {
        reached.row = walk_reach(&s->walk, frame, expr->scope, expr->up, expr->through,
                                 &reached.table);
        if (reached.row < 0)
            return reference_of(s, frame, expr);
    }
    const struct frame *on = define->subject >= 0 ? &reached : NULL;
    return define->value ? wanted(s, on, define->value, target) : of_classes(s, on, define);
}

/* One row of a table: with `holds` each of its cells does, else one of them does not. */
static struct family of_table_row(struct search *s, const struct frame *frame,
                                  const struct expr *expr, int32_t row, bool holds)
{
    const struct table_statement *table = s->walk.policy->statements[expr->statement].as.table;
    struct family family = holds ? already : out_of_reach;
    for (int32_t i = 0; i < expr->child_count; i++) {
        const struct table_cell *cell = &table->cells[row * table->input_count + i];
        int64_t now = table_cell_holds(cell, walk_value(&s->walk, frame, expr->children[i]));
        struct family input = now == holds ? already : out_of_reach;
        if (now == ABSENT_I64)
            input = wanted(s, frame, expr->children[i], MISSING_KNOWN);
        if (holds)
            family_cross(&family, &input);
        else
            family_join(&family, &input);
    }
    return family;
}

/* The first row that holds gives the value, whatever an input is that the rows do not ask for. */
static struct family of_table(struct search *s, const struct frame *frame, const struct expr *expr)
{
    const struct table_statement *table = s->walk.policy->statements[expr->statement].as.table;
    struct family family = out_of_reach;
    struct family before = already; /* the rows above fail */
    for (int32_t row = 0; row < table->row_count && before.count > 0; row++) {
        struct family here = of_table_row(s, frame, expr, row, true);
        family_cross(&here, &before);
        family_join(&family, &here);
        struct family fails = of_table_row(s, frame, expr, row, false);
        family_cross(&before, &fails);
    }
    if (table->has_otherwise)
        family_join(&family, &before);
    return family;
}

/* A comparison within a call that is still open is decided by its two values. */
static struct family of_pair(struct search *s, const struct frame *frame, const struct expr *expr,
                             int32_t a, int32_t b)
{
    struct family family = wanted(s, frame, expr->children[a], MISSING_KNOWN);
    struct family other = wanted(s, frame, expr->children[b], MISSING_KNOWN);
    family_cross(&family, &other);
    bool decided = family.count > 0 && family.sets[0] == 0;
    return decided ? out_of_reach : family;
}

/* One bound that fails refuses, whatever the other one is. */
static struct family of_call(struct search *s, const struct frame *frame, const struct expr *expr,
                             enum missing_target target)
{
    struct family family = of_all(s, frame, expr, MISSING_KNOWN);
    struct family bound = out_of_reach;
    if (target == MISSING_YES)
        return family;
    if (expr->function == FUNCTION_IN_WINDOW)
        bound = of_pair(s, frame, expr, 0, 1);
    if (expr->function == FUNCTION_HOLDS_ON) {
        bound = of_pair(s, frame, expr, 0, 2);
        struct family last = of_pair(s, frame, expr, 1, 2);
        family_join(&bound, &last);
    }
    family_join(&family, &bound);
    return family;
}

/* Whether a fact that comes in may turn a truth that is known already: "is known" does. */
static bool may_turn(const struct expr *expr, int32_t depth)
{
    bool turns = expr->kind == EXPR_KNOWN && depth < DEPTH_MAX;
    turns = turns || (expr->where && depth < DEPTH_MAX && may_turn(expr->where, depth + 1));
    for (int32_t i = 0; i < expr->child_count && depth < DEPTH_MAX && !turns; i++)
        turns = may_turn(expr->children[i], depth + 1);
    return turns;
}

static struct family of_unknown(struct search *s, const struct frame *frame,
                                const struct expr *expr, enum missing_target target)
{
    switch (expr->kind) {
    case EXPR_FIELD:
        return facts_of(s, frame, expr);
    case EXPR_AND:
    case EXPR_OR:
        return of_logic(s, frame, expr, target);
    case EXPR_NOT:
        return wanted(s, frame, expr->children[0], opposite(target));
    case EXPR_AGGREGATE:
        return of_aggregate(s, frame, expr, target);
    case EXPR_DEFINE:
        return of_define(s, frame, expr, target);
    case EXPR_CHOOSE:
        return of_choice(s, frame, expr);
    case EXPR_TABLE:
        return of_table(s, frame, expr);
    case EXPR_CALL:
        return of_call(s, frame, expr, target);
    case EXPR_KNOWN:
        return target == MISSING_NO ? out_of_reach
                                    : wanted(s, frame, expr->children[0], MISSING_KNOWN);
    default:
        return of_all(s, frame, expr, MISSING_KNOWN);
    }
}

static struct family wanted(struct search *s, const struct frame *frame, const struct expr *expr,
                            enum missing_target target)
{
    int64_t value = walk_value(&s->walk, frame, expr);
    if (value != ABSENT_I64) {
        bool reached = target == MISSING_KNOWN || (value != 0) == (target == MISSING_YES);
        if (reached)
            return already;
        if (!may_turn(expr, 0))
            return out_of_reach;
    }
    bool waits_for_anchor = (expr->kind == EXPR_PARAMETER || expr->kind == EXPR_REGISTER) &&
                            s->walk.anchor_day == ABSENT_I64;
    if (s->depth == DEPTH_MAX)
        return facts_of(s, frame, expr);
    s->depth++;
    struct family family = of_unknown(s, frame, expr, target);
    s->depth--;
    /* Unknown with every part known: no fact of the city would change that. */
    bool is_empty_set = family.count > 0 && family.sets[0] == 0;
    return is_empty_set && !waits_for_anchor ? out_of_reach : family;
}

static struct family of_goal(struct search *s, const struct missing_goal *goal,
                             enum missing_target target)
{
    struct family family = target == MISSING_NO ? out_of_reach : already;
    const struct expr *parts[] = {goal->expr, goal->and_expr};
    const struct frame *frames[] = {&goal->frame, &goal->and_frame};
    for (int32_t i = 0; i < 2; i++) {
        if (!parts[i])
            continue;
        struct family part = wanted(s, frames[i], parts[i], target);
        if (target == MISSING_NO)
            family_join(&family, &part);
        else
            family_cross(&family, &part);
    }
    if (target != MISSING_KNOWN || !goal->and_expr)
        return family;
    struct family fails = of_goal(s, goal, MISSING_NO); /* one part that fails settles both */
    family_join(&family, &fails);
    return family;
}

static uint64_t smallest(const struct family *family)
{
    uint64_t best = family->count > 0 ? family->sets[0] : UINT64_MAX;
    for (int32_t i = 1; i < family->count; i++) {
        int difference =
            __builtin_popcountll(family->sets[i]) - __builtin_popcountll(best);
        /* Of equally many, those that the document asks for first. */
        uint64_t first = (family->sets[i] ^ best) & (0 - (family->sets[i] ^ best));
        if (difference < 0 || (difference == 0 && (family->sets[i] & first)))
            best = family->sets[i];
    }
    return best;
}

int32_t missing_facts(struct arena *arena, const struct walk *walk,
                      const struct missing_goal *goals, int32_t goal_count,
                      const struct explain_fact **ret_facts)
{
    *ret_facts = NULL;
    struct search *s = ARENA_NEW(arena, struct search);
    if (!s)
        return 0;
    *s = (struct search){.arena = arena, .walk = *walk};
    struct family family = already;
    for (int32_t i = 0; i < goal_count; i++) {
        s->walk.anchor_day = goals[i].anchor_day;
        struct family goal = of_goal(s, &goals[i], goals[i].target);
        family_cross(&family, &goal);
    }
    uint64_t set = smallest(&family);
    struct explain_fact *facts = ARENA_NEW_ARRAY(arena, struct explain_fact, MISSING_FACTS_MAX);
    int32_t count = 0;
    for (int32_t i = 0; facts && i < s->fact_count; i++)
        if (set >> i & 1)
            facts[count++] = s->facts[i];
    *ret_facts = facts;
    return count;
}
