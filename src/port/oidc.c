#include "port/oidc.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/rand.h"
#include "port/fetch.h"
#include "port/jwt.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SECRET_BYTES = 32, KEPT_ARENA_SIZE_MAX = 4 * 1024 * 1024 };

struct oidc {
    struct oidc_options options;
    pthread_mutex_t mutex; /* guards what follows */
    struct arena arena;
    const char *authorization_url, *token_url, *keys_url;
    const struct json_value *keys;
    int64_t asked_ms; /* 0: not yet */
};

enum err oidc_new(const struct oidc_options *options, struct oidc **ret_oidc, struct fault *fault)
{
    struct oidc *oidc = calloc(1, sizeof *oidc);
    if (!oidc)
        return fault_set(fault, ERR_MEMORY, "no memory for the sign-in service");
    oidc->options = *options;
    arena_init(&oidc->arena, KEPT_ARENA_SIZE_MAX);
    pthread_mutex_init(&oidc->mutex, NULL);
    *ret_oidc = oidc;
    return ERR_OK;
}

void oidc_free(struct oidc *oidc)
{
    if (!oidc)
        return;
    arena_done(&oidc->arena);
    pthread_mutex_destroy(&oidc->mutex);
    free(oidc);
}

/* ---- what the provider says of itself */

static enum err fetch_json(struct arena *arena, const struct fetch_request *request,
                           const struct json_value **ret_value, struct fault *fault)
{
    int32_t status;
    struct str body;
    TRY(fetch(arena, request, &status, &body, fault));
    if (status != 200)
        return fault_set(fault, ERR_OUTSIDE, "统一登录服务回答了 %d", (int)status);
    if (json_parse(arena, body, FETCH_SIZE_MAX, ret_value, NULL) != ERR_OK)
        return fault_set(fault, ERR_OUTSIDE, "统一登录服务的回答读不懂");
    return ERR_OK;
}

static enum err discover(struct oidc *oidc, struct fault *fault)
{
    struct fetch_request about = {
        .url = text_in(&oidc->arena, "%s%s.well-known/openid-configuration", oidc->options.issuer,
                       str_ends(str_from(oidc->options.issuer), STR("/")) ? "" : "/")};
    const struct json_value *answer;
    TRY(fetch_json(&oidc->arena, &about, &answer, fault));
    if (!str_equal_text(json_member_text(answer, "issuer"), oidc->options.issuer))
        return fault_set(fault, ERR_OUTSIDE, "统一登录服务的名称与设置不符");
    oidc->authorization_url =
        str_z(&oidc->arena, json_member_text(answer, "authorization_endpoint"));
    oidc->token_url = str_z(&oidc->arena, json_member_text(answer, "token_endpoint"));
    oidc->keys_url = str_z(&oidc->arena, json_member_text(answer, "jwks_uri"));
    if (!oidc->authorization_url || !oidc->token_url || !oidc->keys_url ||
        !oidc->authorization_url[0] || !oidc->token_url[0] || !oidc->keys_url[0])
        return fault_set(fault, ERR_OUTSIDE, "统一登录服务没有说明地址");
    struct fetch_request keys = {.url = oidc->keys_url};
    return fetch_json(&oidc->arena, &keys, &oidc->keys, fault);
}

/* With the mutex held. */
static enum err know(struct oidc *oidc, int64_t old_ms, struct fault *fault)
{
    int64_t now_ms = clock_monotonic_ns() / 1000000 + 1;
    if (oidc->keys && now_ms - oidc->asked_ms < old_ms)
        return ERR_OK;
    arena_done(&oidc->arena);
    arena_init(&oidc->arena, KEPT_ARENA_SIZE_MAX);
    oidc->keys = NULL;
    enum err err = discover(oidc, fault);
    if (err != ERR_OK) {
        oidc->keys = NULL;
        return err;
    }
    oidc->asked_ms = now_ms;
    return ERR_OK;
}

