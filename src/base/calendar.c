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

/* Days of the week from Monday to Friday among the first day_count days after day. */
static int32_t weekdays_after(int32_t day, int32_t day_count)
{
    int32_t count = day_count / 7 * 5;
    int32_t weekday = day_of_week(day);
    for (int32_t left = day_count % 7; left > 0; left--) {
        weekday = weekday % 7 + 1;
        count += weekday <= 5;
    }
    return count;
}

/* Working days after first_day up to and including last_day, which does not lie before it. */
static int32_t count_forward(const struct calendar *calendar, int32_t first_day, int32_t last_day)
{
    int32_t count = weekdays_after(first_day, last_day - first_day);
    for (int32_t i = row_from(calendar, first_day + 1);
         i < calendar->row_count && calendar->rows[i].day <= last_day; i++)
        count += (calendar->rows[i].kind == CALENDAR_WORKDAY) -
                 (day_of_week(calendar->rows[i].day) <= 5);
    return count;
}

/* The least number of days, up or down, that hold count working days; as many as there are when the
 * calendar ends before. */
static int32_t days_holding(const struct calendar *calendar, int32_t day, int32_t count, bool back)
{
    int32_t low = 0;
    int32_t high = back ? day - DAY_MIN : DAY_MAX - day;
    /* Five of seven days, but for the holidays of the table. */
    int64_t enough = ((int64_t)count + calendar->row_count) / 5 * 7 + 14;
    high = enough < high ? (int32_t)enough : high;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        int32_t held = back ? count_forward(calendar, day - middle - 1, day - 1)
                            : count_forward(calendar, day, day + middle);
        if (held < count)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int32_t calendar_add_working_days(const struct calendar *calendar, int32_t day, int32_t count,
                                  bool *ret_known)
{
    int32_t result = count < 0 ? day - days_holding(calendar, day, -count, true)
                               : day + days_holding(calendar, day, count, false);
    if (ret_known)
        *ret_known = knows_years(calendar, day, result);
    return result;
}

int32_t calendar_working_days_between(const struct calendar *calendar, int32_t from_day,
                                      int32_t to_day, bool *ret_known)
{
    if (ret_known)
        *ret_known = knows_years(calendar, from_day, to_day);
    return from_day <= to_day ? count_forward(calendar, from_day, to_day)
                              : -count_forward(calendar, to_day, from_day);
}

struct loading {
    struct csv_table table;
    struct calendar_row *rows;
    int32_t row_count;
};

static enum err read_row(void *context, const struct csv_row *row, struct fault *fault)
{
    struct loading *loading = context;
    struct calendar_row next;
    if (!day_parse(row->cells[0], &next.day))
        return csv_table_refuse(&loading->table, row, fault, "：应为 日期,类别,名称");
    if (str_equal_text(row->cells[1], "holiday"))
        next.kind = CALENDAR_HOLIDAY;
    else if (str_equal_text(row->cells[1], "workday"))
        next.kind = CALENDAR_WORKDAY;
    else
        return csv_table_refuse(&loading->table, row, fault,
                                "第2列：类别“%.*s”应为 holiday 或 workday",
                                STR_ARG(row->cells[1]));
    if (loading->row_count > 0 && loading->rows[loading->row_count - 1].day >= next.day)
        return csv_table_refuse(&loading->table, row, fault, "第1列：日期重复或未按先后排列");
    loading->rows[loading->row_count++] = next;
    return ERR_OK;
}

enum err calendar_load(struct arena *arena, const char *path, struct calendar *ret_calendar,
                       struct fault *fault)
{
    struct loading loading = {
        .table = {path, "day,kind,name", read_row, &loading, CALENDAR_ROWS_MAX}};
    loading.rows = ARENA_NEW_ARRAY(arena, struct calendar_row, CALENDAR_ROWS_MAX);
    if (!loading.rows)
        return fault_set(fault, ERR_MEMORY, "no memory for %s", path);
    TRY(csv_table_read(&loading.table, fault));
    *ret_calendar = (struct calendar){loading.rows, loading.row_count};
    return ERR_OK;
}
