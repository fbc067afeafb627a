#include "base/sheet_style.h"

#include "base/day.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    SERIAL_1904_OFFSET = 1462,  /* days between the two epochs of Excel */
    SERIAL_9999 = 2958465,      /* 9999-12-31 */
    SERIAL_UNIX_EPOCH = 25569,  /* 1970-01-01 */
    SERIAL_FALSE_LEAP_DAY = 60, /* Excel's 1900-02-29, which never was */
    DAY_S = 24 * 60 * 60,
};

struct sheet_style sheet_style_builtin(int32_t format_id)
{
    bool day = (format_id >= 14 && format_id <= 17) || (format_id >= 27 && format_id <= 31) ||
               format_id == 36 || (format_id >= 50 && format_id <= 54) || format_id == 57 ||
               format_id == 58;
    bool time = (format_id >= 18 && format_id <= 22) || (format_id >= 32 && format_id <= 35) ||
                (format_id >= 45 && format_id <= 47) || format_id == 55 || format_id == 56;
    return (struct sheet_style){.kind = day ? STYLE_DAY : time ? STYLE_TIME : STYLE_NUMBER};
}

/* The end of a bracket; [h] [mm] [s] are elapsed time, other brackets colour, locale, condition. */
static const char *skip_bracket(const char *p, bool *elapsed)
{
    const char *end = strchr(p, ']');
    if (!end)
        return p + strlen(p);
    size_t size = (size_t)(end - p) - 1;
    *elapsed |= size > 0 && strspn(p + 1, "hHmMsS") == size;
    return end + 1;
}

struct sheet_style sheet_style_custom(const char *format_code)
{
    bool day = false, month = false, time = false;
    const char *p = format_code;
    while (*p && *p != ';') {
        char letter = (char)tolower((unsigned char)*p);
        if (*p == '"') {
            const char *end = strchr(p + 1, '"');
            p = end ? end + 1 : p + strlen(p);
        } else if (*p == '\\' || *p == '_' || *p == '*') {
            p += p[1] ? 2 : 1;
        } else if (*p == '[') {
            p = skip_bracket(p, &time);
        } else if (strncasecmp(p, "general", 7) == 0) {
            p += 7;
        } else {
            day |= letter == 'y' || letter == 'd';
            month |= letter == 'm';
            time |= letter == 'h' || letter == 's';
            p++;
        }
    }
    struct sheet_style style = {.kind = STYLE_NUMBER};
    size_t zero_count = strspn(format_code, "0");
    if (time)
        style.kind = STYLE_TIME;
    else if (day || month)
        style.kind = STYLE_DAY;
    else if (zero_count > 1 && zero_count < 20 && format_code[zero_count] == '\0')
        style.zero_count = (int8_t)zero_count;
    return style;
}

/* As Excel shows it: 15 significant digits, no exponent for what a person would write out. */
static void format_number(double value, int zero_count, char buffer[static STYLE_TEXT_SIZE])
{
    if (zero_count && value >= 0 && value < 1e15 && floor(value) == value)
        snprintf(buffer, STYLE_TEXT_SIZE, "%0*.0f", zero_count, value);
    else if (fabs(value) >= 1e15 && fabs(value) < 1e21)
        snprintf(buffer, STYLE_TEXT_SIZE, "%.0f", value);
    else
        snprintf(buffer, STYLE_TEXT_SIZE, "%.15g", value);
    if (fabs(value) < 1e-15 || fabs(value) >= 1 || !strchr(buffer, 'e'))
        return;
    snprintf(buffer, STYLE_TEXT_SIZE, "%.30f", value);
    for (size_t end = strlen(buffer); end > 0 && buffer[end - 1] == '0'; end--)
        buffer[end - 1] = '\0';
}

struct table_cell sheet_style_cell(struct sheet_style style, double value, bool from_1904,
                                   char buffer[static STYLE_TEXT_SIZE])
{
    struct table_cell cell = {.type = CELL_NUMBER};
    double serial = floor(value + 0.5 / DAY_S); /* a half second may carry into the next day */
    int64_t second = llround((value - serial) * DAY_S);
    if (second < 0)
        second = 0;
    if (from_1904)
        serial += SERIAL_1904_OFFSET;
    bool is_day = serial >= 1 && serial <= SERIAL_9999 && (int64_t)serial != SERIAL_FALSE_LEAP_DAY;
    bool time_alone = style.kind == STYLE_TIME && !from_1904 && value >= 0 && serial == 0;
    if (style.kind == STYLE_NUMBER || !(is_day || time_alone)) {
        format_number(value, style.zero_count, buffer);
        if (style.kind != STYLE_NUMBER)
            cell.problem = CELL_BAD_DAY;
        else if (fabs(value) >= 1e15)
            cell.problem = CELL_DIGITS_LOST;
    } else {
        size_t size = 0;
        if (is_day) {
            int32_t day = (int32_t)serial + (serial < SERIAL_FALSE_LEAP_DAY) - SERIAL_UNIX_EPOCH;
            day_text(day, buffer);
            size = strlen(buffer);
            cell.type = CELL_DAY;
        }
        /* A day format hides the time of day; a time format of a whole day shows midnight. */
        if (style.kind == STYLE_TIME) {
            int h = (int)(second / 3600), m = (int)(second / 60 % 60), s = (int)(second % 60);
            snprintf(buffer + size, STYLE_TEXT_SIZE - size, "%s%02d:%02d:%02d", size ? " " : "", h,
                     m, s);
            cell.type = CELL_TIME;
        }
    }
    cell.text = str_from(buffer);
    return cell;
}
