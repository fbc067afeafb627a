/* incentive_history.h — a small made city in which facts come in, are corrected, withdrawn and
 * restored at random, followed by a follower.
 *
 * Memory   a history owns its follower (history_end)
 */
#ifndef BAIGONG_INCENTIVE_HISTORY_H
#define BAIGONG_INCENTIVE_HISTORY_H

#include "domain/incentive/incentive_follow.h"
#include "store_fixture.h"

struct history {
    struct store_fixture *t;
    const struct incentive_policy *policy; /* of the process, with its words */
    const struct vocab *vocab;
    uint64_t dice;
    struct follower *follower;
    int32_t day;       /* as of which it is followed */
    int32_t sweep_min; /* 0: as the follower has it */
    int32_t table;     /* the record that something happens to */
    int64_t key_id, id;
    int64_t join_id;   /* of two persons that are one for now; 0: none */
};

/* A city of 800 people, followed for the first time as of 2023-08-20; policy NULL: by all shipped
 * documents. */
void history_begin(struct history *h, struct store_fixture *t, uint64_t seed,
                   const struct incentive_policy *policy);
const struct vocab *history_vocab(void);
void history_end(struct history *h);

uint32_t history_roll(struct history *h, uint32_t sides); /* 0 to sides - 1 */

/* Some record is corrected or withdrawn, perhaps restored, or persons are joined and parted; the
 * clock moves on. */
void history_something_happens(struct history *h);

struct follow_report history_follow(struct history *h);

/* A sweep as of the day followed would change nothing; step is told when it would. */
void history_expect_as_a_sweep(struct history *h, int32_t step);

#endif
