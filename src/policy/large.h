/* large.h — memory for many rows at once (internal): in pages as large as the system has, so that
 * first touching it costs little; what is given back is kept for the next who asks.
 *
 * Memory   large_free what is given; NULL when there is none. Kept are at most LARGE_KEPT_COUNT
 *          blocks and LARGE_KEPT_SIZE bytes, until the process ends
 * Threads  any
 */
#ifndef BAIGONG_LARGE_H
#define BAIGONG_LARGE_H

#include <stddef.h>

enum { LARGE_KEPT_COUNT = 64, LARGE_KEPT_SIZE = 128 << 20 };

void *large_alloc(size_t size);
/* size: what was asked for. Accepts NULL. */
void large_free(void *memory, size_t size);

#endif
