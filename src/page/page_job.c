#include "page/page_job.h"

#include "base/clock.h"
#include "base/id.h"
#include "page/app.h"
#include "page_job_sql.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Invariant: app->job_count is the number of threads that may still use the application. */

enum {
    RETRY_AFTER_S = 60, /* about what a run over five million people takes */
    JOBS_LOOKED_AT_MAX = 20, /* of one kind that are called running; the newest first */
};

enum job_state { JOB_RUNNING = 1, JOB_DONE, JOB_FAILED };

struct job_run {
    struct page_job job;
    page_job_work *work;
    int64_t account_id;
    struct str client; /* until it has begun */
    enum job_state state;
    struct str message;
};

/* ---- the thread */

int32_t page_job_channel(struct page_app *app, int64_t id)
{
    char name[40];
    int size = snprintf(name, sizeof name, "job/%" PRId64, id);
    return app->hub ? live_channel(app->hub, (struct str){name, (size_t)size}) : -1;
}

enum { PERMILLE_UNKNOWN = -1 };

static void publish(struct page_job *job, const char *state, struct str words, int32_t permille)
{
    if (job->channel < 0)
        return;
    struct text_buf text;
    struct json json;
    text_init(&text, &job->arena);
    json_init(&json, &text);
    json_object_begin(&json);
    json_add_text_z(&json, "state", state);
    json_add_text(&json, "words", words);
    if (permille >= 0)
        json_add_number(&json, "permille", permille);
    json_object_end(&json);
    if (!text.failed)
        live_publish(job->app->hub, job->channel, text_str(&text));
}

void page_job_step(struct page_job *job, const char *words)
{
    publish(job, "running", locale_say(job->app->locales[job->lang], str_from(words)),
            PERMILLE_UNKNOWN);
}

void page_job_progress(struct page_job *job, struct str words, int32_t permille)
{
    publish(job, "running", words, permille);
}

static enum err finish_step(struct work *w, void *context)
{
    const struct job_run *run = context;
    struct job_finish_in in = {.id = run->job.id, .state = (int32_t)run->state,
                               .finished_ms = w->now_ms, .message = run->message};
    return job_finish(w, &in, NULL);
}

static void *run_job(void *context)
{
    struct job_run *run = context;
    struct page_app *app = run->job.app;
    struct fault fault = {0};
    run->message = STR("");
    enum err err = run->work(&run->job, &run->message, &fault);
    run->state = err == ERR_OK ? JOB_DONE : JOB_FAILED;
    if (err != ERR_OK) {
        log_event(&app->log, LOG_ERROR, "job_failed", log_id("job", run->job.id),
                  log_err("error", err));
        run->message = str_from(fault.message);
    }
    (void)work_run(&run->job.env, WORK_WRITE, finish_step, run, NULL);
    publish(&run->job, err == ERR_OK ? "done" : "failed", run->message,
            PERMILLE_UNKNOWN);
    page_tell_tasks(app);
    job_beat_remove(&app->beat, run->job.id);
    arena_done(&run->job.arena);
    page_city_give(run->job.city);
    free(run);
    atomic_fetch_sub(&app->job_count, 1);
    return NULL;
}

/* ---- beginning */

/* Of what works on the whole city one runs at a time; those that were broken off are ended. */
static enum err refuse_second(struct work *w, struct job_run *run)
{
    struct job_running_in in = {.kind = str_from(run->job.kind)};
    struct cursor cursor;
    struct job_running_out others[JOBS_LOOKED_AT_MAX];
    int32_t count = 0;
    bool more = true;
    TRY(job_running(w, &in, &cursor));
    while (more && count < JOBS_LOOKED_AT_MAX) {
        TRY(job_running_next(&cursor, &others[count], &more));
        count += more;
    }
    cursor_close(&cursor);
    for (int32_t i = 0; i < count; i++) {
        if (job_beat_is_heard(&run->job.app->beat, others[i].id, others[i].beat_ms, w->now_ms)) {
            run->job.id = others[i].id;
            return fail(w, ERR_BUSY, "已有一个在进行");
        }
        struct job_finish_in ended = {.id = others[i].id, .state = JOB_FAILED,
                                      .finished_ms = others[i].beat_ms, .message = STR("")};
        TRY(job_finish(w, &ended, NULL));
    }
    return ERR_OK;
}

