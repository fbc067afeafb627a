/* cite.c — the text holds the rule: phrases quoted by statements stand in the prose, numbers and
 * obligations of the prose are carried by statements. An edit of the prose alone is a finding. */
#include "policy/prose.h"
#include "policy/reading.h"

#include "base/day.h"

/* The prose of an article without white space and emphasis marks, and where each byte came from. */
struct squeezed {
    char *bytes;
    const char **origins;
    size_t size;
};

struct number_list {
    struct prose_number *rows;
    int32_t count, capacity;
};

static bool is_passed_over(struct str text, size_t at, size_t *ret_size)
{
    char c = text.ptr[at];
    *ret_size = 1;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '*' || c == '\\')
        return true;
    *ret_size = 3;
    return str_starts(str_sub(text, at, 3), STR("　"));
}

static void squeeze_text(struct squeezed *squeezed, struct str text)
{
    for (size_t i = 0; i < text.size;) {
        size_t size;
        if (is_passed_over(text, i, &size)) {
            i += size;
            continue;
        }
        squeezed->bytes[squeezed->size] = text.ptr[i];
        squeezed->origins[squeezed->size++] = text.ptr + i;
        i++;
    }
}

static struct squeezed squeeze_article(struct reading *reading, const struct article *article)
{
    size_t size = article->prose.size + article->heading.size;
    struct squeezed squeezed = {.bytes = TAKE(reading, char, size),
                                .origins = TAKE(reading, const char *, size)};
    squeeze_text(&squeezed, article->heading);
    for (int32_t i = 0; i < article->paragraph_count; i++)
        squeeze_text(&squeezed, article->paragraphs[i].text);
    return squeezed;
}

static struct str squeeze_phrase(struct reading *reading, struct str phrase)
{
    struct squeezed squeezed = {.bytes = TAKE(reading, char, phrase.size),
                                .origins = TAKE(reading, const char *, phrase.size)};
    squeeze_text(&squeezed, phrase);
    return (struct str){squeezed.bytes, squeezed.size};
}

static void check_phrase(struct reading *reading, const struct article *article,
                         const struct squeezed *prose, const struct span *phrase)
{
    struct str text = squeeze_phrase(reading, phrase->text);
    if (str_find((struct str){prose->bytes, prose->size}, text) == SIZE_MAX)
        finding_add(reading, FINDING_ERROR, "cite-missing", *phrase,
                    "Quote the article's very words, or look why they were changed.",
                    "'%.*s' does not contain the phrase", STR_ARG(article->heading));
}

static void add_number(struct reading *reading, struct number_list *list, enum type_kind type,
                       int64_t value)
{
    GROW(reading, list->rows, list->count, &list->capacity);
    list->rows[list->count++] = (struct prose_number){.type = type, .value = value};
}

static void add_day(struct reading *reading, struct number_list *list, int32_t day)
{
    if (day == ABSENT_I32 || day == INT32_MAX)
        return;
    add_number(reading, list, TYPE_DAY, day);
    add_number(reading, list, TYPE_MONTH, (int64_t)day_year(day) * 12);
}

static void collect_numbers(struct reading *reading, const struct statement *statement,
                            struct number_list *list)
{
    for (int32_t i = statement->head_count; i < statement->token_count; i++) {
        const struct token *token = &statement->tokens[i];
        const struct token *next = i + 1 < statement->token_count ? token + 1 : NULL;
        if (token->kind == TOKEN_DAY)
            add_day(reading, list, (int32_t)token->value);
        if (token->kind == TOKEN_MONTH)
            add_number(reading, list, TYPE_MONTH, token->value / 12 * 12);
        if (token->kind != TOKEN_NUMBER)
            continue;
        const struct unit_word *unit =
            next && next->kind == TOKEN_WORD ? unit_of(next->text) : NULL;
        int64_t value;
        if (next && next->kind == TOKEN_SYMBOL && next->value == '%')
            add_number(reading, list, TYPE_RATE, token->value / 100);
        else if (unit && unit_value(unit, token->value, &value))
            add_number(reading, list, unit->type, value);
        else if (token->value % 1000000 == 0)
            add_number(reading, list, TYPE_COUNT, token->value / 1000000);
        int64_t year = token->value / 1000000;
        if (year >= DAY_PARSE_YEAR_MIN && year <= DAY_PARSE_YEAR_MAX)
            add_number(reading, list, TYPE_MONTH, year * 12);
    }
}

static bool is_carried(const struct number_list *list, const struct prose_number *number)
{
    for (int32_t i = 0; i < list->count; i++)
        if (list->rows[i].type == number->type && list->rows[i].value == number->value)
            return true;
    return false;
}

/* What the statements of one article say to its prose. */
struct article_view {
    int32_t *statements;
    int32_t count, capacity;
};

