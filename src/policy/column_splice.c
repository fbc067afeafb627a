#include "policy/column_splice.h"

#include <stdlib.h>
#include <string.h>

/* A table after the splice is a list of runs of rows, from the world before or from the changes. */
struct run {
    bool is_change;
    int32_t first, count;
    int32_t at; /* row of the first one afterwards */
};

struct table_splice {
    struct run *runs;
    int32_t run_count, run_capacity;
    int64_t row_count;
    bool changes; /* anything but one run of all rows before */
    int64_t *row_ids;
    /* Rows before by what they are afterwards, -1 when gone; NULL when all stay. Of roots that
     * references name. */
    int32_t *new_rows;
};

struct splice {
    struct world *world;
    const struct world *from; /* the changes */
    const struct world_root *roots;
    int32_t root_count;
    struct table_splice *tables;
    struct fault *fault;
};

static enum err no_memory(const struct splice *s)
{
    return fault_set(s->fault, ERR_MEMORY, "no memory to bring the columns up to date");
}

static enum err add_run(const struct splice *s, struct table_splice *table, bool is_change,
                        int32_t first, int32_t count)
{
    if (count == 0)
        return ERR_OK;
    struct run *last = table->run_count > 0 ? &table->runs[table->run_count - 1] : NULL;
    if (table->row_count + count >= INT32_MAX)
        return fault_set(s->fault, ERR_LIMIT, "a table of columns has too many rows");
    if (last && last->is_change == is_change && last->first + last->count == first) {
        last->count += count;
    } else {
        if (table->run_count == table->run_capacity) {
            table->run_capacity = table->run_capacity ? table->run_capacity * 2 : 16;
            struct run *grown =
                realloc(table->runs, (size_t)table->run_capacity * sizeof *grown);
            if (!grown)
                return no_memory(s);
            table->runs = grown;
        }
        table->runs[table->run_count++] =
            (struct run){is_change, first, count, (int32_t)table->row_count};
    }
    table->row_count += count;
    return ERR_OK;
}

