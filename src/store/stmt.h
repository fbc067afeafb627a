/* stmt.h — named statements: what tools/gensql makes of a .sql file, and how it is run.
 *
 * A room writes ROOM.sql; each statement has a name, a mode, typed parameters and columns:
 *
 *   -- name: voucher_open_by_person :many
 *   -- in:   person_id int64, today_day int32, row_count_max int32
 *   -- out:  id int64, face_fen int64, note text?
 *   SELECT ... WHERE person_id = :person_id ...;
 *
 * Types: int64, int32, text, blob; a trailing ? allows absence (ABSENT_I64, ABSENT_I32, ptr NULL).
 * Modes: exec (no rows), one (a row or ERR_NOT_FOUND), many (a cursor), bulk (an INSERT that is
 * also offered as a stream: COPY on PostgreSQL). Where engines must differ, a second text may
 * follow under "-- postgres:"; say there what was measured.
 *
 * gensql writes ROOM_sql.h and ROOM_sql.c into the build folder with, for each statement X:
 *   struct X_in { ... };  struct X_out { ... };          (only when there are such)
 *   extern const struct stmt X_stmt;
 *   exec:  enum err X(struct work *w, const struct X_in *in, int64_t *ret_changed_count);
 *   one:   enum err X(struct work *w, const struct X_in *in, struct X_out *ret_row);
 *   many:  enum err X(struct work *w, const struct X_in *in, struct cursor *ret_cursor);
 *          enum err X_next(struct cursor *cursor, struct X_out *ret_row, bool *ret_more);
 *   bulk:  as exec, and stmt_bulk_* below
 * A statement without parameters has no in argument. ret_changed_count may be NULL. Text and blobs
 * of a row stay valid until the next row for cursors and live in w->arena for one.
 * In meson a room says sql_files += files('ROOM.sql') and includes "ROOM_sql.h".
 *
 * What both engines accept: INSERT ... ON CONFLICT, RETURNING, WITH, window functions, :name in any
 * place of a value (a NULL parameter has its type). COLLATE pinyin sorts Chinese on both, COLLATE
 * BINARY by bytes (a prefix is a range, with an index of the same collation). Sums and counts:
 * PostgreSQL's SUM of int64 is numeric, so write CAST(SUM(x) AS bigint).
 *
 * After an error of the database other than ERR_NOT_FOUND the transaction is lost, on both engines:
 * nothing more runs in it and it cannot be committed. An expected clash is written as ON CONFLICT,
 * not as an error that is swallowed.
 *
 * Statements may be made at run time from descriptions (the record engine); their texts come from
 * constant names, never from input. Two statements with the same text have the same slots.
 *
 * Memory   generated statements are constant data; a cursor left open ends with its unit of work
 * Errors   ERR_STORE*, ERR_NOT_FOUND; ERR_INPUT for text with a zero byte or not UTF-8, and for an
 *          absent value where absence is not declared; ERR_LIMIT
 * Limits   STMT_SLOTS_MAX; a text or blob of STMT_VALUE_SIZE_MAX bytes
 */
#ifndef BAIGONG_STMT_H
#define BAIGONG_STMT_H

#include "base/err.h"
#include "base/record.h"
#include "base/text.h"

struct work;

enum {
    STMT_SLOTS_MAX = 64, /* the widest record has 30; a row's values fit a stack */
    STMT_VALUE_SIZE_MAX = 64 * 1024 * 1024, /* one attachment; a wrong length cannot fill memory */
};

enum stmt_type { STMT_INT64, STMT_INT32, STMT_TEXT, STMT_BLOB };
enum stmt_mode { STMT_EXEC, STMT_ONE, STMT_MANY, STMT_BULK };

struct stmt_slot { /* a parameter or a column */
    const char *name;
    enum stmt_type type;
    bool optional;
    size_t offset; /* in X_in or X_out */
};

