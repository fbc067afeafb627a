/* Any bytes: what is read and written again reads as the same, and writes as the same text. */
#include "base/json.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, 16 << 20);
    const struct json_value *once, *twice;
    if (json_parse(&arena, (struct str){(const char *)data, size}, 65536, &once, NULL) == ERR_OK) {
        struct text_buf first, second;
        struct json json;
        text_init(&first, &arena);
        text_init(&second, &arena);
        json_init(&json, &first);
        json_value_write(&json, once);
        check(json_parse(&arena, text_str(&first), 1 << 20, &twice, NULL) == ERR_OK);
        json_init(&json, &second);
        json_value_write(&json, twice);
        check(str_equal(text_str(&first), text_str(&second)));
    }
    arena_done(&arena);
    return 0;
}
