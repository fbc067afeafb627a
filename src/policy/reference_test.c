#include "policy/reference.h"

#include "policy_kit.h"

#define NONE ABSENT_I64

static struct arena arena;

static void start(void)
{
    arena_init(&arena, 1 << 24);
}

static struct eval_result *run(const struct policy *policy, const struct world *world, int32_t day,
                               int32_t since_day)
{
    struct eval_request request = {day, since_day, 1};
    struct eval_result *result;
    EXPECT_OK(reference_run(policy, world, &request, &result, NULL));
    return result;
}

static struct expr *level_at_least(int64_t level)
{
    return kit_compare(&arena, OP_GREATER_EQUAL, kit_field(&arena, KIT_CERTIFICATE, KIT_LEVEL),
                       kit_literal(&arena, TYPE_ENUM, level));
}

/* Person 1 has a senior certificate, 2 one of unknown level, 3 a junior one, 4 none. */
static struct world *levels_world(void)
{
    struct world *world = kit_world();
    for (int64_t id = 1; id <= 4; id++)
        KIT_ROW(world, KIT_PERSON, id, 0, 5000, 370811, id, NONE, NONE);
    KIT_ROW(world, KIT_CERTIFICATE, 11, 1, 4, 19400, 6180101, NONE, 100);
    KIT_ROW(world, KIT_CERTIFICATE, 12, 2, NONE, 19400, 6180101, NONE, 100);
    KIT_ROW(world, KIT_CERTIFICATE, 13, 3, 2, 19400, 6180101, NONE, 100);
    KIT_ROW(world, KIT_CERTIFICATE, 14, 3, 5, 19800, 6180102, NONE, 200);
    EXPECT_OK(world_seal(world, NULL));
    return world;
}

TEST(reference_run__puts_each_subject_in_one_of_three_lanes)
{
    start();
    struct world *world = levels_world();
    struct policy *policy = kit_policy(&arena, kit_day(2023, 1, 1), INT32_MAX);
    struct rule *rule = kit_rule(policy, STATEMENT_GRANT, "津贴", PERIOD_YEAR);
    rule->where = kit_aggregate(&arena, AGGREGATE_HAS, KIT_CERTIFICATE, level_at_least(4), NULL);
    kit_pay(policy, rule, 100000);
    struct eval_result *result = run(policy, world, kit_day(2023, 12, 31), ABSENT_I32);
    EXPECT_INT(3, result->decision_count);
    EXPECT_INT(LANE_GRANTED, result->decisions[0].lane);
    EXPECT_INT(100000, result->decisions[0].amount_fen);
    EXPECT_INT(2023, result->decisions[0].period);
    EXPECT_INT(LANE_ASK, result->decisions[1].lane);
    EXPECT_INT(1, result->decisions[1].subject_row);
    EXPECT_INT(2, result->decisions[2].subject_row);
    EXPECT_INT(200000, result->totals[0].amount_fen);
    EXPECT_INT(2, result->totals[0].subject_count);
    EXPECT_INT(1, result->totals[0].ask_count);
    eval_result_free(result);
    world_free(world);
    arena_done(&arena);
}

TEST(reference_run__gives_one_decision_a_month_within_the_documents_span)
{
    start();
    struct world *world = levels_world();
    struct policy *policy = kit_policy(&arena, kit_day(2022, 8, 22), kit_day(2023, 3, 10));
    struct rule *rule = kit_rule(policy, STATEMENT_GRANT, "月津贴", PERIOD_MONTH);
    rule->where = kit_compare(&arena, OP_EQUAL, kit_field(&arena, KIT_PERSON, KIT_SCORE),
                              kit_literal(&arena, TYPE_COUNT, 1));
    kit_pay(policy, rule, 100);
    struct eval_result *result = run(policy, world, kit_day(2023, 6, 1), ABSENT_I32);
    EXPECT_INT(3, result->decision_count); /* January, February, March 2023 */
    EXPECT_INT(2023 * 12 + 2, result->decisions[2].period);
    eval_result_free(result);
    result = run(policy, world, kit_day(2022, 9, 1), kit_day(2022, 1, 1));
    EXPECT_INT(2, result->decision_count); /* August (from the 22nd) and September */
    eval_result_free(result);
    result = run(policy, world, kit_day(2022, 8, 21), ABSENT_I32);
    EXPECT_INT(0, result->decision_count);
    eval_result_free(result);
    world_free(world);
    arena_done(&arena);
}

