/* id.h — identifiers of records: positive 64-bit numbers that grow with time and need no database.
 *
 *   41 bits  milliseconds since 2020-01-01 (lasts until 2089)
 *   10 bits  node, one for each writing process of a city
 *   12 bits  sequence inside the millisecond
 *
 * A source never repeats and never goes back: when the clock steps back, or more than 4096
 * identifiers are made in a millisecond, it goes on counting from where it was.
 *
 * Memory   a source is a plain value; it may be shared between threads
 * Errors   none
 */
#ifndef BAIGONG_ID_H
#define BAIGONG_ID_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { ID_NODE_MAX = 1023 };

struct id_source {
    _Atomic int64_t last; /* milliseconds since 2020 << 12 | sequence, of the last identifier */
    int64_t node;
    bool fixed; /* does not read the clock */
};

void id_source_init(struct id_source *source, int32_t node);

/* Counts from start_ms (UTC since 1970) without a clock: the same calls give the same identifiers.
 * For generated data and tests. */
void id_source_init_fixed(struct id_source *source, int32_t node, int64_t start_ms);

int64_t id_next(struct id_source *source);

/* The smallest identifier of a millisecond (UTC since 1970); 0 for one before 2020. */
int64_t id_first_of(int64_t ms);

/* When an identifier was made (UTC since 1970), and by which node. */
int64_t id_ms(int64_t id);
int32_t id_node(int64_t id);

#endif
