/* kernel.h — inner loops over one column (internal): the only code that touches every cell.
 *
 * A test keeps rows whose cell lies in a range or set. keep[i] stays 1 when the cell passes or is
 * absent; unknown[i] becomes 1 when it is absent. Rows are first .. first + count - 1, or
 * at[0..count).
 */
#ifndef BAIGONG_KERNEL_H
#define BAIGONG_KERNEL_H

#include "policy/column.h"

struct cell_test {
    int64_t low, high;  /* closed range; low > high passes nothing */
    bool outside;       /* passes what lies outside the range instead */
    bool is_set;        /* passes v when 0 <= v < 64 and bit v of set is 1 */
    uint64_t set;
};

/* Codes of a register on one day. */
struct member_set {
    int64_t low, high; /* the least and the greatest code */
    uint64_t *bits;    /* one for each code from low on, when they lie close together */
    int64_t *slots;    /* else an open hash of slot_count codes; ABSENT_I64: empty */
    int64_t slot_count;
};

/* The slot of a code, or the empty one where it belongs. */
static inline int64_t *member_set_slot(const struct member_set *set, int64_t code)
{
    int64_t mask = set->slot_count - 1;
    int64_t slot = (int64_t)(((uint64_t)code * 0x9E3779B97F4A7C15u) >> 32) & mask;
    while (set->slots[slot] != ABSENT_I64 && set->slots[slot] != code)
        slot = (slot + 1) & mask;
    return &set->slots[slot];
}

static inline bool member_set_has(const struct member_set *set, int64_t code)
{
    if (code < set->low || code > set->high)
        return false;
    uint64_t at = (uint64_t)code - (uint64_t)set->low;
    if (set->bits)
        return (set->bits[at / 64] >> (at % 64) & 1) != 0;
    return *member_set_slot(set, code) == code;
}

/* As kernel_test, for codes that stand in a set. */
void kernel_member(const struct column *column, const struct member_set *set, int32_t first,
                   const int32_t *at, int32_t count, uint8_t *keep, uint8_t *unknown);

/* unknown may be NULL when the column holds no absent cell. at NULL: rows from first on. A row of
 * -1 in at stands for no row: its cell is absent (unknown must be given then). */
void kernel_test(const struct column *column, const struct cell_test *test, int32_t first,
                 const int32_t *at, int32_t count, uint8_t *keep, uint8_t *unknown);

/* Widens cells; a row of -1 in at gives ABSENT_I64. */
void kernel_read(const struct column *column, int32_t first, const int32_t *at, int32_t count,
                 int64_t *ret_values);

/* Bits, one for each row of a dense range: row first + i is bit i % 64 of word i / 64. What lies
 * behind the last row is 0 in every array of bits. */
static inline int32_t bit_word_count(int32_t count)
{
    return (count + 63) / 64;
}

static inline uint8_t bit_at(const uint64_t *bits, int32_t i)
{
    return (uint8_t)(bits[i / 64] >> (i % 64) & 1);
}

/* Bits stay 1 where a cell passes or is absent; unknown becomes 1 where it is absent (NULL: as
 * above). */
void kernel_test_bits(const struct column *column, const struct cell_test *test, int32_t first,
                      int32_t count, uint64_t *bits, uint64_t *unknown);
/* Looks only at rows whose bit is 1: only they can become unknown. */
void kernel_member_bits(const struct column *column, const struct member_set *set, int32_t first,
                        int32_t count, uint64_t *bits, uint64_t *unknown);

/* to = a & b; whether any is set. */
bool bits_both(uint64_t *to, const uint64_t *a, const uint64_t *b, int32_t count);
/* to &= a, to &= ~a, to |= a & b; none of them is another. */
void bits_and(uint64_t *to, const uint64_t *a, int32_t count);
void bits_and_not(uint64_t *to, const uint64_t *a, int32_t count);
void bits_or_both(uint64_t *to, const uint64_t *a, const uint64_t *b, int32_t count);

/* Values of count rows, as 64-bit numbers. */
void values_fill(int64_t *values, int32_t count, int64_t value);
void values_within(const int64_t *values, int64_t low, int64_t high, int32_t count,
                   uint8_t *keep); /* keep[i] stays 1 inside the closed range */
void values_known(const int64_t *values, int32_t count, uint8_t *keep); /* not ABSENT_I64 */
/* values[i] becomes value where taken[i] is 1, or where keys[i] is key. */
void values_choose(const uint8_t *taken, int64_t value, int32_t count, int64_t *values);
void values_replace(const int64_t *keys, int64_t key, int64_t value, int32_t count,
                    int64_t *values);

/* Bytes of 0 and 1, count of them. to may be a. */
void bytes_and(uint8_t *to, const uint8_t *a, const uint8_t *b, int32_t count);
void bytes_and_not(uint8_t *to, const uint8_t *a, const uint8_t *b, int32_t count);

/* Places i whose byte or bit is not 0, ascending; returns how many. ret_places has room for count +
 * PLACES_SPARE: they are written several at once. */
enum { PLACES_SPARE = 16 };
int32_t kernel_places(const uint8_t *keep, int32_t count, int32_t *ret_places);
int32_t kernel_bit_places(const uint64_t *bits, int32_t count, int32_t *ret_places);

/* The same without wide registers: for other processors, and for tests to hold against it. */
void kernel_test_bits_plain(const struct column *column, const struct cell_test *test,
                            int32_t first, int32_t count, uint64_t *bits, uint64_t *unknown);
int32_t kernel_bit_places_plain(const uint64_t *bits, int32_t count, int32_t *ret_places);

#endif
