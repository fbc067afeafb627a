/* policy_random.h — random worlds and random programs over the vocabulary of policy_kit.h: for
 * tests that hold two ways of evaluating against each other.
 *
 * Memory   a world is the caller's; a policy lives in the arena given
 */
#ifndef BAIGONG_POLICY_RANDOM_H
#define BAIGONG_POLICY_RANDOM_H

#include "policy_kit.h"

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(dice->state >> 33) % sides;
}

static int64_t maybe(struct dice *dice, int64_t value)
{
    return roll(dice, 6) == 0 ? ABSENT_I64 : value;
}

/* At least BODIES organisations; in a large world one for so many persons, so that what they have
 * together grows with the world and not with its square. */
enum { BODIES = 7, BODY_PERSONS = 100 };

static int32_t body_count(int32_t person_count)
{
    return person_count > BODIES * BODY_PERSONS ? person_count / BODY_PERSONS : BODIES;
}

enum { DAY_FROM = 18600, DAY_SPAN = 1500 };

static int64_t any_day(struct dice *dice)
{
    return DAY_FROM + (int64_t)roll(dice, DAY_SPAN);
}

static int64_t any_occupation(struct dice *dice)
{
    return kit_occupations[roll(dice, 3)].code;
}

static void add_person_rows(struct world *world, struct dice *dice, int64_t id, uint32_t bodies,
                            int64_t *next_id)
{
    for (uint32_t i = roll(dice, 5); i > 0; i--)
        KIT_ROW(world, KIT_CERTIFICATE, ++*next_id, id, maybe(dice, 1 + roll(dice, 6)),
                any_day(dice), any_occupation(dice), maybe(dice, any_day(dice)),
                maybe(dice, roll(dice, 5) * 100));
    for (uint32_t i = roll(dice, 3); i > 0; i--) {
        int64_t month = 2021 * 12 + roll(dice, 36);
        KIT_ROW(world, KIT_TRAINING, ++*next_id, id, maybe(dice, 1 + roll(dice, bodies)),
                maybe(dice, roll(dice, 200)), month, month + roll(dice, 12));
    }
}

KIT struct world *random_world(struct dice *dice, int32_t person_count)
{
    struct world *world = kit_world();
    int64_t next_id = 1000000;
    uint32_t bodies = (uint32_t)body_count(person_count);
    for (int64_t id = 1; id <= bodies; id++) {
        KIT_ROW(world, KIT_BODY, id, 0, maybe(dice, roll(dice, 2)), maybe(dice, any_day(dice)));
        for (uint32_t i = roll(dice, 3); i > 0; i--)
            KIT_ROW(world, KIT_ROLE, ++next_id, id, 1 + roll(dice, 6), any_day(dice),
                    maybe(dice, any_day(dice)));
    }
    for (int64_t id = 1; id <= person_count; id++) {
        KIT_ROW(world, KIT_PERSON, id, 0, maybe(dice, any_day(dice) - 12000),
                kit_divisions[roll(dice, 4)].code, maybe(dice, roll(dice, 100)),
                maybe(dice, 1 + roll(dice, bodies)), maybe(dice, roll(dice, 2)));
        add_person_rows(world, dice, id, bodies, &next_id);
    }
    EXPECT_OK(world_seal(world, NULL));
    return world;
}

/* ---- programs ---- */

struct maker {
    struct arena *arena;
    struct policy *policy;
    struct dice dice;
    int32_t scope_tables[8]; /* table of the row at each depth, innermost last */
    int32_t scope_count;
    int32_t parameter, parameter_by_level, shortage, table; /* statements */
    int32_t defines[KIT_TABLE_COUNT]; /* a yes/no define for each table, or -1 */
};

static struct expr *any_truth(struct maker *m, int32_t depth);
static struct expr *any_day_value(struct maker *m, int32_t depth);
static struct expr *any_count(struct maker *m, int32_t depth);

static int32_t here(const struct maker *m)
{
    return m->scope_tables[m->scope_count - 1];
}

static uint32_t die(struct maker *m, uint32_t sides)
{
    return roll(&m->dice, sides);
}

