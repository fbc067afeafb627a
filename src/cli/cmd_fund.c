/* Funds and budgets. Budget is asked for by one account and approved by another. */
#include "base/money.h"
#include "cli/cli_money.h"
#include "cli/cli_table.h"
#include "cli/cli_work.h"
#include "cli/commands.h"

#include <inttypes.h>

/* ---- list */

const struct cli_option cmd_fund_list_options[] = {{0}};

static enum err list_step(struct work *w, void *context)
{
    struct cli_table *table = context;
    struct ledger_fund *funds;
    struct ledger_line *lines;
    int32_t fund_count, line_count;
    TRY(ledger_funds(w, &funds, &fund_count));
    TRY(ledger_lines(w, &(struct ledger_line_filter){0}, &lines, &line_count));
    for (int32_t i = 0; i < fund_count; i++) {
        int64_t granted_fen = 0, spent_fen = 0;
        for (int32_t k = 0; k < line_count; k++) {
            if (lines[k].fund_id != funds[i].id)
                continue;
            granted_fen += ledger_granted_fen(&lines[k].balance);
            spent_fen += ledger_spent_fen(&lines[k].balance);
        }
        cli_table_add_str(table, funds[i].name);
        cli_table_add_str(table, funds[i].source);
        cli_table_add(table, money_text_in(table->arena, granted_fen));
        cli_table_add(table, money_text_in(table->arena, spent_fen));
    }
    return ERR_OK;
}

enum err cmd_fund_list(struct cli *cli)
{
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    const struct cli_column columns[] = {{cli_say(cli, "资金", "fund"), CLI_LEFT},
                                         {cli_say(cli, "来源", "source"), CLI_LEFT},
                                         {cli_say(cli, "下达", "granted"), CLI_RIGHT},
                                         {cli_say(cli, "已用", "spent"), CLI_RIGHT}};
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, (int32_t)(sizeof columns / sizeof columns[0]));
    TRY(work_run(&env, WORK_READ, list_step, &table, &cli->fault));
    return cli_table_print(&table, cli->world.out);
}

/* ---- ask for budget */

const struct cli_option cmd_fund_ask_options[] = {
    {"FUND", CLI_TEXT, CLI_REQUIRED, "", "资金名称，与政策文件一致",
     "name of the fund, as in policy documents"},
    {"year", CLI_COUNT, CLI_REQUIRED, "YEAR", "年度", "year"},
    {"amount", CLI_TEXT, CLI_REQUIRED, "AMOUNT", "金额，如 500万元", "amount in yuan"},
    {"division", CLI_COUNT, CLI_OPTIONAL, "CODE", "用于哪个区划（默认全市）",
     "division that it serves (default: the whole city)"},
    {"earmark", CLI_TEXT, CLI_OPTIONAL, "TEXT", "只能用于", "what alone it may pay for"},
    {"from-division", CLI_COUNT, CLI_OPTIONAL, "CODE", "从这个区划的预算项调剂（默认新下达）",
     "taken from the line of this division (default: newly granted)"},
    {"source", CLI_TEXT, CLI_OPTIONAL, "TEXT", "新资金的来源", "source of a new fund"},
    {"document", CLI_TEXT, CLI_OPTIONAL, "NUMBER", "依据的文号", "number of the paper"},
    {"reason", CLI_TEXT, CLI_REQUIRED, "TEXT", "理由", "reason"},
    CLI_AS_OPTION,
    {0},
};

struct asking {
    struct cli *cli;
    int64_t amount_fen, id;
};

static enum err ask_step(struct work *w, void *context)
{
    struct asking *asking = context;
    struct cli *cli = asking->cli;
    int32_t year = (int32_t)cli_count(cli, "year", 0);
    struct ledger_fund fund = {.name = str_from(cli_text(cli, "FUND", "")),
                               .source = str_from(cli_text(cli, "source", ""))};
    struct ledger_virement virement = {.amount_fen = asking->amount_fen,
                                       .document = str_from(cli_text(cli, "document", "")),
                                       .reason = str_from(cli_text(cli, "reason", ""))};
    TRY(ledger_fund_put(w, &fund, &fund.id));
    TRY(ledger_line_put(w, fund.id, year, (int32_t)cli_count(cli, "division", 0),
                        str_from(cli_text(cli, "earmark", "")), &virement.to_line_id));
    if (cli_given(cli, "from-division"))
        TRY(ledger_line_put(w, fund.id, year, (int32_t)cli_count(cli, "from-division", 0), STR(""),
                            &virement.from_line_id));
    return ledger_virement_ask(w, &virement, &asking->id);
}

