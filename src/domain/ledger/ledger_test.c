/* Claims and budgets: once for ever, never more than there is, whoever comes at the same time. */
#include "domain/ledger/ledger.h"

#include "base/day.h"
#include "base/rand.h"
#include "domain/ledger/ledger_debt.h"
#include "ledger_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

STORE_TEST(reserve__answers_already_when_asked_again)
{
    int64_t line_id = ledger_fixture_line(t, "专项", 0, 100000);
    struct ledger_answer first = ledger_fixture_reserve(t, 1, 60000, LEDGER_SHORT_STOP);
    struct ledger_answer second = ledger_fixture_reserve(t, 1, 60000, LEDGER_SHORT_STOP);
    EXPECT_INT(LEDGER_OK_RESERVED, first.outcome);
    EXPECT_INT(LEDGER_OK_ALREADY, second.outcome);
    EXPECT_INT(first.claim_id, second.claim_id);
    EXPECT_INT(60000, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_RESERVED));
    EXPECT_INT(40000, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_AVAILABLE));
    ledger_fixture_expect_whole(t);
}

/* ---- what a step does, by one function for each */

struct trying {
    struct ledger_claim claims[3];
    int32_t count;
    struct ledger_shortage_rule rule;
    struct ledger_answer answers[3];
};

static enum err try_step(struct work *w, void *context)
{
    struct trying *trying = context;
    return ledger_reserve(w, trying->claims, trying->count, &trying->rule, trying->answers);
}

static struct trying given_trying(struct arena *arena, int32_t count, int64_t amount_fen)
{
    struct trying trying = {.count = count};
    for (int32_t i = 0; i < count; i++)
        trying.claims[i] = ledger_fixture_claim(arena, i + 1, amount_fen);
    return trying;
}

STORE_TEST(reserve__refuses_a_key_with_other_content)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    ledger_fixture_line(t, "专项", 0, 1000000);
    ledger_fixture_reserve(t, 1, 60000, LEDGER_SHORT_STOP);
    struct trying trying = given_trying(&arena, 1, 60001);
    EXPECT_ERR(ERR_LEDGER_KEY, work_run(&t->env, WORK_WRITE, try_step, &trying, &t->fault));
    trying = given_trying(&arena, 1, 60000);
    trying.claims[0].payee_id++;
    EXPECT_ERR(ERR_LEDGER_KEY, work_run(&t->env, WORK_WRITE, try_step, &trying, &t->fault));
    trying = given_trying(&arena, 3, 60000);
    trying.claims[2].key = trying.claims[1].key;
    EXPECT_ERR(ERR_LEDGER_KEY, work_run(&t->env, WORK_WRITE, try_step, &trying, &t->fault));
    EXPECT_INT(LEDGER_CLAIM_NONE, ledger_fixture_state(t, 2)); /* nothing half done */
    ledger_fixture_expect_whole(t);
    arena_done(&arena);
}

STORE_TEST(reserve__refuses_amounts_out_of_range)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    ledger_fixture_line(t, "专项", 0, 1000000);
    static const int64_t amounts_fen[] = {0, -1, LEDGER_AMOUNT_MAX_FEN + 1, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof amounts_fen / sizeof amounts_fen[0]; i++) {
        struct trying trying = given_trying(&arena, 1, amounts_fen[i]);
        EXPECT_ERR(ERR_OVERFLOW, work_run(&t->env, WORK_WRITE, try_step, &trying, &t->fault));
    }
    ledger_fixture_expect_whole(t);
    arena_done(&arena);
}

STORE_TEST(reserve__stops_at_the_last_fen_of_the_budget)
{
    int64_t line_id = ledger_fixture_line(t, "专项", 0, 100000);
    struct ledger_answer answer = ledger_fixture_reserve(t, 1, 100001, LEDGER_SHORT_STOP);
    EXPECT_INT(LEDGER_SHORT, answer.outcome);
    EXPECT_INT(100001, answer.missing_fen);
    EXPECT_INT(LEDGER_CLAIM_NONE, ledger_fixture_state(t, 1));
    answer = ledger_fixture_reserve(t, 1, 100000, LEDGER_SHORT_STOP);
    EXPECT_INT(LEDGER_OK_RESERVED, answer.outcome);
    EXPECT_INT(0, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_AVAILABLE));
    EXPECT_INT(LEDGER_SHORT, ledger_fixture_reserve(t, 2, 1, LEDGER_SHORT_STOP).outcome);
    ledger_fixture_expect_whole(t);
}

