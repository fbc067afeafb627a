#include "base/clock.h"
#include "base/day.h"
#include "page/app.h"

#include <inttypes.h>
#include <string.h>

/* The head and the foot of every page, and how a document leaves: view, JSON, problem. */

static const struct {
    enum page_room room;
    const char *label, *path;
    enum permission permission;
} rooms[] = {
    {ROOM_TASKS, "待办", "/", PERM_SIGNED_IN},
    {ROOM_MINE, "我的", "/my", PERM_OWN_PERSON},
    {ROOM_MINE, "本单位", "/our", PERM_OWN_ORGANISATION},
    {ROOM_REGISTRY, "档案", "/persons", PERM_PERSON_READ},
    {ROOM_POLICY, "政策", "/policy", PERM_POLICY_READ},
    {ROOM_FOUND, "应享", "/found", PERM_FOUND_READ},
    {ROOM_FUNDS, "资金", "/funds", PERM_LEDGER_READ},
    {ROOM_INSIGHT, "指标", "/insight", PERM_INSIGHT},
    {ROOM_ADMIN, "管理", "/admin", PERM_AUDIT},
};

static const struct {
    const char *code, *words;
} notices[] = {
    {"saved", "已保存"},
    {"password", "密码已更改，其他浏览器已退出"},
    {"sessions", "其他浏览器已退出"},
    {"password_first", "密码是别人设的，请先改成自己的"},
    {"undone", "已撤销"},
    {"joined", "已合并"},
    {"parted", "已拆开"},
    {"sent", "已送会签"},
    {"approved", "已会签，政策自施行日起有效"},
    {"approved_not_read",
     "已会签，政策自施行日起有效。但系统没有读进新文件，会自动再读；请告知系统管理员"},
    {"repealed", "已废止"},
    {"swept", "核对已开始"},
    {"imported", "导入完成"},
    {"added", "已添加"},
    {"discarded", "已清除"},
    {"given", "已交给工作人员，核实后答复"},
    {"taken_back", "已撤回"},
    {"confirmed", "已登记，系统当天重算"},
    {"declined", "未采纳，理由已告知"},
    {"signed_out", "已退出"},
};

static void add_rooms(struct page *page, struct doc *shell)
{
    struct doc *list = doc_page_list(shell, "rooms");
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        if (!page_may(page, rooms[i].permission) || !page_route_exists(rooms[i].path))
            continue;
        struct doc *room = doc_add_object(list, NULL);
        doc_page_text(room, "label", page_say(page, rooms[i].label));
        doc_page_z(room, "path", rooms[i].path);
        doc_page_bool(room, "is_here", page->route && page->route->room == rooms[i].room);
    }
}

static void add_notice(struct page *page, struct doc *shell)
{
    struct str code = page_field(page, "done");
    for (size_t i = 0; code.ptr && i < sizeof notices / sizeof notices[0]; i++)
        if (str_equal_text(code, notices[i].code))
            doc_page_text(shell, "notice", page_say(page, notices[i].words));
}

static void add_errors(struct page *page, struct doc *shell)
{
    doc_page_bool(shell, "has_errors", page->error_count > 0);
    struct doc *list = doc_page_list(shell, "errors");
    for (int32_t i = 0; i < page->error_count; i++) {
        struct doc *error = doc_add_object(list, NULL);
        doc_page_z(error, "field", page->errors[i].field);
        doc_page_text(error, "message", page->errors[i].message);
    }
    /* {{error.NAME}} at the field itself. */
    struct doc *by_name = doc_page_object(page->doc, "error");
    for (int32_t i = 0; i < page->error_count; i++)
        doc_page_text(by_name, page->errors[i].field, page->errors[i].message);
}

static void add_assets(struct page *page, struct doc *shell)
{
    struct doc *assets = doc_page_object(shell, "asset");
    for (int32_t i = 0; i < page->app->asset_count; i++)
        doc_page_text(assets, page->app->assets[i].stem.ptr, page->app->assets[i].path);
}

static void add_shell(struct page *page)
{
    struct doc *shell = doc_page_object(page->doc, "shell");
    bool english = page->lang == PAGE_EN;
    struct str title = page->title.ptr ? page->title : page_say(page, "百工");
    doc_page_text(shell, "title", title);
    doc_page_z(shell, "lang", english ? "en" : "zh-CN");
    doc_page_bool(shell, "is_english", english);
    doc_page_z(shell, "city", page->app->options.city_name);
    doc_page_bool(shell, "is_signed_in", page->session.account.id != 0);
    doc_page_bool(shell, "may_search", page_may(page, PERM_PERSON_READ));
    doc_page_bool(shell, "is_phone", page->route && page->route->room == ROOM_MINE &&
                                         page->route->permission == PERM_OWN_PERSON);
    doc_page_text(shell, "who", page->session.account.name);
    const struct role_desc *role = &guard_roles[page->session.account.role];
    doc_page_z(shell, "role", english ? role->label_en : role->label);
    doc_page_text(shell, "path", page->request->path);
    if (page->token.ptr) {
        char csrf[GUARD_TOKEN_SIZE + 1];
        guard_csrf(page->token, csrf);
        doc_page_text(shell, "csrf", doc_format(shell, "%s", csrf));
    }
    doc_add_instant(shell, "now", clock_now_ms());
    add_rooms(page, shell);
    add_notice(page, shell);
    add_errors(page, shell);
    add_assets(page, shell);
}

