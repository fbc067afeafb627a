/* Cases on the command line: opened, listed, shown, decided as an account, drawn. */
#include "base/clock.h"
#include "base/day.h"
#include "base/json.h"
#include "base/money.h"
#include "cli/cli_case.h"
#include "cli/cli_city.h"
#include "cli/cli_settings.h"
#include "cli/cli_table.h"
#include "cli/commands.h"
#include "domain/incentive/case_batch.h"
#include "domain/incentive/case_open.h"

#include <inttypes.h>

enum { LIST_ROWS_DEFAULT = 20 };

#define CLI_CASE_AS_OPTION                                                                         \
    {                                                                                              \
        "as", CLI_TEXT, CLI_REQUIRED, "LOGIN", "以这个账户的岗位和辖区办理",                       \
            "with the role and the divisions of this account"                                      \
    }
#define CLI_CASE_REASON_OPTION                                                                     \
    {                                                                                              \
        "reason", CLI_TEXT, CLI_OPTIONAL, "TEXT", "理由", "the reason"                             \
    }

const struct cli_option cmd_case_open_options[] = {CLI_AS_OF_OPTION, CLI_POLICY_OPTION, {0}};
const struct cli_option cmd_case_list_options[] = {
    {"state", CLI_TEXT, CLI_OPTIONAL, "STATE", "状态，如 checked（baigong case states 列出）",
     "a state, such as checked (baigong case states lists them)"},
    {"rule", CLI_TEXT, CLI_OPTIONAL, "NAME", "项目名称", "name of the rule"},
    {"limit", CLI_COUNT, CLI_OPTIONAL, "N", "最多列几件（默认 20）",
     "at most so many (default 20)"},
    {"csv", CLI_FLAG, CLI_OPTIONAL, "", "输出 CSV", "print CSV"},
    {"ids", CLI_FLAG, CLI_OPTIONAL, "", "只列编号，一行一个", "numbers only, one a line"},
    CLI_AS_OF_OPTION,
    CLI_POLICY_OPTION,
    {0},
};
const struct cli_option cmd_case_show_options[] = {
    {"ID", CLI_TEXT, CLI_REQUIRED, "", "办件编号", "number of the case"}, {0}};
const struct cli_option cmd_case_move_options[] = {
    {"ID", CLI_TEXT, CLI_REQUIRED, "", "办件编号", "number of the case"},
    {"act", CLI_TEXT, CLI_REQUIRED, "ACT", "怎样办，如 pass", "what to do, such as pass"},
    CLI_CASE_AS_OPTION,
    CLI_CASE_REASON_OPTION,
    CLI_AS_OF_OPTION,
    CLI_POLICY_OPTION,
    {0},
};
const struct cli_option cmd_case_batch_options[] = {
    {"state", CLI_TEXT, CLI_REQUIRED, "STATE", "现在的状态", "where they are"},
    {"act", CLI_TEXT, CLI_REQUIRED, "ACT", "怎样办", "what to do"},
    CLI_CASE_AS_OPTION,
    {"rule", CLI_TEXT, CLI_OPTIONAL, "NAME", "项目名称", "name of the rule"},
    CLI_CASE_REASON_OPTION,
    CLI_AS_OF_OPTION,
    CLI_POLICY_OPTION,
    {0},
};
const struct cli_option cmd_case_states_options[] = {
    {"format", CLI_ONE_OF, CLI_OPTIONAL, "table|mermaid|markdown", "表、状态图，或两者合成的文档",
     "a table, a drawing, or both as a document"},
    {0},
};
const struct cli_option cmd_case_clocks_options[] = {CLI_AS_OF_OPTION, {0}};

/* ---- opening, clocks ---- */

enum err cli_case_practice(struct cli *cli, struct case_practice *ret_practice)
{
    const char *home = cli->settings->values[SETTING_HOME];
    struct calendar *calendar = ARENA_NEW(cli->arena, struct calendar);
    if (!calendar)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the calendar");
    TRY(calendar_load(cli->arena, text_in(cli->arena, "%s/catalogue/holiday.csv", home), calendar,
                      &cli->fault));
    return case_practice_load(cli->arena,
                              text_in(cli->arena, "%s/catalogue/case_practice.csv", home), calendar,
                              ret_practice, &cli->fault);
}

