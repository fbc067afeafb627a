/* One fact away, held against the obvious: every person, every condition, one at a time. */
#include "domain/insight/away_variant.h"

#include "base/day.h"
#include "domain/city/city_fixture.h"
#include "domain/registry/registry_facts.h"
#include "policy/reference.h"
#include "policy/settle.h"
#include "registry_fixture.h"
#include "store_fixture.h"

#include <stdlib.h>

enum { PEOPLE = 1500, SEED = 23 };

static struct arena arena;
static struct incentive_policy policy;
static struct world *world;

static void given_city(struct store_fixture *t)
{
    arena_done(&arena);
    arena_init(&arena, (size_t)512 << 20);
    t->env.secrets = registry_fixture_secrets();
    const struct city_plan *plan = city_fixture_plan("jining", PEOPLE, SEED);
    EXPECT_OK(city_fill(&t->env, plan, (struct city_progress){NULL, NULL}, &t->fault));
    struct city_fixture *city = city_fixture();
    char path[600];
    snprintf(path, sizeof path, "%s/policy/jining", getenv("BAIGONG_SOURCE_ROOT"));
    struct findings findings = {.arena = &arena};
    EXPECT_OK(
        incentive_policy_read(&arena, &city->vocab, path, &policy, &findings, &city->fault));
    world_free(world);
    EXPECT_OK(registry_load_world_fast(&t->env, &city->vocab, FIXTURE_NOW_MS, 1, &world,
                                       &t->fault));
}

static const struct away_request request = {.as_of_day = 19722, .known_at_ms = 0,
                                            .with_ids = true}; /* 2023-12-31 */

static struct away_report *look(struct store_fixture *t, const char *name)
{
    int32_t statement = policy_statement(policy.policy, str_from(name));
    EXPECT(statement >= 0);
    struct away_report *report = NULL;
    EXPECT_OK(insight_away_in(world, policy.policy, statement, &request, &arena, &report,
                              &t->fault));
    return report;
}

/* ---- the obvious way ---- */

static bool holds(const struct expr *expr, int32_t table, int32_t row,
                  const struct reference_moment *moment)
{
    return !expr || reference_value(policy.policy, world, expr, table, row, moment) == 1;
}

/* Conditions joined by AND, definitions taken apart, in the order of away_leaves without those
 * inside collections. */
static int32_t conjuncts(const struct expr *expr, const struct expr **list, int32_t count)
{
    if (!expr)
        return count;
    const struct expr *open = expr;
    while (open->kind == EXPR_DEFINE && open->scope == 0 && open->up == 0 && open->through < 0 &&
           policy.policy->statements[open->statement].as.define->value)
        open = policy.policy->statements[open->statement].as.define->value;
    if (open->kind != EXPR_AND) {
        list[count] = expr;
        return count + 1;
    }
    for (int32_t i = 0; i < open->child_count; i++)
        count = conjuncts(open->children[i], list, count);
    return count;
}

/* The amount of a subject's decisions when only `missing` fails, 0 when that is not so. */
static int64_t amount_but_for(const struct rule *rule, const struct expr *missing, int32_t row,
                              const struct reference_moment *moment, bool *ret_near)
{
    const struct expr *where[AWAY_CONDITIONS_MAX], *each_where[AWAY_CONDITIONS_MAX];
    int32_t where_count = conjuncts(rule->where, where, 0);
    int32_t each_count = rule->each >= 0 ? conjuncts(rule->each_where, each_where, 0) : 0;
    for (int32_t i = 0; i < where_count; i++)
        if (where[i] != missing && !holds(where[i], rule->subject, row, moment))
            return 0;
    int32_t first = row, end = row + 1, table = rule->subject;
    if (rule->each >= 0) {
        table = rule->each;
        first = world->tables[table].first_row[row];
        end = world->tables[table].first_row[row + 1];
    }
    int64_t amount_fen = 0;
    for (int32_t basis = first; basis < end; basis++) {
        bool all = true;
        for (int32_t i = 0; i < each_count; i++)
            all = all && (each_where[i] == missing || holds(each_where[i], table, basis, moment));
        int64_t value = rule->amount_kind == AMOUNT_EXACT
                            ? reference_value(policy.policy, world, rule->amount, table, basis,
                                              moment)
                            : 0;
        bool pays = rule->amount_kind != AMOUNT_EXACT || (value != 0 && value != ABSENT_I64);
        if (!all || !pays)
            continue;
        *ret_near = true;
        amount_fen += value;
    }
    return amount_fen;
}

/* How many subjects have no decision now but would with one condition met, and for how much. */
static void count_but_for(int32_t statement, const struct expr *missing, int64_t *ret_count,
                          int64_t *ret_amount_fen)
{
    const struct rule *rule = policy.policy->statements[statement].as.rule;
    struct eval_request eval = {.as_of_day = request.as_of_day, .since_day = ABSENT_I32};
    *ret_count = *ret_amount_fen = 0;
    for (int32_t row = 0; row < world->tables[rule->subject].row_count; row++) {
        bool has = false, near = false;
        int64_t amount_fen = 0;
        for (int32_t i = 0; i < rule_period_count(policy.policy, statement, &eval); i++) {
            struct rule_period period = rule_period_at(policy.policy, statement, &eval, i);
            (void)amount_but_for(rule, NULL, row, &period.moment, &has);
            amount_fen += amount_but_for(rule, missing, row, &period.moment, &near);
        }
        *ret_count += near && !has;
        *ret_amount_fen += near && !has ? amount_fen : 0;
    }
}

