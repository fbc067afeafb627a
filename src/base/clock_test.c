#include "unit.h"

#include "base/clock.h"

TEST(clock_city_day__changes_at_midnight_in_the_city)
{
    EXPECT_INT(0, clock_city_day(0)); /* 08:00 on the first day */
    EXPECT_INT(0, clock_city_day(16 * 3600000LL - 1));
    EXPECT_INT(1, clock_city_day(16 * 3600000LL));
    EXPECT_INT(-1, clock_city_day(-8 * 3600000LL - 1));
    EXPECT_INT(0, clock_city_day(-8 * 3600000LL));
    EXPECT_INT(19226, clock_city_day(clock_city_day_ms(19226)));
    EXPECT_INT(19225, clock_city_day(clock_city_day_ms(19226) - 1));
}

TEST(clock_monotonic_ns__does_not_step_back)
{
    int64_t before_ns = clock_monotonic_ns();
    EXPECT(clock_monotonic_ns() >= before_ns);
    EXPECT(clock_now_ms() > 1600000000000LL);
}
