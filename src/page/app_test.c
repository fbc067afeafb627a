/* Every route with every role: nobody sees or does what is not theirs, and nothing answers 500. */
#include "page/app.h"
#include "page/page_job.h"
#include "page/page_rule.h"

#include "base/id.h"
#include "domain/city/city_fixture.h"
#include "domain/registry/sample.h"
#include "registry_fixture.h"
#include "store_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PEOPLE = 600, SEED = 7, ARENA_SIZE_MAX = 64 << 20 };

static const struct incentive_policy *jining(void)
{
    static struct incentive_policy policy;
    static struct arena arena;
    if (policy.program)
        return &policy;
    struct city_fixture *city = city_fixture();
    arena_init(&arena, (size_t)256 << 20);
    char path[600];
    snprintf(path, sizeof path, "%s/policy/jining", getenv("BAIGONG_SOURCE_ROOT"));
    struct findings findings = {.arena = &arena};
    EXPECT_OK(incentive_policy_read(&arena, &city->vocab, path, &policy, &findings,
                                    &city->fault));
    return &policy;
}

struct web {
    struct store_fixture *t;
    struct arena arena;
    struct page_app *app;
    struct http_app face;
    char tokens[ROLE_COUNT][GUARD_TOKEN_SIZE + 1];
    int64_t person_id, organisation_id;
};

static enum err accounts_step(struct work *w, void *context)
{
    struct web *web = context;
    TRY(registry_sample_worker(w, &web->person_id));
    TRY(registry_sample_organisation(w, SAMPLE_EMPLOYER, &web->organisation_id));
    for (int role = 1; role < ROLE_COUNT; role++) {
        struct account account = {.login = str_from(guard_roles[role].name),
                                  .name = str_from(guard_roles[role].label),
                                  .role = (enum role)role,
                                  .person_id = web->person_id,
                                  .organisation_id = web->organisation_id};
        int64_t id;
        TRY(guard_account_add(w, &account, STR("a long enough passphrase"), &id));
    }
    return ERR_OK;
}

static void web_init(struct web *web, struct store_fixture *t)
{
    *web = (struct web){.t = t};
    arena_init(&web->arena, ARENA_SIZE_MAX);
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(city_fill(&t->env, city_fixture_plan("jining", PEOPLE, SEED),
                        (struct city_progress){NULL, NULL}, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, accounts_step, web, &t->fault));
    struct page_options options = {.env = t->env, .vocab = &city_fixture()->vocab,
                                   .policy = jining(), .policy_path = "policy/jining",
                                   .city_name = "济宁市人力资源和社会保障局"};
    EXPECT_OK(page_app_new(&web->arena, &options, NULL, &web->app, &t->fault));
    web->app->log.file = -1;
    web->face = page_app_http(web->app);
    for (int role = 1; role < ROLE_COUNT; role++) {
        struct sign_in given = {str_from(guard_roles[role].name), STR("a long enough passphrase"),
                                STR("127.0.0.1"), STR("test")};
        struct session session;
        EXPECT_OK(guard_sign_in(&t->env, &web->arena, &given, &session, web->tokens[role],
                                &t->fault));
    }
}

struct ask {
    enum http_method method;
    const char *target, *body;
    enum role role;
    bool forged; /* without the text bound to the session */
};

/* The answer of the application, as the server would send it. */
static struct http_reply ask(struct web *web, struct arena *arena, struct ask given)
{
    struct http_pair headers[4] = {{STR("Host"), STR("desk")}};
    int32_t header_count = 1;
    const char *token = web->tokens[given.role];
    char csrf[GUARD_TOKEN_SIZE + 1];
    if (given.role != ROLE_NONE)
        headers[header_count++] = (struct http_pair){
            STR("Cookie"), str_from(text_in(arena, PAGE_COOKIE "=%s", token))};
    guard_csrf(str_from(token), csrf);
    if (!given.forged && given.role != ROLE_NONE)
        headers[header_count++] = (struct http_pair){STR("X-CSRF"), str_from(csrf)};
    headers[header_count++] = (struct http_pair){STR("Content-Type"),
                                                 STR("application/x-www-form-urlencoded")};
    struct str query = str_from(given.target);
    struct str path;
    str_split(&query, '?', &path);
    struct http_request request = {
        .arena = arena, .method = given.method, .target = str_from(given.target), .path = path,
        .query = query.ptr ? query : STR(""), .version = STR("HTTP/1.1"), .headers = headers,
        .header_count = header_count, .body = str_from(given.body ? given.body : ""),
        .client_address = STR("127.0.0.1"),
        .method_name = str_from(http_method_text(given.method)),
    };
    struct http_reply reply = {0};
    web->face.answer(web->face.context, &request, 0, &reply);
    return reply;
}

