/* print.c — words back into text: every word in the spelling asked for, all else as it was. */
#include "policy/lex.h"
#include "policy/policy.h"

#include "base/day.h"

#include <inttypes.h>

static void print_word(struct text_buf *buf, const struct token *token,
                       enum policy_spelling spelling)
{
    const char *word = spelling == SPELLING_ZH ? token->zh : token->en;
    if (!word || token->kind == TOKEN_SYMBOL) {
        text_add(buf, token->text);
        return;
    }
    struct str rest = str_from(word), part; /* RECORD.FIELD is two words */
    bool bare = true;
    while (bare && str_split(&rest, '.', &part))
        bare = lex_is_word(part);
    text_add_z(buf, bare ? "" : "「");
    text_add_z(buf, word);
    text_add_z(buf, bare ? "" : "」");
}

/* A Latin unit or word needs a space where a Chinese one stands directly behind a number. */
static bool needs_space(const struct token *before, const struct token *token,
                        enum policy_spelling spelling)
{
    if (before->text.ptr + before->text.size != token->text.ptr || spelling != SPELLING_EN)
        return false;
    return before->kind == TOKEN_NUMBER && token->kind == TOKEN_WORD && token->en;
}

/* The other way round: a Chinese unit stands directly behind its number. */
static bool joins_number(const struct token *before, const struct token *token,
                         enum policy_spelling spelling)
{
    if (spelling != SPELLING_ZH || before->kind != TOKEN_NUMBER || token->kind != TOKEN_WORD ||
        !token->zh || before->text.ptr + before->text.size + 1 != token->text.ptr ||
        token->text.ptr[-1] != ' ')
        return false;
    bool latin = (unsigned char)token->text.ptr[0] < 0x80;
    return latin && unit_of(str_from(token->zh));
}

static void print_tokens(struct text_buf *buf, const struct token *tokens, int32_t count,
                         enum policy_spelling spelling)
{
    for (int32_t i = 0; i < count; i++) {
        bool apart =
            i > 0 && tokens[i - 1].text.ptr + tokens[i - 1].text.size != tokens[i].text.ptr &&
            !joins_number(&tokens[i - 1], &tokens[i], spelling);
        if (apart || (i > 0 && needs_space(&tokens[i - 1], &tokens[i], spelling)))
            text_add_byte(buf, ' ');
        print_word(buf, &tokens[i], spelling);
    }
}

void policy_print_expr(struct text_buf *buf, const struct policy *policy, const struct expr *expr,
                       enum policy_spelling spelling)
{
    print_tokens(buf, expr->tokens, expr->token_count, spelling);
}

/* What stands between two words: spaces, line ends and notes, as written. */
static void print_gap(struct text_buf *buf, const char *from, const char *to)
{
    if (to > from)
        text_add(buf, (struct str){from, (size_t)(to - from)});
}

void policy_print_statement(struct text_buf *buf, const struct policy *policy,
                            const struct statement *statement, enum policy_spelling spelling)
{
    for (int32_t i = 0; i < statement->token_count; i++) {
        const struct token *token = &statement->tokens[i];
        if (i > 0) {
            const struct token *before = &statement->tokens[i - 1];
            if (!joins_number(before, token, spelling))
                print_gap(buf, before->text.ptr + before->text.size, token->text.ptr);
            if (needs_space(before, token, spelling))
                text_add_byte(buf, ' ');
        }
        print_word(buf, token, spelling);
    }
}

void policy_print_document(struct text_buf *buf, const struct policy *policy, int32_t document,
                           enum policy_spelling spelling)
{
    struct str text = policy->documents[document].text;
    const char *at = text.ptr;
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (statement->document != document || statement->token_count == 0)
            continue;
        const struct token *last = &statement->tokens[statement->token_count - 1];
        print_gap(buf, at, statement->tokens[0].text.ptr);
        policy_print_statement(buf, policy, statement, spelling);
        at = last->text.ptr + last->text.size;
    }
    print_gap(buf, at, text.ptr + text.size);
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
