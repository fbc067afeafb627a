#include "domain/guard/guard.h"

#include "base/division.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/rand.h"
#include "base/record.h"
#include "domain/guard/second_factor.h"
#include "guard_sql.h"
#include "store/reader.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

const struct role_desc guard_roles[ROLE_COUNT] = {
    [ROLE_NONE] = {"", "公众", "public", SCOPE_SELF},
#define ROLE(name, label, label_en, scope) [ROLE_##name] = {#name, label, label_en, SCOPE_##scope},
#define PERMISSION(name, roles, summary)
#include "domain/guard/guard.def"
#undef ROLE
#undef PERMISSION
};

const struct permission_desc guard_permissions[PERM_COUNT] = {
#define ROLE(name, label, label_en, scope)
#define PERMISSION(name, roles, summary) [PERM_##name] = {#name, roles, summary},
#include "domain/guard/guard.def"
#undef ROLE
#undef PERMISSION
};

/* In the order of the rows of guard.def, from ROLE_NONE on. */
static const char role_letters[ROLE_COUNT + 1] = "-wetarpfsmdx";

enum {
    SESSIONS_SHOWN_MAX = 100,
    AGENT_SIZE_MAX = 200,
    HASHES_AT_ONCE_MAX = 16, /* 19 MiB each */
};

enum role guard_role_by_name(struct str name)
{
    for (int role = 1; role < ROLE_COUNT; role++)
        if (str_equal_text(name, guard_roles[role].name))
            return (enum role)role;
    return ROLE_NONE;
}

bool guard_may(enum role role, enum permission permission)
{
    const char *roles = guard_permissions[permission].roles;
    if (strchr(roles, '-') || (role != ROLE_NONE && strchr(roles, '.')))
        return true;
    return role != ROLE_NONE && strchr(roles, role_letters[role]) != NULL;
}

void guard_divisions_below(int32_t division, int32_t *ret_min, int32_t *ret_max)
{
    *ret_min = division;
    *ret_max = division == 0 ? INT32_MAX : division + division_span(division) - 1;
}

bool guard_sees_division(const struct scope *scope, int32_t division)
{
    if (scope->organisation_id != 0 || scope->person_id != 0)
        return false;
    bool sees_all = scope->division_min == 0 && scope->division_max == INT32_MAX;
    return sees_all || (division >= scope->division_min && division <= scope->division_max);
}

struct scope guard_scope_of(const struct account *account)
{
    struct scope scope = {.division_min = -1, .division_max = -1};
    switch (guard_roles[account->role].scope) {
    case SCOPE_SELF:
        scope.person_id = account->person_id != 0 ? account->person_id : -1;
        break;
    case SCOPE_ORGANISATION:
        scope.organisation_id = account->organisation_id != 0 ? account->organisation_id : -1;
        break;
    case SCOPE_DIVISION:
        guard_divisions_below(account->division, &scope.division_min, &scope.division_max);
        break;
    }
    return scope;
}

/* ---- accounts */

static int32_t hashing_count_max;

/* Half the cores: the others go on answering while many sign in. */
static void start_hashing(void)
{
    check(sodium_init() >= 0);
    long half = sysconf(_SC_NPROCESSORS_ONLN) / 2;
    hashing_count_max = half < 1                    ? 1
                        : half > HASHES_AT_ONCE_MAX ? HASHES_AT_ONCE_MAX
                                                    : (int32_t)half;
}

static pthread_once_t hashing_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t hashing_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t hashing_free = PTHREAD_COND_INITIALIZER;
static int32_t hashing_count;

/* A storm of sign-ins must take neither all memory nor all cores: some wait. */
static void hashing_begin(void)
{
    pthread_once(&hashing_once, start_hashing);
    pthread_mutex_lock(&hashing_mutex);
    while (hashing_count == hashing_count_max)
        pthread_cond_wait(&hashing_free, &hashing_mutex);
    hashing_count++;
    pthread_mutex_unlock(&hashing_mutex);
}

