#include "base/clock.h"
#include "page/app.h"
#include "page/page_ticket.h"

#include <inttypes.h>

/* Only a path of this site may follow the sign-in. */
struct str page_safe_next(const struct page *page)
{
    struct str next = page_field(page, "next");
    bool safe = next.size > 0 && next.size < 1000 && next.ptr[0] == '/' &&
                (next.size == 1 || (next.ptr[1] != '/' && next.ptr[1] != '\\'));
    for (size_t i = 0; safe && i < next.size; i++)
        safe = next.ptr[i] > ' ' && next.ptr[i] < 0x7F;
    return safe ? next : STR("/");
}

enum err page_sign_in_form(struct page *page)
{
    doc_page_text(page->doc, "next", page_safe_next(page));
    doc_page_bool(page->doc, "has_oidc", page->options.oidc != NULL);
    doc_page_z(page->doc, "oidc_name", page->options.oidc_name);
    page_title(page, page_say(page, "登录"));
    return ERR_OK;
}

static void set_cookie(struct page *page, const char *token, int64_t age_s)
{
    struct str value = str_from(text_in(
        page->request->arena, PAGE_COOKIE "=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%" PRId64
        "%s", token, age_s, page->request->is_secure ? "; Secure" : ""));
    http_reply_header(page->reply, "Set-Cookie", value);
}

/* The form again, with why at the field. */
static enum err refuse_sign_in(struct page *page, enum err err, const char *field)
{
    page_field_error(page, field, text_in(page->request->arena, "%s", page->own_fault->message));
    (void)page_refuse_form(page);
    page->status = err_http_status(err);
    return err;
}

void page_session_cookie(struct page *page, const char *token)
{
    set_cookie(page, token, GUARD_SESSION_MS / 1000);
}

static enum err begin_session(struct page *page, const char *token)
{
    const char *kept = text_in(page->request->arena, "%s", token);
    doc_add_text(page->doc, "token", str_from(kept));
    if (page->is_api)
        return ERR_OK;
    page_session_cookie(page, kept);
    return page_see(page, page_safe_next(page));
}

/* The password was right: what is left to prove travels in a ticket, so that nobody types twice. */
enum err page_ask_for_code(struct page *page, int64_t account_id)
{
    struct str ticket;
    struct str words = str_from(text_in(page->request->arena, "%" PRId64, account_id));
    TRY(page_ticket_make(page, "sign-in", words, &ticket, page->own_fault));
    doc_page_text(page->doc, "ticket", ticket);
    fault_clear(page->own_fault);
    page->view = "page/sign_in_code";
    return ERR_OK;
}

enum err page_sign_in(struct page *page)
{
    struct sign_in given = {
        .login = page_field(page, "login"),
        .password = page_field(page, "password"),
        .client = page->request->client_address,
        .agent = http_header(page->request, "User-Agent"),
        .code = page_field(page, "code"),
    };
    doc_page_text(page->doc, "next", page_safe_next(page));
    doc_page_text(page->doc, "login", given.login);
    page_title(page, page_say(page, "登录"));
    if (given.login.size == 0)
        page_field_error(page, "login", "请填登录名");
    if (given.password.size == 0)
        page_field_error(page, "password", "请填密码");
    if (page->error_count > 0)
        return page_refuse_form(page);
    struct work_env env = page_env(page);
    struct session session;
    char token[GUARD_TOKEN_SIZE + 1];
    TRY(page_limit_sign_in(page, given.login, page->own_fault));
    enum err err = guard_sign_in(&env, page->request->arena, &given, &session, token,
                                 page->own_fault);
    if (err == ERR_CODE_NEEDED && !page->is_api)
        return page_ask_for_code(page, session.account.id);
    if (err == ERR_SIGN_IN || err == ERR_LOCKED || err == ERR_CODE)
        return refuse_sign_in(page, err, err == ERR_CODE ? "code" : "password");
    TRY(err);
    return begin_session(page, token);
}

/* The second step of a browser; a program sends the code with the password. */
enum err page_sign_in_code(struct page *page)
{
    struct sign_in given = {.client = page->request->client_address,
                            .agent = http_header(page->request, "User-Agent"),
                            .code = page_field(page, "code")};
    struct str ticket = page_field(page, "ticket");
    struct str words;
    int64_t account_id;
    page_title(page, page_say(page, "登录"));
    doc_page_text(page->doc, "next", page_safe_next(page));
    doc_page_text(page->doc, "ticket", ticket);
    TRY(page_ticket_open(page, "sign-in", ticket, &words, page->own_fault));
    if (!str_to_i64(words, &account_id))
        return fault_set(page->own_fault, ERR_FORM, "这一步等得太久，请重新登录");
    TRY(page_limit_sign_in(page, words, page->own_fault));
    struct work_env env = page_env(page);
    struct session session;
    char token[GUARD_TOKEN_SIZE + 1];
    enum err err = guard_sign_in_code(&env, page->request->arena, account_id, &given, &session,
                                      token, page->own_fault);
    if (err == ERR_SIGN_IN || err == ERR_LOCKED || err == ERR_CODE)
        return refuse_sign_in(page, err, "code");
    TRY(err);
    return begin_session(page, token);
}

