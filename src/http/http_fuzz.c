#include "http/http.h"
#include "http/network.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Targets, cookies, Accept lists, addresses: the first byte says which. What is decoded is UTF-8
 * without a zero byte, and encoded again it decodes to the same; a list ends. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_decode(struct arena *arena, struct str text, bool plus_is_space)
{
    struct str once, twice;
    if (!http_decode(arena, text, plus_is_space, &once))
        return;
    check(str_is_utf8(once));
    check(once.size <= text.size);
    check(!memchr(once.ptr, '\0', once.size));
    struct text_buf *encoded = text_new(arena);
    check(encoded);
    http_encode(encoded, once);
    check(!encoded->failed);
    check(http_decode(arena, text_str(encoded), plus_is_space, &twice));
    check(str_equal(once, twice));
}

static void fuzz_headers(struct arena *arena, struct str text)
{
    struct http_pair headers[] = {{STR("Cookie"), text}, {STR("Accept"), text}};
    struct http_request request = {.arena = arena, .headers = headers, .header_count = 2};
    struct str cookie = http_cookie(&request, "baigong");
    check(cookie.size <= text.size);
    check(!cookie.ptr || !memchr(cookie.ptr, ';', cookie.size));
    (void)http_prefers(&request, "text/html", "application/json");
    struct str rest = text, element;
    int32_t milli;
    for (size_t i = 0; http_next_accepted(&rest, &element, &milli); i++) {
        check(milli >= 0 && milli <= 1000);
        check(i <= text.size);
    }
}

static void fuzz_networks(struct str text)
{
    struct networks networks;
    if (networks_read(text, &networks, NULL) != ERR_OK)
        return;
    check(networks.count <= NETWORKS_MAX);
    for (int32_t i = 0; i < networks.count; i++)
        check(networks.items[i].prefix_bits >= 0 && networks.items[i].prefix_bits <= 128);
    (void)networks_hold(&networks, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena arena;
    arena_init(&arena, (size_t)16 << 20);
    struct str text = {(const char *)data + 1, size - 1};
    switch (data[0] % 4) {
    case 0:
    case 1:
        fuzz_decode(&arena, text, data[0] % 4 == 1);
        break;
    case 2:
        fuzz_headers(&arena, text);
        break;
    default:
        fuzz_networks(text);
        break;
    }
    arena_done(&arena);
    return 0;
}
