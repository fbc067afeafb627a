/* Published failures, replayed: each claim that was paid then is held now, before money moves. The
 * figures of the reports stand in the names; what is replayed is their pattern. */
#include "gate_fixture.h"

#include "registry_fixture.h"
#include "store/work.h"

#include <pthread.h>

enum { FOUNDED_DAY = 11323 /* 2001-01-01 */, PEOPLE_FIRST = 100 };

static void run(struct store_fixture *t, work_step *step)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, step, NULL, &t->fault));
}

static int64_t course_of(struct work *w, int64_t person, int64_t provider, int32_t day)
{
    struct training course;
    gate_fixture_clear(REGISTRY_training, &course, person);
    course.provider = provider;
    course.form = training_form_subsidised;
    course.content = training_content_post_upgrade;
    course.occupation = 6180101;
    course.target_level = skill_level_intermediate_worker;
    course.start_day = day;
    course.end_day = day + 4;
    return gate_fixture_put(w, REGISTRY_training, &course);
}

static int64_t certificate_of(struct work *w, int64_t person, int64_t issuer, const char *number)
{
    struct certificate paper;
    gate_fixture_clear(REGISTRY_certificate, &paper, person);
    paper.number = str_from(number);
    paper.kind = certificate_kind_skill_level_certificate;
    paper.occupation = 6180101;
    paper.level = skill_level_intermediate_worker;
    paper.issued_day = FIXTURE_TODAY_DAY - 60;
    paper.issuer = issuer;
    paper.state = certificate_state_in_force;
    return gate_fixture_put(w, REGISTRY_certificate, &paper);
}

static void file_for_assessment(struct work *w, int64_t body, int32_t from_day)
{
    struct organisation_role role;
    gate_fixture_clear(REGISTRY_organisation_role, &role, body);
    role.role = organisation_role_kind_third_party_assessment;
    role.from_day = from_day;
    gate_fixture_put(w, REGISTRY_organisation_role, &role);
}

static void insure(struct work *w, int64_t person, int64_t payer, int32_t from, int32_t to)
{
    struct insured_span span;
    gate_fixture_clear(REGISTRY_insured_span, &span, person);
    span.insurance = insurance_kind_unemployment;
    span.payer = payer;
    span.from_month = from;
    span.to_month = to;
    gate_fixture_put(w, REGISTRY_insured_span, &span);
}

static int64_t held_of(struct work *w, const struct gate_claim *claims, int32_t count)
{
    struct gate_finding *findings;
    int32_t finding_count;
    int64_t held = 0;
    EXPECT_OK(gate_check(w, gate_fixture_rules(), claims, count, &findings, &finding_count));
    for (int32_t i = 0; i < count; i++) {
        enum gate_claim_state state;
        EXPECT_OK(gate_state(w, claims[i].claim_id, &state));
        held += state == GATE_HELD;
    }
    return held;
}

/* Singapore 2017: nine dormant firms filed 8,386 requests in six months. */
static enum err dormant_firms(struct work *w, void *context)
{
    enum { EACH = 25 };
    struct gate_claim claims[9 * EACH];
    int64_t real = gate_fixture_body(w, 100, FOUNDED_DAY);
    for (int32_t firm = 0; firm < 9; firm++) {
        int64_t body = gate_fixture_body(w, firm, FOUNDED_DAY);
        for (int32_t i = 0; i < EACH; i++) {
            int32_t number = firm * EACH + i;
            int64_t person = gate_fixture_person(w, PEOPLE_FIRST + number);
            claims[number] = gate_fixture_claim(1 + number, person);
            claims[number].body_id = body;
            claims[number].body_is_paid = true;
            /* Their people work elsewhere, where they are insured. */
            insure(w, person, real, 2025 * 12, 2026 * 12 + 1);
        }
    }
    EXPECT_INT(9 * EACH, held_of(w, claims, 9 * EACH));

    for (int32_t i = 0; i < EACH; i++) { /* the same people, claimed for by who insures them */
        claims[i].claim_id += 1000;
        claims[i].body_id = real;
    }
    EXPECT_INT(0, held_of(w, claims, EACH));
    return ERR_OK;
}

