#include "policy/kernel.h"

#include "unit.h"

#include <string.h>

/* Dense tests make bits; what they mean is said by the loops over listed rows. */

enum { ROWS = 1500, FIRST = 7, WIDTHS = 4 };

static const enum column_width widths[WIDTHS] = {COLUMN_I8, COLUMN_I16, COLUMN_I32, COLUMN_I64};

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Small values, the greatest and the least there are, and absent ones. */
static void fill(struct column *column, void *cells, enum column_width width, uint64_t seed,
                 bool has_absent)
{
    *column = (struct column){.width = width, .cells = cells, .has_absent = has_absent};
    uint64_t state = seed;
    int64_t max = column_width_max(width);
    for (int32_t i = 0; i < ROWS; i++) {
        uint64_t draw = next_random(&state);
        int64_t value = draw % 9 == 0   ? max
                        : draw % 9 == 1 ? -max - 1
                        : draw % 9 == 2 ? -max
                                        : (int64_t)(draw / 9 % 90) - 10;
        if (!has_absent && value == -max - 1)
            value = 1;
        if (width == COLUMN_I8)
            ((int8_t *)cells)[i] = (int8_t)value;
        else if (width == COLUMN_I16)
            ((int16_t *)cells)[i] = (int16_t)value;
        else if (width == COLUMN_I32)
            ((int32_t *)cells)[i] = (int32_t)value;
        else
            ((int64_t *)cells)[i] = value;
    }
}

static const struct cell_test tests[] = {
    {.low = 0, .high = 40},
    {.low = 5, .high = 5},
    {.low = 9, .high = 3},
    {.low = INT64_MIN + 1, .high = -1},
    {.low = 60, .high = INT64_MAX},
    {.low = 3, .high = 50, .outside = true},
    {.is_set = true, .set = UINT64_C(0x8000000000010011)},
};

typedef void test_bits(const struct column *column, const struct cell_test *test, int32_t first,
                       int32_t count, uint64_t *bits, uint64_t *unknown);

static void expect_as_listed(const struct column *column, const struct cell_test *test,
                             int32_t count, test_bits *run)
{
    int32_t at[ROWS] = {0};
    uint8_t keep[ROWS] = {0}, absent[ROWS] = {0};
    uint64_t bits[ROWS / 64 + 1], unknown[ROWS / 64 + 1] = {0};
    for (int32_t i = 0; i < count; i++) {
        at[i] = FIRST + i;
        keep[i] = i % 5 != 0; /* what was not kept before is not kept */
    }
    memset(bits, 0, sizeof bits);
    for (int32_t i = 0; i < count; i++)
        bits[i / 64] |= (uint64_t)keep[i] << (i % 64);
    kernel_test(column, test, 0, at, count, keep, absent);
    run(column, test, FIRST, count, bits, unknown);
    for (int32_t i = 0; i < count; i++) {
        EXPECT_INT(keep[i], bit_at(bits, i));
        EXPECT_INT(absent[i], bit_at(unknown, i));
    }
    for (int32_t i = count; i < bit_word_count(count) * 64; i++)
        EXPECT_INT(0, bit_at(bits, i) + bit_at(unknown, i));
}

TEST(kernel_test_bits__says_what_the_listed_rows_say_for_every_width_and_processor)
{
    static const int32_t counts[] = {0, 1, 63, 64, 65, 1024, 1100, ROWS - FIRST};
    static int64_t cells[ROWS];
    for (int32_t k = 0; k < WIDTHS; k++) {
        struct column column;
        fill(&column, cells, widths[k], (uint64_t)k + 1, true);
        for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
            for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
                expect_as_listed(&column, &tests[i], counts[c], kernel_test_bits);
                expect_as_listed(&column, &tests[i], counts[c], kernel_test_bits_plain);
            }
    }
}

static int64_t random_bound(uint64_t *state, enum column_width width)
{
    int64_t max = column_width_max(width);
    switch (next_random(state) % 8) {
    case 0:
        return max;
    case 1:
        return -max;
    case 2:
        return (int64_t)(next_random(state) << 31 ^ next_random(state)) % max;
    default:
        return (int64_t)(next_random(state) % 100) - 15;
    }
}

static struct cell_test random_test(uint64_t *state, enum column_width width)
{
    if (next_random(state) % 5 == 0)
        return (struct cell_test){.is_set = true,
                                  .set = next_random(state) << 33 ^ next_random(state)};
    return (struct cell_test){.low = random_bound(state, width),
                              .high = random_bound(state, width),
                              .outside = next_random(state) % 3 == 0};
}

