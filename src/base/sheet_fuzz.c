/* Property: any bytes give rows or an error with its message, within bounded memory; rows go up,
 * cells keep the promises of table_row.h. Each piece of input between zero bytes is also tried as
 * the sheet of a valid package, so that the fuzzer need not learn to compress. */
#include "base/sheet.h"
#include "base/tabular.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_rows(struct str bytes)
{
    struct sheet_reader *reader = NULL;
    struct fault fault = {0};
    struct sheet_options options = {.row_count_max = 10000};
    enum err err = sheet_reader_open_memory(bytes, &options, &fault, &reader);
    const struct table_row *row = NULL;
    int64_t row_number = 0;
    while (err == ERR_OK) {
        err = sheet_reader_next(reader, &fault, &row);
        if (err != ERR_OK || !row)
            break;
        check(row->row_number > row_number);
        row_number = row->row_number;
        check(row->cell_count >= 1);
        check(row->cell_count <= SHEET_COLUMNS_MAX);
        for (int32_t i = 0; i < row->cell_count; i++) {
            struct table_cell cell = row->cells[i];
            check(cell.text.ptr != NULL);
            check(str_is_utf8(cell.text));
            check((cell.type == CELL_EMPTY) == (cell.text.size == 0));
        }
    }
    if (err != ERR_OK)
        check(fault.code == err && fault.message[0]);
    if (reader)
        sheet_reader_free(reader);
}

static void add_part(zip_t *zip, const char *name, struct str text)
{
    zip_source_t *source = zip_source_buffer(zip, text.ptr ? text.ptr : "", text.size, 0);
    zip_int64_t index = zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8);
    check(index >= 0);
    check(zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0) == 0);
}

static struct str next_part(struct str *rest)
{
    struct str part = {0};
    return str_split(rest, '\0', &part) ? part : STR("");
}

/* sheet NUL strings NUL styles NUL workbook, the latter three without their roots. */
static void read_as_parts(struct str rest)
{
    static const char relations[] = "<R><Relationship Id=\"a\" Type=\"/worksheet\" Target=\"s\"/>"
                                    "<Relationship Id=\"b\" Type=\"/sharedStrings\" Target=\"t\"/>"
                                    "<Relationship Id=\"c\" Type=\"/styles\" Target=\"u\"/></R>";
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    check(zip != NULL);
    zip_source_keep(source);
    add_part(zip, "xl/_rels/workbook.xml.rels", str_from(relations));
    add_part(zip, "xl/s", next_part(&rest));
    add_part(zip, "xl/t", next_part(&rest));
    add_part(zip, "xl/u", next_part(&rest));
    struct str workbook = next_part(&rest);
    if (workbook.size == 0)
        workbook = STR("<w><sheet name=\"x\" r:id=\"a\"/></w>");
    add_part(zip, "xl/workbook.xml", workbook);
    check(zip_close(zip) == 0);
    check(zip_source_open(source) == 0);
    zip_source_seek(source, 0, SEEK_END);
    size_t size = (size_t)zip_source_tell(source);
    zip_source_seek(source, 0, SEEK_SET);
    char *bytes = malloc(size);
    check(bytes && zip_source_read(source, bytes, size) == (zip_int64_t)size);
    zip_source_close(source);
    zip_source_free(source);
    read_rows((struct str){bytes, size});
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    if (str_starts(bytes, STR("PK")))
        read_rows(bytes);
    else
        read_as_parts(bytes);
    return 0;
}
