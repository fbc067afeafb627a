/* The ledger as a whole: its invariants, its balances, its postings. */
#include "base/clock.h"
#include "base/day.h"
#include "base/json.h"
#include "base/money.h"
#include "cli/cli_city.h"
#include "cli/cli_money.h"
#include "cli/cli_table.h"
#include "cli/cli_work.h"
#include "cli/commands.h"

#include <inttypes.h>

enum { AUDIT_ARENA_SIZE_MAX = 512 * 1024 * 1024, POSTINGS_SHOWN_MAX = 10000 };

/* ---- audit */

const struct cli_option cmd_ledger_audit_options[] = {{0}};

static enum err audit_step(struct work *w, void *context)
{
    return ledger_audit(w, context);
}

static enum err audit_json(struct cli *cli, const struct ledger_audit *audit)
{
    struct text_buf buf;
    text_init(&buf, cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_object_begin(&json);
    json_add_number(&json, "posting_count", audit->posting_count);
    json_add_number(&json, "entry_count", audit->entry_count);
    json_add_number(&json, "claim_count", audit->claim_count);
    json_add_number(&json, "line_count", audit->line_count);
    json_add_number(&json, "broken_count", audit->broken_count);
    json_key(&json, "invariants");
    json_array_begin(&json);
    for (int32_t i = 0; i < LEDGER_INVARIANT_COUNT; i++) {
        json_object_begin(&json);
        json_add_text_z(&json, "name", ledger_invariant_words[i].name);
        json_add_number(&json, "broken_count", audit->broken_counts[i]);
        if (audit->broken_counts[i] > 0)
            json_add_id(&json, "first_broken_id", audit->first_broken_ids[i]);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    return cli_print_json(cli, &buf);
}

enum err cmd_ledger_audit(struct cli *cli)
{
    struct work_env env;
    struct ledger_audit audit;
    TRY(cli_open_existing_work_env(cli, &env));
    env.arena_limit_size = AUDIT_ARENA_SIZE_MAX;
    TRY(work_run(&env, WORK_READ, audit_step, &audit, &cli->fault));
    if (cli->json) {
        TRY(audit_json(cli, &audit));
    } else {
        cli_print(cli,
                  cli_say(cli, "%" PRId64 " 笔记账、%" PRId64 " 笔款项、%" PRId64 " 个预算项\n",
                          "%" PRId64 " postings, %" PRId64 " claims, %" PRId64 " lines\n"),
                  audit.posting_count, audit.claim_count, audit.line_count);
        for (int32_t i = 0; i < LEDGER_INVARIANT_COUNT; i++)
            cli_print(cli, "%s  %s%s\n",
                      audit.broken_counts[i] == 0 ? cli_say(cli, "成立", "holds ")
                                                  : cli_say(cli, "不成立", "BROKEN"),
                      cli_money_words(cli, &ledger_invariant_words[i]),
                      audit.broken_counts[i] == 0
                          ? ""
                          : text_in(cli->arena, " (%" PRId64 ", %" PRId64 ")",
                                    audit.broken_counts[i], audit.first_broken_ids[i]));
    }
    if (audit.broken_count > 0)
        return cli_fail(cli, ERR_LEDGER_STATE, "资金账有%" PRId64 "处不对",
                        "the ledger is broken in %" PRId64 " places", audit.broken_count);
    return ERR_OK;
}

/* ---- balance */

const struct cli_option cmd_ledger_balance_options[] = {
    {"fund", CLI_TEXT, CLI_OPTIONAL, "NAME", "一项资金（默认全部）", "one fund (default: all)"},
    {"year", CLI_COUNT, CLI_OPTIONAL, "YEAR", "年度（默认全部）", "year (default: all)"},
    {"at", CLI_DAY, CLI_OPTIONAL, "DATE", "到这一天结束时（默认现在）",
     "at the end of this day (default: now)"},
    {"csv", CLI_FLAG, CLI_OPTIONAL, "", "输出为 CSV", "print as CSV"},
    {0},
};

struct balancing {
    struct cli *cli;
    struct ledger_line_filter filter;
    int64_t at_ms;
    struct cli_table *table;
    struct json *json;
    struct ledger_balance total;
};

static void add_amount(struct balancing *balancing, int64_t amount_fen)
{
    cli_table_format(balancing->table, "%s%" PRId64 ".%02d", amount_fen < 0 ? "-" : "",
                     (amount_fen < 0 ? -amount_fen : amount_fen) / 100,
                     (int)((amount_fen < 0 ? -amount_fen : amount_fen) % 100));
}

static void show_line(struct balancing *balancing, const struct ledger_line *line)
{
    for (int32_t a = 1; a < LEDGER_ACCOUNT_COUNT; a++)
        balancing->total.accounts_fen[a] += line->balance.accounts_fen[a];
    if (balancing->json) {
        struct json *json = balancing->json;
        json_object_begin(json);
        json_add_id(json, "id", line->id);
        json_add_text(json, "fund", line->fund);
        json_add_number(json, "year", line->year);
        json_add_number(json, "division", line->division);
        json_add_text(json, "earmark", line->earmark);
#define ACCOUNT(name, column, label, label_en)                                                     \
    json_add_money(json, label_en, line->balance.accounts_fen[LEDGER_ACCOUNT_##name]);
#include "domain/ledger/ledger.def"
        json_object_end(json);
        return;
    }
    cli_table_add_str(balancing->table, line->fund);
    cli_table_format(balancing->table, "%d", line->year);
    cli_table_format(balancing->table, "%d", line->division);
    for (int32_t a = 1; a < LEDGER_ACCOUNT_COUNT; a++)
        if (a != LEDGER_ACCOUNT_DEBT)
            add_amount(balancing, a == LEDGER_ACCOUNT_BUDGET ? ledger_granted_fen(&line->balance)
                                                             : line->balance.accounts_fen[a]);
}

static enum err balance_step(struct work *w, void *context)
{
    struct balancing *balancing = context;
    const char *fund_name = cli_text(balancing->cli, "fund", NULL);
    if (fund_name) {
        struct ledger_fund fund;
        TRY(ledger_fund_by_name(w, str_from(fund_name), &fund));
        balancing->filter.fund_id = fund.id;
    }
    struct ledger_line *lines;
    int32_t count;
    TRY(ledger_balance_at(w, &balancing->filter, balancing->at_ms, &lines, &count));
    for (int32_t i = 0; i < count; i++)
        show_line(balancing, &lines[i]);
    return ERR_OK;
}

enum err cmd_ledger_balance(struct cli *cli)
{
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    const struct cli_column columns[] = {
        {cli_say(cli, "资金", "fund"), CLI_LEFT},
        {cli_say(cli, "年度", "year"), CLI_RIGHT},
        {cli_say(cli, "区划", "division"), CLI_RIGHT},
        {cli_say(cli, "下达", "granted"), CLI_RIGHT},
        {cli_say(cli, "可用", "available"), CLI_RIGHT},
        {cli_say(cli, "已预留", "reserved"), CLI_RIGHT},
        {cli_say(cli, "在途", "in transit"), CLI_RIGHT},
        {cli_say(cli, "已付", "paid"), CLI_RIGHT},
        {cli_say(cli, "退回", "returned"), CLI_RIGHT},
        {cli_say(cli, "待追回", "recoverable"), CLI_RIGHT},
        {cli_say(cli, "已追回", "recovered"), CLI_RIGHT},
        {cli_say(cli, "已核销", "lost"), CLI_RIGHT},
    };
    struct cli_table table;
    struct text_buf buf;
    struct json json;
    int32_t day = cli_day(cli, "at", ABSENT_I32);
    cli_table_init(&table, cli->arena, columns, (int32_t)(sizeof columns / sizeof columns[0]));
    text_init(&buf, cli->arena);
    json_init(&json, &buf);
    struct balancing balancing = {.cli = cli,
                                  .filter.year = (int32_t)cli_count(cli, "year", 0),
                                  .table = &table,
                                  .at_ms = day == ABSENT_I32 ? INT64_MAX
                                                             : clock_city_day_ms(day + 1) - 1,
                                  .json = cli->json ? &json : NULL};
    if (cli->json)
        json_array_begin(&json);
    TRY(work_run(&env, WORK_READ, balance_step, &balancing, &cli->fault));
    if (cli->json) {
        json_array_end(&json);
        return cli_print_json(cli, &buf);
    }
    return cli_flag(cli, "csv") ? cli_table_print_csv(&table, cli->world.out)
                                : cli_table_print(&table, cli->world.out);
}

/* ---- postings of a claim */

const struct cli_option cmd_ledger_post_options[] = {
    {"KEY", CLI_TEXT, CLI_REQUIRED, "", "款项的键，如 e912174212847862793",
     "key of a claim, such as e912174212847862793"},
    {0},
};

struct showing {
    struct cli *cli;
    struct cli_table *table;
};

static enum err post_step(struct work *w, void *context)
{
    struct showing *showing = context;
    struct cli *cli = showing->cli;
    struct ledger_state state;
    struct ledger_posting *rows;
    int32_t count;
    TRY(ledger_state_of(w, str_from(cli_text(cli, "KEY", "")), &state));
    TRY(ledger_postings_of_claim(w, state.claim_id, &rows, &count));
    for (int32_t i = 0; i < count; i++) {
        cli_table_add(showing->table, day_text_in(cli->arena, rows[i].day));
        cli_table_add(showing->table, cli_money_words(cli, &ledger_move_words[rows[i].move]));
        cli_table_add(showing->table, money_text_in(cli->arena, rows[i].amount_fen));
        cli_table_add_str(showing->table, rows[i].article);
        cli_table_add_str(showing->table, rows[i].actor);
        cli_table_add_str(showing->table, rows[i].words);
    }
    cli_print(cli, "%.*s  %s  %s\n", STR_ARG(state.key),
              cli_money_words(cli, &ledger_claim_words[state.state]),
              money_text_in(cli->arena, state.amount_fen));
    return ERR_OK;
}

enum err cmd_ledger_post(struct cli *cli)
{
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    const struct cli_column columns[] = {
        {cli_say(cli, "日期", "day"), CLI_LEFT},     {cli_say(cli, "事项", "move"), CLI_LEFT},
        {cli_say(cli, "金额", "amount"), CLI_RIGHT}, {cli_say(cli, "依据", "article"), CLI_LEFT},
        {cli_say(cli, "经办", "by"), CLI_LEFT},      {cli_say(cli, "说明", "words"), CLI_LEFT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, (int32_t)(sizeof columns / sizeof columns[0]));
    struct showing showing = {cli, &table};
    enum err err = work_run(&env, WORK_READ, post_step, &showing, &cli->fault);
    if (err == ERR_NOT_FOUND)
        return cli_fail(cli, ERR_NOT_FOUND, "没有这笔款项：%s", "there is no claim %s",
                        cli_text(cli, "KEY", ""));
    TRY(err);
    return cli_table_print(&table, cli->world.out);
}
