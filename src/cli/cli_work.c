#include "cli/cli_work.h"

#include "base/id.h"
#include "base/secret.h"
#include "cli/cli_settings.h"
#include "cli/cli_snapshot.h"
#include "store/migrate.h"
#include "store/store.h"

#include <string.h>
#include <unistd.h>

struct cli_work {
    struct store *store;
    struct secrets *secrets;
    struct id_source ids;
};

static enum err require_key_path(struct cli *cli, const char *key_path)
{
    if (key_path)
        return ERR_OK;
    cli_fail(cli, ERR_USAGE, "使用数据库服务器时必须指定密钥文件",
             "a database server needs a key file");
    return cli_fail_hint(cli, "设置环境变量 BAIGONG_KEY_FILE，或在设置文件中写 key_file = 路径。",
                         "Set BAIGONG_KEY_FILE, or key_file = PATH in the settings file.");
}

static enum err fail_lost_key(struct cli *cli, const char *key_path, const char *db)
{
    cli_fail(cli, ERR_SECRET, "找不到密钥文件 %s，而数据库 %s 已有数据",
             "there is no key file %s, but the database %s has data", key_path, db);
    return cli_fail_hint(cli, "请从备份恢复密钥文件；没有它，证件号码等无法读出。",
                         "Restore the key file from its backup; identity numbers cannot be read "
                         "without it.");
}

/* Key first, then schema: a process killed between the two leaves a key and an empty database. */
static enum err open_all(struct cli *cli, struct cli_work *work)
{
    const char *db = cli->settings->values[SETTING_DB];
    const char *key_path = cli->settings->values[SETTING_KEY_FILE];
    TRY(require_key_path(cli, key_path));
    bool had_key = access(key_path, F_OK) == 0;
    TRY(store_open(db, NULL, &work->store, &cli->fault));
    TRY(secrets_load_or_create(key_path, &work->secrets, &cli->fault));
    id_source_init(&work->ids, (int32_t)(getpid() % (ID_NODE_MAX + 1)));

    struct work_env env = {
        .store = work->store,
        .fixed_today_day = ABSENT_I32,
        .fixed_now_ms = ABSENT_I64,
    };
    int32_t applied_count;
    TRY(migrate_run(&env, &applied_count, &cli->fault));
    bool fresh = applied_count == schema_step_count;
    if (had_key || fresh)
        return ERR_OK;
    unlink(key_path);
    return fail_lost_key(cli, key_path, db);
}

static enum err open_env(struct cli *cli, struct work_env *ret_env)
{
    struct cli_work *work = ARENA_NEW(cli->arena, struct cli_work);
    if (!work)
        return fault_set(&cli->fault, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    check(!cli->work); /* a command opens its database once */
    cli->work = work;
    TRY(open_all(cli, work));
    *ret_env = (struct work_env){
        .snapshot = cli_snapshot_use(cli),
        .store = work->store,
        .secrets = work->secrets,
        .ids = &work->ids,
        .actor = {.account_id = 0, .name = STR("cli")},
        .fixed_today_day = ABSENT_I32,
        .fixed_now_ms = ABSENT_I64,
    };
    return ERR_OK;
}

enum err cli_open_work_env(struct cli *cli, struct work_env *ret_env)
{
    return open_env(cli, ret_env);
}

enum err cli_open_existing_work_env(struct cli *cli, struct work_env *ret_env)
{
    const char *db = cli->settings->values[SETTING_DB];
    if (!settings_is_server(db) && access(db, F_OK) != 0) {
        const char *origin = cli->settings->origins[SETTING_DB];
        if (strcmp(origin, "default") == 0)
            origin = cli_say(cli, "默认值", "the default");
        cli_fail(cli, ERR_NOT_FOUND, "没有数据库 %s（来自 %s）",
                 "there is no database %s (from %s)", db, origin);
        return cli_fail_hint(cli, "用 --db 指定数据库，或先用 baigong import、baigong demo 建立。",
                             "Name one with --db, or make one with baigong import or "
                             "baigong demo.");
    }
    return open_env(cli, ret_env);
}

void cli_close_work(struct cli *cli)
{
    if (!cli->work)
        return;
    store_close(cli->work->store);
    secrets_free(cli->work->secrets);
    cli->work = NULL;
}
