#include "domain/incentive/incentive_reach.h"

#include "domain/incentive/incentive_reach_node.h"
#include "policy/roster.h"
#include "policy/settle.h"
#include "store/stmt.h"

#include <string.h>

int32_t reach_root_of(int32_t table)
{
    for (int32_t owner = registry_owner(table); owner >= 0; owner = registry_owner(table))
        table = owner;
    return table;
}

/* ---- walking the policy ---- */

struct place { /* where an expression stands: a row of a table in the family of a node */
    int32_t node, table;
    const struct place *outer;
};

static void see(struct reach *reach, int32_t node, int32_t table)
{
    for (; table >= 0 && table != reach->nodes[node].root; table = registry_owner(table))
        reach->nodes[node].tables |= 1u << table;
    if (table >= 0)
        reach->nodes[node].tables |= 1u << table;
}

static void see_field(struct reach *reach, int32_t node, int32_t table, int32_t field)
{
    see(reach, node, table);
    reach->nodes[node].fields[table] |= 1u << field;
}

static void set_wide(struct reach *reach)
{
    if (!reach->is_wide)
        reach->why = reach->policy->statements[reach->rule].name;
    reach->is_wide = true;
    rule_set_add(reach->wide_rules, reach->rule);
}

static int32_t step_to(struct reach *reach, int32_t parent, enum reach_way way, int32_t table,
                       int32_t field)
{
    int32_t root = way == WAY_FORWARD ? registry_ref_table(&registry_records[table].fields[field])
                                      : reach_root_of(table);
    for (int32_t i = 0; i < reach->node_count; i++) {
        const struct reach_node *node = &reach->nodes[i];
        if (node->parent == parent && node->way == way && node->table == table &&
            node->field == field) {
            if (way == WAY_INVERSE && !reach_is_indexed(table, field))
                set_wide(reach);
            return i;
        }
    }
    if (reach->node_count == REACH_NODES_MAX) {
        set_wide(reach);
        return parent;
    }
    reach->nodes[reach->node_count] = (struct reach_node){
        .root = root, .parent = parent, .way = way, .table = table, .field = field};
    if (way == WAY_FORWARD) {
        see_field(reach, parent, table, field);
        see(reach, reach->node_count, root);
    } else {
        reach->nodes[reach->node_count].tables |= 1u << table;
        reach->nodes[reach->node_count].fields[table] |= 1u << field;
        if (!reach_is_indexed(table, field))
            set_wide(reach);
    }
    return reach->node_count++;
}

static struct place place_reached(struct reach *reach, const struct place *place, int32_t scope,
                                  int32_t up, int32_t through)
{
    for (int32_t i = 0; i < scope; i++)
        place = place->outer;
    struct place reached = *place;
    for (int32_t i = 0; i < up; i++)
        reached.table = registry_owner(reached.table);
    if (through >= 0) {
        reached.node = step_to(reach, reached.node, WAY_FORWARD, reached.table, through);
        reached.table = reach->nodes[reached.node].root;
    }
    return reached;
}

static void note(struct reach *reach, const struct place *place, const struct expr *expr);

static void note_field(struct reach *reach, const struct place *place, const struct expr *expr)
{
    struct place reached = place_reached(reach, place, expr->scope, expr->up, expr->through);
    if (expr->field < 0)
        return;
    see_field(reach, reached.node, reached.table, expr->field);
    if (registry_records[reached.table].fields[expr->field].type == FIELD_REF)
        step_to(reach, reached.node, WAY_FORWARD, reached.table, expr->field);
}

static void note_aggregate(struct reach *reach, const struct place *place, const struct expr *expr)
{
    if (!place) {
        set_wide(reach);
        return;
    }
    struct place reached = place_reached(reach, place, expr->scope, expr->up, expr->through);
    struct place row = {reached.node, expr->table, place};
    if (expr->inverse >= 0)
        row.node = step_to(reach, reached.node, WAY_INVERSE, expr->table, expr->inverse);
    else
        see(reach, row.node, row.table);
    note(reach, &row, expr->where);
    note(reach, &row, expr->aggregated);
}

