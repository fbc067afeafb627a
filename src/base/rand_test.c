#include "unit.h"

#include "base/rand.h"

TEST(rand__repeats_with_the_same_seed_and_differs_with_another)
{
    struct rand a, b, c;
    rand_init(&a, 1);
    rand_init(&b, 1);
    rand_init(&c, 2);
    int same = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t number = rand_next(&a);
        EXPECT(number == rand_next(&b));
        same += number == rand_next(&c);
    }
    EXPECT_INT(0, same);
}

TEST(rand_next__gives_the_published_xoshiro256_sequence)
{
    struct rand rand = {{1, 2, 3, 4}};
    EXPECT(rand_next(&rand) == 11520);
    EXPECT(rand_next(&rand) == 0);
    EXPECT(rand_next(&rand) == 1509978240);
    EXPECT(rand_next(&rand) == 1215971899390074240);
}

TEST(rand_below__is_even)
{
    struct rand rand;
    rand_init(&rand, 7);
    int counts[10] = {0};
    for (int i = 0; i < 100000; i++)
        counts[rand_below(&rand, 10)]++;
    for (int i = 0; i < 10; i++)
        EXPECT(counts[i] > 9500 && counts[i] < 10500);
}

TEST(rand_range__reaches_both_ends)
{
    struct rand rand;
    rand_init(&rand, 7);
    int counts[3] = {0};
    for (int i = 0; i < 1000; i++)
        counts[rand_range(&rand, -1, 1) + 1]++;
    EXPECT(counts[0] > 250 && counts[1] > 250 && counts[2] > 250);
    rand_range(&rand, INT64_MIN, INT64_MAX);
    EXPECT_INT(5, rand_range(&rand, 5, 5));
}

TEST(rand_weighted__follows_the_weights)
{
    struct rand rand;
    rand_init(&rand, 7);
    int counts[4] = {0};
    for (int i = 0; i < 10000; i++)
        counts[rand_weighted(&rand, (uint32_t[]){1, 0, 3, 6}, 4)]++;
    EXPECT_INT(0, counts[1]);
    EXPECT(counts[0] > 900 && counts[0] < 1100);
    EXPECT(counts[3] > 5800 && counts[3] < 6200);
}

TEST(rand_draw__is_even_and_depends_on_every_argument)
{
    int counts[10] = {0};
    for (uint64_t row = 0; row < 100000; row++)
        counts[rand_draw_below(rand_draw(1, 2, row, 3), 10)]++;
    for (int i = 0; i < 10; i++)
        EXPECT(counts[i] > 9500 && counts[i] < 10500);
    uint64_t base = rand_draw(1, 2, 3, 4);
    EXPECT(base == rand_draw(1, 2, 3, 4));
    EXPECT(base != rand_draw(2, 2, 3, 4) && base != rand_draw(1, 3, 3, 4));
    EXPECT(base != rand_draw(1, 2, 4, 4) && base != rand_draw(1, 2, 3, 5));
}

TEST(rand_secure__fills_all_bytes)
{
    uint8_t a[300] = {0}, b[300] = {0};
    EXPECT_OK(rand_secure(a, sizeof a));
    EXPECT_OK(rand_secure(b, sizeof b));
    EXPECT(memcmp(a, b, sizeof a) != 0);
}
