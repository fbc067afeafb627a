/* roster.h — which rights are kept by name (internal to engines and the rooms above).
 *
 * A 准入 that nearly everybody has, such as the right to sit an examination, is answered when
 * somebody asks: explain tells it, sweep and whatif count its holders, and nothing is stored. One
 * that names a list (名单), or whose holders stand in an order for a quota (名额, in the rule or in
 * a settlement), is a list and is kept like money and titles.
 *
 * Memory   none
 * Errors   none
 */
#ifndef BAIGONG_ROSTER_H
#define BAIGONG_ROSTER_H

#include "policy/ast.h"

/* Whether the holders of a rule (GRANT, CONFER, PROMOTE, ADMIT) are kept by name. */
bool rule_keeps_roster(const struct policy *policy, int32_t statement);

#endif
