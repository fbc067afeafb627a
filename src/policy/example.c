#include "policy/example.h"

#include "base/day.h"
#include "policy/budget.h"
#include "policy/example_cover.h"
#include "policy/program.h"
#include "policy/scalar.h"
#include "policy/settle.h"
#include "policy/walk.h"

#include <inttypes.h>

enum { EXAMPLE_INPUTS_MAX = 16 }; /* of a table whose rows are followed */
#define SCRATCH_LIMIT_SIZE ((size_t)1 << 30) /* a program of every rule of a province fits */

struct running {
    struct arena *arena;
    const struct policy *policy;
    struct findings *findings;
    struct fault *fault;
    const struct statement *statement; /* the example */
    struct world *world;
    int32_t *rows;            /* row in the world of each example row: of the copy at hand */
    int64_t *ids;             /* number of each example row's first copy, the others behind it */
    const struct program *whole; /* of all rules; knows which are settled together */
    struct arena scratch;        /* until the next example */
    /* The rules that the example speaks of, with those they are settled with: no other one can
     * change what comes out, so only these run. */
    uint64_t *rules;
    struct program *program;     /* of these */
    struct eval_result *result; /* of the example's world on result_day; NULL: none yet */
    int32_t result_day;
    struct example_cover cover;
    int32_t passed_count, failed_count;
};

static const char *told(const struct running *r, const char *english)
    __attribute__((format_arg(2)));

static const char *told(const struct running *r, const char *english)
{
    return finding_said(r->policy->vocab->findings_in, english);
}

static enum err add_finding(struct running *r, enum finding_severity severity, const char *rule,
                            struct span span, const char *message, const char *hint)
{
    return example_finding(
        r->findings,
        &(struct finding){severity, rule, span, str_from(message),
                          str_from(told(r, hint))}, r->fault);
}

/* Copies of a row, or of the row that owns it all. */
static int32_t copies_of(const struct example *example, int32_t i)
{
    while (example->rows[i].owner_row >= 0)
        i = example->rows[i].owner_row;
    return example->rows[i].copies;
}

/* Rows are numbered from 1 in the order they stand in, copies behind each other, so that owners
 * and references can be named before the world is sealed. */
static enum err append_row(struct running *r, const struct example *example, int32_t i)
{
    const struct example_row *row = &example->rows[i];
    int32_t field_count = r->policy->vocab->records[row->table].field_count;
    int64_t *values = ARENA_NEW_ARRAY(r->arena, int64_t, (size_t)field_count);
    if (!values)
        return fault_set(r->fault, ERR_MEMORY, "no memory for an example");
    for (int32_t f = 0; f < field_count; f++)
        values[f] = ABSENT_I64;
    for (int32_t v = 0; v < row->value_count; v++) {
        const struct example_value *value = &row->values[v];
        bool is_ref = r->policy->vocab->records[row->table].fields[value->field].type == FIELD_REF;
        values[value->field] = is_ref ? r->ids[value->ref_row] : value->value;
    }
    for (int32_t copy = 0; copy < copies_of(example, i); copy++) {
        int64_t owner_id = row->owner_row >= 0 ? r->ids[row->owner_row] + copy : 0;
        TRY(world_append(r->world, row->table, r->ids[i] + copy, owner_id, values, r->fault));
    }
    return ERR_OK;
}

/* Sealing may move the rows of owners that are owned themselves: rows are found by their number. */
static void take_copy(struct running *r, const struct example *example, int32_t i, int32_t copy)
{
    r->rows[i] = world_row(r->world, example->rows[i].table, r->ids[i] + copy);
}

static enum err make_world(struct running *r, const struct example *example)
{
    TRY(world_new(r->policy->vocab, &r->world, r->fault));
    r->rows = ARENA_NEW_ARRAY(r->arena, int32_t, (size_t)example->row_count);
    r->ids = ARENA_NEW_ARRAY(r->arena, int64_t, (size_t)example->row_count);
    if (!r->rows || !r->ids)
        return fault_set(r->fault, ERR_MEMORY, "no memory for an example");
    int64_t next_id = 1;
    for (int32_t i = 0; i < example->row_count; i++) {
        r->ids[i] = next_id;
        next_id += copies_of(example, i);
    }
    for (int32_t i = 0; i < example->row_count; i++)
        TRY(append_row(r, example, i));
    TRY(world_seal(r->world, r->fault));
    for (int32_t i = 0; i < example->row_count; i++)
        take_copy(r, example, i, 0);
    return ERR_OK;
}

