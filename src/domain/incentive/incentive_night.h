/* incentive_night.h — what the last sweep did, for the front page.
 *
 * Memory   nothing kept
 * Errors   ERR_NOT_FOUND when the city was never swept; store errors
 */
#ifndef BAIGONG_INCENTIVE_NIGHT_H
#define BAIGONG_INCENTIVE_NIGHT_H

#include "domain/incentive/incentive.h"

struct night {
    int32_t as_of_day;
    int64_t finished_ms;
    int64_t new_count, changed_count, ended_count, unchanged_count; /* entitlements */
};
enum err incentive_night(struct work *w, struct night *ret_night);

#endif
