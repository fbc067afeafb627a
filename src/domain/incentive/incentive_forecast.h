/* incentive_forecast.h — the next day of everybody, and who stands for a place, from the world of a
 * sweep (internal to the room).
 *
 * Memory   a forecast owns its rows (forecast_done)
 * Errors   ERR_MEMORY
 */
#ifndef BAIGONG_INCENTIVE_FORECAST_H
#define BAIGONG_INCENTIVE_FORECAST_H

#include "domain/incentive/incentive_place.h"

#include <pthread.h>
#include <stdatomic.h>

struct contender {
    struct holder holder;
    struct place place;
};

/* The next day of everybody, while the world of the sweep is at hand. */
struct forecast {
    const struct holder_plan *plan;
    const struct world *world;
    int32_t as_of_day;
    int64_t *holder_ids[2]; /* persons, organisations */
    int32_t *due_days[2];
    int32_t counts[2];
    struct contender *contenders;
    int32_t contender_count, contender_capacity;
    _Atomic int32_t next_block[2]; /* while threads run */
    _Atomic bool out_of_memory;
    pthread_mutex_t lock;
};

/* Root of a kind of holder: 0 persons, 1 organisations. */
int32_t forecast_root(int32_t kind);

/* A sweep_on_world; context is a forecast with plan and as_of_day. */
enum err forecast_all(void *context, const struct world *world, const struct eval_result *result,
                      struct fault *fault);
void forecast_done(struct forecast *forecast);

#endif
