/* Who lacks exactly one condition of a rule. */
#include "base/json.h"
#include "base/money.h"
#include "cli/cli_table.h"
#include "cli/cli_whatif.h"
#include "cli/commands.h"
#include "domain/insight/away.h"
#include "policy/settle.h"

#include <inttypes.h>

const struct cli_option cmd_away_options[] = {
    {"RULE", CLI_TEXT, CLI_REQUIRED, "", "项目名称，如 首席技师津贴", "name of the rule"},
    {"ids", CLI_FLAG, CLI_OPTIONAL, "", "只列编号：条件序号和人员、单位或载体编号",
     "only numbers: of the condition and of the person, organisation or carrier"},
    CLI_AS_OF_OPTION,
    CLI_KNOWN_AT_OPTION,
    CLI_POLICY_OPTION,
    {"csv", CLI_FLAG, CLI_OPTIONAL, "", "按条件和区划输出为 CSV",
     "print conditions by division as CSV"},
    {0},
};

/* A rule of that name; otherwise the nearest one is suggested. */
static enum err find_rule(struct cli *cli, const struct policy *policy, const char *name)
{
    int32_t statement = policy_statement(policy, str_from(name));
    if (statement >= 0 && statement_decides(&policy->statements[statement]))
        return ERR_OK;
    const char **names =
        ARENA_NEW_ARRAY(cli->arena, const char *, (size_t)policy->statement_count);
    int32_t count = 0;
    const char *near = NULL;
    for (int32_t i = 0; names && i < policy->statement_count; i++) {
        if (!statement_decides(&policy->statements[i]))
            continue;
        names[count] = str_z(cli->arena, policy->statements[i].name);
        if (!near && str_find(policy->statements[i].name, str_from(name)) != SIZE_MAX)
            near = names[count];
        count++;
    }
    const char *nearest = cli_nearest(name, names, count);
    near = nearest ? nearest : near;
    (void)cli_fail(cli, ERR_NOT_FOUND, "政策里没有“%s”这个项目", "there is no rule called '%s'",
                   name);
    if (near)
        return cli_fail_hint(cli, "是不是“%s”？", "Did you mean '%s'?", near);
    return cli_fail_hint(cli, "用 baigong sweep --dry-run 看有哪些项目。",
                         "baigong sweep --dry-run lists the rules.");
}

static const char *condition_words(struct cli *cli, const struct away_condition *condition)
{
    switch (condition->kind) {
    case AWAY_IN_RECORD:
        return text_in(cli->arena, cli_say(cli, "有%.*s，只差：%.*s", "has a %.*s but for: %.*s"),
                       STR_ARG(condition->within), STR_ARG(condition->words));
    case AWAY_EXCLUSION:
        return text_in(cli->arena,
                       cli_say(cli, "不属于“%.*s”的情形", "not excluded by '%.*s'"),
                       STR_ARG(condition->words));
    default:
        return str_z(cli->arena, condition->words);
    }
}

/* ---- text ---- */

/* A condition is as long as its document wrote it: it stands above its figures. */
static void print_condition(struct cli *cli, const struct away_report *report, int32_t index)
{
    const struct away_condition *condition = &report->conditions[index];
    cli_print(cli, "%d. %s\n   ", index + 1, condition_words(cli, condition));
    cli_print(cli, cli_say(cli, "%" PRId64 " 个", "%" PRId64), condition->subject_count);
    if (condition->unknown_count > 0)
        cli_print(cli,
                  cli_say(cli, "，其中 %" PRId64 " 个是没有登记", ", not recorded for %" PRId64),
                  condition->unknown_count);
    if (condition->amount_fen != 0)
        cli_print(cli, cli_say(cli, "；若满足多花 %s", "; would cost %s"),
                  money_text_in(cli->arena, condition->amount_fen));
    if (condition->open_count > 0)
        cli_print(cli, cli_say(cli, "；%" PRId64 " 笔金额待定", "; %" PRId64 " open amounts"),
                  condition->open_count);
    cli_print(cli, "\n");
}

