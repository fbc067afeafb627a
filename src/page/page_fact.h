/* page_fact.h — one record of the registry in a document: for programs its values by name, for
 * people its fields with labels and words, personal values masked.
 *
 * Memory   in the unit of work's arena
 */
#ifndef BAIGONG_PAGE_FACT_H
#define BAIGONG_PAGE_FACT_H

#include "domain/registry/fact.h"
#include "page/page.h"

/* An object {id, record, label, source, known, values, fields} added to a list (name NULL) or to an
 * object. */
enum err page_add_fact(struct page *page, struct doc *parent, const char *name,
                       const struct fact *fact, struct doc **ret_object);

/* Value of a field in words: masked when it is personal. */
enum err page_field_words(struct page *page, const struct fact *fact, int32_t field,
                          struct str *ret_words);

/* The kinds of record that a root owns, as kinds, for links that add one. */
void page_add_record_kinds(struct page *page, int32_t root_table);

/* The day a record is told by: its first day or month that is given; ABSENT_I32 without one. */
int32_t page_fact_day(const struct fact *fact);

/* Whether there is this person, in the reader's scope: else ERR_NOT_FOUND. */
enum err page_see_person(struct page *page, int64_t id);
/* Current version of a root, ERR_NOT_FOUND also when it is outside of the reader's scope. */
enum err page_person_in_scope(struct page *page, int64_t id, struct fact *ret_fact);
/* Whether a link to an organisation leads the reader anywhere. */
bool page_opens_organisation(struct page *page, int64_t id);
enum err page_organisation_in_scope(struct page *page, int64_t id, struct fact *ret_fact);

/* A studio whose organisation the reader sees. */
enum err page_studio_in_scope(struct page *page, int64_t id, struct fact *ret_fact);

#endif
