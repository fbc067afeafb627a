#include "domain/incentive/case.h"

#include "base/day.h"
#include "domain/incentive/case_fixture.h"

#include <stdlib.h>

/* ---- the table itself ---- */

TEST(case_moves__lead_from_a_state_and_an_act_to_one_state)
{
    for (int32_t i = 0; i < case_move_count; i++)
        EXPECT(case_move_of(case_moves[i].from, case_moves[i].act) == &case_moves[i]);
}

/* States that can be reached from FOUND; towards: that can reach one that is over. */
static void reach(bool *reached, bool backward)
{
    for (bool grew = true; grew;) {
        grew = false;
        for (int32_t i = 0; i < case_move_count; i++) {
            enum case_state from = backward ? case_moves[i].to : case_moves[i].from;
            enum case_state to = backward ? case_moves[i].from : case_moves[i].to;
            if (reached[from] && !reached[to])
                grew = reached[to] = true;
        }
    }
}

TEST(case_moves__reach_every_state_from_the_first)
{
    bool reached[CASE_STATE_COUNT] = {[CASE_FOUND] = true};
    reach(reached, false);
    for (int32_t s = CASE_FOUND; s < CASE_STATE_COUNT; s++)
        EXPECT(reached[s]);
}

TEST(case_moves__lead_from_every_state_to_one_that_is_over)
{
    bool reached[CASE_STATE_COUNT] = {false};
    for (int32_t s = CASE_FOUND; s < CASE_STATE_COUNT; s++)
        reached[s] = case_states[s].is_over;
    reach(reached, true);
    for (int32_t s = CASE_FOUND; s < CASE_STATE_COUNT; s++)
        EXPECT(reached[s]);
}

TEST(case_acts__are_all_used)
{
    for (int32_t act = 1; act < CASE_ACT_COUNT; act++) {
        bool is_used = false;
        for (int32_t i = 0; i < case_move_count; i++)
            is_used |= case_moves[i].act == (enum case_act)act;
        EXPECT(is_used);
    }
}

TEST(case_moves__that_can_be_taken_back_have_no_money_behind_them)
{
    for (int32_t i = 0; i < case_move_count; i++) {
        enum case_state to = case_moves[i].to;
        bool has_effect = to == CASE_NOTICED || to == CASE_FINANCE || to == CASE_PAYING;
        EXPECT(!(case_moves[i].flags & CASE_BACK && has_effect));
    }
}

/* ---- who may ---- */

enum { DIVISION = 370811, ME = 41, PERSON = 901 };

static struct incentive_case given_case(enum case_state state)
{
    return (struct incentive_case){.id = 7,
                                   .holder_id = PERSON,
                                   .holder_record = 1,
                                   .kind = CASE_MONEY,
                                   .way = CASE_FOUND_BY_PROGRAM,
                                   .division = DIVISION,
                                   .state = state,
                                   .version = 3,
                                   .amount_fen = 100000,
                                   .stored_fen = 100000,
                                   .document_number = STR("文号"),
                                   .rule_name = STR("项目")};
}

static struct case_actor given_actor(enum role role)
{
    struct case_actor actor = {.hat_count = 1};
    actor.hats[0].role = role;
    switch (guard_roles[role].scope) {
    case SCOPE_SELF:
        actor.hats[0].scope.person_id = PERSON;
        break;
    case SCOPE_ORGANISATION:
        actor.hats[0].scope.organisation_id = PERSON;
        break;
    case SCOPE_DIVISION:
        guard_divisions_below(370800, &actor.hats[0].scope.division_min,
                              &actor.hats[0].scope.division_max);
        break;
    }
    return actor;
}

/* The table says who may, once more and on its own: by the letters of guard.def. */
static bool table_lets(const struct case_move_desc *move, enum role role)
{
    static const char letters[ROLE_COUNT] = {
        [ROLE_worker] = 'w',          [ROLE_employer] = 'e',     [ROLE_training_body] = 't',
        [ROLE_assessment_body] = 'a', [ROLE_reviewer] = 'r',     [ROLE_approver] = 'p',
        [ROLE_finance] = 'f',         [ROLE_supervisor] = 's',   [ROLE_policy_maker] = 'm',
        [ROLE_director] = 'd',        [ROLE_administrator] = 'x'};
    const char *who = move->by == CASE_BY_REVIEW    ? "r"
                      : move->by == CASE_BY_APPROVE ? "p"
                      : move->by == CASE_BY_OWN     ? "weta"
                      : move->by == CASE_BY_PAY     ? "f"
                                                    : "";
    return strchr(who, letters[role]) != NULL;
}

