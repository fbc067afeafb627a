/* field_text.c — cells and values. */
#include "domain/registry/field_text.h"

#include "base/day.h"
#include "base/err.h"
#include "base/money.h"
#include "domain/registry/registry.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void cut_copy(char buffer[PROBLEM_TEXT_SIZE], const char *text)
{
    size_t size = strlen(text);
    if (size >= PROBLEM_TEXT_SIZE) {
        size = PROBLEM_TEXT_SIZE - 1;
        while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
            size--;
    }
    memcpy(buffer, text, size);
    buffer[size] = '\0';
}

void field_problem_set(struct field_problem *problem, const char *remedy, const char *format, ...)
{
    char reason[4 * PROBLEM_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    cut_copy(problem->reason, reason);
    cut_copy(problem->remedy, remedy);
}

const struct catalogue *field_catalogue(const struct vocab *vocab, const struct field_desc *field)
{
    int32_t index = vocab_catalogue(vocab, str_from(field->target));
    return index < 0 ? NULL : &vocab->catalogues[index];
}

/* ---- reading ---- */

static bool has_control_character(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F)
            return true;
    return false;
}

static bool parse_text(const struct field_desc *field, struct str text,
                       struct field_value *ret_value, struct field_problem *ret_problem)
{
    if (!str_is_utf8(text) || has_control_character(text)) {
        field_problem_set(ret_problem, "请删去换行等不可见字符。", "%s含有不可见字符",
                          field->label_zh);
        return false;
    }
    if (text.size > FIELD_TEXT_CHARACTERS_MAX &&
        str_character_count(text) > FIELD_TEXT_CHARACTERS_MAX) {
        field_problem_set(ret_problem, "请缩短文字。", "%s超过%d个字", field->label_zh,
                          FIELD_TEXT_CHARACTERS_MAX);
        return false;
    }
    *ret_value = (struct field_value){ABSENT_I64, text};
    return true;
}

static bool parse_day(const struct field_desc *field, struct str text, int64_t *ret_number,
                      struct field_problem *ret_problem)
{
    int32_t day;
    if (!day_parse(text, &day)) {
        field_problem_set(ret_problem, "请写成 2022-08-22。", "%s“%.*s”不是日期", field->label_zh,
                          STR_ARG(text));
        return false;
    }
    *ret_number = day;
    return true;
}

static bool parse_month(const struct field_desc *field, struct str text, int64_t *ret_number,
                        struct field_problem *ret_problem)
{
    int32_t month;
    int32_t day;
    if (month_parse(text, &month)) {
        *ret_number = month;
        return true;
    }
    if (day_parse(text, &day)) {
        *ret_number = day_month(day);
        return true;
    }
    field_problem_set(ret_problem, "请写成 2022-08。", "%s“%.*s”不是月份", field->label_zh,
                      STR_ARG(text));
    return false;
}

static bool parse_count(const struct field_desc *field, struct str text, int64_t *ret_number,
                        struct field_problem *ret_problem)
{
    int64_t count;
    if (!str_to_i64(text, &count) || count < 0 || count > INT32_MAX) {
        field_problem_set(ret_problem, "请填 0 或正整数。", "%s“%.*s”不是整数", field->label_zh,
                          STR_ARG(text));
        return false;
    }
    *ret_number = count;
    return true;
}

static bool parse_money(const struct field_desc *field, struct str text, int64_t *ret_number,
                        struct field_problem *ret_problem)
{
    if (!money_parse(text, ret_number) || *ret_number < 0) {
        field_problem_set(ret_problem, "请填以元为单位的金额，最多两位小数。", "%s“%.*s”不是金额",
                          field->label_zh, STR_ARG(text));
        return false;
    }
    return true;
}

static bool parse_bool(const struct field_desc *field, struct str text, int64_t *ret_number,
                       struct field_problem *ret_problem)
{
    static const struct {
        const char *word;
        int64_t value;
    } words[] = {
        {"是", 1},   {"否", 0},    {"1", 1},   {"0", 0},  {"有", 1},   {"无", 0},
        {"√", 1},    {"×", 0},     {"yes", 1}, {"no", 0}, {"true", 1}, {"false", 0},
        {"TRUE", 1}, {"FALSE", 0}, {"Y", 1},   {"N", 0},  {"合格", 1}, {"不合格", 0},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_equal_text(text, words[i].word)) {
            *ret_number = words[i].value;
            return true;
        }
    }
    field_problem_set(ret_problem, "请填“是”或“否”。", "%s“%.*s”不是“是”或“否”", field->label_zh,
                      STR_ARG(text));
    return false;
}