/* A field of a type on the current row, an outer one, its owner, or a row it names. */
static struct expr *any_field(struct maker *m, enum type_kind kind)
{
    for (int32_t attempt = 0; attempt < 30; attempt++) {
        int32_t scope = die(m, 3) == 0 ? (int32_t)die(m, (uint32_t)m->scope_count) : 0;
        int32_t table = m->scope_tables[m->scope_count - 1 - scope];
        int32_t up = 0;
        int32_t through = -1;
        if (die(m, 3) == 0 && vocab_owner(&kit_vocab, table) >= 0) {
            up = 1;
            table = vocab_owner(&kit_vocab, table);
        }
        if (die(m, 3) == 0 && table == KIT_PERSON)
            through = KIT_EMPLOYER;
        if (die(m, 3) == 0 && table == KIT_TRAINING)
            through = KIT_SPONSOR;
        if (through >= 0)
            table = KIT_BODY;
        int32_t field = (int32_t)die(m, (uint32_t)kit_records[table].field_count);
        bool is_itself = kind == TYPE_REF && table == KIT_BODY;
        if (!is_itself && kit_field_type(table, field).kind != kind)
            continue;
        struct expr *expr = kit_field(m->arena, table, field);
        expr->field = is_itself ? -1 : field;
        expr->scope = scope;
        expr->up = up;
        expr->through = through;
        return expr;
    }
    return NULL;
}

static struct expr *any_date(struct maker *m)
{
    if (die(m, 3) == 0)
        return kit_literal(m->arena, TYPE_DAY, any_day(&m->dice));
    return kit_context(m->arena, (enum expr_context)die(m, 4));
}

static struct expr *any_day_value(struct maker *m, int32_t depth)
{
    struct expr *field = die(m, 3) ? any_field(m, TYPE_DAY) : NULL;
    struct expr *day = field ? field : any_date(m);
    if (depth > 0 && die(m, 4) == 0)
        return kit_call(m->arena, FUNCTION_ADD_MONTHS, TYPE_DAY,
                        KIT_CHILDREN(day, kit_literal(m->arena, TYPE_MONTHS,
                                                      (int64_t)die(m, 30) - 15)));
    return day;
}

static struct expr *any_aggregate(struct maker *m, enum expr_aggregate aggregate, int32_t depth)
{
    static const int32_t children[KIT_TABLE_COUNT][2] = {
        [KIT_PERSON] = {KIT_CERTIFICATE, KIT_TRAINING}, [KIT_BODY] = {KIT_ROLE, KIT_ROLE}};
    int32_t scope = die(m, 4) == 0 ? (int32_t)die(m, (uint32_t)m->scope_count) : 0;
    int32_t table = m->scope_tables[m->scope_count - 1 - scope];
    struct expr *expr = kit_aggregate(m->arena, aggregate, 0, NULL, NULL);
    expr->scope = scope;
    if (vocab_owner(&kit_vocab, table) >= 0) {
        expr->up = 1;
        table = vocab_owner(&kit_vocab, table);
    } else if (table == KIT_PERSON && die(m, 3) == 0) {
        expr->through = KIT_EMPLOYER;
        table = KIT_BODY;
    }
    expr->table = children[table][die(m, 2)];
    if (table == KIT_BODY && die(m, 2) == 0) {
        expr->table = die(m, 2) ? KIT_TRAINING : KIT_PERSON;
        expr->inverse = expr->table == KIT_TRAINING ? KIT_SPONSOR : KIT_EMPLOYER;
    }
    m->scope_tables[m->scope_count++] = expr->table;
    expr->where = die(m, 5) ? any_truth(m, depth - 1) : NULL;
    bool needs_value = aggregate == AGGREGATE_SUM || aggregate == AGGREGATE_HIGHEST ||
                       aggregate == AGGREGATE_LOWEST || aggregate == AGGREGATE_DISTINCT;
    if (needs_value)
        expr->aggregated = any_count(m, 0);
    m->scope_count--;
    expr->type.kind = aggregate == AGGREGATE_HAS || aggregate == AGGREGATE_HAS_NO ? TYPE_BOOL
                                                                                  : TYPE_COUNT;
    return expr;
}

static struct expr *any_choice(struct maker *m, int32_t depth)
{
    struct expr *expr = kit_expr(m->arena, EXPR_CHOOSE, TYPE_COUNT);
    return kit_with(m->arena, expr,
                    KIT_CHILDREN(any_truth(m, depth - 1), any_count(m, depth - 1),
                                 any_truth(m, depth - 1), any_count(m, depth - 1),
                                 any_count(m, depth - 1)));
}

