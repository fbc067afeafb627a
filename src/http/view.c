#include "http/view.h"

#include <string.h>

enum piece_kind {
    PIECE_TEXT,
    PIECE_VALUE,
    PIECE_RAW,
    PIECE_SECTION,
    PIECE_INVERTED,
    PIECE_PARTIAL,
};

struct piece {
    enum piece_kind kind;
    struct str text; /* TEXT: as it is; otherwise the name */
    int32_t end;     /* SECTION, INVERTED: the piece behind it */
    int32_t view;    /* PARTIAL */
    int32_t line;
};

struct view {
    struct embedded_file source;
    struct piece *pieces;
    int32_t piece_count;
};

struct view_set {
    struct view *views;
    int32_t view_count;
};

struct reading {
    struct arena *arena;
    struct view_set *set;
    struct view *view;
    struct str source; /* the text being read: of the template, or of a translation */
    size_t at;
    struct str open, close; /* delimiters */
    int32_t capacity;
    int32_t line;
    int32_t depth;
    view_translate *translate;
    void *context;
    struct fault *fault;
};

struct tag {
    char kind; /* '\0' value, '{' and '&' raw, '#', '^', '/', '>', '!', '=' */
    struct str name;
    size_t start, end;
    /* The tag stands alone on its line: the line vanishes from line_start to line_end. */
    bool alone;
    size_t line_start, line_end;
};

static enum err refuse(struct reading *r, const char *what, struct str name)
{
    return fault_set(r->fault, ERR_VIEW, "%s:%d: %s %.*s", r->view->source.name, r->line, what,
                     STR_ARG(name));
}

static int32_t find_view(const struct view_set *set, struct str name)
{
    for (int32_t i = 0; i < set->view_count; i++)
        if (str_equal_text(name, set->views[i].source.name))
            return i;
    return -1;
}

static enum err add_piece(struct reading *r, struct piece piece)
{
    struct view *view = r->view;
    if (view->piece_count == r->capacity) {
        int32_t capacity = r->capacity ? r->capacity * 2 : 32;
        struct piece *pieces = ARENA_NEW_ARRAY(r->arena, struct piece, (size_t)capacity);
        if (!pieces)
            return fault_set(r->fault, ERR_MEMORY, "no memory for the templates");
        if (view->piece_count > 0)
            memcpy(pieces, view->pieces, (size_t)view->piece_count * sizeof *pieces);
        view->pieces = pieces;
        r->capacity = capacity;
    }
    piece.line = r->line;
    view->pieces[view->piece_count++] = piece;
    return ERR_OK;
}

static enum err add_text(struct reading *r, size_t start, size_t end)
{
    if (end <= start)
        return ERR_OK;
    struct piece piece = {.kind = PIECE_TEXT, .text = str_sub(r->source, start, end - start)};
    TRY(add_piece(r, piece));
    for (size_t i = start; i < end; i++)
        r->line += r->source.ptr[i] == '\n';
    return ERR_OK;
}