enum { BIT_WORDS = ROWS / 64 + 2 };

/* Random bits for count rows; behind them 0. */
static void random_bits(uint64_t *state, int32_t count, uint64_t *bits)
{
    for (int32_t i = 0; i < BIT_WORDS; i++)
        bits[i] = next_random(state) << 33 ^ next_random(state) << 10 ^ next_random(state);
    for (int32_t i = count; i < BIT_WORDS * 64; i++)
        bits[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

/* A compiler may make the wide loops wrong (gcc 12 spilled masks of 32 bits and read 64 back): all
 * widths, with and without unknown, over rows that begin and end anywhere. */
TEST(kernel_test_bits__makes_the_same_words_as_plain_loops_of_random_tests)
{
    static int64_t cells[ROWS];
    uint64_t seed = 20;
    for (int32_t round = 0; round < 2000; round++) {
        enum column_width width = widths[round % WIDTHS];
        bool tells_unknown = round / WIDTHS % 2 == 0;
        struct column column;
        fill(&column, cells, width, (uint64_t)round, tells_unknown);
        struct cell_test test = random_test(&seed, width);
        int32_t first = (int32_t)(next_random(&seed) % 200);
        int32_t count = (int32_t)(next_random(&seed) % (ROWS - 200));
        uint64_t wide[2][BIT_WORDS], plain[2][BIT_WORDS];
        random_bits(&seed, count, wide[0]);
        random_bits(&seed, count, wide[1]);
        memcpy(plain, wide, sizeof plain);
        kernel_test_bits(&column, &test, first, count, wide[0], tells_unknown ? wide[1] : NULL);
        kernel_test_bits_plain(&column, &test, first, count, plain[0],
                               tells_unknown ? plain[1] : NULL);
        for (int32_t i = 0; i < BIT_WORDS * 2; i++)
            EXPECT_INT((int64_t)plain[i / BIT_WORDS][i % BIT_WORDS],
                       (int64_t)wide[i / BIT_WORDS][i % BIT_WORDS]);
    }
}

TEST(kernel_member_bits__keeps_codes_of_the_set_and_what_is_absent)
{
    static int16_t cells[ROWS];
    struct column column;
    uint64_t words[1] = {UINT64_C(0x10101)}; /* codes 2, 10, 18 */
    struct member_set set = {.low = 2, .high = 18, .bits = words};
    fill(&column, cells, COLUMN_I16, 9, true);
    uint64_t bits[ROWS / 64 + 1] = {0}, unknown[ROWS / 64 + 1] = {0};
    enum { COUNT = 700 };
    for (int32_t i = 0; i < COUNT; i += 2)
        bits[i / 64] |= UINT64_C(1) << (i % 64);
    kernel_member_bits(&column, &set, FIRST, COUNT, bits, unknown);
    for (int32_t i = 0; i < COUNT; i++) {
        int16_t cell = cells[FIRST + i];
        bool is_asked = i % 2 == 0;
        bool is_absent = cell == INT16_MIN;
        EXPECT_INT(is_asked && (is_absent || cell == 2 || cell == 10 || cell == 18),
                   bit_at(bits, i));
        EXPECT_INT(is_asked && is_absent, bit_at(unknown, i));
    }
}

TEST(kernel_places__lists_what_is_marked_in_order)
{
    static uint8_t keep[ROWS];
    static uint64_t bits[ROWS / 64 + 1];
    static int32_t expected[ROWS], places[3][ROWS + PLACES_SPARE];
    uint64_t seed = 5;
    for (int32_t density = 1; density <= 64; density *= 4) {
        int32_t count = 0;
        memset(bits, 0, sizeof bits);
        for (int32_t i = 0; i < ROWS; i++) {
            keep[i] = next_random(&seed) % (uint64_t)density == 0;
            bits[i / 64] |= (uint64_t)keep[i] << (i % 64);
            expected[count] = i;
            count += keep[i];
        }
        EXPECT_INT(count, kernel_places(keep, ROWS, places[0]));
        EXPECT_INT(count, kernel_bit_places(bits, ROWS, places[1]));
        EXPECT_INT(count, kernel_bit_places_plain(bits, ROWS, places[2]));
        for (int32_t k = 0; k < 3; k++)
            EXPECT_INT(0, memcmp(expected, places[k], (size_t)count * sizeof expected[0]));
    }
}
