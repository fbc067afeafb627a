#include "policy/example_cover.h"

#include "policy/ast.h"
#include "policy/boundary.h"
#include "base/text.h"

enum err example_finding(struct findings *findings, const struct finding *finding,
                         struct fault *fault)
{
    if (findings->row_count == findings->row_capacity) {
        int32_t capacity = findings->row_capacity ? findings->row_capacity * 2 : 32;
        struct finding *rows =
            ARENA_NEW_ARRAY(findings->arena, struct finding, (size_t)capacity);
        if (!rows)
            return fault_set(fault, ERR_MEMORY, "no memory for the findings");
        for (int32_t i = 0; i < findings->row_count; i++)
            rows[i] = findings->rows[i];
        findings->rows = rows;
        findings->row_capacity = capacity;
    }
    findings->rows[findings->row_count++] = *finding;
    findings->error_count += finding->severity == FINDING_ERROR;
    findings->warning_count += finding->severity == FINDING_WARNING;
    return ERR_OK;
}

static bool wants_examples(const struct statement *statement)
{
    switch (statement->kind) {
    case STATEMENT_GRANT:
    case STATEMENT_CONFER:
    case STATEMENT_PROMOTE:
    case STATEMENT_ADMIT:
    case STATEMENT_DUTY:
        return true;
    default:
        return false;
    }
}

enum err example_cover_init(struct example_cover *cover, struct arena *arena,
                            const struct policy *policy, struct fault *fault)
{
    size_t count = (size_t)policy->statement_count;
    *cover = (struct example_cover){
        .arena = arena,
        .policy = policy,
        .passes = ARENA_NEW_ARRAY(arena, bool, count),
        .fails = ARENA_NEW_ARRAY(arena, bool, count),
        .borders = ARENA_NEW_ARRAY(arena, bool, count),
        .limits = ARENA_NEW_ARRAY(arena, bool, count),
        .table_rows = ARENA_NEW_ARRAY(arena, bool *, count),
    };
    bool taken =
        cover->passes && cover->fails && cover->borders && cover->limits && cover->table_rows;
    for (int32_t i = 0; i < policy->statement_count && taken; i++) {
        const struct statement *statement = &policy->statements[i];
        if (statement->kind != STATEMENT_TABLE || !statement->as.table)
            continue;
        cover->table_rows[i] =
            ARENA_NEW_ARRAY(arena, bool, (size_t)statement->as.table->row_count);
        taken = cover->table_rows[i] != NULL;
    }
    return taken ? ERR_OK : fault_set(fault, ERR_MEMORY, "no memory for the examples");
}

static bool part_the_outcome(const struct example_expectation *a,
                             const struct example_expectation *b)
{
    return a->statement == b->statement && a->subject_row == b->subject_row &&
           a->as_of_day + 1 == b->as_of_day && (a->lane != b->lane || a->value != b->value);
}

/* Refused because the document is not in force that day, and nothing to part from it: whatever the
 * rule says, this line comes true. */
static bool is_idle(const struct policy *policy, const struct example *example, int32_t at)
{
    const struct example_expectation *expected = &example->expectations[at];
    const struct document *document =
        &policy->documents[policy->statements[expected->statement].document];
    bool outside = expected->as_of_day < document->in_force_day ||
                   expected->as_of_day > document->ends_day;
    bool idle = outside && expected->lane == EXAMPLE_NO && !expected->reason.size;
    for (int32_t i = 0; i < example->expectation_count && idle; i++)
        idle = example->expectations[i].statement != expected->statement ||
               example->expectations[i].subject_row != expected->subject_row ||
               example->expectations[i].lane == EXAMPLE_NO;
    return idle;
}

static int32_t next_idle(const struct policy *policy, const struct example *example, int32_t first)
{
    for (int32_t i = first; i < example->expectation_count; i++)
        if (is_idle(policy, example, i))
            return i;
    return -1;
}

void example_cover_example(struct example_cover *cover, const struct example *example)
{
    for (int32_t i = 0; i < example->expectation_count; i++) {
        const struct example_expectation *expected = &example->expectations[i];
        cover->fails[expected->statement] |= expected->lane == EXAMPLE_NO;
        cover->passes[expected->statement] |=
            expected->lane == EXAMPLE_YES || expected->lane == EXAMPLE_AMOUNT ||
            expected->lane == EXAMPLE_CEILING;
        for (int32_t k = 0; k < example->expectation_count; k++)
            if (part_the_outcome(expected, &example->expectations[k]))
                cover->borders[expected->statement] = true;
    }
}

static const struct quota *cutting(const struct quota *quota)
{
    return quota->present && !quota->about ? quota : NULL;
}

const struct quota *example_cover_quota(const struct policy *policy, int32_t statement)
{
    const struct statement *subject = &policy->statements[statement];
    bool is_rule = wants_examples(subject) && subject->kind != STATEMENT_DUTY;
    const struct quota *quota = is_rule ? cutting(&subject->as.rule->quota) : NULL;
    FOR_GROUP(policy, GROUP_SETTLES, i) {
        if (!is_rule || quota)
            break;
        const struct settlement *settlement = policy->statements[i].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count && !quota; c++) {
            const struct settlement_clause *clause = &settlement->clauses[c];
            if (clause->kind == SETTLEMENT_QUOTA && clause->rules[0] == statement)
                quota = cutting(&clause->quota);
        }
    }
    return quota;
}

