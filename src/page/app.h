/* app.h — the web application (internal): from a request to a route, a session, a reply.
 *
 * Memory   the application in the arena of page_app_new; a policy in use in its own (page_city)
 * Errors   never to a browser but as a page or a problem document
 * Units    durations in microseconds, instants in milliseconds UTC; buckets of metrics double
 */
#ifndef BAIGONG_PAGE_APP_H
#define BAIGONG_PAGE_APP_H

#include "base/log.h"
#include "http/rate.h"
#include "http/server.h"
#include "http/view.h"
#include "page/job_beat.h"
#include "page/page.h"
#include "store/reader.h"

#include <pthread.h>
#include <stdatomic.h>

#define PAGE_COOKIE "baigong"

enum { PAGE_OWN_WORK = 2 }; /* mode of a route whose handler runs its own units of work */

struct page_asset {
    struct str stem, path, text, content_type;
};

enum { METRIC_BUCKETS = 12 }; /* 0.5 ms, 1, 2, 4 … 1024 ms, longer */

struct page_metric {
    _Atomic int64_t counts[6]; /* by hundreds of the status */
    _Atomic int64_t buckets[METRIC_BUCKETS];
    _Atomic int64_t duration_us;
};

/* A policy in use: by the application until it is replaced, by each request and job at work. */
struct page_city {
    struct arena arena;
    struct incentive_policy policy;
    _Atomic int32_t user_count;
};

enum { PAGE_POLICY_PATH_SIZE = 4096 };

struct page_app {
    struct arena *arena;
    struct page_options options;
    struct page_city *city; /* guarded by city_mutex */
    char policy_path[PAGE_POLICY_PATH_SIZE]; /* guarded by city_mutex */
    _Atomic int64_t policy_version, policy_looked_ms;
    atomic_bool is_reading_policy;
    pthread_mutex_t city_mutex;
    struct reader readers[HTTP_LOOPS_MAX + HTTP_WORKERS_MAX]; /* one a thread of the server */
    struct rate *rate;
    _Atomic int64_t sign_in_rate, public_rate;
    _Atomic int32_t upload_mib_max;
    _Atomic uint32_t code_roles; /* bit of each role that must have a code */
    struct live_hub *hub;
    struct log log;
    struct locale *locales[PAGE_LANG_COUNT]; /* Chinese has none */
    struct view_set *views[PAGE_LANG_COUNT];
    struct page_asset assets[32];
    int32_t asset_count;
    struct page_metric *metrics; /* one a route, and one for what has none */
    int64_t started_ms;
    _Atomic int32_t job_count; /* threads of page_job.h */
    struct job_beat beat;
};

void page_app_wait(struct page_app *app); /* until no job of the process runs */

/* The newest policy, to be given back. */
struct page_city *page_city_take(struct page_app *app);
void page_city_give(struct page_city *city); /* accepts NULL */
/* Looks, at most once a second, whether a document was enacted or came into force, here or in
 * another process, and then reads the policy anew in a thread of its own. */
void page_city_follow(struct page_app *app);
/* The same at once: for whoever has just put a document in force. */
enum err page_city_renew(struct page_app *app, struct fault *fault);

/* The path that the form's `next` names, when it is one of this site; else "/". */
struct str page_safe_next(const struct page *page);
/* The cookie of a session that was opened in this request. */
void page_session_cookie(struct page *page, const char *token);
/* Answers with the form for the code of a phone: the account proved everything else. */
enum err page_ask_for_code(struct page *page, int64_t account_id);

/* Whether the role of who is signed in must have a code of a phone. */
bool page_wants_code(const struct page *page);

/* Whether the route table has a page at a path. */
bool page_route_exists(const char *path);

/* Writes the view or the JSON face of page->doc into the reply. */
enum err page_present(struct page *page, struct fault *fault);
/* A page or a problem document for an error; never fails. */
void page_present_error(struct page *page, enum err err, const struct fault *fault);

void page_metric_add(struct page_metric *metric, int status, int64_t duration_us);
/* Prometheus' text form. */
void page_metrics_print(const struct page_app *app, struct text_buf *out);

/* Tells the home pages that watch that what waits is another by now. */
void page_tell_tasks(struct page_app *app);

#define ROUTE(method, pattern, handler, permission, mode, thread, body_kib, room, view, summary)   \
    page_handler handler;
#include "page/routes.def"
#undef ROUTE

#endif
