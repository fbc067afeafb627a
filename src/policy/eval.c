#include "policy/eval.h"

#include "policy/bind.h"
#include "policy/roster.h"
#include "policy/settle.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The subjects of a table are cut into blocks; a unit is a run of blocks that one thread takes.
 * Each (job, unit) has a list of its own, and the lists are joined in order: the result is the same
 * for any number of threads. */
enum { BLOCK_ROWS = 2048, UNIT_BLOCKS = 16, THREADS_MAX = 64 };

struct job { /* one rule in one period */
    const struct plan *plan;
    struct rule_period period;
    const struct binding *binding;
    bool basis_first; /* fewer basis rows pass than subjects: start from them */
    bool only_counts; /* a right without a list */
    struct candidate_list *lists; /* one for each unit of the subject's table */
};

struct unit {
    int32_t table, index, first, end; /* rows */
};

struct run {
    const struct program *program;
    const struct world *world;
    struct job *jobs;
    int32_t job_count;
    struct binding *bindings;
    int32_t binding_count;
    struct unit *units;
    int32_t unit_count;
    atomic_int next_unit;
    atomic_bool out_of_memory;
    atomic_bool overflowed;
};

/* ---- one rule on one block ---- */

struct basis { /* the rows a rule grants on, as parallel arrays */
    struct selection selection;
    int64_t *holds;      /* 1 or unknown; 0 once refused */
    int64_t *amount_fen; /* ABSENT_I64: unknown */
    int64_t *anchor_day;
    int64_t *payee;
    int32_t *exception;
    uint8_t *amount_kind;
};

static int64_t *values_of(struct worker *w, int32_t op, const struct rows *rows)
{
    int64_t *values = scratch(w, (size_t)rows->count, sizeof *values);
    vector_value(w, op, rows, values);
    return values;
}

static bool override_is_in_force(const struct worker *w, const struct plan_override *override)
{
    const struct policy *policy = w->program->policy;
    const struct document *document =
        &policy->documents[policy->statements[override->statement].document];
    int32_t day = w->binding->moment.as_of_day;
    return document->in_force_day <= day && day <= document->ends_day;
}

static void apply_override(struct worker *w, struct basis *basis, uint8_t *settled,
                           const struct plan_override *override)
{
    const struct rows *rows = &basis->selection.rows;
    int64_t *when = override->when >= 0 ? values_of(w, override->when, rows) : NULL;
    int64_t *amount = override->amount >= 0 ? values_of(w, override->amount, rows) : NULL;
    for (int32_t i = 0; i < rows->count; i++) {
        int64_t truth = when ? when[i] : 1;
        if (settled[i] || truth == 0)
            continue;
        if (truth == ABSENT_I64) {
            basis->holds[i] = ABSENT_I64;
            continue;
        }
        settled[i] = 1;
        if (override->refuses) {
            basis->holds[i] = 0;
            continue;
        }
        basis->exception[i] = override->statement;
        basis->amount_kind[i] = (uint8_t)override->amount_kind;
        basis->amount_fen[i] = amount ? amount[i] : 0;
    }
}

static void decide(struct worker *w, const struct job *job, struct basis *basis)
{
    const struct plan *plan = job->plan;
    const struct rows *rows = &basis->selection.rows;
    const struct rule *rule = w->program->policy->statements[plan->statement].as.rule;
    size_t count = (size_t)rows->count;
    basis->holds = scratch(w, count, sizeof *basis->holds);
    basis->exception = scratch(w, count, sizeof *basis->exception);
    basis->amount_kind = scratch(w, count, 1);
    basis->anchor_day = values_of(w, plan->anchor, rows);
    basis->payee = plan->payee >= 0 ? values_of(w, plan->payee, rows) : NULL;
    basis->amount_fen = plan->amount >= 0 ? values_of(w, plan->amount, rows)
                                          : scratch(w, count, sizeof *basis->amount_fen);
    if (plan->amount < 0)
        memset(basis->amount_fen, 0, count * sizeof *basis->amount_fen);
    memset(basis->amount_kind, (int)rule->amount_kind, count);
    for (size_t i = 0; i < count; i++) {
        basis->holds[i] =
            basis->selection.unknown && basis->selection.unknown[i] ? ABSENT_I64 : 1;
        basis->exception[i] = -1;
    }
    uint8_t *settled = scratch(w, count, 1);
    memset(settled, 0, count);
    for (int32_t i = 0; i < plan->override_count; i++) {
        const struct plan_override *override = &w->program->overrides[plan->override + i];
        if (override_is_in_force(w, override))
            apply_override(w, basis, settled, override);
    }
}

