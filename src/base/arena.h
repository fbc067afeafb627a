/* arena.h — memory that ends together: allocate freely, release everything at once.
 *
 * Three lifetimes use it: process, request (emptied after the reply), scratch (mark and rewind
 * inside one function).
 *
 * Memory   an arena owns its blocks; everything from it dies with arena_done or a rewind
 * Errors   arena_alloc returns NULL when the limit or the machine's memory is reached
 * Units    sizes in bytes
 * Limits   the limit given to arena_init bounds the sum of the blocks
 */
#ifndef BAIGONG_ARENA_H
#define BAIGONG_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_block;

struct arena {
    struct arena_block *head; /* block in use; older ones behind it */
    size_t limit_size;
    size_t used_size; /* sum of the sizes of all blocks */
};

struct arena_mark {
    struct arena_block *head;
    size_t head_used_size;
};

/* Does not own the struct; no memory is taken before the first allocation. */
void arena_init(struct arena *arena, size_t limit_size);
void arena_done(struct arena *arena); /* accepts NULL; the arena may be used again afterwards */

/* Zeroed memory aligned for any type, or NULL when a limit is reached. A size of 0 gives a
 * pointer that is not NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* count elements of element_size bytes each; NULL also when the product overflows. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t element_size);

/* A copy of size bytes followed by a zero byte. */
char *arena_copy(struct arena *arena, const char *bytes, size_t size);

struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);
/* Empties it for use again; one small block stays with it. */
void arena_empty(struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_NEW_ARRAY(arena, type, count)                                                       \
    ((type *)arena_alloc_array((arena), (count), sizeof(type)))

#endif