STORE_TEST(reserve__shares_what_there_is_to_the_fen)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    int64_t line_id = ledger_fixture_line(t, "专项", 0, 100000);
    struct trying trying = given_trying(&arena, 3, 50000);
    trying.rule.shortage = LEDGER_SHORT_SHARE;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, try_step, &trying, &t->fault));
    int64_t sum_fen = 0;
    for (int32_t i = 0; i < 3; i++) {
        EXPECT_INT(LEDGER_OK_RESERVED, trying.answers[i].outcome);
        EXPECT_INT(50000, trying.answers[i].amount_fen + trying.answers[i].missing_fen);
        sum_fen += trying.answers[i].amount_fen;
    }
    EXPECT_INT(100000, sum_fen);
    EXPECT_INT(100000, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_RESERVED));
    ledger_fixture_expect_whole(t);
    arena_done(&arena);
}

static enum err queue_step(struct work *w, void *context)
{
    return ledger_queue_run(w, 100, context);
}

STORE_TEST(reserve__queues_in_order_until_money_comes)
{
    int32_t count;
    ledger_fixture_line(t, "专项", 0, 100000);
    ledger_fixture_reserve(t, 1, 80000, LEDGER_SHORT_QUEUE);
    EXPECT_INT(LEDGER_OK_QUEUED, ledger_fixture_reserve(t, 2, 60000, LEDGER_SHORT_QUEUE).outcome);
    EXPECT_INT(LEDGER_OK_QUEUED, ledger_fixture_reserve(t, 3, 30000, LEDGER_SHORT_QUEUE).outcome);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, queue_step, &count, &t->fault));
    EXPECT_INT(0, count);
    ledger_fixture_line(t, "专项", 0, 40000); /* a further grant to the same line */
    EXPECT_OK(work_run(&t->env, WORK_WRITE, queue_step, &count, &t->fault));
    EXPECT_INT(1, count); /* the third waits behind the second */
    EXPECT_INT(LEDGER_CLAIM_RESERVED, ledger_fixture_state(t, 2));
    EXPECT_INT(LEDGER_CLAIM_QUEUED, ledger_fixture_state(t, 3));
    ledger_fixture_expect_whole(t);
}

STORE_TEST(reserve__takes_the_nearest_line)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    int64_t city_id = ledger_fixture_line(t, "专项", 370800, 100000);
    int64_t county_id = ledger_fixture_line(t, "专项", 370811, 50000);
    int64_t other_id = ledger_fixture_line(t, "专项", 370812, 50000);
    ledger_fixture_reserve(t, 1, 10000, LEDGER_SHORT_STOP);
    struct trying trying = given_trying(&arena, 1, 7000);
    trying.claims[0].key = STR("other");
    trying.claims[0].division = 370826;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, try_step, &trying, &t->fault));
    EXPECT_INT(10000, ledger_fixture_account(t, county_id, LEDGER_ACCOUNT_RESERVED));
    EXPECT_INT(7000, ledger_fixture_account(t, city_id, LEDGER_ACCOUNT_RESERVED));
    EXPECT_INT(0, ledger_fixture_account(t, other_id, LEDGER_ACCOUNT_RESERVED));
    trying.claims[0].key = STR("elsewhere");
    trying.claims[0].division = 330100;
    EXPECT_ERR(ERR_LEDGER_YEAR, work_run(&t->env, WORK_WRITE, try_step, &trying, &t->fault));
    ledger_fixture_expect_whole(t);
    arena_done(&arena);
}

static enum err void_step(struct work *w, void *context)
{
    return ledger_void(w, str_from(context), STR("重复申报"));
}

STORE_TEST(void__gives_back_once_and_the_key_may_come_again)
{
    int64_t line_id = ledger_fixture_line(t, "专项", 0, 100000);
    ledger_fixture_reserve(t, 1, 60000, LEDGER_SHORT_STOP);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, void_step, (char[]){"e1"}, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, void_step, (char[]){"e1"}, &t->fault));
    EXPECT_INT(100000, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_AVAILABLE));
    EXPECT_INT(LEDGER_OK_RESERVED, ledger_fixture_reserve(t, 1, 70000, LEDGER_SHORT_STOP).outcome);
    EXPECT_INT(30000, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_AVAILABLE));
    EXPECT_ERR(ERR_NOT_FOUND, work_run(&t->env, WORK_WRITE, void_step, (char[]){"e2"}, &t->fault));
    ledger_fixture_expect_whole(t);
}

