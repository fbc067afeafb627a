/* column_fixture.h — small worlds with every kind of table and column, drawn from a seed, for
 * tests and the fuzz target of the files. */
#ifndef BAIGONG_COLUMN_FIXTURE_H
#define BAIGONG_COLUMN_FIXTURE_H

#include "base/rand.h"
#include "policy/column_splice.h"

#include <stdlib.h>
#include <string.h>

static const struct field_desc fixture_activity_fields[] = {
    {"hours", "课时", FIELD_COUNT, "", NEED_OPTIONAL, PRIVACY_OPEN, "", 0},
    {"guest", "来宾", FIELD_REF, "person", NEED_OPTIONAL, PRIVACY_OPEN, "", 0},
};
static const struct field_desc fixture_carrier_fields[] = {
    {"master", "领衔人", FIELD_REF, "person", NEED_OPTIONAL, PRIVACY_OPEN, "", 0},
    {"closed_day", "撤销日期", FIELD_DAY, "", NEED_OPEN_END, PRIVACY_OPEN, "", 0},
};
static const struct field_desc fixture_body_fields[] = {
    {"heritage", "传统技艺", FIELD_BOOL, "", NEED_DEFAULT_NO, PRIVACY_OPEN, "", 0},
    {"parent", "上级单位", FIELD_REF, "body", NEED_OPTIONAL, PRIVACY_OPEN, "", 0},
};
static const struct field_desc fixture_person_fields[] = {
    {"name", "姓名", FIELD_TEXT, "", NEED_REQUIRED, PRIVACY_NAME, "", 0},
    {"birth_day", "出生日期", FIELD_DAY, "", NEED_OPTIONAL, PRIVACY_OPEN, "", 0},
    {"wage_fen", "工资", FIELD_MONEY, "", NEED_OPTIONAL, PRIVACY_OPEN, "", 0},
};
enum { FIXTURE_ACTIVITY, FIXTURE_CARRIER, FIXTURE_BODY, FIXTURE_PERSON, FIXTURE_TABLES };
static const struct record_desc fixture_records[] = {
    [FIXTURE_ACTIVITY] = {"activity", "活动", "carrier", 0, fixture_activity_fields, 2},
    [FIXTURE_CARRIER] = {"carrier", "载体", "body", 0, fixture_carrier_fields, 2},
    [FIXTURE_BODY] = {"body", "单位", "", 0, fixture_body_fields, 2},
    [FIXTURE_PERSON] = {"person", "人员", "", 0, fixture_person_fields, 3},
};
static const struct vocab fixture_vocab = {.records = fixture_records,
                                           .record_count = FIXTURE_TABLES};

enum { FIXTURE_VALUES = 3, FIXTURE_ROWS_MAX = 600, FIXTURE_ROOTS_MAX = 200 };

struct fixture_row {
    int64_t id, owner_id;
    int32_t root_table;
    int64_t root_id;
    int64_t values[FIXTURE_VALUES];
};

struct fixture_city {
    struct fixture_row rows[FIXTURE_TABLES][FIXTURE_ROWS_MAX];
    int32_t row_counts[FIXTURE_TABLES];
    int64_t next_id;
};

/* Mostly small numbers, now and then one that makes a column wider; references name anybody that
 * there is or was. */
static inline int64_t fixture_value(const struct fixture_city *city, struct rand *rand,
                                    const struct field_desc *field)
{
    if (rand_below(rand, 6) == 0)
        return ABSENT_I64;
    if (field->type == FIELD_BOOL)
        return (int64_t)rand_below(rand, 2);
    if (field->type == FIELD_REF)
        return (int64_t)rand_below(rand, (uint64_t)city->next_id + 1);
    int64_t size = rand_below(rand, 200) == 0 ? INT64_C(1) << 30 : 100;
    return rand_range(rand, field->type == FIELD_DAY ? -size : 0, size);
}

static inline void fixture_add(struct fixture_city *city, struct rand *rand, int32_t table,
                               const struct fixture_row *owner)
{
    if (city->row_counts[table] == FIXTURE_ROWS_MAX)
        return;
    struct fixture_row *row = &city->rows[table][city->row_counts[table]++];
    *row = (struct fixture_row){.id = ++city->next_id, .root_table = table};
    row->root_id = row->id;
    if (owner) {
        row->owner_id = owner->id;
        row->root_table = owner->root_table;
        row->root_id = owner->root_id;
    }
    for (int32_t f = 0; f < fixture_records[table].field_count; f++)
        row->values[f] = fixture_value(city, rand, &fixture_records[table].fields[f]);
}

