#include "domain/registry/fact_form.h"

#include "registry_fixture.h"
#include "store_fixture.h"

static struct fact_checker checker(struct work *w)
{
    return (struct fact_checker){registry_fixture_vocab(), NULL, w->today_day};
}

static struct fact_form a_person(char identity[19])
{
    struct fact_form form = {.table = REGISTRY_person};
    form.texts[FIELD_person_name] = STR("张三丰");
    form.texts[FIELD_person_identity] = str_from(registry_fixture_identity(1, identity));
    form.texts[FIELD_person_division] = STR("370811");
    form.texts[FIELD_person_phone] = STR("13912345678");
    return form;
}

static enum err add_and_edit(struct work *w, void *context)
{
    char identity[19];
    struct fact_form form = a_person(identity);
    struct fact_checker check = checker(w);
    struct fact fact, current, edited;
    struct fact_problems problems;
    enum fact_outcome outcome;
    TRY(fact_form_read(w, &check, &form, NULL, &fact, &problems));
    EXPECT_INT(0, problems.count);
    TRY(fact_put(w, &fact, &outcome));
    int64_t id = ((const struct record_head *)fact.record)->id;
    TRY(fact_read(w, REGISTRY_person, id, id, &current));

    TRY(fact_form_write(w, check.vocab, &current, &form));
    EXPECT_STR("", form.texts[FIELD_person_name]);
    EXPECT_STR("", form.texts[FIELD_person_identity]);
    EXPECT_STR("370811", form.texts[FIELD_person_division]);
    EXPECT_STR("1990-01-02", form.texts[FIELD_person_birth_day]);

    form.texts[FIELD_person_education] = STR("大专");
    form.texts[FIELD_person_phone] = STR("清空");
    TRY(fact_form_read(w, &check, &form, &current, &edited, &problems));
    EXPECT_INT(0, problems.count);
    TRY(fact_correct(w, &edited, &outcome));
    EXPECT_INT(FACT_CORRECTED, outcome);
    TRY(fact_read(w, REGISTRY_person, id, id, &current));
    const struct person *person = current.record;
    EXPECT_STR("张三丰", person->name);
    EXPECT_INT(education_college, person->education);
    EXPECT(current.secrets[0].sealed.ptr != NULL);
    EXPECT(current.secrets[1].sealed.ptr == NULL);
    return ERR_OK;
}

STORE_TEST(fact_form__keeps_what_it_does_not_show_and_erases_when_told)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, add_and_edit, NULL, &t->fault));
}

static bool has_problem(const struct fact_problems *problems, int32_t field)
{
    for (int32_t i = 0; i < problems->count; i++)
        if (problems->rows[i].field == field)
            return true;
    return false;
}

static enum err refuse(struct work *w, void *context)
{
    char identity[19];
    struct fact_form form = a_person(identity);
    struct fact_checker check = checker(w);
    struct fact fact;
    struct fact_problems problems;
    form.texts[FIELD_person_identity] = STR("370811199001020A19");
    form.texts[FIELD_person_education] = STR("神学");
    form.texts[FIELD_person_name] = STR("");
    TRY(fact_form_read(w, &check, &form, NULL, &fact, &problems));
    EXPECT(has_problem(&problems, FIELD_person_identity));
    EXPECT(has_problem(&problems, FIELD_person_education));
    EXPECT(has_problem(&problems, FIELD_person_name));
    EXPECT(!has_problem(&problems, FIELD_person_division));

    struct fact_form job = {.table = REGISTRY_employment, .owner_id = 1};
    char code[19];
    job.texts[FIELD_employment_employer] = str_from(registry_fixture_credit_code(5, code));
    job.texts[FIELD_employment_from_day] = STR("2020-02-30");
    TRY(fact_form_read(w, &check, &job, NULL, &fact, &problems));
    EXPECT(has_problem(&problems, FIELD_employment_employer)); /* nobody has this code */
    EXPECT(has_problem(&problems, FIELD_employment_from_day));
    return ERR_OK;
}

STORE_TEST(fact_form__tells_each_field_that_is_wrong)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, refuse, NULL, &t->fault));
}
