#include "unit.h"

#include "base/day.h"

static int32_t day_of(const char *text)
{
    int32_t day = INT32_MAX;
    EXPECT(day_parse(str_from(text), &day));
    return day;
}

TEST(day__zero_is_the_first_of_january_1970)
{
    char buffer[DAY_TEXT_SIZE];
    EXPECT_INT(0, day_of("1970-01-01"));
    assert_string_equal("1970-01-01", day_text(0, buffer));
    EXPECT_INT(19226, day_of("2022-08-22"));
    assert_string_equal("0001-01-01", day_text(DAY_MIN, buffer));
    assert_string_equal("9999-12-31", day_text(DAY_MAX, buffer));
    assert_string_equal("-", day_text(INT32_MIN, buffer));
}

TEST(day__round_trips_through_the_calendar_on_every_day)
{
    int32_t previous_month = day_month(DAY_MIN);
    for (int32_t day = DAY_MIN; day <= DAY_MAX; day++) {
        int32_t year, month, day_of_month, again;
        day_to_civil(day, &year, &month, &day_of_month);
        if (!day_from_civil(year, month, day_of_month, &again) || again != day)
            fail_msg("day %d", day);
        int32_t month_number = year * 12 + month - 1;
        if (month_number != previous_month && (day_of_month != 1 ||
            month_last_day(previous_month) != day - 1 || month_first_day(month_number) != day))
            fail_msg("month of day %d", day);
        previous_month = month_number;
    }
}

TEST(day__refuses_dates_that_do_not_exist)
{
    int32_t day = 7;
    EXPECT(!day_from_civil(2023, 2, 29, &day));
    EXPECT(day_from_civil(2024, 2, 29, &day));
    EXPECT(!day_from_civil(1900, 2, 29, &day));
    EXPECT(day_from_civil(2000, 2, 29, &day));
    EXPECT(!day_from_civil(2023, 4, 31, &day));
    EXPECT(!day_from_civil(2023, 13, 1, &day));
    EXPECT(!day_from_civil(2023, 1, 0, &day));
}

TEST(day_parse__reads_what_offices_write)
{
    static const char *const texts[] = {
        "2022-08-22", "2022/8/22", "2022.8.22", "20220822", "2022年8月22日", "2022年08月22日",
        "２０２２－０８－２２", "２０２２年８月２２日", " 2022-8-22 ", "2022-08-22 00:00:00",
        "2022年8月22", "2022年8月22号", "2022/08/22 0:00",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        EXPECT_INT(19226, day_of(texts[i]));
}

TEST(day_parse__refuses_everything_else)
{
    static const char *const texts[] = {
        "", "2022", "2022-08", "22-08-22", "2022-8/22", "2022-13-01", "2023-02-29", "1899-12-31",
        "2201-01-01", "2022-08-22x", "2022-08-22 10:30:00", "202208221", "2022年8-22", "二〇二二年",
        "2022-08-022", "44795", "2022y8m22d",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int32_t day = 7;
        if (day_parse(str_from(texts[i]), &day))
            fail_msg("accepted %s", texts[i]);
        EXPECT_INT(7, day);
    }
    EXPECT_INT(-25567, day_of("1900-01-01"));
    EXPECT_INT(year_last_day(2200), day_of("2200-12-31"));
}

TEST(month_parse__reads_what_offices_write)
{
    static const char *const texts[] = {"2022-01", "2022/1", "2022年1月", "202201", "2022年01月",
                                        "２０２２０１", "2022.01"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int32_t month = 0;
        EXPECT(month_parse(str_from(texts[i]), &month));
        EXPECT_INT(2022 * 12, month);
    }
    int32_t month;
    EXPECT(!month_parse(STR("2022-13"), &month));
    EXPECT(!month_parse(STR("2022-00"), &month));
    EXPECT(!month_parse(STR("2022-01-01"), &month));
    char buffer[DAY_TEXT_SIZE];
    assert_string_equal("2022-12", month_text(2022 * 12 + 11, buffer));
}

TEST(day_add_months__clamps_to_the_end_of_the_month)
{
    EXPECT_INT(day_of("2023-02-28"), day_add_months(day_of("2023-01-31"), 1));
    EXPECT_INT(day_of("2024-02-29"), day_add_months(day_of("2024-01-31"), 1));
    EXPECT_INT(day_of("2022-12-31"), day_add_months(day_of("2023-01-31"), -1));
    EXPECT_INT(day_of("2021-12-15"), day_add_months(day_of("2023-02-15"), -14));
    EXPECT_INT(DAY_MAX, day_add_months(day_of("2023-01-31"), INT32_MAX));
    EXPECT_INT(DAY_MIN, day_add_months(day_of("2023-01-31"), INT32_MIN));
}

TEST(day_months_between__counts_the_month_on_its_last_day_and_not_before)
{
    EXPECT_INT(12, day_months_between(day_of("2021-08-22"), day_of("2022-08-22")));
    EXPECT_INT(11, day_months_between(day_of("2021-08-22"), day_of("2022-08-21")));
    EXPECT_INT(1, day_months_between(day_of("2023-01-31"), day_of("2023-02-28")));
    EXPECT_INT(0, day_months_between(day_of("2023-01-31"), day_of("2023-02-27")));
    EXPECT_INT(-12, day_months_between(day_of("2022-08-22"), day_of("2021-08-22")));
    EXPECT_INT(0, day_months_between(5, 5));
}

TEST(day_years_between__ages_a_person_on_the_birthday)
{
    EXPECT_INT(15, day_years_between(day_of("2004-02-29"), day_of("2020-02-28")));
    EXPECT_INT(16, day_years_between(day_of("2004-02-29"), day_of("2020-02-29")));
    EXPECT_INT(17, day_years_between(day_of("2004-02-29"), day_of("2021-02-28")));
}

TEST(day_of_week__knows_monday)
{
    EXPECT_INT(4, day_of_week(0));
    EXPECT_INT(1, day_of_week(day_of("2022-08-22")));
    EXPECT_INT(7, day_of_week(day_of("2022-08-21")));
    EXPECT_INT(3, day_of_week(-1));
}
