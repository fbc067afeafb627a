#include "base/clock.h"
#include "domain/incentive/incentive_draft.h"
#include "page/app.h"

#include <stdio.h>
#include <stdlib.h>

/* The policy of a running process: requests take it, a reload or an enacted document replaces it.
 *
 * Invariant: app->city counts as one user, so that what a request takes is never freed under it. */

enum {
    CITY_ARENA_SIZE_MAX = 1024 * 1024 * 1024,
    CITY_LOOK_MS = 1000, /* a document in force elsewhere is in force here after that */
};

struct page_city *page_city_take(struct page_app *app)
{
    pthread_mutex_lock(&app->city_mutex);
    struct page_city *city = app->city;
    if (city)
        atomic_fetch_add(&city->user_count, 1);
    pthread_mutex_unlock(&app->city_mutex);
    return city;
}

void page_city_give(struct page_city *city)
{
    if (!city || atomic_fetch_sub(&city->user_count, 1) > 1)
        return;
    arena_done(&city->arena);
    free(city);
}

static int32_t today_of(const struct page_app *app)
{
    int32_t fixed_day = app->options.env.fixed_today_day;
    return fixed_day != ABSENT_I32 ? fixed_day : clock_city_day(clock_now_ms());
}

enum err page_app_read_policy(struct page_app *app, const char *path, struct findings *findings,
                              struct fault *fault)
{
    struct page_city *city = calloc(1, sizeof *city);
    if (!city)
        return fault_set(fault, ERR_MEMORY, "no memory for a policy");
    arena_init(&city->arena, CITY_ARENA_SIZE_MAX);
    atomic_store(&city->user_count, 1);
    int64_t version = 0;
    enum err err = incentive_policy_in_force(&app->options.env, &city->arena, app->options.vocab,
                                             path, today_of(app), &city->policy, &version,
                                             findings, fault);
    if (err != ERR_OK) {
        page_city_give(city);
        return err;
    }
    pthread_mutex_lock(&app->city_mutex);
    struct page_city *before = app->city;
    app->city = city;
    if (path != app->policy_path)
        snprintf(app->policy_path, sizeof app->policy_path, "%s", path);
    atomic_store(&app->policy_version, version);
    pthread_mutex_unlock(&app->city_mutex);
    page_city_give(before);
    return ERR_OK;
}

/* ---- enacted documents */

static void path_in_use(struct page_app *app, char path[PAGE_POLICY_PATH_SIZE])
{
    pthread_mutex_lock(&app->city_mutex);
    snprintf(path, PAGE_POLICY_PATH_SIZE, "%s", app->policy_path);
    pthread_mutex_unlock(&app->city_mutex);
}

enum err page_city_renew(struct page_app *app, struct fault *fault)
{
    char path[PAGE_POLICY_PATH_SIZE];
    struct arena arena;
    arena_init(&arena, CITY_ARENA_SIZE_MAX);
    struct findings findings = {.arena = &arena};
    path_in_use(app, path);
    enum err err = page_app_read_policy(app, path, &findings, fault);
    arena_done(&arena);
    return err;
}

/* When the documents have errors the former stay in use; each version is tried once. */
static void *renew(void *context)
{
    struct page_app *app = context;
    struct fault fault = {0};
    enum err err = page_city_renew(app, &fault);
    if (err != ERR_OK)
        log_event(&app->log, LOG_ERROR, "policy_not_read", log_err("error", err));
    atomic_store(&app->is_reading_policy, false);
    atomic_fetch_sub(&app->job_count, 1);
    return NULL;
}

struct look {
    int32_t today_day;
    int64_t version;
};

static enum err look_step(struct work *w, void *context)
{
    struct look *look = context;
    return enactment_version(w, look->today_day, &look->version);
}

void page_city_follow(struct page_app *app)
{
    int64_t now_ms = clock_monotonic_ns() / 1000000;
    int64_t looked_ms = atomic_load(&app->policy_looked_ms);
    if (now_ms - looked_ms < CITY_LOOK_MS ||
        !atomic_compare_exchange_strong(&app->policy_looked_ms, &looked_ms, now_ms))
        return;
    struct look look = {.today_day = today_of(app)};
    if (work_run(&app->options.env, WORK_READ, look_step, &look, NULL) != ERR_OK ||
        look.version == atomic_load(&app->policy_version) ||
        atomic_exchange(&app->is_reading_policy, true))
        return;
    atomic_store(&app->policy_version, look.version);
    pthread_t thread;
    atomic_fetch_add(&app->job_count, 1);
    if (pthread_create(&thread, NULL, renew, app) == 0) {
        pthread_detach(thread);
        return;
    }
    atomic_store(&app->is_reading_policy, false);
    atomic_fetch_sub(&app->job_count, 1);
}
