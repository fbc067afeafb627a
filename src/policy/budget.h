/* budget.h — what a fund can pay in a calendar year (internal).
 *
 * A fund that names a budget for a year pays what is granted from it until that is spent: in the
 * order the fund names (不足时 … 按), by the decision's day, then in the order of the statements,
 * then the older record first. What is left
 * out keeps its lane and loses its money (排队 queue, 停发 stop), or all are paid in proportion.
 * An open amount takes no part until it is known. Budgets come last: behind quotas and settlement.
 *
 * Memory   only while budgets_apply runs
 */
#ifndef BAIGONG_BUDGET_H
#define BAIGONG_BUDGET_H

#include "policy/settle.h"

/* Whether a rule pays from a fund with a budget: what it pays then depends on the whole city. */
bool rule_has_budget(const struct policy *policy, int32_t statement);

/* False when memory is out. */
bool budgets_apply(const struct settler *settler);

/* The settlement clause that decision.cut_by means and its statement; NULL when it means none. */
const struct settlement_clause *cut_clause(const struct policy *policy, int32_t cut_by,
                                           int32_t *ret_statement);

/* The fund that decision.cut_by means, or -1: funds count behind all settlement clauses. */
int32_t budget_fund(const struct policy *policy, int32_t cut_by);

#endif