static int32_t lower_bound(const int64_t *ids, int32_t count, int64_t id)
{
    int32_t low = 0;
    while (count > 0) {
        int32_t half = count / 2;
        if (ids[low + half] < id) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

static enum err root_runs(const struct splice *s, int32_t t)
{
    const struct table_columns *before = &s->world->tables[t];
    const struct table_columns *changes = &s->from->tables[t];
    struct table_splice *table = &s->tables[t];
    int32_t row = 0, change = 0;
    for (int32_t i = 0; i < s->root_count; i++) {
        if (s->roots[i].table != t)
            continue;
        int64_t id = s->roots[i].id;
        int32_t place = row + lower_bound(before->row_ids + row, before->row_count - row, id);
        TRY(add_run(s, table, false, row, place - row));
        bool was = place < before->row_count && before->row_ids[place] == id;
        row = was ? place + 1 : place;
        if (change < changes->row_count && changes->row_ids[change] == id)
            TRY(add_run(s, table, true, change++, 1));
    }
    check(change == changes->row_count);
    return add_run(s, table, false, row, before->row_count - row);
}

static enum err owned_runs(const struct splice *s, int32_t t)
{
    const struct table_splice *owner = &s->tables[vocab_owner(s->world->vocab, t)];
    for (int32_t i = 0; i < owner->run_count; i++) {
        const struct run *run = &owner->runs[i];
        const struct world *source = run->is_change ? s->from : s->world;
        const int32_t *first_row = source->tables[t].first_row;
        int32_t first = first_row[run->first];
        TRY(add_run(s, &s->tables[t], run->is_change, first,
                    first_row[run->first + run->count] - first));
    }
    return ERR_OK;
}

static int32_t depth_of(const struct vocab *vocab, int32_t table)
{
    int32_t owner = vocab_owner(vocab, table);
    return owner < 0 ? 0 : 1 + depth_of(vocab, owner);
}

static enum err all_runs(const struct splice *s)
{
    const struct vocab *vocab = s->world->vocab;
    for (int32_t depth = 0, found = 1; found; depth++) {
        found = 0;
        for (int32_t t = 0; t < vocab->record_count; t++) {
            if (depth_of(vocab, t) != depth)
                continue;
            found = 1;
            TRY(depth == 0 ? root_runs(s, t) : owned_runs(s, t));
            struct table_splice *table = &s->tables[t];
            int32_t row_count = s->world->tables[t].row_count;
            bool whole = table->run_count == 1 && !table->runs[0].is_change &&
                         table->runs[0].count == row_count;
            table->changes = !whole && (table->run_count > 0 || row_count > 0);
        }
    }
    return ERR_OK;
}

/* ---- arrays ---- */

static void *new_array(int64_t count, size_t size)
{
    return malloc((size_t)count * size + 1);
}

static enum err make_row_ids(const struct splice *s, int32_t t)
{
    struct table_splice *table = &s->tables[t];
    if (!table->changes)
        return ERR_OK;
    table->row_ids = new_array(table->row_count, sizeof(int64_t));
    if (!table->row_ids)
        return no_memory(s);
    for (int32_t i = 0; i < table->run_count; i++) {
        const struct run *run = &table->runs[i];
        const struct world *source = run->is_change ? s->from : s->world;
        memcpy(table->row_ids + run->at, source->tables[t].row_ids + run->first,
               (size_t)run->count * sizeof(int64_t));
    }
    return ERR_OK;
}

static int32_t row_of_id(const int64_t *ids, int32_t count, int64_t id)
{
    int32_t place = lower_bound(ids, count, id);
    return place < count && ids[place] == id ? place : -1;
}

/* Where the rows of a root have gone. A root that changed is found again by its id. */
static enum err make_new_rows(const struct splice *s, int32_t t)
{
    struct table_splice *table = &s->tables[t];
    const struct table_columns *before = &s->world->tables[t];
    if (!table->changes || s->world->vocab->records[t].owner[0])
        return ERR_OK;
    table->new_rows = new_array(before->row_count, sizeof(int32_t));
    if (!table->new_rows)
        return no_memory(s);
    memset(table->new_rows, 0xFF, (size_t)before->row_count * sizeof(int32_t));
    for (int32_t i = 0; i < table->run_count; i++) {
        const struct run *run = &table->runs[i];
        for (int32_t r = 0; r < run->count; r++) {
            int32_t row = run->first + r;
            if (run->is_change)
                row = row_of_id(before->row_ids, before->row_count,
                                s->from->tables[t].row_ids[row]);
            if (row >= 0)
                table->new_rows[row] = run->at + r;
        }
    }
    bool stays = true;
    for (int32_t row = 0; row < before->row_count && stays; row++)
        stays = table->new_rows[row] == row;
    if (stays) {
        free(table->new_rows);
        table->new_rows = NULL;
    }
    return ERR_OK;
}

static void replace(const struct splice *s, void **array, void *made)
{
    world_free_array(s->world, *array);
    *array = made;
}

/* References of rows that were there move with their targets; those of changes still are ids. */
static enum err splice_reference(const struct splice *s, int32_t t, int32_t f)
{
    const struct table_splice *table = &s->tables[t];
    struct column *column = &s->world->tables[t].columns[f];
    const struct field_desc *field = &s->world->vocab->records[t].fields[f];
    int32_t target = vocab_table(s->world->vocab, str_from(field->target));
    check(!s->world->vocab->records[target].owner[0]);
    const struct table_splice *to = &s->tables[target];
    if (!table->changes && !to->new_rows)
        return ERR_OK;
    const int64_t *ids = to->changes ? to->row_ids : s->world->tables[target].row_ids;
    const int32_t *before = column->cells;
    const int64_t *changes = s->from->tables[t].columns[f].cells;
    int32_t *rows = new_array(table->row_count, sizeof *rows);
    if (!rows)
        return no_memory(s);
    for (int32_t i = 0; i < table->run_count; i++) {
        const struct run *run = &table->runs[i];
        for (int32_t r = 0; r < run->count; r++) {
            int32_t row = -1;
            if (run->is_change && changes[run->first + r] != ABSENT_I64)
                row = row_of_id(ids, (int32_t)to->row_count, changes[run->first + r]);
            else if (!run->is_change)
                row = before[run->first + r];
            if (!run->is_change && to->new_rows && row >= 0)
                row = to->new_rows[row];
            column->has_absent |= row < 0;
            rows[run->at + r] = row < 0 ? ABSENT_I32 : row;
        }
    }
    replace(s, &column->cells, rows);
    return ERR_OK;
}

static void copy_cells(const struct column *from, const struct run *run,
                       const struct column *made)
{
    size_t size = column_width_size(made->width);
    if (from->width == made->width)
        memcpy((char *)made->cells + (size_t)run->at * size,
               (const char *)from->cells + (size_t)run->first * size, (size_t)run->count * size);
    else
        for (int32_t r = 0; r < run->count; r++)
            column_put(made, run->at + r, column_value(from, run->first + r));
}

static enum err splice_column(const struct splice *s, int32_t t, int32_t f)
{
    const struct table_splice *table = &s->tables[t];
    struct column *column = &s->world->tables[t].columns[f];
    const struct column *changes = &s->from->tables[t].columns[f];
    if (s->world->vocab->records[t].fields[f].type == FIELD_REF)
        return splice_reference(s, t, f);
    if (column->width == COLUMN_NONE || !table->changes)
        return ERR_OK;
    struct column made = *column;
    made.width = changes->width > column->width ? changes->width : column->width;
    made.has_absent = column->has_absent || changes->has_absent;
    made.cells = new_array(table->row_count, column_width_size(made.width));
    if (!made.cells)
        return no_memory(s);
    for (int32_t i = 0; i < table->run_count; i++) {
        const struct run *run = &table->runs[i];
        copy_cells(run->is_change ? changes : column, run, &made);
    }
    world_free_array(s->world, column->cells);
    *column = made;
    return ERR_OK;
}

/* Every row before has the number that it had, and there is no other. */
static bool rows_stay(const struct splice *s, int32_t t)
{
    const struct table_splice *table = &s->tables[t];
    bool is_root = !s->world->vocab->records[t].owner[0];
    return !table->changes ||
           (is_root && !table->new_rows && table->row_count == s->world->tables[t].row_count);
}

static enum err splice_owners(const struct splice *s, int32_t t)
{
    int32_t owner = vocab_owner(s->world->vocab, t);
    if (owner < 0 || (!s->tables[t].changes && rows_stay(s, owner)))
        return ERR_OK;
    const struct table_splice *owners = &s->tables[owner];
    int32_t *first_row = new_array(owners->row_count + 1, sizeof *first_row);
    int32_t *owner_rows = new_array(s->tables[t].row_count, sizeof *owner_rows);
    if (!first_row || !owner_rows) {
        free(first_row);
        free(owner_rows);
        return no_memory(s);
    }
    int32_t row = 0;
    for (int32_t i = 0; i < owners->run_count; i++) {
        const struct run *run = &owners->runs[i];
        const struct world *source = run->is_change ? s->from : s->world;
        const int32_t *first = source->tables[t].first_row + run->first;
        int32_t shift = row - first[0];
        for (int32_t r = 0; r < run->count; r++) {
            first_row[run->at + r] = first[r] + shift;
            for (int32_t end = first[r + 1] + shift; row < end; row++)
                owner_rows[row] = run->at + r;
        }
    }
    first_row[owners->row_count] = row;
    check(row == s->tables[t].row_count);
    replace(s, (void **)&s->world->tables[t].first_row, first_row);
    replace(s, (void **)&s->world->tables[t].owner_rows, owner_rows);
    return ERR_OK;
}

static enum err splice_all(const struct splice *s)
{
    const struct vocab *vocab = s->world->vocab;
    TRY(all_runs(s));
    for (int32_t t = 0; t < vocab->record_count; t++) {
        TRY(make_row_ids(s, t));
        TRY(make_new_rows(s, t));
    }
    for (int32_t t = 0; t < vocab->record_count; t++) {
        for (int32_t f = 0; f < vocab->records[t].field_count; f++)
            TRY(splice_column(s, t, f));
        TRY(splice_owners(s, t));
    }
    for (int32_t t = 0; t < vocab->record_count; t++) {
        struct table_columns *table = &s->world->tables[t];
        if (!s->tables[t].changes)
            continue;
        replace(s, (void **)&table->row_ids, s->tables[t].row_ids);
        s->tables[t].row_ids = NULL;
        table->row_count = table->row_capacity = (int32_t)s->tables[t].row_count;
    }
    return ERR_OK;
}

enum err world_splice(struct world *world, const struct world_root *roots, int32_t root_count,
                      const struct world *changes, struct fault *fault)
{
    check(world->sealed);
    check(!changes->sealed);
    struct splice s = {.world = world, .from = changes, .roots = roots,
                       .root_count = root_count, .fault = fault};
    s.tables = calloc((size_t)world->vocab->record_count + 1, sizeof *s.tables);
    enum err err = s.tables ? splice_all(&s) : no_memory(&s);
    for (int32_t t = 0; s.tables && t < world->vocab->record_count; t++) {
        free(s.tables[t].runs);
        free(s.tables[t].row_ids);
        free(s.tables[t].new_rows);
    }
    free(s.tables);
    return err;
}
