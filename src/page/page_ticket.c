#include "page/page_ticket.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/secret.h"

#include <inttypes.h>

enum { TICKET_SIZE_MAX = 4000 };

static struct secret_place place_of(const char *use)
{
    return (struct secret_place){"ticket", use, 0};
}

enum err page_ticket_make(struct page *page, const char *use, struct str words, struct str *ret_hex,
                          struct fault *fault)
{
    struct arena *arena = page->request->arena;
    const char *clear =
        text_in(arena, "%" PRId64 " %.*s", clock_now_ms() + PAGE_TICKET_MS, STR_ARG(words));
    struct str sealed;
    if (secret_seal(page->options.env.secrets, arena, place_of(use), str_from(clear), &sealed) !=
        ERR_OK)
        return fault_set(fault, ERR_SECRET, "a ticket could not be sealed");
    char *hex = arena_alloc(arena, sealed.size * 2 + 1);
    if (!hex)
        return fault_set(fault, ERR_MEMORY, "no memory for a ticket");
    *ret_hex = str_from(hash_hex((const uint8_t *)sealed.ptr, sealed.size, hex));
    return ERR_OK;
}

static int32_t digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(struct arena *arena, struct str hex, struct str *ret_bytes)
{
    char *bytes = hex.size % 2 == 0 && hex.size <= TICKET_SIZE_MAX && hex.size > 0
                      ? arena_alloc(arena, hex.size / 2)
                      : NULL;
    for (size_t i = 0; bytes && i < hex.size; i += 2) {
        int32_t high = digit_of(hex.ptr[i]), low = digit_of(hex.ptr[i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i / 2] = (char)(high << 4 | low);
    }
    *ret_bytes = (struct str){bytes, hex.size / 2};
    return bytes != NULL;
}

enum err page_ticket_open(struct page *page, const char *use, struct str hex, struct str *ret_words,
                          struct fault *fault)
{
    struct str sealed, words, until;
    int64_t until_ms;
    bool fits = read_hex(page->request->arena, hex, &sealed) &&
                secret_open(page->options.env.secrets, page->request->arena, place_of(use),
                            sealed, &words) == ERR_OK &&
                str_split(&words, ' ', &until) && str_to_i64(until, &until_ms) &&
                until_ms > clock_now_ms();
    if (!fits) {
        fault_set(fault, ERR_FORM, "这一步等得太久，请重新登录");
        return ERR_FORM;
    }
    *ret_words = words;
    return ERR_OK;
}