static size_t find_from(struct str source, size_t from, struct str part)
{
    size_t found = str_find(str_sub(source, from, source.size - from), part);
    return found == SIZE_MAX ? SIZE_MAX : from + found;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Section, comment, partial and delimiter tags that stand alone take their line with them. */
static void see_line(const struct reading *r, struct tag *tag)
{
    struct str source = r->source;
    size_t start = tag->start;
    while (start > 0 && is_blank(source.ptr[start - 1]))
        start--;
    size_t end = tag->end;
    while (end < source.size && is_blank(source.ptr[end]))
        end++;
    bool begins = start == 0 || source.ptr[start - 1] == '\n';
    bool ends = end == source.size || source.ptr[end] == '\n' ||
                (source.ptr[end] == '\r' && end + 1 < source.size && source.ptr[end + 1] == '\n');
    tag->alone = begins && ends && memchr("#^/>!=", tag->kind, 6) != NULL && tag->kind != '\0';
    if (end < source.size && source.ptr[end] == '\r')
        end++;
    tag->line_start = start;
    tag->line_end = end < source.size ? end + 1 : end;
}

/* The next tag from r->at on; *ret_found false when there is none. */
static enum err next_tag(struct reading *r, struct tag *ret_tag, bool *ret_found)
{
    struct tag tag = {.start = find_from(r->source, r->at, r->open)};
    *ret_found = tag.start != SIZE_MAX;
    if (!*ret_found)
        return ERR_OK;
    size_t inner = tag.start + r->open.size;
    struct str close = r->close;
    if (inner < r->source.size && memchr("#^/>!=&{", r->source.ptr[inner], 8))
        tag.kind = r->source.ptr[inner++];
    size_t end = find_from(r->source, inner, tag.kind == '{' ? STR("}") : close);
    if (end == SIZE_MAX)
        return refuse(r, "a tag is not closed:", str_sub(r->source, tag.start, 30));
    struct str name = str_sub(r->source, inner, end - inner);
    tag.end = end + close.size;
    if (tag.kind == '{') {
        if (!str_starts(str_sub(r->source, end + 1, close.size), close))
            return refuse(r, "a tag is not closed:", str_sub(r->source, tag.start, 30));
        tag.end = end + 1 + close.size;
    }
    if (tag.kind == '=' && name.size > 0 && name.ptr[name.size - 1] == '=')
        name.size--;
    tag.name = str_trim(name);
    if (tag.name.size == 0 && tag.kind != '!')
        return refuse(r, "a tag has no name:", str_sub(r->source, tag.start, 30));
    see_line(r, &tag);
    *ret_tag = tag;
    return ERR_OK;
}

static enum err set_delimiters(struct reading *r, struct str both)
{
    struct str rest = both;
    struct str open;
    if (!str_split(&rest, ' ', &open) || open.size == 0 || str_trim(rest).size == 0)
        return refuse(r, "delimiters are two words:", both);
    r->open = open;
    r->close = str_trim(rest);
    return ERR_OK;
}

static enum err read_pieces(struct reading *r, struct str section, bool *ret_closed);

/* {{#t}}…{{/t}}: what stands between is a text of the catalogue, and a template itself. */
static enum err read_translated(struct reading *r)
{
    size_t end = find_from(r->source, r->at, STR("{{/t}}"));
    if (end == SIZE_MAX)
        return refuse(r, "not closed:", STR("t"));
    struct str text = str_sub(r->source, r->at, end - r->at);
    struct reading inner = *r;
    inner.source = r->translate ? r->translate(r->context, text) : text;
    inner.at = 0;
    bool closed;
    TRY(read_pieces(&inner, (struct str){0}, &closed));
    r->capacity = inner.capacity;
    for (size_t i = 0; i < text.size; i++)
        r->line += text.ptr[i] == '\n';
    r->at = end + STR("{{/t}}").size;
    return ERR_OK;
}

static enum err read_section(struct reading *r, const struct tag *tag)
{
    if (tag->kind == '#' && str_equal(tag->name, STR("t")))
        return read_translated(r);
    if (++r->depth > VIEW_DEPTH_MAX)
        return refuse(r, "sections are nested too deep at", tag->name);
    int32_t index = r->view->piece_count;
    enum piece_kind kind = tag->kind == '#' ? PIECE_SECTION : PIECE_INVERTED;
    TRY(add_piece(r, (struct piece){.kind = kind, .text = tag->name}));
    bool closed;
    TRY(read_pieces(r, tag->name, &closed));
    if (!closed)
        return refuse(r, "section is not closed:", tag->name);
    r->view->pieces[index].end = r->view->piece_count;
    r->depth--;
    return ERR_OK;
}

static enum err read_partial(struct reading *r, struct str name)
{
    int32_t view = find_view(r->set, name);
    if (view < 0)
        return refuse(r, "there is no template", name);
    return add_piece(r, (struct piece){.kind = PIECE_PARTIAL, .text = name, .view = view});
}

static enum err read_tag(struct reading *r, const struct tag *tag)
{
    switch (tag->kind) {
    case '\0':
        return add_piece(r, (struct piece){.kind = PIECE_VALUE, .text = tag->name});
    case '&':
    case '{':
        return add_piece(r, (struct piece){.kind = PIECE_RAW, .text = tag->name});
    case '#':
    case '^':
        return read_section(r, tag);
    case '>':
        return read_partial(r, tag->name);
    case '=':
        return set_delimiters(r, tag->name);
    default: /* a comment */
        return ERR_OK;
    }
}

static enum err read_pieces(struct reading *r, struct str section, bool *ret_closed)
{
    *ret_closed = false;
    for (;;) {
        struct tag tag = {0};
        bool found;
        TRY(next_tag(r, &tag, &found));
        if (!found) {
            size_t start = r->at;
            r->at = r->source.size;
            return add_text(r, start, r->source.size);
        }
        bool is_translation = tag.kind == '#' && str_equal(tag.name, STR("t"));
        bool alone = tag.alone && !is_translation;
        TRY(add_text(r, r->at, alone ? tag.line_start : tag.start)); /* nothing when before r->at */
        r->at = alone ? tag.line_end : tag.end;
        bool opens = tag.kind == '#' || tag.kind == '^';
        r->line += alone && (opens || tag.kind == '/');
        if (tag.kind == '/') {
            if (!section.ptr || !str_equal(section, tag.name))
                return refuse(r, "nothing is open that this closes:", tag.name);
            *ret_closed = true;
            return ERR_OK;
        }
        TRY(read_tag(r, &tag));
        r->line += alone && !opens;
    }
}

static enum err read_view(struct reading *r, struct view *view)
{
    r->view = view;
    r->source = view->source.text;
    r->at = 0;
    r->open = STR("{{");
    r->close = STR("}}");
    r->capacity = 0;
    r->line = 1;
    r->depth = 0;
    bool closed;
    return read_pieces(r, (struct str){0}, &closed);
}

enum err view_set_new(struct arena *arena, const struct embedded_file *sources,
                      int32_t source_count, view_translate *translate, void *context,
                      struct view_set **ret_views, struct fault *fault)
{
    struct view_set *set = ARENA_NEW(arena, struct view_set);
    struct view *views = ARENA_NEW_ARRAY(arena, struct view, (size_t)source_count);
    if (!set || !views)
        return fault_set(fault, ERR_MEMORY, "no memory for the templates");
    *set = (struct view_set){views, source_count};
    for (int32_t i = 0; i < source_count; i++)
        views[i].source = sources[i];
    struct reading r = {.arena = arena, .set = set, .translate = translate, .context = context,
                        .fault = fault};
    for (int32_t i = 0; i < source_count; i++)
        TRY(read_view(&r, &views[i]));
    *ret_views = set;
    return ERR_OK;
}

bool view_exists(const struct view_set *views, const char *name)
{
    return find_view(views, str_from(name)) >= 0;
}

/* ---- showing */

struct showing {
    const struct view_set *set;
    const struct doc *scopes[VIEW_DEPTH_MAX * 2];
    int32_t scope_count;
    int32_t depth;
    struct text_buf *out;
    struct fault *fault;
};

static const struct doc *look_up(const struct showing *s, struct str name)
{
    if (str_equal(name, STR(".")))
        return s->scopes[s->scope_count - 1];
    struct str rest = name;
    struct str first;
    str_split(&rest, '.', &first);
    const struct doc *found = NULL;
    for (int32_t i = s->scope_count - 1; i >= 0 && !found; i--)
        found = doc_member(s->scopes[i], first);
    struct str part;
    while (found && str_split(&rest, '.', &part))
        found = doc_member(found, part);
    return found;
}

/* As npm mustache: nothing, false, the number zero, the empty text and the empty list are not
 * shown. */
static bool is_shown(const struct doc *doc)
{
    if (!doc)
        return false;
    switch (doc->kind) {
    case DOC_NOTHING:
        return false;
    case DOC_BOOL:
    case DOC_NUMBER:
    case DOC_LIST:
        return doc->number != 0;
    case DOC_TEXT:
        return doc->words.size > 0;
    case DOC_OBJECT:
        return true;
    }
    return false;
}

static void add_escaped(struct text_buf *out, struct str text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.size; i++) {
        const char *escape = NULL;
        switch (text.ptr[i]) {
        case '&':
            escape = "&amp;";
            break;
        case '<':
            escape = "&lt;";
            break;
        case '>':
            escape = "&gt;";
            break;
        case '"':
            escape = "&quot;";
            break;
        case '\'':
            escape = "&#39;";
            break;
        default:
            continue;
        }
        text_add(out, str_sub(text, start, i - start));
        text_add_z(out, escape);
        start = i + 1;
    }
    text_add(out, str_sub(text, start, text.size - start));
}

