#include "domain/incentive/case_money.h"

#include "base/checked.h"
#include "base/day.h"
#include "domain/incentive/case_row.h"
#include "domain/ledger/ledger_debt.h"

#include <inttypes.h>

/* Invariant: only a case in NOTICED, OBJECTED, FINANCE, PAYING or RETURNED has a claim under its
 * key that holds money which is not paid. */

struct str case_money_key(struct arena *arena, const struct incentive_case *subject)
{
    return str_from(subject->payment_ms == 0 ? text_in(arena, "e%" PRId64, subject->id)
                                             : text_in(arena, "e%" PRId64 "+%" PRId64, subject->id,
                                                       subject->payment_ms));
}

/* ---- which fund ---- */

static enum ledger_shortage shortage_of(enum fund_short when_short)
{
    switch (when_short) {
    case FUND_SHORT_QUEUE:
        return LEDGER_SHORT_QUEUE;
    case FUND_SHORT_PRO_RATA:
        return LEDGER_SHORT_SHARE;
    case FUND_SHORT_STOP:
        break;
    }
    return LEDGER_SHORT_STOP;
}

static const struct statement *rule_in(const struct policy *policy, struct str document_number,
                                       struct str rule_name)
{
    int32_t s = policy_statement(policy, rule_name);
    bool is_it =
        s >= 0 &&
        str_equal(policy->documents[policy->statements[s].document].number, document_number) &&
        statement_group(policy->statements[s].kind) == GROUP_DECIDES;
    return is_it ? &policy->statements[s] : NULL;
}

enum err case_fund_of(struct work *w, const struct policy *policy,
                      const struct case_practice *practice, struct str document_number,
                      struct str rule_name, struct case_fund *ret_fund)
{
    const struct statement *statement = rule_in(policy, document_number, rule_name);
    const struct case_practice_row *row =
        case_practice_of(practice, document_number, rule_name, "fund");
    struct str article = rule_name;
    if (statement)
        article = policy->articles[statement->article].heading;
    article = str_from(text_in(w->arena, "%.*s %.*s", STR_ARG(document_number), STR_ARG(article)));
    if (statement && statement->as.rule->fund >= 0) {
        const struct statement *fund = &policy->statements[statement->as.rule->fund];
        *ret_fund = (struct case_fund){fund->name, article, shortage_of(fund->as.fund->when_short)};
        return ERR_OK;
    }
    if (!row) {
        fail(w, ERR_LEDGER_YEAR, "“%.*s”没有资金来源", STR_ARG(rule_name));
        return fault_hint(&w->fault, "请在政策文件里写明“资金”，或在 case_practice.csv 里写明。");
    }
    *ret_fund = (struct case_fund){row->text, article, LEDGER_SHORT_STOP};
    return ERR_OK;
}

/* ---- reserving ---- */

static int32_t year_of(int32_t day)
{
    int32_t year, month, day_of_month;
    day_to_civil(day, &year, &month, &day_of_month);
    return year;
}

/* To the end of the year, and long enough for a notice that goes over it. */
static int32_t expires_day(struct work *w, const struct case_practice *practice,
                           const struct incentive_case *subject)
{
    int32_t year_end_day = year_last_day(year_of(w->today_day));
    int32_t enough_day = case_practice_due(practice, subject->document_number, subject->rule_name,
                                           "reserved", w->today_day);
    return enough_day != DAY_MAX && enough_day > year_end_day ? enough_day : year_end_day;
}

static struct ledger_claim claim_of(struct work *w, const struct case_practice *practice,
                                    const struct incentive_case *subject,
                                    const struct case_fund *fund)
{
    int32_t year = year_of(w->today_day);
    bool to_body = subject->payee_id != 0;
    return (struct ledger_claim){
        .key = case_money_key(w->arena, subject),
        .fund = fund->name,
        .year = year,
        .division = subject->division,
        .earmark = STR(""),
        .amount_fen = case_payable_fen(subject),
        .article = fund->article,
        .case_id = subject->id,
        .payee_record = to_body || subject->holder_record != CASE_HOLDER_PERSON
                            ? LEDGER_ORGANISATION
                            : LEDGER_PERSON,
        .payee_id = to_body ? subject->payee_id : subject->holder_id,
        .expires_day = expires_day(w, practice, subject),
    };
}

static bool is_of_rule(const struct case_order *order, int64_t rule_id)
{
    return order->outcome == ERR_OK && order->subject.rule_id == rule_id &&
           case_payable_fen(&order->subject) > 0;
}

