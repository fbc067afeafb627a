#include "domain/incentive/incentive.h"

#include "base/day.h"
#include "domain/city/city_fixture.h"
#include "policy/reference.h"
#include "registry_fixture.h"
#include "store_fixture.h"

enum { PEOPLE = 1200, SEED = 7 };

struct read_policy {
    struct incentive_policy policy;
    struct arena arena;
};

/* Documents below a folder, read once for the process. */
static const struct incentive_policy *policy_of(const char *folder, struct read_policy *read)
{
    if (read->policy.program)
        return &read->policy;
    struct city_fixture *city = city_fixture();
    arena_init(&read->arena, (size_t)256 << 20);
    char path[600];
    snprintf(path, sizeof path, "%s/%s", getenv("BAIGONG_SOURCE_ROOT"), folder);
    struct findings findings = {.arena = &read->arena};
    enum err err = incentive_policy_read(&read->arena, &city->vocab, path, &read->policy,
                                         &findings, &city->fault);
    if (err != ERR_OK)
        print_error("%s\n", city->fault.message);
    EXPECT_INT(ERR_OK, err);
    return &read->policy;
}

static const struct incentive_policy *jining(void)
{
    static struct read_policy read;
    return policy_of("policy/jining", &read);
}

static const struct incentive_policy *nation(void)
{
    static struct read_policy read;
    return policy_of("policy/national", &read);
}

static void given_city(struct store_fixture *t)
{
    t->env.secrets = registry_fixture_secrets();
    const struct city_plan *plan = city_fixture_plan("jining", PEOPLE, SEED);
    EXPECT_OK(city_fill(&t->env, plan, (struct city_progress){NULL, NULL}, &t->fault));
}

static int32_t day(const char *text)
{
    int32_t value = 0;
    check(day_parse(str_from(text), &value));
    return value;
}

static enum err sweep_of(struct store_fixture *t, const struct incentive_policy *policy,
                         const char *as_of, enum sweep_mode mode, struct arena *arena,
                         struct sweep_report **ret_report)
{
    struct sweep_request request = {
        .as_of_day = day(as_of), .known_at_ms = FIXTURE_NOW_MS, .thread_count = 1, .mode = mode};
    return incentive_sweep(&t->env, &city_fixture()->vocab, policy, &request, arena, ret_report,
                           NULL, NULL, &t->fault);
}

static enum err try_sweep(struct store_fixture *t, const char *as_of, enum sweep_mode mode,
                          struct arena *arena, struct sweep_report **ret_report)
{
    return sweep_of(t, jining(), as_of, mode, arena, ret_report);
}

static struct sweep_report *sweep(struct store_fixture *t, const char *as_of,
                                  enum sweep_mode mode, struct arena *arena)
{
    struct sweep_report *report = NULL;
    enum err err = try_sweep(t, as_of, mode, arena, &report);
    if (err != ERR_OK)
        print_error("%s\n", t->fault.message);
    EXPECT_INT(ERR_OK, err);
    return report;
}

static int64_t stored_count(struct store_fixture *t)
{
    return store_fixture_number(
        t, "SELECT COUNT(*) FROM entitlement WHERE gone_ms = 9223372036854775807");
}

STORE_TEST(incentive_sweep__changes_nothing_the_second_time)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    given_city(t);
    struct sweep_report *first = sweep(t, "2023-12-31", SWEEP_STORE, &arena);
    EXPECT(first->new_count > 0);
    EXPECT_INT(0, first->changed_count + first->ended_count + first->unchanged_count);
    EXPECT_INT(first->new_count, stored_count(t));
    int64_t event_count = store_fixture_number(t, "SELECT COUNT(*) FROM event");
    struct sweep_report *second = sweep(t, "2023-12-31", SWEEP_STORE, &arena);
    EXPECT_INT(0, second->new_count + second->changed_count + second->ended_count);
    EXPECT_INT(first->new_count, second->unchanged_count);
    EXPECT_INT(first->amount_fen, second->amount_fen);
    EXPECT_INT(event_count, store_fixture_number(t, "SELECT COUNT(*) FROM event"));
    EXPECT_INT(1, store_fixture_number(t, "SELECT COUNT(*) FROM sweep_run"));
    arena_done(&arena);
}

/* What a sweep reports is what the reference evaluator finds, rule by rule; what it stores is that
 * without the rights that are on no list. */
