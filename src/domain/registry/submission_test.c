#include "domain/registry/submission.h"

#include "registry_fixture.h"
#include "store_fixture.h"

static enum err a_person_of(struct work *w, int number, int64_t *ret_id)
{
    char identity[19];
    struct fact_checker checker = {registry_fixture_vocab(), NULL, w->today_day};
    struct fact_form form = {.table = REGISTRY_person};
    struct fact fact;
    struct fact_problems problems;
    enum fact_outcome outcome;
    form.texts[FIELD_person_name] = STR("张三丰");
    form.texts[FIELD_person_identity] = str_from(registry_fixture_identity(number, identity));
    form.texts[FIELD_person_division] = STR("370811");
    TRY(fact_form_read(w, &checker, &form, NULL, &fact, &problems));
    TRY(fact_put(w, &fact, &outcome));
    *ret_id = ((const struct record_head *)fact.record)->id;
    return ERR_OK;
}

static enum err a_person(struct work *w, int64_t *ret_id)
{
    return a_person_of(w, 1, ret_id);
}

static struct submission an_education(int64_t person_id, struct str education)
{
    struct submission submission = {.person_id = person_id, .division = 370811,
                                    .record_id = person_id, .due_day = 20000,
                                    .form = {.table = REGISTRY_person}};
    submission.form.texts[FIELD_person_education] = education;
    return submission;
}

static enum err confirm_step(struct work *w, void *context)
{
    struct fact_checker checker = {registry_fixture_vocab(), NULL, w->today_day};
    struct fact_problems problems;
    int64_t person_id, record_id, count;
    int32_t due_day;
    struct fact person;
    TRY(a_person(w, &person_id));
    struct submission given = an_education(person_id, STR("大专"));
    TRY(submission_add(w, &given));
    TRY(submission_waiting_count(w, 370811, 370811, &count, &due_day));
    EXPECT_INT(1, count);
    EXPECT_INT(20000, due_day);
    TRY(submission_waiting_count(w, 370812, 370812, &count, &due_day));
    EXPECT_INT(0, count);
    TRY(fact_read(w, REGISTRY_person, person_id, person_id, &person));
    EXPECT_INT(ABSENT_I32, ((const struct person *)person.record)->education);

    TRY(submission_confirm(w, &checker, given.id, STR("看过毕业证书"), &problems, &record_id));
    EXPECT_INT(0, problems.count);
    TRY(fact_read(w, REGISTRY_person, person_id, person_id, &person));
    EXPECT_INT(education_college, ((const struct person *)person.record)->education);
    EXPECT_STR("本人补报", ((const struct record_head *)person.record)->source);
    EXPECT_STR("张三丰", ((const struct person *)person.record)->name);
    TRY(submission_waiting_count(w, 370811, 370811, &count, &due_day));
    EXPECT_INT(0, count);
    EXPECT_ERR(ERR_STORE_CONFLICT,
               submission_close(w, given.id, SUBMISSION_DECLINED, STR("又来一次")));
    fault_clear(&w->fault);
    return ERR_OK;
}

STORE_TEST(submission__becomes_a_fact_when_it_is_confirmed_and_once_only)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, confirm_step, NULL, &t->fault));
}

static enum err bad_step(struct work *w, void *context)
{
    struct fact_checker checker = {registry_fixture_vocab(), NULL, w->today_day};
    struct fact_problems problems;
    int64_t person_id, record_id;
    struct submission *rows;
    int32_t count;
    TRY(a_person(w, &person_id));
    struct submission given = an_education(person_id, STR("神学"));
    TRY(submission_add(w, &given));
    TRY(submission_confirm(w, &checker, given.id, STR("看过"), &problems, &record_id));
    EXPECT_INT(1, problems.count);
    TRY(submission_of(w, person_id, 0, &rows, &count));
    EXPECT_INT(1, count);
    EXPECT_INT(SUBMISSION_WAITING, rows[0].state);
    EXPECT_STR("神学", rows[0].form.texts[FIELD_person_education]);
    for (int i = 1; i < SUBMISSION_WAITING_MAX; i++) {
        struct submission more = an_education(person_id, STR("大专"));
        TRY(submission_add(w, &more));
    }
    struct submission last = an_education(person_id, STR("大专"));
    EXPECT_ERR(ERR_LIMIT, submission_add(w, &last));
    fault_clear(&w->fault);
    return ERR_OK;
}

STORE_TEST(submission__stays_apart_while_it_is_wrong_and_has_an_end)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, bad_step, NULL, &t->fault));
}

static enum err key_step(struct work *w, void *context)
{
    struct fact_checker checker = {registry_fixture_vocab(), NULL, w->today_day};
    struct fact_problems problems;
    char identity[19];
    int64_t first_id, second_id, record_id = 0;
    TRY(a_person_of(w, 1, &first_id));
    TRY(a_person_of(w, 2, &second_id));
    struct submission given = {.person_id = second_id, .division = 370811,
                               .record_id = second_id, .due_day = 20000,
                               .form = {.table = REGISTRY_person}};
    given.form.texts[FIELD_person_identity] = str_from(registry_fixture_identity(1, identity));
    given.form.texts[FIELD_person_birth_day] = str_sub(given.form.texts[FIELD_person_identity],
                                                       6, 8);
    given.form.texts[FIELD_person_sex] = (identity[16] - '0') % 2 == 1 ? STR("男") : STR("女");
    TRY(submission_add(w, &given));
    TRY(submission_confirm(w, &checker, given.id, STR("看过证件"), &problems, &record_id));
    EXPECT_INT(1, problems.count);
    EXPECT_INT(FIELD_person_identity, problems.rows[0].field);
    EXPECT_INT(0, record_id);
    return ERR_OK;
}

STORE_TEST(submission__cannot_give_two_people_one_identity)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, key_step, NULL, &t->fault));
}
