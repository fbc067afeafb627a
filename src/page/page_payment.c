#include "base/day.h"
#include "base/money.h"
#include "domain/incentive/incentive_payee.h"
#include "domain/ledger/ledger_fund.h"
#include "domain/registry/registry_name.h"
#include "page/app.h"
#include "page/page_job.h"
#include "page/page_list.h"

#include <inttypes.h>

/* Payment batches: made and checked by a job, approved by another person, filed by a job. */

enum { PAYMENTS_SHOWN = 100 };

static struct str words_of(enum page_lang lang, const struct ledger_words *words)
{
    return str_from(lang == PAGE_EN ? words->label_en : words->label);
}

static const char *css_of(enum ledger_batch_state state)
{
    static const char *const css[LEDGER_BATCH_STATE_COUNT] = {
        [LEDGER_BATCH_MAKING] = "wait",   [LEDGER_BATCH_CHECKING] = "wait",
        [LEDGER_BATCH_CHECKED] = "soon",  [LEDGER_BATCH_FILING] = "wait",
        [LEDGER_BATCH_FILED] = "wait",    [LEDGER_BATCH_SETTLED] = "done",
        [LEDGER_BATCH_DROPPING] = "wait", [LEDGER_BATCH_DROPPED] = "unmet"};
    return css[state];
}

/* Whose claims a batch pays lies within what the reader sees. */
static bool sees(const struct page *page, const struct ledger_batch *batch)
{
    const struct scope *scope = &page->session.scope;
    return batch->division_min >= scope->division_min && batch->division_max <= scope->division_max;
}

/* ---- the list */

enum { NUMBER, STATE, FUND, PAY_DAY, COUNT, AMOUNT, SETTLED, MAKER, APPROVER, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [NUMBER] = {"id", "批次", COLUMN_CODE, false, ORDER_OWN_DOWN},
    [STATE] = {"state", "状态", COLUMN_PLAIN, false, ORDER_NONE},
    [FUND] = {"fund", "资金", COLUMN_WIDE, false, ORDER_NONE},
    [PAY_DAY] = {"pay_day", "付款日", COLUMN_PLAIN, false, ORDER_NONE},
    [COUNT] = {"payment_count", "笔数", COLUMN_NUMBER, false, ORDER_NONE},
    [AMOUNT] = {"amount", "金额（元）", COLUMN_NUMBER, false, ORDER_NONE},
    [SETTLED] = {"settled_count", "已有回音", COLUMN_NUMBER, false, ORDER_NONE},
    [MAKER] = {"maker", "制作", COLUMN_END, false, ORDER_NONE},
    [APPROVER] = {"approver", "复核", COLUMN_END, true, ORDER_NONE},
};

static void add_batch(struct page *page, struct doc *row, const struct ledger_batch *batch)
{
    doc_add_id(row, "id", batch->id);
    doc_add_text_z(row, "state", ledger_batch_words[batch->state].name);
    doc_page_text(row, "state_words", words_of(page->lang, &ledger_batch_words[batch->state]));
    doc_page_z(row, "state_css", css_of(batch->state));
    doc_add_text(row, "fund", batch->fund);
    doc_add_number(row, "year", batch->year);
    doc_add_day(row, "pay_day", batch->pay_day);
    doc_add_number(row, "payment_count", batch->payment_count);
    doc_add_money(row, "amount_yuan", batch->amount_fen);
    doc_add_number(row, "problem_count", batch->problem_count);
    doc_add_number(row, "settled_count", batch->settled_count);
    doc_add_text(row, "maker", batch->maker_name);
    doc_add_text(row, "approver", batch->approver_name);
    doc_add_instant(row, "made", batch->made_ms);
}

