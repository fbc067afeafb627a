#include "policy/session.h"

#include <string.h>

struct basis { /* the rows a rule grants on, as parallel arrays */
    struct selection selection;
    int64_t *holds;      /* 1 or unknown; 0 once refused */
    int64_t *amount_fen; /* ABSENT_I64: unknown */
    int64_t *anchor_day;
    int64_t *payee;
    int32_t *exception;
    uint8_t *amount_kind;
    /* Exact amounts for whoever stands here, paid to the subject: holds, exception and amount_kind
     * are not made. */
    bool is_plain;
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
    return statement_holds_on(policy, &policy->statements[override->statement],
                              w->binding->moment.as_of_day);
}

static bool has_override(const struct worker *w, const struct plan *plan)
{
    bool has = false;
    for (int32_t i = 0; i < plan->override_count && !has; i++)
        has = override_is_in_force(w, &w->program->overrides[plan->override + i]);
    return has;
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

static void decide(struct worker *w, const struct plan *plan, struct basis *basis)
{
    const struct rows *rows = &basis->selection.rows;
    const struct rule *rule = w->program->policy->statements[plan->statement].as.rule;
    size_t count = (size_t)rows->count;
    basis->anchor_day = rule->anchor ? values_of(w, plan->anchor, rows) : NULL;
    basis->payee = plan->payee >= 0 ? values_of(w, plan->payee, rows) : NULL;
    basis->amount_fen = plan->amount >= 0 ? values_of(w, plan->amount, rows)
                                          : scratch(w, count, sizeof *basis->amount_fen);
    if (plan->amount < 0)
        memset(basis->amount_fen, 0, count * sizeof *basis->amount_fen);
    basis->is_plain = rule->amount_kind == AMOUNT_EXACT && !basis->payee &&
                      !basis->selection.unknown && !has_override(w, plan);
    if (basis->is_plain)
        return;
    basis->holds = scratch(w, count, sizeof *basis->holds);
    basis->exception = scratch(w, count, sizeof *basis->exception);
    basis->amount_kind = scratch(w, count, 1);
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

static int32_t day_without_anchor(const struct rule *rule, const struct rule_period *period)
{
    return rule->period == PERIOD_ONCE ? period->moment.as_of_day
                                       : period->moment.period_start_day;
}

/* The candidate of basis row i; false when nothing is granted or asked there. */
static inline bool candidate_of(const struct worker *w, const struct plan *plan,
                                const struct rule_period *period, const struct basis *basis,
                                int32_t i, struct decision *ret)
{
    const struct rule *rule = w->program->policy->statements[plan->statement].as.rule;
    if (basis->amount_kind[i] == AMOUNT_EXACT && basis->amount_fen[i] == 0)
        return false;
    int32_t row = rows_row(&basis->selection.rows, i);
    int32_t subject =
        plan->each >= 0 ? w->world->tables[plan->each].owner_rows[row] : row;
    struct decision decision = {.statement = plan->statement, .subject_row = subject,
                                .basis_row = row, .period = period->key, .payee_row = -1,
                                .exception = basis->exception[i], .cut_by = -1};
    bool known = set_amount((enum amount_kind)basis->amount_kind[i], basis->amount_fen[i],
                            &decision);
    if (basis->holds[i] == 0)
        return false;
    if (basis->payee) {
        decision.payee_row = basis->payee[i] == ABSENT_I64 ? -1 : (int32_t)basis->payee[i];
        known = known && basis->payee[i] != ABSENT_I64;
    }
    bool granted = known && basis->holds[i] == 1;
    decision.lane = granted ? LANE_GRANTED : LANE_ASK;
    if (!granted)
        decision.amount_fen = decision.gross_fen = 0;
    bool has_day = basis->anchor_day && basis->anchor_day[i] != ABSENT_I64;
    decision.day = has_day ? (int32_t)basis->anchor_day[i] : day_without_anchor(rule, period);
    *ret = decision;
    return true;
}

/* Of the candidates whose amount an exception made. */
static void evidence_of_exception(struct worker *w, const struct plan_override *override,
                                  const struct rows *rows, const struct decision *candidates,
                                  struct evidence *evidence)
{
    int32_t *at = scratch(w, (size_t)rows->count + 1, sizeof *at);
    int32_t *places = scratch(w, (size_t)rows->count + 1, sizeof *places);
    int32_t count = 0;
    for (int32_t i = 0; i < rows->count; i++) {
        at[count] = rows->at[i];
        places[count] = i;
        count += candidates[i].exception == override->statement;
    }
    struct rows chosen = {.table = rows->table, .count = count, .at = at, .in_block = true};
    struct evidence *found = scratch(w, (size_t)count, sizeof *found);
    for (int32_t i = 0; i < count; i++)
        found[i] = evidence[places[i]];
    vector_evidence(w, override->amount, &chosen, found);
    for (int32_t i = 0; i < count; i++)
        evidence[places[i]] = found[i];
}

/* The basis row itself, where nothing else can be the evidence. */
static bool is_own_evidence(const struct worker *w, const struct plan *plan)
{
    const struct op *ops = w->program->ops;
    bool has_other = (plan->amount >= 0 && ops[plan->amount].ranges) ||
                     (plan->each < 0 && plan->where >= 0 && ops[plan->where].ranges);
    return !has_other && plan->override_count == 0;
}

/* The evidence of candidates of the basis rows. */
static void evidence_of(struct worker *w, const struct plan *plan, const struct rows *basis,
                        const struct decision *candidates, int32_t count,
                        struct evidence *found)
{
    if (is_own_evidence(w, plan)) {
        for (int32_t i = 0; i < count; i++)
            found[i] = (struct evidence){basis->table, candidates[i].basis_row};
        return;
    }
    struct rows rows = {.table = basis->table, .count = count, .in_block = true,
                        .id = ++w->last_rows_id};
    int32_t *at = scratch(w, (size_t)count + 1, sizeof *at);
    for (int32_t i = 0; i < count; i++) {
        at[i] = candidates[i].basis_row;
        found[i] = (struct evidence){basis->table, -1};
    }
    rows.at = at;
    for (int32_t i = 0; i < plan->override_count; i++) {
        const struct plan_override *override = &w->program->overrides[plan->override + i];
        if (override->amount >= 0)
            evidence_of_exception(w, override, &rows, candidates, found);
    }
    vector_evidence(w, plan->amount, &rows, found);
    if (plan->each < 0)
        vector_evidence(w, plan->where, &rows, found);
    for (int32_t i = 0; i < count; i++)
        if (found[i].row < 0)
            found[i] = (struct evidence){basis->table, at[i]};
}

static void count_candidates(struct rule_count *count, const struct decision *decisions,
                             int32_t decision_count)
{
    for (int32_t i = 0; i < decision_count; i++) {
        bool granted = decisions[i].lane == LANE_GRANTED;
        count->granted_count += granted;
        count->ask_count += !granted;
        count->subject_count += granted && decisions[i].subject_row >= count->subject_end;
        if (granted)
            count->subject_end = decisions[i].subject_row + 1;
    }
}

/* The same without a branch: what is not granted is written over by the next. */
static int32_t make_plain_candidates(const struct worker *w, const struct plan *plan,
                                     const struct rule_period *period, const struct basis *basis,
                                     struct decision *candidates, int32_t *places)
{
    const struct rule *rule = w->program->policy->statements[plan->statement].as.rule;
    const struct rows *rows = &basis->selection.rows;
    const int32_t *owners =
        plan->each >= 0 ? w->world->tables[plan->each].owner_rows : NULL;
    const struct decision alike = {.statement = plan->statement, .period = period->key,
                                   .payee_row = -1, .exception = -1, .cut_by = -1,
                                   .day = day_without_anchor(rule, period)};
    int32_t count = 0;
    for (int32_t i = 0; i < rows->count; i++) {
        struct decision *made = &candidates[count];
        int64_t fen = basis->amount_fen[i];
        int32_t row = rows_row(rows, i);
        *made = alike;
        made->basis_row = row;
        made->subject_row = owners ? owners[row] : row;
        made->amount_fen = made->gross_fen = fen == ABSENT_I64 ? 0 : fen;
        made->lane = fen == ABSENT_I64 ? LANE_ASK : LANE_GRANTED;
        if (basis->anchor_day && basis->anchor_day[i] != ABSENT_I64)
            made->day = (int32_t)basis->anchor_day[i];
        places[count] = i;
        count += fen != 0;
    }
    return count;
}

/* Candidates of all basis rows, in order; places tells the basis row of each. */
static int32_t make_candidates(const struct worker *w, const struct plan *plan,
                               const struct rule_period *period, const struct basis *basis,
                               struct decision *candidates, int32_t *places)
{
    if (basis->is_plain)
        return make_plain_candidates(w, plan, period, basis, candidates, places);
    int32_t count = 0;
    for (int32_t i = 0; i < basis->selection.rows.count; i++) {
        places[count] = i;
        count += candidate_of(w, plan, period, basis, i, &candidates[count]);
    }
    return count;
}

/* Candidates of a block become a part of its run, or join it. */
static void keep_candidates(struct worker *w, struct decision_list *list,
                            struct decision *candidates, struct evidence *evidence,
                            uint32_t count)
{
    if (w->found) { /* they stand there already */
        list->rows = candidates;
        list->row_count = count;
        list->evidence = evidence;
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!decision_list_add(list, &candidates[i], evidence ? &evidence[i] : NULL))
            longjmp(w->out_of_memory, 1);
}

static void add_candidates(struct worker *w, const struct plan *plan, const struct rule_run *run,
                           int32_t part, struct basis *basis, bool keep_evidence)
{
    size_t row_count = (size_t)basis->selection.rows.count;
    struct decision *candidates = w->found && !run->counted
                                      ? scratch_found(w, row_count + 1, sizeof *candidates)
                                      : scratch(w, row_count + 1, sizeof *candidates);
    int32_t *places = scratch(w, row_count + 1, sizeof *places);
    int32_t count = make_candidates(w, plan, &run->period, basis, candidates, places);
    const struct rule *rule = w->program->policy->statements[plan->statement].as.rule;
    if (count > 0 && rule->each >= 0 && (rule->distinct_count > 0 || rule->best_count > 0))
        count = keep_best_bases(w, plan, &basis->selection.rows, candidates, places, count);
    if (w->found && !run->counted)
        scratch_found_trim(w, candidates, (size_t)count * sizeof *candidates);
    if (count == 0)
        return;
    if (run->counted) {
        count_candidates(&run->counted[part], candidates, count);
        return;
    }
    struct evidence *evidence = NULL;
    if (keep_evidence) {
        evidence = w->found ? scratch_found(w, (size_t)count, sizeof *evidence)
                            : scratch(w, (size_t)count, sizeof *evidence);
        evidence_of(w, plan, &basis->selection.rows, candidates, count, evidence);
    }
    keep_candidates(w, &run->parts[part], candidates, evidence, (uint32_t)count);
}

/* ---- which rows ---- */

/* The owners of a few rows here and there are fetched ahead: no pattern tells the processor. */
enum { OWNERS_AHEAD = 64 };

/* Basis rows whose subjects a mask keeps. */
static void select_by_subject_mask(struct worker *w, const struct plan *plan, int32_t base,
                                   const struct mask *mask, struct selection *basis)
{
    const int32_t *owners = w->world->tables[plan->each].owner_rows;
    int32_t count = basis->rows.count;
    int32_t *places = scratch(w, (size_t)count + 1, sizeof *places);
    uint8_t *unknown = mask->unknown ? scratch(w, (size_t)count + 1, 1) : NULL;
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        if (i + OWNERS_AHEAD < count)
            __builtin_prefetch(&owners[rows_row(&basis->rows, i + OWNERS_AHEAD)]);
        int32_t subject = owners[rows_row(&basis->rows, i)] - base;
        if (unknown)
            unknown[i] = bit_at(mask->unknown, subject);
        places[kept] = i;
        kept += bit_at(mask->keep, subject);
    }
    selection_take(w, basis, places, kept, unknown);
}

/* The subjects of the basis rows, once each, are held against the subject's condition. */
static void select_by_subjects(struct worker *w, const struct plan *plan, enum select_part part,
                               struct selection *basis)
{
    const int32_t *owners = w->world->tables[plan->each].owner_rows;
    int32_t count = basis->rows.count;
    int32_t *at = scratch(w, (size_t)count + 1, sizeof *at);
    int32_t subject_count = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t owner = owners[rows_row(&basis->rows, i)];
        if (subject_count == 0 || at[subject_count - 1] != owner)
            at[subject_count++] = owner;
    }
    struct selection passed = {.rows = {.table = plan->subject, .count = subject_count, .at = at,
                                        .in_block = true}};
    vector_select_part(w, plan->where, part, &passed);
    int32_t *places = scratch(w, (size_t)count + 1, sizeof *places);
    uint8_t *unknown = passed.unknown ? scratch(w, (size_t)count + 1, 1) : NULL;
    int32_t kept = 0;
    for (int32_t i = 0, s = 0; i < count && s < passed.rows.count; i++) {
        int32_t owner = owners[rows_row(&basis->rows, i)];
        while (s < passed.rows.count && rows_row(&passed.rows, s) < owner)
            s++;
        if (s == passed.rows.count || rows_row(&passed.rows, s) != owner)
            continue;
        if (unknown)
            unknown[i] = passed.unknown[s];
        places[kept++] = i;
    }
    selection_take(w, basis, places, kept, unknown);
}

