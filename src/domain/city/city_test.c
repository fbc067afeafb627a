#include "city_fixture.h"

#include "base/hash.h"
#include "base/identity.h"
#include "domain/city/city_batch.h"

enum { SMALL = 2000 };

/* Every row of a city in one batch. */
static void whole_city(const struct city_plan *plan, struct city_batch *batch)
{
    city_batch_init(batch);
    city_bodies(plan, batch);
    city_people(plan, 0, plan->given.people, batch);
    EXPECT(!batch->failed);
}

static const struct city_plan *jining(int64_t people, uint64_t seed)
{
    return city_fixture_plan("jining", people, seed);
}

TEST(city_shuffle__is_a_bijection_and_knows_the_way_back)
{
    enum { COUNT = 997 };
    bool taken[COUNT] = {false};
    for (int64_t i = 0; i < COUNT; i++) {
        int64_t place = city_shuffle(7, 1, COUNT, i);
        EXPECT(place >= 0 && place < COUNT && !taken[place]);
        taken[place] = true;
        EXPECT_INT(i, city_shuffle_back(7, 1, COUNT, place));
    }
    EXPECT_INT(0, city_shuffle(7, 1, 1, 0));
}

TEST(city_draw_chance__keeps_its_share)
{
    struct city_draw draw = city_draw_start(1, 2, 3);
    int32_t hits = 0;
    for (int32_t i = 0; i < 10000; i++)
        hits += city_draw_chance(&draw, 2500);
    EXPECT(hits > 2350 && hits < 2650);
}

TEST(city_digest__is_the_same_from_the_same_seed_and_another_from_another)
{
    struct city_digest one;
    struct city_digest again;
    struct city_digest other;
    EXPECT_OK(city_digest_plan(jining(SMALL, 7), INT64_MAX - 1, &one, NULL));
    EXPECT_OK(city_digest_plan(jining(SMALL, 7), INT64_MAX - 1, &again, NULL));
    EXPECT_OK(city_digest_plan(jining(SMALL, 8), INT64_MAX - 1, &other, NULL));
    EXPECT_INT(one.sums[0], again.sums[0]);
    EXPECT_INT(one.sums[1], again.sums[1]);
    EXPECT_INT(one.row_count, again.row_count);
    EXPECT(one.sums[0] != other.sums[0]);
}

TEST(city__makes_each_person_from_their_number_alone)
{
    const struct city_plan *plan = jining(SMALL, 7);
    struct city_batch all;
    struct city_batch late;
    whole_city(plan, &all);
    city_batch_init(&late);
    city_people(plan, 1500, 1, &late);
    const struct person *person = city_batch_at(&all, REGISTRY_person, 1500);
    const struct person *alone = city_batch_at(&late, REGISTRY_person, 0);
    EXPECT_INT(person->head.id, alone->head.id);
    EXPECT(str_equal(person->name, alone->name));
    EXPECT(str_equal(person->identity, alone->identity));
    city_batch_done(&all);
    city_batch_done(&late);
}

TEST(city__has_every_kind_of_record_in_every_city)
{
    static const char *const cities[] = {"jining", "quzhou", "hangzhou", "chongqing", "zhuzhou"};
    for (int32_t i = 0; i < 5; i++) {
        const struct city_plan *plan = city_fixture_plan(cities[i], SMALL, 1);
        struct city_digest digest;
        EXPECT_OK(city_digest_plan(plan, INT64_MAX - 1, &digest, NULL));
        for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++)
            EXPECT(digest.row_counts[table] > 0);
    }
}

