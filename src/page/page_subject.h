/* page_subject.h — a list of people or of bodies, with the same columns wherever it stands.
 *
 *     struct page_subjects subjects;
 *     TRY(page_subjects_open(page, REGISTRY_person, &subjects));
 *     for each id:  TRY(page_subjects_add(&subjects, id));
 *     return page_list_close(subjects.list, "人员名单");
 *
 * A page gets the table of page_list.h, a file the chosen columns, a program the list "persons" or
 * "organisations". The columns promise the orders that roll_persons and roll_organisations serve:
 * a list that comes otherwise says page_list_no_order.
 *
 * Memory   in the unit of work's arena
 * Errors   those of page_list.h and of the store
 */
#ifndef BAIGONG_PAGE_SUBJECT_H
#define BAIGONG_PAGE_SUBJECT_H

#include "page/page_list.h"

struct page_subjects {
    struct page *page;
    struct page_list *list;
    struct doc *json; /* NULL: nobody's program asks */
    int32_t table, count;
};

/* table: REGISTRY_person or REGISTRY_organisation. */
enum err page_subjects_open(struct page *page, int32_t table, struct page_subjects *ret_subjects);
/* For routes that only export. */
enum err page_subjects_open_file(struct page *page, int32_t table,
                                 struct page_subjects *ret_subjects);
/* Somebody who was joined with another or withdrawn since the id was read is passed over. */
enum err page_subjects_add(struct page_subjects *subjects, int64_t id);
/* Closes the list, or gives it up when err says that adding to it failed. */
enum err page_subjects_close(struct page_subjects *subjects, enum err err,
                             const char *file_name);

#endif
