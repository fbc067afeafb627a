#include "policy/explain_value.h"

#include "base/day.h"

#include <inttypes.h>

const char *explain_either(const struct explain_words *words, const char *zh, const char *en)
{
    return words->spelling == SPELLING_ZH ? zh : en;
}

void explain_add_day(const struct explain_words *words, int64_t day)
{
    char text[DAY_TEXT_SIZE];
    if (day == DAY_NEVER)
        text_add_z(words->buf, explain_either(words, "无", "none"));
    else
        text_add_z(words->buf, day_text((int32_t)day, text));
}

void explain_add_field(const struct explain_words *words, int32_t table, int32_t field)
{
    const struct field_desc *desc = &words->policy->vocab->records[table].fields[field];
    text_add_z(words->buf, explain_either(words, desc->label_zh, desc->name));
}

static struct type type_of(const struct vocab *vocab, const struct field_desc *field)
{
    static const enum type_kind kinds[] = {
        [FIELD_ID] = TYPE_COUNT,    [FIELD_REF] = TYPE_REF,     [FIELD_TEXT] = TYPE_NONE,
        [FIELD_SECRET] = TYPE_NONE, [FIELD_DAY] = TYPE_DAY,     [FIELD_MONTH] = TYPE_MONTH,
        [FIELD_COUNT] = TYPE_COUNT, [FIELD_MONEY] = TYPE_MONEY, [FIELD_BOOL] = TYPE_BOOL,
        [FIELD_ENUM] = TYPE_ENUM,   [FIELD_CODE] = TYPE_CODE,
    };
    struct str target = str_from(field->target);
    struct type type = {kinds[field->type], -1};
    if (type.kind == TYPE_ENUM)
        type.target = vocab_enum(vocab, target);
    else if (type.kind == TYPE_CODE)
        type.target = vocab_catalogue(vocab, target);
    else if (type.kind == TYPE_REF)
        type.target = vocab_table(vocab, target);
    bool is_nowhere = type.kind == TYPE_ENUM || type.kind == TYPE_CODE || type.kind == TYPE_REF;
    return is_nowhere && type.target < 0 ? (struct type){TYPE_COUNT, -1} : type;
}

void explain_add_value(const struct explain_words *words, int32_t table, int32_t field,
                       int64_t value)
{
    const struct vocab *vocab = words->policy->vocab;
    struct type type = type_of(vocab, &vocab->records[table].fields[field]);
    if (value == ABSENT_I64)
        text_add_z(words->buf, explain_either(words, "未填", "not given"));
    else if (type.kind == TYPE_DAY)
        explain_add_day(words, value);
    else if (type.kind == TYPE_REF)
        explain_add_row(words, type.target, (int32_t)value);
    else
        policy_print_value(words->buf, words->policy, type, value, words->spelling);
}

/* How much a field tells one row of a record from another: a code or a name before an ordered
 * step, that before a kind; one day at the end. 0: nothing. */
static int32_t telling_power(const struct field_desc *field, const struct vocab *vocab)
{
    if (field->type == FIELD_CODE)
        return 4;
    if (field->type == FIELD_REF)
        return field->need == NEED_REQUIRED ? 5 : 0;
    if (field->type != FIELD_ENUM)
        return 0;
    int32_t index = vocab_enum(vocab, str_from(field->target));
    return index >= 0 && vocab->enums[index].ordered ? 3 : 1;
}

enum { TELLING_FIELDS_MAX = 2 };

static bool is_chosen(const int32_t *chosen, int32_t count, int32_t field)
{
    for (int32_t i = 0; i < count; i++)
        if (chosen[i] == field)
            return true;
    return false;
}

/* Kinds are told only where nothing better is known. */
static int32_t choose_fields(const struct explain_words *words, int32_t table, int32_t row,
                             int32_t chosen[TELLING_FIELDS_MAX])
{
    const struct vocab *vocab = words->policy->vocab;
    const struct record_desc *record = &vocab->records[table];
    int32_t count = 0;
    while (count < TELLING_FIELDS_MAX) {
        int32_t best = -1;
        int32_t best_power = count > 0 ? 1 : 0;
        for (int32_t f = 0; f < record->field_count; f++) {
            int32_t power = telling_power(&record->fields[f], vocab);
            bool is_better = power > best_power && !is_chosen(chosen, count, f);
            if (is_better &&
                column_value(&words->world->tables[table].columns[f], row) != ABSENT_I64) {
                best = f;
                best_power = power;
            }
        }
        if (best < 0)
            break;
        chosen[count++] = best;
    }
    return count;
}

static void add_day_of_row(const struct explain_words *words, int32_t table, int32_t row)
{
    const struct record_desc *record = &words->policy->vocab->records[table];
    for (int32_t f = 0; f < record->field_count; f++) {
        const struct field_desc *field = &record->fields[f];
        bool is_date = (field->type == FIELD_DAY || field->type == FIELD_MONTH) &&
                       field->need == NEED_REQUIRED;
        if (!is_date)
            continue;
        text_add_z(words->buf, explain_either(words, "，", ", "));
        explain_add_field(words, table, f);
        text_add_byte(words->buf, ' ');
        explain_add_value(words, table, f,
                          column_value(&words->world->tables[table].columns[f], row));
        return;
    }
}

