#include "unit.h"

#include "base/html.h"

#include <expat.h>

static struct arena arena;

static struct html begin(struct text_buf *out)
{
    arena_done(&arena);
    arena_init(&arena, 4 * 1024 * 1024);
    text_init(out, &arena);
    struct html html;
    html_init(&html, out);
    return html;
}

TEST(html_text__escapes_what_has_a_meaning)
{
    struct text_buf out;
    struct html html = begin(&out);
    html_open(&html, "p", "title", "a\"b<c>&'");
    html_text_z(&html, "<script>alert('&\")</script>\x01");
    html_close(&html);
    EXPECT_STR("<p title=\"a&quot;b&lt;c&gt;&amp;&#39;\">&lt;script&gt;alert(&#39;&amp;&quot;)"
               "&lt;/script&gt;\xEF\xBF\xBD</p>",
               text_str(&out));
}

TEST(html_close__ends_an_element_without_content_as_xml_does)
{
    struct text_buf out;
    struct html html = begin(&out);
    html_open(&html, "p");
    html_open(&html, "br");
    html_close(&html);
    html_open(&html, "td");
    html_attribute_format(&html, "colspan", "%d", 3);
    html_close(&html);
    html_format(&html, "%d < %d", 1, 2);
    html_close(&html);
    EXPECT_STR("<p><br/><td colspan=\"3\"></td>1 &lt; 2</p>", text_str(&out));
}

TEST(html_page__is_well_formed_and_asks_for_nothing_outside)
{
    struct text_buf out;
    struct html html = begin(&out);
    html_page_begin(&html, "zh-CN", STR("题目 < & >"), STR(".x { color: red; }\n"));
    html_open(&html, "main", "id", "main");
    html_glyph(&html, "yes");
    html_link(&html, "#a1", STR("第一条"));
    html_page_end(&html);
    struct str text = text_str(&out);
    XML_Parser parser = XML_ParserCreate("UTF-8");
    EXPECT(XML_Parse(parser, text.ptr, (int)text.size, 1) == XML_STATUS_OK);
    XML_ParserFree(parser);
    EXPECT(!out.failed);
    EXPECT(str_find(text, STR("http:")) == SIZE_MAX);
    EXPECT(str_find(text, STR("https:")) == SIZE_MAX);
    EXPECT(str_find(text, STR("url(")) == SIZE_MAX);
    EXPECT(str_find(text, STR("<script")) == SIZE_MAX);
    EXPECT(str_find(text, STR("/*")) == SIZE_MAX);
    EXPECT(str_find(text, STR("--azurite")) != SIZE_MAX);
    EXPECT(str_find(text, STR("id=\"g-yes\"")) != SIZE_MAX);
}
