/* page_list.h — a list as people use it: columns to choose, sorting, and the same rows as a file.
 *
 *     struct page_list *list;
 *     TRY(page_list_open(page, columns, COLUMN_COUNT, &list));   reads cols, sort, format
 *     for each row:  TRY(page_list_row(list, cells));
 *     TRY(page_list_close(list, "人员名单"));                     adds the table, or sends the file
 *
 * cols=name&cols=level chooses columns (none: those that are not marked), format=csv or xlsx makes
 * a file of the chosen columns. The template shows {{>component/list}}.
 *
 * Two kinds of lists. One comes by key from the store: it can be had in the orders that an index
 * serves (enum page_order), the handler follows page_list_sort, and any other sort= is refused. One
 * is whole in hand (page_list_open_whole: a few hundred rows at most): the list itself sorts it by
 * any column, up (sort=name) or down (sort=-name), looks for find= in its cells, and pages it.
 *
 * Memory   in the unit of work's arena; words of cells are not copied
 * Errors   ERR_FORBIDDEN for a file when the role may not export; ERR_INPUT for an order that the
 *          list cannot be had in; those of table_file.h
 * Limits   PAGE_LIST_COLUMNS_MAX, PAGE_LIST_WHOLE_MAX
 */
#ifndef BAIGONG_PAGE_LIST_H
#define BAIGONG_PAGE_LIST_H

#include "base/table_file.h"
#include "page/page.h"

enum { PAGE_LIST_COLUMNS_MAX = 16, PAGE_LIST_WHOLE_MAX = 1000, PAGE_LIST_ROWS_A_PAGE = 50 };

enum page_column_look { COLUMN_PLAIN, COLUMN_NUMBER, COLUMN_WIDE, COLUMN_END, COLUMN_CODE };

/* Of a list by key: whether an index serves the order of a column. */
enum page_order {
    ORDER_NONE,
    ORDER_UP,       /* sort=name gives it, least first */
    ORDER_OWN_UP,   /* the list's own: so it comes when nobody asks */
    ORDER_OWN_DOWN, /* the same, greatest first */
    ORDER_TURNS,    /* the same, and sort=name turns it round */
};

struct page_column {
    const char *name, *title;
    enum page_column_look look;
    bool is_extra; /* shown only when it is chosen */
    enum page_order order;
};

struct page_cell {
    struct str words;
    struct str href;  /* where it leads; absent: nowhere */
    const char *state; /* data-state of what is a state; NULL */
};

struct page_list;

enum err page_list_open(struct page *page, const struct page_column *columns,
                        int32_t column_count, struct page_list **ret_list);
/* Of rows that are all given: sorted, looked through and paged here, with the pager. */
enum err page_list_open_whole(struct page *page, const struct page_column *columns,
                              int32_t column_count, struct page_list **ret_list);
/* With this filter no index serves another order: ERR_INPUT when one is asked for. */
enum err page_list_no_order(struct page_list *list);
/* Always a file, CSV unless the query says xlsx: for routes that only export. */
enum err page_list_open_file(struct page *page, const struct page_column *columns,
                             int32_t column_count, struct page_list **ret_list);
/* Where the file comes from when not from the page itself: a route on a worker. */
void page_list_export_at(struct page_list *list, const char *path);
/* The file asks for all rows, the page for one page of them. */
bool page_list_is_file(const struct page_list *list);
bool page_list_shows(const struct page_list *list, int32_t column);
/* Index of the column that is asked to sort by; -1: the list's own order. */
int32_t page_list_sort(const struct page_list *list);
/* 2022-08-22 09:30 in the city's zone. */
struct str page_list_instant(struct page_list *list, int64_t at_ms);
/* Of a column headed （元）: 1,500 on a page, 1500.00 in a file; "" when it is absent. */
struct str page_list_money(struct page_list *list, int64_t amount_fen);
/* One cell for each column, chosen or not. */
enum err page_list_row(struct page_list *list, const struct page_cell *cells);
enum err page_list_close(struct page_list *list, const char *file_name);
/* After an error between open and close: gives up the file. */
void page_list_cancel(struct page_list *list);

#endif
