#include "policy/eval.h"

#include "policy/next_change.h"
#include "policy/reference.h"
#include "policy/settle.h"
#include "policy_random.h"

/* What the vector evaluator decides must be what the reference decides, decision for decision, for
 * any number of threads. */

static void expect_same(const struct eval_result *expected, const struct eval_result *actual,
                        uint64_t seed)
{
    if (expected->decision_count != actual->decision_count)
        print_error("seed %llu: %lld decisions, the reference has %lld\n",
                    (unsigned long long)seed, (long long)actual->decision_count,
                    (long long)expected->decision_count);
    EXPECT_INT(expected->decision_count, actual->decision_count);
    for (int64_t i = 0; i < expected->decision_count; i++) {
        const struct decision *a = &expected->decisions[i];
        const struct decision *b = &actual->decisions[i];
        bool same = a->day == b->day && a->statement == b->statement &&
                    a->subject_row == b->subject_row &&
                    a->basis_row == b->basis_row && a->period == b->period &&
                    a->amount_fen == b->amount_fen && a->gross_fen == b->gross_fen &&
                    a->payee_row == b->payee_row && a->exception == b->exception &&
                    a->cut_by == b->cut_by && a->lane == b->lane;
        if (!same)
            print_error("seed %llu: decision %lld differs (rule %d, subject %d)\n",
                        (unsigned long long)seed, (long long)i, a->statement, a->subject_row);
        EXPECT(same);
    }
    EXPECT_INT(expected->total_count, actual->total_count);
    EXPECT(memcmp(expected->totals, actual->totals,
                  (size_t)expected->total_count * sizeof *expected->totals) == 0);
}

static int64_t compare_run(const struct world *world, uint64_t seed)
{
    struct arena arena;
    arena_init(&arena, 1 << 26);
    struct policy *policy = random_policy(&arena, seed);
    struct program *program;
    EXPECT_OK(program_compile(&arena, policy, &program, NULL));
    struct eval_request request = {DAY_FROM + 400 + (int32_t)(seed * 97 % 1200), ABSENT_I32, 1};
    if (seed % 3 == 0)
        request.since_day = DAY_FROM + 300;
    struct eval_result *expected = NULL;
    enum err err = reference_run(policy, world, &request, &expected, NULL);
    EXPECT(err == ERR_OK || err == ERR_OVERFLOW); /* a few programs go beyond int64 */
    for (int32_t threads = 1; threads <= 4; threads *= 2) {
        struct eval_result *actual = NULL;
        request.thread_count = threads;
        EXPECT(eval_run(program, world, &request, &actual, NULL) == err);
        if (err == ERR_OK)
            expect_same(expected, actual, seed);
        eval_result_free(actual);
    }
    int64_t count = expected ? expected->decision_count : 0;
    eval_result_free(expected);
    arena_done(&arena);
    return count;
}

TEST(eval_run__decides_what_the_reference_decides_on_random_programs)
{
    const char *asked = getenv("BAIGONG_EVAL_SEEDS");
    uint64_t seed_count = asked ? strtoull(asked, NULL, 10) : 300;
    int64_t decisions = 0;
    for (uint64_t seed = 0; seed < seed_count; seed++) {
        struct dice dice = {seed / 20 * 20};
        struct world *world = random_world(&dice, 60);
        decisions += compare_run(world, seed + 1);
        world_free(world);
    }
    EXPECT(decisions > (int64_t)seed_count); /* the programs grant something */
}

static void without_quotas(struct policy *policy)
{
    for (int32_t s = 0; s < policy->statement_count; s++)
        if (policy->statements[s].kind == STATEMENT_GRANT)
            policy->statements[s].as.rule->quota.present = false;
}

static bool differs(const struct decision *a, const struct decision *b)
{
    return !b || a->lane != b->lane || a->amount_fen != b->amount_fen ||
           a->gross_fen != b->gross_fen || a->payee_row != b->payee_row;
}

/* Blocks have 1,024 rows at least: one that is full, one row more, and eight of them. */
TEST(eval_run__joins_small_blocks_as_the_reference_orders_them)
{
    static const int32_t person_counts[] = {1024, 1025, 9000};
    for (size_t i = 0; i < sizeof person_counts / sizeof person_counts[0]; i++) {
        struct dice dice = {5 + i};
        struct world *world = random_world(&dice, person_counts[i]);
        int64_t decisions = 0;
        for (uint64_t seed = 1; seed <= 4; seed++)
            decisions += compare_run(world, seed);
        EXPECT(decisions > person_counts[i] / 10);
        world_free(world);
    }
}

