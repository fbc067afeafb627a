#include "domain/news/news_redact.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever the text: what is found stands in it, and what was replaced is found no more. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct redact_list list, after;
    struct str text = {(const char *)data, size};
    if (size > 4096 || !str_is_utf8(text))
        return 0;
    arena_init(&arena, 16 << 20);
    if (redact_list_new(&arena, &list) == ERR_OK && redact_list_new(&arena, &after) == ERR_OK &&
        redact_numbers(&arena, text, &list) == ERR_OK && list.count > 0) {
        struct str value = list.rows[0].text;
        if (str_find(text, value) == SIZE_MAX)
            abort();
        text = redact_replace(&arena, text, value, list.rows[0].masked);
        if (!text.ptr || str_find(text, value) != SIZE_MAX)
            abort();
    }
    arena_done(&arena);
    return 0;
}
