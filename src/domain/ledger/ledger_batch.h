/* ledger_batch.h — payments that go to the bank together: made, checked, approved, filed.
 *
 *   MAKING -> CHECKING -> CHECKED -approve, by another-> FILING -> FILED -bank-> SETTLED
 *                            |
 *                            +-drop-> DROPPING -> DROPPED
 *
 * The states that end in -ING are worked through by ledger_batch_run, a chunk a unit of work, from
 * where it stopped: a process may be killed anywhere and another goes on. While a claim is in a
 * batch it can neither be voided nor be in another. The bank's files are written last, from what
 * the store holds, so that writing them again gives the same bytes.
 *
 * Memory   results live in w->arena
 * Errors   ERR_LEDGER_STATE, ERR_LEDGER_OWN whoever made it does not approve it, ERR_LEDGER_CUT_OFF
 *          too late for its day, ERR_NOT_FOUND, ERR_SECRET; those of ledger.h and port/bank.h
 * Limits   LEDGER_BATCH_MAX payments, LEDGER_CHUNK a unit of work
 */
#ifndef BAIGONG_LEDGER_BATCH_H
#define BAIGONG_LEDGER_BATCH_H

#include "base/hash.h"
#include "domain/ledger/ledger.h"

enum {
    LEDGER_BATCH_MAX = 1000 * 1000, /* a file of the bank; further claims make a further batch */
    LEDGER_CHUNK = 2000,            /* payments a unit of work: tens of milliseconds */
    LEDGER_BATCH_ROWS_MAX = 100,
};

enum ledger_batch_state {
    LEDGER_BATCH_MAKING = 1,
    LEDGER_BATCH_CHECKING,
    LEDGER_BATCH_CHECKED,
    LEDGER_BATCH_FILING,
    LEDGER_BATCH_FILED,
    LEDGER_BATCH_SETTLED,
    LEDGER_BATCH_DROPPING,
    LEDGER_BATCH_DROPPED,
    LEDGER_BATCH_STATE_COUNT
};
extern const struct ledger_words ledger_batch_words[LEDGER_BATCH_STATE_COUNT];

enum ledger_payment_state {
    LEDGER_PAYMENT_WAITING = 1,
    LEDGER_PAYMENT_FILED,
    LEDGER_PAYMENT_PAID,
    LEDGER_PAYMENT_RETURNED,
    LEDGER_PAYMENT_LEFT_OUT, /* not in the file; its claim is free for another batch */
    LEDGER_PAYMENT_STATE_COUNT
};
extern const struct ledger_words ledger_payment_words[LEDGER_PAYMENT_STATE_COUNT];

enum ledger_problem {
    LEDGER_FINE,
    LEDGER_NO_ACCOUNT,   /* nobody told an account */
    LEDGER_BAD_ACCOUNT,  /* no account number */
    LEDGER_NO_NAME,      /* the payee has no name */
    LEDGER_SAME_ACCOUNT, /* the money came back from this very account */
    LEDGER_PROBLEM_COUNT
};
extern const struct ledger_words ledger_problem_words[LEDGER_PROBLEM_COUNT];

/* ---- whose accounts */

struct ledger_payee {
    struct str name, account, bank; /* account: "" when none is known; bank may be empty */
};

/* Asks the registry, which this room does not know. Accounts given to the ledger come first. */
struct ledger_payees {
    enum err (*find)(struct work *w, void *context, enum ledger_party record, const int64_t *ids,
                     int32_t count, struct ledger_payee *ret_payees);
    void *context;
};

/* A (corrected) account of a payee, for payments from now on. ERR_INPUT when it is no number. */
enum err ledger_payee_put(struct work *w, enum ledger_party record, int64_t id,
                          const struct ledger_payee *payee, struct str reason);

/* ---- the bureau's own practice (catalogue/payment.csv) */

struct ledger_practice {
    int32_t cut_off_minute; /* of the day: what is to be paid today is approved before it */
    struct str debtor, debtor_account;
};
enum err ledger_practice_load(struct arena *arena, const char *path,
                              struct ledger_practice *ret_practice, struct fault *fault);

/* ---- batches */

struct ledger_batch {
    int64_t id;
    enum ledger_batch_state state;
    int64_t fund_id;
    struct str fund;
    int32_t year;
    int32_t division_min, division_max; /* both 0: all */
    struct str article;                 /* "": any */
    bool with_returned;                 /* claims whose money came back, and none else */
    int32_t pay_day;
    int64_t payment_count, amount_fen; /* without those left out */
    int64_t problem_count, settled_count;
    int64_t maker_id;
    struct str maker_name, approver_name, words;
    int64_t made_ms, checked_ms, approved_ms, filed_ms;
    struct str csv_digest, xml_digest; /* HASH_SIZE bytes; absent before */
    int64_t cursor_line_id, cursor_id;
};

/* What of it is given: fund_id, year, divisions, article, with_returned, pay_day (not past). */
enum err ledger_batch_new(struct work *w, const struct ledger_batch *given, int64_t *ret_id);
enum err ledger_batch_read(struct work *w, int64_t id, struct ledger_batch *ret_batch);
/* state 0: any; newest first, older than before_id (0: from the newest). */
enum err ledger_batches(struct work *w, enum ledger_batch_state state, int64_t before_id,
                        int32_t row_count_max, struct ledger_batch **ret_batches,
                        int32_t *ret_batch_count);

enum err ledger_batch_approve(struct work *w, const struct ledger_practice *practice, int64_t id,
                              struct str words);
enum err ledger_batch_drop(struct work *w, int64_t id, struct str words);

/* Works a batch on until a person, the bank or nobody is waited for. folder: where the files go,
 * readable by the server alone. on_progress may be NULL. */
struct ledger_run {
    const struct ledger_payees *payees;
    const struct ledger_practice *practice;
    const char *folder;
    void (*on_progress)(void *context, const struct ledger_batch *batch, int64_t done_count);
    void *context;
};
enum err ledger_batch_run(struct work_env *env, const struct ledger_run *run, int64_t id,
                          struct ledger_batch *ret_batch, struct arena *arena, struct fault *fault);
/* "FOLDER/BG<id>.csv" or ".xml" */
const char *ledger_batch_path(struct arena *arena, const char *folder, int64_t id,
                              const char *ending);

/* ---- payments */

struct ledger_payment {
    int64_t batch_id, claim_id, amount_fen, settled_ms;
    int32_t position, attempt;
    enum ledger_payment_state state;
    enum ledger_problem problem;
    struct str key, order_id, name, bank, account, reason; /* account: its last four digits */
};
/* Of a batch by position, after one; state 0: any, problems only when asked. */
enum err ledger_payments(struct work *w, int64_t batch_id, enum ledger_payment_state state,
                         int32_t after_position, int32_t row_count_max,
                         struct ledger_payment **ret_rows, int32_t *ret_row_count);
enum err ledger_payments_of_claim(struct work *w, int64_t claim_id,
                                  struct ledger_payment **ret_rows, int32_t *ret_row_count);

#endif
