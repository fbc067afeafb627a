/* The store as rooms use it: units of work, statements, events, migration; on each engine. */
#include "store/event.h"
#include "store/migrate.h"

#include "store_fixture.h"
#include "store_sql.h"

#include <stdio.h>

#include <stdio.h>

static enum err append_one(struct work *w, void *context)
{
    struct event *event = context;
    return event_append(w, event);
}

struct reading {
    int32_t count;
    char kinds[200];
};

static enum err read_kinds(struct work *w, void *context)
{
    struct reading *reading = context;
    struct event *events;
    TRY(event_read(w, 0, 10, &events, &reading->count));
    int length = 0;
    for (int32_t i = 0; i < reading->count && length < (int)sizeof reading->kinds; i++)
        length += snprintf(reading->kinds + length, sizeof reading->kinds - (size_t)length,
                           "%.*s ", STR_ARG(events[i].kind));
    return ERR_OK;
}

STORE_TEST(event__is_read_in_the_order_of_writing)
{
    struct event event = {.kind = STR("person.registered"), .person_id = 7, .subject_id = 7};
    EXPECT_OK(work_run(&t->env, WORK_WRITE, append_one, &event, &t->fault));
    event.kind = STR("certificate.corrected");
    event.detail = STR("{\"字\":1}");
    EXPECT_OK(work_run(&t->env, WORK_WRITE, append_one, &event, &t->fault));
    struct reading reading;
    EXPECT_OK(work_run(&t->env, WORK_READ, read_kinds, &reading, &t->fault));
    EXPECT_INT(2, reading.count);
    EXPECT_STR("person.registered certificate.corrected ", str_from(reading.kinds));
}

static enum err append_and_refuse(struct work *w, void *context)
{
    TRY(append_one(w, context));
    return fail(w, ERR_INPUT, "no");
}

STORE_TEST(work__writes_nothing_when_the_step_refuses)
{
    struct event event = {.kind = STR("person.registered")};
    EXPECT_ERR(ERR_INPUT, work_run(&t->env, WORK_WRITE, append_and_refuse, &event, &t->fault));
    EXPECT_STR("no", str_from(t->fault.message));
    EXPECT_INT(0, store_fixture_number(t, "SELECT count(*) FROM event"));
}

STORE_TEST(work__refuses_to_write_when_reading)
{
    struct event event = {.kind = STR("person.registered")};
    EXPECT(work_run(&t->env, WORK_READ, append_one, &event, &t->fault) != ERR_OK);
    EXPECT_INT(0, store_fixture_number(t, "SELECT count(*) FROM event"));
}

STORE_TEST(stmt__refuses_text_that_one_engine_could_not_hold)
{
    struct event event = {.kind = {"a\0b", 3}};
    EXPECT_ERR(ERR_INPUT, work_run(&t->env, WORK_WRITE, append_one, &event, &t->fault));
    event.kind = STR("12345678\xFF");
    EXPECT_ERR(ERR_INPUT, work_run(&t->env, WORK_WRITE, append_one, &event, &t->fault));
    event.kind = (struct str){0};
    EXPECT_ERR(ERR_INPUT, work_run(&t->env, WORK_WRITE, append_one, &event, &t->fault));
}

static enum err verify_statements(struct work *w, void *context)
{
    for (int32_t i = 0; i < store_sql_stmt_count; i++)
        TRY(stmt_verify(w, store_sql_stmts[i]));
    return ERR_OK;
}

STORE_TEST(stmt__verifies_every_statement_of_the_store)
{
    EXPECT_OK(work_run(&t->env, WORK_WRITE, verify_statements, NULL, &t->fault));
}

STORE_TEST(migrate__runs_once)
{
    int32_t applied_count;
    EXPECT_OK(migrate_run(&t->env, &applied_count, &t->fault));
    EXPECT_INT(0, applied_count);
    EXPECT_OK(migrate_check(&t->env, &t->fault));
}
