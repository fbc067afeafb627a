#include "policy/budget.h"

#include "base/day.h"

#include <stdlib.h>

__extension__ typedef __int128 wide; /* sums beyond 64 bits */

static const struct fund *fund_of(const struct policy *policy, int32_t statement)
{
    int32_t fund = policy->statements[statement].as.rule->fund;
    return fund >= 0 ? policy->statements[fund].as.fund : NULL;
}

bool rule_has_budget(const struct policy *policy, int32_t statement)
{
    const struct fund *fund = fund_of(policy, statement);
    return fund && fund->budget_count > 0;
}

const struct settlement_clause *cut_clause(const struct policy *policy, int32_t cut_by,
                                           int32_t *ret_statement)
{
    int32_t index = cut_by;
    if (cut_by < 0)
        return NULL;
    FOR_GROUP(policy, GROUP_SETTLES, s) {
        const struct settlement *settlement = policy->statements[s].as.settlement;
        *ret_statement = s;
        if (index < settlement->clause_count)
            return &settlement->clauses[index];
        index -= settlement->clause_count;
    }
    return NULL;
}

int32_t budget_fund(const struct policy *policy, int32_t cut_by)
{
    int32_t at = cut_by;
    FOR_GROUP(policy, GROUP_SETTLES, s)
        at -= policy->statements[s].as.settlement->clause_count;
    FOR_GROUP(policy, GROUP_FUNDS, s)
        if (cut_by >= 0 && at-- == 0)
            return s;
    return -1;
}

/* A payment and what it is ordered by. */
struct payment {
    struct decision *decision;
    const struct rule_run *run;
    const int64_t *keys; /* the least is paid first */
    int32_t key_count;
};

/* The payments of one fund in one year, in the order in which they are paid. */
struct payments {
    struct payment *rows;
    int64_t row_count, row_capacity;
    int64_t *keys;
    int32_t key_count;
};

static bool add_payment(struct payments *payments, const struct rule_run *run,
                        struct decision *decision)
{
    if (payments->row_count == payments->row_capacity) {
        int64_t capacity = payments->row_capacity ? payments->row_capacity * 2 : 64;
        struct payment *grown = realloc(payments->rows, (size_t)capacity * sizeof *grown);
        if (!grown)
            return false;
        payments->rows = grown;
        payments->row_capacity = capacity;
    }
    payments->rows[payments->row_count++] = (struct payment){decision, run, NULL, 0};
    return true;
}

static bool is_paid_in(const struct decision *decision, int32_t year)
{
    return decision->lane == LANE_GRANTED && decision->amount_fen > 0 &&
           day_year(decision->day) == year;
}

static bool find_payments(const struct settler *settler, int32_t fund, int32_t year,
                          struct payments *payments)
{
    const struct policy *policy = settler->policy;
    for (int32_t r = 0; r < settler->run_count; r++) {
        const struct rule_run *run = &settler->runs[r];
        const struct rule *rule = policy->statements[run->statement].as.rule;
        if (rule->fund != fund)
            continue;
        payments->key_count = rule->pay_order_count;
        for (int32_t part = 0; part < run->part_count; part++)
            for (int64_t i = 0; i < run->parts[part].row_count; i++)
                if (is_paid_in(&run->parts[part].rows[i], year) &&
                    !add_payment(payments, run, &run->parts[part].rows[i]))
                    return false;
    }
    return true;
}

/* Keys that rise with the order; what is not known comes last. */
static bool read_keys(const struct settler *settler, struct payments *payments)
{
    int32_t count = payments->key_count;
    if (count == 0)
        return true;
    payments->keys = malloc((size_t)payments->row_count * (size_t)count * sizeof(int64_t) + 1);
    for (int64_t i = 0; payments->keys && i < payments->row_count; i++) {
        struct payment *payment = &payments->rows[i];
        const struct rule *rule =
            settler->policy->statements[payment->run->statement].as.rule;
        int64_t *keys = payments->keys + i * count;
        payment->keys = keys;
        payment->key_count = count;
        for (int32_t k = 0; k < count; k++) {
            int64_t value = reference_value(
                settler->policy, settler->world, rule->pay_order[k].key,
                rule->each >= 0 ? rule->each : rule->subject, payment->decision->basis_row,
                &payment->run->period.moment);
            bool turned = rule->pay_order[k].descending;
            keys[k] = value == ABSENT_I64 ? INT64_MAX : turned ? -value : value;
        }
    }
    return payments->keys != NULL;
}

static int compare_decisions(const struct decision *a, const struct decision *b)
{
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    if (a->statement != b->statement)
        return a->statement < b->statement ? -1 : 1;
    if (a->period != b->period)
        return a->period < b->period ? -1 : 1;
    if (a->subject_row != b->subject_row)
        return a->subject_row < b->subject_row ? -1 : 1;
    return (a->basis_row > b->basis_row) - (a->basis_row < b->basis_row);
}

