#include "domain/incentive/incentive_align.h"

#include "domain/incentive/incentive_place.h"
#include "policy/budget.h"
#include "policy/locality.h"
#include "policy/roster.h"
#include "policy/settle.h"
#include "policy/walk.h"

enum {
    SCOPE_DOCUMENTS_MAX = 128, /* rules of documents beyond are walked wherever they are */
};

/* ---- the plan ---- */

static int32_t root_of(int32_t table)
{
    for (int32_t owner = registry_owner(table); owner >= 0; owner = registry_owner(table))
        table = owner;
    return table;
}

static bool quota_is_hard(const struct quota *quota)
{
    return quota->limit && !quota->about;
}

/* The quota of a rule, its own or a settlement's; *ret_count: how many it has. */
static const struct quota *quota_of(const struct policy *policy, int32_t statement,
                                    int32_t *ret_count)
{
    const struct quota *own = &policy->statements[statement].as.rule->quota;
    const struct quota *found = own->present && quota_is_hard(own) ? own : NULL;
    *ret_count = found != NULL;
    for (int32_t s = 0; s < policy->statement_count; s++) {
        if (policy->statements[s].kind != STATEMENT_SETTLEMENT)
            continue;
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count; c++) {
            const struct settlement_clause *clause = &settlement->clauses[c];
            if (clause->kind != SETTLEMENT_QUOTA || clause->rules[0] != statement ||
                !clause->quota.present || !quota_is_hard(&clause->quota))
                continue;
            found = &clause->quota;
            ++*ret_count;
        }
    }
    return found;
}

/* What such a rule pays depends on who else is paid: no place in a quota says it. */
static bool settles_over_subjects(const struct policy *policy, int32_t statement)
{
    bool found = rule_has_budget(policy, statement);
    for (int32_t s = 0; s < policy->statement_count && !found; s++) {
        if (policy->statements[s].kind != STATEMENT_SETTLEMENT)
            continue;
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count; c++)
            for (int32_t r = 0; r < settlement->clauses[c].rule_count; r++)
                found |= settlement->clauses[c].spans_subjects &&
                         settlement->clauses[c].rules[r] == statement;
    }
    return found;
}

static void plan_rule(struct holder_plan *plan, int32_t statement, bool is_shared)
{
    const struct policy *policy = plan->policy->policy;
    int32_t quota_count;
    const struct quota *quota = quota_of(policy, statement, &quota_count);
    bool is_chained = quota_count > 1 || (quota && quota->order_count > PLACE_KEYS_MAX) ||
                      settles_over_subjects(policy, statement);
    plan->has_quotas |= quota != NULL;
    plan->rules[plan->rule_count++] = (struct holder_rule){
        .statement = statement,
        .root = root_of(policy->statements[statement].as.rule->subject),
        .keeps = rule_keeps_roster(policy, statement),
        .is_shared = is_shared,
        .is_chained = is_chained,
        .quota = quota,
    };
}

/* Rules of whose holders nobody can say whom a fact touches, or who hang on others. */
static void find_swept(struct holder_plan *plan)
{
    for (int32_t i = 0; i < plan->rule_count; i++) {
        const struct holder_rule *rule = &plan->rules[i];
        if (!rule->is_chained && !reach_rule_is_wide(plan->reach, rule->statement))
            continue;
        rule_set_add(plan->swept, rule->statement);
        plan->has_swept = true;
    }
    if (plan->has_swept)
        program_rules_settled_with(plan->policy->program, plan->swept);
}

static enum err make_nobody(struct holder_plan *plan, struct fault *fault)
{
    TRY(world_new(plan->vocab, &plan->nobody, fault));
    return world_seal(plan->nobody, fault);
}

void holder_plan_done(struct holder_plan *plan)
{
    world_free(plan->nobody);
    plan->nobody = NULL;
}

