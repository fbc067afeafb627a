/* case_money.h — the money of a case: promised in the ledger, followed through the bank.
 *
 *   approved ──reserve──► claim "e<case>" or "e<case>+<instant>" ──filed, paid, returned──► moves
 *
 * A case has one claim at a time; its key is made of the case and, for what is paid on top, of the
 * instant at which the difference was found. A move that leaves the way to the bank gives the
 * reservation back in the same unit of work.
 *
 * Memory   results live in w->arena
 * Errors   ERR_LEDGER_YEAR (no open budget), ERR_LEDGER_STATE (it is in a payment batch); those of
 *          ledger.h
 * Units    money in fen
 */
#ifndef BAIGONG_CASE_MONEY_H
#define BAIGONG_CASE_MONEY_H

#include "domain/incentive/case.h"
#include "domain/ledger/ledger.h"

/* Which fund pays a rule, and what happens when it runs short: by its document, else by the
 * practice (row fund). */
struct case_fund {
    struct str name, article;
    enum ledger_shortage shortage;
};
/* ERR_LEDGER_YEAR when neither says it. */
enum err case_fund_of(struct work *w, const struct policy *policy,
                      const struct case_practice *practice, struct str document_number,
                      struct str rule_name, struct case_fund *ret_fund);

/* Reserves what is still to be paid of each order whose outcome is ERR_OK; the outcome of one that
 * has no money becomes ERR_LEDGER_SHORT or ERR_LEDGER_YEAR. */
enum err case_money_reserve(struct work *w, const struct policy *policy,
                            const struct case_practice *practice, struct case_order *orders,
                            int32_t order_count);

/* Whether a move takes a case off the way to its money, and giving it back. */
bool case_money_leaves(enum case_state from, enum case_state to);
enum err case_money_release(struct work *w, const struct incentive_case *subject,
                            struct str reason);

/* Whether its claim is in a payment batch or at the bank: then it is corrected when it is paid. */
enum err case_money_is_ordered(struct work *w, const struct incentive_case *subject,
                               bool *ret_is_ordered);

/* Brings the case of a ledger's claim to where the claim is; *ret_case has id 0 when the claim is
 * not a case's, or an earlier one of it. */
enum err case_money_follow(struct work *w, const struct case_practice *practice, int64_t claim_id,
                           struct incentive_case *ret_case);

/* What was paid too much becomes a debt in the ledger, of the line that paid it, under the key
 * "r<case>+<version>"; nothing when it was paid elsewhere or its year is closed. */
enum err case_money_claim_back(struct work *w, const struct incentive_case *subject);

/* Brings the case of a debt to what was paid back or written off; *ret_case as above. */
enum err case_money_follow_debt(struct work *w, const struct case_practice *practice,
                                struct str debt_key, struct incentive_case *ret_case);

struct str case_money_key(struct arena *arena, const struct incentive_case *subject);

#endif
