/* calendar.h — working days: Monday to Friday, but for the state's holidays and make-up days.
 *
 * Each autumn the State Council publishes the next year's days; until then a year is counted
 * Monday to Friday and the functions say so, because a deadline told to a citizen may still move.
 *
 * Memory   the table lives in the given arena and is read-only once made
 * Errors   ERR_CATALOGUE with the line of the file; ERR_IO, ERR_MEMORY
 * Units    civil day numbers
 * Limits   CALENDAR_ROWS_MAX rows
 */
#ifndef BAIGONG_CALENDAR_H
#define BAIGONG_CALENDAR_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum { CALENDAR_ROWS_MAX = 20000 }; /* some 35 a year */

enum calendar_kind { CALENDAR_HOLIDAY, CALENDAR_WORKDAY };

struct calendar_row {
    int32_t day;
    enum calendar_kind kind;
};

struct calendar {
    const struct calendar_row *rows; /* ordered by day */
    int32_t row_count;
};

/* Reads catalogue/holiday.csv: day, kind (holiday or workday), name; days ascending, none twice. */
enum err calendar_load(struct arena *arena, const char *path, struct calendar *ret_calendar,
                       struct fault *fault);

/* Whether the table has rows of this year. */
bool calendar_knows_year(const struct calendar *calendar, int32_t year);

bool calendar_is_working_day(const struct calendar *calendar, int32_t day);

/* The count-th working day after day (before it when count is negative); day itself when count is
 * 0. *ret_known (may be NULL) tells whether every year that was crossed is in the table. */
int32_t calendar_add_working_days(const struct calendar *calendar, int32_t day, int32_t count,
                                  bool *ret_known);

/* Working days after from_day up to and including to_day; negative when to_day lies before. */
int32_t calendar_working_days_between(const struct calendar *calendar, int32_t from_day,
                                      int32_t to_day, bool *ret_known);

#endif
