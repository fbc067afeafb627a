#include "domain/insight/away_variant.h"

#include "policy/settle.h"

#include <string.h>

enum { DEPTH_MAX = 12 };

/* Goes through the conditions in their order; builds the same expression without one of them. */
struct stripping {
    const struct policy *policy;
    struct arena *arena; /* NULL: only lists */
    struct away_leaf *leaves;
    int32_t leaf_count;
    int32_t left_out;
    bool failed;
};

/* Takes the next number; true when this is the one to be left out. */
static bool next_leaf(struct stripping *s, struct away_leaf leaf)
{
    int32_t number = s->leaf_count++;
    if (s->leaves && number < AWAY_CONDITIONS_MAX)
        s->leaves[number] = leaf;
    return number == s->left_out;
}

/* What a definition says of the same row stands for the definition. */
static const struct expr *opened(const struct policy *policy, const struct expr *expr)
{
    for (int32_t depth = 0; depth < DEPTH_MAX && expr->kind == EXPR_DEFINE; depth++) {
        const struct define *define = policy->statements[expr->statement].as.define;
        bool same_row = expr->scope == 0 && expr->up == 0 && expr->through < 0;
        bool has_parts = define->value && (define->value->kind == EXPR_AND ||
                                           define->value->kind == EXPR_AGGREGATE ||
                                           define->value->kind == EXPR_DEFINE);
        if (!same_row || define->subject < 0 || !has_parts)
            break;
        expr = define->value;
    }
    return expr;
}

static bool is_collection(const struct policy *policy, const struct expr *expr)
{
    return expr->kind == EXPR_AGGREGATE && expr->aggregate == AGGREGATE_HAS && expr->where &&
           opened(policy, expr->where)->kind == EXPR_AND;
}

static struct expr *copy_of(struct stripping *s, const struct expr *expr)
{
    struct expr *copy = ARENA_NEW(s->arena, struct expr);
    s->failed = s->failed || !copy;
    if (copy)
        *copy = *expr;
    return copy;
}

static const struct expr *strip(struct stripping *s, const struct expr *expr,
                                const struct expr *within, int32_t depth);

/* The expression without the condition left out; NULL when nothing remains of it. */
static const struct expr *strip_all(struct stripping *s, const struct expr *all,
                                    const struct expr *within, int32_t depth)
{
    int32_t first = s->leaf_count;
    struct expr **children =
        s->arena ? ARENA_NEW_ARRAY(s->arena, struct expr *, (size_t)all->child_count) : NULL;
    s->failed = s->failed || (s->arena && !children);
    int32_t kept = 0;
    for (int32_t i = 0; i < all->child_count; i++) {
        const struct expr *child = strip(s, all->children[i], within, depth + 1);
        if (child && children)
            children[kept++] = (struct expr *)child; /* shared, and never written */
    }
    bool holds_it = first <= s->left_out && s->left_out < s->leaf_count;
    if (!children || !holds_it)
        return all;
    if (kept < 2)
        return kept ? children[0] : NULL;
    struct expr *copy = copy_of(s, all);
    if (!copy)
        return all;
    copy->children = children;
    copy->child_count = kept;
    return copy;
}

static const struct expr *strip(struct stripping *s, const struct expr *expr,
                                const struct expr *within, int32_t depth)
{
    const struct expr *open = opened(s->policy, expr);
    if (open->kind == EXPR_AND && depth < DEPTH_MAX) {
        int32_t first = s->leaf_count;
        const struct expr *left = strip_all(s, open, within, depth);
        bool holds_it = first <= s->left_out && s->left_out < s->leaf_count;
        return holds_it ? left : expr;
    }
    const struct expr *result = expr;
    bool is_whole = !within && is_collection(s->policy, open);
    if (is_whole) {
        int32_t first = s->leaf_count;
        const struct expr *where = strip_all(s, opened(s->policy, open->where), open, depth + 1);
        bool holds_it = first <= s->left_out && s->left_out < s->leaf_count;
        struct expr *copy = holds_it && s->arena ? copy_of(s, open) : NULL;
        if (copy) {
            copy->where = (struct expr *)where;
            result = copy;
        }
    }
    struct away_leaf leaf = {within ? AWAY_IN_RECORD : AWAY_CONDITION, expr, within, -1,
                             is_whole};
    return next_leaf(s, leaf) ? NULL : result;
}

static bool excludes(const struct policy *policy, int32_t s, int32_t rule, int32_t as_of_day)
{
    const struct statement *statement = &policy->statements[s];
    bool overrides = statement->kind == STATEMENT_NOT_APPLICABLE ||
                     (statement->kind == STATEMENT_EXCEPTION &&
                      statement->as.rule->amount_kind == AMOUNT_NONE);
    return overrides && statement->as.rule->base == rule &&
           statement_holds_on(policy, statement, as_of_day);
}

/* Conditions of the subject, of the basis record, then exclusions; *ret_exclusion: the statement
 * of the one left out. */
static void strip_rule(struct stripping *s, int32_t statement, int32_t as_of_day,
                       struct rule *rule, int32_t *ret_exclusion)
{
    *ret_exclusion = -1;
    if (rule->where)
        rule->where = (struct expr *)strip(s, rule->where, NULL, 0);
    if (rule->each >= 0 && rule->each_where)
        rule->each_where = (struct expr *)strip(s, rule->each_where, NULL, 0);
    for (int32_t i = 0; i < s->policy->statement_count; i++) {
        if (!excludes(s->policy, i, statement, as_of_day))
            continue;
        if (next_leaf(s, (struct away_leaf){AWAY_EXCLUSION, NULL, NULL, i, false}))
            *ret_exclusion = i;
    }
}

