/* session.h — a program bound to a world and a request (internal): which rules run in which
 * periods, with their dates and parameters as numbers.
 *
 * Memory   a session owns everything below; lists are filled by whoever runs the jobs
 * Errors   ERR_MEMORY
 */
#ifndef BAIGONG_SESSION_H
#define BAIGONG_SESSION_H

#include "policy/settle.h"
#include "policy/vector.h"

struct job { /* one rule in one period */
    const struct plan *plan;
    const struct binding *binding;
    bool basis_first; /* fewer basis rows pass than subjects: start from them */
    bool only_counts; /* a right without a list: its run has counts instead of decisions */
};

struct eval_session {
    const struct program *program;
    const struct world *world;
    struct eval_request request;
    struct job *jobs;
    struct rule_run *runs; /* one for each job; parts are NULL until a run makes them */
    int32_t job_count;
    struct binding *bindings;
    int32_t binding_count;
    struct settler settler;
    bool overflowed; /* while binding */

    /* eval_subject's own */
    struct worker worker;
    struct decision_list *parts; /* one for each job */
    struct settle_scratch settle_scratch;
};

/* Runs a job over subjects first .. first + count - 1 and adds its candidates to a part of its run,
 * in order. Unwinds to w->out_of_memory. */
void job_run_block(struct worker *w, const struct eval_session *session, int32_t job,
                   int32_t first, int32_t count, int32_t part);

/* The best bases of each subject: drops the other candidates, returns how many stay. places are the
 * basis rows' places in rows; both are moved together. */
int32_t keep_best_bases(struct worker *w, const struct plan *plan, const struct rows *basis,
                        struct decision *candidates, int32_t *places, int32_t count);

#endif
