/* Figures of the city: ask, targets, duties. */
#include "base/day.h"
#include "base/json.h"
#include "base/money.h"
#include "cli/cli_city.h"
#include "cli/cli_snapshot.h"
#include "cli/cli_table.h"
#include "cli/commands.h"
#include "domain/insight/insight.h"

#include <inttypes.h>

static struct insight_request request_of(const struct cli *cli)
{
    return (struct insight_request){
        .as_of_day = cli_as_of_day(cli),
        .known_at_ms = cli_known_at_ms(cli),
        .spelling = cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN,
    };
}

static const char *figure_text(struct cli *cli, enum indicator_unit unit, struct figure figure)
{
    if (figure.numerator == ABSENT_I64)
        return "—";
    struct text_buf buf;
    text_init(&buf, cli->arena);
    insight_print_figure(&buf, unit, figure);
    return text_in(cli->arena, "%.*s", STR_ARG(text_str(&buf)));
}

static void json_figure(struct json *json, enum indicator_unit unit, struct figure figure)
{
    if (figure.numerator == ABSENT_I64)
        return;
    if (unit == UNIT_YUAN) {
        json_add_money(json, "value_yuan", figure.numerator);
        return;
    }
    json_add_number(json, unit == UNIT_RATE ? "numerator" : "value", figure.numerator);
    if (unit == UNIT_RATE)
        json_add_number(json, "denominator", figure.denominator);
}

/* ask */

const struct cli_option cmd_ask_options[] = {
    {"QUESTION", CLI_TEXT, CLI_REQUIRED, "", "指标 按 维度、维度 满足 (条件)",
     "MEASURE by DIMENSION, DIMENSION where (CONDITION)"},
    CLI_AS_OF_OPTION,
    CLI_KNOWN_AT_OPTION,
    CLI_NO_SNAPSHOT_OPTION,
    CLI_POLICY_OPTION,
    {"csv", CLI_FLAG, CLI_OPTIONAL, "", "输出 CSV", "print CSV"},
    {0},
};

static enum indicator_unit unit_of(const struct insight_table *answer)
{
    switch (answer->figure_type.kind) {
    case TYPE_RATE:
        return UNIT_RATE;
    case TYPE_MONEY:
        return UNIT_YUAN;
    default:
        return UNIT_ITEMS;
    }
}

static enum err print_answer(struct cli *cli, const struct insight_table *answer)
{
    struct cli_column columns[CLI_TABLE_COLUMNS_MAX];
    if (answer->dimension_count + 1 > CLI_TABLE_COLUMNS_MAX)
        return cli_fail(cli, ERR_LIMIT, "维度多于 %d 个", "more than %d dimensions",
                        CLI_TABLE_COLUMNS_MAX - 1);
    for (int32_t d = 0; d < answer->dimension_count; d++)
        columns[d] = (struct cli_column){str_z(cli->arena, answer->dimension_labels[d]), CLI_LEFT};
    columns[answer->dimension_count] =
        (struct cli_column){cli_say(cli, "数值", "value"), CLI_RIGHT};
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, answer->dimension_count + 1);
    for (int32_t r = 0; r < answer->row_count; r++) {
        for (int32_t d = 0; d < answer->dimension_count; d++)
            cli_table_add_str(&table, answer->rows[r].keys[d]);
        cli_table_add(&table, figure_text(cli, unit_of(answer), answer->rows[r].figure));
    }
    bool has_total = answer->has_total && answer->dimension_count > 0 && answer->row_count > 1;
    if (has_total && !cli_flag(cli, "csv")) { /* a reader of CSV adds up by itself */
        for (int32_t d = 0; d < answer->dimension_count; d++)
            cli_table_add(&table, d == 0 ? cli_say(cli, "合计", "total") : "");
        cli_table_add(&table, figure_text(cli, unit_of(answer), answer->total));
    }
    if (answer->row_count == 0)
        cli_note(cli, "%s", cli_say(cli, "没有符合条件的记录", "no record meets the condition"));
    return cli_flag(cli, "csv") ? cli_table_print_csv(&table, cli->world.out)
                                : cli_table_print(&table, cli->world.out);
}

