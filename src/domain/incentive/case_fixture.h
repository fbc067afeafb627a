/* case_fixture.h — a small made city with its cases, for tests. */
#ifndef BAIGONG_CASE_FIXTURE_H
#define BAIGONG_CASE_FIXTURE_H

#include "domain/incentive/case_open.h"
#include "incentive_fixture.h"
#include "registry_fixture.h"
#include "store_fixture.h"

enum { CHEN = 41, LI = 42 };

/* Rows of case_figure that are not what a count over the cases gives, and the other way round. */
#define CASE_FIGURES_DIFFER                                                                        \
    "SELECT COUNT(*) FROM (SELECT rule_id, division, state, SUM(n) AS n, SUM(f) AS f FROM ("       \
    "SELECT rule_id, division, state, case_count AS n, amount_fen AS f FROM case_figure"           \
    " UNION ALL SELECT rule_id, division, state, -COUNT(*), -COALESCE(SUM(amount_fen), 0)"         \
    " FROM incentive_case GROUP BY rule_id, division, state) both_sides"                           \
    " GROUP BY rule_id, division, state) sums WHERE n <> 0 OR f <> 0"

/* Cases whose version is not the number of their steps, or whose last step leads elsewhere. */
#define CASE_STEPS_DIFFER                                                                          \
    "SELECT COUNT(*) FROM incentive_case c WHERE"                                                  \
    " c.version <> (SELECT COUNT(*) FROM case_step s WHERE s.holder_id = c.holder_id"              \
    " AND s.case_id = c.id) OR c.state <> (SELECT s.to_state FROM case_step s"                     \
    " WHERE s.holder_id = c.holder_id AND s.case_id = c.id AND s.version = c.version)"

static inline const struct case_practice *case_fixture_practice(void)
{
    static struct case_practice practice;
    static struct calendar calendar;
    struct city_fixture *city = city_fixture();
    if (practice.rows)
        return &practice;
    char path[600];
    snprintf(path, sizeof path, "%s/holiday.csv", city->folder);
    EXPECT_OK(calendar_load(&city->arena, path, &calendar, &city->fault));
    snprintf(path, sizeof path, "%s/case_practice.csv", city->folder);
    EXPECT_OK(case_practice_load(&city->arena, path, &calendar, &practice, &city->fault));
    return &practice;
}

static inline const struct incentive_policy *case_fixture_policy(void)
{
    return incentive_fixture_policy("policy/jining");
}

static inline struct case_open_report open_cases(struct store_fixture *t)
{
    struct case_open_report report = {0};
    EXPECT_OK(case_open_all(&t->env, case_fixture_policy(), case_fixture_practice(), &report, NULL,
                            NULL, &t->fault));
    return report;
}

/* A city of 800 people, swept as of 2023-12-31, with its cases opened. */
static inline void given_cases(struct store_fixture *t)
{
    enum { PEOPLE = 800, SEED = 7 };
    t->env.secrets = registry_fixture_secrets();
    const struct city_plan *plan = city_fixture_plan("jining", PEOPLE, SEED);
    EXPECT_OK(city_fill(&t->env, plan, (struct city_progress){NULL, NULL}, &t->fault));
    struct arena arena;
    arena_init(&arena, (size_t)64 << 20);
    struct sweep_request request = {.as_of_day = year_last_day(2023),
                                    .known_at_ms = FIXTURE_NOW_MS,
                                    .thread_count = 1,
                                    .mode = SWEEP_STORE};
    struct sweep_report *swept;
    EXPECT_OK(incentive_sweep(&t->env, &city_fixture()->vocab, case_fixture_policy(), &request,
                              &arena, &swept, NULL, NULL, &t->fault));
    arena_done(&arena);
    struct case_open_report report = open_cases(t);
    EXPECT(report.opened_count > 0);
}

/* The first case with money in a state. */
static inline int64_t case_in(struct store_fixture *t, enum case_state state)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT MIN(id) FROM incentive_case WHERE state = %d AND kind = 1",
             (int)state);
    int64_t id = store_fixture_number(t, sql);
    EXPECT(id > 0);
    return id;
}

