#include "base/day.h"
#include "domain/guard/guard.h"
#include "domain/news/news_letter.h"
#include "domain/news/news_letter_content.h"
#include "page/app.h"
#include "page/page_letter.h"
#include "page/page_line.h"
#include "page/page_list.h"

#include <inttypes.h>

/* Official letters: the list of the office, one as a page and as the kept PDF; whoever it was
 * written to sees the same. */

enum { ROWS_A_PAGE = 50 };

enum { MARK, TITLE, KIND, PLACE, DAY, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [MARK] = {"mark", "文号", COLUMN_CODE, false, ORDER_NONE},
    [TITLE] = {"title", "标题", COLUMN_WIDE, false, ORDER_NONE},
    [KIND] = {"kind", "种类", COLUMN_PLAIN, false, ORDER_NONE},
    [PLACE] = {"place", "区划", COLUMN_PLAIN, false, ORDER_NONE},
    [DAY] = {"day", "日期", COLUMN_END, false, ORDER_OWN_DOWN},
};

void page_add_letter(struct page *page, struct doc *row, const struct letter *letter)
{
    doc_add_id(row, "id", letter->id);
    doc_add_text(row, "mark", letter->mark);
    doc_add_text(row, "title", letter->title);
    doc_add_text_z(row, "kind", news_letter_kind_name(letter->kind));
    doc_page_text(row, "kind_words", page_say(page, news_letter_kind_words(letter->kind)));
    doc_add_day(row, "day", letter->made_day);
    doc_add_text(row, "digest",
                 letter->file_digest.size > 0 ? letter->file_digest : (struct str){0});
}

static enum err add_row(struct page *page, struct page_list *list, struct doc *json,
                        const struct letter *letter)
{
    char day[DAY_TEXT_SIZE];
    if (json) {
        page_add_letter(page, doc_add_object(json, NULL), letter);
        return ERR_OK;
    }
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[MARK] = (struct page_cell){
        letter->mark, doc_format(page->doc, "/letters/%" PRId64, letter->id), NULL};
    cells[TITLE].words = letter->title;
    cells[KIND].words = page_say(page, news_letter_kind_words(letter->kind));
    cells[PLACE].words = page_place_words(page, letter->division);
    cells[DAY].words = doc_format(page->doc, "%s", day_text(letter->made_day, day));
    return page_list_row(list, cells);
}

static enum err add_rows(struct page *page, struct page_list *list, int32_t division_min,
                         int32_t division_max, int32_t *ret_count, struct str *ret_next)
{
    struct letter *letters;
    int32_t count, total = 0;
    int64_t before_id = page_number(page, "after", 1, INT64_MAX, INT64_MAX);
    struct doc *json = page->is_api ? doc_add_list(page->doc, "letters") : NULL;
    do {
        TRY(news_letter_list(page->w, division_min, division_max, before_id, ROWS_A_PAGE,
                             &letters, &count));
        for (int32_t i = 0; i < count; i++, total++)
            TRY(add_row(page, list, json, &letters[i]));
        if (count > 0)
            before_id = letters[count - 1].id;
    } while (page_list_is_file(list) && count == ROWS_A_PAGE);
    *ret_count = total;
    *ret_next = (struct str){0};
    if (count == ROWS_A_PAGE)
        *ret_next = doc_format(page->doc, "%" PRId64, before_id);
    return ERR_OK;
}

enum err page_letters(struct page *page)
{
    int32_t count, chosen, division_min, division_max;
    struct page_list *list;
    struct str next;
    page_division_range(page, &chosen, &division_min, &division_max);
    TRY(page_list_open(page, columns, COLUMN_COUNT, &list));
    enum err err = add_rows(page, list, division_min, division_max, &count, &next);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    page_add_division_filter(page, chosen);
    page_pager(page, count, -1, next);
    doc_page_bool(page->doc, "has_letters", count > 0);
    page_title(page, page_say(page, "文书"));
    return page_list_close(list, "文书");
}

/* ---- one */

