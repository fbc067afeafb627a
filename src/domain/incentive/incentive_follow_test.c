#include "domain/incentive/incentive_follow.h"

#include "base/day.h"
#include "domain/city/city_fixture.h"
#include "domain/incentive/incentive_reach.h"
#include "domain/registry/fact.h"
#include "incentive_fixture.h"
#include "registry_fixture.h"
#include "store/stmt.h"
#include "store_fixture.h"

enum { PEOPLE = 800, SEED = 11 };

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(dice->state >> 33) % sides;
}

struct history {
    struct store_fixture *t;
    struct dice dice;
    struct follower *follower;
    int32_t day;
    int32_t sweep_min;
    int32_t table;
    int64_t key_id, id;
};

static void given_city(struct store_fixture *t)
{
    t->env.secrets = registry_fixture_secrets();
    const struct city_plan *plan = city_fixture_plan("jining", PEOPLE, SEED);
    EXPECT_OK(city_fill(&t->env, plan, (struct city_progress){NULL, NULL}, &t->fault));
}

/* A row of a table that holds now; false when there is none. */
static bool pick_row(struct history *h, int32_t table, int64_t *ret_key_id, int64_t *ret_id)
{
    const char *name = registry_records[table].name;
    int32_t owner = registry_owner(table);
    char text[400];
    snprintf(text, sizeof text, "SELECT COUNT(*) FROM %s WHERE gone_ms = 9223372036854775807",
             name);
    int64_t count = store_fixture_number(h->t, text);
    if (count == 0)
        return false;
    int64_t at = (int64_t)roll(&h->dice, (uint32_t)count);
    snprintf(text, sizeof text,
             "SELECT id FROM %s WHERE gone_ms = 9223372036854775807 ORDER BY id LIMIT 1"
             " OFFSET %lld",
             name, (long long)at);
    *ret_id = store_fixture_number(h->t, text);
    *ret_key_id = *ret_id;
    if (owner < 0)
        return true;
    snprintf(text, sizeof text,
             "SELECT %s_id FROM %s WHERE gone_ms = 9223372036854775807 ORDER BY id LIMIT 1"
             " OFFSET %lld",
             registry_records[owner].name, name, (long long)at);
    *ret_key_id = store_fixture_number(h->t, text);
    return true;
}

static int64_t other_value(struct history *h, const struct field_desc *field, int64_t value)
{
    bool may_lack = field->need == NEED_OPTIONAL || field->need == NEED_OPEN_END;
    if (may_lack && roll(&h->dice, 5) == 0)
        return ABSENT_I64;
    int64_t base = value == ABSENT_I64 ? 0 : value;
    switch (field->type) {
    case FIELD_DAY:
        return (value == ABSENT_I64 ? h->day : value) + (int64_t)roll(&h->dice, 800) - 400;
    case FIELD_MONTH:
        return base + (int64_t)roll(&h->dice, 24) - 12;
    case FIELD_COUNT:
    case FIELD_MONEY:
        return (int64_t)roll(&h->dice, 200);
    case FIELD_BOOL:
        return roll(&h->dice, 2);
    case FIELD_ENUM: {
        const struct enum_desc *desc = registry_enum_by_name(field->target);
        return desc->codes[roll(&h->dice, (uint32_t)desc->code_count)].code;
    }
    case FIELD_REF: {
        int64_t key_id, id;
        return pick_row(h, registry_ref_table(field), &key_id, &id) ? id : value;
    }
    default:
        return value;
    }
}

static enum err change_fact(struct work *w, void *context)
{
    struct history *h = context;
    struct fact fact;
    TRY(fact_read(w, h->table, h->key_id, h->id, &fact));
    const struct record_desc *desc = &registry_records[h->table];
    for (int32_t attempt = 0; attempt < 4; attempt++) {
        const struct field_desc *field = &desc->fields[roll(&h->dice, (uint32_t)desc->field_count)];
        if (!registry_is_text(field))
            registry_set_number(field, fact.record,
                                other_value(h, field, registry_number(field, fact.record)));
    }
    fact.given = FACT_GIVEN_ALL;
    enum fact_outcome outcome;
    return fact_correct(w, &fact, &outcome);
}

