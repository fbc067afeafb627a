#include "page/page_own_money.h"

#include "base/clock.h"
#include "domain/incentive/case_list.h"
#include "page/page_letter.h"

enum { CASES_SHOWN_MAX = 100, LETTERS_SHOWN_MAX = 20 };

/* What a state means to who waits for the money. */
static const char *const state_marks[CASE_STATE_COUNT] = {
    [CASE_ASKED] = "ask",      [CASE_PAID] = "met",       [CASE_CLOSED] = "done",
    [CASE_REFUSED] = "unmet",  [CASE_WITHDRAWN] = "unmet", [CASE_RETURNED] = "late",
    [CASE_RECOVERING] = "late",
};

static void add_case(struct page *page, struct doc *list, const struct incentive_case *one)
{
    const struct case_state_desc *state = &case_states[one->state];
    struct doc *row = doc_add_object(list, NULL);
    bool has_amount = one->amount_fen != ABSENT_I64 && one->kind == CASE_MONEY;
    doc_add_id(row, "id", one->id);
    doc_add_text(row, "rule", one->rule_name);
    doc_add_text_z(row, "state", state->key);
    doc_page_text(row, "state_words",
                  page->lang == PAGE_EN ? str_from(state->label_en) : str_from(state->label));
    doc_page_z(row, "state_css", state_marks[one->state] ? state_marks[one->state] : "wait");
    if (has_amount)
        doc_add_money(row, "amount", one->amount_fen);
    doc_page_bool(row, "has_amount", has_amount);
    doc_add_money(row, "paid", one->paid_fen);
    doc_page_bool(row, "has_paid", one->paid_fen > 0);
    doc_add_day(row, "changed", clock_city_day(one->changed_ms));
}

static enum err add_cases(struct page *page, int64_t holder_id)
{
    struct incentive_case *cases;
    int32_t count, open_count = 0;
    int64_t paid_fen = 0;
    TRY(case_list_of(page->w, holder_id, 0, CASES_SHOWN_MAX, &cases, &count));
    struct doc *open = doc_add_list(page->doc, "under_way");
    struct doc *over = doc_add_list(page->doc, "finished");
    for (int32_t i = 0; i < count; i++) {
        bool is_over = case_states[cases[i].state].is_over;
        add_case(page, is_over ? over : open, &cases[i]);
        open_count += !is_over;
        if (__builtin_add_overflow(paid_fen, cases[i].paid_fen, &paid_fen))
            return fail(page->w, ERR_OVERFLOW, "the sum of payments is out of range");
    }
    doc_add_money(page->doc, "paid_total", paid_fen);
    doc_page_bool(page->doc, "has_under_way", open_count > 0);
    doc_page_bool(page->doc, "has_finished", count > open_count);
    doc_page_bool(page->doc, "has_paid_total", paid_fen > 0);
    return ERR_OK;
}

static enum err add_letters(struct page *page, int64_t person_id, int64_t organisation_id)
{
    struct letter *letters;
    int32_t count;
    TRY(news_letter_of(page->w, person_id, organisation_id, &letters, &count));
    struct doc *list = doc_add_list(page->doc, "letters");
    for (int32_t i = 0; i < count && i < LETTERS_SHOWN_MAX; i++)
        page_add_letter(page, doc_add_object(list, NULL), &letters[i]);
    doc_page_bool(page->doc, "has_letters", count > 0);
    return ERR_OK;
}

enum err page_add_own_money(struct page *page, int64_t person_id, int64_t organisation_id)
{
    TRY(add_cases(page, person_id != 0 ? person_id : organisation_id));
    return add_letters(page, person_id, organisation_id);
}