/* ---- what came out ---- */

struct outcome {
    enum lane lane;
    int64_t value;       /* fen, count, truth, rate */
    int64_t ceiling_fen; /* what is open up to an amount, with all that is not; -1: nothing is */
};

static bool same_decision(const struct decision *a, const struct decision *b)
{
    return a->statement == b->statement && a->subject_row == b->subject_row &&
           a->basis_row == b->basis_row && a->period == b->period &&
           a->amount_fen == b->amount_fen && a->gross_fen == b->gross_fen &&
           a->payee_row == b->payee_row && a->exception == b->exception &&
           a->cut_by == b->cut_by && a->lane == b->lane;
}

static bool same_result(const struct eval_result *a, const struct eval_result *b)
{
    bool same = a->decision_count == b->decision_count;
    for (int64_t i = 0; same && i < a->decision_count; i++)
        same = same_decision(&a->decisions[i], &b->decisions[i]);
    return same;
}

static struct outcome outcome_of(const struct eval_result *result, int32_t statement,
                                 int32_t subject_row)
{
    struct outcome outcome = {.lane = LANE_REFUSED};
    bool is_ceiling = false;
    for (int64_t i = 0; i < result->decision_count; i++) {
        const struct decision *decision = &result->decisions[i];
        if (decision->statement != statement || decision->subject_row != subject_row)
            continue;
        if (decision->lane > outcome.lane)
            outcome.lane = decision->lane;
        if (decision->lane != LANE_GRANTED)
            continue;
        if (decision->gross_fen != AMOUNT_IS_OPEN)
            outcome.ceiling_fen += decision->amount_fen == AMOUNT_IS_OPEN ? decision->gross_fen
                                                                          : decision->amount_fen;
        is_ceiling |= decision->amount_fen == AMOUNT_IS_OPEN && decision->gross_fen >= 0;
        if (outcome.value == AMOUNT_IS_OPEN)
            continue;
        outcome.value = decision->amount_fen == AMOUNT_IS_OPEN
                            ? AMOUNT_IS_OPEN
                            : outcome.value + decision->amount_fen;
    }
    outcome.ceiling_fen = is_ceiling ? outcome.ceiling_fen : -1;
    return outcome;
}

/* ---- rows of tables that an example comes to ---- */

struct table_place { /* the row an expression stands on, and when */
    int32_t table, row;
    struct reference_moment moment;
};

static void touch_table(struct running *r, const struct expr *expr,
                        const struct table_place *place)
{
    const struct table_statement *table = r->policy->statements[expr->statement].as.table;
    int64_t args[EXAMPLE_INPUTS_MAX];
    if (expr->child_count > EXAMPLE_INPUTS_MAX)
        return;
    for (int32_t i = 0; i < expr->child_count; i++)
        args[i] = reference_value(r->policy, r->world, expr->children[i], place->table, place->row,
                                  &place->moment);
    int32_t row = table_row(table, args);
    if (row >= 0)
        r->cover.table_rows[expr->statement][row] = true;
}

static void touch_tables(struct running *r, const struct expr *expr,
                         const struct table_place *place)
{
    if (expr->kind == EXPR_TABLE)
        touch_table(r, expr, place);
    if (expr->kind == EXPR_DEFINE && expr->up == 0 && expr->through < 0) {
        const struct define *define = r->policy->statements[expr->statement].as.define;
        if (define->value)
            touch_tables(r, define->value, place);
    }
    for (int32_t i = 0; i < expr->child_count; i++)
        touch_tables(r, expr->children[i], place);
}

static void touch_decisions(struct running *r, const struct eval_result *result,
                            const struct example_expectation *expected)
{
    const struct rule *rule = r->policy->statements[expected->statement].as.rule;
    for (int64_t i = 0; i < result->decision_count; i++) {
        const struct decision *decision = &result->decisions[i];
        if (decision->statement != expected->statement ||
            decision->subject_row != r->rows[expected->subject_row])
            continue;
        struct table_place place = {rule->each >= 0 ? rule->each : rule->subject,
                                    decision->basis_row,
                                    rule_period_of(r->policy, expected->statement,
                                                   decision->period, expected->as_of_day)
                                        .moment};
        if (rule->amount)
            touch_tables(r, rule->amount, &place);
        if (rule->confers)
            touch_tables(r, rule->confers, &place);
    }
}

