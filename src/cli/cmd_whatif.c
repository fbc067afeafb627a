#include "base/json.h"
#include "base/money.h"
#include "cli/cli_city.h"
#include "cli/cli_table.h"
#include "cli/commands.h"
#include "domain/insight/whatif.h"

#include <inttypes.h>

const struct cli_option cmd_whatif_options[] = {
    {"draft", CLI_TEXT, CLI_OPTIONAL, "PATH",
     "拟改的政策文件或文件夹（默认与现行相同，用 --set 改参数）",
     "the draft: a document or folder (default: the policy in force, changed by --set)"},
    {"set", CLI_TEXT, CLI_MANY, "NAME=VALUE", "拟改的参数，如 载体建设补助=8万元",
     "a parameter of the draft, such as 载体建设补助=8万元"},
    CLI_AS_OF_OPTION,
    CLI_KNOWN_AT_OPTION,
    CLI_POLICY_OPTION,
    {"csv", CLI_FLAG, CLI_OPTIONAL, "", "各项目的表输出为 CSV", "print the table of rules as CSV"},
    {0},
};

static enum err read_draft(struct cli *cli, const struct vocab *vocab,
                           struct incentive_policy *ret_draft)
{
    if (!cli_given(cli, "draft") && !cli_given(cli, "set")) {
        cli_fail(cli, ERR_USAGE, "没有拟改的内容", "there is nothing to compare with");
        return cli_fail_hint(cli, "用 --draft 给出拟改的文件，或用 --set 改一个参数。",
                             "Give a draft with --draft, or change a parameter with --set.");
    }
    const char *path = cli_text(cli, "draft", cli_policy_path(cli));
    struct findings findings = {.arena = cli->arena};
    enum err err = incentive_policy_read(cli->arena, vocab, path, ret_draft, &findings,
                                         &cli->fault);
    if (err == ERR_POLICY)
        cli_print_findings(cli, ret_draft->sources, &findings);
    TRY(err);
    const char *setting;
    for (int32_t i = 0; (setting = cli_text_at(cli, "set", i)) != NULL; i++)
        TRY(policy_set_parameter(cli->arena, ret_draft->policy, str_from(setting), &findings,
                                 &cli->fault));
    return program_compile(cli->arena, ret_draft->policy, &ret_draft->program, &cli->fault);
}

static const char *difference_text(struct cli *cli, int64_t base_fen, int64_t draft_fen)
{
    int64_t difference_fen = draft_fen - base_fen;
    return text_in(cli->arena, "%s%s", difference_fen > 0 ? "+" : "",
                   money_text_in(cli->arena, difference_fen));
}

static void add_change(struct cli *cli, struct cli_table *table,
                       const struct whatif_change *change)
{
    cli_table_add(table, money_text_in(cli->arena, change->base_fen));
    cli_table_add(table, money_text_in(cli->arena, change->draft_fen));
    cli_table_add(table, difference_text(cli, change->base_fen, change->draft_fen));
    cli_table_number(table, change->won_count);
    cli_table_number(table, change->lost_count);
    cli_table_number(table, change->more_count);
    cli_table_number(table, change->less_count);
    cli_table_number(table, change->draft_open - change->base_open);
}

static bool changes(const struct whatif_change *change)
{
    return change->won_count || change->lost_count || change->more_count || change->less_count ||
           change->draft_open != change->base_open;
}

