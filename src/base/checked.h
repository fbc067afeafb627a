/* checked.h — int64 arithmetic that says when it overflows.
 *
 * Each function writes *ret_value and returns true, or returns false and leaves *ret_value alone.
 */
#ifndef BAIGONG_CHECKED_H
#define BAIGONG_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

static inline bool checked_add(int64_t a, int64_t b, int64_t *ret_value)
{
    int64_t value;
    if (__builtin_add_overflow(a, b, &value))
        return false;
    *ret_value = value;
    return true;
}

static inline bool checked_sub(int64_t a, int64_t b, int64_t *ret_value)
{
    int64_t value;
    if (__builtin_sub_overflow(a, b, &value))
        return false;
    *ret_value = value;
    return true;
}

static inline bool checked_mul(int64_t a, int64_t b, int64_t *ret_value)
{
    int64_t value;
    if (__builtin_mul_overflow(a, b, &value))
        return false;
    *ret_value = value;
    return true;
}

#endif
