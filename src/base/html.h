/* html.h — HTML out: an append writer into a text_buf that cannot forget to escape or to close.
 *
 * What it writes is well-formed XML too: every attribute has a value in double quotes, an element
 * without content ends with "/>", text and attribute values are escaped. Control characters, which
 * no page may hold, become U+FFFD. The look is web/style, carried inside each page; a page has no
 * script and asks for no other file, which its own security policy enforces.
 *
 *     html_open(&html, "p", "class", "soft");      <p class="soft">
 *     html_text_z(&html, "1 < 2");                 1 &lt; 2
 *     html_close(&html);                           </p>
 *
 * Memory   the text lives in the given buffer; names of elements must outlive the writer
 * Errors   it fails with its text_buf; closing what is not open stops (check)
 * Limits   HTML_DEPTH_MAX open elements
 */
#ifndef BAIGONG_HTML_H
#define BAIGONG_HTML_H

#include "base/html_style.h"
#include "base/text.h"

enum { HTML_DEPTH_MAX = 48 }; /* no page of ours nests deeper */

struct html {
    struct text_buf *out;
    const char *open[HTML_DEPTH_MAX];
    int depth;
    bool in_tag; /* "<name" stands without its ">" */
};

void html_init(struct html *html, struct text_buf *out);

/* Opens an element; the attributes are pairs of zero-terminated texts. Further attributes may be
 * added until anything else is written. An element that has no content by definition (meta, br,
 * path) is closed by html_close too. */
void html_open_attributes(struct html *html, const char *name, ...) __attribute__((sentinel));
#define html_open(html, ...) html_open_attributes((html), __VA_ARGS__, (const char *)NULL)
void html_attribute(struct html *html, const char *name, struct str value);
void html_attribute_format(struct html *html, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void html_close(struct html *html);

void html_text(struct html *html, struct str s);
void html_text_z(struct html *html, const char *zero_terminated);
void html_format(struct html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));
void html_newline(struct html *html); /* between elements: keeps the source readable */

/* <name class="css_class">text</name>; css_class NULL: none. */
void html_element(struct html *html, const char *name, const char *css_class, struct str text);
void html_element_z(struct html *html, const char *name, const char *css_class, const char *text);
void html_link(struct html *html, const char *href, struct str text);
/* A glyph of web/style/glyphs.svg: yes, no, ask, clock, late, here, go, home, card, coin, rule. */
void html_glyph(struct html *html, const char *name);

/* The page from <!DOCTYPE> to the opened <body>: title, the three sheets, the page's own sheet
 * (absent: none) and the glyphs. lang: "zh-CN" or "en". html_page_end closes what is open. */
void html_page_begin(struct html *html, const char *lang, struct str title, struct str sheet);
void html_page_end(struct html *html);

#endif
