/* kernel.h — inner loops over one column (internal): the only code that touches every cell.
 *
 * A test keeps rows whose cell lies in a range or set. keep[i] stays 1 when the cell passes or is
 * absent; unknown[i] becomes 1 when it is absent. Rows are first .. first + count - 1, or
 * at[0..count).
 */
#ifndef BAIGONG_KERNEL_H
#define BAIGONG_KERNEL_H

#include "policy/column.h"

struct cell_test {
    int64_t low, high;  /* closed range; low > high passes nothing */
    bool outside;       /* passes what lies outside the range instead */
    bool is_set;        /* passes v when 0 <= v < 64 and bit v of set is 1 */
    uint64_t set;
};

/* unknown may be NULL when the column holds no absent cell. at NULL: rows from first on. A row of
 * -1 in at stands for no row: its cell is absent (unknown must be given then). */
void kernel_test(const struct column *column, const struct cell_test *test, int32_t first,
                 const int32_t *at, int32_t count, uint8_t *keep, uint8_t *unknown);

/* Widens cells; a row of -1 in at gives ABSENT_I64. */
void kernel_read(const struct column *column, int32_t first, const int32_t *at, int32_t count,
                 int64_t *ret_values);

/* Places i with keep[i] != 0, ascending; returns how many. ret_places has room for count + 8. */
int32_t kernel_places(const uint8_t *keep, int32_t count, int32_t *ret_places);

#endif
