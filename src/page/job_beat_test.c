/* Jobs of processes that were killed, on each engine. */
#include "base/id.h"
#include "page/app.h"
#include "page/page_job.h"
#include "registry_fixture.h"
#include "store_fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct id_source ids;

/* A process of the desk: its own store, its own application. */
struct desk {
    struct arena arena;
    struct work_env env;
    struct page_app *app;
    struct fault fault;
};

static void desk_open(struct desk *desk, const struct store_fixture *t)
{
    *desk = (struct desk){.env = t->env};
    arena_init(&desk->arena, 64 << 20);
    desk->env.secrets = registry_fixture_secrets();
    desk->env.ids = &ids;
    EXPECT_OK(store_open(t->location, NULL, &desk->env.store, &desk->fault));
    struct page_options options = {.env = desk->env, .city_name = "济宁市"};
    EXPECT_OK(page_app_new(&desk->arena, &options, NULL, &desk->app, &desk->fault));
    desk->app->log.file = -1;
}

static void desk_close(struct desk *desk)
{
    page_app_free(desk->app);
    store_close(desk->env.store);
    arena_done(&desk->arena);
}

static enum err begin(struct desk *desk, page_job_work *work, int64_t *ret_id)
{
    struct http_request request = {.client_address = STR("127.0.0.1")};
    struct page page = {.app = desk->app,
                        .request = &request,
                        .own_fault = &desk->fault,
                        .options = desk->app->options};
    return page_job_start_on(&page, "sweep", 0, work, ret_id);
}

static enum err end_at_once(struct page_job *job, struct str *ret_message, struct fault *fault)
{
    *ret_message = STR("ended");
    return ERR_OK;
}

/* Ends when the test writes into the pipe. */
static int pipe_fds[2];

static enum err wait_for_pipe(struct page_job *job, struct str *ret_message, struct fault *fault)
{
    char byte;
    *ret_message = STR("waited");
    return read(pipe_fds[0], &byte, 1) == 1 ? ERR_OK : ERR_IO;
}

struct looking {
    struct page_app *app;
    int64_t id;
    struct page_job_now now;
};

static enum err look_step(struct work *w, void *context)
{
    struct looking *looking = context;
    TRY(page_job_look(looking->app, w, looking->id, &looking->now));
    looking->now.message = (struct str){0};
    return ERR_OK;
}

static struct page_job_now look(struct desk *desk, int64_t id, int64_t later_ms)
{
    struct looking looking = {.app = desk->app, .id = id};
    struct work_env env = desk->env;
    env.fixed_now_ms = FIXTURE_NOW_MS + later_ms;
    EXPECT_OK(work_run(&env, WORK_READ, look_step, &looking, &desk->fault));
    return looking.now;
}

/* Another process: begins a job that never ends, tells its id, and waits to be killed. */
static pid_t other_process(const struct store_fixture *t, int64_t *ret_id)
{
    int told[2];
    EXPECT(pipe(told) == 0);
    pid_t child = fork();
    if (child == 0) {
        static struct desk desk;
        int64_t id = 0;
        desk_open(&desk, t);
        bool told_it = begin(&desk, wait_for_pipe, &id) == ERR_OK &&
                       write(told[1], &id, sizeof id) == sizeof id;
        while (told_it)
            pause();
        _exit(1);
    }
    EXPECT(child > 0);
    EXPECT(read(told[0], ret_id, sizeof *ret_id) == sizeof *ret_id);
    close(told[0]);
    close(told[1]);
    return child;
}

