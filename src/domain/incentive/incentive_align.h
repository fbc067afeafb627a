/* incentive_align.h — one person or organisation at a time: what rules find for it, brought in
 * line with what is stored (internal to the room).
 *
 * Places of a quota depend on others. Who stands for one is kept with a digest of what the place
 * depends on; when a digest changes, those who stand are compared again, and nobody else.
 *
 * Memory   plans live in the arena given; a run needs w->arena only
 * Errors   store errors, ERR_OVERFLOW, ERR_LIMIT
 */
#ifndef BAIGONG_INCENTIVE_ALIGN_H
#define BAIGONG_INCENTIVE_ALIGN_H

#include "domain/incentive/incentive_claim.h"
#include "domain/incentive/incentive_reach.h"
#include "policy/next_change.h"

struct holder_rule {
    int32_t statement;
    int32_t root;     /* REGISTRY_person or REGISTRY_organisation */
    bool keeps;       /* its holders are kept by name */
    bool is_shared;   /* a quota reaches it, of its own or through a settlement */
    bool has_quota;
    int64_t rule_id; /* 0: not known yet */
};

struct holder_plan {
    const struct vocab *vocab;
    const struct incentive_policy *policy;
    struct reach *reach;
    struct next_change *next;
    struct holder_rule *rules;
    int32_t rule_count;
};

enum err holder_plan_make(struct arena *arena, const struct vocab *vocab,
                          const struct incentive_policy *policy, struct holder_plan *ret_plan,
                          struct fault *fault);

/* Rows of a table that belong to a root row. */
void holder_rows(const struct world *world, int32_t table, int32_t root_row, int32_t *ret_first,
                 int32_t *ret_end);

/* First day after as_of_day on which some rule can find something else for the root row. */
int32_t holder_next_day(const struct holder_plan *plan, const struct world *world, int32_t root,
                        int32_t root_row, int32_t as_of_day);

/* Whether a root row stands for a place of some quota, and the digest of what that depends on.
 * False when memory is out. */
bool holder_contends(const struct holder_plan *plan, const struct world *world, int32_t root,
                     int32_t root_row, int32_t as_of_day, bool *ret_contends, int64_t *ret_digest);

struct holder_run {
    const struct holder_plan *plan;
    int64_t edition_id;
    int32_t as_of_day;
    struct claim_counts counts;
    bool contest_changed; /* holder_contest is due */
};

/* Evaluates a holder over the rows its rules can reach, stores what changed, and its next day. */
enum err holder_bring_in_line(struct work *w, struct holder_run *run, struct holder holder,
                              bool is_due);

/* Compares all who stand for the places of quotas, and stores what changed. */
enum err holder_contest(struct work *w, struct holder_run *run);

#endif
