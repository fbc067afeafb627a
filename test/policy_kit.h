/* policy_kit.h — a small vocabulary, worlds and typed expressions made by hand, for the tests of
 * the policy engine's back end. */
#ifndef BAIGONG_POLICY_KIT_H
#define BAIGONG_POLICY_KIT_H

#include "policy/ast.h"
#include "policy/column.h"
#include "base/day.h"
#include "unit.h"

#include <stdlib.h>

#define KIT __attribute__((unused)) static

enum kit_table { KIT_PERSON, KIT_CERTIFICATE, KIT_BODY, KIT_ROLE, KIT_TRAINING, KIT_TABLE_COUNT };
enum kit_person { KIT_BIRTH, KIT_DIVISION, KIT_SCORE, KIT_EMPLOYER, KIT_MEMBER };
enum kit_certificate { KIT_LEVEL, KIT_ISSUED, KIT_OCCUPATION, KIT_EXPIRES, KIT_FEE };
enum kit_body { KIT_SCALE, KIT_FOUNDED };
enum kit_role { KIT_KIND, KIT_FROM, KIT_TO };
enum kit_training { KIT_SPONSOR, KIT_HOURS, KIT_START_MONTH, KIT_END_MONTH };

#define KIT_FIELD(name, label, type, target, need)                                                \
    {name, label, FIELD_##type, target, NEED_##need, PRIVACY_OPEN, "", 0}

static const struct field_desc kit_person_fields[] = {
    KIT_FIELD("birth_day", "出生日期", DAY, "", OPTIONAL),
    KIT_FIELD("division", "区划", CODE, "division", REQUIRED),
    KIT_FIELD("score", "评分", COUNT, "", OPTIONAL),
    KIT_FIELD("employer", "单位", REF, "body", OPTIONAL),
    KIT_FIELD("member", "会员", BOOL, "", DEFAULT_NO),
};
static const struct field_desc kit_certificate_fields[] = {
    KIT_FIELD("level", "等级", ENUM, "skill_level", OPTIONAL),
    KIT_FIELD("issued_day", "发证日期", DAY, "", REQUIRED),
    KIT_FIELD("occupation", "职业", CODE, "occupation", REQUIRED),
    KIT_FIELD("expires_day", "有效期至", DAY, "", OPEN_END),
    KIT_FIELD("fee_fen", "费用", MONEY, "", OPTIONAL),
};
static const struct field_desc kit_body_fields[] = {
    KIT_FIELD("above_scale", "规模以上", BOOL, "", OPTIONAL),
    KIT_FIELD("founded_day", "成立日期", DAY, "", OPTIONAL),
};
static const struct field_desc kit_role_fields[] = {
    KIT_FIELD("kind", "角色", ENUM, "skill_level", REQUIRED),
    KIT_FIELD("from_day", "备案日期", DAY, "", REQUIRED),
    KIT_FIELD("to_day", "失效日期", DAY, "", OPEN_END),
};
static const struct field_desc kit_training_fields[] = {
    KIT_FIELD("sponsor", "委托单位", REF, "body", OPTIONAL),
    KIT_FIELD("class_hours", "课时", COUNT, "", OPTIONAL),
    KIT_FIELD("from_month", "起始月份", MONTH, "", REQUIRED),
    KIT_FIELD("to_month", "截止月份", MONTH, "", REQUIRED),
};
static const struct record_desc kit_records[] = {
    [KIT_PERSON] = {"person", "人员", "", 0, kit_person_fields, 5},
    [KIT_CERTIFICATE] = {"certificate", "证书", "person", 0, kit_certificate_fields, 5},
    [KIT_BODY] = {"body", "单位", "", 0, kit_body_fields, 2},
    [KIT_ROLE] = {"role", "备案", "body", 0, kit_role_fields, 3},
    [KIT_TRAINING] = {"training", "培训", "person", 0, kit_training_fields, 4},
};
static const struct code_desc kit_levels[] = {
    {1, "apprentice", "学徒工", ""},  {2, "junior_worker", "初级工", ""},
    {3, "intermediate_worker", "中级工", ""}, {4, "senior_worker", "高级工", ""},
    {5, "technician", "技师", ""},    {6, "senior_technician", "高级技师", ""},
};
static const struct enum_desc kit_enums[] = {{"skill_level", "技能等级", true, kit_levels, 6}};
static const struct catalogue_entry kit_divisions[] = {
    {370000, {"山东省", 9}, {NULL, 0}, INT32_MIN, INT32_MAX},
    {370800, {"济宁市", 9}, {NULL, 0}, INT32_MIN, INT32_MAX},
    {370811, {"任城区", 9}, {NULL, 0}, INT32_MIN, INT32_MAX},
    {370900, {"泰安市", 9}, {NULL, 0}, INT32_MIN, INT32_MAX},
};
static const int32_t kit_divisions_by_name[] = {2, 0, 3, 1};
static const struct catalogue_entry kit_occupations[] = {
    {6180101, {"车工", 6}, {"6-18-01-01", 10}, INT32_MIN, INT32_MAX},
    {6180102, {"铣工", 6}, {"6-18-01-02", 10}, INT32_MIN, INT32_MAX},
    {6310102, {"钳工", 6}, {"6-31-01-02", 10}, INT32_MIN, INT32_MAX},
};
static const int32_t kit_occupations_by_name[] = {0, 1, 2};
static const struct catalogue kit_catalogues[] = {
    {"division", "区划", kit_divisions, 4, kit_divisions_by_name},
    {"occupation", "职业", kit_occupations, 3, kit_occupations_by_name},
};
static const struct catalogue_register_row kit_shortage_rows[] = {
    {6180101, 18628, 19357}, {6180101, 19723, 20000}, {6180102, 19000, 19999},
};
static const struct catalogue_register kit_registers[] = {
    {{"急需紧缺目录", 18}, "occupation", kit_shortage_rows, 3},
};
static const struct vocab kit_vocab = {kit_records, KIT_TABLE_COUNT, kit_enums, 1,
                                       kit_catalogues, 2, kit_registers, 1, NULL, SPELLING_EN};

/* Days of the calendar by name, so that tests read like cases. */
KIT int32_t kit_day(int32_t year, int32_t month, int32_t day_of_month)
{
    int32_t day = 0;
    check(day_from_civil(year, month, day_of_month, &day));
    return day;
}

KIT struct world *kit_world(void)
{
    struct world *world;
    EXPECT_OK(world_new(&kit_vocab, &world, NULL));
    return world;
}

#define KIT_ROW(world, table, id, owner, ...)                                                     \
    EXPECT_OK(world_append((world), (table), (id), (owner), (int64_t[]){__VA_ARGS__}, NULL))

/* ---- expressions ---- */

KIT void *kit_alloc(struct arena *arena, size_t size)
{
    void *made = arena_alloc(arena, size);
    check(made != NULL);
    return made;
}

KIT struct expr *kit_expr(struct arena *arena, enum expr_kind kind, enum type_kind type)
{
    struct expr *expr = kit_alloc(arena, sizeof *expr);
    expr->kind = kind;
    expr->type.kind = type;
    expr->through = -1;
    expr->inverse = -1;
    expr->statement = -1;
    expr->outside_register = -1;
    return expr;
}

KIT struct expr *kit_with(struct arena *arena, struct expr *expr, int32_t count,
                          struct expr *const *children)
{
    expr->children = kit_alloc(arena, sizeof *expr->children * (size_t)(count + 1));
    memcpy(expr->children, children, sizeof *expr->children * (size_t)count);
    expr->child_count = count;
    return expr;
}

#define KIT_CHILDREN(...)                                                                         \
    (int32_t)(sizeof((struct expr *[]){__VA_ARGS__}) / sizeof(struct expr *)),                    \
        (struct expr *[]){__VA_ARGS__}

KIT struct expr *kit_literal(struct arena *arena, enum type_kind type, int64_t value)
{
    struct expr *expr = kit_expr(arena, EXPR_LITERAL, type);
    expr->value = value;
    return expr;
}

KIT struct type kit_field_type(int32_t table, int32_t field)
{
    static const enum type_kind kinds[] = {
        [FIELD_DAY] = TYPE_DAY,     [FIELD_MONTH] = TYPE_MONTH, [FIELD_COUNT] = TYPE_COUNT,
        [FIELD_MONEY] = TYPE_MONEY, [FIELD_BOOL] = TYPE_BOOL,   [FIELD_ENUM] = TYPE_ENUM,
        [FIELD_CODE] = TYPE_CODE,   [FIELD_REF] = TYPE_REF,
    };
    const struct field_desc *desc = &kit_records[table].fields[field];
    struct str target = str_from(desc->target);
    struct type type = {kinds[desc->type], -1};
    if (type.kind == TYPE_ENUM)
        type.target = vocab_enum(&kit_vocab, target);
    if (type.kind == TYPE_CODE)
        type.target = vocab_catalogue(&kit_vocab, target);
    if (type.kind == TYPE_REF)
        type.target = vocab_table(&kit_vocab, target);
    return type;
}

KIT struct expr *kit_field(struct arena *arena, int32_t table, int32_t field)
{
    struct expr *expr = kit_expr(arena, EXPR_FIELD, TYPE_NONE);
    expr->type = kit_field_type(table, field);
    expr->table = table;
    expr->field = field;
    return expr;
}

KIT struct expr *kit_compare(struct arena *arena, enum expr_op op, struct expr *a, struct expr *b)
{
    struct expr *expr = kit_expr(arena, EXPR_COMPARE, TYPE_BOOL);
    expr->op = op;
    return kit_with(arena, expr, KIT_CHILDREN(a, b));
}

KIT struct expr *kit_call(struct arena *arena, enum expr_function function, enum type_kind type,
                          int32_t count, struct expr *const *children)
{
    struct expr *expr = kit_expr(arena, EXPR_CALL, type);
    expr->function = function;
    return kit_with(arena, expr, count, children);
}

KIT struct expr *kit_context(struct arena *arena, enum expr_context context)
{
    struct expr *expr = kit_expr(arena, EXPR_CONTEXT, TYPE_DAY);
    expr->context = context;
    return expr;
}

KIT struct expr *kit_aggregate(struct arena *arena, enum expr_aggregate aggregate, int32_t table,
                               struct expr *where, struct expr *value)
{
    bool is_truth = aggregate == AGGREGATE_HAS || aggregate == AGGREGATE_HAS_NO;
    struct expr *expr = kit_expr(arena, EXPR_AGGREGATE, is_truth ? TYPE_BOOL : TYPE_COUNT);
    expr->aggregate = aggregate;
    expr->table = table;
    expr->where = where;
    expr->aggregated = value;
    if (value && aggregate != AGGREGATE_DISTINCT)
        expr->type = value->type;
    return expr;
}

/* ---- policies ---- */

enum { KIT_STATEMENTS_MAX = 64 };

KIT struct policy *kit_policy(struct arena *arena, int32_t in_force_day, int32_t ends_day)
{
    struct policy *policy = kit_alloc(arena, sizeof *policy);
    policy->arena = arena;
    policy->vocab = &kit_vocab;
    policy->documents = kit_alloc(arena, sizeof *policy->documents);
    policy->documents[0].path = STR("kit.md");
    policy->documents[0].in_force_day = in_force_day;
    policy->documents[0].ends_day = ends_day;
    policy->document_count = 1;
    policy->articles = kit_alloc(arena, sizeof *policy->articles);
    policy->articles[0].id = STR("a1");
    policy->articles[0].heading = STR("第一条");
    policy->article_count = 1;
    policy->statements = kit_alloc(arena, sizeof *policy->statements * KIT_STATEMENTS_MAX);
    return policy;
}

KIT struct statement *kit_statement(struct policy *policy, enum statement_kind kind,
                                    const char *name)
{
    check(policy->statement_count < KIT_STATEMENTS_MAX);
    struct statement *statement = &policy->statements[policy->statement_count++];
    statement->kind = kind;
    statement->name = str_from(name);
    policy_link(policy, policy->statement_count - 1);
    return statement;
}

KIT struct rule *kit_rule(struct policy *policy, enum statement_kind kind, const char *name,
                          enum period_kind period)
{
    struct rule *rule = kit_alloc(policy->arena, sizeof *rule);
    kit_statement(policy, kind, name)->as.rule = rule;
    rule->subject = KIT_PERSON;
    rule->each = -1;
    rule->period = period;
    rule->fund = -1;
    rule->base = -1;
    return rule;
}

KIT void kit_pay(struct policy *policy, struct rule *rule, int64_t fen)
{
    rule->amount_kind = AMOUNT_EXACT;
    rule->amount = kit_literal(policy->arena, TYPE_MONEY, fen);
}

#endif
