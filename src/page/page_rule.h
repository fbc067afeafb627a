/* page_rule.h — documents, rules and sums as several pages show them.
 *
 * Memory   texts live in the document's arena, or are constants
 */
#ifndef BAIGONG_PAGE_RULE_H
#define BAIGONG_PAGE_RULE_H

#include "domain/incentive/incentive_found.h"
#include "page/page.h"

const struct policy *page_policy_of(const struct page *page);
enum policy_spelling page_spelling(const struct page *page);

/* The last part of a document's address: policy/jining/2022.md is jining-2022. */
struct str page_document_slug(struct page *page, int32_t document);
/* ERR_NOT_FOUND when no document has it. Works without a unit of work. */
enum err page_document_by_slug(struct page *page, struct str slug, int32_t *ret_document);

/* Whether a document speaks of this city: of it, of its province or of the whole country. */
bool page_speaks_here(const struct page *page, const struct document *document);

bool page_is_rule(const struct statement *statement);
/* Statement of a rule in force by its document's number and its name; -1 when there is none. */
int32_t page_rule_statement(const struct page *page, struct str document_number,
                            struct str rule_name);
/* The address of a rule's list in a lane. */
struct str page_found_href(struct page *page, const struct statement *statement, enum lane lane);

/* The address of the page that tells who is one condition away from a rule. */
struct str page_away_href(struct page *page, struct str rule_name);

/* A sum as totals show it: {yuan, words (万元 or 亿元), full}. */
void page_add_sum(struct page *page, struct doc *parent, const char *name, int64_t amount_fen);

/* A period number in words; "" for what comes once. */
struct str page_period(struct page *page, const struct rule *rule, int32_t period);

/* For handlers of mode OWN: one unit of work that reads and shows the page. */
enum err page_show_step(struct page *page, enum err (*show)(struct page *page));
enum err page_show_with(struct page *page, enum err (*show)(struct page *page, void *context),
                        void *context);

/* Name of a division's code; "" when the catalogue does not have it. */
struct str page_division_name(const struct page *page, int64_t division);

#endif
