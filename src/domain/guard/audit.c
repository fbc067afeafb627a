#include "base/hash.h"
#include "base/id.h"
#include "base/secret.h"
#include "domain/guard/guard.h"
#include "guard_sql.h"

#include <inttypes.h>
#include <string.h>

static struct str present(struct str text)
{
    return text.ptr ? text : STR("");
}

/* All columns with their sizes in front, so that no two rows read the same. */
static enum err row_digest(struct work *w, const struct audit *row,
                           uint8_t ret_digest[SECRET_INDEX_SIZE])
{
    struct text_buf text;
    text_init(&text, w->arena);
    text_format(&text, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, row->id, row->at_ms,
                row->account_id, row->subject_id);
    const struct str texts[] = {row->account_name, row->action, row->record, row->client,
                                row->detail};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        text_format(&text, " %zu ", texts[i].size);
        text_add(&text, texts[i]);
    }
    if (text.failed)
        return fail(w, ERR_MEMORY, "no memory for an audit row");
    return secret_index(w->secrets, "audit", text_str(&text), ret_digest);
}

enum err guard_audit(struct work *w, struct audit *audit)
{
    audit->id = id_next(w->ids);
    audit->at_ms = w->now_ms;
    audit->account_id = w->actor.account_id;
    audit->account_name = present(w->actor.name);
    audit->record = present(audit->record);
    audit->client = present(audit->client);
    audit->detail = present(audit->detail);
    uint8_t digest[SECRET_INDEX_SIZE];
    TRY(row_digest(w, audit, digest));
    struct audit_insert_in row = {
        .id = audit->id, .at_ms = audit->at_ms, .account_id = audit->account_id,
        .account_name = audit->account_name, .action = audit->action, .record = audit->record,
        .subject_id = audit->subject_id, .client = audit->client, .detail = audit->detail,
        .digest = {(const char *)digest, sizeof digest},
    };
    return audit_insert(w, &row, NULL);
}

/* The three pages have the same columns. */
static enum err open_page(struct work *w, const struct audit_filter *filter, int64_t before_id,
                          int32_t row_count_max, struct cursor *ret_cursor)
{
    if (filter->subject_id != 0) {
        struct audit_page_of_subject_in in = {filter->subject_id, before_id, row_count_max};
        return audit_page_of_subject(w, &in, ret_cursor);
    }
    if (filter->account_id != 0) {
        struct audit_page_of_account_in in = {filter->account_id, before_id, row_count_max};
        return audit_page_of_account(w, &in, ret_cursor);
    }
    struct audit_page_in in = {before_id, row_count_max};
    return audit_page(w, &in, ret_cursor);
}

_Static_assert(sizeof(struct audit_page_out) == sizeof(struct audit_page_of_subject_out) &&
                   sizeof(struct audit_page_out) == sizeof(struct audit_page_of_account_out),
               "the three pages have the same columns");

static enum err next_row(struct cursor *cursor, const struct audit_filter *filter,
                         struct audit_page_out *ret_row, bool *ret_more)
{
    if (filter->subject_id != 0) {
        struct audit_page_of_subject_out row = {0};
        TRY(audit_page_of_subject_next(cursor, &row, ret_more));
        memcpy(ret_row, &row, sizeof row);
        return ERR_OK;
    }
    if (filter->account_id != 0) {
        struct audit_page_of_account_out row = {0};
        TRY(audit_page_of_account_next(cursor, &row, ret_more));
        memcpy(ret_row, &row, sizeof row);
        return ERR_OK;
    }
    return audit_page_next(cursor, ret_row, ret_more);
}

static struct audit audit_of(struct work *w, const struct audit_page_out *row)
{
    return (struct audit){
        .id = row->id, .at_ms = row->at_ms, .account_id = row->account_id,
        .account_name = str_copy(w->arena, row->account_name),
        .action = str_copy(w->arena, row->action), .record = str_copy(w->arena, row->record),
        .subject_id = row->subject_id, .client = str_copy(w->arena, row->client),
        .detail = str_copy(w->arena, row->detail),
    };
}

enum err guard_audit_read(struct work *w, const struct audit_filter *filter,
                          struct audit **ret_rows, int32_t *ret_row_count)
{
    enum { SCANNED_MAX = 20000 }; /* an action that is rare among so many: say so by a short page */
    struct audit *rows = ARENA_NEW_ARRAY(w->arena, struct audit, (size_t)filter->row_count_max);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for a page of audit rows");
    bool any_action = filter->action.size == 0;
    struct cursor cursor;
    TRY(open_page(w, filter, filter->before_id != 0 ? filter->before_id : INT64_MAX,
                  any_action ? filter->row_count_max : SCANNED_MAX, &cursor));
    int32_t count = 0;
    while (count < filter->row_count_max) {
        struct audit_page_out row = {0};
        bool more = false;
        TRY(next_row(&cursor, filter, &row, &more));
        if (!more)
            break;
        if (any_action || str_starts(row.action, filter->action))
            rows[count++] = audit_of(w, &row);
    }
    cursor_close(&cursor);
    *ret_rows = rows;
    *ret_row_count = count;
    return ERR_OK;
}

/* ---- seals */

struct seal_state {
    int64_t last_id;
    int64_t row_count;
    uint8_t digest[HASH_SIZE];
    int64_t broken_id;
};

