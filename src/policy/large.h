/* large.h — memory for many rows at once (internal): in pages as large as the system has, so that
 * first touching it costs little.
 *
 * Memory   free() what is given; NULL when there is none
 */
#ifndef BAIGONG_LARGE_H
#define BAIGONG_LARGE_H

#include <stddef.h>

void *large_alloc(size_t size);

#endif
