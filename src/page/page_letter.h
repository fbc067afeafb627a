/* page_letter.h — an official letter in a list.
 *
 * Memory   in the unit of work's arena
 */
#ifndef BAIGONG_PAGE_LETTER_H
#define BAIGONG_PAGE_LETTER_H

#include "domain/news/news_letter.h"
#include "page/page.h"

/* Adds {id, mark, title, kind, day, digest} and, for pages, the words. */
void page_add_letter(struct page *page, struct doc *row, const struct letter *letter);

#endif