static enum err print_groups(struct cli *cli, const struct whatif_report *report,
                             enum whatif_by by, const char *title)
{
    const struct cli_column columns[] = {
        {title, CLI_LEFT},
        {cli_say(cli, "现行", "in force"), CLI_RIGHT},
        {cli_say(cli, "拟改", "draft"), CLI_RIGHT},
        {cli_say(cli, "增减", "difference"), CLI_RIGHT},
        {cli_say(cli, "新得", "won"), CLI_RIGHT},
        {cli_say(cli, "失去", "lost"), CLI_RIGHT},
        {cli_say(cli, "增加", "more"), CLI_RIGHT},
        {cli_say(cli, "减少", "less"), CLI_RIGHT},
        {cli_say(cli, "待定增减", "open"), CLI_RIGHT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, (int32_t)(sizeof columns / sizeof columns[0]));
    bool shown = false;
    for (int32_t i = 0; i < report->group_counts[by]; i++) {
        const struct whatif_group *group = &report->groups[by][i];
        if (!changes(&group->change))
            continue;
        cli_table_add_str(&table, group->name);
        add_change(cli, &table, &group->change);
        shown = true;
    }
    if (!shown)
        return ERR_OK; /* no person with a level is touched */
    cli_table_add(&table, cli_say(cli, "全部（含不变的）", "all, also what stays"));
    add_change(cli, &table, &report->total);
    return cli_flag(cli, "csv") ? cli_table_print_csv(&table, cli->world.out)
                                : cli_table_print(&table, cli->world.out);
}

static enum err print_cases(struct cli *cli, const struct vocab *vocab,
                            const struct whatif_report *report)
{
    const struct cli_column columns[] = {
        {cli_say(cli, "影响最大的", "changed most"), CLI_LEFT},
        {cli_say(cli, "编号", "number"), CLI_RIGHT},
        {cli_say(cli, "项目", "rule"), CLI_LEFT},
        {cli_say(cli, "现行", "in force"), CLI_RIGHT},
        {cli_say(cli, "拟改", "draft"), CLI_RIGHT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, (int32_t)(sizeof columns / sizeof columns[0]));
    const char *none = cli_say(cli, "无", "none");
    for (int32_t i = 0; i < report->case_count; i++) {
        const struct whatif_case *x = &report->cases[i];
        const struct record_desc *record = &vocab->records[x->table];
        cli_table_add(&table, cli_say(cli, record->label_zh, record->name));
        cli_table_format(&table, "%" PRId64, x->subject_id);
        cli_table_add_str(&table, x->rule);
        cli_table_add(&table, x->base_granted ? money_text_in(cli->arena, x->base_fen) : none);
        cli_table_add(&table, x->draft_granted ? money_text_in(cli->arena, x->draft_fen) : none);
    }
    cli_print(cli, "\n");
    return cli_table_print(&table, cli->world.out);
}

static enum err print_words(struct cli *cli, const struct vocab *vocab,
                            const struct whatif_report *report)
{
    static const char *const titles_zh[] = {"项目", "资金", "期间", "区划", "等级"};
    static const char *const titles_en[] = {"rule", "fund", "period", "division", "level"};
    if (!changes(&report->total)) {
        cli_print(cli, "%s\n", cli_say(cli, "拟改与现行对全市每个人的结果都相同。",
                                       "The draft decides for everybody as the policy in force."));
        return ERR_OK;
    }
    for (int by = 0; by < WHATIF_BY_COUNT; by++) {
        TRY(print_groups(cli, report, by, cli_say(cli, titles_zh[by], titles_en[by])));
        if (cli_flag(cli, "csv"))
            return ERR_OK;
        cli_print(cli, "\n");
    }
    return print_cases(cli, vocab, report);
}

static void json_change(struct json *json, const struct whatif_change *change)
{
    json_add_money(json, "in_force_yuan", change->base_fen);
    json_add_money(json, "draft_yuan", change->draft_fen);
    json_add_money(json, "difference_yuan", change->draft_fen - change->base_fen);
    json_add_number(json, "won_count", change->won_count);
    json_add_number(json, "lost_count", change->lost_count);
    json_add_number(json, "more_count", change->more_count);
    json_add_number(json, "less_count", change->less_count);
    json_add_number(json, "in_force_open_count", change->base_open);
    json_add_number(json, "draft_open_count", change->draft_open);
}

static void json_groups(struct json *json, const struct whatif_report *report, enum whatif_by by,
                        const char *key)
{
    json_key(json, key);
    json_array_begin(json);
    for (int32_t i = 0; i < report->group_counts[by]; i++) {
        const struct whatif_group *group = &report->groups[by][i];
        json_object_begin(json);
        json_add_text(json, "name", group->name);
        if (by == WHATIF_BY_RULE)
            json_add_text(json, "article", group->article);
        json_change(json, &group->change);
        json_object_end(json);
    }
    json_array_end(json);
}

static void json_cases(struct json *json, const struct vocab *vocab,
                       const struct whatif_report *report)
{
    json_key(json, "cases");
    json_array_begin(json);
    for (int32_t i = 0; i < report->case_count; i++) {
        const struct whatif_case *x = &report->cases[i];
        json_object_begin(json);
        json_add_text_z(json, "record", vocab->records[x->table].name);
        json_add_id(json, "subject_id", x->subject_id);
        json_add_text(json, "rule", x->rule);
        json_add_bool(json, "in_force_granted", x->base_granted);
        json_add_bool(json, "draft_granted", x->draft_granted);
        json_add_money(json, "in_force_yuan", x->base_fen);
        json_add_money(json, "draft_yuan", x->draft_fen);
        json_object_end(json);
    }
    json_array_end(json);
}

static enum err print_json(struct cli *cli, const struct vocab *vocab,
                           const struct whatif_report *report)
{
    static const char *const keys[] = {"rules", "funds", "periods", "divisions", "levels"};
    struct text_buf buf;
    text_init(&buf, cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_object_begin(&json);
    json_add_day(&json, "as_of", report->as_of_day);
    json_change(&json, &report->total);
    for (int by = 0; by < WHATIF_BY_COUNT; by++)
        json_groups(&json, report, by, keys[by]);
    json_cases(&json, vocab, report);
    json_object_end(&json);
    return cli_print_buf(cli, &buf);
}

enum err cmd_whatif(struct cli *cli)
{
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    struct incentive_policy base, draft;
    TRY(cli_policy(cli, &city.vocab, &base));
    TRY(read_draft(cli, &city.vocab, &draft));
    struct insight_request request = {.as_of_day = cli_as_of_day(cli),
                                      .known_at_ms = cli_known_at_ms(cli)};
    struct whatif_report *report;
    TRY(insight_whatif(&city.env, &city.vocab, &base, &draft, &request, cli->arena, &report,
                       &cli->fault));
    return cli->json ? print_json(cli, &city.vocab, report)
                     : print_words(cli, &city.vocab, report);
}