static void note_define(struct reach *reach, const struct place *place, const struct expr *expr)
{
    const struct define *define = reach->policy->statements[expr->statement].as.define;
    struct place reached = {0};
    if (define->subject >= 0) {
        reached = place_reached(reach, place, expr->scope, expr->up, expr->through);
        reached.outer = NULL;
    }
    const struct place *on = define->subject >= 0 ? &reached : NULL;
    note(reach, on, define->value);
    for (int32_t i = 0; i < define->class_count; i++)
        note(reach, on, define->classes[i].when);
}

static void note(struct reach *reach, const struct place *place, const struct expr *expr)
{
    if (!expr)
        return;
    if (expr->kind == EXPR_FIELD && place)
        note_field(reach, place, expr);
    else if (expr->kind == EXPR_AGGREGATE)
        note_aggregate(reach, place, expr);
    else if (expr->kind == EXPR_DEFINE)
        note_define(reach, place, expr);
    for (int32_t i = 0; i < expr->child_count; i++)
        note(reach, place, expr->children[i]);
}

static int32_t self_node(struct reach *reach, int32_t root)
{
    if (reach->self_nodes[root] >= 0)
        return reach->self_nodes[root];
    if (reach->node_count == REACH_NODES_MAX) {
        set_wide(reach);
        return 0;
    }
    reach->nodes[reach->node_count] =
        (struct reach_node){.root = root, .parent = -1, .way = WAY_SELF, .table = -1, .field = -1};
    reach->self_nodes[root] = reach->node_count;
    see(reach, reach->node_count, root);
    return reach->node_count++;
}

/* A limit stands on no row: where it counts a whole table, any fact may move it. */
static void note_quota(struct reach *reach, const struct place *basis, const struct quota *quota)
{
    note(reach, NULL, quota->limit);
    for (int32_t i = 0; i < quota->order_count; i++)
        note(reach, basis, quota->order[i].key);
}

/* A rule, or what overrides one of this subject and basis. */
static void note_rule(struct reach *reach, const struct rule *rule, const struct place *subject,
                      const struct place *basis)
{
    note(reach, subject, rule->where);
    note(reach, basis, rule->each_where);
    note(reach, basis, rule->amount);
    note(reach, basis, rule->payee);
    note(reach, basis, rule->anchor);
    note(reach, NULL, rule->best);
    for (int32_t i = 0; i < rule->distinct_count; i++)
        note(reach, basis, rule->distinct[i]);
    for (int32_t i = 0; i < rule->best_order_count; i++)
        note(reach, basis, rule->best_order[i].key);
    for (int32_t i = 0; i < rule->pay_order_count; i++)
        note(reach, basis, rule->pay_order[i].key);
    note_quota(reach, basis, &rule->quota);
}

static void note_clauses(struct reach *reach, int32_t statement, const struct place *subject,
                         const struct place *basis)
{
    for (int32_t s = 0; s < reach->policy->statement_count; s++) {
        if (reach->policy->statements[s].kind != STATEMENT_SETTLEMENT)
            continue;
        const struct settlement *settlement = reach->policy->statements[s].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count; c++) {
            const struct settlement_clause *clause = &settlement->clauses[c];
            for (int32_t r = 0; r < clause->rule_count; r++) {
                if (clause->rules[r] != statement)
                    continue;
                note(reach, subject, clause->amount);
                note(reach, basis, clause->keys ? clause->keys[r] : NULL);
                note_quota(reach, basis, &clause->quota);
            }
        }
    }
}

static void note_statement(struct reach *reach, int32_t statement)
{
    const struct rule *rule = reach->policy->statements[statement].as.rule;
    reach->rule = statement;
    int32_t node = self_node(reach, reach_root_of(rule->subject));
    struct place subject = {node, rule->subject, NULL};
    struct place basis = {node, rule->each >= 0 ? rule->each : rule->subject, NULL};
    see(reach, node, subject.table);
    see(reach, node, basis.table);
    note_rule(reach, rule, &subject, &basis);
    note_clauses(reach, statement, &subject, &basis);
    for (int32_t s = 0; s < reach->policy->statement_count; s++) {
        const struct statement *other = &reach->policy->statements[s];
        bool overrides = other->kind == STATEMENT_EXCEPTION ||
                         other->kind == STATEMENT_NOT_APPLICABLE;
        if (overrides && other->as.rule->base == statement)
            note_rule(reach, other->as.rule, &subject, &basis);
    }
}

