/* Quotas that move although nobody changes, and what else hangs on others: what following leaves is
 * what a sweep would leave. */
#include "domain/incentive/incentive_follow.h"

#include "domain/registry/fact.h"
#include "incentive_history.h"

#define HEAD                                                                                      \
    "---\n文号: T1\n标题: 名额\n印发: 2023-01-01\n施行: 2023-01-01\n---\n"                         \
    "## 第一条 名额 {#a1}\n\n办法。\n\n"
#define ALIVE "```定义 在世\n对象  人员\n取值  死亡日期 > 截至日\n```\n"
#define GIVEN(quota)                                                                              \
    "```补贴 奖励\n对象  人员\n条件  在世 且 有 证书 满足 (证书状态 = 有效)\n"                     \
    "给予  1000元 每人每年\n" quota "\n```\n"

static const struct quota_case {
    const char *name, *text;
    bool needs_sweeps; /* nobody can say whom a fact touches */
} quota_cases[] = {
    {"a limit that is another from a day on",
     HEAD ALIVE "```参数 名额数 名\n2023-01-01 起  5\n2023-10-01 起  9\n2023-12-01 起  2\n```\n"
     GIVEN("名额  每 1年 至多 名额数 按 出生日期 升序, 编号 升序"), false},
    {"a limit by a parameter of a settlement, beside another grant",
     HEAD ALIVE "```参数 名额数 名\n2023-01-01 起  4\n2023-09-15 起  12\n```\n" GIVEN("")
     "```补贴 慰问\n对象  人员\n条件  在世 且 性别 = 女\n给予  500元 每人每年\n```\n"
     "```结算 先后\n名额  奖励 每 1年 至多 名额数 按 出生日期 降序, 编号 升序\n"
     "从高  奖励, 慰问\n```\n", false},
    {"a limit that is a share of the people",
     HEAD ALIVE "```定义 名额数\n取值  (计数 人员 满足 (在世 且 性别 = 女)) * 40%\n```\n"
     GIVEN("名额  每 1年 至多 名额数 按 出生日期 升序, 编号 升序"), true},
    {"a budget that pays in proportion",
     HEAD ALIVE "```资金 专项\n来源  市财政\n预算  2023年 2000元\n不足时  按比例\n```\n"
     GIVEN("资金  专项"), true},
    {"a budget that pays in an order",
     HEAD ALIVE "```资金 专项\n来源  市财政\n预算  2023年 20000元\n不足时  排队\n```\n"
     GIVEN("资金  专项"), true},
    {"a rule with a quota of its own and one of a settlement",
     HEAD ALIVE "```参数 名额数 名\n2023-01-01 起  2\n2023-10-01 起  7\n2023-11-15 起  1\n```\n"
     GIVEN("名额  每 1年 至多 9名 按 出生日期 升序, 编号 升序")
     "```结算 再限\n名额  奖励 每 1年 至多 名额数 按 出生日期 降序, 编号 升序\n```\n", true},
    {"an order by more keys than places hold",
     HEAD ALIVE GIVEN("名额  每 1年 至多 9名 按 学历 降序, 授权日期 升序, 死亡日期 升序, "
                      "出生日期 升序, 出生日期 降序, 学历 升序, 编号 升序"), true},
    {"a cap over what several people get",
     HEAD ALIVE GIVEN("") "```结算 合计\n封顶  3000元 于 奖励 按 学历\n```\n", true},
};

struct read_policy {
    struct arena arena;
    struct policy_source source;
    struct incentive_policy policy;
};

static void read_case(const struct quota_case *given, struct read_policy *read)
{
    arena_init(&read->arena, (size_t)64 << 20);
    read->source = (struct policy_source){STR("t.md"), str_from(given->text)};
    read->policy = (struct incentive_policy){.sources = &read->source, .source_count = 1};
    struct findings findings = {.arena = &read->arena};
    struct fault fault = {0};
    enum err err = policy_read(&read->arena, history_vocab(), &read->source, 1,
                               &read->policy.policy, &findings, &fault);
    for (int32_t i = 0; err != ERR_OK && i < findings.row_count; i++)
        print_error("%s, line %d: %.*s\n", given->name, findings.rows[i].span.line,
                    STR_ARG(findings.rows[i].message));
    EXPECT_INT(ERR_OK, err);
    EXPECT_OK(program_compile(&read->arena, read->policy.policy, &read->policy.program, &fault));
}

static bool something_changed(struct store_fixture *t)
{
    return store_fixture_number(t, "SELECT COUNT(*) FROM entitlement_difference") > 0;
}

