/* checksum.h — whether stored bytes are still the same: for files that the program makes itself.
 *
 * 64 bits, eight lanes wide, some ten gigabytes a second. A change of any one word always changes
 * the sum; it is no protection against someone who means harm. The sums are stored: the function
 * never changes.
 *
 * Memory   a plain value
 * Units    sizes in bytes
 */
#ifndef BAIGONG_CHECKSUM_H
#define BAIGONG_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

enum { CHECKSUM_LANES = 8, CHECKSUM_STEP = CHECKSUM_LANES * 8 };

struct checksum {
    uint64_t lanes[CHECKSUM_LANES];
    uint64_t size;
};

void checksum_init(struct checksum *sum);
/* Every piece but the last is a multiple of CHECKSUM_STEP bytes. */
void checksum_add(struct checksum *sum, const void *bytes, size_t size);
uint64_t checksum_end(const struct checksum *sum);

uint64_t checksum_of(const void *bytes, size_t size);

#endif
