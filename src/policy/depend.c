#include "policy/program.h"

#include "policy/budget.h"

#include <string.h>

/* What each rule reads, found by walking its expressions once when the policy is compiled. */

enum { SCOPES_MAX = 64 };

struct noting {
    struct program *program;
    uint64_t *entered;  /* definitions walked for this rule */
    int32_t rule;       /* statement the readings are noted for */
    int32_t scopes[SCOPES_MAX]; /* table of the row at each depth, innermost last; -1: no row */
    int32_t scope_count;
};

static void note_expr(struct noting *n, const struct expr *expr);

static uint64_t *read_set(const struct program *program, int32_t table, int32_t field)
{
    int32_t index = program->table_sets[table] + field + 1;
    return program->read_sets + (int64_t)index * program->rule_words;
}

static void note(struct noting *n, int32_t table, int32_t field)
{
    if (table >= 0)
        rule_set_add(read_set(n->program, table, field), n->rule);
}

/* Notes the reference followed, if any; returns the table reached. */
static int32_t note_way(struct noting *n, const struct expr *expr)
{
    const struct vocab *vocab = n->program->policy->vocab;
    int32_t at = n->scope_count - 1 - expr->scope;
    int32_t table = at >= 0 ? n->scopes[at] : -1;
    for (int32_t up = 0; up < expr->up && table >= 0; up++)
        table = vocab_owner(vocab, table);
    if (table < 0 || expr->through < 0)
        return table;
    note(n, table, expr->through);
    return vocab_table(vocab, str_from(vocab->records[table].fields[expr->through].target));
}

static void note_define(struct noting *n, const struct expr *expr)
{
    const struct define *define = n->program->policy->statements[expr->statement].as.define;
    int32_t table = define->subject >= 0 ? note_way(n, expr) : -1;
    if (rule_set_has(n->entered, expr->statement))
        return;
    rule_set_add(n->entered, expr->statement);
    struct noting inner = {n->program, n->entered, n->rule, {table}, 1};
    if (define->value)
        note_expr(&inner, define->value);
    for (int32_t i = 0; i < define->class_count; i++)
        note_expr(&inner, define->classes[i].when);
}

static void note_aggregate(struct noting *n, const struct expr *expr)
{
    bool whole = n->scope_count == 0 || n->scopes[n->scope_count - 1] < 0;
    if (whole)
        rule_set_add(n->program->whole_set, n->rule);
    else
        note_way(n, expr);
    note(n, expr->table, -1);
    if (expr->inverse >= 0)
        note(n, expr->table, expr->inverse);
    check(n->scope_count < SCOPES_MAX);
    n->scopes[n->scope_count++] = expr->table;
    note_expr(n, expr->where);
    note_expr(n, expr->aggregated);
    n->scope_count--;
}

static void note_expr(struct noting *n, const struct expr *expr)
{
    if (!expr)
        return;
    if (expr->kind == EXPR_FIELD) {
        note_way(n, expr);
        if (expr->field >= 0)
            note(n, expr->table, expr->field);
    } else if (expr->kind == EXPR_DEFINE) {
        note_define(n, expr);
    } else if (expr->kind == EXPR_AGGREGATE) {
        note_aggregate(n, expr);
    } else {
        for (int32_t i = 0; i < expr->child_count; i++)
            note_expr(n, expr->children[i]);
    }
}

static void note_on(struct noting *n, int32_t table, const struct expr *expr)
{
    n->scopes[0] = table;
    n->scope_count = 1;
    note_expr(n, expr);
}

static void note_quota(struct noting *n, const struct quota *quota, int32_t basis)
{
    note_on(n, -1, quota->limit);
    for (int32_t i = 0; i < quota->order_count; i++)
        note_on(n, basis, quota->order[i].key);
}

/* The conditions and amounts of a rule, or of an exception of it. */
static void note_rule(struct noting *n, const struct rule *rule, int32_t subject, int32_t each)
{
    int32_t basis = each >= 0 ? each : subject;
    note(n, subject, -1);
    note(n, basis, -1);
    note_on(n, subject, rule->where);
    note_on(n, basis, rule->each_where);
    note_on(n, basis, rule->anchor);
    if (rule->anchor && each < 0)
        note_on(n, subject, rule->anchor);
    note_on(n, basis, rule->amount);
    note_on(n, basis, rule->payee);
    for (int32_t i = 0; i < rule->distinct_count; i++)
        note_on(n, basis, rule->distinct[i]);
    for (int32_t i = 0; i < rule->best_order_count; i++)
        note_on(n, basis, rule->best_order[i].key);
    for (int32_t i = 0; i < rule->pay_order_count; i++)
        note_on(n, basis, rule->pay_order[i].key);
    note_quota(n, &rule->quota, basis);
}

static void note_clauses(struct noting *n, const struct settlement *settlement)
{
    const struct policy *policy = n->program->policy;
    for (int32_t c = 0; c < settlement->clause_count; c++) {
        const struct settlement_clause *clause = &settlement->clauses[c];
        for (int32_t i = 0; i < clause->rule_count; i++) {
            const struct rule *rule = policy->statements[clause->rules[i]].as.rule;
            n->rule = clause->rules[i];
            memset(n->entered, 0, (size_t)n->program->rule_words * sizeof *n->entered);
            note_on(n, rule->subject, clause->amount);
            if (clause->keys)
                note_on(n, rule->each >= 0 ? rule->each : rule->subject, clause->keys[i]);
            note_quota(n, &clause->quota, rule->each >= 0 ? rule->each : rule->subject);
        }
    }
}

