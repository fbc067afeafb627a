#include "policy/example.h"

#include "base/day.h"
#include "policy/scalar.h"
#include "policy/settle.h"
#include "policy/walk.h"

#include <inttypes.h>

enum { EXAMPLE_INPUTS_MAX = 16 }; /* of a table whose rows are followed */

struct running {
    struct arena *arena;
    const struct policy *policy;
    struct findings *findings;
    struct fault *fault;
    const struct statement *statement; /* the example */
    struct world *world;
    int32_t *rows;            /* row in the world of each example row */
    bool *has_yes, *has_no;   /* for each statement: an example that grants, one that refuses */
    bool *has_border;         /* for each statement: an example on two days that part the outcome */
    bool **table_rows;        /* for each table statement: rows that an example came to */
    int32_t passed_count, failed_count;
};

static const char *told(const struct running *r, const char *english)
    __attribute__((format_arg(2)));

static enum err add_finding(struct running *r, enum finding_severity severity, const char *rule,
                            struct span span, const char *message, const char *hint)
{
    struct findings *findings = r->findings;
    if (findings->row_count == findings->row_capacity) {
        int32_t capacity = findings->row_capacity ? findings->row_capacity * 2 : 32;
        struct finding *rows =
            ARENA_NEW_ARRAY(findings->arena, struct finding, (size_t)capacity);
        if (!rows)
            return fault_set(r->fault, ERR_MEMORY, "no memory for the findings");
        for (int32_t i = 0; i < findings->row_count; i++)
            rows[i] = findings->rows[i];
        findings->rows = rows;
        findings->row_capacity = capacity;
    }
    findings->rows[findings->row_count++] =
        (struct finding){severity, rule, span, str_from(message), str_from(told(r, hint))};
    findings->error_count += severity == FINDING_ERROR;
    findings->warning_count += severity == FINDING_WARNING;
    return ERR_OK;
}

static const char *told(const struct running *r, const char *english)
{
    return finding_said(r->policy->vocab->findings_in, english);
}

/* ---- the small world ---- */

/* Rows are numbered from 1 in the order they stand in, so that owners and references can be named
 * before the world is sealed. */
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
        values[value->field] = is_ref ? value->ref_row + 1 : value->value;
    }
    r->rows[i] = r->world->tables[row->table].row_count;
    return world_append(r->world, row->table, i + 1, row->owner_row + 1, values, r->fault);
}

static enum err make_world(struct running *r, const struct example *example)
{
    TRY(world_new(r->policy->vocab, &r->world, r->fault));
    r->rows = ARENA_NEW_ARRAY(r->arena, int32_t, (size_t)example->row_count);
    if (!r->rows)
        return fault_set(r->fault, ERR_MEMORY, "no memory for an example");
    for (int32_t i = 0; i < example->row_count; i++)
        TRY(append_row(r, example, i));
    TRY(world_seal(r->world, r->fault));
    /* Sealing may move the rows of owners that are owned themselves. */
    for (int32_t i = 0; i < example->row_count; i++)
        r->rows[i] = world_row(r->world, example->rows[i].table, i + 1);
    return ERR_OK;
}

/* ---- what came out ---- */

