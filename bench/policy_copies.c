#include "policy_copies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names that stand in every copy: what comes from outside the document. */
static const char *const shared[] = {"紧缺职业目录", "二档培训职业目录", "三档培训职业目录"};

enum { NAMES_MAX = 256, SHARED_COUNT = sizeof shared / sizeof shared[0] };

struct names {
    struct str rows[NAMES_MAX];
    int32_t count;
};

static int compare_longest_first(const void *a, const void *b)
{
    size_t left = ((const struct str *)a)->size;
    size_t right = ((const struct str *)b)->size;
    return (left < right) - (left > right);
}

static struct str line_at(struct str text, size_t at)
{
    const char *end = memchr(text.ptr + at, '\n', text.size - at);
    return str_sub(text, at, end ? (size_t)(end - text.ptr) - at : text.size - at);
}

/* ```KEYWORD NAME ... : the names that statements bear. */
static void add_name(struct names *names, struct str line)
{
    const char *space = memchr(line.ptr, ' ', line.size);
    if (line.size < 4 || memcmp(line.ptr, "```", 3) != 0 || !space)
        return;
    size_t first = (size_t)(space - line.ptr) + 1;
    const char *end = memchr(line.ptr + first, ' ', line.size - first);
    size_t size = end ? (size_t)(end - line.ptr) - first : line.size - first;
    check(names->count < NAMES_MAX);
    names->rows[names->count++] = str_sub(line, first, size);
}

static void find_names(struct str text, struct names *names)
{
    for (int32_t i = 0; i < SHARED_COUNT; i++)
        names->rows[names->count++] = str_from(shared[i]);
    for (size_t at = 0; at < text.size;) {
        struct str line = line_at(text, at);
        add_name(names, line);
        at += line.size + 1;
    }
    qsort(names->rows, (size_t)names->count, sizeof names->rows[0], compare_longest_first);
}

static const struct str *name_at(const struct names *names, struct str text, size_t at)
{
    for (int32_t i = 0; i < names->count; i++)
        if (names->rows[i].size <= text.size - at &&
            memcmp(names->rows[i].ptr, text.ptr + at, names->rows[i].size) == 0)
            return &names->rows[i];
    return NULL;
}

static bool is_shared(struct str name)
{
    for (int32_t i = 0; i < SHARED_COUNT; i++)
        if (str_equal_text(name, shared[i]))
            return true;
    return false;
}

/* Letters only: a digit would be a number of the prose. */
static void ending_of(int32_t copy, char *ret_ending)
{
    size_t size = 0;
    ret_ending[size++] = '_';
    for (; copy > 0; copy /= 26)
        ret_ending[size++] = (char)('a' + copy % 26);
    ret_ending[size] = 0;
}

static void add_copy(struct text_buf *buf, struct str body, const struct names *names,
                     int32_t copy)
{
    char ending[16];
    ending_of(copy, ending);
    for (size_t at = 0; at < body.size;) {
        const struct str *name = name_at(names, body, at);
        if (name) {
            text_add(buf, *name);
            if (!is_shared(*name))
                text_add_z(buf, ending);
            at += name->size;
            continue;
        }
        bool is_anchor = body.size - at > 2 && memcmp(body.ptr + at, "{#", 2) == 0;
        text_add(buf, str_sub(body, at, is_anchor ? 2 : 1));
        if (is_anchor)
            text_format(buf, "c%s_", ending + 1);
        at += is_anchor ? 2 : 1;
    }
}

enum err copies_make(struct arena *arena, struct str document, int32_t copy_count,
                     struct str *ret_text, struct fault *fault)
{
    static const char mark[] = "\n## ";
    struct names *names = ARENA_NEW(arena, struct names);
    struct text_buf *buf = text_new(arena);
    const char *body = memmem(document.ptr, document.size, mark, sizeof mark - 1);
    check(body);
    if (!names || !buf)
        return fault_set(fault, ERR_MEMORY, "no memory for copies of the workload");
    find_names(document, names);
    size_t head_size = (size_t)(body - document.ptr);
    text_add(buf, document);
    for (int32_t copy = 1; copy < copy_count; copy++)
        add_copy(buf, str_sub(document, head_size, document.size - head_size), names, copy);
    if (buf->failed)
        return fault_set(fault, ERR_MEMORY, "no memory for copies of the workload");
    *ret_text = text_str(buf);
    return ERR_OK;
}

struct str copies_replace(struct arena *arena, struct str text, const char *from, const char *to)
{
    struct text_buf *buf = text_new(arena);
    size_t size = strlen(from);
    check(buf);
    for (size_t at = 0; at < text.size;) {
        bool here = text.size - at >= size && memcmp(text.ptr + at, from, size) == 0;
        if (here)
            text_add_z(buf, to);
        else
            text_add_byte(buf, text.ptr[at]);
        at += here ? size : 1;
    }
    return text_str(buf);
}