/* Amount and gross of a kind; false when the amount is unknown. */
static bool set_amount(enum amount_kind kind, int64_t value, struct decision *decision)
{
    switch (kind) {
    case AMOUNT_NONE:
        return true;
    case AMOUNT_EXACT:
        decision->amount_fen = decision->gross_fen = value;
        return value != ABSENT_I64;
    case AMOUNT_UP_TO:
        decision->amount_fen = AMOUNT_IS_OPEN;
        decision->gross_fen = value;
        return value != ABSENT_I64;
    case AMOUNT_OPEN:
    case AMOUNT_ON_TOP:
        decision->amount_fen = decision->gross_fen = AMOUNT_IS_OPEN;
        return true;
    }
    return true;
}

/* The candidate of basis row i; false when nothing is granted or asked there. */
static bool candidate_of(const struct worker *w, const struct job *job, const struct basis *basis,
                         int32_t i, struct candidate *ret)
{
    const struct plan *plan = job->plan;
    const struct rule *rule = w->program->policy->statements[plan->statement].as.rule;
    int32_t row = rows_row(&basis->selection.rows, i);
    int32_t subject =
        plan->each >= 0 ? w->world->tables[plan->each].owner_rows[row] : row;
    struct decision decision = {.statement = plan->statement, .subject_row = subject,
                                .basis_row = row, .period = job->period.key, .payee_row = -1,
                                .exception = basis->exception[i], .cut_by = -1};
    bool known = set_amount((enum amount_kind)basis->amount_kind[i], basis->amount_fen[i],
                            &decision);
    bool is_nothing =
        known && basis->amount_kind[i] == AMOUNT_EXACT && decision.amount_fen == 0;
    if (basis->holds[i] == 0 || is_nothing)
        return false;
    if (basis->payee) {
        decision.payee_row = basis->payee[i] == ABSENT_I64 ? -1 : (int32_t)basis->payee[i];
        known = known && basis->payee[i] != ABSENT_I64;
    }
    bool granted = known && basis->holds[i] == 1;
    decision.lane = granted ? LANE_GRANTED : LANE_ASK;
    if (!granted)
        decision.amount_fen = decision.gross_fen = 0;
    bool has_day = rule->anchor && basis->anchor_day[i] != ABSENT_I64;
    int64_t day = has_day ? basis->anchor_day[i]
                  : rule->period == PERIOD_ONCE ? job->period.moment.as_of_day
                                                : job->period.moment.period_start_day;
    *ret = (struct candidate){decision, (int32_t)day};
    return true;
}

/* ---- the best bases of each subject ---- */

struct contest {
    const struct rule *rule;
    struct candidate *rows; /* candidates of the block */
    const int32_t *places;  /* basis row of each candidate */
    int64_t **order;        /* values of the order keys, by basis row */
    int64_t **distinct;
};

static bool is_before(const struct contest *c, int32_t a, int32_t b)
{
    for (int32_t k = 0; k < c->rule->best_order_count; k++) {
        int64_t left = c->order[k][c->places[a]];
        int64_t right = c->order[k][c->places[b]];
        if (left == right)
            continue;
        if (left == ABSENT_I64 || right == ABSENT_I64)
            return right == ABSENT_I64;
        return c->rule->best_order[k].descending ? left > right : left < right;
    }
    int64_t left = candidate_rank_fen(&c->rows[a]);
    int64_t right = candidate_rank_fen(&c->rows[b]);
    if (c->rule->best_order_count == 0 && left != right)
        return left > right;
    return a < b;
}

static bool is_taken(const struct contest *c, const int32_t *kept, int32_t kept_count, int32_t at)
{
    for (int32_t k = 0; k < kept_count && c->rule->distinct_count > 0; k++) {
        bool same = true;
        for (int32_t d = 0; d < c->rule->distinct_count && same; d++)
            same = c->distinct[d][c->places[kept[k]]] == c->distinct[d][c->places[at]];
        if (same)
            return true;
    }
    return false;
}

