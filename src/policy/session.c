#include "policy/session.h"

#include "policy/bind.h"
#include "policy/roster.h"

#include <stdlib.h>
#include <string.h>

static const struct binding *binding_for(struct eval_session *session,
                                         const struct reference_moment *moment)
{
    for (int32_t i = 0; i < session->binding_count; i++) {
        const struct reference_moment *known = &session->bindings[i].moment;
        if (known->period_start_day == moment->period_start_day &&
            known->period_end_day == moment->period_end_day &&
            known->as_of_day == moment->as_of_day)
            return &session->bindings[i];
    }
    struct binding *made = &session->bindings[session->binding_count];
    made->moment = *moment;
    made->bounds = calloc((size_t)session->program->op_count + 1, sizeof *made->bounds);
    if (!made->bounds)
        return NULL;
    session->binding_count++;
    return made;
}

static bool is_asked_for(const struct eval_session *session, const struct plan *plan)
{
    return !session->request.rules || rule_set_has(session->request.rules, plan->statement);
}

static bool make_jobs(struct eval_session *session)
{
    const struct program *program = session->program;
    const struct eval_request *request = &session->request;
    int64_t count = 0;
    for (int32_t p = 0; p < program->plan_count; p++)
        if (is_asked_for(session, &program->plans[p]))
            count += rule_period_count(program->policy, program->plans[p].statement, request);
    session->jobs = calloc((size_t)count + 1, sizeof *session->jobs);
    session->runs = calloc((size_t)count + 1, sizeof *session->runs);
    session->bindings = calloc((size_t)count + 1, sizeof *session->bindings);
    session->parts = calloc((size_t)count + 1, sizeof *session->parts);
    bool done = session->jobs && session->runs && session->bindings && session->parts;
    for (int32_t p = 0; p < program->plan_count && done; p++) {
        const struct plan *plan = &program->plans[p];
        int32_t period_count = is_asked_for(session, plan)
                                   ? rule_period_count(program->policy, plan->statement, request)
                                   : 0;
        /* A subject of several periods is one subject: only a list can tell. */
        bool only_counts = request->rights == EVAL_RIGHTS_COUNTED && period_count == 1 &&
                           !rule_keeps_roster(program->policy, plan->statement);
        for (int32_t i = 0; i < period_count && done; i++) {
            struct job *job = &session->jobs[session->job_count];
            struct rule_run *run = &session->runs[session->job_count++];
            run->statement = plan->statement;
            run->period = rule_period_at(program->policy, plan->statement, request, i);
            job->plan = plan;
            job->only_counts = only_counts;
            job->binding = binding_for(session, &run->period.moment);
            done = job->binding != NULL;
        }
    }
    return done;
}

static float rows_passing(const struct worker *w, int32_t table, int32_t op)
{
    return (float)w->world->tables[table].row_count * w->binding->bounds[op].pass;
}

/* Binds every moment and chooses where each rule starts; false when memory is out. */
static bool bind_and_choose(struct worker *w, struct eval_session *session)
{
    if (setjmp(w->out_of_memory) != 0)
        return false;
    for (int32_t i = 0; i < session->binding_count; i++)
        binding_make(w, session->bindings, i);
    for (int32_t j = 0; j < session->job_count; j++) {
        struct job *job = &session->jobs[j];
        const struct plan *plan = job->plan;
        w->binding = job->binding;
        bool is_better = plan->each >= 0 && plan->each_where >= 0;
        if (is_better && plan->where >= 0)
            is_better = rows_passing(w, plan->each, plan->each_where) <
                        rows_passing(w, plan->subject, plan->where);
        job->basis_first = is_better;
    }
    return true;
}

/* quota_key_values */
static bool key_values(void *context, const struct rule_run *run, int32_t key,
                       const int32_t *basis_rows, int32_t count, int64_t *ret_values)
{
    struct eval_session *session = context;
    struct worker *w = &session->worker;
    const struct job *job = &session->jobs[run - session->runs];
    int32_t table = job->plan->each >= 0 ? job->plan->each : job->plan->subject;
    struct rows rows = {.table = table, .count = count, .at = basis_rows};
    bool overflowed = w->overflowed;
    if (setjmp(w->out_of_memory) != 0)
        return false;
    w->binding = job->binding;
    w->overflowed = false;
    vector_value(w, session->program->list[job->plan->quota_order + key], &rows, ret_values);
    bool known = !w->overflowed;
    w->overflowed = overflowed;
    return known;
}

