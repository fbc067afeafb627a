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
 * ret_changed_count may be NULL. Text and blobs of a row stay valid until the next row for cursors
 * and live in w->arena for one.
 *
 * Memory   statements are constant data; a cursor must be closed before the unit of work ends
 * Errors   ERR_STORE*, ERR_NOT_FOUND
 */
#ifndef BAIGONG_STMT_H
#define BAIGONG_STMT_H

#include "base/err.h"
#include "base/record.h"
#include "base/text.h"

struct work;

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
enum err stmt_open(struct work *w, const struct stmt *stmt, const struct stmt_value *in,
                   struct cursor *ret_cursor);
enum err cursor_next(struct cursor *cursor, struct stmt_value *out, bool *ret_more);
void cursor_close(struct cursor *cursor); /* may be called twice */

/* A stream of rows into one table inside the current transaction. On PostgreSQL no other statement
 * may run on the same unit of work until stmt_bulk_end: use several bulks one after another, or
 * buffer. Order of values as in stmt->in. */
struct bulk;
enum err stmt_bulk_begin(struct work *w, const struct stmt *stmt, struct bulk **ret_bulk);
enum err stmt_bulk_row(struct bulk *bulk, const struct stmt_value *in);
enum err stmt_bulk_end(struct bulk *bulk, int64_t *ret_row_count); /* frees it, also on error */

#endif
