#include "base/day.h"

#include <stdio.h>
#include <string.h>

static bool is_leap_year(int32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int32_t month_length(int32_t year, int32_t month)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : lengths[month - 1];
}

/* Counts in eras of 400 years whose years start in March, so that the leap day comes last. */
static int32_t civil_to_day(int32_t year, int32_t month, int32_t day_of_month)
{
    int32_t y = month <= 2 ? year - 1 : year;
    int32_t era = (y >= 0 ? y : y - 399) / 400;
    int32_t year_of_era = y - era * 400;
    int32_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day_of_month - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

bool day_from_civil(int32_t year, int32_t month, int32_t day_of_month, int32_t *ret_day)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12)
        return false;
    if (day_of_month < 1 || day_of_month > month_length(year, month))
        return false;
    *ret_day = civil_to_day(year, month, day_of_month);
    return true;
}

static int32_t clamp_day(int32_t day)
{
    return day < DAY_MIN ? DAY_MIN : day > DAY_MAX ? DAY_MAX : day;
}

struct civil {
    int32_t year, month, day_of_month;
};

/* After C. Neri and L. Schneider, "Euclidean affine functions and their application to calendar
 * algorithms" (2022): each quotient is a product and a shift. Years begin in March, so that a leap
 * day is the last of its year; day 0 of the count is 0000-03-01. */
static inline struct civil civil_of(int32_t day)
{
    uint32_t count = (uint32_t)(clamp_day(day) + 719468);
    uint32_t century = (4 * count + 3) / 146097;
    uint32_t day_of_century = (4 * count + 3) % 146097 / 4;
    uint64_t years = UINT64_C(2939745) * (4 * day_of_century + 3); /* 32 bits behind the point */
    uint32_t day_of_year = (uint32_t)years / 2939745 / 4;
    uint32_t months = 2141 * day_of_year + 197913; /* 16 bits behind the point; March is 3 */
    uint32_t year = 100 * century + (uint32_t)(years >> 32);
    bool is_next = day_of_year >= 306; /* January and February */
    return (struct civil){.year = (int32_t)(year + is_next),
                          .month = (int32_t)((months >> 16) - (is_next ? 12 : 0)),
                          .day_of_month = (int32_t)((months & 0xffff) / 2141 + 1)};
}

void day_to_civil(int32_t day, int32_t *ret_year, int32_t *ret_month, int32_t *ret_day_of_month)
{
    struct civil civil = civil_of(day);
    *ret_year = civil.year;
    *ret_month = civil.month;
    *ret_day_of_month = civil.day_of_month;
}

int32_t day_year(int32_t day)
{
    return day_month(day) / 12;
}

int32_t day_month(int32_t day)
{
    struct civil civil = civil_of(day);
    return civil.year * 12 + civil.month - 1;
}

int32_t day_of_week(int32_t day)
{
    int32_t shifted = (clamp_day(day) + 3) % 7; /* day 0 was a Thursday */
    return (shifted < 0 ? shifted + 7 : shifted) + 1;
}

int32_t year_first_day(int32_t year)
{
    return civil_to_day(year, 1, 1);
}

int32_t year_last_day(int32_t year)
{
    return civil_to_day(year, 12, 31);
}

int32_t month_first_day(int32_t month)
{
    return civil_to_day(month / 12, month % 12 + 1, 1);
}

int32_t month_last_day(int32_t month)
{
    return civil_to_day(month / 12, month % 12 + 1, month_length(month / 12, month % 12 + 1));
}

int32_t day_add_months(int32_t day, int32_t month_count)
{
    struct civil civil = civil_of(day);
    int64_t target = (int64_t)civil.year * 12 + civil.month - 1 + month_count;
    if (target < 1 * 12)
        return DAY_MIN;
    if (target > 9999 * 12 + 11)
        return DAY_MAX;
    int32_t target_year = (int32_t)(target / 12);
    int32_t target_month = (int32_t)(target % 12) + 1;
    int32_t length = month_length(target_year, target_month);
    return civil_to_day(target_year, target_month,
                        civil.day_of_month < length ? civil.day_of_month : length);
}

int32_t day_months_between(int32_t from_day, int32_t to_day)
{
    if (to_day < from_day)
        return -day_months_between(to_day, from_day);
    struct civil from = civil_of(from_day);
    struct civil to = civil_of(to_day);
    int32_t month_count = (to.year - from.year) * 12 + to.month - from.month;
    int32_t length = month_length(to.year, to.month); /* a month that is too short ends earlier */
    int32_t due_day = from.day_of_month < length ? from.day_of_month : length;
    return due_day <= to.day_of_month ? month_count : month_count - 1;
}

int32_t day_years_between(int32_t from_day, int32_t to_day)
{
    return day_months_between(from_day, to_day) / 12;
}

enum { DATE_ASCII_SIZE = 24 }; /* "2022-08-22 00:00:00" and some */

/* Rewrites full-width characters and 年月日 in ASCII: 年 and 月 become 'y' and 'm', 日 and 号 'd'.
 * Returns the length, 0 when a character has no place in a date or the text is too long. */
