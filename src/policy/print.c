/* print.c — words back into text: every word in the spelling asked for, all else as it was. */
#include "policy/reading.h"

#include "base/day.h"

#include <inttypes.h>
#include <string.h>

/* One word, or words with points between them: 人员.性别. */
static bool is_bare(struct str word)
{
    struct str part;
    while (str_split(&word, '.', &part)) {
        if (!lex_is_word(part))
            return false;
    }
    return true;
}

/* A name keeps its quotes where it was quoted without need; one that needs them gets them. */
static void print_word(struct text_buf *buf, const struct token *token,
                       enum policy_spelling spelling)
{
    const char *word = spelling == SPELLING_ZH ? token->zh : token->en;
    if (!word || token->kind == TOKEN_SYMBOL) {
        text_add(buf, token->text);
        return;
    }
    bool quoted = token->kind == TOKEN_QUOTED;
    bool keeps = quoted && (is_bare(token->inner) || !is_bare(str_from(word)));
    bool gains = !quoted && !is_bare(str_from(word));
    size_t open_size = quoted ? (size_t)(token->inner.ptr - token->text.ptr) : 0;
    if (keeps)
        text_add(buf, str_sub(token->text, 0, open_size));
    text_add_z(buf, gains ? "「" : "");
    text_add_z(buf, word);
    text_add_z(buf, gains ? "」" : "");
    if (keeps)
        text_add(buf, str_sub(token->text, open_size + token->inner.size, SIZE_MAX));
}

static bool is_latin(const char *word)
{
    return (unsigned char)word[0] < 0x80;
}

/* Whether the word stands behind a number and changes its script. A Latin word needs a space where
 * a Chinese one may stand directly behind the number, so one space more is printed in English, and
 * one less in Chinese: 28万人 is 28 wan-persons, and 28 万人 is 28  wan-persons. A Chinese word
 * that only begins like a unit keeps the space that keeps it whole (3 月份). */
static bool changes_script(const struct token *before, const struct token *token,
                           enum policy_spelling spelling)
{
    const char *word = spelling == SPELLING_ZH ? token->zh : token->en;
    if (before->kind != TOKEN_NUMBER || token->kind != TOKEN_WORD || !word ||
        is_latin(word) == ((unsigned char)token->text.ptr[0] < 0x80))
        return false;
    size_t size;
    return !unit_prefix(str_from(token->zh), &size) || size == strlen(token->zh);
}

/* What stands between two words: spaces, line ends and notes, as written but for the space. */
static void print_gap_behind(struct text_buf *buf, const struct token *before,
                             const struct token *token, enum policy_spelling spelling)
{
    const char *end = before->text.ptr + before->text.size;
    struct str gap = {end, (size_t)(token->text.ptr - end)};
    bool changes = before->line == token->line && changes_script(before, token, spelling);
    bool is_joined = before->kind == TOKEN_NUMBER && token->kind == TOKEN_WORD && gap.size == 0;
    if (changes && spelling == SPELLING_ZH && str_starts(gap, STR(" ")))
        gap = str_sub(gap, 1, SIZE_MAX);
    bool adds = spelling == SPELLING_EN && (changes || (is_joined && token->en));
    text_add_z(buf, adds ? " " : "");
    text_add(buf, gap);
}

/* On one line. */
static void print_tokens(struct text_buf *buf, const struct token *tokens, int32_t count,
                         enum policy_spelling spelling)
{
    for (int32_t i = 0; i < count; i++) {
        const struct token *before = &tokens[i - (i > 0)], *token = &tokens[i];
        const char *end = before->text.ptr + before->text.size;
        bool joins = i > 0 && changes_script(before, token, spelling);
        bool apart = joins ? spelling == SPELLING_EN : i > 0 && end != token->text.ptr;
        text_add_z(buf, apart ? " " : "");
        print_word(buf, token, spelling);
    }
}

void policy_print_expr(struct text_buf *buf, const struct policy *policy, const struct expr *expr,
                       enum policy_spelling spelling)
{
    print_tokens(buf, expr->tokens, expr->token_count, spelling);
}

static void print_between(struct text_buf *buf, const char *from, const char *to)
{
    if (to > from)
        text_add(buf, (struct str){from, (size_t)(to - from)});
}

void policy_print_statement(struct text_buf *buf, const struct policy *policy,
                            const struct statement *statement, enum policy_spelling spelling)
{
    for (int32_t i = 0; i < statement->token_count; i++) {
        const struct token *token = &statement->tokens[i];
        if (i > 0)
            print_gap_behind(buf, &statement->tokens[i - 1], token, spelling);
        print_word(buf, token, spelling);
    }
}

