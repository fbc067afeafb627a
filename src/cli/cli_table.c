#include "cli/cli_table.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum { CELLS_FIRST = 64, GAP_WIDTH = 2 };

void cli_table_init(struct cli_table *table, struct arena *arena, const struct cli_column *columns,
                    int32_t column_count)
{
    check(column_count > 0 && column_count <= CLI_TABLE_COLUMNS_MAX);
    *table = (struct cli_table){
        .arena = arena, .columns = columns, .column_count = column_count, .indent = ""};
}

static bool has_room(struct cli_table *table)
{
    if (table->cell_count < table->cell_capacity)
        return true;
    size_t capacity = table->cell_capacity ? table->cell_capacity * 2 : CELLS_FIRST;
    struct str *cells = ARENA_NEW_ARRAY(table->arena, struct str, capacity);
    if (!cells)
        return false;
    if (table->cell_count)
        memcpy(cells, table->cells, table->cell_count * sizeof *cells);
    table->cells = cells;
    table->cell_capacity = capacity;
    return true;
}

void cli_table_add_str(struct cli_table *table, struct str text)
{
    struct str copy = str_copy(table->arena, text.ptr ? text : STR(""));
    if (!copy.ptr || !has_room(table))
        table->failed = true;
    else
        table->cells[table->cell_count++] = copy;
}

void cli_table_add(struct cli_table *table, const char *text)
{
    cli_table_add_str(table, str_from(text));
}

void cli_table_format(struct cli_table *table, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    check(size >= 0 && (size_t)size < sizeof text); /* long cells come through cli_table_add */
    cli_table_add(table, text);
}

void cli_table_number(struct cli_table *table, int64_t number)
{
    char digits[24], text[32];
    int digit_count = snprintf(digits, sizeof digits, "%" PRId64, number);
    size_t size = 0;
    for (int i = 0; i < digit_count; i++) {
        bool groups = i > 0 && digits[i - 1] != '-' && (digit_count - i) % 3 == 0;
        if (groups)
            text[size++] = ',';
        text[size++] = digits[i];
    }
    cli_table_add_str(table, (struct str){text, size});
}

static void print_spaces(size_t count, FILE *file)
{
    while (count-- > 0)
        fputc(' ', file);
}

struct layout {
    size_t widths[CLI_TABLE_COLUMNS_MAX];
    bool has_titles;
};

static struct layout measure(const struct cli_table *table)
{
    struct layout layout = {0};
    for (int32_t c = 0; c < table->column_count; c++) {
        layout.widths[c] = str_display_width(str_from(table->columns[c].title));
        layout.has_titles |= layout.widths[c] > 0;
    }
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t column = i % (size_t)table->column_count;
        size_t width = str_display_width(table->cells[i]);
        if (width > layout.widths[column])
            layout.widths[column] = width;
    }
    return layout;
}

/* The last column gets no spaces behind it. */
static void print_cell(const struct cli_table *table, const struct layout *layout, int32_t column,
                       struct str cell, FILE *file)
{
    size_t space = layout->widths[column] - str_display_width(cell);
    bool right = table->columns[column].align == CLI_RIGHT;
    bool last = column == table->column_count - 1;
    if (right)
        print_spaces(space, file);
    fprintf(file, "%.*s", STR_ARG(cell));
    if (last)
        fputc('\n', file);
    else
        print_spaces(GAP_WIDTH + (right ? 0 : space), file);
}

static void print_titles(const struct cli_table *table, const struct layout *layout, FILE *file)
{
    fputs(table->indent, file);
    size_t line_width = 0;
    for (int32_t c = 0; c < table->column_count; c++) {
        print_cell(table, layout, c, str_from(table->columns[c].title), file);
        line_width += layout->widths[c] + (c ? GAP_WIDTH : 0);
    }
    fputs(table->indent, file);
    while (line_width-- > 0)
        fputc('-', file);
    fputc('\n', file);
}

static enum err check_whole(const struct cli_table *table)
{
    if (table->failed)
        return ERR_MEMORY;
    check(table->cell_count % (size_t)table->column_count == 0);
    return ERR_OK;
}

enum err cli_table_print(const struct cli_table *table, FILE *file)
{
    TRY(check_whole(table));
    struct layout layout = measure(table);
    if (layout.has_titles)
        print_titles(table, &layout, file);
    for (size_t i = 0; i < table->cell_count; i++) {
        int32_t column = (int32_t)(i % (size_t)table->column_count);
        if (column == 0)
            fputs(table->indent, file);
        print_cell(table, &layout, column, table->cells[i], file);
    }
    return ERR_OK;
}

static void print_csv_cell(struct str cell, bool last, FILE *file)
{
    bool quoted = false;
    for (size_t i = 0; i < cell.size; i++)
        quoted |=
            cell.ptr[i] == ',' || cell.ptr[i] == '"' || cell.ptr[i] == '\n' || cell.ptr[i] == '\r';
    if (quoted)
        fputc('"', file);
    for (size_t i = 0; i < cell.size; i++) {
        if (cell.ptr[i] == '"')
            fputc('"', file);
        fputc(cell.ptr[i], file);
    }
    if (quoted)
        fputc('"', file);
    fputs(last ? "\r\n" : ",", file);
}

enum err cli_table_print_csv(const struct cli_table *table, FILE *file)
{
    TRY(check_whole(table));
    for (int32_t c = 0; c < table->column_count; c++)
        print_csv_cell(str_from(table->columns[c].title), c == table->column_count - 1, file);
    for (size_t i = 0; i < table->cell_count; i++) {
        bool last = (i + 1) % (size_t)table->column_count == 0;
        print_csv_cell(table->cells[i], last, file);
    }
    return ERR_OK;
}
