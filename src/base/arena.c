#include "base/arena.h"

#include "base/err.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_SIZE_MIN = 16 * 1024, /* small enough for a unit test, large enough to be rare */
    BLOCK_SIZE_MAX = 4 * 1024 * 1024
};

struct arena_block {
    struct arena_block *older;
    size_t size; /* of bytes */
    size_t used_size;
    alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *arena, size_t limit_size)
{
    *arena = (struct arena){.limit_size = limit_size};
}

static void free_blocks_above(struct arena *arena, struct arena_block *keep)
{
    while (arena->head != keep) {
        struct arena_block *block = arena->head;
        check(block != NULL);
        arena->head = block->older;
        arena->used_size -= block->size;
        free(block);
    }
}

void arena_done(struct arena *arena)
{
    if (arena)
        free_blocks_above(arena, NULL);
}

void arena_empty(struct arena *arena)
{
    struct arena_block *first = arena->head;
    while (first && first->older)
        first = first->older;
    if (first && first->size > BLOCK_SIZE_MIN)
        first = NULL;
    free_blocks_above(arena, first);
    if (first)
        first->used_size = 0;
}

static struct arena_block *add_block(struct arena *arena, size_t size)
{
    size_t block_size = arena->head ? arena->head->size * 2 : BLOCK_SIZE_MIN;
    if (block_size > BLOCK_SIZE_MAX)
        block_size = BLOCK_SIZE_MAX;
    if (block_size < size)
        block_size = size;
    size_t free_size = arena->limit_size - arena->used_size;
    if (block_size > free_size)
        block_size = size; /* near the limit: exactly what is asked for, if that still fits */
    if (block_size > free_size)
        return NULL;
    struct arena_block *block = malloc(sizeof *block + block_size);
    if (!block)
        return NULL;
    *block = (struct arena_block){.older = arena->head, .size = block_size};
    arena->head = block;
    arena->used_size += block_size;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align)
        return NULL;
    size_t rounded_size = size ? (size + align - 1) / align * align : align;
    struct arena_block *block = arena->head;
    if (!block || block->size - block->used_size < rounded_size) {
        block = add_block(arena, rounded_size);
        if (!block)
            return NULL;
    }
    void *memory = block->bytes + block->used_size;
    block->used_size += rounded_size;
    return memset(memory, 0, rounded_size);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t element_size)
{
    size_t size;
    if (__builtin_mul_overflow(count, element_size, &size))
        return NULL;
    return arena_alloc(arena, size);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t size)
{
    if (size == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(arena, size + 1);
    if (copy && size)
        memcpy(copy, bytes, size);
    return copy;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){
        .head = arena->head,
        .head_used_size = arena->head ? arena->head->used_size : 0,
    };
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    free_blocks_above(arena, mark.head);
    if (arena->head)
        arena->head->used_size = mark.head_used_size;
}
