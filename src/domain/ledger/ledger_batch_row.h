/* ledger_batch_row.h — what the files of payment batches share (inside the room only). */
#ifndef BAIGONG_LEDGER_BATCH_ROW_H
#define BAIGONG_LEDGER_BATCH_ROW_H

#include "base/secret.h"
#include "domain/ledger/ledger_batch.h"
#include "ledger_batch_sql.h"

bool ledger_is_account(struct str account); /* 12 to 32 digits */

struct secret_place ledger_payment_place(int64_t claim_id);
struct secret_place ledger_payee_place(int64_t id);
/* Sealed value and blind index, in w->arena. */
enum err ledger_seal_account(struct work *w, struct secret_place place, struct str account,
                             struct str *ret_sealed, struct str *ret_index);

/* One chunk of the work of a batch's state, and the batch behind it. */
enum err ledger_batch_chunk(struct work *w, const struct ledger_payees *payees,
                            struct ledger_batch *batch);

/* Writes both files and notes their digests: FILING -> FILED. Runs its own units of work. */
enum err ledger_batch_write(struct work_env *env, const struct ledger_run *run,
                            const struct ledger_batch *batch, struct fault *fault);

#endif
