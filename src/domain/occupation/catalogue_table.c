#include "domain/occupation/catalogue_table.h"

#include "base/day.h"

#include <stdarg.h>

static const char *const column_names[] = {
    [COLUMN_CODE] = "code",       [COLUMN_NAME] = "name",
    [COLUMN_SHORT] = "short",     [COLUMN_ALIAS] = "alias",
    [COLUMN_ENGLISH] = "english", [COLUMN_KIND] = "kind",
    [COLUMN_FROM] = "from",       [COLUMN_TO] = "to",
    [COLUMN_OCCUPATION] = "occupation", [COLUMN_LEVELS] = "levels",
    [COLUMN_EDITION] = "edition", [COLUMN_CATALOGUE] = "catalogue",
    [COLUMN_FILE] = "file",
};

_Static_assert(sizeof column_names / sizeof column_names[0] == COLUMN_COUNT, "one name a column");

static enum err read_head(struct catalogue_table *table, unsigned needed)
{
    TRY(catalogue_table_next(table));
    for (int32_t column = 0; column < COLUMN_COUNT; column++) {
        table->columns[column] = -1;
        for (int32_t i = 0; table->row && i < table->row->cell_count; i++) {
            if (str_equal_text(str_trim(table->row->cells[i]), column_names[column]))
                table->columns[column] = i;
        }
        if (table->columns[column] < 0 && (needed & COLUMN_BIT(column)))
            return fault_set(table->fault, ERR_CATALOGUE, "%s，第1行：缺少“%s”列", table->path,
                             column_names[column]);
    }
    return ERR_OK;
}

enum err catalogue_table_open(struct catalogue_table *table, const char *dir, const char *file,
                              unsigned needed, struct fault *fault)
{
    *table = (struct catalogue_table){.fault = fault};
    int length = snprintf(table->path, sizeof table->path, "%s/%s", dir, file);
    if (length < 0 || (size_t)length >= sizeof table->path)
        return fault_set(fault, ERR_LIMIT, "the path of catalogue file %s is too long", file);
    TRY(csv_file_open(table->path, fault, &table->file));
    enum err err = read_head(table, needed);
    if (err != ERR_OK)
        catalogue_table_close(table);
    return err;
}

void catalogue_table_close(struct catalogue_table *table)
{
    csv_file_close(&table->file);
}

/* The CSV reader names the line; the file is named here. */
enum err catalogue_table_next(struct catalogue_table *table)
{
    struct fault inner = {0};
    enum err err = csv_reader_next(table->file.reader, &inner, &table->row);
    if (err == ERR_OK)
        return ERR_OK;
    return fault_set(table->fault, err, "%s：%.600s", table->path, inner.message);
}

struct str catalogue_cell(const struct catalogue_table *table, enum catalogue_column column)
{
    int32_t index = table->columns[column];
    if (index < 0 || index >= table->row->cell_count)
        return STR("");
    return str_trim(table->row->cells[index]);
}

enum err catalogue_refuse(const struct catalogue_table *table, enum catalogue_column column,
                          const char *format, ...)
{
    char message[FAULT_MESSAGE_SIZE / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return fault_set(table->fault, ERR_CATALOGUE, "%.200s，第%lld行第%d列（%s）：%s", table->path,
                     (long long)table->row->line_number, table->columns[column] + 1,
                     column_names[column], message);
}

enum err catalogue_cell_day(const struct catalogue_table *table, enum catalogue_column column,
                            int32_t otherwise, int32_t *ret_day)
{
    struct str cell = catalogue_cell(table, column);
    if (cell.size == 0)
        *ret_day = otherwise;
    else if (!day_parse(cell, ret_day))
        return catalogue_refuse(table, column, "“%.*s”不是日期", STR_ARG(cell));
    return ERR_OK;
}

bool catalogue_code_parse(struct str text, int64_t *ret_code)
{
    int64_t code = 0;
    int digits = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.ptr[i] == '-')
            continue;
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || ++digits > 18)
            return false;
        code = code * 10 + (text.ptr[i] - '0');
    }
    if (code == 0)
        return false;
    *ret_code = code;
    return true;
}

enum err catalogue_cell_code(const struct catalogue_table *table, enum catalogue_column column,
                             int64_t *ret_code)
{
    struct str cell = catalogue_cell(table, column);
    if (!catalogue_code_parse(cell, ret_code))
        return catalogue_refuse(table, column, "“%.*s”不是代码", STR_ARG(cell));
    return ERR_OK;
}
