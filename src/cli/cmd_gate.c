/* The desk of the fraud gate: rules, held claims, evidence, decisions, relatives of officers. */
#include "base/day.h"
#include "base/json.h"
#include "base/money.h"
#include "cli/cli_city.h"
#include "cli/cli_table.h"
#include "cli/commands.h"
#include "domain/gate/gate.h"
#include "domain/registry/registry.h"
#include "domain/registry/registry_name.h"

#include <inttypes.h>

const struct cli_option cmd_gate_rules_options[] = {CLI_AS_OF_OPTION, CLI_POLICY_OPTION, {0}};
const struct cli_option cmd_gate_held_options[] = {
    {"division", CLI_COUNT, CLI_OPTIONAL, "CODE", "只列这个区划的（默认全市）",
     "of this division only (default: all)"},
    {0},
};
const struct cli_option cmd_gate_show_options[] = {
    {"CLAIM", CLI_COUNT, CLI_REQUIRED, "", "案件编号", "number of the claim"},
    {0},
};
const struct cli_option cmd_gate_decide_options[] = {
    {"FINDING", CLI_COUNT, CLI_REQUIRED, "", "核查发现的编号", "number of the finding"},
    {"outcome", CLI_ONE_OF, CLI_REQUIRED, "clear|confirm", "放行，或确认有问题",
     "clear it, or confirm that something is wrong"},
    {"reason", CLI_TEXT, CLI_REQUIRED, "TEXT", "理由", "why"},
    {0},
};
const struct cli_option cmd_gate_kin_options[] = {
    {"STAFF", CLI_COUNT, CLI_REQUIRED, "", "经办人的人员编号", "the officer, as a person"},
    {"PERSON", CLI_COUNT, CLI_OPTIONAL, "", "亲属的人员编号；不写则列出已申报的",
     "the relative; without one, those declared are listed"},
    {"relation", CLI_TEXT, CLI_OPTIONAL, "TEXT", "关系，如 配偶", "relation, such as spouse"},
    {"end", CLI_FLAG, CLI_OPTIONAL, "", "撤销申报", "take the declaration back"},
    {0},
};

struct desk {
    struct cli *cli;
    struct cli_city *city;
    struct gate_rules rules;
    enum gate_claim_state state;
};

static enum err run(struct cli *cli, enum work_mode mode, work_step *step)
{
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    struct desk desk = {.cli = cli, .city = &city};
    return work_run(&city.env, mode, step, &desk, &cli->fault);
}

/* ---- rules */