/* Seven rounds, and more until some decision was changed by them. */
static void live_through(struct store_fixture *t, const struct quota_case *given)
{
    enum { STEPS = 7, STEPS_MAX = 60 };
    struct read_policy read;
    struct history h;
    int32_t swept_count = 0;
    read_case(given, &read);
    history_begin(&h, t, 21, &read.policy);
    for (int32_t step = 0; step < STEPS || (step < STEPS_MAX && !something_changed(t)); step++) {
        for (int32_t i = 0; i < 40 * (step % 2); i++) /* every other time nobody changes */
            history_something_happens(&h);
        h.day += 17;
        swept_count += history_follow(&h).swept_because.size > 0;
        history_expect_as_a_sweep(&h, step);
    }
    if ((swept_count > 0) != given->needs_sweeps)
        print_error("%s: %d sweeps\n", given->name, swept_count);
    EXPECT((swept_count > 0) == given->needs_sweeps);
    EXPECT(something_changed(t));
    history_end(&h);
    arena_done(&read.arena);
}

#define QUOTA_TEST(test_name, number)                                                             \
    STORE_TEST(test_name)                                                                         \
    {                                                                                             \
        live_through(t, &quota_cases[number]);                                                    \
    }

QUOTA_TEST(follower_round__moves_places_on_the_day_a_limit_changes, 0)
QUOTA_TEST(follower_round__moves_places_of_a_settlement_on_the_day_its_limit_changes, 1)
QUOTA_TEST(follower_round__sweeps_where_a_limit_counts_everybody, 2)
QUOTA_TEST(follower_round__sweeps_where_a_budget_is_shared, 3)
QUOTA_TEST(follower_round__sweeps_where_a_budget_is_spent_in_order, 4)
QUOTA_TEST(follower_round__sweeps_where_two_quotas_limit_one_rule, 5)
QUOTA_TEST(follower_round__sweeps_where_an_order_has_too_many_keys, 6)
QUOTA_TEST(follower_round__sweeps_where_several_people_share_a_cap, 7)

/* ---- a sweep only for what hangs on others ---- */

#define TWO_RULES                                                                                 \
    HEAD ALIVE "```资金 专项\n来源  市财政\n预算  2023年 20000元\n不足时  按比例\n```\n"           \
    GIVEN("资金  专项")                                                                            \
    "```补贴 慰问\n对象  人员\n条件  性别 = 女\n给予  500元 每人每年\n```\n"

static enum err change_sex(struct work *w, void *context)
{
    const struct history *h = context;
    struct fact fact;
    TRY(fact_read(w, REGISTRY_person, h->key_id, h->key_id, &fact));
    struct person *person = fact.record;
    person->sex = person->sex == sex_female ? sex_male : sex_female;
    fact.given = FACT_GIVEN_ALL;
    enum fact_outcome outcome;
    return fact_correct(w, &fact, &outcome);
}

static enum err revoke(struct work *w, void *context)
{
    const struct history *h = context;
    struct fact fact;
    TRY(fact_read(w, REGISTRY_certificate, h->key_id, h->id, &fact));
    struct certificate *certificate = fact.record;
    certificate->state = certificate_state_revoked;
    fact.given = FACT_GIVEN_ALL;
    enum fact_outcome outcome;
    return fact_correct(w, &fact, &outcome);
}

#define A_CERTIFICATE                                                                             \
    " FROM certificate WHERE gone_ms = 9223372036854775807 AND state = 1"                         \
    " ORDER BY person_id, id LIMIT 1"

STORE_TEST(follower_round__sweeps_only_for_facts_that_concern_what_hangs_on_others)
{
    const struct quota_case given = {"a budget beside a grant", TWO_RULES, true};
    struct read_policy read;
    struct history h;
    read_case(&given, &read);
    history_begin(&h, t, 33, &read.policy);
    history_follow(&h);
    h.key_id = store_fixture_number(t, "SELECT person_id" A_CERTIFICATE);
    h.id = store_fixture_number(t, "SELECT id" A_CERTIFICATE);
    t->env.fixed_now_ms += 1000;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, change_sex, &h, &t->fault));
    struct follow_report report = history_follow(&h);
    EXPECT_INT(0, report.swept_because.size);
    EXPECT_INT(1, report.holder_count);
    EXPECT_INT(1, report.new_count + report.ended_count);
    history_expect_as_a_sweep(&h, 0);
    t->env.fixed_now_ms += 1000;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, revoke, &h, &t->fault));
    EXPECT(history_follow(&h).swept_because.size > 0);
    history_expect_as_a_sweep(&h, 1);
    history_end(&h);
    arena_done(&read.arena);
}
