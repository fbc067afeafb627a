#include "domain/incentive/case_practice.h"

#include "base/csv_file.h"
#include "base/day.h"

#include <stdio.h>

enum { VALUE_MAX = 10000 };

struct loading {
    struct csv_table table;
    struct arena *arena;
    struct case_practice_row *rows;
    int32_t row_count;
};

static enum err read_row(void *context, const struct csv_row *row, struct fault *fault)
{
    struct loading *loading = context;
    int64_t value = 0;
    bool is_words = str_equal_text(row->cells[2], "fund");
    if (!is_words && (!str_to_i64(row->cells[3], &value) || value < 0 || value > VALUE_MAX))
        return csv_table_refuse(&loading->table, row, fault, "：数值应为 0 至 %d", VALUE_MAX);
    if (row->cells[2].size == 0 || row->cells[4].size == 0)
        return csv_table_refuse(&loading->table, row, fault, "：应写明事项和依据");
    loading->rows[loading->row_count++] = (struct case_practice_row){
        .document = str_copy(loading->arena, row->cells[0]),
        .rule = str_copy(loading->arena, row->cells[1]),
        .name = str_copy(loading->arena, row->cells[2]),
        .value = (int32_t)value,
        .text = str_copy(loading->arena, row->cells[3]),
        .basis = str_copy(loading->arena, row->cells[4]),
    };
    return ERR_OK;
}

enum err case_practice_load(struct arena *arena, const char *path, const struct calendar *calendar,
                            struct case_practice *ret_practice, struct fault *fault)
{
    struct loading loading = {.table = {path, "document,rule,name,value,basis", read_row, &loading,
                                        CASE_PRACTICE_ROWS_MAX},
                              .arena = arena};
    loading.rows = ARENA_NEW_ARRAY(arena, struct case_practice_row, CASE_PRACTICE_ROWS_MAX);
    if (!loading.rows)
        return fault_set(fault, ERR_MEMORY, "no memory for %s", path);
    TRY(csv_table_read(&loading.table, fault));
    *ret_practice = (struct case_practice){loading.rows, loading.row_count, calendar};
    return ERR_OK;
}

/* -1: it does not speak of the rule. */
static int32_t narrowness(const struct case_practice_row *row, struct str document, struct str rule)
{
    bool of_document = row->document.size > 0, of_rule = row->rule.size > 0;
    if ((of_document && !str_equal(row->document, document)) ||
        (of_rule && !str_equal(row->rule, rule)))
        return -1;
    return of_document + 2 * of_rule;
}

const struct case_practice_row *case_practice_of(const struct case_practice *practice,
                                                 struct str document, struct str rule,
                                                 const char *name)
{
    const struct case_practice_row *best = NULL;
    int32_t best_narrowness = -1;
    for (int32_t i = 0; practice && i < practice->row_count; i++) {
        const struct case_practice_row *row = &practice->rows[i];
        if (!str_equal_text(row->name, name))
            continue;
        int32_t its = narrowness(row, document, rule);
        if (its > best_narrowness) {
            best = row;
            best_narrowness = its;
        }
    }
    return best;
}

int32_t case_practice_value(const struct case_practice *practice, struct str document,
                            struct str rule, const char *name, int32_t otherwise)
{
    const struct case_practice_row *row = case_practice_of(practice, document, rule, name);
    return row ? row->value : otherwise;
}

int32_t case_practice_due(const struct case_practice *practice, struct str document,
                          struct str rule, const char *state_key, int32_t from_day)
{
    char name[40];
    snprintf(name, sizeof name, "clock.%s", state_key);
    const struct case_practice_row *row = case_practice_of(practice, document, rule, name);
    if (!row || !practice->calendar)
        return DAY_MAX;
    return calendar_add_working_days(practice->calendar, from_day, row->value, NULL);
}