static struct expr *any_arithmetic(struct maker *m, int32_t depth)
{
    struct expr *expr = kit_expr(m->arena, EXPR_ARITHMETIC, TYPE_COUNT);
    expr->op = (enum expr_op)(OP_ADD + die(m, 3));
    return kit_with(m->arena, expr,
                    KIT_CHILDREN(any_count(m, depth - 1),
                                 die(m, 2) ? kit_literal(m->arena, TYPE_COUNT, die(m, 4))
                                           : any_count(m, 0)));
}

static struct expr *any_parameter(struct maker *m)
{
    struct expr *level = any_field(m, TYPE_ENUM);
    struct expr *expr = kit_expr(m->arena, EXPR_PARAMETER, TYPE_COUNT);
    expr->statement = level ? m->parameter_by_level : m->parameter;
    return level ? kit_with(m->arena, expr, KIT_CHILDREN(level)) : expr;
}

static struct expr *any_lookup(struct maker *m)
{
    struct expr *expr = kit_expr(m->arena, EXPR_TABLE, TYPE_COUNT);
    expr->statement = m->table;
    struct expr *level = any_field(m, TYPE_ENUM);
    return kit_with(m->arena, expr,
                    KIT_CHILDREN(level ? level : kit_literal(m->arena, TYPE_ENUM, 3),
                                 any_count(m, 0)));
}

static struct expr *any_count(struct maker *m, int32_t depth)
{
    struct expr *field = NULL;
    switch (depth > 0 ? die(m, 9) : die(m, 4)) {
    case 0:
    case 1:
        field = any_field(m, die(m, 2) ? TYPE_COUNT : TYPE_MONEY);
        break;
    case 2:
        field = any_field(m, TYPE_MONTH);
        break;
    case 3:
        return any_parameter(m);
    case 4:
        return any_aggregate(m, (enum expr_aggregate)(AGGREGATE_COUNT + die(m, 5)), depth);
    case 5:
        return any_choice(m, depth);
    case 6:
        return any_arithmetic(m, depth);
    case 7:
        return any_lookup(m);
    default:
        return kit_call(m->arena,
                        (enum expr_function)(FUNCTION_YEARS_BETWEEN + die(m, 3)), TYPE_COUNT,
                        KIT_CHILDREN(any_day_value(m, 0), any_day_value(m, 0)));
    }
    return field ? field : kit_literal(m->arena, TYPE_COUNT, die(m, 50));
}

static struct expr *any_in(struct maker *m)
{
    struct expr *field = any_field(m, die(m, 2) ? TYPE_ENUM : TYPE_CODE);
    if (!field)
        return NULL;
    bool is_enum = field->type.kind == TYPE_ENUM;
    struct expr *members[3];
    for (int32_t i = 0; i < 3; i++)
        members[i] = kit_literal(m->arena, field->type.kind,
                                 is_enum ? 1 + die(m, 6) : any_occupation(&m->dice));
    return kit_with(m->arena, kit_expr(m->arena, EXPR_IN, TYPE_BOOL),
                    KIT_CHILDREN(field, members[0], members[1], members[2]));
}

static struct expr *any_code_condition(struct maker *m)
{
    struct expr *field = any_field(m, TYPE_CODE);
    if (!field)
        return NULL;
    bool is_division = field->type.target == 0;
    if (is_division)
        return kit_with(m->arena, kit_expr(m->arena, EXPR_WITHIN_CODE, TYPE_BOOL),
                        KIT_CHILDREN(field, kit_literal(m->arena, TYPE_CODE,
                                                        die(m, 2) ? 370800 : 370000)));
    struct expr *expr = kit_expr(m->arena, EXPR_REGISTER, TYPE_BOOL);
    expr->statement = m->shortage;
    expr->outside_register = die(m, 2) ? 0 : -1;
    return die(m, 2) ? kit_with(m->arena, expr, KIT_CHILDREN(field))
                     : kit_with(m->arena, expr, KIT_CHILDREN(field, any_day_value(m, 0)));
}

