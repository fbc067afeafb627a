/* Any text: a day or month that is read lies in the readable years, and its own text reads as the
 * same; nothing is written when it is refused. */
#include "base/day.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    char buffer[DAY_TEXT_SIZE];
    int32_t day = INT32_MAX, month = INT32_MAX, again;
    if (day_parse(text, &day)) {
        check(day_year(day) >= DAY_PARSE_YEAR_MIN);
        check(day_year(day) <= DAY_PARSE_YEAR_MAX);
        check(day_parse(str_from(day_text(day, buffer)), &again));
        check(again == day);
    } else {
        check(day == INT32_MAX);
    }
    if (month_parse(text, &month)) {
        check(month_parse(str_from(month_text(month, buffer)), &again));
        check(again == month);
        check(day_month(month_last_day(month)) == month);
    } else {
        check(month == INT32_MAX);
    }
    return 0;
}
