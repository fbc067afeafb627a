/* ledger.h — money promised and paid, double entry: every claim once, never more than the budget.
 *
 *   (nothing) -reserve-> RESERVED -batch-> ORDERED -file-> FILED -bank-> PAID
 *       |                 |  ^                              |  ^          |
 *       +-> QUEUED -money-+  |reserve                       v  |file      v
 *                    void v  |            +-release- RETURNED -+-batch-> REORDERED
 *                        VOIDED <- - - - -+
 *
 * A budget line (fund, year, division, earmark) has accounts (ledger.def). A move takes from one
 * and gives to another; it is one posting whose entries sum to zero, with a key that is never used
 * twice. Invariants, held by ledger_audit and by every test:
 *   1. the entries of a posting sum to zero, and so do the accounts of a line;
 *   2. no account but BUDGET and DEBT is below zero: reserved + at the bank + paid + returned never
 *      exceed what was granted;
 *   3. a claim's key is there once; a move of a claim, its round and its attempt is there once; a
 *      claim is in at most one payment that waits, is at the bank or is paid;
 *   4. the totals of lines, days, batches and statements are the sums of their entries;
 *   5. an account holds what the claims (debts) in the states that stand for it add up to.
 * The room knows nothing of incentives: callers follow the events, whose detail is {"key":"…"} and
 * whose subject_id is the claim. (Kinds begin with "ledger.", because "payment." is a record of
 * the registry, and whoever follows facts reads those.)
 *
 * Memory   results live in w->arena
 * Errors   ERR_LEDGER_KEY same key with other content; ERR_LEDGER_STATE the claim is elsewhere;
 *          ERR_LEDGER_YEAR no such budget year, or closed; ERR_LEDGER_CLOCK the clock stands before
 *          the newest posting; ERR_OVERFLOW; ERR_NOT_FOUND; store errors. On PostgreSQL writers of
 *          one line meet in ERR_STORE_CONFLICT, which work_run repeats
 * Units    fen above zero; days are civil days; instants UTC milliseconds
 * Limits   LEDGER_CLAIMS_MAX a call, LEDGER_AMOUNT_MAX_FEN a claim
 */
#ifndef BAIGONG_LEDGER_H
#define BAIGONG_LEDGER_H

#include "store/work.h"

enum {
    LEDGER_CLAIMS_MAX = 10000,  /* one unit of work: some seconds, some megabytes */
    LEDGER_KEY_SIZE_MAX = 60,   /* bytes */
    LEDGER_SKEW_MS = 60 * 1000, /* servers of one city keep their clocks by NTP */
    LEDGER_DIVISION_ANY = 0,
};
#define LEDGER_AMOUNT_MAX_FEN INT64_C(100000000000) /* a thousand million yuan: a city's year */

enum ledger_account {
    LEDGER_ACCOUNT_NONE,
#define ACCOUNT(name, column, label, label_en) LEDGER_ACCOUNT_##name,
#include "domain/ledger/ledger.def"
    LEDGER_ACCOUNT_COUNT
};

enum ledger_claim_state {
    LEDGER_CLAIM_NONE,
#define STATE(name, account, label, label_en) LEDGER_CLAIM_##name,
#include "domain/ledger/ledger.def"
    LEDGER_CLAIM_STATE_COUNT
};

enum ledger_move {
    LEDGER_MOVE_NONE,
#define MOVE(name, from, to, event, label, label_en) LEDGER_MOVE_##name,
#include "domain/ledger/ledger.def"
    LEDGER_MOVE_COUNT
};

struct ledger_words {
    const char *name, *label, *label_en; /* "RESERVED", "已预留", "reserved" */
};
extern const struct ledger_words ledger_account_words[LEDGER_ACCOUNT_COUNT];
extern const struct ledger_words ledger_claim_words[LEDGER_CLAIM_STATE_COUNT];
extern const struct ledger_words ledger_move_words[LEDGER_MOVE_COUNT];

enum ledger_party { LEDGER_PERSON = 1, LEDGER_ORGANISATION };

/* ---- claims */

struct ledger_claim {
    struct str key;  /* unique for ever, chosen by the caller: "e<entitlement>", "e<id>+<to_ms>" */
    struct str fund; /* as policy documents name it */
    int32_t year;
    int32_t division;   /* the nearest line at or above it pays */
    struct str earmark; /* a line for it alone is preferred; may be empty */
    int64_t amount_fen;
    struct str article;
    int64_t case_id; /* 0: none */
    enum ledger_party payee_record;
    int64_t payee_id;
    int32_t expires_day; /* last day of an unused reservation */
};

/* What happens to claims for which a line has too little. */
enum ledger_shortage {
    LEDGER_SHORT_STOP,  /* nothing is kept of them */
    LEDGER_SHORT_QUEUE, /* they wait for money, in their order: ledger_queue_run */
    LEDGER_SHORT_SHARE, /* those of the call share what there is, to the fen */
};
struct ledger_shortage_rule {
    enum ledger_shortage shortage;
};

enum ledger_outcome { LEDGER_OK_RESERVED = 1, LEDGER_OK_ALREADY, LEDGER_OK_QUEUED, LEDGER_SHORT };

struct ledger_answer {
    enum ledger_outcome outcome;
    int64_t claim_id;    /* 0: SHORT */
    int64_t amount_fen;  /* reserved (now or before); 0: SHORT, QUEUED */
    int64_t missing_fen; /* QUEUED, SHORT and shared out: what the line lacks for this claim */
    enum ledger_claim_state state;
};