static enum err expire_step(struct work *w, void *context)
{
    return ledger_expire(w, 100, context);
}

STORE_TEST(expire__takes_reservations_the_day_after_their_last)
{
    int32_t count;
    int64_t line_id = ledger_fixture_line(t, "专项", 0, 100000);
    ledger_fixture_reserve(t, 1, 60000, LEDGER_SHORT_STOP);
    t->env.fixed_today_day = FIXTURE_TODAY_DAY + 30;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, expire_step, &count, &t->fault));
    EXPECT_INT(0, count);
    t->env.fixed_today_day = FIXTURE_TODAY_DAY + 31;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, expire_step, &count, &t->fault));
    EXPECT_INT(1, count);
    EXPECT_INT(100000, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_AVAILABLE));
    EXPECT_INT(1, store_fixture_number(t, "SELECT COUNT(*) FROM event WHERE kind = 'ledger.expired'"
                                          " AND detail = '{\"key\":\"e1\"}'"));
    ledger_fixture_expect_whole(t);
}

STORE_TEST(reserve__refuses_when_the_clock_was_set_back)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    ledger_fixture_line(t, "专项", 0, 100000);
    struct trying trying = given_trying(&arena, 1, 5000);
    t->env.fixed_now_ms = FIXTURE_NOW_MS - LEDGER_SKEW_MS - 1;
    EXPECT_ERR(ERR_LEDGER_CLOCK, work_run(&t->env, WORK_WRITE, try_step, &trying, &t->fault));
    t->env.fixed_now_ms = FIXTURE_NOW_MS - LEDGER_SKEW_MS;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, try_step, &trying, &t->fault));
    EXPECT_INT(0, store_fixture_number(t, "SELECT COUNT(*) FROM ledger_posting p, ledger_line l "
                                          "WHERE p.at_ms < l.created_ms"));
    ledger_fixture_expect_whole(t);
    arena_done(&arena);
}

/* ---- budgets */

struct asking {
    struct ledger_virement virement;
    int64_t id;
};

static enum err ask_step(struct work *w, void *context)
{
    struct asking *asking = context;
    return ledger_virement_ask(w, &asking->virement, &asking->id);
}

static enum err approve_step(struct work *w, void *context)
{
    return ledger_virement_approve(w, *(int64_t *)context, STR("同意"));
}

STORE_TEST(virement__is_approved_by_another_and_within_what_is_free)
{
    int64_t from_id = ledger_fixture_line(t, "专项", 370811, 100000);
    int64_t to_id = ledger_fixture_line(t, "专项", 370812, 0);
    ledger_fixture_reserve(t, 1, 60000, LEDGER_SHORT_STOP);
    struct asking asking = {{.from_line_id = from_id,
                             .to_line_id = to_id,
                             .amount_fen = 40001,
                             .reason = STR("任城结余")},
                            0};
    EXPECT_OK(work_run(&t->env, WORK_WRITE, ask_step, &asking, &t->fault));
    EXPECT_ERR(ERR_LEDGER_OWN, work_run(&t->env, WORK_WRITE, approve_step, &asking.id, &t->fault));
    ledger_fixture_act_as(t, 2);
    EXPECT_ERR(ERR_LEDGER_SHORT,
               work_run(&t->env, WORK_WRITE, approve_step, &asking.id, &t->fault));
    ledger_fixture_act_as(t, 1);
    asking.virement.amount_fen = 40000;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, ask_step, &asking, &t->fault));
    ledger_fixture_act_as(t, 2);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, approve_step, &asking.id, &t->fault));
    EXPECT_ERR(ERR_LEDGER_STATE,
               work_run(&t->env, WORK_WRITE, approve_step, &asking.id, &t->fault));
    EXPECT_INT(0, ledger_fixture_account(t, from_id, LEDGER_ACCOUNT_AVAILABLE));
    EXPECT_INT(40000, ledger_fixture_account(t, to_id, LEDGER_ACCOUNT_AVAILABLE));
    ledger_fixture_expect_whole(t);
}

struct closing {
    int64_t fund_id;
    bool reopens;
};