/* All conditions together, by division; who has two ways is counted in both. */
static enum err print_divisions(struct cli *cli, const struct away_report *report)
{
    enum { SHOWN_MAX = 5 };
    int32_t shown =
        report->condition_count < SHOWN_MAX ? report->condition_count : SHOWN_MAX;
    struct cli_column columns[1 + SHOWN_MAX] = {{cli_say(cli, "区划", "division"), CLI_LEFT}};
    for (int32_t i = 0; i < shown; i++)
        columns[1 + i] = (struct cli_column){
            text_in(cli->arena, cli_say(cli, "条件 %d", "condition %d"), i + 1), CLI_RIGHT};
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, 1 + shown);
    int64_t last = INT64_MIN;
    for (;;) { /* the next code that any of the conditions has */
        const struct away_share *next = NULL;
        bool begun = last != INT64_MIN;
        for (int32_t i = 0; i < shown; i++)
            for (int32_t k = 0; k < report->conditions[i].share_count; k++) {
                const struct away_share *share = &report->conditions[i].shares[k];
                if ((!begun || share->code > last) && (!next || share->code < next->code))
                    next = share;
            }
        if (!next)
            break;
        cli_table_add_str(&table, next->name);
        for (int32_t i = 0; i < shown; i++) {
            int64_t count = 0;
            for (int32_t k = 0; k < report->conditions[i].share_count; k++)
                if (report->conditions[i].shares[k].code == next->code)
                    count = report->conditions[i].shares[k].subject_count;
            cli_table_number(&table, count);
        }
        if (next->code == INT64_MIN) /* a division not given comes once */
            break;
        last = next->code;
    }
    cli_print(cli, "\n");
    return cli_table_print(&table, cli->world.out);
}

static enum err print_text(struct cli *cli, const struct vocab *vocab,
                           const struct away_report *report)
{
    cli_print(cli,
              cli_say(cli,
                      "%.*s（%.*s）：%s中 %" PRId64 " 个已有，%" PRId64 " 个只差一项。\n",
                      "%.*s (%.*s), %s: %" PRId64 " have it, %" PRId64 " lack one condition.\n"),
              STR_ARG(report->rule), STR_ARG(report->article),
              cli_record_label(cli, vocab, report->table), report->granted_count,
              report->subject_count);
    if (report->has_quota)
        cli_print(cli, "%s\n", cli_say(cli, "此项有名额，这里不计名额。",
                                       "The rule has a quota, left aside here."));
    cli_print(cli, "\n");
    for (int32_t i = 0; i < report->condition_count; i++)
        print_condition(cli, report, i);
    return report->condition_count > 0 ? print_divisions(cli, report) : ERR_OK;
}

/* ---- CSV, numbers, JSON ---- */

static enum err print_csv(struct cli *cli, const struct away_report *report)
{
    static const struct cli_column columns[] = {
        {"condition", CLI_RIGHT}, {"words", CLI_LEFT}, {"division_code", CLI_RIGHT},
        {"division", CLI_LEFT}, {"subject_count", CLI_RIGHT}, {"amount_yuan", CLI_RIGHT}};
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, (int32_t)(sizeof columns / sizeof columns[0]));
    for (int32_t i = 0; i < report->condition_count; i++)
        for (int32_t k = 0; k < report->conditions[i].share_count; k++) {
            const struct away_share *share = &report->conditions[i].shares[k];
            cli_table_format(&table, "%d", i + 1);
            cli_table_add(&table, condition_words(cli, &report->conditions[i]));
            cli_table_add(&table, share->code == ABSENT_I64
                                      ? ""
                                      : text_in(cli->arena, "%" PRId64, share->code));
            cli_table_add_str(&table, share->name);
            cli_table_format(&table, "%" PRId64, share->subject_count);
            cli_table_format(&table, "%" PRId64 ".%02d", share->amount_fen / 100,
                             (int)(share->amount_fen % 100));
        }
    return cli_table_print_csv(&table, cli->world.out);
}

