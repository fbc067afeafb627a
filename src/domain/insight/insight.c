#include "domain/insight/insight.h"

#include "base/money.h"
#include "domain/registry/registry.h"
#include "domain/registry/registry_facts.h"
#include "policy/locality.h"

#include <inttypes.h>
#include <stdio.h>

static enum err load_world(struct work_env *env, const struct vocab *vocab,
                           const struct insight_request *request, struct world **ret_world,
                           struct fault *fault)
{
    enum { THREADS = 2 }; /* see domain/incentive/incentive_sweep.c */
    return registry_load_world_fast(env, vocab, request->known_at_ms, THREADS, ret_world, fault);
}

/* ask */

static struct str key_words(struct arena *arena, const struct policy *policy, struct type type,
                            int64_t key, enum policy_spelling spelling)
{
    if (key == ABSENT_I64)
        return spelling == SPELLING_ZH ? STR("未填") : STR("not given");
    struct text_buf buf;
    text_init(&buf, arena);
    policy_print_value(&buf, policy, type, key, spelling);
    return text_str(&buf);
}

static struct str label_of(struct arena *arena, const struct policy *policy,
                           const struct expr *dimension, enum policy_spelling spelling)
{
    struct text_buf buf;
    text_init(&buf, arena);
    policy_print_expr(&buf, policy, dimension, spelling);
    return buf.size > 0 ? text_str(&buf) : dimension->span.text;
}

static bool adds_up(const struct expr *measure)
{
    if (measure->kind != EXPR_AGGREGATE)
        return measure->child_count == 2 && adds_up(measure->children[0]) &&
               adds_up(measure->children[1]);
    return measure->aggregate == AGGREGATE_COUNT || measure->aggregate == AGGREGATE_SUM;
}

/* Numerators and denominators are added; a table whose sum is out of range goes without. */
static void add_total(const struct expr *measure, struct insight_table *table)
{
    bool is_rate = measure->kind != EXPR_AGGREGATE;
    struct figure total = {0, is_rate ? 0 : 1};
    bool fits = adds_up(measure) && table->row_count > 0;
    for (int32_t r = 0; r < table->row_count && fits; r++) {
        const struct figure *figure = &table->rows[r].figure;
        fits = !__builtin_add_overflow(total.numerator, figure->numerator, &total.numerator);
        if (is_rate)
            fits = fits && !__builtin_add_overflow(total.denominator, figure->denominator,
                                                   &total.denominator);
    }
    table->has_total = fits;
    table->total = total;
}

static enum err words_of_rows(struct arena *arena, const struct policy *policy,
                              const struct ask_query *query, const struct ask_row *rows,
                              int32_t row_count, enum policy_spelling spelling,
                              struct insight_table *ret_table, struct fault *fault)
{
    size_t dimension_count = (size_t)query->dimension_count;
    struct str *labels = ARENA_NEW_ARRAY(arena, struct str, dimension_count);
    struct insight_row *out = ARENA_NEW_ARRAY(arena, struct insight_row, (size_t)row_count);
    struct str *keys = ARENA_NEW_ARRAY(arena, struct str, dimension_count * (size_t)row_count);
    if (!labels || !out || !keys)
        return fault_set(fault, ERR_MEMORY, "no memory for a table of %d rows", row_count);
    for (int32_t d = 0; d < query->dimension_count; d++)
        labels[d] = label_of(arena, policy, query->dimensions[d], spelling);
    for (int32_t r = 0; r < row_count; r++) {
        out[r] = (struct insight_row){.keys = keys + (size_t)r * dimension_count,
                                      .figure = rows[r].figure};
        for (int32_t d = 0; d < query->dimension_count; d++)
            keys[(size_t)r * dimension_count + (size_t)d] =
                key_words(arena, policy, query->dimensions[d]->type, rows[r].keys[d],
                          spelling);
    }
    *ret_table = (struct insight_table){
        .dimension_labels = labels,
        .dimension_count = query->dimension_count,
        .rows = out,
        .row_count = row_count,
        .figure_type = query->measure->type,
    };
    add_total(query->measure, ret_table);
    return ERR_OK;
}

struct district {
    struct locality locality;
    int32_t division_min, division_max;
};

static bool is_in_district(const void *context, int32_t row)
{
    const struct district *district = context;
    int64_t division = locality_division(&district->locality, row);
    return division != ABSENT_I64 && division >= district->division_min &&
           division <= district->division_max;
}

enum err insight_ask(struct work_env *env, const struct vocab *vocab,
                     const struct incentive_policy *policy, struct str question,
                     const struct insight_request *request, struct arena *arena,
                     struct insight_table *ret_table, struct findings *ret_findings,
                     struct fault *fault)
{
    struct ask_query query;
    TRY(policy_parse_ask(arena, policy->policy, question, &query, ret_findings, fault));
    struct world *world;
    TRY(load_world(env, vocab, request, &world, fault));
    struct district district = {locality_of_table(world, query.table), request->division_min,
                                request->division_max};
    if (request->within_divisions) {
        query.keeps_row = is_in_district;
        query.keeps_context = &district;
    }
    struct ask_row *rows;
    int32_t row_count;
    enum err err = eval_ask(arena, policy->policy, world, &query, request->as_of_day, &rows,
                            &row_count, fault);
    if (err == ERR_OK)
        err = words_of_rows(arena, policy->policy, &query, rows, row_count, request->spelling,
                            ret_table, fault);
    world_free(world);
    return err;
}