enum err cmd_fund_ask(struct cli *cli)
{
    struct work_env env;
    struct asking asking = {.cli = cli};
    TRY(cli_money_amount(cli, "amount", &asking.amount_fen));
    TRY(cli_money_open(cli, PERM_BUDGET, &env));
    TRY(work_run(&env, WORK_WRITE, ask_step, &asking, &cli->fault));
    cli_print(cli, "%" PRId64 "\n", asking.id);
    cli_note(cli,
             cli_say(cli, "申请已提出，等另一人批准：baigong fund approve %" PRId64 " --as …\n",
                     "asked; another approves: baigong fund approve %" PRId64 " --as …\n"),
             asking.id);
    return ERR_OK;
}

/* ---- decide */

const struct cli_option cmd_fund_approve_options[] = {
    {"ID", CLI_COUNT, CLI_REQUIRED, "", "申请编号", "number of the request"},
    {"words", CLI_TEXT, CLI_OPTIONAL, "TEXT", "意见", "words with it"},
    {"decline", CLI_FLAG, CLI_OPTIONAL, "", "不批准", "decline it"},
    CLI_AS_OPTION,
    {0},
};

static enum err decide_step(struct work *w, void *context)
{
    struct cli *cli = context;
    int64_t id = cli_count(cli, "ID", 0);
    struct str words = str_from(cli_text(cli, "words", ""));
    return cli_flag(cli, "decline") ? ledger_virement_decline(w, id, words)
                                    : ledger_virement_approve(w, id, words);
}

enum err cmd_fund_approve(struct cli *cli)
{
    struct work_env env;
    TRY(cli_money_open(cli, PERM_BUDGET_APPROVE, &env));
    return work_run(&env, WORK_WRITE, decide_step, cli, &cli->fault);
}

/* ---- close a year */

const struct cli_option cmd_fund_close_options[] = {
    {"FUND", CLI_TEXT, CLI_REQUIRED, "", "资金名称", "name of the fund"},
    {"year", CLI_COUNT, CLI_REQUIRED, "YEAR", "年度", "year"},
    {"reopen", CLI_FLAG, CLI_OPTIONAL, "", "反结账（由另一人办）", "open it again (by another)"},
    CLI_AS_OPTION,
    {0},
};

static enum err close_step(struct work *w, void *context)
{
    struct cli *cli = context;
    struct ledger_fund fund;
    int32_t year = (int32_t)cli_count(cli, "year", 0);
    TRY(ledger_fund_by_name(w, str_from(cli_text(cli, "FUND", "")), &fund));
    return cli_flag(cli, "reopen") ? ledger_year_reopen(w, fund.id, year)
                                   : ledger_year_close(w, fund.id, year);
}

enum err cmd_fund_close(struct cli *cli)
{
    struct work_env env;
    TRY(cli_money_open(cli, PERM_BUDGET_APPROVE, &env));
    return work_run(&env, WORK_WRITE, close_step, cli, &cli->fault);
}

/* ---- what nobody needs any more, and what waits */

const struct cli_option cmd_fund_tidy_options[] = {{0}};

struct tidying {
    int32_t expired_count, reserved_count;
};

static enum err tidy_step(struct work *w, void *context)
{
    enum { AT_ONCE = 1000 };
    struct tidying *tidying = context;
    TRY(ledger_expire(w, AT_ONCE, &tidying->expired_count));
    return ledger_queue_run(w, AT_ONCE, &tidying->reserved_count);
}

enum err cmd_fund_tidy(struct cli *cli)
{
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    int64_t expired_count = 0, reserved_count = 0;
    struct tidying tidying;
    do {
        tidying = (struct tidying){0};
        TRY(work_run(&env, WORK_WRITE, tidy_step, &tidying, &cli->fault));
        expired_count += tidying.expired_count;
        reserved_count += tidying.reserved_count;
    } while (tidying.expired_count + tidying.reserved_count > 0);
    cli_print(cli,
              cli_say(cli, "到期释放 %" PRId64 " 笔，排队到位 %" PRId64 " 笔\n",
                      "%" PRId64 " reservations expired, %" PRId64 " came out of the queue\n"),
              expired_count, reserved_count);
    return ERR_OK;
}
