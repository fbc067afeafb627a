#include "policy/eval.h"

#include "policy/session.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* The subjects of a table are cut into blocks; a unit is a run of blocks that one thread takes.
 * Each job keeps what it finds in a unit as a part of its own: the result is the same for any
 * number of threads. */
enum { BLOCK_ROWS = 8192, UNIT_BLOCKS = 4, THREADS_MAX = 64 };

struct unit {
    int32_t table, part, first, end; /* rows */
};

struct run {
    struct eval_session *session;
    struct unit *units;
    int32_t unit_count;
    struct result_maker maker;
    atomic_int next_unit;
    atomic_bool out_of_memory;
    atomic_bool overflowed;
    pthread_mutex_t mutex; /* of the maker's totals */
};

/* ---- deciding ---- */

static void decide_unit(struct worker *w, struct run *run, const struct unit *unit,
                        struct settle_scratch *scratch)
{
    struct eval_session *session = run->session;
    for (int32_t first = unit->first; first < unit->end; first += BLOCK_ROWS) {
        int32_t count = unit->end - first < BLOCK_ROWS ? unit->end - first : BLOCK_ROWS;
        worker_begin_block(w, unit->table, first, count);
        for (int32_t j = 0; j < session->job_count; j++)
            if (session->jobs[j].plan->subject == unit->table)
                job_run_block(w, session, j, first, count, unit->part);
    }
    settle_part(&session->settler, SETTLE_CERTAIN, unit->table, unit->part, scratch);
}

/* The worker and the scratch belong to the caller, so that they are whole after a longjmp. */
static bool decide_units(struct worker *w, struct run *run, struct settle_scratch *scratch)
{
    if (setjmp(w->out_of_memory) != 0)
        return false;
    for (int32_t u = atomic_fetch_add(&run->next_unit, 1); u < run->unit_count;
         u = atomic_fetch_add(&run->next_unit, 1))
        decide_unit(w, run, &run->units[u], scratch);
    return true;
}

static void *decide_in_thread(void *context)
{
    struct run *run = context;
    struct worker w = {.program = run->session->program, .world = run->session->world};
    struct settle_scratch scratch = {0};
    if (!decide_units(&w, run, &scratch) || scratch.out_of_memory)
        atomic_store(&run->out_of_memory, true);
    if (w.overflowed || scratch.overflowed)
        atomic_store(&run->overflowed, true);
    worker_done(&w);
    settle_scratch_done(&scratch);
    return NULL;
}

/* ---- making the result ---- */

static void free_parts_of(struct run *run, const struct unit *unit)
{
    struct eval_session *session = run->session;
    for (int32_t j = 0; j < session->job_count; j++)
        if (session->jobs[j].plan->subject == unit->table)
            decision_list_done(&session->runs[j].parts[unit->part]);
}

static void *fill_in_thread(void *context)
{
    struct run *run = context;
    struct total_sums sums;
    bool done = total_sums_make(&sums, &run->maker);
    for (int32_t u = atomic_fetch_add(&run->next_unit, 1); done && u < run->unit_count;
         u = atomic_fetch_add(&run->next_unit, 1)) {
        const struct unit *unit = &run->units[u];
        done = result_fill_part(&run->maker, unit->table, unit->part, unit->first,
                                unit->end - unit->first, &sums);
        free_parts_of(run, unit);
    }
    if (done) {
        pthread_mutex_lock(&run->mutex);
        result_add_sums(&run->maker, &sums);
        pthread_mutex_unlock(&run->mutex);
    } else {
        atomic_store(&run->out_of_memory, true);
    }
    total_sums_done(&sums);
    return NULL;
}

/* ---- the run ---- */

static int32_t thread_count_for(const struct run *run, int32_t wanted)
{
    int64_t count = wanted > 0 ? wanted : sysconf(_SC_NPROCESSORS_ONLN);
    count = count > run->unit_count ? run->unit_count : count;
    return (int32_t)(count < 1 ? 1 : count > THREADS_MAX ? THREADS_MAX : count);
}