static enum err close_step(struct work *w, void *context)
{
    const struct closing *closing = context;
    return closing->reopens ? ledger_year_reopen(w, closing->fund_id, LEDGER_FIXTURE_YEAR)
                            : ledger_year_close(w, closing->fund_id, LEDGER_FIXTURE_YEAR);
}

STORE_TEST(year__is_closed_when_nothing_is_under_way_and_then_frozen)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    ledger_fixture_line(t, "专项", 0, 100000);
    ledger_fixture_reserve(t, 1, 60000, LEDGER_SHORT_STOP);
    struct closing closing = {store_fixture_number(t, "SELECT id FROM ledger_fund"), false};
    EXPECT_ERR(ERR_LEDGER_STATE, work_run(&t->env, WORK_WRITE, close_step, &closing, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, void_step, (char[]){"e1"}, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, close_step, &closing, &t->fault));
    struct trying trying = given_trying(&arena, 1, 5000);
    EXPECT_ERR(ERR_LEDGER_YEAR, work_run(&t->env, WORK_WRITE, try_step, &trying, &t->fault));
    closing.reopens = true;
    EXPECT_ERR(ERR_LEDGER_OWN, work_run(&t->env, WORK_WRITE, close_step, &closing, &t->fault));
    ledger_fixture_act_as(t, 2);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, close_step, &closing, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, try_step, &trying, &t->fault));
    ledger_fixture_expect_whole(t);
    arena_done(&arena);
}

/* ---- the past */

struct past {
    int64_t at_ms, available_fen, posting_count;
};

static enum err past_step(struct work *w, void *context)
{
    struct past *past = context;
    struct ledger_line *lines;
    int32_t count;
    TRY(ledger_balance_at(w, &(struct ledger_line_filter){0}, past->at_ms, &lines, &count));
    past->available_fen = lines[0].balance.accounts_fen[LEDGER_ACCOUNT_AVAILABLE];
    past->posting_count = lines[0].posting_count;
    return ERR_OK;
}

STORE_TEST(balance_at__is_what_it_was_then)
{
    int64_t amounts_fen[6] = {100000};
    ledger_fixture_line(t, "专项", 0, 100000);
    for (int32_t i = 1; i <= 5; i++) {
        t->env.fixed_now_ms = FIXTURE_NOW_MS + i * 1000;
        ledger_fixture_reserve(t, i, 1000 * i, LEDGER_SHORT_STOP);
        amounts_fen[i] = amounts_fen[i - 1] - 1000 * i;
    }
    for (int32_t i = 0; i <= 5; i++) {
        struct past past = {FIXTURE_NOW_MS + i * 1000, 0, 0};
        EXPECT_OK(work_run(&t->env, WORK_READ, past_step, &past, &t->fault));
        EXPECT_INT(amounts_fen[i], past.available_fen);
        EXPECT_INT(i + 1, past.posting_count);
    }
}

static enum err audit_step(struct work *w, void *context)
{
    return ledger_audit(w, context);
}

static const struct {
    const char *damage;
    enum ledger_invariant invariant;
} damages[] = {
    {"UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE position = 1",
     LEDGER_SUM_OF_POSTING},
    {"DELETE FROM ledger_posting WHERE kind = 3", LEDGER_SUM_OF_POSTING},
    {"UPDATE ledger_line SET available_fen = available_fen + 1", LEDGER_SUM_OF_LINE},
    {"UPDATE ledger_line SET available_fen = available_fen + 1, paid_fen = paid_fen + 1,"
     " budget_fen = budget_fen - 2",
     LEDGER_TOTAL_OF_LINE},
    {"UPDATE ledger_day SET amount_fen = amount_fen + 1", LEDGER_TOTAL_OF_DAY},
    {"UPDATE ledger_claim SET amount_fen = amount_fen + 1", LEDGER_CLAIMS_OF_LINE},
    {"DELETE FROM ledger_claim", LEDGER_CLAIMS_OF_LINE},
};

static size_t damage_index; /* of the database that is made */

static void damage_one(struct store_fixture *t)
{
    ledger_fixture_line(t, "专项", 0, 100000);
    ledger_fixture_reserve(t, 1, 60000, LEDGER_SHORT_STOP);
    ledger_fixture_expect_whole(t);
    store_fixture_script(t, damages[damage_index].damage);
    struct ledger_audit audit;
    EXPECT_OK(work_run(&t->env, WORK_READ, audit_step, &audit, &t->fault));
    EXPECT(audit.broken_counts[damages[damage_index].invariant] > 0);
}

