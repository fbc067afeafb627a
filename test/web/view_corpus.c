/* view_corpus.c — shows one template of a folder with its JSON: what test/web/mustache.mjs compares
 * with npm mustache. usage: view_corpus FOLDER NAME */
#include "http/view.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEMPLATES_MAX = 100, FILE_SIZE_MAX = 64 * 1024 };

static struct arena arena;

static struct str file_text(const char *folder, const char *name)
{
    FILE *file = fopen(text_in(&arena, "%s/%s", folder, name), "rb");
    char *text = arena_alloc(&arena, FILE_SIZE_MAX);
    check(file != NULL);
    check(text != NULL);
    size_t size = fread(text, 1, FILE_SIZE_MAX, file);
    fclose(file);
    return (struct str){text, size};
}

static void add(struct doc *parent, const char *name, const struct json_value *value)
{
    struct doc *child = NULL;
    if (value->kind == JSON_KIND_ARRAY)
        child = doc_add_list(parent, name);
    else if (value->kind == JSON_KIND_OBJECT)
        child = doc_add_object(parent, name);
    else if (value->kind == JSON_KIND_BOOL)
        doc_add_bool(parent, name, value->number != 0);
    else if (value->kind == JSON_KIND_NUMBER)
        doc_add_code(parent, name, value->number, str_from(text_in(&arena, "%" PRId64,
                                                                   value->number)));
    else
        doc_add_text(parent, name, value->text);
    for (const struct json_value *member = value->first; child && member; member = member->next)
        add(child, value->kind == JSON_KIND_OBJECT ? str_z(&arena, member->key) : NULL, member);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: view_corpus FOLDER NAME\n", stderr);
        return 2;
    }
    arena_init(&arena, (size_t)64 << 20);
    struct embedded_file sources[TEMPLATES_MAX];
    int32_t source_count = 0;
    DIR *folder = opendir(argv[1]);
    check(folder != NULL);
    for (struct dirent *entry; (entry = readdir(folder));) {
        struct str name = str_from(entry->d_name);
        if (!str_ends(name, STR(".mustache")) || source_count == TEMPLATES_MAX)
            continue;
        const char *stem = str_z(&arena, str_sub(name, 0, name.size - STR(".mustache").size));
        sources[source_count++] =
            (struct embedded_file){stem, file_text(argv[1], entry->d_name)};
    }
    closedir(folder);
    struct view_set *views;
    struct fault fault = {0};
    const struct json_value *json;
    struct str text = file_text(argv[1], text_in(&arena, "%s.json", argv[2]));
    struct doc *doc = doc_new(&arena);
    struct text_buf *out = text_new(&arena);
    enum err err = json_parse(&arena, text, FILE_SIZE_MAX, &json, &fault);
    for (const struct json_value *m = err == ERR_OK ? json->first : NULL; m; m = m->next)
        add(doc, str_z(&arena, m->key), m);
    if (err == ERR_OK)
        err = view_set_new(&arena, sources, source_count, NULL, NULL, &views, &fault);
    if (err == ERR_OK)
        err = view_show(views, argv[2], doc, out, &fault);
    if (err != ERR_OK)
        fprintf(stderr, "%s\n", fault.message);
    else
        fwrite(out->ptr, 1, out->size, stdout);
    arena_done(&arena);
    return err == ERR_OK ? 0 : 1;
}
