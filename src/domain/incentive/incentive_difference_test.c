/* What was decided at an instant against what holds after whatever came in later. */
#include "domain/incentive/incentive_difference.h"

#include "domain/registry/fact.h"
#include "incentive_history.h"

#include <inttypes.h>
#include <stdio.h>

enum { PAGE = 7, FACTS = 20, RAISED = 12, STATEMENTS_MAX = 4000 };

#define HOLDS "9223372036854775807"

struct netting {
    const struct history *h;
    int64_t then_ms;
    int64_t sums_fen[STATEMENTS_MAX], counts[STATEMENTS_MAX]; /* by statement */
    int64_t top_up_count, recovery_count;
};

static void take_rows(struct netting *netting, int32_t rule,
                      const struct entitlement_difference *rows, int32_t row_count)
{
    for (int32_t i = 0; i < row_count; i++) {
        netting->sums_fen[rule] += rows[i].difference_fen;
        netting->counts[rule]++;
        netting->top_up_count += rows[i].kind == CORRECTION_TOP_UP;
        netting->recovery_count += rows[i].kind == CORRECTION_RECOVERY;
        EXPECT(rows[i].difference_fen > 0   ? rows[i].kind == CORRECTION_TOP_UP
               : rows[i].difference_fen < 0 ? rows[i].kind == CORRECTION_RECOVERY
                                            : rows[i].kind == CORRECTION_NO_MONEY);
        EXPECT(rows[i].from_ms <= netting->then_ms && rows[i].to_ms > netting->then_ms);
        EXPECT(rows[i].reason.size > 0);
    }
}

/* All pages of every rule. */
static enum err net_everything(struct work *w, void *context)
{
    struct netting *netting = context;
    const struct policy *policy = netting->h->policy->policy;
    for (int32_t s = 0; s < policy->statement_count; s++) {
        const struct statement *statement = &policy->statements[s];
        if (statement->kind < STATEMENT_GRANT || statement->kind > STATEMENT_ADMIT)
            continue;
        for (int64_t after = 0; after != ABSENT_I64;) {
            struct arena_mark mark = arena_mark(w->arena);
            struct entitlement_difference *rows = NULL;
            int32_t count = 0;
            struct str number = policy->documents[statement->document].number;
            enum err err = incentive_net_differences(w, netting->h->vocab, number, statement->name,
                                                     netting->then_ms, after, PAGE, &rows, &count,
                                                     &after);
            if (err == ERR_NOT_FOUND)
                break;
            TRY(err);
            check(s < STATEMENTS_MAX);
            take_rows(netting, s, rows, count);
            arena_rewind(w->arena, mark);
        }
    }
    return ERR_OK;
}

struct all { /* pages of all holders, each row held against the other ways to ask */
    struct netting *netting;
    int64_t sum_fen, count;
};

static enum err expect_same_alone(struct work *w, const struct netting *netting,
                                  const struct entitlement_difference *row)
{
    struct entitlement_difference alone, *own;
    bool differs, is_among = false;
    int32_t own_count;
    int64_t next_after;
    TRY(incentive_net_of(w, netting->h->vocab, row->holder_id, row->entitlement_id,
                         netting->then_ms, &alone, &differs));
    EXPECT(differs);
    EXPECT_INT(row->difference_fen, alone.difference_fen);
    EXPECT_INT(row->to_ms, alone.to_ms);
    EXPECT(str_equal(row->reason, alone.reason));
    TRY(incentive_net_of_holder(w, netting->h->vocab, row->holder_id, netting->then_ms, 0,
                                DIFFERENCE_ROWS_MAX, &own, &own_count, &next_after));
    EXPECT_INT(ABSENT_I64, next_after);
    for (int32_t i = 0; i < own_count; i++)
        is_among |= own[i].entitlement_id == row->entitlement_id &&
                    own[i].difference_fen == row->difference_fen;
    EXPECT(is_among);
    return ERR_OK;
}

static enum err net_all(struct work *w, void *context)
{
    struct all *all = context;
    struct difference_place after = {0, 0}, before = after;
    while (after.holder_id != ABSENT_I64) {
        struct arena_mark mark = arena_mark(w->arena);
        struct entitlement_difference *rows;
        int32_t count;
        TRY(incentive_net_of_all(w, all->netting->h->vocab, all->netting->then_ms, after, PAGE,
                                 &rows, &count, &after));
        for (int32_t i = 0; i < count; i++) {
            const struct entitlement_difference *row = &rows[i];
            EXPECT(row->holder_id > before.holder_id ||
                   (row->holder_id == before.holder_id &&
                    row->entitlement_id > before.entitlement_id));
            before = (struct difference_place){row->holder_id, row->entitlement_id};
            bool is_known = row->from_fen != ABSENT_I64 && row->to_fen != ABSENT_I64;
            EXPECT(!is_known || row->difference_fen == row->to_fen - row->from_fen);
            EXPECT(row->article.size > 0 && row->document_number.size > 0);
            EXPECT_INT(row->has_ended, row->to_entitlement_id == 0);
            all->sum_fen += row->difference_fen;
            all->count++;
            if (i == 0)
                TRY(expect_same_alone(w, all->netting, row));
        }
        arena_rewind(w->arena, mark);
    }
    return ERR_OK;
}

