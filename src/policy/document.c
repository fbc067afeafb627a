/* document.c — cuts a Markdown file into articles (heading and prose) and statement blocks.
 *
 * cmark says where headings, paragraphs and fenced blocks stand; the words are taken from the file
 * itself, so that every finding points at the very bytes. */
#include "policy/policy_limits.h"
#include "policy/reading.h"

#include <cmark.h>
#include <openssl/evp.h>

struct cut {
    struct reading *reading;
    int32_t document;
    size_t head_size;      /* bytes of the front matter */
    int32_t head_lines;    /* lines of the front matter */
    size_t *line_offsets;  /* of each line of the file, and the file's size */
    int32_t line_count;
    int32_t paragraph_capacity;
};

static struct str lines_text(const struct cut *cut, int32_t first_line, int32_t last_line)
{
    struct str text = cut->reading->policy->documents[cut->document].text;
    if (first_line < 1)
        first_line = 1;
    if (last_line > cut->line_count)
        last_line = cut->line_count;
    if (first_line > last_line)
        return str_sub(text, text.size, 0);
    size_t start = cut->line_offsets[first_line - 1], end = cut->line_offsets[last_line];
    return str_sub(text, start, end - start);
}

static void index_lines(struct cut *cut)
{
    struct str text = cut->reading->policy->documents[cut->document].text;
    int32_t count = 1;
    for (size_t i = 0; i < text.size; i++)
        count += text.ptr[i] == '\n';
    cut->line_offsets = TAKE(cut->reading, size_t, count + 1);
    cut->line_count = count;
    int32_t line = 1;
    for (size_t i = 0; i < text.size; i++)
        if (text.ptr[i] == '\n')
            cut->line_offsets[line++] = i + 1;
    cut->line_offsets[count] = text.size;
    for (size_t i = 0; i < cut->head_size; i++)
        cut->head_lines += text.ptr[i] == '\n';
}

static struct str strip_heading(struct str line, struct str *ret_id)
{
    line = str_trim(line);
    while (line.size && line.ptr[0] == '#')
        line = str_sub(line, 1, SIZE_MAX);
    line = str_trim(line);
    *ret_id = (struct str){"", 0};
    size_t open = str_find(line, STR("{#"));
    if (open != SIZE_MAX && str_ends(line, STR("}"))) {
        *ret_id = str_sub(line, open + 2, line.size - open - 3);
        line = str_trim(str_sub(line, 0, open));
    }
    return line;
}

static void add_article(struct cut *cut, cmark_node *node, int32_t first_line)
{
    struct reading *reading = cut->reading;
    struct policy *policy = reading->policy;
    GROW(reading, policy->articles, policy->article_count, &reading->article_capacity);
    struct article *article = &policy->articles[policy->article_count++];
    struct str line = lines_text(cut, first_line, first_line);
    article->document = cut->document;
    article->depth = cmark_node_get_heading_level(node);
    article->heading = strip_heading(line, &article->id);
    article->span = (struct span){cut->document, first_line, 1, str_trim(line)};
    article->prose = (struct str){"", 0};
    cut->paragraph_capacity = 0;
    for (int32_t i = 0; article->id.size && i < policy->article_count - 1; i++)
        if (policy->articles[i].document == cut->document &&
            str_equal(policy->articles[i].id, article->id))
            finding_add(reading, FINDING_ERROR, "doubled-name", article->span, "",
                        "the article id '%.*s' stands twice", STR_ARG(article->id));
}

static struct article *open_article(const struct cut *cut)
{
    struct policy *policy = cut->reading->policy;
    if (policy->article_count == 0 ||
        policy->articles[policy->article_count - 1].document != cut->document)
        return NULL;
    return &policy->articles[policy->article_count - 1];
}

static void add_prose(struct cut *cut, int32_t first_line, int32_t last_line)
{
    struct article *article = open_article(cut);
    if (!article)
        return;
    GROW(cut->reading, article->paragraphs, article->paragraph_count, &cut->paragraph_capacity);
    article->paragraphs[article->paragraph_count++] =
        (struct span){cut->document, first_line, 1, lines_text(cut, first_line, last_line)};
}

/* The prose as one text; only when the document is cut, the paragraphs are complete. */
static void join_prose(struct reading *reading, struct article *article)
{
    struct text_buf buf;
    text_init(&buf, reading->arena);
    for (int32_t i = 0; i < article->paragraph_count; i++)
        text_add(&buf, article->paragraphs[i].text);
    if (buf.failed)
        reading_give_up(reading, ERR_MEMORY);
    article->prose = text_str(&buf);
}

