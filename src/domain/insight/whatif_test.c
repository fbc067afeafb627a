#include "domain/insight/whatif.h"

#include "base/day.h"
#include "domain/city/city_fixture.h"
#include "registry_fixture.h"
#include "store_fixture.h"

enum { PEOPLE = 1200, SEED = 11 };

static struct arena arena;

static void read_jining(struct incentive_policy *ret_policy)
{
    struct city_fixture *city = city_fixture();
    char path[600];
    snprintf(path, sizeof path, "%s/policy/jining", getenv("BAIGONG_SOURCE_ROOT"));
    struct findings findings = {.arena = &arena};
    EXPECT_OK(incentive_policy_read(&arena, &city->vocab, path, ret_policy, &findings,
                                    &city->fault));
}

static void given_city(struct store_fixture *t)
{
    arena_done(&arena);
    arena_init(&arena, (size_t)256 << 20);
    t->env.secrets = registry_fixture_secrets();
    const struct city_plan *plan = city_fixture_plan("jining", PEOPLE, SEED);
    EXPECT_OK(city_fill(&t->env, plan, (struct city_progress){NULL, NULL}, &t->fault));
}

/* The document of Jining with one parameter set. */
static void read_draft(struct incentive_policy *ret_draft, const char *setting)
{
    struct findings findings;
    read_jining(ret_draft);
    EXPECT_OK(policy_set_parameter(&arena, ret_draft->policy, str_from(setting), &findings,
                                   &city_fixture()->fault));
    EXPECT_OK(program_compile(&arena, ret_draft->policy, &ret_draft->program,
                              &city_fixture()->fault));
}

static struct whatif_report *compare(struct store_fixture *t, const struct incentive_policy *base,
                                     const struct incentive_policy *draft)
{
    struct insight_request request = {.as_of_day = year_last_day(2023),
                                      .known_at_ms = FIXTURE_NOW_MS};
    struct whatif_report *report = NULL;
    EXPECT_OK(insight_whatif(&t->env, &city_fixture()->vocab, base, draft, &request, &arena,
                             &report, &t->fault));
    return report;
}

static const struct whatif_group *rule_named(const struct whatif_report *report, const char *name)
{
    for (int32_t i = 0; i < report->group_counts[WHATIF_BY_RULE]; i++) {
        if (str_equal_text(report->groups[WHATIF_BY_RULE][i].name, name))
            return &report->groups[WHATIF_BY_RULE][i];
    }
    return NULL;
}

STORE_TEST(insight_whatif__finds_no_difference_between_a_policy_and_itself)
{
    given_city(t);
    struct incentive_policy base, draft;
    read_jining(&base);
    read_jining(&draft);
    struct whatif_report *report = compare(t, &base, &draft);
    EXPECT(report->total.base_fen > 0);
    EXPECT_INT(report->total.base_fen, report->total.draft_fen);
    EXPECT_INT(0, report->total.won_count + report->total.lost_count + report->total.more_count);
    EXPECT_INT(0, report->group_counts[WHATIF_BY_DIVISION]);
    EXPECT_INT(0, report->case_count);
}

STORE_TEST(insight_whatif__prices_a_parameter_to_the_fen_in_every_grouping)
{
    given_city(t);
    struct incentive_policy base, draft;
    read_jining(&base);
    read_draft(&draft, "载体建设补助=8万元");
    struct whatif_report *report = compare(t, &base, &draft);
    const struct whatif_group *rule = rule_named(report, "基地工作室建设补助");
    EXPECT(rule != NULL && rule->change.more_count > 0);
    int64_t raise_fen = rule->change.more_count * 3000000;
    EXPECT_INT(raise_fen, rule->change.draft_fen - rule->change.base_fen);
    EXPECT_INT(raise_fen, report->total.draft_fen - report->total.base_fen);
    for (int by = WHATIF_BY_FUND; by <= WHATIF_BY_DIVISION; by++) {
        int64_t sum_fen = 0;
        for (int32_t i = 0; i < report->group_counts[by]; i++)
            sum_fen += report->groups[by][i].change.draft_fen -
                       report->groups[by][i].change.base_fen;
        EXPECT_INT(raise_fen, sum_fen);
    }
    EXPECT(report->case_count > 0);
    EXPECT_INT(3000000, report->cases[0].draft_fen - report->cases[0].base_fen);
}

STORE_TEST(insight_whatif__counts_who_wins_and_who_loses)
{
    given_city(t);
    struct incentive_policy base, draft;
    read_jining(&base);
    read_draft(&draft, "首席技师管理期=1个月");
    struct whatif_report *report = compare(t, &base, &draft);
    const struct whatif_group *rule = rule_named(report, "首席技师津贴");
    EXPECT(rule != NULL && rule->change.lost_count > 0);
    EXPECT_INT(0, rule->change.won_count);
    struct whatif_report *back = compare(t, &draft, &base);
    EXPECT_INT(rule->change.lost_count, rule_named(back, "首席技师津贴")->change.won_count);
    EXPECT_INT(report->total.draft_fen, back->total.base_fen);
}

TEST(policy_set_parameter__says_what_is_wrong_with_a_setting)
{
    arena_done(&arena);
    arena_init(&arena, (size_t)256 << 20);
    struct incentive_policy policy;
    read_jining(&policy);
    static const char *const settings[] = {"载体建设补助=8个", "没有=1元", "载体建设补助", "",
                                           "载体建设补助=8万元 9", "载体建设补助(技师)=8万元"};
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        struct findings findings;
        struct fault fault = {0};
        EXPECT_ERR(ERR_POLICY, policy_set_parameter(&arena, policy.policy,
                                                    str_from(settings[i]), &findings, &fault));
        EXPECT(fault.message[0] != '\0');
    }
}