/* {id} becomes the id of a row that a role could own. */
static const char *target_of(struct arena *arena, const struct web *web, const char *pattern)
{
    struct text_buf *target = text_new(arena);
    struct str rest = str_from(pattern);
    struct str part;
    bool first = true;
    int64_t id = strstr(pattern, "/organisations/") ? web->organisation_id : web->person_id;
    while (str_split(&rest, '/', &part)) {
        if (!first)
            text_add_byte(target, '/');
        if (part.size > 1 && part.ptr[0] == '{')
            text_format(target, "%" PRId64, id);
        else
            text_add(target, part);
        first = false;
    }
    return str_z(arena, text_str(target));
}

static void expect_route(struct web *web, const struct page_route *route, enum role role,
                         bool is_api)
{
    struct arena arena;
    arena_init(&arena, ARENA_SIZE_MAX);
    const char *path = target_of(&arena, web, route->pattern);
    const char *target = is_api ? text_in(&arena, "/api/v1%s", path) : path;
    struct http_reply reply = ask(web, &arena, (struct ask){route->method, target, "", role,
                                                            false});
    page_app_wait(web->app); /* what it began ends before the next one asks */
    bool may = guard_may(role, route->permission);
    bool refused = reply.status == 403 || reply.status == 401 ||
                   (reply.status == 303 && role == ROLE_NONE && !may);
    bool fits = may ? reply.status != 403 && reply.status < 500 : refused;
    if (!fits)
        print_error("%s %s as %s: %d\n", http_method_text(route->method), target,
                    role ? guard_roles[role].name : "nobody", reply.status);
    EXPECT(fits);
    arena_done(&arena);
}

static bool ends_the_session(const struct page_route *route)
{
    return strcmp(route->pattern, "/sign-out") == 0 ||
           strncmp(route->pattern, "/account/", 9) == 0;
}

STORE_TEST(routes__let_in_who_may_and_nobody_else)
{
    static struct web web;
    web_init(&web, t);
    for (int32_t i = 0; i < page_route_count; i++)
        for (int role = 0; role < ROLE_COUNT; role++) {
            if (ends_the_session(&page_routes[i]))
                continue;
            expect_route(&web, &page_routes[i], (enum role)role, false);
            expect_route(&web, &page_routes[i], (enum role)role, true);
        }
    page_app_free(web.app);
    arena_done(&web.arena);
}

STORE_TEST(routes__refuse_forms_that_another_site_sent)
{
    static struct web web;
    web_init(&web, t);
    for (int32_t i = 0; i < page_route_count; i++) {
        if (page_routes[i].method == HTTP_GET)
            continue;
        struct arena arena;
        arena_init(&arena, ARENA_SIZE_MAX);
        const char *target = target_of(&arena, &web, page_routes[i].pattern);
        struct ask given = {page_routes[i].method, target, "", ROLE_administrator, true};
        /* signing in uses no session: a cookie that is left over must not be in the way */
        bool signs_in = strncmp(page_routes[i].pattern, "/sign-in", 8) == 0;
        EXPECT((ask(&web, &arena, given).status == 403) != signs_in);
        arena_done(&arena);
    }
    page_app_free(web.app);
    arena_done(&web.arena);
}

static const char *a_rule(struct arena *arena)
{
    const struct policy *policy = jining()->policy;
    struct text_buf *form = text_new(arena);
    text_add_z(form, "rule=");
    for (int32_t i = 0; i < policy->statement_count; i++) {
        if (!page_is_rule(&policy->statements[i]))
            continue;
        http_encode(form, policy->statements[i].name);
        break;
    }
    return str_z(arena, text_str(form));
}

STORE_TEST(jobs__are_refused_with_a_way_out_while_too_many_run)
{
    static struct web web;
    struct arena arena;
    web_init(&web, t);
    arena_init(&arena, ARENA_SIZE_MAX);
    struct ask count = {HTTP_POST, "/away", a_rule(&arena), ROLE_policy_maker, false};
    atomic_fetch_add(&web.app->job_count, PAGE_CITY_JOBS_MAX);
    struct http_reply refused = ask(&web, &arena, count);
    EXPECT_INT(429, refused.status);
    EXPECT(str_find(refused.body, STR("长事在办")) != SIZE_MAX);
    atomic_fetch_sub(&web.app->job_count, 1);
    EXPECT_INT(303, ask(&web, &arena, count).status);
    atomic_fetch_sub(&web.app->job_count, PAGE_CITY_JOBS_MAX - 1);
    page_app_free(web.app);
    arena_done(&arena);
    arena_done(&web.arena);
}

static int32_t taken_count(struct store_fixture *t)
{
    return (int32_t)store_fixture_number(
        t, "SELECT count(*) FROM audit WHERE action = 'file.taken'");
}

STORE_TEST(a_file__that_is_taken_stands_in_the_audit_with_its_rows)
{
    static struct web web;
    web_init(&web, t);
    struct arena arena;
    arena_init(&arena, ARENA_SIZE_MAX);
    struct ask given = {HTTP_GET, "/persons/export?format=csv&q=%E6%9D%8E", NULL, ROLE_approver,
                        false};
    EXPECT_INT(200, ask(&web, &arena, given).status);
    EXPECT_INT(1, taken_count(t));
    EXPECT_INT(1, store_fixture_number(t, "SELECT count(*) FROM audit WHERE action = 'file.taken' "
                                          "AND record = '/persons/export' AND detail LIKE "
                                          "'%rows=%' AND detail LIKE '%format=…%'"));
    given.target = "/persons";
    EXPECT_INT(200, ask(&web, &arena, given).status);
    given = (struct ask){HTTP_GET, "/organisations?format=xlsx", NULL, ROLE_worker, false};
    EXPECT_INT(403, ask(&web, &arena, given).status); /* not given, not noted */
    EXPECT_INT(1, taken_count(t));
    page_app_free(web.app);
    arena_done(&arena);
    arena_done(&web.arena);
}

