#include "policy/large.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

/* What fills a good part of a large page gets one. */
enum { LARGE_PAGE_SIZE = 2 << 20, LARGE_SIZE_MIN = LARGE_PAGE_SIZE / 4 };

/* The system clears every page it hands out: evaluations in turn use theirs again. */
static struct {
    pthread_mutex_t mutex;
    struct kept_block {
        void *memory;
        size_t size;
    } blocks[LARGE_KEPT_COUNT];
    size_t count, size;
} kept = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static size_t whole_pages(size_t size)
{
    size_t page = LARGE_PAGE_SIZE;
    return (size + page - 1) / page * page;
}

/* A kept block of exactly that size. */
static void *take_kept(size_t size)
{
    void *taken = NULL;
    pthread_mutex_lock(&kept.mutex);
    size_t best = kept.count;
    for (size_t i = 0; i < kept.count; i++)
        if (kept.blocks[i].size == size)
            best = i;
    if (best < kept.count) {
        taken = kept.blocks[best].memory;
        kept.size -= size;
        kept.blocks[best] = kept.blocks[--kept.count];
    }
    pthread_mutex_unlock(&kept.mutex);
    return taken;
}

void *large_alloc(size_t size)
{
    if (size < LARGE_SIZE_MIN)
        return malloc(size + 1);
    size_t whole = whole_pages(size);
    void *made = take_kept(whole);
    if (made)
        return made;
    made = aligned_alloc(LARGE_PAGE_SIZE, whole);
    if (made)
        (void)madvise(made, whole, MADV_HUGEPAGE); /* only advice */
    return made;
}

void large_free(void *memory, size_t size)
{
    size_t whole = whole_pages(size);
    bool keeps = false;
    if (memory && size >= LARGE_SIZE_MIN) {
        pthread_mutex_lock(&kept.mutex);
        keeps = kept.count < LARGE_KEPT_COUNT && kept.size + whole <= LARGE_KEPT_SIZE;
        if (keeps) {
            kept.blocks[kept.count++] = (struct kept_block){memory, whole};
            kept.size += whole;
        }
        pthread_mutex_unlock(&kept.mutex);
    }
    if (!keeps)
        free(memory);
}