static enum err show_pieces(struct showing *s, const struct view *view, int32_t from, int32_t to);

static enum err show_within(struct showing *s, const struct view *view, int32_t from, int32_t to,
                            const struct doc *scope)
{
    if (s->scope_count == (int32_t)(sizeof s->scopes / sizeof s->scopes[0]))
        return fault_set(s->fault, ERR_VIEW, "%s: sections are nested too deep",
                         view->source.name);
    s->scopes[s->scope_count++] = scope;
    enum err err = show_pieces(s, view, from, to);
    s->scope_count--;
    return err;
}

static enum err show_section(struct showing *s, const struct view *view, int32_t index)
{
    const struct piece *piece = &view->pieces[index];
    const struct doc *doc = look_up(s, piece->text);
    if (!is_shown(doc))
        return ERR_OK;
    if (doc->kind != DOC_LIST)
        return show_within(s, view, index + 1, piece->end, doc);
    for (const struct doc *member = doc->first; member; member = member->next)
        TRY(show_within(s, view, index + 1, piece->end, member));
    return ERR_OK;
}

static enum err show_partial(struct showing *s, const struct view *view)
{
    if (s->depth == VIEW_DEPTH_MAX)
        return fault_set(s->fault, ERR_VIEW, "%s: templates are nested too deep",
                         view->source.name);
    s->depth++;
    enum err err = show_pieces(s, view, 0, view->piece_count);
    s->depth--;
    return err;
}

