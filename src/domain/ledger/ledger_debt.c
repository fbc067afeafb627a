#include "domain/ledger/ledger_debt.h"

#include "base/day.h"
#include "base/id.h"
#include "base/money.h"
#include "domain/ledger/ledger_line.h"
#include "domain/ledger/ledger_post.h"
#include "ledger_debt_sql.h"

#include <inttypes.h>

/* ---- debts */

static enum err post(struct work *w, const struct ledger_debt *debt, enum ledger_move move,
                     int64_t amount_fen, struct str part, struct str words)
{
    struct ledger_lines_locked set;
    TRY(ledger_lock(w, &debt->line_id, 1, &set));
    const char *subject = text_in(w->arena, "%.*s/%.*s", STR_ARG(debt->key), STR_ARG(part));
    struct ledger_posting_given posting = {
        .move = move,
        .subject = str_from(subject),
        .line = &set.lines[0],
        .amount_fen = amount_fen,
        .claim_id = debt->id,
        .case_id = debt->case_id,
        .person_id = debt->payee_record == LEDGER_PERSON ? debt->payee_id : 0,
        .claim_key = debt->key,
        .article = debt->article,
        .words = words};
    return ledger_post(w, &posting, 1);
}

enum err ledger_recover_read(struct work *w, struct str key, struct ledger_debt *ret_debt)
{
    struct ledger_debt_by_key_out row;
    TRY(ledger_debt_by_key(w, &(struct ledger_debt_by_key_in){key}, &row));
    struct ledger_instalment *instalments =
        ARENA_NEW_ARRAY(w->arena, struct ledger_instalment, LEDGER_INSTALMENTS_MAX);
    if (!instalments)
        return fail(w, ERR_MEMORY, "no memory for the instalments of a debt");
    struct ledger_instalment_list_in in = {row.id, LEDGER_INSTALMENTS_MAX};
    struct cursor cursor;
    TRY(ledger_instalment_list(w, &in, &cursor));
    int32_t count = 0;
    bool more = true;
    while (count < LEDGER_INSTALMENTS_MAX) {
        struct ledger_instalment_list_out instalment;
        TRY(ledger_instalment_list_next(&cursor, &instalment, &more));
        if (!more)
            break;
        instalments[count++] =
            (struct ledger_instalment){instalment.due_day, instalment.amount_fen};
    }
    cursor_close(&cursor);
    *ret_debt = (struct ledger_debt){.id = row.id,
                                     .key = key,
                                     .line_id = row.line_id,
                                     .case_id = row.case_id,
                                     .article = row.article,
                                     .reason = row.reason,
                                     .payee_record = (enum ledger_party)row.payee_record,
                                     .payee_id = row.payee_id,
                                     .amount_fen = row.amount_fen,
                                     .recovered_fen = row.recovered_fen,
                                     .lost_fen = row.lost_fen,
                                     .state = (enum ledger_debt_state)row.state,
                                     .instalments = instalments,
                                     .instalment_count = count};
    return ERR_OK;
}

static enum err check_debt(struct work *w, const struct ledger_debt *debt)
{
    int64_t sum_fen = 0;
    if (debt->key.size == 0 || debt->key.size > LEDGER_KEY_SIZE_MAX)
        return fail(w, ERR_INPUT, "a key has 1 to %d bytes", LEDGER_KEY_SIZE_MAX);
    if (debt->amount_fen <= 0 || debt->amount_fen > LEDGER_AMOUNT_MAX_FEN)
        return fail(w, ERR_OVERFLOW, "金额%s超出范围", money_text_in(w->arena, debt->amount_fen));
    if (debt->instalment_count > LEDGER_INSTALMENTS_MAX)
        return fail(w, ERR_LIMIT, "最多分%d期", LEDGER_INSTALMENTS_MAX);
    for (int32_t i = 0; i < debt->instalment_count; i++) {
        int64_t amount_fen = debt->instalments[i].amount_fen;
        if (amount_fen <= 0 || amount_fen > debt->amount_fen - sum_fen)
            return fail(w, ERR_OVERFLOW, "各期之和应等于应追回的金额");
        sum_fen += amount_fen;
    }
    if (debt->instalment_count > 0 && sum_fen != debt->amount_fen)
        return fail(w, ERR_OVERFLOW, "各期之和应等于应追回的金额");
    return ERR_OK;
}

