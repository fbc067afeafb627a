/* weave.c — pages: masthead, head of the document, table of contents, articles, index. */
#include "policy/weaving.h"

#include "base/day.h"
#include "policy/weave_style.h"

#include <cmark.h>

static void page_begin(struct weaving *w, struct str title)
{
    html_page_begin(w->html, weave_either(w, "zh-CN", "en"), title, style_weave);
    html_open(w->html, "a", "class", "skip", "href", "#main");
    weave_say(w, "跳到正文", "Skip to the text");
    html_close(w->html);
    html_newline(w->html);
    html_open(w->html, "header", "class", "mast");
    html_open(w->html, "div", "class", "mast-top wrap");
    html_open(w->html, "span", "class", "brand");
    html_open(w->html, "svg", "viewBox", "0 0 32 32", "aria-hidden", "true");
    html_open(w->html, "path", "class", "brand-seal", "d",
              "M1 0h30q1 0 1 1v30q0 1-1 1H1q-1 0-1-1V1q0-1 1-1z");
    html_close(w->html);
    html_open(w->html, "path", "class", "brand-cut", "d", "M6 7h20v4H18v10h8v4H6v-4h8V11H6z");
    html_close(w->html);
    html_close(w->html);
    html_element_z(w->html, "span", "brand-name", weave_either(w, "百工", "Baigong"));
    html_element_z(w->html, "span", "brand-of",
                   weave_either(w, "政策正文与执行语句", "Policy text and what carries it out"));
    html_close(w->html);
    html_close(w->html);
    html_close(w->html);
    html_newline(w->html);
}

static void page_end(struct weaving *w)
{
    char day[DAY_TEXT_SIZE];
    html_open(w->html, "footer", "class", "foot");
    html_open(w->html, "div", "class", "wrap");
    html_open(w->html, "p");
    html_format(w->html,
                weave_either(w, "标准为 %s 执行的版本。语句与正文同在一份文件，案例随文件检查。",
                             "Amounts are those in force on %s. Text and statements are one "
                             "document; its examples are checked with it."),
                day_text(w->options->as_of_day, day));
    html_close(w->html);
    html_page_end(w->html);
}

/* ---- anchors of articles ---- */

static void article_id(struct text_buf *out, const struct policy *policy, int32_t article)
{
    const struct article *a = &policy->articles[article];
    if (a->id.size) {
        for (size_t i = 0; i < a->id.size; i++)
            text_add_byte(out, (unsigned char)a->id.ptr[i] <= ' ' ? '-' : a->id.ptr[i]);
        return;
    }
    int32_t number = 0;
    for (int32_t i = 0; i <= article; i++)
        number += policy->articles[i].document == a->document;
    text_format(out, "article-%d", number);
}

static bool has_statements(const struct policy *policy, int32_t article)
{
    for (int32_t i = 0; i < policy->statement_count; i++) {
        if (policy->statements[i].article == article)
            return true;
    }
    return false;
}

/* A heading that only repeats the title, without prose or statements of its own, is left out. */
static bool has_content(const struct policy *policy, int32_t article)
{
    return policy->articles[article].depth > 1 || policy->articles[article].paragraph_count > 0 ||
           has_statements(policy, article);
}

/* ---- the head of a document ---- */

static const struct document *document_of(const struct weaving *w)
{
    return &w->policy->documents[w->document];
}

static struct str title_of(const struct document *document)
{
    return document->title.size ? document->title : document->number;
}

static void force_state(struct weaving *w, const struct document *document)
{
    int32_t day = w->options->as_of_day;
    bool ended = day > document->ends_day, ahead = day < document->in_force_day;
    html_open(w->html, "span", "class", "state", "data-state",
              ended ? "late" : ahead ? "soon" : "done");
    html_glyph(w->html, ended ? "no" : ahead ? "clock" : "yes");
    weave_say(w, ended ? "已失效" : ahead ? "尚未施行" : "施行中",
              ended ? "ended" : ahead ? "not yet in force" : "in force");
    html_close(w->html);
}

