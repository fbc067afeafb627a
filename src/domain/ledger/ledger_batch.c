#include "domain/ledger/ledger_batch.h"

#include "base/clock.h"
#include "base/csv_file.h"
#include "base/day.h"
#include "base/id.h"
#include "domain/ledger/ledger_batch_row.h"
#include "store/event.h"

#include <inttypes.h>
#include <string.h>

const struct ledger_words ledger_batch_words[LEDGER_BATCH_STATE_COUNT] = {
    [LEDGER_BATCH_MAKING] = {"making", "正在挑选", "being made"},
    [LEDGER_BATCH_CHECKING] = {"checking", "正在核对账号", "being checked"},
    [LEDGER_BATCH_CHECKED] = {"checked", "待复核", "waits for approval"},
    [LEDGER_BATCH_FILING] = {"filing", "正在送银行", "being filed"},
    [LEDGER_BATCH_FILED] = {"filed", "已送银行", "at the bank"},
    [LEDGER_BATCH_SETTLED] = {"settled", "已对平", "settled"},
    [LEDGER_BATCH_DROPPING] = {"dropping", "正在撤销", "being dropped"},
    [LEDGER_BATCH_DROPPED] = {"dropped", "已撤销", "dropped"},
};

const struct ledger_words ledger_payment_words[LEDGER_PAYMENT_STATE_COUNT] = {
    [LEDGER_PAYMENT_WAITING] = {"waiting", "待送", "waiting"},
    [LEDGER_PAYMENT_FILED] = {"filed", "已送银行", "at the bank"},
    [LEDGER_PAYMENT_PAID] = {"paid", "已到账", "paid"},
    [LEDGER_PAYMENT_RETURNED] = {"returned", "退回", "returned"},
    [LEDGER_PAYMENT_LEFT_OUT] = {"left_out", "未列入", "left out"},
};

const struct ledger_words ledger_problem_words[LEDGER_PROBLEM_COUNT] = {
    [LEDGER_FINE] = {"fine", "", ""},
    [LEDGER_NO_ACCOUNT] = {"no_account", "没有登记账号", "no account is known"},
    [LEDGER_BAD_ACCOUNT] = {"bad_account", "账号不是12至32位数字", "no account number"},
    [LEDGER_NO_NAME] = {"no_name", "没有户名", "no name is known"},
    [LEDGER_SAME_ACCOUNT] = {"same_account", "账号没有更正，上次从这里退回", "same account again"},
};

_Static_assert(sizeof(struct ledger_batch_by_id_out) == sizeof(struct ledger_batch_page_out),
               "same columns");
_Static_assert(sizeof(struct ledger_payment_page_out) == sizeof(struct ledger_payment_of_claim_out),
               "same columns");

/* ---- the bureau's practice */

struct loading {
    struct csv_table table;
    struct arena *arena;
    struct ledger_practice practice;
};

static enum err read_practice(void *context, const struct csv_row *row, struct fault *fault)
{
    struct loading *loading = context;
    struct str value = str_copy(loading->arena, row->cells[1]);
    if (str_equal_text(row->cells[0], "cut_off")) {
        int64_t hour, minute;
        if (value.size != 5 || value.ptr[2] != ':' || !str_to_i64(str_sub(value, 0, 2), &hour) ||
            !str_to_i64(str_sub(value, 3, 2), &minute) || hour > 23 || minute > 59)
            return csv_table_refuse(&loading->table, row, fault, "：时间应为 16:00");
        loading->practice.cut_off_minute = (int32_t)(hour * 60 + minute);
        return ERR_OK;
    }
    if (str_equal_text(row->cells[0], "debtor"))
        loading->practice.debtor = value;
    else if (str_equal_text(row->cells[0], "debtor_account"))
        loading->practice.debtor_account = value;
    else
        return csv_table_refuse(&loading->table, row, fault, "：没有这个名称");
    return ERR_OK;
}

enum err ledger_practice_load(struct arena *arena, const char *path,
                              struct ledger_practice *ret_practice, struct fault *fault)
{
    enum { ROWS_MAX = 10 };
    struct loading loading = {
        .table = {path, "name,value,basis", read_practice, &loading, ROWS_MAX},
        .arena = arena,
        .practice = {24 * 60, STR(""), STR("")}};
    TRY(csv_table_read(&loading.table, fault));
    *ret_practice = loading.practice;
    return ERR_OK;
}

/* ---- reading */

