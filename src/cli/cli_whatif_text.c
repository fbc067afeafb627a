/* cli_whatif_text.c — what-if reports on a terminal, and a parameter through its values. */
#include "base/day.h"
#include "base/json.h"
#include "base/money.h"
#include "cli/cli_table.h"
#include "cli/cli_whatif.h"

#include <inttypes.h>

const char *cli_signed_money(struct arena *arena, int64_t fen)
{
    return text_in(arena, "%s%s", fen > 0 ? "+" : "", money_text_in(arena, fen));
}

const char *cli_signed_number(struct arena *arena, int64_t n)
{
    return text_in(arena, "%s%" PRId64, n > 0 ? "+" : "", n);
}

const char *cli_record_label(const struct cli *cli, const struct vocab *vocab, int32_t table)
{
    return cli_say(cli, vocab->records[table].label_zh, vocab->records[table].name);
}

/* ---- groups ---- */

static void add_change(struct cli_table *table, const struct whatif_change *change)
{
    struct arena *arena = table->arena;
    cli_table_add(table, money_text_in(arena, change->base_fen));
    cli_table_add(table, money_text_in(arena, change->draft_fen));
    cli_table_add(table, cli_signed_money(arena, change->draft_fen - change->base_fen));
    cli_table_number(table, change->won_count);
    cli_table_number(table, change->lost_count);
    cli_table_number(table, change->more_count);
    cli_table_number(table, change->less_count);
    cli_table_number(table, change->draft_open - change->base_open);
}

static enum err print_groups(struct cli *cli, const struct whatif_show *show,
                             const struct whatif_report *report,
                             enum whatif_by by)
{
    const struct cli_column columns[] = {
        {whatif_by_words(show, by), CLI_LEFT},
        {cli_say(cli, "现行", "in force"), CLI_RIGHT},
        {cli_say(cli, "草案", "draft"), CLI_RIGHT},
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
        if (!whatif_changes(&group->change))
            continue;
        cli_table_add_str(&table, group->name);
        add_change(&table, &group->change);
        shown = true;
    }
    if (!shown)
        return ERR_OK; /* no person with a level is touched */
    cli_table_add(&table, cli_say(cli, "全部（含不变的）", "all, also what stays"));
    add_change(&table, &report->total);
    TRY(cli_table_print(&table, cli->world.out));
    cli_print(cli, "\n");
    return ERR_OK;
}

static void print_subjects(struct cli *cli, const struct whatif_show *show,
                           const struct whatif_report *report)
{
    for (int32_t i = 0; i < report->subjects_count; i++) {
        const struct whatif_subjects *s = &report->subjects[i];
        cli_print(cli,
                  cli_say(cli,
                          "%s：%" PRId64 " 个有变化；新得 %" PRId64 "、失去 %" PRId64
                          "；合计多拿 %" PRId64 "、少拿 %" PRId64 "\n",
                          "%s: %" PRId64 " changed; won %" PRId64 ", lost %" PRId64
                          "; in all more %" PRId64 ", less %" PRId64 "\n"),
                  cli_record_label(cli, show->vocab, s->table), s->changed_count, s->won_count,
                  s->lost_count, s->more_count, s->less_count);
    }
    if (report->subjects_count > 0)
        cli_print(cli, "\n");
}

/* ---- quotas and funds ---- */

static void add_limit(struct cli_table *table, int64_t granted, int64_t limit)
{
    if (limit == ABSENT_I64)
        cli_table_format(table, "%" PRId64, granted);
    else
        cli_table_format(table, "%" PRId64 " / %" PRId64, granted, limit);
}