STORE_TEST(job__of_a_killed_process_counts_as_broken_off_and_may_be_begun_again)
{
    static struct desk desk;
    int64_t id, second_id;
    id_source_init_fixed(&ids, 1, FIXTURE_NOW_MS);
    EXPECT(pipe(pipe_fds) == 0);
    pid_t child = other_process(t, &id);
    id_source_init_fixed(&ids, 2, FIXTURE_NOW_MS);
    desk_open(&desk, t);
    EXPECT(look(&desk, id, 0).is_running);
    EXPECT_ERR(ERR_BUSY, begin(&desk, end_at_once, &second_id));
    EXPECT_INT(id, second_id);
    EXPECT_INT(0, kill(child, SIGKILL));
    EXPECT_INT(child, waitpid(child, NULL, 0));

    EXPECT(look(&desk, id, JOB_SILENCE_MS).is_running); /* may still be heard of */
    EXPECT(!look(&desk, id, JOB_SILENCE_MS + 1).is_running);
    EXPECT(look(&desk, id, JOB_SILENCE_MS + 1).is_failed);
    desk.app->options.env.fixed_now_ms = FIXTURE_NOW_MS + JOB_SILENCE_MS + 1;
    EXPECT_OK(begin(&desk, end_at_once, &second_id));
    EXPECT(second_id != id);
    page_app_wait(desk.app);
    EXPECT(!look(&desk, second_id, 0).is_running);
    EXPECT(!look(&desk, second_id, 0).is_failed);
    EXPECT(look(&desk, id, 0).is_failed); /* its row was ended meanwhile */
    desk_close(&desk);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

STORE_TEST(job__of_this_process_is_at_work_however_long_it_was_not_heard_of)
{
    static struct desk desk;
    int64_t id;
    id_source_init_fixed(&ids, 1, FIXTURE_NOW_MS);
    EXPECT(pipe(pipe_fds) == 0);
    desk_open(&desk, t);
    EXPECT_OK(begin(&desk, wait_for_pipe, &id));
    EXPECT(look(&desk, id, 100 * JOB_SILENCE_MS).is_running);
    EXPECT_INT(1, write(pipe_fds[1], "x", 1));
    page_app_wait(desk.app);
    EXPECT(!look(&desk, id, 100 * JOB_SILENCE_MS).is_running);
    EXPECT(!look(&desk, id, 100 * JOB_SILENCE_MS).is_failed);
    desk_close(&desk);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

STORE_TEST(job__that_finds_no_room_leaves_no_row_that_runs)
{
    static struct desk desk;
    int64_t id;
    id_source_init_fixed(&ids, 1, FIXTURE_NOW_MS);
    desk_open(&desk, t);
    for (int64_t i = 1; i <= JOB_BEATS_MAX; i++)
        EXPECT_OK(job_beat_add(&desk.app->beat, i, &desk.fault));
    EXPECT_ERR(ERR_RATE, begin(&desk, end_at_once, &id));
    EXPECT(!look(&desk, id, 0).is_running);
    EXPECT(look(&desk, id, 0).is_failed);
    job_beat_remove(&desk.app->beat, 1);
    EXPECT_OK(begin(&desk, end_at_once, &id));
    page_app_wait(desk.app);
    EXPECT(!look(&desk, id, 0).is_failed);
    desk_close(&desk);
}

/* Beats are seconds apart: this one waits for the first. */
STORE_TEST(job__at_work_is_heard_of_by_others)
{
    static struct desk desk;
    int64_t id;
    id_source_init_fixed(&ids, 1, FIXTURE_NOW_MS);
    EXPECT(pipe(pipe_fds) == 0);
    desk_open(&desk, t);
    desk.app->beat.env.fixed_now_ms = FIXTURE_NOW_MS + 1000 * JOB_SILENCE_MS;
    EXPECT_OK(begin(&desk, wait_for_pipe, &id));
    static struct desk other;
    desk_open(&other, t);
    bool is_heard = false;
    for (int tenth = 0; tenth < 300 && !is_heard; tenth++) {
        usleep(100000);
        is_heard = look(&other, id, 1000 * JOB_SILENCE_MS).is_running;
    }
    EXPECT(is_heard);
    EXPECT_INT(1, write(pipe_fds[1], "x", 1));
    desk_close(&other);
    desk_close(&desk);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}