static void add_security(struct page *page)
{
    struct http_reply *reply = page->reply;
    http_reply_header(reply, "X-Content-Type-Options", STR("nosniff"));
    http_reply_header(reply, "Cache-Control", STR("no-store"));
    if (page->request->is_secure)
        http_reply_header(reply, "Strict-Transport-Security", STR("max-age=31536000"));
    if (page->is_api) { /* nothing that a browser would show */
        http_reply_header(reply, "Content-Security-Policy", STR("default-src 'none'"));
        return;
    }
    http_reply_header(reply, "Content-Security-Policy",
                      STR("default-src 'none'; style-src 'self'; script-src 'self'; "
                          "img-src 'self' data:; connect-src 'self'; form-action 'self'; "
                          "frame-ancestors 'none'; base-uri 'none'"));
    http_reply_header(reply, "Referrer-Policy", STR("same-origin"));
}

static enum err present_json(struct page *page, struct text_buf *out, struct fault *fault)
{
    struct json json;
    json_init(&json, out);
    doc_to_json(page->doc, &json);
    if (out->failed || doc_failed(page->doc))
        return fault_set(fault, ERR_MEMORY, "no memory for the answer");
    page->reply->content_type = STR("application/json");
    return ERR_OK;
}

static enum err present_view(struct page *page, struct text_buf *out, struct fault *fault)
{
    add_shell(page);
    if (doc_failed(page->doc))
        return fault_set(fault, ERR_MEMORY, "no memory for the page");
    TRY(view_show(page->app->views[page->lang], page->view, page->doc, out, fault));
    page->reply->content_type = STR("text/html; charset=utf-8");
    return ERR_OK;
}

static void problem(struct page *page, struct text_buf *out, int status, enum err err,
                    const struct fault *fault);

enum err page_present(struct page *page, struct fault *fault)
{
    struct text_buf *out = text_new(page->request->arena);
    if (!out)
        return fault_set(fault, ERR_MEMORY, "no memory for the answer");
    page->reply->status = page->status;
    page->reply->header_count = 0;
    if (page->is_api && page->error_count > 0)
        problem(page, out, page->status, ERR_FORM, page->w ? &page->w->fault : fault);
    else if (page->is_api || page->view[0] == '\0')
        TRY(present_json(page, out, fault));
    else
        TRY(present_view(page, out, fault));
    page->reply->body = text_str(out);
    add_security(page);
    return ERR_OK;
}

/* RFC 9457; errors names the fields that are wrong. */
static void problem(struct page *page, struct text_buf *out, int status, enum err err,
                    const struct fault *fault)
{
    struct json json;
    json_init(&json, out);
    json_object_begin(&json);
    json_add_text_z(&json, "type", text_in(page->request->arena, "/problems/%s", err_name(err)));
    json_add_text_z(&json, "title", err_text(err));
    json_add_number(&json, "status", status);
    if (fault->message[0])
        json_add_text_z(&json, "detail", fault->message);
    if (fault->hint[0])
        json_add_text_z(&json, "hint", fault->hint);
    if (page->error_count > 0) {
        json_key(&json, "errors");
        json_array_begin(&json);
        for (int32_t i = 0; i < page->error_count; i++) {
            json_object_begin(&json);
            json_add_text_z(&json, "field", page->errors[i].field);
            json_add_text(&json, "message", page->errors[i].message);
            json_object_end(&json);
        }
        json_array_end(&json);
    }
    json_object_end(&json);
    page->reply->content_type = STR("application/problem+json");
}

/* What must be done first is a page away. */
static bool send_to_first(struct page *page, enum err err)
{
    if (page->is_api || (err != ERR_PASSWORD_FIRST && err != ERR_CODE_FIRST))
        return false;
    *page->reply = (struct http_reply){0};
    http_reply_see(page->reply, err == ERR_CODE_FIRST ? STR("/account/code")
                                                      : STR("/account?done=password_first"));
    return true;
}

/* A GET goes to the sign-in page and comes back afterwards. */
static bool send_to_sign_in(struct page *page, enum err err)
{
    if (err != ERR_SIGN_IN_FIRST || page->is_api || page->request->method != HTTP_GET)
        return false;
    struct text_buf *path = text_new(page->request->arena);
    if (!path)
        return false;
    text_add(path, STR("/sign-in?next="));
    http_encode(path, page->request->target);
    if (path->failed)
        return false;
    *page->reply = (struct http_reply){0};
    http_reply_see(page->reply, text_str(path));
    return true;
}