/* What a command about cases works with. */
struct case_work {
    struct cli_city city;
    struct incentive_policy policy;
    struct case_practice practice;
    struct case_setting setting;
};

static enum err open_work(struct cli *cli, struct case_work *c)
{
    TRY(cli_city_open(cli, &c->city));
    TRY(cli_policy_in_force(cli, &c->city, &c->policy));
    TRY(cli_case_practice(cli, &c->practice));
    c->city.env.fixed_today_day = cli_day(cli, "as-of", ABSENT_I32);
    c->setting = (struct case_setting){
        .practice = &c->practice, .policy = &c->policy, .issuer = STR("人力资源和社会保障局")};
    return ERR_OK;
}

static enum err print_open_report(struct cli *cli, const struct case_open_report *report)
{
    if (!cli->json) {
        cli_print(cli,
                  cli_say(cli, "立案 %" PRId64 " 件，自动推进 %" PRId64 " 步\n",
                          "%" PRId64 " cases opened, %" PRId64 " moves made\n"),
                  report->opened_count, report->moved_count);
        return ERR_OK;
    }
    struct text_buf text;
    struct json json;
    text_init(&text, cli->arena);
    json_init(&json, &text);
    json_object_begin(&json);
    json_add_number(&json, "opened_count", report->opened_count);
    json_add_number(&json, "moved_count", report->moved_count);
    json_add_number(&json, "event_count", report->event_count);
    json_object_end(&json);
    return cli_print_json(cli, &text);
}

enum err cmd_case_open(struct cli *cli)
{
    struct case_work c = {0};
    struct case_open_report report, followed;
    TRY(open_work(cli, &c));
    TRY(case_open_all(&c.city.env, &c.policy, &c.practice, &report, NULL, NULL, &cli->fault));
    TRY(case_follow(&c.city.env, &c.policy, &c.practice, &followed, &cli->fault));
    report.opened_count += followed.opened_count;
    report.moved_count += followed.moved_count;
    report.event_count = followed.event_count;
    return print_open_report(cli, &report);
}

enum err cmd_case_clocks(struct cli *cli)
{
    struct cli_city city;
    struct case_practice practice;
    struct case_clock_report report;
    TRY(cli_city_open(cli, &city));
    TRY(cli_case_practice(cli, &practice));
    city.env.fixed_today_day = cli_day(cli, "as-of", ABSENT_I32);
    TRY(case_clocks(&city.env, &practice, &report, &cli->fault));
    if (!cli->json) {
        cli_print(cli,
                  cli_say(cli, "提醒 %" PRId64 " 件，上报 %" PRId64 " 件，办结 %" PRId64 " 件\n",
                          "%" PRId64 " reminded, %" PRId64 " told of, %" PRId64 " closed\n"),
                  report.reminded_count, report.escalated_count, report.closed_count);
        return ERR_OK;
    }
    struct text_buf text;
    struct json json;
    text_init(&text, cli->arena);
    json_init(&json, &text);
    json_object_begin(&json);
    json_add_number(&json, "reminded_count", report.reminded_count);
    json_add_number(&json, "escalated_count", report.escalated_count);
    json_add_number(&json, "closed_count", report.closed_count);
    json_object_end(&json);
    return cli_print_json(cli, &text);
}

/* ---- listing ---- */

struct listing {
    struct cli *cli;
    const struct policy *policy;
    struct case_filter filter;
    const char *rule_name;
    int32_t row_count_max;
    struct incentive_case *cases;
    int32_t count;
};

/* The number of the rule of a name that has cases. */
static enum err find_rule(struct work *w, const char *name, int64_t *ret_rule_id)
{
    struct case_rule_totals *rows;
    int32_t count;
    *ret_rule_id = 0;
    if (!name)
        return ERR_OK;
    TRY(case_totals_by_rule(w, 0, INT32_MAX, &rows, &count));
    for (int32_t i = 0; i < count; i++)
        if (str_equal_text(rows[i].rule_name, name))
            *ret_rule_id = rows[i].rule_id;
    return *ret_rule_id != 0 ? ERR_OK : fail(w, ERR_NOT_FOUND, "“%s”没有办件", name);
}