static enum err close_reviewer(struct work *w, void *context)
{
    struct account account;
    TRY(guard_account_by_login(w, STR("reviewer"), &account));
    return guard_account_set_active(w, account.id, false);
}

static int status_of(struct web *web, enum http_method method, const char *target, enum role role)
{
    struct arena arena;
    arena_init(&arena, ARENA_SIZE_MAX);
    int status = ask(web, &arena, (struct ask){method, target, "", role, false}).status;
    arena_done(&arena);
    return status;
}

/* A second store is another process. */
STORE_TEST(session__ends_at_once_in_every_process)
{
    static struct web web;
    web_init(&web, t);
    EXPECT_INT(200, status_of(&web, HTTP_GET, "/api/v1/persons", ROLE_approver));
    EXPECT_INT(303, status_of(&web, HTTP_POST, "/sign-out", ROLE_approver));
    EXPECT_INT(401, status_of(&web, HTTP_GET, "/api/v1/persons", ROLE_approver));
    EXPECT_INT(200, status_of(&web, HTTP_GET, "/api/v1/account", ROLE_reviewer));
    struct work_env env = t->env;
    EXPECT_OK(store_open(t->location, NULL, &env.store, &t->fault));
    EXPECT_OK(work_run(&env, WORK_WRITE, close_reviewer, NULL, &t->fault));
    store_close(env.store);
    EXPECT_INT(401, status_of(&web, HTTP_POST, "/api/v1/account/sessions/end", ROLE_reviewer));
    EXPECT_INT(401, status_of(&web, HTTP_GET, "/api/v1/account", ROLE_reviewer));
    page_app_free(web.app);
    arena_done(&web.arena);
}

/* Whatever stands in the query, the answer is no breakdown. */
STORE_TEST(routes__survive_odd_queries)
{
    static const char *const queries[] = {
        "?after=x&page=-1&q=%27%22%3Cscript%3E&sort=nothing&format=pdf",
        "?after=9223372036854775807&q=%E6%9D%8E&division=999999&lane=none&as_of=2023-02-30",
        "?q=" "%E6%9D%8E%E6%98%8E" "&from=9999-12-31&to=0001-01-01&rule=%00",
    };
    static struct web web;
    web_init(&web, t);
    for (int32_t i = 0; i < page_route_count; i++)
        for (size_t q = 0; q < sizeof queries / sizeof queries[0]; q++) {
            struct arena arena;
            arena_init(&arena, ARENA_SIZE_MAX);
            const char *path = target_of(&arena, &web, page_routes[i].pattern);
            struct ask given = {HTTP_GET, text_in(&arena, "%s%s", path, queries[q]), NULL,
                                ROLE_approver, false};
            struct http_reply reply = ask(&web, &arena, given);
            if (reply.status >= 500)
                print_error("%s: %d\n", given.target, reply.status);
            EXPECT(reply.status < 500);
            arena_done(&arena);
        }
    page_app_free(web.app);
    arena_done(&web.arena);
}

/* Whether every address of a later pattern is taken by an earlier one. */
static bool hides(const char *earlier, const char *later)
{
    struct str one = str_from(earlier), other = str_from(later), have, want;
    for (;;) {
        bool more_one = str_split(&one, '/', &have), more_other = str_split(&other, '/', &want);
        if (!more_one || !more_other)
            return more_one == more_other;
        bool is_parameter = have.size > 1 && have.ptr[0] == '{';
        if (!is_parameter && !str_equal(have, want))
            return false;
    }
}

TEST(routes__are_not_hidden_by_earlier_ones)
{
    for (int32_t i = 0; i < page_route_count; i++)
        for (int32_t other = 0; other < i; other++) {
            bool is_hidden = page_routes[i].method == page_routes[other].method &&
                             hides(page_routes[other].pattern, page_routes[i].pattern);
            if (is_hidden)
                print_error("%s hides %s\n", page_routes[other].pattern, page_routes[i].pattern);
            EXPECT(!is_hidden);
        }
}

TEST(routes__stand_once_and_name_their_template)
{
    for (int32_t i = 0; i < page_route_count; i++) {
        const struct page_route *route = &page_routes[i];
        EXPECT(route->pattern[0] == '/' && route->summary[0] != '\0');
        EXPECT(route->method == HTTP_GET || route->mode != WORK_READ);
        for (int32_t other = 0; other < i; other++)
            EXPECT(route->method != page_routes[other].method ||
                   strcmp(route->pattern, page_routes[other].pattern) != 0);
    }
}
