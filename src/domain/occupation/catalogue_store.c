#include "domain/occupation/catalogue_store.h"

#include "base/day.h"
#include "base/hash.h"
#include "base/json.h"
#include "occupation_sql.h"
#include "store/event.h"
#include "store/stmt.h"

#include <inttypes.h>

static enum err no_memory(struct work *w)
{
    return fail(w, ERR_MEMORY, "no memory for the catalogues");
}

/* Whether the copy of a catalogue has other entries than the text says. */
static enum err is_changed(struct work *w, struct str name, const struct text_buf *content,
                           uint8_t digest[HASH_SIZE], bool *ret_changed)
{
    if (content->failed)
        return no_memory(w);
    hash_sm3(text_str(content), digest);
    struct catalogue_load_digest_in in = {.catalogue = name};
    struct catalogue_load_digest_out row;
    enum err err = catalogue_load_digest(w, &in, &row);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    struct str stored = err == ERR_OK ? row.digest : (struct str){NULL, 0};
    *ret_changed = !str_equal(stored, (struct str){(const char *)digest, HASH_SIZE});
    if (err == ERR_NOT_FOUND)
        fault_clear(&w->fault);
    return ERR_OK;
}

/* Records what was copied, and tells of it. */
static enum err record_load(struct work *w, struct str name, const uint8_t digest[HASH_SIZE],
                            int32_t row_count, struct catalogue_store_report *report)
{
    struct catalogue_load_put_in put = {
        .catalogue = name,
        .digest = {(const char *)digest, HASH_SIZE},
        .entry_count = row_count,
        .loaded_ms = w->now_ms,
    };
    TRY(catalogue_load_put(w, &put, NULL));
    struct text_buf detail;
    struct json json;
    text_init(&detail, w->arena);
    json_init(&json, &detail);
    json_object_begin(&json);
    json_add_text(&json, "catalogue", name);
    json_add_number(&json, "entries", row_count);
    json_object_end(&json);
    if (detail.failed)
        return no_memory(w);
    report->changed_count++;
    report->row_count += row_count;
    struct event event = {.kind = STR("catalogue.loaded"), .detail = text_str(&detail)};
    return event_append(w, &event);
}

/* An open end is the calendar's end: in the database the smallest number means absent. */
static int32_t stored_day(int32_t day)
{
    return day < DAY_MIN ? DAY_MIN : day > DAY_MAX ? DAY_MAX : day;
}

static enum err insert_entries(struct work *w, const struct catalogue *catalogue,
                               struct bulk *bulk)
{
    for (int32_t i = 0; i < catalogue->entry_count; i++) {
        const struct catalogue_entry *entry = &catalogue->entries[i];
        if (!catalogue_entry_is_shown(catalogue, i))
            continue;
        struct catalogue_entry_insert_in row = {
            .catalogue = str_from(catalogue->name),
            .code = entry->code,
            .from_day = stored_day(entry->from_day),
            .to_day = stored_day(entry->to_day),
            .name = entry->name,
            .label = entry->label.ptr ? entry->label : STR(""),
        };
        TRY(stmt_struct_bulk_row(bulk, &row));
    }
    return ERR_OK;
}

/* The stream must end in either case; the first error counts. */
static enum err end_bulk(struct bulk *bulk, enum err err, int64_t *ret_row_count)
{
    int64_t row_count = 0;
    enum err end_err = stmt_bulk_end(bulk, &row_count);
    *ret_row_count = row_count;
    return err != ERR_OK ? err : end_err;
}

static enum err store_catalogue(struct work *w, const struct catalogue *catalogue,
                                struct catalogue_store_report *report)
{
    struct text_buf content;
    text_init(&content, w->arena);
    for (int32_t i = 0; i < catalogue->entry_count; i++) {
        const struct catalogue_entry *entry = &catalogue->entries[i];
        if (catalogue_entry_is_shown(catalogue, i))
            text_format(&content, "%" PRId64 ",%" PRId32 ",%" PRId32 ",%.*s,%.*s\n", entry->code,
                        entry->from_day, entry->to_day, STR_ARG(entry->name),
                        STR_ARG(entry->label));
    }
    uint8_t digest[HASH_SIZE];
    bool changed;
    struct str name = str_from(catalogue->name);
    TRY(is_changed(w, name, &content, digest, &changed));
    if (!changed) {
        report->kept_count++;
        return ERR_OK;
    }
    struct catalogue_entry_clear_in clear = {.catalogue = name};
    TRY(catalogue_entry_clear(w, &clear, NULL));
    struct bulk *bulk;
    int64_t row_count;
    TRY(stmt_bulk_begin(w, &catalogue_entry_insert_stmt, &bulk));
    TRY(end_bulk(bulk, insert_entries(w, catalogue, bulk), &row_count));
    return record_load(w, name, digest, (int32_t)row_count, report);
}

static enum err insert_register_rows(const struct catalogue_register *list, struct bulk *bulk)
{
    for (int32_t i = 0; i < list->row_count; i++) {
        struct catalogue_register_row_insert_in row = {
            .list = list->name,
            .catalogue = str_from(list->catalogue),
            .code = list->rows[i].code,
            .from_day = stored_day(list->rows[i].from_day),
            .to_day = stored_day(list->rows[i].to_day),
        };
        TRY(stmt_struct_bulk_row(bulk, &row));
    }
    return ERR_OK;
}

static enum err store_register(struct work *w, const struct catalogue_register *list,
                               struct catalogue_store_report *report)
{
    struct text_buf content;
    text_init(&content, w->arena);
    text_format(&content, "%s\n", list->catalogue);
    for (int32_t i = 0; i < list->row_count; i++)
        text_format(&content, "%" PRId64 ",%" PRId32 ",%" PRId32 "\n", list->rows[i].code,
                    list->rows[i].from_day, list->rows[i].to_day);
    uint8_t digest[HASH_SIZE];
    bool changed;
    struct str name =
        str_from(text_in(w->arena, "register:%.*s", STR_ARG(list->name)));
    TRY(is_changed(w, name, &content, digest, &changed));
    if (!changed) {
        report->kept_count++;
        return ERR_OK;
    }
    struct catalogue_register_row_clear_in clear = {.list = list->name};
    TRY(catalogue_register_row_clear(w, &clear, NULL));
    struct bulk *bulk;
    int64_t row_count;
    TRY(stmt_bulk_begin(w, &catalogue_register_row_insert_stmt, &bulk));
    TRY(end_bulk(bulk, insert_register_rows(list, bulk), &row_count));
    return record_load(w, name, digest, (int32_t)row_count, report);
}

enum err catalogues_store(struct work *w, const struct catalogues *catalogues,
                          struct catalogue_store_report *ret_report)
{
    struct catalogue_store_report report = {0};
    for (int32_t i = 0; i < CATALOGUE_KIND_COUNT; i++)
        TRY(store_catalogue(w, &catalogues->list[i], &report));
    for (int32_t i = 0; i < catalogues->register_count; i++)
        TRY(store_register(w, &catalogues->registers[i], &report));
    *ret_report = report;
    return ERR_OK;
}
