/* page_event.h — what a record of a person says in one line: 取得焊工三级（高级工）, 入职启匠机械.
 *
 * Memory   in the unit of work's arena
 */
#ifndef BAIGONG_PAGE_EVENT_H
#define BAIGONG_PAGE_EVENT_H

#include "page/page_fact.h"

/* The record's label and main fields where the table has no sentence of its own. */
enum err page_event_title(struct page *page, const struct fact *fact, struct str *ret_title);

/* 三级（高级工）; the label alone where a level has no number. */
struct str page_level_words(struct page *page, int32_t level);

/* Who wrote the version of a record that became known then; false when it is not known. ret_client
 * and ret_reason may be NULL; absent where the change was not made at the desk. */
bool page_change_actor(struct page *page, int64_t id, int64_t known_ms, struct actor *ret_actor,
                       struct str *ret_client, struct str *ret_reason);

#endif