static enum err list_step(struct work *w, void *context)
{
    struct listing *listing = context;
    struct incentive_case *cases;
    TRY(find_rule(w, listing->rule_name, &listing->filter.rule_id));
    TRY(case_list(w, &listing->filter, listing->row_count_max, &cases, &listing->count));
    listing->cases =
        ARENA_NEW_ARRAY(listing->cli->arena, struct incentive_case, (size_t)listing->count + 1);
    if (!listing->cases)
        return fail(w, ERR_MEMORY, "no memory for a list of cases");
    for (int32_t i = 0; i < listing->count; i++) {
        listing->cases[i] = cases[i];
        listing->cases[i].rule_name = str_copy(listing->cli->arena, cases[i].rule_name);
        listing->cases[i].document_number = STR("");
    }
    return ERR_OK;
}

static const char *fen_text(struct cli *cli, int64_t amount_fen)
{
    return amount_fen == ABSENT_I64 ? "" : money_text_in(cli->arena, amount_fen);
}

static const char *due_text(struct cli *cli, int32_t due_day)
{
    char text[DAY_TEXT_SIZE];
    return due_day == DAY_MAX ? "" : text_in(cli->arena, "%s", day_text(due_day, text));
}

static enum err print_list(struct cli *cli, const struct listing *listing)
{
    const struct cli_column columns[] = {
        {cli_say(cli, "编号", "number"), CLI_LEFT},  {cli_say(cli, "项目", "rule"), CLI_LEFT},
        {cli_say(cli, "状态", "state"), CLI_LEFT},   {cli_say(cli, "区划", "division"), CLI_LEFT},
        {cli_say(cli, "金额", "amount"), CLI_RIGHT}, {cli_say(cli, "到期", "due"), CLI_LEFT}};
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, sizeof columns / sizeof columns[0]);
    for (int32_t i = 0; i < listing->count; i++) {
        const struct incentive_case *row = &listing->cases[i];
        cli_table_format(&table, "%" PRId64, row->id);
        cli_table_add_str(&table, row->rule_name);
        cli_table_add(
            &table, cli_say(cli, case_states[row->state].label, case_states[row->state].label_en));
        cli_table_format(&table, "%d", (int)row->division);
        cli_table_add(&table, fen_text(cli, row->amount_fen));
        cli_table_add(&table, due_text(cli, row->due_day));
    }
    return cli_flag(cli, "csv") ? cli_table_print_csv(&table, cli->world.out)
                                : cli_table_print(&table, cli->world.out);
}

static void json_case(struct json *json, const struct incentive_case *row)
{
    char text[DAY_TEXT_SIZE];
    json_add_id(json, "id", row->id);
    json_add_text(json, "rule", row->rule_name);
    json_add_text_z(json, "state", case_states[row->state].key);
    json_add_number(json, "version", row->version);
    json_add_number(json, "division", row->division);
    if (row->amount_fen != ABSENT_I64)
        json_add_money(json, "amount_yuan", row->amount_fen);
    json_add_money(json, "paid_yuan", row->paid_fen);
    if (row->due_day != DAY_MAX)
        json_add_text_z(json, "due", day_text(row->due_day, text));
}

static enum err print_list_json(struct cli *cli, const struct listing *listing)
{
    struct text_buf text;
    struct json json;
    text_init(&text, cli->arena);
    json_init(&json, &text);
    json_array_begin(&json);
    for (int32_t i = 0; i < listing->count; i++) {
        json_object_begin(&json);
        json_case(&json, &listing->cases[i]);
        json_object_end(&json);
    }
    json_array_end(&json);
    return cli_print_json(cli, &text);
}

/* *ret_state: CASE_STATE_NONE when --state is not given. */
static enum err read_state(struct cli *cli, enum case_state *ret_state)
{
    const char *key = cli_text(cli, "state", NULL);
    *ret_state = key ? case_state_by_key(str_from(key)) : CASE_STATE_NONE;
    if (!key || *ret_state != CASE_STATE_NONE)
        return ERR_OK;
    fault_set(&cli->fault, ERR_USAGE, "没有状态“%s”", key);
    return fault_hint(&cli->fault, "用 baigong case states 列出状态。");
}

