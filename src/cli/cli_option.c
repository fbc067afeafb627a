#include "cli/cli.h"

#include "base/day.h"

#include <string.h>

/* ---- looking at tables ---- */

static bool is_word(const struct cli_option *option)
{
    return option->name[0] >= 'A' && option->name[0] <= 'Z';
}

static const struct cli_option *option_in(const struct cli_option *table, const char *name)
{
    for (; table->name; table++) {
        if (strcmp(table->name, name) == 0)
            return table;
    }
    return NULL;
}

static const struct cli_option *option_of(const struct cli *cli, const char *name)
{
    const struct cli_option *option = cli->command ? option_in(cli->command->options, name) : NULL;
    return option ? option : option_in(cli_common_options, name);
}

static int32_t given_count(const struct cli *cli, const struct cli_option *option)
{
    int32_t count = 0;
    for (int32_t i = 0; i < cli->value_count; i++)
        count += cli->values[i].option == option;
    return count;
}

/* ---- asking for values ---- */

static const struct cli_value *value_at(const struct cli *cli, const char *name, int32_t index)
{
    const struct cli_option *option = option_of(cli, name);
    if (!option)
        return NULL; /* `baigong --version` runs without reading a table */
    for (int32_t i = 0; i < cli->value_count; i++) {
        if (cli->values[i].option == option && index-- == 0)
            return &cli->values[i];
    }
    return NULL;
}

bool cli_given(const struct cli *cli, const char *name)
{
    return value_at(cli, name, 0) != NULL;
}

bool cli_flag(const struct cli *cli, const char *name)
{
    return cli_given(cli, name);
}

const char *cli_text_at(const struct cli *cli, const char *name, int32_t index)
{
    const struct cli_value *value = value_at(cli, name, index);
    return value ? value->text : NULL;
}

const char *cli_text(const struct cli *cli, const char *name, const char *default_text)
{
    const char *text = cli_text_at(cli, name, 0);
    return text ? text : default_text;
}

int64_t cli_count(const struct cli *cli, const char *name, int64_t default_count)
{
    const struct cli_value *value = value_at(cli, name, 0);
    check(!value || value->option->kind == CLI_COUNT);
    return value ? value->number : default_count;
}

int32_t cli_day(const struct cli *cli, const char *name, int32_t default_day)
{
    const struct cli_value *value = value_at(cli, name, 0);
    check(!value || value->option->kind == CLI_DAY);
    return value ? (int32_t)value->number : default_day;
}

int32_t cli_choice(const struct cli *cli, const char *name, int32_t default_index)
{
    const struct cli_value *value = value_at(cli, name, 0);
    check(!value || value->option->kind == CLI_ONE_OF);
    return value ? (int32_t)value->number : default_index;
}

/* ---- the nearest name ---- */

