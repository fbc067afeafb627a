#include "unit.h"

#include "base/calendar.h"
#include "base/day.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int32_t day_of(const char *text)
{
    int32_t day = INT32_MAX;
    EXPECT(day_parse(str_from(text), &day));
    return day;
}

static struct arena arena;

/* The catalogue that the program ships. */
static const struct calendar *shipped(void)
{
    static struct calendar calendar;
    if (calendar.row_count == 0) {
        char path[4096];
        struct fault fault;
        arena_init(&arena, 64 << 20);
        snprintf(path, sizeof path, "%s/catalogue/holiday.csv", getenv("BAIGONG_SOURCE_ROOT"));
        if (calendar_load(&arena, path, &calendar, &fault) != ERR_OK)
            fail_msg("%s", fault.message);
    }
    return &calendar;
}

TEST(calendar__knows_holidays_and_make_up_days)
{
    EXPECT(!calendar_is_working_day(shipped(), day_of("2022-10-03"))); /* a Monday */
    EXPECT(calendar_is_working_day(shipped(), day_of("2022-10-08")));  /* a Saturday */
    EXPECT(calendar_is_working_day(shipped(), day_of("2022-08-22")));
    EXPECT(!calendar_is_working_day(shipped(), day_of("2022-08-21")));
}

TEST(calendar_add_working_days__skips_the_golden_week)
{
    bool known = false;
    EXPECT_INT(day_of("2022-10-08"),
               calendar_add_working_days(shipped(), day_of("2022-09-30"), 1, &known));
    EXPECT(known);
    EXPECT_INT(day_of("2022-10-12"),
               calendar_add_working_days(shipped(), day_of("2022-09-30"), 5, &known));
    EXPECT_INT(day_of("2022-09-30"),
               calendar_add_working_days(shipped(), day_of("2022-10-08"), -1, &known));
    EXPECT_INT(day_of("2022-10-01"),
               calendar_add_working_days(shipped(), day_of("2022-10-01"), 0, &known));
}

TEST(calendar_working_days_between__undoes_the_addition)
{
    for (int32_t count = -40; count <= 40; count++) {
        int32_t from_day = day_of("2022-09-30");
        int32_t to_day = calendar_add_working_days(shipped(), from_day, count, NULL);
        if (count >= 0)
            EXPECT_INT(count, calendar_working_days_between(shipped(), from_day, to_day, NULL));
    }
    EXPECT_INT(-5, calendar_working_days_between(shipped(), day_of("2022-10-12"),
                                                 day_of("2022-09-30"), NULL));
}

TEST(calendar__counts_monday_to_friday_and_says_so_when_a_year_is_not_published)
{
    bool known = true;
    EXPECT(calendar_knows_year(shipped(), 2022));
    EXPECT(!calendar_knows_year(shipped(), 2199));
    EXPECT_INT(day_of("2199-10-08"),
               calendar_add_working_days(shipped(), day_of("2199-10-01"), 5, &known));
    EXPECT(!known);
    EXPECT_INT(5, calendar_working_days_between(shipped(), day_of("2199-10-01"),
                                                day_of("2199-10-08"), &known));
    EXPECT(!known);
}

TEST(calendar_load__names_the_line_that_is_wrong)
{
    static const struct { const char *text, *message; } cases[] = {
        {"a,b,c\n", "第1行"},
        {"day,kind,name\n2022-13-01,holiday,x\n", "第2行"},
        {"day,kind,name\n2022-10-01,feast,x\n", "第2行第2列"},
        {"day,kind,name\n2022-10-02,holiday,x\n2022-10-02,workday,x\n", "第3行第1列"},
        {"day,kind,name\n2022-10-02,holiday\n", "第2行"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[] = "/tmp/baigong-calendar-XXXXXX";
        int file = mkstemp(path);
        EXPECT(file >= 0);
        EXPECT(write(file, cases[i].text, strlen(cases[i].text)) > 0);
        close(file);
        struct calendar calendar;
        struct fault fault = {0};
        struct arena scratch;
        arena_init(&scratch, 1 << 20);
        EXPECT_ERR(ERR_CATALOGUE, calendar_load(&scratch, path, &calendar, &fault));
        if (!strstr(fault.message, cases[i].message))
            fail_msg("%s", fault.message);
        arena_done(&scratch);
        unlink(path);
    }
}
