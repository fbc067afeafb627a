#include "ledger_fixture.h"

#include "base/day.h"

#include <inttypes.h>
#include <stdio.h>

void ledger_fixture_act_as(struct store_fixture *t, int64_t account_id)
{
    t->env.actor = (struct actor){account_id, account_id == 2 ? STR("复核人") : STR("经办人")};
}

static void must(struct store_fixture *t, work_step *step, void *context)
{
    if (work_run(&t->env, WORK_WRITE, step, context, &t->fault) == ERR_OK)
        return;
    print_error("%s: %s\n", err_name(t->fault.code), t->fault.message);
    _fail(__FILE__, __LINE__);
}

struct given_line {
    const char *fund;
    int32_t division;
    int64_t granted_fen;
    int64_t line_id, virement_id;
};

static enum err ask_step(struct work *w, void *context)
{
    struct given_line *given = context;
    struct ledger_fund fund = {.name = str_from(given->fund), .source = STR("市财政")};
    TRY(ledger_fund_put(w, &fund, &fund.id));
    TRY(ledger_line_put(w, fund.id, LEDGER_FIXTURE_YEAR, given->division, STR(""),
                        &given->line_id));
    struct ledger_virement virement = {.to_line_id = given->line_id,
                                       .amount_fen = given->granted_fen,
                                       .reason = STR("年初下达"),
                                       .document = STR("济财社〔2026〕1号")};
    return given->granted_fen == 0 ? ERR_OK
                                   : ledger_virement_ask(w, &virement, &given->virement_id);
}

static enum err approve_step(struct work *w, void *context)
{
    const struct given_line *given = context;
    return given->virement_id == 0 ? ERR_OK
                                   : ledger_virement_approve(w, given->virement_id, STR("同意"));
}

int64_t ledger_fixture_line(struct store_fixture *t, const char *fund, int32_t division,
                            int64_t granted_fen)
{
    struct given_line given = {fund, division, granted_fen, 0, 0};
    ledger_fixture_act_as(t, 1);
    must(t, ask_step, &given);
    ledger_fixture_act_as(t, 2);
    must(t, approve_step, &given);
    ledger_fixture_act_as(t, 1);
    return given.line_id;
}

struct ledger_claim ledger_fixture_claim(struct arena *arena, int32_t number, int64_t amount_fen)
{
    return (struct ledger_claim){
        .key = str_from(text_in(arena, "e%d", number)),
        .fund = STR("专项"),
        .year = LEDGER_FIXTURE_YEAR,
        .division = 370811,
        .amount_fen = amount_fen,
        .article = STR("济人社字〔2022〕1号 第三条"),
        .case_id = 5000 + number,
        .payee_record = LEDGER_PERSON,
        .payee_id = 1000 + number,
        .expires_day = FIXTURE_TODAY_DAY + 30,
    };
}

struct reserving {
    int32_t number;
    int64_t amount_fen;
    struct ledger_shortage_rule rule;
    struct ledger_answer answer;
};

static enum err reserve_step(struct work *w, void *context)
{
    struct reserving *reserving = context;
    struct ledger_claim claim =
        ledger_fixture_claim(w->arena, reserving->number, reserving->amount_fen);
    return ledger_reserve(w, &claim, 1, &reserving->rule, &reserving->answer);
}

struct ledger_answer ledger_fixture_reserve(struct store_fixture *t, int32_t number,
                                            int64_t amount_fen, enum ledger_shortage shortage)
{
    struct reserving reserving = {number, amount_fen, {shortage}, {0}};
    must(t, reserve_step, &reserving);
    return reserving.answer;
}

struct looking {
    int32_t number;
    int64_t line_id;
    struct ledger_state state;
    struct ledger_line line;
};

static enum err state_step(struct work *w, void *context)
{
    struct looking *looking = context;
    return ledger_state_of(w, str_from(text_in(w->arena, "e%d", looking->number)),
                           &looking->state);
}

enum ledger_claim_state ledger_fixture_state(struct store_fixture *t, int32_t number)
{
    struct looking looking = {.number = number};
    if (work_run(&t->env, WORK_READ, state_step, &looking, &t->fault) == ERR_NOT_FOUND)
        return LEDGER_CLAIM_NONE;
    return looking.state.state;
}

static enum err line_step(struct work *w, void *context)
{
    struct looking *looking = context;
    return ledger_line_read(w, looking->line_id, &looking->line);
}

int64_t ledger_fixture_account(struct store_fixture *t, int64_t line_id,
                               enum ledger_account account)
{
    struct looking looking = {.line_id = line_id};
    must(t, line_step, &looking);
    return looking.line.balance.accounts_fen[account];
}

static enum err audit_step(struct work *w, void *context)
{
    return ledger_audit(w, context);
}

void ledger_fixture_expect_whole(struct store_fixture *t)
{
    struct ledger_audit audit;
    must(t, audit_step, &audit);
    for (int32_t i = 0; i < LEDGER_INVARIANT_COUNT; i++)
        if (audit.broken_counts[i] > 0)
            print_error("%s: %" PRId64 " broken, first %" PRId64 "\n",
                        ledger_invariant_words[i].name, audit.broken_counts[i],
                        audit.first_broken_ids[i]);
    EXPECT_INT(0, audit.broken_count);
}
