#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/record.h"
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

/* ---- pages */

/* Which index leads to the rows. */
enum audit_way { BY_TIME, BY_ACCOUNT, BY_SUBJECT, BY_NAME };

struct audit_reading {
    const struct audit_filter *filter;
    enum audit_way way;
    int64_t after_id, before_id;
    struct cursor cursor;
};

static enum audit_way way_of(const struct audit_filter *filter)
{
    return filter->subject_id != 0          ? BY_SUBJECT
           : filter->account_id != 0        ? BY_ACCOUNT
           : filter->account_name.size != 0 ? BY_NAME
                                            : BY_TIME;
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

/* Ids ascend in time: days are ranges of them. */
static void bound(struct audit_reading *reading)
{
    const struct audit_filter *filter = reading->filter;
    reading->after_id = 0;
    reading->before_id = filter->before_id != 0 ? filter->before_id : INT64_MAX;
    if (filter->from_day != ABSENT_I32)
        reading->after_id = id_at(clock_city_day_ms(filter->from_day)) - 1;
    if (filter->to_day != ABSENT_I32) {
        int64_t end_id = id_at(clock_city_day_ms(filter->to_day + 1));
        reading->before_id = end_id < reading->before_id ? end_id : reading->before_id;
    }
}

static enum err open_page(struct work *w, struct audit_reading *reading, int32_t row_count_max)
{
    const struct audit_filter *filter = reading->filter;
    int64_t after_id = reading->after_id, before_id = reading->before_id;
    struct audit_page_in in = {after_id, before_id, row_count_max};
    struct audit_page_of_subject_in of_subject = {filter->subject_id, after_id, before_id,
                                                  row_count_max};
    struct audit_page_of_account_in of_account = {filter->account_id, after_id, before_id,
                                                  row_count_max};
    struct audit_page_of_name_in of_name = {filter->account_name, after_id, before_id,
                                            row_count_max};
    switch (reading->way) {
    case BY_SUBJECT: return audit_page_of_subject(w, &of_subject, &reading->cursor);
    case BY_ACCOUNT: return audit_page_of_account(w, &of_account, &reading->cursor);
    case BY_NAME: return audit_page_of_name(w, &of_name, &reading->cursor);
    case BY_TIME: break;
    }
    return audit_page(w, &in, &reading->cursor);
}

/* The four pages have the same columns. */
static enum err next_row(struct audit_reading *reading, struct audit_page_out *ret_row,
                         bool *ret_more)
{
    return cursor_struct_next(&reading->cursor, ret_row, ret_more);
}

_Static_assert(sizeof(struct audit_page_out) == sizeof(struct audit_page_of_subject_out) &&
                   sizeof(struct audit_page_out) == sizeof(struct audit_page_of_account_out) &&
                   sizeof(struct audit_page_out) == sizeof(struct audit_page_of_name_out),
               "the four pages have the same columns");

/* What the index did not see to. */
static bool passes(const struct audit_filter *filter, const struct audit_page_out *row)
{
    return (filter->account_id == 0 || row->account_id == filter->account_id) &&
           (filter->account_name.size == 0 ||
            str_equal(row->account_name, filter->account_name)) &&
           str_starts(row->action, filter->action);
}

/* Whether rows may be read and left out. */
static bool is_sifted(const struct audit_reading *reading)
{
    const struct audit_filter *filter = reading->filter;
    return filter->action.size != 0 ||
           (reading->way == BY_SUBJECT &&
            (filter->account_id != 0 || filter->account_name.size != 0)) ||
           (reading->way == BY_ACCOUNT && filter->account_name.size != 0);
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
    struct audit_reading reading = {.filter = filter, .way = way_of(filter)};
    bound(&reading);
    TRY(open_page(w, &reading, is_sifted(&reading) ? SCANNED_MAX : filter->row_count_max));
    int32_t count = 0;
    while (count < filter->row_count_max) {
        struct audit_page_out row = {0};
        bool more = false;
        TRY(next_row(&reading, &row, &more));
        if (!more)
            break;
        if (passes(filter, &row))
            rows[count++] = audit_of(w, &row);
    }
    cursor_close(&reading.cursor);
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
