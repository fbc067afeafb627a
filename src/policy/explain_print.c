#include "policy/explain.h"

#include "base/day.h"
#include "policy/scalar.h"

#include <inttypes.h>

/* The words of an explanation in both languages; conditions are quoted from the document. */
struct words {
    const char *lanes[3];
    const char *outcomes[3];
    const char *article, *cites, *period, *as_of, *amount, *open, *gross, *missing, *no_value,
        *never, *rows, *yes, *no, *parameter, *assumed, *from, *colon, *comma;
};

static const struct words words_zh = {
    {"不符合", "待补充", "符合"},
    {"否", "是", "不明"},
    "依据", "原文", "期间", "截至", "金额", "待定", "合并前", "补齐下列事实即可判定", "未填",
    "无期限", "条记录中留下", "是", "否", "参数", "假定", "自", "：", "、",
};
static const struct words words_en = {
    {"refused", "facts missing", "granted"},
    {"no", "yes", "unknown"},
    "article", "text", "period", "as of", "amount", "open", "before settlement",
    "these facts would settle it", "not given", "no end", "rows, left", "yes", "no", "parameter",
    "assumed", "from", ": ", ", ",
};

struct printing {
    struct text_buf *buf;
    const struct policy *policy;
    const struct world *world;
    enum policy_spelling spelling;
    const struct words *words;
    explain_name *name_of;
    void *context;
};

static const char *either(const struct printing *p, const char *zh, const char *en)
{
    return p->spelling == SPELLING_ZH ? zh : en;
}

static void print_day(struct printing *p, int64_t day)
{
    char text[DAY_TEXT_SIZE];
    if (day == DAY_NEVER)
        text_add_z(p->buf, p->words->never);
    else
        text_add_z(p->buf, day_text((int32_t)day, text));
}

static void print_money(struct printing *p, int64_t fen)
{
    if (fen == AMOUNT_IS_OPEN) {
        text_add_z(p->buf, p->words->open);
        return;
    }
    text_format(p->buf, "%s%" PRId64, fen < 0 ? "-" : "", (fen < 0 ? -fen : fen) / 100);
    if (fen % 100 != 0)
        text_format(p->buf, ".%02d", (int)((fen < 0 ? -fen : fen) % 100));
    text_add_z(p->buf, either(p, "元", " yuan"));
}

static void print_code(struct printing *p, const char *catalogue_name, int64_t code)
{
    int32_t index = vocab_catalogue(p->policy->vocab, str_from(catalogue_name));
    const struct catalogue_entry *entry =
        index >= 0 ? catalogue_by_code(&p->policy->vocab->catalogues[index], code) : NULL;
    if (entry)
        text_add(p->buf, entry->name);
    else
        text_format(p->buf, "%" PRId64, code);
}

static void print_enum(struct printing *p, const char *enum_name, int64_t code)
{
    int32_t index = vocab_enum(p->policy->vocab, str_from(enum_name));
    const struct code_desc *row =
        index >= 0 ? vocab_enum_row(&p->policy->vocab->enums[index], (int32_t)code) : NULL;
    if (row)
        text_add_z(p->buf, either(p, row->label_zh, row->name));
    else
        text_format(p->buf, "%" PRId64, code);
}

static void print_row(struct printing *p, int32_t table, int32_t row)
{
    struct str name = p->name_of ? p->name_of(p->context, table, row) : (struct str){NULL, 0};
    if (name.size > 0) {
        text_add(p->buf, name);
        return;
    }
    const struct record_desc *record = &p->policy->vocab->records[table];
    text_format(p->buf, "%s %" PRId64, either(p, record->label_zh, record->name),
                p->world->tables[table].row_ids[row]);
}

