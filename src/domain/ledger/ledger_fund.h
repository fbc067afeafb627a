/* ledger_fund.h — funds, their years and lines, and changes of budget: asked by one, decided by
 * another.
 *
 *   virement: ASKED -approve, by another-> APPROVED (posted) | -decline-> DECLINED
 *   year:     OPEN -close, nothing under way-> CLOSED -reopen-> OPEN
 *
 * A closed year takes no posting. It is closed when nothing of it is reserved, at the bank or
 * waiting to be paid again; what is left is told.
 *
 * Memory   results live in w->arena
 * Errors   ERR_LEDGER_STATE decided already, or something under way; ERR_LEDGER_OWN whoever asked
 *          does not decide; ERR_LEDGER_SHORT the giving line has too little; ERR_LEDGER_YEAR;
 *          ERR_NOT_FOUND; ERR_INPUT; store errors
 * Limits   LEDGER_FUNDS_MAX funds, LEDGER_VIREMENTS_MAX rows of a list
 */
#ifndef BAIGONG_LEDGER_FUND_H
#define BAIGONG_LEDGER_FUND_H

#include "domain/ledger/ledger.h"

enum { LEDGER_FUNDS_MAX = 500, LEDGER_VIREMENTS_MAX = 100, LEDGER_YEARS_MAX = 100 };

enum ledger_fund_kind {
    LEDGER_FUND_SPECIAL = 1,
    LEDGER_FUND_INSURANCE,
    LEDGER_FUND_HIGHER, /* a subsidy of a higher level */
    LEDGER_FUND_OTHER,
    LEDGER_FUND_KIND_COUNT
};
extern const struct ledger_words ledger_fund_kind_words[LEDGER_FUND_KIND_COUNT];

struct ledger_fund {
    int64_t id;
    struct str name, source;
    enum ledger_fund_kind kind;
};

/* A fund of the name that is there keeps what it is. */
enum err ledger_fund_put(struct work *w, const struct ledger_fund *fund, int64_t *ret_id);
enum err ledger_fund_by_name(struct work *w, struct str name, struct ledger_fund *ret_fund);
enum err ledger_fund_read(struct work *w, int64_t id, struct ledger_fund *ret_fund);
enum err ledger_funds(struct work *w, struct ledger_fund **ret_funds, int32_t *ret_fund_count);

/* The line, made with its year when it is not there; nothing is granted by that. */
enum err ledger_line_put(struct work *w, int64_t fund_id, int32_t year, int32_t division,
                         struct str earmark, int64_t *ret_line_id);

enum ledger_year_state { LEDGER_YEAR_OPEN = 1, LEDGER_YEAR_CLOSED };
struct ledger_year {
    int64_t fund_id;
    int32_t year;
    enum ledger_year_state state;
    int64_t opened_ms, closed_ms;
    struct str closer_name;
};
enum err ledger_years(struct work *w, int64_t fund_id, struct ledger_year **ret_years,
                      int32_t *ret_year_count);
enum err ledger_year_close(struct work *w, int64_t fund_id, int32_t year);
/* By another than who closed it. */
enum err ledger_year_reopen(struct work *w, int64_t fund_id, int32_t year);

enum ledger_virement_state {
    LEDGER_VIREMENT_ASKED = 1,
    LEDGER_VIREMENT_APPROVED,
    LEDGER_VIREMENT_DECLINED,
    LEDGER_VIREMENT_STATE_COUNT
};
extern const struct ledger_words ledger_virement_words[LEDGER_VIREMENT_STATE_COUNT];

struct ledger_virement {
    int64_t id;
    enum ledger_virement_state state;
    int64_t from_line_id; /* 0: a new grant */
    int64_t to_line_id;   /* 0: taken back from the fund */
    int64_t amount_fen;
    struct str document, reason;
    int64_t asker_id;
    struct str asker_name, decider_name, words;
    int64_t asked_ms, decided_ms;
};

/* Both lines are of one fund and open years. Nothing moves yet. */
enum err ledger_virement_ask(struct work *w, const struct ledger_virement *virement,
                             int64_t *ret_id);
enum err ledger_virement_approve(struct work *w, int64_t id, struct str words);
enum err ledger_virement_decline(struct work *w, int64_t id, struct str words);
enum err ledger_virement_read(struct work *w, int64_t id, struct ledger_virement *ret_virement);
/* state 0: any; newest first, older than before_id (0: from the newest). */
enum err ledger_virements(struct work *w, enum ledger_virement_state state, int64_t before_id,
                          int32_t row_count_max, struct ledger_virement **ret_rows,
                          int32_t *ret_row_count);

#endif
