/* case.h — what becomes of an entitlement: looked at, approved, published, paid, corrected, closed.
 *
 *   entitlement ──opened──► case ──moves of case.def──► paid, refused, withdrawn, closed
 *
 * The states and the only moves between them are case.def; doc/cases.md draws it. Every move goes
 * through case_move_all: table, permission, whose rows, reason, four eyes, amount, gate and version
 * are looked at there, and the step, the event, the figures and the new clock are written there.
 * A case is known by rule, subject, basis and period, and carries the number of the entitlement it
 * was opened for: it is opened once, whatever is run again.
 *
 * Memory   results live in w->arena
 * Errors   ERR_CASE_STATE (no such move from here), ERR_CASE_STALE (somebody else moved it),
 *          ERR_CASE_OWN (four eyes, or one's own case), ERR_CASE_WORDS (a reason is asked for),
 *          ERR_CASE_OPEN (the amount is not known), ERR_CASE_HELD (the gate holds it),
 *          ERR_CASE_LATE (too late to take it back), ERR_FORBIDDEN, ERR_NOT_FOUND (not there, or
 *          not theirs to see); store errors pass through
 * Units    money in fen, days as civil day numbers, *_ms in UTC milliseconds
 * Limits   CASE_ORDERS_MAX moves a call, CASE_ROWS_MAX rows a page
 */
#ifndef BAIGONG_CASE_H
#define BAIGONG_CASE_H

#include "domain/guard/guard.h"
#include "domain/incentive/case_practice.h"
#include "domain/incentive/incentive.h"

enum {
    CASE_ORDERS_MAX = 5000,     /* one unit of work; under a second on both engines */
    CASE_ROWS_MAX = 5000,       /* a page of a list, or a turn of a job */
    CASE_HATS_MAX = 8,          /* one's own and those of absent colleagues */
    CASE_STEPS_MAX = 500,       /* of one case: far above what years of corrections make */
    CASE_WORDS_SIZE_MAX = 6000, /* bytes of a reason or a note: two pages */
};

enum case_state {
    CASE_STATE_NONE,
#define STATE(name, key, label, label_en, desk, kind) CASE_##name,
#define ACT(name, key, label, label_en)
#define MOVE(from, act, to, by, flags)
#include "domain/incentive/case.def"
#undef STATE
#undef ACT
    CASE_STATE_COUNT
};

enum case_act {
    CASE_FILLED = -2,     /* the amount that was left open */
    CASE_TAKEN_BACK = -1, /* the step before */
    CASE_OPENED = 0,
#define STATE(name, key, label, label_en, desk, kind)
#define ACT(name, key, label, label_en) CASE_DO_##name,
#include "domain/incentive/case.def"
#undef STATE
#undef ACT
#undef MOVE
    CASE_ACT_COUNT
};

enum case_desk {
    CASE_DESK_PROGRAM = 1,
    CASE_DESK_HOLDER,
    CASE_DESK_REVIEWER,
    CASE_DESK_APPROVER,
    CASE_DESK_FINANCE,
    CASE_DESK_BANK,
    CASE_DESK_NOBODY,
    CASE_DESK_COUNT
};

enum case_kind { CASE_MONEY = 1, CASE_TITLE };
enum case_way { CASE_FOUND_BY_PROGRAM = 1, CASE_APPLIED_FOR };

/* By whom a move is made: the program, or a permission of guard.def. */
enum case_by {
    CASE_BY_SYSTEM = -1,
    CASE_BY_REVIEW = PERM_CASE_REVIEW,
    CASE_BY_APPROVE = PERM_CASE_APPROVE,
    CASE_BY_OWN = PERM_CASE_OWN,
    CASE_BY_PAY = PERM_PAYMENT,
};

enum case_flag { /* case.def says what they mean */
                 CASE_WORDS = 1,
                 CASE_OTHER = 2,
                 CASE_DECIDES = 4,
                 CASE_FULL = 8,
                 CASE_AUTO = 16,
                 CASE_BACK = 32,
};

struct case_state_desc {
    const char *key, *label, *label_en;
    enum case_desk desk;
    bool is_over;
};
struct case_act_desc {
    const char *key, *label, *label_en;
};
struct case_move_desc {
    enum case_state from;
    enum case_act act;
    enum case_state to;
    enum case_by by;
    int32_t flags;
};
extern const struct case_state_desc case_states[CASE_STATE_COUNT];
extern const struct case_act_desc case_acts[CASE_ACT_COUNT];
extern const struct case_move_desc case_moves[];
extern const int32_t case_move_count;

/* NULL when the state does not have the act. */
const struct case_move_desc *case_move_of(enum case_state from, enum case_act act);
enum case_state case_state_by_key(struct str key); /* CASE_STATE_NONE */
enum case_act case_act_by_key(struct str key);     /* CASE_OPENED */