/* Reserves each or says what is missing, in the order given. A key that was voided may be reserved
 * again with other content; any other key that is there answers ALREADY, or ERR_LEDGER_KEY when the
 * content differs. ERR_LEDGER_YEAR without a line. All or, on an error, none. */
enum err ledger_reserve(struct work *w, const struct ledger_claim *claims, int32_t count,
                        const struct ledger_shortage_rule *rule, struct ledger_answer *ret_answers);

/* Gives a reservation back, or takes a claim out of the queue, or releases returned money. A second
 * call is answered as the first; ERR_LEDGER_STATE once it is in a batch. */
enum err ledger_void(struct work *w, struct str key, struct str reason);

struct ledger_state {
    int64_t claim_id;
    enum ledger_claim_state state;
    int64_t line_id, fund_id;
    struct str key, fund, article, reason;
    int32_t year, division, expires_day;
    int64_t asked_fen, amount_fen;
    int64_t case_id, payee_id;
    enum ledger_party payee_record;
    int32_t attempt;
    int64_t batch_id; /* 0: none */
    int64_t created_ms, changed_ms;
};
enum err ledger_state_of(struct work *w, struct str key, struct ledger_state *ret_state);
enum err ledger_claim_read(struct work *w, int64_t claim_id, struct ledger_state *ret_state);
/* Of a person or body, newest first, older than before_id (0: from the newest). */
enum err ledger_claims_of(struct work *w, enum ledger_party payee_record, int64_t payee_id,
                          int64_t before_id, int32_t row_count_max, struct ledger_state **ret_rows,
                          int32_t *ret_row_count);

/* Reserves what waits, oldest first, as far as the lines' money goes; at most count_max. The first
 * of a line that does not fit stops its line. */
enum err ledger_queue_run(struct work *w, int32_t count_max, int32_t *ret_reserved_count);

/* Gives back reservations whose last day lies before today and that are in no batch. */
enum err ledger_expire(struct work *w, int32_t count_max, int32_t *ret_expired_count);

/* ---- what there is */

struct ledger_balance {
    int64_t accounts_fen[LEDGER_ACCOUNT_COUNT];
};

struct ledger_line {
    int64_t id, fund_id;
    struct str fund, earmark;
    int32_t year, division;
    bool year_is_open;
    struct ledger_balance balance;
    int64_t posting_count, last_ms;
};

struct ledger_line_filter {
    int64_t fund_id;                    /* 0: all */
    int32_t year;                       /* 0: all */
    int32_t division_min, division_max; /* lines of these, and of the whole city; both 0: all */
};
enum { LEDGER_LINES_MAX = 4000 };
enum err ledger_lines(struct work *w, const struct ledger_line_filter *filter,
                      struct ledger_line **ret_lines, int32_t *ret_line_count);
enum err ledger_line_read(struct work *w, int64_t line_id, struct ledger_line *ret_line);

/* The lines as they stood at an instant: now, less what came later. */
enum err ledger_balance_at(struct work *w, const struct ledger_line_filter *filter, int64_t at_ms,
                           struct ledger_line **ret_lines, int32_t *ret_line_count);

/* Granted, less cuts: what may be spent. */
int64_t ledger_granted_fen(const struct ledger_balance *balance);
/* Reserved, at the bank, paid, returned. */
int64_t ledger_spent_fen(const struct ledger_balance *balance);

struct ledger_posting {
    int64_t id, at_ms;
    enum ledger_move move;
    int64_t line_id, claim_id, case_id, batch_id, amount_fen;
    int32_t day;
    struct str key, article, actor, words;
};
/* Of a line, newest first, before an instant and id (INT64_MAX: from the newest). */
enum err ledger_postings(struct work *w, int64_t line_id, int64_t before_ms, int64_t before_id,
                         int32_t row_count_max, struct ledger_posting **ret_rows,
                         int32_t *ret_row_count);
enum err ledger_postings_of_claim(struct work *w, int64_t claim_id,
                                  struct ledger_posting **ret_rows, int32_t *ret_row_count);

/* ---- audit */

enum ledger_invariant {
    LEDGER_SUM_OF_POSTING, /* 1 */
    LEDGER_SUM_OF_LINE,    /* 1 */
    LEDGER_BELOW_ZERO,     /* 2 */
    LEDGER_DOUBLE_KEY,     /* 3 */
    LEDGER_DOUBLE_PAYMENT, /* 3 */
    LEDGER_TOTAL_OF_LINE,  /* 4 */
    LEDGER_TOTAL_OF_DAY,   /* 4 */
    LEDGER_TOTAL_OF_BATCH, /* 4 */
    LEDGER_CLAIMS_OF_LINE, /* 5 */
    LEDGER_INVARIANT_COUNT
};
extern const struct ledger_words ledger_invariant_words[LEDGER_INVARIANT_COUNT];

struct ledger_audit {
    int64_t posting_count, entry_count, claim_count, line_count;
    int64_t broken_counts[LEDGER_INVARIANT_COUNT];
    int64_t first_broken_ids[LEDGER_INVARIANT_COUNT]; /* posting, line or claim; 0: none */
    int64_t broken_count;                             /* of all */
};
/* Reads the whole ledger: for a worker or the command line. */
enum err ledger_audit(struct work *w, struct ledger_audit *ret_audit);

#endif