/* By the fund's order, then by day. */
static int compare_payments(const void *left, const void *right)
{
    const struct payment *a = left;
    const struct payment *b = right;
    for (int32_t k = 0; k < a->key_count; k++)
        if (a->keys[k] != b->keys[k])
            return a->keys[k] < b->keys[k] ? -1 : 1;
    return compare_decisions(a->decision, b->decision);
}

/* Nobody behind the first who cannot be paid whole is paid. */
static void pay_in_turn(const struct payments *payments, int64_t budget_fen, int16_t cut_by,
                        struct fund_shortage *shortage)
{
    int64_t left_fen = budget_fen;
    for (int64_t i = 0; i < payments->row_count; i++) {
        struct decision *decision = payments->rows[i].decision;
        bool is_paid = decision->amount_fen <= left_fen;
        left_fen = is_paid ? left_fen - decision->amount_fen : -1;
        if (is_paid) {
            shortage->paid_fen += decision->amount_fen;
            continue;
        }
        decision->amount_fen = 0;
        decision->cut_by = cut_by;
        shortage->cut_count++;
    }
}

static void pay_in_proportion(const struct payments *payments, int64_t budget_fen,
                              wide sum_fen, int16_t cut_by, struct fund_shortage *shortage)
{
    for (int64_t i = 0; i < payments->row_count; i++) {
        struct decision *decision = payments->rows[i].decision;
        decision->amount_fen = (int64_t)((wide)decision->amount_fen * budget_fen / sum_fen);
        decision->cut_by = cut_by;
        shortage->paid_fen += decision->amount_fen;
        shortage->cut_count++;
    }
}

static struct fund_shortage *add_shortage(struct shortage_list *list)
{
    if (list->row_count == list->row_capacity) {
        int32_t capacity = list->row_capacity ? list->row_capacity * 2 : 8;
        struct fund_shortage *grown = realloc(list->rows, (size_t)capacity * sizeof *grown);
        if (!grown)
            return NULL;
        list->rows = grown;
        list->row_capacity = capacity;
    }
    return &list->rows[list->row_count++];
}

/* decision.cut_by of a fund. */
static int16_t cut_by_of(const struct settler *settler, int32_t fund)
{
    int32_t cut_by = settler->clause_count;
    FOR_GROUP(settler->policy, GROUP_FUNDS, s) {
        if (s == fund)
            break;
        cut_by++;
    }
    return (int16_t)cut_by;
}

static bool apply_budget(const struct settler *settler, int32_t statement,
                         const struct fund_budget *budget)
{
    struct payments payments = {0};
    bool done = find_payments(settler, statement, budget->year, &payments);
    wide sum_fen = 0;
    for (int64_t i = 0; i < payments.row_count; i++)
        sum_fen += payments.rows[i].decision->amount_fen;
    bool is_short = done && sum_fen > budget->amount_fen;
    struct fund_shortage *shortage = is_short ? add_shortage(settler->shortages) : NULL;
    if (is_short)
        done = shortage && read_keys(settler, &payments);
    if (is_short && done) {
        const struct fund *fund = settler->policy->statements[statement].as.fund;
        int16_t cut_by = cut_by_of(settler, statement);
        *shortage = (struct fund_shortage){
            .statement = statement, .year = budget->year, .budget_fen = budget->amount_fen,
            .due_fen = sum_fen > INT64_MAX ? INT64_MAX : (int64_t)sum_fen};
        qsort(payments.rows, (size_t)payments.row_count, sizeof *payments.rows, compare_payments);
        if (fund->when_short == FUND_SHORT_PRO_RATA)
            pay_in_proportion(&payments, budget->amount_fen, sum_fen, cut_by, shortage);
        else
            pay_in_turn(&payments, budget->amount_fen, cut_by, shortage);
    }
    free(payments.rows);
    free(payments.keys);
    return done;
}

/* The fund next in document order that one of the runs is paid from, with a budget. */
static int32_t next_fund(const struct settler *settler, int32_t after)
{
    const struct policy *policy = settler->policy;
    int32_t next = -1;
    for (int32_t r = 0; r < settler->run_count; r++) {
        int32_t fund = policy->statements[settler->runs[r].statement].as.rule->fund;
        if (fund > after && (next < 0 || fund < next) &&
            rule_has_budget(policy, settler->runs[r].statement))
            next = fund;
    }
    return next;
}

bool budgets_apply(const struct settler *settler)
{
    bool done = true;
    for (int32_t s = next_fund(settler, -1); s >= 0 && done; s = next_fund(settler, s)) {
        const struct fund *fund = settler->policy->statements[s].as.fund;
        for (int32_t i = 0; i < fund->budget_count && done; i++)
            if (fund->budgets[i].year != 0)
                done = apply_budget(settler, s, &fund->budgets[i]);
    }
    return done;
}
