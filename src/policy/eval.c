#include "policy/eval.h"

#include "policy/session.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* The subjects of a table are cut into blocks, each for one thread. What a job finds in a block is
 * a part of its run: the result is the same for any number of threads. The cells of a block and
 * what is made of them stay in the second-level cache; few subjects are cut into smaller ones, so
 * that every thread has some. */
enum { BLOCK_ROWS_MAX = 16384, BLOCKS_WANTED = 8, BLOCK_ROWS_MIN = 1024, THREADS_MAX = 64 };

struct block {
    int32_t table, part, first, count; /* rows */
};

/* What all threads of a run do at once; between two steps one of them works alone. */
enum run_step { STEP_NONE, STEP_DECIDE, STEP_FILL, STEP_END };

struct run {
    struct eval_session *session;
    struct block *blocks;
    int32_t block_count;
    struct result_maker maker;
    int32_t helper_count;
    pthread_t helpers[THREADS_MAX];
    pthread_cond_t changed; /* the step or busy_count, under the mutex */
    enum run_step step;
    int32_t busy_count; /* helpers at work on a step */
    atomic_int next_block;
    atomic_bool out_of_memory;
    atomic_bool overflowed;
    pthread_mutex_t mutex;                   /* of the step, of the maker's totals and of found */
    struct scratch_stack found[THREADS_MAX]; /* the decisions in the parts, by thread */
    int32_t found_count;
};

/* ---- blocks ---- */

static int32_t block_rows_of(const struct world *world, int32_t table)
{
    int32_t wanted = world->tables[table].row_count / BLOCKS_WANTED + 1;
    return wanted < BLOCK_ROWS_MIN   ? BLOCK_ROWS_MIN
           : wanted > BLOCK_ROWS_MAX ? BLOCK_ROWS_MAX
                                     : wanted;
}

static int32_t block_count_of(const struct world *world, int32_t table)
{
    int64_t block_rows = block_rows_of(world, table);
    return (int32_t)((world->tables[table].row_count + block_rows - 1) / block_rows);
}

/* ---- deciding ---- */

static void decide_block(struct worker *w, struct run *run, const struct block *block,
                         struct settle_scratch *scratch)
{
    struct eval_session *session = run->session;
    worker_begin_block(w, block->table, block->first, block->count);
    for (int32_t j = 0; j < session->job_count; j++)
        if (session->jobs[j].plan->subject == block->table)
            job_run_block(w, session, j, block->first, block->count, block->part);
    settle_part(&session->settler, SETTLE_CERTAIN, block->table, block->part, scratch);
}

/* The worker and the scratch belong to the caller, so that they are whole after a longjmp. */
static bool decide_blocks(struct worker *w, struct run *run, struct settle_scratch *scratch)
{
    if (setjmp(w->out_of_memory) != 0)
        return false;
    for (int32_t b = atomic_fetch_add(&run->next_block, 1); b < run->block_count;
         b = atomic_fetch_add(&run->next_block, 1))
        decide_block(w, run, &run->blocks[b], scratch);
    return true;
}

static void decide_in_thread(struct run *run)
{
    struct worker w = {.program = run->session->program,
                       .world = run->session->world,
                       .keeps_evidence = run->session->request.keep_evidence};
    struct scratch_stack found = {0};
    struct settle_scratch scratch = {0};
    w.found = &found;
    if (!decide_blocks(&w, run, &scratch) || scratch.out_of_memory)
        atomic_store(&run->out_of_memory, true);
    if (w.overflowed || scratch.overflowed)
        atomic_store(&run->overflowed, true);
    pthread_mutex_lock(&run->mutex);
    run->found[run->found_count++] = found;
    pthread_mutex_unlock(&run->mutex);
    worker_done(&w);
    settle_scratch_done(&scratch);
}

/* ---- making the result ---- */

static void fill_in_thread(struct run *run)
{
    struct total_sums sums;
    bool done = total_sums_make(&sums, &run->maker);
    for (int32_t b = atomic_fetch_add(&run->next_block, 1); done && b < run->block_count;
         b = atomic_fetch_add(&run->next_block, 1)) {
        const struct block *block = &run->blocks[b];
        done = result_fill_part(&run->maker, block->table, block->part, block->first, block->count,
                                &sums);
    }
    if (done) {
        pthread_mutex_lock(&run->mutex);
        result_add_sums(&run->maker, &sums);
        pthread_mutex_unlock(&run->mutex);
    } else {
        atomic_store(&run->out_of_memory, true);
    }
    total_sums_done(&sums);
}

/* ---- threads ---- */

static void take_step(struct run *run, enum run_step step)
{
    if (step == STEP_DECIDE)
        decide_in_thread(run);
    else
        fill_in_thread(run);
}

static void *help(void *context)
{
    struct run *run = context;
    pthread_mutex_lock(&run->mutex);
    for (enum run_step last = STEP_NONE; run->step != STEP_END;) {
        if (run->step == STEP_NONE || run->step == last) {
            pthread_cond_wait(&run->changed, &run->mutex);
            continue;
        }
        last = run->step;
        run->busy_count++;
        pthread_mutex_unlock(&run->mutex);
        take_step(run, last);
        pthread_mutex_lock(&run->mutex);
        run->busy_count--;
        pthread_cond_broadcast(&run->changed);
    }
    pthread_mutex_unlock(&run->mutex);
    return NULL;
}