static enum err write_debt(struct work *w, const struct ledger_debt *debt)
{
    struct ledger_debt_insert_in in = {.id = debt->id,
                                       .key = debt->key,
                                       .line_id = debt->line_id,
                                       .case_id = debt->case_id,
                                       .article = debt->article,
                                       .payee_record = (int32_t)debt->payee_record,
                                       .payee_id = debt->payee_id,
                                       .amount_fen = debt->amount_fen,
                                       .reason = debt->reason,
                                       .created_ms = w->now_ms};
    TRY(ledger_debt_insert(w, &in, NULL));
    for (int32_t i = 0; i < debt->instalment_count; i++) {
        struct ledger_instalment_insert_in instalment = {
            debt->id, i + 1, debt->instalments[i].due_day, debt->instalments[i].amount_fen};
        TRY(ledger_instalment_insert(w, &instalment, NULL));
    }
    return post(w, debt, LEDGER_MOVE_CLAIM_BACK, debt->amount_fen, STR("open"), debt->reason);
}

enum err ledger_recover_open(struct work *w, const struct ledger_debt *debt, int64_t *ret_id)
{
    TRY(check_debt(w, debt));
    struct ledger_debt there;
    enum err err = ledger_recover_read(w, debt->key, &there);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        struct ledger_debt made = *debt;
        made.id = id_next(w->ids);
        *ret_id = made.id;
        return write_debt(w, &made);
    }
    TRY(err);
    if (there.amount_fen != debt->amount_fen || there.payee_id != debt->payee_id ||
        there.payee_record != debt->payee_record || there.case_id != debt->case_id)
        return fail(w, ERR_LEDGER_KEY, "“%.*s”已经以另外的内容登记", STR_ARG(debt->key));
    *ret_id = there.id;
    return ERR_OK;
}

static enum err change(struct work *w, const struct ledger_debt *before,
                       const struct ledger_debt *debt, bool notes_asker)
{
    struct ledger_debt_change_in in = {
        .id = debt->id,
        .from_state = (int32_t)before->state,
        .from_recovered_fen = before->recovered_fen,
        .state = (int32_t)debt->state,
        .recovered_fen = debt->recovered_fen,
        .lost_fen = debt->lost_fen,
        .asker_id = notes_asker ? w->actor.account_id : 0,
        .asker_name = notes_asker && w->actor.name.ptr ? w->actor.name : STR(""),
        .reason = debt->reason,
        .changed_ms = w->now_ms};
    int64_t changed_count;
    TRY(ledger_debt_change(w, &in, &changed_count));
    return changed_count == 1 ? ERR_OK
                              : fail(w, ERR_STORE_CONFLICT, "a debt was changed meanwhile");
}

/* Whether the debt has a posting of this key already. */
static enum err is_posted(struct work *w, const struct ledger_debt *debt, struct str part,
                          bool *ret_is_posted)
{
    struct ledger_posting *rows;
    int32_t count;
    TRY(ledger_postings_of_claim(w, debt->id, &rows, &count));
    struct str ending = str_from(text_in(w->arena, "/%.*s", STR_ARG(part)));
    *ret_is_posted = false;
    for (int32_t i = 0; i < count; i++)
        *ret_is_posted |= rows[i].move == LEDGER_MOVE_RECOVER && str_ends(rows[i].key, ending);
    return ERR_OK;
}

enum err ledger_recover_pay(struct work *w, struct str key, int64_t amount_fen,
                            struct str payment_key, struct str words)
{
    struct ledger_debt before;
    bool was_posted;
    TRY(ledger_recover_read(w, key, &before));
    TRY(is_posted(w, &before, payment_key, &was_posted));
    if (was_posted)
        return ERR_OK;
    int64_t left_fen = before.amount_fen - before.recovered_fen - before.lost_fen;
    if (before.state == LEDGER_DEBT_SETTLED)
        return fail(w, ERR_LEDGER_STATE, "这笔追回已经了结");
    if (amount_fen <= 0 || amount_fen > left_fen)
        return fail(w, ERR_OVERFLOW, "还款%s，尚欠%s", money_text_in(w->arena, amount_fen),
                    money_text_in(w->arena, left_fen));
    struct ledger_debt debt = before;
    debt.recovered_fen += amount_fen;
    if (amount_fen == left_fen)
        debt.state = LEDGER_DEBT_SETTLED;
    TRY(change(w, &before, &debt, false));
    return post(w, &debt, LEDGER_MOVE_RECOVER, amount_fen, payment_key, words);
}

enum err ledger_recover_ask_write_off(struct work *w, struct str key, struct str reason)
{
    struct ledger_debt before;
    TRY(ledger_recover_read(w, key, &before));
    if (before.state != LEDGER_DEBT_OPEN)
        return fail(w, ERR_LEDGER_STATE, "这笔追回不能申请核销");
    if (str_trim(reason).size == 0)
        return fail(w, ERR_INPUT, "要写明理由");
    struct ledger_debt debt = before;
    debt.state = LEDGER_DEBT_WRITE_OFF_ASKED;
    debt.reason = reason;
    return change(w, &before, &debt, true);
}