static enum err begin_step(struct work *w, void *context)
{
    struct job_run *run = context;
    if (run->job.subject_id == 0)
        TRY(refuse_second(w, run));
    run->job.id = id_next(w->ids);
    struct job_insert_in row = {.id = run->job.id, .kind = str_from(run->job.kind),
                                .account_id = run->account_id, .started_ms = w->now_ms};
    TRY(job_insert(w, &row, NULL));
    /* Here: once it runs, it may hold the writers for seconds. */
    struct audit audit = {.action = str_from(text_in(w->arena, "%s.started", run->job.kind)),
                          .record = STR(""), .subject_id = run->job.subject_id,
                          .client = run->client, .detail = STR("")};
    return guard_audit(w, &audit);
}

/* On failure the row says so: nobody is to wait for it. */
static enum err start_thread(struct job_run *run, struct fault *fault)
{
    struct page_app *app = run->job.app;
    pthread_t thread;
    enum err err = job_beat_add(&app->beat, run->job.id, fault);
    if (err == ERR_OK) {
        atomic_fetch_add(&app->job_count, 1);
        if (pthread_create(&thread, NULL, run_job, run) == 0) {
            pthread_detach(thread);
            return ERR_OK;
        }
        atomic_fetch_sub(&app->job_count, 1);
        job_beat_remove(&app->beat, run->job.id);
        err = fault_set(fault, ERR_MEMORY, "no thread for a job");
    }
    run->state = JOB_FAILED;
    run->message = STR("");
    (void)work_run(&run->job.env, WORK_WRITE, finish_step, run, NULL);
    return err;
}

enum err page_job_room(struct page *page, int32_t job_count_max)
{
    int32_t job_count = atomic_load(&page->app->job_count);
    if (job_count < job_count_max)
        return ERR_OK;
    page->retry_after_s = RETRY_AFTER_S;
    fault_set(page->own_fault, ERR_RATE, "已有 %d 件长事在办，要等一件办完", (int)job_count);
    return fault_hint(page->own_fault, "请过一分钟再提交；这一次没有保存。");
}

enum err page_job_start_on(struct page *page, const char *kind, int64_t subject_id,
                           page_job_work *work, int64_t *ret_id)
{
    struct job_run *run = calloc(1, sizeof *run);
    if (!run)
        return fault_set(page->own_fault, ERR_MEMORY, "no memory for a job");
    run->job = (struct page_job){.kind = kind, .app = page->app, .env = page_env(page),
                                 .lang = page->lang,
                                 .subject_id = subject_id,
                                 .options = page->options,
                                 .city = page_city_take(page->app)};
    if (run->job.city)
        run->job.options.policy = &run->job.city->policy;
    run->work = work;
    run->account_id = page->session.account.id;
    run->client = page->request->client_address;
    /* the session's texts end with the request */
    struct str name = run->job.env.actor.name;
    size_t size = name.size < sizeof run->job.actor_name ? name.size : 0;
    if (size > 0)
        memcpy(run->job.actor_name, name.ptr, size);
    run->job.env.actor.name = (struct str){run->job.actor_name, size};
    arena_init(&run->job.arena, PAGE_JOB_ARENA_SIZE_MAX);
    enum err err = work_run(&run->job.env, WORK_WRITE, begin_step, run, page->own_fault);
    *ret_id = run->job.id;
    if (err == ERR_OK) {
        run->job.channel = page_job_channel(page->app, run->job.id);
        err = start_thread(run, page->own_fault);
        if (err == ERR_OK)
            return ERR_OK;
    }
    page_city_give(run->job.city);
    free(run);
    return err;
}

enum err page_job_go(struct page *page, const char *kind, page_job_work *work)
{
    int64_t id;
    enum err err = page_job_start_on(page, kind, 0, work, &id);
    if (err != ERR_OK && err != ERR_BUSY)
        return err;
    fault_clear(page->own_fault);
    page->doc = doc_new(page->request->arena);
    doc_add_id(page->doc, "job_id", id);
    return page_see(page, doc_format(page->doc, "/jobs/%" PRId64, id));
}