/* Evaluates the example's world on a day, with both evaluators; expectations of one day share
 * it. */
static enum err evaluate(struct running *r, int32_t as_of_day)
{
    if (r->result && r->result_day == as_of_day)
        return ERR_OK;
    eval_result_free(r->result);
    r->result = NULL;
    struct eval_request request = {as_of_day, ABSENT_I32, 1, EVAL_RIGHTS_LISTED, r->rules};
    struct eval_result *reference = NULL;
    TRY(reference_run(r->policy, r->world, &request, &reference, r->fault));
    enum err err = eval_run(r->program, r->world, &request, &r->result, r->fault);
    if (err == ERR_OK)
        check(same_result(reference, r->result));
    r->result_day = as_of_day;
    eval_result_free(reference);
    return err;
}

/* Why the subject at hand gets it or not, by its own facts: quotas are left aside. */
static enum err explain_expected(struct running *r, const struct example_expectation *expected,
                                 struct explanation **ret_explanation)
{
    struct eval_request request = {expected->as_of_day, ABSENT_I32, 1, EVAL_RIGHTS_LISTED};
    int32_t count = rule_period_count(r->policy, expected->statement, &request);
    int32_t key = count > 0
                      ? rule_period_at(r->policy, expected->statement, &request, count - 1).key
                      : 0;
    return explain_rule(r->arena, r->policy, r->world, expected->statement,
                        r->rows[expected->subject_row], -1, key, expected->as_of_day,
                        ret_explanation, r->fault);
}

/* One whose own facts would do is refused, because the quota is used up to its last place. */
static enum err note_limit(struct running *r, const struct example_expectation *expected)
{
    const struct quota *quota = example_cover_quota(r->policy, expected->statement);
    if (expected->lane != EXAMPLE_NO || !quota || !quota->limit)
        return ERR_OK;
    int32_t year = day_year(expected->as_of_day);
    struct reference_moment moment = {year_first_day(year), year_last_day(year),
                                      expected->as_of_day};
    int64_t limit = reference_value(r->policy, r->world, quota->limit, -1, -1, &moment);
    int64_t granted_count = 0;
    for (int64_t i = 0; i < r->result->decision_count; i++)
        granted_count += r->result->decisions[i].statement == expected->statement &&
                         r->result->decisions[i].lane == LANE_GRANTED;
    if (granted_count != limit)
        return ERR_OK;
    struct explanation *explanation;
    TRY(explain_expected(r, expected, &explanation));
    r->cover.limits[expected->statement] |= explanation->lane == LANE_GRANTED;
    return ERR_OK;
}

static enum err run_rule(struct running *r, const struct example_expectation *expected,
                         struct outcome *ret_outcome)
{
    TRY(evaluate(r, expected->as_of_day));
    touch_decisions(r, r->result, expected);
    TRY(note_limit(r, expected));
    *ret_outcome = outcome_of(r->result, expected->statement, r->rows[expected->subject_row]);
    return ERR_OK;
}

static enum err run_duty(struct running *r, const struct example_expectation *expected,
                         struct outcome *ret_outcome)
{
    struct duty_state *states;
    int32_t count;
    TRY(eval_duties(r->arena, r->policy, r->world, expected->as_of_day, &states, &count,
                    r->fault));
    *ret_outcome = (struct outcome){.lane = LANE_REFUSED};
    for (int32_t i = 0; i < count; i++)
        if (states[i].statement == expected->statement &&
            states[i].subject_row == r->rows[expected->subject_row] && states[i].met)
            *ret_outcome = (struct outcome){.lane = LANE_GRANTED, .value = states[i].done};
    return ERR_OK;
}

static int64_t figure_value(const struct figure *figure, bool is_rate)
{
    bool unknown = figure->numerator == ABSENT_I64 || figure->denominator == ABSENT_I64 ||
                   figure->denominator == 0;
    if (unknown)
        return ABSENT_I64;
    if (is_rate)
        return figure->numerator * RATE_ONE / figure->denominator;
    return figure->numerator / figure->denominator;
}

