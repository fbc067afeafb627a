/* guard.h — who is there and what they may do: accounts, sessions, permissions, scope, audit.
 *
 * A role says what (guard.def), the scope says whose rows. Passwords are kept as Argon2id; a
 * session is 32 random bytes in the browser and their digest in the store, so that the store's copy
 * opens nothing. After GUARD_FAILURES_MAX wrong passwords an account is locked for GUARD_LOCK_MS.
 *
 *   session: (none) -sign in-> open -seen-> open -sign out / idle / old-> ended
 *
 * Memory   results live in w->arena
 * Errors   ERR_SIGN_IN (wrong name or password, not told which), ERR_LOCKED, ERR_FORBIDDEN,
 *          ERR_CODE_NEEDED (the password is right, a code is asked for too), ERR_CODE (wrong),
 *          ERR_PASSWORD (too weak); store errors pass through
 * Units    instants in UTC milliseconds
 */
#ifndef BAIGONG_GUARD_H
#define BAIGONG_GUARD_H

#include "store/work.h"

enum role {
    ROLE_NONE,
#define ROLE(name, label, label_en, scope) ROLE_##name,
#define PERMISSION(name, roles, summary)
#include "domain/guard/guard.def"
#undef ROLE
#undef PERMISSION
    ROLE_COUNT
};

enum permission {
#define ROLE(name, label, label_en, scope)
#define PERMISSION(name, roles, summary) PERM_##name,
#include "domain/guard/guard.def"
#undef ROLE
#undef PERMISSION
    PERM_COUNT
};

enum role_scope { SCOPE_SELF, SCOPE_ORGANISATION, SCOPE_DIVISION };

struct role_desc {
    const char *name, *label, *label_en;
    enum role_scope scope;
};
struct permission_desc {
    const char *name, *roles, *summary;
};
extern const struct role_desc guard_roles[ROLE_COUNT];
extern const struct permission_desc guard_permissions[PERM_COUNT];

enum role guard_role_by_name(struct str name); /* ROLE_NONE when there is none */

/* Whether a role may; ROLE_NONE is the public. */
bool guard_may(enum role role, enum permission permission);

enum {
    GUARD_FAILURES_MAX = 5,
    GUARD_PASSWORD_CHARACTERS_MIN = 10,
    GUARD_TOKEN_SIZE = 64, /* hexadecimal */
};
#define GUARD_LOCK_MS ((int64_t)15 * 60 * 1000)
#define GUARD_IDLE_MS ((int64_t)60 * 60 * 1000)         /* an unattended desk */
#define GUARD_SESSION_MS ((int64_t)12 * 60 * 60 * 1000) /* a working day */

/* Rows that someone may see: division_min .. division_max, or one organisation, or one person. */
struct scope {
    int32_t division_min, division_max;
    int64_t organisation_id; /* 0: not bound to one */
    int64_t person_id;
};

/* The divisions below a code: 370800 -> 370800..370899, 370000 -> 370000..379999, 0 -> all. */
void guard_divisions_below(int32_t division, int32_t *ret_min, int32_t *ret_max);
bool guard_sees_division(const struct scope *scope, int32_t division);

struct account {
    int64_t id;
    struct str login; /* name at the sign-in */
    struct str name;  /* 陈审核 */
    enum role role;
    int32_t division;        /* 0: the whole city */
    int64_t organisation_id; /* 0: none */
    int64_t person_id;
    bool is_active;
    bool must_change_password;
    bool has_code; /* signs in with a code of a phone too: second_factor.h */
    int64_t known_ms;
};

struct scope guard_scope_of(const struct account *account);

struct session {
    struct account account; /* id 0: nobody is signed in */
    struct scope scope;
    int64_t id;
    int64_t created_ms, seen_ms, ends_ms;
    struct str client; /* address at the sign-in */
    struct str agent;  /* browser, shortened */
};

/* Makes an account with its first password. ERR_STORE_UNIQUE for a login that is there. */
enum err guard_account_add(struct work *w, const struct account *account, struct str password,
                           int64_t *ret_id);
enum err guard_account(struct work *w, int64_t id, struct account *ret_account);
enum err guard_account_by_login(struct work *w, struct str login, struct account *ret_account);
/* Page of accounts by login, after a login; of one role or of all (ROLE_NONE). */
enum err guard_accounts(struct work *w, enum role role, struct str after_login,
                        int32_t row_count_max, struct account **ret_accounts,
                        int32_t *ret_account_count);
