/* incentive_align.h — one person or organisation at a time: what rules find for it, brought in
 * line with what is stored (internal to the room).
 *
 * Places of a quota depend on others. Who stands for one is kept in its order
 * (incentive_place.h): a change is compared with the first of its window, and only those whose
 * place comes or goes are settled again.
 *
 * Memory   plans live in the arena given but for a world (holder_plan_done); a run needs w->arena,
 *          its lists arenas of their own that last as long as it
 * Errors   store errors, ERR_OVERFLOW, ERR_LIMIT
 */
#ifndef BAIGONG_INCENTIVE_ALIGN_H
#define BAIGONG_INCENTIVE_ALIGN_H

#include "domain/incentive/incentive_claim.h"
#include "domain/incentive/incentive_reach.h"
#include "policy/next_change.h"
#include "policy/settle.h"

struct holder_rule {
    int32_t statement;
    int32_t root;     /* REGISTRY_person or REGISTRY_organisation */
    bool keeps;       /* its holders are kept by name */
    bool is_shared;   /* a quota reaches it, of its own or through a settlement */
    bool is_chained;  /* what it finds hangs on others in a way that no order of places tells */
    const struct quota *quota; /* its own, or that of a settlement; NULL: none */
    int64_t rule_id; /* 0: not known yet */
};

struct holder_plan {
    const struct vocab *vocab;
    const struct incentive_policy *policy;
    struct reach_statements *statements;
    struct reach *reach;
    struct next_change *next;
    struct world *nobody; /* limits of quotas are read in it */
    bool has_quotas; /* some rule has one */
    uint64_t *swept;  /* rules that only a sweep keeps current, with those settled with them */
    bool has_swept;
    struct holder_rule *rules;
    int32_t rule_count;
    bool is_part; /* of the rules: what others find stays as it is stored */
};

enum err holder_plan_make(struct arena *arena, const struct vocab *vocab,
                          const struct incentive_policy *policy, struct holder_plan *ret_plan,
                          struct fault *fault);

void holder_plan_done(struct holder_plan *plan);

/* The plan of some rules, a set closed under program_rules_settled_with: it takes their numbers
 * from the whole plan, shares the rest with it, and needs no holder_plan_done. */
enum err holder_plan_part(struct arena *arena, const struct holder_plan *whole,
                          const uint64_t *rules, struct holder_plan *ret_part,
                          struct fault *fault);

/* Rows of a table that belong to a root row. */
void holder_rows(const struct world *world, int32_t table, int32_t root_row, int32_t *ret_first,
                 int32_t *ret_end);

const struct holder_rule *holder_rule_of(const struct holder_plan *plan, int32_t statement);

/* First day after as_of_day on which some rule can find something else for the root row. */
int32_t holder_next_day(const struct holder_plan *plan, const struct world *world, int32_t root,
                        int32_t root_row, int32_t as_of_day);

enum { HOLDERS_TOGETHER_MAX = 256 }; /* whose rows are in memory at a time */
enum holder_rules { HOLDER_RULES_ALL, HOLDER_RULES_SHARED, HOLDER_RULES_WITH_QUOTA };

/* Adds what rules find for root rows, which ascend, in the order of a result. False when memory is
 * out. */
bool holder_candidates(const struct holder_plan *plan, const struct world *world, int32_t root,
                       const int32_t *root_rows, int32_t root_count, int32_t as_of_day,
                       enum holder_rules which, struct decision_list *list);

/* The places a root row stands for; none is taken. False when memory is out. */
struct place_list;
bool holder_places(const struct holder_plan *plan, const struct world *world, int32_t root,
                   int32_t root_row, int32_t as_of_day, struct place_list *places);

struct holder_run {
    const struct holder_plan *plan;
    int64_t edition_id;
    int32_t as_of_day;
    struct claim_counts counts;
    struct holder_set *standing; /* those met who stand for a place: they wait for holder_contest */
    struct place_list *windows;  /* of quotas in which somebody came, went or moved */
};

/* Evaluates each holder over the rows its rules reach, stores what changed, and its next day. */
enum err holder_bring_in_line(struct work *w, struct holder_run *run, const struct holder *holders,
                              int32_t holder_count, bool is_due);

/* Gives the places of the windows met, and stores what changes for those met and for those whose
 * place came or went. */
enum err holder_contest(struct work *w, struct holder_run *run);

#endif