STORE_TEST(replay_singapore__claims_of_nine_dormant_firms_are_held)
{
    run(t, dormant_firms);
}

/* The same inquiry, earlier: 4,400 people claimed for one course at once. */
static enum err one_course(struct work *w, void *context)
{
    enum { SEATS = 100, CAME = 104 };
    struct gate_claim claims[CAME];
    int64_t school = gate_fixture_body(w, 0, FOUNDED_DAY);
    for (int32_t i = 0; i < CAME; i++) {
        int64_t person = gate_fixture_person(w, PEOPLE_FIRST + i);
        claims[i] = gate_fixture_claim(1 + i, person);
        claims[i].basis_table = REGISTRY_training;
        claims[i].basis_id = course_of(w, person, school, FIXTURE_TODAY_DAY - 30);
    }
    EXPECT_INT(0, held_of(w, claims, SEATS));
    EXPECT_INT(CAME, held_of(w, claims, CAME)); /* also those that had passed alone */
    return ERR_OK;
}

STORE_TEST(replay_singapore__more_people_than_a_course_has_seats_are_held)
{
    run(t, one_course);
}

/* A firm made for it claims within months. */
static enum err new_firm(struct work *w, void *context)
{
    int64_t person = gate_fixture_person(w, 1);
    int32_t six_months_ago = 20332; /* 2025-09-01, six months before 2026-03-01 */
    int64_t young = gate_fixture_body(w, 0, six_months_ago + 2);
    int64_t old = gate_fixture_body(w, 2, six_months_ago);
    insure(w, person, young, 2025 * 12 + 11, 2026 * 12 + 1);
    insure(w, person, old, 2025 * 12, 2025 * 12 + 10);
    struct gate_claim claim = gate_fixture_claim(1, person);
    claim.body_id = young;
    EXPECT(gate_fixture_holds(w, &claim, "申领单位不是新设的"));
    claim.claim_id = 2;
    claim.body_id = old;
    EXPECT(!gate_fixture_holds(w, &claim, "申领单位不是新设的"));
    return ERR_OK;
}

STORE_TEST(replay_singapore__a_firm_of_half_a_year_claims_from_its_seventh_month)
{
    run(t, new_firm);
}

/* India, audit 20/2025: 12,122 accounts shared by 52,381 people; empty fields, junk in others. */
static enum err shared_and_junk(struct work *w, void *context)
{
    static const char *const accounts[] = {"",
                                           "111111111111",
                                           "000000000000",
                                           "0003708000000000001",
                                           "0003708000000000001",
                                           "0003708000000000001",
                                           "0003708000000000001",
                                           "0003708000000000001"};
    struct gate_claim claims[8];
    for (int32_t i = 0; i < 8; i++)
        claims[i] =
            gate_fixture_claim(1 + i, gate_fixture_person_with(w, 1 + i, NULL, accounts[i]));
    EXPECT_INT(8, held_of(w, claims, 8));
    return ERR_OK;
}

STORE_TEST(replay_india__shared_empty_and_junk_accounts_are_held)
{
    run(t, shared_and_junk);
}

/* The same photographs in several states; no trainer in 230,758 batches. */
static enum err photographs(struct work *w, void *context)
{
    struct gate_claim claims[3];
    for (int32_t i = 0; i < 3; i++) {
        int64_t person = gate_fixture_person(w, 1 + i);
        claims[i] = gate_fixture_claim(1 + i, person);
        claims[i].proof = i < 2 ? STR("the same picture") : STR("another picture");
    }
    EXPECT_INT(2, held_of(w, claims, 3));
    claims[2].basis_table = REGISTRY_training;
    claims[2].basis_id = course_of(w, claims[2].holder_id, ABSENT_I64, FIXTURE_TODAY_DAY - 30);
    EXPECT(gate_fixture_holds(w, &claims[2], "培训有机构"));
    return ERR_OK;
}

STORE_TEST(replay_india__one_photograph_twice_and_a_course_by_nobody_are_held)
{
    run(t, photographs);
}