static enum err withdraw_fact(struct work *w, void *context)
{
    struct history *h = context;
    return fact_withdraw(w, h->table, h->key_id, h->id);
}

static enum err restore_fact(struct work *w, void *context)
{
    struct history *h = context;
    enum err err = fact_restore(w, h->table, h->key_id, h->id);
    return err == ERR_FACT_HELD ? ERR_OK : err;
}

static void something_happens(struct history *h)
{
    h->table = (int32_t)roll(&h->dice, REGISTRY_RECORD_COUNT);
    h->t->env.fixed_now_ms += 1000 + roll(&h->dice, 100000);
    if (!pick_row(h, h->table, &h->key_id, &h->id))
        return;
    uint32_t kind = roll(&h->dice, 6);
    work_step *step = kind == 0 ? withdraw_fact : change_fact;
    EXPECT_OK(work_run(&h->t->env, WORK_WRITE, step, h, &h->t->fault));
    if (kind == 0 && roll(&h->dice, 2))
        EXPECT_OK(work_run(&h->t->env, WORK_WRITE, restore_fact, h, &h->t->fault));
}

static void expect_as_a_sweep(struct history *h, int32_t step)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct sweep_request request = {.as_of_day = h->day,
                                    .known_at_ms = h->t->env.fixed_now_ms + 1000,
                                    .thread_count = 1, .mode = SWEEP_LOOK};
    struct sweep_report *report = NULL;
    const struct incentive_policy *policy = incentive_fixture_policy("policy");
    EXPECT_OK(incentive_sweep(&h->t->env, &city_fixture()->vocab, policy, &request, &arena,
                              &report, NULL, NULL, &h->t->fault));
    for (int32_t i = 0; i < report->rule_count; i++) {
        const struct sweep_rule *rule = &report->rules[i];
        if (rule->new_count + rule->changed_count + rule->ended_count > 0)
            print_error("step %d: %.*s: %lld new, %lld changed, %lld ended\n", step,
                        STR_ARG(policy->policy->statements[rule->found.statement].name),
                        (long long)rule->new_count, (long long)rule->changed_count,
                        (long long)rule->ended_count);
    }
    EXPECT_INT(0, report->new_count + report->changed_count + report->ended_count);
    EXPECT(report->unchanged_count > 0);
    arena_done(&arena);
}

static struct follow_report follow(struct history *h)
{
    struct follow_report report = {0};
    enum err err = follower_round(h->follower, h->day, h->sweep_min, &report, &h->t->fault);
    if (err != ERR_OK)
        print_error("%s\n", h->t->fault.message);
    EXPECT_INT(ERR_OK, err);
    return report;
}

static void begin(struct history *h, struct store_fixture *t, uint64_t seed)
{
    *h = (struct history){.t = t, .dice = {seed}};
    check(day_from_civil(2023, 8, 20, &h->day));
    given_city(t);
    EXPECT_OK(follower_new(&t->env, &city_fixture()->vocab, incentive_fixture_policy("policy"),
                           &h->follower, &t->fault));
    EXPECT(follow(h).swept_because.size > 0);
}

struct followed {
    int32_t step_count, swept_count;
    struct follow_report sum;
};

/* Facts come, are corrected and go; days pass; each round is held against a sweep. */
static void live_through(struct store_fixture *t, uint64_t seed, int32_t step_count,
                         int32_t sweep_min, struct followed *ret_followed)
{
    struct history h;
    struct followed f = {.step_count = step_count};
    begin(&h, t, seed);
    h.sweep_min = sweep_min;
    for (int32_t step = 0; step < step_count; step++) {
        for (uint32_t i = roll(&h.dice, 12); i > 0; i--)
            something_happens(&h);
        h.day += (int32_t)(roll(&h.dice, 2) * roll(&h.dice, 40));
        struct follow_report report = follow(&h);
        f.swept_count += report.swept_because.size > 0;
        f.sum.holder_count += report.holder_count;
        f.sum.due_count += report.due_count;
        f.sum.changed_count += report.new_count + report.changed_count + report.ended_count;
        expect_as_a_sweep(&h, step);
        EXPECT_INT(0, follow(&h).holder_count);
    }
    follower_free(h.follower);
    *ret_followed = f;
}

