/* prose.h — reading the numbers of official prose: 二十万元, 不超过三十名, 百分之二十, 到2025年.
 *
 * Memory   spans point into the text given
 */
#ifndef BAIGONG_PROSE_H
#define BAIGONG_PROSE_H

#include "policy/lex.h"

/* A year of the calendar (2025年) is TYPE_MONTH with the year's first month as its value. */
struct prose_number {
    enum type_kind type; /* MONEY, RATE, MONTHS, DAYS, COUNT, DAY, or MONTH for a year */
    int64_t value;
    struct str text; /* number and unit */
};

/* The next number with a unit in *rest, which moves behind it; false when there is none. Ordinals
 * (第三方), numbers without a unit, and 一 before a measure word (一个, 一次) are passed over. */
bool prose_next_number(struct str *rest, struct prose_number *ret_number);

/* Chinese numerals at the start of the text: 三十, 二百五十, 十二万; the size read, 0 for none. */
size_t prose_numeral(struct str text, int64_t *ret_value);

#endif
