/* page_case.h — cases as several pages show them.
 *
 * Memory   in the unit of work's arena
 */
#ifndef BAIGONG_PAGE_CASE_H
#define BAIGONG_PAGE_CASE_H

#include "domain/incentive/case_batch.h"
#include "page/page.h"

/* The desk of a role; CASE_DESK_NOBODY when it only looks. */
enum case_desk page_case_desk(const struct page *page);

/* What decisions of this page are made with. */
struct case_setting page_case_setting(const struct page *page);

/* The filter of the query: range, state, rule, division, payee, due. */
enum err page_case_filter(struct page *page, struct case_filter *ret_filter);
/* The query that gives the filter again, with a leading ?. */
struct str page_case_query(struct page *page, const struct case_filter *filter);

/* Name of the holder, masked; of the body that is paid. */
enum err page_case_name(struct page *page, const struct incentive_case *subject,
                        struct str *ret_name);

/* Adds state, amount, clock, rule and names of a case to an object. */
enum err page_add_case(struct page *page, struct doc *row, const struct incentive_case *subject);

/* Its mark: met (complete), ask (a fact or the amount is missing), unmet (held, refused), done. */
const char *page_case_mark(const struct incentive_case *subject, const char **ret_words);

struct str page_case_state_words(struct page *page, enum case_state state);
struct str page_case_act_words(struct page *page, enum case_act act);

#endif