static enum err run_indicator(struct running *r, const struct example_expectation *expected,
                              struct outcome *ret_outcome)
{
    struct figure figure;
    const struct indicator *indicator =
        r->policy->statements[expected->statement].as.indicator;
    int32_t start = year_first_day(day_year(expected->as_of_day));
    TRY(eval_indicator(r->policy, r->world, expected->statement, start, expected->as_of_day,
                       &figure, r->fault));
    bool is_rate = indicator->unit == UNIT_RATE || figure.denominator != 1;
    *ret_outcome = (struct outcome){.lane = LANE_GRANTED, .value = figure_value(&figure, is_rate)};
    return ERR_OK;
}

static enum err run_target(struct running *r, const struct example_expectation *expected,
                           struct outcome *ret_outcome)
{
    struct target_state *states;
    int32_t count;
    TRY(eval_targets(r->arena, r->policy, r->world, expected->as_of_day, &states, &count,
                     r->fault));
    *ret_outcome = (struct outcome){.lane = LANE_REFUSED};
    for (int32_t i = 0; i < count; i++) {
        if (states[i].statement != expected->statement)
            continue;
        bool is_rate = states[i].actual.denominator != 1;
        *ret_outcome = (struct outcome){
            .lane = states[i].met ? LANE_GRANTED : LANE_REFUSED,
            .value = figure_value(&states[i].actual, is_rate)};
    }
    return ERR_OK;
}

static struct outcome run_define(struct running *r, const struct example_expectation *expected)
{
    const struct define *define = r->policy->statements[expected->statement].as.define;
    int32_t year = day_year(expected->as_of_day);
    struct reference_moment moment = {year_first_day(year), year_last_day(year),
                                      expected->as_of_day};
    struct expr expr = {.kind = EXPR_DEFINE, .statement = expected->statement, .through = -1,
                        .inverse = -1, .table = define->subject};
    bool on_row = define->subject >= 0 && expected->subject_row >= 0;
    int32_t row = on_row ? r->rows[expected->subject_row] : -1;
    int64_t value = reference_value(r->policy, r->world, &expr, on_row ? define->subject : -1, row,
                                    &moment);
    struct table_place place = {on_row ? define->subject : -1, row, moment};
    if (define->value)
        touch_tables(r, define->value, &place);
    enum lane lane = value == ABSENT_I64 ? LANE_ASK : value == 0 ? LANE_REFUSED : LANE_GRANTED;
    return (struct outcome){.lane = lane, .value = value};
}

static enum err run_expectation(struct running *r, const struct example_expectation *expected,
                                struct outcome *ret_outcome)
{
    switch (r->policy->statements[expected->statement].kind) {
    case STATEMENT_DUTY:
        return run_duty(r, expected, ret_outcome);
    case STATEMENT_INDICATOR:
        return run_indicator(r, expected, ret_outcome);
    case STATEMENT_TARGET:
        return run_target(r, expected, ret_outcome);
    case STATEMENT_DEFINE:
        *ret_outcome = run_define(r, expected);
        return ERR_OK;
    default:
        return run_rule(r, expected, ret_outcome);
    }
}

static bool comes_true(const struct example_expectation *expected, const struct outcome *outcome)
{
    switch (expected->lane) {
    case EXAMPLE_AMOUNT:
        return outcome->lane == LANE_GRANTED && outcome->value == expected->value;
    case EXAMPLE_CEILING:
        return outcome->lane == LANE_GRANTED && outcome->value == AMOUNT_IS_OPEN &&
               outcome->ceiling_fen == expected->value;
    case EXAMPLE_YES:
        return outcome->lane == LANE_GRANTED;
    case EXAMPLE_NO:
        return outcome->lane == LANE_REFUSED;
    case EXAMPLE_ASK:
        return outcome->lane == LANE_ASK;
    case EXAMPLE_VALUE:
        return outcome->value == expected->value;
    }
    return false;
}

/* ---- the reason given ---- */

static bool contains(struct str text, struct str part)
{
    return str_find(text, part) != SIZE_MAX;
}

/* The words of a condition in a spelling: an example keeps its reason when the document is written
 * in the other one. */
static bool words_contain(const struct running *r, const struct expr *condition,
                          enum policy_spelling spelling, struct str reason)
{
    struct text_buf buf;
    text_init(&buf, r->arena);
    policy_print_expr(&buf, r->policy, condition, spelling);
    return contains(text_str(&buf), reason);
}

static bool fact_is_named(const struct running *r, const struct explain_fact *fact,
                          struct str reason)
{
    const struct field_desc *field =
        &r->policy->vocab->records[fact->table].fields[fact->field];
    return contains(str_from(field->label_zh), reason) || contains(str_from(field->name), reason);
}

