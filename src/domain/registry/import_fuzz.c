/* Property: a row that is accepted, written as an export writes it and read again, is the same
 * fact. The first byte chooses the record, the rest is a table with its titles. Words of the city
 * are those of the shipped catalogues (run from the root of the source tree). */
#include "base/csv.h"
#include "base/id.h"
#include "base/secret.h"
#include "base/tabular.h"
#include "domain/occupation/catalogues.h"
#include "domain/registry/import_row.h"
#include "domain/registry/registry_facts.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TODAY_DAY = 20000, ROWS_MAX = 50 };

static const struct import_context *context(void)
{
    static struct import_context context;
    static struct vocab vocab;
    static struct id_source ids;
    static struct secrets *secrets;
    struct catalogues *catalogues;
    struct fault fault;
    if (context.vocab)
        return &context;
    check(catalogues_load("catalogue", CATALOGUES_USUAL, &catalogues, &fault) == ERR_OK);
    check(secrets_from_text(
              STR("index 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
                  "key 1 ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100\n"),
              &secrets, &fault) == ERR_OK);
    registry_vocab(NULL, 0, NULL, 0, &vocab);
    catalogues_into_vocab(catalogues, &vocab);
    id_source_init_fixed(&ids, 1, INT64_C(1700000000000));
    context = (struct import_context){
        .vocab = &vocab,
        .divisions = &catalogues->identity_divisions,
        .secrets = secrets,
        .ids = &ids,
        .today_day = TODAY_DAY,
        .source = STR("fuzz"),
    };
    return &context;
}

/* What an export writes for a column; owners and references stay as they were given. */
static struct str exported_cell(struct arena *arena, const struct import_header *header,
                                const struct import_row *row, int32_t column)
{
    const struct import_column *c = &header->columns[column];
    struct str given = column < row->cell_count ? str_trim(row->cells[column]) : STR("");
    if (c->kind != IMPORT_FIELD || given.size == 0)
        return given;
    const struct field_desc *field = &registry_records[header->table].fields[c->field];
    if (field->type == FIELD_REF || str_equal(given, IMPORT_ERASE))
        return given;
    if (registry_is_text(field))
        return registry_text(field, row->fact.record);
    char buffer[FIELD_PRINT_SIZE];
    struct str text = field_print(context()->vocab, field,
                                  registry_number(field, row->fact.record), buffer);
    return str_copy(arena, text);
}

static void expect_same_text(struct str a, struct str b)
{
    check((a.ptr == NULL) == (b.ptr == NULL) && str_equal(a, b));
}

static void expect_same(const struct import_row *a, const struct import_row *b)
{
    const struct record_desc *desc = &registry_records[a->fact.table];
    check(!b->problems);
    check(a->fact.given == b->fact.given);
    expect_same_text(a->owner_key, b->owner_key);
    expect_same_text(a->owner_carrier, b->owner_carrier);
    for (int32_t i = 0; i < IMPORT_REFERENCES_MAX; i++)
        expect_same_text(a->reference_keys[i], b->reference_keys[i]);
    for (int32_t i = 0; i < desc->field_count; i++) {
        const struct field_desc *field = &desc->fields[i];
        if (registry_is_text(field))
            expect_same_text(registry_text(field, a->fact.record),
                             registry_text(field, b->fact.record));
        else
            check(registry_number(field, a->fact.record) == registry_number(field, b->fact.record));
    }
    for (int32_t i = 0; i < FACT_SECRET_COUNT_MAX; i++)
        expect_same_text(a->fact.secrets[i].index, b->fact.secrets[i].index);
}

static void read_again(struct arena *arena, const struct import_header *header,
                       const struct import_row *row)
{
    struct fault fault;
    struct table_cell *cells =
        ARENA_NEW_ARRAY(arena, struct table_cell, (size_t)header->column_count);
    check(cells);
    for (int32_t i = 0; i < header->column_count; i++)
        cells[i].text = exported_cell(arena, header, row, i);
    struct table_row table_row = {cells, header->column_count, row->row_number};
    struct import_row again;
    check(import_row_read(arena, context(), header, &table_row, &again, &fault) == ERR_OK);
    expect_same(row, &again);
}

static void read_rows(struct arena *arena, struct table_reader *reader, int32_t table)
{
    struct fault fault;
    const struct table_row *row;
    struct import_header header;
    if (table_reader_next(reader, &fault, &row) != ERR_OK || !row ||
        import_header_read(arena, table, row, &header, &fault) != ERR_OK)
        return;
    for (int32_t i = 0; i < ROWS_MAX; i++) {
        struct import_row read;
        if (table_reader_next(reader, &fault, &row) != ERR_OK || !row)
            return;
        check(import_row_read(arena, context(), &header, row, &read, &fault) == ERR_OK);
        if (!read.problems)
            read_again(arena, &header, &read);
        else
            check(read.problems->count > 0 && read.problems->rows[0].reason[0]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct fault fault;
    struct table_reader *reader;
    if (size < 1)
        return 0;
    arena_init(&arena, 256 << 20);
    struct str bytes = {(const char *)data + 1, size - 1};
    if (table_reader_open_memory(bytes, NULL, &fault, &reader) == ERR_OK) {
        read_rows(&arena, reader, data[0] % REGISTRY_RECORD_COUNT);
        table_reader_free(reader);
    }
    arena_done(&arena);
    return 0;
}