/* All orders of one rule at once: they are paid from one fund by one rule of shortage. */
static enum err reserve_rule(struct work *w, const struct case_practice *practice,
                             const struct case_fund *fund, struct case_order *orders,
                             int32_t order_count, int64_t rule_id)
{
    struct ledger_claim *claims =
        ARENA_NEW_ARRAY(w->arena, struct ledger_claim, (size_t)order_count);
    struct ledger_answer *answers =
        ARENA_NEW_ARRAY(w->arena, struct ledger_answer, (size_t)order_count);
    int32_t *places = ARENA_NEW_ARRAY(w->arena, int32_t, (size_t)order_count);
    if (!claims || !answers || !places)
        return fail(w, ERR_MEMORY, "no memory for %d claims", order_count);
    int32_t count = 0;
    for (int32_t i = 0; i < order_count; i++) {
        if (!is_of_rule(&orders[i], rule_id))
            continue;
        places[count] = i;
        claims[count++] = claim_of(w, practice, &orders[i].subject, fund);
    }
    struct ledger_shortage_rule rule = {fund->shortage};
    TRY(ledger_reserve(w, claims, count, &rule, answers));
    for (int32_t i = 0; i < count; i++)
        if (answers[i].outcome == LEDGER_SHORT)
            orders[places[i]].outcome = ERR_LEDGER_SHORT;
    return ERR_OK;
}

static void refuse_rule(struct case_order *orders, int32_t order_count, int64_t rule_id,
                        enum err outcome)
{
    for (int32_t i = 0; i < order_count; i++)
        if (is_of_rule(&orders[i], rule_id))
            orders[i].outcome = outcome;
}

enum err case_money_reserve(struct work *w, const struct policy *policy,
                            const struct case_practice *practice, struct case_order *orders,
                            int32_t order_count)
{
    enum { RULES_MAX = 1000 };
    int64_t done[RULES_MAX];
    int32_t done_count = 0;
    for (int32_t i = 0; i < order_count; i++) {
        int64_t rule_id = orders[i].subject.rule_id;
        bool is_done = !is_of_rule(&orders[i], rule_id);
        for (int32_t d = 0; d < done_count && !is_done; d++)
            is_done = done[d] == rule_id;
        if (is_done)
            continue;
        if (done_count == RULES_MAX)
            return fail(w, ERR_LIMIT, "more than %d rules in one call", RULES_MAX);
        done[done_count++] = rule_id;
        struct case_fund fund;
        enum err err = case_fund_of(w, policy, practice, orders[i].subject.document_number,
                                    orders[i].subject.rule_name, &fund);
        if (err == ERR_OK)
            err = reserve_rule(w, practice, &fund, orders, order_count, rule_id);
        if (err == ERR_LEDGER_YEAR) {
            refuse_rule(orders, order_count, rule_id, err);
            continue;
        }
        TRY(err);
    }
    return ERR_OK;
}

/* ---- giving it back ---- */

static bool has_claim(enum case_state state)
{
    return state == CASE_NOTICED || state == CASE_OBJECTED || state == CASE_FINANCE ||
           state == CASE_PAYING || state == CASE_RETURNED;
}

bool case_money_leaves(enum case_state from, enum case_state to)
{
    return has_claim(from) && !has_claim(to) && to != CASE_PAID;
}

enum err case_money_release(struct work *w, const struct incentive_case *subject, struct str reason)
{
    enum err err = ledger_void(w, case_money_key(w->arena, subject), reason);
    if (err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault); /* nothing was to be paid */
    return ERR_OK;
}

/* ---- following the bank ---- */

static enum err step(struct work *w, const struct case_practice *practice,
                     struct incentive_case *subject, enum case_act act, int64_t paid_fen,
                     struct str reason)
{
    struct case_order order = {.subject = *subject, .act = act, .reason = reason};
    order.subject.paid_fen = paid_fen;
    TRY(case_move(w, practice, &case_program, &order));
    *subject = order.subject;
    return ERR_OK;
}

static bool is_on_the_way(enum case_state state)
{
    return state == CASE_FINANCE || state == CASE_RETURNED;
}

static enum err follow_paid(struct work *w, const struct case_practice *practice,
                            struct incentive_case *subject, const struct ledger_state *claim)
{
    int64_t paid_fen;
    if (subject->state != CASE_PAYING && !is_on_the_way(subject->state))
        return ERR_OK;
    if (!checked_add(subject->paid_fen, claim->amount_fen, &paid_fen))
        return fail(w, ERR_OVERFLOW, "what case %" PRId64 " was paid is out of range", subject->id);
    return step(w, practice, subject, CASE_DO_PAY, paid_fen, STR(""));
}

static enum err follow_returned(struct work *w, const struct case_practice *practice,
                                struct incentive_case *subject, const struct ledger_state *claim)
{
    int64_t paid_fen = subject->paid_fen;
    if (subject->state == CASE_FINANCE)
        TRY(step(w, practice, subject, CASE_DO_ORDER, paid_fen, STR("")));
    if (subject->state == CASE_PAID && !checked_sub(paid_fen, claim->amount_fen, &paid_fen))
        return fail(w, ERR_OVERFLOW, "what case %" PRId64 " was paid is out of range", subject->id);
    if (subject->state != CASE_PAYING && subject->state != CASE_PAID)
        return ERR_OK;
    return step(w, practice, subject, CASE_DO_BOUNCE, paid_fen, claim->reason);
}

