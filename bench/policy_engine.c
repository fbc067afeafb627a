#include "policy_engine.h"

#include "policy/example.h"
#include "policy_rival.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int32_t rule_of_label(struct str label)
{
    for (int32_t rule = 0; rule < RULE_COUNT; rule++)
        if (str_equal_text(label, tariff_rule_labels[rule]))
            return rule;
    return -1;
}

void engine_print_findings(struct arena *arena, const struct policy_source *source,
                           const struct findings *findings, int32_t count_max)
{
    int32_t told = 0;
    for (int32_t i = 0; i < findings->row_count && told < count_max; i++) {
        /* The share of a quota leaves no place in a town of a few: no example can be granted. */
        bool is_known = strcmp(findings->rows[i].rule, "example-missing") == 0;
        if (findings->rows[i].severity == FINDING_NOTE || is_known)
            continue;
        told++;
        struct text_buf *buf = text_new(arena);
        finding_print(buf, source, &findings->rows[i], SPELLING_ZH);
        struct str text = text_str(buf);
        fprintf(stderr, "%.*s\n", STR_ARG(text));
    }
}

static enum err set_parameters(struct arena *arena, struct engine *engine,
                               const char *const *settings, int32_t setting_count,
                               struct findings *findings, struct fault *fault)
{
    for (int32_t i = 0; i < setting_count; i++)
        TRY(policy_set_parameter(arena, engine->policy, str_from(settings[i]), findings, fault));
    return ERR_OK;
}

enum err engine_read(struct arena *arena, const struct vocab *vocab, struct str path,
                     struct str text, const char *const *settings, int32_t setting_count,
                     struct engine *ret_engine, struct fault *fault)
{
    struct engine engine = {.vocab = vocab};
    struct policy_source source = {path, text};
    struct findings findings = {0};
    int32_t passed_count, failed_count;
    enum err err = policy_read(arena, vocab, &source, 1, &engine.policy, &findings, fault);
    if (err == ERR_OK)
        err = examples_run(arena, engine.policy, &findings, &passed_count, &failed_count, fault);
    engine_print_findings(arena, &source, &findings, INT32_MAX);
    TRY(err);
    if (findings.error_count > 0)
        return fault_set(fault, ERR_POLICY, "the workload has %d errors", findings.error_count);
    TRY(set_parameters(arena, &engine, settings, setting_count, &findings, fault));
    TRY(program_compile(arena, engine.policy, &engine.program, fault));
    engine.rule_of = ARENA_NEW_ARRAY(arena, int8_t, (size_t)engine.policy->statement_count + 1);
    if (!engine.rule_of)
        return fault_set(fault, ERR_MEMORY, "no memory for the names of the rules");
    int32_t known_count = 0;
    for (int32_t i = 0; i < engine.policy->statement_count; i++) {
        const struct statement *statement = &engine.policy->statements[i];
        bool pays = statement->kind == STATEMENT_GRANT;
        engine.rule_of[i] = (int8_t)(pays ? rule_of_label(statement->name) : -1);
        known_count += engine.rule_of[i] >= 0;
        engine.copy_count += pays;
    }
    engine.copy_count /= RULE_COUNT;
    if (known_count != RULE_COUNT)
        return fault_set(fault, ERR_NOT_FOUND, "%d of the %d rules are in the document",
                         known_count, RULE_COUNT);
    *ret_engine = engine;
    return ERR_OK;
}

void engine_done(struct engine *engine)
{
    free(engine->cells);
    free(engine->tallies);
    engine->cells = NULL;
    engine->tallies = NULL;
    engine->tally_count = 0;
    engine->cell_capacity = 0;
}

enum err engine_decide(const struct engine *engine, const struct world *world, int32_t as_of_day,
                       int32_t thread_count, struct eval_result **ret_result,
                       struct fault *fault)
{
    struct eval_request request = {
        .as_of_day = as_of_day, .since_day = ABSENT_I32, .thread_count = thread_count};
    return eval_run(engine->program, world, &request, ret_result, fault);
}

/* A range of the decisions: cells first .. first + cell_count - 1 hold its amounts. */
struct tally {
    struct engine *engine;
    const struct world *world;
    const struct eval_result *result;
    int64_t first, end, cell_count;
    struct outcome outcome;
};

