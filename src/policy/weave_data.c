/* weave_data.c — statements that are tables, and worked cases: dated parameters, decision tables,
 * registers, budgets, examples, phrases left as prose. */
#include "policy/weaving.h"

#include "base/day.h"
#include "policy/scalar.h"

#include <inttypes.h>

enum { REGISTER_ROWS_OPEN_MAX = 12 }; /* longer registers are folded */

static void head_cell(struct weaving *w, const char *zh, const char *en)
{
    html_open(w->html, "th", "scope", "col");
    weave_name(w, zh, en);
    html_close(w->html);
}

/* Opens the table, its head and the row of headings. A wide table scrolls by itself. */
static void table_begin(struct weaving *w)
{
    html_open(w->html, "div", "class", "table-scroll", "tabindex", "0");
    html_open(w->html, "table", "class", "table");
    html_open(w->html, "thead");
    html_open(w->html, "tr");
}

static void table_body(struct weaving *w)
{
    html_close(w->html);
    html_close(w->html);
    html_newline(w->html);
    html_open(w->html, "tbody");
    html_newline(w->html);
}

static void table_end(struct weaving *w)
{
    for (int32_t i = 0; i < 3; i++)
        html_close(w->html);
    html_newline(w->html);
}

static void row_end(struct weaving *w)
{
    html_close(w->html);
    html_newline(w->html);
}

static void state(struct weaving *w, const char *name, const char *glyph, const char *words)
{
    html_open(w->html, "span", "class", "state", "data-state", name);
    html_glyph(w->html, glyph);
    html_text_z(w->html, words);
    html_close(w->html);
}

/* ---- parameters ---- */

static void parameter_basis(struct weaving *w, const struct parameter_row *row)
{
    if (row->assumed) {
        weave_say(w, "假定：", "assumed: ");
        html_text(w->html, row->reason);
    } else if (row->cites.text.size > 0) {
        html_open(w->html, "mark");
        weave_say(w, "「", "“");
        html_text(w->html, row->cites.text);
        weave_say(w, "」", "”");
        html_close(w->html);
    }
}

static void parameter_since(struct weaving *w, const struct parameter_row *row, bool current)
{
    html_open(w->html, "th", "scope", "rowgroup");
    if (row->value_count > 1)
        html_attribute_format(w->html, "rowspan", "%d", row->value_count);
    weave_day(w, row->from_day);
    if (current) {
        html_text_z(w->html, " ");
        state(w, "done", "yes", weave_either(w, "现行", "in force"));
    }
    html_close(w->html);
}

static void parameter_row(struct weaving *w, const struct parameter *parameter,
                          const struct parameter_row *row, bool current)
{
    for (int32_t i = 0; i < row->value_count; i++) {
        html_open(w->html, "tr");
        if (i == 0)
            parameter_since(w, row, current);
        if (row->keys) {
            html_open(w->html, "td");
            weave_value(w, (struct type){TYPE_ENUM, parameter->key_enum}, row->keys[i]);
            html_close(w->html);
        }
        html_open(w->html, "td", "class", current ? "num is-current" : "num");
        weave_value(w, parameter->type, row->values[i]);
        html_close(w->html);
        if (i == 0) {
            html_open(w->html, "td", "class", "basis");
            if (row->value_count > 1)
                html_attribute_format(w->html, "rowspan", "%d", row->value_count);
            parameter_basis(w, row);
            html_close(w->html);
        }
        row_end(w);
    }
}

void weave_parameter(struct weaving *w, const struct parameter *parameter)
{
    const struct parameter_row *current = parameter_row_on(parameter, w->options->as_of_day);
    table_begin(w);
    head_cell(w, "起始日", "from");
    if (parameter->key_enum >= 0)
        head_cell(w, w->policy->vocab->enums[parameter->key_enum].label_zh,
                  w->policy->vocab->enums[parameter->key_enum].name);
    html_open(w->html, "th", "scope", "col", "class", "num");
    weave_say(w, "标准", "value");
    html_close(w->html);
    head_cell(w, "依据", "basis");
    table_body(w);
    for (int32_t i = parameter->row_count - 1; i >= 0; i--)
        parameter_row(w, parameter, &parameter->rows[i], &parameter->rows[i] == current);
    table_end(w);
}

