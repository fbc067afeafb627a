#include "domain/ledger/ledger_statement.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "domain/ledger/ledger_batch.h"
#include "domain/ledger/ledger_line.h"
#include "domain/ledger/ledger_post.h"
#include "ledger_batch_sql.h"
#include "ledger_statement_sql.h"
#include "port/bank.h"
#include "store/event.h"

#include <inttypes.h>

enum { LINE_MATCHED = 1, LINE_UNMATCHED, LINE_WORKED_OFF };
enum { IMPORT_ARENA_SIZE_MAX = 2000 * 1024 * 1024 };

const struct ledger_words ledger_mismatch_words[LEDGER_MISMATCH_COUNT] = {
    [LEDGER_MATCHES] = {"matches", "", ""},
    [LEDGER_UNKNOWN_ORDER] = {"unknown_order", "没有这个付款编号", "no such order"},
    [LEDGER_OTHER_AMOUNT] = {"other_amount", "金额不符", "another amount"},
    [LEDGER_PAID_BEFORE] = {"paid_before", "已经到账或退回", "was settled before"},
    [LEDGER_NOT_FILED] = {"not_filed", "这笔没有送过银行", "was never filed"},
    [LEDGER_IN_CLOSED_YEAR] = {"year_closed", "年度已经结账", "its year is closed"},
};

/* ---- one line against its payment */

/* What a line of the bank does to a payment in a state, and to its claim. */
static const struct settling {
    enum bank_kind kind;
    enum ledger_payment_state from, to;
    enum ledger_claim_state claim_from, claim_to;
    enum ledger_move move;
} settlings[] = {
    {BANK_PAID, LEDGER_PAYMENT_FILED, LEDGER_PAYMENT_PAID, LEDGER_CLAIM_FILED, LEDGER_CLAIM_PAID,
     LEDGER_MOVE_PAY},
    {BANK_RETURNED, LEDGER_PAYMENT_FILED, LEDGER_PAYMENT_RETURNED, LEDGER_CLAIM_FILED,
     LEDGER_CLAIM_RETURNED, LEDGER_MOVE_RETURN},
    {BANK_RETURNED, LEDGER_PAYMENT_PAID, LEDGER_PAYMENT_RETURNED, LEDGER_CLAIM_PAID,
     LEDGER_CLAIM_RETURNED, LEDGER_MOVE_COME_BACK},
};

struct match {
    struct ledger_payment_by_order_out payment;
    const struct settling *settling; /* NULL: a mismatch */
    enum ledger_mismatch problem;
};

static const struct settling *settling_of(enum bank_kind kind,
                                          const struct ledger_payment_by_order_out *payment)
{
    for (size_t i = 0; i < sizeof settlings / sizeof settlings[0]; i++)
        if (settlings[i].kind == kind && (int32_t)settlings[i].from == payment->payment_state &&
            (int32_t)settlings[i].claim_from == payment->claim_state)
            return &settlings[i];
    return NULL;
}

static enum err find_match(struct work *w, enum bank_kind kind, int64_t amount_fen,
                           struct str order_id, struct match *ret_match)
{
    struct match match = {.problem = LEDGER_UNKNOWN_ORDER};
    struct ledger_payment_by_order_in in = {order_id};
    enum err err =
        order_id.size == 0 ? ERR_NOT_FOUND : ledger_payment_by_order(w, &in, &match.payment);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        *ret_match = match;
        return ERR_OK;
    }
    TRY(err);
    struct ledger_line line;
    TRY(ledger_line_read(w, match.payment.line_id, &line));
    match.settling = settling_of(kind, &match.payment);
    match.problem = LEDGER_MATCHES;
    if (match.payment.amount_fen != amount_fen)
        match.problem = LEDGER_OTHER_AMOUNT;
    else if (!line.year_is_open)
        match.problem = LEDGER_IN_CLOSED_YEAR;
    else if (!match.settling)
        match.problem = match.payment.payment_state == LEDGER_PAYMENT_WAITING ||
                                match.payment.payment_state == LEDGER_PAYMENT_LEFT_OUT
                            ? LEDGER_NOT_FILED
                            : LEDGER_PAID_BEFORE;
    if (match.problem != LEDGER_MATCHES)
        match.settling = NULL;
    *ret_match = match;
    return ERR_OK;
}

