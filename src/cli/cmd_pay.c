/* Payments: made, checked, approved by another, filed; what the bank says. */
#include "base/day.h"
#include "base/money.h"
#include "cli/cli_city.h"
#include "cli/cli_money.h"
#include "cli/cli_settings.h"
#include "cli/cli_table.h"
#include "cli/cli_work.h"
#include "cli/commands.h"
#include "domain/incentive/incentive_payee.h"
#include "domain/ledger/ledger_statement.h"
#include "port/bank.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FOLDER_OPTION                                                                              \
    {                                                                                              \
        "folder", CLI_TEXT, CLI_OPTIONAL, "DIR", "银行文件放在这里（默认 数据库名.bank）",         \
            "where files for the bank go (default: DB.bank)"                                       \
    }

static enum err load_practice(struct cli *cli, struct ledger_practice *ret_practice)
{
    const char *path =
        text_in(cli->arena, "%s/catalogue/payment.csv", cli->settings->values[SETTING_HOME]);
    return ledger_practice_load(cli->arena, path, ret_practice, &cli->fault);
}

static void on_progress(void *context, const struct ledger_batch *batch, int64_t done_count)
{
    struct cli *cli = context;
    cli_progress(cli, cli_money_words(cli, &ledger_batch_words[batch->state]), done_count,
                 batch->payment_count);
}

/* Works the batch on as far as nobody is waited for, and tells where it is. */
static enum err run_batch(struct cli *cli, struct work_env *env, int64_t id)
{
    struct ledger_practice practice;
    const char *folder;
    struct ledger_batch batch;
    TRY(load_practice(cli, &practice));
    TRY(cli_money_folder(cli, &folder));
    struct ledger_run run = {&incentive_payees, &practice, folder, on_progress, cli};
    TRY(ledger_batch_run(env, &run, id, &batch, cli->arena, &cli->fault));
    cli_progress_end(cli);
    cli_print(cli,
              cli_say(cli, "%" PRId64 " %s %" PRId64 "笔 %s 未列入%" PRId64 "笔\n",
                      "%" PRId64 " %s %" PRId64 " payments %s, %" PRId64 " left out\n"),
              batch.id, cli_money_words(cli, &ledger_batch_words[batch.state]), batch.payment_count,
              money_text_in(cli->arena, batch.amount_fen), batch.problem_count);
    if (batch.state == LEDGER_BATCH_FILED)
        cli_print(cli, "%s\n%s\n", ledger_batch_path(cli->arena, folder, id, "csv"),
                  ledger_batch_path(cli->arena, folder, id, "xml"));
    return ERR_OK;
}

/* ---- make */

const struct cli_option cmd_pay_make_options[] = {
    {"FUND", CLI_TEXT, CLI_REQUIRED, "", "资金名称", "name of the fund"},
    {"year", CLI_COUNT, CLI_REQUIRED, "YEAR", "年度", "year"},
    {"on", CLI_DAY, CLI_REQUIRED, "DATE", "付款日", "day of payment"},
    {"division", CLI_COUNT, CLI_OPTIONAL, "CODE", "只付这个区划的", "claims of this division only"},
    {"article", CLI_TEXT, CLI_OPTIONAL, "TEXT", "只付这一依据的", "claims of this article only"},
    {"returned", CLI_FLAG, CLI_OPTIONAL, "", "重付退回的", "pay again what came back"},
    FOLDER_OPTION,
    CLI_AS_OPTION,
    {0},
};

struct making {
    struct cli *cli;
    int64_t id;
};

static enum err make_step(struct work *w, void *context)
{
    struct making *making = context;
    struct cli *cli = making->cli;
    struct ledger_fund fund;
    TRY(ledger_fund_by_name(w, str_from(cli_text(cli, "FUND", "")), &fund));
    struct ledger_batch given = {.fund_id = fund.id,
                                 .year = (int32_t)cli_count(cli, "year", 0),
                                 .article = str_from(cli_text(cli, "article", "")),
                                 .pay_day = cli_day(cli, "on", 0),
                                 .with_returned = cli_flag(cli, "returned")};
    if (cli_given(cli, "division"))
        guard_divisions_below((int32_t)cli_count(cli, "division", 0), &given.division_min,
                              &given.division_max);
    return ledger_batch_new(w, &given, &making->id);
}

enum err cmd_pay_make(struct cli *cli)
{
    struct work_env env;
    struct making making = {cli, 0};
    TRY(cli_money_open(cli, PERM_PAYMENT, &env));
    TRY(work_run(&env, WORK_WRITE, make_step, &making, &cli->fault));
    return run_batch(cli, &env, making.id);
}

/* ---- approve, drop, go on */

