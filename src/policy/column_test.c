#include "policy/column.h"

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