/* ---- decision tables ---- */

static void decision_cell(struct weaving *w, struct type type, const struct table_cell *cell)
{
    bool open_low = cell->low == INT64_MIN + 1, open_high = cell->high == INT64_MAX;
    if (cell->members) {
        for (int32_t i = 0; i < cell->member_count; i++) {
            html_text_z(w->html, i > 0 ? weave_either(w, "、", ", ") : "");
            weave_value(w, type, cell->members[i]);
        }
    } else if (open_low && open_high) {
        weave_say(w, "任意", "any");
    } else if (open_low) {
        html_text_z(w->html, "≤ ");
        weave_value(w, type, cell->high);
    } else if (open_high) {
        html_text_z(w->html, "≥ ");
        weave_value(w, type, cell->low);
    } else {
        weave_value(w, type, cell->low);
        if (cell->low != cell->high) {
            weave_say(w, " 至 ", " to ");
            weave_value(w, type, cell->high);
        }
    }
}

static void decision_row(struct weaving *w, const struct table_statement *table, int32_t row)
{
    html_open(w->html, "tr");
    for (int32_t i = 0; i < table->input_count; i++) {
        html_open(w->html, "td");
        decision_cell(w, table->inputs[i], &table->cells[row * table->input_count + i]);
        html_close(w->html);
    }
    html_open(w->html, "td", "class", "num");
    weave_value(w, table->output, table->outputs[row]);
    html_close(w->html);
    row_end(w);
}

void weave_decision_table(struct weaving *w, const struct table_statement *table)
{
    table_begin(w);
    for (int32_t i = 0; i < table->input_count; i++) {
        html_open(w->html, "th", "scope", "col");
        html_text(w->html, table->input_names[i]);
        html_close(w->html);
    }
    html_open(w->html, "th", "scope", "col", "class", "num");
    weave_say(w, "结果", "result");
    html_close(w->html);
    table_body(w);
    for (int32_t row = 0; row < table->row_count; row++)
        decision_row(w, table, row);
    if (table->has_otherwise) {
        html_open(w->html, "tr");
        html_open(w->html, "th", "scope", "row");
        html_attribute_format(w->html, "colspan", "%d", table->input_count);
        weave_say(w, "其他", "otherwise");
        html_close(w->html);
        html_open(w->html, "td", "class", "num");
        weave_value(w, table->output, table->otherwise);
        html_close(w->html);
        row_end(w);
    }
    table_end(w);
    html_open(w->html, "p", "class", "statement-note");
    weave_say(w, table->unique ? "各行互不重叠。" : "从上往下看，第一行符合的算。",
              table->unique ? "No two rows overlap." : "The first row that fits counts.");
    html_close(w->html);
    html_newline(w->html);
}

/* ---- registers and funds ---- */

static void register_rows(struct weaving *w, const struct register_statement *reg)
{
    const struct type type = {TYPE_CODE, reg->catalogue};
    bool folded = reg->row_count > REGISTER_ROWS_OPEN_MAX;
    if (folded) {
        html_open(w->html, "details");
        html_open(w->html, "summary");
        html_format(w->html, weave_either(w, "共 %d 项", "%d entries"), reg->row_count);
        html_close(w->html);
    }
    html_open(w->html, "ul", "class", "parts");
    for (int32_t i = 0; i < reg->row_count; i++) {
        html_open(w->html, "li");
        weave_value(w, type, reg->rows[i].code);
        if (reg->rows[i].from_day > DAY_MIN) {
            weave_say(w, "，自 ", ", from ");
            weave_day(w, reg->rows[i].from_day);
        }
        if (reg->rows[i].to_day < DAY_MAX) {
            weave_say(w, "，至 ", ", until ");
            weave_day(w, reg->rows[i].to_day);
        }
        html_close(w->html);
    }
    html_close(w->html);
    if (folded)
        html_close(w->html);
}