static const struct away_condition *condition_of(const struct away_report *report,
                                                 const struct expr *expr)
{
    struct text_buf words;
    text_init(&words, &arena);
    policy_print_expr(&words, policy.policy, expr, SPELLING_ZH);
    struct str text = words.size ? text_str(&words) : expr->span.text;
    for (int32_t k = 0; k < report->condition_count; k++)
        if (report->conditions[k].kind == AWAY_CONDITION &&
            str_equal(report->conditions[k].words, text))
            return &report->conditions[k];
    return NULL;
}

static bool is_whole(int32_t statement, const struct expr *expr)
{
    struct away_leaf leaves[AWAY_CONDITIONS_MAX];
    int32_t leaf_count;
    EXPECT(away_leaves(policy.policy, statement, request.as_of_day, leaves, &leaf_count));
    for (int32_t i = 0; i < leaf_count; i++)
        if (leaves[i].condition == expr)
            return leaves[i].is_whole;
    return false;
}

/* Condition by condition; returns how many people were found. A collection that is told by its
 * parts counts, as a whole, no more than there are. */
static int64_t expect_like_brute(struct store_fixture *t, const char *name)
{
    struct away_report *report = look(t, name);
    const struct rule *rule = policy.policy->statements[report->statement].as.rule;
    const struct expr *list[AWAY_CONDITIONS_MAX];
    int32_t count = conjuncts(rule->where, list, 0);
    if (rule->each >= 0)
        count = conjuncts(rule->each_where, list, count);
    int64_t found = 0;
    for (int32_t i = 0; i < count; i++) {
        int64_t wanted_count, wanted_fen;
        count_but_for(report->statement, list[i], &wanted_count, &wanted_fen);
        const struct away_condition *condition = condition_of(report, list[i]);
        int64_t got_count = condition ? condition->subject_count : 0;
        found += wanted_count;
        if (is_whole(report->statement, list[i])) {
            EXPECT(got_count <= wanted_count);
            continue;
        }
        EXPECT_INT(wanted_count, got_count);
        EXPECT_INT(wanted_fen, condition ? condition->amount_fen : 0);
    }
    return found;
}

STORE_TEST(insight_away__counts_as_one_person_after_the_other_would)
{
    given_city(t);
    static const char *const rules[] = {"首席技师津贴",   "基地工作室建设补助",
                                        "技术能手奖励",   "订单培养补助",
                                        "就业帮扶培训",   "紧缺高技能人才培训补贴"};
    int64_t found = 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        found += expect_like_brute(t, rules[i]);
    EXPECT(found > 100);
}

STORE_TEST(insight_away__lists_the_people_it_counts_and_shares_them_out_by_division)
{
    given_city(t);
    struct away_report *report = look(t, "紧缺高技能人才培训补贴");
    EXPECT(report->condition_count > 0 && report->subject_count > 0);
    EXPECT(report->looked_at_count >= report->condition_count);
    for (int32_t i = 0; i < report->condition_count; i++) {
        const struct away_condition *condition = &report->conditions[i];
        int64_t count = 0, amount_fen = 0;
        for (int32_t k = 0; k < condition->share_count; k++) {
            count += condition->shares[k].subject_count;
            amount_fen += condition->shares[k].amount_fen;
            EXPECT(k == 0 || condition->shares[k - 1].code < condition->shares[k].code);
            EXPECT(condition->shares[k].name.size > 0);
        }
        EXPECT_INT(condition->subject_count, count);
        EXPECT_INT(condition->amount_fen, amount_fen);
        EXPECT(i == 0 || report->conditions[i - 1].subject_count >= condition->subject_count);
        for (int64_t k = 0; k < condition->subject_count; k++)
            EXPECT(world_row(world, report->table, condition->subject_ids[k]) >= 0);
    }
}

/* With the condition left out, the reference evaluator finds the same decisions as the program. */
STORE_TEST(away_variant__means_the_same_to_the_reference)
{
    given_city(t);
    int32_t statement = policy_statement(policy.policy, STR("首席技师津贴"));
    struct away_leaf leaves[AWAY_CONDITIONS_MAX];
    int32_t leaf_count;
    EXPECT(away_leaves(policy.policy, statement, request.as_of_day, leaves, &leaf_count));
    EXPECT(leaf_count > 2);
    struct eval_request eval = {.as_of_day = request.as_of_day, .since_day = ABSENT_I32};
    for (int32_t i = -1; i < leaf_count; i++) {
        struct policy *variant =
            away_variant(&arena, policy.policy, statement, request.as_of_day, i);
        struct program *program;
        struct eval_result *fast, *plain;
        EXPECT(variant != NULL);
        EXPECT_OK(program_compile(&arena, variant, &program, &t->fault));
        EXPECT_OK(eval_run(program, world, &eval, &fast, &t->fault));
        EXPECT_OK(reference_run(variant, world, &eval, &plain, &t->fault));
        EXPECT_INT(plain->decision_count, fast->decision_count);
        for (int64_t d = 0; d < fast->decision_count; d++) {
            EXPECT_INT(plain->decisions[d].subject_row, fast->decisions[d].subject_row);
            EXPECT_INT(plain->decisions[d].amount_fen, fast->decisions[d].amount_fen);
        }
        eval_result_free(fast);
        eval_result_free(plain);
    }
}

STORE_TEST(insight_away__refuses_a_name_that_is_no_rule)
{
    given_city(t);
    struct away_report *report;
    EXPECT_ERR(ERR_NOT_FOUND,
               insight_away(&t->env, &city_fixture()->vocab, &policy, STR("载体建设补助"), &request,
                            &arena, &report, &t->fault));
}
