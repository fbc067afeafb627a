/* cli_table.h — a table of text for terminals: columns aligned by display width, so that Chinese
 * and Latin cells stand under each other; also as CSV.
 *
 * Memory   cells live in the arena given
 * Errors   ERR_MEMORY when printing a table whose cells did not all fit
 * Limits   CLI_TABLE_COLUMNS_MAX
 */
#ifndef BAIGONG_CLI_TABLE_H
#define BAIGONG_CLI_TABLE_H

#include "base/err.h"
#include "base/text.h"

#include <stdio.h>

enum { CLI_TABLE_COLUMNS_MAX = 24 };
enum cli_align { CLI_LEFT, CLI_RIGHT };

struct cli_column {
    const char *title; /* "" for every column: no title line */
    enum cli_align align;
};

struct cli_table {
    struct arena *arena;
    const struct cli_column *columns;
    int32_t column_count;
    struct str *cells; /* row after row */
    size_t cell_count;
    size_t cell_capacity;
    const char *indent; /* before each line; "" at first */
    bool failed;
};

/* columns must outlive the table. */
void cli_table_init(struct cli_table *table, struct arena *arena, const struct cli_column *columns,
                    int32_t column_count);
/* The next cell, from left to right, row by row; the text is copied. */
void cli_table_add(struct cli_table *table, const char *text);
void cli_table_add_str(struct cli_table *table, struct str text);
void cli_table_format(struct cli_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void cli_table_number(struct cli_table *table, int64_t number); /* 1,234,567 */
/* The last row must be complete. */
enum err cli_table_print(const struct cli_table *table, FILE *file);
enum err cli_table_print_csv(const struct cli_table *table, FILE *file);

#endif