/* The same by SQL: granted at the instant, against what holds of the same key. */
static int64_t by_sql(const struct netting *netting, const char *what, int32_t statement)
{
    const struct policy *policy = netting->h->policy->policy;
    const struct statement *rule = &policy->statements[statement];
    char text[1500];
    snprintf(text, sizeof text,
             "SELECT %s FROM entitlement a JOIN policy_rule r ON r.id = a.rule_id"
             " LEFT JOIN entitlement b ON b.rule_id = a.rule_id AND b.subject_id = a.subject_id"
             " AND b.basis_id = a.basis_id AND b.period = a.period AND b.gone_ms = " HOLDS
             " WHERE a.lane = %d AND a.known_ms <= %" PRId64 " AND a.gone_ms > %" PRId64
             " AND r.name = '%.*s' AND r.document_number = '%.*s'",
             what, LANE_GRANTED, netting->then_ms, netting->then_ms, STR_ARG(rule->name),
             STR_ARG(policy->documents[rule->document].number));
    return store_fixture_number(netting->h->t, text);
}

#define NOW_FEN "(CASE WHEN b.lane = 2 THEN COALESCE(b.amount_fen, 0) ELSE 0 END)"
#define DIFFERENCE_FEN                                                                            \
    "CAST(COALESCE(SUM(" NOW_FEN " - COALESCE(a.amount_fen, 0)), 0) AS BIGINT)"
#define DIFFERS                                                                                   \
    "COUNT(CASE WHEN b.id IS NULL OR b.lane <> a.lane"                                            \
    " OR COALESCE(b.amount_fen, -1) <> COALESCE(a.amount_fen, -1)"                                \
    " OR COALESCE(b.payee_id, -1) <> COALESCE(a.payee_id, -1) THEN 1 END)"

_Static_assert(LANE_GRANTED == 2, "NOW_FEN says so");

/* A certificate that money was granted for turns out to be of a higher level. */
static enum err raise_level(struct work *w, void *context)
{
    struct history *h = context;
    struct fact fact;
    enum err err = fact_read(w, REGISTRY_certificate, h->key_id, h->id, &fact);
    if (err == ERR_NOT_FOUND)
        return ERR_OK; /* withdrawn since */
    TRY(err);
    struct certificate *certificate = fact.record;
    if (certificate->level >= skill_level_senior_technician)
        return ERR_OK;
    certificate->level++;
    fact.given = FACT_GIVEN_ALL;
    enum fact_outcome outcome;
    return fact_correct(w, &fact, &outcome);
}

static int64_t paid_certificate(struct store_fixture *t, const char *what, int32_t at)
{
    char text[400];
    snprintf(text, sizeof text,
             "SELECT COALESCE((SELECT %s FROM entitlement WHERE basis_record = 'certificate'"
             " AND lane = 2 AND amount_fen > 0 AND gone_ms = " HOLDS
             " ORDER BY id LIMIT 1 OFFSET %d), 0)",
             what, at);
    return store_fixture_number(t, text);
}

static void levels_are_raised(struct history *h)
{
    for (int32_t i = 0; i < RAISED; i++) {
        h->key_id = paid_certificate(h->t, "holder_id", i);
        h->id = paid_certificate(h->t, "basis_id", i);
        h->t->env.fixed_now_ms += 1000;
        EXPECT_OK(work_run(&h->t->env, WORK_WRITE, raise_level, h, &h->t->fault));
    }
}

