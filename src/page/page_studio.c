#include "base/day.h"
#include "domain/registry/registry_name.h"
#include "domain/registry/studio.h"
#include "page/app.h"
#include "page/page_event.h"
#include "page/page_export.h"
#include "page/page_holder.h"
#include "page/page_line.h"
#include "page/page_list.h"

#include <inttypes.h>
#include <stdlib.h>

/* Studios, stations and bases: the list, and one with its master, members and what it did. */

enum { ROWS_A_PAGE = 50 };

enum err page_studio_in_scope(struct page *page, int64_t id, struct fact *ret_fact)
{
    struct fact organisation;
    TRY(studio_read(page->w, id, ret_fact));
    const struct record_head *head = ret_fact->record;
    return page_organisation_in_scope(page, head->owner_id, &organisation);
}

/* ---- the list */

enum { NAME, KIND, TIER, ORGANISATION, APPROVED, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [NAME] = {"name", "载体名称", COLUMN_WIDE, false, ORDER_NONE},
    [KIND] = {"kind", "载体类型", COLUMN_PLAIN, false, ORDER_NONE},
    [TIER] = {"tier", "层级", COLUMN_END, false, ORDER_NONE},
    [ORGANISATION] = {"organisation", "单位", COLUMN_WIDE, false, ORDER_NONE},
    [APPROVED] = {"approved", "批准日期", COLUMN_PLAIN, false, ORDER_NONE},
};

static enum err add_row(struct page *page, struct page_list *list, struct doc *json,
                        struct studio_key key)
{
    struct fact fact;
    struct str organisation;
    char day[DAY_TEXT_SIZE];
    TRY(fact_read(page->w, REGISTRY_carrier, key.organisation_id, key.id, &fact));
    if (json)
        return page_add_fact(page, json, NULL, &fact, NULL);
    const struct carrier *carrier = fact.record;
    TRY(registry_name(page->w, REGISTRY_organisation, key.organisation_id, key.organisation_id,
                      &organisation));
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[NAME] = (struct page_cell){
        carrier->name, doc_format(page->doc, "/studios/%" PRId64, key.id), NULL};
    cells[KIND].words =
        page_code_words(page, REGISTRY_carrier, FIELD_carrier_kind, carrier->kind);
    cells[TIER].words =
        page_code_words(page, REGISTRY_carrier, FIELD_carrier_tier, carrier->tier);
    cells[ORGANISATION] = (struct page_cell){
        organisation, doc_format(page->doc, "/organisations/%" PRId64, key.organisation_id), NULL};
    cells[APPROVED].words = doc_format(page->doc, "%s", day_text(carrier->approved_day, day));
    return page_list_row(list, cells);
}

static struct studio_key read_after(struct page *page)
{
    struct str rest = page_field(page, "after"), first, second;
    struct studio_key key = {0};
    if (!rest.ptr || !str_split(&rest, '-', &first) || !str_split(&rest, '-', &second) ||
        !str_to_i64(first, &key.organisation_id) || !str_to_i64(second, &key.id))
        return (struct studio_key){0};
    return key;
}

static enum err add_rows(struct page *page, struct page_list *list, int32_t division_min,
                         int32_t division_max, int32_t *ret_count, struct studio_key *ret_next)
{
    int32_t kind = (int32_t)page_number(page, "kind", 1, 99, 0);
    struct studio_key keys[STUDIO_ROWS_MAX], next = read_after(page);
    struct doc *json = page->is_api ? doc_add_list(page->doc, "studios") : NULL;
    int32_t count, total = 0;
    do {
        TRY(studio_list(page->w, division_min, division_max, kind, next,
                        page_list_is_file(list) ? STUDIO_ROWS_MAX : ROWS_A_PAGE, keys, &count,
                        &next));
        for (int32_t i = 0; i < count; i++, total++)
            TRY(add_row(page, list, json, keys[i]));
    } while (page_list_is_file(list) && next.id != 0 && total < EXPORT_ROWS_MAX);
    page_add_enum_filter(page, "filter_kinds", REGISTRY_ENUM_carrier_kind, kind);
    *ret_count = total;
    *ret_next = next;
    return ERR_OK;
}

enum err page_studios(struct page *page)
{
    int32_t division, division_min, division_max, count;
    struct studio_key next;
    struct page_list *list;
    page_division_range(page, &division, &division_min, &division_max);
    TRY(page_list_open(page, columns, COLUMN_COUNT, &list));
    enum err err = add_rows(page, list, division_min, division_max, &count, &next);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    page_add_division_filter(page, division);
    struct str after = {0};
    if (next.id != 0)
        after = doc_format(page->doc, "%" PRId64 "-%" PRId64, next.organisation_id, next.id);
    page_pager(page, count, -1, after);
    doc_page_bool(page->doc, "has_studios", count > 0);
    page_registry_views(page, "studios");
    page_title(page, page_say(page, "工作室和基地"));
    return page_list_close(list, "工作室和基地");
}

/* ---- one */

static int compare_days(const void *a, const void *b)
{
    int32_t left = page_fact_day(a), right = page_fact_day(b);
    return left == right ? 0 : left > right ? -1 : 1;
}

static enum err add_owned(struct page *page, int64_t id, int32_t table, const char *name,
                          const char *has)
{
    struct fact *facts;
    int32_t count;
    TRY(fact_read_current(page->w, table, id, &facts, &count));
    if (count > 0)
        qsort(facts, (size_t)count, sizeof *facts, compare_days);
    struct doc *list = doc_add_list(page->doc, name);
    for (int32_t i = 0; i < count; i++) {
        struct doc *row;
        TRY(page_add_fact(page, list, NULL, &facts[i], &row));
        doc_add_day(row, "day", page_fact_day(&facts[i]));
    }
    doc_page_bool(page->doc, has, count > 0);
    return ERR_OK;
}

enum err page_studio_show(struct page *page)
{
    int64_t id;
    struct fact fact;
    struct str organisation;
    TRY(page_id(page, "id", &id));
    TRY(page_studio_in_scope(page, id, &fact));
    const struct carrier *carrier = fact.record;
    TRY(registry_name(page->w, REGISTRY_organisation, carrier->head.owner_id,
                      carrier->head.owner_id, &organisation));
    TRY(page_add_fact(page, page->doc, "studio", &fact, NULL));
    TRY(add_owned(page, id, REGISTRY_carrier_member, "members", "has_members"));
    TRY(add_owned(page, id, REGISTRY_carrier_activity, "activities", "has_activities"));
    TRY(page_add_entitlements(page, carrier->head.owner_id));
    doc_add_id(page->doc, "organisation_id", carrier->head.owner_id);
    doc_add_text(page->doc, "organisation", organisation);
    doc_page_text(page->doc, "kind",
                  page_code_words(page, REGISTRY_carrier, FIELD_carrier_kind, carrier->kind));
    doc_page_text(page->doc, "tier",
                  page_code_words(page, REGISTRY_carrier, FIELD_carrier_tier, carrier->tier));
    doc_page_bool(page->doc, "is_closed",
                  carrier->closed_day != ABSENT_I32 && carrier->closed_day < page->w->today_day);
    doc_page_bool(page->doc, "may_edit", page_may(page, PERM_ORGANISATION_EDIT));
    page_add_record_kinds(page, REGISTRY_carrier);
    page_title(page, carrier->name);
    return ERR_OK;
}
