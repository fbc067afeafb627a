/* example.h — runs the worked examples (案例) of a policy: each is a small world of its own. */
#ifndef BAIGONG_EXAMPLE_H
#define BAIGONG_EXAMPLE_H

#include "policy/explain.h"

/* Adds a finding for every expectation that does not come true, for every rule without an example
 * that grants and one that refuses, for every row of a table that no example comes to, and counts
 * what ran. */
enum err examples_run(struct arena *arena, const struct policy *policy, struct findings *findings,
                      int32_t *ret_passed_count, int32_t *ret_failed_count, struct fault *fault);

#endif