static struct str copy_blob(struct work *w, struct str blob)
{
    return blob.ptr ? str_copy(w->arena, blob) : (struct str){NULL, 0};
}

static struct ledger_batch batch_of(struct work *w, const struct ledger_batch_page_out *row)
{
    return (struct ledger_batch){
        .id = row->id,
        .state = (enum ledger_batch_state)row->state,
        .fund_id = row->fund_id,
        .fund = str_copy(w->arena, row->fund),
        .year = row->year,
        .division_min = row->division_min,
        .division_max = row->division_max,
        .article = str_copy(w->arena, row->article),
        .with_returned = row->with_returned != 0,
        .pay_day = row->pay_day,
        .payment_count = row->payment_count,
        .amount_fen = row->amount_fen,
        .problem_count = row->problem_count,
        .settled_count = row->settled_count,
        .maker_id = row->maker_id,
        .maker_name = str_copy(w->arena, row->maker_name),
        .approver_name = str_copy(w->arena, row->approver_name),
        .words = str_copy(w->arena, row->words),
        .made_ms = row->made_ms,
        .checked_ms = row->checked_ms,
        .approved_ms = row->approved_ms,
        .filed_ms = row->filed_ms,
        .csv_digest = copy_blob(w, row->csv_digest),
        .xml_digest = copy_blob(w, row->xml_digest),
        .cursor_line_id = row->cursor_line_id,
        .cursor_id = row->cursor_id,
    };
}

enum err ledger_batch_read(struct work *w, int64_t id, struct ledger_batch *ret_batch)
{
    struct ledger_batch_by_id_in in = {id};
    struct ledger_batch_page_out row;
    TRY(stmt_struct_one(w, &ledger_batch_by_id_stmt, &in, &row));
    *ret_batch = batch_of(w, &row);
    return ERR_OK;
}

enum err ledger_batches(struct work *w, enum ledger_batch_state state, int64_t before_id,
                        int32_t row_count_max, struct ledger_batch **ret_batches,
                        int32_t *ret_batch_count)
{
    struct ledger_batch_page_in in = {(int32_t)state, before_id > 0 ? before_id : INT64_MAX,
                                      row_count_max};
    struct ledger_batch *batches =
        ARENA_NEW_ARRAY(w->arena, struct ledger_batch, (size_t)row_count_max);
    if (!batches)
        return fail(w, ERR_MEMORY, "no memory for %d batches", row_count_max);
    struct cursor cursor;
    TRY(ledger_batch_page(w, &in, &cursor));
    int32_t count = 0;
    bool more = true;
    while (count < row_count_max) {
        struct ledger_batch_page_out row;
        TRY(ledger_batch_page_next(&cursor, &row, &more));
        if (!more)
            break;
        batches[count++] = batch_of(w, &row);
    }
    cursor_close(&cursor);
    *ret_batches = batches;
    *ret_batch_count = count;
    return ERR_OK;
}

/* Its last four digits, for a page. */
static enum err account_tail(struct work *w, const struct ledger_payment_page_out *row,
                             struct str *ret_tail)
{
    *ret_tail = STR("");
    if (!row->account_sealed.ptr)
        return ERR_OK;
    struct secret_place place = ledger_payment_place(row->claim_id);
    struct str clear;
    enum err err = secret_open(w->secrets, w->arena, place, row->account_sealed, &clear);
    if (err != ERR_OK)
        return fail(w, err, "the account of a payment does not open");
    size_t size = clear.size < 4 ? clear.size : 4;
    *ret_tail = str_sub(clear, clear.size - size, size);
    return ERR_OK;
}

static enum err payment_of(struct work *w, const struct ledger_payment_page_out *row,
                           struct ledger_payment *ret_payment)
{
    struct str tail;
    TRY(account_tail(w, row, &tail));
    *ret_payment = (struct ledger_payment){
        .batch_id = row->batch_id,
        .claim_id = row->claim_id,
        .amount_fen = row->amount_fen,
        .settled_ms = row->settled_ms,
        .position = row->position,
        .attempt = row->attempt,
        .state = (enum ledger_payment_state)row->state,
        .problem = (enum ledger_problem)row->problem,
        .key = str_copy(w->arena, row->key),
        .order_id = str_copy(w->arena, row->order_id),
        .name = str_copy(w->arena, row->name),
        .bank = str_copy(w->arena, row->bank),
        .account = tail,
        .reason = str_copy(w->arena, row->reason),
    };
    return ERR_OK;
}

