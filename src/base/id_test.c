#include "unit.h"

#include "base/clock.h"
#include "base/id.h"

#include <pthread.h>
#include <stdlib.h>

TEST(id_next__grows_and_tells_when_and_where)
{
    struct id_source source;
    id_source_init(&source, 5);
    int64_t before_ms = clock_now_ms();
    int64_t previous = 0;
    for (int i = 0; i < 20000; i++) {
        int64_t id = id_next(&source);
        EXPECT(id > previous);
        previous = id;
    }
    EXPECT_INT(5, id_node(previous));
    EXPECT(id_ms(previous) >= before_ms && id_ms(previous) < before_ms + 60000);
}

TEST(id_next__goes_on_when_the_clock_steps_back)
{
    struct id_source source;
    id_source_init(&source, 1);
    atomic_store(&source.last, (clock_now_ms() - 1577836800000 + 3600000) << 12);
    int64_t first = id_next(&source);
    EXPECT_INT(first + 1, id_next(&source));
}

TEST(id_source_init_fixed__repeats_the_same_identifiers)
{
    struct id_source a, b;
    id_source_init_fixed(&a, 0, 1640966400000);
    id_source_init_fixed(&b, 0, 1640966400000);
    int64_t first = id_next(&a);
    EXPECT_INT(first, id_next(&b));
    EXPECT_INT(1640966400000, id_ms(first));
    for (int i = 1; i < 4096; i++)
        id_next(&a);
    EXPECT_INT(1640966400001, id_ms(id_next(&a)));
}

enum { THREADS = 4, IDS_PER_THREAD = 5000 };
static struct id_source shared_source;
static int64_t made[THREADS][IDS_PER_THREAD];

static void *make_ids(void *slot)
{
    int64_t *ids = slot;
    for (int i = 0; i < IDS_PER_THREAD; i++)
        ids[i] = id_next(&shared_source);
    return NULL;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

TEST(id_next__never_repeats_between_threads)
{
    pthread_t threads[THREADS];
    id_source_init(&shared_source, 3);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, make_ids, made[i]));
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    int64_t *ids = &made[0][0];
    qsort(ids, (size_t)THREADS * IDS_PER_THREAD, sizeof ids[0], compare_ids);
    for (int i = 1; i < THREADS * IDS_PER_THREAD; i++)
        EXPECT(ids[i] != ids[i - 1]);
}
