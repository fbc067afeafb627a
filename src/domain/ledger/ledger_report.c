/* What there is: lines now and at an earlier instant, postings. */
#include "domain/ledger/ledger.h"

#include "domain/ledger/ledger_line.h"

int64_t ledger_granted_fen(const struct ledger_balance *balance)
{
    return -balance->accounts_fen[LEDGER_ACCOUNT_BUDGET];
}

int64_t ledger_spent_fen(const struct ledger_balance *balance)
{
    const int64_t *accounts = balance->accounts_fen;
    return accounts[LEDGER_ACCOUNT_RESERVED] + accounts[LEDGER_ACCOUNT_TRANSIT] +
           accounts[LEDGER_ACCOUNT_PAID] + accounts[LEDGER_ACCOUNT_RETURNED];
}

enum err ledger_lines(struct work *w, const struct ledger_line_filter *filter,
                      struct ledger_line **ret_lines, int32_t *ret_line_count)
{
    bool everywhere = filter->division_min == 0 && filter->division_max == 0;
    struct ledger_line_page_in in = {
        .fund_id = filter->fund_id,
        .year = filter->year,
        .division_min = filter->division_min,
        .division_max = everywhere ? INT32_MAX : filter->division_max,
        .row_count_max = LEDGER_LINES_MAX,
    };
    struct ledger_line *lines = ARENA_NEW_ARRAY(w->arena, struct ledger_line, LEDGER_LINES_MAX);
    if (!lines)
        return fail(w, ERR_MEMORY, "no memory for the budget lines");
    struct cursor cursor;
    TRY(ledger_line_page(w, &in, &cursor));
    int32_t count = 0;
    bool more = true;
    while (count < LEDGER_LINES_MAX) {
        ledger_line_row row;
        TRY(cursor_struct_next(&cursor, &row, &more));
        if (!more)
            break;
        TRY(ledger_line_of_row(w, &row, &lines[count++]));
    }
    cursor_close(&cursor);
    *ret_lines = lines;
    *ret_line_count = count;
    return ERR_OK;
}

enum err ledger_line_read(struct work *w, int64_t line_id, struct ledger_line *ret_line)
{
    ledger_line_row row;
    TRY(ledger_line_by_id(w, &(struct ledger_line_by_id_in){line_id}, &row));
    return ledger_line_of_row(w, &row, ret_line);
}

static enum err take_later_away(struct work *w, struct ledger_line *line, int64_t at_ms)
{
    struct ledger_entry_since_in in = {line->id, at_ms};
    struct cursor cursor;
    TRY(ledger_entry_since(w, &in, &cursor));
    int64_t entry_count = 0;
    for (;;) {
        struct ledger_entry_since_out row;
        bool more;
        TRY(ledger_entry_since_next(&cursor, &row, &more));
        if (!more)
            break;
        line->balance.accounts_fen[row.account] -= row.amount_fen;
        entry_count += row.posting_count;
    }
    line->posting_count -= entry_count / 2; /* a posting has two entries */
    return ERR_OK;
}

enum err ledger_balance_at(struct work *w, const struct ledger_line_filter *filter, int64_t at_ms,
                           struct ledger_line **ret_lines, int32_t *ret_line_count)
{
    struct ledger_line *lines;
    int32_t count;
    TRY(ledger_lines(w, filter, &lines, &count));
    for (int32_t i = 0; i < count; i++)
        if (lines[i].last_ms > at_ms)
            TRY(take_later_away(w, &lines[i], at_ms));
    *ret_lines = lines;
    *ret_line_count = count;
    return ERR_OK;
}

_Static_assert(sizeof(struct ledger_posting_of_line_out) ==
                   sizeof(struct ledger_posting_of_claim_out), "same columns");

static enum err read_postings(struct work *w, const struct stmt *stmt, const void *in,
                              int32_t row_count_max, struct ledger_posting **ret_rows,
                              int32_t *ret_row_count)
{
    struct ledger_posting *rows =
        ARENA_NEW_ARRAY(w->arena, struct ledger_posting, (size_t)row_count_max);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for %d postings", row_count_max);
    struct cursor cursor;
    TRY(stmt_struct_open(w, stmt, in, &cursor));
    int32_t count = 0;
    bool more = true;
    while (count < row_count_max) {
        struct ledger_posting_of_line_out row;
        TRY(cursor_struct_next(&cursor, &row, &more));
        if (!more)
            break;
        rows[count++] = (struct ledger_posting){
            row.id, row.at_ms, (enum ledger_move)row.kind, row.line_id, row.claim_id, row.case_id,
            row.batch_id, row.amount_fen, row.day, str_copy(w->arena, row.key),
            str_copy(w->arena, row.article), str_copy(w->arena, row.account_name),
            str_copy(w->arena, row.words)};
    }
    cursor_close(&cursor);
    *ret_rows = rows;
    *ret_row_count = count;
    return ERR_OK;
}

enum err ledger_postings(struct work *w, int64_t line_id, int64_t before_ms, int64_t before_id,
                         int32_t row_count_max, struct ledger_posting **ret_rows,
                         int32_t *ret_row_count)
{
    struct ledger_posting_of_line_in in = {line_id, before_ms, before_id, row_count_max};
    return read_postings(w, &ledger_posting_of_line_stmt, &in, row_count_max, ret_rows,
                         ret_row_count);
}

enum err ledger_postings_of_claim(struct work *w, int64_t claim_id,
                                  struct ledger_posting **ret_rows, int32_t *ret_row_count)
{
    enum { POSTINGS_MAX = 200 };
    struct ledger_posting_of_claim_in in = {claim_id, POSTINGS_MAX};
    return read_postings(w, &ledger_posting_of_claim_stmt, &in, POSTINGS_MAX, ret_rows,
                         ret_row_count);
}
