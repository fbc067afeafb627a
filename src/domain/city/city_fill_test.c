#include "city_fixture.h"
#include "registry_fixture.h"
#include "store_fixture.h"

#include "domain/registry/fact.h"
#include "store/load.h"
#include "store/migrate.h"

enum { SMALL = 2000 };

struct read_back {
    int64_t known_at_ms;
    struct city_digest digest;
};

static enum err digest_step(struct work *w, void *context)
{
    struct read_back *read = context;
    return city_digest_store(w, read->known_at_ms, &read->digest);
}

static void expect_digest(struct store_fixture *t, const struct city_plan *plan,
                          int64_t known_at_ms)
{
    struct read_back read = {.known_at_ms = known_at_ms};
    struct city_digest made;
    EXPECT_OK(work_run(&t->env, WORK_READ, digest_step, &read, &t->fault));
    EXPECT_OK(city_digest_plan(plan, known_at_ms, &made, &t->fault));
    EXPECT_INT(made.row_count, read.digest.row_count);
    EXPECT_INT(made.sums[0], read.digest.sums[0]);
    EXPECT_INT(made.sums[1], read.digest.sums[1]);
}

static void count_people(void *context, int64_t people_done, int64_t people)
{
    EXPECT(people_done <= people);
    *(int64_t *)context = people_done;
}

STORE_TEST(city_fill__stores_the_facts_of_the_plan_on_each_engine)
{
    const struct city_plan *plan = city_fixture_plan("jining", SMALL, 7);
    int64_t told = 0;
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(city_fill(&t->env, plan, (struct city_progress){count_people, &told}, &t->fault));
    EXPECT_INT(SMALL, told);
    expect_digest(t, plan, INT64_MAX - 1);
    /* Versions that were corrected later held in the middle of the register's time. */
    expect_digest(t, plan, (plan->given.today_day - 900) * INT64_C(86400000));
    EXPECT_INT(SMALL, store_fixture_number(t, "SELECT COUNT(*) FROM event WHERE person_id > 0"));
}

struct columns {
    struct world *world;
};

static enum err world_step(struct work *w, void *context)
{
    struct columns *columns = context;
    return registry_load_world(w, &city_fixture()->vocab, INT64_MAX - 1, &columns->world);
}

static void expect_same_column(const struct table_columns *a, const struct table_columns *b,
                               int32_t field)
{
    EXPECT_INT(a->columns[field].width, b->columns[field].width);
    if (a->columns[field].width == COLUMN_NONE)
        return;
    for (int32_t row = 0; row < a->row_count; row++)
        if (column_value(&a->columns[field], row) != column_value(&b->columns[field], row))
            EXPECT_INT(column_value(&a->columns[field], row),
                       column_value(&b->columns[field], row));
}

STORE_TEST(city_world__equals_the_world_loaded_from_the_store)
{
    const struct city_plan *plan = city_fixture_plan("zhuzhou", SMALL, 3);
    struct columns loaded;
    struct world *made;
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(city_fill(&t->env, plan, (struct city_progress){0}, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_READ, world_step, &loaded, &t->fault));
    EXPECT_OK(city_world(plan, &made, &t->fault));
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        const struct table_columns *a = &made->tables[table];
        const struct table_columns *b = &loaded.world->tables[table];
        EXPECT_INT(a->row_count, b->row_count);
        EXPECT(memcmp(a->row_ids, b->row_ids, (size_t)a->row_count * sizeof a->row_ids[0]) == 0);
        for (int32_t field = 0; field < registry_records[table].field_count; field++)
            expect_same_column(a, b, field);
    }
    world_free(made);
    world_free(loaded.world);
}

STORE_TEST(city_fill__refuses_a_database_in_use_and_one_left_half_made)
{
    const struct city_plan *plan = city_fixture_plan("quzhou", 500, 3);
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(city_fill(&t->env, plan, (struct city_progress){0}, &t->fault));
    EXPECT_ERR(ERR_STORE_RULE, city_fill(&t->env, plan, (struct city_progress){0}, &t->fault));
    EXPECT(t->fault.hint[0] != '\0');
}

STORE_TEST(city_fill__leaves_a_mark_when_it_was_killed)
{
    int32_t applied_count;
    EXPECT_OK(load_begin(&t->env, &t->fault)); /* and then the process died */
    EXPECT_ERR(ERR_SCHEMA, migrate_run(&t->env, &applied_count, &t->fault));
    EXPECT(t->fault.hint[0] != '\0');
}

static enum err open_step(struct work *w, void *context)
{
    const struct city_plan *plan = context;
    struct fact *facts;
    int32_t count;
    struct str identity;
    TRY(fact_read_current(w, REGISTRY_person, city_id(REGISTRY_person, 0), &facts, &count));
    EXPECT_INT(1, count);
    int32_t field = registry_field_by_name(&registry_records[REGISTRY_person], STR("identity"));
    TRY(fact_open_secret(w->arena, w->secrets, &facts[0], field, &identity, &w->fault));
    EXPECT_INT(18, identity.size);
    int64_t division;
    EXPECT(str_to_i64(str_sub(identity, 0, 6), &division));
    EXPECT_INT(plan->profile->division, division);
    int64_t found;
    TRY(fact_person_by_identity(w, identity, &found));
    EXPECT_INT(city_id(REGISTRY_person, 0), found);
    return ERR_OK;
}

STORE_TEST(city_fill__seals_identity_numbers_and_finds_them_again)
{
    const struct city_plan *plan = city_fixture_plan("hangzhou", 500, 3);
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(city_fill(&t->env, plan, (struct city_progress){0}, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_READ, open_step, (void *)(uintptr_t)plan, &t->fault));
}