static void expect_as_reference(struct store_fixture *t, const struct incentive_policy *policy)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    given_city(t);
    struct sweep_report *report = NULL;
    EXPECT_OK(sweep_of(t, policy, "2023-12-31", SWEEP_STORE, &arena, &report));
    struct world *world = NULL;
    EXPECT_OK(city_world(city_fixture_plan("jining", PEOPLE, SEED), &world, &t->fault));
    struct eval_request request = {.as_of_day = day("2023-12-31"), .since_day = ABSENT_I32};
    struct eval_result *reference = NULL;
    EXPECT_OK(reference_run(policy->policy, world, &request, &reference, &t->fault));
    EXPECT_INT(reference->total_count, report->rule_count);
    int64_t amount_fen = 0, kept_count = 0;
    for (int32_t i = 0; i < reference->total_count; i++) {
        const struct rule_total *expected = &reference->totals[i];
        const struct rule_total *found = &report->rules[i].found;
        EXPECT_INT(expected->statement, found->statement);
        EXPECT_INT(expected->granted_count, found->granted_count);
        EXPECT_INT(expected->ask_count, found->ask_count);
        EXPECT_INT(expected->subject_count, found->subject_count);
        EXPECT_INT(expected->amount_fen, found->amount_fen);
        amount_fen += expected->amount_fen;
        if (!report->rules[i].on_demand)
            kept_count += expected->granted_count + expected->ask_count;
    }
    EXPECT(amount_fen > 0);
    EXPECT_INT(amount_fen,
               store_fixture_number(t, "SELECT CAST(SUM(amount_fen) AS bigint) FROM entitlement"
                                       " WHERE gone_ms = 9223372036854775807"));
    EXPECT(kept_count < reference->decision_count);
    EXPECT_INT(kept_count, stored_count(t));
    eval_result_free(reference);
    world_free(world);
    arena_done(&arena);
}

/* Without a digest, or with one that is not that of what stands, the rule is read and compared. */
STORE_TEST(incentive_sweep__finds_the_same_with_and_without_digests)
{
    static const char *const scripts[] = {
        "SELECT 1", "DELETE FROM entitlement_digest",
        "UPDATE entitlement_digest SET claim_sum = 7",
        "UPDATE entitlement_digest SET period_min = period_min - 1",
    };
    struct arena arena;
    arena_init(&arena, 64 << 20);
    given_city(t);
    struct sweep_report *first = sweep(t, "2023-12-31", SWEEP_STORE, &arena);
    const char *kept = "SELECT CAST(SUM(claim_count) AS bigint) FROM entitlement_digest";
    EXPECT_INT(first->new_count, store_fixture_number(t, kept));
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        store_fixture_script(t, scripts[i]);
        struct sweep_report *again = sweep(t, "2023-12-31", SWEEP_STORE, &arena);
        EXPECT_INT(0, again->new_count + again->changed_count + again->ended_count);
        EXPECT_INT(first->new_count, again->unchanged_count);
        EXPECT_INT(first->new_count, store_fixture_number(t, kept));
    }
    arena_done(&arena);
}

STORE_TEST(digest_forget__goes_with_a_change_of_the_rule)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    given_city(t);
    sweep(t, "2023-06-30", SWEEP_STORE, &arena);
    struct sweep_report *later = sweep(t, "2023-12-31", SWEEP_STORE, &arena);
    EXPECT(later->new_count + later->ended_count > 0);
    struct sweep_report *again = sweep(t, "2023-12-31", SWEEP_STORE, &arena);
    EXPECT_INT(0, again->new_count + again->changed_count + again->ended_count);
    EXPECT_INT(later->unchanged_count + later->changed_count + later->new_count,
               again->unchanged_count);
    arena_done(&arena);
}

STORE_TEST(incentive_sweep__stores_what_the_reference_evaluator_finds_to_the_fen)
{
    expect_as_reference(t, jining());
}

STORE_TEST(incentive_sweep__counts_rights_that_are_on_no_list_and_stores_the_others)
{
    expect_as_reference(t, nation());
}

STORE_TEST(incentive_sweep__refuses_an_earlier_day_but_looks_back_without_storing)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    given_city(t);
    sweep(t, "2023-12-31", SWEEP_STORE, &arena);
    int64_t count = stored_count(t);
    struct sweep_report *report = NULL;
    EXPECT_ERR(ERR_SWEEP_EARLIER, try_sweep(t, "2023-12-30", SWEEP_STORE, &arena, &report));
    EXPECT(strstr(t->fault.hint, "--dry-run") != NULL);
    sweep(t, "2023-06-30", SWEEP_LOOK, &arena);
    EXPECT_INT(count, stored_count(t));
    arena_done(&arena);
}

STORE_TEST(incentive_sweep__keeps_what_earlier_years_were_granted)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    given_city(t);
    struct sweep_report *first = sweep(t, "2023-12-31", SWEEP_STORE, &arena);
    struct sweep_report *next = sweep(t, "2024-01-31", SWEEP_STORE, &arena);
    EXPECT(stored_count(t) >= first->new_count - next->ended_count);
    EXPECT(store_fixture_number(t, "SELECT COUNT(*) FROM entitlement WHERE period = 2023"
                                   " AND gone_ms = 9223372036854775807") > 0);
    arena_done(&arena);
}

struct listed {
    enum lane lane;
    const char *rule;
    int64_t id;
    struct text_buf words;
    struct arena arena;
    enum lane explained_lane;
    int32_t missing_count;
};

