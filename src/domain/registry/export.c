/* export.c — from rows to cells. */
#include "domain/registry/export.h"

#include "base/identity.h"
#include "domain/registry/fact.h"
#include "domain/registry/field_text.h"
#include "domain/registry/import_row.h"
#include "registry_owner_sql.h"
#include "registry_sql.h"
#include "store/event.h"
#include "store/stmt.h"

#include <string.h>

enum { EXPORT_COLUMNS_MAX = IMPORT_OWNER_TITLES_MAX + REGISTRY_FIELD_COUNT_MAX };
enum { CHOICES_MAX = 64 };

/* ---- columns ---- */

static enum table_column_kind column_kind(const struct field_desc *field)
{
    if (field->type == FIELD_DAY)
        return TABLE_DAY;
    if (field->type == FIELD_COUNT || field->type == FIELD_MONEY)
        return TABLE_NUMBER;
    return TABLE_TEXT; /* identity numbers and codes keep their digits */
}

/* Catalogues that a person can choose from in a drop-down list; longer ones are typed. */
static int32_t choices_of(const struct vocab *vocab, const struct field_desc *field,
                          struct arena *arena, const char **choices)
{
    int32_t count = 0;
    if (field->type == FIELD_BOOL) {
        choices[count++] = "是";
        choices[count++] = "否";
    } else if (field->type == FIELD_ENUM) {
        const struct enum_desc *desc = registry_enum_by_name(field->target);
        for (int32_t i = 0; i < desc->code_count && count < CHOICES_MAX; i++)
            choices[count++] = desc->codes[i].label_zh;
    } else if (field->type == FIELD_CODE) {
        const struct catalogue *catalogue = field_catalogue(vocab, field);
        int32_t entry_count = catalogue ? catalogue->entry_count : 0;
        for (int32_t i = 0; i < entry_count && count < CHOICES_MAX; i++) {
            bool is_shown = i + 1 == entry_count ||
                            catalogue->entries[i + 1].code != catalogue->entries[i].code;
            if (is_shown)
                choices[count++] = str_z(arena, catalogue->entries[i].name);
        }
        if (count == CHOICES_MAX)
            count = 0;
    }
    return count;
}

static const char *note_of(const struct field_desc *field, struct arena *arena)
{
    const char *need = field->need == NEED_REQUIRED ? "必填" : "可不填";
    if (!field->note_zh[0])
        return need;
    return text_in(arena, "%s。%s", need, field->note_zh);
}

/* Columns of a record, owner first; with lists and notes for a template. */
static int32_t columns_of(const struct vocab *vocab, int32_t table, struct arena *arena,
                          bool with_choices, struct table_column *columns)
{
    const struct record_desc *desc = &registry_records[table];
    struct import_owner_title owners[IMPORT_OWNER_TITLES_MAX];
    int32_t count = import_owner_titles(table, owners);
    for (int32_t i = 0; i < count; i++)
        columns[i] = (struct table_column){
            .title = owners[i].label_zh,
            .kind = TABLE_TEXT,
            .width = 22,
            .required = true,
            .note = text_in(arena, "必填。%s", owners[i].note_zh),
        };
    for (int32_t i = 0; i < desc->field_count; i++) {
        const struct field_desc *field = &desc->fields[i];
        columns[count] = (struct table_column){
            .title = field->label_zh,
            .kind = column_kind(field),
            .required = field->need == NEED_REQUIRED,
            .note = note_of(field, arena),
        };
        const char **choices =
            with_choices ? ARENA_NEW_ARRAY(arena, const char *, CHOICES_MAX) : NULL;
        if (choices) {
            columns[count].choice_count = choices_of(vocab, field, arena, choices);
            columns[count].choices = choices;
        }
        count++;
    }
    return count;
}

enum err export_template(struct arena *arena, const struct vocab *vocab, int32_t table,
                         const char *path, struct fault *fault)
{
    struct table_column columns[EXPORT_COLUMNS_MAX];
    int32_t count = columns_of(vocab, table, arena, true, columns);
    struct table_writer *writer;
    TRY(table_writer_open(path, TABLE_XLSX, columns, count, fault, &writer));
    return table_writer_close(writer, fault);
}

