/* page_ticket.h — a few words that a browser carries for us and can neither read nor change.
 *
 * Sealed with the city's key, so that any process on the city can open it; used between the steps
 * of a sign-in. It is good for PAGE_TICKET_MS.
 *
 * Memory   texts live in the request's arena
 * Errors   ERR_FORM when it is not one of ours, is for something else, or is too old
 */
#ifndef BAIGONG_PAGE_TICKET_H
#define BAIGONG_PAGE_TICKET_H

#include "page/page.h"

#define PAGE_TICKET_MS ((int64_t)10 * 60 * 1000)

/* use: what it is for, a constant. */
enum err page_ticket_make(struct page *page, const char *use, struct str words, struct str *ret_hex,
                          struct fault *fault);
enum err page_ticket_open(struct page *page, const char *use, struct str hex, struct str *ret_words,
                          struct fault *fault);

#endif
