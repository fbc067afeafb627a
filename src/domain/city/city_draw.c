#include "domain/city/city_draw.h"

#include "base/err.h"
#include "base/rand.h"

enum { SHUFFLE_ROUND_COUNT = 4 };

struct city_draw city_draw_start(uint64_t seed, uint32_t table, uint64_t row)
{
    return (struct city_draw){.seed = seed, .table = table, .row = row, .drawn_count = 0};
}

uint64_t city_draw_next(struct city_draw *draw)
{
    return rand_draw(draw->seed, draw->table, draw->row, draw->drawn_count++);
}

int64_t city_draw_below(struct city_draw *draw, int64_t limit)
{
    check(limit > 0);
    return (int64_t)rand_draw_below(city_draw_next(draw), (uint64_t)limit);
}

int64_t city_draw_between(struct city_draw *draw, int64_t first, int64_t last)
{
    check(first <= last);
    return first + city_draw_below(draw, last - first + 1);
}

int64_t city_draw_early(struct city_draw *draw, int64_t first, int64_t last)
{
    int64_t one = city_draw_between(draw, first, last);
    int64_t other = city_draw_between(draw, first, last);
    return one < other ? one : other;
}

bool city_draw_chance(struct city_draw *draw, int64_t share_bp)
{
    return city_draw_below(draw, CITY_WHOLE_BP) < share_bp;
}

/* A balanced Feistel network over the smallest even number of bits that holds count; places
 * outside the range walk on along their cycle, so the rest is a bijection of the range. */
struct shuffle {
    uint64_t seed;
    uint64_t name;
    uint32_t half_bits;
    uint64_t half_mask;
};

static struct shuffle shuffle_of(uint64_t seed, uint32_t name, int64_t count)
{
    uint32_t half_bits = 1;
    while (half_bits < 31 && (int64_t)1 << (2 * half_bits) < count)
        half_bits++;
    return (struct shuffle){
        .seed = seed,
        .name = name,
        .half_bits = half_bits,
        .half_mask = ((uint64_t)1 << half_bits) - 1,
    };
}

static uint64_t shuffle_round(const struct shuffle *s, int round, uint64_t half)
{
    return rand_draw(s->seed, s->name, half, (uint64_t)round) & s->half_mask;
}

static uint64_t shuffle_once(const struct shuffle *s, uint64_t word)
{
    uint64_t left = word >> s->half_bits;
    uint64_t right = word & s->half_mask;
    for (int round = 0; round < SHUFFLE_ROUND_COUNT; round++) {
        uint64_t next = left ^ shuffle_round(s, round, right);
        left = right;
        right = next;
    }
    return left << s->half_bits | right;
}

static uint64_t shuffle_once_back(const struct shuffle *s, uint64_t word)
{
    uint64_t left = word >> s->half_bits;
    uint64_t right = word & s->half_mask;
    for (int round = SHUFFLE_ROUND_COUNT - 1; round >= 0; round--) {
        uint64_t before = right ^ shuffle_round(s, round, left);
        right = left;
        left = before;
    }
    return left << s->half_bits | right;
}

int64_t city_shuffle(uint64_t seed, uint32_t name, int64_t count, int64_t position)
{
    check(position >= 0);
    check(position < count);
    struct shuffle s = shuffle_of(seed, name, count);
    uint64_t word = (uint64_t)position;
    do {
        word = shuffle_once(&s, word);
    } while (word >= (uint64_t)count);
    return (int64_t)word;
}

int64_t city_shuffle_back(uint64_t seed, uint32_t name, int64_t count, int64_t place)
{
    check(place >= 0);
    check(place < count);
    struct shuffle s = shuffle_of(seed, name, count);
    uint64_t word = (uint64_t)place;
    do {
        word = shuffle_once_back(&s, word);
    } while (word >= (uint64_t)count);
    return (int64_t)word;
}