/* One try of a move; act CASE_OPENED: in line with what is found now. */
struct case_try {
    int64_t id;
    enum case_act act;
    enum role role;
    int32_t known_version;       /* 0: as it is */
    enum case_state keeps_state; /* with known_version: as it was then */
    struct str reason;
    int64_t amount_fen, max_fen, pays_fen;
    struct incentive_case subject; /* behind it */
};

static inline enum err case_try_pay(struct work *w, struct case_try *try)
{
    static const enum case_act acts[] = {CASE_DO_PASS, CASE_DO_APPROVE, CASE_DO_ORDER, CASE_DO_PAY};
    struct case_actor city = {.hat_count = 1};
    city.hats[0].scope = (struct scope){.division_max = 999999};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        struct case_order order = {.subject = try->subject, .act = acts[i]};
        city.hats[0].role = i == 0 ? ROLE_reviewer : ROLE_approver;
        w->actor.account_id = i == 0 ? CHEN : LI;
        if (acts[i] == CASE_DO_PAY)
            order.subject.paid_fen = try->pays_fen;
        TRY(case_move(w, case_fixture_practice(), i < 2 ? &city : &case_program, &order));
        try->subject = order.subject;
    }
    return ERR_OK;
}

static inline enum err case_try_step(struct work *w, void *context)
{
    struct case_try *try = context;
    const struct case_practice *practice = case_fixture_practice();
    struct case_actor actor = {.hat_count = 1};
    actor.hats[0] = (struct case_hat){try->role, {.division_max = 999999}, STR("")};
    TRY(case_read(w, &case_program, try->id, &try->subject));
    if (try->pays_fen != 0)
        return case_try_pay(w, try);
    if (try->act == CASE_OPENED)
        return case_align(w, practice, &try->subject);
    if (try->act == CASE_TAKEN_BACK)
        return case_take_back(w, practice, &try->subject);
    if (try->act == CASE_FILLED)
        return case_fill_amount(w, practice, &actor, &try->subject, try->amount_fen, try->max_fen,
                                try->reason);
    struct case_order order = {.subject = try->subject, .act = try->act, .reason = try->reason};
    if (try->known_version != 0) {
        order.subject.version = try->known_version;
        order.subject.state = try->keeps_state;
    }
    TRY(case_move(w, practice, &actor, &order));
    try->subject = order.subject;
    return ERR_OK;
}

static inline enum err move_as(struct store_fixture *t, int64_t account_id, struct case_try *try)
{
    t->env.actor = (struct actor){account_id, STR("某人")};
    return work_run(&t->env, WORK_WRITE, case_try_step, try, &t->fault);
}

/* CHEN is away, LI acts for her. */
struct case_absence {
    int32_t from_day, to_day;
    int32_t hat_count;
};

static inline enum err case_absence_step(struct work *w, void *context)
{
    struct case_absence *absence = context;
    struct account chen = {.id = CHEN,
                           .name = STR("陈审核"),
                           .role = ROLE_reviewer,
                           .division = 370811,
                           .is_active = true};
    struct account li = {.id = LI,
                         .name = STR("李审核"),
                         .role = ROLE_reviewer,
                         .division = 370828,
                         .is_active = true};
    int64_t id;
    return case_stand_in_add(w, &chen, &li, absence->from_day, absence->to_day, STR("年休假"), &id);
}

static inline enum err case_hats_step(struct work *w, void *context)
{
    struct case_absence *absence = context;
    struct session session = {.account = {.id = LI, .role = ROLE_reviewer, .division = 370828}};
    struct case_actor actor;
    TRY(case_actor_of(w, &session, &actor));
    absence->hat_count = actor.hat_count;
    return ERR_OK;
}

static inline enum err stand_in(struct store_fixture *t, int32_t from_day, int32_t to_day)
{
    struct case_absence absence = {from_day, to_day, 0};
    return work_run(&t->env, WORK_WRITE, case_absence_step, &absence, &t->fault);
}

static inline int32_t hats_on(struct store_fixture *t, int32_t day)
{
    struct case_absence absence = {0};
    t->env.fixed_today_day = day;
    EXPECT_OK(work_run(&t->env, WORK_READ, case_hats_step, &absence, &t->fault));
    return absence.hat_count;
}

#endif
