/* case_practice.h — what is the office's own practice with cases and stands in no document: days
 * for each state, share of a sample, how long a step can be taken back
 * (catalogue/case_practice.csv).
 *
 * A row speaks of all rules, of a document's, or of one rule; the narrowest counts.
 *
 * Memory   in the given arena
 * Errors   ERR_CATALOGUE with file and line; ERR_IO
 * Units    clocks and notices in working days, shares in 1/10000
 * Limits   CASE_PRACTICE_ROWS_MAX rows
 */
#ifndef BAIGONG_CASE_PRACTICE_H
#define BAIGONG_CASE_PRACTICE_H

#include "base/arena.h"
#include "base/calendar.h"
#include "base/err.h"
#include "base/text.h"

enum { CASE_PRACTICE_ROWS_MAX = 1000 };

struct case_practice_row {
    struct str document, rule; /* empty: all */
    struct str name;           /* clock.review, notice, sample_bp, ... */
    int32_t value;             /* of what is counted; 0 for words */
    struct str text;           /* as it stands: the name of a fund */
    struct str basis;          /* where it stands */
};

struct case_practice {
    const struct case_practice_row *rows;
    int32_t row_count;
    const struct calendar *calendar;
};

enum err case_practice_load(struct arena *arena, const char *path, const struct calendar *calendar,
                            struct case_practice *ret_practice, struct fault *fault);

/* NULL when nothing is said; practice may be NULL. */
const struct case_practice_row *case_practice_of(const struct case_practice *practice,
                                                 struct str document, struct str rule,
                                                 const char *name);

/* The value, or otherwise when nothing is said. */
int32_t case_practice_value(const struct case_practice *practice, struct str document,
                            struct str rule, const char *name, int32_t otherwise);

/* The last day for a state (key of case.def) that began on a day; DAY_MAX when no clock runs. */
int32_t case_practice_due(const struct case_practice *practice, struct str document,
                          struct str rule, const char *state_key, int32_t from_day);

#endif