static inline int fixture_compare(const void *a, const void *b)
{
    const struct fixture_row *left = a, *right = b;
    if (left->owner_id != right->owner_id)
        return left->owner_id < right->owner_id ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

/* A root with what it owns. */
static inline void fixture_add_root(struct fixture_city *city, struct rand *rand, int32_t table)
{
    fixture_add(city, rand, table, NULL);
    const struct fixture_row *root = &city->rows[table][city->row_counts[table] - 1];
    for (uint64_t i = rand_below(rand, 4); table == FIXTURE_BODY && i > 0; i--) {
        fixture_add(city, rand, FIXTURE_CARRIER, root);
        const struct fixture_row *carrier =
            &city->rows[FIXTURE_CARRIER][city->row_counts[FIXTURE_CARRIER] - 1];
        for (uint64_t k = rand_below(rand, 3); k > 0; k--)
            fixture_add(city, rand, FIXTURE_ACTIVITY, carrier);
    }
}

static inline void fixture_draw(struct fixture_city *city, struct rand *rand, int32_t root_count)
{
    memset(city, 0, sizeof *city);
    for (int32_t i = 0; i < root_count; i++)
        fixture_add_root(city, rand, rand_below(rand, 2) ? FIXTURE_BODY : FIXTURE_PERSON);
}

/* Rows of the root go; references that nobody follows stay. */
static inline void fixture_remove_root(struct fixture_city *city, int32_t table, int64_t id)
{
    for (int32_t t = 0; t < FIXTURE_TABLES; t++) {
        int32_t kept = 0;
        for (int32_t i = 0; i < city->row_counts[t]; i++)
            if (city->rows[t][i].root_table != table || city->rows[t][i].root_id != id)
                city->rows[t][kept++] = city->rows[t][i];
        city->row_counts[t] = kept;
    }
}

static inline bool fixture_is_wanted(const struct fixture_row *row, const struct world_root *roots,
                                     int32_t root_count)
{
    for (int32_t i = 0; i < root_count; i++)
        if (row->root_table == roots[i].table && row->root_id == roots[i].id)
            return true;
    return roots == NULL;
}

/* All rows, or those of the roots; neither resolved nor sealed. */
static inline struct world *fixture_world(struct fixture_city *city,
                                          const struct world_root *roots, int32_t root_count)
{
    struct world *world;
    check(world_new(&fixture_vocab, &world, NULL) == ERR_OK);
    for (int32_t t = 0; t < FIXTURE_TABLES; t++) {
        qsort(city->rows[t], (size_t)city->row_counts[t], sizeof city->rows[t][0],
              fixture_compare);
        for (int32_t i = 0; i < city->row_counts[t]; i++) {
            const struct fixture_row *row = &city->rows[t][i];
            if (fixture_is_wanted(row, roots, root_count))
                check(world_append(world, t, row->id, row->owner_id, row->values, NULL) ==
                      ERR_OK);
        }
    }
    return world;
}

/* The same rows, owners, references and values, whatever the widths. */
static inline bool fixture_worlds_are_equal(const struct world *a, const struct world *b)
{
    for (int32_t t = 0; t < a->vocab->record_count; t++) {
        const struct table_columns *left = &a->tables[t], *right = &b->tables[t];
        if (left->row_count != right->row_count)
            return false;
        int32_t owner = vocab_owner(a->vocab, t);
        bool equal = true;
        for (int32_t row = 0; row < left->row_count; row++) {
            equal &= left->row_ids[row] == right->row_ids[row];
            equal &= owner < 0 || left->owner_rows[row] == right->owner_rows[row];
            for (int32_t f = 0; f < a->vocab->records[t].field_count; f++)
                equal &= column_value(&left->columns[f], row) ==
                         column_value(&right->columns[f], row);
        }
        for (int32_t row = 0; owner >= 0 && row <= a->tables[owner].row_count; row++)
            equal &= left->first_row[row] == right->first_row[row];
        if (!equal)
            return false;
    }
    return true;
}

#endif