struct outcome {
    enum lane lane;
    int64_t value; /* fen, count, truth, rate */
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
    struct outcome outcome = {LANE_REFUSED, 0};
    for (int64_t i = 0; i < result->decision_count; i++) {
        const struct decision *decision = &result->decisions[i];
        if (decision->statement != statement || decision->subject_row != subject_row)
            continue;
        if (decision->lane > outcome.lane)
            outcome.lane = decision->lane;
        if (decision->lane != LANE_GRANTED || outcome.value == AMOUNT_IS_OPEN)
            continue;
        outcome.value = decision->amount_fen == AMOUNT_IS_OPEN
                            ? AMOUNT_IS_OPEN
                            : outcome.value + decision->amount_fen;
    }
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
        r->table_rows[expr->statement][row] = true;
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

static enum err run_rule(struct running *r, const struct example_expectation *expected,
                         struct outcome *ret_outcome)
{
    struct eval_request request = {expected->as_of_day, ABSENT_I32, 1};
    struct eval_result *reference = NULL;
    struct eval_result *vector = NULL;
    struct program *program;
    enum err err = program_compile(r->arena, r->policy, &program, r->fault);
    if (err == ERR_OK)
        err = reference_run(r->policy, r->world, &request, &reference, r->fault);
    if (err == ERR_OK)
        err = eval_run(program, r->world, &request, &vector, r->fault);
    if (err == ERR_OK) {
        check(same_result(reference, vector));
        touch_decisions(r, reference, expected);
        *ret_outcome =
            outcome_of(vector, expected->statement, r->rows[expected->subject_row]);
    }
    eval_result_free(reference);
    eval_result_free(vector);
    return err;
}

static enum err run_duty(struct running *r, const struct example_expectation *expected,
                         struct outcome *ret_outcome)
{
    struct duty_state *states;
    int32_t count;
    TRY(eval_duties(r->arena, r->policy, r->world, expected->as_of_day, &states, &count,
                    r->fault));
    *ret_outcome = (struct outcome){LANE_REFUSED, 0};
    for (int32_t i = 0; i < count; i++)
        if (states[i].statement == expected->statement &&
            states[i].subject_row == r->rows[expected->subject_row] && states[i].met)
            *ret_outcome = (struct outcome){LANE_GRANTED, states[i].done};
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
    *ret_outcome = (struct outcome){LANE_GRANTED, figure_value(&figure, is_rate)};
    return ERR_OK;
}

static enum err run_target(struct running *r, const struct example_expectation *expected,
                           struct outcome *ret_outcome)
{
    struct target_state *states;
    int32_t count;
    TRY(eval_targets(r->arena, r->policy, r->world, expected->as_of_day, &states, &count,
                     r->fault));
    *ret_outcome = (struct outcome){LANE_REFUSED, 0};
    for (int32_t i = 0; i < count; i++) {
        if (states[i].statement != expected->statement)
            continue;
        bool is_rate = states[i].actual.denominator != 1;
        *ret_outcome = (struct outcome){states[i].met ? LANE_GRANTED : LANE_REFUSED,
                                        figure_value(&states[i].actual, is_rate)};
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
    return (struct outcome){lane, value};
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

static bool fact_is_named(const struct running *r, const struct explain_fact *fact,
                          struct str reason)
{
    const struct field_desc *field =
        &r->policy->vocab->records[fact->table].fields[fact->field];
    return contains(str_from(field->label_zh), reason) || contains(str_from(field->name), reason);
}

/* A reason is a word of the condition that decided, of a fact it read, or of the article. */
static bool reason_holds(const struct running *r, const struct explanation *explanation,
                         const struct example_expectation *expected)
{
    const struct statement *statement = &r->policy->statements[expected->statement];
    struct str reason = expected->reason;
    if (statement->article >= 0 &&
        contains(r->policy->articles[statement->article].heading, reason))
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
        bool named = contains(step->condition->span.text, reason);
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
    struct eval_request request = {expected->as_of_day, ABSENT_I32, 1};
    int32_t count = rule_period_count(r->policy, expected->statement, &request);
    int32_t key = count > 0
                      ? rule_period_at(r->policy, expected->statement, &request, count - 1).key
                      : 0;
    struct explanation *explanation;
    TRY(explain_rule(r->arena, r->policy, r->world, expected->statement,
                     r->rows[expected->subject_row], -1, key, expected->as_of_day, &explanation,
                     r->fault));
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
    enum indicator_unit unit = statement->as.indicator->unit;
    return (struct type){unit == UNIT_RATE   ? TYPE_RATE
                         : unit == UNIT_YUAN ? TYPE_MONEY
                                             : TYPE_COUNT,
                         -1};
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
    if (outcome->lane != LANE_GRANTED || expected->lane != EXAMPLE_AMOUNT)
        return words[spelling][outcome->lane];
    if (outcome->value == AMOUNT_IS_OPEN)
        return spelling == SPELLING_ZH ? "待定" : "open";
    return value_text(r, (struct type){TYPE_MONEY, -1}, outcome->value);
}

static void note_coverage(struct running *r, const struct example_expectation *expected)
{
    bool is_no = expected->lane == EXAMPLE_NO;
    bool is_yes = expected->lane == EXAMPLE_YES || expected->lane == EXAMPLE_AMOUNT;
    r->has_no[expected->statement] |= is_no;
    r->has_yes[expected->statement] |= is_yes;
}

static bool parts_outcome(const struct example_expectation *a, const struct example_expectation *b)
{
    return a->statement == b->statement && a->subject_row == b->subject_row &&
           a->as_of_day + 1 == b->as_of_day && (a->lane != b->lane || a->value != b->value);
}

static void note_borders(struct running *r, const struct example *example)
{
    for (int32_t i = 0; i < example->expectation_count; i++)
        for (int32_t k = 0; k < example->expectation_count; k++)
            if (parts_outcome(&example->expectations[i], &example->expectations[k]))
                r->has_border[example->expectations[i].statement] = true;
}

static enum err run_one(struct running *r, const struct example_expectation *expected)
{
    struct outcome outcome = {LANE_REFUSED, 0};
    TRY(run_expectation(r, expected, &outcome));
    note_coverage(r, expected);
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

static enum err run_example(struct running *r, const struct statement *statement)
{
    r->statement = statement;
    r->world = NULL;
    const struct example *example = statement->as.example;
    note_borders(r, example);
    enum err err = make_world(r, example);
    for (int32_t i = 0; i < example->expectation_count && err == ERR_OK; i++)
        err = run_one(r, &example->expectations[i]);
    world_free(r->world);
    return err;
}

static bool needs_examples(const struct statement *statement)
{
    return statement->kind == STATEMENT_GRANT || statement->kind == STATEMENT_CONFER ||
           statement->kind == STATEMENT_PROMOTE || statement->kind == STATEMENT_ADMIT ||
           statement->kind == STATEMENT_DUTY;
}

static enum err warn_uncovered(struct running *r, int32_t s)
{
    const struct statement *statement = &r->policy->statements[s];
    if (!needs_examples(statement))
        return ERR_OK;
    if (r->has_yes[s] && r->has_no[s]) {
        if (r->has_border[s])
            return ERR_OK;
        const char *note =
            text_in(r->arena, told(r, "no example of %.*s lies on two days that part the outcome"),
                    STR_ARG(statement->name));
        return add_finding(
            r, FINDING_NOTE, "example-border", statement->span, note,
            "Write two lines of one person on following days with different outcomes.");
    }
    const char *lack = r->has_yes[s]  ? "%.*s has no example that refuses"
                       : r->has_no[s] ? "%.*s has no example that grants"
                                      : "%.*s has no example that grants and none that refuses";
    const char *message = text_in(r->arena, told(r, lack), STR_ARG(statement->name));
    return add_finding(
        r, FINDING_WARNING, "example-missing", statement->span, message,
        "Each rule needs an example that grants and one that refuses, best on the border day.");
}

static enum err warn_untouched(struct running *r, int32_t s)
{
    const struct statement *statement = &r->policy->statements[s];
    for (int32_t row = 0; r->table_rows[s] && row < statement->as.table->row_count; row++) {
        if (r->table_rows[s][row])
            continue;
        const char *message =
            text_in(
            r->arena, told(r, "no example comes to this row of %.*s"), STR_ARG(statement->name));
        TRY(add_finding(r, FINDING_WARNING, "example-row", statement->as.table->row_spans[row],
                        message, "Write an example that lies in this row, best on its border."));
    }
    return ERR_OK;
}

static enum err take_marks(struct running *r)
{
    size_t count = (size_t)r->policy->statement_count;
    r->has_yes = ARENA_NEW_ARRAY(r->arena, bool, count);
    r->has_no = ARENA_NEW_ARRAY(r->arena, bool, count);
    r->has_border = ARENA_NEW_ARRAY(r->arena, bool, count);
    r->table_rows = ARENA_NEW_ARRAY(r->arena, bool *, count);
    bool taken = r->has_yes && r->has_no && r->has_border && r->table_rows;
    for (int32_t i = 0; i < r->policy->statement_count && taken; i++) {
        const struct statement *statement = &r->policy->statements[i];
        if (statement->kind != STATEMENT_TABLE || !statement->as.table)
            continue;
        r->table_rows[i] =
            ARENA_NEW_ARRAY(r->arena, bool, (size_t)statement->as.table->row_count);
        taken = r->table_rows[i] != NULL;
    }
    return taken ? ERR_OK : fault_set(r->fault, ERR_MEMORY, "no memory for the examples");
}

enum err examples_run(struct arena *arena, const struct policy *policy, struct findings *findings,
                      int32_t *ret_passed_count, int32_t *ret_failed_count, struct fault *fault)
{
    struct running running = {.arena = arena, .policy = policy, .findings = findings,
                              .fault = fault};
    TRY(take_marks(&running));
    for (int32_t i = 0; i < policy->statement_count; i++)
        if (policy->statements[i].kind == STATEMENT_EXAMPLE)
            TRY(run_example(&running, &policy->statements[i]));
    for (int32_t i = 0; i < policy->statement_count; i++) {
        TRY(warn_uncovered(&running, i));
        TRY(warn_untouched(&running, i));
    }
    *ret_passed_count = running.passed_count;
    *ret_failed_count = running.failed_count;
    return ERR_OK;
}
