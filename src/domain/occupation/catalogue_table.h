/* catalogue_table.h — one CSV file of catalogue/, read row by row with named columns.
 *
 * The first row names the columns; their order is free and further columns are left alone, so that
 * a city may add its own notes.
 *
 * Memory   a cell lives until the next row; copy what stays
 * Errors   ERR_CATALOGUE with file, line and column; errors of the CSV reader
 * Units    days are civil day numbers
 */
#ifndef BAIGONG_CATALOGUE_TABLE_H
#define BAIGONG_CATALOGUE_TABLE_H

#include "base/csv_file.h"

enum catalogue_column {
    COLUMN_CODE,
    COLUMN_NAME,
    COLUMN_SHORT,
    COLUMN_ALIAS,
    COLUMN_ENGLISH,
    COLUMN_KIND,
    COLUMN_FROM,
    COLUMN_TO,
    COLUMN_OCCUPATION,
    COLUMN_LEVELS,
    COLUMN_EDITION,
    COLUMN_CATALOGUE,
    COLUMN_FILE,
    COLUMN_COUNT
};

#define COLUMN_BIT(column) (1u << (column))

struct catalogue_table {
    char path[1024];
    struct csv_file file;
    const struct csv_row *row;
    int32_t columns[COLUMN_COUNT]; /* index in the row; -1 when the file lacks it */
    struct fault *fault;
};

/* needed: COLUMN_BITs that the file must have. On an error nothing stays open. */
enum err catalogue_table_open(struct catalogue_table *table, const char *dir, const char *file,
                              unsigned needed, struct fault *fault);
void catalogue_table_close(struct catalogue_table *table);

/* table->row is NULL behind the last row. */
enum err catalogue_table_next(struct catalogue_table *table);

/* "" when the file or the row lacks the column; trimmed. */
struct str catalogue_cell(const struct catalogue_table *table, enum catalogue_column column);

/* The first day of the cell, or otherwise when it is empty. */
enum err catalogue_cell_day(const struct catalogue_table *table, enum catalogue_column column,
                            int32_t otherwise, int32_t *ret_day);

/* "6-18-01-01", "370811": the digits as a number above zero. */
enum err catalogue_cell_code(const struct catalogue_table *table, enum catalogue_column column,
                             int64_t *ret_code);

/* Digits and hyphens as one number; false for anything else. */
bool catalogue_code_parse(struct str text, int64_t *ret_code);

/* Refuses a cell: "FILE，第n行第m列（name）：" and the message. */
enum err catalogue_refuse(const struct catalogue_table *table, enum catalogue_column column,
                          const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
