/* migrate.h — forward steps of the database's schema, carried inside the program.
 *
 * Steps are the files schema/NNNN_module_what.sql, numbered without gaps, put into the program when
 * it is built (a room adds its own with schema_files += in its meson.build). Each is applied once,
 * in one transaction, and recorded with the SM3 digest of its text; released steps are never
 * edited.
 *
 * One text serves both engines. It is written for SQLite's STRICT tables, and for PostgreSQL these
 * words change, outside of quotes and comments:
 *
 *   INTEGER          bigint     a 64-bit number: identifiers, money, milliseconds
 *   INT              integer    a 32-bit number: days, months, codes, counts
 *   BLOB             bytea
 *   STRICT           (nothing)  with its comma
 *   WITHOUT ROWID    (nothing)  for tables whose key is not one INTEGER
 *   COLLATE pinyin   COLLATE "zh-Hans-x-icu"
 *
 * Everything else must be accepted by both. A column's C type is that of its word: an int32 goes
 * into INT, an int64 into INTEGER; COPY depends on it.
 *
 * Memory   nothing kept
 * Errors   ERR_SCHEMA for a changed, missing, unknown or newer step; store errors
 */
#ifndef BAIGONG_MIGRATE_H
#define BAIGONG_MIGRATE_H

#include "store/store.h"

struct schema_step {
    int32_t number;
    const char *name; /* 0001_store_base */
    const char *text; /* as in the file */
};

/* Generated from schema/. */
extern const struct schema_step schema_steps[];
extern const int32_t schema_step_count;

/* Brings the database to the newest step. Several processes may do it at once: one applies, the
 * others wait and find it done. */
enum err migrate_run(struct work_env *env, int32_t *ret_applied_count, struct fault *fault);

/* Refuses a database that is not exactly at the newest step, without changing it. */
enum err migrate_check(struct work_env *env, struct fault *fault);

/* The same for given steps: for tests. */
enum err migrate_run_steps(struct work_env *env, const struct schema_step *steps,
                           int32_t step_count, int32_t *ret_applied_count, struct fault *fault);
enum err migrate_check_steps(struct work_env *env, const struct schema_step *steps,
                             int32_t step_count, struct fault *fault);

/* A step's text for an engine ("sqlite" or "postgresql"); NULL when the arena is full. */
const char *schema_text_for(struct arena *arena, const char *engine_name, const char *text);

#endif
