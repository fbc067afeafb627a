#include "store_fixture.h"

#include "domain/registry/duplicate.h"
#include "domain/registry/fact.h"
#include "domain/registry/registry.h"
#include "domain/registry/registry_facts.h"
#include "domain/registry/snapshot.h"
#include "base/id.h"
#include "policy/column_fixture.h"
#include "registry_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PEOPLE_MAX = 60, BODIES_MAX = 12, JOINS_MAX = 20, CARRIERS_MAX = 20 };

static struct id_source ids;

/* What random histories happen to. */
struct history {
    struct rand rand;
    int64_t people[PEOPLE_MAX], bodies[BODIES_MAX], carriers[CARRIERS_MAX], joins[JOINS_MAX];
    int32_t person_count, body_count, carrier_count, join_count, step_count;
};

static struct snapshot_report last;
static char last_reason[256];

static void remember(void *context, const struct snapshot_report *report)
{
    last = *report;
    snprintf(last_reason, sizeof last_reason, "%s", report->reason);
}

static struct snapshot_use *use_of_test(void)
{
    static char path[64];
    static struct snapshot_use use = {.path = path, .tell = remember};
    snprintf(path, sizeof path, "/dev/shm/snapshot_test.%d.columns", (int)getpid());
    return &use;
}

static void remove_files(void)
{
    char path[80];
    unlink(use_of_test()->path);
    snprintf(path, sizeof path, "%s.lock", use_of_test()->path);
    unlink(path);
}

static int64_t any(struct history *h, const int64_t *list, int32_t count)
{
    return count == 0 ? ABSENT_I64 : list[rand_below(&h->rand, (uint64_t)count)];
}

/* Some facts are refused (a certificate of another person, a double): a refusal is no change. */
static enum err put(struct work *w, int32_t table, void *record, int64_t owner_id)
{
    struct fact fact = {.table = table, .record = record, .given = FACT_GIVEN_ALL};
    enum fact_outcome outcome;
    ((struct record_head *)record)->owner_id = owner_id;
    return fact_put(w, &fact, &outcome);
}

static enum err put_person(struct work *w, struct history *h)
{
    char identity[19];
    struct person person;
    registry_clear(&registry_records[REGISTRY_person], &person);
    person.name = STR("张三");
    person.identity = str_from(registry_fixture_identity(
        (int32_t)rand_below(&h->rand, PEOPLE_MAX), identity));
    person.division = rand_below(&h->rand, 2) ? 370811 : 370812;
    person.died_day = rand_below(&h->rand, 9) == 0 ? 18000 : ABSENT_I32;
    TRY(put(w, REGISTRY_person, &person, 0));
    for (int32_t i = 0; i < h->person_count; i++)
        if (h->people[i] == person.head.id)
            return ERR_OK;
    h->people[h->person_count++] = person.head.id;
    return ERR_OK;
}

static enum err put_body(struct work *w, struct history *h)
{
    char code[19];
    struct organisation body;
    registry_clear(&registry_records[REGISTRY_organisation], &body);
    body.name = STR("某某公司");
    body.credit_code = str_from(registry_fixture_credit_code(
        (int32_t)rand_below(&h->rand, BODIES_MAX), code));
    body.kind = organisation_kind_enterprise;
    body.division = 370811;
    body.parent = any(h, h->bodies, h->body_count);
    TRY(put(w, REGISTRY_organisation, &body, 0));
    for (int32_t i = 0; i < h->body_count; i++)
        if (h->bodies[i] == body.head.id)
            return ERR_OK;
    h->bodies[h->body_count++] = body.head.id;
    return ERR_OK;
}

static enum err put_of_person(struct work *w, struct history *h)
{
    int64_t person_id = any(h, h->people, h->person_count);
    if (person_id == ABSENT_I64)
        return ERR_OK;
    if (rand_below(&h->rand, 2)) {
        struct employment job;
        registry_clear(&registry_records[REGISTRY_employment], &job);
        job.employer = any(h, h->bodies, h->body_count);
        job.from_day = 18000 + (int32_t)rand_below(&h->rand, 3);
        job.to_day = rand_below(&h->rand, 2) ? 19000 : ABSENT_I32;
        return job.employer == ABSENT_I64 ? ERR_OK : put(w, REGISTRY_employment, &job, person_id);
    }
    struct professional_title title;
    registry_clear(&registry_records[REGISTRY_professional_title], &title);
    title.level = title_level_junior_title;
    title.granted_day = 19000 + (int32_t)rand_below(&h->rand, 3);
    return put(w, REGISTRY_professional_title, &title, person_id);
}

