/* page_figure.h — figures of a book (domain/insight/insight_book.h) as several pages show them.
 *
 * Memory   in the request's arena
 * Errors   ERR_NOT_FOUND (no book, no such figure); store errors
 * Units    figures in the unit of their indicator; shares of the whole in hundredths of a per cent
 */
#ifndef BAIGONG_PAGE_FIGURE_H
#define BAIGONG_PAGE_FIGURE_H

#include "domain/insight/insight_book.h"
#include "page/page.h"

/* The book that the query names, or the newest; ERR_NOT_FOUND when there is none. */
enum err page_book(struct page *page, struct book_head *ret_head);
/* What of it the reader sees: the city's figures, or those of the own division. */
struct book_scope page_book_scope(const struct page *page);

/* {as_of, counted, known_at, person_count, report...} of a book. */
void page_add_book(struct page *page, struct doc *parent, const struct book_head *head);
/* Name, article, plan, actual figure, what is missing, pace, address: the members of one row. */
void page_add_line(struct page *page, struct doc *row, const struct book_head *head,
                   const struct book_line *line);

struct str page_figure_words(struct page *page, enum indicator_unit unit, struct figure figure);
/* A part of a whole in per cent for a drawing: "46.86%", at most 100. */
struct str page_share(struct doc *row, int64_t part, int64_t whole);
/* Values of a book's series by the name of its indicator, in the order of time. */
struct doc *page_add_series(struct page *page, struct doc *list, const struct book_line *lines,
                            int32_t line_count, struct str measure, enum book_kind kind,
                            struct str second_measure);
/* {code, label, value, share} by division, largest first, and the map's tiles where there are. */
enum err page_add_places(struct page *page, struct doc *parent, const struct book_head *head,
                         const struct book_line *line);

#endif