static void hashing_end(void)
{
    pthread_mutex_lock(&hashing_mutex);
    hashing_count--;
    pthread_cond_signal(&hashing_free);
    pthread_mutex_unlock(&hashing_mutex);
}

enum err guard_hash_password(struct arena *arena, struct str password, struct str *ret_hash,
                             struct fault *fault)
{
    char hash[crypto_pwhash_STRBYTES];
    hashing_begin();
    /* OWASP's setting of 19 MiB and two passes. */
    int done = crypto_pwhash_str_alg(hash, password.ptr, password.size, 2, 19 * 1024 * 1024,
                                     crypto_pwhash_ALG_ARGON2ID13);
    hashing_end();
    struct str copy = done == 0 ? str_copy(arena, str_from(hash)) : (struct str){0};
    if (!copy.ptr)
        return fault_set(fault, ERR_MEMORY, "no memory to hash a password");
    *ret_hash = copy;
    return ERR_OK;
}

static enum err refuse_weak(struct work *w, struct str login, struct str password)
{
    if (str_character_count(password) < GUARD_PASSWORD_CHARACTERS_MIN) {
        fail(w, ERR_PASSWORD, "密码至少 %d 个字", GUARD_PASSWORD_CHARACTERS_MIN);
        return fault_hint(&w->fault, "可以用一句只有自己知道的话。");
    }
    if (login.size > 0 && str_find(password, login) != SIZE_MAX)
        return fail(w, ERR_PASSWORD, "密码里不能有登录名");
    return ERR_OK;
}

enum err guard_account_add(struct work *w, const struct account *account, struct str password,
                           int64_t *ret_id)
{
    check(account->role != ROLE_NONE);
    TRY(refuse_weak(w, account->login, password));
    if (account->login.size == 0 || account->login.size > 64)
        return fail(w, ERR_INPUT, "登录名要有 1 到 64 个字节");
    struct str hash;
    TRY(guard_hash_password(w->arena, password, &hash, &w->fault));
    struct account_insert_in row = {
        .id = id_next(w->ids),
        .login = account->login,
        .name = account->name,
        .password = hash,
        .role = str_from(guard_roles[account->role].name),
        .division = account->division,
        .organisation_id = account->organisation_id,
        .person_id = account->person_id,
        .active = 1,
        .must_change = account->must_change_password,
        .known_ms = w->now_ms,
    };
    TRY(account_insert(w, &row, NULL));
    *ret_id = row.id;
    struct audit audit = {.action = STR("account.added"), .record = STR("account"),
                          .subject_id = row.id, .detail = row.role};
    return guard_audit(w, &audit);
}

static struct account account_of(int64_t id, struct str login, struct str name, struct str role,
                                 int32_t division)
{
    return (struct account){.id = id, .login = login, .name = name,
                            .role = guard_role_by_name(role), .division = division};
}

enum err guard_account(struct work *w, int64_t id, struct account *ret_account)
{
    struct account_by_id_in in = {.id = id};
    struct account_by_id_out row;
    TRY(account_by_id(w, &in, &row));
    *ret_account = account_of(row.id, row.login, row.name, row.role, row.division);
    ret_account->organisation_id = row.organisation_id;
    ret_account->person_id = row.person_id;
    ret_account->is_active = row.active;
    ret_account->must_change_password = row.must_change;
    ret_account->has_code = row.has_code;
    ret_account->known_ms = row.known_ms;
    return ERR_OK;
}

enum err guard_account_by_login(struct work *w, struct str login, struct account *ret_account)
{
    struct account_by_login_in in = {.login = login};
    struct account_by_login_out row;
    TRY(account_by_login(w, &in, &row));
    return guard_account(w, row.id, ret_account);
}

_Static_assert(sizeof(struct account_page_out) == sizeof(struct account_page_of_role_out),
               "both pages have the same columns");

static enum err open_accounts(struct work *w, enum role role, struct str after_login,
                              int32_t row_count_max, struct cursor *ret_cursor)
{
    if (role == ROLE_NONE)
        return account_page(w, &(struct account_page_in){after_login, row_count_max}, ret_cursor);
    struct account_page_of_role_in in = {str_from(guard_roles[role].name), after_login,
                                         row_count_max};
    return account_page_of_role(w, &in, ret_cursor);
}