TEST(reference_run__keeps_the_best_basis_of_each_kind)
{
    start();
    struct world *world = kit_world();
    KIT_ROW(world, KIT_PERSON, 1, 0, 5000, 370811, 1, NONE, NONE);
    KIT_ROW(world, KIT_CERTIFICATE, 11, 1, 4, 19400, 6180101, NONE, 300);
    KIT_ROW(world, KIT_CERTIFICATE, 12, 1, 3, 19400, 6180101, NONE, 500);
    KIT_ROW(world, KIT_CERTIFICATE, 13, 1, 3, 19400, 6180102, NONE, 400);
    KIT_ROW(world, KIT_CERTIFICATE, 14, 1, 3, 19400, 6310102, NONE, 100);
    EXPECT_OK(world_seal(world, NULL));
    struct policy *policy = kit_policy(&arena, kit_day(2023, 1, 1), INT32_MAX);
    struct rule *rule = kit_rule(policy, STATEMENT_GRANT, "证书补贴", PERIOD_YEAR);
    rule->each = KIT_CERTIFICATE;
    rule->amount_kind = AMOUNT_EXACT;
    rule->amount = kit_field(&arena, KIT_CERTIFICATE, KIT_FEE);
    rule->distinct = (struct expr *[]){kit_field(&arena, KIT_CERTIFICATE, KIT_OCCUPATION)};
    rule->distinct_count = 1;
    rule->best_count = 2;
    struct eval_result *result = run(policy, world, kit_day(2023, 12, 31), ABSENT_I32);
    EXPECT_INT(2, result->decision_count);
    EXPECT_INT(1, result->decisions[0].basis_row);
    EXPECT_INT(2, result->decisions[1].basis_row);
    eval_result_free(result);
    world_free(world);
    arena_done(&arena);
}

TEST(reference_run__lets_exceptions_change_and_stop_a_rule)
{
    start();
    struct world *world = levels_world();
    struct policy *policy = kit_policy(&arena, kit_day(2023, 1, 1), INT32_MAX);
    struct rule *rule = kit_rule(policy, STATEMENT_GRANT, "津贴", PERIOD_ONCE);
    kit_pay(policy, rule, 100);
    struct rule *half = kit_rule(policy, STATEMENT_EXCEPTION, "减半", PERIOD_ONCE);
    half->base = 0;
    half->where = kit_compare(&arena, OP_EQUAL, kit_field(&arena, KIT_PERSON, KIT_SCORE),
                              kit_literal(&arena, TYPE_COUNT, 2));
    kit_pay(policy, half, 50);
    struct rule *not = kit_rule(policy, STATEMENT_NOT_APPLICABLE, "不适用", PERIOD_ONCE);
    not->base = 0;
    not->where = kit_compare(&arena, OP_EQUAL, kit_field(&arena, KIT_PERSON, KIT_SCORE),
                             kit_literal(&arena, TYPE_COUNT, 3));
    struct eval_result *result = run(policy, world, kit_day(2023, 12, 31), ABSENT_I32);
    EXPECT_INT(3, result->decision_count);
    EXPECT_INT(-1, result->decisions[0].exception);
    EXPECT_INT(50, result->decisions[1].amount_fen);
    EXPECT_INT(1, result->decisions[1].exception);
    EXPECT_INT(3, result->decisions[2].subject_row);
    eval_result_free(result);
    world_free(world);
    arena_done(&arena);
}

