#include "domain/insight/pace.h"

#include "base/day.h"
#include "base/record.h"
#include "unit.h"

static int32_t day_of(int32_t year, int32_t month, int32_t day)
{
    int32_t number;
    EXPECT(day_from_civil(year, month, day, &number));
    return number;
}

/* A year's plan of 12,000, counted from 1 January. */
static struct book_line plan_of_a_year(int64_t actual)
{
    return (struct book_line){.kind = BOOK_TARGET,
                              .unit = UNIT_PERSON_TIMES,
                              .planned = 12000,
                              .period_start_day = day_of(2023, 1, 1),
                              .period_end_day = day_of(2023, 12, 31),
                              .figure = {actual, 1}};
}

static struct book_line rate_of(int64_t numerator, int64_t denominator, int64_t planned_ppm)
{
    return (struct book_line){.kind = BOOK_TARGET,
                              .unit = UNIT_RATE,
                              .planned = planned_ppm,
                              .period_start_day = ABSENT_I32,
                              .figure = {numerator, denominator}};
}

/* 30 June is the 181st day of 365: 12,000 * 181 / 365 = 5,950.7. */
TEST(pace_keeps__from_the_first_figure_that_ends_at_the_plan)
{
    int32_t day = day_of(2023, 6, 30);
    struct book_line enough = plan_of_a_year(5951), short_of_it = plan_of_a_year(5950);
    EXPECT(pace_keeps(&enough, day));
    EXPECT(!pace_keeps(&short_of_it, day));
}

TEST(pace_keeps__nothing_before_its_first_day)
{
    struct book_line line = plan_of_a_year(33);
    EXPECT(!pace_keeps(&line, day_of(2022, 12, 31)));
    EXPECT(pace_keeps(&line, day_of(2023, 1, 1)));
    EXPECT(!pace_keeps(&line, day_of(2023, 1, 2)));
}

TEST(pace_keeps__says_nothing_of_a_stock_or_a_rate)
{
    struct book_line stock = plan_of_a_year(12000), rate = rate_of(9, 10, 100000);
    stock.period_start_day = ABSENT_I32;
    EXPECT(!pace_keeps(&stock, day_of(2023, 6, 30)));
    EXPECT(!pace_keeps(&rate, day_of(2023, 6, 30)));
}

TEST(pace_actual__of_a_rate_is_in_millionths)
{
    struct book_line third = rate_of(1, 3, 500000), nobody = rate_of(0, 0, 500000);
    EXPECT_INT(333333, pace_actual(&third));
    EXPECT_INT(166667, pace_missing(&third));
    EXPECT_INT(666666, pace_reached_ppm(&third));
    EXPECT_INT(0, pace_actual(&nobody));
    struct book_line huge = rate_of(INT64_MAX / 2, INT64_MAX, 500000);
    EXPECT_INT(499999, pace_actual(&huge));
}

TEST(pace_missing__ends_at_the_plan)
{
    struct book_line line = plan_of_a_year(11999);
    EXPECT_INT(1, pace_missing(&line));
    line.figure.numerator = 12000;
    line.is_met = true;
    EXPECT_INT(0, pace_missing(&line));
    line.is_met = false;
    line.figure.numerator = ABSENT_I64;
    EXPECT_INT(12000, pace_missing(&line));
    line.planned = ABSENT_I64;
    EXPECT_INT(0, pace_missing(&line));
    EXPECT_INT(0, pace_reached_ppm(&line));
}

TEST(pace_share_bps__is_never_more_than_the_whole)
{
    EXPECT_INT(3333, pace_share_bps(1, 3));
    EXPECT_INT(9999, pace_share_bps(99999, 100000));
    EXPECT_INT(10000, pace_share_bps(3, 3));
    EXPECT_INT(10000, pace_share_bps(INT64_MAX, 1));
    EXPECT_INT(9999, pace_share_bps(INT64_MAX - 1, INT64_MAX));
    EXPECT_INT(0, pace_share_bps(-1, 3));
    EXPECT_INT(0, pace_share_bps(1, 0));
}
