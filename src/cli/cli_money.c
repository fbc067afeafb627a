#include "cli/cli_money.h"

#include "base/money.h"
#include "cli/cli_settings.h"
#include "cli/cli_work.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct acting {
    const char *login;
    struct account account;
    char name[128];
};

static enum err find_account(struct work *w, void *context)
{
    struct acting *acting = context;
    TRY(guard_account_by_login(w, str_from(acting->login), &acting->account));
    size_t size = acting->account.name.size < sizeof acting->name ? acting->account.name.size
                                                                  : sizeof acting->name;
    memcpy(acting->name, acting->account.name.ptr, size);
    acting->account.name = (struct str){acting->name, size};
    return ERR_OK;
}

enum err cli_money_open(struct cli *cli, enum permission permission, struct work_env *ret_env)
{
    struct work_env env;
    struct acting *acting = ARENA_NEW(cli->arena, struct acting);
    if (!acting)
        return cli_fail(cli, ERR_MEMORY, "内存不足", "out of memory");
    TRY(cli_open_existing_work_env(cli, &env));
    acting->login = cli_text(cli, "as", "");
    enum err err = work_run(&env, WORK_READ, find_account, acting, &cli->fault);
    if (err == ERR_NOT_FOUND)
        return cli_fail(cli, ERR_NOT_FOUND, "没有账户%s", "there is no account %s", acting->login);
    TRY(err);
    if (!guard_may(acting->account.role, permission) || !acting->account.is_active)
        return cli_fail(cli, ERR_FORBIDDEN, "账户%s的角色不能这样办",
                        "the role of %s may not do this", acting->login);
    env.actor = (struct actor){acting->account.id, acting->account.name};
    *ret_env = env;
    return ERR_OK;
}

enum err cli_money_amount(struct cli *cli, const char *name, int64_t *ret_amount_fen)
{
    const char *text = cli_text(cli, name, "");
    if (money_parse(str_from(text), ret_amount_fen) && *ret_amount_fen > 0)
        return ERR_OK;
    return cli_fail(cli, ERR_USAGE, "--%s %s：应为大于零的金额，如 5万元",
                    "--%s %s: should be an amount above zero, such as 50000", name, text);
}

const char *cli_money_words(struct cli *cli, const struct ledger_words *words)
{
    return cli_say(cli, words->label, words->label_en);
}

static const char *own_folder(struct cli *cli)
{
    const char *db = cli->settings->values[SETTING_DB];
    return strstr(db, "://") ? "bank" : text_in(cli->arena, "%s.bank", db);
}

static enum err make_folder(struct cli *cli, const char *folder)
{
    if (mkdir(folder, S_IRWXU) != 0 && errno != EEXIST)
        return cli_fail(cli, ERR_IO, "%s：%s", "%s: %s", folder, strerror(errno));
    return ERR_OK;
}

enum err cli_money_bank_folder(struct cli *cli, const char **ret_folder)
{
    const char *folder = own_folder(cli);
    TRY(make_folder(cli, folder));
    *ret_folder = folder;
    return ERR_OK;
}

enum err cli_money_folder(struct cli *cli, const char **ret_folder)
{
    const char *folder = cli_text(cli, "folder", own_folder(cli));
    TRY(make_folder(cli, folder));
    *ret_folder = folder;
    return ERR_OK;
}