static enum err move_both(struct work *w, const struct match *match, struct str reason)
{
    const struct settling *settling = match->settling;
    int64_t changed_count;
    struct ledger_claim_settle_in claim = {match->payment.claim_id, (int32_t)settling->claim_from,
                                           (int32_t)settling->claim_to, reason, w->now_ms};
    TRY(ledger_claim_settle(w, &claim, &changed_count));
    if (changed_count != 1)
        return fail(w, ERR_STORE_CONFLICT, "a claim was moved meanwhile");
    struct ledger_payment_move_in payment = {.batch_id = match->payment.batch_id,
                                             .position = match->payment.position,
                                             .from_state = (int32_t)settling->from,
                                             .state = (int32_t)settling->to,
                                             .settled_ms = w->now_ms,
                                             .reason = reason};
    TRY(ledger_payment_move(w, &payment, &changed_count));
    return changed_count == 1 ? ERR_OK
                              : fail(w, ERR_STORE_CONFLICT, "a payment was moved meanwhile");
}

static enum err settle_batch(struct work *w, int64_t batch_id, int64_t settled_count)
{
    if (settled_count == 0)
        return ERR_OK;
    struct ledger_batch_settle_in in = {batch_id, settled_count};
    return ledger_batch_settle(w, &in, NULL);
}

static struct ledger_posting_given posting_of(struct work *w, const struct match *match,
                                              const struct ledger_lines_locked *set,
                                              struct str words)
{
    const struct ledger_payment_by_order_out *payment = &match->payment;
    ledger_claim_row row = {.id = payment->claim_id,
                            .key = payment->key,
                            .amount_fen = payment->amount_fen,
                            .article = payment->article,
                            .case_id = payment->case_id,
                            .payee_record = payment->payee_record,
                            .payee_id = payment->payee_id,
                            .round = payment->round,
                            .attempt = payment->payment_attempt,
                            .batch_id = payment->batch_id};
    return ledger_claim_posting(w, match->settling->move, &row,
                                ledger_locked_line(set, payment->line_id), words);
}

/* ---- importing */

struct importing {
    struct arena *arena;
    struct str name;
    struct bank_statement read;
    uint8_t digest[HASH_SIZE];
    struct ledger_statement statement;
    struct match *matches; /* of the lines that match, and where they stand */
    int32_t *match_lines;
    int32_t match_count;
    int64_t *named; /* claims, hashed */
    uint32_t named_mask;
};

static enum err refuse_known(struct work *w, struct importing *importing)
{
    struct ledger_statement_known_in in = {{(const char *)importing->digest, HASH_SIZE},
                                           importing->read.message_id};
    struct cursor cursor;
    struct ledger_statement_known_out row;
    bool more;
    TRY(ledger_statement_known(w, &in, &cursor));
    TRY(ledger_statement_known_next(&cursor, &row, &more));
    if (!more)
        return ERR_OK;
    return fail(w, ERR_BANK_FILE, "这份文件（编号%.*s）已经导入过：%.*s",
                STR_ARG(importing->read.message_id), STR_ARG(row.name));
}

/* Whether an earlier file told of the booking. */
static enum err is_repeated(struct work *w, const struct bank_line *line, bool *ret_repeated)
{
    struct ledger_bank_line_by_reference_in in = {line->reference};
    struct ledger_bank_line_by_reference_out row;
    enum err err = ledger_bank_line_by_reference(w, &in, &row);
    *ret_repeated = err == ERR_OK;
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    if (row.amount_fen != line->amount_fen || row.kind != (int32_t)line->kind)
        return fail(w, ERR_BANK_FILE, "第%" PRId64 "行：流水号%.*s以前以另外的金额导入过",
                    line->place, STR_ARG(line->reference));
    return ERR_OK;
}

/* A payment that two lines of a file name is settled by the first of them. */
static bool is_first_of_payment(struct importing *importing, int64_t claim_id)
{
    uint32_t at = (uint32_t)hash_64_number((uint64_t)claim_id) & importing->named_mask;
    for (; importing->named[at] != 0; at = (at + 1) & importing->named_mask)
        if (importing->named[at] == claim_id)
            return false;
    importing->named[at] = claim_id;
    return true;
}

static enum err make_named(struct work *w, struct importing *importing)
{
    uint32_t size = 16;
    while (size < (uint32_t)importing->read.line_count * 2)
        size *= 2;
    importing->named = ARENA_NEW_ARRAY(w->arena, int64_t, size);
    importing->named_mask = size - 1;
    return importing->named ? ERR_OK : fail(w, ERR_MEMORY, "no memory for the lines of a file");
}