static bool parse_enum(const struct field_desc *field, struct str text, int64_t *ret_number,
                       struct field_problem *ret_problem)
{
    const struct enum_desc *desc = registry_enum_by_name(field->target);
    int32_t code = registry_enum_code(desc, text);
    if (code != ABSENT_I32) {
        *ret_number = code;
        return true;
    }
    char remedy[4 * PROBLEM_TEXT_SIZE] = "可填：";
    for (int32_t i = 0; i < desc->code_count; i++) {
        size_t used = strlen(remedy);
        snprintf(remedy + used, sizeof remedy - used, "%s%s", i ? "、" : "",
                 desc->codes[i].label_zh);
    }
    field_problem_set(ret_problem, remedy, "%s没有“%.*s”这一项", field->label_zh, STR_ARG(text));
    return false;
}

static bool all_digits(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.size > 0;
}

static bool parse_code(const struct vocab *vocab, const struct field_desc *field, struct str text,
                       int32_t day, int64_t *ret_number, struct field_problem *ret_problem)
{
    const struct catalogue *catalogue = field_catalogue(vocab, field);
    if (!catalogue) {
        field_problem_set(ret_problem, "请先装入目录：baigong catalogue load。", "%s没有可用的目录",
                          field->label_zh);
        return false;
    }
    const struct catalogue_entry *entry = NULL;
    int64_t number;
    if (all_digits(text) && str_to_i64(text, &number))
        entry = catalogue_by_code(catalogue, number);
    if (!entry)
        entry = catalogue_by_name(catalogue, text, day);
    if (!entry) {
        field_problem_set(ret_problem, "请按目录填写编码或全称。", "%s目录里没有“%.*s”",
                          catalogue->label_zh, STR_ARG(text));
        return false;
    }
    *ret_number = entry->code;
    return true;
}

bool field_parse(const struct vocab *vocab, const struct field_desc *field, struct str text,
                 int32_t day, struct field_value *ret_value, struct field_problem *ret_problem)
{
    int64_t number = ABSENT_I64;
    bool done = false;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_SECRET:
        return parse_text(field, text, ret_value, ret_problem);
    case FIELD_DAY:
        done = parse_day(field, text, &number, ret_problem);
        break;
    case FIELD_MONTH:
        done = parse_month(field, text, &number, ret_problem);
        break;
    case FIELD_COUNT:
        done = parse_count(field, text, &number, ret_problem);
        break;
    case FIELD_MONEY:
        done = parse_money(field, text, &number, ret_problem);
        break;
    case FIELD_BOOL:
        done = parse_bool(field, text, &number, ret_problem);
        break;
    case FIELD_ENUM:
        done = parse_enum(field, text, &number, ret_problem);
        break;
    case FIELD_CODE:
        done = parse_code(vocab, field, text, day, &number, ret_problem);
        break;
    case FIELD_ID:
    case FIELD_REF:
        check_failed("identifiers are not written in cells", __FILE__, __LINE__);
    }
    if (done)
        *ret_value = (struct field_value){.number = number};
    return done;
}

/* ---- writing ---- */

/* Divisions are known by their numbers, occupations by their printed codes, what a city made up
 * itself by its name. */
static struct str print_code(const struct vocab *vocab, const struct field_desc *field,
                             int64_t number, char buffer[FIELD_PRINT_SIZE])
{
    const struct catalogue *catalogue = field_catalogue(vocab, field);
    const struct catalogue_entry *entry = catalogue ? catalogue_by_code(catalogue, number) : NULL;
    if (entry && entry->label.size > 0)
        return entry->label;
    if (entry && strcmp(field->target, "division") != 0) {
        const struct catalogue_entry *named = catalogue_by_name(catalogue, entry->name, ABSENT_I32);
        if (named && named->code == number)
            return entry->name;
    }
    snprintf(buffer, FIELD_PRINT_SIZE, "%" PRId64, number);
    return str_from(buffer);
}

static struct str print_enum(const struct field_desc *field, int64_t number,
                             char buffer[FIELD_PRINT_SIZE])
{
    const struct code_desc *row =
        registry_enum_row(registry_enum_by_name(field->target), (int32_t)number);
    if (row)
        return str_from(row->label_zh);
    snprintf(buffer, FIELD_PRINT_SIZE, "%" PRId64, number);
    return str_from(buffer);
}

struct str field_print(const struct vocab *vocab, const struct field_desc *field, int64_t number,
                       char buffer[FIELD_PRINT_SIZE])
{
    if (number == ABSENT_I64)
        return STR("");
    switch (field->type) {
    case FIELD_DAY:
        return str_from(day_text((int32_t)number, buffer));
    case FIELD_MONTH:
        return str_from(month_text((int32_t)number, buffer));
    case FIELD_MONEY:
        snprintf(buffer, FIELD_PRINT_SIZE, "%" PRId64 ".%02d", number / 100, (int)(number % 100));
        return str_from(buffer);
    case FIELD_BOOL:
        return number ? STR("是") : STR("否");
    case FIELD_ENUM:
        return print_enum(field, number, buffer);
    case FIELD_CODE:
        return print_code(vocab, field, number, buffer);
    default:
        snprintf(buffer, FIELD_PRINT_SIZE, "%" PRId64, number);
        return str_from(buffer);
    }
}
