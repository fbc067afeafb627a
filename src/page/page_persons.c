#include "base/day.h"
#include "domain/registry/registry_name.h"
#include "page/app.h"
#include "page/page_export.h"
#include "page/page_line.h"

#include <inttypes.h>
#include <stdio.h>

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
};

/* after is "370811-123", or the id alone where a level is asked for. */
static void read_after(struct page *page, struct roll_key *ret_after)
{
    struct str rest = page_field(page, "after");
    struct str first, second;
    int64_t division = 0, id = 0;
    *ret_after = (struct roll_key){0};
    if (!rest.ptr || !str_split(&rest, '-', &first) || !str_split(&rest, '-', &second))
        return;
    if (str_to_i64(first, &division) && division >= 0 && division <= 999999 &&
        str_to_i64(second, &id) && id >= 0)
        *ret_after = (struct roll_key){(int32_t)division, id};
}

static void read_filter(struct page *page, struct roster *roster)
{
    page_division_range(page, &roster->division, &roster->division_min, &roster->division_max);
    roster->level = (int32_t)page_number(page, "level", 1, 99, 0);
    roster->name = page_field(page, "name");
    read_after(page, &roster->after);
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

enum err page_persons(struct page *page)
{
    struct roster roster = {0};
    read_filter(page, &roster);
    TRY(step(page, ROWS_A_PAGE, &roster));
    struct doc *list = doc_add_list(page->doc, "persons");
    for (int32_t i = 0; i < roster.count; i++)
        TRY(page_add_person_line(page, list, roster.ids[i]));
    page_add_division_filter(page, roster.division);
    page_add_enum_filter(page, "filter_levels", REGISTRY_ENUM_skill_level, roster.level);
    doc_page_text(page->doc, "name", roster.name);
    doc_page_bool(page->doc, "has_persons", roster.count > 0);
    doc_page_bool(page->doc, "may_export", page_may(page, PERM_EXPORT));
    doc_page_bool(page->doc, "may_edit", page_may(page, PERM_PERSON_EDIT));
    doc_page_bool(page->doc, "is_cut",
                  roster.name.size > 0 && roster.count == SEARCH_ROWS_MAX);
    doc_page_text(page->doc, "xlsx_query", page_query_with(page, "format", STR("xlsx")));
    doc_page_text(page->doc, "csv_query", page_query_with(page, "format", STR("csv")));
    page_pager(page, roster.count, -1, next_text(page, &roster));
    page_registry_views(page, "persons");
    page_title(page, page_say(page, "人员"));
    return ERR_OK;
}

/* ---- export */

static const struct table_file_column columns[] = {
    {"姓名", TABLE_FILE_TEXT},
    {"出生年", TABLE_FILE_NUMBER},
    {"性别", TABLE_FILE_TEXT},
    {"居住地区划", TABLE_FILE_TEXT},
    {"最高等级", TABLE_FILE_TEXT},
    {"职业", TABLE_FILE_TEXT},
    {"用人单位", TABLE_FILE_TEXT},
};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

static enum err export_line(struct page *page, struct table_file *file, int64_t id)
{
    struct person_line line;
    TRY(person_line_read(page->w, id, &line));
    char year_text[16] = "";
    if (line.birth_day != ABSENT_I32) {
        int32_t year, month, day;
        day_to_civil(line.birth_day, &year, &month, &day);
        snprintf(year_text, sizeof year_text, "%d", (int)year);
    }
    struct str cells[COLUMN_COUNT] = {
        registry_mask_name(page->w->arena, line.name),
        str_from(year_text),
        page_code_words(page, REGISTRY_person, FIELD_person_sex, line.sex),
        page_code_words(page, REGISTRY_person, FIELD_person_division, line.division),
        page_code_words(page, REGISTRY_certificate, FIELD_certificate_level, line.level),
        page_code_words(page, REGISTRY_certificate, FIELD_certificate_occupation,
                        line.occupation),
        line.employer_name,
    };
    return table_file_row(file, cells, &page->w->fault);
}

static enum err export_rows(struct page *page, struct table_file *file, struct roster *roster)
{
    for (int32_t row_count = 0; row_count < EXPORT_ROWS_MAX;) {
        TRY(step(page, ROLL_ROWS_MAX, roster));
        for (int32_t i = 0; i < roster->count && row_count < EXPORT_ROWS_MAX; i++, row_count++) {
            struct arena_mark mark = arena_mark(page->w->arena);
            TRY(export_line(page, file, roster->ids[i]));
            arena_rewind(page->w->arena, mark);
        }
        if (roster->next.id == 0)
            break;
        roster->after = roster->next;
    }
    return ERR_OK;
}

enum err page_persons_export(struct page *page)
{
    struct roster *roster = ARENA_NEW(page->w->arena, struct roster);
    if (!roster)
        return fail(page->w, ERR_MEMORY, "no memory for the list");
    read_filter(page, roster);
    struct table_file *file;
    TRY(page_export_open(page, columns, COLUMN_COUNT, &file));
    enum err err = export_rows(page, file, roster);
    if (err != ERR_OK) {
        table_file_cancel(file);
        return err;
    }
    return page_export_send(page, file, "人员名单");
}
