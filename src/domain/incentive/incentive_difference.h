/* incentive_difference.h — what was decided and turned out otherwise, in words: how much is to be
 * paid on top or given back, and what was it that changed.
 *
 * The reason is found by replaying both versions, each under its own edition with the facts known
 * at its own instant: the clause that takes money back, else the first condition or value that
 * differs. Nothing of it is stored.
 *
 * For a ledger: ask from the instant of the version that was paid (its known_ms), and post
 *   to_fen - from_fen  to the payee when both payees are the same (difference_fen: positive, a
 *                      top-up; negative, a recovery);
 *   -from_fen to the former and to_fen to the later payee when they differ (difference_fen may
 *                      then be 0 although money moves);
 *   nothing while is_asked: a question that came up later takes nothing back before it is answered;
 *   nothing while an amount is open (ABSENT_I64).
 * to_ms is part of the key under which a difference is posted: asking again gives the same row
 * until a later decision, and then what lies between the same from_ms and that one. Rows of one
 * holder are found by key; no call reads the city.
 *
 * Memory   results live in w->arena
 * Errors   ERR_NOT_FOUND (no such rule was ever swept; no such entitlement); store errors
 * Units    money in fen, *_ms in UTC milliseconds
 * Limits   DIFFERENCE_ROWS_MAX a page: each is two replays, about a millisecond
 */
#ifndef BAIGONG_INCENTIVE_DIFFERENCE_H
#define BAIGONG_INCENTIVE_DIFFERENCE_H

#include "domain/incentive/incentive.h"

enum { DIFFERENCE_ROWS_MAX = 1000 };

enum difference_cause {
    CAUSE_FACT,   /* a fact came in or was corrected */
    CAUSE_DAY,    /* the day moved on */
    CAUSE_POLICY, /* the documents changed */
    CAUSE_OTHERS, /* other grants: a quota, a cap, an exclusion */
};

struct entitlement_difference {
    int64_t entitlement_id, holder_id;
    /* The key of the entitlement: rule, subject, basis and period. */
    struct str document_number, rule_name;
    struct str basis_record;
    int64_t basis_id;
    int32_t period;
    struct str article; /* heading of the one that says so, of the later answer where it has one */
    int64_t from_fen, to_fen;             /* 0: not granted; ABSENT_I64: open */
    int64_t from_payee_id, to_payee_id;   /* ABSENT_I64: the subject */
    int64_t to_entitlement_id;            /* found again under another number; 0: it ended */
    bool is_asked;                        /* a missing fact decides now */
    int64_t from_ms, to_ms; /* the instants of the two versions */
    enum correction_kind kind;
    int64_t difference_fen;
    bool has_ended; /* there is no later version */
    struct str subject_record;
    int64_t subject_id;
    int32_t from_day, to_day; /* as-of days of the two answers */
    enum difference_cause cause;
    struct str reason; /* the condition or value that differs, and how */
};

/* Differences of a rule after an entitlement's number, in the order of numbers and instants. */
enum err incentive_differences(struct work *w, const struct vocab *vocab,
                               struct str document_number, struct str rule_name,
                               int64_t after_id, int32_t row_count_max,
                               struct entitlement_difference **ret_rows, int32_t *ret_row_count);

/* What stood at an instant against what holds now, netted: one row for each entitlement that was
 * granted then and is otherwise now, whatever happened to it in between; one that ended and was
 * found again under another number is the same. Entitlements after after_id, at most row_count_max
 * looked at; *ret_next_after is where the next page goes on, ABSENT_I64 behind the last. */
enum err incentive_net_differences(struct work *w, const struct vocab *vocab,
                                   struct str document_number, struct str rule_name,
                                   int64_t known_at_ms, int64_t after_id, int32_t row_count_max,
                                   struct entitlement_difference **ret_rows,
                                   int32_t *ret_row_count, int64_t *ret_next_after);

/* The same for one entitlement; *ret_differs false: it was not granted at the instant, or is as it
 * was. */
enum err incentive_net_of(struct work *w, const struct vocab *vocab, int64_t holder_id,
                          int64_t entitlement_id, int64_t known_at_ms,
                          struct entitlement_difference *ret_row, bool *ret_differs);

/* The same for everything of one holder (person or organisation), of all rules. */
enum err incentive_net_of_holder(struct work *w, const struct vocab *vocab, int64_t holder_id,
                                 int64_t known_at_ms, int64_t after_id, int32_t row_count_max,
                                 struct entitlement_difference **ret_rows, int32_t *ret_row_count,
                                 int64_t *ret_next_after);

/* The same for all holders and rules, in the order of holders; begins at {0, 0}. *ret_next has the
 * holder ABSENT_I64 behind the last. */
struct difference_place {
    int64_t holder_id, entitlement_id;
};
enum err incentive_net_of_all(struct work *w, const struct vocab *vocab, int64_t known_at_ms,
                              struct difference_place after, int32_t row_count_max,
                              struct entitlement_difference **ret_rows, int32_t *ret_row_count,
                              struct difference_place *ret_next);

/* Those of one entitlement. */
enum err incentive_history(struct work *w, const struct vocab *vocab, int64_t entitlement_id,
                           struct entitlement_difference **ret_rows, int32_t *ret_row_count);

#endif
