/* cli_money.h — what the commands of money share: who acts, and how amounts and states are told.
 *
 * The operator of the machine says for whom: --as LOGIN. The account's role must
 * have the permission; four eyes are two logins.
 *
 * Memory   in cli->arena
 * Errors   ERR_NOT_FOUND no such login; ERR_FORBIDDEN; those of cli_work.h
 */
#ifndef BAIGONG_CLI_MONEY_H
#define BAIGONG_CLI_MONEY_H

#include "cli/cli.h"
#include "domain/guard/guard.h"
#include "domain/ledger/ledger_fund.h"
#include "store/work.h"

#define CLI_AS_OPTION                                                                              \
    {                                                                                              \
        "as", CLI_TEXT, CLI_REQUIRED, "LOGIN", "以哪个账户办理", "login of the account that acts"  \
    }

/* The database of --db; --as, where the command has it, becomes the actor. */
enum err cli_money_open(struct cli *cli, enum permission permission, struct work_env *ret_env);

/* --NAME as an amount in yuan: "50000", "5万元". */
enum err cli_money_amount(struct cli *cli, const char *name, int64_t *ret_amount_fen);
const char *cli_money_words(struct cli *cli, const struct ledger_words *words);

/* Where files for the bank go: --folder, or DB.bank. Made when it is not there. */
enum err cli_money_folder(struct cli *cli, const char **ret_folder);

/* The same for a process that serves: DB.bank, or the folder bank where it was started. */
enum err cli_money_bank_folder(struct cli *cli, const char **ret_folder);

#endif
