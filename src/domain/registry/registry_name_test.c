#include "domain/registry/registry_name.h"

#include "unit.h"

static void expect_masked(const char *expected, const char *name)
{
    struct arena arena;
    arena_init(&arena, 1 << 16);
    EXPECT_STR(expected, registry_mask_name(&arena, str_from(name)));
    arena_done(&arena);
}

TEST(registry_mask_name__keeps_the_first_character_of_two)
{
    expect_masked("王*", "王明");
}

TEST(registry_mask_name__keeps_the_first_and_the_last_of_three_or_more)
{
    expect_masked("王*明", "王小明");
    expect_masked("欧**娜", "欧阳丽娜");
}

TEST(registry_mask_name__leaves_one_character_and_nothing_as_they_are)
{
    expect_masked("王", "王");
    expect_masked("", "");
}