/* From the best candidate of a subject to the worst: kept unless an equal one is, or enough are. */
static void keep_best(struct worker *w, const struct contest *c, int32_t first, int32_t end,
                      uint8_t *dropped)
{
    int32_t *ranked = scratch(w, (size_t)(end - first), sizeof *ranked);
    int32_t *kept = scratch(w, (size_t)(end - first), sizeof *kept);
    int32_t ranked_count = 0;
    int32_t kept_count = 0;
    for (int32_t i = first; i < end; i++) {
        dropped[i] = 0;
        if (c->rows[i].decision.lane != LANE_GRANTED)
            continue;
        int32_t at = ranked_count++;
        for (; at > 0 && is_before(c, i, ranked[at - 1]); at--)
            ranked[at] = ranked[at - 1];
        ranked[at] = i;
    }
    for (int32_t i = 0; i < ranked_count; i++) {
        bool full = c->rule->best_count > 0 && kept_count >= c->rule->best_count;
        dropped[ranked[i]] = full || is_taken(c, kept, kept_count, ranked[i]);
        if (!dropped[ranked[i]])
            kept[kept_count++] = ranked[i];
    }
}

static int64_t **key_values(struct worker *w, int32_t list, int32_t count,
                            const struct rows *rows)
{
    int64_t **values = scratch(w, (size_t)count, sizeof *values);
    for (int32_t k = 0; k < count; k++)
        values[k] = values_of(w, w->program->list[list + k], rows);
    return values;
}

static int32_t drop_worse(struct worker *w, const struct job *job, const struct basis *basis,
                          struct candidate *rows, const int32_t *places, int32_t count)
{
    const struct plan *plan = job->plan;
    struct contest contest = {
        .rule = w->program->policy->statements[plan->statement].as.rule,
        .rows = rows,
        .places = places,
        .order = key_values(w, plan->order, plan->order_count, &basis->selection.rows),
        .distinct =
            key_values(w, plan->distinct, plan->distinct_count, &basis->selection.rows)};
    uint8_t *dropped = scratch(w, (size_t)count, 1);
    for (int32_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count; end++)
            if (rows[end].decision.subject_row != rows[first].decision.subject_row)
                break;
        struct scratch_mark mark = scratch_mark(w);
        keep_best(w, &contest, first, end, dropped);
        scratch_rewind(w, mark);
    }
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++)
        if (!dropped[i])
            rows[kept++] = rows[i];
    return kept;
}

static void count_candidate(struct candidate_list *list, const struct decision *decision)
{
    bool granted = decision->lane == LANE_GRANTED;
    list->granted_count += granted;
    list->ask_count += !granted;
    list->subject_count += granted && decision->subject_row >= list->subject_end;
    if (granted)
        list->subject_end = decision->subject_row + 1;
}

static void add_candidates(struct worker *w, const struct job *job, struct basis *basis,
                           struct candidate_list *list)
{
    int32_t row_count = basis->selection.rows.count;
    struct candidate *rows = scratch(w, (size_t)row_count, sizeof *rows);
    int32_t *places = scratch(w, (size_t)row_count, sizeof *places);
    int32_t count = 0;
    for (int32_t i = 0; i < row_count; i++) {
        places[count] = i;
        count += candidate_of(w, job, basis, i, &rows[count]);
    }
    const struct rule *rule = w->program->policy->statements[job->plan->statement].as.rule;
    if (rule->each >= 0 && (rule->distinct_count > 0 || rule->best_count > 0))
        count = drop_worse(w, job, basis, rows, places, count);
    for (int32_t i = 0; i < count; i++) {
        if (job->only_counts)
            count_candidate(list, &rows[i].decision);
        else if (!candidate_add(list, &rows[i]))
            longjmp(w->out_of_memory, 1);
    }
}

