/* Steps of the schema: applied once, refused when they do not fit. */
#include "store/migrate.h"

#include "store/load.h"
#include "store_fixture.h"

#include <pthread.h>

static const char second_text[] =
    "-- A table of the test.\nCREATE TABLE colour (\n"
    "    name TEXT NOT NULL PRIMARY KEY, -- INTEGER\n"
    "    code INT NOT NULL,\n    wide INTEGER NOT NULL DEFAULT 3000000000,\n    picture BLOB\n"
    ") STRICT, WITHOUT ROWID;\nCREATE INDEX colour_code ON colour (code);\n"
    "INSERT INTO colour (name, code) VALUES ('STRICT INT', 1);\n";

struct steps {
    struct schema_step rows[3];
};

static struct steps steps_of(const char *second, const char *third)
{
    return (struct steps){{
        {1, "0001_store_base", schema_steps[0].text},
        {2, "0002_test_colour", second},
        {3, "0003_test_more", third},
    }};
}

STORE_TEST_WITH(migrate__applies_each_step_once, FIXTURE_SCHEMA_NONE)
{
    struct steps steps = steps_of(second_text, "INSERT INTO colour (name, code) VALUES ('a', 2);");
    int32_t applied_count;
    EXPECT_ERR(ERR_SCHEMA, migrate_check_steps(&t->env, steps.rows, 2, &t->fault));
    EXPECT_OK(migrate_run_steps(&t->env, steps.rows, 2, &applied_count, &t->fault));
    EXPECT_INT(2, applied_count);
    EXPECT_OK(migrate_run_steps(&t->env, steps.rows, 3, &applied_count, &t->fault));
    EXPECT_INT(1, applied_count);
    EXPECT_OK(migrate_run_steps(&t->env, steps.rows, 3, &applied_count, &t->fault));
    EXPECT_INT(0, applied_count);
    EXPECT_OK(migrate_check_steps(&t->env, steps.rows, 3, &t->fault));
    EXPECT_INT(3000000000, store_fixture_number(t, "SELECT max(wide) FROM colour"));
    EXPECT_INT(1, store_fixture_number(
                      t, "SELECT count(*) FROM colour WHERE name = 'STRICT INT'"));
}

STORE_TEST_WITH(migrate__refuses_a_step_with_another_text, FIXTURE_SCHEMA_NONE)
{
    struct steps steps = steps_of(second_text, "");
    EXPECT_OK(migrate_run_steps(&t->env, steps.rows, 2, NULL, &t->fault));
    struct steps changed = steps_of("CREATE TABLE colour (x INT);", "");
    EXPECT_ERR(ERR_SCHEMA, migrate_run_steps(&t->env, changed.rows, 2, NULL, &t->fault));
    EXPECT_STR("step 2 of the schema is \"0002_test_colour\" in the database and "
               "\"0002_test_colour\" with another text in this program",
               str_from(t->fault.message));
    EXPECT_ERR(ERR_SCHEMA, migrate_check_steps(&t->env, changed.rows, 2, &t->fault));
}

STORE_TEST_WITH(migrate__refuses_a_newer_database, FIXTURE_SCHEMA_NONE)
{
    struct steps steps = steps_of(second_text, "");
    EXPECT_OK(migrate_run_steps(&t->env, steps.rows, 2, NULL, &t->fault));
    EXPECT_ERR(ERR_SCHEMA, migrate_run_steps(&t->env, steps.rows, 1, NULL, &t->fault));
    EXPECT_STR("the database has step 2 (0002_test_colour), this program knows 1 steps",
               str_from(t->fault.message));
    EXPECT_STR("The database is newer: use the newer program.", str_from(t->fault.hint));
}

STORE_TEST_WITH(migrate__refuses_a_missing_step, FIXTURE_SCHEMA_NONE)
{
    struct steps steps = steps_of(second_text, "");
    EXPECT_OK(migrate_run_steps(&t->env, steps.rows, 2, NULL, &t->fault));
    store_fixture_script(t, "DELETE FROM schema_step WHERE number = 1");
    EXPECT_ERR(ERR_SCHEMA, migrate_run_steps(&t->env, steps.rows, 2, NULL, &t->fault));
}

STORE_TEST_WITH(migrate__leaves_nothing_of_a_step_that_fails, FIXTURE_SCHEMA_NONE)
{
    struct steps steps = steps_of(
        second_text, "CREATE TABLE half (x INT); INSERT INTO colour (name) VALUES ('no code');");
    EXPECT_ERR(ERR_STORE_RULE, migrate_run_steps(&t->env, steps.rows, 3, NULL, &t->fault));
    EXPECT_OK(migrate_check_steps(&t->env, steps.rows, 2, &t->fault));
    store_fixture_script(t, "CREATE TABLE half (x INT)");
}

