#include "domain/incentive/case_gate.h"

#include "domain/gate/gate.h"
#include "domain/incentive/case_row.h"
#include "domain/registry/registry.h"

/* The holder's own record that the money is for; -1: none. */
static enum err basis_of(struct work *w, const struct incentive_case *subject, int32_t *ret_table)
{
    struct entitlement stored;
    *ret_table = -1;
    if (subject->entitlement_id == 0)
        return ERR_OK;
    TRY(incentive_read(w, subject->entitlement_id, &stored));
    int32_t table = registry_table_by_name(stored.basis_record);
    int32_t root = subject->holder_record == CASE_HOLDER_PERSON ? (int32_t)REGISTRY_person
                                                                : (int32_t)REGISTRY_organisation;
    if (table >= 0 && registry_owner(table) == root)
        *ret_table = table;
    return ERR_OK;
}

static enum err claim_of(struct work *w, const struct incentive_case *subject,
                         struct gate_claim *ret_claim)
{
    bool is_person = subject->holder_record == CASE_HOLDER_PERSON;
    int32_t basis_table;
    TRY(basis_of(w, subject, &basis_table));
    *ret_claim = (struct gate_claim){
        .claim_id = subject->id,
        .rule = subject->rule_name,
        .document = subject->document_number,
        .holder_table = is_person ? REGISTRY_person : REGISTRY_organisation,
        .holder_id = subject->holder_id,
        .basis_table = basis_table,
        .basis_id = basis_table >= 0 ? subject->basis_id : 0,
        .body_id = subject->payee_id,
        .body_is_paid = subject->payee_id != 0,
        .division = subject->division,
        .claimed_day = w->today_day,
        .amount_fen = subject->amount_fen,
        .amount_filled = subject->is_filled,
        .entitlement_missing = subject->entitlement_id == 0,
    };
    return ERR_OK;
}

static void hold(struct case_order *order, int32_t finding_count, struct str said)
{
    order->act = CASE_DO_HOLD;
    order->subject.held_count = finding_count;
    order->reason = said;
}

/* Findings stand in the order of the claims. */
static int32_t hold_those(struct case_order *orders, const int32_t *places, int32_t count,
                          const struct gate_finding *findings, int32_t finding_count)
{
    int32_t held_count = 0, f = 0;
    for (int32_t i = 0; i < count; i++) {
        struct case_order *order = &orders[places[i]];
        int32_t first = f;
        while (f < finding_count && findings[f].claim_id == order->subject.id)
            f++;
        if (f > first) {
            hold(order, f - first, findings[first].said);
            held_count++;
        } else {
            order->subject.held_count = 0;
        }
    }
    return held_count;
}

enum err case_gate_check(struct work *w, const struct policy *policy, struct case_order *orders,
                         int32_t order_count, int32_t *ret_held_count)
{
    struct gate_rules rules;
    struct gate_claim *claims =
        ARENA_NEW_ARRAY(w->arena, struct gate_claim, (size_t)order_count + 1);
    int32_t *places = ARENA_NEW_ARRAY(w->arena, int32_t, (size_t)order_count + 1);
    int32_t count = 0;
    *ret_held_count = 0;
    if (!claims || !places)
        return fail(w, ERR_MEMORY, "no memory for %d claims at the gate", order_count);
    TRY(gate_rules_of(policy, &rules, &w->fault));
    for (int32_t i = 0; i < order_count; i++) {
        if (orders[i].outcome != ERR_OK || orders[i].subject.kind != CASE_MONEY)
            continue;
        TRY(claim_of(w, &orders[i].subject, &claims[count]));
        places[count++] = i;
    }
    if (rules.duty_count == 0 || count == 0)
        return ERR_OK;
    struct gate_finding *findings;
    int32_t finding_count;
    TRY(gate_check(w, &rules, claims, count, &findings, &finding_count));
    *ret_held_count = hold_those(orders, places, count, findings, finding_count);
    return ERR_OK;
}

enum err case_gate_follow(struct work *w, const struct case_practice *practice, int64_t case_id,
                          int32_t *ret_moved_count)
{
    struct gate_finding *findings;
    int32_t count, open_count = 0;
    struct case_order order = {.act = CASE_DO_HOLD, .reason = STR("监督已处理风险提示")};
    *ret_moved_count = 0;
    enum err err = case_read(w, &case_program, case_id, &order.subject);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    TRY(gate_findings(w, case_id, &findings, &count));
    for (int32_t i = 0; i < count; i++)
        open_count += findings[i].state == GATE_OPEN || findings[i].state == GATE_CONFIRMED;
    bool is_same = order.subject.held_count == open_count;
    if (is_same || !case_move_of(order.subject.state, CASE_DO_HOLD))
        return ERR_OK;
    order.subject.held_count = open_count;
    TRY(case_move(w, practice, &case_program, &order));
    *ret_moved_count = 1;
    return ERR_OK;
}