/* Place of a row among those of its table called so far, from 1; 0 when it was not called. */
static int32_t called_before(const struct explain_rows *rows, int32_t table, int32_t row)
{
    int32_t place = 0;
    for (int32_t i = 0; rows && i < rows->count; i++) {
        place += rows->list[i].table == table;
        if (rows->list[i].table == table && rows->list[i].row == row)
            return place;
    }
    return 0;
}

static int32_t call_row(struct explain_rows *rows, int32_t table, int32_t row)
{
    if (!rows || rows->count == EXPLAIN_ROWS_MAX)
        return 0;
    rows->list[rows->count].table = table;
    rows->list[rows->count++].row = row;
    return called_before(rows, table, row);
}

/* Numbers are needed where an owner has several rows. */
static void add_number(const struct explain_words *words, int32_t table, int32_t row,
                       int32_t number)
{
    const struct table_columns *rows = &words->world->tables[table];
    int32_t owner = rows->owner_rows ? rows->owner_rows[row] : -1;
    bool is_alone = owner >= 0 && rows->first_row[owner + 1] - rows->first_row[owner] == 1;
    if (number > 0 && !is_alone)
        text_format(words->buf, " %d", number);
}

void explain_add_row(const struct explain_words *words, int32_t table, int32_t row)
{
    struct str name = words->name_of ? words->name_of(words->context, table, row)
                                     : (struct str){NULL, 0};
    if (name.size > 0) {
        text_add(words->buf, name);
        return;
    }
    const struct record_desc *record = &words->policy->vocab->records[table];
    text_add_z(words->buf, explain_either(words, record->label_zh, record->name));
    int32_t chosen[TELLING_FIELDS_MAX];
    bool is_owned = record->owner[0] != '\0';
    int32_t count = is_owned ? choose_fields(words, table, row, chosen) : 0;
    if (count == 0) {
        text_format(words->buf, " %" PRId64, words->world->tables[table].row_ids[row]);
        return;
    }
    int32_t number = called_before(words->rows, table, row);
    add_number(words, table, row, number > 0 ? number : call_row(words->rows, table, row));
    if (number > 0)
        return;
    text_add_z(words->buf, explain_either(words, "（", " ("));
    for (int32_t i = 0; i < count; i++) {
        text_add_z(words->buf, i > 0 ? " " : "");
        explain_add_value(words, table, chosen[i],
                          column_value(&words->world->tables[table].columns[chosen[i]], row));
    }
    add_day_of_row(words, table, row);
    text_add_z(words->buf, explain_either(words, "）", ")"));
}

/* On one line, whatever the lines of the document. */
static void add_line(struct text_buf *buf, struct str text)
{
    bool was_space = false;
    for (size_t i = 0; i < text.size; i++) {
        bool is_space = text.ptr[i] == ' ' || text.ptr[i] == '\n' || text.ptr[i] == '\r';
        if (!is_space || !was_space)
            text_add_byte(buf, is_space ? ' ' : text.ptr[i]);
        was_space = is_space;
    }
}

/* Brackets around the whole condition say nothing on a line of its own. */
static struct str without_brackets(struct str text)
{
    while (text.size >= 2 && text.ptr[0] == '(' && text.ptr[text.size - 1] == ')') {
        int32_t depth = 0;
        for (size_t i = 0; i + 1 < text.size; i++) {
            depth += (text.ptr[i] == '(') - (text.ptr[i] == ')');
            if (depth == 0)
                return text;
        }
        text = str_trim(str_sub(text, 1, text.size - 2));
    }
    return text;
}

static struct str expr_text(const struct explain_words *words, const struct expr *expr)
{
    struct text_buf text;
    text_init(&text, words->buf->arena);
    policy_print_expr(&text, words->policy, expr, words->spelling);
    return text_str(&text);
}

/* The rows a rule looks through are no condition of the document's own: it has no words for it. */
static void add_label(const struct explain_words *words, const struct expr *condition)
{
    const struct record_desc *record = &words->policy->vocab->records[condition->table];
    text_add_z(words->buf, explain_either(words, record->label_zh, record->name));
}

void explain_add_condition(const struct explain_words *words, const struct expr *condition)
{
    if (condition->token_count > 0) {
        add_line(words->buf, without_brackets(expr_text(words, condition)));
    } else if (condition->kind == EXPR_AGGREGATE) {
        add_label(words, condition);
        if (!condition->where || condition->where->token_count == 0)
            return;
        text_add_z(words->buf, explain_either(words, " 满足 ", " where "));
        add_line(words->buf, without_brackets(expr_text(words, condition->where)));
    } else {
        add_line(words->buf, condition->span.text);
    }
}

void explain_add_selection(const struct explain_words *words, const struct expr *condition)
{
    if (condition->token_count == 0) {
        add_label(words, condition);
        return;
    }
    struct expr head = *condition;
    int32_t count = 0;
    while (count < condition->token_count &&
           condition->tokens[count].text.ptr < condition->where->span.text.ptr)
        count++;
    bool is_open = count > 0 && str_equal_text(condition->tokens[count - 1].text, "(");
    head.token_count = count - is_open;
    bool is_whole = head.token_count == 0 || count == condition->token_count;
    add_line(words->buf, expr_text(words, is_whole ? condition : &head));
}
