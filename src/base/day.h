/* day.h — civil days and months of the city's calendar, without times and zones.
 *
 * A day is a number, 0 = 1970-01-01; a month is year * 12 + month - 1. Both order and subtract as
 * integers. Adding months keeps the day of the month and clamps to the month's last day:
 * 31 January + 1 month = 28 or 29 February.
 *
 * Memory   texts go into the caller's buffer of DAY_TEXT_SIZE bytes, or into an arena
 * Errors   false when a date does not exist or a text is not a date
 * Units    civil day numbers, month numbers
 * Limits   DAY_MIN to DAY_MAX (years 1 to 9999); texts are read for years 1900 to 2200 only
 */
#ifndef BAIGONG_DAY_H
#define BAIGONG_DAY_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    DAY_MIN = -719162, /* 0001-01-01 */
    DAY_MAX = 2932896, /* 9999-12-31 */
    DAY_PARSE_YEAR_MIN = 1900,
    DAY_PARSE_YEAR_MAX = 2200,
    DAY_TEXT_SIZE = 16,
};

bool day_from_civil(int32_t year, int32_t month, int32_t day_of_month, int32_t *ret_day);
void day_to_civil(int32_t day, int32_t *ret_year, int32_t *ret_month, int32_t *ret_day_of_month);

int32_t day_year(int32_t day);
int32_t day_month(int32_t day); /* month number: year * 12 + month - 1 */
int32_t day_of_week(int32_t day); /* 1 Monday to 7 Sunday */
int32_t year_first_day(int32_t year);
int32_t year_last_day(int32_t year);
int32_t month_first_day(int32_t month);
int32_t month_last_day(int32_t month);

/* Result clamped to the month's end, and to DAY_MIN and DAY_MAX. */
int32_t day_add_months(int32_t day, int32_t month_count);

/* Whole calendar months from the first day to the second: the largest n with
 * day_add_months(from_day, n) <= to_day; negative when to_day lies before from_day. */
int32_t day_months_between(int32_t from_day, int32_t to_day);

/* Whole years, as a birthday counts them: the person of 29 February is older on 28 February of a
 * common year. */
int32_t day_years_between(int32_t from_day, int32_t to_day);

/* What offices write: 2022-08-22, 2022/8/22, 2022.8.22, 20220822, 2022年8月22日, the same in
 * full-width characters, and a midnight behind it (2022-08-22 00:00:00), as spreadsheets add. */
bool day_parse(struct str s, int32_t *ret_day);

/* 2022-01, 2022/1, 2022.1, 202201, 2022年1月, the same in full-width characters. */
bool month_parse(struct str s, int32_t *ret_month);

/* "2022-08-22" and "2022-01"; both return the buffer. A day outside DAY_MIN to DAY_MAX gives
 * "-". */
const char *day_text(int32_t day, char buffer[DAY_TEXT_SIZE]);
const char *month_text(int32_t month, char buffer[DAY_TEXT_SIZE]);
const char *day_text_in(struct arena *arena, int32_t day);
const char *month_text_in(struct arena *arena, int32_t month);

#endif
