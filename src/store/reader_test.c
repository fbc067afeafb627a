/* What a thread keeps between units of work, on each engine: never an older state. */
#include "store/event.h"
#include "store/reader.h"

#include "store_fixture.h"
#include "store_sql.h"

static enum err append_one(struct work *w, void *context)
{
    struct event event = {.kind = STR("person.registered"), .person_id = 7, .subject_id = 7};
    return event_append(w, &event);
}

struct look {
    int32_t count;
    bool recalled; /* what an earlier look in the same snapshot remembered */
};

static enum err look_step(struct work *w, void *context)
{
    struct look *look = context;
    struct event *events;
    look->recalled = reader_recall(w->reader, STR("seen")) != NULL;
    TRY(event_read(w, 0, 10, &events, &look->count));
    if (w->reader)
        reader_remember(w->reader, STR("seen"), reader_copy(w->reader, "yes", 3));
    return ERR_OK;
}

static struct look look_again(struct store_fixture *t, struct reader *reader)
{
    struct look look = {0};
    t->env.reader = reader;
    EXPECT_OK(work_run(&t->env, WORK_READ, look_step, &look, &t->fault));
    t->env.reader = NULL;
    return look;
}

STORE_TEST(reader__sees_what_was_committed_since_here_and_in_another_process)
{
    struct reader reader;
    reader_init(&reader, t->env.store);
    for (int32_t i = 0; i < 3; i++)
        EXPECT_INT(0, look_again(t, &reader).count);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, append_one, NULL, &t->fault));
    struct look look = look_again(t, &reader);
    EXPECT_INT(1, look.count);
    EXPECT(!look.recalled);

    struct store *other;
    EXPECT_OK(store_open(t->location, NULL, &other, &t->fault));
    struct work_env env = t->env;
    env.store = other;
    for (int32_t i = 2; i < 5; i++) {
        EXPECT_OK(work_run(&env, WORK_WRITE, append_one, NULL, &t->fault));
        look = look_again(t, &reader);
        EXPECT_INT(i, look.count);
        EXPECT(!look.recalled);
    }
    store_close(other);
    reader_done(&reader);
}

TEST(reader__recalls_in_one_snapshot_and_forgets_when_it_rests)
{
    struct store_fixture fixture, *t = &fixture;
    store_fixture_init(t, "sqlite", FIXTURE_SCHEMA_ALL);
    struct reader reader;
    reader_init(&reader, t->env.store);
    /* The first look finds out where the head of the log's index is. */
    EXPECT(!look_again(t, &reader).recalled);
    EXPECT(!look_again(t, &reader).recalled);
    EXPECT(look_again(t, &reader).recalled);
    EXPECT(reader_recall(&reader, STR("unseen")) == NULL);
    reader_rest(&reader);
    EXPECT(!look_again(t, &reader).recalled);
    EXPECT(look_again(t, &reader).recalled);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, append_one, NULL, &t->fault));
    EXPECT(!look_again(t, &reader).recalled);
    EXPECT(look_again(t, &reader).recalled);
    reader_done(&reader);
    store_fixture_done(t);
}

static enum err refuse_step(struct work *w, void *context)
{
    struct look look;
    TRY(look_step(w, &look));
    return fail(w, ERR_NOT_FOUND, "no");
}

STORE_TEST(reader__gives_its_connection_back_when_a_step_refuses)
{
    struct reader reader;
    reader_init(&reader, t->env.store);
    EXPECT_INT(0, look_again(t, &reader).count);
    t->env.reader = &reader;
    EXPECT_ERR(ERR_NOT_FOUND, work_run(&t->env, WORK_READ, refuse_step, NULL, &t->fault));
    EXPECT_STR("no", str_from(t->fault.message));
    t->env.reader = NULL;
    EXPECT(reader.db == NULL);
    EXPECT_INT(0, look_again(t, &reader).count);
    reader_done(&reader);
}

TEST(reader__that_rests_lets_the_log_be_folded_into_the_file)
{
    struct store_fixture fixture, *t = &fixture;
    store_fixture_init(t, "sqlite", FIXTURE_SCHEMA_ALL);
    struct reader reader;
    reader_init(&reader, t->env.store);
    look_again(t, &reader);
    look_again(t, &reader);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, append_one, NULL, &t->fault));
    struct db *writer;
    EXPECT_OK(store_take(t->env.store, WORK_WRITE, &writer, &t->fault));
    EXPECT_OK(db_script(writer, "PRAGMA busy_timeout = 50", &t->fault));
    reader_rest(&reader);
    EXPECT_OK(db_script(writer, "PRAGMA wal_checkpoint(TRUNCATE)", &t->fault));
    store_give(t->env.store, writer);
    EXPECT_INT(1, look_again(t, &reader).count);
    reader_done(&reader);
    store_fixture_done(t);
}

TEST(reader__does_not_remember_more_than_its_room)
{
    struct reader reader;
    reader_init(&reader, NULL);
    static char large[READER_NOTES_SIZE_MAX];
    EXPECT(reader_copy(&reader, large, sizeof large) == NULL);
    for (int32_t i = 0; i < 4 * READER_NOTES_MAX; i++) {
        struct str key = {(const char *)&i, sizeof i};
        reader_remember(&reader, key, large);
        const void *value = reader_recall(&reader, key);
        EXPECT(value == NULL || value == large);
    }
    EXPECT(reader.note_count <= READER_NOTES_MAX);
    EXPECT(reader.note_count > READER_NOTES_MAX / 2);
    reader_done(&reader);
}
