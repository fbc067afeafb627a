#include "page/page_list.h"

#include "base/clock.h"
#include "base/day.h"
#include "page/app.h"
#include "page/page_export.h"

#include <string.h>

struct page_list {
    struct page *page;
    const struct page_column *columns;
    int32_t column_count;
    bool is_shown[PAGE_LIST_COLUMNS_MAX];
    int32_t sort;
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

static void choose_sort(struct page_list *list)
{
    struct str asked = page_field(list->page, "sort");
    list->sort = -1;
    for (int32_t i = 0; i < list->column_count; i++)
        if (list->columns[i].is_sorted && str_equal_text(asked, list->columns[i].name))
            list->sort = i;
}

static enum err open_file(struct page_list *list)
{
    struct page *page = list->page;
    struct table_file_column titles[PAGE_LIST_COLUMNS_MAX];
    int32_t count = 0;
    if (!page_may(page, PERM_EXPORT) && !page_may(page, PERM_OWN_ORGANISATION))
        return fault_set(fault_of(page), ERR_FORBIDDEN, "您的角色不能导出");
    for (int32_t i = 0; i < list->column_count; i++)
        if (list->is_shown[i])
            titles[count++] = (struct table_file_column){
                list->columns[i].title, list->columns[i].look == COLUMN_NUMBER ? TABLE_FILE_NUMBER
                                                                               : TABLE_FILE_TEXT};
    return page_export_open(page, titles, count, &list->file);
}

static enum err new_list(struct page *page, const struct page_column *columns,
                         int32_t column_count, struct page_list **ret_list)
{
    check(column_count > 0 && column_count <= PAGE_LIST_COLUMNS_MAX);
    struct page_list *list = ARENA_NEW(page->request->arena, struct page_list);
    if (!list)
        return fault_set(fault_of(page), ERR_MEMORY, "no memory for a list");
    list->page = page;
    list->columns = columns;
    list->column_count = column_count;
    list->export_path = "";
    choose_columns(list);
    choose_sort(list);
    *ret_list = list;
    return ERR_OK;
}

enum err page_list_open_file(struct page *page, const struct page_column *columns,
                             int32_t column_count, struct page_list **ret_list)
{
    TRY(new_list(page, columns, column_count, ret_list));
    return open_file(*ret_list);
}

enum err page_list_open(struct page *page, const struct page_column *columns,
                        int32_t column_count, struct page_list **ret_list)
{
    if (page_field(page, "format").size > 0 && !page->is_api)
        return page_list_open_file(page, columns, column_count, ret_list);
    TRY(new_list(page, columns, column_count, ret_list));
    (*ret_list)->rows = doc_page_list(doc_page_object(page->doc, "list"), "rows");
    return ERR_OK;
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
    return table_file_row(list->file, words, fault_of(list->page));
}

enum err page_list_row(struct page_list *list, const struct page_cell *cells)
{
    list->row_count++;
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

/* The query as hidden fields, so that choosing columns keeps the filter. */
static void add_kept(struct page *page, struct doc *doc)
{
    static const char *const others[] = {"cols", "after", "format", "csrf", "done"};
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
        doc_page_bool(row, "is_sorted", i == list->sort && column->is_sorted);
        if (column->is_sorted && i != list->sort) {
            struct str query = page_query_with(page, "sort", str_from(column->name));
            doc_page_text(row, "sort_href", query);
        }
    }
}

enum err page_list_close(struct page_list *list, const char *file_name)
{
    struct page *page = list->page;
    if (list->file)
        return page_export_send(page, list->file, file_name);
    struct doc *doc = (struct doc *)doc_member(page->doc, STR("list"));
    add_columns(list, doc);
    add_kept(page, doc);
    bool may_export = page_may(page, PERM_EXPORT) || page_may(page, PERM_OWN_ORGANISATION);
    doc_page_bool(doc, "has_rows", list->row_count > 0);
    doc_page_bool(doc, "may_export", may_export && list->row_count > 0);
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
