/* The work of a batch, a chunk a unit of work. Invariants:
 *   1. a claim is ORDERED (REORDERED) exactly while one payment of it is WAITING;
 *   2. the cursor of the batch stands behind what is done: a chunk moves both or neither. */
#include "domain/ledger/ledger_batch_row.h"
#include "domain/ledger/ledger_line.h"
#include "domain/ledger/ledger_post.h"

#include <inttypes.h>
#include <string.h>

/* ---- moving many */

struct chunk {
    const ledger_claim_row *claims;
    int32_t *positions;
    int32_t count;
};

static enum err must_all(struct work *w, const struct stmt *stmt, const void *rows, size_t row_size,
                         int32_t count)
{
    int64_t *changed_counts = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)count + 1);
    if (!changed_counts)
        return fail(w, ERR_MEMORY, "no memory for %d rows", count);
    TRY(stmt_struct_exec_each(w, stmt, rows, row_size, count, changed_counts));
    for (int32_t i = 0; i < count; i++)
        if (changed_counts[i] != 1)
            return fail(w, ERR_STORE_CONFLICT, "a claim was moved by another meanwhile");
    return ERR_OK;
}

static enum err move_claims(struct work *w, const ledger_claim_row *claims, int32_t count,
                            enum ledger_claim_state to, int64_t batch_id, int32_t attempt_more)
{
    struct ledger_claim_move_in *rows =
        ARENA_NEW_ARRAY(w->arena, struct ledger_claim_move_in, (size_t)count + 1);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for %d claims", count);
    for (int32_t i = 0; i < count; i++)
        rows[i] = (struct ledger_claim_move_in){.id = claims[i].id,
                                                .from_state = claims[i].state,
                                                .to_state = (int32_t)to,
                                                .round = claims[i].round,
                                                .attempt = claims[i].attempt + attempt_more,
                                                .batch_id = batch_id,
                                                .reason = STR(""),
                                                .changed_ms = w->now_ms};
    return must_all(w, &ledger_claim_move_stmt, rows, sizeof rows[0], count);
}

static enum err move_payments(struct work *w, int64_t batch_id, const int32_t *positions,
                              int32_t count, enum ledger_payment_state to)
{
    struct ledger_payment_move_in *rows =
        ARENA_NEW_ARRAY(w->arena, struct ledger_payment_move_in, (size_t)count + 1);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for %d payments", count);
    for (int32_t i = 0; i < count; i++)
        rows[i] = (struct ledger_payment_move_in){.batch_id = batch_id,
                                                  .position = positions[i],
                                                  .from_state = LEDGER_PAYMENT_WAITING,
                                                  .state = (int32_t)to,
                                                  .reason = STR("")};
    return must_all(w, &ledger_payment_move_stmt, rows, sizeof rows[0], count);
}

/* Invariant 2. */
static enum err go_on(struct work *w, const struct ledger_batch *before, struct ledger_batch *batch)
{
    struct ledger_batch_go_on_in in = {.id = batch->id,
                                       .from_state = (int32_t)before->state,
                                       .from_line_id = before->cursor_line_id,
                                       .from_id = before->cursor_id,
                                       .state = (int32_t)batch->state,
                                       .cursor_line_id = batch->cursor_line_id,
                                       .cursor_id = batch->cursor_id,
                                       .payment_count = batch->payment_count,
                                       .amount_fen = batch->amount_fen,
                                       .problem_count = batch->problem_count,
                                       .checked_ms = batch->checked_ms,
                                       .words = batch->words};
    int64_t changed_count;
    TRY(ledger_batch_go_on(w, &in, &changed_count));
    return changed_count == 1
               ? ERR_OK
               : fail(w, ERR_STORE_CONFLICT, "another works on batch %" PRId64, batch->id);
}

static void enter(struct ledger_batch *batch, enum ledger_batch_state state)
{
    batch->state = state;
    batch->cursor_line_id = 0;
    batch->cursor_id = 0;
}

/* ---- making */

