/* city_draw.h — lots that a made city is drawn from: whole numbers that depend on a key alone.
 *
 * A stream of draws is named by (seed, table, row); the n-th draw of a stream is the same on every
 * machine and whatever was drawn elsewhere. No floating point anywhere.
 *
 * Memory   plain values
 * Errors   none
 * Units    shares in basis points (1/10 000)
 */
#ifndef BAIGONG_CITY_DRAW_H
#define BAIGONG_CITY_DRAW_H

#include <stdbool.h>
#include <stdint.h>

struct city_draw {
    uint64_t seed;
    uint64_t table;
    uint64_t row;
    uint64_t drawn_count;
};

enum { CITY_WHOLE_BP = 10000 };

struct city_draw city_draw_start(uint64_t seed, uint32_t table, uint64_t row);

uint64_t city_draw_next(struct city_draw *draw);
/* 0 .. limit - 1, evenly; limit is at least 1. */
int64_t city_draw_below(struct city_draw *draw, int64_t limit);
/* first .. last, both inclusive. */
int64_t city_draw_between(struct city_draw *draw, int64_t first, int64_t last);
/* As between, but small values are more likely than large ones (density falls in a line to 0). */
int64_t city_draw_early(struct city_draw *draw, int64_t first, int64_t last);
bool city_draw_chance(struct city_draw *draw, int64_t share_bp);

/* A shuffle of 0 .. count - 1 without a table: where position stands, and back again. Different
 * names give independent shuffles. */
int64_t city_shuffle(uint64_t seed, uint32_t name, int64_t count, int64_t position);
int64_t city_shuffle_back(uint64_t seed, uint32_t name, int64_t count, int64_t place);

#endif