static enum err take_line(struct work *w, struct importing *importing, struct bulk *bulk,
                          int32_t index, bool is_known)
{
    const struct bank_line *line = &importing->read.lines[index];
    struct ledger_bank_line_insert_in in = {.statement_id = importing->statement.id,
                                            .position = index + 1,
                                            .reference = line->reference,
                                            .order_id = line->order_id,
                                            .kind = (int32_t)line->kind,
                                            .amount_fen = line->amount_fen,
                                            .booked_day = line->booked_day,
                                            .reason = line->reason,
                                            .state = LINE_MATCHED,
                                            .words = STR(""),
                                            .decider_name = STR("")};
    const struct match *match = &importing->matches[importing->match_count];
    if (is_known)
        return ERR_OK;
    if (match->settling && is_first_of_payment(importing, match->payment.claim_id)) {
        importing->match_lines[importing->match_count++] = index;
        importing->statement.matched_count++;
    } else {
        in.state = LINE_UNMATCHED;
        in.problem = match->settling ? LEDGER_PAID_BEFORE : (int32_t)match->problem;
        importing->statement.unmatched_count++;
    }
    return stmt_struct_bulk_row(bulk, &in);
}

/* Every line is looked at before anything is written: rows of a bulk and questions do not mix. */
static enum err look_at_lines(struct work *w, struct importing *importing, struct match *found,
                              bool *are_known)
{
    for (int32_t i = 0; i < importing->read.line_count; i++) {
        const struct bank_line *line = &importing->read.lines[i];
        TRY(is_repeated(w, line, &are_known[i]));
        if (!are_known[i])
            TRY(find_match(w, line->kind, line->amount_fen, line->order_id, &found[i]));
    }
    return ERR_OK;
}

static enum err write_lines(struct work *w, struct importing *importing, const struct match *found,
                            const bool *are_known)
{
    struct bulk *bulk;
    TRY(stmt_bulk_begin(w, &ledger_bank_line_insert_stmt, &bulk));
    enum err err = ERR_OK;
    for (int32_t i = 0; i < importing->read.line_count && err == ERR_OK; i++) {
        importing->matches[importing->match_count] = found[i];
        err = take_line(w, importing, bulk, i, are_known[i]);
    }
    enum err ended = stmt_bulk_end(bulk, NULL);
    return err == ERR_OK ? ended : err;
}

/* Payments that were not settled before count in their batch. */
static enum err settle_batches(struct work *w, const struct importing *importing)
{
    int64_t batch_id = 0, count = 0;
    for (int32_t i = 0; i < importing->match_count; i++) {
        const struct match *match = &importing->matches[i];
        if (match->settling->from != LEDGER_PAYMENT_FILED)
            continue;
        if (match->payment.batch_id != batch_id) {
            TRY(settle_batch(w, batch_id, count));
            batch_id = match->payment.batch_id;
            count = 0;
        }
        count++;
    }
    return settle_batch(w, batch_id, count);
}

static enum err post_matches(struct work *w, const struct importing *importing)
{
    int32_t count = importing->match_count;
    struct ledger_posting_given *postings =
        ARENA_NEW_ARRAY(w->arena, struct ledger_posting_given, (size_t)count + 1);
    int64_t *line_ids = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)count + 1);
    if (!postings || !line_ids)
        return fail(w, ERR_MEMORY, "no memory for %d postings", count);
    for (int32_t i = 0; i < count; i++)
        line_ids[i] = importing->matches[i].payment.line_id;
    struct ledger_lines_locked set;
    TRY(ledger_lock(w, line_ids, count, &set));
    for (int32_t i = 0; i < count; i++) {
        struct str reason = importing->read.lines[importing->match_lines[i]].reason;
        TRY(move_both(w, &importing->matches[i], reason));
        postings[i] = posting_of(w, &importing->matches[i], &set, reason);
    }
    return ledger_post(w, postings, count);
}

