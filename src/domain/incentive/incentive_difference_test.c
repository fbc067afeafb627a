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
    history_end(&h);
}