/* A number inside a phrase that a narrative gives a reason for. */
static bool is_excused(struct reading *reading, const struct article_view *view,
                       const struct squeezed *prose, const char *at)
{
    for (int32_t i = 0; i < view->count; i++) {
        const struct statement *statement = &reading->policy->statements[view->statements[i]];
        if (statement->kind != STATEMENT_NARRATIVE || !statement->as.narrative)
            continue;
        for (int32_t k = 0; k < statement->as.narrative->row_count; k++) {
            struct str phrase =
                squeeze_phrase(reading, statement->as.narrative->rows[k].phrase.text);
            size_t from = 0, found;
            while (phrase.size &&
                   (found = str_find((struct str){prose->bytes + from, prose->size - from},
                                     phrase)) != SIZE_MAX) {
                from += found;
                if (at >= prose->origins[from] && at <= prose->origins[from + phrase.size - 1])
                    return true;
                from++;
            }
        }
    }
    return false;
}

/* Line and column of a place inside a paragraph. */
static struct span place_in(const struct span *paragraph, struct str text)
{
    struct span span = *paragraph;
    span.text = text;
    struct str before = str_sub(paragraph->text, 0, (size_t)(text.ptr - paragraph->text.ptr));
    while (before.size) {
        uint32_t c = str_next_character(&before);
        span.line += c == '\n';
        span.column = c == '\n' ? 1 : span.column + 1;
    }
    return span;
}

static void check_numbers(struct reading *reading, const struct article *article,
                          const struct article_view *view, const struct squeezed *prose)
{
    struct number_list carried = {0};
    const struct document *document = &reading->policy->documents[article->document];
    add_day(reading, &carried, document->issued_day);
    add_day(reading, &carried, document->in_force_day);
    add_day(reading, &carried, document->ends_day);
    for (int32_t i = 0; i < view->count; i++) {
        const struct statement *statement = &reading->policy->statements[view->statements[i]];
        if (statement->kind != STATEMENT_EXAMPLE && statement->kind != STATEMENT_NARRATIVE)
            collect_numbers(reading, statement, &carried);
    }
    for (int32_t i = 0; i < article->paragraph_count; i++) {
        struct str rest = article->paragraphs[i].text;
        struct prose_number number;
        while (prose_next_number(&rest, &number))
            if (!is_carried(&carried, &number) &&
                !is_excused(reading, view, prose, number.text.ptr))
                finding_add(reading, FINDING_ERROR, "number-unused",
                            place_in(&article->paragraphs[i], number.text),
                            "Carry it in a statement, or give the reason in 叙述 (narrative).",
                            "no statement of '%.*s' carries '%.*s'", STR_ARG(article->heading),
                            STR_ARG(number.text));
    }
}

static void check_obligation(struct reading *reading, const struct article *article,
                             const struct article_view *view)
{
    static const char *const words[] = {"应当", "必须", "不得", "给予", "严禁", " shall ",
                                        " must "};
    for (int32_t i = 0; i < view->count; i++)
        if (reading->policy->statements[view->statements[i]].kind != STATEMENT_EXAMPLE)
            return;
    for (int32_t i = 0; i < article->paragraph_count; i++)
        for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
            struct str text = article->paragraphs[i].text, word = str_from(words[k]);
            size_t at = str_find(text, word);
            if (at == SIZE_MAX)
                continue;
            finding_add(reading, FINDING_ERROR, "obligation",
                        place_in(&article->paragraphs[i], str_sub(text, at, word.size)),
                        "Add a statement, or give the reason in 叙述 (narrative).",
                        "'%.*s' obliges, but no statement carries it out",
                        STR_ARG(article->heading));
            return;
        }
}

static void check_statement_cites(struct reading *reading, const struct article *article,
                                  const struct squeezed *prose, const struct statement *statement)
{
    for (int32_t i = 0; i < statement->cite_count; i++)
        check_phrase(reading, article, prose, &statement->cites[i]);
    if (statement->kind == STATEMENT_PARAMETER && statement->as.parameter)
        for (int32_t i = 0; i < statement->as.parameter->row_count; i++)
            if (statement->as.parameter->rows[i].cites.text.size)
                check_phrase(reading, article, prose, &statement->as.parameter->rows[i].cites);
    if (statement->kind == STATEMENT_NARRATIVE && statement->as.narrative)
        for (int32_t i = 0; i < statement->as.narrative->row_count; i++)
            check_phrase(reading, article, prose, &statement->as.narrative->rows[i].phrase);
}

void cite_check(struct reading *reading)
{
    const struct policy *policy = reading->policy;
    struct article_view *views = TAKE(reading, struct article_view, policy->article_count);
    for (int32_t i = 0; i < policy->statement_count; i++) {
        struct article_view *view = &views[policy->statements[i].article];
        GROW(reading, view->statements, view->count, &view->capacity);
        view->statements[view->count++] = i;
    }
    for (int32_t i = 0; i < policy->article_count; i++) {
        const struct article *article = &policy->articles[i];
        struct squeezed prose = squeeze_article(reading, article);
        for (int32_t k = 0; k < views[i].count; k++)
            check_statement_cites(reading, article, &prose,
                                  &policy->statements[views[i].statements[k]]);
        check_numbers(reading, article, &views[i], &prose);
        check_obligation(reading, article, &views[i]);
    }
}