enum err guard_accounts(struct work *w, enum role role, struct str after_login,
                        int32_t row_count_max, struct account **ret_accounts,
                        int32_t *ret_account_count)
{
    struct account *accounts = ARENA_NEW_ARRAY(w->arena, struct account, (size_t)row_count_max);
    if (!accounts)
        return fail(w, ERR_MEMORY, "no memory for a page of accounts");
    struct cursor cursor;
    TRY(open_accounts(w, role, after_login, row_count_max, &cursor));
    int32_t count = 0;
    for (;;) {
        struct account_page_out row;
        bool more;
        TRY(cursor_struct_next(&cursor, &row, &more));
        if (!more)
            break;
        accounts[count] = account_of(row.id, str_copy(w->arena, row.login),
                                     str_copy(w->arena, row.name), row.role, row.division);
        accounts[count].organisation_id = row.organisation_id;
        accounts[count].person_id = row.person_id;
        accounts[count].is_active = row.active;
        accounts[count].must_change_password = row.must_change;
        accounts[count].has_code = row.has_code;
        accounts[count++].known_ms = row.known_ms;
    }
    *ret_accounts = accounts;
    *ret_account_count = count;
    return ERR_OK;
}

enum err guard_account_set_active(struct work *w, int64_t id, bool is_active)
{
    struct account_set_active_in in = {.id = id, .active = is_active};
    int64_t changed_count;
    TRY(account_set_active(w, &in, &changed_count));
    if (changed_count == 0)
        return fail(w, ERR_NOT_FOUND, "没有这个账户");
    if (!is_active)
        TRY(guard_sign_out_everywhere(w, id, 0));
    struct audit audit = {.action = is_active ? STR("account.opened") : STR("account.closed"),
                          .record = STR("account"), .subject_id = id};
    return guard_audit(w, &audit);
}

enum err guard_set_password(struct work *w, int64_t id, struct str password,
                            bool must_change_password)
{
    struct account account;
    TRY(guard_account(w, id, &account));
    TRY(refuse_weak(w, account.login, password));
    struct account_set_password_in in = {.id = id, .must_change = must_change_password};
    TRY(guard_hash_password(w->arena, password, &in.password, &w->fault));
    TRY(account_set_password(w, &in, NULL));
    TRY(guard_sign_out_everywhere(w, id, 0));
    struct audit audit = {.action = STR("account.password_set"), .record = STR("account"),
                          .subject_id = id};
    return guard_audit(w, &audit);
}

/* ---- signing in */

struct password_check {
    const struct sign_in *given;
    struct arena *arena;
    int64_t account_id;
    struct str hash;
    bool is_known, is_active, is_right;
    bool has_code, is_code_wrong;
    struct str code; /* absent: not asked for */
    int64_t locked_until_ms;
    struct session *session;
    char *token;
};

static enum err read_secret(struct work *w, void *context)
{
    struct password_check *c = context;
    struct account_secret_in in = {.login = c->given->login};
    struct account_secret_out row;
    enum err err = account_secret(w, &in, &row);
    c->is_known = err == ERR_OK;
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    TRY(err);
    c->account_id = row.id;
    c->is_active = row.active;
    c->has_code = row.has_code;
    c->locked_until_ms = row.locked_until_ms > w->now_ms ? row.locked_until_ms : 0;
    c->hash = str_copy(c->arena, row.password);
    return c->hash.ptr ? ERR_OK : fail(w, ERR_MEMORY, "no memory for a sign-in");
}