static enum err read_payments(struct work *w, const struct stmt *stmt, const void *in,
                              int32_t row_count_max, struct ledger_payment **ret_rows,
                              int32_t *ret_row_count)
{
    struct ledger_payment *rows =
        ARENA_NEW_ARRAY(w->arena, struct ledger_payment, (size_t)row_count_max);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for %d payments", row_count_max);
    struct cursor cursor;
    TRY(stmt_struct_open(w, stmt, in, &cursor));
    int32_t count = 0;
    bool more = true;
    while (count < row_count_max) {
        struct ledger_payment_page_out row;
        TRY(cursor_struct_next(&cursor, &row, &more));
        if (!more)
            break;
        TRY(payment_of(w, &row, &rows[count++]));
    }
    cursor_close(&cursor);
    *ret_rows = rows;
    *ret_row_count = count;
    return ERR_OK;
}

enum err ledger_payments(struct work *w, int64_t batch_id, enum ledger_payment_state state,
                         int32_t after_position, int32_t row_count_max,
                         struct ledger_payment **ret_rows, int32_t *ret_row_count)
{
    struct ledger_payment_page_in in = {batch_id, (int32_t)state, after_position, row_count_max};
    return read_payments(w, &ledger_payment_page_stmt, &in, row_count_max, ret_rows, ret_row_count);
}

enum err ledger_payments_of_claim(struct work *w, int64_t claim_id,
                                  struct ledger_payment **ret_rows, int32_t *ret_row_count)
{
    struct ledger_payment_of_claim_in in = {claim_id, LEDGER_BATCH_ROWS_MAX};
    return read_payments(w, &ledger_payment_of_claim_stmt, &in, LEDGER_BATCH_ROWS_MAX, ret_rows,
                         ret_row_count);
}

/* ---- deciding */

enum err ledger_batch_new(struct work *w, const struct ledger_batch *given, int64_t *ret_id)
{
    if (given->pay_day < w->today_day)
        return fail(w, ERR_LEDGER_CUT_OFF, "付款日%s已经过去",
                    day_text_in(w->arena, given->pay_day));
    struct ledger_line_filter filter = {.fund_id = given->fund_id, .year = given->year};
    struct ledger_line *lines;
    int32_t line_count;
    TRY(ledger_lines(w, &filter, &lines, &line_count));
    if (line_count == 0)
        return fail(w, ERR_LEDGER_YEAR, "这项资金%d年度没有预算", given->year);
    bool everywhere = given->division_min == 0 && given->division_max == 0;
    struct ledger_batch_insert_in in = {
        .id = id_next(w->ids),
        .fund_id = given->fund_id,
        .year = given->year,
        .division_min = given->division_min,
        .division_max = everywhere ? INT32_MAX : given->division_max,
        .article = given->article.ptr ? given->article : STR(""),
        .with_returned = given->with_returned,
        .pay_day = given->pay_day,
        .maker_id = w->actor.account_id,
        .maker_name = w->actor.name.ptr ? w->actor.name : STR(""),
        .made_ms = w->now_ms,
    };
    TRY(ledger_batch_insert(w, &in, NULL));
    *ret_id = in.id;
    return event_append(w, &(struct event){.kind = STR("ledger.batch_made"), .subject_id = in.id});
}

static enum err decide(struct work *w, const struct ledger_batch *batch,
                       enum ledger_batch_state state, struct str words, const char *event_kind)
{
    struct ledger_batch_decide_in in = {.id = batch->id,
                                        .from_state = (int32_t)batch->state,
                                        .state = (int32_t)state,
                                        .approver_id = w->actor.account_id,
                                        .approver_name =
                                            w->actor.name.ptr ? w->actor.name : STR(""),
                                        .approved_ms = w->now_ms,
                                        .words = words.ptr ? words : STR("")};
    int64_t changed_count;
    TRY(ledger_batch_decide(w, &in, &changed_count));
    if (changed_count != 1)
        return fail(w, ERR_STORE_CONFLICT, "batch %" PRId64 " was moved meanwhile", batch->id);
    return event_append(w, &(struct event){.kind = str_from(event_kind), .subject_id = batch->id});
}