enum err cmd_case_list(struct cli *cli)
{
    struct cli_city city;
    struct listing listing = {
        .cli = cli,
        .rule_name = cli_text(cli, "rule", NULL),
        .row_count_max = (int32_t)cli_count(cli, "limit", LIST_ROWS_DEFAULT),
        .filter = {.range = CASE_RANGE_OTHERS, .division_max = INT32_MAX, .due_day_max = DAY_MAX},
    };
    if (listing.row_count_max < 1 || listing.row_count_max > CASE_ROWS_MAX)
        return fault_set(&cli->fault, ERR_USAGE, "--limit 应为 1 至 %d", CASE_ROWS_MAX);
    TRY(read_state(cli, &listing.filter.state));
    if (listing.filter.state != CASE_STATE_NONE)
        listing.filter.range = CASE_RANGE_STATE;
    TRY(cli_city_open(cli, &city));
    city.env.fixed_today_day = cli_day(cli, "as-of", ABSENT_I32);
    TRY(work_run(&city.env, WORK_READ, list_step, &listing, &cli->fault));
    if (cli_flag(cli, "ids")) {
        for (int32_t i = 0; i < listing.count; i++)
            cli_print(cli, "%" PRId64 "\n", listing.cases[i].id);
        return ERR_OK;
    }
    return cli->json ? print_list_json(cli, &listing) : print_list(cli, &listing);
}

/* ---- one ---- */

struct one {
    struct cli *cli;
    int64_t id;
    struct cli_table *table;
    struct text_buf *text;
};

static enum err read_id(struct cli *cli, int64_t *ret_id)
{
    if (str_to_i64(str_from(cli_text(cli, "ID", "")), ret_id) && *ret_id > 0)
        return ERR_OK;
    return fault_set(&cli->fault, ERR_USAGE, "办件编号是一个数");
}

static const char *act_label(const struct cli *cli, enum case_act act)
{
    if (act == CASE_TAKEN_BACK)
        return cli_say(cli, "撤回上一步", "took the step back");
    if (act == CASE_FILLED)
        return cli_say(cli, "填金额", "filled in the amount");
    return cli_say(cli, case_acts[act].label, case_acts[act].label_en);
}

static void add_step(struct one *one, const struct case_step *step)
{
    char day[DAY_TEXT_SIZE];
    cli_table_add(one->table, day_text(clock_city_day(step->at_ms), day));
    cli_table_add(one->table, act_label(one->cli, step->act));
    cli_table_add(one->table,
                  cli_say(one->cli, case_states[step->to].label, case_states[step->to].label_en));
    cli_table_add_str(one->table, step->account_name);
    cli_table_add(one->table, fen_text(one->cli, step->amount_fen));
    cli_table_add_str(one->table, step->reason);
}

static void json_step(struct json *json, const struct case_step *step)
{
    json_object_begin(json);
    json_add_number(json, "at_ms", step->at_ms);
    json_add_text_z(json, "act",
                    step->act == CASE_TAKEN_BACK ? "taken_back"
                    : step->act == CASE_FILLED   ? "filled"
                                                 : case_acts[step->act].key);
    json_add_text_z(json, "to", case_states[step->to].key);
    json_add_text(json, "by", step->account_name);
    json_add_text(json, "reason", step->reason);
    json_object_end(json);
}

static enum err show_step(struct work *w, void *context)
{
    struct one *one = context;
    struct incentive_case subject;
    struct case_step *steps;
    struct json json;
    int32_t count;
    TRY(case_read(w, &case_program, one->id, &subject));
    TRY(case_steps(w, &subject, &steps, &count));
    one->table->cell_count = 0;
    one->text->size = 0;
    json_init(&json, one->text);
    json_object_begin(&json);
    json_case(&json, &subject);
    json_key(&json, "steps");
    json_array_begin(&json);
    for (int32_t i = 0; i < count; i++) {
        add_step(one, &steps[i]);
        json_step(&json, &steps[i]);
    }
    json_array_end(&json);
    json_object_end(&json);
    return ERR_OK;
}

enum err cmd_case_show(struct cli *cli)
{
    struct cli_city city;
    struct cli_table table;
    struct text_buf text;
    struct one one = {.cli = cli, .table = &table, .text = &text};
    const struct cli_column columns[] = {
        {cli_say(cli, "日期", "day"), CLI_LEFT},    {cli_say(cli, "怎样办", "act"), CLI_LEFT},
        {cli_say(cli, "到", "to"), CLI_LEFT},        {cli_say(cli, "谁", "by"), CLI_LEFT},
        {cli_say(cli, "金额", "amount"), CLI_RIGHT}, {cli_say(cli, "理由", "reason"), CLI_LEFT}};
    TRY(read_id(cli, &one.id));
    cli_table_init(&table, cli->arena, columns, sizeof columns / sizeof columns[0]);
    text_init(&text, cli->arena);
    TRY(cli_city_open(cli, &city));
    TRY(work_run(&city.env, WORK_READ, show_step, &one, &cli->fault));
    return cli->json ? cli_print_json(cli, &text) : cli_table_print(&table, cli->world.out);
}

