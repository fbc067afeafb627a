#include "base/html.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

void html_init(struct html *html, struct text_buf *out)
{
    *html = (struct html){.out = out};
}

/* What stands for a byte that may not stand itself; NULL: it may. */
static const char *escape_of(unsigned char byte)
{
    switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\n': case '\t': return NULL;
    case 0x7F: return "\xEF\xBF\xBD";
    default: return byte < ' ' ? "\xEF\xBF\xBD" : NULL;
    }
}

static void add_escaped(struct text_buf *out, struct str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.size; i++) {
        unsigned char byte = (unsigned char)s.ptr[i];
        const char *instead = escape_of(byte);
        if (!instead)
            continue;
        text_add(out, str_sub(s, from, i - from));
        text_add_z(out, instead);
        from = i + 1;
    }
    text_add(out, str_sub(s, from, s.size - from));
}

static void end_tag(struct html *html)
{
    if (html->in_tag)
        text_add_byte(html->out, '>');
    html->in_tag = false;
}

void html_open_attributes(struct html *html, const char *name, ...)
{
    end_tag(html);
    check(html->depth < HTML_DEPTH_MAX);
    html->open[html->depth++] = name;
    text_add_byte(html->out, '<');
    text_add_z(html->out, name);
    html->in_tag = true;
    va_list pairs;
    va_start(pairs, name);
    for (const char *key; (key = va_arg(pairs, const char *));) {
        const char *value = va_arg(pairs, const char *);
        check(value);
        html_attribute(html, key, str_from(value));
    }
    va_end(pairs);
}

void html_attribute(struct html *html, const char *name, struct str value)
{
    check(html->in_tag);
    text_add_byte(html->out, ' ');
    text_add_z(html->out, name);
    text_add(html->out, STR("=\""));
    add_escaped(html->out, value);
    text_add_byte(html->out, '"');
}

static void add_formatted(struct text_buf *out, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    check(size >= 0);
    char *text = arena_alloc(out->arena, (size_t)size + 1);
    if (text) {
        vsnprintf(text, (size_t)size + 1, format, again);
        add_escaped(out, (struct str){text, (size_t)size});
    } else {
        out->failed = true;
    }
    va_end(again);
}

void html_attribute_format(struct html *html, const char *name, const char *format, ...)
{
    check(html->in_tag);
    text_add_byte(html->out, ' ');
    text_add_z(html->out, name);
    text_add(html->out, STR("=\""));
    va_list arguments;
    va_start(arguments, format);
    add_formatted(html->out, format, arguments);
    va_end(arguments);
    text_add_byte(html->out, '"');
}

/* What HTML closes by itself, and the shapes of SVG. */
static bool has_no_content(const char *name)
{
    static const char *const names[] = {"meta", "br",   "hr",   "link",   "img",  "input",
                                        "col",  "wbr",  "path", "line",   "rect", "use",
                                        "area", "base", "circle", "polyline", "embed"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_equal_text(str_from(name), names[i]))
            return true;
    }
    return false;
}

void html_close(struct html *html)
{
    check(html->depth > 0);
    const char *name = html->open[--html->depth];
    if (html->in_tag && has_no_content(name)) {
        text_add(html->out, STR("/>"));
        html->in_tag = false;
        return;
    }
    end_tag(html);
    text_add(html->out, STR("</"));
    text_add_z(html->out, name);
    text_add_byte(html->out, '>');
}

void html_text(struct html *html, struct str s)
{
    end_tag(html);
    add_escaped(html->out, s);
}

void html_text_z(struct html *html, const char *zero_terminated)
{
    html_text(html, str_from(zero_terminated));
}

void html_format(struct html *html, const char *format, ...)
{
    end_tag(html);
    va_list arguments;
    va_start(arguments, format);
    add_formatted(html->out, format, arguments);
    va_end(arguments);
}

void html_newline(struct html *html)
{
    end_tag(html);
    text_add_byte(html->out, '\n');
}

void html_element(struct html *html, const char *name, const char *css_class, struct str text)
{
    html_open(html, name);
    if (css_class)
        html_attribute(html, "class", str_from(css_class));
    html_text(html, text);
    html_close(html);
}

void html_element_z(struct html *html, const char *name, const char *css_class, const char *text)
{
    html_element(html, name, css_class, str_from(text));
}

void html_link(struct html *html, const char *href, struct str text)
{
    html_open(html, "a", "href", href);
    html_text(html, text);
    html_close(html);
}

void html_glyph(struct html *html, const char *name)
{
    html_open(html, "svg", "class", "glyph", "aria-hidden", "true", "viewBox", "0 0 24 24");
    html_open(html, "use");
    html_attribute_format(html, "href", "#g-%s", name);
    html_close(html);
    html_close(html);
}

static void meta(struct html *html, const char *name, const char *content)
{
    html_open(html, "meta", "name", name, "content", content);
    html_close(html);
    html_newline(html);
}

void html_page_begin(struct html *html, const char *lang, struct str title, struct str sheet)
{
    text_add(html->out, STR("<!DOCTYPE html>\n"));
    html_open(html, "html", "lang", lang);
    html_newline(html);
    html_open(html, "head");
    html_newline(html);
    html_open(html, "meta", "charset", "utf-8");
    html_close(html);
    html_newline(html);
    html_open(html, "meta", "http-equiv", "Content-Security-Policy", "content",
              "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
              "form-action 'none'");
    html_close(html);
    html_newline(html);
    html_element(html, "title", NULL, title);
    html_newline(html);
    meta(html, "viewport", "width=device-width, initial-scale=1, viewport-fit=cover");
    meta(html, "color-scheme", "light dark");
    html_open(html, "style");
    html_newline(html);
    text_add(html->out, style_tokens);
    text_add(html->out, style_base);
    text_add(html->out, style_components);
    text_add(html->out, sheet);
    html_close(html);
    html_newline(html);
    html_close(html);
    html_newline(html);
    html_open(html, "body");
    html_newline(html);
    text_add(html->out, style_glyphs);
}

void html_page_end(struct html *html)
{
    while (html->depth) {
        html_close(html);
        html_newline(html);
    }
}