/* The next line from the cursor on; 0 when there is none. */
static enum err next_line(struct work *w, const struct ledger_batch *batch, int64_t after_id,
                          int64_t *ret_line_id)
{
    struct ledger_line_filter filter = {.fund_id = batch->fund_id, .year = batch->year};
    struct ledger_line *lines;
    int32_t count;
    TRY(ledger_lines(w, &filter, &lines, &count));
    int64_t best_id = 0;
    for (int32_t i = 0; i < count; i++)
        if (lines[i].id > after_id && (best_id == 0 || lines[i].id < best_id))
            best_id = lines[i].id;
    *ret_line_id = best_id;
    return ERR_OK;
}

static enum err add_payments(struct work *w, struct ledger_batch *batch,
                             const ledger_claim_row *claims, int32_t count)
{
    struct bulk *bulk;
    TRY(stmt_bulk_begin(w, &ledger_payment_insert_stmt, &bulk));
    enum err err = ERR_OK;
    for (int32_t i = 0; i < count && err == ERR_OK; i++) {
        int32_t position = (int32_t)batch->payment_count + 1;
        const char *order_id = text_in(w->arena, "%" PRId64 "-%d", batch->id, position);
        struct ledger_payment_insert_in in = {.batch_id = batch->id,
                                              .position = position,
                                              .claim_id = claims[i].id,
                                              .order_id = str_from(order_id),
                                              .attempt = claims[i].attempt + 1,
                                              .amount_fen = claims[i].amount_fen,
                                              .state = LEDGER_PAYMENT_WAITING,
                                              .name = STR(""),
                                              .bank = STR(""),
                                              .reason = STR("")};
        err = stmt_struct_bulk_row(bulk, &in);
        batch->payment_count++;
        batch->amount_fen += claims[i].amount_fen; /* LEDGER_BATCH_MAX * a claim's most fits */
    }
    enum err ended = stmt_bulk_end(bulk, NULL);
    return err == ERR_OK ? ended : err;
}

static enum err make_chunk(struct work *w, const struct ledger_payees *payees,
                           struct ledger_batch *batch)
{
    if (batch->cursor_line_id == 0)
        TRY(next_line(w, batch, 0, &batch->cursor_line_id));
    int64_t room = LEDGER_BATCH_MAX - batch->payment_count;
    int32_t count_max = room < LEDGER_CHUNK ? (int32_t)room : LEDGER_CHUNK;
    struct ledger_claim_to_pay_in in = {.line_id = batch->cursor_line_id,
                                        .state = batch->with_returned ? LEDGER_CLAIM_RETURNED
                                                                      : LEDGER_CLAIM_RESERVED,
                                        .after_id = batch->cursor_id,
                                        .division_min = batch->division_min,
                                        .division_max = batch->division_max,
                                        .article = batch->article,
                                        .row_count_max = count_max};
    ledger_claim_row *claims;
    int32_t count = 0;
    if (count_max > 0)
        TRY(ledger_claims_read(w, &ledger_claim_to_pay_stmt, &in, count_max, &claims, &count));
    if (count > 0) {
        TRY(move_claims(w, claims, count,
                        batch->with_returned ? LEDGER_CLAIM_REORDERED : LEDGER_CLAIM_ORDERED,
                        batch->id, 0));
        TRY(add_payments(w, batch, claims, count));
        batch->cursor_id = claims[count - 1].id;
        return ERR_OK;
    }
    batch->cursor_id = 0;
    if (count_max > 0)
        TRY(next_line(w, batch, batch->cursor_line_id, &batch->cursor_line_id));
    if (count_max == 0 || batch->cursor_line_id == 0)
        enter(batch, LEDGER_BATCH_CHECKING);
    return ERR_OK;
}

/* ---- checking */

struct checking {
    struct ledger_payment_to_check_out *rows;
    struct ledger_payee *payees;
    enum ledger_problem *problems;
    int32_t count;
};

/* What is absent stays so. */
static struct str copy_absent(struct work *w, struct str text)
{
    return text.ptr ? str_copy(w->arena, text) : text;
}