static struct expr *any_calendar_condition(struct maker *m)
{
    struct expr *day = any_day_value(m, 0);
    switch (die(m, 3)) {
    case 0:
        return kit_call(m->arena, FUNCTION_IN_PERIOD, TYPE_BOOL, KIT_CHILDREN(day));
    case 1:
        return kit_call(m->arena, FUNCTION_IN_WINDOW, TYPE_BOOL,
                        KIT_CHILDREN(day, any_day_value(m, 0),
                                     kit_literal(m->arena, TYPE_MONTHS, die(m, 24))));
    default:
        return kit_call(m->arena, FUNCTION_HOLDS_ON, TYPE_BOOL,
                        KIT_CHILDREN(day, any_day_value(m, 1), any_date(m)));
    }
}

static struct expr *any_define(struct maker *m)
{
    int32_t table = here(m);
    struct expr *expr = kit_expr(m->arena, EXPR_DEFINE, TYPE_BOOL);
    if (die(m, 3) == 0 && table == KIT_PERSON) {
        expr->through = KIT_EMPLOYER;
        table = KIT_BODY;
    } else if (die(m, 3) == 0 && vocab_owner(&kit_vocab, table) >= 0) {
        expr->up = 1;
        table = vocab_owner(&kit_vocab, table);
    }
    expr->statement = m->defines[table];
    expr->table = table;
    return expr->statement >= 0 ? expr : NULL;
}

/* A classification: the first condition that is not false gives its number. */
static struct expr *any_class(struct maker *m, int32_t depth)
{
    struct expr *expr = kit_expr(m->arena, EXPR_CHOOSE, TYPE_COUNT);
    return kit_with(m->arena, expr,
                    KIT_CHILDREN(any_truth(m, depth - 1),
                                 kit_literal(m->arena, TYPE_COUNT, die(m, 4)),
                                 any_truth(m, depth - 1),
                                 kit_literal(m->arena, TYPE_COUNT, die(m, 4)),
                                 kit_literal(m->arena, TYPE_COUNT, die(m, 4))));
}

static struct expr *any_compare(struct maker *m, int32_t depth)
{
    enum expr_op op = (enum expr_op)(OP_EQUAL + die(m, 6));
    if (depth > 0 && die(m, 3) == 0)
        return kit_compare(m->arena, op, any_class(m, depth),
                           kit_literal(m->arena, TYPE_COUNT, die(m, 4)));
    struct expr *level = die(m, 2) ? any_field(m, TYPE_ENUM) : NULL;
    if (level)
        return kit_compare(m->arena, op, level, kit_literal(m->arena, TYPE_ENUM, 1 + die(m, 6)));
    if (die(m, 2))
        return kit_compare(m->arena, op, any_day_value(m, depth), any_day_value(m, 0));
    return kit_compare(m->arena, op, any_count(m, depth),
                       kit_literal(m->arena, TYPE_COUNT, die(m, 40)));
}

static struct expr *any_logic(struct maker *m, int32_t depth)
{
    struct expr *expr = kit_expr(m->arena, die(m, 3) ? EXPR_AND : EXPR_OR, TYPE_BOOL);
    return kit_with(m->arena, expr,
                    KIT_CHILDREN(any_truth(m, depth - 1), any_truth(m, depth - 1),
                                 any_truth(m, depth - 1)));
}

static struct expr *any_truth(struct maker *m, int32_t depth)
{
    struct expr *made = NULL;
    switch (die(m, depth > 0 ? 10 : 5)) {
    case 0:
        made = any_in(m);
        break;
    case 1:
        made = any_code_condition(m);
        break;
    case 2:
        made = any_calendar_condition(m);
        break;
    case 3:
        made = any_field(m, TYPE_BOOL);
        break;
    case 5:
    case 6:
        made = m->scope_count < 4
                   ? any_aggregate(m, die(m, 3) ? AGGREGATE_HAS : AGGREGATE_HAS_NO, depth)
                   : NULL;
        break;
    case 7:
        made = any_logic(m, depth);
        break;
    case 8:
        made = kit_with(m->arena,
                        kit_expr(m->arena, die(m, 3) ? EXPR_NOT : EXPR_KNOWN, TYPE_BOOL),
                        KIT_CHILDREN(any_truth(m, depth - 1)));
        break;
    case 9:
        made = any_define(m);
        break;
    default:
        break;
    }
    return made ? made : any_compare(m, depth);
}