static enum err print_quotas(struct cli *cli, const struct whatif_show *show,
                             const struct whatif_report *report)
{
    if (report->quota_count == 0)
        return ERR_OK;
    const struct cli_column columns[] = {
        {cli_say(cli, "名额", "quota"), CLI_LEFT},
        {cli_say(cli, "窗口", "window"), CLI_LEFT},
        {cli_say(cli, "现行已用", "in force"), CLI_RIGHT},
        {cli_say(cli, "草案已用", "draft"), CLI_RIGHT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, (int32_t)(sizeof columns / sizeof columns[0]));
    for (int32_t i = 0; i < report->quota_count; i++) {
        const struct whatif_quota *quota = &report->quotas[i];
        cli_table_add_str(&table, quota->rule);
        if (quota->window_years == 0)
            cli_table_add(&table, cli_say(cli, "一次", "once"));
        else
            cli_table_format(&table, cli_say(cli, "%d 年起 %d 年", "%d, %d years"),
                             quota->window_year, quota->window_years);
        add_limit(&table, quota->base_granted, quota->base_limit);
        add_limit(&table, quota->draft_granted, quota->draft_limit);
    }
    TRY(cli_table_print(&table, cli->world.out));
    cli_print(cli, "\n");
    return ERR_OK;
}

/* A fund is worth its rows when the draft changes it, when it has a budget, or when asked for. */
static bool is_shown(const struct cli *cli, const struct whatif_fund *fund,
                     int32_t month_count)
{
    bool shown = false;
    for (int32_t m = 0; m < month_count && !shown; m++) {
        bool pays = fund->month_fen[0][m] || fund->month_fen[1][m];
        shown = fund->month_fen[0][m] != fund->month_fen[1][m] ||
                (pays && cli_flag(cli, "months"));
    }
    for (int32_t y = 0; y < fund->year_count && !shown; y++)
        shown = fund->years[y].budget_fen[0] != ABSENT_I64 ||
                fund->years[y].budget_fen[1] != ABSENT_I64;
    return shown;
}

static enum err print_fund_months(struct cli *cli, const struct whatif_show *show,
                                  const struct whatif_report *report,
                                  const struct whatif_fund *fund)
{
    const struct cli_column columns[] = {
        {str_z(cli->arena, fund->name), CLI_LEFT},
        {cli_say(cli, "现行当月", "in force"), CLI_RIGHT},
        {cli_say(cli, "草案当月", "draft"), CLI_RIGHT},
        {cli_say(cli, "现行累计", "in force, sum"), CLI_RIGHT},
        {cli_say(cli, "草案累计", "draft, sum"), CLI_RIGHT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, (int32_t)(sizeof columns / sizeof columns[0]));
    int64_t sums[2] = {0, 0};
    for (int32_t m = 0; m < report->month_count; m++) {
        if ((report->first_month + m) % 12 == 0)
            sums[0] = sums[1] = 0; /* budgets are of calendar years */
        cli_table_add(&table, month_text_in(cli->arena, report->first_month + m));
        for (int side = 0; side < 2; side++) {
            sums[side] += fund->month_fen[side][m];
            cli_table_add(&table, money_text_in(cli->arena, fund->month_fen[side][m]));
        }
        cli_table_add(&table, money_text_in(cli->arena, sums[0]));
        cli_table_add(&table, money_text_in(cli->arena, sums[1]));
    }
    return cli_table_print(&table, cli->world.out);
}

static void print_budget(struct cli *cli, const struct whatif_show *show,
                         const struct whatif_fund *fund,
                         const struct whatif_fund_year *year, int side)
{
    if (year->budget_fen[side] == ABSENT_I64)
        return;
    const char *budget = money_text_in(cli->arena, year->budget_fen[side]);
    cli_print(cli, cli_say(cli, "%d 年%s：预算 %s", "%d, %s: budget %s"), year->year,
              side ? cli_say(cli, "草案", "draft") : cli_say(cli, "现行", "in force"), budget);
    if (year->carried_fen[side] > 0)
        cli_print(cli, cli_say(cli, "，上年排队 %s", ", carried %s"),
                  money_text_in(cli->arena, year->carried_fen[side]));
    if (year->dry_month[side] == ABSENT_I32)
        cli_print(cli, cli_say(cli, "，够用，余 %s\n", ", enough, %s left\n"),
                  money_text_in(cli->arena, year->budget_fen[side] - year->carried_fen[side] -
                                                year->need_fen[side]));
    else
        cli_print(cli,
                  cli_say(cli, "，%s 用完，缺 %s，不足时%s\n", ", runs dry in %s, short %s: %s\n"),
                  month_text_in(cli->arena, year->dry_month[side]),
                  money_text_in(cli->arena, year->short_fen[side]),
                  whatif_when_short(show, fund->when_short[side]));
}

static enum err print_funds(struct cli *cli, const struct whatif_show *show,
                            const struct whatif_report *report)
{
    for (int32_t i = 0; i < report->fund_count; i++) {
        const struct whatif_fund *fund = &report->funds[i];
        if (!is_shown(cli, fund, report->month_count))
            continue;
        TRY(print_fund_months(cli, show, report, fund));
        for (int32_t y = 0; y < fund->year_count; y++)
            for (int side = 0; side < 2; side++)
                print_budget(cli, show, fund, &fund->years[y], side);
        cli_print(cli, "\n");
    }
    return ERR_OK;
}

/* ---- cases ---- */

static void print_case(struct cli *cli, const struct whatif_show *show, const struct whatif_case *x)
{
    const char *none = cli_say(cli, "无", "none");
    cli_print(cli, "%s %.*s%s%" PRId64 "%s  %.*s  %.*s\n",
              cli_record_label(cli, show->vocab, x->table), STR_ARG(x->name),
              x->name.size ? cli_say(cli, "（", " (") : "", x->subject_id,
              x->name.size ? cli_say(cli, "）", ")") : "", STR_ARG(x->division), STR_ARG(x->rule));
    cli_print(cli, "  %s → %s  %s\n",
              x->base_granted ? money_text_in(cli->arena, x->base_fen) : none,
              x->draft_granted ? money_text_in(cli->arena, x->draft_fen) : none,
              cli_signed_money(cli->arena, x->draft_fen - x->base_fen));
    if (x->why.size > 0)
        cli_print(cli, "  %.*s%s\n", STR_ARG(x->why), cli_say(cli, "。", "."));
    for (int32_t r = 0; r < x->reason_count; r++) {
        const struct whatif_reason *reason = &x->reasons[r];
        const char *absent = cli_say(cli, "没有这一条", "not there");
        cli_print(cli, "    [%s → %s] %.*s\n",
                  reason->base.size ? str_z(cli->arena, reason->base) : absent,
                  reason->draft.size ? str_z(cli->arena, reason->draft) : absent,
                  STR_ARG(reason->condition));
    }
}

static void print_cases(struct cli *cli, const struct whatif_show *show,
                        const struct whatif_report *report)
{
    if (report->case_count > 0)
        cli_print(cli, "%s\n", cli_say(cli, "影响最大的：", "Changed most:"));
    for (int32_t i = 0; i < report->case_count; i++)
        print_case(cli, show, &report->cases[i]);
}

/* ---- drafts beside each other ---- */

static enum err print_side_by_side(struct cli *cli, const struct whatif_show *show)
{
    struct cli_column columns[2 + 2 * WHATIF_DRAFTS_MAX];
    int32_t count = 0;
    columns[count++] = (struct cli_column){whatif_by_words(show, WHATIF_BY_RULE), CLI_LEFT};
    columns[count++] = (struct cli_column){cli_say(cli, "现行", "in force"), CLI_RIGHT};
    for (int32_t d = 0; d < show->draft_count; d++) {
        columns[count++] =
            (struct cli_column){str_z(cli->arena, show->drafts[d].name), CLI_RIGHT};
        columns[count++] = (struct cli_column){cli_say(cli, "增减", "difference"), CLI_RIGHT};
    }
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, count);
    for (int32_t i = 0; i < show->drafts[0].report->group_counts[WHATIF_BY_RULE]; i++) {
        const struct whatif_group *first = &show->drafts[0].report->groups[WHATIF_BY_RULE][i];
        bool differs = false;
        for (int32_t d = 0; d < show->draft_count; d++) {
            const struct whatif_group *group = whatif_rule_of(show, d, first->name);
            differs = differs || (group && whatif_changes(&group->change));
        }
        if (!differs)
            continue;
        cli_table_add_str(&table, first->name);
        cli_table_add(&table, money_text_in(cli->arena, first->change.base_fen));
        for (int32_t d = 0; d < show->draft_count; d++) {
            const struct whatif_group *group = whatif_rule_of(show, d, first->name);
            int64_t fen = group ? group->change.draft_fen : 0;
            cli_table_add(&table, money_text_in(cli->arena, fen));
            cli_table_add(&table, cli_signed_money(cli->arena, fen - first->change.base_fen));
        }
    }
    const struct whatif_change *total = &show->drafts[0].report->total;
    cli_table_add(&table, cli_say(cli, "全部（含不变的）", "all, also what stays"));
    cli_table_add(&table, money_text_in(cli->arena, total->base_fen));
    for (int32_t d = 0; d < show->draft_count; d++) {
        int64_t fen = show->drafts[d].report->total.draft_fen;
        cli_table_add(&table, money_text_in(cli->arena, fen));
        cli_table_add(&table, cli_signed_money(cli->arena, fen - total->base_fen));
    }
    TRY(cli_table_print(&table, cli->world.out));
    cli_print(cli, "\n");
    return ERR_OK;
}

static void print_edits(struct cli *cli, const struct whatif_draft *draft)
{
    const char *none = cli_say(cli, "（无）", "(none)");
    for (int32_t i = 0; i < draft->edit_count; i++) {
        const struct whatif_edit *edit = &draft->edits[i];
        cli_print(cli, "%.*s：%s → %s\n", STR_ARG(edit->place),
                  edit->before.size ? str_z(cli->arena, edit->before) : none,
                  edit->after.size ? str_z(cli->arena, edit->after) : none);
    }
    if (draft->edit_count > 0)
        cli_print(cli, "\n");
}

static enum err print_draft(struct cli *cli, const struct whatif_show *show,
                            const struct whatif_draft *draft)
{
    const struct whatif_report *report = draft->report;
    print_edits(cli, draft);
    if (!whatif_changes(&report->total)) {
        cli_print(cli, "%s\n", cli_say(cli, "草案与现行对全市每个人的结果都相同。",
                                       "The draft decides for everybody as the policy in force."));
    } else {
        for (int by = 0; by < WHATIF_BY_COUNT; by++)
            TRY(print_groups(cli, show, report, (enum whatif_by)by));
        print_subjects(cli, show, report);
    }
    TRY(print_quotas(cli, show, report));
    TRY(print_funds(cli, show, report));
    print_cases(cli, show, report);
    return ERR_OK;
}

enum err cli_whatif_text(struct cli *cli, const struct whatif_show *show)
{
    if (show->draft_count > 1)
        TRY(print_side_by_side(cli, show));
    for (int32_t d = 0; d < show->draft_count; d++) {
        const struct whatif_draft *draft = &show->drafts[d];
        if (show->draft_count > 1)
            cli_print(cli, "== %.*s: %.*s\n\n", STR_ARG(draft->name), STR_ARG(draft->from));
        TRY(print_draft(cli, show, draft));
    }
    return ERR_OK;
}

/* ---- a parameter through a row of values ---- */

static const char *value_text(struct cli *cli, const struct policy *policy, int32_t statement,
                              int64_t value)
{
    struct text_buf buf;
    text_init(&buf, cli->arena);
    policy_print_value(&buf, policy, policy->statements[statement].as.parameter->type, value,
                       cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN);
    return str_z(cli->arena, text_str(&buf));
}

enum err cli_sweep_text(struct cli *cli, const struct policy *policy, int32_t statement,
                        const struct whatif_sweep *sweep)
{
    const struct cli_column columns[] = {
        {str_z(cli->arena, sweep->parameter), CLI_RIGHT},
        {cli_say(cli, "现行", "in force"), CLI_RIGHT},
        {cli_say(cli, "取此值", "with it"), CLI_RIGHT},
        {cli_say(cli, "增减", "difference"), CLI_RIGHT},
        {cli_say(cli, "新得", "won"), CLI_RIGHT},
        {cli_say(cli, "失去", "lost"), CLI_RIGHT},
        {cli_say(cli, "增加", "more"), CLI_RIGHT},
        {cli_say(cli, "减少", "less"), CLI_RIGHT},
        {cli_say(cli, "待定增减", "open"), CLI_RIGHT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, (int32_t)(sizeof columns / sizeof columns[0]));
    for (int32_t i = 0; i < sweep->row_count; i++) {
        cli_table_add(&table, value_text(cli, policy, statement, sweep->rows[i].value));
        add_change(&table, &sweep->rows[i].change);
    }
    return cli_flag(cli, "csv") ? cli_table_print_csv(&table, cli->world.out)
                                : cli_table_print(&table, cli->world.out);
}

enum err cli_sweep_json(struct cli *cli, const struct policy *policy, int32_t statement,
                        const struct whatif_sweep *sweep)
{
    static const char *const ways[] = {"linear", "programs"};
    bool is_money = policy->statements[statement].as.parameter->type.kind == TYPE_MONEY;
    struct text_buf buf;
    text_init(&buf, cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_object_begin(&json);
    json_add_text(&json, "parameter", sweep->parameter);
    json_add_text_z(&json, "way", ways[sweep->way]);
    json_key(&json, "values");
    json_array_begin(&json);
    for (int32_t i = 0; i < sweep->row_count; i++) {
        json_object_begin(&json);
        if (is_money)
            json_add_money(&json, "value_yuan", sweep->rows[i].value);
        else
            json_add_number(&json, "value", sweep->rows[i].value);
        whatif_json_change(&json, &sweep->rows[i].change);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    return cli_print_buf(cli, &buf);
}