enum err page_sign_out(struct page *page)
{
    TRY(guard_sign_out(page->w, page->session.id));
    if (page->is_api)
        return ERR_OK;
    set_cookie(page, "", 0);
    return page_see(page, STR("/?done=signed_out"));
}

enum err page_account(struct page *page)
{
    const struct account *account = &page->session.account;
    doc_add_text(page->doc, "login", account->login);
    doc_add_text(page->doc, "name", account->name);
    doc_add_text_z(page->doc, "role", guard_roles[account->role].name);
    doc_add_bool(page->doc, "has_code", account->has_code);
    struct session *sessions;
    int32_t session_count;
    TRY(guard_sessions(page->w, account->id, &sessions, &session_count));
    struct doc *list = doc_add_list(page->doc, "sessions");
    for (int32_t i = 0; i < session_count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_id(row, "id", sessions[i].id);
        doc_add_instant(row, "created", sessions[i].created_ms);
        doc_add_instant(row, "seen", sessions[i].seen_ms);
        doc_add_text(row, "client", sessions[i].client);
        doc_add_text(row, "agent", sessions[i].agent);
        doc_add_bool(row, "is_this", sessions[i].id == page->session.id);
    }
    doc_page_bool(page->doc, "has_others", session_count > 1);
    page_title(page, page_say(page, "我的账户"));
    return ERR_OK;
}

struct password_change {
    struct page *page;
    struct str password;
};

static enum err store_password(struct work *w, void *context)
{
    const struct password_change *change = context;
    return guard_set_password(w, change->page->session.account.id, change->password, false);
}

enum err page_account_password(struct page *page)
{
    struct work_env env = page_env(page);
    struct sign_in given = {.login = page->session.account.login,
                            .password = page_field(page, "old"),
                            .client = page->request->client_address,
                            .agent = http_header(page->request, "User-Agent")};
    struct password_change change = {page, page_field(page, "new")};
    page_title(page, page_say(page, "我的账户"));
    if (!str_equal(change.password, page_field(page, "again")))
        page_field_error(page, "again", "两次填的新密码不一样");
    if (page->error_count > 0)
        return page_refuse_form(page);
    struct session session;
    char token[GUARD_TOKEN_SIZE + 1];
    enum err err = guard_sign_in(&env, page->request->arena, &given, &session, token,
                                 page->own_fault);
    if (err == ERR_CODE_NEEDED) { /* who is signed in gave a code before */
        fault_clear(page->own_fault);
        err = ERR_OK;
    }
    if (err == ERR_SIGN_IN || err == ERR_LOCKED)
        page_field_error(page, "old", "现在的密码不对");
    else if (err == ERR_OK)
        err = work_run(&env, WORK_WRITE, store_password, &change, page->own_fault);
    if (err == ERR_PASSWORD)
        page_field_error(page, "new", text_in(page->request->arena, "%s",
                                              page->own_fault->message));
    if (page->error_count > 0)
        return page_refuse_form(page);
    TRY(err);
    return page_see(page, STR("/sign-in?done=password"));
}

enum err page_account_sessions_end(struct page *page)
{
    TRY(guard_sign_out_everywhere(page->w, page->session.account.id, page->session.id));
    TRY(page_audit(page, "account.sessions_ended", "account", page->session.account.id,
                   STR("")));
    return page_see(page, STR("/account?done=sessions"));
}

enum err page_healthz(struct page *page)
{
    /* The session was looked for in the store: it answers. */
    doc_add_text_z(page->doc, "status", "ok");
    return ERR_OK;
}

enum err page_metrics(struct page *page)
{
    struct text_buf *out = text_new(page->request->arena);
    if (!out)
        return fail(page->w, ERR_MEMORY, "no memory for the metrics");
    page_metrics_print(page->app, out);
    if (out->failed)
        return fail(page->w, ERR_MEMORY, "no memory for the metrics");
    page->reply->body = text_str(out);
    page->reply->content_type = STR("text/plain; version=0.0.4; charset=utf-8");
    page->is_sent = true;
    return ERR_OK;
}

enum err page_set_lang(struct page *page)
{
    bool english = str_equal(page_field(page, "lang"), STR("en"));
    http_reply_header(page->reply, "Set-Cookie",
                      english ? STR("lang=en; Path=/; Max-Age=31536000; SameSite=Lax")
                              : STR("lang=zh; Path=/; Max-Age=31536000; SameSite=Lax"));
    return page_see(page, page_safe_next(page));
}
