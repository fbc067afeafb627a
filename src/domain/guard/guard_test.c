#include "domain/guard/guard.h"

#include "base/id.h"
#include "registry_fixture.h"
#include "store/reader.h"
#include "store_fixture.h"

static struct id_source ids;

static void prepare(struct store_fixture *t)
{
    t->env.secrets = registry_fixture_secrets();
    id_source_init_fixed(&ids, 1, FIXTURE_NOW_MS);
    t->env.ids = &ids;
}

struct given {
    struct account account;
    struct str password;
    int64_t id;
};

static enum err add_step(struct work *w, void *context)
{
    struct given *given = context;
    return guard_account_add(w, &given->account, given->password, &given->id);
}

static int64_t given_account(struct store_fixture *t, const char *login, enum role role)
{
    struct given given = {
        {.login = str_from(login), .name = STR("陈"), .role = role, .division = 370811},
        STR("a long enough secret"),
        0};
    EXPECT_OK(work_run(&t->env, WORK_WRITE, add_step, &given, &t->fault));
    return given.id;
}

static enum err sign_in(struct store_fixture *t, const char *login, const char *password,
                        char *token)
{
    static struct arena arena;
    arena_init(&arena, 1 << 20);
    struct sign_in given = {str_from(login), str_from(password), STR("127.0.0.1"), STR("test")};
    struct session session;
    enum err err = guard_sign_in(&t->env, &arena, &given, &session, token, &t->fault);
    if (err == ERR_OK) {
        EXPECT_INT(370811, session.scope.division_min);
        EXPECT(session.account.role == ROLE_reviewer);
    }
    arena_done(&arena);
    return err;
}

static const char *asked_token;

static enum err session_step(struct work *w, void *context)
{
    struct session session;
    return guard_session(w, str_from(asked_token), &session);
}

static enum err session_of(struct store_fixture *t, const char *token)
{
    asked_token = token;
    return work_run(&t->env, WORK_READ, session_step, NULL, &t->fault);
}

STORE_TEST(guard_sign_in__opens_a_session_until_it_is_idle_or_ends)
{
    prepare(t);
    given_account(t, "chen", ROLE_reviewer);
    char token[GUARD_TOKEN_SIZE + 1];
    EXPECT_OK(sign_in(t, "chen", "a long enough secret", token));
    EXPECT_OK(session_of(t, token));
    t->env.fixed_now_ms = FIXTURE_NOW_MS + GUARD_IDLE_MS - 1;
    EXPECT_OK(session_of(t, token));
    t->env.fixed_now_ms = FIXTURE_NOW_MS + GUARD_IDLE_MS;
    EXPECT_ERR(ERR_NOT_FOUND, session_of(t, token));
    token[0] = token[0] == 'a' ? 'b' : 'a';
    t->env.fixed_now_ms = FIXTURE_NOW_MS;
    EXPECT_ERR(ERR_NOT_FOUND, session_of(t, token));
}

STORE_TEST(guard_sign_in__locks_after_the_fifth_wrong_password)
{
    prepare(t);
    given_account(t, "chen", ROLE_reviewer);
    char token[GUARD_TOKEN_SIZE + 1];
    for (int i = 0; i < GUARD_FAILURES_MAX; i++)
        EXPECT_ERR(ERR_SIGN_IN, sign_in(t, "chen", "wrong", token));
    EXPECT_ERR(ERR_LOCKED, sign_in(t, "chen", "a long enough secret", token));
    t->env.fixed_now_ms = FIXTURE_NOW_MS + GUARD_LOCK_MS;
    EXPECT_OK(sign_in(t, "chen", "a long enough secret", token));
    EXPECT_ERR(ERR_SIGN_IN, sign_in(t, "nobody", "a long enough secret", token));
}

STORE_TEST(guard_account_add__refuses_weak_passwords_and_doubles)
{
    prepare(t);
    struct given weak = {
        {.login = STR("li"), .name = STR("李"), .role = ROLE_worker}, STR("short"), 0};
    EXPECT_ERR(ERR_PASSWORD, work_run(&t->env, WORK_WRITE, add_step, &weak, &t->fault));
    weak.password = STR("my name is li"); /* holds the login */
    EXPECT_ERR(ERR_PASSWORD, work_run(&t->env, WORK_WRITE, add_step, &weak, &t->fault));
    given_account(t, "chen", ROLE_reviewer);
    struct given twice = {{.login = STR("chen"), .name = STR("陈"), .role = ROLE_worker},
                          STR("a long enough secret"),
                          0};
    EXPECT_ERR(ERR_STORE_UNIQUE, work_run(&t->env, WORK_WRITE, add_step, &twice, &t->fault));
}

static enum err close_step(struct work *w, void *context)
{
    return guard_account_set_active(w, *(int64_t *)context, false);
}

