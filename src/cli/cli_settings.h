/* cli_settings.h — where the database, its key file and the catalogues are, and in which language
 * to speak.
 *
 *              option    variable            settings file   otherwise
 *   db         --db      BAIGONG_DB          db              baigong.db
 *   home       --home    BAIGONG_HOME        home            the source tree, /usr/share/baigong
 *   lang       --lang    BAIGONG_LANG        lang            the locale's language, else zh
 *   key_file             BAIGONG_KEY_FILE    key_file        beside a SQLite database: DB.key
 *   snapshot             BAIGONG_SNAPSHOT    snapshot        see cli_snapshot.h
 *
 * The settings file is BAIGONG_CONF, or the first there is of $XDG_CONFIG_HOME/baigong.conf
 * (~/.config/baigong.conf) and /etc/baigong/baigong.conf. A line is `key = value`; # begins a
 * comment at the start of a line.
 *
 * Memory   texts live in the arena given
 * Errors   ERR_USAGE with file and line; ERR_IO when a file that BAIGONG_CONF names is not readable
 * Limits   SETTINGS_FILE_SIZE_MAX
 */
#ifndef BAIGONG_CLI_SETTINGS_H
#define BAIGONG_CLI_SETTINGS_H

#include "base/err.h"
#include "base/text.h"

enum { SETTINGS_FILE_SIZE_MAX = 64 * 1024 };

enum setting {
    SETTING_DB,
    SETTING_HOME,
    SETTING_LANG,
    SETTING_KEY_FILE,
    SETTING_SNAPSHOT,
    SETTING_COUNT
};

struct cli_settings {
    const char *values[SETTING_COUNT]; /* NULL: key file of a server; snapshot that is not set */
    const char *origins[SETTING_COUNT]; /* "--db", "BAIGONG_DB", "FILE:LINE", "default" */
    const char *file_path;              /* of the settings file read, NULL when there is none */
};

typedef const char *settings_variable(const char *name);

/* given[setting] is the option's text or NULL. */
enum err settings_load(struct arena *arena, const char *const given[SETTING_COUNT],
                       settings_variable *variable, struct cli_settings *ret_settings,
                       struct fault *fault);

/* Reads the text of a settings file into values and origins that are still NULL. */
enum err settings_read_text(struct arena *arena, const char *path, struct str text,
                            struct cli_settings *settings, struct fault *fault);

/* "en" when the locale's variables say so, otherwise "zh". */
const char *settings_locale_lang(settings_variable *variable);

bool settings_is_server(const char *db); /* postgresql://… and postgres://… */

#endif
