#include "http/rate.h"

#include "base/hash.h"
#include "base/rand.h"

#include <pthread.h>
#include <stdlib.h>

enum { WAYS = 4, STRIPES = 64, SETS = RATE_BUCKETS / WAYS };

#define TOKEN INT64_C(60000) /* so that one millisecond refills per_minute parts */

struct bucket {
    uint64_t who; /* 0: free */
    int64_t parts;
    int64_t at_ms;
};

struct rate {
    struct bucket buckets[RATE_BUCKETS];
    pthread_mutex_t mutexes[STRIPES];
    uint64_t seed; /* of the process: nobody can aim at another's place */
};

enum err rate_new(struct rate **ret_rate, struct fault *fault)
{
    struct rate *rate = calloc(1, sizeof *rate);
    if (!rate)
        return fault_set(fault, ERR_MEMORY, "no memory for the rate limits");
    enum err err = rand_secure(&rate->seed, sizeof rate->seed);
    if (err != ERR_OK) {
        free(rate);
        return fault_set(fault, err, "no random numbers for the rate limits");
    }
    for (int i = 0; i < STRIPES; i++)
        pthread_mutex_init(&rate->mutexes[i], NULL);
    *ret_rate = rate;
    return ERR_OK;
}

void rate_free(struct rate *rate)
{
    for (int i = 0; rate && i < STRIPES; i++)
        pthread_mutex_destroy(&rate->mutexes[i]);
    free(rate);
}

/* Its bucket, or the one among its places that was used longest ago, filled anew. */
static struct bucket *bucket_of(struct bucket *places, uint64_t who, int64_t full, int64_t now_ms)
{
    struct bucket *oldest = &places[0];
    for (int i = 0; i < WAYS; i++) {
        if (places[i].who == who)
            return &places[i];
        if (places[i].who == 0 || places[i].at_ms < oldest->at_ms)
            oldest = &places[i];
        if (places[i].who == 0)
            break;
    }
    *oldest = (struct bucket){who, full, now_ms};
    return oldest;
}

static int64_t take(struct bucket *bucket, int64_t per_minute, int64_t full, int64_t now_ms)
{
    int64_t passed_ms = now_ms > bucket->at_ms ? now_ms - bucket->at_ms : 0;
    bucket->parts = passed_ms >= 60000 ? full : bucket->parts + passed_ms * per_minute;
    bucket->parts = bucket->parts > full ? full : bucket->parts;
    bucket->at_ms = now_ms;
    if (bucket->parts >= TOKEN) {
        bucket->parts -= TOKEN;
        return 0;
    }
    return (TOKEN - bucket->parts + per_minute - 1) / per_minute;
}

int64_t rate_take(struct rate *rate, uint64_t who, int64_t per_minute, int64_t now_ms)
{
    if (per_minute == 0)
        return 0;
    uint64_t mixed = hash_64_number(who ^ rate->seed);
    uint64_t set = mixed % SETS;
    pthread_mutex_t *mutex = &rate->mutexes[set % STRIPES];
    int64_t full = per_minute * TOKEN;
    pthread_mutex_lock(mutex);
    struct bucket *bucket =
        bucket_of(&rate->buckets[set * WAYS], mixed != 0 ? mixed : 1, full, now_ms);
    int64_t wait_ms = take(bucket, per_minute, full, now_ms);
    pthread_mutex_unlock(mutex);
    return wait_ms;
}