enum err reach_make(struct arena *arena, const struct policy *policy, const uint64_t *rules,
                    const struct reach_statements *statements, struct reach **ret_reach,
                    struct fault *fault)
{
    check(policy->vocab->records == registry_records);
    struct reach *reach = ARENA_NEW(arena, struct reach);
    if (!reach)
        return fault_set(fault, ERR_MEMORY, "no memory for what rules reach");
    *reach = (struct reach){.policy = policy, .vocab = policy->vocab, .statements = statements,
                            .arena = arena, .rules = rules};
    size_t word_count = (size_t)policy->statement_count / 64 + 1;
    reach->wide_rules = ARENA_NEW_ARRAY(arena, uint64_t, word_count);
    if (!reach->wide_rules)
        return fault_set(fault, ERR_MEMORY, "no memory for what rules reach");
    memset(reach->wide_rules, 0, word_count * sizeof *reach->wide_rules);
    for (int32_t t = 0; t < REGISTRY_RECORD_COUNT; t++)
        reach->self_nodes[t] = -1;
    for (int32_t s = 0; s < policy->statement_count; s++)
        if (statement_decides(&policy->statements[s]) && rule_keeps_roster(policy, s) &&
            (!rules || rule_set_has(rules, s)))
            note_statement(reach, s);
    *ret_reach = reach;
    return ERR_OK;
}

static bool is_in(const struct reach_elsewhere *elsewhere, int32_t document)
{
    return document < REACH_DOCUMENTS_MAX && (elsewhere->words[document / 64] >> document % 64 & 1);
}

static enum err make_narrow(struct reach *reach, const struct reach_elsewhere *elsewhere,
                            struct reach **ret_narrow, struct fault *fault)
{
    const struct policy *policy = reach->policy;
    size_t word_count = (size_t)policy->statement_count / 64 + 1;
    uint64_t *rules = ARENA_NEW_ARRAY(reach->arena, uint64_t, word_count);
    if (!rules)
        return fault_set(fault, ERR_MEMORY, "no memory for what rules reach");
    memset(rules, 0, word_count * sizeof *rules);
    for (int32_t s = 0; s < policy->statement_count; s++)
        if ((!reach->rules || rule_set_has(reach->rules, s)) &&
            !is_in(elsewhere, policy->statements[s].document))
            rule_set_add(rules, s);
    return reach_make(reach->arena, policy, rules, reach->statements, ret_narrow, fault);
}

enum err reach_narrow(struct reach *reach, const struct reach_elsewhere *elsewhere,
                      struct reach **ret_narrow, struct fault *fault)
{
    int32_t i = 0;
    while (i < reach->narrow_count &&
           memcmp(&reach->narrows[i].elsewhere, elsewhere, sizeof *elsewhere) != 0)
        i++;
    bool is_full = i == REACH_NARROWS_MAX;
    if (!is_full && i == reach->narrow_count) {
        TRY(make_narrow(reach, elsewhere, &reach->narrows[i].reach, fault));
        reach->narrows[i].elsewhere = *elsewhere;
        reach->narrow_count++;
    }
    *ret_narrow = is_full ? reach : reach->narrows[i].reach;
    return ERR_OK;
}

bool reach_is_wide(const struct reach *reach, struct str *ret_why)
{
    *ret_why = reach->why;
    return reach->is_wide;
}

bool reach_rule_is_wide(const struct reach *reach, int32_t statement)
{
    return rule_set_has(reach->wide_rules, statement);
}

bool reach_has_rules_on(const struct reach *reach, int32_t root)
{
    return reach->self_nodes[root] >= 0;
}

/* ---- sets of holders ---- */

void holder_set_init(struct holder_set *set, struct arena *arena)
{
    *set = (struct holder_set){.arena = arena};
}

int32_t holder_slot(const struct holder_set *set, int64_t id)
{
    uint64_t hash = (uint64_t)id * UINT64_C(0x9E3779B97F4A7C15);
    int32_t slot = (int32_t)(hash >> 40) & (set->slot_count - 1);
    while (set->slots[slot] && set->rows[set->slots[slot] - 1].id != id)
        slot = (slot + 1) & (set->slot_count - 1);
    return slot;
}