static void error_doc(struct page *page, int status, enum err err, const struct fault *fault)
{
    page->doc = doc_new(page->request->arena);
    page->error_count = 0;
    doc_add_number(page->doc, "status", status);
    bool broken = err_kind(err) == ERR_KIND_BROKEN;
    /* What broke inside is for the log, not for the public. */
    doc_page_bool(page->doc, "is_broken", broken);
    doc_page_bool(page->doc, "is_not_found", status == 404);
    if (!broken || page->app->options.is_debug) {
        doc_page_text(page->doc, "message", doc_format(page->doc, "%s", fault->message));
        doc_page_text(page->doc, "hint", doc_format(page->doc, "%s", fault->hint));
    }
    page->title = page_say(page, status == 404 ? "没有这一页"
                                 : broken      ? "系统暂时不能办理"
                                               : "没有办成");
}

void page_present_error(struct page *page, enum err err, const struct fault *fault)
{
    if (send_to_sign_in(page, err) || send_to_first(page, err))
        return;
    int status = err_http_status(err);
    if (err_kind(err) == ERR_KIND_BROKEN)
        log_event(&page->app->log, LOG_ERROR, "request_failed",
                  log_id("request", page->request->number), log_err("error", err));
    *page->reply = (struct http_reply){.status = status, .body = STR("")};
    struct text_buf *out = text_new(page->request->arena);
    if (!out)
        return;
    struct fault nothing = {0};
    if (page->is_api) {
        bool broken = err_kind(err) == ERR_KIND_BROKEN && !page->app->options.is_debug;
        problem(page, out, status, err, broken ? &nothing : fault);
        page->reply->body = out->failed ? STR("") : text_str(out);
    } else {
        error_doc(page, status, err, fault);
        page->view = "page/error";
        if (present_view(page, out, &nothing) == ERR_OK)
            page->reply->body = text_str(out);
    }
    add_security(page);
    if (status == 429 || status == 503)
        http_reply_header(page->reply, "Retry-After",
                          str_from(text_in(page->request->arena, "%" PRId32,
                                           page->retry_after_s ? page->retry_after_s : 60)));
}

/* ---- metrics */

static const int64_t bucket_us[METRIC_BUCKETS] = {500,   1000,  2000,   4000,   8000,    16000,
                                                  32000, 64000, 128000, 256000, 1024000, INT64_MAX};

void page_metric_add(struct page_metric *metric, int status, int64_t duration_us)
{
    int32_t bucket = 0;
    while (duration_us > bucket_us[bucket])
        bucket++;
    atomic_fetch_add(&metric->buckets[bucket], 1);
    atomic_fetch_add(&metric->counts[status / 100 % 6], 1);
    atomic_fetch_add(&metric->duration_us, duration_us);
}

static void print_metric(const struct page_metric *metric, const char *method,
                         const char *pattern, struct text_buf *out)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < METRIC_BUCKETS; i++) {
        sum += atomic_load(&metric->buckets[i]);
        if (i + 1 < METRIC_BUCKETS)
            text_format(out,
                        "baigong_request_seconds_bucket{method=\"%s\",route=\"%s\","
                        "le=\"%" PRId64 ".%06" PRId64 "\"} %" PRId64 "\n",
                        method, pattern, bucket_us[i] / 1000000, bucket_us[i] % 1000000, sum);
    }
    text_format(out,
                "baigong_request_seconds_bucket{method=\"%s\",route=\"%s\",le=\"+Inf\"} %" PRId64
                "\nbaigong_request_seconds_count{method=\"%s\",route=\"%s\"} %" PRId64 "\n",
                method, pattern, sum, method, pattern, sum);
    int64_t total_us = atomic_load(&metric->duration_us);
    text_format(out,
                "baigong_request_seconds_sum{method=\"%s\",route=\"%s\"} %" PRId64 ".%06" PRId64
                "\n",
                method, pattern, total_us / 1000000, total_us % 1000000);
    for (int32_t i = 1; i < 6; i++) {
        int64_t count = atomic_load(&metric->counts[i]);
        if (count > 0)
            text_format(out,
                        "baigong_requests_total{method=\"%s\",route=\"%s\",status=\"%dxx\"} "
                        "%" PRId64 "\n",
                        method, pattern, i, count);
    }
}

void page_metrics_print(const struct page_app *app, struct text_buf *out)
{
    text_add(out, STR("# HELP baigong_request_seconds Time from head to reply.\n"
                      "# TYPE baigong_request_seconds histogram\n"
                      "# HELP baigong_requests_total Requests by route and status.\n"
                      "# TYPE baigong_requests_total counter\n"));
    for (int32_t i = 0; i <= page_route_count; i++) {
        bool known = i < page_route_count;
        print_metric(&app->metrics[i],
                     known ? http_method_text(page_routes[i].method) : "", /* of no route */
                     known ? page_routes[i].pattern : "", out);
    }
    text_format(out,
                "# HELP baigong_started_seconds When the process began.\n"
                "# TYPE baigong_started_seconds gauge\nbaigong_started_seconds %" PRId64 "\n",
                app->started_ms / 1000);
}
