#include "policy/kernel.h"

#include "policy/kernel_512.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { SET_ROWS = 1024 };

/* Loops over cells are compiled twice where the compiler can choose at start: for any processor and
 * for one with 256-bit integers. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) &&            \
    !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

/* The range of a test within what cells of the width can hold. "Nothing" starts at the absent
 * value, which the loops for columns without an absent cell never meet. */
static void make_range(const struct column *column, const struct cell_test *test, int64_t absent,
                       struct dense_range *ret)
{
    int64_t min = absent + 1;
    int64_t max = -min;
    bool takes_never = column->holds_never && test->low <= DAY_NEVER && test->high >= DAY_NEVER;
    int64_t top = column->holds_never && !takes_never ? max - 1 : max;
    int64_t low = test->low < min ? min : test->low;
    low = takes_never && low > max ? max : low;
    int64_t high = test->high > top || takes_never ? top : test->high;
    bool nothing = low > high;
    *ret = (struct dense_range){.low = nothing ? absent : low,
                                .width = nothing ? 0 : (uint64_t)high - (uint64_t)low,
                                .flip = test->outside};
}

/* One set of loops for each width. Comparisons are written as one unsigned subtraction, so that the
 * compiler makes them wide; nothing branches on a cell. */
#define KERNELS(name, type, unsigned_type, absent)                                                \
    WIDE static void range_##name(const type *cells, type low, unsigned_type width, uint8_t flip, \
                             int32_t count, uint8_t *restrict keep)                               \
    {                                                                                             \
        for (int32_t i = 0; i < count; i++)                                                       \
            keep[i] &= (uint8_t)(((unsigned_type)((unsigned_type)cells[i] -                       \
                                                  (unsigned_type)low) <= width) ^ flip);          \
    }                                                                                             \
    WIDE static void range_absent_##name(const type *cells, type low, unsigned_type width,        \
                                    uint8_t flip, int32_t count, uint8_t *restrict keep,          \
                                    uint8_t *restrict unknown)                                    \
    {                                                                                             \
        for (int32_t i = 0; i < count; i++) {                                                     \
            uint8_t is_absent = cells[i] == (absent);                                             \
            uint8_t inside = (uint8_t)(((unsigned_type)((unsigned_type)cells[i] -                 \
                                                        (unsigned_type)low) <= width) ^ flip);    \
            keep[i] &= inside | is_absent;                                                        \
            unknown[i] |= is_absent;                                                              \
        }                                                                                         \
    }                                                                                             \
    static void range_at_##name(const type *cells, type low, unsigned_type width, uint8_t flip,   \
                                const int32_t *at, int32_t count, uint8_t *restrict keep,         \
                                uint8_t *restrict unknown)                                        \
    {                                                                                             \
        for (int32_t i = 0; i < count; i++) {                                                     \
            type cell = at[i] < 0 ? (absent) : cells[at[i]];                                      \
            uint8_t is_absent = cell == (absent);                                                 \
            uint8_t inside = (uint8_t)(((unsigned_type)((unsigned_type)cell -                     \
                                                        (unsigned_type)low) <= width) ^ flip);    \
            keep[i] &= inside | is_absent;                                                        \
            if (unknown)                                                                          \
                unknown[i] |= is_absent;                                                          \
        }                                                                                         \
    }                                                                                             \
    static void set_at_##name(const type *cells, uint64_t set, const int32_t *at, int32_t count,  \
                              uint8_t *restrict keep, uint8_t *restrict unknown)                  \
    {                                                                                             \
        for (int32_t i = 0; i < count; i++) {                                                     \
            type cell = at[i] < 0 ? (absent) : cells[at[i]];                                      \
            uint8_t is_absent = cell == (absent);                                                 \
            uint8_t inside = (uint64_t)cell < 64 ? (uint8_t)(set >> ((uint64_t)cell & 63) & 1)    \
                                                 : 0;                                             \
            keep[i] &= inside | is_absent;                                                        \
            if (unknown)                                                                          \
                unknown[i] |= is_absent;                                                          \
        }                                                                                         \
    }                                                                                             \
    /* A set is a few ranges, each a wide comparison. */                                          \
    WIDE static void set_##name(const type *cells, uint64_t set, int32_t count,                   \
                           uint8_t *restrict keep, uint8_t *restrict unknown)                     \
    {                                                                                             \
        uint8_t inside[SET_ROWS];                                                                 \
        for (int32_t first = 0; first < count; first += SET_ROWS) {                               \
            int32_t end = count - first < SET_ROWS ? count - first : SET_ROWS;                    \
            const type *some = cells + first;                                                     \
            memset(inside, 0, sizeof inside);                                                     \
            for (uint64_t left = set; left != 0;) {                                               \
                int low = __builtin_ctzll(left);                                                  \
                uint64_t above = ~(left >> low);                                                  \
                int width = above == 0 ? 64 : __builtin_ctzll(above);                             \
                left = low + width >= 64 ? 0 : left >> (low + width) << (low + width);            \
                for (int32_t i = 0; i < end; i++)                                                 \
                    inside[i] |= (unsigned_type)((unsigned_type)some[i] -                         \
                                                 (unsigned_type)low) < (unsigned_type)width;      \
            }                                                                                     \
            for (int32_t i = 0; i < end; i++) {                                                   \
                uint8_t is_absent = some[i] == (absent);                                          \
                keep[first + i] &= inside[i] | is_absent;                                         \
            }                                                                                     \
            for (int32_t i = 0; unknown && i < end; i++)                                          \
                unknown[first + i] |= some[i] == (absent);                                        \
        }                                                                                         \
    }                                                                                             \
    static void member_##name(const type *cells, const struct member_set *set, int32_t first,     \
                              const int32_t *at, int32_t count, uint8_t *restrict keep,           \
                              uint8_t *restrict unknown)                                          \
    {                                                                                             \
        const uint64_t *bits = set->bits;                                                         \
        uint64_t low = (uint64_t)set->low;                                                        \
        uint64_t span = (uint64_t)set->high - low;                                                \
        for (int32_t i = 0; bits && set->low <= set->high && i < count; i++) {                    \
            int32_t row = at ? at[i] : first + i;                                                 \
            type cell = row < 0 ? (absent) : cells[row];                                          \
            uint8_t is_absent = cell == (absent);                                                 \
            uint64_t place = (uint64_t)cell - low;                                                \
            uint64_t inside = place <= span ? place : 0;                                          \
            uint64_t bit = bits[inside / 64] >> (inside % 64) & (place <= span);                  \
            keep[i] &= is_absent | (uint8_t)bit;                                                  \
            if (unknown)                                                                          \
                unknown[i] |= is_absent;                                                          \
        }                                                                                         \
        if (bits && set->low <= set->high)                                                        \
            return;                                                                               \
        for (int32_t i = 0; i < count; i++) {                                                     \
            int32_t row = at ? at[i] : first + i;                                                 \
            type cell = row < 0 ? (absent) : cells[row];                                          \
            uint8_t is_absent = cell == (absent);                                                 \
            keep[i] &= is_absent | (uint8_t)member_set_has(set, cell);                            \
            if (unknown)                                                                          \
                unknown[i] |= is_absent;                                                          \
        }                                                                                         \
    }                                                                                             \
    static void test_##name(const struct column *column, const struct cell_test *test,            \
                            int32_t first, const int32_t *at, int32_t count, uint8_t *keep,       \
                            uint8_t *unknown)                                                     \
    {                                                                                             \
        const type *cells = column->cells;                                                        \
        if (test->is_set) {                                                                       \
            if (at)                                                                               \
                set_at_##name(cells, test->set, at, count, keep, unknown);                        \
            else                                                                                  \
                set_##name(cells + first, test->set, count, keep, unknown);                       \
            return;                                                                               \
        }                                                                                         \
        struct dense_range range;                                                                 \
        make_range(column, test, (int64_t)(absent), &range);                                      \
        type from = (type)range.low;                                                              \
        unsigned_type width = (unsigned_type)range.width;                                         \
        if (at)                                                                                   \
            range_at_##name(cells, from, width, test->outside, at, count, keep, unknown);         \
        else if (unknown)                                                                         \
            range_absent_##name(cells + first, from, width, test->outside, count, keep, unknown); \
        else                                                                                      \
            range_##name(cells + first, from, width, test->outside, count, keep);                 \
    }                                                                                             \
    static void read_##name(const type *cells, int64_t never, int32_t first, const int32_t *at,   \
                            int32_t count, int64_t *restrict values)                              \
    {                                                                                             \
        if (!at) {                                                                                \
            for (int32_t i = 0; i < count; i++) {                                                 \
                type cell = cells[first + i];                                                     \
                values[i] = cell == (absent) ? ABSENT_I64 : cell == never ? DAY_NEVER : cell;     \
            }                                                                                     \
            return;                                                                               \
        }                                                                                         \
        for (int32_t i = 0; i < count; i++) {                                                     \
            type cell = at[i] < 0 ? (absent) : cells[at[i]];                                      \
            values[i] = cell == (absent) ? ABSENT_I64 : cell == never ? DAY_NEVER : cell;         \
        }                                                                                         \
    }