enum err holder_plan_make(struct arena *arena, const struct vocab *vocab,
                          const struct incentive_policy *policy, struct holder_plan *ret_plan,
                          struct fault *fault)
{
    const struct policy *p = policy->policy;
    struct holder_plan plan = {.vocab = vocab, .policy = policy};
    TRY(reach_statements_make(arena, &plan.statements, fault));
    TRY(reach_make(arena, p, NULL, plan.statements, &plan.reach, fault));
    TRY(next_change_plan(arena, p, &plan.next, fault));
    plan.rules = ARENA_NEW_ARRAY(arena, struct holder_rule, (size_t)p->statement_count + 1);
    size_t word_count = (size_t)program_rule_words(policy->program) + 1;
    uint64_t *shared = ARENA_NEW_ARRAY(arena, uint64_t, word_count);
    plan.swept = ARENA_NEW_ARRAY(arena, uint64_t, word_count);
    if (!plan.rules || !shared || !plan.swept)
        return fault_set(fault, ERR_MEMORY, "no memory for the rules to follow");
    int32_t quota_count;
    for (int32_t s = 0; s < p->statement_count; s++)
        if (statement_decides(&p->statements[s]) && quota_of(p, s, &quota_count))
            rule_set_add(shared, s);
    program_rules_settled_with(policy->program, shared);
    for (int32_t s = 0; s < p->statement_count; s++)
        if (statement_decides(&p->statements[s]))
            plan_rule(&plan, s, rule_set_has(shared, s));
    find_swept(&plan);
    enum err err = make_nobody(&plan, fault);
    if (err != ERR_OK) {
        holder_plan_done(&plan);
        return err;
    }
    *ret_plan = plan;
    return ERR_OK;
}

enum err holder_plan_part(struct arena *arena, const struct holder_plan *whole,
                          const uint64_t *rules, struct holder_plan *ret_part,
                          struct fault *fault)
{
    struct holder_plan part = *whole;
    part.is_part = true;
    part.rule_count = 0;
    part.has_quotas = false;
    part.rules = ARENA_NEW_ARRAY(arena, struct holder_rule, (size_t)whole->rule_count + 1);
    if (!part.rules)
        return fault_set(fault, ERR_MEMORY, "no memory for the rules to follow");
    for (int32_t i = 0; i < whole->rule_count; i++) {
        if (!rule_set_has(rules, whole->rules[i].statement))
            continue;
        part.rules[part.rule_count++] = whole->rules[i];
        part.has_quotas |= whole->rules[i].quota != NULL;
    }
    TRY(reach_make(arena, whole->policy->policy, rules, whole->statements, &part.reach, fault));
    *ret_part = part;
    return ERR_OK;
}

/* ---- what stands without the others ---- */

void holder_rows(const struct world *world, int32_t table, int32_t root_row, int32_t *ret_first,
                 int32_t *ret_end)
{
    int32_t owner = vocab_owner(world->vocab, table);
    if (owner < 0) {
        *ret_first = root_row;
        *ret_end = root_row + 1;
        return;
    }
    int32_t first, end;
    holder_rows(world, owner, root_row, &first, &end);
    *ret_first = world->tables[table].first_row[first];
    *ret_end = world->tables[table].first_row[end];
}

/* Documents of other places have nothing to say to a holder: most rules of a province with many
 * cities are passed over by this. */
struct scope {
    bool is_elsewhere[SCOPE_DOCUMENTS_MAX];
};

static void scope_make(const struct holder_plan *plan, const struct world *world, int32_t root,
                       int32_t root_row, struct scope *scope)
{
    const struct policy *policy = plan->policy->policy;
    int32_t count = policy->document_count < SCOPE_DOCUMENTS_MAX ? policy->document_count
                                                                 : SCOPE_DOCUMENTS_MAX;
    *scope = (struct scope){0};
    for (int32_t i = 0; i < count; i++)
        scope->is_elsewhere[i] = locality_excludes(policy, i, world, root, root_row);
}

static bool is_elsewhere(const struct holder_plan *plan, const struct scope *scope,
                         const struct holder_rule *rule)
{
    int32_t document = plan->policy->policy->statements[rule->statement].document;
    return document < SCOPE_DOCUMENTS_MAX && scope->is_elsewhere[document];
}

