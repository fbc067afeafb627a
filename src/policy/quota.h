/* quota.h — the limited number of a rule's grants (internal): the first ones in the order of the
 * quota keep them, in each window. */
#ifndef BAIGONG_QUOTA_H
#define BAIGONG_QUOTA_H

#include "policy/settle.h"

/* Refuses the granted decisions of a rule behind the limit. clause is what they are cut by; years
 * of a window count from base_year. False when memory is out. */
bool quota_apply(const struct settler *settler, int32_t statement, const struct quota *quota,
                 int32_t clause, int32_t base_year);

#endif
