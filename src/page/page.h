/* page.h — what a handler of the web face works with.
 *
 * A handler reads top to bottom: parse, authorise, act, present. It fills page->doc; the route's
 * view shows it to a browser, its JSON face goes to a program (the same path under /api/v1). It
 * runs in the route's transaction and may be run again after a conflict.
 *
 *     enum err page_person_show(struct page *page)
 *     {
 *         int64_t id;
 *         TRY(page_id(page, "id", &id));                       parse
 *         ...                                                  authorise: scope
 *         TRY(fact_read(page->w, REGISTRY_person, id, id, &f)) act
 *         doc_add_id(page->doc, "id", id);                     present
 *         return ERR_OK;
 *     }
 *
 * Memory   everything lives in page->w->arena or in the request's arena, until the reply is sent
 * Errors   what a handler returns becomes a page or a problem document (RFC 9457)
 */
#ifndef BAIGONG_PAGE_H
#define BAIGONG_PAGE_H

#include "base/log.h"
#include "domain/guard/guard.h"
#include "domain/incentive/incentive.h"
#include "http/doc.h"
#include "http/form.h"
#include "http/live.h"
#include "http/locale.h"
#include "store/work.h"

enum page_lang { PAGE_ZH, PAGE_EN, PAGE_LANG_COUNT };

enum { PAGE_PARAMETERS_MAX = 4, PAGE_FIELD_ERRORS_MAX = 40, PAGE_ROWS_MAX = 100 };

struct calendar;      /* base/calendar.h */
struct ledger_practice; /* domain/ledger/ledger_batch.h */
struct news_book;     /* domain/news/news_book.h */
struct insight_board; /* domain/insight/insight_book.h */
struct case_practice; /* domain/incentive/case_practice.h */
struct promises;      /* page/promise.h */
struct page;
struct page_app;
struct page_city; /* app.h */
struct oidc;      /* port/oidc.h */
typedef enum err page_handler(struct page *page);

/* Which of the rooms in the head a page belongs to. */
enum page_room {
    ROOM_NONE,
    ROOM_TASKS,
    ROOM_REGISTRY,
    ROOM_POLICY,
    ROOM_FOUND,
    ROOM_FUNDS,
    ROOM_CERTIFICATES,
    ROOM_INSIGHT,
    ROOM_ADMIN,
    ROOM_MINE,
    ROOM_COUNT,
};

struct page_route {
    enum http_method method;
    const char *pattern; /* "/persons/{id}"; a parameter is one segment */
    page_handler *handler;
    enum permission permission;
    enum work_mode mode;
    bool on_worker;       /* takes longer than a few milliseconds */
    int32_t body_kib_max; /* 0: a form, 64 KiB */
    enum page_room room;
    const char *view; /* template; "" when the handler always sees to its own reply */
    const char *summary; /* one line, for OpenAPI and the site map */
};

extern const struct page_route page_routes[];
extern const int32_t page_route_count;

struct page_options {
    struct work_env env;
    const struct vocab *vocab;
    const struct incentive_policy *policy; /* at the start; a request sees the newest */
    const char *policy_path;               /* the base set; enacted documents are laid over it */
    int64_t policy_version;                /* enactment_version of the policy at the start */
    const char *city_name; /* 济宁市 */
    const struct calendar *calendar; /* working days; NULL: no clocks are shown */
    const struct insight_board *board; /* what is drawn over time; NULL: nothing */
    const struct promises *promises; /* page/promise.h; NULL: nothing is promised */
    const struct ledger_practice *payment; /* NULL: nothing is paid from here */
    const char *bank_folder;               /* of files for the bank; NULL: none */
    const struct news_book *news; /* texts of letters and messages; NULL: none are written */
    const struct case_practice *case_practice; /* NULL: no clocks, no samples */
    const struct identity_divisions *divisions; /* of identity numbers; NULL: the province only */
    struct oidc *oidc;     /* signing in elsewhere; NULL: only here */
    bool oidc_asks_code;   /* who has a code here gives it after signing in elsewhere, too */
    const char *oidc_name; /* what it is called: 市政务统一登录 */
    int32_t city_division;
    bool is_debug; /* /_components, errors in full */
    int32_t city_today_day; /* the demo city's own today; ABSENT_I32: the calendar's */
};

struct page_field_error {
    const char *field;
    struct str message;
};

