#include "cli/cli_settings.h"

#include "base/day.h"
#include "base/record.h"
#include "cli/cli_config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum setting_when { WHEN_START, WHEN_RELOAD };

static const struct setting_row {
    const char *name; /* as an option is written */
    enum cli_kind kind;
    int64_t min, max;
    const char *otherwise, *choices;
    bool is_of_serve;
    enum setting_when when;
} setting_rows[SETTING_COUNT] = {
#define COMMON(setting, name, kind, value) {name, kind, 0, 0, NULL, value, false, WHEN_START},
#define SERVE(setting, name, kind, min, max, otherwise, value, when, zh, en)                       \
    {name, kind, min, max, otherwise, value, true, WHEN_##when},
#include "cli/settings.def"
#undef COMMON
#undef SERVE
};

const char *settings_name(enum setting setting)
{
    return setting_rows[setting].name;
}

bool settings_is_of_serve(enum setting setting)
{
    return setting_rows[setting].is_of_serve;
}

bool settings_may_reload(enum setting setting)
{
    return setting_rows[setting].when == WHEN_RELOAD;
}

/* tls-key is tls_key in a file and BAIGONG_TLS_KEY in the environment. */
static const char *key_of(struct arena *arena, const struct setting_row *row)
{
    char *key = (char *)(uintptr_t)text_in(arena, "%s", row->name);
    for (char *c = key; *c; c++)
        *c = *c == '-' ? '_' : *c;
    return key;
}

static const char *variable_of(struct arena *arena, const struct setting_row *row)
{
    char *name = (char *)(uintptr_t)text_in(arena, "BAIGONG_%s", row->name);
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    return name;
}

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

static enum err hint_nearest(struct arena *arena, struct str key, struct fault *fault)
{
    const char *keys[SETTING_COUNT];
    for (int i = 0; i < SETTING_COUNT; i++)
        keys[i] = key_of(arena, &setting_rows[i]);
    const char *typed = str_z(arena, key);
    const char *nearest = typed ? cli_nearest(typed, keys, SETTING_COUNT) : NULL;
    return fault_hint(fault, "%s%s", nearest ? nearest : "doc/serve.md", nearest ? " = …" : "");
}

static enum err fail_value(enum setting setting, const char *value, const char *origin,
                           struct fault *fault)
{
    const struct setting_row *row = &setting_rows[setting];
    fault_set(fault, ERR_USAGE, "%s: %s 不能是“%s” (wrong value)", origin, row->name, value);
    switch (row->kind) {
    case CLI_COUNT:
        return fault_hint(fault, "%" PRId64 " … %" PRId64, row->min, row->max);
    case CLI_FLAG:
        return fault_hint(fault, "yes, no");
    case CLI_DAY:
        return fault_hint(fault, "2023-12-31");
    case CLI_ONE_OF:
        return fault_hint(fault, "%s", row->choices);
    case CLI_TEXT:
        break;
    }
    return fault_hint(fault, "UTF-8");
}

static bool is_choice(const char *choices, const char *value)
{
    struct str rest = str_from(choices), choice;
    while (str_split(&rest, '|', &choice))
        if (str_equal_text(choice, value))
            return true;
    return false;
}

static enum err check_value(enum setting setting, const char *value, const char *origin,
                            struct fault *fault)
{
    const struct setting_row *row = &setting_rows[setting];
    int64_t count = 0;
    int32_t day;
    bool fits = str_is_utf8(str_from(value));
    switch (row->kind) {
    case CLI_COUNT:
        fits = str_to_i64(str_from(value), &count) && count >= row->min && count <= row->max;
        break;
    case CLI_FLAG:
        fits = strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
        break;
    case CLI_DAY:
        fits = day_parse(str_from(value), &day);
        break;
    case CLI_ONE_OF:
        fits = is_choice(row->choices, value);
        break;
    case CLI_TEXT:
        break;
    }
    return fits ? ERR_OK : fail_value(setting, value, origin, fault);
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
        if (!str_equal_text(key, key_of(arena, &setting_rows[i])))
            continue;
        if (seen[i])
            return fail_line(fault, path, line, "同一设置写了两次 (given twice)");
        if (str_trim(value).size == 0)
            return fail_line(fault, path, line, "没有值 (no value)");
        seen[i] = true;
        const char *origin = text_in(arena, "%s:%d", path, line);
        const char *text_z = str_z(arena, str_trim(value));
        if (!text_z)
            return fault_set(fault, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
        TRY(check_value((enum setting)i, text_z, origin, fault));
        if (settings->values[i])
            return ERR_OK; /* option or variable goes before */
        settings->values[i] = text_z;
        settings->origins[i] = origin;
        return ERR_OK;
    }
    fault_set(fault, ERR_USAGE, "%s:%d: 没有设置“%.*s” (unknown setting)", path, line,
              STR_ARG(key));
    return hint_nearest(arena, key, fault);
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

/* The file to read, NULL when there is none. Only --settings and BAIGONG_CONF name one
 * that must exist. */
static const char *find_file(struct arena *arena, const char *given, settings_variable *variable)
{
    if (given)
        return given;
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

/* By option, else by variable. */
static enum err read_given(struct arena *arena, const char *const given[SETTING_COUNT],
                           settings_variable *variable, struct cli_settings *settings,
                           struct fault *fault)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *name = variable_of(arena, &setting_rows[i]);
        const char *from_variable = variable(name);
        if (given[i]) {
            settings->values[i] = given[i];
            settings->origins[i] = text_in(arena, "--%s", setting_rows[i].name);
        } else if (from_variable && *from_variable) {
            settings->values[i] = from_variable;
            settings->origins[i] = name;
        }
        if (settings->values[i])
            TRY(check_value((enum setting)i, settings->values[i], settings->origins[i], fault));
    }
    return ERR_OK;
}

enum err settings_load(struct arena *arena, const char *const given[SETTING_COUNT],
                       const char *path, settings_variable *variable,
                       struct cli_settings *ret_settings, struct fault *fault)
{
    struct cli_settings settings = {0};
    TRY(read_given(arena, given, variable, &settings, fault));
    settings.file_path = find_file(arena, path, variable);
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
    for (int i = 0; i < SETTING_COUNT; i++)
        set_default(&settings, (enum setting)i, setting_rows[i].otherwise);
    *ret_settings = settings;
    return ERR_OK;
}

/* ---- asking */

bool settings_flag(const struct cli_settings *settings, enum setting setting)
{
    check(setting_rows[setting].kind == CLI_FLAG);
    return strcmp(settings->values[setting], "yes") == 0;
}

int64_t settings_count(const struct cli_settings *settings, enum setting setting)
{
    check(setting_rows[setting].kind == CLI_COUNT);
    int64_t count;
    check(str_to_i64(str_from(settings->values[setting]), &count));
    return count;
}

int32_t settings_day(const struct cli_settings *settings, enum setting setting)
{
    check(setting_rows[setting].kind == CLI_DAY);
    int32_t day = ABSENT_I32;
    if (settings->values[setting])
        check(day_parse(str_from(settings->values[setting]), &day));
    return day;
}
