/* page_own_money.h — what becomes of the money of one person or body, for themselves.
 *
 * Memory   in the unit of work's arena
 */
#ifndef BAIGONG_PAGE_OWN_MONEY_H
#define BAIGONG_PAGE_OWN_MONEY_H

#include "page/page.h"

/* Adds the cases under way and those paid, each with its state, amount and day, and the letters
 * written to them. One of the ids is 0. */
enum err page_add_own_money(struct page *page, int64_t person_id, int64_t organisation_id);

#endif
