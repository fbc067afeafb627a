#include "page/app.h"

#include "base/clock.h"
#include "base/day.h"
#include "base/hash.h"
#include "base/html_style.h"
#include "base/log.h"
#include "base/record.h"
#include "domain/insight/whatif_style.h"
#include "page/draft_style.h"
#include "page/page_notice.h"
#include "page/upload.h"
#include "page/web_scripts.h"
#include "page/web_texts.h"
#include "page/web_views.h"
#include "policy/weave_style.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Invariant 1: a handler runs only after its route's permission was checked, in the transaction in
 *              which the session was read.
 * Invariant 2: a request that changes something carries the text bound to its session. */

const struct page_route page_routes[] = {
#define THREAD_LOOP false
#define THREAD_WORKER true
#define MODE_READ WORK_READ
#define MODE_WRITE WORK_WRITE
#define MODE_OWN PAGE_OWN_WORK
#define ROUTE(method, pattern, handler, permission, mode, thread, body_kib, room, view, summary)   \
    {HTTP_##method, pattern, handler, PERM_##permission, (enum work_mode)MODE_##mode,              \
     THREAD_##thread, body_kib, ROOM_##room, view, summary},
#include "page/routes.def"
#undef ROUTE
};

const int32_t page_route_count = sizeof page_routes / sizeof page_routes[0];

enum {
    BODY_KIB_DEFAULT = 64,
    SEEN_AGAIN_MS = 5 * 60 * 1000,
    ASSETS_MAX = 32,
    ROUTES_MAX = 512,
};

static struct str say(const struct page_app *app, enum page_lang lang, const char *text)
{
    return locale_say(app->locales[lang], str_from(text));
}

struct str page_say(const struct page *page, const char *text)
{
    return say(page->app, page->lang, text);
}

/* ---- start */

static struct str translate(void *context, struct str text)
{
    return locale_say(context, text);
}

static struct str text_of(const char *name)
{
    for (int32_t i = 0; i < web_texts_count; i++)
        if (strcmp(web_texts[i].name, name) == 0)
            return web_texts[i].text;
    return STR("");
}

static enum err add_asset(struct page_app *app, const char *stem, const char *ending,
                          struct str text, const char *content_type, struct fault *fault)
{
    check(app->asset_count < ASSETS_MAX);
    uint8_t digest[HASH_SIZE];
    char hex[HASH_HEX_SIZE];
    hash_sha256(text, digest);
    hash_hex(digest, 8, hex);
    const char *path = text_in(app->arena, "/asset/%s-%s.%s", stem, hex, ending);
    app->assets[app->asset_count++] =
        (struct page_asset){str_from(stem), str_from(path), text, str_from(content_type)};
    return path[0] ? ERR_OK : fault_set(fault, ERR_MEMORY, "no memory for the assets");
}

static enum err add_assets(struct page_app *app, struct fault *fault)
{
    struct text_buf *sheet = text_new(app->arena);
    if (!sheet)
        return fault_set(fault, ERR_MEMORY, "no memory for the assets");
    text_add(sheet, style_tokens);
    text_add(sheet, style_base);
    text_add(sheet, style_components);
    text_add(sheet, style_weave);
    text_add(sheet, style_whatif);
    text_add(sheet, style_draft);
    if (sheet->failed)
        return fault_set(fault, ERR_MEMORY, "no memory for the assets");
    TRY(add_asset(app, "style", "css", text_str(sheet), "text/css; charset=utf-8", fault));
    for (int32_t i = 0; i < web_scripts_count; i++)
        TRY(add_asset(app, web_scripts[i].name, "js", web_scripts[i].text,
                      "text/javascript; charset=utf-8", fault));
    return ERR_OK;
}

static enum err check_routes(const struct page_app *app, struct fault *fault)
{
    for (int32_t i = 0; i < page_route_count; i++) {
        const struct page_route *route = &page_routes[i];
        if (route->view[0] && !view_exists(app->views[PAGE_ZH], route->view))
            return fault_set(fault, ERR_VIEW, "route %s: there is no template %s",
                             route->pattern, route->view);
    }
    return ERR_OK;
}

enum err page_app_new(struct arena *arena, const struct page_options *options,
                      struct live_hub *hub, struct page_app **ret_app, struct fault *fault)
{
    struct page_app *app = ARENA_NEW(arena, struct page_app);
    if (!app)
        return fault_set(fault, ERR_MEMORY, "no memory for the pages");
    app->arena = arena;
    app->options = *options;
    app->hub = hub;
    app->log = (struct log){.file = 2, .level_min = LOG_INFO};
    app->started_ms = clock_now_ms();
    pthread_mutex_init(&app->city_mutex, NULL);
    snprintf(app->policy_path, sizeof app->policy_path, "%s",
             options->policy_path ? options->policy_path : "");
    atomic_store(&app->policy_version, options->policy_version);
    for (size_t i = 0; i < sizeof app->readers / sizeof app->readers[0]; i++)
        reader_init(&app->readers[i], options->env.store);
    upload_folders_clear();
    job_beat_init(&app->beat, &options->env);
    TRY(rate_new(&app->rate, fault));
    TRY(locale_new(arena, text_of("locale/en"), &app->locales[PAGE_EN], fault));
    for (int lang = 0; lang < PAGE_LANG_COUNT; lang++)
        TRY(view_set_new(arena, web_views, web_views_count, translate, app->locales[lang],
                         &app->views[lang], fault));
    TRY(add_assets(app, fault));
    TRY(check_routes(app, fault));
    app->metrics = ARENA_NEW_ARRAY(arena, struct page_metric, (size_t)page_route_count + 1);
    if (!app->metrics)
        return fault_set(fault, ERR_MEMORY, "no memory for the metrics");
    *ret_app = app;
    return ERR_OK;
}

/* ---- routing */

/* Whether a path fits a pattern; the parameters are pieces of the path. */
static bool fits(const char *pattern, struct str path, struct str *parameters)
{
    size_t at = 0;
    int32_t count = 0;
    while (*pattern) {
        if (*pattern != '{') {
            if (at == path.size || path.ptr[at++] != *pattern++)
                return false;
            continue;
        }
        size_t from = at;
        while (at < path.size && path.ptr[at] != '/')
            at++;
        if (at == from)
            return false;
        parameters[count++] = str_sub(path, from, at - from);
        pattern = strchr(pattern, '}') + 1;
    }
    return at == path.size;
}

/* Routes by their first segment, in the order of the table: looking at all for each request took a
 * thirtieth of its time. */
enum { SEGMENT_SLOTS = 128 };
static int32_t route_first[SEGMENT_SLOTS], route_next[ROUTES_MAX]; /* -1: none */

static size_t segment_slot(struct str path)
{
    size_t end = 1;
    while (end < path.size && path.ptr[end] != '/')
        end++;
    return hash_64(str_sub(path, 0, end)) % SEGMENT_SLOTS;
}

static void fill_route_slots(void)
{
    check(page_route_count <= ROUTES_MAX);
    for (int32_t slot = 0; slot < SEGMENT_SLOTS; slot++)
        route_first[slot] = -1;
    for (int32_t i = page_route_count - 1; i >= 0; i--) {
        check(page_routes[i].pattern[1] != '{');
        size_t slot = segment_slot(str_from(page_routes[i].pattern));
        route_next[i] = route_first[slot];
        route_first[slot] = i;
    }
}

/* *ret_other_method: the path is there, but not for this method. */
static const struct page_route *find_route(enum http_method method, struct str path,
                                           struct str *parameters, bool *ret_other_method)
{
    *ret_other_method = false;
    if (method == HTTP_HEAD)
        method = HTTP_GET;
    static pthread_once_t filled_once = PTHREAD_ONCE_INIT;
    pthread_once(&filled_once, fill_route_slots);
    for (int32_t i = route_first[segment_slot(path)]; i >= 0; i = route_next[i]) {
        if (!fits(page_routes[i].pattern, path, parameters))
            continue;
        if (page_routes[i].method == method)
            return &page_routes[i];
        *ret_other_method = true;
    }
    return NULL;
}

bool page_route_exists(const char *path)
{
    struct str parameters[PAGE_PARAMETERS_MAX];
    bool other_method;
    return find_route(HTTP_GET, str_from(path), parameters, &other_method) != NULL;
}

static bool is_below_api(struct str path)
{
    return str_starts(path, STR("/api/v1/")) || str_equal(path, STR("/api/v1"));
}

static struct str path_of(const struct http_request *request)
{
    struct str path = request->path;
    if (!is_below_api(path))
        return path;
    path = str_sub(path, STR("/api/v1").size, path.size);
    return path.size > 0 ? path : STR("/");
}

static struct http_plan plan(void *context, const struct http_request *request)
{
    struct str parameters[PAGE_PARAMETERS_MAX];
    bool other;
    const struct page_route *route =
        find_route(request->method, path_of(request), parameters, &other);
    struct page_app *app = context;
    int32_t kib = route && route->body_kib_max ? route->body_kib_max : BODY_KIB_DEFAULT;
    int32_t mib_max = atomic_load(&app->upload_mib_max);
    if (mib_max > 0 && kib > mib_max * 1024)
        kib = mib_max * 1024;
    return (struct http_plan){
        .body_size_max = (size_t)kib * 1024,
        .thread = route && route->on_worker ? HTTP_ON_WORKER : HTTP_ON_LOOP,
        .found = route,
    };
}

/* ---- one request */

static enum page_lang lang_of(const struct page *page)
{
    struct str chosen = http_cookie(page->request, "lang");
    if (str_equal(chosen, STR("en")))
        return PAGE_EN;
    if (str_equal(chosen, STR("zh")))
        return PAGE_ZH;
    struct str rest = http_header(page->request, "Accept-Language");
    struct str element;
    int32_t milli, zh_milli = 0, en_milli = 0;
    while (http_next_accepted(&rest, &element, &milli)) {
        if (str_starts(element, STR("zh")) && milli > zh_milli)
            zh_milli = milli;
        if (str_starts(element, STR("en")) && milli > en_milli)
            en_milli = milli;
    }
    return en_milli > zh_milli ? PAGE_EN : PAGE_ZH;
}

static struct str token_of(const struct page *page, bool *ret_is_cookie)
{
    struct str authorization = http_header(page->request, "Authorization");
    *ret_is_cookie = !str_starts(authorization, STR("Bearer "));
    if (!*ret_is_cookie)
        return str_sub(authorization, 7, authorization.size);
    return http_cookie(page->request, PAGE_COOKIE);
}

/* Origin says scheme://host[:port]; a form of another site has another host. */
static bool is_foreign(const struct page *page)
{
    struct str origin = http_header(page->request, "Origin");
    if (!origin.ptr)
        return false;
    size_t scheme = str_find(origin, STR("://"));
    struct str host = scheme == SIZE_MAX ? origin : str_sub(origin, scheme + 3, origin.size);
    return !str_equal(host, http_header(page->request, "Host"));
}

static bool is_forged(const struct page *page, bool by_cookie)
{
    if (page->request->method == HTTP_GET || page->request->method == HTTP_HEAD)
        return false;
    if (is_foreign(page))
        return true;
    /* Signing in uses no session: a browser whose session was ended still has its cookie. */
    bool is_signing_in = strncmp(page->route->pattern, "/sign-in", 8) == 0;
    if (!page->token.ptr || !by_cookie || is_signing_in)
        return false;
    char wanted[GUARD_TOKEN_SIZE + 1];
    guard_csrf(page->token, wanted);
    struct str told = form_value(&page->form, "csrf");
    if (!told.ptr)
        told = http_header(page->request, "X-CSRF");
    return !str_equal_text(told, wanted);
}

static enum err json_field(struct page *page, const char *key, const struct json_value *value,
                           struct form *form)
{
    static const struct str bools[] = {{"no", 2}, {"yes", 3}};
    struct str text = value->text;
    if (value->kind == JSON_KIND_NUMBER)
        text = str_from(text_in(page->request->arena, "%" PRId64, value->number));
    else if (value->kind == JSON_KIND_BOOL)
        text = bools[value->number != 0];
    else if (value->kind != JSON_KIND_TEXT)
        return ERR_OK; /* null is as if it were not there; deeper values have no field */
    form->fields[form->field_count++] = (struct form_field){.name = str_from(key), .value = text};
    return ERR_OK;
}

/* {"a": 1, "b": ["x", "y"]} is the form a=1&b=x&b=y. */
static enum err read_json_form(struct page *page, struct fault *fault)
{
    const struct json_value *object;
    struct arena *arena = page->request->arena;
    TRY(json_parse(arena, page->request->body, (size_t)16 << 20, &object, fault));
    if (object->kind != JSON_KIND_OBJECT)
        return fault_set(fault, ERR_JSON, "请求的内容应是一个 JSON 对象");
    int32_t count = 0;
    for (const struct json_value *member = object->first; member; member = member->next)
        count += member->kind == JSON_KIND_ARRAY ? member->count : 1;
    struct form form = {.fields = ARENA_NEW_ARRAY(arena, struct form_field, (size_t)count + 1)};
    if (!form.fields)
        return fault_set(fault, ERR_MEMORY, "no memory for a form");
    for (const struct json_value *member = object->first; member; member = member->next) {
        const char *key = str_z(arena, member->key);
        if (!key)
            return fault_set(fault, ERR_MEMORY, "no memory for a form");
        const struct json_value *first =
            member->kind == JSON_KIND_ARRAY ? member->first : member;
        for (const struct json_value *value = first; value;
             value = member->kind == JSON_KIND_ARRAY ? value->next : NULL)
            TRY(json_field(page, key, value, &form));
    }
    page->form = form;
    return ERR_OK;
}

static enum err read_form(struct page *page, struct fault *fault)
{
    struct str type = http_header(page->request, "Content-Type");
    bool has_body = page->request->method != HTTP_GET && page->request->method != HTTP_HEAD;
    if (has_body && str_starts(type, STR("application/json")))
        return read_json_form(page, fault);
    return form_of_request(page->request, &page->form, fault);
}

/* ---- how often */

enum { FOR_PUBLIC = 1, FOR_SIGN_IN_ADDRESS, FOR_SIGN_IN_LOGIN, FOR_PUBLIC_FORM };

static enum err limit(struct page *page, uint64_t who, uint64_t what, int64_t per_minute,
                      struct fault *fault)
{
    int64_t wait_ms = rate_take(page->app->rate, hash_64_number(who + what), per_minute,
                                clock_monotonic_ns() / 1000000);
    if (wait_ms == 0)
        return ERR_OK;
    page->retry_after_s = (int32_t)(wait_ms / 1000 + 1);
    fault_set(fault, ERR_RATE, "请求太频繁，请 %" PRId32 " 秒后再试", page->retry_after_s);
    return ERR_RATE;
}

enum err page_limit_sign_in(struct page *page, struct str login, struct fault *fault)
{
    int64_t rate = atomic_load(&page->app->sign_in_rate);
    TRY(limit(page, network_client(page->request->client_address), FOR_SIGN_IN_ADDRESS, rate,
              fault));
    return limit(page, hash_64(login), FOR_SIGN_IN_LOGIN, rate, fault);
}

/* As strict as signing in: a form of anyone's is written, or a receipt code guessed, by hand. */
enum err page_limit_public_form(struct page *page, struct fault *fault)
{
    return limit(page, network_client(page->request->client_address), FOR_PUBLIC_FORM,
                 atomic_load(&page->app->sign_in_rate), fault);
}

void page_app_limit(struct page_app *app, const struct page_limits *limits)
{
    atomic_store(&app->sign_in_rate, limits->sign_in_rate);
    atomic_store(&app->public_rate, limits->public_rate);
    atomic_store(&app->upload_mib_max, limits->upload_mib_max);
    atomic_store(&app->code_roles, limits->code_roles);
    app->log.level_min = limits->log_level_min; /* one word: an old value is as good */
}

/* Once a request, though its step may run again. */
static enum err limit_public(struct page *page)
{
    if (page->session.account.id != 0 || page->is_counted)
        return ERR_OK;
    page->is_counted = true;
    return limit(page, network_client(page->request->client_address), FOR_PUBLIC,
                 atomic_load(&page->app->public_rate), &page->w->fault);
}

/* ---- what must be done first */

bool page_wants_code(const struct page *page)
{
    uint32_t roles = atomic_load(&page->app->code_roles);
    return page->session.account.id != 0 && (roles >> page->session.account.role & 1) != 0;
}

/* Pages that are there for doing it, and those that say nothing of the city. */
static bool is_open_to_all(const struct page_route *route)
{
    static const char *const patterns[] = {"/sign-out", "/lang", "/healthz", "/metrics",
                                           "/openapi.json"};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        if (strcmp(route->pattern, patterns[i]) == 0)
            return true;
    return strncmp(route->pattern, "/account", 8) == 0 ||
           strncmp(route->pattern, "/sign-in", 8) == 0;
}

static enum err require_first(struct page *page)
{
    const struct account *account = &page->session.account;
    if (account->id == 0 || is_open_to_all(page->route))
        return ERR_OK;
    if (account->must_change_password) {
        fail(page->w, ERR_PASSWORD_FIRST, "密码是别人设的，请先改成自己的");
        return fault_hint(&page->w->fault, "在“我的账户”里改密码。");
    }
    if (page_wants_code(page) && !account->has_code) {
        fail(page->w, ERR_CODE_FIRST, "您的角色登录要用动态码，请先设置");
        return fault_hint(&page->w->fault, "在“我的账户”里设置动态码。");
    }
    return ERR_OK;
}

static enum err enter(struct page *page)
{
    if (page->token.ptr) {
        enum err err = guard_session(page->w, page->token, &page->session);
        if (err != ERR_OK && err != ERR_NOT_FOUND)
            return err;
        if (err == ERR_NOT_FOUND) {
            page->session = (struct session){0};
            page->token = (struct str){0};
            fault_clear(&page->w->fault);
        }
    }
    TRY(limit_public(page));
    TRY(require_first(page));
    if (guard_may(page->session.account.role, page->route->permission))
        return ERR_OK;
    if (page->session.account.id == 0)
        return fail(page->w, ERR_SIGN_IN_FIRST, "请先登录");
    return fail(page->w, ERR_FORBIDDEN, "您的角色（%s）不能做这件事",
                guard_roles[page->session.account.role].label);
}

/* The session's texts end with the unit of work; head and log need them behind it. */
static void keep_names(struct page *page)
{
    struct account *account = &page->session.account;
    account->name = str_copy(page->request->arena, account->name);
    account->login = str_copy(page->request->arena, account->login);
}

struct actor page_actor(const struct page *page)
{
    const struct account *account = &page->session.account;
    return (struct actor){account->id, account->id ? account->name : STR("public")};
}

static enum err run_step(struct work *w, void *context)
{
    struct page *page = context;
    struct http_reply fresh = {.status = 200};
    *page->reply = fresh; /* the step may be run again */
    page->w = w;
    page->is_sent = false;
    page->error_count = 0;
    page->status = 200;
    page->view = page->route->view;
    page->title = (struct str){0};
    page->file_name = (struct str){0};
    page->file_row_count = ABSENT_I64;
    page->doc = page->is_api ? doc_new_json(page->request->arena) : doc_new(page->request->arena);
    enum err entered = enter(page);
    keep_names(page); /* the page of a refusal shows them too */
    TRY(entered);
    w->actor = page_actor(page);
    if (page->route->mode == (enum work_mode)PAGE_OWN_WORK)
        return ERR_OK;
    enum err err = page->route->handler(page);
    if (page->is_sent || (err != ERR_OK && page->error_count == 0))
        return err;
    /* Here, because the document's texts end with the unit of work. A form that is refused is shown
     * again, and what the handler did is rolled back. */
    TRY(page_present(page, &w->fault));
    page->is_sent = true;
    return err;
}

static enum err run(struct page *page, struct fault *fault)
{
    enum work_mode mode = page->route->mode;
    bool own = mode == (enum work_mode)PAGE_OWN_WORK;
    struct work_env env = page->app->options.env;
    env.reader = own ? NULL : page->reader; /* one that works on its own may take long */
    TRY(work_run(&env, own ? WORK_READ : mode, run_step, page, fault));
    page->w = NULL;
    if (!own)
        return ERR_OK;
    page->own_fault = fault;
    enum err err = page->route->handler(page);
    if (page->is_sent || (err != ERR_OK && page->error_count == 0))
        return err;
    TRY(page_present(page, fault));
    page->is_sent = true;
    return err;
}

static enum err touch_session(struct work *w, void *context)
{
    return guard_session_seen(w, ((const struct page *)context)->session.id);
}

static void keep_session(struct page *page)
{
    int64_t now_ms = clock_now_ms();
    if (page->session.id != 0 && now_ms - page->session.seen_ms > SEEN_AGAIN_MS)
        (void)work_run(&page->app->options.env, WORK_WRITE, touch_session, page, NULL);
}

/* What the filter was, without what may be a person's: names, numbers of identity or telephone. */
static void add_filter(const struct page *page, struct text_buf *detail)
{
    enum { DIGITS_MAX = 10 };
    for (int32_t i = 0; i < page->form.field_count; i++) {
        const struct form_field *field = &page->form.fields[i];
        int64_t number;
        bool is_code = field->value.size <= DIGITS_MAX && str_to_i64(field->value, &number);
        int32_t day;
        bool is_day = day_parse(field->value, &day);
        if (field->value.size > 0)
            text_format(detail, " %.*s=%.*s", STR_ARG(field->name),
                        STR_ARG(is_code || is_day ? field->value : STR("…")));
    }
}

static enum err write_download(struct work *w, void *context)
{
    struct page *page = context;
    struct text_buf detail;
    text_init(&detail, w->arena);
    text_add(&detail, page->file_name);
    if (page->file_row_count != ABSENT_I64)
        text_format(&detail, " rows=%" PRId64, page->file_row_count);
    add_filter(page, &detail);
    if (detail.failed)
        return fail(w, ERR_MEMORY, "no memory for an audit row");
    w->actor = page_actor(page);
    struct audit audit = {.action = STR("file.taken"), .record = str_from(page->route->pattern),
                          .client = page->request->client_address,
                          .detail = text_str(&detail)};
    return guard_audit(w, &audit);
}

/* A file is sent only when the audit has it. What is public is nobody's business. */
static enum err note_download(struct page *page, struct fault *fault)
{
    if (!page->file_name.ptr || page->session.account.id == 0)
        return ERR_OK;
    return work_run(&page->app->options.env, WORK_WRITE, write_download, page, fault);
}

static void answer_page(struct page *page)
{
    struct fault fault = {0};
    bool by_cookie;
    page->token = token_of(page, &by_cookie);
    enum err err = read_form(page, &fault);
    if (err == ERR_OK && is_forged(page, by_cookie)) {
        err = fault_set(&fault, ERR_FORBIDDEN, "这份表单不是从本站的当前页面发出的");
        fault_hint(&fault, "请回到页面刷新后再提交；已填的内容没有保存。");
    }
    if (err == ERR_OK)
        err = run(page, &fault);
    if (err == ERR_OK)
        err = note_download(page, &fault);
    if (err != ERR_OK && !(page->is_sent && page->error_count > 0))
        page_present_error(page, err, &fault);
    keep_session(page);
}

static bool answer_asset(struct page_app *app, struct page *page)
{
    for (int32_t i = 0; i < app->asset_count; i++) {
        const struct page_asset *asset = &app->assets[i];
        if (!str_equal(page->request->path, asset->path))
            continue;
        page->reply->status = 200;
        page->reply->body = asset->text;
        page->reply->content_type = asset->content_type;
        http_reply_header(page->reply, "Cache-Control",
                          STR("public, max-age=31536000, immutable"));
        http_reply_header(page->reply, "X-Content-Type-Options", STR("nosniff"));
        return true;
    }
    return false;
}

/* What no route answers. */
static void answer_other(struct page_app *app, struct page *page, bool other_method)
{
    if (page->request->method == HTTP_GET && answer_asset(app, page))
        return;
    struct fault fault = {0};
    if (other_method)
        fault_set(&fault, ERR_METHOD, "%.*s 不能用在这个地址上",
                  STR_ARG(page->request->method_name));
    else
        fault_set(&fault, ERR_NOT_FOUND, "没有这一页");
    page_present_error(page, fault.code, &fault);
}

static void answer(void *context, struct http_request *request, int32_t thread_index,
                   struct http_reply *reply)
{
    struct page_app *app = context;
    struct page page = {.app = app, .request = request, .reply = reply, .status = 200,
                        .reader = &app->readers[thread_index]};
    page.is_api = is_below_api(request->path);
    page.lang = lang_of(&page);
    bool other_method = false;
    page.route = request->found;
    if (page.route) /* known since the head was read: only the parameters are wanted */
        check(fits(page.route->pattern, path_of(request), page.parameters));
    else
        page.route =
            find_route(request->method, path_of(request), page.parameters, &other_method);
    if (page.route)
        page_city_follow(app);
    page.city = page_city_take(app);
    page.options = app->options;
    if (page.city)
        page.options.policy = &page.city->policy;
    if (page.route)
        answer_page(&page);
    else
        answer_other(app, &page, other_method);
    page_city_give(page.city);
}

static void rest(void *context, int32_t thread_index)
{
    reader_rest(&((struct page_app *)context)->readers[thread_index]);
}

static void refuse(void *context, struct http_request *request, int status, const char *reason,
                   struct http_reply *reply)
{
    reply->status = status;
    reply->content_type = STR("text/plain; charset=utf-8");
    const char *way_out = status == 413 ? "内容太大，没有收下。上传文件最多 32 MB，请分成几份再传。"
                          : status == 503 ? "现在办事的人多，请过一分钟再试。"
                                          : "请求的格式不对，没有收下。";
    reply->body = str_from(text_in(request->arena, "%d %s\n%s\n", status, reason, way_out));
}

/* The log line has the pattern, never the address itself: a query may name a person. */
static void done(void *context, const struct http_request *request,
                 const struct http_reply *reply, int64_t duration_us)
{
    struct page_app *app = context;
    struct str parameters[PAGE_PARAMETERS_MAX];
    bool other;
    const struct page_route *route = request->found;
    if (!route && request->path.ptr)
        route = find_route(request->method, path_of(request), parameters, &other);
    int32_t index = route ? (int32_t)(route - page_routes) : page_route_count;
    page_metric_add(&app->metrics[index], reply->status, duration_us);
    log_event(&app->log, LOG_INFO, "request", log_id("request", request->number),
              log_text("method", http_method_text(request->method)),
              log_text("route", route ? route->pattern : ""), log_count("status", reply->status),
              log_count("size", (int64_t)reply->body.size),
              log_count("duration_us", duration_us));
}

struct http_app page_app_http(struct page_app *app)
{
    return (struct http_app){.context = app, .plan = plan, .answer = answer, .refuse = refuse,
                             .done = done, .rest = rest};
}

const struct page_options *page_options_of(const struct page *page)
{
    return &page->options;
}

struct live_hub *page_hub(const struct page *page)
{
    return page->app->hub;
}
