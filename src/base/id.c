#include "base/id.h"

#include "base/clock.h"
#include "base/err.h"

enum { NODE_BITS = 10, SEQUENCE_BITS = 12 };
static const int64_t EPOCH_MS = 1577836800000; /* 2020-01-01T00:00:00Z */
static const int64_t SEQUENCE_MASK = (1 << SEQUENCE_BITS) - 1;

static void init(struct id_source *source, int32_t node, int64_t last, bool fixed)
{
    check(node >= 0 && node <= ID_NODE_MAX);
    atomic_init(&source->last, last);
    source->node = node;
    source->fixed = fixed;
}

void id_source_init(struct id_source *source, int32_t node)
{
    init(source, node, 0, false);
}

void id_source_init_fixed(struct id_source *source, int32_t node, int64_t start_ms)
{
    check(start_ms > EPOCH_MS);
    init(source, node, ((start_ms - EPOCH_MS) << SEQUENCE_BITS) - 1, true);
}

int64_t id_next(struct id_source *source)
{
    int64_t now = source->fixed ? 0 : (clock_now_ms() - EPOCH_MS) << SEQUENCE_BITS;
    int64_t last = atomic_load_explicit(&source->last, memory_order_relaxed);
    int64_t next;
    do {
        next = now > last ? now : last + 1;
    } while (!atomic_compare_exchange_weak_explicit(&source->last, &last, next,
                                                    memory_order_relaxed, memory_order_relaxed));
    int64_t ms = next >> SEQUENCE_BITS;
    check(ms > 0 && ms < (int64_t)1 << 41);
    return ms << (NODE_BITS + SEQUENCE_BITS) | source->node << SEQUENCE_BITS |
           (next & SEQUENCE_MASK);
}

int64_t id_first_of(int64_t ms)
{
    static const int64_t ms_max = ((int64_t)1 << 41) - 1;
    int64_t since = ms < EPOCH_MS ? 0 : ms - EPOCH_MS;
    return (since < ms_max ? since : ms_max) << (NODE_BITS + SEQUENCE_BITS);
}

int64_t id_ms(int64_t id)
{
    return (id >> (NODE_BITS + SEQUENCE_BITS)) + EPOCH_MS;
}

int32_t id_node(int64_t id)
{
    return (int32_t)(id >> SEQUENCE_BITS & ID_NODE_MAX);
}