static const char *told(const struct example_cover *cover, const char *english)
    __attribute__((format_arg(2)));

static const char *told(const struct example_cover *cover, const char *english)
{
    return finding_said(cover->policy->vocab->findings_in, english);
}

struct lack { /* what no example shows */
    const char *rule, *hint;
    struct span span;
};

/* The format has one name in it. */
static enum err warn(const struct example_cover *cover, struct findings *findings,
                     const struct lack *lack, const char *format, struct str name,
                     struct fault *fault) __attribute__((format(printf, 4, 0)));

static enum err warn(const struct example_cover *cover, struct findings *findings,
                     const struct lack *lack, const char *format, struct str name,
                     struct fault *fault)
{
    const char *message = text_in(cover->arena, told(cover, format), STR_ARG(name));
    return example_finding(findings,
                           &(struct finding){FINDING_WARNING, lack->rule, lack->span,
                                             str_from(message), str_from(told(cover, lack->hint))},
                           fault);
}

static enum err propose(const struct example_cover *cover, int32_t s, struct findings *findings,
                        struct fault *fault)
{
    const struct statement *statement = &cover->policy->statements[s];
    struct text_buf cases;
    text_init(&cases, cover->arena);
    if (boundary_propose(&cases, cover->policy, s) == 0)
        return ERR_OK;
    const char *message = text_in(cover->arena, told(cover, "cases on the borders of %.*s: %.*s"),
                                  STR_ARG(statement->name), STR_ARG(text_str(&cases)));
    return example_finding(
        findings,
        &(struct finding){FINDING_NOTE, "example-proposed", statement->span, str_from(message),
                          str_from(told(cover, "Write an example on either side of each."))},
        fault);
}

static enum err warn_of_statement(const struct example_cover *cover, int32_t s,
                                  struct findings *findings, struct fault *fault)
{
    const struct statement *statement = &cover->policy->statements[s];
    struct lack lack = {"example-missing",
                        "Each rule needs an example that grants and one that refuses, best on the "
                        "border day.",
                        statement->span};
    if (!cover->passes[s] && !cover->fails[s])
        return warn(cover, findings, &lack,
                    "%.*s has no example that grants and none that refuses", statement->name,
                    fault);
    if (!cover->passes[s])
        return warn(cover, findings, &lack, "%.*s has no example that grants", statement->name,
                    fault);
    if (!cover->fails[s])
        return warn(cover, findings, &lack, "%.*s has no example that refuses", statement->name,
                    fault);
    lack.rule = "example-border";
    lack.hint = "Write two lines of one person on following days with different outcomes.";
    if (!cover->borders[s])
        TRY(warn(cover, findings, &lack,
                 "no example of %.*s lies on two days that part the outcome", statement->name,
                 fault));
    if (cover->limits[s] || !example_cover_quota(cover->policy, s))
        return ERR_OK;
    lack.rule = "example-limit";
    lack.hint = "Fill the quota with rows such as 人员 众 29名: …, and let one more stand behind.";
    return warn(cover, findings, &lack,
                "no example of %.*s gives the last place of its quota and refuses the next",
                statement->name, fault);
}

static enum err warn_of_rows(const struct example_cover *cover, int32_t s,
                             struct findings *findings, struct fault *fault)
{
    const struct statement *statement = &cover->policy->statements[s];
    for (int32_t row = 0; cover->table_rows[s] && row < statement->as.table->row_count; row++) {
        struct lack lack = {"example-row",
                            "Write an example that lies in this row, best on its border.",
                            statement->as.table->row_spans[row]};
        if (!cover->table_rows[s][row])
            TRY(warn(cover, findings, &lack, "no example comes to this row of %.*s",
                     statement->name, fault));
    }
    return ERR_OK;
}

static enum err warn_of_idle(const struct example_cover *cover, const struct example *example,
                             struct findings *findings, struct fault *fault)
{
    for (int32_t i = next_idle(cover->policy, example, 0); i >= 0;
         i = next_idle(cover->policy, example, i + 1)) {
        const struct example_expectation *expected = &example->expectations[i];
        struct lack lack = {"example-idle", "Choose a day on which the document is in force.",
                            expected->span};
        TRY(warn(cover, findings, &lack,
                 "the line tests nothing: %.*s is not in force on that day",
                 cover->policy->statements[expected->statement].name, fault));
    }
    return ERR_OK;
}

enum err example_cover_findings(const struct example_cover *cover, struct findings *findings,
                                struct fault *fault)
{
    for (int32_t s = 0; s < cover->policy->statement_count; s++) {
        if (wants_examples(&cover->policy->statements[s])) {
            TRY(warn_of_statement(cover, s, findings, fault));
            if (!cover->borders[s])
                TRY(propose(cover, s, findings, fault));
        }
        TRY(warn_of_rows(cover, s, findings, fault));
        const struct statement *statement = &cover->policy->statements[s];
        if (statement->kind == STATEMENT_EXAMPLE)
            TRY(warn_of_idle(cover, statement->as.example, findings, fault));
    }
    return ERR_OK;
}