static bool is_fence(struct str line)
{
    line = str_trim(line);
    return str_starts(line, STR("```")) || str_starts(line, STR("~~~"));
}

/* Kind and name in the info string. False when the block is no statement. */
static bool read_block_head(struct reading *reading, struct statement *statement)
{
    struct cursor cursor = {.reading = reading, .tokens = statement->tokens,
                            .end = statement->head_count, .document = statement->document,
                            .statement = -1};
    struct token *word = cursor_take(&cursor);
    statement->span = token_span(statement->document, word, word);
    enum keyword keyword = keyword_statement(word->text, &statement->kind);
    if (keyword == KEY_NONE) {
        if (str_equal_text(word->text, "text") || str_equal_text(word->text, "文本"))
            return false;
        const char *near = nearest_statement_word(word->text);
        cursor.next = 0;
        cursor_fail(&cursor, "unknown-keyword",
                    near ? sentence(reading, "Did you mean '%s'?", near)
                         : "A block that is no statement has no word behind its fence.",
                    "'%.*s' is no kind of statement", STR_ARG(word->text));
        return false;
    }
    token_spell(word, keyword_zh(keyword), keyword_en(keyword));
    bool nameless = statement->kind == STATEMENT_SETTLEMENT ||
                    statement->kind == STATEMENT_EXAMPLE ||
                    statement->kind == STATEMENT_NARRATIVE || statement->kind == STATEMENT_TARGET;
    if (statement->kind == STATEMENT_EXAMPLE || statement->kind == STATEMENT_NARRATIVE ||
        statement->kind == STATEMENT_SETTLEMENT || statement->kind == STATEMENT_REPEAL)
        statement->name = cursor_done(&cursor) ? (struct str){"", 0} : cursor_text(&cursor);
    else if (nameless && cursor_done(&cursor))
        statement->name = (struct str){"", 0};
    else
        statement->name = cursor_name(&cursor, "the statement's name");
    if (statement->kind != STATEMENT_PARAMETER) /* the unit may stand behind its name */
        cursor_end(&cursor);
    return statement->name.ptr != NULL;
}

/* Notes are kept apart: printing repeats what stands between the words. */
static void drop_notes(struct statement *statement)
{
    statement->note = (struct str){"", 0};
    int32_t kept = 0;
    for (int32_t i = 0; i < statement->token_count; i++) {
        const struct token *token = &statement->tokens[i];
        if (token->kind != TOKEN_NOTE)
            statement->tokens[kept++] = *token;
        else if (!statement->note.size)
            statement->note = str_trim(str_sub(token->text, 1, SIZE_MAX));
    }
    statement->token_count = kept;
}

static void add_statement(struct cut *cut, int32_t first_line, int32_t last_line)
{
    struct reading *reading = cut->reading;
    struct policy *policy = reading->policy;
    struct str fence = lines_text(cut, first_line, first_line);
    size_t ticks = 0;
    while (ticks < fence.size && (fence.ptr[ticks] == '`' || fence.ptr[ticks] == '~' ||
                                  fence.ptr[ticks] == ' '))
        ticks++;
    if (str_trim(str_sub(fence, ticks, SIZE_MAX)).size == 0)
        return;
    bool closed = last_line > first_line && is_fence(lines_text(cut, last_line, last_line));
    struct str whole = lines_text(cut, first_line, closed ? last_line - 1 : last_line);
    struct statement statement = {.document = cut->document,
                                  .article = policy->article_count - 1};
    enum err err = lex_text(reading->arena, str_sub(whole, ticks, SIZE_MAX), first_line,
                            (int32_t)ticks + 1, &statement.tokens, &statement.token_count);
    if (err == ERR_LIMIT)
        reading_exceeds(reading, sentence(reading, "%.*s:%d: the block has more than %d words",
                                          STR_ARG(policy->documents[cut->document].path),
                                          first_line, (int)POLICY_BLOCK_TOKENS_MAX));
    if (err != ERR_OK)
        reading_give_up(reading, err);
    drop_notes(&statement);
    while (statement.head_count < statement.token_count &&
           statement.tokens[statement.head_count].line == first_line)
        statement.head_count++;
    if (statement.head_count == 0 || !read_block_head(reading, &statement))
        return;
    if (!closed)
        finding_add(reading, FINDING_ERROR, "unclosed", statement.span, "Close it with ```.",
                    "the block is not closed");
    if (!open_article(cut)) {
        finding_add(reading, FINDING_ERROR, "no-heading", statement.span,
                    "Put a heading such as '## 第一条 目的 {#a1}' above it.",
                    "the statement stands under no heading");
        return;
    }
    if (policy->statement_count >= POLICY_STATEMENTS_MAX)
        reading_exceeds(reading,
                        sentence(reading, "%.*s: the documents have more than %d statements",
                                 STR_ARG(policy->documents[cut->document].path),
                                 (int)POLICY_STATEMENTS_MAX));
    GROW(reading, policy->statements, policy->statement_count, &reading->statement_capacity);
    policy->statements[policy->statement_count++] = statement;
}