enum { NEAREST_SIZE_MAX = 40 }; /* longer names get no suggestion */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, removals, replacements and swaps of neighbours that lead from one to the other. */
static size_t edit_distance(const char *from, const char *to)
{
    size_t from_size = strlen(from), to_size = strlen(to);
    size_t cost[NEAREST_SIZE_MAX + 1][NEAREST_SIZE_MAX + 1];
    for (size_t i = 0; i <= from_size; i++) {
        for (size_t j = 0; j <= to_size; j++) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            size_t replace = cost[i - 1][j - 1] + (from[i - 1] != to[j - 1]);
            cost[i][j] = smaller(replace, smaller(cost[i - 1][j], cost[i][j - 1]) + 1);
            bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (swapped)
                cost[i][j] = smaller(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[from_size][to_size];
}

const char *cli_nearest(const char *typed, const char *const *candidates, int32_t candidate_count)
{
    size_t typed_size = strlen(typed);
    if (typed_size == 0 || typed_size > NEAREST_SIZE_MAX)
        return NULL;
    const char *nearest = NULL;
    size_t nearest_distance = typed_size / 3 + 2; /* one slip in a short word, more in a long one */
    for (int32_t i = 0; i < candidate_count; i++) {
        if (strlen(candidates[i]) > NEAREST_SIZE_MAX)
            continue;
        bool starts_alike = typed_size >= 2 && strncmp(candidates[i], typed, typed_size) == 0;
        size_t distance = starts_alike ? 1 : edit_distance(typed, candidates[i]);
        if (distance < nearest_distance) {
            nearest_distance = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}

/* ---- reading the command line ---- */

static enum err fail_unknown_option(struct cli *cli, const char *name)
{
    const char *names[128];
    int32_t name_count = 0;
    const struct cli_option *tables[] = {cli->command->options, cli_common_options};
    for (size_t t = 0; t < 2; t++) {
        for (const struct cli_option *o = tables[t]; o->name && name_count < 128; o++) {
            if (!is_word(o))
                names[name_count++] = o->name;
        }
    }
    cli_fail(cli, ERR_USAGE, "没有选项“--%s”", "there is no option \"--%s\"", name);
    const char *nearest = cli_nearest(name, names, name_count);
    if (!nearest)
        return ERR_USAGE;
    return cli_fail_hint(cli, "是不是 --%s？", "did you mean --%s?", nearest);
}

static bool read_choice(const char *choices, const char *text, int64_t *ret_index)
{
    struct str rest = str_from(choices), choice;
    for (int64_t index = 0; str_split(&rest, '|', &choice); index++) {
        if (str_equal_text(choice, text)) {
            *ret_index = index;
            return true;
        }
    }
    return false;
}

static bool read_count(const char *text, int64_t *ret_count)
{
    int64_t count;
    if (!str_to_i64(str_from(text), &count) || count < 0)
        return false;
    *ret_count = count;
    return true;
}

static bool read_day(const char *text, int64_t *ret_day)
{
    int32_t day;
    if (!day_parse(str_from(text), &day))
        return false;
    *ret_day = day;
    return true;
}

static enum err fail_value(struct cli *cli, const struct cli_option *option, const char *text)
{
    const char *dashes = is_word(option) ? "" : "--";
    cli_fail(cli, ERR_USAGE, "%s%s 的值“%s”不对", "%s%s cannot be \"%s\"", dashes, option->name,
             text);
    switch (option->kind) {
    case CLI_DAY:
        return cli_fail_hint(cli, "请写真实的日期，如 2023-12-31。",
                             "Write a day of the calendar, such as 2023-12-31.");
    case CLI_COUNT:
        return cli_fail_hint(cli, "请写不小于 0 的整数。", "Write a whole number from 0.");
    case CLI_ONE_OF:
        return cli_fail_hint(cli, "可选：%s。", "Choose one of %s.", option->value_name);
    case CLI_TEXT:
    case CLI_FLAG:
        break;
    }
    return cli_fail_hint(cli, "值不能为空。", "The value must not be empty.");
}

static enum err add_value(struct cli *cli, const struct cli_option *option, const char *text)
{
    const char *dashes = is_word(option) ? "" : "--";
    bool once = option->need == CLI_OPTIONAL || option->need == CLI_REQUIRED;
    if (once && given_count(cli, option) > 0)
        return cli_fail(cli, ERR_USAGE, "%s%s 写了两次", "%s%s is given twice", dashes,
                        option->name);
    if (cli->value_count == CLI_VALUES_MAX)
        return cli_fail(cli, ERR_USAGE, "命令行超过 %d 项", "the command line has over %d parts",
                        CLI_VALUES_MAX);
    struct cli_value value = {.option = option, .text = text};
    bool valid = true;
    switch (option->kind) {
    case CLI_FLAG:
        break;
    case CLI_TEXT:
        valid = text[0] != '\0' && str_is_utf8(str_from(text));
        break;
    case CLI_DAY:
        valid = read_day(text, &value.number);
        break;
    case CLI_COUNT:
        valid = read_count(text, &value.number);
        break;
    case CLI_ONE_OF:
        valid = read_choice(option->value_name, text, &value.number);
        break;
    }
    if (!valid)
        return fail_value(cli, option, text);
    cli->values[cli->value_count++] = value;
    return ERR_OK;
}

/* --name, --name=value or --name value; *place is left on the last argument used. */
static enum err read_option(struct cli *cli, int argc, const char *const *argv, int *place)
{
    const char *text = argv[*place] + 2;
    const char *equals = strchr(text, '=');
    const char *name = text;
    if (equals)
        name = str_z(cli->arena, (struct str){text, (size_t)(equals - text)});
    check(name);
    const struct cli_option *option = option_of(cli, name);
    if (!option || is_word(option))
        return fail_unknown_option(cli, name);
    if (option->kind == CLI_FLAG) {
        if (equals)
            return cli_fail(cli, ERR_USAGE, "--%s 不带值", "--%s takes no value", name);
        return add_value(cli, option, "");
    }
    if (equals)
        return add_value(cli, option, equals + 1);
    if (*place + 1 >= argc || strncmp(argv[*place + 1], "--", 2) == 0)
        return cli_fail(cli, ERR_USAGE, "--%s 后面要写 %s", "--%s needs a value: %s", name,
                        option->value_name);
    return add_value(cli, option, argv[++*place]);
}

/* The first word of the table that can still take one. */
static enum err read_word(struct cli *cli, const char *text)
{
    for (const struct cli_option *o = cli->command->options; o->name; o++) {
        bool repeats = o->need == CLI_MANY || o->need == CLI_SOME;
        if (is_word(o) && (repeats || given_count(cli, o) == 0))
            return add_value(cli, o, text);
    }
    return cli_fail(cli, ERR_USAGE, "多余的参数“%s”", "unexpected argument \"%s\"", text);
}

static enum err require_all(struct cli *cli)
{
    for (const struct cli_option *o = cli->command->options; o->name; o++) {
        bool needed = o->need == CLI_REQUIRED || o->need == CLI_SOME;
        if (!needed || given_count(cli, o) > 0)
            continue;
        cli_fail(cli, ERR_USAGE, "缺少 %s%s", "%s%s is missing", is_word(o) ? "" : "--", o->name);
        return cli_fail_hint(cli, "%s%s", "%s%s", cli_say(cli, o->help_zh, o->help_en),
                             cli_say(cli, "。", "."));
    }
    return ERR_OK;
}

enum err cli_read_options(struct cli *cli, int argc, const char *const *argv, int first)
{
    bool only_words = false;
    for (int i = first; i < argc; i++) {
        if (only_words || argv[i][0] != '-' || argv[i][1] == '\0') {
            TRY(read_word(cli, argv[i]));
        } else if (strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (argv[i][1] != '-') {
            cli_fail(cli, ERR_USAGE, "没有选项“%s”", "there is no option \"%s\"", argv[i]);
            return cli_fail_hint(cli, "选项都写全名，如 --json。",
                                 "Options are written in full, such as --json.");
        } else {
            TRY(read_option(cli, argc, argv, &i));
        }
    }
    return require_all(cli);
}
