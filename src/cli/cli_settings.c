#include "cli/cli_settings.h"

#include "cli/cli_config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *key;      /* in the settings file */
    const char *option;   /* "" when the command line has none */
    const char *variable; /* environment */
} setting_rows[] = {
    [SETTING_DB] = {"db", "--db", "BAIGONG_DB"},
    [SETTING_HOME] = {"home", "--home", "BAIGONG_HOME"},
    [SETTING_LANG] = {"lang", "--lang", "BAIGONG_LANG"},
    [SETTING_KEY_FILE] = {"key_file", "", "BAIGONG_KEY_FILE"},
    [SETTING_SNAPSHOT] = {"snapshot", "", "BAIGONG_SNAPSHOT"},
};

_Static_assert(sizeof setting_rows / sizeof setting_rows[0] == SETTING_COUNT, "one row a setting");

bool settings_is_server(const char *db)
{
    return strncmp(db, "postgresql://", 13) == 0 || strncmp(db, "postgres://", 11) == 0;
}

/* ---- the settings file ---- */

static enum err fail_line(struct fault *fault, const char *path, int line, const char *what)
{
    fault_set(fault, ERR_USAGE, "%s:%d: %s", path, line, what);
    return ERR_USAGE;
}

static enum err read_line(struct arena *arena, const char *path, int line, struct str text,
                          bool seen[SETTING_COUNT], struct cli_settings *settings,
                          struct fault *fault)
{
    struct str value = text, key_part;
    str_split(&value, '=', &key_part);
    struct str key = str_trim(key_part);
    if (key_part.size == text.size)
        return fail_line(fault, path, line, "没有等号，应写 key = value (no '=')");
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (!str_equal_text(key, setting_rows[i].key))
            continue;
        if (seen[i])
            return fail_line(fault, path, line, "同一设置写了两次 (given twice)");
        if (str_trim(value).size == 0)
            return fail_line(fault, path, line, "没有值 (no value)");
        seen[i] = true;
        if (settings->values[i])
            return ERR_OK; /* option or variable goes before */
        settings->values[i] = str_z(arena, str_trim(value));
        settings->origins[i] = text_in(arena, "%s:%d", path, line);
        return settings->values[i] ? ERR_OK : ERR_MEMORY;
    }
    fault_set(fault, ERR_USAGE, "%s:%d: 没有设置“%.*s” (unknown setting)", path, line,
              STR_ARG(key));
    fault_hint(fault, "db, home, lang, key_file, snapshot");
    return ERR_USAGE;
}

enum err settings_read_text(struct arena *arena, const char *path, struct str text,
                            struct cli_settings *settings, struct fault *fault)
{
    if (!str_is_utf8(text))
        return fail_line(fault, path, 1, "不是 UTF-8 文本 (not UTF-8)");
    bool seen[SETTING_COUNT] = {false};
    struct str rest = text, line;
    for (int number = 1; str_split(&rest, '\n', &line); number++) {
        struct str content = str_trim(line);
        if (content.size == 0 || content.ptr[0] == '#')
            continue;
        TRY(read_line(arena, path, number, content, seen, settings, fault));
    }
    return ERR_OK;
}

static enum err read_file(struct arena *arena, const char *path, struct str *ret_text,
                          struct fault *fault)
{
    char *bytes = arena_alloc(arena, SETTINGS_FILE_SIZE_MAX + 1);
    if (!bytes)
        return fault_set(fault, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    FILE *file = fopen(path, "re");
    if (!file)
        return fault_set(fault, ERR_IO, "%s: %s", path, strerror(errno));
    size_t size = fread(bytes, 1, SETTINGS_FILE_SIZE_MAX + 1, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed)
        return fault_set(fault, ERR_IO, "%s: %s", path, strerror(errno));
    if (size > SETTINGS_FILE_SIZE_MAX)
        return fault_set(fault, ERR_USAGE, "%s: 超过 %d 字节 (too long)", path,
                         SETTINGS_FILE_SIZE_MAX);
    *ret_text = (struct str){bytes, size};
    return ERR_OK;
}

/* The file to read, NULL when there is none. Only BAIGONG_CONF names one that must exist. */
static const char *find_file(struct arena *arena, settings_variable *variable)
{
    const char *named = variable("BAIGONG_CONF");
    if (named && *named)
        return named;
    const char *folder = variable("XDG_CONFIG_HOME");
    const char *user_home = variable("HOME");
    const char *path = NULL;
    if (folder && *folder)
        path = text_in(arena, "%s/baigong.conf", folder);
    else if (user_home && *user_home)
        path = text_in(arena, "%s/.config/baigong.conf", user_home);
    if (path && access(path, R_OK) == 0)
        return path;
    path = "/etc/baigong/baigong.conf";
    return access(path, R_OK) == 0 ? path : NULL;
}

/* ---- what holds otherwise ---- */

static void set_default(struct cli_settings *settings, enum setting setting, const char *value)
{
    if (settings->values[setting])
        return;
    settings->values[setting] = value;
    settings->origins[setting] = "default";
}

const char *settings_locale_lang(settings_variable *variable)
{
    const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *text = NULL;
    for (size_t i = 0; i < 3 && (!text || !*text); i++)
        text = variable(names[i]);
    return text && strncmp(text, "en", 2) == 0 ? "en" : "zh";
}

static const char *default_home(struct arena *arena)
{
    const char *policy_folder = text_in(arena, "%s/catalogue", CLI_SOURCE_ROOT);
    return access(policy_folder, R_OK) == 0 ? CLI_SOURCE_ROOT : "/usr/share/baigong";
}

static enum err check_lang(const struct cli_settings *settings, struct fault *fault)
{
    const char *lang = settings->values[SETTING_LANG];
    if (strcmp(lang, "zh") == 0 || strcmp(lang, "en") == 0)
        return ERR_OK;
    fault_set(fault, ERR_USAGE, "%s: lang “%s”", settings->origins[SETTING_LANG], lang);
    return fault_hint(fault, "zh, en");
}

enum err settings_load(struct arena *arena, const char *const given[SETTING_COUNT],
                       settings_variable *variable, struct cli_settings *ret_settings,
                       struct fault *fault)
{
    struct cli_settings settings = {0};
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *from_variable = variable(setting_rows[i].variable);
        if (given[i]) {
            settings.values[i] = given[i];
            settings.origins[i] = setting_rows[i].option;
        } else if (from_variable && *from_variable) {
            settings.values[i] = from_variable;
            settings.origins[i] = setting_rows[i].variable;
        }
    }
    settings.file_path = find_file(arena, variable);
    if (settings.file_path) {
        struct str text;
        TRY(read_file(arena, settings.file_path, &text, fault));
        TRY(settings_read_text(arena, settings.file_path, text, &settings, fault));
    }
    set_default(&settings, SETTING_DB, "baigong.db");
    set_default(&settings, SETTING_HOME, default_home(arena));
    set_default(&settings, SETTING_LANG, settings_locale_lang(variable));
    if (!settings_is_server(settings.values[SETTING_DB]))
        set_default(&settings, SETTING_KEY_FILE,
                    text_in(arena, "%s.key", settings.values[SETTING_DB]));
    TRY(check_lang(&settings, fault));
    *ret_settings = settings;
    return ERR_OK;
}
