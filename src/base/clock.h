/* clock.h — the only place of the program that reads the current time.
 *
 * The city lives in UTC+8 without summer time; its civil day follows from the time by arithmetic,
 * so the machine's time zone has no influence.
 *
 * Errors   none: a machine without these clocks is a wrong program
 * Units    milliseconds UTC since 1970, civil day numbers, nanoseconds
 */
#ifndef BAIGONG_CLOCK_H
#define BAIGONG_CLOCK_H

#include <stdint.h>

enum { CLOCK_CITY_OFFSET_MS = 8 * 3600 * 1000, CLOCK_DAY_MS = 24 * 3600 * 1000 };

int64_t clock_now_ms(void);
int32_t clock_city_day(int64_t now_ms);

/* First millisecond of a civil day in the city. */
int64_t clock_city_day_ms(int32_t day);

/* For durations only; starts anywhere, never steps back. */
int64_t clock_monotonic_ns(void);

#endif