STORE_TEST(guard_account_set_active__ends_the_sessions_of_who_is_closed)
{
    prepare(t);
    int64_t id = given_account(t, "chen", ROLE_reviewer);
    char token[GUARD_TOKEN_SIZE + 1];
    EXPECT_OK(sign_in(t, "chen", "a long enough secret", token));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, close_step, &id, &t->fault));
    EXPECT_ERR(ERR_NOT_FOUND, session_of(t, token));
    EXPECT_ERR(ERR_SIGN_IN, sign_in(t, "chen", "a long enough secret", token));
}

/* A thread that answers many requests in a row remembers sessions; another process ends one. */
STORE_TEST(guard_session__that_is_remembered_ends_at_once_wherever_it_is_ended)
{
    prepare(t);
    int64_t id = given_account(t, "chen", ROLE_reviewer);
    char token[GUARD_TOKEN_SIZE + 1];
    EXPECT_OK(sign_in(t, "chen", "a long enough secret", token));
    struct reader reader;
    reader_init(&reader, t->env.store);
    t->env.reader = &reader;
    for (int i = 0; i < 3; i++)
        EXPECT_OK(session_of(t, token));
    t->env.fixed_now_ms = FIXTURE_NOW_MS + GUARD_IDLE_MS;
    EXPECT_ERR(ERR_NOT_FOUND, session_of(t, token));
    t->env.fixed_now_ms = FIXTURE_NOW_MS;
    for (int i = 0; i < 3; i++)
        EXPECT_OK(session_of(t, token));

    struct store *other;
    EXPECT_OK(store_open(t->location, NULL, &other, &t->fault));
    struct work_env env = t->env;
    env.store = other;
    EXPECT_OK(work_run(&env, WORK_WRITE, close_step, &id, &t->fault));
    EXPECT_ERR(ERR_NOT_FOUND, session_of(t, token));
    store_close(other);
    reader_done(&reader);
}

TEST(guard_may__knows_each_role_by_its_letter)
{
    EXPECT(guard_may(ROLE_NONE, PERM_PUBLIC));
    EXPECT(!guard_may(ROLE_NONE, PERM_SIGNED_IN));
    EXPECT(guard_may(ROLE_worker, PERM_OWN_PERSON));
    EXPECT(!guard_may(ROLE_worker, PERM_PERSON_READ));
    EXPECT(guard_may(ROLE_reviewer, PERM_PERSON_EDIT));
    EXPECT(guard_may(ROLE_administrator, PERM_ACCOUNTS));
    EXPECT(!guard_may(ROLE_director, PERM_ACCOUNTS));
    EXPECT(guard_may(ROLE_assessment_body, PERM_OWN_ORGANISATION));
}

TEST(guard_sees_division__is_the_division_and_those_below)
{
    struct scope city = {0};
    guard_divisions_below(370800, &city.division_min, &city.division_max);
    EXPECT(guard_sees_division(&city, 370800));
    EXPECT(guard_sees_division(&city, 370899));
    EXPECT(!guard_sees_division(&city, 370900));
    struct scope county = {0};
    guard_divisions_below(370811, &county.division_min, &county.division_max);
    EXPECT(!guard_sees_division(&county, 370812));
    struct scope all = {0};
    guard_divisions_below(0, &all.division_min, &all.division_max);
    EXPECT(guard_sees_division(&all, 110000));
    struct scope firm = {.division_max = INT32_MAX, .organisation_id = 5};
    EXPECT(!guard_sees_division(&firm, 370811));
}

static enum err audit_step(struct work *w, void *context)
{
    struct audit audit = {.action = STR("person.clear_read"),
                          .record = STR("person"),
                          .subject_id = 7,
                          .detail = STR("年度核对")};
    TRY(guard_audit(w, &audit));
    return guard_audit_seal(w);
}

struct verified {
    int64_t broken_id, row_count;
};

static enum err verify_step(struct work *w, void *context)
{
    struct verified *v = context;
    return guard_audit_verify(w, &v->broken_id, &v->row_count);
}

static struct verified verify(struct store_fixture *t)
{
    struct verified v = {0};
    EXPECT_OK(work_run(&t->env, WORK_READ, verify_step, &v, &t->fault));
    return v;
}

static void given_audit(struct store_fixture *t)
{
    for (int i = 0; i < 5; i++) {
        id_source_init_fixed(&ids, 1, FIXTURE_NOW_MS + i * 2 * GUARD_SEAL_AGE_MS);
        t->env.fixed_now_ms = FIXTURE_NOW_MS + i * 2 * GUARD_SEAL_AGE_MS;
        EXPECT_OK(work_run(&t->env, WORK_WRITE, audit_step, NULL, &t->fault));
    }
    EXPECT_INT(4, store_fixture_number(t, "SELECT CAST(SUM(row_count) AS bigint) FROM audit_seal"));
}

STORE_TEST(guard_audit_verify__finds_a_changed_row)
{
    prepare(t);
    given_audit(t);
    struct verified v = verify(t);
    EXPECT_INT(0, v.broken_id);
    EXPECT_INT(5, v.row_count);
    store_fixture_script(t, "UPDATE audit SET detail = 'x' "
                            "WHERE id = (SELECT MIN(id) FROM audit);");
    EXPECT_INT(store_fixture_number(t, "SELECT MIN(id) FROM audit"), verify(t).broken_id);
}

