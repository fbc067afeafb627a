/* store_fixture.h — a fresh database for a test, on each engine.
 *
 *   STORE_TEST(voucher__is_spent_once)      runs once on SQLite, and once more on PostgreSQL when
 *   {                                       BAIGONG_TEST_PG holds the URL of a server
 *       EXPECT_OK(work_run(&t->env, WORK_WRITE, step, &context, &t->fault));
 *   }
 *
 * The database has all steps of the schema; the clock stands still at FIXTURE_NOW_MS.
 *
 * Memory   the fixture and its files or database are removed after the test
 */
#ifndef BAIGONG_STORE_FIXTURE_H
#define BAIGONG_STORE_FIXTURE_H

#include "store/db_fault.h"
#include "store/store.h"
#include "unit.h"

/* 2026-03-02 10:00 in the city. */
#define FIXTURE_NOW_MS INT64_C(1772416800000)
enum { FIXTURE_TODAY_DAY = 20514 };

struct store_fixture {
    struct work_env env; /* env.store is open */
    char location[512];  /* a path or a URL, for a second store */
    struct fault fault;
};

enum fixture_schema { FIXTURE_SCHEMA_NONE, FIXTURE_SCHEMA_ALL };

void store_fixture_init(struct store_fixture *t, const char *engine, enum fixture_schema schema);
void store_fixture_done(struct store_fixture *t);

/* Opens the fixture's database again with other options; the former store is closed. */
void store_fixture_reopen(struct store_fixture *t, const struct store_options *options);

/* Runs body on SQLite and, when there is a server, on PostgreSQL. */
void store_fixture_each(void (*body)(struct store_fixture *t), enum fixture_schema schema);

/* Runs a script of SQL outside any unit of work. */
void store_fixture_script(struct store_fixture *t, const char *sql);

/* Result of a statement that gives one number. */
int64_t store_fixture_number(struct store_fixture *t, const char *sql);

#define STORE_TEST_WITH(test_name, schema)                                                        \
    static void test_name##_body(struct store_fixture *t);                                        \
    TEST(test_name)                                                                               \
    {                                                                                             \
        store_fixture_each(test_name##_body, schema);                                             \
    }                                                                                             \
    static void test_name##_body(struct store_fixture *t)

#define STORE_TEST(test_name) STORE_TEST_WITH(test_name, FIXTURE_SCHEMA_ALL)

#endif
