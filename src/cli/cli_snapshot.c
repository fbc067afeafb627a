#include "cli/cli_snapshot.h"

#include "base/hash.h"
#include "cli/cli_settings.h"
#include "store/db.h"

#include <string.h>
#include <sys/stat.h>

enum { NAME_SIZE = 8 }; /* bytes of a digest: 16 digits in the name of a file */

static void tell(void *context, const struct snapshot_report *report)
{
    struct cli *cli = context;
    if (report->outcome == SNAPSHOT_MENDED)
        cli_note(cli, cli_say(cli, "列快照不能用，已从数据库重新生成：%s\n",
                              "the column snapshot could not be used and was made anew: %s\n"),
                 report->reason);
    else if (report->outcome == SNAPSHOT_FAILED)
        cli_note(cli, cli_say(cli, "列快照没有写成，已直接读数据库：%s\n",
                              "the column snapshot was not written, the database was read: %s\n"),
                 report->reason);
}

/* A folder of the user's for what can be made again; NULL when there is none. */
static const char *cache_folder(struct cli *cli)
{
    const char *cache = cli->world.variable("XDG_CACHE_HOME");
    const char *home = cli->world.variable("HOME");
    if (cache && *cache)
        return text_in(cli->arena, "%s/baigong", cache);
    return home && *home ? text_in(cli->arena, "%s/.cache/baigong", home) : NULL;
}

static const char *path_of_server(struct cli *cli, const char *db)
{
    char location[1024], name[2 * NAME_SIZE + 1];
    uint8_t digest[HASH_SIZE];
    const char *folder = cache_folder(cli);
    if (!folder)
        return NULL;
    hash_sm3(str_from(db_location_text(db, location, sizeof location)), digest);
    char *parent = (char *)str_z(cli->arena, str_from(folder));
    char *slash = parent ? strrchr(parent, '/') : NULL;
    if (slash && slash != parent) {
        *slash = '\0';
        mkdir(parent, 0700); /* what cannot be made is found when the file is written */
    }
    mkdir(folder, 0700);
    return text_in(cli->arena, "%s/%s.columns", folder, hash_hex(digest, NAME_SIZE, name));
}

const struct snapshot_use *cli_snapshot_use(struct cli *cli)
{
    const char *db = cli->settings->values[SETTING_DB];
    const char *path = cli->settings->values[SETTING_SNAPSHOT];
    if (cli_flag(cli, "no-snapshot") || (path && strcmp(path, "off") == 0))
        return NULL;
    if (!path)
        path = settings_is_server(db) ? path_of_server(cli, db)
                                      : text_in(cli->arena, "%s.columns", db);
    struct snapshot_use *use = ARENA_NEW(cli->arena, struct snapshot_use);
    if (!path || !use)
        return NULL;
    *use = (struct snapshot_use){.path = path, .tell = tell, .context = cli};
    return use;
}
