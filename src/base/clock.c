#include "base/clock.h"

#include "base/err.h"

#include <time.h>

int64_t clock_now_ms(void)
{
    struct timespec now;
    check(clock_gettime(CLOCK_REALTIME, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int32_t clock_city_day(int64_t now_ms)
{
    int64_t city_ms = now_ms + CLOCK_CITY_OFFSET_MS;
    int64_t day = city_ms / CLOCK_DAY_MS;
    return (int32_t)(city_ms % CLOCK_DAY_MS < 0 ? day - 1 : day);
}

int64_t clock_city_day_ms(int32_t day)
{
    return (int64_t)day * CLOCK_DAY_MS - CLOCK_CITY_OFFSET_MS;
}

int64_t clock_monotonic_ns(void)
{
    struct timespec now;
    check(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
