#include "store_fixture.h"

#include "domain/registry/fact.h"
#include "registry_fixture.h"

#include <stdio.h>

struct city {
    int64_t person_ids[4];
    int64_t organisation_id;
    int64_t carrier_id;
};

static void put(struct work *w, int32_t table, void *record)
{
    struct fact fact = {.table = table, .record = record, .given = FACT_GIVEN_ALL};
    enum fact_outcome outcome;
    EXPECT_OK(fact_put(w, &fact, &outcome));
}

static void put_owned(struct work *w, const struct city *city, int32_t i)
{
    struct certificate certificate;
    char number[32];
    registry_clear(&registry_records[REGISTRY_certificate], &certificate);
    snprintf(number, sizeof number, "Y00013708110022300000%d", i);
    certificate.head.owner_id = city->person_ids[i];
    certificate.number = str_from(number);
    certificate.kind = certificate_kind_skill_level_certificate;
    certificate.occupation = 6180101;
    certificate.level = skill_level_senior_worker;
    certificate.issued_day = 19000 + i;
    put(w, REGISTRY_certificate, &certificate);
    struct employment employment;
    registry_clear(&registry_records[REGISTRY_employment], &employment);
    employment.head.owner_id = city->person_ids[i];
    employment.employer = i == 3 ? 999 : city->organisation_id;
    employment.from_day = 18000;
    put(w, REGISTRY_employment, &employment);
}

static enum err make_city(struct work *w, void *context)
{
    struct city *city = context;
    char identity[19], code[19];
    struct organisation organisation;
    registry_clear(&registry_records[REGISTRY_organisation], &organisation);
    organisation.name = STR("某某公司");
    organisation.credit_code = str_from(registry_fixture_credit_code(1, code));
    organisation.kind = organisation_kind_enterprise;
    organisation.division = 370811;
    put(w, REGISTRY_organisation, &organisation);
    city->organisation_id = organisation.head.id;
    for (int32_t i = 0; i < 4; i++) {
        struct person person;
        registry_clear(&registry_records[REGISTRY_person], &person);
        person.name = STR("张三");
        person.identity = str_from(registry_fixture_identity(i, identity));
        person.division = 370811;
        put(w, REGISTRY_person, &person);
        city->person_ids[i] = person.head.id;
        put_owned(w, city, i);
    }
    struct carrier carrier;
    registry_clear(&registry_records[REGISTRY_carrier], &carrier);
    carrier.head.owner_id = city->organisation_id;
    carrier.name = STR("工作室");
    carrier.kind = carrier_kind_master_studio;
    carrier.tier = tier_city_tier;
    carrier.heritage = 0;
    carrier.approved_day = 18500;
    carrier.master = city->person_ids[3];
    put(w, REGISTRY_carrier, &carrier);
    city->carrier_id = carrier.head.id;
    struct carrier_activity activity;
    registry_clear(&registry_records[REGISTRY_carrier_activity], &activity);
    activity.head.owner_id = carrier.head.id;
    activity.kind = activity_kind_teaching;
    activity.activity_day = 18600;
    put(w, REGISTRY_carrier_activity, &activity);
    return ERR_OK;
}

static enum err withdraw_third(struct work *w, void *context)
{
    struct city *city = context;
    return fact_withdraw(w, REGISTRY_person, city->person_ids[2], city->person_ids[2]);
}

static void expect_city(const struct world *world, const struct city *city, int32_t person_count)
{
    EXPECT_INT(person_count, world->tables[REGISTRY_person].row_count);
    EXPECT_INT(person_count, world->tables[REGISTRY_certificate].row_count);
    EXPECT_INT(1, world->tables[REGISTRY_carrier_activity].row_count);
    const struct table_columns *employment = &world->tables[REGISTRY_employment];
    const struct column *employer = &employment->columns[FIELD_employment_employer];
    EXPECT_INT(0, column_value(employer, 0));
    EXPECT_INT(ABSENT_I64, column_value(employer, person_count - 1)); /* 999 is nobody */
    const struct column *to_day = &employment->columns[FIELD_employment_to_day];
    EXPECT_INT(DAY_NEVER, column_value(to_day, 0));
    const struct column *master = &world->tables[REGISTRY_carrier].columns[FIELD_carrier_master];
    EXPECT_INT(person_count - 1, column_value(master, 0));
    EXPECT_INT(person_count - 1, world_row(world, REGISTRY_person, city->person_ids[3]));
}

struct loading {
    int64_t known_at_ms;
    int32_t table;
    int64_t subject_id;
    struct world *world;
};

