/* ledger_fixture.h — a fund with a budget, claims on it, and the invariants after every step, for
 * tests of the ledger and of rooms above it. Two people act: account 1 asks and makes, account 2
 * approves. */
#ifndef BAIGONG_LEDGER_FIXTURE_H
#define BAIGONG_LEDGER_FIXTURE_H

#include "domain/ledger/ledger_fund.h"
#include "store_fixture.h"

enum { LEDGER_FIXTURE_YEAR = 2026 };

void ledger_fixture_act_as(struct store_fixture *t, int64_t account_id);

/* A line of the fund for the year and division with this much granted; its id. */
int64_t ledger_fixture_line(struct store_fixture *t, const char *fund, int32_t division,
                            int64_t granted_fen);

/* A claim of person 1000 + number, key "e<number>", on fund 专项, division 370811. */
struct ledger_claim ledger_fixture_claim(struct arena *arena, int32_t number, int64_t amount_fen);

/* Reserves one such claim; its answer. */
struct ledger_answer ledger_fixture_reserve(struct store_fixture *t, int32_t number,
                                            int64_t amount_fen, enum ledger_shortage shortage);

enum ledger_claim_state ledger_fixture_state(struct store_fixture *t, int32_t number);
int64_t ledger_fixture_account(struct store_fixture *t, int64_t line_id,
                               enum ledger_account account);

/* Every invariant holds; prints which one does not. */
void ledger_fixture_expect_whole(struct store_fixture *t);

#endif