/* The settlement or fund that cut what the subject is paid, in any period. */
static bool cut_is_named(const struct running *r, const struct example_expectation *expected)
{
    for (int64_t i = 0; r->result && i < r->result->decision_count; i++) {
        const struct decision *decision = &r->result->decisions[i];
        if (decision->statement != expected->statement || decision->cut_by < 0 ||
            decision->subject_row != r->rows[expected->subject_row])
            continue;
        int32_t cutter = -1;
        if (!cut_clause(r->policy, decision->cut_by, &cutter))
            cutter = budget_fund(r->policy, decision->cut_by);
        if (cutter >= 0 && contains(r->policy->statements[cutter].name, expected->reason))
            return true;
    }
    return false;
}

/* A reason is a word of the condition that decided, of a fact it read, of the article, or of the
 * settlement or fund that cut the amount. */
static bool reason_holds(const struct running *r, const struct explanation *explanation,
                         const struct example_expectation *expected)
{
    const struct statement *statement = &r->policy->statements[expected->statement];
    struct str reason = expected->reason;
    if (statement->article >= 0 &&
        contains(r->policy->articles[statement->article].heading, reason))
        return true;
    if (expected->lane != EXAMPLE_ASK && cut_is_named(r, expected))
        return true;
    for (int32_t i = 0; i < explanation->missing_count; i++)
        if (fact_is_named(r, &explanation->missing[i], reason))
            return true;
    if (expected->lane == EXAMPLE_ASK)
        return false;
    for (int32_t i = 0; i < explanation->step_count; i++) {
        const struct explain_step *step = &explanation->steps[i];
        bool decides = expected->lane != EXAMPLE_NO || step->outcome == TRUTH_NO ||
                       step->row_out_count == 0;
        bool named = contains(step->condition->span.text, reason) ||
                     words_contain(r, step->condition, SPELLING_ZH, reason) ||
                     words_contain(r, step->condition, SPELLING_EN, reason);
        for (int32_t f = 0; f < step->fact_count && !named; f++)
            named = fact_is_named(r, &step->facts[f], reason);
        if (decides && named)
            return true;
    }
    return false;
}

static enum err check_reason(struct running *r, const struct example_expectation *expected,
                             bool *ret_holds)
{
    const struct statement *statement = &r->policy->statements[expected->statement];
    *ret_holds = true;
    if (expected->reason.size == 0 || !statement_decides(statement))
        return ERR_OK;
    struct explanation *explanation;
    TRY(explain_expected(r, expected, &explanation));
    *ret_holds = reason_holds(r, explanation, expected);
    return ERR_OK;
}

/* ---- findings ---- */

static struct type value_type(const struct running *r, int32_t s)
{
    const struct statement *statement = &r->policy->statements[s];
    if (statement->kind == STATEMENT_DEFINE)
        return statement->as.define->type;
    if (statement->kind == STATEMENT_TARGET)
        return value_type(r, statement->as.target->indicator);
    if (statement->kind != STATEMENT_INDICATOR)
        return (struct type){TYPE_COUNT, -1};
    return statement->as.indicator->value->type;
}

static const char *value_text(struct running *r, struct type type, int64_t value)
{
    struct text_buf buf;
    text_init(&buf, r->arena);
    policy_print_value(&buf, r->policy, type, value, r->policy->vocab->findings_in);
    return text_in(r->arena, "%.*s", STR_ARG(text_str(&buf)));
}

static const char *outcome_text(struct running *r, const struct example_expectation *expected,
                                const struct outcome *outcome)
{
    static const char *const words[][3] = {
        [SPELLING_ZH] = {"无", "待补", "是"}, [SPELLING_EN] = {"none", "ask", "yes"}};
    enum policy_spelling spelling = r->policy->vocab->findings_in;
    if (expected->lane == EXAMPLE_VALUE)
        return value_text(r, value_type(r, expected->statement), outcome->value);
    bool is_money = expected->lane == EXAMPLE_AMOUNT || expected->lane == EXAMPLE_CEILING;
    if (outcome->lane != LANE_GRANTED || !is_money)
        return words[spelling][outcome->lane];
    if (outcome->value == AMOUNT_IS_OPEN && outcome->ceiling_fen >= 0)
        return text_in(r->arena, spelling == SPELLING_ZH ? "不超过%s" : "up to %s",
                       value_text(r, (struct type){TYPE_MONEY, -1}, outcome->ceiling_fen));
    if (outcome->value == AMOUNT_IS_OPEN)
        return spelling == SPELLING_ZH ? "待定" : "open";
    return value_text(r, (struct type){TYPE_MONEY, -1}, outcome->value);
}