static bool holder_set_grow(struct holder_set *set)
{
    int32_t capacity = set->capacity ? set->capacity * 2 : 64;
    struct holder *rows = ARENA_NEW_ARRAY(set->arena, struct holder, (size_t)capacity);
    int32_t *slots = ARENA_NEW_ARRAY(set->arena, int32_t, (size_t)capacity * 2);
    if (!rows || !slots)
        return false;
    if (set->count > 0)
        memcpy(rows, set->rows, (size_t)set->count * sizeof *rows);
    set->rows = rows;
    set->slots = slots;
    set->capacity = capacity;
    set->slot_count = capacity * 2;
    for (int32_t i = 0; i < set->count; i++)
        set->slots[holder_slot(set, rows[i].id)] = i + 1;
    return true;
}

bool holder_set_add(struct holder_set *set, struct holder holder)
{
    if (set->count == set->capacity && !holder_set_grow(set))
        return false;
    int32_t slot = holder_slot(set, holder.id);
    if (set->slots[slot])
        return true;
    set->rows[set->count++] = holder;
    set->slots[slot] = set->count;
    return true;
}

/* ---- backward ---- */

struct climb {
    struct work *w;
    const struct reach *reach;
    struct holder_set *touched;
    int32_t touched_max;
};

static bool is_enough(const struct climb *c)
{
    return c->touched->count > c->touched_max;
}

static enum err climb(struct climb *c, int32_t at, int64_t id);

static enum err climb_each(struct climb *c, int32_t at, const struct stmt *stmt, int64_t key_id)
{
    struct holder_set found;
    holder_set_init(&found, c->w->arena);
    struct stmt_value in[] = {{.type = STMT_INT64, .number = key_id}};
    struct stmt_value out[1];
    struct cursor cursor;
    TRY(stmt_open(c->w, stmt, in, &cursor));
    for (bool more = true; more;) {
        TRY(cursor_next(&cursor, out, &more));
        if (more && !holder_set_add(&found, (struct holder){0, out[0].number}))
            return fail(c->w, ERR_MEMORY, "no memory for those a fact touches");
    }
    cursor_close(&cursor);
    for (int32_t i = 0; i < found.count && !is_enough(c); i++)
        TRY(climb(c, at, found.rows[i].id));
    return ERR_OK;
}

static enum err climb(struct climb *c, int32_t at, int64_t id)
{
    const struct reach_node *node = &c->reach->nodes[at];
    if (node->way == WAY_SELF) {
        if (!holder_set_add(c->touched, (struct holder){node->root, id}))
            return fail(c->w, ERR_MEMORY, "no memory for those a fact touches");
        return ERR_OK;
    }
    if (node->way == WAY_INVERSE)
        return climb_each(c, node->parent,
                          c->reach->statements->references_of_owner[node->table][node->field], id);
    return climb_each(c, node->parent,
                      c->reach->statements->owners_of_reference[node->table][node->field], id);
}

enum err reach_root_of_row(struct work *w, const struct reach *reach, int32_t table, int64_t id,
                           int64_t *ret_root_id)
{
    for (; registry_owner(table) >= 0; table = registry_owner(table)) {
        check(reach->statements->owner_of_row[table] != NULL);
        struct stmt_value in[] = {{.type = STMT_INT64, .number = id}};
        struct stmt_value out[1];
        struct cursor cursor;
        bool more;
        TRY(stmt_open(w, reach->statements->owner_of_row[table], in, &cursor));
        TRY(cursor_next(&cursor, out, &more));
        cursor_close(&cursor);
        if (!more)
            return ERR_NOT_FOUND;
        id = out[0].number;
    }
    *ret_root_id = id;
    return ERR_OK;
}

/* A row without an owner that came anew is named by nobody yet. */
static bool is_seen_from(const struct reach_node *node, const struct reach_change *change)
{
    if (node->root != reach_root_of(change->table))
        return false;
    if (change->kind == REACH_CORRECTED)
        return (node->fields[change->table] & change->fields) != 0;
    if (change->kind == REACH_NEW && change->table == node->root)
        return node->way == WAY_SELF;
    return (node->tables >> change->table & 1) || change->table == node->root;
}

enum err reach_touched(struct work *w, const struct reach *reach, const struct reach_change *change,
                       int32_t touched_max, struct holder_set *touched)
{
    struct climb c = {w, reach, touched, touched_max};
    for (int32_t i = 0; i < reach->node_count && !is_enough(&c); i++)
        if (is_seen_from(&reach->nodes[i], change))
            TRY(climb(&c, i, change->root_id));
    return ERR_OK;
}