static int text_order(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

static void expect_all_different(struct str *texts, int64_t count)
{
    qsort(texts, (size_t)count, sizeof *texts, text_order);
    for (int64_t i = 1; i < count; i++)
        EXPECT(!str_equal(texts[i - 1], texts[i]));
}

TEST(city__gives_numbers_that_pass_their_checks_and_never_repeat)
{
    const struct city_plan *plan = jining(SMALL, 7);
    struct city_batch batch;
    whole_city(plan, &batch);
    static struct str numbers[4 * SMALL];
    int64_t count = 0;
    for (int64_t i = 0; i < batch.tables[REGISTRY_person].row_count; i++) {
        const struct person *row = city_batch_at(&batch, REGISTRY_person, i);
        struct resident_id id;
        struct phone phone;
        struct bank_card card;
        if (row->identity_kind != identity_kind_passport) {
            EXPECT_OK(
                identity_read_resident(row->identity, NULL, plan->given.today_day, &id, NULL));
            EXPECT_INT(row->birth_day, id.birth_day);
            EXPECT_INT(row->sex, id.sex);
            EXPECT_INT(370800, id.division);
        }
        if (row->phone.ptr != NULL)
            EXPECT_OK(identity_read_phone(row->phone, &phone, NULL));
        if (row->bank_account.ptr != NULL) {
            EXPECT_OK(identity_read_bank_card(row->bank_account, &card, NULL));
            EXPECT(!card.check_warning);
        }
        numbers[count++] = row->identity;
    }
    expect_all_different(numbers, count);
    for (int64_t i = 0; i < batch.tables[REGISTRY_organisation].row_count; i++) {
        const struct organisation *row = city_batch_at(&batch, REGISTRY_organisation, i);
        struct credit_code code;
        EXPECT_OK(identity_read_credit_code(row->credit_code, &code, NULL));
        EXPECT(!code.inner_warning);
        EXPECT_INT(row->division, code.division);
    }
    city_batch_done(&batch);
}

TEST(city__numbers_certificates_by_their_layouts)
{
    struct city_batch batch;
    whole_city(jining(SMALL, 7), &batch);
    static struct str numbers[4 * SMALL];
    int64_t count = 0;
    for (int64_t i = 0; i < batch.tables[REGISTRY_certificate].row_count; i++) {
        const struct certificate *row = city_batch_at(&batch, REGISTRY_certificate, i);
        struct certificate_number number;
        if (row->head.gone_ms != REGISTRY_NEVER_MS)
            continue;
        numbers[count++] = row->number;
        if (row->kind == certificate_kind_special_ability)
            continue;
        EXPECT_OK(identity_read_certificate(row->number, certificate_layouts,
                                            certificate_layout_count, &number,
                                            &city_fixture()->fault));
        EXPECT_INT(day_year(row->issued_day) % 100, number.year % 100);
    }
    expect_all_different(numbers, count);
    city_batch_done(&batch);
}

TEST(city__keeps_the_shares_of_its_profile)
{
    const struct city_plan *plan = jining(20000, 3);
    struct city_batch batch;
    whole_city(plan, &batch);
    static int32_t highest[20000];
    memset(highest, 0, sizeof highest);
    for (int64_t i = 0; i < batch.tables[REGISTRY_certificate].row_count; i++) {
        const struct certificate *row = city_batch_at(&batch, REGISTRY_certificate, i);
        int64_t person = row->head.owner_id - city_id(REGISTRY_person, 0);
        if (row->level != ABSENT_I32 && row->level > highest[person])
            highest[person] = row->level;
    }
    int64_t skilled = 0;
    int64_t high = 0;
    for (int32_t i = 0; i < 20000; i++) {
        skilled += highest[i] > 0;
        high += highest[i] >= skill_level_senior_worker;
    }
    int64_t skilled_bp = skilled * CITY_WHOLE_BP / 20000;
    int64_t high_bp = high * CITY_WHOLE_BP / skilled;
    EXPECT(llabs(skilled_bp - plan->profile->skilled_bp) < 150);
    EXPECT(llabs(high_bp - plan->profile->high_skilled_bp) < 250);
    city_batch_done(&batch);
}

TEST(city__knows_no_fact_before_its_owner_nor_after_today)
{
    const struct city_plan *plan = jining(SMALL, 7);
    struct city_batch batch;
    whole_city(plan, &batch);
    int64_t end_ms = (plan->given.today_day + INT64_C(1)) * 86400000;
    int64_t closed = 0;
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++)
        for (int64_t i = 0; i < batch.tables[table].row_count; i++) {
            const struct record_head *head = city_batch_at(&batch, (enum registry_table)table, i);
            EXPECT(head->known_ms < end_ms);
            EXPECT(head->gone_ms > head->known_ms);
            closed += head->gone_ms != REGISTRY_NEVER_MS;
            if (registry_owner(table) == REGISTRY_person) {
                const struct record_head *owner = city_batch_at(
                    &batch, REGISTRY_person, head->owner_id - city_id(REGISTRY_person, 0));
                EXPECT_INT(owner->id, head->owner_id);
                EXPECT(owner->known_ms <= head->known_ms);
            }
        }
    EXPECT(closed > 0);
    city_batch_done(&batch);
}

TEST(city_world__holds_the_rows_that_hold)
{
    const struct city_plan *plan = jining(SMALL, 7);
    struct city_digest digest;
    struct world *world;
    EXPECT_OK(city_digest_plan(plan, INT64_MAX - 1, &digest, NULL));
    EXPECT_OK(city_world(plan, &world, &city_fixture()->fault));
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++)
        EXPECT_INT(digest.row_counts[table], world->tables[table].row_count);
    world_free(world);
}

TEST(city_profile_load__names_the_line_that_is_wrong)
{
    const struct city_profile *profile;
    struct city_fixture *t = city_fixture();
    EXPECT_ERR(ERR_NOT_FOUND, city_profile_load(t->folder, "atlantis", &t->vocab, &t->arena,
                                                &t->fault, &profile));
    EXPECT_ERR(ERR_NOT_FOUND, city_profile_load(t->folder, "../city/jining", &t->vocab,
                                                &t->arena, &t->fault, &profile));
    struct vocab bare;
    registry_vocab(NULL, 0, NULL, 0, &bare);
    EXPECT_ERR(ERR_CATALOGUE, city_profile_load(t->folder, "jining", &bare, &t->arena,
                                                &t->fault, &profile));
    EXPECT(strstr(t->fault.message, "line ") != NULL);
}

TEST(city_plan__refuses_too_few_and_too_many_people)
{
    const struct city_plan *plan = jining(SMALL, 1);
    struct city_given given = plan->given;
    given.people = CITY_PEOPLE_MIN - 1;
    EXPECT_ERR(ERR_LIMIT,
               city_plan_new(&given, &city_fixture()->arena, &city_fixture()->fault, &plan));
    given.people = CITY_PEOPLE_MAX + 1;
    EXPECT_ERR(ERR_LIMIT,
               city_plan_new(&given, &city_fixture()->arena, &city_fixture()->fault, &plan));
}
