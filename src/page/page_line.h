/* page_line.h — one line about a person or a body, as lists and search results show it.
 *
 * Memory   in the unit of work's arena
 */
#ifndef BAIGONG_PAGE_LINE_H
#define BAIGONG_PAGE_LINE_H

#include "domain/registry/search.h"
#include "page/page.h"

/* A value of a coded field in words; "" when it is absent. */
struct str page_code_words(struct page *page, int32_t table, int32_t field, int64_t number);

/* A division's name without the city's before it. */
struct str page_place_words(struct page *page, int32_t division);

/* Adds {id, name (masked), birth_day, sex, division, level, occupation, employer} to a list. */
enum err page_add_person_line(struct page *page, struct doc *list, int64_t id);
enum err page_add_organisation_line(struct page *page, struct doc *list, int64_t id);

/* What {{>component/registry_views}} shows: the lists of the registry with the present one. */
void page_registry_views(struct page *page, const char *here);

/* The divisions that a reader may choose among, with the chosen one, as filter_divisions; none when
 * the reader sees one division only. */
void page_add_division_filter(struct page *page, int32_t chosen);
/* The field division of the query inside the reader's scope; *ret_chosen is 0 for all. */
void page_division_range(struct page *page, int32_t *ret_chosen, int32_t *ret_min,
                         int32_t *ret_max);
/* The codes of an enumeration with the chosen one, as a list of {code, label, is_chosen}. */
void page_add_enum_filter(struct page *page, const char *name, int32_t enumeration,
                          int64_t chosen);

#endif