void weave_register(struct weaving *w, const struct register_statement *reg)
{
    if (reg->outside >= 0) {
        const struct catalogue_register *outside = &w->policy->vocab->registers[reg->outside];
        weave_clause_begin(w, CLAUSE_SOURCE);
        weave_say(w, "另行公布的", "published apart: ");
        html_text(w->html, outside->name);
        weave_clause_end(w);
    }
    if (reg->row_count == 0)
        return;
    weave_clause_begin(w, CLAUSE_CODES);
    const struct catalogue *catalogue = &w->policy->vocab->catalogues[reg->catalogue];
    weave_say(w, catalogue->label_zh, catalogue->name);
    register_rows(w, reg);
    weave_clause_end(w);
}

/* In the words of the first rule it pays: those of the others are the same or mean the same. */
static void fund_order(struct weaving *w, const struct fund *fund)
{
    for (int32_t s = 0; s < w->policy->statement_count; s++) {
        const struct statement *paid = &w->policy->statements[s];
        if (!kind_is_rule(paid->kind) || !paid->as.rule || paid->as.rule->fund < 0 ||
            w->policy->statements[paid->as.rule->fund].as.fund != fund ||
            paid->as.rule->pay_order_count == 0)
            continue;
        const struct rule *rule = paid->as.rule;
        weave_scope_push(w, rule->each >= 0 ? rule->each : rule->subject);
        weave_say(w, "，先付", "; first by ");
        weave_order(w, rule->pay_order, rule->pay_order_count);
        weave_scope_pop(w);
        return;
    }
}

void weave_fund(struct weaving *w, const struct fund *fund)
{
    static const char *const zh[] = {"停发", "排队，有钱再发", "按比例发"};
    static const char *const en[] = {"payment stops", "cases wait in a queue",
                                     "all are paid in proportion"};
    if (fund->source.size > 0) {
        weave_clause_begin(w, CLAUSE_SOURCE);
        html_text(w->html, fund->source);
        weave_clause_end(w);
    }
    if (fund->budget_count > 0) {
        weave_clause_begin(w, CLAUSE_BUDGET);
        html_open(w->html, "ul", "class", "parts");
        for (int32_t i = 0; i < fund->budget_count; i++) {
            html_open(w->html, "li");
            html_format(w->html, weave_either(w, "%d 年 ", "%d: "), fund->budgets[i].year);
            weave_value(w, (struct type){TYPE_MONEY, -1}, fund->budgets[i].amount_fen);
            html_close(w->html);
        }
        html_close(w->html);
        weave_clause_end(w);
    }
    weave_clause_begin(w, CLAUSE_WHEN_SHORT);
    weave_say(w, zh[fund->when_short], en[fund->when_short]);
    fund_order(w, fund);
    weave_clause_end(w);
}

/* ---- examples ---- */

static void example_value(struct weaving *w, const struct example *example, int32_t table,
                          const struct example_value *value)
{
    const struct field_desc *field = &w->policy->vocab->records[table].fields[value->field];
    weave_field_name(w, table, value->field);
    html_text_z(w->html, " ");
    if (field->type == FIELD_REF && value->ref_row >= 0)
        html_text(w->html, example->rows[value->ref_row].label);
    else
        weave_value(w, type_of_field(w->policy->vocab, field), value->value);
}

static void copies(struct weaving *w, const struct example_row *row)
{
    if (row->copies > 1)
        html_format(w->html, weave_either(w, "，一样的 %d 个", ", %d alike"), row->copies);
}

static void example_row(struct weaving *w, const struct example *example, int32_t index)
{
    const struct example_row *row = &example->rows[index];
    html_open(w->html, "li");
    if (row->label.size > 0) {
        html_element(w->html, "b", NULL, row->label);
        html_text_z(w->html, weave_either(w, "（", " ("));
        weave_table_name(w, row->table);
        copies(w, row);
        html_text_z(w->html, weave_either(w, "）", ")"));
    } else {
        weave_table_name(w, row->table);
        copies(w, row);
    }
    for (int32_t i = 0; i < row->value_count; i++) {
        html_text_z(w->html, i == 0 ? weave_either(w, "：", ": ") : weave_either(w, "，", ", "));
        example_value(w, example, row->table, &row->values[i]);
    }
    int32_t owned = 0;
    for (int32_t i = index + 1; i < example->row_count; i++) {
        if (example->rows[i].owner_row != index)
            continue;
        if (owned++ == 0)
            html_open(w->html, "ul", "class", "parts");
        example_row(w, example, i);
    }
    if (owned > 0)
        html_close(w->html);
    html_close(w->html);
    html_newline(w->html);
}

