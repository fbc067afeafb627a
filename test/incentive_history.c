#include "incentive_history.h"

#include "base/day.h"
#include "domain/city/city_fixture.h"
#include "domain/registry/duplicate.h"
#include "domain/registry/fact.h"
#include "incentive_fixture.h"
#include "registry_fixture.h"

enum { PEOPLE = 800, SEED = 11 };

uint32_t history_roll(struct history *h, uint32_t sides)
{
    h->dice = h->dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(h->dice >> 33) % sides;
}

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
    int64_t at = (int64_t)history_roll(h, (uint32_t)count);
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
    if (may_lack && history_roll(h, 5) == 0)
        return ABSENT_I64;
    int64_t base = value == ABSENT_I64 ? 0 : value;
    switch (field->type) {
    case FIELD_DAY:
        return (value == ABSENT_I64 ? h->day : value) + (int64_t)history_roll(h, 800) - 400;
    case FIELD_MONTH:
        return base + (int64_t)history_roll(h, 24) - 12;
    case FIELD_COUNT:
    case FIELD_MONEY:
        return (int64_t)history_roll(h, 200);
    case FIELD_BOOL:
        return history_roll(h, 2);
    case FIELD_ENUM: {
        const struct enum_desc *desc = registry_enum_by_name(field->target);
        return desc->codes[history_roll(h, (uint32_t)desc->code_count)].code;
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
        const struct field_desc *field =
            &desc->fields[history_roll(h, (uint32_t)desc->field_count)];
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

static enum err join_persons(struct work *w, void *context)
{
    struct history *h = context;
    return person_join(w, h->key_id, h->id, STR("同一人"), &h->join_id);
}

static enum err part_persons(struct work *w, void *context)
{
    struct history *h = context;
    enum err err = person_part(w, h->join_id);
    return err == ERR_FACT_HELD ? ERR_OK : err;
}

/* Two turn out to be one person, or, some other time, not to be. */
static void persons_join_or_part(struct history *h)
{
    int64_t same_id;
    work_step *step = part_persons;
    if (h->join_id == 0) {
        if (!pick_row(h, REGISTRY_person, &h->key_id, &same_id) ||
            !pick_row(h, REGISTRY_person, &h->id, &same_id) || h->key_id == h->id)
            return;
        step = join_persons;
    }
    EXPECT_OK(work_run(&h->t->env, WORK_WRITE, step, h, &h->t->fault));
    if (step == part_persons)
        h->join_id = 0;
}

void history_something_happens(struct history *h)
{
    if (history_roll(h, 12) == 0) {
        h->t->env.fixed_now_ms += 1000;
        persons_join_or_part(h);
        return;
    }
    h->table = (int32_t)history_roll(h, REGISTRY_RECORD_COUNT);
    h->t->env.fixed_now_ms += 1000 + history_roll(h, 100000);
    if (!pick_row(h, h->table, &h->key_id, &h->id))
        return;
    uint32_t kind = history_roll(h, 6);
    work_step *step = kind == 0 ? withdraw_fact : change_fact;
    EXPECT_OK(work_run(&h->t->env, WORK_WRITE, step, h, &h->t->fault));
    if (kind == 0 && history_roll(h, 2))
        EXPECT_OK(work_run(&h->t->env, WORK_WRITE, restore_fact, h, &h->t->fault));
}

struct follow_report history_follow(struct history *h)
{
    struct follow_report report = {0};
    enum err err = follower_round(h->follower, h->day, h->sweep_min, &report, &h->t->fault);
    if (err != ERR_OK)
        print_error("%s\n", h->t->fault.message);
    EXPECT_INT(ERR_OK, err);
    return report;
}

const struct vocab *history_vocab(void)
{
    return &city_fixture()->vocab;
}

void history_begin(struct history *h, struct store_fixture *t, uint64_t seed,
                   const struct incentive_policy *policy)
{
    *h = (struct history){.t = t, .dice = seed, .vocab = history_vocab(),
                          .policy = policy ? policy : incentive_fixture_policy("policy")};
    check(day_from_civil(2023, 8, 20, &h->day));
    given_city(t);
    EXPECT_OK(follower_new(&t->env, h->vocab, h->policy, &h->follower, &t->fault));
    EXPECT(history_follow(h).swept_because.size > 0);
}

void history_expect_as_a_sweep(struct history *h, int32_t step)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct sweep_request request = {.as_of_day = h->day,
                                    .known_at_ms = h->t->env.fixed_now_ms + 1000,
                                    .thread_count = 1, .mode = SWEEP_LOOK};
    struct sweep_report *report = NULL;
    const struct incentive_policy *policy = h->policy;
    EXPECT_OK(incentive_sweep(&h->t->env, h->vocab, policy, &request, &arena,
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

void history_end(struct history *h)
{
    follower_free(h->follower);
}