static enum err read_to_check(struct work *w, const struct ledger_batch *batch,
                              struct checking *checking)
{
    checking->rows = ARENA_NEW_ARRAY(w->arena, struct ledger_payment_to_check_out, LEDGER_CHUNK);
    checking->payees = ARENA_NEW_ARRAY(w->arena, struct ledger_payee, LEDGER_CHUNK);
    checking->problems = ARENA_NEW_ARRAY(w->arena, enum ledger_problem, LEDGER_CHUNK);
    if (!checking->rows || !checking->payees || !checking->problems)
        return fail(w, ERR_MEMORY, "no memory for %d payments", LEDGER_CHUNK);
    struct ledger_payment_to_check_in in = {batch->id, LEDGER_PAYMENT_WAITING,
                                            (int32_t)batch->cursor_id, LEDGER_CHUNK};
    struct cursor cursor;
    TRY(ledger_payment_to_check(w, &in, &cursor));
    bool more = true;
    while (checking->count < LEDGER_CHUNK) {
        struct ledger_payment_to_check_out *row = &checking->rows[checking->count];
        TRY(ledger_payment_to_check_next(&cursor, row, &more));
        if (!more)
            break;
        row->given_name = copy_absent(w, row->given_name);
        row->given_bank = copy_absent(w, row->given_bank);
        row->given_sealed = copy_absent(w, row->given_sealed);
        row->before_index = copy_absent(w, row->before_index);
        checking->count++;
    }
    cursor_close(&cursor);
    return ERR_OK;
}

/* Those of one record without an account of the ledger's own, asked of the registry together. */
static enum err ask_registry(struct work *w, const struct ledger_payees *payees,
                             struct checking *checking, enum ledger_party record)
{
    int64_t *ids = ARENA_NEW_ARRAY(w->arena, int64_t, LEDGER_CHUNK);
    int32_t *places = ARENA_NEW_ARRAY(w->arena, int32_t, LEDGER_CHUNK);
    struct ledger_payee *found = ARENA_NEW_ARRAY(w->arena, struct ledger_payee, LEDGER_CHUNK);
    if (!ids || !places || !found)
        return fail(w, ERR_MEMORY, "no memory for %d payees", LEDGER_CHUNK);
    int32_t count = 0;
    for (int32_t i = 0; i < checking->count; i++) {
        const struct ledger_payment_to_check_out *row = &checking->rows[i];
        if (row->given_sealed.ptr || row->payee_record != (int32_t)record)
            continue;
        places[count] = i;
        ids[count++] = row->payee_id;
    }
    if (count == 0)
        return ERR_OK;
    TRY(payees->find(w, payees->context, record, ids, count, found));
    for (int32_t i = 0; i < count; i++)
        checking->payees[places[i]] = found[i];
    return ERR_OK;
}

static enum err open_given(struct work *w, struct checking *checking)
{
    for (int32_t i = 0; i < checking->count; i++) {
        const struct ledger_payment_to_check_out *row = &checking->rows[i];
        if (!row->given_sealed.ptr)
            continue;
        struct ledger_payee *payee = &checking->payees[i];
        *payee = (struct ledger_payee){.name = row->given_name, .bank = row->given_bank};
        enum err err = secret_open(w->secrets, w->arena, ledger_payee_place(row->given_id),
                                   row->given_sealed, &payee->account);
        if (err != ERR_OK)
            return fail(w, err, "the account of a payee does not open");
    }
    return ERR_OK;
}

/* Writes what a payment will be filed with, or why it cannot be. */
static enum err check_payment(struct work *w, const struct ledger_batch *batch,
                              const struct ledger_payment_to_check_out *row,
                              const struct ledger_payee *payee,
                              struct ledger_payment_checked_in *ret_in)
{
    struct ledger_payment_checked_in in = {.batch_id = batch->id,
                                           .position = row->position,
                                           .name = payee->name.ptr ? payee->name : STR(""),
                                           .bank = payee->bank.ptr ? payee->bank : STR("")};
    if (payee->account.size == 0)
        in.problem = LEDGER_NO_ACCOUNT;
    else if (!ledger_is_account(payee->account))
        in.problem = LEDGER_BAD_ACCOUNT;
    else if (in.name.size == 0)
        in.problem = LEDGER_NO_NAME;
    else
        TRY(ledger_seal_account(w, ledger_payment_place(row->claim_id), payee->account,
                                &in.account_sealed, &in.account_index));
    if (row->before_index.ptr && str_equal(row->before_index, in.account_index))
        in.problem = LEDGER_SAME_ACCOUNT;
    in.state = in.problem == LEDGER_FINE ? LEDGER_PAYMENT_WAITING : LEDGER_PAYMENT_LEFT_OUT;
    *ret_in = in;
    return ERR_OK;
}