static enum err put_of_body(struct work *w, struct history *h)
{
    int64_t body_id = any(h, h->bodies, h->body_count);
    int64_t carrier_id = any(h, h->carriers, h->carrier_count);
    if (carrier_id != ABSENT_I64 && rand_below(&h->rand, 2)) {
        struct carrier_activity activity;
        registry_clear(&registry_records[REGISTRY_carrier_activity], &activity);
        activity.kind = activity_kind_teaching;
        activity.activity_day = 18600 + (int32_t)rand_below(&h->rand, 5);
        return put(w, REGISTRY_carrier_activity, &activity, carrier_id);
    }
    if (body_id == ABSENT_I64 || h->carrier_count == CARRIERS_MAX)
        return ERR_OK;
    struct carrier carrier;
    registry_clear(&registry_records[REGISTRY_carrier], &carrier);
    carrier.name = STR("工作室");
    carrier.kind = carrier_kind_master_studio;
    carrier.tier = tier_city_tier;
    carrier.heritage = 0;
    carrier.approved_day = 18500 + (int32_t)rand_below(&h->rand, 3);
    carrier.master = any(h, h->people, h->person_count);
    TRY(put(w, REGISTRY_carrier, &carrier, body_id));
    h->carriers[h->carrier_count++] = carrier.head.id;
    return ERR_OK;
}

static enum err join_or_part(struct work *w, struct history *h)
{
    if (h->join_count > 0 && rand_below(&h->rand, 2))
        return person_part(w, any(h, h->joins, h->join_count));
    if (h->person_count < 2 || h->join_count == JOINS_MAX)
        return ERR_OK;
    TRY(person_join(w, any(h, h->people, h->person_count), any(h, h->people, h->person_count),
                    STR("同一人"), &h->joins[h->join_count]));
    h->join_count++;
    return ERR_OK;
}

static enum err withdraw_or_restore(struct work *w, struct history *h)
{
    bool of_body = rand_below(&h->rand, 4) == 0;
    int32_t table = of_body ? REGISTRY_organisation : REGISTRY_person;
    int64_t id = of_body ? any(h, h->bodies, h->body_count) : any(h, h->people, h->person_count);
    if (id == ABSENT_I64)
        return ERR_OK;
    enum err err = fact_withdraw(w, table, id, id);
    if (err == ERR_NOT_FOUND)
        err = fact_restore(w, table, id, id);
    return err;
}

static enum err happen(struct work *w, void *context)
{
    struct history *h = context;
    switch (rand_below(&h->rand, 9)) {
    case 0:
    case 1:
        return put_person(w, h);
    case 2:
        return put_body(w, h);
    case 3:
    case 4:
        return put_of_person(w, h);
    case 5:
    case 6:
        return put_of_body(w, h);
    case 7:
        return withdraw_or_restore(w, h);
    default:
        return join_or_part(w, h);
    }
}

static void set_clock(struct store_fixture *t, int64_t now_ms)
{
    t->env.fixed_now_ms = now_ms;
    id_source_init_fixed(&ids, 1, now_ms);
    t->env.ids = &ids;
}

static void expect_equal(struct store_fixture *t, int64_t known_at_ms)
{
    struct world *taken, *read;
    EXPECT_OK(registry_load_world_fast(&t->env, registry_fixture_vocab(), known_at_ms, 2, &taken,
                                       &t->fault));
    EXPECT_OK(registry_load_world_store(&t->env, registry_fixture_vocab(), known_at_ms, 2, &read,
                                        &t->fault));
    EXPECT(fixture_worlds_are_equal(read, taken));
    world_free(taken);
    world_free(read);
}

/* Steps of 10 s let the position follow; steps of 1 ms stay within the margin. */
static void live(struct store_fixture *t, struct history *h, int64_t step_ms, int32_t step_count)
{
    int64_t start_ms = t->env.fixed_now_ms;
    for (int32_t i = 0; i < step_count; i++) {
        int64_t now_ms = t->env.fixed_now_ms + step_ms;
        set_clock(t, now_ms);
        (void)work_run(&t->env, WORK_WRITE, happen, h, &t->fault); /* or it is refused */
        if (rand_below(&h->rand, 3) != 0)
            continue;
        set_clock(t, now_ms + step_ms);
        expect_equal(t, now_ms + step_ms);
        if (rand_below(&h->rand, 2))
            EXPECT_OK(snapshot_build(&t->env, registry_fixture_vocab(), 2, &t->fault));
        if (rand_below(&h->rand, 2))
            expect_equal(t, rand_range(&h->rand, start_ms, now_ms));
        expect_equal(t, INT64_MAX - 1);
    }
}

static void begin(struct store_fixture *t, struct history *h, uint64_t seed)
{
    memset(h, 0, sizeof *h);
    rand_init(&h->rand, seed);
    remove_files();
    t->env.secrets = registry_fixture_secrets();
    t->env.snapshot = use_of_test();
    set_clock(t, FIXTURE_NOW_MS);
}

