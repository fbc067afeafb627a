#include "base/calendar.h"

#include "base/csv_file.h"
#include "base/day.h"

/* Index of the first row on or after day. */
static int32_t row_from(const struct calendar *calendar, int32_t day)
{
    int32_t low = 0, high = calendar->row_count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (calendar->rows[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool calendar_knows_year(const struct calendar *calendar, int32_t year)
{
    int32_t index = row_from(calendar, year_first_day(year));
    return index < calendar->row_count && day_year(calendar->rows[index].day) == year;
}

bool calendar_is_working_day(const struct calendar *calendar, int32_t day)
{
    int32_t index = row_from(calendar, day);
    if (index < calendar->row_count && calendar->rows[index].day == day)
        return calendar->rows[index].kind == CALENDAR_WORKDAY;
    return day_of_week(day) <= 5;
}

static bool knows_years(const struct calendar *calendar, int32_t from_day, int32_t to_day)
{
    int32_t first = day_year(from_day < to_day ? from_day : to_day);
    int32_t last = day_year(from_day < to_day ? to_day : from_day);
    for (int32_t year = first; year <= last; year++) {
        if (!calendar_knows_year(calendar, year))
            return false;
    }
    return true;
}

int32_t calendar_add_working_days(const struct calendar *calendar, int32_t day, int32_t count,
                                  bool *ret_known)
{
    int32_t step = count < 0 ? -1 : 1, result = day;
    while (count != 0 && result > DAY_MIN && result < DAY_MAX) {
        result += step;
        if (calendar_is_working_day(calendar, result))
            count -= step;
    }
    if (ret_known)
        *ret_known = knows_years(calendar, day, result);
    return result;
}

int32_t calendar_working_days_between(const struct calendar *calendar, int32_t from_day,
                                      int32_t to_day, bool *ret_known)
{
    int32_t first = from_day < to_day ? from_day : to_day;
    int32_t last = from_day < to_day ? to_day : from_day;
    int32_t count = 0;
    for (int32_t day = first + 1; day <= last; day++)
        count += calendar_is_working_day(calendar, day);
    if (ret_known)
        *ret_known = knows_years(calendar, from_day, to_day);
    return from_day <= to_day ? count : -count;
}

struct loading {
    const char *path;
    struct calendar_row *rows;
    int32_t row_count;
    struct fault *fault;
};

static enum err read_row(struct loading *loading, const struct csv_row *row)
{
    struct calendar_row next;
    if (row->cell_count != 3 || !day_parse(row->cells[0], &next.day))
        return fault_set(loading->fault, ERR_CATALOGUE, "%s，第%lld行：应为 日期,类别,名称",
                         loading->path, (long long)row->line_number);
    if (str_equal_text(row->cells[1], "holiday"))
        next.kind = CALENDAR_HOLIDAY;
    else if (str_equal_text(row->cells[1], "workday"))
        next.kind = CALENDAR_WORKDAY;
    else
        return fault_set(loading->fault, ERR_CATALOGUE,
                         "%s，第%lld行第2列：类别“%.*s”应为 holiday 或 workday", loading->path,
                         (long long)row->line_number, STR_ARG(row->cells[1]));
    if (loading->row_count > 0 && loading->rows[loading->row_count - 1].day >= next.day)
        return fault_set(loading->fault, ERR_CATALOGUE, "%s，第%lld行第1列：日期重复或未按先后排列",
                         loading->path, (long long)row->line_number);
    if (loading->row_count == CALENDAR_ROWS_MAX)
        return fault_set(loading->fault, ERR_LIMIT, "%s：超过%d行", loading->path,
                         CALENDAR_ROWS_MAX);
    loading->rows[loading->row_count++] = next;
    return ERR_OK;
}

static enum err read_rows(struct loading *loading, struct csv_reader *reader)
{
    const struct csv_row *row;
    TRY(csv_reader_next(reader, loading->fault, &row));
    if (!row || row->cell_count != 3 || !str_equal_text(row->cells[0], "day"))
        return fault_set(loading->fault, ERR_CATALOGUE, "%s，第1行：表头应为 day,kind,name",
                         loading->path);
    for (;;) {
        TRY(csv_reader_next(reader, loading->fault, &row));
        if (!row)
            return ERR_OK;
        TRY(read_row(loading, row));
    }
}

enum err calendar_load(struct arena *arena, const char *path, struct calendar *ret_calendar,
                       struct fault *fault)
{
    struct loading loading = {.path = path, .fault = fault};
    loading.rows = ARENA_NEW_ARRAY(arena, struct calendar_row, CALENDAR_ROWS_MAX);
    if (!loading.rows)
        return fault_set(fault, ERR_MEMORY, "no memory for %s", path);
    struct csv_file file;
    TRY(csv_file_open(path, fault, &file));
    enum err err = read_rows(&loading, file.reader);
    csv_file_close(&file);
    if (err == ERR_OK)
        *ret_calendar = (struct calendar){loading.rows, loading.row_count};
    return err;
}