void page_app_wait(struct page_app *app)
{
    const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
    while (atomic_load(&app->job_count) > 0)
        nanosleep(&pause, NULL);
}

void page_app_free(struct page_app *app)
{
    if (!app)
        return;
    page_app_wait(app);
    for (size_t i = 0; i < sizeof app->readers / sizeof app->readers[0]; i++)
        reader_done(&app->readers[i]);
    job_beat_done(&app->beat);
    page_city_give(app->city);
    rate_free(app->rate);
    pthread_mutex_destroy(&app->city_mutex);
}

/* ---- pages */

static enum err read_job(struct page *page, int64_t *ret_id, struct job_read_out *ret_job)
{
    TRY(page_id(page, "id", ret_id));
    struct job_read_in in = {.id = *ret_id};
    TRY(job_read(page->w, &in, ret_job));
    bool is_own = ret_job->account_id == page->session.account.id;
    /* whoever asks for the city's figures while they are counted is shown that count */
    bool is_shared = str_equal_text(ret_job->kind, "count") && page_may(page, PERM_INSIGHT);
    if (!is_own && !is_shared && !page_may(page, PERM_SWEEP))
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    return ERR_OK;
}

static bool is_broken_off(struct page_app *app, const struct work *w, int64_t id,
                          const struct job_read_out *job)
{
    return job->state == JOB_RUNNING &&
           !job_beat_is_heard(&app->beat, id, job->beat_ms, w->now_ms);
}

enum err page_job_look(struct page_app *app, struct work *w, int64_t id,
                       struct page_job_now *ret_now)
{
    struct job_read_out job;
    TRY(job_read(w, &(struct job_read_in){.id = id}, &job));
    bool is_lost = is_broken_off(app, w, id, &job);
    *ret_now = (struct page_job_now){job.state == JOB_RUNNING && !is_lost,
                                     job.state == JOB_FAILED || is_lost, job.message};
    return ERR_OK;
}

enum err page_job_show(struct page *page)
{
    static const char *const states[] = {[JOB_RUNNING] = "running", [JOB_DONE] = "done",
                                         [JOB_FAILED] = "failed"};
    static const char *const sweep_titles[] = {
        [JOB_RUNNING] = "正在全市核对", [JOB_DONE] = "核对完成", [JOB_FAILED] = "核对没有完成"};
    static const char *const count_titles[] = {
        [JOB_RUNNING] = "正在统计", [JOB_DONE] = "统计完成", [JOB_FAILED] = "统计没有完成"};
    int64_t id;
    struct job_read_out job;
    TRY(read_job(page, &id, &job));
    bool is_lost = is_broken_off(page->app, page->w, id, &job);
    int32_t state = is_lost ? (int32_t)JOB_FAILED : job.state;
    doc_add_id(page->doc, "id", id);
    doc_add_text(page->doc, "kind", job.kind);
    doc_add_text_z(page->doc, "state", states[state]);
    doc_add_instant(page->doc, "started", job.started_ms);
    if (job.finished_ms > 0)
        doc_add_instant(page->doc, "finished", job.finished_ms);
    if (is_lost)
        job.message = page_say(page, "办理它的程序中断了。");
    doc_add_text(page->doc, "message", job.message);
    doc_page_bool(page->doc, "is_running", state == JOB_RUNNING);
    doc_page_bool(page->doc, "is_done", state == JOB_DONE);
    doc_page_bool(page->doc, "is_failed", state == JOB_FAILED);
    bool is_count = str_equal_text(job.kind, "count");
    doc_page_bool(page->doc, "is_count", is_count);
    page_title(page, page_say(page, (is_count ? count_titles : sweep_titles)[state]));
    return ERR_OK;
}

enum err page_job_live(struct page *page)
{
    int64_t id;
    struct job_read_out job;
    TRY(read_job(page, &id, &job));
    bool is_running =
        job.state == JOB_RUNNING && !is_broken_off(page->app, page->w, id, &job);
    int32_t channel = is_running ? page_job_channel(page->app, id) : -1;
    if (channel < 0)
        return fail(page->w, ERR_NOT_FOUND, "没有在进行");
    page->reply->live_channel = channel + 1;
    page->reply->content_type = STR("text/event-stream");
    page->is_sent = true;
    return ERR_OK;
}