static enum err print_rules(const struct desk *desk, const struct gate_precision *rows)
{
    struct cli *cli = desk->cli;
    const struct policy *policy = desk->rules.policy;
    const struct cli_column columns[] = {
        {cli_say(cli, "规则", "rule"), CLI_LEFT},
        {cli_say(cli, "条", "article"), CLI_LEFT},
        {cli_say(cli, "待看", "open"), CLI_RIGHT},
        {cli_say(cli, "放行", "cleared"), CLI_RIGHT},
        {cli_say(cli, "确认", "confirmed"), CLI_RIGHT},
        {cli_say(cli, "准确率", "precision"), CLI_RIGHT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, sizeof columns / sizeof columns[0]);
    for (int32_t i = 0; i < desk->rules.duty_count; i++) {
        const struct statement *statement = &policy->statements[rows[i].statement];
        int64_t decided = rows[i].cleared_count + rows[i].confirmed_count;
        cli_table_add_str(&table, statement->name);
        cli_table_add_str(&table, policy->articles[statement->article].heading);
        cli_table_number(&table, rows[i].open_count);
        cli_table_number(&table, rows[i].cleared_count);
        cli_table_number(&table, rows[i].confirmed_count);
        if (decided > 0)
            cli_table_format(&table, "%" PRId64 "%%", rows[i].confirmed_count * 100 / decided);
        else
            cli_table_add(&table, "—");
    }
    return cli_table_print(&table, cli->world.out);
}

static enum err rules_step(struct work *w, void *context)
{
    const struct desk *desk = context;
    struct gate_precision *rows;
    struct text_buf text;
    struct json json;
    TRY(gate_precision(w, &desk->rules, &rows));
    if (!desk->cli->json)
        return print_rules(desk, rows);
    text_init(&text, w->arena);
    json_init(&json, &text);
    json_array_begin(&json);
    for (int32_t i = 0; i < desk->rules.duty_count; i++) {
        json_object_begin(&json);
        json_add_text(&json, "rule", desk->rules.policy->statements[rows[i].statement].name);
        json_add_number(&json, "open_count", rows[i].open_count);
        json_add_number(&json, "cleared_count", rows[i].cleared_count);
        json_add_number(&json, "confirmed_count", rows[i].confirmed_count);
        json_add_number(&json, "lapsed_count", rows[i].lapsed_count);
        json_object_end(&json);
    }
    json_array_end(&json);
    return cli_print_json(desk->cli, &text);
}

enum err cmd_gate_rules(struct cli *cli)
{
    struct cli_city city;
    struct incentive_policy policy;
    TRY(cli_city_open(cli, &city));
    TRY(cli_policy_in_force(cli, &city, &policy));
    struct desk desk = {.cli = cli, .city = &city};
    TRY(gate_rules_of(policy.policy, &desk.rules, &cli->fault));
    return work_run(&city.env, WORK_READ, rules_step, &desk, &cli->fault);
}

/* ---- held claims */

static enum err print_held(struct work *w, const struct desk *desk,
                           const struct gate_claim_line *lines, int32_t count)
{
    struct cli *cli = desk->cli;
    const struct cli_column columns[] = {
        {cli_say(cli, "案件", "claim"), CLI_LEFT},    {cli_say(cli, "项目", "rule"), CLI_LEFT},
        {cli_say(cli, "申领人", "holder"), CLI_LEFT}, {cli_say(cli, "申领日", "day"), CLI_LEFT},
        {cli_say(cli, "金额", "amount"), CLI_RIGHT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, sizeof columns / sizeof columns[0]);
    for (int32_t i = 0; i < count; i++) {
        struct str holder;
        TRY(registry_label(w, &desk->city->vocab, lines[i].holder_table, lines[i].holder_id,
                           lines[i].holder_id, &holder));
        cli_table_format(&table, "%" PRId64, lines[i].claim_id);
        cli_table_add_str(&table, lines[i].rule);
        cli_table_add_str(&table, holder);
        cli_table_add(&table, day_text_in(w->arena, lines[i].claimed_day));
        cli_table_add(&table, lines[i].amount_fen == ABSENT_I64
                                  ? "—"
                                  : money_text_in(w->arena, lines[i].amount_fen));
    }
    return cli_table_print(&table, cli->world.out);
}

static enum err held_step(struct work *w, void *context)
{
    const struct desk *desk = context;
    struct cli *cli = desk->cli;
    struct gate_claim_line *lines;
    struct text_buf text;
    struct json json;
    int32_t count, division = (int32_t)cli_count(cli, "division", 0);
    TRY(gate_held(w, division, division ? division : INT32_MAX, INT64_MAX, GATE_ROWS_MAX, &lines,
                  &count));
    if (!cli->json && count > 0)
        return print_held(w, desk, lines, count);
    if (!cli->json) {
        cli_note(cli, "%s", cli_say(cli, "没有停下来的案件", "no claim is held"));
        return ERR_OK;
    }
    text_init(&text, w->arena);
    json_init(&json, &text);
    json_array_begin(&json);
    for (int32_t i = 0; i < count; i++) {
        json_object_begin(&json);
        json_add_id(&json, "claim_id", lines[i].claim_id);
        json_add_text(&json, "rule", lines[i].rule);
        json_add_id(&json, "holder_id", lines[i].holder_id);
        json_object_end(&json);
    }
    json_array_end(&json);
    return cli_print_json(cli, &text);
}

enum err cmd_gate_held(struct cli *cli)
{
    return run(cli, WORK_READ, held_step);
}

/* ---- one claim */

static enum err print_evidence(struct work *w, const struct desk *desk, int64_t finding_id)
{
    struct cli *cli = desk->cli;
    struct gate_evidence *rows;
    int32_t count;
    TRY(gate_evidence(w, finding_id, &rows, &count));
    for (int32_t i = 0; i < count; i++) {
        const struct gate_link_desc *link = &gate_links[rows[i].link];
        struct str name = STR("");
        if (rows[i].table >= 0)
            TRY(registry_label(w, &desk->city->vocab, rows[i].table, rows[i].record_id,
                               rows[i].record_id, &name));
        cli_print(cli, "    %s：%.*s", cli_say(cli, link->label, link->label_en), STR_ARG(name));
        if (rows[i].other_claim)
            cli_print(cli, " #%" PRId64, rows[i].other_claim);
        if (rows[i].from_day != ABSENT_I32)
            cli_print(cli, " %s", day_text_in(w->arena, rows[i].from_day));
        if (rows[i].to_day != ABSENT_I32)
            cli_print(cli, " — %s", day_text_in(w->arena, rows[i].to_day));
        if (rows[i].amount_fen != ABSENT_I64)
            cli_print(cli, " %s", money_text_in(w->arena, rows[i].amount_fen));
        cli_print(cli, "\n");
    }
    return ERR_OK;
}

static const char *finding_state_text(struct cli *cli, enum gate_finding_state state)
{
    switch (state) {
    case GATE_OPEN:
        return cli_say(cli, "待看", "open");
    case GATE_CLEARED:
        return cli_say(cli, "放行", "cleared");
    case GATE_CONFIRMED:
        return cli_say(cli, "确认", "confirmed");
    case GATE_LAPSED:
        break;
    }
    return cli_say(cli, "已消失", "lapsed");
}

static enum err show_step(struct work *w, void *context)
{
    const struct desk *desk = context;
    struct cli *cli = desk->cli;
    struct gate_claim_line line;
    struct gate_finding *findings;
    int32_t count;
    static const char *const states_zh[] = {"", "通过", "停下来看", "不付", "撤回"};
    static const char *const states_en[] = {"", "passed", "held", "stopped", "withdrawn"};
    TRY(gate_claim_read(w, cli_count(cli, "CLAIM", 0), &line));
    TRY(gate_findings(w, line.claim_id, &findings, &count));
    cli_print(cli, "%" PRId64 " %.*s %s\n", line.claim_id, STR_ARG(line.rule),
              cli_say(cli, states_zh[line.state], states_en[line.state]));
    for (int32_t i = 0; i < count; i++) {
        cli_print(cli, "  #%" PRId64 " %s %.*s：%.*s（%.*s，%.*s）\n", findings[i].id,
                  finding_state_text(cli, findings[i].state), STR_ARG(findings[i].said),
                  STR_ARG(findings[i].measure), STR_ARG(findings[i].document),
                  STR_ARG(findings[i].article));
        TRY(print_evidence(w, desk, findings[i].id));
    }
    return ERR_OK;
}

enum err cmd_gate_show(struct cli *cli)
{
    return run(cli, WORK_READ, show_step);
}

/* ---- deciding, relatives */

static enum err decide_step(struct work *w, void *context)
{
    struct desk *desk = context;
    struct cli *cli = desk->cli;
    return gate_decide(w, cli_count(cli, "FINDING", 0),
                       cli_choice(cli, "outcome", 0) == 0 ? GATE_CLEARED : GATE_CONFIRMED,
                       str_from(cli_text(cli, "reason", "")), &desk->state);
}

enum err cmd_gate_decide(struct cli *cli)
{
    return run(cli, WORK_WRITE, decide_step);
}

static enum err list_kin(struct work *w, const struct desk *desk, int64_t staff_id)
{
    struct gate_kin *kin;
    int32_t count;
    TRY(gate_kin_of(w, staff_id, &kin, &count));
    for (int32_t i = 0; i < count; i++)
        cli_print(desk->cli, "%" PRId64 " %.*s\n", kin[i].person_id, STR_ARG(kin[i].relation));
    return ERR_OK;
}

static enum err kin_step(struct work *w, void *context)
{
    const struct desk *desk = context;
    struct cli *cli = desk->cli;
    struct gate_kin kin = {cli_count(cli, "STAFF", 0), cli_count(cli, "PERSON", 0),
                           str_from(cli_text(cli, "relation", "亲属"))};
    if (kin.person_id == 0)
        return list_kin(w, desk, kin.staff_id);
    return cli_flag(cli, "end") ? gate_kin_end(w, kin.staff_id, kin.person_id)
                                : gate_kin_put(w, &kin);
}

enum err cmd_gate_kin(struct cli *cli)
{
    return run(cli, cli_given(cli, "PERSON") ? WORK_WRITE : WORK_READ, kin_step);
}