/* Basis rows first: their subjects, once each, are then held against the subject's condition. */
static void select_basis_first(struct worker *w, const struct plan *plan,
                               struct selection *subjects, struct selection *ret_basis)
{
    vector_children(w, subjects, plan->each, ret_basis);
    vector_select(w, plan->each_where, ret_basis);
    const int32_t *owners = w->world->tables[plan->each].owner_rows;
    int32_t count = ret_basis->rows.count;
    int32_t *at = scratch(w, (size_t)count + 1, sizeof *at);
    int32_t *place = scratch(w, (size_t)count + 1, sizeof *place); /* subject of each basis row */
    int32_t subject_count = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t owner = owners[rows_row(&ret_basis->rows, i)];
        if (subject_count == 0 || at[subject_count - 1] != owner)
            at[subject_count++] = owner;
        place[i] = subject_count - 1;
    }
    struct selection passed = {
        .rows = {.table = plan->subject, .count = subject_count, .at = at}};
    if (subject_count == 0)
        return;
    vector_select(w, plan->where, &passed);
    int32_t *basis_at = scratch(w, (size_t)count + 1, sizeof *basis_at);
    uint8_t *unknown = scratch(w, (size_t)count + 1, 1);
    int32_t kept = 0;
    for (int32_t i = 0, s = 0; i < count; i++) {
        while (s < passed.rows.count && rows_row(&passed.rows, s) < at[place[i]])
            s++;
        bool passes = s < passed.rows.count && rows_row(&passed.rows, s) == at[place[i]];
        if (!passes)
            continue;
        basis_at[kept] = rows_row(&ret_basis->rows, i);
        unknown[kept++] = (ret_basis->unknown && ret_basis->unknown[i]) ||
                          (passed.unknown && passed.unknown[s]);
    }
    *ret_basis = (struct selection){
        .rows = {.table = plan->each, .count = kept, .at = basis_at}, .unknown = unknown};
}

static void run_block(struct worker *w, const struct job *job, int32_t first, int32_t count,
                      struct candidate_list *list)
{
    const struct plan *plan = job->plan;
    struct scratch_mark mark = scratch_mark(w);
    w->binding = job->binding;
    struct selection subjects = {
        .rows = {.table = plan->subject, .base = first, .count = count}};
    struct basis basis = {.holds = NULL};
    if (job->basis_first) {
        select_basis_first(w, plan, &subjects, &basis.selection);
    } else {
        vector_select(w, plan->where, &subjects);
        basis.selection = subjects;
        if (plan->each >= 0 && subjects.rows.count > 0) {
            vector_children(w, &subjects, plan->each, &basis.selection);
            vector_select(w, plan->each_where, &basis.selection);
        }
    }
    if (basis.selection.rows.count > 0) {
        decide(w, job, &basis);
        add_candidates(w, job, &basis, list);
    }
    scratch_rewind(w, mark);
}

/* ---- the run ---- */

static void run_unit(struct worker *w, struct run *run, const struct unit *unit)
{
    for (int32_t first = unit->first; first < unit->end; first += BLOCK_ROWS) {
        int32_t count = unit->end - first < BLOCK_ROWS ? unit->end - first : BLOCK_ROWS;
        for (int32_t j = 0; j < run->job_count; j++)
            if (run->jobs[j].plan->subject == unit->table)
                run_block(w, &run->jobs[j], first, count, &run->jobs[j].lists[unit->index]);
    }
}

/* False when memory is out. The worker belongs to the caller, so that it is whole after a
 * longjmp. */
static bool work(struct worker *w, struct run *run)
{
    if (setjmp(w->out_of_memory) != 0)
        return false;
    for (int32_t u = atomic_fetch_add(&run->next_unit, 1); u < run->unit_count;
         u = atomic_fetch_add(&run->next_unit, 1))
        run_unit(w, run, &run->units[u]);
    return true;
}

static void *run_thread(void *context)
{
    struct run *run = context;
    struct worker w = {.program = run->program, .world = run->world};
    if (!work(&w, run))
        atomic_store(&run->out_of_memory, true);
    if (w.overflowed)
        atomic_store(&run->overflowed, true);
    worker_done(&w);
    return NULL;
}

static int32_t thread_count_for(const struct run *run, int32_t wanted)
{
    int64_t count = wanted > 0 ? wanted : sysconf(_SC_NPROCESSORS_ONLN);
    count = count > run->unit_count ? run->unit_count : count;
    return (int32_t)(count < 1 ? 1 : count > THREADS_MAX ? THREADS_MAX : count);
}