/* ---- beginning */

static enum err make_secret(struct arena *arena, struct str *ret_text, struct fault *fault)
{
    char bytes[SECRET_BYTES];
    struct text_buf *text = text_new(arena);
    if (!text || rand_secure(bytes, sizeof bytes) != ERR_OK)
        return fault_set(fault, ERR_SECRET, "no random numbers for a sign-in");
    jwt_add_base64(text, (struct str){bytes, sizeof bytes});
    if (text->failed)
        return fault_set(fault, ERR_MEMORY, "no memory for a sign-in");
    *ret_text = text_str(text);
    return ERR_OK;
}

static void add_parameter(struct text_buf *out, const char *name, struct str value)
{
    text_format(out, "%s%s=", out->size > 0 ? "&" : "", name);
    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                        (c >= 'A' && c <= 'Z') || (c != 0 && strchr("-._~", c));
        if (is_plain)
            text_add_byte(out, (char)c);
        else
            text_format(out, "%%%02X", c);
    }
}

static void add_challenge(struct text_buf *out, struct arena *arena, struct str verifier)
{
    uint8_t digest[HASH_SIZE];
    struct text_buf *challenge = text_new(arena);
    hash_sha256(verifier, digest);
    if (!challenge)
        return;
    jwt_add_base64(challenge, (struct str){(const char *)digest, sizeof digest});
    add_parameter(out, "code_challenge", text_str(challenge));
    add_parameter(out, "code_challenge_method", STR("S256"));
}

enum err oidc_begin(struct oidc *oidc, struct arena *arena, struct oidc_step *ret_step,
                    struct str *ret_url, struct fault *fault)
{
    struct oidc_step step;
    TRY(make_secret(arena, &step.state, fault));
    TRY(make_secret(arena, &step.nonce, fault));
    TRY(make_secret(arena, &step.verifier, fault));
    struct text_buf *query = text_new(arena);
    if (!query)
        return fault_set(fault, ERR_MEMORY, "no memory for a sign-in");
    add_parameter(query, "response_type", STR("code"));
    add_parameter(query, "client_id", str_from(oidc->options.client_id));
    add_parameter(query, "redirect_uri", str_from(oidc->options.redirect_uri));
    add_parameter(query, "scope", STR("openid profile"));
    add_parameter(query, "state", step.state);
    add_parameter(query, "nonce", step.nonce);
    add_challenge(query, arena, step.verifier);
    if (query->failed)
        return fault_set(fault, ERR_MEMORY, "no memory for a sign-in");
    pthread_mutex_lock(&oidc->mutex);
    enum err err = know(oidc, OIDC_KEPT_MS, fault);
    const char *url = err == ERR_OK ? text_in(arena, "%s%c%.*s", oidc->authorization_url,
                                              strchr(oidc->authorization_url, '?') ? '&' : '?',
                                              STR_ARG(text_str(query)))
                                    : "";
    pthread_mutex_unlock(&oidc->mutex);
    TRY(err);
    *ret_step = step;
    *ret_url = str_from(url);
    return ERR_OK;
}

/* ---- coming back */

static enum err refuse(struct fault *fault, const char *why)
{
    return fault_set(fault, ERR_TOKEN, "登录凭证不能用：%s", why);
}

static bool names_us(const struct json_value *claims, const char *client_id)
{
    const struct json_value *audience = json_member(claims, "aud");
    if (!audience)
        return false;
    if (audience->kind == JSON_KIND_TEXT)
        return str_equal_text(audience->text, client_id);
    bool found = false;
    for (const struct json_value *one = audience->first; one; one = one->next)
        found |= one->kind == JSON_KIND_TEXT && str_equal_text(one->text, client_id);
    struct str party = json_member_text(claims, "azp");
    return found && (audience->count == 1 || str_equal_text(party, client_id));
}