static enum err explain_first(struct work *w, void *context)
{
    struct listed *listed = context;
    const struct policy *policy = jining()->policy;
    struct entitlement_line *lines;
    int32_t count;
    TRY(incentive_list(w, policy->documents[0].number, str_from(listed->rule), listed->lane, 0, 5,
                       &lines, &count));
    if (count == 0)
        return fail(w, ERR_NOT_FOUND, "nobody in this lane");
    struct entitlement_explanation e;
    TRY(incentive_explain(w, &city_fixture()->vocab, lines[0].id, &e));
    listed->id = lines[0].id;
    listed->explained_lane = e.explanation->lane;
    listed->missing_count = e.explanation->missing_count;
    text_init(&listed->words, &listed->arena);
    explain_print(&listed->words, e.policy, e.world, e.explanation, SPELLING_ZH, NULL, NULL);
    world_free(e.world);
    return ERR_OK;
}

/* The figures of each rule are those of the lines that `found` lists. */
static enum err compare_figures(struct work *w, void *context)
{
    const struct policy *policy = jining()->policy;
    int64_t *ret_granted_count = context;
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (statement->kind < STATEMENT_GRANT || statement->kind > STATEMENT_ADMIT)
            continue;
        struct str number = policy->documents[statement->document].number;
        struct entitlement_figures figures;
        struct entitlement_line *lines;
        int32_t line_count, ask_count;
        TRY(incentive_figures(w, number, statement->name, &figures));
        TRY(incentive_list(w, number, statement->name, LANE_ASK, 0, 10000, &lines, &ask_count));
        TRY(incentive_list(w, number, statement->name, LANE_GRANTED, 0, 10000, &lines,
                           &line_count));
        int64_t amount_fen = 0, open_count = 0;
        for (int32_t k = 0; k < line_count; k++) {
            bool open = lines[k].amount_fen == ABSENT_I64;
            open_count += open;
            amount_fen += open ? 0 : lines[k].amount_fen;
        }
        EXPECT_INT(line_count, figures.granted_count);
        EXPECT_INT(ask_count, figures.ask_count);
        EXPECT_INT(open_count, figures.open_count);
        EXPECT_INT(amount_fen, figures.amount_fen);
        *ret_granted_count += line_count;
    }
    return ERR_OK;
}

STORE_TEST(incentive_figures__are_the_sums_of_what_is_listed)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    given_city(t);
    sweep(t, "2023-12-31", SWEEP_STORE, &arena);
    int64_t granted_count = 0;
    EXPECT_OK(work_run(&t->env, WORK_READ, compare_figures, &granted_count, &t->fault));
    EXPECT(granted_count > 0);
    arena_done(&arena);
}

STORE_TEST(incentive_explain__replays_a_grant_with_its_article_and_facts)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    given_city(t);
    sweep(t, "2023-12-31", SWEEP_STORE, &arena);
    struct listed listed = {.lane = LANE_GRANTED, .rule = "首席技师津贴"};
    arena_init(&listed.arena, 16 << 20);
    EXPECT_OK(work_run(&t->env, WORK_READ, explain_first, &listed, &t->fault));
    EXPECT_INT(LANE_GRANTED, listed.explained_lane);
    struct str words = text_str(&listed.words);
    EXPECT(str_find(words, STR("第十七条")) != SIZE_MAX);
    EXPECT(str_find(words, STR("授予日期")) != SIZE_MAX);
    EXPECT(str_find(words, STR("1,000元")) != SIZE_MAX);
    arena_done(&listed.arena);
    arena_done(&arena);
}

STORE_TEST(incentive_explain__names_the_missing_fact_of_a_question)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    given_city(t);
    sweep(t, "2023-12-31", SWEEP_STORE, &arena);
    struct listed listed = {.lane = LANE_ASK, .rule = "紧缺高技能人才培训补贴"};
    arena_init(&listed.arena, 16 << 20);
    EXPECT_OK(work_run(&t->env, WORK_READ, explain_first, &listed, &t->fault));
    EXPECT_INT(LANE_ASK, listed.explained_lane);
    EXPECT(listed.missing_count >= 1);
    arena_done(&listed.arena);
    arena_done(&arena);
}

static enum err explain_unknown(struct work *w, void *context)
{
    (void)context;
    struct entitlement_explanation e;
    return incentive_explain(w, &city_fixture()->vocab, 12345, &e);
}

STORE_TEST(incentive_explain__says_so_when_there_is_no_such_entitlement)
{
    EXPECT_ERR(ERR_NOT_FOUND, work_run(&t->env, WORK_READ, explain_unknown, NULL, &t->fault));
    EXPECT(strstr(t->fault.message, "12345") != NULL);
}

STORE_TEST(incentive_sweep__leaves_the_database_as_before_whichever_call_fails)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    given_city(t);
    struct db_fault_plan plan = {0};
    store_fixture_reopen(t, &(struct store_options){.fault_plan = &plan});
    for (int64_t n = 1; n < 400; n += 13) {
        plan = (struct db_fault_plan){.fail_at_call = n, .code = ERR_STORE};
        struct sweep_report *report = NULL;
        enum err err = try_sweep(t, "2023-12-31", SWEEP_STORE, &arena, &report);
        bool failed = plan.failed;
        plan = (struct db_fault_plan){0};
        if (!failed)
            break;
        EXPECT_INT(ERR_STORE, err);
        EXPECT_INT(0, stored_count(t));
        EXPECT_INT(0, store_fixture_number(t, "SELECT COUNT(*) FROM policy_edition"));
    }
    arena_done(&arena);
}