static void run_threads(struct run *run, void *(*work)(void *context))
{
    pthread_t threads[THREADS_MAX];
    int32_t thread_count = thread_count_for(run, run->session->request.thread_count);
    int32_t started = 0;
    atomic_store(&run->next_unit, 0);
    for (int32_t i = 1; i < thread_count; i++)
        if (pthread_create(&threads[started], NULL, work, run) == 0)
            started++;
    work(run); /* this thread works too, and alone when no other could be started */
    for (int32_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

static int32_t unit_count_of(const struct world *world, int32_t table)
{
    int32_t unit_rows = BLOCK_ROWS * UNIT_BLOCKS;
    return (int32_t)(((int64_t)world->tables[table].row_count + unit_rows - 1) / unit_rows);
}

static bool make_units(struct run *run)
{
    const struct eval_session *session = run->session;
    int32_t table_count = session->world->vocab->record_count;
    int32_t unit_rows = BLOCK_ROWS * UNIT_BLOCKS;
    int32_t count_max = 0;
    for (int32_t t = 0; t < table_count; t++)
        count_max += unit_count_of(session->world, t);
    run->units = calloc((size_t)count_max + 1, sizeof *run->units);
    for (int32_t t = 0; run->units && t < table_count; t++) {
        bool is_subject = false;
        for (int32_t j = 0; j < session->job_count && !is_subject; j++)
            is_subject = session->jobs[j].plan->subject == t;
        int32_t row_count = session->world->tables[t].row_count;
        for (int32_t i = 0; is_subject && i < unit_count_of(session->world, t); i++) {
            int32_t first = i * unit_rows;
            int32_t end = row_count - first < unit_rows ? row_count : first + unit_rows;
            run->units[run->unit_count++] = (struct unit){t, i, first, end};
        }
    }
    return run->units != NULL;
}

static bool make_parts(struct run *run)
{
    struct eval_session *session = run->session;
    bool done = true;
    for (int32_t j = 0; j < session->job_count && done; j++) {
        struct rule_run *of = &session->runs[j];
        of->part_count = unit_count_of(session->world, session->jobs[j].plan->subject);
        of->parts = calloc((size_t)of->part_count + 1, sizeof *of->parts);
        if (session->jobs[j].only_counts)
            of->counted = calloc((size_t)of->part_count + 1, sizeof *of->counted);
        done = of->parts && (of->counted || !session->jobs[j].only_counts);
    }
    return done;
}

static void run_done(struct run *run)
{
    struct eval_session *session = run->session;
    for (int32_t j = 0; j < session->job_count; j++) {
        struct rule_run *of = &session->runs[j];
        for (int32_t p = 0; of->parts && p < of->part_count; p++)
            decision_list_done(&of->parts[p]);
        free(of->parts);
        free(of->counted);
        of->parts = NULL;
        of->counted = NULL;
    }
    result_maker_done(&run->maker);
    pthread_mutex_destroy(&run->mutex);
    free(run->units);
}

/* Settles what waits for all units. */
static enum err settle_rest(struct run *run, struct fault *fault)
{
    struct settle_scratch scratch = {0};
    if (settler_has_quotas(&run->session->settler))
        settle_quotas(&run->session->settler, &scratch);
    bool out_of_memory = scratch.out_of_memory;
    if (scratch.overflowed)
        atomic_store(&run->overflowed, true);
    settle_scratch_done(&scratch);
    return out_of_memory ? fault_set(fault, ERR_MEMORY, "no memory for the settlement") : ERR_OK;
}

static enum err run_session(struct run *run, struct eval_result **ret_result,
                            struct fault *fault)
{
    if (!make_units(run) || !make_parts(run))
        return fault_set(fault, ERR_MEMORY, "no memory for the evaluation");
    run_threads(run, decide_in_thread);
    if (atomic_load(&run->out_of_memory))
        return fault_set(fault, ERR_MEMORY, "no memory for the evaluation");
    TRY(settle_rest(run, fault));
    if (atomic_load(&run->overflowed))
        return ERR_OVERFLOW;
    TRY(result_maker_make(&run->maker, &run->session->settler,
                          run->session->request.keep_evidence, fault));
    run_threads(run, fill_in_thread);
    if (atomic_load(&run->out_of_memory))
        return fault_set(fault, ERR_MEMORY, "no memory for the decisions");
    return result_maker_finish(&run->maker, ret_result, fault);
}

enum err eval_run(const struct program *program, const struct world *world,
                  const struct eval_request *request, struct eval_result **ret_result,
                  struct fault *fault)
{
    struct run run = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    TRY(eval_session_new(program, world, request, &run.session, fault));
    atomic_store(&run.overflowed, run.session->overflowed);
    enum err err = run_session(&run, ret_result, fault);
    run_done(&run);
    eval_session_free(run.session);
    /* Both branches of a choice were computed; the one that was not taken may be to blame. The
     * reference computes only what counts and decides. */
    if (err == ERR_OVERFLOW)
        err = reference_run(program->policy, world, request, ret_result, fault);
    return err;
}