static enum err leave_out(struct work *w, struct ledger_batch *batch,
                          const struct checking *checking,
                          const struct ledger_payment_checked_in *checked)
{
    ledger_claim_row *claims = ARENA_NEW_ARRAY(w->arena, ledger_claim_row, LEDGER_CHUNK);
    if (!claims)
        return fail(w, ERR_MEMORY, "no memory for %d claims", LEDGER_CHUNK);
    int32_t count = 0;
    for (int32_t i = 0; i < checking->count; i++) {
        if (checked[i].problem == LEDGER_FINE)
            continue;
        const struct ledger_payment_to_check_out *row = &checking->rows[i];
        claims[count++] = (ledger_claim_row){.id = row->claim_id,
                                             .state = row->claim_state,
                                             .round = row->round,
                                             .attempt = row->attempt};
        batch->payment_count--;
        batch->problem_count++;
        batch->amount_fen -= row->amount_fen;
    }
    return move_claims(w, claims, count,
                       batch->with_returned ? LEDGER_CLAIM_RETURNED : LEDGER_CLAIM_RESERVED, 0, 0);
}

static enum err check_chunk(struct work *w, const struct ledger_payees *payees,
                            struct ledger_batch *batch)
{
    struct checking checking = {0};
    TRY(read_to_check(w, batch, &checking));
    if (checking.count == 0) {
        enter(batch, LEDGER_BATCH_CHECKED);
        batch->checked_ms = w->now_ms;
        return ERR_OK;
    }
    TRY(open_given(w, &checking));
    TRY(ask_registry(w, payees, &checking, LEDGER_PERSON));
    TRY(ask_registry(w, payees, &checking, LEDGER_ORGANISATION));
    struct ledger_payment_checked_in *checked =
        ARENA_NEW_ARRAY(w->arena, struct ledger_payment_checked_in, (size_t)checking.count);
    if (!checked)
        return fail(w, ERR_MEMORY, "no memory for %d payments", checking.count);
    for (int32_t i = 0; i < checking.count; i++)
        TRY(check_payment(w, batch, &checking.rows[i], &checking.payees[i], &checked[i]));
    TRY(must_all(w, &ledger_payment_checked_stmt, checked, sizeof checked[0], checking.count));
    TRY(leave_out(w, batch, &checking, checked));
    batch->cursor_id = checking.rows[checking.count - 1].position;
    return ERR_OK;
}

/* ---- filing and dropping */

static enum err read_claims(struct work *w, const struct ledger_batch *batch,
                            struct chunk *ret_chunk)
{
    ledger_claim_row *claims = ARENA_NEW_ARRAY(w->arena, ledger_claim_row, LEDGER_CHUNK);
    int32_t *positions = ARENA_NEW_ARRAY(w->arena, int32_t, LEDGER_CHUNK);
    if (!claims || !positions)
        return fail(w, ERR_MEMORY, "no memory for %d payments", LEDGER_CHUNK);
    struct ledger_payment_claims_in in = {batch->id, LEDGER_PAYMENT_WAITING,
                                          (int32_t)batch->cursor_id, LEDGER_CHUNK};
    struct cursor cursor;
    TRY(ledger_payment_claims(w, &in, &cursor));
    int32_t count = 0;
    bool more = true;
    while (count < LEDGER_CHUNK) {
        struct ledger_payment_claims_out row;
        TRY(ledger_payment_claims_next(&cursor, &row, &more));
        if (!more)
            break;
        positions[count] = row.position;
        claims[count++] = (ledger_claim_row){.id = row.id,
                                             .key = str_copy(w->arena, row.key),
                                             .line_id = row.line_id,
                                             .amount_fen = row.amount_fen,
                                             .article = str_copy(w->arena, row.article),
                                             .case_id = row.case_id,
                                             .payee_record = row.payee_record,
                                             .payee_id = row.payee_id,
                                             .state = row.state,
                                             .round = row.round,
                                             .attempt = row.attempt};
    }
    cursor_close(&cursor);
    *ret_chunk = (struct chunk){claims, positions, count};
    return ERR_OK;
}

