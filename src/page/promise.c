#include "page/promise.h"

#include "base/csv_file.h"
#include "base/day.h"

#include <string.h>

enum { WORKING_DAYS_MAX = 250 }; /* a year */

struct loading {
    struct arena *arena;
    const char *path;
    struct promise *rows;
    int32_t row_count;
    struct fault *fault;
};

static enum err read_row(struct loading *loading, const struct csv_row *row)
{
    int64_t days;
    if (row->cell_count != 3 || !str_to_i64(row->cells[1], &days) || days < 1 ||
        days > WORKING_DAYS_MAX)
        return fault_set(loading->fault, ERR_CATALOGUE,
                         "%s，第%lld行：应为 事项,工作日数（1至%d）,依据", loading->path,
                         (long long)row->line_number, WORKING_DAYS_MAX);
    if (loading->row_count == PROMISES_MAX)
        return fault_set(loading->fault, ERR_LIMIT, "%s：超过%d行", loading->path, PROMISES_MAX);
    loading->rows[loading->row_count++] =
        (struct promise){str_copy(loading->arena, row->cells[0]), (int32_t)days,
                         str_copy(loading->arena, row->cells[2])};
    return ERR_OK;
}

static enum err read_rows(struct loading *loading, struct csv_reader *reader)
{
    const struct csv_row *row;
    TRY(csv_reader_next(reader, loading->fault, &row));
    if (!row || row->cell_count != 3 || !str_equal_text(row->cells[0], "task"))
        return fault_set(loading->fault, ERR_CATALOGUE,
                         "%s，第1行：表头应为 task,working_days,basis", loading->path);
    for (;;) {
        TRY(csv_reader_next(reader, loading->fault, &row));
        if (!row)
            return ERR_OK;
        TRY(read_row(loading, row));
    }
}

enum err promises_load(struct arena *arena, const char *path, struct promises *ret_promises,
                       struct fault *fault)
{
    struct loading loading = {.arena = arena, .path = path, .fault = fault};
    loading.rows = ARENA_NEW_ARRAY(arena, struct promise, PROMISES_MAX);
    if (!loading.rows)
        return fault_set(fault, ERR_MEMORY, "no memory for %s", path);
    struct csv_file file;
    TRY(csv_file_open(path, fault, &file));
    enum err err = read_rows(&loading, file.reader);
    csv_file_close(&file);
    if (err == ERR_OK)
        *ret_promises = (struct promises){loading.rows, loading.row_count};
    return err;
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
