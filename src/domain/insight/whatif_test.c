#include "domain/insight/whatif_show.h"

#include "base/day.h"
#include "domain/city/city_fixture.h"
#include "registry_fixture.h"
#include "store_fixture.h"

#include <inttypes.h>

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
    struct whatif_request request = {.as_of_day = year_last_day(2023),
                                     .from_day = ABSENT_I32,
                                     .known_at_ms = FIXTURE_NOW_MS};
    struct whatif_report *report = ARENA_NEW(&arena, struct whatif_report);
    EXPECT_OK(insight_whatif(&t->env, &city_fixture()->vocab, base, draft, 1, &request, &arena,
                             report, &t->fault));
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
    EXPECT_INT(0, report->subjects_count);
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

static struct whatif_report *compare_forward(struct store_fixture *t,
                                             const struct incentive_policy *base,
                                             const struct incentive_policy *draft)
{
    struct whatif_request request = {.as_of_day = year_last_day(2023),
                                     .from_day = year_first_day(2023),
                                     .known_at_ms = FIXTURE_NOW_MS, .by_month = true};
    struct whatif_report *report = ARENA_NEW(&arena, struct whatif_report);
    EXPECT_OK(insight_whatif(&t->env, &city_fixture()->vocab, base, draft, 1, &request, &arena,
                             report, &t->fault));
    return report;
}

static void set_budget(const struct incentive_policy *policy, const char *text)
{
    struct policy_setting setting;
    struct override_error error;
    EXPECT_OK(policy_read_budget(&arena, policy->policy, str_from(text), &setting, &error,
                                 &city_fixture()->fault));
    EXPECT(policy_apply_setting(&arena, policy->policy, &setting));
}

static const struct whatif_fund *fund_named(const struct whatif_report *report, const char *name)
{
    for (int32_t i = 0; i < report->fund_count; i++)
        if (str_equal_text(report->funds[i].name, name))
            return &report->funds[i];
    return NULL;
}

STORE_TEST(insight_whatif__explains_whom_it_touches_in_words)
{
    given_city(t);
    struct incentive_policy base, draft;
    read_jining(&base);
    read_draft(&draft, "首席技师管理期=1个月");
    struct whatif_report *report = compare(t, &base, &draft);
    const struct whatif_case *lost = NULL;
    for (int32_t i = 0; i < report->case_count && !lost; i++)
        if (str_equal_text(report->cases[i].rule, "首席技师津贴") &&
            report->cases[i].draft_count < report->cases[i].base_count)
            lost = &report->cases[i];
    EXPECT(lost != NULL);
    EXPECT(lost->name.size > 0 && lost->division.size > 0);
    EXPECT(str_find(lost->why, STR("草案下不满足")) != SIZE_MAX);
    EXPECT(str_find(lost->why, STR("参数“首席技师管理期”由 48个月 变为 1个月")) != SIZE_MAX);
    EXPECT(lost->reason_count > 0);
    EXPECT_STR("是", lost->reasons[0].base);
    EXPECT_STR("否", lost->reasons[0].draft);
    EXPECT(lost->base_count > 1); /* months */
    EXPECT(lost->draft_fen < lost->base_fen);
}

STORE_TEST(insight_whatif__counts_each_person_once_and_puts_them_in_bands)
{
    given_city(t);
    struct incentive_policy base, draft;
    read_jining(&base);
    read_draft(&draft, "首席技师管理期=1个月");
    struct whatif_report *report = compare(t, &base, &draft);
    EXPECT_INT(1, report->subjects_count);
    const struct whatif_subjects *people = &report->subjects[0];
    EXPECT(people->lost_count > 0);
    EXPECT(people->lost_count < report->total.lost_count); /* decisions are months */
    EXPECT_INT(people->less_count, people->lost_count);
    int64_t count = 0;
    for (int32_t b = 0; b < people->band_count; b++)
        count += people->bands[b].count;
    EXPECT_INT(people->changed_count, count);
}

/* What the months bring is what the year brings, to the fen, and a budget is dry in the month in
 * which the running sum passes it, not in the one before. */
STORE_TEST(insight_whatif__runs_funds_forward_month_by_month)
{
    given_city(t);
    struct incentive_policy base, draft;
    read_jining(&base);
    read_draft(&draft, "首席技师管理期=1个月");
    struct whatif_report *report = compare_forward(t, &base, &draft);
    EXPECT_INT(12, report->month_count);
    const struct whatif_fund *fund = fund_named(report, "技能人才培养专项经费");
    EXPECT(fund != NULL && fund->year_count == 1);
    int64_t sum_fen = 0, to_september_fen = 0;
    for (int32_t m = 0; m < 12; m++) {
        sum_fen += fund->month_fen[0][m];
        to_september_fen += m < 9 ? fund->month_fen[0][m] : 0;
    }
    EXPECT_INT(sum_fen, fund->years[0].need_fen[0]);
    EXPECT_INT(ABSENT_I32, fund->years[0].dry_month[0]);
    EXPECT(fund->month_fen[0][9] > 0);
    char budget[100];
    snprintf(budget, sizeof budget, "技能人才培养专项经费=%" PRId64, to_september_fen / 100);
    set_budget(&base, budget);
    const struct whatif_fund *dry =
        fund_named(compare_forward(t, &base, &draft), "技能人才培养专项经费");
    EXPECT_INT(2023 * 12 + 9, dry->years[0].dry_month[0]);
    EXPECT_INT(sum_fen - to_september_fen, dry->years[0].short_fen[0]);
    EXPECT_INT(ABSENT_I64, dry->years[0].budget_fen[1]);
}