struct page {
    struct work *w;
    struct reader *reader; /* of the thread */
    struct page_app *app;
    const struct page_route *route;
    struct http_request *request;
    struct http_reply *reply; /* a handler that sends something else fills it and sets sent */
    bool is_sent;
    bool is_api;
    enum page_lang lang;
    struct session session; /* account.id 0: nobody is signed in */
    struct str token;       /* of the session; absent when nobody is signed in */
    struct str parameters[PAGE_PARAMETERS_MAX]; /* in the order of the pattern */
    struct form form;       /* query of a GET; form or JSON body of a POST */
    struct doc *doc;
    const char *view;       /* the route's, unless the handler chooses another */
    struct str title;       /* the heading says the finding */
    int status;             /* 200 unless the handler says otherwise */
    struct page_field_error errors[PAGE_FIELD_ERRORS_MAX];
    int32_t error_count;
    struct fault *own_fault; /* of a handler that runs its own units of work */
    struct page_city *city;  /* the policy that this request works with */
    struct page_options options;
    int32_t retry_after_s; /* of a refusal because of a limit */
    bool is_counted;       /* against the rate of its address */
    struct str file_name;  /* of what is sent to keep; absent: nothing is */
    int64_t file_row_count; /* rows in it; ABSENT_I64: it has none */
};

/* ---- parse */

/* A parameter of the pattern, in the order of the braces. */
struct str page_parameter(const struct page *page, const char *name);
enum err page_id(struct page *page, const char *name, int64_t *ret_id); /* ERR_NOT_FOUND */
/* A field of the form; otherwise: when it is missing, malformed or out of range. */
struct str page_field(const struct page *page, const char *name);
int64_t page_number(const struct page *page, const char *name, int64_t min, int64_t max,
                    int64_t otherwise);
int32_t page_day(const struct page *page, const char *name, int32_t otherwise);

/* Notes what is wrong with a field. A handler that noted any returns page_refuse_form: 422, with
 * the form shown again and each message at its field. */
void page_field_error(struct page *page, const char *field, const char *message);
enum err page_refuse_form(struct page *page);

/* ---- authorise */

bool page_may(const struct page *page, enum permission permission);
/* Counts one against the limit of a sign-in by this login; ERR_RATE when there were too many. */
enum err page_limit_sign_in(struct page *page, struct str login, struct fault *fault);
/* ERR_NOT_FOUND, not ERR_FORBIDDEN: whoever may not see a row does not learn that it is there. */
enum err page_see_division(struct page *page, int32_t division);

/* Writes an audit row with the client's address; needs a WRITE route. */
enum err page_audit(struct page *page, const char *action, const char *record,
                    int64_t subject_id, struct str detail);

/* For handlers that run their own units of work (mode OWN): the environment with this actor. Their
 * document's texts must live in the request's arena. */
struct work_env page_env(const struct page *page);
struct actor page_actor(const struct page *page);

/* ---- present */

/* The words for a Chinese text in the reader's language. */
struct str page_say(const struct page *page, const char *text);
void page_title(struct page *page, struct str title);

/* After a form was taken: on to another page, with a notice there ("saved"); for a program 200 with
 * the document. The path is made of constants and ids. */
enum err page_see(struct page *page, struct str path);

/* A file to keep: its name may be Chinese. Whoever is signed in and takes one stands in the audit,
 * with how many rows (page_file_rows) and the filter; what cannot be noted there is not sent. */
void page_send_file(struct page *page, struct str body, const char *content_type,
                    struct str file_name);

/* Members for {{>component/pager}}: shown 第 1 至 20 件 with links that keep the filters. total -1:
 * not counted. next_after: value of `after` for the next page; absent: there is none. */
void page_pager(struct page *page, int64_t row_count, int64_t total, struct str next_after);

void page_file_rows(struct page *page, int64_t row_count);

/* The query again, with one field set to another value (absent: left out). */
struct str page_query_with(struct page *page, const char *name, struct str value);

/* ---- the application */

/* What may change while it serves. */
struct page_limits {
    int64_t sign_in_rate; /* a minute, for one address and for one login; 0: no limit */
    int64_t public_rate;  /* requests a minute from one address without a session; 0: no limit */
    int32_t upload_mib_max;
    uint32_t code_roles; /* bit (1 << role) of each role that must sign in with a code */
    enum log_level log_level_min;
};

struct http_app;
struct live_hub;
enum err page_app_new(struct arena *arena, const struct page_options *options,
                      struct live_hub *hub, struct page_app **ret_app, struct fault *fault);
/* Waits for the jobs of the process. */
void page_app_free(struct page_app *app);
struct http_app page_app_http(struct page_app *app);

/* Without these there are no limits. */
void page_app_limit(struct page_app *app, const struct page_limits *limits);

/* Reads the policy documents below path anew. Requests and jobs at work keep what they began with;
 * on an error all stays as it was and the findings (ERR_POLICY) say why. */
enum err page_app_read_policy(struct page_app *app, const char *path, struct findings *findings,
                              struct fault *fault);

const struct page_options *page_options_of(const struct page *page);
struct live_hub *page_hub(const struct page *page);

#endif
