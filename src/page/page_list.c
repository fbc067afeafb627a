#include "page/page_list.h"

#include "base/clock.h"
#include "base/day.h"
#include "base/money.h"
#include "base/record.h"
#include "page/app.h"
#include "page/page_export.h"

#include <string.h>

struct page_list {
    int64_t file_row_count;
    struct page *page;
    const struct page_column *columns;
    int32_t column_count;
    bool is_shown[PAGE_LIST_COLUMNS_MAX];
    int32_t sort; /* -1: the list's own order */
    bool is_down, has_no_order;
    struct page_cell **whole; /* rows of a list that is whole in hand; NULL: one by key */
    struct table_file *file; /* NULL: a page */
    struct doc *rows;
    int32_t row_count;
    const char *export_path;
};

static struct fault *fault_of(struct page *page)
{
    return page->w ? &page->w->fault : page->own_fault;
}

static bool asks_for(const struct page *page, const char *column)
{
    int32_t at = 0;
    const struct form_field *field;
    while ((field = form_next(&page->form, "cols", &at)) != NULL)
        if (str_equal_text(field->value, column))
            return true;
    return false;
}

static void choose_columns(struct page_list *list)
{
    bool any = false;
    for (int32_t i = 0; i < list->column_count; i++) {
        list->is_shown[i] = asks_for(list->page, list->columns[i].name);
        any = any || list->is_shown[i];
    }
    for (int32_t i = 0; !any && i < list->column_count; i++)
        list->is_shown[i] = !list->columns[i].is_extra;
    list->is_shown[0] = true; /* what a row is about */
}

static enum err refuse_order(struct page_list *list)
{
    fault_set(fault_of(list->page), ERR_INPUT, "这张名单不能按这一列排序");
    return fault_hint(fault_of(list->page), "能排序的列，列名是链接。");
}

static enum err choose_sort(struct page_list *list)
{
    struct str asked = page_field(list->page, "sort");
    list->sort = -1;
    if (asked.size == 0)
        return ERR_OK;
    if (list->whole && asked.ptr[0] == '-') {
        list->is_down = true;
        asked = str_sub(asked, 1, asked.size);
    }
    for (int32_t i = 0; i < list->column_count; i++)
        if (str_equal_text(asked, list->columns[i].name) &&
            (list->whole || list->columns[i].order != ORDER_NONE))
            list->sort = i;
    if (list->sort < 0)
        return refuse_order(list);
    if (!list->whole && (list->columns[list->sort].order == ORDER_OWN_UP ||
                         list->columns[list->sort].order == ORDER_OWN_DOWN))
        list->sort = -1;
    return ERR_OK;
}

enum err page_list_no_order(struct page_list *list)
{
    list->has_no_order = true;
    return list->sort >= 0 ? refuse_order(list) : ERR_OK;
}

/* Who keeps people's rows needs leave; what is public, one's own organisation's or an
 * administrator's own (accounts, the audit) goes with the list. */
static bool may_export(const struct page *page)
{
    enum permission reads = page->route->permission;
    return page_may(page, PERM_EXPORT) || page_may(page, PERM_OWN_ORGANISATION) ||
           reads == PERM_PUBLIC || reads == PERM_ACCOUNTS || reads == PERM_AUDIT;
}

static enum err open_file(struct page_list *list)
{
    struct page *page = list->page;
    struct table_file_column titles[PAGE_LIST_COLUMNS_MAX];
    int32_t count = 0;
    if (!may_export(page))
        return fault_set(fault_of(page), ERR_FORBIDDEN, "您的角色不能导出");
    for (int32_t i = 0; i < list->column_count; i++)
        if (list->is_shown[i])
            titles[count++] = (struct table_file_column){
                list->columns[i].title, list->columns[i].look == COLUMN_NUMBER ? TABLE_FILE_NUMBER
                                                                               : TABLE_FILE_TEXT};
    return page_export_open(page, titles, count, &list->file);
}

