/* page_submission.h — facts that people gave, as their own page and the officer's show them.
 *
 * Memory   in the unit of work's arena
 */
#ifndef BAIGONG_PAGE_SUBMISSION_H
#define BAIGONG_PAGE_SUBMISSION_H

#include "domain/registry/submission.h"
#include "page/page.h"

/* Adds {id, record, state, fields, note, created, due, ...}; protected values are masked. */
enum err page_add_submission(struct page *page, struct doc *row,
                             const struct submission *submission);

/* Tells the home pages that watch (page_home.c) that what waits is another by now. */
void page_tasks_changed(struct page *page);

/* Adds working_days_left and is_late, is_today, is_soon or is_wait for {{>component/clock}};
 * nothing without a calendar or when nothing is promised (DAY_MAX). */
void page_add_clock(struct page *page, struct doc *row, int32_t due_day);

#endif