STORE_TEST(follower_round__leaves_what_a_sweep_would_leave_after_any_history)
{
    const char *asked = getenv("BAIGONG_FOLLOW_STEPS");
    const char *seed = getenv("BAIGONG_FOLLOW_SEED");
    struct followed f;
    live_through(t, seed ? strtoull(seed, NULL, 10) : 3,
                 asked ? (int32_t)strtol(asked, NULL, 10) : 14, 0, &f);
    EXPECT_INT(0, f.swept_count); /* whoever is touched can be named */
    EXPECT(f.sum.holder_count > 0);
    EXPECT(f.sum.due_count > 0);
    EXPECT(f.sum.changed_count > 0);
}

/* Holders touched take turns from TURNS_FROM on: nobody is forgotten. */
STORE_TEST(follower_round__leaves_it_too_when_those_touched_take_turns)
{
    enum { TURNS_FROM = 4, PART = 40 };
    struct followed f;
    live_through(t, 17, 8, TURNS_FROM * PART, &f);
    EXPECT(f.swept_count < f.step_count);
    EXPECT(f.sum.due_count > 0);
}

TEST(reach_make__can_say_whom_a_fact_touches_for_every_shipped_document)
{
    struct arena arena;
    arena_init(&arena, 1 << 24);
    struct reach *reach;
    struct str why;
    struct reach_statements *statements;
    EXPECT_OK(reach_statements_make(&arena, &statements, NULL));
    EXPECT_OK(reach_make(&arena, incentive_fixture_policy("policy")->policy, NULL, statements,
                         &reach, NULL));
    bool is_wide = reach_is_wide(reach, &why);
    if (is_wide)
        print_error("%.*s\n", STR_ARG(why));
    EXPECT(!is_wide);
    arena_done(&arena);
}

struct said { /* what a look found at an instant */
    int64_t known_ms;
    int32_t day;
    struct sweep_report report;
    struct rule_total totals[400];
    int64_t counts[400][4];
};

static void look(struct history *h, int64_t known_ms, int32_t day, struct said *ret_said)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct sweep_request request = {
        .as_of_day = day, .known_at_ms = known_ms, .thread_count = 1, .mode = SWEEP_LOOK};
    struct sweep_report *report = NULL;
    EXPECT_OK(incentive_sweep(&h->t->env, &city_fixture()->vocab,
                              incentive_fixture_policy("policy"), &request, &arena, &report, NULL,
                              NULL, &h->t->fault));
    memset(ret_said, 0, sizeof *ret_said);
    ret_said->known_ms = known_ms;
    ret_said->day = day;
    EXPECT(report->rule_count < 400);
    for (int32_t i = 0; i < report->rule_count; i++) {
        ret_said->totals[i] = report->rules[i].found;
        const int64_t counts[4] = {report->rules[i].new_count, report->rules[i].changed_count,
                                   report->rules[i].ended_count,
                                   report->rules[i].unchanged_count};
        memcpy(ret_said->counts[i], counts, sizeof counts);
    }
    arena_done(&arena);
}

STORE_TEST(incentive_sweep__says_again_what_it_said_at_an_instant)
{
    enum { LOOKS = 4 };
    static struct said said[LOOKS], again;
    struct history h;
    begin(&h, t, 5);
    for (int32_t i = 0; i < LOOKS; i++) {
        for (int32_t n = 0; n < 10; n++)
            something_happens(&h);
        if (i % 2 == 1)
            follow(&h);
        t->env.fixed_now_ms += 500;
        h.day += 9;
        look(&h, t->env.fixed_now_ms, h.day, &said[i]);
        t->env.fixed_now_ms += 500;
    }
    follow(&h);
    for (int32_t i = 0; i < LOOKS; i++) {
        look(&h, said[i].known_ms, said[i].day, &again);
        EXPECT(memcmp(&said[i], &again, sizeof again) == 0);
    }
    follower_free(h.follower);
}
