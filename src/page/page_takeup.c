#include "domain/incentive/case_list.h"
#include "domain/incentive/incentive_found.h"
#include "page/app.h"
#include "page/page_case.h"
#include "page/page_line.h"
#include "page/page_rule.h"

#include <inttypes.h>

/* The take-up gap: entitled and not paid, by rule, and where it waits. From kept figures. */

struct gap {
    int64_t found, paid, held; /* held: refused, withdrawn, closed without payment */
    int64_t desks[CASE_DESK_COUNT];
    int64_t unpaid, unpaid_fen;
};

static struct gap gap_of(const struct case_totals *totals)
{
    struct gap gap = {0};
    for (int32_t s = 1; s < CASE_STATE_COUNT; s++) {
        int64_t count = totals->counts[s];
        gap.found += count;
        if (s == CASE_PAID || s == CASE_CLOSED || s == CASE_CORRECTING || s == CASE_RECOVERING) {
            gap.paid += count;
            continue;
        }
        if (case_states[s].is_over) {
            gap.held += count;
            continue;
        }
        gap.desks[case_states[s].desk] += count;
        gap.unpaid += count;
        gap.unpaid_fen += totals->amounts_fen[s];
    }
    return gap;
}

static void add_gap(struct page *page, struct doc *row, const struct gap *gap)
{
    static const char *const names[CASE_DESK_COUNT] = {
        [CASE_DESK_PROGRAM] = "noticed", [CASE_DESK_HOLDER] = "asked",
        [CASE_DESK_REVIEWER] = "review", [CASE_DESK_APPROVER] = "approval",
        [CASE_DESK_FINANCE] = "finance", [CASE_DESK_BANK] = "bank"};
    doc_add_number(row, "found", gap->found);
    doc_add_number(row, "paid", gap->paid);
    doc_add_number(row, "refused", gap->held);
    doc_add_number(row, "unpaid", gap->unpaid);
    for (int32_t desk = CASE_DESK_PROGRAM; desk < CASE_DESK_NOBODY; desk++)
        doc_add_number(row, names[desk], gap->desks[desk]);
    page_add_sum(page, row, "amount", gap->unpaid_fen);
}

static void add_up(struct gap *sum, const struct gap *gap)
{
    sum->found += gap->found;
    sum->paid += gap->paid;
    sum->held += gap->held;
    sum->unpaid += gap->unpaid;
    sum->unpaid_fen += gap->unpaid_fen;
    for (int32_t desk = 0; desk < CASE_DESK_COUNT; desk++)
        sum->desks[desk] += gap->desks[desk];
}

enum err page_takeup(struct page *page)
{
    struct case_rule_totals *rows;
    int32_t count, chosen, division_min, division_max;
    struct gap sum = {0};
    page_division_range(page, &chosen, &division_min, &division_max);
    TRY(case_totals_by_rule(page->w, division_min, division_max, &rows, &count));
    struct doc *list = doc_add_list(page->doc, "rules");
    for (int32_t i = 0; i < count; i++) {
        struct gap gap = gap_of(&rows[i].totals);
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "rule", rows[i].rule_name);
        doc_add_text(row, "document", rows[i].document_number);
        add_gap(page, row, &gap);
        doc_page_text(row, "asked_href",
                      doc_format(row, "/cases?state=asked&rule=%" PRId64, rows[i].rule_id));
        doc_page_text(row, "href",
                      doc_format(row, "/cases?range=others&rule=%" PRId64, rows[i].rule_id));
        add_up(&sum, &gap);
    }
    add_gap(page, page->doc, &sum);
    doc_page_bool(page->doc, "has_rules", count > 0);
    page_add_division_filter(page, chosen);
    page_title(page, doc_format(page->doc,
                                page->lang == PAGE_EN ? "%" PRId64 " are entitled and not paid yet"
                                                      : "够条件还没到账的 %" PRId64 " 件",
                                sum.unpaid));
    return ERR_OK;
}