static void run_threads(struct run *run, int32_t thread_count)
{
    pthread_t threads[THREADS_MAX];
    int32_t started = 0;
    for (int32_t i = 1; i < thread_count; i++)
        if (pthread_create(&threads[started], NULL, run_thread, run) == 0)
            started++;
    run_thread(run); /* this thread works too, and alone when no other could be started */
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
    int32_t table_count = run->world->vocab->record_count;
    int32_t unit_rows = BLOCK_ROWS * UNIT_BLOCKS;
    int32_t count_max = 0;
    for (int32_t t = 0; t < table_count; t++)
        count_max += unit_count_of(run->world, t);
    run->units = calloc((size_t)count_max + 1, sizeof *run->units);
    for (int32_t t = 0; run->units && t < table_count; t++) {
        bool is_subject = false;
        for (int32_t j = 0; j < run->job_count && !is_subject; j++)
            is_subject = run->jobs[j].plan->subject == t;
        int32_t row_count = run->world->tables[t].row_count;
        for (int32_t i = 0; is_subject && i < unit_count_of(run->world, t); i++) {
            int32_t first = i * unit_rows;
            int32_t end = row_count - first < unit_rows ? row_count : first + unit_rows;
            run->units[run->unit_count++] = (struct unit){t, i, first, end};
        }
    }
    return run->units != NULL;
}

static const struct binding *binding_for(struct run *run, const struct reference_moment *moment)
{
    for (int32_t i = 0; i < run->binding_count; i++) {
        const struct reference_moment *known = &run->bindings[i].moment;
        if (known->period_start_day == moment->period_start_day &&
            known->period_end_day == moment->period_end_day &&
            known->as_of_day == moment->as_of_day)
            return &run->bindings[i];
    }
    struct binding *made = &run->bindings[run->binding_count];
    made->moment = *moment;
    made->bounds = calloc((size_t)run->program->op_count + 1, sizeof *made->bounds);
    if (!made->bounds)
        return NULL;
    run->binding_count++;
    return made;
}

static bool make_jobs(struct run *run, const struct eval_request *request)
{
    const struct program *program = run->program;
    int64_t count = 0;
    for (int32_t p = 0; p < program->plan_count; p++)
        count += rule_period_count(program->policy, program->plans[p].statement, request);
    run->jobs = calloc((size_t)count + 1, sizeof *run->jobs);
    run->bindings = calloc((size_t)count + 1, sizeof *run->bindings);
    bool done = run->jobs && run->bindings;
    for (int32_t p = 0; p < program->plan_count && done; p++) {
        const struct plan *plan = &program->plans[p];
        int32_t period_count = rule_period_count(program->policy, plan->statement, request);
        /* A subject of several periods is one subject: only a list can tell. */
        bool only_counts = request->rights == EVAL_RIGHTS_COUNTED && period_count == 1 &&
                           !rule_keeps_roster(program->policy, plan->statement);
        for (int32_t i = 0; i < period_count && done; i++) {
            struct job *job = &run->jobs[run->job_count++];
            job->plan = plan;
            job->only_counts = only_counts;
            job->period = rule_period_at(program->policy, plan->statement, request, i);
            job->binding = binding_for(run, &job->period.moment);
            job->lists = calloc((size_t)unit_count_of(run->world, plan->subject) + 1,
                                sizeof *job->lists);
            done = job->binding && job->lists;
        }
    }
    return done;
}

/* How many rows pass a condition in blocks spread over the table. */
static int64_t sample_passed(struct worker *w, int32_t table, int32_t op)
{
    enum { SAMPLE_BLOCKS = 8, SAMPLE_BLOCK_ROWS = 256 };
    int32_t row_count = w->world->tables[table].row_count;
    int64_t passed = 0;
    for (int32_t s = 0; s < SAMPLE_BLOCKS; s++) {
        int32_t first = (int32_t)((int64_t)row_count * s / SAMPLE_BLOCKS);
        int32_t count = row_count - first < SAMPLE_BLOCK_ROWS ? row_count - first
                                                              : SAMPLE_BLOCK_ROWS;
        struct scratch_mark mark = scratch_mark(w);
        struct selection selection = {.rows = {.table = table, .base = first, .count = count}};
        vector_select(w, op, &selection);
        passed += selection.rows.count;
        scratch_rewind(w, mark);
    }
    int64_t sampled = (int64_t)SAMPLE_BLOCKS * SAMPLE_BLOCK_ROWS;
    return sampled > row_count ? passed : passed * row_count / sampled;
}

