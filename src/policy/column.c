#include "policy/column.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    ROW_CAPACITY_MIN = 64,
    ROW_COUNT_MAX = INT32_MAX - 1,
};

size_t column_width_size(enum column_width width)
{
    static const size_t sizes[] = {
        [COLUMN_NONE] = 0, [COLUMN_I8] = 1, [COLUMN_I16] = 2, [COLUMN_I32] = 4, [COLUMN_I64] = 8,
    };
    return sizes[width];
}

int64_t column_width_max(enum column_width width)
{
    static const int64_t largest[] = {
        [COLUMN_NONE] = 0,          [COLUMN_I8] = INT8_MAX,   [COLUMN_I16] = INT16_MAX,
        [COLUMN_I32] = INT32_MAX, [COLUMN_I64] = INT64_MAX,
    };
    return largest[width];
}

enum column_width column_width_limit(const struct field_desc *field)
{
    switch (field->type) {
    case FIELD_ID:
    case FIELD_TEXT:
    case FIELD_SECRET:
        return COLUMN_NONE;
    case FIELD_BOOL:
        return COLUMN_I8;
    case FIELD_MONTH: /* year * 12 fits until the year 2730 */
        return COLUMN_I16;
    case FIELD_REF:
    case FIELD_DAY:
    case FIELD_COUNT:
    case FIELD_ENUM:
    case FIELD_CODE:
        return COLUMN_I32;
    case FIELD_MONEY:
        return COLUMN_I64;
    }
    return COLUMN_NONE;
}

/* Until it is sealed a world holds record ids in its reference columns. */
static enum column_width first_width(const struct field_desc *field)
{
    enum column_width limit = column_width_limit(field);
    if (limit == COLUMN_NONE)
        return COLUMN_NONE;
    return field->type == FIELD_REF ? COLUMN_I64 : COLUMN_I8;
}

struct index_entry {
    struct index_entry *next;
    int32_t table, field;
    struct column_index index;
};

struct world_indexes {
    pthread_mutex_t mutex;
    struct index_entry *head;
};

static void indexes_free(struct world_indexes *indexes)
{
    while (indexes && indexes->head) {
        struct index_entry *entry = indexes->head;
        indexes->head = entry->next;
        free(entry->index.first);
        free(entry->index.rows);
        free(entry);
    }
    if (indexes)
        pthread_mutex_destroy(&indexes->mutex);
    free(indexes);
}

enum err world_new(const struct vocab *vocab, struct world **ret_world, struct fault *fault)
{
    struct world *world = calloc(1, sizeof *world);
    if (!world)
        return fault_set(fault, ERR_MEMORY, "no memory for the columns");
    world->vocab = vocab;
    world->tables = calloc((size_t)vocab->record_count + 1, sizeof *world->tables);
    world->indexes = calloc(1, sizeof *world->indexes);
    bool complete = world->tables && world->indexes &&
                    pthread_mutex_init(&world->indexes->mutex, NULL) == 0;
    for (int32_t t = 0; complete && t < vocab->record_count; t++) {
        const struct record_desc *record = &vocab->records[t];
        struct column *columns = calloc((size_t)record->field_count + 1, sizeof *columns);
        world->tables[t].columns = columns;
        complete = columns != NULL;
        for (int32_t f = 0; complete && f < record->field_count; f++) {
            columns[f].width = first_width(&record->fields[f]);
            columns[f].holds_never = record->fields[f].type == FIELD_DAY &&
                                     record->fields[f].need == NEED_OPEN_END;
        }
    }
    if (!complete) {
        world_free(world);
        return fault_set(fault, ERR_MEMORY, "no memory for the columns");
    }
    *ret_world = world;
    return ERR_OK;
}

void world_free_array(const struct world *world, void *array)
{
    const char *at = array, *map = world->map;
    if (!map || at < map || at > map + world->map_size) /* an empty array may stand at the end */
        free(array);
}

void world_free(struct world *world)
{
    if (!world)
        return;
    for (int32_t t = 0; world->tables && t < world->vocab->record_count; t++) {
        struct table_columns *table = &world->tables[t];
        for (int32_t f = 0; table->columns && f < world->vocab->records[t].field_count; f++)
            world_free_array(world, table->columns[f].cells);
        free(table->columns);
        world_free_array(world, table->row_ids);
        world_free_array(world, table->owner_rows);
        world_free_array(world, table->first_row);
    }
    if (world->map)
        munmap(world->map, world->map_size);
    free(world->tables);
    indexes_free(world->indexes);
    free(world);
}

