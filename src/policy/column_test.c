#include "policy/column.h"

#include "policy/kernel.h"

#include "unit.h"

static const struct field_desc person_fields[] = {
    {"name", "姓名", FIELD_TEXT, "", NEED_REQUIRED, PRIVACY_NAME, "", 0},
    {"birth_day", "出生日期", FIELD_DAY, "", NEED_OPTIONAL, PRIVACY_OPEN, "", 0},
    {"died_day", "死亡日期", FIELD_DAY, "", NEED_OPEN_END, PRIVACY_OPEN, "", 0},
};
static const struct field_desc body_fields[] = {
    {"heritage", "传统技艺", FIELD_BOOL, "", NEED_DEFAULT_NO, PRIVACY_OPEN, "", 0},
};
static const struct field_desc carrier_fields[] = {
    {"master", "领衔人", FIELD_REF, "person", NEED_OPTIONAL, PRIVACY_OPEN, "", 0},
};
static const struct field_desc activity_fields[] = {
    {"hours", "课时", FIELD_COUNT, "", NEED_OPTIONAL, PRIVACY_OPEN, "", 0},
};
enum { ACTIVITY, CARRIER, BODY, PERSON };
static const struct record_desc records[] = {
    [ACTIVITY] = {"activity", "活动", "carrier", 0, activity_fields, 1},
    [CARRIER] = {"carrier", "载体", "body", 0, carrier_fields, 1},
    [BODY] = {"body", "单位", "", 0, body_fields, 1},
    [PERSON] = {"person", "人员", "", 0, person_fields, 3},
};
static const struct vocab vocab = {.records = records, .record_count = 4};

static struct world *new_world(void)
{
    struct world *world;
    EXPECT_OK(world_new(&vocab, &world, NULL));
    return world;
}

static void append(struct world *world, int32_t table, int64_t id, int64_t owner, int64_t value)
{
    EXPECT_OK(world_append(world, table, id, owner, &value, NULL));
}

TEST(world_append__stores_absence_as_the_need_says)
{
    struct world *world = new_world();
    int64_t absent[3] = {ABSENT_I64, ABSENT_I64, ABSENT_I64};
    EXPECT_OK(world_append(world, PERSON, 1, 0, absent, NULL));
    append(world, BODY, 1, 0, ABSENT_I64);
    EXPECT_OK(world_seal(world, NULL));
    EXPECT_INT(ABSENT_I64, column_value(&world->tables[PERSON].columns[0], 0));
    EXPECT_INT(ABSENT_I64, column_value(&world->tables[PERSON].columns[1], 0));
    EXPECT_INT(DAY_NEVER, column_value(&world->tables[PERSON].columns[2], 0));
    EXPECT_INT(0, column_value(&world->tables[BODY].columns[0], 0));
    EXPECT(world->tables[PERSON].columns[1].has_absent);
    EXPECT(!world->tables[PERSON].columns[2].has_absent);
    world_free(world);
}

/* The columns of PERSON: birth_day may be absent, died_day may not have come. */
static struct world *people(const int64_t *days, int32_t count)
{
    struct world *world = new_world();
    for (int32_t i = 0; i < count; i++) {
        int64_t values[3] = {ABSENT_I64, days[i], days[i]};
        EXPECT_OK(world_append(world, PERSON, i + 1, 0, values, NULL));
    }
    EXPECT_OK(world_seal(world, NULL));
    return world;
}

TEST(world_append__widens_a_column_at_the_first_value_that_does_not_fit)
{
    static const struct {
        int64_t last;
        enum column_width birth, died;
    } cases[] = {
        {126, COLUMN_I8, COLUMN_I8},          {127, COLUMN_I8, COLUMN_I16},
        {-127, COLUMN_I8, COLUMN_I8},         {-128, COLUMN_I16, COLUMN_I16},
        {32766, COLUMN_I16, COLUMN_I16},      {32767, COLUMN_I16, COLUMN_I32},
        {-32768, COLUMN_I32, COLUMN_I32},     {INT32_MAX - 1, COLUMN_I32, COLUMN_I32},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t days[] = {1, ABSENT_I64, cases[i].last};
        struct world *world = people(days, 3);
        const struct column *birth = &world->tables[PERSON].columns[1];
        const struct column *died = &world->tables[PERSON].columns[2];
        EXPECT_INT(cases[i].birth, birth->width);
        EXPECT_INT(cases[i].died, died->width);
        EXPECT_INT(1, column_value(birth, 0));
        EXPECT_INT(ABSENT_I64, column_value(birth, 1));
        EXPECT_INT(cases[i].last, column_value(birth, 2));
        EXPECT_INT(DAY_NEVER, column_value(died, 1));
        EXPECT_INT(cases[i].last, column_value(died, 2));
        world_free(world);
    }
}