bool away_leaves(const struct policy *policy, int32_t statement, int32_t as_of_day,
                 struct away_leaf *ret_leaves, int32_t *ret_leaf_count)
{
    struct stripping s = {.policy = policy, .leaves = ret_leaves, .left_out = -1};
    struct rule rule = *policy->statements[statement].as.rule;
    int32_t exclusion;
    strip_rule(&s, statement, as_of_day, &rule, &exclusion);
    *ret_leaf_count = s.leaf_count;
    return s.leaf_count <= AWAY_CONDITIONS_MAX;
}

/* ---- the rules that matter ---- */

static bool names(const struct settlement_clause *clause, int32_t statement)
{
    for (int32_t i = 0; i < clause->rule_count; i++)
        if (clause->rules[i] == statement)
            return true;
    return false;
}

/* Rules that share a cap or an exclusion with the rule, directly or over others. */
static void mark_settled(const struct policy *policy, bool *kept)
{
    for (bool more = true; more;) {
        more = false;
        for (int32_t s = 0; s < policy->statement_count; s++) {
            if (policy->statements[s].kind != STATEMENT_SETTLEMENT)
                continue;
            const struct settlement *settlement = policy->statements[s].as.settlement;
            for (int32_t c = 0; c < settlement->clause_count; c++) {
                const struct settlement_clause *clause = &settlement->clauses[c];
                bool touched = false;
                for (int32_t r = 0; r < clause->rule_count; r++)
                    touched = touched || kept[clause->rules[r]];
                bool settles = clause->kind != SETTLEMENT_STACK &&
                               clause->kind != SETTLEMENT_QUOTA;
                for (int32_t r = 0; r < clause->rule_count && touched && settles; r++) {
                    more = more || !kept[clause->rules[r]];
                    kept[clause->rules[r]] = true;
                }
            }
        }
    }
}

bool away_has_quota(const struct policy *policy, int32_t statement)
{
    bool found = policy->statements[statement].as.rule->quota.present;
    for (int32_t s = 0; s < policy->statement_count && !found; s++) {
        if (policy->statements[s].kind != STATEMENT_SETTLEMENT)
            continue;
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count; c++)
            found = found || (settlement->clauses[c].kind == SETTLEMENT_QUOTA &&
                              names(&settlement->clauses[c], statement));
    }
    return found;
}

/* A quota of the rule becomes a clause that settles nothing; the others keep their numbers. */
static bool open_quotas(struct arena *arena, struct statement *statement, int32_t rule)
{
    const struct settlement *settlement = statement->as.settlement;
    struct settlement *copy = ARENA_NEW(arena, struct settlement);
    struct settlement_clause *clauses = ARENA_NEW_ARRAY(arena, struct settlement_clause,
                                                        (size_t)settlement->clause_count);
    if (!copy || !clauses)
        return false;
    memcpy(clauses, settlement->clauses,
           (size_t)settlement->clause_count * sizeof *clauses);
    for (int32_t c = 0; c < settlement->clause_count; c++)
        if (clauses[c].kind == SETTLEMENT_QUOTA && names(&clauses[c], rule))
            clauses[c].kind = SETTLEMENT_STACK;
    *copy = (struct settlement){clauses, settlement->clause_count};
    statement->as.settlement = copy;
    return true;
}

static struct policy *shallow_copy(struct arena *arena, const struct policy *policy,
                                   int32_t statement)
{
    struct policy *copy = ARENA_NEW(arena, struct policy);
    size_t count = (size_t)policy->statement_count;
    struct statement *statements = ARENA_NEW_ARRAY(arena, struct statement, count);
    bool *kept = ARENA_NEW_ARRAY(arena, bool, count);
    if (!copy || !statements || !kept)
        return NULL;
    *copy = *policy;
    memcpy(statements, policy->statements, count * sizeof *statements);
    copy->statements = statements;
    kept[statement] = true;
    mark_settled(policy, kept);
    for (int32_t s = 0; s < policy->statement_count; s++) {
        if (statement_decides(&statements[s]) && !kept[s])
            statements[s].kind = STATEMENT_NARRATIVE; /* decides nothing */
        if (statements[s].kind == STATEMENT_SETTLEMENT &&
            !open_quotas(arena, &statements[s], statement))
            return NULL;
    }
    return copy;
}

struct policy *away_variant(struct arena *arena, const struct policy *policy, int32_t statement,
                            int32_t as_of_day, int32_t left_out)
{
    struct policy *copy = shallow_copy(arena, policy, statement);
    struct rule *rule = ARENA_NEW(arena, struct rule);
    if (!copy || !rule)
        return NULL;
    *rule = *policy->statements[statement].as.rule;
    rule->quota.present = false;
    struct stripping s = {.policy = policy, .arena = arena, .left_out = left_out};
    int32_t exclusion;
    strip_rule(&s, statement, as_of_day, rule, &exclusion);
    copy->statements[statement].as.rule = rule;
    if (exclusion >= 0)
        copy->statements[exclusion].kind = STATEMENT_NARRATIVE;
    return s.failed ? NULL : copy;
}
