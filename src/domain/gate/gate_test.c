#include "gate_fixture.h"

#include "registry_fixture.h"
#include "store/work.h"

static void run(struct store_fixture *t, work_step *step)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, step, NULL, &t->fault));
}

static enum err share_accounts(struct work *w, void *context)
{
    const char *shared = "0003708009999999999";
    int64_t first = gate_fixture_person_with(w, 1, NULL, shared);
    int64_t second = gate_fixture_person_with(w, 2, NULL, shared);
    struct gate_claim claim = gate_fixture_claim(11, first);
    EXPECT(!gate_fixture_holds(w, &claim, NULL)); /* a couple */
    int64_t third = gate_fixture_person_with(w, 3, NULL, shared);
    EXPECT(gate_fixture_holds(w, &claim, "一个账号收几个人的补贴"));

    struct gate_finding *findings;
    struct gate_evidence *evidence;
    int32_t count;
    EXPECT_OK(gate_findings(w, 11, &findings, &count));
    EXPECT_INT(1, count);
    EXPECT_STR("多人登记同一账号", findings[0].said);
    EXPECT_STR("同账号人数 3，应不超过 2", findings[0].measure);
    EXPECT_STR("第一条 账号和手机号", findings[0].article);
    EXPECT_OK(gate_evidence(w, findings[0].id, &evidence, &count));
    EXPECT_INT(2, count);
    EXPECT_INT(GATE_LINK_same_account, evidence[0].link);
    EXPECT(evidence[0].record_id == second || evidence[0].record_id == third);

    enum gate_claim_state state;
    EXPECT_OK(gate_state(w, 11, &state));
    EXPECT_INT(GATE_HELD, state);
    return ERR_OK;
}

STORE_TEST(gate_check__holds_the_third_who_shares_an_account)
{
    run(t, share_accounts);
}

static enum err use_accounts(struct work *w, void *context)
{
    struct gate_claim none = gate_fixture_claim(1, gate_fixture_person_with(w, 1, NULL, ""));
    struct gate_claim filler =
        gate_fixture_claim(2, gate_fixture_person_with(w, 2, NULL, "000000000000"));
    struct gate_claim good = gate_fixture_claim(3, gate_fixture_person(w, 3));
    EXPECT(gate_fixture_holds(w, &none, "账号可用"));
    EXPECT(gate_fixture_holds(w, &filler, "账号可用"));
    EXPECT(!gate_fixture_holds(w, &good, NULL));
    none.body_is_paid = true; /* the money goes elsewhere */
    EXPECT(!gate_fixture_holds(w, &none, NULL));
    return ERR_OK;
}

STORE_TEST(gate_check__wants_an_account_that_money_can_go_to)
{
    run(t, use_accounts);
}

static enum err decide(struct work *w, void *context)
{
    struct gate_claim claim = gate_fixture_claim(1, gate_fixture_person_with(w, 1, NULL, ""));
    struct gate_finding *findings;
    struct gate_outcome *outcomes;
    enum gate_claim_state state;
    int32_t count;
    claim.entitlement_missing = true;
    EXPECT_OK(gate_check(w, gate_fixture_rules(), &claim, 1, &findings, &count));
    EXPECT_INT(2, count);
    EXPECT_ERR(ERR_INPUT, gate_decide(w, findings[0].id, GATE_CLEARED, STR("  "), &state));
    EXPECT_OK(gate_decide(w, findings[0].id, GATE_CLEARED, STR("账号刚补报"), &state));
    EXPECT_INT(GATE_HELD, state);
    EXPECT_ERR(ERR_GATE_DECIDED,
               gate_decide(w, findings[0].id, GATE_CONFIRMED, STR("又看了一遍"), &state));
    EXPECT_OK(gate_decide(w, findings[1].id, GATE_CONFIRMED, STR("已不符合"), &state));
    EXPECT_INT(GATE_STOPPED, state);
    EXPECT_OK(gate_outcomes(w, findings[1].id, &outcomes, &count));
    EXPECT_INT(1, count);
    EXPECT_STR("已不符合", outcomes[0].reason);

    struct gate_precision *rows;
    int64_t confirmed = 0, cleared = 0;
    EXPECT_OK(gate_precision(w, gate_fixture_rules(), &rows));
    for (int32_t i = 0; i < gate_fixture_rules()->duty_count; i++) {
        confirmed += rows[i].confirmed_count;
        cleared += rows[i].cleared_count;
    }
    EXPECT_INT(1, confirmed);
    EXPECT_INT(1, cleared);
    return ERR_OK;
}

