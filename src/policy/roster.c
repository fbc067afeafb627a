#include "policy/roster.h"

static bool settlement_names(const struct settlement *settlement, int32_t statement)
{
    for (int32_t c = 0; c < settlement->clause_count; c++)
        for (int32_t r = 0; r < settlement->clauses[c].rule_count; r++)
            if (settlement->clauses[c].rules[r] == statement)
                return true;
    return false;
}

bool rule_keeps_roster(const struct policy *policy, int32_t statement)
{
    const struct statement *subject = &policy->statements[statement];
    if (subject->kind != STATEMENT_ADMIT)
        return true;
    if (subject->as.rule->roster.size > 0 || subject->as.rule->quota.present)
        return true;
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *other = &policy->statements[i];
        if (other->kind == STATEMENT_SETTLEMENT &&
            settlement_names(other->as.settlement, statement))
            return true;
    }
    return false;
}
