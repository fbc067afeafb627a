/* page_draft.h — drafts as several pages show them.
 *
 * Memory   in the unit of work's arena
 */
#ifndef BAIGONG_PAGE_DRAFT_H
#define BAIGONG_PAGE_DRAFT_H

#include "domain/incentive/incentive_draft.h"
#include "page/page.h"

/* Reads a text together with the documents in force; its errors are findings, not errors. */
enum err page_draft_read(struct page *page, struct str path, struct str body,
                         struct draft_reading *ret_reading);

/* {findings: [{line, column, severity, rule, message, hint}], error_count, ...} */
void page_add_findings(struct page *page, struct doc *parent, const struct draft_reading *reading);

/* {changes: [{kind, name, clauses: [{before, after}]}]} from one policy's documents with this
 * number to the other's; a policy that is NULL has none. */
enum err page_add_changes(struct page *page, struct doc *parent, const struct policy *before,
                          const struct policy *after, struct str number);

/* {articles: [{id, heading, prose, woven}]} of one document. */
enum err page_add_woven(struct page *page, struct doc *parent, const struct policy *policy,
                        int32_t document);

/* Id, number, title, state, author, days. */
void page_add_draft(struct page *page, struct doc *row, const struct draft *draft);

/* {rehearsals: [{id, finding, settings, by, done}]} of a draft; 0: of the actor. */
enum err page_add_rehearsals(struct page *page, int64_t draft_id);

/* The text of the document of a number in force; absent when there is none. */
struct str page_text_in_force(const struct page *page, struct str number);

#endif