static void note_statement(struct noting *n, int32_t statement)
{
    const struct policy *policy = n->program->policy;
    const struct statement *s = &policy->statements[statement];
    memset(n->entered, 0, (size_t)n->program->rule_words * sizeof *n->entered);
    if (statement_decides(s)) {
        n->rule = statement;
        note_rule(n, s->as.rule, s->as.rule->subject, s->as.rule->each);
    } else if (s->kind == STATEMENT_EXCEPTION || s->kind == STATEMENT_NOT_APPLICABLE) {
        const struct rule *base = policy->statements[s->as.rule->base].as.rule;
        n->rule = s->as.rule->base;
        note_rule(n, s->as.rule, base->subject, base->each);
    } else if (s->kind == STATEMENT_SETTLEMENT) {
        note_clauses(n, s->as.settlement);
    }
}

enum err program_note_owners(struct arena *arena, struct program *program, struct fault *fault)
{
    const struct vocab *vocab = program->policy->vocab;
    program->owners = ARENA_NEW_ARRAY(arena, int32_t, (size_t)vocab->record_count);
    if (!program->owners)
        return fault_set(fault, ERR_MEMORY, "no memory to compile the policy");
    for (int32_t t = 0; t < vocab->record_count; t++)
        program->owners[t] = vocab_owner(vocab, t);
    return ERR_OK;
}

enum err program_note_reading(struct arena *arena, struct program *program, struct fault *fault)
{
    const struct policy *policy = program->policy;
    const struct vocab *vocab = policy->vocab;
    program->rule_words = policy->statement_count / 64 + 1;
    program->table_sets = ARENA_NEW_ARRAY(arena, int32_t, (size_t)vocab->record_count);
    int32_t set_count = 0;
    for (int32_t t = 0; program->table_sets && t < vocab->record_count; t++) {
        program->table_sets[t] = set_count;
        set_count += vocab->records[t].field_count + 1;
    }
    size_t words = (size_t)program->rule_words;
    program->read_sets = ARENA_NEW_ARRAY(arena, uint64_t, words * (size_t)set_count);
    program->whole_set = ARENA_NEW_ARRAY(arena, uint64_t, words);
    struct noting noting = {.program = program,
                            .entered = ARENA_NEW_ARRAY(arena, uint64_t, words)};
    if (!program->table_sets || !program->read_sets || !program->whole_set ||
        !noting.entered)
        return fault_set(fault, ERR_MEMORY, "no memory to compile the policy");
    for (int32_t s = 0; s < policy->statement_count; s++)
        note_statement(&noting, s);
    return ERR_OK;
}

int32_t program_rule_words(const struct program *program)
{
    return program->rule_words;
}

void program_rules_reading(const struct program *program, int32_t table, int32_t field,
                           uint64_t *rules)
{
    const uint64_t *set = read_set(program, table, field);
    for (int32_t i = 0; i < program->rule_words; i++)
        rules[i] |= set[i];
}

static bool join_clause(const struct settlement_clause *clause, uint64_t *rules)
{
    bool touched = false;
    bool grown = false;
    for (int32_t i = 0; i < clause->rule_count && !touched; i++)
        touched = rule_set_has(rules, clause->rules[i]);
    for (int32_t i = 0; i < clause->rule_count && touched; i++) {
        grown |= !rule_set_has(rules, clause->rules[i]);
        rule_set_add(rules, clause->rules[i]);
    }
    return grown;
}

static int32_t budget_of(const struct policy *policy, int32_t statement)
{
    const struct statement *s = &policy->statements[statement];
    return statement_decides(s) && rule_has_budget(policy, statement) ? s->as.rule->fund : -1;
}

/* Rules that one budget pays. */
static bool join_budgets(const struct policy *policy, uint64_t *rules)
{
    bool grown = false;
    FOR_GROUP(policy, GROUP_DECIDES, s) {
        int32_t fund = rule_set_has(rules, s) ? budget_of(policy, s) : -1;
        FOR_GROUP(policy, GROUP_DECIDES, other) {
            if (fund < 0)
                break;
            if (rule_set_has(rules, other) || budget_of(policy, other) != fund)
                continue;
            rule_set_add(rules, other);
            grown = true;
        }
    }
    return grown;
}

void program_rules_settled_with(const struct program *program, uint64_t *rules)
{
    const struct policy *policy = program->policy;
    for (bool grown = true; grown;) {
        grown = join_budgets(policy, rules);
        FOR_GROUP(policy, GROUP_SETTLES, s) {
            const struct settlement *settlement = policy->statements[s].as.settlement;
            for (int32_t c = 0; c < settlement->clause_count; c++)
                if (settlement->clauses[c].kind != SETTLEMENT_STACK &&
                    settlement->clauses[c].kind != SETTLEMENT_CLAW_BACK)
                    grown |= join_clause(&settlement->clauses[c], rules);
        }
    }
}

static bool limits_number(const struct quota *quota)
{
    return quota->present && !quota->about && quota->limit;
}

void program_rules_shared(const struct program *program, uint64_t *rules)
{
    const struct policy *policy = program->policy;
    for (int32_t i = 0; i < program->rule_words; i++)
        rules[i] |= program->whole_set[i];
    for (int32_t s = 0; s < policy->statement_count; s++) {
        const struct statement *statement = &policy->statements[s];
        if (statement_decides(statement) &&
            (limits_number(&statement->as.rule->quota) || rule_has_budget(policy, s)))
            rule_set_add(rules, s);
        if (statement->kind != STATEMENT_SETTLEMENT)
            continue;
        const struct settlement *settlement = statement->as.settlement;
        for (int32_t c = 0; c < settlement->clause_count; c++)
            if (settlement->clauses[c].spans_subjects ||
                (settlement->clauses[c].kind == SETTLEMENT_QUOTA &&
                 limits_number(&settlement->clauses[c].quota)))
                rule_set_add(rules, settlement->clauses[c].rules[0]);
    }
    program_rules_settled_with(program, rules);
}
