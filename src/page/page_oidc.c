#include "page/app.h"
#include "page/page_ticket.h"
#include "port/oidc.h"

#include <string.h>

/* Signing in elsewhere. What the browser must bring back travels in a sealed cookie of its own. */

#define OIDC_COOKIE "baigong_oidc"

static enum err require_oidc(struct page *page)
{
    return page->options.oidc ? ERR_OK
                              : fault_set(page->own_fault, ERR_NOT_FOUND, "没有统一登录");
}

static void set_oidc_cookie(struct page *page, struct str value, int32_t age_s)
{
    const char *text = text_in(page->request->arena,
                               OIDC_COOKIE "=%.*s; Path=/sign-in; HttpOnly; SameSite=Lax; "
                                           "Max-Age=%d%s",
                               STR_ARG(value), (int)age_s,
                               page->request->is_secure ? "; Secure" : "");
    http_reply_header(page->reply, "Set-Cookie", str_from(text));
}

enum err page_oidc_begin(struct page *page)
{
    struct arena *arena = page->request->arena;
    struct oidc_step step;
    struct str url, ticket;
    TRY(require_oidc(page));
    TRY(page_limit_sign_in(page, STR("oidc"), page->own_fault));
    TRY(oidc_begin(page->options.oidc, arena, &step, &url, page->own_fault));
    struct str words = str_from(text_in(arena, "%.*s %.*s %.*s %.*s", STR_ARG(step.state),
                                        STR_ARG(step.nonce), STR_ARG(step.verifier),
                                        STR_ARG(page_safe_next(page))));
    TRY(page_ticket_make(page, "oidc", words, &ticket, page->own_fault));
    set_oidc_cookie(page, ticket, PAGE_TICKET_MS / 1000);
    page->reply->status = 303;
    http_reply_header(page->reply, "Location", url); /* of the settings, never of the request */
    page->is_sent = true;
    return ERR_OK;
}

static enum err read_step(struct page *page, struct oidc_step *ret_step, struct str *ret_next)
{
    struct str words;
    TRY(page_ticket_open(page, "oidc", http_cookie(page->request, OIDC_COOKIE), &words,
                         page->own_fault));
    struct oidc_step step;
    bool fits = str_split(&words, ' ', &step.state) && str_split(&words, ' ', &step.nonce) &&
                str_split(&words, ' ', &step.verifier);
    if (!fits || !str_equal(step.state, page_field(page, "state")))
        return fault_set(page->own_fault, ERR_TOKEN, "这次登录不是从这个浏览器开始的");
    *ret_step = step;
    *ret_next = words;
    return ERR_OK;
}

enum err page_oidc_back(struct page *page)
{
    struct arena *arena = page->request->arena;
    struct oidc_step step;
    struct str next, login;
    TRY(require_oidc(page));
    TRY(read_step(page, &step, &next));
    if (page_field(page, "error").size > 0)
        return fault_set(page->own_fault, ERR_TOKEN, "统一登录没有完成");
    TRY(oidc_finish(page->options.oidc, arena, &step, page_field(page, "code"), &login,
                    page->own_fault));
    struct sign_in given = {.login = login, .client = page->request->client_address,
                            .agent = http_header(page->request, "User-Agent")};
    struct work_env env = page_env(page);
    struct session session;
    char token[GUARD_TOKEN_SIZE + 1];
    enum err err = guard_sign_in_elsewhere(&env, arena, &given, page->options.oidc_asks_code,
                                           &session, token, page->own_fault);
    set_oidc_cookie(page, STR(""), 0);
    if (err == ERR_CODE_NEEDED) {
        page_title(page, page_say(page, "登录"));
        doc_page_text(page->doc, "next", next);
        return page_ask_for_code(page, session.account.id);
    }
    TRY(err);
    page_session_cookie(page, text_in(arena, "%s", token));
    http_reply_see(page->reply, next);
    page->is_sent = true;
    return ERR_OK;
}
