#include "base/checksum.h"

#include "base/err.h"

#include <string.h>

static const uint64_t PRIME_A = 0x9E3779B185EBCA87, PRIME_B = 0xC2B2AE3D27D4EB4F;

void checksum_init(struct checksum *sum)
{
    for (uint64_t i = 0; i < CHECKSUM_LANES; i++)
        sum->lanes[i] = PRIME_B * (i + 1);
    sum->size = 0;
}

static uint64_t turned(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

/* Each step is a bijection of the lane for a given word, and of the word for a given lane: one
 * changed word cannot be lost. */
static void add_step(uint64_t lanes[CHECKSUM_LANES], const unsigned char *bytes)
{
    for (int i = 0; i < CHECKSUM_LANES; i++) {
        uint64_t word;
        memcpy(&word, bytes + 8 * i, sizeof word);
        lanes[i] = turned((lanes[i] ^ word) * PRIME_A, 29);
    }
}

void checksum_add(struct checksum *sum, const void *bytes, size_t size)
{
    check(sum->size % CHECKSUM_STEP == 0);
    uint64_t lanes[CHECKSUM_LANES];
    memcpy(lanes, sum->lanes, sizeof lanes);
    const unsigned char *at = bytes;
    size_t rest = size;
    for (; rest >= CHECKSUM_STEP; at += CHECKSUM_STEP, rest -= CHECKSUM_STEP)
        add_step(lanes, at);
    if (rest > 0) {
        unsigned char last[CHECKSUM_STEP] = {0};
        memcpy(last, at, rest);
        add_step(lanes, last);
    }
    memcpy(sum->lanes, lanes, sizeof lanes);
    sum->size += size;
}

uint64_t checksum_end(const struct checksum *sum)
{
    uint64_t end = sum->size * PRIME_B;
    for (int i = 0; i < CHECKSUM_LANES; i++) {
        end = (end ^ sum->lanes[i]) * PRIME_A;
        end ^= end >> 31;
    }
    return end;
}

uint64_t checksum_of(const void *bytes, size_t size)
{
    struct checksum sum;
    checksum_init(&sum);
    checksum_add(&sum, bytes, size);
    return checksum_end(&sum);
}