static enum err new_list(struct page *page, const struct page_column *columns,
                         int32_t column_count, bool is_whole, struct page_list **ret_list)
{
    check(column_count > 0 && column_count <= PAGE_LIST_COLUMNS_MAX);
    struct page_list *list = ARENA_NEW(page->request->arena, struct page_list);
    if (!list)
        return fault_set(fault_of(page), ERR_MEMORY, "no memory for a list");
    list->page = page;
    list->columns = columns;
    list->column_count = column_count;
    list->export_path = "";
    if (is_whole) {
        list->whole = ARENA_NEW_ARRAY(page->request->arena, struct page_cell *,
                                      PAGE_LIST_WHOLE_MAX);
        if (!list->whole)
            return fault_set(fault_of(page), ERR_MEMORY, "no memory for a list");
    }
    choose_columns(list);
    TRY(choose_sort(list));
    *ret_list = list;
    return ERR_OK;
}

enum err page_list_open_file(struct page *page, const struct page_column *columns,
                             int32_t column_count, struct page_list **ret_list)
{
    TRY(new_list(page, columns, column_count, false, ret_list));
    return open_file(*ret_list);
}

static enum err open_list(struct page *page, const struct page_column *columns,
                          int32_t column_count, bool is_whole, struct page_list **ret_list)
{
    TRY(new_list(page, columns, column_count, is_whole, ret_list));
    if (page_field(page, "format").size > 0 && !page->is_api)
        return open_file(*ret_list);
    (*ret_list)->rows = doc_page_list(doc_page_object(page->doc, "list"), "rows");
    return ERR_OK;
}

enum err page_list_open(struct page *page, const struct page_column *columns,
                        int32_t column_count, struct page_list **ret_list)
{
    return open_list(page, columns, column_count, false, ret_list);
}

enum err page_list_open_whole(struct page *page, const struct page_column *columns,
                              int32_t column_count, struct page_list **ret_list)
{
    return open_list(page, columns, column_count, true, ret_list);
}

void page_list_export_at(struct page_list *list, const char *path)
{
    list->export_path = path;
}

bool page_list_is_file(const struct page_list *list)
{
    return list->file != NULL;
}

bool page_list_shows(const struct page_list *list, int32_t column)
{
    return list->is_shown[column];
}

int32_t page_list_sort(const struct page_list *list)
{
    return list->sort;
}

struct str page_list_instant(struct page_list *list, int64_t at_ms)
{
    char text[DAY_TEXT_SIZE];
    int32_t day = clock_city_day(at_ms);
    int64_t within_ms = at_ms - clock_city_day_ms(day);
    int32_t minute = (int32_t)(within_ms / 60000);
    return doc_format(list->page->doc, "%s %02d:%02d", day_text(day, text), (int)(minute / 60),
                      (int)(minute % 60));
}

struct str page_list_money(struct page_list *list, int64_t amount_fen)
{
    char text[MONEY_TEXT_SIZE];
    struct arena *arena = list->page->request->arena;
    if (amount_fen == ABSENT_I64)
        return STR("");
    struct doc *words = list->file ? NULL : doc_new(arena);
    doc_add_money(words, "amount", amount_fen);
    return words && words->first ? words->first->words
                                 : str_copy(arena, str_from(money_text(amount_fen, text)));
}

/* Remove the colour and nothing is lost: a state has a sign. */
static const char *glyph_of(const char *state)
{
    static const struct {
        const char *state, *glyph;
    } glyphs[] = {{"met", "yes"},  {"done", "yes"},   {"unmet", "no"}, {"ask", "ask"},
                  {"late", "late"}, {"soon", "clock"}, {"wait", "clock"}};
    for (size_t i = 0; state && i < sizeof glyphs / sizeof glyphs[0]; i++)
        if (strcmp(state, glyphs[i].state) == 0)
            return glyphs[i].glyph;
    return NULL;
}

static const char *const classes[] = {[COLUMN_PLAIN] = "",
                                      [COLUMN_NUMBER] = "num",
                                      [COLUMN_WIDE] = "wide",
                                      [COLUMN_END] = "end",
                                      [COLUMN_CODE] = "wide code"};

static enum err file_row(struct page_list *list, const struct page_cell *cells)
{
    struct str words[PAGE_LIST_COLUMNS_MAX];
    int32_t count = 0;
    for (int32_t i = 0; i < list->column_count; i++)
        if (list->is_shown[i])
            words[count++] = cells[i].words;
    list->file_row_count++;
    return table_file_row(list->file, words, fault_of(list->page));
}