/* No assessor; under-age people certified. */
static enum err certified(struct work *w, void *context)
{
    int64_t filed = gate_fixture_body(w, 0, FOUNDED_DAY);
    int64_t unfiled = gate_fixture_body(w, 2, FOUNDED_DAY);
    int64_t issuers[] = {filed, unfiled, ABSENT_I64};
    static const char *const numbers[] = {"S000037000001254000001", "S000037000001254000002",
                                          "S000037000001254000003"};
    bool holds[3];
    file_for_assessment(w, filed, FIXTURE_TODAY_DAY - 60); /* the very day of issue */
    for (int32_t i = 0; i < 3; i++) {
        int64_t person = gate_fixture_person(w, 1 + i);
        struct gate_claim claim = gate_fixture_claim(1 + i, person);
        claim.basis_table = REGISTRY_certificate;
        claim.basis_id = certificate_of(w, person, issuers[i], numbers[i]);
        holds[i] = gate_fixture_holds(w, &claim, NULL);
    }
    EXPECT(!holds[0]);
    EXPECT(holds[1]);
    EXPECT(holds[2]);
    return ERR_OK;
}

static enum err under_age(struct work *w, void *context)
{
    int64_t filed = gate_fixture_body(w, 0, FOUNDED_DAY);
    int64_t person = gate_fixture_person(w, 1); /* born on 1990-01-02 */
    struct certificate paper;
    file_for_assessment(w, filed, FOUNDED_DAY);
    struct gate_claim claim = gate_fixture_claim(1, person);
    claim.basis_table = REGISTRY_certificate;
    for (int32_t i = 0; i < 2; i++) {
        gate_fixture_clear(REGISTRY_certificate, &paper, person);
        paper.number = i == 0 ? STR("S000037000001064000001") : STR("S000037000001064000002");
        paper.kind = certificate_kind_skill_level_certificate;
        paper.occupation = i == 0 ? 6180101 : 6180201;
        paper.level = skill_level_intermediate_worker;
        paper.issued_day = 13149 + i; /* 2006-01-01, then the birthday */
        paper.issuer = filed;
        claim.basis_id = gate_fixture_put(w, REGISTRY_certificate, &paper);
        EXPECT_INT(i == 0, gate_fixture_holds(w, &claim, "取证到了年龄"));
    }
    return ERR_OK;
}

STORE_TEST(replay_india__a_certificate_of_a_child_is_held_until_the_birthday)
{
    run(t, under_age);
}

STORE_TEST(replay_india__certificates_without_a_filed_assessor_are_held)
{
    run(t, certified);
}

/* A Chinese province: 59 people who were not eligible used vouchers; money was taken back later. */
static enum err not_eligible(struct work *w, void *context)
{
    struct gate_claim claims[59];
    for (int32_t i = 0; i < 59; i++) {
        claims[i] = gate_fixture_claim(1 + i, gate_fixture_person(w, 1 + i));
        claims[i].entitlement_missing = true;
    }
    EXPECT_INT(59, held_of(w, claims, 59));
    return ERR_OK;
}

STORE_TEST(replay_province__fifty_nine_who_are_not_eligible_are_held)
{
    run(t, not_eligible);
}

/* United Kingdom: firm and provider keyed the same apprentice; a mismatch stopped pay. Here both
 * speak of one record, so saying it twice holds nobody. */
static enum err said_twice(struct work *w, void *context)
{
    int64_t school = gate_fixture_body(w, 0, FOUNDED_DAY);
    int64_t person = gate_fixture_person(w, 1);
    struct gate_claim claim = gate_fixture_claim(1, person);
    claim.basis_table = REGISTRY_training;
    claim.basis_id = course_of(w, person, school, FIXTURE_TODAY_DAY - 30);
    EXPECT_INT(claim.basis_id, course_of(w, person, school, FIXTURE_TODAY_DAY - 30));
    EXPECT(!gate_fixture_holds(w, &claim, NULL));
    EXPECT(!gate_fixture_holds(w, &claim, NULL));
    return ERR_OK;
}

