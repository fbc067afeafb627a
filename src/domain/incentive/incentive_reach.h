/* incentive_reach.h — what rules about one holder can reach, and whom a fact can touch (internal to
 * the room).
 *
 * The policy is walked once: from each person or organisation that rules are about, along the
 * owners, references and reverse references their conditions take. What comes out is a tree of
 * steps. Forward it tells which rows to load so that a rule about a holder sees what it would see
 * in the whole city; backward, which holders a row is seen from.
 *
 *   person ──rows of their own──► training ──sponsor──► organisation ──rows──► role
 *   organisation ◄──sponsor── training of anybody ──owner──► person
 *
 * Memory   a reach lives in the arena given, beside the statements it points at; worlds are the
 *          caller's (world_free)
 * Errors   ERR_LIMIT when a holder reaches more than REACH_ROWS_MAX rows; store errors
 */
#ifndef BAIGONG_INCENTIVE_REACH_H
#define BAIGONG_INCENTIVE_REACH_H

#include "domain/incentive/incentive.h"
#include "domain/incentive/incentive_reach_sql.h"
#include "domain/registry/registry.h"

enum { REACH_ROWS_MAX = 2 * 1000 * 1000 };

struct reach;

/* rules: a set closed under program_rules_settled_with, as long as the arena; NULL: all. Rights
 * that are on no list (policy/roster.h) reach nothing. */
enum err reach_make(struct arena *arena, const struct policy *policy, const uint64_t *rules,
                    const struct reach_statements *statements, struct reach **ret_reach,
                    struct fault *fault);

/* Whether some step of the policy cannot be taken backward or reads whole tables: then nobody can
 * say whom a fact touches, and only a sweep keeps up. why names the rule. */
bool reach_is_wide(const struct reach *reach, struct str *ret_why);

bool reach_rule_is_wide(const struct reach *reach, int32_t statement);

/* Whether rules are about this root or what it owns. */
bool reach_has_rules_on(const struct reach *reach, int32_t root);

struct holder {
    int32_t root; /* REGISTRY_person or REGISTRY_organisation */
    int64_t id;
};

/* A set of holders in the order in which they were added. */
struct holder_set {
    struct arena *arena;
    struct holder *rows;
    int32_t count, capacity;
    int32_t *slots; /* open hash: index + 1 */
    int32_t slot_count;
};
void holder_set_init(struct holder_set *set, struct arena *arena);
/* False when memory is out. */
bool holder_set_add(struct holder_set *set, struct holder holder);

/* The root that a body's row belongs to; ERR_NOT_FOUND. */
enum err reach_root_of_row(struct work *w, const struct reach *reach, int32_t table, int64_t id,
                           int64_t *ret_root_id);

enum reach_change_kind { REACH_NEW, REACH_CORRECTED, REACH_OTHER };

struct reach_change { /* of one row */
    enum reach_change_kind kind;
    int32_t table;
    int64_t root_id; /* that the row belongs to */
    uint32_t fields; /* REACH_CORRECTED: those that are other now, as bits */
};

/* Adds the holders from whom a change is seen. It stops behind touched_max: then there may be more
 * of them than the set tells. */
enum err reach_touched(struct work *w, const struct reach *reach, const struct reach_change *change,
                       int32_t touched_max, struct holder_set *touched);

/* The current rows that rules about these holders can reach; what only documents of other places
 * read is left out, and what was found of such places is kept in the reach. *ret_known_ms: when the
 * latest of the rows was learned. */
enum err reach_world(struct work *w, const struct vocab *vocab, struct reach *reach,
                     const struct holder *holders, int32_t holder_count,
                     struct world **ret_world, int64_t *ret_known_ms);

#endif