STORE_TEST(gate_decide__clears_or_stops_with_a_reason_once)
{
    run(t, decide);
}

static enum err look_again(struct work *w, void *context)
{
    const char *shared = "0003708009999999999";
    int64_t person = gate_fixture_person_with(w, 1, NULL, shared);
    struct gate_claim claim = gate_fixture_claim(1, person);
    struct gate_finding *findings;
    enum gate_claim_state state;
    int32_t count;
    gate_fixture_person_with(w, 2, NULL, shared);
    gate_fixture_person_with(w, 3, NULL, shared);
    EXPECT_OK(gate_check(w, gate_fixture_rules(), &claim, 1, &findings, &count));
    EXPECT_INT(1, count);
    EXPECT_OK(gate_check(w, gate_fixture_rules(), &claim, 1, &findings, &count));
    EXPECT_INT(1, count); /* the same finding, not a second one */
    EXPECT_OK(gate_decide(w, findings[0].id, GATE_CLEARED, STR("一家三口"), &state));
    EXPECT_INT(GATE_PASSED, state);
    EXPECT(!gate_fixture_holds(w, &claim, NULL)); /* looked at and cleared */
    gate_fixture_person_with(w, 4, NULL, shared);
    EXPECT(gate_fixture_holds(w, &claim, "一个账号收几个人的补贴")); /* worse than then */
    EXPECT_OK(gate_findings(w, 1, &findings, &count));
    EXPECT_INT(2, count);

    /* Later two of them register accounts of their own. */
    gate_fixture_person_with(w, 3, NULL, NULL);
    gate_fixture_person_with(w, 4, NULL, NULL);
    EXPECT(!gate_fixture_holds(w, &claim, NULL));
    EXPECT_OK(gate_findings(w, 1, &findings, &count));
    EXPECT_INT(GATE_LAPSED, findings[1].state);
    EXPECT_OK(gate_state(w, 1, &state));
    EXPECT_INT(GATE_PASSED, state);
    return ERR_OK;
}

STORE_TEST(gate_check__may_be_repeated_and_follows_the_facts)
{
    run(t, look_again);
}

static enum err hold_lists(struct work *w, void *context)
{
    struct gate_claim_line *lines;
    int64_t held;
    int32_t count;
    for (int32_t i = 1; i <= 3; i++) {
        struct gate_claim claim = gate_fixture_claim(i, gate_fixture_person_with(w, i, NULL, ""));
        claim.division = i == 3 ? 370812 : 370811;
        EXPECT(gate_fixture_holds(w, &claim, NULL));
    }
    EXPECT_OK(gate_held(w, 370800, 370899, INT64_MAX, GATE_ROWS_MAX, &lines, &count));
    EXPECT_INT(3, count);
    EXPECT_INT(3, lines[0].claim_id);
    EXPECT_OK(gate_held(w, 370811, 370811, 2, GATE_ROWS_MAX, &lines, &count));
    EXPECT_INT(1, count);
    EXPECT_INT(1, lines[0].claim_id);
    EXPECT_OK(gate_withdraw(w, 1));
    EXPECT_OK(gate_held_count(w, 370800, 370899, &held));
    EXPECT_INT(2, held);
    EXPECT_ERR(ERR_NOT_FOUND, gate_withdraw(w, 99));
    return ERR_OK;
}

STORE_TEST(gate_held__lists_the_claims_of_a_desk_from_the_newest)
{
    run(t, hold_lists);
}

static enum err forget_words(struct work *w, void *context)
{
    struct policy policy = *gate_fixture_rules()->policy;
    struct gate_rules rules;
    int32_t s = policy_statement(&policy, STR("贴线上限"));
    struct statement *statements =
        ARENA_NEW_ARRAY(w->arena, struct statement, (size_t)policy.statement_count);
    memcpy(statements, policy.statements, (size_t)policy.statement_count * sizeof *statements);
    statements[s].kind = STATEMENT_NARRATIVE;
    policy.statements = statements;
    EXPECT_ERR(ERR_GATE_RULES, gate_rules_of(&policy, &rules, &w->fault));
    return ERR_OK;
}

STORE_TEST(gate_rules_of__refuses_a_document_that_lacks_a_definition)
{
    run(t, forget_words);
}