static enum err print_answer_json(struct cli *cli, const struct insight_table *answer)
{
    struct text_buf buf;
    text_init(&buf, cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_array_begin(&json);
    for (int32_t r = 0; r < answer->row_count; r++) {
        json_object_begin(&json);
        for (int32_t d = 0; d < answer->dimension_count; d++)
            json_add_text(&json, str_z(cli->arena, answer->dimension_labels[d]),
                          answer->rows[r].keys[d]);
        json_figure(&json, unit_of(answer), answer->rows[r].figure);
        json_object_end(&json);
    }
    json_array_end(&json);
    return cli_print_buf(cli, &buf);
}

/* A question that cannot be read is shown with its place underlined. */
static void print_question_findings(struct cli *cli, struct str question,
                                    const struct findings *findings)
{
    struct policy_source source = {.path = str_from(cli_say(cli, "问题", "question")),
                                   .text = question};
    for (int32_t i = 0; i < findings->row_count; i++) {
        struct text_buf buf;
        text_init(&buf, cli->arena);
        struct finding finding = findings->rows[i];
        finding.span.document = 0; /* the question is the only text here */
        finding_print(&buf, &source, &finding,
                      cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN);
        cli_note(cli, "%.*s", STR_ARG(text_str(&buf)));
    }
}

static enum err ask_and_print(struct cli *cli, struct cli_city *city)
{
    struct incentive_policy policy;
    TRY(cli_policy_in_force(cli, city, &policy));
    struct insight_request request = request_of(cli);
    struct str question = str_from(cli_text(cli, "QUESTION", ""));
    struct insight_table answer;
    struct findings findings = {.arena = cli->arena};
    enum err err = insight_ask(&city->env, &city->vocab, &policy, question, &request, cli->arena,
                               &answer, &findings, &cli->fault);
    if (err != ERR_OK) {
        print_question_findings(cli, question, &findings);
        return err;
    }
    return cli->json ? print_answer_json(cli, &answer) : print_answer(cli, &answer);
}

static enum err in_city(struct cli *cli, enum err (*act)(struct cli *cli, struct cli_city *city))
{
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    return act(cli, &city);
}

enum err cmd_ask(struct cli *cli)
{
    return in_city(cli, ask_and_print);
}

/* targets */

const struct cli_option cmd_targets_options[] = {
    CLI_AS_OF_OPTION,
    CLI_KNOWN_AT_OPTION,
    CLI_NO_SNAPSHOT_OPTION,
    CLI_POLICY_OPTION,
    {0},
};

static enum indicator_unit target_unit(const struct policy *policy, int32_t statement)
{
    int32_t indicator = policy->statements[statement].as.target->indicator;
    return policy->statements[indicator].as.indicator->unit;
}

static struct figure planned_figure(enum indicator_unit unit, int64_t planned)
{
    return (struct figure){planned, unit == UNIT_RATE ? 1000000 : 1};
}

static const char *operator_text(const struct cli *cli, enum target_op op)
{
    static const char *const zh[] = {"至少", "至多", "约", "等于", "全覆盖"};
    static const char *const en[] = {"at least", "at most", "about", "exactly", "full"};
    return cli_say(cli, zh[op], en[op]);
}

static enum err print_targets(struct cli *cli, const struct policy *policy,
                              const struct target_state *states, int32_t state_count)
{
    const struct cli_column columns[] = {
        {cli_say(cli, "条款", "article"), CLI_LEFT},
        {cli_say(cli, "目标", "target"), CLI_LEFT},
        {cli_say(cli, "要求", "wanted"), CLI_LEFT},
        {"", CLI_RIGHT},
        {cli_say(cli, "实际", "actual"), CLI_RIGHT},
        {cli_say(cli, "还差", "missing"), CLI_RIGHT},
        {cli_say(cli, "期间", "period"), CLI_LEFT},
        {cli_say(cli, "达到", "met"), CLI_LEFT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, (int32_t)(sizeof columns / sizeof columns[0]));
    for (int32_t i = 0; i < state_count; i++) {
        const struct target_state *state = &states[i];
        const struct statement *statement = &policy->statements[state->statement];
        enum indicator_unit unit = target_unit(policy, state->statement);
        cli_table_add_str(&table, policy->articles[statement->article].heading);
        cli_table_add_str(&table, statement->name);
        cli_table_add(&table, operator_text(cli, statement->as.target->op));
        cli_table_add(&table, figure_text(cli, unit, planned_figure(unit, state->planned)));
        cli_table_add(&table, figure_text(cli, unit, state->actual));
        cli_table_add(&table, state->missing > 0
                                  ? figure_text(cli, unit, planned_figure(unit, state->missing))
                                  : "—");
        bool from_ever = state->period_start_day <= DAY_MIN; /* a stock, counted from no day */
        cli_table_format(&table, "%s～%s",
                         from_ever ? "" : day_text_in(cli->arena, state->period_start_day),
                         day_text_in(cli->arena, state->period_end_day));
        cli_table_add(&table, state->met ? cli_say(cli, "是", "yes") : cli_say(cli, "否", "no"));
    }
    return cli_table_print(&table, cli->world.out);
}

static enum err print_targets_json(struct cli *cli, const struct policy *policy,
                                   const struct target_state *states, int32_t state_count)
{
    struct text_buf buf;
    text_init(&buf, cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_array_begin(&json);
    for (int32_t i = 0; i < state_count; i++) {
        const struct target_state *state = &states[i];
        const struct statement *statement = &policy->statements[state->statement];
        json_object_begin(&json);
        json_add_text(&json, "article", policy->articles[statement->article].id);
        json_add_text(&json, "target", statement->name);
        json_figure(&json, target_unit(policy, state->statement), state->actual);
        json_add_number(&json, "planned", state->planned);
        json_add_number(&json, "missing", state->missing);
        json_add_day(&json, "period_end", state->period_end_day);
        json_add_bool(&json, "met", state->met);
        json_add_text(&json, "owner", statement->as.target->owner);
        json_object_end(&json);
    }
    json_array_end(&json);
    return cli_print_buf(cli, &buf);
}

static enum err show_targets(struct cli *cli, struct cli_city *city)
{
    struct incentive_policy policy;
    TRY(cli_policy_in_force(cli, city, &policy));
    struct insight_request request = request_of(cli);
    struct target_state *states;
    int32_t state_count;
    TRY(insight_targets(&city->env, &city->vocab, &policy, &request, cli->arena, &states,
                        &state_count, &cli->fault));
    return cli->json ? print_targets_json(cli, policy.policy, states, state_count)
                     : print_targets(cli, policy.policy, states, state_count);
}

enum err cmd_targets(struct cli *cli)
{
    return in_city(cli, show_targets);
}

/* duties */

const struct cli_option cmd_duties_options[] = {
    CLI_AS_OF_OPTION,
    CLI_KNOWN_AT_OPTION,
    CLI_NO_SNAPSHOT_OPTION,
    CLI_POLICY_OPTION,
    {0},
};

static enum err print_duties(struct cli *cli, const struct policy *policy,
                             const struct insight_duty *duties, int32_t duty_count)
{
    const struct cli_column columns[] = {
        {cli_say(cli, "条款", "article"), CLI_LEFT},
        {cli_say(cli, "义务", "duty"), CLI_LEFT},
        {cli_say(cli, "应履行", "holders"), CLI_RIGHT},
        {cli_say(cli, "已达到", "met"), CLI_RIGHT},
        {cli_say(cli, "未达到的后果", "consequence"), CLI_LEFT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, (int32_t)(sizeof columns / sizeof columns[0]));
    for (int32_t i = 0; i < duty_count; i++) {
        const struct statement *statement = &policy->statements[duties[i].statement];
        cli_table_add_str(&table, policy->articles[statement->article].heading);
        cli_table_add_str(&table, statement->name);
        cli_table_number(&table, duties[i].holder_count);
        cli_table_number(&table, duties[i].met_count);
        cli_table_add_str(&table, statement->as.duty->consequence);
    }
    return cli_table_print(&table, cli->world.out);
}

static enum err print_duties_json(struct cli *cli, const struct policy *policy,
                                  const struct insight_duty *duties, int32_t duty_count)
{
    struct text_buf buf;
    text_init(&buf, cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_array_begin(&json);
    for (int32_t i = 0; i < duty_count; i++) {
        const struct statement *statement = &policy->statements[duties[i].statement];
        json_object_begin(&json);
        json_add_text(&json, "article", policy->articles[statement->article].id);
        json_add_text(&json, "duty", statement->name);
        json_add_number(&json, "holder_count", duties[i].holder_count);
        json_add_number(&json, "met_count", duties[i].met_count);
        json_object_end(&json);
    }
    json_array_end(&json);
    return cli_print_buf(cli, &buf);
}

static enum err show_duties(struct cli *cli, struct cli_city *city)
{
    struct incentive_policy policy;
    TRY(cli_policy_in_force(cli, city, &policy));
    struct insight_request request = request_of(cli);
    struct insight_duty *duties;
    int32_t duty_count;
    TRY(insight_duties(&city->env, &city->vocab, &policy, &request, cli->arena, &duties,
                       &duty_count, &cli->fault));
    return cli->json ? print_duties_json(cli, policy.policy, duties, duty_count)
                     : print_duties(cli, policy.policy, duties, duty_count);
}

enum err cmd_duties(struct cli *cli)
{
    return in_city(cli, show_duties);
}
