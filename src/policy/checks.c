/* checks.c — what can only be seen when all statements are read: names that nobody uses, editions
 * that change inside a period, documents that have been replaced. */
#include "policy/reading.h"

#include "base/day.h"

static struct span statement_head(const struct statement *statement)
{
    return token_span(statement->document, &statement->tokens[0],
                      &statement->tokens[statement->head_count - 1]);
}

static void check_unused(struct reading *reading)
{
    for (int32_t i = 0; i < reading->policy->statement_count; i++) {
        const struct statement *statement = &reading->policy->statements[i];
        bool material = statement->kind == STATEMENT_PARAMETER ||
                        statement->kind == STATEMENT_TABLE || statement->kind == STATEMENT_DEFINE ||
                        statement->kind == STATEMENT_FUND || statement->kind == STATEMENT_REGISTER;
        if (material && !statement->used)
            finding_add(reading, FINDING_WARNING, "unused", statement_head(statement),
                        "Use it, or take it out.", "nothing uses '%.*s'",
                        STR_ARG(statement->name));
    }
}

static bool starts_period(int32_t day, enum period_kind period)
{
    if (period == PERIOD_ONCE)
        return false;
    int32_t first = period == PERIOD_MONTH ? month_first_day(day_month(day))
                                           : year_first_day(day_year(day));
    return day == first;
}

/* An edition that begins inside a period: which of the two counts must be said. */
static const struct parameter_row *inner_edition(const struct policy *policy,
                                                 const struct parameter *parameter,
                                                 const struct statement *rule_statement)
{
    const struct document *document = &policy->documents[rule_statement->document];
    for (int32_t i = 1; parameter && i < parameter->row_count; i++)
        if (parameter->rows[i].from_day > document->in_force_day &&
            parameter->rows[i].from_day <= document->ends_day &&
            !starts_period(parameter->rows[i].from_day, rule_statement->as.rule->period))
            return &parameter->rows[i];
    return NULL;
}

static void check_anchor_expr(struct reading *reading, const struct statement *rule_statement,
                              const struct expr *expr)
{
    if (!expr)
        return;
    if (expr->kind == EXPR_PARAMETER) {
        const struct statement *parameter = &reading->policy->statements[expr->statement];
        const struct parameter_row *row =
            inner_edition(reading->policy, parameter->as.parameter, rule_statement);
        char day[DAY_TEXT_SIZE];
        if (row)
            finding_add(reading, FINDING_ERROR, "period", expr->span,
                        "Say which day counts: 取数日 期末 (anchor period-end).",
                        "'%.*s' changes on %s, inside a period, and no anchor is named",
                        STR_ARG(parameter->name), day_text(row->from_day, day));
    }
    check_anchor_expr(reading, rule_statement, expr->where);
    check_anchor_expr(reading, rule_statement, expr->aggregated);
    for (int32_t i = 0; i < expr->child_count; i++)
        check_anchor_expr(reading, rule_statement, expr->children[i]);
}

static void check_anchors(struct reading *reading)
{
    for (int32_t i = 0; i < reading->policy->statement_count; i++) {
        const struct statement *statement = &reading->policy->statements[i];
        if (!kind_is_rule(statement->kind) || !statement->as.rule ||
            statement->as.rule->anchor)
            continue;
        check_anchor_expr(reading, statement, statement->as.rule->where);
        check_anchor_expr(reading, statement, statement->as.rule->each_where);
        check_anchor_expr(reading, statement, statement->as.rule->amount);
    }
}

static void check_replaced(struct reading *reading)
{
    const struct policy *policy = reading->policy;
    for (int32_t i = 0; i < policy->document_count; i++)
        for (int32_t k = 0; k < policy->document_count; k++) {
            const struct document *old = &policy->documents[i], *new = &policy->documents[k];
            if (i == k || !old->number.size || !str_equal(old->number, new->replaces) ||
                old->ends_day < new->in_force_day)
                continue;
            char day[DAY_TEXT_SIZE];
            finding_add(reading, FINDING_ERROR, "replaced",
                        (struct span){.document = i, .line = 1, .column = 1},
                        "Add 失效 to the head: the last day it holds.",
                        "%.*s replaces this document from %s, but it does not end",
                        STR_ARG(new->number), day_text(new->in_force_day, day));
        }
}

static void check_imports(struct reading *reading)
{
    const struct policy *policy = reading->policy;
    for (int32_t i = 0; i < policy->document_count; i++)
        for (int32_t k = 0; k < policy->documents[i].import_count; k++) {
            bool found = false;
            for (int32_t j = 0; j < policy->document_count; j++)
                found |= str_equal(policy->documents[j].number, policy->documents[i].imports[k]);
            if (!found)
                finding_add(reading, FINDING_ERROR, "import",
                            (struct span){.document = i, .line = 1, .column = 1},
                            "Check it together with this document.",
                            "the imported document %.*s is not there",
                            STR_ARG(policy->documents[i].imports[k]));
        }
}

void check_policy(struct reading *reading)
{
    if (reading->findings->error_count == 0) /* what could not be read might use it */
        check_unused(reading);
    check_anchors(reading);
    check_replaced(reading);
    check_imports(reading);
}