/* OpenID Connect Core 3.1.3.7. */
static enum err check_claims(const struct oidc *oidc, const struct json_value *claims,
                             const struct oidc_step *step, struct fault *fault)
{
    int64_t now_ms = clock_now_ms();
    int64_t ends_s = json_member_number(claims, "exp", 0);
    int64_t begun_s = json_member_number(claims, "iat", INT64_MAX / 1000);
    if (!str_equal_text(json_member_text(claims, "iss"), oidc->options.issuer))
        return refuse(fault, "不是这个服务签发的");
    if (!names_us(claims, oidc->options.client_id))
        return refuse(fault, "不是发给本系统的");
    if (ends_s <= 0 || ends_s > INT64_MAX / 2000 || ends_s * 1000 + OIDC_CLOCK_MS < now_ms)
        return refuse(fault, "已经过期");
    if (begun_s <= 0 || begun_s > INT64_MAX / 2000 || begun_s * 1000 - OIDC_CLOCK_MS > now_ms)
        return refuse(fault, "签发时间不对");
    if (!str_equal(json_member_text(claims, "nonce"), step->nonce))
        return refuse(fault, "不是这一次登录的");
    return ERR_OK;
}

/* A token whose key is not there: the provider may have changed keys. */
static enum err read_token(struct oidc *oidc, struct arena *arena, struct str token,
                           const struct json_value **ret_claims, struct fault *fault)
{
    struct fault first = {0};
    pthread_mutex_lock(&oidc->mutex);
    enum err err = know(oidc, OIDC_KEPT_MS, fault);
    if (err == ERR_OK)
        err = jwt_read(arena, token, oidc->keys, ret_claims, &first);
    if (err == ERR_TOKEN) {
        err = know(oidc, OIDC_AGAIN_MS, fault);
        if (err == ERR_OK)
            err = jwt_read(arena, token, oidc->keys, ret_claims, fault);
    }
    pthread_mutex_unlock(&oidc->mutex);
    return err;
}

static enum err exchange(struct oidc *oidc, struct arena *arena, const struct oidc_step *step,
                         struct str code, struct str *ret_token, struct fault *fault)
{
    struct text_buf *form = text_new(arena);
    if (!form)
        return fault_set(fault, ERR_MEMORY, "no memory for a sign-in");
    add_parameter(form, "grant_type", STR("authorization_code"));
    add_parameter(form, "code", code);
    add_parameter(form, "redirect_uri", str_from(oidc->options.redirect_uri));
    add_parameter(form, "code_verifier", step->verifier);
    pthread_mutex_lock(&oidc->mutex);
    enum err err = know(oidc, OIDC_KEPT_MS, fault);
    const char *url = err == ERR_OK ? text_in(arena, "%s", oidc->token_url) : "";
    pthread_mutex_unlock(&oidc->mutex);
    TRY(err);
    struct fetch_request request = {.url = url, .form = str_z(arena, text_str(form)),
                                    .user = oidc->options.client_id,
                                    .password = oidc->options.client_secret};
    const struct json_value *answer;
    if (form->failed || !request.form)
        return fault_set(fault, ERR_MEMORY, "no memory for a sign-in");
    TRY(fetch_json(arena, &request, &answer, fault));
    *ret_token = json_member_text(answer, "id_token");
    return ret_token->ptr ? ERR_OK : refuse(fault, "没有身份凭证");
}

enum err oidc_finish(struct oidc *oidc, struct arena *arena, const struct oidc_step *step,
                     struct str code, struct str *ret_login, struct fault *fault)
{
    struct str token;
    const struct json_value *claims;
    TRY(exchange(oidc, arena, step, code, &token, fault));
    TRY(read_token(oidc, arena, token, &claims, fault));
    TRY(check_claims(oidc, claims, step, fault));
    struct str login = json_member_text(claims, oidc->options.claim);
    if (login.size == 0)
        return refuse(fault, "没有登录名");
    *ret_login = login;
    return ERR_OK;
}