static enum err show_row(struct page_list *list, const struct page_cell *cells)
{
    if (list->file)
        return file_row(list, cells);
    struct doc *row = doc_add_object(list->rows, NULL);
    struct doc *others = doc_page_list(row, "cells");
    for (int32_t i = 0; i < list->column_count; i++) {
        if (!list->is_shown[i])
            continue;
        struct doc *cell = i == 0 ? doc_page_object(row, "head") : doc_add_object(others, NULL);
        doc_page_text(cell, "words", cells[i].words);
        doc_page_text(cell, "href", cells[i].href);
        doc_page_z(cell, "state", cells[i].state);
        doc_page_z(cell, "glyph", glyph_of(cells[i].state));
        doc_page_z(cell, "css", classes[list->columns[i].look]);
        doc_page_text(cell, "title", page_say(list->page, list->columns[i].title));
        doc_page_bool(cell, "is_short", list->columns[i].look == COLUMN_PLAIN);
        doc_page_bool(cell, "is_number", list->columns[i].look == COLUMN_NUMBER);
        doc_page_bool(cell, "is_missing", cells[i].words.size == 0);
    }
    return ERR_OK;
}

/* ---- a list that is whole in hand */

static bool is_looked_for(const struct page_list *list, const struct page_cell *cells)
{
    struct str find = page_field(list->page, "find");
    bool any = find.size == 0;
    for (int32_t i = 0; i < list->column_count && !any; i++)
        any = str_find(cells[i].words, find) != SIZE_MAX;
    return any;
}

static int compare_numbers(struct str left, struct str right)
{
    struct str l = str_trim(left), r = str_trim(right);
    bool is_left_less = l.size > 0 && l.ptr[0] == '-';
    bool is_right_less = r.size > 0 && r.ptr[0] == '-';
    if (is_left_less != is_right_less)
        return is_left_less ? -1 : 1;
    if (l.size != r.size)
        return (l.size < r.size) == is_left_less ? 1 : -1;
    return is_left_less ? -str_compare(l, r) : str_compare(l, r);
}

/* What is missing stands last in either order. */
static bool stands_before(const struct page_list *list, const struct page_cell *left,
                          const struct page_cell *right)
{
    struct str l = left[list->sort].words, r = right[list->sort].words;
    if (l.size == 0 || r.size == 0)
        return l.size > 0;
    int order = list->columns[list->sort].look == COLUMN_NUMBER ? compare_numbers(l, r)
                                                                : str_compare(l, r);
    return list->is_down ? order > 0 : order < 0;
}

static enum err keep_row(struct page_list *list, const struct page_cell *cells)
{
    if (!is_looked_for(list, cells) || list->row_count == PAGE_LIST_WHOLE_MAX)
        return ERR_OK;
    struct page_cell *kept = ARENA_NEW_ARRAY(list->page->request->arena, struct page_cell,
                                             (size_t)list->column_count);
    if (!kept)
        return fault_set(fault_of(list->page), ERR_MEMORY, "no memory for a list");
    memcpy(kept, cells, sizeof *cells * (size_t)list->column_count);
    int32_t at = list->row_count++;
    for (; list->sort >= 0 && at > 0 && stands_before(list, kept, list->whole[at - 1]); at--)
        list->whole[at] = list->whole[at - 1];
    list->whole[at] = kept;
    return ERR_OK;
}

static enum err show_whole(struct page_list *list)
{
    struct page *page = list->page;
    int32_t from = (int32_t)page_number(page, "after", 0, PAGE_LIST_WHOLE_MAX, 0);
    int32_t to = from + PAGE_LIST_ROWS_A_PAGE;
    if (list->file || to > list->row_count)
        to = list->row_count;
    for (int32_t i = list->file ? 0 : from; i < to; i++)
        TRY(show_row(list, list->whole[i]));
    if (list->file || page->is_api)
        return ERR_OK;
    struct str next = {0};
    if (to < list->row_count)
        next = doc_format(page->doc, "%d", (int)to);
    page_pager(page, to > from ? to - from : 0, list->row_count, next);
    return ERR_OK;
}