static void add_values(struct maker *m)
{
    static const int64_t early[] = {7}, late[] = {9}, keys[] = {1, 2, 3, 4},
                         by_key[] = {5, 10, 15, 20}, members[] = {3, 5}, outputs[] = {3, 8};
    static const struct parameter_row plain[] = {
        {.from_day = 18600, .values = early, .value_count = 1},
        {.from_day = 19400, .values = late, .value_count = 1}};
    static const struct parameter_row by_level[] = {
        {.from_day = 19000, .keys = keys, .values = by_key, .value_count = 4},
        {.from_day = 19700, .keys = keys + 1, .values = by_key + 2, .value_count = 2}};
    static const struct register_row codes[] = {{6180101, 19000, 19500}, {6310102, 19200, 20000}};
    static const struct table_cell cells[] = {
        {1, 2, NULL, 0}, {INT64_MIN + 1, INT64_MAX, NULL, 0},
        {0, 0, members, 2}, {10, 30, NULL, 0}};
    static struct parameter parameters[] = {{{TYPE_COUNT, -1}, -1, plain, 2},
                                            {{TYPE_COUNT, -1}, 0, by_level, 2}};
    static struct register_statement shortage = {1, -1, codes, 2};
    static struct table_statement table = {
        .input_count = 2, .cells = cells, .outputs = outputs, .row_count = 2};
    table.has_otherwise = die(m, 2);
    table.otherwise = 1;
    m->parameter = m->policy->statement_count;
    kit_statement(m->policy, STATEMENT_PARAMETER, "p")->as.parameter = &parameters[0];
    m->parameter_by_level = m->policy->statement_count;
    kit_statement(m->policy, STATEMENT_PARAMETER, "q")->as.parameter = &parameters[1];
    m->shortage = m->policy->statement_count;
    kit_statement(m->policy, STATEMENT_REGISTER, "s")->as.reg = &shortage;
    m->table = m->policy->statement_count;
    kit_statement(m->policy, STATEMENT_TABLE, "t")->as.table = &table;
}

static void add_define(struct maker *m, int32_t table)
{
    struct define *define = kit_alloc(m->arena, sizeof *define);
    define->subject = table;
    m->scope_tables[0] = table;
    m->scope_count = 1;
    define->value = any_truth(m, 2);
    m->defines[table] = m->policy->statement_count;
    kit_statement(m->policy, STATEMENT_DEFINE, "d")->as.define = define;
}

static void set_amount(struct maker *m, struct rule *rule, int32_t basis)
{
    m->scope_tables[0] = basis;
    rule->amount_kind = (enum amount_kind)(AMOUNT_EXACT + (die(m, 3) ? 0 : die(m, 4)));
    rule->amount = any_count(m, 2);
    rule->amount->type.kind = TYPE_MONEY;
}

static void add_exception(struct maker *m, int32_t base, const struct rule *rule)
{
    bool stops = die(m, 2);
    struct rule *other =
        kit_rule(m->policy, stops ? STATEMENT_NOT_APPLICABLE : STATEMENT_EXCEPTION, "x",
                 PERIOD_ONCE);
    other->base = base;
    m->scope_tables[0] = rule->subject;
    other->where = die(m, 4) ? any_truth(m, 1) : NULL;
    m->scope_tables[0] = rule->each;
    other->each_where = rule->each >= 0 && die(m, 2) ? any_truth(m, 1) : NULL;
    if (!stops)
        set_amount(m, other, rule->each >= 0 ? rule->each : rule->subject);
}

static void add_keys(struct maker *m, struct rule *rule)
{
    struct expr **distinct = kit_alloc(m->arena, sizeof *distinct * 2);
    struct order_key *order = kit_alloc(m->arena, sizeof *order);
    distinct[0] = kit_field(m->arena, KIT_CERTIFICATE, die(m, 2) ? KIT_OCCUPATION : KIT_LEVEL);
    rule->distinct = distinct;
    rule->distinct_count = (int32_t)die(m, 2);
    rule->best_count = (int32_t)die(m, 3);
    order->key = any_count(m, 1);
    order->descending = die(m, 2);
    rule->best_order = order;
    rule->best_order_count = (int32_t)die(m, 2);
}