TEST(audit__finds_what_was_changed_by_hand)
{
    for (damage_index = 0; damage_index < sizeof damages / sizeof damages[0]; damage_index++)
        store_fixture_each(damage_one, FIXTURE_SCHEMA_ALL);
}

/* ---- debts and forecasts */

static struct ledger_instalment instalments[2] = {{FIXTURE_TODAY_DAY + 30, 4000},
                                                  {FIXTURE_TODAY_DAY + 60, 6000}};

struct owing {
    struct ledger_debt debt;
    int64_t id, amount_fen;
    const char *payment_key;
};

static enum err open_debt_step(struct work *w, void *context)
{
    struct owing *owing = context;
    return ledger_recover_open(w, &owing->debt, &owing->id);
}

static enum err pay_debt_step(struct work *w, void *context)
{
    const struct owing *owing = context;
    return ledger_recover_pay(w, STR("r1"), owing->amount_fen, str_from(owing->payment_key),
                              STR("退款"));
}

static enum err ask_off_step(struct work *w, void *context)
{
    return ledger_recover_ask_write_off(w, STR("r1"), STR("下落不明"));
}

static enum err off_step(struct work *w, void *context)
{
    return ledger_recover_approve_write_off(w, STR("r1"), STR("同意"));
}

STORE_TEST(recover__is_opened_once_paid_in_and_written_off_by_two)
{
    int64_t line_id = ledger_fixture_line(t, "专项", 0, 100000);
    struct owing owing = {.debt = {.key = STR("r1"),
                                   .line_id = line_id,
                                   .article = STR("第九条"),
                                   .reason = STR("证书撤销"),
                                   .payee_record = LEDGER_PERSON,
                                   .payee_id = 7,
                                   .amount_fen = 10000,
                                   .instalments = instalments,
                                   .instalment_count = 2}};
    EXPECT_OK(work_run(&t->env, WORK_WRITE, open_debt_step, &owing, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, open_debt_step, &owing, &t->fault));
    EXPECT_INT(10000, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_RECOVERABLE));
    owing.amount_fen = 10001;
    owing.payment_key = "p1";
    EXPECT_ERR(ERR_OVERFLOW, work_run(&t->env, WORK_WRITE, pay_debt_step, &owing, &t->fault));
    owing.amount_fen = 4000;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, pay_debt_step, &owing, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, pay_debt_step, &owing, &t->fault)); /* told again */
    EXPECT_INT(4000, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_RECOVERED));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, ask_off_step, NULL, &t->fault));
    EXPECT_ERR(ERR_LEDGER_OWN, work_run(&t->env, WORK_WRITE, off_step, NULL, &t->fault));
    ledger_fixture_act_as(t, 2);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, off_step, NULL, &t->fault));
    EXPECT_INT(6000, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_LOST));
    EXPECT_INT(0, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_RECOVERABLE));
    owing.payment_key = "p2";
    EXPECT_ERR(ERR_LEDGER_STATE, work_run(&t->env, WORK_WRITE, pay_debt_step, &owing, &t->fault));
    ledger_fixture_expect_whole(t);
}

struct looking_ahead {
    int64_t line_id;
    struct ledger_due due;
    struct ledger_forecast forecast;
};

static enum err forecast_step(struct work *w, void *context)
{
    struct looking_ahead *ahead = context;
    struct ledger_line line;
    TRY(ledger_line_read(w, ahead->line_id, &line));
    return ledger_forecast(w, &line, &ahead->due, ahead->due.amount_fen > 0, &ahead->forecast);
}

STORE_TEST(forecast__tells_the_day_when_the_money_ends)
{
    struct looking_ahead ahead = {.line_id = ledger_fixture_line(t, "专项", 0, 100000)};
    ledger_fixture_reserve(t, 1, 9200, LEDGER_SHORT_STOP); /* 100 fen a day over the window */
    EXPECT_OK(work_run(&t->env, WORK_READ, forecast_step, &ahead, &t->fault));
    EXPECT_INT(3000, ahead.forecast.pace_fen);
    EXPECT_INT(DAY_MAX, ahead.forecast.dry_day); /* 90800 fen last longer than the year */
    ahead.due = (struct ledger_due){FIXTURE_TODAY_DAY + 10, 90000};
    EXPECT_OK(work_run(&t->env, WORK_READ, forecast_step, &ahead, &t->fault));
    EXPECT_INT(FIXTURE_TODAY_DAY + 10, ahead.forecast.dry_day);
    ahead.due.amount_fen = 89800; /* 1000 are left on that day */
    EXPECT_OK(work_run(&t->env, WORK_READ, forecast_step, &ahead, &t->fault));
    EXPECT_INT(FIXTURE_TODAY_DAY + 11, ahead.forecast.dry_day);
    EXPECT(ahead.forecast.missing_fen > 0);
}