STORE_TEST(replay_united_kingdom__an_apprentice_keyed_twice_is_not_held)
{
    run(t, said_twice);
}

/* Learning systems: locked under threads. Several look at claims at the same time. */
struct thread {
    struct store_fixture *t;
    int64_t person;
    int32_t number;
    enum err err;
};

static enum err thread_step(struct work *w, void *context)
{
    struct thread *thread = context;
    struct gate_claim claim = gate_fixture_claim(1 + thread->number, thread->person);
    struct gate_finding *findings;
    int32_t count;
    return gate_check(w, gate_fixture_rules(), &claim, 1, &findings, &count);
}

static void *thread_run(void *context)
{
    struct thread *thread = context;
    struct fault fault = {0};
    thread->err = work_run(&thread->t->env, WORK_WRITE, thread_step, thread, &fault);
    return NULL;
}

static enum err persons_step(struct work *w, void *context)
{
    struct thread *threads = context;
    for (int32_t i = 0; i < 8; i++)
        threads[i].person = gate_fixture_person_with(w, 1 + i, NULL, "0003708000000000001");
    return ERR_OK;
}

static enum err count_step(struct work *w, void *context)
{
    int64_t *held = context;
    return gate_held_count(w, 0, INT32_MAX, held);
}

STORE_TEST(replay_learning_systems__eight_at_once_all_come_through)
{
    struct thread threads[8] = {{0}};
    pthread_t ids[8];
    int64_t held = 0;
    t->env.secrets = registry_fixture_secrets();
    gate_fixture_rules();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, persons_step, threads, &t->fault));
    for (int32_t i = 0; i < 8; i++) {
        threads[i].t = t;
        threads[i].number = i;
        EXPECT_INT(0, pthread_create(&ids[i], NULL, thread_run, &threads[i]));
    }
    for (int32_t i = 0; i < 8; i++)
        pthread_join(ids[i], NULL);
    for (int32_t i = 0; i < 8; i++)
        EXPECT_INT(ERR_OK, threads[i].err);
    EXPECT_OK(work_run(&t->env, WORK_READ, count_step, &held, &t->fault));
    EXPECT_INT(8, held);
}

/* ---- what the reports call by other names */

static enum err two_places(struct work *w, void *context)
{
    int64_t here = gate_fixture_body(w, 0, FOUNDED_DAY),
            there = gate_fixture_body(w, 1, FOUNDED_DAY);
    int64_t person = gate_fixture_person(w, 1);
    struct employment job;
    struct assessment sitting;
    gate_fixture_clear(REGISTRY_employment, &job, person);
    job.employer = here;
    job.full_time = 1;
    job.from_day = FIXTURE_TODAY_DAY - 1000;
    job.to_day = FIXTURE_TODAY_DAY - 101;
    gate_fixture_put(w, REGISTRY_employment, &job);
    gate_fixture_clear(REGISTRY_employment, &job, person);
    job.employer = there;
    job.full_time = 1;
    job.from_day = FIXTURE_TODAY_DAY - 160; /* 60 days with both */
    gate_fixture_put(w, REGISTRY_employment, &job);
    struct gate_claim claim = gate_fixture_claim(1, person);
    EXPECT(!gate_fixture_holds(w, &claim, NULL));
    gate_fixture_clear(REGISTRY_employment, &job, person);
    job.employer = here;
    job.full_time = 1;
    job.from_day = FIXTURE_TODAY_DAY - 60; /* 61 days with both, today counted */
    gate_fixture_put(w, REGISTRY_employment, &job);
    EXPECT(gate_fixture_holds(w, &claim, "不同时在两地全职"));

    insure(w, person, here, 2025 * 12, 2026 * 12);
    insure(w, person, there, 2025 * 12 + 10, 2026 * 12 + 1); /* three months with both */
    EXPECT(gate_fixture_holds(w, &claim, "不由两地重复参保"));
    for (int32_t i = 0; i < 2; i++) {
        gate_fixture_clear(REGISTRY_assessment, &sitting, person);
        sitting.assess_body = i == 0 ? here : there;
        sitting.kind = certificate_kind_skill_level_certificate;
        sitting.occupation = i == 0 ? 6180101 : 6180201;
        sitting.assess_day = FIXTURE_TODAY_DAY - 10;
        sitting.attended = 1;
        gate_fixture_put(w, REGISTRY_assessment, &sitting);
    }
    EXPECT(gate_fixture_holds(w, &claim, "不同时在两地上课考试"));
    return ERR_OK;
}

