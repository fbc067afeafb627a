/* Followers of the event log: every event once, in order, with their work or not at all. */
#include "store/outbox.h"

#include "base/id.h"
#include "store_fixture.h"
#include "store_sql.h"

#include <stdio.h>
#include <stdlib.h>

enum { EVENT_COUNT = 10 };

static enum err append_events(struct work *w, void *context)
{
    for (int64_t i = 1; i <= EVENT_COUNT; i++) {
        struct event event = {.kind = STR("person.registered"), .person_id = i, .subject_id = i};
        TRY(event_append(w, &event));
    }
    return ERR_OK;
}

/* Adds up the persons it is told of, in a setting. */
static enum err add_persons(struct work *w, const struct event *events, int32_t event_count,
                            void *context)
{
    int64_t sum = 0;
    struct setting_value_out row;
    if (setting_value(w, &(struct setting_value_in){STR("test.sum")}, &row) == ERR_OK)
        check(str_to_i64(row.value, &sum));
    fault_clear(&w->fault);
    for (int32_t i = 0; i < event_count; i++)
        sum += events[i].person_id;
    char text[32];
    int size = snprintf(text, sizeof text, "%lld", (long long)sum);
    struct setting_put_in put = {STR("test.sum"), {text, (size_t)size}, w->now_ms};
    TRY(setting_put(w, &put, NULL));
    return context ? fail(w, ERR_INPUT, "not this time") : ERR_OK;
}

static int64_t sum_so_far(struct store_fixture *t)
{
    return store_fixture_number(t, "SELECT CAST(max(value) AS bigint) FROM setting");
}

STORE_TEST(outbox__hands_each_event_on_once)
{
    int32_t event_count = 0;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, append_events, NULL, &t->fault));
    EXPECT_OK(outbox_run(&t->env, STR("sum"), 4, add_persons, NULL, &event_count, &t->fault));
    EXPECT_INT(4, event_count);
    EXPECT_INT(1 + 2 + 3 + 4, sum_so_far(t));

    /* A step that refuses has done nothing, and its events come again. */
    EXPECT_ERR(ERR_INPUT,
               outbox_run(&t->env, STR("sum"), 4, add_persons, t, &event_count, &t->fault));
    EXPECT_INT(10, sum_so_far(t));
    EXPECT_OK(outbox_run(&t->env, STR("sum"), 100, add_persons, NULL, &event_count, &t->fault));
    EXPECT_INT(6, event_count);
    EXPECT_INT(55, sum_so_far(t));
    EXPECT_OK(outbox_run(&t->env, STR("sum"), 100, add_persons, NULL, &event_count, &t->fault));
    EXPECT_INT(0, event_count);

    /* Another follower begins at the beginning. */
    EXPECT_OK(outbox_run(&t->env, STR("other"), 1, add_persons, NULL, &event_count, &t->fault));
    EXPECT_INT(1, event_count);
}

static enum err fresh_event_while_another_writes(struct work *w, void *context)
{
    struct store_fixture *t = context;
    struct id_source now_ids;
    id_source_init(&now_ids, 2);
    struct work_env other = t->env;
    other.ids = &now_ids;
    int32_t event_count = -1;
    TRY(work_run(&other, WORK_WRITE, append_events, NULL, &w->fault));
    TRY(outbox_run(&other, STR("sum"), 100, add_persons, NULL, &event_count, &w->fault));
    EXPECT_INT(0, event_count); /* an event of this unit could still come before those */
    return ERR_OK;
}

TEST(outbox__stays_behind_the_oldest_writer)
{
    if (!getenv("BAIGONG_TEST_PG"))
        skip();
    struct store_fixture t;
    store_fixture_init(&t, "postgresql", FIXTURE_SCHEMA_ALL);
    EXPECT_OK(work_run(&t.env, WORK_WRITE, fresh_event_while_another_writes, &t, &t.fault));
    store_fixture_done(&t);
}
