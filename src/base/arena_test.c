#include "base/arena.h"

#include "unit.h"

TEST(arena_alloc__returns_null_at_the_limit_and_stays_usable)
{
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    EXPECT(arena_alloc(&arena, 40 * 1024) != NULL);
    EXPECT(arena_alloc(&arena, 40 * 1024) == NULL);
    EXPECT(arena_alloc(&arena, 1024) != NULL);
    arena_done(&arena);
    EXPECT_INT(0, arena.used_size);
    EXPECT(arena_alloc(&arena, 40 * 1024) != NULL);
    arena_done(&arena);
}

TEST(arena_alloc__refuses_a_size_that_overflows)
{
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    EXPECT(arena_alloc(&arena, SIZE_MAX) == NULL);
    EXPECT(arena_alloc_array(&arena, SIZE_MAX / 2, 3) == NULL);
    arena_done(&arena);
}

TEST(arena_rewind__gives_back_what_came_after_the_mark)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    char *kept = arena_copy(&arena, "kept", 4);
    struct arena_mark mark = arena_mark(&arena);
    size_t used_size = arena.used_size;
    for (int i = 0; i < 100; i++)
        EXPECT(arena_alloc(&arena, 5000) != NULL);
    arena_rewind(&arena, mark);
    EXPECT_INT(used_size, arena.used_size);
    assert_string_equal(kept, "kept");
    int *zeroed = arena_alloc(&arena, sizeof *zeroed);
    EXPECT_INT(0, *zeroed);
    arena_done(&arena);
}

TEST(arena_empty__keeps_one_small_block_for_use_again)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    arena_empty(&arena); /* nothing in it */
    EXPECT_INT(0, arena.used_size);
    char *first = arena_alloc(&arena, 100);
    memset(first, 'x', 100);
    size_t small_size = arena.used_size;
    EXPECT(arena_alloc(&arena, 100 * 1024) != NULL);
    arena_empty(&arena);
    EXPECT_INT(small_size, arena.used_size);
    char *again = arena_alloc(&arena, 100);
    EXPECT(again == first);
    EXPECT_INT(0, again[0]); /* zeroed, as new memory is */
    arena_done(&arena);
    EXPECT(arena_alloc(&arena, 100 * 1024) != NULL);
    arena_empty(&arena); /* its first block is a large one */
    EXPECT_INT(0, arena.used_size);
    arena_done(&arena);
}
