#include "store_fixture.h"

#include "domain/registry/duplicate.h"
#include "domain/registry/fact.h"
#include "registry_fixture.h"

#include <stdio.h>

static int64_t put_person(struct work *w, const char *name, const char *identity, int32_t kind,
                          const char *phone)
{
    struct person person;
    registry_clear(&registry_records[REGISTRY_person], &person);
    person.name = str_from(name);
    person.identity_kind = kind;
    person.identity = str_from(identity);
    person.birth_day = 7306;
    person.phone = str_from(phone);
    person.division = 370811;
    struct fact fact = {.table = REGISTRY_person, .record = &person, .given = FACT_GIVEN_ALL};
    enum fact_outcome outcome;
    EXPECT_OK(fact_put(w, &fact, &outcome));
    return person.head.id;
}

static int64_t put_title(struct work *w, int64_t person_id, int32_t granted_day)
{
    struct professional_title title;
    registry_clear(&registry_records[REGISTRY_professional_title], &title);
    title.head.owner_id = person_id;
    title.level = title_level_junior_title;
    title.granted_day = granted_day;
    struct fact fact = {
        .table = REGISTRY_professional_title, .record = &title, .given = FACT_GIVEN_ALL};
    enum fact_outcome outcome;
    EXPECT_OK(fact_put(w, &fact, &outcome));
    return title.head.id;
}

static int32_t title_count(struct work *w, int64_t person_id)
{
    struct fact *facts;
    int32_t count;
    EXPECT_OK(fact_read_current(w, REGISTRY_professional_title, person_id, &facts, &count));
    return count;
}

TEST(duplicate_names_near__forgives_dots_and_one_character_of_three)
{
    EXPECT(duplicate_names_near(STR("买买提·吐尔逊"), STR("买买提 吐尔逊")));
    EXPECT(duplicate_names_near(STR("张三丰"), STR("张三峰")));
    EXPECT(!duplicate_names_near(STR("张三"), STR("张四")));
    EXPECT(!duplicate_names_near(STR("张三丰"), STR("李三峰")));
    EXPECT(!duplicate_names_near(STR("张三丰"), STR("张三")));
}

static enum err find_doubles(struct work *w, void *context)
{
    struct duplicate_pair *pairs;
    int32_t count;
    int64_t first = put_person(w, "张三丰", "370811199001020017", 1, "13900000001");
    put_person(w, "张三丰", "370811199001020025", 1, "13900000002");
    int64_t third = put_person(w, "张三峰", "P1234567", 3, "13900000001");
    put_person(w, "李四", "370811199001020033", 1, "13900000001");
    EXPECT_OK(person_duplicates(w, &pairs, &count));
    EXPECT_INT(2, count);
    EXPECT_INT(first, pairs[0].first_id);
    EXPECT_INT(third, pairs[0].second_id);
    EXPECT(pairs[0].same_phone);
    EXPECT(pairs[0].other_paper);
    EXPECT_STR("张三峰", pairs[0].second_name);
    return ERR_OK;
}

STORE_TEST(person_duplicates__finds_near_names_of_one_birth_day_with_one_more_sign)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, find_doubles, NULL, &t->fault));
}

static enum err join_and_part(struct work *w, void *context)
{
    int64_t kept = put_person(w, "张三丰", "370811199001020017", 1, "13900000001");
    int64_t dropped = put_person(w, "张三丰", "P1234567", 3, "13900000001");
    put_title(w, kept, 10000);
    put_title(w, dropped, 11000);
    struct carrier carrier;
    registry_clear(&registry_records[REGISTRY_carrier], &carrier);
    carrier.head.owner_id = 4711;
    carrier.name = STR("工作室");
    carrier.kind = carrier_kind_master_studio;
    carrier.tier = tier_city_tier;
    carrier.approved_day = 12000;
    carrier.heritage = 0;
    carrier.master = dropped;
    struct fact fact = {.table = REGISTRY_carrier, .record = &carrier, .given = FACT_GIVEN_ALL};
    enum fact_outcome outcome;
    EXPECT_OK(fact_put(w, &fact, &outcome));

    int64_t join_id;
    EXPECT_OK(person_join(w, kept, dropped, STR("护照与身份证为同一人"), &join_id));
    struct fact found;
    EXPECT_ERR(ERR_NOT_FOUND, fact_read(w, REGISTRY_person, dropped, dropped, &found));
    EXPECT_INT(2, title_count(w, kept));
    EXPECT_INT(0, title_count(w, dropped));
    EXPECT_OK(fact_read(w, REGISTRY_carrier, 4711, carrier.head.id, &found));
    EXPECT_INT(kept, ((struct carrier *)found.record)->master);
    put_title(w, kept, 12000);

    EXPECT_OK(person_part(w, join_id));
    EXPECT_OK(person_part(w, join_id));
    EXPECT_OK(fact_read(w, REGISTRY_person, dropped, dropped, &found));
    EXPECT_INT(2, title_count(w, kept));
    EXPECT_INT(1, title_count(w, dropped));
    EXPECT_OK(fact_read(w, REGISTRY_carrier, 4711, carrier.head.id, &found));
    EXPECT_INT(dropped, ((struct carrier *)found.record)->master);
    EXPECT_ERR(ERR_NOT_FOUND, person_part(w, 12345));
    EXPECT_ERR(ERR_INPUT, person_join(w, kept, kept, STR(""), &join_id));
    return ERR_OK;
}

STORE_TEST(person_join__moves_every_record_and_person_part_gives_them_back)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, join_and_part, NULL, &t->fault));
}