static bool resize(void **cells, size_t count, size_t size)
{
    void *grown = realloc(*cells, count * size + 1);
    if (grown)
        *cells = grown;
    return grown != NULL;
}

/* While loading, the owners' ids (8 bytes) stand where world_seal writes their rows (4 bytes). */
static enum err grow(struct world *world, int32_t t, struct fault *fault)
{
    struct table_columns *table = &world->tables[t];
    if (table->row_count >= ROW_COUNT_MAX)
        return fault_set(fault, ERR_LIMIT, "table %s has more than %d rows",
                         world->vocab->records[t].name, ROW_COUNT_MAX);
    int64_t wanted = table->row_capacity ? (int64_t)table->row_capacity * 2 : ROW_CAPACITY_MIN;
    size_t capacity = (size_t)(wanted < ROW_COUNT_MAX ? wanted : ROW_COUNT_MAX);
    bool grown = resize((void **)&table->row_ids, capacity, sizeof *table->row_ids);
    if (grown && world->vocab->records[t].owner[0])
        grown = resize((void **)&table->owner_rows, capacity, sizeof(int64_t));
    for (int32_t f = 0; grown && f < world->vocab->records[t].field_count; f++) {
        struct column *column = &table->columns[f];
        if (column->width != COLUMN_NONE)
            grown = resize(&column->cells, capacity, column_width_size(column->width));
    }
    if (!grown)
        return fault_set(fault, ERR_MEMORY, "no memory for %zu rows of %s", capacity,
                         world->vocab->records[t].name);
    table->row_capacity = (int32_t)capacity;
    return ERR_OK;
}

/* Whether a value has a cell of the width, and which. */
static bool fits(const struct column *column, enum column_width width, int64_t value,
                 int64_t *ret_cell)
{
    int64_t max = column_width_max(width);
    if (value == ABSENT_I64) {
        *ret_cell = -max - 1;
        return true;
    }
    if (column->holds_never && value == DAY_NEVER) {
        *ret_cell = max;
        return true;
    }
    *ret_cell = value;
    return value >= -max && value <= (column->holds_never ? max - 1 : max);
}

static void put_cell(const struct column *column, int32_t row, int64_t cell)
{
    switch (column->width) {
    case COLUMN_NONE:
        break;
    case COLUMN_I8:
        ((int8_t *)column->cells)[row] = (int8_t)cell;
        break;
    case COLUMN_I16:
        ((int16_t *)column->cells)[row] = (int16_t)cell;
        break;
    case COLUMN_I32:
        ((int32_t *)column->cells)[row] = (int32_t)cell;
        break;
    case COLUMN_I64:
        ((int64_t *)column->cells)[row] = cell;
        break;
    }
}

static enum column_width width_limit_loading(const struct field_desc *field)
{
    return field->type == FIELD_REF ? COLUMN_I64 : column_width_limit(field);
}

static bool widen(struct column *column, enum column_width width, int32_t row_count,
                  int32_t row_capacity)
{
    struct column wider = *column;
    wider.width = width;
    wider.cells = malloc((size_t)row_capacity * column_width_size(width) + 1);
    if (!wider.cells)
        return false;
    for (int32_t row = 0; row < row_count; row++) {
        int64_t cell;
        fits(&wider, width, column_value(column, row), &cell);
        put_cell(&wider, row, cell);
    }
    free(column->cells);
    *column = wider;
    return true;
}

/* Stores one value behind the others; the column widens when the value does not fit. */
static enum err store(struct table_columns *table, struct column *column, enum column_width limit,
                      int64_t value)
{
    int64_t cell;
    enum column_width width = column->width;
    while (!fits(column, width, value, &cell)) {
        if (width >= limit)
            return ERR_OVERFLOW;
        width++;
    }
    if (width != column->width && !widen(column, width, table->row_count, table->row_capacity))
        return ERR_MEMORY;
    put_cell(column, table->row_count, cell);
    column->has_absent |= value == ABSENT_I64;
    return ERR_OK;
}

static int64_t present_value(const struct field_desc *field, int64_t value)
{
    if (value != ABSENT_I64)
        return value;
    if (field->need == NEED_OPEN_END)
        return DAY_NEVER;
    return field->need == NEED_DEFAULT_NO ? 0 : ABSENT_I64;
}