TEST(reference_run__settles_higher_of_then_cap_and_quota)
{
    start();
    struct world *world = levels_world();
    struct policy *policy = kit_policy(&arena, kit_day(2023, 1, 1), INT32_MAX);
    int64_t fen[] = {100, 300, 250, 0};
    struct order_key by_score = {kit_field(&arena, KIT_PERSON, KIT_SCORE), true};
    for (int32_t i = 0; i < 4; i++) {
        struct rule *rule =
            kit_rule(policy, i < 3 ? STATEMENT_GRANT : STATEMENT_CONFER, "r", PERIOD_YEAR);
        if (i < 3)
            kit_pay(policy, rule, fen[i]);
        rule->quota.limit = kit_literal(&arena, TYPE_COUNT, 2);
        rule->quota.present = i == 3;
        rule->quota.period_years = 1;
        rule->quota.order = &by_score;
        rule->quota.order_count = 1;
    }
    struct settlement_clause clauses[] = {
        {.kind = SETTLEMENT_HIGHER_OF, .rules = (int32_t[]){0, 1}, .rule_count = 2,
         .period = PERIOD_YEAR},
        {.kind = SETTLEMENT_CAP, .rules = (int32_t[]){2, 1}, .rule_count = 2,
         .period = PERIOD_YEAR, .amount = kit_literal(&arena, TYPE_MONEY, 400)},
    };
    kit_statement(policy, STATEMENT_SETTLEMENT, "")->as.settlement =
        &(struct settlement){clauses, 2};
    struct eval_result *result = run(policy, world, kit_day(2023, 12, 31), ABSENT_I32);
    EXPECT_INT(4 * 3 + 2, result->decision_count);
    EXPECT_INT(0, result->totals[0].amount_fen);
    EXPECT_INT(400, result->totals[0].cut_fen);
    EXPECT_INT(0, result->decisions[0].cut_by);
    EXPECT_INT(4 * 150, result->totals[1].amount_fen);
    EXPECT_INT(1, result->decisions[4].cut_by);
    EXPECT_INT(4 * 250, result->totals[2].amount_fen);
    EXPECT_INT(2, result->decisions[12].subject_row); /* the highest scores: persons 3 and 4 */
    EXPECT_INT(3, result->decisions[13].subject_row);
    eval_result_free(result);
    world_free(world);
    arena_done(&arena);
}

TEST(reference_value__leaves_an_aggregate_unknown_only_when_a_row_could_change_it)
{
    start();
    struct world *world = levels_world();
    struct policy *policy = kit_policy(&arena, kit_day(2023, 1, 1), INT32_MAX);
    struct reference_moment moment = {0, 0, 0};
    struct expr *count = kit_aggregate(&arena, AGGREGATE_COUNT, KIT_CERTIFICATE,
                                       level_at_least(4), NULL);
    struct expr *sum = kit_aggregate(&arena, AGGREGATE_SUM, KIT_CERTIFICATE, NULL,
                                     kit_field(&arena, KIT_CERTIFICATE, KIT_FEE));
    struct expr *highest = kit_aggregate(&arena, AGGREGATE_HIGHEST, KIT_CERTIFICATE, NULL,
                                         kit_field(&arena, KIT_CERTIFICATE, KIT_LEVEL));
    EXPECT_INT(1, reference_value(policy, world, count, KIT_PERSON, 0, &moment));
    EXPECT_INT(NONE, reference_value(policy, world, count, KIT_PERSON, 1, &moment));
    EXPECT_INT(0, reference_value(policy, world, count, KIT_PERSON, 3, &moment));
    EXPECT_INT(2, reference_value(policy, world, count, -1, -1, &moment)); /* what is certain */
    EXPECT_INT(300, reference_value(policy, world, sum, KIT_PERSON, 2, &moment));
    EXPECT_INT(5, reference_value(policy, world, highest, KIT_PERSON, 2, &moment));
    EXPECT_INT(NONE, reference_value(policy, world, highest, KIT_PERSON, 3, &moment));
    world_free(world);
    arena_done(&arena);
}