static void print_ids(struct cli *cli, const struct away_report *report)
{
    for (int32_t i = 0; i < report->condition_count; i++)
        for (int64_t k = 0; k < report->conditions[i].subject_count; k++)
            cli_print(cli, "%d %" PRId64 "\n", i + 1, report->conditions[i].subject_ids[k]);
}

static void json_condition(struct json *json, const struct away_condition *condition)
{
    static const char *const kinds[] = {"condition", "in_record", "exclusion"};
    json_object_begin(json);
    json_add_text_z(json, "kind", kinds[condition->kind]);
    json_add_text(json, "condition", condition->words);
    if (condition->within.size > 0)
        json_add_text(json, "of_record", condition->within);
    json_add_number(json, "subject_count", condition->subject_count);
    json_add_number(json, "unknown_count", condition->unknown_count);
    json_add_money(json, "amount_yuan", condition->amount_fen);
    json_add_number(json, "open_count", condition->open_count);
    json_key(json, "divisions");
    json_array_begin(json);
    for (int32_t k = 0; k < condition->share_count; k++) {
        json_object_begin(json);
        if (condition->shares[k].code != ABSENT_I64)
            json_add_number(json, "code", condition->shares[k].code);
        json_add_text(json, "name", condition->shares[k].name);
        json_add_number(json, "subject_count", condition->shares[k].subject_count);
        json_add_money(json, "amount_yuan", condition->shares[k].amount_fen);
        json_object_end(json);
    }
    json_array_end(json);
    if (condition->subject_ids) {
        json_key(json, "subject_ids");
        json_array_begin(json);
        for (int64_t k = 0; k < condition->subject_count; k++)
            json_id(json, condition->subject_ids[k]);
        json_array_end(json);
    }
    json_object_end(json);
}

static enum err print_json(struct cli *cli, const struct vocab *vocab,
                           const struct away_report *report)
{
    struct text_buf buf;
    text_init(&buf, cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_object_begin(&json);
    json_add_text(&json, "rule", report->rule);
    json_add_text(&json, "article", report->article);
    json_add_text_z(&json, "record", vocab->records[report->table].name);
    json_add_day(&json, "as_of", report->as_of_day);
    json_add_number(&json, "granted_count", report->granted_count);
    json_add_number(&json, "subject_count", report->subject_count);
    json_add_bool(&json, "has_quota", report->has_quota);
    json_add_number(&json, "looked_at_count", report->looked_at_count);
    json_key(&json, "conditions");
    json_array_begin(&json);
    for (int32_t i = 0; i < report->condition_count; i++)
        json_condition(&json, &report->conditions[i]);
    json_array_end(&json);
    json_object_end(&json);
    return cli_print_buf(cli, &buf);
}

enum err cmd_away(struct cli *cli)
{
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    struct incentive_policy policy;
    TRY(cli_policy_in_force(cli, &city, &policy));
    const char *name = cli_text(cli, "RULE", "");
    TRY(find_rule(cli, policy.policy, name));
    struct away_request request = {
        .as_of_day = cli_as_of_day(cli), .known_at_ms = cli_known_at_ms(cli),
        .spelling = cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN,
        .with_ids = cli_flag(cli, "ids")};
    struct away_report *report;
    TRY(insight_away(&city.env, &city.vocab, &policy, str_from(name), &request, cli->arena,
                     &report, &cli->fault));
    if (cli->json)
        return print_json(cli, &city.vocab, report);
    if (cli_flag(cli, "ids")) {
        print_ids(cli, report);
        return ERR_OK;
    }
    return cli_flag(cli, "csv") ? print_csv(cli, report) : print_text(cli, &city.vocab, report);
}