static bool decides_on(const struct program *program, int32_t table)
{
    bool decides = false;
    for (int32_t p = 0; p < program->plan_count && !decides; p++)
        decides = program->plans[p].subject == table;
    return decides;
}

/* They start while the session is still being made; there are no more than blocks. */
static void start_helpers(struct run *run, const struct program *program, const struct world *world,
                          int32_t wanted)
{
    int64_t count = wanted > 0 ? wanted : sysconf(_SC_NPROCESSORS_ONLN);
    int64_t block_count = 0;
    for (int32_t t = 0; t < world->vocab->record_count && count > 1; t++)
        block_count += decides_on(program, t) ? block_count_of(world, t) : 0;
    count = count > block_count ? block_count : count;
    count = count > THREADS_MAX ? THREADS_MAX : count;
    for (int64_t i = 1; i < count; i++)
        if (pthread_create(&run->helpers[run->helper_count], NULL, help, run) == 0)
            run->helper_count++;
}

static void set_step(struct run *run, enum run_step step)
{
    pthread_mutex_lock(&run->mutex);
    run->step = step;
    pthread_cond_broadcast(&run->changed);
    pthread_mutex_unlock(&run->mutex);
}

/* This thread works too, and alone when no other could be started. When it finds nothing more to
 * do, it waits for those who are at work, not for those who have yet to begin. */
static void run_step(struct run *run, enum run_step step)
{
    atomic_store(&run->next_block, 0);
    set_step(run, step);
    take_step(run, step);
    set_step(run, STEP_NONE);
    pthread_mutex_lock(&run->mutex);
    while (run->busy_count > 0)
        pthread_cond_wait(&run->changed, &run->mutex);
    pthread_mutex_unlock(&run->mutex);
}

static void stop_helpers(struct run *run)
{
    set_step(run, STEP_END);
    for (int32_t i = 0; i < run->helper_count; i++)
        pthread_join(run->helpers[i], NULL);
}

/* ---- the run ---- */

static bool make_blocks(struct run *run)
{
    const struct eval_session *session = run->session;
    int32_t table_count = session->world->vocab->record_count;
    int32_t count_max = 0;
    for (int32_t t = 0; t < table_count; t++)
        count_max += block_count_of(session->world, t);
    run->blocks = calloc((size_t)count_max + 1, sizeof *run->blocks);
    for (int32_t t = 0; run->blocks && t < table_count; t++) {
        bool is_subject = false;
        for (int32_t j = 0; j < session->job_count && !is_subject; j++)
            is_subject = session->jobs[j].plan->subject == t;
        int32_t row_count = session->world->tables[t].row_count;
        int32_t block_rows = block_rows_of(session->world, t);
        for (int32_t i = 0; is_subject && i < block_count_of(session->world, t); i++) {
            int32_t first = i * block_rows;
            int32_t count = row_count - first < block_rows ? row_count - first : block_rows;
            run->blocks[run->block_count++] = (struct block){t, i, first, count};
        }
    }
    return run->blocks != NULL;
}

static bool make_parts(struct run *run)
{
    struct eval_session *session = run->session;
    bool done = true;
    for (int32_t j = 0; j < session->job_count && done; j++) {
        struct rule_run *of = &session->runs[j];
        of->part_count = block_count_of(session->world, session->jobs[j].plan->subject);
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
    stop_helpers(run);
    for (int32_t j = 0; session && j < session->job_count; j++) {
        struct rule_run *of = &session->runs[j];
        free(of->parts);
        free(of->counted);
        of->parts = NULL;
        of->counted = NULL;
    }
    for (int32_t i = 0; i < run->found_count; i++)
        scratch_stack_done(&run->found[i]);
    result_maker_done(&run->maker);
    pthread_cond_destroy(&run->changed);
    pthread_mutex_destroy(&run->mutex);
    free(run->blocks);
    eval_session_free(session);
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

static enum err run_session(struct run *run, struct eval_result **ret_result, struct fault *fault)
{
    atomic_store(&run->overflowed, run->session->overflowed);
    if (!make_blocks(run) || !make_parts(run))
        return fault_set(fault, ERR_MEMORY, "no memory for the evaluation");
    run_step(run, STEP_DECIDE);
    if (atomic_load(&run->out_of_memory))
        return fault_set(fault, ERR_MEMORY, "no memory for the evaluation");
    TRY(settle_rest(run, fault));
    if (atomic_load(&run->overflowed))
        return ERR_OVERFLOW;
    TRY(result_maker_make(&run->maker, &run->session->settler, run->session->request.keep_evidence,
                          fault));
    run_step(run, STEP_FILL);
    if (atomic_load(&run->out_of_memory))
        return fault_set(fault, ERR_MEMORY, "no memory for the decisions");
    return result_maker_finish(&run->maker, ret_result, fault);
}

enum err eval_run(const struct program *program, const struct world *world,
                  const struct eval_request *request, struct eval_result **ret_result,
                  struct fault *fault)
{
    struct run run = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    start_helpers(&run, program, world, request->thread_count);
    enum err err = eval_session_new(program, world, request, &run.session, fault);
    if (err == ERR_OK)
        err = run_session(&run, ret_result, fault);
    run_done(&run);
    /* Both branches of a choice were computed; the one that was not taken may be to blame. The
     * reference computes only what counts and decides. */
    if (err == ERR_OVERFLOW)
        err = reference_run(program->policy, world, request, ret_result, fault);
    return err;
}
