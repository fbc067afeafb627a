#include "policy/settle.h"

#include "policy_kit.h"

#include <stdlib.h>

/* Caps against what a clause says in one sentence: each amount takes what is left. */

enum { RULES = 3, SUBJECTS = 400 };

static struct arena arena;

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static struct policy *capped_policy(int64_t cap_fen)
{
    static int32_t rules[RULES] = {1, 0, 2}; /* the order in which the cap is filled */
    struct policy *policy = kit_policy(&arena, kit_day(2022, 1, 1), INT32_MAX);
    for (int32_t r = 0; r < RULES; r++)
        kit_pay(policy, kit_rule(policy, STATEMENT_GRANT, "补贴", PERIOD_YEAR), 1);
    struct settlement *settlement = kit_alloc(&arena, sizeof *settlement);
    struct settlement_clause *clause = kit_alloc(&arena, sizeof *clause);
    *clause = (struct settlement_clause){
        .kind = SETTLEMENT_CAP, .rules = rules, .rule_count = RULES, .period = PERIOD_YEAR,
        .amount = kit_literal(&arena, TYPE_MONEY, cap_fen)};
    settlement->clauses = clause;
    settlement->clause_count = 1;
    kit_statement(policy, STATEMENT_SETTLEMENT, "")->as.settlement = settlement;
    return policy;
}

static int64_t some_amount(uint64_t *seed, int64_t cap_fen)
{
    int64_t amounts[] = {cap_fen / 3, cap_fen / 3 + 1, cap_fen, cap_fen / 249, cap_fen + 1,
                         cap_fen / 2, cap_fen * 2,     1,       0};
    return amounts[next_random(seed) % (sizeof amounts / sizeof amounts[0])];
}

/* One decision of each rule and year 2022, 2023 for about half the subjects. */
static void list_candidates(struct decision_list *list, int64_t cap_fen, uint64_t *seed)
{
    for (int32_t r = 0; r < RULES; r++)
        for (int32_t year = 2022; year <= 2023; year++)
            for (int32_t subject = 0; subject < SUBJECTS; subject++) {
                if (next_random(seed) % 2 == 0)
                    continue;
                int64_t fen = some_amount(seed, cap_fen);
                struct decision decision = {.statement = r, .subject_row = subject,
                                            .basis_row = subject, .period = year,
                                            .amount_fen = fen, .gross_fen = fen, .payee_row = -1,
                                            .exception = -1, .cut_by = -1, .lane = LANE_GRANTED,
                                            .day = kit_day(year, 1, 1)};
                EXPECT(decision_list_add(list, &decision, NULL));
            }
}

static int64_t left_fen(const struct decision_list *list, int64_t cap_fen,
                        const struct decision *of)
{
    static const int32_t turn_of[RULES] = {1, 0, 2};
    int64_t room_fen = cap_fen;
    for (int64_t i = 0; i < list->row_count; i++) { /* what came before takes its part */
        const struct decision *other = &list->rows[i];
        if (other->subject_row == of->subject_row && other->period == of->period &&
            turn_of[other->statement] < turn_of[of->statement])
            room_fen -= other->gross_fen < room_fen ? other->gross_fen : room_fen;
    }
    return of->gross_fen < room_fen ? of->gross_fen : room_fen;
}

static void expect_capped(const struct decision_list *before, const struct eval_result *result,
                          int64_t cap_fen)
{
    EXPECT_INT(before->row_count, result->decision_count);
    for (int64_t i = 0; i < result->decision_count; i++) {
        const struct decision *decision = &result->decisions[i];
        int64_t expected_fen = left_fen(before, cap_fen, &before->rows[i]);
        EXPECT_INT(expected_fen, decision->amount_fen);
        EXPECT_INT(expected_fen < decision->gross_fen ? 0 : -1, decision->cut_by);
    }
}

TEST(settle_candidates__cuts_whatever_goes_beyond_a_cap_and_nothing_else)
{
    static const int64_t caps_fen[] = {0, 1, 3, 248, 249, 250, 1000000, (INT64_C(1) << 50) + 1};
    arena_init(&arena, 1 << 24);
    struct world *world = kit_world();
    EXPECT_OK(world_seal(world, NULL));
    struct eval_request request = {kit_day(2023, 12, 31), kit_day(2022, 1, 1), 1};
    uint64_t seed = 3;
    for (size_t i = 0; i < sizeof caps_fen / sizeof caps_fen[0]; i++) {
        struct decision_list list = {0}, before = {0};
        list_candidates(&list, caps_fen[i], &seed);
        for (int64_t k = 0; k < list.row_count; k++)
            EXPECT(decision_list_add(&before, &list.rows[k], NULL));
        struct eval_result *result;
        EXPECT_OK(settle_candidates(capped_policy(caps_fen[i]), world, &request, &list, &result,
                                    NULL));
        expect_capped(&before, result, caps_fen[i]);
        eval_result_free(result);
        decision_list_done(&list);
        decision_list_done(&before);
    }
    world_free(world);
    arena_done(&arena);
}

/* Rule 0 has a quota; rules 1 and 2 are settled with each other, and 0 and 1 stand in a clause of
 * the kind given. */
static struct policy *policy_with_quota(enum settlement_kind kind)
{
    static int32_t both[] = {1, 2}, with_quota[] = {0, 1};
    struct policy *policy = capped_policy(100);
    policy->statements[0].as.rule->quota =
        (struct quota){.present = true, .limit = kit_literal(&arena, TYPE_COUNT, 1)};
    struct settlement_clause *clauses = kit_alloc(&arena, 2 * sizeof *clauses);
    clauses[0] = (struct settlement_clause){
        .kind = SETTLEMENT_HIGHER_OF, .rules = both, .rule_count = 2, .period = PERIOD_YEAR};
    clauses[1] = (struct settlement_clause){.kind = kind, .rules = with_quota, .rule_count = 2,
                                            .period = PERIOD_YEAR};
    struct settlement *settlement = policy->statements[RULES].as.settlement;
    settlement->clauses = clauses;
    settlement->clause_count = 2;
    return policy;
}

static void expect_waiting(enum settlement_kind kind, bool others_wait)
{
    struct world *world = kit_world();
    EXPECT_OK(world_seal(world, NULL));
    struct policy *policy = policy_with_quota(kind);
    struct rule_run runs[RULES] = {{.statement = 0}, {.statement = 1}, {.statement = 2}};
    struct settler settler;
    EXPECT_OK(settler_make(&settler, policy, world, runs, RULES, NULL));
    EXPECT(settler_waits_for_quota(&settler, 0));
    EXPECT_INT(others_wait, settler_waits_for_quota(&settler, 1));
    EXPECT_INT(others_wait, settler_waits_for_quota(&settler, 2));
    settler_done(&settler);
    world_free(world);
}

TEST(settler_waits_for_quota__reaches_through_clauses_that_change_something)
{
    arena_init(&arena, 1 << 24);
    expect_waiting(SETTLEMENT_EXCLUSIVE, true);
    expect_waiting(SETTLEMENT_STACK, false);
    arena_done(&arena);
}
