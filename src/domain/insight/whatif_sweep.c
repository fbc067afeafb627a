/* whatif_sweep.c — one parameter through a row of values over the same columns. */
#include "domain/insight/whatif_compare.h"

#include "domain/registry/registry_facts.h"

#include <string.h>

enum { LOAD_THREADS = 2, DEPTH_MAX = 64 };
#define SWEEP_SCRATCH_SIZE_MAX ((size_t)2 << 30)

/* ---- does the parameter stand in amounts only, as a line ---- */

static bool reads(const struct policy *policy, const struct expr *expr, int32_t parameter,
                  int32_t depth)
{
    if (!expr)
        return false;
    if (depth > DEPTH_MAX || (expr->kind == EXPR_PARAMETER && expr->statement == parameter))
        return true;
    bool found = reads(policy, expr->where, parameter, depth + 1) ||
                 reads(policy, expr->aggregated, parameter, depth + 1);
    for (int32_t i = 0; i < expr->child_count && !found; i++)
        found = reads(policy, expr->children[i], parameter, depth + 1);
    if (expr->kind == EXPR_DEFINE && !found) {
        const struct define *define = policy->statements[expr->statement].as.define;
        found = reads(policy, define->value, parameter, depth + 1);
        for (int32_t i = 0; i < define->class_count && !found; i++)
            found = reads(policy, define->classes[i].when, parameter, depth + 1);
    }
    return found;
}

/* Whether an amount is a + b * parameter, with a and b free of it and no rounding between. */
static bool is_line(const struct policy *policy, const struct expr *expr, int32_t parameter,
                    int32_t depth)
{
    if (depth > DEPTH_MAX)
        return false;
    if (!reads(policy, expr, parameter, 0))
        return true;
    if (expr->kind == EXPR_PARAMETER)
        return expr->child_count == 0 || !reads(policy, expr->children[0], parameter, 0);
    if (expr->kind == EXPR_DEFINE) {
        const struct define *define = policy->statements[expr->statement].as.define;
        return define->value && is_line(policy, define->value, parameter, depth + 1);
    }
    if (expr->kind == EXPR_CHOOSE) {
        bool line = true;
        for (int32_t i = 0; i < expr->child_count && line; i++) {
            bool is_condition = i % 2 == 0 && i + 1 < expr->child_count;
            line = is_condition ? !reads(policy, expr->children[i], parameter, 0)
                                : is_line(policy, expr->children[i], parameter, depth + 1);
        }
        return line;
    }
    if (expr->kind != EXPR_ARITHMETIC)
        return false;
    const struct expr *left = expr->children[0], *right = expr->children[1];
    bool both_lines = is_line(policy, left, parameter, depth + 1) &&
                      is_line(policy, right, parameter, depth + 1);
    if (expr->op == OP_ADD || expr->op == OP_SUBTRACT)
        return both_lines;
    bool rounds = left->type.kind == TYPE_RATE || right->type.kind == TYPE_RATE;
    bool one_side = !reads(policy, left, parameter, 0) || !reads(policy, right, parameter, 0);
    return expr->op == OP_MULTIPLY && both_lines && one_side && !rounds;
}

/* Settlement compares and cuts amounts: what it touches is no line. */
static bool is_settled(const struct policy *policy, int32_t statement, int32_t parameter)
{
    for (int32_t s = 0; s < policy->statement_count; s++) {
        if (policy->statements[s].kind != STATEMENT_SETTLEMENT)
            continue;
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t i = 0; i < settlement->clause_count; i++) {
            const struct settlement_clause *clause = &settlement->clauses[i];
            if (reads(policy, clause->amount, parameter, 0) ||
                reads(policy, clause->quota.limit, parameter, 0))
                return true;
            for (int32_t o = 0; o < clause->quota.order_count; o++)
                if (reads(policy, clause->quota.order[o].key, parameter, 0))
                    return true;
            for (int32_t r = 0; r < clause->rule_count && clause->kind != SETTLEMENT_STACK; r++)
                if (clause->rules[r] == statement)
                    return true;
        }
    }
    return false;
}

/* Everything of a rule but its amount is free of the parameter. */
static bool amount_alone(const struct policy *policy, const struct rule *rule, int32_t parameter)
{
    bool others = reads(policy, rule->where, parameter, 0) ||
                  reads(policy, rule->each_where, parameter, 0) ||
                  reads(policy, rule->anchor, parameter, 0) ||
                  reads(policy, rule->payee, parameter, 0) ||
                  reads(policy, rule->confers, parameter, 0) ||
                  reads(policy, rule->term, parameter, 0) ||
                  reads(policy, rule->quota.limit, parameter, 0);
    for (int32_t i = 0; i < rule->distinct_count; i++)
        others = others || reads(policy, rule->distinct[i], parameter, 0);
    for (int32_t i = 0; i < rule->best_order_count; i++)
        others = others || reads(policy, rule->best_order[i].key, parameter, 0);
    for (int32_t i = 0; i < rule->pay_order_count; i++)
        others = others || reads(policy, rule->pay_order[i].key, parameter, 0);
    for (int32_t i = 0; i < rule->quota.order_count; i++)
        others = others || reads(policy, rule->quota.order[i].key, parameter, 0);
    return !others;
}

