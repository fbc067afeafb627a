/* city.h — a city made out of nothing: people, bodies and their records in the proportions of a
 * profile, the same from the same seed on any machine and for any number of threads.
 *
 * The facts of a city follow from (profile, words, catalogues, people, seed, today) by whole-number
 * draws alone. They go into a store (city_fill) or straight into columns (city_world): the same
 * facts, which city_digest shows. Nothing in it belongs to a real person or body (city_make.h).
 *
 * Memory   the plan lives in the caller's arena; the generator holds a few batches whatever the
 *          size of the city; a world is the caller's to free
 * Errors   those of city_profile.h and city_plan.h; store errors; ERR_STORE_RULE when the database
 *          is not fresh
 * Units    days as in base/record.h
 * Limits   CITY_PEOPLE_MIN to CITY_PEOPLE_MAX
 */
#ifndef BAIGONG_CITY_H
#define BAIGONG_CITY_H

#include "domain/city/city_plan.h"
#include "policy/column.h"
#include "store/work.h"

/* Where batches go: bodies first, then people in ascending number. Rows whose head.gone_ms is not
 * REGISTRY_NEVER_MS are versions that were corrected. */
struct city_batch;
struct city_sink {
    enum err (*take)(void *context, struct city_batch *batch, struct fault *fault);
    void *context;
};

struct city_request {
    const char *folder; /* the folder catalogue/ of the installation */
    const char *city;   /* "jining" */
    const struct vocab *vocab;
    const struct catalogues *catalogues;
    int64_t people;
    uint64_t seed;
    int32_t today_day; /* nothing in the city lies after it */
};

/* Reads the profile and plans the city. */
enum err city_plan_read(const struct city_request *request, struct arena *arena,
                        struct fault *fault, const struct city_plan **ret_plan);

/* Makes the city on this thread, batch by batch. */
enum err city_make(const struct city_plan *plan, struct city_sink sink, struct fault *fault);

/* The facts that hold, as sealed columns. */
enum err city_world(const struct city_plan *plan, struct world **ret_world, struct fault *fault);

/* Called now and then from the thread that called city_fill; may be NULL. */
struct city_progress {
    void (*tell)(void *context, int64_t people_done, int64_t people);
    void *context;
};

/* Writes the city into a fresh database: the generator seals and makes batches on a second thread
 * while this one writes. One event for each person and body tells how many rows came with it. A
 * database that was interrupted half-way is refused from then on (store/load.h). */
enum err city_fill(struct work_env *env, const struct city_plan *plan,
                   struct city_progress progress, struct fault *fault);

/* A sum over the records as known at an instant, without the protected values (they are sealed with
 * fresh nonces, so the bytes of two databases differ); the order of the rows does not matter. */
struct city_digest {
    uint64_t sums[2];
    int64_t row_count;
    int64_t row_counts[REGISTRY_RECORD_COUNT];
};

enum { CITY_DIGEST_TEXT_SIZE = 33 };

void city_digest_add(struct city_digest *digest, enum registry_table table, const void *record);
/* Of the city as it would be made; of what a store holds. */
enum err city_digest_plan(const struct city_plan *plan, int64_t known_at_ms,
                          struct city_digest *ret_digest, struct fault *fault);
enum err city_digest_store(struct work *w, int64_t known_at_ms, struct city_digest *ret_digest);
const char *city_digest_text(const struct city_digest *digest,
                             char buffer[CITY_DIGEST_TEXT_SIZE]);

#endif
