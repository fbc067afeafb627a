/* city_batch.h — rows of record on their way from the generator to a sink.
 *
 * A batch holds whole owners: the rows of a table stand in ascending order of owner and id, older
 * versions of a record before newer ones, and a later batch goes on behind an earlier one.
 *
 * Memory   a batch owns its rows and texts and is used again after city_batch_clear; rows are
 *          malloc'd (they live as long as the generator), texts stand in an arena
 * Errors   a batch that cannot grow becomes failed and stays so until cleared: test once at the end
 * Limits   CITY_BATCH_TEXT_SIZE_MAX
 */
#ifndef BAIGONG_CITY_BATCH_H
#define BAIGONG_CITY_BATCH_H

#include "domain/city/city_plan.h"

enum {
    CITY_BATCH_TEXT_SIZE_MAX = 256 * 1024 * 1024, /* all bodies of a megacity stand in one */
    CITY_ROW_SIZE_MAX = 512,                      /* no record's struct is larger */
};

struct city_rows {
    char *rows; /* row_count records of the table's struct, one after another */
    int64_t row_count;
    int64_t row_capacity;
};

struct city_batch {
    struct city_rows tables[REGISTRY_RECORD_COUNT];
    struct arena texts;
    bool failed;
};

void city_batch_init(struct city_batch *batch);
void city_batch_done(struct city_batch *batch); /* accepts NULL */
void city_batch_clear(struct city_batch *batch);

/* The next row of a table with every fact absent, to be filled before another row of the table is
 * asked for. Never NULL: when memory is short the row goes nowhere and the batch is failed. */
void *city_batch_row(struct city_batch *batch, enum registry_table table);

const void *city_batch_at(const struct city_batch *batch, enum registry_table table, int64_t row);

/* Everything about the city but its people; and people first .. first + count - 1. */
void city_bodies(const struct city_plan *plan, struct city_batch *batch);
void city_people(const struct city_plan *plan, int64_t first, int64_t count,
                 struct city_batch *batch);

/* The batch of a number: all bodies in batch 0, then batch_people people in each. False behind the
 * last one. */
bool city_batch_make(const struct city_plan *plan, int64_t number, int64_t batch_people,
                     struct city_batch *batch);

#endif