STORE_TEST(incentive_net_differences__are_what_lies_between_then_and_now)
{
    static struct netting netting;
    struct history h;
    history_begin(&h, t, 9, NULL);
    for (int32_t i = 0; i < 12; i++)
        history_something_happens(&h);
    history_follow(&h);
    netting = (struct netting){.h = &h, .then_ms = t->env.fixed_now_ms + 1};
    t->env.fixed_now_ms += 1000;
    for (int32_t round = 0; round < 4; round++) {
        levels_are_raised(&h);
        for (int32_t i = 0; i < FACTS; i++)
            history_something_happens(&h);
        history_follow(&h);
    }
    EXPECT_OK(work_run(&t->env, WORK_READ, net_everything, &netting, &t->fault));
    for (int32_t s = 0; s < h.policy->policy->statement_count; s++) {
        if (netting.counts[s] == 0 && s % 8 != 0)
            continue; /* every rule with differences, and some without */
        const struct statement *statement = &h.policy->policy->statements[s];
        if (statement->kind < STATEMENT_GRANT || statement->kind > STATEMENT_ADMIT)
            continue;
        EXPECT_INT(by_sql(&netting, DIFFERENCE_FEN, s), netting.sums_fen[s]);
        EXPECT_INT(by_sql(&netting, DIFFERS, s), netting.counts[s]);
    }
    EXPECT(netting.top_up_count > 0);
    EXPECT(netting.recovery_count > 0);
    struct all all = {.netting = &netting};
    int64_t sum_fen = 0, count = 0;
    for (int32_t s = 0; s < STATEMENTS_MAX; s++) {
        sum_fen += netting.sums_fen[s];
        count += netting.counts[s];
    }
    EXPECT_OK(work_run(&t->env, WORK_READ, net_all, &all, &t->fault));
    EXPECT_INT(sum_fen, all.sum_fen);
    EXPECT_INT(count, all.count);
    history_end(&h);
}

/* ---- what is taken back ---- */

#define TAKING_BACK                                                                               \
    "---\n文号: T1\n标题: 追回\n印发: 2023-01-01\n施行: 2023-01-01\n---\n"                         \
    "## 第一条 奖励 {#a1}\n\n办法。\n\n"                                                           \
    "```补贴 奖励\n对象  人员\n逐项  证书 满足 (发证日期 ≤ 截至日)\n给予  1000元\n```\n"           \
    "## 第二条 收回 {#a2}\n\n办法。\n\n"                                                           \
    "```结算 收回\n追回  40% 于 奖励 当 证书状态 = 撤销\n```\n"

static enum err revoke(struct work *w, void *context)
{
    struct history *h = context;
    struct fact fact;
    TRY(fact_read(w, REGISTRY_certificate, h->key_id, h->id, &fact));
    struct certificate *certificate = fact.record;
    certificate->state = certificate_state_revoked;
    fact.given = FACT_GIVEN_ALL;
    enum fact_outcome outcome;
    return fact_correct(w, &fact, &outcome);
}

struct taken {
    struct history *h;
    int64_t then_ms;
};

static enum err expect_taken_back(struct work *w, void *context)
{
    const struct taken *taken = context;
    struct entitlement_difference *rows;
    int32_t count;
    int64_t next_after;
    TRY(incentive_net_of_holder(w, taken->h->vocab, taken->h->key_id, taken->then_ms, 0, 9, &rows,
                                &count, &next_after));
    EXPECT_INT(1, count);
    EXPECT_INT(CORRECTION_RECOVERY, rows[0].kind);
    EXPECT_INT(100000, rows[0].from_fen);
    EXPECT_INT(60000, rows[0].to_fen);
    EXPECT_INT(-40000, rows[0].difference_fen);
    EXPECT_INT(taken->h->id, rows[0].basis_id);
    EXPECT(!rows[0].is_asked && !rows[0].has_ended);
    EXPECT_STR("第二条 收回", rows[0].article);
    EXPECT_STR("按“收回”追回：证书状态 = 撤销", rows[0].reason);
    return ERR_OK;
}

STORE_TEST(incentive_net_of_holder__tells_the_clause_and_article_that_take_money_back)
{
    struct arena arena;
    struct history h;
    struct findings findings = {.arena = &arena};
    struct policy_source source = {STR("t.md"), STR(TAKING_BACK)};
    struct incentive_policy policy = {.sources = &source, .source_count = 1};
    arena_init(&arena, (size_t)64 << 20);
    enum err err = policy_read(&arena, history_vocab(), &source, 1, &policy.policy, &findings,
                               &t->fault);
    for (int32_t i = 0; err != ERR_OK && i < findings.row_count; i++)
        print_error("line %d: %.*s\n", findings.rows[i].span.line,
                    STR_ARG(findings.rows[i].message));
    EXPECT_OK(err);
    EXPECT_OK(program_compile(&arena, policy.policy, &policy.program, &t->fault));
    history_begin(&h, t, 12, &policy);
    history_follow(&h);
    struct taken taken = {&h, t->env.fixed_now_ms + 1};
    t->env.fixed_now_ms += 1000;
    h.key_id = paid_certificate(t, "holder_id", 0);
    h.id = paid_certificate(t, "basis_id", 0);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, revoke, &h, &t->fault));
    EXPECT_INT(1, history_follow(&h).changed_count);
    EXPECT_OK(work_run(&t->env, WORK_READ, expect_taken_back, &taken, &t->fault));
    history_end(&h);
    arena_done(&arena);
}