static bool fits(enum case_kind kind, enum case_act act)
{
    if (act == CASE_DO_CONFER)
        return kind == CASE_TITLE;
    return kind == CASE_MONEY || (act != CASE_DO_ANNOUNCE && act != CASE_DO_APPROVE);
}

TEST(case_allows__every_move_of_the_table_to_its_roles_and_no_other)
{
    for (int32_t kind = CASE_MONEY; kind <= CASE_TITLE; kind++)
        for (int32_t s = CASE_FOUND; s < CASE_STATE_COUNT; s++)
            for (int32_t act = 1; act < CASE_ACT_COUNT; act++)
                for (int32_t role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
                    struct incentive_case subject = given_case((enum case_state)s);
                    subject.kind = (enum case_kind)kind;
                    struct case_actor actor = given_actor((enum role)role);
                    const struct case_move_desc *move =
                        case_move_of((enum case_state)s, (enum case_act)act);
                    bool may = move && fits(subject.kind, (enum case_act)act) &&
                               table_lets(move, (enum role)role);
                    enum err err = case_allows(&actor, ME, &subject, (enum case_act)act);
                    EXPECT(may == (err == ERR_OK));
                    if (!may)
                        EXPECT(err == ERR_CASE_STATE || err == ERR_FORBIDDEN);
                }
}

TEST(case_allows__the_program_its_own_moves_and_no_other)
{
    for (int32_t i = 0; i < case_move_count; i++) {
        struct incentive_case subject = given_case(case_moves[i].from);
        subject.kind = case_moves[i].act == CASE_DO_CONFER ? CASE_TITLE : CASE_MONEY;
        bool may = case_moves[i].by == CASE_BY_SYSTEM || case_moves[i].flags & CASE_AUTO;
        EXPECT(may == (case_allows(&case_program, 0, &subject, case_moves[i].act) == ERR_OK));
    }
}

TEST(case_allows__nobody_to_see_what_is_not_theirs)
{
    for (int32_t role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
        struct case_actor actor = given_actor((enum role)role);
        struct incentive_case subject = given_case(CASE_REFUSED);
        subject.division = 320100;
        subject.holder_id = PERSON + 1;
        EXPECT_ERR(ERR_NOT_FOUND, case_allows(&actor, ME, &subject, CASE_DO_APPEAL));
    }
}

TEST(case_allows__another_than_who_decided_when_four_eyes_are_asked_for)
{
    for (int32_t i = 0; i < case_move_count; i++) {
        if (!(case_moves[i].flags & CASE_OTHER))
            continue;
        struct incentive_case subject = given_case(case_moves[i].from);
        subject.kind = case_moves[i].act == CASE_DO_CONFER ? CASE_TITLE : CASE_MONEY;
        struct case_actor actor = given_actor(ROLE_approver);
        subject.decided_id = ME;
        EXPECT_ERR(ERR_CASE_OWN, case_allows(&actor, ME, &subject, case_moves[i].act));
        subject.decided_id = ME + 1;
        EXPECT_OK(case_allows(&actor, ME, &subject, case_moves[i].act));
    }
}

TEST(case_allows__nobody_to_decide_about_themselves)
{
    struct case_actor actor = given_actor(ROLE_reviewer);
    struct incentive_case subject = given_case(CASE_REVIEW);
    actor.own_person_id = PERSON;
    EXPECT_ERR(ERR_CASE_OWN, case_allows(&actor, ME, &subject, CASE_DO_PASS));
    actor.own_person_id = PERSON + 1;
    EXPECT_OK(case_allows(&actor, ME, &subject, CASE_DO_PASS));
}

TEST(case_allows__no_decision_while_the_amount_is_open_or_the_gate_holds_it)
{
    struct case_actor reviewer = given_actor(ROLE_reviewer);
    struct incentive_case subject = given_case(CASE_REVIEW);
    subject.amount_fen = ABSENT_I64;
    EXPECT_ERR(ERR_CASE_OPEN, case_allows(&reviewer, ME, &subject, CASE_DO_PASS));
    EXPECT_OK(case_allows(&reviewer, ME, &subject, CASE_DO_REFUSE));
    subject = given_case(CASE_REVIEW);
    subject.held_count = 1;
    EXPECT_ERR(ERR_CASE_HELD, case_allows(&reviewer, ME, &subject, CASE_DO_PASS));
}