struct stmt {
    const char *name;
    const char *sqlite_text;   /* parameters as ?1 ?2 ... in the order of in */
    const char *postgres_text; /* parameters as $1 $2 ... */
    const char *copy_text;     /* bulk: COPY table (columns) FROM STDIN BINARY; else NULL */
    enum stmt_mode mode;
    const struct stmt_slot *in;
    int32_t in_count;
    const struct stmt_slot *out;
    int32_t out_count;
};

/* One value for generic callers (the record engine). */
struct stmt_value {
    enum stmt_type type;
    bool absent;
    int64_t number;  /* INT64, INT32 */
    struct str text; /* TEXT, BLOB */
};

struct cursor {
    struct work *work;
    const struct stmt *stmt;
    void *state; /* of the engine; NULL when closed */
};

/* Generic forms: values in the order of stmt->in / stmt->out. */
enum err stmt_exec(struct work *w, const struct stmt *stmt, const struct stmt_value *in,
                   int64_t *ret_changed_count);
/* Runs the statement for row_count rows of values that stand one after another, in their order;
 * ret_changed_counts has a number for each. PostgreSQL is not waited for between the rows. */
enum err stmt_exec_each(struct work *w, const struct stmt *stmt, const struct stmt_value *in,
                        int32_t row_count, int64_t *ret_changed_counts);
enum err stmt_one(struct work *w, const struct stmt *stmt, const struct stmt_value *in,
                  struct stmt_value *ret_out); /* ERR_NOT_FOUND; texts in w->arena */
enum err stmt_open(struct work *w, const struct stmt *stmt, const struct stmt_value *in,
                   struct cursor *ret_cursor);
/* out receives the row when *ret_more is true; after the last row the cursor is closed. On
 * PostgreSQL rows stream as long as no other statement runs; when one does, what is left is taken
 * into memory up to STORE_SPOOL_SIZE_MAX, then ERR_LIMIT: read long lists by pages of a key, or
 * without other statements in between. */
enum err cursor_next(struct cursor *cursor, struct stmt_value *out, bool *ret_more);
void cursor_close(struct cursor *cursor); /* may be called twice */

/* Forms on structs laid out as stmt->in and stmt->out say; what generated functions call. */
enum err stmt_struct_exec(struct work *w, const struct stmt *stmt, const void *in,
                          int64_t *ret_changed_count);
/* exec_each of structs that stand one after another, row_size bytes apart. */
enum err stmt_struct_exec_each(struct work *w, const struct stmt *stmt, const void *rows,
                               size_t row_size, int32_t row_count, int64_t *ret_changed_counts);
enum err stmt_struct_one(struct work *w, const struct stmt *stmt, const void *in, void *ret_row);
enum err stmt_struct_open(struct work *w, const struct stmt *stmt, const void *in,
                          struct cursor *ret_cursor);
enum err cursor_struct_next(struct cursor *cursor, void *ret_row, bool *ret_more);

/* A stream of rows into one table inside the current transaction. Several may be open at once and
 * other statements may run in between and see the rows. On PostgreSQL rows are gathered and sent by
 * COPY, a megabyte at a time, all open streams in the order in which they were opened: open the
 * parents' stream before the children's. Another statement in between sends what is gathered, so
 * one after each row makes COPY as slow as single inserts. An error of a row may show later. */
struct bulk;
enum err stmt_bulk_begin(struct work *w, const struct stmt *stmt, struct bulk **ret_bulk);
enum err stmt_bulk_row(struct bulk *bulk, const struct stmt_value *in);
enum err stmt_struct_bulk_row(struct bulk *bulk, const void *in);
enum err stmt_bulk_end(struct bulk *bulk, int64_t *ret_row_count); /* frees it, also on error */

/* Prepares the statement without running it and compares its parameters and columns with what it
 * declares: for tests over all statements of a room. */
enum err stmt_verify(struct work *w, const struct stmt *stmt);

#endif
