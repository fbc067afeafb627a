#include "base/checksum.h"

#include "unit.h"

TEST(checksum_of__is_what_it_always_was)
{
    unsigned char bytes[200];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7);
    EXPECT(checksum_of(bytes, 0) == UINT64_C(0xAFD3868A3E0B2C82));
    EXPECT(checksum_of(bytes, sizeof bytes) == UINT64_C(0x4A93A5685D02703));
}

TEST(checksum_of__changes_with_every_bit_and_with_the_size)
{
    unsigned char bytes[150] = {1, 2, 3};
    uint64_t before = checksum_of(bytes, sizeof bytes);
    for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        EXPECT(checksum_of(bytes, sizeof bytes) != before);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    EXPECT(checksum_of(bytes, sizeof bytes - 1) != before); /* the last byte is zero */
}

TEST(checksum_add__gives_the_sum_of_the_whole_for_its_pieces)
{
    unsigned char bytes[1000];
    memset(bytes, 42, sizeof bytes);
    struct checksum sum;
    checksum_init(&sum);
    checksum_add(&sum, bytes, CHECKSUM_STEP);
    checksum_add(&sum, bytes + CHECKSUM_STEP, 5 * CHECKSUM_STEP);
    checksum_add(&sum, bytes + 6 * CHECKSUM_STEP, sizeof bytes - 6 * CHECKSUM_STEP);
    EXPECT(checksum_end(&sum) == checksum_of(bytes, sizeof bytes));
}
