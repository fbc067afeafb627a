#include "domain/ledger/ledger_line.h"

_Static_assert(sizeof(struct ledger_line_lock_out) == sizeof(ledger_line_row), "same columns");
_Static_assert(sizeof(struct ledger_line_page_out) == sizeof(ledger_line_row), "same columns");
_Static_assert(sizeof(struct ledger_claim_by_key_out) == sizeof(ledger_claim_row), "same columns");

const struct ledger_words ledger_account_words[LEDGER_ACCOUNT_COUNT] = {
    {"", "", ""},
#define ACCOUNT(name, column, label, label_en) {#name, label, label_en},
#include "domain/ledger/ledger.def"
};

const struct ledger_words ledger_claim_words[LEDGER_CLAIM_STATE_COUNT] = {
    {"", "", ""},
#define STATE(name, account, label, label_en) {#name, label, label_en},
#include "domain/ledger/ledger.def"
};

const struct ledger_words ledger_move_words[LEDGER_MOVE_COUNT] = {
    {"", "", ""},
#define MOVE(name, from, to, event, label, label_en) {#name, label, label_en},
#include "domain/ledger/ledger.def"
};

enum err ledger_line_of_row(struct work *w, const ledger_line_row *row,
                            struct ledger_line *ret_line)
{
    struct ledger_line line = {
        .id = row->id,
        .fund_id = row->fund_id,
        .fund = str_copy(w->arena, row->fund),
        .earmark = str_copy(w->arena, row->earmark),
        .year = row->year,
        .year_is_open = row->year_state == LEDGER_YEAR_IS_OPEN,
        .division = row->division,
        .balance.accounts_fen = {
            0,
#define ACCOUNT(name, column, label, label_en) row->column,
#include "domain/ledger/ledger.def"
        },
        .posting_count = row->posting_count,
        .last_ms = row->last_ms,
    };
    if (!line.fund.ptr || !line.earmark.ptr)
        return fail(w, ERR_MEMORY, "no memory for a budget line");
    *ret_line = line;
    return ERR_OK;
}

enum err ledger_state_of_row(struct work *w, const ledger_claim_row *row,
                             struct ledger_state *ret_state)
{
    struct ledger_state state = {
        .claim_id = row->id,
        .state = (enum ledger_claim_state)row->state,
        .line_id = row->line_id,
        .fund_id = row->fund_id,
        .key = str_copy(w->arena, row->key),
        .fund = str_copy(w->arena, row->fund),
        .article = str_copy(w->arena, row->article),
        .reason = str_copy(w->arena, row->reason),
        .year = row->year,
        .division = row->division,
        .expires_day = row->expires_day,
        .asked_fen = row->asked_fen,
        .amount_fen = row->amount_fen,
        .case_id = row->case_id,
        .payee_id = row->payee_id,
        .payee_record = (enum ledger_party)row->payee_record,
        .attempt = row->attempt,
        .batch_id = row->batch_id,
        .created_ms = row->created_ms,
        .changed_ms = row->changed_ms,
    };
    if (!state.key.ptr || !state.fund.ptr || !state.article.ptr || !state.reason.ptr)
        return fail(w, ERR_MEMORY, "no memory for a claim");
    *ret_state = state;
    return ERR_OK;
}

static bool copy_claim(struct work *w, ledger_claim_row *row)
{
    row->key = str_copy(w->arena, row->key);
    row->fund = str_copy(w->arena, row->fund);
    row->article = str_copy(w->arena, row->article);
    row->reason = str_copy(w->arena, row->reason);
    return row->key.ptr && row->fund.ptr && row->article.ptr && row->reason.ptr;
}

enum err ledger_claims_read(struct work *w, const struct stmt *stmt, const void *in,
                            int32_t row_count_max, ledger_claim_row **ret_rows,
                            int32_t *ret_row_count)
{
    ledger_claim_row *rows =
        ARENA_NEW_ARRAY(w->arena, ledger_claim_row, (size_t)row_count_max + 1);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for %d claims", row_count_max);
    struct cursor cursor;
    TRY(stmt_struct_open(w, stmt, in, &cursor));
    int32_t count = 0;
    bool more = true;
    while (count < row_count_max) {
        TRY(cursor_struct_next(&cursor, &rows[count], &more));
        if (!more)
            break;
        if (!copy_claim(w, &rows[count++]))
            return fail(w, ERR_MEMORY, "no memory for %d claims", row_count_max);
    }
    cursor_close(&cursor);
    *ret_rows = rows;
    *ret_row_count = count;
    return ERR_OK;
}