static size_t date_to_ascii(struct str s, char ascii[DATE_ASCII_SIZE])
{
    size_t size = 0;
    s = str_trim(s);
    while (s.size > 0) {
        uint32_t character = str_next_character(&s);
        if (character >= 0xFF01 && character <= 0xFF5E) /* the full-width forms of ASCII */
            character -= 0xFEE0;
        switch (character) {
        case 0x5E74: character = 'y'; break;            /* 年 */
        case 0x6708: character = 'm'; break;            /* 月 */
        case 0x65E5: case 0x53F7: character = 'd'; break; /* 日, 号 */
        case 0x3000: character = ' '; break;
        default:
            if (character >= 0x80 || character >= 'a')
                return 0;
        }
        if (size + 1 >= DATE_ASCII_SIZE)
            return 0;
        ascii[size++] = (char)character;
    }
    ascii[size] = '\0';
    return size;
}

/* Takes between digits_min and digits_max digits from *at. */
static bool take_number(const char **at, int digits_min, int digits_max, int32_t *ret_value)
{
    int32_t value = 0;
    int digits = 0;
    for (; digits < digits_max && **at >= '0' && **at <= '9'; digits++, (*at)++)
        value = value * 10 + (**at - '0');
    if (digits < digits_min)
        return false;
    *ret_value = value;
    return true;
}

/* Takes '-', '/', '.' or the given sign and says which. */
static bool take_separator(const char **at, char sign, char *ret_separator)
{
    if (**at == '\0' || (**at != sign && !strchr("-/.", **at)))
        return false;
    *ret_separator = *(*at)++;
    return true;
}

static bool is_midnight_or_end(const char *at)
{
    return *at == '\0' || strcmp(at, " 00:00:00") == 0 || strcmp(at, "T00:00:00") == 0 ||
           strcmp(at, " 0:00:00") == 0 || strcmp(at, " 00:00") == 0 || strcmp(at, " 0:00") == 0;
}

static bool year_is_readable(int32_t year)
{
    return year >= DAY_PARSE_YEAR_MIN && year <= DAY_PARSE_YEAR_MAX;
}

bool day_parse(struct str s, int32_t *ret_day)
{
    char ascii[DATE_ASCII_SIZE];
    int32_t year, month, day_of_month;
    if (date_to_ascii(s, ascii) == 0)
        return false;
    const char *at = ascii;
    if (!take_number(&at, 4, 4, &year) || !year_is_readable(year))
        return false;
    char first, second;
    if (take_separator(&at, 'y', &first)) {
        if (!take_number(&at, 1, 2, &month) || !take_separator(&at, 'm', &second))
            return false;
        if (second != (first == 'y' ? 'm' : first) || !take_number(&at, 1, 2, &day_of_month))
            return false;
        if (first == 'y' && *at == 'd')
            at++;
    } else if (!take_number(&at, 2, 2, &month) || !take_number(&at, 2, 2, &day_of_month)) {
        return false;
    }
    return is_midnight_or_end(at) && day_from_civil(year, month, day_of_month, ret_day);
}

bool month_parse(struct str s, int32_t *ret_month)
{
    char ascii[DATE_ASCII_SIZE];
    int32_t year, month;
    if (date_to_ascii(s, ascii) == 0)
        return false;
    const char *at = ascii;
    if (!take_number(&at, 4, 4, &year) || !year_is_readable(year))
        return false;
    char separator;
    if (take_separator(&at, 'y', &separator)) {
        if (!take_number(&at, 1, 2, &month))
            return false;
        if (separator == 'y' && *at == 'm')
            at++;
    } else if (!take_number(&at, 2, 2, &month)) {
        return false;
    }
    if (*at != '\0' || month < 1 || month > 12)
        return false;
    *ret_month = year * 12 + month - 1;
    return true;
}

static void put_digits(char *text, int32_t count, int32_t number)
{
    for (int32_t i = count - 1; i >= 0; i--) {
        text[i] = (char)('0' + number % 10);
        number /= 10;
    }
}

const char *day_text(int32_t day, char buffer[DAY_TEXT_SIZE])
{
    int32_t year, month, day_of_month;
    if (day < DAY_MIN || day > DAY_MAX)
        return memcpy(buffer, "-", 2);
    day_to_civil(day, &year, &month, &day_of_month);
    char text[] = "yyyy-mm-dd";
    put_digits(text, 4, year);
    put_digits(text + 5, 2, month);
    put_digits(text + 8, 2, day_of_month);
    return memcpy(buffer, text, sizeof text);
}

const char *month_text(int32_t month, char buffer[DAY_TEXT_SIZE])
{
    if (month < 12 || month > 9999 * 12 + 11)
        return memcpy(buffer, "-", 2);
    snprintf(buffer, DAY_TEXT_SIZE, "%04u-%02u", (unsigned)(month / 12) % 10000,
             (unsigned)(month % 12 + 1));
    return buffer;
}

const char *day_text_in(struct arena *arena, int32_t day)
{
    char buffer[DAY_TEXT_SIZE];
    return text_in(arena, "%s", day_text(day, buffer));
}

const char *month_text_in(struct arena *arena, int32_t month)
{
    char buffer[DAY_TEXT_SIZE];
    return text_in(arena, "%s", month_text(month, buffer));
}
