/* From a reservation to the bank and back, with all that may go wrong between. */
#include "domain/ledger/ledger_batch.h"

#include "base/day.h"
#include "domain/ledger/ledger_statement.h"
#include "ledger_fixture.h"
#include "registry_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct arena arena;
static char folder[64];

/* Person 1003 has no account, 1004 one that is no number. */
static enum err find_payees(struct work *w, void *context, enum ledger_party record,
                            const int64_t *ids, int32_t count, struct ledger_payee *ret_payees)
{
    for (int32_t i = 0; i < count; i++) {
        const char *account = text_in(w->arena, "6228480402%09d", (int)ids[i]);
        ret_payees[i] =
            (struct ledger_payee){.name = str_from(text_in(w->arena, "第%d人", (int)ids[i])),
                                  .account = ids[i] == 1003   ? STR("")
                                             : ids[i] == 1004 ? STR("卡已丢失")
                                                              : str_from(account),
                                  .bank = STR("")};
    }
    return ERR_OK;
}

static const struct ledger_payees payees = {find_payees, NULL};
static const struct ledger_practice practice = {16 * 60, {"人社局", 9}, {"3700100000000001", 16}};

static void begin(struct store_fixture *t)
{
    arena_done(&arena);
    arena_init(&arena, 256 << 20);
    t->env.secrets = registry_fixture_secrets();
    snprintf(folder, sizeof folder, "/tmp/ledger_batch_XXXXXX");
    assert_non_null(mkdtemp(folder));
}

static void end(struct store_fixture *t)
{
    char command[128];
    ledger_fixture_expect_whole(t);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    EXPECT_INT(0, system(command));
}

/* ---- steps */

struct making {
    struct ledger_batch given;
    int64_t id;
};

static enum err new_step(struct work *w, void *context)
{
    struct making *making = context;
    struct ledger_fund fund;
    TRY(ledger_fund_by_name(w, STR("专项"), &fund));
    making->given.fund_id = fund.id;
    making->given.year = LEDGER_FIXTURE_YEAR;
    return ledger_batch_new(w, &making->given, &making->id);
}

static int64_t new_batch(struct store_fixture *t, bool with_returned)
{
    struct making making = {{.pay_day = FIXTURE_TODAY_DAY, .with_returned = with_returned}, 0};
    ledger_fixture_act_as(t, 1);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, new_step, &making, &t->fault));
    return making.id;
}

static struct ledger_batch run_batch(struct store_fixture *t, int64_t id)
{
    struct ledger_run run = {.payees = &payees, .practice = &practice, .folder = folder};
    struct ledger_batch batch;
    enum err err = ledger_batch_run(&t->env, &run, id, &batch, &arena, &t->fault);
    if (err != ERR_OK)
        print_error("%s\n", t->fault.message);
    EXPECT_INT(ERR_OK, err);
    return batch;
}

static enum err approve_step(struct work *w, void *context)
{
    return ledger_batch_approve(w, &practice, *(int64_t *)context, STR("同意"));
}

static enum err drop_step(struct work *w, void *context)
{
    return ledger_batch_drop(w, *(int64_t *)context, STR("重做"));
}

static struct ledger_batch file_batch(struct store_fixture *t, int64_t id)
{
    run_batch(t, id);
    ledger_fixture_act_as(t, 2);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, approve_step, &id, &t->fault));
    return run_batch(t, id);
}

/* What a payment of the claim's latest attempt is called at the bank. */
struct naming {
    int32_t number;
    char order_id[64];
};

static enum err name_step(struct work *w, void *context)
{
    struct naming *naming = context;
    struct ledger_state state;
    struct ledger_payment *rows;
    int32_t count;
    TRY(ledger_state_of(w, str_from(text_in(w->arena, "e%d", naming->number)), &state));
    TRY(ledger_payments_of_claim(w, state.claim_id, &rows, &count));
    const struct ledger_payment *last = &rows[0];
    for (int32_t i = 0; i < count; i++)
        if (rows[i].state != LEDGER_PAYMENT_LEFT_OUT)
            last = &rows[i];
    snprintf(naming->order_id, sizeof naming->order_id, "%.*s", STR_ARG(last->order_id));
    return ERR_OK;
}

