#include "store/stmt.h"

#include "store/db.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct bulk {
    struct work *work;
    const struct stmt *stmt;
    struct db_bulk *state; /* of the engine */
    int64_t row_count;
};

/* ---- values ---- */

/* ASCII is the common case and is told by eight bytes at once. */
static bool is_clean_text(struct str s)
{
    if (s.size > 0 && memchr(s.ptr, '\0', s.size))
        return false;
    uint64_t word;
    while (s.size >= sizeof word) {
        memcpy(&word, s.ptr, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            return str_is_utf8(s);
        s = (struct str){s.ptr + sizeof word, s.size - sizeof word};
    }
    return str_is_utf8(s);
}

static enum err check_value(struct work *w, const struct stmt *stmt, const struct stmt_slot *slot,
                            const struct stmt_value *value)
{
    if (value->absent) {
        if (slot->optional)
            return ERR_OK;
        return fail(w, ERR_INPUT, "%s: %s is absent and may not be", stmt->name, slot->name);
    }
    switch (slot->type) {
    case STMT_INT32:
        if (value->number < INT32_MIN || value->number > INT32_MAX)
            return fail(w, ERR_OVERFLOW, "%s: %s is %" PRId64 ", out of the 32-bit range",
                        stmt->name, slot->name, value->number);
        return ERR_OK;
    case STMT_INT64:
        return ERR_OK;
    case STMT_TEXT:
    case STMT_BLOB:
        if (value->text.size > STMT_VALUE_SIZE_MAX)
            return fail(w, ERR_LIMIT, "%s: %s has %zu bytes, more than %d", stmt->name, slot->name,
                        value->text.size, STMT_VALUE_SIZE_MAX);
        if (slot->type == STMT_TEXT && !is_clean_text(value->text))
            return fail(w, ERR_INPUT, "%s: the text of %s has a zero byte or is not UTF-8",
                        stmt->name, slot->name);
        return ERR_OK;
    }
    return ERR_OK;
}

static enum err check_values(struct work *w, const struct stmt *stmt, const struct stmt_value *in)
{
    check(stmt->in_count <= STMT_SLOTS_MAX && stmt->out_count <= STMT_SLOTS_MAX);
    for (int32_t i = 0; i < stmt->in_count; i++)
        TRY(check_value(w, stmt, &stmt->in[i], &in[i]));
    return ERR_OK;
}

static struct stmt_value value_of_member(const struct stmt_slot *slot, const void *in)
{
    const char *member = (const char *)in + slot->offset;
    struct stmt_value value = {.type = slot->type};
    int32_t number;
    switch (slot->type) {
    case STMT_INT64:
        memcpy(&value.number, member, sizeof value.number);
        value.absent = value.number == ABSENT_I64;
        break;
    case STMT_INT32:
        memcpy(&number, member, sizeof number);
        value.number = number;
        value.absent = number == ABSENT_I32;
        break;
    case STMT_TEXT:
    case STMT_BLOB:
        memcpy(&value.text, member, sizeof value.text);
        value.absent = value.text.ptr == NULL;
        break;
    }
    return value;
}

static void values_of_struct(const struct stmt *stmt, const void *in, struct stmt_value *values)
{
    check(stmt->in_count <= STMT_SLOTS_MAX);
    for (int32_t i = 0; i < stmt->in_count; i++)
        values[i] = value_of_member(&stmt->in[i], in);
}

static void value_to_member(const struct stmt_slot *slot, const struct stmt_value *value, void *row)
{
    char *member = (char *)row + slot->offset;
    int64_t number = value->absent ? ABSENT_I64 : value->number;
    int32_t small = value->absent ? ABSENT_I32 : (int32_t)value->number;
    struct str text = value->absent ? (struct str){NULL, 0} : value->text;
    switch (slot->type) {
    case STMT_INT64:
        memcpy(member, &number, sizeof number);
        break;
    case STMT_INT32:
        memcpy(member, &small, sizeof small);
        break;
    case STMT_TEXT:
    case STMT_BLOB:
        memcpy(member, &text, sizeof text);
        break;
    }
}

static void struct_of_values(const struct stmt *stmt, const struct stmt_value *values, void *row)
{
    for (int32_t i = 0; i < stmt->out_count; i++)
        value_to_member(&stmt->out[i], &values[i], row);
}

/* What an engine gave must be what the statement declares. */
static enum err check_row(struct work *w, const struct stmt *stmt, const struct stmt_value *out)
{
    for (int32_t i = 0; i < stmt->out_count; i++) {
        const struct stmt_slot *slot = &stmt->out[i];
        if (out[i].absent && !slot->optional)
            return fail(w, ERR_STORE, "%s: column %s is NULL and is not declared so", stmt->name,
                        slot->name);
        bool wide = out[i].number < INT32_MIN || out[i].number > INT32_MAX;
        if (slot->type == STMT_INT32 && !out[i].absent && wide)
            return fail(w, ERR_STORE, "%s: column %s holds %" PRId64 ", out of the 32-bit range",
                        stmt->name, slot->name, out[i].number);
    }
    return ERR_OK;
}

/* ---- values in, values out ---- */

enum err stmt_exec(struct work *w, const struct stmt *stmt, const struct stmt_value *in,
                   int64_t *ret_changed_count)
{
    check(stmt->mode == STMT_EXEC || stmt->mode == STMT_BULK);
    TRY(check_values(w, stmt, in));
    int64_t changed_count;
    TRY(db_exec(w->db, stmt, in, &changed_count, &w->fault));
    if (ret_changed_count)
        *ret_changed_count = changed_count;
    return ERR_OK;
}

enum err stmt_exec_each(struct work *w, const struct stmt *stmt, const struct stmt_value *in,
                        int32_t row_count, int64_t *ret_changed_counts)
{
    check(stmt->mode == STMT_EXEC || stmt->mode == STMT_BULK);
    for (int32_t i = 0; i < row_count; i++)
        TRY(check_values(w, stmt, in + (size_t)i * (size_t)stmt->in_count));
    return db_exec_each(w->db, stmt, in, row_count, ret_changed_counts, &w->fault);
}

enum err stmt_open(struct work *w, const struct stmt *stmt, const struct stmt_value *in,
                   struct cursor *ret_cursor)
{
    check(stmt->mode == STMT_ONE || stmt->mode == STMT_MANY);
    TRY(check_values(w, stmt, in));
    struct db_rows *rows;
    TRY(db_rows_open(w->db, stmt, in, &rows, &w->fault));
    *ret_cursor = (struct cursor){.work = w, .stmt = stmt, .state = rows};
    return ERR_OK;
}

enum err cursor_next(struct cursor *cursor, struct stmt_value *out, bool *ret_more)
{
    if (!cursor->state) {
        *ret_more = false;
        return ERR_OK;
    }
    struct work *w = cursor->work;
    bool more;
    TRY(db_rows_next(w->db, cursor->state, out, &more, &w->fault));
    if (more)
        TRY(check_row(w, cursor->stmt, out));
    else
        cursor_close(cursor);
    *ret_more = more;
    return ERR_OK;
}

void cursor_close(struct cursor *cursor)
{
    if (!cursor->state)
        return;
    db_rows_close(cursor->work->db, cursor->state);
    cursor->state = NULL;
}

static enum err copy_texts(struct work *w, const struct stmt *stmt, struct stmt_value *out)
{
    for (int32_t i = 0; i < stmt->out_count; i++) {
        bool text = stmt->out[i].type == STMT_TEXT || stmt->out[i].type == STMT_BLOB;
        if (!text || out[i].absent)
            continue;
        out[i].text = str_copy(w->arena, out[i].text);
        if (!out[i].text.ptr)
            return fail(w, ERR_LIMIT, "%s: the row does not fit the memory of this request",
                        stmt->name);
    }
    return ERR_OK;
}

static enum err first_row(struct cursor *cursor, struct stmt_value *out)
{
    struct work *w = cursor->work;
    bool more;
    TRY(cursor_next(cursor, out, &more));
    if (!more)
        return fail(w, ERR_NOT_FOUND, "%s: there is no such row", cursor->stmt->name);
    return copy_texts(w, cursor->stmt, out);
}

enum err stmt_one(struct work *w, const struct stmt *stmt, const struct stmt_value *in,
                  struct stmt_value *ret_out)
{
    check(stmt->mode == STMT_ONE);
    struct cursor cursor;
    struct stmt_value out[STMT_SLOTS_MAX];
    TRY(stmt_open(w, stmt, in, &cursor));
    enum err err = first_row(&cursor, out);
    cursor_close(&cursor);
    if (err == ERR_OK)
        memcpy(ret_out, out, (size_t)stmt->out_count * sizeof *out);
    return err;
}

/* ---- structs in, structs out ---- */

enum err stmt_struct_exec(struct work *w, const struct stmt *stmt, const void *in,
                          int64_t *ret_changed_count)
{
    struct stmt_value values[STMT_SLOTS_MAX];
    values_of_struct(stmt, in, values);
    return stmt_exec(w, stmt, values, ret_changed_count);
}

enum err stmt_struct_exec_each(struct work *w, const struct stmt *stmt, const void *rows,
                               size_t row_size, int32_t row_count, int64_t *ret_changed_counts)
{
    struct arena_mark mark = arena_mark(w->arena);
    size_t value_count = (size_t)row_count * (size_t)stmt->in_count;
    struct stmt_value *values = ARENA_NEW_ARRAY(w->arena, struct stmt_value, value_count);
    if (!values)
        return fail(w, ERR_LIMIT, "no memory is left in this request");
    for (int32_t i = 0; i < row_count; i++)
        values_of_struct(stmt, (const char *)rows + (size_t)i * row_size,
                         values + (size_t)i * (size_t)stmt->in_count);
    TRY(stmt_exec_each(w, stmt, values, row_count, ret_changed_counts));
    arena_rewind(w->arena, mark);
    return ERR_OK;
}

enum err stmt_struct_one(struct work *w, const struct stmt *stmt, const void *in, void *ret_row)
{
    struct stmt_value values[STMT_SLOTS_MAX], out[STMT_SLOTS_MAX];
    values_of_struct(stmt, in, values);
    TRY(stmt_one(w, stmt, values, out));
    struct_of_values(stmt, out, ret_row);
    return ERR_OK;
}

enum err stmt_struct_open(struct work *w, const struct stmt *stmt, const void *in,
                          struct cursor *ret_cursor)
{
    struct stmt_value values[STMT_SLOTS_MAX];
    values_of_struct(stmt, in, values);
    return stmt_open(w, stmt, values, ret_cursor);
}

enum err cursor_struct_next(struct cursor *cursor, void *ret_row, bool *ret_more)
{
    struct stmt_value out[STMT_SLOTS_MAX];
    TRY(cursor_next(cursor, out, ret_more));
    if (*ret_more)
        struct_of_values(cursor->stmt, out, ret_row);
    return ERR_OK;
}

/* ---- bulk ---- */

enum err stmt_bulk_begin(struct work *w, const struct stmt *stmt, struct bulk **ret_bulk)
{
    check(stmt->mode == STMT_BULK);
    struct bulk *bulk = ARENA_NEW(w->arena, struct bulk);
    if (!bulk)
        return fail(w, ERR_LIMIT, "no memory is left in this request");
    *bulk = (struct bulk){.work = w, .stmt = stmt};
    TRY(db_bulk_begin(w->db, stmt, &bulk->state, &w->fault));
    *ret_bulk = bulk;
    return ERR_OK;
}

enum err stmt_bulk_row(struct bulk *bulk, const struct stmt_value *in)
{
    struct work *w = bulk->work;
    check(bulk->state);
    TRY(check_values(w, bulk->stmt, in));
    TRY(db_bulk_row(w->db, bulk->state, in, &w->fault));
    bulk->row_count++;
    return ERR_OK;
}

enum err stmt_struct_bulk_row(struct bulk *bulk, const void *in)
{
    struct stmt_value values[STMT_SLOTS_MAX];
    values_of_struct(bulk->stmt, in, values);
    return stmt_bulk_row(bulk, values);
}

enum err stmt_bulk_end(struct bulk *bulk, int64_t *ret_row_count)
{
    struct work *w = bulk->work;
    check(bulk->state);
    struct db_bulk *state = bulk->state;
    bulk->state = NULL;
    TRY(db_bulk_end(w->db, state, &w->fault));
    if (ret_row_count)
        *ret_row_count = bulk->row_count;
    return ERR_OK;
}

enum err stmt_verify(struct work *w, const struct stmt *stmt)
{
    return db_verify(w->db, stmt, &w->fault);
}
