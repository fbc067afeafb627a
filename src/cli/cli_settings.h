/* cli_settings.h — the settings of a run: options, environment, settings file, defaults.
 *
 * settings.def lists them. What stands further left holds:
 *
 *   option      environment        settings file   otherwise
 *   --db        BAIGONG_DB         db              baigong.db
 *   --home      BAIGONG_HOME       home            the source tree, /usr/share/baigong
 *   --lang      BAIGONG_LANG       lang            the locale's language, else zh
 *               BAIGONG_KEY_FILE   key_file        beside a SQLite database: DB.key
 *               BAIGONG_SNAPSHOT   snapshot        see cli_snapshot.h
 *   --tls-key   BAIGONG_TLS_KEY    tls_key         and so on, for serve: see settings.def
 *
 * The settings file is --settings, BAIGONG_CONF, or the first there is of
 * $XDG_CONFIG_HOME/baigong.conf (~/.config/baigong.conf) and /etc/baigong/baigong.conf. A line is
 * `key = value`; # begins a comment at the start of a line. Every command refuses a file with a key
 * or a value that is wrong, also one that only serve reads.
 *
 * Memory   texts live in the arena given
 * Errors   ERR_USAGE with file and line, option or variable; ERR_IO when a file that is named is
 *          not readable
 * Limits   SETTINGS_FILE_SIZE_MAX
 */
#ifndef BAIGONG_CLI_SETTINGS_H
#define BAIGONG_CLI_SETTINGS_H

#include "cli/cli.h"

enum { SETTINGS_FILE_SIZE_MAX = 64 * 1024 };

enum setting {
#define COMMON(name, ...) SETTING_##name,
#define SERVE(name, ...) SETTING_##name,
#include "cli/settings.def"
#undef COMMON
#undef SERVE
    SETTING_COUNT
};

struct cli_settings {
    const char *values[SETTING_COUNT]; /* NULL: key file of a server; one without a default */
    const char *origins[SETTING_COUNT]; /* "--db", "BAIGONG_DB", "FILE:LINE", "default" */
    const char *file_path;              /* of the settings file read, NULL when there is none */
};

typedef const char *settings_variable(const char *name);

/* given[setting] is the option's text or NULL; path is that of --settings or NULL. */
enum err settings_load(struct arena *arena, const char *const given[SETTING_COUNT],
                       const char *path, settings_variable *variable,
                       struct cli_settings *ret_settings, struct fault *fault);

/* Reads the text of a settings file into values and origins that are still NULL. */
enum err settings_read_text(struct arena *arena, const char *path, struct str text,
                            struct cli_settings *settings, struct fault *fault);

/* What a value says, which settings_load has held against settings.def. */
bool settings_flag(const struct cli_settings *settings, enum setting setting);
int64_t settings_count(const struct cli_settings *settings, enum setting setting);
int32_t settings_day(const struct cli_settings *settings, enum setting setting); /* ABSENT_I32 */

const char *settings_name(enum setting setting); /* "tls-key" */
bool settings_is_of_serve(enum setting setting);
/* Whether a new value holds without a new process. */
bool settings_may_reload(enum setting setting);

/* "en" when the locale's variables say so, otherwise "zh". */
const char *settings_locale_lang(settings_variable *variable);

bool settings_is_server(const char *db); /* postgresql://… and postgres://… */

#endif