KERNELS(i8, int8_t, uint8_t, INT8_MIN)
KERNELS(i16, int16_t, uint16_t, INT16_MIN)
KERNELS(i32, int32_t, uint32_t, INT32_MIN)
KERNELS(i64, int64_t, uint64_t, INT64_MIN)

void kernel_test(const struct column *column, const struct cell_test *test, int32_t first,
                 const int32_t *at, int32_t count, uint8_t *keep, uint8_t *unknown)
{
    switch (column->width) {
    case COLUMN_I8:
        test_i8(column, test, first, at, count, keep, unknown);
        break;
    case COLUMN_I16:
        test_i16(column, test, first, at, count, keep, unknown);
        break;
    case COLUMN_I32:
        test_i32(column, test, first, at, count, keep, unknown);
        break;
    case COLUMN_I64:
        test_i64(column, test, first, at, count, keep, unknown);
        break;
    case COLUMN_NONE:
        check(unknown != NULL);
        memset(unknown, 1, (size_t)count);
        break;
    }
}

void kernel_member(const struct column *column, const struct member_set *set, int32_t first,
                   const int32_t *at, int32_t count, uint8_t *keep, uint8_t *unknown)
{
    switch (column->width) {
    case COLUMN_I8:
        member_i8(column->cells, set, first, at, count, keep, unknown);
        break;
    case COLUMN_I16:
        member_i16(column->cells, set, first, at, count, keep, unknown);
        break;
    case COLUMN_I32:
        member_i32(column->cells, set, first, at, count, keep, unknown);
        break;
    case COLUMN_I64:
        member_i64(column->cells, set, first, at, count, keep, unknown);
        break;
    case COLUMN_NONE:
        memset(unknown, 1, (size_t)count);
        break;
    }
}