static const char *order_of(struct store_fixture *t, int32_t number)
{
    struct naming naming = {.number = number};
    EXPECT_OK(work_run(&t->env, WORK_READ, name_step, &naming, &t->fault));
    return text_in(&arena, "%s", naming.order_id);
}

static enum err import_text(struct store_fixture *t, const char *text,
                            struct ledger_statement *ret_statement)
{
    return ledger_statement_import(&t->env, &arena, STR("回单.csv"), str_from(text), ret_statement,
                                   &t->fault);
}

/* ---- the whole way */

STORE_TEST(batch__goes_to_the_bank_and_comes_back_to_zero)
{
    struct ledger_statement statement;
    begin(t);
    int64_t line_id = ledger_fixture_line(t, "专项", 0, 1000000);
    for (int32_t i = 0; i < 6; i++)
        ledger_fixture_reserve(t, i, 10000 + i, LEDGER_SHORT_STOP);
    int64_t id = new_batch(t, false);
    struct ledger_batch batch = run_batch(t, id);
    EXPECT_INT(LEDGER_BATCH_CHECKED, batch.state);
    EXPECT_INT(4, batch.payment_count);
    EXPECT_INT(2, batch.problem_count); /* e3 and e4 */
    EXPECT_INT(LEDGER_CLAIM_RESERVED, ledger_fixture_state(t, 3));
    EXPECT_ERR(ERR_LEDGER_OWN, work_run(&t->env, WORK_WRITE, approve_step, &id, &t->fault));
    batch = file_batch(t, id);
    EXPECT_INT(LEDGER_BATCH_FILED, batch.state);
    EXPECT_INT(0, access(ledger_batch_path(&arena, folder, id, "csv"), F_OK));
    EXPECT_INT(0, access(ledger_batch_path(&arena, folder, id, "xml"), F_OK));
    EXPECT_INT(40008, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_TRANSIT));
    const char *text = text_in(
        &arena,
        "H,1,R1,2026-03-02T18:00:00+08:00\nP,%s,B1,100.00,2026-03-02\n"
        "P,%s,B2,100.01,2026-03-02\nP,%s,B3,100.02,2026-03-02\nR,%s,B5,100.05,2026-03-02,销户\n"
        "T,4,300.03,100.05\n",
        order_of(t, 0), order_of(t, 1), order_of(t, 2), order_of(t, 5));
    EXPECT_OK(import_text(t, text, &statement));
    EXPECT_INT(4, statement.matched_count);
    EXPECT_INT(0, statement.unmatched_count);
    EXPECT_INT(LEDGER_CLAIM_PAID, ledger_fixture_state(t, 2));
    EXPECT_INT(LEDGER_CLAIM_RETURNED, ledger_fixture_state(t, 5));
    EXPECT_INT(LEDGER_BATCH_SETTLED, run_batch(t, id).state);
    EXPECT_INT(30003, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_PAID));
    EXPECT_INT(10005, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_RETURNED));
    end(t);
}

static enum err correct_step(struct work *w, void *context)
{
    struct ledger_payee payee = {STR("第1000人"), STR("6228480402999999999"), STR("农业银行")};
    return ledger_payee_put(w, LEDGER_PERSON, 1000, &payee, STR("本人更正"));
}

static enum err reconcile_step(struct work *w, void *context)
{
    return ledger_reconcile(w, &(struct ledger_line_filter){0}, context);
}

