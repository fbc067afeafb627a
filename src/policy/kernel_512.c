#include "policy/kernel_512.h"

#if defined(__x86_64__) && defined(__gnu_linux__)
#include <immintrin.h>

#define WITH_512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt")))

#define INLINE_512 WITH_512 __attribute__((always_inline)) static inline

bool kernel_has_512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
           __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("popcnt");
}

/* count: 1 .. 63. */
static uint64_t first_bits(int32_t count)
{
    return (UINT64_C(1) << count) - 1;
}

/* The masks of the pieces of 64 cells become one word in mask registers alone. Widened as numbers,
 * gcc 12 may spill a mask of 32 bits and read 64 back (thread sanitizer, -O1), so no mask narrower
 * than a word ever becomes a number here. */
#define WORD_i8(piece) piece(0)
#define WORD_i16(piece) _mm512_kunpackd(piece(1), piece(0))
#define WORD_i32(piece)                                                                            \
    _mm512_kunpackd(_mm512_kunpackw(piece(3), piece(2)), _mm512_kunpackw(piece(1), piece(0)))
#define WORD_i64(piece)                                                                            \
    _mm512_kunpackd(                                                                               \
        _mm512_kunpackw(_mm512_kunpackb(piece(7), piece(6)), _mm512_kunpackb(piece(5), piece(4))), \
        _mm512_kunpackw(_mm512_kunpackb(piece(3), piece(2)), _mm512_kunpackb(piece(1), piece(0))))

/* One word of bits from 64 / lanes comparisons. rows: which of the 64 are there; for all of them it
 * is a constant, so that loads wait for no mask. */
#define RANGE_512(name, type, lanes, epi, absent)                                                  \
    INLINE_512 void word_512_##name(const type *cells, const struct dense_range *range,            \
                                    uint64_t rows, uint64_t *bits, uint64_t *unknown)              \
    {                                                                                              \
        const __m512i low = _mm512_set1_##epi((type)range->low);                                   \
        const __m512i width = _mm512_set1_##epi((type)range->width);                               \
        const __m512i none = _mm512_set1_##epi(absent);                                            \
        __m512i some[64 / (lanes)];                                                                \
        for (int k = 0; k < 64 / (lanes); k++)                                                     \
            some[k] = _mm512_maskz_loadu_##epi((__mmask##lanes)(rows >> (k * (lanes))),            \
                                               cells + (ptrdiff_t)k * (lanes));                    \
        uint64_t inside = WORD_##name(INSIDE_##name) ^ (range->flip ? UINT64_MAX : 0);             \
        uint64_t missing = unknown ? WORD_##name(MISSING_##name) : 0;                              \
        *bits &= inside | missing | ~rows;                                                         \
        if (unknown)                                                                               \
            *unknown |= missing & rows;                                                            \
    }                                                                                              \
                                                                                                   \
    WITH_512 static void range_512_##name(const type *cells, const struct dense_range *range,      \
                                          int32_t count, uint64_t *bits, uint64_t *unknown)        \
    {                                                                                              \
        struct dense_range same = *range; /* what is written cannot be a part of it */             \
        int32_t i = 0;                                                                             \
        for (; i + 64 <= count; i += 64)                                                           \
            word_512_##name(cells + i, &same, UINT64_MAX, bits + i / 64,                           \
                            unknown ? unknown + i / 64 : NULL);                                    \
        if (i < count)                                                                             \
            word_512_##name(cells + i, &same, first_bits(count - i), bits + i / 64,                \
                            unknown ? unknown + i / 64 : NULL);                                    \
    }

#define INSIDE_i8(k) _mm512_cmple_epu8_mask(_mm512_sub_epi8(some[k], low), width)
#define INSIDE_i16(k) _mm512_cmple_epu16_mask(_mm512_sub_epi16(some[k], low), width)
#define INSIDE_i32(k) _mm512_cmple_epu32_mask(_mm512_sub_epi32(some[k], low), width)
#define INSIDE_i64(k) _mm512_cmple_epu64_mask(_mm512_sub_epi64(some[k], low), width)
#define MISSING_i8(k) _mm512_cmpeq_epi8_mask(some[k], none)
#define MISSING_i16(k) _mm512_cmpeq_epi16_mask(some[k], none)
#define MISSING_i32(k) _mm512_cmpeq_epi32_mask(some[k], none)
#define MISSING_i64(k) _mm512_cmpeq_epi64_mask(some[k], none)

