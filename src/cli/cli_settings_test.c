#include "cli/cli_settings.h"

#include "base/day.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *conf_path = ""; /* what BAIGONG_CONF says during a test */
static const char *db_variable;

static const char *variable(const char *name)
{
    if (strcmp(name, "BAIGONG_CONF") == 0)
        return conf_path;
    if (strcmp(name, "BAIGONG_DB") == 0)
        return db_variable;
    if (strcmp(name, "HOME") == 0)
        return "/nonexistent";
    return NULL;
}

static void write_conf(char path[64], const char *text)
{
    snprintf(path, 64, "/tmp/baigong_settings_XXXXXX");
    int handle = mkstemp(path);
    check(handle >= 0);
    check(write(handle, text, strlen(text)) == (ssize_t)strlen(text));
    close(handle);
    conf_path = path;
}

TEST(settings_load__prefers_option_then_variable_then_file_then_default)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    char path[64];
    write_conf(path, "# city\n\ndb = file.db\nkey_file = /etc/baigong/city.key\nlang=en\n");
    struct cli_settings settings;
    const char *given[SETTING_COUNT] = {0};
    EXPECT_OK(settings_load(&arena, given, NULL, variable, &settings, NULL));
    assert_string_equal("file.db", settings.values[SETTING_DB]);
    assert_string_equal("/etc/baigong/city.key", settings.values[SETTING_KEY_FILE]);
    assert_string_equal("en", settings.values[SETTING_LANG]);
    EXPECT(strstr(settings.origins[SETTING_DB], ":3"));

    db_variable = "variable.db";
    EXPECT_OK(settings_load(&arena, given, NULL, variable, &settings, NULL));
    assert_string_equal("variable.db", settings.values[SETTING_DB]);
    given[SETTING_DB] = "option.db";
    EXPECT_OK(settings_load(&arena, given, NULL, variable, &settings, NULL));
    assert_string_equal("option.db", settings.values[SETTING_DB]);
    db_variable = NULL;
    unlink(path);
    arena_done(&arena);
}

TEST(settings_load__puts_the_key_beside_a_file_but_nowhere_for_a_server)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    conf_path = "";
    struct cli_settings settings;
    const char *given[SETTING_COUNT] = {[SETTING_DB] = "a/city.db"};
    EXPECT_OK(settings_load(&arena, given, NULL, variable, &settings, NULL));
    assert_string_equal("a/city.db.key", settings.values[SETTING_KEY_FILE]);
    given[SETTING_DB] = "postgresql:///city";
    EXPECT_OK(settings_load(&arena, given, NULL, variable, &settings, NULL));
    EXPECT(settings.values[SETTING_KEY_FILE] == NULL);
    arena_done(&arena);
}

static void expect_fault(const char *text, const char *message)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct cli_settings settings = {0};
    struct fault fault = {0};
    EXPECT_ERR(ERR_USAGE,
               settings_read_text(&arena, "city.conf", str_from(text), &settings, &fault));
    EXPECT_STR(message, str_from(fault.message));
    arena_done(&arena);
}

TEST(settings_read_text__names_file_and_line_of_a_mistake)
{
    expect_fault("db = a\n\ndb = b\n", "city.conf:3: 同一设置写了两次 (given twice)");
    expect_fault("db\n", "city.conf:1: 没有等号，应写 key = value (no '=')");
    expect_fault("# x\ndb =\n", "city.conf:2: 没有值 (no value)");
    expect_fault("dbb = 1\n", "city.conf:1: 没有设置“dbb” (unknown setting)");
    expect_fault("db = a\nport = 65536\n",
                 "city.conf:2: port 不能是“65536” (wrong value)");
    expect_fault("debug = maybe\n", "city.conf:1: debug 不能是“maybe” (wrong value)");
    expect_fault("lang = fr\n", "city.conf:1: lang 不能是“fr” (wrong value)");
    expect_fault("db = \xff\n", "city.conf:1: 不是 UTF-8 文本 (not UTF-8)");
}

TEST(settings_load__refuses_a_file_that_is_named_but_missing)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    conf_path = "/nonexistent/baigong.conf";
    struct cli_settings settings;
    const char *given[SETTING_COUNT] = {0};
    struct fault fault = {0};
    EXPECT_ERR(ERR_IO, settings_load(&arena, given, NULL, variable, &settings, &fault));
    EXPECT(strstr(fault.message, "/nonexistent/baigong.conf"));
    conf_path = "";
    arena_done(&arena);
}

TEST(settings_load__takes_what_serve_wants_from_the_same_places)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    char path[64];
    write_conf(path, "port = 9000\nbehind_proxy = yes\ntoday = 2023-12-31\n");
    conf_path = "";
    struct cli_settings settings;
    const char *given[SETTING_COUNT] = {[SETTING_WORKERS] = "8"};
    EXPECT_OK(settings_load(&arena, given, path, variable, &settings, NULL));
    EXPECT_INT(9000, settings_count(&settings, SETTING_PORT));
    EXPECT_INT(8, settings_count(&settings, SETTING_WORKERS));
    EXPECT(settings_flag(&settings, SETTING_BEHIND_PROXY));
    EXPECT(!settings_flag(&settings, SETTING_DEBUG));
    int32_t day;
    EXPECT(day_from_civil(2023, 12, 31, &day));
    EXPECT_INT(day, settings_day(&settings, SETTING_TODAY));
    given[SETTING_WORKERS] = "33";
    struct fault fault = {0};
    EXPECT_ERR(ERR_USAGE, settings_load(&arena, given, path, variable, &settings, &fault));
    EXPECT(strstr(fault.message, "--workers"));
    unlink(path);
    arena_done(&arena);
}

TEST(doc_serve__tells_of_every_setting)
{
    static char page[256 * 1024];
    FILE *file = fopen("doc/serve.md", "rb");
    EXPECT(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    static const struct {
        const char *name, *otherwise, *en;
    } rows[] = {
#define COMMON(setting, name, kind, value)
#define SERVE(setting, name, kind, min, max, otherwise, value, when, zh, en) {name, otherwise, en},
#include "cli/settings.def"
#undef COMMON
#undef SERVE
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char key[64] = "";
        for (size_t c = 0; rows[i].name[c]; c++)
            key[c] = rows[i].name[c] == '-' ? '_' : rows[i].name[c];
        char begin[80];
        snprintf(begin, sizeof begin, "\n| `%s` |", key);
        const char *row = strstr(page, begin);
        if (!row)
            print_error("doc/serve.md has no row for %s\n", key);
        EXPECT(row);
        const char *end = strchr(row + 1, '\n');
        const char *words = strstr(row, rows[i].en);
        EXPECT(words && words < end);
        const char *otherwise = rows[i].otherwise ? strstr(row, rows[i].otherwise) : row;
        EXPECT(otherwise && otherwise < end);
    }
}