TEST(case_practice__of_a_rule_goes_before_that_of_its_document_and_of_all)
{
    static const struct case_practice_row rows[] = {
        {{"", sizeof "" - 1},
         {"", sizeof "" - 1},
         {"notice", sizeof "notice" - 1},
         5,
         {"", 0},
         {"all", sizeof "all" - 1}},
        {{"文号", sizeof "文号" - 1},
         {"项目", sizeof "项目" - 1},
         {"notice", sizeof "notice" - 1},
         10,
         {"", 0},
         {"the rule", sizeof "the rule" - 1}},
        {{"文号", sizeof "文号" - 1},
         {"", sizeof "" - 1},
         {"notice", sizeof "notice" - 1},
         7,
         {"", 0},
         {"the document", sizeof "the document" - 1}},
    };
    struct case_practice practice = {rows, 3, NULL};
    EXPECT_INT(10, case_practice_value(&practice, STR("文号"), STR("项目"), "notice", 0));
    EXPECT_INT(7, case_practice_value(&practice, STR("文号"), STR("另一项"), "notice", 0));
    EXPECT_INT(5, case_practice_value(&practice, STR("别的"), STR("项目"), "notice", 0));
    EXPECT_INT(3, case_practice_value(&practice, STR("别的"), STR("项目"), "sample_bp", 3));
}

/* ---- in the store ---- */

static void expect_figures(struct store_fixture *t)
{
    EXPECT_INT(0, store_fixture_number(t, CASE_FIGURES_DIFFER));
    EXPECT_INT(0, store_fixture_number(t, CASE_STEPS_DIFFER));
}

STORE_TEST(case_open_all__opens_each_case_once_and_checks_it)
{
    given_cases(t);
    int64_t count = store_fixture_number(t, "SELECT COUNT(*) FROM incentive_case");
    EXPECT(count > 20);
    int64_t paid_for = store_fixture_number(
        t, "SELECT COUNT(*) FROM entitlement e"
           " WHERE e.gone_ms = 9223372036854775807 AND EXISTS (SELECT 1 FROM incentive_case c"
           " WHERE c.rule_id = e.rule_id AND (c.kind = 2 OR e.lane = 1 OR e.amount_fen IS NULL"
           " OR e.amount_fen > 0))");
    EXPECT_INT(paid_for, count);
    EXPECT_INT(0, store_fixture_number(t, "SELECT COUNT(*) FROM incentive_case WHERE state = 1"));
    EXPECT(store_fixture_number(t, "SELECT COUNT(*) FROM incentive_case WHERE state = 2") > 0);
    EXPECT(store_fixture_number(t, "SELECT COUNT(*) FROM incentive_case WHERE state = 3") > 0);
    expect_figures(t);
    struct case_open_report report = open_cases(t);
    EXPECT_INT(0, report.opened_count);
    EXPECT_INT(0, report.moved_count);
}

STORE_TEST(case_move__is_written_with_its_step_its_event_and_its_clock)
{
    given_cases(t);
    int64_t id = case_in(t, CASE_CHECKED);
    struct case_try try = {.id = id, .act = CASE_DO_PASS, .role = ROLE_reviewer};
    EXPECT_OK(move_as(t, CHEN, &try));
    EXPECT(try.subject.state == CASE_APPROVAL);
    EXPECT_INT(CHEN, try.subject.decided_id);
    EXPECT(try.subject.due_day > FIXTURE_TODAY_DAY && try.subject.due_day < DAY_MAX);
    EXPECT_INT(1, store_fixture_number(t, "SELECT COUNT(*) FROM event WHERE kind ="
                                          " 'case.approval'"));
    EXPECT_INT(CHEN, store_fixture_number(t, "SELECT account_id FROM case_step WHERE act = 7"));
    expect_figures(t);
}

STORE_TEST(case_move__is_refused_to_the_second_of_two)
{
    given_cases(t);
    struct case_try first = {
        .id = case_in(t, CASE_CHECKED), .act = CASE_DO_PASS, .role = ROLE_reviewer};
    struct case_try second = first;
    second.known_version = 2;
    EXPECT_OK(move_as(t, CHEN, &first));
    second.keeps_state = CASE_CHECKED; /* as it was when the page was shown */
    EXPECT_ERR(ERR_CASE_STALE, move_as(t, LI, &second));
    EXPECT_INT(1, store_fixture_number(t, "SELECT COUNT(*) FROM case_step WHERE act = 7"));
    expect_figures(t);
}