struct incentive_case {
    int64_t id, holder_id;
    int32_t holder_record; /* 1 person, 2 organisation */
    int64_t rule_id;
    struct str document_number, rule_name;
    int64_t subject_id, basis_id;
    int32_t period;
    enum case_kind kind;
    enum case_way way;
    int32_t division;
    enum case_state state;
    int32_t version;
    int64_t opened_ms, changed_ms;
    int32_t due_day;    /* DAY_MAX: no clock runs */
    int64_t decided_id; /* account that decided last; 0 */
    int64_t stored_fen; /* its amount as it was read */
    /* What who makes a move may bring along with it: */
    int64_t entitlement_id; /* that stands for it now; 0: none was found */
    int64_t payee_id;       /* 0: the holder */
    int64_t amount_fen;     /* all that the holder is to have; ABSENT_I64 while open */
    bool is_filled;         /* the amount was left open and filled in */
    int64_t paid_fen;
    int64_t payment_ms; /* part of the ledger's key; 0: the first payment */
    int32_t held_count; /* findings of the gate that hold it */
    int64_t notice_id;  /* 0: none */
};

/* What is still to be paid; negative: to be given back. 0 while the amount is open. */
int64_t case_payable_fen(const struct incentive_case *subject);

/* ---- who acts */

struct case_hat {
    enum role role;
    struct scope scope;
    struct str stands_for; /* name of the absent one; "" for oneself */
};

struct case_actor {
    bool is_program;
    struct case_hat hats[CASE_HATS_MAX];
    int32_t hat_count;
    int64_t own_person_id, own_organisation_id; /* of an officer: never decided by itself */
};

extern const struct case_actor case_program;

/* Oneself, and those for whom one stands in today. */
enum err case_actor_of(struct work *w, const struct session *session, struct case_actor *ret_actor);
bool case_actor_sees(const struct case_actor *actor, const struct incentive_case *subject);

/* Whether somebody may make a move now, and if not, why: nothing is written, no fault is set. */
enum err case_allows(const struct case_actor *actor, int64_t account_id,
                     const struct incentive_case *subject, enum case_act act);

/* ---- moving */

struct case_order {
    struct incentive_case subject; /* as it was read, with what the move brings along */
    enum case_act act;
    struct str reason;
    int32_t due_day;  /* 0: by the practice for the state */
    enum err outcome; /* set: ERR_OK when it was made */
    bool is_held;     /* set by case_decide_all: the gate held it instead */
};

/* Makes the moves that are allowed and writes why not into the others; an error of the store ends
 * all. What was moved is brought up to date in its order. batch_id 0: one by one. */
enum err case_move_all(struct work *w, const struct case_practice *practice,
                       const struct case_actor *actor, int64_t batch_id, struct case_order *orders,
                       int32_t order_count);

/* One; a refusal is an error with its words. */
enum err case_move(struct work *w, const struct case_practice *practice,
                   const struct case_actor *actor, struct case_order *order);
/* The words of a refusal for a fault. */
enum err case_refuse(struct work *w, enum err outcome, const struct incentive_case *subject,
                     enum case_act act);

/* Fills in an amount that the document leaves open or gives as a ceiling: in REVIEW, by who may
 * review. max_fen: the ceiling, ABSENT_I64 when there is none. */
enum err case_fill_amount(struct work *w, const struct case_practice *practice,
                          const struct case_actor *actor, struct incentive_case *subject,
                          int64_t amount_fen, int64_t max_fen, struct str reason);

/* Takes back one's own last step, as long as the practice allows and nothing came after it. */
enum err case_take_back(struct work *w, const struct case_practice *practice,
                        struct incentive_case *subject);
/* Until when that may be done; 0: it may not. */
enum err case_take_back_until(struct work *w, const struct case_practice *practice,
                              const struct incentive_case *subject, int64_t *ret_until_ms);

/* ---- reading */

/* ERR_NOT_FOUND also for one that the actor does not see. */
enum err case_read(struct work *w, const struct case_actor *actor, int64_t id,
                   struct incentive_case *ret_case);

struct case_step {
    int32_t version;
    enum case_act act;
    enum case_state from, to;
    int64_t at_ms, account_id;
    struct str account_name, stands_for, reason;
    int64_t amount_fen;
    int64_t batch_id;
    int32_t due_day;    /* of the clock that ran before */
    int64_t decided_id; /* before */
};
/* Oldest first. */
enum err case_steps(struct work *w, const struct incentive_case *subject,
                    struct case_step **ret_steps, int32_t *ret_step_count);

enum case_audience { CASE_OFFICE = 1, CASE_HOLDER };
struct case_note {
    int64_t id, at_ms, account_id;
    struct str account_name, words;
    enum case_audience audience;
};
enum err case_note_add(struct work *w, const struct incentive_case *subject,
                       enum case_audience audience, struct str words);
/* Oldest first; audience CASE_HOLDER: only what the holder reads. */
enum err case_notes(struct work *w, const struct incentive_case *subject,
                    enum case_audience audience, struct case_note **ret_notes,
                    int32_t *ret_note_count);

/* ---- stand-ins */

struct case_stand_in {
    int64_t id, absent_id, stand_in_id;
    struct str absent_name, reason;
    int32_t from_day, to_day;
};
/* Somebody with the same role acts for an absent account; its scope is the absent one's. */
enum err case_stand_in_add(struct work *w, const struct account *absent,
                           const struct account *stand_in, int32_t from_day, int32_t to_day,
                           struct str reason, int64_t *ret_id);
enum err case_stand_in_end(struct work *w, int64_t id, int64_t absent_id);
/* Those of an absent account that stand today or later. */
enum err case_stand_ins(struct work *w, int64_t absent_id, struct case_stand_in **ret_rows,
                        int32_t *ret_row_count);

#endif