static void show_value(struct showing *s, const struct piece *piece)
{
    const struct doc *doc = look_up(s, piece->text);
    if (!doc)
        return;
    if (piece->kind == PIECE_RAW)
        text_add(s->out, doc->words);
    else
        add_escaped(s->out, doc->words);
}

static enum err show_pieces(struct showing *s, const struct view *view, int32_t from, int32_t to)
{
    for (int32_t i = from; i < to; i++) {
        const struct piece *piece = &view->pieces[i];
        switch (piece->kind) {
        case PIECE_TEXT:
            text_add(s->out, piece->text);
            break;
        case PIECE_VALUE:
        case PIECE_RAW:
            show_value(s, piece);
            break;
        case PIECE_SECTION:
            TRY(show_section(s, view, i));
            i = piece->end - 1;
            break;
        case PIECE_INVERTED:
            if (!is_shown(look_up(s, piece->text)))
                TRY(show_pieces(s, view, i + 1, piece->end));
            i = piece->end - 1;
            break;
        case PIECE_PARTIAL:
            TRY(show_partial(s, &s->set->views[piece->view]));
            break;
        }
    }
    return ERR_OK;
}

enum err view_show(const struct view_set *views, const char *name, const struct doc *doc,
                   struct text_buf *out, struct fault *fault)
{
    int32_t index = find_view(views, str_from(name));
    if (index < 0)
        return fault_set(fault, ERR_NOT_FOUND, "there is no template %s", name);
    struct showing s = {.set = views, .scopes = {doc}, .scope_count = 1, .out = out,
                        .fault = fault};
    TRY(show_partial(&s, &views->views[index]));
    return out->failed ? fault_set(fault, ERR_MEMORY, "no memory for the page") : ERR_OK;
}