void kernel_read(const struct column *column, int32_t first, const int32_t *at, int32_t count,
                 int64_t *ret_values)
{
    int64_t never = column->holds_never ? column_width_max(column->width) : ABSENT_I64;
    switch (column->width) {
    case COLUMN_I8:
        read_i8(column->cells, never, first, at, count, ret_values);
        break;
    case COLUMN_I16:
        read_i16(column->cells, never, first, at, count, ret_values);
        break;
    case COLUMN_I32:
        read_i32(column->cells, never, first, at, count, ret_values);
        break;
    case COLUMN_I64:
        read_i64(column->cells, never, first, at, count, ret_values);
        break;
    case COLUMN_NONE:
        for (int32_t i = 0; i < count; i++)
            ret_values[i] = ABSENT_I64;
        break;
    }
}

WIDE bool bits_both(uint64_t *restrict to, const uint64_t *a, const uint64_t *b, int32_t count)
{
    uint64_t any = 0;
    for (int32_t i = 0; i < bit_word_count(count); i++) {
        to[i] = a[i] & b[i];
        any |= to[i];
    }
    return any != 0;
}

WIDE void bits_and(uint64_t *restrict to, const uint64_t *a, int32_t count)
{
    for (int32_t i = 0; i < bit_word_count(count); i++)
        to[i] &= a[i];
}