/* ---- many at once */

enum { THREADS = 8, STEPS = 40, KEYS = 60 };

struct history {
    struct store_fixture *t;
    uint64_t seed;
    int64_t line_id;
};

struct random_step {
    struct rand *rand;
    int64_t line_id;
};

static enum err random_reserve(struct work *w, struct rand *rand)
{
    struct ledger_claim claims[5];
    struct ledger_answer answers[5];
    int32_t count = 0;
    int32_t first = (int32_t)rand_below(rand, KEYS);
    for (int32_t i = 0; i < 1 + (int32_t)rand_below(rand, 5); i++) {
        int32_t number = (first + i) % KEYS;
        claims[count++] = ledger_fixture_claim(w->arena, number, 1000 + number * 37);
    }
    struct ledger_shortage_rule rule = {(enum ledger_shortage)rand_below(rand, 2)};
    return ledger_reserve(w, claims, count, &rule, answers);
}

static enum err random_virement(struct work *w, struct rand *rand, int64_t line_id)
{
    bool gives = rand_below(rand, 3) > 0;
    struct ledger_virement virement = {.from_line_id = gives ? 0 : line_id,
                                       .to_line_id = gives ? line_id : 0,
                                       .amount_fen = 500 + (int64_t)rand_below(rand, 3000),
                                       .reason = STR("随机")};
    int64_t id;
    TRY(ledger_virement_ask(w, &virement, &id));
    w->actor.account_id++;
    return ledger_virement_approve(w, id, STR(""));
}

static enum err random_work(struct work *w, void *context)
{
    const struct random_step *step = context;
    struct rand rand = *step->rand; /* the same again when it is run again */
    int32_t count;
    switch (rand_below(&rand, 8)) {
    case 0:
        return ledger_void(w, str_from(text_in(w->arena, "e%d", (int)rand_below(&rand, KEYS))),
                           STR("随机"));
    case 1:
        return random_virement(w, &rand, step->line_id);
    case 2:
        return ledger_queue_run(w, 10, &count);
    case 3:
        return ledger_expire(w, 3, &count);
    default:
        return random_reserve(w, &rand);
    }
}

static void *run_history(void *context)
{
    struct history *history = context;
    struct work_env env = history->t->env;
    struct fault fault = {0};
    struct rand rand;
    rand_init(&rand, history->seed);
    if (store_open(history->t->location, NULL, &env.store, &fault) != ERR_OK)
        return context;
    intptr_t broken = 0;
    for (int32_t i = 0; i < STEPS; i++) {
        struct random_step step = {&rand, history->line_id};
        enum err err = work_run(&env, WORK_WRITE, random_work, &step, &fault);
        broken += err != ERR_OK && err_kind(err) == ERR_KIND_BROKEN && err != ERR_STORE_BUSY;
        broken += err == ERR_STORE_RULE || err == ERR_STORE_UNIQUE;
        if (broken > 0)
            fprintf(stderr, "%s: %s\n", err_name(err), fault.message);
        rand_below(&rand, 2);
    }
    store_close(env.store);
    return (void *)broken;
}

STORE_TEST(ledger__stays_whole_whatever_eight_threads_do)
{
    int64_t line_id = ledger_fixture_line(t, "专项", 0, 30000);
    pthread_t threads[THREADS];
    struct history histories[THREADS];
    for (int32_t i = 0; i < THREADS; i++) {
        histories[i] = (struct history){t, (uint64_t)i * 7919 + 1, line_id};
        EXPECT_INT(0, pthread_create(&threads[i], NULL, run_history, &histories[i]));
    }
    for (int32_t i = 0; i < THREADS; i++) {
        void *failed;
        EXPECT_INT(0, pthread_join(threads[i], &failed));
        EXPECT(failed == NULL);
    }
    EXPECT(store_fixture_number(t, "SELECT COUNT(*) FROM ledger_posting") > 40);
    ledger_fixture_expect_whole(t);
}
