/* page_notice.h — a public notice as the public page and the desk show it.
 *
 * Memory   in the unit of work's arena
 */
#ifndef BAIGONG_PAGE_NOTICE_H
#define BAIGONG_PAGE_NOTICE_H

#include "domain/news/news_notice.h"
#include "domain/news/news_objection.h"
#include "page/page.h"

enum { NOTICE_LINES_A_PAGE = 100 };

/* Adds what is open to everyone: {id, title, state, index_number, issuer, …, published, last_day}
 * and, for pages, the words and the clock. */
void page_add_notice(struct page *page, struct doc *row, const struct notice *notice);
/* The body as paragraphs, and one page of the lines; names as published, or as they would be. */
enum err page_add_notice_text(struct page *page, const struct notice *notice);
/* Whether objections are taken today. */
bool page_notice_is_open(const struct page *page, const struct notice *notice);

/* An objection without what is private: {id, state, received, due, answer, …}. */
void page_add_objection(struct page *page, struct doc *row, const struct objection *objection);

/* Counts one against the limit of what anyone may send from one address. */
enum err page_limit_public_form(struct page *page, struct fault *fault);

#endif