STORE_TEST(snapshot_world__equals_the_store_after_every_history)
{
    static struct history h;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        begin(t, &h, seed);
        store_fixture_script(t, "DELETE FROM event; DELETE FROM person; DELETE FROM carrier; "
                                "DELETE FROM organisation; DELETE FROM employment; "
                                "DELETE FROM professional_title; DELETE FROM carrier_activity;"
                                "DELETE FROM person_join;");
        live(t, &h, seed == 1 ? 10000 : seed == 2 ? 1 : 1500, 50);
    }
    remove_files();
}

static void live_a_little(struct store_fixture *t, struct history *h)
{
    for (int32_t i = 0; i < 20; i++) {
        set_clock(t, t->env.fixed_now_ms + 10000);
        (void)work_run(&t->env, WORK_WRITE, happen, h, &t->fault);
    }
    set_clock(t, t->env.fixed_now_ms + 100000);
}

STORE_TEST(snapshot_world__maps_what_is_there_and_reads_only_what_has_changed)
{
    static struct history h;
    begin(t, &h, 7);
    live_a_little(t, &h);
    expect_equal(t, t->env.fixed_now_ms);
    EXPECT_INT(SNAPSHOT_BUILT, last.outcome);
    expect_equal(t, t->env.fixed_now_ms);
    EXPECT_INT(SNAPSHOT_MAPPED, last.outcome);
    EXPECT_INT(0, last.root_count);
    set_clock(t, t->env.fixed_now_ms + 10000);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, happen, &h, &t->fault));
    set_clock(t, t->env.fixed_now_ms + 100000); /* longer than the margin of either engine */
    struct snapshot_state state;
    EXPECT_OK(snapshot_look(&t->env, registry_fixture_vocab(), &state, &t->fault));
    EXPECT(state.is_usable);
    EXPECT(state.root_count >= 1 && state.root_count <= 2);
    expect_equal(t, t->env.fixed_now_ms);
    EXPECT_INT(state.root_count, last.root_count);
    EXPECT(!last.saved);
    EXPECT_OK(snapshot_build(&t->env, registry_fixture_vocab(), 1, &t->fault));
    EXPECT(last.saved);
    expect_equal(t, t->env.fixed_now_ms);
    EXPECT_INT(0, last.root_count);
    EXPECT_OK(snapshot_drop(use_of_test()->path, &t->fault));
    EXPECT_ERR(ERR_NOT_FOUND, snapshot_drop(use_of_test()->path, &t->fault));
    remove_files();
}

static void expect_mended(struct store_fixture *t, const char *reason)
{
    expect_equal(t, t->env.fixed_now_ms);
    EXPECT_INT(SNAPSHOT_MENDED, last.outcome);
    EXPECT(strstr(last_reason, reason) != NULL);
    expect_equal(t, t->env.fixed_now_ms);
    EXPECT_INT(SNAPSHOT_MAPPED, last.outcome);
}

static void flip_byte(long place)
{
    FILE *file = fopen(use_of_test()->path, "r+");
    EXPECT(file != NULL);
    fseek(file, place, SEEK_SET);
    int byte = fgetc(file);
    fseek(file, place, SEEK_SET);
    fputc(~byte & 255, file);
    fclose(file);
}

STORE_TEST(snapshot_world__mends_a_file_that_is_damaged_or_of_another_database)
{
    static struct history h;
    begin(t, &h, 8);
    live_a_little(t, &h);
    expect_equal(t, t->env.fixed_now_ms);
    flip_byte(6 * 4096); /* a segment: three pages of head and marks, then the directory */
    expect_mended(t, "damaged");
    flip_byte(20);
    expect_mended(t, "head");
    EXPECT_INT(0, truncate(use_of_test()->path, 5 * 4096));
    expect_mended(t, "cut off");
    store_fixture_script(t, "UPDATE setting SET value = '000102030405060708090a0b0c0d0e0f' "
                            "WHERE name = 'store.identity'");
    expect_mended(t, "of another database");
    live_a_little(t, &h);
    EXPECT_OK(snapshot_build(&t->env, registry_fixture_vocab(), 1, &t->fault));
    store_fixture_script(t, "DELETE FROM event WHERE id = (SELECT MAX(id) FROM event)");
    expect_mended(t, "ahead of the database");
    remove_files();
}

STORE_TEST(snapshot_world__reads_the_store_when_the_file_cannot_be_written)
{
    static struct history h;
    static const struct snapshot_use nowhere = {.path = "/nonexistent/columns", .tell = remember};
    begin(t, &h, 9);
    live_a_little(t, &h);
    t->env.snapshot = &nowhere;
    expect_equal(t, t->env.fixed_now_ms);
    EXPECT_INT(SNAPSHOT_FAILED, last.outcome);
    EXPECT(strstr(last_reason, "/nonexistent") != NULL);
    remove_files();
}
