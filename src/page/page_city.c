#include "page/app.h"

#include <stdlib.h>

/* The policy of a running process: requests take it, a reload replaces it.
 *
 * Invariant: app->city counts as one user, so that what a request takes is never freed under it. */

enum { CITY_ARENA_SIZE_MAX = 1024 * 1024 * 1024 };

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

enum err page_app_read_policy(struct page_app *app, const char *path, struct findings *findings,
                              struct fault *fault)
{
    struct page_city *city = calloc(1, sizeof *city);
    if (!city)
        return fault_set(fault, ERR_MEMORY, "no memory for a policy");
    arena_init(&city->arena, CITY_ARENA_SIZE_MAX);
    atomic_store(&city->user_count, 1);
    enum err err = incentive_policy_read(&city->arena, app->options.vocab, path, &city->policy,
                                         findings, fault);
    if (err != ERR_OK) {
        page_city_give(city);
        return err;
    }
    pthread_mutex_lock(&app->city_mutex);
    struct page_city *before = app->city;
    app->city = city;
    pthread_mutex_unlock(&app->city_mutex);
    page_city_give(before);
    return ERR_OK;
}