enum err world_append(struct world *world, int32_t t, int64_t row_id, int64_t owner_id,
                      const int64_t *values, struct fault *fault)
{
    check(!world->sealed);
    const struct record_desc *record = &world->vocab->records[t];
    struct table_columns *table = &world->tables[t];
    if (table->row_count == table->row_capacity)
        TRY(grow(world, t, fault));
    int32_t row = table->row_count;
    if (!table->owner_rows && row > 0 && table->row_ids[row - 1] >= row_id)
        return fault_set(fault, ERR_INPUT, "%s: id %" PRId64 " does not follow %" PRId64,
                         record->name, row_id, table->row_ids[row - 1]);
    for (int32_t f = 0; f < record->field_count; f++) {
        if (table->columns[f].width == COLUMN_NONE)
            continue;
        int64_t value = present_value(&record->fields[f], values[f]);
        enum column_width limit = width_limit_loading(&record->fields[f]);
        enum err err = store(table, &table->columns[f], limit, value);
        if (err == ERR_MEMORY)
            return fault_set(fault, err, "no memory for the column %s of %s",
                             record->fields[f].name, record->name);
        if (err != ERR_OK)
            return fault_set(fault, err, "%s %" PRId64 ": %s %" PRId64 " is out of range",
                             record->name, row_id, record->fields[f].name, value);
    }
    table->row_ids[row] = row_id;
    if (table->owner_rows)
        ((int64_t *)(void *)table->owner_rows)[row] = owner_id;
    table->row_count++;
    return ERR_OK;
}

/* Row indexes of a table in the order of their ids; order is NULL when the rows are so already. */
struct id_index {
    const int64_t *ids;
    int32_t *order;
    int32_t count;
};

static int compare_ids(const void *a, const void *b, void *context)
{
    const int64_t *ids = context;
    int64_t left = ids[*(const int32_t *)a];
    int64_t right = ids[*(const int32_t *)b];
    return (left > right) - (left < right);
}

static enum err id_index_make(const struct table_columns *table, struct id_index *ret_index,
                              struct fault *fault)
{
    struct id_index index = {.ids = table->row_ids, .count = table->row_count};
    bool ascending = true;
    for (int32_t row = 1; row < table->row_count && ascending; row++)
        ascending = table->row_ids[row - 1] < table->row_ids[row];
    if (!ascending) {
        index.order = malloc((size_t)index.count * sizeof *index.order);
        if (!index.order)
            return fault_set(fault, ERR_MEMORY, "no memory for an index of ids");
        for (int32_t row = 0; row < index.count; row++)
            index.order[row] = row;
        qsort_r(index.order, (size_t)index.count, sizeof *index.order, compare_ids,
                table->row_ids);
    }
    *ret_index = index;
    return ERR_OK;
}

static int32_t id_index_row(const struct id_index *index, int64_t id)
{
    int32_t low = 0;
    int32_t count = index->count;
    while (count > 0) { /* no branch on the comparison: it would be mispredicted half the time */
        int32_t half = count / 2;
        int32_t row = index->order ? index->order[low + half] : low + half;
        bool below = index->ids[row] < id;
        low += below ? half + 1 : 0;
        count = below ? count - half - 1 : half;
    }
    if (low == index->count)
        return -1;
    int32_t row = index->order ? index->order[low] : low;
    return index->ids[row] == id ? row : -1;
}

/* Turns the ids in a reference column into row indexes, in place. */
static void resolve_reference(struct column *column, int32_t row_count,
                              const struct id_index *target)
{
    const int64_t *ids = column->cells;
    int32_t *rows = column->cells;
    for (int32_t row = 0; row < row_count; row++) {
        int32_t found = ids[row] == ABSENT_I64 ? -1 : id_index_row(target, ids[row]);
        column->has_absent |= found < 0;
        rows[row] = found < 0 ? ABSENT_I32 : found;
    }
    column->width = COLUMN_I32;
}

static enum err resolve_owners(struct world *world, int32_t t, const struct id_index *owner,
                               struct fault *fault)
{
    struct table_columns *table = &world->tables[t];
    const int64_t *ids = (const int64_t *)(const void *)table->owner_rows;
    int32_t *rows = table->owner_rows;
    int64_t last_id = 0;
    int32_t last_row = -1;
    for (int32_t row = 0; row < table->row_count; row++) {
        int64_t id = ids[row];
        /* Most rows belong to the owner of the row before, or to the next one. */
        if (last_row < 0 || id != last_id) {
            bool is_next = !owner->order && last_row + 1 < owner->count &&
                           owner->ids[last_row + 1] == id;
            last_row = is_next ? last_row + 1 : id_index_row(owner, id);
            last_id = id;
        }
        if (last_row < 0)
            return fault_set(fault, ERR_INPUT, "%s %" PRId64 ": there is no %s %" PRId64,
                             world->vocab->records[t].name, table->row_ids[row],
                             world->vocab->records[t].owner, id);
        rows[row] = last_row;
    }
    return ERR_OK;
}

