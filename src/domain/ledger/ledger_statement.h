/* ledger_statement.h — what the bank says came of payments: imported whole or not at all, matched
 * by the order's identification, the rest worked off by a person, until nothing is left.
 *
 *   line:  MATCHED (its payment is paid or returned) | UNMATCHED -work off-> WORKED_OFF
 *
 * A line of a reference that an earlier file brought already is skipped: a notification and the
 * statement of the day tell of the same booking.
 *
 * Memory   results live in w->arena, or in the arena given
 * Errors   ERR_BANK_FILE with the place, also for a file that was imported before;
 *          ERR_LEDGER_STATE; ERR_NOT_FOUND; those of port/bank.h and ledger.h
 * Limits   LEDGER_STATEMENT_ROWS_MAX rows of a list
 */
#ifndef BAIGONG_LEDGER_STATEMENT_H
#define BAIGONG_LEDGER_STATEMENT_H

#include "domain/ledger/ledger.h"

enum { LEDGER_STATEMENT_ROWS_MAX = 100 };

struct ledger_statement {
    int64_t id;
    struct str name, message; /* of the file; the bank's own number of it */
    int32_t format;           /* enum bank_format */
    int64_t line_count, matched_count, unmatched_count; /* the others were known */
    int64_t paid_fen, returned_fen;
    int64_t imported_ms;
    struct str account_name;
};

/* One unit of work; on any error nothing is changed. */
enum err ledger_statement_import(struct work_env *env, struct arena *arena, struct str name,
                                 struct str bytes, struct ledger_statement *ret_statement,
                                 struct fault *fault);
/* Newest first, older than before_id (0: from the newest). */
enum err ledger_statements(struct work *w, int64_t before_id, int32_t row_count_max,
                           struct ledger_statement **ret_rows, int32_t *ret_row_count);

enum ledger_mismatch {
    LEDGER_MATCHES,
    LEDGER_UNKNOWN_ORDER, /* no payment of ours has this identification */
    LEDGER_OTHER_AMOUNT,
    LEDGER_PAID_BEFORE, /* said to be paid, and was already, or came back */
    LEDGER_NOT_FILED,   /* the payment was never sent */
    LEDGER_IN_CLOSED_YEAR,
    LEDGER_MISMATCH_COUNT
};
extern const struct ledger_words ledger_mismatch_words[LEDGER_MISMATCH_COUNT];

struct ledger_bank_line {
    int64_t statement_id, amount_fen, decided_ms;
    int32_t position, booked_day;
    bool is_return;
    enum ledger_mismatch problem;
    struct str reference, order_id, reason, words, decider_name;
};
enum err ledger_unmatched(struct work *w, int64_t after_statement_id, int32_t after_position,
                          int32_t row_count_max, struct ledger_bank_line **ret_rows,
                          int32_t *ret_row_count);
/* The line tells of the payment with this identification after all; its amount must be the same. */
enum err ledger_unmatched_assign(struct work *w, int64_t statement_id, int32_t position,
                                 struct str order_id, struct str words);
/* The line has nothing to do with payments of ours, for the reason given. */
enum err ledger_unmatched_close(struct work *w, int64_t statement_id, int32_t position,
                                struct str words);

/* Everything that is not at its end; all zero when reconciled. */
struct ledger_reconciliation {
    int64_t transit_fen, returned_fen; /* at the bank without an answer; back, not paid again */
    int64_t unmatched_count, unmatched_paid_fen, unmatched_returned_fen;
    bool is_zero; /* nothing at the bank, nothing unmatched, nothing waits to be paid again */
};
enum err ledger_reconcile(struct work *w, const struct ledger_line_filter *filter,
                          struct ledger_reconciliation *ret_reconciliation);

#endif
