#include "page/app.h"

enum err page_home(struct page *page)
{
    page_title(page, page_say(page, page->session.account.id ? "待办" : "百工"));
    return ERR_OK;
}