WIDE void bits_and_not(uint64_t *restrict to, const uint64_t *a, int32_t count)
{
    for (int32_t i = 0; i < bit_word_count(count); i++)
        to[i] &= ~a[i];
}

WIDE void bits_or_both(uint64_t *restrict to, const uint64_t *a, const uint64_t *b, int32_t count)
{
    for (int32_t i = 0; i < bit_word_count(count); i++)
        to[i] |= a[i] & b[i];
}

WIDE void values_fill(int64_t *values, int32_t count, int64_t value)
{
    for (int32_t i = 0; i < count; i++)
        values[i] = value;
}

WIDE void values_within(const int64_t *values, int64_t low, int64_t high, int32_t count,
                        uint8_t *restrict keep)
{
    for (int32_t i = 0; i < count; i++)
        keep[i] &= (uint8_t)((values[i] >= low) & (values[i] <= high));
}

WIDE void values_known(const int64_t *values, int32_t count, uint8_t *restrict keep)
{
    for (int32_t i = 0; i < count; i++)
        keep[i] &= values[i] != ABSENT_I64;
}

WIDE void values_choose(const uint8_t *taken, int64_t value, int32_t count,
                        int64_t *restrict values)
{
    for (int32_t i = 0; i < count; i++) /* no branch on a mark */
        values[i] ^= (values[i] ^ value) & -(int64_t)taken[i];
}

WIDE void values_replace(const int64_t *keys, int64_t key, int64_t value, int32_t count,
                         int64_t *restrict values)
{
    for (int32_t i = 0; i < count; i++)
        values[i] = keys[i] == key ? value : values[i];
}

WIDE void bytes_and(uint8_t *to, const uint8_t *a, const uint8_t *b, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        to[i] = a[i] & b[i];
}

WIDE void bytes_and_not(uint8_t *to, const uint8_t *a, const uint8_t *b, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        to[i] = a[i] & (b[i] ^ 1);
}

/* 64 marks as the bits of a number. */
static uint64_t bits_of_bytes(const uint8_t *marks)
{
    uint64_t bits = 0;
#if defined(__SSE2__)
    for (int32_t k = 3; k >= 0; k--) {
        __m128i some = _mm_loadu_si128((const __m128i *)(const void *)(marks + 16 * k));
        bits = bits << 16 | (uint32_t)_mm_movemask_epi8(_mm_slli_epi16(some, 7));
    }
#else
    for (int32_t k = 7; k >= 0; k--) {
        uint64_t some;
        memcpy(&some, marks + 8 * k, sizeof some);
        bits = bits << 8 | (some * UINT64_C(0x0102040810204080)) >> 56;
    }
#endif
    return bits;
}

static void pack_bits(const uint8_t *marks, int32_t count, uint64_t *bits)
{
    int32_t i = 0;
    for (; i + 64 <= count; i += 64)
        bits[i / 64] = bits_of_bytes(marks + i);
    if (i == count)
        return;
    uint64_t word = 0;
    for (int32_t k = 0; i + k < count; k++)
        word |= (uint64_t)marks[i + k] << k;
    bits[i / 64] = word;
}

int32_t kernel_bit_places_plain(const uint64_t *bits, int32_t count, int32_t *ret_places)
{
    int32_t found = 0;
    for (int32_t i = 0; i < count; i += 64)
        for (uint64_t word = bits[i / 64]; word != 0; word &= word - 1)
            ret_places[found++] = i + __builtin_ctzll(word);
    return found;
}

