#include "unit.h"

#include "base/hash.h"

TEST(hash_sm3__gives_the_values_of_gb_t_32905)
{
    uint8_t digest[HASH_SIZE];
    char hex[HASH_HEX_SIZE];
    hash_sm3(STR("abc"), digest);
    assert_string_equal("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
                        hash_hex(digest, HASH_SIZE, hex));
    hash_sm3(STR("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd"), digest);
    assert_string_equal("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
                        hash_hex(digest, HASH_SIZE, hex));
}

TEST(hash_sha256__gives_the_published_value)
{
    uint8_t digest[HASH_SIZE];
    char hex[HASH_HEX_SIZE];
    hash_sha256(STR("abc"), digest);
    assert_string_equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                        hash_hex(digest, HASH_SIZE, hex));
    hash_sha256((struct str){NULL, 0}, digest);
    assert_string_equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                        hash_hex(digest, HASH_SIZE, hex));
}

TEST(hash_64__spreads_and_tells_lengths_apart)
{
    static const char zeros[40];
    uint64_t hashes[40];
    for (size_t size = 0; size < 40; size++) {
        hashes[size] = hash_64((struct str){zeros, size});
        for (size_t i = 0; i < size; i++)
            EXPECT(hashes[i] != hashes[size]);
    }
    int buckets[16] = {0};
    for (uint64_t number = 0; number < 16000; number++)
        buckets[hash_64((struct str){(const char *)&number, sizeof number}) & 15]++;
    for (int i = 0; i < 16; i++)
        EXPECT(buckets[i] > 850 && buckets[i] < 1150);
    EXPECT(hash_64_number(1) != hash_64_number(2));
}
