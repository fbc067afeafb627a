#include "policy/prose.h"

#include "base/day.h"

#include <string.h>

static int32_t numeral_digit(uint32_t c)
{
    static const uint32_t digits[] = {0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94,
                                      0x516D, 0x4E03, 0x516B, 0x4E5D}; /* 〇一二三四五六七八九 */
    for (int32_t i = 0; i < 10; i++)
        if (digits[i] == c)
            return i;
    if (c == 0x96F6) /* 零 */
        return 0;
    return c == 0x4E24 ? 2 : -1; /* 两 */
}

static int64_t numeral_power(uint32_t c)
{
    switch (c) {
    case 0x5341: /* 十 */
        return 10;
    case 0x767E: /* 百 */
        return 100;
    case 0x5343: /* 千 */
        return 1000;
    case 0x4E07: /* 万 */
        return 10000;
    case 0x4EBF: /* 亿 */
        return 100000000;
    default:
        return 0;
    }
}

size_t prose_numeral(struct str text, int64_t *ret_value)
{
    struct str rest = text;
    int64_t total = 0, section = 0, digit = -1;
    size_t size = 0;
    while (rest.size) {
        uint32_t c = str_next_character(&rest);
        int32_t one = numeral_digit(c);
        int64_t power = numeral_power(c);
        if (one < 0 && (power == 0 || (power >= 10000 && size == 0)))
            break;
        if (one >= 0) { /* 二〇二五: digits alone are written as they are */
            if (digit > 100000000)
                return 0;
            digit = digit < 0 ? one : digit * 10 + one;
        } else if (power < 10000) {
            section += (digit < 0 ? 1 : digit) * power;
            digit = -1;
        } else {
            section += digit > 0 ? digit : 0;
            if (section > INT64_MAX / 100000000 / 10000)
                return 0;
            total += section * power;
            section = 0;
            digit = -1;
        }
        if (total > INT64_MAX / 2 || section > 100000)
            return 0;
        size = text.size - rest.size;
    }
    *ret_value = total + section + (digit > 0 ? digit : 0);
    return size;
}

static bool is_ascii_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 75,000,000 and 31.4 in ASCII digits, as 1/1 000 000; the size read, 0 for none. */
static size_t read_figure(struct str text, int64_t *ret_micros)
{
    size_t at = 0, digits = 0;
    int64_t whole = 0, fraction = 0, scale = 100000;
    while (at < text.size) {
        if (is_ascii_digit(text.ptr[at])) {
            if (++digits > 12)
                return 0;
            whole = whole * 10 + (text.ptr[at++] - '0');
        } else if (text.ptr[at] == ',' && digits > 0 && digits <= 9 && at + 3 < text.size &&
                   is_ascii_digit(text.ptr[at + 1]) && is_ascii_digit(text.ptr[at + 2]) &&
                   is_ascii_digit(text.ptr[at + 3])) {
            at++;
        } else {
            break;
        }
    }
    if (digits && at + 1 < text.size && text.ptr[at] == '.' && is_ascii_digit(text.ptr[at + 1]))
        for (at++; at < text.size && is_ascii_digit(text.ptr[at]); at++, scale /= 10)
            fraction += (text.ptr[at] - '0') * scale;
    *ret_micros = whole * 1000000 + fraction;
    return digits ? at : 0;
}

/* The unit behind a number: 名 or " persons". */
static const struct unit_word *read_unit(struct str text, size_t *ret_size)
{
    const struct unit_word *unit = unit_prefix(text, ret_size);
    if (unit)
        return unit;
    size_t space = text.size && text.ptr[0] == ' ' ? 1 : 0, end = space;
    while (end < text.size && ((text.ptr[end] >= 'a' && text.ptr[end] <= 'z') ||
                               (text.ptr[end] == '-' && end > space)))
        end++;
    if (end == space)
        return NULL;
    *ret_size = end;
    return unit_of(str_sub(text, space, end - space));
}