static enum err write_statement(struct work *w, const struct importing *importing)
{
    const struct ledger_statement *statement = &importing->statement;
    struct ledger_statement_insert_in in = {
        .id = statement->id,
        .digest = {(const char *)importing->digest, HASH_SIZE},
        .name = statement->name,
        .format = statement->format,
        .message = statement->message,
        .line_count = statement->line_count,
        .matched_count = statement->matched_count,
        .unmatched_count = statement->unmatched_count,
        .paid_fen = statement->paid_fen,
        .returned_fen = statement->returned_fen,
        .imported_ms = w->now_ms,
        .account_id = w->actor.account_id,
        .account_name = w->actor.name.ptr ? w->actor.name : STR(""),
    };
    TRY(ledger_statement_insert(w, &in, NULL));
    return event_append(
        w, &(struct event){.kind = STR("ledger.statement_imported"), .subject_id = in.id});
}

static enum err import_step(struct work *w, void *context)
{
    struct importing *importing = context;
    size_t count = (size_t)importing->read.line_count + 1;
    struct match *found = ARENA_NEW_ARRAY(w->arena, struct match, count);
    bool *are_known = ARENA_NEW_ARRAY(w->arena, bool, count);
    importing->matches = ARENA_NEW_ARRAY(w->arena, struct match, count);
    importing->match_lines = ARENA_NEW_ARRAY(w->arena, int32_t, count);
    if (!found || !are_known || !importing->matches || !importing->match_lines)
        return fail(w, ERR_MEMORY, "no memory for %d lines", importing->read.line_count);
    importing->match_count = 0;
    importing->statement = (struct ledger_statement){.id = id_next(w->ids),
                                                     .name = importing->name,
                                                     .message = importing->read.message_id,
                                                     .format = (int32_t)importing->read.format,
                                                     .line_count = importing->read.line_count,
                                                     .paid_fen = importing->read.paid_fen,
                                                     .returned_fen = importing->read.returned_fen,
                                                     .imported_ms = w->now_ms};
    TRY(make_named(w, importing));
    TRY(refuse_known(w, importing));
    TRY(look_at_lines(w, importing, found, are_known));
    TRY(write_lines(w, importing, found, are_known));
    TRY(post_matches(w, importing));
    TRY(settle_batches(w, importing));
    return write_statement(w, importing);
}

enum err ledger_statement_import(struct work_env *env, struct arena *arena, struct str name,
                                 struct str bytes, struct ledger_statement *ret_statement,
                                 struct fault *fault)
{
    struct work_env own = *env;
    struct importing importing = {.arena = arena, .name = name};
    int32_t today_day =
        env->fixed_today_day != ABSENT_I32 ? env->fixed_today_day : clock_city_day(clock_now_ms());
    own.arena_limit_size = IMPORT_ARENA_SIZE_MAX;
    TRY(bank_statement_read(arena, bytes, today_day, &importing.read, fault));
    hash_sm3(bytes, importing.digest);
    TRY(work_run(&own, WORK_WRITE, import_step, &importing, fault));
    *ret_statement = importing.statement;
    ret_statement->account_name = env->actor.name;
    return ERR_OK;
}

enum err ledger_statements(struct work *w, int64_t before_id, int32_t row_count_max,
                           struct ledger_statement **ret_rows, int32_t *ret_row_count)
{
    struct ledger_statement *rows =
        ARENA_NEW_ARRAY(w->arena, struct ledger_statement, (size_t)row_count_max);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for %d statements", row_count_max);
    struct ledger_statement_page_in in = {before_id > 0 ? before_id : INT64_MAX, row_count_max};
    struct cursor cursor;
    TRY(ledger_statement_page(w, &in, &cursor));
    int32_t count = 0;
    bool more = true;
    while (count < row_count_max) {
        struct ledger_statement_page_out row;
        TRY(ledger_statement_page_next(&cursor, &row, &more));
        if (!more)
            break;
        rows[count++] = (struct ledger_statement){row.id,
                                                  str_copy(w->arena, row.name),
                                                  str_copy(w->arena, row.message),
                                                  row.format,
                                                  row.line_count,
                                                  row.matched_count,
                                                  row.unmatched_count,
                                                  row.paid_fen,
                                                  row.returned_fen,
                                                  row.imported_ms,
                                                  str_copy(w->arena, row.account_name)};
    }
    cursor_close(&cursor);
    *ret_rows = rows;
    *ret_row_count = count;
    return ERR_OK;
}

/* ---- the desk of what did not match */

