/* Any text is a template or is refused with its line; what is a template can be shown. */
#include "http/view.h"

static struct doc *sample(struct arena *arena)
{
    struct doc *doc = doc_new(arena);
    doc_add_text_z(doc, "a", "1 < 2");
    struct doc *list = doc_add_list(doc, "b");
    for (int i = 0; i < 3; i++)
        doc_add_number(doc_add_object(list, NULL), "c", i);
    doc_add_text_z(doc_add_object(doc, "d"), "a", "x");
    return doc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    struct arena arena;
    arena_init(&arena, (size_t)64 << 20);
    struct embedded_file source = {"main", {(const char *)data, size}};
    struct view_set *views;
    struct fault fault = {0};
    if (view_set_new(&arena, &source, 1, NULL, NULL, &views, &fault) == ERR_OK) {
        struct text_buf *out = text_new(&arena);
        enum err err = view_show(views, "main", sample(&arena), out, &fault);
        check(err == ERR_OK || err == ERR_VIEW || err == ERR_MEMORY);
    } else {
        check(str_starts(str_from(fault.message), STR("main:")) || fault.code == ERR_MEMORY);
    }
    arena_done(&arena);
    return 0;
}
