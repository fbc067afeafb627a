/* pace.h — a target against its plan: how much is reached, what is missing, whether it keeps pace.
 *
 * Memory   none
 * Errors   none: what cannot be said (no figure, no plan, a number out of range) is 0 or false
 * Units    a figure in the unit of its plan, a rate in millionths; shares in millionths (ppm)
 */
#ifndef BAIGONG_PACE_H
#define BAIGONG_PACE_H

#include "domain/insight/insight_book.h"

enum { PACE_ONE = 1000000 }; /* millionths in a whole */

/* The figure in the unit of the plan; 0 when there is none. */
int64_t pace_actual(const struct book_line *line);

/* What is still missing to the plan; 0 when it is met. */
int64_t pace_missing(const struct book_line *line);

/* How much of its plan a target has reached; beyond the plan more than PACE_ONE. */
int64_t pace_reached_ppm(const struct book_line *line);

/* Counted from a first day to a last: a plan that fills up. */
bool pace_is_flow(const struct book_line *line);

/* Whether a flow ends at its plan or beyond when it goes on as it went until the end of as_of_day.
 * From its first day on; false for what is no flow. */
bool pace_keeps(const struct book_line *line, int32_t as_of_day);

/* part of whole in hundredths of a per cent, at most 10,000; 0 when either is not positive. */
int32_t pace_share_bps(int64_t part, int64_t whole);

#endif