STORE_TEST(batch__pays_again_to_a_corrected_account_only)
{
    struct ledger_statement statement;
    struct ledger_reconciliation all;
    begin(t);
    ledger_fixture_line(t, "专项", 0, 1000000);
    ledger_fixture_reserve(t, 0, 10000, LEDGER_SHORT_STOP);
    file_batch(t, new_batch(t, false));
    EXPECT_OK(import_text(
        t, text_in(&arena, "H,1,R1,x\nP,%s,B1,100.00,2026-03-02\nT,1,100.00,0\n", order_of(t, 0)),
        &statement));
    EXPECT_OK(import_text(t,
                          text_in(&arena,
                                  "H,1,R2,x\nR,%s,B2,100.00,2026-03-02,账户已销\n"
                                  "T,1,0,100.00\n",
                                  order_of(t, 0)),
                          &statement));
    EXPECT_INT(LEDGER_CLAIM_RETURNED, ledger_fixture_state(t, 0)); /* paid, then came back */
    struct ledger_batch batch = run_batch(t, new_batch(t, true));
    EXPECT_INT(0, batch.payment_count);
    EXPECT_INT(1, batch.problem_count); /* the same account again */
    EXPECT_INT(LEDGER_CLAIM_RETURNED, ledger_fixture_state(t, 0));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, correct_step, NULL, &t->fault));
    batch = file_batch(t, new_batch(t, true));
    EXPECT_INT(1, batch.payment_count);
    EXPECT_OK(import_text(
        t, text_in(&arena, "H,1,R3,x\nP,%s,B3,100.00,2026-03-02\nT,1,100.00,0\n", order_of(t, 0)),
        &statement));
    EXPECT_INT(LEDGER_CLAIM_PAID, ledger_fixture_state(t, 0));
    EXPECT_OK(work_run(&t->env, WORK_READ, reconcile_step, &all, &t->fault));
    EXPECT(all.is_zero);
    end(t);
}

STORE_TEST(batch__is_dropped_and_its_claims_are_free)
{
    begin(t);
    ledger_fixture_line(t, "专项", 0, 1000000);
    ledger_fixture_reserve(t, 0, 10000, LEDGER_SHORT_STOP);
    int64_t id = new_batch(t, false);
    run_batch(t, id);
    EXPECT_INT(LEDGER_CLAIM_ORDERED, ledger_fixture_state(t, 0));
    EXPECT_INT(0, run_batch(t, new_batch(t, false)).payment_count); /* it is in the first */
    EXPECT_OK(work_run(&t->env, WORK_WRITE, drop_step, &id, &t->fault));
    EXPECT_INT(LEDGER_BATCH_DROPPED, run_batch(t, id).state);
    EXPECT_INT(LEDGER_CLAIM_RESERVED, ledger_fixture_state(t, 0));
    EXPECT_INT(1, run_batch(t, new_batch(t, false)).payment_count);
    end(t);
}

STORE_TEST(batch__is_approved_before_the_cut_off_of_its_day)
{
    begin(t);
    ledger_fixture_line(t, "专项", 0, 1000000);
    ledger_fixture_reserve(t, 0, 10000, LEDGER_SHORT_STOP);
    int64_t id = new_batch(t, false);
    run_batch(t, id);
    ledger_fixture_act_as(t, 2);
    t->env.fixed_now_ms = FIXTURE_NOW_MS + 6 * 3600 * 1000; /* 16:00 in the city */
    EXPECT_ERR(ERR_LEDGER_CUT_OFF, work_run(&t->env, WORK_WRITE, approve_step, &id, &t->fault));
    t->env.fixed_now_ms--;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, approve_step, &id, &t->fault));
    EXPECT_ERR(ERR_LEDGER_STATE, work_run(&t->env, WORK_WRITE, approve_step, &id, &t->fault));
    EXPECT_ERR(ERR_LEDGER_STATE, work_run(&t->env, WORK_WRITE, drop_step, &id, &t->fault));
    run_batch(t, id);
    end(t);
}

/* ---- what the bank says and what does not fit */

