/* away_kept.h — who is one fact away from a rule, counted by a job and kept for pages.
 *
 * Shares are kept by division and the first AWAY_LISTED_MAX subjects of each condition with theirs:
 * whoever sees one district sees its people and its sums.
 *
 * Memory   results live in w->arena
 * Errors   ERR_NOT_FOUND; store errors pass through
 * Units    money in fen
 * Limits   AWAY_LISTED_MAX subjects of a condition
 */
#ifndef BAIGONG_AWAY_KEPT_H
#define BAIGONG_AWAY_KEPT_H

#include "domain/insight/away.h"

enum { AWAY_LISTED_MAX = 1000 }; /* more is no list to work through but a campaign */

struct away_kept {
    int64_t id;
    struct str document_number, rule_name;
    int32_t as_of_day;
    int64_t asked_ms, done_ms; /* done_ms 0: not yet */
    int64_t job_id;
    struct str subject_record;
    int64_t granted_count; /* of the whole city, quotas aside */
    bool has_quota;
    int32_t looked_at_count;
};

/* The actor asks; id and asked_ms are set here. */
enum err away_kept_add(struct work *w, struct away_kept *kept);
enum err away_kept_set_job(struct work *w, int64_t id, int64_t job_id);
/* Writes what was counted (with subject numbers). */
enum err away_kept_finish(struct work *w, const struct vocab *vocab, int64_t id,
                          const struct away_report *report);
enum err away_kept_read(struct work *w, int64_t id, struct away_kept *ret_kept);
/* The newest of a rule, also when it is not done yet. */
enum err away_kept_latest(struct work *w, struct str document_number, struct str rule_name,
                          struct away_kept *ret_kept);

struct away_kept_condition {
    int32_t position; /* from 1 */
    enum away_kind kind;
    struct str words, within;
    int64_t unknown_count, open_count, all_count; /* of the whole city */
    int64_t subject_count, amount_fen;            /* in the divisions asked for */
};
enum err away_kept_conditions(struct work *w, int64_t id, int32_t division_min,
                              int32_t division_max, struct away_kept_condition **ret_rows,
                              int32_t *ret_row_count);

/* Subjects of a condition in the order of their numbers; ids holds row_count_max. */
enum err away_kept_subjects(struct work *w, int64_t id, int32_t position, int32_t division_min,
                            int32_t division_max, int64_t after_id, int32_t row_count_max,
                            int64_t *ids, int32_t *ret_count);

#endif