/* 2025年, 2022年8月22日 */
static size_t read_calendar(struct str text, struct prose_number *number)
{
    size_t at = 0;
    while (at < text.size && is_ascii_digit(text.ptr[at]))
        at++;
    struct str year = STR("年"), month = STR("月"), day = STR("日");
    if (at != 4 || !str_starts(str_sub(text, at, SIZE_MAX), year))
        return 0;
    int64_t value;
    if (!str_to_i64(str_sub(text, 0, 4), &value) || value < DAY_PARSE_YEAR_MIN ||
        value > DAY_PARSE_YEAR_MAX)
        return 0;
    size_t size = at + year.size;
    number->type = TYPE_MONTH;
    number->value = value * 12;
    size_t end = size;
    while (end < text.size && is_ascii_digit(text.ptr[end]))
        end++;
    if (end == size || !str_starts(str_sub(text, end, SIZE_MAX), month))
        return size;
    size = end += month.size;
    while (end < text.size && is_ascii_digit(text.ptr[end]))
        end++;
    int32_t day_number;
    if (end > size && str_starts(str_sub(text, end, SIZE_MAX), day) &&
        day_parse(str_sub(text, 0, end + day.size), &day_number)) {
        number->type = TYPE_DAY;
        number->value = day_number;
        size = end + day.size;
    }
    return size;
}

static bool is_unit(const struct unit_word *unit, const char *zh)
{
    return strcmp(unit->zh, zh) == 0;
}

/* A number and its unit at the start of the text; the size read, 0 for none. */
static size_t read_number(struct str text, bool ordinal, struct prose_number *number)
{
    struct str percent = STR("百分之");
    int64_t value = 0, micros = 0;
    if (str_starts(text, percent)) {
        size_t size = prose_numeral(str_sub(text, percent.size, SIZE_MAX), &value);
        if (size == 0 || value > 1000000)
            return 0;
        number->type = TYPE_RATE;
        number->value = value * 10000;
        return percent.size + size;
    }
    size_t size = read_calendar(text, number);
    if (size)
        return size;
    bool figure = (size = read_figure(text, &micros)) > 0;
    if (!figure) {
        size = prose_numeral(text, &value);
        if (size == 0 || value > INT64_MAX / 1000000)
            return 0;
        micros = value * 1000000;
    }
    struct str behind = str_sub(text, size, SIZE_MAX);
    if (figure && (str_starts(behind, STR("%")) || str_starts(behind, STR("％")))) {
        number->type = TYPE_RATE;
        number->value = micros / 100;
        return size + (behind.ptr[0] == '%' ? 1 : 3);
    }
    size_t unit_size = 0;
    const struct unit_word *unit = read_unit(behind, &unit_size);
    if (!unit || is_unit(unit, "月") || (ordinal && !is_unit(unit, "名")))
        return 0;
    if (!figure && value == 1 && unit->type == TYPE_COUNT && !ordinal)
        return 0;
    if (!unit_value(unit, micros, &number->value))
        return 0;
    number->type = unit->type;
    if (is_unit(unit, "年") && value >= DAY_PARSE_YEAR_MIN && value <= DAY_PARSE_YEAR_MAX)
        number->type = TYPE_MONTH;
    return size + unit_size;
}

bool prose_next_number(struct str *rest, struct prose_number *ret_number)
{
    bool ordinal = false, joined = false;
    while (rest->size) {
        struct prose_number number = {0};
        size_t size = joined ? 0 : read_number(*rest, ordinal, &number);
        if (size) {
            number.text = str_sub(*rest, 0, size);
            *rest = str_sub(*rest, size, SIZE_MAX);
            *ret_number = number;
            return true;
        }
        /* Behind a letter, digit or hyphen a number is part of a code. */
        uint32_t c = str_next_character(rest);
        ordinal = c == 0x7B2C; /* 第 */
        joined = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                 c == '-' || numeral_digit(c) >= 0 || (numeral_power(c) > 0 && c != 0x5343);
    }
    return false;
}