static enum err run_one(struct running *r, const struct example_expectation *expected)
{
    struct outcome outcome = {.lane = LANE_REFUSED};
    TRY(run_expectation(r, expected, &outcome));
    if (!comes_true(expected, &outcome)) {
        r->failed_count++;
        struct str name = r->policy->statements[expected->statement].name;
        const char *message = text_in(
            r->arena, told(r, "the example does not come true: %.*s comes to %s"), STR_ARG(name),
            outcome_text(r, expected, &outcome));
        return add_finding(r, FINDING_ERROR, "example-fails", expected->span, message,
                           "Check the facts and the day of the example, or correct the rule.");
    }
    bool holds;
    TRY(check_reason(r, expected, &holds));
    if (!holds) {
        r->failed_count++;
        const char *message =
            text_in(r->arena, told(r, "the outcome is right, but the reason is not '%.*s'"),
                    STR_ARG(expected->reason));
        return add_finding(r, FINDING_ERROR, "example-reason", expected->span, message,
                           "Name the condition, the field or the article that decides.");
    }
    r->passed_count++;
    return ERR_OK;
}

/* What is expected of a row is expected of each of its copies; it counts once. */
static enum err run_copies(struct running *r, const struct example *example,
                           const struct example_expectation *expected)
{
    int32_t subject = expected->subject_row;
    int32_t copy_count = subject >= 0 ? copies_of(example, subject) : 1;
    int32_t passed_count = r->passed_count, failed_count = r->failed_count;
    for (int32_t copy = 0; copy < copy_count && r->failed_count == failed_count; copy++) {
        if (subject >= 0)
            take_copy(r, example, subject, copy);
        r->passed_count = passed_count;
        TRY(run_one(r, expected));
    }
    return ERR_OK;
}

static enum err choose_rules(struct running *r, const struct example *example)
{
    r->rules =
        ARENA_NEW_ARRAY(&r->scratch, uint64_t, (size_t)program_rule_words(r->whole));
    if (!r->rules)
        return fault_set(r->fault, ERR_MEMORY, "no memory for an example");
    for (int32_t i = 0; i < example->expectation_count; i++)
        rule_set_add(r->rules, example->expectations[i].statement);
    program_rules_settled_with(r->whole, r->rules);
    return program_compile_rules(&r->scratch, r->policy, r->rules, &r->program, r->fault);
}

static enum err run_example(struct running *r, const struct statement *statement)
{
    r->statement = statement;
    r->world = NULL;
    const struct example *example = statement->as.example;
    const struct arena_mark mark = arena_mark(&r->scratch);
    example_cover_example(&r->cover, example);
    enum err err = choose_rules(r, example);
    if (err == ERR_OK)
        err = make_world(r, example);
    for (int32_t i = 0; i < example->expectation_count && err == ERR_OK; i++)
        err = run_copies(r, example, &example->expectations[i]);
    eval_result_free(r->result);
    r->result = NULL;
    world_free(r->world);
    arena_rewind(&r->scratch, mark);
    return err;
}

static enum err run_examples(struct running *r)
{
    TRY(program_compile(r->arena, r->policy, &r->program, r->fault));
    r->whole = r->program;
    for (int32_t i = 0; i < r->policy->statement_count; i++)
        if (r->policy->statements[i].kind == STATEMENT_EXAMPLE)
            TRY(run_example(r, &r->policy->statements[i]));
    return example_cover_findings(&r->cover, r->findings, r->fault);
}

enum err examples_run(struct arena *arena, const struct policy *policy, struct findings *findings,
                      int32_t *ret_passed_count, int32_t *ret_failed_count, struct fault *fault)
{
    struct running running = {.arena = arena, .policy = policy, .findings = findings,
                              .fault = fault};
    TRY(example_cover_init(&running.cover, arena, policy, fault));
    arena_init(&running.scratch, SCRATCH_LIMIT_SIZE);
    enum err err = run_examples(&running);
    arena_done(&running.scratch);
    TRY(err);
    *ret_passed_count = running.passed_count;
    *ret_failed_count = running.failed_count;
    return ERR_OK;
}