static enum err note_failure(struct work *w, struct password_check *c)
{
    struct account_failures_in in = {.id = c->account_id};
    struct account_failures_out row;
    TRY(account_failures(w, &in, &row));
    struct account_failed_in out = {.id = c->account_id,
                                    .failure_count = row.failure_count + 1};
    bool locks = out.failure_count >= GUARD_FAILURES_MAX;
    if (locks) {
        out.failure_count = 0;
        out.locked_until_ms = w->now_ms + GUARD_LOCK_MS;
    }
    TRY(account_failed(w, &out, NULL));
    struct audit audit = {.action = locks ? STR("account.locked") : STR("account.refused"),
                          .record = STR("account"), .subject_id = c->account_id,
                          .client = c->given->client};
    return guard_audit(w, &audit);
}

static void digest_token(struct str token, uint8_t ret_digest[HASH_SIZE])
{
    hash_sm3(token, ret_digest);
}

static enum err open_session(struct work *w, struct password_check *c)
{
    uint8_t bytes[GUARD_TOKEN_SIZE / 2], digest[HASH_SIZE];
    TRY(rand_secure(bytes, sizeof bytes));
    hash_hex(bytes, sizeof bytes, c->token);
    digest_token(str_from(c->token), digest);
    struct account_failed_in clear = {.id = c->account_id};
    TRY(account_failed(w, &clear, NULL));
    struct session_insert_in row = {
        .id = id_next(w->ids),
        .token_digest = {(const char *)digest, sizeof digest},
        .account_id = c->account_id,
        .created_ms = w->now_ms,
        .ends_ms = w->now_ms + GUARD_SESSION_MS,
        .client = c->given->client.ptr ? c->given->client : STR(""),
        .agent = c->given->agent.ptr ? str_sub(c->given->agent, 0, AGENT_SIZE_MAX) : STR(""),
    };
    if (!str_is_utf8(row.agent))
        row.agent = STR("");
    TRY(session_insert(w, &row, NULL));
    TRY(guard_session(w, str_from(c->token), c->session));
    w->actor.account_id = c->account_id;
    w->actor.name = c->session->account.name;
    struct audit audit = {.action = STR("account.signed_in"), .record = STR("account"),
                          .subject_id = c->account_id, .client = row.client};
    return guard_audit(w, &audit);
}

/* A wrong code is kept as a failure: the step still ends well. */
static enum err finish_sign_in(struct work *w, void *context)
{
    struct password_check *c = context;
    c->is_code_wrong = false;
    if (c->is_right && c->code.ptr) {
        enum err err = second_factor_use(w, c->account_id, c->code);
        if (err != ERR_OK && err != ERR_CODE)
            return err;
        c->is_code_wrong = err == ERR_CODE;
        fault_clear(&w->fault);
    }
    return c->is_right && !c->is_code_wrong ? open_session(w, c) : note_failure(w, c);
}

static enum err fail_locked(struct fault *fault)
{
    fault_set(fault, ERR_LOCKED, "连续错了 %d 次，账户暂时锁定", GUARD_FAILURES_MAX);
    return fault_hint(fault, "请 15 分钟后再试，或请系统管理员重设密码。");
}

static enum err fail_code(struct fault *fault)
{
    fault_set(fault, ERR_CODE, "动态码不对，或已经用过");
    return fault_hint(fault, "等手机上换了新码再填；手机的时间要准。");
}

static bool password_fits(const struct password_check *c)
{
    /* The hash of a text that nobody knows: an unknown name takes as long as a known one. */
    static const char nobody[] =
        "$argon2id$v=19$m=19456,t=2,p=1$2kWOZ0mXCJm0w1mYk6w7gA$"
        "bq0mV7l6Zr3m2oU1vS5m0kLkJv8f2o0lqfV3Jm1x1bE";
    const char *hash = c->is_known && c->hash.size > 0 ? c->hash.ptr : nobody;
    hashing_begin();
    bool fits = crypto_pwhash_str_verify(hash, c->given->password.ptr,
                                         c->given->password.size) == 0;
    hashing_end();
    return fits && c->is_known && c->is_active && c->hash.size > 0;
}

static enum err ask_code(const struct password_check *c, struct fault *fault)
{
    *c->session = (struct session){.account.id = c->account_id};
    return fault_set(fault, ERR_CODE_NEEDED, "请再填手机上的动态码");
}

