/* page_form.h — a record of the registry as the fields of a form ({{>component/record_field}}).
 *
 * Memory   in the unit of work's arena
 */
#ifndef BAIGONG_PAGE_FORM_H
#define BAIGONG_PAGE_FORM_H

#include "domain/registry/fact_form.h"
#include "page/page.h"

struct page_record_form {
    const struct fact_form *form;
    const struct fact *current;     /* NULL: a new record */
    const struct fact_form *theirs; /* of another who saved meanwhile; NULL when nobody did */
    const bool *is_theirs;          /* one a field; NULL */
    const char *asked;              /* name of the one that must be given; NULL: as described */
};

/* Fields as they were sent; what was not sent is empty. */
void page_read_form(struct page *page, struct fact_form *form);

/* Adds an object {name, label, value, choices, problem, ...} to a list. */
enum err page_add_form_field(struct page *page, struct doc *list,
                             const struct page_record_form *given, int32_t field);

/* Notes what is wrong at the fields. */
void page_tell_problems(struct page *page, int32_t table, const struct fact_problems *problems);

#endif
