#include "domain/insight/away_variant.h"

#include "domain/insight/whatif_compare.h"
#include "domain/registry/registry_facts.h"
#include "policy/settle.h"

#include <stdlib.h>
#include <string.h>

enum { LOAD_THREADS = 2, SHARES_MAX = 4096 };
#define AWAY_SCRATCH_SIZE_MAX ((size_t)2 << 30)

enum { HAS_IT = 1, IS_ASKED = 2, IS_AWAY = 4, NEAR_IN_RECORD = 8 };

struct away_run {
    const struct world *world;
    const struct policy *policy;
    const struct away_request *request;
    struct arena *arena, scratch;
    struct away_report *report;
    struct away_leaf leaves[AWAY_CONDITIONS_MAX];
    int32_t leaf_count;
    uint8_t *marks;       /* by subject row */
    int32_t *seen;        /* by subject row: number of the last condition that counted it */
    int32_t *rows;        /* subject rows of the condition at hand */
    int64_t ids_left;
};

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_MEMORY, "no memory to look one fact ahead");
}

static enum err evaluate(struct away_run *run, int32_t left_out, struct eval_result **ret_result,
                         struct fault *fault)
{
    struct policy *variant = away_variant(&run->scratch, run->policy, run->report->statement,
                                          run->request->as_of_day, left_out);
    struct program *program;
    if (!variant)
        return no_memory(fault);
    TRY(program_compile(&run->scratch, variant, &program, fault));
    struct eval_request request = {.as_of_day = run->request->as_of_day,
                                   .since_day = ABSENT_I32, .without_budgets = true};
    return eval_run(program, run->world, &request, ret_result, fault);
}

/* ---- who has it ---- */

static enum err mark_base(struct away_run *run, struct fault *fault)
{
    struct eval_result *result;
    TRY(evaluate(run, -1, &result, fault));
    int64_t first, end;
    whatif_range(result, run->report->statement, &first, &end);
    for (int64_t i = first; i < end; i++) {
        const struct decision *decision = &result->decisions[i];
        uint8_t *mark = &run->marks[decision->subject_row];
        bool is_new = decision->lane == LANE_GRANTED && !(*mark & HAS_IT);
        run->report->granted_count += is_new;
        *mark |= decision->lane == LANE_GRANTED ? HAS_IT : IS_ASKED;
    }
    eval_result_free(result);
    return ERR_OK;
}

/* ---- who lacks one condition ---- */

static int64_t division_of(const struct away_run *run, int32_t row)
{
    const struct comparison c = {.vocab = run->world->vocab, .world = run->world};
    return whatif_division(&c, run->report->table, row);
}

