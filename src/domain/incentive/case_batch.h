/* case_batch.h — many cases decided at once: all that match a filter, with a sample of them drawn
 * for a closer look; and the clocks of all cases.
 *
 *   filter ──sample (share by the practice)──► looked at one by one
 *      └──the others──► moved, thousands a unit of work, each by the rules of one
 *
 * A batch is not a transaction of all: each part is, and what somebody else moved meanwhile is left
 * where it is. One that was killed is begun again with the same filter: what it moved has left it.
 *
 * Memory   results live in w->arena
 * Errors   those of case_act.h; ERR_CASE_STATE for a state and act that no batch takes
 * Limits   CASE_ORDERS_MAX cases a unit of work
 */
#ifndef BAIGONG_CASE_BATCH_H
#define BAIGONG_CASE_BATCH_H

#include "domain/incentive/case_act.h"
#include "domain/incentive/case_list.h"

enum { CASE_BATCHES_MAX = 50 };

struct case_batch {
    int64_t id;
    enum case_act act;
    struct case_filter filter; /* range CASE_RANGE_STATE */
    struct str reason, basis, account_name;
    int64_t account_id;
    int32_t share_bp;                /* of the sample */
    int64_t started_ms, finished_ms; /* 0: at work */
    int64_t match_count, moved_count, sample_count, left_count, amount_fen;
};

/* Acts that a whole list of a state can take: PASS and LOOK of what was checked, APPROVE (the
 * agreement) and SEND_BACK of what waits for it. */
bool case_batch_takes(enum case_state state, enum case_act act);

/* What the filter holds now, from the kept figures where they answer it. */
enum err case_batch_count(struct work *w, const struct case_filter *filter, int64_t *ret_count,
                          int64_t *ret_amount_fen);

/* Writes the batch down: act, filter and reason count; the sample's share is the practice's. */
enum err case_batch_begin(struct work *w, const struct case_setting *setting,
                          const struct case_batch *batch, int64_t *ret_id);

/* Told behind each part; may be NULL. */
typedef void case_batch_progress(void *context, const struct case_batch *batch);
enum err case_batch_run(struct work_env *env, const struct case_setting *setting,
                        const struct case_actor *actor, int64_t batch_id,
                        case_batch_progress *progress, void *context, struct case_batch *ret_batch,
                        struct fault *fault);

enum err case_batch_read(struct work *w, int64_t id, struct case_batch *ret_batch);
/* Of an account, newest first. */
enum err case_batches(struct work *w, int64_t account_id, struct case_batch **ret_batches,
                      int32_t *ret_batch_count);

/* ---- clocks */

struct case_clock_report {
    int64_t reminded_count, escalated_count, closed_count;
};
/* Reminds of what ends soon, tells superiors of what is late, closes what was paid long enough ago:
 * each once. */
enum err case_clocks(struct work_env *env, const struct case_practice *practice,
                     struct case_clock_report *ret_report, struct fault *fault);

#endif