/* ---- cells ---- */

struct export
{
    const struct vocab *vocab;
    const struct export_options *options;
    struct arena *arena;
    struct table_writer *writer;
    struct table_column columns[EXPORT_COLUMNS_MAX];
    int32_t column_count;
    int64_t row_count;
};

/* What of a secret may be seen: enough to recognise one's own, not enough to use another's. */
static struct str masked(struct arena *arena, const struct field_desc *field, struct str clear)
{
    char *buffer = arena_alloc(arena, clear.size + 1);
    if (!buffer)
        return STR("***");
    size_t keep_first = strcmp(field->target, "identity") == 0 ? 6 : 3;
    return str_from(identity_mask(clear, keep_first, 4, buffer));
}

static enum err secret_cell(struct work *w, struct export *export, const struct fact *fact,
                            int32_t field, struct str *ret_cell)
{
    struct str clear;
    TRY(fact_open_secret(w->arena, w->secrets, fact, field, &clear, &w->fault));
    *ret_cell = !clear.ptr || export->options->clear_reason
                    ? clear
                    : masked(w->arena, &registry_records[fact->table].fields[field], clear);
    return ERR_OK;
}

/* Identity of a person, masked or not; credit code of an organisation. */
static enum err key_cell(struct work *w, struct export *export, int32_t table, int64_t id,
                         struct str *ret_cell)
{
    struct fact fact;
    enum err err = fact_read(w, table, id, id, &fact);
    if (err == ERR_NOT_FOUND) { /* gone since */
        fault_clear(&w->fault);
        *ret_cell = STR("");
        return ERR_OK;
    }
    TRY(err);
    if (table == REGISTRY_person)
        return secret_cell(w, export, &fact, FIELD_person_identity, ret_cell);
    *ret_cell = ((const struct organisation *)fact.record)->credit_code;
    return ERR_OK;
}

static enum err carrier_cells(struct work *w, struct export *export, int64_t carrier_id,
                              struct str *cells)
{
    struct carrier_owner_in in = {.id = carrier_id};
    struct carrier_owner_out owner;
    struct fact fact;
    TRY(carrier_owner(w, &in, &owner));
    TRY(fact_read(w, REGISTRY_carrier, owner.owner_id, carrier_id, &fact));
    cells[1] = ((const struct carrier *)fact.record)->name;
    return key_cell(w, export, REGISTRY_organisation, owner.owner_id, &cells[0]);
}

static enum err owner_cells(struct work *w, struct export *export, const struct fact *fact,
                            struct str *cells, int32_t *ret_count)
{
    struct import_owner_title owners[IMPORT_OWNER_TITLES_MAX];
    int32_t owner_table = registry_owner(fact->table);
    int64_t owner_id = ((const struct record_head *)fact->record)->owner_id;
    *ret_count = import_owner_titles(fact->table, owners);
    if (owner_table < 0)
        return ERR_OK;
    if (owner_table == REGISTRY_carrier)
        return carrier_cells(w, export, owner_id, cells);
    return key_cell(w, export, owner_table, owner_id, &cells[0]);
}

static enum err field_cell(struct work *w, struct export *export, const struct fact *fact,
                           int32_t i, struct str *ret_cell)
{
    const struct field_desc *field = &registry_records[fact->table].fields[i];
    if (field->type == FIELD_SECRET)
        return secret_cell(w, export, fact, i, ret_cell);
    if (field->type == FIELD_TEXT) {
        *ret_cell = registry_text(field, fact->record);
        return ERR_OK;
    }
    int64_t number = registry_number(field, fact->record);
    if (field->type == FIELD_REF && number != ABSENT_I64)
        return key_cell(w, export, registry_ref_table(field), number, ret_cell);
    if (field->type == FIELD_REF) {
        *ret_cell = STR("");
        return ERR_OK;
    }
    char buffer[FIELD_PRINT_SIZE];
    *ret_cell = str_copy(w->arena, field_print(export->vocab, field, number, buffer));
    return ret_cell->ptr ? ERR_OK : fail(w, ERR_MEMORY, "no memory for a row of the export");
}