/* A block inside a list or a quotation would be overlooked by a reader: refuse it. */
static void refuse_inner_blocks(struct cut *cut, cmark_node *node, int32_t depth)
{
    if (depth > POLICY_DEPTH_MAX)
        reading_exceeds(
            cut->reading,
            sentence(cut->reading, "%.*s: lists and quotations nest deeper than %d",
                     STR_ARG(cut->reading->policy->documents[cut->document].path),
                     (int)POLICY_DEPTH_MAX));
    for (cmark_node *child = cmark_node_first_child(node); child; child = cmark_node_next(child)) {
        if (cmark_node_get_type(child) == CMARK_NODE_CODE_BLOCK) {
            int32_t line = cmark_node_get_start_line(child) + cut->head_lines;
            const char *info = cmark_node_get_fence_info(child);
            if (info && *info)
                finding_add(cut->reading, FINDING_ERROR, "inner-block",
                            (struct span){cut->document, line, 1, lines_text(cut, line, line)},
                            "Start its fence at the beginning of the line.",
                            "a statement stands inside a list or a quotation");
        }
        refuse_inner_blocks(cut, child, depth + 1);
    }
}

static void cut_node(struct cut *cut, cmark_node *node)
{
    int32_t first_line = cmark_node_get_start_line(node) + cut->head_lines;
    int32_t last_line = cmark_node_get_end_line(node) + cut->head_lines;
    if (last_line < first_line)
        last_line = first_line;
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HEADING:
        add_article(cut, node, first_line);
        break;
    case CMARK_NODE_CODE_BLOCK:
        if (cmark_node_get_fence_info(node) && *cmark_node_get_fence_info(node))
            add_statement(cut, first_line, last_line);
        break;
    case CMARK_NODE_LIST:
    case CMARK_NODE_BLOCK_QUOTE:
        refuse_inner_blocks(cut, node, 0);
        add_prose(cut, first_line, last_line);
        break;
    case CMARK_NODE_PARAGRAPH:
        add_prose(cut, first_line, last_line);
        break;
    default:
        break;
    }
}

void document_read(struct reading *reading, int32_t document)
{
    struct policy *policy = reading->policy;
    struct str text = policy->documents[document].text;
    unsigned int hash_size = sizeof policy->documents[document].hash;
    if (!EVP_Digest(text.ptr, text.size, policy->documents[document].hash, &hash_size, EVP_sm3(),
                    NULL))
        reading_give_up(reading, ERR_SECRET);
    if (!str_is_utf8(text)) {
        finding_add(reading, FINDING_ERROR, "encoding", (struct span){.document = document},
                    "Save the document as UTF-8.", "the document is not UTF-8 text");
        return;
    }
    struct cut cut = {.reading = reading, .document = document};
    cut.head_size = front_matter_read(reading, document);
    index_lines(&cut);
    struct str body = str_sub(text, cut.head_size, SIZE_MAX);
    reading->tree = cmark_parse_document(body.ptr, body.size, CMARK_OPT_DEFAULT);
    if (!reading->tree)
        reading_give_up(reading, ERR_MEMORY);
    int32_t first_article = policy->article_count;
    for (cmark_node *node = cmark_node_first_child(reading->tree); node;
         node = cmark_node_next(node))
        cut_node(&cut, node);
    cmark_node_free(reading->tree);
    reading->tree = NULL;
    for (int32_t i = first_article; i < policy->article_count; i++)
        join_prose(reading, &policy->articles[i]);
}