enum err guard_account_set_active(struct work *w, int64_t id, bool is_active);
/* Ends all other sessions of the account. */
enum err guard_set_password(struct work *w, int64_t id, struct str password,
                            bool must_change_password);

/* Argon2id, 22 ms: call it outside of transactions and off the loops. */
enum err guard_hash_password(struct arena *arena, struct str password, struct str *ret_hash,
                             struct fault *fault);

/* Checks a password and the code; ret_session->account.id is set with ERR_CODE_NEEDED. The same
 * answer after the same time for a login that does not exist. Runs its own units of work, because
 * the hash is checked outside of them. */
struct sign_in {
    struct str login, password, client, agent;
    struct str code; /* of a phone; absent when it was not asked for yet */
};
enum err guard_sign_in(struct work_env *env, struct arena *arena, const struct sign_in *given,
                       struct session *ret_session, char ret_token[GUARD_TOKEN_SIZE + 1],
                       struct fault *fault);

/* The second step of who was told ERR_CODE_NEEDED: their password was right. Only code, client and
 * agent are looked at. */
enum err guard_sign_in_code(struct work_env *env, struct arena *arena, int64_t account_id,
                            const struct sign_in *given, struct session *ret_session,
                            char ret_token[GUARD_TOKEN_SIZE + 1], struct fault *fault);

/* For who proved it elsewhere (OpenID Connect): ERR_SIGN_IN when no open account has this login.
 * asks_code: who has a code here gives it as well, ERR_CODE_NEEDED as after a password. */
enum err guard_sign_in_elsewhere(struct work_env *env, struct arena *arena,
                                 const struct sign_in *given, bool asks_code,
                                 struct session *ret_session,
                                 char ret_token[GUARD_TOKEN_SIZE + 1], struct fault *fault);

/* The session of a token; ERR_NOT_FOUND when it ended. */
enum err guard_session(struct work *w, struct str token, struct session *ret_session);
/* Moves the idle clock; needs a WORK_WRITE. Worth calling when the last time is minutes ago. */
enum err guard_session_seen(struct work *w, int64_t session_id);
enum err guard_sign_out(struct work *w, int64_t session_id);
enum err guard_sign_out_everywhere(struct work *w, int64_t account_id, int64_t but_session_id);
enum err guard_sessions(struct work *w, int64_t account_id, struct session **ret_sessions,
                        int32_t *ret_session_count);

/* A text bound to a session that only its own pages know: against forged forms. */
void guard_csrf(struct str token, char ret_csrf[GUARD_TOKEN_SIZE + 1]);

/* ---- audit: who saw or changed what */

struct audit {
    int64_t id, at_ms;
    int64_t account_id;
    struct str account_name;
    struct str action;  /* "person.clear_read", "account.locked" */
    struct str record;  /* "person"; may be empty */
    int64_t subject_id; /* 0: none */
    struct str client;
    struct str detail; /* a reason, before and after; never a secret's clear value */
};

/* id, at_ms and account (from w->actor) are set here. */
enum err guard_audit(struct work *w, struct audit *audit);

struct audit_filter {
    int64_t account_id, subject_id; /* 0: any */
    struct str account_name;        /* as it was then; empty: any */
    struct str action;              /* prefix; empty: any */
    int32_t from_day, to_day;       /* in the city, both inclusive; ABSENT_I32: any */
    int64_t before_id;              /* page: older than this; 0: newest */
    int32_t row_count_max;
};
enum err guard_audit_read(struct work *w, const struct audit_filter *filter,
                          struct audit **ret_rows, int32_t *ret_row_count);

/* Each row carries a keyed digest of itself; a seal covers all rows up to an instant by their
 * number and by SM3 over the seal before and the rows' digests. So a changed row, a row that was
 * taken out and one that was put in show; writers do not wait for each other. Seals what is older
 * than GUARD_SEAL_AGE_MS; several processes may do it at once. */
#define GUARD_SEAL_AGE_MS ((int64_t)60 * 1000)
enum err guard_audit_seal(struct work *w);

/* *ret_broken_id: a row whose digest is wrong, or the last row of a seal that does not fit; 0 when
 * everything is whole. */
enum err guard_audit_verify(struct work *w, int64_t *ret_broken_id, int64_t *ret_row_count);

#endif
