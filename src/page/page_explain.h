/* page_explain.h — an explanation in a document: the answer, the article, each condition with the
 * facts behind it, the sum, what is missing.
 *
 * Memory   in the request's arena
 */
#ifndef BAIGONG_PAGE_EXPLAIN_H
#define BAIGONG_PAGE_EXPLAIN_H

#include "domain/incentive/incentive.h"
#include "page/page.h"

/* Adds rule, article, lane, amount, conditions, missing; ret_answer is the heading. */
enum err page_add_explanation(struct page *page, const struct entitlement_explanation *e,
                              struct str *ret_answer);

/* Why a rule is refused, in one sentence. */
struct str page_refusal_reason(struct page *page, const struct entitlement_explanation *e);

#endif
