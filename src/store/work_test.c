/* Units of work: conflicts run again, failures leave nothing, whoever fails and wherever. */
#include "store/work.h"

#include "store/event.h"
#include "store_fixture.h"
#include "store_sql.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- two writers at once ---- */

enum { WRITER_COUNT = 3, STEPS_PER_WRITER = 20 };

static enum err count_up(struct work *w, void *context)
{
    struct setting_value_out row;
    TRY(setting_value(w, &(struct setting_value_in){.name = STR("test.counter")}, &row));
    int64_t number;
    check(str_to_i64(row.value, &number));
    struct setting_put_in put = {.name = STR("test.counter"), .changed_ms = w->now_ms};
    put.value = str_from(text_in(w->arena, "%d", (int)number + 1));
    return setting_put(w, &put, NULL);
}

static void *count_in_thread(void *context)
{
    struct store_fixture *t = context;
    struct work_env env = t->env;
    struct fault fault = {0};
    intptr_t failure_count = 0;
    if (store_open(t->location, NULL, &env.store, &fault) != ERR_OK)
        return context;
    for (int i = 0; i < STEPS_PER_WRITER; i++) {
        while (work_run(&env, WORK_WRITE, count_up, NULL, &fault) != ERR_OK)
            failure_count += fault.code != ERR_STORE_CONFLICT;
    }
    store_close(env.store);
    return (void *)failure_count;
}

STORE_TEST(work__runs_again_after_a_conflict)
{
    store_fixture_script(t, "INSERT INTO setting VALUES ('test.counter', '0', 0)");
    pthread_t threads[WRITER_COUNT];
    for (int i = 0; i < WRITER_COUNT; i++)
        EXPECT_INT(0, pthread_create(&threads[i], NULL, count_in_thread, t));
    for (int i = 0; i < WRITER_COUNT; i++) {
        void *failed;
        EXPECT_INT(0, pthread_join(threads[i], &failed));
        EXPECT(failed == NULL);
    }
    EXPECT_INT(WRITER_COUNT * STEPS_PER_WRITER,
               store_fixture_number(t, "SELECT CAST(value AS bigint) FROM setting"));
}

static enum err always_in_conflict(struct work *w, void *context)
{
    int *run_count = context;
    ++*run_count;
    EXPECT_INT(0, w->arena->used_size); /* fresh each time */
    EXPECT(ARENA_NEW_ARRAY(w->arena, char, 100));
    return fail(w, ERR_STORE_CONFLICT, "again");
}

STORE_TEST(work__gives_up_after_some_runs)
{
    int run_count = 0;
    EXPECT_ERR(ERR_STORE_CONFLICT,
               work_run(&t->env, WORK_WRITE, always_in_conflict, &run_count, &t->fault));
    EXPECT_INT(WORK_RETRY_MAX, run_count);
    EXPECT_STR("again", str_from(t->fault.message));
}

static enum err read_day(struct work *w, void *context)
{
    *(int32_t *)context = w->today_day;
    return ERR_OK;
}

STORE_TEST(work__counts_the_day_in_the_city)
{
    int32_t day;
    t->env.fixed_today_day = ABSENT_I32;
    t->env.fixed_now_ms = INT64_C(1772380799999); /* 23:59:59.999 of 1 March, UTC+8 */
    EXPECT_OK(work_run(&t->env, WORK_READ, read_day, &day, &t->fault));
    EXPECT_INT(FIXTURE_TODAY_DAY - 1, day);
    t->env.fixed_now_ms++;
    EXPECT_OK(work_run(&t->env, WORK_READ, read_day, &day, &t->fault));
    EXPECT_INT(FIXTURE_TODAY_DAY, day);
}

static enum err begin_another(struct work *w, void *context)
{
    struct store_fixture *t = context;
    int32_t day;
    return work_run(&t->env, WORK_WRITE, read_day, &day, &w->fault);
}

TEST(work__refuses_to_nest_where_it_would_wait_for_itself)
{
    struct store_fixture t;
    store_fixture_init(&t, "sqlite", FIXTURE_SCHEMA_NONE);
    EXPECT_ERR(ERR_STORE, work_run(&t.env, WORK_WRITE, begin_another, &t, &t.fault));
    EXPECT_STR("a unit of work was begun inside another", str_from(t.fault.message));
    store_fixture_done(&t);
}

/* ---- whichever n-th call fails, the database is as before ---- */