enum err guard_sign_in(struct work_env *env, struct arena *arena, const struct sign_in *given,
                       struct session *ret_session, char ret_token[GUARD_TOKEN_SIZE + 1],
                       struct fault *fault)
{
    struct password_check c = {.given = given, .arena = arena, .session = ret_session,
                               .token = ret_token};
    TRY(work_run(env, WORK_READ, read_secret, &c, fault));
    c.is_right = password_fits(&c);
    if (c.locked_until_ms > 0)
        return fail_locked(fault);
    if (c.is_right && c.has_code && given->code.size == 0)
        return ask_code(&c, fault);
    if (c.has_code)
        c.code = given->code;
    if (c.is_right || (c.is_known && c.is_active))
        TRY(work_run(env, WORK_WRITE, finish_sign_in, &c, fault));
    if (c.is_code_wrong)
        return fail_code(fault);
    if (c.is_right)
        return ERR_OK;
    fault_set(fault, ERR_SIGN_IN, "登录名或密码不对");
    return fault_hint(fault, "连续错 %d 次会锁定 15 分钟。", GUARD_FAILURES_MAX);
}

static enum err read_failures(struct work *w, void *context)
{
    struct password_check *c = context;
    struct account_failures_in in = {.id = c->account_id};
    struct account_failures_out row;
    TRY(account_failures(w, &in, &row));
    c->is_active = row.active;
    c->locked_until_ms = row.locked_until_ms > w->now_ms ? row.locked_until_ms : 0;
    return ERR_OK;
}

enum err guard_sign_in_code(struct work_env *env, struct arena *arena, int64_t account_id,
                            const struct sign_in *given, struct session *ret_session,
                            char ret_token[GUARD_TOKEN_SIZE + 1], struct fault *fault)
{
    struct password_check c = {.given = given, .arena = arena, .account_id = account_id,
                               .is_right = true, .session = ret_session, .token = ret_token,
                               .code = given->code.ptr ? given->code : STR("")};
    TRY(work_run(env, WORK_READ, read_failures, &c, fault));
    if (c.locked_until_ms > 0)
        return fail_locked(fault);
    if (!c.is_active)
        return fault_set(fault, ERR_SIGN_IN, "账户已停用");
    TRY(work_run(env, WORK_WRITE, finish_sign_in, &c, fault));
    return c.is_code_wrong ? fail_code(fault) : ERR_OK;
}

enum err guard_sign_in_elsewhere(struct work_env *env, struct arena *arena,
                                 const struct sign_in *given, bool asks_code,
                                 struct session *ret_session,
                                 char ret_token[GUARD_TOKEN_SIZE + 1], struct fault *fault)
{
    struct password_check c = {.given = given, .arena = arena, .session = ret_session,
                               .token = ret_token, .is_right = true};
    TRY(work_run(env, WORK_READ, read_secret, &c, fault));
    if (!c.is_known || !c.is_active) {
        fault_set(fault, ERR_SIGN_IN, "“%.*s”在这里没有账户，或已停用", STR_ARG(given->login));
        return fault_hint(fault, "请系统管理员用这个登录名添加账户。");
    }
    if (asks_code && c.has_code)
        return c.locked_until_ms > 0 ? fail_locked(fault) : ask_code(&c, fault);
    return work_run(env, WORK_WRITE, finish_sign_in, &c, fault);
}

/* As the statement session_by_token says it. */
static bool is_open(const struct session *session, const struct work *w)
{
    return session->ends_ms > w->now_ms && session->seen_ms > w->now_ms - GUARD_IDLE_MS;
}

static void remember_session(struct reader *reader, struct str token,
                             const struct session *session)
{
    struct session *copy = reader_copy(reader, session, sizeof *session);
    if (!copy)
        return;
    struct str *texts[] = {&copy->account.login, &copy->account.name, &copy->client, &copy->agent};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        texts[i]->ptr = reader_copy(reader, texts[i]->ptr, texts[i]->size);
        if (!texts[i]->ptr)
            return;
    }
    reader_remember(reader, token, copy);
}