static enum err add_batch_row(struct page *page, struct page_list *list,
                              const struct ledger_batch *batch)
{
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[NUMBER] =
        (struct page_cell){doc_format(page->doc, "%" PRId64, batch->id),
                           doc_format(page->doc, "/payments/%" PRId64, batch->id), NULL};
    cells[STATE] =
        (struct page_cell){.words = words_of(page->lang, &ledger_batch_words[batch->state]),
                           .state = css_of(batch->state)};
    cells[FUND].words = batch->fund;
    cells[PAY_DAY].words = str_from(day_text_in(page->w->arena, batch->pay_day));
    cells[COUNT].words = doc_format(page->doc, "%" PRId64, batch->payment_count);
    cells[AMOUNT].words = page_list_money(list, batch->amount_fen);
    cells[SETTLED].words = doc_format(page->doc, "%" PRId64, batch->settled_count);
    cells[MAKER].words = batch->maker_name;
    cells[APPROVER].words = batch->approver_name;
    return page_list_row(list, cells);
}

static enum err add_batches(struct page *page, struct page_list *list, int32_t *ret_count,
                            struct str *ret_next)
{
    struct ledger_batch *rows;
    int32_t count, shown = 0;
    TRY(ledger_batches(page->w, 0, page_number(page, "after", 1, INT64_MAX, 0),
                       LEDGER_BATCH_ROWS_MAX, &rows, &count));
    struct doc *json = page->is_api ? doc_add_list(page->doc, "batches") : NULL;
    for (int32_t i = 0; i < count; i++) {
        if (!sees(page, &rows[i]))
            continue;
        shown++;
        if (json)
            add_batch(page, doc_add_object(json, NULL), &rows[i]);
        else
            TRY(add_batch_row(page, list, &rows[i]));
    }
    *ret_count = shown;
    *ret_next = count == LEDGER_BATCH_ROWS_MAX
                    ? doc_format(page->doc, "%" PRId64, rows[count - 1].id)
                    : (struct str){0};
    return ERR_OK;
}

static enum err show_payments(struct page *page)
{
    struct page_list *list;
    int32_t count;
    struct str next;
    TRY(page_list_open(page, columns, COLUMN_COUNT, &list));
    enum err err = add_batches(page, list, &count, &next);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    page_pager(page, count, -1, next);
    doc_page_bool(page->doc, "has_batches", count > 0);
    doc_page_bool(page->doc, "may_make", page_may(page, PERM_PAYMENT));
    struct ledger_fund *funds;
    int32_t fund_count;
    TRY(ledger_funds(page->w, &funds, &fund_count));
    struct doc *choices = doc_page_list(page->doc, "funds");
    for (int32_t i = 0; i < fund_count; i++)
        doc_page_text(doc_add_object(choices, NULL), "name", funds[i].name);
    doc_page_text(page->doc, "year_words",
                  doc_format(page->doc, "%d", (int)day_year(page->w->today_day)));
    doc_page_text(page->doc, "today", str_from(day_text_in(page->w->arena, page->w->today_day)));
    page_title(page, page_say(page, "支付批次"));
    return page_list_close(list, "支付批次");
}

enum err page_payments(struct page *page)
{
    return show_payments(page);
}

/* ---- the job: as far as nobody is waited for */

static void on_progress(void *context, const struct ledger_batch *batch, int64_t done_count)
{
    struct page_job *job = context;
    int64_t total = batch->payment_count + batch->problem_count;
    struct arena_mark mark = arena_mark(&job->arena);
    struct str state = words_of(job->lang, &ledger_batch_words[batch->state]);
    const char *words =
        text_in(&job->arena, "%.*s %" PRId64 " / %" PRId64, STR_ARG(state), done_count, total);
    page_job_progress(job, str_from(words),
                      total > 0 ? (int32_t)(done_count * 1000 / total) : 1000);
    arena_rewind(&job->arena, mark);
}

static enum err run_batch(struct page_job *job, struct str *ret_message, struct fault *fault)
{
    struct ledger_run run = {&incentive_payees, job->options.payment, job->options.bank_folder,
                             on_progress, job};
    struct ledger_batch batch;
    TRY(ledger_batch_run(&job->env, &run, job->subject_id, &batch, &job->arena, fault));
    struct str state = words_of(job->lang, &ledger_batch_words[batch.state]);
    *ret_message = str_from(text_in(&job->arena, "%.*s", STR_ARG(state)));
    return ERR_OK;
}

