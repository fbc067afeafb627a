/* job_beat.h — the jobs that this process has at work, and the beats by which others know of them.
 *
 * While a job is at work a thread writes so into its row every JOB_BEAT_MS. A process that was
 * killed writes no more: after JOB_SILENCE_MS its jobs count as broken off, for everybody. A job
 * of this process is at work as long as it is on the list, also when it holds the writers of the
 * database itself so long that no beat gets through (SQLite has one writer).
 *
 * Memory   in the caller's struct; job_beat_done waits for the thread
 * Errors   ERR_MEMORY (no thread), ERR_RATE (the list is full)
 * Threads  all functions but init and done may be called from several threads
 * Limits   JOB_BEATS_MAX
 */
#ifndef BAIGONG_JOB_BEAT_H
#define BAIGONG_JOB_BEAT_H

#include "store/work.h"

#include <pthread.h>

enum {
    JOB_BEAT_MS = 5000,
    JOB_SILENCE_MS = 30000, /* six beats: a busy machine may be late with some */
    JOB_BEATS_MAX = 64,     /* more than PAGE_CITY_JOBS_MAX and PAGE_FILE_JOBS_MAX let in */
};

struct job_beat {
    struct work_env env;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    pthread_t thread;
    bool has_thread, ends;
    int64_t ids[JOB_BEATS_MAX];
    int32_t id_count;
};

void job_beat_init(struct job_beat *beat, const struct work_env *env);
void job_beat_done(struct job_beat *beat);

enum err job_beat_add(struct job_beat *beat, int64_t id, struct fault *fault);
void job_beat_remove(struct job_beat *beat, int64_t id);

/* Whether a job that its row calls running, and that was last heard of at beat_ms, is at work. */
bool job_beat_is_heard(struct job_beat *beat, int64_t id, int64_t beat_ms, int64_t now_ms);

#endif