enum err ledger_recover_approve_write_off(struct work *w, struct str key, struct str words)
{
    struct ledger_debt_by_key_out row;
    struct ledger_debt before;
    TRY(ledger_debt_by_key(w, &(struct ledger_debt_by_key_in){key}, &row));
    TRY(ledger_recover_read(w, key, &before));
    if (before.state != LEDGER_DEBT_WRITE_OFF_ASKED)
        return fail(w, ERR_LEDGER_STATE, "没有核销申请");
    if (row.asker_id == w->actor.account_id)
        return fail(w, ERR_LEDGER_OWN, "申请人不能自己批准核销");
    struct ledger_debt debt = before;
    int64_t left_fen = before.amount_fen - before.recovered_fen - before.lost_fen;
    debt.lost_fen += left_fen;
    debt.state = LEDGER_DEBT_SETTLED;
    TRY(change(w, &before, &debt, false));
    return post(w, &debt, LEDGER_MOVE_WRITE_OFF, left_fen, STR("write-off"), words);
}

/* ---- flows and what they say */

enum err ledger_flows(struct work *w, int64_t line_id, enum ledger_account account,
                      int32_t from_day, int32_t to_day, struct ledger_flow **ret_flows,
                      int32_t *ret_flow_count)
{
    struct ledger_flow_of_line_in in = {line_id, (int32_t)account, from_day, to_day};
    struct ledger_flow *flows = NULL;
    int32_t count = 0, capacity = 0;
    struct cursor cursor;
    TRY(ledger_flow_of_line(w, &in, &cursor));
    for (;;) {
        struct ledger_flow_of_line_out row;
        bool more;
        TRY(ledger_flow_of_line_next(&cursor, &row, &more));
        if (!more)
            break;
        if (count == capacity) {
            capacity = capacity * 2 + 64;
            struct ledger_flow *grown =
                ARENA_NEW_ARRAY(w->arena, struct ledger_flow, (size_t)capacity);
            if (!grown)
                return fail(w, ERR_MEMORY, "no memory for the flows of a line");
            for (int32_t i = 0; i < count; i++)
                grown[i] = flows[i];
            flows = grown;
        }
        flows[count++] = (struct ledger_flow){row.day, str_copy(w->arena, row.article),
                                              row.amount_fen, row.entry_count};
    }
    *ret_flows = flows;
    *ret_flow_count = count;
    return ERR_OK;
}

/* What left the free money in the last days, less what came back; grants stand under papers of
 * their own and are above zero, so they are left aside. */
static enum err pace_of(struct work *w, const struct ledger_line *line, int64_t *ret_pace_fen)
{
    struct ledger_flow *flows;
    int32_t count;
    TRY(ledger_flows(w, line->id, LEDGER_ACCOUNT_AVAILABLE, w->today_day - LEDGER_PACE_DAYS + 1,
                     w->today_day, &flows, &count));
    int64_t spent_fen = 0;
    for (int32_t i = 0; i < count; i++)
        spent_fen -= flows[i].amount_fen < 0 ? flows[i].amount_fen : 0;
    *ret_pace_fen = spent_fen;
    return ERR_OK;
}

enum err ledger_forecast(struct work *w, const struct ledger_line *line,
                         const struct ledger_due *dues, int32_t due_count,
                         struct ledger_forecast *ret_forecast)
{
    struct ledger_forecast forecast = {
        .available_fen = line->balance.accounts_fen[LEDGER_ACCOUNT_AVAILABLE], .dry_day = DAY_MAX};
    int64_t in_window_fen;
    TRY(pace_of(w, line, &in_window_fen));
    forecast.pace_fen = in_window_fen * 30 / LEDGER_PACE_DAYS;
    int32_t last_day = year_last_day(line->year);
    int64_t left_fen = forecast.available_fen;
    for (int32_t day = w->today_day + 1; day <= last_day; day++) {
        int32_t elapsed = day - w->today_day;
        int64_t by_pace_fen = in_window_fen * elapsed / LEDGER_PACE_DAYS;
        int64_t due_fen = 0;
        for (int32_t i = 0; i < due_count; i++)
            due_fen += dues[i].day > w->today_day && dues[i].day <= day ? dues[i].amount_fen : 0;
        left_fen = forecast.available_fen - by_pace_fen - due_fen;
        if (left_fen < 0 && forecast.dry_day == DAY_MAX)
            forecast.dry_day = day;
    }
    forecast.missing_fen = left_fen < 0 ? -left_fen : 0;
    *ret_forecast = forecast;
    return ERR_OK;
}
