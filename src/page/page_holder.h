/* page_holder.h — what was found for one person or organisation, as several pages show it. */
#ifndef BAIGONG_PAGE_HOLDER_H
#define BAIGONG_PAGE_HOLDER_H

#include "page/page.h"

/* Adds entitlements (a list), total and ask_count to the document. The caller saw to the scope. */
enum err page_add_entitlements(struct page *page, int64_t holder_id);

#endif
