#include "base/money.h"
#include "domain/ledger/ledger_batch.h"
#include "domain/ledger/ledger_statement.h"
#include "page/app.h"

#include <inttypes.h>

/* The desk of reconciliation: what the bank says, what does not fit, and whether all is at zero. */

enum { LINES_SHOWN = 50, STATEMENTS_SHOWN = 20 };

static enum err add_unmatched(struct page *page)
{
    struct ledger_bank_line *rows;
    int32_t count;
    TRY(ledger_unmatched(page->w, 0, 0, LINES_SHOWN, &rows, &count));
    struct doc *list = doc_add_list(page->doc, "unmatched");
    for (int32_t i = 0; i < count; i++) {
        const struct ledger_words *problem = &ledger_mismatch_words[rows[i].problem];
        struct doc *row = doc_add_object(list, NULL);
        doc_add_id(row, "statement_id", rows[i].statement_id);
        doc_add_number(row, "position", rows[i].position);
        doc_add_text(row, "reference", rows[i].reference);
        doc_add_text(row, "order_id", rows[i].order_id);
        doc_add_bool(row, "is_return", rows[i].is_return);
        doc_add_money(row, "amount_yuan", rows[i].amount_fen);
        doc_add_day(row, "booked_day", rows[i].booked_day);
        doc_add_text_z(row, "problem", problem->name);
        doc_page_text(row, "problem_words",
                      str_from(page->lang == PAGE_EN ? problem->label_en : problem->label));
        doc_page_bool(row, "may_work_off", page_may(page, PERM_PAYMENT));
    }
    doc_page_bool(page->doc, "has_unmatched", count > 0);
    return ERR_OK;
}

static enum err add_statements(struct page *page)
{
    struct ledger_statement *rows;
    int32_t count;
    TRY(ledger_statements(page->w, 0, STATEMENTS_SHOWN, &rows, &count));
    struct doc *list = doc_add_list(page->doc, "statements");
    for (int32_t i = 0; i < count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_id(row, "id", rows[i].id);
        doc_add_text(row, "file_name", rows[i].name);
        doc_add_text(row, "message", rows[i].message);
        doc_add_number(row, "line_count", rows[i].line_count);
        doc_add_number(row, "matched_count", rows[i].matched_count);
        doc_add_number(row, "unmatched_count", rows[i].unmatched_count);
        doc_add_money(row, "paid_yuan", rows[i].paid_fen);
        doc_add_money(row, "returned_yuan", rows[i].returned_fen);
        doc_add_instant(row, "imported", rows[i].imported_ms);
        doc_add_text(row, "importer", rows[i].account_name);
    }
    doc_page_bool(page->doc, "has_statements", count > 0);
    return ERR_OK;
}

enum err page_bank(struct page *page)
{
    struct ledger_reconciliation all;
    TRY(ledger_reconcile(page->w, &(struct ledger_line_filter){0}, &all));
    doc_add_money(page->doc, "transit_yuan", all.transit_fen);
    doc_add_money(page->doc, "returned_yuan", all.returned_fen);
    doc_add_number(page->doc, "unmatched_count", all.unmatched_count);
    doc_add_bool(page->doc, "is_zero", all.is_zero);
    doc_page_bool(page->doc, "may_import", page_may(page, PERM_PAYMENT));
    TRY(add_unmatched(page));
    TRY(add_statements(page));
    page_title(page, page_say(page, all.is_zero ? "与银行已经对平" : "与银行还没有对平"));
    return ERR_OK;
}

/* ---- a file of the bank */

static enum err audit_step(struct work *w, void *context)
{
    return guard_audit(w, context);
}

enum err page_bank_import(struct page *page)
{
    int32_t at = 0;
    const struct form_field *file = form_next(&page->form, "file", &at);
    if (!file || !file->file_name.ptr || file->value.size == 0)
        return fault_set(page->own_fault, ERR_FORM, "请选择银行发来的文件");
    struct work_env env = page_env(page);
    struct ledger_statement statement;
    TRY(ledger_statement_import(&env, page->request->arena, file->file_name, file->value,
                                &statement, page->own_fault));
    struct audit row = {.action = STR("bank.imported"),
                        .record = STR("ledger_statement"),
                        .subject_id = statement.id,
                        .client = page->request->client_address,
                        .detail = statement.message};
    TRY(work_run(&env, WORK_WRITE, audit_step, &row, page->own_fault));
    page->doc = doc_new(page->request->arena);
    doc_add_id(page->doc, "id", statement.id);
    doc_add_number(page->doc, "matched_count", statement.matched_count);
    doc_add_number(page->doc, "unmatched_count", statement.unmatched_count);
    return page_see(page, STR("/bank?done=imported"));
}

/* ---- what does not fit */

enum err page_bank_work_off(struct page *page)
{
    int64_t id, position;
    struct str order_id = page_field(page, "order_id"), words = page_field(page, "words");
    TRY(page_id(page, "id", &id));
    TRY(page_id(page, "position", &position));
    if (position > INT32_MAX)
        return fail(page->w, ERR_NOT_FOUND, "没有这一笔");
    TRY(order_id.size > 0 ? ledger_unmatched_assign(page->w, id, (int32_t)position, order_id, words)
                          : ledger_unmatched_close(page->w, id, (int32_t)position, words));
    TRY(page_audit(page, "bank.worked_off", "ledger_statement", id, words));
    return page_see(page, STR("/bank?done=worked_off"));
}

/* ---- the account of who is paid */

enum err page_bank_account(struct page *page)
{
    struct ledger_state claim;
    TRY(ledger_state_of(page->w, page_field(page, "key"), &claim));
    struct ledger_payee payee = {page_field(page, "name"), page_field(page, "account"),
                                 page_field(page, "bank")};
    TRY(ledger_payee_put(page->w, claim.payee_record, claim.payee_id, &payee,
                         page_field(page, "words")));
    TRY(page_audit(page, "bank.account_given", "ledger_claim", claim.claim_id,
                   page_field(page, "words")));
    return page_see(page, STR("/bank?done=account"));
}