/* ---- deciding ---- */

struct deciding {
    struct cli *cli;
    struct case_work *c;
    struct session session;
    struct case_actor actor;
    int64_t id;
    enum case_act act;
    struct str reason;
    struct case_batch batch;
    enum case_state state; /* behind it */
};

static enum err actor_step(struct work *w, void *context)
{
    struct deciding *deciding = context;
    struct arena *arena = deciding->cli->arena;
    struct account *account = &deciding->session.account;
    TRY(guard_account_by_login(w, str_from(cli_text(deciding->cli, "as", "")), account));
    if (!account->is_active)
        return fail(w, ERR_FORBIDDEN, "账户 %.*s 已停用", STR_ARG(account->login));
    account->login = str_copy(arena, account->login);
    account->name = str_copy(arena, account->name);
    deciding->session.scope = guard_scope_of(account);
    TRY(case_actor_of(w, &deciding->session, &deciding->actor));
    for (int32_t i = 0; i < deciding->actor.hat_count; i++)
        deciding->actor.hats[i].stands_for = str_copy(arena, deciding->actor.hats[i].stands_for);
    return ERR_OK;
}

static enum err begin_deciding(struct cli *cli, struct case_work *c, struct deciding *deciding)
{
    const char *key = cli_text(cli, "act", "");
    deciding->cli = cli;
    deciding->c = c;
    deciding->act = case_act_by_key(str_from(key));
    deciding->reason = str_from(cli_text(cli, "reason", ""));
    if (deciding->act == CASE_OPENED)
        return fault_set(&cli->fault, ERR_USAGE, "没有“%s”这样的办法", key);
    TRY(open_work(cli, c));
    TRY(work_run(&c->city.env, WORK_READ, actor_step, deciding, &cli->fault));
    c->city.env.actor =
        (struct actor){deciding->session.account.id, deciding->session.account.name};
    return ERR_OK;
}

static enum err move_step(struct work *w, void *context)
{
    struct deciding *deciding = context;
    struct case_order order = {.act = deciding->act, .reason = deciding->reason};
    TRY(case_read(w, &deciding->actor, deciding->id, &order.subject));
    TRY(case_decide(w, &deciding->c->setting, &deciding->actor, &order));
    deciding->state = order.subject.state;
    return ERR_OK;
}

enum err cmd_case_move(struct cli *cli)
{
    struct case_work c = {0};
    struct deciding deciding = {0};
    TRY(read_id(cli, &deciding.id));
    TRY(begin_deciding(cli, &c, &deciding));
    TRY(work_run(&c.city.env, WORK_WRITE, move_step, &deciding, &cli->fault));
    const struct case_state_desc *state = &case_states[deciding.state];
    cli_print(cli, "%" PRId64 " %s\n", deciding.id, cli_say(cli, state->label, state->label_en));
    return ERR_OK;
}

static enum err begin_batch_step(struct work *w, void *context)
{
    struct deciding *deciding = context;
    TRY(find_rule(w, cli_text(deciding->cli, "rule", NULL), &deciding->batch.filter.rule_id));
    return case_batch_begin(w, &deciding->c->setting, &deciding->batch, &deciding->id);
}