STORE_TEST(case_move__asks_for_a_reason_where_the_table_says_so)
{
    given_cases(t);
    struct case_try try = {.id = case_in(t, CASE_CHECKED),
                           .act = CASE_DO_REFUSE,
                           .role = ROLE_reviewer,
                           .reason = STR("　 ")};
    EXPECT_ERR(ERR_CASE_WORDS, move_as(t, CHEN, &try));
    try.reason = STR("证书已被撤销");
    EXPECT_OK(move_as(t, CHEN, &try));
    EXPECT(try.subject.state == CASE_REFUSED);
}

STORE_TEST(case_take_back__by_who_made_the_step_within_its_minutes)
{
    given_cases(t);
    struct case_try try = {
        .id = case_in(t, CASE_CHECKED), .act = CASE_DO_PASS, .role = ROLE_reviewer};
    EXPECT_OK(move_as(t, CHEN, &try));
    struct case_try back = {.id = try.id, .act = CASE_TAKEN_BACK, .role = ROLE_reviewer};
    EXPECT_ERR(ERR_CASE_LATE, move_as(t, LI, &back));
    t->env.fixed_now_ms = FIXTURE_NOW_MS + 10 * 60 * 1000 - 1; /* the last instant */
    EXPECT_OK(move_as(t, CHEN, &back));
    EXPECT(back.subject.state == CASE_CHECKED);
    EXPECT_INT(0, back.subject.decided_id);
    EXPECT_OK(move_as(t, CHEN, &try));
    t->env.fixed_now_ms += 10 * 60 * 1000; /* the first instant after */
    EXPECT_ERR(ERR_CASE_LATE, move_as(t, CHEN, &back));
    expect_figures(t);
}

STORE_TEST(case_fill_amount__up_to_the_ceiling_by_a_reviewer_with_words)
{
    given_cases(t);
    int64_t id = case_in(t, CASE_REVIEW);
    struct case_try try = {.id = id,
                           .act = CASE_FILLED,
                           .role = ROLE_reviewer,
                           .amount_fen = 500001,
                           .max_fen = 500000,
                           .reason = STR("发票三张")};
    EXPECT_ERR(ERR_INPUT, move_as(t, CHEN, &try));
    try.amount_fen = 500000;
    try.role = ROLE_approver;
    EXPECT_ERR(ERR_FORBIDDEN, move_as(t, CHEN, &try));
    try.role = ROLE_reviewer;
    EXPECT_OK(move_as(t, CHEN, &try));
    EXPECT_INT(500000, try.subject.amount_fen);
    struct case_try pass = {.id = id, .act = CASE_DO_PASS, .role = ROLE_reviewer};
    EXPECT_OK(move_as(t, CHEN, &pass));
    expect_figures(t);
}

STORE_TEST(case_align__follows_what_is_found_before_and_after_payment)
{
    given_cases(t);
    int64_t id = case_in(t, CASE_CHECKED);
    struct case_try align = {.id = id, .act = CASE_OPENED};
    char sql[300];
    snprintf(sql, sizeof sql, "UPDATE entitlement SET amount_fen = 123400 WHERE id = %lld",
             (long long)id);
    store_fixture_script(t, sql);
    EXPECT_OK(move_as(t, 0, &align));
    EXPECT(align.subject.state == CASE_CHECKED);
    EXPECT_INT(123400, align.subject.amount_fen);
    align.pays_fen = 123400;
    EXPECT_OK(move_as(t, 0, &align));
    EXPECT(align.subject.state == CASE_PAID);
    store_fixture_script(t, "UPDATE entitlement SET amount_fen = 150000"
                            " WHERE amount_fen = 123400");
    align.pays_fen = 0;
    EXPECT_OK(move_as(t, 0, &align));
    EXPECT(align.subject.state == CASE_CORRECTING);
    EXPECT_INT(26600, case_payable_fen(&align.subject));
    store_fixture_script(t, "UPDATE entitlement SET amount_fen = 100000"
                            " WHERE amount_fen = 150000");
    EXPECT_OK(move_as(t, 0, &align));
    EXPECT(align.subject.state == CASE_RECOVERING);
    EXPECT_INT(-23400, case_payable_fen(&align.subject));
    expect_figures(t);
}

STORE_TEST(case_actor_of__wears_the_hat_of_an_absent_colleague_in_its_days)
{
    EXPECT_OK(stand_in(t, FIXTURE_TODAY_DAY, FIXTURE_TODAY_DAY + 2));
    EXPECT_INT(2, hats_on(t, FIXTURE_TODAY_DAY));
    EXPECT_INT(2, hats_on(t, FIXTURE_TODAY_DAY + 2)); /* the last day */
    EXPECT_INT(1, hats_on(t, FIXTURE_TODAY_DAY + 3));
}
