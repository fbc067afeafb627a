/* incentive_reach_node.h — the tree of steps that rules take (internal to incentive_reach*.c).
 *
 * Invariants:
 * 1. A node stands for the family of one root: its row and all rows that belong to it. A subject's
 *    own family is the top of a tree; the others hang below by the step that leads to them.
 * 2. The tables of a node hold every table whose rows some rule reads there, and every table that
 *    a step leads over.
 * 3. A node stands behind its parent. */
#ifndef BAIGONG_INCENTIVE_REACH_NODE_H
#define BAIGONG_INCENTIVE_REACH_NODE_H

#include "domain/incentive/incentive_reach.h"

enum {
    REACH_NODES_MAX = 64,      /* of all trees: the nodes a family was seen at are bits of a word */
    REACH_DOCUMENTS_MAX = 128, /* that may be left out; those beyond are always read for */
    REACH_NARROWS_MAX = 8,     /* a round meets a few divisions, not all */
};

enum reach_way { WAY_SELF, WAY_FORWARD, WAY_INVERSE };

struct reach_node {
    int32_t root;
    int32_t parent;
    enum reach_way way;
    int32_t table, field;                   /* the reference taken, or taken backward */
    uint32_t tables;                        /* bits */
    uint32_t fields[REGISTRY_RECORD_COUNT]; /* read of their rows, as bits */
};

/* Documents that have nothing to say to a holder, as bits. */
struct reach_elsewhere {
    uint64_t words[REACH_DOCUMENTS_MAX / 64];
};

struct reach {
    const struct policy *policy;
    const struct vocab *vocab;
    struct reach_node nodes[REACH_NODES_MAX];
    int32_t node_count;
    int32_t self_nodes[REGISTRY_RECORD_COUNT]; /* by root; -1 */
    int32_t rule;                              /* being walked */
    uint64_t *wide_rules; /* of which some step cannot be taken backward, or reads whole tables */
    bool is_wide;
    struct str why;
    const struct reach_statements *statements;
    struct arena *arena;
    const uint64_t *rules; /* as made with */
    struct {               /* the same without the documents of other places, made when first met */
        struct reach_elsewhere elsewhere;
        struct reach *reach;
    } narrows[REACH_NARROWS_MAX];
    int32_t narrow_count;
};

_Static_assert(REGISTRY_RECORD_COUNT <= 32, "tables of a node are bits of a word");
_Static_assert(REGISTRY_FIELD_COUNT_MAX <= 32, "fields of a row are bits of a word");

int32_t reach_root_of(int32_t table);

/* The reach without the documents that are elsewhere; the reach itself when it keeps no more. */
enum err reach_narrow(struct reach *reach, const struct reach_elsewhere *elsewhere,
                      struct reach **ret_narrow, struct fault *fault);

/* Where an id stands in the slots of a set, or the empty slot for it. */
int32_t holder_slot(const struct holder_set *set, int64_t id);

#endif