static void add_rule(struct maker *m)
{
    int32_t statement = m->policy->statement_count;
    struct rule *rule =
        kit_rule(m->policy, STATEMENT_GRANT, "r", (enum period_kind)die(m, 4));
    rule->period_years = 2;
    rule->subject = die(m, 5) ? KIT_PERSON : KIT_BODY;
    m->scope_count = 1;
    m->scope_tables[0] = rule->subject;
    rule->where = die(m, 5) ? any_truth(m, 3) : NULL;
    rule->each = rule->subject == KIT_PERSON && die(m, 2) ? KIT_CERTIFICATE : -1;
    int32_t basis = rule->each >= 0 ? rule->each : rule->subject;
    m->scope_tables[0] = basis;
    if (rule->each >= 0) {
        rule->each_where = die(m, 5) ? any_truth(m, 3) : NULL;
        add_keys(m, rule);
    }
    rule->anchor = die(m, 3) == 0 ? any_field(m, TYPE_DAY) : NULL;
    rule->payee = die(m, 3) == 0 ? any_field(m, TYPE_REF) : NULL;
    rule->quota.present = die(m, 5) == 0;
    rule->quota.limit = kit_literal(m->arena, TYPE_COUNT, die(m, 20));
    rule->quota.period_years = (int32_t)die(m, 3);
    set_amount(m, rule, basis);
    for (uint32_t i = die(m, 3); i > 0; i--)
        add_exception(m, statement, rule);
}

/* Of half of the policies the money of two rules may be taken back. */
static struct settlement_clause claw_back_of(struct maker *m, const int32_t *rules)
{
    struct expr **conditions = kit_alloc(m->arena, sizeof *conditions * 2);
    m->scope_count = 1;
    for (int32_t i = 0; i < 2; i++) {
        struct rule *rule = m->policy->statements[rules[i]].as.rule;
        rule->reaches_back = true;
        m->scope_tables[0] = rule->each >= 0 ? rule->each : rule->subject;
        conditions[i] = any_truth(m, 2);
    }
    return (struct settlement_clause){
        .kind = SETTLEMENT_CLAW_BACK, .rules = rules, .rule_count = 2, .period = PERIOD_ONCE,
        .keys = conditions,
        .amount = die(m, 3) ? kit_literal(m->arena, TYPE_MONEY, die(m, 60)) : NULL};
}

static void add_settlement(struct maker *m, int32_t first_rule)
{
    int32_t rules[KIT_STATEMENTS_MAX];
    int32_t count = 0;
    for (int32_t s = first_rule; s < m->policy->statement_count; s++)
        if (m->policy->statements[s].kind == STATEMENT_GRANT &&
            m->policy->statements[s].as.rule->subject == KIT_PERSON)
            rules[count++] = s;
    if (count < 2)
        return;
    int32_t *copy = kit_alloc(m->arena, sizeof rules);
    memcpy(copy, rules, sizeof rules);
    struct settlement_clause *clauses = kit_alloc(m->arena, sizeof *clauses * 3);
    int32_t clause_count = die(m, 2) ? 3 : 2;
    for (int32_t i = 0; i < 2; i++)
        clauses[i] = (struct settlement_clause){
            .kind = i ? SETTLEMENT_CAP : SETTLEMENT_HIGHER_OF, .rules = copy,
            .rule_count = i ? count : 2, .period = (enum period_kind)die(m, 3),
            .amount = kit_literal(m->arena, TYPE_MONEY, die(m, 100))};
    struct settlement *settlement = kit_alloc(m->arena, sizeof *settlement);
    if (clause_count == 3)
        clauses[2] = claw_back_of(m, copy);
    *settlement = (struct settlement){clauses, clause_count};
    kit_statement(m->policy, STATEMENT_SETTLEMENT, "")->as.settlement = settlement;
}

KIT struct policy *random_policy(struct arena *arena, uint64_t seed)
{
    struct maker m = {.arena = arena, .dice = {seed}};
    int32_t from = DAY_FROM + (int32_t)roll(&m.dice, 900);
    m.policy = kit_policy(arena, from, roll(&m.dice, 2) ? INT32_MAX : from + 700);
    for (int32_t t = 0; t < KIT_TABLE_COUNT; t++)
        m.defines[t] = -1;
    add_values(&m);
    for (int32_t t = KIT_TABLE_COUNT - 1; t >= 0; t--)
        add_define(&m, t);
    int32_t first_rule = m.policy->statement_count;
    for (int32_t i = 0; i < 4; i++)
        add_rule(&m);
    add_settlement(&m, first_rule);
    return m.policy;
}

#endif