static struct type expected_type(const struct statement *statement)
{
    if (statement->kind == STATEMENT_DEFINE)
        return statement->as.define->type;
    if (statement->kind == STATEMENT_INDICATOR)
        return statement->as.indicator->value->type;
    return (struct type){TYPE_MONEY, -1};
}

static bool is_goal(const struct statement *statement)
{
    return statement->kind == STATEMENT_DUTY || statement->kind == STATEMENT_TARGET;
}

static void example_outcome(struct weaving *w, const struct example_expectation *expectation)
{
    const struct statement *statement = &w->policy->statements[expectation->statement];
    bool is_rule = kind_is_rule(statement->kind);
    switch (expectation->lane) {
    case EXAMPLE_AMOUNT:
        state(w, "met", "yes", "");
        weave_value(w, expected_type(statement), expectation->value);
        break;
    case EXAMPLE_CEILING:
        state(w, "met", "yes", weave_either(w, "不超过 ", "at most "));
        weave_value(w, expected_type(statement), expectation->value);
        break;
    case EXAMPLE_VALUE: weave_value(w, expected_type(statement), expectation->value); break;
    case EXAMPLE_YES:
        state(w, "met", "yes",
              is_goal(statement) ? weave_either(w, "做到", "met")
              : is_rule && statement->as.rule->amount_kind != AMOUNT_NONE
                  ? weave_either(w, "可享受，金额待定", "granted, amount open")
                  : weave_either(w, "符合", "yes"));
        break;
    case EXAMPLE_NO:
        state(w, "unmet", "no",
              is_goal(statement) ? weave_either(w, "没有做到", "not met")
                                 : weave_either(w, "不符合", "no"));
        break;
    case EXAMPLE_ASK:
        state(w, "ask", "ask", weave_either(w, "待补事实", "a fact is missing"));
        break;
    }
    if (expectation->reason.size > 0) {
        weave_say(w, "，因", ", because ");
        html_text(w->html, expectation->reason);
    }
}

static void example_line(struct weaving *w, const struct example *example,
                         const struct example_expectation *expectation)
{
    html_open(w->html, "tr");
    html_open(w->html, "td");
    weave_day(w, expectation->as_of_day);
    html_close(w->html);
    html_open(w->html, "td");
    if (expectation->subject_row >= 0)
        html_text(w->html, example->rows[expectation->subject_row].label);
    else
        weave_say(w, "全市", "the city");
    html_close(w->html);
    html_open(w->html, "td");
    weave_statement_link(w, expectation->statement);
    html_close(w->html);
    html_open(w->html, "td");
    example_outcome(w, expectation);
    html_close(w->html);
    row_end(w);
}

void weave_example(struct weaving *w, const struct example *example)
{
    html_open(w->html, "ul", "class", "case");
    html_newline(w->html);
    for (int32_t i = 0; i < example->row_count; i++) {
        if (example->rows[i].owner_row < 0)
            example_row(w, example, i);
    }
    html_close(w->html);
    html_newline(w->html);
    table_begin(w);
    head_cell(w, "截至", "as of");
    head_cell(w, "谁", "who");
    head_cell(w, "事项", "what");
    head_cell(w, "结果", "outcome");
    table_body(w);
    for (int32_t i = 0; i < example->expectation_count; i++)
        example_line(w, example, &example->expectations[i]);
    table_end(w);
}

/* ---- phrases left as prose ---- */

void weave_narrative(struct weaving *w, const struct narrative *narrative)
{
    html_open(w->html, "ul", "class", "case");
    html_newline(w->html);
    for (int32_t i = 0; i < narrative->row_count; i++) {
        html_open(w->html, "li");
        html_open(w->html, "mark");
        weave_say(w, "「", "“");
        html_text(w->html, narrative->rows[i].phrase.text);
        weave_say(w, "」", "”");
        html_close(w->html);
        html_text_z(w->html, " ");
        html_text(w->html, narrative->rows[i].reason);
        html_close(w->html);
        html_newline(w->html);
    }
    html_close(w->html);
    html_newline(w->html);
}
