#include "policy/large.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { LARGE_PAGE_SIZE = 2 << 20 };

void *large_alloc(size_t size)
{
    if (size < LARGE_PAGE_SIZE)
        return malloc(size + 1);
    size_t page = LARGE_PAGE_SIZE;
    size_t whole = (size + page - 1) / page * page;
    void *made = aligned_alloc(page, whole);
    if (made)
        (void)madvise(made, whole, MADV_HUGEPAGE); /* only advice */
    return made;
}