static struct away_share *share_of(struct away_condition *condition, int64_t code)
{
    int32_t low = 0, high = condition->share_count;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (condition->shares[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < condition->share_count && condition->shares[low].code == code)
        return &condition->shares[low];
    if (condition->share_count == SHARES_MAX)
        return &condition->shares[SHARES_MAX - 1]; /* beyond any province: joined to the last */
    memmove(&condition->shares[low + 1], &condition->shares[low],
            (size_t)(condition->share_count - low) * sizeof *condition->shares);
    condition->share_count++;
    condition->shares[low] = (struct away_share){.code = code};
    return &condition->shares[low];
}

static void add_decision(struct away_run *run, struct away_condition *condition, int32_t number,
                         const struct decision *decision)
{
    int32_t row = decision->subject_row;
    struct away_share *share = share_of(condition, division_of(run, row));
    if (run->seen[row] != number + 1) {
        run->seen[row] = number + 1;
        run->rows[condition->subject_count++] = row;
        condition->unknown_count += (run->marks[row] & IS_ASKED) != 0;
        share->subject_count++;
        run->report->subject_count += !(run->marks[row] & IS_AWAY);
        run->marks[row] |= IS_AWAY;
        if (condition->kind == AWAY_IN_RECORD)
            run->marks[row] |= NEAR_IN_RECORD;
    }
    if (decision->amount_fen == AMOUNT_IS_OPEN) {
        condition->open_count++;
        return;
    }
    condition->amount_fen += decision->amount_fen;
    share->amount_fen += decision->amount_fen;
}

/* The whole of a collection counts those whom no condition inside it counted. */
static bool is_counted(const struct away_run *run, const struct away_leaf *leaf, int32_t row)
{
    uint8_t mark = run->marks[row];
    return !(mark & HAS_IT) && !(leaf->is_whole && (mark & NEAR_IN_RECORD));
}

static void forget_near(struct away_run *run)
{
    int32_t row_count = run->world->tables[run->report->table].row_count;
    for (int32_t row = 0; row < row_count; row++)
        run->marks[row] &= (uint8_t)~NEAR_IN_RECORD;
}

static struct str words_of(const struct away_run *run, const struct expr *expr)
{
    struct text_buf buf;
    text_init(&buf, run->arena);
    policy_print_expr(&buf, run->policy, expr, run->request->spelling);
    return buf.size > 0 ? text_str(&buf) : expr->span.text;
}

static void name_condition(const struct away_run *run, const struct away_leaf *leaf,
                           struct away_condition *condition)
{
    const struct record_desc *records = run->world->vocab->records;
    bool zh = run->request->spelling == SPELLING_ZH;
    condition->within = STR("");
    if (leaf->kind == AWAY_EXCLUSION)
        condition->words = run->policy->statements[leaf->exclusion].name;
    else
        condition->words = words_of(run, leaf->condition);
    if (leaf->within)
        condition->within = str_from(zh ? records[leaf->within->table].label_zh
                                        : records[leaf->within->table].name);
}

static enum err finish_condition(struct away_run *run, struct away_condition *condition,
                                 struct fault *fault)
{
    struct away_share *shares =
        ARENA_NEW_ARRAY(run->arena, struct away_share, (size_t)condition->share_count);
    if (!shares)
        return no_memory(fault);
    for (int32_t i = 0; i < condition->share_count; i++) {
        shares[i] = condition->shares[i];
        shares[i].name = whatif_division_name(run->world->vocab, run->arena, shares[i].code,
                                              run->request->spelling);
    }
    condition->shares = shares;
    if (!run->request->with_ids)
        return ERR_OK;
    run->ids_left -= condition->subject_count;
    if (run->ids_left < 0)
        return fault_set(fault, ERR_LIMIT, "more than %d numbers", AWAY_IDS_MAX);
    condition->subject_ids =
        ARENA_NEW_ARRAY(run->arena, int64_t, (size_t)condition->subject_count);
    if (!condition->subject_ids)
        return no_memory(fault);
    for (int64_t i = 0; i < condition->subject_count; i++)
        condition->subject_ids[i] =
            run->world->tables[run->report->table].row_ids[run->rows[i]];
    return ERR_OK;
}

static enum err look_without(struct away_run *run, int32_t number, struct fault *fault)
{
    const struct away_leaf *leaf = &run->leaves[number];
    struct arena_mark mark = arena_mark(&run->scratch);
    struct away_condition condition = {
        .kind = leaf->kind,
        .shares = ARENA_NEW_ARRAY(&run->scratch, struct away_share, SHARES_MAX)};
    struct eval_result *result;
    if (!condition.shares)
        return no_memory(fault);
    TRY(evaluate(run, number, &result, fault));
    int64_t first, end;
    whatif_range(result, run->report->statement, &first, &end);
    for (int64_t i = first; i < end; i++) {
        const struct decision *decision = &result->decisions[i];
        if (decision->lane == LANE_GRANTED && is_counted(run, leaf, decision->subject_row))
            add_decision(run, &condition, number, decision);
    }
    eval_result_free(result);
    if (leaf->is_whole)
        forget_near(run);
    if (condition.subject_count > 0) {
        name_condition(run, leaf, &condition);
        TRY(finish_condition(run, &condition, fault));
        run->report->conditions[run->report->condition_count++] = condition;
    }
    arena_rewind(&run->scratch, mark);
    return ERR_OK;
}

static int most_first(const void *left, const void *right)
{
    const struct away_condition *a = left, *b = right;
    return (a->subject_count < b->subject_count) - (a->subject_count > b->subject_count);
}

static enum err look(struct away_run *run, struct fault *fault)
{
    size_t row_count = (size_t)run->world->tables[run->report->table].row_count;
    run->marks = ARENA_NEW_ARRAY(&run->scratch, uint8_t, row_count);
    run->seen = ARENA_NEW_ARRAY(&run->scratch, int32_t, row_count);
    run->rows = ARENA_NEW_ARRAY(&run->scratch, int32_t, row_count);
    run->report->conditions =
        ARENA_NEW_ARRAY(run->arena, struct away_condition, AWAY_CONDITIONS_MAX);
    if (!run->marks || !run->seen || !run->rows || !run->report->conditions)
        return no_memory(fault);
    TRY(mark_base(run, fault));
    for (int32_t i = 0; i < run->leaf_count; i++)
        TRY(look_without(run, i, fault));
    if (run->report->condition_count > 1)
        qsort(run->report->conditions, (size_t)run->report->condition_count,
              sizeof *run->report->conditions, most_first);
    return ERR_OK;
}

enum err insight_away_in(const struct world *world, const struct policy *policy,
                         int32_t statement, const struct away_request *request,
                         struct arena *arena, struct away_report **ret_report,
                         struct fault *fault)
{
    const struct statement *rule = &policy->statements[statement];
    struct away_run *run = ARENA_NEW(arena, struct away_run);
    struct away_report *report = ARENA_NEW(arena, struct away_report);
    if (!run || !report)
        return no_memory(fault);
    *report = (struct away_report){
        .statement = statement, .rule = rule->name,
        .article = policy->articles[rule->article].heading, .table = rule->as.rule->subject,
        .as_of_day = request->as_of_day, .has_quota = away_has_quota(policy, statement)};
    *run = (struct away_run){.world = world, .policy = policy, .request = request,
                             .arena = arena, .report = report, .ids_left = AWAY_IDS_MAX};
    if (!away_leaves(policy, statement, request->as_of_day, run->leaves, &run->leaf_count))
        return fault_set(fault, ERR_LIMIT, "the rule has more than %d conditions",
                         AWAY_CONDITIONS_MAX);
    report->looked_at_count = run->leaf_count;
    arena_init(&run->scratch, AWAY_SCRATCH_SIZE_MAX);
    enum err err = look(run, fault);
    arena_done(&run->scratch);
    if (err == ERR_OK)
        *ret_report = report;
    return err;
}

enum err insight_away(struct work_env *env, const struct vocab *vocab,
                      const struct incentive_policy *policy, struct str rule_name,
                      const struct away_request *request, struct arena *arena,
                      struct away_report **ret_report, struct fault *fault)
{
    int32_t statement = policy_statement(policy->policy, rule_name);
    if (statement < 0 || !statement_decides(&policy->policy->statements[statement]))
        return fault_set(fault, ERR_NOT_FOUND, "there is no rule called '%.*s'",
                         STR_ARG(rule_name));
    struct world *world;
    TRY(registry_load_world_fast(env, vocab, request->known_at_ms, LOAD_THREADS, &world, fault));
    enum err err = insight_away_in(world, policy->policy, statement, request, arena, ret_report,
                                   fault);
    world_free(world);
    return err;
}