enum err page_list_row(struct page_list *list, const struct page_cell *cells)
{
    if (list->whole)
        return keep_row(list, cells);
    list->row_count++;
    return show_row(list, cells);
}

/* The query as hidden fields, so that choosing columns keeps the filter. */
static void add_kept(struct page *page, struct doc *doc)
{
    static const char *const others[] = {"cols", "after", "format", "csrf", "done", "find"};
    struct doc *list = doc_page_list(doc, "kept");
    for (int32_t i = 0; i < page->form.field_count; i++) {
        const struct form_field *field = &page->form.fields[i];
        bool is_other = field->value.size == 0;
        for (size_t o = 0; o < sizeof others / sizeof others[0]; o++)
            is_other = is_other || str_equal_text(field->name, others[o]);
        if (is_other)
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_page_text(row, "name", field->name);
        doc_page_text(row, "value", field->value);
    }
}

/* How the rows stand by a column, and the link that orders them by it. */
static void add_order(struct page_list *list, struct doc *row, int32_t index)
{
    const struct page_column *column = &list->columns[index];
    bool is_own = column->order > ORDER_UP;
    bool is_asked = index == list->sort;
    bool is_here = is_asked || (is_own && list->sort < 0);
    bool is_down = is_asked ? list->is_down : column->order > ORDER_OWN_UP;
    if (list->has_no_order)
        return;
    if (is_here)
        doc_page_z(row, "order", is_down ? "descending" : "ascending");
    if (list->whole) {
        const char *sign = is_here && !is_down ? "-" : "";
        doc_page_text(row, "sort_href",
                      page_query_with(list->page, "sort",
                                      doc_format(row, "%s%s", sign, column->name)));
    } else if (is_own && list->sort >= 0) {
        doc_page_text(row, "sort_href", page_query_with(list->page, "sort", (struct str){0}));
    } else if (column->order == ORDER_UP || column->order == ORDER_TURNS) {
        if (!is_asked)
            doc_page_text(row, "sort_href",
                          page_query_with(list->page, "sort", str_from(column->name)));
    }
}

static void add_columns(struct page_list *list, struct doc *doc)
{
    struct page *page = list->page;
    struct doc *shown = doc_page_list(doc, "columns");
    struct doc *choices = doc_page_list(doc, "choices");
    for (int32_t i = 0; i < list->column_count; i++) {
        const struct page_column *column = &list->columns[i];
        struct str title = page_say(page, column->title);
        if (i > 0) {
            struct doc *choice = doc_add_object(choices, NULL);
            doc_page_z(choice, "name", column->name);
            doc_page_text(choice, "title", title);
            doc_page_bool(choice, "is_chosen", list->is_shown[i]);
        }
        if (!list->is_shown[i])
            continue;
        struct doc *row = doc_add_object(shown, NULL);
        doc_page_text(row, "title", title);
        doc_page_z(row, "css", column->look == COLUMN_NUMBER ? "num" : "");
        add_order(list, row, i);
    }
}

enum err page_list_close(struct page_list *list, const char *file_name)
{
    struct page *page = list->page;
    if (list->whole)
        TRY(show_whole(list));
    if (list->file) {
        page_file_rows(page, list->file_row_count);
        return page_export_send(page, list->file, file_name);
    }
    struct doc *doc = (struct doc *)doc_member(page->doc, STR("list"));
    add_columns(list, doc);
    add_kept(page, doc);
    doc_page_bool(doc, "has_rows", list->row_count > 0);
    doc_page_bool(doc, "is_whole", list->whole != NULL);
    doc_page_text(doc, "find", page_field(page, "find"));
    doc_page_bool(doc, "may_export", may_export(page) && list->row_count > 0);
    struct str xlsx = page_query_with(page, "format", STR("xlsx"));
    struct str csv = page_query_with(page, "format", STR("csv"));
    doc_page_text(doc, "xlsx_href", doc_format(doc, "%s%.*s", list->export_path, STR_ARG(xlsx)));
    doc_page_text(doc, "csv_href", doc_format(doc, "%s%.*s", list->export_path, STR_ARG(csv)));
    return ERR_OK;
}

void page_list_cancel(struct page_list *list)
{
    table_file_cancel(list->file);
    list->file = NULL;
}
