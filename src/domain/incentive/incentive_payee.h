/* incentive_payee.h — names and accounts of payees, as the registry knows them, for the ledger.
 *
 * People have a social-security-card account; an organisation's account is given to the ledger.
 *
 * Memory   in w->arena
 * Errors   ERR_SECRET; store errors
 */
#ifndef BAIGONG_INCENTIVE_PAYEE_H
#define BAIGONG_INCENTIVE_PAYEE_H

#include "domain/ledger/ledger_batch.h"

extern const struct ledger_payees incentive_payees;

#endif