struct desk {
    struct ledger_bank_line *rows;
    int32_t count;
    char order_id[64];
};

static enum err unmatched_step(struct work *w, void *context)
{
    struct desk *desk = context;
    TRY(ledger_unmatched(w, 0, 0, 10, &desk->rows, &desk->count));
    struct ledger_bank_line *kept =
        ARENA_NEW_ARRAY(&arena, struct ledger_bank_line, (size_t)desk->count + 1);
    for (int32_t i = 0; i < desk->count; i++)
        kept[i] = desk->rows[i];
    desk->rows = kept;
    return ERR_OK;
}

static enum err assign_step(struct work *w, void *context)
{
    const struct desk *desk = context;
    return ledger_unmatched_assign(w, desk->rows[0].statement_id, desk->rows[0].position,
                                   str_from(desk->order_id), STR("银行漏填编号"));
}

static enum err close_step(struct work *w, void *context)
{
    const struct desk *desk = context;
    return ledger_unmatched_close(w, desk->rows[1].statement_id, desk->rows[1].position,
                                  STR("银行手续费，与本局付款无关"));
}

STORE_TEST(statement__leaves_what_does_not_match_to_a_person)
{
    struct ledger_statement statement;
    struct desk desk = {0};
    begin(t);
    ledger_fixture_line(t, "专项", 0, 1000000);
    ledger_fixture_reserve(t, 0, 10000, LEDGER_SHORT_STOP);
    ledger_fixture_reserve(t, 1, 10000, LEDGER_SHORT_STOP);
    file_batch(t, new_batch(t, false));
    const char *text = text_in(&arena,
                               "H,1,R1,x\nP,,B1,100.00,2026-03-02\n"
                               "P,%s,B2,99.99,2026-03-02\nP,%s,B3,100.00,2026-03-02\n"
                               "P,%s,B4,100.00,2026-03-02\nT,4,399.99,0\n",
                               order_of(t, 1), order_of(t, 1), order_of(t, 1));
    EXPECT_OK(import_text(t, text, &statement));
    EXPECT_INT(1, statement.matched_count);
    EXPECT_INT(3, statement.unmatched_count);
    EXPECT_OK(work_run(&t->env, WORK_READ, unmatched_step, &desk, &t->fault));
    EXPECT_INT(3, desk.count);
    EXPECT_INT(LEDGER_UNKNOWN_ORDER, desk.rows[0].problem);
    EXPECT_INT(LEDGER_OTHER_AMOUNT, desk.rows[1].problem);
    EXPECT_INT(LEDGER_PAID_BEFORE, desk.rows[2].problem);
    snprintf(desk.order_id, sizeof desk.order_id, "%s", order_of(t, 1));
    EXPECT_ERR(ERR_LEDGER_STATE, work_run(&t->env, WORK_WRITE, assign_step, &desk, &t->fault));
    snprintf(desk.order_id, sizeof desk.order_id, "%s", order_of(t, 0));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, assign_step, &desk, &t->fault));
    EXPECT_INT(LEDGER_CLAIM_PAID, ledger_fixture_state(t, 0));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, close_step, &desk, &t->fault));
    EXPECT_ERR(ERR_LEDGER_STATE, work_run(&t->env, WORK_WRITE, close_step, &desk, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_READ, unmatched_step, &desk, &t->fault));
    EXPECT_INT(1, desk.count);
    end(t);
}

