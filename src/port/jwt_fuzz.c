#include "port/jwt.h"

#include <stddef.h>
#include <stdint.h>

/* Whatever comes, reading ends; base 64 has one text for one value. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char keys_text[] =
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, (size_t)16 << 20);
    struct str text = {(const char *)data, size};
    struct str bytes;
    if (jwt_from_base64(&arena, text, &bytes)) {
        struct text_buf *again = text_new(&arena);
        check(again);
        jwt_add_base64(again, bytes);
        check(again->failed || str_equal(text_str(again), text));
    }
    const struct json_value *keys, *claims;
    check(json_parse(&arena, str_from(keys_text), sizeof keys_text, &keys, NULL) == ERR_OK);
    if (jwt_read(&arena, text, keys, &claims, NULL) == ERR_OK)
        check(claims->kind == JSON_KIND_OBJECT);
    arena_done(&arena);
    return 0;
}