static enum err export_row(struct work *w, struct export *export, const struct fact *fact)
{
    struct str cells[EXPORT_COLUMNS_MAX];
    int32_t count;
    TRY(owner_cells(w, export, fact, cells, &count));
    for (int32_t i = 0; i < registry_records[fact->table].field_count; i++)
        TRY(field_cell(w, export, fact, i, &cells[count++]));
    TRY(table_writer_row(export->writer, cells, &w->fault));
    export->row_count++;
    if (export->options->progress)
        export->options->progress(export->options->progress_context, export->row_count);
    return ERR_OK;
}

static enum err export_rows(struct work *w, struct export *export, struct cursor *cursor)
{
    int32_t table = export->options->table;
    struct stmt_value values[FACT_VALUE_COUNT_MAX];
    struct fact fact = {.record = arena_alloc(w->arena, registry_records[table].struct_size)};
    if (!fact.record)
        return fail(w, ERR_MEMORY, "no memory for a row of the export");
    for (;;) {
        bool more;
        TRY(cursor_next(cursor, values, &more));
        if (!more)
            return ERR_OK;
        struct arena_mark mark = arena_mark(w->arena);
        memset(fact.secrets, 0, sizeof fact.secrets);
        fact_from_values(table, values, &fact);
        TRY(export_row(w, export, &fact));
        arena_rewind(w->arena, mark);
    }
}

static enum err export_step(struct work *w, void *context)
{
    struct export *export = context;
    int32_t table = export->options->table;
    int64_t known_at_ms = export->options->known_at_ms;
    if (known_at_ms == ABSENT_I64)
        known_at_ms = w->now_ms;
    table_writer_cancel(export->writer); /* of a run of this step that failed */
    export->writer = NULL;
    export->row_count = 0;
    TRY(table_writer_open(export->options->path, export->options->format, export->columns,
                          export->column_count, &w->fault, &export->writer));
    struct stmt_value in[] = {{.type = STMT_INT64, .number = known_at_ms}};
    struct cursor cursor;
    TRY(stmt_open(w, fact_statements[table].rows_at, in, &cursor));
    enum err err = export_rows(w, export, &cursor);
    cursor_close(&cursor);
    return err;
}

static enum err write_reason(struct work *w, void *context)
{
    struct export *export = context;
    struct text_buf detail;
    text_init(&detail, w->arena);
    text_format(&detail, "{\"record\":\"%s\",\"reason\":\"",
                registry_records[export->options->table].name);
    for (const char *c = export->options->clear_reason; *c; c++) {
        if ((unsigned char)*c < 0x20)
            continue;
        if (*c == '"' || *c == '\\')
            text_add_byte(&detail, '\\');
        text_add_byte(&detail, *c);
    }
    text_add_z(&detail, "\"}");
    struct event event = {.kind = STR("registry.exported_clear"), .detail = text_str(&detail)};
    return event_append(w, &event);
}

enum err export_file(struct work_env *env, struct arena *arena, const struct vocab *vocab,
                     const struct export_options *options, int64_t *ret_row_count,
                     struct fault *fault)
{
    struct export *export = ARENA_NEW(arena, struct export);
    if (!export)
        return fault_set(fault, ERR_MEMORY, "no memory for the export");
    export->vocab = vocab;
    export->options = options;
    export->arena = arena;
    export->column_count = columns_of(vocab, options->table, arena, false, export->columns);
    if (options->clear_reason)
        TRY(work_run(env, WORK_WRITE, write_reason, export, fault));
    enum err err = work_run(env, WORK_READ, export_step, export, fault);
    if (err != ERR_OK) {
        table_writer_cancel(export->writer);
        return err;
    }
    TRY(table_writer_close(export->writer, fault));
    *ret_row_count = export->row_count;
    return ERR_OK;
}
