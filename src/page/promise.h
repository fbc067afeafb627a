/* promise.h — within how many working days the office answers, by task: catalogue/promise.csv.
 *
 * Memory   in the given arena
 * Errors   ERR_CATALOGUE with file and line; ERR_IO
 * Limits   PROMISES_MAX rows
 */
#ifndef BAIGONG_PROMISE_H
#define BAIGONG_PROMISE_H

#include "base/arena.h"
#include "base/calendar.h"
#include "base/err.h"
#include "base/text.h"

enum { PROMISES_MAX = 50 };

struct promise {
    struct str task; /* submission, draft, ... */
    int32_t working_days;
    struct str basis; /* where it is promised */
};

struct promises {
    const struct promise *rows;
    int32_t row_count;
};

enum err promises_load(struct arena *arena, const char *path, struct promises *ret_promises,
                       struct fault *fault);

/* NULL when nothing is promised; promises may be NULL. */
const struct promise *promise_of(const struct promises *promises, const char *task);

/* The last day for an answer to what came on a day; DAY_MAX when nothing is promised. */
int32_t promise_due_day(const struct promises *promises, const struct calendar *calendar,
                        const char *task, int32_t from_day);

#endif
