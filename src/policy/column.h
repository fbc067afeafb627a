/* column.h — the population as typed columns: what rules are evaluated on.
 *
 * One table for each record of the vocabulary. The rows of an owned table stand grouped under their
 * owner, in the owner's row order: the children of owner row r are the rows
 * first_row[r] .. first_row[r + 1] - 1. A reference is the row index in its target table.
 *
 * Memory   a world owns its columns; whoever loads it appends rows and seals it once
 * Units    as in base/record.h; a REF column holds row indexes
 * Limits   2^31 - 2 rows a table
 */
#ifndef BAIGONG_COLUMN_H
#define BAIGONG_COLUMN_H

#include "base/err.h"
#include "policy/vocab.h"

/* Day in a NEED_OPEN_END column that has not come; a NEED_DEFAULT_NO column never holds absence. */
#define DAY_NEVER INT32_MAX

enum column_width {
    COLUMN_NONE, /* the field is not held (text, secrets) */
    COLUMN_I8,   /* absent: INT8_MIN */
    COLUMN_I16,  /* absent: INT16_MIN */
    COLUMN_I32,  /* absent: ABSENT_I32 */
    COLUMN_I64,  /* absent: ABSENT_I64 */
};

/* A column is as narrow as the values in it allow; it widens when one comes that does not fit. In a
 * column that holds_never (the days with NEED_OPEN_END) the largest number of the width stands for
 * DAY_NEVER. References are always COLUMN_I32. */
struct column {
    enum column_width width;
    bool has_absent; /* at least one cell is absent: only then are three-valued masks needed */
    bool holds_never;
    void *cells; /* row_count cells of the width */
};

struct table_columns {
    int32_t row_count;
    int32_t row_capacity;
    int64_t *row_ids;    /* the record's id of each row; roots ascend by it */
    int32_t *owner_rows; /* NULL for a root */
    int32_t *first_row;  /* owner row_count + 1 offsets; NULL for a root */
    struct column *columns; /* one for each field of the record */
};

/* The rows of a table by the row that one of its REF fields names: those naming target row r are
 * rows[first[r]] .. rows[first[r + 1] - 1], ascending. */
struct column_index {
    int32_t *first;
    int32_t *rows;
};

struct world_indexes; /* made when first asked for */

struct world {
    const struct vocab *vocab;
    struct table_columns *tables; /* vocab->record_count of them */
    struct world_indexes *indexes;
    void *map; /* of a column file: arrays that lie in it are read-only and not freed; or NULL */
    size_t map_size;
    bool sealed;
};

/* Bytes of a cell; 0 for COLUMN_NONE. */
size_t column_width_size(enum column_width width);
/* The largest number of a width: DAY_NEVER in a column that holds_never. */
int64_t column_width_max(enum column_width width);
/* The widest a field's values may be; COLUMN_NONE for what is not held. */
enum column_width column_width_limit(const struct field_desc *field);

enum err world_new(const struct vocab *vocab, struct world **ret_world, struct fault *fault);
void world_free(struct world *world); /* accepts NULL */

/* Appends one row. values has one int64_t for each field of the record, ABSENT_I64 for absent;
 * REF values and owner_id are record ids and are turned into row indexes by world_seal. Roots come
 * in ascending id; owned rows in ascending owner_id. Converts absence as the field's need says. */
enum err world_append(struct world *world, int32_t table, int64_t row_id, int64_t owner_id,
                      const int64_t *values, struct fault *fault);

/* Resolves owners and references and builds the offsets. A row whose owner is not there is an
 * error; a reference to a row that is not there becomes absent. Nothing can be appended after. */
enum err world_seal(struct world *world, struct fault *fault);

/* The same but for the references, which go on holding record ids as COLUMN_I64: rows that
 * world_splice puts into another world. */
enum err world_seal_owners(struct world *world, struct fault *fault);

/* Frees an array of a world unless it lies in the world's map. */
void world_free_array(const struct world *world, void *array);

/* Stores one value in a cell; the width must hold it. */
void column_put(const struct column *column, int32_t row, int64_t value);

/* One cell widened; absence as ABSENT_I64, a day that has not come as DAY_NEVER. */
int64_t column_value(const struct column *column, int32_t row);

/* Row index of a root's or child's id, -1 when there is none. Roots by binary search. */
int32_t world_row(const struct world *world, int32_t table, int64_t row_id);

/* Index of a REF field of a sealed world; NULL when memory is out. Safe from several threads. */
const struct column_index *world_reference_index(const struct world *world, int32_t table,
                                                 int32_t field);

#endif