static enum err check_cut_off(struct work *w, const struct ledger_practice *practice,
                              const struct ledger_batch *batch)
{
    int64_t of_day_ms = w->now_ms - clock_city_day_ms(clock_city_day(w->now_ms));
    int32_t minute = (int32_t)(of_day_ms / (60 * 1000));
    bool is_late = batch->pay_day < w->today_day ||
                   (batch->pay_day == w->today_day && minute >= practice->cut_off_minute);
    if (!is_late)
        return ERR_OK;
    fail(w, ERR_LEDGER_CUT_OFF, "%s要付的批次应在当天%02d:%02d前复核",
         day_text_in(w->arena, batch->pay_day), practice->cut_off_minute / 60,
         practice->cut_off_minute % 60);
    return fault_hint(&w->fault, "撤销这个批次，以后一个工作日为付款日重新制作。");
}

enum err ledger_batch_approve(struct work *w, const struct ledger_practice *practice, int64_t id,
                              struct str words)
{
    struct ledger_batch batch;
    TRY(ledger_batch_read(w, id, &batch));
    if (batch.state != LEDGER_BATCH_CHECKED || batch.payment_count == 0)
        return fail(w, ERR_LEDGER_STATE, "这个批次%s，不能复核",
                    batch.payment_count == 0 ? "没有可付的"
                                             : ledger_batch_words[batch.state].label);
    if (batch.maker_id == w->actor.account_id)
        return fail(w, ERR_LEDGER_OWN, "制作人不能复核自己的批次");
    TRY(check_cut_off(w, practice, &batch));
    return decide(w, &batch, LEDGER_BATCH_FILING, words, "ledger.batch_approved");
}

enum err ledger_batch_drop(struct work *w, int64_t id, struct str words)
{
    struct ledger_batch batch;
    TRY(ledger_batch_read(w, id, &batch));
    if (batch.state > LEDGER_BATCH_CHECKED)
        return fail(w, ERR_LEDGER_STATE, "这个批次%s，不能撤销",
                    ledger_batch_words[batch.state].label);
    return decide(w, &batch, LEDGER_BATCH_DROPPING, words, "ledger.batch_dropped");
}

/* ---- accounts */

bool ledger_is_account(struct str account)
{
    if (account.size < 12 || account.size > 32)
        return false;
    for (size_t i = 0; i < account.size; i++)
        if (account.ptr[i] < '0' || account.ptr[i] > '9')
            return false;
    return true;
}

struct secret_place ledger_payment_place(int64_t claim_id)
{
    return (struct secret_place){"ledger_payment", "account", claim_id};
}

struct secret_place ledger_payee_place(int64_t id)
{
    return (struct secret_place){"ledger_payee", "account", id};
}

enum err ledger_seal_account(struct work *w, struct secret_place place, struct str account,
                             struct str *ret_sealed, struct str *ret_index)
{
    char *index = arena_alloc(w->arena, SECRET_INDEX_SIZE);
    enum err err = !w->secrets ? ERR_SECRET : index ? ERR_OK : ERR_MEMORY;
    if (err == ERR_OK)
        err = secret_seal(w->secrets, w->arena, place, account, ret_sealed);
    if (err == ERR_OK)
        err = secret_index(w->secrets, "bank", account, (uint8_t *)index);
    if (err != ERR_OK)
        return fail(w, err, "an account number could not be sealed");
    *ret_index = (struct str){index, SECRET_INDEX_SIZE};
    return ERR_OK;
}

enum err ledger_payee_put(struct work *w, enum ledger_party record, int64_t id,
                          const struct ledger_payee *payee, struct str reason)
{
    struct str account = str_trim(payee->account), name = str_trim(payee->name);
    if (!ledger_is_account(account))
        return fail(w, ERR_INPUT, "%s", ledger_problem_words[LEDGER_BAD_ACCOUNT].label);
    if (name.size == 0)
        return fail(w, ERR_INPUT, "%s", ledger_problem_words[LEDGER_NO_NAME].label);
    struct ledger_payee_insert_in in = {.id = id_next(w->ids),
                                        .payee_record = (int32_t)record,
                                        .payee_id = id,
                                        .name = name,
                                        .bank = payee->bank.ptr ? str_trim(payee->bank) : STR(""),
                                        .reason = reason.ptr ? reason : STR(""),
                                        .known_ms = w->now_ms,
                                        .account_id = w->actor.account_id,
                                        .account_name =
                                            w->actor.name.ptr ? w->actor.name : STR("")};
    TRY(ledger_seal_account(w, ledger_payee_place(in.id), account, &in.account_sealed,
                            &in.account_index));
    TRY(ledger_payee_insert(w, &in, NULL));
    struct event event = {.kind = STR("ledger.account_given"),
                          .person_id = record == LEDGER_PERSON ? id : 0,
                          .subject_id = in.id};
    return event_append(w, &event);
}