/* To whom it was written, and the officers of its divisions. */
static enum err expect_reader(struct work *w, const struct page *page, const struct letter *letter)
{
    const struct account *account = &page->session.account;
    bool is_to_me = (letter->person_id != 0 && letter->person_id == account->person_id &&
                     page_may(page, PERM_OWN_PERSON)) ||
                    (letter->organisation_id != 0 &&
                     letter->organisation_id == account->organisation_id &&
                     page_may(page, PERM_OWN_ORGANISATION));
    bool is_of_office = page_may(page, PERM_CASE_READ) &&
                        guard_sees_division(&page->session.scope, letter->division);
    return is_to_me || is_of_office ? ERR_OK : fail(w, ERR_NOT_FOUND, "没有这份文书");
}

static void add_table(struct doc *row, const struct print_table *table)
{
    struct doc *heads = doc_add_list(row, "heads");
    for (int32_t i = 0; i < table->column_count; i++)
        doc_add_text(doc_add_object(heads, NULL), "text", table->heads[i]);
    struct doc *rows = doc_add_list(row, "rows");
    for (int32_t r = 0; r < table->row_count; r++) {
        struct doc *cells = doc_add_list(doc_add_object(rows, NULL), "cells");
        for (int32_t i = 0; i < table->column_count; i++)
            doc_add_text(doc_add_object(cells, NULL), "text",
                         table->cells[(size_t)r * (size_t)table->column_count + (size_t)i]);
    }
}

static void add_blocks(struct page *page, const struct print_letter *letter)
{
    struct doc *list = doc_add_list(page->doc, "blocks");
    for (int32_t i = 0; i < letter->block_count; i++) {
        const struct print_block *block = &letter->blocks[i];
        struct doc *row = doc_add_object(list, NULL);
        doc_page_bool(row, "is_quote", block->kind == PRINT_QUOTE);
        doc_page_bool(row, "is_table", block->kind == PRINT_TABLE);
        doc_page_bool(row, "is_text", block->kind != PRINT_QUOTE && block->kind != PRINT_TABLE);
        if (block->kind == PRINT_TABLE)
            add_table(row, &block->table);
        else
            doc_add_text(row, "text", block->text);
    }
}

enum err page_letter_show(struct page *page)
{
    int64_t id;
    struct letter letter;
    struct print_letter content;
    TRY(page_id(page, "id", &id));
    TRY(news_letter_read(page->w, id, &letter));
    TRY(expect_reader(page->w, page, &letter));
    TRY(news_letter_content(page->w->arena, letter.content, &content, &page->w->fault));
    page_add_letter(page, page->doc, &letter);
    doc_add_text(page->doc, "issuer", content.issuer);
    doc_add_text(page->doc, "foot", content.foot);
    add_blocks(page, &content);
    doc_page_bool(page->doc, "is_office", page_may(page, PERM_CASE_READ));
    page_title(page, letter.title);
    return ERR_OK;
}

/* ---- the kept file */

struct filing {
    const struct page *page;
    int64_t id;
    struct str name;
};

static enum err look_step(struct work *w, void *context)
{
    struct filing *filing = context;
    struct letter letter;
    TRY(news_letter_read(w, filing->id, &letter));
    TRY(expect_reader(w, filing->page, &letter));
    struct audit audit = {.action = STR("letter.read"), .record = STR("letter"),
                          .subject_id = filing->id,
                          .client = filing->page->request->client_address};
    TRY(guard_audit(w, &audit));
    filing->name = str_from(text_in(filing->page->request->arena, "%.*s.pdf",
                                    STR_ARG(letter.mark)));
    return ERR_OK;
}

enum err page_letter_file(struct page *page)
{
    struct filing filing = {.page = page};
    struct work_env env = page_env(page);
    struct str pdf;
    TRY(page_id(page, "id", &filing.id));
    TRY(work_run(&env, WORK_WRITE, look_step, &filing, page->own_fault));
    TRY(news_letter_file(&env, page->request->arena, filing.id, &pdf, page->own_fault));
    page_send_file(page, pdf, "application/pdf", filing.name);
    return ERR_OK;
}
