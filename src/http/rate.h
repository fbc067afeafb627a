/* rate.h — how often someone may ask: a bucket of tokens for each that refills with time.
 *
 * Who asks is a number (an address, a login, each mixed with what it is for). The table has a fixed
 * size: when very many ask at once, the one that asked longest ago is forgotten, which lets it ask
 * a little more, never less. Buckets live in the process: two processes allow twice as much.
 *
 * Memory   one block of RATE_BUCKETS * 24 bytes
 * Threads  all functions may be called from any thread
 * Units    per minute; a bucket holds one minute's tokens, and never less than one
 */
#ifndef BAIGONG_RATE_H
#define BAIGONG_RATE_H

#include "base/err.h"

#include <stdint.h>

enum { RATE_BUCKETS = 32768 };

struct rate;

enum err rate_new(struct rate **ret_rate, struct fault *fault);
void rate_free(struct rate *rate); /* accepts NULL */

/* Takes one token; 0 when there was one, else in how many milliseconds there will be. per_minute 0
 * never refuses. */
int64_t rate_take(struct rate *rate, uint64_t who, int64_t per_minute, int64_t now_ms);

#endif