static bool permute(void **cells, size_t size, const int32_t *new_rows, int32_t row_count)
{
    unsigned char *moved = malloc((size_t)row_count * size + 1);
    if (!moved)
        return false;
    const unsigned char *old = *cells;
    for (int32_t row = 0; row < row_count; row++)
        memcpy(moved + (size_t)new_rows[row] * size, old + (size_t)row * size, size);
    free(*cells);
    *cells = moved;
    return true;
}

/* Rows owned by rows that are owned themselves come in the order of their owner's id, which is not
 * the owner's row order: they are moved there, keeping the order within one owner. */
static enum err group_by_owner(struct world *world, int32_t t, struct fault *fault)
{
    struct table_columns *table = &world->tables[t];
    int32_t *new_rows = malloc((size_t)table->row_count * sizeof *new_rows + 1);
    bool done = new_rows != NULL;
    for (int32_t row = 0; done && row < table->row_count; row++)
        new_rows[row] = table->first_row[table->owner_rows[row]]++;
    done = done && permute((void **)&table->row_ids, sizeof(int64_t), new_rows, table->row_count);
    for (int32_t f = 0; done && f < world->vocab->records[t].field_count; f++) {
        struct column *column = &table->columns[f];
        if (column->width != COLUMN_NONE)
            done = permute(&column->cells, column_width_size(column->width), new_rows,
                           table->row_count);
    }
    done = done && permute((void **)&table->owner_rows, sizeof(int32_t), new_rows,
                           table->row_count);
    free(new_rows);
    return done ? ERR_OK : fault_set(fault, ERR_MEMORY, "no memory to order %s",
                                     world->vocab->records[t].name);
}

/* first_row[o] counts the rows of the owners before o. */
static void write_offsets(struct table_columns *table, int32_t owner_count)
{
    memset(table->first_row, 0, ((size_t)owner_count + 1) * sizeof *table->first_row);
    for (int32_t row = 0; row < table->row_count; row++)
        table->first_row[table->owner_rows[row] + 1]++;
    for (int32_t owner = 0; owner < owner_count; owner++)
        table->first_row[owner + 1] += table->first_row[owner];
}

static enum err seal_owned(struct world *world, int32_t t, struct fault *fault)
{
    struct table_columns *table = &world->tables[t];
    const struct table_columns *owner = &world->tables[vocab_owner(world->vocab, t)];
    table->first_row = calloc((size_t)owner->row_count + 1, sizeof *table->first_row);
    if (!table->first_row)
        return fault_set(fault, ERR_MEMORY, "no memory for the offsets of %s",
                         world->vocab->records[t].name);
    struct id_index index;
    TRY(id_index_make(owner, &index, fault));
    enum err err = resolve_owners(world, t, &index, fault);
    free(index.order);
    if (err != ERR_OK)
        return err;
    write_offsets(table, owner->row_count);
    bool grouped = true;
    for (int32_t row = 1; row < table->row_count && grouped; row++)
        grouped = table->owner_rows[row - 1] <= table->owner_rows[row];
    if (!grouped) {
        TRY(group_by_owner(world, t, fault));
        write_offsets(table, owner->row_count);
    }
    return ERR_OK;
}

static int32_t owner_depth(const struct vocab *vocab, int32_t table)
{
    int32_t depth = 0;
    for (int32_t owner = vocab_owner(vocab, table); owner >= 0; owner = vocab_owner(vocab, owner))
        depth++;
    return depth;
}

static enum err seal_references(struct world *world, int32_t t, struct fault *fault)
{
    const struct record_desc *record = &world->vocab->records[t];
    for (int32_t f = 0; f < record->field_count; f++) {
        if (record->fields[f].type != FIELD_REF)
            continue;
        int32_t target = vocab_table(world->vocab, str_from(record->fields[f].target));
        check(target >= 0);
        struct id_index index;
        TRY(id_index_make(&world->tables[target], &index, fault));
        resolve_reference(&world->tables[t].columns[f], world->tables[t].row_count, &index);
        free(index.order);
    }
    return ERR_OK;
}

/* Gives back the memory that growing took in advance. */
static void shrink(struct world *world, int32_t t)
{
    struct table_columns *table = &world->tables[t];
    size_t count = (size_t)table->row_count;
    resize((void **)&table->row_ids, count, sizeof *table->row_ids);
    if (table->owner_rows)
        resize((void **)&table->owner_rows, count, sizeof *table->owner_rows);
    for (int32_t f = 0; f < world->vocab->records[t].field_count; f++)
        if (table->columns[f].width != COLUMN_NONE)
            resize(&table->columns[f].cells, count, column_width_size(table->columns[f].width));
    table->row_capacity = table->row_count;
}