/* A part of the line that stays on one line; html_close ends it. */
static void head_item(struct weaving *w, const char *zh, const char *en)
{
    html_text_z(w->html, weave_either(w, "　", " · "));
    html_open(w->html, "span", "class", "keep");
    weave_say(w, zh, en);
}

static void head_line(struct weaving *w, const struct document *document)
{
    html_open(w->html, "p", "class", "head-line");
    force_state(w, document);
    if (document->issued_day != ABSENT_I32 && document->issued_day >= DAY_MIN) {
        head_item(w, "印发 ", "issued ");
        weave_day(w, document->issued_day);
        html_close(w->html);
    }
    head_item(w, "施行 ", "in force from ");
    weave_day(w, document->in_force_day);
    html_close(w->html);
    if (document->ends_day < DAY_MAX) {
        head_item(w, "失效 ", "until ");
        weave_day(w, document->ends_day);
        html_close(w->html);
    }
    if (document->replaces.size) {
        head_item(w, "替代 ", "replaces ");
        html_text(w->html, document->replaces);
        html_close(w->html);
    }
    int32_t catalogue = vocab_catalogue(w->policy->vocab, STR("division"));
    const struct catalogue_entry *division =
        catalogue >= 0 ? catalogue_by_code(&w->policy->vocab->catalogues[catalogue],
                                           document->division)
                       : NULL;
    if (division) {
        head_item(w, "地区 ", "for ");
        html_text(w->html, division->name);
        html_close(w->html);
    }
    html_close(w->html);
    html_newline(w->html);
}

static void counts_line(struct weaving *w)
{
    int32_t articles = 0, statements = 0, examples = 0;
    for (int32_t i = 0; i < w->policy->article_count; i++)
        articles += w->policy->articles[i].document == w->document && has_content(w->policy, i);
    for (int32_t i = 0; i < w->policy->statement_count; i++) {
        const struct statement *statement = &w->policy->statements[i];
        statements += statement->document == w->document;
        examples += statement->document == w->document && statement->kind == STATEMENT_EXAMPLE;
    }
    html_open(w->html, "p", "class", "head-line small");
    html_format(w->html,
                weave_either(w, "%d 条，%d 条语句，其中 %d 个案例",
                             articles == 1 ? "%d article, %d statements, %d of them examples"
                                           : "%d articles, %d statements, %d of them examples"),
                articles, statements, examples);
    if (w->options->live) {
        weave_say(w, "；享受人数和金额截至 ", "; entitlements as found on ");
        weave_day(w, w->options->live_day);
    }
    html_close(w->html);
    html_newline(w->html);
}

static void head(struct weaving *w)
{
    const struct document *document = document_of(w);
    html_open(w->html, "div", "class", "head");
    html_open(w->html, "div");
    html_open(w->html, "p", "class", "head-where");
    if (w->options->page_names) {
        html_link(w->html, "index.html", str_from(weave_either(w, "政策", "Policies")));
        html_text_z(w->html, " / ");
    }
    html_text(w->html, document->number);
    html_close(w->html);
    html_newline(w->html);
    html_element(w->html, "h1", NULL, title_of(document));
    html_newline(w->html);
    head_line(w, document);
    counts_line(w);
    html_close(w->html);
    html_close(w->html);
    html_newline(w->html);
}

/* ---- contents and articles ---- */

