/* column_splice.h — other rows for some roots of a sealed world: how a snapshot follows the facts.
 *
 * The rows of the roots named, and all that they own, go; the rows of `changes` come. Tables in
 * which nothing changes keep their arrays (in the map of a file), the others are made anew: a
 * hundred changed people of five million cost a copy of the tables that their rows stand in.
 *
 * Memory   arrays that are replaced are freed; the new ones belong to the world
 * Errors   ERR_MEMORY, ERR_LIMIT: the world is then good for world_free only
 * Limits   references name roots
 */
#ifndef BAIGONG_COLUMN_SPLICE_H
#define BAIGONG_COLUMN_SPLICE_H

#include "policy/column.h"

struct world_root {
    int32_t table;
    int64_t id;
};

/* roots ascend by table and id, each once. changes went through world_seal_owners and holds those
 * of them that still are, with what they own, and nothing else. Before anyone asked the world for
 * an index. */
enum err world_splice(struct world *world, const struct world_root *roots, int32_t root_count,
                      const struct world *changes, struct fault *fault);

#endif