enum err ledger_unmatched(struct work *w, int64_t after_statement_id, int32_t after_position,
                          int32_t row_count_max, struct ledger_bank_line **ret_rows,
                          int32_t *ret_row_count)
{
    struct ledger_bank_line *rows =
        ARENA_NEW_ARRAY(w->arena, struct ledger_bank_line, (size_t)row_count_max);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for %d lines", row_count_max);
    struct ledger_bank_line_page_in in = {LINE_UNMATCHED, after_statement_id, after_position,
                                          row_count_max};
    struct cursor cursor;
    TRY(ledger_bank_line_page(w, &in, &cursor));
    int32_t count = 0;
    bool more = true;
    while (count < row_count_max) {
        struct ledger_bank_line_page_out row;
        TRY(ledger_bank_line_page_next(&cursor, &row, &more));
        if (!more)
            break;
        rows[count++] = (struct ledger_bank_line){row.statement_id,
                                                  row.amount_fen,
                                                  row.decided_ms,
                                                  row.position,
                                                  row.booked_day,
                                                  row.kind == BANK_RETURNED,
                                                  (enum ledger_mismatch)row.problem,
                                                  str_copy(w->arena, row.reference),
                                                  str_copy(w->arena, row.order_id),
                                                  str_copy(w->arena, row.reason),
                                                  str_copy(w->arena, row.words),
                                                  str_copy(w->arena, row.decider_name)};
    }
    cursor_close(&cursor);
    *ret_rows = rows;
    *ret_row_count = count;
    return ERR_OK;
}

enum err ledger_unmatched_close(struct work *w, int64_t statement_id, int32_t position,
                                struct str words)
{
    if (str_trim(words).size == 0)
        return fail(w, ERR_INPUT, "要写明理由");
    struct ledger_bank_line_work_off_in in = {
        statement_id, position, words, w->actor.name.ptr ? w->actor.name : STR(""), w->now_ms};
    int64_t changed_count;
    TRY(ledger_bank_line_work_off(w, &in, &changed_count));
    if (changed_count == 0)
        return fail(w, ERR_LEDGER_STATE, "这一笔已经处理过");
    return event_append(
        w, &(struct event){.kind = STR("ledger.bank_line_worked_off"), .subject_id = statement_id});
}

enum err ledger_unmatched_assign(struct work *w, int64_t statement_id, int32_t position,
                                 struct str order_id, struct str words)
{
    struct ledger_bank_line_at_out line;
    TRY(ledger_bank_line_at(w, &(struct ledger_bank_line_at_in){statement_id, position}, &line));
    struct match match;
    TRY(find_match(w, (enum bank_kind)line.kind, line.amount_fen, order_id, &match));
    if (!match.settling)
        return fail(w, ERR_LEDGER_STATE, "不能对到%.*s：%s", STR_ARG(order_id),
                    ledger_mismatch_words[match.problem].label);
    TRY(ledger_unmatched_close(w, statement_id, position, words));
    struct ledger_lines_locked set;
    TRY(ledger_lock(w, &match.payment.line_id, 1, &set));
    TRY(move_both(w, &match, line.reason));
    struct ledger_posting_given posting = posting_of(w, &match, &set, words);
    TRY(ledger_post(w, &posting, 1));
    return match.settling->from == LEDGER_PAYMENT_FILED ? settle_batch(w, match.payment.batch_id, 1)
                                                        : ERR_OK;
}

enum err ledger_reconcile(struct work *w, const struct ledger_line_filter *filter,
                          struct ledger_reconciliation *ret_reconciliation)
{
    struct ledger_line *lines;
    int32_t count;
    TRY(ledger_lines(w, filter, &lines, &count));
    struct ledger_reconcile_sums_out sums;
    TRY(ledger_reconcile_sums(w, &sums));
    struct ledger_reconciliation all = {.unmatched_count = sums.unmatched_count,
                                        .unmatched_paid_fen = sums.unmatched_paid_fen,
                                        .unmatched_returned_fen = sums.unmatched_returned_fen};
    for (int32_t i = 0; i < count; i++) {
        all.transit_fen += lines[i].balance.accounts_fen[LEDGER_ACCOUNT_TRANSIT];
        all.returned_fen += lines[i].balance.accounts_fen[LEDGER_ACCOUNT_RETURNED];
    }
    all.is_zero = all.transit_fen == 0 && all.returned_fen == 0 && all.unmatched_count == 0;
    *ret_reconciliation = all;
    return ERR_OK;
}