STORE_TEST(guard_audit_verify__finds_a_row_that_was_taken_out)
{
    prepare(t);
    given_audit(t);
    store_fixture_script(t, "DELETE FROM audit WHERE id = (SELECT MIN(id) FROM audit);");
    EXPECT(verify(t).broken_id != 0);
}

static enum err read_pages(struct work *w, void *context)
{
    struct audit audit = {.action = STR("person.clear_read"),
                          .record = STR("person"),
                          .subject_id = 7,
                          .detail = STR("年度核对")};
    struct audit *rows;
    int32_t count;
    w->actor = (struct actor){3, STR("陈审核")};
    TRY(guard_audit(w, &audit));
    struct audit_filter of_subject = {
        .subject_id = 7, .from_day = ABSENT_I32, .to_day = ABSENT_I32, .row_count_max = 10};
    TRY(guard_audit_read(w, &of_subject, &rows, &count));
    EXPECT_INT(1, count);
    EXPECT_STR("年度核对", rows[0].detail);
    struct audit_filter of_account = {
        .account_id = 3, .from_day = ABSENT_I32, .to_day = ABSENT_I32, .row_count_max = 10};
    TRY(guard_audit_read(w, &of_account, &rows, &count));
    EXPECT_INT(1, count);
    EXPECT_STR("陈审核", rows[0].account_name);
    struct audit_filter of_another = {
        .account_id = 4, .from_day = ABSENT_I32, .to_day = ABSENT_I32, .row_count_max = 10};
    TRY(guard_audit_read(w, &of_another, &rows, &count));
    EXPECT_INT(0, count);
    return ERR_OK;
}

struct audit_look {
    struct audit_filter filter;
    int32_t count;
};

static enum err count_audit(struct work *w, void *context)
{
    struct audit_look *look = context;
    struct audit *rows;
    look->filter.row_count_max = 10;
    return guard_audit_read(w, &look->filter, &rows, &look->count);
}

static int32_t audit_count(struct store_fixture *t, struct audit_filter filter)
{
    struct audit_look look = {.filter = filter};
    EXPECT_OK(work_run(&t->env, WORK_READ, count_audit, &look, &t->fault));
    return look.count;
}

static enum err write_audit(struct work *w, void *context)
{
    struct audit audit = {.action = STR("file.taken"), .subject_id = 9};
    w->actor = *(struct actor *)context;
    return guard_audit(w, &audit);
}

STORE_TEST(guard_audit__is_read_by_name_and_by_days)
{
    static const int64_t day_ms = 24 * 60 * 60 * 1000;
    t->env.secrets = registry_fixture_secrets();
    t->env.ids = &ids;
    struct actor chen = {3, STR("陈审核")}, li = {4, STR("李审批")};
    for (int64_t day = 0; day < 3; day++) { /* the first at 10:00, the second at its first moment */
        int64_t at_ms = FIXTURE_NOW_MS + day * day_ms - (day == 1 ? 10 * 60 * 60 * 1000 : 0);
        id_source_init_fixed(&ids, 1, at_ms);
        t->env.fixed_now_ms = at_ms;
        EXPECT_OK(work_run(&t->env, WORK_WRITE, write_audit, day == 1 ? &li : &chen, &t->fault));
    }
    enum { FIRST_DAY = FIXTURE_TODAY_DAY };
    struct audit_filter any = {.from_day = ABSENT_I32, .to_day = ABSENT_I32};
    EXPECT_INT(3, audit_count(t, any));
    any.account_name = STR("陈审核");
    EXPECT_INT(2, audit_count(t, any));
    any.account_name = STR("陈审");
    EXPECT_INT(0, audit_count(t, any));
    struct audit_filter days = {.from_day = FIRST_DAY, .to_day = FIRST_DAY};
    EXPECT_INT(1, audit_count(t, days));
    days = (struct audit_filter){.from_day = FIRST_DAY + 1, .to_day = FIRST_DAY + 2};
    EXPECT_INT(2, audit_count(t, days));
    days.account_name = STR("李审批");
    EXPECT_INT(1, audit_count(t, days));
    days = (struct audit_filter){.from_day = FIRST_DAY + 3, .to_day = ABSENT_I32};
    EXPECT_INT(0, audit_count(t, days));
    days = (struct audit_filter){.from_day = ABSENT_I32, .to_day = FIRST_DAY + 1, .subject_id = 9};
    EXPECT_INT(2, audit_count(t, days));
    days.account_name = STR("陈审核");
    EXPECT_INT(1, audit_count(t, days));
    days.action = STR("account.");
    EXPECT_INT(0, audit_count(t, days));
}

STORE_TEST(guard_audit__is_read_by_subject_and_by_account)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, read_pages, NULL, &t->fault));
}