static enum err print_batch(struct cli *cli, const struct case_batch *batch)
{
    if (!cli->json) {
        cli_print(cli,
                  cli_say(cli,
                          "符合 %" PRId64 " 件，办了 %" PRId64 " 件，合计 %s，抽查 %" PRId64
                          " 件，留下 %" PRId64 " 件\n",
                          "%" PRId64 " matched, %" PRId64 " moved, %s, %" PRId64
                          " drawn into the sample, %" PRId64 " left\n"),
                  batch->match_count, batch->moved_count,
                  money_text_in(cli->arena, batch->amount_fen), batch->sample_count,
                  batch->left_count);
        return ERR_OK;
    }
    struct text_buf text;
    struct json json;
    text_init(&text, cli->arena);
    json_init(&json, &text);
    json_object_begin(&json);
    json_add_id(&json, "id", batch->id);
    json_add_number(&json, "match_count", batch->match_count);
    json_add_number(&json, "moved_count", batch->moved_count);
    json_add_number(&json, "sample_count", batch->sample_count);
    json_add_number(&json, "left_count", batch->left_count);
    json_add_money(&json, "amount_yuan", batch->amount_fen);
    json_object_end(&json);
    return cli_print_json(cli, &text);
}

enum err cmd_case_batch(struct cli *cli)
{
    struct case_work c = {0};
    struct deciding deciding = {0};
    struct case_batch done;
    enum case_state state;
    TRY(read_state(cli, &state));
    TRY(begin_deciding(cli, &c, &deciding));
    const struct scope *scope = &deciding.session.scope;
    deciding.batch = (struct case_batch){
        .act = deciding.act,
        .reason = deciding.reason,
        .filter = {.range = CASE_RANGE_STATE,
                   .state = state,
                   .division_min = scope->division_min,
                   .division_max = scope->division_max,
                   .due_day_max = DAY_MAX},
    };
    TRY(work_run(&c.city.env, WORK_WRITE, begin_batch_step, &deciding, &cli->fault));
    TRY(case_batch_run(&c.city.env, &c.setting, &deciding.actor, deciding.id, NULL, NULL, &done,
                       &cli->fault));
    return print_batch(cli, &done);
}

/* ---- the table ---- */

static const char *by_label(const struct cli *cli, enum case_by by)
{
    return by == CASE_BY_SYSTEM ? cli_say(cli, "程序", "program") : guard_permissions[by].name;
}

static void print_flags(struct text_buf *text, const struct case_move_desc *move)
{
    static const struct {
        int32_t flag;
        const char *words;
    } flags[] = {{CASE_WORDS, "要理由"},
                 {CASE_OTHER, "另一人"},
                 {CASE_FULL, "金额已定、无风险"},
                 {CASE_AUTO, "程序也办"},
                 {CASE_BACK, "可撤回"}};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (move->flags & flags[i].flag)
            text_format(text, "%s%s", text->size > 0 ? "、" : "", flags[i].words);
}

static void draw(struct text_buf *text)
{
    text_add_z(text, "stateDiagram-v2\n    [*] --> found\n");
    for (int32_t i = 0; i < case_move_count; i++)
        text_format(text, "    %s --> %s: %s\n", case_states[case_moves[i].from].key,
                    case_states[case_moves[i].to].key, case_acts[case_moves[i].act].label);
    for (int32_t s = 1; s < CASE_STATE_COUNT; s++)
        if (case_states[s].is_over)
            text_format(text, "    %s --> [*]\n", case_states[s].key);
    for (int32_t s = 1; s < CASE_STATE_COUNT; s++)
        text_format(text, "    %s: %s\n", case_states[s].key, case_states[s].label);
}

static void list_moves(struct cli *cli, struct text_buf *text)
{
    text_add_z(text, "| 状态 | 怎样办 | 到 | 谁 | 条件 |\n| --- | --- | --- | --- | --- |\n");
    for (int32_t i = 0; i < case_move_count; i++) {
        const struct case_move_desc *move = &case_moves[i];
        struct text_buf flags;
        text_init(&flags, cli->arena);
        print_flags(&flags, move);
        text_format(text, "| %s | %s | %s | %s | %.*s |\n", case_states[move->from].label,
                    case_acts[move->act].label, case_states[move->to].label,
                    by_label(cli, move->by), STR_ARG(text_str(&flags)));
    }
}

enum err cmd_case_states(struct cli *cli)
{
    enum { TABLE, MERMAID, MARKDOWN };
    struct text_buf text;
    int32_t format = cli_choice(cli, "format", TABLE);
    text_init(&text, cli->arena);
    if (format == MARKDOWN)
        text_add_z(&text, "```mermaid\n");
    if (format != TABLE)
        draw(&text);
    if (format == MARKDOWN)
        text_add_z(&text, "```\n\n");
    if (format != MERMAID)
        list_moves(cli, &text);
    return cli_print_buf(cli, &text);
}
