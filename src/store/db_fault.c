#include "store/db_fault.h"

#include <inttypes.h>
#include <stdlib.h>

struct fault_db {
    struct db db;
    struct db *inner;
    struct db_fault_plan *plan;
};

static const struct db_engine fault_engine;

enum err db_fault_wrap(struct db *inner, struct db_fault_plan *plan, struct db **ret_db,
                       struct fault *fault)
{
    struct fault_db *own = calloc(1, sizeof *own);
    if (!own)
        return fault_set(fault, ERR_MEMORY, "out of memory while opening the database");
    *own = (struct fault_db){.db.engine = &fault_engine, .inner = inner, .plan = plan};
    *ret_db = &own->db;
    return ERR_OK;
}

static struct db *inner_of(struct db *db)
{
    return ((struct fault_db *)db)->inner;
}

/* Counts a call; refuses when it is the one that the plan names. */
static enum err count_call(struct db *db, struct fault *fault)
{
    struct db_fault_plan *plan = ((struct fault_db *)db)->plan;
    /* Several connections may share one plan, each on its own thread. */
    int64_t call = __atomic_add_fetch(&plan->call_count, 1, __ATOMIC_RELAXED);
    if (call != plan->fail_at_call)
        return ERR_OK;
    __atomic_store_n(&plan->failed, true, __ATOMIC_RELAXED);
    return fault_set(fault, plan->code, "call %" PRId64 " of the database fails, as planned",
                     call);
}

static void fault_close(struct db *db)
{
    db_close(inner_of(db));
    free(db);
}

static enum err fault_begin(struct db *db, enum work_mode mode, struct fault *fault)
{
    TRY(count_call(db, fault));
    return db_begin(inner_of(db), mode, fault);
}

/* db_commit of the wrapping connection rolls back when this fails, through fault_rollback. */
static enum err fault_commit(struct db *db, struct fault *fault)
{
    TRY(count_call(db, fault));
    return db_commit(inner_of(db), fault);
}

static void fault_rollback(struct db *db)
{
    if (inner_of(db)->state != DB_IDLE)
        db_rollback(inner_of(db));
}

static void fault_fold(struct db *db)
{
    db_fold(inner_of(db));
}

static enum err fault_lock(struct db *db, int64_t number, struct fault *fault)
{
    TRY(count_call(db, fault));
    return inner_of(db)->engine->lock(inner_of(db), number, fault);
}

static void fault_unlock(struct db *db, int64_t number)
{
    inner_of(db)->engine->unlock(inner_of(db), number);
    db->broken = inner_of(db)->broken;
}

static enum err fault_script(struct db *db, const char *sql, struct fault *fault)
{
    TRY(count_call(db, fault));
    return db_script(inner_of(db), sql, fault);
}

static enum err fault_verify(struct db *db, const struct stmt *stmt, struct fault *fault)
{
    TRY(count_call(db, fault));
    return db_verify(inner_of(db), stmt, fault);
}

static enum err fault_exec(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                           int64_t *ret_changed_count, struct fault *fault)
{
    TRY(count_call(db, fault));
    return db_exec(inner_of(db), stmt, in, ret_changed_count, fault);
}

static enum err fault_exec_each(struct db *db, const struct stmt *stmt,
                                const struct stmt_value *in, int32_t row_count,
                                int64_t *ret_changed_counts, struct fault *fault)
{
    TRY(count_call(db, fault));
    return db_exec_each(inner_of(db), stmt, in, row_count, ret_changed_counts, fault);
}

static enum err fault_rows_open(struct db *db, const struct stmt *stmt,
                                const struct stmt_value *in, struct db_rows **ret_rows,
                                struct fault *fault)
{
    TRY(count_call(db, fault));
    return db_rows_open(inner_of(db), stmt, in, ret_rows, fault);
}

static enum err fault_rows_next(struct db *db, struct db_rows *rows, struct stmt_value *out,
                                bool *ret_more, struct fault *fault)
{
    TRY(count_call(db, fault));
    return db_rows_next(inner_of(db), rows, out, ret_more, fault);
}

static void fault_rows_close(struct db *db, struct db_rows *rows)
{
    db_rows_close(inner_of(db), rows);
}

static enum err fault_bulk_begin(struct db *db, const struct stmt *stmt, struct db_bulk **ret_bulk,
                                 struct fault *fault)
{
    TRY(count_call(db, fault));
    return db_bulk_begin(inner_of(db), stmt, ret_bulk, fault);
}

static enum err fault_bulk_row(struct db *db, struct db_bulk *bulk, const struct stmt_value *in,
                               struct fault *fault)
{
    TRY(count_call(db, fault));
    return db_bulk_row(inner_of(db), bulk, in, fault);
}

static enum err fault_bulk_end(struct db *db, struct db_bulk *bulk, struct fault *fault)
{
    enum err planned = count_call(db, fault);
    enum err err = db_bulk_end(inner_of(db), bulk, planned == ERR_OK ? fault : NULL);
    return planned == ERR_OK ? err : planned;
}

static const struct db_engine fault_engine = {
    .name = "fault",
    .close = fault_close,
    .begin = fault_begin,
    .commit = fault_commit,
    .rollback = fault_rollback,
    .fold = fault_fold,
    .lock = fault_lock,
    .unlock = fault_unlock,
    .script = fault_script,
    .verify = fault_verify,
    .exec = fault_exec,
    .exec_each = fault_exec_each,
    .rows_open = fault_rows_open,
    .rows_next = fault_rows_next,
    .rows_close = fault_rows_close,
    .bulk_begin = fault_bulk_begin,
    .bulk_row = fault_bulk_row,
    .bulk_end = fault_bulk_end,
};
