/* import_row.h — one row of an outside table as a fact to be put: columns found, cells read, values
 * checked and sealed. Needs no store, so it runs beside the unit of work that puts the rows.
 *
 * Columns are named by Chinese label or English name in any order. A row of an owned record names
 * its owner: 证件号码 (person), 统一社会信用代码 (organisation), and 载体名称 too (carrier).
 * References are written as credit codes and identity numbers. An empty cell keeps what is known;
 * 清空 says that a value is not there.
 *
 * Memory   rows live in the given arena
 * Errors   ERR_IMPORT with the list of missing columns; a bad cell is a problem of its row
 * Limits   CSV_COLUMNS_MAX columns
 */
#ifndef BAIGONG_IMPORT_ROW_H
#define BAIGONG_IMPORT_ROW_H

#include "base/table_row.h"
#include "domain/registry/fact.h"
#include "domain/registry/fact_check.h"

/* What erases a value that is known. */
#define IMPORT_ERASE STR("清空")

enum import_column_kind {
    IMPORT_UNKNOWN,
    IMPORT_FIELD,
    IMPORT_OWNER_IDENTITY,
    IMPORT_OWNER_CREDIT_CODE,
    IMPORT_OWNER_CARRIER,
};

struct import_column {
    enum import_column_kind kind;
    int32_t field; /* of a field column */
    struct str title;
};

struct import_header {
    int32_t table;
    const struct import_column *columns; /* in the file's order */
    int32_t column_count;
    int32_t unknown_count;
};

/* Titles of the owner's columns of a record, for templates and exports; "" when there is none. */
struct import_owner_title {
    enum import_column_kind kind;
    const char *label_zh;
    const char *name;
    const char *note_zh;
};
enum { IMPORT_OWNER_TITLES_MAX = 2 };
int32_t import_owner_titles(int32_t table,
                            struct import_owner_title titles[IMPORT_OWNER_TITLES_MAX]);

enum err import_header_read(struct arena *arena, int32_t table, const struct table_row *row,
                            struct import_header *ret_header, struct fault *fault);

enum { IMPORT_REFERENCES_MAX = 2 };

struct import_row {
    int64_t row_number;
    struct fact fact;
    struct str owner_key;     /* blind index of the identity, or credit code */
    struct str owner_carrier; /* name of the carrier */
    struct str reference_keys[IMPORT_REFERENCES_MAX]; /* in the order of the REF fields */
    const struct str *cells;                          /* as in the file, for the error file */
    int32_t cell_count;
    struct fact_problems *problems; /* NULL while there are none */
};

/* What reading a row needs besides the row. */
struct import_context {
    const struct vocab *vocab;
    const struct identity_divisions *divisions; /* NULL: any of a known province */
    const struct secrets *secrets;
    struct id_source *ids;
    int32_t today_day;
    struct str source;
};

/* Reads one row. Only a lack of memory or a broken key ring is an error. */
enum err import_row_read(struct arena *arena, const struct import_context *context,
                         const struct import_header *header, const struct table_row *row,
                         struct import_row *ret_row, struct fault *fault);

/* Adds a problem to a row, making room for it; NULL when out of memory. */
struct fact_problems *import_row_problems(struct arena *arena, struct import_row *row);

/* Column (from 1) of the file that holds a field; 0 when there is none. -1 asks for the owner. */
int32_t import_header_column(const struct import_header *header, int32_t field);

#endif