static void fold(struct seal_state *state, struct str row_digest)
{
    char both[HASH_SIZE + SECRET_INDEX_SIZE];
    memcpy(both, state->digest, HASH_SIZE);
    memcpy(both + HASH_SIZE, row_digest.ptr, SECRET_INDEX_SIZE);
    hash_sm3((struct str){both, sizeof both}, state->digest);
    state->row_count++;
}

/* Folds the rows after state->last_id up to last_id; looks at each row's own digest as well. */
static enum err fold_rows(struct work *w, struct seal_state *state, int64_t last_id)
{
    struct audit_between_in in = {.after_id = state->last_id, .last_id = last_id};
    struct cursor cursor;
    TRY(audit_between(w, &in, &cursor));
    for (;;) {
        struct audit_between_out row;
        bool more;
        TRY(audit_between_next(&cursor, &row, &more));
        if (!more)
            return ERR_OK;
        struct audit read = {
            .id = row.id, .at_ms = row.at_ms, .account_id = row.account_id,
            .account_name = row.account_name, .action = row.action, .record = row.record,
            .subject_id = row.subject_id, .client = row.client, .detail = row.detail,
        };
        uint8_t digest[SECRET_INDEX_SIZE];
        struct arena_mark mark = arena_mark(w->arena);
        TRY(row_digest(w, &read, digest));
        arena_rewind(w->arena, mark);
        bool fits = row.digest.size == sizeof digest &&
                    memcmp(row.digest.ptr, digest, sizeof digest) == 0;
        if (!fits && state->broken_id == 0)
            state->broken_id = row.id;
        if (row.digest.size == SECRET_INDEX_SIZE)
            fold(state, row.digest);
        state->last_id = row.id;
    }
}

/* The first id that an instant can have: milliseconds since 2020 in the upper bits. */
static int64_t id_at(int64_t at_ms)
{
    int64_t low = 0, high = INT64_MAX;
    while (low < high) { /* id_ms grows with the id */
        int64_t middle = low + (high - low) / 2;
        if (id_ms(middle) < at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum err guard_audit_seal(struct work *w)
{
    struct seal_state state = {0};
    int64_t number = 0;
    struct audit_seal_last_out last;
    enum err err = audit_seal_last(w, &last);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    if (err == ERR_OK) {
        number = last.number;
        state.last_id = last.last_id;
        check(last.digest.size == HASH_SIZE);
        memcpy(state.digest, last.digest.ptr, HASH_SIZE);
    }
    TRY(fold_rows(w, &state, id_at(w->now_ms - GUARD_SEAL_AGE_MS)));
    if (state.row_count == 0)
        return ERR_OK;
    struct audit_seal_insert_in row = {
        .number = number + 1, .last_id = state.last_id, .row_count = state.row_count,
        .digest = {(const char *)state.digest, HASH_SIZE}, .sealed_ms = w->now_ms,
    };
    return audit_seal_insert(w, &row, NULL);
}

struct seal {
    int64_t last_id, row_count;
    uint8_t digest[HASH_SIZE];
};

static enum err read_seals(struct work *w, struct seal **ret_seals, int32_t *ret_count)
{
    struct seal *seals = NULL;
    int32_t count = 0, capacity = 0;
    struct cursor cursor;
    TRY(audit_seals(w, &cursor));
    for (;;) {
        struct audit_seals_out row;
        bool more;
        TRY(audit_seals_next(&cursor, &row, &more));
        if (!more)
            break;
        if (count == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            struct seal *grown = ARENA_NEW_ARRAY(w->arena, struct seal, (size_t)capacity);
            if (!grown)
                return fail(w, ERR_MEMORY, "no memory for the seals");
            if (count > 0)
                memcpy(grown, seals, (size_t)count * sizeof *grown);
            seals = grown;
        }
        seals[count] = (struct seal){.last_id = row.last_id, .row_count = row.row_count};
        if (row.digest.size == HASH_SIZE)
            memcpy(seals[count].digest, row.digest.ptr, HASH_SIZE);
        count++;
    }
    *ret_seals = seals;
    *ret_count = count;
    return ERR_OK;
}

enum err guard_audit_verify(struct work *w, int64_t *ret_broken_id, int64_t *ret_row_count)
{
    struct seal *seals = NULL;
    int32_t seal_count = 0;
    TRY(read_seals(w, &seals, &seal_count));
    struct seal_state state = {0};
    int64_t row_count = 0;
    for (int32_t i = 0; i < seal_count && state.broken_id == 0; i++) {
        state.row_count = 0;
        TRY(fold_rows(w, &state, seals[i].last_id));
        bool fits = state.row_count == seals[i].row_count && state.last_id == seals[i].last_id &&
                    memcmp(state.digest, seals[i].digest, HASH_SIZE) == 0;
        if (!fits && state.broken_id == 0)
            state.broken_id = seals[i].last_id;
        row_count += state.row_count;
    }
    if (state.broken_id == 0) {
        state.row_count = 0;
        TRY(fold_rows(w, &state, INT64_MAX)); /* not sealed yet: each row's own digest */
        row_count += state.row_count;
    }
    *ret_broken_id = state.broken_id;
    *ret_row_count = row_count;
    return ERR_OK;
}
