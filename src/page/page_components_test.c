#include "page/page_components.h"

#include "page/web_views.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct arena arena;

static struct view_set *views_of_all(void)
{
    struct view_set *views;
    struct fault fault = {0};
    arena_init(&arena, (size_t)64 << 20);
    EXPECT_OK(view_set_new(&arena, web_views, web_views_count, NULL, NULL, &views, &fault));
    return views;
}

static const struct json_value *entry_of(const struct json_value *entries, const char *name)
{
    for (const struct json_value *entry = entries->first; entry; entry = entry->next)
        if (str_equal_text(json_member_text(entry, "name"), name))
            return entry;
    return NULL;
}

static int32_t expect_example(const struct view_set *views, const char *name,
                              const struct json_value *example)
{
    struct str html;
    struct fault fault = {0};
    int32_t missing = 0;
    EXPECT_OK(component_show(&arena, views, name, example, &html, &fault));
    const struct json_value *wanted = json_member(example, "expect");
    EXPECT(wanted);
    for (const struct json_value *one = wanted->first; one; one = one->next) {
        if (str_find(html, one->text) != SIZE_MAX)
            continue;
        print_error("component/%s lacks %.*s in\n%.*s\n", name, STR_ARG(one->text), STR_ARG(html));
        missing++;
    }
    return missing;
}

TEST(components__each_render_their_examples)
{
    const struct view_set *views = views_of_all();
    const struct json_value *entries;
    int32_t missing = 0, component_count = 0;
    EXPECT_OK(components_read(&arena, &entries, NULL));
    for (int32_t i = 0; i < web_views_count; i++) {
        if (strncmp(web_views[i].name, "component/", 10) != 0)
            continue;
        const char *name = web_views[i].name + 10;
        const struct json_value *entry = entry_of(entries, name);
        component_count++;
        if (!entry) {
            print_error("web/component/examples.json tells nothing of %s\n", name);
            missing++;
            continue;
        }
        EXPECT(json_member_text(entry, "about").size > 0);
        EXPECT(json_member_text(entry, "parameters").size > 0);
        const struct json_value *examples = json_member(entry, "examples");
        EXPECT(examples && examples->count > 0);
        for (const struct json_value *one = examples->first; one; one = one->next)
            missing += expect_example(views, name, one);
    }
    EXPECT_INT(component_count, entries->count); /* none without a template */
    EXPECT_INT(0, missing);
    arena_done(&arena);
}
