/* weave_prose.c — the prose of an article as HTML: what cmark read, with quoted phrases marked.
 *
 * A phrase may run over emphasis, line ends and white space, which do not count when it is compared
 * (cite.c): so the text of the article is squeezed once, the bytes of the phrases are flagged, and
 * the writer opens and closes <mark> wherever the flag changes. Raw HTML is written as text, images
 * as their description, links only to the web or within the page. */
#include "policy/weaving.h"

#include <cmark.h>

enum { PROSE_DEPTH_MAX = 24 }; /* nested quotations and lists; deeper ones are left flat */

struct prose {
    struct weaving *w;
    struct text_buf squeezed;
    bool *flags; /* for each byte of squeezed; NULL: nothing is marked */
    size_t at;   /* byte of squeezed that is written next */
    bool marked; /* <mark> is open */
};

static bool is_space(uint32_t character)
{
    return character <= ' ' || character == 0x3000;
}

static void squeeze(struct text_buf *out, struct str text, bool drops_marks)
{
    while (text.size) {
        struct str start = text;
        uint32_t character = str_next_character(&text);
        bool drops = is_space(character) ||
                     (drops_marks && (character == '*' || character == '\\'));
        if (!drops)
            text_add(out, (struct str){start.ptr, start.size - text.size});
    }
}

static const char *node_text(cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);
    bool has_text = type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE ||
                    type == CMARK_NODE_HTML_INLINE || type == CMARK_NODE_HTML_BLOCK;
    const char *text = has_text ? cmark_node_get_literal(node) : NULL;
    return text ? text : "";
}

static void squeeze_node(struct prose *prose, cmark_node *node)
{
    cmark_iter *iter = cmark_iter_new(node);
    for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        if (event == CMARK_EVENT_ENTER)
            squeeze(&prose->squeezed, str_from(node_text(cmark_iter_get_node(iter))), false);
    }
    cmark_iter_free(iter);
}

static void flag_phrase(struct prose *prose, struct str phrase)
{
    struct text_buf wanted;
    text_init(&wanted, prose->w->arena);
    squeeze(&wanted, phrase, true);
    struct str words = text_str(&wanted), rest = text_str(&prose->squeezed);
    for (size_t found; words.size && (found = str_find(rest, words)) != SIZE_MAX;) {
        size_t start = (size_t)(rest.ptr - prose->squeezed.ptr) + found;
        memset(prose->flags + start, true, words.size);
        rest = str_sub(rest, found + words.size, SIZE_MAX);
    }
}

static void flag_parameter(struct prose *prose, const struct parameter *parameter)
{
    for (int32_t i = 0; parameter && i < parameter->row_count; i++)
        flag_phrase(prose, parameter->rows[i].cites.text);
}

static void flag_article(struct prose *prose, int32_t article)
{
    const struct policy *policy = prose->w->policy;
    size_t size = text_str(&prose->squeezed).size;
    prose->flags = arena_alloc(prose->w->arena, size + 1);
    for (int32_t i = 0; prose->flags && i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (statement->article != article)
            continue;
        for (int32_t k = 0; k < statement->cite_count; k++)
            flag_phrase(prose, statement->cites[k].text);
        if (statement->kind == STATEMENT_PARAMETER)
            flag_parameter(prose, statement->as.parameter);
    }
}

/* ---- writing ---- */

static void set_mark(struct prose *prose, bool marked)
{
    if (marked && !prose->marked)
        html_open(prose->w->html, "mark");
    if (!marked && prose->marked)
        html_close(prose->w->html);
    prose->marked = marked;
}

static void add_text(struct prose *prose, struct str text)
{
    while (text.size) {
        struct str start = text;
        uint32_t character = str_next_character(&text);
        struct str bytes = {start.ptr, start.size - text.size};
        if (!is_space(character)) {
            set_mark(prose, prose->flags && prose->flags[prose->at]);
            prose->at += bytes.size;
        }
        html_text(prose->w->html, bytes);
    }
}

static bool is_safe_link(const char *url)
{
    struct str text = str_from(url);
    return str_starts(text, STR("https://")) || str_starts(text, STR("http://")) ||
           str_starts(text, STR("#"));
}

