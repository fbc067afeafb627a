#include "port/message.h"

#include "base/json.h"
#include "port/fetch.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum { OUTCOME_SIZE_MAX = 200 };

void message_sign(struct arena *arena, struct str secret, int64_t now_ms, struct str body,
                  char ret_hex[HASH_HEX_SIZE])
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    const char *told = text_in(arena, "%" PRId64 ".%.*s", now_ms, STR_ARG(body));
    check(HMAC(EVP_sm3(), secret.ptr ? secret.ptr : "", (int)secret.size,
               (const unsigned char *)told, strlen(told), digest, &size));
    hash_hex(digest, HASH_SIZE, ret_hex);
}

static struct str body_of(struct arena *arena, const struct message_envelope *envelope)
{
    struct text_buf text;
    struct json json;
    text_init(&text, arena);
    json_init(&json, &text);
    json_object_begin(&json);
    json_add_text(&json, "key", envelope->key);
    json_add_text_z(&json, "channel", envelope->is_sms ? "sms" : "email");
    json_add_text(&json, "kind", envelope->kind);
    json_add_text(&json, "to", envelope->to);
    json_add_text(&json, "subject", envelope->subject);
    json_add_text(&json, "text", envelope->text);
    json_object_end(&json);
    return text.failed ? (struct str){0} : str_copy(arena, text_str(&text));
}

/* One line of an answer, for people: control characters become spaces. */
static struct str head_of(struct arena *arena, struct str answer)
{
    struct str head = str_copy(arena, str_sub(answer, 0, OUTCOME_SIZE_MAX));
    if (!head.ptr || !str_is_utf8(head))
        return STR("");
    struct text_buf line;
    text_init(&line, arena);
    for (size_t i = 0; i < head.size; i++)
        text_add_byte(&line, (unsigned char)head.ptr[i] < ' ' ? ' ' : head.ptr[i]);
    return line.failed ? STR("") : text_str(&line);
}

enum err message_send(struct arena *arena, const struct message_gateway *gateway,
                      const struct message_envelope *envelope, int64_t now_ms,
                      int32_t *ret_status, struct str *ret_outcome, struct fault *fault)
{
    const char *url = envelope->is_sms ? gateway->sms_url : gateway->email_url;
    struct str body = body_of(arena, envelope), answer;
    char signature[HASH_HEX_SIZE];
    if (!body.ptr)
        return fault_set(fault, ERR_MEMORY, "no memory for a message");
    *ret_status = 0;
    if (!url) {
        *ret_outcome = STR("没有设置这种消息的网关");
        return ERR_OK;
    }
    message_sign(arena, gateway->secret, now_ms, body, signature);
    const char *const headers[] = {
        "Content-Type: application/json",
        text_in(arena, "Idempotency-Key: %.*s", STR_ARG(envelope->key)),
        text_in(arena, "X-Baigong-Timestamp: %" PRId64, now_ms),
        text_in(arena, "X-Baigong-Signature: sm3=%s", signature),
        NULL,
    };
    struct fetch_request request = {
        .url = url, .form = body.ptr, .headers = headers, .ms_max = MESSAGE_PORT_MS_MAX};
    struct fault told = {0};
    enum err err = fetch(arena, &request, ret_status, &answer, &told);
    if (err == ERR_MEMORY)
        return fault_set(fault, err, "%s", told.message);
    *ret_outcome = err == ERR_OK ? head_of(arena, answer)
                                 : str_copy(arena, str_from(told.message));
    return ERR_OK;
}
