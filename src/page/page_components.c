#include "page/page_components.h"

#include "page/app.h"
#include "page/web_texts.h"

#include <string.h>

enum err components_read(struct arena *arena, const struct json_value **ret_entries,
                         struct fault *fault)
{
    const struct json_value *root;
    struct str text = STR("");
    for (int32_t i = 0; i < web_texts_count; i++)
        if (strcmp(web_texts[i].name, "component/examples") == 0)
            text = web_texts[i].text;
    TRY(json_parse(arena, text, text.size + 1, &root, fault));
    *ret_entries = json_member(root, "components");
    return *ret_entries ? ERR_OK : fault_set(fault, ERR_JSON, "examples.json has no components");
}

/* What a handler would have put into its document. Depth is bounded by the reader. */
static void add_members(struct arena *arena, struct doc *doc, const struct json_value *value)
{
    for (const struct json_value *one = value->first; one; one = one->next) {
        const char *name = value->kind == JSON_KIND_OBJECT ? str_z(arena, one->key) : NULL;
        switch (one->kind) {
        case JSON_KIND_NULL:
            break;
        case JSON_KIND_BOOL:
            doc_add_bool(doc, name, one->number != 0);
            break;
        case JSON_KIND_NUMBER:
            doc_add_number(doc, name, one->number);
            break;
        case JSON_KIND_TEXT:
            doc_add_text(doc, name, one->text);
            break;
        case JSON_KIND_ARRAY:
            add_members(arena, doc_add_list(doc, name), one);
            break;
        case JSON_KIND_OBJECT:
            add_members(arena, doc_add_object(doc, name), one);
            break;
        }
    }
}

enum err component_show(struct arena *arena, const struct view_set *views, const char *name,
                        const struct json_value *example, struct str *ret_html,
                        struct fault *fault)
{
    struct doc *doc = doc_new(arena);
    struct text_buf *out = text_new(arena);
    const struct json_value *data = json_member(example, "data");
    if (!doc || !out || !data)
        return fault_set(fault, ERR_JSON, "%s: an example without data", name);
    add_members(arena, doc, data);
    TRY(view_show(views, text_in(arena, "component/%s", name), doc, out, fault));
    *ret_html = text_str(out);
    return ERR_OK;
}

static enum err add_examples(struct page *page, struct doc *list, const char *name,
                             const struct json_value *examples)
{
    struct arena *arena = page->w->arena;
    for (const struct json_value *one = examples ? examples->first : NULL; one; one = one->next) {
        struct str html;
        TRY(component_show(arena, page->app->views[page->lang], name, one, &html,
                           &page->w->fault));
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "title", json_member_text(one, "title"));
        doc_page_text(row, "html", html);
    }
    return ERR_OK;
}

enum err page_components(struct page *page)
{
    const struct json_value *entries;
    if (!page->options.is_debug)
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    TRY(components_read(page->w->arena, &entries, &page->w->fault));
    struct doc *list = doc_add_list(page->doc, "components");
    for (const struct json_value *entry = entries->first; entry; entry = entry->next) {
        const char *name = str_z(page->w->arena, json_member_text(entry, "name"));
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "name", json_member_text(entry, "name"));
        doc_add_text(row, "about", json_member_text(entry, "about"));
        doc_add_text(row, "parameters", json_member_text(entry, "parameters"));
        if (!name)
            return fail(page->w, ERR_MEMORY, "no memory for a component");
        TRY(add_examples(page, doc_add_list(row, "examples"), name,
                         json_member(entry, "examples")));
    }
    page_title(page, page_say(page, "组件"));
    return ERR_OK;
}
