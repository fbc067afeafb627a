#include "domain/incentive/case_act.h"
#include "domain/incentive/case_batch.h"
#include "domain/incentive/case_fixture.h"
#include "domain/ledger/ledger_fund.h"

#include <inttypes.h>
#include <stdlib.h>

/* Random histories of cases: reviewed, refused, approved, changed, paid; whatever comes, the kept
 * figures are those of a count, every step is one of the table, the ledger's invariants hold and
 * each case has at most one promise of money. */

enum { STEPS = 160, YEAR = 2026 };

static const char ROWS_WITHOUT_MOVE[] = "SELECT COUNT(*) FROM case_step WHERE act > 0 AND NOT (";

/* ---- money ---- */

struct granting {
    struct str fund;
    int64_t amount_fen;
    int64_t virement_id;
};

static enum err ask_step(struct work *w, void *context)
{
    struct granting *granting = context;
    struct ledger_fund fund = {
        .name = granting->fund, .source = STR("市财政"), .kind = LEDGER_FUND_SPECIAL};
    int64_t fund_id, line_id;
    TRY(ledger_fund_put(w, &fund, &fund_id));
    TRY(ledger_line_put(w, fund_id, YEAR, LEDGER_DIVISION_ANY, STR(""), &line_id));
    struct ledger_virement virement = {.to_line_id = line_id,
                                       .amount_fen = granting->amount_fen,
                                       .document = STR("济财〔2026〕1号"),
                                       .reason = STR("年初下达")};
    return ledger_virement_ask(w, &virement, &granting->virement_id);
}

static enum err approve_step(struct work *w, void *context)
{
    struct granting *granting = context;
    return ledger_virement_approve(w, granting->virement_id, STR("同意"));
}

static void as(struct store_fixture *t, int64_t account_id)
{
    t->env.actor = (struct actor){account_id, STR("某人")};
}

static void given_line(struct store_fixture *t, struct str fund, int64_t amount_fen)
{
    struct granting granting = {.fund = fund, .amount_fen = amount_fen};
    as(t, CHEN);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, ask_step, &granting, &t->fault));
    as(t, LI);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, approve_step, &granting, &t->fault));
}

/* The same for each fund of the documents, and for what they leave open. */
static void given_budget(struct store_fixture *t, int64_t amount_fen)
{
    const struct policy *policy = case_fixture_policy()->policy;
    const struct case_practice_row *row =
        case_practice_of(case_fixture_practice(), STR(""), STR(""), "fund");
    FOR_GROUP(policy, GROUP_FUNDS, s)
    given_line(t, policy->statements[s].name, amount_fen);
    given_line(t, row->text, amount_fen);
}

static enum err audit_step(struct work *w, void *context)
{
    return ledger_audit(w, context);
}

/* ---- deciding ---- */

struct deciding {
    int64_t id;
    enum case_act act;
    enum role role;
    enum err outcome;
    enum case_state state;
};

static struct case_setting setting_of_test(void)
{
    return (struct case_setting){.practice = case_fixture_practice(),
                                 .policy = case_fixture_policy(),
                                 .issuer = STR("济宁市人力资源和社会保障局"),
                                 .city_division = 370800};
}

static enum err decide_step(struct work *w, void *context)
{
    struct deciding *deciding = context;
    struct case_setting setting = setting_of_test();
    struct case_actor actor = {.hat_count = 1};
    actor.hats[0] = (struct case_hat){deciding->role, {.division_max = 999999}, STR("")};
    struct case_order order = {.act = deciding->act, .reason = STR("随机")};
    TRY(case_read(w, &case_program, deciding->id, &order.subject));
    bool is_program = deciding->role == ROLE_NONE;
    if (order.act == CASE_DO_PAY)
        order.subject.paid_fen = order.subject.amount_fen;
    TRY(case_decide_all(w, &setting, is_program ? &case_program : &actor, 0, &order, 1));
    deciding->outcome = order.outcome;
    deciding->state = order.subject.state;
    return ERR_OK;
}

static enum err decide(struct store_fixture *t, struct deciding *deciding, int64_t account_id)
{
    as(t, account_id);
    enum err err = work_run(&t->env, WORK_WRITE, decide_step, deciding, &t->fault);
    return err == ERR_OK ? deciding->outcome : err;
}

