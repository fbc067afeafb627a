#include "domain/incentive/incentive_gate.h"

#include "domain/registry/registry.h"

#include <inttypes.h>

static bool is_filled_in(const struct policy *policy, struct str rule_name)
{
    int32_t s = policy_statement(policy, rule_name);
    return s >= 0 && statement_group(policy->statements[s].kind) == GROUP_DECIDES &&
           policy->statements[s].as.rule &&
           policy->statements[s].as.rule->amount_kind != AMOUNT_EXACT;
}

enum err incentive_gate_claim(struct work *w, const struct policy *policy,
                              const struct entitlement *entitlement, int64_t claim_id,
                              int32_t claimed_day, struct gate_claim *ret_claim)
{
    int32_t subject = registry_table_by_name(entitlement->subject_record);
    int32_t basis = registry_table_by_name(entitlement->basis_record);
    if (subject < 0 || basis < 0)
        return fail(w, ERR_SCHEMA, "entitlement %" PRId64 " names a record this program lacks",
                    entitlement->id);
    int32_t holder = subject;
    while (registry_owner(holder) >= 0)
        holder = registry_owner(holder);
    bool has_payee = entitlement->payee_id != ABSENT_I64 && entitlement->payee_id != 0;
    bool is_body = holder == REGISTRY_organisation;
    *ret_claim = (struct gate_claim){
        .claim_id = claim_id,
        .rule = entitlement->rule_name,
        .document = entitlement->document_number,
        .holder_table = holder,
        .holder_id = entitlement->holder_id,
        .basis_table = basis == holder ? -1 : basis,
        .basis_id = entitlement->basis_id,
        .body_id = has_payee ? entitlement->payee_id
                   : is_body ? entitlement->holder_id
                             : 0,
        .body_is_paid = has_payee || is_body,
        .claimed_day = claimed_day,
        .amount_fen = entitlement->amount_fen,
        .amount_filled = is_filled_in(policy, entitlement->rule_name),
    };
    return ERR_OK;
}