enum err guard_session(struct work *w, struct str token, struct session *ret_session)
{
    if (token.size != GUARD_TOKEN_SIZE)
        return fail(w, ERR_NOT_FOUND, "没有这个会话");
    const struct session *known = reader_recall(w->reader, token);
    if (known && is_open(known, w)) {
        *ret_session = *known;
        return ERR_OK;
    }
    uint8_t digest[HASH_SIZE];
    digest_token(token, digest);
    struct session_by_token_in in = {
        .token_digest = {(const char *)digest, sizeof digest},
        .now_ms = w->now_ms,
        .seen_ms_min = w->now_ms - GUARD_IDLE_MS,
    };
    struct session_by_token_out row;
    TRY(session_by_token(w, &in, &row));
    struct session session = {
        .account = account_of(row.account_id, row.login, row.name, row.role, row.division),
        .id = row.id,
        .created_ms = row.created_ms,
        .seen_ms = row.seen_ms,
        .ends_ms = row.ends_ms,
        .client = row.client,
        .agent = row.agent,
    };
    session.account.organisation_id = row.organisation_id;
    session.account.person_id = row.person_id;
    session.account.is_active = true;
    session.account.must_change_password = row.must_change;
    session.account.has_code = row.has_code;
    session.scope = guard_scope_of(&session.account);
    if (w->reader && !known)
        remember_session(w->reader, token, &session);
    *ret_session = session;
    return ERR_OK;
}

enum err guard_session_seen(struct work *w, int64_t session_id)
{
    struct session_touch_in in = {.id = session_id, .seen_ms = w->now_ms};
    return session_touch(w, &in, NULL);
}

enum err guard_sign_out(struct work *w, int64_t session_id)
{
    struct session_end_in in = {.id = session_id, .ends_ms = w->now_ms};
    TRY(session_end(w, &in, NULL));
    struct audit audit = {.action = STR("account.signed_out"), .record = STR("account"),
                          .subject_id = w->actor.account_id};
    return guard_audit(w, &audit);
}

enum err guard_sign_out_everywhere(struct work *w, int64_t account_id, int64_t but_session_id)
{
    struct session_end_all_in in = {.account_id = account_id, .but_id = but_session_id,
                                    .ends_ms = w->now_ms};
    return session_end_all(w, &in, NULL);
}

enum err guard_sessions(struct work *w, int64_t account_id, struct session **ret_sessions,
                        int32_t *ret_session_count)
{
    struct session *sessions = ARENA_NEW_ARRAY(w->arena, struct session, SESSIONS_SHOWN_MAX);
    if (!sessions)
        return fail(w, ERR_MEMORY, "no memory for a list of sessions");
    struct session_of_account_in in = {.account_id = account_id, .now_ms = w->now_ms,
                                       .seen_ms_min = w->now_ms - GUARD_IDLE_MS};
    struct cursor cursor;
    TRY(session_of_account(w, &in, &cursor));
    int32_t count = 0;
    for (;;) {
        struct session_of_account_out row;
        bool more;
        TRY(session_of_account_next(&cursor, &row, &more));
        if (!more)
            break;
        sessions[count++] = (struct session){
            .id = row.id, .created_ms = row.created_ms, .seen_ms = row.seen_ms,
            .ends_ms = row.ends_ms, .client = str_copy(w->arena, row.client),
            .agent = str_copy(w->arena, row.agent),
        };
    }
    *ret_sessions = sessions;
    *ret_session_count = count;
    return ERR_OK;
}

void guard_csrf(struct str token, char ret_csrf[GUARD_TOKEN_SIZE + 1])
{
    char bound[GUARD_TOKEN_SIZE + 8];
    size_t size = token.size <= GUARD_TOKEN_SIZE ? token.size : GUARD_TOKEN_SIZE;
    memcpy(bound, "form\n", 5);
    if (size > 0)
        memcpy(bound + 5, token.ptr, size);
    uint8_t digest[HASH_SIZE];
    hash_sha256((struct str){bound, size + 5}, digest);
    hash_hex(digest, sizeof digest, ret_csrf);
}
