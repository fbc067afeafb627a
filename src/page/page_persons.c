#include "page/app.h"
#include "page/page_export.h"
#include "page/page_line.h"
#include "page/page_subject.h"

#include <inttypes.h>

/* The list of people: of a division, of a level, or by a piece of the name. */

enum { ROWS_A_PAGE = 50 };

struct roster {
    int32_t division, division_min, division_max;
    int32_t level; /* 0: any */
    struct str name;
    struct roll_key after;
    int64_t ids[ROLL_ROWS_MAX];
    int32_t count;
    struct roll_key next; /* id 0: the end */
    bool by_name;         /* in the order of names */
};

/* after is "370811-123"; the id alone counts where a level or the order of names is asked for. */
static void read_after(struct page *page, struct roster *roster)
{
    struct str rest = page_field(page, "after");
    struct str first, second;
    int64_t division = 0, id = 0;
    if (!rest.ptr || !str_split(&rest, '-', &first) || !str_split(&rest, '-', &second))
        return;
    if (str_to_i64(first, &division) && division >= 0 && division <= 999999 &&
        str_to_i64(second, &id) && id >= 0)
        roster->after = (struct roll_key){(int32_t)division, id};
}

static void read_filter(struct page *page, struct roster *roster)
{
    page_division_range(page, &roster->division, &roster->division_min, &roster->division_max);
    roster->level = (int32_t)page_number(page, "level", 1, 99, 0);
    roster->name = page_field(page, "name");
    roster->by_name = roster->level == 0 && str_equal_text(page_field(page, "sort"), "name");
    read_after(page, roster);
}

static enum err step_by_name(struct page *page, struct roster *roster)
{
    struct search_request request = {roster->name, roster->division_min, roster->division_max,
                                     SEARCH_ROWS_MAX};
    struct search_result found;
    TRY(registry_search(page->w, &request, &found));
    for (int32_t i = 0; i < found.person_count; i++) {
        struct person_line line;
        TRY(person_line_read(page->w, found.person_ids[i], &line));
        if (roster->level == 0 || line.level == roster->level)
            roster->ids[roster->count++] = line.id;
    }
    return ERR_OK;
}

/* The next ids, at most row_count_max of them. */
static enum err step(struct page *page, int32_t row_count_max, struct roster *roster)
{
    roster->count = 0;
    roster->next = (struct roll_key){0};
    if (roster->name.size > 0)
        return step_by_name(page, roster);
    if (roster->level > 0)
        return roll_persons_of_level(page->w, roster->level, roster->division_min,
                                     roster->division_max, roster->after.id, row_count_max,
                                     roster->ids, &roster->count, &roster->next.id);
    if (roster->by_name)
        return roll_persons_by_name(page->w, roster->division_min, roster->division_max,
                                    roster->after.id, row_count_max, roster->ids, &roster->count,
                                    &roster->next.id);
    struct roll_key keys[ROLL_ROWS_MAX];
    TRY(roll_persons(page->w, roster->division_min, roster->division_max, roster->after,
                     row_count_max, keys, &roster->count));
    for (int32_t i = 0; i < roster->count; i++)
        roster->ids[i] = keys[i].id;
    if (roster->count == row_count_max)
        roster->next = keys[roster->count - 1];
    return ERR_OK;
}

static struct str next_text(struct page *page, const struct roster *roster)
{
    if (roster->next.id == 0)
        return (struct str){0};
    return doc_format(page->doc, "%d-%" PRId64, (int)roster->next.division, roster->next.id);
}

/* ---- the page and the file */

/* Found by a piece of the name or of one level, people come in the order of the index. */
static enum err open_list(struct page *page, const struct roster *roster, bool is_file,
                          struct page_subjects *ret_subjects)
{
    TRY(is_file ? page_subjects_open_file(page, REGISTRY_person, ret_subjects)
                : page_subjects_open(page, REGISTRY_person, ret_subjects));
    bool has_order = roster->name.size == 0 && roster->level == 0;
    return has_order ? ERR_OK : page_list_no_order(ret_subjects->list);
}

static enum err add_rows(struct page_subjects *subjects, struct roster *roster,
                         int32_t row_count_max)
{
    TRY(step(subjects->page, row_count_max, roster));
    for (int32_t i = 0; i < roster->count; i++)
        TRY(page_subjects_add(subjects, roster->ids[i]));
    return ERR_OK;
}

enum err page_persons(struct page *page)
{
    struct roster roster = {0};
    struct page_subjects subjects;
    read_filter(page, &roster);
    TRY(open_list(page, &roster, false, &subjects));
    page_list_export_at(subjects.list, "/persons/export");
    TRY(add_rows(&subjects, &roster, ROWS_A_PAGE));
    page_add_division_filter(page, roster.division);
    page_add_enum_filter(page, "filter_levels", REGISTRY_ENUM_skill_level, roster.level);
    doc_page_text(page->doc, "name", roster.name);
    doc_page_bool(page->doc, "has_persons", roster.count > 0);
    doc_page_bool(page->doc, "may_edit", page_may(page, PERM_PERSON_EDIT));
    doc_page_bool(page->doc, "is_cut",
                  roster.name.size > 0 && roster.count == SEARCH_ROWS_MAX);
    page_pager(page, roster.count, -1, next_text(page, &roster));
    page_registry_views(page, "persons");
    page_title(page, page_say(page, "人员"));
    return page_list_close(subjects.list, "人员名单");
}

static enum err export_rows(struct page_subjects *subjects, struct roster *roster)
{
    while (subjects->count < EXPORT_ROWS_MAX) {
        TRY(add_rows(subjects, roster, ROLL_ROWS_MAX));
        if (roster->next.id == 0)
            break;
        roster->after = roster->next;
    }
    return ERR_OK;
}

enum err page_persons_export(struct page *page)
{
    struct roster *roster = ARENA_NEW(page->w->arena, struct roster);
    struct page_subjects subjects;
    if (!roster)
        return fail(page->w, ERR_MEMORY, "no memory for the list");
    read_filter(page, roster);
    TRY(open_list(page, roster, true, &subjects));
    return page_subjects_close(&subjects, export_rows(&subjects, roster), "人员名单");
}
