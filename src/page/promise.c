#include "page/promise.h"

#include "base/csv_file.h"
#include "base/day.h"

#include <string.h>

enum { WORKING_DAYS_MAX = 250 }; /* a year */

struct loading {
    struct csv_table table;
    struct arena *arena;
    struct promise *rows;
    int32_t row_count;
};

static enum err read_row(void *context, const struct csv_row *row, struct fault *fault)
{
    struct loading *loading = context;
    int64_t days;
    if (!str_to_i64(row->cells[1], &days) || days < 1 || days > WORKING_DAYS_MAX)
        return csv_table_refuse(&loading->table, row, fault,
                                "：应为 事项,工作日数（1至%d）,依据", WORKING_DAYS_MAX);
    loading->rows[loading->row_count++] =
        (struct promise){str_copy(loading->arena, row->cells[0]), (int32_t)days,
                         str_copy(loading->arena, row->cells[2])};
    return ERR_OK;
}

enum err promises_load(struct arena *arena, const char *path, struct promises *ret_promises,
                       struct fault *fault)
{
    struct loading loading = {
        .table = {path, "task,working_days,basis", read_row, &loading, PROMISES_MAX},
        .arena = arena};
    loading.rows = ARENA_NEW_ARRAY(arena, struct promise, PROMISES_MAX);
    if (!loading.rows)
        return fault_set(fault, ERR_MEMORY, "no memory for %s", path);
    TRY(csv_table_read(&loading.table, fault));
    *ret_promises = (struct promises){loading.rows, loading.row_count};
    return ERR_OK;
}

const struct promise *promise_of(const struct promises *promises, const char *task)
{
    for (int32_t i = 0; promises && i < promises->row_count; i++)
        if (str_equal_text(promises->rows[i].task, task))
            return &promises->rows[i];
    return NULL;
}

int32_t promise_due_day(const struct promises *promises, const struct calendar *calendar,
                        const char *task, int32_t from_day)
{
    const struct promise *promise = promise_of(promises, task);
    if (!promise || !calendar)
        return DAY_MAX;
    return calendar_add_working_days(calendar, from_day, promise->working_days, NULL);
}