const struct cli_option cmd_pay_approve_options[] = {
    {"ID", CLI_COUNT, CLI_REQUIRED, "", "批次编号", "number of the batch"},
    {"words", CLI_TEXT, CLI_OPTIONAL, "TEXT", "意见", "words with it"},
    FOLDER_OPTION,
    CLI_AS_OPTION,
    {0},
};
const struct cli_option cmd_pay_drop_options[] = {
    {"ID", CLI_COUNT, CLI_REQUIRED, "", "批次编号", "number of the batch"},
    {"words", CLI_TEXT, CLI_OPTIONAL, "TEXT", "理由", "reason"},
    FOLDER_OPTION,
    CLI_AS_OPTION,
    {0},
};
const struct cli_option cmd_pay_run_options[] = {
    {"ID", CLI_COUNT, CLI_REQUIRED, "", "批次编号", "number of the batch"},
    FOLDER_OPTION,
    {0},
};

struct deciding {
    struct cli *cli;
    struct ledger_practice practice;
};

static enum err approve_step(struct work *w, void *context)
{
    struct deciding *deciding = context;
    return ledger_batch_approve(w, &deciding->practice, cli_count(deciding->cli, "ID", 0),
                                str_from(cli_text(deciding->cli, "words", "")));
}

enum err cmd_pay_approve(struct cli *cli)
{
    struct work_env env;
    struct deciding deciding = {.cli = cli};
    TRY(load_practice(cli, &deciding.practice));
    TRY(cli_money_open(cli, PERM_PAYMENT_APPROVE, &env));
    TRY(work_run(&env, WORK_WRITE, approve_step, &deciding, &cli->fault));
    return run_batch(cli, &env, cli_count(cli, "ID", 0));
}

static enum err drop_step(struct work *w, void *context)
{
    struct cli *cli = context;
    return ledger_batch_drop(w, cli_count(cli, "ID", 0), str_from(cli_text(cli, "words", "")));
}

enum err cmd_pay_drop(struct cli *cli)
{
    struct work_env env;
    TRY(cli_money_open(cli, PERM_PAYMENT, &env));
    TRY(work_run(&env, WORK_WRITE, drop_step, cli, &cli->fault));
    return run_batch(cli, &env, cli_count(cli, "ID", 0));
}

enum err cmd_pay_run(struct cli *cli)
{
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    return run_batch(cli, &env, cli_count(cli, "ID", 0));
}

/* ---- list */

const struct cli_option cmd_pay_list_options[] = {{0}};

struct listing {
    struct cli *cli;
    struct cli_table *table;
};

static enum err list_step(struct work *w, void *context)
{
    struct listing *listing = context;
    struct ledger_batch *rows;
    int32_t count;
    TRY(ledger_batches(w, 0, 0, LEDGER_BATCH_ROWS_MAX, &rows, &count));
    for (int32_t i = 0; i < count; i++) {
        struct cli_table *table = listing->table;
        cli_table_format(table, "%" PRId64, rows[i].id);
        cli_table_add(table, cli_money_words(listing->cli, &ledger_batch_words[rows[i].state]));
        cli_table_add_str(table, rows[i].fund);
        cli_table_add(table, day_text_in(table->arena, rows[i].pay_day));
        cli_table_number(table, rows[i].payment_count);
        cli_table_add(table, money_text_in(table->arena, rows[i].amount_fen));
        cli_table_number(table, rows[i].settled_count);
        cli_table_add_str(table, rows[i].maker_name);
        cli_table_add_str(table, rows[i].approver_name);
    }
    return ERR_OK;
}

enum err cmd_pay_list(struct cli *cli)
{
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    const struct cli_column columns[] = {{cli_say(cli, "批次", "batch"), CLI_RIGHT},
                                         {cli_say(cli, "状态", "state"), CLI_LEFT},
                                         {cli_say(cli, "资金", "fund"), CLI_LEFT},
                                         {cli_say(cli, "付款日", "pay day"), CLI_LEFT},
                                         {cli_say(cli, "笔数", "payments"), CLI_RIGHT},
                                         {cli_say(cli, "金额", "amount"), CLI_RIGHT},
                                         {cli_say(cli, "已核销", "settled"), CLI_RIGHT},
                                         {cli_say(cli, "制作", "made by"), CLI_LEFT},
                                         {cli_say(cli, "复核", "approved by"), CLI_LEFT}};
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, (int32_t)(sizeof columns / sizeof columns[0]));
    struct listing listing = {cli, &table};
    TRY(work_run(&env, WORK_READ, list_step, &listing, &cli->fault));
    return cli_table_print(&table, cli->world.out);
}

/* ---- what the bank says */

const struct cli_option cmd_pay_import_options[] = {
    {"FILE", CLI_TEXT, CLI_REQUIRED, "", "银行的文件：camt.053、camt.054 或 CSV",
     "the bank's file: camt.053, camt.054 or CSV"},
    CLI_AS_OPTION,
    {0},
};

