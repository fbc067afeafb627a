#include "domain/guard/session_cache.h"

#include "base/id.h"
#include "registry_fixture.h"
#include "store_fixture.h"

static struct id_source ids;

struct desk { /* an account that is signed in, and a process that keeps sessions */
    struct session_cache *cache;
    int64_t account_id;
    struct session session; /* what was read last */
    struct str name;        /* of it */
    char token[GUARD_TOKEN_SIZE + 1];
    struct arena arena;
};

static enum err add_step(struct work *w, void *context)
{
    struct desk *desk = context;
    struct account account = {.login = STR("chen"), .name = STR("陈审核"),
                              .role = ROLE_reviewer, .division = 370811};
    return guard_account_add(w, &account, STR("a long enough secret"), &desk->account_id);
}

static void sign_in(struct store_fixture *t, struct desk *desk)
{
    struct sign_in given = {STR("chen"), STR("a long enough secret"), STR("127.0.0.1"),
                            STR("test"), {0}};
    EXPECT_OK(guard_sign_in(&t->env, &desk->arena, &given, &desk->session, desk->token,
                            &t->fault));
}

static void desk_init(struct desk *desk, struct store_fixture *t)
{
    *desk = (struct desk){0};
    arena_init(&desk->arena, 1 << 20);
    t->env.secrets = registry_fixture_secrets();
    id_source_init_fixed(&ids, 1, FIXTURE_NOW_MS);
    t->env.ids = &ids;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, add_step, desk, &t->fault));
    sign_in(t, desk);
    EXPECT_OK(session_cache_new(&desk->cache, &t->fault));
}

static void desk_done(struct desk *desk)
{
    session_cache_free(desk->cache);
    arena_done(&desk->arena);
}

static enum err read_step(struct work *w, void *context)
{
    struct desk *desk = context;
    TRY(session_cache_read(desk->cache, w, str_from(desk->token), &desk->session));
    desk->name = str_copy(&desk->arena, desk->session.account.name);
    return ERR_OK;
}

static enum err read_at(struct store_fixture *t, struct desk *desk, int64_t now_ms)
{
    t->env.fixed_now_ms = now_ms;
    return work_run(&t->env, WORK_READ, read_step, desk, &t->fault);
}

static enum err sign_out_step(struct work *w, void *context)
{
    return guard_sign_out(w, ((const struct desk *)context)->session.id);
}

static enum err close_step(struct work *w, void *context)
{
    return guard_account_set_active(w, ((const struct desk *)context)->account_id, false);
}

static enum err password_step(struct work *w, void *context)
{
    int64_t account_id = ((const struct desk *)context)->account_id;
    return guard_set_password(w, account_id, STR("another long secret"), false);
}

STORE_TEST(session_cache__ends_a_session_at_once_in_the_process_that_ends_it)
{
    static work_step *const steps[] = {sign_out_step, password_step, close_step};
    struct desk desk;
    desk_init(&desk, t);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        EXPECT_OK(read_at(t, &desk, FIXTURE_NOW_MS));
        EXPECT_OK(read_at(t, &desk, FIXTURE_NOW_MS));
        EXPECT_OK(work_run(&t->env, WORK_WRITE, steps[i], &desk, &t->fault));
        EXPECT_ERR(ERR_NOT_FOUND, read_at(t, &desk, FIXTURE_NOW_MS));
        struct sign_in again = {STR("chen"), i == 0 ? STR("a long enough secret")
                                                    : STR("another long secret"),
                                STR("127.0.0.1"), STR("test"), {0}};
        if (steps[i] != close_step)
            EXPECT_OK(guard_sign_in(&t->env, &desk.arena, &again, &desk.session, desk.token,
                                    &t->fault));
    }
    desk_done(&desk);
}

/* A second store is another process: the first one is told nothing. */
static void elsewhere(struct store_fixture *t, work_step *step, void *context)
{
    struct work_env env = t->env;
    env.fixed_now_ms = FIXTURE_NOW_MS;
    EXPECT_OK(store_open(t->location, NULL, &env.store, &t->fault));
    EXPECT_OK(work_run(&env, WORK_WRITE, step, context, &t->fault));
    store_close(env.store);
}

STORE_TEST(session_cache__ends_a_session_that_ended_elsewhere_after_its_milliseconds)
{
    struct desk desk;
    desk_init(&desk, t);
    EXPECT_OK(read_at(t, &desk, FIXTURE_NOW_MS));
    elsewhere(t, close_step, &desk);
    EXPECT_OK(read_at(t, &desk, FIXTURE_NOW_MS + SESSION_CACHE_MS_MAX - 1));
    EXPECT_STR("陈审核", desk.name);
    EXPECT_INT(370811, desk.session.scope.division_min);
    EXPECT(desk.session.account.role == ROLE_reviewer);
    EXPECT_ERR(ERR_NOT_FOUND, read_at(t, &desk, FIXTURE_NOW_MS + SESSION_CACHE_MS_MAX));
    desk_done(&desk);
}

STORE_TEST(session_cache__forgets_what_it_read_after_the_clock_was_set_back)
{
    struct desk desk;
    desk_init(&desk, t);
    EXPECT_OK(read_at(t, &desk, FIXTURE_NOW_MS));
    elsewhere(t, close_step, &desk);
    EXPECT_ERR(ERR_NOT_FOUND, read_at(t, &desk, FIXTURE_NOW_MS - 1));
    desk_done(&desk);
}

STORE_TEST(session_cache__ends_an_idle_session_to_the_millisecond)
{
    struct desk desk;
    desk_init(&desk, t);
    EXPECT_OK(read_at(t, &desk, FIXTURE_NOW_MS + GUARD_IDLE_MS - 1));
    EXPECT_ERR(ERR_NOT_FOUND, read_at(t, &desk, FIXTURE_NOW_MS + GUARD_IDLE_MS));
    desk_done(&desk);
}

STORE_TEST(session_cache__knows_no_token_but_the_right_one)
{
    struct desk desk;
    desk_init(&desk, t);
    EXPECT_OK(read_at(t, &desk, FIXTURE_NOW_MS));
    desk.token[5] = desk.token[5] == 'a' ? 'b' : 'a';
    EXPECT_ERR(ERR_NOT_FOUND, read_at(t, &desk, FIXTURE_NOW_MS));
    desk.token[0] = '\0';
    EXPECT_ERR(ERR_NOT_FOUND, read_at(t, &desk, FIXTURE_NOW_MS));
    desk_done(&desk);
}
