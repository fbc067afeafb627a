/* incentive_found.h — what was found, counted by rule, lane and division, and listed page by page.
 *
 * The figures are counted once behind a sweep and kept (incentive_found_count): a page reads a few
 * hundred rows whatever the size of the city. They say when they were counted.
 *
 *   entitlements --incentive_found_count--> found_figure --incentive_found_figures--> pages
 *
 * Memory   results live in w->arena
 * Errors   store errors; a rule that was never swept has an empty list
 * Units    money in fen
 * Limits   FOUND_LINES_MAX rows a page; FOUND_LOOK_MAX entitlements are looked at for a page of
 *          a division, then the page ends early and says where to go on
 */
#ifndef BAIGONG_INCENTIVE_FOUND_H
#define BAIGONG_INCENTIVE_FOUND_H

#include "domain/incentive/incentive.h"

enum {
    FOUND_LINES_MAX = 10000,
    FOUND_LOOK_MAX = 20000, /* 50 ms; most districts are a twentieth of a city or more */
    FOUND_SWEEPS_MAX = 50,
};
#define FOUND_STALE_MS ((int64_t)10 * 60 * 1000) /* between sweeps facts trickle in */

struct found_figure {
    struct str document_number, rule_name;
    enum lane lane;
    int64_t row_count, holder_count, open_count, amount_fen;
};

struct found_figures {
    struct found_figure *rows; /* by document, rule, lane */
    int32_t row_count;
    int64_t counted_ms; /* ABSENT_I64: never counted */
};

/* Figures of holders in division_min .. division_max. */
enum err incentive_found_figures(struct work *w, int32_t division_min, int32_t division_max,
                                 struct found_figures *ret_figures);

/* Over all rules; what is open has no amount yet and is in no sum. */
struct found_totals {
    int64_t granted_count, ask_count, open_count, amount_fen;
};
struct found_totals found_figures_total(const struct found_figures *figures);

/* NULL when nothing of the rule is in the lane. */
const struct found_figure *found_figure_of(const struct found_figures *figures,
                                           struct str document_number, struct str rule_name,
                                           enum lane lane);

/* Counts again when a sweep ended since, or when FOUND_STALE_MS went by with new facts. Runs its
 * own units of work; several processes may do it at once. */
enum err incentive_found_count(struct work_env *env, struct fault *fault);

struct found_line {
    struct entitlement_line line;
    int32_t division; /* of the holder; 0 when it is not known */
};

/* ret_next_after: where the next page goes on; ABSENT_I64 when this was the last. */
enum err incentive_found_lines(struct work *w, struct str document_number, struct str rule_name,
                               enum lane lane, int32_t division_min, int32_t division_max,
                               int64_t after_id, int32_t row_count_max,
                               struct found_line **ret_lines, int32_t *ret_line_count,
                               int64_t *ret_next_after);

struct found_sweep {
    int64_t id, known_at_ms, finished_ms;
    int32_t as_of_day;
    int64_t new_count, changed_count, ended_count, unchanged_count;
};
/* Newest first, at most FOUND_SWEEPS_MAX. */
enum err incentive_found_sweeps(struct work *w, struct found_sweep **ret_sweeps,
                                int32_t *ret_sweep_count);

/* The newest of them; ERR_NOT_FOUND when the city was never swept. */
enum err incentive_last_sweep(struct work *w, struct found_sweep *ret_sweep);

#endif