static enum err read_file(struct cli *cli, const char *path, struct str *ret_bytes)
{
    struct text_buf *buf = text_new(cli->arena);
    FILE *file = fopen(path, "rbe");
    if (!file)
        return cli_fail(cli, ERR_IO, "%s：%s", "%s: %s", path, strerror(errno));
    char piece[16384];
    size_t size;
    while (buf && (size = fread(piece, 1, sizeof piece, file)) > 0 &&
           buf->size <= BANK_FILE_SIZE_MAX)
        text_add(buf, (struct str){piece, size});
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed)
        return cli_fail(cli, ERR_IO, "%s：读不出来", "%s: cannot be read", path);
    if (!buf || buf->failed)
        return cli_fail(cli, ERR_MEMORY, "内存不足", "out of memory");
    *ret_bytes = text_str(buf);
    return ERR_OK;
}

enum err cmd_pay_import(struct cli *cli)
{
    struct work_env env;
    struct str bytes;
    struct ledger_statement statement;
    const char *path = cli_text(cli, "FILE", "");
    const char *slash = strrchr(path, '/');
    TRY(cli_money_open(cli, PERM_PAYMENT, &env));
    TRY(read_file(cli, path, &bytes));
    TRY(ledger_statement_import(&env, cli->arena, str_from(slash ? slash + 1 : path), bytes,
                                &statement, &cli->fault));
    cli_print(cli,
              cli_say(cli, "%" PRId64 "笔：对上%" PRId64 "笔，待处理%" PRId64 "笔\n",
                      "%" PRId64 " lines: %" PRId64 " matched, %" PRId64 " to be worked off\n"),
              statement.line_count, statement.matched_count, statement.unmatched_count);
    return ERR_OK;
}

/* ---- a payee's account, reconciliation */

const struct cli_option cmd_pay_account_options[] = {
    {"PERSON", CLI_COUNT, CLI_REQUIRED, "", "人员号（单位加 --organisation）",
     "id of the person (or organisation)"},
    {"organisation", CLI_FLAG, CLI_OPTIONAL, "", "是单位", "it is an organisation"},
    {"account", CLI_TEXT, CLI_REQUIRED, "NUMBER", "账号", "account number"},
    {"name", CLI_TEXT, CLI_REQUIRED, "NAME", "户名", "name of the holder"},
    {"bank", CLI_TEXT, CLI_OPTIONAL, "NAME", "开户行", "bank"},
    {"reason", CLI_TEXT, CLI_REQUIRED, "TEXT", "理由", "reason"},
    CLI_AS_OPTION,
    {0},
};

static enum err account_step(struct work *w, void *context)
{
    struct cli *cli = context;
    struct ledger_payee payee = {str_from(cli_text(cli, "name", "")),
                                 str_from(cli_text(cli, "account", "")),
                                 str_from(cli_text(cli, "bank", ""))};
    return ledger_payee_put(w, cli_flag(cli, "organisation") ? LEDGER_ORGANISATION : LEDGER_PERSON,
                            cli_count(cli, "PERSON", 0), &payee,
                            str_from(cli_text(cli, "reason", "")));
}

enum err cmd_pay_account(struct cli *cli)
{
    struct work_env env;
    TRY(cli_money_open(cli, PERM_PAYMENT, &env));
    return work_run(&env, WORK_WRITE, account_step, cli, &cli->fault);
}

const struct cli_option cmd_pay_reconcile_options[] = {{0}};

static enum err reconcile_step(struct work *w, void *context)
{
    return ledger_reconcile(w, &(struct ledger_line_filter){0}, context);
}

enum err cmd_pay_reconcile(struct cli *cli)
{
    struct work_env env;
    struct ledger_reconciliation all;
    TRY(cli_open_existing_work_env(cli, &env));
    TRY(work_run(&env, WORK_READ, reconcile_step, &all, &cli->fault));
    cli_print(
        cli,
        cli_say(cli, "在途 %s\n退回未重付 %s\n银行多出 %" PRId64 "笔（付 %s，退 %s）\n",
                "in transit %s\nreturned %s\nunmatched %" PRId64 " lines (paid %s, returned %s)\n"),
        money_text_in(cli->arena, all.transit_fen), money_text_in(cli->arena, all.returned_fen),
        all.unmatched_count, money_text_in(cli->arena, all.unmatched_paid_fen),
        money_text_in(cli->arena, all.unmatched_returned_fen));
    cli_print(cli, "%s\n",
              all.is_zero ? cli_say(cli, "已对平", "reconciled to zero")
                          : cli_say(cli, "还没有对平", "not reconciled"));
    return ERR_OK;
}