RANGE_512(i8, int8_t, 64, epi8, INT8_MIN)
RANGE_512(i16, int16_t, 32, epi16, INT16_MIN)
RANGE_512(i32, int32_t, 16, epi32, INT32_MIN)
RANGE_512(i64, int64_t, 8, epi64, INT64_MIN)

void kernel_range_512(enum column_width cell_width, const void *cells,
                      const struct dense_range *range, int32_t count, uint64_t *bits,
                      uint64_t *unknown)
{
    switch (cell_width) {
    case COLUMN_I8:
        range_512_i8(cells, range, count, bits, unknown);
        break;
    case COLUMN_I16:
        range_512_i16(cells, range, count, bits, unknown);
        break;
    case COLUMN_I32:
        range_512_i32(cells, range, count, bits, unknown);
        break;
    case COLUMN_I64:
        range_512_i64(cells, range, count, bits, unknown);
        break;
    case COLUMN_NONE:
        break;
    }
}

/* The set as 64 bytes, from which each cell takes its own. */
INLINE_512 void word_512_set(const int8_t *cells, uint64_t set, uint64_t rows, uint64_t *bits,
                             uint64_t *unknown)
{
    __m512i some = _mm512_maskz_loadu_epi8(rows, cells);
    __m512i found = _mm512_permutexvar_epi8(some, _mm512_movm_epi8(set));
    uint64_t inside =
        _mm512_movepi8_mask(found) & _mm512_cmplt_epu8_mask(some, _mm512_set1_epi8(64));
    uint64_t missing = unknown ? _mm512_cmpeq_epi8_mask(some, _mm512_set1_epi8(INT8_MIN)) : 0;
    *bits &= inside | missing | ~rows;
    if (unknown)
        *unknown |= missing & rows;
}

WITH_512 void kernel_set_512(const void *cells, uint64_t set, int32_t count, uint64_t *bits,
                             uint64_t *unknown)
{
    const int8_t *from = cells;
    int32_t i = 0;
    for (; i + 64 <= count; i += 64)
        word_512_set(from + i, set, UINT64_MAX, bits + i / 64, unknown ? unknown + i / 64 : NULL);
    if (i < count)
        word_512_set(from + i, set, first_bits(count - i), bits + i / 64,
                     unknown ? unknown + i / 64 : NULL);
}

/* The numbers of the bits set are packed as bytes, then widened sixteen at once: nothing branches
 * on a bit. */
WITH_512 int32_t kernel_bit_places_512(const uint64_t *bits, int32_t count, int32_t *ret_places)
{
    const __m512i numbers = _mm512_set_epi8(
        63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41,
        40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18,
        17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    int32_t found = 0;
    for (int32_t i = 0; i < count; i += 64) {
        uint64_t word = bits[i / 64];
        if (word == 0)
            continue;
        int32_t word_count = (int32_t)__builtin_popcountll(word);
        __m512i packed = _mm512_maskz_compress_epi8(word, numbers);
        __m512i base = _mm512_set1_epi32(i);
        for (int32_t k = 0; k < word_count; k += 16) {
            __m512i places = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(packed));
            _mm512_storeu_si512(ret_places + found + k, _mm512_add_epi32(places, base));
            packed = _mm512_alignr_epi64(packed, packed, 2);
        }
        found += word_count;
    }
    return found;
}
#else
bool kernel_has_512(void)
{
    return false;
}

void kernel_range_512(enum column_width cell_width, const void *cells,
                      const struct dense_range *range, int32_t count, uint64_t *bits,
                      uint64_t *unknown)
{
    (void)cell_width, (void)cells, (void)range, (void)count, (void)bits, (void)unknown;
}

void kernel_set_512(const void *cells, uint64_t set, int32_t count, uint64_t *bits,
                    uint64_t *unknown)
{
    (void)cells, (void)set, (void)count, (void)bits, (void)unknown;
}

int32_t kernel_bit_places_512(const uint64_t *bits, int32_t count, int32_t *ret_places)
{
    (void)bits, (void)count, (void)ret_places;
    return 0;
}
#endif
