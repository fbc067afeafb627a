#include "base/rand.h"

#include <errno.h>
#include <sys/random.h>

__extension__ typedef unsigned __int128 wide;

/* The finaliser of splitmix64: every bit of the input moves every bit of the output. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
    x = (x ^ x >> 27) * 0x94D049BB133111EB;
    return x ^ x >> 31;
}

static const uint64_t GOLDEN = 0x9E3779B97F4A7C15; /* the step of splitmix64 */

void rand_init(struct rand *rand, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        seed += GOLDEN;
        rand->state[i] = mix(seed);
    }
}

static uint64_t rotate_left(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

uint64_t rand_next(struct rand *rand)
{
    uint64_t *s = rand->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t rand_below(struct rand *rand, uint64_t bound)
{
    check(bound > 0);
    wide product = (wide)rand_next(rand) * bound;
    if ((uint64_t)product < bound) {
        uint64_t reject_below = (0 - bound) % bound; /* 2^64 mod bound: the uneven rest */
        while ((uint64_t)product < reject_below)
            product = (wide)rand_next(rand) * bound;
    }
    return (uint64_t)(product >> 64);
}

int64_t rand_range(struct rand *rand, int64_t min, int64_t max)
{
    check(min <= max);
    uint64_t span = (uint64_t)max - (uint64_t)min;
    uint64_t offset = span == UINT64_MAX ? rand_next(rand) : rand_below(rand, span + 1);
    return (int64_t)((uint64_t)min + offset);
}

int32_t rand_weighted(struct rand *rand, const uint32_t *weights, int32_t count)
{
    uint64_t total = 0;
    for (int32_t i = 0; i < count; i++)
        total += weights[i];
    uint64_t point = rand_below(rand, total);
    int32_t index = 0;
    while (point >= weights[index])
        point -= weights[index++];
    return index;
}

uint64_t rand_draw(uint64_t seed, uint64_t table, uint64_t row, uint64_t draw)
{
    uint64_t hash = mix(seed + GOLDEN);
    hash = mix(hash ^ (table + GOLDEN));
    hash = mix(hash + row * GOLDEN);
    return mix(hash ^ (draw + 1) * 0xD1B54A32D192ED03);
}

uint64_t rand_draw_below(uint64_t number, uint64_t bound)
{
    return (uint64_t)((wide)number * bound >> 64);
}

enum err rand_secure(void *bytes, size_t size)
{
    uint8_t *at = bytes;
    while (size > 0) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ERR_SECRET;
        at += got;
        size -= (size_t)got;
    }
    return ERR_OK;
}
