/* page_holder.h — what was found for one person or organisation, as several pages show it. */
#ifndef BAIGONG_PAGE_HOLDER_H
#define BAIGONG_PAGE_HOLDER_H

#include "page/page.h"

/* Adds entitlements (a list), total and ask_count to the document. The caller saw to the scope. */
enum err page_add_entitlements(struct page *page, int64_t holder_id);

/* Adds ladder and timeline of a person. */
enum err page_add_life(struct page *page, int64_t person_id);

/* Adds why: rule, article, conditions with their outcomes, what is missing, for an entitlement of
 * this holder; ERR_NOT_FOUND for another's. */
enum err page_add_why(struct page *page, int64_t entitlement_id, int64_t holder_id);

#endif
