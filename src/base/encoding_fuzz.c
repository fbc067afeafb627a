/* Property: any bytes give UTF-8 or an error, the same however the source cuts them; what was read
 * without error reads again as the same text. */
#include "base/encoding.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct slow_source {
    struct str rest;
    size_t step;
};

static enum err read_slowly(void *context, char *buffer, size_t capacity, struct fault *fault,
                            size_t *ret_size)
{
    struct slow_source *slow = context;
    struct byte_source inner = byte_source_memory(&slow->rest);
    return inner.read(inner.context, buffer, capacity < slow->step ? capacity : slow->step, fault,
                      ret_size);
}

static enum err read_in_steps(struct arena *arena, struct str bytes, size_t step,
                              struct str *ret_text)
{
    struct slow_source slow = {bytes, step};
    struct encoding_reader *reader = NULL;
    TRY(encoding_reader_new((struct byte_source){read_slowly, &slow}, NULL, &reader));
    struct text_buf text;
    text_init(&text, arena);
    struct str piece = {0};
    enum err err;
    while ((err = encoding_reader_next(reader, NULL, &piece)) == ERR_OK && piece.size)
        text_add(&text, piece);
    encoding_reader_free(reader);
    *ret_text = text_str(&text);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct str bytes = {(const char *)data, size}, text = {0}, slow_text = {0}, again = {0};
    struct fault fault = {0};
    enum err err = encoding_to_utf8(&arena, bytes, &fault, &text);
    enum err slow_err = read_in_steps(&arena, bytes, size % 7 + 1, &slow_text);
    check(err == slow_err);
    if (err == ERR_OK) {
        check(str_equal(text, slow_text));
        check(str_is_utf8(text));
        check(text.size == 0 || !memchr(text.ptr, 0, text.size));
        struct str gb18030 = {0};
        if (encoding_to_gb18030(&arena, text, NULL, &gb18030) == ERR_OK)
            check(gb18030.size >= text.size / 3);
        struct text_buf marked;
        text_init(&marked, &arena);
        text_add_z(&marked, "\xEF\xBB\xBF");
        text_add(&marked, text);
        check(encoding_to_utf8(&arena, text_str(&marked), &fault, &again) == ERR_OK);
        check(str_equal(text, again));
    } else {
        check(err == ERR_ENCODING);
        check(fault.message[0] != '\0');
    }
    arena_done(&arena);
    return 0;
}