static enum err start(struct page *page, int64_t id)
{
    int64_t job_id;
    if (!page_options_of(page)->payment || !page_options_of(page)->bank_folder)
        return fault_set(page->own_fault, ERR_NOT_FOUND, "服务器没有设置银行文件的文件夹");
    TRY(page_job_start_on(page, "payment", id, run_batch, &job_id));
    page->doc = doc_new(page->request->arena);
    doc_add_id(page->doc, "id", id);
    doc_add_id(page->doc, "job_id", job_id);
    return page_see(page, doc_format(page->doc, "/payments/%" PRId64 "?job=%" PRId64, id, job_id));
}

struct acting {
    struct page *page;
    const char *action;
    int64_t id;
};

static enum err audit(struct work *w, const struct acting *acting)
{
    struct audit row = {.action = str_from(acting->action),
                        .record = STR("ledger_batch"),
                        .subject_id = acting->id,
                        .client = acting->page->request->client_address,
                        .detail = page_field(acting->page, "words")};
    return guard_audit(w, &row);
}

/* ---- making */

static enum err make_step(struct work *w, void *context)
{
    struct acting *acting = context;
    struct page *page = acting->page;
    const struct scope *scope = &page->session.scope;
    struct ledger_fund fund;
    TRY(ledger_fund_by_name(w, page_field(page, "fund"), &fund));
    struct ledger_batch given = {
        .fund_id = fund.id,
        .year = (int32_t)page_number(page, "year", 1990, 2200, day_year(w->today_day)),
        .division_min = scope->division_min,
        .division_max = scope->division_max,
        .article = page_field(page, "article"),
        .pay_day = page_day(page, "on", w->today_day),
        .with_returned = str_equal_text(page_field(page, "what"), "returned")};
    TRY(ledger_batch_new(w, &given, &acting->id));
    return audit(w, acting);
}

enum err page_payment_make(struct page *page)
{
    struct acting acting = {page, "payment.made", 0};
    struct work_env env = page_env(page);
    TRY(page_job_room(page, PAGE_FILE_JOBS_MAX));
    TRY(work_run(&env, WORK_WRITE, make_step, &acting, page->own_fault));
    return start(page, acting.id);
}

/* ---- one */

static enum err add_payments(struct page *page, int64_t batch_id)
{
    struct ledger_payment *rows;
    int32_t count;
    int32_t after = (int32_t)page_number(page, "after", 0, INT32_MAX, 0);
    bool problems = str_equal_text(page_field(page, "show"), "problems");
    TRY(ledger_payments(page->w, batch_id, problems ? LEDGER_PAYMENT_LEFT_OUT : 0, after,
                        PAYMENTS_SHOWN, &rows, &count));
    struct doc *list = doc_add_list(page->doc, "payments");
    for (int32_t i = 0; i < count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_number(row, "position", rows[i].position);
        doc_add_text(row, "key", rows[i].key);
        doc_add_text(row, "order_id", rows[i].order_id);
        doc_add_text(row, "name", registry_mask_name(page->w->arena, rows[i].name));
        doc_add_text(row, "account_end", rows[i].account);
        doc_add_money(row, "amount_yuan", rows[i].amount_fen);
        doc_add_text_z(row, "state", ledger_payment_words[rows[i].state].name);
        doc_page_text(row, "state_words",
                      words_of(page->lang, &ledger_payment_words[rows[i].state]));
        doc_add_text(row, "reason",
                     rows[i].problem != LEDGER_FINE
                         ? words_of(page->lang, &ledger_problem_words[rows[i].problem])
                         : rows[i].reason);
    }
    struct str next = count == PAYMENTS_SHOWN
                          ? doc_format(page->doc, "%d", (int)rows[count - 1].position)
                          : (struct str){0};
    page_pager(page, count, -1, next);
    doc_page_bool(page->doc, "has_payments", count > 0);
    doc_page_bool(page->doc, "shows_problems", problems);
    return ERR_OK;
}

