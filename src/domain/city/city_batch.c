#include "domain/city/city_batch.h"

#include <stdlib.h>
#include <string.h>

enum { ROW_CAPACITY_MIN = 256 };

void city_batch_init(struct city_batch *batch)
{
    *batch = (struct city_batch){0};
    arena_init(&batch->texts, CITY_BATCH_TEXT_SIZE_MAX);
}

void city_batch_done(struct city_batch *batch)
{
    if (batch == NULL)
        return;
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++)
        free(batch->tables[table].rows);
    arena_done(&batch->texts);
    *batch = (struct city_batch){0};
}

void city_batch_clear(struct city_batch *batch)
{
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++)
        batch->tables[table].row_count = 0;
    arena_rewind(&batch->texts, (struct arena_mark){0});
    batch->failed = false;
}

static bool rows_grow(struct city_rows *rows, size_t row_size)
{
    int64_t capacity = rows->row_capacity == 0 ? ROW_CAPACITY_MIN : 2 * rows->row_capacity;
    char *grown = realloc(rows->rows, (size_t)capacity * row_size);
    if (grown == NULL)
        return false;
    rows->rows = grown;
    rows->row_capacity = capacity;
    return true;
}

void *city_batch_row(struct city_batch *batch, enum registry_table table)
{
    static _Thread_local _Alignas(max_align_t) char nowhere[CITY_ROW_SIZE_MAX];
    const struct record_desc *record = &registry_records[table];
    struct city_rows *rows = &batch->tables[table];
    check(record->struct_size <= CITY_ROW_SIZE_MAX);
    void *row = nowhere;
    if (rows->row_count < rows->row_capacity || rows_grow(rows, record->struct_size))
        row = rows->rows + (size_t)rows->row_count++ * record->struct_size;
    else
        batch->failed = true;
    registry_clear(record, row);
    return row;
}

const void *city_batch_at(const struct city_batch *batch, enum registry_table table, int64_t row)
{
    return batch->tables[table].rows + (size_t)row * registry_records[table].struct_size;
}

bool city_batch_make(const struct city_plan *plan, int64_t number, int64_t batch_people,
                     struct city_batch *batch)
{
    int64_t first = (number - 1) * batch_people;
    if (first >= plan->given.people)
        return false;
    int64_t left = plan->given.people - first;
    city_batch_clear(batch);
    if (number == 0)
        city_bodies(plan, batch);
    else
        city_people(plan, first, left < batch_people ? left : batch_people, batch);
    return true;
}