static enum err follow_claim(struct work *w, const struct case_practice *practice,
                             struct incentive_case *subject, const struct ledger_state *claim)
{
    switch (claim->state) {
    case LEDGER_CLAIM_FILED:
        if (!is_on_the_way(subject->state))
            return ERR_OK;
        return step(w, practice, subject, CASE_DO_ORDER, subject->paid_fen, STR(""));
    case LEDGER_CLAIM_PAID:
        return follow_paid(w, practice, subject, claim);
    case LEDGER_CLAIM_RETURNED:
        return follow_returned(w, practice, subject, claim);
    case LEDGER_CLAIM_VOIDED: /* it ran out, or the ledger's side gave it back */
        if (subject->state != CASE_NOTICED && subject->state != CASE_FINANCE)
            return ERR_OK;
        return step(w, practice, subject, CASE_DO_RECHECK, subject->paid_fen,
                    STR("预留的资金已撤销或到期"));
    default:
        return ERR_OK;
    }
}

enum err case_money_is_ordered(struct work *w, const struct incentive_case *subject,
                               bool *ret_is_ordered)
{
    struct ledger_state claim;
    enum err err = ledger_state_of(w, case_money_key(w->arena, subject), &claim);
    *ret_is_ordered = false;
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    *ret_is_ordered = claim.state == LEDGER_CLAIM_ORDERED || claim.state == LEDGER_CLAIM_FILED ||
                      claim.state == LEDGER_CLAIM_REORDERED;
    return ERR_OK;
}

enum err case_money_follow(struct work *w, const struct case_practice *practice, int64_t claim_id,
                           struct incentive_case *ret_case)
{
    struct ledger_state claim;
    struct incentive_case subject = {0};
    *ret_case = subject;
    enum err err = ledger_claim_read(w, claim_id, &claim);
    if (err == ERR_OK)
        err = claim.case_id == 0 ? ERR_NOT_FOUND
                                 : case_read(w, &case_program, claim.case_id, &subject);
    if (err == ERR_NOT_FOUND) { /* a claim of others */
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    if (!str_equal(claim.key, case_money_key(w->arena, &subject)))
        return ERR_OK; /* an earlier payment */
    TRY(follow_claim(w, practice, &subject, &claim));
    *ret_case = subject;
    return ERR_OK;
}

/* ---- what is given back ---- */

enum err case_money_claim_back(struct work *w, const struct incentive_case *subject)
{
    struct ledger_state paid;
    int64_t id;
    enum err err = ledger_state_of(w, case_money_key(w->arena, subject), &paid);
    if (err == ERR_OK) {
        struct ledger_debt debt = {
            .key =
                str_from(text_in(w->arena, "r%" PRId64 "+%d", subject->id, (int)subject->version)),
            .line_id = paid.line_id,
            .case_id = subject->id,
            .article = paid.article,
            .reason = STR("已付的多于按最新事实应付的"),
            .payee_record = paid.payee_record,
            .payee_id = paid.payee_id,
            .amount_fen = -case_payable_fen(subject),
        };
        err = ledger_recover_open(w, &debt, &id);
    }
    if (err != ERR_NOT_FOUND && err != ERR_LEDGER_YEAR)
        return err;
    fault_clear(&w->fault);
    return ERR_OK;
}

/* The case in "r<case>+<version>"; 0: not of a case. */
static int64_t case_of_debt(struct str key)
{
    struct str rest = str_sub(key, 1, SIZE_MAX), number;
    int64_t id = 0;
    bool is_ours =
        str_starts(key, STR("r")) && str_split(&rest, '+', &number) && str_to_i64(number, &id);
    return is_ours ? id : 0;
}

enum err case_money_follow_debt(struct work *w, const struct case_practice *practice,
                                struct str debt_key, struct incentive_case *ret_case)
{
    struct incentive_case subject = {0};
    struct ledger_debt debt;
    int64_t owed_fen, paid_fen, id = case_of_debt(debt_key);
    *ret_case = subject;
    if (id == 0)
        return ERR_OK;
    TRY(case_read(w, &case_program, id, &subject));
    TRY(ledger_recover_read(w, debt_key, &debt));
    *ret_case = subject;
    if (subject.state != CASE_RECOVERING)
        return ERR_OK;
    if (!checked_sub(debt.amount_fen, debt.recovered_fen, &owed_fen) ||
        !checked_add(subject.amount_fen, owed_fen, &paid_fen))
        return fail(w, ERR_OVERFLOW, "what case %" PRId64 " owes is out of range", id);
    bool is_lost = debt.lost_fen > 0;
    if (!is_lost && paid_fen == subject.paid_fen)
        return ERR_OK;
    TRY(step(w, practice, &subject, is_lost ? CASE_DO_WRITE_OFF : CASE_DO_RECOVER, paid_fen,
             is_lost ? STR("资金账已核销") : STR("收到还款")));
    *ret_case = subject;
    return ERR_OK;
}