STORE_TEST(case_decide__reserves_once_and_announces_when_another_agrees)
{
    given_cases(t);
    given_budget(t, INT64_C(100000000));
    struct deciding pass = {
        .id = case_in(t, CASE_CHECKED), .act = CASE_DO_PASS, .role = ROLE_reviewer};
    struct deciding agree = {.id = pass.id, .act = CASE_DO_APPROVE, .role = ROLE_approver};
    EXPECT_OK(decide(t, &pass, CHEN));
    EXPECT_ERR(ERR_CASE_OWN, decide(t, &agree, CHEN));
    EXPECT_INT(0, store_fixture_number(t, "SELECT COUNT(*) FROM ledger_claim"));
    agree.act = CASE_DO_APPROVE;
    EXPECT_OK(decide(t, &agree, LI));
    EXPECT(agree.state == CASE_NOTICED);
    EXPECT_INT(1, store_fixture_number(t, "SELECT COUNT(*) FROM ledger_claim"));
    EXPECT_INT(1, store_fixture_number(t, "SELECT COUNT(*) FROM notice"));
    EXPECT_INT(pass.id, store_fixture_number(t, "SELECT case_id FROM notice_line"));
}

STORE_TEST(case_decide__waits_for_money_when_the_document_says_so)
{
    given_cases(t);
    given_budget(t, 1);
    struct deciding pass = {
        .id = case_in(t, CASE_CHECKED), .act = CASE_DO_PASS, .role = ROLE_reviewer};
    struct deciding agree = {.id = pass.id, .act = CASE_DO_APPROVE, .role = ROLE_approver};
    EXPECT_OK(decide(t, &pass, CHEN));
    EXPECT_OK(decide(t, &agree, LI));
    EXPECT(agree.state == CASE_NOTICED);
    EXPECT_INT(LEDGER_CLAIM_QUEUED, store_fixture_number(t, "SELECT state FROM ledger_claim"));
}

/* ---- random histories ---- */

static uint32_t roll(uint64_t *dice, uint32_t sides)
{
    *dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*dice >> 33) % sides;
}

static int64_t any_case(struct store_fixture *t, uint64_t *dice)
{
    int64_t count = store_fixture_number(t, "SELECT COUNT(*) FROM incentive_case");
    char sql[120];
    snprintf(sql, sizeof sql, "SELECT id FROM incentive_case ORDER BY id LIMIT 1 OFFSET %u",
             roll(dice, (uint32_t)count));
    return store_fixture_number(t, sql);
}

/* Any act of the table by any role; most are refused. */
static void try_any_act(struct store_fixture *t, uint64_t *dice)
{
    static const enum role roles[] = {ROLE_reviewer, ROLE_reviewer, ROLE_approver,
                                      ROLE_approver, ROLE_finance,  ROLE_NONE};
    int64_t id = any_case(t, dice);
    char sql[120];
    snprintf(sql, sizeof sql, "SELECT state FROM incentive_case WHERE id = %" PRId64, id);
    enum case_state state = (enum case_state)store_fixture_number(t, sql);
    enum case_act acts[CASE_ACT_COUNT];
    int32_t act_count = 0;
    for (int32_t i = 0; i < case_move_count; i++)
        if (case_moves[i].from == state && case_moves[i].act != CASE_DO_BOUNCE)
            acts[act_count++] = case_moves[i].act;
    if (act_count == 0)
        return;
    struct deciding deciding = {
        .id = id, .act = acts[roll(dice, (uint32_t)act_count)], .role = roles[roll(dice, 6)]};
    enum err err = decide(t, &deciding, deciding.role == ROLE_NONE ? 0 : CHEN + roll(dice, 2));
    EXPECT(err != ERR_STORE && err != ERR_STORE_RULE && err != ERR_STORE_UNIQUE);
}

