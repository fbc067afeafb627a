/* policy_copies.h — the workload written several times into one document, under new names: how
 * cost grows with rules.
 *
 * Memory   the text lives in the arena given
 * Errors   ERR_MEMORY
 */
#ifndef BAIGONG_BENCH_POLICY_COPIES_H
#define BAIGONG_BENCH_POLICY_COPIES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

/* The document with its articles copy_count times; the names of the first copy stay as they are. */
enum err copies_make(struct arena *arena, struct str document, int32_t copy_count,
                     struct str *ret_text, struct fault *fault);

/* Every occurrence of one text replaced by another. */
struct str copies_replace(struct arena *arena, struct str text, const char *from, const char *to);

#endif