static enum err reserve(struct engine *engine, int64_t count, int32_t thread_count,
                        struct fault *fault)
{
    check(thread_count >= 1 && thread_count <= RIVAL_THREADS_MAX);
    struct tally *tallies =
        realloc(engine->tallies, (size_t)thread_count * sizeof *engine->tallies);
    engine->tallies = tallies ? tallies : engine->tallies;
    if (!tallies)
        return fault_set(fault, ERR_MEMORY, "no memory for the totals");
    engine->tally_count = thread_count;
    if (engine->cell_capacity >= count)
        return ERR_OK;
    struct cell *cells = realloc(engine->cells, (size_t)count * sizeof *cells);
    if (!cells)
        return fault_set(fault, ERR_MEMORY, "no memory for the amounts");
    engine->cells = cells;
    engine->cell_capacity = count;
    return ERR_OK;
}

static bool is_same_amount(const struct decision *a, const struct decision *b)
{
    return a->statement == b->statement && a->subject_row == b->subject_row;
}

/* Decisions of one rule stand together, those of one person too. */
static void *tally_range(void *context)
{
    struct tally *tally = context;
    struct engine *engine = tally->engine;
    const int8_t *regions = tally->world->tables[TOWN_person].columns[TOWN_person_region].cells;
    const struct decision *decisions = tally->result->decisions;
    struct cell *cells = engine->cells + tally->first;
    for (int64_t i = tally->first, end; i < tally->end; i = end) {
        int32_t statement = decisions[i].statement;
        int32_t person = decisions[i].subject_row;
        int64_t sum_fen = 0;
        for (end = i; end < tally->end && is_same_amount(&decisions[end], &decisions[i]); end++)
            if (decisions[end].lane == LANE_GRANTED)
                sum_fen += decisions[end].amount_fen;
        if (engine->rule_of[statement] < 0 || sum_fen == 0)
            continue;
        struct cell cell = {person, engine->rule_of[statement], (int32_t)sum_fen};
        cells[tally->cell_count++] = cell;
        outcome_add(&tally->outcome, &cell, regions[person]);
    }
    return NULL;
}

/* Where range `index` of count begins; a person's amount is not cut apart. */
static int64_t range_first(const struct eval_result *result, int32_t index, int32_t count)
{
    int64_t first = result->decision_count * index / count;
    while (first > 0 && first < result->decision_count &&
           is_same_amount(&result->decisions[first - 1], &result->decisions[first]))
        first++;
    return first;
}

static void tally(struct engine *engine, const struct world *world,
                  const struct eval_result *result, struct outcome *ret_outcome)
{
    pthread_t threads[RIVAL_THREADS_MAX];
    int32_t count = engine->tally_count;
    for (int32_t i = 0; i < count; i++)
        engine->tallies[i] = (struct tally){.engine = engine, .world = world, .result = result,
                                            .first = range_first(result, i, count),
                                            .end = range_first(result, i + 1, count)};
    for (int32_t i = 1; i < count; i++)
        check(pthread_create(&threads[i], NULL, tally_range, &engine->tallies[i]) == 0);
    tally_range(&engine->tallies[0]);
    for (int32_t i = 1; i < count; i++)
        pthread_join(threads[i], NULL);
    memset(ret_outcome, 0, sizeof *ret_outcome);
    for (int32_t i = 0; i < count; i++)
        outcome_join(ret_outcome, &engine->tallies[i].outcome);
}

enum err engine_run(struct engine *engine, const struct world *world, int32_t as_of_day,
                    int32_t thread_count, struct outcome *ret_outcome, struct fault *fault)
{
    struct eval_result *result;
    TRY(engine_decide(engine, world, as_of_day, thread_count, &result, fault));
    enum err err = reserve(engine, result->decision_count + 1, thread_count, fault);
    if (err == ERR_OK) {
        tally(engine, world, result, ret_outcome);
        engine->decision_count = result->decision_count;
        engine->ask_count = 0;
        for (int32_t i = 0; i < result->total_count; i++)
            engine->ask_count += result->totals[i].ask_count;
    }
    eval_result_free(result);
    return err;
}

int64_t engine_checksum(const struct engine *engine)
{
    int64_t sum = 0;
    for (int32_t k = 0; k < engine->tally_count; k++) {
        const struct tally *from = &engine->tallies[k];
        const struct cell *cells = engine->cells + from->first;
        for (int64_t i = 0; i < from->cell_count; i++)
            sum += outcome_checksum(cells[i].person_row, cells[i].rule, cells[i].amount_fen);
    }
    return sum;
}
