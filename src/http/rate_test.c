#include "http/rate.h"

#include "unit.h"

TEST(rate_take__allows_a_minutes_worth_and_then_one_at_a_time)
{
    struct rate *rate;
    EXPECT_OK(rate_new(&rate, NULL));
    for (int i = 0; i < 20; i++)
        EXPECT_INT(0, rate_take(rate, 7, 20, 1000));
    EXPECT_INT(3000, rate_take(rate, 7, 20, 1000));
    EXPECT_INT(1, rate_take(rate, 7, 20, 3999));
    EXPECT_INT(0, rate_take(rate, 7, 20, 4000));
    EXPECT_INT(3000, rate_take(rate, 7, 20, 4000));
    EXPECT_INT(0, rate_take(rate, 8, 20, 4000)); /* another */
    EXPECT_INT(0, rate_take(rate, 7, 0, 4000));  /* no limit */
    rate_free(rate);
}

TEST(rate_take__is_full_again_after_a_minute_also_when_the_limit_changed)
{
    struct rate *rate;
    EXPECT_OK(rate_new(&rate, NULL));
    for (int i = 0; i < 5; i++)
        EXPECT_INT(0, rate_take(rate, 7, 5, 0));
    EXPECT(rate_take(rate, 7, 5, 0) > 0);
    EXPECT_INT(0, rate_take(rate, 7, 1, 60000));
    EXPECT(rate_take(rate, 7, 1, 60000) > 0);
    rate_free(rate);
}

TEST(rate_take__forgets_the_oldest_when_very_many_ask)
{
    struct rate *rate;
    EXPECT_OK(rate_new(&rate, NULL));
    for (uint64_t who = 1; who <= 4 * RATE_BUCKETS; who++)
        EXPECT_INT(0, rate_take(rate, who, 1, (int64_t)who));
    EXPECT_INT(0, rate_take(rate, 1, 1, 4 * RATE_BUCKETS));
    rate_free(rate);
}