static enum err write_in_every_way(struct work *w, void *context)
{
    struct event event = {.kind = STR("person.registered"), .person_id = 1, .subject_id = 1};
    TRY(event_append(w, &event));
    struct bulk *bulk;
    TRY(stmt_bulk_begin(w, &event_insert_stmt, &bulk));
    for (int64_t i = 1; i <= 3; i++) {
        struct event_insert_in row = {
            .id = i, .kind = STR("test.bulk"), .actor = STR("test"), .at_ms = w->now_ms};
        TRY(stmt_struct_bulk_row(bulk, &row));
    }
    TRY(stmt_bulk_end(bulk, NULL));
    struct event *events;
    int32_t event_count;
    TRY(event_read(w, 0, 100, &events, &event_count));
    EXPECT_INT(4, event_count);
    return count_up(w, NULL);
}

STORE_TEST(work__leaves_nothing_whichever_call_fails)
{
    struct db_fault_plan plan = {.code = ERR_STORE};
    struct store_options options = {.fault_plan = &plan};
    store_fixture_script(t, "INSERT INTO setting VALUES ('test.counter', '0', 0)");
    store_fixture_reopen(t, &options);
    int64_t failure_count = 0;
    for (int64_t call = 1;; call++, failure_count++) {
        plan = (struct db_fault_plan){.fail_at_call = call, .code = ERR_STORE_FULL};
        enum err err = work_run(&t->env, WORK_WRITE, write_in_every_way, NULL, &t->fault);
        bool failed = plan.failed;
        plan.fail_at_call = 0;
        if (!failed) {
            EXPECT_INT(ERR_OK, err);
            break;
        }
        EXPECT_INT(ERR_STORE_FULL, err);
        EXPECT_INT(0, store_fixture_number(t, "SELECT count(*) FROM event"));
        EXPECT_INT(0, store_fixture_number(t, "SELECT CAST(value AS bigint) FROM setting"));
    }
    EXPECT(failure_count >= 15);
    EXPECT_INT(4, store_fixture_number(t, "SELECT count(*) FROM event"));
}

/* ---- the world breaks ---- */

static enum err fill_up(struct work *w, void *context)
{
    char *text = arena_alloc(w->arena, 200000);
    memset(text, 'a', 200000);
    return setting_put(w, &(struct setting_put_in){.name = STR("test.long"),
                                                   .value = {text, 200000}}, NULL);
}

TEST(store__tells_a_full_disk_and_stays_usable)
{
    struct store_fixture t;
    store_fixture_init(&t, "sqlite", FIXTURE_SCHEMA_ALL);
    store_fixture_script(&t, "PRAGMA max_page_count = 40");
    EXPECT_ERR(ERR_STORE_FULL, work_run(&t.env, WORK_WRITE, fill_up, NULL, &t.fault));
    EXPECT(t.fault.hint[0] != '\0');
    store_fixture_script(&t, "PRAGMA max_page_count = 1000000");
    EXPECT_OK(work_run(&t.env, WORK_WRITE, fill_up, NULL, &t.fault));
    store_fixture_done(&t);
}

static enum err lose_connection(struct work *w, void *context)
{
    struct event event = {.kind = STR("person.registered")};
    TRY(event_append(w, &event));
    return db_script(w->db, "SELECT pg_terminate_backend(pg_backend_pid())", &w->fault);
}

TEST(store__replaces_a_lost_connection)
{
    if (!getenv("BAIGONG_TEST_PG"))
        skip();
    struct store_fixture t;
    store_fixture_init(&t, "postgresql", FIXTURE_SCHEMA_ALL);
    EXPECT_ERR(ERR_STORE, work_run(&t.env, WORK_WRITE, lose_connection, NULL, &t.fault));
    EXPECT_INT(0, store_fixture_number(&t, "SELECT count(*) FROM event"));
    store_fixture_script(&t, "DELETE FROM event");
    store_fixture_done(&t);
}

TEST(store__refuses_what_is_not_a_database)
{
    char path[] = "/tmp/baigong_test_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    static const char text[] =
        "身份证号,姓名\n this is a CSV file, no database, longer than a page's header needs to be";
    EXPECT_INT(sizeof text, write(file, text, sizeof text));
    close(file);
    struct store *store;
    struct fault fault = {0};
    EXPECT_ERR(ERR_STORE, store_open(path, NULL, &store, &fault));
    EXPECT(fault.hint[0] != '\0');
    unlink(path);
    EXPECT_ERR(ERR_STORE, store_open("/no/such/folder/city.db", NULL, &store, &fault));
    EXPECT_ERR(ERR_STORE, store_open("postgresql://nobody:word@/x?host=/no/such", NULL, &store,
                                     &fault));
    EXPECT(!strstr(fault.message, "word"));
}