STORE_TEST(statement__is_taken_once_and_whole)
{
    struct ledger_statement statement;
    begin(t);
    ledger_fixture_line(t, "专项", 0, 1000000);
    ledger_fixture_reserve(t, 0, 10000, LEDGER_SHORT_STOP);
    file_batch(t, new_batch(t, false));
    const char *order_id = order_of(t, 0);
    const char *wrong =
        text_in(&arena, "H,1,R1,x\nP,%s,B1,100.00,2026-03-02\nT,1,99.00,0\n", order_id);
    const char *right =
        text_in(&arena, "H,1,R1,x\nP,%s,B1,100.00,2026-03-02\nT,1,100.00,0\n", order_id);
    const char *other =
        text_in(&arena, "H,1,R2,x\nP,%s,B1,50.00,2026-03-02\nT,1,50.00,0\n", order_id);
    const char *again =
        text_in(&arena, "H,1,R3,x\nP,%s,B1,100.00,2026-03-02\nT,1,100.00,0\n", order_id);
    EXPECT_ERR(ERR_BANK_FILE, import_text(t, wrong, &statement));
    EXPECT_INT(LEDGER_CLAIM_FILED, ledger_fixture_state(t, 0));
    EXPECT_OK(import_text(t, right, &statement));
    EXPECT_ERR(ERR_BANK_FILE, import_text(t, right, &statement)); /* imported before */
    EXPECT_ERR(ERR_BANK_FILE, import_text(t, other, &statement)); /* the booking, changed */
    EXPECT_OK(import_text(t, again, &statement));                 /* the booking, told again */
    EXPECT_INT(0, statement.matched_count + statement.unmatched_count);
    t->env.fixed_now_ms = FIXTURE_NOW_MS - LEDGER_SKEW_MS - 1;
    EXPECT_INT(2, store_fixture_number(t, "SELECT COUNT(*) FROM ledger_statement"));
    end(t);
}

/* ---- many work on one batch */

enum { WORKERS = 8, CLAIMS = 300 };

static void *run_in_thread(void *context)
{
    struct store_fixture *t = context;
    struct work_env env = t->env;
    struct fault fault = {0};
    struct arena own;
    arena_init(&own, 64 << 20);
    intptr_t failed = 1;
    if (store_open(t->location, NULL, &env.store, &fault) == ERR_OK) {
        struct ledger_run run = {.payees = &payees, .practice = &practice, .folder = folder};
        int64_t id = store_fixture_number(t, "SELECT MAX(id) FROM ledger_batch");
        struct ledger_batch batch;
        enum err err = ERR_STORE_CONFLICT;
        while (err == ERR_STORE_CONFLICT || err == ERR_STORE_BUSY)
            err = ledger_batch_run(&env, &run, id, &batch, &own, &fault);
        failed = err != ERR_OK;
        if (failed)
            fprintf(stderr, "%s: %s\n", err_name(err), fault.message);
        store_close(env.store);
    }
    arena_done(&own);
    return (void *)failed;
}

static void run_by_many(struct store_fixture *t)
{
    pthread_t threads[WORKERS];
    for (int32_t i = 0; i < WORKERS; i++)
        EXPECT_INT(0, pthread_create(&threads[i], NULL, run_in_thread, t));
    for (int32_t i = 0; i < WORKERS; i++) {
        void *failed;
        EXPECT_INT(0, pthread_join(threads[i], &failed));
        EXPECT(failed == NULL);
    }
}

STORE_TEST(batch__is_paid_once_whoever_works_on_it)
{
    begin(t);
    int64_t line_id = ledger_fixture_line(t, "专项", 0, 100000000);
    for (int32_t i = 10; i < 10 + CLAIMS; i++)
        ledger_fixture_reserve(t, i, 10000, LEDGER_SHORT_STOP);
    int64_t id = new_batch(t, false);
    run_by_many(t);
    ledger_fixture_act_as(t, 2);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, approve_step, &id, &t->fault));
    run_by_many(t);
    EXPECT_INT(LEDGER_BATCH_FILED, run_batch(t, id).state);
    EXPECT_INT(CLAIMS * 10000, ledger_fixture_account(t, line_id, LEDGER_ACCOUNT_TRANSIT));
    EXPECT_INT(CLAIMS, store_fixture_number(t, "SELECT COUNT(*) FROM ledger_payment"));
    end(t);
}
