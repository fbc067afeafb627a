/* policy_rival.h — the workload by hand in C, twice: a plain loop over persons, which is the
 * oracle, and the fastest we know, which is the yardstick.
 *
 * plain   person by person, rule by rule, the way one reads the document; eight amounts a person in
 *         a dense table, then the totals
 * lists   blocks of persons; masks over the children's columns, lists of the children that pass the
 *         first tests, shared by the rules that begin alike; sparse amounts and the totals at once
 *
 * Memory   x_new allocates, x_free frees; the world must outlive it
 * Limits   RIVAL_THREADS_MAX
 */
#ifndef BAIGONG_BENCH_POLICY_RIVAL_H
#define BAIGONG_BENCH_POLICY_RIVAL_H

#include "policy_tariff.h"

enum { RIVAL_THREADS_MAX = 16 };

struct plain;
struct plain *plain_new(const struct world *world, const struct tariff *tariff);
void plain_free(struct plain *plain); /* accepts NULL */
void plain_run(struct plain *plain, struct outcome *ret_outcome);
/* Amount of each person and rule of the last run: row * RULE_COUNT + rule. */
const int32_t *plain_amounts_fen(const struct plain *plain);

struct lists;
struct lists *lists_new(const struct world *world, const struct tariff *tariff);
void lists_free(struct lists *lists); /* accepts NULL */
void lists_run(struct lists *lists, int32_t thread_count, struct outcome *ret_outcome);
/* Of the last run's amounts; outside the timing. */
int64_t lists_checksum(const struct lists *lists);

/* Class of a competition place; 5 is class A, 0 none. Both rivals read it from here. */
int32_t rival_award_class(int32_t tier, int32_t place);

/* A contender for a title: smaller is better. */
struct contender {
    int32_t tier, place, day, person_row;
};
int rival_compare_contenders(const void *a, const void *b);

#endif