/* What one subject is due, by the reference: of a policy without settlement and quotas. */
static void expect_subject(const struct policy *policy, const struct world *world,
                           const struct eval_request *request, const struct eval_result *actual,
                           int32_t row)
{
    struct decision_list expected = {0};
    bool overflowed = false;
    FOR_GROUP(policy, GROUP_DECIDES, s) {
        if (policy->statements[s].as.rule->subject != KIT_PERSON)
            continue;
        for (int32_t p = 0; p < rule_period_count(policy, s, request); p++) {
            struct rule_run run = {.statement = s,
                                   .period = rule_period_at(policy, s, request, p)};
            EXPECT(reference_subject(policy, world, &run, row, &expected, &overflowed));
        }
    }
    int64_t at = 0;
    for (int64_t i = 0; i < actual->decision_count; i++) {
        const struct decision *d = &actual->decisions[i];
        bool is_other = d->subject_row != row ||
                        policy->statements[d->statement].as.rule->subject != KIT_PERSON;
        if (is_other)
            continue;
        EXPECT(at < expected.row_count && !differs(&expected.rows[at], d));
        at++;
    }
    EXPECT_INT(expected.row_count, at);
    decision_list_done(&expected);
}

/* Blocks of the largest size, 16,384 rows: the last subject of one and the first of the next. */
TEST(eval_run__joins_large_blocks_in_the_order_of_subjects)
{
    enum { PERSONS = 140000, BLOCK_ROWS = 16384 };
    struct dice dice = {7};
    struct arena arena;
    arena_init(&arena, 1 << 26);
    struct world *world = random_world(&dice, PERSONS);
    struct policy *policy = random_policy(&arena, 3);
    without_quotas(policy);
    FOR_GROUP(policy, GROUP_SETTLES, s)
        policy->statements[s].kind = STATEMENT_NARRATIVE;
    struct program *program;
    EXPECT_OK(program_compile(&arena, policy, &program, NULL));
    struct eval_request request = {policy->documents[0].in_force_day + 500, ABSENT_I32, 1};
    struct eval_result *one, *four;
    EXPECT_OK(eval_run(program, world, &request, &one, NULL));
    request.thread_count = 4;
    EXPECT_OK(eval_run(program, world, &request, &four, NULL));
    EXPECT(one->decision_count > PERSONS / 10);
    expect_same(one, four, 3);
    for (int32_t edge = 0; edge <= PERSONS; edge += 3 * BLOCK_ROWS)
        for (int32_t row = edge - 2; row < edge + 2; row++)
            if (row >= 0 && row < PERSONS)
                expect_subject(policy, world, &request, one, row);
    eval_result_free(one);
    eval_result_free(four);
    world_free(world);
    arena_done(&arena);
}

/* ---- until when an answer stays ---- */

static const struct decision *same_key(const struct eval_result *result,
                                       const struct decision *asked)
{
    for (int64_t i = 0; i < result->decision_count; i++) {
        const struct decision *d = &result->decisions[i];
        if (d->statement == asked->statement && d->period == asked->period &&
            d->subject_row == asked->subject_row && d->basis_row == asked->basis_row)
            return d;
    }
    return NULL;
}

/* Months before the newest are over; a year that has ended is no longer in question. */
static bool in_question(const struct policy *policy, const struct decision *decision, int32_t day)
{
    const struct rule *rule = policy->statements[decision->statement].as.rule;
    int32_t year = day_year(day);
    int32_t first_year = day_year(policy->documents[0].in_force_day);
    switch (rule->period) {
    case PERIOD_ONCE:
    case PERIOD_WEEK:
        return true;
    case PERIOD_MONTH:
        return decision->period / 12 == day_month(day) / 12;
    case PERIOD_YEAR:
        return decision->period == year;
    case PERIOD_YEARS:
        return decision->period == first_year + (year - first_year) / 2 * 2;
    }
    return true;
}

/* Whether what one rule finds for one subject on a day is not what stands since the day before. */
static bool changes_on(const struct policy *policy, const struct eval_result *before,
                       const struct eval_result *after, int32_t statement, int32_t row, int32_t day)
{
    for (int64_t i = 0; i < after->decision_count; i++) {
        const struct decision *d = &after->decisions[i];
        if (d->statement == statement && d->subject_row == row && differs(d, same_key(before, d)))
            return true;
    }
    for (int64_t i = 0; i < before->decision_count; i++) {
        const struct decision *d = &before->decisions[i];
        if (d->statement == statement && d->subject_row == row && in_question(policy, d, day) &&
            !same_key(after, d))
            return true;
    }
    return false;
}

