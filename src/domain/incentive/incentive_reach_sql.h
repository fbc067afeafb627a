/* incentive_reach_sql.h — the statements that load rows around a holder and find who is touched,
 * made from the descriptions of the records (internal to the room).
 *
 * They are made once for all records and references; which of them a policy needs, its reach tells.
 *
 * Memory   the arena given
 * Errors   ERR_MEMORY
 */
#ifndef BAIGONG_INCENTIVE_REACH_SQL_H
#define BAIGONG_INCENTIVE_REACH_SQL_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/registry/registry.h"

struct stmt;
struct stmt_value;
struct work;

enum { REACH_STATEMENTS_MAX = 7 * REGISTRY_RECORD_COUNT };

/* Named so, a statement reads a whole table because a reference has no index. */
#define REACH_WHOLE_TABLE "reach_owners_in_whole_table"

struct reach_statements { /* by table, by table and reference; NULL where there is none */
    const struct stmt *rows_of_owner[REGISTRY_RECORD_COUNT];
    const struct stmt *rows_of_owners[REGISTRY_RECORD_COUNT]; /* of a list (reach_key) */
    const struct stmt *owner_of_row[REGISTRY_RECORD_COUNT];
    const struct stmt *rows_of_reference[REGISTRY_RECORD_COUNT][REGISTRY_FIELD_COUNT_MAX];
    const struct stmt *owners_of_reference[REGISTRY_RECORD_COUNT][REGISTRY_FIELD_COUNT_MAX];
    const struct stmt *references_of_owner[REGISTRY_RECORD_COUNT][REGISTRY_FIELD_COUNT_MAX];
    const struct stmt *all[REACH_STATEMENTS_MAX]; /* for tests of their plans */
    int32_t count;
};

enum err reach_statements_make(struct arena *arena, struct reach_statements **ret_statements,
                               struct fault *fault);

/* The parameter of a statement: one id, or several as a list. */
enum err reach_key(struct work *w, const int64_t *ids, int32_t id_count,
                   struct stmt_value *ret_value);

/* Whether rules may take a reference backward: only where an index finds who names a row. */
bool reach_is_indexed(int32_t table, int32_t field);

#endif