enum err eval_session_new(const struct program *program, const struct world *world,
                          const struct eval_request *request, struct eval_session **ret_session,
                          struct fault *fault)
{
    struct eval_session *session = calloc(1, sizeof *session);
    if (!session)
        return fault_set(fault, ERR_MEMORY, "no memory for the evaluation");
    session->program = program;
    session->world = world;
    session->request = *request;
    session->worker = (struct worker){
        .program = program, .world = world, .keeps_evidence = request->keep_evidence};
    enum err err = make_jobs(session) && bind_and_choose(&session->worker, session)
                       ? ERR_OK
                       : fault_set(fault, ERR_MEMORY, "no memory for the evaluation");
    session->overflowed = session->worker.overflowed;
    if (err == ERR_OK)
        err = settler_make(&session->settler, program->policy, world, session->runs,
                           session->job_count, fault);
    session->settler.without_budgets = request->without_budgets;
    session->settler.as_of_day = request->as_of_day;
    session->settler.rules = request->rules;
    session->settler.key_values = key_values;
    session->settler.context = session;
    if (err != ERR_OK) {
        eval_session_free(session);
        return err;
    }
    *ret_session = session;
    return ERR_OK;
}

void eval_session_free(struct eval_session *session)
{
    if (!session)
        return;
    worker_done(&session->worker);
    settler_done(&session->settler);
    settle_scratch_done(&session->settle_scratch);
    for (int32_t j = 0; session->parts && j < session->job_count; j++)
        decision_list_done(&session->parts[j]);
    for (int32_t i = 0; i < session->binding_count; i++)
        binding_done(&session->bindings[i]);
    free(session->parts);
    free(session->jobs);
    free(session->runs);
    free(session->bindings);
    free(session);
}

void eval_session_world(struct eval_session *session, const struct world *world)
{
    session->world = world;
    session->worker.world = world;
    session->settler.world = world;
}

/* ---- one subject ---- */

static bool run_subject(struct eval_session *session, int32_t table, int32_t subject_row,
                        const uint64_t *rules)
{
    if (setjmp(session->worker.out_of_memory) != 0)
        return false;
    worker_begin_block(&session->worker, table, subject_row, 1);
    for (int32_t j = 0; j < session->job_count; j++) {
        struct rule_run *run = &session->runs[j];
        run->parts = &session->parts[j];
        run->part_count = 1;
        run->parts->row_count = 0;
        if (session->jobs[j].plan->subject == table && !session->jobs[j].only_counts &&
            (!rules || rule_set_has(rules, run->statement)))
            job_run_block(&session->worker, session, j, subject_row, 1, 0);
    }
    return true;
}

/* The reference computes only what counts: see eval_run. */
static bool run_subject_again(struct eval_session *session, int32_t table, int32_t subject_row,
                              const uint64_t *rules, bool *ret_overflowed)
{
    bool done = true;
    *ret_overflowed = false;
    for (int32_t j = 0; j < session->job_count && done; j++) {
        struct rule_run *run = &session->runs[j];
        run->parts->row_count = 0;
        if (session->jobs[j].plan->subject == table && !session->jobs[j].only_counts &&
            (!rules || rule_set_has(rules, run->statement)))
            done = reference_subject(session->program->policy, session->world, run, subject_row,
                                     run->parts, ret_overflowed);
    }
    return done;
}

static bool append_settled(struct eval_session *session, struct decision_list *list)
{
    bool done = true;
    for (int32_t j = 0; j < session->job_count && done; j++) {
        struct decision_list *part = &session->parts[j];
        if (part->row_count == 0)
            continue;
        bool waits = settler_waits_for_quota(&session->settler, session->runs[j].statement);
        for (int64_t i = 0; i < part->row_count && done; i++) {
            part->rows[i].quota_open = waits;
            done = decision_list_add(list, &part->rows[i],
                                     part->evidence ? &part->evidence[i] : NULL);
        }
    }
    return done;
}

enum err eval_subject(struct eval_session *session, int32_t table, int32_t subject_row,
                      const uint64_t *rules, struct decision_list *list, struct fault *fault)
{
    session->worker.overflowed = session->overflowed;
    session->settle_scratch.overflowed = false;
    bool done = run_subject(session, table, subject_row, rules);
    if (done && session->worker.overflowed) {
        bool overflowed;
        done = run_subject_again(session, table, subject_row, rules, &overflowed);
        if (overflowed)
            return fault_set(fault, ERR_OVERFLOW, "an amount or count is out of range");
    }
    if (done) {
        settle_part(&session->settler, SETTLE_GROUPS, table, 0, &session->settle_scratch);
        done = !session->settle_scratch.out_of_memory && append_settled(session, list);
    }
    if (!done)
        return fault_set(fault, ERR_MEMORY, "no memory for the evaluation");
    if (session->settle_scratch.overflowed)
        return fault_set(fault, ERR_OVERFLOW, "a sum of amounts is out of range");
    return ERR_OK;
}
