/* division.h — codes of administrative divisions, and which lies in which.
 *
 * Six digits: 370000 a province, 370800 a city in it, 370811 a county of that. Towns and villages
 * carry nine or twelve, and lie in the county that the first six name. A city directly under the
 * state is a province by its code (500000), and its counties stand in two groups below it.
 *
 * Errors   none; a code that is 0 or less lies nowhere and holds nothing
 * Source   GB/T 2260, GB/T 10114
 */
#ifndef BAIGONG_DIVISION_H
#define BAIGONG_DIVISION_H

#include <stdbool.h>
#include <stdint.h>

enum { DIVISION_COUNTY_MAX = 999999 }; /* codes above it are of towns and villages */

/* How many codes of six digits a division spans, its own among them: 10000, 100 or 1. What it holds
 * are the codes from its own to its own + span - 1. */
int32_t division_span(int64_t division);

/* Whether inner is outer or lies in it. */
bool division_holds(int64_t outer, int64_t inner);

#endif
