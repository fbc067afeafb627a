#include "domain/registry/import_preview.h"

#include "base/clock.h"
#include "base/identity.h"
#include "domain/registry/field_text.h"
#include "domain/registry/import_pipe.h"
#include "domain/registry/registry_name.h"

static struct str masked(struct arena *arena, struct str clear, size_t keep_first)
{
    char *buffer = arena_alloc(arena, clear.size + 1);
    return buffer ? str_from(identity_mask(clear, keep_first, 4, buffer)) : STR("***");
}

/* A field of a checked row in words; what was refused stands as it was given. */
static struct str field_words(struct arena *arena, const struct vocab *vocab,
                              const struct import_row *row, int32_t i, struct str cell)
{
    const struct field_desc *field = &registry_records[row->fact.table].fields[i];
    if (field->type == FIELD_SECRET)
        return masked(arena, cell, i == FIELD_person_identity ? 6 : 3);
    if (field->privacy == PRIVACY_NAME)
        return registry_mask_name(arena, cell);
    if (row->problems || registry_is_text(field) || field->type == FIELD_REF ||
        (row->fact.given & 1u << i) == 0)
        return cell;
    int64_t number = registry_number(field, row->fact.record);
    const struct catalogue *catalogue =
        field->type == FIELD_CODE ? field_catalogue(vocab, field) : NULL;
    const struct catalogue_entry *entry = catalogue ? catalogue_by_code(catalogue, number) : NULL;
    if (entry)
        return entry->name;
    char buffer[FIELD_PRINT_SIZE];
    return str_copy(arena, field_print(vocab, field, number, buffer));
}

static enum err take_row(struct arena *arena, const struct vocab *vocab,
                         const struct import_header *header, const struct import_row *row,
                         struct import_preview_row *ret_row, struct fault *fault)
{
    struct str *cells = ARENA_NEW_ARRAY(arena, struct str, (size_t)header->column_count + 1);
    if (!cells)
        return fault_set(fault, ERR_MEMORY, "no memory for the preview");
    for (int32_t i = 0; i < header->column_count; i++) {
        const struct import_column *column = &header->columns[i];
        struct str cell = i < row->cell_count ? str_copy(arena, row->cells[i]) : STR("");
        cells[i] = column->kind == IMPORT_FIELD
                       ? field_words(arena, vocab, row, column->field, cell)
                   : column->kind == IMPORT_OWNER_IDENTITY ? masked(arena, cell, 6)
                                                           : cell;
    }
    *ret_row = (struct import_preview_row){.row_number = row->row_number, .cells = cells};
    if (row->problems && row->problems->count > 0)
        ret_row->problem = text_in(arena, "%s。%s", row->problems->rows[0].reason,
                                   row->problems->rows[0].remedy);
    return ERR_OK;
}

static enum err take_columns(struct arena *arena, const struct import_header *header,
                             struct import_preview *preview, struct fault *fault)
{
    const struct record_desc *desc = &registry_records[header->table];
    struct import_owner_title owners[IMPORT_OWNER_TITLES_MAX];
    int32_t owner_count = import_owner_titles(header->table, owners);
    struct import_preview_column *columns = ARENA_NEW_ARRAY(
        arena, struct import_preview_column, (size_t)header->column_count + 1);
    if (!columns)
        return fault_set(fault, ERR_MEMORY, "no memory for the preview");
    for (int32_t i = 0; i < header->column_count; i++) {
        const struct import_column *column = &header->columns[i];
        columns[i].title = column->title;
        if (column->kind == IMPORT_FIELD)
            columns[i].label = desc->fields[column->field].label_zh;
        for (int32_t o = 0; o < owner_count; o++)
            if (owners[o].kind == column->kind)
                columns[i].label = owners[o].label_zh;
    }
    preview->columns = columns;
    preview->column_count = header->column_count;
    return ERR_OK;
}

enum err import_preview(struct work_env *env, struct arena *arena, const struct vocab *vocab,
                        const struct import_options *options, struct import_preview *ret_preview,
                        struct fault *fault)
{
    struct import_context context = {
        .vocab = vocab,
        .divisions = options->divisions,
        .secrets = env->secrets,
        .ids = env->ids,
        .today_day = env->fixed_today_day != ABSENT_I32 ? env->fixed_today_day
                                                        : clock_city_day(clock_now_ms()),
        .source = STR(""),
    };
    struct import_pipe_options pipe_options = {
        .path = options->path, .table = options->table, .batch_row_count = IMPORT_PREVIEW_ROWS};
    struct import_preview preview = {.row_count = 0};
    struct import_pipe *pipe;
    struct import_header header;
    struct import_batch *batch;
    TRY(import_pipe_open(arena, &pipe_options, &context, &pipe, &header, fault));
    enum err err = import_pipe_next(pipe, &batch, fault);
    if (err == ERR_OK)
        err = take_columns(arena, &header, &preview, fault);
    for (int32_t i = 0; err == ERR_OK && batch && i < batch->row_count; i++)
        err = take_row(arena, vocab, &header, &batch->rows[i], &preview.rows[preview.row_count++],
                       fault);
    import_pipe_close(pipe);
    if (err == ERR_OK)
        *ret_preview = preview;
    return err;
}

/* Most titles that are known, among the records whose required ones are all there. */
int32_t import_guess(struct arena *arena, const char *path)
{
    struct table_reader *reader;
    const struct table_row *row;
    int32_t guess = -1, unknown_min = INT32_MAX;
    struct fault fault = {0}; /* not told: this is a guess */
    if (table_reader_open(path, NULL, &fault, &reader) != ERR_OK)
        return -1;
    if (table_reader_next(reader, &fault, &row) == ERR_OK && row) {
        for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
            struct import_header header;
            if (import_header_read(arena, table, row, &header, &fault) != ERR_OK ||
                header.unknown_count >= unknown_min)
                continue;
            guess = table;
            unknown_min = header.unknown_count;
        }
    }
    table_reader_free(reader);
    return guess;
}
