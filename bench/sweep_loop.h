/* sweep_loop.h — the rules of the document as plain C over the columns of a world.
 *
 * Written as one would by hand for this one document: typed pointers into the columns, cheap tests
 * first, owned rows read in place, and it lists what it grants, as a sweep must. It is two-valued:
 * what is unknown is not granted; it names no missing facts.
 *
 * Memory   loop_new allocates, loop_free frees; the world must outlive the loop
 * Errors   a column of another width than the code was written for stops the program
 * Limits   LOOP_THREADS_MAX
 */
#ifndef BAIGONG_SWEEP_LOOP_H
#define BAIGONG_SWEEP_LOOP_H

#include "policy/column.h"
#include "sweep.h"

enum { LOOP_THREADS_MAX = 16 };

struct loop;

struct loop *loop_new(const struct world *world, const struct sweep_words *words,
                      const struct sweep_days *days);
void loop_free(struct loop *loop); /* accepts NULL */

/* The whole sweep; figures has room for SWEEP_RULE_COUNT. May be run again. */
void loop_run(struct loop *loop, int32_t thread_count, struct sweep_figure *ret_figures);

/* Grants that the last run listed. */
int64_t loop_grant_count(const struct loop *loop);

#endif
