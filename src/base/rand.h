/* rand.h — two sources of chance: a seeded one for made-up data and tests, and the machine's for
 * keys and nonces. They are not interchangeable.
 *
 * The seeded generator is xoshiro256** filled by splitmix64; rand_draw is a stateless hash, so that
 * any slice of a generated table can be made alone and equals the same slice of the whole.
 *
 * Errors   ERR_SECRET when the machine has no randomness
 */
#ifndef BAIGONG_RAND_H
#define BAIGONG_RAND_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct rand {
    uint64_t state[4];
};

void rand_init(struct rand *rand, uint64_t seed);
uint64_t rand_next(struct rand *rand);

/* 0 to bound - 1, each equally likely; bound > 0. */
uint64_t rand_below(struct rand *rand, uint64_t bound);

/* min to max, both inclusive. */
int64_t rand_range(struct rand *rand, int64_t min, int64_t max);

/* Index of a weight, as likely as the weight says; the sum of the weights is above zero. */
int32_t rand_weighted(struct rand *rand, const uint32_t *weights, int32_t count);

/* The draw-th number of a row of a table: the same arguments give the same number for ever. */
uint64_t rand_draw(uint64_t seed, uint64_t table, uint64_t row, uint64_t draw);

/* Maps such a number to 0 to bound - 1 (bias below bound / 2^64). */
uint64_t rand_draw_below(uint64_t number, uint64_t bound);

/* Unpredictable bytes from the machine. */
enum err rand_secure(void *bytes, size_t size);

#endif