static enum err load_step(struct work *w, void *context)
{
    struct loading *loading = context;
    return registry_load_world(w, registry_fixture_vocab(), loading->known_at_ms, &loading->world);
}

static enum err load_subject_step(struct work *w, void *context)
{
    struct loading *loading = context;
    return registry_load_subject_world(w, registry_fixture_vocab(), loading->table,
                                       loading->subject_id, loading->known_at_ms, &loading->world);
}

static void expect_loaded(struct store_fixture *t, const struct city *city, int64_t known_at_ms,
                          int32_t person_count)
{
    struct loading loading = {.known_at_ms = known_at_ms};
    EXPECT_OK(work_run(&t->env, WORK_READ, load_step, &loading, &t->fault));
    expect_city(loading.world, city, person_count);
    world_free(loading.world);
    EXPECT_OK(registry_load_world_fast(&t->env, registry_fixture_vocab(), known_at_ms, 2,
                                       &loading.world, &t->fault));
    expect_city(loading.world, city, person_count);
    world_free(loading.world);
}

STORE_TEST(registry_load_world__sees_the_city_as_known_at_an_instant)
{
    struct city city;
    t->env.secrets = registry_fixture_secrets();
    t->env.fixed_now_ms = FIXTURE_NOW_MS;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, make_city, &city, &t->fault));
    t->env.fixed_now_ms = FIXTURE_NOW_MS + 1000;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, withdraw_third, &city, &t->fault));
    expect_loaded(t, &city, FIXTURE_NOW_MS, 4);
    expect_loaded(t, &city, FIXTURE_NOW_MS + 999, 4);
    expect_loaded(t, &city, FIXTURE_NOW_MS + 1000, 3); /* rows of a withdrawn person are not seen */
    struct loading before = {.known_at_ms = FIXTURE_NOW_MS - 1};
    EXPECT_OK(work_run(&t->env, WORK_READ, load_step, &before, &t->fault));
    EXPECT_INT(0, before.world->tables[REGISTRY_person].row_count);
    world_free(before.world);
}

static struct world *subject_world(struct store_fixture *t, int32_t table, int64_t subject_id)
{
    struct loading loading = {FIXTURE_NOW_MS, table, subject_id, NULL};
    EXPECT_OK(work_run(&t->env, WORK_READ, load_subject_step, &loading, &t->fault));
    EXPECT(world_row(loading.world, table, subject_id) >= 0);
    return loading.world;
}

STORE_TEST(registry_load_subject_world__holds_what_rules_can_reach)
{
    struct city city;
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, make_city, &city, &t->fault));
    struct world *world = subject_world(t, REGISTRY_person, city.person_ids[0]);
    EXPECT_INT(2, world->tables[REGISTRY_person].row_count); /* and the master of the employer */
    EXPECT_INT(1, world->tables[REGISTRY_organisation].row_count);
    EXPECT_INT(1, world->tables[REGISTRY_carrier].row_count);
    world_free(world);
    world = subject_world(t, REGISTRY_person, city.person_ids[3]);
    EXPECT_INT(1, world->tables[REGISTRY_carrier].row_count);
    EXPECT_INT(0, column_value(&world->tables[REGISTRY_carrier].columns[FIELD_carrier_master], 0));
    world_free(world);
    world = subject_world(t, REGISTRY_organisation, city.organisation_id);
    EXPECT_INT(4, world->tables[REGISTRY_person].row_count);
    world_free(world);
    world = subject_world(t, REGISTRY_carrier, city.carrier_id);
    EXPECT_INT(1, world->tables[REGISTRY_carrier_activity].row_count);
    EXPECT_INT(1, world->tables[REGISTRY_person].row_count);
    world_free(world);
    struct loading loading = {FIXTURE_NOW_MS, REGISTRY_person, 5, NULL};
    EXPECT_ERR(ERR_NOT_FOUND, work_run(&t->env, WORK_READ, load_subject_step, &loading, &t->fault));
}

STORE_TEST(registry_load_subject_world__finds_whose_any_record_is)
{
    struct city city;
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, make_city, &city, &t->fault));
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        char text[300];
        const char *name = registry_records[table].name;
        snprintf(text, sizeof text, "SELECT COALESCE(MAX(id), 0) FROM %s", name);
        int64_t id = store_fixture_number(t, text);
        if (id != 0)
            world_free(subject_world(t, table, id));
        struct loading loading = {FIXTURE_NOW_MS, table, 5, NULL};
        EXPECT_ERR(ERR_NOT_FOUND,
                   work_run(&t->env, WORK_READ, load_subject_step, &loading, &t->fault));
    }
}
