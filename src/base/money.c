#include "base/money.h"

#include "base/checked.h"
#include "base/err.h"

#include <inttypes.h>
#include <stdio.h>

__extension__ typedef __int128 wide; /* products of two int64 */

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* Writes the number with commas between groups of three digits; returns the end. */
static char *write_grouped(char *at, uint64_t number)
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%" PRIu64, number);
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            *at++ = ',';
        *at++ = digits[i];
    }
    return at;
}

const char *money_text(int64_t amount_fen, char buffer[MONEY_TEXT_SIZE])
{
    uint64_t fen = magnitude(amount_fen);
    char *at = buffer;
    if (amount_fen < 0)
        *at++ = '-';
    at = write_grouped(at, fen / 100);
    size_t left_size = MONEY_TEXT_SIZE - (size_t)(at - buffer);
    if (fen % 100 == 0)
        snprintf(at, left_size, "元");
    else
        snprintf(at, left_size, ".%02" PRIu64 "元", fen % 100);
    return buffer;
}

const char *money_text_in(struct arena *arena, int64_t amount_fen)
{
    char buffer[MONEY_TEXT_SIZE];
    return text_in(arena, "%s", money_text(amount_fen, buffer));
}

static const uint64_t WAN_FEN = 1000000, YI_FEN = 10000000000;

static const char *const capital_digits[] = {"零", "壹", "贰", "叁", "肆",
                                             "伍", "陆", "柒", "捌", "玖"};

/* A group of four digits with its zeros; *pending: a zero has to be said before the next digit. */
static void add_group(struct text_buf *out, int64_t group, bool *pending)
{
    static const char *const units[] = {"仟", "佰", "拾", ""};
    for (int64_t i = 0, divisor = 1000; i < 4; i++, divisor /= 10) {
        int64_t digit = group / divisor % 10;
        if (digit == 0) {
            *pending = out->size > 0;
            continue;
        }
        if (*pending)
            text_add_z(out, capital_digits[0]);
        *pending = false;
        text_add_z(out, capital_digits[digit]);
        text_add_z(out, units[i]);
    }
}

static void add_small(struct text_buf *out, int64_t jiao, int64_t fen)
{
    if (jiao > 0)
        text_format(out, "%s角", capital_digits[jiao]);
    else if (out->size > 0 && fen > 0)
        text_add_z(out, capital_digits[0]);
    if (fen > 0)
        text_format(out, "%s分", capital_digits[fen]);
}

const char *money_capital_in(struct arena *arena, int64_t amount_fen)
{
    static const char *const groups[] = {"万亿", "亿", "万", ""};
    struct text_buf out;
    int64_t yuan = amount_fen / 100;
    bool pending = false;
    text_init(&out, arena);
    if (amount_fen < 0 || yuan >= INT64_C(10000000000000000))
        return "";
    for (int64_t i = 0, divisor = INT64_C(1000000000000); i < 4; i++, divisor /= 10000) {
        int64_t group = yuan / divisor % 10000;
        add_group(&out, group, &pending);
        if (group > 0)
            text_add_z(&out, groups[i]);
    }
    if (yuan > 0 || amount_fen == 0)
        text_add_z(&out, yuan > 0 ? "元" : "零元");
    if (amount_fen % 100 == 0)
        text_add_z(&out, "整");
    else
        add_small(&out, amount_fen / 10 % 10, amount_fen % 10);
    return str_z(arena, text_str(&out));
}

const char *money_text_short(int64_t amount_fen, char buffer[MONEY_TEXT_SIZE])
{
    uint64_t fen = magnitude(amount_fen);
    uint64_t unit_fen = fen >= YI_FEN && fen % (YI_FEN / 100) == 0 ? YI_FEN : WAN_FEN;
    if (fen < WAN_FEN || fen % (unit_fen / 100) != 0)
        return money_text(amount_fen, buffer);
    char *at = buffer;
    if (amount_fen < 0)
        *at++ = '-';
    at = write_grouped(at, fen / unit_fen);
    uint64_t hundredths = fen % unit_fen / (unit_fen / 100);
    const char *unit = unit_fen == YI_FEN ? "亿元" : "万元";
    size_t left_size = MONEY_TEXT_SIZE - (size_t)(at - buffer);
    if (hundredths == 0)
        snprintf(at, left_size, "%s", unit);
    else if (hundredths % 10 == 0)
        snprintf(at, left_size, ".%" PRIu64 "%s", hundredths / 10, unit);
    else
        snprintf(at, left_size, ".%02" PRIu64 "%s", hundredths, unit);
    return buffer;
}

enum { MONEY_ASCII_SIZE = 40 };