/* The element of a node; NULL: its content alone. */
static const char *element_of(cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_PARAGRAPH: return "p";
    case CMARK_NODE_BLOCK_QUOTE: return "blockquote";
    case CMARK_NODE_LIST:
        return cmark_node_get_list_type(node) == CMARK_ORDERED_LIST ? "ol" : "ul";
    case CMARK_NODE_ITEM: return "li";
    case CMARK_NODE_EMPH: return "em";
    case CMARK_NODE_STRONG: return "strong";
    case CMARK_NODE_CODE: return "code";
    case CMARK_NODE_CODE_BLOCK: return "pre";
    case CMARK_NODE_THEMATIC_BREAK: return "hr";
    case CMARK_NODE_LINEBREAK: return "br";
    case CMARK_NODE_HTML_BLOCK: return "p";
    case CMARK_NODE_LINK: {
        const char *url = cmark_node_get_url(node);
        return url && is_safe_link(url) ? "a" : NULL;
    }
    default: return NULL;
    }
}

/* A line end is a space between words, but nothing between Chinese characters. */
static bool is_latin_start(cmark_node *node)
{
    const char *text = node ? node_text(node) : "";
    return (unsigned char)*text < 0x80;
}

static void write_node(struct prose *prose, cmark_node *node, int32_t depth)
{
    struct html *html = prose->w->html;
    const char *element = element_of(node);
    bool is_tight = cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH &&
                    cmark_node_parent(node) &&
                    cmark_node_get_type(cmark_node_parent(node)) == CMARK_NODE_ITEM;
    if (is_tight || depth > PROSE_DEPTH_MAX)
        element = NULL;
    set_mark(prose, false);
    if (element) {
        html_open(html, element);
        if (strcmp(element, "a") == 0)
            html_attribute(html, "href", str_from(cmark_node_get_url(node)));
        if (strcmp(element, "ol") == 0 && cmark_node_get_list_start(node) != 1)
            html_attribute_format(html, "start", "%d", cmark_node_get_list_start(node));
    }
    if (cmark_node_get_type(node) == CMARK_NODE_SOFTBREAK && is_latin_start(cmark_node_next(node)))
        html_newline(html);
    if (cmark_node_get_type(node) == CMARK_NODE_CODE_BLOCK)
        html_text_z(html, cmark_node_get_literal(node));
    add_text(prose, str_from(node_text(node)));
    for (cmark_node *child = cmark_node_first_child(node); child; child = cmark_node_next(child))
        write_node(prose, child, depth + 1);
    set_mark(prose, false);
    if (element)
        html_close(html);
}

static bool is_block(cmark_node *node)
{
    const char *info = cmark_node_get_type(node) == CMARK_NODE_CODE_BLOCK
                           ? cmark_node_get_fence_info(node)
                           : "";
    bool is_text = !info || !*info || strcmp(info, "text") == 0 || strcmp(info, "文本") == 0;
    return cmark_node_get_type(node) != CMARK_NODE_HEADING && is_text;
}

/* The first node behind the heading of the article. */
static cmark_node *article_start(struct weaving *w, cmark_node *tree, int32_t article)
{
    int32_t number = -1;
    for (int32_t i = 0; i <= article; i++)
        number += w->policy->articles[i].document == w->document;
    cmark_node *node = cmark_node_first_child(tree);
    for (int32_t heading = -1; node && heading < number; node = cmark_node_next(node))
        heading += cmark_node_get_type(node) == CMARK_NODE_HEADING;
    return node;
}

void weave_prose(struct weaving *w, struct cmark_node *tree, int32_t article)
{
    struct prose prose = {.w = w};
    text_init(&prose.squeezed, w->arena);
    cmark_node *start = article_start(w, tree, article), *node = start;
    for (; node && cmark_node_get_type(node) != CMARK_NODE_HEADING; node = cmark_node_next(node)) {
        if (is_block(node))
            squeeze_node(&prose, node);
    }
    if (article >= 0)
        flag_article(&prose, article);
    for (node = start; node && cmark_node_get_type(node) != CMARK_NODE_HEADING;
         node = cmark_node_next(node)) {
        if (!is_block(node))
            continue;
        write_node(&prose, node, 0);
        html_newline(w->html);
    }
}
