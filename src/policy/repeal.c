/* repeal.c — 废止: articles or statements of a document that end before it does.
 *
 * A later document names them by the number of the document and the id or first word of the
 * article (第四条), or by the statement's own name. Examples stay: they tell of the days before. */
#include "policy/reading.h"

#include "base/day.h"

static int32_t document_numbered(const struct policy *policy, struct str number)
{
    for (int32_t i = 0; i < policy->document_count; i++)
        if (str_equal(policy->documents[i].number, number))
            return i;
    return -1;
}

static bool read_document(struct block *block, struct repeal *repeal)
{
    const struct policy *policy = block->reading->policy;
    struct clause *clause = block_clause(block, CLAUSE_DOCUMENT);
    repeal->document = block_statement(block)->document;
    if (!clause)
        return true;
    struct cursor *cursor = &clause->cursor;
    struct str number = cursor_text(cursor);
    repeal->document = document_numbered(policy, number);
    if (repeal->document >= 0)
        return true;
    cursor->next--;
    cursor_fail(cursor, "import", "Check it together with this document.",
                "there is no document %.*s here", STR_ARG(number));
    return false;
}

/* By its id (a4), its heading, or the first word of that (第四条). */
static bool article_is(const struct article *article, struct str name)
{
    if (str_equal(article->id, name) || str_equal(article->heading, name))
        return true;
    return article->heading.size > name.size && article->heading.ptr[name.size] == ' ' &&
           str_equal(str_sub(article->heading, 0, name.size), name);
}

static int32_t article_named(const struct policy *policy, int32_t document, struct str name)
{
    for (int32_t i = 0; i < policy->article_count; i++)
        if (policy->articles[i].document == document && article_is(&policy->articles[i], name))
            return i;
    return -1;
}

static void read_articles(struct block *block, struct repeal *repeal)
{
    const struct policy *policy = block->reading->policy;
    struct clause *clause = block_clause(block, CLAUSE_ARTICLES);
    int32_t *articles = NULL;
    int32_t capacity = 0;
    if (!clause)
        return;
    struct cursor *cursor = &clause->cursor;
    do {
        struct str name = cursor_name(cursor, "an article");
        if (!name.ptr)
            return;
        GROW(block->reading, articles, repeal->article_count, &capacity);
        articles[repeal->article_count] = article_named(policy, repeal->document, name);
        if (articles[repeal->article_count++] >= 0)
            continue;
        cursor->next--;
        cursor_fail(cursor, "unknown-name", "Write its id (a4) or its first word (第四条).",
                    "%.*s has no article '%.*s'",
                    STR_ARG(policy->documents[repeal->document].number), STR_ARG(name));
        return;
    } while (cursor_accept_symbol(cursor, ','));
    repeal->articles = articles;
}

static void read_statements(struct block *block, struct repeal *repeal)
{
    const struct policy *policy = block->reading->policy;
    struct clause *clause = block_clause(block, CLAUSE_STATEMENTS);
    int32_t *statements = NULL;
    int32_t capacity = 0;
    if (!clause)
        return;
    struct cursor *cursor = &clause->cursor;
    do {
        struct str name = cursor_name(cursor, "statement");
        if (!name.ptr)
            return;
        GROW(block->reading, statements, repeal->statement_count, &capacity);
        int32_t found = statement_find(policy, repeal->document, name);
        bool is_there = found >= 0 && policy->statements[found].document == repeal->document;
        statements[repeal->statement_count++] = found;
        if (is_there)
            continue;
        cursor->next--;
        cursor_fail(cursor, "unknown-name", "", "%.*s has no statement '%.*s'",
                    STR_ARG(policy->documents[repeal->document].number), STR_ARG(name));
        return;
    } while (cursor_accept_symbol(cursor, ','));
    repeal->statements = statements;
}

static void read_day(struct block *block, struct repeal *repeal)
{
    struct policy *policy = block->reading->policy;
    const struct document *own = &policy->documents[block_statement(block)->document];
    const struct document *document = &policy->documents[repeal->document];
    struct clause *clause = block_clause(block, CLAUSE_SINCE_DAY);
    char day[DAY_TEXT_SIZE];
    repeal->day = own->in_force_day;
    if (clause && !cursor_whole_day(&clause->cursor, false, &repeal->day))
        return;
    if (repeal->day < own->in_force_day)
        finding_add(block->reading, FINDING_ERROR, "expired", block_head(block),
                    "What was paid until then stays: end it from a later day.",
                    "the document is in force from %s only",
                    day_text(own->in_force_day, day));
    else if (repeal->day <= document->in_force_day)
        finding_add(block->reading, FINDING_ERROR, "expired", block_head(block),
                    "Say from which day on, or take the statements out.",
                    "what is repealed has not been in force before %s",
                    day_text(repeal->day, day));
    else if (repeal->day > document->ends_day)
        finding_add(block->reading, FINDING_ERROR, "expired", block_head(block), "",
                    "%.*s has ended before %s", STR_ARG(document->number),
                    day_text(repeal->day, day));
}

static void end_statement(struct block *block, const struct repeal *repeal,
                          struct statement *statement)
{
    if (statement->kind == STATEMENT_EXAMPLE || statement == block_statement(block))
        return;
    if (statement->repealed_by != 0 && statement->repeal_day <= repeal->day)
        return;
    statement->repealed_by = block->statement + 1;
    statement->repeal_day = repeal->day;
}

void parse_repeal(struct block *block, struct repeal *repeal)
{
    struct policy *policy = block->reading->policy;
    if (!read_document(block, repeal))
        return;
    read_articles(block, repeal);
    read_statements(block, repeal);
    read_day(block, repeal);
    if (repeal->article_count + repeal->statement_count == 0)
        finding_add(block->reading, FINDING_ERROR, "missing-clause", block_head(block),
                    "A whole document ends by 失效 (ends) in its head.",
                    "the clause 条款 (articles) or 语句 (statements) is missing");
    for (int32_t i = 0; repeal->articles && i < repeal->article_count; i++)
        for (int32_t s = 0; s < policy->statement_count; s++)
            if (policy->statements[s].article == repeal->articles[i])
                end_statement(block, repeal, &policy->statements[s]);
    for (int32_t i = 0; repeal->statements && i < repeal->statement_count; i++)
        end_statement(block, repeal, &policy->statements[repeal->statements[i]]);
}