static bool rule_is_line(const struct policy *policy, int32_t s, int32_t parameter)
{
    const struct statement *statement = &policy->statements[s];
    const struct rule *rule = statement->as.rule;
    if (!amount_alone(policy, rule, parameter))
        return false;
    if (!reads(policy, rule->amount, parameter, 0))
        return !is_settled(policy, -1, parameter);
    bool overrides = rule->base >= 0 && statement->kind == STATEMENT_EXCEPTION;
    int32_t paid = overrides ? rule->base : s;
    const struct rule *payer = policy->statements[paid].as.rule;
    /* The best of several by amount: another amount may be the best at another value. */
    bool ranks_amounts = (payer->best_count > 0 || payer->distinct_count > 0) &&
                         payer->best_order_count == 0;
    return !ranks_amounts && !is_settled(policy, paid, parameter) &&
           is_line(policy, rule->amount, parameter, 0);
}

static bool enters_amounts_only(const struct policy *policy, int32_t parameter)
{
    for (int32_t s = 0; s < policy->statement_count; s++) {
        enum statement_kind kind = policy->statements[s].kind;
        bool is_rule = kind == STATEMENT_GRANT || kind == STATEMENT_CONFER ||
                       kind == STATEMENT_PROMOTE || kind == STATEMENT_ADMIT ||
                       kind == STATEMENT_EXCEPTION || kind == STATEMENT_NOT_APPLICABLE;
        if (is_rule && !rule_is_line(policy, s, parameter))
            return false;
    }
    return true;
}

/* ---- the run ---- */

struct series_run {
    const struct vocab *vocab;
    const struct incentive_policy *base;
    struct incentive_policy draft;
    const struct policy_series *series;
    const struct whatif_request *request;
    struct world *world;
    struct arena *arena, scratch;
    struct eval_result *base_result;
    struct whatif_sweep sweep;
};

static enum err evaluate_at(struct series_run *run, int64_t value, struct eval_result **ret_result,
                            struct fault *fault)
{
    struct policy_setting setting = run->series->setting;
    setting.value = value;
    if (!policy_apply_setting(run->arena, run->draft.policy, &setting))
        return fault_set(fault, ERR_MEMORY, "no memory to set the parameter");
    struct eval_request request = whatif_eval_request(run->request);
    return eval_run(run->draft.program, run->world, &request, ret_result, fault);
}

/* Compares as a whole what-if does, and keeps the total. */
static enum err compare_total(struct series_run *run, const struct eval_result *draft,
                              struct whatif_change *ret_total, struct fault *fault)
{
    struct arena_mark mark = arena_mark(&run->scratch);
    struct whatif_report *report = ARENA_NEW(&run->scratch, struct whatif_report);
    if (!report)
        return fault_set(fault, ERR_MEMORY, "no memory for the comparison");
    struct comparison *c = ARENA_NEW(&run->scratch, struct comparison);
    if (!c)
        return fault_set(fault, ERR_MEMORY, "no memory for the comparison");
    *c = (struct comparison){.vocab = run->vocab, .world = run->world, .request = run->request,
                             .arena = &run->scratch, .scratch = &run->scratch, .report = report,
                             .base = {.policy = run->base, .result = run->base_result},
                             .draft = {.policy = &run->draft, .result = draft}};
    TRY(whatif_compare(c, fault));
    *ret_total = report->total;
    arena_rewind(&run->scratch, mark);
    return ERR_OK;
}

static enum err run_programs(struct series_run *run, struct fault *fault)
{
    for (int32_t i = 0; i < run->sweep.row_count; i++) {
        struct whatif_sweep_row *row = &run->sweep.rows[i];
        struct eval_result *result;
        TRY(evaluate_at(run, row->value, &result, fault));
        enum err err = compare_total(run, result, &row->change, fault);
        eval_result_free(result);
        TRY(err);
    }
    return ERR_OK;
}

/* Two results of the same decisions, whose amounts above 0 are the ends of lines. */
static bool ends_match(const struct eval_result *low, const struct eval_result *high)
{
    bool match = low->decision_count == high->decision_count;
    for (int64_t i = 0; i < low->decision_count && match; i++) {
        const struct decision *a = &low->decisions[i], *b = &high->decisions[i];
        match = a->statement == b->statement && a->subject_row == b->subject_row &&
                a->basis_row == b->basis_row && a->period == b->period && a->lane == b->lane &&
                (a->amount_fen == AMOUNT_IS_OPEN) == (b->amount_fen == AMOUNT_IS_OPEN) &&
                (a->amount_fen < 0) == (b->amount_fen < 0);
    }
    return match;
}