STORE_TEST(gate_check__holds_who_is_in_two_places_at_once)
{
    run(t, two_places);
}

static enum err same_skill(struct work *w, void *context)
{
    int64_t issuer = gate_fixture_body(w, 0, FOUNDED_DAY);
    int64_t person = gate_fixture_person(w, 1);
    struct payment paid;
    file_for_assessment(w, issuer, FIXTURE_TODAY_DAY - 1000);
    struct gate_claim claim = gate_fixture_claim(1, person);
    claim.basis_table = REGISTRY_certificate;
    claim.basis_id = certificate_of(w, person, issuer, "S000037000001254000001");
    EXPECT(!gate_fixture_holds(w, &claim, NULL));
    gate_fixture_clear(REGISTRY_payment, &paid, person);
    paid.kind = subsidy_kind_training_money;
    paid.occupation = 6180101;
    paid.level = skill_level_intermediate_worker;
    paid.amount_fen = 150000;
    paid.paid_day = FIXTURE_TODAY_DAY - 400;
    paid.place = 370812;
    gate_fixture_put(w, REGISTRY_payment, &paid);
    EXPECT(gate_fixture_holds(w, &claim, "同职业同等级没有另领"));
    return ERR_OK;
}

STORE_TEST(gate_check__holds_a_skill_that_another_city_paid_for)
{
    run(t, same_skill);
}

static enum err below_the_line(struct work *w, void *context)
{
    int64_t body = gate_fixture_body(w, 0, FOUNDED_DAY);
    struct gate_claim claims[3];
    for (int32_t i = 0; i < 3; i++) {
        int64_t person = gate_fixture_person(w, 1 + i);
        insure(w, person, body, 2025 * 12, 2026 * 12 + 1);
        claims[i] = gate_fixture_claim(1 + i, person);
        claims[i].body_id = body;
        claims[i].amount_filled = true;
        claims[i].amount_fen = i == 0 ? 5000000 : 4990000; /* the first stands on the line */
    }
    EXPECT_INT(0, held_of(w, claims, 3));
    claims[0].amount_fen = 4750000;
    EXPECT_INT(3, held_of(w, claims, 3));
    return ERR_OK;
}

STORE_TEST(gate_check__holds_the_third_amount_just_below_the_line)
{
    run(t, below_the_line);
}

static enum err relatives(struct work *w, void *context)
{
    int64_t officer = gate_fixture_person(w, 1), cousin = gate_fixture_person(w, 2);
    struct gate_kin kin = {officer, cousin, STR("表弟")};
    struct gate_kin *declared;
    int32_t count;
    struct gate_claim claim = gate_fixture_claim(1, cousin);
    claim.handler_person_id = officer;
    EXPECT(!gate_fixture_holds(w, &claim, NULL));
    EXPECT_OK(gate_kin_put(w, &kin));
    EXPECT_OK(gate_kin_put(w, &kin));
    EXPECT_OK(gate_kin_of(w, officer, &declared, &count));
    EXPECT_INT(1, count);
    EXPECT(gate_fixture_holds(w, &claim, "经办人回避"));
    claim.handler_person_id = 0; /* nobody took it yet */
    EXPECT(!gate_fixture_holds(w, &claim, NULL));
    claim.handler_person_id = cousin; /* one's own */
    EXPECT(gate_fixture_holds(w, &claim, "经办人回避"));
    EXPECT_OK(gate_kin_end(w, officer, cousin));
    EXPECT_ERR(ERR_NOT_FOUND, gate_kin_end(w, officer, cousin));
    return ERR_OK;
}

STORE_TEST(gate_check__keeps_officers_from_their_relatives)
{
    run(t, relatives);
}