STORE_TEST(insight_whatif__holds_quotas_beside_each_other)
{
    given_city(t);
    struct incentive_policy base, draft;
    read_jining(&base);
    read_jining(&draft);
    struct whatif_report *report = compare(t, &base, &draft);
    EXPECT(report->quota_count > 0);
    for (int32_t i = 0; i < report->quota_count; i++) {
        const struct whatif_quota *quota = &report->quotas[i];
        EXPECT(quota->base_limit == ABSENT_I64 || quota->base_granted <= quota->base_limit);
        EXPECT_INT(quota->base_granted, quota->draft_granted);
    }
}

/* A series answers what as many independent runs answer, whichever way it is worked out. */
static void expect_series(struct store_fixture *t, const char *series_text, const char *format,
                          int64_t unit, enum whatif_sweep_way way)
{
    struct incentive_policy base, draft;
    read_jining(&base);
    read_jining(&draft);
    struct policy_series series;
    struct override_error error;
    EXPECT_OK(policy_read_series(&arena, draft.policy, str_from(series_text), &series, &error,
                                 &t->fault));
    struct whatif_request request = {.as_of_day = year_last_day(2023), .from_day = ABSENT_I32,
                                     .known_at_ms = FIXTURE_NOW_MS};
    struct whatif_sweep sweep;
    EXPECT_OK(insight_whatif_sweep(&t->env, &city_fixture()->vocab, &base, draft.policy, &series,
                                   &request, &arena, &sweep, &t->fault));
    EXPECT_INT(way, sweep.way);
    EXPECT(sweep.row_count >= 3);
    for (int32_t i = 0; i < sweep.row_count; i++) {
        char setting[100];
        snprintf(setting, sizeof setting, format, sweep.rows[i].value / unit);
        struct incentive_policy alone;
        read_draft(&alone, setting);
        struct whatif_change wanted = compare(t, &base, &alone)->total;
        const struct whatif_change *got = &sweep.rows[i].change;
        EXPECT(memcmp(&wanted, got, sizeof wanted) == 0);
    }
}

STORE_TEST(insight_whatif_sweep__answers_as_independent_runs_do)
{
    given_city(t);
    expect_series(t, "载体建设补助=3万元..9万元/2万元", "载体建设补助=%" PRId64 "元", 100,
                  SWEEP_LINEAR);
    expect_series(t, "首席技师管理期=1..25/12", "首席技师管理期=%" PRId64 "个月", 1,
                  SWEEP_PROGRAMS);
}

TEST(policy_read_setting__suggests_a_near_name_and_a_form_in_both_languages)
{
    arena_done(&arena);
    arena_init(&arena, (size_t)256 << 20);
    struct incentive_policy policy;
    read_jining(&policy);
    static const struct {
        const char *setting, *zh, *en;
    } cases[] = {
        {"载体建设补贴=8万元", "是不是“载体建设补助”？", "Did you mean '载体建设补助'?"},
        {"建设补助=8万元", "是不是“载体建设补助”？", "Did you mean '载体建设补助'?"},
        {"载体建设补助=8个月", "请写成 8万元 这样。", "Write it like 8万元."},
        {"载体建设补助", "请写成 名称=值（NAME=VALUE）。", "Write 名称=值（NAME=VALUE）."},
        {"载体建设补助(技师)=8万元", "去掉圆括号。", "Leave the parentheses out."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct policy_setting setting;
        struct override_error error;
        struct fault fault = {0};
        EXPECT_ERR(ERR_POLICY, policy_read_setting(&arena, policy.policy,
                                                   str_from(cases[i].setting), &setting, &error,
                                                   &fault));
        EXPECT_STR(cases[i].zh, error.hint[SPELLING_ZH]);
        EXPECT_STR(cases[i].en, error.hint[SPELLING_EN]);
    }
}

TEST(policy_read_series__takes_bare_numbers_in_the_parameters_unit)
{
    arena_done(&arena);
    arena_init(&arena, (size_t)256 << 20);
    struct incentive_policy policy;
    read_jining(&policy);
    struct policy_series series;
    struct override_error error;
    struct fault fault = {0};
    EXPECT_OK(policy_read_series(&arena, policy.policy, STR("载体建设补助=3000..10000/500"),
                                 &series, &error, &fault));
    EXPECT_INT(300000, series.setting.value);
    EXPECT_INT(15, policy_series_count(&series));
    static const char *const wrong[] = {"载体建设补助=3000..10000", "载体建设补助=5..1/1",
                                        "载体建设补助=1..2/0", "载体建设补助=1..100000000/1",
                                        "载体建设补助=3000..10个月/500"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        EXPECT_ERR(ERR_POLICY, policy_read_series(&arena, policy.policy, str_from(wrong[i]),
                                                  &series, &error, &fault));
        EXPECT(error.message[SPELLING_ZH].size > 0 && error.hint[SPELLING_EN].size > 0);
    }
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

/* With two drafts there are two sections of cases; what stands around them stays. */
TEST(whatif_without_cases__takes_out_what_tells_of_single_people)
{
    arena_done(&arena);
    arena_init(&arena, (size_t)1 << 20);
    struct str left = whatif_without_cases(
        &arena, STR("<section class=\"flow\">1</section>"
                    "<section class=\"flow whatif-cases\"><h2>x</h2>张*</section>2"
                    "<section class=\"flow whatif-cases\">y</section>3"));
    EXPECT_STR("<section class=\"flow\">1</section>23", left);
    EXPECT_STR("a", whatif_without_cases(&arena, STR("a<section class=\"flow whatif-cases\">b")));
    EXPECT_STR("", whatif_without_cases(&arena, STR("")));
}