int32_t kernel_bit_places(const uint64_t *bits, int32_t count, int32_t *ret_places)
{
    return kernel_has_512() ? kernel_bit_places_512(bits, count, ret_places)
                            : kernel_bit_places_plain(bits, count, ret_places);
}

int32_t kernel_places(const uint8_t *keep, int32_t count, int32_t *ret_places)
{
    int32_t found = 0;
    for (int32_t first = 0; first < count; first += SET_ROWS) {
        uint64_t bits[SET_ROWS / 64];
        int32_t some = count - first < SET_ROWS ? count - first : SET_ROWS;
        pack_bits(keep + first, some, bits);
        int32_t more = kernel_bit_places(bits, some, ret_places + found);
        for (int32_t k = 0; first > 0 && k < more; k++)
            ret_places[found + k] += first;
        found += more;
    }
    return found;
}

/* ---- bits of dense ranges ---- */

static bool test_bits_512(const struct column *column, const struct cell_test *test, int32_t first,
                          int32_t count, uint64_t *bits, uint64_t *unknown)
{
    size_t size = column_width_size(column->width);
    const unsigned char *cells = column->cells;
    if (!kernel_has_512() || size == 0 || (test->is_set && size > 1))
        return false;
    if (test->is_set) {
        kernel_set_512(cells + first, test->set, count, bits, unknown);
        return true;
    }
    struct dense_range range;
    make_range(column, test, -column_width_max(column->width) - 1, &range);
    kernel_range_512(column->width, cells + (size_t)first * size, &range, count, bits, unknown);
    return true;
}

void kernel_test_bits_plain(const struct column *column, const struct cell_test *test,
                            int32_t first, int32_t count, uint64_t *bits, uint64_t *unknown)
{
    for (int32_t i = 0; i < count; i += SET_ROWS) {
        uint8_t keep[SET_ROWS];
        uint8_t absent[SET_ROWS];
        uint64_t words[SET_ROWS / 64];
        int32_t some = count - i < SET_ROWS ? count - i : SET_ROWS;
        memset(keep, 1, (size_t)some);
        memset(absent, 0, (size_t)some);
        kernel_test(column, test, first + i, NULL, some, keep, unknown ? absent : NULL);
        pack_bits(keep, some, words);
        for (int32_t k = 0; k < bit_word_count(some); k++)
            bits[i / 64 + k] &= words[k];
        if (unknown)
            pack_bits(absent, some, words);
        for (int32_t k = 0; unknown && k < bit_word_count(some); k++)
            unknown[i / 64 + k] |= words[k];
    }
}

void kernel_test_bits(const struct column *column, const struct cell_test *test, int32_t first,
                      int32_t count, uint64_t *bits, uint64_t *unknown)
{
    if (!test_bits_512(column, test, first, count, bits, unknown))
        kernel_test_bits_plain(column, test, first, count, bits, unknown);
}

void kernel_member_bits(const struct column *column, const struct member_set *set, int32_t first,
                        int32_t count, uint64_t *bits, uint64_t *unknown)
{
    for (int32_t i = 0; i < count; i += 64) {
        int32_t at[64 + PLACES_SPARE];
        uint8_t keep[64 + PLACES_SPARE];
        uint8_t absent[64] = {0};
        int32_t found = kernel_bit_places(&bits[i / 64], 64, at);
        for (int32_t k = 0; k < found; k++)
            at[k] += first + i;
        memset(keep, 1, sizeof keep);
        kernel_member(column, set, 0, at, found, keep, unknown ? absent : NULL);
        for (int32_t k = 0; k < found; k++) {
            uint64_t bit = UINT64_C(1) << (at[k] - first - i);
            bits[i / 64] &= keep[k] ? UINT64_MAX : ~bit;
            if (unknown && absent[k])
                unknown[i / 64] |= bit;
        }
    }
}