void policy_print_document(struct text_buf *buf, const struct policy *policy, int32_t document,
                           enum policy_spelling spelling)
{
    struct str text = policy->documents[document].text;
    const char *at = text.ptr + front_matter_print(buf, text, spelling);
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (statement->document != document || statement->token_count == 0)
            continue;
        const struct token *last = &statement->tokens[statement->token_count - 1];
        print_between(buf, at, statement->tokens[0].text.ptr);
        policy_print_statement(buf, policy, statement, spelling);
        at = last->text.ptr + last->text.size;
    }
    print_between(buf, at, text.ptr + text.size);
}

static void print_money(struct text_buf *buf, int64_t fen, enum policy_spelling spelling)
{
    uint64_t size = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;
    char digits[32];
    int32_t count = 0;
    for (uint64_t yuan = size / 100; yuan > 0 || count == 0; yuan /= 10)
        digits[count++] = (char)('0' + yuan % 10);
    if (fen < 0)
        text_add_byte(buf, '-');
    while (count > 0) {
        text_add_byte(buf, digits[--count]);
        if (count % 3 == 0 && count > 0)
            text_add_byte(buf, ',');
    }
    if (size % 100)
        text_format(buf, ".%02d", (int)(size % 100));
    text_add_z(buf, spelling == SPELLING_ZH ? "元" : " yuan");
}

static void print_rate(struct text_buf *buf, int64_t millionths)
{
    uint64_t size = millionths < 0 ? 0 - (uint64_t)millionths : (uint64_t)millionths;
    text_format(buf, "%s%" PRIu64, millionths < 0 ? "-" : "", size / 10000);
    uint64_t rest = size % 10000;
    int32_t width = 4;
    while (rest && rest % 10 == 0) {
        rest /= 10;
        width--;
    }
    if (rest)
        text_format(buf, ".%0*" PRIu64, width, rest);
    text_add_byte(buf, '%');
}

static void print_code(struct text_buf *buf, const struct policy *policy, struct type type,
                       int64_t value, enum policy_spelling spelling)
{
    if (type.kind == TYPE_ENUM) {
        const struct code_desc *row =
            vocab_enum_row(&policy->vocab->enums[type.target], (int32_t)value);
        if (row)
            text_add_z(buf, spelling == SPELLING_ZH ? row->label_zh : row->name);
        else
            text_format(buf, "%" PRId64, value);
        return;
    }
    const struct catalogue_entry *entry =
        catalogue_by_code(&policy->vocab->catalogues[type.target], value);
    if (entry)
        text_add(buf, entry->name);
    else
        text_format(buf, "%" PRId64, value);
}

static void print_class(struct text_buf *buf, const struct policy *policy, struct type type,
                        int64_t value, enum policy_spelling spelling)
{
    const struct define *define = policy->statements[type.target].as.define;
    int64_t index = define ? define->class_count - value : -1;
    if (value > 0 && index >= 0 && index < define->class_count)
        text_add(buf, define->classes[index].name);
    else
        text_add_z(buf, spelling == SPELLING_ZH ? "无" : "none");
}

void policy_print_value(struct text_buf *buf, const struct policy *policy, struct type type,
                        int64_t value, enum policy_spelling spelling)
{
    bool zh = spelling == SPELLING_ZH;
    char text[DAY_TEXT_SIZE];
    if (value == ABSENT_I64) {
        text_add_z(buf, zh ? "未知" : "unknown");
        return;
    }
    switch (type.kind) {
    case TYPE_BOOL:
        text_add_z(buf, value ? (zh ? "是" : "yes") : (zh ? "否" : "no"));
        break;
    case TYPE_MONEY:
        print_money(buf, value, spelling);
        break;
    case TYPE_RATE:
        print_rate(buf, value);
        break;
    case TYPE_DAY:
        if (value == INT32_MAX)
            text_add_z(buf, zh ? "未到" : "not yet");
        else
            text_add_z(buf, day_text((int32_t)value, text));
        break;
    case TYPE_MONTH:
        text_add_z(buf, month_text((int32_t)value, text));
        break;
    case TYPE_MONTHS:
        text_format(buf, "%" PRId64 "%s", value, zh ? "个月" : " months");
        break;
    case TYPE_DAYS:
        text_format(buf, "%" PRId64 "%s", value, zh ? "天" : " days");
        break;
    case TYPE_WORKING_DAYS:
        text_format(buf, "%" PRId64 "%s", value, zh ? "个工作日" : " working-days");
        break;
    case TYPE_ENUM:
    case TYPE_CODE:
        print_code(buf, policy, type, value, spelling);
        break;
    case TYPE_CLASS:
        print_class(buf, policy, type, value, spelling);
        break;
    default:
        text_format(buf, "%" PRId64, value);
        break;
    }
}
