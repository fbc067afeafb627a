/* money.h — amounts in whole fen: text, reading, rates and shares, never a floating point number.
 *
 * Memory   texts go into the caller's buffer of MONEY_TEXT_SIZE bytes, or into an arena
 * Errors   false on overflow or when a text is not an amount; outputs are then untouched
 * Units    fen (1/100 yuan); rates in parts per million
 */
#ifndef BAIGONG_MONEY_H
#define BAIGONG_MONEY_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum { MONEY_TEXT_SIZE = 48 };

enum rounding {
    ROUND_DOWN,      /* towards zero */
    ROUND_UP,        /* away from zero */
    ROUND_HALF_UP,   /* to the nearest fen, a half away from zero */
    ROUND_HALF_EVEN, /* to the nearest fen, a half to the even one */
};

/* "1,000元", "1,000.50元", "-3元"; returns the buffer. */
const char *money_text(int64_t amount_fen, char buffer[MONEY_TEXT_SIZE]);
const char *money_text_in(struct arena *arena, int64_t amount_fen);

/* In capital numerals, as letters and receipts write it beside the figure: 壹万贰仟叁佰元整,
 * 壹元零伍分; "" for a negative amount or one of a hundred million million yuan and more. */
const char *money_capital_in(struct arena *arena, int64_t amount_fen);

/* As people say it: "5万元", "1.25万元", "3亿元"; falls back to money_text when that would hide
 * a part of the amount behind more than two decimals. */
const char *money_text_short(int64_t amount_fen, char buffer[MONEY_TEXT_SIZE]);

/* "1000", "1,000.50", "1000元", "￥1,000", "5万元", "2.5亿元", also in full-width characters. A
 * bare number is yuan. Parts of a fen are refused, so are commas at the wrong place. */
bool money_parse(struct str s, int64_t *ret_amount_fen);

/* amount * rate_ppm / 1 000 000 and amount * numerator / denominator (denominator > 0). */
bool money_rate(int64_t amount_fen, int64_t rate_ppm, enum rounding rounding,
                int64_t *ret_amount_fen);
bool money_ratio(int64_t amount_fen, int64_t numerator, int64_t denominator,
                 enum rounding rounding, int64_t *ret_amount_fen);

/* Splits an amount by weights (none negative, sum above zero and within int64). The shares add up
 * to the amount to the fen and each differs from its exact value by less than one fen. */
bool money_share(int64_t amount_fen, const int64_t *weights, int32_t count,
                 int64_t *ret_shares_fen);

#endif
