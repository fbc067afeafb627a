#include "page/job_beat.h"

#include "base/clock.h"
#include "page_job_sql.h"

#include <string.h>
#include <time.h>

void job_beat_init(struct job_beat *beat, const struct work_env *env)
{
    *beat = (struct job_beat){.env = *env};
    pthread_condattr_t attributes;
    check(pthread_condattr_init(&attributes) == 0);
    check(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
    check(pthread_mutex_init(&beat->mutex, NULL) == 0);
    check(pthread_cond_init(&beat->changed, &attributes) == 0);
    pthread_condattr_destroy(&attributes);
}

void job_beat_done(struct job_beat *beat)
{
    pthread_mutex_lock(&beat->mutex);
    beat->ends = true;
    pthread_cond_signal(&beat->changed);
    pthread_mutex_unlock(&beat->mutex);
    if (beat->has_thread)
        pthread_join(beat->thread, NULL);
    pthread_cond_destroy(&beat->changed);
    pthread_mutex_destroy(&beat->mutex);
}

/* ---- the thread */

struct round {
    int64_t ids[JOB_BEATS_MAX];
    int32_t id_count;
};

static enum err beat_step(struct work *w, void *context)
{
    const struct round *round = context;
    for (int32_t i = 0; i < round->id_count; i++) {
        struct job_beat_write_in in = {.id = round->ids[i], .beat_ms = w->now_ms};
        TRY(job_beat_write(w, &in, NULL));
    }
    return ERR_OK;
}

/* Until the next round is due; false: it is the end. */
static bool wait_for_round(struct job_beat *beat, struct round *ret_round)
{
    int64_t due_ns = clock_monotonic_ns() + (int64_t)JOB_BEAT_MS * 1000000;
    struct timespec due = {.tv_sec = (time_t)(due_ns / 1000000000),
                           .tv_nsec = (long)(due_ns % 1000000000)};
    pthread_mutex_lock(&beat->mutex);
    int code = 0;
    while (!beat->ends && code == 0)
        code = pthread_cond_timedwait(&beat->changed, &beat->mutex, &due);
    bool goes_on = !beat->ends;
    memcpy(ret_round->ids, beat->ids, sizeof beat->ids);
    ret_round->id_count = beat->id_count;
    pthread_mutex_unlock(&beat->mutex);
    return goes_on;
}

/* A beat that cannot be written is left out: the next one tells as much. */
static void *run_beats(void *context)
{
    struct job_beat *beat = context;
    struct round round;
    while (wait_for_round(beat, &round))
        if (round.id_count > 0)
            (void)work_run(&beat->env, WORK_WRITE, beat_step, &round, NULL);
    return NULL;
}

/* ---- the list */

static int32_t place_of(const struct job_beat *beat, int64_t id)
{
    for (int32_t i = 0; i < beat->id_count; i++)
        if (beat->ids[i] == id)
            return i;
    return -1;
}

enum err job_beat_add(struct job_beat *beat, int64_t id, struct fault *fault)
{
    pthread_mutex_lock(&beat->mutex);
    if (!beat->has_thread)
        beat->has_thread = pthread_create(&beat->thread, NULL, run_beats, beat) == 0;
    bool has_thread = beat->has_thread;
    bool has_room = beat->id_count < JOB_BEATS_MAX;
    if (has_thread && has_room)
        beat->ids[beat->id_count++] = id;
    pthread_mutex_unlock(&beat->mutex);
    if (!has_thread)
        return fault_set(fault, ERR_MEMORY, "no thread for the beats of a job");
    return has_room ? ERR_OK : fault_set(fault, ERR_RATE, "正在办的长事太多，请过一分钟再试");
}

void job_beat_remove(struct job_beat *beat, int64_t id)
{
    pthread_mutex_lock(&beat->mutex);
    int32_t place = place_of(beat, id);
    if (place >= 0)
        beat->ids[place] = beat->ids[--beat->id_count];
    pthread_mutex_unlock(&beat->mutex);
}

bool job_beat_is_heard(struct job_beat *beat, int64_t id, int64_t beat_ms, int64_t now_ms)
{
    if (now_ms - beat_ms <= JOB_SILENCE_MS)
        return true;
    pthread_mutex_lock(&beat->mutex);
    bool is_here = place_of(beat, id) >= 0;
    pthread_mutex_unlock(&beat->mutex);
    return is_here;
}