/* A case that has gone its way as far as it can. */
static void push_on(struct store_fixture *t, uint64_t *dice)
{
    static const struct {
        enum case_act act;
        enum role role;
    } way[] = {{CASE_DO_PASS, ROLE_reviewer},
               {CASE_DO_APPROVE, ROLE_approver},
               {CASE_DO_END_NOTICE, ROLE_NONE},
               {CASE_DO_ORDER, ROLE_NONE},
               {CASE_DO_PAY, ROLE_NONE}};
    int64_t id = any_case(t, dice);
    uint32_t far = roll(dice, 6);
    for (uint32_t i = 0; i < far && i < 5; i++) {
        struct deciding deciding = {.id = id, .act = way[i].act, .role = way[i].role};
        (void)decide(t, &deciding, way[i].role == ROLE_reviewer ? CHEN : LI);
    }
}

/* What was found changes under it. */
static void change_found(struct store_fixture *t, uint64_t *dice)
{
    char sql[200];
    int64_t id = any_case(t, dice);
    if (roll(dice, 4) == 0)
        snprintf(sql, sizeof sql,
                 "UPDATE entitlement SET gone_ms = known_ms + 1 WHERE id = %" PRId64, id);
    else
        snprintf(sql, sizeof sql,
                 "UPDATE entitlement SET lane = 2, amount_fen = %u WHERE id = %" PRId64
                 " AND gone_ms = 9223372036854775807",
                 (roll(dice, 9) + 1) * 10000, id);
    store_fixture_script(t, sql);
    struct case_try align = {.id = id, .act = CASE_OPENED};
    EXPECT_OK(move_as(t, 0, &align));
}

/* Steps that the table does not have. */
static int64_t steps_aside(struct store_fixture *t)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct text_buf text;
    text_init(&text, &arena);
    text_add_z(&text, ROWS_WITHOUT_MOVE);
    for (int32_t i = 0; i < case_move_count; i++)
        text_format(&text, "%s(from_state = %d AND act = %d AND to_state = %d)",
                    i > 0 ? " OR " : "", (int)case_moves[i].from, (int)case_moves[i].act,
                    (int)case_moves[i].to);
    text_add_z(&text, ")");
    int64_t count = store_fixture_number(t, text_in(&arena, "%.*s", STR_ARG(text_str(&text))));
    arena_done(&arena);
    return count;
}

static void expect_invariants(struct store_fixture *t)
{
    struct ledger_audit audit;
    EXPECT_INT(0, store_fixture_number(t, CASE_FIGURES_DIFFER));
    EXPECT_INT(0, store_fixture_number(t, CASE_STEPS_DIFFER));
    EXPECT_INT(0, steps_aside(t));
    EXPECT_OK(work_run(&t->env, WORK_READ, audit_step, &audit, &t->fault));
    EXPECT_INT(0, audit.broken_count);
    /* 2 is LEDGER_CLAIM_RESERVED: at most one for a case, and exactly for those on the way. */
    _Static_assert(LEDGER_CLAIM_RESERVED == 2, "the number in the statements");
    EXPECT_INT(0, store_fixture_number(t, "SELECT COUNT(*) FROM (SELECT case_id FROM ledger_claim"
                                          " WHERE state = 2 GROUP BY case_id"
                                          " HAVING COUNT(*) > 1) doubled"));
    EXPECT_INT(0, store_fixture_number(t, "SELECT COUNT(*) FROM incentive_case c WHERE c.state IN"
                                          " (6, 7, 8) AND c.kind = 1 AND NOT EXISTS (SELECT 1 FROM"
                                          " ledger_claim l WHERE l.case_id = c.id"
                                          " AND l.state = 2)"));
}

STORE_TEST(cases__keep_their_invariants_over_random_histories)
{
    uint64_t dice = 11;
    given_cases(t);
    given_budget(t, INT64_C(3000000));
    for (int32_t i = 0; i < STEPS; i++) {
        uint32_t what = roll(&dice, 8);
        t->env.fixed_now_ms += 1000 * (int64_t)roll(&dice, 1000) + 1;
        if (what == 0)
            change_found(t, &dice);
        else if (what < 4)
            push_on(t, &dice);
        else
            try_any_act(t, &dice);
        if (i % 40 == 39)
            expect_invariants(t);
    }
    EXPECT(store_fixture_number(t, "SELECT COUNT(*) FROM ledger_claim") > 3);
    EXPECT(store_fixture_number(t, "SELECT COUNT(*) FROM incentive_case WHERE paid_fen > 0") > 0);
}
