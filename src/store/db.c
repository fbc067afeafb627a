#include "store/db.h"

#include <stdio.h>
#include <string.h>

const struct db_engine *db_engine_of(const char *location)
{
    struct str s = str_from(location);
    bool postgres = str_starts(s, STR("postgresql://")) || str_starts(s, STR("postgres://"));
    return postgres ? &db_pg_engine : &db_sqlite_engine;
}

const char *db_location_text(const char *location, char *buffer, size_t buffer_size)
{
    const char *at = strchr(location, '@');
    const char *user = strstr(location, "://");
    if (db_engine_of(location) == &db_pg_engine && at && user && at > user)
        snprintf(buffer, buffer_size, "postgresql://%s", at + 1);
    else
        snprintf(buffer, buffer_size, "%s", location);
    char *secret = strstr(buffer, "password="); /* libpq also accepts it as a parameter */
    if (secret)
        snprintf(secret, buffer_size - (size_t)(secret - buffer), "...");
    return buffer;
}

enum err db_open(const char *location, const struct db_options *options, struct db **ret_db,
                 struct fault *fault)
{
    return db_engine_of(location)->open(location, options, ret_db, fault);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    if (db->state != DB_IDLE)
        db_rollback(db);
    db->engine->close(db);
}

/* A transaction in which a call failed is lost on PostgreSQL; on SQLite it is made so. */
static enum err note(struct db *db, enum err err)
{
    if (err != ERR_OK && db->state == DB_OPEN)
        db->state = DB_LOST;
    return err;
}

static enum err expect_open(const struct db *db, struct fault *fault)
{
    check(db->state == DB_OPEN || db->state == DB_LOST);
    if (db->state == DB_OPEN)
        return ERR_OK;
    return fault_set(fault, ERR_STORE, "the transaction was lost by an earlier error");
}

enum err db_begin(struct db *db, enum work_mode mode, struct fault *fault)
{
    check(db->state == DB_IDLE);
    TRY(db->engine->begin(db, mode, fault));
    db->state = DB_OPEN;
    return ERR_OK;
}

bool db_keep(struct db *db)
{
    if (db->state != DB_OPEN || !db->engine->keep || !db->engine->keep(db))
        return false;
    db->state = DB_KEPT;
    return true;
}

bool db_resume(struct db *db)
{
    if (db->state == DB_KEPT && db->engine->is_newest(db)) {
        db->state = DB_OPEN;
        return true;
    }
    db_rest(db);
    return false;
}

void db_rest(struct db *db)
{
    if (db->state != DB_KEPT)
        return;
    if (db->engine->commit(db, NULL) != ERR_OK)
        db->engine->rollback(db);
    db->state = DB_IDLE;
}

enum err db_commit(struct db *db, struct fault *fault)
{
    enum err err = expect_open(db, fault);
    if (err == ERR_OK)
        err = db->engine->commit(db, fault);
    if (err != ERR_OK) {
        db_rollback(db);
        return err;
    }
    db->state = DB_IDLE;
    return ERR_OK;
}

void db_rollback(struct db *db)
{
    check(db->state != DB_IDLE);
    db->engine->rollback(db);
    db->state = DB_IDLE;
}

void db_fold(struct db *db)
{
    check(db->state == DB_IDLE);
    db->engine->fold(db);
}

enum err db_lock(struct db *db, int64_t number, struct fault *fault)
{
    check(db->state == DB_IDLE);
    return db->engine->lock(db, number, fault);
}

void db_unlock(struct db *db, int64_t number)
{
    check(db->state == DB_IDLE);
    db->engine->unlock(db, number);
}

enum err db_script(struct db *db, const char *sql, struct fault *fault)
{
    if (db->state != DB_IDLE)
        TRY(expect_open(db, fault));
    return note(db, db->engine->script(db, sql, fault));
}

enum err db_verify(struct db *db, const struct stmt *stmt, struct fault *fault)
{
    TRY(expect_open(db, fault));
    return note(db, db->engine->verify(db, stmt, fault));
}

enum err db_exec(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                 int64_t *ret_changed_count, struct fault *fault)
{
    TRY(expect_open(db, fault));
    return note(db, db->engine->exec(db, stmt, in, ret_changed_count, fault));
}

enum err db_exec_each(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                      int32_t row_count, int64_t *ret_changed_counts, struct fault *fault)
{
    TRY(expect_open(db, fault));
    return note(db, db->engine->exec_each(db, stmt, in, row_count, ret_changed_counts, fault));
}

enum err db_rows_open(struct db *db, const struct stmt *stmt, const struct stmt_value *in,
                      struct db_rows **ret_rows, struct fault *fault)
{
    TRY(expect_open(db, fault));
    return note(db, db->engine->rows_open(db, stmt, in, ret_rows, fault));
}

enum err db_rows_next(struct db *db, struct db_rows *rows, struct stmt_value *out, bool *ret_more,
                      struct fault *fault)
{
    TRY(expect_open(db, fault));
    return note(db, db->engine->rows_next(db, rows, out, ret_more, fault));
}

void db_rows_close(struct db *db, struct db_rows *rows)
{
    db->engine->rows_close(db, rows);
}

enum err db_bulk_begin(struct db *db, const struct stmt *stmt, struct db_bulk **ret_bulk,
                       struct fault *fault)
{
    TRY(expect_open(db, fault));
    return note(db, db->engine->bulk_begin(db, stmt, ret_bulk, fault));
}

enum err db_bulk_row(struct db *db, struct db_bulk *bulk, const struct stmt_value *in,
                     struct fault *fault)
{
    TRY(expect_open(db, fault));
    return note(db, db->engine->bulk_row(db, bulk, in, fault));
}

enum err db_bulk_end(struct db *db, struct db_bulk *bulk, struct fault *fault)
{
    return note(db, db->engine->bulk_end(db, bulk, fault));
}
