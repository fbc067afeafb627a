/* boundary.h — cases on either side of a rule's own bounds, proposed where no example lies on them
 * (internal).
 *
 * Memory   the words go into the buffer given
 */
#ifndef BAIGONG_BOUNDARY_H
#define BAIGONG_BOUNDARY_H

#include "policy/policy.h"

/* "等级 中级工 / 高级工; 发证日期 …": at most BOUNDARY_COUNT_MAX bounds; their number. */
enum { BOUNDARY_COUNT_MAX = 5 };
int32_t boundary_propose(struct text_buf *buf, const struct policy *policy, int32_t statement);

#endif