static bool is_interrupted(struct page *page, const struct ledger_batch *batch)
{
    struct page_job_now now = {0};
    int64_t job_id = page_number(page, "job", 1, INT64_MAX, 0);
    bool works = batch->state == LEDGER_BATCH_MAKING || batch->state == LEDGER_BATCH_CHECKING ||
                 batch->state == LEDGER_BATCH_FILING || batch->state == LEDGER_BATCH_DROPPING;
    if (!works)
        return false;
    if (job_id == 0 || page_job_look(page->app, page->w, job_id, &now) != ERR_OK) {
        fault_clear(&page->w->fault);
        return true;
    }
    if (now.is_running)
        doc_add_id(page->doc, "job_id", job_id);
    return !now.is_running;
}

enum err page_payment_show(struct page *page)
{
    int64_t id;
    struct ledger_batch batch;
    TRY(page_id(page, "id", &id));
    TRY(ledger_batch_read(page->w, id, &batch));
    if (!sees(page, &batch))
        return fail(page->w, ERR_NOT_FOUND, "没有这个批次");
    add_batch(page, page->doc, &batch);
    doc_page_text(page->doc, "year_words", doc_format(page->doc, "%d", (int)batch.year));
    TRY(add_payments(page, id));
    bool is_checked = batch.state == LEDGER_BATCH_CHECKED;
    doc_page_bool(page->doc, "is_interrupted", is_interrupted(page, &batch));
    doc_page_bool(page->doc, "may_approve",
                  is_checked && batch.payment_count > 0 && page_may(page, PERM_PAYMENT_APPROVE) &&
                      batch.maker_id != page->session.account.id);
    doc_page_bool(page->doc, "waits_for_another",
                  is_checked && batch.maker_id == page->session.account.id);
    doc_page_bool(page->doc, "may_drop", is_checked && page_may(page, PERM_PAYMENT));
    doc_page_bool(page->doc, "has_problems", batch.problem_count > 0);
    doc_page_bool(page->doc, "is_filed", batch.filed_ms > 0);
    if (batch.filed_ms > 0)
        doc_add_instant(page->doc, "filed", batch.filed_ms);
    page_title(
        page,
        doc_format(page->doc,
                   page->lang == PAGE_EN ? "%" PRId64 " payments, %s" : "%" PRId64 " 笔付款，%s",
                   batch.payment_count, money_text_in(page->w->arena, batch.amount_fen)));
    return ERR_OK;
}

/* ---- deciding */

static enum err check_sees(struct work *w, const struct acting *acting)
{
    struct ledger_batch batch;
    TRY(ledger_batch_read(w, acting->id, &batch));
    return sees(acting->page, &batch) ? ERR_OK : fail(w, ERR_NOT_FOUND, "没有这个批次");
}

static enum err approve_step(struct work *w, void *context)
{
    const struct acting *acting = context;
    TRY(check_sees(w, acting));
    TRY(ledger_batch_approve(w, page_options_of(acting->page)->payment, acting->id,
                             page_field(acting->page, "words")));
    return audit(w, acting);
}

static enum err drop_step(struct work *w, void *context)
{
    const struct acting *acting = context;
    TRY(check_sees(w, acting));
    TRY(ledger_batch_drop(w, acting->id, page_field(acting->page, "words")));
    return audit(w, acting);
}

static enum err go_on_step(struct work *w, void *context)
{
    const struct acting *acting = context;
    TRY(check_sees(w, acting));
    return audit(w, acting);
}

static enum err decide(struct page *page, const char *action, work_step *step)
{
    struct acting acting = {page, action, 0};
    struct work_env env = page_env(page);
    TRY(page_id(page, "id", &acting.id));
    if (!page_options_of(page)->payment)
        return fault_set(page->own_fault, ERR_NOT_FOUND, "服务器没有设置银行文件的文件夹");
    TRY(page_job_room(page, PAGE_FILE_JOBS_MAX));
    TRY(work_run(&env, WORK_WRITE, step, &acting, page->own_fault));
    return start(page, acting.id);
}

enum err page_payment_approve(struct page *page)
{
    return decide(page, "payment.approved", approve_step);
}

enum err page_payment_drop(struct page *page)
{
    return decide(page, "payment.dropped", drop_step);
}

enum err page_payment_go_on(struct page *page)
{
    return decide(page, "payment.went_on", go_on_step);
}
