/* ledger_debt.h — money that somebody owes a fund: claimed back once under a key, paid in, or
 * written off by two people; and what the flows of a line say of its end.
 *
 *   OPEN -pay in, all of it-> SETTLED;   OPEN -ask-> WRITE_OFF_ASKED -approve, by another-> SETTLED
 *
 * Memory   results live in w->arena
 * Errors   ERR_LEDGER_KEY same key with other content; ERR_LEDGER_STATE; ERR_LEDGER_OWN;
 *          ERR_OVERFLOW more than is owed; ERR_NOT_FOUND; those of ledger.h
 * Limits   LEDGER_INSTALMENTS_MAX
 */
#ifndef BAIGONG_LEDGER_DEBT_H
#define BAIGONG_LEDGER_DEBT_H

#include "domain/ledger/ledger.h"

enum { LEDGER_INSTALMENTS_MAX = 120 }; /* ten years by month */

enum ledger_debt_state { LEDGER_DEBT_OPEN = 1, LEDGER_DEBT_SETTLED, LEDGER_DEBT_WRITE_OFF_ASKED };

struct ledger_instalment {
    int32_t due_day;
    int64_t amount_fen;
};

struct ledger_debt {
    int64_t id;
    struct str key; /* the caller's, unique for ever */
    int64_t line_id;
    int64_t case_id; /* 0: none */
    struct str article, reason;
    enum ledger_party payee_record;
    int64_t payee_id;
    int64_t amount_fen, recovered_fen, lost_fen;
    enum ledger_debt_state state;
    const struct ledger_instalment *instalments; /* sum to the amount; none: at once */
    int32_t instalment_count;
};

/* The line is the one that paid (ledger_state.line_id), or another open one of its fund. A second
 * call with the same content changes nothing. */
enum err ledger_recover_open(struct work *w, const struct ledger_debt *debt, int64_t *ret_id);
enum err ledger_recover_read(struct work *w, struct str key, struct ledger_debt *ret_debt);
/* payment_key: of this payment, unique among those of the debt; again: nothing changes. */
enum err ledger_recover_pay(struct work *w, struct str key, int64_t amount_fen,
                            struct str payment_key, struct str words);
/* Asks for what is left to be written off; another approves. */
enum err ledger_recover_ask_write_off(struct work *w, struct str key, struct str reason);
enum err ledger_recover_approve_write_off(struct work *w, struct str key, struct str words);

/* ---- flows and what they say */

struct ledger_flow {
    int32_t day;
    struct str article;
    int64_t amount_fen, entry_count;
};
/* Of an account of a line, by day and article. */
enum err ledger_flows(struct work *w, int64_t line_id, enum ledger_account account,
                      int32_t from_day, int32_t to_day, struct ledger_flow **ret_flows,
                      int32_t *ret_flow_count);

/* What is known to fall due, from whoever knows entitlements. */
struct ledger_due {
    int32_t day;
    int64_t amount_fen;
};
struct ledger_forecast {
    int64_t available_fen;
    int64_t pace_fen; /* reserved a month, over the last LEDGER_PACE_DAYS */
    int32_t dry_day;  /* first day without money at this pace with what is due; DAY_MAX: not in the
                       * line's year */
    int64_t missing_fen; /* by the end of the year */
};
enum { LEDGER_PACE_DAYS = 92 };
enum err ledger_forecast(struct work *w, const struct ledger_line *line,
                         const struct ledger_due *dues, int32_t due_count,
                         struct ledger_forecast *ret_forecast);

#endif