/* Every width with a day that has not come, against what the values themselves say. */
TEST(kernel_test__takes_a_day_that_has_not_come_as_later_than_every_day)
{
    static const int64_t tops[] = {126, 32766, 32767, INT32_MAX - 1};
    static const int64_t bounds[] = {INT64_MIN + 1, -128, 0, 126, 127, 128, 32766, 32767, 32768,
                                     INT32_MAX - 1, DAY_NEVER, INT64_C(1) << 40, INT64_MAX};
    enum { BOUNDS = sizeof bounds / sizeof bounds[0] };
    for (size_t t = 0; t < sizeof tops / sizeof tops[0]; t++) {
        int64_t days[] = {0, tops[t], ABSENT_I64, -5};
        struct world *world = people(days, 4);
        const struct column *died = &world->tables[PERSON].columns[2];
        static const int32_t at[] = {0, 1, 2, 3};
        int64_t read[4];
        kernel_read(died, 0, NULL, 4, read);
        EXPECT_INT(DAY_NEVER, read[2]);
        for (int32_t i = 0; i < BOUNDS * BOUNDS; i++) {
            struct cell_test test = {.low = bounds[i / BOUNDS], .high = bounds[i % BOUNDS]};
            uint8_t dense[4] = {1, 1, 1, 1}, listed[4] = {1, 1, 1, 1}, unknown[4] = {0};
            kernel_test(died, &test, 0, NULL, 4, dense, NULL);
            kernel_test(died, &test, 0, at, 4, listed, unknown);
            for (int32_t row = 0; row < 4; row++) {
                EXPECT_INT(read[row] >= test.low && read[row] <= test.high, dense[row]);
                EXPECT_INT(dense[row], listed[row]);
            }
        }
        world_free(world);
    }
}

TEST(world_append__refuses_a_root_out_of_order_and_a_value_out_of_range)
{
    struct world *world = new_world();
    append(world, BODY, 5, 0, 1);
    int64_t value = 1;
    EXPECT_ERR(ERR_INPUT, world_append(world, BODY, 5, 0, &value, NULL));
    value = 200;
    EXPECT_ERR(ERR_OVERFLOW, world_append(world, BODY, 6, 0, &value, NULL));
    world_free(world);
}

TEST(world_seal__groups_rows_under_owners_that_are_owned_themselves)
{
    struct world *world = new_world();
    int64_t nothing[3] = {ABSENT_I64, ABSENT_I64, ABSENT_I64};
    EXPECT_OK(world_append(world, PERSON, 70, 0, nothing, NULL));
    EXPECT_OK(world_append(world, PERSON, 80, 0, nothing, NULL));
    append(world, BODY, 1, 0, 0);
    append(world, BODY, 2, 0, 0);
    append(world, CARRIER, 30, 1, 80);
    append(world, CARRIER, 10, 2, 99); /* 99: no such person */
    append(world, CARRIER, 20, 2, ABSENT_I64);
    append(world, ACTIVITY, 1, 10, 101);
    append(world, ACTIVITY, 2, 10, 102);
    append(world, ACTIVITY, 3, 30, 301);
    EXPECT_OK(world_seal(world, NULL));
    const struct table_columns *activity = &world->tables[ACTIVITY];
    EXPECT_INT(0, activity->first_row[0]);
    EXPECT_INT(1, activity->first_row[1]);
    EXPECT_INT(3, activity->first_row[2]);
    EXPECT_INT(3, activity->first_row[3]);
    EXPECT_INT(301, column_value(&activity->columns[0], 0));
    EXPECT_INT(101, column_value(&activity->columns[0], 1));
    EXPECT_INT(102, column_value(&activity->columns[0], 2));
    EXPECT_INT(3, activity->row_ids[0]);
    EXPECT_INT(1, world->tables[CARRIER].first_row[1]);
    EXPECT_INT(1, column_value(&world->tables[CARRIER].columns[0], 0));
    EXPECT_INT(ABSENT_I64, column_value(&world->tables[CARRIER].columns[0], 1));
    EXPECT_INT(1, world_row(world, CARRIER, 10));
    EXPECT_INT(1, world_row(world, PERSON, 80));
    EXPECT_INT(-1, world_row(world, PERSON, 81));
    world_free(world);
}

TEST(world_seal__refuses_a_row_without_its_owner)
{
    struct world *world = new_world();
    append(world, BODY, 1, 0, 0);
    append(world, CARRIER, 30, 2, ABSENT_I64);
    struct fault fault = {0};
    EXPECT_ERR(ERR_INPUT, world_seal(world, &fault));
    EXPECT(strstr(fault.message, "there is no body 2") != NULL);
    world_free(world);
}
