/* incentive_difference.h — what was decided and turned out otherwise, in words: how much is to be
 * paid on top or given back, and what was it that changed.
 *
 * The reason is found by replaying both versions, each under its own edition with the facts known
 * at its own instant: the first condition or value that differs. Nothing of it is stored.
 *
 * Memory   results live in w->arena
 * Errors   ERR_NOT_FOUND (no such rule was ever swept); store errors
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

/* Those of one entitlement. */
enum err incentive_history(struct work *w, const struct vocab *vocab, int64_t entitlement_id,
                           struct entitlement_difference **ret_rows, int32_t *ret_row_count);

#endif
