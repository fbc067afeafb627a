#include "http/view.h"
#include "unit.h"

/* Corpus shared with npm mustache: test/corpus/mustache/NAME.{mustache,json,html} is held against
 * it by test/web/mustache.mjs; these tests say what ours refuses and translates. */

static struct arena arena;

static struct doc *person(void)
{
    struct doc *doc = doc_new(&arena);
    doc_add_text_z(doc, "name", "李<明>&\"'");
    doc_add_number(doc, "count", 1234567);
    doc_add_money(doc, "amount", 123450);
    doc_add_bool(doc, "no", false);
    struct doc *list = doc_add_list(doc, "rows");
    for (int i = 1; i <= 3; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_number(row, "n", i);
    }
    doc_add_text_z(doc_add_object(doc, "deep"), "inner", "里");
    doc_add_list(doc, "none");
    return doc;
}

static struct str translate(void *context, struct str text)
{
    return str_equal(text, STR("共 {{count}} 人")) ? STR("{{count}} persons") : text;
}

static struct str shown_with(const char *text, const char *partial, view_translate *words)
{
    struct embedded_file sources[] = {{"main", str_from(text)}, {"part", str_from(partial)}};
    struct view_set *views;
    EXPECT_OK(view_set_new(&arena, sources, 2, words, NULL, &views, NULL));
    struct text_buf *out = text_new(&arena);
    EXPECT_OK(view_show(views, "main", person(), out, NULL));
    return text_str(out);
}

static struct str shown(const char *text)
{
    return shown_with(text, "", NULL);
}

static enum err refused(const char *text, struct fault *fault)
{
    struct embedded_file sources[] = {{"main", str_from(text)}};
    struct view_set *views;
    return view_set_new(&arena, sources, 1, NULL, NULL, &views, fault);
}

TEST(view__escapes_what_html_would_read)
{
    arena_init(&arena, 1 << 20);
    EXPECT_STR("李&lt;明&gt;&amp;&quot;&#39; 李<明>&\"' 李<明>&\"'",
               shown("{{name}} {{{name}}} {{&name}}"));
    EXPECT_STR("1,234,567 1,234.50 里", shown("{{count}} {{amount}} {{deep.inner}}"));
    EXPECT_STR("[]", shown("[{{missing}}{{deep.missing}}{{no.thing}}]"));
    arena_done(&arena);
}

TEST(view__repeats_leaves_out_and_inverts_sections)
{
    arena_init(&arena, 1 << 20);
    EXPECT_STR("123", shown("{{#rows}}{{n}}{{/rows}}"));
    EXPECT_STR("leer", shown("{{#none}}x{{/none}}{{^none}}leer{{/none}}{{#no}}x{{/no}}"));
    EXPECT_STR("里1,234,567", shown("{{#deep}}{{inner}}{{count}}{{/deep}}"));
    EXPECT_STR("1 2 3 ", shown("{{#rows}}{{#n}}{{.}}{{/n}} {{/rows}}"));
    arena_done(&arena);
}

TEST(view__takes_lines_of_lonely_tags_away)
{
    arena_init(&arena, 1 << 20);
    EXPECT_STR("a\n1\n2\n3\nb\n", shown("a\n  {{#rows}}\n{{n}}\n  {{/rows}}\nb\n"));
    EXPECT_STR("a\nb", shown("a\n{{! not seen }}\nb"));
    EXPECT_STR("<p>\n里\n</p>\n",
               shown_with("<p>\n{{>part}}\n</p>\n", "{{deep.inner}}\n", NULL));
    EXPECT_STR("里 {{name}}", shown("{{=<% %>=}}<%deep.inner%> {{name}}"));
    arena_done(&arena);
}

TEST(view__says_words_of_the_catalogue_and_keeps_what_it_lacks)
{
    arena_init(&arena, 1 << 20);
    EXPECT_STR("<b>1,234,567 persons</b> 没有译文",
               shown_with("<b>{{#t}}共 {{count}} 人{{/t}}</b> {{#t}}没有译文{{/t}}", "",
                          translate));
    arena_done(&arena);
}

TEST(view__refuses_what_is_not_closed_with_its_line)
{
    arena_init(&arena, 1 << 20);
    struct fault fault = {0};
    EXPECT_ERR(ERR_VIEW, refused("a\n{{#rows}}\nb", &fault));
    EXPECT_STR("main:3: section is not closed: rows", str_from(fault.message));
    EXPECT_ERR(ERR_VIEW, refused("{{#a}}{{/b}}", &fault));
    EXPECT_STR("main:1: nothing is open that this closes: b", str_from(fault.message));
    EXPECT_ERR(ERR_VIEW, refused("{{name", &fault));
    EXPECT_ERR(ERR_VIEW, refused("{{{name}}", &fault));
    EXPECT_ERR(ERR_VIEW, refused("{{}}", &fault));
    EXPECT_ERR(ERR_VIEW, refused("{{#t}}ohne Ende", &fault));
    EXPECT_ERR(ERR_VIEW, refused("{{=x=}}", &fault));
    EXPECT_ERR(ERR_VIEW, refused("\n{{>nobody}}", &fault));
    EXPECT_STR("main:2: there is no template nobody", str_from(fault.message));
    arena_done(&arena);
}

TEST(view__ends_partials_that_name_themselves)
{
    arena_init(&arena, 1 << 20);
    struct embedded_file sources[] = {{"main", STR("{{>main}}")}};
    struct view_set *views;
    EXPECT_OK(view_set_new(&arena, sources, 1, NULL, NULL, &views, NULL));
    EXPECT_ERR(ERR_VIEW, view_show(views, "main", person(), text_new(&arena), NULL));
    EXPECT_ERR(ERR_NOT_FOUND, view_show(views, "other", person(), text_new(&arena), NULL));
    arena_done(&arena);
}