static void print_value(struct printing *p, const struct field_desc *field, int64_t value)
{
    char text[DAY_TEXT_SIZE];
    if (value == ABSENT_I64) {
        text_add_z(p->buf, p->words->no_value);
        return;
    }
    switch (field->type) {
    case FIELD_DAY:
        print_day(p, value);
        break;
    case FIELD_MONTH:
        text_add_z(p->buf, month_text((int32_t)value, text));
        break;
    case FIELD_MONEY:
        print_money(p, value);
        break;
    case FIELD_BOOL:
        text_add_z(p->buf, value ? p->words->yes : p->words->no);
        break;
    case FIELD_ENUM:
        print_enum(p, field->target, value);
        break;
    case FIELD_CODE:
        print_code(p, field->target, value);
        break;
    case FIELD_REF:
        print_row(p, vocab_table(p->policy->vocab, str_from(field->target)), (int32_t)value);
        break;
    default:
        text_format(p->buf, "%" PRId64, value);
    }
}

static void print_fact(struct printing *p, const struct explain_fact *fact, bool with_row)
{
    const struct record_desc *record = &p->policy->vocab->records[fact->table];
    const struct field_desc *field = &record->fields[fact->field];
    if (with_row) {
        print_row(p, fact->table, fact->row);
        text_add_z(p->buf, " ");
    }
    text_add_z(p->buf, either(p, field->label_zh, field->name));
    text_add_z(p->buf, " ");
    print_value(p, field, fact->value);
}

/* The document's own words, on one line. */
static void print_words(struct printing *p, struct str text)
{
    bool was_space = false;
    for (size_t i = 0; i < text.size; i++) {
        bool is_space = text.ptr[i] == ' ' || text.ptr[i] == '\n' || text.ptr[i] == '\r';
        if (!is_space || !was_space)
            text_add_byte(p->buf, is_space ? ' ' : text.ptr[i]);
        was_space = is_space;
    }
}

static void print_typed(struct printing *p, struct type type, int64_t value)
{
    switch (type.kind) {
    case TYPE_MONEY:
        print_money(p, value);
        break;
    case TYPE_DAY:
        print_day(p, value);
        break;
    case TYPE_RATE:
        text_format(p->buf, "%g%%", (double)value * 100 / RATE_ONE);
        break;
    case TYPE_ENUM:
        print_enum(p, p->policy->vocab->enums[type.target].name, value);
        break;
    case TYPE_CODE:
        print_code(p, p->policy->vocab->catalogues[type.target].name, value);
        break;
    case TYPE_BOOL:
        text_add_z(p->buf, value ? p->words->yes : p->words->no);
        break;
    case TYPE_MONTHS:
        text_format(p->buf, "%" PRId64 "%s", value, either(p, "个月", " months"));
        break;
    case TYPE_DAYS:
        text_format(p->buf, "%" PRId64 "%s", value, either(p, "天", " days"));
        break;
    default:
        text_format(p->buf, "%" PRId64, value);
    }
}

static void print_condition(struct printing *p, const struct expr *condition)
{
    if (condition->kind == EXPR_AGGREGATE && condition->span.text.size == 0) {
        const struct record_desc *record = &p->policy->vocab->records[condition->table];
        text_add_z(p->buf, either(p, record->label_zh, record->name));
        return;
    }
    print_words(p, condition->span.text);
}

static void print_parameter(struct printing *p, const struct expr *expr,
                            const struct reference_moment *moment, int32_t depth)
{
    const struct statement *statement = &p->policy->statements[expr->statement];
    const struct parameter_row *row =
        parameter_row_on(statement->as.parameter, moment->as_of_day);
    text_add_repeat(p->buf, ' ', (size_t)depth * 2 + 4);
    text_format(p->buf, "%s %.*s", p->words->parameter, STR_ARG(statement->name));
    if (row && !row->keys && row->value_count > 0) {
        text_add_z(p->buf, " = ");
        print_typed(p, statement->as.parameter->type, row->values[0]);
    }
    if (row) {
        text_format(p->buf, " %s ", p->words->from);
        print_day(p, row->from_day);
        if (row->assumed)
            text_format(p->buf, " (%s%s%.*s)", p->words->assumed, p->words->colon,
                        STR_ARG(row->reason));
    }
    text_add_z(p->buf, "\n");
}