TEST(migrate__writes_postgresql_words)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    EXPECT_STR("-- A table of the test.\nCREATE TABLE colour (\n"
               "    name TEXT NOT NULL PRIMARY KEY, -- INTEGER\n    code integer NOT NULL,\n"
               "    wide bigint NOT NULL DEFAULT 3000000000,\n    picture bytea\n);\n"
               "CREATE INDEX colour_code ON colour (code);\n"
               "INSERT INTO colour (name, code) VALUES ('STRICT INT', 1);\n",
               str_from(schema_text_for(&arena, "postgresql", second_text)));
    EXPECT_STR("POINT INTO x COLLATE \"zh-Hans-x-icu\";",
               str_from(schema_text_for(&arena, "postgresql", "POINT INTO x COLLATE pinyin;")));
    EXPECT_STR("(name COLLATE \"C\")",
               str_from(schema_text_for(&arena, "postgresql", "(name COLLATE BINARY)")));
    arena_done(&arena);
}

/* Inside CREATE TABLE every column is one line with its comment; before it stands the table's. */
static void expect_comments(const struct schema_step *step)
{
    struct str rest = str_from(step->text), line, before = {"", 0};
    bool inside = false;
    while (str_split(&rest, '\n', &line)) {
        struct str words = str_trim(line);
        bool key = str_starts(words, STR("PRIMARY KEY")) || str_starts(words, STR("UNIQUE")) ||
                   str_starts(words, STR("CHECK")) || str_starts(words, STR("FOREIGN KEY"));
        bool begins = str_starts(words, STR("CREATE TABLE"));
        struct str where = begins ? before : line;
        bool commented = str_find(where, STR("--")) != SIZE_MAX;
        inside = inside && !str_starts(words, STR(")"));
        if ((begins || inside) && !key && !commented)
            print_error("%s: no comment: %.*s\n", step->name, STR_ARG(line));
        EXPECT(!(begins || inside) || key || commented);
        inside = inside || begins;
        before = words;
    }
}

TEST(schema__comments_every_table_and_column)
{
    for (int32_t i = 0; i < schema_step_count; i++)
        expect_comments(&schema_steps[i]);
}

static void *migrate_from_thread(void *context)
{
    struct store_fixture *t = context;
    struct work_env env = t->env;
    struct fault fault = {0};
    enum err err = store_open(t->location, NULL, &env.store, &fault);
    if (err == ERR_OK) {
        err = migrate_run(&env, NULL, &fault);
        store_close(env.store);
    }
    if (err != ERR_OK)
        print_error("%s: %s\n", err_name(err), fault.message);
    return err == ERR_OK ? NULL : context;
}

STORE_TEST_WITH(migrate__may_be_run_by_several_at_once, FIXTURE_SCHEMA_NONE)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        EXPECT_INT(0, pthread_create(&threads[i], NULL, migrate_from_thread, t));
    for (int i = 0; i < 4; i++) {
        void *failed;
        EXPECT_INT(0, pthread_join(threads[i], &failed));
        EXPECT(failed == NULL);
    }
    EXPECT_OK(migrate_check(&t->env, &t->fault));
}

/* A SQLite file may be unreadable meanwhile: it is refused before it is read. */
static void expect_refused_by_another_store(struct store_fixture *t)
{
    struct store *other;
    if (strcmp(store_engine_name(t->env.store), "sqlite") != 0)
        return;
    EXPECT_ERR(ERR_SCHEMA, store_open(t->location, NULL, &other, &t->fault));
    EXPECT(strstr(t->fault.hint, "-loading") != NULL);
}

STORE_TEST_WITH(load__makes_indexes_again_and_takes_its_mark_away, FIXTURE_SCHEMA_NONE)
{
    struct steps steps = steps_of(second_text, "");
    EXPECT_OK(migrate_run_steps(&t->env, steps.rows, 2, NULL, &t->fault));
    EXPECT_OK(load_begin(&t->env, &t->fault));
    store_fixture_script(t, "INSERT INTO colour (name, code) VALUES ('b', 2)");
    EXPECT_INT(2, store_fixture_number(t, "SELECT count(*) FROM colour"));
    EXPECT_INT(1, store_fixture_number(t, "SELECT count(*) FROM load_index"));

    /* Interrupted here, the database would be refused. */
    EXPECT_ERR(ERR_SCHEMA, migrate_check_steps(&t->env, steps.rows, 2, &t->fault));
    EXPECT_STR("the first filling of this database was interrupted", str_from(t->fault.message));

    expect_refused_by_another_store(t);

    EXPECT_OK(load_end(&t->env, &t->fault));
    EXPECT_OK(migrate_check_steps(&t->env, steps.rows, 2, &t->fault));
    EXPECT_INT(0, store_fixture_number(t, "SELECT count(*) FROM load_index"));
    store_fixture_script(t, "DROP INDEX colour_code"); /* it is there */
}

STORE_TEST(load__refuses_a_database_in_use)
{
    store_fixture_script(t, "INSERT INTO event (id, at_ms, kind, person_id, subject_id, account_id,"
                            " actor) VALUES (1, 1, 'a.b', 0, 0, 0, 'cli')");
    EXPECT_ERR(ERR_STORE_RULE, load_begin(&t->env, &t->fault));
    EXPECT_OK(migrate_check(&t->env, &t->fault));
}
