/* Funds and budgets. Budget is asked for by one account and approved by another. */
#include "base/csv_file.h"
#include "base/day.h"
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

/* ---- claims from a file */

const struct cli_option cmd_fund_reserve_options[] = {
    {"FILE", CLI_TEXT, CLI_REQUIRED, "",
     "CSV：key,fund,year,division,yuan,article,record,payee_id,expires",
     "CSV: key,fund,year,division,yuan,article,record,payee_id,expires"},
    {"queue", CLI_FLAG, CLI_OPTIONAL, "", "资金不足的排队（默认不预留）",
     "what a line has too little for waits (default: is left out)"},
    CLI_AS_OPTION,
    {0},
};

enum { CLAIMS_AT_ONCE = 1000, CLAIM_ROWS_MAX = 1000 * 1000 };

struct reserving {
    struct cli *cli;
    struct csv_table table;
    struct work_env env;
    struct arena arena; /* of the claims at hand */
    struct ledger_claim *claims;
    int32_t count;
    int64_t outcome_counts[LEDGER_SHORT + 1];
};

static enum err reserve_step(struct work *w, void *context)
{
    struct reserving *reserving = context;
    struct ledger_answer *answers = ARENA_NEW_ARRAY(w->arena, struct ledger_answer, CLAIMS_AT_ONCE);
    struct ledger_shortage_rule rule = {cli_flag(reserving->cli, "queue") ? LEDGER_SHORT_QUEUE
                                                                          : LEDGER_SHORT_STOP};
    if (!answers)
        return fail(w, ERR_MEMORY, "no memory for %d claims", CLAIMS_AT_ONCE);
    TRY(ledger_reserve(w, reserving->claims, reserving->count, &rule, answers));
    for (int32_t i = 0; i < reserving->count; i++)
        reserving->outcome_counts[answers[i].outcome]++;
    return ERR_OK;
}

static enum err reserve_chunk(struct reserving *reserving)
{
    if (reserving->count > 0)
        TRY(work_run(&reserving->env, WORK_WRITE, reserve_step, reserving, &reserving->cli->fault));
    arena_done(&reserving->arena);
    reserving->claims = ARENA_NEW_ARRAY(&reserving->arena, struct ledger_claim, CLAIMS_AT_ONCE);
    reserving->count = 0;
    return reserving->claims ? ERR_OK
                             : cli_fail(reserving->cli, ERR_MEMORY, "内存不足", "out of memory");
}

static enum err read_claim(void *context, const struct csv_row *row, struct fault *fault)
{
    struct reserving *reserving = context;
    const struct str *cells = row->cells;
    int64_t year, division;
    struct ledger_claim claim = {.key = str_copy(&reserving->arena, cells[0]),
                                 .fund = str_copy(&reserving->arena, cells[1]),
                                 .article = str_copy(&reserving->arena, cells[5])};
    bool is_person = str_equal_text(cells[6], "person");
    claim.payee_record = is_person ? LEDGER_PERSON : LEDGER_ORGANISATION;
    if (!str_to_i64(cells[2], &year) || year < 1990 || year > 2200 ||
        !str_to_i64(cells[3], &division) || division < 0 || division > 999999 ||
        !money_parse(cells[4], &claim.amount_fen) || !str_to_i64(cells[7], &claim.payee_id) ||
        !day_parse(cells[8], &claim.expires_day) ||
        (!is_person && !str_equal_text(cells[6], "organisation")))
        return csv_table_refuse(&reserving->table, row, fault,
                                "：年度、区划、金额、收款人或到期日不对");
    claim.year = (int32_t)year;
    claim.division = (int32_t)division;
    reserving->claims[reserving->count++] = claim;
    return reserving->count == CLAIMS_AT_ONCE ? reserve_chunk(reserving) : ERR_OK;
}

enum err cmd_fund_reserve(struct cli *cli)
{
    enum { ARENA_SIZE_MAX = 64 * 1024 * 1024 };
    struct reserving reserving = {.cli = cli};
    TRY(cli_money_open(cli, PERM_PAYMENT, &reserving.env));
    arena_init(&reserving.arena, ARENA_SIZE_MAX);
    reserving.table = (struct csv_table){
        cli_text(cli, "FILE", ""), "key,fund,year,division,yuan,article,record,payee_id,expires",
        read_claim, &reserving, CLAIM_ROWS_MAX};
    enum err err = reserve_chunk(&reserving);
    if (err == ERR_OK)
        err = csv_table_read(&reserving.table, &cli->fault);
    if (err == ERR_OK)
        err = reserve_chunk(&reserving);
    arena_done(&reserving.arena);
    TRY(err);
    cli_print(cli,
              cli_say(cli,
                      "%" PRId64 " 笔预留，%" PRId64 " 笔已有，%" PRId64 " 笔排队，%" PRId64
                      " 笔资金不足\n",
                      "%" PRId64 " reserved, %" PRId64 " known, %" PRId64 " queued, %" PRId64
                      " without money\n"),
              reserving.outcome_counts[LEDGER_OK_RESERVED],
              reserving.outcome_counts[LEDGER_OK_ALREADY],
              reserving.outcome_counts[LEDGER_OK_QUEUED], reserving.outcome_counts[LEDGER_SHORT]);
    return ERR_OK;
}
