/* news_serial.h — numbers without gaps: 1, 2, 3 … of a series, over all processes.
 *
 * A number is given inside the unit of work that uses it: when that fails, the next one gets it.
 * Units of work that number the same series wait for each other.
 *
 * Memory   nothing kept
 * Errors   store errors
 */
#ifndef BAIGONG_NEWS_SERIAL_H
#define BAIGONG_NEWS_SERIAL_H

#include "store/work.h"

enum err news_serial_next(struct work *w, struct str series, int64_t *ret_serial);

#endif