/* targets and duties */

/* For each document, whether anybody of this city is where it applies; NULL without memory. What
 * other cities want of themselves is not this one's figure. */
static const bool *concerned_documents(struct arena *arena, const struct policy *policy,
                                       const struct world *world)
{
    bool *concerns = ARENA_NEW_ARRAY(arena, bool, (size_t)policy->document_count);
    for (int32_t i = 0; concerns && i < policy->document_count; i++)
        concerns[i] = locality_concerns(policy, i, world);
    return concerns;
}

enum err insight_targets(struct work_env *env, const struct vocab *vocab,
                         const struct incentive_policy *policy,
                         const struct insight_request *request, struct arena *arena,
                         struct target_state **ret_states, int32_t *ret_state_count,
                         struct fault *fault)
{
    struct world *world;
    TRY(load_world(env, vocab, request, &world, fault));
    const bool *concerns = concerned_documents(arena, policy->policy, world);
    enum err err = eval_targets(arena, policy->policy, world, request->as_of_day, ret_states,
                                ret_state_count, fault);
    world_free(world);
    TRY(err);
    if (!concerns)
        return fault_set(fault, ERR_MEMORY, "no memory for the targets");
    int32_t count = 0;
    for (int32_t i = 0; i < *ret_state_count; i++) {
        int32_t statement = (*ret_states)[i].statement;
        if (concerns[policy->policy->statements[statement].document])
            (*ret_states)[count++] = (*ret_states)[i];
    }
    *ret_state_count = count;
    return ERR_OK;
}

bool insight_is_duty(const struct statement *statement)
{
    return statement->kind == STATEMENT_DUTY && statement->as.duty &&
           statement->as.duty->subject < REGISTRY_RECORD_COUNT;
}

static enum err count_duties(struct arena *arena, const struct policy *policy,
                             const bool *concerns,
                             const struct duty_state *states, int32_t state_count,
                             struct insight_duty **ret_duties, int32_t *ret_duty_count,
                             struct fault *fault)
{
    struct insight_duty *duties =
        ARENA_NEW_ARRAY(arena, struct insight_duty, (size_t)policy->statement_count);
    if (!duties || !concerns)
        return fault_set(fault, ERR_MEMORY, "no memory for the duties");
    int32_t count = 0;
    for (int32_t i = 0; i < policy->statement_count; i++) {
        if (insight_is_duty(&policy->statements[i]) && concerns[policy->statements[i].document])
            duties[count++].statement = i;
    }
    for (int32_t i = 0; i < state_count; i++) {
        for (int32_t d = 0; d < count; d++) {
            if (duties[d].statement != states[i].statement)
                continue;
            duties[d].holder_count++;
            duties[d].met_count += states[i].met;
        }
    }
    *ret_duties = duties;
    *ret_duty_count = count;
    return ERR_OK;
}

enum err insight_duties(struct work_env *env, const struct vocab *vocab,
                        const struct incentive_policy *policy,
                        const struct insight_request *request, struct arena *arena,
                        struct insight_duty **ret_duties, int32_t *ret_duty_count,
                        struct fault *fault)
{
    struct world *world;
    TRY(load_world(env, vocab, request, &world, fault));
    struct duty_state *states;
    int32_t state_count;
    enum err err = eval_duties(arena, policy->policy, world, request->as_of_day, &states,
                               &state_count, fault);
    if (err == ERR_OK)
        err = count_duties(arena, policy->policy,
                           concerned_documents(arena, policy->policy, world), states,
                           state_count, ret_duties,
                           ret_duty_count, fault);
    world_free(world);
    return err;
}

/* words */

static void print_grouped(struct text_buf *buf, int64_t value)
{
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%" PRId64, value);
    for (int i = 0; i < length; i++) {
        text_add_byte(buf, digits[i]);
        int left = length - 1 - i;
        if (left > 0 && left % 3 == 0 && digits[i] != '-')
            text_add_byte(buf, ',');
    }
}

/* Hundredths of a percent, half up; a rate without a denominator says so. */
static void print_rate(struct text_buf *buf, struct figure figure)
{
    if (figure.denominator <= 0) {
        text_add_z(buf, "—");
        return;
    }
    int64_t numerator = figure.numerator, denominator = figure.denominator;
    while (numerator > INT64_MAX / 20000 - 1) { /* sums of money: the last digits do not show */
        numerator /= 10;
        denominator = denominator > 10 ? denominator / 10 : 1;
    }
    int64_t rounded = (numerator * 20000 / denominator + 1) / 2;
    text_format(buf, "%" PRId64 ".%02d%%", rounded / 100, (int)(rounded % 100));
}

void insight_print_figure(struct text_buf *buf, enum indicator_unit unit, struct figure figure)
{
    if (unit == UNIT_RATE)
        print_rate(buf, figure);
    else if (unit == UNIT_YUAN)
        text_add_z(buf, money_text_in(buf->arena, figure.numerator));
    else
        print_grouped(buf, figure.numerator);
}