int32_t holder_next_day(const struct holder_plan *plan, const struct world *world, int32_t root,
                        int32_t root_row, int32_t as_of_day)
{
    const struct policy *policy = plan->policy->policy;
    int32_t next = NEXT_CHANGE_NEVER;
    struct scope scope;
    scope_make(plan, world, root, root_row, &scope);
    for (int32_t i = 0; i < plan->rule_count; i++) {
        const struct holder_rule *rule = &plan->rules[i];
        if (rule->root != root || !rule->keeps || is_elsewhere(plan, &scope, rule))
            continue;
        int32_t first, end;
        holder_rows(world, policy->statements[rule->statement].as.rule->subject, root_row, &first,
                    &end);
        for (int32_t row = first; row < end; row++) {
            int32_t day = next_change_day(plan->next, world, rule->statement, row, as_of_day);
            next = day < next ? day : next;
        }
    }
    return next;
}

static bool is_wanted(const struct holder_plan *plan, const struct holder_rule *rule,
                      enum holder_rules which)
{
    if (!rule->keeps)
        return false;
    return which == HOLDER_RULES_ALL      ? true
           : which == HOLDER_RULES_SHARED ? rule->is_shared
                                          : rule->quota && !rule_set_has(plan->swept,
                                                                         rule->statement);
}

/* Adds the candidates of one rule for root rows, in the order of a result. */
static bool add_candidates(const struct holder_plan *plan, const struct world *world,
                           const struct holder_rule *rule, const struct scope *scopes,
                           const int32_t *root_rows, int32_t root_count, int32_t as_of_day,
                           struct decision_list *list)
{
    const struct policy *policy = plan->policy->policy;
    int32_t subject = policy->statements[rule->statement].as.rule->subject;
    struct eval_request request = {.as_of_day = as_of_day, .since_day = ABSENT_I32};
    struct walk walk = {.policy = policy, .world = world};
    int32_t period_count = rule_period_count(policy, rule->statement, &request);
    for (int32_t p = 0; p < period_count; p++) {
        struct rule_period period = rule_period_at(policy, rule->statement, &request, p);
        for (int32_t i = 0; i < root_count; i++) {
            int32_t first, end;
            if (is_elsewhere(plan, &scopes[i], rule))
                continue;
            holder_rows(world, subject, root_rows[i], &first, &end);
            for (int32_t row = first; row < end; row++)
                if (!walk_subject(&walk, rule->statement, &period, row, list))
                    return false;
        }
    }
    return true;
}

bool holder_candidates(const struct holder_plan *plan, const struct world *world, int32_t root,
                       const int32_t *root_rows, int32_t root_count, int32_t as_of_day,
                       enum holder_rules which, struct decision_list *list)
{
    struct scope scopes[HOLDERS_TOGETHER_MAX];
    check(root_count <= HOLDERS_TOGETHER_MAX);
    for (int32_t i = 0; i < root_count; i++)
        scope_make(plan, world, root, root_rows[i], &scopes[i]);
    for (int32_t i = 0; i < plan->rule_count; i++) {
        const struct holder_rule *rule = &plan->rules[i];
        if (rule->root == root && is_wanted(plan, rule, which) &&
            !add_candidates(plan, world, rule, scopes, root_rows, root_count, as_of_day, list))
            return false;
    }
    return true;
}

/* ---- who stands for a place ---- */

const struct holder_rule *holder_rule_of(const struct holder_plan *plan, int32_t statement)
{
    int32_t i = 0;
    while (plan->rules[i].statement != statement)
        i++;
    return &plan->rules[i];
}

bool holder_places(const struct holder_plan *plan, const struct world *world, int32_t root,
                   int32_t root_row, int32_t as_of_day, struct place_list *places)
{
    struct decision_list list = {0};
    bool done = holder_candidates(plan, world, root, &root_row, 1, as_of_day,
                                  HOLDER_RULES_WITH_QUOTA, &list);
    for (int64_t i = 0; i < list.row_count && done; i++) {
        if (list.rows[i].lane != LANE_GRANTED)
            continue;
        struct place place =
            place_of_decision(plan, world, holder_rule_of(plan, list.rows[i].statement),
                              &list.rows[i], as_of_day);
        done = place_list_add(places, &place);
    }
    decision_list_done(&list);
    return done;
}