/* A mask of all subjects costs as much as looking at a few of them one by one. */
enum { MASK_SHARE = 32 };

/* Basis rows first: what is cheap about them, then about their subjects, then the rest. */
static void select_basis_first(struct worker *w, const struct plan *plan,
                               const struct selection *subjects, struct selection *ret_basis)
{
    vector_children(w, subjects, plan->each, ret_basis);
    if (plan->where < 0) {
        vector_select(w, plan->each_where, ret_basis);
        return;
    }
    vector_select_part(w, plan->each_where, SELECT_MASKED, ret_basis);
    if (ret_basis->rows.count == 0)
        return;
    const struct bound *where = &w->binding->bounds[plan->where];
    struct mask mask;
    if (ret_basis->rows.count > subjects->rows.count / MASK_SHARE &&
        mask_of_conjuncts(w, plan->where, &subjects->rows, &mask))
        select_by_subject_mask(w, plan, subjects->rows.base, &mask, ret_basis);
    else if (where->masked_count > 0)
        select_by_subjects(w, plan, SELECT_MASKED, ret_basis);
    vector_select_part(w, plan->each_where, SELECT_OTHERS, ret_basis);
    if (ret_basis->rows.count > 0 && where->conjunct_count > where->masked_count)
        select_by_subjects(w, plan, SELECT_OTHERS, ret_basis);
}

void job_run_block(struct worker *w, const struct eval_session *session, int32_t index,
                   int32_t first, int32_t count, int32_t part)
{
    const struct job *job = &session->jobs[index];
    const struct plan *plan = job->plan;
    struct scratch_mark mark = scratch_mark(w);
    w->binding = job->binding;
    struct selection subjects = {
        .rows = {.table = plan->subject, .base = first, .count = count, .in_block = true}};
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
        basis.selection.rows.id = ++w->last_rows_id;
        decide(w, plan, &basis);
        add_candidates(w, plan, &session->runs[index], part, &basis,
                       session->request.keep_evidence);
    }
    scratch_rewind(w, mark);
}