enum err world_seal_owners(struct world *world, struct fault *fault)
{
    check(!world->sealed);
    /* Owners before owned: rows move to their owner's final order. */
    for (int32_t depth = 1, found = 1; found; depth++) {
        found = 0;
        for (int32_t t = 0; t < world->vocab->record_count; t++) {
            if (owner_depth(world->vocab, t) != depth)
                continue;
            found = 1;
            TRY(seal_owned(world, t, fault));
        }
    }
    return ERR_OK;
}

enum err world_seal(struct world *world, struct fault *fault)
{
    TRY(world_seal_owners(world, fault));
    for (int32_t t = 0; t < world->vocab->record_count; t++)
        TRY(seal_references(world, t, fault));
    for (int32_t t = 0; t < world->vocab->record_count; t++)
        shrink(world, t);
    world->sealed = true;
    return ERR_OK;
}

static int64_t cell_of(const struct column *column, int32_t row)
{
    switch (column->width) {
    case COLUMN_NONE:
        return ABSENT_I64;
    case COLUMN_I8:
        return ((const int8_t *)column->cells)[row];
    case COLUMN_I16:
        return ((const int16_t *)column->cells)[row];
    case COLUMN_I32:
        return ((const int32_t *)column->cells)[row];
    case COLUMN_I64:
        return ((const int64_t *)column->cells)[row];
    }
    return ABSENT_I64;
}

int64_t column_value(const struct column *column, int32_t row)
{
    int64_t cell = cell_of(column, row);
    int64_t max = column_width_max(column->width);
    if (cell == -max - 1)
        return ABSENT_I64;
    return column->holds_never && cell == max ? DAY_NEVER : cell;
}

void column_put(const struct column *column, int32_t row, int64_t value)
{
    int64_t cell;
    check(column->width == COLUMN_NONE || fits(column, column->width, value, &cell));
    if (column->width != COLUMN_NONE)
        put_cell(column, row, cell);
}

int32_t world_row(const struct world *world, int32_t t, int64_t row_id)
{
    const struct table_columns *table = &world->tables[t];
    if (!table->first_row && !world->vocab->records[t].owner[0]) {
        struct id_index index = {.ids = table->row_ids, .count = table->row_count};
        return id_index_row(&index, row_id);
    }
    for (int32_t row = 0; row < table->row_count; row++)
        if (table->row_ids[row] == row_id)
            return row;
    return -1;
}

static bool index_fill(struct column_index *index, const struct column *column, int32_t row_count,
                       int32_t target_count)
{
    index->first = calloc((size_t)target_count + 3, sizeof *index->first);
    index->rows = malloc((size_t)row_count * sizeof *index->rows + 1);
    if (!index->first || !index->rows)
        return false;
    const int32_t *targets = column->cells;
    /* Counts stand two places further on, so that filling leaves first[r] at the start of r. */
    for (int32_t row = 0; row < row_count; row++)
        if (targets[row] != ABSENT_I32)
            index->first[targets[row] + 2]++;
    for (int32_t target = 2; target <= target_count + 1; target++)
        index->first[target] += index->first[target - 1];
    for (int32_t row = 0; row < row_count; row++)
        if (targets[row] != ABSENT_I32)
            index->rows[index->first[targets[row] + 1]++] = row;
    return true;
}

static struct index_entry *index_make(const struct world *world, int32_t table, int32_t field)
{
    struct index_entry *entry = calloc(1, sizeof *entry);
    if (!entry)
        return NULL;
    entry->table = table;
    entry->field = field;
    const char *name = world->vocab->records[table].fields[field].target;
    int32_t target = vocab_table(world->vocab, str_from(name));
    if (!index_fill(&entry->index, &world->tables[table].columns[field],
                    world->tables[table].row_count, world->tables[target].row_count)) {
        free(entry->index.first);
        free(entry->index.rows);
        free(entry);
        return NULL;
    }
    return entry;
}

const struct column_index *world_reference_index(const struct world *world, int32_t table,
                                                 int32_t field)
{
    check(world->sealed);
    struct world_indexes *indexes = world->indexes;
    pthread_mutex_lock(&indexes->mutex);
    struct index_entry *entry = indexes->head;
    while (entry && (entry->table != table || entry->field != field))
        entry = entry->next;
    if (!entry) {
        entry = index_make(world, table, field);
        if (entry) {
            entry->next = indexes->head;
            indexes->head = entry;
        }
    }
    pthread_mutex_unlock(&indexes->mutex);
    return entry ? &entry->index : NULL;
}