static enum err post_filed(struct work *w, const struct ledger_batch *batch,
                           const struct chunk *chunk)
{
    struct ledger_posting_given *postings =
        ARENA_NEW_ARRAY(w->arena, struct ledger_posting_given, (size_t)chunk->count);
    int64_t *line_ids = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)chunk->count);
    if (!postings || !line_ids)
        return fail(w, ERR_MEMORY, "no memory for %d postings", chunk->count);
    for (int32_t i = 0; i < chunk->count; i++)
        line_ids[i] = chunk->claims[i].line_id;
    struct ledger_lines_locked set;
    TRY(ledger_lock(w, line_ids, chunk->count, &set));
    for (int32_t i = 0; i < chunk->count; i++) {
        ledger_claim_row row = chunk->claims[i];
        row.attempt++;
        row.batch_id = batch->id;
        enum ledger_move move =
            row.state == LEDGER_CLAIM_REORDERED ? LEDGER_MOVE_FILE_AGAIN : LEDGER_MOVE_FILE;
        postings[i] =
            ledger_claim_posting(w, move, &row, ledger_locked_line(&set, row.line_id), STR(""));
    }
    return ledger_post(w, postings, chunk->count);
}

static enum err file_chunk(struct work *w, const struct ledger_payees *payees,
                           struct ledger_batch *batch)
{
    struct chunk chunk;
    TRY(read_claims(w, batch, &chunk));
    if (chunk.count == 0) {
        batch->cursor_line_id = -1; /* all posted: the files are next */
        return ERR_OK;
    }
    TRY(post_filed(w, batch, &chunk));
    TRY(move_claims(w, chunk.claims, chunk.count, LEDGER_CLAIM_FILED, batch->id, 1));
    TRY(move_payments(w, batch->id, chunk.positions, chunk.count, LEDGER_PAYMENT_FILED));
    batch->cursor_id = chunk.positions[chunk.count - 1];
    return ERR_OK;
}

static enum err drop_chunk(struct work *w, const struct ledger_payees *payees,
                           struct ledger_batch *batch)
{
    struct chunk chunk;
    TRY(read_claims(w, batch, &chunk));
    if (chunk.count == 0) {
        enter(batch, LEDGER_BATCH_DROPPED);
        return ERR_OK;
    }
    TRY(move_claims(w, chunk.claims, chunk.count,
                    batch->with_returned ? LEDGER_CLAIM_RETURNED : LEDGER_CLAIM_RESERVED, 0, 0));
    TRY(move_payments(w, batch->id, chunk.positions, chunk.count, LEDGER_PAYMENT_LEFT_OUT));
    batch->cursor_id = chunk.positions[chunk.count - 1];
    return ERR_OK;
}

static enum err (*const works[LEDGER_BATCH_STATE_COUNT])(struct work *w,
                                                         const struct ledger_payees *payees,
                                                         struct ledger_batch *batch) = {
    [LEDGER_BATCH_MAKING] = make_chunk,
    [LEDGER_BATCH_CHECKING] = check_chunk,
    [LEDGER_BATCH_FILING] = file_chunk,
    [LEDGER_BATCH_DROPPING] = drop_chunk,
};

enum err ledger_batch_chunk(struct work *w, const struct ledger_payees *payees,
                            struct ledger_batch *batch)
{
    struct ledger_batch before = *batch;
    if (!works[batch->state])
        return ERR_OK;
    TRY(works[batch->state](w, payees, batch));
    return go_on(w, &before, batch);
}