struct forecast {
    int32_t statement, row, next_day;
};

/* Rules on persons are settled with each other: the first change of one may be that of all. */
static void settle_forecasts(const struct policy *policy, struct forecast *forecasts, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        for (int32_t j = 0; j < count; j++)
            if (forecasts[i].row == forecasts[j].row &&
                policy->statements[forecasts[i].statement].as.rule->subject == KIT_PERSON &&
                policy->statements[forecasts[j].statement].as.rule->subject == KIT_PERSON &&
                forecasts[j].next_day < forecasts[i].next_day)
                forecasts[i].next_day = forecasts[j].next_day;
}

static void forecast_leaving(const struct policy *policy, const struct eval_result *found,
                             struct forecast *forecasts, int32_t count, int32_t day)
{
    for (int64_t i = 0; i < found->decision_count; i++) {
        const struct decision *d = &found->decisions[i];
        int32_t leaves_day = next_change_of_decision(policy, d->statement, day);
        for (int32_t f = 0; f < count; f++)
            if (forecasts[f].statement == d->statement && forecasts[f].row == d->subject_row &&
                leaves_day < forecasts[f].next_day)
                forecasts[f].next_day = leaves_day;
    }
}

static int64_t expect_no_change_before(const struct world *world, uint64_t seed, int32_t day_count)
{
    struct arena arena;
    arena_init(&arena, 1 << 26);
    struct policy *policy = random_policy(&arena, seed);
    without_quotas(policy);
    struct next_change *plan;
    EXPECT_OK(next_change_plan(&arena, policy, &plan, NULL));
    int32_t day = policy->documents[0].in_force_day + (int32_t)(seed * 37 % 500);
    struct forecast forecasts[KIT_STATEMENTS_MAX * 40];
    int32_t count = 0;
    for (int32_t s = 0; s < policy->statement_count; s++)
        for (int32_t row = 0; policy->statements[s].kind == STATEMENT_GRANT && row < 7; row++)
            forecasts[count++] = (struct forecast){
                s, row, next_change_day(plan, world, s, row, day)};
    struct eval_request request = {.as_of_day = day, .since_day = ABSENT_I32, .thread_count = 1};
    struct eval_result *before;
    if (reference_run(policy, world, &request, &before, NULL) != ERR_OK) { /* beyond int64 */
        arena_done(&arena);
        return 0;
    }
    forecast_leaving(policy, before, forecasts, count, day);
    settle_forecasts(policy, forecasts, count);
    int64_t stays_count = 0;
    for (int32_t i = 1; i <= day_count; i++) {
        struct eval_result *after;
        request.as_of_day = day + i;
        if (reference_run(policy, world, &request, &after, NULL) != ERR_OK) /* beyond int64 */
            break;
        for (int32_t f = 0; f < count; f++) {
            bool early = request.as_of_day < forecasts[f].next_day &&
                         changes_on(policy, before, after, forecasts[f].statement,
                                    forecasts[f].row, request.as_of_day);
            if (early)
                print_error("seed %llu: rule %d, subject %d: %d days on, not %d\n",
                            (unsigned long long)seed, forecasts[f].statement, forecasts[f].row, i,
                            forecasts[f].next_day - day);
            EXPECT(!early);
            stays_count += request.as_of_day < forecasts[f].next_day;
        }
        eval_result_free(before);
        before = after;
    }
    eval_result_free(before);
    arena_done(&arena);
    return stays_count;
}

TEST(next_change_day__is_never_later_than_the_first_day_the_reference_changes)
{
    const char *asked = getenv("BAIGONG_EVAL_SEEDS");
    uint64_t seed_count = asked ? strtoull(asked, NULL, 10) : 60;
    int64_t stays_count = 0;
    for (uint64_t seed = 0; seed < seed_count; seed++) {
        struct dice dice = {seed / 10 * 10};
        struct world *world = random_world(&dice, 7);
        stays_count += expect_no_change_before(world, seed + 1, 420);
        world_free(world);
    }
    EXPECT(stays_count > (int64_t)seed_count * 420 * 8); /* more than a third of all days stay */
}

/* A parameter in the condition is read on the anchor of each basis row there. */
TEST(next_change_day__reads_the_condition_on_a_subject_on_the_day_of_each_row)
{
    enum { SEED = 1282 };
    struct dice dice = {SEED / 10 * 10};
    struct world *world = random_world(&dice, 7);
    EXPECT(expect_no_change_before(world, SEED, 420) > 420);
    world_free(world);
}
