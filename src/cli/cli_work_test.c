#include "cli/cli_work.h"

#include "cli/cli_settings.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    struct arena arena;
    struct cli *cli;
    struct cli_settings settings;
    char folder[64];
    char db[128];
    char key[128];
};

static void place_init(struct place *p)
{
    *p = (struct place){.folder = "/tmp/baigong_work_XXXXXX"};
    check(mkdtemp(p->folder));
    snprintf(p->db, sizeof p->db, "%s/city.db", p->folder);
    snprintf(p->key, sizeof p->key, "%s/city.db.key", p->folder);
    p->settings.values[SETTING_DB] = p->db;
    p->settings.values[SETTING_KEY_FILE] = p->key;
    p->settings.origins[SETTING_DB] = "--db";
    arena_init(&p->arena, 1 << 20);
    p->cli = ARENA_NEW(&p->arena, struct cli);
    check(p->cli);
    p->cli->arena = &p->arena;
    p->cli->lang = CLI_LANG_EN;
    p->cli->settings = &p->settings;
}

static void place_done(struct place *p)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".key"};
    char path[160];
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        snprintf(path, sizeof path, "%s%s", p->db, suffixes[i]);
        unlink(path);
    }
    rmdir(p->folder);
    arena_done(&p->arena);
}

TEST(cli_open_work_env__makes_a_fresh_database_with_a_key_of_its_own)
{
    struct place p;
    struct work_env env;
    struct stat status;
    place_init(&p);
    EXPECT_OK(cli_open_work_env(p.cli, &env));
    EXPECT(env.store && env.secrets && env.ids);
    EXPECT_INT(0, stat(p.key, &status));
    EXPECT_INT(0600, status.st_mode & 0777);
    cli_close_work(p.cli);
    EXPECT_OK(cli_open_existing_work_env(p.cli, &env));
    cli_close_work(p.cli);
    place_done(&p);
}

TEST(cli_open_work_env__refuses_a_database_whose_key_file_is_lost)
{
    struct place p;
    struct work_env env;
    place_init(&p);
    EXPECT_OK(cli_open_work_env(p.cli, &env));
    cli_close_work(p.cli);
    unlink(p.key);
    EXPECT_ERR(ERR_SECRET, cli_open_work_env(p.cli, &env));
    EXPECT(strstr(p.cli->fault.message, "there is no key file"));
    cli_close_work(p.cli);
    EXPECT(access(p.key, F_OK) != 0);
    place_done(&p);
}

TEST(cli_open_existing_work_env__does_not_make_a_database_of_a_mistyped_name)
{
    struct place p;
    struct work_env env;
    place_init(&p);
    EXPECT_ERR(ERR_NOT_FOUND, cli_open_existing_work_env(p.cli, &env));
    EXPECT(strstr(p.cli->fault.message, "(from --db)"));
    EXPECT(access(p.db, F_OK) != 0);
    place_done(&p);
}

TEST(cli_open_work_env__asks_for_a_key_file_when_the_database_is_a_server)
{
    struct place p;
    struct work_env env;
    place_init(&p);
    p.settings.values[SETTING_DB] = "postgresql:///city";
    p.settings.values[SETTING_KEY_FILE] = NULL;
    EXPECT_ERR(ERR_USAGE, cli_open_work_env(p.cli, &env));
    EXPECT(strstr(p.cli->fault.hint, "BAIGONG_KEY_FILE"));
    cli_close_work(p.cli);
    place_done(&p);
}