/* Every decision's amount at every value; exact, because the amount is a line in whole fen. */
static enum err run_line(struct series_run *run, const struct eval_result *low,
                         const struct eval_result *high, struct fault *fault)
{
    struct eval_result middle = *low;
    size_t size = (size_t)low->decision_count * sizeof *low->decisions;
    middle.decisions = arena_alloc(&run->scratch, size);
    middle.totals = ARENA_NEW_ARRAY(&run->scratch, struct rule_total, (size_t)low->total_count);
    if (!middle.decisions || !middle.totals)
        return fault_set(fault, ERR_MEMORY, "no memory for the values between");
    memcpy(middle.decisions, low->decisions, size);
    __extension__ typedef __int128 wide;
    int64_t first = run->series->setting.value;
    int64_t distance = run->sweep.rows[run->sweep.row_count - 1].value - first;
    for (int32_t r = 0; r < run->sweep.row_count; r++) {
        int64_t step = run->sweep.rows[r].value - first;
        memcpy(middle.totals, low->totals, (size_t)low->total_count * sizeof *low->totals);
        for (int32_t t = 0; t < low->total_count; t++) {
            int64_t rise = high->totals[t].amount_fen - low->totals[t].amount_fen;
            middle.totals[t].amount_fen +=
                distance ? (int64_t)((wide)rise * step / distance) : 0;
        }
        for (int64_t i = 0; i < low->decision_count; i++) {
            int64_t low_fen = low->decisions[i].amount_fen;
            int64_t rise = high->decisions[i].amount_fen - low_fen;
            if (rise != 0)
                middle.decisions[i].amount_fen =
                    low_fen + (int64_t)((wide)rise * step / distance);
        }
        TRY(compare_total(run, &middle, &run->sweep.rows[r].change, fault));
    }
    return ERR_OK;
}

static enum err run_values(struct series_run *run, struct fault *fault)
{
    if (run->sweep.row_count < 3 ||
        !enters_amounts_only(run->draft.policy, run->series->setting.statement)) {
        run->sweep.way = SWEEP_PROGRAMS;
        return run_programs(run, fault);
    }
    struct eval_result *low = NULL, *high = NULL;
    int64_t last = run->sweep.rows[run->sweep.row_count - 1].value;
    enum err err = evaluate_at(run, run->series->setting.value, &low, fault);
    if (err == ERR_OK)
        err = evaluate_at(run, last, &high, fault);
    if (err == ERR_OK) {
        bool matches = ends_match(low, high);
        run->sweep.way = matches ? SWEEP_LINEAR : SWEEP_PROGRAMS;
        err = matches ? run_line(run, low, high, fault) : run_programs(run, fault);
    }
    eval_result_free(low);
    eval_result_free(high);
    return err;
}

enum err insight_whatif_sweep(struct work_env *env, const struct vocab *vocab,
                              const struct incentive_policy *base, struct policy *draft,
                              const struct policy_series *series,
                              const struct whatif_request *request, struct arena *arena,
                              struct whatif_sweep *ret_sweep, struct fault *fault)
{
    struct series_run run = {.vocab = vocab, .base = base, .draft = {.policy = draft},
                             .series = series, .request = request, .arena = arena};
    run.sweep.parameter = draft->statements[series->setting.statement].name;
    run.sweep.row_count = policy_series_count(series);
    run.sweep.rows =
        ARENA_NEW_ARRAY(arena, struct whatif_sweep_row, (size_t)run.sweep.row_count);
    if (!run.sweep.rows)
        return fault_set(fault, ERR_MEMORY, "no memory for the values");
    for (int32_t i = 0; i < run.sweep.row_count; i++)
        run.sweep.rows[i].value = series->setting.value + i * series->step;
    TRY(program_compile(arena, draft, &run.draft.program, fault));
    TRY(registry_load_world_fast(env, vocab, request->known_at_ms, LOAD_THREADS, &run.world,
                                 fault));
    arena_init(&run.scratch, SWEEP_SCRATCH_SIZE_MAX);
    struct eval_request eval = whatif_eval_request(request);
    enum err err = eval_run(base->program, run.world, &eval, &run.base_result, fault);
    if (err == ERR_OK)
        err = run_values(&run, fault);
    eval_result_free(run.base_result);
    world_free(run.world);
    arena_done(&run.scratch);
    if (err == ERR_OK)
        *ret_sweep = run.sweep;
    return err;
}