/* Parameters named in a condition; what stands inside a selection has lines of its own. */
static void print_parameters(struct printing *p, const struct expr *expr,
                             const struct reference_moment *moment, int32_t depth)
{
    if (expr->kind == EXPR_PARAMETER)
        print_parameter(p, expr, moment, depth);
    bool has_own_lines =
        expr->kind == EXPR_AND || expr->kind == EXPR_OR || expr->kind == EXPR_NOT;
    for (int32_t i = 0; i < expr->child_count && !has_own_lines; i++)
        print_parameters(p, expr->children[i], moment, depth);
}

static void print_step(struct printing *p, const struct explanation *explanation,
                       const struct explain_step *step)
{
    text_add_repeat(p->buf, ' ', (size_t)step->depth * 2 + 2);
    text_format(p->buf, "[%s] ", p->words->outcomes[step->outcome]);
    print_condition(p, step->condition);
    if (step->row_in_count >= 0)
        text_format(p->buf, " (%d %s %d)", step->row_in_count, p->words->rows,
                    step->row_out_count);
    text_add_z(p->buf, "\n");
    for (int32_t i = 0; i < step->fact_count; i++) {
        text_add_repeat(p->buf, ' ', (size_t)step->depth * 2 + 6);
        print_fact(p, &step->facts[i], step->facts[i].table != explanation->table);
        text_add_z(p->buf, "\n");
    }
    print_parameters(p, step->condition, &explanation->moment, step->depth);
}

static void print_source(struct printing *p, const struct statement *statement)
{
    if (statement->article >= 0 && statement->article < p->policy->article_count)
        text_format(p->buf, "  %s %.*s\n", p->words->article,
                    STR_ARG(p->policy->articles[statement->article].heading));
    for (int32_t i = 0; i < statement->cite_count; i++)
        text_format(p->buf, "  %s 「%.*s」\n", p->words->cites,
                    STR_ARG(statement->cites[i].text));
}

static void print_amount(struct printing *p, const struct explanation *explanation)
{
    text_format(p->buf, "  %s ", p->words->amount);
    print_money(p, explanation->amount_fen);
    if (explanation->gross_fen != explanation->amount_fen &&
        explanation->gross_fen != AMOUNT_IS_OPEN) {
        text_format(p->buf, " (%s ", p->words->gross);
        print_money(p, explanation->gross_fen);
        text_add_z(p->buf, ")");
    }
    text_add_z(p->buf, "\n");
}

void explain_print(struct text_buf *buf, const struct policy *policy, const struct world *world,
                   const struct explanation *explanation, enum policy_spelling spelling,
                   explain_name *name_of, void *context)
{
    struct printing p = {buf, policy, world, spelling,
                         spelling == SPELLING_ZH ? &words_zh : &words_en, name_of, context};
    const struct statement *statement = &policy->statements[explanation->statement];
    text_format(buf, "%.*s%s", STR_ARG(statement->name), p.words->colon);
    print_row(&p, explanation->table, explanation->subject_row);
    text_format(buf, "%s%s\n", p.words->colon, p.words->lanes[explanation->lane]);
    print_source(&p, statement);
    text_format(buf, "  %s ", p.words->as_of);
    print_day(&p, explanation->moment.as_of_day);
    text_add_z(buf, "\n");
    bool has_money = statement->as.rule->amount_kind != AMOUNT_NONE;
    if (explanation->lane == LANE_GRANTED && has_money)
        print_amount(&p, explanation);
    for (int32_t i = 0; i < explanation->step_count; i++)
        print_step(&p, explanation, &explanation->steps[i]);
    if (explanation->missing_count > 0)
        text_format(buf, "  %s%s\n", p.words->missing, p.words->colon);
    for (int32_t i = 0; i < explanation->missing_count; i++) {
        text_add_z(buf, "    ");
        print_fact(&p, &explanation->missing[i], true);
        text_add_z(buf, "\n");
    }
}
