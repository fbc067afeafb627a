#include "base/csv_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum err csv_file_open(const char *path, struct fault *fault, struct csv_file *ret_file)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return fault_set(fault, ERR_IO, "%s: %s", path, strerror(errno));
    struct csv_reader *reader;
    enum err err = csv_reader_new(byte_source_file(file), NULL, fault, &reader);
    if (err != ERR_OK) {
        fclose(file);
        return err;
    }
    *ret_file = (struct csv_file){file, reader};
    return ERR_OK;
}

void csv_file_close(struct csv_file *file)
{
    csv_reader_free(file->reader);
    if (file->file)
        fclose(file->file);
    *file = (struct csv_file){NULL, NULL};
}

/* ---- small tables that the program comes with */

static int32_t head_count(const char *heads)
{
    int32_t count = 1;
    for (; *heads; heads++)
        count += *heads == ',';
    return count;
}

static bool is_heading(const struct csv_row *row, const char *heads)
{
    struct str rest = str_from(heads), head;
    if (row->cell_count != head_count(heads))
        return false;
    for (int32_t i = 0; str_split(&rest, ',', &head); i++)
        if (!str_equal(row->cells[i], head))
            return false;
    return true;
}

enum err csv_table_refuse(const struct csv_table *table, const struct csv_row *row,
                          struct fault *fault, const char *format, ...)
{
    char words[FAULT_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    return fault_set(fault, ERR_CATALOGUE, "%s，第%" PRId64 "行%s", table->path, row->line_number,
                     words);
}

static enum err read_table(const struct csv_table *table, struct csv_reader *reader,
                           struct fault *fault)
{
    const struct csv_row *row;
    TRY(csv_reader_next(reader, fault, &row));
    if (!row || !is_heading(row, table->heads))
        return fault_set(fault, ERR_CATALOGUE, "%s，第1行：表头应为 %s", table->path,
                         table->heads);
    for (int32_t count = 0;; count++) {
        TRY(csv_reader_next(reader, fault, &row));
        if (!row)
            return ERR_OK;
        if (row->cell_count != head_count(table->heads))
            return csv_table_refuse(table, row, fault, "：应为 %s", table->heads);
        if (count == table->row_count_max)
            return fault_set(fault, ERR_LIMIT, "%s：超过%d行", table->path,
                             (int)table->row_count_max);
        TRY(table->on_row(table->context, row, fault));
    }
}

enum err csv_table_read(const struct csv_table *table, struct fault *fault)
{
    struct csv_file file;
    TRY(csv_file_open(table->path, fault, &file));
    enum err err = read_table(table, file.reader, fault);
    csv_file_close(&file);
    return err;
}
