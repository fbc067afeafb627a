/* page_job.h — long work that a page begins: a thread of its own, a page that shows it, live steps.
 *
 *   (nothing) -page_job_start-> running -work returns-> done | failed
 *
 * A process that is killed leaves its job running in the table; it is heard of no more (job_beat.h)
 * and half a minute later it counts as broken off: the page says so, and it may be begun again.
 * page_app_free waits for the jobs of the process.
 *
 * Memory   a job has its own arena of PAGE_JOB_ARENA_SIZE_MAX; the page's texts end before it does
 * Errors   ERR_BUSY when one of the kind runs already, ERR_RATE when too many run; store errors
 * Limits   PAGE_CITY_JOBS_MAX, PAGE_FILE_JOBS_MAX jobs of a process
 */
#ifndef BAIGONG_PAGE_JOB_H
#define BAIGONG_PAGE_JOB_H

#include "page/page.h"

#define PAGE_JOB_ARENA_SIZE_MAX ((size_t)8 << 30)

enum {
    PAGE_CITY_JOBS_MAX = 3, /* each holds the columns of the city and wants every core */
    PAGE_FILE_JOBS_MAX = 12 /* each holds one file; the writers take them in turn */
};

struct page_job {
    int64_t id;
    int64_t subject_id; /* what it works on; 0: the city */
    const char *kind;   /* constant */
    struct page_app *app;
    struct page_city *city; /* the policy when it began; in options */
    struct page_options options;
    struct work_env env; /* acts as who began it */
    enum page_lang lang;
    struct arena arena;
    int32_t channel; /* of its steps */
    char actor_name[128];
};

/* Returns what came of it in words, in job->arena. */
typedef enum err page_job_work(struct page_job *job, struct str *ret_message,
                               struct fault *fault);

/* For handlers of mode OWN: work of which the city has one at a time. Begins it, or joins the one
 * that runs, and goes to its page; leaves KIND.started in the audit. */
enum err page_job_go(struct page *page, const char *kind, page_job_work *work);

/* Whether another job may begin: ERR_RATE when this process runs job_count_max already. Asked
 * before anything of the job is written; those who ask at the same moment all get in. */
enum err page_job_room(struct page *page, int32_t job_count_max);

/* One of many of its kind that may run side by side, after page_job_room: what it works on sees to
 * it that it is worked on once. */
enum err page_job_start_on(struct page *page, const char *kind, int64_t subject_id,
                           page_job_work *work, int64_t *ret_id);

/* Where a job is: still at work (and heard of), and what it said at its end. */
struct page_job_now {
    bool is_running, is_failed;
    struct str message;
};
enum err page_job_look(struct page_app *app, struct work *w, int64_t id,
                       struct page_job_now *ret_now);

/* Says to whoever watches where it is: a Chinese text of the program. */
void page_job_step(struct page_job *job, const char *words);

/* The same in words made for the reader, with how much is done in thousandths. */
void page_job_progress(struct page_job *job, struct str words, int32_t permille);

/* The channel where a job of this process tells its steps; -1 without one. */
int32_t page_job_channel(struct page_app *app, int64_t id);

#endif
