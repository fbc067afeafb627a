/* kernel_512.h — the dense loops of kernel.h for processors with 512-bit registers (internal): 64
 * rows at a time, a comparison makes 64 bits.
 *
 * They are there when compiler and processor have them (kernel_has_512); else kernel.c's own loops
 * do the same. Bits behind the last row are not touched.
 */
#ifndef BAIGONG_KERNEL_512_H
#define BAIGONG_KERNEL_512_H

#include "policy/column.h"

/* Cells low .. low + width of a column's type are inside; flip keeps what is outside instead. */
struct dense_range {
    int64_t low;
    uint64_t width;
    bool flip;
};

bool kernel_has_512(void);

/* bits &= inside or absent, unknown |= absent (may be NULL when no cell is absent). */
void kernel_range_512(enum column_width cell_width, const void *cells,
                      const struct dense_range *range, int32_t count, uint64_t *bits,
                      uint64_t *unknown);

/* Cells of one byte: those 0 .. 63 whose bit of set is 1 are inside. */
void kernel_set_512(const void *cells, uint64_t set, int32_t count, uint64_t *bits,
                    uint64_t *unknown);

/* As kernel_bit_places. */
int32_t kernel_bit_places_512(const uint64_t *bits, int32_t count, int32_t *ret_places);

#endif
