#include "policy/column_splice.h"

#include "column_fixture.h"

#include "unit.h"

static struct fixture_city city;

static void add_touched(struct world_root *roots, int32_t *root_count, int32_t table, int64_t id)
{
    for (int32_t i = 0; i < *root_count; i++)
        if (roots[i].table == table && roots[i].id == id)
            return;
    roots[(*root_count)++] = (struct world_root){table, id};
}

static int compare_roots(const void *a, const void *b)
{
    const struct world_root *left = a, *right = b;
    if (left->table != right->table)
        return left->table < right->table ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

/* One thing that happens to a city; whoever names a root that goes or comes back is not touched. */
static void happen(struct rand *rand, struct world_root *roots, int32_t *root_count)
{
    int32_t table = rand_below(rand, 2) ? FIXTURE_BODY : FIXTURE_PERSON;
    int32_t count = city.row_counts[table];
    uint64_t what = rand_below(rand, 4);
    if (what == 0 || count == 0) {
        fixture_add_root(&city, rand, table);
        add_touched(roots, root_count, table,
                    city.rows[table][city.row_counts[table] - 1].id);
        return;
    }
    struct fixture_row *row = &city.rows[table][rand_below(rand, (uint64_t)count)];
    add_touched(roots, root_count, table, row->id);
    if (what == 1)
        fixture_remove_root(&city, table, row->id);
    else if (what == 2)
        for (int32_t f = 0; f < fixture_records[table].field_count; f++)
            row->values[f] = fixture_value(&city, rand, &fixture_records[table].fields[f]);
    else if (table == FIXTURE_BODY)
        fixture_add(&city, rand, FIXTURE_CARRIER, row);
}

TEST(world_splice__equals_a_world_made_anew)
{
    struct world_root roots[FIXTURE_ROOTS_MAX];
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct rand rand;
        rand_init(&rand, seed);
        fixture_draw(&city, &rand, (int32_t)rand_below(&rand, 60));
        struct world *world = fixture_world(&city, NULL, 0);
        EXPECT_OK(world_seal(world, NULL));
        for (int32_t round = 0; round < 4; round++) {
            int32_t root_count = 0;
            for (uint64_t i = rand_below(&rand, 12); i > 0; i--)
                happen(&rand, roots, &root_count);
            qsort(roots, (size_t)root_count, sizeof roots[0], compare_roots);
            struct world *changes = fixture_world(&city, roots, root_count);
            EXPECT_OK(world_seal_owners(changes, NULL));
            EXPECT_OK(world_splice(world, roots, root_count, changes, NULL));
            struct world *anew = fixture_world(&city, NULL, 0);
            EXPECT_OK(world_seal(anew, NULL));
            EXPECT(fixture_worlds_are_equal(world, anew));
            world_free(changes);
            world_free(anew);
        }
        world_free(world);
    }
}

TEST(world_splice__of_nothing_keeps_every_array)
{
    struct rand rand;
    rand_init(&rand, 5);
    fixture_draw(&city, &rand, 20);
    struct world *world = fixture_world(&city, NULL, 0);
    EXPECT_OK(world_seal(world, NULL));
    const void *ids = world->tables[FIXTURE_PERSON].row_ids;
    const void *first = world->tables[FIXTURE_CARRIER].first_row;
    struct world *changes;
    EXPECT_OK(world_new(&fixture_vocab, &changes, NULL));
    EXPECT_OK(world_seal_owners(changes, NULL));
    EXPECT_OK(world_splice(world, NULL, 0, changes, NULL));
    EXPECT(ids == world->tables[FIXTURE_PERSON].row_ids);
    EXPECT(first == world->tables[FIXTURE_CARRIER].first_row);
    world_free(changes);
    world_free(world);
}
