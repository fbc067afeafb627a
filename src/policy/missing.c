#include "policy/missing.h"

enum { FAMILY_SETS_MAX = 96, DEPTH_MAX = 48 };

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

/* A count or sum is known when it is known of each row whether it counts, and with what value. */
static struct family of_rows(struct search *s, const struct frame *outer, const struct expr *expr,
                             const struct walk_rows *range)
{
    struct family family = already;
    for (int32_t i = range->first; i < range->end; i++) {
        struct frame frame = row_frame(expr, range, i, outer);
        struct family row = already;
        struct family left_out = out_of_reach;
        if (expr->where) {
            row = wanted(s, &frame, expr->where, MISSING_YES);
            left_out = wanted(s, &frame, expr->where, MISSING_NO);
        }
        if (expr->aggregated && row.count > 0) {
            struct family value = wanted(s, &frame, expr->aggregated, MISSING_KNOWN);
            family_cross(&row, &value);
        }
        family_join(&row, &left_out);
        family_cross(&family, &row);
    }
    return family;
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
        return reached ? already : out_of_reach;
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