/* Binds every moment and chooses where each rule starts; false when memory is out. */
static bool bind_and_choose(struct worker *w, struct run *run)
{
    if (setjmp(w->out_of_memory) != 0)
        return false;
    for (int32_t i = 0; i < run->binding_count; i++)
        binding_make(w, &run->bindings[i]);
    for (int32_t j = 0; j < run->job_count; j++) {
        struct job *job = &run->jobs[j];
        const struct plan *plan = job->plan;
        w->binding = job->binding;
        if (plan->each >= 0 && plan->where >= 0)
            job->basis_first = sample_passed(w, plan->each, plan->each_where) <
                               sample_passed(w, plan->subject, plan->where);
    }
    return true;
}

static bool prepare(struct run *run)
{
    struct worker w = {.program = run->program, .world = run->world};
    bool done = bind_and_choose(&w, run);
    if (w.overflowed)
        atomic_store(&run->overflowed, true);
    worker_done(&w);
    return done;
}

/* Lists of the jobs in rule and period order, of the units in row order. */
static bool join(struct run *run, struct candidate_list *list)
{
    int64_t count = 0;
    for (int32_t j = 0; j < run->job_count; j++)
        for (int32_t u = 0; u < unit_count_of(run->world, run->jobs[j].plan->subject); u++)
            count += run->jobs[j].lists[u].row_count;
    list->rows = malloc((size_t)count * sizeof *list->rows + 1);
    if (!list->rows)
        return false;
    list->row_capacity = count;
    for (int32_t j = 0; j < run->job_count; j++) {
        for (int32_t u = 0; u < unit_count_of(run->world, run->jobs[j].plan->subject); u++) {
            const struct candidate_list *part = &run->jobs[j].lists[u];
            if (part->row_count > 0)
                memcpy(list->rows + list->row_count, part->rows,
                       (size_t)part->row_count * sizeof *part->rows);
            list->row_count += part->row_count;
        }
    }
    return true;
}

/* What was counted instead of listed goes into the totals of its rule. */
static void add_counts(const struct run *run, struct eval_result *result)
{
    for (int32_t j = 0; j < run->job_count; j++) {
        const struct job *job = &run->jobs[j];
        struct rule_total *total = result->totals;
        while (total->statement != job->plan->statement)
            total++;
        for (int32_t u = 0; u < unit_count_of(run->world, job->plan->subject); u++) {
            total->granted_count += job->lists[u].granted_count;
            total->ask_count += job->lists[u].ask_count;
            total->subject_count += job->lists[u].subject_count;
        }
    }
}

static void run_done(struct run *run)
{
    for (int32_t j = 0; j < run->job_count; j++) {
        int32_t count = unit_count_of(run->world, run->jobs[j].plan->subject);
        for (int32_t u = 0; run->jobs[j].lists && u < count; u++)
            free(run->jobs[j].lists[u].rows);
        free(run->jobs[j].lists);
    }
    for (int32_t i = 0; i < run->binding_count; i++)
        free(run->bindings[i].bounds);
    free(run->jobs);
    free(run->bindings);
    free(run->units);
}

enum err eval_run(const struct program *program, const struct world *world,
                  const struct eval_request *request, struct eval_result **ret_result,
                  struct fault *fault)
{
    struct run run = {.program = program, .world = world};
    struct candidate_list list = {0};
    bool done = make_jobs(&run, request) && make_units(&run) && prepare(&run);
    if (done) {
        run_threads(&run, thread_count_for(&run, request->thread_count));
        done = !atomic_load(&run.out_of_memory) && join(&run, &list);
    }
    bool overflowed = atomic_load(&run.overflowed);
    enum err err;
    if (!done)
        err = fault_set(fault, ERR_MEMORY, "no memory for the evaluation");
    else if (overflowed)
        /* Both branches of a choice were computed; the one that was not taken may be to blame. The
         * reference computes only what counts and decides. */
        err = reference_run(program->policy, world, request, ret_result, fault);
    else
        err = settle_candidates(program->policy, world, request, &list, ret_result, fault);
    if (err == ERR_OK && !overflowed)
        add_counts(&run, *ret_result);
    run_done(&run);
    free(list.rows);
    return err;
}