static void contents(struct weaving *w)
{
    html_open(w->html, "nav", "class", "contents", "aria-labelledby", "contents-title");
    html_open(w->html, "h2", "id", "contents-title");
    weave_say(w, "目次", "Contents");
    html_close(w->html);
    html_newline(w->html);
    html_open(w->html, "ol");
    html_newline(w->html);
    for (int32_t i = 0; i < w->policy->article_count; i++) {
        const struct article *article = &w->policy->articles[i];
        if (article->document != w->document || !has_content(w->policy, i))
            continue;
        struct text_buf href;
        text_init(&href, w->arena);
        text_add_byte(&href, '#');
        article_id(&href, w->policy, i);
        html_open(w->html, "li");
        html_attribute_format(w->html, "data-depth", "%d", article->depth);
        html_open(w->html, "a");
        html_attribute(w->html, "href", text_str(&href));
        html_text(w->html, article->heading);
        html_close(w->html);
        html_close(w->html);
        html_newline(w->html);
    }
    html_close(w->html);
    html_close(w->html);
    html_newline(w->html);
}

static void article_statements(struct weaving *w, int32_t article)
{
    html_open(w->html, "div", "class", "statements");
    html_newline(w->html);
    for (int32_t i = 0; i < w->policy->statement_count; i++) {
        if (w->policy->statements[i].article == article)
            weave_statement(w, i);
    }
    html_close(w->html);
    html_newline(w->html);
}

/* The heading with its own link, and the prose. */
static void article_document(struct weaving *w, cmark_node *tree, int32_t article)
{
    const struct article *a = &w->policy->articles[article];
    struct text_buf id;
    text_init(&id, w->arena);
    article_id(&id, w->policy, article);
    html_open(w->html, "div", "class", "document");
    html_newline(w->html);
    html_open(w->html, "h2");
    html_text(w->html, a->heading);
    html_open(w->html, "a", "class", "anchor");
    html_attribute_format(w->html, "href", "#%s", str_z(w->arena, text_str(&id)));
    html_attribute_format(w->html, "aria-label", weave_either(w, "本条链接：%s", "link to %s"),
                          str_z(w->arena, a->heading));
    html_text_z(w->html, "#");
    html_close(w->html);
    html_close(w->html);
    html_newline(w->html);
    weave_article_figures(w, article);
    weave_prose(w, tree, article);
    html_close(w->html);
    html_newline(w->html);
}

static void article_section(struct weaving *w, cmark_node *tree, int32_t article)
{
    struct text_buf id;
    text_init(&id, w->arena);
    article_id(&id, w->policy, article);
    bool is_prose = !has_statements(w->policy, article);
    html_open(w->html, "section", "class", is_prose ? "clause is-prose" : "clause");
    html_attribute(w->html, "id", text_str(&id));
    html_newline(w->html);
    article_document(w, tree, article);
    if (!is_prose)
        article_statements(w, article);
    html_close(w->html);
    html_newline(w->html);
}

/* Behind the front matter, which a document that was read has between two lines of ---. */
static struct str body_of(struct str text)
{
    size_t first = str_find(text, STR("---"));
    if (first == SIZE_MAX)
        return text;
    struct str rest = str_sub(text, first + 3, SIZE_MAX);
    size_t second = str_find(rest, STR("\n---"));
    if (second == SIZE_MAX)
        return text;
    return str_sub(rest, second + 4, SIZE_MAX);
}

void weave_document(struct text_buf *out, const struct policy *policy, int32_t document,
                    const struct weave_options *options)
{
    struct html html;
    html_init(&html, out);
    struct weaving w = {.html = &html, .arena = out->arena, .policy = policy, .options = options,
                        .document = document};
    struct str body = body_of(policy->documents[document].text);
    cmark_node *tree = cmark_parse_document(body.ptr, body.size, CMARK_OPT_DEFAULT);
    if (!tree) {
        out->failed = true;
        return;
    }
    page_begin(&w, title_of(document_of(&w)));
    html_open(&html, "main", "class", "main wrap is-woven", "id", "main");
    html_newline(&html);
    head(&w);
    html_open(&html, "div", "class", "woven");
    html_newline(&html);
    contents(&w);
    html_open(&html, "div", "class", "clauses");
    html_newline(&html);
    for (int32_t i = 0; i < policy->article_count; i++) {
        if (policy->articles[i].document == document && has_content(policy, i))
            article_section(&w, tree, i);
    }
    cmark_node_free(tree);
    for (int32_t i = 0; i < 3; i++)
        html_close(&html);
    html_newline(&html);
    page_end(&w);
}