/* Rewrites an amount in ASCII: 万 'w', 亿 'y', 元 and 圆 'Y', a currency sign '$'. */
static bool money_to_ascii(struct str s, char ascii[MONEY_ASCII_SIZE])
{
    size_t size = 0;
    s = str_trim(s);
    while (s.size > 0) {
        uint32_t character = str_next_character(&s);
        if (character >= 0xFF01 && character <= 0xFF5E)
            character -= 0xFEE0;
        switch (character) {
        case 0x4E07: character = 'w'; break;             /* 万 */
        case 0x4EBF: character = 'y'; break;             /* 亿 */
        case 0x5143: case 0x5706: character = 'Y'; break; /* 元, 圆 */
        case 0xA5: case 0xFFE5: character = '$'; break;   /* ¥, ￥ */
        default:
            if (character > '9' || character == '$')
                return false;
        }
        if (size + 1 >= MONEY_ASCII_SIZE)
            return false;
        ascii[size++] = (char)character;
    }
    ascii[size] = '\0';
    return size > 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes digits, with commas only between whole groups of three. */
static bool take_whole(const char **at, int64_t *ret_value)
{
    int64_t value = 0;
    int group_digits = 0;
    bool grouped = false;
    if (!is_digit(**at))
        return false;
    for (;; (*at)++) {
        if (is_digit(**at)) {
            if (!checked_mul(value, 10, &value) || !checked_add(value, **at - '0', &value))
                return false;
            group_digits++;
        } else if (**at == ',') {
            if (grouped ? group_digits != 3 : group_digits > 3)
                return false;
            grouped = true;
            group_digits = 0;
        } else {
            break;
        }
    }
    if (grouped && group_digits != 3)
        return false;
    *ret_value = value;
    return true;
}

/* Adds the digits behind the point, each worth a tenth of the one before; unit_fen is a power of
 * ten, and what would be less than a fen must be zero. */
static bool take_fraction(const char **at, int64_t unit_fen, int64_t *amount_fen)
{
    if (**at != '.')
        return true;
    (*at)++;
    if (!is_digit(**at))
        return false;
    for (; is_digit(**at); (*at)++) {
        unit_fen /= 10;
        if (unit_fen == 0 && **at != '0')
            return false;
        if (!checked_add(*amount_fen, unit_fen * (**at - '0'), amount_fen))
            return false;
    }
    return true;
}

static int64_t unit_behind(const char *at)
{
    while (is_digit(*at) || *at == '.')
        at++;
    return *at == 'w' ? (int64_t)WAN_FEN : *at == 'y' ? (int64_t)YI_FEN : 100;
}

bool money_parse(struct str s, int64_t *ret_amount_fen)
{
    char ascii[MONEY_ASCII_SIZE];
    if (!money_to_ascii(s, ascii))
        return false;
    const char *at = ascii;
    bool negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    if (*at == '$')
        at++;
    int64_t amount_fen;
    if (!take_whole(&at, &amount_fen))
        return false;
    int64_t unit_fen = unit_behind(at);
    if (!checked_mul(amount_fen, unit_fen, &amount_fen) ||
        !take_fraction(&at, unit_fen, &amount_fen))
        return false;
    if (*at == 'w' || *at == 'y')
        at++;
    if (*at == 'Y')
        at++;
    if (*at != '\0')
        return false;
    *ret_amount_fen = negative ? -amount_fen : amount_fen;
    return true;
}

static wide divide(wide dividend, int64_t divisor, enum rounding rounding)
{
    bool negative = dividend < 0;
    wide size = negative ? -dividend : dividend;
    wide quotient = size / divisor;
    wide twice_remainder = size % divisor * 2;
    bool up = false;
    switch (rounding) {
    case ROUND_DOWN: break;
    case ROUND_UP: up = twice_remainder > 0; break;
    case ROUND_HALF_UP: up = twice_remainder >= divisor; break;
    case ROUND_HALF_EVEN:
        up = twice_remainder > divisor || (twice_remainder == divisor && quotient % 2 == 1);
        break;
    }
    quotient += up;
    return negative ? -quotient : quotient;
}

bool money_ratio(int64_t amount_fen, int64_t numerator, int64_t denominator,
                 enum rounding rounding, int64_t *ret_amount_fen)
{
    check(denominator > 0);
    wide value = divide((wide)amount_fen * numerator, denominator, rounding);
    if (value < INT64_MIN || value > INT64_MAX)
        return false;
    *ret_amount_fen = (int64_t)value;
    return true;
}

bool money_rate(int64_t amount_fen, int64_t rate_ppm, enum rounding rounding,
                int64_t *ret_amount_fen)
{
    return money_ratio(amount_fen, rate_ppm, 1000000, rounding, ret_amount_fen);
}

/* The share is the step of the rounded running total, so that the rounding never adds up. */
bool money_share(int64_t amount_fen, const int64_t *weights, int32_t count, int64_t *ret_shares_fen)
{
    int64_t total = 0;
    for (int32_t i = 0; i < count; i++) {
        if (weights[i] < 0 || !checked_add(total, weights[i], &total))
            return false;
    }
    if (total == 0)
        return false;
    int64_t running = 0, given_fen = 0;
    for (int32_t i = 0; i < count; i++) {
        running += weights[i];
        int64_t due_fen = (int64_t)divide((wide)amount_fen * running, total, ROUND_DOWN);
        ret_shares_fen[i] = due_fen - given_fen;
        given_fen = due_fen;
    }
    return true;
}