static bool weave_clause(struct weaving *w, cmark_node *tree, int32_t article,
                         struct weave_clause *ret_clause)
{
    struct text_buf id, prose, statements;
    text_init(&id, w->arena);
    text_init(&prose, w->arena);
    text_init(&statements, w->arena);
    article_id(&id, w->policy, article);
    html_init(w->html, &prose);
    article_document(w, tree, article);
    html_init(w->html, &statements);
    for (int32_t i = 0; i < w->policy->statement_count; i++) {
        if (w->policy->statements[i].article == article)
            weave_statement(w, i);
    }
    *ret_clause =
        (struct weave_clause){article, text_str(&id), text_str(&prose), text_str(&statements)};
    return !id.failed && !prose.failed && !statements.failed;
}

const struct weave_clause *weave_clauses(struct arena *arena, const struct policy *policy,
                                         int32_t document, const struct weave_options *options,
                                         int32_t *ret_clause_count)
{
    struct html html;
    struct weaving w = {.html = &html, .arena = arena, .policy = policy, .options = options,
                        .document = document};
    struct weave_clause *clauses =
        ARENA_NEW_ARRAY(arena, struct weave_clause, (size_t)policy->article_count + 1);
    struct str body = body_of(policy->documents[document].text);
    cmark_node *tree = cmark_parse_document(body.ptr, body.size, CMARK_OPT_DEFAULT);
    bool is_whole = tree && clauses;
    int32_t count = 0;
    for (int32_t i = 0; is_whole && i < policy->article_count; i++) {
        if (policy->articles[i].document == document && has_content(policy, i))
            is_whole = weave_clause(&w, tree, i, &clauses[count++]);
    }
    if (tree)
        cmark_node_free(tree);
    *ret_clause_count = count;
    return is_whole ? clauses : NULL;
}

/* ---- the index of documents ---- */

static void index_row(struct weaving *w, int32_t document)
{
    w->document = document;
    const struct document *d = document_of(w);
    html_open(w->html, "li");
    html_open(w->html, "a");
    html_attribute(w->html, "href", w->options->page_names[document]);
    html_open(w->html, "span");
    html_element(w->html, "b", NULL, title_of(d));
    html_open(w->html, "small");
    html_text(w->html, d->number);
    html_text_z(w->html, weave_either(w, "　施行 ", " · in force from "));
    weave_day(w, d->in_force_day);
    html_close(w->html);
    html_close(w->html);
    force_state(w, d);
    html_close(w->html);
    html_close(w->html);
    html_newline(w->html);
}

void weave_index(struct text_buf *out, const struct policy *policy,
                 const struct weave_options *options)
{
    struct html html;
    html_init(&html, out);
    struct weaving w = {.html = &html, .arena = out->arena, .policy = policy, .options = options};
    page_begin(&w, str_from(weave_either(&w, "政策文件", "Policy documents")));
    html_open(&html, "main", "class", "main wrap is-woven", "id", "main");
    html_newline(&html);
    html_open(&html, "div", "class", "head");
    html_open(&html, "div");
    html_element_z(&html, "h1", NULL, weave_either(&w, "政策文件", "Policy documents"));
    html_open(&html, "p", "class", "head-line");
    html_format(&html, weave_either(&w, "%d 份文件，正文与执行语句逐条对照",
                                    "%d documents, text and statements side by side"),
                policy->document_count);
    html_close(&html);
    html_close(&html);
    html_close(&html);
    html_newline(&html);
    html_open(&html, "ul", "class", "rows is-index");
    html_newline(&html);
    for (int32_t i = 0; i < policy->document_count; i++)
        index_row(&w, i);
    html_close(&html);
    html_close(&html);
    html_newline(&html);
    page_end(&w);
}
